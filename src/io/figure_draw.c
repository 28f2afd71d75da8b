/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure_draw.c - frame, axes, floor, marks and layout of a printed plot. */
#include "config.h"

#include "io/figure_draw.h"

#include <math.h>
#include <stdio.h>

#include "io/figure_page.h"

/* --------------------------------------------------------------------- axes */

static void exponent_text(char text[16], int exponent)
{
    snprintf(text, 16, "%s%d", exponent < 0 ? "\xe2\x88\x92" : "", exponent < 0 ? -exponent
                                                                                : exponent);
}

/* Numbers get a true minus sign. */
static void number_text(char out[32], const char *text)
{
    snprintf(out, 32, "%s%s", *text == '-' ? "\xe2\x88\x92" : "", *text == '-' ? text + 1 : text);
}

double ory_fig_tick_text(const ory_fig_page *g, const ory_figure_tick *t, double x, double y,
                         bool draw)
{
    cairo_t *cr = g->cr;
    char base[32], up[16];
    double w;

    number_text(base, t->text);
    ory_fig_size(cr, g->size.text);
    w = ory_fig_text_width(cr, base);
    if (draw)
        ory_fig_text(cr, x, y, 0, base);
    if (!t->power)
        return w;
    exponent_text(up, t->exponent);
    ory_fig_size(cr, 0.72 * g->size.text);
    if (draw)
        ory_fig_text(cr, x + w + 0.4, y - 0.42 * g->size.text, 0, up);
    w += 0.4 + ory_fig_text_width(cr, up);
    ory_fig_size(cr, g->size.text);
    return w;
}

static void aligned_tick(const ory_fig_page *g, const ory_figure_tick *t, double x, double y,
                         double align)
{
    ory_fig_tick_text(g, t, x - align * ory_fig_tick_text(g, t, 0, 0, false), y, true);
}

double ory_fig_widest_tick(const ory_fig_page *g, const ory_figure_axis *a)
{
    double widest = 0;
    int i;

    for (i = 0; i < a->n; i++)
        widest = fmax(widest, ory_fig_tick_text(g, &a->tick[i], 0, 0, false));
    return widest;
}

void ory_fig_label_text(char out[200], const char *label, const char *unit)
{
    const bool given = unit && *unit;

    snprintf(out, 200, "%s%s%s%s", label ? label : "", given ? " (" : "", given ? unit : "",
             given ? ")" : "");
}

/* "×10⁵" behind an axis whose numbers are scaled; y is the base line. */
static void scale_text(const ory_fig_page *g, const ory_figure_axis *a, double x, double y, double align)
{
    ory_figure_tick t = {.text = "\xc3\x97" "10", .power = true, .exponent = a->scale};

    if (a->scaled)
        ory_fig_tick_text(g, &t, x - align * ory_fig_tick_text(g, &t, 0, 0, false), y, true);
}

/* Ticks point inwards on all four sides; labels below and at the left. */
static void draw_ticks(const ory_fig_page *g)
{
    cairo_t *cr = g->cr;
    const double w = g->right - g->left, h = g->bottom - g->top;
    int i, side;

    for (side = 0; side < 2; side++) {
        const double up = side ? -1 : 1, y = side ? g->bottom : g->top,
                     x = side ? g->right : g->left;

        for (i = 0; i < g->x.n; i++)
            ory_fig_rule(cr, g->left + g->x.tick[i].at * w, y, g->left + g->x.tick[i].at * w,
                 y + up * g->size.tick);
        for (i = 0; i < g->x.n_minor; i++)
            ory_fig_rule(cr, g->left + g->x.minor[i] * w, y, g->left + g->x.minor[i] * w,
                 y + up * g->size.minor);
        for (i = 0; i < g->y.n; i++)
            ory_fig_rule(cr, x, g->bottom - g->y.tick[i].at * h, x + up * g->size.tick,
                 g->bottom - g->y.tick[i].at * h);
        for (i = 0; i < g->y.n_minor; i++)
            ory_fig_rule(cr, x, g->bottom - g->y.minor[i] * h, x + up * g->size.minor,
                 g->bottom - g->y.minor[i] * h);
    }
    ory_fig_ink(cr, ink, 1);
    cairo_set_line_width(cr, 0.7 * g->size.frame);
    cairo_stroke(cr);
}

