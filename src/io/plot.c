/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot.c - copies of plots, their ranges, their columns. */
#include "config.h"

#include "io/plot.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/mem.h"

/* --------------------------------------------------------------------- copy */

/* A first pass with base == NULL counts the bytes, a second one fills them. */
typedef struct packer {
    char *base;
    size_t used;
} packer;

static void *pack(packer *k, const void *from, size_t count, size_t size)
{
    void *to = k->base ? k->base + k->used : NULL;

    if (!from)
        return NULL;
    if (to)
        memcpy(to, from, count * size);
    k->used += (count * size + sizeof(double) - 1) / sizeof(double) * sizeof(double);
    return to;
}

static char *pack_text(packer *k, const char *text)
{
    return pack(k, text, text ? strlen(text) + 1 : 0, 1);
}

static void pack_series(packer *k, const ory_plot_series *from, ory_plot_series *to)
{
    ory_plot_series s = *from;

    s.name = pack_text(k, from->name);
    s.source = pack_text(k, from->source);
    s.x = pack(k, from->x, from->n, sizeof(double));
    s.y = pack(k, from->y, from->n, sizeof(double));
    s.lo = pack(k, from->lo, from->n, sizeof(double));
    s.hi = pack(k, from->hi, from->n, sizeof(double));
    if (to)
        *to = s;
}

static void pack_heat(packer *k, const ory_plot_heat *from, ory_plot_heat *to)
{
    ory_plot_heat h = *from;

    h.label = pack_text(k, from->label);
    h.unit = pack_text(k, from->unit);
    h.missing = pack_text(k, from->missing);
    h.x = pack(k, from->x, from->cols, sizeof(double));
    h.y = pack(k, from->y, from->rows, sizeof(double));
    h.z = pack(k, from->z, from->rows * from->cols, sizeof(double));
    if (to)
        *to = h;
}

static void pack_plot(packer *k, const ory_plot *from)
{
    ory_plot *to = pack(k, from, 1, sizeof *from), p = *from;
    ory_plot_series *series = pack(k, from->series, from->n_series, sizeof *series);
    ory_plot_mark *marks = pack(k, from->marks, from->n_marks, sizeof *marks);
    ory_plot_heat *heat = pack(k, from->heat, 1, sizeof *heat);
    size_t i;

    p.series = series;
    p.marks = marks;
    p.heat = heat;
    if (from->heat)
        pack_heat(k, from->heat, heat);
    p.title = pack_text(k, from->title);
    p.value = pack_text(k, from->value);
    p.x.label = pack_text(k, from->x.label);
    p.x.unit = pack_text(k, from->x.unit);
    p.y.label = pack_text(k, from->y.label);
    p.y.unit = pack_text(k, from->y.unit);
    for (i = 0; i < from->n_series; i++)
        pack_series(k, &from->series[i], series ? &series[i] : NULL);
    for (i = 0; i < from->n_marks; i++) {
        char *text = pack_text(k, from->marks[i].text);

        if (marks)
            marks[i].text = text;
    }
    if (to)
        *to = p;
}

size_t ory_plot_bytes(const ory_plot *p)
{
    packer k = {0};

    pack_plot(&k, p);
    return k.used;
}

ory_status ory_plot_copy(const ory_plot *from, ory_plot **out, ory_error *err)
{
    const size_t bytes = ory_plot_bytes(from);
    packer k = {.base = ory_alloc(bytes, 1)};

    if (!k.base)
        return ory_fail(err, ORY_ENOMEM, "out of memory: a plot of %zu bytes", bytes);
    pack_plot(&k, from);
    *out = (ory_plot *)(void *)k.base;
    return ORY_OK;
}

void ory_plot_free(ory_plot *p)
{
    ory_free(p);
}

/* -------------------------------------------------------------------- range */

static void take(double range[2], bool log, double v)
{
    if (!isfinite(v) || (log && v <= 0))
        return;
    if (!(range[0] <= v))
        range[0] = v;
    if (!(range[1] >= v))
        range[1] = v;
}

