/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_phase.c - a plane through the state: the way of the run (and of the runs that
 * move along), the field of directions, nullclines, equilibria, other trails. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/panelkit.h"

enum { P_FLOW = ORY_PANEL_P_OWN, P_NULLCLINES, P_POINTS, P_TRAILS, P_XLO, P_XHI, P_YLO, P_YHI };
enum { PHASE_PAST = 200, PHASE_RUNS = 6, PHASE_TRAIL = 500 };

#define LIMIT(row, text)                                                                       \
    {.name = row, .type = ORY_PARAM_REAL, .min = -INFINITY, .max = INFINITY,                    \
     .flags = ORY_OPTIONAL, .unit = "", .doc = text}

static const ory_param phase_params[] = {
    ORY_PANEL_PARAMS,
    {.name = "flow", .type = ORY_PARAM_STRING, .def_text = "flow", .unit = "",
     .doc = "Field of vectors: arrows and nullclines."},
    {.name = "nullclines", .type = ORY_PARAM_BOOL, .def = 1, .unit = "",
     .doc = "Draw where a component of the field vanishes."},
    {.name = "points", .type = ORY_PARAM_STRING, .def_text = "equilibria", .unit = "",
     .doc = "Equilibria: x, y and, in a third column, 1 for stable and 0 for unstable."},
    {.name = "trails", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Other trails: x, y a row, rows of NaN between them."},
    LIMIT("xlo", "Left limit."), LIMIT("xhi", "Right limit."),
    LIMIT("ylo", "Lower limit."), LIMIT("yhi", "Upper limit."),
    {.name = NULL},
};

static const ory_snap_quantity *array(const ory_snapshot *s, const ory_panel *p, int i,
                                      size_t least_cols)
{
    const ory_snap_quantity *q = ory_snap_find(ory_panel_run(s, p), ory_panel_text(p, i));
    return q && q->data && q->rows && q->cols >= least_cols ? q : NULL;
}

static const ory_snap_quantity *flow_of(const ory_snapshot *s, const ory_panel *p)
{
    const ory_snap_quantity *q = array(s, p, P_FLOW, 2);
    return q && q->kind == ORY_SNAP_FLOW && q->rows >= 2 && q->x1 > q->x0 && q->y1 > q->y0 ? q
                                                                                          : NULL;
}

/* ------------------------------------------------------------------- trails */

/* The way of one run: pairs of values at equal steps. */
typedef struct trail {
    size_t n;
    double x[PHASE_TRAIL], y[PHASE_TRAIL];
} trail;

static void trail_add(trail *t, double x, double y)
{
    if (t->n < PHASE_TRAIL) {
        t->x[t->n] = x;
        t->y[t->n++] = y;
    }
}

/* Bins of two histories with the same steps (both are sampled together); others are
 * matched by the last bin at or before the step. */
static void trail_of_scalars(trail *t, const ory_snap_quantity *a, const ory_snap_quantity *b,
                             uint64_t k)
{
    size_t n = 0, stride, j = 0;

    while (n < a->n_bins && a->bins[n].step <= k)
        n++;
    stride = n / (PHASE_TRAIL - 2) + 1;
    for (size_t i = 0; i < n && b->n_bins; i += stride) {
        while (j + 1 < b->n_bins && b->bins[j + 1].step <= a->bins[i].step)
            j++;
        trail_add(t, a->bins[i].first, b->bins[j].first);
    }
    trail_add(t, a->value, b->value);
}

static void trail_of_rows(trail *t, const ory_snap_quantity *q, size_t row)
{
    size_t stride = q->n_past / (PHASE_TRAIL - 2) + 1;

    for (size_t j = 0; j < q->n_past; j += stride)
        trail_add(t, q->past[j][row * q->cols], q->past[j][row * q->cols + 1]);
    trail_add(t, q->data[row * q->cols], q->data[row * q->cols + 1]);
}

/* Trails of all runs that move along (two scalars), or of all rows of an array. */
static size_t collect(const ory_snapshot *s, const ory_panel *p, trail out[PHASE_RUNS],
                      const char *names[PHASE_RUNS])
{
    const ory_snap_run *own = ory_panel_run(s, p);
    const ory_snap_quantity *first = ory_panel_quantity(s, p, 0);
    size_t used = 0;

    if (p->n_names == 1) {
        for (size_t i = 0; first && first->data && first->cols == 2 && i < first->rows &&
                           used < PHASE_RUNS; i++, used++) {
            out[used].n = 0;
            names[used] = first->row_names ? first->row_names[i] : NULL;
            trail_of_rows(out + used, first, i);
        }
        return used;
    }
    for (size_t j = 0; j < s->n_runs && used < PHASE_RUNS; j++) {
        const ory_snap_run *r = j == 0 ? own : s->runs + j;
        const ory_snap_quantity *a = ory_snap_find(r, p->names[0]);
        const ory_snap_quantity *b = ory_snap_find(r, p->names[1]);
        if (!a || !b || (j > 0 && (r == own || r->part == ORY_PART_HIDDEN)))
            continue;
        out[used].n = 0;
        names[used] = s->n_runs > 1 ? r->name : NULL;
        trail_of_scalars(out + used++, a, b, r->k);
    }
    return used;
}

/* -------------------------------------------------------------------- range */

static void widen(double range[2], const double *v, size_t n, size_t stride)
{
    double lo, hi;

    if (ory_extremes(v, n, stride, &lo, &hi)) {
        range[0] = fmin(range[0], lo);
        range[1] = fmax(range[1], hi);
    }
}

static void pad(double range[2])
{
    double span = range[1] / 2 - range[0] / 2;

    if (!(range[0] <= range[1])) {
        range[0] = -1;
        range[1] = 1;
    } else if (!(span > 0)) {
        double size = fmax(fabs(range[0]) / 4, 1e-300);
        range[0] -= size;
        range[1] += size;
    } else {
        range[0] -= 0.1 * span;
        range[1] += 0.1 * span;
    }
}

static double given_or(const ory_panel *p, int option, double other)
{
    return p->options.v && ory_values_given(&p->options, option)
               ? ory_values_real(&p->options, option) : other;
}

static void find_range(const ory_snapshot *s, const ory_panel *p, const trail *trails, size_t n,
                       double x[2], double y[2])
{
    const ory_snap_quantity *flow = flow_of(s, p), *points = array(s, p, P_POINTS, 2);
    const ory_snap_quantity *others = array(s, p, P_TRAILS, 2);

    x[0] = y[0] = INFINITY;
    x[1] = y[1] = -INFINITY;
    if (flow) {
        x[0] = flow->x0, x[1] = flow->x1;
        y[0] = flow->y0, y[1] = flow->y1;
    } else {
        for (size_t i = 0; i < n; i++) {
            widen(x, trails[i].x, trails[i].n, 1);
            widen(y, trails[i].y, trails[i].n, 1);
        }
        if (points) {
            widen(x, points->data, points->rows, points->cols);
            widen(y, points->data + 1, points->rows, points->cols);
        }
        if (others) {
            widen(x, others->data, others->rows, others->cols);
            widen(y, others->data + 1, others->rows, others->cols);
        }
        pad(x);
        pad(y);
    }
    x[0] = given_or(p, P_XLO, x[0]);
    x[1] = given_or(p, P_XHI, x[1]);
    y[0] = given_or(p, P_YLO, y[0]);
    y[1] = given_or(p, P_YHI, y[1]);
}

/* ------------------------------------------------------------------ drawing */

static uint32_t arrow(const ory_glyphs *g, double dx, double dy)
{
    static const uint32_t fine[8] = {0x2192, 0x2197, 0x2191, 0x2196, 0x2190, 0x2199, 0x2193, 0x2198};
    int eighth = (int)lround(atan2(dy, dx) / (M_PI / 4)) & 7;
    const uint32_t plain[8] = {g->right, '/', g->up, '\\', g->left, '/', g->down, '\\'};

    return g->ascii ? plain[eighth] : fine[eighth];
}

/* An arrow in every sixth column of every third row, as the nearest sample says. In
 * cells: a column is half as wide as a row is high. */
static void draw_arrows(ory_plot_area *a, const ory_snap_quantity *f)
{
    for (int row = 1; row < a->view.h; row += 3) {
        for (int col = 2 + row % 2 * 3; col < a->view.w; col += 6) {
            double x = ory_scale_value(&a->x, 2 * col + 0.5);
            double y = ory_scale_value(&a->y, a->y.dots - 1 - (4 * row + 1.5));
            double u = (x - f->x0) / (f->x1 - f->x0), v = (y - f->y0) / (f->y1 - f->y0);
            if (!(u >= 0 && u < 1 && v >= 0 && v < 1))
                continue;
            size_t j = (size_t)(u * (double)f->cols), i = (size_t)(v * (double)f->rows);
            const double *d = f->data + 2 * (i * f->cols + j);
            double dx = d[0] * a->x.per_unit, dy = d[1] * a->y.per_unit;
            if (isfinite(dx) && isfinite(dy) && (dx != 0 || dy != 0))
                ory_canvas_put(&a->view, col, row, arrow(a->view.glyphs, dx, dy),
                               ory_ink(ORY_ROLE_AXIS));
        }
    }
}

static void draw_nullclines(ory_plot_area *a, const ory_snap_quantity *f)
{
    const double x[2] = {f->x0, f->x1}, y[2] = {f->y0, f->y1};

    for (int component = 0; component < 2; component++) {
        const ory_pen pen = {(uint8_t)ory_curve_role(2 + component), 0, 1, 2, 2};
        ory_contour(a, f->data + component, f->rows, f->cols, 2, 0, x, y, &pen);
    }
}

static void draw_trail(ory_plot_area *a, const trail *t, int colour, int level)
{
    const ory_pen pen = {(uint8_t)ory_curve_role(colour), 0, (uint8_t)level, 1, 0};

    for (size_t i = 0; i + 1 < t->n; i++)
        ory_dots_line(&a->view, ory_plot_px(a, t->x[i]), ory_plot_py(a, t->y[i]),
                      ory_plot_px(a, t->x[i + 1]), ory_plot_py(a, t->y[i + 1]), &pen);
}

static void spot(ory_plot_area *a, double x, double y, uint32_t cp, ory_style style)
{
    double px = ory_plot_px(a, x), py = ory_plot_py(a, y);

    if (isfinite(px) && isfinite(py) && px > -1 && py > -1 && px < a->x.dots && py < a->y.dots)
        ory_plot_spot_add(a, (int)fmax(px + 0.5, 0) / 2, (int)fmax(py + 0.5, 0) / 4, cp, style);
}

static void draw_points(ory_plot_area *a, const ory_snap_quantity *q)
{
    const ory_glyphs *g = a->view.glyphs;

    for (size_t i = 0; i < q->rows; i++) {
        const double *row = q->data + i * q->cols;
        const bool stable = q->cols < 3 || row[2] > 0.5;
        spot(a, row[0], row[1], stable ? g->marker[2] : g->marker[6],
             ory_ink_attr(stable ? ORY_ROLE_GOOD : ORY_ROLE_WARN, ORY_BOLD));
    }
}

static void draw_others(ory_plot_area *a, const ory_snap_quantity *q)
{
    const ory_pen pen = {ORY_ROLE_GHOST, 0, 1, 1, 1};

    for (size_t i = 0; i + 1 < q->rows; i++) {
        const double *p = q->data + i * q->cols, *n = p + q->cols;
        ory_dots_line(&a->view, ory_plot_px(a, p[0]), ory_plot_py(a, p[1]), ory_plot_px(a, n[0]),
                      ory_plot_py(a, n[1]), &pen);
    }
}

static const char *axis_name(const ory_snapshot *s, const ory_panel *p, int axis)
{
    const ory_snap_quantity *q = ory_panel_quantity(s, p, p->n_names > 1 ? (size_t)axis : 0);
    const ory_snap_quantity *flow = flow_of(s, p);

    if (flow && ory_given(axis ? flow->y_label : flow->x_label))
        return axis ? flow->y_label : flow->x_label;
    if (p->n_names > 1)
        return q ? ory_snap_label(q) : p->names[axis];
    if (q && q->col_names && q->cols == 2)
        return q->col_names[axis];
    return "";
}

static size_t legend(const ory_snapshot *s, const ory_panel *p, const char *const *names, size_t n,
                     ory_plot_series out[PHASE_RUNS + 2])
{
    const ory_snap_quantity *flow = flow_of(s, p);
    static const char *const cline[2] = {"dx = 0", "dy = 0"};
    size_t used = 0;

    for (size_t i = 0; i < n; i++)
        if (ory_given(names[i]))
            out[used++] = (ory_plot_series){.name = names[i], .colour = (int)i, .violation = NAN};
    for (int i = 0; flow && i < 2 && ory_values_bool(&p->options, P_NULLCLINES); i++)
        out[used++] = (ory_plot_series){.name = cline[i], .role = ORY_PLOT_BOUND, .colour = 2 + i,
                                        .violation = NAN};
    return used;
}

static void phase_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    const ory_snap_quantity *flow = flow_of(s, p), *points = array(s, p, P_POINTS, 2);
    const ory_snap_quantity *others = array(s, p, P_TRAILS, 2);
    const char *names[PHASE_RUNS] = {NULL};
    trail trails[PHASE_RUNS];
    ory_plot_series series[PHASE_RUNS + 2];
    ory_plot_look look = ory_plot_look_plain();
    ory_plot_area a;
    double x[2], y[2];
    const size_t n = collect(s, p, trails, names);

    if (!n && !flow) {
        ory_panel_missing(c, "%s%s%s: nothing recorded yet", p->names[0],
                          p->n_names > 1 ? ", " : "", p->n_names > 1 ? p->names[1] : "");
        return;
    }
    find_range(s, p, trails, n, x, y);
    ory_plot plot = {.x = {axis_name(s, p, 0), NULL, false, x[0], x[1]},
                     .y = {axis_name(s, p, 1), NULL, false, y[0], y[1]},
                     .floor = NAN, .series = series, .n_series = legend(s, p, names, n, series)};
    ory_plot_axes(&plot, &look, c, &a);
    if (flow) {
        draw_arrows(&a, flow);
        if (ory_values_bool(&p->options, P_NULLCLINES))
            draw_nullclines(&a, flow);
    }
    if (others)
        draw_others(&a, others);
    for (size_t i = n; i > 0; i--)
        draw_trail(&a, trails + i - 1, (int)i - 1, i == 1 ? 4 : 3);
    if (points)
        draw_points(&a, points);
    for (size_t i = n; i > 0; i--)
        if (trails[i - 1].n)
            spot(&a, trails[i - 1].x[trails[i - 1].n - 1], trails[i - 1].y[trails[i - 1].n - 1],
                 c->glyphs->marker[(i - 1) % ORY_MARKERS],
                 ory_ink_attr(ory_curve_role((int)i - 1), ORY_BOLD));
    ory_plot_finish(&plot, &look, &a);
}

