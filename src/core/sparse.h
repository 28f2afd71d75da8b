/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sparse.h - square sparse matrices by rows (compressed rows, columns ascending).
 *
 * Made once, then only read; products allocate nothing. */
#ifndef ORY_CORE_SPARSE_H
#define ORY_CORE_SPARSE_H

#include <stddef.h>
#include <stdint.h>

#include "core/mat.h"

typedef struct ory_sparse {
    size_t n, nnz;
    size_t *start;   /* n + 1: row i holds entries start[i] .. start[i+1]-1 */
    uint32_t *col;
    double *value;
} ory_sparse; /* a zeroed one is empty */

/* Room for n rows and nnz entries, start all 0. ORY_ENOMEM. */
ory_status ory_sparse_new(ory_sparse *a, size_t n, size_t nnz, ory_error *err) ORY_WUR;
void ory_sparse_free(ory_sparse *a);

/* y = A x, both of length n; x and y must not overlap. */
void ory_sparse_mul(const ory_sparse *a, const double *x, double *y);
/* Y = A X for row-major n x c blocks: one pass over A serves all columns. */
void ory_sparse_mul_block(const ory_sparse *a, const double *x, size_t c, double *y);
/* Full copy into m (n x n). */
void ory_sparse_dense(const ory_sparse *a, ory_mat *m);

#endif
