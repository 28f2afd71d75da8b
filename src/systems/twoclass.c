/* SPDX-License-Identifier: GPL-3.0-or-later */
/* twoclass.c - losses, labels and mini-batches of networks with one output. */
#include "config.h"

#include "systems/twoclass.h"

#include <math.h>
#include <string.h>

#include "core/linalg.h"
#include "core/mem.h"

const char *const ory_margin_names[] = {"exp", "logistic", "logistic2", "square", NULL};

/* --------------------------------------------------------------------- losses */

static double exp_losses(const double *y, const double *f, double *d, size_t n, double weight)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        const double e = exp(-y[i] * f[i]);

        sum += e;
        d[i] = -weight * y[i] * e;
    }
    return sum;
}

/* Safe from overflow: log(1 + e^z) = max(z, 0) + log1p(e^-|z|). */
static double logistic_losses(const double *y, const double *f, double *d, size_t n, double weight)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        const double z = -y[i] * f[i], e = exp(-fabs(z));

        sum += (z > 0 ? z : 0) + log1p(e);
        d[i] = -weight * y[i] * (z > 0 ? 1 : e) / (1 + e);
    }
    return sum;
}

static double square_losses(const double *y, const double *f, double *d, size_t n, double weight)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        const double e = f[i] - y[i];

        sum += 0.5 * e * e;
        d[i] = weight * e;
    }
    return sum;
}

double ory_margin_losses(int loss, const double *y, const double *f, double *d, size_t n, double weight)
{
    switch (loss) {
    case ORY_MARGIN_EXP: return weight * exp_losses(y, f, d, n, weight);
    case ORY_MARGIN_LOGISTIC: return weight * logistic_losses(y, f, d, n, weight);
    case ORY_MARGIN_LOGISTIC2: return 2 * weight * logistic_losses(y, f, d, n, 2 * weight);
    default: return weight * square_losses(y, f, d, n, weight);
    }
}

/* -------------------------------------------------------------------- options */

ory_rng ory_seed_stream(const ory_system *s, int seed, uint64_t key)
{
    ory_rng rng;

    ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, seed), key);
    return rng;
}

ory_status ory_read_labels(const ory_system *s, int param, bool zero_one, double *y, size_t n,
                           ory_error *err)
{
    const ory_mat *Y = ory_values_mat(&s->values, param);

    for (size_t i = 0; i < n; i++) {
        const double label = Y->cols == 1 ? *ory_mat_at(Y, i, 0) : *ory_mat_at(Y, 0, i);

        if (zero_one ? label != 0 && label != 1 : fabs(label) != 1)
            return ory_fail(err, ORY_ERANGE, "%s: %s[%zu] = %g (labels must be %s)", s->class->name,
                            s->class->params[param].name, i + 1, label,
                            zero_one ? "0 or 1 with zero_one = true"
                                     : "1 or -1; zero_one = true converts 0 and 1");
        y[i] = label > 0 ? 1 : -1;
    }
    return ORY_OK;
}

ory_status ory_size_samples(const ory_system *s, int x, int y, ory_size *samples, ory_size *D,
                            ory_error *err)
{
    const ory_mat *Y = ory_values_mat(&s->values, y);
    const bool row = Y->rows == 1 && Y->cols > 1;
    ory_status status = ory_size_matrix(s, x, samples, "samples", D, "D", err);

    if (status == ORY_OK)
        status = ory_size_matrix(s, y, row ? NULL : samples, "samples", row ? samples : NULL,
                                 "samples", err);
    if (status == ORY_OK && !row && Y->cols != 1)
        return ory_fail(err, ORY_ESHAPE, "%s: %s is %zu x %zu (must be one label a sample)",
                        s->class->name, s->class->params[y].name, Y->rows, Y->cols);
    return status;
}

void ory_copy_rows(const ory_mat *X, double *out)
{
    for (size_t i = 0; i < X->rows; i++)
        memcpy(out + i * X->cols, ory_mat_at(X, i, 0), X->cols * sizeof *out);
}

ory_status ory_read_matrix(const ory_system *s, int param, double *out, size_t rows, size_t cols,
                           bool *given, ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, param);
    const char *name = s->class->params[param].name;
    bool turned;

    *given = a != NULL;
    if (!a)
        return ORY_OK;
    turned = cols == 1 && a->rows == 1 && a->cols == rows;
    if (!turned && (a->rows != rows || a->cols != cols))
        return ory_fail(err, ORY_ESHAPE, "%s: %s is %zu x %zu (must be %zu x %zu)", s->class->name,
                        name, a->rows, a->cols, rows, cols);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++) {
            const double x = turned ? *ory_mat_at(a, 0, i) : *ory_mat_at(a, i, j);

            if (!isfinite(x))
                return ory_fail(err, ORY_EDIVERGE, "%s: %s[%zu,%zu] = %g (must be finite)",
                                s->class->name, name, i + 1, j + 1, x);
            out[i * cols + j] = x;
        }
    return ORY_OK;
}

ory_status ory_read_signs(const ory_system *s, int param, ory_rng *rng, double *v, size_t h,
                          ory_error *err)
{
    bool given;
    const ory_status status = ory_read_matrix(s, param, v, h, 1, &given, err);

    for (size_t j = 0; status == ORY_OK && j < h; j++) {
        if (!given)
            v[j] = ory_rng_bits(rng) >> 63 ? 1 : -1;
        else if (fabs(v[j]) != 1)
            return ory_fail(err, ORY_ERANGE, "%s: %s[%zu] = %g (must be 1 or -1)", s->class->name,
                            s->class->params[param].name, j + 1, v[j]);
    }
    return status;
}

/* --------------------------------------------------------------- mini-batches */

ory_status ory_batches_init(ory_batches *b, size_t n, size_t D, ory_error *err)
{
    *b = (ory_batches){.n = n, .D = D, .epoch = UINT64_MAX};
    b->order = ory_alloc(n, sizeof *b->order);
    b->X = ory_alloc(n * D, sizeof *b->X);
    b->y = ory_alloc(n, sizeof *b->y);
    return b->order && b->X && b->y ? ORY_OK : ory_fail(err, ORY_ENOMEM, "out of memory");
}

void ory_batches_fini(ory_batches *b)
{
    ory_free(b->order);
    ory_free(b->X);
    ory_free(b->y);
    memset(b, 0, sizeof *b);
}

void ory_batches_fill(ory_batches *b, const ory_rng *stream, uint64_t k, size_t size,
                      const double *X, const double *y)
{
    const size_t most = size == 0 || size > b->n ? b->n : size, batches = (b->n + most - 1) / most;
    const uint64_t epoch = k / batches;
    const size_t from = (size_t)(k % batches) * most;
    ory_rng own;

    if (b->epoch != epoch) {
        ory_rng_split(stream, epoch, &own);
        ory_rng_permutation(&own, b->order, b->n);
        b->epoch = epoch;
    }
    b->count = from + most <= b->n ? most : b->n - from;
    for (size_t i = 0; i < b->count; i++) {
        const size_t row = b->order[from + i];

        memcpy(b->X + i * b->D, X + row * b->D, b->D * sizeof *X);
        b->y[i] = y[row];
    }
}
