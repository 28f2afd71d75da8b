/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blockmodel.c - mean graph and limits of a weighted stochastic block model. */
#include "config.h"

#include "algo/blockmodel.h"

#include <math.h>
#include <stdlib.h>

#include "core/linalg.h"
#include "core/mem.h"

static double mean_weight(const ory_blockmodel *b, size_t i, size_t j)
{
    return *ory_mat_at(&b->Q, i, j) * *ory_mat_at(&b->W, i, j);
}

static double nodes(const ory_blockmodel *b)
{
    double n = 0;
    size_t i;

    for (i = 0; i < b->k; i++)
        n += b->size[i];
    return n;
}

static void extreme_sizes(const ory_blockmodel *b, double *least, double *most)
{
    size_t i;

    *least = *most = b->size[0];
    for (i = 1; i < b->k; i++) {
        *least = fmin(*least, b->size[i]);
        *most = fmax(*most, b->size[i]);
    }
}

static ory_status check_matrix(const ory_blockmodel *b, const ory_mat *m, const char *name, double high,
                               ory_error *err)
{
    size_t i, j;

    if (m->rows != b->k || m->cols != b->k)
        return ory_fail(err, ORY_ESHAPE, "%s is %zu x %zu (must be %zu x %zu, a row and a column a group)",
                        name, m->rows, m->cols, b->k, b->k);
    for (i = 0; i < b->k; i++)
        for (j = 0; j < b->k; j++) {
            double v = *ory_mat_at(m, i, j);

            if (!(v >= 0 && v <= high) || isinf(v))
                return ory_fail(err, ORY_EINVAL, "%s[%zu][%zu] = %g (must be %s)", name, i + 1, j + 1, v,
                                high == 1 ? "in [0, 1]" : "finite and >= 0");
            if (v != *ory_mat_at(m, j, i))
                return ory_fail(err, ORY_EINVAL, "%s is not symmetric: [%zu][%zu] = %g, [%zu][%zu] = %g",
                                name, i + 1, j + 1, v, j + 1, i + 1, *ory_mat_at(m, j, i));
        }
    return ORY_OK;
}

ory_status ory_blockmodel_check(const ory_blockmodel *b, ory_error *err)
{
    ory_status ok = check_matrix(b, &b->Q, "Q", 1, err);
    size_t i;

    for (i = 0; i < b->k; i++)
        if (!(b->size[i] >= 1))
            return ory_fail(err, ORY_EINVAL, "size of group %zu is %g (must be >= 1)", i + 1, b->size[i]);
    return ok == ORY_OK ? check_matrix(b, &b->W, "W", INFINITY, err) : ok;
}

double ory_blockmodel_delta(const ory_blockmodel *b)
{
    double most = 0;
    size_t i, j;

    for (i = 0; i < b->k; i++) {
        double sum = 0;

        for (j = 0; j < b->k; j++)
            sum += b->size[j] * mean_weight(b, i, j) * *ory_mat_at(&b->W, i, j);
        most = fmax(most, sum);
    }
    return most;
}

/* The theorem is for weights <= 1: with all of them divided by the largest, Delta loses its
 * square and the limit its first power, so the limit reads the same for any weights. */
ory_concentration ory_blockmodel_concentration(const ory_blockmodel *b, double delta)
{
    double n = nodes(b), largest = 0, c = log(4 / delta) / log(n);
    ory_concentration out = {.Delta = ory_blockmodel_delta(b)};
    size_t i, j;

    for (i = 0; i < b->k; i++)
        for (j = 0; j < b->k; j++)
            largest = fmax(largest, *ory_mat_at(&b->W, i, j));
    out.needed = n > 1 ? 16 * (c + 1) * log(n) * largest * largest : INFINITY;
    out.applies = out.Delta >= out.needed;
    out.limit = 8 * sqrt(out.Delta * log(4 * n / delta));
    return out;
}

ory_two_blocks ory_blockmodel_two(const ory_blockmodel *b, double delta)
{
    ory_two_blocks out = {.lam2 = NAN, .lam3 = NAN, .lam3_limit = NAN, .sine_limit = NAN};
    double least, most, n, p, q, wp, wq, alpha, beta, spread;

    if (b->k != 2)
        return out;
    p = *ory_mat_at(&b->Q, 0, 0);
    q = *ory_mat_at(&b->Q, 0, 1);
    wp = *ory_mat_at(&b->W, 0, 0);
    wq = *ory_mat_at(&b->W, 0, 1);
    out.applies = p == *ory_mat_at(&b->Q, 1, 1) && wp == *ory_mat_at(&b->W, 1, 1) && p > q && wq > 0 &&
                  wq < wp;
    if (!out.applies)
        return out;
    extreme_sizes(b, &least, &most);
    n = least + most;
    alpha = p * wp;
    beta = q * wq;
    spread = n * p * log(4 * n / delta);
    out.lam2 = n * beta;
    out.lam3 = least >= 2 ? least * alpha + most * beta : most * alpha + beta;
    out.lam3_limit = wp * (p + wq / wp * q) * least - 8 * wp * sqrt(spread);
    out.sine_limit = 16 * sqrt(2) / (p - wq / wp * q) * sqrt(spread / (least * least));
    return out;
}

void ory_blockmodel_assumptions(const ory_blockmodel *b, double *rho, double *margin)
{
    double least, most, within = INFINITY, between = 0;
    size_t i, j;

    extreme_sizes(b, &least, &most);
    *rho = most / least;
    for (i = 0; i < b->k; i++) {
        double sum = 0;

        for (j = 0; j < b->k; j++)
            if (j != i)
                sum += mean_weight(b, i, j);
        between = fmax(between, sum);
        within = fmin(within, mean_weight(b, i, i));
    }
    *margin = within - 2 * *rho * between;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

ory_status ory_blockmodel_spectrum(const ory_blockmodel *b, double *lam, ory_error *err)
{
    size_t k = b->k, at = k, i, j;
    ory_mat A = {0};
    ory_status ok = ory_mat_new(&A, k, k, err);

    for (i = 0; ok == ORY_OK && i < k; i++) {
        double all = 0, within = b->size[i] * mean_weight(b, i, i);

        for (j = 0; j < k; j++) {
            all += b->size[j] * mean_weight(b, i, j);
            *ory_mat_at(&A, i, j) = -sqrt(b->size[i] * b->size[j]) * mean_weight(b, i, j);
        }
        *ory_mat_at(&A, i, i) = all - within;
        for (j = 1; j < (size_t)b->size[i]; j++)
            lam[at++] = all;
    }
    if (ok == ORY_OK)
        ok = ory_eig_sym(&A, lam, NULL, err);
    if (ok == ORY_OK)
        qsort(lam, at, sizeof *lam, ascending);
    ory_mat_free(&A);
    return ok;
}
