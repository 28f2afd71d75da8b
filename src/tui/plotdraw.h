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
#include <stdint.h>

#include "io/plot.h"
#include "tui/axis.h"
#include "tui/canvas.h"

enum { ORY_PLOT_WINDOW = 64 }; /* longest running average */

typedef struct ory_plot_look {
    bool no_legend, no_labels; /* labels: the row of x labels, the column of y labels */
    int smooth;                /* > 1: running average over so many points, over the raw curve */
    double cursor;             /* vertical line at x; NaN: none */
    bool dots;                 /* draw points of LINE series too */
    bool align;                /* widen given limits of y so that ticks fall on rows */
} ory_plot_look;

static inline ory_plot_look ory_plot_look_plain(void)
{
    return (ory_plot_look){.cursor = NAN};
}

/* Into the whole view, without frame and title. */
void ory_plot_draw(const ory_plot *p, const ory_plot_look *look, ory_canvas *c);

/* With a frame that carries title and value; what the prompt shows. */
void ory_plot_draw_framed(const ory_plot *p, const ory_plot_look *look, ory_canvas *c);

/* A character that stands above the dots: a marker, a violation, a clipped point. */
typedef struct ory_plot_spot {
    int x, y;
    uint32_t cp;
    ory_style style;
} ory_plot_spot;

enum { ORY_PLOT_SPOTS = 160 };

/* The area of the data alone, for panels that draw more into it. */
typedef struct ory_plot_area {
    ory_canvas view; /* where dots go; its width and height in cells */
    ory_scale x, y;
    ory_plot_spot spots[ORY_PLOT_SPOTS];
    int n_spots;
} ory_plot_area;

/* ory_plot_draw is these three: axes, labels, legend, floor; the series' dots; then
 * dots to characters with spots, texts of marks and the cursor above them. */
void ory_plot_axes(const ory_plot *p, const ory_plot_look *look, ory_canvas *c,
                   ory_plot_area *area);
void ory_plot_series_draw(const ory_plot *p, size_t i, const ory_plot_look *look,
                          ory_plot_area *area);
void ory_plot_finish(const ory_plot *p, const ory_plot_look *look, ory_plot_area *area);

/* A value as dots of the area: x from the left, y from the top; not finite where the
 * value has no place. */
static inline double ory_plot_px(const ory_plot_area *a, double x)
{
    return ory_scale_at(&a->x, x);
}

static inline double ory_plot_py(const ory_plot_area *a, double y)
{
    return a->y.dots - 1 - ory_scale_at(&a->y, y);
}

void ory_plot_spot_add(ory_plot_area *a, int x, int y, uint32_t cp, ory_style style);

/* plotheat.c: the cells of the plot's heat into the area, and in one row of c, from column x
 * on, the scale of its colours, what is hatched and the label; returns columns used. */
void ory_plot_heat_draw(const ory_plot *p, ory_plot_area *a);
int ory_plot_heat_scale(const ory_plot *p, ory_canvas *c, int x, int y, int w);

/* The style a series has in legend and plot. */
ory_style ory_plot_style(const ory_plot *p, size_t i);

/* The marker of a series (row of glyphs->marker), or -1: it needs none. */
int ory_plot_marker(const ory_plot *p, size_t i);

/* The theorem's name without the paper's: "Xu et al. 2025, Theorem 3.1" as "Theorem 3.1",
 * and as "Thm 3.1". */
void ory_theorem_name(const char *source, char *text, size_t size);
void ory_theorem_short(const char *source, char *text, size_t size);

/* plotlegend.c: draws at most `rows` rows; returns the rows it takes. c NULL: only
 * counts, for width w. */
int ory_plot_legend(const ory_plot *p, ory_canvas *c, const ory_glyphs *g, int x, int w, int rows);

#endif
