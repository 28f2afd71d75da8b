/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.h - coherent groups of a network, from its Laplacian alone.
 *
 * A method places every node at a point of a few dimensions (an embedding: rows of bottom
 * eigenvectors) and groups the points: by sign on a line, or by weighted k-means.
 * Sources: H. Min, E. Mallada, arXiv 2209.13701 (Algorithm 1: sign) and arXiv 2211.15301,
 * which uses F. Bach, M. Jordan, "Learning spectral clustering", 2004 (bach-jordan).
 * Decisions: doc/theory/06-coherent-clusters.md. */
#ifndef ORY_ALGO_CLUSTER_H
#define ORY_ALGO_CLUSTER_H

#include "algo/spectral.h"

typedef enum ory_cluster_method {
    ORY_CLUSTER_AUTO,        /* sign for k = 2, else bach-jordan */
    ORY_CLUSTER_SIGN,        /* sign of the second eigenvector of L; k = 2 */
    ORY_CLUSTER_BACH_JORDAN, /* rows of D^-1/2 U, U top eigenvectors of D^-1/2 A D^-1/2; weights d */
    ORY_CLUSTER_PLAIN,       /* rows of the bottom eigenvectors of L; weights 1 */
    ORY_CLUSTER_ROWS,        /* rows of U scaled to unit length; weights 1 */
    ORY_CLUSTER_INERTIA      /* rows of M^-1/2 times eigenvectors of M^-1/2 L M^-1/2; weights m */
} ory_cluster_method;
extern const char *const ory_cluster_methods[]; /* their names, in this order, NULL at the end */

enum { ORY_CLUSTER_RESTARTS = 20, ORY_CLUSTER_ROUNDS = 100, ORY_CLUSTER_GAPS = 12 };

/* The points: column c of node i at x[c*n + i] (column after column). Columns that are the
 * same for all nodes are left out: all methods but rows have k - 1. */
typedef struct ory_embedding {
    ory_cluster_method method; /* never AUTO */
    size_t n, k, dim;
    double *x;                 /* dim columns of n */
    double *weight;            /* n */
    double *lam;               /* the k eigenvalues behind it, ascending */
} ory_embedding;

/* mass: n numbers > 0, for the method inertia only. ORY_EINVAL names an isolated node
 * (bach-jordan, rows), a negative weight (the same), a mass <= 0; ORY_ERANGE a k not in 1..n, or
 * not 2 for sign; and what spectral.h reports. (allocates) */
ory_status ory_embedding_make(const ory_graph *g, ory_cluster_method method, size_t k,
                              const double *mass, ory_embedding *out, ory_error *err) ORY_WUR;
void ory_embedding_fini(ory_embedding *e);

/* Groups by sign: entries >= 0 (or below 1e-12 in size) form group 0. */
void ory_cluster_by_sign(const ory_embedding *e, uint32_t *label);

typedef struct ory_cluster_how {
    ory_cluster_method method;
    size_t k;            /* 0: from the gap, ory_cluster_gaps */
    size_t restarts;     /* 0: ORY_CLUSTER_RESTARTS */
    uint64_t seed;
    const double *mass;  /* inertia */
} ory_cluster_how; /* a zeroed one will do */

typedef struct ory_clusters {
    ory_cluster_method method; /* never AUTO */
    size_t n, k;         /* k groups, none empty */
    uint32_t *label;     /* n, from 0 in order of first appearance */
    double squares;      /* sum of weight times squared distance to the centre of the group */
    size_t restart;      /* the one that was best, from 1; 0: no k-means was needed */
} ory_clusters;

/* The whole way. k == n gives every node its own group, k == 1 one group. (allocates) */
ory_status ory_cluster_graph(const ory_graph *g, const ory_cluster_how *how, ory_clusters *out,
                             ory_error *err) ORY_WUR;
void ory_clusters_fini(ory_clusters *c);

/* Ratios lam_{k+1}/lam_k of L for k = 2..count+1, and the k of the largest. */
typedef struct ory_cluster_gap {
    size_t count;                      /* min(12, n-1) - 1, at least 0 */
    double lam[ORY_CLUSTER_GAPS + 1];  /* lam_1..lam_{count+2} */
    double ratio[ORY_CLUSTER_GAPS];    /* ratio[i] belongs to k = i + 2; infinite when lam_k = 0 <
                                          lam_{k+1}, NaN when both are 0 */
    size_t k;                          /* min(2, n) when count == 0 */
} ory_cluster_gap;
/* Good to about 1e-3 above ORY_SPECTRAL_DENSE nodes: what a choice of k needs. */
ory_status ory_cluster_gaps(const ory_graph *g, ory_cluster_gap *out, ory_error *err) ORY_WUR;

/* Renumber label[n] (values below most) from 0 in order of first appearance; how many there
 * are, or SIZE_MAX without memory. */
size_t ory_labels_order(uint32_t *label, size_t n, size_t most);

/* Room to match groupings of at most k groups. */
typedef struct ory_matching {
    size_t k;
    double *cost, *row, *col, *least; /* k x k; k + 1 each */
    size_t *owner, *from;             /* k + 1 each */
    bool *seen;
} ory_matching;
ory_status ory_matching_init(ory_matching *m, size_t k, ory_error *err) ORY_WUR;
void ory_matching_fini(ory_matching *m); /* tolerates a zeroed one */
/* Nodes that disagree under the best matching of the groups of a with those of b, both 0..k-1.
 * Does not allocate. */
size_t ory_matching_wrong(ory_matching *m, const uint32_t *a, const uint32_t *b, size_t n);

/* The same for groups 0..ka-1 and 0..kb-1. ORY_ENOMEM. (allocates) */
ory_status ory_misclustered(const uint32_t *a, size_t ka, const uint32_t *b, size_t kb, size_t n,
                            size_t *count, ory_error *err) ORY_WUR;

#endif
