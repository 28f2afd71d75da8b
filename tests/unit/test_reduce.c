/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_reduce.c - reduced networks against the plain definitions: inverses written out,
 * random feasible refinements, closed forms of ideal blocks, published figures. Numbers of
 * cases are those of doc/theory/06-coherent-clusters.md. */
#include "config.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "algo/blockmodel.h"
#include "algo/graph.h"
#include "algo/reduce.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "core/rng.h"

enum { MOST = 64 };

static ory_error err;
static const ory_coupling power = {0, 1}; /* f = 1/s */

/* A network with groups, its spectrum and its reduction. */
typedef struct net {
    size_t n, k;
    ory_graph g;
    ory_sparse sparse;
    ory_mat L, V;
    double lam[MOST];
    uint32_t label[MOST];
    ory_node nodes[MOST];
    ory_reduction red;
    ory_coherence full;
    ory_reduced at;
} net;

static void assert_near(double a, double b, double tol)
{
    if (!(fabs(a - b) <= tol))
        fail_msg("%.12g is not %.12g (difference %.3g)", a, b, a - b);
}

static void assert_complex(double complex a, double complex b, double tol)
{
    if (!(cabs(a - b) <= tol))
        fail_msg("%.12g%+.12gj is not %.12g%+.12gj", creal(a), cimag(a), creal(b), cimag(b));
}

/* Bottom eigenvectors, largest last; turned by an orthogonal `turn` when given. */
static void spectrum(net *x)
{
    ory_mat all;
    size_t i, j;

    assert_int_equal(ory_mat_new(&x->L, x->n, x->n, &err), ORY_OK);
    assert_int_equal(ory_mat_new(&all, x->n, x->n, &err), ORY_OK);
    assert_int_equal(ory_mat_new(&x->V, x->n, x->k, &err), ORY_OK);
    ory_graph_laplacian(&x->g, &x->L);
    assert_int_equal(ory_graph_sparse_laplacian(&x->g, &x->sparse, &err), ORY_OK);
    assert_int_equal(ory_eig_sym(&x->L, x->lam, &all, &err), ORY_OK);
    for (i = 0; i < x->n; i++)
        for (j = 0; j < x->k; j++)
            *ory_mat_at(&x->V, i, j) = *ory_mat_at(&all, i, j);
    ory_mat_free(&all);
}

static ory_status reduce(net *x)
{
    uint32_t part[MOST];

    return ory_reduction_init(&x->red, x->label, x->k, ory_graph_components(&x->g, part), &x->V, x->lam,
                              &x->sparse, &err);
}

static void open_frequency(net *x)
{
    assert_int_equal(ory_coherence_init(&x->full, &x->L, x->nodes, power, &err), ORY_OK);
    assert_int_equal(ory_reduced_init(&x->at, &x->red, &x->red.L, x->nodes, power, &x->full, &err), ORY_OK);
}

static void close_net(net *x)
{
    ory_reduced_fini(&x->at);
    ory_coherence_fini(&x->full);
    ory_reduction_fini(&x->red);
    ory_graph_fini(&x->g);
    ory_sparse_free(&x->sparse);
    ory_mat_free(&x->L);
    ory_mat_free(&x->V);
}

static void open_edges(net *x, const double *edges, size_t m, size_t n, const double *group)
{
    ory_mat list = ory_mat_view((double *)edges, m, 3);

    memset(x, 0, sizeof *x);
    x->n = n;
    assert_int_equal(ory_groups_read(group, n, 0, x->label, &x->k, NULL, &err), ORY_OK);
    assert_int_equal(ory_graph_from_edges(&x->g, n, &list, &err), ORY_OK);
    spectrum(x);
    assert_int_equal(reduce(x), ORY_OK);
}

static double uniform(ory_rng *rng, double low, double high)
{
    return low + (high - low) * ory_rng_uniform(rng);
}

/* Draws of the published synthetic networks. */
static void draw_nodes(net *x, ory_rng *rng)
{
    size_t i;

    for (i = 0; i < x->n; i++) {
        double m = uniform(rng, 0.05, 0.5), d = uniform(rng, 0.2, 0.5), r = uniform(rng, 5, 10);

        x->nodes[i] = ory_node_turbine(m, d, i % 3 ? 1 / r : 0, uniform(rng, 2, 10));
    }
}

/* A random graph of k blocks of 2 to 5 nodes, connected for certain. */
static void open_random(net *x, ory_rng *rng, size_t k)
{
    size_t a, i, j, at = 0, first[8], last[8];

    memset(x, 0, sizeof *x);
    x->k = k;
    for (a = 0; a < k; a++) {
        first[a] = at;
        at += 2 + (size_t)(4 * ory_rng_uniform(rng));
        last[a] = at;
    }
    x->n = at;
    assert_int_equal(ory_graph_init(&x->g, at, &err), ORY_OK);
    for (a = 0; a < k; a++)
        for (i = first[a]; i < last[a]; i++) {
            x->label[i] = (uint32_t)a;
            for (j = i + 1; j < at; j++)
                if (j < last[a] ? j == i + 1 || ory_rng_uniform(rng) < 0.7
                                : (i == first[a] && a + 1 < k && j == first[a + 1]) || ory_rng_uniform(rng) < 0.1)
                    assert_int_equal(ory_graph_add(&x->g, i, j,
                                                   uniform(rng, 0.5, 2) * (j < last[a] ? 3 : 0.2), &err),
                                     ORY_OK);
        }
    ory_graph_finish(&x->g);
    spectrum(x);
    assert_int_equal(reduce(x), ORY_OK);
}

