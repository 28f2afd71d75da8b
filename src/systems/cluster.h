/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.h (systems) - what the files of dyn.cluster share; not for others.
 *
 * State: label (n) the group of each node in the running restart, from 1; centre (k x dim);
 * best (n) and best_centre (k x dim) of the best restart so far; count (COUNT_ numbers). A step is
 * one round of k-means; a restart that has come to rest is followed by the next, the last by the
 * best of all. The seeds are those of graph.cluster: the end is the same. */
#ifndef ORY_SYSTEMS_CLUSTER_H
#define ORY_SYSTEMS_CLUSTER_H

#include "algo/cluster.h"
#include "algo/kmeans.h"
#include "systems/picture.h"
#include "systems/system.h"

enum cluster_param {
    CP_L, CP_METHOD, CP_K, CP_SEED, CP_RESTARTS, CP_M, CP_TRUTH, CP_BUS, CP_XY
};

enum cluster_count {
    COUNT_RESTART,  /* running or just finished, from 1; 0: not begun */
    COUNT_ROUND,    /* rounds of it */
    COUNT_SQUARES, COUNT_BEFORE, /* after the last round, and after the one before it */
    COUNT_BEST, COUNT_BEST_RESTART, /* least sum of squares of a finished restart, and which; 0: none */
    COUNT_MOVED,    /* nodes that changed their group in the last round */
    COUNT_REST,     /* 1: the restart has come to rest */
    COUNT_DONE,     /* 1: so has the last one */
    COUNT_
};

enum { CLUSTER_NAME = 16, CLUSTER_EDGES = 3 };

typedef struct cluster {
    size_t n, k, dim;
    ory_cluster_method method;
    ory_embedding points;
    ory_kmeans means;
    ory_cluster_gap gap;
    uint32_t *truth;      /* n from 0, or NULL */
    size_t truth_groups;
    size_t restarts;
    /* places in the state */
    size_t centre, best, best_centre, count;
    uint32_t *shown;      /* scratch n: groups in order of first appearance */
    uint32_t *name;       /* scratch k */
    ory_matching match;   /* when there is a truth */
    ory_picture picture;
    char (*names)[CLUSTER_NAME];
} cluster;

extern const ory_probe cluster_probes[];
extern const ory_claim cluster_claims[];
ory_status cluster_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err);
void cluster_probe_shape(const ory_system *s, int which, size_t *rows, size_t *cols);
bool cluster_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size);
const char *cluster_entry(const ory_system *s, int which, size_t i);

#endif
