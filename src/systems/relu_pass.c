/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relu_pass.c - net.relu forwards and backwards, on all samples or on a mini-batch.
 *
 *   Z = X W', f_i = sum_j v_j s(Z_ij), d_i = weight l'(y_i, f_i)
 *   grad w_j = v_j sum_i s'(Z_ij) d_i x_i,  dL/dv_j = sum_i d_i s(Z_ij)
 * with s'(z) = 1 for z > 0 and leak (0 for ReLU) otherwise, z = 0 included.
 * Source: arXiv 2307.12851, eq. (2) to (4). */
#include "config.h"

#include <math.h>
#include <string.h>

#include "algo/vec.h"
#include "systems/relu.h"

/* ------------------------------------------------------------------ passes */

typedef long long ory_m4 __attribute__((vector_size(32)));

/* out = 1 where z > 0, leak elsewhere. */
ORY_VEC_INLINE void slope_of(const double *z, const ory_v4 *leak, ory_v4 *out)
{
    const ory_v4 zero = {0}, one = {1, 1, 1, 1};
    const ory_m4 on = (ory_m4)(ORY_V4C(z) > zero);

    *out = (ory_v4)((on & (ory_m4)one) | (~on & (ory_m4)*leak));
}

/* f_i = sum_j v_j s(z_ij). */
ORY_CLONES
static void add_up(const double *Z, const double *v, double leak, double *f, size_t n, size_t h)
{
    const ory_v4 vleak = {leak, leak, leak, leak};

    for (size_t i = 0; i < n; i++) {
        const double *z = Z + i * h;
        ory_v4 a = {0}, b = {0};
        double sum;
        size_t j = 0;

        for (; j + 8 <= h; j += 8) {
            ory_v4 s, t;

            slope_of(z + j, &vleak, &s);
            slope_of(z + j + 4, &vleak, &t);
            a += ORY_V4C(v + j) * (s * ORY_V4C(z + j));
            b += ORY_V4C(v + j + 4) * (t * ORY_V4C(z + j + 4));
        }
        a += b;
        sum = (a[0] + a[2]) + (a[1] + a[3]);
        for (; j < h; j++)
            sum += v[j] * ((z[j] > 0 ? 1 : leak) * z[j]);
        f[i] = sum;
    }
}

static void outputs(const relu *p, const double *X, const double *x, double *Z, double *f, size_t n)
{
    const ory_mat mX = ory_mat_view((double *)X, n, p->D), mW = ory_mat_view((double *)x, p->h, p->D),
                  mZ = ory_mat_view(Z, n, p->h);

    ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &mX, &mW, 0, &mZ);
    add_up(Z, relu_v(p, x), p->leak, f, n, p->h);
}

/* G_ij = s'(z_ij) d_i v_j, and dv_j = sum_i d_i s(z_ij). */
ORY_CLONES
static void slopes(const double *Z, const double *v, const double *d, double leak, double *G,
                   double *dv, size_t n, size_t h)
{
    const ory_v4 vleak = {leak, leak, leak, leak};

    for (size_t i = 0; i < n; i++) {
        const double *z = Z + i * h;
        const ory_v4 vd = {d[i], d[i], d[i], d[i]};
        double *g = G + i * h;
        size_t j = 0;

        for (; j + 4 <= h; j += 4) {
            ory_v4 slope;

            slope_of(z + j, &vleak, &slope);
            slope *= vd;
            ORY_V4(g + j) = slope * ORY_V4C(v + j);
            ORY_V4(dv + j) += slope * ORY_V4C(z + j);
        }
        for (; j < h; j++) {
            const double slope = (z[j] > 0 ? 1 : leak) * d[i];

            g[j] = slope * v[j];
            dv[j] += slope * z[j];
        }
    }
}