/* ------------------------------------------------------------ the oracle of T(s) and norms */

/* Inverse by Gauss-Jordan with pivoting. */
static void invert(double complex *a, double complex *out, size_t n)
{
    size_t i, j, k;

    for (i = 0; i < n * n; i++)
        out[i] = i / n == i % n;
    for (k = 0; k < n; k++) {
        double complex pivot;
        size_t p = k;

        for (i = k; i < n; i++)
            if (cabs(a[i * n + k]) > cabs(a[p * n + k]))
                p = i;
        for (j = 0, pivot = a[p * n + k]; j < n; j++) {
            double complex t = a[k * n + j], u = out[k * n + j];

            a[k * n + j] = a[p * n + j] / pivot;
            out[k * n + j] = out[p * n + j] / pivot;
            if (p != k) {
                a[p * n + j] = t;
                out[p * n + j] = u;
            }
        }
        for (i = 0; i < n; i++) {
            double complex f = i == k ? 0 : a[i * n + k];

            for (j = 0; j < n; j++) {
                a[i * n + j] -= f * a[k * n + j];
                out[i * n + j] -= f * out[k * n + j];
            }
        }
    }
}

/* Largest singular value from the real embedding [Re, -Im; Im, Re]. */
static double norm(const double complex *m, size_t n)
{
    double s[2 * MOST], top;
    ory_svd_ws ws = {0};
    ory_mat E;
    size_t i, j;

    assert_int_equal(ory_mat_new(&E, 2 * n, 2 * n, &err), ORY_OK);
    for (i = 0; i < n; i++)
        for (j = 0; j < n; j++) {
            *ory_mat_at(&E, i, j) = *ory_mat_at(&E, n + i, n + j) = creal(m[i * n + j]);
            *ory_mat_at(&E, n + i, j) = cimag(m[i * n + j]);
            *ory_mat_at(&E, i, n + j) = -cimag(m[i * n + j]);
        }
    assert_int_equal(ory_singular_values(&E, s, &ws, &err), ORY_OK);
    top = s[0];
    ory_svd_ws_fini(&ws);
    ory_mat_free(&E);
    return top;
}

static double complex one_over(const net *x, size_t i, double complex s)
{
    double complex num, den;

    ory_node_at(&x->nodes[i], s, &num, &den);
    return den / num;
}

/* T, T_k and That_k by their definitions. */
static void plain_T(const net *x, double complex s, double complex *T)
{
    static double complex a[MOST * MOST];
    size_t n = x->n, i, j;

    for (i = 0; i < n; i++)
        for (j = 0; j < n; j++)
            a[i * n + j] = *ory_mat_at(&x->L, i, j) / s + (i == j ? one_over(x, i, s) : 0);
    invert(a, T, n);
}

static void plain_rank(const net *x, double complex s, double complex *T)
{
    double complex a[MOST], b[MOST];
    size_t n = x->n, k = x->k, i, j, p, q;

    assert_true(k * k <= MOST);
    for (p = 0; p < k; p++)
        for (q = 0; q < k; q++) {
            a[p * k + q] = p == q ? x->red.lam[p] / s : 0;
            for (i = 0; i < n; i++)
                a[p * k + q] += *ory_mat_at(&x->V, i, p) * *ory_mat_at(&x->V, i, q) * one_over(x, i, s);
        }
    invert(a, b, k);
    for (i = 0; i < n; i++)
        for (j = 0; j < n; j++) {
            T[i * n + j] = 0;
            for (p = 0; p < k; p++)
                for (q = 0; q < k; q++)
                    T[i * n + j] += *ory_mat_at(&x->V, i, p) * b[p * k + q] * *ory_mat_at(&x->V, j, q);
        }
}

static void plain_hat(const net *x, double complex s, double complex *T)
{
    double complex a[MOST], b[MOST];
    size_t n = x->n, k = x->k, i, j;

    for (i = 0; i < k; i++)
        for (j = 0; j < k; j++)
            a[i * k + j] = *ory_mat_at(&x->red.L, i, j) / s;
    for (i = 0; i < n; i++)
        a[x->label[i] * k + x->label[i]] += one_over(x, i, s);
    invert(a, b, k);
    for (i = 0; i < n; i++)
        for (j = 0; j < n; j++)
            T[i * n + j] = b[x->label[i] * k + x->label[j]];
}

/* All three errors and norms at s against the definitions. */
static void check_point(net *x, double complex s, double tol)
{
    static double complex T[MOST * MOST], Tk[MOST * MOST], Th[MOST * MOST];
    size_t n = x->n, i;
    ory_reduced_at at;

    plain_T(x, s, T);
    plain_rank(x, s, Tk);
    plain_hat(x, s, Th);
    assert_int_equal(ory_reduced_eval(&x->at, s, &at, &err), ORY_OK);
    for (i = 0; i < n * n; i++) {
        assert_complex(ory_reduced_entry(&x->at, false, i / n, i % n), Tk[i], tol);
        assert_complex(ory_reduced_entry(&x->at, true, i / n, i % n), Th[i], tol);
    }
    assert_near(at.m1, norm(Tk, n), tol);
    assert_near(at.norm, norm(Th, n), tol);
    for (i = 0; i < n * n; i++) {
        T[i] -= Tk[i];
        Tk[i] -= Th[i];
    }
    assert_near(at.rank, norm(T, n), tol);
    assert_near(at.structure, norm(Tk, n), tol);
    for (i = 0; i < n * n; i++)
        T[i] += Tk[i];
    assert_near(at.error, norm(T, n), tol);
}

