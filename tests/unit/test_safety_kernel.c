/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_safety_kernel.c - safety.kernel against the figures of theory page 08: grids of the
 * pendulum, sweeps, axioms, the signed-distance critic, the plant without a grid, walks.
 * Cases are numbered as there. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "run/run.h"
#include "systems/safety_kernel.h"

/* ---------------------------------------------------------------------- instances */

typedef struct option {
    const char *name;
    double number;
    const char *text;
    const double *data; /* rows x cols */
    size_t rows, cols;
} option;

static ory_status try_make(const option *o, ory_system **s, ory_error *err)
{
    const ory_system_class *c = ory_system_class_find("safety.kernel");
    ory_values v;
    ory_status ok;

    assert_int_equal(ory_values_init(&v, c->name, c->params, NULL), ORY_OK);
    for (; o && o->name; o++) {
        if (o->text) {
            assert_int_equal(ory_values_set_text(&v, o->name, o->text, NULL), ORY_OK);
        } else if (o->data) {
            const ory_mat view = ory_mat_view((double *)o->data, o->rows, o->cols);
            ory_matref *m = ory_matref_new(&view);

            assert_non_null(m);
            assert_int_equal(ory_values_set_mat(&v, o->name, m, NULL), ORY_OK);
            ory_matref_unref(m);
        } else {
            assert_int_equal(ory_values_set_num(&v, o->name, o->number, NULL), ORY_OK);
        }
    }
    ok = ory_system_new(c, &v, s, err);
    ory_values_fini(&v);
    return ok;
}

static ory_system *make(const option *o)
{
    ory_system *s = NULL;
    ory_error err = {0};

    if (try_make(o, &s, &err) != ORY_OK)
        fail_msg("%s", err.text);
    return s;
}

static ory_run *run_of(ory_system *s)
{
    ory_run *r;

    assert_int_equal(ory_run_new(s, &(ory_run_options){0}, &r, NULL), ORY_OK);
    ory_system_unref(s); /* the run has its own reference */
    return r;
}

static double get(ory_run *r, const char *name)
{
    double v = NAN;

    assert_int_equal(ory_run_read(r, ory_run_probe_find(r, name), &v, NULL), ORY_OK);
    return v;
}

static void step(ory_run *r, uint64_t n)
{
    ory_stop stop;

    assert_int_equal(ory_run_step(r, n, &stop, NULL), ORY_OK);
}

/* Sweeps until one changes nothing, that one included. */
static size_t sweeps(ory_run *r)
{
    size_t k = 1;

    for (; get(r, "changes") > 0; k++)
        step(r, 1);
    return k;
}

static void no_claim_is_violated(ory_run *r)
{
    for (int i = 0; i < ory_run_claim_count(r); i++) {
        ory_verdict v;

        assert_int_equal(ory_run_claim(r, i, &v, NULL), ORY_OK);
        if (v.standing == ORY_CLAIM_VIOLATED)
            fail_msg("claim %s: %s", v.claim->name, v.text);
    }
}

static void claim_stands(ory_run *r, const char *name, ory_standing wanted)
{
    for (int i = 0; i < ory_run_claim_count(r); i++) {
        ory_verdict v;

        assert_int_equal(ory_run_claim(r, i, &v, NULL), ORY_OK);
        if (strcmp(v.claim->name, name) == 0) {
            assert_int_equal(v.standing, wanted);
            return;
        }
    }
    fail_msg("no claim %s", name);
}

/* ---------------------------------------------------------------------- the table */

typedef struct line {
    double hold, n, safe, exact, iou, pairs;
    size_t sweeps;
    double inner, outer;
} line;

static const line lines[] = {
    {1, 31, 269, 213, 0.792, 1147, 22, 0, 543},
    {1, 51, 629, 577, 0.870, 2647, 28, 0, 1049},
    {1, 101, 2307, 2265, 0.963, 9643, 34, 1423, 3231},
    {1, 201, 9017, 8959, 0.980, 37541, 42, 7219, 10825},
    {4, 101, 2269, 2265, 0.988, 5375, 12, 2087, 2421},
    {4, 201, 8977, 8959, 0.994, 21211, 14, 8617, 9329},
};

