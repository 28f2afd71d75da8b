/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mixture.c - orthonormal Gaussian clusters: data, starts of attacks, exact facts, bounds. */
#include "config.h"

#include "algo/mixture.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "core/linalg.h"
#include "core/mem.h"

enum { NODES = 4001 }; /* of the trapezoid rule on [-8, 8] */

/* ----------------------------------------------------------------------- life */

static void sum_classes(ory_mixture *m)
{
    memset(m->sums, 0, 2 * m->D * sizeof *m->sums);
    for (size_t k = 0; k < m->K; k++)
        ory_axpy(1, m->centres + k * m->D, m->sums + (k < m->K1 ? 0 : m->D), m->D);
}

ory_status ory_mixture_init(ory_mixture *m, size_t D, size_t K, size_t K1, double alpha,
                            const double *centres, ory_error *err)
{
    *m = (ory_mixture){.D = D, .K = K, .K1 = K1, .alpha = alpha};
    if (K1 < 1 || K1 >= K)
        return ory_fail(err, ORY_ERANGE, "%zu of %zu clusters are positive (both classes need one)",
                        K1, K);
    if (K > D)
        return ory_fail(err, ORY_ERANGE,
                        "%zu clusters in %zu dimensions (centres cannot be orthonormal: K1 + K2 <= D)",
                        K, D);
    if (!(alpha >= 0) || isinf(alpha))
        return ory_fail(err, ORY_ERANGE, "alpha = %g (must be finite and >= 0)", alpha);
    m->centres = ory_alloc(K * D, sizeof(double));
    m->sums = ory_alloc(2 * D, sizeof(double));
    if (!m->centres || !m->sums)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    if (centres)
        memcpy(m->centres, centres, K * D * sizeof(double));
    for (size_t k = 0; !centres && k < K; k++)
        m->centres[k * D + k] = 1;
    sum_classes(m);
    return ORY_OK;
}

ory_status ory_mixture_rotate(ory_mixture *m, ory_rng *rng, ory_error *err)
{
    ory_mat a = {0}, q = {0}, r = {0};
    ory_status status = ory_mat_new(&a, m->D, m->K, err);

    if (status == ORY_OK)
        status = ory_mat_new(&q, m->D, m->K, err);
    if (status == ORY_OK)
        status = ory_mat_new(&r, m->K, m->K, err);
    if (status == ORY_OK) {
        ory_rng_fill_normal(rng, a.data, m->D * m->K, 0, 1);
        status = ory_qr(&a, &q, &r, err);
    }
    for (size_t k = 0; status == ORY_OK && k < m->K; k++)
        for (size_t i = 0; i < m->D; i++)
            m->centres[k * m->D + i] = *ory_mat_at(&q, i, k);
    if (status == ORY_OK)
        sum_classes(m);
    ory_mat_free(&a);
    ory_mat_free(&q);
    ory_mat_free(&r);
    return status;
}

void ory_mixture_fini(ory_mixture *m)
{
    ory_free(m->centres);
    ory_free(m->sums);
    memset(m, 0, sizeof *m);
}

double ory_mixture_skew(const ory_mixture *m)
{
    double most = 0;

    for (size_t k = 0; k < m->K; k++)
        for (size_t l = 0; l <= k; l++)
            most = fmax(most, fabs(ory_dot(m->centres + k * m->D, m->centres + l * m->D, m->D) -
                                   (k == l)));
    return most;
}

double ory_mixture_sample(const ory_mixture *m, size_t k, ory_rng *rng, double *x)
{
    ory_rng_fill_normal(rng, x, m->D, 0, m->alpha / sqrt((double)m->D));
    ory_axpy(1, m->centres + k * m->D, x, m->D);
    return k < m->K1 ? 1 : -1;
}

size_t ory_mixture_nearest(const ory_mixture *m, const double *x, double y)
{
    const size_t from = y < 0 ? m->K1 : 0, to = y > 0 ? m->K1 : m->K;
    double most = -INFINITY;
    size_t best = from;

    for (size_t k = from; k < to; k++) {
        const double c = ory_dot(x, m->centres + k * m->D, m->D);

        if (c > most) {
            most = c;
            best = k;
        }
    }
    return best;
}

