/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_linear_runs.c - net.linear along descents and flows: the theorems hold step by
 * step under their hypotheses, certificates stay above the gap, and the published
 * experiments come out. Numbers in names are acceptance cases. */
#include "config.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>

#include "linear_case.h"

enum { PROBLEMS = 240 };

static ory_rng rng;

static const char *standing(const descent *d)
{
    return d->s->class->standing(d->s, &d->m);
}

/* --------------------------------------------------------------- A9: imbalance */

static void imbalance_of(const descent *d, double *D)
{
    const size_t n = d->s->blocks[0].rows, h = d->s->blocks[0].cols, m = d->s->blocks[1].rows;

    for (size_t a = 0; a < h; a++)
        for (size_t b = 0; b < h; b++) {
            double sum = 0;

            for (size_t k = 0; k < n + m; k++)
                sum += (k < n ? 1 : -1) * d->x[k * h + a] * d->x[k * h + b];
            D[a * h + b] = sum;
        }
}

static double distance(const double *a, const double *b, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(sum);
}

static void A9_descent_changes_the_imbalance_by_the_exact_formula(void **state)
{
    double D0[144], D[144], next[144];

    (void)state;
    ory_rng_init(&rng, 61, 0);
    for (unsigned i = 0; i < PROBLEMS; i++) {
        ory_values v;
        descent d;
        size_t hh;

        if (i % KINDS == 2 || i % KINDS == 6)
            continue; /* reduced problems have an imbalance of their own, see below */
        random_problem(&v, &rng, i);
        descent_start(&d, &v);
        hh = d.s->blocks[0].cols * d.s->blocks[0].cols;
        imbalance_of(&d, D0);
        memcpy(D, D0, sizeof D);
        for (int k = 0; k < 8 && !below_floor(&d); k++) {
            const double size = ory_norm2_sq(d.x, d.s->dim);
            double change;

            descent_step_size(&d, (0.5 + ory_rng_uniform(&rng)) * see(&d, "eta_invK"));
            change = see(&d, "drift_step");
            ASSERT_LE(change, see(&d, "drift_step_bound"), 1e-13 * see(&d, "gap_start"));
            descent_move(&d);
            imbalance_of(&d, next);
            ASSERT_ABS(change, distance(next, D, hh), 1e-9 * change + 1e-14 * size);
            ASSERT_ABS(see(&d, "drift"), distance(next, D0, hh), 1e-13 * size);
            memcpy(D, next, sizeof D);
        }
        descent_end(&d);
    }
}

/* With a rank-deficient X the drift of the reduced imbalance is that of the full one:
 * the rest of W1 does not move. */
static void rows_outside_the_range_of_X_never_move(void **state)
{
    double D0[144], D[144];

    (void)state;
    for (unsigned i = 0; i < 60; i++) {
        ory_values v;
        descent d;

        ory_rng_init(&rng, 62, i);
        random_problem(&v, &rng, 2);
        descent_start(&d, &v);
        imbalance_of(&d, D0);
        for (int k = 0; k < 10; k++) {
            descent_step_size(&d, see(&d, "eta_invK"));
            descent_move(&d);
        }
        imbalance_of(&d, D);
        ASSERT_ABS(see(&d, "drift"), distance(D, D0, d.s->blocks[0].cols * d.s->blocks[0].cols),
                   1e-12 * ory_norm2_sq(d.x, d.s->dim));
        descent_end(&d);
    }
}

static int flow_rhs(double t, const double *y, double *dy, void *ctx)
{
    descent *d = ctx;

    (void)t;
    d->s->class->loss(d->s, y, NULL, dy);
    for (size_t i = 0; i < d->s->dim; i++)
        dy[i] = -dy[i];
    return GSL_SUCCESS;
}