/* Fill what the data did not give, widen what has no extent, let limits win. */
static void settle(double range[2], const ory_plot_axis *axis)
{
    double half;

    if (isfinite(axis->lo) && !(axis->log && axis->lo <= 0))
        range[0] = axis->lo;
    if (isfinite(axis->hi) && !(axis->log && axis->hi <= 0))
        range[1] = axis->hi;
    if (isnan(range[0]) && isnan(range[1])) {
        range[0] = axis->log ? 1 : 0;
        range[1] = axis->log ? 10 : 1;
    } else if (isnan(range[0])) {
        range[0] = axis->log ? range[1] / 10 : range[1] - 1;
    } else if (isnan(range[1])) {
        range[1] = axis->log ? range[0] * 10 : range[0] + 1;
    }
    if (range[1] > range[0])
        return;
    if (axis->log) {
        range[0] /= sqrt(10);
        range[1] = range[0] * 10;
    } else {
        half = range[0] != 0 ? 0.25 * fabs(range[0]) : 1;
        range[1] = range[0] + half;
        range[0] -= half;
    }
}

/* Bars stand around their x: half the least distance at either side. */
static void take_bars(const ory_plot_series *s, double x[2], double y[2], const ory_plot *p)
{
    double half = INFINITY, step;
    size_t i;

    if (s->n == 0)
        return;
    take(y, p->y.log, 0);
    if (p->x.log)
        return;
    for (i = 1; i < s->n; i++)
        if ((step = fabs(ory_plot_x(s, i) - ory_plot_x(s, i - 1))) > 0)
            half = fmin(half, step / 2);
    if (!isfinite(half))
        half = 0.5;
    for (i = 0; i < s->n; i++) {
        take(x, false, ory_plot_x(s, i) - half);
        take(x, false, ory_plot_x(s, i) + half);
    }
}

/* Beyond a limit that was given: not drawn, so it has no say in the other axis. */
static bool outside(const ory_plot_axis *a, double v)
{
    return v < a->lo || v > a->hi;
}

static void take_heat(const ory_plot *p, double x[2], double y[2])
{
    const ory_plot_heat *h = p->heat;

    take(x, p->x.log, ory_plot_heat_edge(h->x, h->cols, 0, p->x.log));
    take(x, p->x.log, ory_plot_heat_edge(h->x, h->cols, h->cols, p->x.log));
    take(y, p->y.log, ory_plot_heat_edge(h->y, h->rows, 0, p->y.log));
    take(y, p->y.log, ory_plot_heat_edge(h->y, h->rows, h->rows, p->y.log));
}

void ory_plot_range(const ory_plot *p, double x[2], double y[2])
{
    size_t i, j;

    x[0] = x[1] = y[0] = y[1] = NAN;
    for (i = 0; i < p->n_series; i++) {
        const ory_plot_series *s = &p->series[i];

        for (j = 0; j < s->n; j++) {
            if (outside(&p->x, ory_plot_x(s, j)))
                continue;
            take(x, p->x.log, ory_plot_x(s, j));
            if (s->y)
                take(y, p->y.log, s->y[j]);
            if (s->lo)
                take(y, p->y.log, s->lo[j]);
            if (s->hi)
                take(y, p->y.log, s->hi[j]);
        }
        if (s->kind == ORY_PLOT_BARS)
            take_bars(s, x, y, p);
    }
    for (i = 0; i < p->n_marks; i++) {
        take(x, p->x.log, p->marks[i].x);
        take(y, p->y.log, p->marks[i].y);
    }
    if (p->heat)
        take_heat(p, x, y);
    settle(x, &p->x);
    settle(y, &p->y);
}

/* ---------------------------------------------------------------------- heats */

double ory_plot_heat_edge(const double *centre, size_t n, size_t i, bool log)
{
    double a, b;

    if (n == 1 && log)
        return centre[0] * (i ? sqrt(10) : 1 / sqrt(10));
    if (n == 1) {
        a = centre[0] != 0 ? 0.25 * fabs(centre[0]) : 1;
        return centre[0] + (i ? a : -a);
    }
    /* Outside the first and the last centre as far as inside. */
    a = centre[i > 0 ? i - 1 : 0];
    b = centre[i < n ? i : n - 1];
    if (i > 0 && i < n)
        return log ? sqrt(a) * sqrt(b) : a / 2 + b / 2;
    b = ory_plot_heat_edge(centre, n, i ? n - 1 : 1, log);
    return log ? a * (a / b) : a + (a - b);
}

