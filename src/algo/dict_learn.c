/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dict_learn.c - online dictionary learning and K-SVD. */
#include "config.h"

#include "algo/dict_learn.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "algo/vec.h"
#include "core/linalg.h"
#include "core/mem.h"

enum { FEW_USERS = 4, POWER = 60 };

static const double UNUSED = 1e-10, TWIN = 0.99, FOUND = 0.97;

ory_status ory_learner_init(ory_learner *x, size_t n, size_t d, size_t m, double l1, size_t k,
                            ory_error *err)
{
    *x = (ory_learner){.n = n, .d = d, .m = m, .l1 = l1, .k = k};
    if (m < n)
        return ory_fail(err, ORY_ESHAPE, "%zu samples for %zu atoms (at least as many as atoms)", m, n);
    x->atoms = ory_alloc(n * d, sizeof *x->atoms);
    x->W = ory_alloc(m * n, sizeof *x->W);
    x->E = ory_alloc(m * d, sizeof *x->E);
    x->q = ory_alloc(n, sizeof *x->q);
    x->u = ory_alloc(d, sizeof *x->u);
    x->r = ory_alloc(d, sizeof *x->r);
    x->s = ory_alloc(m, sizeof *x->s);
    x->miss = ory_alloc(m, sizeof *x->miss);
    x->users = ory_alloc(m, sizeof *x->users);
    if (!x->atoms || !x->W || !x->E || !x->q || !x->u || !x->r || !x->s || !x->miss || !x->users ||
        ory_gram_init(&x->gram, x->atoms, n, d, err) != ORY_OK ||
        ory_coder_init(&x->coder, n, err) != ORY_OK ||
        ory_omp_init(&x->coder.omp, n, k < n ? k : n, 0, err) != ORY_OK) {
        ory_learner_fini(x);
        return ory_fail(err, ORY_ENOMEM, "no memory to learn %zu atoms from %zu samples", n, m);
    }
    return ORY_OK;
}

void ory_learner_fini(ory_learner *x)
{
    ory_gram_fini(&x->gram);
    ory_coder_fini(&x->coder);
    ory_free(x->atoms);
    ory_free(x->W);
    ory_free(x->E);
    ory_free(x->q);
    ory_free(x->u);
    ory_free(x->r);
    ory_free(x->s);
    ory_free(x->miss);
    ory_free(x->users);
    *x = (ory_learner){0};
}

/* to = from / |from|; false for a zero vector. */
static bool scale_to_unit(const double *from, size_t d, double *to)
{
    double size = ory_norm2(from, d);
    size_t i;

    for (i = 0; i < d; i++)
        to[i] = size > 0 ? from[i] / size : 0;
    return size > 0;
}

ory_status ory_learner_start(const ory_mat *X, size_t n, ory_rng *rng, size_t *order, double *D,
                             ory_error *err)
{
    size_t i, j = 0;

    ory_rng_permutation(rng, order, X->rows);
    for (i = 0; i < X->rows && j < n; i++)
        j += scale_to_unit(ory_mat_at(X, order[i], 0), X->cols, D + j * X->cols);
    if (j < n)
        return ory_fail(err, ORY_EINVAL, "only %zu samples are not zero (%zu atoms are wanted)", j, n);
    return ORY_OK;
}

static void take(ory_learner *x, const double *D)
{
    memcpy(x->atoms, D, x->n * x->d * sizeof *D);
    x->gram.full = false;
    ory_gram_fill(&x->gram);
}

/* Code of one sample into w; its squared residual is returned. */
static double encode(ory_learner *x, ory_code_method method, const double *v, double *w,
                     ory_code_result *result)
{
    const ory_code_spec spec = {.method = method, .l1 = x->l1, .k = x->k, .max = 2000, .screen = true,
                                .plain = true, .tol = method == ORY_CODE_OMP ? 0 : 1e-8};
    const ory_code_task t = {.gram = &x->gram, .q = x->q, .vv = ory_vec_dot(v, v, x->d)};

    memset(w, 0, x->n * sizeof *w);
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)x->n, (int)x->d, 1, x->atoms, (int)x->d, v, 1, 0, x->q, 1);
    if (ory_code_solve(&x->coder, &spec, &t, w, result, NULL) != ORY_OK)
        return NAN; /* cannot be: nothing is allocated with plain */
    return result->point.rr;
}

double ory_learner_objective(ory_learner *x, const double *D, const ory_mat *X)
{
    double sum = 0;
    size_t i;

    take(x, D);
    for (i = 0; i < X->rows; i++) {
        ory_code_result r;

        encode(x, ORY_CODE_CD, ory_mat_at(X, i, 0), x->W, &r);
        sum += r.point.objective;
    }
    return sum / (double)X->rows;
}

