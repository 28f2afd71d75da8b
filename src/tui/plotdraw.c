/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plotdraw.c - axes, series and marks of a plot; the legend is in plotlegend.c. */
#include "config.h"

#include "tui/plotdraw.h"

#include <stdio.h>
#include <string.h>

enum {
    LEVEL_FLOOR, LEVEL_BAND, LEVEL_MARK, LEVEL_GHOST, LEVEL_RAW, LEVEL_BOUND, LEVEL_CURVE,
    LEVEL_PREDICTION
};
enum { MIN_LABELLED_W = 18, MIN_X_LABEL_H = 4, MIN_LEGEND_H = 4, MIN_AXIS_LINE_H = 10 };

static bool given(const char *text)
{
    return text && *text;
}

/* ------------------------------------------------------------------ styles */

static bool is_curve(const ory_plot_series *s)
{
    return s->role == ORY_PLOT_CURVE && s->kind != ORY_PLOT_BARS &&
           (s->kind != ORY_PLOT_BAND || (s->y && given(s->name)));
}

/* Position of series i among the curves, and how many there are. */
static int curve_position(const ory_plot *p, size_t i, int *count)
{
    int position = 0, n = 0;

    for (size_t j = 0; j < p->n_series; j++) {
        if (!is_curve(p->series + j))
            continue;
        if (j < i)
            position++;
        n++;
    }
    *count = n;
    return position;
}

ory_style ory_plot_style(const ory_plot *p, size_t i)
{
    const ory_plot_series *s = p->series + i;
    int n, position = curve_position(p, i, &n);

    if (s->kind == ORY_PLOT_BAND && s->colour < 0 && !s->y)
        return ory_ink(ORY_ROLE_BAND);
    if (s->role == ORY_PLOT_BOUND)
        return ory_ink(s->colour >= 0 ? ory_curve_role(s->colour) : ORY_ROLE_BOUND);
    if (s->role == ORY_PLOT_GHOST)
        return s->colour >= 0 ? ory_ink_attr(ory_curve_role(s->colour), ORY_FAINT)
                              : ory_ink(ORY_ROLE_GHOST);
    return ory_ink(ory_curve_role(s->colour >= 0 ? s->colour : position));
}

int ory_plot_marker(const ory_plot *p, size_t i)
{
    int n, position = curve_position(p, i, &n);

    if (!is_curve(p->series + i) || (n < 2 && p->series[i].kind != ORY_PLOT_POINTS))
        return -1;
    return position % ORY_MARKERS;
}

static ory_pen pen_of(const ory_plot *p, size_t i, const ory_glyphs *g)
{
    const ory_plot_series *s = p->series + i;
    const ory_style style = ory_plot_style(p, i);
    ory_pen pen = {style.role, style.attr, LEVEL_CURVE, 1, 0};
    const bool fine = strcmp(g->name, "braille") == 0;

    if (s->kind == ORY_PLOT_BAND) {
        pen.level = LEVEL_BAND;
    } else if (s->role == ORY_PLOT_BOUND) {
        /* What is foretold lies upon the curve where it is right, and must be seen there. */
        pen.level = s->side ? LEVEL_BOUND : LEVEL_PREDICTION;
        pen.on = fine ? 3 : 4;
        pen.off = fine ? 3 : 4;
    } else if (s->role == ORY_PLOT_GHOST) {
        pen.level = LEVEL_GHOST;
        pen.on = fine ? 1 : 2;
        pen.off = fine ? 2 : 4;
    }
    return pen;
}

/* -------------------------------------------------------------------- axes */

void ory_plot_spot_add(ory_plot_area *a, int x, int y, uint32_t cp, ory_style style)
{
    if (a->n_spots < ORY_PLOT_SPOTS && x >= 0 && y >= 0 && x < a->view.w && y < a->view.h)
        a->spots[a->n_spots++] = (ory_plot_spot){x, y, cp, style};
}

/* Where the parts of a plot lie in its view. */
typedef struct frame {
    int left, top, w, h; /* of the data */
    bool x_line, x_labels;
    int legend_rows;
    int scale; /* row of the heat's colours, when there is one */
} frame;

static void axis_text(const ory_plot_axis *axis, char *text, size_t size)
{
    const char *label = axis->label ? axis->label : "";

    if (given(axis->unit))
        snprintf(text, size, "%s%s[%s]", label, *label ? " " : "", axis->unit);
    else
        snprintf(text, size, "%s", label);
}

