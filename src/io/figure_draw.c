/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure_draw.c - frame, axes, curves and legend of a printed plot. */
#include "config.h"

#include "io/figure_draw.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "io/ticks.h"

/* Sizes in points. */
static const double small_size = 7.5, text_size = 8, title_size = 9, tick_length = 3.2,
                    minor_length = 1.8, gap = 3.5, pad = 5, sample_length = 20;

typedef struct page {
    cairo_t *cr;
    const ory_plot *p;
    double width, height;
    double left, top, right, bottom; /* the frame */
    double xr[2], yr[2];             /* ranges */
    ory_figure_axis x, y;
    size_t curves; /* series that are not bounds or ghosts */
} page;

/* ------------------------------------------------------------- ink and text */

typedef struct rgb {
    double r, g, b;
} rgb;

/* Okabe and Ito's colours, yellow left out (too light on paper), two darker added. */
static const rgb palette[] = {{0.000, 0.447, 0.698}, {0.835, 0.369, 0.000}, {0.000, 0.620, 0.451},
                              {0.800, 0.475, 0.655}, {0.902, 0.624, 0.000}, {0.337, 0.706, 0.914},
                              {0.357, 0.227, 0.557}, {0.498, 0.498, 0.000}};
static const rgb ink = {0.13, 0.13, 0.13}, grey = {0.45, 0.45, 0.45}, pale = {0.90, 0.90, 0.90},
                 ghost = {0.66, 0.66, 0.66}, red = {0.80, 0.05, 0.10};

static void set_ink(cairo_t *cr, rgb c, double alpha)
{
    cairo_set_source_rgba(cr, c.r, c.g, c.b, alpha);
}

static rgb series_ink(const ory_plot *p, size_t i)
{
    const ory_plot_series *s = &p->series[i];
    const size_t n = sizeof palette / sizeof *palette;

    if (s->role == ORY_PLOT_GHOST)
        return ghost;
    return palette[(s->colour >= 0 ? (size_t)s->colour : i) % n];
}

static void set_size(cairo_t *cr, double size)
{
    cairo_set_font_size(cr, size);
}

static double text_width(cairo_t *cr, const char *text)
{
    cairo_text_extents_t e;

    cairo_text_extents(cr, text, &e);
    return e.x_advance;
}

/* align 0: x is the left end, 0.5: the centre, 1: the right end; y is the base line. */
static void put_text(cairo_t *cr, double x, double y, double align, const char *text)
{
    if (align > 0)
        x -= align * text_width(cr, text);
    cairo_move_to(cr, x, y);
    cairo_show_text(cr, text);
}

