/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_curve.c - vectors over a vector as they stand now: responses over frequency, errors
 * under their bounds; of a matrix with as many columns every row is one. */
#include "config.h"

#include <string.h>

#include "tui/panelkit.h"

enum { P_BOUND = ORY_PANEL_P_OWN, P_AT, P_VERTICALS, P_LO, P_HI };
enum { CURVES = 16, CURVE_MARKS = 6 };

static const ory_param curve_params[] = {
    ORY_PANEL_PARAMS,
    {.name = "bound", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Vector that bounds the others from above: drawn dashed."},
    {.name = "at", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Scalar or knob: where the vertical line stands."},
    {.name = "verticals", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Vector: dashed vertical lines at its values, with their names."},
    {.name = "lo", .type = ORY_PARAM_REAL, .min = -INFINITY, .max = INFINITY,
     .flags = ORY_OPTIONAL, .unit = "", .doc = "Lower limit of the vertical axis."},
    {.name = "hi", .type = ORY_PARAM_REAL, .min = -INFINITY, .max = INFINITY,
     .flags = ORY_OPTIONAL, .unit = "", .doc = "Upper limit of the vertical axis."},
    {.name = NULL},
};

static const ory_snap_quantity *vector(const ory_snap_run *r, const char *name)
{
    const ory_snap_quantity *q = *name ? ory_snap_find(r, name) : NULL;

    return q && q->data && q->rows && q->cols <= 1 && q->kind == ORY_SNAP_ARRAY ? q : NULL;
}

static void add_one(ory_plot_series *series, size_t *n, const ory_snap_quantity *x, const char *name,
                    const double *y, ory_plot_role role)
{
    series[*n] = (ory_plot_series){.name = name, .role = role,
                                   .colour = role == ORY_PLOT_BOUND ? -1 : (int)*n, .n = x->rows,
                                   .x = x->data, .y = y, .violation = NAN};
    ++*n;
}

static void add(ory_plot_series *series, size_t *n, const ory_snap_quantity *x, const ory_snap_quantity *y,
                ory_plot_role role)
{
    if (y && y->rows == x->rows && *n < CURVES)
        add_one(series, n, x, ory_snap_label(y), y->data, role);
}

/* Rows of a matrix, named, as far as there is room. */
static void add_rows(ory_plot_series *series, size_t *n, const ory_snap_quantity *x,
                     const ory_snap_quantity *y)
{
    if (!y || !y->data || y->cols != x->rows || y->kind != ORY_SNAP_ARRAY)
        return;
    for (size_t i = 0; i < y->rows && *n < CURVES; i++)
        add_one(series, n, x, y->row_names ? y->row_names[i] : NULL, y->data + i * y->cols, ORY_PLOT_CURVE);
}

/* A knob, where the run has one of that name, else a scalar. */
static double line_at(const ory_snap_run *r, const char *name)
{
    const ory_snap_quantity *q = *name ? ory_snap_find(r, name) : NULL;

    for (size_t i = 0; i < r->n_knobs; i++)
        if (strcmp(r->knobs[i].name, name) == 0)
            return r->knobs[i].value;
    return q ? q->value : NAN;
}

static double optional(const ory_panel *p, int option)
{
    return p->options.v && ory_values_given(&p->options, option)
               ? ory_values_real(&p->options, option) : NAN;
}

static size_t fill_marks(const ory_snap_quantity *q, ory_plot_mark *marks)
{
    size_t n = 0;

    for (size_t i = 0; q && i < q->rows && n < CURVE_MARKS; i++)
        if (isfinite(q->data[i]))
            marks[n++] = (ory_plot_mark){q->data[i], NAN, q->row_names ? q->row_names[i] : NULL};
    return n;
}

static void curve_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    const ory_snap_run *r = ory_panel_run(s, p);
    const ory_snap_quantity *x = vector(r, p->names[0]), *y = vector(r, p->names[1]);
    ory_plot_series series[CURVES + 1];
    ory_plot_mark marks[CURVE_MARKS];
    ory_plot_look look = ory_plot_look_plain();
    size_t n = 0;

    for (size_t i = 1; x && i < p->n_names; i++) {
        add(series, &n, x, vector(r, p->names[i]), ORY_PLOT_CURVE);
        if (!vector(r, p->names[i]))
            add_rows(series, &n, x, ory_snap_find(r, p->names[i]));
    }
    if (x)
        add(series, &n, x, vector(r, ory_panel_text(p, P_BOUND)), ORY_PLOT_BOUND);
    if (!n) {
        ory_panel_missing(c, "%s: no such vectors of equal length in this run", p->names[x ? 1 : 0]);
        return;
    }
    look.cursor = line_at(r, ory_panel_text(p, P_AT));
    ory_plot plot = {.x = {ory_snap_label(x), x->unit, ory_panel_log(p->x_turn, x->log), NAN, NAN},
                     .y = {NULL, NULL, ory_panel_log(p->y_turn, y && y->log), optional(p, P_LO),
                           optional(p, P_HI)},
                     .floor = NAN, .series = series, .n_series = n, .marks = marks,
                     .n_marks = fill_marks(vector(r, ory_panel_text(p, P_VERTICALS)), marks)};
    ory_plot_draw(&plot, &look, c);
}

static void curve_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value, int *role)
{
    const ory_snap_run *r = ory_panel_run(s, p);

    (void)value;
    (void)role;
    for (size_t i = 1; i < p->n_names; i++) {
        const ory_snap_quantity *q = ory_snap_find(r, p->names[i]);

        if (i > 1)
            ory_title_add(title, " · ");
        ory_title_add(title, q ? ory_snap_label(q) : p->names[i]);
    }
}

static size_t curve_wants(const ory_panel *p, ory_panel_want *out, size_t max)
{
    size_t n = 0;

    if (*ory_panel_text(p, P_BOUND) && n < max)
        out[n++] = (ory_panel_want){.name = ory_panel_text(p, P_BOUND), .array = true};
    if (*ory_panel_text(p, P_VERTICALS) && n < max)
        out[n++] = (ory_panel_want){.name = ory_panel_text(p, P_VERTICALS), .array = true};
    if (*ory_panel_text(p, P_AT) && n < max)
        out[n++] = (ory_panel_want){.name = ory_panel_text(p, P_AT)};
    return n;
}

const ory_panel_class ory_panel_curve = {
    .name = "curve",
    .doc = "Vectors over a vector as they stand now, on its axes, with their bound.",
    .names_doc = "the vector across, the vectors or matrices (a row a curve) upward",
    .names_min = 2, .names_max = ORY_PANEL_NAMES,
    .params = curve_params,
    .min_w = 24, .min_h = 6,
    .heading = curve_heading,
    .draw = curve_draw,
    .wants = curve_wants,
    .arrays = true,
};
