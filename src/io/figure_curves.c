/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure_curves.c - the series of a printed plot: lines, steps, bars, bands, markers. */
#include "config.h"

#include "io/figure_page.h"

#include <math.h>

/* cairo's coordinates are 24.8 bits: values far outside are held at a distance. */
static double held(double v)
{
    return v < -20000 ? -20000 : v > 20000 ? 20000 : v;
}

double ory_fig_x(const ory_fig_page *g, double x)
{
    return held(g->left + ory_figure_axis_at(&g->x, x) * (g->right - g->left));
}

double ory_fig_y(const ory_fig_page *g, double y)
{
    return held(g->bottom - ory_figure_axis_at(&g->y, y) * (g->bottom - g->top));
}

static void marker_path(cairo_t *cr, size_t shape, double x, double y, double r)
{
    static const double turn[] = {0, M_PI / 4, -M_PI / 2, 0, M_PI / 2, M_PI / 10, M_PI / 4, 0};
    static const int corners[] = {0, 4, 3, 4, 3, 5, 6, 8};
    const size_t k = shape % 8;
    int i;

    cairo_new_sub_path(cr);
    if (corners[k] == 0) {
        cairo_arc(cr, x, y, r, 0, 2 * M_PI);
        return;
    }
    for (i = 0; i < corners[k]; i++) {
        const double a = turn[k] + 2 * M_PI * i / corners[k];

        cairo_line_to(cr, x + 1.15 * r * cos(a), y + 1.15 * r * sin(a));
    }
    cairo_close_path(cr);
}

void ory_fig_marker(const ory_fig_page *g, size_t shape, double x, double y, ory_rgb c)
{
    cairo_t *cr = g->cr;

    marker_path(cr, shape, x, y, g->size.marker);
    cairo_set_dash(cr, NULL, 0, 0);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_fill_preserve(cr);
    ory_fig_ink(cr, c, 1);
    cairo_set_line_width(cr, 0.75 * g->size.line);
    cairo_stroke(cr);
}

/* The pen of series i: width, dashes (bounds differ by pattern too), colour. */
void ory_fig_pen(const ory_fig_page *g, size_t i)
{
    static const double widths[] = {
        [ORY_PLOT_CURVE] = 1, [ORY_PLOT_BOUND] = 0.85, [ORY_PLOT_GHOST] = 0.7};
    static const double dashes[3][4] = {{4.5, 2.5, 4.5, 2.5}, {6, 2, 1, 2}, {1.8, 1.8, 1.8, 1.8}};
    const ory_plot_series *s = &g->p->series[i];
    cairo_t *cr = g->cr;
    size_t before = 0, j;

    for (j = 0; j < i; j++)
        before += g->p->series[j].role == ORY_PLOT_BOUND;
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(cr, s->role == ORY_PLOT_BOUND ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND);
    cairo_set_dash(cr, dashes[before % 3], s->role == ORY_PLOT_BOUND ? 4 : 0, 0);
    cairo_set_line_width(cr, widths[s->role] * g->size.line);
    ory_fig_ink(cr, ory_fig_series_ink(g, i), 1);
}

/* One group of points: enter, touch both extremes, leave. */
static void group_path(const ory_fig_page *g, const ory_plot_group *k)
{
    const double middle = ory_fig_x(g, (k->x_first + k->x_last) / 2);
    const bool enters = !isnan(k->first);

    if (isnan(k->min))
        return;
    if (!enters)
        cairo_move_to(g->cr, middle, ory_fig_y(g, k->min));
    else if (k->joined)
        cairo_line_to(g->cr, ory_fig_x(g, k->x_first), ory_fig_y(g, k->first));
    else
        cairo_move_to(g->cr, ory_fig_x(g, k->x_first), ory_fig_y(g, k->first));
    if (!enters || isnan(k->last) || k->min < fmin(k->first, k->last) ||
        k->max > fmax(k->first, k->last)) {
        const bool low_first = enters && k->first - k->min < k->max - k->first;

        cairo_line_to(g->cr, middle, ory_fig_y(g, low_first ? k->min : k->max));
        cairo_line_to(g->cr, middle, ory_fig_y(g, low_first ? k->max : k->min));
    }
    if (!isnan(k->last))
        cairo_line_to(g->cr, ory_fig_x(g, k->x_last), ory_fig_y(g, k->last));
}

