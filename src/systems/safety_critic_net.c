/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safety_critic_net.c - the network of safety.critic: what it is shown of a state, logits of
 * many states at once, and one step of Adam on the cross-entropy of a minibatch. Weights lie
 * as those of net.mlp; states stand side by side, CRITIC_CHUNK columns at a time. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "algo/vec.h"
#include "systems/safety_critic.h"

enum { CHUNK = CRITIC_CHUNK };

size_t critic_inputs(const safety_problem *p)
{
    size_t n = 0;

    if (p->plant.kind == PLANT_PENDULUM || p->plant.kind == PLANT_INTEGRATOR)
        return 3;
    for (size_t i = 0; i < p->plant.axes; i++)
        n += p->plant.wrap[i] ? 2 : 1;
    return p->grid ? n : p->mdp.n;
}

/* Of a box: each axis from -1 to 1, of an angle cosine and sine. Without one: which state. */
static void box_features(const safety_problem *p, const double *x, double *out)
{
    if (!p->grid) {
        memset(out, 0, p->mdp.n * sizeof *out);
        out[safety_problem_cell(p, x)] = 1;
        return;
    }
    for (size_t i = 0; i < p->plant.axes; i++) {
        const double low = p->plant.low[i], place = 2 * (x[i] - low) / (p->plant.high[i] - low) - 1;

        if (p->plant.wrap[i]) {
            *out++ = cos(M_PI * place);
            *out++ = sin(M_PI * place);
        } else {
            *out++ = place;
        }
    }
}

void critic_features(const critic *c, const double *x, double *out)
{
    if (c->p.plant.kind == PLANT_INTEGRATOR) {
        out[0] = x[0];
        out[1] = x[1];
        out[2] = 0;
    } else if (c->p.plant.kind == PLANT_PENDULUM) {
        out[0] = cos(x[0]);
        out[1] = sin(x[0]);
        out[2] = x[1] / 4;
    } else {
        box_features(&c->p, x, out);
    }
}

/* ------------------------------------------------------------------------- kernels */

/* *out = exp(2v) + 1 of four numbers, exp as 2^n times a polynomial in |r| <= ln 2 / 2
 * (degree 11, error < 1e-14; in pairs, so that little waits). */
ORY_VEC_INLINE void exp_plus_one(const double *four, ory_v4 *out)
{
    typedef int64_t bits4 __attribute__((vector_size(32)));
    const double big = 0x1.8p52; /* adding it rounds */
    const ory_v4 least = {-19, -19, -19, -19}, most = {19, 19, 19, 19};
    const ory_v4 v = ORY_V4C(four);
    const bits4 low = v < least, high = v > most;
    const bits4 within = ~(low | high) & (bits4)v;
    ory_v4 y = (ory_v4)((low & (bits4)least) | (high & (bits4)most) | within), n, r, r2, r4, p;

    y *= 2.8853900817779268; /* 2 / ln 2 */
    n = y + big;
    r = (y - (n - big)) * 0.69314718055994531;
    r2 = r * r;
    r4 = r2 * r2;
    p = 1. + r + r2 * (1. / 2 + r * (1. / 6)) +
        r4 * (1. / 24 + r * (1. / 120) + r2 * (1. / 720 + r * (1. / 5040))) +
        r4 * r4 * (1. / 40320 + r * (1. / 362880) + r2 * (1. / 3628800 + r * (1. / 39916800)));
    *out = (ory_v4)((bits4)p + ((bits4)n << 52)) + 1.;
}

/* tanh = 1 - 2 / (exp(2v) + 1) of `wide` numbers, a multiple of 8: one division for two. */
ORY_VEC_INLINE void tanh_row(double *v, size_t wide)
{
    for (size_t i = 0; i < wide; i += 8) {
        ory_v4 p, q, both;

        exp_plus_one(v + i, &p);
        exp_plus_one(v + i + 4, &q);
        both = 2. / (p * q);
        ORY_V4(v + i) = 1. - both * q;
        ORY_V4(v + i + 4) = 1. - both * p;
    }
}