/* ------------------------------------------------------------------------ the cases */

static const double ideal_edges[] = {1, 2, 2,    1, 3, 2,    2, 3, 2,    4, 5, 2,    1, 4, 0.15, 1, 5, 0.15,
                                     2, 4, 0.15, 2, 5, 0.15, 3, 4, 0.15, 3, 5, 0.15};
static const double ideal_groups[] = {1, 1, 1, 2, 2};
static const double ideal_nodes[][4] = {
    {.30, .40, .10, 4}, {.12, .25, .15, 2.5}, {.22, .30, .12, 8}, {.40, .35, .18, 6}, {.10, .20, .11, 3}};

static void open_ideal(net *x)
{
    size_t i;

    open_edges(x, ideal_edges, 10, 5, ideal_groups);
    for (i = 0; i < 5; i++)
        x->nodes[i] = ory_node_turbine(ideal_nodes[i][0], ideal_nodes[i][1], ideal_nodes[i][2], ideal_nodes[i][3]);
    open_frequency(x);
}

static void case_1_ideal_blocks_are_reduced_exactly(void **state)
{
    static const double lam[] = {0, 0.75, 4.45, 6.3, 6.3};
    ory_reduced_at at;
    net x;
    size_t i;

    (void)state;
    open_ideal(&x);
    for (i = 0; i < 5; i++)
        assert_near(x.lam[i], lam[i], 1e-12);
    assert_near(ory_two_group_weight(x.lam[1], 3, 2), 0.9, 1e-12);
    assert_near(-*ory_mat_at(&x.red.L, 0, 1), 0.9, 1e-12);
    assert_near(-*ory_mat_at(&x.red.quotient, 0, 1), 0.9, 1e-12);
    assert_true(x.red.defect < 1e-9);
    assert_complex(ory_reduced_aggregate(&x.at, 0, 0.5 * I), 0.9377389217 - 0.1617180989 * I, 1e-10);
    assert_complex(ory_reduced_aggregate(&x.at, 1, 0.5 * I), 1.5701258669 - 0.3788851785 * I, 1e-10);
    assert_int_equal(ory_reduced_eval(&x.at, 0.5 * I, &at, &err), ORY_OK);
    assert_complex(ory_reduced_entry(&x.at, true, 0, 0), 0.5982617026 - 0.0387550626 * I, 1e-10);
    assert_true(at.structure < 1e-12);
    assert_near(at.error, 0.1176705680, 1e-10);
    assert_true(at.applies);
    assert_near(at.bound, 0.6707876092, 1e-10);
    check_point(&x, 0.5 * I, 1e-12);
    assert_int_equal(ory_reduced_eval(&x.at, 2 * I, &at, &err), ORY_OK);
    assert_false(at.applies);
    assert_true(isnan(at.bound));
    close_net(&x);
}

static const double eight_edges[] = {1, 2, 5,   1, 3, 4,   2, 3, 6,   4, 5, 5.5, 4, 6, 4.5, 5, 6, 3.5,
                                     7, 8, 6.5, 1, 4, 0.4, 3, 5, 0.2, 2, 7, 0.3, 6, 8, 0.5};
static const double eight_groups[] = {1, 1, 1, 2, 2, 2, 3, 3};
static const double eight_nodes[][2] = {{.25, .30}, {.15, .40}, {.35, .20}, {.10, .25},
                                        {.45, .35}, {.20, .45}, {.30, .22}, {.18, .28}};

static void open_eight(net *x)
{
    size_t i;

    open_edges(x, eight_edges, 11, 8, eight_groups);
    for (i = 0; i < 8; i++)
        x->nodes[i] = ory_node_swing(eight_nodes[i][0], eight_nodes[i][1]);
    open_frequency(x);
}

static void case_2_weights_of_eight_nodes(void **state)
{
    net x;

    (void)state;
    open_eight(&x);
    assert_near(x.lam[1], 0.459383, 5e-7);
    assert_near(x.lam[2], 0.587594, 5e-7);
    assert_near(x.lam[3], 12.109088, 5e-7);
    assert_near(x.red.lam[3], x.lam[3], 0);
    assert_near(*ory_mat_at(&x.red.L, 0, 1), -0.5945592034, 1e-10);
    assert_near(*ory_mat_at(&x.red.L, 0, 2), -0.2943098444, 1e-10);
    assert_near(*ory_mat_at(&x.red.L, 1, 2), -0.4864153973, 1e-10);
    assert_near(*ory_mat_at(&x.red.quotient, 0, 1), -0.6, 1e-14);
    assert_near(*ory_mat_at(&x.red.quotient, 0, 2), -0.3, 1e-14);
    assert_near(*ory_mat_at(&x.red.quotient, 1, 2), -0.5, 1e-14);
    assert_near(x.red.sv[0], 1, 1e-12);
    assert_near(x.red.sv[1], 0.9997752425, 1e-10);
    assert_near(x.red.sv[2], 0.9994567514, 1e-10);
    assert_near(x.red.defect, 0.0391919900, 1e-10);
    close_net(&x);
}

