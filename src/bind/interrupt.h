/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interrupt.h (bind) - Ctrl-C inside Lua.
 *
 * ory_lua_interrupt may be called by a signal handler: it raises the flag that the
 * kernels poll (core/interrupt.h) and arms a hook in the Lua state that runs now.
 * The hook raises an error at every instruction and stays armed, so a loop around
 * pcall ends as well; coroutine.resume and coroutine.wrap are replaced by ones that
 * arm every state on the resume chain. Only the top level clears. */
#ifndef ORY_BIND_INTERRUPT_H
#define ORY_BIND_INTERRUPT_H

#include <stdbool.h>

#include <lua.h>

/* Replace coroutine.resume, coroutine.wrap, coroutine.close and xpcall; L becomes the
 * state that runs now. Call once, after the standard libraries are open. */
void ory_lua_interrupt_open(lua_State *L);

/* Before lua_close: a late signal finds no state. */
void ory_lua_interrupt_close(void);

/* C calls Lua on a state of its own: co runs until leave is given what enter returned. */
lua_State *ory_lua_interrupt_enter(lua_State *co);
void ory_lua_interrupt_leave(lua_State *outer);

void ory_lua_interrupt(void); /* async-signal-safe */
void ory_lua_interrupt_clear(lua_State *L);

#endif
