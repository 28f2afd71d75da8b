/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interrupt.c - the flag between Ctrl-C and the kernels. A lock-free atomic may
 * be written by a signal handler and read by a worker thread. */
#include "config.h"

#include "core/interrupt.h"

#include <stdatomic.h>

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a signal handler needs a lock-free flag");

static atomic_int raised;

void ory_interrupt_raise(void)
{
    atomic_store_explicit(&raised, 1, memory_order_relaxed);
}

void ory_interrupt_clear(void)
{
    atomic_store_explicit(&raised, 0, memory_order_relaxed);
}

bool ory_interrupt_pending(void)
{
    return atomic_load_explicit(&raised, memory_order_relaxed) != 0;
}
