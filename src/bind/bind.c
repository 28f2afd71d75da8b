/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bind.c - opens orrery in a Lua state: the modules written in C in the order of one
 * list, then the Lua half that the program carries. */
#include "config.h"

#include "bind/bind.h"

#include <stdio.h>
#include <string.h>

#include "bind/dash.h"
#include "bind/embedded.h"
#include "bind/mat.h"
#include "bind/plot.h"
#include "bind/tour.h"
#include "core/linalg.h"

int ory_width = 80, ory_height = 24;

/* ------------------------------------------------------------------- register */

static const char *last_part(const char *name)
{
    const char *dot = strrchr(name, '.'), *colon = strrchr(name, ':');

    if (colon && (!dot || colon > dot))
        return colon + 1;
    return dot ? dot + 1 : name;
}

void ory_register(lua_State *L, const ory_fn *rows)
{
    for (; rows->name; rows++) {
        if (rows->fn) {
            lua_pushcfunction(L, rows->fn);
            lua_setfield(L, -2, last_part(rows->name));
        }
        ory_help_add(L, rows->name, rows->fn ? "function" : "topic", rows->usage, rows->doc,
                     rows->example);
    }
}

/* ------------------------------------------------------------ what Lua code gets */

/* nearest(word, list) -> the name in the list nearest to word, or nil. */
static int internal_nearest(lua_State *L)
{
    const char *word = luaL_checkstring(L, 1), *near;
    const char **names;
    size_t i, n;

    luaL_checktype(L, 2, LUA_TTABLE);
    n = (size_t)lua_rawlen(L, 2);
    names = lua_newuserdatauv(L, (n + 1) * sizeof *names, 0);
    for (i = 0; i < n; i++) {
        /* The list keeps the texts alive. */
        names[i] = lua_rawgeti(L, 2, (lua_Integer)i + 1) == LUA_TSTRING ? lua_tostring(L, -1)
                                                                        : NULL;
        lua_pop(L, 1);
    }
    near = ory_nearest(word, names, n);
    if (near)
        lua_pushstring(L, near);
    else
        lua_pushnil(L);
    return 1;
}

/* raise(text): an error at the user's own line. */
static int internal_raise(lua_State *L)
{
    return ory_raisef(L, "%s", luaL_checkstring(L, 1));
}

/* options(fn) -> the list of ory_help_options, or nil. */
static int internal_options(lua_State *L)
{
    return ory_push_options(L, luaL_checkstring(L, 1)) ? 1 : 0;
}

/* help{name=, kind=, usage=, doc=, example=} adds a row to the help index. */
static int internal_help(lua_State *L)
{
    static const char *const keys[] = {"name", "kind", "usage", "doc", "example"};
    const char *text[5];
    int i;

    luaL_checktype(L, 1, LUA_TTABLE);
    for (i = 0; i < 5; i++)
        text[i] = lua_getfield(L, 1, keys[i]) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    luaL_argcheck(L, text[0] && text[3], 1, "a help row needs a name and a doc");
    ory_help_add(L, text[0], text[1] ? text[1] : "function", text[2], text[3], text[4]);
    return 0;
}

/* record(title, table) -> the table as a record (ory_push_record). */
static int internal_record(lua_State *L)
{
    ory_push_record(L, luaL_checkstring(L, 1));
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, 2)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, 3);
    }
    return 1;
}

/* describe(value) -> what error messages call it: 'abc', 3.5, a 5 x 20 matrix. */
static int internal_describe(lua_State *L)
{
    char text[160];

    ory_describe(L, 1, text, sizeof text);
    lua_pushstring(L, text);
    return 1;
}

static void push_internal(lua_State *L)
{
    static const luaL_Reg rows[] = {{"describe", internal_describe},
                                    {"dict", ory_open_dict},
                                    {"frame", ory_open_frame},
                                    {"help", internal_help},
                                    {"options", internal_options},
                                    {"record", internal_record},
                                    {"raise", internal_raise},
                                    {"nearest", internal_nearest},
                                    {"robust", ory_open_robust},
                                    {"stage", ory_open_stage},
                                    {"stage_saved", ory_plot_set_saved},
                                    {"stage_source", ory_plot_set_source},
                                    {NULL, NULL}};

    luaL_newlib(L, rows);
    ory_open_sweep(L);
    lua_setfield(L, -2, "sweep");
}

/* --------------------------------------------------------------- window and version */

/* orrery.width and orrery.height are the window that texts are fitted to. */
static int orrery_index(lua_State *L)
{
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";

    if (strcmp(key, "width") == 0)
        lua_pushinteger(L, ory_width);
    else if (strcmp(key, "height") == 0)
        lua_pushinteger(L, ory_height);
    else
        return 0;
    return 1;
}

