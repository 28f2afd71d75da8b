/* SPDX-License-Identifier: GPL-3.0-or-later */
/* offload.c - a thread per computation; it costs some tens of microseconds, which is
 * nothing beside the work that is worth one. Signals stay with the thread that waits. */
#include "config.h"

#include "core/offload.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "core/interrupt.h"

enum { BEAT = 20 * 1000 * 1000 }; /* nanoseconds between looks */

static const double patience = 0.05; /* for kernels that hear Ctrl-C themselves, seconds */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    pthread_t thread;
    bool left_behind; /* of the caller's thread alone */
    bool running;     /* under the lock */
    ory_offload_fn work, after;
    void *ctx;
} job = {.lock = PTHREAD_MUTEX_INITIALIZER};

static ory_offload_wait on_wait;

void ory_offload_on_wait(ory_offload_wait fn)
{
    on_wait = fn;
}

static void *body(void *unused)
{
    (void)unused;
    job.work(job.ctx);
    pthread_mutex_lock(&job.lock);
    job.running = false;
    pthread_cond_signal(&job.ended);
    pthread_mutex_unlock(&job.lock);
    return NULL;
}

/* A forked child has no such thread: nothing is left behind when one is made. Waiting goes
 * by a clock that nobody sets: one set back by an hour would hold a beat for that long. */
static void prepare(void)
{
    pthread_condattr_t how;

    pthread_condattr_init(&how);
    pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
    pthread_cond_init(&job.ended, &how);
    pthread_condattr_destroy(&how);
    pthread_atfork(ory_offload_settle, NULL, NULL);
}

static bool begin(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    sigset_t all, old;
    int failed;

    pthread_once(&once, prepare);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    job.running = true;
    failed = pthread_create(&job.thread, NULL, body, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (failed)
        job.running = false;
    return !failed;
}

/* One beat of waiting; whether the work is still going on. */
static bool beat(void)
{
    struct timespec until;
    bool running;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += BEAT;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_mutex_lock(&job.lock);
    if (job.running)
        pthread_cond_timedwait(&job.ended, &job.lock, &until);
    running = job.running;
    pthread_mutex_unlock(&job.lock);
    return running;
}

static double seconds_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void over(void)
{
    if (on_wait)
        on_wait(-1);
}

bool ory_offload(ory_offload_fn work, ory_offload_fn after, void *ctx)
{
    double start, asked = -1;

    ory_offload_settle();
    job.work = work;
    job.after = after;
    job.ctx = ctx;
    start = seconds_now();
    if (!begin()) {
        work(ctx);
        return true;
    }
    while (beat()) {
        const double now = seconds_now();

        if (on_wait)
            on_wait(now - start);
        if (!after || !ory_interrupt_pending())
            continue;
        if (asked < 0)
            asked = now;
        if (now - asked > patience) {
            job.left_behind = true;
            over();
            return false;
        }
    }
    pthread_join(job.thread, NULL);
    over();
    return true;
}

void ory_offload_settle(void)
{
    double start;

    if (!job.left_behind)
        return;
    for (start = seconds_now(); beat();)
        if (on_wait)
            on_wait(seconds_now() - start);
    pthread_join(job.thread, NULL);
    over();
    job.left_behind = false;
    if (job.after)
        job.after(job.ctx);
}

bool ory_offload_busy(void)
{
    bool running;

    if (!job.left_behind)
        return false;
    pthread_mutex_lock(&job.lock);
    running = job.running;
    pthread_mutex_unlock(&job.lock);
    return running;
}