static void vertical_parts(const ory_plot *p, const ory_plot_look *look, const ory_canvas *c,
                           frame *f)
{
    f->x_labels = !look->no_labels && c->h >= MIN_X_LABEL_H;
    f->x_line = f->x_labels && c->h >= MIN_AXIS_LINE_H;
    f->top = 0;
    f->legend_rows = 0;
    if (!look->no_legend && c->h >= MIN_LEGEND_H) {
        f->legend_rows = ory_plot_legend(p, NULL, c->glyphs, 0, c->w - 8, c->h >= 15 ? 2 : 1);
        f->top = f->legend_rows;
        if (!f->top && (given(p->y.label) || given(p->y.unit)) && c->h >= MIN_LEGEND_H + 2)
            f->top = 1;
    }
    if (p->heat && !look->no_legend && c->h >= MIN_LEGEND_H + 1) {
        f->scale = f->top < 1 || f->legend_rows ? f->top : 0;
        f->top = f->scale + 1;
    }
    f->h = c->h - f->top - f->x_labels - f->x_line;
}

static int gutter(const ory_scale *y, const ory_glyphs *g)
{
    char text[ORY_TICK_TEXT];
    int w = 0;

    for (int i = 0; i < y->n_ticks; i++) {
        int n = ory_tick_label(y, y->ticks + i, g, text);
        w = n > w ? n : w;
    }
    return w + 1;
}

static void draw_y_axis(ory_canvas *c, const frame *f, const ory_scale *y)
{
    const ory_style axis = ory_ink(ORY_ROLE_AXIS), label = ory_ink(ORY_ROLE_LABEL);
    const int x = f->left - 1;
    char text[ORY_TICK_TEXT];

    ory_canvas_vline(c, x, f->top, f->h, c->glyphs->vertical, axis);
    for (int i = 0; i < y->n_ticks; i++) {
        int row = f->top + f->h - 1 - y->ticks[i].cell;
        int n = ory_tick_label(y, y->ticks + i, c->glyphs, text);
        ory_canvas_text(c, x - n, row, text, label);
        ory_canvas_put(c, x, row, c->glyphs->axis_tick_left, axis);
    }
}

/* Labels under their ticks, kept apart and left of column `limit`. */
static void draw_x_labels(ory_canvas *c, const frame *f, const ory_scale *x, int row, int limit)
{
    char text[ORY_TICK_TEXT];
    int end = 0;

    for (int i = 0; i < x->n_ticks; i++) {
        int n = ory_tick_label(x, x->ticks + i, c->glyphs, text);
        int at = f->left + x->ticks[i].cell - n / 2;
        if (limit == c->w && at + n > c->w)
            at = c->w - n;
        if (at < end + (end > 0) || at + n > limit)
            continue;
        ory_canvas_text(c, at, row, text, ory_ink(ORY_ROLE_LABEL));
        end = at + n;
    }
}

/* Where the first label begins. */
static int first_x_label(const ory_canvas *c, const frame *f, const ory_scale *x)
{
    char text[ORY_TICK_TEXT];

    if (!x->n_ticks)
        return c->w;
    return f->left + x->ticks[0].cell - ory_tick_label(x, x->ticks, c->glyphs, text) / 2;
}

/* The axis' name stands left of the labels when there is room, else at the right end in
 * the place of the last ones. */
static void draw_x_axis(ory_canvas *c, const frame *f, const ory_plot *p, const ory_scale *x)
{
    const ory_style axis = ory_ink(ORY_ROLE_AXIS);
    int row = f->top + f->h;
    char name[160];

    if (f->x_line) {
        ory_canvas_hline(c, f->left, row, f->w, c->glyphs->horizontal, axis);
        ory_canvas_put(c, f->left - 1, row, c->glyphs->bottom_left, axis);
        for (int i = 0; i < x->n_ticks; i++)
            ory_canvas_put(c, f->left + x->ticks[i].cell, row, c->glyphs->axis_tick_down, axis);
        row++;
    }
    const int room = first_x_label(c, f, x) - 1;
    int n = 0, at = 0;
    for (int with_unit = 1; with_unit >= 0 && (with_unit || n > room); with_unit--) {
        if (with_unit)
            axis_text(&p->x, name, sizeof name);
        else
            snprintf(name, sizeof name, "%s", p->x.label ? p->x.label : "");
        n = ory_text_width(c->glyphs, name);
    }
    if (n > room)
        at = 3 * n < c->w ? c->w - n : -1;
    draw_x_labels(c, f, x, row, at > 0 ? at - 1 : c->w);
    if (at >= 0)
        ory_canvas_text(c, at, row, name, ory_ink(ORY_ROLE_DIM));
}

