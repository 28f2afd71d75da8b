/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_cluster.c - the bottom of spectra against dense solvers and closed forms, k-means against
 * all partitions, matchings against all permutations, the published groupings. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algo/cluster.h"
#include "algo/kmeans.h"
#include "case.h"
#include "core/interrupt.h"

static ory_error err;

#define OK(call) case_ok(call, #call, __LINE__)

static void case_ok(ory_status status, const char *what, int line)
{
    if (status != ORY_OK)
        fail_msg("line %d: %s: %s", line, what, err.text);
}

#define FAILS(call, status_, part) case_fails(call, status_, part, #call, __LINE__)

static void case_fails(ory_status got, ory_status want, const char *part, const char *what, int line)
{
    if (got != want || !strstr(err.text, part))
        fail_msg("line %d: %s: status %d, text '%s'", line, what, (int)got, err.text);
}

static void edges_graph(ory_graph *g, size_t n, const double (*rows)[3], size_t count)
{
    ory_mat view = ory_mat_view((double *)(uintptr_t)rows, count, 3);

    OK(ory_graph_from_edges(g, n, &view, &err));
}

/* Eight nodes in three groups: acceptance case 2 of theory 06. */
static const double eight[][3] = {{1, 2, 5}, {1, 3, 4}, {2, 3, 6}, {4, 5, 5.5}, {4, 6, 4.5}, {5, 6, 3.5},
                                  {7, 8, 6.5}, {1, 4, .4}, {3, 5, .2}, {2, 7, .3}, {6, 8, .5}};

static void two_blocks(ory_graph *g, double p, uint64_t seed)
{
    double q[] = {p, 0.1, 0.1, p}, w[] = {5, 0.5, 0.5, 5};
    const size_t sizes[] = {30, 20};
    const ory_mat Q = ory_mat_view(q, 2, 2), W = ory_mat_view(w, 2, 2);
    ory_rng rng;

    ory_rng_init(&rng, seed, 0);
    OK(ory_graph_sbm(g, sizes, 2, &Q, &W, false, &rng, &err));
}

static void three_blocks(ory_graph *g, size_t unit, uint64_t seed)
{
    double q[] = {.8, .1, .1, .1, .8, .1, .1, .1, .8}, w[] = {20, .4, .8, .4, 20, .7, .8, .7, 20};
    const size_t sizes[] = {unit, 2 * unit, unit};
    const ory_mat Q = ory_mat_view(q, 3, 3), W = ory_mat_view(w, 3, 3);
    ory_rng rng;

    ory_rng_init(&rng, seed, 0);
    OK(ory_graph_sbm(g, sizes, 3, &Q, &W, true, &rng, &err));
}

/* ------------------------------------------------------------------------ spectra */

/* |S v - lam v| of every pair, orthonormality, and the first column. */
static void check_pairs(const ory_graph *g, const ory_spectral *s, const double *p, double tol)
{
    size_t n = g->n, k = s->k, i, j, c, e;
    double *r = malloc(n * sizeof *r), total = 0;

    for (i = 0; i < n; i++)
        total = hypot(total, p ? p[i] : 1);
    for (i = 0; i < n; i++)
        ASSERT_REL(s->V[i * k], (p ? p[i] : 1) / total, 1e-13);
    for (j = 0; j < k; j++) {
        double size = 0;

        memset(r, 0, n * sizeof *r);
        for (e = 0; e < g->m; e++) {
            size_t a = g->edge[e].i, b = g->edge[e].j;
            double flow = g->edge[e].w * (s->V[a * k + j] / (p ? p[a] : 1) - s->V[b * k + j] / (p ? p[b] : 1));

            r[a] += flow / (p ? p[a] : 1);
            r[b] -= flow / (p ? p[b] : 1);
        }
        for (i = 0; i < n; i++)
            size = hypot(size, r[i] - s->lam[j] * s->V[i * k + j]);
        ASSERT_IN(size, 0, tol * s->top);
        if (j)
            assert_true(s->lam[j] >= s->lam[j - 1]);
        for (c = 0; c <= j; c++) {
            double dot = 0;

            for (i = 0; i < n; i++)
                dot += s->V[i * k + j] * s->V[i * k + c];
            ASSERT_ABS(dot, c == j, 1e-12);
        }
    }
    free(r);
}

