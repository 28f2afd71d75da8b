/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plotdraw.h - an ory_plot (io/plot.h) as cells.
 *
 * Curves are dots (braille, quadrants or ASCII), bounds dashed with the theorem's
 * name in the legend, ghosts dotted and faint; extremes fill a column, the region
 * below the floor is shaded, the first violated point is marked. Points that have
 * no place on a log axis are marked at the lower edge, points outside given limits
 * at the edge they left by. The legend has rows of its own and never covers data.
 * From two curves on every curve carries its marker, so that a frame without
 * colours can be read. Nothing is allocated. */
#ifndef ORY_TUI_PLOTDRAW_H
#define ORY_TUI_PLOTDRAW_H

#include <math.h>

#include "io/plot.h"
#include "tui/axis.h"
#include "tui/canvas.h"

enum { ORY_PLOT_WINDOW = 64 }; /* longest running average */

typedef struct ory_plot_look {
    bool no_legend, no_labels; /* labels: the row of x labels, the column of y labels */
    int smooth;                /* > 1: running average over so many points, over the raw curve */
    double cursor;             /* vertical line at x; NaN: none */
    bool dots;                 /* draw points of LINE series too */
} ory_plot_look;

static inline ory_plot_look ory_plot_look_plain(void)
{
    return (ory_plot_look){.cursor = NAN};
}

/* Into the whole view, without frame and title. */
void ory_plot_draw(const ory_plot *p, const ory_plot_look *look, ory_canvas *c);

/* With a frame that carries title and value; what the prompt shows. */
void ory_plot_draw_framed(const ory_plot *p, const ory_plot_look *look, ory_canvas *c);

/* The area of the data alone, for panels that draw more into it. */
typedef struct ory_plot_area {
    ory_canvas view;     /* where dots go; its width and height in cells */
    ory_scale x, y;
} ory_plot_area;

/* Axes, labels, legend, floor and marks; returns the area without drawing any series.
 * ory_plot_draw is this and then every series. */
ory_plot_area ory_plot_axes(const ory_plot *p, const ory_plot_look *look, ory_canvas *c);
void ory_plot_series_draw(const ory_plot *p, size_t i, const ory_plot_look *look,
                          ory_plot_area *area);

/* The style a curve has in legend and plot: role and marker of series i. */
ory_style ory_plot_style(const ory_plot *p, size_t i);

#endif