static void draw_legend(const ory_plot *p, ory_canvas *c, const frame *f)
{
    char text[160];
    int x = f->left, n;

    axis_text(&p->y, text, sizeof text);
    n = ory_text_width(c->glyphs, text);
    if (n && n < c->w / 2 && f->top) {
        int at = n <= f->left - 1 ? f->left - 1 - n : 0;
        ory_canvas_text(c, at, 0, text, ory_ink(ORY_ROLE_DIM));
        if (at + n + 1 > x)
            x = at + n + 2;
    }
    if (p->heat)
        ory_plot_heat_scale(p, c, f->scale ? f->left : x, f->scale, c->w - (f->scale ? f->left : x));
    ory_plot_legend(p, c, c->glyphs, x, c->w - x, f->legend_rows);
}

/* Shade every row that lies below the floor. */
static void draw_floor(const ory_plot *p, ory_plot_area *a)
{
    double top = isnan(p->floor) ? NAN : ory_plot_py(a, p->floor);

    if (isnan(top))
        return;
    int row = top < 0 ? 0 : (int)ceil(fmin(top, 4.0 * a->view.h) / 4);
    for (; row < a->view.h; row++)
        ory_canvas_hline(&a->view, 0, row, a->view.w, a->view.glyphs->shade[1],
                         ory_ink(ORY_ROLE_FLOOR));
}

static void draw_mark_lines(const ory_plot *p, ory_plot_area *a)
{
    const ory_style style = ory_ink(ORY_ROLE_AXIS);
    const ory_glyphs *g = a->view.glyphs;

    for (size_t i = 0; i < p->n_marks; i++) {
        double px = ory_plot_px(a, p->marks[i].x), py = ory_plot_py(a, p->marks[i].y);
        if (isfinite(px) && px > -1 && px < 2 * a->view.w)
            ory_canvas_vline(&a->view, (int)px / 2, 0, a->view.h, g->dash_v, style);
        if (isfinite(py) && py > -1 && py < 4 * a->view.h)
            ory_canvas_hline(&a->view, 0, (int)py / 4, a->view.w, g->dash_h, style);
    }
}

static bool usable(double lo, double hi, bool log)
{
    return isfinite(lo) && isfinite(hi) && lo <= hi && (!log || lo > 0);
}

void ory_plot_axes(const ory_plot *p, const ory_plot_look *look, ory_canvas *c,
                   ory_plot_area *area)
{
    frame f = {0};
    double x[2], y[2];
    const bool fixed = isfinite(p->y.lo) && isfinite(p->y.hi) && !look->align;

    ory_plot_range(p, x, y);
    if (!usable(x[0], x[1], p->x.log))
        x[0] = 1, x[1] = 10;
    if (!usable(y[0], y[1], p->y.log))
        y[0] = 1, y[1] = 10;
    vertical_parts(p, look, c, &f);
    ory_scale_make(&area->y, p->y.log, y[0], y[1], f.h, 4, !fixed && !p->heat, 2);
    f.left = look->no_labels || c->w < MIN_LABELLED_W ? 0 : gutter(&area->y, c->glyphs);
    f.w = c->w - f.left;
    ory_scale_make(&area->x, p->x.log, x[0], x[1], f.w, 2, false, 9);
    area->view = ory_canvas_view(c, f.left, f.top, f.w, f.h);
    area->n_spots = 0;
    if (area->view.w <= 0 || area->view.h <= 0)
        return;
    draw_floor(p, area);
    if (p->heat)
        ory_plot_heat_draw(p, area);
    draw_mark_lines(p, area);
    if (f.left)
        draw_y_axis(c, &f, &area->y);
    if (f.x_labels)
        draw_x_axis(c, &f, p, &area->x);
    if (f.top)
        draw_legend(p, c, &f);
}

/* ------------------------------------------------------------------ series */

