/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panelkit.c - histories as points, heat colours, planes: see panelkit.h. */
#include "config.h"

#include "tui/panelkit.h"

#include <stdio.h>
#include <string.h>

#include "tui/utf8.h"

/* ------------------------------------------------------------------- titles */

void ory_title_add(char *title, const char *text)
{
    size_t n = strlen(title), m = strlen(text), room = ORY_PANEL_TITLE - 1 - n;

    if (m > room) {
        m = room;
        while (m > 0 && ((unsigned char)text[m] & 0xC0) == 0x80)
            m--;
    }
    memcpy(title + n, text, m);
    title[n + m] = 0;
}

void ory_title_names(const ory_snapshot *s, const ory_panel *p, char *title)
{
    for (size_t i = 0; i < p->n_names; i++) {
        const ory_snap_quantity *q = ory_panel_quantity(s, p, i);
        if (i)
            ory_title_add(title, " · ");
        if (i == 3 && p->n_names > 4) {
            ory_title_add(title, "…");
            return;
        }
        ory_title_add(title, q ? ory_snap_label(q) : p->names[i]);
    }
}

/* ------------------------------------------------------------------ history */

/* The column boundaries walk along with the bins, so a logarithmic axis costs one
 * power per column and not one logarithm per bin. */
typedef struct grid {
    double x0, x1;
    bool log;
    size_t columns, at;
    double end; /* of column `at` */
} grid;

static double boundary(const grid *g, size_t column)
{
    double u = (double)column / (double)g->columns;

    if (column >= g->columns)
        return INFINITY;
    return g->log ? g->x0 * pow(g->x1 / g->x0, u) : g->x0 + (g->x1 - g->x0) * u;
}

static void grid_start(grid *g, double x0, double x1, bool log, size_t columns)
{
    *g = (grid){.x0 = x0, .x1 = x1, .log = log, .columns = columns ? columns : 1};
    if (log && !(g->x0 > 0))
        g->x0 = g->x1 > 1 ? 1 : g->x1 / 2;
    if (!(g->x1 > g->x0) || (log && !(g->x0 > 0)))
        g->columns = 1;
    g->end = boundary(g, 1);
}

static double bin_x(const ory_bin *b, bool by_time)
{
    return by_time ? b->t : (double)b->step;
}

static void point_start(ory_points *out, double x, const ory_bin *b)
{
    size_t i = out->n++;

    out->x[i] = x;
    out->y[i] = b->first;
    out->lo[i] = b->min;
    out->hi[i] = b->max;
}

static void point_merge(ory_points *out, const ory_bin *b)
{
    size_t i = out->n - 1;

    if (b->min < out->lo[i] || isnan(out->lo[i]))
        out->lo[i] = b->min;
    if (b->max > out->hi[i] || isnan(out->hi[i]))
        out->hi[i] = b->max;
    if (isnan(out->y[i]))
        out->y[i] = b->first;
}

void ory_points_fill(ory_points *out, const ory_bin *bins, size_t n, uint64_t from, bool by_time,
                     bool log_x, size_t columns)
{
    grid g;
    size_t i = 0;
    bool any = false;

    out->n = 0;
    while (i < n && bins[i].last_step < from)
        i++;
    if (i == n)
        return;
    if (columns > ORY_POINTS - 2)
        columns = ORY_POINTS - 2;
    grid_start(&g, bin_x(bins + i, by_time), bin_x(bins + n - 1, by_time), log_x, columns);
    for (; i < n; i++) {
        double x = bin_x(bins + i, by_time);
        bool next = !any || x >= g.end;
        while (g.at + 1 < g.columns && x >= g.end)
            g.end = boundary(&g, ++g.at + 1);
        if (next && out->n < ORY_POINTS - 1)
            point_start(out, x < (double)from && !by_time ? (double)from : x, bins + i);
        else
            point_merge(out, bins + i);
        any = true;
    }
    const ory_bin *last = bins + n - 1;
    if (last->count > 1 && last->last_step > last->step && !by_time) {
        out->x[out->n] = (double)last->last_step;
        out->y[out->n] = out->lo[out->n] = out->hi[out->n] = last->last;
        out->n++;
    } else if (out->n > 1 && last->step != bins[0].step) {
        out->x[out->n - 1] = bin_x(last, by_time);
        out->y[out->n - 1] = last->last;
    }
}

