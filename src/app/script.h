/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script.h - code that runs without a prompt: -l, -e, files, standard input. */
#ifndef ORY_APP_SCRIPT_H
#define ORY_APP_SCRIPT_H

#include <lua.h>

#include "app/options.h"

/* Both print their error and return an exit status. */
int ory_script_code(lua_State *L, const ory_options *o); /* -l and -e in order */
/* A saved session or a figure that carries its script. */
int ory_script_replay(lua_State *L, const char *file);
/* What the commands tour and demo name. Returns an exit status. */
int ory_script_tour(lua_State *L, const ory_options *o);
int ory_script_file(lua_State *L, const char *file, int nargs, char **args); /* "-": stdin */

/* After an error: 130 when it was Ctrl-C, 128 + signal when told to end, else 1. */
int ory_script_failed(lua_State *L);

#endif
