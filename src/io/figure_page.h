/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure_page.h - what the files that draw a printed plot share: the page, its sizes and
 * inks. Points (1/72 inch), y downwards. */
#ifndef ORY_IO_FIGURE_PAGE_H
#define ORY_IO_FIGURE_PAGE_H

#include <cairo.h>

#include "io/figure.h"
#include "io/ticks.h"

/* Sizes in points; all but the widths of lines follow the size of labels. */
typedef struct ory_fig_sizes {
    double small, text, title, tick, minor, gap, pad, sample;
    double line, frame, marker; /* widths of curves and of the frame, radius of markers */
} ory_fig_sizes;

typedef struct ory_rgb {
    double r, g, b;
} ory_rgb;

static const ory_rgb ink = {0.13, 0.13, 0.13}, grey = {0.45, 0.45, 0.45}, pale = {0.90, 0.90, 0.90},
                 ghost = {0.66, 0.66, 0.66}, red = {0.80, 0.05, 0.10};

typedef struct ory_fig_page {
    cairo_t *cr;
    const ory_plot *p;
    const ory_figure_style *style;
    ory_fig_sizes size;
    double width, height;
    double left, top, right, bottom; /* the frame */
    double xr[2], yr[2];             /* ranges */
    ory_figure_axis x, y;
    double zr[2];       /* range of the heat */
    ory_figure_axis z;
    size_t curves; /* series that are not bounds or ghosts */
} ory_fig_page;

/* figure_ink.c */
void ory_fig_ink(cairo_t *cr, ory_rgb c, double alpha);
ory_rgb ory_fig_series_ink(const ory_fig_page *g, size_t i);
/* A colour of the heat, share 0 to 1. */
ory_rgb ory_fig_heat_ink(const ory_figure_style *style, double share);
void ory_fig_sizes_set(ory_fig_page *g); /* from the style */
void ory_fig_start(const ory_fig_page *g); /* font and its options */
void ory_fig_size(cairo_t *cr, double size);
double ory_fig_text_width(cairo_t *cr, const char *text);
/* align 0: x is the left end, 0.5: the centre, 1: the right end; y is the base line. */
void ory_fig_text(cairo_t *cr, double x, double y, double align, const char *text);
void ory_fig_rule(cairo_t *cr, double x0, double y0, double x1, double y1); /* path only */

/* figure_curves.c */
double ory_fig_x(const ory_fig_page *g, double x);
double ory_fig_y(const ory_fig_page *g, double y);
void ory_fig_pen(const ory_fig_page *g, size_t i);
void ory_fig_marker(const ory_fig_page *g, size_t shape, double x, double y, ory_rgb c);
void ory_fig_cross(cairo_t *cr, double x, double y); /* a violation */
bool ory_fig_has_markers(const ory_fig_page *g, size_t i);
void ory_fig_series(const ory_fig_page *g); /* all of them, clipped to the frame */

/* figure_heat.c */
void ory_fig_heat(const ory_fig_page *g);           /* cells, clipped to the frame */
double ory_fig_heat_room(ory_fig_page *g);          /* width of scale and labels at the right; sets z */
void ory_fig_heat_scale(const ory_fig_page *g);     /* right of the frame */

/* figure_draw.c */
/* Width of a tick's label; drawn from x when draw is set. */
double ory_fig_tick_text(const ory_fig_page *g, const ory_figure_tick *t, double x, double y,
                         bool draw);
double ory_fig_widest_tick(const ory_fig_page *g, const ory_figure_axis *a);
void ory_fig_label_text(char out[200], const char *label, const char *unit);
void ory_fig_marks(const ory_fig_page *g);

/* figure_legend.c */
enum { ORY_FIG_ENTRIES = 64, ORY_FIG_ENTRY_TEXT = 160 };

typedef struct ory_fig_entry {
    size_t series;
    bool violation;
    char text[ORY_FIG_ENTRY_TEXT];
    double width;
} ory_fig_entry;

typedef struct ory_fig_legend {
    ory_fig_entry e[ORY_FIG_ENTRIES];
    size_t n;
    double widest;
} ory_fig_legend;

void ory_fig_legend_make(ory_fig_page *g, ory_fig_legend *l);
double ory_fig_line_height(const ory_fig_page *g);
void ory_fig_legend_entry(const ory_fig_page *g, const ory_fig_entry *e, double x, double y);
/* Rows of entries from left to right; returns how many rows they take. */
int ory_fig_legend_rows(const ory_fig_page *g, const ory_fig_legend *l, double top, bool draw);
/* A corner (or middle of an edge) of the frame where a box of w x h covers no data. */
bool ory_fig_legend_corner(const ory_fig_page *g, double w, double h, double *x, double *y);

#endif