static double x_at(const ory_plot_series *s, size_t i)
{
    return s->x ? s->x[i] : (double)i;
}

/* Everything one series needs while it is drawn. */
typedef struct brush {
    ory_plot_area *a;
    ory_pen pen;
    ory_style style;
    int marker;          /* or -1 */
    double next, period; /* dot columns of the next marker and between markers */
    int markers;
} brush;

/* A point that has no place inside: its mark at the edge. */
static void clip_mark(brush *b, double px, double py)
{
    const ory_glyphs *g = b->a->view.glyphs;
    const int w = b->a->view.w, h = b->a->view.h;
    double x = fmin(fmax(px, 0), 2 * w - 1), y = fmin(fmax(py, 0), 4 * h - 1);
    uint32_t cp = py < 0 ? g->clipped_up : py > 4 * h - 1 ? g->clipped_down
                : px < 0 ? g->left : g->right;

    if (!isnan(px) && !isnan(py))
        ory_plot_spot_add(b->a, (int)x / 2, (int)y / 4, cp, b->style);
}

static bool inside(const brush *b, double px, double py)
{
    return px > -1 && py > -1 && px < 2 * b->a->view.w && py < 4 * b->a->view.h;
}

enum { MARKERS_EACH = 12 };

/* Markers where the segment crosses the next marker columns. */
static void place_markers(brush *b, double ax, double ay, double bx, double by)
{
    const double from = fmax(ax, 0), to = fmin(bx, 2.0 * b->a->view.w - 1);

    if (b->marker < 0 || !(to > from))
        return;
    if (b->next < from)
        b->next += ceil((from - b->next) / b->period) * b->period;
    for (; b->next <= to && b->markers < MARKERS_EACH; b->next += b->period) {
        double y = ay + (b->next - ax) / (bx - ax) * (by - ay);
        if (y >= 0 && y < 4 * b->a->view.h) {
            ory_plot_spot_add(b->a, (int)b->next / 2, (int)(y + 0.5) / 4,
                              b->a->view.glyphs->marker[b->marker], b->style);
            b->markers++;
        }
    }
}

static void lone_point(brush *b, double px, double py)
{
    if (b->marker >= 0)
        ory_plot_spot_add(b->a, (int)px / 2, (int)(py + 0.5) / 4,
                          b->a->view.glyphs->marker[b->marker], b->style);
    else
        ory_canvas_dot(&b->a->view, (int)lround(px), (int)lround(py), &b->pen);
}

/* One point of a polyline: joins it to the one before, marks where the line leaves. */
typedef struct walk {
    double x, y; /* the point before */
    int edge;    /* where it lies, see edge_of; -1: there was none */
    size_t run;  /* points since the last break */
} walk;

/* 0: inside; else the side by which a point is outside. */
static int edge_of(const brush *b, double px, double py)
{
    if (inside(b, px, py))
        return 0;
    return py < 0 ? 1 : py >= 4 * b->a->view.h ? 2 : px < 0 ? 3 : 4;
}

static void walk_break(brush *b, walk *k)
{
    if (k->run == 1 && k->edge == 0)
        lone_point(b, k->x, k->y);
    k->run = 0;
}

static void walk_to(brush *b, walk *k, double px, double py, bool steps)
{
    const bool placed = isfinite(px) && isfinite(py);

    if (isnan(px) || isnan(py)) {
        walk_break(b, k);
        k->edge = -1;
        return;
    }
    const int edge = edge_of(b, px, py);
    if (placed && k->run > 0) {
        if (steps) {
            ory_dots_line(&b->a->view, k->x, k->y, px, k->y, &b->pen);
            ory_dots_line(&b->a->view, px, k->y, px, py, &b->pen);
            place_markers(b, k->x, k->y, px, k->y);
        } else {
            ory_dots_line(&b->a->view, k->x, k->y, px, py, &b->pen);
            place_markers(b, k->x, k->y, px, py);
        }
    } else if (!placed) {
        walk_break(b, k);
    }
    if (edge > 0 && edge != k->edge)
        clip_mark(b, px, py);
    k->edge = edge;
    if (placed) {
        k->run++;
        k->x = px;
        k->y = py;
    }
}

