/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_network.c - a graph: nodes at their positions (or on a circle), coloured by a
 * value or by group, with edges. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/panelkit.h"

enum { P_VALUE = ORY_PANEL_P_OWN, P_NAMES, P_BARS, P_WEIGHTS };
enum { NETWORK_NAMED = 80, NETWORK_EDGES = 20000, NETWORK_WEIGHTS = 36 };

static const ory_param network_params[] = {
    ORY_PANEL_PARAMS,
    {.name = "value", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Vector, one number a node: its colour; default: its group."},
    {.name = "names", .type = ORY_PARAM_BOOL, .def = 1, .unit = "",
     .doc = "Write the names of the nodes where there is room."},
    {.name = "bars", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Vector, one number a node: a bar at the node, up when positive, down when negative."},
    {.name = "weights", .type = ORY_PARAM_BOOL, .def = 0, .unit = "",
     .doc = "Write the weights of the edges at their middles where there is room."},
    {.name = NULL},
};

static const ory_snap_graph *graph_of(const ory_snapshot *s, const ory_panel *p)
{
    const ory_snap_run *r = ory_panel_run(s, p);

    for (size_t i = 0; r && i < r->n_graphs; i++)
        if (!p->n_names || strcmp(ory_or_empty(r->graphs[i].name), p->names[0]) == 0)
            return r->graphs + i;
    return NULL;
}

static const ory_snap_quantity *values_of(const ory_snapshot *s, const ory_panel *p,
                                          const ory_snap_graph *g, const char *name)
{
    const ory_snap_quantity *q = ory_snap_find(ory_panel_run(s, p), name);

    return q && q->data && q->rows * (q->cols ? q->cols : 1) >= g->n ? q : NULL;
}

/* ----------------------------------------------------------------- geometry */

/* Positions use the whole view: a layout has no scale of its own. */
typedef struct placing {
    const ory_snap_graph *g;
    double x0, y0, sx, sy, h;
} placing;

static void position(const placing *k, size_t i, double *px, double *py)
{
    double x = k->g->x ? k->g->x[i] : cos(2 * M_PI * (double)i / (double)k->g->n);
    double y = k->g->y ? k->g->y[i] : sin(2 * M_PI * (double)i / (double)k->g->n);

    *px = 2 + (x - k->x0) * k->sx;
    *py = k->h - 3 - (y - k->y0) * k->sy;
}

static placing place(const ory_canvas *c, const ory_snap_graph *g, int right)
{
    double lo[2] = {-1, -1}, hi[2] = {1, 1};
    placing k = {.g = g, .h = ory_dots_h(c)};

    if (g->x)
        ory_extremes(g->x, g->n, 1, &lo[0], &hi[0]);
    if (g->y)
        ory_extremes(g->y, g->n, 1, &lo[1], &hi[1]);
    double w = fmax(ory_dots_w(c) - 5 - 2 * right, 1), h = fmax(k.h - 6, 1);
    k.x0 = lo[0];
    k.y0 = lo[1];
    k.sx = hi[0] > lo[0] ? w / (hi[0] - lo[0]) : 0;
    k.sy = hi[1] > lo[1] ? h / (hi[1] - lo[1]) : 0;
    if (!g->x || !g->y) { /* a circle stays round */
        k.sx = k.sy = fmin(k.sx, k.sy);
        k.x0 -= (w / k.sx - 2) / 2;
        k.y0 -= (h / k.sy - 2) / 2;
    }
    return k;
}

/* ------------------------------------------------------------------ drawing */

static void draw_edges(ory_canvas *c, const placing *k)
{
    const ory_snap_graph *g = k->g;
    double most = 0;

    for (size_t e = 0; g->weight && e < g->edges; e++)
        if (isfinite(g->weight[e]))
            most = fmax(most, fabs(g->weight[e]));
    for (size_t e = 0; e < g->edges && e < NETWORK_EDGES; e++) {
        double ax, ay, bx, by;
        ory_pen pen = {ORY_ROLE_AXIS, 0, 0, 1, 0};
        if (g->from[e] >= g->n || g->to[e] >= g->n)
            continue;
        if (g->weight && most > 0) {
            double share = fabs(g->weight[e]) / most;
            pen.off = share > 0.5 ? 0 : share > 0.1 ? 1 : 3;
            if (g->weight[e] < 0) { /* an oddity to be seen: dashes in another colour */
                pen.role = ORY_ROLE_WARN;
                pen.on = 3;
                pen.off = 3;
            }
        }
        position(k, g->from[e], &ax, &ay);
        position(k, g->to[e], &bx, &by);
        ory_dots_line(c, ax, ay, bx, by, &pen);
    }
}

/* Two dots wide, the largest a quarter of the view high, none below a dot. */
static void draw_bars(ory_canvas *c, const placing *k, const ory_snap_quantity *q)
{
    double most = 0, px, py;

    for (size_t i = 0; i < k->g->n; i++)
        if (isfinite(q->data[i]))
            most = fmax(most, fabs(q->data[i]));
    for (size_t i = 0; most > 0 && i < k->g->n; i++) {
        double dots = q->data[i] / most * fmax(k->h / 4, 4);
        ory_pen pen = {q->data[i] < 0 ? ORY_ROLE_CURVE2 : ORY_ROLE_CURVE1, 0, 2, 1, 0};
        position(k, i, &px, &py);
        if (!isfinite(dots) || fabs(dots) < 1 || !isfinite(px) || !isfinite(py))
            continue;
        ory_dots_line(c, px, py, px, py - dots, &pen);
        ory_dots_line(c, px + 1, py, px + 1, py - dots, &pen);
    }
}

static void node_style(const ory_snap_graph *g, const ory_snap_quantity *q, const ory_heat *heat,
                       size_t i, const ory_glyphs *glyphs, uint32_t *cp, ory_style *style)
{
    if (q) {
        double v = q->data[i];
        *cp = isnan(v) ? '?' : glyphs->marker[v < 0 ? 4 : 0];
        *style = ory_ink_attr(ory_heat_role(heat, v), ORY_BOLD);
    } else {
        int group = g->group ? g->group[i] : 0;
        *cp = glyphs->marker[(unsigned)group % ORY_MARKERS];
        *style = ory_ink_attr(ory_curve_role(group < 0 ? 0 : group), ORY_BOLD);
    }
}

static bool blank(const ory_canvas *c, int x, int y, int w)
{
    if (x < 0 || y < 0 || y >= c->h || x + w > c->w)
        return false;
    for (int i = 0; i < w; i++)
        if (c->cells[(size_t)y * (size_t)c->stride + (size_t)(x + i)].cp != ' ')
            return false;
    return true;
}

/* Beside its node where it hides nothing, else over edges, never over another node. */
static void draw_name(ory_canvas *c, int x, int y, const char *name)
{
    int w = ory_text_width(c->glyphs, name);

    if (blank(c, x + 1, y, w))
        ory_canvas_text(c, x + 1, y, name, ory_ink(ORY_ROLE_LABEL));
    else if (blank(c, x - w, y, w))
        ory_canvas_text(c, x - w, y, name, ory_ink(ORY_ROLE_LABEL));
    else if (blank(c, x - w / 2, y + 1, w))
        ory_canvas_text(c, x - w / 2, y + 1, name, ory_ink(ORY_ROLE_LABEL));
    else if (blank(c, x - w / 2, y - 1, w))
        ory_canvas_text(c, x - w / 2, y - 1, name, ory_ink(ORY_ROLE_LABEL));
}

/* In the middle of every edge, over its dots. */
static void draw_weights(ory_canvas *c, const placing *k)
{
    const ory_snap_graph *g = k->g;

    for (size_t e = 0; g->weight && g->edges <= NETWORK_WEIGHTS && e < g->edges; e++) {
        double ax, ay, bx, by;
        char text[24];
        if (g->from[e] >= g->n || g->to[e] >= g->n || g->from[e] == g->to[e])
            continue;
        position(k, g->from[e], &ax, &ay);
        position(k, g->to[e], &bx, &by);
        if (!isfinite(ax + ay + bx + by))
            continue;
        snprintf(text, sizeof text, "%.3g", g->weight[e]);
        int w = ory_text_width(c->glyphs, text), x = (int)(ax + bx) / 4 - w / 2;
        x = x < 0 ? 0 : x + w > c->w ? c->w - w : x;
        ory_canvas_text(c, x, (int)(ay + by) / 8, text,
                        ory_ink(g->weight[e] < 0 ? ORY_ROLE_WARN : ORY_ROLE_VALUE));
    }
}

static void draw_nodes(ory_canvas *c, const placing *k, const ory_snap_quantity *q,
                       const ory_heat *heat, bool names)
{
    const ory_snap_graph *g = k->g;
    double px, py;

    for (size_t i = 0; i < g->n; i++) {
        uint32_t cp;
        ory_style style;
        position(k, i, &px, &py);
        if (!isfinite(px) || !isfinite(py))
            continue;
        node_style(g, q, heat, i, c->glyphs, &cp, &style);
        ory_canvas_put(c, (int)px / 2, (int)py / 4, cp, style);
    }
    for (size_t i = 0; names && g->names && i < g->n; i++) {
        position(k, i, &px, &py);
        if (isfinite(px) && isfinite(py) && ory_given(g->names[i]))
            draw_name(c, (int)px / 2, (int)py / 4, g->names[i]);
    }
}

static void network_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    const ory_snap_graph *g = graph_of(s, p);
    const char *value = p->n_names > 1 ? p->names[1] : ory_panel_text(p, P_VALUE);
    const ory_snap_quantity *q = g ? values_of(s, p, g, value) : NULL;
    const ory_snap_quantity *bars = g ? values_of(s, p, g, ory_panel_text(p, P_BARS)) : NULL;
    ory_heat heat = {0, 1, false};

    if (!g || !g->n) {
        ory_panel_missing(c, "this run has no network%s%s", p->n_names ? " " : "",
                          p->n_names ? p->names[0] : "");
        return;
    }
    const bool scale = q && c->h >= 6;
    const bool names = g->n <= NETWORK_NAMED && (!p->options.v || ory_values_bool(&p->options, P_NAMES));
    ory_canvas v = ory_canvas_view(c, 0, 0, c->w, c->h - scale);
    if (q)
        ory_heat_range(&heat, q->data, g->n);
    const placing k = place(&v, g, names && g->names ? 4 : 0);
    draw_edges(&v, &k);
    if (bars)
        draw_bars(&v, &k, bars);
    ory_dots_show(&v);
    if (p->options.v && ory_values_bool(&p->options, P_WEIGHTS))
        draw_weights(&v, &k);
    draw_nodes(&v, &k, q, &heat, names);
    if (scale) {
        int w = ory_heat_scale(c, 1, c->h - 1, c->w - 2, &heat);
        int n = ory_text_width(c->glyphs, ory_snap_label(q));
        if (w + n + 4 <= c->w)
            ory_canvas_text(c, c->w - 1 - n, c->h - 1, ory_snap_label(q), ory_ink(ORY_ROLE_DIM));
    }
}

static void network_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                            int *role)
{
    const ory_snap_graph *g = graph_of(s, p);
    char text[64];

    (void)role;
    ory_title_add(title, g && ory_given(g->name) ? g->name : "network");
    if (!g)
        return;
    snprintf(text, sizeof text, "%zu nodes  %zu edges", g->n, g->edges);
    ory_title_add(value, text);
}

static size_t network_wants(const ory_panel *p, ory_panel_want *out, size_t max)
{
    const int options[] = {P_VALUE, P_BARS};
    size_t n = 0;

    for (size_t i = 0; i < 2 && n < max; i++)
        if (*ory_panel_text(p, options[i]))
            out[n++] = (ory_panel_want){.name = ory_panel_text(p, options[i]), .array = true};
    return n;
}

const ory_panel_class ory_panel_network = {
    .name = "network",
    .doc = "A graph: nodes coloured by a value or by group, with edges.",
    .names_doc = "the graph (default: the first), the value of its nodes",
    .names_max = 2,
    .params = network_params,
    .min_w = 18, .min_h = 8,
    .heading = network_heading,
    .draw = network_draw,
    .wants = network_wants,
    .arrays = true,
};
