/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lora_flow.c - loss, gradient and Hessian-vector product of net.lora, in products with
 * the thin factors only: nothing of size h x n is formed.
 *
 *   C = A2 B1,  P = W2 B1 + B2 C,  Q = A2 W1 + C A1,  F = W2 B1 A1 + B2 Q
 *   -dA1 = P'E            -dB2 = E Q'
 *   -dB1 = W2'G + A2'M    -dA2 = H W1' + M B1'     G = E A1', H = B2'E, M = B2'G
 * The Hessian is the derivative of these lines along v. */
#include "config.h"

#include <string.h>

#include "systems/lora.h"

/* c (rows x cols) = alpha op(a) op(b) + beta c for matrices without gaps. */
static void mul(ory_op ta, ory_op tb, double alpha, const double *a, const double *b, double beta,
                double *c, size_t rows, size_t inner, size_t cols)
{
    const ory_mat ma = ory_mat_view((double *)a, ta == ORY_TRANS ? inner : rows,
                                    ta == ORY_TRANS ? rows : inner),
                  mb = ory_mat_view((double *)b, tb == ORY_TRANS ? cols : inner,
                                    tb == ORY_TRANS ? inner : cols),
                  mc = ory_mat_view(c, rows, cols);

    ory_gemm(ta, tb, alpha, &ma, &mb, beta, &mc);
}

void lora_forward(const lora *l, const double *x, const lora_pass *p)
{
    const size_t m = l->m, n = l->n, h = l->h, r = l->r;
    const double *A1 = x + l->a1, *B1 = x + l->b1, *A2 = x + l->a2, *B2 = x + l->b2;

    mul(ORY_PLAIN, ORY_PLAIN, 1, A2, B1, 0, p->C, r, h, r);
    mul(ORY_PLAIN, ORY_PLAIN, 1, l->W2.data, B1, 0, p->P0, m, h, r);
    memcpy(p->P, p->P0, m * r * sizeof(double));
    mul(ORY_PLAIN, ORY_PLAIN, 1, B2, p->C, 1, p->P, m, r, r);
    mul(ORY_PLAIN, ORY_PLAIN, 1, A2, l->W1.data, 0, p->Q, r, h, n);
    mul(ORY_PLAIN, ORY_PLAIN, 1, p->C, A1, 1, p->Q, r, r, n);
    mul(ORY_PLAIN, ORY_PLAIN, 1, p->P0, A1, 0, p->F, m, r, n);
    mul(ORY_PLAIN, ORY_PLAIN, 1, B2, p->Q, 1, p->F, m, r, n);
    for (size_t i = 0; i < m * n; i++)
        p->E[i] = l->dY[i] - p->F[i];
}

static void clear_absent(const lora *l, double *grad)
{
    if (!l->on1)
        memset(grad + l->a1, 0, l->r * (l->n + l->h) * sizeof(double));
    if (!l->on2)
        memset(grad + l->a2, 0, l->r * (l->h + l->m) * sizeof(double));
}

void lora_backward(const lora *l, const double *x, const lora_pass *p, const double *E,
                   double *grad)
{
    const size_t m = l->m, n = l->n, h = l->h, r = l->r;
    const double *A1 = x + l->a1, *B1 = x + l->b1, *A2 = x + l->a2, *B2 = x + l->b2;

    mul(ORY_PLAIN, ORY_TRANS, 1, E, A1, 0, p->G, m, n, r);
    mul(ORY_TRANS, ORY_PLAIN, 1, B2, E, 0, p->H, r, m, n);
    mul(ORY_TRANS, ORY_PLAIN, 1, B2, p->G, 0, p->M, r, m, r);
    mul(ORY_TRANS, ORY_PLAIN, -1, p->P, E, 0, grad + l->a1, r, m, n);
    mul(ORY_TRANS, ORY_PLAIN, -1, l->W2.data, p->G, 0, grad + l->b1, h, m, r);
    mul(ORY_TRANS, ORY_PLAIN, -1, A2, p->M, 1, grad + l->b1, h, r, r);
    mul(ORY_PLAIN, ORY_TRANS, -1, p->H, l->W1.data, 0, grad + l->a2, r, n, h);
    mul(ORY_PLAIN, ORY_TRANS, -1, p->M, B1, 1, grad + l->a2, r, r, h);
    mul(ORY_PLAIN, ORY_TRANS, -1, E, p->Q, 0, grad + l->b2, m, n, r);
    clear_absent(l, grad);
}

const double *lora_scale(lora *l, const double *x)
{
    const size_t dim = l->b2 + l->m * l->r;

    if (l->root == 1)
        return x;
    for (size_t i = 0; i < dim; i++)
        l->scaled[i] = l->root * x[i];
    return l->scaled;
}

void lora_loss(ory_system *s, const double *x, double *loss, double *grad)
{
    lora *l = s->self;

    x = lora_scale(l, x);
    lora_forward(l, x, &l->pass);
    if (loss)
        *loss = 0.5 * ory_norm2_sq(l->pass.E, l->m * l->n);
    if (!grad)
        return;
    lora_backward(l, x, &l->pass, l->pass.E, grad);
    for (size_t i = 0; l->root != 1 && i < s->dim; i++)
        grad[i] *= l->root;
}

