/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_tour.c - a tour in the dashboard. What a tour is and how it goes on is decided in
 * lua/orrery/tour.lua; here is the stage it acts on: narration, typed lines, which runs are
 * shown, frames; and the ticks and keys that it gets. On a terminal the loop of
 * dash_screen.c drives it, without one the tour drives itself. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>

#include "app/capture.h"
#include "app/dash.h"
#include "app/dash_session.h"
#include "app/interp.h"
#include "app/line.h"
#include "app/progress.h"
#include "app/report.h"
#include "app/signals.h"
#include "app/window.h"
#include "bind/interrupt.h"
#include "bind/log.h"
#include "bind/tour.h"
#include "core/clock.h"
#include "core/mem.h"
#include "io/atomic.h"
#include "tui/screen.h"

#define ENGINE "orrery.tour"

/* Without a terminal: the frame, and what is given back at the end. */
static int frame_w, frame_h, window_w, window_h;
static bool clock_was_fake;

static dash_session *session(lua_State *L)
{
    dash_session *s = dash_session_now();

    if (!s || !s->tour)
        luaL_error(L, "no tour is on the stage");
    return s;
}

static void raise_error(lua_State *L, const ory_error *err)
{
    lua_pushstring(L, err->text[0] ? err->text : "out of memory");
    lua_error(L);
}

/* -------------------------------------------------------------- ticks and keys */

/* Function NAME of the engine with one argument on the stack below; its result as a
 * truth value. A failure is told in the console and ends the tour's movement. */
static bool call_engine(dash_session *s, const char *name)
{
    lua_State *L = s->L;
    int top = lua_gettop(L); /* the argument */
    bool answer = false;

    lua_getfield(L, LUA_REGISTRYINDEX, ENGINE);
    lua_getfield(L, -1, name);
    lua_pushvalue(L, top);
    if (ory_interp_call(L, 1, 1) == LUA_OK) {
        answer = lua_toboolean(L, -1);
    } else {
        dash_print(s->d, ORY_ROLE_BAD, lua_tostring(L, -1));
        s->d->moving = false;
    }
    ory_lua_interrupt_clear(L);
    lua_settop(L, top - 1);
    return answer;
}

void dash_tour_tick(dash_session *s, double seconds)
{
    static bool inside; /* a long step of the tour redraws, which ticks */

    if (!s->tour || inside || !lua_checkstack(s->L, 20))
        return;
    inside = true;
    lua_pushnumber(s->L, seconds);
    s->tour_busy = call_engine(s, "tick");
    inside = false;
}

bool dash_tour_key(dash_session *s, uint32_t key)
{
    char name[ORY_KEYIN_NAME];

    if (!s->tour || !lua_checkstack(s->L, 20))
        return false;
    lua_pushstring(s->L, ory_keyin_name(key, name));
    return call_engine(s, "key");
}

/* -------------------------------------------------------------------- narration */

/* note{title=, large=, wait=, {text, role [, indent]}, …} */
static int note(lua_State *L)
{
    static const char *const roles[] = {"default", "dim", "accent", "good", "bad", "title", NULL};
    static const int codes[] = {ORY_ROLE_DEFAULT, ORY_ROLE_DIM, ORY_ROLE_ACCENT,
                                ORY_ROLE_GOOD, ORY_ROLE_BAD, ORY_ROLE_TITLE};
    ory_dash *d = session(L)->d;
    lua_Integer i, n = (lua_Integer)lua_rawlen(L, 1);

    dash_note_clear(d);
    lua_getfield(L, 1, "title");
    snprintf(d->note_title, sizeof d->note_title, "%s", luaL_optstring(L, -1, ""));
    lua_getfield(L, 1, "large");
    snprintf(d->note_large, sizeof d->note_large, "%s", luaL_optstring(L, -1, ""));
    lua_getfield(L, 1, "wait");
    d->note_wait = lua_toboolean(L, -1);
    for (i = 1; i <= n; i++) {
        lua_settop(L, 1);
        lua_rawgeti(L, 1, i);
        lua_rawgeti(L, 2, 1);
        lua_rawgeti(L, 2, 2);
        lua_rawgeti(L, 2, 3);
        dash_note_add(d, codes[luaL_checkoption(L, 4, "default", roles)],
                      (int)luaL_optinteger(L, 5, 0), luaL_checkstring(L, 3));
    }
    session(L)->dirty = true;
    return 0;
}

