/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure_ink.c - colours, fonts and pens of printed plots. */
#include "config.h"

#include "io/figure_page.h"

/* Okabe and Ito's colours, yellow left out (too light on paper), two darker added. */
static const ory_rgb palette[] = {
    {0.000, 0.447, 0.698}, {0.835, 0.369, 0.000}, {0.000, 0.620, 0.451},
    {0.800, 0.475, 0.655}, {0.902, 0.624, 0.000}, {0.337, 0.706, 0.914},
    {0.357, 0.227, 0.557}, {0.498, 0.498, 0.000}};

void ory_fig_ink(cairo_t *cr, ory_rgb c, double alpha)
{
    cairo_set_source_rgba(cr, c.r, c.g, c.b, alpha);
}

ory_rgb ory_fig_series_ink(const ory_plot *p, size_t i)
{
    const ory_plot_series *s = &p->series[i];
    const size_t n = sizeof palette / sizeof *palette;

    if (s->role == ORY_PLOT_GHOST)
        return ghost;
    return palette[(s->colour >= 0 ? (size_t)s->colour : i) % n];
}

void ory_fig_size(cairo_t *cr, double size)
{
    cairo_set_font_size(cr, size);
}

double ory_fig_text_width(cairo_t *cr, const char *text)
{
    cairo_text_extents_t e;

    cairo_text_extents(cr, text, &e);
    return e.x_advance;
}

/* align 0: x is the left end, 0.5: the centre, 1: the right end; y is the base line. */
void ory_fig_text(cairo_t *cr, double x, double y, double align, const char *text)
{
    if (align > 0)
        x -= align * ory_fig_text_width(cr, text);
    cairo_move_to(cr, x, y);
    cairo_show_text(cr, text);
}

void ory_fig_start(cairo_t *cr)
{
    cairo_font_options_t *o = cairo_font_options_create();

    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(o, CAIRO_ANTIALIAS_GRAY);
    cairo_set_font_options(cr, o);
    cairo_font_options_destroy(o);
    cairo_select_font_face(cr, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
}

void ory_fig_rule(cairo_t *cr, double x0, double y0, double x1, double y1)
{
    cairo_move_to(cr, x0, y0);
    cairo_line_to(cr, x1, y1);
}
