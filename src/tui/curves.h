/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curves.h - histories of quantities as a plot: what trace, meter and dial draw.
 *
 * Curves of every lockstep run, bounds from the quantities that bound them, forks and
 * pinned curves as ghosts, the known future after a seek back as a ghost of its own
 * run, knob changes and markers as vertical lines, given values as horizontal ones.
 * Lives on the stack: about 300 kB. */
#ifndef ORY_TUI_CURVES_H
#define ORY_TUI_CURVES_H

#include "tui/panelkit.h"

enum { ORY_CURVES_MAX = 14, ORY_CURVE_MARKS = 12, ORY_CURVE_LINES = 6 };

typedef struct ory_curves {
    ory_plot plot;
    ory_plot_look look;
    ory_plot_series series[2 * ORY_CURVES_MAX]; /* a curve and its future */
    ory_points points[ORY_CURVES_MAX];
    char names[ORY_CURVES_MAX][80];
    ory_plot_mark marks[ORY_CURVE_LINES + ORY_CURVE_MARKS];
    char lines[ORY_CURVE_LINES][40]; /* their texts */
    size_t n_curves, n_lines, columns;
} ory_curves;

/* What to show. */
typedef struct ory_curves_of {
    const ory_snapshot *snapshot;
    const ory_snap_run *run;
    const char (*names)[ORY_PANEL_NAME];
    size_t n_names;
    bool bounds, ghosts, marks;
    bool log_x, log_y;
    double last;   /* only so many steps back from the furthest; NaN: all */
    double lo, hi; /* limits of y; NaN: from the data */
    int width;     /* columns of the view */
    const char *lines;  /* horizontal lines, "1 edge, 0.5": a number, then its text; or NULL */
    const char *dashed; /* of the names, those drawn as bounds are, "theory, other"; or NULL */
} ory_curves_of;

/* Fills the plot; false when not one curve has a point. */
bool ory_curves_make(ory_curves *c, const ory_curves_of *of);

#endif
