/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.c (systems) - dyn.cluster: coherent groups of a network, found live: options, start, the
 * rounds of k-means, the class object. */
#include "config.h"

#include "systems/cluster.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "algo/layout.h"
#include "core/mem.h"

#define MATRIX_(name_, doc_) {name_, ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "", doc_, NULL}

static const ory_param params[] = {
    [CP_L] = MATRIX_("L", "the network: a graph, a list of edges, or a Laplacian n x n; a drawn block model "
                     "of 20, 40 and 20 nodes when absent"),
    [CP_METHOD] = {"method", ORY_PARAM_CHOICE, 0, 0, 0, ory_cluster_methods, 0, "",
                   "how nodes become points: sign of the second eigenvector (2 groups), bach-jordan "
                   "(normalised adjacency), plain (Laplacian), rows (of unit length), inertia; auto is sign "
                   "for 2 groups, else bach-jordan", NULL},
    [CP_K] = {"k", ORY_PARAM_INT, 0, 0, 4096, NULL, 0, "",
              "groups; 0: from the largest ratio lambda_{k+1}/lambda_k", NULL},
    [CP_SEED] = {"seed", ORY_PARAM_INT, 1, 0, 9007199254740992.0, NULL, 0, "",
                 "of the first centres, and of the block model", NULL},
    [CP_RESTARTS] = {"restarts", ORY_PARAM_INT, ORY_CLUSTER_RESTARTS, 1, 1e6, NULL, 0, "",
                     "runs of k-means from new centres; the best is kept", NULL},
    [CP_M] = MATRIX_("m", "method inertia: inertia of every node, a list of n numbers > 0"),
    [CP_TRUTH] = MATRIX_("truth", "the true group of every node, n whole numbers from 1: misclustered nodes "
                         "are counted then"),
    [CP_BUS] = MATRIX_("bus", "numbers of the nodes, for names; 1 to n when absent"),
    [CP_XY] = MATRIX_("xy", "positions n x 2 for the network panel; found from the edges when absent"),
    {0}};

static const char *const record[] = {"squares", "best_squares", "moved", "misclustered", NULL};

static ory_status no_memory(const ory_system *s, ory_error *err)
{
    return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
}

/* ------------------------------------------------------------------ reading options */

/* The published three groups: H. Min, E. Mallada, arXiv 2211.15301, section V. */
static ory_status default_graph(const ory_system *s, ory_graph *g, ory_error *err)
{
    static double q[] = {.8, .1, .1, .1, .8, .1, .1, .1, .8}, w[] = {20, .4, .8, .4, 20, .7, .8, .7, 20};
    const size_t sizes[] = {20, 40, 20};
    const ory_mat Q = ory_mat_view(q, 3, 3), W = ory_mat_view(w, 3, 3);
    ory_rng rng;

    ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, CP_SEED), 0);
    return ory_graph_sbm(g, sizes, 3, &Q, &W, false, &rng, err);
}

static const ory_mat *list_of(const ory_system *s, int row, size_t n, size_t cols, ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, row);

    if (a->rows * a->cols == n * cols && (cols == 1 || a->cols == cols))
        return a;
    if (cols == 1)
        ory_fail(err, ORY_ESHAPE, "%s: %s is %zu x %zu (must hold %zu numbers)", s->class->name,
                 s->values.params[row].name, a->rows, a->cols, n);
    else
        ory_fail(err, ORY_ESHAPE, "%s: %s is %zu x %zu (must be %zu x %zu)", s->class->name,
                 s->values.params[row].name, a->rows, a->cols, n, cols);
    return NULL;
}

static double entry_of(const ory_mat *a, size_t i)
{
    return *ory_mat_at(a, i / a->cols, i % a->cols);
}

/* Groups from 1 as whole numbers, all of 1..largest present. */
static ory_status read_truth(ory_system *s, cluster *x, ory_error *err)
{
    const ory_mat *a = list_of(s, CP_TRUTH, x->n, 1, err);
    size_t i, g, *size;

    if (!a)
        return ORY_ESHAPE;
    for (i = 0; i < x->n; i++) {
        double v = entry_of(a, i);

        if (!(v >= 1 && v <= (double)x->n && v == floor(v)))
            return ory_fail(err, ORY_ERANGE, "%s: truth[%zu] = %g (must be a whole number from 1 to %zu)",
                            s->class->name, i + 1, v, x->n);
        x->truth[i] = (uint32_t)v - 1;
        x->truth_groups = x->truth_groups > (size_t)v ? x->truth_groups : (size_t)v;
    }
    if (!(size = ory_alloc(x->truth_groups, sizeof *size)))
        return no_memory(s, err);
    for (i = 0; i < x->n; i++)
        size[x->truth[i]]++;
    for (g = 0; g < x->truth_groups && size[g]; g++)
        ;
    ory_free(size);
    return g == x->truth_groups ? ORY_OK
                                : ory_fail(err, ORY_EINVAL, "%s: truth: group %zu of %zu is empty",
                                           s->class->name, g + 1, x->truth_groups);
}

