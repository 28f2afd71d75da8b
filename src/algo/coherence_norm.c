/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coherence_norm.c - largest singular value of a complex symmetric matrix: by LAPACK's
 * singular values for few nodes, else by Lanczos on M^H M with the whole basis kept orthogonal,
 * which needs two products a step and some 20 steps. */
#include "config.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "algo/coherence.h"
#include "core/mem.h"

enum {
    FEW = 24,      /* nodes up to which all singular values are computed */
    STEPS = 72,    /* of Lanczos, then all singular values after all */
    LOOK = 4       /* steps between two looks at the eigenvalues of the tridiagonal matrix */
};

typedef double complex zed;

typedef struct ory_norm_room {
    zed *basis, *turned, *weight;             /* (STEPS + 1) x n, n, STEPS + 1 */
    double alpha[STEPS], beta[STEPS], d[STEPS], e[STEPS], vectors[STEPS * STEPS], work[2 * STEPS];
} ory_norm_room;

bool ory_norm_room_new(ory_norm_room **out, size_t n)
{
    ory_norm_room *r = ory_alloc(1, sizeof *r);

    *out = r;
    if (!r)
        return false;
    r->basis = ory_alloc((STEPS + 1) * n, sizeof *r->basis);
    r->turned = ory_alloc(n, sizeof *r->turned);
    r->weight = ory_alloc(STEPS + 1, sizeof *r->weight);
    return r->basis && r->turned && r->weight;
}

void ory_norm_room_free(ory_norm_room *r)
{
    if (!r)
        return;
    ory_free(r->basis);
    ory_free(r->turned);
    ory_free(r->weight);
    ory_free(r);
}

static double all_singular_values(ory_coherence *c, const zed *m)
{
    int n = (int)c->n;

    memcpy(c->A, m, c->n * c->n * sizeof *c->A);
    if (LAPACKE_zgesdd_work(LAPACK_COL_MAJOR, 'N', n, n, c->A, n, c->sv, NULL, 1, NULL, 1, c->work,
                            c->lwork, c->rwork, c->iwork) != 0)
        return NAN;
    return c->sv[0];
}

/* y = M^H M x = conj(M conj(M x)), M symmetric. */
static void apply(size_t n, const zed *m, const zed *x, zed *turned, zed *y)
{
    const zed one = 1, zero = 0;
    size_t i;

    cblas_zgemv(CblasColMajor, CblasNoTrans, (int)n, (int)n, &one, m, (int)n, x, 1, &zero, turned, 1);
    for (i = 0; i < n; i++)
        turned[i] = conj(turned[i]);
    cblas_zgemv(CblasColMajor, CblasNoTrans, (int)n, (int)n, &one, m, (int)n, turned, 1, &zero, y, 1);
    for (i = 0; i < n; i++)
        y[i] = conj(y[i]);
}

/* y -= V V^H y for the first k vectors, twice: once leaves what rounding made of it. */
static void orthogonalise(ory_norm_room *r, size_t n, size_t k, zed *y)
{
    const zed one = 1, zero = 0, minus = -1;

    for (int pass = 0; pass < 2; pass++) {
        cblas_zgemv(CblasColMajor, CblasConjTrans, (int)n, (int)k, &one, r->basis, (int)n, y, 1, &zero,
                    r->weight, 1);
        cblas_zgemv(CblasColMajor, CblasNoTrans, (int)n, (int)k, &minus, r->basis, (int)n, r->weight, 1, &one,
                    y, 1);
    }
}

/* Largest eigenvalue of the tridiagonal matrix of k steps, and whether it is that of M^H M: the
 * residual limits its error, as does the residual's square over the gap to the next one. */
static bool settled(ory_norm_room *r, size_t k, double *top)
{
    double residual, gap;

    memcpy(r->d, r->alpha, k * sizeof *r->d);
    memcpy(r->e, r->beta, k * sizeof *r->e);
    if (LAPACKE_dstev_work(LAPACK_COL_MAJOR, 'V', (int)k, r->d, r->e, r->vectors, (int)k, r->work) != 0)
        return false;
    *top = r->d[k - 1];
    residual = r->beta[k - 1] * fabs(r->vectors[k * k - 1]);
    gap = k > 1 ? *top - r->d[k - 2] : *top;
    return residual <= 1e-13 * *top || (residual <= 1e-3 * gap && residual * residual <= 1e-15 * gap * *top);
}

/* A start that no symmetry of a network leaves alone. */
static void start(size_t n, zed *v)
{
    double size;
    size_t i;

    for (i = 0; i < n; i++)
        v[i] = 1 + 0.5 * sin(1.7 * (double)i * (double)i + 0.3) + I * 0.5 * cos(2.9 * (double)i * (double)i);
    size = cblas_dznrm2((int)n, v, 1);
    cblas_zdscal((int)n, 1 / size, v, 1);
}

static bool lanczos(ory_norm_room *r, size_t n, const zed *m, double *norm)
{
    double top = 0;
    size_t k;

    start(n, r->basis);
    for (k = 1; k <= STEPS; k++) {
        const zed *v = r->basis + (k - 1) * n;
        zed *next = r->basis + k * n, dot;

        apply(n, m, v, r->turned, next);
        cblas_zdotc_sub((int)n, v, 1, next, 1, &dot);
        r->alpha[k - 1] = creal(dot);
        orthogonalise(r, n, k, next);
        r->beta[k - 1] = cblas_dznrm2((int)n, next, 1);
        if (!isfinite(r->beta[k - 1] + r->alpha[k - 1]))
            return false;
        if ((k % LOOK == 0 || r->beta[k - 1] == 0) && settled(r, k, &top)) {
            *norm = sqrt(fmax(top, 0));
            return true;
        }
        if (r->beta[k - 1] == 0)
            return false;
        cblas_zdscal((int)n, 1 / r->beta[k - 1], next, 1);
    }
    return false;
}

double ory_coherence_norm(ory_coherence *c, const zed *m)
{
    double norm;

    if (c->n > FEW && lanczos(c->room, c->n, m, &norm))
        return norm;
    return all_singular_values(c, m);
}
