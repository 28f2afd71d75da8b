/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_linear_inputs.c - what net.linear says to bad, odd and extreme input: every
 * row of the theory's table of bad inputs, with the text of the message. */
#include "config.h"

#include "linear_case.h"
#include "run/run.h"

/* ------------------------------------------------------------------ refusals */

static const double ones[40] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

static void contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not say \"%s\"", text, part);
}

/* Making the system fails with this code, and the text has all parts. */
static void refused(ory_values *v, ory_status code, const char *a, const char *b, const char *c)
{
    const size_t before = ory_mem_in_use();
    ory_system *s = NULL;
    ory_error err = {0};

    assert_int_equal(ory_system_new(linear_class(), v, &s, &err), code);
    assert_null(s);
    contains(err.text, "net.linear: ");
    contains(err.text, a);
    contains(err.text, b);
    contains(err.text, c);
    assert_true(ory_mem_in_use() == before);
    ory_values_fini(v);
}

static void shapes_that_disagree_are_named_with_both_shapes(void **state)
{
    ory_values v;

    (void)state;
    opt_start(&v);
    opt_mat(&v, "X", 4, 3, ones);
    opt_mat(&v, "Y", 5, 2, ones);
    refused(&v, ORY_ESHAPE, "X is 4 x 3", "Y is 5 x 2", "samples (4 and 5)");
    opt_start(&v);
    opt_mat(&v, "W1", 3, 4, ones);
    opt_mat(&v, "W2", 2, 5, ones);
    refused(&v, ORY_ESHAPE, "W1 is 3 x 4", "W2 is 2 x 5", "h (4 and 5)");
    opt_start(&v);
    opt_mat(&v, "X", 4, 3, ones);
    opt_num(&v, "n", 7);
    refused(&v, ORY_ESHAPE, "n = 7", "X is 4 x 3", "n (7 and 3)");
    opt_start(&v);
    opt_text(&v, "loss", "mf");
    opt_mat(&v, "Y", 3, 2, ones);
    opt_mat(&v, "W1", 4, 3, ones);
    opt_mat(&v, "W2", 2, 3, ones);
    refused(&v, ORY_ESHAPE, "Y is 3 x 2", "W1 is 4 x 3", "n (3 and 4)");
    opt_start(&v);
    opt_text(&v, "loss", "sensing");
    opt_num(&v, "n", 3);
    opt_num(&v, "m", 2);
    opt_mat(&v, "A", 5, 7, ones);
    refused(&v, ORY_ESHAPE, "A is 5 x 7", "W is 3 x 2", "6 entries");
    opt_start(&v);
    opt_text(&v, "loss", "sensing");
    opt_mat(&v, "A", 5, 6, ones);
    opt_mat(&v, "y", 2, 2, ones);
    refused(&v, ORY_ESHAPE, "y is 2 x 2", "one row or one column", "");
    opt_start(&v);
    opt_mat(&v, "W1", 3, 4, ones);
    refused(&v, ORY_EINVAL, "W2 is missing", "needs W1 and W2", "");
}

static void numbers_out_of_range_are_named_with_their_limit(void **state)
{
    static const struct {
        const char *name;
        double x;
        const char *text;
    } rows[] = {
        {"h", 0, "net.linear: h = 0 (must be >= 1"},
        {"n", -3, "net.linear: n = -3 (must be >= 1"},
        {"lambda", 0, "net.linear: lambda = 0 (must be > 0"},
        {"lambda", -0.1, "net.linear: lambda = -0.1 (must be > 0"},
        {"loss_scale", 0, "loss_scale = 0 (must be > 0"},
        {"eta0", 0, "eta0 = 0 (must be > 0"},
        {"eta0", -1, "eta0 = -1 (must be > 0"},
        {"c", 1, "c = 1 (must be > 0 and < 1"},
        {"d", 1, "d = 1 (must be > 1"},
        {"h", 2.5, "h = 2.5"},
        {"eta0", NAN, "eta0 = nan"},
        {"init_scale", INFINITY, "init_scale = inf"},
    };
    ory_values v;

    (void)state;
    opt_start(&v);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const int at = ory_params_find(v.params, rows[i].name);
        const double before = v.v[at].num;
        ory_error err = {0};

        assert_true(ory_values_set_num(&v, rows[i].name, rows[i].x, &err) != ORY_OK);
        contains(err.text, rows[i].text);
        assert_true(v.v[at].num == before && !v.v[at].given); /* nothing changed */
    }
    ory_values_fini(&v);
}