/* --------------------------------------------------------------------- starts */

void ory_mixture_d0(const ory_mixture *m, double y, double *out)
{
    for (size_t i = 0; i < m->D; i++)
        out[i] = -y * (m->sums[i] - m->sums[m->D + i]) / sqrt((double)m->K);
}

size_t ory_mixture_start_count(const ory_mixture *m)
{
    return 1 + (m->K1 > m->K - m->K1 ? m->K1 : m->K - m->K1);
}

/* The smaller class has more opponents; for the other the last one is repeated. */
void ory_mixture_direction(const void *mixture, const double *x, double y, size_t row, size_t i,
                           double *out)
{
    const ory_mixture *m = mixture;
    const size_t first = y > 0 ? m->K1 : 0, end = y > 0 ? m->K : m->K1;
    const double *own, *other;

    (void)row;
    if (i == 0) {
        ory_mixture_d0(m, y, out);
        return;
    }
    own = m->centres + ory_mixture_nearest(m, x, y) * m->D;
    other = m->centres + (first + i <= end ? first + i - 1 : end - 1) * m->D;
    for (size_t k = 0; k < m->D; k++)
        out[k] = (other[k] - own[k]) * M_SQRT1_2;
}

/* ---------------------------------------------------------------- exact facts */

double ory_mixture_f_distance(const ory_mixture *m, const double *x, double y)
{
    const double *own = m->sums + (y > 0 ? 0 : m->D), *other = m->sums + (y > 0 ? m->D : 0);
    const double k_own = (double)(y > 0 ? m->K1 : m->K - m->K1), k_other = (double)m->K - k_own;
    const double a = ory_dot(x, own, m->D), b = ory_dot(x, other, m->D);
    double distance;

    if (a <= fmax(b, 0))
        return 0;
    distance = a / sqrt(k_own);
    if (k_other * a + k_own * b >= 0)
        distance = fmin(distance, (a - b) / sqrt((double)m->K));
    return distance;
}

double ory_mixture_power_radius(double p, size_t m)
{
    return 1 / sqrt(1 + fmax(1, pow((double)m, 2 / p - 1)));
}

static double normal_cdf(double x)
{
    return gsl_cdf_ugaussian_P(x);
}

/* Phi(margin / s), a step at s = 0. */
static double cdf_over(double margin, double s)
{
    return s > 0 ? normal_cdf(margin / s) : margin > 0 ? 1 : 0;
}

static double noise(const ory_mixture *m)
{
    return m->alpha / sqrt((double)m->D);
}

double ory_mixture_curve_f(const ory_mixture *m, double r)
{
    const double root = sqrt((double)m->K);

    return cdf_over(1 - r * root, noise(m) * root);
}

/* integral of phi(u) g(u) over [-8, 8] by the trapezoid rule. */
static double expectation(double (*g)(const void *, double), const void *self)
{
    const double step = 16.0 / (NODES - 1);
    double sum = 0;

    for (int i = 0; i < NODES; i++) {
        const double u = -8 + step * i, edge = i == 0 || i == NODES - 1 ? 0.5 : 1;

        sum += edge * exp(-0.5 * u * u) * g(self, u);
    }
    return sum * step / sqrt(2 * M_PI);
}

typedef struct opposed {
    double s, margin, power;
} opposed;

static double survives_all(const void *self, double u)
{
    const opposed *o = self;

    return pow(normal_cdf((o->margin + o->s * u) / o->s), o->power);
}

/* J(m) = integral phi(u) Phi((1 + s u - sqrt(2) r)/s)^m du */
static double against(const ory_mixture *m, double r, size_t count)
{
    const opposed o = {noise(m), 1 - M_SQRT2 * r, (double)count};

    if (!(o.s > 0))
        return o.margin > 0 ? 1 : 0;
    return expectation(survives_all, &o);
}

double ory_mixture_curve_power(const ory_mixture *m, double r)
{
    const double k1 = (double)m->K1, k2 = (double)(m->K - m->K1);

    return (k1 * against(m, r, m->K - m->K1) + k2 * against(m, r, m->K1)) / (double)m->K;
}