static bool coloured(const ory_plot_heat *h, double v)
{
    return isfinite(v) && !(h->log && v <= 0);
}

bool ory_plot_heat_range(const ory_plot_heat *h, double range[2])
{
    const ory_plot_axis as_axis = {.log = h->log, .lo = h->lo, .hi = h->hi};
    bool any = false;
    size_t i;

    range[0] = range[1] = NAN;
    for (i = 0; i < h->rows * h->cols; i++) {
        take(range, h->log, h->z[i]);
        any = any || coloured(h, h->z[i]);
    }
    settle(range, &as_axis);
    return any;
}

double ory_plot_heat_share(const ory_plot_heat *h, const double range[2], double value)
{
    double u;

    if (isnan(value) || (h->log && value <= 0))
        return NAN;
    u = h->log ? (log10(value) - log10(range[0])) / (log10(range[1]) - log10(range[0]))
               : (value - range[0]) / (range[1] - range[0]);
    return u < 0 ? 0 : u > 1 ? 1 : u;
}

bool ory_plot_heat_holes(const ory_plot_heat *h)
{
    size_t i;

    for (i = 0; i < h->rows * h->cols; i++)
        if (isnan(h->z[i]) || (h->log && h->z[i] <= 0))
            return true;
    return false;
}

/* ------------------------------------------------------------------ columns */

void ory_plot_walk_start(ory_plot_walk *w, const ory_plot *p, size_t series, const double x[2],
                         size_t columns)
{
    double hi = p->x.log ? log10(x[1]) : x[1];

    *w = (ory_plot_walk){.s = &p->series[series], .log_x = p->x.log, .log_y = p->y.log};
    w->lo = p->x.log ? log10(x[0]) : x[0];
    w->columns = (double)columns;
    w->per_unit = w->columns / (hi - w->lo);
}

/* Column of a value of x; NaN when it has no place at all. */
static double column_of(const ory_plot_walk *w, double x)
{
    double at;

    if (w->log_x && x <= 0)
        return NAN;
    at = floor(((w->log_x ? log10(x) : x) - w->lo) * w->per_unit);
    /* The upper end of the range belongs to the last column. */
    if (at == w->columns && (w->log_x ? log10(x) : x) <= w->lo + w->columns / w->per_unit)
        at = w->columns - 1;
    return at < -1 ? -1 : at > w->columns ? w->columns : at;
}

static bool placed(const ory_plot_walk *w, double y)
{
    return isfinite(y) && !(w->log_y && y <= 0);
}

static void take_point(const ory_plot_walk *w, ory_plot_group *g, size_t i)
{
    const ory_plot_series *s = w->s;
    double extremes[2] = {g->min, g->max}, y = s->y ? s->y[i] : NAN;

    take(extremes, w->log_y, y);
    if (s->lo)
        take(extremes, w->log_y, s->lo[i]);
    if (s->hi)
        take(extremes, w->log_y, s->hi[i]);
    g->min = extremes[0];
    g->max = extremes[1];
    if (w->log_y && s->y && (y <= 0 || (s->lo && s->lo[i] <= 0)))
        g->off = true;
    g->last = placed(w, y) ? y : NAN;
    g->x_last = ory_plot_x(s, i);
    g->n++;
}

bool ory_plot_walk_next(ory_plot_walk *w, ory_plot_group *g)
{
    const ory_plot_series *s = w->s;
    double column = NAN, before;

    while (w->at < s->n && isnan(column = column_of(w, ory_plot_x(s, w->at))))
        w->at++;
    if (w->at >= s->n)
        return false;
    *g = (ory_plot_group){.from = w->at, .column = column, .min = NAN, .max = NAN};
    take_point(w, g, w->at);
    g->first = g->last;
    g->x_first = g->x_last;
    before = w->at > 0 && s->y && !isnan(column_of(w, ory_plot_x(s, w->at - 1))) ? s->y[w->at - 1]
                                                                               : NAN;
    g->joined = placed(w, before) && placed(w, g->first);
    for (w->at++; w->at < s->n && column_of(w, ory_plot_x(s, w->at)) == column; w->at++)
        take_point(w, g, w->at);
    return true;
}