static void data_that_are_not_finite_are_named_with_their_place(void **state)
{
    static const char *const names[] = {"X", "Y", "A", "y", "W1", "W2"};
    const double bad[6] = {1, 2, 3, 4, NAN, 6};
    const ory_mat view = ory_mat_view((double *)bad, 3, 2);
    ory_matref *ref = ory_matref_new(&view);
    ory_values v;

    (void)state;
    opt_start(&v);
    for (int i = 0; i < 6; i++) {
        ory_error err = {0};

        assert_int_equal(ory_values_set_mat(&v, names[i], ref, &err), ORY_EDIVERGE);
        contains(err.text, names[i]);
        contains(err.text, "nan in row 3, column 1");
    }
    ory_matref_unref(ref);
    ory_values_fini(&v);
}

static void labels_must_be_plus_or_minus_1(void **state)
{
    double y[6] = {1, -1, 1, 0.5, -1, 1};
    ory_values v;

    (void)state;
    opt_start(&v);
    opt_text(&v, "loss", "logistic");
    opt_mat(&v, "X", 3, 2, ones);
    opt_mat(&v, "Y", 3, 2, y);
    refused(&v, ORY_ERANGE, "Y[2,2] = 0.5", "must be 1 or -1", "");
}

static void zero_inputs_have_no_smoothness_constant(void **state)
{
    const double zero[12] = {0};
    ory_values v;

    (void)state;
    opt_start(&v);
    opt_mat(&v, "X", 4, 3, zero);
    refused(&v, ORY_ERANGE, "X is zero", "no smoothness constant", "");
    opt_start(&v);
    opt_text(&v, "loss", "sensing");
    opt_num(&v, "n", 3);
    opt_mat(&v, "A", 4, 3, zero);
    refused(&v, ORY_ERANGE, "A is zero", "no smoothness constant", "");
}

static void options_that_cannot_act_are_refused(void **state)
{
    ory_values v;

    (void)state;
    opt_start(&v);
    opt_num(&v, "lambda", 0.3);
    refused(&v, ORY_EINVAL, "lambda is of no use with loss = \"squared\"", "logistic", "");
    opt_start(&v);
    opt_mat(&v, "X", 4, 3, ones);
    opt_text(&v, "inputs", "orthogonal");
    refused(&v, ORY_EINVAL, "inputs is of no use since X is given", "", "");
    opt_start(&v);
    opt_num(&v, "rank", 6);
    refused(&v, ORY_ERANGE, "rank = 6", "X is 50 x 5", "<= 5");
    opt_start(&v);
    opt_text(&v, "inputs", "spectrum");
    opt_num(&v, "spectrum_low", 3);
    refused(&v, ORY_ERANGE, "spectrum_low = 3", "spectrum_high = 2", "");
    opt_start(&v);
    opt_text(&v, "inputs", "identity");
    opt_num(&v, "samples", 9);
    refused(&v, ORY_ESHAPE, "samples = 9", "n = 5", "");
    opt_start(&v);
    opt_text(&v, "init", "balanced");
    opt_mat(&v, "W1", 5, 4, ones);
    opt_mat(&v, "W2", 3, 4, ones);
    refused(&v, ORY_EINVAL, "init = \"balanced\" contradicts W1 and W2", "", "");
    opt_start(&v);
    opt_text(&v, "init", "near_optimal");
    opt_text(&v, "targets", "initial");
    refused(&v, ORY_EINVAL, "near_optimal", "initial", "");
    opt_start(&v);
    opt_text(&v, "loss", "scalar");
    opt_num(&v, "h", 4);
    refused(&v, ORY_ESHAPE, "n = h = m = 1", "h = 4", "h (1 and 4)");
}

/* ------------------------------------------------------------ odd but accepted */

static const char *note_with(const descent *d, const char *part)
{
    for (size_t i = 0; i < d->s->n_notes; i++)
        if (strstr(d->s->notes[i], part))
            return d->s->notes[i];
    return NULL;
}

static void a_rank_deficient_X_is_reduced_with_a_note(void **state)
{
    ory_values v;
    descent d;

    (void)state;
    opt_start(&v);
    opt_num(&v, "rank", 2);
    descent_start(&d, &v);
    assert_non_null(note_with(&d, "X has rank 2 of 5: reduced to rank 2"));
    for (int k = 0; k < 10; k++) {
        assert_int_equal(descent_plan(&d, "local", NULL), ORY_OK);
        descent_move(&d);
    }
    assert_true(see(&d, "gap") < see(&d, "gap_start"));
    descent_end(&d);
}

