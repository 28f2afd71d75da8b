/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_screen.c - the dashboard on the terminal: one loop over keys, signals, slices of
 * steps and frames.
 *
 * A frame is due every 1/30 s while something moves; the time between frames goes to the
 * runs, in slices of at most 10 ms between which keys are looked at. When the terminal
 * takes frames slowly they come less often; a key is answered at once all the same. */
#include "config.h"

#include "app/dash_session.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/capture.h"
#include "app/input.h"
#include "app/keys.h"
#include "app/progress.h"
#include "app/signals.h"
#include "app/window.h"
#include "bind/interrupt.h"
#include "core/clock.h"
#include "core/interrupt.h"
#include "core/mem.h"
#include "core/offload.h"
#include "tui/screen.h"

static const double frame_seconds = 1.0 / DASH_FPS;
static const double slice_seconds = 0.010;
static const double flow_seconds = 0.0004;    /* of a slice, for the flow beside the run */
static const double escape_seconds = 0.025; /* how long an Esc waits for what belongs to it */
static const double draw_share = 8;         /* drawing takes at most one part in so many */
static const double read_share = 1.6;       /* drawing and reading what is drawn together */
static const double long_step = 0.05;       /* seconds of waiting for a step: keys are looked at */
static const double tell_after = 1;
static const double slow_write = 0.05;      /* seconds: the terminal takes frames slowly */

typedef struct pacer {
    double next; /* when a frame is due */
    double last; /* when the clock of the dashboard was moved last */
    bool answer; /* a key was pressed: draw as soon as possible */
    bool flowing; /* the flow beside the run has not caught up yet */
} pacer;

static pacer pace;

/* ---------------------------------------------------------------------- the terminal */

static void take_terminal(void)
{
    size_t n;

    ory_signals_screen(ory_capture_terminal(), ory_capture_crash);
    ory_signals_terminal(ory_screen_restore(&n));
}

static void give_terminal(void)
{
    ory_signals_terminal(NULL);
    ory_signals_screen(-1, NULL);
}

static ory_status open_terminal(const dash_session *s, ory_error *err)
{
    ory_screen_options opt = {.in_fd = STDIN_FILENO, .out_fd = STDOUT_FILENO,
                              .colours = s->d->colours, .mouse = s->mouse,
                              .synchronized = ory_screen_synchronizes()};
    ory_status ok = ory_screen_open(&opt, err);

    if (ok != ORY_OK)
        return ok;
    ory_capture_start();
    take_terminal();
    return ORY_OK;
}

static void close_terminal(void)
{
    ory_screen_close();
    give_terminal();
    ory_capture_stop();
    ory_window_start();
}

/* Ctrl-Z: the shell gets the terminal as it was. */
static void stop_here(void)
{
    ory_screen_suspend();
    ory_signals_terminal(NULL);
    ory_signals_stop();
    (void)ory_signals_take(); /* our own going on */
    take_terminal();
    ory_screen_resume();
}

/* Stopped and continued from outside: the modes may have changed. */
static void go_on_here(void)
{
    ory_screen_suspend();
    ory_screen_resume();
}

/* ------------------------------------------------------------------------- frames */

/* Returns the seconds that the terminal took. */
static double show(dash_session *s)
{
    double start = ory_clock_now();

    ory_screen_draw(&s->canvas, s->cursor_x, s->cursor_y);
    return ory_clock_now() - start;
}

static void draw(dash_session *s)
{
    const double due = pace.next;
    double start = ory_clock_now(), work = ory_clock_work(), writing = 0;
    int w, h;

    ory_screen_size(&w, &h);
    if (s->d->redraw) {
        ory_screen_set_colours(s->d->colours);
        ory_screen_repaint();
        s->d->redraw = false;
    }
    ory_screen_set_mouse(s->mouse);
    if (dash_session_draw(s, w, h) == ORY_OK)
        writing = show(s);
    work = ory_clock_work() - work;
    work = fmax(draw_share * (work - s->d->reading), read_share * work);
    /* A frame that a long step has made late does not make the next one late. */
    pace.next = (start - due < frame_seconds ? fmin(due, start) : start) + frame_seconds;
    pace.next = fmax(pace.next, start + (writing > slow_write ? fmax(work, 4 * writing) : work));
    pace.answer = false;
}