static void start_font(cairo_t *cr)
{
    cairo_font_options_t *o = cairo_font_options_create();

    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(o, CAIRO_ANTIALIAS_GRAY);
    cairo_set_font_options(cr, o);
    cairo_font_options_destroy(o);
    cairo_select_font_face(cr, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
}

/* --------------------------------------------------------------------- axes */

static void exponent_text(char text[16], int exponent)
{
    snprintf(text, 16, "%s%d", exponent < 0 ? "\xe2\x88\x92" : "", exponent < 0 ? -exponent
                                                                                : exponent);
}

/* Numbers get a true minus sign. */
static void number_text(char out[32], const char *text)
{
    snprintf(out, 32, "%s%s", *text == '-' ? "\xe2\x88\x92" : "", *text == '-' ? text + 1 : text);
}

/* Width of a tick's label; drawn from x when draw is set. */
static double tick_text(cairo_t *cr, const ory_figure_tick *t, double x, double y, bool draw)
{
    char base[32], up[16];
    double w;

    number_text(base, t->text);
    set_size(cr, text_size);
    w = text_width(cr, base);
    if (draw)
        put_text(cr, x, y, 0, base);
    if (!t->power)
        return w;
    exponent_text(up, t->exponent);
    set_size(cr, 0.72 * text_size);
    if (draw)
        put_text(cr, x + w + 0.4, y - 0.42 * text_size, 0, up);
    w += 0.4 + text_width(cr, up);
    set_size(cr, text_size);
    return w;
}

static double widest_tick(cairo_t *cr, const ory_figure_axis *a)
{
    double widest = 0;
    int i;

    for (i = 0; i < a->n; i++)
        widest = fmax(widest, tick_text(cr, &a->tick[i], 0, 0, false));
    return widest;
}

static void label_text(char out[200], const ory_plot_axis *a)
{
    const bool unit = a->unit && *a->unit;

    snprintf(out, 200, "%s%s%s%s", a->label ? a->label : "", unit ? " (" : "", unit ? a->unit : "",
             unit ? ")" : "");
}

/* "×10⁵" behind an axis whose numbers are scaled; y is the base line. */
static void scale_text(cairo_t *cr, const ory_figure_axis *a, double x, double y, double align)
{
    ory_figure_tick t = {.text = "\xc3\x97" "10", .power = true, .exponent = a->scale};

    if (a->scaled)
        tick_text(cr, &t, x - align * tick_text(cr, &t, 0, 0, false), y, true);
}

static void rule(cairo_t *cr, double x0, double y0, double x1, double y1)
{
    cairo_move_to(cr, x0, y0);
    cairo_line_to(cr, x1, y1);
}

/* Ticks point inwards on all four sides; labels below and at the left. */
static void draw_ticks(const page *g)
{
    cairo_t *cr = g->cr;
    const double w = g->right - g->left, h = g->bottom - g->top;
    int i, side;

    for (side = 0; side < 2; side++) {
        const double up = side ? -1 : 1, y = side ? g->bottom : g->top,
                     x = side ? g->right : g->left;

        for (i = 0; i < g->x.n; i++)
            rule(cr, g->left + g->x.tick[i].at * w, y, g->left + g->x.tick[i].at * w,
                 y + up * tick_length);
        for (i = 0; i < g->x.n_minor; i++)
            rule(cr, g->left + g->x.minor[i] * w, y, g->left + g->x.minor[i] * w,
                 y + up * minor_length);
        for (i = 0; i < g->y.n; i++)
            rule(cr, x, g->bottom - g->y.tick[i].at * h, x + up * tick_length,
                 g->bottom - g->y.tick[i].at * h);
        for (i = 0; i < g->y.n_minor; i++)
            rule(cr, x, g->bottom - g->y.minor[i] * h, x + up * minor_length,
                 g->bottom - g->y.minor[i] * h);
    }
    set_ink(cr, ink, 1);
    cairo_set_line_width(cr, 0.5);
    cairo_stroke(cr);
}

static void draw_axes(const page *g)
{
    cairo_t *cr = g->cr;
    const double w = g->right - g->left, h = g->bottom - g->top;
    char text[200];
    int i;

    draw_ticks(g);
    cairo_rectangle(cr, g->left, g->top, w, h);
    cairo_set_line_width(cr, 0.7);
    cairo_stroke(cr);
    for (i = 0; i < g->x.n; i++)
        tick_text(cr, &g->x.tick[i],
                  g->left + g->x.tick[i].at * w - tick_text(cr, &g->x.tick[i], 0, 0, false) / 2,
                  g->bottom + gap + text_size, true);
    for (i = 0; i < g->y.n; i++)
        tick_text(cr, &g->y.tick[i], g->left - gap - tick_text(cr, &g->y.tick[i], 0, 0, false),
                  g->bottom - g->y.tick[i].at * h + 0.36 * text_size, true);
    scale_text(cr, &g->x, g->right, g->bottom + gap + 2.25 * text_size, 1);
    scale_text(cr, &g->y, g->left, g->top - 3, 0);
    label_text(text, &g->p->x);
    put_text(cr, g->left + w / 2, g->bottom + gap + 2.35 * text_size + 1, 0.5, text);
    label_text(text, &g->p->y);
    if (*text) {
        cairo_save(cr);
        cairo_translate(cr, pad + text_size, g->top + h / 2);
        cairo_rotate(cr, -M_PI / 2);
        put_text(cr, 0, 0, 0.5, text);
        cairo_restore(cr);
    }
}

/* ------------------------------------------------------------------- curves */

/* cairo's coordinates are 24.8 bits: values far outside are held at a distance. */
static double held(double v)
{
    return v < -20000 ? -20000 : v > 20000 ? 20000 : v;
}

static double page_x(const page *g, double x)
{
    return held(g->left + ory_figure_axis_at(&g->x, x) * (g->right - g->left));
}

static double page_y(const page *g, double y)
{
    return held(g->bottom - ory_figure_axis_at(&g->y, y) * (g->bottom - g->top));
}

static void marker_path(cairo_t *cr, size_t shape, double x, double y, double r)
{
    static const double turn[] = {0, M_PI / 4, -M_PI / 2, 0, M_PI / 2, M_PI / 10, M_PI / 4, 0};
    static const int corners[] = {0, 4, 3, 4, 3, 5, 6, 8};
    const size_t k = shape % 8;
    int i;

    cairo_new_sub_path(cr);
    if (corners[k] == 0) {
        cairo_arc(cr, x, y, r, 0, 2 * M_PI);
        return;
    }
    for (i = 0; i < corners[k]; i++) {
        const double a = turn[k] + 2 * M_PI * i / corners[k];

        cairo_line_to(cr, x + 1.15 * r * cos(a), y + 1.15 * r * sin(a));
    }
    cairo_close_path(cr);
}

static void draw_marker(cairo_t *cr, size_t shape, double x, double y, rgb c)
{
    marker_path(cr, shape, x, y, 2.1);
    cairo_set_dash(cr, NULL, 0, 0);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_fill_preserve(cr);
    set_ink(cr, c, 1);
    cairo_set_line_width(cr, 0.9);
    cairo_stroke(cr);
}

/* The pen of series i: width, dashes (bounds differ by pattern too), colour. */
static void set_pen(cairo_t *cr, const ory_plot *p, size_t i)
{
    static const double widths[] = {
        [ORY_PLOT_CURVE] = 1.2, [ORY_PLOT_BOUND] = 1.0, [ORY_PLOT_GHOST] = 0.8};
    static const double dashes[3][4] = {{4.5, 2.5, 4.5, 2.5}, {6, 2, 1, 2}, {1.8, 1.8, 1.8, 1.8}};
    const ory_plot_series *s = &p->series[i];
    size_t before = 0, j;

    for (j = 0; j < i; j++)
        before += p->series[j].role == ORY_PLOT_BOUND;
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(cr, s->role == ORY_PLOT_BOUND ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND);
    cairo_set_dash(cr, dashes[before % 3], s->role == ORY_PLOT_BOUND ? 4 : 0, 0);
    cairo_set_line_width(cr, widths[s->role]);
    set_ink(cr, series_ink(p, i), 1);
}

/* One group of points: enter, touch both extremes, leave. */
static void group_path(const page *g, const ory_plot_group *k)
{
    const double middle = page_x(g, (k->x_first + k->x_last) / 2);
    const bool enters = !isnan(k->first);

    if (isnan(k->min))
        return;
    if (!enters)
        cairo_move_to(g->cr, middle, page_y(g, k->min));
    else if (k->joined)
        cairo_line_to(g->cr, page_x(g, k->x_first), page_y(g, k->first));
    else
        cairo_move_to(g->cr, page_x(g, k->x_first), page_y(g, k->first));
    if (!enters || isnan(k->last) || k->min < fmin(k->first, k->last) ||
        k->max > fmax(k->first, k->last)) {
        const bool low_first = enters && k->first - k->min < k->max - k->first;

        cairo_line_to(g->cr, middle, page_y(g, low_first ? k->min : k->max));
        cairo_line_to(g->cr, middle, page_y(g, low_first ? k->max : k->min));
    }
    if (!isnan(k->last))
        cairo_line_to(g->cr, page_x(g, k->x_last), page_y(g, k->last));
}

static size_t columns_of(const page *g)
{
    return (size_t)fmax(16, 3 * (g->right - g->left));
}

/* The extremes of a band are its area, not part of its line. */
static void line_path(const page *g, size_t i)
{
    ory_plot_series line = g->p->series[i];
    ory_plot_walk w;
    ory_plot_group k;

    if (line.kind == ORY_PLOT_BAND)
        line.lo = line.hi = NULL;
    ory_plot_walk_start(&w, g->p, i, g->xr, columns_of(g));
    w.s = &line;
    while (ory_plot_walk_next(&w, &k))
        group_path(g, &k);
}

static bool placed(const page *g, double x, double y)
{
    return isfinite(x) && isfinite(y) && !(g->p->x.log && x <= 0) && !(g->p->y.log && y <= 0);
}

static void steps_path(const page *g, const ory_plot_series *s)
{
    bool pen_down = false;
    size_t i;

    for (i = 0; i < s->n; i++) {
        const double x = ory_plot_x(s, i);

        if (!placed(g, x, s->y[i])) {
            pen_down = false;
            continue;
        }
        if (pen_down)
            cairo_line_to(g->cr, page_x(g, x), page_y(g, s->y[i - 1]));
        else
            cairo_move_to(g->cr, page_x(g, x), page_y(g, s->y[i]));
        cairo_line_to(g->cr, page_x(g, x), page_y(g, s->y[i]));
        pen_down = true;
    }
}

static void bars_path(const page *g, const ory_plot_series *s)
{
    const double base = g->p->y.log ? g->bottom : fmin(fmax(page_y(g, 0), g->top), g->bottom);
    double width = (g->right - g->left) / 3, x;
    size_t i;

    for (i = 1; i < s->n; i++) {
        const double step = fabs(page_x(g, ory_plot_x(s, i)) - page_x(g, ory_plot_x(s, i - 1)));

        if (step > 0)
            width = fmin(width, step);
    }
    for (i = 0; i < s->n; i++) {
        if (!placed(g, ory_plot_x(s, i), s->y[i]))
            continue;
        x = page_x(g, ory_plot_x(s, i));
        cairo_rectangle(g->cr, x - 0.4 * width, page_y(g, s->y[i]), 0.8 * width,
                        base - page_y(g, s->y[i]));
    }
}

/* Filled pieces between lo and hi; a value without a place ends a piece. */
static void band_path(const page *g, const ory_plot_series *s)
{
    size_t from = 0, to, i;

    while (from < s->n) {
        for (to = from; to < s->n && placed(g, ory_plot_x(s, to), s->lo[to]) &&
                        placed(g, ory_plot_x(s, to), s->hi[to]);)
            to++;
        if (to > from) {
            cairo_new_sub_path(g->cr);
            for (i = from; i < to; i++)
                cairo_line_to(g->cr, page_x(g, ory_plot_x(s, i)), page_y(g, s->hi[i]));
            for (i = to; i-- > from;)
                cairo_line_to(g->cr, page_x(g, ory_plot_x(s, i)), page_y(g, s->lo[i]));
            cairo_close_path(g->cr);
        }
        from = to > from ? to : from + 1;
    }
}

/* About seven markers along a curve, at different places for different curves. */
static void spread_markers(const page *g, size_t i)
{
    const double columns = (double)columns_of(g), distance = columns / 7;
    double next = distance * (0.3 + 0.61 * (double)i - floor(0.61 * (double)i));
    ory_plot_walk w;
    ory_plot_group k;

    ory_plot_walk_start(&w, g->p, i, g->xr, columns_of(g));
    while (ory_plot_walk_next(&w, &k)) {
        if (k.column < next || k.column >= columns || isnan(k.first))
            continue;
        draw_marker(g->cr, i, page_x(g, k.x_first), page_y(g, k.first), series_ink(g->p, i));
        next = fmax(next + distance, k.column + distance / 2);
    }
}

static bool has_markers(const page *g, size_t i)
{
    return g->curves > 1 && g->p->series[i].role == ORY_PLOT_CURVE &&
           g->p->series[i].kind == ORY_PLOT_LINE;
}

/* Values that have no place on a log axis: a triangle at the lower edge. */
static void draw_off(const page *g, size_t i)
{
    double last = -1e9, x;
    ory_plot_walk w;
    ory_plot_group k;

    ory_plot_walk_start(&w, g->p, i, g->xr, columns_of(g));
    while (ory_plot_walk_next(&w, &k)) {
        x = page_x(g, k.x_first);
        if (!k.off || x < last + 5 || x < g->left - 1 || x > g->right + 1)
            continue;
        cairo_new_path(g->cr);
        marker_path(g->cr, 4, x, g->bottom - 2.6, 2.1);
        set_ink(g->cr, series_ink(g->p, i), 1);
        cairo_fill(g->cr);
        last = x;
    }
}

static void draw_series(const page *g, size_t i)
{
    const ory_plot_series *s = &g->p->series[i];
    cairo_t *cr = g->cr;
    size_t j;

    cairo_new_path(cr);
    if (s->kind == ORY_PLOT_BAND && s->lo && s->hi) {
        band_path(g, s);
        set_ink(cr, series_ink(g->p, i), 0.22);
        cairo_fill(cr);
    }
    if (!s->y)
        return;
    if (s->kind == ORY_PLOT_BARS) {
        bars_path(g, s);
        set_ink(cr, series_ink(g->p, i), 0.85);
        cairo_fill(cr);
        return;
    }
    if (s->kind == ORY_PLOT_POINTS) {
        for (j = 0; j < s->n; j++)
            if (placed(g, ory_plot_x(s, j), s->y[j]))
                draw_marker(cr, i, page_x(g, ory_plot_x(s, j)), page_y(g, s->y[j]),
                            series_ink(g->p, i));
        return;
    }
    set_pen(cr, g->p, i);
    if (s->kind == ORY_PLOT_STEPS)
        steps_path(g, s);
    else
        line_path(g, i);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0);
}