static void phase_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                          int *role)
{
    const ory_snap_quantity *a = ory_panel_quantity(s, p, 0), *b = ory_panel_quantity(s, p, 1);
    char x[40], y[40], text[100];

    (void)role;
    ory_title_names(s, p, title);
    if (p->n_names < 2 || !a || !b)
        return;
    snprintf(text, sizeof text, "(%s, %s)", ory_value_text(a->value, x, sizeof x),
             ory_value_text(b->value, y, sizeof y));
    ory_title_add(value, text);
}

static size_t phase_wants(const ory_panel *p, ory_panel_want *out, size_t max)
{
    static const int options[] = {P_FLOW, P_POINTS, P_TRAILS};
    size_t n = 0;

    for (size_t i = 0; i < 3; i++)
        if (*ory_panel_text(p, options[i]) && n < max)
            out[n++] = (ory_panel_want){.name = ory_panel_text(p, options[i]), .array = true};
    if (p->n_names == 1 && n < max)
        out[n++] = (ory_panel_want){.name = p->names[0], .array = true, .past = PHASE_PAST};
    return n;
}

const ory_panel_class ory_panel_phase = {
    .name = "phase",
    .doc = "A plane through the state with the way so far, the field, nullclines, equilibria.",
    .names_doc = "two scalars, or one array of points (x, y a row)",
    .names_min = 1, .names_max = 2,
    .params = phase_params,
    .min_w = 20, .min_h = 8,
    .heading = phase_heading,
    .draw = phase_draw,
    .wants = phase_wants,
};
