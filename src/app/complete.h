/* SPDX-License-Identifier: GPL-3.0-or-later */
/* complete.h - Tab: names of globals and fields, methods, option keys, texts that an
 * option may take, probes and knobs of a run, file names. Only raw access; no code of
 * the user's runs. */
#ifndef ORY_APP_COMPLETE_H
#define ORY_APP_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

void ory_complete_start(void); /* tell Readline */

/* The state to look into, and the lines of an unfinished block (NULL: none). */
void ory_complete_state(lua_State *L);
void ory_complete_block(const char *block);
bool ory_complete_pending(void); /* a block is unfinished */

/* All completions of word standing behind text, sorted, without doubles; *n of them,
 * owned by the module until the next call. *text_word: they are texts inside quotes;
 * when *n is 0 then, file names may be meant. */
char **ory_complete(const char *text, const char *word, size_t *n, bool *text_word);

#endif
