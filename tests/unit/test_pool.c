/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pool.c - cells in processes: answers, limits, ends of every kind; cells dealt once. */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/interrupt.h"
#include "core/mem.h"
#include "run/sweep.h"

enum { CELLS = 30, LONG = 300000 };

static ory_error err;

/* ------------------------------------------------------------- what cells do */

/* Cell c answers c bytes, cell 7 many, cell 11 none. */
static const char *answer(void *ctx, size_t cell, size_t *n)
{
    static char bytes[LONG];

    (void)ctx;
    memset(bytes, (int)('a' + cell % 26), sizeof bytes);
    *n = cell == 7 ? LONG : cell == 11 ? 0 : cell;
    return bytes;
}

/* By the number of the cell: 0 is killed, 1 aborts, 2 leaves, 3 never ends, 4 closes every
 * pipe and never ends, 5 has no answer, others answer. */
static const char *misbehave(void *ctx, size_t cell, size_t *n)
{
    int fd;

    switch (cell) {
    case 0: raise(SIGKILL); break;
    case 1: raise(SIGABRT); break;
    case 2: _exit(42);
    case 3: for (;;) pause();
    case 4:
        for (fd = 0; fd < 64; fd++)
            close(fd);
        for (;;)
            pause();
    case 5: return NULL;
    }
    return answer(ctx, cell, n);
}

static const char *count_up(void *ctx, size_t cell, size_t *n)
{
    int *count = ctx;

    (void)cell;
    ++*count;
    *n = sizeof *count;
    return (const char *)count;
}

/* --------------------------------------------------------------- what is heard */

typedef struct heard {
    int times[CELLS];
    ory_cell_end end[CELLS];
    int code[CELLS];
    size_t n[CELLS];
    bool right[CELLS];
    size_t begun, stop_at, total;
} heard;

static ory_status hear(void *ctx, const ory_outcome *o, ory_error *e)
{
    heard *h = ctx;
    size_t i;

    assert_true(o->cell < CELLS);
    h->times[o->cell]++;
    h->end[o->cell] = o->end;
    h->code[o->cell] = o->code;
    h->n[o->cell] = o->n;
    h->right[o->cell] = true;
    for (i = 0; i < o->n; i++)
        h->right[o->cell] &= o->bytes[i] == (char)('a' + o->cell % 26);
    return ++h->total == h->stop_at ? ory_fail(e, ORY_EIO, "no more room") : ORY_OK;
}

static void begun(void *ctx, size_t cell)
{
    (void)cell;
    ((heard *)ctx)->begun++;
}

static void tick(void *ctx)
{
    (void)ctx;
}

static ory_sweep sweep_of(heard *h, const bool *skip, ory_cell_fn fn, int jobs)
{
    return (ory_sweep){.cells = CELLS, .skip = skip, .jobs = jobs, .limits = {.output = -1},
                       .cell = fn, .begun = begun, .done = hear, .tick = tick, .ctx = h, .serial = 1};
}

/* ------------------------------------------------------------------------ tests */

static void every_cell_answers_once_with_its_bytes(void **state)
{
    static const bool skip[CELLS] = {[3] = true, [29] = true};
    size_t i, before = ory_mem_in_use();
    int jobs;

    (void)state;
    for (jobs = 1; jobs <= 5; jobs += 2) {
        heard h = {0};
        ory_sweep s = sweep_of(&h, skip, answer, jobs);

        assert_int_equal(ory_sweep_run(&s, &err), ORY_OK);
        assert_int_equal(h.total, CELLS - 2);
        assert_int_equal(h.begun, CELLS - 2);
        for (i = 0; i < CELLS; i++) {
            assert_int_equal(h.times[i], !skip[i]);
            assert_true(skip[i] || (h.end[i] == ORY_CELL_ANSWERED && h.right[i]));
            assert_true(skip[i] || h.n[i] == (i == 7 ? LONG : i == 11 ? 0 : i));
        }
    }
    assert_int_equal(ory_mem_in_use(), before);
}

