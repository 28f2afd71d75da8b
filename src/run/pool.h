/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool.h - cells in processes of their own.
 *
 * Every cell is done by a child forked for it: it has all that the parent had when the slot
 * was first used, nothing of what other cells did, and limits of its own. It sends one
 * answer through a pipe and ends. What goes wrong inside (a signal, a limit, no answer) is an
 * outcome like any other. Children end with their parent (where the system can tell them)
 * and do not hear Ctrl-C, which is the parent's to serve. */
#ifndef ORY_RUN_POOL_H
#define ORY_RUN_POOL_H

#include <stddef.h>

#include "core/status.h"

typedef struct ory_limits {
    double seconds; /* of real time; 0: none */
    size_t bytes;   /* of memory beyond what there was at the fork; 0: none */
    int output;     /* descriptor for standard output and error; < 0: nowhere */
} ory_limits;

/* In the child: the answer to a cell, n bytes. What it holds goes when the child ends. */
typedef const char *(*ory_cell_fn)(void *ctx, size_t cell, size_t *n);

typedef enum ory_cell_end {
    ORY_CELL_ANSWERED,
    ORY_CELL_LATE,   /* killed behind its time limit */
    ORY_CELL_KILLED, /* by the signal in code */
    ORY_CELL_LEFT    /* ended without an answer, with the status in code */
} ory_cell_end;

typedef struct ory_outcome {
    size_t cell;
    ory_cell_end end;
    int code;
    const char *bytes; /* the answer; valid during the call */
    size_t n;
} ory_outcome;

/* A status that is not ORY_OK ends ory_pool_wait with it. */
typedef ory_status (*ory_outcome_fn)(void *ctx, const ory_outcome *o, ory_error *err);

typedef struct ory_pool ory_pool;

enum { ORY_POOL_MOST = 1024, ORY_ANSWER_MOST = 1 << 24 };

/* ORY_ERANGE for slots outside 1..ORY_POOL_MOST; ORY_ENOMEM. */
ory_status ory_pool_new(int slots, ory_limits limits, ory_cell_fn fn, void *ctx, ory_pool **out,
                        ory_error *err) ORY_WUR;
void ory_pool_free(ory_pool *p); /* kills what still goes on; NULL is fine */

int ory_pool_slots(const ory_pool *p);
int ory_pool_busy(const ory_pool *p); /* slots at work */

/* Begin a cell in a child of its own; there must be a free slot. ORY_EIO when the system has no
 * process or pipe left. */
ory_status ory_pool_start(ory_pool *p, size_t cell, ory_error *err);

/* Wait until something has come (an outcome, something to read at extra, if >= 0), but at
 * most ms milliseconds; each outcome is given to done and frees its slot. ORY_EINTERRUPT
 * on Ctrl-C. */
ory_status ory_pool_wait(ory_pool *p, int ms, int extra, ory_outcome_fn done, void *ctx,
                         ory_error *err);

#endif