/* y of series s at its first point from x on; NaN when there is none. */
static double value_at(const ory_plot_series *s, double x)
{
    size_t i;

    for (i = 0; s->y && i < s->n; i++)
        if (ory_plot_x(s, i) >= x)
            return s->y[i];
    return NAN;
}

static void draw_cross(cairo_t *cr, double x, double y)
{
    const double r = 3;

    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    rule(cr, x - r, y - r, x + r, y + r);
    rule(cr, x - r, y + r, x + r, y - r);
    set_ink(cr, red, 1);
    cairo_set_line_width(cr, 1.6);
    cairo_stroke(cr);
}

static void draw_violations(const page *g)
{
    size_t i;

    for (i = 0; i < g->p->n_series; i++) {
        const ory_plot_series *s = &g->p->series[i];
        const double y = isfinite(s->violation) ? value_at(s, s->violation) : NAN;

        if (placed(g, s->violation, y))
            draw_cross(g->cr, page_x(g, s->violation), page_y(g, y));
    }
}

/* Ghosts below bounds below curves, then markers, so that no curve hides a marker. */
static void draw_all_series(const page *g)
{
    static const ory_plot_role order[] = {ORY_PLOT_GHOST, ORY_PLOT_BOUND, ORY_PLOT_CURVE};
    size_t i, layer;

    cairo_save(g->cr);
    cairo_rectangle(g->cr, g->left, g->top, g->right - g->left, g->bottom - g->top);
    cairo_clip(g->cr);
    for (layer = 0; layer < 3; layer++)
        for (i = 0; i < g->p->n_series; i++)
            if (g->p->series[i].role == order[layer])
                draw_series(g, i);
    for (i = 0; i < g->p->n_series; i++) {
        if (has_markers(g, i))
            spread_markers(g, i);
        if (g->p->y.log)
            draw_off(g, i);
    }
    draw_violations(g);
    cairo_restore(g->cr);
}

