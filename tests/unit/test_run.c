/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_run.c - making runs, goals and reasons to stop, breakpoints, knobs, events, starting
 * anew, and what is left when memory runs out. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/interrupt.h"
#include "core/mem.h"
#include "toys.h"

static ory_run *bowl(const toy_run *how)
{
    return toy_start(toy_new(&toy_bowl_class, NULL), how);
}

static ory_stop go(ory_run *r, ory_goal goal)
{
    ory_stop stop;
    ory_error err = {0};

    if (ory_run_go(r, &goal, &stop, &err) != ORY_OK)
        fail_msg("%s", err.text);
    return stop;
}

static ory_condition below(ory_run *r, const char *probe, double value, uint64_t every)
{
    return (ory_condition){ory_run_probe_find(r, probe), ORY_LT, value, every};
}

/* ------------------------------------------------------------------------ making */

static void a_run_says_where_it_is(void **state)
{
    ory_run *r = bowl(&(toy_run){.name = "first"}), *s = bowl(NULL);
    char name[64];

    (void)state;
    snprintf(name, sizeof name, "run %llu", (unsigned long long)ory_run_id(s));
    assert_string_equal(ory_run_name(r), "first");
    assert_string_equal(ory_run_name(s), name);
    assert_true(ory_run_id(s) > ory_run_id(r));
    assert_int_equal(ory_run_parent(r), 0);
    toy_step(r, 3);
    assert_int_equal(ory_run_k(r), 3);
    assert_true(fabs(ory_run_t(r) - 0.3) < 1e-15);
    assert_int_equal(ory_run_k(s), 0);
    assert_true(ory_run_moment(r)->step == 0.1);
    assert_int_equal(ory_run_moment(r)->rule, 0);
    ory_run_free(r);
    ory_run_free(s);
    ory_run_free(NULL);
}

static void what_does_not_fit_is_refused_with_the_reason(void **state)
{
    ory_run_options opt = {.stepper = "flown"};
    ory_system *wave = toy_new(&toy_wave_class, NULL);
    ory_error err = {0};
    ory_run *r = NULL;

    (void)state;
    assert_int_equal(ory_run_new(wave, &opt, &r, &err), ORY_ENAME);
    assert_string_equal(err.text, "run: no stepper 'flown' (did you mean 'flow'?)");
    opt.stepper = "gd";
    assert_int_equal(ory_run_new(wave, &opt, &r, &err), ORY_EINVAL);
    assert_string_equal(err.text, "run: stepper 'gd' cannot move toy.wave: it has no loss");
    opt.stepper = "advance";
    assert_int_equal(ory_run_new(wave, &opt, &r, &err), ORY_EINVAL);
    assert_non_null(strstr(err.text, "no discrete update"));
    ory_system_unref(wave);
    assert_int_equal(toy_try(toy_new(&toy_bowl_class, (toy_option[]){{"shy_after", 0}, {0}}),
                             &(toy_run){.rule = "shy"}, &r, &err),
                     ORY_EUNDEF);
    assert_string_equal(err.text, "run: too shy to step");
    assert_int_equal(toy_try(toy_new(&toy_bowl_class, NULL), &(toy_run){.rule = "invers"}, &r, &err),
                     ORY_ENAME);
    assert_non_null(strstr(err.text, "did you mean 'inverse'"));
    assert_int_equal(toy_try(toy_new(&toy_bowl_class, NULL), &(toy_run){.rule = "const"}, &r, &err),
                     ORY_EINVAL);
    assert_non_null(strstr(err.text, "step"));
    assert_null(r);
}

static void equal_seeds_give_equal_bits(void **state)
{
    ory_run *a = toy_start(toy_new(&toy_counter_class, NULL), NULL);
    ory_run *b = toy_start(toy_new(&toy_counter_class, NULL), NULL);
    ory_run *c = toy_start(toy_new(&toy_counter_class, (toy_option[]){{"seed", 2}, {0}}), NULL);

    (void)state;
    assert_true(ory_run_hash(a) == ory_run_hash(b));
    toy_step(a, 20);
    assert_true(ory_run_hash(a) != ory_run_hash(b));
    toy_step(b, 20);
    toy_step(c, 20);
    assert_true(ory_run_hash(a) == ory_run_hash(b));
    assert_true(ory_run_hash(a) != ory_run_hash(c));
    ory_run_free(a);
    ory_run_free(b);
    ory_run_free(c);
}

static void one_gradient_is_evaluated_for_a_step(void **state)
{
    ory_run *r = bowl(NULL);
    unsigned long losses = toy_losses, gradients = toy_gradients;

    (void)state;
    toy_step(r, 100);
    assert_int_equal(toy_losses - losses, 100);
    assert_int_equal(toy_gradients - gradients, 100);
    losses = toy_losses;
    for (int i = 0; i < 10; i++) { /* reading what is known costs nothing */
        toy_read(r, "loss");
        toy_read(r, "grad_norm");
        toy_read(r, "pl");
    }
    assert_int_equal(toy_losses, losses);
    ory_run_free(r);
}

/* ------------------------------------------------------------------------- goals */

