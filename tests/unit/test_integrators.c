/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_integrators.c - continuous time: orders of convergence, one method against another,
 * stiff problems, sections, and the same bits after every kind of jump. */
#include "config.h"

#include "case.h"

/* -------------------------------------------------- two systems of this test */

/* test.orbit: x' = -w y, y' = w x + push t - damp (y - x), from (1, 0). */
static const ory_param orbit_params[] = {
    {"w", ORY_PARAM_REAL, 1.3, 0, 1e9, NULL, ORY_LIVE, "", "rate", NULL},
    {"push", ORY_PARAM_REAL, 0, -1e9, 1e9, NULL, ORY_LIVE, "", "force", NULL},
    {"break_at", ORY_PARAM_REAL, 1e9, 0, 1e9, NULL, ORY_LIVE, "", "time of a failure", NULL},
    {"damp", ORY_PARAM_REAL, 0, 0, 1e9, NULL, ORY_LIVE, "", "pull of y towards x", NULL},
    {0}};

static ory_status orbit_init(ory_system *s, ory_error *err)
{
    (void)err;
    s->dim = 2;
    s->blocks[0] = (ory_block){"x", 0, 1, 1};
    s->blocks[1] = (ory_block){"y", 1, 1, 1};
    s->n_blocks = 2;
    return ORY_OK;
}

static ory_status orbit_start(ory_system *s, double *x, ory_error *err)
{
    (void)s, (void)err;
    x[0] = 1;
    x[1] = 0;
    return ORY_OK;
}

static void orbit_rhs(ory_system *s, double t, const double *x, double *dx)
{
    const double w = ory_values_real(&s->values, 0);

    dx[0] = -w * x[1];
    dx[1] = w * x[0] + ory_values_real(&s->values, 1) * t -
            ory_values_real(&s->values, 3) * (x[1] - x[0]);
    if (t > ory_values_real(&s->values, 2)) {
        s->trouble = (ory_error){ORY_ECALLBACK, "the orbit broke"};
        dx[0] = dx[1] = NAN;
    }
}

static unsigned long orbit_jacobians;

static void orbit_jacobian(ory_system *s, double t, const double *x, double *J)
{
    (void)t, (void)x;
    orbit_jacobians++;
    J[0] = 0;
    J[1] = -ory_values_real(&s->values, 0);
    J[2] = ory_values_real(&s->values, 3) - J[1];
    J[3] = -ory_values_real(&s->values, 3);
}

static const ory_system_class orbit_class = {
    .name = "test.orbit", .params = orbit_params, .default_stepper = "flow", .init = orbit_init,
    .start = orbit_start, .rhs = orbit_rhs, .jacobian = orbit_jacobian};

/* test.bowl: sum a_i x_i^2 / 2, a from 1 to cond in equal ratios, from x_i = 1; cubic adds
 * x^4 / 4 to each. */
static const ory_param bowl_params[] = {
    {"n", ORY_PARAM_INT, 3, 2, 1e6, NULL, 0, "", "size", NULL},
    {"cond", ORY_PARAM_REAL, 10, 1, 1e12, NULL, 0, "", "condition", NULL},
    {"cubic", ORY_PARAM_REAL, 0, 0, 1e9, NULL, ORY_LIVE, "", "growth", NULL},
    {0}};

static unsigned long bowl_gradients, bowl_products;

static double curvature(const ory_system *s, size_t i)
{
    return ((const double *)s->self)[i];
}

static ory_status bowl_init(ory_system *s, ory_error *err)
{
    const double cond = ory_values_real(&s->values, 1);
    double *a;

    s->dim = ory_values_size(&s->values, 0);
    s->self = a = ory_alloc(s->dim, sizeof *a);
    if (!a)
        return ory_fail(err, ORY_ENOMEM, "no memory");
    for (size_t i = 0; i < s->dim; i++)
        a[i] = pow(cond, (double)i / (double)(s->dim - 1));
    s->blocks[0] = (ory_block){"x", 0, s->dim, 1};
    s->n_blocks = 1;
    s->loss_min = 0;
    return ORY_OK;
}

static void bowl_fini(ory_system *s)
{
    ory_free(s->self);
}

static ory_status bowl_start(ory_system *s, double *x, ory_error *err)
{
    (void)err;
    for (size_t i = 0; i < s->dim; i++)
        x[i] = 1;
    return ORY_OK;
}