static void too_few_hidden_units_are_warned_about(void **state)
{
    static const char *const refusing[] = {"const", "rho", "rho_bar", "x23"};
    ory_values v;
    descent d;
    ory_error err;

    (void)state;
    opt_start(&v);
    opt_num(&v, "h", 2);
    descent_start(&d, &v);
    assert_non_null(note_with(&d, "h = 2 < min(n, m) = 3"));
    assert_true(see(&d, "mu_t") == 0 && see(&d, "alpha1") == 0 && see(&d, "eta_max") == 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(descent_plan(&d, refusing[i], &err), ORY_EUNDEF);
        contains(err.text, refusing[i]);
        contains(err.text, "h >= min(n, m)");
    }
    assert_true(isnan(see(&d, "mu_bar")));
    contains(why_of(&d, "mu_bar"), "h = 2 < 3");
    for (int k = 0; k < 30; k++) { /* the descent lemma stays */
        assert_int_equal(descent_plan(&d, "local", NULL), ORY_OK);
        ASSERT_LE(see(&d, "K_eff"), see(&d, "K_t"), 1e-9 * see(&d, "K_t"));
        assert_string_equal(d.s->class->standing(d.s, &d.m), "local only");
        descent_move(&d);
    }
    assert_true(see(&d, "gap") < see(&d, "gap_start"));
    descent_end(&d);
}

static void alpha1_zero_leaves_the_local_theory(void **state)
{
    static const char *const refusing[] = {"const", "rho", "rho_bar"};
    ory_values v;
    descent d;
    ory_error err;

    (void)state;
    opt_start(&v);
    opt_text(&v, "init", "balanced"); /* D = 0, n != m: no margin of either kind */
    descent_start(&d, &v);
    ASSERT_ABS(see(&d, "alpha1"), 0, 1e-12);
    assert_true(see(&d, "eta_max") == 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(descent_plan(&d, refusing[i], &err), ORY_EUNDEF);
        contains(err.text, "alpha1 = 0");
    }
    contains(why_of(&d, "mu_bar"), "alpha1 = 0");
    contains(why_of(&d, "rho_bar0"), "alpha1 = 0");
    assert_int_equal(descent_plan(&d, "local", NULL), ORY_OK);
    assert_string_equal(d.s->class->standing(d.s, &d.m), "local only");
    descent_end(&d);
}

static void a_zero_start_is_stationary_not_optimal(void **state)
{
    ory_values v;
    descent d;
    ory_error err;

    (void)state;
    opt_start(&v);
    opt_num(&v, "init_scale", 0);
    descent_start(&d, &v);
    assert_non_null(note_with(&d, "stationary, not optimal"));
    assert_true(see(&d, "pl") == 0);
    descent_step_size(&d, 0.1);
    assert_true(isnan(see(&d, "K_dir")) && isnan(see(&d, "K_eff")));
    contains(why_of(&d, "K_dir"), "undefined: the gradient is zero (stationary, not optimal)");
    contains(why_of(&d, "K_eff"), "undefined");
    assert_string_equal(d.s->class->standing(d.s, &d.m), "stationary, not optimal");
    assert_int_equal(descent_plan(&d, "prior_local", &err), ORY_EUNDEF);
    contains(err.text, "stationary");
    descent_end(&d);
}

/* W1 = a, W2 = -a, W* > 0: descent ends in the saddle 0. */
static void a_wrong_sign_product_ends_in_the_saddle(void **state)
{
    ory_status status = ORY_OK;
    ory_values v;
    descent d;
    ory_error err;

    (void)state;
    opt_start(&v);
    opt_text(&v, "loss", "scalar");
    opt_mat(&v, "W1", 1, 1, (const double[]){0.731});
    opt_mat(&v, "W2", 1, 1, (const double[]){-0.731});
    descent_start(&d, &v);
    assert_null(note_with(&d, "stationary"));
    for (int k = 0; k < 300; k++) {
        descent_step_size(&d, 0.2);
        descent_move(&d);
    }
    descent_step_size(&d, 0.2);
    ASSERT_REL(see(&d, "gap"), 0.5, 1e-6);
    assert_true(see(&d, "mu_t") < 1e-12);
    assert_string_equal(d.s->class->standing(d.s, &d.m), "stationary, not optimal");
    for (int k = 0; k < 10000 && status == ORY_OK; k++) {
        status = descent_plan(&d, "prior_local", &err);
        if (status == ORY_OK)
            descent_move(&d);
    }
    /* the rule's step is 0/0 in the limit; once the numbers underflow it must refuse */
    memset(d.x, 0, 2 * sizeof(double));
    d.m.stamp = ory_stamp_next();
    assert_int_equal(descent_plan(&d, "prior_local", &err), ORY_EUNDEF);
    contains(err.text, "prior_local");
    descent_end(&d);
}