static void steps_are_counted(void **state)
{
    ory_run *r = bowl(NULL);
    ory_stop stop = go(r, (ory_goal){.max_steps = 7, .time = NAN});

    (void)state;
    assert_int_equal(stop.reason, ORY_STOP_STEPS);
    assert_int_equal(stop.steps, 7);
    assert_string_equal(stop.text, "at step 7: the steps asked for are taken");
    stop = go(r, (ory_goal){.max_steps = 0, .time = NAN});
    assert_int_equal(stop.reason, ORY_STOP_STEPS);
    assert_int_equal(stop.steps, 0);
    assert_int_equal(ory_run_k(r), 7);
    ory_run_free(r);
}

static void the_first_goal_reached_is_the_reason(void **state)
{
    ory_run *r = bowl(NULL);
    ory_condition c[] = {below(r, "loss", 1e-30, 1), below(r, "gap", 1e-2, 1)};
    ory_stop stop = go(r, (ory_goal){.max_steps = 1000, .time = 50, .conditions = c,
                                     .n_conditions = 2});
    char text[120];
    uint64_t k = ory_run_k(r);

    (void)state;
    assert_int_equal(stop.reason, ORY_STOP_CONDITION);
    snprintf(text, sizeof text, "stopped at step %d: gap %.6g < 0.01", (int)k, toy_read(r, "gap"));
    assert_string_equal(stop.text, text);
    assert_true(toy_read(r, "gap") < 1e-2);
    assert_int_equal(ory_run_rewind(r, k - 1, NULL), ORY_OK);
    assert_true(toy_read(r, "gap") >= 1e-2); /* not a step too late */
    /* already so: checked before the first step */
    assert_int_equal(ory_run_rewind(r, k, NULL), ORY_OK);
    stop = go(r, (ory_goal){.max_steps = 1000, .time = NAN, .conditions = c, .n_conditions = 2});
    assert_int_equal(stop.steps, 0);
    assert_int_equal(stop.reason, ORY_STOP_CONDITION);
    stop = go(r, (ory_goal){.max_steps = 1000, .time = ory_run_t(r) + 0.35});
    assert_int_equal(stop.reason, ORY_STOP_TIME); /* steps of 0.1: at or beyond the time */
    assert_int_equal(stop.steps, 4);
    ory_run_free(r);
}

static void a_condition_is_looked_at_on_multiples_of_its_every(void **state)
{
    ory_run *r = bowl(NULL);
    ory_condition c = below(r, "loss", 1e9, 10);
    ory_stop stop;

    (void)state;
    toy_step(r, 3);
    stop = go(r, (ory_goal){.max_steps = 100, .time = NAN, .conditions = &c, .n_conditions = 1});
    assert_int_equal(ory_run_k(r), 10);
    assert_int_equal(stop.steps, 7);
    c.probe = ory_run_probe_find(r, "never"); /* undefined satisfies nothing */
    stop = go(r, (ory_goal){.max_steps = 20, .time = NAN, .conditions = &c, .n_conditions = 1});
    assert_int_equal(stop.reason, ORY_STOP_STEPS);
    ory_run_free(r);
}

typedef struct plan {
    uint64_t at;
    int calls;
    ory_status answer;
} plan;

static ory_status stop_at(void *ctx, ory_run *r, bool *stop, ory_error *err)
{
    plan *p = ctx;

    p->calls++;
    *stop = ory_run_k(r) >= p->at;
    return p->answer == ORY_OK ? ORY_OK : ory_fail(err, p->answer, "no more of this");
}

static void a_function_can_stop_the_run_or_fail(void **state)
{
    ory_run *r = bowl(NULL);
    plan p = {.at = 12};
    ory_goal goal = {.max_steps = 50, .time = NAN, .fn = stop_at, .fn_ctx = &p, .fn_every = 4};
    ory_stop stop = go(r, goal);
    ory_error err = {0};

    (void)state;
    assert_int_equal(stop.reason, ORY_STOP_FUNCTION);
    assert_int_equal(ory_run_k(r), 12);
    assert_int_equal(p.calls, 4);
    p.answer = ORY_ECALLBACK;
    assert_int_equal(ory_run_go(r, &goal, &stop, &err), ORY_ECALLBACK);
    assert_int_equal(stop.reason, ORY_STOP_ERROR);
    assert_string_equal(stop.text, "failed at step 12: no more of this");
    toy_step(r, 1);
    ory_run_free(r);
}

static ory_status move_it(void *ctx, ory_run *r, bool *stop, ory_error *err)
{
    (void)ctx, (void)stop;
    return ory_run_step(r, 1, NULL, err);
}

static void a_function_cannot_move_the_run_that_calls_it(void **state)
{
    ory_run *r = bowl(NULL);
    ory_goal goal = {.max_steps = 5, .time = NAN, .fn = move_it};
    ory_error err = {0};

    (void)state;
    assert_int_equal(ory_run_go(r, &goal, NULL, &err), ORY_EINVAL);
    assert_non_null(strstr(err.text, "a function called by the run cannot move it"));
    assert_int_equal(ory_run_k(r), 0);
    toy_step(r, 1);
    ory_run_free(r);
}

