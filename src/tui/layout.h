/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layout.h - which panels stand where, from one line of text.
 *
 *   layout := box
 *   box    := "v(" box … ")" | "h(" box … ")" | PANEL [ "(" given … ")" ]   each with [ ":" size ]
 *   given  := quantity | option "=" value
 *   size   := weight | "=" cells
 *
 * v stacks its boxes, h sets them side by side; spaces and commas between boxes are
 * the same. A weight (default 1) shares what is left, "=9" is a fixed number of rows
 * or columns. Quantities and values are words, numbers or "quoted texts":
 *
 *   v(h(trace(loss, gap_bound), meter(pl)):3,
 *     h(spectrum(sv_w):38, dial, claims):2, console:=10)
 *
 * Every refusal is one sentence that names the place, the word and the nearest valid
 * one. Placing never fails: panels for which there is no room are left out, the
 * last ones first, and the one with the keys never. */
#ifndef ORY_TUI_LAYOUT_H
#define ORY_TUI_LAYOUT_H

#include "tui/panel.h"

enum { ORY_LAYOUT_PANELS = 32, ORY_LAYOUT_BOXES = 80 };

typedef enum ory_box_kind { ORY_BOX_ROWS, ORY_BOX_COLUMNS, ORY_BOX_PANEL } ory_box_kind;

typedef struct ory_layout_box {
    ory_box_kind kind;
    double weight; /* 0: fixed */
    int cells;     /* when fixed */
    int panel;     /* PANEL: index */
    int first, next; /* first child, next sibling; -1: none */
} ory_layout_box;

typedef struct ory_layout {
    ory_layout_box boxes[ORY_LAYOUT_BOXES]; /* boxes[0] is the root */
    size_t n_boxes;
    ory_panel panels[ORY_LAYOUT_PANELS];
    size_t n_panels;
} ory_layout;

typedef struct ory_rect {
    int x, y, w, h; /* w == 0: not shown */
} ory_rect;

/* ORY_EINVAL: bad text; ORY_ENAME: no such panel or option; ORY_ENOMEM. */
ory_status ory_layout_parse(const char *text, ory_layout **out, ory_error *err) ORY_WUR;
void ory_layout_free(ory_layout *l); /* NULL is fine */

/* Rectangles of all panels inside w x h. hidden: n_panels flags (filtered out), or
 * NULL. keep: index of the panel that must be shown, or -1. Returns how many are
 * shown. */
size_t ory_layout_place(const ory_layout *l, int w, int h, const bool *hidden, int keep,
                        ory_rect *out);

/* Draw all panels of a snapshot into c: place, then draw each. rects may be NULL. */
void ory_layout_draw(const ory_layout *l, const ory_snapshot *s, int keep, ory_canvas *c,
                     ory_rect *rects);

/* A whole frame: header, panels, footer; or the too-small notice. zoom: index of the
 * only panel to show, or -1. rects as above, relative to c. */
void ory_frame_draw(const ory_layout *l, const ory_snapshot *s, int keep, int zoom,
                    ory_canvas *c, ory_rect *rects);

/* A layout for a run whose class names none: loss and gap with bounds, bounded
 * quantities, arrays, claims, console. Writes at most size bytes (always a valid
 * layout); returns text. */
const char *ory_layout_generic(const ory_snap_run *r, char *text, size_t size);

#endif
