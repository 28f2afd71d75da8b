/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_offload.c - computing beside the thread that answers keys: what Ctrl-C leaves behind
 * is as if it had never been tried, and nothing is touched while it still computes. */
#include "config.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/interrupt.h"
#include "core/offload.h"
#include "run/run.h"

static atomic_bool gate;         /* the slow work ends when it is open */
static atomic_int threads;       /* calls that were not on the thread of the test */
static pthread_t home;
static int beats, afters, overs; /* calls of the hook and of `after` */

static void pass_gate(void)
{
    threads += !pthread_equal(pthread_self(), home);
    while (!atomic_load(&gate))
        usleep(1000);
}

/* ------------------------------------------------------------------ a slow system */

static const ory_param slow_params[] = {
    {"seed", ORY_PARAM_INT, 1, 0, INFINITY, NULL, 0, "", "seed", NULL}, {0}};

static const ory_probe slow_probes[] = {
    {.name = "sum", .label = "sum", .unit = "", .cost = ORY_COST_DEAR, .doc = "sum of the state"},
    {0}};

static ory_status slow_init(ory_system *s, ory_error *err)
{
    (void)err;
    s->dim = 3;
    s->blocks[0] = (ory_block){"x", 0, 3, 1};
    s->n_blocks = 1;
    s->loss_min = NAN;
    return ORY_OK;
}

static ory_status slow_start(ory_system *s, double *x, ory_error *err)
{
    (void)s, (void)err;
    x[0] = x[1] = x[2] = 1;
    return ORY_OK;
}

static ory_status slow_advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next,
                               double *t_next, ory_error *err)
{
    (void)s, (void)err;
    for (int i = 0; i < 3; i++)
        next[i] = m->x[i] + ory_rng_normal(rng);
    pass_gate();
    *t_next = m->t + 1;
    return ORY_OK;
}

static ory_status slow_probe(ory_system *s, const ory_moment *m, int which, double *out,
                             ory_error *err)
{
    (void)s, (void)which, (void)err;
    pass_gate();
    *out = m->x[0] + m->x[1] + m->x[2];
    return ORY_OK;
}

static double slow_work(const ory_system *s, int which)
{
    (void)s, (void)which;
    return 1e9;
}

static const char *const nothing[] = {NULL};

static ory_system_class slow_class = {
    .name = "toy.slow", .summary = "slow", .source = "tests", .example = "", .params = slow_params,
    .probes = slow_probes, .default_stepper = "advance", .record = nothing, .init = slow_init,
    .start = slow_start, .advance = slow_advance, .probe = slow_probe, .work = slow_work};

static ory_run *slow_run(void)
{
    ory_values v;
    ory_system *s;
    ory_run *r;
    ory_error err;

    assert_int_equal(ory_values_init(&v, "toy.slow", slow_params, &err), ORY_OK);
    assert_int_equal(ory_system_new(&slow_class, &v, &s, &err), ORY_OK);
    assert_int_equal(ory_run_new(s, &(ory_run_options){.record = nothing}, &r, &err), ORY_OK);
    ory_system_unref(s);
    ory_values_fini(&v);
    return r;
}

/* -------------------------------------------------------------------------- tests */

static void interrupt_soon(double seconds)
{
    overs += seconds < 0;
    beats += seconds >= 0;
    if (seconds >= 0 && beats == 2)
        ory_interrupt_raise();
}

static void open_soon(double seconds)
{
    interrupt_soon(seconds);
    if (beats == 8)
        gate = true;
}

static int reset(void **state)
{
    (void)state;
    home = pthread_self();
    gate = true;
    threads = 0;
    beats = afters = overs = 0;
    slow_class.calls_back = false;
    ory_interrupt_clear();
    ory_offload_on_wait(NULL);
    return 0;
}

static void work(void *ctx)
{
    pass_gate();
    *(int *)ctx += 1;
}

static void after(void *ctx)
{
    afters += *(int *)ctx;
}

static void it_is_done_beside(void **state)
{
    int done = 0;

    (void)state;
    assert_true(ory_offload(work, after, &done));
    assert_int_equal(done, 1);
    assert_int_equal(threads, 1);
    assert_int_equal(afters, 0);
    assert_false(ory_offload_busy());
    ory_offload_settle();
    assert_int_equal(afters, 0);
}

