/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_attack.c - networks with a power, attacks, orthonormal mixtures: against differences,
 * brute force, the definitions written out plainly, and closed forms. Cases are numbered as
 * the acceptance cases of doc/theory/04-prelu-robustness.md. */
#include "config.h"

#include "case.h"

#include "algo/attack.h"
#include "algo/mixture.h"
#include "algo/pnet.h"

static const double powers[] = {1, 1.5, 2, 2.7, 3, 4.5};
enum { POWERS = sizeof powers / sizeof *powers };

/* -------------------------------------------------------------------- networks */

static double plain_output(const ory_pnet *net, const double *W, const double *v, const double *x)
{
    double f = 0;

    for (size_t j = 0; j < net->h; j++) {
        double z = 0, r = 0;

        for (size_t k = 0; k < net->D; k++) {
            z += x[k] * W[j * net->D + k];
            r += W[j * net->D + k] * W[j * net->D + k];
        }
        if (z > 0)
            f += v[j] * pow(z, net->p) / pow(sqrt(r), net->p - 1);
    }
    if (net->normalize) {
        double size = 0;

        for (size_t k = 0; k < net->D; k++)
            size += x[k] * x[k];
        f /= pow(sqrt(size), net->p - 1);
    }
    return f + net->bias;
}

typedef struct random_net {
    ory_pnet net;
    double W[7 * 5], v[7], X[9 * 5];
} random_net;

static void make_net(random_net *r, double p, bool normalize)
{
    ory_rng rng;

    ory_rng_init(&rng, 3, 7);
    ory_rng_fill_normal(&rng, r->W, 35, 0, 0.7);
    ory_rng_fill_normal(&rng, r->v, 7, 0, 0.9);
    ory_rng_fill_normal(&rng, r->X, 45, 0, 1.1);
    assert_int_equal(ory_pnet_init(&r->net, 5, 7, p, normalize, NULL), ORY_OK);
    ory_pnet_set(&r->net, r->W, r->v, 0.31);
}

/* 2, inputs: outputs are the definition, their gradients those of differences. */
static void case_02_gradients_by_inputs(void **state)
{
    (void)state;
    for (int i = 0; i < 2 * POWERS; i++) {
        random_net r;
        double f[9], G[45];

        make_net(&r, powers[i / 2], i % 2);
        ory_pnet_eval(&r.net, r.X, 9, f, G);
        for (size_t n = 0; n < 9; n++) {
            double *x = r.X + 5 * n;

            ASSERT_REL(f[n], plain_output(&r.net, r.W, r.v, x), 1e-13);
            for (size_t k = 0; k < 5; k++) {
                const double keep = x[k];
                double up, down;

                x[k] = keep + 1e-6;
                up = plain_output(&r.net, r.W, r.v, x);
                x[k] = keep - 1e-6;
                down = plain_output(&r.net, r.W, r.v, x);
                x[k] = keep;
                ASSERT_ABS(G[5 * n + k], (up - down) / 2e-6, 1e-6 * (1 + fabs(G[5 * n + k])));
            }
        }
        ory_pnet_fini(&r.net);
    }
}

/* 3: of degree p in x (1 when normalized), of degree 2 in the weights. */
static void case_03_degrees(void **state)
{
    (void)state;
    for (int i = 0; i < 2 * POWERS; i++) {
        const double p = powers[i / 2], gamma = 1.37, s = 0.83;
        random_net r;
        double f[9], g[9];

        make_net(&r, p, i % 2);
        ory_pnet_set(&r.net, r.W, r.v, 0);
        ory_pnet_eval(&r.net, r.X, 9, f, NULL);
        for (size_t k = 0; k < 45; k++)
            r.X[k] *= gamma;
        ory_pnet_eval(&r.net, r.X, 9, g, NULL);
        for (size_t n = 0; n < 9; n++)
            ASSERT_REL(g[n], pow(gamma, i % 2 ? 1 : p) * f[n], 1e-12);
        for (size_t k = 0; k < 35; k++)
            r.W[k] *= s;
        for (size_t k = 0; k < 7; k++)
            r.v[k] *= s;
        ory_pnet_set(&r.net, r.W, r.v, 0);
        ory_pnet_eval(&r.net, r.X, 9, f, NULL);
        for (size_t n = 0; n < 9; n++)
            ASSERT_REL(f[n], s * s * g[n], 1e-12);
        ory_pnet_fini(&r.net);
    }
}

