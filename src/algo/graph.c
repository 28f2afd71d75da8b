/* SPDX-License-Identifier: GPL-3.0-or-later */
/* graph.c - graphs as lists of edges: memory, reading, Laplacians, Kron reduction. */
#include "config.h"

#include "algo/graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/linalg.h"
#include "core/mem.h"

ory_status ory_graph_init(ory_graph *g, size_t n, ory_error *err)
{
    *g = (ory_graph){.n = n};
    if (n < 1 || n > ORY_GRAPH_NODES)
        return ory_fail(err, ORY_EINVAL, "a graph of %zu nodes (must be 1 to %d)", n,
                        ORY_GRAPH_NODES);
    return ORY_OK;
}

void ory_graph_fini(ory_graph *g)
{
    if (!g)
        return;
    ory_free(g->edge);
    ory_free(g->xy);
    ory_free(g->group);
    memset(g, 0, sizeof *g);
}

ory_status ory_graph_add(ory_graph *g, size_t i, size_t j, double w, ory_error *err)
{
    if (i >= g->n || j >= g->n)
        return ory_fail(err, ORY_ERANGE, "edge %zu-%zu: the graph has %zu nodes", i + 1, j + 1, g->n);
    if (!isfinite(w))
        return ory_fail(err, ORY_EINVAL, "edge %zu-%zu: weight %g (must be finite)", i + 1, j + 1, w);
    if (g->m == g->room) {
        size_t room = g->room ? 2 * g->room : 64;
        ory_edge *more = ory_resize(g->edge, g->room, room, sizeof *more);

        if (!more)
            return ory_fail(err, ORY_ENOMEM, "out of memory for %zu edges", room);
        g->edge = more;
        g->room = room;
    }
    g->edge[g->m++] = i < j ? (ory_edge){(uint32_t)i, (uint32_t)j, w}
                            : (ory_edge){(uint32_t)j, (uint32_t)i, w};
    return ORY_OK;
}

static int by_nodes(const void *a, const void *b)
{
    const ory_edge *e = a, *f = b;

    if (e->i != f->i)
        return e->i < f->i ? -1 : 1;
    return (e->j > f->j) - (e->j < f->j);
}

void ory_graph_finish(ory_graph *g)
{
    size_t e, kept = 0;

    for (e = 1; e < g->m; e++)
        if (by_nodes(&g->edge[e - 1], &g->edge[e]) > 0) {
            qsort(g->edge, g->m, sizeof *g->edge, by_nodes);
            break;
        }
    for (e = 0; e < g->m; e++) {
        const ory_edge *now = &g->edge[e];

        if (kept && by_nodes(&g->edge[kept - 1], now) == 0)
            g->edge[kept - 1].w += now->w;
        else if (now->i != now->j)
            g->edge[kept++] = *now;
    }
    for (e = g->m = 0; e < kept; e++)
        if (g->edge[e].w != 0)
            g->edge[g->m++] = g->edge[e];
}

/* ------------------------------------------------------------------- reading */

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

size_t ory_graph_components(const ory_graph *g, uint32_t *label)
{
    uint32_t *parent = ory_alloc(g->n, sizeof *parent), *name = ory_alloc(g->n, sizeof *name);
    size_t i, e, count = 0;

    if (parent && name) {
        for (i = 0; i < g->n; i++)
            parent[i] = (uint32_t)i;
        for (e = 0; e < g->m; e++) {
            uint32_t a = root_of(parent, g->edge[e].i), b = root_of(parent, g->edge[e].j);

            if (a < b)
                parent[b] = a;
            else
                parent[a] = b;
        }
        /* A root is the smallest node of its component: it is met first. */
        for (i = 0; i < g->n; i++) {
            uint32_t r = root_of(parent, (uint32_t)i);

            if (r == i)
                name[i] = (uint32_t)count++;
            label[i] = name[r];
        }
    } else {
        count = SIZE_MAX;
    }
    ory_free(parent);
    ory_free(name);
    return count;
}

void ory_graph_degrees(const ory_graph *g, double *d)
{
    size_t e;

    memset(d, 0, g->n * sizeof *d);
    for (e = 0; e < g->m; e++) {
        d[g->edge[e].i] += g->edge[e].w;
        d[g->edge[e].j] += g->edge[e].w;
    }
}

