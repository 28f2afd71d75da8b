/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.c - embeddings of a graph, groups from them, the choice of k. */
#include "config.h"

#include "algo/cluster.h"

#include <math.h>
#include <string.h>

#include "algo/kmeans.h"
#include "core/mem.h"

const char *const ory_cluster_methods[] = {"auto", "sign", "bach-jordan", "plain", "rows", "inertia",
                                           NULL};

/* ------------------------------------------------------------------------ embedding */

static bool normalised(ory_cluster_method method)
{
    return method == ORY_CLUSTER_BACH_JORDAN || method == ORY_CLUSTER_ROWS;
}

static ory_status check(const ory_graph *g, ory_cluster_method method, size_t k, const double *mass,
                        ory_error *err)
{
    const char *name = ory_cluster_methods[method];
    size_t e, i;

    if (k < 1 || k > g->n)
        return ory_fail(err, ORY_ERANGE, "k = %zu groups of %zu nodes (must be 1 to %zu)", k, g->n, g->n);
    if (method == ORY_CLUSTER_SIGN && k != 2)
        return ory_fail(err, ORY_ERANGE, "k = %zu: the method \"sign\" makes 2 groups", k);
    if (normalised(method) && ory_graph_negative(g, &e))
        return ory_fail(err, ORY_EINVAL, "the edge %u-%u has weight %g: the method \"%s\" needs weights >= 0",
                        g->edge[e].i + 1, g->edge[e].j + 1, g->edge[e].w, name);
    if (method != ORY_CLUSTER_INERTIA)
        return ORY_OK;
    if (!mass)
        return ory_fail(err, ORY_EINVAL, "the method \"inertia\" needs the masses of the nodes");
    for (i = 0; i < g->n; i++)
        if (!(mass[i] > 0 && isfinite(mass[i])))
            return ory_fail(err, ORY_EINVAL, "mass[%zu] = %g (must be > 0)", i + 1, mass[i]);
    return ORY_OK;
}

/* p of spectral.h into out->weight. */
static ory_status scales(const ory_graph *g, const double *mass, ory_embedding *out, ory_error *err)
{
    size_t i;

    if (normalised(out->method))
        ory_graph_degrees(g, out->weight);
    for (i = 0; i < g->n; i++) {
        if (normalised(out->method) && !(out->weight[i] > 0))
            return ory_fail(err, ORY_EINVAL, "node %zu is isolated: the method \"%s\" needs an edge at every "
                            "node (\"plain\" and \"sign\" do not)", i + 1, ory_cluster_methods[out->method]);
        out->weight[i] = sqrt(normalised(out->method) ? out->weight[i]
                              : out->method == ORY_CLUSTER_INERTIA ? mass[i] : 1);
    }
    return ORY_OK;
}

/* Points from the eigenvectors and p (in out->weight), which turns into the weights. */
static void place(const ory_spectral *s, ory_embedding *out)
{
    bool rows = out->method == ORY_CLUSTER_ROWS;
    size_t i, c, skip = rows ? 0 : 1;

    for (i = 0; i < s->n; i++) {
        const double *v = s->V + i * s->k;
        double scale = out->weight[i];

        if (rows)
            for (c = 0, scale = 0; c < s->k; c++)
                scale = hypot(scale, v[c]);
        for (c = 0; c < out->dim; c++)
            out->x[c * s->n + i] = v[skip + c] / scale;
        out->weight[i] = rows ? 1 : out->weight[i] * out->weight[i];
    }
    memcpy(out->lam, s->lam, s->k * sizeof *out->lam);
}

ory_status ory_embedding_make(const ory_graph *g, ory_cluster_method method, size_t k,
                              const double *mass, ory_embedding *out, ory_error *err)
{
    ory_spectral s = {0};
    ory_status ok;

    if (method == ORY_CLUSTER_AUTO)
        method = k == 2 ? ORY_CLUSTER_SIGN : ORY_CLUSTER_BACH_JORDAN;
    *out = (ory_embedding){.method = method, .n = g->n, .k = k};
    if ((ok = check(g, method, k, mass, err)) != ORY_OK)
        return ok;
    out->dim = method == ORY_CLUSTER_ROWS ? k : k - 1;
    out->x = ory_alloc(out->dim * g->n, sizeof *out->x);
    out->weight = ory_alloc(g->n, sizeof *out->weight);
    out->lam = ory_alloc(k, sizeof *out->lam);
    ok = out->x && out->weight && out->lam
             ? scales(g, mass, out, err)
             : ory_fail(err, ORY_ENOMEM, "out of memory for %zu points", g->n);
    if (ok == ORY_OK) {
        const ory_spectral_how how = {.p = out->weight};

        ok = ory_spectral_bottom(g, k, &how, &s, err);
    }
    if (ok == ORY_OK)
        place(&s, out);
    else
        ory_embedding_fini(out);
    ory_spectral_fini(&s);
    return ok;
}

