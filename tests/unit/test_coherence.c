/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_coherence.c - transfer functions of networks against the plain definition, closed
 * forms for equal and proportional nodes, state-space realisations and published figures. */
#include "config.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "algo/coherence.h"
#include "algo/graph.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "core/rng.h"

static ory_error err;
static const ory_coupling power = {0, 1}; /* f = 1/s */

static void assert_near(double complex a, double complex b, double tol)
{
    if (!(cabs(a - b) <= tol * (1 + cabs(b))))
        fail_msg("%.12g%+.12gj is not %.12g%+.12gj", creal(a), cimag(a), creal(b), cimag(b));
}

static ory_mat laplacian(const double *edges, size_t m, size_t n)
{
    ory_mat list = ory_mat_view((double *)edges, m, 3), L;
    ory_graph g;

    assert_int_equal(ory_graph_from_edges(&g, n, &list, &err), ORY_OK);
    assert_int_equal(ory_mat_new(&L, n, n, &err), ORY_OK);
    ory_graph_laplacian(&g, &L);
    ory_graph_fini(&g);
    return L;
}

/* LAPACK-free complex inverse by Gauss-Jordan with pivoting: the oracle. */
static void invert(double complex *a, double complex *out, size_t n)
{
    size_t i, j, k;

    for (i = 0; i < n * n; i++)
        out[i] = i / n == i % n;
    for (k = 0; k < n; k++) {
        size_t p = k;

        for (i = k; i < n; i++)
            if (cabs(a[i * n + k]) > cabs(a[p * n + k]))
                p = i;
        for (j = 0; j < n; j++) {
            double complex t = a[k * n + j];

            a[k * n + j] = a[p * n + j];
            a[p * n + j] = t;
            t = out[k * n + j];
            out[k * n + j] = out[p * n + j];
            out[p * n + j] = t;
        }
        for (i = 0; i < n; i++) {
            double complex c = a[i * n + k] / a[k * n + k];

            for (j = 0; i != k && j < n; j++) {
                a[i * n + j] -= c * a[k * n + j];
                out[i * n + j] -= c * out[k * n + j];
            }
        }
        for (j = 0; j < n; j++)
            out[k * n + j] /= a[k * n + k];
        for (j = n; j-- > 0;)
            a[k * n + j] /= a[k * n + k];
    }
}

/* (G^-1 + f L)^-1 as written. */
static void by_definition(const ory_mat *L, const ory_node *g, double complex f, double complex s,
                          double complex *T)
{
    size_t n = L->rows, i, j;
    double complex a[64], num, den;

    for (i = 0; i < n; i++) {
        ory_node_at(&g[i], s, &num, &den);
        for (j = 0; j < n; j++)
            a[i * n + j] = f * *ory_mat_at(L, i, j) + (i == j ? den / num : 0);
    }
    invert(a, T, n);
}

static const double q_edges[] = {1, 2, 1.5, 2, 3, 0.9, 3, 4, 1.1, 4, 1, 0.6, 1, 3, 0.4};

static void nodes_q(ory_node *g)
{
    g[0] = ory_node_turbine(0.12, 0.3, 0.15, 3);
    g[1] = ory_node_swing(0.30, 0.25);
    g[2] = ory_node_turbine(0.20, 0.45, 0.12, 7.5);
    g[3] = ory_node_turbine(0.08, 0.22, 0.18, 2.2);
}

/* Case 1. */
static void three_swing_nodes_as_published(void **state)
{
    const double edges[] = {1, 2, 2, 2, 3, 1.25};
    ory_mat L = laplacian(edges, 2, 3);
    ory_node g[] = {ory_node_swing(0.5, 1), ory_node_swing(0.8, 1.5), ory_node_swing(0.3, 0.7)};
    ory_coherence c;
    ory_coherence_at at;

    (void)state;
    assert_int_equal(ory_coherence_init(&c, &L, g, power, &err), ORY_OK);
    assert_near(c.lam2, 1.5, 1e-12);
    assert_near(c.lam_max, 5, 1e-12);
    assert_int_equal(ory_coherence_eval(&c, 0.5 * I, &at, &err), ORY_OK);
    assert_near(at.gbar, 0.8823529412 - 0.2205882353 * I, 1e-10);
    assert_near(c.T[0], 0.3278846968 + 0.0622622987 * I, 1e-10);
    assert_near(at.incoherence, 0.3513905321802, 1e-12); /* NumPy; the 10th digit of the figure differs */
    assert_false(at.applies);
    assert_true(isnan(at.bound));
    assert_int_equal(ory_coherence_eval(&c, 0.05 * I, &at, &err), ORY_OK);
    assert_near(at.incoherence, 0.0342989637, 1e-9);
    assert_near(at.bound, 0.2194200297, 1e-9);
    c.scale = 50;
    assert_int_equal(ory_coherence_eval(&c, 0.5 * I, &at, &err), ORY_OK);
    assert_near(at.incoherence, 0.0068741491, 1e-9);
    assert_near(at.bound, 0.0397758279, 1e-9);
    ory_coherence_fini(&c);
    ory_mat_free(&L);
}

