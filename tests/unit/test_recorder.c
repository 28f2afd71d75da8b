/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_recorder.c - what is written down: every sample where it belongs, as often as sizes
 * say, once however the run is turned; watches; rows for sinks. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "toys.h"

static const ory_bin *bins(const ory_run *r, const char *name, size_t *n)
{
    const ory_series *s = ory_run_series(r, name);

    if (!s)
        fail_msg("'%s' is not recorded", name);
    *n = ory_series_count(s);
    return ory_series_bins(s);
}

static void record(ory_run *r, const char *name, uint64_t every)
{
    ory_error err = {0};

    if (ory_run_record(r, (const char *[]){name, NULL}, every, &err) != ORY_OK)
        fail_msg("%s", err.text);
}

static void every_step_is_recorded_with_its_time(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), &(toy_run){.every = 1});
    double loss[31], t[31];
    const ory_bin *b;
    size_t n;

    (void)state;
    for (int k = 0; k < 31; k++) {
        loss[k] = toy_read(r, "loss");
        t[k] = ory_run_t(r);
        if (k < 30)
            toy_step(r, 1);
    }
    b = bins(r, "loss", &n);
    assert_int_equal(n, 31);
    for (size_t k = 0; k < 31; k++) {
        assert_int_equal(b[k].step, k);
        assert_true(b[k].first == loss[k] && b[k].t == t[k]);
    }
    assert_int_equal(ory_run_recorded_count(r), 2);
    assert_string_equal(ory_run_probe_at(r, ory_run_recorded_at(r, 1))->name, "step");
    assert_null(ory_run_series(r, "gap"));
    assert_null(ory_run_series(r, "nothing"));
    ory_run_free(r);
}

static void a_given_pace_is_kept_exactly(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), NULL);
    const ory_bin *b;
    size_t n;

    (void)state;
    record(r, "gap", 7);
    toy_step(r, 50);
    b = bins(r, "gap", &n);
    assert_int_equal(n, 8);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(b[i].step, 7 * i);
    record(r, "gap", 5); /* another pace from here on */
    toy_step(r, 10);
    b = bins(r, "gap", &n);
    assert_int_equal(b[n - 1].step, 60);
    assert_int_equal(b[n - 2].step, 55);
    assert_int_equal(b[n - 3].step, 50);
    assert_int_equal(b[n - 4].step, 49);
    ory_run_free(r);
}

/* What is free is sampled at each step; what is dear at first, at powers of two and at
 * multiples of a power of two that keeps it below an eighth of the work. */
static void the_pace_by_cost_follows_from_sizes_alone(void **state)
{
    static const char *const names[] = {"norm", "gap", "dear", NULL};
    ory_run *r = toy_start(toy_new(&toy_bowl_class, (toy_option[]){{"n", 1000}, {0}}),
                           &(toy_run){.record = names});
    const ory_bin *b;
    size_t n, want = 0;

    (void)state;
    toy_step(r, 3000);
    bins(r, "norm", &n);
    assert_int_equal(n, 3001);
    /* gap: as dear as a step, first 400 of them: 4e6 / (10 n) */
    b = bins(r, "gap", &n);
    for (uint64_t k = 0; k <= 3000; k++)
        want += k < 400 || k % 8 == 0 || (k & (k - 1)) == 0;
    assert_int_equal(n, want);
    assert_int_equal(b[400].step, 400);
    assert_int_equal(b[401].step, 408);
    /* dear: 100 steps, times 8: 1024; 4 at first */
    b = bins(r, "dear", &n);
    want = 0;
    for (uint64_t k = 0; k <= 3000; k++)
        want += k < 4 || k % 1024 == 0 || (k & (k - 1)) == 0;
    assert_int_equal(n, want);
    assert_int_equal(b[n - 1].step, 2048);
    ory_run_free(r);
}