static void draw_line(brush *b, const ory_plot_series *s)
{
    walk k = {.edge = -1};
    double px = NAN, py = NAN;

    for (size_t i = 0; i < s->n; i++) {
        px = ory_plot_px(b->a, x_at(s, i));
        py = ory_plot_py(b->a, s->y[i]);
        walk_to(b, &k, px, py, s->kind == ORY_PLOT_STEPS);
        if (s->kind != ORY_PLOT_BAND && s->lo && s->hi && s->hi[i] > s->lo[i] && isfinite(px))
            ory_dots_vspan(&b->a->view, (int)lround(fmin(fmax(px, -9), 1e6)),
                           ory_plot_py(b->a, s->hi[i]), ory_plot_py(b->a, s->lo[i]), &b->pen);
    }
    walk_break(b, &k);
    if (k.edge > 0 && !isnan(px) && !isnan(py))
        clip_mark(b, px, py);
}

/* Running average; on a log axis of the logarithms, so that a straight line stays one.
 * Constants stay constant: the sum is taken afresh for every point. */
static double average(const ory_plot *p, const ory_plot_series *s, size_t i, int window)
{
    size_t first = i + 1 > (size_t)window ? i + 1 - (size_t)window : 0;
    double sum = 0, n = 0;

    for (size_t j = first; j <= i; j++) {
        double y = p->y.log ? log10(s->y[j]) : s->y[j];
        if (isfinite(y)) {
            sum += y - (p->y.log ? log10(s->y[i]) : s->y[i]);
            n++;
        }
    }
    if (n == 0 || !isfinite(sum))
        return s->y[i];
    return p->y.log ? s->y[i] * pow(10, sum / n) : s->y[i] + sum / n;
}

static void draw_smoothed(brush *b, const ory_plot *p, const ory_plot_series *s, int window)
{
    walk k = {.edge = -1};

    if (window > ORY_PLOT_WINDOW)
        window = ORY_PLOT_WINDOW;
    for (size_t i = 0; i < s->n; i++)
        walk_to(b, &k, ory_plot_px(b->a, x_at(s, i)), ory_plot_py(b->a, average(p, s, i, window)),
                false);
    walk_break(b, &k);
}

static void draw_points(brush *b, const ory_plot_series *s)
{
    const uint32_t cp = b->a->view.glyphs->marker[b->marker < 0 ? 0 : b->marker];
    const bool many = s->n > 60;

    for (size_t i = 0; i < s->n; i++) {
        double px = ory_plot_px(b->a, x_at(s, i)), py = ory_plot_py(b->a, s->y[i]);
        if (isnan(px) || isnan(py))
            continue;
        if (!inside(b, px, py))
            clip_mark(b, px, py);
        else if (many)
            ory_canvas_dot(&b->a->view, (int)lround(px), (int)lround(py), &b->pen);
        else
            ory_plot_spot_add(b->a, (int)fmax(px, 0) / 2, (int)fmax(py + 0.5, 0) / 4, cp,
                              b->style);
    }
}

static void draw_bars(brush *b, const ory_plot *p, const ory_plot_series *s)
{
    double base = p->y.log ? 4.0 * b->a->view.h : ory_plot_py(b->a, 0);
    double width = s->n > 1 ? fabs(ory_plot_px(b->a, x_at(s, 1)) - ory_plot_px(b->a, x_at(s, 0)))
                            : 8;
    double half = isfinite(width) && width > 3 ? (width - 1) / 2.6 : 0;

    for (size_t i = 0; i < s->n; i++) {
        double px = ory_plot_px(b->a, x_at(s, i)), py = ory_plot_py(b->a, s->y[i]);
        if (isnan(px) || isnan(py))
            continue;
        ory_dots_rect(&b->a->view, px - half, base, px + half, py, &b->pen);
        if (py < -1 || py > 4 * b->a->view.h)
            clip_mark(b, px, py);
    }
}

