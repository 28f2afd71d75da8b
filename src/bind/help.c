/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help.c - the help index: one row per public name, and for functions with an option
 * table one row per option, all from the tables of the program.
 *
 * The index is the registry table "orrery.help": name -> {name=, kind=, usage=, doc=,
 * example=, options={...}}. Completion reads it raw; lua/orrery/help.lua shows it. */
#include "config.h"

#include "bind/bind.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "systems/system.h"

#define INDEX_KEY "orrery.help"

static void push_index(lua_State *L)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, INDEX_KEY);
}

/* The row of a name, made when it is missing. */
static void push_row(lua_State *L, const char *name)
{
    push_index(L);
    if (lua_getfield(L, -1, name) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_setfield(L, -3, name);
        lua_pushstring(L, name);
        lua_setfield(L, -2, "name");
    }
    lua_remove(L, -2);
}

static void set_text(lua_State *L, const char *key, const char *text)
{
    if (!text)
        return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, key);
}

void ory_help_add(lua_State *L, const char *name, const char *kind, const char *usage,
                  const char *doc, const char *example)
{
    luaL_checkstack(L, 6, NULL);
    push_row(L, name);
    set_text(L, "kind", kind);
    set_text(L, "usage", usage);
    set_text(L, "doc", doc);
    set_text(L, "example", example);
    lua_pop(L, 1);
}

/* --------------------------------------------------------------------- options */

static const char *type_text(ory_param_type type)
{
    switch (type) {
    case ORY_PARAM_REAL: return "real";
    case ORY_PARAM_INT: return "int";
    case ORY_PARAM_BOOL: return "bool";
    case ORY_PARAM_CHOICE: return "choice";
    case ORY_PARAM_STRING: return "text";
    case ORY_PARAM_MATRIX: return "matrix";
    case ORY_PARAM_NUMBER_OR_CHOICE: return "choice or real";
    }
    return "";
}

static void default_text(const ory_param *p, char *out, size_t size)
{
    if (p->def_text && (p->type == ORY_PARAM_STRING || (p->flags & ORY_OPTIONAL)))
        snprintf(out, size, "%s", p->def_text);
    else if (p->flags & ORY_REQUIRED)
        snprintf(out, size, "required");
    else if ((p->flags & ORY_OPTIONAL) || p->type == ORY_PARAM_MATRIX)
        out[0] = '\0';
    else if (p->type == ORY_PARAM_BOOL)
        snprintf(out, size, "%s", p->def != 0 ? "true" : "false");
    else if (p->type == ORY_PARAM_CHOICE || p->type == ORY_PARAM_NUMBER_OR_CHOICE)
        snprintf(out, size, "\"%s\"", p->choices ? p->choices[(int)p->def] : "");
    else if (p->type == ORY_PARAM_STRING)
        out[0] = '\0';
    else
        snprintf(out, size, "%.10g", p->def);
}

static void range_text(const ory_param *p, char *out, size_t size)
{
    bool number = p->type == ORY_PARAM_REAL || p->type == ORY_PARAM_INT ||
                  p->type == ORY_PARAM_NUMBER_OR_CHOICE;
    bool low = isfinite(p->min), high = isfinite(p->max);
    const char *above = (p->flags & ORY_OPEN_MIN) ? ">" : ">=";
    const char *below = (p->flags & ORY_OPEN_MAX) ? "<" : "<=";

    out[0] = '\0';
    if (!number || (p->min == 0 && p->max == 0))
        return;
    if (low && high)
        snprintf(out, size, "%s%.10g, %.10g%s", (p->flags & ORY_OPEN_MIN) ? "(" : "[", p->min,
                 p->max, (p->flags & ORY_OPEN_MAX) ? ")" : "]");
    else if (low)
        snprintf(out, size, "%s %.10g", above, p->min);
    else if (high)
        snprintf(out, size, "%s %.10g", below, p->max);
}

static void push_choices(lua_State *L, const char *const *choices)
{
    int i;

    lua_newtable(L);
    for (i = 0; choices[i]; i++) {
        lua_pushstring(L, choices[i]);
        lua_rawseti(L, -2, i + 1);
    }
}

static void push_option(lua_State *L, const ory_param *p)
{
    char text[96];

    lua_newtable(L);
    set_text(L, "key", p->name);
    set_text(L, "type", type_text(p->type));
    set_text(L, "doc", p->doc);
    set_text(L, "unit", p->unit ? p->unit : "");
    default_text(p, text, sizeof text);
    set_text(L, "default", text);
    range_text(p, text, sizeof text);
    set_text(L, "range", text);
    lua_pushboolean(L, (p->flags & ORY_LIVE) != 0);
    lua_setfield(L, -2, "live");
    if (p->choices) {
        push_choices(L, p->choices);
        lua_setfield(L, -2, "choices");
    }
}

/* Where a row with this key stands in the list at the top, or one past its end. */
static lua_Integer option_place(lua_State *L, const char *key)
{
    lua_Integer i, n = (lua_Integer)lua_rawlen(L, -1);

    for (i = 1; i <= n; i++) {
        bool same;

        lua_rawgeti(L, -1, i);
        lua_getfield(L, -1, "key");
        same = strcmp(lua_tostring(L, -1), key) == 0;
        lua_pop(L, 2);
        if (same)
            break;
    }
    return i;
}

void ory_help_options(lua_State *L, const char *fn, const ory_param *params)
{
    luaL_checkstack(L, 10, NULL);
    push_row(L, fn);
    luaL_getsubtable(L, -1, "options");
    for (; params && params->name; params++) {
        lua_Integer place = option_place(L, params->name);

        push_option(L, params);
        lua_rawseti(L, -2, place);
    }
    lua_pop(L, 2);
}

bool ory_push_options(lua_State *L, const char *fn)
{
    int top = lua_gettop(L);

    luaL_checkstack(L, 4, NULL);
    push_index(L);
    if (lua_getfield(L, -1, fn) == LUA_TTABLE && lua_getfield(L, -1, "options") == LUA_TTABLE) {
        lua_replace(L, top + 1);
        lua_settop(L, top + 1);
        return true;
    }
    lua_settop(L, top);
    return false;
}

/* --------------------------------------------------------------------- opening */

/* Leaves the table `help` with the index as its field _index; lua/orrery/help.lua makes
 * it callable. Every system gets its row and its options. */
int ory_open_help(lua_State *L)
{
    size_t i;

    for (i = 0; i < ory_system_count(); i++) {
        const ory_system_class *c = ory_system_class_at(i);
        char usage[128];

        snprintf(usage, sizeof usage, "%s{option=value, …} -> system", c->name);
        ory_help_add(L, c->name, "system", usage, c->summary, c->example);
        ory_help_options(L, c->name, c->params);
    }
    lua_newtable(L);
    push_index(L);
    lua_setfield(L, -2, "_index");
    ory_help_tables(L);
    return 1;
}
