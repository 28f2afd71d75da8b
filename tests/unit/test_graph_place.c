/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_graph_place.c - backbones against the cycle property of spanning trees, positions of graphs
 * whose pictures are known. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "algo/layout.h"
#include "core/mem.h"
#include "core/rng.h"

static ory_error err;

static bool has(const ory_graph *g, const ory_edge *e)
{
    size_t k;

    for (k = 0; k < g->m; k++)
        if (g->edge[k].i == e->i && g->edge[k].j == e->j)
            return g->edge[k].w == e->w;
    return false;
}

/* The largest bottleneck of a way from i to j, by Floyd and Warshall on |w|. */
static void bottlenecks(const ory_graph *g, double *b)
{
    size_t n = g->n, e, i, j, k;

    memset(b, 0, n * n * sizeof *b);
    for (e = 0; e < g->m; e++) {
        b[g->edge[e].i * n + g->edge[e].j] = fabs(g->edge[e].w);
        b[g->edge[e].j * n + g->edge[e].i] = fabs(g->edge[e].w);
    }
    for (k = 0; k < n; k++)
        for (i = 0; i < n; i++)
            for (j = 0; j < n; j++)
                b[i * n + j] = fmax(b[i * n + j], fmin(b[i * n + k], b[k * n + j]));
}

/* A spanning forest is maximum exactly when every edge left out is the lightest of the cycle
 * that it closes; edges beyond the forest are the heaviest others. */
static void backbones_are_maximum_forests_and_the_heaviest_rest(void **state)
{
    ory_graph g, tree, bones;
    ory_rng rng;
    double b[12 * 12];
    size_t e, k, kept = 0;

    (void)state;
    ory_rng_init(&rng, 5, 0);
    assert_int_equal(ory_graph_complete(&g, 12, 1, &err), ORY_OK);
    for (e = 0; e < g.m; e++)
        g.edge[e].w = ory_rng_normal(&rng);
    assert_int_equal(ory_graph_backbone(&g, 0, &tree, &err), ORY_OK);
    assert_int_equal(tree.m, 11);
    bottlenecks(&tree, b);
    for (e = 0; e < g.m; e++) {
        assert_true(b[g.edge[e].i * 12 + g.edge[e].j] >= fabs(g.edge[e].w));
        kept += has(&tree, &g.edge[e]);
    }
    assert_int_equal(kept, 11);
    assert_int_equal(ory_graph_backbone(&g, 30, &bones, &err), ORY_OK);
    assert_int_equal(bones.m, 30);
    for (e = 0; e < tree.m; e++)
        assert_true(has(&bones, &tree.edge[e]));
    for (e = 0; e < g.m; e++) /* none left out is heavier than one taken beyond the tree */
        for (k = 0; k < g.m && !has(&bones, &g.edge[e]); k++)
            if (has(&bones, &g.edge[k]) && !has(&tree, &g.edge[k]))
                assert_true(fabs(g.edge[e].w) <= fabs(g.edge[k].w));
    ory_graph_fini(&g);
    ory_graph_fini(&tree);
    ory_graph_fini(&bones);
}

static double apart(const double *xy, size_t i, size_t j)
{
    return hypot(xy[2 * i] - xy[2 * j], xy[2 * i + 1] - xy[2 * j + 1]);
}

