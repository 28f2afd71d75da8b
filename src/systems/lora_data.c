/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lora_data.c - sizes, pre-trained weights and the new target of net.lora. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "systems/lora.h"
#include "systems/sizes.h"

enum { STREAM_YPRE = 1, STREAM_TURN, STREAM_PRETRAIN, STREAM_TILT };
enum { MAX_PRETRAIN = 200000 };

static ory_rng stream(const ory_system *s, uint64_t key)
{
    ory_rng rng;

    ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, P_SEED), key);
    return rng;
}

/* ------------------------------------------------------------------- sizes */

static ory_status find_sizes(const ory_system *s, lora_data *d, ory_error *err)
{
    ory_size m = {0}, n = {0}, h = {0}, r = {0};
    const struct {
        int param;
        ory_size *rows, *cols;
        const char *rows_what, *cols_what;
    } table[] = {
        {P_W2, &m, &h, "m", "h"},   {P_W1, &h, &n, "h", "n"},   {P_YPRE, &m, &n, "m", "n"},
        {P_YFT, &m, &n, "m", "n"},  {P_A1, &r, &n, "r", "n"},   {P_B1, &h, &r, "h", "r"},
        {P_A2, &r, &h, "r", "h"},   {P_B2, &m, &r, "m", "r"},
    };
    ory_status status = ory_size_number(s, P_M, &m, err);

    if (status == ORY_OK)
        status = ory_size_number(s, P_N, &n, err);
    if (status == ORY_OK)
        status = ory_size_number(s, P_H, &h, err);
    if (status == ORY_OK)
        status = ory_size_number(s, P_R, &r, err);
    for (size_t i = 0; status == ORY_OK && i < sizeof table / sizeof *table; i++)
        status = ory_size_matrix(s, table[i].param, table[i].rows, table[i].rows_what,
                                 table[i].cols, table[i].cols_what, err);
    d->m = ory_size_or_default(s, &m, P_M);
    d->n = ory_size_or_default(s, &n, P_N);
    d->h = ory_size_or_default(s, &h, P_H);
    d->r = ory_size_or_default(s, &r, P_R);
    return status;
}

/* ------------------------------------------------------------- random parts */

static ory_status gaussian(ory_mat *a, size_t rows, size_t cols, ory_rng *rng, double std,
                           ory_error *err)
{
    ory_status status = ory_mat_new(a, rows, cols, err);

    if (status == ORY_OK)
        ory_rng_fill_normal(rng, a->data, rows * cols, 0, std);
    return status;
}