/* One row of out = W in + b, four columns at a time; column k of W is `col` apart. */
ORY_VEC_INLINE void one_row(const double *W, size_t col, double b, const double *in, size_t cols,
                            size_t wide, double *out)
{
    for (size_t i = 0; i < wide; i += 4) {
        ory_v4 sum = {b, b, b, b};

        for (size_t k = 0; k < cols; k++)
            sum += W[k * col] * ORY_V4C(in + k * CHUNK + i);
        ORY_V4(out + i) = sum;
    }
}

/* Four rows, `row` apart in W, eight columns at a time: the sums stay in registers. */
ORY_VEC_INLINE void four_rows(const double *W, size_t row, size_t col, const double b[4],
                              const double *in, size_t cols, size_t wide, double *out)
{
    for (size_t i = 0; i < wide; i += 8) {
        ory_v4 p0 = {b[0], b[0], b[0], b[0]}, p1 = {b[1], b[1], b[1], b[1]};
        ory_v4 p2 = {b[2], b[2], b[2], b[2]}, p3 = {b[3], b[3], b[3], b[3]};
        ory_v4 q0 = p0, q1 = p1, q2 = p2, q3 = p3;
        const double *w = W, *x = in + i;

        for (size_t k = 0; k < cols; k++, w += col, x += CHUNK) {
            const ory_v4 x0 = ORY_V4C(x), x1 = ORY_V4C(x + 4);

            p0 += w[0] * x0;
            q0 += w[0] * x1;
            p1 += w[row] * x0;
            q1 += w[row] * x1;
            p2 += w[2 * row] * x0;
            q2 += w[2 * row] * x1;
            p3 += w[3 * row] * x0;
            q3 += w[3 * row] * x1;
        }
        ORY_V4(out + i) = p0;
        ORY_V4(out + i + 4) = q0;
        ORY_V4(out + CHUNK + i) = p1;
        ORY_V4(out + CHUNK + i + 4) = q1;
        ORY_V4(out + 2 * CHUNK + i) = p2;
        ORY_V4(out + 2 * CHUNK + i + 4) = q2;
        ORY_V4(out + 3 * CHUNK + i) = p3;
        ORY_V4(out + 3 * CHUNK + i + 4) = q3;
    }
}

/* The first `wide` columns of out (rows x CHUNK) = W in (cols x CHUNK) + b. */
ORY_VEC_INLINE void layer(const double *W, size_t row, size_t col, const double *b, const double *in,
                          size_t rows, size_t cols, size_t wide, double *out)
{
    static const double none[4] = {0};
    size_t j = 0;

    for (; j + 4 <= rows; j += 4)
        four_rows(W + j * row, row, col, b ? b + j : none, in, cols, wide, out + j * CHUNK);
    for (; j < rows; j++)
        one_row(W + j * row, col, b ? b[j] : 0, in, cols, wide, out + j * CHUNK);
}

ORY_VEC_INLINE double total(ory_v4 v)
{
    return (v[0] + v[2]) + (v[1] + v[3]);
}

/* W (rows x cols) += d (rows x CHUNK) h' (h: cols x CHUNK), b (rows) += row sums of d. */
ORY_VEC_INLINE void outer(const double *d, const double *h, size_t rows, size_t cols, double *W,
                          double *b)
{
    for (size_t j = 0; j < rows; j++, d += CHUNK, W += cols) {
        ory_v4 sum = {0};
        size_t k = 0;

        for (size_t i = 0; i < CHUNK; i += 4)
            sum += ORY_V4C(d + i);
        b[j] += total(sum);
        for (; k + 4 <= cols; k += 4) { /* four columns share a row of d */
            const double *x = h + k * CHUNK;
            ory_v4 s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};

            for (size_t i = 0; i < CHUNK; i += 4) {
                const ory_v4 y = ORY_V4C(d + i);

                s0 += y * ORY_V4C(x + i);
                s1 += y * ORY_V4C(x + CHUNK + i);
                s2 += y * ORY_V4C(x + 2 * CHUNK + i);
                s3 += y * ORY_V4C(x + 3 * CHUNK + i);
            }
            W[k] += total(s0);
            W[k + 1] += total(s1);
            W[k + 2] += total(s2);
            W[k + 3] += total(s3);
        }
        for (; k < cols; k++)
            W[k] += ory_vec_dot(d, h + k * CHUNK, CHUNK);
    }
}