static void ctrl_c_stops_at_a_step(void **state)
{
    ory_run *r = bowl(NULL);
    ory_stop stop;

    (void)state;
    ory_interrupt_raise();
    stop = go(r, (ory_goal){.max_steps = 5, .time = NAN});
    assert_true(ory_interrupt_pending()); /* left to the outermost caller */
    ory_interrupt_clear();
    assert_int_equal(stop.reason, ORY_STOP_INTERRUPTED);
    assert_string_equal(stop.text, "interrupted at step 0");
    toy_step(r, 5);
    ory_run_free(r);
}

static ory_status let_time_pass(void *ctx, ory_run *r, bool *stop, ory_error *err)
{
    (void)ctx, (void)r, (void)stop, (void)err;
    ory_clock_advance(0.001);
    return ORY_OK;
}

static void a_slice_ends_near_its_time(void **state)
{
    ory_run *r = bowl(NULL);
    ory_stop stop;

    (void)state;
    ory_clock_fake(true);
    stop = go(r, (ory_goal){.max_steps = 100000, .time = NAN, .fn = let_time_pass, .slice = 0.05});
    ory_clock_fake(false);
    assert_int_equal(stop.reason, ORY_STOP_SLICE);
    assert_in_range(stop.steps, 45, 55);
    ory_run_free(r);
}

/* -------------------------------------------------------------------- bad endings */

static void divergence_stops_at_the_last_finite_step(void **state)
{
    ory_run *r = bowl(&(toy_run){.options = {{"step", 0.9}}, .every = 1});
    ory_stop stop = go(r, (ory_goal){.max_steps = 10000, .time = NAN});
    const uint64_t k = ory_run_k(r), hash = ory_run_hash(r);
    const ory_series *s = ory_run_series(r, "loss");
    char start[64];

    (void)state;
    assert_int_equal(stop.reason, ORY_STOP_DIVERGED);
    assert_true(k > 0 && isfinite(toy_read(r, "loss")));
    snprintf(start, sizeof start, "diverged at step %d: the next loss ", (int)k);
    assert_true(strncmp(stop.text, start, strlen(start)) == 0);
    assert_non_null(strstr(stop.text, "over 1e6 times its start"));
    assert_non_null(strstr(stop.text, "(step size 0.9)"));
    assert_true(toy_read(r, "loss") <= 1e6 * ory_series_bins(s)[0].first);
    assert_int_equal(ory_series_bins(s)[ory_series_count(s) - 1].step, k);
    /* trying again changes nothing; the event is logged once */
    stop = go(r, (ory_goal){.max_steps = 10, .time = NAN});
    assert_int_equal(stop.reason, ORY_STOP_DIVERGED);
    assert_int_equal(stop.steps, 0);
    assert_true(ory_run_hash(r) == hash);
    assert_int_equal(ory_run_event_count(r), 1);
    assert_int_equal(ory_run_event_at(r, 0).kind, ORY_EVENT_STOP);
    assert_int_equal(ory_run_set_num(r, "step", 0.05, NULL), ORY_OK);
    toy_step(r, 100); /* a smaller step and it goes on */
    ory_run_free(r);
}

static void an_infinite_state_is_not_taken(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_counter_class, (toy_option[]){{"huge_at", 5}, {0}}), NULL);
    ory_stop stop = go(r, (ory_goal){.max_steps = 100, .time = NAN});
    const uint64_t hash = ory_run_hash(r);

    (void)state;
    assert_int_equal(stop.reason, ORY_STOP_DIVERGED);
    assert_int_equal(ory_run_k(r), 5);
    assert_string_equal(stop.text, "diverged at step 5: the next state is not finite");
    go(r, (ory_goal){.max_steps = 100, .time = NAN});
    assert_true(ory_run_hash(r) == hash); /* the random stream was put back */
    ory_run_free(r);
}

static void growth_from_next_to_nothing_is_no_divergence(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, (toy_option[]){{"scale", 1e-14}, {0}}),
                           &(toy_run){.options = {{"step", 0.21}}});
    ory_stop stop = go(r, (ory_goal){.max_steps = 2000, .time = NAN});

    (void)state;
    assert_int_equal(stop.reason, ORY_STOP_DIVERGED);
    assert_true(toy_read(r, "loss") > 0.1);
    ory_run_free(r);
}

static void a_rule_that_refuses_stops_the_run_with_its_reason(void **state)
{
    ory_run *r = bowl(&(toy_run){.rule = "shy"});
    ory_stop stop = go(r, (ory_goal){.max_steps = 100, .time = NAN});
    char why[80];

    (void)state;
    assert_int_equal(stop.reason, ORY_STOP_REFUSED);
    assert_string_equal(stop.text, "stopped at step 3: too shy to step");
    assert_true(isnan(toy_read(r, "step")));
    assert_true(ory_run_why(r, ory_run_probe_find(r, "step"), why, sizeof why));
    assert_string_equal(why, "too shy to step");
    assert_int_equal(ory_run_set_num(r, "shy_after", 5, NULL), ORY_OK);
    stop = go(r, (ory_goal){.max_steps = 100, .time = NAN});
    assert_int_equal(stop.steps, 2);
    ory_run_free(r);
}

