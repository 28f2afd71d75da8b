/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_spectrum.c - singular values or eigenvalues: real ones over steps (or as they
 * stand), complex ones in the plane with the region of instability shaded. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/curves.h"

enum { P_REGION = ORY_PANEL_P_OWN, P_MODES };
enum { SPECTRUM_PAST = 256, REGION_NONE = 0, REGION_LEFT, REGION_DISC };

static const char *const region_choices[] = {"none", "left", "disc", NULL};
static const ory_param spectrum_params[] = {
    ORY_PANEL_PARAMS,
    {.name = "stable", .type = ORY_PARAM_CHOICE, .choices = region_choices, .def = REGION_LEFT,
     .unit = "", .doc = "Complex eigenvalues: where they are stable (left half-plane, unit disc)."},
    {.name = "modes", .type = ORY_PARAM_INT, .def = 8, .min = 1, .max = ORY_CURVES_MAX, .unit = "",
     .doc = "Real values: at most so many, the largest first."},
    {.name = NULL},
};

/* ------------------------------------------------------------------ complex */

static void complex_range(const ory_snap_quantity *q, double x[2], double y[2])
{
    if (!ory_extremes(q->data, q->rows, 2, &x[0], &x[1]))
        x[0] = -1, x[1] = 1;
    if (!ory_extremes(q->data + 1, q->rows, 2, &y[0], &y[1]))
        y[0] = -1, y[1] = 1;
    for (size_t j = 0; j < q->n_past; j++) {
        double lo, hi;
        if (ory_extremes(q->past[j], q->rows, 2, &lo, &hi)) {
            x[0] = fmin(x[0], lo);
            x[1] = fmax(x[1], hi);
        }
        if (ory_extremes(q->past[j] + 1, q->rows, 2, &lo, &hi)) {
            y[0] = fmin(y[0], lo);
            y[1] = fmax(y[1], hi);
        }
    }
}

/* The origin is always shown, the imaginary axis is symmetric. */
static void include_region(double x[2], double y[2], int region)
{
    x[0] = fmin(x[0], region == REGION_DISC ? -1.05 : 0);
    x[1] = fmax(x[1], region == REGION_DISC ? 1.05 : 0);
    if (region == REGION_DISC) {
        y[0] = fmin(y[0], -1.05);
        y[1] = fmax(y[1], 1.05);
    }
    double most = fmax(fabs(y[0]), fabs(y[1])), span = x[1] - x[0];
    if (!(most > 0))
        most = span > 0 ? span / 3 : 1;
    if (!(span > 0))
        span = most;
    y[0] = -1.08 * most;
    y[1] = 1.08 * most;
    x[0] -= 0.06 * span;
    x[1] += 0.06 * span;
}

static void shade_region(ory_plot_area *a, int region)
{
    const ory_style style = ory_ink(ORY_ROLE_WARN);

    for (int row = 0; row < a->view.h; row++) {
        for (int col = 0; col < a->view.w; col++) {
            double x = ory_scale_value(&a->x, 2 * col + 0.5);
            double y = ory_scale_value(&a->y, a->y.dots - 1 - (4 * row + 1.5));
            bool bad = region == REGION_LEFT ? x > 0 : region == REGION_DISC && x * x + y * y > 1;
            if (bad)
                ory_canvas_put(&a->view, col, row, a->view.glyphs->shade[1], style);
        }
    }
}

static void draw_trails(ory_plot_area *a, const ory_snap_quantity *q)
{
    const ory_pen pen = {ORY_ROLE_GHOST, 0, 1, 1, 0};

    for (size_t j = 0; j < q->n_past; j++)
        for (size_t i = 0; i < q->rows; i++) {
            double px = ory_plot_px(a, q->past[j][2 * i]);
            double py = ory_plot_py(a, q->past[j][2 * i + 1]);
            if (isfinite(px) && isfinite(py))
                ory_dots_line(&a->view, px, py, px, py, &pen);
        }
}

