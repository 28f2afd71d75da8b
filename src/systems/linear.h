/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linear.h - what the files of net.linear share; not for others.
 *
 * State: W1 (n x h) then W2 (m x h), W = W1 W2'. The loss l(W) is either
 * quadratic, (1/2) sum_i weight_i ||(V'(W - W*))_i||^2 + L* with W seen as a
 * p x q matrix and V (p x r) with orthonormal columns, or ridge logistic.
 *
 * For squared loss V are the right singular vectors of X that belong to nonzero
 * singular values, and all theory runs on Z1 = V'W1 (rows x h, rows = r): gradient
 * descent never moves the rest of W1. For the other losses rows = n and Z1 = W1. */
#ifndef ORY_SYSTEMS_LINEAR_H
#define ORY_SYSTEMS_LINEAR_H

#include "core/linalg.h"
#include "systems/linear_theory.h"
#include "systems/system.h"

enum linear_param {
    P_N, P_H, P_M, P_SAMPLES, P_SEED,
    P_LOSS, P_LOSS_SCALE, P_LAMBDA,
    P_X, P_Y, P_A, P_MEASUREMENTS,
    P_INPUTS, P_RANK, P_SPECTRUM_LOW, P_SPECTRUM_HIGH,
    P_TARGETS, P_TEACHER_STD, P_TEACHER_RANK, P_NOISE,
    P_W1, P_W2, P_INIT, P_INIT_SCALE, P_POWER, P_IMBALANCE,
    P_C, P_D, P_BETA_NORM, P_ETA0, P_C1, P_C2, P_CERTIFY,
    P_COUNT
};

enum { LOSS_SQUARED, LOSS_MF, LOSS_SCALAR, LOSS_LOGISTIC, LOSS_SENSING };
enum { INPUTS_GAUSSIAN, INPUTS_ORTHOGONAL, INPUTS_SPECTRUM, INPUTS_IDENTITY };
enum { TARGETS_TEACHER, TARGETS_PLANTED, TARGETS_INITIAL, TARGETS_RANDOM };
enum { INIT_GAUSSIAN, INIT_XAVIER, INIT_POWER, INIT_BALANCED, INIT_IMBALANCED, INIT_NEAR_OPTIMAL,
       INIT_EXPLICIT };
enum { BETA_SPECTRAL, BETA_FROBENIUS };
enum { ETA0_MAX, ETA0_FIGURE };
enum { CERTIFY_AUTO, CERTIFY_ALWAYS, CERTIFY_NEVER };

/* Rows of the rules table. */
enum linear_rule { RULE_CONST, RULE_RHO, RULE_RHO_BAR, RULE_LOCAL, RULE_ARGMIN, RULE_X23,
                   RULE_PRIOR, RULE_COUNT };

/* Running memory, see linear_certificate.c. */
enum linear_memory {
    MEM_LOG,     /* log of the product of the certified factors of the steps so far   */
    MEM_BROKEN,  /* step at which the certificate ended, or -1                          */
    MEM_REASON,  /* why, enum linear_reason                                             */
    MEM_FROZEN,  /* 1 once the gap went below the rounding floor                        */
    MEM_ETA0,    /* the theorem's eta0 for this run: knob, or the first step; NaN at 0  */
    MEM_WINDOW,  /* 1 while every step so far lay in the theorem's window               */
    MEM_WINDOW_BROKEN, /* first step outside, or -1                                     */
    MEM_ETA_MAX, /* eta_max at the first step: tells whether c, d, beta_norm changed; NaN at 0 */
    MEM_COUNT
};
enum linear_reason { REASON_NONE, REASON_NOT_DESCENT, REASON_STEP_TOO_LONG, REASON_OFF,
                     REASON_NO_STEP };

/* Raw data and initial factors, made once; released after the loss is set up. */
typedef struct linear_data {
    size_t n, h, m, samples;
    ory_mat X, Y;   /* squared, mf (Y only), logistic */
    ory_mat A, y;   /* sensing */
    ory_mat W1, W2; /* empty until known (near_optimal) */
} linear_data;

/* Everything computed from one state; a level is computed when first asked. */
typedef struct linear_state {
    uint64_t stamp;
    bool any, grad, values, step, drift;
    double *x;            /* copy of the state that the rest belongs to */
    double *W, *R, *G;    /* product, reduced residual V'(W - W*), dl/dW */
    double *p;            /* logistic: sig(1 - sig) at X W */
    double gap;
    double *g;            /* the gradient: g1 = G W2, then g2 = G'W1 */
    double grad_sq;
    double *P1, *P2;      /* g1 W2' + W1 g2', G W'G; for quadratic losses reduced: the
                             product after a step is W - eta P1 + eta^2 P2 */
    double q11, qr2, q12, q22; /* <P1,QP1>, <W-W*,QP2>, <P1,QP2>, <P2,QP2>, Q the Hessian of l */
    double g_p2;          /* <G, P2> */
    double *sv1, *sv2, *svw; /* singular values of Z1, W2, Z1 W2' */
    double s2min, s2max;
    ory_pl_local local;
    double drift_norm;    /* ||D(t) - D(0)||_F of the run that asked */
} linear_state;

/* Everything fixed by the initial state, and by the knobs. */
typedef struct linear_fixed {
    bool any, knobs;
    uint64_t stamp;       /* of the last moment that asked */
    double *x;            /* copy of the initial state */
    ory_pl_imbalance d;
    double gap, radius, s2min, s2max;
    double beta1, beta2, alpha1, alpha2;
    ory_pl_uniform u;
    double eta1, eta2, eta3, eta_max, eta0;
    ory_pl_x23 x23;
} linear_fixed;

/* The uniform bounds at one eta0. */
typedef struct linear_uniform {
    double eta0, mu_bar, K_bar0, gain, delta_gain; /* gain = 1 - rho_bar0, 1 - Delta */
} linear_uniform;

typedef struct linear {
    size_t n, h, m, samples;
    size_t rows;          /* of Z1 */
    size_t n_sv1, n_sv2, n_svw; /* min(rows, h), min(m, h), min(rows, m) */
    int loss;
    bool quadratic, rotate, reduced, strong, wide; /* wide: h >= min(rows, m) */
    double s, lambda, mu, K;
    double sx1, sxr;      /* largest and smallest nonzero singular value of X */
    size_t p, q, r;       /* quadratic: W as p x q, V is p x r */
    double *V, *Vt, *weight, *sigma; /* weight_i = s sigma_i^2 */
    double *X, *sign, *z, *pz;       /* logistic: X, labels, -Y*XW*, sig(z) */
    double *target;       /* W*, n x m */
    double *reduced_target; /* V'W*, rows x m */
    double *sv_target;    /* its singular values */
    double fro_target, fro_xw, smin_xw;
    double *initial;      /* initial state */
    double *a, *b;        /* scratch: max(n, samples) x m each */
    double *work_w, *work_r, *work_g; /* n x m each: product, residual, dl/dW of a trial state */
    double *trial;        /* a trial state */
    double *z1;           /* rows x h */
    double *stack;        /* factor stacks of the imbalance, see linear_state.c */
    double *gram, *eig;
    ory_svd_ws svd;
    linear_state cache[2]; /* this state and the one before, or the next one */
    int latest;            /* of the two */
    linear_fixed fixed;
    linear_uniform uniform;
} linear;

/* linear_data.c */
ory_status linear_data_make(ory_system *s, linear_data *d, ory_error *err);
ory_status linear_data_near(const ory_system *s, linear_data *d, const double *target,
                            ory_error *err);
void linear_data_free(linear_data *d);

/* linear_loss.c */
ory_status linear_loss_init(ory_system *s, const linear_data *d, ory_error *err);
void linear_loss_fini(linear *l);
/* The gap at W (n x m); optionally the reduced residual R and G = dl/dW. With
 * `exact` the gap is free of cancellation also for logistic loss. */
double linear_gap(linear *l, const double *W, double *R, double *G, bool exact);
/* out = Hessian of l applied to V (n x m); p as in linear_state (logistic). */
void linear_curvature(linear *l, const double *p, const double *V, double *out);
/* <U, Q V> for the Hessian Q of a quadratic l, without cancellation; ru, rv
 * reduced by linear_reduce. */
double linear_quadratic(const linear *l, const double *ru, const double *rv);
void linear_reduce(linear *l, const double *V, double *out); /* V'V, r x q */
void linear_logistic_weights(linear *l, const double *W, double *p);
/* Logistic loss: l(W + V) - l(W) - <dl/dW, V>, without cancellation. */
double linear_logistic_rest(linear *l, const double *W, const double *V);
void linear_loss(ory_system *s, const double *x, double *loss, double *grad);
void linear_gap_at(ory_system *s, const double *x, double *gap);
void linear_hvp(ory_system *s, const double *x, const double *v, double *hv);

/* linear_state.c */
ory_status linear_state_init(linear *l, ory_error *err);
void linear_state_fini(linear *l);
linear_state *linear_at(linear *l, const double *x, uint64_t stamp); /* W, R, G, gap */
linear_state *linear_gradient(linear *l, const ory_moment *m);       /* and g */
linear_state *linear_values(linear *l, const ory_moment *m);         /* singular values */
linear_state *linear_step(linear *l, const ory_moment *m);           /* P1, P2 */
linear_fixed *linear_fixed_at(ory_system *s, const ory_moment *m);
const linear_uniform *linear_uniform_at(ory_system *s, const ory_moment *m, double eta0);
double linear_floor(const linear *l, const linear_state *st); /* rounding floor of the gap */
double linear_gap_next(ory_system *s, const ory_moment *m, double eta); /* after a step of GD */
double linear_K_eff(ory_system *s, const ory_moment *m, double eta);
double linear_K_dir(linear *l, const ory_moment *m);
double linear_imbalance_norm(linear *l, const ory_moment *m);  /* ||D||_F */
double linear_drift(linear *l, const ory_moment *m);          /* ||D(t) - D(0)||_F */
double linear_drift_step(linear *l, const ory_moment *m);     /* ||g1'g1 - g2'g2||_F */
/* Eigenvalues of the reduced D that can differ from 0: min(h, rows + m) of them,
 * descending, rounding set to 0. */
size_t linear_imbalance_count(const linear *l);
ory_pl_prior linear_prior(linear *l, const ory_moment *m); /* for the rate of earlier work */
void linear_imbalance_spectrum(linear *l, const double *x, double *eig);

/* linear_certificate.c */
void linear_memory_start(ory_system *s, const ory_moment *m, double *memory);
void linear_observe(ory_system *s, const ory_moment *m, double *memory);
double linear_eta0(ory_system *s, const ory_moment *m); /* the theorem's eta0 at m */
bool linear_premises(ory_system *s, const ory_moment *m); /* descent, alpha1 > 0, 0 < eta0 <= eta_max */
bool linear_in_window(ory_system *s, const ory_moment *m); /* the step about to be taken */
double linear_local_factor(const ory_pl_local *local, double step); /* rho, NaN if eta K_t >= 2 */
double linear_gap_bound(ory_system *s, const ory_moment *m);
bool linear_stationary(ory_system *s, const ory_moment *m); /* and not optimal */
const char *linear_standing(ory_system *s, const ory_moment *m);
bool linear_certificate_why(ory_system *s, const ory_moment *m, char *text, size_t size);

/* linear_rules.c, linear_probes.c, linear_claims.c */
extern const ory_rule linear_rules[];
extern const ory_probe linear_probes[];
extern const ory_claim linear_claims[];
ory_status linear_probe(ory_system *s, const ory_moment *m, int which, double *out,
                        ory_error *err);
void linear_probe_shape(const ory_system *s, int which, size_t *rows, size_t *cols);
double linear_probe_work(const ory_system *s, int which);
bool linear_probe_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size);

/* linear_kernels.c: products of row-major matrices without leading dimensions. */
void linear_mul_abt(const double *a, const double *b, double *c, size_t n, size_t m,
                    size_t h); /* c (n x m) = a (n x h) b' (h x m) */
void linear_mul_ab(const double *a, const double *b, double *c, size_t n, size_t k,
                   size_t h); /* c (n x h) = a (n x k) b (k x h) */
void linear_mul_atb(const double *a, const double *b, double *c, size_t n, size_t m,
                    size_t h); /* c (m x h) = a' (m x n) b (n x h) */

#endif