static void bottom_pairs_of_small_graphs(void **state)
{
    const ory_spectral_how how = {0};
    ory_spectral s;
    ory_graph g;
    size_t j;

    (void)state;
    edges_graph(&g, 8, eight, 11);
    OK(ory_spectral_bottom(&g, 8, &how, &s, &err));
    check_pairs(&g, &s, NULL, 1e-14);
    assert_true(s.lam[0] == 0 && s.V[0] == 1 / sqrt(8));
    ASSERT_ABS(s.lam[1], 0.459383, 5e-7);
    ASSERT_ABS(s.lam[2], 0.587594, 5e-7);
    ASSERT_ABS(s.lam[3], 12.109088, 5e-7);
    ory_spectral_fini(&s);
    ory_graph_fini(&g);

    OK(ory_graph_ring(&g, 9, 1.3, &err));
    OK(ory_spectral_bottom(&g, 9, NULL, &s, &err));
    check_pairs(&g, &s, NULL, 1e-14);
    for (j = 0; j < 9; j++)
        ASSERT_ABS(s.lam[j], 1.3 * (2 - 2 * cos(2 * M_PI * (double)((j + 1) / 2) / 9)), 1e-13);
    ory_spectral_fini(&s);
    ory_graph_fini(&g);
}

static void components_give_exact_zeros_and_a_rotated_null_space(void **state)
{
    static const double apart[][3] = {{1, 3, 2}, {3, 6, .5}, {2, 5, 1}, {7, 8, 3}};
    const double p[] = {1.1, .4, 2, .7, 1.3, .9, .2, 1.6, 1};
    const ory_spectral_how how = {.p = p};
    ory_spectral s;
    ory_graph g;

    (void)state;
    edges_graph(&g, 9, apart, 4); /* {1,3,6}, {2,5}, {4}, {7,8}, {9} */
    OK(ory_spectral_bottom(&g, 7, &how, &s, &err));
    assert_int_equal(s.components, 5);
    for (int j = 0; j < 5; j++)
        assert_true(s.lam[j] == 0);
    assert_true(s.lam[5] > 0.01);
    check_pairs(&g, &s, p, 1e-14);
    ory_spectral_fini(&s);
    OK(ory_spectral_bottom(&g, 2, NULL, &s, &err));
    check_pairs(&g, &s, NULL, 1e-14);
    ory_spectral_fini(&s);
    ory_graph_fini(&g);
}

static void an_indefinite_laplacian_is_refused(void **state)
{
    static const double odd[][3] = {{1, 2, 1}, {2, 3, 1}, {1, 3, -.6}};
    ory_spectral s;
    ory_graph g;

    (void)state;
    edges_graph(&g, 3, odd, 3);
    FAILS(ory_spectral_bottom(&g, 2, NULL, &s, &err), ORY_EINVAL,
          "Laplacian is not positive semidefinite (lambda1 = -0.2)");
    FAILS(ory_spectral_bottom(&g, 4, NULL, &s, &err), ORY_ERANGE, "4 eigenvalues of 3 nodes");
    ory_graph_fini(&g);
}

/* Eigenvalues, and the projector on the bottom space, dense against sparse. */
static void compare_ways(const ory_graph *g, size_t k, const double *p, const char *by)
{
    const ory_spectral_how dense = {.p = p, .way = ORY_SPECTRAL_DENSE_WAY};
    const ory_spectral_how sparse = {.p = p, .way = ORY_SPECTRAL_SPARSE_WAY};
    ory_spectral a, b;
    size_t i, j, c;

    OK(ory_spectral_bottom(g, k, &dense, &a, &err));
    OK(ory_spectral_bottom(g, k, &sparse, &b, &err));
    if (by)
        assert_string_equal(b.by, by);
    check_pairs(g, &b, p, 1e-9);
    for (j = 0; j < k; j++)
        ASSERT_ABS(b.lam[j], a.lam[j], 1e-8 * a.top);
    for (c = 0; c < k; c++) { /* no vector of a leaves the space of b: the gap after k is there */
        double rest = 1;

        for (j = 0; j < k; j++) {
            double dot = 0;

            for (i = 0; i < g->n; i++)
                dot += a.V[i * k + c] * b.V[i * k + j];
            rest -= dot * dot;
        }
        ASSERT_ABS(rest, 0, 1e-12);
    }
    ory_spectral_fini(&a);
    ory_spectral_fini(&b);
}

