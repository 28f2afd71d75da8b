/* SPDX-License-Identifier: GPL-3.0-or-later */
/* picture.h - the edges to see a network by and the places of its nodes: what the probes
 * "edges" and "xy" of systems on networks show. */
#ifndef ORY_SYSTEMS_PICTURE_H
#define ORY_SYSTEMS_PICTURE_H

#include "algo/graph.h"

typedef struct ory_picture {
    size_t n, n_edges; /* n_edges >= 1 */
    double *edges;     /* n_edges x 3: from, to (nodes from 1), weight */
    double *xy;        /* n x 2 */
} ory_picture; /* a zeroed one is empty */

/* A spanning forest and the heaviest edges, at most `most`; a graph without edges gets a loop of
 * weight 0 at its last node. (allocates) */
ory_status ory_picture_make(ory_picture *p, const ory_graph *g, size_t most, ory_error *err) ORY_WUR;
/* Too many nodes to be placed by their edges: at two columns of eigenvectors V (n x k, row-major)
 * instead, from `first` on; a smaller network stays as it is. */
void ory_picture_spectral(ory_picture *p, const double *V, size_t k, size_t first);
void ory_picture_fini(ory_picture *p);

#endif
