/* SPDX-License-Identifier: GPL-3.0-or-later */
/* system.c (bind) - systems at the prompt: constructors made from systems.def,
 * parameters as fields, tables of probes and claims. */
#include "config.h"

#include "bind/system.h"

#include <stdio.h>
#include <string.h>

#include "bind/user_system.h"
#include "core/offload.h"

#define SYSTEM_MT "orrery.system"

typedef struct system_box {
    ory_system *s; /* one reference; NULL before it is made */
} system_box;

static system_box *push_box(lua_State *L)
{
    system_box *box = lua_newuserdatauv(L, sizeof *box, 0);

    box->s = NULL;
    luaL_setmetatable(L, SYSTEM_MT);
    return box;
}

ory_system *ory_check_system(lua_State *L, int idx, const char *fn)
{
    system_box *box = luaL_testudata(L, idx, SYSTEM_MT);

    if (!box || !box->s)
        ory_arg_error(L, fn, idx, "system", "a system such as net.linear{}");
    ory_offload_settle();
    return box->s;
}

ory_system **ory_push_system_box(lua_State *L)
{
    return &push_box(L)->s;
}

void ory_push_system(lua_State *L, ory_system *s)
{
    push_box(L)->s = ory_system_ref(s);
}

static int system_gc(lua_State *L)
{
    system_box *box = luaL_checkudata(L, 1, SYSTEM_MT);

    ory_system_unref(box->s);
    box->s = NULL;
    return 0;
}

/* Upvalue 1: the class. net.linear{ options } -> system */
static int system_make(lua_State *L)
{
    const ory_system_class *c = lua_touserdata(L, lua_upvalueindex(1));
    ory_error err = {0};
    ory_values *v;
    system_box *box;
    int option = lua_istable(L, 1) || lua_isnoneornil(L, 1) ? 1 : 0;

    if (!option)
        return ory_raisef(L, "%s: options go into one table: %s", c->name, c->example);
    if (lua_gettop(L) > 1)
        return ory_raisef(L, "%s: takes one table of options, got %d arguments", c->name,
                          lua_gettop(L));
    v = ory_check_options(L, 1, c->name, c->params);
    box = push_box(L);
    if (ory_system_new(c, v, &box->s, &err) != ORY_OK)
        return ory_raise(L, &err);
    ory_gc_sync(L);
    return 1;
}

static int system_tostring(lua_State *L)
{
    ory_system *s = ory_check_system(L, 1, "tostring");
    char text[256] = "";
    luaL_Buffer b;
    size_t i;

    if (s->class->describe)
        s->class->describe(s, text, sizeof text);
    luaL_buffinit(L, &b);
    luaL_addstring(&b, s->class->name);
    if (text[0]) {
        luaL_addstring(&b, ": ");
        luaL_addstring(&b, text);
    }
    for (i = 0; i < s->n_notes; i++) {
        luaL_addstring(&b, "\n  note: ");
        luaL_addstring(&b, s->notes[i]);
    }
    luaL_pushresult(&b);
    return 1;
}

static const char *const kind_names[] = {"scalar", "vector", "matrix", "field", "complex",
                                         "flow"};
static const char *const cost_names[] = {"free", "step", "factor", "dear"};
static const char *const relation_names[] = {"<=", "<", ">=", ">"};

static void set_text(lua_State *L, const char *key, const char *text)
{
    if (!text)
        return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, key);
}

void ory_push_probe_row(lua_State *L, const ory_probe *p)
{
    lua_createtable(L, 0, 12);
    set_text(L, "name", p->name);
    set_text(L, "label", p->label ? p->label : p->name);
    set_text(L, "kind", kind_names[p->kind]);
    set_text(L, "unit", p->unit ? p->unit : "");
    set_text(L, "axis", p->axis == ORY_LOG ? "log" : "linear");
    set_text(L, "cost", cost_names[p->cost]);
    set_text(L, "bounds", p->bounds);
    if (p->bounds)
        set_text(L, "side", p->side > 0 ? "upper" : "lower");
    set_text(L, "doc", p->doc);
    set_text(L, "source", p->source);
    lua_pushboolean(L, (p->flags & ORY_PROBE_CONSTANT) != 0);
    lua_setfield(L, -2, "constant");
}

static void push_inequality(lua_State *L, const ory_inequality *q)
{
    lua_createtable(L, 0, 5);
    set_text(L, "left", q->left);
    set_text(L, "relation", relation_names[q->rel]);
    set_text(L, "right", q->right);
    set_text(L, "text", q->text);
    lua_pushboolean(L, q->throughout);
    lua_setfield(L, -2, "throughout");
}

