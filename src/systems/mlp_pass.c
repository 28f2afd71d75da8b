/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mlp_pass.c - net.mlp forwards, backwards, and along a direction.
 *
 * backwards   E_depth = dL/dZ, grad W_l = E_l'A_{l-1}, B_{l-1} = E_l W_l,
 *             E_{l-1} = B_{l-1} . phi'(Z_{l-1})
 * Hessian     the derivative of all of these along v (Pearlmutter's R-operator):
 *             RZ_l = RA_{l-1} W_l' + A_{l-1} V_l' + v_b,  RA_l = phi'(Z_l) . RZ_l,
 *             R(grad W_l) = RE_l'A_{l-1} + E_l'RA_{l-1},
 *             RE_{l-1} = (RE_l W_l + E_l V_l) . phi' + B_{l-1} . phi'' . RZ_{l-1}
 * Source: Pearlmutter, "Fast exact multiplication by the Hessian", Neural Comp. 6 (1994). */
#include "config.h"

#include <string.h>

#include "systems/mlp.h"

/* c (rows x cols) = op(a) op(b) + beta c, no gaps. */
static void mul(ory_op ta, ory_op tb, const double *a, const double *b, double beta, double *c,
                size_t rows, size_t inner, size_t cols)
{
    const ory_mat ma = ory_mat_view((double *)a, ta == ORY_TRANS ? inner : rows,
                                    ta == ORY_TRANS ? rows : inner),
                  mb = ory_mat_view((double *)b, tb == ORY_TRANS ? cols : inner,
                                    tb == ORY_TRANS ? inner : cols),
                  mc = ory_mat_view(c, rows, cols);

    ory_gemm(ta, tb, 1, &ma, &mb, beta, &mc);
}

static void add_row(double *z, const double *row, size_t samples, size_t d)
{
    for (size_t i = 0; i < samples; i++)
        ory_axpy(1, row, z + i * d, d);
}

static void sum_rows(const double *e, double *out, size_t samples, size_t d)
{
    memset(out, 0, d * sizeof *out);
    for (size_t i = 0; i < samples; i++)
        ory_axpy(1, e + i * d, out, d);
}

static size_t dimension(const mlp *p)
{
    const size_t l = p->depth;

    return p->biases ? p->b[l] + p->d[l] : p->w[l] + p->d[l] * p->d[l - 1];
}

void mlp_forward(mlp *p, const double *x)
{
    const size_t n = p->samples;

    if (p->any && memcmp(x, p->x, dimension(p) * sizeof *x) == 0)
        return;
    memcpy(p->x, x, dimension(p) * sizeof *x);
    p->any = true;
    p->back = p->has_tops = false;
    for (size_t l = 1; l <= p->depth; l++) {
        mul(ORY_PLAIN, ORY_TRANS, p->A[l - 1], x + p->w[l], 0, p->A[l], n, p->d[l - 1], p->d[l]);
        if (p->biases)
            add_row(p->A[l], x + p->b[l], n, p->d[l]);
        if (l < p->depth)
            mlp_activate(&p->act, p->A[l], p->D1[l], p->D2[l], n * p->d[l]);
    }
    p->loss_now = mlp_loss_of(p->loss, p->A[p->depth], p->Y, p->E[p->depth], n, p->d[p->depth],
                              p->weight);
}

void mlp_backward(mlp *p)
{
    const size_t n = p->samples;

    if (p->back)
        return;
    p->back = true;
    for (size_t l = p->depth; l >= 1; l--) {
        const double *W = p->x + p->w[l];

        mul(ORY_TRANS, ORY_PLAIN, p->E[l], p->A[l - 1], 0, p->grad + p->w[l], p->d[l], n,
            p->d[l - 1]);
        if (p->biases)
            sum_rows(p->E[l], p->grad + p->b[l], n, p->d[l]);
        if (l == 1)
            break;
        mul(ORY_PLAIN, ORY_PLAIN, p->E[l], W, 0, p->B[l - 1], n, p->d[l], p->d[l - 1]);
        for (size_t i = 0; i < n * p->d[l - 1]; i++)
            p->E[l - 1][i] = p->B[l - 1][i] * p->D1[l - 1][i];
    }
}

void mlp_loss(ory_system *s, const double *x, double *loss, double *grad)
{
    mlp *p = s->self;

    mlp_forward(p, x);
    if (loss)
        *loss = p->loss_now;
    if (!grad)
        return;
    mlp_backward(p);
    memcpy(grad, p->grad, s->dim * sizeof *grad);
}

/* RA_l for all layers; RA[l] of a hidden layer holds phi'(Z_l) RZ_l, that of the last RZ. */
static void forward_along(mlp *p, const double *v)
{
    const size_t n = p->samples;

    for (size_t l = 1; l <= p->depth; l++) {
        mul(ORY_PLAIN, ORY_TRANS, p->A[l - 1], v + p->w[l], 0, p->RA[l], n, p->d[l - 1], p->d[l]);
        if (l > 1)
            mul(ORY_PLAIN, ORY_TRANS, p->RA[l - 1], p->x + p->w[l], 1, p->RA[l], n, p->d[l - 1],
                p->d[l]);
        if (p->biases)
            add_row(p->RA[l], v + p->b[l], n, p->d[l]);
        if (l == p->depth)
            break;
        for (size_t i = 0; i < n * p->d[l]; i++) { /* RE holds RZ until the way back */
            p->RE[l][i] = p->RA[l][i];
            p->RA[l][i] *= p->D1[l][i];
        }
    }
}

void mlp_hvp(ory_system *s, const double *x, const double *v, double *hv)
{
    mlp *p = s->self;
    const size_t n = p->samples;
    double *turned;

    mlp_forward(p, x);
    mlp_backward(p);
    forward_along(p, v);
    mlp_loss_curve(p->loss, p->A[p->depth], p->Y, p->RA[p->depth], p->RE[p->depth], n,
                   p->d[p->depth], p->weight);
    for (size_t l = p->depth; l >= 1; l--) {
        mul(ORY_TRANS, ORY_PLAIN, p->RE[l], p->A[l - 1], 0, hv + p->w[l], p->d[l], n, p->d[l - 1]);
        if (l > 1)
            mul(ORY_TRANS, ORY_PLAIN, p->E[l], p->RA[l - 1], 1, hv + p->w[l], p->d[l], n,
                p->d[l - 1]);
        if (p->biases)
            sum_rows(p->RE[l], hv + p->b[l], n, p->d[l]);
        if (l == 1)
            break;
        turned = p->RA[l - 1]; /* not needed any more: scratch */
        mul(ORY_PLAIN, ORY_PLAIN, p->RE[l], x + p->w[l], 0, turned, n, p->d[l], p->d[l - 1]);
        mul(ORY_PLAIN, ORY_PLAIN, p->E[l], v + p->w[l], 1, turned, n, p->d[l], p->d[l - 1]);
        for (size_t i = 0; i < n * p->d[l - 1]; i++)
            p->RE[l - 1][i] = turned[i] * p->D1[l - 1][i] +
                              p->B[l - 1][i] * p->D2[l - 1][i] * p->RE[l - 1][i];
    }
}
