/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help_tables.c - the tables of systems and steppers as Lua tables: what the pages of
 * lua/orrery/help.lua are made of. */
#include "config.h"

#include "bind/bind.h"
#include "bind/system.h"
#include "run/stepper.h"

static void set_text(lua_State *L, const char *key, const char *text)
{
    if (!text)
        return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, key);
}

static void push_probes(lua_State *L, const ory_system_class *c)
{
    int i, n = ory_probe_count(c);

    lua_createtable(L, n, 0);
    for (i = 0; i < n; i++) {
        ory_push_probe_row(L, ory_probe_at(c, i));
        lua_rawseti(L, -2, i + 1);
    }
}

static void push_claims(lua_State *L, const ory_system_class *c)
{
    int i;

    lua_newtable(L);
    for (i = 0; c->claims && c->claims[i].name; i++) {
        ory_push_claim_row(L, &c->claims[i]);
        lua_rawseti(L, -2, i + 1);
    }
}

/* The generic step rules and the system's own: name, doc. */
static void push_rules(lua_State *L, const ory_system_class *c)
{
    int i;

    lua_newtable(L);
    for (i = 0; ory_rule_name(c, i); i++) {
        lua_newtable(L);
        set_text(L, "name", ory_rule_name(c, i));
        set_text(L, "doc", ory_rule_doc(c, i));
        lua_rawseti(L, -2, i + 1);
    }
}

/* help._system(name) -> table, or nil when there is no such system. */
static int help_system(lua_State *L)
{
    const ory_system_class *c = ory_system_class_find(luaL_checkstring(L, 1));
    int i;

    if (!c)
        return 0;
    lua_newtable(L);
    set_text(L, "name", c->name);
    set_text(L, "summary", c->summary);
    set_text(L, "source", c->source);
    set_text(L, "example", c->example);
    set_text(L, "stepper", c->default_stepper);
    set_text(L, "rule", c->default_rule);
    push_probes(L, c);
    lua_setfield(L, -2, "probes");
    push_claims(L, c);
    lua_setfield(L, -2, "claims");
    if (c->loss) /* rules choose steps of gradient descent */
        push_rules(L, c);
    else
        lua_newtable(L);
    lua_setfield(L, -2, "rules");
    lua_newtable(L);
    for (i = 0; c->record && c->record[i]; i++) {
        lua_pushstring(L, c->record[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "record");
    return 1;
}

/* help._systems() -> list of {name=, summary=} */
static int help_systems(lua_State *L)
{
    size_t i;

    lua_newtable(L);
    for (i = 0; i < ory_system_count(); i++) {
        lua_newtable(L);
        set_text(L, "name", ory_system_class_at(i)->name);
        set_text(L, "doc", ory_system_class_at(i)->summary);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* help._steppers() -> list of {name=, doc=, source=} */
static int help_steppers(lua_State *L)
{
    size_t i;

    lua_newtable(L);
    for (i = 0; i < ory_stepper_count(); i++) {
        const ory_stepper_class *c = ory_stepper_class_at(i);

        lua_newtable(L);
        set_text(L, "name", c->name);
        set_text(L, "doc", c->summary);
        set_text(L, "source", c->source);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

void ory_help_tables(lua_State *L)
{
    static const luaL_Reg rows[] = {{"_system", help_system},
                                    {"_systems", help_systems},
                                    {"_steppers", help_steppers},
                                    {NULL, NULL}};
    size_t i;

    for (i = 0; i < ory_stepper_count(); i++) {
        const ory_stepper_class *c = ory_stepper_class_at(i);

        lua_pushfstring(L, "run(s, {stepper=\"%s\", …}) -> run", c->name);
        ory_help_add(L, c->name, "stepper", lua_tostring(L, -1), c->summary, NULL);
        lua_pop(L, 1);
        ory_help_options(L, c->name, c->params);
    }
    luaL_setfuncs(L, rows, 0);
}
