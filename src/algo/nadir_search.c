/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nadir_search.c - the worst case over all time with proof, for less than the table.
 *
 * Branch and bound over (bus, interval of time). Let x(t) be row i of H(t), split into
 * slow modes s and fast modes f. On [a, b] of width D, by convexity of the norm,
 *   ||x(t)|| <= max(||x(a)||, ||x(b)||) + (D^2/8) sup||xs''|| + 2 sup||xf||,
 * where both suprema are bounded by the dual norms of rows of |P| diag(c) |P|' with c the
 * modes' own bounds (modal.h). Under-damped modes share the envelope exp(-t d/2m), so their
 * rows are summed once and scaled; the few others are summed anew at the start of every
 * epoch of time. A bus is dropped from an interval when its bound does not exceed the best
 * value known; the buses that remain are evaluated at the middle as one matrix product.
 * A bus whose bound of sup||x|| from an epoch on lies below the best value is done with; the
 * search ends when no bus is left. The best value starts from the diagonal entries of H,
 * which are below F and cost n^2 an instant for all buses.
 * Correctness: doc/theory/07-frequency-nadir.md. */
#include "config.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "algo/nadir.h"
#include "algo/roots.h"
#include "core/interrupt.h"

enum {
    SPLITS = 8,     /* ways to divide the fast-mode columns between curvature and size */
    DEPTH = 64,     /* bisections of an epoch */
    SCAN = 256,     /* instants of the first look */
    STARTS = 3      /* buses climbed from the first look */
};

typedef struct level {
    size_t *bus;       /* buses that may still hold the maximum */
    double *left, *right, *mid;
    size_t count;
} level;

typedef struct search {
    ory_nadir_net *net;
    const ory_nadir_task *task;
    ory_nadir_search_result *out;
    size_t n, zeros;   /* leading columns with lam = 0: they share one response */
    size_t others;     /* leading columns that are not under-damped enough */
    double a, tol;
    size_t split[SPLITS + 1]; /* columns below split[j] bend, those above only have size */
    double *bend, *size;      /* n x (SPLITS + 1): dual norms without the envelope */
    double *bend_other, *sup_other; /* n: of the other modes, for this epoch */
    double *H, *Y;            /* n x n each */
    double *c;                /* n */
    level levels[DEPTH + 1];
    size_t *order;
} search;

static double envelope(const search *s, double t)
{
    return exp(-s->a * t);
}

/* ------------------------------------------------------------------------- bounds */

/* H += |P[:, from..to)| diag(c[from..to)) |P[:, from..to)|', upper half. */
static void add_block(search *s, size_t from, size_t to)
{
    size_t n = s->n, i, k, w = to - from;

    if (w == 0)
        return;
    for (i = 0; i < n; i++)
        for (k = 0; k < w; k++)
            s->Y[i * w + k] = fabs(s->net->P[i * n + from + k]) * sqrt(s->c[from + k]);
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, (int)n, (int)w, 1, s->Y, (int)w, 1, s->H,
                (int)n);
    s->net->madds += 0.5 * (double)n * (double)n * (double)w;
}

static void duals(const search *s, double *out, size_t stride)
{
    ory_nadir_dual_rows(s->task, s->H, s->n, out, stride);
}

static void clear(search *s)
{
    memset(s->H, 0, s->n * s->n * sizeof *s->H);
}

/* Tables bend and size for every split of the under-damped modes. */
static void under_damped_bounds(search *s)
{
    size_t k, j;

    for (j = 0; j <= SPLITS; j++)
        s->split[j] = s->others + (s->n - s->others) * j / SPLITS;
    for (k = s->others; k < s->n; k++) {
        ory_mode mode = ory_nadir_mode(s->net, s->task, k);
        double wd = sqrt(mode.lam / mode.m - s->a * s->a);

        s->c[k] = mode.lam / mode.m / (mode.m * wd);
    }
    clear(s);
    duals(s, s->bend, SPLITS + 1);
    for (j = 1; j <= SPLITS; j++) {
        add_block(s, s->split[j - 1], s->split[j]);
        duals(s, s->bend + j, SPLITS + 1);
    }
    for (k = s->others; k < s->n; k++) {
        ory_mode mode = ory_nadir_mode(s->net, s->task, k);

        s->c[k] = 1 / (mode.m * sqrt(mode.lam / mode.m - s->a * s->a));
    }
    clear(s);
    duals(s, s->size + SPLITS, SPLITS + 1);
    for (j = SPLITS; j-- > 0;) {
        add_block(s, s->split[j], s->split[j + 1]);
        duals(s, s->size + j, SPLITS + 1);
    }
}

