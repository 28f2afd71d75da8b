/* SPDX-License-Identifier: GPL-3.0-or-later */
/* modal.h - one mode of a network of proportional units: m y' + d y + lam eta = alpha,
 * eta' = y. Its step response h(t), in forms that neither cancel nor overflow; and the same
 * mode with a turbine.
 *
 * With a = d/(2m), q = a^2 - lam/m: under-damped q < 0, over-damped q > 0 (lam = 0 is
 * one of these), critical q = 0. Source: arXiv 2402.16765, section III; the stable forms
 * are derived in doc/theory/07-frequency-nadir.md. */
#ifndef ORY_ALGO_MODAL_H
#define ORY_ALGO_MODAL_H

typedef struct ory_mode {
    double m, d, lam; /* inertia s > 0, damping p.u. >= 0, eigenvalue p.u./(p.u. s) >= 0 */
} ory_mode;

/* h(t) and, unless hp is NULL, h'(t), for t >= 0. h(0) = 0, h'(0) = 1/m. */
double ory_mode_response(const ory_mode *k, double t, double *hp);

/* The exact step of length dt under a constant alpha: advances *eta and *y. */
void ory_mode_step(const ory_mode *k, double dt, double alpha, double *eta, double *y);

/* The coefficients of that step, for a fixed dt: y = yy y + ye eta + ya alpha,
 * eta = ee eta + ey y + ea alpha (old values on the right). */
typedef struct ory_mode_coef {
    double yy, ye, ya, ee, ey, ea;
} ory_mode_coef;
void ory_mode_coefs(const ory_mode *k, double dt, ory_mode_coef *c);

/* lim h(t) for t -> infinity: 1/d when lam = 0 (infinite when d = 0 too), else 0. */
double ory_mode_limit(const ory_mode *k);

/* sup over t >= T of |h(t)|, and of |h''(t)|: bounds, tight up to a small factor. */
double ory_mode_sup(const ory_mode *k, double T);
double ory_mode_curvature(const ory_mode *k, double T);

/* The exact step of a mode with a turbine of inverse droop c > 0 p.u. and lag tau > 0 s,
 *   eta' = y,  m y' = alpha - d y - lam eta + p,  tau p' = -p - c y:
 * (eta, y, p) <- E (eta, y, p, alpha), E 3 x 4 row-major. E[7] is the step response h(dt). */
void ory_mode_turbine(const ory_mode *k, double c, double tau, double dt, double E[12]);

#endif
