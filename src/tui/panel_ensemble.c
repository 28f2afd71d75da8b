/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_ensemble.c - many curves at once: every entry of a vector over steps, thin and
 * coloured by group, and over them the entries of another vector, or the way of a scalar,
 * thick, of this run or of one that moves along. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/panelkit.h"

enum { P_GROUP = ORY_PANEL_P_OWN, P_OVER, P_WITH };
enum { ENSEMBLE_PAST = 256, ENSEMBLE_CURVES = 400, ENSEMBLE_THICK = 12 };
enum { LEVEL_THIN = 2, LEVEL_THICK = 6 };

static const ory_param ensemble_params[] = {
    ORY_PANEL_PARAMS,
    {.name = "group", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Vector, a number from 1 a curve: its colour."},
    {.name = "over", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Vector drawn thick over the thin curves, entry i in the colour of group i; or a scalar, in a "
            "colour of its own."},
    {.name = "with", .type = ORY_PARAM_INT, .def = 1, .min = 1, .max = 99, .unit = "",
     .doc = "The run that it is of, counted from 1."},
    {.name = NULL},
};

static const ory_snap_run *other_run(const ory_snapshot *s, const ory_panel *p)
{
    double with = ory_panel_number(p, P_WITH);
    size_t i = with >= 1 ? (size_t)with - 1 : 0;

    return i < s->n_runs ? s->runs + i : NULL;
}

static const ory_snap_quantity *vector(const ory_snap_run *r, const char *name)
{
    const ory_snap_quantity *q = *name ? ory_snap_find(r, name) : NULL;

    return q && q->data && q->rows && q->cols <= 1 && q->kind == ORY_SNAP_ARRAY ? q : NULL;
}

static const ory_snap_quantity *scalar(const ory_snap_run *r, const char *name)
{
    const ory_snap_quantity *q = *name ? ory_snap_find(r, name) : NULL;

    return q && q->kind == ORY_SNAP_SCALAR && q->n_bins ? q : NULL;
}

/* Entries that are drawn: all, or every second, third … one. */
static size_t stride_of(const ory_snap_quantity *q, size_t most)
{
    return (q->rows + most - 1) / most;
}

static double group_of(const ory_snap_quantity *group, size_t i)
{
    return group && i < group->rows && group->data[i] >= 1 ? group->data[i] - 1 : 0;
}

/* The first colour that no group has. */
static int free_colour(const ory_snap_quantity *q, const ory_snap_quantity *group)
{
    double most = 0;

    for (size_t i = 0; i < q->rows; i++)
        most = fmax(most, group_of(group, i));
    return (int)fmin(most, 1000) + 1;
}

/* ------------------------------------------------------------------- range */

static void widen(const ory_snap_quantity *q, double k, double x[2], double y[2])
{
    double lo, hi;

    for (size_t j = 0; j <= q->n_past; j++) {
        const double *now = j < q->n_past ? q->past[j] : q->data;
        double at = j == q->n_past ? k : q->past_k ? q->past_k[j] : (double)j;

        x[0] = fmin(x[0], at);
        x[1] = fmax(x[1], at);
        if (ory_extremes(now, q->rows, 1, &lo, &hi)) {
            y[0] = fmin(y[0], lo);
            y[1] = fmax(y[1], hi);
        }
    }
}

/* ------------------------------------------------------------------ drawing */

/* Entry i over its past and now; thick: three dots high. */
static void draw_entry(ory_plot_area *a, const ory_snap_quantity *q, size_t i, double k, const ory_pen *pen,
                       bool thick)
{
    double px = NAN, py = NAN;

    for (size_t j = 0; j <= q->n_past; j++) {
        double at = j == q->n_past ? k : q->past_k ? q->past_k[j] : (double)j;
        double nx = ory_plot_px(a, at), ny = ory_plot_py(a, (j < q->n_past ? q->past[j] : q->data)[i]);

        if (j == 0) { /* alone it is a dot */
            px = nx;
            py = ny;
        }
        for (int up = thick ? -1 : 0; up <= (thick ? 1 : 0); up++)
            ory_dots_line(&a->view, px, py + up, nx, ny + up, pen);
        px = nx;
        py = ny;
    }
}

static void draw_thin(ory_plot_area *a, const ory_snap_quantity *q, const ory_snap_quantity *group, double k)
{
    for (size_t i = 0; i < q->rows; i += stride_of(q, ENSEMBLE_CURVES)) {
        const ory_pen pen = {(uint8_t)ory_curve_role((int)group_of(group, i)), ORY_FAINT, LEVEL_THIN, 1, 0};

        draw_entry(a, q, i, k, &pen, false);
    }
}

static void widen_way(const ory_snap_quantity *q, uint64_t k, double y[2])
{
    double lo, hi;
    uint64_t at;

    ory_bins_extremes(q->bins, q->n_bins, k, &lo, &at, &hi, &at);
    if (lo <= hi) {
        y[0] = fmin(y[0], lo);
        y[1] = fmax(y[1], hi);
    }
}

/* The way of a scalar, thick, with a marker at its end. */
static void draw_way(ory_plot_area *a, const ory_snap_quantity *q, double k, int colour)
{
    const ory_pen pen = {(uint8_t)ory_curve_role(colour), ORY_BOLD, LEVEL_THICK, 1, 0};
    double px = NAN, py = NAN, nx = NAN, ny = NAN;

    for (size_t i = 0; i < q->n_bins && (double)q->bins[i].step <= k; i++) {
        nx = ory_plot_px(a, (double)q->bins[i].step);
        ny = ory_plot_py(a, q->bins[i].first);
        for (int up = -1; i > 0 && up <= 1; up++)
            ory_dots_line(&a->view, px, py + up, nx, ny + up, &pen);
        px = nx;
        py = ny;
    }
    if (isfinite(nx) && isfinite(ny))
        ory_plot_spot_add(a, (int)fmax(nx + 0.5, 0) / 2, (int)fmax(ny + 0.5, 0) / 4,
                          a->view.glyphs->marker[0], ory_ink_attr(pen.role, ORY_BOLD));
}

/* The last point of a thick curve carries its marker. */
static void draw_thick(ory_plot_area *a, const ory_snap_quantity *q, double k)
{
    for (size_t i = 0; i < q->rows && i < ENSEMBLE_THICK; i++) {
        const ory_pen pen = {(uint8_t)ory_curve_role((int)i), ORY_BOLD, LEVEL_THICK, 1, 0};
        double px = ory_plot_px(a, k), py = ory_plot_py(a, q->data[i]);

        draw_entry(a, q, i, k, &pen, true);
        if (isfinite(px) && isfinite(py))
            ory_plot_spot_add(a, (int)fmax(px + 0.5, 0) / 2, (int)fmax(py + 0.5, 0) / 4,
                              a->view.glyphs->marker[i % ORY_MARKERS], ory_ink_attr(pen.role, ORY_BOLD));
    }
}

/* The legend names the thick curves. */
static size_t legend(const ory_snap_quantity *over, char names[ENSEMBLE_THICK][32],
                     ory_plot_series series[ENSEMBLE_THICK])
{
    size_t n = over ? over->rows < ENSEMBLE_THICK ? over->rows : ENSEMBLE_THICK : 0;

    for (size_t i = 0; i < n; i++) {
        if (over->row_names && over->row_names[i])
            snprintf(names[i], sizeof names[i], "%s", over->row_names[i]);
        else
            snprintf(names[i], sizeof names[i], "%zu", i + 1);
        series[i] = (ory_plot_series){.name = names[i], .colour = (int)i, .violation = NAN};
    }
    return n;
}

static void ensemble_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    const ory_snap_run *r = ory_panel_run(s, p), *with = other_run(s, p);
    const ory_snap_quantity *q = vector(r, p->names[0]), *over = vector(with, ory_panel_text(p, P_OVER));
    const ory_snap_quantity *group = vector(r, ory_panel_text(p, P_GROUP));
    const ory_snap_quantity *way = scalar(with, ory_panel_text(p, P_OVER));
    double x[2] = {INFINITY, -INFINITY}, y[2] = {INFINITY, -INFINITY};
    ory_plot_look look = ory_plot_look_plain();
    ory_plot_series series[ENSEMBLE_THICK];
    char names[ENSEMBLE_THICK][32];
    ory_plot_area a;

    if (!q) {
        ory_panel_missing(c, ory_snap_find(r, p->names[0]) ? "%s: nothing read yet"
                                                           : "%s: no such vector in this run", p->names[0]);
        return;
    }
    widen(q, (double)r->k, x, y);
    if (over)
        widen(over, (double)with->k, x, y);
    if (way)
        widen_way(way, with->k, y);
    if (!(y[0] <= y[1])) {
        ory_panel_missing(c, "%s: undefined so far", p->names[0]);
        return;
    }
    ory_plot plot = {.x = {q->past_k ? "step" : "frames", NULL, false, x[0], x[1] > x[0] ? x[1] : x[0] + 1},
                     .y = {NULL, q->unit, false, y[0], y[1] > y[0] ? y[1] : y[0] + 1},
                     .floor = NAN, .series = series, .n_series = legend(over, names, series)};
    if (way) {
        series[0] = (ory_plot_series){.name = ory_snap_label(way), .colour = free_colour(q, group),
                                      .violation = NAN};
        plot.n_series = 1;
    }
    look.align = true;
    ory_plot_axes(&plot, &look, c, &a);
    draw_thin(&a, q, group, (double)r->k);
    if (over)
        draw_thick(&a, over, (double)with->k);
    if (way)
        draw_way(&a, way, (double)with->k, series[0].colour);
    ory_plot_finish(&plot, &look, &a);
}