static void an_update_that_fails_is_an_error(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_counter_class, (toy_option[]){{"fail_at", 4}, {0}}), NULL);
    ory_error err = {0};
    ory_stop stop;
    uint64_t hash;

    (void)state;
    assert_int_equal(ory_run_step(r, 10, &stop, &err), ORY_ECALLBACK);
    assert_string_equal(err.text, "the counter fell over");
    assert_int_equal(stop.reason, ORY_STOP_ERROR);
    assert_int_equal(stop.steps, 4);
    hash = ory_run_hash(r);
    assert_int_equal(ory_run_step(r, 10, NULL, NULL), ORY_ECALLBACK);
    assert_true(ory_run_hash(r) == hash);
    ory_run_free(r);
}

/* A loss that is the user's function has no status to return: see system.h. */
static void a_loss_that_fails_is_an_error_with_its_own_text(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, (toy_option[]){{"sulk_below", 0.1}, {0}}), NULL);
    ory_error err = {0};
    ory_stop stop;

    (void)state;
    assert_int_equal(ory_run_step(r, 100, &stop, &err), ORY_ECALLBACK);
    assert_string_equal(err.text, "the bowl sulks");
    assert_int_equal(stop.reason, ORY_STOP_ERROR);
    assert_true(toy_read(r, "gap") >= 0.1 && stop.steps == ory_run_k(r));
    assert_int_equal(ory_run_set_num(r, "sulk_below", 0, NULL), ORY_OK);
    toy_step(r, 20);
    assert_true(toy_read(r, "gap") < 0.1);
    ory_run_free(r);
}

/* ------------------------------------------------------------------- breakpoints */

static void a_breakpoint_fires_where_its_condition_becomes_true(void **state)
{
    ory_run *r = bowl(NULL);
    ory_condition c = below(r, "gap", 0.05, 1);
    ory_stop stop;
    uint64_t k;
    int id;

    (void)state;
    assert_int_equal(ory_run_when_probe(r, &c, &id, NULL), ORY_OK);
    stop = go(r, (ory_goal){.max_steps = 1000, .time = NAN});
    k = ory_run_k(r);
    assert_int_equal(stop.reason, ORY_STOP_WHEN);
    assert_true(strncmp(stop.text, "breakpoint at step ", 19) == 0);
    assert_non_null(strstr(stop.text, ": gap 0.0"));
    assert_int_equal(ory_run_event_at(r, 0).kind, ORY_EVENT_STOP);
    assert_int_equal(ory_run_event_at(r, 0).k, k);
    stop = go(r, (ory_goal){.max_steps = 50, .time = NAN});
    assert_int_equal(stop.reason, ORY_STOP_STEPS); /* true all the while: no news */
    assert_int_equal(ory_run_rewind(r, k - 2, NULL), ORY_OK);
    stop = go(r, (ory_goal){.max_steps = 50, .time = NAN});
    assert_int_equal(stop.reason, ORY_STOP_WHEN); /* again where it becomes true again */
    assert_int_equal(ory_run_k(r), k);
    assert_int_equal(ory_run_rewind(r, k + 20, NULL), ORY_OK); /* does not stop a seek */
    stop = go(r, (ory_goal){.max_steps = 10, .time = NAN});
    assert_int_equal(stop.reason, ORY_STOP_STEPS);
    assert_int_equal(ory_run_rewind(r, 0, NULL), ORY_OK);
    ory_run_when_remove(r, id);
    stop = go(r, (ory_goal){.max_steps = 50, .time = NAN});
    assert_int_equal(stop.reason, ORY_STOP_STEPS);
    ory_run_free(r);
}

/* Going there by a seek, the condition is found true: that is no news. */
static void a_seek_past_the_crossing_is_no_crossing(void **state)
{
    ory_run *r = bowl(NULL);
    ory_condition c = below(r, "gap", 0.05, 1);
    ory_stop stop;

    (void)state;
    toy_step(r, 200);
    assert_int_equal(ory_run_rewind(r, 0, NULL), ORY_OK);
    assert_int_equal(ory_run_when_probe(r, &c, NULL, NULL), ORY_OK);
    assert_int_equal(ory_run_rewind(r, 150, NULL), ORY_OK);
    stop = go(r, (ory_goal){.max_steps = 10, .time = NAN});
    assert_int_equal(stop.reason, ORY_STOP_STEPS);
    ory_run_free(r);
}

static int released;

static void count_release(void *ctx)
{
    (void)ctx;
    released++;
}

static ory_status remove_itself(void *ctx, ory_run *r, bool *stop, ory_error *err)
{
    (void)err;
    ory_run_when_remove(r, *(int *)ctx);
    assert_int_equal(released, 0); /* not while it is running */
    *stop = true;
    return ORY_OK;
}

