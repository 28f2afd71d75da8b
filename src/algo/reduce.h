/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reduce.h - a network whose nodes fall into groups, reduced to one node per group: the
 * reduced Laplacian from the bottom of the spectrum, and how far the reduced network's
 * transfer function is from the full one.
 *
 *   V_k, Lam_k  bottom k eigenvectors and eigenvalues of L;  P  n x k, 1 where node i is in
 *   group a;  N = P'P the sizes;  S minimises ||V_k - P S||_F under S'N S = I
 *   L_k = S^-T Lam_k S^-1          T_k = V_k (V_k' G^-1 V_k + f Lam_k)^-1 V_k'
 *   That_k = P (Ghat^-1 + f L_k)^-1 P',   ghat_a = 1/sum_{i in a} 1/g_i
 * Sources: H. Min, E. Mallada, arXiv 2209.13701 (two groups) and arXiv 2211.15301 (k
 * groups). Formulas and decisions: doc/theory/06-coherent-clusters.md. */
#ifndef ORY_ALGO_REDUCE_H
#define ORY_ALGO_REDUCE_H

#include <stdint.h>

#include "algo/coherence.h"
#include "core/sparse.h"

/* ------------------------------------------------------------------ the partition */

/* Groups given as numbers 1..k (k == 0: the largest of them) into labels 0..k-1 in order of
 * first appearance: node 1 is in group 0. order[k], or NULL: which given number - 1 each
 * label was. ORY_ERANGE: a number outside 1..k; ORY_EINVAL: an empty group. */
ory_status ory_groups_read(const double *given, size_t n, size_t k, uint32_t *label, size_t *k_out,
                           size_t *order, ory_error *err);

/* -------------------------------------------------------------- the reduced Laplacian */

typedef struct ory_reduction {
    size_t n, k, components;
    const uint32_t *label; /* n, borrowed */
    double *size;          /* k: nodes of each group */
    double *lam;           /* k + 1 ascending, those of null vectors exactly 0; NaN beyond n */
    double *sv;            /* k: singular values of N^-1/2 P' V, descending, in [0, 1] */
    double defect;         /* ||V - P S||_F */
    bool gap;              /* lam_{k+1} lies above lam_k: V is unique */
    ory_mat V, S, L, quotient; /* n x k, and k x k: L by the refinement, quotient P'LP */
} ory_reduction; /* a zeroed one is empty */

/* V: n x k bottom eigenvectors, orthonormal; lam: k + 1 values (k when k == n), both of the
 * Laplacian `full`. Among the null vectors the first becomes 1/sqrt(n). ORY_EINVAL: more
 * components than groups. (allocates) */
ory_status ory_reduction_init(ory_reduction *r, const uint32_t *label, size_t k, size_t components,
                              const ory_mat *V, const double *lam, const ory_sparse *full,
                              ory_error *err) ORY_WUR;
void ory_reduction_fini(ory_reduction *r);

/* lambda_2 n_a n_b/n: the weight between two groups (arXiv 2209.13701, Algorithm 2). */
double ory_two_group_weight(double lam2, double n_a, double n_b);

/* Largest difference, relative to lam_k, between the eigenvalues of N^-1/2 L_k N^-1/2 and
 * lam_1..lam_k. (allocates) */
ory_status ory_reduction_spectrum_gap(const ory_reduction *r, const ory_mat *L_k, double *gap,
                                      ory_error *err);

/* --------------------------------------------------------------- over frequency */

typedef struct ory_reduced {
    const ory_reduction *red;
    const ory_node *nodes;   /* n */
    ory_coherence *full;     /* for T(s), or NULL: n is too large */
    ory_coupling f;
    double scale;            /* of L and L_k */
    /* X = inner inverse in the orthonormal bases V and P N^-1/2 */
    double complex *X, *Xhat;
    /* workspace */
    ory_mat base[2], spring[2], R; /* bases n x k, their k x k Laplacians; QR factor of both bases */
    double *hold;            /* orthonormal rows that zeros of nodes forbid */
    double complex *inverse, *A, *B, *E, *work;
    double *sv, *rwork;
    int *pivot, *iwork, lwork;
} ory_reduced;

/* L_k: r->L or r->quotient. full may be NULL. (allocates) */
ory_status ory_reduced_init(ory_reduced *x, const ory_reduction *r, const ory_mat *L_k,
                            const ory_node *nodes, ory_coupling f, ory_coherence *full,
                            ory_error *err) ORY_WUR;
void ory_reduced_fini(ory_reduced *x);

typedef struct ory_reduced_at {
    double rank, structure, error; /* ||T - T_k||, ||T_k - That_k||, ||T - That_k|| */
    double m1, m2;                 /* ||T_k||, max |1/g_i| */
    double norm;                   /* ||That_k|| */
    double connectivity;           /* |f| lam_{k+1}; NaN when k == n, where T_k = T */
    double threshold;              /* M2 + M1 M2^2 */
    bool applies;                  /* connectivity > threshold */
    double bound;                  /* of rank: (M1 M2 + 1)^2/(connectivity - threshold), or NaN */
} ory_reduced_at;

/* At a pole of f all of them are the limit ghat_all 1 1' (errors 0). rank and error are NaN
 * without `full`. ORY_ESINGULAR: s is a closed-loop pole, named. */
ory_status ory_reduced_eval(ory_reduced *x, double complex s, ory_reduced_at *out, ory_error *err);
/* Entries of T_k (hat false) or That_k of the last evaluation. */
double complex ory_reduced_entry(const ory_reduced *x, bool hat, size_t i, size_t j);
double complex ory_reduced_aggregate(const ory_reduced *x, size_t group, double complex s); /* ghat */

typedef enum { ORY_REDUCED_ERROR, ORY_REDUCED_RANK, ORY_REDUCED_STRUCTURE } ory_reduced_which;
/* Supremum of one of the errors over w in [0, eta]: 60 logarithmic points, refined. */
ory_status ory_reduced_supremum(ory_reduced *x, ory_reduced_which which, double eta,
                                ory_coherence_sup *out, ory_error *err);

#endif
