/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lanczos_pairs.h - the least eigenpairs of a symmetric operator known by its products.
 *
 * Lanczos iteration without restarts, reorthogonalised only when the recurrence for the loss
 * of orthogonality says that half the digits are gone: Ritz values keep all digits, and the
 * basis is read a few times instead of at every step. One start vector sees one vector of
 * every eigenspace: the caller looks for further copies.
 * Source: H. Simon, "The Lanczos algorithm with partial reorthogonalization", Math. Comp. 42
 * (1984). */
#ifndef ORY_ALGO_LANCZOS_PAIRS_H
#define ORY_ALGO_LANCZOS_PAIRS_H

#include <stdint.h>

#include "algo/lanczos.h"

typedef struct ory_lanczos_task {
    size_t dim;
    ory_operator op;    /* maps a subspace to itself, up to rounding ... */
    void (*inside)(void *ctx, double *v); /* ... to which this projects */
    void *ctx;
    size_t want, steps; /* pairs; products at most */
    double scale, tol;  /* of the operator; a pair is right when its residual <= tol * scale */
    uint64_t seed;      /* of the start vector */
} ory_lanczos_task;

/* lam[want] ascending, vectors[want * dim] one after the other, orthonormal; both also when
 * it did not converge (as far as it came). *products, *worst (largest residual / scale) may be NULL.
 * ORY_ENOCONV after `steps` products, or when the first 96 show that these will not do;
 * ORY_EINTERRUPT, ORY_ENOMEM, ORY_EDIVERGE. (allocates) */
ory_status ory_lanczos_pairs(const ory_lanczos_task *task, double *lam, double *vectors,
                             size_t *products, double *worst, ory_error *err) ORY_WUR;

#endif
