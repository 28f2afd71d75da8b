/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linear_theory.c - see linear_theory.h. */
#include "config.h"

#include "systems/linear_theory.h"

#include <float.h>
#include <math.h>

#include "algo/roots.h"

/* ------------------------------------------------------------ one iterate */

ory_pl_local ory_pl_local_of(const ory_pl_point *p)
{
    const double q = sqrt(2 * p->K * p->gap), ks = p->K * p->s2max;

    return (ory_pl_local){
        .mu_t = p->mu * p->s2min,
        .A = ks + q,
        .B = 3 * ks * q,
        .C = 6 * p->K * p->K * p->s_product * p->gap,
    };
}

double ory_pl_K(const ory_pl_local *l, double eta)
{
    return l->A + eta * (l->B + eta * l->C);
}

double ory_pl_rho(const ory_pl_local *l, double eta)
{
    return 1 - l->mu_t * eta * (2 - eta * ory_pl_K(l, eta));
}

double ory_pl_eta_inverse(const ory_pl_local *l)
{
    return ory_root_positive((const double[]){1, l->A, l->B, l->C}, 3);
}

double ory_pl_eta_argmin(const ory_pl_local *l)
{
    return ory_root_positive((const double[]){2, 2 * l->A, 3 * l->B, 4 * l->C}, 3);
}

/* --------------------------------------------------- fixed at initialisation */

/* The k-th largest of sign*eig when it is positive, else 0: zeros that pad the
 * list and values beyond its end cannot change that. */
static double kth_positive(const double *eig, size_t count, double sign, size_t k)
{
    double found = 0;

    for (size_t i = 0; i < count; i++) {
        const double x = sign * eig[i];
        size_t above = 0, equal_before = 0;

        if (!(x > 0))
            continue;
        for (size_t j = 0; j < count; j++) {
            above += sign * eig[j] > x;
            equal_before += sign * eig[j] == x && j < i;
        }
        if (above + equal_before == k - 1)
            found = x;
    }
    return found;
}

ory_pl_imbalance ory_pl_imbalance_of(const double *eig, size_t count, size_t n, size_t m)
{
    ory_pl_imbalance d = {
        .lambda_plus = kth_positive(eig, count, 1, 1),
        .lambda_minus = kth_positive(eig, count, -1, 1),
        .a = kth_positive(eig, count, 1, n),
        .b = kth_positive(eig, count, -1, m),
    };

    d.margin = d.a + d.b;
    d.spread_plus = d.lambda_plus - d.a;
    d.spread_minus = d.lambda_minus - d.b;
    return d;
}

/* [-x + sqrt((x + margin)^2 + 4 b^2)] / 2 without cancellation. */
static double half(double x, double margin, double b)
{
    const double bottom = 2 * (hypot(x + margin, 2 * b) + x);

    return bottom > 0 ? (margin * margin + 2 * x * margin + 4 * b * b) / bottom : 0;
}

double ory_pl_alpha1(const ory_pl_imbalance *d, double beta1, size_t n, size_t m)
{
    return half(d->spread_plus, d->margin, m <= n ? beta1 : 0) +
           half(d->spread_minus, d->margin, n <= m ? beta1 : 0);
}

double ory_pl_alpha2(const ory_pl_imbalance *d, double beta2)
{
    return 0.5 * (d->lambda_plus + hypot(d->lambda_plus, 2 * beta2)) +
           0.5 * (d->lambda_minus + hypot(d->lambda_minus, 2 * beta2));
}

double ory_pl_mu_bar(const ory_pl_uniform *u, double eta0)
{
    return u->mu * (u->alpha1 - 2 * u->alpha2 * expm1(pow(eta0, u->c)));
}

double ory_pl_K_bar0(const ory_pl_uniform *u, double eta0)
{
    const double q = sqrt(2 * u->K * u->gap0);

    return q + 6 * u->K * u->K * u->beta2 * u->gap0 * eta0 * eta0 +
           u->K * exp(pow(eta0, u->c)) * u->alpha2 * (1 + 3 * q * eta0);
}

