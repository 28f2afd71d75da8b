/* SPDX-License-Identifier: GPL-3.0-or-later */
/* edit.h - the line editor: Readline's callback interface, apart from whose terminal it
 * is. There are two owners of a terminal:
 *
 *   the line prompt (line.c)   Readline sets the modes and draws;
 *   a full screen              the owner sets the modes, feeds bytes, draws the line from
 *                              ory_edit_look and shows completions as it likes; Readline
 *                              writes nothing and touches no mode.
 *
 * Hand-over between lines: end the line (a line taken or dropped), give the terminal its
 * modes back, ory_edit_owner, begin the next line. Editing keys, history and completion
 * are the same under both. */
#ifndef ORY_APP_EDIT_H
#define ORY_APP_EDIT_H

#include <stdbool.h>
#include <stddef.h>

/* A full screen as the editor sees it. No function may raise a Lua error. */
typedef struct ory_edit_screen {
    void *ctx;
    void (*draw)(void *ctx); /* the line or its cursor has changed */
    /* What Tab found when it is more than one: n names, without the part they share. */
    void (*offer)(void *ctx, char **names, int n);
} ory_edit_screen;

/* The line as it is to be drawn; texts are valid until the next key. */
typedef struct ory_edit_view {
    const char *prompt; /* the search's own while searching */
    const char *text;
    size_t point;       /* byte of text in front of which the cursor is */
    int column;         /* cells before the cursor, the prompt's included */
} ory_edit_view;

/* Key bindings, history, completion; before the first line. Again: no effect. */
void ory_edit_start(void);

/* Whose the terminal is from now on; NULL: the line prompt's. Only between lines. */
void ory_edit_owner(const ory_edit_screen *screen);

void ory_edit_begin(const char *prompt);

/* Line prompt: one key, read from the input. */
void ory_edit_key(void);
/* Full screen: bytes of the terminal, in pieces of any length. */
void ory_edit_feed(const char *bytes, size_t n);

/* Whether the line has ended, by Enter or by the end of input; *text is then the line,
 * to be freed with free(), or NULL at the end of input. */
bool ory_edit_done(char **text);

void ory_edit_drop(void); /* end the line and forget it (Ctrl-C) */
void ory_edit_look(ory_edit_view *view);

/* Line prompt only: before stopping, after going on, after a change of the window. */
void ory_edit_suspend(void);
void ory_edit_resume(void);
void ory_edit_resized(void);

/* Put a block into the history in memory; stamp: its line "#SECONDS", or NULL. */
void ory_edit_remember(const char *block, const char *stamp);

#endif
