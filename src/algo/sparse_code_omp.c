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
enum { BLOCK = 32 }; /* atoms that are looked at together */

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

/* a -= the four rows r times c[0..3] */
ORY_VEC_INLINE void subtract_rows(const double *const r[4], const double *c, double *a, size_t n)
{
    const ory_v4 c0 = {c[0], c[0], c[0], c[0]}, c1 = {c[1], c[1], c[1], c[1]};
    const ory_v4 c2 = {c[2], c[2], c[2], c[2]}, c3 = {c[3], c[3], c[3], c[3]};
    size_t j = 0;

    for (; j + 4 <= n; j += 4)
        ORY_V4(a + j) -= (c0 * ORY_V4C(r[0] + j) + c1 * ORY_V4C(r[1] + j)) +
                         (c2 * ORY_V4C(r[2] + j) + c3 * ORY_V4C(r[3] + j));
    for (; j < n; j++)
        a[j] -= (c[0] * r[0][j] + c[1] * r[1][j]) + (c[2] * r[2][j] + c[3] * r[3][j]);
}

/* a = q - G[:, S] c, four rows at a time: most of the work of a step. */
ORY_CLONES static void residual_correlations(ory_omp *o, const ory_code_task *t)
{
    size_t i = 0, p;

    memcpy(o->a, t->q, o->n * sizeof *o->a);
    for (; i + 4 <= o->k; i += 4) {
        const double *r[4];

        for (p = 0; p < 4; p++)
            r[p] = ory_gram_row(t->gram, o->order[i + p]);
        subtract_rows(r, o->c + i, o->a, o->n);
    }
    for (; i < o->k; i++)
        ory_vec_axpy(-o->c[i], ory_gram_row(t->gram, o->order[i]), o->a, o->n);
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

static double score(const ory_omp *o, const ory_code_task *t, size_t j)
{
    return (t->nonneg ? o->a[j] : fabs(o->a[j])) * t->gram->inverse[j]; /* a zero atom: 0 */
}

/* Whether one of BLOCK atoms from j on has |a| / |atom| above best. */
ORY_VEC_INLINE bool any_above(const ory_omp *o, const double *inverse, size_t j, double best)
{
    const ory_v4 least = {best, best, best, best};
    long long above __attribute__((vector_size(32))) = {0};
    size_t i;

    for (i = j; i < j + BLOCK; i += 4) {
        const ory_v4 s = ORY_V4C(o->a + i) * ORY_V4C(inverse + i);

        above |= (s > least) | (-s > least);
    }
    return above[0] | above[1] | above[2] | above[3];
}

/* The free atom with the largest correlation per length; n when none is worth it. */
ORY_CLONES static size_t choose(const ory_omp *o, const ory_code_task *t)
{
    double best = NOTHING * sqrt(t->vv);
    size_t j, i, at = o->n;

    for (j = 0; j < o->n; j += BLOCK) { /* most blocks hold nothing and are passed over */
        const size_t end = j + BLOCK < o->n ? j + BLOCK : o->n;

        if (end == j + BLOCK && !any_above(o, t->gram->inverse, j, best))
            continue;
        for (i = j; i < end; i++)
            if (score(o, t, i) > best && o->mark[i] == FREE) {
                best = score(o, t, i);
                at = i;
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
