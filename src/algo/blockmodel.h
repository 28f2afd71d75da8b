/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blockmodel.h - what is known beforehand of a weighted stochastic block model: its mean
 * graph, the assumptions of the reduction theorem, and how far a draw may be from the mean.
 *
 * Groups of sizes n_1..n_k; nodes of groups a and b are joined with probability Q_ab and
 * weight W_ab, independently; B = Q o W entrywise is the mean weight.
 * Sources: H. Min, E. Mallada, arXiv 2209.13701 (two groups, concentration) and arXiv
 * 2211.15301 (k groups). Formulas and decisions: doc/theory/06-coherent-clusters.md. */
#ifndef ORY_ALGO_BLOCKMODEL_H
#define ORY_ALGO_BLOCKMODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/mat.h"

typedef struct ory_blockmodel {
    size_t k;
    const double *size; /* k, > 0, borrowed */
    ory_mat Q, W;       /* k x k views */
} ory_blockmodel;

/* k x k, symmetric, Q in [0, 1], W >= 0, sizes >= 1. ORY_EINVAL, ORY_ESHAPE. */
ory_status ory_blockmodel_check(const ory_blockmodel *b, ory_error *err);

/* Row sum of P_ij W_ij^2, the largest over the groups: the Delta of the concentration. */
double ory_blockmodel_delta(const ory_blockmodel *b);

typedef struct ory_concentration {
    double Delta;  /* as above */
    double needed; /* 16 (c + 1) log n times the largest weight squared, c = log(4/delta)/log n */
    bool applies;  /* Delta >= needed */
    double limit;  /* of ||L_A - L_EA|| with probability >= 1 - delta: 8 sqrt(Delta log(4n/delta)) */
} ory_concentration;
/* delta in (0, 1). */
ory_concentration ory_blockmodel_concentration(const ory_blockmodel *b, double delta);

/* Two groups, within p wp, between q wq, p > q, wq < wp. */
typedef struct ory_two_blocks {
    bool applies;          /* the model has this form */
    double lam2, lam3;     /* of the mean graph */
    double lam3_limit;     /* lam_3 of a draw is at least this; <= 0 says nothing */
    double sine_limit;     /* sin(v_2, mean v_2) is at most this; >= 1 says nothing */
} ory_two_blocks;
ory_two_blocks ory_blockmodel_two(const ory_blockmodel *b, double delta);

/* rho = n_max/n_min and min_i B_ii - 2 rho max_i sum_{j != i} B_ij (must be > 0). */
void ory_blockmodel_assumptions(const ory_blockmodel *b, double *rho, double *margin);

/* All eigenvalues of the mean graph's Laplacian, ascending, into lam[sum of sizes]: those of
 * N^-1/2 (P'L P) N^-1/2, and of every block sum_b n_b B_ab, n_a - 1 times. (allocates) */
ory_status ory_blockmodel_spectrum(const ory_blockmodel *b, double *lam, ory_error *err);

#endif