/* Cases 3 and 7: the definition at random points and networks; symmetry; conjugates; the
 * bound never fails; single entries lie below the norm. */
static void random_networks_agree_with_the_definition(void **state)
{
    ory_rng rng;
    size_t trial, i, n;

    (void)state;
    ory_rng_init(&rng, 12, 0);
    for (trial = 0; trial < 1000; trial++) {
        double complex T[64], s;
        ory_coherence c;
        ory_coherence_at at;
        ory_node g[8];
        ory_graph net;
        ory_mat L;
        double kp = trial % 3 ? 0 : 0.7;

        n = 2 + ory_rng_below(&rng, 6);
        assert_int_equal(ory_graph_complete(&net, n, 1, &err), ORY_OK);
        for (i = 0; i < net.m; i++)
            net.edge[i].w = exp(2 * ory_rng_normal(&rng));
        assert_int_equal(ory_mat_new(&L, n, n, &err), ORY_OK);
        ory_graph_laplacian(&net, &L);
        for (i = 0; i < n; i++)
            g[i] = ory_node_turbine(0.05 + 0.45 * ory_rng_uniform(&rng), 0.2 + 0.3 * ory_rng_uniform(&rng),
                                    trial % 2 ? 0.1 + 0.1 * ory_rng_uniform(&rng) : 0,
                                    2 + 8 * ory_rng_uniform(&rng));
        s = (trial % 4 ? ory_rng_uniform(&rng) : 0) + I * exp(ory_rng_normal(&rng));
        assert_int_equal(ory_coherence_init(&c, &L, g, (ory_coupling){kp, 1}, &err), ORY_OK);
        c.scale = trial % 5 ? 1 : 100;
        assert_int_equal(ory_coherence_eval(&c, s, &at, &err), ORY_OK);
        by_definition(&L, g, (kp + 1 / s) * c.scale, s, T);
        for (i = 0; i < n * n; i++) {
            assert_near(c.T[i], T[i], 1e-10);
            assert_near(c.T[i], c.T[i % n * n + i / n], 1e-11);
        }
        if (at.applies)
            assert_true(at.incoherence <= at.bound);
        assert_true(ory_coherence_entry_gap(&c, at.gbar) <= at.incoherence * (1 + 1e-12));
        assert_int_equal(ory_coherence_eval(&c, conj(s), &at, &err), ORY_OK);
        assert_near(c.T[1], conj(T[1]), 1e-10);
        ory_coherence_fini(&c);
        ory_mat_free(&L);
        ory_graph_fini(&net);
    }
}