/* Runge-Kutta-Fehlberg at relative tolerance 1e-10. */
static void A9_flow_keeps_the_imbalance_and_its_rate(void **state)
{
    double D0[144], D[144];

    (void)state;
    ory_rng_init(&rng, 63, 0);
    for (unsigned i = 0; i < 35; i++) {
        ory_values v;
        descent d;
        gsl_odeiv2_system sys;
        gsl_odeiv2_driver *driver;
        double t = 0, size, unit;

        if (i % KINDS == 2 || i % KINDS == 6)
            continue;
        random_problem(&v, &rng, i);
        descent_start(&d, &v);
        d.m.descent = false;
        d.m.flow = true;
        imbalance_of(&d, D0);
        size = ory_norm2_sq(d.x, d.s->dim);
        unit = 1 / see(&d, "K_A"); /* the time scale at the start */
        sys = (gsl_odeiv2_system){flow_rhs, NULL, d.s->dim, &d};
        driver = gsl_odeiv2_driver_alloc_y_new(&sys, gsl_odeiv2_step_rkf45, 0.1 * unit, 0, 1e-10);
        for (int k = 1; k <= 6; k++) {
            assert_int_equal(gsl_odeiv2_driver_apply(driver, &t, k * 2 * unit, d.x), GSL_SUCCESS);
            d.m.t = t;
            d.m.k = (uint64_t)k;
            d.m.stamp = ory_stamp_next();
            imbalance_of(&d, D);
            ASSERT_LE(distance(D, D0, d.s->blocks[0].cols * d.s->blocks[0].cols), 1e-8 * size, 0);
            if (see(&d, "alpha1") > 0) {
                ASSERT_REL(see(&d, "flow_bound"), see(&d, "gap_start") *
                           exp(-2 * see(&d, "mu") * see(&d, "alpha1") * t), 1e-12);
                ASSERT_LE(see(&d, "gap"), see(&d, "flow_bound"), 1e-9 * see(&d, "gap_start"));
                assert_string_equal(standing(&d), "certified");
            } else {
                assert_true(isnan(see(&d, "flow_bound")));
            }
            assert_true(isnan(see(&d, "gap_bound")));
        }
        gsl_odeiv2_driver_free(driver);
        descent_end(&d);
    }
}

/* ------------------------------------------------------------- A10: strict runs */

static void A10_the_uniform_theorem_holds_along_strict_runs(void **state)
{
    static const char *const rules[] = {"const", "rho", "rho_bar"};
    static const char *const conclusions[] = {
        "mu_bar_positive", "mu_bar", "mu_below_K", "K_bar", "s2min_low", "s2max_high",
        "drift_bound", "rho_bar0", "linear_rate", "certificate", "local_rate", "product_above",
        "product_below", "drift_from_below", "drift_from_above", "local_pl", "descent_lemma"};
    claim_watch total = {0};
    int runs = 0;

    (void)state;
    ory_rng_init(&rng, 64, 0);
    for (unsigned i = 0; i < 3 * PROBLEMS; i++) {
        claim_watch w = total;
        ory_values v;
        descent d;
        double eta_max;

        random_problem(&v, &rng, i);
        descent_start(&d, &v);
        eta_max = see(&d, "eta_max");
        if (eta_max > 0) {
            const char *rule = rules[i % 3];
            double cap, eta0 = eta_max;

            if (i % 2) { /* half of the largest start */
                ory_value half = {.given = true, .num = 0.5 * eta_max};

                assert_int_equal(ory_system_set(d.s, "eta0", &half, NULL), ORY_OK);
                eta0 = 0.5 * eta_max;
            }
            memset(w.broken, 0, sizeof w.broken);
            for (int k = 0; k < 15 && !below_floor(&d); k++) {
                assert_int_equal(descent_plan(&d, rule, NULL), ORY_OK);
                cap = eta0 * pow(1 + eta0 * eta0, 0.5 * k);
                ASSERT_REL(see(&d, "eta_start"), eta0, 1e-15);
                if (strcmp(rule, "const") == 0)
                    ASSERT_REL(d.m.step, eta0, 1e-15);
                else
                    ASSERT_LE(d.m.step, cap, 1e-12 * cap);
                if (strcmp(rule, "rho") == 0)
                    ASSERT_REL(d.m.step, fmin(cap, see(&d, "eta_invK")), 1e-12);
                assert_true(see(&d, "window") == 1);
                assert_string_equal(standing(&d), "certified");
                claims_look(&d, &w, "sharpness");
                descent_move(&d);
            }
            runs++;
        }
        total = w;
        descent_end(&d);
    }
    assert_true(runs > 250);
    for (size_t i = 0; i < sizeof conclusions / sizeof *conclusions; i++)
        if (claims_asserted(&total, conclusions[i]) < 1000)
            fail_msg("%s was asserted %lu times only", conclusions[i],
                     claims_asserted(&total, conclusions[i]));
}

/* ------------------------------------------------------------- A11: certificates */