static bool unstable(double re, double im, int region)
{
    return region == REGION_LEFT ? re > 0 : region == REGION_DISC && re * re + im * im > 1;
}

static void draw_values(ory_plot_area *a, const ory_snap_quantity *q, int region)
{
    const bool many = q->rows > ORY_PLOT_SPOTS / 2;

    for (size_t i = 0; i < q->rows; i++) {
        double re = q->data[2 * i], im = q->data[2 * i + 1];
        double px = ory_plot_px(a, re), py = ory_plot_py(a, im);
        const int role = unstable(re, im, region) ? ORY_ROLE_BAD : ORY_ROLE_CURVE1;
        const ory_pen pen = {(uint8_t)role, 0, 2, 1, 0};
        if (!isfinite(px) || !isfinite(py))
            continue;
        if (many)
            ory_dots_line(&a->view, px, py, px, py, &pen);
        else
            ory_plot_spot_add(a, (int)fmax(px + 0.5, 0) / 2, (int)fmax(py + 0.5, 0) / 4,
                              a->view.glyphs->marker[role == ORY_ROLE_BAD ? 3 : 0], ory_ink(role));
    }
}

static void draw_complex(const ory_panel *p, const ory_snap_quantity *q, ory_canvas *c)
{
    const int region = p->options.v ? ory_values_choice(&p->options, P_REGION) : REGION_LEFT;
    const ory_pen axis = {ORY_ROLE_AXIS, 0, 0, 1, 1};
    ory_plot_look look = ory_plot_look_plain();
    ory_plot_area a;
    double x[2], y[2];

    look.align = true; /* the real axis is a row */
    complex_range(q, x, y);
    include_region(x, y, region);
    ory_plot plot = {.x = {"Re", q->unit, false, x[0], x[1]}, .y = {NULL, NULL, false, y[0], y[1]},
                     .floor = NAN};
    ory_plot_axes(&plot, &look, c, &a);
    shade_region(&a, region);
    ory_dots_line(&a.view, ory_plot_px(&a, 0), 0, ory_plot_px(&a, 0), 1e6, &axis);
    ory_dots_line(&a.view, 0, ory_plot_py(&a, 0), 1e6, ory_plot_py(&a, 0), &axis);
    if (region == REGION_DISC)
        ory_dots_circle(&a.view, ory_plot_px(&a, 0), ory_plot_py(&a, 0), a.x.per_unit,
                        a.y.per_unit, &(ory_pen){ORY_ROLE_WARN, 0, 1, 1, 0});
    draw_trails(&a, q);
    draw_values(&a, q, region);
    ory_plot_finish(&plot, &look, &a);
}

/* --------------------------------------------------------------------- real */

/* The most different frames that fit: all, or every second, third … one. */
static size_t frame_stride(const ory_snap_quantity *q)
{
    return (q->n_past + ORY_POINTS - 2) / (ORY_POINTS - 1) + (q->n_past < ORY_POINTS - 1 ? 0 : 1);
}

static void mode_points(const ory_snap_quantity *q, size_t mode, double now, ory_points *out)
{
    size_t stride = frame_stride(q);

    out->n = 0;
    if (!stride)
        stride = 1;
    for (size_t j = 0; j < q->n_past && out->n < ORY_POINTS - 1; j += stride) {
        out->x[out->n] = q->past_k ? q->past_k[j] : (double)j;
        out->y[out->n++] = q->past[j][mode];
    }
    out->x[out->n] = q->past_k ? now : (double)q->n_past;
    out->y[out->n++] = q->data[mode];
}

