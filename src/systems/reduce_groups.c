/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reduce_groups.c - dyn.reduce: groups given or found, the reduced Laplacian and its fit, the
 * small graph, and the block model that the graph was drawn from. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "algo/layout.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "systems/reduce.h"

enum { SHOWN = 12 }; /* eigenvalues at the bottom, to see the gap */

static ory_status no_memory(const ory_system *s, ory_error *err)
{
    return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
}

/* ------------------------------------------------------------------------- groups */

static ory_status groups_given(ory_system *s, reduce *x, ory_error *err)
{
    static const int contrary[] = {RP_CLUSTERING, RP_SEED};
    const ory_mat *a = ory_values_mat(&s->values, RP_GROUP);
    size_t k = ory_values_given(&s->values, RP_K) ? ory_values_size(&s->values, RP_K) : 0, i;
    double *numbers;
    ory_status ok;

    for (i = 0; i < 2; i++)
        if (ory_values_given(&s->values, contrary[i]))
            return ory_fail(err, ORY_EINVAL, "%s: group contradicts %s (give the groups, or how to find "
                                             "them)",
                            s->class->name, s->values.params[contrary[i]].name);
    if (a->rows * a->cols != x->n)
        return ory_fail(err, ORY_ESHAPE, "%s: group is %zu x %zu (must hold %zu numbers, one a node)",
                        s->class->name, a->rows, a->cols, x->n);
    if (!(numbers = ory_alloc(x->n, sizeof *numbers)))
        return no_memory(s, err);
    for (i = 0; i < x->n; i++)
        numbers[i] = *ory_mat_at(a, i / a->cols, i % a->cols);
    ok = ory_groups_read(numbers, x->n, k, x->label, &x->k, x->order, err);
    ory_free(numbers);
    if (ok != ORY_OK)
        ory_fail_prefix(err, "%s", s->class->name);
    return ok;
}

static ory_status groups_found(ory_system *s, reduce *x, const ory_graph *g, ory_error *err)
{
    ory_cluster_how how = {.method = (ory_cluster_method)ory_values_choice(&s->values, RP_CLUSTERING),
                           .seed = (uint64_t)ory_values_real(&s->values, RP_SEED), .mass = x->net->m0};
    ory_clusters found;
    ory_status ok;
    size_t i;

    if (ory_values_given(&s->values, RP_K))
        how.k = ory_values_size(&s->values, RP_K);
    if ((ok = ory_cluster_graph(g, &how, &found, err)) != ORY_OK) {
        ory_fail_prefix(err, "%s: groups", s->class->name);
        return ok;
    }
    x->k = found.k;
    x->method = found.method;
    for (i = 0; i < x->n; i++)
        x->label[i] = found.label[i];
    for (i = 0; i < x->k; i++)
        x->order[i] = i;
    ory_clusters_fini(&found);
    return ORY_OK;
}

static ory_status find_groups(ory_system *s, reduce *x, const ory_graph *g, ory_error *err)
{
    x->label = ory_alloc(x->n, sizeof *x->label);
    x->order = ory_alloc(x->n, sizeof *x->order);
    if (!x->label || !x->order)
        return no_memory(s, err);
    if (ory_values_given(&s->values, RP_K) && ory_values_size(&s->values, RP_K) > x->n)
        return ory_fail(err, ORY_ERANGE, "%s: k = %zu (the network has %zu nodes)", s->class->name,
                        ory_values_size(&s->values, RP_K), x->n);
    if (ory_values_given(&s->values, RP_GROUP))
        return groups_given(s, x, err);
    return groups_found(s, x, g, err);
}

/* -------------------------------------------------------------------- reduction */

static ory_status find_reduction(ory_system *s, reduce *x, const ory_graph *g, ory_error *err)
{
    size_t want = x->n < x->k + 1 ? x->n : x->k + 1;
    ory_spectral bottom = {0};
    ory_mat V;
    ory_status ok;

    if (x->net->dense && want < SHOWN)
        want = x->n < SHOWN ? x->n : SHOWN;
    if ((ok = ory_spectral_bottom(g, want, NULL, &bottom, err)) != ORY_OK) {
        ory_fail_prefix(err, "%s: L", s->class->name);
        return ok;
    }
    x->n_lam = want;
    if (!(x->lam = ory_alloc(want, sizeof *x->lam))) {
        ory_spectral_fini(&bottom);
        return no_memory(s, err);
    }
    memcpy(x->lam, bottom.lam, want * sizeof *x->lam);
    V = (ory_mat){x->n, x->k, bottom.k, bottom.V};
    ok = ory_reduction_init(&x->red, x->label, x->k, bottom.components, &V, bottom.lam, &x->net->L, err);
    ory_spectral_fini(&bottom);
    x->L_k = ory_values_choice(&s->values, RP_WEIGHTS) == WEIGHTS_QUOTIENT ? &x->red.quotient : &x->red.L;
    if (ok == ORY_OK)
        ok = ory_reduction_spectrum_gap(&x->red, x->L_k, &x->spectrum_gap, err);
    if (ok != ORY_OK)
        ory_fail_prefix(err, "%s", s->class->name);
    return ok;
}