static void dense_and_sparse_agree_at_300_nodes(void **state)
{
    double d[300], mass[300];
    ory_graph g;
    ory_rng rng;

    (void)state;
    ory_rng_init(&rng, 4, 0);
    ory_rng_fill_uniform(&rng, mass, 300, 0.2, 0.8);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        three_blocks(&g, 75, seed);
        ory_graph_degrees(&g, d);
        for (size_t i = 0; i < 300; i++)
            d[i] = sqrt(d[i]);
        compare_ways(&g, 3, NULL, "Lanczos");
        compare_ways(&g, 3, d, "Lanczos");
        compare_ways(&g, 3, mass, "Lanczos");
        ory_graph_fini(&g);
    }
}

/* Repeated eigenvalues, small gaps, several components: what one start vector does not see. */
static void sparse_pairs_of_difficult_graphs(void **state)
{
    double p[1600];
    ory_graph g;
    ory_rng rng;

    (void)state;
    ory_rng_init(&rng, 4, 0);
    ory_rng_fill_uniform(&rng, p, 1600, 0.5, 2);
    OK(ory_graph_grid(&g, 40, 40, 1, &err));
#if defined HAVE_ARPACK && defined HAVE_SUITESPARSE
    compare_ways(&g, 6, NULL, "ARPACK"); /* 0, a pair, one, a pair */
    compare_ways(&g, 4, p, "ARPACK");
#endif
    ory_graph_fini(&g);
    OK(ory_graph_ring(&g, 500, 1, &err));
    compare_ways(&g, 7, NULL, NULL);
    ory_graph_fini(&g);
    OK(ory_graph_complete(&g, 60, 1, &err)); /* all but one are equal: a gap only at the ends */
    compare_ways(&g, 60, NULL, "Lanczos");
    ory_graph_fini(&g);
    OK(ory_graph_geometric(&g, 900, 0.055, 1, &rng, &err)); /* some nodes apart */
    compare_ways(&g, 20, NULL, NULL);
    ory_graph_fini(&g);
}

/* Twins: two identical blocks, each weakly split: every eigenvalue is double. */
static void copies_of_an_eigenvalue_are_found(void **state)
{
    const ory_spectral_how sparse = {.way = ORY_SPECTRAL_SPARSE_WAY};
    ory_graph one, g;
    ory_spectral a, b;
    size_t e;

    (void)state;
    three_blocks(&one, 60, 3);
    OK(ory_graph_init(&g, 480, &err));
    for (e = 0; e < one.m; e++) {
        OK(ory_graph_add(&g, one.edge[e].i, one.edge[e].j, one.edge[e].w, &err));
        OK(ory_graph_add(&g, one.edge[e].i + 240, one.edge[e].j + 240, one.edge[e].w, &err));
    }
    for (e = 0; e < 240; e++) /* L + [I -I; -I I]: the old spectrum, and the old one moved by 2 c */
        OK(ory_graph_add(&g, e, e + 240, 1e-7, &err));
    ory_graph_finish(&g);
    OK(ory_spectral_bottom(&one, 3, NULL, &a, &err));
    OK(ory_spectral_bottom(&g, 6, &sparse, &b, &err));
    for (e = 0; e < 6; e++)
        ASSERT_ABS(b.lam[e], a.lam[e / 2] + (e % 2 ? 2e-7 : 0), 1e-9);
    ory_spectral_fini(&a);
    ory_spectral_fini(&b);
    ory_graph_fini(&one);
    ory_graph_fini(&g);
}

/* Three copies of a graph B, each node joined to its two images with weight c: eigenvalues are those of B
 * and, twice, those of B plus 3 c. One start vector sees 3 c once, and lam_2 of B next. */
