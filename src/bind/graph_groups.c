/* SPDX-License-Identifier: GPL-3.0-or-later */
/* graph_groups.c (bind) - the bottom of a graph's spectrum and its coherent groups. Results go
 * into memory that Lua owns before anything else can fail. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "algo/cluster.h"
#include "bind/graph.h"
#include "bind/mat.h"

/* ------------------------------------------------------------------------- spectrum */

static int graph_eigs(lua_State *L)
{
    graph_box *box = graph_check(L, 1, "graph:eigs");
    size_t k = (size_t)ory_check_int(L, 2, "graph:eigs", "k", 1, (long long)box->g.n);
    ory_lmat *lam = ory_push_vec(L, k, 1), *vectors = ory_push_mat(L, box->g.n, k);
    ory_spectral s;
    ory_error err = {0};

    if (ory_spectral_bottom(&box->g, k, NULL, &s, &err) != ORY_OK)
        return ory_raise_in(L, "graph:eigs", &err);
    memcpy(lam->data, s.lam, k * sizeof *lam->data);
    memcpy(vectors->data, s.V, box->g.n * k * sizeof *vectors->data);
    ory_spectral_fini(&s);
    return 2;
}

static int graph_gaps(lua_State *L)
{
    graph_box *box = graph_check(L, 1, "graph:gaps");
    ory_cluster_gap gap;
    ory_error err = {0};
    ory_lmat *table;
    size_t i;

    if (ory_cluster_gaps(&box->g, &gap, &err) != ORY_OK)
        return ory_raise_in(L, "graph:gaps", &err);
    lua_pushinteger(L, (lua_Integer)gap.k);
    table = ory_push_mat(L, gap.count, 3);
    for (i = 0; i < gap.count; i++) {
        table->data[3 * i] = (double)i + 2;
        table->data[3 * i + 1] = gap.lam[i + 1];
        table->data[3 * i + 2] = gap.ratio[i];
    }
    return 2;
}

/* --------------------------------------------------------------------------- groups */

enum { HOW_K, HOW_METHOD, HOW_SEED, HOW_RESTARTS, HOW_M, HOW_TRUTH };
static const ory_param how_params[] = {
    {"k", ORY_PARAM_INT, 0, 0, ORY_GRAPH_NODES, NULL, 0, "",
     "groups; 0: from the largest ratio lambda_{k+1}/lambda_k, k = 2 to 12", NULL},
    {"method", ORY_PARAM_CHOICE, 0, 0, 0, ory_cluster_methods, 0, "",
     "auto is sign for two groups, else bach-jordan", NULL},
    {"seed", ORY_PARAM_INT, 1, 0, 9007199254740992.0, NULL, 0, "", "of the first centres of k-means", NULL},
    {"restarts", ORY_PARAM_INT, ORY_CLUSTER_RESTARTS, 1, 1e6, NULL, 0, "", "of k-means", NULL},
    {"m", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "", "method inertia: inertia of every node > 0",
     NULL},
    {"truth", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "true group of every node, from 1; block models know theirs", NULL},
    {0}};

/* n numbers of an option, in memory that Lua owns; NULL when it is not given. */
static double *push_list(lua_State *L, const ory_values *v, int row, size_t n)
{
    const ory_mat *a = ory_values_mat(v, row);
    double *list;
    size_t i;

    if (!a)
        return NULL;
    if (a->rows * a->cols != n)
        ory_raisef(L, "graph.cluster: %s is %d x %d (must hold %d numbers)", v->params[row].name,
                   (int)a->rows, (int)a->cols, (int)n);
    list = lua_newuserdatauv(L, n * sizeof *list, 0);
    for (i = 0; i < n; i++)
        list[i] = *ory_mat_at(a, i / a->cols, i % a->cols);
    return list;
}

/* The true groups from 0, or NULL; *groups: how many. */
static const uint32_t *push_truth(lua_State *L, const ory_values *v, const ory_graph *g, size_t *groups)
{
    const double *list = push_list(L, v, HOW_TRUTH, g->n);
    uint32_t *truth;
    size_t i;

    *groups = 0;
    if (!list && !g->group)
        return NULL;
    truth = lua_newuserdatauv(L, g->n * sizeof *truth, 0);
    for (i = 0; i < g->n; i++) {
        double a = list ? list[i] : g->group[i] + 1.0;

        if (!(a >= 1 && a <= (double)g->n && a == floor(a)))
            ory_raisef(L, "graph.cluster: truth[%d] = %g (must be a whole number from 1 to %d)", (int)i + 1,
                       a, (int)g->n);
        truth[i] = (uint32_t)a - 1;
        *groups = *groups > (size_t)a ? *groups : (size_t)a;
    }
    return truth;
}

