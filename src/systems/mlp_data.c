/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mlp_data.c - sizes and data of net.mlp: what the user gave, or Gaussian inputs with
 * targets from a small random network of tanh units. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "systems/mlp.h"
#include "systems/sizes.h"

enum { STREAM_X = 1, STREAM_TEACHER, STREAM_NOISE };

static ory_rng stream(const ory_system *s, uint64_t key)
{
    ory_rng rng;

    ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, P_SEED), key);
    return rng;
}

/* ------------------------------------------------------------------- sizes */

/* With softmax Y may be one column of class numbers 1, 2, ... */
static bool has_class_numbers(const ory_system *s, int loss)
{
    const ory_mat *Y = ory_values_mat(&s->values, P_Y);

    return loss == LOSS_SOFTMAX && Y && Y->cols == 1;
}

static ory_status find_classes(const ory_system *s, size_t *classes, ory_error *err)
{
    const ory_mat *Y = ory_values_mat(&s->values, P_Y);
    double most = 0;

    for (size_t i = 0; i < Y->rows; i++) {
        const double c = *ory_mat_at(Y, i, 0);

        if (!(c >= 1 && c == floor(c) && c <= 1e6))
            return ory_fail(err, ORY_ERANGE,
                            "%s: Y[%zu] = %g (class numbers of softmax are 1, 2, …)",
                            s->class->name, i + 1, c);
        most = c > most ? c : most;
    }
    *classes = (size_t)most;
    if (ory_values_given(&s->values, P_M)) {
        if (ory_values_size(&s->values, P_M) < *classes)
            return ory_fail(err, ORY_ERANGE, "%s: m = %zu, but Y has class %zu", s->class->name,
                            ory_values_size(&s->values, P_M), *classes);
        *classes = ory_values_size(&s->values, P_M);
    }
    if (*classes < 2)
        *classes = 2;
    return ORY_OK;
}

static ory_status find_widths(const ory_system *s, mlp *p, ory_error *err)
{
    const ory_mat *hidden = ory_values_mat(&s->values, P_HIDDEN);
    const size_t layers = hidden ? hidden->rows * hidden->cols : 1;

    if (layers + 1 > MLP_MAX_DEPTH)
        return ory_fail(err, ORY_ERANGE, "%s: hidden has %zu layers (must be < %d)", s->class->name,
                        layers, MLP_MAX_DEPTH);
    for (size_t i = 0; hidden && i < layers; i++) {
        const double width = hidden->cols == 1 ? *ory_mat_at(hidden, i, 0)
                                               : *ory_mat_at(hidden, 0, i);

        if (!(width >= 1 && width == floor(width) && width <= 1e6))
            return ory_fail(err, ORY_ERANGE,
                            "%s: hidden[%zu] = %g (widths are whole numbers >= 1)", s->class->name,
                            i + 1, width);
        p->d[i + 1] = (size_t)width;
    }
    if (!hidden)
        p->d[1] = 20;
    p->depth = layers + 1;
    return ORY_OK;
}

static ory_status find_sizes(const ory_system *s, mlp *p, ory_error *err)
{
    ory_size n = {0}, m = {0}, samples = {0};
    size_t classes = 0;
    ory_status status = ory_size_number(s, P_N, &n, err);

    if (status == ORY_OK)
        status = ory_size_number(s, P_SAMPLES, &samples, err);
    if (status == ORY_OK)
        status = ory_size_matrix(s, P_X, &samples, "samples", &n, "n", err);
    if (status == ORY_OK && has_class_numbers(s, p->loss)) {
        status = ory_size_matrix(s, P_Y, &samples, "samples", NULL, NULL, err);
        if (status == ORY_OK)
            status = find_classes(s, &classes, err);
    } else if (status == ORY_OK) {
        status = ory_size_number(s, P_M, &m, err);
        if (status == ORY_OK)
            status = ory_size_matrix(s, P_Y, &samples, "samples", &m, "m", err);
    }
    if (status == ORY_OK)
        status = find_widths(s, p, err);
    if (status != ORY_OK)
        return status;
    p->d[0] = ory_size_or_default(s, &n, P_N);
    p->samples = ory_size_or_default(s, &samples, P_SAMPLES);
    p->d[p->depth] = classes               ? classes
                     : m.value             ? m.value
                     : p->loss == LOSS_SOFTMAX ? 3
                                               : 1;
    if (p->loss == LOSS_SOFTMAX && p->d[p->depth] < 2)
        return ory_fail(err, ORY_ERANGE, "%s: m = 1 with loss = \"softmax\" (must be >= 2)",
                        s->class->name);
    return ORY_OK;
}

