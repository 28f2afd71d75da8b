/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safety_critic_net.c - the network of safety.critic: logits of many states at once, and one
 * step of Adam through net.mlp. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "algo/vec.h"
#include "systems/safety_critic.h"

void critic_features(const critic *c, const double *x, double out[CRITIC_INPUTS])
{
    if (c->p.plant.kind == PLANT_INTEGRATOR) {
        out[0] = x[0];
        out[1] = x[1];
        out[2] = 0;
        return;
    }
    out[0] = cos(x[0]);
    out[1] = sin(x[0]);
    out[2] = x[1] / 4;
}

/* tanh of CRITIC_CHUNK numbers: 1 - 2 / (exp(2v) + 1), exp as 2^n times a polynomial in
 * |r| <= ln 2 / 2 (degree 11, error < 1e-14). One loop without calls, so that it runs four
 * numbers at a time. */
ORY_VEC_INLINE void tanh_chunk(double *v)
{
    static const double big = 6755399441055744.0; /* 1.5 * 2^52: adding it rounds */

    for (size_t i = 0; i < CRITIC_CHUNK; i++) {
        double y = v[i] < -19 ? -19 : v[i] > 19 ? 19 : v[i], n, r, p;
        int64_t bits;

        y *= 2.8853900817779268; /* 2 / ln 2 */
        n = y + big;
        memcpy(&bits, &n, sizeof bits);
        r = (y - (n - big)) * 0.69314718055994531;
        p = 1 + r * (1 + r * (1. / 2 + r * (1. / 6 + r * (1. / 24 + r * (1. / 120 + r * (1. / 720 +
            r * (1. / 5040 + r * (1. / 40320 + r * (1. / 362880 + r * (1. / 3628800 +
            r * (1. / 39916800)))))))))));
        bits = (int64_t)((uint64_t)bits << 52);
        {
            int64_t e;

            memcpy(&e, &p, sizeof e);
            e += bits;
            memcpy(&p, &e, sizeof p);
        }
        v[i] = 1 - 2 / (p + 1);
    }
}

/* out (rows x chunk) = W (rows x cols) in (cols x chunk) + b, one column a state. */
ORY_VEC_INLINE void layer(const double *W, const double *b, const double *in, size_t rows,
                          size_t cols, double *out)
{
    for (size_t j = 0; j < rows; j++) {
        double *o = out + j * CRITIC_CHUNK;

        for (size_t i = 0; i < CRITIC_CHUNK; i++)
            o[i] = b[j];
        for (size_t k = 0; k < cols; k++) {
            const double w = W[j * cols + k], *x = in + k * CRITIC_CHUNK;

            for (size_t i = 0; i < CRITIC_CHUNK; i++)
                o[i] += w * x[i];
        }
    }
}

ORY_CLONES static void chunk(const mlp *net, const double *w, const double *in, double *h1, double *h2,
                             double *z)
{
    layer(w + net->w[1], w + net->b[1], in, net->d[1], net->d[0], h1);
    for (size_t j = 0; j < net->d[1]; j++)
        tanh_chunk(h1 + j * CRITIC_CHUNK);
    layer(w + net->w[2], w + net->b[2], h1, net->d[2], net->d[1], h2);
    for (size_t j = 0; j < net->d[2]; j++)
        tanh_chunk(h2 + j * CRITIC_CHUNK);
    layer(w + net->w[3], w + net->b[3], h2, net->d[3], net->d[2], z);
}

void critic_logits(const critic *c, const double *weights, const double *x, size_t stride,
                   size_t rows, double *out)
{
    for (size_t from = 0; from < rows; from += CRITIC_CHUNK) {
        const size_t n = rows - from < CRITIC_CHUNK ? rows - from : CRITIC_CHUNK;
        double f[CRITIC_INPUTS];

        for (size_t i = 0; i < n; i++) {
            critic_features(c, x + (from + i) * stride, f);
            for (size_t k = 0; k < CRITIC_INPUTS; k++)
                c->in[k * CRITIC_CHUNK + i] = f[k];
        }
        chunk(c->net->self, weights, c->in, c->h1, c->h2, c->z);
        for (size_t i = 0; i < n; i++)
            for (size_t a = 0; a < c->m; a++)
                out[(from + i) * c->m + a] = c->z[a * CRITIC_CHUNK + i];
    }
}

/* Kingma, Ba, "Adam: a method for stochastic optimization", arXiv:1412.6980, algorithm 1. */
static void adam(const critic *c, double *state, const double *grad, double rate)
{
    const double b1 = 0.9, b2 = 0.999;
    double *m1 = state + c->moments, *m2 = m1 + c->weights;
    const double t = state[c->work + WK_ADAM] += 1;
    const double c1 = 1 - pow(b1, t), c2 = 1 - pow(b2, t);

    for (size_t i = 0; i < c->weights; i++) {
        m1[i] = b1 * m1[i] + (1 - b1) * grad[i];
        m2[i] = b2 * m2[i] + (1 - b2) * grad[i] * grad[i];
        state[i] -= rate * (m1[i] / c1) / (sqrt(m2[i] / c2) + 1e-8);
    }
}

double critic_fit(critic *c, double *state, const double *batch, double rate)
{
    mlp *net = c->net->self;
    const double *z;
    double *e, loss = 0;

    for (size_t i = 0; i < net->samples; i++)
        critic_features(c, batch + CRITIC_ROW * i, net->X + CRITIC_INPUTS * i);
    net->any = false; /* other samples than before */
    mlp_forward(net, state);
    z = net->A[net->depth];
    e = net->E[net->depth];
    memset(e, 0, net->samples * c->m * sizeof *e);
    for (size_t i = 0; i < net->samples; i++) {
        const double *row = batch + CRITIC_ROW * i;
        const size_t at = i * c->m + (size_t)row[2];
        const double s = row[3] > 0.5 ? z[at] : -z[at]; /* loss log(1 + exp(-s)) */

        loss += s > 0 ? log1p(exp(-s)) : log1p(exp(s)) - s;
        e[at] = (1 / (1 + exp(-z[at])) - (row[3] > 0.5)) / (double)net->samples;
    }
    mlp_backward(net);
    adam(c, state, net->grad, rate);
    return loss / (double)net->samples;
}
