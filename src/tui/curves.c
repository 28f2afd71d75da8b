/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curves.c - gathers histories into a plot: see curves.h. */
#include "config.h"

#include "tui/curves.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One history on its way into the plot. */
typedef struct source {
    const char *name, *theorem;
    const ory_bin *bins;
    size_t n_bins;
    uint64_t from;    /* a fork begins here */
    uint64_t k;       /* beyond it lies the known future */
    double value;     /* now */
    bool constant;    /* the same at every step */
    ory_plot_role role;
    int colour, side;
    double violation; /* step */
} source;

static uint64_t first_step(const ory_curves_of *of)
{
    uint64_t end = of->run->known > of->run->k ? of->run->known : of->run->k;

    return of->last > 0 && of->last < (double)end ? end - (uint64_t)of->last : 0;
}

static size_t split_at(const ory_points *pts, double x)
{
    size_t n = 0;
    while (n < pts->n && pts->x[n] <= x)
        n++;
    return n;
}

static void put_series(ory_curves *c, const source *src, const ory_points *pts, size_t from,
                       size_t n, ory_plot_role role, const char *name)
{
    c->series[c->plot.n_series++] = (ory_plot_series){
        .name = name, .source = name ? src->theorem : NULL, .kind = ORY_PLOT_LINE, .role = role,
        .colour = src->colour, .side = src->side, .n = n, .x = pts->x + from, .y = pts->y + from,
        .lo = pts->lo + from, .hi = pts->hi + from,
        .violation = name ? src->violation : NAN,
    };
}

/* Over the whole width of what is there already. */
static void constant_points(ory_points *pts, const ory_curves *c, double value)
{
    double lo = INFINITY, hi = -INFINITY;

    for (size_t i = 0; i < c->n_curves; i++) {
        const ory_points *p = c->points + i;
        if (p->n && p != pts) {
            lo = fmin(lo, p->x[0]);
            hi = fmax(hi, p->x[p->n - 1]);
        }
    }
    pts->n = lo <= hi ? 2 : 0;
    pts->x[0] = lo;
    pts->x[1] = hi;
    for (size_t i = 0; i < pts->n; i++)
        pts->y[i] = pts->lo[i] = pts->hi[i] = value;
}

/* A value without history: one point, where the run is. */
static void single_point(ory_points *pts, const ory_curves_of *of, double value)
{
    pts->n = 1;
    pts->x[0] = of->snapshot->time_axis ? of->run->t : (double)of->run->k;
    pts->y[0] = pts->lo[0] = pts->hi[0] = value;
}

static bool any_number(const ory_points *pts)
{
    for (size_t i = 0; i < pts->n; i++)
        if (!isnan(pts->y[i]))
            return true;
    return false;
}

static void add(ory_curves *c, const ory_curves_of *of, const source *src)
{
    const bool by_time = of->snapshot->time_axis;
    uint64_t from = first_step(of);
    ory_points *pts;

    if (c->n_curves == ORY_CURVES_MAX)
        return;
    pts = c->points + c->n_curves;
    if (src->n_bins)
        ory_points_fill(pts, src->bins, src->n_bins, src->from > from ? src->from : from, by_time,
                        of->log_x, c->columns);
    else if (src->constant && !isnan(src->value))
        constant_points(pts, c, src->value);
    else
        pts->n = 0;
    if (!pts->n && !isnan(src->value))
        single_point(pts, of, src->value);
    if (!pts->n || (src->role == ORY_PLOT_BOUND && !any_number(pts)))
        return; /* a bound that says nothing here is not in the legend */
    snprintf(c->names[c->n_curves], sizeof c->names[0], "%s", src->name);
    double now = by_time ? ory_bins_time(src->bins, src->n_bins, (double)src->k)
                         : (double)src->k;
    size_t n = src->n_bins ? split_at(pts, now) : pts->n;
    if (n == 0 && pts->n)
        n = 1;
    put_series(c, src, pts, 0, n, src->role, c->names[c->n_curves]);
    if (n < pts->n)
        put_series(c, src, pts, n ? n - 1 : 0, pts->n - (n ? n - 1 : 0), ORY_PLOT_GHOST, NULL);
    c->n_curves++;
}

static source of_quantity(const ory_snap_run *r, const ory_snap_quantity *q)
{
    return (source){.name = ory_snap_label(q), .theorem = q->source, .bins = q->bins,
                    .n_bins = q->n_bins, .k = r->k,
                    .value = q->value, .constant = q->constant,
                    .role = q->bounds ? ORY_PLOT_BOUND : ORY_PLOT_CURVE, .colour = -1,
                    .side = q->side, .violation = q->violation};
}

/* Runs that move along; the first is of->run, whatever its number. */
static const ory_snap_run *lockstep(const ory_curves_of *of, size_t i)
{
    if (i == 0)
        return of->run;
    for (size_t j = 0; j < of->snapshot->n_runs; j++) {
        const ory_snap_run *r = of->snapshot->runs + j;
        if (r != of->run && r->part == ORY_PART_LOCKSTEP && --i == 0)
            return r;
    }
    return NULL;
}

