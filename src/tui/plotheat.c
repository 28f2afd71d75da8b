/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plotheat.c - the heat of a plot as cells: every character takes the value of the place
 * its middle lies in; the scale of the colours with its numbers. */
#include "config.h"

#include <stdio.h>

#include "tui/panelkit.h"
#include "tui/plotdraw.h"

/* Shares, not values, are coloured: one ramp for linear and logarithmic scales. */
static const ory_heat shares = {0, 1, false};

/* The cell around v among n, or n: none. The edges rise. */
static size_t cell_at(const double *centre, size_t n, bool log, double v)
{
    size_t lo = 0, hi = n;

    if (!(v >= ory_plot_heat_edge(centre, n, 0, log)) || v > ory_plot_heat_edge(centre, n, n, log))
        return n;
    while (hi - lo > 1) {
        const size_t middle = lo + (hi - lo) / 2;

        if (v >= ory_plot_heat_edge(centre, n, middle, log))
            lo = middle;
        else
            hi = middle;
    }
    return lo;
}

void ory_plot_heat_draw(const ory_plot *p, ory_plot_area *a)
{
    const ory_plot_heat *h = p->heat;
    double range[2];

    ory_plot_heat_range(h, range);
    for (int y = 0; y < a->view.h; y++) {
        const double down = 4.0 * y + 1.5;
        const size_t r = cell_at(h->y, h->rows, p->y.log,
                                 ory_scale_value(&a->y, a->y.dots - 1 - down));

        for (int x = 0; r < h->rows && x < a->view.w; x++) {
            const size_t c = cell_at(h->x, h->cols, p->x.log, ory_scale_value(&a->x, 2.0 * x + 0.5));

            if (c < h->cols)
                ory_heat_put(&a->view, x, y, 1, &shares,
                             ory_plot_heat_share(h, range, h->z[r * h->cols + c]));
        }
    }
}

int ory_plot_heat_scale(const ory_plot *p, ory_canvas *c, int x, int y, int w)
{
    const ory_plot_heat *h = p->heat;
    const bool unit = h->unit && *h->unit;
    char lo[32], hi[32], text[160];
    double range[2];
    int at = x;

    ory_plot_heat_range(h, range);
    snprintf(text, sizeof text, "%s%s%s%s", h->label ? h->label : "", unit ? " [" : "",
             unit ? h->unit : "", unit ? "]" : "");
    ory_value_text(range[0], lo, sizeof lo);
    ory_value_text(range[1], hi, sizeof hi);
    const int label = ory_text_width(c->glyphs, text), a = ory_text_width(c->glyphs, lo),
              b = ory_text_width(c->glyphs, hi);
    const char *missing = h->missing && *h->missing ? h->missing : "no value";
    const int holes = ory_plot_heat_holes(h) ? 4 + ory_text_width(c->glyphs, missing) : 0;
    int n = w - label - (label > 0) - a - b - 2;

    if (n - holes >= 5) /* room for the sign of what is missing */
        n -= holes;
    n = n > 24 ? 24 : n;
    if (n < 4)
        return 0;
    at += ory_canvas_text(c, at, y, text, ory_ink(ORY_ROLE_DIM)) + (label > 0);
    at += ory_canvas_text(c, at, y, lo, ory_ink(ORY_ROLE_LABEL)) + 1;
    for (int i = 0; i < n; i++)
        ory_heat_put(c, at++, y, 1, &shares, (double)i / (n - 1));
    at += 1 + ory_canvas_text(c, at + 1, y, hi, ory_ink(ORY_ROLE_LABEL));
    if (holes && at + holes <= x + w) {
        ory_heat_put(c, at + 2, y, 1, &shares, NAN);
        at += 4 + ory_canvas_text(c, at + 4, y, missing, ory_ink(ORY_ROLE_DIM));
    }
    return at - x;
}
