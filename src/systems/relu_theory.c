/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relu_theory.c - the constants and bounds of arXiv 2307.12851 for net.relu.
 *
 * With mu = min_ik <x_i y_i, x_k y_k> / (|x_i||x_k|) > 0 and a balanced start of scale eps:
 *   zeta1  least cos^2(x+, x_i), cos^2(x-, x_i): a cap of half-angle asin sqrt(zeta1)
 *          around x+ or x- fits in its cone (derived here; the paper asserts a constant)
 *   xi     mu^2 (derived here)
 *   zeta2  1 - max(0, c)^2, c the largest cosine of a neuron with the other class's sum
 *   zeta   min(zeta1, zeta2); the paper takes the larger, its argument needs both
 *   t1     16 log n / (min(zeta, xi) sqrt(mu) X_min); with 4 (2 H_n + 1/2) in place of
 *          16 log n for n <= 2, where the printed step 2 H_n + 1/2 <= 4 log n is false
 * Products of tiny numbers are kept as logarithms. */
#include "config.h"

#include <math.h>

#include "core/mem.h"
#include "systems/relu.h"

enum { ROWS_AT_ONCE = 128 };

/* ------------------------------------------------------------------ the data */

static void scan_products(relu *p, const double *products, size_t from, size_t rows, double *right)
{
    relu_theory *t = &p->theory;

    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < p->n; k++) {
            const double c = p->y[from + i] * p->y[k] * products[i * p->n + k];

            t->mu = fmin(t->mu, c);
            *right += c > 0;
        }
}

/* mu and the share of pairs with the right sign, from unit rows, a block at a time. */
static ory_status correlate(ory_system *s, relu *p, ory_error *err)
{
    const size_t block = p->n < ROWS_AT_ONCE ? p->n : ROWS_AT_ONCE;
    double *unit = ory_alloc(p->n * p->D, sizeof *unit), right = 0;
    double *products = ory_alloc(block * p->n, sizeof *products);
    relu_theory *t = &p->theory;

    t->mu = 1;
    for (size_t i = 0; unit && products && i < p->n; i++) {
        const double norm = ory_norm2(p->X + i * p->D, p->D);

        for (size_t j = 0; j < p->D; j++)
            unit[i * p->D + j] = p->X[i * p->D + j] / norm;
    }
    for (size_t i = 0; unit && products && i < p->n; i += block) {
        const size_t rows = i + block <= p->n ? block : p->n - i;
        const ory_mat a = ory_mat_view(unit + i * p->D, rows, p->D),
                      b = ory_mat_view(unit, p->n, p->D), c = ory_mat_view(products, rows, p->n);

        ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &a, &b, 0, &c);
        scan_products(p, products, i, rows, &right);
    }
    t->correlated = right / ((double)p->n * (double)p->n);
    ory_free(unit);
    ory_free(products);
    return unit && products ? ORY_OK : ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
}

static double cosine(const double *a, const double *b, size_t n)
{
    return ory_dot(a, b, n) / ory_norm2(a, n) / ory_norm2(b, n);
}

static void measure_data(relu *p)
{
    relu_theory *t = &p->theory;

    t->sum_plus = ory_norm2(p->axes, p->D);
    t->sum_minus = ory_norm2(p->axes + p->D, p->D);
    t->x_min = INFINITY;
    t->x_max = 0;
    t->zeta1 = 1;
    for (size_t i = 0; i < p->n; i++) {
        const double norm = ory_norm2(p->X + i * p->D, p->D);

        t->x_min = fmin(t->x_min, norm);
        t->x_max = fmax(t->x_max, norm);
        for (int k = 0; k < 2; k++)
            if ((k ? t->sum_minus : t->sum_plus) > 0) {
                const double c = cosine(p->axes + (size_t)k * p->D, p->X + i * p->D, p->D);

                t->zeta1 = fmin(t->zeta1, c * c);
            }
    }
    t->xi = t->mu * t->mu;
}

/* ----------------------------------------------------------------- the start */

/* 1 - c^2 with c the largest cosine of a neuron with the sum of the other class; the sine
 * comes from the rejected part, so that a neuron exactly along it gives 0. */