static void a_double_eigenvalue_before_a_gap_is_found(void **state)
{
    const ory_spectral_how sparse = {.way = ORY_SPECTRAL_SPARSE_WAY};
    const double c = 0.01;
    ory_graph one, g;
    ory_spectral s;
    size_t n, e;

    (void)state;
    three_blocks(&one, 60, 5);
    n = one.n;
    OK(ory_graph_init(&g, 3 * n, &err));
    for (size_t copy = 0; copy < 3; copy++) {
        for (e = 0; e < one.m; e++)
            OK(ory_graph_add(&g, one.edge[e].i + copy * n, one.edge[e].j + copy * n, one.edge[e].w, &err));
        for (e = 0; e < n; e++)
            OK(ory_graph_add(&g, e + copy * n, e + (copy + 1) % 3 * n, c, &err));
    }
    ory_graph_finish(&g);
    OK(ory_spectral_bottom(&g, 3, &sparse, &s, &err));
    ASSERT_REL(s.lam[1], 3 * c, 1e-9);
    ASSERT_REL(s.lam[2], 3 * c, 1e-9);
    check_pairs(&g, &s, NULL, 1e-9);
    ory_spectral_fini(&s);
    ory_graph_fini(&one);
    ory_graph_fini(&g);
}

static void an_interrupt_stops_the_iteration(void **state)
{
    const ory_spectral_how sparse = {.way = ORY_SPECTRAL_SPARSE_WAY};
    ory_spectral s;
    ory_graph g;

    (void)state;
    three_blocks(&g, 150, 1);
    ory_interrupt_raise();
    FAILS(ory_spectral_bottom(&g, 3, &sparse, &s, &err), ORY_EINTERRUPT, "interrupted");
    ory_interrupt_clear();
    ory_graph_fini(&g);
}

/* Any request for memory may fail: nothing leaks, and the next try succeeds. */
static void failing_memory_is_survived(void **state)
{
    const ory_spectral_how sparse = {.way = ORY_SPECTRAL_SPARSE_WAY};
    size_t before;
    ory_spectral s;
    ory_clusters c;
    ory_graph g;
    long n;

    (void)state;
    three_blocks(&g, 20, 1);
    before = ory_mem_in_use();
    for (n = 0;; n++) {
        ory_status ok;

        ory_mem_fault_set(n);
        ok = ory_spectral_bottom(&g, 3, &sparse, &s, &err);
        ory_mem_fault_set(-1);
        if (ok == ORY_OK)
            break;
        assert_int_equal(ok, ORY_ENOMEM);
        assert_int_equal(ory_mem_in_use(), before);
    }
    assert_true(n > 10);
    ory_spectral_fini(&s);
    for (n = 0;; n++) {
        ory_status ok;

        ory_mem_fault_set(n);
        ok = ory_cluster_graph(&g, NULL, &c, &err);
        ory_mem_fault_set(-1);
        if (ok == ORY_OK)
            break;
        assert_int_equal(ok, ORY_ENOMEM);
        assert_int_equal(ory_mem_in_use(), before);
    }
    assert_true(n > 10);
    ory_clusters_fini(&c);
    ory_graph_fini(&g);
}

/* ------------------------------------------------------------------------ groupings */

static void assert_labels(const ory_clusters *c, const uint32_t *want)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->label[i] != want[i])
            fail_msg("node %zu is in group %u, expected %u", i + 1, c->label[i] + 1, want[i] + 1);
}

static void all_methods_find_the_three_groups(void **state)
{
    static const uint32_t want[] = {0, 0, 0, 1, 1, 1, 2, 2};
    const double mass[] = {.25, .15, .35, .1, .45, .2, .3, .18};
    ory_clusters c;
    ory_graph g;

    (void)state;
    edges_graph(&g, 8, eight, 11);
    for (int m = ORY_CLUSTER_AUTO; m <= ORY_CLUSTER_INERTIA; m++) {
        const ory_cluster_how how = {.method = (ory_cluster_method)m, .k = 3, .seed = 7, .mass = mass};

        if (m == ORY_CLUSTER_SIGN)
            continue;
        OK(ory_cluster_graph(&g, &how, &c, &err));
        assert_int_equal(c.k, 3);
        assert_labels(&c, want);
        assert_true(c.squares >= 0 && c.restart >= 1);
        ory_clusters_fini(&c);
    }
    OK(ory_cluster_graph(&g, NULL, &c, &err)); /* k from the gap */
    assert_int_equal(c.k, 3);
    assert_labels(&c, want);
    ory_clusters_fini(&c);
    ory_graph_fini(&g);
}

