/* SPDX-License-Identifier: GPL-3.0-or-later */
/* user_system.h - system classes whose functions are Lua functions (dyn.ode, dyn.gradient).
 *
 * Every call of dyn.ode makes a class of its own: the names of its variables and its knobs
 * are the user's. The class lives as long as a system made from it; it is never in the list
 * of systems.def. How the functions are called: bind/user_call.h. An error becomes the
 * system's trouble (systems/system.h), with the user's line. */
#ifndef ORY_BIND_USER_SYSTEM_H
#define ORY_BIND_USER_SYSTEM_H

#include "bind/bind.h"
#include "systems/system.h"

/* Makes the class that the table at idx describes and leaves a userdata that keeps it:
 *   name = "dyn.ode", n = 2, f = function or nil, jacobian = function or nil,
 *   loss = function or nil, gradient = function or nil,
 *   names = list of n names or nil, params = sorted list of names, values = their numbers,
 *   layout = text, record = list of names. Raises. */
const ory_system_class *ory_push_user_class(lua_State *L, int idx);

/* dyn.c: methods of systems; what lua/orrery/dyn.lua needs, into the table dyn at the top. */
extern const ory_fn ory_dyn_methods[];
void ory_open_dyn(lua_State *L);

/* run.c: whether a run has a field, method or knob of this name, whatever its system. */
bool ory_run_name_taken(const char *name);

#endif