static void draw_axes(const ory_fig_page *g)
{
    cairo_t *cr = g->cr;
    const double w = g->right - g->left, h = g->bottom - g->top;
    char text[200];
    int i;

    draw_ticks(g);
    cairo_rectangle(cr, g->left, g->top, w, h);
    cairo_set_line_width(cr, g->size.frame);
    cairo_stroke(cr);
    for (i = 0; i < g->x.n; i++)
        aligned_tick(g, &g->x.tick[i], g->left + g->x.tick[i].at * w,
                     g->bottom + g->size.gap + g->size.text, 0.5);
    for (i = 0; i < g->y.n; i++)
        aligned_tick(g, &g->y.tick[i], g->left - g->size.gap,
                     g->bottom - g->y.tick[i].at * h + 0.36 * g->size.text, 1);
    scale_text(g, &g->x, g->right, g->bottom + g->size.gap + 2.25 * g->size.text, 1);
    scale_text(g, &g->y, g->left, g->top - 3, 0);
    ory_fig_label_text(text, g->p->x.label, g->p->x.unit);
    ory_fig_text(cr, g->left + w / 2, g->bottom + g->size.gap + 2.35 * g->size.text + 1, 0.5, text);
    ory_fig_label_text(text, g->p->y.label, g->p->y.unit);
    if (*text) {
        cairo_save(cr);
        cairo_translate(cr, g->size.pad + g->size.text, g->top + h / 2);
        cairo_rotate(cr, -M_PI / 2);
        ory_fig_text(cr, 0, 0, 0.5, text);
        cairo_restore(cr);
    }
}

/* ------------------------------------------------------------ floor, marks */

static void draw_floor(const ory_fig_page *g)
{
    cairo_t *cr = g->cr;
    double y;

    if (!isfinite(g->p->floor) || (g->p->y.log && g->p->floor <= 0))
        return;
    y = fmax(ory_fig_y(g, g->p->floor), g->top);
    if (y >= g->bottom)
        return;
    ory_fig_ink(cr, pale, 1);
    cairo_rectangle(cr, g->left, y, g->right - g->left, g->bottom - y);
    cairo_fill(cr);
    if (g->bottom - y > 1.3 * g->size.small) {
        ory_fig_ink(cr, grey, 1);
        ory_fig_size(cr, g->size.small);
        ory_fig_text(cr, g->right - g->size.pad, g->bottom - 3.5, 1, "below rounding");
    }
}

/* A mark's text; over a heat in ink with a light rim, so that it can be read on any colour. */
static void mark_text(const ory_fig_page *g, double x, double y, double align, const char *text)
{
    cairo_t *cr = g->cr;

    if (g->p->heat) {
        cairo_move_to(cr, x - align * ory_fig_text_width(cr, text), y);
        cairo_text_path(cr, text);
        cairo_set_source_rgb(cr, 1, 1, 1);
        cairo_set_line_width(cr, 2.4);
        cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
        cairo_stroke(cr);
        ory_fig_ink(cr, ink, 1);
    }
    ory_fig_text(cr, x, y, align, text);
}

static void mark_line(const ory_fig_page *g, bool vertical, double at)
{
    static const double dots[] = {1, 2}, dashes[] = {3, 2};
    cairo_t *cr = g->cr;
    int pass;

    for (pass = g->p->heat ? 0 : 1; pass < 2; pass++) {
        if (pass)
            ory_fig_ink(cr, g->p->heat ? ink : grey, 1);
        else
            cairo_set_source_rgb(cr, 1, 1, 1);
        cairo_set_dash(cr, g->p->heat ? dashes : dots, pass ? 2 : 0, 0);
        cairo_set_line_width(cr, pass ? g->size.frame : 3 * g->size.frame);
        vertical ? ory_fig_rule(cr, at, g->top, at, g->bottom)
                 : ory_fig_rule(cr, g->left, at, g->right, at);
        cairo_stroke(cr);
        cairo_set_dash(cr, NULL, 0, 0);
    }
}

void ory_fig_marks(const ory_fig_page *g)
{
    cairo_t *cr = g->cr;
    size_t i;

    ory_fig_size(cr, g->size.small);
    for (i = 0; i < g->p->n_marks; i++) {
        const ory_plot_mark *m = &g->p->marks[i];
        const bool vertical = isfinite(m->x);
        const double at = vertical ? ory_fig_x(g, m->x) : ory_fig_y(g, m->y);

        if (!isfinite(vertical ? m->x : m->y))
            continue;
        mark_line(g, vertical, at);
        if (!m->text)
            continue;
        cairo_save(cr);
        if (vertical) {
            cairo_translate(cr, at - 2, g->top + g->size.pad);
            cairo_rotate(cr, -M_PI / 2);
            mark_text(g, 0, 0, 1, m->text);
        } else {
            mark_text(g, g->left + g->size.pad, at - 2.5, 0, m->text);
        }
        cairo_restore(cr);
    }
}

/* ------------------------------------------------------------------- layout */