static void case_6_every_figure_of_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const line *l = &lines[i];
        ory_run *r = run_of(make((option[]){{"N", l->n, 0, 0, 0, 0}, {"hold", l->hold, 0, 0, 0, 0}, {0}}));
        size_t k = sweeps(r);

        assert_true(get(r, "safe") == l->safe && get(r, "truth_safe") == l->safe);
        assert_true(get(r, "exact_safe") == l->exact);
        assert_true(fabs(get(r, "iou_exact") - l->iou) < 0.0005);
        assert_true(get(r, "safe_pairs") == l->pairs && get(r, "truth_pairs") == l->pairs);
        assert_int_equal(k, l->sweeps);
        assert_true(get(r, "sweeps") == (double)l->sweeps && get(r, "fixed_point") == 1);
        assert_true(get(r, "missed") == 0 && get(r, "over_cautious") == 0);
        assert_true(get(r, "truth_moves") == 0);
        claim_stands(r, "bellman", ORY_CLAIM_HOLDS);
        no_claim_is_violated(r);
        ory_run_free(r);
    }
}

static void case_7_brackets_nest_and_sets_are_symmetric(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const line *l = &lines[i];
        ory_system *s[3];
        const size_t cells = (size_t)(l->n * l->n);

        for (int k = 0; k < 3; k++) {
            s[k] = make((option[]){{"N", l->n, 0, 0, 0, 0}, {"hold", l->hold, 0, 0, 0, 0},
                                   {"snap", 0, safety_snaps[k], 0, 0, 0}, {0}});
            const uint8_t *v = ((kernel *)s[k]->self)->p.set.unsafe;

            for (size_t c = 0; c < cells; c++) /* (theta, omega) and its opposite */
                assert_int_equal(v[c], v[cells - 1 - c]);
        }
        const kernel *near = s[0]->self, *in = s[1]->self, *out = s[2]->self;

        assert_true((double)in->p.set.safe == l->inner && (double)out->p.set.safe == l->outer);
        for (size_t c = 0; c <= cells; c++)
            assert_true(in->p.set.unsafe[c] >= near->p.set.unsafe[c] &&
                        near->p.set.unsafe[c] >= out->p.set.unsafe[c]);
        for (int k = 0; k < 3; k++)
            ory_system_unref(s[k]);
    }
}

static void unsafe_states_after_each_sweep(void **state)
{
    const double wanted[] = {1, 3027, 5345, 6641, 7307, 7633, 7787, 7867, 7905, 7927, 7933, 7933};
    ory_run *r = run_of(make((option[]){{"hold", 4, 0, 0, 0, 0}, {0}}));

    (void)state;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        step(r, 1);
        assert_true(get(r, "unsafe_states") == wanted[i]);
        no_claim_is_violated(r);
    }
    assert_true(get(r, "components") == 6);
    ory_run_free(r);
}

static void self_loops_are_reported_and_warned_of(void **state)
{
    const double sizes[][3] = {{1, 31, 2.98}, {1, 51, 1.07}, {1, 101, 0.27}, {4, 101, 0.02}};

    (void)state;
    for (int i = 0; i < 4; i++) {
        ory_system *s = make((option[]){{"N", sizes[i][1], 0, 0, 0, 0}, {"hold", sizes[i][0], 0, 0, 0, 0},
                                        {0}});
        ory_run *r = run_of(s);

        assert_true(fabs(100 * get(r, "self_loops") - sizes[i][2]) < 0.005);
        assert_int_equal(s->n_notes, sizes[i][2] > 1);
        if (i == 0 || i == 2)
            assert_true(get(r, "components") == (i ? 63 : 71));
        ory_run_free(r);
    }
}

/* ------------------------------------------------------------------------- axioms */

