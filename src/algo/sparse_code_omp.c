/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sparse_code_omp.c - orthogonal matching pursuit on the Gram matrix, atom by atom, with
 * free signs or with nonnegative refits (Lawson-Hanson). */
#include "config.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "algo/sparse_code.h"
#include "algo/vec.h"
#include "core/mem.h"

enum { FREE, CHOSEN, BARRED };

static const double DEPENDENT = 1e-12, /* of G_jj: what is left of an atom beside the others */
    NOTHING = 1e-12,                   /* of |v|: correlation that counts as none */
    SMALL = 1e-8;                      /* of vv: |r|^2 below it is computed from r itself */

ory_status ory_omp_init(ory_omp *o, size_t n, size_t most, size_t d, ory_error *err)
{
    *o = (ory_omp){.n = n, .most = most};
    o->order = ory_alloc(most, sizeof *o->order);
    o->L = ory_alloc(most * most, sizeof *o->L);
    o->c = ory_alloc(most, sizeof *o->c);
    o->old = ory_alloc(most, sizeof *o->old);
    o->y = ory_alloc(most, sizeof *o->y);
    o->a = ory_alloc(n, sizeof *o->a);
    o->mark = ory_alloc(n, 1);
    o->r = d ? ory_alloc(d, sizeof *o->r) : NULL;
    if (!o->order || !o->L || !o->c || !o->old || !o->y || !o->a || !o->mark || (d && !o->r)) {
        ory_omp_fini(o);
        return ory_fail(err, ORY_ENOMEM, "no memory to choose %zu of %zu atoms", most, n);
    }
    return ORY_OK;
}

void ory_omp_fini(ory_omp *o)
{
    ory_free(o->order);
    ory_free(o->L);
    ory_free(o->c);
    ory_free(o->old);
    ory_free(o->y);
    ory_free(o->a);
    ory_free(o->mark);
    ory_free(o->r);
    *o = (ory_omp){0};
}

void ory_omp_start(ory_omp *o, const ory_code_task *t)
{
    o->k = 0;
    o->rr = t->vv;
    memcpy(o->a, t->q, o->n * sizeof *o->a);
    memset(o->mark, FREE, o->n);
}

/* One more row of the Cholesky factor of G[S, S]. */
static bool extend(ory_omp *o, ory_gram *gram, size_t j)
{
    const double *row = ory_gram_row(gram, j);
    double *last = o->L + o->k * o->most, p;
    size_t i;

    for (i = 0; i < o->k; i++)
        last[i] = row[o->order[i]];
    if (o->k > 0)
        cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, (int)o->k, o->L, (int)o->most,
                    last, 1);
    p = gram->diag[j] - ory_vec_dot(last, last, o->k);
    if (!(p > DEPENDENT * gram->diag[j]))
        return false;
    last[o->k] = sqrt(p);
    return true;
}

bool ory_omp_push(ory_omp *o, const ory_code_task *t, size_t j)
{
    if (!extend(o, t->gram, j)) {
        o->mark[j] = BARRED;
        return false;
    }
    o->mark[j] = CHOSEN;
    o->c[o->k] = 0;
    o->order[o->k++] = j;
    return true;
}

/* c = (G_SS)^-1 q_S */
static void solve(ory_omp *o, const double *q)
{
    size_t i;

    for (i = 0; i < o->k; i++)
        o->c[i] = q[o->order[i]];
    if (o->k == 0)
        return;
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, (int)o->k, o->L, (int)o->most, o->c,
                1);
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasTrans, CblasNonUnit, (int)o->k, o->L, (int)o->most, o->c,
                1);
}

/* |v - Dc|^2 from the vectors: vv - c'q has lost its digits. */
static double residual_itself(ory_omp *o, const ory_code_task *t)
{
    const size_t d = t->gram->d;
    size_t i;

    memcpy(o->r, t->v, d * sizeof *o->r);
    for (i = 0; i < o->k; i++)
        ory_vec_axpy(-o->c[i], t->gram->atoms + o->order[i] * d, o->r, d);
    return ory_vec_dot(o->r, o->r, d);
}

