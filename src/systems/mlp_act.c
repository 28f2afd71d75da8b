/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mlp_act.c - activations and losses of net.mlp with their first and second derivatives,
 * each as one loop over an array. */
#include "config.h"

#include <float.h>
#include <math.h>

#include "systems/mlp.h"

/* ------------------------------------------------------------- activations */

/* One loop per activation: body sets f, g, h from v. */
#define LOOP(body)                             \
    for (size_t i = 0; i < n; i++) {           \
        const double v = z[i];                 \
        double f, g = 0, h = 0;                \
        body;                                  \
        z[i] = f;                              \
        if (d1)                                \
            d1[i] = g;                         \
        if (d2)                                \
            d2[i] = h;                         \
    }

static double sigmoid(double v)
{
    const double e = exp(-fabs(v));

    return v >= 0 ? 1 / (1 + e) : e / (1 + e);
}

static void powers(double p, double *z, double *d1, double *d2, size_t n)
{
    LOOP({
        f = v > 0 ? pow(v, p) : 0;
        g = v > 0 ? p * pow(v, p - 1) : 0;
        h = v > 0 ? p * (p - 1) * pow(v, p - 2) : 0;
    })
}

void mlp_activate(const mlp_act *act, double *z, double *d1, double *d2, size_t n)
{
    const double leak = act->kind == ACT_LEAKY ? act->leak : 0;

    switch (act->kind) {
    case ACT_IDENTITY:
        LOOP({ f = v; g = 1; })
        break;
    case ACT_RELU:
    case ACT_LEAKY:
        LOOP({ g = v > 0 ? 1 : leak; f = g * v; })
        break;
    case ACT_PRELU:
        powers(act->exponent, z, d1, d2, n);
        break;
    case ACT_TANH:
        LOOP({ f = tanh(v); g = 1 - f * f; h = -2 * f * g; })
        break;
    case ACT_SIGMOID:
        LOOP({ f = sigmoid(v); g = f * sigmoid(-v); h = g * (1 - 2 * f); })
        break;
    case ACT_SOFTPLUS:
        LOOP({ f = fmax(v, 0) + log1p(exp(-fabs(v))); g = sigmoid(v); h = g * sigmoid(-v); })
        break;
    case ACT_GELU:
        LOOP({
            const double cdf = 0.5 * erfc(-v * M_SQRT1_2);
            const double pdf = exp(-0.5 * v * v) * (0.5 * M_SQRT1_2 * M_2_SQRTPI);

            f = v * cdf;
            g = cdf + v * pdf;
            h = (2 - v * v) * pdf;
        })
        break;
    }
}

/* ------------------------------------------------------------------ losses */

/* log sum exp of a row and, if p is not NULL, the probabilities. */
static double soft_maximum(const double *f, size_t m, double *p)
{
    double most = f[0], sum = 0;

    for (size_t j = 1; j < m; j++)
        most = f[j] > most ? f[j] : most;
    for (size_t j = 0; j < m; j++) {
        const double e = exp(f[j] - most);

        sum += e;
        if (p)
            p[j] = e;
    }
    for (size_t j = 0; p && j < m; j++)
        p[j] /= sum;
    return most + log(sum);
}

static double softmax_loss(const double *f, const double *y, double *e, size_t samples, size_t m,
                           double weight)
{
    double total = 0;

    for (size_t i = 0; i < samples; i++) {
        const double *row = f + i * m, *hot = y + i * m;

        total += soft_maximum(row, m, e ? e + i * m : NULL);
        for (size_t j = 0; j < m; j++)
            total -= hot[j] * row[j];
        for (size_t j = 0; e && j < m; j++)
            e[i * m + j] = weight * (e[i * m + j] - hot[j]);
    }
    return weight * total;
}

double mlp_loss_of(int loss, const double *f, const double *y, double *e, size_t samples, size_t m,
                   double weight)
{
    const size_t n = samples * m;
    double total = 0;

    switch (loss) {
    case LOSS_SOFTMAX:
        return softmax_loss(f, y, e, samples, m, weight);
    case LOSS_LOGISTIC:
        for (size_t i = 0; i < n; i++) {
            const double margin = y[i] * f[i];

            total += fmax(-margin, 0) + log1p(exp(-fabs(margin)));
            if (e)
                e[i] = -weight * y[i] * sigmoid(-margin);
        }
        break;
    case LOSS_EXPONENTIAL:
        for (size_t i = 0; i < n; i++) {
            const double term = exp(-y[i] * f[i]);

            total += term;
            if (e)
                e[i] = -weight * y[i] * term;
        }
        break;
    default:
        for (size_t i = 0; i < n; i++) {
            const double d = f[i] - y[i];

            total += 0.5 * d * d;
            if (e)
                e[i] = weight * d;
        }
    }
    return weight * total;
}

void mlp_loss_curve(int loss, const double *f, const double *y, const double *r, double *out,
                    size_t samples, size_t m, double weight)
{
    const size_t n = samples * m;

    switch (loss) {
    case LOSS_SOFTMAX:
        for (size_t i = 0; i < samples; i++) {
            double *p = out + i * m, mean = 0;

            soft_maximum(f + i * m, m, p);
            for (size_t j = 0; j < m; j++)
                mean += p[j] * r[i * m + j];
            for (size_t j = 0; j < m; j++)
                p[j] = weight * p[j] * (r[i * m + j] - mean);
        }
        break;
    case LOSS_LOGISTIC:
        for (size_t i = 0; i < n; i++)
            out[i] = weight * sigmoid(f[i]) * sigmoid(-f[i]) * y[i] * y[i] * r[i];
        break;
    case LOSS_EXPONENTIAL:
        for (size_t i = 0; i < n; i++)
            out[i] = weight * exp(-y[i] * f[i]) * y[i] * y[i] * r[i];
        break;
    default:
        for (size_t i = 0; i < n; i++)
            out[i] = weight * r[i];
    }
}
