/* SPDX-License-Identifier: GPL-3.0-or-later */
/* offload.h - one long computation on a thread of its own, so that the thread that owns
 * the terminal stays awake: it answers keys and Ctrl-C while a step or a factorisation of
 * many seconds goes on.
 *
 * The computation is pure C on data that nobody else touches meanwhile: no Lua, no
 * terminal, no other run. When Ctrl-C comes and it does not end by itself, it is left
 * behind: the caller goes on, the computation ends when it ends, and its result is thrown
 * away. At most one is left behind at a time. Whoever wants to touch what it works on
 * settles first. Call from one thread only. */
#ifndef ORY_CORE_OFFLOAD_H
#define ORY_CORE_OFFLOAD_H

#include <stdbool.h>

/* Work that is worth a thread, in floating-point operations: some tens of milliseconds. */
#define ORY_OFFLOAD_WORK 2e8

typedef void (*ory_offload_fn)(void *ctx);

/* Called every 20 ms while something is waited for, with the seconds waited so far; at the
 * end once with -1. */
typedef void (*ory_offload_wait)(double seconds);
void ory_offload_on_wait(ory_offload_wait fn); /* NULL: none */

/* Runs work(ctx) and waits for it: true when it is done. False when it was left behind at
 * Ctrl-C: ctx must live until `after` is called, which ory_offload_settle does once the
 * work has ended; with after NULL it is waited for whatever comes. Without a thread to be
 * had the work is done at once, here. */
bool ory_offload(ory_offload_fn work, ory_offload_fn after, void *ctx);

/* Waits for what was left behind, if anything was. Cheap when nothing was. */
void ory_offload_settle(void);

/* Whether something that was left behind still computes. */
bool ory_offload_busy(void);

#endif
