/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_steppers.c - every stepper against an independent calculation: closed forms of
 * momentum on a quadratic, line searches by brute force, convergence orders and exact
 * solutions of the integrators. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/rng.h"
#include "toys.h"

static ory_run *bowl(const toy_option *options, const toy_run *how)
{
    return toy_start(toy_new(&toy_bowl_class, options), how);
}

static double curvature(size_t i, size_t n, double spread)
{
    return pow(spread, (double)i / (double)(n - 1));
}

static void assert_near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance))
        fail_msg("%.17g is not %.17g within %g", got, want, tolerance);
}

/* -------------------------------------------------------------- gradient descent */

/* On a quadratic x_i(k) = (1 - eta a_i)^k x_i(0). */
static void gradient_descent_on_a_quadratic_is_a_power(void **state)
{
    const double eta = 0.0731;
    ory_run *r = bowl(NULL, &(toy_run){.options = {{"step", eta}}});
    double x0[5];

    (void)state;
    memcpy(x0, ory_run_state(r), sizeof x0);
    toy_step(r, 37);
    for (size_t i = 0; i < 5; i++)
        assert_near(ory_run_state(r)[i], pow(1 - eta * curvature(i, 5, 10), 37) * x0[i], 1e-14);
    assert_near(ory_run_t(r), 37 * eta, 1e-13);
    assert_true(ory_run_moment(r)->descent && !ory_run_moment(r)->flow);
    ory_run_free(r);
}

static double quartic_loss(const double *x, size_t n, double spread, double q)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += curvature(i, n, spread) * x[i] * x[i] / 2 + q * pow(x[i], 4) / 4;
    return sum;
}

/* The first of eta_bt tau^j that meets the corrected test, tried out one by one. */
static double line_search(const double *x, size_t n, double spread, double q, double first,
                          double tau, double gamma)
{
    double g[16], y[16], sq = 0, eta;

    for (size_t i = 0; i < n; i++) {
        g[i] = curvature(i, n, spread) * x[i] + q * x[i] * x[i] * x[i];
        sq += g[i] * g[i];
    }
    for (int j = 0; j < 200; j++) {
        eta = first * pow(tau, j);
        for (size_t i = 0; i < n; i++)
            y[i] = x[i] - eta * g[i];
        if (quartic_loss(y, n, spread, q) <= quartic_loss(x, n, spread, q) - gamma * eta * sq)
            return eta;
    }
    return NAN;
}

static void backtracking_takes_the_step_that_brute_force_finds(void **state)
{
    static const double knobs[][3] = {{1, 0.5, 0.5}, {7.3, 0.731, 0.3}, {1, 0.1, 0.9}};

    (void)state;
    for (size_t c = 0; c < 3; c++)
        for (int seed = 1; seed < 20; seed++) {
            const toy_option o[] = {{"quartic", 2.385}, {"spread", 47}, {"seed", seed}, {0}};
            ory_run *r = bowl(o, &(toy_run){.rule = "backtrack",
                                            .options = {{"eta_bt", knobs[c][0]},
                                                        {"tau", knobs[c][1]},
                                                        {"gamma", knobs[c][2]}}});

            for (int k = 0; k < 8; k++, toy_step(r, 1))
                assert_near(toy_read(r, "step"),
                            line_search(ory_run_state(r), 5, 47, 2.385, knobs[c][0], knobs[c][1],
                                        knobs[c][2]),
                            1e-15);
            ory_run_free(r);
        }
}

static void backtracking_at_the_minimum_takes_any_step_and_gives_up_where_none_helps(void **state)
{
    ory_run *r = bowl((toy_option[]){{"scale", 0}, {0}}, &(toy_run){.rule = "backtrack"});
    ory_run *s = bowl(NULL, &(toy_run){.rule = "backtrack"});
    double huge[] = {1e160, 0, 0, 0, 0};
    const ory_mat m = ory_mat_view(huge, 5, 1);
    ory_stop stop;

    (void)state;
    assert_near(toy_read(r, "step"), 1, 0); /* gradient 0: no decrease is asked for */
    ory_run_free(r);
    assert_int_equal(ory_run_poke(s, NULL, &m, NULL), ORY_OK); /* the loss overflows */
    assert_int_equal(ory_run_step(s, 1, &stop, NULL), ORY_OK);
    assert_int_equal(stop.steps, 0);
    assert_true(stop.reason == ORY_STOP_DIVERGED || stop.reason == ORY_STOP_REFUSED);
    ory_run_free(s);
}

