/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_meter.c - constants of the theory on one logarithmic axis: live value, what it
 * has been, and the certified bounds; what a bound excludes is shaded. In a tall
 * panel the histories stand below. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/curves.h"

enum { P_HISTORY = ORY_PANEL_P_OWN };
enum { METER_MAX = 6, HISTORY_ROWS = 8 };

static const ory_param meter_params[] = {
    ORY_PANEL_PARAMS,
    {.name = "history", .type = ORY_PARAM_BOOL, .def = 1, .unit = "",
     .doc = "Draw the histories below where there is room."},
    {.name = NULL},
};

static const char default_names[][ORY_PANEL_NAME] = {"pl", "sharpness"};

typedef const char (*name_list)[ORY_PANEL_NAME];

static name_list meter_names(const ory_panel *p, size_t *n)
{
    *n = p->n_names ? p->n_names : 2;
    if (*n > METER_MAX)
        *n = METER_MAX;
    return p->n_names ? p->names : default_names;
}

/* One quantity as it will be drawn. */
typedef struct gauge {
    const ory_snap_quantity *q, *lower, *upper; /* the tightest bounds, or NULL */
    double min, max; /* so far */
    uint64_t min_step, max_step;
} gauge;

/* Among the bounds of one side the tightest that is defined. */
static const ory_snap_quantity *tightest(const ory_snap_run *r, const ory_snap_quantity *q,
                                         int side)
{
    const ory_snap_quantity *best = NULL, *b;

    for (int n = 0; (b = ory_snap_bound(r, q, side, n)); n++)
        if (!isnan(b->value) &&
            (!best || (side > 0 ? b->value < best->value : b->value > best->value)))
            best = b;
    return best;
}

static size_t collect(const ory_snapshot *s, const ory_panel *p, gauge out[METER_MAX])
{
    const ory_snap_run *r = ory_panel_run(s, p);
    size_t n, used = 0;
    name_list names = meter_names(p, &n);

    for (size_t i = 0; r && i < n; i++) {
        const ory_snap_quantity *q = ory_snap_find(r, names[i]);
        if (!q || q->kind != ORY_SNAP_SCALAR)
            continue;
        gauge *g = out + used++;
        *g = (gauge){.q = q, .lower = tightest(r, q, -1), .upper = tightest(r, q, +1)};
        ory_bins_extremes(q->bins, q->n_bins, r->k, &g->min, &g->min_step, &g->max,
                          &g->max_step);
    }
    return used;
}

static void widen(double range[2], double v)
{
    if (isfinite(v) && v > 0) {
        range[0] = fmin(range[0], v);
        range[1] = fmax(range[1], v);
    }
}

/* Values decide; a bound more than six decades away stays outside. */
static void find_range(const gauge *g, size_t n, double range[2])
{
    range[0] = INFINITY;
    range[1] = 0;
    for (size_t i = 0; i < n; i++) {
        widen(range, g[i].q->value);
        widen(range, g[i].min);
        widen(range, g[i].max);
    }
    if (!(range[0] <= range[1]))
        range[0] = range[1] = 1;
    const double lo = range[0] * 1e-6, hi = range[1] * 1e6;
    for (size_t i = 0; i < n; i++) {
        if (g[i].lower && g[i].lower->value >= lo)
            widen(range, g[i].lower->value);
        if (g[i].upper && g[i].upper->value <= hi)
            widen(range, g[i].upper->value);
    }
    range[0] /= 1.6;
    range[1] *= 1.6;
}

static int column(const ory_scale *x, double v)
{
    double at = ory_scale_at(x, v);

    if (isnan(at))
        return -1000;
    return (int)floor((fmin(fmax(at, -2), x->dots + 2) + 0.5) / 2);
}

static int clamp_column(int x, int w)
{
    return x < 0 ? 0 : x >= w ? w - 1 : x;
}

/* What the bound excludes is shaded. */
static void shade_bound(ory_canvas *c, int y, const ory_scale *x, const ory_snap_quantity *b,
                        int side)
{
    const uint32_t shade = c->glyphs->shade[1];
    int at = b ? column(x, b->value) : 0;

    if (b && side < 0 && at > 0)
        ory_canvas_hline(c, 0, y, at, shade, ory_ink(ORY_ROLE_BOUND));
    if (b && side > 0 && at < c->w - 1)
        ory_canvas_hline(c, at + 1, y, c->w - at - 1, shade, ory_ink(ORY_ROLE_BOUND));
}