static void reading_probes_records_nothing_and_changes_nothing(void **state)
{
    static const char *const names[] = {"loss", "gap", "dear", "sharpness", NULL};
    ory_run *a = toy_start(toy_new(&toy_bowl_class, NULL), &(toy_run){.record = names});
    ory_run *b = toy_start(toy_new(&toy_bowl_class, NULL), &(toy_run){.record = names});
    double out[16];

    (void)state;
    for (int k = 0; k < 300; k++) {
        toy_step(a, 1);
        toy_step(b, 1);
        for (int i = 0; i < ory_run_probe_count(b); i++)
            ory_run_read(b, i, out, NULL);
    }
    assert_true(ory_run_hash(a) == ory_run_hash(b));
    for (int i = 0; names[i]; i++) {
        size_t n, m;
        const ory_bin *x = bins(a, names[i], &n), *y = bins(b, names[i], &m);

        assert_int_equal(n, m);
        assert_memory_equal(x, y, n * sizeof *x);
    }
    ory_run_free(a);
    ory_run_free(b);
}

static void a_spike_is_not_lost_when_bins_merge(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), &(toy_run){.bins = 16});
    const double far[] = {100, 100, 100, 100, 100};
    const ory_mat m = ory_mat_view((double *)far, 5, 1);
    const ory_series *s;
    double peak, top = 0;

    (void)state;
    toy_step(r, 501);
    assert_int_equal(ory_run_poke(r, NULL, &m, NULL), ORY_OK);
    peak = toy_read(r, "loss");
    toy_step(r, 3000);
    s = ory_run_series(r, "loss");
    assert_true(ory_series_count(s) <= 16);
    assert_int_equal(ory_series_samples(s), 3502);
    for (size_t i = 0; i < ory_series_count(s); i++)
        top = fmax(top, ory_series_bins(s)[i].max);
    assert_true(top == peak);
    ory_run_free(r);
}

/* The sample of a step is what the step was left with. */
static void changes_by_hand_amend_the_sample_of_their_step(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), &(toy_run){.every = 1});
    double there = 9;
    const ory_mat m = ory_mat_view(&there, 1, 1);
    const ory_bin *b;
    size_t n;

    (void)state;
    assert_int_equal(ory_run_set_num(r, "step", 0.05, NULL), ORY_OK);
    toy_step(r, 3);
    assert_int_equal(ory_run_poke(r, "first", &m, NULL), ORY_OK);
    b = bins(r, "loss", &n);
    assert_int_equal(n, 4);
    assert_true(b[3].first == toy_read(r, "loss") && b[3].min == b[3].first);
    b = bins(r, "step", &n);
    for (size_t i = 0; i < n; i++)
        assert_true(b[i].first == 0.05);
    ory_run_free(r);
}

static void a_seek_does_not_record_twice_and_a_cut_forgets(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), &(toy_run){.every = 1});
    double loss[61];
    const ory_bin *b;
    size_t n;

    (void)state;
    toy_step(r, 60);
    b = bins(r, "loss", &n);
    for (size_t i = 0; i < n; i++)
        loss[i] = b[i].first;
    assert_int_equal(ory_run_rewind(r, 20, NULL), ORY_OK);
    toy_step(r, 25);
    b = bins(r, "loss", &n);
    assert_int_equal(n, 61);
    assert_int_equal(ory_run_set_num(r, "step", 0.01, NULL), ORY_OK); /* at step 45 */
    toy_step(r, 5);
    b = bins(r, "loss", &n);
    assert_int_equal(n, 51);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(b[i].step, i);
        assert_true((b[i].first == loss[i]) == (i <= 45));
    }
    ory_run_free(r);
}