/* One-dimensional quadratic: 2 gap / g^2 = 1 / a, which lands on the minimum. */
static void polyak_reaches_the_minimum_of_a_parabola_in_one_step(void **state)
{
    ory_run *r = bowl((toy_option[]){{"n", 1}, {"spread", 7.31}, {"base", -4}, {0}},
                      &(toy_run){.rule = "polyak"});
    ory_run *none = NULL;
    ory_error err = {0};

    (void)state;
    assert_near(toy_read(r, "step"), 1 / 7.31, 1e-16);
    toy_step(r, 1);
    assert_true(fabs(ory_run_state(r)[0]) < 1e-15);
    ory_run_free(r);
    assert_int_equal(toy_try(toy_new(&toy_bowl_class, (toy_option[]){{"scale", 0}, {0}}),
                             &(toy_run){.rule = "polyak"}, &none, &err),
                     ORY_EUNDEF); /* no gap, no step */
    assert_string_equal(err.text, "run: rule polyak: gap 0, squared gradient 0: no step");
}

/* --------------------------------------------------------------------- momentum */

/* z(k+1) = p z(k) - q z(k-1) with z(-1) = z(0) = 1, by powers of its matrix: complex
 * roots r e^(+-i phi), p = 2 r cos phi, q = r^2 give z(k) in closed form. */
static double recurrence(double p, double q, unsigned k)
{
    const double r = sqrt(q), phi = acos(p / (2 * r));
    /* z(k) = r^k (A cos k phi + B sin k phi), z(0) = 1, z(1) = p - q */
    const double b = ((p - q) / r - cos(phi)) / sin(phi);

    return pow(r, k) * (cos(k * phi) + b * sin(k * phi));
}

static void heavy_ball_on_a_quadratic_has_its_closed_form(void **state)
{
    const double eta = 0.0731, beta = 0.85;
    ory_run *r = bowl(NULL, &(toy_run){.stepper = "heavy_ball",
                                       .options = {{"step", eta}, {"momentum", beta}}});
    double x0[5];

    (void)state;
    memcpy(x0, ory_run_state(r), sizeof x0);
    for (unsigned k = 1; k < 60; k++) {
        toy_step(r, 1);
        for (size_t i = 0; i < 5; i++) /* x+ = (1 + beta - eta a) x - beta x- */
            assert_near(ory_run_state(r)[i],
                        x0[i] * recurrence(1 + beta - eta * curvature(i, 5, 10), beta, k), 1e-12);
    }
    ory_run_free(r);
}

static void nesterov_on_a_quadratic_has_its_closed_form(void **state)
{
    const double eta = 0.0731, beta = 0.85;
    ory_run *r = bowl(NULL, &(toy_run){.stepper = "nesterov",
                                       .options = {{"step", eta}, {"momentum", beta}}});
    double x0[5];

    (void)state;
    memcpy(x0, ory_run_state(r), sizeof x0);
    for (unsigned k = 1; k < 60; k++) {
        toy_step(r, 1);
        for (size_t i = 0; i < 5; i++) { /* x+ = (1 - eta a) ((1 + beta) x - beta x-) */
            const double c = 1 - eta * curvature(i, 5, 10);

            assert_near(ory_run_state(r)[i], x0[i] * recurrence(c * (1 + beta), c * beta, k),
                        1e-12);
        }
    }
    ory_run_free(r);
}

/* The convex schedule by the plain recursion, written out. */
static void nesterovs_convex_schedule_is_k_over_k_plus_3(void **state)
{
    const double eta = 0.0731;
    ory_run *r = bowl(NULL, &(toy_run){.stepper = "nesterov", .options = {{"step", eta}}});
    double x[5], old[5];

    (void)state;
    memcpy(x, ory_run_state(r), sizeof x);
    memcpy(old, x, sizeof x);
    for (unsigned k = 0; k < 40; k++) {
        const double beta = k / (k + 3.0);

        for (size_t i = 0; i < 5; i++) {
            const double y = x[i] + beta * (x[i] - old[i]);

            old[i] = x[i];
            x[i] = y - eta * curvature(i, 5, 10) * y;
        }
        toy_step(r, 1);
        for (size_t i = 0; i < 5; i++)
            assert_near(ory_run_state(r)[i], x[i], 1e-14);
    }
    ory_run_free(r);
}