static void bowl_loss(ory_system *s, const double *x, double *loss, double *grad)
{
    const double c = ory_values_real(&s->values, 2);
    double sum = 0;

    bowl_gradients += grad != NULL;
    for (size_t i = 0; i < s->dim; i++) {
        const double a = curvature(s, i), q = x[i] * x[i];

        sum += 0.5 * a * q + 0.25 * c * q * q;
        if (grad)
            grad[i] = (a + c * q) * x[i];
    }
    if (loss)
        *loss = sum;
}

static void bowl_hvp(ory_system *s, const double *x, const double *v, double *hv)
{
    bowl_products++;
    for (size_t i = 0; i < s->dim; i++)
        hv[i] = (curvature(s, i) + 3 * ory_values_real(&s->values, 2) * x[i] * x[i]) * v[i];
}

static const ory_system_class bowl_class = {
    .name = "test.bowl", .params = bowl_params, .default_stepper = "flow", .init = bowl_init,
    .fini = bowl_fini, .start = bowl_start, .loss = bowl_loss, .hvp = bowl_hvp};

static ory_run *orbit(const char *options, const char *how)
{
    return case_start("test.orbit", options, how);
}

static ory_run *bowl(const char *options, const char *how)
{
    return case_start("test.bowl", options, how);
}

/* Distance of an orbit (no push) from the truth. */
static double orbit_error(ory_run *r)
{
    const double *x = ory_run_state(r), t = 1.3 * ory_run_t(r);

    return hypot(x[0] - cos(t), x[1] - sin(t));
}

/* ------------------------------------------------------------------ accuracy */

static void fixed_steps_converge_with_their_order(void **state)
{
    static const struct {
        const char *coarse, *fine;
        double order;
    } rows[] = {{"euler step=0.001", "euler step=0.0005", 1}, {"rk4 step=0.05", "rk4 step=0.025", 4}};

    (void)state;
    for (int i = 0; i < 2; i++) {
        ory_run *a = orbit("", rows[i].coarse), *b = orbit("", rows[i].fine);

        case_go(a, 2);
        case_go(b, 2);
        ASSERT_ABS(log2(orbit_error(a) / orbit_error(b)), rows[i].order, 0.05);
        ory_run_free(a);
        ory_run_free(b);
    }
}

/* With error control the error follows the tolerance. */
static void errors_follow_the_tolerance(void **state)
{
    static const char *const methods[] = {"rk8pd", "rkf45", "rkck", "rk4", "rk2", "adams", "bdf"};

    (void)state;
    for (int i = 0; i < 7; i++) {
        double error[2];

        for (int k = 0; k < 2; k++) {
            char how[80];
            ory_run *r;

            snprintf(how, sizeof how, "flow method=%s rtol=%g atol=1e-13", methods[i], k ? 1e-8 : 1e-5);
            r = orbit("", how);
            case_go(r, 5);
            error[k] = orbit_error(r);
            ory_run_free(r);
        }
        ASSERT_IN(error[0], 1e-9, 2e-3);
        ASSERT_IN(error[1], 0, 2e-6);
        ASSERT_IN(error[0] / error[1], 30, 1e6);
    }
}

/* At tight tolerance all tell the same story, on a nonlinear flow with a Hessian: dense
 * Jacobian (n = 3) and Krylov (n = 60). */
static void methods_agree_at_tight_tolerance(void **state)
{
    static const char *const problems[] = {"n=3 cond=50 cubic=2", "n=60 cond=200 cubic=2"};

    (void)state;
    for (int p = 0; p < 2; p++) {
        ory_run *a = bowl(problems[p], "flow rtol=1e-13 atol=1e-16"),
                *b = bowl(problems[p], "flow method=bdf rtol=1e-11 atol=1e-14"),
                *c = bowl(problems[p], "flow method=adams rtol=1e-11 atol=1e-14");

        case_go(a, 0.7);
        case_go(b, 0.7);
        case_go(c, 0.7);
        for (size_t i = 0; i < ory_run_system(a)->dim; i++) {
            ASSERT_ABS(ory_run_state(b)[i], ory_run_state(a)[i], 1e-8);
            ASSERT_ABS(ory_run_state(c)[i], ory_run_state(a)[i], 1e-8);
        }
        assert_true(case_read(b, "products") > 0 && case_read(c, "products") == 0);
        ory_run_free(a);
        ory_run_free(b);
        ory_run_free(c);
    }
}