double ory_pl_one_minus_rho_bar0(const ory_pl_uniform *u, double eta0)
{
    return ory_pl_mu_bar(u, eta0) * eta0 * (2 - ory_pl_K_bar0(u, eta0) * eta0);
}

double ory_pl_one_minus_delta(const ory_pl_uniform *u, double eta0)
{
    const double gain = ory_pl_one_minus_rho_bar0(u, eta0);

    return gain - pow(eta0, u->d) * (1 - gain);
}

double ory_pl_K_bar(const ory_pl_uniform *u, double eta0, double t)
{
    const double rho_t = exp(t * log1p(-ory_pl_one_minus_rho_bar0(u, eta0)));
    const double delta_t = exp(t * log1p(-ory_pl_one_minus_delta(u, eta0)));
    const double gap = 2 * u->K * u->gap0;

    return sqrt(gap * rho_t) + 6 * u->K * u->K * u->beta2 * u->gap0 * eta0 * eta0 * delta_t +
           u->K * exp(pow(eta0, u->c)) * u->alpha2 * (1 + 3 * sqrt(gap * delta_t) * eta0);
}

double ory_pl_rho_bar(const ory_pl_uniform *u, double eta0, double eta, double t)
{
    return 1 - ory_pl_mu_bar(u, eta0) * eta * (2 - ory_pl_K_bar(u, eta0, t) * eta);
}

double ory_pl_cap(double eta0, double d, double t)
{
    return eta0 * exp(0.5 * t * log1p(pow(eta0, d)));
}

static double excess1(double eta, const void *ctx)
{
    return eta * ory_pl_K_bar0(ctx, eta) - 1;
}

static double excess2(double eta, const void *ctx)
{
    return eta * ory_pl_K_bar0(ctx, eta) - 2;
}

/* Root of eta K_bar_0(eta) = goal: the left side increases from 0 and is at
 * least eta (q + K alpha2). */
static double eta_K_bar_root(const ory_pl_uniform *u, double goal,
                             double (*excess)(double, const void *))
{
    const double hi = goal / (sqrt(2 * u->K * u->gap0) + u->K * u->alpha2);

    if (!(hi > 0) || !isfinite(hi))
        return NAN;
    return ory_root_bisect(excess, u, DBL_MIN, hi);
}

double ory_pl_eta1(const ory_pl_uniform *u)
{
    return eta_K_bar_root(u, 1, excess1);
}

/* 4 K L0 eta^2 = (1 - e^(-eta^c)) (1 - Delta(eta)), divided by eta^(1+c) so that
 * neither side runs out of digits for small eta. */
static double drift_balance(double eta, const void *ctx)
{
    const ory_pl_uniform *u = ctx;
    const double ec = pow(eta, u->c);
    const double gain = ory_pl_one_minus_rho_bar0(u, eta);
    const double share = ec > 0 ? -expm1(-ec) / ec : 1;

    return share * (gain / eta - pow(eta, u->d - 1) * (1 - gain)) -
           4 * u->K * u->gap0 * pow(eta, 1 - u->c);
}

double ory_pl_eta2(const ory_pl_uniform *u)
{
    enum { POINTS = 1400 };
    const double hi = eta_K_bar_root(u, 2, excess2);
    double lo = 1e-14 * hi, previous, ratio;

    if (!(hi > 0))
        return NAN;
    while (lo > 1e-290 && !(drift_balance(lo, u) > 0))
        lo *= 1e-3;
    if (lo <= 1e-290)
        return 0;
    previous = lo;
    ratio = pow(hi / lo, 1.0 / POINTS);
    for (int i = 1; i <= POINTS; i++) {
        const double next = i == POINTS ? hi : lo * pow(ratio, i);

        if (!(drift_balance(next, u) > 0))
            return ory_root_bisect(drift_balance, u, previous, next);
        previous = next;
    }
    return hi;
}