/* ---------------------------------------------------------------- the small graph */

static ory_status keep_picture(ory_system *s, reduce *x, ory_error *err)
{
    size_t k = x->k, a, b, e = 0, i;
    double most = 0;

    x->edges = ory_alloc(3 * (k * (k - 1) / 2 + 1), sizeof *x->edges);
    x->xy = ory_alloc(2 * k, sizeof *x->xy);
    x->names = ory_alloc(k, sizeof *x->names);
    if (!x->edges || !x->xy || !x->names)
        return no_memory(s, err);
    for (a = 0; a < k; a++)
        most = fmax(most, fabs(*ory_mat_at(x->L_k, a, a)));
    for (a = 0; a < k; a++)
        for (b = a + 1; b < k; b++) {
            double w = -*ory_mat_at(x->L_k, a, b);

            if (fabs(w) <= 1e-12 * most)
                continue;
            x->edges[3 * e] = (double)a + 1;
            x->edges[3 * e + 1] = (double)b + 1;
            x->edges[3 * e++ + 2] = w;
            x->negative += w < 0;
        }
    x->n_edges = e > 0 ? e : 1;
    if (e == 0) /* a network without edges still has nodes */
        x->edges[0] = x->edges[1] = (double)k;
    for (i = 0; i < x->n; i++) { /* a group lies in the middle of its nodes */
        x->xy[2 * x->label[i]] += x->net->picture.xy[2 * i] / x->red.size[x->label[i]];
        x->xy[2 * x->label[i] + 1] += x->net->picture.xy[2 * i + 1] / x->red.size[x->label[i]];
    }
    for (a = 0; a < k; a++)
        snprintf(x->names[a], REDUCE_NAME, "group %zu", a + 1);
    return ORY_OK;
}

/* --------------------------------------------------------------------- block model */

/* Rows and columns of a model that is given in the order of the groups given. */
static void reorder(const reduce *x, const ory_mat *from, ory_mat *to)
{
    size_t a, b;

    for (a = 0; a < x->k; a++)
        for (b = 0; b < x->k; b++)
            *ory_mat_at(to, a, b) = from->rows == x->k && from->cols == x->k
                                        ? *ory_mat_at(from, x->order[a], x->order[b]) : 0;
}

/* Largest |eigenvalue| of L - E L. */
static ory_status find_distance(const reduce *x, const ory_blockmodel *b, double *out, ory_error *err)
{
    size_t n = x->n, i, j;
    ory_mat E = {0};
    double *w = ory_alloc(n, sizeof *w);
    ory_status ok = w ? ory_mat_copy(&E, &x->net->dense_L, err) : ory_fail(err, ORY_ENOMEM, "out of memory");

    for (i = 0; ok == ORY_OK && i < n; i++)
        for (j = 0; j < n; j++) {
            size_t a = x->label[i], c = x->label[j];
            double mean = *ory_mat_at(&b->Q, a, c) * *ory_mat_at(&b->W, a, c);

            if (i != j) {
                *ory_mat_at(&E, i, j) += mean;
                *ory_mat_at(&E, i, i) -= mean;
            }
        }
    if (ok == ORY_OK && (ok = ory_eig_sym(&E, w, NULL, err)) == ORY_OK)
        *out = fmax(fabs(w[0]), fabs(w[n - 1]));
    ory_mat_free(&E);
    ory_free(w);
    return ok;
}

/* sin between v_2 and (sqrt(n_b/n_a) on a, -sqrt(n_a/n_b) on b)/sqrt(n). */
static double find_sine(const reduce *x)
{
    double na = x->red.size[0], nb = x->red.size[1], n = (double)x->n, cosine = 0;
    size_t i;

    for (i = 0; i < x->n; i++)
        cosine += *ory_mat_at(&x->red.V, i, 1) * (x->label[i] == 0 ? sqrt(nb / na / n) : -sqrt(na / nb / n));
    return sqrt(fmax(0, 1 - cosine * cosine));
}