/* A probe that is recorded late fills up while the known future is gone through again. */
static void a_probe_recorded_in_the_past_is_sampled_from_there(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), &(toy_run){.every = 1});
    const ory_bin *b;
    size_t n;

    (void)state;
    toy_step(r, 40);
    assert_int_equal(ory_run_rewind(r, 10, NULL), ORY_OK);
    record(r, "gap", 1);
    toy_step(r, 30);
    b = bins(r, "gap", &n);
    assert_int_equal(n, 31);
    assert_int_equal(b[0].step, 10);
    assert_int_equal(b[30].step, 40);
    bins(r, "loss", &n);
    assert_int_equal(n, 41);
    ory_run_free(r);
}

static void names_are_checked_before_anything_is_recorded(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), &(toy_run){.name = "it"});
    ory_error err = {0};

    (void)state;
    assert_int_equal(ory_run_record(r, (const char *[]){"gap", "los", NULL}, 1, &err), ORY_ENAME);
    assert_string_equal(err.text, "it: no probe 'los' (did you mean 'loss'?)");
    assert_int_equal(ory_run_record(r, (const char *[]){"slope", NULL}, 1, &err), ORY_EINVAL);
    assert_string_equal(err.text, "it: 'slope' is not a scalar: only scalars are recorded");
    assert_null(ory_run_series(r, "gap"));
    assert_int_equal(ory_run_recorded_count(r), 2);
    ory_run_free(r);
}

static void what_is_undefined_is_recorded_as_such(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL),
                           &(toy_run){.every = 1, .record = (const char *[]){"never", "lock", NULL}});
    const ory_bin *b;
    size_t n;

    (void)state;
    toy_step(r, 3);
    b = bins(r, "never", &n);
    assert_int_equal(n, 4);
    assert_true(isnan(b[2].first) && b[2].undefined == 1);
    b = bins(r, "lock", &n);
    assert_true(isnan(b[0].first) && b[1].first == 0.1);
    ory_run_free(r);
}

/* ------------------------------------------------------------------------- watches */

typedef struct counter {
    int calls, released;
    ory_status answer;
    int probe; /* read by the watch; -1: none */
} counter;

static ory_status first_entry(void *ctx, ory_run *r, double *value, ory_error *err)
{
    counter *c = ctx;

    c->calls++;
    *value = ory_run_state(r)[0];
    if (c->answer != ORY_OK)
        return ory_fail(err, c->answer, "not today");
    return c->probe >= 0 ? ory_run_read(r, c->probe, value, err) : ORY_OK;
}

static void release(void *ctx)
{
    ((counter *)ctx)->released++;
}

static void a_watch_is_a_probe_that_is_recorded(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), NULL), *f;
    counter c = {.probe = -1};
    const ory_bin *b;
    size_t n;

    (void)state;
    assert_int_equal(ory_run_watch(r, "mine", first_entry, &c, release, 5, NULL), ORY_OK);
    toy_step(r, 22);
    b = bins(r, "mine", &n);
    assert_int_equal(n, 5);
    assert_int_equal(c.calls, 5);
    assert_int_equal(b[4].step, 20);
    assert_true(toy_read(r, "mine") == ory_run_state(r)[0]);
    assert_int_equal(ory_run_rewind(r, 3, NULL), ORY_OK);
    assert_int_equal(ory_run_rewind(r, 22, NULL), ORY_OK);
    assert_int_equal(c.calls, 6); /* not for steps that are in the series */
    assert_int_equal(ory_run_fork(r, NULL, &f, NULL), ORY_OK);
    assert_int_equal(ory_run_probe_find(f, "mine"), -1);
    assert_null(ory_run_series(f, "mine"));
    ory_run_free(f);
    assert_int_equal(c.released, 0);
    ory_run_free(r);
    assert_int_equal(c.released, 1);
}