static ory_status keep_truth(ory_system *s, cluster *x, const ory_graph *g, ory_error *err)
{
    bool given = ory_values_given(&s->values, CP_TRUTH);
    ory_status ok = ORY_OK;
    size_t i;

    if (!given && !g->group)
        return ORY_OK;
    if (!(x->truth = ory_alloc(x->n, sizeof *x->truth)))
        return no_memory(s, err);
    if (given)
        ok = read_truth(s, x, err);
    for (i = 0; !given && i < x->n; i++) {
        x->truth[i] = g->group[i];
        x->truth_groups = x->truth_groups > g->group[i] ? x->truth_groups : g->group[i] + 1u;
    }
    if (ok == ORY_OK)
        ok = ory_matching_init(&x->match, x->truth_groups > x->k ? x->truth_groups : x->k, err);
    return ok;
}

static ory_status keep_picture(ory_system *s, cluster *x, const ory_graph *g, ory_error *err)
{
    const ory_mat *xy = NULL, *bus = NULL;
    ory_status ok = ory_picture_make(&x->picture, g, CLUSTER_EDGES * x->n, err);
    size_t i;

    if (ok != ORY_OK)
        return ok;
    if (!(x->names = ory_alloc(x->n, sizeof *x->names)))
        return no_memory(s, err);
    if (ory_values_given(&s->values, CP_XY) && !(xy = list_of(s, CP_XY, x->n, 2, err)))
        return ORY_ESHAPE;
    if (ory_values_given(&s->values, CP_BUS) && !(bus = list_of(s, CP_BUS, x->n, 1, err)))
        return ORY_ESHAPE;
    for (i = 0; i < x->n; i++)
        snprintf(x->names[i], CLUSTER_NAME, "%.6g", bus ? entry_of(bus, i) : (double)i + 1);
    for (i = 0; !xy && x->n > ORY_PLACE_NODES && x->dim > 1 && i < x->n; i++) { /* too many to be placed */
        x->picture.xy[2 * i] = x->points.x[i];
        x->picture.xy[2 * i + 1] = x->points.x[x->n + i];
    }
    for (i = 0; xy && i < 2 * x->n; i++)
        x->picture.xy[i] = entry_of(xy, i);
    return ORY_OK;
}

/* ------------------------------------------------------------------------------- init */

static void tell(ory_system *s, const cluster *x, const ory_graph *g)
{
    const double *lam = x->gap.lam;
    size_t k = x->k, known = x->gap.count + 2; /* eigenvalues, when there are two nodes */

    if (x->points.method != ORY_CLUSTER_SIGN && x->restarts < 5 && k > 2)
        ory_system_note(s, "%zu restart%s: k-means may stay in a poor partition (20 find the published ones)",
                        x->restarts, x->restarts == 1 ? "" : "s");
    if (k >= 2 && k < known && g->n > k && lam[k] > 0 && lam[k] - lam[k - 1] <= 1e-8 * lam[k])
        ory_system_note(s, "no gap after k = %zu: lambda_%zu = lambda_%zu, the groups are not determined", k,
                        k, k + 1);
    if (known > 1 && g->n > 1 && lam[1] == 0)
        ory_system_note(s, "the network has several components: their groups do not interact");
}

static void lay_out(ory_system *s, cluster *x)
{
    const struct {
        const char *name;
        size_t rows, cols;
        size_t *place;
    } blocks[] = {{"label", x->n, 1, NULL}, {"centre", x->k, x->dim, &x->centre}, {"best", x->n, 1, &x->best},
                  {"best_centre", x->k, x->dim, &x->best_centre}, {"count", COUNT_, 1, &x->count}};
    size_t at = 0, i;

    for (i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        if (blocks[i].place)
            *blocks[i].place = at;
        if (blocks[i].cols)
            s->blocks[s->n_blocks++] = (ory_block){blocks[i].name, at, blocks[i].rows, blocks[i].cols};
        at += blocks[i].rows * blocks[i].cols;
    }
    s->dim = at;
}

