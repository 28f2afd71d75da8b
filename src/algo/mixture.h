/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mixture.h - Gaussian clusters with orthonormal centres, two classes: the data, the four
 * ideal classifiers, their exact margins and the probabilities that are known.
 *
 * Centres mu_k, k < K1 of label +1, the rest of label -1; x = mu_k + noise, every coordinate
 * N(0, alpha^2/D), so that the noise has length about alpha in any dimension. With the sums
 * mu+ and mu- of the centres of a class:
 *   F      s(<x,mu+>) - s(<x,mu->)                                s(z) = max(z, 0)
 *   power  sum_{k<K1} s(<x,mu_k>)^p - sum_{k>=K1} s(<x,mu_k>)^p   (F is not power 1)
 *   NC     max_{k<K1} <x,mu_k> - max_{k>=K1} <x,mu_k>
 *   Bayes  log sum_{k<K1} exp(D<x,mu_k>/alpha^2) - the same over k >= K1: the sign of the
 *          difference of sums, without overflow; at alpha = 0 it is NC
 * Source: arXiv 2405.15942 and "Gradient Flow Provably Learns Robust Classifiers for
 * Orthonormal GMMs" (Min, Vidal, ICML 2025). */
#ifndef ORY_ALGO_MIXTURE_H
#define ORY_ALGO_MIXTURE_H

#include "algo/attack.h"
#include "core/rng.h"

typedef struct ory_mixture {
    size_t D, K, K1;
    double alpha;
    double *centres; /* K x D, a centre a row; owned */
    double *sums;    /* 2 x D: mu+, mu-              */
} ory_mixture;

/* centres NULL: the first K basis vectors. ORY_ERANGE: K1 = 0, K1 = K, K > D, alpha < 0. */
ory_status ory_mixture_init(ory_mixture *m, size_t D, size_t K, size_t K1, double alpha,
                            const double *centres, ory_error *err) ORY_WUR;
/* Turn the centres into the columns of a random orthonormal D x K matrix. */
ory_status ory_mixture_rotate(ory_mixture *m, ory_rng *rng, ory_error *err) ORY_WUR;
void ory_mixture_fini(ory_mixture *m);

/* Largest |<mu_k, mu_l> - (k == l)|. */
double ory_mixture_skew(const ory_mixture *m);
/* A sample of cluster k into x; its label. */
double ory_mixture_sample(const ory_mixture *m, size_t k, ory_rng *rng, double *x);
/* The nearest centre of x among those of label y (0: of both). */
size_t ory_mixture_nearest(const ory_mixture *m, const double *x, double y);
/* d0(y) = -y (mu+ - mu-)/sqrt(K), the unit vector that fools F. */
void ory_mixture_d0(const ory_mixture *m, double y, double *out);

/* Starts of the many-starts attack: d0(y), and (mu_l - mu_own)/sqrt(2) for every opposing
 * centre l, own the nearest centre of the sample's class. */
size_t ory_mixture_start_count(const ory_mixture *m);
void ory_mixture_direction(const void *mixture, const double *x, double y, size_t row, size_t i,
                           double *out);

/* ------------------------------------------------------------ ideal classifiers */

typedef enum ory_ideal_kind {
    ORY_IDEAL_F, ORY_IDEAL_POWER, ORY_IDEAL_NC, ORY_IDEAL_BAYES
} ory_ideal_kind;

typedef struct ory_ideal {
    const ory_mixture *m; /* borrowed */
    ory_ideal_kind kind;
    double p;
    double *c, *part; /* K: products with the centres, derivatives by them */
} ory_ideal;

ory_status ory_ideal_init(ory_ideal *f, const ory_mixture *m, ory_ideal_kind kind, double p,
                          ory_error *err) ORY_WUR;
void ory_ideal_fini(ory_ideal *f);
/* A scorer that borrows f. */
ory_scorer ory_ideal_scorer(ory_ideal *f);

/* ------------------------------------------------------------------ exact facts */

/* Distance of x to the nearest error of F; 0 when F already errs. */
double ory_mixture_f_distance(const ory_mixture *m, const double *x, double y);
/* Distance of a centre to the nearest error of power p when m clusters oppose it:
 * 1/sqrt(1 + max(1, m^(2/p-1))); for p >= 2 that is sqrt(2)/2. */
double ory_mixture_power_radius(double p, size_t m);
/* Robust accuracy at radius r as predicted: of F, and of power p > 2 and NC. Steps when
 * alpha = 0. */
double ory_mixture_curve_f(const ory_mixture *m, double r);
double ory_mixture_curve_power(const ory_mixture *m, double r);
/* Exact P(y F(x + r d0(y)) > 0) for a fresh sample. */
double ory_mixture_f_right(const ory_mixture *m, double r);

/* ----------------------------------------------------------- the printed bounds */

/* A1, A3: lower bounds of P(y F > 0) and P(y power > 0). A2: upper bound of P(y F > 0) after
 * a push by r = (1+rho)/sqrt(K) along d0; NaN for r <= 1/sqrt(K). A4, B2: lower bounds of the
 * share that survives radius r, of power p > 2 and of Bayes; NaN outside their range. B1:
 * upper bound of anybody's share at sqrt(2)/2. B3: the same for a classifier of degree 1 at
 * distance nu of power p, at radius ory_bound_b3_radius; NaN where vacuous. */
double ory_bound_a1(const ory_mixture *m);
double ory_bound_a2(const ory_mixture *m, double r);
double ory_bound_a3(const ory_mixture *m);
double ory_bound_a4(const ory_mixture *m, double r);
double ory_bound_b1(const ory_mixture *m);
double ory_bound_b2(const ory_mixture *m, double r);
double ory_bound_b3_limit(double p);
double ory_bound_b3_radius(double p, double nu);
double ory_bound_b3(const ory_mixture *m, double p, double nu);

/* Upper confidence limit of a probability after `right` of n: values above it would give so
 * few with a chance below `risk` (Chernoff). */
double ory_rate_upper(double right, double n, double risk);

#endif