void ory_push_claim_row(lua_State *L, const ory_claim *c)
{
    int i;

    lua_createtable(L, 0, 8);
    set_text(L, "name", c->name);
    set_text(L, "title", c->title);
    set_text(L, "statement", c->statement);
    set_text(L, "source", c->source);
    set_text(L, "correction", c->correction);
    set_text(L, "floor", c->floor);
    lua_newtable(L);
    for (i = 0; i < ORY_MAX_HYPOTHESES && c->hypotheses[i].left; i++) {
        push_inequality(L, &c->hypotheses[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "hypotheses");
    push_inequality(L, &c->conclusion);
    lua_setfield(L, -2, "conclusion");
}

static int system_params(lua_State *L)
{
    ory_system *s = ory_check_system(L, 1, "system:params");
    size_t i;

    lua_newtable(L);
    for (i = 0; i < s->values.count; i++) {
        ory_push_value(L, &s->values, (int)i);
        lua_setfield(L, -2, s->values.params[i].name);
    }
    return 1;
}

static int system_probes(lua_State *L)
{
    ory_system *s = ory_check_system(L, 1, "system:probes");
    int i, n = ory_probe_count(s->class);

    lua_createtable(L, n, 0);
    for (i = 0; i < n; i++) {
        ory_push_probe_row(L, ory_probe_at(s->class, i));
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

static int system_claims(lua_State *L)
{
    ory_system *s = ory_check_system(L, 1, "system:claims");
    const ory_claim *c;
    int i = 0;

    lua_newtable(L);
    for (c = s->class->claims; c && c->name; c++) {
        ory_push_claim_row(L, c);
        lua_rawseti(L, -2, ++i);
    }
    return 1;
}

/* Names and shapes of the blocks of the state, in order. */
static int system_blocks(lua_State *L)
{
    ory_system *s = ory_check_system(L, 1, "system:blocks");
    size_t i;

    lua_newtable(L);
    for (i = 0; i < s->n_blocks; i++) {
        lua_createtable(L, 0, 3);
        set_text(L, "name", s->blocks[i].name);
        lua_pushinteger(L, (lua_Integer)s->blocks[i].rows);
        lua_setfield(L, -2, "rows");
        lua_pushinteger(L, (lua_Integer)s->blocks[i].cols);
        lua_setfield(L, -2, "cols");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* The initial value of one block, or of the whole state as a vector. */
static int system_start(lua_State *L)
{
    ory_system *s = ory_check_system(L, 1, "system:start");
    const char *name = lua_isnoneornil(L, 2) ? NULL
                                             : ory_check_text(L, 2, "system:start", "block");
    const ory_block *b = NULL;
    ory_error err = {0};
    ory_lmat *all;
    ory_mat part;

    if (name && !(b = ory_system_block(s, name)))
        return ory_raisef(L, "system:start: %s has no block '%s'", s->class->name, name);
    all = ory_push_mat(L, s->dim, 1);
    all->vector = true;
    if (s->class->start(s, all->data, &err) != ORY_OK)
        return ory_raise(L, &err);
    if (!b)
        return 1;
    part = ory_mat_view(all->data + b->offset, b->rows, b->cols);
    ory_push_mat_copy(L, &part);
    return 1;
}

/* {{label, value, name}, …} of every scalar probe at the initial state would need a
 * run; a system by itself shows its parameters, notes and tables. */
static const ory_fn system_methods[] = {
    {"system:params", system_params, "s:params() -> table",
     "The value of every parameter of the system, by name.",
     "print(net.linear{h=6}:params().h)"},
    {"system:probes", system_probes, "s:probes() -> list",
     "What can be read off this system: name, label, kind, unit, axis, cost, bounds, doc, source "
     "of every probe.",
     "print(#net.linear{}:probes())"},
    {"system:claims", system_claims, "s:claims() -> list",
     "The theorems about this system as data: statement, hypotheses, conclusion, source, "
     "correction.",
     "print(net.linear{}:claims()[1].title)"},
    {"system:blocks", system_blocks, "s:blocks() -> list",
     "Names and shapes of the blocks of the state.",
     "for _, b in ipairs(net.linear{}:blocks()) do print(b.name, b.rows, b.cols) end"},
    {"system:start", system_start, "s:start([block]) -> matrix",
     "The initial value of a block, or of the whole state as a vector.",
     "print(net.linear{}:start('W1'))"},
    {0}};

static int no_such_field(lua_State *L, const ory_system *s, const char *key)
{
    const char *names[128];
    const char *near;
    size_t n = 0, i;

    for (i = 0; i < s->values.count && n < 100; i++)
        names[n++] = s->values.params[i].name;
    for (i = 0; system_methods[i].name && n < 126; i++)
        names[n++] = strchr(system_methods[i].name, ':') + 1;
    for (i = 0; ory_dyn_methods[i].name && n < 126; i++)
        names[n++] = strchr(ory_dyn_methods[i].name, ':') + 1;
    names[n++] = "notes";
    near = ory_nearest(key, names, n);
    if (ory_probe_find(s->class, key) >= 0)
        return ory_raisef(L, "%s: '%s' is a probe: make a run and read it there (r = run(s); r.%s)",
                          s->class->name, key, key);
    if (near)
        return ory_raisef(L, "%s: no field '%s' (did you mean '%s'?)", s->class->name, key, near);
    return ory_raisef(L, "%s: no field '%s'", s->class->name, key);
}

/* s.h, s.seed, … the parameters; s.notes; methods. */
static int system_index(lua_State *L)
{
    ory_system *s = ory_check_system(L, 1, "system");
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;
    size_t i;
    int p;

    if (!key)
        return ory_raisef(L, "%s: fields are names, got a %s", s->class->name,
                          luaL_typename(L, 2));
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    if ((p = ory_params_find(s->class->params, key)) >= 0) {
        ory_push_value(L, &s->values, p);
        return 1;
    }
    if (strcmp(key, "name") == 0) {
        lua_pushstring(L, s->class->name);
        return 1;
    }
    if (strcmp(key, "notes") == 0) {
        lua_newtable(L);
        for (i = 0; i < s->n_notes; i++) {
            lua_pushstring(L, s->notes[i]);
            lua_rawseti(L, -2, (lua_Integer)i + 1);
        }
        return 1;
    }
    return no_such_field(L, s, key);
}

/* Parameters are fixed when a system is made; knobs turn on a run. */
static int system_newindex(lua_State *L)
{
    ory_system *s = ory_check_system(L, 1, "system");
    const char *key = luaL_tolstring(L, 2, NULL);
    int p = ory_params_find(s->class->params, key);

    if (p < 0)
        return no_such_field(L, s, key);
    if (s->class->params[p].flags & ORY_LIVE)
        return ory_raisef(L, "%s: %s is a knob of a run: r = run(s); r.%s = …", s->class->name, key,
                          key);
    return ory_raisef(L, "%s: %s is fixed when the system is made: %s{ %s = … }", s->class->name, key,
                      s->class->name, key);
}

static int params_next(lua_State *L)
{
    lua_settop(L, 2);
    return lua_next(L, 1) ? 2 : 0;
}

/* For tools that iterate (completion, who): name, value of each parameter. */
static int system_pairs(lua_State *L)
{
    lua_pushcfunction(L, params_next);
    system_params(L);
    return 2;
}

/* The table for the dotted prefix of `name` below the table at `root`, made if it
 * is not there; pushed. Returns the rest behind the last dot. */
static const char *push_prefix(lua_State *L, int root, const char *name)
{
    const char *dot;

    lua_pushvalue(L, root);
    while ((dot = strchr(name, '.')) != NULL) {
        lua_pushlstring(L, name, (size_t)(dot - name));
        lua_pushvalue(L, -1);
        if (lua_rawget(L, -3) != LUA_TTABLE) {
            lua_pop(L, 1);
            lua_newtable(L);
            lua_pushvalue(L, -2);
            lua_pushvalue(L, -2);
            lua_rawset(L, -5);
        }
        lua_replace(L, -3);
        lua_pop(L, 1);
        name = dot + 1;
    }
    return name;
}

/* Leaves a table {net = {linear = f, …}, …}: one field for every first word of the
 * names in systems.def. */
int ory_open_system(lua_State *L)
{
    size_t i;
    int root;

    luaL_newmetatable(L, SYSTEM_MT);
    lua_pushcfunction(L, system_gc);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__gc");
    lua_setfield(L, -2, "__close");
    lua_pushcfunction(L, system_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_newtable(L);
    ory_register(L, system_methods);
    ory_register(L, ory_dyn_methods);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__methods"); /* for completion: read without running Lua */
    lua_pushcclosure(L, system_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, system_newindex);
    lua_setfield(L, -2, "__newindex");
    lua_pushcfunction(L, system_pairs);
    lua_setfield(L, -2, "__pairs");
    lua_pop(L, 1);

    lua_newtable(L);
    root = lua_gettop(L);
    for (i = 0; i < ory_system_count(); i++) {
        const ory_system_class *c = ory_system_class_at(i);
        const char *last = push_prefix(L, root, c->name);

        lua_pushlightuserdata(L, (void *)(uintptr_t)c);
        lua_pushcclosure(L, system_make, 1);
        lua_setfield(L, -2, last);
        lua_settop(L, root);
    }
    lua_getfield(L, root, "dyn");
    ory_open_dyn(L);
    lua_settop(L, root);
    return 1;
}