/* Derivatives of the forward pass along v into d; d->E = -(dF). */
static void forward_along(const lora *l, const double *x, const double *v, const lora_pass *p,
                          const lora_pass *d)
{
    const size_t m = l->m, n = l->n, h = l->h, r = l->r;
    const double *A1 = x + l->a1, *B1 = x + l->b1, *A2 = x + l->a2, *B2 = x + l->b2;
    const double *a1 = v + l->a1, *b1 = v + l->b1, *a2 = v + l->a2, *b2 = v + l->b2;

    mul(ORY_PLAIN, ORY_PLAIN, 1, a2, B1, 0, d->C, r, h, r);
    mul(ORY_PLAIN, ORY_PLAIN, 1, A2, b1, 1, d->C, r, h, r);
    mul(ORY_PLAIN, ORY_PLAIN, 1, l->W2.data, b1, 0, d->P0, m, h, r);
    memcpy(d->P, d->P0, m * r * sizeof(double));
    mul(ORY_PLAIN, ORY_PLAIN, 1, b2, p->C, 1, d->P, m, r, r);
    mul(ORY_PLAIN, ORY_PLAIN, 1, B2, d->C, 1, d->P, m, r, r);
    mul(ORY_PLAIN, ORY_PLAIN, 1, a2, l->W1.data, 0, d->Q, r, h, n);
    mul(ORY_PLAIN, ORY_PLAIN, 1, d->C, A1, 1, d->Q, r, r, n);
    mul(ORY_PLAIN, ORY_PLAIN, 1, p->C, a1, 1, d->Q, r, r, n);
    mul(ORY_PLAIN, ORY_PLAIN, -1, d->P0, A1, 0, d->E, m, r, n);
    mul(ORY_PLAIN, ORY_PLAIN, -1, p->P0, a1, 1, d->E, m, r, n);
    mul(ORY_PLAIN, ORY_PLAIN, -1, b2, p->Q, 1, d->E, m, r, n);
    mul(ORY_PLAIN, ORY_PLAIN, -1, B2, d->Q, 1, d->E, m, r, n);
}

static void backward_along(const lora *l, const double *x, const double *v, const lora_pass *p,
                           const lora_pass *d, double *hv)
{
    const size_t m = l->m, n = l->n, h = l->h, r = l->r;
    const double *A1 = x + l->a1, *B1 = x + l->b1, *A2 = x + l->a2, *B2 = x + l->b2;
    const double *a1 = v + l->a1, *b1 = v + l->b1, *a2 = v + l->a2, *b2 = v + l->b2;

    mul(ORY_PLAIN, ORY_TRANS, 1, p->E, A1, 0, p->G, m, n, r);
    mul(ORY_TRANS, ORY_PLAIN, 1, B2, p->G, 0, p->M, r, m, r);
    mul(ORY_PLAIN, ORY_TRANS, 1, d->E, A1, 0, d->G, m, n, r);
    mul(ORY_PLAIN, ORY_TRANS, 1, p->E, a1, 1, d->G, m, n, r);
    mul(ORY_TRANS, ORY_PLAIN, 1, b2, p->E, 0, d->H, r, m, n);
    mul(ORY_TRANS, ORY_PLAIN, 1, B2, d->E, 1, d->H, r, m, n);
    mul(ORY_TRANS, ORY_PLAIN, 1, b2, p->G, 0, d->M, r, m, r);
    mul(ORY_TRANS, ORY_PLAIN, 1, B2, d->G, 1, d->M, r, m, r);

    mul(ORY_TRANS, ORY_PLAIN, -1, d->P, p->E, 0, hv + l->a1, r, m, n);
    mul(ORY_TRANS, ORY_PLAIN, -1, p->P, d->E, 1, hv + l->a1, r, m, n);
    mul(ORY_TRANS, ORY_PLAIN, -1, l->W2.data, d->G, 0, hv + l->b1, h, m, r);
    mul(ORY_TRANS, ORY_PLAIN, -1, a2, p->M, 1, hv + l->b1, h, r, r);
    mul(ORY_TRANS, ORY_PLAIN, -1, A2, d->M, 1, hv + l->b1, h, r, r);
    mul(ORY_PLAIN, ORY_TRANS, -1, d->H, l->W1.data, 0, hv + l->a2, r, n, h);
    mul(ORY_PLAIN, ORY_TRANS, -1, d->M, B1, 1, hv + l->a2, r, r, h);
    mul(ORY_PLAIN, ORY_TRANS, -1, p->M, b1, 1, hv + l->a2, r, r, h);
    mul(ORY_PLAIN, ORY_TRANS, -1, d->E, p->Q, 0, hv + l->b2, m, n, r);
    mul(ORY_PLAIN, ORY_TRANS, -1, p->E, d->Q, 1, hv + l->b2, m, n, r);
}

void lora_hvp(ory_system *s, const double *x, const double *v, double *hv)
{
    lora *l = s->self;
    double *masked = l->scaled + s->dim; /* v without the layers that do not move */

    x = lora_scale(l, x);
    memcpy(masked, v, s->dim * sizeof *v);
    clear_absent(l, masked);
    lora_forward(l, x, &l->pass);
    forward_along(l, x, masked, &l->pass, &l->turn);
    backward_along(l, x, masked, &l->pass, &l->turn, hv);
    clear_absent(l, hv);
    for (size_t i = 0; l->root != 1 && i < s->dim; i++)
        hv[i] *= l->root * l->root;
}