static void a_breakpoint_may_remove_itself_and_turn_knobs(void **state)
{
    ory_run *r = bowl(NULL);
    plan p = {.at = 20};
    int id, other;
    ory_stop stop;

    (void)state;
    released = 0;
    assert_int_equal(ory_run_when(r, "mine", remove_itself, &id, count_release, 6, &id, NULL),
                     ORY_OK);
    assert_int_equal(ory_run_when(r, NULL, stop_at, &p, count_release, 0, &other, NULL), ORY_OK);
    stop = go(r, (ory_goal){.max_steps = 0, .time = NAN});
    assert_int_equal(released, 1);
    toy_step(r, 10);
    assert_int_equal(ory_run_k(r), 10);
    assert_int_equal(p.calls, 11); /* once on each of 0..10, however often the run was called */
    stop = go(r, (ory_goal){.max_steps = 100, .time = NAN});
    assert_int_equal(ory_run_k(r), 20);
    assert_string_equal(stop.text, "breakpoint at step 20: function");
    ory_run_free(r);
    assert_int_equal(released, 2);
}

/* ------------------------------------------------------------------------- knobs */

static void knobs_are_found_read_and_turned_by_name(void **state)
{
    ory_run *r = bowl(NULL);
    const ory_value *v;
    ory_error err = {0};
    uint64_t hash;

    (void)state;
    assert_true(ory_run_knob_count(r) > 5);
    assert_null(ory_run_knob_at(r, ory_run_knob_count(r), &v));
    toy_step(r, 4);
    hash = ory_run_hash(r);
    assert_int_equal(ory_run_set_num(r, "spread", 3, &err), ORY_ENAME);
    assert_int_equal(ory_run_set_num(r, "quartik", 3, &err), ORY_ENAME);
    assert_non_null(strstr(err.text, "no knob 'quartik' (did you mean 'quartic'?)"));
    assert_int_equal(ory_run_set_num(r, "quartic", -1, &err), ORY_ERANGE);
    assert_non_null(strstr(err.text, "quartic = -1 (must be >= 0)"));
    assert_int_equal(ory_run_set_text(r, "mode", "fancier", &err), ORY_ENAME);
    assert_int_equal(ory_run_set_bool(r, "quartic", true, &err), ORY_EINVAL);
    assert_int_equal(ory_run_set_num(r, "cap", 666, &err), ORY_EINVAL); /* the class refuses */
    assert_string_equal(err.text, "toy.bowl: no such cap");
    assert_true(toy_read(r, "cap_now") == 1e9);
    assert_int_equal(ory_run_set_text(r, "rule", "nonsense", &err), ORY_ENAME);
    assert_int_equal(ory_run_event_count(r), 0);
    assert_true(ory_run_hash(r) == hash);
    assert_int_equal(ory_run_set_text(r, "mode", "fancy", &err), ORY_OK);
    assert_int_equal(ory_run_set_text(r, "label", "a text", &err), ORY_OK);
    ory_run_knob_at(r, ory_run_knob_find(r, "label"), &v);
    assert_string_equal(v->text, "a text");
    assert_string_equal(ory_run_event_at(r, 0).name, "mode");
    assert_string_equal(ory_run_event_at(r, 0).before, "plain");
    assert_string_equal(ory_run_event_at(r, 0).after, "fancy");
    assert_string_equal(ory_run_event_at(r, 1).before, "none");
    assert_int_equal(ory_run_event_at(r, 1).k, 4);
    assert_int_equal(ory_run_rewind(r, 2, NULL), ORY_OK);
    ory_run_knob_at(r, ory_run_knob_find(r, "label"), &v);
    assert_null(v->text);
    assert_false(v->given);
    ory_run_knob_at(r, ory_run_knob_find(r, "mode"), &v);
    assert_true(v->num == 0 && v->is_choice && !v->given);
    assert_int_equal(ory_run_rewind(r, 4, NULL), ORY_OK);
    ory_run_knob_at(r, ory_run_knob_find(r, "label"), &v);
    assert_string_equal(v->text, "a text");
    ory_run_free(r);
}

static void a_step_size_given_by_hand_is_taken(void **state)
{
    ory_run *r = bowl(NULL);

    (void)state;
    assert_true(toy_read(r, "step") == 0.1);
    assert_int_equal(ory_run_set_num(r, "step", 0.02, NULL), ORY_OK);
    assert_true(toy_read(r, "step") == 0.02);
    toy_step(r, 1);
    assert_int_equal(ory_run_set_text(r, "rule", "inverse", NULL), ORY_OK);
    assert_true(toy_read(r, "step") == 0.1);
    toy_step(r, 1);
    assert_int_equal(ory_run_set_num(r, "step", 0.03, NULL), ORY_OK);
    assert_true(toy_read(r, "step") == 0.03);
    assert_int_equal(ory_run_event_count(r), 4); /* the last one turned two knobs */
    assert_int_equal(ory_run_rewind(r, 1, NULL), ORY_OK);
    assert_true(toy_read(r, "step") == 0.1);
    assert_int_equal(ory_run_rewind(r, 0, NULL), ORY_OK);
    assert_true(toy_read(r, "step") == 0.02);
    ory_run_free(r);
}

static void a_knob_of_the_system_changes_loss_and_gradient_at_once(void **state)
{
    ory_run *r = bowl(NULL);
    double loss = toy_read(r, "loss"), grad = toy_read(r, "grad_norm");
    ory_system *mine = ory_run_system(r);
    const double *x = ory_run_state(r);
    double quartic = 0;

    (void)state;
    for (size_t i = 0; i < mine->dim; i++)
        quartic += pow(x[i], 4) / 4;
    assert_int_equal(ory_run_set_num(r, "quartic", 2, NULL), ORY_OK);
    assert_true(fabs(toy_read(r, "loss") - loss - 2 * quartic) < 1e-12 * loss);
    assert_true(toy_read(r, "grad_norm") > grad);
    ory_run_free(r);
}

