/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lanczos_pairs.c - see lanczos_pairs.h. The basis grows by slabs of vectors, so that memory is
 * touched only as far as the iteration comes. */
#include "config.h"

#include "algo/lanczos_pairs.h"

#include <cblas.h>
#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "algo/vec.h"
#include "core/interrupt.h"
#include "core/mem.h"
#include "core/rng.h"

enum { SLAB = 32, LOOK_EVERY = 8, PATIENCE = 96 };

typedef struct iteration {
    const ory_lanczos_task *task;
    size_t stride, slabs, k; /* k vectors of the basis are complete, with alpha[0..k-1] */
    double **slab;
    double *alpha, *beta;    /* beta[j] couples vectors j-1 and j */
    double *loss, *before;   /* estimated products of the newest two vectors with the others */
    bool again;              /* the next vector, too, is reorthogonalised */
    double *diagonal, *off, *theta, *ritz; /* of the small problem */
    lapack_int *support;
    ory_rng rng;
} iteration;

ORY_CLONES
static double dot(const double *x, const double *y, size_t n)
{
    return ory_vec_dot(x, y, n);
}

ORY_CLONES
static void axpy(double a, const double *x, double *y, size_t n)
{
    ory_vec_axpy(a, x, y, n);
}

static double *vector(const iteration *it, size_t j)
{
    return it->slab[j / SLAB] + (j % SLAB) * it->stride;
}

/* Room for vector j. */
static ory_status reach(iteration *it, size_t j, ory_error *err)
{
    if (j / SLAB < it->slabs)
        return ORY_OK;
    it->slab[it->slabs] = ory_alloc(SLAB * it->stride, sizeof(double));
    if (!it->slab[it->slabs])
        return ory_fail(err, ORY_ENOMEM, "out of memory for %zu Lanczos vectors of %zu numbers", j + SLAB,
                        it->task->dim);
    it->slabs++;
    return ORY_OK;
}

static void project_all(const iteration *it, size_t k, double *w)
{
    size_t j;

    for (j = 0; j < k; j += SLAB)
        ory_project_out(it->slab[j / SLAB], it->stride, k - j < SLAB ? k - j : SLAB, w, it->task->dim);
}

/* w, orthogonal to k vectors of the basis, as unit vector k; its norm before. 0: nothing left. */
static double settle(const iteration *it, size_t k, double *w)
{
    size_t dim = it->task->dim, i;
    double norm = sqrt(dot(w, w, dim)), first = norm;
    int pass;

    for (pass = 0; pass < 3 && norm > 0; pass++) {
        double was = norm;

        project_all(it, k, w);
        it->task->inside(it->task->ctx, w);
        norm = sqrt(dot(w, w, dim));
        if (norm > 0.7 * was)
            break;
    }
    if (!(norm > 100 * DBL_EPSILON * first))
        return 0;
    for (i = 0; i < dim; i++)
        w[i] /= norm;
    return norm;
}

/* A random unit vector orthogonal to the k vectors so far. */
static bool fresh(iteration *it, size_t k)
{
    double *w = vector(it, k);

    ory_rng_fill_normal(&it->rng, w, it->task->dim, 0, 1);
    it->task->inside(it->task->ctx, w);
    return settle(it, k, w) > 0;
}

/* Products of the next vector with all before, from those of the last two (Simon's recurrence);
 * true when half the digits are gone. beta[k] is known. */
static bool lost(iteration *it)
{
    const double *alpha = it->alpha, *beta = it->beta, *loss = it->loss;
    const double noise = DBL_EPSILON * sqrt((double)it->task->dim);
    double *next = it->before, most = 0;
    size_t k = it->k, j;

    for (j = 0; j + 1 < k; j++) {
        double w = beta[j + 1] * loss[j + 1] + (alpha[j] - alpha[k - 1]) * loss[j] +
                   (j ? beta[j] * loss[j - 1] : 0) - beta[k - 1] * next[j];

        next[j] = (w + copysign(noise * it->task->scale, w)) / beta[k];
        most = fmax(most, fabs(next[j]));
    }
    next[k - 1] = noise;
    next[k] = 1;
    it->before = it->loss;
    it->loss = next;
    return most > sqrt(DBL_EPSILON);
}

