/* SPDX-License-Identifier: GPL-3.0-or-later */
/* embedded.h (bind) - the Lua half of the library, carried inside the program: rows named
 * "orrery/init.lua", in the order in which they are run. */
#ifndef ORY_BIND_EMBEDDED_H
#define ORY_BIND_EMBEDDED_H

#include "io/embedded.h"

extern const ory_embedded ory_lua_files[];
extern const ory_embedded ory_lua_compiled[]; /* the same, in the same order */

#endif