static void ends_of_every_kind_are_told(void **state)
{
    bool skip[CELLS] = {false};
    heard h = {0};
    ory_sweep s = sweep_of(&h, skip, misbehave, 4);
    size_t i;

    (void)state;
    s.limits.seconds = 2.5;
    for (i = 8; i < CELLS; i++)
        skip[i] = true;
    assert_int_equal(ory_sweep_run(&s, &err), ORY_OK);
    assert_int_equal(h.end[0], ORY_CELL_KILLED);
    assert_int_equal(h.code[0], SIGKILL);
    assert_int_equal(h.end[1], ORY_CELL_KILLED);
    assert_int_equal(h.code[1], SIGABRT);
    assert_int_equal(h.end[2], ORY_CELL_LEFT);
    assert_int_equal(h.code[2], 42);
    assert_int_equal(h.end[3], ORY_CELL_LATE);
    assert_int_equal(h.end[4], ORY_CELL_LATE);
    assert_int_equal(h.end[5], ORY_CELL_LEFT);
    assert_int_equal(h.end[6], ORY_CELL_ANSWERED);
    assert_int_equal(h.total, 8);
}

static void a_cell_sees_nothing_of_the_others(void **state)
{
    bool skip[CELLS] = {false};
    heard h = {0};
    int count = 'a' - 1;
    ory_sweep s = sweep_of(&h, skip, count_up, 1);

    (void)state;
    s.cell_ctx = &count;
    assert_int_equal(ory_sweep_run(&s, &err), ORY_OK);
    assert_int_equal(count, 'a' - 1);
    assert_int_equal(h.n[29], sizeof count);
}

static void a_listener_that_cannot_go_on_ends_the_sweep(void **state)
{
    bool skip[CELLS] = {false};
    heard h = {.stop_at = 5};
    ory_sweep s = sweep_of(&h, skip, answer, 3);

    (void)state;
    assert_int_equal(ory_sweep_run(&s, &err), ORY_EIO);
    assert_string_equal(err.text, "no more room");
    assert_int_equal(h.total, 5);
}

static void an_interrupt_ends_the_sweep(void **state)
{
    bool skip[CELLS] = {false};
    heard h = {0};
    ory_sweep s = sweep_of(&h, skip, misbehave, 3);

    (void)state;
    skip[0] = skip[1] = skip[2] = true; /* the next one never ends */
    ory_interrupt_raise();
    assert_int_equal(ory_sweep_run(&s, &err), ORY_EINTERRUPT);
    ory_interrupt_clear();
}

static void a_pool_wants_a_sound_number_of_processes(void **state)
{
    ory_pool *p = NULL;
    ory_limits none = {.output = -1};

    (void)state;
    assert_int_equal(ory_pool_new(0, none, answer, NULL, &p, &err), ORY_ERANGE);
    assert_string_equal(err.text, "0 processes (must be from 1 to 1024)");
    assert_int_equal(ory_pool_new(1, none, answer, NULL, &p, &err), ORY_OK);
    assert_int_equal(ory_pool_start(p, 1, &err), ORY_OK);
    assert_int_equal(ory_pool_busy(p), 1);
    assert_int_equal(ory_pool_start(p, 2, &err), ORY_ERANGE);
    ory_pool_free(p);
    ory_pool_free(NULL);
}

static void without_memory_nothing_is_lost(void **state)
{
    size_t before = ory_mem_in_use();
    bool skip[CELLS] = {false};
    long n;

    (void)state;
    for (n = 0; n < 40; n++) {
        heard h = {0};
        ory_sweep s = sweep_of(&h, skip, answer, 2);
        ory_status ok;

        ory_mem_fault_set(n);
        ok = ory_sweep_run(&s, &err);
        ory_mem_fault_set(-1);
        assert_true(ok == ORY_OK || ok == ORY_ENOMEM);
        assert_int_equal(ory_mem_in_use(), before);
        if (!ory_mem_fault_hit())
            return;
    }
    fail_msg("more than 40 requests for memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_answers_once_with_its_bytes),
        cmocka_unit_test(ends_of_every_kind_are_told),
        cmocka_unit_test(a_cell_sees_nothing_of_the_others),
        cmocka_unit_test(a_listener_that_cannot_go_on_ends_the_sweep),
        cmocka_unit_test(an_interrupt_ends_the_sweep),
        cmocka_unit_test(a_pool_wants_a_sound_number_of_processes),
        cmocka_unit_test(without_memory_nothing_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