static void A11_no_gap_rises_above_its_certificate(void **state)
{
    static const char *const rules[] = {"const", "rho", "rho_bar", "local", "argmin", "x23",
                                        "prior_local"};
    unsigned long checked[7] = {0};

    (void)state;
    ory_rng_init(&rng, 65, 0);
    for (unsigned i = 0; i < 3 * PROBLEMS; i++) {
        const unsigned which = (i / KINDS) % 7;
        claim_watch w = {0};
        ory_values v;
        descent d;
        ory_error err;

        random_problem(&v, &rng, i);
        descent_start(&d, &v);
        for (int k = 0; k < 25 && !below_floor(&d); k++) {
            if (descent_plan(&d, rules[which], &err) != ORY_OK)
                break; /* refusals have their own tests */
            claims_look(&d, &w, "sharpness");
            if (!isnan(see(&d, "gap_bound"))) {
                ASSERT_LE(see(&d, "gap"), see(&d, "gap_bound"), 1e-13 * see(&d, "gap_start"));
                checked[which]++;
            }
            descent_move(&d);
        }
        descent_end(&d);
    }
    for (int k = 0; k < 7; k++)
        if (checked[k] < 250)
            fail_msg("rule %s was checked %lu times only", rules[k], checked[k]);
}

static void the_certificate_is_the_product_of_the_factors(void **state)
{
    ory_values v;
    descent d;
    double product;

    (void)state;
    opt_start(&v);
    opt_num(&v, "init_scale", 0.3);
    descent_start(&d, &v);
    product = see(&d, "gap");
    for (int k = 0; k < 30; k++) {
        ASSERT_REL(see(&d, "gap_bound"), product, 1e-12);
        ASSERT_REL(see(&d, "loss_bound"), d.s->loss_min + product, 1e-12);
        assert_int_equal(descent_plan(&d, "local", NULL), ORY_OK);
        ASSERT_REL(d.m.factor, see(&d, "rho"), 1e-14);
        assert_string_equal(standing(&d), "local only");
        product *= d.m.factor;
        descent_move(&d);
    }
    descent_end(&d);
}

static void fixed_steps_are_certified_as_asked(void **state)
{
    static const char *const ways[] = {"auto", "always", "never"};

    (void)state;
    for (int i = 0; i < 3; i++) {
        ory_values v;
        descent d;
        double eta, product;

        opt_start(&v);
        opt_num(&v, "init_scale", 0.3);
        opt_text(&v, "certify", ways[i]);
        descent_start(&d, &v);
        eta = 0.5 * see(&d, "eta_invK");
        product = see(&d, "gap");
        for (int k = 0; k < 5; k++) {
            descent_step_size(&d, eta);
            product *= see(&d, "rho");
            descent_move(&d);
        }
        if (i == 1) {
            ASSERT_REL(see(&d, "gap_bound"), product, 1e-12);
        } else {
            assert_true(isnan(see(&d, "gap_bound")));
            assert_non_null(strstr(why_of(&d, "gap_bound"), "certify"));
        }
        descent_end(&d);
    }
}

static void a_short_fixed_step_is_certified_without_asking(void **state)
{
    ory_values v;
    descent d;
    double eta;

    (void)state;
    opt_start(&v);
    opt_num(&v, "n", 3);
    opt_text(&v, "loss", "mf");
    descent_start(&d, &v);
    eta = 0.9 * see(&d, "eta_max");
    for (int k = 0; k < 20; k++) {
        descent_step_size(&d, eta);
        ASSERT_REL(see(&d, "eta_start"), eta, 0);
        assert_string_equal(standing(&d), "certified");
        descent_move(&d);
    }
    ASSERT_REL(see(&d, "gap_bound"), see(&d, "uniform_bound"), 1e-12);
    ASSERT_LE(see(&d, "gap"), see(&d, "gap_bound"), 0);
    /* a step outside the window ends the theorem, not the local certificate */
    descent_step_size(&d, 0.5 * eta);
    assert_string_equal(standing(&d), "local only");
    descent_move(&d);
    descent_step_size(&d, eta);
    assert_string_equal(standing(&d), "local only");
    assert_true(see(&d, "window") == 0);
    descent_end(&d);
}

static void a_step_that_is_too_long_ends_the_certificate(void **state)
{
    ory_values v;
    descent d;

    (void)state;
    opt_start(&v);
    opt_text(&v, "certify", "always");
    descent_start(&d, &v);
    descent_step_size(&d, see(&d, "eta_invK"));
    descent_move(&d);
    descent_step_size(&d, 3 * see(&d, "eta_invK"));
    assert_true(see(&d, "eta_K") >= 2);
    assert_string_equal(standing(&d), "uncertified");
    assert_false(isnan(see(&d, "gap_bound"))); /* up to this state all is well */
    descent_move(&d);
    assert_true(isnan(see(&d, "gap_bound")));
    assert_non_null(strstr(why_of(&d, "gap_bound"), "ended at step 1"));
    assert_non_null(strstr(why_of(&d, "gap_bound"), "eta K_t(eta) >= 2"));
    descent_end(&d);
}