/* Proportional nodes g_i = p_i g: T = R V diag(1/(1/g + f lam)) V' R of R L R. */
static void proportional_nodes_have_their_closed_form(void **state)
{
    const double p[] = {0.5, 2, 1.3, 0.8};
    ory_mat L = laplacian(q_edges, 5, 4), S, V;
    double w[4];
    double complex s = 0.2 + 0.9 * I, num, den, base;
    ory_coherence c;
    ory_coherence_at at;
    ory_node g[4], one = ory_node_turbine(0.2, 0.3, 0.15, 4);
    size_t i, j, k;

    (void)state;
    for (i = 0; i < 4; i++) {
        g[i] = one;
        for (k = 0; k <= 1; k++)
            g[i].num[k] *= p[i];
    }
    assert_int_equal(ory_mat_new(&S, 4, 4, &err), ORY_OK);
    assert_int_equal(ory_mat_new(&V, 4, 4, &err), ORY_OK);
    for (i = 0; i < 4; i++)
        for (j = 0; j < 4; j++)
            *ory_mat_at(&S, i, j) = sqrt(p[i] * p[j]) * *ory_mat_at(&L, i, j);
    assert_int_equal(ory_eig_sym(&S, w, &V, &err), ORY_OK);
    assert_int_equal(ory_coherence_init(&c, &L, g, power, &err), ORY_OK);
    assert_int_equal(ory_coherence_eval(&c, s, &at, &err), ORY_OK);
    ory_node_at(&one, s, &num, &den);
    base = den / num;
    for (i = 0; i < 4; i++)
        for (j = 0; j < 4; j++) {
            double complex sum = 0;

            for (k = 0; k < 4; k++)
                sum += *ory_mat_at(&V, i, k) * *ory_mat_at(&V, j, k) / (base + w[k] / s);
            assert_near(c.T[i * 4 + j], sqrt(p[i] * p[j]) * sum, 1e-11);
        }
    ory_coherence_fini(&c);
    ory_mat_free(&S);
    ory_mat_free(&V);
    ory_mat_free(&L);
}

/* Case 4. */
static void mixed_nodes_as_published(void **state)
{
    const double want[] = {0.6517819550, 0.0619664545, 0.0061598474};
    ory_mat L = laplacian(q_edges, 5, 4);
    double w[4];
    ory_coherence c;
    ory_coherence_at at;
    ory_node g[4];
    bool pole;
    int k;

    (void)state;
    nodes_q(g);
    assert_int_equal(ory_coherence_init(&c, &L, g, power, &err), ORY_OK);
    assert_int_equal(ory_eig_sym(&L, w, NULL, &err), ORY_OK);
    assert_near(w[1], 1.6985530921, 1e-10);
    assert_near(w[2], 3.0593885577, 1e-10);
    assert_near(w[3], 4.2420583502, 1e-10);
    assert_near(ory_coherence_gbar(&c, 0.7 * I, &pole), 2.8829151792 - 0.7233188725 * I, 1e-10);
    for (k = 0; k < 3; k++) {
        c.scale = pow(10, k);
        assert_int_equal(ory_coherence_eval(&c, I, &at, &err), ORY_OK);
        assert_near(at.incoherence, want[k], 1e-10);
    }
    c.scale = 1;
    assert_int_equal(ory_coherence_eval(&c, 0.01 * I, &at, &err), ORY_OK);
    assert_near(at.incoherence, 0.0059726296, 1e-9);
    ory_coherence_fini(&c);
    ory_mat_free(&L);
}

/* Case 5: over [0, 1] the supremum falls with connectivity, over all frequencies it does not. */
static void suprema_as_published(void **state)
{
    const double band[] = {0.651782, 0.061966, 0.006160}, all[] = {4.0130, 3.926, 3.910},
                 peak[] = {5.58, 17.41, 54.93};
    ory_mat L = laplacian(q_edges, 5, 4);
    ory_coherence c;
    ory_coherence_sup sup;
    ory_coherence_at at;
    ory_node g[4];
    int k;

    (void)state;
    nodes_q(g);
    assert_int_equal(ory_coherence_init(&c, &L, g, power, &err), ORY_OK);
    for (k = 0; k < 3; k++) {
        c.scale = pow(10, k);
        assert_int_equal(ory_coherence_supremum(&c, 1, 0, 0, &sup, &err), ORY_OK);
        assert_true(fabs(sup.value - band[k]) < 6e-7);
        assert_int_equal(
            ory_coherence_supremum(&c, 0, 4000, 10 * sqrt(4.25 * c.scale / 0.08) + 40, &sup, &err), ORY_OK);
        /* The peak is narrow: the published grid stayed a little below it. */
        assert_true(sup.value > all[k] - 6e-4 && sup.value < all[k] + 4e-3);
        assert_true(fabs(sup.w - peak[k]) < 1e-3 * peak[k]);
        for (double w = 0.01; w < 100; w *= 1.3) {
            assert_int_equal(ory_coherence_eval(&c, I * w, &at, &err), ORY_OK);
            assert_true(at.norm <= 1 / 0.22 + 1e-12);
        }
    }
    ory_coherence_fini(&c);
    ory_mat_free(&L);
}

