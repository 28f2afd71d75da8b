/* SPDX-License-Identifier: GPL-3.0-or-later */
/* graph_build.c - builders of graphs: regular ones, random ones, given ones. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "algo/graph.h"
#include "core/mem.h"

/* Ends a builder: finished on success, released on failure. */
static ory_status close_graph(ory_graph *g, ory_status ok)
{
    if (ok == ORY_OK)
        ory_graph_finish(g);
    else
        ory_graph_fini(g);
    return ok;
}

ory_status ory_graph_path(ory_graph *g, size_t n, double w, ory_error *err)
{
    ory_status ok = ory_graph_init(g, n, err);
    size_t i;

    for (i = 1; ok == ORY_OK && i < n; i++)
        ok = ory_graph_add(g, i - 1, i, w, err);
    return close_graph(g, ok);
}

ory_status ory_graph_ring(ory_graph *g, size_t n, double w, ory_error *err)
{
    ory_status ok = ory_graph_path(g, n, w, err);

    /* Two nodes have one edge: a ring of two is a path. */
    if (ok == ORY_OK && n > 2)
        ok = ory_graph_add(g, n - 1, 0, w, err);
    return close_graph(g, ok);
}

ory_status ory_graph_star(ory_graph *g, size_t n, double w, ory_error *err)
{
    ory_status ok = ory_graph_init(g, n, err);
    size_t i;

    for (i = 1; ok == ORY_OK && i < n; i++)
        ok = ory_graph_add(g, 0, i, w, err);
    return close_graph(g, ok);
}

ory_status ory_graph_complete(ory_graph *g, size_t n, double w, ory_error *err)
{
    ory_status ok = ory_graph_init(g, n, err);
    size_t i, j;

    if (ok == ORY_OK && n > 20000)
        ok = ory_fail(err, ORY_EINVAL, "a complete graph of %zu nodes (at most 20000)", n);
    for (i = 0; ok == ORY_OK && i < n; i++)
        for (j = i + 1; ok == ORY_OK && j < n; j++)
            ok = ory_graph_add(g, i, j, w, err);
    return close_graph(g, ok);
}

static ory_status place(ory_graph *g, ory_error *err)
{
    g->xy = ory_alloc(2 * g->n, sizeof *g->xy);
    return g->xy ? ORY_OK : ory_fail(err, ORY_ENOMEM, "out of memory for %zu nodes", g->n);
}

ory_status ory_graph_grid(ory_graph *g, size_t rows, size_t cols, double w, ory_error *err)
{
    bool fits = rows >= 1 && cols >= 1 && rows <= ORY_GRAPH_NODES / cols;
    ory_status ok = ory_graph_init(g, fits ? rows * cols : 0, err);
    size_t r, c;

    if (ok == ORY_OK)
        ok = place(g, err);
    for (r = 0; ok == ORY_OK && r < rows; r++)
        for (c = 0; ok == ORY_OK && c < cols; c++) {
            size_t i = r * cols + c;

            g->xy[2 * i] = (double)c;
            g->xy[2 * i + 1] = (double)r;
            if (c + 1 < cols)
                ok = ory_graph_add(g, i, i + 1, w, err);
            if (ok == ORY_OK && r + 1 < rows)
                ok = ory_graph_add(g, i, i + cols, w, err);
        }
    return close_graph(g, ok);
}

/* ----------------------------------------------------------------------- random */

/* How many trials of probability p fail before the next success: the gaps of a list of
 * independent draws, so that only successes cost time. */
static double skip(ory_rng *rng, double p)
{
    if (p >= 1)
        return 0;
    return floor(log1p(-ory_rng_uniform(rng)) / log1p(-p));
}

/* All pairs (i, j), i in a rows from r0, j in b columns from c0; same: i < j only. */
typedef struct block {
    size_t r0, rows, c0, cols;
    bool same;
    double p, w;
} block;

/* Pair number t of a block, row by row. */
static void pair_at(const block *b, double t, size_t *i, size_t *j)
{
    double n = (double)b->rows, row;

    if (!b->same) {
        *i = b->r0 + (size_t)(t / (double)b->cols);
        *j = b->c0 + (size_t)fmod(t, (double)b->cols);
        return;
    }
    /* Row i has n - 1 - i pairs; the root is at most one off by rounding. */
    row = floor(n - 0.5 - sqrt((n - 0.5) * (n - 0.5) - 2 * t));
    while (row > 0 && row * n - row * (row + 1) / 2 > t)
        row--;
    while ((row + 1) * n - (row + 1) * (row + 2) / 2 <= t)
        row++;
    *i = b->r0 + (size_t)row;
    *j = b->c0 + (size_t)(t - (row * n - row * (row + 1) / 2) + row + 1);
}