static void forget_loss(iteration *it)
{
    size_t j;

    for (j = 0; j < it->k; j++)
        it->loss[j] = DBL_EPSILON;
    it->loss[it->k] = 1;
}

/* From vectors 0..k to alpha[k], beta[k+1] and vector k+1; false: the space is exhausted. */
static ory_status extend(iteration *it, bool *more, ory_error *err)
{
    size_t k = it->k, dim = it->task->dim, i;
    ory_status ok = reach(it, k + 1, err);
    double *v = vector(it, k), *w, norm;

    *more = true;
    if (ok != ORY_OK)
        return ok;
    w = vector(it, k + 1);
    it->task->op(it->task->ctx, v, w);
    if (k)
        axpy(-it->beta[k], vector(it, k - 1), w, dim);
    it->alpha[k] = dot(v, w, dim);
    axpy(-it->alpha[k], v, w, dim);
    it->task->inside(it->task->ctx, w); /* here: what leaks out of the subspace would grow with every step */
    norm = sqrt(dot(w, w, dim));
    if (!isfinite(it->alpha[k]) || !isfinite(norm))
        return ory_fail(err, ORY_EDIVERGE, "Lanczos: the products are not finite");
    it->beta[k + 1] = norm;
    it->k = k + 1;
    if (norm > 100 * DBL_EPSILON * it->task->scale) {
        bool gone = lost(it);

        if (gone || it->again) {
            double rest = settle(it, it->k, w);

            it->again = gone && !it->again;
            forget_loss(it);
            norm = it->beta[k + 1] = rest;
        } else {
            for (i = 0; i < dim; i++)
                w[i] /= norm;
        }
    }
    if (norm > 100 * DBL_EPSILON * it->task->scale)
        return ORY_OK;
    it->beta[k + 1] = 0; /* an invariant subspace: go on beside it */
    *more = it->k < dim && fresh(it, it->k);
    forget_loss(it);
    return ORY_OK;
}

/* The least `want` eigenpairs of the tridiagonal matrix: theta, and ritz by columns (k each). */
static ory_status small_problem(iteration *it, size_t want, ory_error *err)
{
    size_t k = it->k;
    lapack_int found, info;
    lapack_logical check = 1;

    memcpy(it->diagonal, it->alpha, k * sizeof *it->diagonal);
    memcpy(it->off, it->beta + 1, (k - 1) * sizeof *it->off);
    it->off[k - 1] = 0;
    info = LAPACKE_dstemr(LAPACK_COL_MAJOR, 'V', 'I', (lapack_int)k, it->diagonal, it->off, 0, 0, 1,
                          (lapack_int)want, &found, it->theta, it->ritz, (lapack_int)k, (lapack_int)want,
                          it->support, &check);
    return info == 0 ? ORY_OK
                     : ory_fail(err, ORY_ENOCONV, "Lanczos: the small eigenproblem did not converge");
}

/* Largest residual / scale of the pairs. */
static double residual(const iteration *it, size_t want)
{
    double worst = 0;
    size_t j;

    for (j = 0; j < want; j++)
        worst = fmax(worst, it->beta[it->k] * fabs(it->ritz[j * it->k + it->k - 1]));
    return worst / it->task->scale;
}

/* At the rate so far it would not be done after all steps: better to know early. */
static bool hopeless(const iteration *it, double worst)
{
    double decades = log(it->task->tol) / log(fmin(worst, 0.99));

    return it->k >= PATIENCE && (double)it->k * decades > (double)it->task->steps;
}