/* Case 8: nodes that share a zero draw poles of T to it; distinct zeros do not. */
static void shared_zeros_break_uniform_convergence(void **state)
{
    const double edges[] = {1, 2, 1, 2, 3, 1}, gap[] = {1.021e-2, 1.002e-3, 1.000e-4},
                 want[] = {2.6e-2, 2.6e-3, 2.6e-4};
    ory_mat L = laplacian(edges, 2, 3);
    ory_node same = {.zeros = 1, .order = 2, .num = {1, 1}, .den = {0, 0, 1}};
    ory_node alike[] = {same, same, same},
             different[] = {same,
                            {.zeros = 1, .order = 2, .num = {2, 1}, .den = {0, 0.2, 1}},
                            {.zeros = 1, .order = 2, .num = {3, 1}, .den = {0.3, 0, 1}}};
    ory_coherence c;
    ory_coherence_at at;
    int k, j;

    (void)state;
    for (k = 0; k < 3; k++) {
        double scale = pow(10, k + 2), lam = 3 * scale, pole, most = 0;

        /* 1/g + f lam = 0: s^2 + lam (s + 1) = 0, the root near -1. */
        pole = -2 * lam / (lam + sqrt(lam * lam - 4 * lam));
        assert_true(fabs(fabs(pole + 1) - 1 / lam) < 0.05 / lam);
        assert_int_equal(ory_coherence_init(&c, &L, alike, (ory_coupling){1, 0}, &err), ORY_OK);
        c.scale = scale;
        assert_int_equal(ory_coherence_eval(&c, pole * (1 + 1e-13), &at, &err), ORY_OK);
        assert_true(at.norm > 1e3);
        /* and for lambda2 = scale, the farther one, as published */
        pole = -2 * scale / (scale + sqrt(scale * scale - 4 * scale));
        assert_true(fabs(fabs(pole + 1) - gap[k]) < 6e-4 * gap[k] + 1e-6);
        ory_coherence_fini(&c);
        assert_int_equal(ory_coherence_init(&c, &L, different, (ory_coupling){1, 0}, &err), ORY_OK);
        c.scale = scale;
        for (j = 0; j < 64; j++) {
            assert_int_equal(ory_coherence_eval(&c, -1 + 1e-3 * cexp(2 * M_PI * I * j / 64), &at, &err),
                             ORY_OK);
            most = fmax(most, at.incoherence);
        }
        assert_true(fabs(most - want[k]) < 0.06 * want[k]);
        ory_coherence_fini(&c);
    }
    ory_mat_free(&L);
}

/* Case 9. */
static void five_generators_as_published(void **state)
{
    const double rinv[] = {0.0218, 0.0256, 0.0236, 0.0255, 0.0192}, tau[] = {9.08, 5.26, 2.29, 7.97, 3.24};
    ory_mat L;
    ory_coherence c;
    ory_graph g;
    ory_node nodes[5];
    bool pole;
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++)
        nodes[i] = ory_node_turbine(0.0683 / 5, 0.0107 / 5, rinv[i], tau[i]);
    assert_int_equal(ory_graph_ring(&g, 5, 1, &err), ORY_OK);
    assert_int_equal(ory_mat_new(&L, 5, 5, &err), ORY_OK);
    ory_graph_laplacian(&g, &L);
    assert_int_equal(ory_coherence_init(&c, &L, nodes, power, &err), ORY_OK);
    assert_near(ory_coherence_gbar(&c, 0.5 * I, &pole) / 5, 30.4715181177 + 4.9844538361 * I, 1e-10);
    ory_coherence_fini(&c);
    ory_mat_free(&L);
    ory_graph_fini(&g);
}