static void a_start_beyond_eta_max_is_flagged(void **state)
{
    ory_values v;
    descent d;

    (void)state;
    opt_start(&v);
    opt_num(&v, "eta0", 1e-4);
    descent_start(&d, &v);
    assert_non_null(note_with(&d, "eta0 = 0.0001 > eta_max = "));
    assert_non_null(note_with(&d, "outside the theorem"));
    assert_int_equal(descent_plan(&d, "rho", NULL), ORY_OK);
    assert_true(isnan(see(&d, "K_bar")) && isnan(see(&d, "uniform_bound")));
    contains(why_of(&d, "K_bar"), "outside the theorem: eta0 = 0.0001 > eta_max");
    assert_string_equal(d.s->class->standing(d.s, &d.m), "local only");
    descent_end(&d);
}

static void an_underdetermined_sensing_problem_has_no_rate(void **state)
{
    ory_values v;
    descent d;
    ory_error err;

    (void)state;
    opt_start(&v);
    opt_text(&v, "loss", "sensing");
    opt_num(&v, "samples", 10);
    descent_start(&d, &v);
    assert_non_null(note_with(&d, "not strongly convex"));
    assert_true(see(&d, "mu") == 0 && see(&d, "eta_max") == 0);
    assert_true(isnan(see(&d, "alpha2")));
    contains(why_of(&d, "alpha2"), "not strongly convex");
    assert_int_equal(descent_plan(&d, "rho", &err), ORY_EUNDEF);
    contains(err.text, "strongly convex");
    descent_end(&d);
}

/* --------------------------------------------------------------- through a run */

static ory_status try_run(ory_run **r, const char *rule, double step, const double *w1,
                          const double *w2, ory_error *err)
{
    const ory_stepper_class *gd = ory_stepper_class_find("gd");
    ory_values v, knobs;
    ory_status status;
    ory_system *s;

    opt_start(&v);
    opt_text(&v, "loss", "scalar");
    opt_mat(&v, "W1", 1, 1, w1);
    opt_mat(&v, "W2", 1, 1, w2);
    assert_int_equal(ory_system_new(linear_class(), &v, &s, err), ORY_OK);
    assert_int_equal(ory_values_init(&knobs, "gd", gd->params, NULL), ORY_OK);
    if (rule)
        assert_int_equal(ory_values_set_text(&knobs, "rule", rule, NULL), ORY_OK);
    if (step > 0)
        assert_int_equal(ory_values_set_num(&knobs, "step", step, NULL), ORY_OK);
    status = ory_run_new(s, &(ory_run_options){.stepper = "gd", .values = &knobs}, r, err);
    ory_system_unref(s);
    ory_values_fini(&knobs);
    ory_values_fini(&v);
    return status;
}

static void start_run(ory_run **r, const char *rule, double step, const double *w1,
                      const double *w2)
{
    ory_error err;

    if (try_run(r, rule, step, w1, w2, &err) != ORY_OK)
        fail_msg("%s", err.text);
}

static void a_diverging_run_stops_at_its_last_good_state(void **state)
{
    ory_run *r;
    ory_stop stop;
    ory_error err;
    double gap;

    (void)state;
    start_run(&r, NULL, 3.5, (const double[]){2}, (const double[]){1});
    assert_int_equal(ory_run_step(r, 1000, &stop, &err), ORY_OK);
    assert_int_equal(stop.reason, ORY_STOP_DIVERGED);
    contains(stop.text, "diverged at step ");
    contains(stop.text, "3.5");
    assert_true(ory_run_k(r) < 50);
    assert_true(ory_all_finite(ory_run_state(r), 2));
    assert_int_equal(ory_run_read(r, ory_run_probe_find(r, "gap"), &gap, NULL), ORY_OK);
    assert_true(gap <= 1e6 * 0.5);
    ory_run_free(r);
}

