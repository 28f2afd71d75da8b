/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sparse_code_solve.c - whole solutions: one query, a path of penalties, a batch. */
#include "config.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algo/sparse_code.h"
#include "algo/vec.h"
#include "core/linalg.h"
#include "core/mem.h"

const char *const ory_code_method_names[] = {"cd", "fista", "omp", NULL};

enum { FEW = 96, INNER = 10, GROW = 32, ROUNDS = 500 };

static const double STILL = 1e-15; /* of |v|: a sweep that moves less is the last one */

ory_status ory_coder_init(ory_coder *c, size_t n, ory_error *err)
{
    *c = (ory_coder){.n = n};
    c->g = ory_alloc(n, sizeof *c->g);
    c->y = ory_alloc(n, sizeof *c->y);
    c->work = ory_alloc(2 * n, sizeof *c->work);
    c->list = ory_alloc(n, sizeof *c->list);
    c->all = ory_alloc(n, sizeof *c->all);
    c->gone = ory_alloc(n, 1);
    if (!c->g || !c->y || !c->work || !c->list || !c->all || !c->gone) {
        ory_coder_fini(c);
        return ory_fail(err, ORY_ENOMEM, "no memory to solve for %zu atoms", n);
    }
    return ORY_OK;
}

void ory_coder_fini(ory_coder *c)
{
    ory_free(c->g);
    ory_free(c->y);
    ory_free(c->work);
    ory_free(c->list);
    ory_free(c->all);
    ory_free(c->gone);
    ory_free(c->sub);
    ory_omp_fini(&c->omp);
    *c = (ory_coder){0};
}

/* -------------------------------------------------------------- coordinate descent */

/* What plain coordinate descent works on: all of a problem, or a working set's own. */
typedef struct descent {
    double *w, *g;
    size_t *list, *some;
    unsigned char *gone;
} descent;

static size_t list_alive(const descent *x, size_t n, bool nonzero)
{
    size_t j, count = 0;

    for (j = 0; j < n; j++)
        if (!x->gone[j] && (!nonzero || x->w[j] != 0))
            (nonzero ? x->some : x->list)[count++] = j;
    return count;
}

/* Full sweeps with up to ten over the non-zeros between them, until the gap is at most
 * `gap` or nothing moves. g holds q - Gw on entry. */
static void descend(const ory_code_task *t, const ory_code_spec *spec, double gap, const descent *x,
                    ory_code_result *r)
{
    const size_t n = t->gram->n;
    const double v = sqrt(t->vv);
    size_t count, i;

    memset(x->gone, 0, n);
    r->converged = false;
    count = list_alive(x, n, false);
    while (r->sweeps < spec->max) {
        double moved = ory_lasso_sweep(t, x->list, count, x->w, x->g, &r->visits);

        r->sweeps++;
        ory_code_look(t, x->w, x->g, &r->point);
        if (r->point.gap <= gap || moved <= (t->l1 > 0 ? STILL : fmax(STILL, spec->tol)) * v) {
            r->converged = true;
            return;
        }
        if (spec->screen && t->l1 > 0 && ory_lasso_screen(t, &r->point, x->w, x->g, x->gone) > 0)
            count = list_alive(x, n, false);
        r->screened = n - count;
        for (i = 0; i < INNER && r->sweeps < spec->max; i++) {
            size_t some = list_alive(x, n, true);

            r->sweeps++;
            if (ory_lasso_sweep(t, x->some, some, x->w, x->g, &r->visits) <= STILL * v)
                break;
        }
    }
}

/* ------------------------------------------------------------------- working sets */

typedef struct ranked {
    double score;
    size_t at;
} ranked;

static int by_score(const void *a, const void *b)
{
    const ranked *x = a, *y = b;

    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return (x->at > y->at) - (x->at < y->at);
}

static ory_status need_room(ory_coder *c, size_t m, ory_error *err)
{
    size_t room = c->room ? c->room : 128;
    double *sub;

    if (c->sub && m <= c->room)
        return ORY_OK;
    while (room < m)
        room *= 2;
    if (!(sub = ory_alloc(room * (room + 5), sizeof *sub)))
        return ory_fail(err, ORY_ENOMEM, "no memory to solve for %zu atoms at once", m);
    ory_free(c->sub);
    c->sub = sub;
    c->room = room;
    return ORY_OK;
}

/* The atoms all[0..m-1] as a problem of their own, solved to `gap` and written back. */
static ory_status solve_set(ory_coder *c, const ory_code_spec *spec, const ory_code_task *t, size_t m,
                            double gap, double *w, ory_code_result *r, ory_error *err)
{
    double *G, *q, *ww, *g, *diag;
    unsigned char *have;
    ory_gram gram;
    ory_code_task own = *t;
    descent x;
    size_t i, k;

    if (need_room(c, m, err) != ORY_OK)
        return ORY_ENOMEM;
    G = c->sub, q = G + c->room * c->room, ww = q + c->room, g = ww + c->room, diag = g + c->room;
    have = (unsigned char *)(diag + c->room);
    for (i = 0; i < m; i++) {
        const double *row = ory_gram_row(t->gram, c->all[i]);

        for (k = 0; k < m; k++)
            G[i * m + k] = row[c->all[k]];
        q[i] = t->q[c->all[i]];
        ww[i] = w[c->all[i]];
        diag[i] = G[i * m + i];
    }
    memset(have, 1, m);
    gram = (ory_gram){.n = m, .G = G, .diag = diag, .have = have, .full = true};
    own.gram = &gram;
    own.q = q;
    own.v = NULL;
    ory_code_correlate(&own, ww, g);
    x = (descent){ww, g, c->list, c->list + m, have + c->room}; /* 2 m <= n */
    descend(&own, spec, gap, &x, r);
    for (i = 0; i < m; i++)
        w[c->all[i]] = ww[i];
    return ORY_OK;
}

