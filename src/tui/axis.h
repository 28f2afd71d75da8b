/* SPDX-License-Identifier: GPL-3.0-or-later */
/* axis.h - from values to cells: range, scale, ticks and their labels.
 *
 * An axis covers `cells` character cells of `dots` dots each. On a vertical axis
 * whose range is free the ticks fall on the centres of equally spaced cells; the
 * range is then a little larger than the data and moves in jumps, not with every
 * sample. */
#ifndef ORY_TUI_AXIS_H
#define ORY_TUI_AXIS_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/glyphs.h"

enum { ORY_TICKS_MAX = 48, ORY_TICK_TEXT = 24 };

typedef struct ory_tick {
    int cell; /* from the low end */
    double value;
} ory_tick;

typedef struct ory_scale {
    bool log;
    double lo, hi;  /* values (log: their logarithms) at the first and last dot */
    double per_unit;/* dots per unit */
    int cells, dots;
    ory_tick ticks[ORY_TICKS_MAX];
    int n_ticks;
    double step;    /* between ticks (log: decades; 0: uneven) */
} ory_scale;

/* Range lo..hi of the data (lo <= hi, finite; log: both > 0). aligned: ticks on
 * equally spaced cells, range widened; else the range is kept exactly. label_cells:
 * least distance of ticks in cells. */
void ory_scale_make(ory_scale *s, bool log, double lo, double hi, int cells, int dots_per_cell,
                    bool aligned, int label_cells);

/* Dot position from the low end (not rounded); -inf for values <= 0 on a log axis,
 * NaN for NaN. */
double ory_scale_at(const ory_scale *s, double value);

/* The value at a dot position. */
double ory_scale_value(const ory_scale *s, double position);

/* The label of a tick: "10⁻³" (ASCII "1e-3"), "0.25", "120k". Returns its columns. */
int ory_tick_label(const ory_scale *s, const ory_tick *tick, const ory_glyphs *g,
                   char text[ORY_TICK_TEXT]);

/* A value as shown beside titles: 4 significant digits, exponents where needed,
 * "undefined" for NaN. Returns text. */
const char *ory_value_text(double value, char *text, size_t size);

#endif
