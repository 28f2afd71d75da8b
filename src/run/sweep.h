/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep.h - many cells on all processes there are: those of this machine (pool.h) and,
 * under mpirun, those of the other ranks (ranks.h).
 *
 * Whoever is free gets the next cell; outcomes come in the order in which cells end. Rank 0
 * deals and takes the outcomes, the others serve. A rank that is lost gives its cells back.
 * When one of the parties cannot go on (a full disk, Ctrl-C), everything under way is
 * killed, here and on the other ranks. */
#ifndef ORY_RUN_SWEEP_H
#define ORY_RUN_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "run/pool.h"
#include "run/ranks.h"

typedef struct ory_sweep {
    size_t cells;
    const bool *skip; /* per cell: not to be done */
    int jobs;         /* cells at once in this process */
    ory_limits limits;
    ory_cell_fn cell; /* in a child */
    void *cell_ctx;
    void (*begun)(void *ctx, size_t cell); /* these three here, in rank 0 */
    ory_outcome_fn done;
    void (*tick)(void *ctx); /* at least ten times a second */
    void *ctx;
    ory_ranks *ranks; /* NULL: this machine alone */
    uint64_t digest;  /* of script and parameters: the same on every rank */
    uint32_t serial;  /* the first sweep of the program is 1 */
} ory_sweep;

/* Do all cells that are not skipped, as rank 0 or alone. What done answers, ORY_EINTERRUPT,
 * ORY_EIO (no process left), ORY_EINVAL (another rank has another script). */
ory_status ory_sweep_run(const ory_sweep *s, ory_error *err);

/* Serve as another rank, until rank 0 begins its next sweep (ORY_OK) or ends
 * (ORY_EUNDEF). */
ory_status ory_sweep_serve(const ory_sweep *s, ory_error *err);

#endif
