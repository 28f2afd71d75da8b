/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roots.h - roots of functions of one variable, without allocation. */
#ifndef ORY_ALGO_ROOTS_H
#define ORY_ALGO_ROOTS_H

#include <stddef.h>

/* The positive root of c[1] x + c[2] x^2 + … + c[n] x^n = c[0], all c >= 0 and
 * c[0] > 0, for n <= 8. The left side is increasing and convex: Newton's
 * iteration falls monotonically from the bound min (c[0]/c[i])^(1/i) and stops
 * when it no longer falls. INFINITY when c[1..n] are all 0; NaN for input that
 * is negative or not finite. */
double ory_root_positive(const double *c, size_t n);

/* A point where f changes sign in [lo, hi], to the last bit, by bisection (on
 * the logarithm while 0 < lo and hi > 2 lo). f(lo) and f(hi) must not have the same sign;
 * otherwise NaN. */
double ory_root_bisect(double (*f)(double x, const void *ctx), const void *ctx, double lo,
                       double hi);

/* A local maximum of f inside [lo, hi] to within about tol (or the square root of the
 * rounding of f), its value into *value: golden section hastened by parabolas.
 * Source: R. Brent, Algorithms for Minimization without Derivatives, 1973, chapter 5. */
double ory_maximise(double (*f)(double x, void *ctx), void *ctx, double lo, double hi, double tol,
                    double *value);

#endif
