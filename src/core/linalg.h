/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linalg.h - the linear algebra that systems need, on CBLAS and LAPACKE.
 *
 * Matrices are row-major views (mat.h) unless said otherwise. Functions that
 * need scratch memory for repeated use take a workspace; those for occasional
 * use allocate and are marked (allocates). Inputs are never changed unless the
 * comment says so. Outputs must not overlap inputs. Non-finite input gives
 * ORY_EDIVERGE. */
#ifndef ORY_CORE_LINALG_H
#define ORY_CORE_LINALG_H

#include <stdbool.h>
#include <stddef.h>

#include "core/mat.h"

typedef enum { ORY_PLAIN = 0, ORY_TRANS = 1 } ory_op;

/* c = alpha op(a) op(b) + beta c. Small products run on a loop of our own, the
 * rest on dgemm; the choice depends on the sizes alone, so results repeat bit
 * for bit. Shapes are the caller's duty (asserted). */
void ory_gemm(ory_op ta, ory_op tb, double alpha, const ory_mat *a, const ory_mat *b, double beta,
              const ory_mat *c);

double ory_dot(const double *x, const double *y, size_t n);
double ory_norm2(const double *x, size_t n);        /* scaled: no overflow or underflow */
double ory_norm2_sq(const double *x, size_t n);     /* plain sum of squares */
void ory_axpy(double a, const double *x, double *y, size_t n);
double ory_norm_fro(const ory_mat *a);

/* Singular values of a, descending, into s[min(rows, cols)]: QR of the long
 * side, then one-sided Jacobi (dgesvj) on the small factor, so that small
 * values are right to high relative accuracy. ws grows as needed (no
 * allocation once the largest size has been seen); zero it before first use. */
typedef struct ory_svd_ws {
    double *mem;
    size_t len;
} ory_svd_ws;
ory_status ory_singular_values(const ory_mat *a, double *s, ory_svd_ws *ws, ory_error *err);
void ory_svd_ws_fini(ory_svd_ws *ws);

/* Thin SVD a = u diag(s) v', u rows x k, v cols x k (not v'), k = min.
 * u, v must be of these shapes; either may be NULL. (allocates) */
ory_status ory_svd(const ory_mat *a, ory_mat *u, double *s, ory_mat *v, ory_error *err);

/* Symmetric eigenproblem: values ascending into w[n]; if v is not NULL its
 * columns are the vectors. Only the lower triangle of a is read. (allocates) */
ory_status ory_eig_sym(const ory_mat *a, double *w, ory_mat *v, ory_error *err);

/* General real eigenvalues re[n], im[n], in LAPACK's order; vr (n x n) right
 * vectors in LAPACK's packed real form or NULL. (allocates) */
ory_status ory_eig(const ory_mat *a, double *re, double *im, ory_mat *vr, ory_error *err);

/* Solve a x = b, a square. ORY_ESINGULAR names the reciprocal condition. (allocates) */
ory_status ory_solve(const ory_mat *a, const ory_mat *b, ory_mat *x, ory_error *err);

/* Determinant of a square matrix by LU. (allocates) */
ory_status ory_det(const ory_mat *a, double *det, ory_error *err);

/* Minimum-norm least squares x = pinv(a) b by SVD with relative tolerance tol
 * (tol <= 0: max(rows, cols) eps). *rank may be NULL. (allocates) */
ory_status ory_lstsq(const ory_mat *a, const ory_mat *b, double tol, ory_mat *x, size_t *rank,
                     ory_error *err);

/* Thin QR a = q r, q rows x k, r k x cols, k = min; diagonal of r >= 0. (allocates) */
ory_status ory_qr(const ory_mat *a, ory_mat *q, ory_mat *r, ory_error *err);

/* Lower Cholesky factor of a symmetric positive definite matrix. (allocates) */
ory_status ory_chol(const ory_mat *a, ory_mat *l, ory_error *err);

/* Matrix exponential (GSL). (allocates) */
ory_status ory_expm(const ory_mat *a, ory_mat *e, ory_error *err);

/* Eigenvalues of r diag(sign) r' for r k x n upper trapezoidal etc. are done by
 * callers with ory_eig_sym_ws: values only, workspace version for hot paths.
 * a is destroyed. w[n] ascending. */
ory_status ory_eig_sym_values(ory_mat *a, double *w, ory_svd_ws *ws, ory_error *err);

/* Once, at program start: GSL's aborting handler off, BLAS on `threads` threads
 * (1 by default: runs must repeat bit for bit). Safe to call again. */
void ory_numerics_start(int threads);

#endif
