/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linear_data.c - sizes, data and initial factors of net.linear.
 *
 * Sizes come from whatever the user gave (numbers, X, Y, A, y, W1, W2); two
 * sources that disagree are an error that names both. Inputs, teacher, noise and
 * initial factors draw from streams of their own, so that changing one option
 * does not shift the others. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "systems/linear.h"
#include "systems/sizes.h"

enum { STREAM_INPUTS = 1, STREAM_TEACHER, STREAM_NOISE, STREAM_W1, STREAM_W2, STREAM_TURN };

/* ------------------------------------------------------------------- sizes */

static ory_status refuse(const ory_system *s, int param, const char *loss, const char *why,
                         ory_error *err)
{
    if (!ory_values_given(&s->values, param))
        return ORY_OK;
    return ory_fail(err, ORY_EINVAL, "%s: %s is of no use with loss = \"%s\" (%s)",
                    s->class->name, s->class->params[param].name, loss, why);
}

/* Options that shape generated data beside data that are given. */
static ory_status check_given(const ory_system *s, ory_error *err)
{
    static const struct {
        int data, param;
    } table[] = {
        {P_X, P_INPUTS}, {P_X, P_RANK},  {P_Y, P_TARGETS},
        {P_Y, P_NOISE},  {P_MEASUREMENTS, P_TARGETS}, {P_MEASUREMENTS, P_NOISE},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (ory_values_given(&s->values, table[i].data) &&
            ory_values_given(&s->values, table[i].param))
            return ory_fail(err, ORY_EINVAL, "%s: %s is of no use since %s is given",
                            s->class->name, s->class->params[table[i].param].name,
                            s->class->params[table[i].data].name);
    return ORY_OK;
}

/* Options that a loss cannot honour. */
static ory_status check_options(const ory_system *s, int loss, ory_error *err)
{
    static const struct {
        int loss, param;
        const char *name, *why;
    } table[] = {
        {LOSS_SQUARED, P_A, "squared", "A belongs to loss = \"sensing\""},
        {LOSS_SQUARED, P_MEASUREMENTS, "squared", "y belongs to loss = \"sensing\"; use Y"},
        {LOSS_SQUARED, P_LAMBDA, "squared", "lambda belongs to loss = \"logistic\""},
        {LOSS_MF, P_X, "mf", "its X is the identity"},
        {LOSS_MF, P_INPUTS, "mf", "its X is the identity"},
        {LOSS_MF, P_RANK, "mf", "its X is the identity"},
        {LOSS_MF, P_SAMPLES, "mf", "its X is the n x n identity"},
        {LOSS_MF, P_A, "mf", "A belongs to loss = \"sensing\""},
        {LOSS_MF, P_MEASUREMENTS, "mf", "y belongs to loss = \"sensing\"; use Y"},
        {LOSS_MF, P_LAMBDA, "mf", "lambda belongs to loss = \"logistic\""},
        {LOSS_MF, P_LOSS_SCALE, "mf", "use loss = \"squared\" with inputs = \"identity\""},
        {LOSS_SCALAR, P_X, "scalar", "it is (x - 1)^2 / 2"},
        {LOSS_SCALAR, P_Y, "scalar", "it is (x - 1)^2 / 2"},
        {LOSS_SCALAR, P_A, "scalar", "it is (x - 1)^2 / 2"},
        {LOSS_SCALAR, P_MEASUREMENTS, "scalar", "it is (x - 1)^2 / 2"},
        {LOSS_SCALAR, P_LAMBDA, "scalar", "it is (x - 1)^2 / 2"},
        {LOSS_SCALAR, P_LOSS_SCALE, "scalar", "it is (x - 1)^2 / 2"},
        {LOSS_SCALAR, P_SAMPLES, "scalar", "it is (x - 1)^2 / 2"},
        {LOSS_SCALAR, P_INPUTS, "scalar", "it is (x - 1)^2 / 2"},
        {LOSS_SCALAR, P_RANK, "scalar", "it is (x - 1)^2 / 2"},
        {LOSS_SCALAR, P_TARGETS, "scalar", "it is (x - 1)^2 / 2"},
        {LOSS_SCALAR, P_NOISE, "scalar", "it is (x - 1)^2 / 2"},
        {LOSS_LOGISTIC, P_A, "logistic", "A belongs to loss = \"sensing\""},
        {LOSS_LOGISTIC, P_MEASUREMENTS, "logistic", "y belongs to loss = \"sensing\"; use Y"},
        {LOSS_LOGISTIC, P_LOSS_SCALE, "logistic", "it scales the squared loss"},
        {LOSS_SENSING, P_X, "sensing", "give A"},
        {LOSS_SENSING, P_INPUTS, "sensing", "its measurements are Gaussian or given as A"},
        {LOSS_SENSING, P_RANK, "sensing", "its measurements are Gaussian or given as A"},
        {LOSS_SENSING, P_Y, "sensing", "give the measurements as y"},
        {LOSS_SENSING, P_LAMBDA, "sensing", "lambda belongs to loss = \"logistic\""},
        {LOSS_SENSING, P_LOSS_SCALE, "sensing", "it scales the squared loss"},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].loss == loss) {
            ory_status status = refuse(s, table[i].param, table[i].name, table[i].why, err);

            if (status != ORY_OK)
                return status;
        }
    return check_given(s, err);
}