/* ------------------------------------------------------------------------- online */

/* d_j moves to the minimum of the surrogate with the other atoms fixed. */
static void update_atom(ory_learner *x, size_t j, double *D, const double *A, const double *B)
{
    const double Ajj = A[j * x->n + j];
    double *dj = D + j * x->d, size;
    size_t i;

    cblas_dgemv(CblasRowMajor, CblasTrans, (int)x->n, (int)x->d, 1, D, (int)x->d, A + j * x->n, 1, 0,
                x->u, 1);
    for (i = 0; i < x->d; i++)
        x->u[i] = dj[i] + (B[j * x->d + i] - x->u[i]) / Ajj;
    size = fmax(1, ory_norm2(x->u, x->d));
    for (i = 0; i < x->d; i++)
        dj[i] = x->u[i] / size;
}

static size_t worst_of(const double *miss, size_t count)
{
    size_t i, at = 0;

    for (i = 1; i < count; i++)
        if (miss[i] > miss[at])
            at = i;
    return at;
}

double ory_learner_batch(ory_learner *x, const ory_mat *X, const size_t *order, size_t count, double *D,
                         double *A, double *B, double *t)
{
    const size_t n = x->n, d = x->d;
    const double eta = (double)count;
    double theta, beta, sum = 0, trace = 0;
    size_t i, j;

    take(x, D);
    *t += 1;
    theta = *t < eta ? *t * eta : eta * eta + *t - eta;
    beta = (theta + 1 - eta) / (theta + 1);
    cblas_dscal((int)(n * n), beta, A, 1);
    cblas_dscal((int)(n * d), beta, B, 1);
    for (i = 0; i < count; i++) {
        const double *v = ory_mat_at(X, order[i], 0);
        ory_code_result r;

        x->miss[i] = encode(x, ORY_CODE_CD, v, x->W, &r);
        sum += r.point.objective;
        cblas_dger(CblasRowMajor, (int)n, (int)n, 1, x->W, 1, x->W, 1, A, (int)n);
        cblas_dger(CblasRowMajor, (int)n, (int)d, 1, x->W, 1, v, 1, B, (int)d);
    }
    for (j = 0; j < n; j++)
        trace += A[j * n + j];
    for (j = 0; j < n; j++) {
        size_t worst;

        if (A[j * n + j] > UNUSED * trace / (double)n) {
            update_atom(x, j, D, A, B);
            continue;
        }
        worst = worst_of(x->miss, count);
        if (scale_to_unit(ory_mat_at(X, order[worst], 0), d, x->u))
            memcpy(D + j * d, x->u, d * sizeof *D);
        x->miss[worst] = 0;
    }
    return sum / eta;
}

/* -------------------------------------------------------------------------- K-SVD */

/* The leading right singular vector of the rows users[0..count-1] of E by power iteration
 * from the present atom; the atom and the codes s of its users. */
static void rank_one(ory_learner *x, size_t count, double *atom)
{
    const size_t d = x->d;
    size_t i, k;
    int round;

    for (round = 0; round < POWER; round++) {
        double moved = 0;

        memset(x->u, 0, d * sizeof *x->u);
        for (i = 0; i < count; i++) {
            const double *e = x->E + x->users[i] * d;

            ory_vec_axpy(ory_vec_dot(e, atom, d), e, x->u, d);
        }
        if (!scale_to_unit(x->u, d, x->r))
            break;
        for (k = 0; k < d; k++)
            moved = fmax(moved, fabs(x->r[k] - atom[k]));
        memcpy(atom, x->r, d * sizeof *atom);
        if (moved < 1e-10)
            break;
    }
    for (i = 0; i < count; i++)
        x->s[i] = ory_vec_dot(x->E + x->users[i] * d, atom, d);
}

static void renew_atom(ory_learner *x, size_t j, double *D)
{
    double *atom = D + j * x->d;
    size_t i, count = 0;

    for (i = 0; i < x->m; i++)
        if (x->W[i * x->n + j] != 0) {
            ory_vec_axpy(x->W[i * x->n + j], atom, x->E + i * x->d, x->d);
            x->users[count++] = i;
        }
    if (count == 0)
        return;
    rank_one(x, count, atom);
    for (i = 0; i < count; i++) {
        x->W[x->users[i] * x->n + j] = x->s[i];
        ory_vec_axpy(-x->s[i], atom, x->E + x->users[i] * x->d, x->d);
    }
}

