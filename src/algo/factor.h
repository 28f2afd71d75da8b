/* SPDX-License-Identifier: GPL-3.0-or-later */
/* factor.h - sparse Cholesky factors (CHOLMOD) of A + shift I. */
#ifndef ORY_ALGO_FACTOR_H
#define ORY_ALGO_FACTOR_H

#include "core/sparse.h"

typedef struct ory_factor ory_factor;

/* A symmetric. ORY_ERANGE when the factorisation would take more than `work` operations (or
 * more than 1e8 numbers); ORY_ESINGULAR when A + shift I is not positive definite; ORY_EUNDEF
 * when built without SuiteSparse. */
ory_status ory_factor_new(const ory_sparse *a, double shift, double work, ory_factor **out,
                          ory_error *err) ORY_WUR;
void ory_factor_free(ory_factor *f); /* NULL is fine */

/* x = (A + shift I)^-1 b; both of length n, not overlapping. */
void ory_factor_solve(ory_factor *f, const double *b, double *x);

#endif