static size_t columns_of(const ory_fig_page *g)
{
    return (size_t)fmax(16, 3 * (g->right - g->left));
}

/* The extremes of a band are its area, not part of its line. */
static void line_path(const ory_fig_page *g, size_t i)
{
    ory_plot_series line = g->p->series[i];
    ory_plot_walk w;
    ory_plot_group k;

    if (line.kind == ORY_PLOT_BAND)
        line.lo = line.hi = NULL;
    ory_plot_walk_start(&w, g->p, i, g->xr, columns_of(g));
    w.s = &line;
    while (ory_plot_walk_next(&w, &k))
        group_path(g, &k);
}

static bool placed(const ory_fig_page *g, double x, double y)
{
    return isfinite(x) && isfinite(y) && !(g->p->x.log && x <= 0) && !(g->p->y.log && y <= 0);
}

static void steps_path(const ory_fig_page *g, const ory_plot_series *s)
{
    bool pen_down = false;
    size_t i;

    for (i = 0; i < s->n; i++) {
        const double x = ory_plot_x(s, i);

        if (!placed(g, x, s->y[i])) {
            pen_down = false;
            continue;
        }
        if (pen_down)
            cairo_line_to(g->cr, ory_fig_x(g, x), ory_fig_y(g, s->y[i - 1]));
        else
            cairo_move_to(g->cr, ory_fig_x(g, x), ory_fig_y(g, s->y[i]));
        cairo_line_to(g->cr, ory_fig_x(g, x), ory_fig_y(g, s->y[i]));
        pen_down = true;
    }
}

static void bars_path(const ory_fig_page *g, const ory_plot_series *s)
{
    const double base = g->p->y.log ? g->bottom : fmin(fmax(ory_fig_y(g, 0), g->top), g->bottom);
    double width = (g->right - g->left) / 3, x;
    size_t i;

    for (i = 1; i < s->n; i++) {
        const double step = fabs(ory_fig_x(g, ory_plot_x(s, i)) - ory_fig_x(g, ory_plot_x(s, i - 1)));

        if (step > 0)
            width = fmin(width, step);
    }
    for (i = 0; i < s->n; i++) {
        if (!placed(g, ory_plot_x(s, i), s->y[i]))
            continue;
        x = ory_fig_x(g, ory_plot_x(s, i));
        cairo_rectangle(g->cr, x - 0.4 * width, ory_fig_y(g, s->y[i]), 0.8 * width,
                        base - ory_fig_y(g, s->y[i]));
    }
}

/* Filled pieces between lo and hi; a value without a place ends a piece. */
static void band_path(const ory_fig_page *g, const ory_plot_series *s)
{
    size_t from = 0, to, i;

    while (from < s->n) {
        for (to = from; to < s->n && placed(g, ory_plot_x(s, to), s->lo[to]) &&
                        placed(g, ory_plot_x(s, to), s->hi[to]);)
            to++;
        if (to > from) {
            cairo_new_sub_path(g->cr);
            for (i = from; i < to; i++)
                cairo_line_to(g->cr, ory_fig_x(g, ory_plot_x(s, i)), ory_fig_y(g, s->hi[i]));
            for (i = to; i-- > from;)
                cairo_line_to(g->cr, ory_fig_x(g, ory_plot_x(s, i)), ory_fig_y(g, s->lo[i]));
            cairo_close_path(g->cr);
        }
        from = to > from ? to : from + 1;
    }
}

/* About seven markers along a curve, at different places for different curves. */
static void spread_markers(const ory_fig_page *g, size_t i)
{
    const double columns = (double)columns_of(g), distance = columns / 7;
    double next = distance * (0.3 + 0.61 * (double)i - floor(0.61 * (double)i));
    ory_plot_walk w;
    ory_plot_group k;

    ory_plot_walk_start(&w, g->p, i, g->xr, columns_of(g));
    while (ory_plot_walk_next(&w, &k)) {
        if (k.column < next || k.column >= columns || isnan(k.first))
            continue;
        ory_fig_marker(g, i, ory_fig_x(g, k.x_first), ory_fig_y(g, k.first), ory_fig_series_ink(g, i));
        next = fmax(next + distance, k.column + distance / 2);
    }
}

static bool named(const ory_plot_series *s)
{
    return s->name && *s->name;
}

