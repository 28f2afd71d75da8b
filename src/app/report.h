/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h - how an error of the user's code is told: message, hint, and the user's
 * own frames in a few words. */
#ifndef ORY_APP_REPORT_H
#define ORY_APP_REPORT_H

#include <stdio.h>

#include <lua.h>

/* Message handler for lua_pcall: the error object as text, with a hint where a name is
 * misspelt, then at most three lines "  called from FILE:LINE in f". */
int ory_report_handler(lua_State *L);

/* Add what Lua's own syntax errors leave unsaid to the message at the top of L. */
void ory_report_syntax(lua_State *L);

/* Print the message at the top of the stack and pop it. prefix: "orrery: " or "". In
 * messages of the prompt's own first line the position is left out. */
void ory_report(lua_State *L, FILE *out, const char *prefix);

/* Chunk name of what is typed at the prompt. */
#define ORY_PROMPT_CHUNK "=prompt"

#endif
