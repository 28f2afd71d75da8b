/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dictionary.c - concept vectors, scaling of a dictionary, coherence, transplant. */
#include "config.h"

#include "algo/dictionary.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "algo/vec.h"
#include "core/linalg.h"
#include "core/mem.h"

const char *const ory_concept_names[] = {"avg", "pca", "pca_centred", NULL};

/* ------------------------------------------------------------------ concept vectors */

static void mean_row(const ory_mat *X, double *out)
{
    size_t i;

    memset(out, 0, X->cols * sizeof *out);
    for (i = 0; i < X->rows; i++)
        ory_vec_axpy(1 / (double)X->rows, ory_mat_at(X, i, 0), out, X->cols);
}

/* The leading right singular vector through the K x K products of the rows. */
static ory_status leading_row(const ory_mat *X, double *out, ory_error *err)
{
    const size_t K = X->rows;
    ory_mat G = {0}, V = {0};
    double *w = ory_alloc(K, sizeof *w);
    ory_status ok = w ? ory_mat_new(&G, K, K, err) : ory_fail(err, ORY_ENOMEM, "no memory");
    size_t i;

    if (ok == ORY_OK)
        ok = ory_mat_new(&V, K, K, err);
    if (ok == ORY_OK) {
        ory_gemm(ORY_PLAIN, ORY_TRANS, 1, X, X, 0, &G);
        ok = ory_eig_sym(&G, w, &V, err);
    }
    if (ok == ORY_OK && !(w[K - 1] > 0))
        ok = ory_fail(err, ORY_EUNDEF, "the stimuli do not differ: they have no principal component");
    if (ok == ORY_OK) {
        double size;

        memset(out, 0, X->cols * sizeof *out);
        for (i = 0; i < K; i++)
            ory_vec_axpy(*ory_mat_at(&V, i, K - 1), ory_mat_at(X, i, 0), out, X->cols);
        size = ory_norm2(out, X->cols);
        cblas_dscal((int)X->cols, 1 / size, out, 1);
    }
    ory_free(w);
    ory_mat_free(&G);
    ory_mat_free(&V);
    return ok;
}

ory_status ory_concept_vector(const ory_mat *X, ory_concept_method method, double *out, ory_error *err)
{
    double *mean;
    ory_mat Y = {0};
    ory_status ok = ORY_OK;
    size_t i;

    for (i = 0; i < X->rows; i++)
        if (!ory_all_finite(ory_mat_at(X, i, 0), X->cols))
            return ory_fail(err, ORY_EDIVERGE, "stimulus %zu holds a number that is not finite", i + 1);
    if (method == ORY_CONCEPT_AVG) {
        mean_row(X, out);
        return ORY_OK;
    }
    if (method == ORY_CONCEPT_PCA_CENTRED && X->rows < 2)
        return ory_fail(err, ORY_EUNDEF, "one stimulus has no centred principal component (needs two)");
    mean = ory_alloc(X->cols, sizeof *mean);
    if (!mean)
        return ory_fail(err, ORY_ENOMEM, "no memory");
    mean_row(X, mean);
    if (method == ORY_CONCEPT_PCA) {
        ok = leading_row(X, out, err);
    } else if ((ok = ory_mat_copy(&Y, X, err)) == ORY_OK) {
        for (i = 0; i < Y.rows; i++)
            ory_vec_axpy(-1, mean, ory_mat_at(&Y, i, 0), Y.cols);
        ok = leading_row(&Y, out, err);
    }
    if (ok == ORY_OK && ory_vec_dot(out, mean, X->cols) < 0)
        cblas_dscal((int)X->cols, -1, out, 1);
    ory_mat_free(&Y);
    ory_free(mean);
    return ok;
}

/* ------------------------------------------------------------------------ dictionary */

static ory_status check_atom(const double *a, size_t d, size_t j, const char *const *names, bool normalise,
                             double norm, ory_error *err)
{
    const char *name = names ? names[j] : NULL;
    size_t i;

    for (i = 0; i < d; i++)
        if (!isfinite(a[i]))
            return ory_fail(err, ORY_EDIVERGE, "atom %zu%s%s%s, entry %zu is %g (must be finite)", j + 1,
                            name ? " ('" : "", name ? name : "", name ? "')" : "", i + 1,
                            isnan(a[i]) ? fabs(a[i]) : a[i]);
    if (normalise && !(norm > 0))
        return ory_fail(err, ORY_EINVAL, "atom %zu%s%s%s is zero: it cannot be given length 1", j + 1,
                        name ? " ('" : "", name ? name : "", name ? "')" : "");
    return ORY_OK;
}

static ory_status take_atoms(ory_dictionary *D, const ory_mat *atoms, const char *const *names,
                             ory_error *err)
{
    const size_t d = D->d;
    size_t j;
    ory_status ok;

    for (j = 0; j < D->n; j++) {
        double *a = D->atoms + j * d, size;

        memcpy(D->given + j * d, ory_mat_at(atoms, j, 0), d * sizeof *a);
        memcpy(a, D->given + j * d, d * sizeof *a);
        if (D->mean)
            ory_vec_axpy(-1, D->mean, a, d);
        size = ory_norm2(a, d);
        if ((ok = check_atom(D->given + j * d, d, j, names, D->normalise, size, err)) != ORY_OK)
            return ok;
        D->norm[j] = D->normalise ? size : 1;
        if (D->normalise)
            for (size_t i = 0; i < d; i++)
                a[i] /= size;
    }
    return ORY_OK;
}

