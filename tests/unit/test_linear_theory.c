/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_linear_theory.c - the formulas of the local PL theory against exact
 * examples, direct evaluation in long double, and plain search. */
#include "config.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/rng.h"
#include "systems/linear_theory.h"

#define ASSERT_REL(got, want, tol) assert_rel(got, want, tol, #got, __LINE__)

static void assert_rel(double got, double want, double tol, const char *what, int line)
{
    if (!(fabs(got - want) <= tol * fabs(want)))
        fail_msg("line %d: %s = %.17g, expected %.17g", line, what, got, want);
}

static ory_rng rng;

static double between(double low, double high) /* uniform on a logarithmic scale */
{
    return low * pow(high / low, ory_rng_uniform(&rng));
}

/* --------------------------------------------------------- exact: A1, A2, A8 */

static const ory_pl_point example = {.mu = 1, .K = 1, .s2min = 5, .s2max = 5, .s_product = 2,
                                     .gap = 0.5};

static void A1_local_constants_of_the_scalar_example(void **state)
{
    const ory_pl_local l = ory_pl_local_of(&example);

    (void)state;
    ASSERT_REL(l.mu_t, 5, 1e-15);
    ASSERT_REL(l.A, 6, 1e-15);
    ASSERT_REL(l.B, 15, 1e-15);
    ASSERT_REL(l.C, 6, 1e-15);
    ASSERT_REL(ory_pl_eta_inverse(&l), 0.125389147651, 1e-11);
    ASSERT_REL(ory_pl_eta_argmin(&l), 0.114500506818, 1e-11);
}

static ory_pl_uniform example_uniform(double d)
{
    const double eig[] = {3};
    const ory_pl_imbalance i = ory_pl_imbalance_of(eig, 1, 1, 1);

    assert_true(i.margin == 3 && i.spread_plus == 0 && i.spread_minus == 0);
    return (ory_pl_uniform){.mu = 1, .K = 1, .gap0 = 0.5, .alpha1 = ory_pl_alpha1(&i, 0, 1, 1),
                            .alpha2 = ory_pl_alpha2(&i, 2), .beta2 = 2, .c = 0.5, .d = d};
}

static void A1_constants_fixed_at_the_start(void **state)
{
    const ory_pl_uniform u = example_uniform(2);

    (void)state;
    ASSERT_REL(u.alpha1, 3, 1e-15);
    ASSERT_REL(u.alpha2, 1.5 + sqrt(2.25 + 4) + 2, 1e-15);
    ASSERT_REL(u.alpha2, 6, 1e-15);
    ASSERT_REL(ory_pl_eta1(&u), 0.0886686849882, 1e-11);
    ASSERT_REL(ory_pl_eta2(&u), 0.0411366545702, 1e-11);
    ASSERT_REL(ory_pl_eta3(&u), 0.0497930444931, 1e-11);
}

static void A2_bounds_of_one_step(void **state)
{
    const ory_pl_local l = ory_pl_local_of(&example);

    (void)state;
    ASSERT_REL(ory_pl_K(&l, 0.1), 7.56, 1e-14);
    ASSERT_REL(ory_pl_rho(&l, 0.1), 0.378, 1e-14);
}

static void A8_alpha1_is_1_where_the_printed_formula_says_2(void **state)
{
    const double eig[] = {0, 0}; /* W1'W1 = W2'W2 = diag(1, 0) */
    const ory_pl_imbalance d = ory_pl_imbalance_of(eig, 2, 2, 1);

    (void)state;
    ASSERT_REL(ory_pl_alpha1(&d, 1, 2, 1), 1, 1e-15);
    ASSERT_REL(ory_pl_alpha1(&d, 1, 1, 2), 1, 1e-15);
    ASSERT_REL(ory_pl_alpha1(&d, 1, 1, 1), 2, 1e-15);
}

/* ------------------------------------------------------------------ one iterate */

static ory_pl_local random_local(void)
{
    const double s2max = between(1e-3, 1e3);

    return ory_pl_local_of(&(ory_pl_point){.mu = between(1e-3, 1), .K = between(1, 1e3),
                                           .s2min = s2max * between(1e-4, 1), .s2max = s2max,
                                           .s_product = s2max * between(1e-3, 0.5),
                                           .gap = between(1e-25, 1e4)});
}

static void A12_step_1_over_K_solves_its_equation(void **state)
{
    (void)state;
    ory_rng_init(&rng, 731, 0);
    for (int i = 0; i < 3000; i++) {
        const ory_pl_local l = random_local();
        const double inv = ory_pl_eta_inverse(&l), best = ory_pl_eta_argmin(&l);

        ASSERT_REL(inv * ory_pl_K(&l, inv), 1, 1e-14);
        assert_true(best <= inv);
        assert_true(best > 0.5 * inv);
    }
}