static void case_3_errors_of_eight_nodes(void **state)
{
    ory_reduced_at at;
    net x;

    (void)state;
    open_eight(&x);
    assert_int_equal(ory_reduced_eval(&x.at, 0.3 * I, &at, &err), ORY_OK);
    assert_near(at.rank, 0.0253011996, 1e-10);
    assert_near(at.error, 0.0342970478, 1e-10);
    assert_near(at.bound, 0.1519631051, 1e-10);
    check_point(&x, 0.3 * I, 1e-11);
    check_point(&x, 0.2 + 1.7 * I, 1e-11);
    close_net(&x);
}

static void case_4_two_triangles(void **state)
{
    static const double edges[] = {1, 2, 3, 1, 3, 3, 2, 3, 3, 4, 5, 2, 4, 6, 2, 5, 6, 2, 3, 4, 0.25};
    static const double groups[] = {1, 1, 1, 2, 2, 2};
    net x;

    (void)state;
    open_edges(&x, edges, 7, 6, groups);
    assert_near(-*ory_mat_at(&x.red.L, 0, 1), 0.2386893756, 1e-10);
    assert_near(-*ory_mat_at(&x.red.quotient, 0, 1), 0.25, 1e-14);
    assert_near(ory_two_group_weight(x.lam[1], 3, 3), 0.2386893756, 1e-10);
    close_net(&x);
}

/* L_k 1 = 0, L_k >= 0, and the spectrum of N^-1/2 L_k N^-1/2. */
static void check_reduced(const net *x)
{
    double least[MOST], sum, gap, scale = x->red.lam[x->k - 1];
    size_t i, j;

    for (i = 0; i < x->k; i++) {
        for (sum = 0, j = 0; j < x->k; j++)
            sum += *ory_mat_at(&x->red.L, i, j);
        assert_near(sum, 0, 1e-11 * (1 + scale));
    }
    assert_int_equal(ory_eig_sym(&x->red.L, least, NULL, &err), ORY_OK);
    assert_true(least[0] >= -1e-11 * (1 + scale));
    assert_int_equal(ory_reduction_spectrum_gap(&x->red, &x->red.L, &gap, &err), ORY_OK);
    assert_true(gap <= 1e-9);
}

static void case_5_weights_do_not_depend_on_signs(void **state)
{
    ory_rng rng;
    int trial;

    (void)state;
    ory_rng_init(&rng, 5, 0);
    for (trial = 0; trial < 100; trial++) {
        ory_reduction other;
        uint32_t part[MOST];
        size_t i, j;
        net x;

        open_random(&x, &rng, 2 + (size_t)trial % 5);
        check_reduced(&x);
        for (j = 0; j < x.k; j++)
            for (i = 0; j % 2 == 1 && i < x.n; i++)
                *ory_mat_at(&x.V, i, j) *= -1;
        assert_int_equal(ory_reduction_init(&other, x.label, x.k, ory_graph_components(&x.g, part), &x.V, x.lam,
                                            &x.sparse, &err),
                         ORY_OK);
        for (i = 0; i < x.k * x.k; i++)
            assert_near(other.L.data[i], x.red.L.data[i], 1e-11);
        assert_near(other.defect, x.red.defect, 1e-12);
        ory_reduction_fini(&other);
        close_net(&x);
    }
}

/* Four equal ideal blocks: lam_2 = lam_3 = lam_4; any basis of theirs gives the same L_4. */
static void case_5_weights_do_not_depend_on_the_basis_of_a_repeated_value(void **state)
{
    ory_reduction other;
    uint32_t part[MOST];
    ory_rng rng;
    size_t i, j;
    net x;

    (void)state;
    ory_rng_init(&rng, 55, 0);
    memset(&x, 0, sizeof x);
    x.n = 12;
    x.k = 4;
    assert_int_equal(ory_graph_init(&x.g, 12, &err), ORY_OK);
    for (i = 0; i < 12; i++) {
        x.label[i] = (uint32_t)i / 3;
        for (j = i + 1; j < 12; j++)
            assert_int_equal(ory_graph_add(&x.g, i, j, i / 3 == j / 3 ? 2 : 0.1, &err), ORY_OK);
    }
    ory_graph_finish(&x.g);
    spectrum(&x);
    assert_int_equal(reduce(&x), ORY_OK);
    check_reduced(&x);
    assert_near(x.lam[3] - x.lam[1], 0, 1e-12);
    for (i = 0; i < 12; i++) { /* columns 2 to 4 turned and exchanged */
        double *v = ory_mat_at(&x.V, i, 0), a = v[1], b = v[2], c = v[3];

        v[1] = 0.6 * c - 0.8 * a;
        v[2] = b;
        v[3] = 0.8 * c + 0.6 * a;
    }
    assert_int_equal(ory_reduction_init(&other, x.label, 4, ory_graph_components(&x.g, part), &x.V, x.lam,
                                        &x.sparse, &err),
                     ORY_OK);
    for (i = 0; i < 16; i++)
        assert_near(other.L.data[i], x.red.L.data[i], 1e-12);
    ory_reduction_fini(&other);
    close_net(&x);
}

