/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prelu_data.c - data of net.prelu: samples of an orthonormal mixture, or the user's X and Y;
 * fresh samples to attack; centres, when the user knows them. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "systems/prelu.h"

static const double skew_most = 1e-8; /* of <mu_k, mu_l> from the identity */

static ory_status no_memory(const ory_system *s, ory_error *err)
{
    return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
}

static ory_status make_room(const ory_system *s, double **X, double **y, size_t n, size_t D,
                            ory_error *err)
{
    *X = ory_alloc(n * D, sizeof **X);
    *y = ory_alloc(n, sizeof **y);
    return *X && *y ? ORY_OK : no_memory(s, err);
}

/* ---------------------------------------------------------------- the mixture */

static ory_status make_mixture(ory_system *s, prelu *p, ory_error *err)
{
    const size_t K1 = ory_values_size(&s->values, P_K1), K2 = ory_values_size(&s->values, P_K2);
    ory_rng rng = ory_seed_stream(s, P_SEED, STREAM_CENTRES);
    ory_status status;

    p->D = ory_values_size(&s->values, P_D);
    status = ory_mixture_init(&p->mixture, p->D, K1 + K2, K1, ory_values_real(&s->values, P_ALPHA),
                              NULL, err);
    if (status == ORY_OK && ory_values_bool(&s->values, P_ROTATE))
        status = ory_mixture_rotate(&p->mixture, &rng, err);
    p->known = true;
    if (status != ORY_OK)
        ory_fail_prefix(err, "%s", s->class->name);
    return status;
}

/* `n` samples: cluster by cluster, n / K of each, or labels drawn uniformly. */
static void draw(const ory_system *s, const prelu *p, bool uniform, uint64_t stream, double *X,
                 double *y, size_t n)
{
    ory_rng rng = ory_seed_stream(s, P_SEED, stream), which;

    ory_rng_split(&rng, STREAM_LABELS, &which);
    for (size_t i = 0; i < n; i++) {
        const size_t k = uniform ? ory_rng_below(&which, p->mixture.K) : i / (n / p->mixture.K);

        y[i] = ory_mixture_sample(&p->mixture, k, &rng, X + i * p->D);
    }
}

static ory_status generate(ory_system *s, prelu *p, ory_error *err)
{
    const bool uniform = ory_values_given(&s->values, P_SAMPLES);
    ory_status status = make_mixture(s, p, err);

    if (status != ORY_OK)
        return status;
    if (uniform && ory_values_given(&s->values, P_PER_CLUSTER))
        return ory_fail(err, ORY_EINVAL, "%s: both samples and per_cluster are given",
                        s->class->name);
    p->n = uniform ? ory_values_size(&s->values, P_SAMPLES)
                   : p->mixture.K * ory_values_size(&s->values, P_PER_CLUSTER);
    p->tests = ory_values_size(&s->values, P_TEST);
    status = make_room(s, &p->X, &p->y, p->n, p->D, err);
    if (status == ORY_OK)
        status = make_room(s, &p->X_test, &p->y_test, p->tests, p->D, err);
    if (status != ORY_OK)
        return status;
    draw(s, p, uniform, STREAM_DATA, p->X, p->y, p->n);
    draw(s, p, true, STREAM_TEST, p->X_test, p->y_test, p->tests);
    return ORY_OK;
}

/* ----------------------------------------------------------------- user's data */

/* The samples under attack: X_test with Y_test, or `test` of the training samples, evenly
 * spaced. */
static ory_status choose_tests(ory_system *s, prelu *p, ory_size *D, ory_error *err)
{
    const ory_mat *X = ory_values_mat(&s->values, P_X_TEST), *Y = ory_values_mat(&s->values, P_Y_TEST);
    const size_t wish = ory_values_size(&s->values, P_TEST);
    ory_size tests = {0};
    ory_status status = ORY_OK;

    if (!X != !Y)
        return ory_fail(err, ORY_EINVAL, "%s: %s without %s", s->class->name, X ? "X_test" : "Y_test",
                        X ? "Y_test" : "X_test");
    if (X)
        status = ory_size_samples(s, P_X_TEST, P_Y_TEST, &tests, D, err);
    p->tests = X ? X->rows : wish < p->n ? wish : p->n;
    if (status == ORY_OK)
        status = make_room(s, &p->X_test, &p->y_test, p->tests, p->D, err);
    if (status != ORY_OK)
        return status;
    if (X) {
        ory_copy_rows(X, p->X_test);
        return ory_read_labels(s, P_Y_TEST, ory_values_bool(&s->values, P_ZERO_ONE), p->y_test,
                               p->tests, err);
    }
    for (size_t i = 0; i < p->tests; i++) {
        const size_t row = i * p->n / p->tests;

        memcpy(p->X_test + i * p->D, p->X + row * p->D, p->D * sizeof(double));
        p->y_test[i] = p->y[row];
    }
    return ORY_OK;
}