static ory_status join(ory_graph *g, const block *b, ory_rng *rng, ory_error *err)
{
    double n = (double)b->rows, pairs = b->same ? n * (n - 1) / 2 : n * (double)b->cols, t;
    ory_status ok = ORY_OK;
    size_t i, j;

    if (b->p <= 0 || b->w == 0)
        return ORY_OK;
    for (t = skip(rng, b->p); ok == ORY_OK && t < pairs; t += 1 + skip(rng, b->p)) {
        pair_at(b, t, &i, &j);
        ok = ory_graph_add(g, i, j, b->w, err);
    }
    return ok;
}

ory_status ory_graph_random(ory_graph *g, size_t n, double p, double w, ory_rng *rng,
                            ory_error *err)
{
    ory_status ok = ory_graph_init(g, n, err);

    if (ok == ORY_OK && !(p >= 0 && p <= 1))
        ok = ory_fail(err, ORY_EINVAL, "probability %g (must be in [0, 1])", p);
    if (ok == ORY_OK)
        ok = join(g, &(block){0, n, 0, n, true, p, w}, rng, err);
    return close_graph(g, ok);
}

/* Points are sorted into square cells of side `radius`; only neighbouring cells meet. */
static ory_status join_near(ory_graph *g, double radius, double w, ory_error *err)
{
    size_t side = (size_t)fmax(1, fmin(1000, floor(1 / radius))), i, c;
    size_t *first = ory_alloc(side * side, sizeof *first), *next = ory_alloc(g->n, sizeof *next);
    ory_status ok = first && next ? ORY_OK : ory_fail(err, ORY_ENOMEM, "out of memory");

    for (i = 0; ok == ORY_OK && i < g->n; i++) {
        const double *a = g->xy + 2 * i;
        size_t cx = (size_t)(a[0] * (double)side), cy = (size_t)(a[1] * (double)side);
        size_t x, y;

        for (y = cy ? cy - 1 : 0; y <= cy + 1 && y < side; y++)
            for (x = cx ? cx - 1 : 0; x <= cx + 1 && x < side; x++)
                for (c = first[y * side + x]; ok == ORY_OK && c; c = next[c - 1]) {
                    const double *b = g->xy + 2 * (c - 1);

                    if (hypot(a[0] - b[0], a[1] - b[1]) < radius)
                        ok = ory_graph_add(g, i, c - 1, w, err);
                }
        next[i] = first[cy * side + cx];
        first[cy * side + cx] = i + 1;
    }
    ory_free(first);
    ory_free(next);
    return ok;
}

ory_status ory_graph_geometric(ory_graph *g, size_t n, double radius, double w, ory_rng *rng,
                               ory_error *err)
{
    ory_status ok = ory_graph_init(g, n, err);

    if (ok == ORY_OK && !(radius > 0 && radius <= 2))
        ok = ory_fail(err, ORY_EINVAL, "radius %g (must be in (0, 2])", radius);
    if (ok == ORY_OK)
        ok = place(g, err);
    if (ok == ORY_OK) {
        ory_rng_fill_uniform(rng, g->xy, 2 * n, 0, 1);
        ok = join_near(g, radius, w, err);
    }
    return close_graph(g, ok);
}

/* ----------------------------------------------------------- stochastic block model */

static ory_status check_blocks(const size_t *sizes, size_t k, const ory_mat *Q, const ory_mat *W,
                               ory_error *err)
{
    size_t a, b;

    if (Q->rows != k || Q->cols != k || W->rows != k || W->cols != k)
        return ory_fail(err, ORY_ESHAPE, "%zu groups: Q is %zu x %zu and W is %zu x %zu", k, Q->rows,
                        Q->cols, W->rows, W->cols);
    for (a = 0; a < k; a++) {
        if (sizes[a] < 1)
            return ory_fail(err, ORY_EINVAL, "group %zu has size 0 (must be >= 1)", a + 1);
        for (b = 0; b < k; b++) {
            double q = *ory_mat_at(Q, a, b), w = *ory_mat_at(W, a, b);

            if (!(q >= 0 && q <= 1))
                return ory_fail(err, ORY_EINVAL, "Q(%zu, %zu) = %g (must be in [0, 1])", a + 1, b + 1,
                                q);
            if (!(w >= 0) || isinf(w))
                return ory_fail(err, ORY_EINVAL, "W(%zu, %zu) = %g (must be finite and >= 0)", a + 1,
                                b + 1, w);
            if (q != *ory_mat_at(Q, b, a) || w != *ory_mat_at(W, b, a))
                return ory_fail(err, ORY_EINVAL, "%s is not symmetric at (%zu, %zu)",
                                q != *ory_mat_at(Q, b, a) ? "Q" : "W", a + 1, b + 1);
        }
    }
    return ORY_OK;
}

/* New names for the nodes, in edges and groups alike. */
static ory_status shuffle_nodes(ory_graph *g, ory_rng *rng, ory_error *err)
{
    size_t *to = ory_alloc(g->n, sizeof *to), i, e;
    uint32_t *group = ory_alloc(g->n, sizeof *group);

    if (!to || !group) {
        ory_free(to);
        ory_free(group);
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    }
    ory_rng_permutation(rng, to, g->n);
    for (i = 0; i < g->n; i++)
        group[to[i]] = g->group[i];
    for (e = 0; e < g->m; e++) {
        size_t a = to[g->edge[e].i], b = to[g->edge[e].j];

        g->edge[e].i = (uint32_t)(a < b ? a : b);
        g->edge[e].j = (uint32_t)(a < b ? b : a);
    }
    ory_free(g->group);
    g->group = group;
    ory_free(to);
    return ORY_OK;
}

