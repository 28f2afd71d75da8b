/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jacobi.h - singular values and directions of a few long vectors, in place. */
#ifndef ORY_ALGO_JACOBI_H
#define ORY_ALGO_JACOBI_H

#include <stddef.h>

/* The k rows of a (k x len, row-major, no gaps) are rotated among themselves until they
 * are orthogonal (one-sided Jacobi): with A = a', row i becomes s[i] u_i, the i-th left
 * singular vector of A times its singular value, s descending. Small values are right
 * to high relative accuracy. Rows with s > 0 are then made unit vectors, the others are
 * left as zeros. No allocation. Cost about 6 k^2 len a sweep, a few sweeps. NaN or
 * infinite numbers give NaN in s. */
void ory_jacobi_rows(double *a, size_t k, size_t len, double *s);

#endif
