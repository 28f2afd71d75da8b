/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sparse.c - compressed rows: memory and products. */
#include "config.h"

#include "core/sparse.h"

#include <string.h>

#include "core/mem.h"

ory_status ory_sparse_new(ory_sparse *a, size_t n, size_t nnz, ory_error *err)
{
    *a = (ory_sparse){.n = n, .nnz = nnz};
    a->start = ory_alloc(n + 1, sizeof *a->start);
    a->col = ory_alloc(nnz, sizeof *a->col);
    a->value = ory_alloc(nnz, sizeof *a->value);
    if (a->start && a->col && a->value)
        return ORY_OK;
    ory_sparse_free(a);
    return ory_fail(err, ORY_ENOMEM, "out of memory for a sparse matrix of %zu entries", nnz);
}

void ory_sparse_free(ory_sparse *a)
{
    if (!a)
        return;
    ory_free(a->start);
    ory_free(a->col);
    ory_free(a->value);
    memset(a, 0, sizeof *a);
}

void ory_sparse_mul(const ory_sparse *a, const double *x, double *y)
{
    size_t i, e;

    for (i = 0; i < a->n; i++) {
        const size_t end = a->start[i + 1];
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0; /* four chains: additions do not wait for each other */

        for (e = a->start[i]; e + 4 <= end; e += 4) {
            s0 += a->value[e] * x[a->col[e]];
            s1 += a->value[e + 1] * x[a->col[e + 1]];
            s2 += a->value[e + 2] * x[a->col[e + 2]];
            s3 += a->value[e + 3] * x[a->col[e + 3]];
        }
        for (; e < end; e++)
            s0 += a->value[e] * x[a->col[e]];
        y[i] = (s0 + s2) + (s1 + s3);
    }
}

void ory_sparse_mul_block(const ory_sparse *a, const double *x, size_t c, double *y)
{
    size_t i, e, j;

    if (c == 1) {
        ory_sparse_mul(a, x, y);
        return;
    }
    memset(y, 0, a->n * c * sizeof *y);
    for (i = 0; i < a->n; i++) {
        double *out = y + i * c;

        for (e = a->start[i]; e < a->start[i + 1]; e++) {
            const double v = a->value[e], *in = x + a->col[e] * c;

            for (j = 0; j < c; j++)
                out[j] += v * in[j];
        }
    }
}

void ory_sparse_dense(const ory_sparse *a, ory_mat *m)
{
    size_t i, e;

    for (i = 0; i < a->n; i++) {
        memset(ory_mat_at(m, i, 0), 0, a->n * sizeof(double));
        for (e = a->start[i]; e < a->start[i + 1]; e++)
            *ory_mat_at(m, i, a->col[e]) = a->value[e];
    }
}
