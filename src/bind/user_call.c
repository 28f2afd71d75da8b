/* SPDX-License-Identifier: GPL-3.0-or-later */
/* user_call.c - calls of a system's Lua functions: tables that are made once, closures that
 * fill and read them, the thread they run on. */
#include "config.h"

#include "bind/user_call.h"

#include <math.h>
#include <string.h>

#include "bind/interrupt.h"
#include "core/interrupt.h"
#include "systems/system.h"

/* Slots of a system's thread: the message handler, a closure for each function, and the
 * table of parameters. */
enum { SLOT_HANDLER = 1, SLOT_FUNCTION, SLOT_PARAMS = SLOT_FUNCTION + USER_FUNCTIONS };
/* Upvalues of a closure. */
enum { UP_FUNCTION = 1, UP_X, UP_OUT, UP_PARAMS };

/* ----------------------------------------------------------------- names in tables */

/* x.theta and dx.theta: upvalue 1 is a table name -> number. */
static int unknown_name(lua_State *L)
{
    const char *names[ORY_MAX_BLOCKS], *near;
    size_t n = 0;

    if (lua_type(L, 2) == LUA_TNUMBER)
        return luaL_error(L, "index %s: there are %d numbers", lua_tostring(L, 2),
                          (int)lua_rawlen(L, 1));
    for (lua_pushnil(L); lua_next(L, lua_upvalueindex(1)); lua_pop(L, 1))
        if (n < ORY_MAX_BLOCKS)
            names[n++] = lua_tostring(L, -2);
    near = ory_nearest(luaL_tolstring(L, 2, NULL), names, n);
    if (near)
        return luaL_error(L, "no '%s' here (did you mean '%s'?)", lua_tostring(L, -1), near);
    return luaL_error(L, "no '%s' here", lua_tostring(L, -1));
}

static int named_index(lua_State *L)
{
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNUMBER)
        return unknown_name(L);
    lua_rawget(L, 1);
    return 1;
}

static int named_newindex(lua_State *L)
{
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNUMBER)
        return unknown_name(L);
    lua_pushvalue(L, 3);
    lua_rawset(L, 1);
    return 0;
}

static int params_newindex(lua_State *L)
{
    return luaL_error(L, "parameters are knobs of the run: r.%s = …", luaL_tolstring(L, 2, NULL));
}

/* A table of n zeros at the top, with its entries' names. */
static void push_numbers(lua_State *L, size_t n, const char *const *names)
{
    lua_createtable(L, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        lua_pushnumber(L, 0);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_createtable(L, 0, 2);
    lua_newtable(L);
    for (size_t i = 0; names && i < n; i++) {
        lua_pushinteger(L, (lua_Integer)i + 1);
        lua_setfield(L, -2, names[i]);
    }
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, named_index, 1);
    lua_setfield(L, -3, "__index");
    lua_pushcclosure(L, named_newindex, 1);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
}

/* A table of n rows of n numbers. */
static void push_square(lua_State *L, size_t n, const char *const *names)
{
    lua_createtable(L, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        push_numbers(L, n, names);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* ------------------------------------------------------------------------- calling */

static void fill(lua_State *L, int table, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        lua_pushnumber(L, x ? x[i] : 0);
        lua_rawseti(L, table, (lua_Integer)i + 1);
    }
}

static void fetch(lua_State *L, int table, double *out, size_t n, const char *what)
{
    for (size_t i = 0; i < n; i++) {
        int number;

        lua_rawgeti(L, table, (lua_Integer)i + 1);
        out[i] = lua_tonumberx(L, -1, &number);
        if (!number)
            luaL_error(L, "%s set entry %d of its result to a %s, not a number", what, (int)i + 1,
                       luaL_typename(L, -1));
        lua_pop(L, 1);
    }
}

/* The variables of u for a call of the function in upvalue 1: function, then x. */
static const user_call *begin(lua_State *L)
{
    const user_call *u = lua_touserdata(L, 1);

    fill(L, lua_upvalueindex(UP_X), u->x, u->fn->n);
    lua_pushvalue(L, lua_upvalueindex(UP_FUNCTION));
    return u;
}

static int call_rhs(lua_State *L)
{
    const user_call *u = begin(L);

    fill(L, lua_upvalueindex(UP_OUT), NULL, u->fn->n);
    lua_pushnumber(L, u->t);
    lua_pushvalue(L, lua_upvalueindex(UP_X));
    lua_pushvalue(L, lua_upvalueindex(UP_OUT));
    lua_pushvalue(L, lua_upvalueindex(UP_PARAMS));
    lua_call(L, 4, 0);
    fetch(L, lua_upvalueindex(UP_OUT), u->out, u->fn->n, "f");
    return 0;
}

static int call_jacobian(lua_State *L)
{
    const user_call *u = begin(L);
    const size_t n = u->fn->n;

    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, lua_upvalueindex(UP_OUT), (lua_Integer)i + 1);
        fill(L, lua_gettop(L), NULL, n);
        lua_pop(L, 1);
    }
    lua_pushnumber(L, u->t);
    lua_pushvalue(L, lua_upvalueindex(UP_X));
    lua_pushvalue(L, lua_upvalueindex(UP_OUT));
    lua_pushvalue(L, lua_upvalueindex(UP_PARAMS));
    lua_call(L, 4, 0);
    for (size_t i = 0; i < n; i++) {
        if (lua_rawgeti(L, lua_upvalueindex(UP_OUT), (lua_Integer)i + 1) != LUA_TTABLE)
            luaL_error(L, "jacobian set row %d of its result to a %s: set its entries", (int)i + 1,
                       luaL_typename(L, -1));
        fetch(L, lua_gettop(L), u->out + i * n, n, "jacobian");
        lua_pop(L, 1);
    }
    return 0;
}