static void ensemble_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value, int *role)
{
    const ory_snap_quantity *q = vector(ory_panel_run(s, p), p->names[0]);
    const ory_snap_quantity *over = vector(other_run(s, p), ory_panel_text(p, P_OVER));
    char text[64];

    (void)role;
    ory_title_names(s, p, title);
    if (!q)
        return;
    if (stride_of(q, ENSEMBLE_CURVES) > 1)
        snprintf(text, sizeof text, "1 in %zu of %zu", stride_of(q, ENSEMBLE_CURVES), q->rows);
    else
        snprintf(text, sizeof text, "%zu", q->rows);
    ory_title_add(value, text);
    if (over) {
        snprintf(text, sizeof text, " under %zu", over->rows);
        ory_title_add(value, text);
    }
}

static size_t ensemble_wants(const ory_panel *p, ory_panel_want *out, size_t max)
{
    size_t n = 0;

    if (*ory_panel_text(p, P_OVER) && n < max) /* a scalar is recorded for it */
        out[n++] = (ory_panel_want){.name = ory_panel_text(p, P_OVER), .past = ENSEMBLE_PAST};
    if (*ory_panel_text(p, P_GROUP) && n < max)
        out[n++] = (ory_panel_want){.name = ory_panel_text(p, P_GROUP), .array = true};
    return n;
}

const ory_panel_class ory_panel_ensemble = {
    .name = "ensemble",
    .doc = "Every entry of a vector over steps, thin and coloured by group; another vector thick over them.",
    .names_doc = "the vector",
    .names_min = 1, .names_max = 1,
    .params = ensemble_params,
    .min_w = 24, .min_h = 6,
    .heading = ensemble_heading,
    .draw = ensemble_draw,
    .wants = ensemble_wants,
    .arrays = true, .past = ENSEMBLE_PAST,
};
