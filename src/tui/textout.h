/* SPDX-License-Identifier: GPL-3.0-or-later */
/* textout.h - a canvas as text: lines of UTF-8, with or without colour codes.
 *
 * The same code writes inline plots at the prompt, frames as files, golden test
 * frames and the bytes of recordings; the bytes depend on the canvas only. */
#ifndef ORY_TUI_TEXTOUT_H
#define ORY_TUI_TEXTOUT_H

#include <stddef.h>

#include "tui/canvas.h"
#include "tui/palette.h"

/* A growing text; start with {0}, end with ory_textout_fini. Emptied (length 0) it
 * keeps its memory, so frame after frame allocates nothing. */
typedef struct ory_textout {
    char *text; /* NUL-terminated once something was written */
    size_t length, room;
} ory_textout;

void ory_textout_fini(ory_textout *out);
ory_status ory_textout_add(ory_textout *out, const char *bytes, size_t n) ORY_WUR;

/* Appends the canvas, one line per row, blanks at the ends of lines dropped.
 * ORY_COLOURS_NONE writes no escape byte at all; colours are switched off at the
 * end of every line. */
ory_status ory_textout_canvas(ory_textout *out, const ory_canvas *c, ory_colours colours)
    ORY_WUR;

/* Appends what turns `before` into `now` on a terminal (cursor addressing and
 * colours); before == NULL: clears and draws everything. */
ory_status ory_textout_delta(ory_textout *out, const ory_canvas *now, const ory_canvas *before,
                             ory_colours colours) ORY_WUR;

/* The canvas as a string of its own (ory_free it), or NULL without memory. */
char *ory_canvas_string(const ory_canvas *c, ory_colours colours);

#endif