static void a_path_is_straight_and_a_ring_is_round(void **state)
{
    double xy[40], most = 0, least = INFINITY;
    ory_graph g;
    size_t i, j;

    (void)state;
    assert_int_equal(ory_graph_path(&g, 9, 0.7, &err), ORY_OK);
    assert_int_equal(ory_graph_place(&g, xy, &err), ORY_OK);
    for (i = 0; i < 9; i++)
        for (j = 0; j < i; j++)
            assert_true(fabs(apart(xy, i, j) / apart(xy, 0, 8) * 8 / (double)(i - j) - 1) < 0.03);
    ory_graph_fini(&g);
    assert_int_equal(ory_graph_ring(&g, 20, 3, &err), ORY_OK);
    assert_int_equal(ory_graph_place(&g, xy, &err), ORY_OK);
    for (i = 0; i < 20; i++) {
        double r = hypot(xy[2 * i], xy[2 * i + 1]), step = apart(xy, i, (i + 1) % 20);

        most = fmax(most, r);
        least = fmin(least, r);
        assert_true(step > 0.2 * most && step < 0.45 * most); /* a 20-gon has 0.313 */
    }
    assert_true(least > 0.85 * most);
    ory_graph_fini(&g);
}

/* Two dense groups of strong lines, weak lines between all: what a Kron-reduced grid is like.
 * Groups are apart; nodes do not lie on each other. */
static void dense_groups_spread_and_part(void **state)
{
    double xy[48], again[48], centre[2][2] = {{0, 0}, {0, 0}};
    ory_graph g;
    ory_rng rng;
    size_t i, j, e;

    (void)state;
    ory_rng_init(&rng, 8, 0);
    assert_int_equal(ory_graph_complete(&g, 24, 1, &err), ORY_OK);
    for (e = 0; e < g.m; e++)
        g.edge[e].w = ory_rng_uniform(&rng) * ((g.edge[e].i < 12) == (g.edge[e].j < 12) ? 9 : 1e-3);
    assert_int_equal(ory_graph_place(&g, xy, &err), ORY_OK);
    assert_int_equal(ory_graph_place(&g, again, &err), ORY_OK);
    assert_memory_equal(xy, again, sizeof xy);
    for (i = 0; i < 24; i++) {
        centre[i / 12][0] += xy[2 * i] / 12;
        centre[i / 12][1] += xy[2 * i + 1] / 12;
        for (j = 0; j < i; j++)
            assert_true(apart(xy, i, j) > 0.05);
    }
    for (i = 0; i < 24; i++)
        assert_true(hypot(xy[2 * i] - centre[i / 12][0], xy[2 * i + 1] - centre[i / 12][1]) <
                    hypot(xy[2 * i] - centre[1 - i / 12][0], xy[2 * i + 1] - centre[1 - i / 12][1]));
    ory_graph_fini(&g);
}

static void odd_graphs_have_positions(void **state)
{
    double xy[20];
    ory_graph g;
    size_t i, j;

    (void)state;
    assert_int_equal(ory_graph_init(&g, 10, &err), ORY_OK); /* no edge at all, then two islands */
    ory_graph_finish(&g);
    assert_int_equal(ory_graph_place(&g, xy, &err), ORY_OK);
    for (i = 0; i < 10; i++)
        for (j = 0; j < i; j++)
            assert_true(isfinite(xy[2 * i]) && isfinite(xy[2 * i + 1]) && apart(xy, i, j) > 0.05);
    for (i = 0; i + 1 < 10; i++)
        if (i != 4)
            assert_int_equal(ory_graph_add(&g, i, i + 1, 1, &err), ORY_OK);
    ory_graph_finish(&g);
    assert_int_equal(ory_graph_place(&g, xy, &err), ORY_OK);
    for (i = 0; i < 5; i++)
        for (j = 5; j < 10; j++)
            assert_true(apart(xy, i, j) > 0.8 * apart(xy, 0, 1));
    ory_graph_fini(&g);
    assert_int_equal(ory_graph_path(&g, 1, 1, &err), ORY_OK);
    assert_int_equal(ory_graph_place(&g, xy, &err), ORY_OK);
    assert_true(xy[0] == 0 && xy[1] == 0);
    ory_graph_fini(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backbones_are_maximum_forests_and_the_heaviest_rest),
        cmocka_unit_test(a_path_is_straight_and_a_ring_is_round),
        cmocka_unit_test(dense_groups_spread_and_part),
        cmocka_unit_test(odd_graphs_have_positions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
