/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.h - the one source of time: the machine's monotonic clock, or a fake
 * one that only moves when it is told to.
 *
 * Under the fake clock the same input gives the same screen, byte for byte.
 * ORRERY_FAKE_CLOCK=1 in the environment switches it on at program start (the
 * application reads it); tests call ory_clock_fake. */
#ifndef ORY_CORE_CLOCK_H
#define ORY_CORE_CLOCK_H

#include <stdbool.h>

double ory_clock_now(void);            /* seconds since an arbitrary origin */
double ory_clock_work(void);           /* seconds of the processor that this thread has taken */
double ory_clock_real(void);           /* the same, never faked: for limits on processes */
double ory_clock_date(void);           /* seconds since 1970; 0 when faked */
void ory_clock_fake(bool on);          /* on: time stands at 0 */
bool ory_clock_is_fake(void);
void ory_clock_advance(double seconds); /* moves the fake clock; else no effect */

#endif
