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

/* Gates and outputs of n samples; Xt: the same as columns, where they are short. */
static void outputs(const relu *p, const double *X, const double *Xt, const double *x, uint32_t *gates,
                    double *f, size_t n)
{
    const ory_gate_layer layer = {n, p->D, p->h, x, relu_v(p, x), p->leak, gates, f};
    const ory_mat mX = ory_mat_view((double *)X, n, p->D), mW = ory_mat_view((double *)x, p->h, p->D);
    ory_mat mZ = ory_mat_view(p->Z, p->h, n);

    if (Xt) {
        ory_gates_forward(&layer, Xt);
        return;
    }
    mZ.ld = ory_gate_room(n);
    ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &mW, &mX, 0, &mZ);
    ory_gates_read(&layer, p->Z);
}

void relu_gather(relu *p, const uint32_t *gates, const double *X, const double *c, size_t n, double *out)
{
    double *all = p->strip;

    ory_gates_sum(gates, X, c, n, p->D, p->h, p->strip, out);
    if (p->leak == 0)
        return;
    memset(all, 0, p->D * sizeof *all);
    for (size_t i = 0; i < n; i++)
        ory_axpy(c[i], X + i * p->D, all, p->D);
    for (size_t j = 0; j < p->h; j++)
        for (size_t k = 0; k < p->D; k++)
            out[j * p->D + k] = (1 - p->leak) * out[j * p->D + k] + p->leak * all[k];
}

/* From g_j = sum_i s'(z_ij) d_i x_i: s(z) = s'(z) z, so that dL/dv_j = <w_j, g_j>. */
ORY_CLONES
static void layers(const double *x, double *grad, size_t h, size_t D, bool train_v)
{
    const double *v = x + h * D;
    double *dv = grad + h * D;

    for (size_t j = 0; j < h; j++, x += D, grad += D) {
        dv[j] = train_v ? ory_vec_dot(x, grad, D) : 0;
        for (size_t k = 0; k < D; k++)
            grad[k] *= v[j];
    }
}

static void gradient(relu *p, const double *X, const double *x, const uint32_t *gates, const double *d,
                     size_t n, double *grad)
{
    relu_gather(p, gates, X, d, n, grad);
    layers(x, grad, p->h, p->D, p->train_v);
}

static double most_of_class(const relu *p, const double *f, double label)
{
    double most = NAN;

    for (size_t i = 0; i < p->n; i++)
        if (p->y[i] == label && !(fabs(f[i]) <= most))
            most = fabs(f[i]);
    return most;
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
    outputs(p, p->X, p->Xt, x, q->gates, q->f, p->n);
    q->loss = ory_margin_losses(p->loss, p->y, q->f, q->d, p->n, p->weight);
    q->most_plus = most_of_class(p, q->f, 1);
    q->most_minus = most_of_class(p, q->f, -1);
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
        gradient(p, p->X, q->x, q->gates, q->d, p->n, q->grad);
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
    if (p->Xt)
        ory_gates_turn(b->X, b->count, p->D, p->batch_Xt);
    outputs(p, b->X, p->batch_Xt, m->x, p->batch_gates, p->batch_f, b->count);
    ory_margin_losses(p->loss, b->y, p->batch_f, d, b->count, p->mean ? 1 / (double)b->count : 1);
    gradient(p, b->X, m->x, p->batch_gates, d, b->count, p->batch_grad);
    for (size_t i = 0; i < s->dim; i++)
        next[i] = m->x[i] - rate * p->batch_grad[i];
    *t_next = m->t + rate;
    return ORY_OK;
}
