/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lora_factors.c - the first A1, B1, A2, B2 of net.lora. The random numbers are drawn
 * before alpha multiplies them, so runs that differ in alpha alone start in the same
 * direction. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "systems/lora.h"

enum { STREAM_FIRST = 11, STREAM_SECOND };

static const double rank_tol = 1e-9;  /* relative: singular values that count          */
static const double unit_tol = 1e-6;  /* orthonormality asked of W2'u                  */
static const double keep_tol = 1e-8;  /* length of what is left of a basis vector      */

static ory_rng stream(const ory_system *s, uint64_t key)
{
    ory_rng rng;

    ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, P_SEED), key);
    return rng;
}

static bool is_side_b(const ory_system *s)
{
    if (ory_values_given(&s->values, P_SIDE))
        return ory_values_choice(&s->values, P_SIDE) == SIDE_B;
    return ory_values_choice(&s->values, P_PRESET) != PRESET_NONE;
}

static void random_factors(const ory_system *s, lora_data *d, double alpha)
{
    ory_rng first = stream(s, STREAM_FIRST), second = stream(s, STREAM_SECOND);
    const ory_mat *a = is_side_b(s) ? &d->B1 : &d->A1, *b = is_side_b(s) ? &d->B2 : &d->A2;

    ory_rng_fill_normal(&first, a->data, a->rows * a->cols, 0, alpha);
    ory_rng_fill_normal(&second, b->data, b->rows * b->cols, 0, alpha);
}

/* Rows 0..k-1 of q (r x len) are orthonormal: fill rows k..r-1 from e1, e2, ... */
static ory_status complete(const ory_system *s, ory_mat *q, size_t k, ory_error *err)
{
    for (size_t e = 0; e < q->cols && k < q->rows; e++) {
        double *row = ory_mat_at(q, k, 0), norm;

        memset(row, 0, q->cols * sizeof *row);
        row[e] = 1;
        for (int pass = 0; pass < 2; pass++)
            for (size_t i = 0; i < k; i++)
                ory_axpy(-ory_dot(ory_mat_at(q, i, 0), row, q->cols), ory_mat_at(q, i, 0), row,
                         q->cols);
        norm = ory_norm2(row, q->cols);
        if (!(norm > keep_tol))
            continue;
        for (size_t j = 0; j < q->cols; j++)
            row[j] /= norm;
        k++;
    }
    return k == q->rows ? ORY_OK
                        : ory_fail(err, ORY_EINTERNAL, "%s: no orthonormal basis", s->class->name);
}

/* Row i of a = scale_i times row i of q, scale_i ~ N(0, alpha^2). */
static void scaled_rows(const ory_mat *q, const ory_mat *a, ory_rng *rng, double alpha)
{
    for (size_t i = 0; i < a->rows; i++) {
        const double d = alpha * ory_rng_normal(rng);

        for (size_t j = 0; j < a->cols; j++)
            *ory_mat_at(a, i, j) = d * *ory_mat_at(q, i, j);
    }
}

/* Rows of g (k x h): W2'u_i normalised; they must be orthonormal. */
static ory_status frame(const ory_system *s, const lora_data *d, const ory_mat *U, size_t k,
                        ory_mat *g, ory_error *err)
{
    for (size_t i = 0; i < k; i++) {
        double *row = ory_mat_at(g, i, 0), norm;

        for (size_t j = 0; j < d->m; j++)
            ory_axpy(*ory_mat_at(U, j, i), ory_mat_at(&d->W2, j, 0), row, d->h);
        norm = ory_norm2(row, d->h);
        if (!(norm > 0))
            return ory_fail(err, ORY_EUNDEF,
                            "%s: init = \"spectral\": assumption 2 fails (W2'u%zu = 0)",
                            s->class->name, i + 1);
        for (size_t j = 0; j < d->h; j++)
            row[j] /= norm;
        for (size_t l = 0; l < i; l++) {
            const double dot = ory_dot(row, ory_mat_at(g, l, 0), d->h);

            if (!(fabs(dot) <= unit_tol))
                return ory_fail(err, ORY_EUNDEF,
                                "%s: init = \"spectral\": assumption 2 fails (W2'u%zu and W2'u%zu "
                                "have cosine %.3g, must be 0 to %g)",
                                s->class->name, i + 1, l + 1, dot, unit_tol);
        }
    }
    return ORY_OK;
}

