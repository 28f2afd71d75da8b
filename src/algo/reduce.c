/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reduce.c - from groups and the bottom of the spectrum to the reduced Laplacian. */
#include "config.h"

#include "algo/reduce.h"

#include <math.h>
#include <string.h>

#include "core/linalg.h"
#include "core/mem.h"

/* ------------------------------------------------------------------ the partition */

ory_status ory_groups_read(const double *given, size_t n, size_t k, uint32_t *label, size_t *k_out,
                           size_t *order, ory_error *err)
{
    uint32_t *seen;
    double most = 0;
    size_t used = 0, i;

    for (i = 0; i < n; i++)
        most = fmax(most, given[i]);
    *k_out = k > 0 ? k : most >= 1 && most <= (double)n ? (size_t)most : n;
    for (i = 0; i < n; i++)
        if (!(given[i] >= 1 && given[i] <= (double)*k_out && given[i] == floor(given[i])))
            return ory_fail(err, ORY_ERANGE, "group[%zu] = %g (must be a whole number from 1 to %zu)", i + 1,
                            given[i], *k_out);
    if (!(seen = ory_alloc(*k_out, sizeof *seen)))
        return ory_fail(err, ORY_ENOMEM, "out of memory for %zu groups", *k_out);
    for (i = 0; i < n; i++) {
        size_t a = (size_t)given[i] - 1;

        if (seen[a] == 0) {
            if (order)
                order[used] = a;
            seen[a] = (uint32_t)++used;
        }
        label[i] = seen[a] - 1;
    }
    for (i = 0; i < *k_out && seen[i] > 0; i++)
        ;
    ory_free(seen);
    if (i == *k_out)
        return ORY_OK;
    return ory_fail(err, ORY_EINVAL, "group %zu of %zu has no node", i + 1, *k_out);
}

/* -------------------------------------------------------------------- null vectors */

/* The first c columns of V span the null space of L: turn them so that the first becomes
 * 1/sqrt(n), by the reflection that takes e_1 to the coordinates of 1/sqrt(n). w: c numbers of room. */
static void force_first(ory_mat *V, size_t c, double *w)
{
    const double one = 1 / sqrt((double)V->rows);
    double size = 0, ww = 0;
    size_t i, j;

    for (j = 0; c > 1 && j < c; j++) {
        w[j] = 0;
        for (i = 0; i < V->rows; i++)
            w[j] += *ory_mat_at(V, i, j) * one;
        size = hypot(size, w[j]);
    }
    for (j = 0; c > 1 && j < c; j++) {
        w[j] = w[j] / size - (j == 0);
        ww += w[j] * w[j];
    }
    for (i = 0; ww > 0 && i < V->rows; i++) {
        double *row = ory_mat_at(V, i, 0), along = 0;

        for (j = 0; j < c; j++)
            along += row[j] * w[j];
        for (j = 0; j < c; j++)
            row[j] -= 2 * along / ww * w[j];
    }
    for (i = 0; i < V->rows; i++)
        *ory_mat_at(V, i, 0) = one;
}

/* --------------------------------------------------------------------- refinement */

static void symmetrise(ory_mat *a)
{
    size_t i, j;

    for (i = 0; i < a->rows; i++)
        for (j = 0; j < i; j++)
            *ory_mat_at(a, i, j) = *ory_mat_at(a, j, i) =
                (*ory_mat_at(a, i, j) + *ory_mat_at(a, j, i)) / 2;
}

/* S = N^-1/2 R with R the polar factor of M = N^-1/2 P'V, and L_k = N^1/2 R Lam R' N^1/2. */
static ory_status refine(ory_reduction *r, ory_error *err)
{
    size_t k = r->k, i, a, b, j;
    ory_mat M = {0}, X = {0}, Y = {0}, *R = &r->S;
    ory_status ok = ory_mat_new(&M, k, k, err);

    if (ok == ORY_OK && (ok = ory_mat_new(&X, k, k, err)) == ORY_OK)
        ok = ory_mat_new(&Y, k, k, err);
    for (i = 0; ok == ORY_OK && i < r->n; i++)
        for (j = 0; j < k; j++)
            *ory_mat_at(&M, r->label[i], j) += *ory_mat_at(&r->V, i, j) / sqrt(r->size[r->label[i]]);
    if (ok == ORY_OK && (ok = ory_svd(&M, &X, r->sv, &Y, err)) == ORY_OK) {
        ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &X, &Y, 0, R);
        for (a = 0; a < k; a++)
            for (b = 0; b < k; b++) {
                double sum = 0;

                for (j = 0; j < k; j++)
                    sum += *ory_mat_at(R, a, j) * r->lam[j] * *ory_mat_at(R, b, j);
                *ory_mat_at(&r->L, a, b) = sum * sqrt(r->size[a] * r->size[b]);
            }
        symmetrise(&r->L);
        for (a = 0; a < k; a++)
            for (j = 0; j < k; j++)
                *ory_mat_at(R, a, j) /= sqrt(r->size[a]);
    }
    ory_mat_free(&M);
    ory_mat_free(&X);
    ory_mat_free(&Y);
    return ok;
}