/* Weights of 1e-120 keep their direction; a zero input and a zero neuron give no NaN. */
static void tiny_and_zero(void **state)
{
    double W[4] = {3e-120, 4e-120, 0, 0}, v[2] = {1e-120, 5}, X[4] = {1, 0.5, 0, 0}, f[2], G[4];
    ory_pnet net;

    (void)state;
    assert_int_equal(ory_pnet_init(&net, 2, 2, 3, true, NULL), ORY_OK);
    ory_pnet_set(&net, W, v, 0);
    ASSERT_REL(net.U[0], 0.6, 1e-15);
    ory_pnet_eval(&net, X, 2, f, G);
    ASSERT_REL(f[0], 1e-120 * 5e-120 / 1.25, 1e-13); /* <x,u> = 1, over |x|^2 */
    assert_true(f[1] == 0 && G[2] == 0 && G[3] == 0 && isfinite(G[0]));
    ory_pnet_fini(&net);
    assert_int_equal(ory_pnet_init(&net, 2, 2, 0.9, false, NULL), ORY_ERANGE);
    assert_int_equal(ory_pnet_init(&net, 2, 2, NAN, false, NULL), ORY_ERANGE);
}

/* -------------------------------------------------------------------- mixtures */

static void make_mixture(ory_mixture *m, size_t D, size_t K, size_t K1, double alpha, bool rotate)
{
    ory_rng rng;

    ory_rng_init(&rng, 11, 4);
    assert_int_equal(ory_mixture_init(m, D, K, K1, alpha, NULL, NULL), ORY_OK);
    if (rotate)
        assert_int_equal(ory_mixture_rotate(m, &rng, NULL), ORY_OK);
    ASSERT_ABS(ory_mixture_skew(m), 0, 1e-13);
}

static double value(ory_ideal *f, const double *x)
{
    const ory_scorer s = ory_ideal_scorer(f);
    double out;

    assert_int_equal(s.eval(s.self, x, 1, &out, NULL, NULL), ORY_OK);
    return out;
}

/* 5: F, F^(p), NC are +-1 at centres, and known at the class average. */
static void case_05_ideals_at_known_points(void **state)
{
    const ory_ideal_kind kinds[] = {ORY_IDEAL_F, ORY_IDEAL_POWER, ORY_IDEAL_NC};
    ory_mixture m;

    (void)state;
    make_mixture(&m, 9, 7, 4, 0.1, true);
    for (int i = 0; i < 3 * POWERS; i++) {
        const double p = powers[i / 3];
        double average[9];
        ory_ideal f;

        assert_int_equal(ory_ideal_init(&f, &m, kinds[i % 3], p, NULL), ORY_OK);
        for (size_t k = 0; k < m.K; k++)
            ASSERT_ABS(value(&f, m.centres + k * 9), k < 4 ? 1 : -1, 1e-13);
        for (size_t k = 0; k < 9; k++)
            average[k] = m.sums[k] / 2; /* sqrt(K1) = 2 */
        if (i % 3 < 2)
            ASSERT_REL(value(&f, average), i % 3 ? pow(4, 1 - p / 2) : 2, 1e-12);
        ory_ideal_fini(&f);
    }
    ory_mixture_fini(&m);
}

/* Gradients of all four against differences. */
static void gradients_of_the_ideals(void **state)
{
    ory_mixture m;
    ory_rng rng;

    (void)state;
    make_mixture(&m, 6, 5, 2, 1.9, true);
    ory_rng_init(&rng, 5, 5);
    for (int kind = ORY_IDEAL_F; kind <= ORY_IDEAL_BAYES; kind++)
        for (int trial = 0; trial < 20; trial++) {
            double x[6], G[6], out;
            ory_scorer s;
            ory_ideal f;

            assert_int_equal(ory_ideal_init(&f, &m, kind, 2.7, NULL), ORY_OK);
            s = ory_ideal_scorer(&f);
            ory_rng_fill_normal(&rng, x, 6, 0, 1);
            assert_int_equal(s.eval(s.self, x, 1, &out, G, NULL), ORY_OK);
            for (int k = 0; k < 6; k++) {
                const double keep = x[k];
                double up, down;

                x[k] = keep + 1e-6;
                up = value(&f, x);
                x[k] = keep - 1e-6;
                down = value(&f, x);
                x[k] = keep;
                ASSERT_ABS(G[k], (up - down) / 2e-6, 1e-7);
            }
            ory_ideal_fini(&f);
        }
    ory_mixture_fini(&m);
}

