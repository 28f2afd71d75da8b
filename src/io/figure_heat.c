/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure_heat.c - the heat of a printed plot: cells in colour, places without a value
 * hatched, the scale of the colours at the right. */
#include "config.h"

#include "io/figure_page.h"

#include <math.h>

static double bar_width(const ory_fig_page *g) { return 1.3 * g->size.text; }
static double bar_left(const ory_fig_page *g) { return g->right + 1.3 * g->size.text; }

/* Fine lines upwards over the present path, on one raster for all of the page. */
static void hatch(const ory_fig_page *g)
{
    const double step = 0.55 * g->size.text;
    double x0, y0, x1, y1, at;

    cairo_path_extents(g->cr, &x0, &y0, &x1, &y1);
    cairo_save(g->cr);
    cairo_clip(g->cr);
    ory_fig_ink(g->cr, pale, 1);
    cairo_paint(g->cr);
    for (at = ceil((x0 + y0) / step) * step; at <= x1 + y1; at += step)
        ory_fig_rule(g->cr, at - y0, y0, at - y1, y1);
    ory_fig_ink(g->cr, grey, 1);
    cairo_set_line_width(g->cr, 0.4);
    cairo_set_dash(g->cr, NULL, 0, 0);
    cairo_stroke(g->cr);
    cairo_restore(g->cr);
}

/* The path of a cell; a little over its edge to the right and below, so that no seams show. */
static void cell_path(const ory_fig_page *g, size_t r, size_t c)
{
    const ory_plot_heat *h = g->p->heat;
    const double x0 = ory_fig_x(g, ory_plot_heat_edge(h->x, h->cols, c, g->p->x.log)),
                 x1 = ory_fig_x(g, ory_plot_heat_edge(h->x, h->cols, c + 1, g->p->x.log)),
                 y0 = ory_fig_y(g, ory_plot_heat_edge(h->y, h->rows, r + 1, g->p->y.log)),
                 y1 = ory_fig_y(g, ory_plot_heat_edge(h->y, h->rows, r, g->p->y.log));

    cairo_rectangle(g->cr, x0, y0, x1 - x0 + 0.25, y1 - y0 + 0.25);
}

/* Hatched all over, then the places that have a value drawn above. */
void ory_fig_heat(const ory_fig_page *g)
{
    const ory_plot_heat *h = g->p->heat;
    size_t r, c;

    cairo_save(g->cr);
    cairo_rectangle(g->cr, g->left, g->top, g->right - g->left, g->bottom - g->top);
    cairo_clip(g->cr);
    if (ory_plot_heat_holes(h)) {
        cairo_rectangle(g->cr, g->left, g->top, g->right - g->left, g->bottom - g->top);
        hatch(g);
    }
    for (r = h->rows; r-- > 0;)
        for (c = 0; c < h->cols; c++) {
            const double share = ory_plot_heat_share(h, g->zr, h->z[r * h->cols + c]);

            if (isnan(share))
                continue;
            cell_path(g, r, c);
            ory_fig_ink(g->cr, ory_fig_heat_ink(g->style, share), 1);
            cairo_fill(g->cr);
        }
    cairo_restore(g->cr);
}

/* The bar gives way to the sign of places without a value below it. */
static double bar_bottom(const ory_fig_page *g)
{
    return g->bottom - (ory_plot_heat_holes(g->p->heat) ? 2.6 * g->size.text : 0);
}

double ory_fig_heat_room(ory_fig_page *g)
{
    const ory_plot_heat *h = g->p->heat;
    const char *missing = h->missing && *h->missing ? h->missing : "no value";
    double room;

    ory_plot_heat_range(h, g->zr);
    ory_figure_axis_make(&g->z, h->log, g->zr[0], g->zr[1],
                         (int)((bar_bottom(g) - g->top) / (2.6 * g->size.text)));
    room = ory_fig_widest_tick(g, &g->z);
    if (h->label && *h->label)
        room += 1.7 * g->size.text;
    ory_fig_size(g->cr, g->size.text);
    if (ory_plot_heat_holes(h))
        room = fmax(room, ory_fig_text_width(g->cr, missing));
    return 1.3 * g->size.text + bar_width(g) + g->size.gap + room;
}

static void draw_bar(const ory_fig_page *g, double x, double top, double bottom)
{
    enum { PARTS = 128 };
    const double w = bar_width(g), each = (bottom - top) / PARTS;
    int i;

    for (i = 0; i < PARTS; i++) {
        cairo_rectangle(g->cr, x, bottom - (i + 1) * each, w, each + (i ? 0.25 : 0));
        ory_fig_ink(g->cr, ory_fig_heat_ink(g->style, (i + 0.5) / PARTS), 1);
        cairo_fill(g->cr);
    }
    for (i = 0; i < g->z.n; i++)
        ory_fig_rule(g->cr, x + w - g->size.tick, bottom - g->z.tick[i].at * (bottom - top), x + w,
                     bottom - g->z.tick[i].at * (bottom - top));
    ory_fig_ink(g->cr, ink, 1);
    cairo_set_line_width(g->cr, g->size.frame);
    cairo_rectangle(g->cr, x, top, w, bottom - top);
    cairo_stroke(g->cr);
}

void ory_fig_heat_scale(const ory_fig_page *g)
{
    const ory_plot_heat *h = g->p->heat;
    const double x = bar_left(g), w = bar_width(g), bottom = bar_bottom(g),
                 labels = x + w + g->size.gap;
    char text[200];
    int i;

    draw_bar(g, x, g->top, bottom);
    for (i = 0; i < g->z.n; i++)
        ory_fig_tick_text(g, &g->z.tick[i], labels,
                          bottom - g->z.tick[i].at * (bottom - g->top) + 0.36 * g->size.text, true);
    if (g->z.scaled) {
        const ory_figure_tick t = {.text = "\xc3\x97" "10", .power = true, .exponent = g->z.scale};

        ory_fig_tick_text(g, &t, x, g->top - 3, true);
    }
    ory_fig_label_text(text, h->label, h->unit);
    ory_fig_size(g->cr, g->size.text);
    if (*text && h->label && *h->label) {
        cairo_save(g->cr);
        cairo_translate(g->cr, labels + ory_fig_widest_tick(g, &g->z) + 1.4 * g->size.text,
                        (g->top + bottom) / 2);
        cairo_rotate(g->cr, -M_PI / 2);
        ory_fig_text(g->cr, 0, 0, 0.5, text);
        cairo_restore(g->cr);
    }
    if (!ory_plot_heat_holes(h))
        return;
    cairo_rectangle(g->cr, x, g->bottom - w, w, w);
    hatch(g);
    ory_fig_ink(g->cr, ink, 1);
    cairo_rectangle(g->cr, x, g->bottom - w, w, w);
    cairo_stroke(g->cr);
    ory_fig_text(g->cr, labels, g->bottom - 0.5 * w + 0.36 * g->size.text, 0,
                 h->missing && *h->missing ? h->missing : "no value");
}