/* hide(list): panels by class, quantities by name; an empty list shows all again. */
static int hide(lua_State *L)
{
    ory_dash *d = session(L)->d;
    size_t i, n = lua_rawlen(L, 1);

    d->n_hidden = 0;
    for (i = 1; i <= n && d->n_hidden < DASH_HIDDEN; i++) {
        lua_rawgeti(L, 1, (lua_Integer)i);
        snprintf(d->hidden[d->n_hidden++], ORY_PANEL_NAME, "%s", luaL_checkstring(L, -1));
        lua_pop(L, 1);
    }
    session(L)->dirty = true;
    return 0;
}

/* ------------------------------------------------------------------------ lines */

/* typed(text): what stands at the prompt so far */
static int typed(lua_State *L)
{
    dash_session *s = session(L);

    snprintf(s->tour_typed, sizeof s->tour_typed, "%s", luaL_checkstring(L, 1));
    s->dirty = true;
    return 0;
}

/* line(text) -> whether it ran, and what it printed as a list of lines */
static int line(lua_State *L)
{
    dash_session *s = session(L);
    const char *text = luaL_checkstring(L, 1);
    ory_dash *d = s->d;
    unsigned failures = ory_repl_failures();
    uint64_t before = d->printed;
    lua_Integer n = 0;
    size_t i, fresh;

    s->tour_typed[0] = '\0';
    dash_session_line(s, text, false);
    fresh = d->printed - before < d->n_console ? (size_t)(d->printed - before) : d->n_console;
    lua_pushboolean(L, ory_repl_failures() == failures);
    lua_newtable(L);
    for (i = d->n_console - fresh; i < d->n_console; i++) {
        const dash_line *row = &d->console[(d->console_at + i) % DASH_CONSOLE];

        if (row->role == ORY_ROLE_ECHO)
            continue;
        lua_pushstring(L, row->text);
        lua_rawseti(L, -2, ++n);
    }
    return 2;
}

/* echo(text): a line that has been carried out already */
static int echo(lua_State *L)
{
    dash_session *s = session(L);

    s->tour_typed[0] = '\0';
    dash_printf(s->d, ORY_ROLE_ECHO, "> %s", luaL_checkstring(L, 1));
    s->dirty = true;
    return 0;
}

/* ------------------------------------------------------------------------- runs */

static bool shows_these(const ory_dash *d, lua_State *L, size_t n)
{
    size_t i;

    if (d->n_moving != n)
        return false;
    for (i = 0; i < n; i++) {
        lua_rawgeti(L, 1, (lua_Integer)i + 1);
        if (d->runs[i].box != lua_touserdata(L, -1))
            return false;
        lua_pop(L, 1);
    }
    return true;
}

/* runs(list): these move side by side, the first has the panels. */
static int show_runs(lua_State *L)
{
    dash_session *s = session(L);
    size_t i, n = lua_rawlen(L, 1);
    bool first = s->d->n_runs == 0;
    ory_status ok = ORY_OK;
    ory_error err = {0};

    if (shows_these(s->d, L, n))
        return 0;
    lua_settop(L, 1);
    while (s->d->n_runs > 0)
        dash_session_let_go(s, s->d->n_runs - 1);
    for (i = 0; i < n && ok == ORY_OK; i++) {
        lua_rawgeti(L, 1, (lua_Integer)i + 1);
        ok = dash_session_take(s, 2, luaL_checkudata(L, 2, "orrery.run"), ORY_PART_LOCKSTEP, &err);
        lua_settop(L, 1);
    }
    for (i = 0; first && i < s->d->n_runs && ok == ORY_OK; i++)
        ok = dash_shot_take(s->d->runs[i].shot, s->d, &s->d->runs[i]);
    if (first && n > 0 && ok == ORY_OK)
        ok = dash_default_layouts(s->d, &err);
    if (ok != ORY_OK)
        raise_error(L, &err);
    s->dirty = true;
    return 0;
}

