/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_field.c - a quantity over a rectangle: colours and shades, level curves, data
 * points, a path. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/panelkit.h"

enum { P_LEVEL = ORY_PANEL_P_OWN, P_EDGE, P_POINTS, P_PATH, P_LO, P_HI };

static const ory_param field_params[] = {
    ORY_PANEL_PARAMS,
    {.name = "level", .type = ORY_PARAM_REAL, .min = -INFINITY, .max = INFINITY,
     .flags = ORY_OPTIONAL, .unit = "", .doc = "Draw the level curve of this value."},
    {.name = "edge", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Another field over the same rectangle whose level 1/2 is drawn: a true boundary."},
    {.name = "points", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Data points: x, y and, in a third column, a label whose sign is the marker."},
    {.name = "path", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "A path: x, y a row, rows of NaN between pieces."},
    {.name = "lo", .type = ORY_PARAM_REAL, .min = -INFINITY, .max = INFINITY,
     .flags = ORY_OPTIONAL, .unit = "", .doc = "Value of the lowest colour."},
    {.name = "hi", .type = ORY_PARAM_REAL, .min = -INFINITY, .max = INFINITY,
     .flags = ORY_OPTIONAL, .unit = "", .doc = "Value of the highest colour."},
    {.name = NULL},
};

static const ory_snap_quantity *array(const ory_snapshot *s, const ory_panel *p, int i)
{
    const ory_snap_quantity *q = ory_snap_find(ory_panel_run(s, p), ory_panel_text(p, i));
    return q && q->data && q->rows && q->cols >= 2 ? q : NULL;
}

/* Colours from the data, but for the ends that were given. */
static bool find_range(const ory_panel *p, const ory_snap_quantity *q, ory_heat *heat)
{
    bool any = ory_heat_range(heat, q->data, q->rows * q->cols);

    if (p->options.v && ory_values_given(&p->options, P_LO))
        heat->lo = ory_values_real(&p->options, P_LO);
    if (p->options.v && ory_values_given(&p->options, P_HI))
        heat->hi = ory_values_real(&p->options, P_HI);
    return any;
}

/* The value at the middle of a cell: the nearest sample. */
static void draw_cells(ory_plot_area *a, const ory_snap_quantity *q, const double x[2],
                       const double y[2], const ory_heat *heat)
{
    for (int row = 0; row < a->view.h; row++) {
        double wy = ory_scale_value(&a->y, a->y.dots - 1 - (4 * row + 1.5));
        double v = (wy - y[0]) / (y[1] - y[0]);
        if (!(v >= 0 && v <= 1))
            continue;
        size_t i = (size_t)fmin(v * (double)q->rows, (double)(q->rows - 1));
        for (int col = 0; col < a->view.w; col++) {
            double wx = ory_scale_value(&a->x, 2 * col + 0.5);
            double u = (wx - x[0]) / (x[1] - x[0]);
            if (!(u >= 0 && u <= 1))
                continue;
            size_t j = (size_t)fmin(u * (double)q->cols, (double)(q->cols - 1));
            ory_heat_put(&a->view, col, row, 1, heat, q->data[i * q->cols + j]);
        }
    }
}

static void draw_path(ory_plot_area *a, const ory_snap_quantity *q)
{
    const ory_pen pen = {ORY_ROLE_DEFAULT, ORY_BOLD, 3, 1, 0};
    double x = NAN, y = NAN;

    for (size_t i = 0; i < q->rows; i++) {
        double px = ory_plot_px(a, q->data[i * q->cols]);
        double py = ory_plot_py(a, q->data[i * q->cols + 1]);
        ory_dots_line(&a->view, x, y, px, py, &pen);
        x = px;
        y = py;
    }
    if (isfinite(x) && isfinite(y) && x > -1 && y > -1 && x < a->x.dots && y < a->y.dots)
        ory_plot_spot_add(a, (int)fmax(x, 0) / 2, (int)fmax(y, 0) / 4, a->view.glyphs->knob,
                          ory_ink_attr(ORY_ROLE_ACCENT, ORY_BOLD));
}

static void draw_points(ory_plot_area *a, const ory_snap_quantity *q)
{
    for (size_t i = 0; i < q->rows; i++) {
        const double *row = q->data + i * q->cols;
        double px = ory_plot_px(a, row[0]), py = ory_plot_py(a, row[1]);
        const bool negative = q->cols >= 3 && row[2] < 0;
        if (isfinite(px) && isfinite(py) && px > -1 && py > -1 && px < a->x.dots && py < a->y.dots)
            ory_plot_spot_add(a, (int)fmax(px, 0) / 2, (int)fmax(py, 0) / 4,
                              a->view.glyphs->marker[negative ? 4 : 0],
                              ory_ink_attr(ORY_ROLE_DEFAULT, ORY_BOLD));
    }
}

/* Extent of a field; without one the cells are counted. */
static void extent(const ory_snap_quantity *q, double x[2], double y[2])
{
    const bool has = q->x1 > q->x0 && q->y1 > q->y0 && isfinite(q->x1 - q->x0) &&
                     isfinite(q->y1 - q->y0);

    x[0] = has ? q->x0 : 0.5;
    x[1] = has ? q->x1 : (double)q->cols + 0.5;
    y[0] = has ? q->y0 : 0.5;
    y[1] = has ? q->y1 : (double)q->rows + 0.5;
}

/* What the lines mean, right-aligned in row y where it fits beside the scale. */
static void draw_legend(ory_canvas *c, int y, int from, const ory_panel *p,
                        const ory_snap_quantity *edge, const ory_snap_quantity *path,
                        const ory_snap_quantity *points)
{
    const ory_glyphs *g = c->glyphs;
    const bool level = p->options.v && ory_values_given(&p->options, P_LEVEL);
    char number[40], text[80];
    int x = c->w - 1;

    if (path && (x -= ory_text_width(g, ory_snap_label(path)) + 2) > from) {
        ory_canvas_put(c, x, y, g->knob, ory_ink_attr(ORY_ROLE_ACCENT, ORY_BOLD));
        ory_canvas_text(c, x + 2, y, ory_snap_label(path), ory_ink(ORY_ROLE_DEFAULT));
        x -= 3;
    }
    if (edge && (x -= ory_text_width(g, ory_snap_label(edge)) + 3) > from) {
        ory_canvas_hline(c, x, y, 2, g->dash_h, ory_ink(ORY_ROLE_BOUND));
        ory_canvas_text(c, x + 3, y, ory_snap_label(edge), ory_ink(ORY_ROLE_DEFAULT));
        x -= 3;
    }
    if (points && x - ory_text_width(g, ory_snap_label(points)) - 3 > from) {
        x -= ory_text_width(g, ory_snap_label(points)) + 3;
        ory_canvas_put(c, x, y, g->marker[0], ory_ink_attr(ORY_ROLE_DEFAULT, ORY_BOLD));
        ory_canvas_put(c, x + 1, y, g->marker[4], ory_ink_attr(ORY_ROLE_DEFAULT, ORY_BOLD));
        ory_canvas_text(c, x + 3, y, ory_snap_label(points), ory_ink(ORY_ROLE_DEFAULT));
        x -= 3;
    }
    if (!level)
        return;
    snprintf(text, sizeof text, "level %s",
             ory_value_text(ory_values_real(&p->options, P_LEVEL), number, sizeof number));
    if ((x -= ory_text_width(g, text) + 3) > from) {
        ory_canvas_hline(c, x, y, 2, g->thick_h, ory_ink_attr(ORY_ROLE_DEFAULT, ORY_BOLD));
        ory_canvas_text(c, x + 3, y, text, ory_ink(ORY_ROLE_DEFAULT));
    }
}

static void keep_ground(ory_plot_area *a)
{
    for (int i = 0; i < a->n_spots; i++) {
        ory_plot_spot *s = a->spots + i;
        s->style.back = a->view.cells[(size_t)s->y * (size_t)a->view.stride + (size_t)s->x].back;
    }
}

static void field_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    const ory_snap_quantity *q = ory_panel_quantity(s, p, 0);
    const ory_snap_quantity *edge = array(s, p, P_EDGE), *points = array(s, p, P_POINTS);
    const ory_snap_quantity *path = array(s, p, P_PATH);
    const ory_pen own = {ORY_ROLE_DEFAULT, ORY_BOLD, 2, 1, 0}, other = {ORY_ROLE_BOUND, ORY_BOLD, 1, 2, 2};
    ory_plot_look look = ory_plot_look_plain();
    ory_plot_area a;
    ory_heat heat;
    double x[2], y[2];

    if (!q || !q->data || !q->rows || !q->cols || q->kind == ORY_SNAP_FLOW ||
        q->kind == ORY_SNAP_COMPLEX) {
        ory_panel_missing(c, q ? "%s: nothing to draw yet" : "%s: no such quantity in this run",
                          p->names[0]);
        return;
    }
    if (!find_range(p, q, &heat)) {
        ory_panel_missing(c, "%s: not one finite value", p->names[0]);
        return;
    }
    const bool scale = c->h >= 8;
    ory_canvas v = ory_canvas_view(c, 0, 0, c->w, c->h - scale);
    extent(q, x, y);
    ory_plot plot = {.x = {q->x_label, NULL, false, x[0], x[1]},
                     .y = {q->y_label, NULL, false, y[0], y[1]}, .floor = NAN};
    ory_plot_axes(&plot, &look, &v, &a);
    draw_cells(&a, q, x, y, &heat);
    if (p->options.v && ory_values_given(&p->options, P_LEVEL))
        ory_contour(&a, q->data, q->rows, q->cols, 1, ory_values_real(&p->options, P_LEVEL), x, y,
                    &own);
    if (edge) {
        double ex[2], ey[2];
        extent(edge, ex, ey);
        ory_contour(&a, edge->data, edge->rows, edge->cols, 1, 0.5, ex, ey, &other);
    }
    if (path)
        draw_path(&a, path);
    if (points)
        draw_points(&a, points);
    keep_ground(&a);
    ory_plot_finish(&plot, &look, &a);
    if (scale)
        draw_legend(c, c->h - 1, ory_heat_scale(c, 1, c->h - 1, c->w - 2, &heat) + 3, p, edge,
                    path, points);
}

static void field_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                          int *role)
{
    (void)value;
    (void)role;
    ory_title_names(s, p, title);
}

static size_t field_wants(const ory_panel *p, ory_panel_want *out, size_t max)
{
    size_t n = 0;

    for (int i = P_EDGE; i <= P_PATH; i++)
        if (*ory_panel_text(p, i) && n < max)
            out[n++] = (ory_panel_want){.name = ory_panel_text(p, i), .array = true};
    return n;
}

const ory_panel_class ory_panel_field = {
    .name = "field",
    .doc = "A quantity over a rectangle with level curves, data points and a path.",
    .names_doc = "the field",
    .names_min = 1, .names_max = 1,
    .params = field_params,
    .min_w = 18, .min_h = 7,
    .heading = field_heading,
    .draw = field_draw,
    .wants = field_wants,
    .arrays = true,
};
