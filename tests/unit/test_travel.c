/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_travel.c - turning a run back and forth and forking it gives the same bits, for
 * every stepper, through changed knobs, states set by hand and time limits, and with
 * next to no memory for checkpoints. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/interrupt.h"
#include "core/mem.h"
#include "toys.h"

enum { STEPS = 150 };

/* One way to run each stepper, and what is done to the run on its way. */
typedef struct journey {
    const ory_system_class *class;
    toy_run how;
    const char *knob; /* turned at step 41 and 97 */
    double low, high;
    bool time; /* has goals in time */
} journey;

static const toy_option quartic[] = {{"quartic", 0.3}, {"n", 7}, {0}};

static const journey journeys[] = {
    {&toy_bowl_class, {.stepper = "gd"}, "quartic", 0.1, 0.7, false},
    {&toy_bowl_class, {.stepper = "gd", .options = {{"step", 0.013}}}, "step", 0.02, 0.007, false},
    {&toy_bowl_class, {.stepper = "gd", .rule = "backtrack"}, "gamma", 0.3, 0.6, false},
    {&toy_bowl_class, {.stepper = "gd", .rule = "polyak"}, "cap", 2, 1, false},
    {&toy_bowl_class, {.stepper = "heavy_ball", .options = {{"step", 0.01}}}, "momentum", 0.5, 0.7,
     false},
    {&toy_bowl_class, {.stepper = "nesterov", .options = {{"step", 0.01}}}, "step", 0.02, 0.03,
     false},
    {&toy_bowl_class, {.stepper = "flow", .options = {{"rtol", 1e-4}}}, "rtol", 1e-6, 1e-3, true},
    {&toy_wave_class, {.stepper = "flow", .method = "rkf45"}, "w", 1.1, 3.3, true},
    {&toy_wave_class, {.stepper = "flow", .method = "rk2"}, "hmax", 0.02, 0.05, true},
    {&toy_counter_class, {.stepper = "advance"}, "huge_at", 500, 600, false},
};
enum { LISTED = sizeof journeys / sizeof *journeys, MOST = 32 };

/* The journeys listed, and a plain one for every stepper that has none. */
static journey all[MOST];
static size_t n_all;

static journey plain_journey(const ory_stepper_class *c)
{
    const bool bowl = c->needs & ORY_NEEDS_LOSS, counter = c->needs & ORY_NEEDS_ADVANCE;
    journey j = {.class = bowl ? &toy_bowl_class : counter ? &toy_counter_class : &toy_wave_class,
                 .how = {.stepper = c->name},
                 .knob = bowl ? "quartic" : counter ? "huge_at" : "w",
                 .low = counter ? 500 : 0.4, .high = counter ? 600 : 1.3, .time = c->flow};

    if (ory_params_find(c->params, "step") >= 0)
        j.how.options[0] = (toy_option){"step", 0.01};
    return j;
}

static int list_journeys(void **state)
{
    (void)state;
    memcpy(all, journeys, sizeof journeys);
    n_all = LISTED;
    for (size_t s = 0; s < ory_stepper_count(); s++) {
        bool listed = false;

        for (size_t i = 0; i < LISTED; i++)
            listed = listed || strcmp(journeys[i].how.stepper, ory_stepper_class_at(s)->name) == 0;
        if (!listed && n_all < MOST)
            all[n_all++] = plain_journey(ory_stepper_class_at(s));
    }
    return 0;
}

static ory_run *begin(const journey *j, size_t history)
{
    toy_run how = j->how;

    how.history_bytes = history;
    how.every = 1;
    return toy_start(toy_new(j->class, j->class == &toy_bowl_class ? quartic : NULL), &how);
}

static void set(ory_run *r, const char *knob, double x)
{
    ory_error err = {0};

    if (ory_run_set_num(r, knob, x, &err) != ORY_OK)
        fail_msg("%s", err.text);
}

static void poke_first(ory_run *r, double x)
{
    double state[64];
    const size_t n = ory_run_system(r)->dim;
    ory_mat m = ory_mat_view(state, n, 1);
    ory_error err = {0};

    memcpy(state, ory_run_state(r), n * sizeof *state);
    state[0] = x;
    if (ory_run_poke(r, NULL, &m, &err) != ORY_OK)
        fail_msg("%s", err.text);
}

