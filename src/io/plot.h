/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot.h - a plot as data: axes, series, marks; how it looks is for others to say.
 *
 * One description serves the cells of the terminal (tui/plotdraw.h) and the files
 * .svg .pdf .png .txt (io/figure.h). All pointers are borrowed: whoever fills a plot
 * keeps the numbers and texts alive while it is drawn. ory_plot_copy makes one that
 * owns everything.
 *
 * Meanings, not styles: a bound is drawn dashed with its source in the legend, a
 * ghost faint, extremes as a vertical span in every column, the region below the
 * rounding floor shaded, the first violated point marked. Points that cannot stand
 * on a log axis are marked at the edge, never dropped silently. */
#ifndef ORY_IO_PLOT_H
#define ORY_IO_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

typedef enum ory_plot_kind {
    ORY_PLOT_LINE,   /* x, y joined                                    */
    ORY_PLOT_POINTS, /* markers only                                   */
    ORY_PLOT_STEPS,  /* piecewise constant, value holds to the next x  */
    ORY_PLOT_BARS,   /* from zero (log: from the lower edge) to y at x */
    ORY_PLOT_BAND    /* between lo and hi, y (may be NULL) within      */
} ory_plot_kind;

typedef enum ory_plot_role { ORY_PLOT_CURVE, ORY_PLOT_BOUND, ORY_PLOT_GHOST } ory_plot_role;

typedef struct ory_plot_series {
    const char *name;   /* in the legend */
    const char *source; /* theorem behind a bound: "Theorem 3.1"; or NULL */
    ory_plot_kind kind;
    ory_plot_role role;
    int colour;         /* 0, 1, … of the palette's curves; -1: by position */
    int side;           /* bounds: +1 upper, -1 lower, 0 neither */
    size_t n;
    const double *x, *y;    /* x: NULL means 0, 1, …, n-1; NaN breaks a line */
    const double *lo, *hi;  /* extremes behind every point, or NULL */
    double violation;       /* x of the first violated point, or NaN */
} ory_plot_series;

typedef struct ory_plot_axis {
    const char *label, *unit; /* "" or NULL: none */
    bool log;
    double lo, hi;            /* NaN: from the data */
} ory_plot_axis;

typedef struct ory_plot_mark { /* a vertical line at x, or a horizontal one at y */
    double x, y;               /* the other is NaN */
    const char *text;
} ory_plot_mark;

typedef struct ory_plot {
    const char *title, *value; /* value: shown at the right of the title, or NULL */
    ory_plot_axis x, y;
    double floor;              /* y below this is rounding; NaN: none */
    const ory_plot_series *series;
    size_t n_series;
    const ory_plot_mark *marks;
    size_t n_marks;
} ory_plot;

/* A copy that owns its numbers and texts, in one block. ORY_ENOMEM. */
ory_status ory_plot_copy(const ory_plot *from, ory_plot **out, ory_error *err) ORY_WUR;
void ory_plot_free(ory_plot *p); /* only of ory_plot_copy; NULL is fine */

/* The range of the data on both axes as they will be drawn (given limits win; on a log
 * axis only positive values count). An axis without any value gets 0..1 (log: 1..10);
 * a constant one is widened around its value, never moved. */
void ory_plot_range(const ory_plot *p, double x[2], double y[2]);

#endif