static void gradient(relu *p, const double *X, const double *x, const double *Z, const double *d,
                     size_t n, double *grad)
{
    const size_t h = p->h;
    double *dv = grad + h * p->D;
    const ory_mat mX = ory_mat_view((double *)X, n, p->D), mG = ory_mat_view(p->G, n, h),
                  mW = ory_mat_view(grad, h, p->D);

    memset(dv, 0, h * sizeof *dv);
    slopes(Z, relu_v(p, x), d, p->leak, p->G, dv, n, h);
    ory_gemm(ORY_TRANS, ORY_PLAIN, 1, &mG, &mX, 0, &mW);
    if (!p->train_v)
        memset(dv, 0, h * sizeof *dv);
}

/* The pass of this state; of the two kept, the one asked for longer ago makes room. A run
 * evaluates its next state before it leaves this one, so both stay at hand. */
relu_pass *relu_at(relu *p, const double *x)
{
    const size_t bytes = (p->h * p->D + p->h) * sizeof *x;
    relu_pass *q;

    p->turn++;
    for (int i = 0; i < 2; i++) {
        q = &p->pass[i];
        if (q->any && memcmp(q->x, x, bytes) == 0) {
            q->used = p->turn;
            return q;
        }
    }
    q = &p->pass[p->pass[0].used > p->pass[1].used];
    memcpy(q->x, x, bytes);
    q->used = p->turn;
    q->stamp = 0;
    q->any = true;
    q->back = q->has_cones = q->has_norms = q->has_angles = q->has_spectrum = q->has_fields = false;
    outputs(p, p->X, x, q->Z, q->f, p->n);
    q->loss = ory_margin_losses(p->loss, p->y, q->f, q->d, p->n, p->weight);
    return q;
}

/* A known stamp spares the comparison of states. */
relu_pass *relu_at_moment(relu *p, const ory_moment *m)
{
    relu_pass *q;

    for (int i = 0; i < 2; i++) {
        q = &p->pass[i];
        if (m->stamp != 0 && q->stamp == m->stamp) {
            q->used = ++p->turn;
            return q;
        }
    }
    q = relu_at(p, m->x);
    q->stamp = m->stamp;
    return q;
}

void relu_back(relu *p, relu_pass *q)
{
    if (!q->back)
        gradient(p, p->X, q->x, q->Z, q->d, p->n, q->grad);
    q->back = true;
}

void relu_loss(ory_system *s, const double *x, double *loss, double *grad)
{
    relu *p = s->self;
    relu_pass *q = relu_at(p, x);

    if (loss)
        *loss = q->loss;
    if (!grad)
        return;
    relu_back(p, q);
    memcpy(grad, q->grad, s->dim * sizeof *grad);
}

/* --------------------------------------------------------------------- SGD */

/* One step of stochastic gradient descent: batches from an order reshuffled each epoch,
 * the last short one kept; a mean loss is the mean over the batch. */
ory_status relu_advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next,
                        double *t_next, ory_error *err)
{
    relu *p = s->self;
    const double rate = ory_values_given(&s->values, P_RATE) ? ory_values_real(&s->values, P_RATE)
                                                             : relu_small_step(p);
    const ory_rng stream = ory_seed_stream(s, P_SEED, STREAM_ORDER);
    ory_batches *b = &p->batches;
    double *d = p->batch_f; /* outputs become derivatives in place */

    (void)rng, (void)err;
    ory_batches_fill(b, &stream, m->k, ory_values_size(&s->values, P_BATCH), p->X, p->y);
    outputs(p, b->X, m->x, p->batch_Z, p->batch_f, b->count);
    ory_margin_losses(p->loss, b->y, p->batch_f, d, b->count, p->mean ? 1 / (double)b->count : 1);
    gradient(p, b->X, m->x, p->batch_Z, d, b->count, p->batch_grad);
    for (size_t i = 0; i < s->dim; i++)
        next[i] = m->x[i] - rate * p->batch_grad[i];
    *t_next = m->t + rate;
    return ORY_OK;
}