/* To step `to`, doing what belongs to the journey at its steps; hashes on arrival. */
static void travel(const journey *j, ory_run *r, uint64_t *hash)
{
    ory_error err = {0};
    ory_stop stop;

    hash[0] = ory_run_hash(r);
    while (ory_run_k(r) < STEPS) {
        const uint64_t k = ory_run_k(r);

        if (k == 41)
            set(r, j->knob, j->low);
        if (k == 60)
            poke_first(r, 1.25);
        if (k == 97)
            set(r, j->knob, j->high);
        if (j->time && k % 50 == 33) {
            /* a limit about half a step away: the next step is cut short */
            const double h = ory_run_probe_find(r, "h") >= 0 ? toy_read(r, "h") : 0.01;
            const ory_goal goal = {.max_steps = 1, .time = ory_run_t(r) + h / 2};

            assert_int_equal(ory_run_go(r, &goal, &stop, &err), ORY_OK);
            assert_int_equal(stop.reason, ORY_STOP_TIME);
            assert_true(ory_run_t(r) == goal.time);
        } else {
            toy_step(r, 1);
        }
        hash[ory_run_k(r)] = ory_run_hash(r);
    }
}

static void seek(ory_run *r, uint64_t k, const uint64_t *hash)
{
    ory_error err = {0};

    if (ory_run_rewind(r, k, &err) != ORY_OK)
        fail_msg("%s", err.text);
    assert_int_equal(ory_run_k(r), k);
    /* hash[k] was taken on arrival; at these steps something was done after that */
    if (k != 41 && k != 60 && k != 97)
        assert_true(ory_run_hash(r) == hash[k]);
}

static void seeks_give_the_bits_of_the_first_pass_for_every_stepper(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_all; i++) {
        ory_run *r = begin(&all[i], 1); /* the least: four checkpoints */
        uint64_t hash[STEPS + 1], done;

        travel(&all[i], r, hash);
        done = ory_run_hash(r);
        for (uint64_t k = 0; k <= STEPS; k += 13)
            seek(r, k, hash);
        for (uint64_t k = STEPS; k <= STEPS; k -= 7)
            seek(r, k, hash);
        seek(r, 5, hash);
        toy_step(r, STEPS - 5); /* through the known future, without a goal in time */
        assert_true(ory_run_hash(r) == done);
        assert_int_equal(ory_run_known(r), STEPS);
        ory_run_free(r);
    }
}

static void the_history_stays_below_its_cap(void **state)
{
    const size_t cap = 20000;
    ory_run *r = begin(&journeys[1], cap);
    uint64_t a, b;

    (void)state;
    toy_step(r, 20000);
    a = ory_run_hash(r);
    assert_true(ory_run_history_bytes(r) <= cap);
    assert_int_equal(ory_run_rewind(r, 9999, NULL), ORY_OK);
    b = ory_run_hash(r);
    assert_int_equal(ory_run_rewind(r, 20000, NULL), ORY_OK);
    assert_true(ory_run_hash(r) == a);
    assert_int_equal(ory_run_rewind(r, 9999, NULL), ORY_OK);
    assert_true(ory_run_hash(r) == b);
    ory_run_free(r);
}

static void a_fork_goes_on_as_its_parent_would(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_all; i++) {
        ory_run *r = begin(&all[i], 1), *f;
        uint64_t hash[STEPS + 1];
        ory_error err = {0};

        travel(&all[i], r, hash);
        assert_int_equal(ory_run_rewind(r, 110, &err), ORY_OK);
        assert_int_equal(ory_run_fork(r, "branch", &f, &err), ORY_OK);
        assert_true(ory_run_hash(f) == ory_run_hash(r));
        assert_int_equal(ory_run_parent(f), ory_run_id(r));
        assert_int_equal(ory_run_fork_step(f), 110);
        assert_int_equal(ory_run_known(f), 110);
        assert_string_equal(ory_run_name(f), "branch");
        for (int c = 0; c < ory_run_claim_count(r); c++) {
            ory_verdict v, w;

            assert_int_equal(ory_run_claim(r, c, &v, NULL), ORY_OK);
            assert_int_equal(ory_run_claim(f, c, &w, NULL), ORY_OK);
            assert_int_equal(v.checked, w.checked);
            assert_string_equal(v.text, w.text);
        }
        if (!all[i].time) { /* the parent's later limits in time are not the fork's */
            toy_step(f, STEPS - 110);
            assert_true(ory_run_hash(f) == hash[STEPS]);
        }
        seek(f, 50, hash); /* the shared past, with the knob of that time */
        seek(f, 12, hash);
        seek(r, STEPS, hash);
        ory_run_free(r);
        seek(f, 72, hash); /* without the parent */
        ory_run_free(f);
    }
}

