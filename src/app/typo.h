/* SPDX-License-Identifier: GPL-3.0-or-later */
/* typo.h - reading a global that does not exist: a warning when its name is close to
 * one that does, an error under --strict. */
#ifndef ORY_APP_TYPO_H
#define ORY_APP_TYPO_H

#include <stdbool.h>

#include <lua.h>

/* Watch the globals of L. strict: reading an unknown name, and making one inside a
 * function, are errors. */
void ory_typo_watch(lua_State *L, bool strict);

/* Keep warnings until ory_typo_flush instead of printing them at once. */
void ory_typo_defer(bool on);
/* Print what was kept, except names that message (may be NULL) already tells about. */
void ory_typo_flush(const char *message);

/* Push the existing global nearest to word; false: none, nothing pushed. */
bool ory_typo_nearest(lua_State *L, const char *word);

#endif