static double score_of(const ory_code_task *t, const double *w, const double *g, size_t j)
{
    double s = g[j] - t->l2 * w[j];

    return t->nonneg ? s : fabs(s);
}

/* into all: the support, and the atoms that break optimality most; or those that the
 * strong rule keeps. */
static size_t choose_set(ory_coder *c, const ory_code_task *t, const double *w, double keep)
{
    ranked *r = (ranked *)c->work; /* n of them: 16 bytes each */
    const size_t n = c->n;
    size_t j, m = 0, count = 0, most;

    for (j = 0; j < n; j++) {
        double s = score_of(t, w, c->g, j);

        if (w[j] != 0)
            c->all[m++] = j;
        else if (s > keep && t->gram->diag[j] > 0)
            r[count++] = (ranked){s * t->gram->inverse[j], j};
    }
    most = keep < t->l1 ? count : m > GROW ? m : GROW; /* the strong rule's are all taken */
    if (count > most)
        qsort(r, count, sizeof *r, by_score);
    for (j = 0; j < count && j < most; j++)
        c->all[m++] = r[j].at;
    return m;
}

/* before > l1: solution w is that of this larger penalty, and the strong rule chooses the
 * first set; else 0. */
static ory_status solve_sets(ory_coder *c, const ory_code_spec *spec, const ory_code_task *t,
                             double before, double *w, ory_code_result *r, ory_error *err)
{
    const double goal = spec->tol * t->vv;
    double last = INFINITY;
    int round;

    for (round = 0; round < ROUNDS; round++) {
        ory_code_result inner = {.sweeps = r->sweeps, .visits = r->visits};
        const bool strong = round == 0 && before > t->l1;
        size_t m;

        ory_code_correlate(t, w, c->g);
        ory_code_look(t, w, c->g, &r->point);
        if ((r->converged = r->point.gap <= goal) || r->sweeps >= spec->max)
            break;
        m = choose_set(c, t, w, strong ? 2 * t->l1 - before : t->l1);
        if (2 * m > c->n || r->point.gap == last) /* too many to gain by, or nothing moves */
            break;
        last = r->point.gap;
        if (solve_set(c, spec, t, m, fmax(0.3 * goal, strong ? 0 : 0.03 * last), w, &inner, err) != ORY_OK)
            return ORY_ENOMEM;
        r->sweeps = inner.sweeps;
        r->visits = inner.visits;
        r->screened = c->n - m + inner.screened;
    }
    return ORY_OK;
}

static ory_status solve_cd(ory_coder *c, const ory_code_spec *spec, const ory_code_task *t, double before,
                           double *w, ory_code_result *r, ory_error *err)
{
    const size_t n = c->n;
    descent x = {w, c->g, c->list, c->all, c->gone};

    if (!spec->plain && n > FEW && t->l1 > 0) {
        if (solve_sets(c, spec, t, before, w, r, err) != ORY_OK)
            return ORY_ENOMEM;
        if (r->converged || r->sweeps >= spec->max)
            return ORY_OK;
    }
    ory_code_correlate(t, w, c->g);
    descend(t, spec, spec->tol * t->vv, &x, r);
    return ORY_OK;
}

static void solve_fista(ory_coder *c, const ory_code_spec *spec, const ory_code_task *t, double *w,
                        ory_code_result *r)
{
    const double L = ory_fista_bound(t->gram, c->work), v = sqrt(t->vv);
    double momentum = 1;

    memcpy(c->y, w, c->n * sizeof *w);
    while (r->sweeps < spec->max && !r->converged) {
        double moved = ory_fista_step(t, L, w, c->y, &momentum, c->work);

        r->sweeps++;
        r->visits += c->n;
        ory_code_correlate(t, w, c->g);
        ory_code_look(t, w, c->g, &r->point);
        r->converged = r->point.gap <= spec->tol * t->vv ||
                       moved <= (t->l1 > 0 ? STILL : fmax(STILL, spec->tol)) * v;
    }
}