bool ory_fig_has_markers(const ory_fig_page *g, size_t i)
{
    return g->curves > 1 && g->p->series[i].role == ORY_PLOT_CURVE &&
           (g->p->series[i].kind == ORY_PLOT_LINE ||
            (g->p->series[i].kind == ORY_PLOT_BAND && g->p->series[i].y && named(&g->p->series[i])));
}

/* Values that have no place on a log axis: a triangle at the lower edge. */
static void draw_off(const ory_fig_page *g, size_t i)
{
    double last = -1e9, x;
    ory_plot_walk w;
    ory_plot_group k;

    ory_plot_walk_start(&w, g->p, i, g->xr, columns_of(g));
    while (ory_plot_walk_next(&w, &k)) {
        x = ory_fig_x(g, k.x_first);
        if (!k.off || x < last + 5 || x < g->left - 1 || x > g->right + 1)
            continue;
        cairo_new_path(g->cr);
        marker_path(g->cr, 4, x, g->bottom - 2.6, 2.1);
        ory_fig_ink(g->cr, ory_fig_series_ink(g, i), 1);
        cairo_fill(g->cr);
        last = x;
    }
}

static void draw_series(const ory_fig_page *g, size_t i)
{
    const ory_plot_series *s = &g->p->series[i];
    cairo_t *cr = g->cr;
    size_t j;

    cairo_new_path(cr);
    if (s->kind == ORY_PLOT_BAND && s->lo && s->hi) {
        band_path(g, s);
        ory_fig_ink(cr, ory_fig_series_ink(g, i), 0.22);
        cairo_fill(cr);
    }
    if (!s->y)
        return;
    if (s->kind == ORY_PLOT_BARS) {
        bars_path(g, s);
        ory_fig_ink(cr, ory_fig_series_ink(g, i), 0.85);
        cairo_fill(cr);
        return;
    }
    if (s->kind == ORY_PLOT_POINTS) {
        for (j = 0; j < s->n; j++)
            if (placed(g, ory_plot_x(s, j), s->y[j]))
                ory_fig_marker(g, i, ory_fig_x(g, ory_plot_x(s, j)), ory_fig_y(g, s->y[j]),
                            ory_fig_series_ink(g, i));
        return;
    }
    ory_fig_pen(g, i);
    if (s->kind == ORY_PLOT_STEPS)
        steps_path(g, s);
    else
        line_path(g, i);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0);
}

/* y of series s at its first point from x on; NaN when there is none. */
static double value_at(const ory_plot_series *s, double x)
{
    size_t i;

    for (i = 0; s->y && i < s->n; i++)
        if (ory_plot_x(s, i) >= x)
            return s->y[i];
    return NAN;
}

void ory_fig_cross(cairo_t *cr, double x, double y)
{
    const double r = 3;

    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    ory_fig_rule(cr, x - r, y - r, x + r, y + r);
    ory_fig_rule(cr, x - r, y + r, x + r, y - r);
    ory_fig_ink(cr, red, 1);
    cairo_set_line_width(cr, 1.6);
    cairo_stroke(cr);
}

static void draw_violations(const ory_fig_page *g)
{
    size_t i;

    for (i = 0; i < g->p->n_series; i++) {
        const ory_plot_series *s = &g->p->series[i];
        const double y = isfinite(s->violation) ? value_at(s, s->violation) : NAN;

        if (placed(g, s->violation, y))
            ory_fig_cross(g->cr, ory_fig_x(g, s->violation), ory_fig_y(g, y));
    }
}

/* Ghosts below bounds below curves, then markers, so that no curve hides a marker. */
void ory_fig_series(const ory_fig_page *g)
{
    static const ory_plot_role order[] = {ORY_PLOT_GHOST, ORY_PLOT_BOUND, ORY_PLOT_CURVE};
    size_t i, layer;

    cairo_save(g->cr);
    cairo_rectangle(g->cr, g->left, g->top, g->right - g->left, g->bottom - g->top);
    cairo_clip(g->cr);
    for (layer = 0; layer < 3; layer++)
        for (i = 0; i < g->p->n_series; i++)
            if (g->p->series[i].role == order[layer])
                draw_series(g, i);
    for (i = 0; i < g->p->n_series; i++) {
        if (ory_fig_has_markers(g, i))
            spread_markers(g, i);
        if (g->p->y.log)
            draw_off(g, i);
    }
    draw_violations(g);
    cairo_restore(g->cr);
}
