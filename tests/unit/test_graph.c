/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_graph.c - builders against closed forms and pair-by-pair drawing, Laplacians
 * against each other, Kron reduction against elimination of one node after the other. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "algo/graph.h"
#include "core/linalg.h"
#include "core/mem.h"

static ory_error err;

static void assert_near(double a, double b, double tol)
{
    if (!(fabs(a - b) <= tol * (1 + fabs(b))))
        fail_msg("%.17g is not %.17g", a, b);
}

/* Eigenvalues of the Laplacian, ascending, into w[n]. */
static void spectrum(const ory_graph *g, double *w)
{
    ory_mat L;

    assert_int_equal(ory_mat_new(&L, g->n, g->n, &err), ORY_OK);
    ory_graph_laplacian(g, &L);
    assert_int_equal(ory_eig_sym(&L, w, NULL, &err), ORY_OK);
    ory_mat_free(&L);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void regular_graphs_have_their_known_spectra(void **state)
{
    double w[12], want[12];
    ory_graph g;
    int k;

    (void)state;
    assert_int_equal(ory_graph_ring(&g, 7, 1.3, &err), ORY_OK);
    spectrum(&g, w);
    for (k = 0; k < 7; k++)
        want[k] = 1.3 * (2 - 2 * cos(2 * M_PI * k / 7));
    qsort(want, 7, sizeof *want, ascending);
    for (k = 0; k < 7; k++)
        assert_near(w[k], want[k], 1e-13);
    ory_graph_fini(&g);

    assert_int_equal(ory_graph_path(&g, 6, 0.7, &err), ORY_OK);
    spectrum(&g, w);
    for (k = 0; k < 6; k++)
        assert_near(w[k], 0.7 * (2 - 2 * cos(M_PI * k / 6)), 1e-13);
    ory_graph_fini(&g);

    assert_int_equal(ory_graph_star(&g, 5, 2, &err), ORY_OK);
    spectrum(&g, w);
    assert_near(w[1], 2, 1e-13);
    assert_near(w[4], 10, 1e-13);
    ory_graph_fini(&g);

    assert_int_equal(ory_graph_complete(&g, 5, 0.25, &err), ORY_OK);
    spectrum(&g, w);
    for (k = 1; k < 5; k++)
        assert_near(w[k], 1.25, 1e-13);
    ory_graph_fini(&g);

    assert_int_equal(ory_graph_grid(&g, 3, 4, 1, &err), ORY_OK);
    spectrum(&g, w);
    for (k = 0; k < 12; k++)
        want[k] = 4 - 2 * cos(M_PI * (k % 4) / 4) - 2 * cos(M_PI * (k / 4) / 3);
    qsort(want, 12, sizeof *want, ascending);
    for (k = 0; k < 12; k++)
        assert_near(w[k], want[k], 1e-13);
    ory_graph_fini(&g);
}

static void small_rings_are_simple(void **state)
{
    ory_graph g;

    (void)state;
    assert_int_equal(ory_graph_ring(&g, 2, 1, &err), ORY_OK);
    assert_int_equal(g.m, 1);
    ory_graph_fini(&g);
    assert_int_equal(ory_graph_ring(&g, 1, 1, &err), ORY_OK);
    assert_int_equal(g.m, 0);
    ory_graph_fini(&g);
}

static void parallel_edges_add_and_loops_vanish(void **state)
{
    const double list[] = {3, 1, 0.5, 1, 3, 0.25, 2, 2, 9, 2, 3, 1};
    double data[12];
    ory_mat edges = ory_mat_view(data, 4, 3);
    ory_graph g;

    (void)state;
    memcpy(data, list, sizeof data);
    assert_int_equal(ory_graph_from_edges(&g, 0, &edges, &err), ORY_OK);
    assert_int_equal(g.n, 3);
    assert_int_equal(g.m, 2);
    assert_true(g.edge[0].i == 0 && g.edge[0].j == 2 && g.edge[0].w == 0.75);
    assert_true(g.edge[1].i == 1 && g.edge[1].j == 2);
    ory_graph_fini(&g);
}

static void lists_of_edges_and_laplacians_are_told_apart(void **state)
{
    double three[] = {1, -1, 0, -1, 3, -2, 0, -2, 2};
    ory_mat L = ory_mat_view(three, 3, 3), list;
    ory_graph g, back;

    (void)state;
    assert_int_equal(ory_graph_from_matrix(&g, &L, &err), ORY_OK);
    assert_int_equal(g.n, 3);
    assert_true(g.m == 2 && g.edge[1].w == 2);
    g.m = 1; /* node 3 has no edge left: the list must still tell of it */
    assert_int_equal(ory_graph_edge_matrix(&g, &list, &err), ORY_OK);
    assert_int_equal(list.rows, 2);
    assert_int_equal(ory_graph_from_matrix(&back, &list, &err), ORY_OK);
    assert_true(back.n == 3 && back.m == 1 && back.edge[0].j == 1);
    ory_mat_free(&list);
    ory_graph_fini(&back);
    ory_graph_fini(&g);
}

static void sparse_and_dense_laplacians_agree(void **state)
{
    double x[60], y[60], z[60], block[120], out[120];
    ory_graph g;
    ory_sparse s;
    ory_mat dense, copy;
    ory_rng rng;
    size_t i, j;

    (void)state;
    ory_rng_init(&rng, 3, 0);
    assert_int_equal(ory_graph_random(&g, 60, 0.15, 0.731, &rng, &err), ORY_OK);
    assert_int_equal(ory_graph_sparse_laplacian(&g, &s, &err), ORY_OK);
    assert_int_equal(ory_mat_new(&dense, 60, 60, &err), ORY_OK);
    assert_int_equal(ory_mat_new(&copy, 60, 60, &err), ORY_OK);
    ory_graph_laplacian(&g, &dense);
    ory_sparse_dense(&s, &copy);
    for (i = 0; i < 60; i++)
        for (j = 0; j < 60; j++)
            assert_near(*ory_mat_at(&copy, i, j), *ory_mat_at(&dense, i, j), 1e-14);
    for (i = 0; i < 60; i++) {
        x[i] = ory_rng_normal(&rng);
        block[2 * i] = x[i];
        block[2 * i + 1] = -3 * x[i];
        for (j = s.start[i]; j + 1 < s.start[i + 1]; j++)
            assert_true(s.col[j] < s.col[j + 1]);
    }
    ory_sparse_mul(&s, x, y);
    ory_sparse_mul_block(&s, block, 2, out);
    for (i = 0; i < 60; i++) {
        z[i] = ory_dot(ory_mat_at(&dense, i, 0), x, 60);
        assert_near(y[i], z[i], 1e-12);
        assert_near(out[2 * i], z[i], 1e-12);
        assert_near(out[2 * i + 1], -3 * z[i], 1e-12);
    }
    ory_mat_free(&dense);
    ory_mat_free(&copy);
    ory_sparse_free(&s);
    ory_graph_fini(&g);
}

static void random_graphs_have_the_expected_number_of_edges(void **state)
{
    ory_graph g;
    ory_rng rng;
    double pairs = 2000.0 * 1999 / 2, mean = pairs * 0.01;

    (void)state;
    ory_rng_init(&rng, 11, 0);
    assert_int_equal(ory_graph_random(&g, 2000, 0.01, 1, &rng, &err), ORY_OK);
    assert_true(fabs((double)g.m - mean) < 5 * sqrt(mean * 0.99));
    ory_graph_fini(&g);
    assert_int_equal(ory_graph_random(&g, 50, 1, 1, &rng, &err), ORY_OK);
    assert_int_equal(g.m, 50 * 49 / 2);
    ory_graph_fini(&g);
    assert_int_equal(ory_graph_random(&g, 50, 0, 1, &rng, &err), ORY_OK);
    assert_int_equal(g.m, 0);
    ory_graph_fini(&g);
}

/* Every pair must be reached: count how often each of the pairs of a small block model
 * is joined over many draws. */
static void every_pair_of_a_block_model_has_its_probability(void **state)
{
    enum { N = 7, DRAWS = 4000 };
    const size_t sizes[] = {3, 4};
    double q[] = {0.8, 0.2, 0.2, 0.5}, w[] = {2, 0.5, 0.5, 3};
    ory_mat Q = ory_mat_view(q, 2, 2), W = ory_mat_view(w, 2, 2);
    int count[N][N] = {{0}};
    ory_rng rng;
    size_t e, i, j;

    (void)state;
    ory_rng_init(&rng, 5, 0);
    for (int t = 0; t < DRAWS; t++) {
        ory_graph g;

        assert_int_equal(ory_graph_sbm(&g, sizes, 2, &Q, &W, false, &rng, &err), ORY_OK);
        for (e = 0; e < g.m; e++) {
            size_t a = g.group[g.edge[e].i], b = g.group[g.edge[e].j];

            assert_true(g.edge[e].w == w[2 * a + b]);
            count[g.edge[e].i][g.edge[e].j]++;
        }
        ory_graph_fini(&g);
    }
    for (i = 0; i < N; i++)
        for (j = i + 1; j < N; j++) {
            double p = q[2 * (i >= 3) + (j >= 3)];

            assert_true(fabs(count[i][j] - p * DRAWS) < 5 * sqrt(DRAWS * p * (1 - p)));
        }
}

static void shuffled_models_keep_their_groups(void **state)
{
    const size_t sizes[] = {5, 3};
    double q[] = {1, 0, 0, 1}, w[] = {1, 1, 1, 1};
    ory_mat Q = ory_mat_view(q, 2, 2), W = ory_mat_view(w, 2, 2);
    uint32_t label[8];
    ory_graph g;
    ory_rng rng;
    size_t e, i;
    bool moved = false;

    (void)state;
    ory_rng_init(&rng, 8, 0);
    assert_int_equal(ory_graph_sbm(&g, sizes, 2, &Q, &W, true, &rng, &err), ORY_OK);
    assert_int_equal(g.m, 10 + 3);
    for (e = 0; e < g.m; e++)
        assert_int_equal(g.group[g.edge[e].i], g.group[g.edge[e].j]);
    assert_int_equal(ory_graph_components(&g, label), 2);
    for (i = 1; i < 8; i++)
        moved |= g.group[i] < g.group[i - 1];
    assert_true(moved);
    ory_graph_fini(&g);
}

static void near_points_are_joined_and_no_others(void **state)
{
    ory_graph g;
    ory_rng rng;
    size_t i, j, near = 0;

    (void)state;
    ory_rng_init(&rng, 9, 0);
    assert_int_equal(ory_graph_geometric(&g, 150, 0.13, 1, &rng, &err), ORY_OK);
    for (i = 0; i < 150; i++)
        for (j = i + 1; j < 150; j++)
            near += hypot(g.xy[2 * i] - g.xy[2 * j], g.xy[2 * i + 1] - g.xy[2 * j + 1]) < 0.13;
    assert_int_equal(g.m, near);
    assert_true(near > 100);
    ory_graph_fini(&g);
}

/* Eliminate the last node: L_ij - L_in L_nj / L_nn. */
static void eliminate(ory_mat *L)
{
    size_t n = L->rows - 1, i, j;

    for (i = 0; i < n; i++)
        for (j = 0; j < n; j++)
            *ory_mat_at(L, i, j) -= *ory_mat_at(L, i, n) * *ory_mat_at(L, n, j) / *ory_mat_at(L, n, n);
    L->rows = L->cols = n;
}

static void kron_reduction_equals_step_by_step_elimination(void **state)
{
    const size_t keep[] = {0, 1, 2, 3}, swapped[] = {2, 0};
    ory_graph g, back;
    ory_mat L, R, S;
    ory_rng rng;
    size_t i, j;

    (void)state;
    ory_rng_init(&rng, 21, 0);
    assert_int_equal(ory_graph_random(&g, 9, 0.6, 1.7, &rng, &err), ORY_OK);
    g.edge[3].w = -0.2; /* a negative edge is allowed */
    assert_int_equal(ory_mat_new(&L, 9, 9, &err), ORY_OK);
    assert_int_equal(ory_mat_new(&R, 4, 4, &err), ORY_OK);
    assert_int_equal(ory_mat_new(&S, 2, 2, &err), ORY_OK);
    ory_graph_laplacian(&g, &L);
    assert_int_equal(ory_kron_reduce(&L, keep, 4, &R, &err), ORY_OK);
    assert_int_equal(ory_kron_reduce(&L, swapped, 2, &S, &err), ORY_OK);
    while (L.rows > 4)
        eliminate(&L);
    for (i = 0; i < 4; i++)
        for (j = 0; j < 4; j++)
            assert_near(*ory_mat_at(&R, i, j), *ory_mat_at(&L, i, j), 1e-12);
    assert_int_equal(ory_graph_from_laplacian(&back, &R, &err), ORY_OK);
    assert_int_equal(back.n, 4);
    assert_near(back.edge[0].w, -*ory_mat_at(&R, 0, 1), 1e-12);
    ory_graph_fini(&back);
    eliminate(&L);
    /* Of nodes 0 1 2 drop 1: the pair (2, 0) in the order asked for. */
    assert_near(*ory_mat_at(&S, 0, 1),
                *ory_mat_at(&L, 2, 0) -
                    *ory_mat_at(&L, 2, 1) * *ory_mat_at(&L, 1, 0) / *ory_mat_at(&L, 1, 1),
                1e-12);
    ory_mat_free(&L);
    ory_mat_free(&R);
    ory_mat_free(&S);
    ory_graph_fini(&g);
}

static void bad_graphs_get_one_sentence(void **state)
{
    double bad[] = {1, 1.5, 1}, asym[] = {1, -1, -0.5, 0.5}, rows[] = {1, -1, -1, 2};
    double q[] = {1.2}, w[] = {1};
    const size_t none[] = {0}, one[] = {3};
    ory_mat m = ory_mat_view(bad, 1, 3), Q = ory_mat_view(q, 1, 1), W = ory_mat_view(w, 1, 1);
    ory_graph g;
    ory_rng rng;

    (void)state;
    ory_rng_init(&rng, 1, 0);
    assert_int_equal(ory_graph_from_edges(&g, 0, &m, &err), ORY_EINVAL);
    assert_string_equal(err.text, "edge 1: 1-1.5 (nodes are whole numbers from 1)");
    bad[1] = 5;
    assert_int_equal(ory_graph_from_edges(&g, 4, &m, &err), ORY_ERANGE);
    assert_string_equal(err.text, "edge 1-5: the graph has 4 nodes");
    m = ory_mat_view(asym, 2, 2);
    assert_int_equal(ory_graph_from_laplacian(&g, &m, &err), ORY_EINVAL);
    assert_string_equal(err.text, "the Laplacian is not symmetric: entry (1, 2) is -1, (2, 1) is -0.5");
    m = ory_mat_view(rows, 2, 2);
    assert_int_equal(ory_graph_from_laplacian(&g, &m, &err), ORY_EINVAL);
    assert_string_equal(err.text, "row 2 of the Laplacian sums to 1 (must be 0 within 2e-08)");
    assert_int_equal(ory_graph_sbm(&g, one, 1, &Q, &W, false, &rng, &err), ORY_EINVAL);
    assert_string_equal(err.text, "Q(1, 1) = 1.2 (must be in [0, 1])");
    q[0] = 1;
    assert_int_equal(ory_graph_sbm(&g, none, 1, &Q, &W, false, &rng, &err), ORY_EINVAL);
    assert_string_equal(err.text, "group 1 has size 0 (must be >= 1)");
    assert_int_equal(ory_graph_path(&g, 0, 1, &err), ORY_EINVAL);
    assert_int_equal(ory_graph_path(&g, 3, NAN, &err), ORY_EINVAL);
    assert_int_equal(ory_graph_geometric(&g, 5, 0, 1, &rng, &err), ORY_EINVAL);
}

static void every_lack_of_memory_leaks_nothing(void **state)
{
    size_t before = ory_mem_in_use();
    ory_rng rng;
    long n;

    (void)state;
    for (n = 0;; n++) {
        ory_graph g;
        ory_sparse s = {0};
        ory_status ok;

        ory_rng_init(&rng, 4, 0);
        ory_mem_fault_set(n);
        ok = ory_graph_geometric(&g, 40, 0.3, 1, &rng, &err);
        if (ok == ORY_OK)
            ok = ory_graph_sparse_laplacian(&g, &s, &err);
        ory_mem_fault_set(-1);
        ory_graph_fini(&g);
        ory_sparse_free(&s);
        assert_int_equal(ory_mem_in_use(), before);
        if (ok == ORY_OK)
            break;
        assert_int_equal(ok, ORY_ENOMEM);
    }
    assert_true(n > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regular_graphs_have_their_known_spectra),
        cmocka_unit_test(small_rings_are_simple),
        cmocka_unit_test(parallel_edges_add_and_loops_vanish),
        cmocka_unit_test(lists_of_edges_and_laplacians_are_told_apart),
        cmocka_unit_test(sparse_and_dense_laplacians_agree),
        cmocka_unit_test(random_graphs_have_the_expected_number_of_edges),
        cmocka_unit_test(every_pair_of_a_block_model_has_its_probability),
        cmocka_unit_test(shuffled_models_keep_their_groups),
        cmocka_unit_test(near_points_are_joined_and_no_others),
        cmocka_unit_test(kron_reduction_equals_step_by_step_elimination),
        cmocka_unit_test(bad_graphs_get_one_sentence),
        cmocka_unit_test(every_lack_of_memory_leaks_nothing),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