static void knobs_of_a_fork_are_its_own(void **state)
{
    ory_run *r = begin(&journeys[0], 0), *f, *g;
    uint64_t a;

    (void)state;
    toy_step(r, 10);
    assert_int_equal(ory_run_fork(r, NULL, &f, NULL), ORY_OK);
    assert_int_equal(ory_run_fork(r, NULL, &g, NULL), ORY_OK);
    assert_ptr_equal(ory_run_system(r), ory_run_system(f));
    set(f, "quartic", 2);
    assert_ptr_not_equal(ory_run_system(r), ory_run_system(f));
    assert_ptr_equal(ory_run_system(r), ory_run_system(g));
    toy_step(r, 10);
    toy_step(g, 10);
    toy_step(f, 10);
    a = ory_run_hash(r);
    assert_true(a == ory_run_hash(g));
    assert_true(a != ory_run_hash(f));
    ory_run_free(r);
    ory_run_free(f);
    ory_run_free(g);
}

static void a_knob_turned_in_the_past_begins_a_new_future(void **state)
{
    ory_run *r = begin(&journeys[1], 1);
    uint64_t hash[STEPS + 1];
    const ory_series *s;

    (void)state;
    travel(&journeys[1], r, hash);
    seek(r, 50, hash);
    assert_int_equal(ory_run_event_count(r), 3); /* step, poke, step; no rule was set */
    set(r, "step", 0.005);
    assert_int_equal(ory_run_known(r), 50);
    assert_int_equal(ory_run_rewind(r, 51, NULL), ORY_ERANGE);
    assert_int_equal(ory_run_event_count(r), 2);
    s = ory_run_series(r, "loss");
    assert_int_equal(ory_series_bins(s)[ory_series_count(s) - 1].step, 50);
    for (uint64_t k = 51; k <= 70; k++) {
        toy_step(r, 1);
        assert_true(ory_run_hash(r) != hash[k]);
        hash[k] = ory_run_hash(r);
    }
    for (uint64_t k = 66; k >= 51; k--) /* no checkpoint of the old future is left */
        seek(r, k, hash);
    seek(r, 40, hash);
    assert_true(toy_read(r, "step") == 0.013);
    assert_int_equal(ory_run_rewind(r, 45, NULL), ORY_OK);
    assert_true(toy_read(r, "step") == 0.02);
    assert_int_equal(ory_run_rewind(r, 50, NULL), ORY_OK);
    assert_true(toy_read(r, "step") == 0.005);
    ory_run_free(r);
}

/* A goal in time that cuts a step which the known future took whole is a change. */
static void a_time_goal_inside_the_known_future_begins_a_new_one(void **state)
{
    ory_run *r = begin(&journeys[7], 1);
    ory_goal goal = {.max_steps = UINT64_MAX};
    uint64_t at20, at21, cut;
    double t20, t21;
    ory_stop stop;

    (void)state;
    toy_step(r, 20);
    at20 = ory_run_hash(r);
    t20 = ory_run_t(r);
    toy_step(r, 1);
    at21 = ory_run_hash(r);
    t21 = ory_run_t(r);
    toy_step(r, 9);
    assert_int_equal(ory_run_rewind(r, 5, NULL), ORY_OK);
    goal.time = t20; /* exactly where the known future has a step: nothing is cut */
    assert_int_equal(ory_run_go(r, &goal, &stop, NULL), ORY_OK);
    assert_true(ory_run_k(r) == 20 && ory_run_hash(r) == at20);
    goal.time = (t20 + 2 * t21) / 3;
    assert_int_equal(ory_run_go(r, &goal, &stop, NULL), ORY_OK);
    assert_true(ory_run_k(r) == 21 && ory_run_t(r) == goal.time);
    assert_int_equal(ory_run_known(r), 21);
    cut = ory_run_hash(r);
    assert_true(cut != at21);
    toy_step(r, 5);
    assert_int_equal(ory_run_rewind(r, 21, NULL), ORY_OK);
    assert_true(ory_run_hash(r) == cut);
    ory_run_free(r);
}

/* Whatever rounding makes of the sum of the steps. */
static void a_time_goal_at_a_known_step_keeps_the_known_future(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_all; i++) {
        ory_run *r;
        uint64_t hash[61];
        double t[61];

        if (!all[i].time)
            continue;
        r = begin(&all[i], 0);
        for (int k = 1; k <= 60; k++) {
            toy_step(r, 1);
            hash[k] = ory_run_hash(r);
            t[k] = ory_run_t(r);
        }
        assert_int_equal(ory_run_rewind(r, 0, NULL), ORY_OK);
        for (int k = 1; k <= 60; k++) {
            const ory_goal goal = {.max_steps = UINT64_MAX, .time = t[k]};

            assert_int_equal(ory_run_go(r, &goal, NULL, NULL), ORY_OK);
            assert_int_equal(ory_run_k(r), k);
            assert_true(ory_run_hash(r) == hash[k]);
        }
        assert_int_equal(ory_run_known(r), 60);
        assert_int_equal(ory_run_event_count(r), 0);
        ory_run_free(r);
    }
}