static void true_axioms_bring_most_of_the_set_back_from_one(void **state)
{
    ory_run *r = run_of(make((option[]){{"start", 0, "one", 0, 0, 0}, {"axioms", 0, "block", 0, 0, 0}, {0}}));
    double before;
    size_t k = 0;

    (void)state;
    assert_true(get(r, "axiom_pairs") == 105 && get(r, "contradicted") == 0);
    do { /* until a sweep changes no pair of the clamped critic */
        before = get(r, "safe_pairs");
        step(r, 1);
        k++;
        no_claim_is_violated(r);
    } while (get(r, "safe_pairs") != before);
    assert_int_equal(k, 29);
    assert_true(get(r, "safe") == 2223 && get(r, "changes") == 0 && get(r, "axioms_left") == 0);
    assert_true(get(r, "fixed_point") == KIND_BETWEEN && get(r, "missed") == 0);
    ory_run_free(r);
}

static void case_5_from_one_nothing_moves(void **state)
{
    ory_run *r = run_of(make((option[]){{"start", 0, "one", 0, 0, 0}, {"N", 31, 0, 0, 0, 0}, {0}}));

    (void)state;
    assert_true(get(r, "changes") == 0 && get(r, "fixed_point") == KIND_SPURIOUS);
    step(r, 3);
    assert_true(get(r, "safe") == 0 && get(r, "over_cautious") == 269 && get(r, "witness") == 1);
    no_claim_is_violated(r);
    ory_run_free(r);
}

/* ------------------------------------------------------------------------- tables */

static const double six[] = {1, 2, 3, 7, 3, 7, 7, 5, 7, 7, 6, 4, 1, 7}, six_bad[] = {7};
static const double doomed[] = {2, 3, 4, 3, 4, 4, 5, 5, 5, 5}, doomed_bad[] = {5};

static void case_2_as_a_table_of_the_users_own(void **state)
{
    ory_run *r = run_of(make((option[]){{"next", 0, 0, six, 7, 2}, {"unsafe", 0, 0, six_bad, 1, 1}, {0}}));

    (void)state;
    assert_true(get(r, "sweeps") == 5 && get(r, "fixed_points") == 6 && sweeps(r) == 5 && get(r, "safe") == 4);
    no_claim_is_violated(r);
    ory_run_free(r);
}

static void a_false_axiom_is_named_and_leaves_no_fixed_point(void **state)
{
    const double axiom[] = {4, 2};
    ory_system *s = make((option[]){{"next", 0, 0, six, 7, 2}, {"unsafe", 0, 0, six_bad, 1, 1},
                                    {"start", 0, "one", 0, 0, 0}, {"axioms", 0, "given", 0, 0, 0},
                                    {"axiom", 0, 0, axiom, 1, 2}, {0}});
    ory_run *r = run_of(s);

    (void)state;
    assert_non_null(strstr(s->notes[0], "state 4, action 2 dooms the system"));
    step(r, 20);
    assert_true(get(r, "contradicted") == 1 && get(r, "axioms_left") == 1);
    assert_true(get(r, "fixed_point") == KIND_NOT_FIXED);
    ory_run_free(r);
}

static void case_4_discounting_passes_a_doomed_state_as_safe(void **state)
{
    const double h[] = {3, 2, 2, 1, -1};

    (void)state;
    for (int k = 0; k < 2; k++) {
        ory_system *s = make((option[]){{"next", 0, 0, doomed, 5, 2}, {"unsafe", 0, 0, doomed_bad, 1, 1},
                                        {"operator", 0, "distance", 0, 0, 0}, {"h", 0, 0, h, 5, 1},
                                        {"gamma", k ? 1 : 0.9, 0, 0, 0, 0}, {0}});
        ory_run *r = run_of(s);

        assert_non_null(strstr(s->notes[0], "maximal safe set is empty"));
        step(r, 400);
        if (k)
            for (size_t i = 0; i < 10; i++)
                assert_true(ory_run_state(r)[i] == -1);
        else
            assert_true(fabs(ory_run_state(r)[0] - 0.0588) < 5e-5);
        assert_true((get(r, "missed") > 0) == !k);
        ory_run_free(r);
    }
    ory_run *r = run_of(make((option[]){{"next", 0, 0, doomed, 5, 2}, {"unsafe", 0, 0, doomed_bad, 1, 1},
                                        {"start", 0, "one", 0, 0, 0}, {0}}));

    assert_true(get(r, "fixed_point") == KIND_MAXIMAL && get(r, "fixed_points") == 1);
    ory_run_free(r);
}