static void set_number(lua_State *L, const char *key, double value)
{
    lua_pushnumber(L, value);
    lua_setfield(L, -2, key);
}

static void set_integer(lua_State *L, const char *key, size_t value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, key);
}

/* The record; labels (from 1) are at `labels` on the stack. */
static void push_record(lua_State *L, const ory_clusters *c, const size_t *wrong, int labels, size_t n)
{
    const double *label = ory_test_mat(L, labels)->data;
    ory_lmat *sizes;
    size_t i;

    lua_createtable(L, 0, 8);
    lua_pushvalue(L, labels);
    lua_setfield(L, -2, "labels");
    sizes = ory_push_vec(L, c->k, 1);
    for (i = 0; i < n; i++)
        sizes->data[(size_t)label[i] - 1]++;
    lua_setfield(L, -2, "sizes");
    set_integer(L, "k", c->k);
    lua_pushstring(L, ory_cluster_methods[c->method]);
    lua_setfield(L, -2, "method");
    set_number(L, "squares", c->squares);
    set_integer(L, "restart", c->restart);
    if (wrong)
        set_integer(L, "misclustered", *wrong);
}

static int graph_cluster(lua_State *L)
{
    graph_box *box = graph_check(L, 1, "graph.cluster");
    ory_values *v = ory_check_options(L, 2, "graph.cluster", how_params);
    size_t n = box->g.n, groups, wrong = 0, i;
    ory_cluster_how how = {(ory_cluster_method)ory_values_choice(v, HOW_METHOD), ory_values_size(v, HOW_K),
                           ory_values_size(v, HOW_RESTARTS), (uint64_t)ory_values_real(v, HOW_SEED), NULL};
    const uint32_t *truth;
    ory_lmat *labels;
    ory_clusters c, figures; /* the second without memory of its own */
    ory_error err = {0};
    ory_status ok;
    int at;

    how.mass = push_list(L, v, HOW_M, n);
    truth = push_truth(L, v, &box->g, &groups);
    labels = ory_push_vec(L, n, 1);
    at = lua_gettop(L);
    if (ory_cluster_graph(&box->g, &how, &c, &err) != ORY_OK)
        return ory_raise_in(L, "graph.cluster", &err);
    for (i = 0; i < n; i++)
        labels->data[i] = c.label[i] + 1.0;
    ok = truth ? ory_misclustered(c.label, c.k, truth, groups, n, &wrong, &err) : ORY_OK;
    figures = c;
    ory_clusters_fini(&c);
    if (ok != ORY_OK)
        return ory_raise_in(L, "graph.cluster", &err);
    push_record(L, &figures, truth ? &wrong : NULL, at, n);
    return 1;
}

/* ---------------------------------------------------------------------------- tables */

const ory_fn graph_group_rows[] = {
    {"graph.cluster", graph_cluster,
     "graph.cluster(g [, {k=, method=, seed=, restarts=, m=, truth=}]) -> record",
     "Coherent groups from the Laplacian alone (arXiv 2209.13701, 2211.15301). The record has labels "
     "(numbered in order of first appearance), sizes, k, method, squares (weighted sum of squares of the "
     "points), restart (the one that was best; 0: no k-means was needed) and, where the true groups are "
     "known, "
     "misclustered. dyn.cluster shows the same round by round.",
     "g = graph.sbm{ sizes={20, 40, 20}, Q={{.8,.1,.1},{.1,.8,.1},{.1,.1,.8}}, "
     "W={{20,.4,.8},{.4,20,.7},{.8,.7,20}}, seed=1 }; c = graph.cluster(g); print(c.k, c.sizes, "
     "c.misclustered)"},
    {0}};

const ory_fn graph_group_methods[] = {
    {"graph:eigs", graph_eigs, "g:eigs(k) -> vector, matrix",
     "The k least eigenvalues of the Laplacian, ascending, and their orthonormal eigenvectors as columns: "
     "dense up to 400 nodes, else Lanczos, or ARPACK on a sparse factorisation. The first is 0 with "
     "1/sqrt(n).",
     "lam, V = graph.path(1000):eigs(3); print(lam)"},
    {"graph:gaps", graph_gaps, "g:gaps() -> k, matrix",
     "The number of groups that the spectrum suggests, and rows (k, lambda_k, lambda_{k+1}/lambda_k) for "
     "k = 2 to 12; above 400 nodes good to about 1e-3.",
     "print(graph.from{ {1,2,5}, {2,3,5}, {1,3,4}, {3,4,.2}, {4,5,6}, {5,6,4} }:gaps())"},
    {0}};

void graph_group_help(lua_State *L)
{
    ory_help_options(L, "graph.cluster", how_params);
}