/* ------------------------------------------------------------ floor, marks */

static void draw_floor(const page *g)
{
    cairo_t *cr = g->cr;
    double y;

    if (!isfinite(g->p->floor) || (g->p->y.log && g->p->floor <= 0))
        return;
    y = fmax(page_y(g, g->p->floor), g->top);
    if (y >= g->bottom)
        return;
    set_ink(cr, pale, 1);
    cairo_rectangle(cr, g->left, y, g->right - g->left, g->bottom - y);
    cairo_fill(cr);
    if (g->bottom - y > 1.3 * small_size) {
        set_ink(cr, grey, 1);
        set_size(cr, small_size);
        put_text(cr, g->right - pad, g->bottom - 3.5, 1, "below rounding");
    }
}

static void draw_marks(const page *g)
{
    static const double dots[] = {1, 2};
    cairo_t *cr = g->cr;
    size_t i;

    set_size(cr, small_size);
    for (i = 0; i < g->p->n_marks; i++) {
        const ory_plot_mark *m = &g->p->marks[i];
        const bool vertical = isfinite(m->x);
        const double at = vertical ? page_x(g, m->x) : page_y(g, m->y);

        if (!isfinite(vertical ? m->x : m->y))
            continue;
        set_ink(cr, grey, 1);
        cairo_set_dash(cr, dots, 2, 0);
        cairo_set_line_width(cr, 0.7);
        vertical ? rule(cr, at, g->top, at, g->bottom) : rule(cr, g->left, at, g->right, at);
        cairo_stroke(cr);
        cairo_set_dash(cr, NULL, 0, 0);
        if (!m->text)
            continue;
        cairo_save(cr);
        if (vertical) {
            cairo_translate(cr, at - 2, g->top + pad);
            cairo_rotate(cr, -M_PI / 2);
            put_text(cr, 0, 0, 1, m->text);
        } else {
            put_text(cr, g->left + pad, at - 2.5, 0, m->text);
        }
        cairo_restore(cr);
    }
}