/* H = |P0 P0'| c for the columns with lam = 0: one response, so that only the product's
 * entries are taken absolute. */
static void zero_block(search *s, double c)
{
    size_t n = s->n, i;

    clear(s);
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, (int)n, (int)s->zeros, c, s->net->P, (int)n, 0,
                s->H, (int)n);
    for (i = 0; i < n * n; i++)
        s->H[i] = fabs(s->H[i]);
    s->net->madds += 0.5 * (double)n * (double)n * (double)s->zeros;
}

/* The same for the other modes from time T on. */
static void other_bounds(search *s, double T)
{
    size_t k;

    for (k = 0; k < s->others; k++) {
        ory_mode mode = ory_nadir_mode(s->net, s->task, k);

        s->c[k] = ory_mode_curvature(&mode, T);
    }
    zero_block(s, s->c[0]);
    add_block(s, s->zeros, s->others);
    duals(s, s->bend_other, 1);
    for (k = 0; k < s->others; k++) {
        ory_mode mode = ory_nadir_mode(s->net, s->task, k);

        s->c[k] = ory_mode_sup(&mode, T);
    }
    zero_block(s, s->c[0]);
    add_block(s, s->zeros, s->others);
    duals(s, s->sup_other, 1);
}

/* No value of bus i on [a, a + width] exceeds the larger end value by more than this. */
static double slack(const search *s, size_t i, double a, double width)
{
    const double *bend = s->bend + i * (SPLITS + 1), *size = s->size + i * (SPLITS + 1);
    double e = envelope(s, a), w2 = width * width / 8, least = INFINITY;
    int j;

    for (j = 0; j <= SPLITS; j++)
        least = fmin(least, e * (w2 * bend[j] + 2 * size[j]));
    return w2 * s->bend_other[i] + least;
}

/* No value of bus i at T or later exceeds this. */
static double beyond(const search *s, size_t i, double T)
{
    return envelope(s, T) * s->size[i * (SPLITS + 1)] + s->sup_other[i];
}

/* --------------------------------------------------------------------- the best value */

static void offer(search *s, size_t i, double t, double value)
{
    ory_nadir_search_result *o = s->out;

    if (value > o->nadir) {
        o->nadir = value;
        o->bus = i;
        o->t = t;
        o->kind = isinf(t) ? ORY_NADIR_INFINITY : ORY_NADIR_INTERIOR;
    }
}

typedef struct climber {
    ory_nadir_point point;
    size_t rows;
} climber;

static double counted_value(double t, void *ctx)
{
    climber *c = ctx;

    c->rows++;
    return ory_nadir_value_at(t, &c->point);
}

/* A maximum near t, then the offer. */
static void climb(search *s, size_t i, double t, double reach)
{
    climber c = {{s->net, s->task, i}, 0};
    double value, best = ory_maximise(counted_value, &c, fmax(0, t - reach), t + reach, 1e-9 * t, &value);

    s->net->madds += (double)c.rows * (double)s->n * (double)s->n;
    s->out->rows += c.rows;
    offer(s, i, best, value);
}

/* Limits for t -> infinity: only islands contribute. */
static void limits(search *s)
{
    size_t i, n = s->n;

    /* With one island all rows of the limit are equal. */
    for (i = 0; i < (s->net->islands > 1 ? n : 1); i++)
        offer(s, i, INFINITY, ory_nadir_value(s->net, s->task, i, INFINITY));
}

/* Last instant of the first look. */
static double look_ahead(const ory_nadir_net *net, const ory_nadir_task *task)
{
    return 12 * net->m * task->inertia / (net->d * task->damping);
}

/* D = (P o P) h: takes n (n + 2 SCAN) doubles of the pool. */
static void own_peaks(ory_nadir_net *net, const ory_nadir_task *task, double *square, double *peak,
                      double *when)
{
    size_t n = net->n, i, k, j;
    double step = look_ahead(net, task) / SCAN;
    double *h = ory_nadir_take(net, n * SCAN), *D = ory_nadir_take(net, n * SCAN);

    for (i = 0; i < n * n; i++)
        square[i] = net->P[i] * net->P[i];
    for (k = 0; k < n; k++)
        for (j = 0; j < SCAN; j++)
            h[k * SCAN + j] = ory_nadir_response(net, task, k, (double)(j + 1) * step);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n, SCAN, (int)n, 1, square, (int)n, h, SCAN,
                0, D, SCAN);
    net->madds += (double)n * (double)n * SCAN;
    for (i = 0; i < n; i++)
        for (j = 0, peak[i] = 0; j < SCAN; j++)
            if (fabs(D[i * SCAN + j]) > peak[i]) {
                peak[i] = fabs(D[i * SCAN + j]);
                when[i] = (double)(j + 1) * step;
            }
}