static void case_8_undiscounted_distance_and_binary_critic_agree(void **state)
{
    ory_system *s = make((option[]){{"operator", 0, "distance", 0, 0, 0}, {0}});
    const kernel *k = s->self;
    ory_run *r = run_of(s);

    (void)state;
    step(r, 60);
    assert_true(get(r, "changes") == 0);
    for (size_t i = 0; i < k->pairs; i++)
        assert_true((ory_run_state(r)[i] > 0) == !k->y.truth[i]);
    ory_run_free(r);
}

static void discounting_declares_more_cells_safe(void **state)
{
    const double gamma[] = {0.9, 0.99, 0.999}, safe[] = {9797, 7773, 2751};

    (void)state;
    for (int i = 0; i < 3; i++) {
        ory_run *r = run_of(make((option[]){{"operator", 0, "distance", 0, 0, 0},
                                            {"gamma", gamma[i], 0, 0, 0, 0}, {0}}));

        for (int k = 0; k < 40 && get(r, "changes") > 0; k++)
            step(r, 25);
        assert_true(get(r, "safe") == safe[i] && get(r, "over_cautious") == 0);
        claim_stands(r, "optimistic", ORY_CLAIM_HOLDS);
        claim_stands(r, "bellman", ORY_CLAIM_NOT_APPLY);
        ory_run_free(r);
    }
}

/* --------------------------------------------------------------------- the plant */

static safety_plant plant_of(const char *name)
{
    ory_system *s = make((option[]){{"plant", 0, name, 0, 0, 0}, {"N", 11, 0, 0, 0, 0}, {0}});
    const safety_plant p = ((kernel *)s->self)->p.plant;

    ory_system_unref(s);
    return p;
}

static void the_closed_form_is_that_of_the_page(void **state)
{
    const safety_plant p = plant_of("pendulum");
    const double at[] = {-M_PI / 2, 0, M_PI / 2}, up[] = {7.1612297997, 1.5600180520, -3.6856614604};

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(fabs(safety_plant_upper(&p, at[i]) - up[i]) < 1e-9);
    for (double th = -1.5; th < 1.5; th += 0.0731) { /* the map lags by half a step */
        const double edge = safety_plant_upper(&p, th) - 0.5 * p.dt * (p.alpha * sin(th) - p.beta);

        assert_true(safety_plant_safe(&p, (double[]){th, edge - 0.02}));
        assert_false(safety_plant_safe(&p, (double[]){th, edge + 0.02}));
        assert_false(safety_plant_safe(&p, (double[]){-th, -edge - 0.02}));
    }
}

static void the_integrators_closed_form(void **state)
{
    const safety_plant p = plant_of("integrator");

    (void)state;
    for (double x = -0.97; x < 0.97; x += 0.0613) {
        const double edge = sqrt(2 * (1 - x)) + 0.5 * p.dt;

        assert_true(safety_plant_safe(&p, (double[]){x, edge - 0.02}));
        assert_false(safety_plant_safe(&p, (double[]){x, edge + 0.02}));
        assert_false(safety_plant_safe(&p, (double[]){-x, -edge - 0.02}));
    }
}

static void case_9_safe_points_have_a_safe_action_doomed_ones_none(void **state)
{
    const char *names[] = {"pendulum", "integrator"};
    ory_rng rng;
    int safe = 0;

    (void)state;
    ory_rng_init(&rng, 9, 9);
    for (int i = 0; i < 4000; i++) {
        static safety_plant p;
        if (i % 2000 == 0)
            p = plant_of(names[i / 2000]);
        double x[2], y[2];
        bool way = false;

        for (int k = 0; k < 2; k++)
            x[k] = p.low[k] + ory_rng_uniform(&rng) * (p.high[k] - p.low[k]);
        for (size_t a = 0; a < p.m; a++)
            way |= !safety_plant_step(&p, x, a, y) && safety_plant_safe(&p, y);
        assert_true(way == safety_plant_safe(&p, x));
        safe += way;
    }
    assert_true(safe > 600 && safe < 3400);
}