static ory_status find_model(ory_system *s, reduce *x, ory_error *err)
{
    bool with_q = ory_values_given(&s->values, RP_Q), with_w = ory_values_given(&s->values, RP_W);
    double delta = ory_values_real(&s->values, RP_DELTA);
    const ory_mat *q = ory_values_mat(&s->values, RP_Q), *w = ory_values_mat(&s->values, RP_W);
    ory_blockmodel given = {.k = x->k, .size = x->red.size}, b = given;
    reduce_model *m = &x->model;
    ory_status ok;

    m->distance = m->lam3 = m->sine = m->rho = m->margin = NAN;
    m->conc = (ory_concentration){.Delta = NAN, .needed = NAN, .limit = NAN};
    m->two = (ory_two_blocks){.lam2 = NAN, .lam3 = NAN, .lam3_limit = NAN, .sine_limit = NAN};
    if (!with_q && !with_w)
        return ORY_OK;
    if (!with_q || !with_w)
        return ory_fail(err, ORY_EINVAL, "%s: %s is given without %s (a block model needs both)",
            s->class->name,
                        with_q ? "Q" : "W", with_q ? "W" : "Q");
    given.Q = *q;
    given.W = *w;
    if ((ok = ory_blockmodel_check(&given, err)) != ORY_OK) {
        ory_fail_prefix(err, "%s", s->class->name);
        return ok;
    }
    if ((ok = ory_mat_new(&b.Q, x->k, x->k, err)) == ORY_OK)
        ok = ory_mat_new(&b.W, x->k, x->k, err);
    if (ok == ORY_OK) {
        reorder(x, q, &b.Q);
        reorder(x, w, &b.W);
        m->given = true;
        m->conc = ory_blockmodel_concentration(&b, delta);
        m->two = ory_blockmodel_two(&b, delta);
        ory_blockmodel_assumptions(&b, &m->rho, &m->margin);
        m->lam3 = x->k == 2 && x->n > 2 ? x->red.lam[2] : NAN;
        m->sine = x->k == 2 ? find_sine(x) : NAN;
        if (x->net->dense)
            ok = find_distance(x, &b, &m->distance, err);
    }
    ory_mat_free(&b.Q);
    ory_mat_free(&b.W);
    return ok;
}

/* -------------------------------------------------------------------------- notes */

static bool groups_are_components(const reduce *x)
{
    size_t i, e;

    for (i = 0; i < x->n; i++)
        for (e = x->net->L.start[i]; e < x->net->L.start[i + 1]; e++)
            if (x->net->L.value[e] != 0 && x->label[i] != x->label[x->net->L.col[e]])
                return false;
    return x->k == x->red.components;
}

static void tell(ory_system *s, const reduce *x)
{
    const ory_reduction *r = &x->red;

    if (x->k > 1 && groups_are_components(x))
        ory_system_note(s, "the groups are the components of the network: groups do not interact");
    else if (r->components > 1)
        ory_system_note(s, "the network has %zu components: lambda_1 to lambda_%zu are 0", r->components,
                        r->components);
    if (x->k < x->n && !r->gap)
        ory_system_note(s, "no gap after k = %zu: lambda_%zu = lambda_%zu = %.6g, the bottom eigenvectors "
                           "are not unique", x->k, x->k, x->k + 1, r->lam[x->k]);
    if (r->sv[x->k - 1] < 0.3 && x->L_k == &r->L)
        ory_system_note(s, "partition and spectrum of L do not match (least singular value %.3g < 0.3); "
                           "reduced weights are not meaningful: clustering = \"plain\" or weights = "
                           "\"quotient\" may be",
                        r->sv[x->k - 1]);
    if (x->negative > 0)
        ory_system_note(s, "%g of the weights between groups %s negative", x->negative,
                        x->negative == 1 ? "is" : "are");
}

ory_status reduce_find_groups(ory_system *s, ory_error *err)
{
    reduce *x = s->self;
    const ory_mat *given = ory_values_mat(&x->full->values, WP_L);
    double zero = 0;
    ory_mat one = ory_mat_view(&zero, 1, 1);
    ory_graph g;
    ory_status ok = ory_graph_from_matrix(&g, given ? given : &one, err);

    if (ok != ORY_OK)
        return ok;
    if ((ok = find_groups(s, x, &g, err)) == ORY_OK)
        ok = find_reduction(s, x, &g, err);
    ory_graph_fini(&g);
    if (ok == ORY_OK)
        ok = keep_picture(s, x, err);
    if (ok == ORY_OK)
        ok = find_model(s, x, err);
    if (ok == ORY_OK)
        tell(s, x);
    return ok;
}