/* Bayes: the sign of the difference of densities, and no overflow at D/alpha^2 = 2e9. */
static void bayes_is_the_density_rule(void **state)
{
    ory_mixture m;
    ory_ideal f;
    ory_rng rng;

    (void)state;
    make_mixture(&m, 4, 4, 1, 1.3, false);
    assert_int_equal(ory_ideal_init(&f, &m, ORY_IDEAL_BAYES, 1, NULL), ORY_OK);
    ory_rng_init(&rng, 1, 1);
    for (int i = 0; i < 200; i++) {
        double x[4], plus = 0, minus = 0;

        ory_rng_fill_normal(&rng, x, 4, 0.3, 1);
        for (size_t k = 0; k < 4; k++)
            *(k < 1 ? &plus : &minus) += exp(4 * x[k] / (1.3 * 1.3));
        ASSERT_ABS(value(&f, x), log(plus) - log(minus), 1e-12);
    }
    m.alpha = 4.5e-5;
    ASSERT_REL(value(&f, m.centres), 4 / (4.5e-5 * 4.5e-5), 1e-8);
    m.alpha = 0; /* NC */
    ASSERT_REL(value(&f, m.centres + 4), -1, 1e-15);
    ory_ideal_fini(&f);
    ory_mixture_fini(&m);
}

/* 6: F at a centre along d0 changes sign at 1/sqrt(K). */
static void case_06_sign_along_d0(void **state)
{
    ory_mixture m;
    ory_ideal f;

    (void)state;
    make_mixture(&m, 8, 7, 4, 0.1, true);
    assert_int_equal(ory_ideal_init(&f, &m, ORY_IDEAL_F, 1, NULL), ORY_OK);
    for (size_t k = 0; k < m.K; k++)
        for (int side = -1; side <= 1; side += 2) {
            const double y = k < 4 ? 1 : -1, r = 1 / sqrt(7) + side * 1e-9;
            double d0[8], x[8];

            ory_mixture_d0(&m, y, d0);
            ASSERT_REL(ory_norm2(d0, 8), 1, 1e-13);
            for (int i = 0; i < 8; i++)
                x[i] = m.centres[k * 8 + (size_t)i] + r * d0[i];
            assert_true((y * value(&f, x) > 0) == (side < 0));
        }
    ory_ideal_fini(&f);
    ory_mixture_fini(&m);
}

/* The exact distance of F is that of a search over the plane of <x,mu+>, <x,mu->. */
static void distance_of_f_by_search(void **state)
{
    ory_mixture m;
    ory_rng rng;

    (void)state;
    make_mixture(&m, 7, 6, 4, 0.1, true);
    ory_rng_init(&rng, 8, 8);
    for (int trial = 0; trial < 40; trial++) {
        const double y = trial % 2 ? 1 : -1;
        const double *own = m.sums + (y > 0 ? 0 : 7), *other = m.sums + (y > 0 ? 7 : 0);
        const double root_own = sqrt(y > 0 ? 4 : 2), root_other = sqrt(y > 0 ? 2 : 4);
        double x[7], a, b, best = INFINITY;

        ory_rng_fill_normal(&rng, x, 7, 0, 0.7);
        a = ory_dot(x, own, 7), b = ory_dot(x, other, 7);
        if (a <= fmax(b, 0)) {
            assert_true(ory_mixture_f_distance(&m, x, y) == 0);
            continue;
        }
        /* moves u along own/|own| and t along other/|other| change a by u |own|, b by t |other| */
        for (int i = 0; i < 200000; i++) {
            const double angle = 2 * M_PI * i / 200000;
            const double da = cos(angle) * root_own, db = sin(angle) * root_other;
            double r = INFINITY; /* first r with a + r da <= max(b + r db, 0) */

            if (da < 0)
                r = -a / da;
            if (da - db < 0)
                r = fmin(r, (b - a) / (da - db));
            best = fmin(best, r);
        }
        ASSERT_REL(ory_mixture_f_distance(&m, x, y), best, 1e-8);
    }
    for (size_t k = 0; k < m.K; k++)
        ASSERT_REL(ory_mixture_f_distance(&m, m.centres + k * 7, k < 4 ? 1 : -1), 1 / sqrt(6), 1e-13);
    ory_mixture_fini(&m);
}