/* ------------------------------------------------------------------- legend */

enum { MAX_ENTRIES = 64, ENTRY_TEXT = 160 };

typedef struct entry {
    size_t series;
    bool violation;
    char text[ENTRY_TEXT];
    double width;
} entry;

typedef struct legend {
    entry e[MAX_ENTRIES];
    size_t n;
    double widest;
} legend;

static void add_entry(page *g, legend *l, size_t i, bool violation)
{
    const ory_plot_series *s = &g->p->series[i];
    const bool source = s->source && *s->source;
    entry *e = &l->e[l->n];

    if (l->n == MAX_ENTRIES)
        return;
    l->n++;
    e->series = i;
    e->violation = violation;
    if (violation)
        snprintf(e->text, ENTRY_TEXT, "%s violated from %s%s%g", s->name ? s->name : "",
                 g->p->x.label && *g->p->x.label ? g->p->x.label : "x",
                 g->p->x.label && *g->p->x.label ? " " : " = ", s->violation);
    else
        snprintf(e->text, ENTRY_TEXT, "%s%s%s%s", s->name ? s->name : "", source ? " (" : "",
                 source ? s->source : "", source ? ")" : "");
    e->width = sample_length + gap + text_width(g->cr, e->text);
    l->widest = fmax(l->widest, e->width);
}