static void a_system_with_other_users_is_cloned_before_a_turn(void **state)
{
    ory_system *s = toy_new(&toy_bowl_class, NULL);
    ory_run *r = toy_start(ory_system_ref(s), NULL);

    (void)state;
    assert_ptr_equal(ory_run_system(r), s);
    assert_int_equal(ory_run_set_num(r, "cap", 5, NULL), ORY_OK);
    assert_ptr_not_equal(ory_run_system(r), s);
    assert_true(s->values.v[5].num == 1e9);
    assert_true(toy_read(r, "cap_now") == 5);
    toy_step(r, 5);
    ory_system_unref(s);
    ory_run_free(r);
}

static void a_state_set_by_hand_is_checked_and_logged(void **state)
{
    ory_run *r = bowl(NULL);
    double first = 3.5, rest[] = {1, 2, 3, INFINITY};
    ory_mat one = ory_mat_view(&first, 1, 1), four = ory_mat_view(rest, 4, 1);
    ory_error err = {0};

    (void)state;
    toy_step(r, 2);
    assert_int_equal(ory_run_poke(r, "third", &one, &err), ORY_ENAME);
    assert_int_equal(ory_run_poke(r, "rest", &one, &err), ORY_ESHAPE);
    assert_non_null(strstr(err.text, "rest is 4 x 1, the value 1 x 1"));
    assert_int_equal(ory_run_poke(r, "rest", &four, &err), ORY_EDIVERGE);
    assert_int_equal(ory_run_event_count(r), 0);
    assert_int_equal(ory_run_poke(r, "first", &one, &err), ORY_OK);
    assert_true(ory_run_state(r)[0] == 3.5);
    assert_int_equal(ory_run_event_at(r, 0).kind, ORY_EVENT_POKE);
    assert_string_equal(ory_run_event_at(r, 0).name, "first");
    ory_run_free(r);
}

/* A poke that lifts the loss is a new start as far as divergence goes. */
static void divergence_is_measured_from_the_last_change_by_hand(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, (toy_option[]){{"scale", 1e-3}, {0}}), NULL);
    double far[] = {1e5, 1e5, 1e5, 1e5, 1e5};
    ory_mat m = ory_mat_view(far, 5, 1);

    (void)state;
    assert_int_equal(ory_run_poke(r, NULL, &m, NULL), ORY_OK);
    toy_step(r, 50);
    ory_run_free(r);
}

/* That measure belongs to the step: a seek to before the change takes it back, a fork
 * takes it along. */
static void the_measure_of_divergence_travels_with_the_run(void **state)
{
    ory_run *r = bowl(NULL), *f;
    double far[] = {1e5, 1e5, 1e5, 1e5, 1e5};
    ory_mat m = ory_mat_view(far, 5, 1);
    const double start = toy_read(r, "loss");
    ory_stop a, b;
    char text[64];

    (void)state;
    toy_step(r, 5);
    assert_int_equal(ory_run_poke(r, NULL, &m, NULL), ORY_OK);
    assert_int_equal(ory_run_set_num(r, "step", 0.9, NULL), ORY_OK);
    assert_int_equal(ory_run_fork(r, NULL, &f, NULL), ORY_OK);
    a = go(r, (ory_goal){.max_steps = 10000, .time = NAN});
    b = go(f, (ory_goal){.max_steps = 10000, .time = NAN});
    assert_int_equal(a.reason, ORY_STOP_DIVERGED);
    assert_string_equal(a.text, b.text);
    assert_int_equal(ory_run_rewind(r, 2, NULL), ORY_OK);
    assert_int_equal(ory_run_set_num(r, "step", 0.9, NULL), ORY_OK);
    a = go(r, (ory_goal){.max_steps = 10000, .time = NAN});
    assert_int_equal(a.reason, ORY_STOP_DIVERGED);
    snprintf(text, sizeof text, "over 1e6 times its start %.4g", start);
    assert_non_null(strstr(a.text, text));
    ory_run_free(r);
    ory_run_free(f);
}

