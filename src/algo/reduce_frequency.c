/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reduce_frequency.c - transfer functions of a reduced network, their distance from the full
 * one and its bound. Both approximations have the form T = B X B' with an orthonormal basis
 * B (V, or P N^-1/2) and X = (B' G^-1 B + f C)^-1, C = Lam or N^-1/2 L_k N^-1/2. */
#include "config.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "algo/reduce.h"
#include "core/linalg.h"
#include "core/mem.h"

enum { SUP_POINTS = 60 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* ------------------------------------------------------------------------ workspace */

void ory_reduced_fini(ory_reduced *x)
{
    size_t i;

    if (!x)
        return;
    for (i = 0; i < 2; i++) {
        ory_mat_free(&x->base[i]);
        ory_mat_free(&x->spring[i]);
    }
    ory_mat_free(&x->R);
    {
        void *const rest[] = {x->X, x->Xhat, x->hold, x->inverse, x->A, x->B, x->E, x->work,
                              x->sv, x->rwork, x->pivot, x->iwork};

        for (i = 0; i < sizeof rest / sizeof *rest; i++)
            ory_free(rest[i]);
    }
    memset(x, 0, sizeof *x);
}

static ory_status make_room(ory_reduced *x, ory_error *err)
{
    size_t n = x->red->n, k = x->red->k, m = 2 * k, i;
    double complex size = 0;
    ory_status ok = ORY_OK;

    x->X = ory_alloc(k * k, sizeof *x->X);
    x->Xhat = ory_alloc(k * k, sizeof *x->Xhat);
    x->hold = ory_alloc(k * k, sizeof *x->hold);
    x->inverse = ory_alloc(n, sizeof *x->inverse);
    /* BLAS kernels take columns by fours and may look beyond the last one */
    x->A = ory_alloc(m * m + 4 * m + 16, sizeof *x->A);
    x->B = ory_alloc(m * m + 4 * m + 16, sizeof *x->B);
    x->E = ory_alloc(x->full ? n * n : n * k, sizeof *x->E);
    x->sv = ory_alloc(m, sizeof *x->sv);
    x->rwork = ory_alloc(7 * m + 1, sizeof *x->rwork);
    x->iwork = ory_alloc(8 * m, sizeof *x->iwork);
    x->pivot = ory_alloc(k, sizeof *x->pivot);
    LAPACKE_zgesdd_work(LAPACK_COL_MAJOR, 'N', (int)m, (int)m, NULL, (int)m, NULL, NULL, 1, NULL, 1, &size,
                        -1, NULL, NULL);
    x->lwork = (int)creal(size);
    x->work = ory_alloc((size_t)x->lwork + 1, sizeof *x->work);
    if (!x->X || !x->Xhat || !x->hold || !x->inverse || !x->A || !x->B || !x->E || !x->sv || !x->rwork ||
        !x->iwork || !x->pivot || !x->work)
        return ory_fail(err, ORY_ENOMEM, "out of memory for %zu nodes in %zu groups", n, k);
    for (i = 0; ok == ORY_OK && i < 2; i++)
        if ((ok = ory_mat_new(&x->base[i], n, k, err)) == ORY_OK)
            ok = ory_mat_new(&x->spring[i], k, k, err);
    return ok == ORY_OK ? ory_mat_new(&x->R, least(n, m), m, err) : ok;
}

/* [V, P N^-1/2] = Q R: a difference of the two approximations has the norm of its middle
 * between R and R'. */
static ory_status join_bases(ory_reduced *x, ory_error *err)
{
    size_t n = x->red->n, k = x->red->k, i, j;
    ory_mat both = {0}, Q = {0};
    ory_status ok = ory_mat_new(&both, n, 2 * k, err);

    if (ok == ORY_OK)
        ok = ory_mat_new(&Q, n, least(n, 2 * k), err);
    for (i = 0; ok == ORY_OK && i < n; i++)
        for (j = 0; j < 2 * k; j++)
            *ory_mat_at(&both, i, j) = *ory_mat_at(&x->base[j / k], i, j % k);
    if (ok == ORY_OK)
        ok = ory_qr(&both, &Q, &x->R, err);
    ory_mat_free(&both);
    ory_mat_free(&Q);
    return ok;
}

ory_status ory_reduced_init(ory_reduced *x, const ory_reduction *r, const ory_mat *L_k,
                            const ory_node *nodes, ory_coupling f, ory_coherence *full, ory_error *err)
{
    size_t k = r->k, i, j;
    ory_status ok;

    *x = (ory_reduced){.red = r, .nodes = nodes, .full = full, .f = f, .scale = 1};
    ok = make_room(x, err);
    for (i = 0; ok == ORY_OK && i < r->n; i++) {
        for (j = 0; j < k; j++)
            *ory_mat_at(&x->base[0], i, j) = *ory_mat_at(&r->V, i, j);
        *ory_mat_at(&x->base[1], i, r->label[i]) = 1 / sqrt(r->size[r->label[i]]);
    }
    for (i = 0; ok == ORY_OK && i < k; i++) {
        *ory_mat_at(&x->spring[0], i, i) = r->lam[i];
        for (j = 0; j < k; j++)
            *ory_mat_at(&x->spring[1], i, j) = *ory_mat_at(L_k, i, j) / sqrt(r->size[i] * r->size[j]);
    }
    if (ok == ORY_OK)
        ok = join_bases(x, err);
    if (ok != ORY_OK)
        ory_reduced_fini(x);
    return ok;
}

/* ------------------------------------------------------------------------ one inverse */

/* Largest singular value of a m x m matrix, which is destroyed. */
static double norm_of(ory_reduced *x, double complex *a, size_t m)
{
    int n = (int)m;

    if (LAPACKE_zgesdd_work(LAPACK_COL_MAJOR, 'N', n, n, a, n, x->sv, NULL, 1, NULL, 1, x->work, x->lwork,
                            x->rwork, x->iwork) != 0)
        return NAN;
    return x->sv[0];
}

/* A zero of node i forces row b of the basis to b x = 0: append it to the orthonormal rows
 * held so far, unless it depends on them. */
static size_t hold_row(const ory_reduced *x, const double *b, size_t held)
{
    size_t k = x->red->k, pass, i, j;
    double *row = x->hold + held * k, before = ory_norm2(b, k), after;

    if (held == k || before == 0)
        return held;
    memcpy(row, b, k * sizeof *row);
    for (pass = 0; pass < 2; pass++)
        for (i = 0; i < held; i++) {
            double along = ory_dot(x->hold + i * k, row, k);

            ory_axpy(-along, x->hold + i * k, row, k);
        }
    after = ory_norm2(row, k);
    if (after <= 1e-10 * before)
        return held;
    for (j = 0; j < k; j++)
        row[j] /= after;
    return held + 1;
}

/* M <- (I - H'H) M (I - H'H) for the held rows H. */
static void project(const ory_reduced *x, size_t held, double complex *M)
{
    size_t k = x->red->k, h, i, j;

    for (h = 0; h < held; h++) {
        const double *row = x->hold + h * k;

        for (i = 0; i < k; i++) {
            double complex along = 0;

            for (j = 0; j < k; j++)
                along += M[i * k + j] * row[j];
            for (j = 0; j < k; j++)
                M[i * k + j] -= along * row[j];
        }
        for (j = 0; j < k; j++) {
            double complex along = 0;

            for (i = 0; i < k; i++)
                along += M[i * k + j] * row[i];
            for (i = 0; i < k; i++)
                M[i * k + j] -= along * row[i];
        }
    }
}

/* A = B' G^-1 B + f C over nodes without a zero at s; returns the rows held for the others. */
static size_t assemble(ory_reduced *x, int which, double complex f)
{
    const ory_mat *B = &x->base[which], *C = &x->spring[which];
    size_t k = x->red->k, held = 0, i, a, b;

    for (a = 0; a < k; a++)
        for (b = 0; b < k; b++)
            x->A[a * k + b] = f * *ory_mat_at(C, a, b);
    for (i = 0; i < x->red->n; i++) {
        const double *row = ory_mat_at(B, i, 0);

        if (isinf(creal(x->inverse[i]))) {
            held = hold_row(x, row, held);
            continue;
        }
        for (a = 0; a < k; a++)
            for (b = 0; row[a] != 0 && b < k; b++)
                x->A[a * k + b] += row[a] * row[b] * x->inverse[i];
    }
    return held;
}

/* X = A^-1 on what the held rows leave free. */
static ory_status respond(ory_reduced *x, int which, double complex s, double complex f,
                          double complex *X, ory_error *err)
{
    size_t k = x->red->k, held = assemble(x, which, f), i, j, h;
    int n = (int)k, info;

    project(x, held, x->A);
    for (h = 0; h < held; h++)
        for (i = 0; i < k; i++)
            for (j = 0; j < k; j++)
                x->A[i * k + j] += x->hold[h * k + i] * x->hold[h * k + j];
    memset(x->B, 0, k * k * sizeof *x->B);
    for (i = 0; i < k; i++)
        x->B[i * k + i] = 1;
    info = LAPACKE_zgesv_work(LAPACK_COL_MAJOR, n, n, x->A, n, x->pivot, x->B, n);
    for (i = 0; info == 0 && i < k * k; i++)
        info = !isfinite(creal(x->B[i])) || !isfinite(cimag(x->B[i]));
    if (info != 0)
        return ory_fail(err, ORY_ESINGULAR, "s = %g%+gj is a closed-loop pole", creal(s), cimag(s));
    memcpy(X, x->B, k * k * sizeof *X);
    project(x, held, X);
    return ORY_OK;
}

/* ------------------------------------------------------------------------------ errors */

/* 1/g_i of every node (infinite at a zero), and the largest of their sizes. */
static double invert_nodes(ory_reduced *x, double complex s)
{
    double complex num, den;
    double most = 0;
    size_t i;

    for (i = 0; i < x->red->n; i++) {
        ory_node_at(&x->nodes[i], s, &num, &den);
        x->inverse[i] = num == 0 ? INFINITY : den / num;
        most = fmax(most, num == 0 ? INFINITY : cabs(x->inverse[i]));
    }
    return most;
}

/* || R diag(X, -Xhat) R' || */
static double structure_error(ory_reduced *x)
{
    size_t k = x->red->k, m = x->R.rows, i, j, l;

    memset(x->B, 0, m * 2 * k * sizeof *x->B);
    for (i = 0; i < m; i++)
        for (l = i; l < 2 * k; l++) {
            const double complex *row = l < k ? x->X + l * k : x->Xhat + (l - k) * k;
            double r = *ory_mat_at(&x->R, i, l) * (l < k ? 1 : -1);

            for (j = 0; j < k; j++)
                x->B[i * 2 * k + (l < k ? j : k + j)] += r * row[j];
        }
    for (i = 0; i < m; i++)
        for (j = 0; j < m; j++) {
            double complex sum = 0;

            for (l = j; l < 2 * k; l++)
                sum += x->B[i * 2 * k + l] * *ory_mat_at(&x->R, j, l);
            x->A[i * m + j] = sum;
        }
    return norm_of(x, x->A, m);
}

/* || T - B X B' || */
static double full_error(ory_reduced *x, int which, const double complex *X)
{
    const ory_mat *B = &x->base[which];
    size_t n = x->red->n, k = x->red->k, i, j, a, b;

    memcpy(x->E, x->full->T, n * n * sizeof *x->E);
    for (i = 0; i < n; i++)
        for (b = 0; b < k; b++) {
            double complex bx = 0;

            for (a = 0; a < k; a++)
                bx += *ory_mat_at(B, i, a) * X[a * k + b];
            for (j = 0; bx != 0 && j < n; j++)
                x->E[i * n + j] -= bx * *ory_mat_at(B, j, b);
        }
    return ory_coherence_norm(x->full, x->E);
}

/* What the pointwise lemma says (arXiv 2209.13701 for two groups, 2211.15301 for k). */
static void find_bound(ory_reduced_at *at)
{
    double m1 = at->m1, m2 = at->m2, one = (m1 * m2 + 1) * (m1 * m2 + 1);

    at->threshold = m2 + m1 * m2 * m2;
    at->applies = isfinite(at->threshold) && at->connectivity > at->threshold;
    at->bound = !at->applies ? NAN : isinf(at->connectivity) ? 0 : one / (at->connectivity - at->threshold);
}

/* At a pole of f every one of the three is ghat 1 1', ghat = 1/sum 1/g_i. */
static void at_pole(ory_reduced *x, ory_reduced_at *out)
{
    size_t n = x->red->n, k = x->red->k, i, a, b;
    double complex sum = 0, g;

    for (i = 0; i < n; i++)
        sum += x->inverse[i];
    g = isinf(out->m2) ? 0 : 1 / sum;
    for (a = 0; a < k; a++)
        for (b = 0; b < k; b++) {
            x->X[a * k + b] = a == 0 && b == 0 ? g * (double)n : 0;
            x->Xhat[a * k + b] = g * sqrt(x->red->size[a] * x->red->size[b]);
        }
    out->m1 = out->norm = cabs(g) * (double)n;
    out->connectivity = k == n ? NAN : x->red->lam[k] > 0 ? INFINITY : 0;
    out->rank = out->error = x->full ? 0 : NAN;
    out->structure = 0;
}

ory_status ory_reduced_eval(ory_reduced *x, double complex s, ory_reduced_at *out, ory_error *err)
{
    size_t k = x->red->k;
    double complex f;
    ory_status ok;

    *out = (ory_reduced_at){.rank = NAN, .structure = NAN, .error = NAN, .bound = NAN};
    out->m2 = invert_nodes(x, s);
    if (s == 0 && x->f.ki > 0) {
        at_pole(x, out);
        find_bound(out);
        return ORY_OK;
    }
    f = (x->f.kp + (x->f.ki > 0 ? x->f.ki / s : 0)) * x->scale;
    if ((ok = respond(x, 0, s, f, x->X, err)) != ORY_OK || (ok = respond(x, 1, s, f, x->Xhat, err)) != ORY_OK)
        return ok;
    memcpy(x->A, x->X, k * k * sizeof *x->A);
    out->m1 = norm_of(x, x->A, k);
    memcpy(x->A, x->Xhat, k * k * sizeof *x->A);
    out->norm = norm_of(x, x->A, k);
    out->connectivity = cabs(f) * x->red->lam[k]; /* NaN when k == n */
    find_bound(out);
    out->structure = structure_error(x);
    if (!x->full)
        return ORY_OK;
    if ((ok = ory_coherence_transfer(x->full, s, err)) != ORY_OK)
        return ok;
    out->rank = full_error(x, 0, x->X);
    out->error = full_error(x, 1, x->Xhat);
    return ORY_OK;
}

double complex ory_reduced_entry(const ory_reduced *x, bool hat, size_t i, size_t j)
{
    const ory_mat *B = &x->base[hat];
    const double complex *X = hat ? x->Xhat : x->X;
    size_t k = x->red->k, a, b;
    double complex sum = 0;

    for (a = 0; a < k; a++)
        for (b = 0; b < k; b++)
            sum += *ory_mat_at(B, i, a) * X[a * k + b] * *ory_mat_at(B, j, b);
    return sum;
}

double complex ory_reduced_aggregate(const ory_reduced *x, size_t group, double complex s)
{
    double complex sum = 0, num, den;
    size_t i;

    for (i = 0; i < x->red->n; i++) {
        if (x->red->label[i] != group)
            continue;
        ory_node_at(&x->nodes[i], s, &num, &den);
        if (num == 0)
            return 0;
        sum += den / num;
    }
    return 1 / sum;
}

/* ---------------------------------------------------------------------------- suprema */

typedef struct search {
    ory_reduced *x;
    ory_reduced_which which;
} search;

static ory_status value_at(void *ctx, double w, double *value, ory_error *err)
{
    const search *k = ctx;
    ory_reduced_at at;
    ory_status ok = ory_reduced_eval(k->x, I * w, &at, err);

    *value = k->which == ORY_REDUCED_ERROR ? at.error : k->which == ORY_REDUCED_RANK ? at.rank : at.structure;
    return ok;
}

ory_status ory_reduced_supremum(ory_reduced *x, ory_reduced_which which, double eta,
                                ory_coherence_sup *out, ory_error *err)
{
    search k = {x, which};

    if (!x->full && which != ORY_REDUCED_STRUCTURE)
        return ory_fail(err, ORY_EUNDEF, "T(jw) is not computed for a network this large");
    return ory_frequency_supremum(value_at, &k, eta * 1e-3, eta, SUP_POINTS, out, err);
}