static ory_status solve_omp(ory_coder *c, const ory_code_spec *spec, const ory_code_task *t, double *w,
                            ory_code_result *r, ory_error *err)
{
    const size_t k = spec->k < c->n ? spec->k : c->n;
    const double stop = spec->tol * spec->tol * t->vv;
    size_t i;

    if (c->omp.most < k || !c->omp.a) {
        ory_omp_fini(&c->omp);
        if (ory_omp_init(&c->omp, c->n, k, t->gram->d, err) != ORY_OK)
            return ORY_ENOMEM;
    }
    ory_omp_start(&c->omp, t);
    while (c->omp.k < k && c->omp.rr > stop && r->sweeps < spec->max && ory_omp_step(&c->omp, t))
        r->sweeps++;
    r->converged = r->sweeps < spec->max || c->omp.rr <= stop;
    memset(w, 0, c->n * sizeof *w);
    for (i = 0; i < c->omp.k; i++)
        w[c->omp.order[i]] = c->omp.c[i];
    return ORY_OK;
}

/* ---------------------------------------------------------------------------- tasks */

static ory_status solve_from(ory_coder *c, const ory_code_spec *spec, const ory_code_task *task,
                             double before, double *w, ory_code_result *result, ory_error *err)
{
    ory_code_result r = {0};
    ory_status ok = ORY_OK;

    if (task->vv == 0) {
        memset(w, 0, c->n * sizeof *w);
        r.converged = true;
    } else if (spec->method == ORY_CODE_FISTA) {
        solve_fista(c, spec, task, w, &r);
    } else if (spec->method == ORY_CODE_OMP) {
        ok = solve_omp(c, spec, task, w, &r, err);
    } else {
        ok = solve_cd(c, spec, task, before, w, &r, err);
    }
    if (ok != ORY_OK)
        return ok;
    if (spec->method == ORY_CODE_OMP && task->vv > 0)
        memcpy(c->g, c->omp.a, c->n * sizeof *c->g); /* made afresh after every atom */
    else
        ory_code_correlate(task, w, c->g); /* afresh: without what rounding added up */
    ory_code_look(task, w, c->g, &r.point);
    if (spec->method == ORY_CODE_OMP && task->vv > 0)
        r.point.rr = c->omp.rr;
    r.violation = ory_code_violation(task, w, c->g);
    if (result)
        *result = r;
    return ORY_OK;
}

static ory_code_task with_penalty(const ory_code_spec *spec, const ory_code_task *task)
{
    ory_code_task t = *task;

    t.l1 = spec->method == ORY_CODE_OMP ? 0 : spec->l1;
    t.l2 = spec->method == ORY_CODE_OMP ? 0 : spec->l2;
    t.nonneg = spec->nonneg;
    return t;
}

ory_status ory_code_solve(ory_coder *c, const ory_code_spec *spec, const ory_code_task *task, double *w,
                          ory_code_result *result, ory_error *err)
{
    const ory_code_task t = with_penalty(spec, task);

    return solve_from(c, spec, &t, 0, w, result, err);
}

ory_status ory_code_path(ory_coder *c, const ory_code_spec *spec, const ory_code_task *task,
                         const double *l1, size_t count, const ory_mat *W, ory_code_result *results,
                         ory_error *err)
{
    ory_code_task t = with_penalty(spec, task);
    double before = ory_code_l1_max(task->q, c->n, spec->nonneg);
    size_t i;

    for (i = 0; i < count; i++) {
        double *w = ory_mat_at(W, i, 0);

        if (i > 0)
            memcpy(w, ory_mat_at(W, i - 1, 0), c->n * sizeof *w);
        else
            memset(w, 0, c->n * sizeof *w);
        t.l1 = l1[i];
        if (solve_from(c, spec, &t, before, w, results ? &results[i] : NULL, err) != ORY_OK)
            return ORY_ENOMEM;
        before = l1[i];
    }
    return ORY_OK;
}

/* Q = V A'. One row alone is bound by reading A once: a product of matrices would pack it. */
static void project_rows(const ory_gram *gram, const ory_mat *V, ory_mat *Q)
{
    const ory_mat A = {.rows = gram->n, .cols = gram->d, .ld = gram->d, .data = (double *)gram->atoms};

    if (V->rows == 1)
        cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)A.rows, (int)A.cols, 1, A.data, (int)A.ld, V->data, 1,
                    0, Q->data, 1);
    else
        ory_gemm(ORY_PLAIN, ORY_TRANS, 1, V, &A, 0, Q);
}

ory_status ory_code_batch(ory_coder *c, const ory_code_spec *spec, ory_gram *gram, const ory_mat *V,
                          const ory_mat *W, ory_code_result *results, ory_error *err)
{
    ory_mat Q;
    ory_status ok = ory_mat_new(&Q, V->rows, gram->n, err);
    size_t i;

    if (ok != ORY_OK)
        return ok;
    project_rows(gram, V, &Q);
    for (i = 0; ok == ORY_OK && i < V->rows; i++) {
        const double *v = ory_mat_at(V, i, 0);
        ory_code_task t = {.gram = gram, .q = ory_mat_at(&Q, i, 0), .vv = ory_dot(v, v, gram->d), .v = v};

        memset(ory_mat_at(W, i, 0), 0, gram->n * sizeof(double));
        ok = ory_code_solve(c, spec, &t, ory_mat_at(W, i, 0), results ? &results[i] : NULL, err);
    }
    ory_mat_free(&Q);
    return ok;
}