void ory_nadir_own_peaks(ory_nadir_net *net, const ory_nadir_task *task, double *peak, double *when)
{
    ory_nadir_reset(net);
    own_peaks(net, task, ory_nadir_take(net, net->n * net->n), peak, when);
}

/* Climbs from the buses of the largest own peaks. */
static void first_look(search *s)
{
    double *peak = s->c, *when = s->bend_other;
    size_t n = s->n, i, c;

    own_peaks(s->net, s->task, s->Y, peak, when);
    for (c = 0; c < STARTS && c < n; c++) {
        size_t best = 0;

        for (i = 1; i < n; i++)
            if (peak[i] > peak[best])
                best = i;
        climb(s, best, when[best], look_ahead(s->net, s->task) / SCAN);
        peak[best] = -1;
    }
}

/* -------------------------------------------------------------------- the branches */

/* F of the buses of a level at time t, as one product. */
static void evaluate(search *s, level *v, double t)
{
    size_t n = s->n, c, k;
    double best = 0;
    size_t at = 0;

    for (k = 0; k < n; k++) {
        ory_mode mode = ory_nadir_mode(s->net, s->task, k);

        s->c[k] = ory_mode_response(&mode, t, NULL);
    }
    for (c = 0; c < v->count; c++)
        for (k = 0; k < n; k++)
            s->Y[c * n + k] = s->net->P[v->bus[c] * n + k] * s->c[k];
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)v->count, (int)n, (int)n, 1, s->Y, (int)n,
                s->net->P, (int)n, 0, s->H, (int)n);
    s->net->madds += (double)v->count * (double)n * (double)n;
    s->out->rows += v->count;
    s->out->instants++;
    for (c = 0; c < v->count; c++) {
        v->mid[c] = ory_nadir_dual(s->task, s->H + c * n, n);
        if (v->mid[c] > best) {
            best = v->mid[c];
            at = c;
        }
    }
    if (best > s->out->nadir) {
        size_t bus = v->bus[at];

        offer(s, bus, t, best);
        climb(s, bus, t, 0.02 * t);
    }
}

/* The buses of `from` that survive on [a, b] go to `to`; the bounds of those dropped are
 * remembered. */
static void survivors(search *s, const level *from, const double *left, const double *right, double a,
                      double b, level *to)
{
    double limit = s->out->nadir * (1 + s->tol);
    size_t c;

    to->count = 0;
    for (c = 0; c < from->count; c++) {
        size_t i = from->bus[c];
        double bound = fmax(left[c], right[c]) + slack(s, i, a, b - a);

        if (bound <= limit) {
            s->out->upper = fmax(s->out->upper, bound);
            continue;
        }
        to->bus[to->count] = i;
        to->left[to->count] = left[c];
        to->right[to->count++] = right[c];
    }
}

static ory_status branch(search *s, int depth, double a, double b, ory_error *err)
{
    level *v = &s->levels[depth], *next = v + 1;
    double mid = 0.5 * (a + b);
    ory_status ok;
    size_t c;

    if (v->count == 0)
        return ORY_OK;
    if (ory_interrupt_pending())
        return ory_fail(err, ORY_EINTERRUPT, "interrupted");
    if (depth == DEPTH || mid <= a || mid >= b) {
        for (c = 0; c < v->count; c++)
            s->out->upper = fmax(s->out->upper,
                                 fmax(v->left[c], v->right[c]) + slack(s, v->bus[c], a, b - a));
        return ORY_OK;
    }
    evaluate(s, v, mid);
    /* The half that holds the larger values first: it raises the best value. */
    survivors(s, v, v->left, v->mid, a, mid, next);
    if ((ok = branch(s, depth + 1, a, mid, err)) != ORY_OK)
        return ok;
    survivors(s, v, v->mid, v->right, mid, b, next);
    return branch(s, depth + 1, mid, b, err);
}

/* Drops the buses that can hold no larger value from T on; value[] goes along. */
static void bury(search *s, level *alive, double *value, double T)
{
    double limit = s->out->nadir * (1 + s->tol);
    size_t c, kept = 0;

    for (c = 0; c < alive->count; c++) {
        double bound = beyond(s, alive->bus[c], T);

        if (bound <= limit) {
            s->out->upper = fmax(s->out->upper, bound);
            continue;
        }
        alive->bus[kept] = alive->bus[c];
        value[kept++] = value[c];
    }
    alive->count = kept;
}