static void no_step_has_a_smaller_rho_than_argmin(void **state)
{
    enum { GRID = 2000 };

    (void)state;
    ory_rng_init(&rng, 732, 0);
    for (int i = 0; i < 60; i++) {
        const ory_pl_local l = random_local();
        const double best = ory_pl_eta_argmin(&l), gain = 1 - ory_pl_rho(&l, best);
        double found = 0, where = 0;

        for (int j = 1; j <= GRID; j++) {
            const double eta = 2 * best * j / GRID;
            const double here = l.mu_t * eta * (2 - eta * (l.A + l.B * eta + l.C * eta * eta));

            if (here > found) {
                found = here;
                where = eta;
            }
        }
        ASSERT_REL(where, best, 3.0 / GRID);
        assert_true(found <= gain * (1 + 1e-12) + 1e-15);
    }
}

static void constants_without_curvature_have_no_limit(void **state)
{
    const ory_pl_local flat = ory_pl_local_of(&(ory_pl_point){.mu = 1, .K = 1});

    (void)state;
    assert_true(isinf(ory_pl_eta_inverse(&flat)));
    assert_true(isinf(ory_pl_eta_argmin(&flat)));
    assert_true(ory_pl_rho(&flat, 0.3) == 1);
}

/* -------------------------------------------------------------------- imbalance */

static void eigenvalues_beyond_h_and_zeros_count_as_they_should(void **state)
{
    const double eig[] = {-2.385, 0.731, 4.5, -0.125};
    ory_pl_imbalance d = ory_pl_imbalance_of(eig, 4, 2, 1);

    (void)state;
    assert_true(d.lambda_plus == 4.5 && d.lambda_minus == 2.385);
    assert_true(d.a == 0.731 && d.b == 2.385);
    assert_true(d.margin == 0.731 + 2.385);
    assert_true(d.spread_plus == 4.5 - 0.731 && d.spread_minus == 0);
    d = ory_pl_imbalance_of(eig, 4, 3, 2); /* third largest is -0.125: not positive */
    assert_true(d.a == 0 && d.b == 0.125);
    d = ory_pl_imbalance_of(eig, 4, 5, 7); /* beyond h */
    assert_true(d.a == 0 && d.b == 0 && d.lambda_plus == 4.5);
    d = ory_pl_imbalance_of((const double[]){1.5, 1.5, 1.5}, 3, 3, 1); /* equal ones */
    assert_true(d.a == 1.5 && d.spread_plus == 0 && d.lambda_minus == 0);
}

/* The formulas as written, in long double. */
static long double plain_half(long double x, long double margin, long double b)
{
    return (-x + sqrtl((x + margin) * (x + margin) + 4 * b * b)) / 2;
}

static void alpha_agrees_with_the_plain_formula(void **state)
{
    (void)state;
    ory_rng_init(&rng, 733, 0);
    for (int i = 0; i < 3000; i++) {
        const size_t n = 1 + ory_rng_below(&rng, 3), m = 1 + ory_rng_below(&rng, 3);
        const double a = ory_rng_below(&rng, 3) ? between(1e-3, 10) : 0,
                     b = ory_rng_below(&rng, 3) ? between(1e-3, 10) : 0,
                     beta = ory_rng_below(&rng, 3) ? between(1e-3, 10) : 0;
        const double plus = a + between(1e-2, 10), minus = b + between(1e-2, 10);
        const ory_pl_imbalance d = {.lambda_plus = plus, .lambda_minus = minus, .a = a, .b = b,
                                    .margin = a + b, .spread_plus = plus - a,
                                    .spread_minus = minus - b};
        const long double low = plain_half(d.spread_plus, d.margin, m <= n ? beta : 0) +
                                plain_half(d.spread_minus, d.margin, n <= m ? beta : 0);
        const long double high = (plus + sqrtl((long double)plus * plus + 4.0L * beta * beta)) / 2 +
                                 (minus + sqrtl((long double)minus * minus + 4.0L * beta * beta)) / 2;

        assert_true(fabs(ory_pl_alpha1(&d, beta, n, m) - (double)low) <=
                    1e-14 * (double)low + 1e-17);
        ASSERT_REL(ory_pl_alpha2(&d, beta), (double)high, 1e-14);
        assert_true(d.margin <= ory_pl_alpha1(&d, beta, n, m) * (1 + 1e-14));
    }
}

