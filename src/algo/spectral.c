/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spectral.c - the bottom of the spectrum: the known null space, the dense way, the choice
 * of the way. With the null space lifted above everything else the dense solver finds the
 * rest orthogonal to it. */
#include "config.h"

#include "algo/spectral_impl.h"

#include <math.h>
#include <string.h>

#include "algo/vec.h"
#include "core/linalg.h"
#include "core/mem.h"

void ory_spectral_fini(ory_spectral *s)
{
    if (!s)
        return;
    ory_free(s->lam);
    ory_free(s->V);
    memset(s, 0, sizeof *s);
}

static void problem_fini(spectral_problem *w)
{
    ory_sparse_free(&w->S);
    ory_free(w->p);
    ory_free(w->label);
    ory_free(w->norm);
    ory_free(w->sums);
    ory_free(w->near);
    ory_free(w->scaled);
}

/* S = D(1/p) L D(1/p) and Gershgorin's limit of its spectrum. */
static ory_status make_operator(const ory_graph *g, spectral_problem *w, ory_error *err)
{
    ory_status ok = ory_graph_sparse_laplacian(g, &w->S, err);
    size_t i, e;

    for (i = 0; ok == ORY_OK && i < w->n; i++) {
        double row = 0;

        for (e = w->S.start[i]; e < w->S.start[i + 1]; e++) {
            row += fabs(w->S.value[e]) / (w->p[i] * w->p[i]); /* of the similar D(1/p^2) L */
            w->S.value[e] /= w->p[i] * w->p[w->S.col[e]];
        }
        w->top = fmax(w->top, row);
    }
    return ok;
}

/* A graph whose edges all weigh the same is multiplied by its neighbours alone: a third of the
 * numbers to fetch. Without memory it is done the common way. */
static void list_neighbours(const ory_graph *g, spectral_problem *w)
{
    size_t i, e, at = 0;

    for (e = 0; e < g->m; e++)
        if (g->edge[e].w != g->edge[0].w)
            return;
    w->near = ory_alloc(2 * g->m, sizeof *w->near);
    w->scaled = ory_alloc(w->n, sizeof *w->scaled);
    w->weight = g->m ? g->edge[0].w : 0;
    if (!w->near || !w->scaled) {
        ory_free(w->near);
        w->near = NULL;
        return;
    }
    for (i = 0; i < w->n; i++)
        for (e = w->S.start[i]; e < w->S.start[i + 1]; e++)
            if (w->S.col[e] != i)
                w->near[at++] = w->S.col[e];
}

void spectral_multiply(const spectral_problem *w, const double *v, double *out)
{
    const double *x = w->scaled;
    size_t i;

    if (!w->near) {
        ory_sparse_mul(&w->S, v, out);
        return;
    }
    for (i = 0; i < w->n; i++)
        w->scaled[i] = v[i] / w->p[i];
    for (i = 0; i < w->n; i++) {
        const uint32_t *at = w->near + w->S.start[i] - i, *end = w->near + w->S.start[i + 1] - i - 1;
        double degree = (double)(end - at), s0 = 0, s1 = 0, s2 = 0, s3 = 0;

        for (; end - at >= 4; at += 4) {
            s0 += x[at[0]];
            s1 += x[at[1]];
            s2 += x[at[2]];
            s3 += x[at[3]];
        }
        for (; at < end; at++)
            s0 += x[*at];
        out[i] = w->weight * (degree * x[i] - ((s0 + s2) + (s1 + s3))) / w->p[i];
    }
}

static ory_status problem_init(const ory_graph *g, const double *p, spectral_problem *w, ory_error *err)
{
    size_t n = g->n, i;

    *w = (spectral_problem){.n = n};
    w->p = ory_alloc(n, sizeof *w->p);
    w->label = ory_alloc(n, sizeof *w->label);
    if (!w->p || !w->label || (w->components = ory_graph_components(g, w->label)) == SIZE_MAX ||
        !(w->norm = ory_alloc(w->components, sizeof *w->norm)) ||
        !(w->sums = ory_alloc(w->components, sizeof *w->sums)))
        return ory_fail(err, ORY_ENOMEM, "out of memory for the spectrum of %zu nodes", n);
    for (i = 0; i < n; i++) {
        w->p[i] = p ? p[i] : 1;
        w->norm[w->label[i]] += w->p[i] * w->p[i];
    }
    for (i = 0; i < w->components; i++)
        w->norm[i] = sqrt(w->norm[i]);
    return make_operator(g, w, err);
}

/* One component. */
ORY_CLONES
static void project_one(const spectral_problem *w, double *v)
{
    ory_vec_axpy(-ory_vec_dot(w->p, v, w->n) / (w->norm[0] * w->norm[0]), w->p, v, w->n);
}

void spectral_project(const spectral_problem *w, double *v)
{
    size_t i;

    if (w->components == 1) {
        project_one(w, v);
        return;
    }
    memset(w->sums, 0, w->components * sizeof *w->sums);
    for (i = 0; i < w->n; i++)
        w->sums[w->label[i]] += w->p[i] * v[i];
    for (i = 0; i < w->components; i++)
        w->sums[i] /= w->norm[i] * w->norm[i];
    for (i = 0; i < w->n; i++)
        v[i] -= w->sums[w->label[i]] * w->p[i];
}

/* Null vectors into the first columns of V. The unit vectors u_a = p/|p_a| on component a span
 * the null space; p/|p| = sum_a t_a u_a with t_a = |p_a|/|p|, and the reflection that takes e_1
 * to t gives the others. */