static double zeta2(const relu *p)
{
    const double *v = relu_v(p, p->initial);
    double least = 1;

    for (size_t j = 0; j < p->h; j++) {
        const double *w = p->initial + j * p->D, *other = p->axes + (v[j] > 0 ? p->D : 0);
        const double length = v[j] > 0 ? p->theory.sum_minus : p->theory.sum_plus;
        double c;

        if (!(length > 0) || v[j] == 0)
            continue;
        c = ory_dot(w, other, p->D) / ory_norm2(w, p->D) / length;
        if (c > 0)
            least = fmin(least, c >= 1 - 1e-15 ? 0 : 1 - c * c);
    }
    return least;
}

static double harmonic(size_t n)
{
    double sum = 0;

    for (size_t k = n; k >= 1; k--)
        sum += 1 / (double)k;
    return sum;
}

/* Bound of t2 for a class of m samples (summed time). */
static double t2_of(const relu *p, double m, double t1)
{
    const relu_theory *t = &p->theory;
    const double q = sqrt(t->mu) * m * t->x_min;

    return t1 + 6 / q +
           4 / q * (log(2) - 2 * log(t->eps) -
                    log(sqrt(t->mu) * t->x_min * t->w_min * t->w_min) +
                    4 * (double)p->n * t->x_max * t1);
}

static void bound(relu *p)
{
    relu_theory *t = &p->theory;
    const double n = (double)p->n, root_h = sqrt((double)p->h), slow = p->mean ? n : 1;
    double t1, least, first;

    t->zeta2 = zeta2(p);
    t->zeta = fmin(t->zeta1, t->zeta2);
    least = fmin(t->zeta, t->xi) * sqrt(t->mu) * t->x_min;
    t->t1_harmonic = 4 * (2 * harmonic(p->n) + 0.5) / least;
    t1 = p->n <= 2 ? t->t1_harmonic : 16 * log(n) / least;
    t->eps_limit = 1 / (4 * root_h * t->x_max * t->w_max * t->w_max);
    t->window = slow * -(log(root_h) + log(t->eps)) / (4 * n * t->x_max);
    t->eps_log10 = log10(t->eps);
    first = log10(fmin(fmin(t->mu, t->zeta), t->xi) * sqrt(t->mu) * t->x_min /
                  (4 * root_h * n * t->x_max * t->x_max * t->w_max * t->w_max));
    t->eps_required_log10 = fmin(first, -log10(root_h) - 4 * n * t->x_max * t1 / M_LN10);
    if (p->n_plus && p->n_minus)
        t->t2_bound = slow * t2_of(p, (double)(p->n_plus < p->n_minus ? p->n_plus : p->n_minus), t1);
    t->t1 = slow * t1;
    t->t1_harmonic *= slow;
}

ory_status relu_theory_make(ory_system *s, relu *p, ory_error *err)
{
    relu_theory *t = &p->theory;
    const ory_status status = correlate(s, p, err);

    if (status != ORY_OK)
        return status;
    measure_data(p);
    t->zeta2 = t->zeta = t->t1 = t->t1_harmonic = t->window = t->eps_limit = NAN;
    t->eps_log10 = t->eps_required_log10 = t->t2_bound = t->alpha = NAN;
    if (t->mu > 0 && t->balanced)
        bound(p);
    if (t->mu > 0 && (p->loss == LOSS_LOGISTIC2 || p->loss == LOSS_EXP))
        t->alpha = t->xi * t->x_min * t->x_min / ((p->loss == LOSS_EXP ? 8 : 32) * t->x_max);
    if (!t->balanced)
        t->eps = t->w_min = t->w_max = NAN;
    return ORY_OK;
}

/* L(t2) / (L(t2) alpha (t - t2) + 1); NaN before t2. */
double relu_envelope(const relu *p, const double *memory, double t)
{
    const double start = memory[MEM_LOSS_T2];

    return start / (start * p->theory.alpha * (t - memory[MEM_T2]) + 1);
}

/* A step of descent that follows the flow closely. */
double relu_small_step(const relu *p)
{
    return (p->mean ? 0.02 : 0.003) / p->theory.x_max;
}