/* Work that is over before its caller looks. */
static void short_work_ends(void **state)
{
    int done = 0;

    (void)state;
    for (int i = 0; i < 2000; i++)
        assert_true(ory_offload(work, after, &done));
    assert_int_equal(done, 2000);
}

static void left_behind_and_settled(void **state)
{
    int done = 0;

    (void)state;
    gate = false;
    ory_offload_on_wait(interrupt_soon);
    assert_false(ory_offload(work, after, &done));
    assert_true(ory_offload_busy());
    assert_int_equal(overs, 1);
    gate = true;
    ory_offload_settle();
    assert_false(ory_offload_busy());
    assert_int_equal(done, 1);
    assert_int_equal(afters, 1);
    ory_offload_settle();
    assert_int_equal(afters, 1);
}

static void what_must_end_is_waited_for(void **state)
{
    int done = 0;

    (void)state;
    gate = false;
    ory_offload_on_wait(open_soon);
    assert_true(ory_offload(work, NULL, &done));
    assert_int_equal(done, 1);
    assert_true(ory_interrupt_pending());
}

static void a_step_left_behind_never_was(void **state)
{
    ory_run *r = slow_run(), *whole = slow_run();
    ory_stop stop;

    (void)state;
    assert_int_equal(ory_run_step(whole, 5, &stop, NULL), ORY_OK);
    assert_int_equal(ory_run_step(r, 2, &stop, NULL), ORY_OK);
    gate = false;
    ory_offload_on_wait(interrupt_soon);
    assert_int_equal(ory_run_step(r, 3, &stop, NULL), ORY_OK);
    assert_int_equal(stop.reason, ORY_STOP_INTERRUPTED);
    assert_int_equal(stop.steps, 0);
    assert_int_equal(ory_run_k(r), 2);
    assert_true(ory_offload_busy());
    ory_interrupt_clear();
    gate = true;
    assert_int_equal(ory_run_step(r, 3, &stop, NULL), ORY_OK);
    assert_int_equal(ory_run_k(r), 5);
    assert_memory_equal(ory_run_state(r), ory_run_state(whole), 3 * sizeof(double));
    assert_true(threads > 0);
    ory_run_free(r);
    ory_run_free(whole);
}

static void a_run_is_freed_after_its_step(void **state)
{
    ory_run *r = slow_run();
    ory_stop stop;

    (void)state;
    gate = false;
    ory_offload_on_wait(interrupt_soon);
    assert_int_equal(ory_run_step(r, 1, &stop, NULL), ORY_OK);
    assert_true(ory_offload_busy());
    ory_offload_on_wait(open_soon);
    ory_run_free(r);
    assert_false(ory_offload_busy());
}

static void a_reading_left_behind_keeps_off(void **state)
{
    ory_run *r = slow_run();
    double value = -7;
    ory_error err;

    (void)state;
    gate = false;
    ory_offload_on_wait(interrupt_soon);
    assert_int_equal(ory_run_read(r, 0, &value, &err), ORY_EINTERRUPT);
    assert_true(ory_offload_busy());
    gate = true;
    ory_offload_settle();
    assert_true(value == -7);
    ory_interrupt_clear();
    assert_int_equal(ory_run_read(r, 0, &value, &err), ORY_OK);
    assert_true(value == 3);
    ory_run_free(r);
}

static void callers_of_lua_stay_at_home(void **state)
{
    ory_run *r;
    double value;

    (void)state;
    slow_class.calls_back = true;
    r = slow_run();
    assert_int_equal(ory_run_step(r, 2, NULL, NULL), ORY_OK);
    assert_int_equal(ory_run_read(r, 0, &value, NULL), ORY_OK);
    assert_int_equal(threads, 0);
    ory_run_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_is_done_beside, reset),
        cmocka_unit_test_setup(short_work_ends, reset),
        cmocka_unit_test_setup(left_behind_and_settled, reset),
        cmocka_unit_test_setup(what_must_end_is_waited_for, reset),
        cmocka_unit_test_setup(a_step_left_behind_never_was, reset),
        cmocka_unit_test_setup(a_run_is_freed_after_its_step, reset),
        cmocka_unit_test_setup(a_reading_left_behind_keeps_off, reset),
        cmocka_unit_test_setup(callers_of_lua_stay_at_home, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
