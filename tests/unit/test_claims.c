/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_claims.c - verdicts on claims with known truth: what holds, what is violated and
 * where first, what does not apply and by how much, what cannot be computed, the rounding
 * floor, slack and margins. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "toys.h"

enum { DECAY, SMALL, UNKNOWN, STRICT };

static ory_verdict verdict(ory_run *r, int i)
{
    ory_verdict v;
    ory_error err = {0};

    if (ory_run_claim(r, i, &v, &err) != ORY_OK)
        fail_msg("%s", err.text);
    return v;
}

static void set(ory_run *r, const char *knob, double x)
{
    ory_error err = {0};

    if (ory_run_set_num(r, knob, x, &err) != ORY_OK)
        fail_msg("%s", err.text);
}

static ory_run *bowl(const toy_option *options, uint64_t every)
{
    return toy_start(toy_new(&toy_bowl_class, options), &(toy_run){.every = every});
}

static void a_true_claim_holds_with_its_margin_at_every_step(void **state)
{
    ory_run *r = bowl(NULL, 1);
    double worst = INFINITY;
    ory_verdict v;

    (void)state;
    for (uint64_t k = 0; k < 60; k++, toy_step(r, 1)) {
        const double margin = toy_read(r, "bound") / toy_read(r, "gap");

        worst = fmin(worst, margin);
        v = verdict(r, DECAY);
        assert_int_equal(v.standing, ORY_CLAIM_HOLDS);
        assert_int_equal(v.checked, k + 1);
        assert_int_equal(v.hypothesis, -1);
        assert_true(v.margin == margin);
        assert_true(v.worst == worst);
        assert_true(v.left == toy_read(r, "gap") && v.right == toy_read(r, "bound"));
    }
    assert_true(strncmp(v.text, "gap <= bound: ", 14) == 0);
    assert_int_equal(ory_run_claim_count(r), 4);
    assert_int_equal(ory_run_claim(r, 4, &v, NULL), ORY_ENAME);
    ory_run_free(r);
}

/* The cap is lowered for two steps: the first of them is the first violation, for good. */
static void a_violation_is_remembered_with_its_first_step_and_sides(void **state)
{
    ory_run *r = bowl(NULL, 1);
    double norm;
    ory_verdict v;
    char text[240];

    (void)state;
    toy_step(r, 5);
    norm = toy_read(r, "norm");
    set(r, "cap", norm / 2);
    v = verdict(r, SMALL);
    assert_int_equal(v.standing, ORY_CLAIM_VIOLATED); /* as the step stands now */
    assert_int_equal(v.first_step, 5);
    set(r, "cap", norm * 2);
    assert_int_equal(verdict(r, SMALL).standing, ORY_CLAIM_HOLDS); /* it was never left so */
    set(r, "cap", norm / 2);
    toy_step(r, 2);
    set(r, "cap", 1e9);
    toy_step(r, 10);
    v = verdict(r, SMALL);
    assert_int_equal(v.standing, ORY_CLAIM_VIOLATED);
    assert_int_equal(v.first_step, 5);
    assert_true(v.worst <= 0.5);
    snprintf(text, sizeof text, "|x| ≤ cap fails at step 5: %.6g <= %.6g is not so", norm,
             norm / 2);
    assert_string_equal(v.text, text);
    assert_int_equal(ory_run_rewind(r, 4, NULL), ORY_OK);
    assert_int_equal(verdict(r, SMALL).standing, ORY_CLAIM_HOLDS);
    ory_run_free(r);
}

static void a_failing_hypothesis_is_named_with_its_sides(void **state)
{
    ory_run *r = bowl((toy_option[]){{"quartic", 0}, {0}}, 1);
    ory_verdict v;

    (void)state;
    toy_step(r, 3);
    set(r, "step", 0.15);
    v = verdict(r, DECAY);
    assert_int_equal(v.standing, ORY_CLAIM_NOT_APPLY);
    assert_int_equal(v.hypothesis, 0);
    assert_true(v.left == 0.15 && v.right == 0.1);
    assert_string_equal(v.text, "needs η ≤ 0.1, but the sides are 0.15 and 0.1");
    assert_int_equal(v.checked, 3); /* of steps 0, 1, 2 */
    ory_run_free(r);
}

/* A row marked throughout stays broken even when it is true again. */
static void a_hypothesis_throughout_must_have_held_at_every_step(void **state)
{
    ory_run *r = bowl(NULL, 1);
    ory_verdict v;

    (void)state;
    toy_step(r, 3);
    set(r, "step", 0.15);
    toy_step(r, 1);
    set(r, "step", 0.05);
    v = verdict(r, DECAY);
    assert_int_equal(v.standing, ORY_CLAIM_NOT_APPLY);
    assert_int_equal(v.hypothesis, 0);
    assert_string_equal(v.text, "needs η ≤ 0.1 at every step; it failed at step 3");
    toy_step(r, 5);
    assert_int_equal(verdict(r, DECAY).checked, 3);
    assert_int_equal(ory_run_rewind(r, 3, NULL), ORY_OK); /* where the event is applied */
    set(r, "step", 0.1);
    assert_int_equal(verdict(r, DECAY).standing, ORY_CLAIM_HOLDS);
    ory_run_free(r);
}

