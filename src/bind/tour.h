/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tour.h (bind) - what lua/orrery/tour.lua stands on: runs turned back to where they were,
 * the log of the session shortened, the demos that the program carries. What needs a
 * dashboard is the program's: it hands over functions before the library is opened. */
#ifndef ORY_BIND_TOUR_H
#define ORY_BIND_TOUR_H

#include <lauxlib.h>

#include "io/embedded.h"

/* Further functions of internal.stage(); ends with {NULL, NULL}. NULL: no dashboard here. */
void ory_bind_set_stage(const luaL_Reg *rows);

int ory_open_stage(lua_State *L); /* leaves the table */

extern const ory_embedded ory_demo_files[]; /* "local_pl.lua", … in the order of the list */

#endif