ory_status ory_graph_sbm(ory_graph *g, const size_t *sizes, size_t k, const ory_mat *Q,
                         const ory_mat *W, bool shuffle, ory_rng *rng, ory_error *err)
{
    size_t n = 0, a, b, i, ra, rb;
    ory_status ok = ORY_OK;

    *g = (ory_graph){0};
    if ((ok = check_blocks(sizes, k, Q, W, err)) != ORY_OK)
        return ok;
    for (a = 0; a < k && n <= ORY_GRAPH_NODES; a++)
        n += sizes[a] <= ORY_GRAPH_NODES ? sizes[a] : ORY_GRAPH_NODES + 1;
    ok = ory_graph_init(g, n, err);
    if (ok == ORY_OK && !(g->group = ory_alloc(n, sizeof *g->group)))
        ok = ory_fail(err, ORY_ENOMEM, "out of memory for %zu nodes", n);
    for (a = 0, ra = 0; ok == ORY_OK && a < k; ra += sizes[a++]) {
        for (i = 0; i < sizes[a]; i++)
            g->group[ra + i] = (uint32_t)a;
        for (b = a, rb = ra; ok == ORY_OK && b < k; rb += sizes[b++]) {
            block at = {ra, sizes[a], rb, sizes[b], a == b, *ory_mat_at(Q, a, b),
                        *ory_mat_at(W, a, b)};

            ok = join(g, &at, rng, err);
        }
    }
    if (ok == ORY_OK && shuffle)
        ok = shuffle_nodes(g, rng, err);
    return close_graph(g, ok);
}

/* ------------------------------------------------------------------------ given */

static bool is_node(double x)
{
    return x >= 1 && x <= ORY_GRAPH_NODES && x == floor(x);
}

ory_status ory_graph_from_edges(ory_graph *g, size_t n, const ory_mat *edges, ory_error *err)
{
    double most = 1;
    size_t e;
    ory_status ok;

    *g = (ory_graph){0};
    if (edges->cols != 2 && edges->cols != 3)
        return ory_fail(err, ORY_ESHAPE,
                        "a list of edges has columns from, to and perhaps weight; this one has %zu",
                        edges->cols);
    for (e = 0; e < edges->rows; e++) {
        const double *row = ory_mat_at(edges, e, 0);

        if (!is_node(row[0]) || !is_node(row[1]))
            return ory_fail(err, ORY_EINVAL, "edge %zu: %g-%g (nodes are whole numbers from 1)", e + 1,
                            row[0], row[1]);
        most = fmax(most, fmax(row[0], row[1]));
    }
    ok = ory_graph_init(g, n ? n : (size_t)most, err);
    for (e = 0; ok == ORY_OK && e < edges->rows; e++) {
        const double *row = ory_mat_at(edges, e, 0);

        ok = ory_graph_add(g, (size_t)row[0] - 1, (size_t)row[1] - 1, edges->cols == 3 ? row[2] : 1,
                           err);
    }
    return close_graph(g, ok);
}

static bool rows_sum_to_zero(const ory_mat *a)
{
    double sum, size;
    size_t i, j;

    for (i = 0; i < a->rows; i++) {
        for (j = 0, sum = size = 0; j < a->cols; j++) {
            sum += *ory_mat_at(a, i, j);
            size += fabs(*ory_mat_at(a, i, j));
        }
        if (!(fabs(sum) <= 1e-6 * size))
            return false;
    }
    return true;
}

ory_status ory_graph_from_matrix(ory_graph *g, const ory_mat *a, ory_error *err)
{
    bool edges = a->cols == 2 || a->cols == 3;

    if (edges && !(a->rows == a->cols && rows_sum_to_zero(a)))
        return ory_graph_from_edges(g, 0, a, err);
    return ory_graph_from_laplacian(g, a, err);
}

ory_status ory_graph_edge_matrix(const ory_graph *g, ory_mat *out, ory_error *err)
{
    size_t e;
    bool told = false;
    ory_status ok;

    for (e = 0; e < g->m; e++)
        told |= g->edge[e].j == g->n - 1;
    if ((ok = ory_mat_new(out, g->m + !told, 3, err)) != ORY_OK)
        return ok;
    for (e = 0; e < g->m; e++) {
        double *row = ory_mat_at(out, e, 0);

        row[0] = g->edge[e].i + 1.0;
        row[1] = g->edge[e].j + 1.0;
        row[2] = g->edge[e].w;
    }
    if (!told)
        *ory_mat_at(out, e, 0) = *ory_mat_at(out, e, 1) = (double)g->n;
    return ORY_OK;
}