static void tick(dash_session *s)
{
    double now = ory_clock_now();

    double seconds = now - pace.last;

    pace.last = now;
    dash_tick(s->d, seconds);
    dash_tour_tick(s, seconds);
}

/* A frame, if one is due and the terminal has taken the ones before. */
static void draw_if_due(dash_session *s)
{
    double now = ory_clock_now();

    if (now >= pace.next) {
        tick(s);
        dash_session_poll(s);
    }
    if ((s->dirty || s->d->running || s->tour_busy) && (now >= pace.next || pace.answer)) {
        if (ory_screen_busy())
            pace.next = now + frame_seconds;
        else
            draw(s);
    } else if (now >= pace.next) {
        pace.next = now + frame_seconds;
    }
}

/* While a line takes long: signals that end it are the handlers' matter. */
static void redraw_inside(dash_session *s)
{
    if (ory_clock_now() < pace.next)
        return;
    tick(s);
    s->dirty = true;
    if (!ory_screen_busy())
        draw(s);
}

/* While one step or factorisation takes long: the same with the runs left alone. */
static void redraw_held(dash_session *s)
{
    bool was = s->d->holding;

    s->d->holding = true;
    redraw_inside(s);
    s->d->holding = was;
}

/* -------------------------------------------------------------------------- events */

/* Directives of a key script. */
static void take_event(dash_session *s, int k)
{
    FILE *f;
    char *text;

    if (k == ORY_KEY_INTERRUPT) {
        dash_session_interrupt(s);
    } else if (k == ORY_KEY_QUIT) {
        s->d->leave = s->d->quit = true;
    } else if (k == ORY_KEY_DUMP) {
        draw(s);
        f = fopen(ory_keys_name(), "w");
        text = f ? ory_canvas_string(&s->canvas, ORY_COLOURS_NONE) : NULL;
        if (text)
            fputs(text, f);
        ory_free(text);
        if (f)
            fclose(f);
    }
}

/* All keys that are there, but not for longer than a slice. */
static void take_keys(dash_session *s)
{
    double until = ory_clock_now() + slice_seconds;
    int k, n = 0;

    do {
        k = ory_input_take();
        if (k < 0) { /* the terminal is gone */
            s->d->leave = s->d->quit = true;
            return;
        }
        if (k >= 256) {
            take_event(s, k);
        } else if (k == 27 && !ory_input_ready(escape_seconds)) {
            if (!s->typing)
                dash_session_byte(s, 27);
            dash_session_flush(s);
        } else {
            dash_session_byte(s, (unsigned char)k);
        }
        pace.answer = true;
    } while (!s->d->leave && ++n < 4096 && ory_clock_now() < until && ory_input_ready(0));
    if (ory_keyin_pending(&s->keyin) && !s->typing && !ory_input_ready(escape_seconds))
        dash_session_flush(s);
}

static void take_signals(dash_session *s, unsigned signals)
{
    if (signals & ORY_SIG_QUIT)
        s->d->leave = true;
    if (signals & ORY_SIG_INT) {
        dash_session_interrupt(s);
        pace.answer = true;
    }
    if (signals & ORY_SIG_STOP)
        stop_here();
    else if (signals & ORY_SIG_CONT)
        go_on_here();
    if (signals & (ORY_SIG_RESIZE | ORY_SIG_STOP | ORY_SIG_CONT))
        s->dirty = pace.answer = true;
}