/* 7: the radius of a centre under F^(p), and by a search over directions that push the own
 * product down by u and j of the m opposing ones up equally. */
static void case_07_radius_of_a_centre(void **state)
{
    const double p[] = {1, 1.5, 2, 3}, want[] = {0.5, 0.639889, 0.707107, 0.707107};

    (void)state;
    for (int i = 0; i < 4; i++) {
        double best = INFINITY;

        ASSERT_ABS(ory_mixture_power_radius(p[i], 3), want[i], 5e-7);
        for (int j = 1; j <= 3; j++)
            for (int k = 0; k <= 100000; k++) {
                const double u = k / 100000.0; /* (1-u)^p = j s^p */
                const double s = (1 - u) / pow(j, 1 / p[i]);

                best = fmin(best, sqrt(u * u + j * s * s));
            }
        ASSERT_REL(ory_mixture_power_radius(p[i], 3), best, 1e-8);
    }
}

/* 8: an ascent from 0 does not fool F^(3) at a centre; a start toward another centre does. */
static void case_08_why_one_start_is_not_enough(void **state)
{
    const ory_attack_spec spec = {.norm = ORY_ATTACK_L2, .step = 0.1, .steps = 100, .guard = 1e-12};
    const double radii[] = {0.72, 0.9, 0.99}, y = 1;
    ory_attack a;
    ory_mixture m;
    ory_ideal f;
    ory_scorer s;
    double delta[20], out, x[20];

    (void)state;
    make_mixture(&m, 20, 6, 3, 0.1, false);
    assert_int_equal(ory_ideal_init(&f, &m, ORY_IDEAL_POWER, 3, NULL), ORY_OK);
    assert_int_equal(ory_attack_init(&a, 20, NULL), ORY_OK);
    s = ory_ideal_scorer(&f);
    for (int i = 0; i < 3; i++) {
        memset(delta, 0, sizeof delta);
        assert_int_equal(ory_attack_push(&a, &s, &spec, radii[i], m.centres, &y, 1, delta, &out, NULL),
                         ORY_OK);
        ASSERT_REL(out, pow(1 - radii[i], 3), 1e-9);
    }
    ory_mixture_direction(&m, m.centres, 1, 0, 1, delta);
    for (int i = 0; i < 20; i++)
        x[i] = m.centres[i] + 0.72 * delta[i];
    assert_true(value(&f, x) < 0);
    ory_attack_fini(&a);
    ory_ideal_fini(&f);
    ory_mixture_fini(&m);
}

/* Predicted curves and the exact probabilities against sampling the mixture itself. */
static void curves_against_sampling(void **state)
{
    enum { DRAWS = 20000 };
    const double radii[] = {0.2, 0.3, 0.38}, far[] = {0.6, 0.68};
    ory_mixture m;
    ory_rng rng;
    ory_ideal f;
    double f_share[3] = {0}, n_share[2] = {0}, right[3] = {0};

    (void)state;
    make_mixture(&m, 12, 7, 4, 0.6, true);
    assert_int_equal(ory_ideal_init(&f, &m, ORY_IDEAL_F, 1, NULL), ORY_OK);
    ory_rng_init(&rng, 21, 2);
    for (int i = 0; i < DRAWS; i++) {
        double x[12], d0[12], pushed[12];
        const size_t k = ory_rng_below(&rng, 7);
        const double y = ory_mixture_sample(&m, k, &rng, x);
        double gap = INFINITY;

        ory_mixture_d0(&m, y, d0);
        for (int r = 0; r < 3; r++) {
            for (int c = 0; c < 12; c++)
                pushed[c] = x[c] + radii[r] * d0[c];
            right[r] += y * value(&f, pushed) > 0;
        }
        for (size_t l = y > 0 ? 4 : 0; l < (y > 0 ? 7 : 4); l++)
            gap = fmin(gap, ory_dot(x, m.centres + k * 12, 12) - ory_dot(x, m.centres + l * 12, 12));
        for (int r = 0; r < 3; r++)
            f_share[r] += ory_mixture_f_distance(&m, x, y) > radii[r];
        for (int r = 0; r < 2; r++) /* distance to the nearest wrong cell is gap/sqrt(2) */
            n_share[r] += gap / M_SQRT2 > far[r];
    }
    for (int r = 0; r < 3; r++) {
        ASSERT_ABS(right[r] / DRAWS, ory_mixture_f_right(&m, radii[r]), 0.015);
        ASSERT_ABS(f_share[r] / DRAWS, ory_mixture_curve_f(&m, radii[r]), 0.03);
    }
    for (int r = 0; r < 2; r++)
        ASSERT_ABS(n_share[r] / DRAWS, ory_mixture_curve_power(&m, far[r]), 0.015);
    m.alpha = 0;
    assert_true(ory_mixture_curve_f(&m, 0.377) == 1 && ory_mixture_curve_f(&m, 0.379) == 0);
    assert_true(ory_mixture_curve_power(&m, 0.707) == 1 && ory_mixture_curve_power(&m, 0.708) == 0);
    ory_ideal_fini(&f);
    ory_mixture_fini(&m);
}