void ory_graph_laplacian(const ory_graph *g, ory_mat *L)
{
    size_t i, e;

    for (i = 0; i < g->n; i++)
        memset(ory_mat_at(L, i, 0), 0, g->n * sizeof(double));
    for (e = 0; e < g->m; e++) {
        const ory_edge *now = &g->edge[e];

        *ory_mat_at(L, now->i, now->j) -= now->w;
        *ory_mat_at(L, now->j, now->i) -= now->w;
        *ory_mat_at(L, now->i, now->i) += now->w;
        *ory_mat_at(L, now->j, now->j) += now->w;
    }
}

/* Edges come ascending by (i, j), so that filling rows in two passes, first the
 * partners below, then those above the diagonal, leaves every row ascending. */
ory_status ory_graph_sparse_laplacian(const ory_graph *g, ory_sparse *L, ory_error *err)
{
    size_t i, e, *at;
    ory_status ok = ory_sparse_new(L, g->n, g->n + 2 * g->m, err);

    if (ok != ORY_OK)
        return ok;
    if (!(at = ory_alloc(g->n, sizeof *at))) {
        ory_sparse_free(L);
        return ory_fail(err, ORY_ENOMEM, "out of memory for a Laplacian of %zu nodes", g->n);
    }
    for (i = 0; i < g->n; i++)
        L->start[i + 1] = 1;
    for (e = 0; e < g->m; e++) {
        L->start[g->edge[e].i + 1]++;
        L->start[g->edge[e].j + 1]++;
    }
    for (i = 0; i < g->n; i++)
        L->start[i + 1] += L->start[i];
    memcpy(at, L->start, g->n * sizeof *at);
    for (e = 0; e < g->m; e++) {
        size_t place = at[g->edge[e].j]++;

        L->col[place] = g->edge[e].i;
        L->value[place] = -g->edge[e].w;
    }
    for (i = 0; i < g->n; i++)
        L->col[at[i]++] = (uint32_t)i;
    for (e = 0; e < g->m; e++) {
        size_t place = at[g->edge[e].i]++;

        L->col[place] = g->edge[e].j;
        L->value[place] = -g->edge[e].w;
    }
    for (i = 0; i < g->n; i++) {
        double sum = 0;
        size_t diagonal = L->start[i];

        for (e = L->start[i]; e < L->start[i + 1]; e++)
            if (L->col[e] == i)
                diagonal = e;
            else
                sum -= L->value[e];
        L->value[diagonal] = sum;
    }
    ory_free(at);
    return ORY_OK;
}

double ory_graph_weight_total(const ory_graph *g)
{
    double sum = 0;
    size_t e;

    for (e = 0; e < g->m; e++)
        sum += g->edge[e].w;
    return sum;
}

bool ory_graph_negative(const ory_graph *g, size_t *edge)
{
    size_t e;

    for (e = 0; e < g->m; e++)
        if (g->edge[e].w < 0) {
            if (edge)
                *edge = e;
            return true;
        }
    return false;
}

/* ------------------------------------------------------------- from a Laplacian */

static double largest_entry(const ory_mat *L)
{
    double max = 0;
    size_t i, j;

    for (i = 0; i < L->rows; i++)
        for (j = 0; j < L->cols; j++)
            if (!(fabs(*ory_mat_at(L, i, j)) <= max))
                max = fabs(*ory_mat_at(L, i, j));
    return max;
}

static ory_status check_laplacian(const ory_mat *L, ory_error *err)
{
    double max = largest_entry(L);
    size_t i, j;

    if (L->rows != L->cols)
        return ory_fail(err, ORY_ESHAPE, "a Laplacian must be square, this one is %zu x %zu", L->rows,
                        L->cols);
    for (i = 0; i < L->rows; i++) {
        double sum = 0;

        for (j = 0; j < L->cols; j++) {
            double a = *ory_mat_at(L, i, j), b = *ory_mat_at(L, j, i);

            if (!isfinite(a))
                return ory_fail(err, ORY_EINVAL, "Laplacian entry (%zu, %zu) is %g (must be finite)",
                                i + 1, j + 1, a);
            if (fabs(a - b) > 1e-9 * max)
                return ory_fail(err, ORY_EINVAL,
                                "the Laplacian is not symmetric: entry (%zu, %zu) is %g, (%zu, %zu) "
                                "is %g", i + 1, j + 1, a, j + 1, i + 1, b);
            sum += a;
        }
        if (fabs(sum) > 1e-8 * max)
            return ory_fail(err, ORY_EINVAL,
                            "row %zu of the Laplacian sums to %g (must be 0 within %g)", i + 1, sum,
                            1e-8 * max);
    }
    return ORY_OK;
}