static int orrery_newindex(lua_State *L)
{
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";

    if (strcmp(key, "width") == 0)
        ory_width = (int)ory_check_int(L, 3, "orrery.width", NULL, 20, 2000);
    else if (strcmp(key, "height") == 0)
        ory_height = (int)ory_check_int(L, 3, "orrery.height", NULL, 5, 2000);
    else
        lua_rawset(L, 1);
    return 0;
}

static void set_window(lua_State *L)
{
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, orrery_index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, orrery_newindex);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
}

/* --------------------------------------------------------------------- opening */

/* name == NULL: the opener leaves a table whose fields are modules. */
enum { MAX_NAMES = 256 };

typedef struct opener {
    const char *name;
    lua_CFunction open;
} opener;

static const opener openers[] = {
    {"dash", ory_open_dash}, {"ui", ory_open_ui},   {"mat", ory_open_mat},
    {"rng", ory_open_rng},   {"data", ory_open_data},
    {"graph", ory_open_graph},
    {NULL, ory_open_system}, {"run", ory_open_run}, {"plot", ory_open_plot},
    {NULL, ory_open_session}, {"help", ory_open_help},
};

/* Move every field of the table at the top into the table at index root; pops it. */
static void merge(lua_State *L, int root)
{
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, root);
    }
    lua_pop(L, 1);
}

static void open_c_half(lua_State *L, int root)
{
    size_t i;

    for (i = 0; i < sizeof openers / sizeof *openers; i++) {
        lua_pushcfunction(L, openers[i].open);
        lua_call(L, 0, 1);
        if (openers[i].name) {
            lua_pushstring(L, openers[i].name);
            lua_insert(L, -2);
            lua_rawset(L, root);
        } else {
            merge(L, root);
        }
    }
}

/* Row i of the Lua half as a function. Compiled it loads in a fraction of the time; a Lua
 * of another make than the one that compiled it takes the text. */
static void load(lua_State *L, size_t i)
{
    const ory_embedded *text = &ory_lua_files[i], *compiled = &ory_lua_compiled[i];
    char chunk[80];

    snprintf(chunk, sizeof chunk, "=[%s]", text->name);
    if (luaL_loadbufferx(L, (const char *)compiled->data, compiled->size, chunk, "b") == LUA_OK)
        return;
    lua_pop(L, 1);
    if (luaL_loadbufferx(L, (const char *)text->data, text->size, chunk, "t") != LUA_OK)
        lua_error(L);
}

static void open_lua_half(lua_State *L, int root)
{
    push_internal(L);
    for (size_t i = 0; ory_lua_files[i].name; i++) {
        load(L, i);
        lua_pushvalue(L, root);
        lua_pushvalue(L, -3);
        lua_call(L, 2, 0);
    }
    lua_pop(L, 1);
}

/* Reading a name that a module does not have. Upvalue 1: the module's name. */
static int no_name(lua_State *L)
{
    const char *module = lua_tostring(L, lua_upvalueindex(1)), *names[MAX_NAMES], *near;
    size_t n = 0;

    if (lua_type(L, 2) != LUA_TSTRING)
        return 0;
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING && *lua_tostring(L, -2) != '_' && n < MAX_NAMES)
            names[n++] = lua_tostring(L, -2);
    near = ory_nearest(lua_tostring(L, 2), names, n);
    if (near)
        return ory_raisef(L, "%s has no '%s' (did you mean '%s.%s'?)", module, lua_tostring(L, 2),
                          module, near);
    return ory_raisef(L, "%s has no '%s' (help('%s') lists its names)", module, lua_tostring(L, 2),
                      module);
}

/* Modules refuse names that they do not have, with the nearest one. */
static void guard_modules(lua_State *L, int root)
{
    for (lua_pushnil(L); lua_next(L, root); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING || !lua_istable(L, -1))
            continue;
        if (!lua_getmetatable(L, -1)) {
            lua_newtable(L);
            lua_pushvalue(L, -1);
            lua_setmetatable(L, -3);
        }
        lua_pushliteral(L, "__index");
        if (lua_rawget(L, -2) == LUA_TNIL) {
            lua_pushvalue(L, -4);
            lua_pushcclosure(L, no_name, 1);
            lua_setfield(L, -3, "__index");
        }
        lua_pop(L, 2);
    }
}

int luaopen_orrery(lua_State *L)
{
    int root;

    luaL_checkversion(L);
    ory_numerics_start(1);
    ory_gc_start(L);
    lua_newtable(L);
    root = lua_gettop(L);
    set_window(L);
    lua_pushliteral(L, PACKAGE_VERSION);
    lua_setfield(L, root, "version");
    open_c_half(L, root);
    open_lua_half(L, root);
    guard_modules(L, root);
    lua_settop(L, root);
    return 1;
}
