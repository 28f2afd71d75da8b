/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linear_theory.h - the formulas of the local PL theory of two-layer linear
 * networks, as pure functions of numbers.
 *
 * Main source: Z. Xu, H. Min, S. Tarmoun, E. Mallada, R. Vidal, "A Local
 * Polyak-Łojasiewicz and Descent Lemma of Gradient Descent For Overparametrized
 * Linear Models", TMLR 04/2025, arXiv:2505.11664 (Xu et al. 2025 below).
 * Baseline: the same authors, "Linear Convergence of Gradient Descent For Finite
 * Width Over-parametrized Linear Networks with General Initialization", AISTATS
 * 2023 (Xu et al. 2023).
 *
 * L(W1, W2) = l(W1 W2'), W1 n x h, W2 m x h; l is K-smooth and mu-strongly
 * convex; "gap" is L - min l and replaces the papers' L, which assume min l = 0. */
#ifndef ORY_SYSTEMS_LINEAR_THEORY_H
#define ORY_SYSTEMS_LINEAR_THEORY_H

#include <stdbool.h>
#include <stddef.h>

/* ------------------------------------------------------------ one iterate */

/* What the constants of an iterate are made of. */
typedef struct ory_pl_point {
    double mu, K;       /* of l as a function of W                              */
    double s2min, s2max;/* sigma_n(W1)^2 + sigma_m(W2)^2, sigma_1(W1)^2 + sigma_1(W2)^2 */
    double s_product;   /* sigma_1(W1 W2')                                       */
    double gap;
} ory_pl_point;

/* mu_t = mu s2min; K_t(eta) = A + B eta + C eta^2 with q = sqrt(2 K gap),
 * A = K s2max + q, B = 3 K s2max q, C = 6 K^2 s_product gap.
 * Xu et al. 2025, Theorem 3.1. */
typedef struct ory_pl_local {
    double mu_t, A, B, C;
} ory_pl_local;

ory_pl_local ory_pl_local_of(const ory_pl_point *p);
double ory_pl_K(const ory_pl_local *l, double eta);
/* 1 - mu_t eta (2 - eta K_t(eta)) */
double ory_pl_rho(const ory_pl_local *l, double eta);
/* The positive root of eta K_t(eta) = 1: the step "1/K_t", K_t depending on eta itself. */
double ory_pl_eta_inverse(const ory_pl_local *l);
/* The minimiser of rho: positive root of 2 A eta + 3 B eta^2 + 4 C eta^3 = 2. */
double ory_pl_eta_argmin(const ory_pl_local *l);

/* --------------------------------------------------- fixed at initialisation */

/* From the eigenvalues of D0 = W1(0)'W1(0) - W2(0)'W2(0). */
typedef struct ory_pl_imbalance {
    double lambda_plus, lambda_minus; /* max(lambda_1(D0), 0), max(lambda_1(-D0), 0)   */
    double a, b;                      /* max(lambda_n(D0), 0), max(lambda_m(-D0), 0)   */
    double margin;                    /* a + b                                         */
    double spread_plus, spread_minus; /* lambda_plus - a, lambda_minus - b             */
} ory_pl_imbalance;

/* eig[count] in any order; the remaining h - count eigenvalues are 0. The k-th
 * largest eigenvalue for k > h is minus infinity. */
ory_pl_imbalance ory_pl_imbalance_of(const double *eig, size_t count, size_t n, size_t m);

/* alpha1 = half(spread_plus, b_m) + half(spread_minus, b_n) with
 * half(x, b) = [-x + sqrt((x + margin)^2 + 4 b^2)] / 2, b_m = beta1 if m <= n else 0,
 * b_n = beta1 if n <= m else 0. Xu et al. 2025 print beta1 in both halves, which
 * over-estimates when n != m. */
double ory_pl_alpha1(const ory_pl_imbalance *d, double beta1, size_t n, size_t m);
double ory_pl_alpha2(const ory_pl_imbalance *d, double beta2);

/* The uniform bounds, as functions of the free c in (0,1) and d > 1. */
typedef struct ory_pl_uniform {
    double mu, K, gap0;
    double alpha1, alpha2, beta2;
    double c, d;
} ory_pl_uniform;

double ory_pl_mu_bar(const ory_pl_uniform *u, double eta0);
double ory_pl_K_bar(const ory_pl_uniform *u, double eta0, double t);
double ory_pl_K_bar0(const ory_pl_uniform *u, double eta0);
/* 1 - rho_bar0 = mu_bar eta0 (2 - K_bar0 eta0), never subtracted from 1. */
double ory_pl_one_minus_rho_bar0(const ory_pl_uniform *u, double eta0);
/* 1 - Delta = (1 - rho_bar0) - eta0^d rho_bar0 */
double ory_pl_one_minus_delta(const ory_pl_uniform *u, double eta0);
/* rho_bar(eta, t) = 1 - mu_bar eta (2 - K_bar_t eta) */
double ory_pl_rho_bar(const ory_pl_uniform *u, double eta0, double eta, double t);
/* (1 + eta0^d)^(t/2) eta0 */
double ory_pl_cap(double eta0, double d, double t);
double ory_pl_eta1(const ory_pl_uniform *u); /* eta K_bar_0(eta) = 1 */
double ory_pl_eta2(const ory_pl_uniform *u); /* 0 when there is none above 1e-290 */
double ory_pl_eta3(const ory_pl_uniform *u); /* where mu_bar vanishes */
/* 2 K eta0^2 alpha2 e^(eta0^c) gap0 / (1 - Delta): bound of ||D(t) - D(0)||_F */
double ory_pl_drift_bound(const ory_pl_uniform *u, double eta0);

/* ------------------------------------------------------- earlier work's rules */

/* Xu et al. 2023 for squared loss (s/2)||Y - XW||^2, with our corrected alpha. */
typedef struct ory_pl_x23 {
    double mu, K, c1, c2, gap0;
    double p1, p2, alpha, beta; /* p1, p2 replace beta1, beta2; alpha0, beta0 by the formulas */
    double eta_max;
} ory_pl_x23;

/* smin_xw: min(r, m)-th singular value of X W*; fro_xw: ||X W*||_F; sx1, sxr:
 * largest and smallest nonzero singular value of X. n, m of the reduced problem. */
ory_pl_x23 ory_pl_x23_of(double mu, double K, double s, double gap0, double smin_xw, double fro_xw,
                         double sx1, double sxr, const ory_pl_imbalance *d, size_t n, size_t m,
                         double c1, double c2);
double ory_pl_x23_factor(const ory_pl_x23 *x, double gap, double eta); /* f(eta, t) */
double ory_pl_x23_step(const ory_pl_x23 *x, double gap);

/* The per-step rate of earlier work, r(eta), with z = sigma_1(W)||G||_F. */
typedef struct ory_pl_prior {
    double mu, K, s2min, s2max, z;
} ory_pl_prior;
double ory_pl_prior_factor(const ory_pl_prior *p, double eta);
double ory_pl_prior_step(const ory_pl_prior *p);   /* its minimiser; NaN when 0/0 */
double ory_pl_prior_valid(const ory_pl_prior *p, double eta); /* >= 0 where r holds */

#endif