/* Points, room for k-means and for what is shown. */
static ory_status embed(ory_system *s, cluster *x, const ory_graph *g, ory_error *err)
{
    const ory_mat *m = NULL;
    double *mass = NULL;
    ory_status ok;
    size_t i;

    if (x->method == ORY_CLUSTER_INERTIA && ory_values_given(&s->values, CP_M)) {
        if (!(m = list_of(s, CP_M, x->n, 1, err)))
            return ORY_ESHAPE;
        if (!(mass = ory_alloc(x->n, sizeof *mass)))
            return no_memory(s, err);
        for (i = 0; i < x->n; i++)
            mass[i] = entry_of(m, i);
    }
    ok = ory_embedding_make(g, x->method, x->k, mass, &x->points, err);
    ory_free(mass);
    if (ok != ORY_OK) {
        ory_fail_prefix(err, "%s", s->class->name);
        return ok;
    }
    x->dim = x->points.dim;
    x->shown = ory_alloc(x->n, sizeof *x->shown);
    x->name = ory_alloc(x->k, sizeof *x->name);
    if (!x->shown || !x->name)
        return no_memory(s, err);
    return ory_kmeans_init(&x->means, x->n, x->dim, x->points.x, x->points.weight, x->k, err);
}

static ory_status prepare(ory_system *s, cluster *x, const ory_graph *g, ory_error *err)
{
    ory_status ok;

    x->n = g->n;
    x->method = (ory_cluster_method)ory_values_choice(&s->values, CP_METHOD);
    x->restarts = ory_values_size(&s->values, CP_RESTARTS);
    if ((ok = ory_cluster_gaps(g, &x->gap, err)) != ORY_OK) {
        ory_fail_prefix(err, "%s", s->class->name);
        return ok;
    }
    x->k = ory_values_size(&s->values, CP_K);
    if (x->k == 0)
        x->k = x->method == ORY_CLUSTER_SIGN ? 2 : x->gap.k;
    if ((ok = embed(s, x, g, err)) != ORY_OK || (ok = keep_truth(s, x, g, err)) != ORY_OK ||
        (ok = keep_picture(s, x, g, err)) != ORY_OK)
        return ok;
    lay_out(s, x);
    tell(s, x, g);
    return ORY_OK;
}

static ory_status init(ory_system *s, ory_error *err)
{
    const ory_mat *L = ory_values_mat(&s->values, CP_L);
    cluster *x = s->self = ory_alloc(1, sizeof *x);
    ory_graph g = {0};
    ory_status ok;

    if (!x)
        return no_memory(s, err);
    ok = L ? ory_graph_from_matrix(&g, L, err) : default_graph(s, &g, err);
    if (ok != ORY_OK) {
        ory_fail_prefix(err, "%s: L", s->class->name);
        return ok;
    }
    ok = prepare(s, x, &g, err);
    ory_graph_fini(&g);
    return ok;
}

static void fini(ory_system *s)
{
    cluster *x = s->self;

    if (!x)
        return;
    ory_embedding_fini(&x->points);
    ory_kmeans_fini(&x->means);
    ory_matching_fini(&x->match);
    ory_picture_fini(&x->picture);
    ory_free(x->truth);
    ory_free(x->shown);
    ory_free(x->name);
    ory_free(x->names);
    ory_free(x);
    s->self = NULL;
}

/* ------------------------------------------------------------------------------ a run */

static ory_status start(ory_system *s, double *state, ory_error *err)
{
    const cluster *x = s->self;
    size_t i;

    (void)err;
    memset(state, 0, s->dim * sizeof *state);
    for (i = 0; i < x->n; i++)
        state[i] = state[x->best + i] = 1;
    return ORY_OK;
}

/* Labels and centres of the state into the k-means, and back. */
static void take(cluster *x, const double *state)
{
    size_t i;

    for (i = 0; i < x->n; i++)
        x->means.label[i] = state[i] >= 1 && state[i] <= (double)x->k ? (uint32_t)state[i] - 1 : 0;
    memcpy(x->means.centre, state + x->centre, x->k * x->dim * sizeof *state);
}

static void give(const cluster *x, double *state)
{
    double *count = state + x->count;
    size_t i, moved = 0;

    for (i = 0; i < x->n; i++) {
        moved += state[i] != x->means.label[i] + 1.0;
        state[i] = x->means.label[i] + 1.0;
    }
    memcpy(state + x->centre, x->means.centre, x->k * x->dim * sizeof *state);
    count[COUNT_MOVED] = (double)moved;
    count[COUNT_BEFORE] = count[COUNT_SQUARES];
    count[COUNT_SQUARES] = ory_kmeans_squares(&x->means);
}

