/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_session.c - a dashboard with Lua behind it. */
#include "config.h"

#include "app/dash_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "app/capture.h"
#include "app/complete.h"
#include "app/edit.h"
#include "app/interp.h"
#include "app/report.h"
#include "bind/interrupt.h"
#include "bind/log.h"
#include "core/clock.h"
#include "core/mem.h"

static dash_session the; /* one at a time; the.d stays between dashboards */

dash_session *dash_session_now(void)
{
    return the.open ? &the : NULL;
}

/* ------------------------------------------------------------------------- names */

static bool better_name(const char *name, const char *than)
{
    size_t a = strlen(name), b = strlen(than);

    if (name[0] == '_' || a >= DASH_NAME)
        return false;
    return than[0] == '\0' || a < b || (a == b && strcmp(name, than) < 0);
}

static bool is_name(const char *s)
{
    if (!*s || (*s >= '0' && *s <= '9'))
        return false;
    for (; *s; s++)
        if (!(*s == '_' || (*s >= '0' && *s <= '9') || ((*s | 32) >= 'a' && (*s | 32) <= 'z')))
            return false;
    return true;
}

/* The shortest global that holds the run; "" if none does. Raw: runs no code. */
static void global_name(lua_State *L, const ory_run_box *box, char out[DASH_NAME])
{
    out[0] = '\0';
    lua_pushglobaltable(L);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";

        if (lua_touserdata(L, -1) == box && is_name(name) && better_name(name, out))
            snprintf(out, DASH_NAME, "%s", name);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* A run without a global gets one, so that lines can name it: r, r2, r3, … */
static void make_global(lua_State *L, int idx, char out[DASH_NAME])
{
    int n = 1, type;

    idx = lua_absindex(L, idx);
    lua_pushglobaltable(L);
    do {
        snprintf(out, DASH_NAME, n == 1 ? "r" : "r%d", n);
        n++;
        lua_pushstring(L, out);
        type = lua_rawget(L, -2);
        lua_pop(L, 1);
    } while (type != LUA_TNIL);
    lua_pushstring(L, out);
    lua_pushvalue(L, idx);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

/* ------------------------------------------------------------------------- runs */

ory_status dash_session_take(dash_session *s, int idx, ory_run_box *box, ory_snap_part part,
                           ory_error *err)
{
    char name[DASH_NAME];
    ory_status ok;
    int ref;

    global_name(s->L, box, name);
    if (!name[0] && part == ORY_PART_LOCKSTEP)
        make_global(s->L, idx, name);
    lua_pushvalue(s->L, idx);
    ref = luaL_ref(s->L, LUA_REGISTRYINDEX);
    ok = dash_add_run(s->d, box, ref, name[0] ? name : ory_run_name(box->r), part, err);
    if (ok != ORY_OK)
        luaL_unref(s->L, LUA_REGISTRYINDEX, ref);
    return ok;
}

void dash_session_let_go(dash_session *s, size_t i)
{
    int ref = s->d->runs[i].ref;

    dash_drop_run(s->d, i);
    luaL_unref(s->L, LUA_REGISTRYINDEX, ref);
}

static bool is_shown(const ory_dash *d, const ory_run_box *box)
{
    size_t i;

    for (i = 0; i < d->n_runs; i++)
        if (d->runs[i].box == box)
            return true;
    return false;
}

static bool is_relative(const ory_dash *d, const ory_run *r)
{
    size_t i;

    for (i = 0; i < d->n_runs; i++)
        if (ory_run_parent(r) == ory_run_id(d->runs[i].box->r) ||
            ory_run_parent(d->runs[i].box->r) == ory_run_id(r))
            return true;
    return false;
}

typedef struct adopting {
    dash_session *s;
    ory_run_box *best; /* of those not yet shown, the oldest: the order is that of making */
} adopting;

static void consider(void *ctx, lua_State *L, ory_run_box *box)
{
    adopting *a = ctx;

    (void)L;
    if (is_shown(a->s->d, box) || !is_relative(a->s->d, box->r))
        return;
    if (!a->best || ory_run_id(box->r) < ory_run_id(a->best->r))
        a->best = box;
}

typedef struct finding {
    const ory_run_box *box;
    int found; /* stack index */
} finding;

static void keep_if_same(void *ctx, lua_State *L, ory_run_box *box)
{
    finding *f = ctx;

    if (box == f->box && !f->found) {
        lua_pushvalue(L, -1);
        lua_replace(L, 1);
        f->found = 1;
    }
}

static int push_box(lua_State *L)
{
    finding f = {.box = lua_touserdata(L, 1)};

    lua_settop(L, 1);
    ory_bind_each_run(L, keep_if_same, &f);
    lua_settop(L, f.found ? 1 : 0);
    return f.found;
}

/* Forks of what is shown come in as ghosts. */
static void adopt_forks(dash_session *s)
{
    adopting a = {s, NULL};
    int top = lua_gettop(s->L);

    while (s->d->n_runs - s->d->n_moving < DASH_GHOSTS) {
        a.best = NULL;
        ory_bind_each_run(s->L, consider, &a);
        if (!a.best)
            break;
        lua_pushcfunction(s->L, push_box);
        lua_pushlightuserdata(s->L, a.best);
        if (lua_pcall(s->L, 1, 1, 0) != LUA_OK || !lua_isuserdata(s->L, -1) ||
            dash_session_take(s, lua_gettop(s->L), a.best, ORY_PART_GHOST, NULL) != ORY_OK)
            break;
        lua_settop(s->L, top);
    }
    lua_settop(s->L, top);
}

/* After a line: runs may have moved, been closed, renamed or forked. */
static void look_again(dash_session *s)
{
    ory_dash *d = s->d;
    char name[DASH_NAME];
    size_t i;

    for (i = d->n_runs; i-- > 0;)
        if (!d->runs[i].box->r)
            dash_session_let_go(s, i);
    for (i = 0; i < d->n_runs; i++) {
        dash_run *run = &d->runs[i];
        uint64_t k = ory_run_k(run->box->r);

        global_name(s->L, run->box, name);
        if (name[0])
            snprintf(run->name, sizeof run->name, "%s", name);
        if (k != run->noted && run->state != ORY_STATE_RUN) {
            run->state = ORY_STATE_PAUSED;
            snprintf(run->reason, sizeof run->reason, "%s", run->box->stop.text);
            if (run->box->stop.text[0] && run->box->stop.reason == ORY_STOP_DIVERGED)
                run->state = ORY_STATE_DIVERGED;
        }
        run->noted = k;
    }
    adopt_forks(s);
    s->dirty = true;
}

/* -------------------------------------------------------------------------- lines */

static void print_captured(void *ctx, const char *line, bool error)
{
    dash_session *s = ctx;

    dash_print(s->d, error ? ORY_ROLE_BAD : ORY_ROLE_DEFAULT, line);
    s->dirty = true;
}

void dash_session_poll(dash_session *s)
{
    ory_capture_drain(false, true, print_captured, s);
}

/* While a line steps for long its run is seen to move. */
static void show_progress(void *ctx, ory_run *r, double fraction, double seconds, bool done)
{
    dash_session *s = ctx;

    (void)r, (void)fraction, (void)seconds;
    if (!done && s->redraw)
        s->redraw(s);
}

/* A step is being computed: the line comes after it. */
static void wait_with(dash_session *s, const char *line, bool typed)
{
    char *copy = s->n_waiting < DASH_WAITING ? ory_strdup(line) : NULL;

    if (copy)
        s->waiting[s->n_waiting++] = (dash_waiting){copy, typed};
    dash_say(s->d, copy ? "after this step: %s" : "too many lines wait for this step: %s", line);
}

void dash_session_waiting(dash_session *s)
{
    while (s->n_waiting > 0) {
        dash_waiting next = s->waiting[0];

        memmove(s->waiting, s->waiting + 1, --s->n_waiting * sizeof *s->waiting);
        if (!s->d->leave)
            dash_session_line(s, next.line, next.typed);
        ory_free(next.line);
    }
}

void dash_session_line(dash_session *s, const char *line, bool typed)
{
    if (s->d->holding) {
        wait_with(s, line, typed);
        return;
    }
    dash_note_steps(s->d);
    ory_capture_drain(true, true, print_captured, s);
    dash_printf(s->d, ORY_ROLE_ECHO, "%s%s", s->block.text && typed ? ">> " : "> ", line);
    s->d->console_back = 0;
    s->lines++;
    if (typed)
        ory_repl_take(s->L, &s->block, line);
    else
        ory_repl_key_line(s->L, line);
    s->lines--;
    ory_capture_drain(true, false, print_captured, s);
    look_again(s);
}

static void host_line(void *ctx, const char *lua)
{
    dash_session_line(ctx, lua, false);
}

/* The live run's own steps: a line for the log of the session, not carried out again. */
static void host_note(void *ctx, const char *lua)
{
    dash_session *s = ctx;

    ory_session_line(s->L, lua, true);
    dash_print(s->d, ORY_ROLE_DIM, lua);
}

static bool host_bound(void *ctx, uint32_t key)
{
    dash_session *s = ctx;
    char name[ORY_KEYIN_NAME], line[DASH_LINE];

    if (dash_tour_key(s, key))
        return true;
    if (!ory_push_bound_key(s->L, ory_keyin_name(key, name)))
        return false;
    if (lua_type(s->L, -1) == LUA_TSTRING) {
        snprintf(line, sizeof line, "%s", lua_tostring(s->L, -1));
        lua_pop(s->L, 1);
        dash_session_line(s, line, false);
        return true;
    }
    if (s->d->holding) {
        lua_pop(s->L, 1);
        dash_say(s->d, "this key waits: a step is being computed");
        return true;
    }
    dash_note_steps(s->d);
    ory_capture_drain(true, true, print_captured, s);
    s->lines++;
    if (ory_interp_call(s->L, 0, 0) != LUA_OK)
        ory_report(s->L, stderr, "");
    s->lines--;
    ory_lua_interrupt_clear(s->L);
    ory_capture_drain(true, false, print_captured, s);
    look_again(s);
    return true;
}

/* ------------------------------------------------------------------------- prompt */

static void forget_candidates(dash_session *s)
{
    size_t i;

    for (i = 0; i < s->n_candidates; i++)
        ory_free(s->candidates[i]);
    ory_free(s->candidates);
    s->candidates = NULL;
    s->n_candidates = 0;
}

static void editor_draw(void *ctx)
{
    dash_session *s = ctx;

    s->dirty = true;
}

static void editor_offer(void *ctx, char **names, int n)
{
    dash_session *s = ctx;
    int i;

    forget_candidates(s);
    s->candidates = ory_alloc((size_t)n, sizeof *s->candidates);
    for (i = 0; s->candidates && i < n; i++)
        if ((s->candidates[s->n_candidates] = ory_strdup(names[i])) != NULL)
            s->n_candidates++;
    s->dirty = true;
}

static ory_edit_screen editor = {&the, editor_draw, editor_offer};

static void begin_line(dash_session *s)
{
    ory_edit_begin(s->block.text ? ">> " : "> ");
    s->line_begun = true;
}

static void host_prompt(void *ctx, const char *text, size_t cursor)
{
    dash_session *s = ctx;
    size_t back;

    if (text[0] && s->line_begun) {
        ory_edit_drop();
        s->line_begun = false;
    }
    if (!s->line_begun)
        begin_line(s);
    s->typing = true;
    ory_edit_feed(text, strlen(text));
    for (back = strlen(text) - cursor; back > 0; back--)
        ory_edit_feed("\002", 1); /* Ctrl-B */
    s->dirty = true;
}

/* The editor has taken a byte: is the line finished? */
static void after_byte(dash_session *s)
{
    char *text = NULL;

    s->dirty = true;
    if (!ory_edit_done(&text))
        return;
    s->line_begun = false;
    if (!text || (!*text && !s->block.text)) {
        s->typing = false; /* Ctrl-D or an empty line: back to the panels */
        free(text);
        return;
    }
    dash_session_line(s, text, true);
    free(text);
    if (s->open && s->typing && !s->d->leave)
        begin_line(s);
}

static void show_prompt(dash_session *s)
{
    ory_snap_prompt *p = &s->d->prompt;
    ory_edit_view view;

    *p = (ory_snap_prompt){.active = s->typing, .prompt = s->block.text ? ">> " : "> ", .text = ""};
    p->selected = s->n_candidates;
    if (s->tour_typed[0] && !s->typing) {
        p->active = true;
        p->text = s->tour_typed;
        p->cursor = strlen(s->tour_typed);
    }
    if (!s->line_begun)
        return;
    ory_edit_look(&view);
    p->prompt = view.prompt;
    p->text = view.text;
    p->cursor = view.point;
    p->candidates = (const char *const *)s->candidates;
    p->n_candidates = s->typing ? s->n_candidates : 0;
    p->selected = p->n_candidates;
}

/* -------------------------------------------------------------------------- keys */

static void press(dash_session *s, uint32_t key)
{
    static const char begin[] = "\033[200~";

    s->dirty = true;
    if (key == ORY_KEYIN_MOUSE) {
        dash_click(s->d, s->keyin.x, s->keyin.y, s->keyin.button);
    } else if (key == ORY_KEYIN_PASTE) { /* what is pasted is meant for the prompt */
        host_prompt(s, "", 0);
        ory_edit_feed(begin, sizeof begin - 1);
    } else if (key != ORY_KEYIN_PASTE_END) {
        dash_press(s->d, key);
        if (s->d->redraw && s->redraw)
            s->dirty = true;
    }
}

void dash_session_byte(dash_session *s, unsigned char byte)
{
    uint32_t key;
    char c = (char)byte;

    if (s->typing) {
        forget_candidates(s);
        ory_edit_feed(&c, 1);
        after_byte(s);
    } else if (ory_keyin_byte(&s->keyin, byte, &key)) {
        press(s, key);
    }
}

void dash_session_flush(dash_session *s)
{
    uint32_t key;

    if (s->typing) { /* Esc gives the keys back; the line stays */
        s->typing = false;
        forget_candidates(s);
        s->dirty = true;
    } else if (ory_keyin_flush(&s->keyin, &key)) {
        press(s, key);
    }
}

void dash_session_interrupt(dash_session *s)
{
    ory_lua_interrupt_clear(s->L);
    s->dirty = true;
    if (s->typing) {
        if (s->line_begun)
            ory_edit_drop();
        ory_repl_drop(&s->block);
        forget_candidates(s);
        begin_line(s);
    } else if (s->d->running) {
        dash_run_on(s->d, false, "paused by Ctrl-C");
    } else {
        dash_say(s->d, "q goes back to the prompt, Q leaves");
    }
}

static void host_write(void *ctx)
{
    dash_session *s = ctx;
    char line[64];

    snprintf(line, sizeof line, "ui.frame(\"orrery-%d.txt\")", ++s->frames_written);
    dash_session_line(s, line, false);
}

/* ---------------------------------------------------------------------- its life */

/* The kept dashboard shows the same first run: it is gone on with. */
static bool goes_on(const dash_session *s, const ory_dash_ask *ask)
{
    size_t i;

    if (!s->d || s->d->n_runs == 0 || ask->tour)
        return false;
    for (i = 0; i < s->d->n_runs; i++)
        if (!s->d->runs[i].box->r)
            return false;
    return ask->n_runs == 0 || (ask->n_runs == 1 && ask->runs[0] == s->d->runs[0].box);
}

static ory_status fresh(dash_session *s, const ory_dash_ask *ask, ory_error *err)
{
    static const dash_host host = {&the, host_line, host_note, host_bound, host_prompt, host_write};
    ory_status ok;
    size_t i;

    dash_session_free();
    if (ask->n_runs == 0 && !ask->tour)
        return ory_fail(err, ORY_EINVAL, "dash: no run is given: dash(r)");
    ok = dash_new(&host, &s->d, err);
    for (i = 0; ok == ORY_OK && i < ask->n_runs; i++)
        ok = dash_session_take(s, ask->at[i], ask->runs[i], ORY_PART_LOCKSTEP, err);
    for (i = 0; ok == ORY_OK && i < s->d->n_runs; i++)
        ok = dash_shot_take(s->d->runs[i].shot, s->d, &s->d->runs[i]);
    if (ok == ORY_OK)
        ok = dash_default_layouts(s->d, err);
    return ok;
}

ory_status dash_session_begin(lua_State *L, const ory_dash_ask *ask, ory_error *err)
{
    dash_session *s = &the;
    ory_status ok = ORY_OK;

    s->L = L;
    if (!goes_on(s, ask))
        ok = fresh(s, ask, err);
    if (ok == ORY_OK)
        ok = dash_session_options(s, ask, err);
    if (ok != ORY_OK) {
        dash_session_free();
        return ok;
    }
    s->d->leave = s->d->quit = false;
    s->open = s->dirty = true;
    s->layout_mark = 0;
    s->typing = s->line_begun = false;
    s->tour = s->d->touring = ask->tour;
    s->tour_busy = false;
    s->tour_typed[0] = '\0';
    s->keyin = (ory_keyin){0};
    ory_edit_start();
    ory_complete_state(L);
    ory_edit_owner(&editor);
    ory_bind_set_progress(show_progress, s);
    look_again(s);
    return ORY_OK;
}

void dash_session_end(dash_session *s)
{
    dash_run_on(s->d, false, NULL);
    s->open = s->typing = s->tour = s->d->touring = false;
    s->d->n_hidden = 0;
    if (s->line_begun)
        ory_edit_drop();
    s->line_begun = false;
    ory_edit_owner(NULL);
    ory_repl_drop(&s->block);
    forget_candidates(s);
    ory_cast_close(s->cast, NULL);
    s->cast = NULL;
    s->d->recording[0] = '\0';
    ory_canvas_fini(&s->canvas);
    ory_canvas_fini(&s->recorded);
    ory_textout_fini(&s->bytes);
    s->redraw = NULL;
}

void dash_session_free(void)
{
    if (!the.d)
        return;
    while (the.d->n_runs > 0)
        dash_session_let_go(&the, the.d->n_runs - 1);
    dash_free(the.d);
    the.d = NULL;
}

/* ------------------------------------------------------------------------- frames */

enum { MOST_RECORDED = 64 };

typedef struct name_list {
    const char *names[MOST_RECORDED + 1];
    size_t n;
} name_list;

static void add_name(name_list *l, const ory_run *r, int probe)
{
    const ory_probe *row = ory_run_probe_at(r, probe);
    size_t i;

    if (row->kind != ORY_SCALAR || (row->flags & ORY_PROBE_CONSTANT) ||
        ory_run_series(r, row->name) || l->n == MOST_RECORDED)
        return;
    for (i = 0; i < l->n; i++)
        if (strcmp(l->names[i], row->name) == 0)
            return;
    l->names[l->n++] = row->name;
}

static void add_wanted(name_list *l, const ory_run *r, const ory_panel_want *want)
{
    int probe = ory_run_probe_find(r, want->name), i, n = ory_run_probe_count(r);

    if (want->array || probe < 0)
        return;
    add_name(l, r, probe);
    for (i = 0; want->bounds && i < n; i++) {
        const ory_probe *row = ory_run_probe_at(r, i);

        if (row->bounds && strcmp(row->bounds, want->name) == 0)
            add_name(l, r, i);
    }
}

/* What the layout draws as a curve is recorded from now on, as often as its cost allows. */
static void record_wanted(ory_dash *d)
{
    ory_panel_want wants[ORY_PANEL_WANTS];
    const ory_panel *p;
    size_t i, k, n;
    int at;

    for (i = 0; i < d->n_moving; i++) {
        name_list l = {.n = 0};

        for (at = 0; (p = dash_panel(d, at)) != NULL; at++) {
            n = strcmp(p->class->name, "table") == 0 ? 0 : ory_panel_wants(p, wants);
            for (k = 0; k < n; k++)
                add_wanted(&l, d->runs[i].box->r, &wants[k]);
        }
        if (l.n > 0)
            (void)ory_run_record_view(d->runs[i].box->r, l.names, NULL);
    }
}

static ory_status fit(ory_canvas *c, int w, int h, const ory_glyphs *glyphs)
{
    if (!c->cells)
        return ory_canvas_init(c, w, h, glyphs);
    c->glyphs = glyphs;
    return c->w == w && c->h == h ? ORY_OK : ory_canvas_resize(c, w, h);
}

/* Columns and rows of what lines print: those of the console, whose lines have a margin on
 * either side and are folded as if each were indented. */
static void set_size(const ory_dash *d, int w)
{
    enum { EDGES = 4, INDENT = 2, ROWS = 24, LEAST_ROWS = 10 };
    int i = dash_panel_find(d, "console");
    int cells = i >= 0 ? d->rects[i].w - EDGES - INDENT : 0, rows = i >= 0 ? d->rects[i].h - 2 : 0;

    ory_width = cells >= 20 ? cells : w >= 24 ? w - EDGES : 20;
    ory_height = rows >= LEAST_ROWS && rows < ROWS ? rows : ROWS;
}

static ory_status record_frame(dash_session *s)
{
    bool sized = s->recorded.cells && s->recorded.w == s->canvas.w && s->recorded.h == s->canvas.h;
    ory_status ok;

    if (!s->cast)
        return ORY_OK;
    if (s->recorded.cells && !sized)
        ory_cast_resize(s->cast, s->d->clock, s->canvas.w, s->canvas.h, NULL);
    s->bytes.length = 0;
    ok = ory_textout_delta(&s->bytes, &s->canvas, sized ? &s->recorded : NULL,
                           s->d->colours < ORY_COLOURS_MONO ? ORY_COLOURS_MONO : s->d->colours);
    if (ok == ORY_OK)
        ok = ory_cast_output(s->cast, s->d->clock, s->bytes.text, s->bytes.length, NULL);
    if (ok == ORY_OK)
        ok = fit(&s->recorded, s->canvas.w, s->canvas.h, s->canvas.glyphs);
    if (ok == ORY_OK)
        ory_canvas_copy(&s->recorded, &s->canvas);
    return ok;
}

ory_status dash_session_draw(dash_session *s, int w, int h)
{
    ory_status ok = fit(&s->canvas, w, h, s->d->glyphs);

    if (ok != ORY_OK)
        return ok;
    if (s->layout_mark != s->d->layout_mark && !dash_holds(s->d)) {
        record_wanted(s->d);
        s->layout_mark = s->d->layout_mark;
    }
    show_prompt(s);
    ok = dash_draw(s->d, &s->canvas, &s->cursor_x, &s->cursor_y);
    set_size(s->d, w);
    if (ok == ORY_OK && record_frame(s) != ORY_OK) {
        dash_print(s->d, ORY_ROLE_BAD, "the recording ended: it could not be written");
        ory_cast_close(s->cast, NULL);
        s->cast = NULL;
        s->d->recording[0] = '\0';
    }
    s->dirty = false;
    return ok;
}

ory_status dash_session_record(dash_session *s, const char *path, int w, int h, ory_error *err)
{
    ory_cast_head head = {.width = w, .height = h, .date = ory_clock_date(), .title = "orrery",
                          .term = "xterm-256color"};
    ory_status ok;

    if (s->cast)
        return ory_fail(err, ORY_EINVAL, "dash: a recording is being written already");
    ok = ory_cast_open(path, &head, &s->cast, err);
    if (ok == ORY_OK)
        snprintf(s->d->recording, sizeof s->d->recording, "%s", path);
    return ok;
}