/* One curve alone needs no legend: its name is the label of the axis. */
static void legend_make(page *g, legend *l)
{
    size_t i;

    l->n = 0;
    l->widest = 0;
    set_size(g->cr, text_size);
    if (g->p->n_series < 2 && !(g->p->n_series && isfinite(g->p->series[0].violation)))
        return;
    for (i = 0; i < g->p->n_series; i++)
        if (g->p->series[i].name && *g->p->series[i].name)
            add_entry(g, l, i, false);
    for (i = 0; i < g->p->n_series; i++)
        if (isfinite(g->p->series[i].violation))
            add_entry(g, l, i, true);
}

static void draw_sample(const page *g, const entry *e, double x, double y)
{
    cairo_t *cr = g->cr;
    const ory_plot_series *s = &g->p->series[e->series];
    const double middle = y - 0.33 * text_size;

    if (e->violation) {
        draw_cross(cr, x + sample_length / 2, middle);
        return;
    }
    cairo_new_path(cr);
    if (s->kind == ORY_PLOT_BAND || s->kind == ORY_PLOT_BARS) {
        cairo_rectangle(cr, x, middle - 2.5, sample_length, 5);
        set_ink(cr, series_ink(g->p, e->series), s->kind == ORY_PLOT_BAND ? 0.22 : 0.85);
        cairo_fill(cr);
    }
    if (s->kind == ORY_PLOT_LINE || s->kind == ORY_PLOT_STEPS ||
        (s->kind == ORY_PLOT_BAND && s->y)) {
        set_pen(cr, g->p, e->series);
        rule(cr, x, middle, x + sample_length, middle);
        cairo_stroke(cr);
        cairo_set_dash(cr, NULL, 0, 0);
    }
    if (s->kind == ORY_PLOT_POINTS || has_markers(g, e->series))
        draw_marker(cr, e->series, x + sample_length / 2, middle, series_ink(g->p, e->series));
}