/* Case 10, and what stands at poles and zeros. */
static void poles_and_zeros_are_told_apart(void **state)
{
    const double edges[] = {1, 2, 2, 2, 3, 1.25};
    ory_mat L = laplacian(edges, 2, 3);
    ory_node g[] = {ory_node_swing(0.5, 1), ory_node_swing(0.8, 1.5), ory_node_swing(0.3, 0.7)};
    ory_node zero = {.zeros = 1, .order = 1, .num = {-2, 1}, .den = {1, 1}};
    ory_coherence c;
    ory_coherence_at at;
    size_t i;

    (void)state;
    assert_int_equal(ory_coherence_init(&c, &L, g, power, &err), ORY_OK);
    assert_int_equal(ory_coherence_eval(&c, 0, &at, &err), ORY_OK);
    for (i = 0; i < 9; i++)
        assert_true(c.T[i] == at.gbar / 3);
    assert_near(at.gbar / 3, 1 / 3.2, 1e-14);
    assert_true(at.incoherence == 0 && at.bound == 0);
    ory_coherence_fini(&c);

    g[1] = zero;
    assert_int_equal(ory_coherence_init(&c, &L, g, power, &err), ORY_OK);
    assert_int_equal(ory_coherence_eval(&c, 2, &at, &err), ORY_OK);
    assert_true(at.gbar == 0 && isfinite(at.incoherence));
    assert_true(cabs(c.T[4]) < 1e-14); /* the node that vanishes does not answer */
    ory_coherence_fini(&c);

    /* consensus of integrators: s = -lam2 is a closed-loop pole, s = 0 a pole of gbar */
    g[0] = g[1] = g[2] = ory_node_integrator();
    assert_int_equal(ory_coherence_init(&c, &L, g, (ory_coupling){1, 0}, &err), ORY_OK);
    assert_true(ory_coherence_eval(&c, -1.5, &at, &err) == ORY_ESINGULAR || at.norm > 1e12);
    assert_int_equal(ory_coherence_eval(&c, 0, &at, &err), ORY_ESINGULAR);
    assert_string_equal(err.text, "s = 0+0j is a closed-loop pole");
    ory_coherence_fini(&c);
    ory_mat_free(&L);
}

/* Case 12: the n^-1/2 law for random nodes. */
static void random_nodes_concentrate(void **state)
{
    double complex s = 0.5 * I, limit, logs;
    double gap[3] = {0};
    const size_t sizes[] = {25, 100, 400};
    ory_rng rng;
    size_t k, i;
    int draw;

    (void)state;
    logs = clog((10 * s + 1) / (2 * s + 1));
    limit = 1 / (0.275 * s + 0.35 + log(2) / 5 * logs / (8 * s));
    assert_true(fabs(cabs(limit) - 2.6186) < 5e-5);
    ory_rng_init(&rng, 77, 0);
    for (k = 0; k < 3; k++)
        for (draw = 0; draw < 200; draw++) {
            double complex sum = 0, num, den;

            for (i = 0; i < sizes[k]; i++) {
                double m = 0.05 + 0.45 * ory_rng_uniform(&rng), d = 0.2 + 0.3 * ory_rng_uniform(&rng);
                double r = 5 + 5 * ory_rng_uniform(&rng), tau = 2 + 8 * ory_rng_uniform(&rng);
                ory_node g = ory_node_turbine(m, d, 1 / r, tau);

                ory_node_at(&g, s, &num, &den);
                sum += den / num;
            }
            gap[k] += cabs((double)sizes[k] / sum - limit) / 200;
        }
    /* about 0.10, 0.063, 0.029 in single draws */
    assert_true(fabs(gap[0] - 0.12) < 0.03 && fabs(gap[1] - 0.063) < 0.01 && fabs(gap[2] - 0.031) < 0.005);
    assert_true(gap[0] / gap[2] > 3 && gap[0] / gap[2] < 5.3); /* sqrt(16) = 4 */
}

static void bad_nodes_get_one_sentence(void **state)
{
    const double edges[] = {1, 2, 1};
    ory_mat L = laplacian(edges, 1, 2);
    ory_node g[] = {ory_node_integrator(), {.zeros = 2, .order = 1, .num = {1, 1, 1}, .den = {1, 1}}};
    ory_coherence c;

    (void)state;
    assert_int_equal(ory_coherence_init(&c, &L, g, power, &err), ORY_EINVAL);
    assert_string_equal(err.text, "node 2: improper: numerator of degree 2 over denominator of degree 1");
    g[1] = ory_node_swing(0, 0);
    assert_int_equal(ory_coherence_init(&c, &L, g, power, &err), ORY_EINVAL);
    assert_string_equal(err.text, "node 2: the denominator's leading coefficient is 0");
    g[1] = g[0];
    assert_int_equal(ory_coherence_init(&c, &L, g, (ory_coupling){0, 0}, &err), ORY_EINVAL);
    assert_non_null(strstr(err.text, "not both 0"));
    ory_mat_free(&L);
}

