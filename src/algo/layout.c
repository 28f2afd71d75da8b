/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layout.c - backbone of a graph and positions of its nodes by stress majorization. */
#include "config.h"

#include "algo/layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

/* ---------------------------------------------------------------------- backbone */

static int heavier(const void *a, const void *b)
{
    const ory_edge *p = a, *q = b;
    double x = fabs(p->w), y = fabs(q->w);

    if (x != y)
        return x < y ? 1 : -1;
    return p->i != q->i ? (p->i > q->i) - (p->i < q->i) : (p->j > q->j) - (p->j < q->j);
}

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

/* edge[m] heaviest first; tree: those that join two parts (Kruskal). Returns how many. */
static size_t mark_forest(const ory_edge *edge, size_t m, size_t n, uint32_t *parent, bool *tree)
{
    size_t e, count = 0;

    for (e = 0; e < n; e++)
        parent[e] = (uint32_t)e;
    for (e = 0; e < m; e++) {
        uint32_t a = root_of(parent, edge[e].i), b = root_of(parent, edge[e].j);

        tree[e] = a != b;
        count += a != b;
        parent[a] = b;
    }
    return count;
}

ory_status ory_graph_backbone(const ory_graph *g, size_t most, ory_graph *out, ory_error *err)
{
    ory_edge *edge = ory_alloc(g->m, sizeof *edge);
    uint32_t *parent = ory_alloc(g->n, sizeof *parent);
    bool *tree = ory_alloc(g->m, sizeof *tree);
    ory_status ok = ory_graph_init(out, g->n, err);
    size_t e, others;

    if (ok == ORY_OK && (!edge || !parent || !tree))
        ok = ory_fail(err, ORY_ENOMEM, "out of memory for %zu edges", g->m);
    if (ok == ORY_OK) {
        if (g->m > 0)
            memcpy(edge, g->edge, g->m * sizeof *edge);
        qsort(edge, g->m, sizeof *edge, heavier);
        others = mark_forest(edge, g->m, g->n, parent, tree);
        others = most > others ? most - others : 0;
        for (e = 0; ok == ORY_OK && e < g->m; e++) {
            if (!tree[e] && others == 0)
                continue;
            others -= !tree[e];
            ok = ory_graph_add(out, edge[e].i, edge[e].j, edge[e].w, err);
        }
        ory_graph_finish(out);
    }
    ory_free(edge);
    ory_free(parent);
    ory_free(tree);
    if (ok != ORY_OK)
        ory_graph_fini(out);
    return ok;
}

/* ------------------------------------------------------------------------- hops */

typedef struct work {
    size_t n;
    float *d;               /* n x n hops */
    size_t *first;          /* n + 1 */
    uint32_t *next, *queue; /* 2m neighbours, n */
    double *v, *row;        /* n each */
} work;

static void list_neighbours(const ory_graph *g, work *w)
{
    size_t e, i;

    for (e = 0; e < g->m; e++) {
        w->first[g->edge[e].i + 1]++;
        w->first[g->edge[e].j + 1]++;
    }
    for (i = 0; i < g->n; i++)
        w->first[i + 1] += w->first[i];
    for (e = g->m; e-- > 0;) { /* fills each list from its end, first[] moving down */
        w->next[--w->first[g->edge[e].i + 1]] = g->edge[e].j;
        w->next[--w->first[g->edge[e].j + 1]] = g->edge[e].i;
    }
    for (i = 0; i < g->n; i++) /* now first[i + 1] is where list i begins */
        w->first[i] = w->first[i + 1];
    w->first[g->n] = 2 * g->m;
}

/* Breadth first from s; returns the largest distance. Nodes not reached keep -1. */
static float hops_from(work *w, size_t s)
{
    float *d = w->d + s * w->n;
    size_t head = 0, tail = 0, i, k;

    for (i = 0; i < w->n; i++)
        d[i] = -1;
    d[s] = 0;
    w->queue[tail++] = (uint32_t)s;
    while (head < tail) {
        i = w->queue[head++];
        for (k = w->first[i]; k < w->first[i + 1]; k++)
            if (d[w->next[k]] < 0) {
                d[w->next[k]] = d[i] + 1;
                w->queue[tail++] = w->next[k];
            }
    }
    return d[w->queue[tail - 1]];
}

static void all_hops(work *w)
{
    float far = 0;
    size_t i;

    for (i = 0; i < w->n; i++)
        far = fmaxf(far, hops_from(w, i));
    for (i = 0; i < w->n * w->n; i++)
        if (w->d[i] < 0)
            w->d[i] = far + 2; /* another component */
}

/* -------------------------------------------------------------------- positions */

/* One coordinate of classical scaling: the top eigenvector of -J (d^2) J / 2, orthogonal to
 * the coordinate before it, by power iteration from a fixed start. */