ory_status ory_graph_from_laplacian(ory_graph *g, const ory_mat *L, ory_error *err)
{
    ory_status ok = ory_graph_init(g, L->rows, err);
    size_t i, j;

    if (ok == ORY_OK)
        ok = check_laplacian(L, err);
    for (i = 0; ok == ORY_OK && i < L->rows; i++)
        for (j = i + 1; ok == ORY_OK && j < L->cols; j++) {
            double w = -0.5 * (*ory_mat_at(L, i, j) + *ory_mat_at(L, j, i));

            if (w != 0)
                ok = ory_graph_add(g, i, j, w, err);
        }
    if (ok != ORY_OK)
        ory_graph_fini(g);
    return ok;
}

/* -------------------------------------------------------------- Kron reduction */

static void pick(const ory_mat *L, const size_t *rows, const size_t *cols, ory_mat *out)
{
    size_t i, j;

    for (i = 0; i < out->rows; i++)
        for (j = 0; j < out->cols; j++)
            *ory_mat_at(out, i, j) = *ory_mat_at(L, rows[i], cols[j]);
}

static void symmetrise(ory_mat *a)
{
    size_t i, j;

    for (i = 0; i < a->rows; i++)
        for (j = 0; j < i; j++) {
            double mean = 0.5 * (*ory_mat_at(a, i, j) + *ory_mat_at(a, j, i));

            *ory_mat_at(a, i, j) = *ory_mat_at(a, j, i) = mean;
        }
}

/* The nodes that go, ascending, into gone; false when keep names a node twice. */
static bool complement(size_t n, const size_t *keep, size_t k, bool *kept, size_t *gone)
{
    size_t i, e = 0;

    for (i = 0; i < k; i++) {
        if (keep[i] >= n || kept[keep[i]])
            return false;
        kept[keep[i]] = true;
    }
    for (i = 0; i < n; i++)
        if (!kept[i])
            gone[e++] = i;
    return true;
}

ory_status ory_kron_reduce(const ory_mat *L, const size_t *keep, size_t k, ory_mat *R,
                           ory_error *err)
{
    size_t n = L->rows, g = n - k;
    bool *kept = ory_alloc(n, sizeof *kept);
    size_t *gone = ory_alloc(g, sizeof *gone);
    ory_mat ee = {0}, ek = {0}, ke = {0}, x = {0};
    ory_status ok = ORY_ENOMEM;

    if (!kept || !gone)
        ory_fail(err, ORY_ENOMEM, "out of memory");
    else if (!complement(n, keep, k, kept, gone))
        ok = ory_fail(err, ORY_EINVAL, "the nodes to keep must be different and lie in 1 to %zu", n);
    else if ((ok = ory_mat_new(&ee, g, g, err)) == ORY_OK &&
             (ok = ory_mat_new(&ek, g, k, err)) == ORY_OK &&
             (ok = ory_mat_new(&ke, k, g, err)) == ORY_OK)
        ok = ory_mat_new(&x, g, k, err);
    if (ok == ORY_OK) {
        pick(L, keep, keep, R);
        pick(L, gone, gone, &ee);
        pick(L, gone, keep, &ek);
        pick(L, keep, gone, &ke);
        if (g && (ok = ory_solve(&ee, &ek, &x, err)) == ORY_OK)
            ory_gemm(ORY_PLAIN, ORY_PLAIN, -1, &ke, &x, 1, R);
        symmetrise(R);
    }
    ory_mat_free(&ee);
    ory_mat_free(&ek);
    ory_mat_free(&ke);
    ory_mat_free(&x);
    ory_free(kept);
    ory_free(gone);
    return ok;
}