static void mark_bound(ory_canvas *c, int y, const ory_scale *x, const ory_snap_quantity *b,
                       int side)
{
    const ory_glyphs *g = c->glyphs;
    int at;

    if (!b)
        return;
    at = column(x, b->value);
    uint32_t cp = at < 0 ? g->left : at >= c->w ? g->right
                : side < 0 ? g->axis_tick_right : g->axis_tick_left;
    ory_canvas_put(c, clamp_column(at, c->w), y, cp, ory_ink_attr(ORY_ROLE_BOUND, ORY_BOLD));
}

static void draw_gauge(ory_canvas *c, int y, const ory_scale *x, const gauge *m, int colour)
{
    const ory_glyphs *g = c->glyphs;
    const int role = ory_curve_role(colour);

    ory_canvas_hline(c, 0, y, c->w, g->dot_h, ory_ink(ORY_ROLE_AXIS));
    shade_bound(c, y, x, m->lower, -1);
    shade_bound(c, y, x, m->upper, +1);
    if (!isnan(m->min)) {
        int a = clamp_column(column(x, m->min), c->w), b = clamp_column(column(x, m->max), c->w);
        ory_canvas_hline(c, a, y, b - a + 1, g->thick_h, ory_ink_attr(role, ORY_FAINT));
    }
    mark_bound(c, y, x, m->lower, -1);
    mark_bound(c, y, x, m->upper, +1);
    if (isnan(m->q->value))
        return;
    int at = column(x, m->q->value);
    ory_canvas_put(c, clamp_column(at, c->w), y, at < 0 ? g->left : at >= c->w ? g->right : g->knob,
                   ory_ink_attr(role, ORY_BOLD));
}

/* Writes a piece if it still fits. */
static bool piece(ory_canvas *c, int *x, int y, const char *text, ory_style style)
{
    int w = ory_text_width(c->glyphs, text);

    if (*x + w > c->w)
        return false;
    *x += ory_canvas_text(c, *x, y, text, style) + 3;
    return true;
}

static void extreme_text(const gauge *m, bool low, char *text, size_t size)
{
    char number[40];

    snprintf(text, size, "%s %s at %llu", low ? "min" : "max",
             ory_value_text(low ? m->min : m->max, number, sizeof number),
             (unsigned long long)(low ? m->min_step : m->max_step));
}

/* With its source where that fits, else abbreviated, else the number alone. */
static void bound_piece(ory_canvas *c, int *x, int y, const ory_snap_quantity *b, bool low)
{
    const ory_style style = ory_ink(ORY_ROLE_BOUND);
    const char *source = ory_given(b->source) ? b->source : ory_snap_label(b);
    char number[40], brief[120], text[200];

    ory_value_text(b->value, number, sizeof number);
    ory_theorem_name(source, brief, sizeof brief);
    snprintf(text, sizeof text, "%s %s %s", low ? "≥" : "≤", number, brief);
    if (piece(c, x, y, text, style))
        return;
    ory_theorem_short(source, brief, sizeof brief);
    snprintf(text, sizeof text, "%s %s %s", low ? "≥" : "≤", number, brief);
    if (piece(c, x, y, text, style))
        return;
    snprintf(text, sizeof text, "%s %s", low ? "≥" : "≤", number);
    piece(c, x, y, text, style);
}

static void draw_words(ory_canvas *c, int y, const gauge *m, int colour)
{
    const ory_glyphs *g = c->glyphs;
    const bool low_ok = !m->lower || m->q->value >= m->lower->value * (1 - 1e-12);
    const bool high_ok = !m->upper || m->q->value <= m->upper->value * (1 + 1e-12);
    const bool bounded = (m->lower || m->upper) && !isnan(m->q->value);
    char text[200];
    int x = 0;

    ory_canvas_put(c, 0, y, !bounded ? g->lamp_none : low_ok && high_ok ? g->lamp_on : g->lamp_bad,
                   ory_ink(!bounded ? ORY_ROLE_NA : low_ok && high_ok ? ORY_ROLE_GOOD
                                                                      : ORY_ROLE_BAD));
    x = 2 + ory_canvas_text(c, 2, y, ory_snap_label(m->q), ory_ink(ory_curve_role(colour))) + 1;
    ory_value_text(m->q->value, text, sizeof text);
    piece(c, &x, y, text, ory_ink_attr(ORY_ROLE_DEFAULT, ORY_BOLD));
    if (m->lower)
        bound_piece(c, &x, y, m->lower, true);
    if (m->upper)
        bound_piece(c, &x, y, m->upper, false);
    for (int low = 1; low >= 0; low--) {
        if (isnan(m->min) || (low ? m->upper && !m->lower : m->lower && !m->upper))
            continue;
        extreme_text(m, low, text, sizeof text);
        piece(c, &x, y, text, ory_ink(ORY_ROLE_DIM));
    }
}