/* The reduced demo's rows A_F and A_N. */
static void curves_of_the_reduced_demo(void **state)
{
    ory_mixture m;

    (void)state;
    make_mixture(&m, 20, 6, 3, 0.1, false);
    ASSERT_ABS(ory_mixture_curve_f(&m, 0.35), 0.995, 5e-4);
    ASSERT_ABS(ory_mixture_curve_f(&m, 0.40), 0.644, 5e-4);
    ASSERT_ABS(ory_mixture_curve_f(&m, 0.45), 0.031, 5e-4);
    ASSERT_ABS(ory_mixture_curve_power(&m, 0.60), 1.000, 5e-4);
    ASSERT_ABS(ory_mixture_curve_power(&m, 0.65), 0.986, 6e-4);
    ASSERT_ABS(ory_mixture_curve_power(&m, 0.70), 0.378, 5e-4);
    ASSERT_ABS(ory_mixture_curve_power(&m, 0.75), 0.002, 5e-4);
    ory_mixture_fini(&m);
}

static void bounds_are_the_formulas(void **state)
{
    ory_mixture m;

    (void)state;
    make_mixture(&m, 50, 10, 6, 0.2, false);
    ASSERT_REL(ory_bound_a1(&m), 1 - 2 * exp(-0.5 * 50 / (4 * 0.04 * 10)), 1e-14);
    ASSERT_REL(ory_bound_a2(&m, 0.5), 2 * exp(-0.5 * 50 * pow(0.5 * sqrt(10) - 1, 2) / 0.4), 1e-12);
    assert_true(isnan(ory_bound_a2(&m, 0.31)));
    ASSERT_REL(ory_bound_a3(&m), 1 - 22 * exp(-0.25 * 50 / 0.4), 1e-14);
    ASSERT_REL(ory_bound_a4(&m, 0.4), 1 - 22 * exp(-0.5 * 50 * pow(M_SQRT2 - 0.8, 2) / (0.08 * 100)),
               1e-12);
    assert_true(isnan(ory_bound_a4(&m, 0.71)) && ory_bound_b1(&m) == 0.6);
    ASSERT_REL(ory_bound_b2(&m, 0.4), 1 - 20 * exp(-50 * pow(M_SQRT2 - 0.8, 2) / (64 * 0.04)), 1e-12);
    assert_true(isnan(ory_bound_b2(&m, 0.706)));
    ASSERT_ABS(ory_bound_b3_limit(3), 0.0055, 5e-5);
    assert_true(isnan(ory_bound_b3(&m, 3, 0.0056)) && isnan(ory_bound_b3_radius(2, 1e-6)));
    ASSERT_REL(ory_bound_b3_radius(3, 1e-6), (M_SQRT2 - 0.08) / 2, 1e-12);
    ASSERT_REL(ory_bound_b3(&m, 3, 1e-3),
               1 - 20 * exp(-50 * 0.01 / (200 * 0.04)) - 4 * exp(-3 / 0.32), 1e-12);
    /* so few right of n, or fewer, has a chance below the risk at the limit */
    assert_true(ory_rate_upper(200, 200, 1e-9) == 1);
    ASSERT_REL(ory_rate_upper(0, 200, 1e-9), 1 - pow(1e-9, 1.0 / 200), 1e-9);
    ory_mixture_fini(&m);
    assert_int_equal(ory_mixture_init(&m, 5, 6, 3, 0.1, NULL, NULL), ORY_ERANGE);
    assert_int_equal(ory_mixture_init(&m, 5, 4, 0, 0.1, NULL, NULL), ORY_ERANGE);
    assert_int_equal(ory_mixture_init(&m, 5, 4, 4, 0.1, NULL, NULL), ORY_ERANGE);
    assert_int_equal(ory_mixture_init(&m, 5, 4, 2, -0.1, NULL, NULL), ORY_ERANGE);
}