/* Axes fitted to the frame; the frame fitted to the widest label of the y axis. */
static void fit_axes(ory_fig_page *g)
{
    const double label = g->p->y.label && *g->p->y.label ? 1.6 * g->size.text : 0;

    ory_figure_axis_make(&g->y, g->p->y.log, g->yr[0], g->yr[1],
                         (int)((g->bottom - g->top) / (2.6 * g->size.text)));
    g->left = g->size.pad + label + ory_fig_widest_tick(g, &g->y) + g->size.gap;
    g->right = g->width - g->size.pad - g->size.text - (g->p->heat ? ory_fig_heat_room(g) : 0);
    ory_figure_axis_make(&g->x, g->p->x.log, g->xr[0], g->xr[1],
                         (int)((g->right - g->left) / (g->p->x.log ? 30 : 36)));
}

/* A range found from data gets a little room; given limits and the ends of x stay. */
static void widen(double range[2], const ory_plot_axis *a)
{
    const double lo = a->log ? log10(range[0]) : range[0], hi = a->log ? log10(range[1]) : range[1];
    const double room = 0.03 * (hi - lo);

    if (!isfinite(a->lo))
        range[0] = a->log ? pow(10, lo - room) : lo - room;
    if (!isfinite(a->hi))
        range[1] = a->log ? pow(10, hi + room) : hi + room;
}

static bool any_of(const ory_plot *p, ory_plot_kind kind)
{
    size_t i;

    for (i = 0; i < p->n_series; i++)
        if (p->series[i].kind == kind)
            return true;
    return false;
}

static void set_ranges(ory_fig_page *g)
{
    size_t i;

    ory_plot_range(g->p, g->xr, g->yr);
    if (g->p->heat)
        return; /* cells fill the frame */
    widen(g->yr, &g->p->y);
    if (any_of(g->p, ORY_PLOT_POINTS))
        widen(g->xr, &g->p->x);
    for (i = 0; i < g->p->n_series; i++)
        g->curves += g->p->series[i].role == ORY_PLOT_CURVE;
}

static void draw_title(const ory_fig_page *g)
{
    cairo_t *cr = g->cr;

    ory_fig_ink(cr, ink, 1);
    ory_fig_size(cr, g->size.title);
    if (g->p->title)
        ory_fig_text(cr, g->left, g->size.pad + g->size.title, 0, g->p->title);
    ory_fig_size(cr, g->size.text);
    if (g->p->value)
        ory_fig_text(cr, g->right, g->size.pad + g->size.title, 1, g->p->value);
}

/* Above the frame: title, then the legend when it found no corner. */
static void layout(ory_fig_page *g, ory_fig_legend *l, double below_title, bool *corner, double *x,
                   double *y)
{
    g->top = below_title + (below_title > g->size.pad ? 0 : 0.5 * g->size.text);
    g->bottom = g->height - g->size.pad - 2.6 * g->size.text - g->size.gap;
    fit_axes(g);
    if (g->y.scaled)
        g->top += g->size.text;
    ory_fig_legend_make(g, l);
    *corner = l->n == 0 || (!g->p->heat && ory_fig_legend_corner(g, l->widest,
                                                (double)l->n * ory_fig_line_height(g), x, y));
    if (!*corner) {
        g->top += ory_fig_legend_rows(g, l, 0, false) * ory_fig_line_height(g) + g->size.gap;
        fit_axes(g);
    }
}

void ory_figure_draw(cairo_t *cr, const ory_plot *p, const ory_figure_style *style, double width,
                     double height)
{
    const bool title = (p->title && *p->title) || (p->value && *p->value);
    ory_fig_page page = {.cr = cr, .p = p, .style = style, .width = width, .height = height}, *g = &page;
    ory_fig_legend l;
    double x = 0, y = 0, below_title;
    bool corner;
    size_t i;

    ory_fig_sizes_set(g);
    below_title = g->size.pad + (title ? g->size.title + 2 * g->size.gap : 0);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    ory_fig_start(g);
    set_ranges(g);
    layout(g, &l, below_title, &corner, &x, &y);
    draw_title(g);
    draw_floor(g);
    if (p->heat)
        ory_fig_heat(g);
    ory_fig_marks(g);
    ory_fig_series(g);
    ory_fig_ink(cr, ink, 1);
    draw_axes(g);
    if (p->heat)
        ory_fig_heat_scale(g);
    if (!corner)
        ory_fig_legend_rows(g, &l, below_title, true);
    for (i = 0; corner && i < l.n; i++)
        ory_fig_legend_entry(g, &l.e[i], x, y + (double)i * ory_fig_line_height(g) + g->size.text);
}