static void events_stand_in_the_order_of_steps(void **state)
{
    ory_run *r = bowl(&(toy_run){.name = "trunk"}), *f;

    (void)state;
    toy_step(r, 10);
    assert_int_equal(ory_run_set_num(r, "step", 0.02, NULL), ORY_OK);
    toy_step(r, 10);
    assert_int_equal(ory_run_rewind(r, 5, NULL), ORY_OK);
    assert_int_equal(ory_run_mark(r, "here", NULL), ORY_OK);
    assert_int_equal(ory_run_known(r), 20); /* a marker leaves the future alone */
    assert_int_equal(ory_run_fork(r, "branch", &f, NULL), ORY_OK);
    assert_int_equal(ory_run_rewind(r, 20, NULL), ORY_OK);
    assert_int_equal(ory_run_event_count(r), 3);
    assert_string_equal(ory_run_event_at(r, 0).name, "here");
    assert_int_equal(ory_run_event_at(r, 0).k, 5);
    assert_int_equal(ory_run_event_at(r, 1).kind, ORY_EVENT_FORK);
    assert_string_equal(ory_run_event_at(r, 1).name, "branch");
    assert_string_equal(ory_run_event_at(r, 2).name, "step");
    assert_int_equal(ory_run_event_count(f), 2);
    assert_string_equal(ory_run_event_at(f, 0).name, "here");
    assert_string_equal(ory_run_event_at(f, 1).name, "branch");
    assert_string_equal(ory_run_event_at(f, 1).before, "trunk");
    for (int i = 0; i <= ORY_EVENT_LIMIT; i++)
        assert_non_null(ory_event_kind_text((ory_event_kind)i));
    ory_run_free(r);
    ory_run_free(f);
}

/* ------------------------------------------------------------------------- anew */

static void a_reset_goes_back_to_the_same_or_another_start(void **state)
{
    ory_run *r = bowl(&(toy_run){.every = 1});
    const uint64_t start = ory_run_hash(r);
    ory_error err = {0};
    ory_verdict v;
    uint64_t end, other;

    (void)state;
    toy_step(r, 30);
    end = ory_run_hash(r);
    assert_int_equal(ory_run_mark(r, "m", NULL), ORY_OK);
    assert_int_equal(ory_run_reset(r, -1, &err), ORY_OK);
    assert_true(ory_run_hash(r) == start);
    assert_int_equal(ory_run_known(r), 0);
    assert_int_equal(ory_run_event_count(r), 0);
    assert_int_equal(ory_series_count(ory_run_series(r, "loss")), 1);
    assert_int_equal(ory_run_claim(r, 1, &v, NULL), ORY_OK);
    assert_int_equal(v.checked, 1);
    toy_step(r, 30);
    assert_true(ory_run_hash(r) == end);
    assert_int_equal(ory_run_reset(r, 77, &err), ORY_OK);
    assert_true(ory_run_hash(r) != start);
    other = ory_run_hash(r);
    toy_step(r, 10);
    assert_int_equal(ory_run_rewind(r, 0, NULL), ORY_OK);
    assert_true(ory_run_hash(r) == other);
    assert_int_equal(ory_run_reset(r, 1, &err), ORY_OK); /* the seed it was made with */
    assert_true(ory_run_hash(r) == start);
    ory_run_free(r);
    r = toy_start(toy_new(&toy_wave_class, NULL), NULL);
    toy_step(r, 3);
    end = ory_run_hash(r);
    assert_int_equal(ory_run_reset(r, 5, &err), ORY_ENAME); /* no seed in its table */
    assert_true(ory_run_hash(r) == end);
    ory_run_free(r);
}

static void a_reset_keeps_the_knobs(void **state)
{
    ory_run *r = bowl(NULL);

    (void)state;
    assert_int_equal(ory_run_set_num(r, "quartic", 0.5, NULL), ORY_OK);
    assert_int_equal(ory_run_set_num(r, "step", 0.03, NULL), ORY_OK);
    toy_step(r, 5);
    assert_int_equal(ory_run_reset(r, 4, NULL), ORY_OK);
    assert_true(toy_read(r, "step") == 0.03);
    assert_true(ory_run_system(r)->values.v[4].num == 0.5);
    assert_int_equal(ory_run_event_count(r), 0);
    ory_run_free(r);
}

/* ------------------------------------------------------------------------ probes */

static void every_probe_of_a_run_can_be_read(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), &(toy_run){.stepper = "flow"});
    double out[16], slope[5];
    size_t rows, cols;
    int n = ory_run_probe_count(r);
    char why[80];

    (void)state;
    toy_step(r, 3);
    for (int i = 0; i < n; i++) {
        assert_int_equal(ory_run_probe_find(r, ory_run_probe_at(r, i)->name), i);
        ory_run_probe_shape(r, i, &rows, &cols);
        assert_true(rows * cols <= 16);
        assert_in_set(ory_run_read(r, i, out, NULL), ((uintmax_t[]){ORY_OK, ORY_EUNDEF}), 2);
    }
    assert_int_equal(ory_run_probe_find(r, "nothing"), -1);
    assert_int_equal(ory_run_read(r, n, out, NULL), ORY_ENAME);
    assert_int_equal(ory_run_read(r, -1, out, NULL), ORY_ENAME);
    assert_true(toy_read(r, "accepted") == 3);
    assert_true(ory_run_why(r, ory_run_probe_find(r, "never"), why, sizeof why));
    assert_string_equal(why, "it never is");
    assert_int_equal(ory_run_read(r, ory_run_probe_find(r, "slope"), slope, NULL), ORY_OK);
    assert_true(slope[0] == ory_run_state(r)[0]); /* a_0 = 1, no quartic */
    ory_run_free(r);
}

/* ------------------------------------------------------------------- no memory */