/* A class's own Jacobian is taken: with rows and columns exchanged Newton's iteration would
 * not follow y to x at this stiffness. */
static void given_jacobian_is_used(void **state)
{
    ory_run *r = orbit("damp=1e6", "flow method=bdf rtol=1e-6 atol=1e-9");

    (void)state;
    orbit_jacobians = 0;
    case_go(r, 3);
    assert_true(orbit_jacobians > 0);
    assert_true(case_read(r, "evaluations") < 1000);
    ASSERT_REL(ory_run_state(r)[0], exp(-3 * 1.3), 1e-3);
    ory_run_free(r);
}

/* The probe `error` of fixed steps is the distance from the truth. */
static void reference_shows_the_error(void **state)
{
    ory_run *r = orbit("", "euler step=0.01 reference=true");

    (void)state;
    case_go(r, 1.505);
    ASSERT_REL(case_read(r, "error"), orbit_error(r), 1e-8);
    assert_true(case_read(r, "error") > 1e-3);
    ory_run_free(r);
}

/* --------------------------------------------------------------------- stiff */

static double work(const char *how, double time, double *gradients)
{
    ory_run *r = bowl("n=2000 cond=1e6", how);
    double total;

    bowl_gradients = bowl_products = 0;
    case_go(r, time);
    /* the counters of the probes are what was really called */
    ASSERT_REL(case_read(r, "products"), (double)bowl_products, 0);
    total = case_read(r, "evaluations") + case_read(r, "products");
    *gradients = case_read(r, "evaluations");
    /* the run asks for loss and gradient once per step beside the integrator */
    ASSERT_IN((double)bowl_gradients, *gradients, *gradients + case_read(r, "accepted") + 2);
    for (size_t i = 0; i < 2000; i++) {
        const double a = pow(1e6, (double)i / 1999);

        ASSERT_ABS(ory_run_state(r)[i], exp(-a * time), 2e-3);
    }
    ory_run_free(r);
    return total;
}

/* Condition 1e6, dimension 2000: BDF needs at least 20 times fewer right-hand sides than
 * the best explicit method, products with the Hessian included. (The time here is short;
 * the ratio grows with it: see the benchmark for the whole way.) */
static void stiff_flow_needs_few_evaluations(void **state)
{
    static const char *const explicits[] = {"flow method=rkf45 rtol=1e-4 atol=1e-6",
                                            "flow method=rk2 rtol=1e-4 atol=1e-6",
                                            "flow method=rk8pd rtol=1e-4 atol=1e-6"};
    double best = INFINITY, gradients, implicit, evaluations;

    (void)state;
    for (int i = 0; i < 3; i++)
        best = fmin(best, work(explicits[i], 0.05, &gradients));
    implicit = work("flow method=bdf rtol=1e-4 atol=1e-6", 0.05, &evaluations);
    assert_true(best > 20 * implicit && best > 20 * evaluations);
}

static void stiffness_is_seen(void **state)
{
    ory_run *a = bowl("n=20 cond=1e6", "flow method=rkf45 rtol=1e-4 atol=1e-6"), *b = orbit("", "flow");

    (void)state;
    case_go(a, 0.01);
    ASSERT_IN(case_read(a, "stiffness"), 1, 10);
    case_step(b, 20);
    ASSERT_IN(case_read(b, "stiffness"), 0.01, 3);
    ory_run_free(a);
    ory_run_free(b);
    a = bowl("n=20 cond=1e6", "flow method=bdf rtol=1e-4 atol=1e-6");
    case_go(a, 1);
    assert_true(case_read(a, "stiffness") > 1e3);
    ory_run_free(a);
}

/* 13 of doc/theory/02-lora-flow.md: the plateau is not a limit. (How flat it is depends on
 * the draw of the frozen weights: 0.07 to 2 decades between t = 10 and 100.) */
static void case_13_plateau_decays(void **state)
{
    ory_run *r = case_start("net.lora", "m=4 n=4 h=5 r=2 sigma=2 alpha=0.03 seed=4",
                            "flow method=bdf rtol=1e-9 atol=1e-13");
    double at10, at100;

    (void)state;
    case_go(r, 10);
    at10 = log10(case_read(r, "loss"));
    case_go(r, 100);
    at100 = log10(case_read(r, "loss"));
    case_go(r, 3e6);
    ASSERT_ABS(at100, at10, 0.1);
    assert_true(log10(case_read(r, "loss")) < at100 - 2);
    ory_run_free(r);
}