/* Many nodes take the iterative norm. Equal ones: T is normal, its singular values are those of
 * 1/(1/g + f lam_i), on a ring twice each; unlike ones: singular values of the real embedding
 * [Re -Im; Im Re]. */
static void norms_of_many_nodes_are_largest_singular_values(void **state)
{
    enum { N = 61 };
    static const double at[] = {0.013, 0.21, 1.7, 3.9, 4.4, 60};
    double edges[3 * N], sv[2 * N];
    ory_svd_ws ws = {0};
    ory_mat L, big;

    (void)state;
    for (int i = 0; i < N; i++) {
        edges[3 * i] = i + 1;
        edges[3 * i + 1] = (i + 1) % N + 1;
        edges[3 * i + 2] = 1.3;
    }
    L = laplacian(edges, N, N);
    assert_int_equal(ory_mat_new(&big, 2 * N, 2 * N, &err), ORY_OK);
    for (int unlike = 0; unlike < 2; unlike++) {
        ory_coherence c;
        ory_node g[N];

        for (int i = 0; i < N; i++)
            g[i] = ory_node_turbine(0.31 + unlike * 0.2 * sin(i), 0.23 + unlike * 0.1 * cos(3 * i), 0.1, 3);
        assert_int_equal(ory_coherence_init(&c, &L, g, power, &err), ORY_OK);
        for (size_t k = 0; k < sizeof at / sizeof *at; k++) {
            double complex s = I * at[k], num, den;
            double all = 0, rest = 0;
            ory_coherence_at out;

            assert_int_equal(ory_coherence_eval(&c, s, &out, &err), ORY_OK);
            ory_node_at(&g[0], s, &num, &den);
            for (int i = 0; i < N; i++) {
                double v = 1 / cabs(den / num + 1.3 * 4 * pow(sin(M_PI * i / N), 2) / s);

                all = fmax(all, v);
                rest = fmax(rest, i ? v : 0);
            }
            for (int less = 0; unlike && less < 2; less++) {
                for (int i = 0; i < N * N; i++) {
                    double complex e = c.T[i] - (less ? out.gbar / N : 0);
                    size_t row = (size_t)i / N, col = (size_t)i % N;

                    *ory_mat_at(&big, row, col) = *ory_mat_at(&big, row + N, col + N) = creal(e);
                    *ory_mat_at(&big, row + N, col) = cimag(e);
                    *ory_mat_at(&big, row, col + N) = -cimag(e);
                }
                assert_int_equal(ory_singular_values(&big, sv, &ws, &err), ORY_OK);
                *(less ? &rest : &all) = sv[0];
            }
            assert_near(out.norm, all, 1e-12);
            assert_near(out.incoherence, rest, 1e-12);
        }
        ory_coherence_fini(&c);
    }
    ory_svd_ws_fini(&ws);
    ory_mat_free(&big);
    ory_mat_free(&L);
}

static void every_lack_of_memory_leaks_nothing(void **state)
{
    ory_mat L = laplacian(q_edges, 5, 4);
    ory_node g[4];
    size_t before = ory_mem_in_use();
    long n;

    (void)state;
    nodes_q(g);
    for (n = 0;; n++) {
        ory_coherence c;
        ory_status ok;

        ory_mem_fault_set(n);
        ok = ory_coherence_init(&c, &L, g, power, &err);
        ory_mem_fault_set(-1);
        ory_coherence_fini(&c);
        assert_int_equal(ory_mem_in_use(), before);
        if (ok == ORY_OK)
            break;
        assert_int_equal(ok, ORY_ENOMEM);
    }
    assert_true(n > 6);
    ory_mat_free(&L);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_swing_nodes_as_published),
        cmocka_unit_test(random_networks_agree_with_the_definition),
        cmocka_unit_test(proportional_nodes_have_their_closed_form),
        cmocka_unit_test(mixed_nodes_as_published),
        cmocka_unit_test(suprema_as_published),
        cmocka_unit_test(shared_zeros_break_uniform_convergence),
        cmocka_unit_test(five_generators_as_published),
        cmocka_unit_test(poles_and_zeros_are_told_apart),
        cmocka_unit_test(random_nodes_concentrate),
        cmocka_unit_test(bad_nodes_get_one_sentence),
        cmocka_unit_test(norms_of_many_nodes_are_largest_singular_values),
        cmocka_unit_test(every_lack_of_memory_leaks_nothing),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