/* -------------------------------------------------------------------- data */

static void copy_in(const ory_mat *from, double *to)
{
    for (size_t i = 0; i < from->rows; i++)
        for (size_t j = 0; j < from->cols; j++)
            to[i * from->cols + j] = *ory_mat_at(from, i, j);
}

/* Y = sum over units of c tanh(a'x) + noise, made labels where the loss wants them. */
static ory_status teach(const ory_system *s, mlp *p, ory_error *err)
{
    const size_t n = p->d[0], m = p->d[p->depth], units = ory_values_size(&s->values, P_TEACHER);
    const double noise = ory_values_real(&s->values, P_NOISE);
    ory_rng rng = stream(s, STREAM_TEACHER), rng_noise = stream(s, STREAM_NOISE);
    double *a = ory_alloc(units * (n + m) + m, sizeof *a), *c, *y;

    if (!a)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    c = a + units * n;
    y = c + units * m;
    ory_rng_fill_normal(&rng, a, units * n, 0, 1);
    ory_rng_fill_normal(&rng, c, units * m, 0, 1 / sqrt((double)units));
    for (size_t i = 0; i < p->samples; i++) {
        size_t most = 0;

        ory_rng_fill_normal(&rng_noise, y, m, 0, noise);
        for (size_t u = 0; u < units; u++)
            ory_axpy(tanh(ory_dot(a + u * n, p->X + i * n, n)), c + u * m, y, m);
        for (size_t j = 1; j < m; j++)
            most = y[j] > y[most] ? j : most;
        for (size_t j = 0; j < m; j++)
            p->Y[i * m + j] = p->loss == LOSS_SQUARE    ? y[j]
                              : p->loss == LOSS_SOFTMAX ? j == most
                              : y[j] < 0                ? -1
                                                        : 1;
    }
    ory_free(a);
    return ORY_OK;
}

static ory_status check_labels(const ory_system *s, const mlp *p, ory_error *err)
{
    const size_t m = p->d[p->depth];

    for (size_t i = 0; i < p->samples; i++) {
        double sum = 0;

        for (size_t j = 0; j < m; j++) {
            const double y = p->Y[i * m + j];

            sum += y;
            if (p->loss == LOSS_SOFTMAX ? !(y >= 0 && y <= 1) : fabs(y) != 1)
                return ory_fail(err, ORY_ERANGE, "%s: Y[%zu,%zu] = %g (%s)", s->class->name, i + 1,
                                j + 1, y,
                                p->loss == LOSS_SOFTMAX ? "softmax takes rows of probabilities, or "
                                                          "one column of class numbers"
                                                        : "labels must be 1 or -1");
        }
        if (p->loss == LOSS_SOFTMAX && fabs(sum - 1) > 1e-9)
            return ory_fail(err, ORY_ERANGE,
                            "%s: row %zu of Y sums to %g (softmax takes rows of probabilities, or "
                            "one column of class numbers)",
                            s->class->name, i + 1, sum);
    }
    return ORY_OK;
}

static ory_status make_targets(const ory_system *s, mlp *p, ory_error *err)
{
    const ory_mat *Y = ory_values_mat(&s->values, P_Y);
    const size_t m = p->d[p->depth];

    if (!Y)
        return teach(s, p, err);
    if (!has_class_numbers(s, p->loss))
        copy_in(Y, p->Y);
    for (size_t i = 0; has_class_numbers(s, p->loss) && i < p->samples; i++)
        p->Y[i * m + (size_t)*ory_mat_at(Y, i, 0) - 1] = 1;
    return p->loss == LOSS_SQUARE ? ORY_OK : check_labels(s, p, err);
}

ory_status mlp_data_make(ory_system *s, mlp *p, ory_error *err)
{
    const ory_mat *X = ory_values_mat(&s->values, P_X);
    ory_rng rng = stream(s, STREAM_X);
    ory_status status = find_sizes(s, p, err);

    if (status != ORY_OK)
        return status;
    p->X = ory_alloc(p->samples * p->d[0], sizeof(double));
    p->Y = ory_alloc(p->samples * p->d[p->depth], sizeof(double));
    if (!p->X || !p->Y)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    if (X)
        copy_in(X, p->X);
    else
        ory_rng_fill_normal(&rng, p->X, p->samples * p->d[0], 0, 1);
    return make_targets(s, p, err);
}