/* A feasible S is N^-1/2 R with R orthogonal and R e_1 = N^1/2 1/sqrt(n): the first column
 * fixed, the others a random orthonormal completion. */
static double random_defect(const net *x, ory_rng *rng)
{
    size_t k = x->k, i, j, l;
    double R[MOST], sum = 0;

    for (i = 0; i < k; i++)
        R[i * k] = sqrt(x->red.size[i] / (double)x->n);
    for (j = 1; j < k; j++) {
        double size = 0;

        for (i = 0; i < k; i++)
            R[i * k + j] = ory_rng_normal(rng);
        for (l = 0; l < 2 * j; l++) {
            double along = 0;

            for (i = 0; i < k; i++)
                along += R[i * k + l % j] * R[i * k + j];
            for (i = 0; i < k; i++)
                R[i * k + j] -= along * R[i * k + l % j];
        }
        for (i = 0; i < k; i++)
            size = hypot(size, R[i * k + j]);
        for (i = 0; i < k; i++)
            R[i * k + j] /= size;
    }
    for (i = 0; i < x->n; i++)
        for (j = 0; j < k; j++) {
            size_t a = x->label[i];
            double d = *ory_mat_at(&x->red.V, i, j) - R[a * k + j] / sqrt(x->red.size[a]);

            sum += d * d;
        }
    return sqrt(sum);
}

static void case_6_no_feasible_refinement_fits_better(void **state)
{
    ory_rng rng;
    int trial, i;

    (void)state;
    ory_rng_init(&rng, 6, 0);
    for (trial = 0; trial < 40; trial++) {
        net x;
        size_t a, b, j;

        open_random(&x, &rng, 2 + (size_t)trial % 4);
        for (i = 0; i < 20; i++)
            assert_true(random_defect(&x, &rng) >= x.red.defect - 1e-12);
        for (a = 0; a < x.k; a++) /* and the computed one is feasible */
            assert_near(*ory_mat_at(&x.red.S, a, 0), 1 / sqrt((double)x.n), 1e-12);
        for (a = 0; a < x.k; a++)
            for (b = 0; b < x.k; b++) {
                double sum = 0;

                for (j = 0; j < x.k; j++)
                    sum += *ory_mat_at(&x.red.S, j, a) * x.red.size[j] * *ory_mat_at(&x.red.S, j, b);
                assert_near(sum, a == b, 1e-12);
            }
        close_net(&x);
    }
}

static void case_7_the_bound_is_never_violated(void **state)
{
    int trial, applied = 0;
    ory_rng rng;

    (void)state;
    ory_rng_init(&rng, 7, 0);
    for (trial = 0; trial < 300; trial++) {
        double least = INFINITY;
        ory_reduced_at at;
        size_t i;
        net x;

        open_random(&x, &rng, 2 + (size_t)trial % 3);
        draw_nodes(&x, &rng);
        for (i = 0; i < x.n; i++) /* g(0) = 1/(d + rinv); d back from the denominator */
            least = fmin(least, x.nodes[i].order == 1 ? x.nodes[i].den[0]
                                                      : (x.nodes[i].den[1] - x.nodes[i].den[2] / x.nodes[i].num[1]) /
                                                            x.nodes[i].num[1]);
        open_frequency(&x);
        assert_int_equal(ory_reduced_eval(&x.at, I * pow(10, uniform(&rng, -2.5, 1)), &at, &err), ORY_OK);
        if (at.applies) {
            applied++;
            assert_true(at.rank <= at.bound * (1 + 1e-9));
            assert_true(at.error <= at.bound + at.structure + 1e-12);
        }
        assert_true(at.norm <= 1 / least * (1 + 1e-12));
        close_net(&x);
    }
    assert_true(applied > 50 && applied < 300);
}

static void random_points_agree_with_the_definitions(void **state)
{
    ory_rng rng;
    int trial;

    (void)state;
    ory_rng_init(&rng, 77, 0);
    for (trial = 0; trial < 12; trial++) {
        net x;

        open_random(&x, &rng, 2 + (size_t)trial % 4);
        draw_nodes(&x, &rng);
        open_frequency(&x);
        check_point(&x, uniform(&rng, 0, 0.5) + I * uniform(&rng, 0.05, 4), 1e-10);
        close_net(&x);
    }
}

/* Two groups of the model of case 8; wq = gamma wp. */
static ory_blockmodel two(double *room, double na, double nb, double p, double q, double wp, double wq)
{
    double numbers[] = {na, nb, p, q, q, p, wp, wq, wq, wp};

    memcpy(room, numbers, sizeof numbers);
    return (ory_blockmodel){2, room, ory_mat_view(room + 2, 2, 2), ory_mat_view(room + 6, 2, 2)};
}