static ory_status spectral_fits(const ory_system *s, const lora_data *d, size_t k, ory_error *err)
{
    if (k == 0)
        return ory_fail(err, ORY_EUNDEF, "%s: init = \"spectral\": the change of target is 0",
                        s->class->name);
    if (k > d->r)
        return ory_fail(err, ORY_ERANGE,
                        "%s: init = \"spectral\": the change of target has rank %zu, LoRA has "
                        "rank r = %zu (must be >= it)",
                        s->class->name, k, d->r);
    if (d->r > d->n || d->r > d->h)
        return ory_fail(err, ORY_ERANGE,
                        "%s: init = \"spectral\": r = %zu (must be <= min(n, h) = %zu)",
                        s->class->name, d->r, d->n < d->h ? d->n : d->h);
    return ORY_OK;
}

static ory_status spectral_factors(const ory_system *s, lora_data *d, double alpha, ory_error *err)
{
    const size_t full = d->m < d->n ? d->m : d->n;
    ory_rng first = stream(s, STREAM_FIRST), second = stream(s, STREAM_SECOND);
    ory_mat U = {0}, V = {0}, sigma = {0}, v = {0}, g = {0};
    size_t k = 0;
    ory_status status = ory_mat_new(&U, d->m, full, err);

    if (status == ORY_OK)
        status = ory_mat_new(&V, d->n, full, err);
    if (status == ORY_OK)
        status = ory_mat_new(&sigma, full, 1, err);
    if (status == ORY_OK)
        status = ory_svd(&d->dY, &U, sigma.data, &V, err);
    while (status == ORY_OK && k < full && sigma.data[k] > rank_tol * sigma.data[0])
        k++;
    if (status == ORY_OK)
        status = spectral_fits(s, d, k, err);
    if (status == ORY_OK)
        status = ory_mat_new(&v, d->r, d->n, err);
    if (status == ORY_OK)
        status = ory_mat_new(&g, d->r, d->h, err);
    if (status == ORY_OK)
        status = frame(s, d, &U, k, &g, err);
    for (size_t i = 0; status == ORY_OK && i < k; i++)
        for (size_t j = 0; j < d->n; j++)
            *ory_mat_at(&v, i, j) = *ory_mat_at(&V, j, i);
    if (status == ORY_OK)
        status = complete(s, &v, k, err);
    if (status == ORY_OK)
        status = complete(s, &g, k, err);
    if (status == ORY_OK) {
        scaled_rows(&v, &d->A1, &first, alpha);
        scaled_rows(&g, &d->A2, &second, alpha);
    }
    ory_mat_free(&U);
    ory_mat_free(&V);
    ory_mat_free(&sigma);
    ory_mat_free(&v);
    ory_mat_free(&g);
    return status;
}

/* Rows of a = random multiples of the top (bottom) right singular vectors of w. */
static ory_status along(const ory_system *s, const ory_mat *w, const char *name, bool top,
                        const ory_mat *a, ory_rng *rng, double alpha, ory_error *err)
{
    const size_t k = w->rows < w->cols ? w->rows : w->cols;
    ory_mat V = {0}, sigma = {0}, rows = {0};
    ory_status status;

    if (a->rows > k)
        return ory_fail(err, ORY_ERANGE, "%s: r = %zu, but %s has %zu singular vectors (must be <= "
                        "that for this init)", s->class->name, a->rows, name, k);
    status = ory_mat_new(&V, w->cols, k, err);
    if (status == ORY_OK)
        status = ory_mat_new(&sigma, k, 1, err);
    if (status == ORY_OK)
        status = ory_mat_new(&rows, a->rows, a->cols, err);
    if (status == ORY_OK)
        status = ory_svd(w, NULL, sigma.data, &V, err);
    for (size_t i = 0; status == ORY_OK && i < a->rows; i++)
        for (size_t j = 0; j < a->cols; j++)
            *ory_mat_at(&rows, i, j) = *ory_mat_at(&V, j, top ? i : k - 1 - i);
    if (status == ORY_OK)
        scaled_rows(&rows, a, rng, alpha);
    ory_mat_free(&V);
    ory_mat_free(&sigma);
    ory_mat_free(&rows);
    return status;
}

