/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script.c - code that runs without a prompt. */
#include "config.h"

#include "app/script.h"

#include <string.h>

#include <lauxlib.h>

#include "app/interp.h"
#include "app/progress.h"
#include "app/report.h"
#include "app/signals.h"
#include "app/typo.h"
#include "core/interrupt.h"

int ory_script_failed(lua_State *L)
{
    ory_progress_clear();
    if (ory_signals_quit()) {
        lua_pop(L, 1);
        return 128 + ory_signals_quit();
    }
    ory_report(L, stderr, "orrery: ");
    return ory_interrupt_pending() ? ORY_EXIT_INTERRUPT : ORY_EXIT_ERROR;
}

/* require MOD, and MOD as a global under the name behind its last dot. */
static int require_module(lua_State *L, const char *name)
{
    const char *dot = strrchr(name, '.');

    lua_getglobal(L, "require");
    lua_pushstring(L, name);
    if (ory_interp_call(L, 1, 1) != LUA_OK)
        return ory_script_failed(L);
    lua_setglobal(L, dot ? dot + 1 : name);
    return 0;
}

static int run_loaded(lua_State *L, int load_status, int nargs)
{
    if (load_status != LUA_OK) {
        ory_report_syntax(L);
        return ory_script_failed(L);
    }
    lua_insert(L, -(nargs + 1));
    return ory_interp_call(L, nargs, 0) == LUA_OK ? 0 : ory_script_failed(L);
}

int ory_script_code(lua_State *L, const ory_options *o)
{
    int i, status;

    for (i = 0; i < o->n_code; i++) {
        if (o->code[i].module)
            status = require_module(L, o->code[i].text);
        else
            status = run_loaded(L,
                                luaL_loadbufferx(L, o->code[i].text, strlen(o->code[i].text),
                                                 "=-e", "t"),
                                0);
        if (status != 0)
            return status;
    }
    return 0;
}

int ory_script_file(lua_State *L, const char *file, int nargs, char **args)
{
    int i, load;

    luaL_checkstack(L, nargs + 8, "too many arguments");
    for (i = 0; i < nargs; i++)
        lua_pushstring(L, args[i]);
    if (strcmp(file, "-") == 0)
        file = NULL;
    load = luaL_loadfilex(L, file, "t");
    return run_loaded(L, load, nargs);
}
