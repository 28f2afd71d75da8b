/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interp.c - the Lua state of the program. */
#include "config.h"

#include "app/interp.h"

#include <stdio.h>
#include <string.h>

#include "app/pages.h"
#include "app/report.h"
#include "app/typo.h"
#include "bind/bind.h"
#include "bind/interrupt.h"

/* -------------------------------------------------------------------- sandbox */

/* load(chunk [, name [, mode [, env]]]) with mode forced to text. Upvalue: load. */
static int text_load(lua_State *L)
{
    int n = lua_gettop(L);

    if (n < 3)
        lua_settop(L, 3);
    lua_pushliteral(L, "t");
    lua_replace(L, 3);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, n < 3 ? 3 : n, LUA_MULTRET);
    return lua_gettop(L);
}

/* The same for loadfile(file [, mode [, env]]). */
static int text_loadfile(lua_State *L)
{
    int n = lua_gettop(L);

    if (n < 2)
        lua_settop(L, 2);
    lua_pushliteral(L, "t");
    lua_replace(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, n < 2 ? 2 : n, LUA_MULTRET);
    return lua_gettop(L);
}

static int text_dofile(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);

    lua_settop(L, 1);
    if (luaL_loadfilex(L, name, "t") != LUA_OK)
        return lua_error(L);
    lua_call(L, 0, LUA_MULTRET);
    return lua_gettop(L) - 1;
}

static void replace_loader(lua_State *L, const char *name, lua_CFunction fn)
{
    lua_getglobal(L, name);
    lua_pushcclosure(L, fn, 1);
    lua_setglobal(L, name);
}

static void forget_module(lua_State *L, const char *name)
{
    lua_pushnil(L);
    lua_setglobal(L, name);
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_pushnil(L);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
}

/* require finds what is loaded or preloaded and nothing else. */
static void close_package(lua_State *L)
{
    static const char *const gone[] = {"loadlib", "searchpath", "cpath", "path", NULL};
    int i;

    if (lua_getglobal(L, "package") == LUA_TTABLE) {
        for (i = 0; gone[i]; i++) {
            lua_pushnil(L);
            lua_setfield(L, -2, gone[i]);
        }
        if (lua_getfield(L, -1, "searchers") == LUA_TTABLE)
            for (i = (int)lua_rawlen(L, -1); i > 1; i--) {
                lua_pushnil(L);
                lua_rawseti(L, -2, i);
            }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void sandbox(lua_State *L)
{
    forget_module(L, "io");
    forget_module(L, "os");
    forget_module(L, "debug");
    close_package(L);
    replace_loader(L, "load", text_load);
    replace_loader(L, "loadfile", text_loadfile);
    lua_pushcfunction(L, text_dofile);
    lua_setglobal(L, "dofile");
    lua_getglobal(L, "string");
    lua_pushnil(L);
    lua_setfield(L, -2, "dump");
    lua_pop(L, 1);
}

/* ------------------------------------------------------------------- the state */

static void set_arguments(lua_State *L, const ory_options *o, int argc, char **argv)
{
    int base = o->script_at < argc ? o->script_at : 0, i;

    lua_createtable(L, argc, 1);
    for (i = 0; i < argc; i++) {
        if (base == 0 && i > 0)
            break;
        lua_pushstring(L, argv[i]);
        lua_rawseti(L, -2, i - base);
    }
    lua_setglobal(L, "arg");
}

/* Every field of the table that luaopen_orrery leaves becomes a global. */
static void open_orrery(lua_State *L)
{
    luaL_requiref(L, "orrery", luaopen_orrery, 1);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        if (lua_type(L, -2) == LUA_TSTRING)
            lua_setglobal(L, lua_tostring(L, -2));
        else
            lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

typedef struct opening {
    const ory_options *o;
    int argc;
    char **argv;
} opening;

static int open_all(lua_State *L)
{
    const opening *w = lua_touserdata(L, 1);

    lua_gc(L, LUA_GCSTOP); /* nothing of this is garbage */
    luaL_openlibs(L);
    ory_lua_interrupt_open(L);
    set_arguments(L, w->o, w->argc, w->argv);
    open_orrery(L);
    ory_pages_open(L);
    if (w->o->sandbox)
        sandbox(L);
    ory_typo_watch(L, w->o->strict);
    lua_gc(L, LUA_GCRESTART);
    return 0;
}

lua_State *ory_interp_new(const ory_options *o, int argc, char **argv)
{
    lua_State *L = luaL_newstate();
    opening w = {o, argc, argv};

    if (!L) {
        fputs("orrery: out of memory\n", stderr);
        return NULL;
    }
    lua_pushcfunction(L, open_all);
    lua_pushlightuserdata(L, &w);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        ory_report(L, stderr, "orrery: cannot start: ");
        ory_interp_free(L);
        return NULL;
    }
    return L;
}

void ory_interp_free(lua_State *L)
{
    ory_lua_interrupt_clear(L);
    ory_lua_interrupt_close();
    lua_close(L);
}

int ory_interp_call(lua_State *L, int nargs, int nresults)
{
    int base = lua_gettop(L) - nargs, status;

    lua_pushcfunction(L, ory_report_handler);
    lua_insert(L, base);
    status = lua_pcall(L, nargs, nresults, base);
    lua_remove(L, base);
    return status;
}
