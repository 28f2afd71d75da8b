/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash.c - what dash(…) and ui.*(…) do in this program. */
#include "config.h"

#include "app/dash.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "app/dash_session.h"
#include "app/interp.h"
#include "app/repl.h"
#include "app/report.h"
#include "app/signals.h"
#include "core/interrupt.h"
#include "tui/screen.h"

static const ory_options *options;
static bool at_prompt;    /* dash opens the dashboard */
static bool shown;        /* the command's purpose is fulfilled */
static int shown_status;
static bool quits;

/* ------------------------------------------------------------------------ opening */

/* One sentence, then the session goes on in lines. */
static void in_lines(const ory_error *err)
{
    fflush(stdout);
    fprintf(stderr, "orrery: %s; going on in lines\n", err->text);
}

/* dash(…) typed at the dashboard's own prompt: other runs, other options. */
static ory_status change(lua_State *L, const ory_dash_ask *ask, ory_error *err)
{
    dash_session *s = dash_session_now();
    ory_status ok = ORY_OK;
    size_t i;

    for (i = ask->n_runs; i-- > 0 && ok == ORY_OK;) {
        ory_ui_args a = {.run = ask->runs[i]};

        lua_pushvalue(L, ask->at[i]);
        lua_insert(L, 1);
        ok = dash_session_command(s, "show", &a, err);
        lua_remove(L, 1);
    }
    if (ok == ORY_OK)
        ok = dash_session_options(s, ask, err);
    if (ok == ORY_OK && ask->record)
        ok = dash_session_record(s, ask->record, s->canvas.w, s->canvas.h, err);
    return ok;
}

static ory_status on_screen(lua_State *L, const ory_dash_ask *ask, ory_error *err)
{
    ory_dash_ask with = *ask;
    ory_status ok;

    if (options->record && !with.record)
        with.record = options->record;
    ok = dash_screen(L, &with, &quits, err);
    if (ok == ORY_EUNDEF) {
        in_lines(err);
        ok = ORY_OK;
    }
    return ok;
}

ory_status ory_dash_tour_screen(lua_State *L, const ory_dash_ask *ask, ory_error *err)
{
    ory_dash_ask with = *ask;

    if (!at_prompt)
        return ory_fail(err, ORY_EUNDEF, "there is no prompt here");
    if (!ory_repl_start(L, options))
        return ory_fail(err, ORY_EIO, "the prompt could not be started");
    if (options->record && !with.record)
        with.record = options->record;
    return dash_screen(L, &with, &quits, err);
}

/* The script has done what it was run for: this error ends it. */
static ory_status end_script(ory_error *err)
{
    shown = true;
    return ory_fail(err, ORY_EINTERRUPT, "the dashboard was closed");
}

static ory_status open_dash(lua_State *L, const ory_dash_ask *ask, ory_error *err)
{
    ory_status ok;

    if (dash_session_now())
        return change(L, ask, err);
    if (options->action == ORY_ACT_FRAME) {
        shown_status = dash_headless(L, ask, options);
        return end_script(err);
    }
    if (options->action == ORY_ACT_DASH && !shown) {
        if (!ory_repl_start(L, options))
            return ory_fail(err, ORY_EIO, "the prompt could not be started");
        ok = on_screen(L, ask, err);
        return ok == ORY_OK ? end_script(err) : ok;
    }
    return at_prompt ? on_screen(L, ask, err) : ORY_OK;
}

/* Outside a dashboard nothing is shown, so nothing is changed. */
static ory_status command(lua_State *L, const char *name, const ory_ui_args *args, ory_error *err)
{
    dash_session *s = dash_session_now();

    (void)L;
    return s ? dash_session_command(s, name, args, err) : ORY_OK;
}

static bool key_exists(const char *name)
{
    return ory_keyin_parse(name) != 0;
}

void ory_dash_start(const ory_options *o, bool prompt)
{
    static const ory_dash_hooks hooks = {open_dash, command};

    options = o;
    at_prompt = prompt;
    dash_tour_start();
    ory_bind_set_dash(&hooks);
    ory_bind_set_key_check(key_exists);
}

void ory_dash_end(void)
{
    dash_session_free();
    ory_screen_free();
}

bool ory_dash_shown(void)
{
    return shown;
}

bool ory_dash_quits(void)
{
    return quits;
}

/* ------------------------------------------------------------- scripts without dash */

typedef struct oldest {
    ory_run_box *box;
} oldest;

static void keep_oldest(void *ctx, lua_State *L, ory_run_box *box)
{
    oldest *o = ctx;

    (void)L;
    if (!o->box || ory_run_id(box->r) < ory_run_id(o->box->r))
        o->box = box;
}

/* dash(r) for the global r, else for the first run that lives. Raises. */
static int show_some_run(lua_State *L)
{
    oldest o = {NULL};

    lua_getglobal(L, "r");
    if (!luaL_testudata(L, -1, "orrery.run")) {
        ory_bind_each_run(L, keep_oldest, &o);
        if (!o.box)
            return luaL_error(L, "the script has made no run to be shown");
        lua_settop(L, 0);
        lua_getfield(L, LUA_REGISTRYINDEX, "orrery.runs");
        lua_rawgetp(L, -1, o.box);
    }
    lua_getglobal(L, "dash");
    lua_insert(L, -2);
    lua_call(L, 1, 0);
    return 0;
}

int ory_dash_finish(lua_State *L, int status)
{
    if (status != 0 || shown || ory_signals_quit())
        return shown ? shown_status : status;
    lua_pushcfunction(L, show_some_run);
    if (ory_interp_call(L, 0, 0) != LUA_OK) {
        if (shown) {
            lua_pop(L, 1);
            return shown_status;
        }
        ory_report(L, stderr, "orrery: ");
        return ory_interrupt_pending() ? ORY_EXIT_INTERRUPT : ORY_EXIT_ERROR;
    }
    return shown_status;
}