static int count_curves(const ory_curves_of *of)
{
    int n = 0;

    for (size_t r = 0; lockstep(of, r); r++)
        for (size_t i = 0; i < of->n_names; i++)
            n += ory_snap_find(lockstep(of, r), of->names[i]) != NULL;
    return n;
}

static bool is_named(const ory_curves_of *of, const char *name)
{
    for (size_t i = 0; i < of->n_names; i++)
        if (strcmp(of->names[i], name) == 0)
            return true;
    return false;
}

/* Whether a list such as "theory, other" has the name. */
static bool in_list(const char *list, const char *name)
{
    const size_t n = strlen(name);

    while (list && *list) {
        list += strspn(list, ", ");
        size_t w = strcspn(list, ", ");
        if (w == n && n && memcmp(list, name, n) == 0)
            return true;
        list += w;
    }
    return false;
}

static void add_bounds(ory_curves *c, const ory_curves_of *of, const ory_snap_quantity *q,
                       int colour)
{
    for (int side = 1; side >= -1; side -= 2) {
        for (int n = 0;; n++) {
            const ory_snap_quantity *b = ory_snap_bound(of->run, q, side, n);
            if (!b)
                break;
            if (is_named(of, b->name))
                continue;
            source src = of_quantity(of->run, b);
            src.colour = colour;
            add(c, of, &src);
        }
    }
}

static void add_curves(ory_curves *c, const ory_curves_of *of)
{
    const int many = count_curves(of) > 1;
    int colour = 0;

    for (size_t r = 0; lockstep(of, r); r++) {
        const ory_snap_run *run = lockstep(of, r);
        for (size_t i = 0; i < of->n_names; i++) {
            const ory_snap_quantity *q = ory_snap_find(run, of->names[i]);
            char name[80];
            if (!q)
                continue;
            source src = of_quantity(run, q);
            if (r > 0 || lockstep(of, 1)) {
                snprintf(name, sizeof name, of->n_names > 1 ? "%s %s" : "%s",
                         ory_or_empty(run->name), ory_snap_label(q));
                src.name = name;
            }
            if (in_list(of->dashed, of->names[i])) {
                src.role = ORY_PLOT_BOUND;
                src.colour = -1; /* so that it shows where it lies upon the curve */
            } else if (src.role == ORY_PLOT_CURVE) {
                src.colour = colour++;
            }
            add(c, of, &src);
            if (r == 0 && of->bounds)
                add_bounds(c, of, q, many ? src.colour : -1);
        }
    }
}

static void add_ghosts(ory_curves *c, const ory_curves_of *of)
{
    const ory_snapshot *s = of->snapshot;

    for (size_t i = 0; i < s->n_ghosts; i++) {
        const ory_snap_ghost *g = s->ghosts + i;
        if (!g->quantity || !is_named(of, g->quantity))
            continue;
        source src = {.name = ory_or_empty(g->label), .bins = g->bins, .n_bins = g->n_bins,
                      .k = UINT64_MAX, .value = NAN, .role = ORY_PLOT_GHOST, .colour = -1,
                      .violation = NAN};
        add(c, of, &src);
    }
    for (size_t j = 0; j < s->n_runs; j++) {
        const ory_snap_run *r = s->runs + j;
        if (r->part != ORY_PART_GHOST || r == of->run)
            continue;
        for (size_t i = 0; i < of->n_names; i++) {
            const ory_snap_quantity *q = ory_snap_find(r, of->names[i]);
            if (!q)
                continue;
            source src = of_quantity(r, q);
            char name[80];
            snprintf(name, sizeof name, of->n_names > 1 ? "%s %s" : "%s", ory_or_empty(r->name),
                     ory_snap_label(q));
            src.name = name;
            src.from = r->parent ? r->fork_step : 0;
            src.k = UINT64_MAX;
            src.value = NAN;
            src.role = ORY_PLOT_GHOST;
            src.violation = NAN;
            add(c, of, &src);
        }
    }
}

/* The last few events; texts only where they tell something. */
static void add_marks(ory_curves *c, const ory_curves_of *of)
{
    const ory_snap_run *r = of->run;

    for (size_t i = r->n_events; i > 0 && c->plot.n_marks < ORY_CURVE_MARKS + c->n_lines; i--) {
        const ory_snap_event *e = r->events + i - 1;
        if (e->kind == ORY_SNAP_EVENT_STOP || e->kind == ORY_SNAP_EVENT_FORK)
            continue;
        c->marks[c->plot.n_marks++] =
            (ory_plot_mark){of->snapshot->time_axis ? e->t : (double)e->k, NAN, e->text};
    }
}