/* Every second dot between lo and hi, columns interpolated. */
static void draw_band(brush *b, const ory_plot_series *s)
{
    for (size_t i = 0; i + 1 < s->n && s->lo && s->hi; i++) {
        double x0 = ory_plot_px(b->a, x_at(s, i)), x1 = ory_plot_px(b->a, x_at(s, i + 1));
        double l0 = ory_plot_py(b->a, s->lo[i]), l1 = ory_plot_py(b->a, s->lo[i + 1]);
        double h0 = ory_plot_py(b->a, s->hi[i]), h1 = ory_plot_py(b->a, s->hi[i + 1]);
        if (!(x1 >= x0) || !isfinite(x0) || !isfinite(x1) || isnan(l0 + l1) || isnan(h0 + h1))
            continue;
        double from = ceil(fmax(x0, 0)), to = fmin(x1, 2 * b->a->view.w - 1);
        for (double px = from; px <= to; px++) {
            double u = x1 > x0 ? (px - x0) / (x1 - x0) : 0;
            double top = h0 + u * (h1 - h0), bottom = l0 + u * (l1 - l0);
            const double last = 4.0 * b->a->view.h - 1;
            if (isnan(top) || isnan(bottom) || top > last)
                continue;
            top = fmax(top, 0);
            bottom = fmin(bottom, last);
            for (int py = (int)ceil(top); py <= bottom; py++)
                if (((int)px + py) % 2 == 0)
                    ory_canvas_dot(&b->a->view, (int)px, py, &b->pen);
        }
    }
}

/* The point of the series nearest to its first violation. */
static void mark_violation(brush *b, const ory_plot_series *s)
{
    double best = INFINITY;
    size_t at = 0;

    if (!isfinite(s->violation) || !s->n || !s->y)
        return;
    for (size_t i = 0; i < s->n; i++) {
        double d = fabs(x_at(s, i) - s->violation);
        if (d < best) {
            best = d;
            at = i;
        }
    }
    double px = ory_plot_px(b->a, s->violation), py = ory_plot_py(b->a, s->y[at]);
    if (isnan(px) || isnan(py))
        return;
    px = fmin(fmax(px, 0), 2 * b->a->view.w - 1);
    py = fmin(fmax(py, 0), 4 * b->a->view.h - 1);
    ory_plot_spot_add(b->a, (int)px / 2, (int)py / 4, b->a->view.glyphs->violation,
                      ory_ink(ORY_ROLE_BAD));
}

static brush brush_of(const ory_plot *p, size_t i, ory_plot_area *area)
{
    int n, position = curve_position(p, i, &n);
    brush b = {.a = area, .pen = pen_of(p, i, area->view.glyphs), .style = ory_plot_style(p, i),
               .marker = ory_plot_marker(p, i)};

    b.period = fmax(16, area->view.w / 2.0);
    b.next = b.period * (position + 0.5) / (n > 0 ? n : 1);
    return b;
}

void ory_plot_series_draw(const ory_plot *p, size_t i, const ory_plot_look *look,
                          ory_plot_area *area)
{
    const ory_plot_series *s = p->series + i;
    brush b = brush_of(p, i, area);
    const bool smooth = look->smooth > 1 && s->role == ORY_PLOT_CURVE && s->n > 2 &&
                        s->kind == ORY_PLOT_LINE;

    if (area->view.w <= 0 || area->view.h <= 0)
        return;
    if (s->kind == ORY_PLOT_BAND) {
        draw_band(&b, s);
        b.pen.level = LEVEL_CURVE; /* of the line within */
    }
    if (!s->y)
        return;
    if (s->kind == ORY_PLOT_POINTS || (look->dots && s->kind == ORY_PLOT_LINE && s->n <= 60))
        draw_points(&b, s);
    if (s->kind == ORY_PLOT_BARS)
        draw_bars(&b, p, s);
    if (smooth) {
        brush raw = b;
        raw.marker = -1;
        raw.pen.attr |= ORY_FAINT;
        raw.pen.level = LEVEL_RAW;
        raw.pen.on = 1;
        raw.pen.off = 1;
        draw_line(&raw, s);
        draw_smoothed(&b, p, s, look->smooth);
    } else if (s->kind == ORY_PLOT_LINE || s->kind == ORY_PLOT_STEPS || s->kind == ORY_PLOT_BAND) {
        draw_line(&b, s);
    }
    mark_violation(&b, s);
}

/* ------------------------------------------------------------------ finish */

static const ory_cell *cell_of(const ory_canvas *c, int x, int y)
{
    return c->cells + (size_t)y * (size_t)c->stride + (size_t)x;
}

/* Are these cells free of data (blank or shade)? */
static bool free_cells(const ory_canvas *c, int x, int y, int w)
{
    if (x < 0 || y < 0 || y >= c->h || x + w > c->w)
        return false;
    for (int i = 0; i < w; i++) {
        uint32_t cp = cell_of(c, x + i, y)->cp;
        if (cp != ' ' && cp != c->glyphs->shade[1])
            return false;
    }
    return true;
}