static int call_loss(lua_State *L)
{
    const user_call *u = begin(L);

    lua_pushvalue(L, lua_upvalueindex(UP_X));
    lua_pushvalue(L, lua_upvalueindex(UP_PARAMS));
    lua_call(L, 2, 1);
    if (lua_type(L, -1) != LUA_TNUMBER)
        luaL_error(L, "loss returned a %s, not a number", luaL_typename(L, -1));
    *u->out = lua_tonumber(L, -1);
    return 0;
}

static int call_gradient(lua_State *L)
{
    const user_call *u = begin(L);

    fill(L, lua_upvalueindex(UP_OUT), NULL, u->fn->n);
    lua_pushvalue(L, lua_upvalueindex(UP_X));
    lua_pushvalue(L, lua_upvalueindex(UP_OUT));
    lua_pushvalue(L, lua_upvalueindex(UP_PARAMS));
    lua_call(L, 3, 0);
    fetch(L, lua_upvalueindex(UP_OUT), u->out, u->fn->n, "gradient");
    return 0;
}

static const lua_CFunction callers[USER_FUNCTIONS] = {call_rhs, call_jacobian, call_loss, call_gradient};

void user_call_run(user_call *u, int which, double t, const double *x, double *out, size_t count,
                   ory_error *trouble)
{
    lua_State *outer;
    int code;

    if (u->busy && trouble->status == ORY_OK)
        ory_fail(trouble, ORY_ECALLBACK, "a function of a system asks that system itself");
    if (trouble->status == ORY_OK) {
        u->busy = true;
        u->t = t;
        u->x = x;
        u->out = out;
        outer = ory_lua_interrupt_enter(u->co);
        lua_pushvalue(u->co, SLOT_FUNCTION + which);
        lua_pushlightuserdata(u->co, u);
        code = lua_pcall(u->co, 1, 0, SLOT_HANDLER);
        ory_lua_interrupt_leave(outer);
        u->busy = false;
        if (code == LUA_OK)
            return;
        ory_fail(trouble, ory_interrupt_pending() ? ORY_EINTERRUPT : ORY_ECALLBACK, "%s",
                 lua_type(u->co, -1) == LUA_TSTRING ? lua_tostring(u->co, -1)
                                                    : "error without a message");
        lua_pop(u->co, 1);
    }
    for (size_t i = 0; i < count; i++)
        out[i] = NAN;
}

/* -------------------------------------------------------------------------- its thread */

/* The values of the parameters into the table at the top. */
static void set_params(lua_State *L, const user_call *u)
{
    for (size_t i = 0; i < u->fn->n_params; i++) {
        lua_pushstring(L, u->fn->params[i]);
        lua_pushnumber(L, u->p[i]);
        lua_rawset(L, -3);
    }
}

/* The table of parameters: all closures share it. A name that it does not have is an error. */
static void push_params(lua_State *L, const user_call *u)
{
    lua_newtable(L);
    lua_createtable(L, 0, 2);
    lua_newtable(L);
    set_params(L, u);
    lua_pushcclosure(L, unknown_name, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, params_newindex);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
    set_params(L, u);
}

/* Protected: thread, tables and closures of the user_call that is argument 1. */
static int make_thread(lua_State *L)
{
    user_call *u = lua_touserdata(L, 1);
    const user_functions *fn = u->fn;
    lua_State *co = lua_newthread(L);

    push_params(L, u);                    /* 3 */
    push_numbers(L, fn->n, fn->names);    /* 4: x, for all of them */
    luaL_checkstack(co, SLOT_PARAMS + 8, NULL);
    lua_pushcfunction(co, ory_traceback);
    for (int i = 0; i < USER_FUNCTIONS; i++) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, fn->ref[i]); /* nil for LUA_NOREF */
        lua_pushvalue(L, 4);
        if (i == USER_JACOBIAN && fn->ref[i] != LUA_NOREF)
            push_square(L, fn->n, fn->names);
        else
            push_numbers(L, fn->n, fn->names);
        lua_pushvalue(L, 3);
        lua_pushcclosure(L, callers[i], 4);
        lua_xmove(L, co, 1);
    }
    lua_pushvalue(L, 3);
    lua_xmove(L, co, 1);
    u->co = co;
    lua_pushvalue(L, 2);
    u->thread = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

static int update_params(lua_State *L)
{
    const user_call *u = lua_touserdata(L, 1);

    lua_pushvalue(u->co, SLOT_PARAMS);
    lua_xmove(u->co, L, 1);
    set_params(L, u);
    return 0;
}

/* f(u), protected. What can fail there is memory. */
static ory_status guarded(user_call *u, lua_CFunction f, ory_error *err)
{
    lua_State *L = u->fn->L;
    ory_status ok;

    if (!lua_checkstack(L, 8))
        return ory_fail(err, ORY_ENOMEM, "%s: the Lua stack is full", u->fn->owner);
    lua_pushcfunction(L, f);
    lua_pushlightuserdata(L, u);
    ok = ory_call(L, 1, 0, err);
    return ok == ORY_ECALLBACK ? ory_fail(err, ORY_ENOMEM, "%s: out of memory", u->fn->owner) : ok;
}

ory_status user_call_start(user_call *u, ory_error *err)
{
    return guarded(u, make_thread, err);
}

ory_status user_call_params(user_call *u, ory_error *err)
{
    return guarded(u, update_params, err);
}

void user_call_end(user_call *u)
{
    luaL_unref(u->fn->L, LUA_REGISTRYINDEX, u->thread);
}