static ory_status iterate(iteration *it, double *worst, ory_error *err)
{
    size_t want = it->task->want;
    ory_status ok = reach(it, 0, err);
    bool more = ok == ORY_OK && fresh(it, 0);

    *worst = INFINITY;
    while (ok == ORY_OK && more) {
        if (ory_interrupt_pending())
            return ory_fail(err, ORY_EINTERRUPT, "interrupted");
        if ((ok = extend(it, &more, err)) != ORY_OK)
            return ok;
        if (it->k < want || (more && it->k < it->task->steps && it->k % LOOK_EVERY))
            continue;
        if ((ok = small_problem(it, want, err)) == ORY_OK)
            *worst = residual(it, want);
        if (*worst <= it->task->tol || it->k >= it->task->steps || hopeless(it, *worst))
            break;
    }
    if (ok == ORY_OK && it->k < want)
        return ory_fail(err, ORY_ENOCONV, "Lanczos: %zu pairs wanted of a space of %zu", want, it->k);
    if (ok == ORY_OK && *worst > it->task->tol && more)
        return ory_fail(err, ORY_ENOCONV, "Lanczos: residual %.2g after %zu products (wanted %.2g)", *worst,
                        it->k, it->task->tol);
    return ok;
}

/* vectors = basis times ritz; then orthonormal to the last digit. */
static void assemble(const iteration *it, double *vectors)
{
    size_t want = it->task->want, dim = it->task->dim, k = it->k, j, i, pass;

    for (j = 0; j < k; j += SLAB)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)want, (int)dim,
                    (int)(k - j < SLAB ? k - j : SLAB), 1, it->ritz + j, (int)k, it->slab[j / SLAB],
                    (int)it->stride, j ? 1 : 0, vectors, (int)dim);
    for (j = 0; j < want; j++) {
        double *v = vectors + j * dim, norm;

        for (pass = 0; pass < 2; pass++) {
            ory_project_out(vectors, dim, j, v, dim);
            it->task->inside(it->task->ctx, v);
        }
        norm = sqrt(dot(v, v, dim));
        for (i = 0; i < dim; i++)
            v[i] /= norm;
    }
}

static ory_status begin(iteration *it, const ory_lanczos_task *task, ory_error *err)
{
    size_t room = task->steps + 2;

    *it = (iteration){.task = task, .stride = (task->dim + 7) / 8 * 8};
    ory_rng_init(&it->rng, task->seed, 0);
    it->slab = ory_alloc(room / SLAB + 2, sizeof *it->slab);
    it->alpha = ory_alloc(room, sizeof(double));
    it->beta = ory_alloc(room, sizeof(double));
    it->loss = ory_alloc(room, sizeof(double));
    it->before = ory_alloc(room, sizeof(double));
    it->diagonal = ory_alloc(room, sizeof(double));
    it->off = ory_alloc(room, sizeof(double));
    it->theta = ory_alloc(room, sizeof(double));
    it->ritz = ory_alloc(room * task->want, sizeof(double));
    it->support = ory_alloc(2 * task->want, sizeof *it->support);
    if (!it->slab || !it->alpha || !it->beta || !it->loss || !it->before || !it->diagonal || !it->off ||
        !it->theta || !it->ritz || !it->support)
        return ory_fail(err, ORY_ENOMEM, "out of memory for %zu Lanczos steps", task->steps);
    it->loss[0] = 1;
    return ORY_OK;
}

static void end(iteration *it)
{
    void *const parts[] = {it->alpha, it->beta, it->loss, it->before, it->diagonal, it->off, it->theta,
                           it->ritz, it->support};
    size_t i;

    for (i = 0; i < it->slabs; i++)
        ory_free(it->slab[i]);
    ory_free(it->slab);
    for (i = 0; i < sizeof parts / sizeof *parts; i++)
        ory_free(parts[i]);
}

ory_status ory_lanczos_pairs(const ory_lanczos_task *task, double *lam, double *vectors,
                             size_t *products, double *worst, ory_error *err)
{
    iteration it;
    double rest = INFINITY;
    ory_status ok = begin(&it, task, err);

    if (ok == ORY_OK)
        ok = iterate(&it, &rest, err);
    if ((ok == ORY_OK || ok == ORY_ENOCONV) && it.k >= task->want && isfinite(rest)) {
        memcpy(lam, it.theta, task->want * sizeof *lam);
        assemble(&it, vectors);
    }
    if (products)
        *products = it.k;
    if (worst)
        *worst = rest;
    end(&it);
    return ok;
}