static void the_certificate_freezes_below_the_rounding_floor(void **state)
{
    ory_values v;
    descent d;
    double frozen = 0;

    (void)state;
    opt_start(&v);
    opt_text(&v, "loss", "scalar");
    opt_mat(&v, "W1", 1, 1, (const double[]){1.3});
    opt_mat(&v, "W2", 1, 1, (const double[]){0.731});
    descent_start(&d, &v);
    for (int k = 0; k < 40; k++) {
        if (below_floor(&d) && frozen == 0)
            frozen = see(&d, "gap_bound");
        assert_int_equal(descent_plan(&d, "local", NULL), ORY_OK);
        descent_move(&d);
    }
    assert_true(frozen > 0);
    ASSERT_REL(see(&d, "gap_bound"), frozen, 0);
    descent_end(&d);
}

static void changing_c_in_mid_run_ends_the_window(void **state)
{
    ory_value c = {.given = true, .num = 0.6};
    ory_values v;
    descent d;

    (void)state;
    opt_start(&v);
    opt_text(&v, "loss", "mf");
    opt_num(&v, "n", 3);
    descent_start(&d, &v);
    for (int k = 0; k < 3; k++) {
        assert_int_equal(descent_plan(&d, "rho", NULL), ORY_OK);
        assert_string_equal(standing(&d), "certified");
        descent_move(&d);
    }
    assert_int_equal(ory_system_set(d.s, "c", &c, NULL), ORY_OK);
    assert_int_equal(descent_plan(&d, "rho", NULL), ORY_OK);
    assert_string_equal(standing(&d), "local only");
    descent_end(&d);
}

/* ----------------------------------------------------------- published experiments */

static void width_problem(descent *d, double n, double h, const char *inputs, const char *init,
                          double noise, double seed, const char *beta_norm)
{
    ory_values v;

    opt_start(&v);
    opt_num(&v, "n", n);
    opt_num(&v, "m", n);
    opt_num(&v, "h", h);
    opt_num(&v, "samples", n);
    opt_num(&v, "seed", seed);
    opt_text(&v, "inputs", inputs);
    opt_num(&v, "spectrum_low", 1.8);
    opt_num(&v, "spectrum_high", 2.3);
    opt_text(&v, "targets", strcmp(init, "power") == 0 ? "teacher" : "initial");
    opt_num(&v, "noise", noise);
    opt_text(&v, "init", init);
    opt_text(&v, "beta_norm", beta_norm);
    descent_start(d, &v);
}

static void A15_figure_1_conditioning(void **state)
{
    enum { RUNS = 10 };
    double spectral = 0, frobenius = 0;

    (void)state;
    for (int seed = 1; seed <= RUNS; seed++) {
        descent d;
        ory_value norm = {.given = true, .is_choice = true, .num = 1};

        width_problem(&d, 10, 500, "orthogonal", "gaussian", 0.01, seed, "spectral");
        spectral += see(&d, "alpha_ratio") / RUNS;
        assert_int_equal(ory_system_set(d.s, "beta_norm", &norm, NULL), ORY_OK);
        d.m.stamp = ory_stamp_next();
        frobenius += see(&d, "alpha_ratio") / RUNS;
        descent_end(&d);
    }
    assert_true(spectral >= 0.57 && spectral <= 0.605);
    assert_true(frobenius >= 0.53 && frobenius <= 0.565);
}

static void A15_figure_5_log_gap_at_20(void **state)
{
    enum { RUNS = 10 };
    double mean = 0, ratio = 0;

    (void)state;
    for (int seed = 1; seed <= RUNS; seed++) {
        descent d;

        width_problem(&d, 5, 500, "spectrum", "xavier", 0.1, seed, "spectral");
        ratio += see(&d, "alpha_ratio") / RUNS;
        for (int k = 0; k < 20; k++) {
            assert_int_equal(descent_plan(&d, "rho", NULL), ORY_OK);
            descent_move(&d);
        }
        mean += log10(see(&d, "gap")) / RUNS;
        descent_end(&d);
    }
    assert_true(mean >= -12 && mean <= -9);
    assert_true(ratio > 0.57 && ratio < 0.65);
}

