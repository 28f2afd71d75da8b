/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interp.c - the Lua state of the program. */
#include "config.h"

#include "app/interp.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/pages.h"
#include "app/report.h"
#include "app/signals.h"
#include "app/typo.h"
#include "bind/bind.h"
#include "bind/interrupt.h"
#include "core/mem.h"
#include "io/fence.h"

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

/* Of os only the clocks stay. */
static void close_os(lua_State *L)
{
    static const char *const kept[] = {"clock", "date", "difftime", "time", NULL};
    int i;

    lua_getglobal(L, "os");
    lua_newtable(L);
    for (i = 0; kept[i]; i++) {
        lua_getfield(L, -2, kept[i]);
        lua_setfield(L, -2, kept[i]);
    }
    forget_module(L, "os");
    lua_pushvalue(L, -1);
    lua_setglobal(L, "os");
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_insert(L, -2);
    lua_setfield(L, -2, "os");
    lua_pop(L, 2);
}

/* What the command line names stays within reach: as input what is run, as output what is
 * recorded. */
static void close_fence(lua_State *L, const ory_options *o)
{
    ory_error err;

    ory_fence_let(o->name, false);
    ory_fence_let(o->record, true);
    if (ory_fence_close(o->files_below, &err) != ORY_OK)
        luaL_error(L, "--files: %s", err.text);
}

static void sandbox(lua_State *L, const ory_options *o)
{
    close_fence(L, o);
    forget_module(L, "io");
    forget_module(L, "debug");
    close_os(L);
    close_package(L);
    replace_loader(L, "load", text_load);
    lua_pushnil(L);
    lua_setglobal(L, "loadfile");
    lua_pushnil(L);
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

/* Lua's blocks count against the limit of core/mem.h, so that scripts and numbers share it. */
static void *counted_alloc(void *ud, void *block, size_t old, size_t size)
{
    void *moved;

    (void)ud;
    if (!block)
        old = 0; /* a type tag */
    if (size == 0) {
        free(block);
        ory_mem_count(-(ptrdiff_t)old);
        return NULL;
    }
    if (size > PTRDIFF_MAX || !ory_mem_count((ptrdiff_t)size - (ptrdiff_t)old))
        return NULL;
    moved = realloc(block, size);
    if (!moved)
        ory_mem_count((ptrdiff_t)old - (ptrdiff_t)size);
    return moved;
}

/* An error where nobody catches one: memory has ended at a bad moment. */
static int give_up(lua_State *L)
{
    const char *why = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "an error";

    ory_signals_leave();
    fprintf(stderr, "orrery: %s\n", why);
    fflush(NULL);
    _exit(ORY_EXIT_ERROR);
}

static lua_State *new_state(const ory_options *o)
{
    lua_State *L;

    if (o->memory == 0) /* nothing to count */
        return luaL_newstate();
    ory_mem_limit_set(o->memory);
    L = lua_newstate(counted_alloc, NULL);
    if (L)
        lua_atpanic(L, give_up);
    return L;
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
        sandbox(L, w->o);
    ory_typo_watch(L, w->o->strict);
    lua_gc(L, LUA_GCRESTART);
    return 0;
}

lua_State *ory_interp_new(const ory_options *o, int argc, char **argv)
{
    lua_State *L = new_state(o);
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