/* Noise of every coordinate has variance alpha^2/D: its length is about alpha. */
static void noise_has_length_alpha(void **state)
{
    ory_mixture m;
    ory_rng rng;
    double sum = 0;

    (void)state;
    make_mixture(&m, 400, 5, 2, 0.3, false);
    ory_rng_init(&rng, 2, 3);
    for (int i = 0; i < 200; i++) {
        double x[400];

        assert_true(ory_mixture_sample(&m, (size_t)i % 5, &rng, x) == (i % 5 < 2 ? 1 : -1));
        ory_axpy(-1, m.centres + (size_t)(i % 5) * 400, x, 400);
        sum += ory_norm2(x, 400) / 200;
    }
    ASSERT_ABS(sum, 0.3, 0.003);
    ory_mixture_fini(&m);
}

/* --------------------------------------------------------------------- attacks */

typedef struct plane {
    double w[6], b;
} plane;

static ory_status plane_eval(void *self, const double *X, size_t n, double *f, double *G, ory_error *err)
{
    const plane *p = self;

    (void)err;
    for (size_t i = 0; i < n; i++) {
        f[i] = ory_dot(p->w, X + 6 * i, 6) + p->b;
        if (G)
            memcpy(G + 6 * i, p->w, sizeof p->w);
    }
    return ORY_OK;
}

/* A hyperplane: the attack fools exactly the samples nearer than the radius, in both norms. */
static void planes_are_reached_at_their_distance(void **state)
{
    enum { N = 300 };
    plane p = {{0.4, -1.1, 0, 0.7, 2.3, -0.2}, 0.15};
    const ory_scorer s = {.D = 6, .self = &p, .eval = plane_eval};
    const ory_random_starts random = {9, 6, false};
    const ory_starts starts = {&random, 3, ory_random_direction};
    unsigned char survives[N];
    static double X[6 * N], y[N];
    double l1 = 0;
    ory_attack a;
    ory_rng rng;

    (void)state;
    for (int k = 0; k < 6; k++)
        l1 += fabs(p.w[k]);
    ory_rng_init(&rng, 4, 4);
    ory_rng_fill_normal(&rng, X, 6 * N, 0, 0.5);
    for (size_t i = 0; i < N; i++)
        y[i] = i % 3 ? 1 : -1;
    assert_int_equal(ory_attack_init(&a, 6, NULL), ORY_OK);
    for (int norm = 0; norm < 2; norm++)
        for (int many = 0; many < 2; many++)
            for (double r = 0; r < 0.6; r += 0.17) {
                const ory_attack_spec spec = {.norm = norm, .step = 0.05, .steps = 60, .guard = 1e-12};
                const double length = norm == ORY_ATTACK_L2 ? ory_norm2(p.w, 6) : l1;

                assert_int_equal(ory_attack_survivors(&a, &s, &spec, many ? &starts : NULL, r, X, y, N,
                                                      survives, NULL), ORY_OK);
                for (size_t i = 0; i < N; i++) {
                    double margin = y[i] * (ory_dot(p.w, X + 6 * i, 6) + p.b) / length;

                    if (fabs(margin - r) > 1e-9)
                        assert_int_equal(survives[i], margin > r);
                }
            }
    /* no gradient: nothing moves, nothing is NaN; an output of 0 is an error */
    memset(&p, 0, sizeof p);
    {
        const ory_attack_spec spec = {.norm = ORY_ATTACK_L2, .step = 0.1, .steps = 5, .guard = 1e-12};
        double delta[6] = {0.01, 0, 0, 0, 0, 0}, f;

        assert_int_equal(ory_attack_push(&a, &s, &spec, 1, X, y, 1, delta, &f, NULL), ORY_OK);
        assert_true(delta[0] == 0.01 && delta[5] == 0 && f == 0);
        assert_int_equal(ory_attack_survivors(&a, &s, &spec, NULL, 0.1, X, y, 1, survives, NULL), ORY_OK);
        assert_int_equal(survives[0], 0);
    }
    ory_attack_fini(&a);
}

