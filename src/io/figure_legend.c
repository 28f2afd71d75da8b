/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure_legend.c - the legend of a printed plot, and where it covers no data. */
#include "config.h"

#include "io/figure_page.h"

#include <math.h>
#include <stdio.h>

static void add_entry(ory_fig_page *g, ory_fig_legend *l, size_t i, bool violation)
{
    const ory_plot_series *s = &g->p->series[i];
    const bool source = s->source && *s->source;
    ory_fig_entry *e = &l->e[l->n];

    if (l->n == ORY_FIG_ENTRIES)
        return;
    l->n++;
    e->series = i;
    e->violation = violation;
    if (violation)
        snprintf(e->text, ORY_FIG_ENTRY_TEXT, "%s violated from %s%s%g", s->name ? s->name : "",
                 g->p->x.label && *g->p->x.label ? g->p->x.label : "x",
                 g->p->x.label && *g->p->x.label ? " " : " = ", s->violation);
    else
        snprintf(e->text, ORY_FIG_ENTRY_TEXT, "%s%s%s%s", s->name ? s->name : "", source ? " (" : "",
                 source ? s->source : "", source ? ")" : "");
    e->width = g->size.sample + g->size.gap + ory_fig_text_width(g->cr, e->text);
    l->widest = fmax(l->widest, e->width);
}

/* One curve alone needs no legend: its name is the label of the axis. */
void ory_fig_legend_make(ory_fig_page *g, ory_fig_legend *l)
{
    size_t i;

    l->n = 0;
    l->widest = 0;
    ory_fig_size(g->cr, g->size.text);
    if (g->p->n_series < 2 && !(g->p->n_series && isfinite(g->p->series[0].violation)))
        return;
    for (i = 0; i < g->p->n_series; i++)
        if (g->p->series[i].name && *g->p->series[i].name)
            add_entry(g, l, i, false);
    for (i = 0; i < g->p->n_series; i++)
        if (isfinite(g->p->series[i].violation))
            add_entry(g, l, i, true);
}

static void draw_sample(const ory_fig_page *g, const ory_fig_entry *e, double x, double y)
{
    cairo_t *cr = g->cr;
    const ory_plot_series *s = &g->p->series[e->series];
    const double middle = y - 0.33 * g->size.text;

    if (e->violation) {
        ory_fig_cross(cr, x + g->size.sample / 2, middle);
        return;
    }
    cairo_new_path(cr);
    if (s->kind == ORY_PLOT_BAND || s->kind == ORY_PLOT_BARS) {
        cairo_rectangle(cr, x, middle - 2.5, g->size.sample, 5);
        ory_fig_ink(cr, ory_fig_series_ink(g, e->series), s->kind == ORY_PLOT_BAND ? 0.22 : 0.85);
        cairo_fill(cr);
    }
    if (s->kind == ORY_PLOT_LINE || s->kind == ORY_PLOT_STEPS ||
        (s->kind == ORY_PLOT_BAND && s->y)) {
        ory_fig_pen(g, e->series);
        ory_fig_rule(cr, x, middle, x + g->size.sample, middle);
        cairo_stroke(cr);
        cairo_set_dash(cr, NULL, 0, 0);
    }
    if (s->kind == ORY_PLOT_POINTS || ory_fig_has_markers(g, e->series))
        ory_fig_marker(g, e->series, x + g->size.sample / 2, middle, ory_fig_series_ink(g, e->series));
}

void ory_fig_legend_entry(const ory_fig_page *g, const ory_fig_entry *e, double x, double y)
{
    draw_sample(g, e, x, y);
    ory_fig_ink(g->cr, ink, 1);
    ory_fig_size(g->cr, g->size.text);
    ory_fig_text(g->cr, x + g->size.sample + g->size.gap, y, 0, e->text);
}

double ory_fig_line_height(const ory_fig_page *g) { return 1.45 * g->size.text; }

/* Rows of entries from left to right; returns how many rows they take. */
int ory_fig_legend_rows(const ory_fig_page *g, const ory_fig_legend *l, double top, bool draw)
{
    double x = g->left;
    int row = 0;
    size_t i;

    for (i = 0; i < l->n; i++) {
        if (x > g->left && x + l->e[i].width > g->right) {
            row++;
            x = g->left;
        }
        if (draw)
            ory_fig_legend_entry(g, &l->e[i], x, top + row * ory_fig_line_height(g) + g->size.text);
        x += l->e[i].width + 3 * g->size.gap;
    }
    return l->n ? row + 1 : 0;
}

/* Whether anything was drawn in a rectangle of an 8-bit surface. */
static bool touched(cairo_surface_t *s, double x, double y, double w, double h)
{
    const unsigned char *bits = cairo_image_surface_get_data(s);
    const int stride = cairo_image_surface_get_stride(s), cols = cairo_image_surface_get_width(s),
              rows = cairo_image_surface_get_height(s);
    int r, c;

    for (r = (int)fmax(0, floor(y)); r < rows && r <= y + h; r++)
        for (c = (int)fmax(0, floor(x)); c < cols && c <= x + w; c++)
            if (bits[r * stride + c])
                return true;
    return false;
}

/* The corner (or middle of an edge, or the middle) of the frame where a box of w x h covers no data:
 * the series are drawn once more onto a coarse surface and the box looked up there. */
bool ory_fig_legend_corner(const ory_fig_page *g, double w, double h, double *x, double *y)
{
    enum { PLACES = 9 };
    static const double places[PLACES][2] = {{1, 0}, {0, 0}, {0, 1}, {1, 1}, {0.5, 0}, {0.5, 1},
                                             {1, 0.5}, {0, 0.5}, {0.5, 0.5}};
    const double inside_w = g->right - g->left - w - 2 * g->size.pad,
                 inside_h = g->bottom - g->top - h - 2 * g->size.pad;
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_A8, (int)ceil(g->width),
                                                    (int)ceil(g->height));
    ory_fig_page coarse = *g;
    bool found = false;
    int i;

    coarse.cr = cairo_create(s);
    ory_fig_start(&coarse);
    ory_fig_series(&coarse);
    ory_fig_marks(&coarse);
    cairo_destroy(coarse.cr);
    cairo_surface_flush(s);
    for (i = 0; i < PLACES && !found && inside_w >= 0 && inside_h >= 0 &&
                cairo_surface_status(s) == CAIRO_STATUS_SUCCESS; i++) {
        *x = g->left + g->size.pad + places[i][0] * inside_w;
        *y = g->top + g->size.pad + places[i][1] * inside_h;
        found = !touched(s, *x - 2, *y - 2, w + 4, h + 4);
    }
    cairo_surface_destroy(s);
    return found;
}