/* How long to sleep: not at all while steps are due. */
static double patience(const dash_session *s)
{
    double left = pace.next - ory_clock_now();

    if (dash_is_due(s->d) || pace.answer || pace.flowing)
        return 0;
    if (s->d->running || s->dirty || s->tour_busy)
        return fmax(0, left);
    return s->d->message[0] && s->d->clock < s->d->message_until ? 0.1 : 0.25;
}

/* One step lasts. Frames go on, with what was read before it; keys that only look act at
 * once, lines wait for the step, leaving and Ctrl-C leave it behind. */
static void while_computing(double seconds)
{
    dash_session *s = dash_session_now();
    ory_news news;

    if (!s || s->d->holding || ory_clock_is_fake() || seconds < long_step)
        return;
    if (s->lines > 0) {
        redraw_held(s);
        return;
    }
    s->d->holding = true;
    if (seconds > tell_after)
        dash_say(s->d, "computing for %.0f s", seconds);
    news = ory_input_wait(-1, 0);
    take_signals(s, news.signals & ~(unsigned)ORY_SIG_INT);
    if (news.key && !s->d->leave)
        take_keys(s);
    redraw_held(s);
    s->d->holding = false;
    if (s->d->leave)
        ory_lua_interrupt();
}

/* Steps of this frame, then what is left of a little time for the flow beside. */
static void move(dash_session *s)
{
    double room = fmin(slice_seconds, pace.next - ory_clock_now());
    bool ran = s->d->running;

    if (!pace.answer && (room > 0 || ory_clock_is_fake()))
        dash_move(s->d, fmax(room, 0.001));
    if (ran && !s->d->running) /* it stopped by itself: that must be seen */
        s->dirty = true;
    pace.flowing = dash_flow_move(s->d, dash_is_due(s->d) ? flow_seconds : 10 * flow_seconds);
    s->dirty |= pace.flowing;
}

static void loop(dash_session *s)
{
    pace = (pacer){.last = ory_clock_now()};
    while (!s->d->leave && !ory_signals_quit()) {
        ory_news news = ory_input_wait(-1, patience(s));

        take_signals(s, news.signals);
        if (news.key && !s->d->leave)
            take_keys(s);
        if (ory_clock_is_fake())
            ory_clock_advance(frame_seconds);
        move(s);
        if (s->d->message[0] && s->d->clock >= s->d->message_until) {
            s->d->message[0] = '\0';
            s->dirty = true;
        }
        draw_if_due(s);
        if (ory_interrupt_pending() && !s->d->leave) /* it has stopped what was computed */
            ory_lua_interrupt_clear(s->L);
        dash_session_waiting(s);
    }
}

/* ---------------------------------------------------------------------------- whole */

static ory_colours most_colours(const ory_dash_ask *ask, const dash_session *s)
{
    ory_colours env = ory_colours_from_env(true);

    return ask->colors ? s->d->colours : env < s->d->colours ? env : s->d->colours;
}

ory_status dash_screen(lua_State *L, const ory_dash_ask *ask, bool *quit, ory_error *err)
{
    dash_session *s;
    ory_status ok = dash_session_begin(L, ask, err);
    int w, h;

    if (ok != ORY_OK)
        return ok;
    s = dash_session_now();
    if (!ory_screen_utf8())
        s->d->glyphs = &ory_glyphs_ascii;
    s->d->colours = most_colours(ask, s);
    ok = open_terminal(s, err);
    if (ok == ORY_OK && ask->record) {
        ory_screen_size(&w, &h);
        ok = dash_session_record(s, ask->record, w, h, err);
        if (ok != ORY_OK)
            close_terminal();
    }
    if (ok == ORY_OK) {
        s->redraw = redraw_inside;
        ory_offload_on_wait(while_computing);
        loop(s);
        ory_progress_resume();
        *quit = s->d->quit;
        dash_session_poll(s);
        close_terminal();
    }
    dash_session_end(s);
    ory_progress_resume();
    ory_lua_interrupt_clear(L);
    return ok;
}
