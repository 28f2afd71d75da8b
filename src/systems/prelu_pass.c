/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prelu_pass.c - net.prelu forwards and backwards, on all samples or on mini-batches. The
 * formulas are in algo/pnet.h; here are the loss and what is kept of the last two states. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "systems/prelu.h"

static const int margins[] = {[LOSS_EXP] = ORY_MARGIN_EXP, [LOSS_LOGISTIC] = ORY_MARGIN_LOGISTIC,
                              [LOSS_SQUARE] = ORY_MARGIN_SQUARE};

void prelu_use(prelu *p, const prelu_pass *q)
{
    if (p->net_of == q)
        return;
    ory_pnet_set(&p->net, q->x, prelu_v(p, q->x), prelu_b(p, q->x));
    p->net_of = q;
}

static void evaluate(prelu *p, prelu_pass *q)
{
    q->any = true;
    q->stamp = 0;
    q->back = q->has_neurons = q->has_spectrum = q->has_hidden = false;
    for (int i = 0; i < ATTACKERS; i++)
        q->trial.has_curve[i] = q->trial.has_radius[i] = q->trial.has_half[i] = false;
    q->trial.has_distance = q->trial.has_b3 = false;
    p->net_of = NULL;
    prelu_use(p, q);
    ory_pnet_forward(&p->net, p->X, p->n, p->factor, q->low, q->low, q->high, q->f);
    q->loss = ory_margin_losses(margins[p->loss], p->y, q->f, q->d, p->n, p->weight);
}

/* The pass of this state; of the two kept, the one asked for longer ago makes room. */
prelu_pass *prelu_at(prelu *p, const double *x)
{
    const size_t bytes = (p->h * p->D + p->h + p->bias) * sizeof *x;
    prelu_pass *q;

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
    evaluate(p, q);
    return q;
}

/* A known stamp spares the comparison of states. */
prelu_pass *prelu_at_moment(prelu *p, const ory_moment *m)
{
    prelu_pass *q;

    for (int i = 0; i < 2; i++) {
        q = &p->pass[i];
        if (m->stamp != 0 && q->stamp == m->stamp) {
            q->used = ++p->turn;
            return q;
        }
    }
    q = prelu_at(p, m->x);
    q->stamp = m->stamp;
    return q;
}

void prelu_back(prelu *p, prelu_pass *q)
{
    double *gv = q->grad + p->h * p->D;

    if (q->back)
        return;
    prelu_use(p, q);
    ory_pnet_back(&p->net, p->X, p->n, prelu_v(p, q->x), p->factor, q->low, q->high, q->d, p->space,
                  q->grad, gv, p->bias ? gv + p->h : NULL);
    q->back = true;
}

void prelu_loss(ory_system *s, const double *x, double *loss, double *grad)
{
    prelu *p = s->self;
    prelu_pass *q = prelu_at(p, x);

    if (loss)
        *loss = q->loss;
    if (!grad)
        return;
    prelu_back(p, q);
    memcpy(grad, q->grad, s->dim * sizeof *grad);
}

/* ------------------------------------------------------------------- mini-batch */

void prelu_batch_grad(ory_system *s, uint64_t batch, const double *x, double *grad)
{
    prelu *p = s->self;
    const ory_rng stream = ory_seed_stream(s, P_SEED, STREAM_ORDER);
    ory_batches *b = &p->batches;
    double *d = p->batch_f, *gv = grad + p->h * p->D; /* outputs become derivatives in place */

    ory_batches_fill(b, &stream, batch, ory_values_size(&s->values, P_BATCH), p->X, p->y);
    ory_pnet_set(&p->net, x, prelu_v(p, x), prelu_b(p, x));
    p->net_of = NULL;
    ory_pnet_factors(&p->net, b->X, b->count, p->batch_factor);
    ory_pnet_forward(&p->net, b->X, b->count, p->batch_factor, p->batch_low, p->batch_low,
                     p->batch_high, p->batch_f);
    ory_margin_losses(margins[p->loss], b->y, p->batch_f, d, b->count,
                      p->mean ? 1 / (double)b->count : 1);
    ory_pnet_back(&p->net, b->X, b->count, prelu_v(p, x), p->batch_factor, p->batch_low,
                  p->batch_high, d, p->space, grad, gv, p->bias ? gv + p->h : NULL);
}

/* `inner` steps of stochastic gradient descent. */
ory_status prelu_advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next,
                         double *t_next, ory_error *err)
{
    prelu *p = s->self;
    const double rate = ory_values_real(&s->values, P_RATE);
    const size_t inner = ory_values_size(&s->values, P_INNER);

    (void)rng, (void)err;
    memcpy(next, m->x, s->dim * sizeof *next);
    for (size_t i = 0; i < inner; i++) {
        prelu_batch_grad(s, m->k * inner + i, next, p->batch_grad);
        ory_axpy(-rate, p->batch_grad, next, s->dim);
    }
    *t_next = m->t + rate * (double)inner;
    return ORY_OK;
}