static void case_8_concentration_limits(void **state)
{
    double room[10], lam[800];
    ory_blockmodel b = two(room, 480, 320, 0.6, 0.1, 1, 0.1);
    ory_concentration c = ory_blockmodel_concentration(&b, 0.05);
    ory_two_blocks t = ory_blockmodel_two(&b, 0.05);

    (void)state;
    assert_int_equal(ory_blockmodel_check(&b, &err), ORY_OK);
    assert_near(c.Delta, 288.32, 1e-10);
    assert_true(c.applies);
    assert_near(c.limit, 451.8926012, 5e-8);
    assert_true(t.applies);
    assert_near(t.lam2, 8, 1e-12);
    assert_near(t.lam3, 196.8, 1e-11);
    assert_near(t.lam3_limit, -387.8670034, 5e-8);
    assert_near(t.sine_limit, 8.734971017, 5e-10);
    assert_int_equal(ory_blockmodel_spectrum(&b, lam, &err), ORY_OK);
    assert_near(lam[1], 8, 1e-10);
    assert_near(lam[2], 196.8, 1e-10);
    b = two(room, 4000, 4000, 0.9, 0.05, 2, 1);
    t = ory_blockmodel_two(&b, 0.01);
    assert_near(t.lam3_limit, 2145.604827, 5e-7);
    assert_near(t.sine_limit, 2.123096262, 5e-10);
}

static void limits_say_nothing_where_they_do_not_apply(void **state)
{
    double room[10], thin[10];
    ory_blockmodel b = two(room, 30, 20, 0.6, 0.1, 5, 0.5), bad = two(thin, 30, 20, 0.6, 1.2, 5, 0.5);
    ory_concentration c = ory_blockmodel_concentration(&b, 0.05), half;
    size_t i;

    (void)state;
    assert_false(c.applies); /* 30 * 0.6 is far below 16 log(4n/delta) */
    for (i = 6; i < 10; i++)
        room[i] /= 5;
    half = ory_blockmodel_concentration(&b, 0.05);
    assert_near(c.limit, 5 * half.limit, 1e-10); /* the limit scales with the weights */
    assert_near(c.Delta / c.needed, half.Delta / half.needed, 1e-12);
    assert_int_equal(ory_blockmodel_check(&bad, &err), ORY_EINVAL);
    assert_string_equal(err.text, "Q[1][2] = 1.2 (must be in [0, 1])");
    bad = two(thin, 30, 20, 0.6, 0.1, 5, -0.5);
    assert_int_equal(ory_blockmodel_check(&bad, &err), ORY_EINVAL);
    assert_string_equal(err.text, "W[1][2] = -0.5 (must be finite and >= 0)");
    thin[7] = 0.3;
    thin[8] = 0.4;
    assert_int_equal(ory_blockmodel_check(&bad, &err), ORY_EINVAL);
    assert_string_equal(err.text, "W is not symmetric: [1][2] = 0.3, [2][1] = 0.4");
}

/* Section 9.2: mean spectrum and the assumptions of the theorem, against a dense Laplacian. */
static void mean_graph_of_three_blocks(void **state)
{
    double size[] = {20, 40, 20}, Q[] = {.8, .1, .1, .1, .8, .1, .1, .1, .8};
    double W[] = {20, .4, .8, .4, 20, .7, .8, .7, 20}, lam[80], dense[80], rho, margin;
    ory_blockmodel b = {3, size, ory_mat_view(Q, 3, 3), ory_mat_view(W, 3, 3)};
    ory_mat L;
    size_t i, j;

    (void)state;
    assert_int_equal(ory_blockmodel_spectrum(&b, lam, &err), ORY_OK);
    assert_near(lam[1], 3.91511422, 5e-9);
    assert_near(lam[2], 5.88488578, 5e-9);
    assert_near(lam[3], 323.2, 1e-9);
    ory_blockmodel_assumptions(&b, &rho, &margin);
    assert_near(rho, 2, 0);
    assert_near(margin, 15.4, 1e-12);
    assert_int_equal(ory_mat_new(&L, 80, 80, &err), ORY_OK);
    for (i = 0; i < 80; i++)
        for (j = 0; j < 80; j++) {
            size_t a = i < 20 ? 0 : i < 60 ? 1 : 2, c = j < 20 ? 0 : j < 60 ? 1 : 2;
            double w = Q[3 * a + c] * W[3 * a + c];

            if (i != j) {
                *ory_mat_at(&L, i, j) = -w;
                *ory_mat_at(&L, i, i) += w;
            }
        }
    assert_int_equal(ory_eig_sym(&L, dense, NULL, &err), ORY_OK);
    for (i = 0; i < 80; i++)
        assert_near(lam[i], dense[i], 1e-9);
    ory_mat_free(&L);
}

static void every_node_its_own_group_changes_nothing(void **state)
{
    static const double groups[] = {1, 2, 3, 4, 5, 6, 7, 8};
    ory_reduced_at at;
    size_t i;
    net x;

    (void)state;
    open_edges(&x, eight_edges, 11, 8, groups);
    for (i = 0; i < 8; i++)
        x.nodes[i] = ory_node_swing(eight_nodes[i][0], eight_nodes[i][1]);
    for (i = 0; i < 64; i++)
        assert_true(x.red.L.data[i] == x.L.data[i]);
    assert_true(isnan(x.red.lam[8]));
    assert_true(x.red.gap);
    open_frequency(&x);
    assert_int_equal(ory_reduced_eval(&x.at, 0.8 * I, &at, &err), ORY_OK);
    assert_true(at.rank < 1e-12 && at.error < 1e-12);
    assert_true(isnan(at.connectivity) && !at.applies); /* there is no lam_{k+1} */
    close_net(&x);
}