static ory_status pretrained_factors(const ory_system *s, lora_data *d, double alpha, bool top,
                                     ory_error *err)
{
    ory_rng first = stream(s, STREAM_FIRST), second = stream(s, STREAM_SECOND);
    const ory_status status = along(s, &d->W1, "W1", top, &d->A1, &first, alpha, err);

    return status == ORY_OK ? along(s, &d->W2, "W2", top, &d->A2, &second, alpha, err) : status;
}

/* Any of the four matrices; those not given are 0. */
static ory_status given_factors(const ory_system *s, lora_data *d, ory_error *err)
{
    const struct {
        int param;
        ory_mat *to;
    } table[] = {{P_A1, &d->A1}, {P_B1, &d->B1}, {P_A2, &d->A2}, {P_B2, &d->B2}};

    if (ory_values_given(&s->values, P_INIT) &&
        ory_values_choice(&s->values, P_INIT) != INIT_EXPLICIT)
        return ory_fail(err, ORY_EINVAL,
                        "%s: init = \"%s\" contradicts given factors (leave init out)",
                        s->class->name,
                        s->class->params[P_INIT].choices[ory_values_choice(&s->values, P_INIT)]);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const ory_mat *from = ory_values_mat(&s->values, table[i].param);

        for (size_t r = 0; from && r < from->rows; r++)
            for (size_t c = 0; c < from->cols; c++)
                *ory_mat_at(table[i].to, r, c) = *ory_mat_at(from, r, c);
    }
    return ORY_OK;
}

static bool any_given(const ory_system *s)
{
    for (int p = P_A1; p <= P_B2; p++)
        if (ory_values_given(&s->values, p))
            return true;
    return false;
}

static ory_status fill(ory_system *s, lora_data *d, ory_error *err)
{
    const double alpha = ory_values_real(&s->values, P_ALPHA);
    const int init = ory_values_choice(&s->values, P_INIT);

    if (any_given(s))
        return given_factors(s, d, err);
    switch (init) {
    case INIT_EXPLICIT:
        return ory_fail(err, ORY_EINVAL, "%s: init = \"explicit\" needs A1, B1, A2 or B2",
                        s->class->name);
    case INIT_SPECTRAL:
        return spectral_factors(s, d, alpha, err);
    case INIT_TOP:
    case INIT_BOTTOM:
        return pretrained_factors(s, d, alpha, init == INIT_TOP, err);
    case INIT_LORA:
        random_factors(s, d, alpha);
        return ORY_OK;
    default:
        return ORY_OK;
    }
}

ory_status lora_factors_make(ory_system *s, lora_data *d, ory_error *err)
{
    const int layers = ory_values_choice(&s->values, P_LAYERS);
    ory_status status = ory_mat_new(&d->A1, d->r, d->n, err);

    if (status == ORY_OK)
        status = ory_mat_new(&d->B1, d->h, d->r, err);
    if (status == ORY_OK)
        status = ory_mat_new(&d->A2, d->r, d->h, err);
    if (status == ORY_OK)
        status = ory_mat_new(&d->B2, d->m, d->r, err);
    if (status == ORY_OK)
        status = fill(s, d, err);
    if (status == ORY_OK && layers == LAYERS_SECOND) {
        memset(d->A1.data, 0, d->r * d->n * sizeof(double));
        memset(d->B1.data, 0, d->h * d->r * sizeof(double));
    }
    if (status == ORY_OK && layers == LAYERS_FIRST) {
        memset(d->A2.data, 0, d->r * d->h * sizeof(double));
        memset(d->B2.data, 0, d->m * d->r * sizeof(double));
    }
    return status;
}