/* rows x cols with orthonormal columns, cols <= rows, uniform among those. */
static ory_status orthonormal(ory_mat *q, size_t rows, size_t cols, ory_rng *rng, ory_error *err)
{
    ory_mat g = {0}, r = {0};
    ory_status status = gaussian(&g, rows, cols, rng, 1, err);

    if (status == ORY_OK)
        status = ory_mat_new(q, rows, cols, err);
    if (status == ORY_OK)
        status = ory_mat_new(&r, cols, cols, err);
    if (status == ORY_OK)
        status = ory_qr(&g, q, &r, err);
    ory_mat_free(&g);
    ory_mat_free(&r);
    return status;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* ----------------------------------------------------------- pre-trained weights */

/* Singular pairs and values of what is to be pre-trained, U m x k, V n x k, k = min. */
static ory_status make_pairs(const ory_system *s, lora_data *d, ory_mat *sigma, ory_error *err)
{
    const size_t k = least(d->m, d->n);
    const ory_mat *given = ory_values_mat(&s->values, P_YPRE),
                  *spectrum = ory_values_mat(&s->values, P_SPECTRUM);
    ory_rng rng = stream(s, STREAM_YPRE);
    ory_mat y = {0};
    ory_status status = ory_mat_new(sigma, k, 1, err);

    if (status == ORY_OK && given && spectrum)
        return ory_fail(err, ORY_EINVAL, "%s: spectrum contradicts Ypre (give one of them)",
                        s->class->name);
    if (status == ORY_OK && spectrum) {
        if (spectrum->rows * spectrum->cols != k)
            return ory_fail(err, ORY_ESHAPE,
                            "%s: spectrum has %zu values (Ypre is %zu x %zu: must be %zu)",
                            s->class->name, spectrum->rows * spectrum->cols, d->m, d->n, k);
        for (size_t i = 0; i < k; i++) {
            sigma->data[i] = spectrum->cols == 1 ? *ory_mat_at(spectrum, i, 0)
                                                 : *ory_mat_at(spectrum, 0, i);
            if (!(sigma->data[i] >= 0) || (i > 0 && sigma->data[i] > sigma->data[i - 1]))
                return ory_fail(err, ORY_ERANGE,
                                "%s: spectrum[%zu] = %g (values must be >= 0 and descend)",
                                s->class->name, i + 1, sigma->data[i]);
        }
        status = orthonormal(&d->U, d->m, k, &rng, err);
        return status == ORY_OK ? orthonormal(&d->V, d->n, k, &rng, err) : status;
    }
    if (status == ORY_OK)
        status = given ? ory_mat_copy(&y, given, err) : gaussian(&y, d->m, d->n, &rng, 1, err);
    if (status == ORY_OK)
        status = ory_mat_new(&d->U, d->m, k, err);
    if (status == ORY_OK)
        status = ory_mat_new(&d->V, d->n, k, err);
    if (status == ORY_OK)
        status = ory_svd(&y, &d->U, sigma->data, &d->V, err);
    ory_mat_free(&y);
    return status;
}

/* W2 = ratio U S^1/2 G', W1 = G S^1/2 V' / ratio with the leading min(k, h) pairs and
 * random orthonormal G. */
static ory_status pretrain_exact(const ory_system *s, lora_data *d, ory_error *err)
{
    const double ratio = ory_values_real(&s->values, P_RATIO);
    ory_rng rng = stream(s, STREAM_TURN);
    ory_mat sigma = {0}, G = {0}, u = {0}, v = {0};
    ory_status status = make_pairs(s, d, &sigma, err);
    const size_t k = least(least(d->m, d->n), d->h);

    if (status == ORY_OK)
        status = orthonormal(&G, d->h, k, &rng, err);
    if (status == ORY_OK)
        status = ory_mat_copy(&u, &d->U, err);
    if (status == ORY_OK)
        status = ory_mat_copy(&v, &d->V, err);
    if (status == ORY_OK)
        status = ory_mat_new(&d->W2, d->m, d->h, err);
    if (status == ORY_OK)
        status = ory_mat_new(&d->W1, d->h, d->n, err);
    if (status == ORY_OK) {
        u.cols = v.cols = k;
        for (size_t i = 0; i < k; i++) {
            const double root = sqrt(sigma.data[i]);

            for (size_t j = 0; j < d->m; j++)
                *ory_mat_at(&u, j, i) *= ratio * root;
            for (size_t j = 0; j < d->n; j++)
                *ory_mat_at(&v, j, i) *= root / ratio;
        }
        ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &u, &G, 0, &d->W2);
        ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &G, &v, 0, &d->W1);
    }
    ory_mat_free(&sigma);
    ory_mat_free(&G);
    ory_mat_free(&u);
    ory_mat_free(&v);
    return status;
}