/* n and m of a sensing problem whose A was given: n m = columns of A. */
static ory_status sensing_sizes(const ory_system *s, ory_size *n, ory_size *m, ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, P_A);
    size_t rows, cols;

    if (!a)
        return ORY_OK;
    if (!n->value && m->value && a->cols % m->value == 0)
        n->value = a->cols / m->value;
    else if (!m->value && n->value && a->cols % n->value == 0)
        m->value = a->cols / n->value;
    rows = ory_size_or_default(s, n, P_N);
    cols = ory_size_or_default(s, m, P_M);
    if (rows * cols == a->cols)
        return ORY_OK;
    return ory_fail(err, ORY_ESHAPE,
                    "%s: A is %zu x %zu, W is %zu x %zu: A needs one column for each of W's %zu "
                    "entries",
                    s->class->name, a->rows, a->cols, rows, cols, rows * cols);
}

static ory_status find_sizes(ory_system *s, linear_data *d, int loss, ory_error *err)
{
    ory_size n = {0}, h = {0}, m = {0}, samples = {0};
    const bool one = loss == LOSS_SCALAR;
    ory_status status = check_options(s, loss, err);

    if (one) {
        n.value = h.value = m.value = 1;
        snprintf(n.from, sizeof n.from, "loss = \"scalar\" means n = h = m = 1");
        memcpy(h.from, n.from, sizeof h.from);
        memcpy(m.from, n.from, sizeof m.from);
    }
    if (status == ORY_OK)
        status = ory_size_number(s, P_N, &n, err);
    if (status == ORY_OK)
        status = ory_size_number(s, P_H, &h, err);
    if (status == ORY_OK)
        status = ory_size_number(s, P_M, &m, err);
    if (status == ORY_OK)
        status = ory_size_number(s, P_SAMPLES, &samples, err);
    if (status == ORY_OK)
        status = ory_size_matrix(s, P_X, &samples, "samples", &n, "n", err);
    if (status == ORY_OK)
        status = ory_size_matrix(s, P_Y, loss == LOSS_MF ? &n : &samples,
                              loss == LOSS_MF ? "n" : "samples", &m, "m", err);
    if (status == ORY_OK)
        status = ory_size_matrix(s, P_W1, &n, "n", &h, "h", err);
    if (status == ORY_OK)
        status = ory_size_matrix(s, P_W2, &m, "m", &h, "h", err);
    if (status == ORY_OK)
        status = ory_size_matrix(s, P_A, &samples, "samples", NULL, NULL, err);
    if (status == ORY_OK)
        status = ory_size_list(s, P_MEASUREMENTS, &samples, "samples", err);
    if (status == ORY_OK)
        status = sensing_sizes(s, &n, &m, err);
    if (status != ORY_OK)
        return status;
    d->n = ory_size_or_default(s, &n, P_N);
    d->h = ory_size_or_default(s, &h, P_H);
    d->m = ory_size_or_default(s, &m, P_M);
    d->samples = loss == LOSS_MF || one ? d->n : ory_size_or_default(s, &samples, P_SAMPLES);
    if (loss != LOSS_MF && !one && samples.value == 0 &&
        ory_values_choice(&s->values, P_INPUTS) == INPUTS_IDENTITY)
        d->samples = d->n;
    return ORY_OK;
}

/* --------------------------------------------------------------- generators */