/* What a program does with a run, up to the first failure. */
static ory_status live(ory_system *s, ory_run **r, ory_run **f, ory_error *err)
{
    double one = 1.5;
    const ory_mat m = ory_mat_view(&one, 1, 1);
    ory_status ok = ory_run_new(s, NULL, r, err);

    if (ok == ORY_OK)
        ok = ory_run_step(*r, 40, NULL, err);
    if (ok == ORY_OK)
        ok = ory_run_set_num(*r, "quartic", 0.5, err);
    if (ok == ORY_OK)
        ok = ory_run_set_num(*r, "step", 0.01, err);
    if (ok == ORY_OK)
        ok = ory_run_set_text(*r, "label", "changed", err);
    if (ok == ORY_OK)
        ok = ory_run_poke(*r, "first", &m, err);
    if (ok == ORY_OK)
        ok = ory_run_mark(*r, "mark", err);
    if (ok == ORY_OK)
        ok = ory_run_step(*r, 40, NULL, err);
    if (ok == ORY_OK)
        ok = ory_run_fork(*r, "f", f, err);
    if (ok == ORY_OK)
        ok = ory_run_record(*f, (const char *[]){"sharpness", "dear", "norm", "pl", NULL}, 3, err);
    if (ok == ORY_OK)
        ok = ory_run_rewind(*f, 20, err);
    if (ok == ORY_OK)
        ok = ory_run_rewind(*r, 7, err);
    return ok == ORY_OK ? ory_run_reset(*r, 3, err) : ok;
}

/* The n-th allocation fails, for every n: the answer is ENOMEM with a text, the run can
 * be used on, and nothing is lost. */
static void no_allocation_may_fail_badly(void **state)
{
    const size_t before = ory_mem_in_use();
    long n = 0;
    bool hit = true;

    (void)state;
    for (; hit; n++) {
        ory_run *r = NULL, *f = NULL;
        ory_system *s = toy_new(&toy_bowl_class, NULL);
        ory_error err = {0};
        ory_status ok;

        ory_mem_fault_set(n);
        ok = live(s, &r, &f, &err);
        hit = ory_mem_fault_hit();
        ory_mem_fault_set(-1);
        if (hit && ok != ORY_OK) {
            assert_int_equal(ok, ORY_ENOMEM);
            assert_true(err.text[0] != '\0');
        } else {
            assert_int_equal(ok, ORY_OK);
        }
        if (r) {
            const uint64_t k = ory_run_k(r);
            uint64_t hash;

            toy_step(r, 3);
            hash = ory_run_hash(r);
            assert_int_equal(ory_run_rewind(r, k / 2, NULL), ORY_OK);
            assert_int_equal(ory_run_rewind(r, k + 3, NULL), ORY_OK);
            assert_true(ory_run_hash(r) == hash);
        }
        ory_run_free(r);
        ory_run_free(f);
        ory_system_unref(s);
    }
    assert_true(n > 60);
    assert_int_equal(ory_mem_in_use(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_says_where_it_is),
        cmocka_unit_test(what_does_not_fit_is_refused_with_the_reason),
        cmocka_unit_test(equal_seeds_give_equal_bits),
        cmocka_unit_test(one_gradient_is_evaluated_for_a_step),
        cmocka_unit_test(steps_are_counted),
        cmocka_unit_test(the_first_goal_reached_is_the_reason),
        cmocka_unit_test(a_condition_is_looked_at_on_multiples_of_its_every),
        cmocka_unit_test(a_function_can_stop_the_run_or_fail),
        cmocka_unit_test(a_function_cannot_move_the_run_that_calls_it),
        cmocka_unit_test(ctrl_c_stops_at_a_step),
        cmocka_unit_test(a_slice_ends_near_its_time),
        cmocka_unit_test(divergence_stops_at_the_last_finite_step),
        cmocka_unit_test(an_infinite_state_is_not_taken),
        cmocka_unit_test(growth_from_next_to_nothing_is_no_divergence),
        cmocka_unit_test(a_rule_that_refuses_stops_the_run_with_its_reason),
        cmocka_unit_test(an_update_that_fails_is_an_error),
        cmocka_unit_test(a_loss_that_fails_is_an_error_with_its_own_text),
        cmocka_unit_test(a_breakpoint_fires_where_its_condition_becomes_true),
        cmocka_unit_test(a_seek_past_the_crossing_is_no_crossing),
        cmocka_unit_test(a_breakpoint_may_remove_itself_and_turn_knobs),
        cmocka_unit_test(knobs_are_found_read_and_turned_by_name),
        cmocka_unit_test(a_step_size_given_by_hand_is_taken),
        cmocka_unit_test(a_knob_of_the_system_changes_loss_and_gradient_at_once),
        cmocka_unit_test(a_system_with_other_users_is_cloned_before_a_turn),
        cmocka_unit_test(a_state_set_by_hand_is_checked_and_logged),
        cmocka_unit_test(divergence_is_measured_from_the_last_change_by_hand),
        cmocka_unit_test(the_measure_of_divergence_travels_with_the_run),
        cmocka_unit_test(events_stand_in_the_order_of_steps),
        cmocka_unit_test(a_reset_goes_back_to_the_same_or_another_start),
        cmocka_unit_test(a_reset_keeps_the_knobs),
        cmocka_unit_test(every_probe_of_a_run_can_be_read),
        cmocka_unit_test(no_allocation_may_fail_badly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
