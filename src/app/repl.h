/* SPDX-License-Identifier: GPL-3.0-or-later */
/* repl.h - the prompt: read, run, show. */
#ifndef ORY_APP_REPL_H
#define ORY_APP_REPL_H

#include <lua.h>

#include "app/options.h"

/* Until end of input. Returns an exit status. */
int ory_repl(lua_State *L, const ory_options *o);

#endif
