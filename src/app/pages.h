/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pages.h - what help knows of the dashboard: its panels and its keys, from their tables. */
#ifndef ORY_APP_PAGES_H
#define ORY_APP_PAGES_H

#include <lua.h>

/* A row of the help index for every panel (panel.NAME, with its options), and help._keys(), a
 * list of {key=, group=, doc=}. The global help is there. */
void ory_pages_open(lua_State *L);

#endif