/* The first `wide` columns, a multiple of 8. */
ORY_CLONES static void forward(const mlp *net, const double *w, critic_work_space *v, size_t wide)
{
    layer(w + net->w[1], net->d[0], 1, w + net->b[1], v->in, net->d[1], net->d[0], wide, v->h1);
    for (size_t j = 0; j < net->d[1]; j++)
        tanh_row(v->h1 + j * CHUNK, wide);
    layer(w + net->w[2], net->d[1], 1, w + net->b[2], v->h1, net->d[2], net->d[1], wide, v->h2);
    for (size_t j = 0; j < net->d[2]; j++)
        tanh_row(v->h2 + j * CHUNK, wide);
    layer(w + net->w[3], net->d[2], 1, w + net->b[3], v->h2, net->d[3], net->d[2], wide, v->z);
}

/* d = (1 - h^2) d, through tanh. */
ORY_VEC_INLINE void through_tanh(const double *h, size_t n, double *d)
{
    for (size_t i = 0; i < n; i += 4)
        ORY_V4(d + i) *= 1. - ORY_V4C(h + i) * ORY_V4C(h + i);
}

/* v->z holds dL/dz; adds the gradient of this chunk to grad. */
ORY_CLONES static void backward(const mlp *net, const double *w, critic_work_space *v, double *grad)
{
    const size_t *d = net->d;

    outer(v->z, v->h2, d[3], d[2], grad + net->w[3], grad + net->b[3]);
    layer(w + net->w[3], 1, d[2], NULL, v->z, d[2], d[3], CHUNK, v->d2);
    through_tanh(v->h2, d[2] * CHUNK, v->d2);
    outer(v->d2, v->h1, d[2], d[1], grad + net->w[2], grad + net->b[2]);
    layer(w + net->w[2], 1, d[1], NULL, v->d2, d[1], d[2], CHUNK, v->d1);
    through_tanh(v->h1, d[1] * CHUNK, v->d1);
    outer(v->d1, v->in, d[1], d[0], grad + net->w[1], grad + net->b[1]);
}

/* --------------------------------------------------------------------------- states */

/* Features of n <= CHUNK states as columns; the other columns keep older numbers. */
static void show(const critic *c, const double *x, size_t stride, size_t n)
{
    const size_t inputs = ((const mlp *)c->net->self)->d[0];

    for (size_t i = 0; i < n; i++) {
        critic_features(c, x + i * stride, c->work_space.features);
        for (size_t k = 0; k < inputs; k++)
            c->work_space.in[k * CHUNK + i] = c->work_space.features[k];
    }
}

void critic_logits(critic *c, const double *weights, const double *x, size_t stride, size_t rows,
                   double *out)
{
    for (size_t from = 0; from < rows; from += CHUNK) {
        const size_t n = rows - from < CHUNK ? rows - from : CHUNK;

        show(c, x + from * stride, stride, n);
        forward(c->net->self, weights, &c->work_space, (n + 7) / 8 * 8);
        for (size_t i = 0; i < n; i++)
            for (size_t a = 0; a < c->m; a++)
                out[(from + i) * c->m + a] = c->work_space.z[a * CHUNK + i];
    }
}