static void alpha1_keeps_its_digits_when_the_spread_is_huge(void **state)
{
    /* margin 0, x = 1e9, b = 1e-3: half = 2 b^2 / (sqrt(x^2 + 4 b^2) + x) = b^2 / x */
    const ory_pl_imbalance d = {.lambda_plus = 1e9, .spread_plus = 1e9};

    (void)state;
    ASSERT_REL(ory_pl_alpha1(&d, 1e-3, 2, 1), 1e-15, 1e-12);
}

/* --------------------------------------------------------------- uniform bounds */

static ory_pl_uniform random_uniform(void)
{
    const double alpha2 = between(0.1, 100), K = between(0.1, 100);

    return (ory_pl_uniform){.mu = K * between(1e-2, 1), .K = K, .gap0 = between(1e-6, 10),
                            .alpha1 = alpha2 * between(1e-2, 1), .alpha2 = alpha2,
                            .beta2 = 0.5 * alpha2, .c = 0.2 + 0.6 * ory_rng_uniform(&rng),
                            .d = 1.2 + 2 * ory_rng_uniform(&rng)};
}

static long double plain_mu_bar(const ory_pl_uniform *u, long double e)
{
    return u->mu * (u->alpha1 - 2 * u->alpha2 * (expl(powl(e, u->c)) - 1));
}

/* K_bar at t = 0 and at t, written out. */
static long double plain_K_bar(const ory_pl_uniform *u, long double e, long double t)
{
    long double k0 = sqrtl(2.0L * u->K * u->gap0) +
                     6.0L * u->K * u->K * u->beta2 * u->gap0 * e * e +
                     u->K * expl(powl(e, u->c)) * u->alpha2 *
                         (1 + 3 * sqrtl(2.0L * u->K * u->gap0) * e);
    long double rho = 1 - plain_mu_bar(u, e) * e * (2 - k0 * e);
    long double delta = (1 + powl(e, u->d)) * rho;

    return sqrtl(2.0L * u->K * u->gap0 * powl(rho, t)) +
           6.0L * u->K * u->K * u->beta2 * u->gap0 * e * e * powl(delta, t) +
           u->K * expl(powl(e, u->c)) * u->alpha2 *
               (1 + 3 * sqrtl(2.0L * u->K * u->gap0 * powl(delta, t)) * e);
}

static void uniform_bounds_agree_with_the_plain_formulas(void **state)
{
    (void)state;
    ory_rng_init(&rng, 734, 0);
    for (int i = 0; i < 500; i++) {
        const ory_pl_uniform u = random_uniform();
        const double e = between(1e-9, 0.9) * fmin(ory_pl_eta1(&u), ory_pl_eta3(&u));
        const long double k0 = plain_K_bar(&u, e, 0), mu = plain_mu_bar(&u, e);
        const long double gain = mu * e * (2 - k0 * e);
        const long double loss = gain - powl(e, u.d) * (1 - gain); /* 1 - Delta */
        const double t = (double)ory_rng_below(&rng, 60), eta = e * between(0.5, 2);

        ASSERT_REL(ory_pl_mu_bar(&u, e), (double)mu, 1e-11);
        ASSERT_REL(ory_pl_K_bar0(&u, e), (double)k0, 1e-13);
        ASSERT_REL(ory_pl_K_bar(&u, e, 0), (double)k0, 1e-13);
        ASSERT_REL(ory_pl_K_bar(&u, e, t), (double)plain_K_bar(&u, e, t), 1e-12);
        ASSERT_REL(ory_pl_one_minus_rho_bar0(&u, e), (double)gain, 1e-11);
        assert_true(fabs(ory_pl_one_minus_delta(&u, e) - (double)loss) <=
                    1e-11 * ((double)gain + pow(e, u.d)));
        ASSERT_REL(ory_pl_rho_bar(&u, e, eta, t),
                   (double)(1 - mu * eta * (2 - plain_K_bar(&u, e, t) * eta)), 1e-12);
        ASSERT_REL(ory_pl_cap(e, u.d, t),
                   (double)(powl(1 + powl(e, u.d), t / 2) * (long double)e), 1e-13);
        if (loss > 0) {
            ASSERT_REL(ory_pl_drift_bound(&u, e),
                       (double)(2.0L * u.K * e * e * u.alpha2 * expl(powl(e, u.c)) * u.gap0 / loss),
                       1e-8);
        }
    }
}

static void a_tiny_gain_is_not_lost_in_1_minus_rho(void **state)
{
    const ory_pl_uniform u = example_uniform(2);

    (void)state;
    /* 1 - rho_bar0 ~ 2 mu alpha1 eta0 = 6e-40: far below the spacing of numbers near 1. */
    ASSERT_REL(ory_pl_one_minus_rho_bar0(&u, 1e-40), 6e-40, 1e-12);
}

