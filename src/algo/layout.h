/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layout.h - where to draw the nodes of a graph, and which of its edges. */
#ifndef ORY_ALGO_LAYOUT_H
#define ORY_ALGO_LAYOUT_H

#include "algo/graph.h"

enum { ORY_PLACE_NODES = 4000 }; /* above: on a circle */

/* The edges to see a graph by: a maximum spanning forest by |weight|, and of the other edges
 * the heaviest, `most` in all when the forest leaves room. *out is made new, finished. */
ory_status ory_graph_backbone(const ory_graph *g, size_t most, ory_graph *out, ory_error *err) ORY_WUR;

/* Positions xy[n x 2], centred, the largest coordinate 1: distances on paper near the hops
 * along the backbone of at most 2n edges (components apart from each other). Depends on the
 * graph alone. Time and memory O(n^2). (allocates)
 * Source: E. Gansner, Y. Koren, S. North, "Graph Drawing by Stress Majorization", GD 2004;
 * the start is classical scaling (Torgerson 1952). */
ory_status ory_graph_place(const ory_graph *g, double *xy, ory_error *err) ORY_WUR;

#endif