static ory_rng stream(const ory_system *s, uint64_t which)
{
    ory_rng rng;

    ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, P_SEED), which);
    return rng;
}

static ory_status gaussian(ory_mat *a, size_t rows, size_t cols, ory_rng *rng, double std,
                           ory_error *err)
{
    ory_status status = ory_mat_new(a, rows, cols, err);

    if (status == ORY_OK)
        ory_rng_fill_normal(rng, a->data, rows * cols, 0, std);
    return status;
}

/* rows x cols, uniform among those with orthonormal columns (or rows, when
 * there are fewer of them): Q of a Gaussian matrix, diagonal of R positive. */
static ory_status orthonormal(ory_mat *a, size_t rows, size_t cols, ory_rng *rng, ory_error *err)
{
    const size_t tall = rows > cols ? rows : cols, k = rows < cols ? rows : cols;
    ory_mat g = {0}, q = {0}, r = {0};
    ory_status status = gaussian(&g, tall, k, rng, 1, err);

    memset(a, 0, sizeof *a);
    if (status == ORY_OK)
        status = ory_mat_new(&q, tall, k, err);
    if (status == ORY_OK)
        status = ory_mat_new(&r, k, k, err);
    if (status == ORY_OK)
        status = ory_qr(&g, &q, &r, err);
    if (status == ORY_OK)
        status = ory_mat_new(a, rows, cols, err);
    if (status == ORY_OK)
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < cols; j++)
                *ory_mat_at(a, i, j) = rows >= cols ? *ory_mat_at(&q, i, j) : *ory_mat_at(&q, j, i);
    ory_mat_free(&g);
    ory_mat_free(&q);
    ory_mat_free(&r);
    return status;
}

/* U S V' with k random singular values: uniform in [low, high]. */
static ory_status with_spectrum(ory_mat *a, size_t rows, size_t cols, size_t k, double low,
                                double high, ory_rng *rng, ory_error *err)
{
    ory_mat u = {0}, v = {0};
    ory_status status = orthonormal(&u, rows, k, rng, err);

    if (status == ORY_OK)
        status = orthonormal(&v, cols, k, rng, err);
    if (status == ORY_OK)
        status = ory_mat_new(a, rows, cols, err);
    for (size_t i = 0; status == ORY_OK && i < k; i++) {
        const double sigma = low + (high - low) * ory_rng_uniform(rng);

        for (size_t r = 0; r < rows; r++)
            *ory_mat_at(&u, r, i) *= sigma;
    }
    if (status == ORY_OK)
        ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &u, &v, 0, a);
    ory_mat_free(&u);
    ory_mat_free(&v);
    return status;
}

/* Product of two Gaussian matrices through k dimensions, entries of variance std^2. */
static ory_status low_rank(ory_mat *a, size_t rows, size_t cols, size_t k, double std, ory_rng *rng,
                           ory_error *err)
{
    ory_mat u = {0}, v = {0};
    ory_status status = gaussian(&u, rows, k, rng, std / sqrt((double)k), err);

    if (status == ORY_OK)
        status = gaussian(&v, cols, k, rng, 1, err);
    if (status == ORY_OK)
        status = ory_mat_new(a, rows, cols, err);
    if (status == ORY_OK)
        ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &u, &v, 0, a);
    ory_mat_free(&u);
    ory_mat_free(&v);
    return status;
}

static ory_status identity(ory_mat *a, size_t rows, size_t cols, ory_error *err)
{
    ory_status status = ory_mat_new(a, rows, cols, err);

    for (size_t i = 0; status == ORY_OK && i < rows && i < cols; i++)
        *ory_mat_at(a, i, i) = 1;
    return status;
}

