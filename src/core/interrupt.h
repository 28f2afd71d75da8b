/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interrupt.h - the flag that Ctrl-C raises and every long kernel polls.
 *
 * A signal handler may call ory_interrupt_raise. Kernels call
 * ory_interrupt_pending at least every few milliseconds and, when it is set,
 * return ORY_EINTERRUPT with their state as after the last whole step. Only the
 * outermost caller clears the flag. */
#ifndef ORY_CORE_INTERRUPT_H
#define ORY_CORE_INTERRUPT_H

#include <stdbool.h>

void ory_interrupt_raise(void); /* async-signal-safe */
void ory_interrupt_clear(void);
bool ory_interrupt_pending(void);

#endif
