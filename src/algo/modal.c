/* SPDX-License-Identifier: GPL-3.0-or-later */
/* modal.c - step response of a second-order mode, and bounds of it; the mode with a turbine. */
#include "config.h"

#include "algo/modal.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* |q| t^2 below this: the series, which serves both sides of critical damping. */
static const double SERIES = 1e-2;

typedef struct shape {
    double a, q;
} shape;

static shape shape_of(const ory_mode *k)
{
    double a = k->d / (2 * k->m);

    return (shape){a, a * a - k->lam / k->m};
}

/* sinh(sqrt z)/sqrt z and cosh(sqrt z) for |z| < 1e-2, either sign. */
static double series_s(double z)
{
    return 1 + z / 6 * (1 + z / 20 * (1 + z / 42 * (1 + z / 72 * (1 + z / 110))));
}

static double series_c(double z)
{
    return 1 + z / 2 * (1 + z / 12 * (1 + z / 30 * (1 + z / 56 * (1 + z / 90))));
}

static double over_damped(const ory_mode *k, const shape *p, double t, double *hp)
{
    double s = sqrt(p->q), s1 = p->a + s, s2 = k->lam / k->m / s1; /* a - s would cancel */
    double decay = exp(-s2 * t), f = -expm1(-2 * s * t);

    if (hp)
        *hp = decay * (s1 * (1 - f) - s2) / (2 * s * k->m);
    return decay * f / (2 * s * k->m);
}

double ory_mode_response(const ory_mode *k, double t, double *hp)
{
    shape p = shape_of(k);
    double z = p.q * t * t, e, c, h, wd;

    if (z >= SERIES)
        return over_damped(k, &p, t, hp);
    e = exp(-p.a * t);
    if (z > -SERIES) {
        h = t / k->m * e * series_s(z);
        c = series_c(z);
    } else {
        wd = sqrt(-p.q);
        h = e * sin(wd * t) / (k->m * wd);
        c = cos(wd * t);
    }
    if (hp)
        *hp = e * c / k->m - p.a * h;
    return h;
}

void ory_mode_coefs(const ory_mode *k, double dt, ory_mode_coef *c)
{
    double hp, h = ory_mode_response(k, dt, &hp), g;

    if (k->lam > 0)
        g = (1 - k->m * hp - k->d * h) / k->lam;
    else if (k->d > 0)
        g = (dt - k->m * h) / k->d;
    else
        g = dt * dt / (2 * k->m);
    *c = (ory_mode_coef){.yy = k->m * hp,
                         .ye = -k->lam * h,
                         .ya = h,
                         .ee = k->m * hp + k->d * h,
                         .ey = k->m * h,
                         .ea = g};
}

void ory_mode_step(const ory_mode *k, double dt, double alpha, double *eta, double *y)
{
    ory_mode_coef c;
    double was = *y;

    ory_mode_coefs(k, dt, &c);
    *y = c.yy * was + c.ye * *eta + c.ya * alpha;
    *eta = c.ee * *eta + c.ey * was + c.ea * alpha;
}

double ory_mode_limit(const ory_mode *k)
{
    return k->lam > 0 ? 0 : 1 / k->d;
}

double ory_mode_sup(const ory_mode *k, double T)
{
    shape p = shape_of(k);
    double s, s1, s2, peak, late;

    if (k->lam == 0)
        return 1 / k->d;
    if (p.q <= 0) {
        /* |sin x| <= min(1, x): the envelope, or t exp(-a t)/m, which peaks at 1/a. */
        late = fmax(T, p.a > 0 ? 1 / p.a : T);
        return fmin(exp(-p.a * T) / (k->m * sqrt(-p.q)), late * exp(-p.a * late) / k->m);
    }
    s = sqrt(p.q);
    s1 = p.a + s;
    s2 = k->lam / k->m / s1;
    peak = log(s1 / s2) / (2 * s);
    return ory_mode_response(k, fmax(T, peak), NULL);
}

double ory_mode_curvature(const ory_mode *k, double T)
{
    shape p = shape_of(k);
    double all = (k->d / k->m + sqrt(k->lam / k->m)) / k->m, s, s1, s2;

    if (p.q < 0)
        return fmin(all, exp(-p.a * T) * (k->lam / k->m) / (k->m * sqrt(-p.q)));
    if (p.q == 0)
        return all;
    /* h'' is the difference of two decaying positive terms: never above the larger. */
    s = sqrt(p.q);
    s1 = p.a + s;
    s2 = k->lam / k->m / s1;
    return fmin(all, fmax(s1 * s1 * exp(-s1 * T), s2 * s2 * exp(-s2 * T)) / (2 * s * k->m));
}

/* -------------------------------------------------------------------- turbines */

/* c += a b for 4 x 4 matrices whose last row is that of an input held constant: zero. */
static void add_product(const double a[16], const double b[16], double c[16])
{
    int i, j, k;

    for (i = 0; i < 3; i++)
        for (k = 0; k < 3; k++)
            for (j = 0; j < 4; j++)
                c[4 * i + j] += a[4 * i + k] * b[4 * k + j];
}

/* F = exp(A) - I for such a matrix: Taylor's series on A/2^s with norm below 1/4 (the first
 * term left out is below 1e-18 of it), then F <- 2F + F F, which keeps small entries. */
static void exponential_less_one(double A[16], double F[16])
{
    enum { TERMS = 12 };
    double norm = 0, T[16];
    int i, s = 0;

    for (i = 0; i < 3; i++)
        norm = fmax(norm, fabs(A[4 * i]) + fabs(A[4 * i + 1]) + fabs(A[4 * i + 2]) +
                              fabs(A[4 * i + 3]));
    if (norm > 0.25)
        (void)frexp(4 * norm, &s);
    for (i = 0; i < 16; i++)
        A[i] = ldexp(A[i], -s);
    memset(F, 0, 16 * sizeof *F);
    for (int term = TERMS; term > 0; term--) { /* F = A/term (I + F) */
        memcpy(T, A, sizeof T);
        add_product(A, F, T);
        for (i = 0; i < 16; i++)
            F[i] = T[i] / term;
    }
    for (; s > 0; s--) {
        for (i = 0; i < 16; i++)
            T[i] = 2 * F[i];
        add_product(F, F, T);
        memcpy(F, T, sizeof T);
    }
}

/* In (g eta, y, p/m) with g = sqrt(lam/m) the generator's norm is near the fastest
 * frequency, not its square. */
void ory_mode_turbine(const ory_mode *k, double c, double tau, double dt, double E[12])
{
    double g = k->lam > 0 ? sqrt(k->lam / k->m) : 1, F[16];
    double scale[4] = {1 / g, 1, k->m, k->m}; /* natural = scale times balanced */
    double A[16] = {0, dt * g, 0, 0,
                    -dt * k->lam / (k->m * g), -dt * k->d / k->m, dt, dt,
                    0, -dt * c / (k->m * tau), -dt / tau, 0};
    int i, j;

    exponential_less_one(A, F);
    for (i = 0; i < 3; i++)
        for (j = 0; j < 4; j++)
            E[4 * i + j] = scale[i] / scale[j] * ((i == j) + F[4 * i + j]);
}