/* Ypre = W2 W1 has been learned by other means: its singular pairs. */
static ory_status pairs_of_product(lora_data *d, ory_error *err)
{
    const size_t k = least(d->m, d->n);
    ory_mat y = {0}, sigma = {0};
    ory_status status = ory_mat_new(&y, d->m, d->n, err);

    ory_mat_free(&d->U);
    ory_mat_free(&d->V);
    if (status == ORY_OK)
        status = ory_mat_new(&sigma, k, 1, err);
    if (status == ORY_OK)
        status = ory_mat_new(&d->U, d->m, k, err);
    if (status == ORY_OK)
        status = ory_mat_new(&d->V, d->n, k, err);
    if (status == ORY_OK) {
        ory_gemm(ORY_PLAIN, ORY_PLAIN, 1, &d->W2, &d->W1, 0, &y);
        status = ory_svd(&y, &d->U, sigma.data, &d->V, err);
    }
    ory_mat_free(&y);
    ory_mat_free(&sigma);
    return status;
}

/* One step of the midpoint rule on dW2 = R W1', dW1 = W2'R, R = Y - W2 W1; returns
 * |R|^2 / 2 before it. w2, w1: scratch of the shapes of W2, W1. */
static double pretrain_step(lora_data *d, const ory_mat *Y, ory_mat *R, ory_mat *w2, ory_mat *w1)
{
    const size_t mn = d->m * d->n, mh = d->m * d->h, hn = d->h * d->n;
    double loss, step;

    memcpy(R->data, Y->data, mn * sizeof(double));
    ory_gemm(ORY_PLAIN, ORY_PLAIN, -1, &d->W2, &d->W1, 1, R);
    loss = 0.5 * ory_norm2_sq(R->data, mn);
    step = 0.2 / (ory_norm2_sq(d->W2.data, mh) + ory_norm2_sq(d->W1.data, hn) + sqrt(2 * loss));
    memcpy(w2->data, d->W2.data, mh * sizeof(double));
    memcpy(w1->data, d->W1.data, hn * sizeof(double));
    ory_gemm(ORY_PLAIN, ORY_TRANS, 0.5 * step, R, &d->W1, 1, w2);
    ory_gemm(ORY_TRANS, ORY_PLAIN, 0.5 * step, &d->W2, R, 1, w1);
    memcpy(R->data, Y->data, mn * sizeof(double));
    ory_gemm(ORY_PLAIN, ORY_PLAIN, -1, w2, w1, 1, R);
    ory_gemm(ORY_PLAIN, ORY_TRANS, step, R, w1, 1, &d->W2);
    ory_gemm(ORY_TRANS, ORY_PLAIN, step, w2, R, 1, &d->W1);
    return loss;
}

/* Gradient flow from Gaussian weights until the loss is below pretrain_tol. */
static ory_status pretrain_flow(ory_system *s, lora_data *d, ory_error *err)
{
    const double ratio = ory_values_real(&s->values, P_RATIO),
                 tol = ory_values_real(&s->values, P_PRE_TOL), std = 1 / sqrt((double)d->h);
    ory_rng rng = stream(s, STREAM_PRETRAIN), rng_y = stream(s, STREAM_YPRE);
    const ory_mat *given = ory_values_mat(&s->values, P_YPRE);
    ory_mat Y = {0}, R = {0}, w1 = {0}, w2 = {0}, sigma = {0};
    ory_status status = given ? ory_mat_copy(&Y, given, err)
                              : gaussian(&Y, d->m, d->n, &rng_y, 1, err);
    double loss = INFINITY;

    if (status == ORY_OK && ory_values_given(&s->values, P_SPECTRUM)) {
        status = make_pairs(s, d, &sigma, err);
        for (size_t i = 0; status == ORY_OK && i < sigma.rows; i++)
            for (size_t j = 0; j < d->m; j++)
                *ory_mat_at(&d->U, j, i) *= sigma.data[i];
        if (status == ORY_OK)
            ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &d->U, &d->V, 0, &Y);
    }
    if (status == ORY_OK)
        status = gaussian(&d->W2, d->m, d->h, &rng, ratio * std, err);
    if (status == ORY_OK)
        status = gaussian(&d->W1, d->h, d->n, &rng, std / ratio, err);
    if (status == ORY_OK)
        status = ory_mat_new(&R, d->m, d->n, err);
    if (status == ORY_OK)
        status = ory_mat_copy(&w2, &d->W2, err);
    if (status == ORY_OK)
        status = ory_mat_copy(&w1, &d->W1, err);
    for (int i = 0; status == ORY_OK && i < MAX_PRETRAIN && !(loss < tol); i++)
        loss = pretrain_step(d, &Y, &R, &w2, &w1);
    if (status == ORY_OK && !(loss < tol))
        status = ory_fail(err, ORY_ENOCONV,
                          "%s: pre-training stopped at loss %.3g (pretrain_tol = %g%s)",
                          s->class->name, loss, tol,
                          d->h < least(d->m, d->n) ? "; h is smaller than the rank of Ypre" : "");
    ory_mat_free(&Y);
    ory_mat_free(&R);
    ory_mat_free(&w1);
    ory_mat_free(&w2);
    ory_mat_free(&sigma);
    return status == ORY_OK ? pairs_of_product(d, err) : status;
}

