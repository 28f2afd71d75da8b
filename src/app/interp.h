/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interp.h - the Lua state of the program: libraries, orrery's names as globals, the
 * script's arguments, sandbox, strict globals, Ctrl-C. */
#ifndef ORY_APP_INTERP_H
#define ORY_APP_INTERP_H

#include <lua.h>

#include "app/options.h"

/* NULL after a line on stderr. */
lua_State *ory_interp_new(const ory_options *o, int argc, char **argv);
void ory_interp_free(lua_State *L);

/* Call the function below its nargs arguments with the report handler. On failure the
 * message is on the stack. Returns a LUA_ status. */
int ory_interp_call(lua_State *L, int nargs, int nresults);

#endif