static void one_group_is_the_coherent_response(void **state)
{
    static const double groups[] = {1, 1, 1, 1, 1, 1, 1, 1};
    ory_coherence_at coherent;
    ory_reduced_at at;
    net x;
    size_t i;

    (void)state;
    open_edges(&x, eight_edges, 11, 8, groups);
    for (i = 0; i < 8; i++)
        x.nodes[i] = ory_node_swing(eight_nodes[i][0], eight_nodes[i][1]);
    open_frequency(&x);
    assert_int_equal(ory_reduced_eval(&x.at, 0.4 * I, &at, &err), ORY_OK);
    assert_int_equal(ory_coherence_eval(&x.full, 0.4 * I, &coherent, &err), ORY_OK);
    assert_near(at.error, coherent.incoherence, 1e-12);
    assert_near(at.rank, coherent.incoherence, 1e-12);
    assert_complex(ory_reduced_entry(&x.at, true, 3, 6), coherent.gbar / 8, 1e-12);
    close_net(&x);
}

static void at_a_pole_of_the_coupling_all_agree(void **state)
{
    ory_reduced_at at, near;
    double complex all = 0;
    net x;
    size_t i;

    (void)state;
    open_eight(&x);
    for (i = 0; i < 8; i++)
        all += eight_nodes[i][1];
    assert_int_equal(ory_reduced_eval(&x.at, 0, &at, &err), ORY_OK);
    assert_complex(ory_reduced_entry(&x.at, true, 2, 7), 1 / all, 1e-13);
    assert_complex(ory_reduced_entry(&x.at, false, 2, 7), 1 / all, 1e-13);
    assert_near(at.error, 0, 0);
    assert_int_equal(ory_reduced_eval(&x.at, 1e-7 * I, &near, &err), ORY_OK);
    assert_near(near.m1, at.m1, 1e-5);
    assert_near(near.norm, at.norm, 1e-5);
    assert_true(near.error < 1e-6);
    close_net(&x);
}

/* Zeros at s: the limit of almost zeros. */
static void zeros_of_nodes_silence_their_group(void **state)
{
    ory_reduced_at at;
    double complex there[64], s = -0.25 + 0.4 * I;
    net x;
    size_t i;

    (void)state;
    open_eight(&x);
    /* a pair of zeros at s and its conjugate */
    x.nodes[4] = (ory_node){.zeros = 2, .order = 2, .num = {creal(s * conj(s)), 0.5, 1}, .den = {2, 1.5, 1}};
    x.nodes[5] = x.nodes[4];
    x.nodes[5].den[0] = 3;
    assert_int_equal(ory_reduced_eval(&x.at, s, &at, &err), ORY_OK);
    assert_true(isinf(at.m2) && !at.applies && isnan(at.bound));
    assert_complex(ory_reduced_aggregate(&x.at, 1, s), 0, 0);
    for (i = 0; i < 8; i++)
        assert_complex(ory_reduced_entry(&x.at, true, 3, i), 0, 1e-14);
    for (i = 0; i < 8; i++) { /* T_k: outputs 5 and 6 are held at 0 */
        assert_complex(ory_reduced_entry(&x.at, false, 4, i), 0, 1e-13);
        assert_complex(ory_reduced_entry(&x.at, false, 5, i), 0, 1e-13);
    }
    for (i = 0; i < 64; i++)
        there[i] = ory_reduced_entry(&x.at, i >= 32, i / 8 % 4, i % 8);
    assert_int_equal(ory_reduced_eval(&x.at, s + 1e-9, &at, &err), ORY_OK);
    for (i = 0; i < 64; i++)
        assert_complex(ory_reduced_entry(&x.at, i >= 32, i / 8 % 4, i % 8), there[i], 1e-6);
    close_net(&x);
}

static void components_that_are_the_groups_do_not_interact(void **state)
{
    static const double edges[] = {1, 2, 1.5, 2, 3, 0.7, 4, 5, 2.5, 5, 6, 1.1, 4, 6, 0.3};
    static const double groups[] = {1, 1, 1, 2, 2, 2}, mixed[] = {1, 1, 1, 2, 2, 3};
    ory_reduction one;
    uint32_t label[6] = {0};
    size_t i, j;
    net x;

    (void)state;
    open_edges(&x, edges, 5, 6, groups);
    for (i = 0; i < 4; i++)
        assert_near(x.red.L.data[i], 0, 0);
    for (i = 0; i < 6; i++)
        assert_near(*ory_mat_at(&x.red.V, i, 0), 1 / sqrt(6), 1e-15);
    for (i = 0, j = 0; i < 6; i++)
        j += fabs(*ory_mat_at(&x.red.V, i, 1)) > 0.1;
    assert_int_equal(j, 6); /* the other null vector tells the components */
    assert_near(x.red.defect, 0, 1e-12);
    assert_int_equal(ory_reduction_init(&one, label, 1, 2, &x.V, x.lam, &x.sparse, &err), ORY_EINVAL);
    assert_string_equal(err.text, "more components than groups (2 and 1)");
    close_net(&x);
    open_edges(&x, edges, 5, 6, mixed);
    check_reduced(&x);
    close_net(&x);
}

