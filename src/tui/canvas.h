/* SPDX-License-Identifier: GPL-3.0-or-later */
/* canvas.h - a grid of character cells and a finer grid of dots above it.
 *
 * A canvas owns its cells (init, resize, fini); a view is a rectangle of one and
 * is passed the same way, so whatever draws never knows how large the screen is.
 * All drawing is clipped to the view; coordinates may lie anywhere, be huge or,
 * for dots, NaN. Nothing here allocates except init and resize.
 *
 * A cell holds one character of one column with at most one combining mark, or
 * the left (width 2) or right (width 0) half of a character of two columns.
 * Halves never stay behind alone.
 *
 * Dots: every cell has 2 x 4 dots, whatever the glyph set; the set only decides
 * which character shows them. Draw dots, then ory_dots_show writes the characters
 * of all cells with at least one dot (their ground stays) and forgets the dots. Where
 * layers share a cell, the one with the highest level gives its role. */
#ifndef ORY_TUI_CANVAS_H
#define ORY_TUI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"
#include "tui/glyphs.h"
#include "tui/role.h"

typedef struct ory_cell {
    uint32_t cp;   /* never 0 in a cell of width 1 or 2 */
    uint32_t mark; /* combining mark, or 0 */
    uint8_t role, back, attr, width;
} ory_cell;

typedef struct ory_dots {
    uint8_t bits, role, attr, level;
} ory_dots;

typedef struct ory_canvas {
    ory_cell *cells; /* top left of the view */
    ory_dots *dots;
    int stride, w, h;
    const ory_glyphs *glyphs;
} ory_canvas;

enum { ORY_CANVAS_MAX = 2000 }; /* columns and rows are clamped to this */

/* ------------------------------------------------------------------ canvas */

ory_status ory_canvas_init(ory_canvas *c, int w, int h, const ory_glyphs *glyphs);
/* Another size, contents blank; keeps its memory when that suffices. On
 * ORY_ENOMEM the canvas is unchanged. */
ory_status ory_canvas_resize(ory_canvas *c, int w, int h);
void ory_canvas_fini(ory_canvas *c);

/* The rectangle x, y, w, h of c, cut to c; may be empty. */
ory_canvas ory_canvas_view(const ory_canvas *c, int x, int y, int w, int h);

void ory_canvas_clear(ory_canvas *c); /* blanks, and no dots */
void ory_canvas_fill(ory_canvas *c, int x, int y, int w, int h, uint32_t cp, ory_style style);
/* Change role, ground and attributes, not the characters. */
void ory_canvas_paint(ory_canvas *c, int x, int y, int w, int h, ory_style style);
void ory_canvas_copy(ory_canvas *to, const ory_canvas *from); /* common part, top left */
bool ory_canvas_equal(const ory_canvas *a, const ory_canvas *b);

/* A piece of one row that differs. */
typedef struct ory_change {
    int y, x, w;
} ory_change;

/* The next differing run of cells at or after *at (start with {0}), never cutting
 * a wide character; false at the end. Canvases must have the same size. Gaps of
 * up to 4 equal cells are bridged: cheaper than moving the cursor. */
bool ory_canvas_diff(const ory_canvas *now, const ory_canvas *before, ory_change *at);

/* -------------------------------------------------------------------- text */

/* Columns that text takes in glyph set g (ASCII sets spell: "η" is "eta"). */
int ory_text_width(const ory_glyphs *g, const char *text);

/* Writes text from column x; returns the columns it takes (also when clipped). A
 * newline ends it. */
int ory_canvas_text(ory_canvas *c, int x, int y, const char *text, ory_style style);
int ory_canvas_textf(ory_canvas *c, int x, int y, ory_style style, const char *fmt, ...)
    ORY_PRINTF(5, 6);

typedef enum { ORY_ALIGN_LEFT, ORY_ALIGN_CENTRE, ORY_ALIGN_RIGHT } ory_align;

/* In a field of w columns; what does not fit ends with an ellipsis. Returns the
 * columns written. */
int ory_canvas_text_in(ory_canvas *c, int x, int y, int w, ory_align align, const char *text,
                       ory_style style);

/* Words broken into lines of at most w columns; at most h lines are written (the
 * last ends with an ellipsis if more was to come). Newlines in the text break.
 * Returns the lines the text needs. Skips the first `skip` lines. */
int ory_canvas_wrap(ory_canvas *c, int x, int y, int w, int h, int skip, const char *text,
                    ory_style style);

/* One character; returns its columns. */
int ory_canvas_put(ory_canvas *c, int x, int y, uint32_t cp, ory_style style);

/* ------------------------------------------------------------------- boxes */

void ory_canvas_hline(ory_canvas *c, int x, int y, int w, uint32_t cp, ory_style style);
void ory_canvas_vline(ory_canvas *c, int x, int y, int h, uint32_t cp, ory_style style);
void ory_canvas_box(ory_canvas *c, int x, int y, int w, int h, ory_style style);
/* A box around the whole view with a title at the left and a value at the right of
 * its upper edge (either may be NULL; the title is shortened first). Returns the
 * view inside. */
ory_canvas ory_canvas_frame(ory_canvas *c, const char *title, const char *value,
                            ory_style value_style, bool focus);

/* ---------------------------------------------------------------------- bars */

/* A horizontal bar that fills `share` (0 to 1; NaN: nothing) of w columns. */
void ory_canvas_bar(ory_canvas *c, int x, int y, int w, double share, ory_style style);

/* ---------------------------------------------------------------------- dots */

/* Dash: `on` dots drawn, then `off` not; off == 0 is a full line. Patterns hang on
 * dot positions and not on data, so they survive any number of samples. */
typedef struct ory_pen {
    uint8_t role, attr, level, on, off;
} ory_pen;

static inline int ory_dots_w(const ory_canvas *c)
{
    return 2 * c->w;
}

static inline int ory_dots_h(const ory_canvas *c)
{
    return 4 * c->h;
}

void ory_canvas_dot(ory_canvas *c, int px, int py, const ory_pen *pen);
/* End points included; y grows downwards. Nothing is drawn if one is NaN. */
void ory_dots_line(ory_canvas *c, double x0, double y0, double x1, double y1,
                   const ory_pen *pen);
void ory_dots_vspan(ory_canvas *c, int px, double y0, double y1, const ory_pen *pen);
void ory_dots_rect(ory_canvas *c, double x0, double y0, double x1, double y1,
                   const ory_pen *pen); /* filled */
void ory_dots_circle(ory_canvas *c, double x, double y, double rx, double ry,
                     const ory_pen *pen);
void ory_dots_show(ory_canvas *c);

#endif
