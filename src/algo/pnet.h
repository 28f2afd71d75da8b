/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pnet.h - two-layer networks whose activation has a power:
 *
 *   f(x) = sum_j v_j s(<x, w_j>)^p / |w_j|^(p-1) + b = sum_j v_j r_j s_ij^p + b
 *
 * with s(z) = max(z, 0), r_j = |w_j|, s_ij = s(<x_i, w_j / r_j>), real p >= 1; p = 1 is the
 * ReLU network. normalize divides the sum by |x|^(p-1), which makes it of degree 1 in x.
 * s^(p-1) is 0 where s = 0, for p = 1 as well; a neuron of norm 0 gives 0 and has no gradient.
 * The form by unit directions does not underflow at tiny norms.
 * Source: arXiv 2405.15942, section 4, and "Gradient Flow Provably Learns Robust Classifiers
 * for Orthonormal GMMs" (Min, Vidal, ICML 2025), eq. (4). */
#ifndef ORY_ALGO_PNET_H
#define ORY_ALGO_PNET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

/* Samples of one call of eval that are worked on at once. */
enum { ORY_PNET_ROWS = 128 };

typedef struct ory_pnet {
    size_t D, h;
    double p, bias;
    bool normalize;
    double *U;     /* h x D: w_j / r_j, zero rows for zero neurons */
    double *r;     /* h: norms */
    double *gain;  /* h: v_j r_j */
    double *Z, *low, *high, *size; /* workspace of eval: 3 ORY_PNET_ROWS x h, ORY_PNET_ROWS */
} ory_pnet;

/* Memory for h neurons of D inputs; p must be >= 1 and finite. ORY_ENOMEM. fini takes
 * half-built and zeroed ones. */
ory_status ory_pnet_init(ory_pnet *net, size_t D, size_t h, double p, bool normalize,
                         ory_error *err) ORY_WUR;
void ory_pnet_fini(ory_pnet *net);

/* Take over these weights: W h x D, a neuron a row; v h numbers. */
void ory_pnet_set(ory_pnet *net, const double *W, const double *v, double bias);

/* Outputs f[n] of samples X (n x D) and, unless G is NULL, their gradients by x (n x D). */
void ory_pnet_eval(ory_pnet *net, const double *X, size_t n, double *f, double *G);

/* low = max(z,0)^(p-1), 0 where z <= 0; high = max(z,0)^p; n numbers each. */
void ory_pnet_powers(double p, const double *z, size_t n, double *low, double *high);

/* The factor |x|^-(p-1) of every sample when the network normalizes, else 1; 0 for x = 0. */
void ory_pnet_factors(const ory_pnet *net, const double *X, size_t n, double *factor);

/* What a training pass keeps: low and high (n x h), f (n); factor is that of
 * ory_pnet_factors. Z (n x h) is overwritten; it may be low. */
void ory_pnet_forward(const ory_pnet *net, const double *X, size_t n, const double *factor,
                      double *Z, double *low, double *high, double *f);
/* Gradients of sum_i loss_i with slopes d_i = dloss_i/df_i: gW h x D, gv h, *gb (or NULL).
 * space: n x h numbers. */
void ory_pnet_back(const ory_pnet *net, const double *X, size_t n, const double *v,
                   const double *factor, const double *low, const double *high, const double *d,
                   double *space, double *gW, double *gv, double *gb);

#endif