static void the_bisected_truth_is_that_of_every_cell(void **state)
{
    ory_system *s = make((option[]){{"N", 41, 0, 0, 0, 0}, {0}});
    const kernel *k = s->self;
    double x[2];

    (void)state;
    for (size_t i = 0; i < k->p.grid; i++) {
        safety_problem_centre(&k->p, i, x);
        assert_int_equal(safety_problem_cell(&k->p, x), i);
        assert_true(k->p.exact[i] == !safety_plant_safe(&k->p.plant, x));
    }
    ory_system_unref(s);
}

/* Walks of the plant itself from middles of safe cells; how many of 400 fail. */
static int failures(double n, double hold, const char *snap)
{
    ory_system *s = make((option[]){{"N", n, 0, 0, 0, 0}, {"hold", hold, 0, 0, 0, 0},
                                    {"snap", 0, snap, 0, 0, 0}, {0}});
    const kernel *k = s->self;
    const size_t steps = (size_t)(200 / hold); /* 200 of the plant */
    ory_rng rng;
    int failed = 0;

    ory_rng_init(&rng, 10, 0);
    for (int i = 0; i < 400; i++) {
        size_t cell;
        double x[2];

        do
            cell = (size_t)ory_rng_below(&rng, k->p.grid);
        while (k->p.set.unsafe[cell]);
        safety_problem_centre(&k->p, cell, x);
        failed += safety_problem_walk(&k->p, k->y.truth, x, false, steps, &rng, NULL) < steps;
    }
    ory_system_unref(s);
    return failed;
}

static void case_10_walks_in_the_grid_never_fail_in_the_plant_they_do(void **state)
{
    ory_system *s = make((option[]){{"N", 51, 0, 0, 0, 0}, {0}});
    const kernel *k = s->self;
    size_t cell = k->p.grid / 2, near, in;
    ory_rng rng;

    (void)state;
    ory_rng_init(&rng, 11, 0);
    for (int i = 0; i < 10000; i++) { /* uniform over the safe actions, in the grid */
        size_t a;

        do
            a = (size_t)ory_rng_below(&rng, 5);
        while (k->y.truth[5 * cell + a]);
        cell = k->p.mdp.next[5 * cell + a];
        assert_false(k->p.mdp.bad[cell]);
    }
    ory_system_unref(s);
    assert_true(failures(101, 1, "nearest") >= 398);
    assert_true(failures(101, 1, "inner") <= 8);
    near = (size_t)failures(201, 4, "nearest");
    in = (size_t)failures(201, 4, "inner");
    if (!(near > 140 && near < 260 && in < 60 && in > 2))
        fail_msg("(4,201): %zu and %zu of 400 walks fail", near, in);
}

static void case_11_random_updates_take_fewer_samples_than_the_bound(void **state)
{
    const double bound = (3 + 1) * 14 * log(15);
    double sum = 0;

    (void)state;
    assert_true(fabs(bound - 151.7) < 0.1);
    for (int i = 0; i < 400; i++) {
        ory_run *r = run_of(make((option[]){{"next", 0, 0, six, 7, 2}, {"unsafe", 0, 0, six_bad, 1, 1},
                                            {"update", 0, "async", 0, 0, 0}, {"samples", 1, 0, 0, 0, 0},
                                            {"seed", i + 1, 0, 0, 0, 0}, {0}}));

        while (get(r, "distance") > 0) {
            step(r, 1);
            assert_true(get(r, "above") == 0);
        }
        sum += ory_run_moment(r)->t;
        ory_run_free(r);
    }
    if (!(sum / 400 > 42 && sum / 400 < 56))
        fail_msg("%g samples on average", sum / 400);
}

