/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rescue.h - when the program is told to end (SIGTERM, SIGHUP): runs are saved. */
#ifndef ORY_APP_RESCUE_H
#define ORY_APP_RESCUE_H

#include <lua.h>

/* Save every run that has moved to $XDG_STATE_HOME/orrery/rescued/ and tell on standard
 * error how each is loaded. Lua must be idle. */
void ory_rescue(lua_State *L);

#endif
