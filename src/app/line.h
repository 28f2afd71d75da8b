/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line.h - one line from the user. On a terminal that knows escapes: the line editor.
 * Elsewhere (TERM=dumb, pipes): plain lines without an escape byte. */
#ifndef ORY_APP_LINE_H
#define ORY_APP_LINE_H

#include <stdbool.h>

typedef enum ory_line_kind {
    ORY_LINE_TEXT,      /* *text is the line; free it with free() */
    ORY_LINE_END,       /* end of input */
    ORY_LINE_INTERRUPT, /* Ctrl-C: what was typed is dropped */
    ORY_LINE_QUIT       /* told to end by a signal */
} ory_line_kind;

/* Whether the line editor can be used here. */
bool ory_line_can_edit(void);

/* rich: with the line editor, which is started if it is not yet. */
void ory_line_start(bool rich);
ory_line_kind ory_line_read(const char *prompt, char **text);

#endif