/* -------------------------------------------------------------------------- input */

static void refused(const option *o, const char *text)
{
    ory_system *s = NULL;
    ory_error err = {0};

    assert_true(try_make(o, &s, &err) != ORY_OK);
    if (!strstr(err.text, text))
        fail_msg("'%s' does not say '%s'", err.text, text);
}

static void bad_input_is_named(void **state)
{
    const double out[] = {1, 3, 2, 2}, failed[] = {7, 1}, half[] = {0, 1, 0.5, 1}, two[] = {1, 2, 1, 2};
    const double h[] = {1, 1, 1, 1, 1}, all[] = {1, 2}, far[] = {1, 9};
    ory_system *s;

    (void)state;
    refused((option[]){{"next", 0, 0, out, 2, 2}, {0}}, "state 1, action 2: successor 3");
    refused((option[]){{"next", 0, 0, two, 2, 2}, {"unsafe", 0, 0, far, 1, 2}, {0}}, "state 9");
    refused((option[]){{"next", 0, 0, six, 7, 2}, {"unsafe", 0, 0, six_bad, 1, 1},
                       {"axioms", 0, "given", 0, 0, 0}, {"axiom", 0, 0, failed, 1, 2}, {0}},
            "state 7, action 1 lies in the failure set");
    refused((option[]){{"next", 0, 0, two, 2, 2}, {"start", 0, "given", 0, 0, 0},
                       {"b", 0, 0, half, 2, 2}, {0}}, "b[2][1] = 0.5");
    refused((option[]){{"next", 0, 0, doomed, 5, 2}, {"unsafe", 0, 0, doomed_bad, 1, 1},
                       {"operator", 0, "distance", 0, 0, 0}, {"h", 0, 0, h, 5, 1}, {0}}, "h[5] = 1");
    refused((option[]){{"N", 1000, 0, 0, 0, 0}, {0}}, "5000005 pairs");
    refused((option[]){{"plant", 0, "table", 0, 0, 0}, {0}}, "needs next");
    s = make((option[]){{"next", 0, 0, two, 2, 2}, {0}});
    assert_non_null(strstr(s->notes[0], "nothing to avoid"));
    ory_system_unref(s);
    s = make((option[]){{"next", 0, 0, two, 2, 2}, {"unsafe", 0, 0, all, 1, 2}, {0}});
    assert_non_null(strstr(s->notes[0], "every state is a failure"));
    ory_system_unref(s);
    s = make((option[]){{"actions", 4, 0, 0, 0, 0}, {0}});
    assert_non_null(strstr(s->notes[0], "no zero one"));
    ory_system_unref(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_2_as_a_table_of_the_users_own),
        cmocka_unit_test(case_4_discounting_passes_a_doomed_state_as_safe),
        cmocka_unit_test(case_5_from_one_nothing_moves),
        cmocka_unit_test(case_6_every_figure_of_the_table),
        cmocka_unit_test(case_7_brackets_nest_and_sets_are_symmetric),
        cmocka_unit_test(case_8_undiscounted_distance_and_binary_critic_agree),
        cmocka_unit_test(case_9_safe_points_have_a_safe_action_doomed_ones_none),
        cmocka_unit_test(case_10_walks_in_the_grid_never_fail_in_the_plant_they_do),
        cmocka_unit_test(case_11_random_updates_take_fewer_samples_than_the_bound),
        cmocka_unit_test(unsafe_states_after_each_sweep),
        cmocka_unit_test(self_loops_are_reported_and_warned_of),
        cmocka_unit_test(true_axioms_bring_most_of_the_set_back_from_one),
        cmocka_unit_test(a_false_axiom_is_named_and_leaves_no_fixed_point),
        cmocka_unit_test(discounting_declares_more_cells_safe),
        cmocka_unit_test(the_closed_form_is_that_of_the_page),
        cmocka_unit_test(the_integrators_closed_form),
        cmocka_unit_test(the_bisected_truth_is_that_of_every_cell),
        cmocka_unit_test(bad_input_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