double ory_pl_eta3(const ory_pl_uniform *u)
{
    return pow(log1p(u->alpha1 / (2 * u->alpha2)), 1 / u->c);
}

double ory_pl_drift_bound(const ory_pl_uniform *u, double eta0)
{
    return 2 * u->K * eta0 * eta0 * u->alpha2 * exp(pow(eta0, u->c)) * u->gap0 /
           ory_pl_one_minus_delta(u, eta0);
}

/* ------------------------------------------------------- earlier work's rules */

/* f(eta) = 1 - a[0] eta + a[1] eta^2 + a[2] eta^3 + a[3] eta^4 */
static void x23_coefficients(const ory_pl_x23 *x, double gap, double a[4])
{
    const double q = sqrt(2 * x->K * gap), top = x->c2 * x->beta;

    a[0] = 2 * x->mu * x->c1 * x->alpha;
    a[1] = 2 * x->mu * x->p2 * q + x->mu * x->K * top * top;
    a[2] = 2 * x->mu * x->K * top * x->p2 * q;
    a[3] = 2 * x->mu * x->K * x->K * x->p2 * x->p2 * gap;
}

ory_pl_x23 ory_pl_x23_of(double mu, double K, double s, double gap0, double smin_xw, double fro_xw,
                         double sx1, double sxr, const ory_pl_imbalance *d, size_t n, size_t m,
                         double c1, double c2)
{
    const double e0 = sqrt(2 * gap0 / s);
    ory_pl_x23 x = {.mu = mu, .K = K, .c1 = c1, .c2 = c2, .gap0 = gap0};
    double a[4], z[2];

    x.p1 = fmax(0, smin_xw - e0) / sx1;
    x.p2 = (fro_xw + e0) / sxr;
    x.alpha = ory_pl_alpha1(d, x.p1, n, m);
    x.beta = ory_pl_alpha2(d, x.p2);
    x23_coefficients(&x, gap0, a);
    z[0] = 4 * c2 * gap0 * K / (c2 - 1);
    z[1] = 8 * c2 * x.beta * gap0 * K / ((1 - c1) * x.alpha);
    if (!(x.alpha > 0))
        x.eta_max = 0;
    else
        x.eta_max = fmin(
            ory_root_positive((const double[]){a[0], a[1] + z[0], a[2], a[3]}, 3),
            ory_root_positive((const double[]){a[0], a[1] + z[1], a[2], a[3]}, 3));
    return x;
}

double ory_pl_x23_factor(const ory_pl_x23 *x, double gap, double eta)
{
    double a[4];

    x23_coefficients(x, gap, a);
    return 1 - eta * (a[0] - eta * (a[1] + eta * (a[2] + eta * a[3])));
}

double ory_pl_x23_step(const ory_pl_x23 *x, double gap)
{
    double a[4];

    x23_coefficients(x, gap, a);
    return fmin(ory_root_positive((const double[]){a[0], 2 * a[1], 3 * a[2], 4 * a[3]}, 3),
                x->eta_max);
}

double ory_pl_prior_factor(const ory_pl_prior *p, double eta)
{
    const double u = p->s2max, z = p->z;

    return 1 - eta * p->mu *
                   (2 * p->s2min - eta * ((p->K * u * u + 2 * z) +
                                          eta * (2 * p->K * u * z + eta * p->K * z * z)));
}

double ory_pl_prior_step(const ory_pl_prior *p)
{
    const double u = p->s2max, z = p->z;

    return ory_root_positive((const double[]){2 * p->s2min, 2 * (p->K * u * u + 2 * z),
                                              6 * p->K * u * z, 4 * p->K * z * z},
                             3);
}

double ory_pl_prior_valid(const ory_pl_prior *p, double eta)
{
    const double v = p->s2max + eta * p->z;

    return p->s2min - eta * p->z - 0.5 * p->K * eta * v * v;
}
