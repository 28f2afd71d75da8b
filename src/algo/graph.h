/* SPDX-License-Identifier: GPL-3.0-or-later */
/* graph.h - weighted undirected graphs: built, joined, turned into Laplacians.
 *
 * A graph is a list of edges i < j with weights; parallel edges add up when the graph is
 * finished (ory_graph_finish), loops are dropped: they cancel in a Laplacian. Nodes are
 * counted from 0. Builders leave a finished graph and take an ory_error for the one
 * sentence that says what was wrong. */
#ifndef ORY_ALGO_GRAPH_H
#define ORY_ALGO_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/mat.h"
#include "core/rng.h"
#include "core/sparse.h"

typedef struct ory_edge {
    uint32_t i, j; /* i < j once finished */
    double w;
} ory_edge;

typedef struct ory_graph {
    size_t n, m, room; /* nodes, edges, edges there is room for */
    ory_edge *edge;    /* finished: ascending by (i, j) */
    double *xy;        /* n x 2 positions, or NULL */
    uint32_t *group;   /* n planted groups 0, 1, …, or NULL */
} ory_graph; /* a zeroed one is empty */

enum { ORY_GRAPH_NODES = 20000000 };

ory_status ory_graph_init(ory_graph *g, size_t n, ory_error *err) ORY_WUR;
void ory_graph_fini(ory_graph *g); /* tolerates a zeroed one */

/* ORY_ERANGE: a node beyond n; ORY_EINVAL: a weight that is not finite. */
ory_status ory_graph_add(ory_graph *g, size_t i, size_t j, double w, ory_error *err);
/* Sort, add parallel edges, drop loops and edges of weight 0. */
void ory_graph_finish(ory_graph *g);

/* ------------------------------------------------------------------ builders
 * All with weight w on every edge. ORY_EINVAL, ORY_ENOMEM. */
ory_status ory_graph_path(ory_graph *g, size_t n, double w, ory_error *err) ORY_WUR;
ory_status ory_graph_ring(ory_graph *g, size_t n, double w, ory_error *err) ORY_WUR;
ory_status ory_graph_star(ory_graph *g, size_t n, double w, ory_error *err) ORY_WUR;
ory_status ory_graph_complete(ory_graph *g, size_t n, double w, ory_error *err) ORY_WUR;
ory_status ory_graph_grid(ory_graph *g, size_t rows, size_t cols, double w, ory_error *err) ORY_WUR;
/* Every pair independently with probability p (Erdos-Renyi). O(n + edges). */
ory_status ory_graph_random(ory_graph *g, size_t n, double p, double w, ory_rng *rng,
                            ory_error *err) ORY_WUR;
/* Uniform points in the unit square, joined when nearer than radius. */
ory_status ory_graph_geometric(ory_graph *g, size_t n, double radius, double w, ory_rng *rng,
                               ory_error *err) ORY_WUR;
/* Weighted stochastic block model: groups of the given sizes in blocks; a pair of groups
 * a, b is joined with probability Q[a][b] and weight W[a][b] (k x k, symmetric). shuffle:
 * nodes in random order. O(n + edges). Source: arXiv 2211.15301, section V. */
ory_status ory_graph_sbm(ory_graph *g, const size_t *sizes, size_t k, const ory_mat *Q,
                         const ory_mat *W, bool shuffle, ory_rng *rng, ory_error *err) ORY_WUR;
/* Rows (i, j, w) with nodes counted from 1, or (i, j) with weight 1; n == 0: the largest. */
ory_status ory_graph_from_edges(ory_graph *g, size_t n, const ory_mat *edges,
                                ory_error *err) ORY_WUR;
/* The graph of a Laplacian: symmetric (1e-9 relative), zero row sums (1e-8), else
 * ORY_EINVAL naming the worst entry. */
ory_status ory_graph_from_laplacian(ory_graph *g, const ory_mat *L, ory_error *err) ORY_WUR;

/* Either of the two: a square matrix whose rows sum to zero is a Laplacian, otherwise two or
 * three columns are a list of edges. What systems take as their graph. */
ory_status ory_graph_from_matrix(ory_graph *g, const ory_mat *a, ory_error *err) ORY_WUR;
/* The list of edges (i, j, w) that ory_graph_from_edges reads back to the same graph: a
 * loop of weight 0 at the last node tells n when that node has no edge. *out is made new. */
ory_status ory_graph_edge_matrix(const ory_graph *g, ory_mat *out, ory_error *err) ORY_WUR;

/* ------------------------------------------------------------------- reading */
size_t ory_graph_components(const ory_graph *g, uint32_t *label); /* label[n], in order of first
    appearance; returns how many; SIZE_MAX without memory */
void ory_graph_degrees(const ory_graph *g, double *d);            /* sums of weights */
void ory_graph_laplacian(const ory_graph *g, ory_mat *L);         /* n x n, all written */
ory_status ory_graph_sparse_laplacian(const ory_graph *g, ory_sparse *L, ory_error *err) ORY_WUR;
double ory_graph_weight_total(const ory_graph *g);
bool ory_graph_negative(const ory_graph *g, size_t *edge); /* first edge of negative weight */

/* ------------------------------------------------------------------- reduction */
/* Kron reduction: L (n x n) onto the nodes keep[k] in that order,
 *   R = L_KK - L_KE inv(L_EE) L_EK, symmetrised,
 * by LU with pivoting (L_EE need not be definite). R is k x k. ORY_ESINGULAR. */
ory_status ory_kron_reduce(const ory_mat *L, const size_t *keep, size_t k, ory_mat *R,
                           ory_error *err) ORY_WUR;

#endif