static void an_undefined_side_says_why(void **state)
{
    ory_run *r = bowl(NULL, 1);
    ory_verdict v = verdict(r, UNKNOWN);

    (void)state;
    assert_int_equal(v.standing, ORY_CLAIM_NOT_COMPUTABLE);
    assert_string_equal(v.text, "never is not defined: it never is");
    assert_int_equal(v.checked, 0);
    assert_true(isnan(v.worst) && isnan(v.margin));
    /* a hypothesis that fails is worth more than one that is undefined */
    v = verdict(r, STRICT);
    assert_int_equal(v.standing, ORY_CLAIM_NOT_APPLY);
    assert_int_equal(v.hypothesis, 1);
    toy_step(r, 60);
    assert_true(toy_read(r, "norm") < 0.5);
    v = verdict(r, STRICT);
    assert_int_equal(v.standing, ORY_CLAIM_NOT_COMPUTABLE);
    assert_int_equal(v.checked, 0);
    ory_run_free(r);
}

static void below_the_floor_nothing_is_asserted(void **state)
{
    ory_run *r = bowl(NULL, 1);
    ory_verdict v;
    uint64_t checked;

    (void)state;
    toy_step(r, 4);
    checked = verdict(r, DECAY).checked;
    set(r, "floor_at", 2 * toy_read(r, "gap"));
    v = verdict(r, DECAY);
    assert_int_equal(v.standing, ORY_CLAIM_FLOOR);
    assert_int_equal(v.checked, checked - 1); /* step 4 is not asserted now */
    assert_non_null(strstr(v.text, "nothing is asserted; held at 4 steps until then"));
    set(r, "step", 0.19); /* breaks the hypothesis, which is not looked at here either */
    toy_step(r, 3);
    set(r, "step", 0.1);
    set(r, "floor_at", 0);
    v = verdict(r, DECAY);
    assert_int_equal(v.standing, ORY_CLAIM_HOLDS);
    assert_int_equal(v.checked, 5);
    ory_run_free(r);
}

/* ------------------------------------------------------ claims made for the purpose */

static ory_claim claims[2];
static ory_system_class with_claims;

/* A run of the bowl with one claim of the test's. */
static ory_run *claiming(ory_claim c, const toy_option *options, uint64_t every)
{
    with_claims = toy_bowl_class;
    c.name = c.title = c.statement = c.source = "it";
    claims[0] = c;
    with_claims.claims = claims;
    with_claims.name = "toy.claims";
    return toy_start(toy_new(&with_claims, options), &(toy_run){.every = every});
}

static void relations_mean_what_they_say(void **state)
{
    static const struct {
        const char *left;
        ory_relation rel;
        const char *right;
        bool holds;
        double margin;
    } rows[] = {{"1", ORY_LE, "1", true, 1},     {"1", ORY_LT, "1", false, 1},
                {"1", ORY_GE, "1", true, 1},     {"1", ORY_GT, "1", false, 1},
                {"2", ORY_LE, "1", false, 0.5},  {"2", ORY_GE, "1", true, 2},
                {"1", ORY_LT, "2", true, 2},     {"1", ORY_GT, "2", false, 0.5},
                {"-1", ORY_LE, "0", true, NAN},  {"-1e-3", ORY_GT, "1e2", false, NAN},
                {"inf", ORY_LE, "1", false, 0},  {"1", ORY_LE, "inf", true, INFINITY}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ory_run *r = claiming(
            (ory_claim){.conclusion = {rows[i].left, rows[i].rel, rows[i].right, NULL, false}},
            NULL, 1);
        const ory_verdict v = verdict(r, 0);

        assert_int_equal(v.standing, rows[i].holds ? ORY_CLAIM_HOLDS : ORY_CLAIM_VIOLATED);
        assert_true(v.margin == rows[i].margin || (isnan(v.margin) && isnan(rows[i].margin)));
        ory_run_free(r);
    }
}

