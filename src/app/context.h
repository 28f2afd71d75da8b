/* SPDX-License-Identifier: GPL-3.0-or-later */
/* context.h - where in a piece of Lua the cursor is: in which call, at which option,
 * in which text. Read by Tab completion; knows no Lua state. */
#ifndef ORY_APP_CONTEXT_H
#define ORY_APP_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

enum { ORY_CONTEXT_NAME = 96 };

typedef struct ory_context {
    bool in_text;    /* inside an open quote */
    bool in_comment;
    bool at_key;     /* an option's name may come here */
    char bracket;    /* innermost open bracket, or 0 */
    char callee[ORY_CONTEXT_NAME];  /* "net.linear", "r:go": what the bracket calls, or "" */
    char first[ORY_CONTEXT_NAME];   /* first argument when it is a plain name, or "" */
    char key[ORY_CONTEXT_NAME];     /* option whose value is being written, or "" */
    char stepper[ORY_CONTEXT_NAME]; /* value of an option stepper given before, or "" */
    char target[ORY_CONTEXT_NAME];  /* "r.rule" in: r.rule = |, outside brackets, or "" */
} ory_context;

/* text[0..len) is what stands before the word at the cursor. */
void ory_context_read(const char *text, size_t len, ory_context *out);

#endif