typedef struct pushed {
    double a, sa, b, sb; /* <x, mu_own> ~ N(a, sa^2), <x, mu_other> ~ N(b, sb^2) */
} pushed;

static double own_wins(const void *self, double u)
{
    const pushed *q = self;
    const double a = q->a + q->sa * u;

    return a > 0 ? normal_cdf((a - q->b) / q->sb) : 0;
}

/* P(a > max(b, 0)) for independent normals. */
static double f_right_of(const ory_mixture *m, double k_own, double r)
{
    const double s = noise(m), k_other = (double)m->K - k_own, root = sqrt((double)m->K);
    const pushed q = {1 - r * k_own / root, s * sqrt(k_own), r * k_other / root, s * sqrt(k_other)};

    if (!(s > 0))
        return q.a > fmax(q.b, 0) ? 1 : 0;
    return expectation(own_wins, &q);
}

double ory_mixture_f_right(const ory_mixture *m, double r)
{
    const double k1 = (double)m->K1, k2 = (double)(m->K - m->K1);

    return (k1 * f_right_of(m, k1, r) + k2 * f_right_of(m, k2, r)) / (double)m->K;
}

/* --------------------------------------------------------------------- bounds */

/* exp(-c D / alpha^2), 0 without noise. */
static double tail(const ory_mixture *m, double c)
{
    return m->alpha > 0 ? exp(-c * (double)m->D / m->alpha / m->alpha) : 0;
}

double ory_bound_a1(const ory_mixture *m)
{
    return 1 - 2 * tail(m, 0.5 / (4 * (double)m->K));
}

double ory_bound_a2(const ory_mixture *m, double r)
{
    const double rho = r * sqrt((double)m->K) - 1;

    return rho > 0 ? 2 * tail(m, 0.5 * rho * rho / (double)m->K) : NAN;
}

double ory_bound_a3(const ory_mixture *m)
{
    return 1 - 2 * ((double)m->K + 1) * tail(m, 0.25 / (double)m->K);
}

double ory_bound_a4(const ory_mixture *m, double r)
{
    const double K = (double)m->K, delta = M_SQRT2 - 2 * r;

    return delta > 0 && delta < M_SQRT2 ? 1 - 2 * (K + 1) * tail(m, 0.5 * delta * delta / (2 * K * K))
                                        : NAN;
}

double ory_bound_b1(const ory_mixture *m)
{
    const size_t K2 = m->K - m->K1;

    return (double)(m->K1 > K2 ? m->K1 : K2) / (double)m->K;
}

double ory_bound_b2(const ory_mixture *m, double r)
{
    const double K = (double)m->K, nu = M_SQRT2 - 2 * r;
    const double least = 2 * M_SQRT2 * m->alpha * m->alpha * log(K) / (double)m->D;

    return nu >= least && nu <= M_SQRT2 ? 1 - 2 * K * tail(m, nu * nu / 64) : NAN;
}

double ory_bound_b3_limit(double p)
{
    return pow(M_SQRT2 / 8, p);
}

double ory_bound_b3_radius(double p, double nu)
{
    return p > 2 && nu <= ory_bound_b3_limit(p) ? (M_SQRT2 - 8 * pow(nu, 1 / p)) / 2 : NAN;
}

double ory_bound_b3(const ory_mixture *m, double p, double nu)
{
    const double K = (double)m->K;

    if (isnan(ory_bound_b3_radius(p, nu)))
        return NAN;
    return 1 - 2 * K * tail(m, pow(nu, 2 / p) / (2 * K * K)) -
           (m->alpha > 0 ? 4 * exp(-3 / (8 * m->alpha * m->alpha)) : 0);
}

/* n KL(k/n || q) = log(1/risk), q > k/n. */
double ory_rate_upper(double right, double n, double risk)
{
    const double share = right / n, want = -log(risk) / n;
    double low = share, high = 1;

    for (int i = 0; i < 100; i++) {
        const double q = 0.5 * (low + high);
        const double kl = (share > 0 ? share * log(share / q) : 0) +
                          (share < 1 ? (1 - share) * log((1 - share) / (1 - q)) : 0);

        *(kl < want ? &low : &high) = q;
    }
    return high;
}
