/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show.h - a value as the prompt shows it. */
#ifndef ORY_APP_SHOW_H
#define ORY_APP_SHOW_H

#include <lua.h>

/* Push the text of the value at idx, fitted to width x height cells: short texts in
 * quotes, tables by their content (cycles, depth and length bounded), userdata by their
 * own __tostring (may raise). */
void ory_show(lua_State *L, int idx, int width, int height);

#endif