static void draw_modes(const ory_snapshot *s, const ory_panel *p, const ory_snap_quantity *q,
                       ory_canvas *c)
{
    const ory_snap_run *r = ory_panel_run(s, p);
    const size_t most = (size_t)fmax(ory_panel_number(p, P_MODES), 1);
    const size_t n = q->rows < most ? q->rows : most;
    ory_points points[ORY_CURVES_MAX];
    ory_plot_series series[ORY_CURVES_MAX];
    char names[ORY_CURVES_MAX][24];
    ory_plot_look look = ory_plot_look_plain();

    for (size_t i = 0; i < n; i++) {
        mode_points(q, i, (double)r->k, points + i);
        snprintf(names[i], sizeof names[i], "%zu", i + 1);
        series[i] = (ory_plot_series){.name = q->row_names ? q->row_names[i] : names[i],
                                      .kind = ORY_PLOT_LINE, .colour = (int)i, .n = points[i].n,
                                      .x = points[i].x, .y = points[i].y, .violation = NAN};
    }
    ory_plot plot = {.x = {q->past_k ? "step" : "frames", NULL,
                           ory_panel_log(p->x_turn, false) && q->past_k, NAN, NAN},
                     .y = {NULL, NULL, ory_panel_log(p->y_turn, q->log), NAN, NAN},
                     .floor = NAN, .series = series, .n_series = n};
    ory_plot_draw(&plot, &look, c);
}

/* Without history: value over index. */
static void draw_scree(const ory_panel *p, const ory_snap_quantity *q, ory_canvas *c)
{
    double x[ORY_POINTS];
    size_t n = q->rows < ORY_POINTS ? q->rows : ORY_POINTS;
    ory_plot_look look = ory_plot_look_plain();

    for (size_t i = 0; i < n; i++)
        x[i] = (double)(i + 1);
    ory_plot_series series = {.kind = n <= 60 ? ORY_PLOT_POINTS : ORY_PLOT_LINE, .colour = 0,
                              .n = n, .x = x, .y = q->data, .violation = NAN};
    ory_plot plot = {.x = {"index", NULL, ory_panel_log(p->x_turn, false), n > 1 ? NAN : 0.5,
                           n > 1 ? NAN : 1.5},
                     .y = {NULL, NULL, ory_panel_log(p->y_turn, q->log), NAN, NAN},
                     .floor = NAN, .series = &series, .n_series = 1};
    ory_plot_draw(&plot, &look, c);
}

static void spectrum_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    const ory_snap_quantity *q = ory_panel_quantity(s, p, 0);

    if (!q || !q->data || !q->rows) {
        ory_panel_missing(c, q ? "%s: nothing read yet" : "%s: no such quantity in this run",
                          p->names[0]);
        return;
    }
    if (q->kind == ORY_SNAP_COMPLEX)
        draw_complex(p, q, c);
    else if (q->n_past >= 2)
        draw_modes(s, p, q, c);
    else
        draw_scree(p, q, c);
}

static void spectrum_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                             int *role)
{
    const ory_snap_quantity *q = ory_panel_quantity(s, p, 0);
    char text[40];

    (void)role;
    ory_title_names(s, p, title);
    if (!q || !q->data)
        return;
    if (q->kind == ORY_SNAP_COMPLEX) {
        double most = -INFINITY;
        for (size_t i = 0; i < q->rows; i++)
            most = q->data[2 * i] > most ? q->data[2 * i] : most;
        ory_title_add(value, "max Re ");
        ory_title_add(value, ory_value_text(q->rows ? most : NAN, text, sizeof text));
        return;
    }
    for (size_t i = 0; i < q->rows && i < 3; i++) {
        snprintf(text, sizeof text, "%s%.3g", i ? " " : "", q->data[i]);
        ory_title_add(value, text);
    }
}

const ory_panel_class ory_panel_spectrum = {
    .name = "spectrum",
    .doc = "Singular values or eigenvalues over steps; complex ones in the plane.",
    .names_doc = "the values: a vector, or complex numbers",
    .names_min = 1, .names_max = 1,
    .params = spectrum_params,
    .min_w = 20, .min_h = 6,
    .heading = spectrum_heading,
    .draw = spectrum_draw,
    .arrays = true, .past = SPECTRUM_PAST,
};
