/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.c - the monotonic clock of the machine, or the fake one of the tests. */
#include "config.h"

#include "core/clock.h"

#include <stdatomic.h>
#include <time.h>

static atomic_bool faked;
static _Atomic double fake_time;

static double read_clock(clockid_t id)
{
    struct timespec now;

    if (clock_gettime(id, &now) != 0)
        return 0;
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double ory_clock_now(void)
{
    return atomic_load(&faked) ? atomic_load(&fake_time) : read_clock(CLOCK_MONOTONIC);
}

double ory_clock_real(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

double ory_clock_work(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

double ory_clock_date(void)
{
    return atomic_load(&faked) ? 0 : read_clock(CLOCK_REALTIME);
}

void ory_clock_fake(bool on)
{
    atomic_store(&fake_time, 0);
    atomic_store(&faked, on);
}

bool ory_clock_is_fake(void)
{
    return atomic_load(&faked);
}

/* Time never goes back: negative and undefined steps are ignored. */
void ory_clock_advance(double seconds)
{
    if (atomic_load(&faked) && seconds > 0)
        atomic_store(&fake_time, atomic_load(&fake_time) + seconds);
}