static ory_status make_inputs(const ory_system *s, linear_data *d, ory_error *err)
{
    const size_t full = d->samples < d->n ? d->samples : d->n;
    const double low = ory_values_real(&s->values, P_SPECTRUM_LOW),
                 high = ory_values_real(&s->values, P_SPECTRUM_HIGH);
    ory_rng rng = stream(s, STREAM_INPUTS);
    size_t rank = full;

    if (ory_values_given(&s->values, P_X))
        return ory_mat_copy(&d->X, ory_values_mat(&s->values, P_X), err);
    if (ory_values_given(&s->values, P_RANK))
        rank = ory_values_size(&s->values, P_RANK);
    if (rank > full)
        return ory_fail(err, ORY_ERANGE, "%s: rank = %zu (X is %zu x %zu: must be <= %zu)",
                        s->class->name, rank, d->samples, d->n, full);
    switch (ory_values_choice(&s->values, P_INPUTS)) {
    case INPUTS_ORTHOGONAL:
        return rank == full ? orthonormal(&d->X, d->samples, d->n, &rng, err)
                            : with_spectrum(&d->X, d->samples, d->n, rank, 1, 1, &rng, err);
    case INPUTS_SPECTRUM:
        if (!(low <= high))
            return ory_fail(err, ORY_ERANGE, "%s: spectrum_low = %g (must be <= spectrum_high = %g)",
                            s->class->name, low, high);
        return with_spectrum(&d->X, d->samples, d->n, rank, low, high, &rng, err);
    case INPUTS_IDENTITY:
        if (d->samples != d->n)
            return ory_fail(err, ORY_ESHAPE,
                            "%s: samples = %zu with inputs = \"identity\" (must be n = %zu)",
                            s->class->name, d->samples, d->n);
        return identity(&d->X, d->n, d->n, err);
    default:
        return rank == full ? gaussian(&d->X, d->samples, d->n, &rng, 1, err)
                            : low_rank(&d->X, d->samples, d->n, rank, 1, &rng, err);
    }
}

/* The teacher's product, n x m. */
static ory_status make_teacher(const ory_system *s, const linear_data *d, ory_mat *theta,
                               ory_error *err)
{
    const double std = ory_values_real(&s->values, P_TEACHER_STD);
    ory_rng rng = stream(s, STREAM_TEACHER);
    size_t k;

    switch (ory_values_choice(&s->values, P_TARGETS)) {
    case TARGETS_PLANTED:
        k = d->n < d->m ? d->n : d->m;
        if (k > d->h)
            k = d->h;
        if (ory_values_given(&s->values, P_TEACHER_RANK))
            k = ory_values_size(&s->values, P_TEACHER_RANK);
        return low_rank(theta, d->n, d->m, k, std, &rng, err);
    case TARGETS_INITIAL: {
        ory_status status = ory_mat_new(theta, d->n, d->m, err);

        if (status == ORY_OK)
            ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &d->W1, &d->W2, 0, theta);
        return status;
    }
    case TARGETS_RANDOM:
        return ory_mat_new(theta, d->n, d->m, err);
    default:
        return gaussian(theta, d->n, d->m, &rng, std, err);
    }
}

/* out = a Theta + noise; for targets = "random" unit Gaussian entries. */
static ory_status make_targets(const ory_system *s, const linear_data *d, const ory_mat *a,
                               const ory_mat *theta, ory_mat *out, ory_error *err)
{
    const bool random = ory_values_choice(&s->values, P_TARGETS) == TARGETS_RANDOM;
    ory_rng rng = stream(s, STREAM_NOISE);
    ory_status status = gaussian(out, a ? a->rows : d->n, theta->cols, &rng,
                                 random ? ory_values_real(&s->values, P_TEACHER_STD)
                                        : ory_values_real(&s->values, P_NOISE),
                                 err);

    if (status == ORY_OK && a)
        ory_gemm(ORY_PLAIN, ORY_PLAIN, 1, a, theta, 1, out);
    else if (status == ORY_OK)
        ory_axpy(1, theta->data, out->data, d->n * d->m);
    return status;
}

static ory_status check_labels(const ory_system *s, const ory_mat *y, ory_error *err)
{
    for (size_t r = 0; r < y->rows; r++)
        for (size_t c = 0; c < y->cols; c++)
            if (fabs(*ory_mat_at(y, r, c)) != 1)
                return ory_fail(err, ORY_ERANGE,
                                "%s: Y[%zu,%zu] = %g (labels of logistic loss must be 1 or -1)",
                                s->class->name, r + 1, c + 1, *ory_mat_at(y, r, c));
    return ORY_OK;
}

