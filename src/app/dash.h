/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash.h - what dash(…) does in this program: at the prompt it opens the dashboard; in a
 * headless script nothing; under 'orrery dash FILE' and 'orrery frame FILE' it shows what
 * it was asked for, and the script ends there. */
#ifndef ORY_APP_DASH_H
#define ORY_APP_DASH_H

#include <lua.h>

#include "app/options.h"
#include "bind/dash.h"

/* Before the first line of Lua. prompt: this process will have a prompt. */
void ory_dash_start(const ory_options *o, bool prompt);
void ory_dash_end(void); /* before the Lua state is closed */

/* Whether dash(…) has shown what the command asked for: the error that ended the script
 * is none. */
bool ory_dash_shown(void);

/* A tour (ask->tour) on the terminal. ORY_EUNDEF: there is none that is fit, or this
 * process has no prompt. */
ory_status ory_dash_tour_screen(lua_State *L, const ory_dash_ask *ask, ory_error *err);

bool ory_dash_quits(void); /* the user wants to leave the program */

/* Behind a script of 'dash' or 'frame' that did not call dash: its run is shown. status:
 * the script's; returns that of the whole. */
int ory_dash_finish(lua_State *L, int status);

/* Whether a file looks like a recording. */
bool ory_dash_is_recording(const char *path);

/* 'orrery replay FILE': plays a recording on the terminal, or prints its last bytes. */
int ory_dash_replay(const char *path);

#endif
