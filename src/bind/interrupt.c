/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interrupt.c (bind) - Ctrl-C inside Lua: the hook, and coroutines that carry it. */
#include "config.h"

#include "bind/interrupt.h"

#include <lauxlib.h>

#include "core/interrupt.h"

static lua_State *volatile running; /* innermost state of the resume chain */

static void arm(lua_State *L);

/* Raises at every instruction until the flag is down, then removes itself: a
 * suspended coroutine may still carry it. */
static void hook(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    if (!ory_interrupt_pending()) {
        lua_sethook(L, NULL, 0, 0);
        return;
    }
    arm(L);
    luaL_where(L, 0);
    lua_pushliteral(L, "interrupted");
    lua_concat(L, 2);
    lua_error(L);
}

static void arm(lua_State *L)
{
    lua_sethook(L, hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

void ory_lua_interrupt(void)
{
    lua_State *L = running;

    ory_interrupt_raise();
    if (L)
        arm(L);
}

void ory_lua_interrupt_clear(lua_State *L)
{
    ory_interrupt_clear();
    lua_sethook(L, NULL, 0, 0);
}

/* -------------------------------------------------------- states called from C */

lua_State *ory_lua_interrupt_enter(lua_State *co)
{
    lua_State *outer = running;

    running = co;
    if (ory_interrupt_pending())
        arm(co);
    return outer;
}

void ory_lua_interrupt_leave(lua_State *outer)
{
    running = outer;
    if (outer && ory_interrupt_pending())
        arm(outer);
}

/* ---------------------------------------------------------------- coroutines */

/* Resume co with narg values from L's top; results or the message are moved to L.
 * Returns how many, or -1 for an error. */
static int resume(lua_State *L, lua_State *co, int narg)
{
    lua_State *outer = running;
    int status, nres;

    if (!lua_checkstack(co, narg)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    lua_xmove(L, co, narg);
    running = co;
    if (ory_interrupt_pending())
        arm(co);
    status = lua_resume(co, L, narg, &nres);
    running = outer;
    if (ory_interrupt_pending())
        arm(L);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(co, L, 1);
        return -1;
    }
    if (!lua_checkstack(L, nres + 1)) {
        lua_pop(co, nres);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(co, L, nres);
    return nres;
}

static int co_resume(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1);
    int n;

    luaL_argexpected(L, co, 1, "coroutine");
    n = resume(L, co, lua_gettop(L) - 1);
    lua_pushboolean(L, n >= 0);
    if (n < 0) {
        lua_insert(L, -2);
        return 2;
    }
    lua_insert(L, -(n + 1));
    return n + 1;
}

/* As the standard one: an error closes the coroutine and gets the position of the
 * caller in front, when it is a text. */
static int wrapped(lua_State *L)
{
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int n = resume(L, co, lua_gettop(L)), status;

    if (n >= 0)
        return n;
    status = lua_status(co);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_resetthread(co);
        lua_xmove(co, L, 1); /* the error object, or the one of a closing variable */
    }
    if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING && !ory_interrupt_pending()) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int co_wrap(lua_State *L)
{
    lua_State *co;

    luaL_checktype(L, 1, LUA_TFUNCTION);
    co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    lua_pushcclosure(L, wrapped, 1);
    return 1;
}

/* Closing runs the pending to-be-closed variables of co inside co. */
static int co_close(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1), *outer = running;

    luaL_argexpected(L, co, 1, "coroutine");
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, 1);
    if (co != L && (lua_status(co) == LUA_YIELD || lua_gettop(co) == 0)) {
        running = co;
        if (ory_interrupt_pending())
            arm(co);
    }
    if (lua_pcall(L, 1, LUA_MULTRET, 0) != LUA_OK) {
        running = outer;
        return lua_error(L);
    }
    running = outer;
    if (ory_interrupt_pending())
        arm(L);
    return lua_gettop(L) - 1;
}

/* -------------------------------------------------------------------- xpcall */

/* The message handler of the user runs inside the hook's error, where no hook is
 * called: on Ctrl-C it is left out, or a loop in it could not be ended. */
static int handler(lua_State *L)
{
    if (ory_interrupt_pending()) {
        lua_settop(L, 1);
        return 1;
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static int finish(lua_State *L, int status, lua_KContext extra)
{
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_pushboolean(L, 0);
        lua_pushvalue(L, -2);
        return 2;
    }
    return lua_gettop(L) - (int)extra;
}

static int guarded_xpcall(lua_State *L)
{
    int n = lua_gettop(L), status;

    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, handler, 1);
    lua_replace(L, 2);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2); /* f, handler, true, f, arguments */
    status = lua_pcallk(L, n - 2, LUA_MULTRET, 2, 2, finish);
    return finish(L, status, 2);
}

void ory_lua_interrupt_open(lua_State *L)
{
    running = L;
    lua_getglobal(L, "coroutine");
    if (lua_istable(L, -1)) {
        lua_pushcfunction(L, co_resume);
        lua_setfield(L, -2, "resume");
        lua_pushcfunction(L, co_wrap);
        lua_setfield(L, -2, "wrap");
        if (lua_getfield(L, -1, "close") == LUA_TFUNCTION) {
            lua_pushcclosure(L, co_close, 1);
            lua_setfield(L, -2, "close");
        } else {
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
    lua_pushcfunction(L, guarded_xpcall);
    lua_setglobal(L, "xpcall");
}

void ory_lua_interrupt_close(void)
{
    running = NULL;
}