static void eta1_and_eta3_solve_their_equations(void **state)
{
    (void)state;
    ory_rng_init(&rng, 735, 0);
    for (int i = 0; i < 500; i++) {
        const ory_pl_uniform u = random_uniform();
        const double e1 = ory_pl_eta1(&u), e3 = ory_pl_eta3(&u);

        ASSERT_REL((double)(e1 * plain_K_bar(&u, e1, 0)), 1, 1e-13);
        assert_true(plain_mu_bar(&u, e3 * (1 - 1e-9)) > 0);
        assert_true(plain_mu_bar(&u, e3 * (1 + 1e-9)) < 0);
    }
}

/* Right minus left side of the equation of eta2, as printed. */
static long double plain_balance(const ory_pl_uniform *u, long double e)
{
    const long double gain = plain_mu_bar(u, e) * e * (2 - plain_K_bar(u, e, 0) * e);
    const long double one_minus_delta = gain - powl(e, u->d) * (1 - gain);

    return -expm1l(-powl(e, u->c)) * one_minus_delta - 4.0L * u->K * u->gap0 * e * e;
}

static void eta2_is_the_first_sign_change(void **state)
{
    enum { POINTS = 20000 };

    (void)state;
    ory_rng_init(&rng, 736, 0);
    for (int i = 0; i < 25; i++) {
        const ory_pl_uniform u = random_uniform();
        const double eta2 = ory_pl_eta2(&u), hi = 2.2 * ory_pl_eta1(&u);
        double first = 0;

        for (int j = 0; j <= POINTS && first == 0; j++) {
            const double e = 1e-16 * hi * pow(1e16, (double)j / POINTS);

            if (!(plain_balance(&u, e) > 0))
                first = e;
        }
        assert_true(first > 0);
        if (first < 1.1e-16 * hi) /* negative on the whole grid */
            assert_true(eta2 < first);
        else
            ASSERT_REL(eta2, first, 4e-3);
        assert_true(plain_balance(&u, eta2 * (1 - 1e-9)) > 0);
        assert_true(plain_balance(&u, eta2 * (1 + 1e-9)) < 0);
    }
}

static void eta2_survives_d_near_1(void **state)
{
    ory_pl_uniform u = example_uniform(1.01);
    double eta2;

    (void)state;
    u.alpha1 = 0.2; /* 2 mu_bar(0) = 0.4: needs eta^0.01 < 0.4, eta < 1.6e-40 */
    eta2 = ory_pl_eta2(&u);
    assert_true(eta2 > 1e-41 && eta2 < 0.4e-39);
    ASSERT_REL(pow(eta2, 0.01), 0.4, 1e-3);
    u.alpha1 = 1e-4; /* eta < 1e-370: nothing representable */
    assert_true(ory_pl_eta2(&u) == 0);
}

/* ---------------------------------------------------------------- earlier rules */

