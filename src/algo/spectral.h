/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spectral.h - the bottom of the spectrum of a graph: the k least eigenpairs of
 *
 *   S = D(1/p) L D(1/p),   L the Laplacian, D(1/p) = diag(1/p_i), p > 0
 *
 * p = 1 is L itself, p = sqrt(degree) the normalised Laplacian I - D^-1/2 A D^-1/2, p =
 * sqrt(mass) that of slow coherency. The null space is written down, not computed: it holds
 * p on every component. Small graphs go through the dense solver, large ones through
 * Lanczos, or ARPACK on a sparse factorisation where the gaps are too small for that. */
#ifndef ORY_ALGO_SPECTRAL_H
#define ORY_ALGO_SPECTRAL_H

#include "algo/graph.h"

typedef enum ory_spectral_way {
    ORY_SPECTRAL_AUTO,   /* dense up to ORY_SPECTRAL_DENSE nodes, else sparse */
    ORY_SPECTRAL_DENSE_WAY,
    ORY_SPECTRAL_SPARSE_WAY
} ory_spectral_way;

enum { ORY_SPECTRAL_DENSE = 400, ORY_SPECTRAL_DENSE_MOST = 6000 };

/* An eigenpair is right when |S v - lam v| <= tol * an upper limit of the spectrum. */
typedef struct ory_spectral_how {
    const double *p;      /* n numbers > 0, or NULL for ones */
    ory_spectral_way way;
    double tol;           /* sparse; 0: 1e-11 */
} ory_spectral_how; /* a zeroed one will do */

typedef struct ory_spectral {
    size_t n, k;
    double *lam;          /* k ascending; the first min(k, components) are exactly 0 */
    double *V;            /* n x k row-major, orthonormal columns. The first is p/|p| to the last
                             bit (1/sqrt(n) for L); in every other one the first entry beyond
                             1e-12 is positive */
    double top;           /* no eigenvalue lies above */
    size_t components;
    const char *by;       /* "dense", "Lanczos", "ARPACK": how it was found */
    size_t products;      /* with S or its inverse; 0 when dense */
} ory_spectral;

/* ORY_ERANGE: k not in 1..n, or dense asked for too many nodes; ORY_EINVAL: negative weights
 * that make L indefinite ("Laplacian is not positive semidefinite"); ORY_ENOCONV,
 * ORY_EINTERRUPT, ORY_ENOMEM. how may be NULL. Equal arguments give equal bits. (allocates) */
ory_status ory_spectral_bottom(const ory_graph *g, size_t k, const ory_spectral_how *how,
                               ory_spectral *out, ory_error *err) ORY_WUR;
/* The largest eigenvalue of a symmetric matrix, from below, to 1e-6 of its size or as far as 60
 * products come. ORY_ENOMEM, ORY_EDIVERGE. (allocates) */
ory_status ory_spectral_top(const ory_sparse *a, double *top, ory_error *err) ORY_WUR;

void ory_spectral_fini(ory_spectral *s); /* tolerates a zeroed one */

#endif
