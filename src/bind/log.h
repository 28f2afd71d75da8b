/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.h - the lines of this session, as the prompt took them: what session.save()
 * writes down is the lines that succeeded. The prompt notes every block, in order,
 * once it has run; a script notes nothing. One list for the process. */
#ifndef ORY_BIND_LOG_H
#define ORY_BIND_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

/* Append one block (may hold several lines, no newline at its end). ok: it ran
 * without an error. Silently dropped when there is no memory. */
void ory_session_line(lua_State *L, const char *text, bool ok);

/* The block that is about to run (kept by the caller); NULL: it has ended. */
void ory_session_begin(const char *text);
const char *ory_session_current(void); /* or NULL */

size_t ory_session_count(void);
/* Block i (0-based, i < count), valid until the next ory_session_line; *ok may be NULL. */
const char *ory_session_text(size_t i, bool *ok);
void ory_session_shorten(size_t n); /* only the first n blocks stay */
void ory_session_forget(void); /* drop all */

#endif