static ory_status given_weights(ory_system *s, lora_data *d, ory_error *err)
{
    const ory_mat *w1 = ory_values_mat(&s->values, P_W1), *w2 = ory_values_mat(&s->values, P_W2);
    ory_status status;

    if (!w1 || !w2)
        return ory_fail(err, ORY_EINVAL, "%s: %s is missing (pre-trained weights need W1 and W2)",
                        s->class->name, !w1 ? "W1" : "W2");
    for (int i = 0; i < 2; i++)
        if (ory_values_given(&s->values, i ? P_YPRE : P_SPECTRUM))
            return ory_fail(err, ORY_EINVAL, "%s: %s contradicts W1 and W2 (leave it out)",
                            s->class->name, i ? "Ypre" : "spectrum");
    status = ory_mat_copy(&d->W1, w1, err);
    if (status == ORY_OK)
        status = ory_mat_copy(&d->W2, w2, err);
    return status == ORY_OK ? pairs_of_product(d, err) : status;
}

/* ------------------------------------------------------------- the new target */

/* out (unit) = cos t x + sin t y with y a random unit vector orthogonal to x. */
static void tilt(double *x, size_t len, double angle, ory_rng *rng, double *y)
{
    double along, norm;

    if (len < 2)
        return;
    ory_rng_fill_normal(rng, y, len, 0, 1);
    for (int pass = 0; pass < 2; pass++) {
        along = ory_dot(x, y, len);
        ory_axpy(-along, x, y, len);
        norm = ory_norm2(y, len);
        for (size_t i = 0; i < len; i++)
            y[i] /= norm;
    }
    for (size_t i = 0; i < len; i++)
        x[i] = cos(angle) * x[i] + sin(angle) * y[i];
}

/* dY += amount * tilted u_i v_i'. */
static ory_status add_pair(const ory_system *s, lora_data *d, size_t pair, double amount,
                           ory_rng *rng, ory_error *err)
{
    const double angle = ory_values_real(&s->values, P_TILT) * M_PI / 180;
    ory_mat space = {0};
    const ory_status status = ory_mat_new(&space, 3, d->m + d->n, err);
    double *u = space.data, *v = u + d->m, *scratch = u + d->m + d->n;

    if (status != ORY_OK)
        return status;
    for (size_t i = 0; i < d->m; i++)
        u[i] = *ory_mat_at(&d->U, i, pair);
    for (size_t i = 0; i < d->n; i++)
        v[i] = *ory_mat_at(&d->V, i, pair);
    if (angle != 0) {
        tilt(u, d->m, angle, rng, scratch);
        tilt(v, d->n, angle, rng, scratch);
    }
    for (size_t i = 0; i < d->m; i++)
        ory_axpy(amount * u[i], v, d->dY.data + i * d->n, d->n);
    ory_mat_free(&space);
    return ORY_OK;
}