static void x23_follows_its_polynomials(void **state)
{
    (void)state;
    ory_rng_init(&rng, 737, 0);
    for (int i = 0; i < 300; i++) {
        const double mu = between(0.1, 1), K = mu * between(1, 20), s = between(0.3, 3),
                     gap0 = between(1e-4, 10), smin = between(1e-2, 10), fro = smin * between(1, 5),
                     sxr = sqrt(mu / s), sx1 = sqrt(K / s), c1 = between(0.2, 0.9),
                     c2 = 1 + between(0.1, 2), gap = gap0 * between(1e-6, 1);
        const double a = between(0.1, 3), b = between(0.1, 3), p = a + between(0.1, 3),
                     q = b + between(0.1, 3);
        const ory_pl_imbalance d = {.lambda_plus = p, .lambda_minus = q, .a = a, .b = b,
                                    .margin = a + b, .spread_plus = p - a, .spread_minus = q - b};
        const ory_pl_x23 x = ory_pl_x23_of(mu, K, s, gap0, smin, fro, sx1, sxr, &d, 3, 2, c1, c2);
        const double e0 = sqrt(2 * gap0 / s), p1 = smin > e0 ? (smin - e0) / sx1 : 0,
                     p2 = (fro + e0) / sxr;
        const double alpha = ory_pl_alpha1(&d, p1, 3, 2), beta = ory_pl_alpha2(&d, p2);
        const double a1 = 2 * mu * c1 * alpha, v = c2 * beta;
        double q0 = sqrt(2 * K * gap0), qt = sqrt(2 * K * gap), least = INFINITY;
        const double z[2] = {4 * c2 * gap0 * K / (c2 - 1),
                             8 * c2 * beta * gap0 * K / ((1 - c1) * alpha)};
        const double step = ory_pl_x23_step(&x, gap), eta = step * between(0.2, 2);
        double most = 0;

        for (int k = 0; k < 2; k++) { /* bisection on the printed cubic */
            double lo = 0, hi = 1e9;

            for (int it = 0; it < 400; it++) {
                const double e = 0.5 * (lo + hi);
                const double f = 2 * mu * K * K * p2 * p2 * gap0 * e * e * e +
                                 2 * mu * K * v * p2 * q0 * e * e +
                                 (2 * mu * p2 * q0 + mu * K * v * v + z[k]) * e - a1;

                if (f > 0)
                    hi = e;
                else
                    lo = e;
            }
            least = fmin(least, lo);
        }
        ASSERT_REL(x.eta_max, least, 1e-12);
        ASSERT_REL(ory_pl_x23_factor(&x, gap, eta),
                   1 - a1 * eta + (2 * mu * p2 * qt + mu * K * v * v) * eta * eta +
                       2 * mu * K * v * p2 * qt * pow(eta, 3) +
                       2 * mu * K * K * p2 * p2 * gap * pow(eta, 4), 1e-12);
        for (int j = 1; j <= 1000; j++) /* no admissible step is better */
            most = fmax(most, 1 - ory_pl_x23_factor(&x, gap, x.eta_max * j / 1000));
        assert_true(most <= (1 - ory_pl_x23_factor(&x, gap, step)) * (1 + 1e-9));
    }
}

static void prior_step_minimises_its_quartic(void **state)
{
    (void)state;
    ory_rng_init(&rng, 738, 0);
    for (int i = 0; i < 100; i++) {
        const double u = between(0.1, 100), l = u * between(1e-3, 1), z = between(1e-8, 100);
        const ory_pl_prior p = {.mu = between(0.1, 1), .K = between(1, 30), .s2min = l, .s2max = u,
                                .z = z};
        const double best = ory_pl_prior_step(&p), e = best * between(0.2, 3);
        double most = 0;

        ASSERT_REL(ory_pl_prior_factor(&p, e),
                   1 - 2 * p.mu * l * e + (p.K * p.mu * u * u + 2 * p.mu * z) * e * e +
                       2 * p.K * p.mu * u * z * pow(e, 3) + p.mu * p.K * z * z * pow(e, 4), 1e-11);
        for (int j = 1; j <= 2000; j++)
            most = fmax(most, 1 - ory_pl_prior_factor(&p, best * j / 1000));
        assert_true(most <= (1 - ory_pl_prior_factor(&p, best)) * (1 + 1e-9));
        ASSERT_REL(ory_pl_prior_valid(&p, e) + l,
                   2 * l - e * z - 0.5 * p.K * e * (u + e * z) * (u + e * z), 1e-9);
    }
}

static void prior_step_at_the_saddle_is_undefined(void **state)
{
    const ory_pl_prior p = {.mu = 1, .K = 1};

    (void)state;
    assert_true(!isfinite(ory_pl_prior_step(&p)) || ory_pl_prior_step(&p) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(A1_local_constants_of_the_scalar_example),
        cmocka_unit_test(A1_constants_fixed_at_the_start),
        cmocka_unit_test(A2_bounds_of_one_step),
        cmocka_unit_test(A8_alpha1_is_1_where_the_printed_formula_says_2),
        cmocka_unit_test(A12_step_1_over_K_solves_its_equation),
        cmocka_unit_test(no_step_has_a_smaller_rho_than_argmin),
        cmocka_unit_test(constants_without_curvature_have_no_limit),
        cmocka_unit_test(eigenvalues_beyond_h_and_zeros_count_as_they_should),
        cmocka_unit_test(alpha_agrees_with_the_plain_formula),
        cmocka_unit_test(alpha1_keeps_its_digits_when_the_spread_is_huge),
        cmocka_unit_test(uniform_bounds_agree_with_the_plain_formulas),
        cmocka_unit_test(a_tiny_gain_is_not_lost_in_1_minus_rho),
        cmocka_unit_test(eta1_and_eta3_solve_their_equations),
        cmocka_unit_test(eta2_is_the_first_sign_change),
        cmocka_unit_test(eta2_survives_d_near_1),
        cmocka_unit_test(x23_follows_its_polynomials),
        cmocka_unit_test(prior_step_minimises_its_quartic),
        cmocka_unit_test(prior_step_at_the_saddle_is_undefined),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