/* ------------------------------------------------------------------ sections */

static void sections_are_hit(void **state)
{
    static const char *const methods[] = {"rk8pd", "rkf45", "rk2", "adams", "bdf"};

    (void)state;
    for (int i = 0; i < 5; i++)
        for (int dt = 0; dt < 2; dt++) {
            char how[160];
            ory_run *r;
            int seen = 0;

            /* x = cos(1.3 t) rises through 0.2 at 1.3 t = 2 pi k - acos(0.2) */
            snprintf(how, sizeof how, "flow method=%s rtol=1e-10 atol=1e-12 section=x section_value=0.2 "
                     "section_way=up dt=%g", methods[i], dt ? 0.37 : 0.0);
            r = orbit("", how);
            while (ory_run_t(r) < 20) {
                case_step(r, 1);
                if (case_read(r, "at_section") == 0)
                    continue;
                seen++;
                ASSERT_ABS(ory_run_t(r), (2 * M_PI * seen - acos(0.2)) / 1.3, 2e-7);
                ASSERT_ABS(ory_run_state(r)[0], 0.2, 1e-13);
                ASSERT_REL(case_read(r, "crossing_t"), ory_run_t(r), 0);
                ASSERT_ABS(ory_run_state(r)[1], -sqrt(1 - 0.04), 1e-6);
            }
            assert_int_equal(seen, 4);
            assert_int_equal(case_read(r, "crossings"), 4);
            ory_run_free(r);
        }
}

static void sections_are_checked(void **state)
{
    ory_run *r = orbit("", "flow");
    ory_error err;

    (void)state;
    assert_int_equal(ory_run_set_text(r, "section", "z", &err), ORY_ENAME);
    assert_true(strstr(err.text, "no such component") != NULL);
    assert_int_equal(ory_run_set_text(r, "section", "3", &err), ORY_ERANGE);
    assert_true(strstr(err.text, "1..2") != NULL);
    assert_int_equal(ory_run_set_text(r, "section", "2", &err), ORY_OK);
    case_step(r, 10);
    ory_run_free(r);
}

/* Steps of the run every dt, whatever the integrator does in between. */
static void output_interval(void **state)
{
    ory_run *r = orbit("", "flow method=adams rtol=1e-9 atol=1e-12 dt=0.25");

    (void)state;
    case_step(r, 12);
    ASSERT_REL(ory_run_t(r), 3, 1e-15);
    ASSERT_ABS(orbit_error(r), 0, 1e-6);
    assert_true(case_read(r, "accepted") > 12);
    ory_run_free(r);
}

/* --------------------------------------------------------------- time travel */

static void same_bits_after_jumps(void **state)
{
    static const char *const how[] = {
        "flow", "flow method=rkf45 dt=0.1", "flow method=bdf", "flow method=adams",
        "flow method=bdf dt=0.1", "flow method=adams section=x section_value=0.3",
        "flow method=bdf section=2 dt=0.05", "rk4 step=0.01", "euler step=0.01 reference=true"};

    (void)state;
    for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
        ory_run *r = orbit("push=0.2", how[i]), *again = orbit("push=0.2", how[i]);
        const double other[2] = {0.3, -0.4};
        const ory_mat view = ory_mat_view((double *)other, 2, 1);
        uint64_t hash[160], last;
        ory_error err;

        for (int pass = 0; pass < 2; pass++) {
            ory_run *now = pass ? again : r;

            case_step(now, 23);
            case_go(now, ory_run_t(now) + 0.0123); /* ends inside a step */
            case_step(now, 20);
            assert_int_equal(ory_run_set_num(now, "w", 1.7, &err), ORY_OK);
            case_step(now, 15);
            assert_int_equal(ory_run_poke(now, NULL, &view, &err), ORY_OK);
            case_step(now, 25);
        }
        assert_true(ory_run_hash(r) == ory_run_hash(again));
        last = ory_run_k(r);
        assert_true(last < 160);
        for (uint64_t k = 0; k <= last; k++) {
            assert_int_equal(ory_run_rewind(r, k, &err), ORY_OK);
            hash[k] = ory_run_hash(r);
        }
        assert_true(hash[last] == ory_run_hash(again));
        for (uint64_t j = 0; j < 60; j++) { /* here and there */
            const uint64_t k = (j * 37 + 11) % (last + 1);

            assert_int_equal(ory_run_rewind(r, k, &err), ORY_OK);
            if (ory_run_hash(r) != hash[k])
                fail_msg("%s: step %d differs after a jump", how[i], (int)k);
        }
        ory_run_free(r);
        ory_run_free(again);
    }
}