/* a = q - G[:, S] c, four rows at a time. */
ORY_CLONES static void residual_correlations(ory_omp *o, const ory_code_task *t)
{
    const size_t n = o->n;
    size_t i = 0, j;

    memcpy(o->a, t->q, n * sizeof *o->a);
    for (; i + 4 <= o->k; i += 4) {
        const double *r0 = ory_gram_row(t->gram, o->order[i]), *r1 = ory_gram_row(t->gram, o->order[i + 1]);
        const double *r2 = ory_gram_row(t->gram, o->order[i + 2]);
        const double *r3 = ory_gram_row(t->gram, o->order[i + 3]);
        const double c0 = o->c[i], c1 = o->c[i + 1], c2 = o->c[i + 2], c3 = o->c[i + 3];
        double *restrict a = o->a;

        for (j = 0; j < n; j++)
            a[j] -= (c0 * r0[j] + c1 * r1[j]) + (c2 * r2[j] + c3 * r3[j]);
    }
    for (; i < o->k; i++)
        ory_vec_axpy(-o->c[i], ory_gram_row(t->gram, o->order[i]), o->a, n);
}

static void correlate(ory_omp *o, const ory_code_task *t)
{
    double cq = 0;
    size_t i;

    residual_correlations(o, t);
    for (i = 0; i < o->k; i++)
        cq += o->c[i] * t->q[o->order[i]];
    o->rr = fmax(0, t->vv - cq);
    if (o->rr < SMALL * t->vv && t->v && o->r && t->gram->atoms)
        o->rr = residual_itself(o, t);
}

void ory_omp_refit(ory_omp *o, const ory_code_task *t)
{
    solve(o, t->q);
    correlate(o, t);
}

/* The free atom with the largest correlation per length; n when none is worth it. */
static size_t choose(const ory_omp *o, const ory_code_task *t)
{
    const double *inverse = t->gram->inverse;
    double best = NOTHING * sqrt(t->vv);
    size_t j, at = o->n;

    for (j = 0; j < o->n; j++) {
        double s = (t->nonneg ? o->a[j] : fabs(o->a[j])) * inverse[j]; /* a zero atom: 0 */

        if (s > best && o->mark[j] == FREE) {
            best = s;
            at = j;
        }
    }
    return at;
}

/* Weights c between old (feasible) and the solution just computed, as far as all stay
 * nonnegative; those that end at zero leave the support and the factor is made anew. */
static void retreat(ory_omp *o, const ory_code_task *t)
{
    const size_t k = o->k;
    double alpha = 1;
    size_t i, worst = 0;

    for (i = 0; i < k; i++)
        if (o->c[i] <= 0) {
            double s = o->old[i] > 0 ? o->old[i] / (o->old[i] - o->c[i]) : 0;

            if (s <= alpha) {
                alpha = s;
                worst = i;
            }
        }
    for (i = 0; i < k; i++)
        o->old[i] = i == worst ? 0 : o->old[i] + alpha * (o->c[i] - o->old[i]);
    o->k = 0;
    for (i = 0; i < k; i++) {
        size_t j = o->order[i];

        o->mark[j] = FREE;
        if (o->old[i] > 0 && ory_omp_push(o, t, j))
            o->old[o->k - 1] = o->old[i];
    }
}

/* Least squares with nonnegative weights on the support (C. Lawson, R. Hanson, 1974). */
static void refit_nonneg(ory_omp *o, const ory_code_task *t)
{
    for (;;) {
        double least = INFINITY;
        size_t i;

        solve(o, t->q);
        for (i = 0; i < o->k; i++)
            least = fmin(least, o->c[i]);
        if (!(least <= 0))
            break;
        retreat(o, t);
    }
    correlate(o, t);
}

/* With nonnegative weights an atom that leaves at once has come in by rounding alone. */
static bool step_nonneg(ory_omp *o, const ory_code_task *t, size_t j)
{
    memcpy(o->old, o->c, o->k * sizeof *o->old);
    if (!ory_omp_push(o, t, j))
        return false;
    o->old[o->k - 1] = 0;
    refit_nonneg(o, t);
    if (o->mark[j] != CHOSEN) {
        o->mark[j] = BARRED;
        return false;
    }
    return true;
}

bool ory_omp_step(ory_omp *o, const ory_code_task *t)
{
    for (;;) {
        size_t j;

        if (o->k >= o->most || (j = choose(o, t)) == o->n)
            return false;
        if (t->nonneg) {
            if (step_nonneg(o, t, j))
                return true;
        } else if (ory_omp_push(o, t, j)) {
            ory_omp_refit(o, t);
            return true;
        }
    }
}