static void momentum_is_not_given_by_a_state_set_by_hand(void **state)
{
    ory_run *r = bowl(NULL, &(toy_run){.stepper = "heavy_ball", .options = {{"step", 0.01}}});
    double there[] = {50, 0, 0, 0, 0};
    const ory_mat m = ory_mat_view(there, 5, 1);

    (void)state;
    assert_int_equal(ory_run_poke(r, NULL, &m, NULL), ORY_OK);
    toy_step(r, 1);
    assert_near(ory_run_state(r)[0], 50 - 0.01 * 50, 1e-13);
    ory_run_free(r);
}

static void nesterov_asks_for_one_gradient_a_step(void **state)
{
    ory_run *r = bowl(NULL, &(toy_run){.stepper = "nesterov", .options = {{"step", 0.01}}});
    const unsigned long before = toy_gradients;

    (void)state;
    toy_step(r, 50);
    assert_int_equal(toy_gradients - before, 50);
    ory_run_free(r);
}

/* ------------------------------------------------------------------ integrators */

/* x'' = -w^2 x + f cos t from (1, 0). */
static void forced_wave(double t, double w, double f, double x[2])
{
    const double c = f / (w * w - 1);

    x[0] = (1 - c) * cos(w * t) + c * cos(t);
    x[1] = -(1 - c) * w * sin(w * t) - c * sin(t);
}

static double error_at(ory_run *r, double w, double f)
{
    double x[2];

    forced_wave(ory_run_t(r), w, f, x);
    return fmax(fabs(ory_run_state(r)[0] - x[0]), fabs(ory_run_state(r)[1] - x[1]));
}

/* Fixed steps of 1/n up to t = 2: tolerances that accept everything, h0 = hmax. */
static double error_with(const char *method, double w, double n)
{
    ory_run *r = toy_start(toy_new(&toy_wave_class, (toy_option[]){{"w", w}, {"force", 0.731}, {0}}),
                           &(toy_run){.method = method,
                                      .options = {{"rtol", 1}, {"atol", 1e6}, {"h0", 1 / n},
                                                  {"hmax", 1 / n}}});
    double error;

    toy_step(r, (uint64_t)(2 * n));
    assert_near(ory_run_t(r), 2, 1e-12);
    assert_near(toy_read(r, "rejected"), 0, 0);
    error = error_at(r, w, 0.731);
    ory_run_free(r);
    return error;
}

/* rk2 is a 2(3) pair that goes on with its third order; on a wave the eighth-order term
 * of rk8pd is so small that the ninth shows beside it before rounding does. */
static void integrators_have_their_orders(void **state)
{
    static const struct {
        const char *method;
        double least, most, w, n;
    } known[] = {{"rk2", 2.9, 3.1, 2.385, 32},
                 {"rk4", 3.9, 4.1, 2.385, 16},
                 {"rkf45", 4.9, 5.1, 2.385, 16},
                 {"rkck", 4.9, 5.1, 2.385, 16},
                 {"rk8pd", 7.9, 9.2, 16.7, 16}};

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const double coarse = error_with(known[i].method, known[i].w, known[i].n);
        const double fine = error_with(known[i].method, known[i].w, 2 * known[i].n);
        const double order = log2(coarse / fine);

        if (!(order >= known[i].least && order <= known[i].most))
            fail_msg("%s: errors %g, %g: order %.2f is not in [%g, %g]", known[i].method, coarse,
                     fine, order, known[i].least, known[i].most);
    }
}

static void the_methods_of_the_order_test_are_all_there_are(void **state)
{
    const ory_stepper_class *c = ory_stepper_class_find("flow");
    const ory_param *p = &c->params[ory_params_find(c->params, "method")];
    size_t n = 0;

    (void)state;
    while (p->choices[n])
        n++;
    assert_int_equal(n, 7); /* and adams and bdf, whose order varies: test_integrators */
}