/* Fig. 4: N(0, h^(-2p)); reproduced .339 and .142 with Frobenius beta2. */
static void figure_4_conditioning_falls_with_p(void **state)
{
    static const struct {
        double p, low, high;
    } rows[] = {{0.275, 0.32, 0.36}, {0.375, 0.13, 0.155}, {0.475, 0.038, 0.054}};

    (void)state;
    for (int i = 0; i < 3; i++) {
        double mean = 0;

        for (int seed = 1; seed <= 6; seed++) {
            ory_values v;
            descent d;

            opt_start(&v);
            opt_num(&v, "n", 10);
            opt_num(&v, "m", 10);
            opt_num(&v, "h", 500);
            opt_num(&v, "samples", 10);
            opt_num(&v, "seed", seed);
            opt_text(&v, "inputs", "orthogonal");
            opt_text(&v, "init", "power");
            opt_num(&v, "power", rows[i].p);
            opt_text(&v, "beta_norm", "frobenius");
            descent_start(&d, &v);
            mean += see(&d, "alpha_ratio") / 6;
            descent_end(&d);
        }
        if (!(mean > rows[i].low && mean < rows[i].high))
            fail_msg("p = %g: mean alpha1/alpha2 = %g", rows[i].p, mean);
    }
}

/* Fig. 2's setting, h = 500: steps until the gap is below 1e-20; 29, 25, 51 and 349 on
 * average over many runs, a run of x23 scatters by 30. */
static void figure_2_iterations(void **state)
{
    static const struct {
        const char *rule;
        int low, high;
    } rows[] = {{"rho", 26, 32}, {"local", 23, 27}, {"prior_local", 46, 56}, {"x23", 300, 390}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double mean = 0;

        for (int seed = 1; seed <= 3; seed++) {
            descent d;
            int k = 0;

            width_problem(&d, 10, 500, "orthogonal", "gaussian", 1, seed, "spectral");
            for (; see(&d, "gap") > 1e-20 && k < 1000; k++) {
                assert_int_equal(descent_plan(&d, rows[i].rule, NULL), ORY_OK);
                descent_move(&d);
            }
            mean += k / 3.0;
            descent_end(&d);
        }
        if (!(mean >= rows[i].low && mean <= rows[i].high))
            fail_msg("rule %s: %g steps", rows[i].rule, mean);
    }
}

/* eta0 = "figure": 0.995 eta2, first step taken whole, flagged as outside. */
static void figure_mode_leaves_the_theorem_and_says_so(void **state)
{
    ory_value figure = {.given = true, .is_choice = true, .num = 1};
    descent d;

    (void)state;
    width_problem(&d, 10, 500, "orthogonal", "gaussian", 0.01, 1, "spectral");
    assert_int_equal(ory_system_set(d.s, "eta0", &figure, NULL), ORY_OK);
    assert_int_equal(descent_plan(&d, "rho", NULL), ORY_OK);
    ASSERT_REL(d.m.step, 0.995 * see(&d, "eta2"), 1e-15);
    assert_true(d.m.step > see(&d, "eta_max"));
    assert_string_equal(standing(&d), "local only");
    descent_move(&d);
    assert_int_equal(descent_plan(&d, "rho", NULL), ORY_OK);
    ASSERT_REL(d.m.step, see(&d, "eta_invK"), 1e-12);
    descent_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(A9_descent_changes_the_imbalance_by_the_exact_formula),
        cmocka_unit_test(rows_outside_the_range_of_X_never_move),
        cmocka_unit_test(A9_flow_keeps_the_imbalance_and_its_rate),
        cmocka_unit_test(A10_the_uniform_theorem_holds_along_strict_runs),
        cmocka_unit_test(A11_no_gap_rises_above_its_certificate),
        cmocka_unit_test(the_certificate_is_the_product_of_the_factors),
        cmocka_unit_test(fixed_steps_are_certified_as_asked),
        cmocka_unit_test(a_short_fixed_step_is_certified_without_asking),
        cmocka_unit_test(a_step_that_is_too_long_ends_the_certificate),
        cmocka_unit_test(the_certificate_freezes_below_the_rounding_floor),
        cmocka_unit_test(changing_c_in_mid_run_ends_the_window),
        cmocka_unit_test(A15_figure_1_conditioning),
        cmocka_unit_test(A15_figure_5_log_gap_at_20),
        cmocka_unit_test(figure_4_conditioning_falls_with_p),
        cmocka_unit_test(figure_2_iterations),
        cmocka_unit_test(figure_mode_leaves_the_theorem_and_says_so),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