/* slack_rel |right| + slack_gap gap(0), on the side of the claim. */
static void slack_is_measured_by_the_right_side_and_the_first_gap(void **state)
{
    ory_claim le = {.conclusion = {"1.05", ORY_LE, "1", NULL, false}, .slack_rel = 0.06};
    ory_claim ge = {.conclusion = {"-1.05", ORY_GE, "-1", NULL, false}, .slack_rel = 0.06};
    ory_run *r = claiming(le, NULL, 1);
    double gap0;

    (void)state;
    gap0 = toy_read(r, "gap");
    assert_int_equal(verdict(r, 0).standing, ORY_CLAIM_HOLDS);
    ory_run_free(r);
    r = claiming(ge, NULL, 1);
    assert_int_equal(verdict(r, 0).standing, ORY_CLAIM_HOLDS);
    ory_run_free(r);
    le.slack_rel = 0.04;
    r = claiming(le, NULL, 1);
    assert_int_equal(verdict(r, 0).standing, ORY_CLAIM_VIOLATED);
    ory_run_free(r);
    le.slack_gap = 0.011 / gap0; /* 0.04 + 0.011 */
    r = claiming(le, NULL, 1);
    assert_int_equal(verdict(r, 0).standing, ORY_CLAIM_HOLDS);
    toy_step(r, 30);
    assert_int_equal(verdict(r, 0).standing, ORY_CLAIM_HOLDS); /* gap(0), not the gap now */
    ory_run_free(r);
}

/* lock is NaN at step 0 and the step size behind it. */
static void undefined_once_is_broken_throughout(void **state)
{
    const ory_claim c = {.hypotheses = {{"lock", ORY_GT, "0", NULL, true}},
                         .conclusion = {"1", ORY_LE, "2", NULL, false}};
    ory_run *r = claiming(c, NULL, 1);
    ory_verdict v = verdict(r, 0);

    (void)state;
    assert_int_equal(v.standing, ORY_CLAIM_NOT_COMPUTABLE);
    toy_step(r, 1);
    v = verdict(r, 0);
    assert_int_equal(v.standing, ORY_CLAIM_NOT_APPLY);
    assert_string_equal(v.text, "needs lock > 0 at every step; it failed at step 0");
    ory_run_free(r);
}

static void an_unknown_name_in_a_claim_is_an_error_of_the_class(void **state)
{
    ory_run *r = NULL;
    ory_error err = {0};

    (void)state;
    with_claims = toy_bowl_class;
    claims[0] = (ory_claim){.name = "it", .conclusion = {"norn", ORY_LE, "1", NULL, false}};
    with_claims.claims = claims;
    assert_int_equal(toy_try(toy_new(&with_claims, NULL), NULL, &r, &err), ORY_EINTERNAL);
    assert_string_equal(err.text,
                        "toy.bowl: claim 'it' compares 'norn', which is no scalar probe");
    claims[0].conclusion.left = "slope"; /* a vector */
    assert_int_equal(toy_try(toy_new(&with_claims, NULL), NULL, &r, &err), ORY_EINTERNAL);
}

/* With a dear probe a claim is looked at as seldom as that probe is sampled. */
static void a_dear_claim_is_looked_at_as_seldom_as_its_probe(void **state)
{
    const ory_claim c = {.conclusion = {"dear", ORY_GE, "0", NULL, false}};
    ory_run *r = claiming(c, (toy_option[]){{"n", 5000}, {0}}, 0);
    const unsigned long before = toy_dear_reads;
    uint64_t looked = 0;

    (void)state;
    toy_step(r, 2000); /* work of dear: 100 steps, times 8, as a power of two: 1024 */
    for (uint64_t k = 0; k < 2000; k++)
        looked += k % 1024 == 0 || (k & (k - 1)) == 0;
    assert_int_equal(toy_dear_reads - before, looked);
    assert_int_equal(verdict(r, 0).checked, looked + 1);
    ory_run_free(r);
}

static void standings_have_names(void **state)
{
    (void)state;
    assert_string_equal(ory_standing_text(ORY_CLAIM_HOLDS), "holds");
    assert_string_equal(ory_standing_text(ORY_CLAIM_VIOLATED), "violated");
    assert_string_equal(ory_standing_text(ORY_CLAIM_NOT_APPLY), "does not apply");
    assert_string_equal(ory_standing_text(ORY_CLAIM_NOT_COMPUTABLE), "not computable");
    assert_string_equal(ory_standing_text(ORY_CLAIM_FLOOR), "rounding floor");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_true_claim_holds_with_its_margin_at_every_step),
        cmocka_unit_test(a_violation_is_remembered_with_its_first_step_and_sides),
        cmocka_unit_test(a_failing_hypothesis_is_named_with_its_sides),
        cmocka_unit_test(a_hypothesis_throughout_must_have_held_at_every_step),
        cmocka_unit_test(an_undefined_side_says_why),
        cmocka_unit_test(below_the_floor_nothing_is_asserted),
        cmocka_unit_test(relations_mean_what_they_say),
        cmocka_unit_test(slack_is_measured_by_the_right_side_and_the_first_gap),
        cmocka_unit_test(undefined_once_is_broken_throughout),
        cmocka_unit_test(an_unknown_name_in_a_claim_is_an_error_of_the_class),
        cmocka_unit_test(a_dear_claim_is_looked_at_as_seldom_as_its_probe),
        cmocka_unit_test(standings_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
