/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_heat.c - a matrix as colours and shades, with a scale; large ones are reduced
 * to the entry of largest size in each block. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/panelkit.h"

enum { P_LO = ORY_PANEL_P_OWN, P_HI, P_LOG, P_BLANK };

static const ory_param heat_params[] = {
    ORY_PANEL_PARAMS,
    {.name = "lo", .type = ORY_PARAM_REAL, .min = -INFINITY, .max = INFINITY,
     .flags = ORY_OPTIONAL, .unit = "", .doc = "Value of the lowest colour."},
    {.name = "hi", .type = ORY_PARAM_REAL, .min = -INFINITY, .max = INFINITY,
     .flags = ORY_OPTIONAL, .unit = "", .doc = "Value of the highest colour."},
    {.name = "log", .type = ORY_PARAM_BOOL, .def = 0, .unit = "",
     .doc = "Colour by log10 of the size of the entries."},
    {.name = "blank", .type = ORY_PARAM_BOOL, .def = 0, .unit = "",
     .doc = "Leave entries without a number empty."},
    {.name = NULL},
};

typedef struct block {
    size_t r0, r1, c0, c1;
} block;

static double shown_value(double v, bool log)
{
    if (!log || isnan(v))
        return v;
    return v == 0 ? -INFINITY : log10(fabs(v));
}

/* The entry of largest size: reducing never hides a peak. On a log scale the largest. */
static double block_value(const ory_snap_quantity *q, const block *b, bool log)
{
    double best = NAN;

    for (size_t i = b->r0; i < b->r1; i++) {
        for (size_t j = b->c0; j < b->c1; j++) {
            double v = shown_value(q->data[i * q->cols + j], log);
            if (!isnan(v) && (isnan(best) || (log ? v > best : fabs(v) > fabs(best))))
                best = v;
        }
    }
    return best;
}

static bool find_range(const ory_panel *p, const ory_snap_quantity *q, bool log, ory_heat *heat)
{
    bool any = ory_heat_range(heat, q->data, q->rows * q->cols);

    if (log) {
        double lo = INFINITY, hi = -INFINITY;
        for (size_t i = 0; i < q->rows * q->cols; i++) {
            double v = shown_value(q->data[i], true);
            if (isfinite(v)) {
                lo = fmin(lo, v);
                hi = fmax(hi, v);
            }
        }
        any = lo <= hi;
        *heat = (ory_heat){any ? lo : 0, any ? hi : 1, false};
    }
    if (p->options.v && ory_values_given(&p->options, P_LO))
        heat->lo = ory_values_real(&p->options, P_LO);
    if (p->options.v && ory_values_given(&p->options, P_HI))
        heat->hi = ory_values_real(&p->options, P_HI);
    return any;
}

static int name_width(const ory_canvas *c, const char *const *names, size_t n)
{
    int w = 0;

    for (size_t i = 0; names && i < n; i++) {
        int m = names[i] ? ory_text_width(c->glyphs, names[i]) : 0;
        w = m > w ? m : w;
    }
    return w > c->w / 4 ? c->w / 4 : w;
}

static void draw_cells(ory_canvas *c, const ory_snap_quantity *q, const ory_heat *heat, bool log,
                       bool blank)
{
    const int names = q->rows <= (size_t)c->h ? name_width(c, q->row_names, q->rows) : 0;
    const int left = names ? names + 1 : 0, w = c->w - left;
    if (w < 1 || c->h < 1)
        return;
    const size_t cols = q->cols < (size_t)w ? q->cols : (size_t)w;
    const size_t rows = q->rows < (size_t)c->h ? q->rows : (size_t)c->h;
    int each = w / (int)cols, tall = c->h / (int)rows;

    if (tall > 3)
        tall = 3;
    if (each > 2 * tall + 1)
        each = 2 * tall + 1;
    const int x0 = left + (w - each * (int)cols) / 2, y0 = (c->h - tall * (int)rows) / 2;
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < cols; j++) {
            block b = {i * q->rows / rows, (i + 1) * q->rows / rows, j * q->cols / cols,
                       (j + 1) * q->cols / cols};
            double v = block_value(q, &b, log);
            for (int t = 0; t < tall && !(blank && isnan(v)); t++)
                ory_heat_put(c, x0 + (int)j * each, y0 + (int)i * tall + t, each, heat, v);
        }
        if (names && q->row_names[i])
            ory_canvas_text_in(c, x0 - names - 1, y0 + (int)i * tall, names, ORY_ALIGN_RIGHT,
                               q->row_names[i], ory_ink(ORY_ROLE_LABEL));
    }
}

static void heat_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    const ory_snap_quantity *q = ory_panel_quantity(s, p, 0);
    const bool log = ory_panel_log(p->y_turn, p->options.v && ory_values_bool(&p->options, P_LOG));
    ory_heat heat;

    if (!q || !q->data || !q->rows || !q->cols) {
        ory_panel_missing(c, q ? "%s: nothing read yet" : "%s: no such quantity in this run",
                          p->names[0]);
        return;
    }
    if (!find_range(p, q, log, &heat)) {
        ory_panel_missing(c, "%s: not one finite entry", p->names[0]);
        return;
    }
    const bool scale = c->h >= 4;
    ory_canvas cells = ory_canvas_view(c, 1, 0, c->w - 2, c->h - scale);
    draw_cells(&cells, q, &heat, log, p->options.v && ory_values_bool(&p->options, P_BLANK));
    if (scale) {
        int n = ory_heat_scale(c, 1, c->h - 1, c->w - 2, &heat);
        char text[64];
        snprintf(text, sizeof text, "%s%zu × %zu", log ? "log10   " : "", q->rows, q->cols);
        int w = ory_text_width(c->glyphs, text);
        if (n + w + 4 <= c->w)
            ory_canvas_text(c, c->w - 1 - w, c->h - 1, text, ory_ink(ORY_ROLE_DIM));
    }
}

static void heat_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                         int *role)
{
    const ory_snap_quantity *q = ory_panel_quantity(s, p, 0);

    (void)value;
    (void)role;
    ory_title_names(s, p, title);
    if (q && ory_given(q->unit)) {
        ory_title_add(title, " [");
        ory_title_add(title, q->unit);
        ory_title_add(title, "]");
    }
}

const ory_panel_class ory_panel_heat = {
    .name = "heat",
    .doc = "A matrix as colours and shades.",
    .names_doc = "the matrix",
    .names_min = 1, .names_max = 1,
    .params = heat_params,
    .min_w = 12, .min_h = 4,
    .heading = heat_heading,
    .draw = heat_draw,
    .arrays = true,
};