/* Atoms that few samples use, and the second of two that are the same, begin again as the
 * samples that are represented worst. */
static void replace_idle(ory_learner *x, const ory_mat *X, double *D)
{
    size_t i, j, p;

    for (i = 0; i < x->m; i++)
        x->miss[i] = ory_vec_dot(x->E + i * x->d, x->E + i * x->d, x->d);
    for (j = 0; j < x->n; j++) {
        size_t users = 0, worst;
        bool twin = false;

        for (i = 0; i < x->m; i++)
            users += x->W[i * x->n + j] != 0;
        for (p = 0; p < j && !twin; p++)
            twin = fabs(ory_vec_dot(D + p * x->d, D + j * x->d, x->d)) > TWIN;
        if (users >= FEW_USERS && !twin)
            continue;
        worst = worst_of(x->miss, x->m);
        if (scale_to_unit(ory_mat_at(X, worst, 0), x->d, x->u))
            memcpy(D + j * x->d, x->u, x->d * sizeof *D);
        x->miss[worst] = 0;
    }
}

double ory_learner_ksvd(ory_learner *x, const ory_mat *X, double *D)
{
    const size_t d = x->d;
    double sum = 0;
    size_t i, j;

    take(x, D);
    for (i = 0; i < x->m; i++) {
        double *w = x->W + i * x->n, *e = x->E + i * d;
        ory_code_result r;

        encode(x, ORY_CODE_OMP, ory_mat_at(X, i, 0), w, &r);
        memcpy(e, ory_mat_at(X, i, 0), d * sizeof *e);
        for (j = 0; j < x->n; j++)
            if (w[j] != 0)
                ory_vec_axpy(-w[j], D + j * d, e, d);
    }
    for (j = 0; j < x->n; j++)
        renew_atom(x, j, D);
    for (i = 0; i < x->m * d; i++)
        sum += x->E[i] * x->E[i];
    replace_idle(x, X, D);
    return sqrt(sum / (double)x->m);
}

/* ---------------------------------------------------------------------- assignment */

/* The Hungarian method (shortest augmenting paths) on cost n x n, minimised: match[j] is the
 * row of column j, from 1. pot: potentials of rows and columns, way, slack, done. */
static void assign(const double *cost, size_t n, double *pot_row, double *pot_col, double *match, double *way,
                   double *slack, double *done)
{
    size_t i, j;

    memset(match, 0, (n + 1) * sizeof *match);
    memset(pot_row, 0, (n + 1) * sizeof *pot_row);
    memset(pot_col, 0, (n + 1) * sizeof *pot_col);
    for (i = 1; i <= n; i++) {
        size_t j0 = 0;

        match[0] = (double)i;
        for (j = 0; j <= n; j++)
            slack[j] = INFINITY, done[j] = 0;
        do {
            const size_t i0 = (size_t)match[j0];
            double delta = INFINITY;
            size_t j1 = 0;

            done[j0] = 1;
            for (j = 1; j <= n; j++) {
                double c;

                if (done[j] != 0)
                    continue;
                c = cost[(i0 - 1) * n + j - 1] - pot_row[i0] - pot_col[j];
                if (c < slack[j])
                    slack[j] = c, way[j] = (double)j0;
                if (slack[j] < delta)
                    delta = slack[j], j1 = j;
            }
            for (j = 0; j <= n; j++)
                if (done[j] != 0)
                    pot_row[(size_t)match[j]] += delta, pot_col[j] -= delta;
                else
                    slack[j] -= delta;
            j0 = j1;
        } while (match[j0] != 0);
        do {
            const size_t j1 = (size_t)way[j0];

            match[j0] = match[j1];
            j0 = j1;
        } while (j0 != 0);
    }
}

size_t ory_learner_found(const double *D, const double *truth, size_t n, size_t d, double *work)
{
    double *cost = work, *rest = work + n * n;
    size_t i, j, found = 0;

    for (i = 0; i < n; i++)
        for (j = 0; j < n; j++) {
            double size = ory_norm2(D + i * d, d) * ory_norm2(truth + j * d, d);

            cost[i * n + j] = size > 0 ? -fabs(ory_vec_dot(D + i * d, truth + j * d, d)) / size : 0;
        }
    assign(cost, n, rest, rest + (n + 1), rest + 2 * (n + 1), rest + 3 * (n + 1), rest + 4 * (n + 1),
           rest + 5 * (n + 1));
    for (j = 1; j <= n; j++)
        found += cost[((size_t)rest[2 * (n + 1) + j] - 1) * n + j - 1] < -FOUND;
    return found;
}