static ory_status find_pair(const ory_system *s, const lora_data *d, size_t *pair, ory_error *err)
{
    const size_t k = least(least(d->m, d->n), d->h);
    const int choice = ory_values_choice(&s->values, P_PAIR);
    const double number = ory_values_real(&s->values, P_PAIR);

    if (choice < 0 && (number != floor(number) || number > (double)k))
        return ory_fail(err, ORY_ERANGE,
                        "%s: pair = %g (must be \"top\", \"bottom\" or a whole number 1..%zu)",
                        s->class->name, number, k);
    *pair = choice == PAIR_TOP ? 0 : choice == PAIR_BOTTOM ? k - 1 : (size_t)number - 1;
    if (choice == PAIR_TOP && !ory_values_given(&s->values, P_PAIR) &&
        ory_values_choice(&s->values, P_PRESET) == PRESET_FIG4)
        *pair = k - 1;
    return ORY_OK;
}

ory_status lora_data_target(ory_system *s, lora_data *d, ory_error *err)
{
    const ory_mat *shift = ory_values_mat(&s->values, P_SHIFT),
                  *yft = ory_values_mat(&s->values, P_YFT);
    ory_rng rng = stream(s, STREAM_TILT);
    ory_status status = yft ? ory_mat_copy(&d->dY, yft, err)
                            : ory_mat_new(&d->dY, d->m, d->n, err);
    size_t pair = 0;

    if (status != ORY_OK)
        return status;
    if (yft) {
        if (shift || ory_values_given(&s->values, P_SIGMA))
            return ory_fail(err, ORY_EINVAL, "%s: %s contradicts Yft (leave it out)",
                            s->class->name, shift ? "shift" : "sigma");
        ory_gemm(ORY_PLAIN, ORY_PLAIN, -1, &d->W2, &d->W1, 1, &d->dY);
        return ORY_OK;
    }
    if (!shift) {
        status = find_pair(s, d, &pair, err);
        return status == ORY_OK
                   ? add_pair(s, d, pair, ory_values_real(&s->values, P_SIGMA), &rng, err)
                   : status;
    }
    if (shift->rows * shift->cols > least(d->m, d->n))
        return ory_fail(err, ORY_ESHAPE, "%s: shift has %zu values (Ypre has %zu singular pairs)",
                        s->class->name, shift->rows * shift->cols, least(d->m, d->n));
    for (size_t i = 0; status == ORY_OK && i < shift->rows * shift->cols; i++) {
        const double amount = shift->cols == 1 ? *ory_mat_at(shift, i, 0)
                                               : *ory_mat_at(shift, 0, i);

        if (!isfinite(amount))
            return ory_fail(err, ORY_EDIVERGE, "%s: shift[%zu] = %g (must be finite)",
                            s->class->name, i + 1, amount);
        if (amount != 0)
            status = add_pair(s, d, i, amount, &rng, err);
    }
    return status;
}

/* --------------------------------------------------------------------- all */

ory_status lora_data_make(ory_system *s, lora_data *d, ory_error *err)
{
    ory_status status;

    memset(d, 0, sizeof *d);
    status = find_sizes(s, d, err);
    if (status == ORY_OK) {
        if (ory_values_given(&s->values, P_W1) || ory_values_given(&s->values, P_W2))
            status = given_weights(s, d, err);
        else if (ory_values_choice(&s->values, P_PRETRAIN) == PRETRAIN_FLOW)
            status = pretrain_flow(s, d, err);
        else
            status = pretrain_exact(s, d, err);
    }
    if (status == ORY_OK)
        status = lora_data_target(s, d, err);
    return status == ORY_OK ? lora_factors_make(s, d, err) : status;
}

void lora_data_free(lora_data *d)
{
    ory_mat *owned[] = {&d->W1, &d->W2, &d->dY, &d->U, &d->V, &d->A1, &d->B1, &d->A2, &d->B2};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        ory_mat_free(owned[i]);
}