/* Pixels: x + delta stays in its range, and that is what decides. */
static void a_range_is_kept(void **state)
{
    plane p = {{1, 0, 0, 0, 0, 0}, 0};
    const ory_scorer s = {.D = 6, .self = &p, .eval = plane_eval};
    const double lowest[6] = {0.1, 0, 0, 0, 0, 0}, highest[6] = {1, 1, 1, 1, 1, 1};
    const ory_attack_spec spec = {ORY_ATTACK_LINF, 0.05, 40, 1e-12, lowest, highest};
    const double x[6] = {0.4, 0.5, 0.5, 0.5, 0.5, 0.5}, y = 1;
    double delta[6] = {0}, f;
    ory_attack a;

    (void)state;
    assert_int_equal(ory_attack_init(&a, 6, NULL), ORY_OK);
    assert_int_equal(ory_attack_push(&a, &s, &spec, 0.9, x, &y, 1, delta, &f, NULL), ORY_OK);
    ASSERT_ABS(x[0] + delta[0], 0.1, 1e-15);
    ASSERT_ABS(f, 0.1, 1e-15);
    assert_true(delta[1] == 0); /* sign(0) = 0 */
    ory_attack_fini(&a);
}

/* F^(3) against itself with a gain error of 2 %: the largest difference is 0.02, at a centre.
 * A hyperplane against another: the supremum is the length of the difference. */
static void distance_on_the_sphere(void **state)
{
    plane p = {{0.4, -1.1, 0, 0.7, 2.3, -0.2}, 0}, q = {{0.1, 0.3, 0.5, 0, 1.1, 0.4}, 0};
    const ory_scorer sp = {6, &p, plane_eval}, sq = {6, &q, plane_eval};
    double starts[20 * 6], difference[6], most;
    ory_attack a;
    ory_mixture m;
    ory_ideal f;
    ory_scorer s;

    (void)state;
    for (int i = 0; i < 6; i++)
        difference[i] = 1.7 * p.w[i] - q.w[i];
    for (size_t i = 0; i < 20; i++)
        ory_random_direction(&(ory_random_starts){5, 6, false}, NULL, 0, i, 0, starts + 6 * i);
    assert_int_equal(ory_attack_init(&a, 6, NULL), ORY_OK);
    assert_int_equal(ory_attack_distance(&a, &sp, 1.7, &sq, starts, 20, 0.01, 400, 1e-12, &most, NULL),
                     ORY_OK);
    ASSERT_REL(most, ory_norm2(difference, 6), 1e-3);
    assert_true(most <= ory_norm2(difference, 6) * (1 + 1e-12)); /* a lower estimate */
    make_mixture(&m, 6, 4, 2, 0.1, true);
    assert_int_equal(ory_ideal_init(&f, &m, ORY_IDEAL_POWER, 3, NULL), ORY_OK);
    s = ory_ideal_scorer(&f);
    for (size_t i = 0; i < 20; i++)
        ory_random_direction(&(ory_random_starts){6, 6, false}, NULL, 0, i, 0, starts + 6 * i);
    assert_int_equal(ory_attack_distance(&a, &s, 1.02, &s, starts, 20, 0.01, 300, 1e-12, &most, NULL),
                     ORY_OK);
    ASSERT_REL(most, 0.02, 1e-2);
    ory_ideal_fini(&f);
    ory_mixture_fini(&m);
    ory_attack_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_02_gradients_by_inputs), cmocka_unit_test(case_03_degrees),
        cmocka_unit_test(tiny_and_zero), cmocka_unit_test(case_05_ideals_at_known_points),
        cmocka_unit_test(gradients_of_the_ideals), cmocka_unit_test(bayes_is_the_density_rule),
        cmocka_unit_test(case_06_sign_along_d0), cmocka_unit_test(distance_of_f_by_search),
        cmocka_unit_test(case_07_radius_of_a_centre),
        cmocka_unit_test(case_08_why_one_start_is_not_enough),
        cmocka_unit_test(curves_against_sampling), cmocka_unit_test(curves_of_the_reduced_demo),
        cmocka_unit_test(bounds_are_the_formulas), cmocka_unit_test(noise_has_length_alpha),
        cmocka_unit_test(planes_are_reached_at_their_distance), cmocka_unit_test(a_range_is_kept),
        cmocka_unit_test(distance_on_the_sphere)};

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