/* One epoch: the buses that are still of interest at both ends, then the branches. value[]
 * are those at a, afterwards those at b. */
static ory_status epoch(search *s, level *alive, double *value, double a, double b, ory_error *err)
{
    ory_status ok;
    size_t c;

    for (c = 0; c < alive->count; c++) /* else nothing would ever be dropped */
        if (!isfinite(slack(s, alive->bus[c], a, b - a)))
            return ory_fail(err, ORY_ENOCONV, "the bounds of the search leave the range of numbers");
    evaluate(s, alive, b);
    survivors(s, alive, value, alive->mid, a, b, &s->levels[0]);
    ok = branch(s, 0, a, b, err);
    memcpy(value, alive->mid, alive->count * sizeof *value);
    return ok;
}

static ory_status all_epochs(search *s, ory_error *err)
{
    double *value = ory_nadir_take(s->net, s->n), T = 0, next;
    level alive = {.bus = s->order, .count = s->n, .mid = ory_nadir_take(s->net, s->n)};
    ory_status ok = ORY_OK;

    memset(value, 0, s->n * sizeof *value);
    while (ok == ORY_OK) {
        other_bounds(s, T);
        bury(s, &alive, value, T);
        s->out->horizon = T;
        if (alive.count == 0)
            break;
        next = T + fmax(0.5 / s->a, 0.25 * T);
        if (!(next > T && next <= 1e12 / s->a) || isinf(next)) {
            ok = ory_fail(err, ORY_ENOCONV, "no horizon found: the network settles too %s (rate %.3g /s)",
                          s->a > 1 ? "fast" : "slowly", s->a);
            break;
        }
        ok = epoch(s, &alive, value, T, next, err);
        T = next;
    }
    return ok;
}

/* ------------------------------------------------------------------------------ all */

/* Doubles for bend, size, the vectors, H and Y, the levels; the orders (size_t, no larger);
 * the first look; the ends of epochs. */
size_t ory_nadir_search_room(size_t n)
{
    return 2 * n * (SPLITS + 1) + 3 * n + 2 * n * n + 3 * n * (DEPTH + 1) + n * (DEPTH + 2) +
           2 * n * SCAN + 2 * n;
}

static void make_room(search *s)
{
    size_t n = s->n, d;

    ory_nadir_reset(s->net);
    s->bend = ory_nadir_take(s->net, n * (SPLITS + 1));
    s->size = ory_nadir_take(s->net, n * (SPLITS + 1));
    s->bend_other = ory_nadir_take(s->net, n);
    s->sup_other = ory_nadir_take(s->net, n);
    s->c = ory_nadir_take(s->net, n);
    s->H = ory_nadir_take(s->net, n * n);
    s->Y = ory_nadir_take(s->net, n * n);
    s->order = (size_t *)(void *)ory_nadir_take(s->net, n * (DEPTH + 2));
    for (d = 0; d <= DEPTH; d++) {
        level *v = &s->levels[d];

        v->left = ory_nadir_take(s->net, n);
        v->right = ory_nadir_take(s->net, n);
        v->mid = ory_nadir_take(s->net, n);
        v->bus = s->order + n * (d + 1);
    }
    for (d = 0; d < n; d++)
        s->order[d] = d;
}

ory_status ory_nadir_search(ory_nadir_net *net, const ory_nadir_task *task, double tol,
                            ory_nadir_search_result *out, ory_error *err)
{
    search s = {.net = net, .task = task, .out = out, .n = net->n, .tol = tol};
    double before = net->madds;
    ory_status ok;

    *out = (ory_nadir_search_result){.nadir = 0, .t = INFINITY, .kind = ORY_NADIR_INFINITY};
    if (net->c > 0)
        return ory_fail(err, ORY_EUNDEF, "no certified search with turbines: take the table");
    if (task->rho == 0)
        return ORY_OK;
    s.a = net->d * task->damping / (2 * net->m * task->inertia);
    while (s.others < s.n) {
        ory_mode mode = ory_nadir_mode(net, task, s.others);

        if (mode.lam / mode.m > 1.25 * s.a * s.a)
            break;
        s.zeros += mode.lam == 0;
        s.others++;
    }
    make_room(&s);
    limits(&s);
    first_look(&s);
    under_damped_bounds(&s);
    ok = all_epochs(&s, err);
    out->upper = fmax(out->upper, out->nadir);
    out->table_share = (net->madds - before) / (0.5 * (double)s.n * (double)s.n * (double)s.n);
    return ok;
}