/* moving(on): the tour steps the runs; they are shown to run. */
static int moving(lua_State *L)
{
    ory_dash *d = session(L)->d;
    size_t i;

    d->moving = lua_toboolean(L, 1);
    for (i = 0; i < d->n_moving; i++) {
        dash_run *run = &d->runs[i];
        const ory_stop *stop = &run->box->stop;

        run->noted = run->box->r ? ory_run_k(run->box->r) : 0;
        run->state = d->moving ? ORY_STATE_RUN
                     : stop->text[0] && stop->reason == ORY_STOP_DIVERGED ? ORY_STATE_DIVERGED
                                                                          : ORY_STATE_PAUSED;
        run->reason[0] = '\0';
        if (!d->moving)
            snprintf(run->reason, sizeof run->reason, "%s", stop->text);
    }
    return 0;
}

/* printed() -> how many lines the console was given so far */
static int printed(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)session(L)->d->printed);
    return 1;
}

/* undone(printed): after time travel: what is shown, logged and printed begins here. */
static int undone(lua_State *L)
{
    dash_session *s = session(L);
    uint64_t fresh = s->d->printed - (uint64_t)luaL_checkinteger(L, 1);
    size_t i;

    s->d->n_console -= fresh < s->d->n_console ? (size_t)fresh : s->d->n_console;
    s->d->console_back = 0;
    s->d->printed -= fresh;

    for (i = s->d->n_runs; i-- > 0;)
        if (!s->d->runs[i].box->r)
            dash_session_let_go(s, i);
    for (i = 0; i < s->d->n_runs; i++) {
        s->d->runs[i].noted = ory_run_k(s->d->runs[i].box->r);
        s->d->runs[i].state = ORY_STATE_PAUSED;
        s->d->runs[i].reason[0] = '\0';
    }
    s->dirty = true;
    return 0;
}

/* pause(): the runs stand still when a step begins; what they did is logged. */
static int pause_runs(lua_State *L)
{
    dash_session *s = session(L);

    dash_run_on(s->d, false, NULL);
    dash_note_steps(s->d);
    return 0;
}

/* ------------------------------------------------------------------------ frames */

static int size(lua_State *L)
{
    dash_session *s = session(L);

    lua_pushinteger(L, s->canvas.w);
    lua_pushinteger(L, s->canvas.h);
    return 2;
}

/* advance(seconds): without a terminal: that much time passes, a frame is drawn. */
static int advance(lua_State *L)
{
    dash_session *s = session(L);
    double seconds = luaL_checknumber(L, 1);

    ory_clock_advance(seconds);
    dash_tick(s->d, seconds);
    dash_session_poll(s);
    if (dash_session_draw(s, frame_w, frame_h) != ORY_OK)
        luaL_error(L, "out of memory");
    return 0;
}

/* frame() -> the frame that was drawn last, as text */
static int frame(lua_State *L)
{
    char *text = ory_canvas_string(&session(L)->canvas, ORY_COLOURS_NONE);

    if (!text)
        luaL_error(L, "out of memory");
    lua_pushstring(L, text); /* a failure here leaks once, and memory has run out anyway */
    ory_free(text);
    return 1;
}

/* layout_error(text) -> what is wrong with a layout, or nil */
static int layout_error(lua_State *L)
{
    ory_layout *l = NULL;
    ory_error err = {0};

    if (ory_layout_parse(luaL_checkstring(L, 1), &l, &err) != ORY_OK) {
        lua_pushstring(L, err.text);
        return 1;
    }
    ory_layout_free(l);
    return 0;
}

/* ------------------------------------------------------------------ the two stages */

static const char *opt_field(lua_State *L, int idx, const char *name)
{
    return lua_getfield(L, idx, name) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
}

static void set_engine(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushvalue(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, ENGINE);
}

/* screen(engine, {record=}) -> true after the user has left it; false: there is none. */
static int screen(lua_State *L)
{
    ory_dash_ask ask = {.speed = NAN, .run = -1, .flow = -1, .mouse = -1, .tour = true};
    ory_error err = {0};
    ory_status ok;

    set_engine(L);
    ask.record = opt_field(L, 2, "record");
    if (dash_session_now())
        luaL_error(L, "a tour cannot begin inside the dashboard: q leads to the prompt");
    ok = ory_dash_tour_screen(L, &ask, &err);
    if (ok != ORY_OK && ok != ORY_EUNDEF)
        raise_error(L, &err);
    lua_pushboolean(L, ok == ORY_OK);
    return 1;
}