static size_t wrong(const ory_graph *g, size_t groups, const ory_clusters *c)
{
    size_t count;

    OK(ory_misclustered(g->group, groups, c->label, c->k, g->n, &count, &err));
    return count;
}

static void signs_split_the_published_two_groups(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++)
        for (int dense = 0; dense < 2; dense++) {
            const ory_cluster_how how = {.method = ORY_CLUSTER_SIGN};
            ory_clusters c;
            ory_graph g;

            two_blocks(&g, dense ? 0.9 : 0.6, seed);
            OK(ory_cluster_graph(&g, &how, &c, &err));
            assert_int_equal(c.k, 2);
            assert_int_equal(wrong(&g, 2, &c), 0);
            ory_clusters_fini(&c);
            ory_graph_fini(&g);
        }
}

static void twenty_restarts_find_the_published_three_groups(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        const ory_cluster_how how = {.k = 3, .seed = seed};
        ory_clusters c;
        ory_graph g;

        three_blocks(&g, 20, seed);
        OK(ory_cluster_graph(&g, &how, &c, &err));
        assert_int_equal(wrong(&g, 3, &c), 0);
        ory_clusters_fini(&c);
        ory_graph_fini(&g);
    }
}

/* -------------------------------------------------------------------------- k-means */

/* Least weighted sum of squares over all k^n labellings. */
static double best_of_all(size_t n, size_t dim, const double *x, const double *w, size_t k)
{
    size_t total = 1, code, i, c, g;
    double best = INFINITY;

    for (i = 0; i < n; i++)
        total *= k;
    for (code = 0; code < total; code++) {
        double sum = 0;

        for (g = 0; g < k; g++)
            for (c = 0; c < dim; c++) {
                double mass = 0, mean = 0;
                size_t rest = code;

                for (i = 0; i < n; i++, rest /= k)
                    if (rest % k == g) {
                        mass += w[i];
                        mean += w[i] * x[c * n + i];
                    }
                for (i = 0, rest = code; i < n; i++, rest /= k)
                    if (rest % k == g)
                        sum += w[i] * pow(x[c * n + i] - mean / mass, 2);
            }
        best = fmin(best, sum);
    }
    return best;
}

static void kmeans_finds_the_best_partition_of_few_points(void **state)
{
    enum { N = 9, DIM = 2, TRIALS = 30 };

    (void)state;
    for (int trial = 0; trial < TRIALS; trial++) {
        double x[N * DIM], w[N], squares;
        size_t k = 2 + (size_t)trial % 2, restart;
        uint32_t label[N];
        ory_kmeans m;
        ory_rng rng;

        ory_rng_init(&rng, 77, (uint64_t)trial);
        ory_rng_fill_normal(&rng, x, N * DIM, 0, 1);
        ory_rng_fill_uniform(&rng, w, N, 0.2, 3);
        OK(ory_kmeans_init(&m, N, DIM, x, w, k, &err));
        OK(ory_kmeans_best(&m, (uint64_t)trial, 200, 100, label, &squares, &restart, &err));
        ASSERT_REL(squares, best_of_all(N, DIM, x, w, k), 1e-12);
        ory_kmeans_fini(&m);
    }
}

static void a_round_never_raises_the_sum_of_squares_and_no_group_is_empty(void **state)
{
    enum { N = 203, DIM = 3, K = 11 };
    double x[N * DIM], w[N];
    ory_kmeans m;
    ory_rng rng;

    (void)state;
    ory_rng_init(&rng, 5, 0);
    ory_rng_fill_uniform(&rng, x, N * DIM, 0, 1);
    ory_rng_fill_uniform(&rng, w, N, 0.2, 3);
    OK(ory_kmeans_init(&m, N, DIM, x, w, K, &err));
    for (uint64_t r = 1; r < 20; r++) {
        double before = INFINITY, now;
        bool more;
        int rounds = 0;

        ory_kmeans_seed(&m, 3, r);
        do {
            more = ory_kmeans_round(&m);
            now = ory_kmeans_squares(&m);
            assert_true(now <= before * (1 + 1e-14));
            before = now;
            for (size_t g = 0; g < K; g++)
                assert_true(m.size[g] > 0);
        } while (more && ++rounds < 200);
        assert_false(more);
    }
    ory_kmeans_fini(&m);
}