static void scale_coordinate(work *w, double *xy, int which)
{
    size_t n = w->n, i, j;
    double total = 0, norm = 0, before = 0;
    int round;

    for (i = 0; i < n; i++) {
        for (j = 0, w->row[i] = 0; j < n; j++)
            w->row[i] += (double)w->d[i * n + j] * w->d[i * n + j] / (double)n;
        total += w->row[i] / (double)n;
        w->v[i] = sin(1.3 + 2.7 * (double)i) + 0.1 * (double)which;
    }
    for (i = 0; which && i < n; i++)
        before += xy[2 * i] * xy[2 * i];
    for (round = 0; round < 40; round++) {
        double dot = 0, next;

        for (i = 0; which && i < n; i++)
            dot += w->v[i] * xy[2 * i];
        for (i = 0; which && before > 0 && i < n; i++)
            w->v[i] -= dot / before * xy[2 * i];
        for (i = 0, norm = 0; i < n; i++)
            norm += w->v[i] * w->v[i];
        norm = norm > 0 ? sqrt(norm) : 1;
        for (i = 0; i < n; i++)
            w->v[i] /= norm;
        for (i = 0; i < n; i++) {
            for (j = 0, next = 0; j < n; j++)
                next -= 0.5 * ((double)w->d[i * n + j] * w->d[i * n + j] - w->row[i] - w->row[j] + total) *
                        w->v[j];
            xy[2 * i + which] = next;
        }
        for (i = 0; i < n; i++)
            w->v[i] = xy[2 * i + which];
    }
    for (i = 0; i < n; i++) /* length sqrt(eigenvalue): near the distances themselves */
        xy[2 * i + which] /= norm > 0 ? sqrt(norm) : 1;
}

/* Every node in turn goes where its springs of strength 1/d^2 and length d pull it: the
 * stress never grows. */
static void relax(const work *w, double *xy)
{
    size_t n = w->n, i, j;

    for (i = 0; i < n; i++) {
        double x = 0, y = 0, sum = 0;

        for (j = 0; j < n; j++) {
            double d = w->d[i * n + j], s, dx, dy, length;

            if (j == i)
                continue;
            s = 1 / (d * d);
            dx = xy[2 * i] - xy[2 * j];
            dy = xy[2 * i + 1] - xy[2 * j + 1];
            length = hypot(dx, dy);
            if (length < 1e-9) { /* on top of each other: part in a direction of their own */
                dx = cos((double)(i + 2 * j));
                dy = sin((double)(i + 2 * j));
                length = 1;
            }
            x += s * (xy[2 * j] + d * dx / length);
            y += s * (xy[2 * j + 1] + d * dy / length);
            sum += s;
        }
        if (sum > 0) {
            xy[2 * i] = x / sum;
            xy[2 * i + 1] = y / sum;
        }
    }
}

static void centre(double *xy, size_t n)
{
    double mean[2] = {0, 0}, most = 0;
    size_t i;

    for (i = 0; i < 2 * n; i++)
        mean[i % 2] += xy[i] / (double)n;
    for (i = 0; i < 2 * n; i++) {
        xy[i] -= mean[i % 2];
        most = fmax(most, fabs(xy[i]));
    }
    for (i = 0; most > 0 && i < 2 * n; i++)
        xy[i] /= most;
}

static void on_circle(double *xy, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        xy[2 * i] = cos(2 * M_PI * (double)i / (double)n);
        xy[2 * i + 1] = sin(2 * M_PI * (double)i / (double)n);
    }
}

static ory_status place(const ory_graph *g, double *xy, ory_error *err)
{
    work w = {.n = g->n, .d = ory_alloc(g->n * g->n, sizeof(float)),
              .first = ory_alloc(g->n + 2, sizeof(size_t)), .next = ory_alloc(2 * g->m, sizeof(uint32_t)),
              .queue = ory_alloc(g->n, sizeof(uint32_t)), .v = ory_alloc(g->n, sizeof(double)),
              .row = ory_alloc(g->n, sizeof(double))};
    double work_left = 3e8 / ((double)g->n * (double)g->n); /* pairs */
    int rounds = work_left > 120 ? 120 : work_left < 12 ? 12 : (int)work_left;
    ory_status ok = ORY_OK;

    if (!w.d || !w.first || !w.next || !w.queue || !w.v || !w.row) {
        ok = ory_fail(err, ORY_ENOMEM, "out of memory for the positions of %zu nodes", g->n);
    } else {
        list_neighbours(g, &w);
        all_hops(&w);
        scale_coordinate(&w, xy, 0);
        scale_coordinate(&w, xy, 1);
        while (rounds-- > 0)
            relax(&w, xy);
        centre(xy, g->n);
    }
    ory_free(w.d);
    ory_free(w.first);
    ory_free(w.next);
    ory_free(w.queue);
    ory_free(w.v);
    ory_free(w.row);
    return ok;
}

ory_status ory_graph_place(const ory_graph *g, double *xy, ory_error *err)
{
    ory_graph bones = {0};
    ory_status ok;

    memset(xy, 0, 2 * g->n * sizeof *xy);
    if (g->n < 2)
        return ORY_OK;
    if (g->n > ORY_PLACE_NODES) {
        on_circle(xy, g->n);
        return ORY_OK;
    }
    if ((ok = ory_graph_backbone(g, 2 * g->n, &bones, err)) != ORY_OK)
        return ok;
    ok = place(&bones, xy, err);
    ory_graph_fini(&bones);
    return ok;
}