static void a_watch_has_a_name_of_its_own(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), &(toy_run){.name = "it"});
    counter c = {.probe = -1};
    ory_error err = {0};
    char long_name[100];

    (void)state;
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    assert_int_equal(ory_run_watch(r, "loss", first_entry, &c, release, 1, &err), ORY_EINVAL);
    assert_string_equal(err.text, "it: 'loss' is already the name of a probe");
    assert_int_equal(ory_run_watch(r, "cap", first_entry, &c, release, 1, &err), ORY_EINVAL);
    assert_int_equal(ory_run_watch(r, "rest", first_entry, &c, release, 1, &err), ORY_EINVAL);
    assert_int_equal(ory_run_watch(r, "", first_entry, &c, release, 1, &err), ORY_EINVAL);
    assert_int_equal(ory_run_watch(r, long_name, first_entry, &c, release, 1, &err), ORY_EINVAL);
    c.answer = ORY_ECALLBACK;
    assert_int_equal(ory_run_watch(r, "mine", first_entry, &c, release, 1, &err), ORY_ECALLBACK);
    assert_string_equal(err.text, "mine: not today");
    assert_int_equal(ory_run_probe_find(r, "mine"), -1);
    assert_null(ory_run_series(r, "mine"));
    ory_run_free(r);
    assert_int_equal(c.released, 0); /* what was refused was not taken over */
}

static void a_watch_that_fails_stops_the_run_at_a_good_state(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), &(toy_run){.every = 1});
    counter c = {.probe = -1};
    ory_error err = {0};
    ory_stop stop;
    size_t n;

    (void)state;
    assert_int_equal(ory_run_watch(r, "mine", first_entry, &c, NULL, 1, NULL), ORY_OK);
    toy_step(r, 4);
    c.answer = ORY_ECALLBACK;
    assert_int_equal(ory_run_step(r, 10, &stop, &err), ORY_ECALLBACK);
    assert_string_equal(err.text, "mine: not today");
    assert_int_equal(stop.steps, 1);
    assert_int_equal(ory_run_k(r), 5);
    c.answer = ORY_OK;
    toy_step(r, 5);
    bins(r, "mine", &n);
    assert_int_equal(n, 10); /* 0..4 and 6..10 */
    bins(r, "loss", &n);
    assert_int_equal(n, 11);
    ory_run_free(r);
}

static void a_watch_may_read_other_probes_but_not_itself(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), NULL);
    counter c = {.probe = -1};
    ory_error err = {0};
    double x;

    (void)state;
    assert_int_equal(ory_run_watch(r, "mine", first_entry, &c, NULL, 100, NULL), ORY_OK);
    c.probe = ory_run_probe_find(r, "gap");
    assert_true(toy_read(r, "mine") == toy_read(r, "gap"));
    c.probe = ory_run_probe_find(r, "mine");
    assert_int_equal(ory_run_read(r, c.probe, &x, &err), ORY_ECALLBACK);
    assert_non_null(strstr(err.text, "the watch 'mine' reads itself"));
    ory_run_free(r);
}

static ory_status meddle(void *ctx, ory_run *r, double *value, ory_error *err)
{
    *value = 0;
    switch (*(int *)ctx) {
    case 1: return ory_run_set_num(r, "cap", 3, err);
    case 2: return ory_run_step(r, 1, NULL, err);
    case 3: return ory_run_rewind(r, 0, err);
    case 4: return ory_run_reset(r, -1, err);
    case 5: return ory_run_record(r, (const char *[]){"gap", NULL}, 1, err);
    default: return ORY_OK;
    }
}

static void a_watch_cannot_change_the_run(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), NULL);
    ory_error err = {0};
    int what = 0;
    double x;

    (void)state;
    assert_int_equal(ory_run_watch(r, "mine", meddle, &what, NULL, 1, NULL), ORY_OK);
    for (what = 1; what <= 5; what++) {
        assert_int_equal(ory_run_step(r, 1, NULL, &err), ORY_EINVAL);
        assert_non_null(strstr(err.text, "cannot change it"));
        assert_int_equal(ory_run_read(r, ory_run_probe_find(r, "mine"), &x, &err), ORY_EINVAL);
    }
    what = 0;
    assert_int_equal(ory_run_k(r), 5);
    toy_step(r, 1);
    ory_run_free(r);
}