/* Four different points for six groups: every group still gets a member. */
static void repeated_points_leave_no_group_empty(void **state)
{
    const double x[] = {0, 0, 0, 1, 1, 2, 2, 2, 3}, w[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    double squares;
    uint32_t label[9], seen = 0;
    size_t restart;
    ory_kmeans m;

    (void)state;
    OK(ory_kmeans_init(&m, 9, 1, x, w, 6, &err));
    OK(ory_kmeans_best(&m, 1, 5, 100, label, &squares, &restart, &err));
    for (int i = 0; i < 9; i++)
        seen |= 1u << label[i];
    assert_int_equal(seen, 63);
    ASSERT_ABS(squares, 0, 0);
    ory_kmeans_fini(&m);
    FAILS(ory_kmeans_init(&m, 3, 1, x, w, 4, &err), ORY_ERANGE, "k = 4 groups of 3 points");
}

/* Weight 3 at a point is three points there. */
static void weights_count_as_copies(void **state)
{
    const double x[] = {0, .4, 1.1, 2, 2.2, 3.7}, w[] = {3, 1, 2, 1, 1, 2};
    double copies[10], ones[10], a, b;
    uint32_t label[10];
    size_t restart, n = 0;
    ory_kmeans m;

    (void)state;
    for (int i = 0; i < 6; i++)
        for (int c = 0; c < (int)w[i]; c++) {
            ones[n] = 1;
            copies[n++] = x[i];
        }
    OK(ory_kmeans_init(&m, 6, 1, x, w, 3, &err));
    OK(ory_kmeans_best(&m, 1, 60, 100, label, &a, &restart, &err));
    ory_kmeans_fini(&m);
    OK(ory_kmeans_init(&m, n, 1, copies, ones, 3, &err));
    OK(ory_kmeans_best(&m, 1, 60, 100, label, &b, &restart, &err));
    ory_kmeans_fini(&m);
    ASSERT_REL(a, b, 1e-13);
}

/* ------------------------------------------------------------------------- matching */

static size_t agree_most(const double *table, size_t k, size_t row, unsigned used)
{
    size_t best = 0, c;

    if (row == k)
        return 0;
    for (c = 0; c < k; c++)
        if (!(used >> c & 1)) {
            size_t now = (size_t)table[row * k + c] + agree_most(table, k, row + 1, used | 1u << c);

            best = now > best ? now : best;
        }
    return best;
}

static void misclustered_counts_under_the_best_matching(void **state)
{
    (void)state;
    for (uint64_t trial = 0; trial < 60; trial++) {
        enum { N = 40 };
        size_t ka = 1 + trial % 7, kb = 1 + (trial / 7) % 7, k = ka > kb ? ka : kb, count;
        double table[49] = {0};
        uint32_t a[N], b[N];
        ory_rng rng;

        ory_rng_init(&rng, trial, 9);
        for (int i = 0; i < N; i++) {
            a[i] = (uint32_t)ory_rng_below(&rng, ka);
            b[i] = i % 3 ? (a[i] + 1) % (uint32_t)kb : (uint32_t)ory_rng_below(&rng, kb);
            table[a[i] * k + b[i]]++;
        }
        OK(ory_misclustered(a, ka, b, kb, N, &count, &err));
        assert_int_equal(count, N - agree_most(table, k, 0, 0));
    }
}

static void labels_follow_first_appearance(void **state)
{
    static const uint32_t want[] = {0, 1, 0, 2, 1, 3};
    uint32_t label[] = {4, 0, 4, 2, 0, 1};

    (void)state;
    assert_int_equal(ory_labels_order(label, 6, 5), 4);
    assert_memory_equal(label, want, sizeof want);
}

/* ----------------------------------------------------------------------- bad inputs */

static void bad_inputs_are_named(void **state)
{
    static const double edges[][3] = {{1, 2, 2}, {2, 3, 1}}, minus[][3] = {{1, 2, 2}, {2, 3, 2}, {1, 3, -.2}};
    const double mass[] = {1, -2, 1, 1};
    ory_cluster_how how = {.method = ORY_CLUSTER_BACH_JORDAN, .k = 2};
    ory_clusters c;
    ory_graph g;

    (void)state;
    edges_graph(&g, 4, edges, 2);
    FAILS(ory_cluster_graph(&g, &how, &c, &err), ORY_EINVAL, "node 4 is isolated");
    how.method = ORY_CLUSTER_ROWS;
    FAILS(ory_cluster_graph(&g, &how, &c, &err), ORY_EINVAL, "node 4 is isolated");
    how.method = ORY_CLUSTER_INERTIA;
    FAILS(ory_cluster_graph(&g, &how, &c, &err), ORY_EINVAL, "needs the masses");
    how.mass = mass;
    FAILS(ory_cluster_graph(&g, &how, &c, &err), ORY_EINVAL, "mass[2] = -2");
    how.method = ORY_CLUSTER_SIGN;
    how.k = 3;
    FAILS(ory_cluster_graph(&g, &how, &c, &err), ORY_ERANGE, "makes 2 groups");
    how.k = 5;
    how.method = ORY_CLUSTER_PLAIN;
    FAILS(ory_cluster_graph(&g, &how, &c, &err), ORY_ERANGE, "k = 5 groups of 4 nodes");
    for (how.k = 1; how.k <= 4; how.k++) { /* plain goes on where a node is isolated */
        OK(ory_cluster_graph(&g, &how, &c, &err));
        assert_int_equal(ory_labels_order(c.label, 4, 4), how.k);
        ory_clusters_fini(&c);
    }
    ory_graph_fini(&g);
    edges_graph(&g, 3, minus, 3);
    how.method = ORY_CLUSTER_BACH_JORDAN;
    how.k = 2;
    FAILS(ory_cluster_graph(&g, &how, &c, &err), ORY_EINVAL, "edge 1-3 has weight -0.2");
    how.method = ORY_CLUSTER_PLAIN;
    OK(ory_cluster_graph(&g, &how, &c, &err));
    ory_clusters_fini(&c);
    ory_graph_fini(&g);
}

static void disconnected_graphs_have_as_many_groups_as_components(void **state)
{
    static const double apart[][3] = {{1, 2, 2}, {2, 3, 1}, {4, 5, 1}, {5, 6, .3}, {7, 8, 1}};
    static const uint32_t want[] = {0, 0, 0, 1, 1, 1, 2, 2};
    ory_cluster_gap gap;
    ory_clusters c;
    ory_graph g;

    (void)state;
    edges_graph(&g, 8, apart, 5);
    OK(ory_cluster_gaps(&g, &gap, &err));
    assert_int_equal(gap.k, 3);
    assert_true(isnan(gap.ratio[0]) && isinf(gap.ratio[1]));
    OK(ory_cluster_graph(&g, NULL, &c, &err));
    assert_labels(&c, want);
    ory_clusters_fini(&c);
    ory_graph_fini(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bottom_pairs_of_small_graphs),
        cmocka_unit_test(components_give_exact_zeros_and_a_rotated_null_space),
        cmocka_unit_test(an_indefinite_laplacian_is_refused),
        cmocka_unit_test(dense_and_sparse_agree_at_300_nodes),
        cmocka_unit_test(sparse_pairs_of_difficult_graphs),
        cmocka_unit_test(copies_of_an_eigenvalue_are_found),
        cmocka_unit_test(a_double_eigenvalue_before_a_gap_is_found),
        cmocka_unit_test(an_interrupt_stops_the_iteration),
        cmocka_unit_test(failing_memory_is_survived),
        cmocka_unit_test(all_methods_find_the_three_groups),
        cmocka_unit_test(signs_split_the_published_two_groups),
        cmocka_unit_test(twenty_restarts_find_the_published_three_groups),
        cmocka_unit_test(kmeans_finds_the_best_partition_of_few_points),
        cmocka_unit_test(a_round_never_raises_the_sum_of_squares_and_no_group_is_empty),
        cmocka_unit_test(repeated_points_leave_no_group_empty),
        cmocka_unit_test(weights_count_as_copies),
        cmocka_unit_test(misclustered_counts_under_the_best_matching),
        cmocka_unit_test(labels_follow_first_appearance),
        cmocka_unit_test(bad_inputs_are_named),
        cmocka_unit_test(disconnected_graphs_have_as_many_groups_as_components),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
