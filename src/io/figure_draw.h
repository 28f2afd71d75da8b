/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure_draw.h - a plot drawn onto a cairo context, in points (1/72 inch).
 *
 * Thin frame, ticks inside, powers of ten raised, a palette that people with colour
 * blindness can tell apart, markers from two curves on so that a black-and-white print
 * can be read, bounds dashed with the theorem in the legend, the region below the
 * rounding floor shaded, the first violation crossed out in red. The legend stands
 * in a corner where no data is, or above the frame when there is no such corner. */
#ifndef ORY_IO_FIGURE_DRAW_H
#define ORY_IO_FIGURE_DRAW_H

#include <cairo.h>

#include "io/figure.h"

/* Draws into 0..width x 0..height; cairo keeps the first failure in its status. */
void ory_figure_draw(cairo_t *cr, const ory_plot *p, const ory_figure_style *style,
                     double width, double height);

/* figure_cells.c */
void ory_figure_cells_draw(cairo_t *cr, const ory_figure_cells *page);

#endif
