/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mixture_ideal.c - the ideal classifiers of an orthonormal mixture: outputs and gradients.
 * Each is a function of the products c_k = <x, mu_k>: its gradient is sum_k (df/dc_k) mu_k. */
#include "config.h"

#include "algo/mixture.h"

#include <math.h>
#include <string.h>

#include "core/linalg.h"
#include "core/mem.h"

ory_status ory_ideal_init(ory_ideal *f, const ory_mixture *m, ory_ideal_kind kind, double p,
                          ory_error *err)
{
    *f = (ory_ideal){.m = m, .kind = kind, .p = p};
    f->c = ory_alloc(m->K, sizeof(double));
    f->part = ory_alloc(m->K, sizeof(double));
    return f->c && f->part ? ORY_OK : ory_fail(err, ORY_ENOMEM, "out of memory");
}

void ory_ideal_fini(ory_ideal *f)
{
    ory_free(f->c);
    ory_free(f->part);
    memset(f, 0, sizeof *f);
}

/* Each of these writes df/dc_k into part and returns f. */

static double sums_of(const ory_ideal *f)
{
    const ory_mixture *m = f->m;
    double plus = 0, minus = 0;

    for (size_t k = 0; k < m->K; k++)
        *(k < m->K1 ? &plus : &minus) += f->c[k];
    for (size_t k = 0; k < m->K; k++)
        f->part[k] = k < m->K1 ? plus > 0 : -(minus > 0);
    return fmax(plus, 0) - fmax(minus, 0);
}

static double powers_of(const ory_ideal *f)
{
    const ory_mixture *m = f->m;
    double sum = 0;

    for (size_t k = 0; k < m->K; k++) {
        const double sign = k < m->K1 ? 1 : -1, s = fmax(f->c[k], 0);
        const double low = s > 0 ? pow(s, f->p - 1) : 0;

        sum += sign * low * s;
        f->part[k] = sign * f->p * low;
    }
    return sum;
}

static size_t largest(const double *c, size_t from, size_t to)
{
    size_t best = from;

    for (size_t k = from; k < to; k++)
        if (c[k] > c[best])
            best = k;
    return best;
}

static double nearest_of(const ory_ideal *f)
{
    const ory_mixture *m = f->m;
    const size_t plus = largest(f->c, 0, m->K1), minus = largest(f->c, m->K1, m->K);

    memset(f->part, 0, m->K * sizeof *f->part);
    f->part[plus] = 1;
    f->part[minus] = -1;
    return f->c[plus] - f->c[minus];
}

/* log sum_k exp(scale c_k) over from .. to-1; its derivatives by c_k, times sign, into part. */
static double log_sum(const ory_ideal *f, size_t from, size_t to, double scale, double sign)
{
    const double top = f->c[largest(f->c, from, to)];
    double sum = 0;

    for (size_t k = from; k < to; k++)
        sum += f->part[k] = exp(scale * (f->c[k] - top));
    for (size_t k = from; k < to; k++)
        f->part[k] *= sign * scale / sum;
    return scale * top + log(sum);
}

static double bayes_of(const ory_ideal *f)
{
    const ory_mixture *m = f->m;
    const double scale = (double)m->D / m->alpha / m->alpha;

    if (!isfinite(scale))
        return nearest_of(f);
    return log_sum(f, 0, m->K1, scale, 1) - log_sum(f, m->K1, m->K, scale, -1);
}

static ory_status ideal_eval(void *self, const double *X, size_t n, double *out, double *G,
                             ory_error *err)
{
    static double (*const of[])(const ory_ideal *) = {
        [ORY_IDEAL_F] = sums_of, [ORY_IDEAL_POWER] = powers_of, [ORY_IDEAL_NC] = nearest_of,
        [ORY_IDEAL_BAYES] = bayes_of};
    const ory_ideal *f = self;
    const ory_mixture *m = f->m;

    (void)err;
    for (size_t i = 0; i < n; i++) {
        double *g = G ? G + i * m->D : NULL;

        for (size_t k = 0; k < m->K; k++)
            f->c[k] = ory_dot(X + i * m->D, m->centres + k * m->D, m->D);
        out[i] = of[f->kind](f);
        if (!g)
            continue;
        memset(g, 0, m->D * sizeof *g);
        for (size_t k = 0; k < m->K; k++)
            if (f->part[k] != 0)
                ory_axpy(f->part[k], m->centres + k * m->D, g, m->D);
    }
    return ORY_OK;
}

ory_scorer ory_ideal_scorer(ory_ideal *f)
{
    return (ory_scorer){.D = f->m->D, .self = f, .eval = ideal_eval};
}
