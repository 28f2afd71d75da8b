/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c - results with several parts: a table with a title, whose fields print in the
 * order of the alphabet and in which a name that is not there is an error. */
#include "config.h"

#include "bind/bind.h"

#include <stdlib.h>
#include <string.h>

#define RECORD_MT "orrery.record"

enum { MOST = 32 };

/* The text keys of the table at 1 into names; they live as long as the table does. */
static size_t field_names(lua_State *L, const char **names)
{
    size_t n = 0;

    lua_pushnil(L);
    while (lua_next(L, 1)) {
        if (lua_type(L, -2) == LUA_TSTRING && n < MOST)
            names[n++] = lua_tostring(L, -2);
        lua_pop(L, 1);
    }
    return n;
}

/* The title stands in the metatable's list of titles, so that a record holds its
 * fields and nothing else. */
static void push_title(lua_State *L, int idx)
{
    idx = lua_absindex(L, idx);
    lua_getfield(L, LUA_REGISTRYINDEX, RECORD_MT ".titles");
    lua_pushvalue(L, idx);
    lua_rawget(L, -2);
    lua_remove(L, -2);
}

static int record_index(lua_State *L)
{
    const char *names[MOST], *near;
    size_t n;

    luaL_checktype(L, 1, LUA_TTABLE);
    if (lua_type(L, 2) != LUA_TSTRING)
        return 0;
    lua_settop(L, 2);
    n = field_names(L, names);
    near = ory_nearest(lua_tostring(L, 2), names, n);
    push_title(L, 1);
    return ory_raisef(L, "no field '%s' in the result of %.40s%s%s%s", lua_tostring(L, 2),
                      luaL_tolstring(L, -1, NULL), near ? " (did you mean '" : "",
                      near ? near : "", near ? "'?)" : "");
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int record_tostring(lua_State *L)
{
    const char *names[MOST];
    size_t n;
    luaL_Buffer b;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    n = field_names(L, names);
    qsort(names, n, sizeof *names, compare_names);
    luaL_buffinit(L, &b);
    push_title(L, 1);
    luaL_addvalue(&b);
    for (size_t i = 0; i < n; i++) {
        luaL_addchar(&b, '\n');
        luaL_addstring(&b, names[i]);
        luaL_addstring(&b, ": ");
        lua_getfield(L, 1, names[i]);
        luaL_tolstring(L, -1, NULL);
        lua_remove(L, -2);
        luaL_addvalue(&b);
    }
    luaL_pushresult(&b);
    return 1;
}

/* Once per state: the metatable, and the table record -> title with weak keys. */
static void open_records(lua_State *L)
{
    lua_newtable(L);
    lua_newtable(L);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_setfield(L, LUA_REGISTRYINDEX, RECORD_MT ".titles");
    lua_pushcfunction(L, record_index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, record_tostring);
    lua_setfield(L, -2, "__tostring");
}

void ory_push_record(lua_State *L, const char *title)
{
    luaL_checkstack(L, 8, NULL);
    lua_newtable(L);
    if (luaL_newmetatable(L, RECORD_MT))
        open_records(L);
    lua_getfield(L, LUA_REGISTRYINDEX, RECORD_MT ".titles");
    lua_pushvalue(L, -3);
    lua_pushstring(L, title);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    lua_setmetatable(L, -2);
}
