/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_headless.c - the dashboard without a terminal: a frame as text, a key script played
 * into a recording. The clock is the fake one, so that equal input gives equal bytes. */
#include "config.h"

#include "app/dash_session.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/capture.h"
#include "app/keys.h"
#include "app/progress.h"
#include "app/signals.h"
#include "core/clock.h"
#include "core/mem.h"

enum { WAYPOINTS = 64 }; /* looks on the way to a step, for trails */

static const double frame_seconds = 1.0 / DASH_FPS;

static ory_status frame(dash_session *s, const ory_options *o, double seconds)
{
    dash_tick(s->d, seconds);
    dash_flow_move(s->d, 0);
    dash_session_poll(s);
    return dash_session_draw(s, o->width, o->height);
}

/* All runs to a step; what moves leaves its trail on the way. */
static ory_status go_to(dash_session *s, const ory_options *o, ory_error *err)
{
    ory_dash *d = s->d;
    ory_status ok = ORY_OK;
    ory_stop stop;
    uint64_t to;
    size_t i;
    int way;

    for (way = 1; way <= WAYPOINTS && ok == ORY_OK; way++) {
        to = (uint64_t)(o->at / WAYPOINTS * way + 0.5);
        for (i = 0; i < d->n_moving && ok == ORY_OK; i++) {
            ory_run *r = d->runs[i].box->r;

            if (ory_run_k(r) < to)
                ok = ory_run_step(r, to - ory_run_k(r), &stop, err);
            else if (ory_run_k(r) > to && way == WAYPOINTS)
                ok = ory_run_rewind(r, to, err);
            d->runs[i].noted = ory_run_k(r);
        }
        if (ok == ORY_OK)
            ok = frame(s, o, 0);
    }
    return ok;
}

/* Every key of the script, a frame after each; :wait-idle lets a second pass. */
static ory_status play_keys(dash_session *s, const ory_options *o)
{
    ory_status ok = ORY_OK;
    int k, i, frames;

    while (ok == ORY_OK && !s->d->leave && !ory_signals_quit() &&
           ory_keys_peek() != ORY_KEY_NONE) {
        k = ory_keys_take();
        frames = 1;
        if (k == ORY_KEY_INTERRUPT)
            dash_session_interrupt(s);
        else if (k == ORY_KEY_QUIT)
            s->d->leave = true;
        else if (k == ORY_KEY_IDLE)
            frames = DASH_FPS;
        else if (k < 256)
            dash_session_byte(s, (unsigned char)k);
        if (k == 27 && (ory_keys_peek() < 0 || ory_keys_peek() >= 256))
            dash_session_flush(s);
        for (i = 0; i < frames && ok == ORY_OK && !s->d->leave; i++) {
            ory_clock_advance(frame_seconds);
            dash_tick(s->d, frame_seconds);
            dash_move(s->d, frame_seconds);
            ok = frame(s, o, 0);
        }
    }
    return ok;
}

static void print_frame(const dash_session *s, ory_colours colours)
{
    char *text = ory_canvas_string(&s->canvas, colours);

    if (text)
        fputs(text, stdout);
    ory_free(text);
}

/* A frame does not depend on the locale: braille unless something else is asked for. */
static const ory_glyphs *glyphs_for(const dash_session *s)
{
    const char *name = getenv("ORRERY_GLYPHS");
    const ory_glyphs *g = name && *name ? ory_glyphs_find(name) : NULL;

    return g ? g : s->d->glyphs;
}

static ory_status show(dash_session *s, const ory_dash_ask *ask, const ory_options *o,
                       ory_error *err)
{
    const char *record = o->record ? o->record : ask->record;
    ory_status ok = ORY_OK;

    s->d->glyphs = glyphs_for(s);
    if (o->layout && o->layout <= DASH_LAYOUTS && s->d->layouts[o->layout - 1]) {
        s->d->layout = o->layout - 1;
        s->d->layout_mark++;
    }
    if (record)
        ok = dash_session_record(s, record, o->width, o->height, err);
    if (ok == ORY_OK)
        ok = frame(s, o, 0);
    if (ok == ORY_OK && !isnan(o->at))
        ok = go_to(s, o, err);
    if (ok == ORY_OK)
        ok = play_keys(s, o);
    return ok;
}

int dash_headless(lua_State *L, const ory_dash_ask *ask, const ory_options *o)
{
    bool colour = strcmp(o->color, "always") == 0;
    ory_error err = {0};
    dash_session *s;
    ory_status ok;

    if (o->keys && !ory_keys_load(o->keys))
        return ORY_EXIT_ERROR;
    ory_clock_fake(true);
    ok = dash_session_begin(L, ask, &err);
    if (ok != ORY_OK) {
        fprintf(stderr, "orrery: %s\n", err.text);
        return ORY_EXIT_ERROR;
    }
    s = dash_session_now();
    ory_capture_start();
    ok = show(s, ask, o, &err);
    ory_capture_stop();
    if (ok == ORY_OK)
        print_frame(s, colour ? ORY_COLOURS_256 : ORY_COLOURS_NONE);
    else
        fprintf(stderr, "orrery: %s\n", err.text[0] ? err.text : "out of memory");
    dash_session_end(s);
    ory_progress_resume();
    return ok == ORY_OK ? ORY_EXIT_OK : ORY_EXIT_ERROR;
}