/* --------------------------------------------------------------------------- sinks */

typedef struct tape {
    int rows, released, columns;
    uint64_t k[200];
    double value[200][4];
    ory_status answer;
} tape;

static ory_status put_row(void *ctx, const ory_run *r, uint64_t k, double t, const double *values,
                          int n, ory_error *err)
{
    tape *p = ctx;

    assert_true(t == ory_run_t(r));
    if (p->answer != ORY_OK)
        return ory_fail(err, p->answer, "disk full");
    p->k[p->rows] = k;
    p->columns = n;
    memcpy(p->value[p->rows++], values, (size_t)n * sizeof *values);
    return ORY_OK;
}

static void release_tape(void *ctx)
{
    ((tape *)ctx)->released++;
}

static void a_sink_gets_each_row_once(void **state)
{
    static const char *const names[] = {"norm", NULL};
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), &(toy_run){.record = names});
    tape p = {0};
    ory_error err = {0};

    (void)state;
    record(r, "gap", 10);
    assert_int_equal(ory_run_sink(r, put_row, &p, release_tape, NULL), ORY_OK);
    toy_step(r, 25);
    assert_int_equal(ory_run_rewind(r, 5, NULL), ORY_OK);
    toy_step(r, 30); /* up to 35 */
    assert_int_equal(p.rows, 35);
    assert_int_equal(p.columns, 2);
    for (int i = 0; i < p.rows; i++) {
        assert_int_equal(p.k[i], i + 1);
        assert_true(isnan(p.value[i][1]) == (p.k[i] % 10 != 0));
        assert_false(isnan(p.value[i][0]));
    }
    p.answer = ORY_EIO;
    assert_int_equal(ory_run_step(r, 5, NULL, &err), ORY_EIO);
    assert_string_equal(err.text, "disk full");
    p.answer = ORY_OK;
    toy_step(r, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ory_run_sink(r, put_row, &p, NULL, NULL), ORY_OK);
    assert_int_equal(ory_run_sink(r, put_row, &p, NULL, &err), ORY_EINVAL);
    ory_run_free(r);
    assert_int_equal(p.released, 1);
}

static void a_sink_gets_no_row_where_nothing_is_sampled(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), &(toy_run){.every = 4});
    tape p = {0};

    (void)state;
    assert_int_equal(ory_run_sink(r, put_row, &p, NULL, NULL), ORY_OK);
    toy_step(r, 20);
    assert_int_equal(p.rows, 5);
    assert_int_equal(p.k[4], 20);
    ory_run_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_is_recorded_with_its_time),
        cmocka_unit_test(a_given_pace_is_kept_exactly),
        cmocka_unit_test(the_pace_by_cost_follows_from_sizes_alone),
        cmocka_unit_test(reading_probes_records_nothing_and_changes_nothing),
        cmocka_unit_test(a_spike_is_not_lost_when_bins_merge),
        cmocka_unit_test(changes_by_hand_amend_the_sample_of_their_step),
        cmocka_unit_test(a_seek_does_not_record_twice_and_a_cut_forgets),
        cmocka_unit_test(a_probe_recorded_in_the_past_is_sampled_from_there),
        cmocka_unit_test(names_are_checked_before_anything_is_recorded),
        cmocka_unit_test(what_is_undefined_is_recorded_as_such),
        cmocka_unit_test(a_watch_is_a_probe_that_is_recorded),
        cmocka_unit_test(a_watch_has_a_name_of_its_own),
        cmocka_unit_test(a_watch_that_fails_stops_the_run_at_a_good_state),
        cmocka_unit_test(a_watch_may_read_other_probes_but_not_itself),
        cmocka_unit_test(a_watch_cannot_change_the_run),
        cmocka_unit_test(a_sink_gets_each_row_once),
        cmocka_unit_test(a_sink_gets_no_row_where_nothing_is_sampled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