static void draw_entry(const page *g, const entry *e, double x, double y)
{
    draw_sample(g, e, x, y);
    set_ink(g->cr, ink, 1);
    set_size(g->cr, text_size);
    put_text(g->cr, x + sample_length + gap, y, 0, e->text);
}

static double line_height(void) { return 1.45 * text_size; }

/* Rows of entries from left to right; returns how many rows they take. */
static int legend_rows(const page *g, const legend *l, double top, bool draw)
{
    double x = g->left;
    int row = 0;
    size_t i;

    for (i = 0; i < l->n; i++) {
        if (x > g->left && x + l->e[i].width > g->right) {
            row++;
            x = g->left;
        }
        if (draw)
            draw_entry(g, &l->e[i], x, top + row * line_height() + text_size);
        x += l->e[i].width + 3 * gap;
    }
    return l->n ? row + 1 : 0;
}

/* Whether anything was drawn in a rectangle of an 8-bit surface. */
static bool touched(cairo_surface_t *s, double x, double y, double w, double h)
{
    const unsigned char *bits = cairo_image_surface_get_data(s);
    const int stride = cairo_image_surface_get_stride(s), cols = cairo_image_surface_get_width(s),
              rows = cairo_image_surface_get_height(s);
    int r, c;

    for (r = (int)fmax(0, floor(y)); r < rows && r <= y + h; r++)
        for (c = (int)fmax(0, floor(x)); c < cols && c <= x + w; c++)
            if (bits[r * stride + c])
                return true;
    return false;
}

/* The corner (or middle of an edge) of the frame where a box of w x h covers no data:
 * the series are drawn once more onto a coarse surface and the box looked up there. */
static bool find_corner(const page *g, double w, double h, double *x, double *y)
{
    static const double places[6][2] = {{1, 0}, {0, 0}, {0, 1}, {1, 1}, {0.5, 0}, {0.5, 1}};
    const double inside_w = g->right - g->left - w - 2 * pad,
                 inside_h = g->bottom - g->top - h - 2 * pad;
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_A8, (int)ceil(g->width),
                                                    (int)ceil(g->height));
    page coarse = *g;
    bool found = false;
    int i;

    coarse.cr = cairo_create(s);
    start_font(coarse.cr);
    draw_all_series(&coarse);
    draw_marks(&coarse);
    cairo_destroy(coarse.cr);
    cairo_surface_flush(s);
    for (i = 0; i < 6 && !found && inside_w >= 0 && inside_h >= 0 &&
                cairo_surface_status(s) == CAIRO_STATUS_SUCCESS; i++) {
        *x = g->left + pad + places[i][0] * inside_w;
        *y = g->top + pad + places[i][1] * inside_h;
        found = !touched(s, *x - 2, *y - 2, w + 4, h + 4);
    }
    cairo_surface_destroy(s);
    return found;
}