/* Horizontal lines: "1 edge of stability, 0.5". What is no number ends the list. */
static void add_lines(ory_curves *c, const char *text)
{
    while (text && *text && c->n_lines < ORY_CURVE_LINES) {
        char *end, *words = c->lines[c->n_lines];
        double y = strtod(text, &end);
        if (end == text)
            return;
        end += strspn(end, " ");
        size_t n = strcspn(end, ",");
        snprintf(words, sizeof c->lines[0], "%.*s", (int)n, end);
        c->marks[c->n_lines++] = (ory_plot_mark){NAN, y, words};
        text = end + n + (end[n] == ',');
    }
    c->plot.n_marks = c->n_lines;
}

/* ------------------------------------------------------------------- limits */

static void extend(double range[2], const ory_plot_series *s, bool log)
{
    for (size_t i = 0; i < s->n; i++) {
        double lo = fmin(s->y[i], s->lo[i]), hi = fmax(s->y[i], s->hi[i]);
        if (isfinite(lo) && (!log || lo > 0) && lo < range[0])
            range[0] = lo;
        if (isfinite(hi) && (!log || hi > 0) && hi > range[1])
            range[1] = hi;
        if (log && isfinite(s->y[i]) && s->y[i] > 0 && s->y[i] < range[0])
            range[0] = s->y[i];
    }
}

/* Bounds and ghosts may widen the range of the curves, but only so far: a bound that
 * is far away leaves through the edge, where it is marked. */
static void limit_y(ory_curves *c, const ory_curves_of *of)
{
    double own[2] = {INFINITY, -INFINITY}, all[2];
    const bool log = of->log_y;

    for (size_t i = 0; i < c->plot.n_series; i++)
        if (c->series[i].role == ORY_PLOT_CURVE)
            extend(own, c->series + i, log);
    memcpy(all, own, sizeof all);
    for (size_t i = 0; i < c->plot.n_series; i++)
        extend(all, c->series + i, log);
    for (size_t i = 0; i < c->n_lines; i++)
        if (!log || c->marks[i].y > 0) {
            all[0] = fmin(all[0], c->marks[i].y);
            all[1] = fmax(all[1], c->marks[i].y);
        }
    if (own[0] <= own[1]) {
        double span = log ? fmax(1, log10(own[1] / own[0])) : own[1] / 2 - own[0] / 2;
        if (!log && !(span > 0))
            span = fmax(fabs(own[0]) / 2, 1e-300);
        double low = log ? own[0] * pow(10, -0.7 * span) : own[0] - 2 * span;
        double high = log ? own[1] * pow(10, 0.7 * span) : own[1] + 2 * span;
        all[0] = fmax(all[0], low);
        all[1] = fmin(all[1], high);
    }
    if (isfinite(of->lo) && (!log || of->lo > 0))
        all[0] = of->lo;
    if (isfinite(of->hi) && (!log || of->hi > 0))
        all[1] = of->hi;
    if (all[0] <= all[1] && isfinite(all[0]) && isfinite(all[1])) {
        c->plot.y.lo = all[0];
        c->plot.y.hi = all[1];
        c->look.align = !(isfinite(of->lo) || isfinite(of->hi));
    }
}

static void violations_by_time(ory_curves *c, const ory_snap_run *r)
{
    for (size_t i = 0; i < c->plot.n_series; i++) {
        ory_plot_series *s = c->series + i;
        for (size_t q = 0; q < r->n_quantities && isfinite(s->violation); q++)
            if (r->quantities[q].violation == s->violation && r->quantities[q].n_bins) {
                s->violation = ory_bins_time(r->quantities[q].bins, r->quantities[q].n_bins,
                                             s->violation);
                break;
            }
    }
}

bool ory_curves_make(ory_curves *c, const ory_curves_of *of)
{
    const ory_snapshot *s = of->snapshot;

    c->n_curves = c->n_lines = 0;
    c->look = ory_plot_look_plain();
    c->look.smooth = s->smooth ? 16 : 0;
    c->columns = of->width > 8 ? 2 * (size_t)of->width : 16;
    c->plot = (ory_plot){.x = {s->time_axis ? "time" : "step",
                               s->time_axis ? of->run->time_unit : NULL, of->log_x, NAN, NAN},
                         .y = {NULL, NULL, of->log_y, NAN, NAN},
                         .floor = NAN, .series = c->series, .marks = c->marks};
    add_curves(c, of);
    if (of->ghosts)
        add_ghosts(c, of);
    add_lines(c, of->lines);
    if (of->marks)
        add_marks(c, of);
    if (s->time_axis)
        violations_by_time(c, of->run);
    limit_y(c, of);
    c->look.cursor = s->cursor;
    for (size_t i = 0; s->time_axis && isfinite(s->cursor) && i < of->run->n_quantities; i++)
        if (of->run->quantities[i].n_bins)
            c->look.cursor = ory_bins_time(of->run->quantities[i].bins,
                                           of->run->quantities[i].n_bins, s->cursor);
    return c->n_curves > 0;
}