/* begin(engine, {width=, height=, record=}): a stage without a terminal */
static int begin(lua_State *L)
{
    ory_dash_ask ask = {.speed = NAN, .run = -1, .flow = -1, .mouse = -1, .tour = true};
    ory_error err = {0};
    const char *record = opt_field(L, 2, "record");
    const char *glyphs = getenv("ORRERY_GLYPHS");
    dash_session *s;
    ory_status ok;

    set_engine(L);
    lua_getfield(L, 2, "width");
    lua_getfield(L, 2, "height");
    frame_w = (int)luaL_checkinteger(L, -2);
    frame_h = (int)luaL_checkinteger(L, -1);
    if (dash_session_now())
        luaL_error(L, "a tour cannot begin inside the dashboard: q leads to the prompt");
    clock_was_fake = ory_clock_is_fake();
    window_w = ory_width;
    window_h = ory_height;
    ory_clock_fake(true);
    ok = dash_session_begin(L, &ask, &err);
    if (ok != ORY_OK) {
        ory_clock_fake(clock_was_fake);
        raise_error(L, &err);
    }
    s = dash_session_now();
    if (glyphs && ory_glyphs_find(glyphs))
        s->d->glyphs = ory_glyphs_find(glyphs);
    if (record)
        ok = dash_session_record(s, record, frame_w, frame_h, &err);
    if (ok == ORY_OK)
        ok = dash_session_draw(s, frame_w, frame_h);
    if (ok != ORY_OK) {
        dash_session_end(s);
        ory_clock_fake(clock_was_fake);
        raise_error(L, &err);
    }
    ory_capture_start();
    return 0;
}

static int finish(lua_State *L)
{
    dash_session *s = dash_session_now();

    (void)L;
    if (!s)
        return 0;
    ory_capture_stop();
    dash_session_end(s);
    ory_progress_resume();
    ory_clock_fake(clock_was_fake);
    ory_width = window_w;
    ory_height = window_h;
    return 0;
}

/* out(text): to the real standard output, past the capture */
static int out(lua_State *L)
{
    size_t n, done = 0;
    const char *text = luaL_checklstring(L, 1, &n);
    int fd = ory_capture_terminal();

    if (fd < 0) {
        fwrite(text, 1, n, stdout);
        return 0;
    }
    while (done < n) {
        ssize_t k = write(fd, text + done, n - done);

        if (k <= 0)
            luaL_error(L, "cannot write to standard output");
        done += (size_t)k;
    }
    return 0;
}

/* read() -> a line of the user's on a terminal without a screen; nil: end */
static int read_line(lua_State *L)
{
    char *text = NULL;
    ory_line_kind kind;

    if (!isatty(STDIN_FILENO) || !isatty(ory_capture_terminal()))
        return 0;
    kind = ory_line_read("", &text);
    if (kind != ORY_LINE_TEXT)
        return 0;
    lua_pushstring(L, text);
    free(text);
    return 1;
}

/* interactive() -> whether someone sits at a terminal */
static int interactive(lua_State *L)
{
    int fd = ory_capture_terminal();

    lua_pushboolean(L, isatty(STDIN_FILENO) && isatty(fd < 0 ? STDOUT_FILENO : fd));
    return 1;
}

static int leave(lua_State *L)
{
    session(L)->d->leave = true;
    return 0;
}

void dash_tour_start(void)
{
    static const luaL_Reg rows[] = {
        {"note", note}, {"hide", hide}, {"typed", typed}, {"line", line}, {"echo", echo},
        {"show_runs", show_runs}, {"moving", moving}, {"undone", undone}, {"printed", printed},
        {"pause", pause_runs}, {"size", size}, {"advance", advance}, {"frame", frame},
        {"layout_error", layout_error}, {"screen", screen}, {"begin", begin}, {"finish", finish},
        {"out", out}, {"read", read_line}, {"interactive", interactive}, {"leave", leave}, {NULL, NULL}};

    ory_bind_set_stage(rows);
}