/* A restart has come to rest: keep it when it is the best, and after the last show the best. */
static void finish(const cluster *x, double *state)
{
    double *count = state + x->count;
    size_t centres = x->k * x->dim;

    count[COUNT_REST] = 1;
    if (count[COUNT_BEST_RESTART] == 0 || count[COUNT_SQUARES] < count[COUNT_BEST]) {
        count[COUNT_BEST] = count[COUNT_SQUARES];
        count[COUNT_BEST_RESTART] = count[COUNT_RESTART];
        memcpy(state + x->best, state, x->n * sizeof *state);
        memcpy(state + x->best_centre, state + x->centre, centres * sizeof *state);
    }
    if (count[COUNT_RESTART] < (double)x->restarts && x->points.method != ORY_CLUSTER_SIGN)
        return;
    count[COUNT_DONE] = 1;
    count[COUNT_SQUARES] = count[COUNT_BEST];
    memcpy(state, state + x->best, x->n * sizeof *state);
    memcpy(state + x->centre, state + x->best_centre, centres * sizeof *state);
}

static ory_status advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next,
                          double *t_next, ory_error *err)
{
    cluster *x = s->self;
    double *count = next + x->count;
    bool more = false;

    (void)rng;
    (void)err;
    memcpy(next, m->x, s->dim * sizeof *next);
    *t_next = (double)m->k + 1;
    if (count[COUNT_DONE] != 0) {
        count[COUNT_MOVED] = 0;
        return ORY_OK;
    }
    take(x, next);
    if (x->points.method == ORY_CLUSTER_SIGN) {
        count[COUNT_RESTART] = count[COUNT_ROUND] = 1;
        ory_cluster_by_sign(&x->points, x->means.label);
        ory_kmeans_centre(&x->means);
    } else {
        if (count[COUNT_ROUND] == 0 || count[COUNT_REST] != 0) {
            count[COUNT_RESTART] += 1;
            count[COUNT_ROUND] = count[COUNT_REST] = 0;
            ory_kmeans_seed(&x->means, (uint64_t)ory_values_real(&s->values, CP_SEED),
                            (uint64_t)count[COUNT_RESTART]);
        }
        more = ory_kmeans_round(&x->means);
        count[COUNT_ROUND] += 1;
    }
    give(x, next);
    if (count[COUNT_ROUND] == 1)
        count[COUNT_BEFORE] = 0;
    if (!more || count[COUNT_ROUND] >= ORY_CLUSTER_ROUNDS)
        finish(x, next);
    return ORY_OK;
}

static const char *standing(ory_system *s, const ory_moment *m)
{
    const cluster *x = s->self;

    return m->x[x->count + COUNT_DONE] != 0 ? "● grouped" : NULL;
}

static double work(const ory_system *s, int which)
{
    const cluster *x = s->self;
    double one = 3 * (double)x->n * (double)x->dim;

    return which == -1 ? one * (double)x->k : (double)x->n;
}

static void describe(const ory_system *s, char *text, size_t size)
{
    const cluster *x = s->self;

    snprintf(text, size, "cluster · %zu nodes · %zu groups · %s", x->n, x->k,
             ory_cluster_methods[x->points.method]);
}

const ory_system_class ory_dyn_cluster_class = {
    .name = "dyn.cluster",
    .summary = "coherent groups of a network from its Laplacian: one round of k-means a step",
    .source = "H. Min, E. Mallada, \"Learning Coherent Clusters in Weakly-Connected Network Systems\", "
              "arXiv:2211.15301; and arXiv:2209.13701 (two groups)",
    .example = "dyn.cluster{ L=graph.ring(12), k=3, seed=2 }",
    .params = params,
    .probes = cluster_probes,
    .claims = cluster_claims,
    .default_stepper = "advance",
    .record = record,
    .layout = "v(h(network(embedding, names=false, title='embedding by group'):34,"
              " network(network, title='network by group'):34,"
              " table(k, restart, round, moved, squares, best_squares, misclustered, gap_ratio):26):20,"
              " h(trace(squares, best_squares, title='sum of squares'):34,"
              " bars(ratios, sort=none, title='lambda_k+1 / lambda_k'):24,"
              " bars(lam, sort=none, title='lambda'):24,"
              " bars(sizes, sort=none):16):14, console:3)",
    .init = init,
    .fini = fini,
    .start = start,
    .advance = advance,
    .probe = cluster_probe,
    .shape = cluster_probe_shape,
    .work = work,
    .standing = standing,
    .why = cluster_why,
    .entry = cluster_entry,
    .describe = describe,
};