void ory_bins_extremes(const ory_bin *bins, size_t n, uint64_t k, double *min, uint64_t *min_step,
                       double *max, uint64_t *max_step)
{
    *min = *max = NAN;
    *min_step = *max_step = 0;
    for (size_t i = 0; i < n && bins[i].step <= k; i++) {
        if (bins[i].min < *min || (isnan(*min) && !isnan(bins[i].min))) {
            *min = bins[i].min;
            *min_step = bins[i].step;
        }
        if (bins[i].max > *max || (isnan(*max) && !isnan(bins[i].max))) {
            *max = bins[i].max;
            *max_step = bins[i].step;
        }
    }
}

double ory_bins_time(const ory_bin *bins, size_t n, double step)
{
    size_t lo = 0, hi = n;

    if (n == 0 || isnan(step))
        return NAN;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if ((double)bins[mid].step <= step)
            lo = mid + 1;
        else
            hi = mid;
    }
    return bins[lo ? lo - 1 : 0].t;
}

/* --------------------------------------------------------------------- heat */

bool ory_extremes(const double *x, size_t n, size_t stride, double *lo, double *hi)
{
    *lo = INFINITY;
    *hi = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        double v = x[i * stride];
        if (!isfinite(v))
            continue;
        *lo = v < *lo ? v : *lo;
        *hi = v > *hi ? v : *hi;
    }
    return *lo <= *hi;
}

bool ory_heat_range(ory_heat *heat, const double *data, size_t n)
{
    *heat = (ory_heat){0, 1, false};
    if (!data || !ory_extremes(data, n, 1, &heat->lo, &heat->hi)) {
        *heat = (ory_heat){0, 1, false};
        return false;
    }
    if (heat->lo < 0) {
        double size = fmax(-heat->lo, heat->hi);
        heat->lo = -size;
        heat->hi = size;
        heat->diverging = true;
    } else if (heat->lo > 0 && heat->lo < 0.5 * heat->hi) {
        heat->lo = 0;
    }
    return true;
}

/* Position of a value in 0..1. */
static double heat_share(const ory_heat *heat, double value)
{
    double half = heat->hi / 2 - heat->lo / 2;

    if (!(half > 0))
        return heat->diverging ? 0.5 : heat->hi != 0; /* nothing but zeros is empty */
    double u = (value / 2 - heat->lo / 2) / half;
    return u < 0 ? 0 : u > 1 ? 1 : u;
}

int ory_heat_role(const ory_heat *heat, double value)
{
    const int n = heat->diverging ? ORY_DIVERGING_LEVELS : ORY_HEAT_LEVELS;

    if (isnan(value))
        return ORY_ROLE_NA;
    return (heat->diverging ? ORY_ROLE_DIVERGING : ORY_ROLE_HEAT) +
           (int)lround(heat_share(heat, value) * (n - 1));
}

/* Ink and ground are the same: with many colours a cell is a plain square, with few
 * its shade tells. */
void ory_heat_put(ory_canvas *c, int x, int y, int w, const ory_heat *heat, double value)
{
    const ory_glyphs *g = c->glyphs;

    if (isnan(value)) {
        ory_canvas_hline(c, x, y, w, '?', ory_ink(ORY_ROLE_NA));
        return;
    }
    double u = heat_share(heat, value);
    double size = heat->diverging ? fabs(2 * u - 1) : u;
    int level = (int)lround(size * (ORY_SHADES - 1)), role = ory_heat_role(heat, value);
    uint32_t cp = heat->diverging && u < 0.5 ? g->hatch[level] : g->shade[level];
    ory_canvas_hline(c, x, y, w, cp, (ory_style){(uint8_t)role, (uint8_t)role, 0});
}