static void put_null_space(const spectral_problem *w, ory_spectral *out)
{
    double all = 0, others = 0, shift;
    size_t i, j;

    for (i = 0; i < w->components; i++) {
        all = hypot(all, w->norm[i]);
        others = i ? hypot(others, w->norm[i]) : 0;
    }
    /* (t - e_1)'(t - e_1) / 2 = 1 - t_1 = (1 - t_1^2)/(1 + t_1) */
    shift = (others / all) * (others / all) / (1 + w->norm[0] / all);
    for (i = 0; i < w->n; i++) {
        const uint32_t a = w->label[i];
        const double unit = w->p[i] / w->norm[a];
        const double za = a ? w->norm[a] / all : -shift;

        out->V[i * out->k] = w->p[i] / all;
        for (j = 1; j < out->k && j < w->components; j++)
            out->V[i * out->k + j] = unit * ((a == j) - za * (w->norm[j] / all) / shift);
    }
}

/* The first entry beyond 1e-12 is positive in every column. */
static void fix_signs(ory_spectral *out)
{
    size_t i, j;

    for (j = 1; j < out->k; j++) {
        for (i = 0; i + 1 < out->n && fabs(out->V[i * out->k + j]) < 1e-12; i++)
            ;
        if (out->V[i * out->k + j] < 0)
            for (i = 0; i < out->n; i++)
                out->V[i * out->k + j] = -out->V[i * out->k + j];
    }
}

/* The null space lifted to 2 top + 1, above all else. */
static void lift(const spectral_problem *w, ory_mat *full)
{
    const double up = 2 * w->top + 1;
    size_t i, j;

    for (i = 0; i < w->n; i++)
        for (j = 0; j <= i; j++)
            if (w->label[i] == w->label[j])
                *ory_mat_at(full, i, j) += up * (w->p[i] / w->norm[w->label[i]]) *
                                           (w->p[j] / w->norm[w->label[i]]);
}

static ory_status dense_way(const spectral_problem *w, size_t rest, ory_spectral *out, ory_error *err)
{
    size_t n = w->n, first = out->k - rest, i, j;
    double *lam = ory_alloc(n, sizeof *lam);
    ory_mat full = {0}, vectors = {0};
    ory_status ok = lam ? ory_mat_new(&full, n, n, err) : ory_fail(err, ORY_ENOMEM, "out of memory");

    if (ok == ORY_OK && (ok = ory_mat_new(&vectors, n, n, err)) == ORY_OK) {
        ory_sparse_dense(&w->S, &full);
        lift(w, &full);
        ok = ory_eig_sym(&full, lam, &vectors, err);
    }
    for (j = 0; ok == ORY_OK && j < rest; j++) {
        out->lam[first + j] = lam[j];
        for (i = 0; i < n; i++)
            out->V[i * out->k + first + j] = *ory_mat_at(&vectors, i, j);
    }
    ory_mat_free(&full);
    ory_mat_free(&vectors);
    ory_free(lam);
    out->by = "dense";
    return ok;
}

static bool go_dense(const spectral_problem *w, const ory_spectral_how *how)
{
    return how->way == ORY_SPECTRAL_DENSE_WAY ||
           (how->way == ORY_SPECTRAL_AUTO && w->n <= ORY_SPECTRAL_DENSE);
}

static ory_status solve(const spectral_problem *w, const ory_spectral_how *how, ory_spectral *out,
                        ory_error *err)
{
    size_t rest = out->k > w->components ? out->k - w->components : 0;
    ory_status ok = ORY_OK;

    put_null_space(w, out);
    out->by = "dense";
    if (rest)
        ok = go_dense(w, how) ? dense_way(w, rest, out, err)
                              : spectral_sparse(w, rest, how->tol, out, err);
    if (ok == ORY_OK && rest && out->lam[out->k - rest] < -1e-10 * w->top)
        return ory_fail(err, ORY_EINVAL, "Laplacian is not positive semidefinite (lambda1 = %.6g)",
                        out->lam[out->k - rest]);
    if (ok == ORY_OK)
        fix_signs(out);
    return ok;
}

ory_status ory_spectral_bottom(const ory_graph *g, size_t k, const ory_spectral_how *how,
                               ory_spectral *out, ory_error *err)
{
    static const ory_spectral_how plain = {0};
    spectral_problem w = {0};
    ory_status ok;

    *out = (ory_spectral){.n = g->n, .k = k};
    how = how ? how : &plain;
    if (k < 1 || k > g->n)
        return ory_fail(err, ORY_ERANGE, "%zu eigenvalues of %zu nodes (must be 1 to %zu)", k, g->n, g->n);
    if (how->way == ORY_SPECTRAL_DENSE_WAY && g->n > ORY_SPECTRAL_DENSE_MOST)
        return ory_fail(err, ORY_ERANGE, "%zu nodes are too many for a full matrix (at most %d)", g->n,
                        ORY_SPECTRAL_DENSE_MOST);
    if ((ok = problem_init(g, how->p, &w, err)) == ORY_OK) {
        if (!go_dense(&w, how))
            list_neighbours(g, &w);
        out->lam = ory_alloc(k, sizeof *out->lam);
        out->V = ory_alloc(g->n * k, sizeof *out->V);
        out->top = w.top;
        out->components = w.components;
        ok = out->lam && out->V ? solve(&w, how, out, err)
                                : ory_fail(err, ORY_ENOMEM, "out of memory for %zu eigenvectors of %zu nodes",
                                           k, g->n);
    }
    problem_fini(&w);
    if (ok != ORY_OK)
        ory_spectral_fini(out);
    return ok;
}