void ory_embedding_fini(ory_embedding *e)
{
    if (!e)
        return;
    ory_free(e->x);
    ory_free(e->weight);
    ory_free(e->lam);
    memset(e, 0, sizeof *e);
}

void ory_cluster_by_sign(const ory_embedding *e, uint32_t *label)
{
    size_t i;

    for (i = 0; i < e->n; i++)
        label[i] = e->x[i] < -1e-12;
}

/* --------------------------------------------------------------------------- groups */

static ory_status group(const ory_embedding *e, const ory_cluster_how *how, ory_clusters *out,
                        ory_error *err)
{
    size_t restarts = how->restarts ? how->restarts : ORY_CLUSTER_RESTARTS;
    ory_kmeans m;
    ory_status ok = ory_kmeans_init(&m, e->n, e->dim, e->x, e->weight, e->k, err);

    if (ok != ORY_OK)
        return ok;
    if (e->method == ORY_CLUSTER_SIGN) {
        ory_cluster_by_sign(e, m.label);
        ory_kmeans_centre(&m);
        out->squares = ory_kmeans_squares(&m);
        memcpy(out->label, m.label, e->n * sizeof *m.label);
    } else {
        ok = ory_kmeans_best(&m, how->seed, restarts, ORY_CLUSTER_ROUNDS, out->label, &out->squares,
                             &out->restart, err);
    }
    ory_kmeans_fini(&m);
    return ok;
}

/* Groups that need no looking: all nodes one group, or every node its own. */
static void trivial(ory_clusters *out)
{
    size_t i;

    for (i = 0; i < out->n; i++)
        out->label[i] = out->k == 1 ? 0 : (uint32_t)i;
}

static ory_status resolve(const ory_graph *g, const ory_cluster_how *how, ory_clusters *out,
                          ory_error *err)
{
    ory_cluster_gap gap;
    ory_status ok = how->k || how->method == ORY_CLUSTER_SIGN ? ORY_OK : ory_cluster_gaps(g, &gap, err);

    *out = (ory_clusters){.n = g->n, .method = how->method};
    if (ok != ORY_OK)
        return ok;
    out->k = how->k ? how->k : how->method == ORY_CLUSTER_SIGN ? 2 : gap.k;
    if (how->method == ORY_CLUSTER_AUTO)
        out->method = out->k == 2 ? ORY_CLUSTER_SIGN : ORY_CLUSTER_BACH_JORDAN;
    return check(g, out->method, out->k, how->mass, err);
}

ory_status ory_cluster_graph(const ory_graph *g, const ory_cluster_how *how, ory_clusters *out,
                             ory_error *err)
{
    static const ory_cluster_how plain = {0};
    ory_embedding e = {0};
    ory_status ok;

    how = how ? how : &plain;
    if ((ok = resolve(g, how, out, err)) != ORY_OK)
        return ok;
    if (!(out->label = ory_alloc(g->n, sizeof *out->label)))
        return ory_fail(err, ORY_ENOMEM, "out of memory for %zu nodes", g->n);
    if (out->k == 1 || out->k == g->n) {
        trivial(out);
    } else if ((ok = ory_embedding_make(g, out->method, out->k, how->mass, &e, err)) == ORY_OK &&
               (ok = group(&e, how, out, err)) == ORY_OK &&
               ory_labels_order(out->label, g->n, out->k) == SIZE_MAX) {
        ok = ory_fail(err, ORY_ENOMEM, "out of memory for %zu groups", out->k);
    }
    ory_embedding_fini(&e);
    if (ok != ORY_OK)
        ory_clusters_fini(out);
    return ok;
}

void ory_clusters_fini(ory_clusters *c)
{
    if (!c)
        return;
    ory_free(c->label);
    memset(c, 0, sizeof *c);
}

/* ------------------------------------------------------------------------ choice of k */

ory_status ory_cluster_gaps(const ory_graph *g, ory_cluster_gap *out, ory_error *err)
{
    const ory_spectral_how how = {.tol = 1e-4};
    size_t last = g->n - 1 < ORY_CLUSTER_GAPS ? g->n - 1 : ORY_CLUSTER_GAPS, i;
    double most = -1;
    ory_spectral s;
    ory_status ok;

    *out = (ory_cluster_gap){.count = last < 2 ? 0 : last - 1, .k = g->n < 2 ? 1 : 2};
    if ((ok = ory_spectral_bottom(g, last + 1, &how, &s, err)) != ORY_OK)
        return ok;
    memcpy(out->lam, s.lam, (last + 1) * sizeof *out->lam);
    ory_spectral_fini(&s);
    for (i = 0; i < out->count; i++) {
        out->ratio[i] = out->lam[i + 2] / out->lam[i + 1];
        if (out->ratio[i] > most) {
            most = out->ratio[i];
            out->k = i + 2;
        }
    }
    return ORY_OK;
}