static void a_run_agrees_with_the_plain_loop(void **state)
{
    static const char *const rules[] = {"local", "rho", "const", "argmin", "prior_local", "x23"};

    (void)state;
    for (int i = 0; i < 6; i++) {
        ory_run *r;
        ory_stop stop;
        ory_values v;
        descent d;
        double bound;

        opt_start(&v);
        opt_text(&v, "loss", "scalar");
        opt_mat(&v, "W1", 1, 1, (const double[]){2});
        opt_mat(&v, "W2", 1, 1, (const double[]){1});
        descent_start(&d, &v);
        start_run(&r, rules[i], 0, (const double[]){2}, (const double[]){1});
        for (int k = 0; k < 25; k++) {
            assert_int_equal(descent_plan(&d, rules[i], NULL), ORY_OK);
            descent_move(&d);
        }
        assert_int_equal(ory_run_step(r, 25, &stop, NULL), ORY_OK);
        assert_memory_equal(ory_run_state(r), d.x, 2 * sizeof(double));
        assert_int_equal(ory_run_read(r, ory_run_probe_find(r, "gap_bound"), &bound, NULL), ORY_OK);
        ASSERT_REL(bound, see(&d, "gap_bound"), 0);
        for (int c = 0; c < ory_run_claim_count(r); c++) {
            ory_verdict verdict;

            assert_int_equal(ory_run_claim(r, c, &verdict, NULL), ORY_OK);
            if (verdict.standing == ORY_CLAIM_VIOLATED)
                fail_msg("rule %s: %s: %s", rules[i], verdict.claim->name, verdict.text);
        }
        ory_run_free(r);
        descent_end(&d);
    }
}

static void a_rule_that_refuses_at_once_makes_no_run(void **state)
{
    ory_run *r = NULL;
    ory_error err;

    (void)state;
    assert_int_equal(try_run(&r, "prior_local", 0, (const double[]){0}, (const double[]){0}, &err),
                     ORY_EUNDEF);
    contains(err.text, "prior_local");
    contains(err.text, "stationary");
    assert_null(r);
}

/* --------------------------------------------------------------- out of memory */

static void making_a_system_survives_every_failing_request(void **state)
{
    static const char *const losses[] = {"squared", "mf", "logistic", "sensing"};

    (void)state;
    for (int i = 0; i < 4; i++) {
        ory_values v;
        long n = 0;

        opt_start(&v);
        opt_text(&v, "loss", losses[i]);
        opt_text(&v, "init", i % 2 ? "balanced" : "near_optimal");
        for (bool failed = true; failed; n++) {
            const size_t before = ory_mem_in_use();
            ory_system *s = NULL;
            ory_error err = {0};
            ory_status status;

            ory_mem_fault_set(n);
            status = ory_system_new(linear_class(), &v, &s, &err);
            failed = ory_mem_fault_hit();
            ory_mem_fault_set(-1);
            if (status != (failed ? ORY_ENOMEM : ORY_OK))
                fail_msg("%s, request %ld: status %d: %s", losses[i], n, status, err.text);
            if (failed)
                assert_true(strlen(err.text) > 0);
            ory_system_unref(s);
            assert_true(ory_mem_in_use() == before);
        }
        assert_true(n > 20);
        ory_values_fini(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_that_disagree_are_named_with_both_shapes),
        cmocka_unit_test(numbers_out_of_range_are_named_with_their_limit),
        cmocka_unit_test(data_that_are_not_finite_are_named_with_their_place),
        cmocka_unit_test(labels_must_be_plus_or_minus_1),
        cmocka_unit_test(zero_inputs_have_no_smoothness_constant),
        cmocka_unit_test(options_that_cannot_act_are_refused),
        cmocka_unit_test(a_rank_deficient_X_is_reduced_with_a_note),
        cmocka_unit_test(too_few_hidden_units_are_warned_about),
        cmocka_unit_test(alpha1_zero_leaves_the_local_theory),
        cmocka_unit_test(a_zero_start_is_stationary_not_optimal),
        cmocka_unit_test(a_wrong_sign_product_ends_in_the_saddle),
        cmocka_unit_test(a_start_beyond_eta_max_is_flagged),
        cmocka_unit_test(an_underdetermined_sensing_problem_has_no_rate),
        cmocka_unit_test(a_diverging_run_stops_at_its_last_good_state),
        cmocka_unit_test(a_run_agrees_with_the_plain_loop),
        cmocka_unit_test(a_rule_that_refuses_at_once_makes_no_run),
        cmocka_unit_test(making_a_system_survives_every_failing_request),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
