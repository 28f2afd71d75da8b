/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mlp.h - what the files of net.mlp share; not for others.
 *
 * Layer l = 1..depth maps d[l-1] numbers to d[l]: Z_l = A_{l-1} W_l' + b_l with one sample a
 * row, A_l = phi(Z_l), A_0 = X; the last layer is affine. State: W1, b1, W2, b2, ... with
 * W_l of shape d[l] x d[l-1] and b_l 1 x d[l] (absent without biases). */
#ifndef ORY_SYSTEMS_MLP_H
#define ORY_SYSTEMS_MLP_H

#include "core/linalg.h"
#include "systems/system.h"

enum mlp_param {
    P_X, P_Y, P_N, P_M, P_SAMPLES, P_HIDDEN, P_ACTIVATION, P_EXPONENT, P_LEAK, P_LOSS, P_MEAN,
    P_BIASES, P_INIT, P_INIT_SCALE, P_SEED, P_TEACHER, P_NOISE, P_LOSS_MIN,
    P_COUNT
};

enum { ACT_IDENTITY, ACT_RELU, ACT_LEAKY, ACT_PRELU, ACT_TANH, ACT_SIGMOID, ACT_SOFTPLUS,
       ACT_GELU };
enum { LOSS_SQUARE, LOSS_LOGISTIC, LOSS_EXPONENTIAL, LOSS_SOFTMAX };
enum { INIT_HE, INIT_XAVIER, INIT_GAUSSIAN };

enum { MLP_MAX_DEPTH = 32 };

typedef struct mlp_act {
    int kind;
    double exponent, leak;
} mlp_act;

typedef struct mlp {
    size_t depth, samples;
    size_t d[MLP_MAX_DEPTH + 1];
    bool biases;
    int loss;
    double weight;                     /* 1 / samples, or 1                              */
    mlp_act act;
    double *X, *Y;                     /* samples x d[0]; samples x d[depth]             */
    size_t w[MLP_MAX_DEPTH + 1], b[MLP_MAX_DEPTH + 1]; /* offsets, from 1                */
    char names[2 * MLP_MAX_DEPTH][8];
    /* of the state in x, computed when first asked */
    bool any, back;
    double *x, *grad, loss_now;
    double *A[MLP_MAX_DEPTH + 1];      /* samples x d[l]; A[0] = X, A[depth] the outputs */
    double *D1[MLP_MAX_DEPTH + 1], *D2[MLP_MAX_DEPTH + 1]; /* phi'(Z_l), phi''(Z_l)      */
    double *E[MLP_MAX_DEPTH + 1];      /* dL/dZ_l                                        */
    double *B[MLP_MAX_DEPTH + 1];      /* dL/dA_l                                        */
    double *RA[MLP_MAX_DEPTH + 1], *RE[MLP_MAX_DEPTH + 1]; /* along a direction          */
    /* top singular triplets of the weights of the state in x */
    bool has_tops;
    double *left[MLP_MAX_DEPTH + 1], *right[MLP_MAX_DEPTH + 1], top[MLP_MAX_DEPTH + 1];
    double *space;                     /* largest weight matrix, and vectors             */
} mlp;

/* mlp_act.c: n numbers z become phi(z) in place; d1, d2 its derivatives (NULL: not
 * wanted). At a kink the derivative of the left side is taken. */
void mlp_activate(const mlp_act *act, double *z, double *d1, double *d2, size_t n);
/* Loss of outputs f against y (samples x m), summed and times weight; e = dL/df (or
 * NULL). softmax: y holds one-hot rows, logistic and exponential: labels +-1. */
double mlp_loss_of(int loss, const double *f, const double *y, double *e, size_t samples, size_t m,
                   double weight);
/* out = (second derivative of the loss at f) applied to r. */
void mlp_loss_curve(int loss, const double *f, const double *y, const double *r, double *out,
                    size_t samples, size_t m, double weight);

/* mlp_data.c: sizes, X and Y from the options. */
ory_status mlp_data_make(ory_system *s, mlp *p, ory_error *err);

/* mlp_pass.c */
void mlp_forward(mlp *p, const double *x);  /* fills A, D1, loss_now for x (kept)          */
void mlp_backward(mlp *p);                  /* and grad                                    */
void mlp_loss(ory_system *s, const double *x, double *loss, double *grad);
void mlp_hvp(ory_system *s, const double *x, const double *v, double *hv);

/* mlp_probes.c */
extern const ory_probe mlp_probes[];
ory_status mlp_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err);
void mlp_probe_shape(const ory_system *s, int which, size_t *rows, size_t *cols);
double mlp_probe_work(const ory_system *s, int which);
bool mlp_probe_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size);

#endif