static void a_flow_hits_a_time_exactly_and_keeps_its_tolerance(void **state)
{
    static const char *const methods[] = {"rk4", "rkf45", "rkck", "rk8pd"};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        ory_run *r = toy_start(toy_new(&toy_wave_class, (toy_option[]){{"force", 0.731}, {0}}),
                               &(toy_run){.method = methods[i],
                                          .options = {{"rtol", 1e-10}, {"atol", 1e-12}}});
        ory_stop stop;

        for (double t = 0.731; t < 10; t += 2.385) {
            const ory_goal goal = {.max_steps = UINT64_MAX, .time = t};

            assert_int_equal(ory_run_go(r, &goal, &stop, NULL), ORY_OK);
            assert_int_equal(stop.reason, ORY_STOP_TIME);
            assert_true(ory_run_t(r) == t);
            assert_true(error_at(r, 2.385, 0.731) < 1e-7);
        }
        assert_true(isnan(toy_read(r, "step")) && ory_run_moment(r)->flow);
        assert_near(toy_read(r, "accepted"), (double)ory_run_k(r), 0);
        assert_true(toy_read(r, "evaluations") > toy_read(r, "accepted"));
        ory_run_free(r);
    }
}

static void a_step_cut_short_does_not_shorten_the_next(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_wave_class, NULL), NULL);
    double h;

    (void)state;
    toy_step(r, 20);
    h = toy_read(r, "h");
    assert_int_equal(ory_run_go(r, &(ory_goal){.max_steps = UINT64_MAX,
                                               .time = ory_run_t(r) + 1e-6 * h},
                                NULL, NULL),
                     ORY_OK);
    assert_true(toy_read(r, "h") >= h);
    ory_run_free(r);
}

static void tighter_tolerances_cost_more_and_err_less(void **state)
{
    double last_error = INFINITY, last_cost = 0;

    (void)state;
    for (int digits = 3; digits <= 11; digits += 2) {
        ory_run *r = toy_start(toy_new(&toy_wave_class, NULL),
                               &(toy_run){.options = {{"rtol", pow(10, -digits)}}});
        const ory_goal goal = {.max_steps = UINT64_MAX, .time = 20};

        assert_int_equal(ory_run_go(r, &goal, NULL, NULL), ORY_OK);
        assert_true(error_at(r, 2.385, 0) < last_error);
        assert_true(toy_read(r, "evaluations") > last_cost);
        last_error = error_at(r, 2.385, 0);
        last_cost = toy_read(r, "evaluations");
        ory_run_free(r);
    }
    assert_true(last_error < 1e-8);
}

static void a_first_step_far_too_long_is_rejected_until_it_fits(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_wave_class, NULL),
                           &(toy_run){.options = {{"h0", 100}, {"rtol", 1e-9}}});

    (void)state;
    toy_step(r, 1);
    assert_true(toy_read(r, "rejected") >= 1);
    assert_true(ory_run_t(r) < 1);
    assert_true(error_at(r, 2.385, 0) < 1e-7);
    ory_run_free(r);
}

/* The flow of a quadratic: x_i(t) = exp(-a_i t) x_i(0). */
static void gradient_flow_of_a_quadratic_is_an_exponential(void **state)
{
    ory_run *r = bowl(NULL, &(toy_run){.stepper = "flow", .options = {{"rtol", 1e-11}}});
    double x0[5];

    (void)state;
    memcpy(x0, ory_run_state(r), sizeof x0);
    assert_int_equal(ory_run_go(r, &(ory_goal){.max_steps = UINT64_MAX, .time = 1.731}, NULL, NULL),
                     ORY_OK);
    for (size_t i = 0; i < 5; i++)
        assert_near(ory_run_state(r)[i], exp(-curvature(i, 5, 10) * 1.731) * x0[i], 1e-10);
    ory_run_free(r);
}

