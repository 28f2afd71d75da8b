/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure_ink.c - colours, fonts and pens of printed plots. */
#include "config.h"

#include "io/figure_page.h"

#include <math.h>

const char *const ory_figure_palettes[] = {"okabe", "tol", "print", NULL};
const char *const ory_figure_ramps[] = {"viridis", "cividis", "grey", "balance", NULL};

enum { CURVES = 8, STOPS = 9 };

static const unsigned palettes[][CURVES] = {
    /* Okabe and Ito's colours, yellow left out (too light on paper), two darker added */
    {0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x5B3A8E, 0x7F7F00},
    /* Tol's bright scheme, black and a brown added */
    {0x4477AA, 0xEE6677, 0x228833, 0xCCBB44, 0x66CCEE, 0xAA3377, 0x000000, 0x885500},
    {0x000000, 0x777777, 0x444444, 0x999999, 0x222222, 0x666666, 0x555555, 0x888888}};

/* Equally spaced stops of van der Walt and Smith's viridis, of Nunez, Anderton and Renslow's
 * cividis, of greys, and of blue over white to red. */
static const unsigned ramps[][STOPS] = {
    {0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C, 0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725},
    {0x00224E, 0x123570, 0x3B496C, 0x575D6D, 0x707173, 0x8A8678, 0xA59C74, 0xC3B369, 0xFEE838},
    {0xF7F7F7, 0xE3E3E3, 0xCCCCCC, 0xB1B1B1, 0x949494, 0x767676, 0x575757, 0x373737, 0x141414},
    {0x2166AC, 0x4F93C3, 0x92C5DE, 0xD1E5F0, 0xF7F7F7, 0xFDDBC7, 0xF4A582, 0xD6604D, 0xB2182B}};

size_t ory_figure_curve_count(int palette)
{
    (void)palette;
    return CURVES;
}

unsigned ory_figure_curve_rgb(int palette, size_t i)
{
    return palettes[palette][i % CURVES];
}

unsigned ory_figure_heat_rgb(int ramp, double share)
{
    const double at = fmin(fmax(share, 0), 1) * (STOPS - 1);
    const int i = (int)fmin(floor(at), STOPS - 2);
    unsigned rgb = 0;
    int shift;

    for (shift = 16; shift >= 0; shift -= 8) {
        const double a = ramps[ramp][i] >> shift & 255, b = ramps[ramp][i + 1] >> shift & 255;

        rgb |= (unsigned)lround(a + (at - i) * (b - a)) << shift;
    }
    return rgb;
}

static ory_rgb rgb_of(unsigned rgb)
{
    return (ory_rgb){(rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0};
}

ory_rgb ory_fig_heat_ink(const ory_figure_style *style, double share)
{
    return rgb_of(ory_figure_heat_rgb(style->ramp, share));
}

void ory_fig_sizes_set(ory_fig_page *g)
{
    const ory_figure_style *s = g->style;
    const double text = s->size > 0 ? s->size : 8, k = text / 8;

    g->size = (ory_fig_sizes){.small = 7.5 * k, .text = text, .title = 9 * k, .tick = 3.2 * k,
                              .minor = 1.8 * k, .gap = 3.5 * k, .pad = 5 * k, .sample = 20 * k,
                              .line = s->line > 0 ? s->line : 1.2,
                              .marker = s->marker > 0 ? s->marker : 2.1};
    g->size.frame = fmin(0.7, 0.6 * g->size.line);
}

void ory_fig_ink(cairo_t *cr, ory_rgb c, double alpha)
{
    cairo_set_source_rgba(cr, c.r, c.g, c.b, alpha);
}

ory_rgb ory_fig_series_ink(const ory_fig_page *g, size_t i)
{
    const ory_plot_series *s = &g->p->series[i];

    if (s->role == ORY_PLOT_GHOST)
        return ghost;
    return rgb_of(ory_figure_curve_rgb(g->style->palette, s->colour >= 0 ? (size_t)s->colour : i));
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

void ory_fig_start(const ory_fig_page *g)
{
    const char *font = g->style->font;
    cairo_t *cr = g->cr;
    cairo_font_options_t *o = cairo_font_options_create();

    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(o, CAIRO_ANTIALIAS_GRAY);
    cairo_set_font_options(cr, o);
    cairo_font_options_destroy(o);
    cairo_select_font_face(cr, font && *font ? font : "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           CAIRO_FONT_WEIGHT_NORMAL);
}

void ory_fig_rule(cairo_t *cr, double x0, double y0, double x1, double y1)
{
    cairo_move_to(cr, x0, y0);
    cairo_line_to(cr, x1, y1);
}
