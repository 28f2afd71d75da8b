/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show.h - a value as the prompt shows it. */
#ifndef ORY_APP_SHOW_H
#define ORY_APP_SHOW_H

#include <lua.h>

/* Push the text of the value at idx, fitted to width x height cells. Short texts stand in
 * quotes; tables on one line when they fit, else the list part in filled lines and one
 * line for each field; cycles, depth and length are bounded. Userdata and tables with a
 * __tostring say it themselves (may raise). Bytes that are no characters, and control
 * characters, are escaped. */
void ory_show(lua_State *L, int idx, int width, int height);

#endif