/* x' = -q x^3 with x(0) so large that the first slopes overflow. */
static void a_flow_that_cannot_go_on_says_so(void **state)
{
    ory_run *r = bowl((toy_option[]){{"n", 1}, {"quartic", 1}, {0}},
                      &(toy_run){.stepper = "flow", .options = {{"h0", 1}}});
    double far = 1e110;
    const ory_mat m = ory_mat_view(&far, 1, 1);
    ory_stop stop;

    (void)state;
    assert_int_equal(ory_run_poke(r, "first", &m, NULL), ORY_OK);
    assert_int_equal(ory_run_step(r, 5, &stop, NULL), ORY_OK);
    assert_int_equal(stop.reason, ORY_STOP_DIVERGED);
    assert_non_null(strstr(stop.text, "the integrator's step fell to"));
    assert_true(ory_run_state(r)[0] == far);
    ory_run_free(r);
}

static void the_longest_step_is_kept(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_wave_class, NULL),
                           &(toy_run){.options = {{"hmax", 0.0731}, {"rtol", 1e-3}}});
    double before;

    (void)state;
    for (int i = 0; i < 50; i++) {
        before = ory_run_t(r);
        toy_step(r, 1);
        assert_true(ory_run_t(r) - before <= 0.0731 * (1 + 1e-12));
    }
    ory_run_free(r);
}

/* --------------------------------------------------------------------- advance */

static void an_update_of_its_own_gets_the_runs_random_stream(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_counter_class, (toy_option[]){{"seed", 5}, {0}}), NULL);
    ory_rng rng;
    double sum = 0;

    (void)state;
    ory_rng_init(&rng, 5, 0x72756e);
    for (int k = 0; k < 20; k++)
        sum += ory_rng_normal(&rng);
    toy_step(r, 20);
    assert_true(ory_run_state(r)[0] == 20);
    assert_true(ory_run_state(r)[1] == sum);
    assert_true(ory_run_t(r) == 20);
    ory_run_free(r);
}

static void rules_are_listed_generic_ones_first(void **state)
{
    static const char *const want[] = {"const", "backtrack", "polyak", "inverse", "shy"};
    int i;

    (void)state;
    for (i = 0; ory_rule_name(&toy_bowl_class, i); i++) {
        assert_string_equal(ory_rule_name(&toy_bowl_class, i), want[i]);
        assert_true(strlen(ory_rule_doc(&toy_bowl_class, i)) > 0);
    }
    assert_int_equal(i, 5);
    assert_null(ory_rule_doc(&toy_bowl_class, 5));
    for (size_t s = 0; s < ory_stepper_count(); s++)
        assert_ptr_equal(ory_stepper_class_find(ory_stepper_class_at(s)->name),
                         ory_stepper_class_at(s));
    assert_null(ory_stepper_class_find("gdx"));
    assert_null(ory_stepper_class_find(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_descent_on_a_quadratic_is_a_power),
        cmocka_unit_test(backtracking_takes_the_step_that_brute_force_finds),
        cmocka_unit_test(
            backtracking_at_the_minimum_takes_any_step_and_gives_up_where_none_helps),
        cmocka_unit_test(polyak_reaches_the_minimum_of_a_parabola_in_one_step),
        cmocka_unit_test(heavy_ball_on_a_quadratic_has_its_closed_form),
        cmocka_unit_test(nesterov_on_a_quadratic_has_its_closed_form),
        cmocka_unit_test(nesterovs_convex_schedule_is_k_over_k_plus_3),
        cmocka_unit_test(momentum_is_not_given_by_a_state_set_by_hand),
        cmocka_unit_test(nesterov_asks_for_one_gradient_a_step),
        cmocka_unit_test(integrators_have_their_orders),
        cmocka_unit_test(the_methods_of_the_order_test_are_all_there_are),
        cmocka_unit_test(a_flow_hits_a_time_exactly_and_keeps_its_tolerance),
        cmocka_unit_test(a_step_cut_short_does_not_shorten_the_next),
        cmocka_unit_test(tighter_tolerances_cost_more_and_err_less),
        cmocka_unit_test(a_first_step_far_too_long_is_rejected_until_it_fits),
        cmocka_unit_test(gradient_flow_of_a_quadratic_is_an_exponential),
        cmocka_unit_test(a_flow_that_cannot_go_on_says_so),
        cmocka_unit_test(the_longest_step_is_kept),
        cmocka_unit_test(an_update_of_its_own_gets_the_runs_random_stream),
        cmocka_unit_test(rules_are_listed_generic_ones_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
