/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_graph.c - a run's network as the panels want it. */
#include "config.h"

#include "app/dash_graph.h"

#include <math.h>

#include "core/mem.h"

struct dash_graph {
    ory_snap_graph graphs[2]; /* the network; its nodes at their points of an embedding */
    size_t count;
    int edges, xy, group, embedding; /* probes; -1: none */
    size_t n, m;
    uint32_t *from, *to;
    double *weight, *x, *y, *u, *v, *read; /* read: what a probe writes */
    int *groups;
    const char **names;
};

void dash_graph_free(dash_graph *g)
{
    if (!g)
        return;
    ory_free(g->from);
    ory_free(g->to);
    ory_free(g->weight);
    ory_free(g->x);
    ory_free(g->y);
    ory_free(g->u);
    ory_free(g->v);
    ory_free(g->read);
    ory_free(g->groups);
    ory_free(g->names);
    ory_free(g);
}

/* A probe of the system itself (not a watch of the user's), with `cols` columns. */
static int find(ory_run *r, const char *name, size_t cols, size_t *rows)
{
    int i = ory_probe_find(ory_run_system(r)->class, name);
    size_t c;

    if (i < 0)
        return -1;
    ory_run_probe_shape(r, i, rows, &c);
    return c == cols ? i : -1;
}

static bool make_room(dash_graph *g)
{
    size_t most = 3 * g->m > 2 * g->n ? 3 * g->m : 2 * g->n;

    g->from = ory_alloc(g->m, sizeof *g->from);
    g->to = ory_alloc(g->m, sizeof *g->to);
    g->weight = ory_alloc(g->m, sizeof *g->weight);
    g->x = ory_alloc(g->n, sizeof *g->x);
    g->y = ory_alloc(g->n, sizeof *g->y);
    g->u = ory_alloc(g->n, sizeof *g->u);
    g->v = ory_alloc(g->n, sizeof *g->v);
    g->read = ory_alloc(most, sizeof *g->read);
    g->groups = ory_alloc(g->n, sizeof *g->groups);
    g->names = ory_alloc(g->n, sizeof *g->names);
    return g->from && g->to && g->weight && g->x && g->y && g->u && g->v && g->read && g->groups &&
           g->names;
}

/* Edges are read once: what changes while a run goes on is the colour of nodes. */
static ory_status read_edges(dash_graph *g, ory_run *r)
{
    size_t e;

    if (ory_run_read(r, g->edges, g->read, NULL) != ORY_OK)
        return ORY_EUNDEF;
    for (e = 0; e < g->m; e++) {
        g->from[e] = (uint32_t)(g->read[3 * e] - 1);
        g->to[e] = (uint32_t)(g->read[3 * e + 1] - 1);
        g->weight[e] = g->read[3 * e + 2];
    }
    return ORY_OK;
}

static void name_nodes(dash_graph *g, const ory_system *sys)
{
    size_t i;

    int probe = g->group >= 0 ? g->group : g->xy;

    if (!sys->class->entry || probe < 0 || !sys->class->entry(sys, probe, 0))
        return;
    for (i = 0; i < g->n; i++)
        g->names[i] = sys->class->entry(sys, probe, i);
    g->graphs[0].names = g->graphs[1].names = g->names;
}

ory_status dash_graph_make(dash_graph **out, ory_run *r)
{
    size_t m = 0, n = 0;
    int edges = find(r, "edges", 3, &m), xy = find(r, "xy", 2, &n);
    int group = find(r, "group", 1, &n), embedding = find(r, "embedding", 2, &n);
    dash_graph *g;

    dash_graph_free(*out);
    *out = NULL;
    if (edges < 0 || n == 0)
        return ORY_OK;
    if (!(g = ory_alloc(1, sizeof *g)))
        return ORY_ENOMEM;
    *g = (dash_graph){.edges = edges, .xy = xy, .group = group, .embedding = embedding,
                      .count = embedding < 0 ? 1 : 2, .n = n, .m = m};
    if (!make_room(g)) {
        dash_graph_free(g);
        return ORY_ENOMEM;
    }
    if (read_edges(g, r) != ORY_OK) {
        dash_graph_free(g);
        return ORY_OK;
    }
    g->graphs[0] = (ory_snap_graph){.name = "network", .n = n, .edges = m, .from = g->from, .to = g->to,
                                    .weight = g->weight};
    g->graphs[1] = (ory_snap_graph){.name = "embedding", .n = n};
    name_nodes(g, ory_run_system(r));
    *out = g;
    return ORY_OK;
}

/* The probe's two columns into x and y, which the graph then shows. */
static void read_places(dash_graph *g, ory_run *r, int probe, ory_snap_graph *graph, double *x, double *y)
{
    size_t i;

    graph->x = graph->y = NULL;
    if (probe < 0 || ory_run_read(r, probe, g->read, NULL) != ORY_OK)
        return;
    for (i = 0; i < g->n; i++) {
        x[i] = g->read[2 * i];
        y[i] = g->read[2 * i + 1];
    }
    graph->x = x;
    graph->y = y;
}

const ory_snap_graph *dash_graph_read(dash_graph *g, ory_run *r, size_t *count)
{
    size_t i;

    *count = g ? g->count : 0;
    if (!g)
        return NULL;
    read_places(g, r, g->xy, &g->graphs[0], g->x, g->y);
    read_places(g, r, g->embedding, &g->graphs[1], g->u, g->v);
    g->graphs[0].group = g->graphs[1].group = NULL;
    if (g->group >= 0 && ory_run_read(r, g->group, g->read, NULL) == ORY_OK) {
        for (i = 0; i < g->n; i++)
            g->groups[i] = isfinite(g->read[i]) ? (int)g->read[i] - 1 : 0;
        g->graphs[0].group = g->graphs[1].group = g->groups;
    }
    return g->graphs;
}