/* Centres given with own data: the theory is about orthonormal ones. */
static ory_status read_centres(ory_system *s, prelu *p, ory_error *err)
{
    const ory_mat *C = ory_values_mat(&s->values, P_CENTRES);
    const size_t K1 = ory_values_size(&s->values, P_K1);
    double *rows = ory_alloc(C->rows * C->cols, sizeof *rows);
    ory_status status;

    if (!rows)
        return no_memory(s, err);
    ory_copy_rows(C, rows);
    if (C->cols != p->D)
        status = ory_fail(err, ORY_ESHAPE, "%s: centres are %zu x %zu (D = %zu columns wanted)",
                          s->class->name, C->rows, C->cols, p->D);
    else if (!ory_values_given(&s->values, P_K1))
        status = ory_fail(err, ORY_EINVAL, "%s: centres without K1, the number of positive ones",
                          s->class->name);
    else if (ory_values_given(&s->values, P_K2) && K1 + ory_values_size(&s->values, P_K2) != C->rows)
        status = ory_fail(err, ORY_ESHAPE, "%s: %zu centres, but K1 + K2 = %zu", s->class->name,
                          C->rows, K1 + ory_values_size(&s->values, P_K2));
    else if ((status = ory_mixture_init(&p->mixture, p->D, C->rows, K1,
                                        ory_values_real(&s->values, P_ALPHA), rows, err)) != ORY_OK)
        ory_fail_prefix(err, "%s: centres", s->class->name);
    ory_free(rows);
    if (status != ORY_OK)
        return status;
    p->skew = ory_mixture_skew(&p->mixture);
    p->known = p->skew <= skew_most;
    if (!p->known)
        ory_system_note(s, "centres are not orthonormal (off by %.2g): the theory is off, attacks go "
                        "without them", p->skew);
    return ORY_OK;
}

static ory_status read_user_data(ory_system *s, prelu *p, ory_error *err)
{
    const ory_mat *X = ory_values_mat(&s->values, P_X);
    ory_size samples = {0}, D = {0};
    ory_status status;

    if (!X || !ory_values_mat(&s->values, P_Y))
        return ory_fail(err, ORY_EINVAL, "%s: %s without %s", s->class->name, X ? "X" : "Y",
                        X ? "Y" : "X");
    status = ory_size_number(s, P_D, &D, err);
    if (status == ORY_OK)
        status = ory_size_samples(s, P_X, P_Y, &samples, &D, err);
    if (status != ORY_OK)
        return status;
    p->n = X->rows;
    p->D = X->cols;
    status = make_room(s, &p->X, &p->y, p->n, p->D, err);
    if (status == ORY_OK) {
        ory_copy_rows(X, p->X);
        status = ory_read_labels(s, P_Y, ory_values_bool(&s->values, P_ZERO_ONE), p->y, p->n, err);
    }
    if (status == ORY_OK)
        status = choose_tests(s, p, &D, err);
    if (status == ORY_OK && ory_values_mat(&s->values, P_CENTRES))
        status = read_centres(s, p, err);
    return status;
}

/* ------------------------------------------------------------------ afterwards */

/* Subtract the mean of the training samples, from the test samples too. */
static ory_status subtract_mean(const ory_system *s, prelu *p, ory_error *err)
{
    double *mean = ory_alloc(p->D, sizeof *mean);

    if (!mean)
        return no_memory(s, err);
    for (size_t i = 0; i < p->n; i++)
        ory_axpy(1 / (double)p->n, p->X + i * p->D, mean, p->D);
    for (size_t i = 0; i < p->n; i++)
        ory_axpy(-1, mean, p->X + i * p->D, p->D);
    for (size_t i = 0; i < p->tests; i++)
        ory_axpy(-1, mean, p->X_test + i * p->D, p->D);
    ory_free(mean);
    return ORY_OK;
}

ory_status prelu_data_make(ory_system *s, prelu *p, ory_error *err)
{
    ory_status status;

    p->own = ory_values_mat(&s->values, P_X) || ory_values_mat(&s->values, P_Y);
    if (!p->own && (ory_values_mat(&s->values, P_CENTRES) || ory_values_mat(&s->values, P_X_TEST) ||
                    ory_values_mat(&s->values, P_Y_TEST)))
        return ory_fail(err, ORY_EINVAL, "%s: centres, X_test and Y_test belong to your own X and Y",
                        s->class->name);
    status = p->own ? read_user_data(s, p, err) : generate(s, p, err);
    if (status == ORY_OK && ory_values_bool(&s->values, P_CENTRE))
        status = subtract_mean(s, p, err);
    for (size_t i = 0; status == ORY_OK && i < p->n; i++)
        p->n_plus += p->y[i] > 0;
    p->n_minus = p->n - p->n_plus;
    return status;
}
