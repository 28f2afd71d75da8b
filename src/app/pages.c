/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pages.c - the panels and keys of the dashboard as pages of help. They are told here since
 * only the program sees both terminal and Lua. */
#include "config.h"

#include "app/pages.h"

#include <stdio.h>

#include <lauxlib.h>

#include "app/dash_model.h"
#include "bind/bind.h"
#include "tui/panel.h"

static void add_panel(lua_State *L, const ory_panel_class *c)
{
    char name[64], usage[160], doc[600];
    const char *some = !c->names_doc ? "" : c->names_min > 0 ? "NAME, …" : "[NAME, …]";

    snprintf(name, sizeof name, "panel.%s", c->name);
    snprintf(usage, sizeof usage, "%s(%s%soption=value, …)", c->name, some, *some ? ", " : "");
    if (c->names_doc)
        snprintf(doc, sizeof doc, "%s Names: %s.", c->doc, c->names_doc);
    else
        snprintf(doc, sizeof doc, "%s", c->doc);
    ory_help_add(L, name, "panel", usage, doc, NULL);
    ory_help_options(L, name, c->params);
}

static void push_keys(lua_State *L, const dash_key *keys, size_t count)
{
    lua_Integer place = (lua_Integer)lua_rawlen(L, -1);
    size_t i;

    for (i = 0; i < count; i++) {
        if (!*keys[i].shown)
            continue;
        lua_createtable(L, 0, 3);
        lua_pushstring(L, keys[i].shown);
        lua_setfield(L, -2, "key");
        lua_pushstring(L, keys[i].group);
        lua_setfield(L, -2, "group");
        lua_pushstring(L, keys[i].doc);
        lua_setfield(L, -2, "doc");
        lua_rawseti(L, -2, ++place);
    }
}

static int list_keys(lua_State *L)
{
    lua_newtable(L);
    push_keys(L, dash_keys, dash_key_count);
    push_keys(L, dash_tour_keys, dash_tour_key_count);
    return 1;
}

void ory_pages_open(lua_State *L)
{
    size_t i;

    for (i = 0; i < ory_panel_class_count(); i++)
        add_panel(L, ory_panel_class_at(i));
    if (lua_getglobal(L, "help") == LUA_TTABLE) {
        lua_pushcfunction(L, list_keys);
        lua_setfield(L, -2, "_keys");
    }
    lua_pop(L, 1);
}