/* Free, beyond the view, or a mark's own line. */
static bool no_data(const ory_canvas *c, int x, int y)
{
    return x < 0 || x >= c->w || cell_of(c, x, y)->cp == c->glyphs->dash_v ||
           free_cells(c, x, y, 1);
}

/* Writes text where it and its neighbours hide nothing. */
static bool try_text(ory_canvas *c, int x, int y, const char *text, ory_style style)
{
    int w = ory_text_width(c->glyphs, text);

    if (!w || !free_cells(c, x, y, w) || !no_data(c, x - 1, y) || !no_data(c, x + w, y))
        return false;
    ory_canvas_text(c, x, y, text, style);
    return true;
}

/* Beside its line where there is room, from the top down; else not at all. */
static void mark_text(const ory_plot_mark *m, ory_plot_area *a)
{
    const ory_style style = ory_ink(ORY_ROLE_DIM);
    double px = ory_plot_px(a, m->x), py = ory_plot_py(a, m->y);
    int w = ory_text_width(a->view.glyphs, m->text);

    if (isfinite(px) && px > -1 && px < 2 * a->view.w) {
        int x = (int)px / 2;
        for (int y = 0; y < a->view.h; y++)
            if (try_text(&a->view, x + 1, y, m->text, style) ||
                try_text(&a->view, x - w, y, m->text, style))
                return;
    } else if (isfinite(py) && py > -1 && py < 4 * a->view.h) {
        int y = (int)py / 4;
        if (!try_text(&a->view, a->view.w - w, y - 1, m->text, style) &&
            !try_text(&a->view, 1, y - 1, m->text, style))
            try_text(&a->view, a->view.w - w, y + 1, m->text, style);
    }
}

static void floor_text(const ory_plot *p, ory_plot_area *a)
{
    static const char text[] = " rounding floor ";
    const int w = (int)sizeof text - 1, places[2] = {1, a->view.w - w - 1};

    if (isnan(p->floor) || a->view.w < w + 4)
        return;
    for (int i = 0; i < 2; i++) {
        for (int y = a->view.h - 1; y >= 0; y--) {
            if (cell_of(&a->view, places[i], y)->cp == a->view.glyphs->shade[1] &&
                free_cells(&a->view, places[i], y, w)) {
                ory_canvas_text(&a->view, places[i], y, text, ory_ink(ORY_ROLE_FLOOR));
                return;
            }
        }
    }
}

static void draw_cursor(double px, ory_plot_area *a)
{
    if (!isfinite(px) || px <= -1 || px >= 2 * a->view.w)
        return;
    int x = (int)fmax(px, 0) / 2;
    for (int y = 0; y < a->view.h; y++)
        if (free_cells(&a->view, x, y, 1))
            ory_canvas_put(&a->view, x, y, a->view.glyphs->vertical, ory_ink(ORY_ROLE_ACCENT));
}

void ory_plot_finish(const ory_plot *p, const ory_plot_look *look, ory_plot_area *area)
{
    ory_dots_show(&area->view);
    for (int i = 0; i < area->n_spots; i++) {
        const ory_plot_spot *s = area->spots + i;
        ory_canvas_put(&area->view, s->x, s->y, s->cp, s->style);
    }
    if (area->view.w <= 0 || area->view.h <= 0)
        return;
    draw_cursor(ory_plot_px(area, look->cursor), area);
    floor_text(p, area);
    for (size_t i = 0; i < p->n_marks; i++)
        if (given(p->marks[i].text))
            mark_text(p->marks + i, area);
}

void ory_plot_draw(const ory_plot *p, const ory_plot_look *look, ory_canvas *c)
{
    ory_plot_area area;

    ory_plot_axes(p, look, c, &area);
    for (size_t i = 0; i < p->n_series; i++)
        ory_plot_series_draw(p, i, look, &area);
    ory_plot_finish(p, look, &area);
}

void ory_plot_draw_framed(const ory_plot *p, const ory_plot_look *look, ory_canvas *c)
{
    ory_canvas inner = ory_canvas_frame(c, p->title, p->value, ory_ink(ORY_ROLE_VALUE), false);
    ory_plot_draw(p, look, &inner);
}
