/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ranks.h - messages between the processes of a program that mpirun has started.
 *
 * MPI itself is in a program of its own, orrery-mpi, one beside each process: a plain start
 * loads no MPI, and no process that uses MPI is ever forked. The two talk through pipes in
 * frames: rank (4 bytes, the other end), length of what follows (4 bytes), type (1 byte),
 * bytes; numbers as the machine has them. The helper's first frame, of type ORY_RANK_HELLO,
 * has its own rank and as bytes the number of ranks. When a process ends or its helper
 * cannot reach it, every other gets a frame ORY_RANK_LOST from it. */
#ifndef ORY_RUN_RANKS_H
#define ORY_RUN_RANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

#define ORY_RANK_HELLO 'H'
#define ORY_RANK_LOST 'L'

enum { ORY_FRAME_HEAD = 8, ORY_FRAME_MOST = (1 << 24) + 64 };

typedef struct ory_ranks ory_ranks;

typedef struct ory_message {
    int from;
    char type;
    const char *bytes; /* valid until the next call */
    size_t n;
} ory_message;

/* What mpirun or srun says in the environment: false without one, or when there is one
 * process only. */
bool ory_ranks_started(int *rank, int *size);

/* Start the helper, a program file, and wait for its hello. ORY_EIO. */
ory_status ory_ranks_open(const char *helper, ory_ranks **out, ory_error *err) ORY_WUR;
void ory_ranks_close(ory_ranks *r); /* waits for the helper, which waits for the others */

int ory_ranks_rank(const ory_ranks *r);
int ory_ranks_size(const ory_ranks *r);
int ory_ranks_fd(const ory_ranks *r); /* readable when something may have come; < 0: never */

ory_status ory_ranks_send(ory_ranks *r, int to, char type, const void *bytes, size_t n,
                          ory_error *err);

/* All n bytes into a pipe; false, and no signal, when nobody is at the other end. */
bool ory_write_quietly(int fd, const void *from, size_t n);

/* 1: a message; 0: none now; -1: the helper has gone, nothing will come. */
int ory_ranks_next(ory_ranks *r, ory_message *m);

#endif