static ory_status make_sensing(const ory_system *s, linear_data *d, ory_error *err)
{
    ory_rng rng = stream(s, STREAM_INPUTS);
    ory_mat theta = {0};
    ory_status status;

    if (ory_values_given(&s->values, P_A))
        status = ory_mat_copy(&d->A, ory_values_mat(&s->values, P_A), err);
    else
        status = gaussian(&d->A, d->samples, d->n * d->m, &rng, 1, err);
    if (status != ORY_OK)
        return status;
    if (ory_values_given(&s->values, P_MEASUREMENTS)) {
        status = ory_mat_copy(&d->y, ory_values_mat(&s->values, P_MEASUREMENTS), err);
        d->y.rows = d->samples;
        d->y.cols = d->y.ld = 1;
        return status;
    }
    status = make_teacher(s, d, &theta, err);
    if (status == ORY_OK) {
        const ory_mat vec = ory_mat_view(theta.data, d->n * d->m, 1);

        status = make_targets(s, d, &d->A, &vec, &d->y, err);
    }
    ory_mat_free(&theta);
    return status;
}

static ory_status make_data(const ory_system *s, linear_data *d, int loss, ory_error *err)
{
    ory_mat theta = {0};
    ory_status status = ORY_OK;

    if (loss == LOSS_SENSING)
        return make_sensing(s, d, err);
    if (loss == LOSS_SCALAR)
        return identity(&d->Y, 1, 1, err);
    if (loss != LOSS_MF)
        status = make_inputs(s, d, err);
    if (status != ORY_OK)
        return status;
    if (ory_values_given(&s->values, P_Y)) {
        status = ory_mat_copy(&d->Y, ory_values_mat(&s->values, P_Y), err);
    } else {
        status = make_teacher(s, d, &theta, err);
        if (status == ORY_OK)
            status = make_targets(s, d, loss == LOSS_MF ? NULL : &d->X, &theta, &d->Y, err);
        for (size_t i = 0; status == ORY_OK && loss == LOSS_LOGISTIC && i < d->samples * d->m; i++)
            d->Y.data[i] = d->Y.data[i] < 0 ? -1 : 1;
        ory_mat_free(&theta);
    }
    if (status == ORY_OK && loss == LOSS_LOGISTIC)
        status = check_labels(s, &d->Y, err);
    return status;
}

/* ---------------------------------------------------------- initial factors */

static ory_status gaussian_factors(const ory_system *s, linear_data *d, double std, ory_error *err)
{
    ory_rng rng1 = stream(s, STREAM_W1), rng2 = stream(s, STREAM_W2);
    ory_status status = gaussian(&d->W1, d->n, d->h, &rng1, std, err);

    if (status == ORY_OK)
        status = gaussian(&d->W2, d->m, d->h, &rng2, std, err);
    return status;
}

/* W1 = U S^1/2 Q', W2 = V S^1/2 Q' for product = U S V' (its leading h values)
 * and Q (h x k) with orthonormal columns: D = 0. */
static ory_status balance(const ory_system *s, linear_data *d, const ory_mat *product,
                          ory_error *err)
{
    const size_t full = d->n < d->m ? d->n : d->m, k = full < d->h ? full : d->h;
    ory_rng rng = stream(s, STREAM_TURN);
    ory_mat u = {0}, v = {0}, q = {0}, sigma = {0};
    ory_status status = ory_mat_new(&u, d->n, full, err);

    if (status == ORY_OK)
        status = ory_mat_new(&v, d->m, full, err);
    if (status == ORY_OK)
        status = ory_mat_new(&sigma, 1, full, err);
    if (status == ORY_OK)
        status = ory_svd(product, &u, sigma.data, &v, err);
    if (status == ORY_OK)
        status = orthonormal(&q, d->h, k, &rng, err);
    if (status == ORY_OK) {
        u.cols = v.cols = k;
        for (size_t i = 0; i < k; i++) {
            const double root = sqrt(sigma.data[i]);

            for (size_t r = 0; r < d->n; r++)
                *ory_mat_at(&u, r, i) *= root;
            for (size_t r = 0; r < d->m; r++)
                *ory_mat_at(&v, r, i) *= root;
        }
        ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &u, &q, 0, &d->W1);
        ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &v, &q, 0, &d->W2);
    }
    ory_mat_free(&u);
    ory_mat_free(&v);
    ory_mat_free(&q);
    ory_mat_free(&sigma);
    return status;
}