static double find_defect(const ory_reduction *r)
{
    double sum = 0;
    size_t i, j;

    for (i = 0; i < r->n; i++)
        for (j = 0; j < r->k; j++) {
            double d = *ory_mat_at(&r->V, i, j) - *ory_mat_at(&r->S, r->label[i], j);

            sum += d * d;
        }
    return sqrt(sum);
}

static void find_quotient(ory_reduction *r, const ory_sparse *full)
{
    size_t i, e;

    for (i = 0; i < r->n; i++)
        for (e = full->start[i]; e < full->start[i + 1]; e++)
            *ory_mat_at(&r->quotient, r->label[i], r->label[full->col[e]]) += full->value[e];
    symmetrise(&r->quotient);
}

static ory_status make_room(ory_reduction *r, ory_error *err)
{
    size_t k = r->k;
    ory_mat *const square[] = {&r->S, &r->L, &r->quotient};
    ory_status ok = ORY_OK;
    size_t i;

    r->size = ory_alloc(k, sizeof *r->size);
    r->lam = ory_alloc(k + 1, sizeof *r->lam);
    r->sv = ory_alloc(k, sizeof *r->sv);
    if (!r->size || !r->lam || !r->sv)
        return ory_fail(err, ORY_ENOMEM, "out of memory for %zu groups", k);
    for (i = 0; ok == ORY_OK && i < 3; i++)
        ok = ory_mat_new(square[i], k, k, err);
    return ok;
}

ory_status ory_reduction_init(ory_reduction *r, const uint32_t *label, size_t k, size_t components,
                              const ory_mat *V, const double *lam, const ory_sparse *full, ory_error *err)
{
    ory_status ok;
    size_t i;

    *r = (ory_reduction){.n = V->rows, .k = k, .components = components, .label = label};
    if (k < components)
        return ory_fail(err, ORY_EINVAL, "more components than groups (%zu and %zu)", components, k);
    ok = make_room(r, err);
    if (ok == ORY_OK)
        ok = ory_mat_copy(&r->V, V, err);
    if (ok == ORY_OK) {
        for (i = 0; i < r->n; i++)
            r->size[label[i]]++;
        for (i = 0; i <= k; i++)
            r->lam[i] = i < components ? 0 : i < r->n ? lam[i] : NAN;
        r->gap = !(r->lam[k] - r->lam[k - 1] <= 1e-8 * r->lam[k]);
        force_first(&r->V, components, r->sv);
        ok = refine(r, err);
    }
    if (ok == ORY_OK) {
        r->defect = find_defect(r);
        find_quotient(r, full);
        if (k == r->n) /* L itself, to the last bit */
            memcpy(r->L.data, r->quotient.data, k * k * sizeof *r->L.data);
    } else {
        ory_reduction_fini(r);
    }
    return ok;
}

void ory_reduction_fini(ory_reduction *r)
{
    if (!r)
        return;
    ory_free(r->size);
    ory_free(r->lam);
    ory_free(r->sv);
    ory_mat_free(&r->V);
    ory_mat_free(&r->S);
    ory_mat_free(&r->L);
    ory_mat_free(&r->quotient);
    *r = (ory_reduction){0};
}

double ory_two_group_weight(double lam2, double n_a, double n_b)
{
    return lam2 * n_a * n_b / (n_a + n_b);
}

ory_status ory_reduction_spectrum_gap(const ory_reduction *r, const ory_mat *L_k, double *gap, ory_error *err)
{
    size_t k = r->k, i, j;
    double *w = ory_alloc(k, sizeof *w), size = r->lam[k - 1] > 0 ? r->lam[k - 1] : 1;
    ory_mat A = {0};
    ory_status ok = w ? ory_mat_new(&A, k, k, err) : ory_fail(err, ORY_ENOMEM, "out of memory");

    for (i = 0; ok == ORY_OK && i < k; i++)
        for (j = 0; j < k; j++)
            *ory_mat_at(&A, i, j) = *ory_mat_at(L_k, i, j) / sqrt(r->size[i] * r->size[j]);
    if (ok == ORY_OK)
        ok = ory_eig_sym(&A, w, NULL, err);
    for (*gap = 0, i = 0; ok == ORY_OK && i < k; i++)
        *gap = fmax(*gap, fabs(w[i] - r->lam[i]) / size);
    ory_mat_free(&A);
    ory_free(w);
    return ok;
}