int ory_heat_scale(ory_canvas *c, int x, int y, int w, const ory_heat *heat)
{
    char lo[32], hi[32];
    int a, b, n;

    ory_value_text(heat->lo, lo, sizeof lo);
    ory_value_text(heat->hi, hi, sizeof hi);
    a = ory_text_width(c->glyphs, lo);
    b = ory_text_width(c->glyphs, hi);
    n = w - a - b - 2;
    if (n > 24)
        n = 24;
    if (n < 5)
        return 0;
    ory_canvas_text(c, x, y, lo, ory_ink(ORY_ROLE_LABEL));
    for (int i = 0; i < n; i++)
        ory_heat_put(c, x + a + 1 + i, y, 1, heat,
                     heat->lo + (heat->hi / 2 - heat->lo / 2) * 2 * i / (n - 1));
    ory_canvas_text(c, x + a + n + 2, y, hi, ory_ink(ORY_ROLE_LABEL));
    return a + n + b + 2;
}

/* -------------------------------------------------------------------- plane */

ory_plane ory_plane_fit(const ory_canvas *c, double x0, double x1, double y0, double y1)
{
    const double w = fmax(ory_dots_w(c) - 1, 1), h = fmax(ory_dots_h(c) - 1, 1);
    double dx = x1 - x0, dy = y1 - y0;
    ory_plane p = {(x0 + x1) / 2, (y0 + y1) / 2, 1, w / 2, h / 2};

    if (!(dx > 0) && !(dy > 0))
        dx = dy = 1;
    p.scale = fmin(dx > 0 ? w / dx : INFINITY, dy > 0 ? h / dy : INFINITY);
    return p;
}

void ory_plane_line(ory_canvas *c, const ory_plane *p, double x0, double y0, double x1, double y1,
                    const ory_pen *pen)
{
    ory_dots_line(c, ory_plane_px(p, x0), ory_plane_py(p, y0), ory_plane_px(p, x1),
                  ory_plane_py(p, y1), pen);
}

void ory_plane_circle(ory_canvas *c, const ory_plane *p, double x, double y, double r,
                      const ory_pen *pen)
{
    ory_dots_circle(c, ory_plane_px(p, x), ory_plane_py(p, y), r * p->scale, r * p->scale, pen);
}

/* ------------------------------------------------------------------ contour */

/* Where a level is crossed between two neighbours, 0..1, or NaN. */
static double crossing(double a, double b, double level)
{
    if (isnan(a) || isnan(b) || (a < level) == (b < level))
        return NAN;
    double u = (level - a) / (b - a);
    return isfinite(u) ? u : 0.5;
}

typedef struct sampled {
    const double *data;
    size_t cols, stride;
} sampled;

static double sample(const sampled *g, size_t i, size_t j)
{
    return g->data[(i * g->cols + j) * g->stride];
}

/* Marching squares: the crossings of the four edges in order, joined in pairs. */
static void contour_square(ory_plot_area *a, const sampled *g, size_t i, size_t j, double level,
                           const double origin[2], const double step[2], const ory_pen *pen)
{
    const double v00 = sample(g, i, j), v01 = sample(g, i, j + 1);
    const double v10 = sample(g, i + 1, j), v11 = sample(g, i + 1, j + 1);
    const double edge[4] = {crossing(v00, v01, level), crossing(v01, v11, level),
                            crossing(v10, v11, level), crossing(v00, v10, level)};
    double px[4], py[4];
    int n = 0;

    for (int e = 0; e < 4; e++) {
        if (isnan(edge[e]))
            continue;
        double u = e == 1 ? 1 : e == 3 ? 0 : edge[e], v = e == 0 ? 0 : e == 2 ? 1 : edge[e];
        px[n] = ory_plot_px(a, origin[0] + ((double)j + 0.5 + u) * step[0]);
        py[n++] = ory_plot_py(a, origin[1] + ((double)i + 0.5 + v) * step[1]);
    }
    for (int k = 0; k + 1 < n; k += 2)
        ory_dots_line(&a->view, px[k], py[k], px[k + 1], py[k + 1], pen);
}

void ory_contour(ory_plot_area *a, const double *data, size_t rows, size_t cols, size_t stride,
                 double level, const double x[2], const double y[2], const ory_pen *pen)
{
    const sampled g = {data, cols, stride};
    const double origin[2] = {x[0], y[0]};
    const double step[2] = {(x[1] - x[0]) / (double)cols, (y[1] - y[0]) / (double)rows};

    for (size_t i = 0; i + 1 < rows; i++)
        for (size_t j = 0; j + 1 < cols; j++)
            contour_square(a, &g, i, j, level, origin, step, pen);
}