static void bad_partitions_are_refused(void **state)
{
    static const double gap[] = {1, 3, 3}, zero[] = {1, 0, 2}, half[] = {1, 1.5, 2}, high[] = {1, 2, 3};
    static const double late[] = {3, 1, 3, 2};
    uint32_t label[4];
    size_t k, order[3];

    (void)state;
    assert_int_equal(ory_groups_read(gap, 3, 0, label, &k, NULL, &err), ORY_EINVAL);
    assert_string_equal(err.text, "group 2 of 3 has no node");
    assert_int_equal(ory_groups_read(zero, 3, 0, label, &k, NULL, &err), ORY_ERANGE);
    assert_string_equal(err.text, "group[2] = 0 (must be a whole number from 1 to 2)");
    assert_int_equal(ory_groups_read(half, 3, 0, label, &k, NULL, &err), ORY_ERANGE);
    assert_int_equal(ory_groups_read(high, 3, 2, label, &k, NULL, &err), ORY_ERANGE);
    assert_string_equal(err.text, "group[3] = 3 (must be a whole number from 1 to 2)");
    assert_int_equal(ory_groups_read(late, 4, 0, label, &k, order, &err), ORY_OK);
    assert_int_equal(k, 3);
    assert_true(label[0] == 0 && label[1] == 1 && label[2] == 0 && label[3] == 2);
    assert_true(order[0] == 2 && order[1] == 0 && order[2] == 1);
}

static void no_gap_is_noticed(void **state)
{
    static const double ring[] = {1, 2, 1, 2, 3, 1, 3, 4, 1, 4, 1, 1}, groups[] = {1, 1, 2, 2};
    net x;

    (void)state;
    open_edges(&x, ring, 4, 4, groups);
    assert_false(x.red.gap); /* lam = 0, 2, 2, 4 */
    close_net(&x);
    open_eight(&x);
    assert_true(x.red.gap);
    close_net(&x);
}

/* The supremum against a fine grid. */
static void suprema_are_found(void **state)
{
    static const ory_reduced_which which[] = {ORY_REDUCED_ERROR, ORY_REDUCED_RANK, ORY_REDUCED_STRUCTURE};
    double most[3] = {0, 0, 0};
    ory_coherence_sup sup;
    ory_reduced_at at;
    size_t i;
    net x;

    (void)state;
    open_eight(&x);
    for (i = 0; i < 20000; i++) {
        assert_int_equal(ory_reduced_eval(&x.at, I * 12 * ((double)i + 1) / 20000, &at, &err), ORY_OK);
        most[0] = fmax(most[0], at.error);
        most[1] = fmax(most[1], at.rank);
        most[2] = fmax(most[2], at.structure);
    }
    for (i = 0; i < 3; i++) {
        assert_int_equal(ory_reduced_supremum(&x.at, which[i], 12, &sup, &err), ORY_OK);
        assert_near(sup.value / most[i], 1, 1e-5);
    }
    close_net(&x);
}

static void memory_that_runs_out_is_said(void **state)
{
    long after;
    net x;

    (void)state;
    open_eight(&x);
    for (after = 0;; after++) {
        ory_reduction other = {0};
        ory_reduced at = {0};
        ory_status ok;

        ory_mem_fault_set(after);
        ok = ory_reduction_init(&other, x.label, 3, 1, &x.V, x.lam, &x.sparse, &err);
        if (ok == ORY_OK)
            ok = ory_reduced_init(&at, &other, &other.L, x.nodes, power, NULL, &err);
        ory_reduced_fini(&at);
        ory_reduction_fini(&other);
        if (!ory_mem_fault_hit())
            break;
        assert_int_equal(ok, ORY_ENOMEM);
    }
    ory_mem_fault_set(-1);
    assert_true(after > 10);
    close_net(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_1_ideal_blocks_are_reduced_exactly),
        cmocka_unit_test(case_2_weights_of_eight_nodes),
        cmocka_unit_test(case_3_errors_of_eight_nodes),
        cmocka_unit_test(case_4_two_triangles),
        cmocka_unit_test(case_5_weights_do_not_depend_on_signs),
        cmocka_unit_test(case_5_weights_do_not_depend_on_the_basis_of_a_repeated_value),
        cmocka_unit_test(case_6_no_feasible_refinement_fits_better),
        cmocka_unit_test(case_7_the_bound_is_never_violated),
        cmocka_unit_test(random_points_agree_with_the_definitions),
        cmocka_unit_test(case_8_concentration_limits),
        cmocka_unit_test(limits_say_nothing_where_they_do_not_apply),
        cmocka_unit_test(mean_graph_of_three_blocks),
        cmocka_unit_test(every_node_its_own_group_changes_nothing),
        cmocka_unit_test(one_group_is_the_coherent_response),
        cmocka_unit_test(at_a_pole_of_the_coupling_all_agree),
        cmocka_unit_test(zeros_of_nodes_silence_their_group),
        cmocka_unit_test(components_that_are_the_groups_do_not_interact),
        cmocka_unit_test(bad_partitions_are_refused),
        cmocka_unit_test(no_gap_is_noticed),
        cmocka_unit_test(suprema_are_found),
        cmocka_unit_test(memory_that_runs_out_is_said),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