static ory_status say_nothing(void *ctx, ory_run *r, bool *stop, ory_error *err)
{
    (void)r, (void)stop, (void)err;
    ++*(int *)ctx;
    return ORY_OK;
}

/* Slices so short that every step is the last of its slice. */
static void slices_change_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_all; i++) {
        ory_run *a = begin(&all[i], 1), *b = begin(&all[i], 1);
        int asked_a = 0, asked_b = 0, slices = 0;
        ory_goal goal = {.max_steps = 100, .time = 1e9, .fn = say_nothing, .fn_ctx = &asked_a,
                         .fn_every = 7};
        ory_stop stop;

        assert_int_equal(ory_run_go(a, &goal, &stop, NULL), ORY_OK);
        assert_int_equal(stop.reason, ORY_STOP_STEPS);
        goal.fn_ctx = &asked_b;
        goal.slice = 1e-9;
        do {
            assert_int_equal(ory_run_go(b, &goal, &stop, NULL), ORY_OK);
            goal.max_steps -= stop.steps;
            slices++;
        } while (stop.reason == ORY_STOP_SLICE);
        assert_int_equal(stop.reason, ORY_STOP_STEPS);
        assert_int_equal(slices, 101);
        assert_true(ory_run_hash(a) == ory_run_hash(b));
        assert_int_equal(asked_a, 15);
        assert_int_equal(asked_b, asked_a);
        ory_run_free(a);
        ory_run_free(b);
    }
}

static void a_seek_beyond_the_known_names_the_limit(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), &(toy_run){.name = "mine"});
    ory_error err = {0};

    (void)state;
    toy_step(r, 3);
    assert_int_equal(ory_run_rewind(r, 9, &err), ORY_ERANGE);
    assert_string_equal(err.text, "mine: step 9 lies beyond the furthest known step 3");
    assert_int_equal(ory_run_k(r), 3);
    ory_run_free(r);
}

static void an_interrupt_stops_a_long_seek_at_a_step(void **state)
{
    ory_run *r = begin(&journeys[1], 1);
    ory_error err = {0};
    uint64_t hash;

    (void)state;
    toy_step(r, 1000);
    hash = ory_run_hash(r);
    ory_interrupt_raise();
    assert_int_equal(ory_run_rewind(r, 999, &err), ORY_EINTERRUPT);
    ory_interrupt_clear();
    assert_true(ory_run_k(r) < 999);
    assert_int_equal(ory_run_rewind(r, 1000, &err), ORY_OK);
    assert_true(ory_run_hash(r) == hash);
    ory_run_free(r);
}

/* Claim tracks and running memory travel along. */
static void verdicts_do_not_depend_on_the_way(void **state)
{
    ory_run *r = begin(&journeys[0], 1);
    uint64_t hash[STEPS + 1];
    ory_verdict a[8], b;
    int n = ory_run_claim_count(r);

    (void)state;
    travel(&journeys[0], r, hash);
    for (int i = 0; i < n; i++)
        assert_int_equal(ory_run_claim(r, i, &a[i], NULL), ORY_OK);
    assert_int_equal(a[1].checked, STEPS + 1);
    seek(r, 70, hash);
    seek(r, 30, hash);
    seek(r, STEPS, hash);
    for (int i = 0; i < n; i++) {
        assert_int_equal(ory_run_claim(r, i, &b, NULL), ORY_OK);
        assert_int_equal(a[i].standing, b.standing);
        assert_int_equal(a[i].checked, b.checked);
        assert_int_equal(a[i].first_step, b.first_step);
        assert_true(a[i].worst == b.worst || (isnan(a[i].worst) && isnan(b.worst)));
        assert_string_equal(a[i].text, b.text);
    }
    ory_run_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seeks_give_the_bits_of_the_first_pass_for_every_stepper),
        cmocka_unit_test(the_history_stays_below_its_cap),
        cmocka_unit_test(a_fork_goes_on_as_its_parent_would),
        cmocka_unit_test(knobs_of_a_fork_are_its_own),
        cmocka_unit_test(a_knob_turned_in_the_past_begins_a_new_future),
        cmocka_unit_test(a_time_goal_inside_the_known_future_begins_a_new_one),
        cmocka_unit_test(a_time_goal_at_a_known_step_keeps_the_known_future),
        cmocka_unit_test(slices_change_nothing),
        cmocka_unit_test(a_seek_beyond_the_known_names_the_limit),
        cmocka_unit_test(an_interrupt_stops_a_long_seek_at_a_step),
        cmocka_unit_test(verdicts_do_not_depend_on_the_way),
    };

    return cmocka_run_group_tests(tests, list_journeys, NULL);
}
