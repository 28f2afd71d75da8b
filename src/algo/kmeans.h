/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans.h - weighted k-means: initialise, iterate, test; the caller owns the loop.
 *
 * Points lie column after column (x[c*n + i] is coordinate c of point i) with weights > 0.
 * Centres are seeded by k-means++ with probability weight times squared distance; a round
 * assigns every point to its nearest centre (ties to the lowest index), gives an empty group
 * the point of largest weighted distance, and moves centres to weighted means.
 * Source: D. Arthur, S. Vassilvitskii, "k-means++", SODA 2007; S. Lloyd, 1982. */
#ifndef ORY_ALGO_KMEANS_H
#define ORY_ALGO_KMEANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/rng.h"
#include "core/status.h"

typedef struct ory_kmeans {
    size_t n, dim, k;
    const double *x, *weight; /* borrowed */
    double *centre;           /* k x dim row-major */
    uint32_t *label, *before; /* n: now, and before the last round */
    size_t *size;             /* k: members */
    double *far;              /* n: squared distance to the nearest centre, of the last assignment */
    double *mass;             /* k */
} ory_kmeans;

/* 1 <= k <= n. ORY_ERANGE, ORY_ENOMEM. */
ory_status ory_kmeans_init(ory_kmeans *m, size_t n, size_t dim, const double *x,
                           const double *weight, size_t k, ory_error *err) ORY_WUR;
void ory_kmeans_fini(ory_kmeans *m); /* tolerates a zeroed one */

/* k centres among the points, for restart number `restart` of this seed; all labels 0. */
void ory_kmeans_seed(ory_kmeans *m, uint64_t seed, uint64_t restart);
/* One round from the centres; true when a label changed. */
bool ory_kmeans_round(ory_kmeans *m);
/* Centres as weighted means of the labels as they stand; no group is empty. */
void ory_kmeans_centre(ory_kmeans *m);
/* Weighted sum of squares of labels and centres as they stand. */
double ory_kmeans_squares(const ory_kmeans *m);

/* All restarts, at most `rounds` rounds each; the labels with the least sum of squares go into
 * label[n]. *restart: the one that found them, from 1. ORY_EINTERRUPT. */
ory_status ory_kmeans_best(ory_kmeans *m, uint64_t seed, size_t restarts, size_t rounds,
                           uint32_t *label, double *squares, size_t *restart, ory_error *err);

#endif
