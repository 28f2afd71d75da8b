/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chunk.h - what was typed, as code: an expression first, then a statement; whether
 * more lines are needed; pasted prompts and transcripts. */
#ifndef ORY_APP_CHUNK_H
#define ORY_APP_CHUNK_H

#include <stdbool.h>

#include <lua.h>

typedef enum ory_chunk {
    ORY_CHUNK_READY, /* function on the stack */
    ORY_CHUNK_MORE,  /* ends in the middle of a statement; the message is on the stack */
    ORY_CHUNK_BAD    /* message on the stack */
} ory_chunk;

/* silent (may be NULL): the text ends with a semicolon. */
ory_chunk ory_chunk_load(lua_State *L, const char *text, bool *silent);

/* Push a good text as a statement of a script: "1 + x" becomes "_ = 1 + x". */
void ory_chunk_statement(lua_State *L, const char *text);

/* Text after a prompt that was pasted with it ("> x" -> "x"), or NULL: no prompt. */
const char *ory_chunk_prompt(const char *line);

/* Split a text of several lines into blocks that run one after the other: pasted
 * prompts are stripped, and in a transcript (first line has a prompt) lines without
 * one that continue nothing are output and dropped. A text without prompts that
 * compiles, or that cannot be split into good blocks, is one block. fn gets each. */
void ory_chunk_split(lua_State *L, const char *text, void (*fn)(void *ctx, const char *block),
                     void *ctx);

#endif
