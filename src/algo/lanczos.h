/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lanczos.h - extreme eigenvalues of a symmetric operator known by its products.
 *
 * Lanczos iteration with full reorthogonalisation. The caller owns the
 * workspace; a run of the iteration allocates nothing and depends on operator
 * and start vector alone. */
#ifndef ORY_ALGO_LANCZOS_H
#define ORY_ALGO_LANCZOS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

/* out = A v, both of length dim; out does not overlap v. */
typedef void (*ory_operator)(void *ctx, const double *v, double *out);

typedef struct ory_lanczos {
    size_t dim, max_steps;
    size_t stride;  /* doubles between basis vectors */
    double *basis;  /* (max_steps + 1) vectors */
    double *alpha, *beta; /* diagonal, off-diagonal of the tridiagonal matrix */
} ory_lanczos;

/* max_steps is cut to dim. ORY_ENOMEM, ORY_EINVAL (a size of 0). */
ory_status ory_lanczos_init(ory_lanczos *ws, size_t dim, size_t max_steps, ory_error *err);
void ory_lanczos_fini(ory_lanczos *ws); /* also of a zeroed struct */

typedef struct ory_lanczos_result {
    double top, bottom;            /* NaN when the operator or start is not finite or start = 0 */
    double top_error, bottom_error;/* estimate of the distance to the eigenvalue */
    size_t steps;                  /* products with the operator */
    bool converged;
} ory_lanczos_result;

/* Until the eigenvalues asked for are right to tol * max|Ritz value|, estimated
 * from residual r as min(r, r^2 / distance to the next Ritz value), or max_steps.
 * bottom is computed when want_bottom, else NaN. */
void ory_lanczos_run(ory_lanczos *ws, ory_operator op, void *ctx, const double *start, double tol,
                     bool want_bottom, ory_lanczos_result *result);

/* w -= V (V'w) for k orthonormal vectors of length dim, `stride` doubles apart. */
void ory_project_out(const double *basis, size_t stride, size_t k, double *w, size_t dim);

#endif
