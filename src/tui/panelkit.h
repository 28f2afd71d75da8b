/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panelkit.h - what several panels need; not for others. */
#ifndef ORY_TUI_PANELKIT_H
#define ORY_TUI_PANELKIT_H

#include "tui/panel.h"
#include "tui/plotdraw.h"

static inline const char *ory_or_empty(const char *text)
{
    return text ? text : "";
}

static inline bool ory_given(const char *text)
{
    return text && *text;
}

static inline double ory_panel_number(const ory_panel *p, int option)
{
    return p->options.v ? ory_values_real(&p->options, option) : NAN;
}

/* Appends to a text of ORY_PANEL_TITLE bytes, cut at a whole character. */
void ory_title_add(char *title, const char *text);

/* The labels of the panel's quantities, joined. */
void ory_title_names(const ory_snapshot *s, const ory_panel *p, char *title);

/* ------------------------------------------------------------------ history */

enum { ORY_POINTS = 512 };

/* A history as points of a plot: per column the first value and the extremes. */
typedef struct ory_points {
    size_t n;
    double x[ORY_POINTS], y[ORY_POINTS], lo[ORY_POINTS], hi[ORY_POINTS];
} ory_points;

/* Bins from `from` on (steps), merged into at most `columns` (<= ORY_POINTS - 1)
 * columns that are equally wide on a linear or a logarithmic axis. by_time: x is t. */
void ory_points_fill(ory_points *out, const ory_bin *bins, size_t n, uint64_t from, bool by_time,
                     bool log_x, size_t columns);

/* Smallest and largest value of a history up to step k, NaN when there is none. */
void ory_bins_extremes(const ory_bin *bins, size_t n, uint64_t k, double *min, uint64_t *min_step,
                       double *max, uint64_t *max_step);

/* Time of the bin that holds a step; NaN: none. */
double ory_bins_time(const ory_bin *bins, size_t n, double step);

/* --------------------------------------------------------------------- heat */

/* Range of a set of numbers; symmetric about 0 when signs differ. false: none finite. */
typedef struct ory_heat {
    double lo, hi;
    bool diverging;
} ory_heat;

bool ory_heat_range(ory_heat *heat, const double *data, size_t n);
/* w columns of row y in the colour and shade of a value; NaN: '?' dim. */
void ory_heat_put(ory_canvas *c, int x, int y, int w, const ory_heat *heat, double value);
/* "-1.2 [shades] 3.4" in at most w columns; returns the columns used. */
int ory_heat_scale(ory_canvas *c, int x, int y, int w, const ory_heat *heat);
/* The role of a value's ink. */
int ory_heat_role(const ory_heat *heat, double value);

/* -------------------------------------------------------------------- plane */

/* World coordinates with equal scales on both axes, centred in a view of dots. */
typedef struct ory_plane {
    double x, y, scale; /* world point in the middle; dots per unit */
    double px, py;      /* the middle in dots */
} ory_plane;

ory_plane ory_plane_fit(const ory_canvas *c, double x0, double x1, double y0, double y1);

static inline double ory_plane_px(const ory_plane *p, double x)
{
    return p->px + (x - p->x) * p->scale;
}

static inline double ory_plane_py(const ory_plane *p, double y)
{
    return p->py - (y - p->y) * p->scale;
}

void ory_plane_line(ory_canvas *c, const ory_plane *p, double x0, double y0, double x1, double y1,
                    const ory_pen *pen);
void ory_plane_circle(ory_canvas *c, const ory_plane *p, double x, double y, double r,
                      const ory_pen *pen);

/* The level curve of a grid of values over x0..x1, y0..y1 (samples in the middles of
 * their cells, row 0 at y0), every stride-th number from data on, drawn into the dots of
 * a plot's area. */
void ory_contour(ory_plot_area *a, const double *data, size_t rows, size_t cols, size_t stride,
                 double level, const double x[2], const double y[2], const ory_pen *pen);

/* Extremes of n numbers with a stride; NaN and infinities are passed over. false: none. */
bool ory_extremes(const double *x, size_t n, size_t stride, double *lo, double *hi);

#endif