/* ------------------------------------------------------------------- layout */

/* Axes fitted to the frame; the frame fitted to the widest label of the y axis. */
static void fit_axes(page *g)
{
    const double label = g->p->y.label && *g->p->y.label ? 1.6 * text_size : 0;

    ory_figure_axis_make(&g->y, g->p->y.log, g->yr[0], g->yr[1],
                         (int)((g->bottom - g->top) / (2.6 * text_size)));
    g->left = pad + label + widest_tick(g->cr, &g->y) + gap;
    g->right = g->width - pad - text_size;
    ory_figure_axis_make(&g->x, g->p->x.log, g->xr[0], g->xr[1],
                         (int)((g->right - g->left) / (g->p->x.log ? 30 : 36)));
}

/* A range found from data gets a little room; given limits and the ends of x stay. */
static void widen(double range[2], const ory_plot_axis *a)
{
    const double lo = a->log ? log10(range[0]) : range[0], hi = a->log ? log10(range[1]) : range[1];
    const double room = 0.03 * (hi - lo);

    if (!isfinite(a->lo))
        range[0] = a->log ? pow(10, lo - room) : lo - room;
    if (!isfinite(a->hi))
        range[1] = a->log ? pow(10, hi + room) : hi + room;
}

static bool any_of(const ory_plot *p, ory_plot_kind kind)
{
    size_t i;

    for (i = 0; i < p->n_series; i++)
        if (p->series[i].kind == kind)
            return true;
    return false;
}

static void set_ranges(page *g)
{
    size_t i;

    ory_plot_range(g->p, g->xr, g->yr);
    widen(g->yr, &g->p->y);
    if (any_of(g->p, ORY_PLOT_POINTS))
        widen(g->xr, &g->p->x);
    for (i = 0; i < g->p->n_series; i++)
        g->curves += g->p->series[i].role == ORY_PLOT_CURVE;
}

static void draw_title(const page *g)
{
    cairo_t *cr = g->cr;

    set_ink(cr, ink, 1);
    set_size(cr, title_size);
    if (g->p->title)
        put_text(cr, g->left, pad + title_size, 0, g->p->title);
    set_size(cr, text_size);
    if (g->p->value)
        put_text(cr, g->right, pad + title_size, 1, g->p->value);
}

void ory_figure_draw(cairo_t *cr, const ory_plot *p, double width, double height)
{
    const bool title = (p->title && *p->title) || (p->value && *p->value);
    const double below_title = pad + (title ? title_size + 2 * gap : 0);
    page g = {.cr = cr, .p = p, .width = width, .height = height};
    legend l;
    double x = 0, y = 0;
    bool corner;
    size_t i;

    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    start_font(cr);
    set_ranges(&g);
    g.top = below_title + (title ? 0 : 0.5 * text_size);
    g.bottom = height - pad - 2.6 * text_size - gap;
    fit_axes(&g);
    if (g.y.scaled)
        g.top += text_size;
    legend_make(&g, &l);
    corner = l.n == 0 || find_corner(&g, l.widest, (double)l.n * line_height(), &x, &y);
    if (!corner) {
        g.top += legend_rows(&g, &l, 0, false) * line_height() + gap;
        fit_axes(&g);
    }
    draw_title(&g);
    draw_floor(&g);
    draw_marks(&g);
    draw_all_series(&g);
    set_ink(cr, ink, 1);
    draw_axes(&g);
    if (!corner)
        legend_rows(&g, &l, below_title, true);
    for (i = 0; corner && i < l.n; i++)
        draw_entry(&g, &l.e[i], x, y + (double)i * line_height() + text_size);
}