void critic_logits_of_grid(critic *c, const double *weights, double *out)
{
    const size_t block = c->inputs * CHUNK;

    for (size_t from = 0; from < c->points; from += CHUNK) {
        const size_t n = c->points - from < CHUNK ? c->points - from : CHUNK;

        memcpy(c->work_space.in, c->shown + from / CHUNK * block, block * sizeof *c->shown);
        forward(c->net->self, weights, &c->work_space, (n + 7) / 8 * 8);
        for (size_t i = 0; i < n; i++)
            for (size_t a = 0; a < c->m; a++)
                out[(from + i) * c->m + a] = c->work_space.z[a * CHUNK + i];
    }
}

void critic_show_grid(critic *c)
{
    const size_t block = c->inputs * CHUNK;
    double x[SAFETY_AXES];

    for (size_t s = 0; s < c->points; s++) {
        double *in = c->shown + s / CHUNK * block + s % CHUNK;

        safety_problem_centre(&c->p, s, x);
        critic_features(c, x, c->work_space.features);
        for (size_t k = 0; k < c->inputs; k++)
            in[k * CHUNK] = c->work_space.features[k];
    }
}

/* --------------------------------------------------------------------------- fitting */

/* Kingma, Ba, "Adam: a method for stochastic optimization", arXiv:1412.6980, algorithm 1. */
ORY_CLONES static void adam(double *x, double *m1, double *m2, const double *grad, size_t n, double t,
                            double rate)
{
    const double b1 = 0.9, b2 = 0.999, c1 = 1 - pow(b1, t), c2 = 1 - pow(b2, t);

    for (size_t i = 0; i < n; i++) {
        m1[i] = b1 * m1[i] + (1 - b1) * grad[i];
        m2[i] = b2 * m2[i] + (1 - b2) * grad[i] * grad[i];
        x[i] -= rate * (m1[i] / c1) / (sqrt(m2[i] / c2) + 1e-8);
    }
}

/* Logits of n rows become dL/dz of their actions, L the mean of log(1 + exp(-s)) over `size`
 * rows, s = z where the label is 1, else -z. Returns their part of the sum. */
static double cross_entropy(const critic *c, const double *rows, size_t n, size_t size, double *z)
{
    double loss = 0;

    for (size_t i = 0; i < n; i++) {
        const double *row = rows + c->row * i;
        const size_t a = (size_t)row[CRITIC_ACTION(c)];
        const bool label = row[CRITIC_LABEL(c)] > 0.5;
        const double at = z[a * CHUNK + i], e = exp(-fabs(at)), s = label ? at : -at;

        loss += log1p(e) + (s > 0 ? 0 : -s);
        for (size_t k = 0; k < c->m; k++)
            z[k * CHUNK + i] = 0;
        z[a * CHUNK + i] = ((at >= 0 ? 1 : e) / (1 + e) - label) / (double)size;
    }
    for (size_t i = n; i < CHUNK; i++)
        for (size_t k = 0; k < c->m; k++)
            z[k * CHUNK + i] = 0;
    return loss;
}

double critic_fit(critic *c, double *state, const double *batch, double rate)
{
    const mlp *net = c->net->self;
    const size_t size = net->samples;
    double *m1 = state + c->moments, loss = 0;

    memset(net->grad, 0, c->weights * sizeof *net->grad);
    for (size_t from = 0; from < size; from += CHUNK) {
        const size_t n = size - from < CHUNK ? size - from : CHUNK;

        show(c, batch + c->row * from, c->row, n);
        forward(net, state, &c->work_space, CHUNK);
        loss += cross_entropy(c, batch + c->row * from, n, size, c->work_space.z);
        backward(net, state, &c->work_space, net->grad);
    }
    state[c->work + WK_ADAM] += 1;
    adam(state, m1, m1 + c->weights, net->grad, c->weights, state[c->work + WK_ADAM], rate);
    return loss / (double)size;
}
