/* SPDX-License-Identifier: GPL-3.0-or-later */
/* repl.h - the prompt: read, run, show. */
#ifndef ORY_APP_REPL_H
#define ORY_APP_REPL_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

#include "app/options.h"

/* Init file, history, completion, key script: once, before the first line. False after a
 * line on stderr. */
bool ory_repl_start(lua_State *L, const ory_options *o);

/* Until end of input. Returns an exit status. hello: begin with a greeting. */
int ory_repl(lua_State *L, const ory_options *o, bool hello);

/* Lines of a block that is not complete yet; zeroed: none. */
typedef struct ory_pending {
    char *text;
    size_t len;
} ory_pending;

/* A line that was typed (here or at another prompt): runs what is complete, shows results
 * and errors on standard output and standard error, keeps the rest in b. */
void ory_repl_take(lua_State *L, ory_pending *b, const char *line);
void ory_repl_drop(ory_pending *b);
/* The same for a whole line that a key stands for: it does not enter the history. */
void ory_repl_key_line(lua_State *L, const char *line);
unsigned ory_repl_failures(void); /* blocks that ended with an error, so far */

#endif