ory_status ory_dictionary_init(ory_dictionary *D, const ory_mat *atoms, bool normalise, const double *mean,
                               const char *const *names, ory_error *err)
{
    const size_t n = atoms->rows, d = atoms->cols;
    ory_status ok;

    *D = (ory_dictionary){.n = n, .d = d, .normalise = normalise};
    if (n == 0 || d == 0)
        return ory_fail(err, ORY_ESHAPE, "a dictionary of %zu atoms of %zu numbers (at least 1 of each)", n,
                        d);
    if (n > ORY_GRAM_MOST)
        return ory_fail(err, ORY_ERANGE, "%zu atoms (at most %d)", n, ORY_GRAM_MOST);
    D->given = ory_alloc(n * d, sizeof *D->given);
    D->atoms = ory_alloc(n * d, sizeof *D->atoms);
    D->norm = ory_alloc(n, sizeof *D->norm);
    D->mean = mean ? ory_alloc(d, sizeof *D->mean) : NULL;
    if (!D->given || !D->atoms || !D->norm || (mean && !D->mean)) {
        ory_dictionary_fini(D);
        return ory_fail(err, ORY_ENOMEM, "no memory for %zu atoms of %zu numbers", n, d);
    }
    if (mean)
        memcpy(D->mean, mean, d * sizeof *mean);
    ok = take_atoms(D, atoms, names, err);
    if (ok == ORY_OK)
        ok = ory_gram_init(&D->gram, D->atoms, n, d, err);
    if (ok != ORY_OK)
        ory_dictionary_fini(D);
    return ok;
}

void ory_dictionary_fini(ory_dictionary *D)
{
    ory_gram_fini(&D->gram);
    ory_free(D->given);
    ory_free(D->atoms);
    ory_free(D->norm);
    ory_free(D->mean);
    *D = (ory_dictionary){0};
}

void ory_dictionary_project(const ory_dictionary *D, const double *v, double *u, double *q, double *scale)
{
    const size_t d = D->d;
    size_t i;

    memcpy(u, v, d * sizeof *u);
    if (D->mean)
        ory_vec_axpy(-1, D->mean, u, d);
    *scale = D->normalise ? ory_norm2(u, d) : 1;
    if (*scale == 0)
        *scale = 1;
    if (D->normalise)
        for (i = 0; i < d; i++)
            u[i] /= *scale;
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)D->n, (int)d, 1, D->atoms, (int)d, u, 1, 0, q, 1);
}

void ory_dictionary_weights(const ory_dictionary *D, const double *c, double scale, double *w)
{
    size_t j;

    for (j = 0; j < D->n; j++)
        w[j] = c[j] * scale / D->norm[j];
}

void ory_dictionary_residual(const ory_dictionary *D, const double *v, const double *w, double *r)
{
    const size_t d = D->d;
    size_t j;

    memcpy(r, v, d * sizeof *r);
    if (D->mean)
        ory_vec_axpy(-1, D->mean, r, d);
    for (j = 0; j < D->n; j++)
        if (w[j] != 0)
            ory_vec_axpy(-w[j] * D->norm[j], D->atoms + j * d, r, d);
}

void ory_dictionary_coherence(ory_dictionary *D, ory_coherence *out)
{
    const ory_gram *g = &D->gram;
    double sum = 0;
    size_t i, j;

    ory_gram_fill(&D->gram);
    *out = (ory_coherence){0};
    for (i = 0; i < D->n; i++)
        for (j = i + 1; j < D->n; j++) {
            double c = g->G[i * D->n + j] * g->inverse[i] * g->inverse[j];

            sum += c;
            out->twins += c > 0.99;
            if (fabs(c) > out->mu) {
                out->mu = fabs(c);
                out->i = i;
                out->j = j;
            }
        }
    out->mean_cos = D->n > 1 ? 2 * sum / ((double)D->n * (double)(D->n - 1)) : 0;
}

double ory_cosine(const double *a, const double *b, size_t d)
{
    double size = ory_norm2(a, d) * ory_norm2(b, d);

    return size > 0 ? ory_vec_dot(a, b, d) / size : 0;
}

/* ------------------------------------------------------------------------ transplant */

void ory_transplant(double *v, const double *from, const double *to, size_t d, double by, bool match)
{
    double f = 1;
    size_t i;

    if (by == 0 || (from && from == to))
        return;
    if (match && from && to) {
        double size = ory_norm2(to, d);

        f = size > 0 ? ory_norm2(from, d) / size : 1;
    }
    for (i = 0; i < d; i++)
        v[i] += by * ((to ? f * to[i] : 0) - (from ? from[i] : 0));
}