static void draw_axis(ory_canvas *c, int y, const ory_scale *x)
{
    char text[ORY_TICK_TEXT];
    int end = -1;

    for (int i = 0; i < x->n_ticks; i++) {
        int n = ory_tick_label(x, x->ticks + i, c->glyphs, text);
        int at = clamp_column(x->ticks[i].cell - n / 2, c->w);
        if (at + n > c->w)
            at = c->w - n;
        if (at <= end)
            continue;
        ory_canvas_text(c, at, y, text, ory_ink(ORY_ROLE_LABEL));
        end = at + n;
    }
}

static void draw_history(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    ory_curves curves;
    size_t n;
    name_list names = meter_names(p, &n);
    ory_curves_of of = {.snapshot = s, .run = ory_panel_run(s, p), .names = names, .n_names = n,
                        .bounds = true, .log_y = ory_panel_log(p->y_turn, true), .marks = true,
                        .log_x = ory_panel_log(p->x_turn, false), .last = NAN, .lo = NAN,
                        .hi = NAN, .width = c->w};

    if (ory_curves_make(&curves, &of))
        ory_plot_draw(&curves.plot, &curves.look, c);
}

static void meter_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    gauge gauges[METER_MAX];
    size_t n = collect(s, p, gauges);
    ory_scale x;
    double range[2];

    if (!n) {
        ory_panel_missing(c, "the run has none of these quantities");
        return;
    }
    ory_canvas v = ory_canvas_view(c, 1, 0, c->w - 2, c->h);
    find_range(gauges, n, range);
    ory_scale_make(&x, true, range[0], range[1], v.w, 2, false, 8);
    const int each = v.h >= (int)(3 * n) ? 3 : v.h >= (int)(2 * n) ? 2 : 1;
    const bool history = (!p->options.v || ory_values_bool(&p->options, P_HISTORY)) &&
                         v.h >= (int)(2 * n) + 1 + HISTORY_ROWS;
    const int rows = history ? 2 : each;
    int y = 0;
    for (size_t i = 0; i < n && y < v.h; i++, y += rows) {
        draw_words(&v, y, gauges + i, (int)i);
        if (rows > 1)
            draw_gauge(&v, y + 1, &x, gauges + i, (int)i);
    }
    if (rows == 3)
        y--;
    if (y < v.h && rows > 1)
        draw_axis(&v, y, &x);
    if (history) {
        ory_canvas below = ory_canvas_view(c, 0, y + 1, c->w, c->h - y - 1);
        draw_history(s, p, &below);
    }
}

static void meter_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                          int *role)
{
    const ory_snap_run *r = ory_panel_run(s, p);
    const ory_snap_quantity *pl = ory_snap_find(r, "pl"), *sharp = ory_snap_find(r, "sharpness");
    size_t n;
    char text[40], kappa[60];

    (void)role;
    name_list names = meter_names(p, &n);
    if (!p->n_names)
        ory_title_add(title, "local constants");
    else
        ory_title_names(s, p, title);
    if (n >= 2 && strcmp(names[0], "pl") == 0 && strcmp(names[1], "sharpness") == 0 && pl &&
        sharp && pl->value > 0 && isfinite(sharp->value / pl->value)) {
        snprintf(kappa, sizeof kappa, "κ %s",
                 ory_value_text(sharp->value / pl->value, text, sizeof text));
        ory_title_add(value, kappa);
    }
}

static size_t meter_wants(const ory_panel *p, ory_panel_want *out, size_t max)
{
    size_t n = 0;

    for (; !p->n_names && n < 2 && n < max; n++)
        out[n] = (ory_panel_want){.name = default_names[n], .bounds = true};
    return n;
}

const ory_panel_class ory_panel_meter = {
    .name = "meter",
    .doc = "Live value, running extreme and certified bounds on one logarithmic axis.",
    .names_doc = "quantities; default: pl, sharpness",
    .names_max = METER_MAX,
    .params = meter_params,
    .min_w = 24, .min_h = 4,
    .heading = meter_heading,
    .draw = meter_draw,
    .wants = meter_wants,
};
