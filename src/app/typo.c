/* SPDX-License-Identifier: GPL-3.0-or-later */
/* typo.c - misspelt globals. */
#include "config.h"

#include "app/typo.h"

#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "bind/bind.h"
#include "core/status.h"

enum { MAX_KEPT = 8, MAX_NAMES = 1024 };

static const char warned_key;
static bool deferred;
static struct {
    char name[64], near[64];
} kept[MAX_KEPT];
static int n_kept;

/* Names of older Lua and of other programs' Lua that portable scripts look for. */
static const char *const looked_for[] = {"unpack",  "loadstring", "setfenv", "getfenv",
                                         "jit",     "bit",        "bit32",   "module",
                                         "newproxy", "table_unpack", "utf8", NULL};

bool ory_typo_nearest(lua_State *L, const char *word)
{
    const char *names[MAX_NAMES], *near;
    size_t n = 0;

    if (strlen(word) < 3)
        return false;
    lua_pushglobaltable(L);
    lua_pushnil(L);
    while (lua_next(L, -2) && n < MAX_NAMES) {
        if (lua_type(L, -2) == LUA_TSTRING && strlen(lua_tostring(L, -2)) > 1)
            names[n++] = lua_tostring(L, -2);
        lua_pop(L, 1);
    }
    if (n == MAX_NAMES)
        lua_pop(L, 2);
    near = ory_nearest(word, names, n);
    lua_pop(L, 1);
    if (near)
        lua_pushstring(L, near);
    return near != NULL;
}

static void tell(const char *name, const char *near)
{
    fflush(stdout);
    fprintf(stderr, "orrery: warning: '%s' is nil (did you mean '%s'?)\n", name, near);
}

void ory_typo_defer(bool on)
{
    deferred = on;
    n_kept = 0;
}

void ory_typo_flush(const char *message)
{
    int i;

    for (i = 0; i < n_kept; i++)
        if (!message || !strstr(message, kept[i].name))
            tell(kept[i].name, kept[i].near);
    n_kept = 0;
}

/* True the first time for each name. */
static bool first_time(lua_State *L, int name)
{
    bool first;

    lua_rawgetp(L, LUA_REGISTRYINDEX, &warned_key);
    lua_pushvalue(L, name);
    first = lua_rawget(L, -2) == LUA_TNIL;
    lua_pop(L, 1);
    lua_pushvalue(L, name);
    lua_pushboolean(L, 1);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    return first;
}

static bool known_absent(const char *name)
{
    int i;

    for (i = 0; looked_for[i]; i++)
        if (strcmp(name, looked_for[i]) == 0)
            return true;
    return strncmp(name, "_", 1) == 0;
}

/* Code of ours may ask for what is not there. */
static bool asked_by_user(lua_State *L)
{
    lua_Debug ar;

    return lua_getstack(L, 1, &ar) && lua_getinfo(L, "S", &ar) && *ar.what != 'C' &&
           !ory_is_own_chunk(ar.source);
}

static int read_unknown(lua_State *L)
{
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;

    if (name && !known_absent(name) && asked_by_user(L) && first_time(L, 2) &&
        ory_typo_nearest(L, name)) {
        if (!deferred) {
            tell(name, lua_tostring(L, -1));
        } else if (n_kept < MAX_KEPT) {
            snprintf(kept[n_kept].name, sizeof kept[0].name, "%s", name);
            snprintf(kept[n_kept++].near, sizeof kept[0].near, "%s", lua_tostring(L, -1));
        }
    }
    lua_pushnil(L);
    return 1;
}

static int read_strict(lua_State *L)
{
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;

    if (!name || !asked_by_user(L)) {
        lua_pushnil(L);
        return 1;
    }
    if (ory_typo_nearest(L, name))
        return luaL_error(L, "no global '%s' (did you mean '%s'?)", name, lua_tostring(L, -1));
    return luaL_error(L, "no global '%s'", name);
}

static int write_strict(lua_State *L)
{
    lua_Debug ar;

    if (asked_by_user(L) && lua_getstack(L, 1, &ar) && lua_getinfo(L, "S", &ar) &&
        *ar.what != 'm')
        return luaL_error(L, "new global '%s' inside a function (local, or declare it outside)",
                          luaL_tolstring(L, 2, NULL));
    lua_rawset(L, 1);
    return 0;
}

void ory_typo_watch(lua_State *L, bool strict)
{
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &warned_key);
    lua_pushglobaltable(L);
    if (!lua_getmetatable(L, -1))
        lua_newtable(L);
    lua_pushcfunction(L, strict ? read_strict : read_unknown);
    lua_setfield(L, -2, "__index");
    if (strict) {
        lua_pushcfunction(L, write_strict);
        lua_setfield(L, -2, "__newindex");
    }
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}
