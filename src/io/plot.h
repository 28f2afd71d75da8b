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
 * on a log axis are marked at the edge, never dropped silently. A heat is a matrix over
 * the two axes, drawn below the series with a scale of its colours; places without a
 * value are hatched. */
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

/* Values over a grid: row 0 stands at y[0], column 0 at x[0]; a cell reaches half way to
 * its neighbours (half way as the axis shows it). */
typedef struct ory_plot_heat {
    const char *label, *unit; /* of the values; "" or NULL: none */
    const char *missing;      /* what a place without a value means; NULL: "no value" */
    bool log;                 /* colours by the logarithm; values <= 0 have none */
    double lo, hi;            /* values of the first and last colour; NaN: from the data */
    size_t rows, cols;        /* both >= 1 */
    const double *x, *y;      /* cols and rows of them, rising */
    const double *z;          /* rows x cols, row after row; NaN: no value */
} ory_plot_heat;

typedef struct ory_plot {
    const char *title, *value; /* value: shown at the right of the title, or NULL */
    ory_plot_axis x, y;
    double floor;              /* y below this is rounding; NaN: none */
    const ory_plot_series *series;
    size_t n_series;
    const ory_plot_mark *marks;
    size_t n_marks;
    const ory_plot_heat *heat; /* or NULL */
} ory_plot;

/* A copy that owns its numbers and texts, in one block. ORY_ENOMEM. */
ory_status ory_plot_copy(const ory_plot *from, ory_plot **out, ory_error *err) ORY_WUR;
size_t ory_plot_bytes(const ory_plot *p); /* that a copy of p takes */
void ory_plot_free(ory_plot *p); /* only of ory_plot_copy; NULL is fine */

/* The range of the data on both axes as they will be drawn: given limits win, on a log
 * axis only positive values count, what lies beyond a limit of x has no say in y. An
 * axis without any value gets 0..1 (log: 1..10); a constant one is widened around its
 * value, never moved. */
void ory_plot_range(const ory_plot *p, double x[2], double y[2]);

/* ---------------------------------------------------------------------- heats */

/* Edge i (0, …, n) of cells around n rising centres. */
double ory_plot_heat_edge(const double *centre, size_t n, size_t i, bool log);
/* Values of the first and the last colour, low < high; false: no value has a colour. */
bool ory_plot_heat_range(const ory_plot_heat *h, double range[2]);
/* Place of a value between the colours, 0 to 1; NaN: it has none. */
double ory_plot_heat_share(const ory_plot_heat *h, const double range[2], double value);
/* Whether a place has no colour (so that the sign of it must be explained). */
bool ory_plot_heat_holes(const ory_plot_heat *h);

/* ------------------------------------------------- columns of a drawn series
 * However many points a series has, what is seen of it in one column of dots is where
 * it enters, where it leaves and its extremes. Walking a series gives neighbouring
 * points that fall into one column as one group; nothing is allocated, x may run in
 * any direction. Points outside lo..hi belong to the columns -1 and `columns` (so a
 * line still leaves at the right height). */
typedef struct ory_plot_walk {
    const ory_plot_series *s;
    bool log_x, log_y;
    double lo, per_unit; /* of x (log: of its logarithm) */
    double columns;
    size_t at;
} ory_plot_walk;

typedef struct ory_plot_group {
    size_t from, n;            /* points from, …, from+n-1 of the series */
    double column;             /* -1, 0, …, columns */
    double x_first, x_last;
    double first, last;        /* y where the group begins and ends; NaN: a gap there */
    double min, max;           /* over y, lo and hi; NaN when there is no value at all */
    bool joined;               /* a line comes here from the group before */
    bool off;                  /* holds a value <= 0 that has no place on the log axis */
} ory_plot_group;

/* x: the range as drawn. */
void ory_plot_walk_start(ory_plot_walk *w, const ory_plot *p, size_t series, const double x[2],
                         size_t columns);
bool ory_plot_walk_next(ory_plot_walk *w, ory_plot_group *group);

/* x of point i: its number when the series has none. */
static inline double ory_plot_x(const ory_plot_series *s, size_t i)
{
    return s->x ? s->x[i] : (double)i;
}

#endif