static ory_status explicit_factors(const ory_system *s, linear_data *d, ory_error *err)
{
    const ory_mat *w1 = ory_values_mat(&s->values, P_W1), *w2 = ory_values_mat(&s->values, P_W2);
    ory_status status;

    if (!w1 || !w2)
        return ory_fail(err, ORY_EINVAL, "%s: %s is missing (an explicit start needs W1 and W2)",
                        s->class->name, !w1 ? "W1" : "W2");
    if (ory_values_given(&s->values, P_INIT) &&
        ory_values_choice(&s->values, P_INIT) != INIT_EXPLICIT)
        return ory_fail(err, ORY_EINVAL,
                        "%s: init = \"%s\" contradicts W1 and W2 (leave init out)", s->class->name,
                        s->class->params[P_INIT].choices[ory_values_choice(&s->values, P_INIT)]);
    status = ory_mat_copy(&d->W1, w1, err);
    return status == ORY_OK ? ory_mat_copy(&d->W2, w2, err) : status;
}

static ory_status make_factors(const ory_system *s, linear_data *d, ory_error *err)
{
    const double scale = ory_values_real(&s->values, P_INIT_SCALE), h = (double)d->h,
                 ratio = ory_values_real(&s->values, P_IMBALANCE);
    const int init = ory_values_choice(&s->values, P_INIT);
    ory_mat product = {0};
    ory_status status;

    if (ory_values_given(&s->values, P_W1) || ory_values_given(&s->values, P_W2) ||
        init == INIT_EXPLICIT)
        return explicit_factors(s, d, err);
    switch (init) {
    case INIT_XAVIER:
        return gaussian_factors(s, d, scale / sqrt(h), err);
    case INIT_POWER:
        return gaussian_factors(s, d, scale * pow(h, -ory_values_real(&s->values, P_POWER)), err);
    case INIT_BALANCED:
        status = gaussian_factors(s, d, scale / sqrt(h), err);
        if (status == ORY_OK)
            status = ory_mat_new(&product, d->n, d->m, err);
        if (status == ORY_OK) {
            ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &d->W1, &d->W2, 0, &product);
            status = balance(s, d, &product, err);
        }
        ory_mat_free(&product);
        return status;
    case INIT_IMBALANCED:
        status = gaussian_factors(s, d, scale / sqrt(h), err);
        for (size_t i = 0; status == ORY_OK && i < d->n * d->h; i++)
            d->W1.data[i] *= sqrt(ratio);
        for (size_t i = 0; status == ORY_OK && i < d->m * d->h; i++)
            d->W2.data[i] /= sqrt(ratio);
        return status;
    case INIT_NEAR_OPTIMAL:
        if (ory_values_choice(&s->values, P_TARGETS) == TARGETS_INITIAL &&
            !ory_values_given(&s->values, P_Y))
            return ory_fail(err, ORY_EINVAL,
                            "%s: init = \"near_optimal\" needs targets that do not come from the "
                            "initial product (targets = \"initial\")",
                            s->class->name);
        return ORY_OK; /* made by linear_data_near once W* is ory_size */
    default:
        return gaussian_factors(s, d, scale, err);
    }
}

ory_status linear_data_near(const ory_system *s, linear_data *d, const double *target,
                            ory_error *err)
{
    const double scale = ory_values_real(&s->values, P_INIT_SCALE);
    const ory_mat product = ory_mat_view((double *)target, d->n, d->m);
    ory_mat w1 = {0}, w2 = {0};
    ory_status status = gaussian_factors(s, d, scale, err);

    if (status == ORY_OK)
        status = ory_mat_copy(&w1, &d->W1, err);
    if (status == ORY_OK)
        status = ory_mat_copy(&w2, &d->W2, err);
    if (status == ORY_OK)
        status = balance(s, d, &product, err);
    if (status == ORY_OK) {
        ory_axpy(1, w1.data, d->W1.data, d->n * d->h);
        ory_axpy(1, w2.data, d->W2.data, d->m * d->h);
    }
    ory_mat_free(&w1);
    ory_mat_free(&w2);
    return status;
}

/* --------------------------------------------------------------------- all */

ory_status linear_data_make(ory_system *s, linear_data *d, ory_error *err)
{
    const int loss = ory_values_choice(&s->values, P_LOSS);
    ory_status status;

    memset(d, 0, sizeof *d);
    status = find_sizes(s, d, loss, err);
    if (status == ORY_OK)
        status = make_factors(s, d, err);
    if (status == ORY_OK)
        status = make_data(s, d, loss, err);
    return status;
}

void linear_data_free(linear_data *d)
{
    ory_mat_free(&d->X);
    ory_mat_free(&d->Y);
    ory_mat_free(&d->A);
    ory_mat_free(&d->y);
    ory_mat_free(&d->W1);
    ory_mat_free(&d->W2);
}