/* Longer than one stretch of CVODE. */
static void same_bits_across_stretches(void **state)
{
    ory_run *r = orbit("", "flow method=adams rtol=1e-9 atol=1e-12 hmax=0.01");
    uint64_t hash;
    ory_error err;

    (void)state;
    case_step(r, 1203);
    hash = ory_run_hash(r);
    assert_int_equal(ory_run_rewind(r, 777, &err), ORY_OK);
    assert_int_equal(ory_run_rewind(r, 1203, &err), ORY_OK);
    assert_true(hash == ory_run_hash(r));
    ASSERT_ABS(orbit_error(r), 0, 1e-6);
    ory_run_free(r);
}

/* ------------------------------------------------------------------ failures */

static void a_failing_right_hand_side_is_reported(void **state)
{
    static const char *const how[] = {"flow", "flow method=bdf", "flow method=adams", "rk4 step=0.01",
                                      "euler step=0.01"};

    (void)state;
    for (int i = 0; i < 5; i++) {
        ory_run *r = orbit("break_at=0.5", how[i]);
        ory_stop stop;
        ory_error err = {0};
        const ory_goal goal = {.max_steps = UINT64_MAX, .time = 1};

        assert_int_equal(ory_run_go(r, &goal, &stop, &err), ORY_ECALLBACK);
        assert_true(strstr(err.text, "the orbit broke") != NULL);
        assert_true(ory_run_t(r) < 0.511 && ory_all_finite(ory_run_state(r), 2));
        /* mended, the run goes on from where it stood */
        assert_int_equal(ory_run_set_num(r, "break_at", 1e9, &err), ORY_OK);
        case_go(r, 1);
        ASSERT_ABS(orbit_error(r), 0, 2e-2);
        ory_run_free(r);
    }
}

static void memory_may_run_out(void **state)
{
    const size_t before = ory_mem_in_use();
    static const char *const names[] = {"flow", "rk4"};

    (void)state;
    for (int i = 0; i < 2; i++)
        for (long n = 0;; n++) {
            ory_system *s = case_system("test.bowl", "n=4");
            ory_run *r = NULL;
            ory_values v;
            ory_run_options opt = {.stepper = names[i], .values = &v};
            ory_error err;
            ory_status status;
            const ory_stepper_class *c = ory_stepper_class_find(names[i]);

            assert_int_equal(ory_values_init(&v, c->name, c->params, NULL), ORY_OK);
            assert_int_equal(case_options(&v, i ? "step=0.1 reference=true" : "method=bdf", &err), ORY_OK);
            ory_mem_fault_set(n);
            status = ory_run_new(s, &opt, &r, &err);
            ory_system_unref(s);
            ory_values_fini(&v);
            if (!ory_mem_fault_hit()) {
                ory_mem_fault_set(-1);
                assert_int_equal(status, ORY_OK);
                ory_run_free(r);
                break;
            }
            assert_int_equal(status, ORY_ENOMEM);
            assert_true(ory_mem_in_use() == before);
        }
    ory_mem_fault_set(-1);
    assert_true(ory_mem_in_use() == before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_steps_converge_with_their_order),
        cmocka_unit_test(errors_follow_the_tolerance),
        cmocka_unit_test(methods_agree_at_tight_tolerance),
        cmocka_unit_test(given_jacobian_is_used),
        cmocka_unit_test(reference_shows_the_error),
        cmocka_unit_test(stiff_flow_needs_few_evaluations),
        cmocka_unit_test(stiffness_is_seen),
        cmocka_unit_test(case_13_plateau_decays),
        cmocka_unit_test(sections_are_hit),
        cmocka_unit_test(sections_are_checked),
        cmocka_unit_test(output_interval),
        cmocka_unit_test(same_bits_after_jumps),
        cmocka_unit_test(same_bits_across_stretches),
        cmocka_unit_test(a_failing_right_hand_side_is_reported),
        cmocka_unit_test(memory_may_run_out),
    };

    ory_numerics_start(1);
    ory_system_class_lend(&orbit_class);
    ory_system_class_lend(&bowl_class);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
