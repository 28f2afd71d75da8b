/* SPDX-License-Identifier: GPL-3.0-or-later */
/* system.h (bind) - the Lua box around a system, for the run binding. */
#ifndef ORY_BIND_SYSTEM_H
#define ORY_BIND_SYSTEM_H

#include "bind/bind.h"
#include "systems/system.h"

/* The system at idx; raises naming fn when there is something else. Borrowed. */
ory_system *ory_check_system(lua_State *L, int idx, const char *fn);

/* Push a new reference to s as a Lua system. */
void ory_push_system(lua_State *L, ory_system *s);

/* Push an empty Lua system, to be given one reference. */
ory_system **ory_push_system_box(lua_State *L);

/* A probe's descriptor as a Lua table (name, label, kind, unit, axis, cost, bounds,
 * side, doc, source), a claim's likewise: what help, layouts and scripts read. */
void ory_push_probe_row(lua_State *L, const ory_probe *p);
void ory_push_claim_row(lua_State *L, const ory_claim *c);

#endif
