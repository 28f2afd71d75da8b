/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coherence.c - T(s) by a complex solve that is fine at zeros and poles of single nodes,
 * its distance from the coherent rank-one matrix, the bound, suprema over frequency. */
#include "config.h"

#include "algo/coherence.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "core/interrupt.h"
#include "core/linalg.h"
#include "core/mem.h"

/* ------------------------------------------------------------------------- nodes */

ory_node ory_node_integrator(void)
{
    return (ory_node){.zeros = 0, .order = 1, .num = {1}, .den = {0, 1}};
}

ory_node ory_node_swing(double m, double d)
{
    return (ory_node){.zeros = 0, .order = m != 0, .num = {1}, .den = {d, m}};
}

ory_node ory_node_turbine(double m, double d, double rinv, double tau)
{
    if (rinv == 0)
        return ory_node_swing(m, d);
    return (ory_node){.zeros = 1,
                      .order = m != 0 ? 2 : 1,
                      .num = {1, tau},
                      .den = {d + rinv, m + d * tau, m * tau}};
}

ory_status ory_node_check(const ory_node *g, ory_error *err)
{
    int k;

    if (g->order > ORY_NODE_ORDER || g->zeros > ORY_NODE_ORDER)
        return ory_fail(err, ORY_EINVAL, "order %d (at most %d)", g->order, ORY_NODE_ORDER);
    if (g->zeros > g->order)
        return ory_fail(err, ORY_EINVAL, "improper: numerator of degree %d over denominator of degree %d",
                        g->zeros, g->order);
    for (k = 0; k <= g->order; k++)
        if (!isfinite(g->num[k]) || !isfinite(g->den[k]))
            return ory_fail(err, ORY_EINVAL, "coefficient of s^%d is not finite", k);
    if (g->den[g->order] == 0)
        return ory_fail(err, ORY_EINVAL, "the denominator's leading coefficient is 0");
    return ORY_OK;
}

static double complex horner(const double *c, int degree, double complex s)
{
    double complex v = c[degree];

    while (degree-- > 0)
        v = v * s + c[degree];
    return v;
}

void ory_node_at(const ory_node *g, double complex s, double complex *num, double complex *den)
{
    *num = horner(g->num, g->zeros, s);
    *den = horner(g->den, g->order, s);
}

/* ------------------------------------------------------------------------ network */

void ory_coherence_fini(ory_coherence *c)
{
    if (!c)
        return;
    ory_free(c->A);
    ory_free(c->T);
    ory_free(c->work);
    ory_free(c->sv);
    ory_free(c->rwork);
    ory_free(c->pivot);
    ory_free(c->iwork);
    ory_norm_room_free(c->room);
    memset(c, 0, sizeof *c);
}

static ory_status spectrum(ory_coherence *c, ory_error *err)
{
    double *w = ory_alloc(c->n, sizeof *w);
    ory_status ok = w ? ory_eig_sym(c->L, w, NULL, err) : ory_fail(err, ORY_ENOMEM, "out of memory");

    if (ok == ORY_OK) {
        c->lam_max = w[c->n - 1];
        c->lam2 = c->n > 1 ? w[1] : 0;
        if (c->lam2 < 1e-10 * c->lam_max)
            c->lam2 = 0; /* more than one component */
    }
    ory_free(w);
    return ok;
}

static ory_status make_room(ory_coherence *c, ory_error *err)
{
    size_t n = c->n;
    double complex size = 0, inverse = 0;
    bool ok = ory_norm_room_new(&c->room, n);

    /* BLAS kernels take columns by fours and may look beyond the last one */
    c->A = ory_alloc(n * n + 4 * n + 16, sizeof *c->A);
    c->T = ory_alloc(n * n + 4 * n + 16, sizeof *c->T);
    c->sv = ory_alloc(n, sizeof *c->sv);
    c->rwork = ory_alloc(7 * n + 1, sizeof *c->rwork);
    c->iwork = ory_alloc(8 * n, sizeof *c->iwork);
    c->pivot = ory_alloc(n, sizeof *c->pivot);
    LAPACKE_zgesdd_work(LAPACK_COL_MAJOR, 'N', (int)n, (int)n, NULL, (int)n, NULL, NULL, 1, NULL, 1, &size,
                        -1, NULL, NULL);
    LAPACKE_zgetri_work(LAPACK_COL_MAJOR, (int)n, NULL, (int)n, NULL, &inverse, -1);
    c->lwork = (int)fmax(creal(size), creal(inverse));
    c->work = ory_alloc((size_t)c->lwork + 1, sizeof *c->work);
    if (ok && c->A && c->T && c->sv && c->rwork && c->iwork && c->pivot && c->work)
        return ORY_OK;
    return ory_fail(err, ORY_ENOMEM, "out of memory for a network of %zu nodes", n);
}

ory_status ory_coherence_init(ory_coherence *c, const ory_mat *L, const ory_node *nodes, ory_coupling f,
                              ory_error *err)
{
    ory_status ok = ORY_OK;
    size_t i;

    *c = (ory_coherence){.n = L->rows, .L = L, .nodes = nodes, .f = f, .scale = 1};
    if (!(f.kp >= 0) || !(f.ki >= 0) || (f.kp == 0 && f.ki == 0) || isinf(f.kp + f.ki))
        return ory_fail(err, ORY_EINVAL, "coupling kp = %g, ki = %g (both finite and >= 0, not both 0)",
                        f.kp, f.ki);
    for (i = 0; i < c->n; i++)
        if ((ok = ory_node_check(&nodes[i], err)) != ORY_OK) {
            ory_fail_prefix(err, "node %zu", i + 1);
            return ok;
        }
    if ((ok = make_room(c, err)) == ORY_OK)
        ok = spectrum(c, err);
    if (ok != ORY_OK)
        ory_coherence_fini(c);
    return ok;
}

/* ------------------------------------------------------------------------ one point */

double complex ory_coherence_gbar(const ory_coherence *c, double complex s, bool *pole)
{
    double complex sum = 0, num, den;
    double size = 0;
    size_t i;

    *pole = false;
    for (i = 0; i < c->n; i++) {
        ory_node_at(&c->nodes[i], s, &num, &den);
        if (num == 0)
            return 0;
        sum += den / num;
        size += cabs(den / num);
    }
    *pole = cabs(sum) <= 1e-14 * size || sum == 0;
    return *pole ? INFINITY : (double)c->n / sum;
}

/* T = (diag(a) + f diag(b) L)^-1 diag(b), column-major (T is symmetric): the inverse by LU, its
 * columns scaled. */
static ory_status solve(ory_coherence *c, double complex s, double complex f, ory_error *err)
{
    size_t n = c->n, i, j;
    double complex b, a;
    int info;

    for (i = 0; i < n; i++) {
        ory_node_at(&c->nodes[i], s, &b, &a);
        for (j = 0; j < n; j++)
            c->T[j * n + i] = f * b * *ory_mat_at(c->L, i, j);
        c->T[i * n + i] += a;
    }
    info = LAPACKE_zgetrf_work(LAPACK_COL_MAJOR, (int)n, (int)n, c->T, (int)n, c->pivot);
    if (info == 0)
        info = LAPACKE_zgetri_work(LAPACK_COL_MAJOR, (int)n, c->T, (int)n, c->pivot, c->work, c->lwork);
    for (j = 0; info == 0 && j < n; j++) {
        ory_node_at(&c->nodes[j], s, &b, &a);
        for (i = 0; i < n; i++) {
            c->T[j * n + i] *= b;
            if (!isfinite(creal(c->T[j * n + i])) || !isfinite(cimag(c->T[j * n + i])))
                info = 1;
        }
    }
    if (info == 0)
        return ORY_OK;
    return ory_fail(err, ORY_ESINGULAR, "s = %g%+gj is a closed-loop pole", creal(s), cimag(s));
}

static double largest_inverse(const ory_coherence *c, double complex s)
{
    double complex num, den;
    double most = 0;
    size_t i;

    for (i = 0; i < c->n; i++) {
        ory_node_at(&c->nodes[i], s, &num, &den);
        most = fmax(most, num == 0 ? INFINITY : cabs(den / num));
    }
    return most;
}

/* What the pointwise lemma says (arXiv 2302.08438, Lemma 2). */
static void bound(ory_coherence_at *at)
{
    double m1 = at->m1, m2 = at->m2;

    at->threshold = m2 + m1 * m2 * m2;
    at->applies = isfinite(at->threshold) && at->connectivity > at->threshold;
    at->bound = !at->applies ? NAN
                : isinf(at->connectivity)
                    ? 0
                    : (m1 * m2 + 1) * (m1 * m2 + 1) / (at->connectivity - at->threshold);
}

ory_status ory_coherence_transfer(ory_coherence *c, double complex s, ory_error *err)
{
    bool pole = false;
    double complex limit = s == 0 && c->f.ki > 0 ? ory_coherence_gbar(c, s, &pole) / (double)c->n : 0;
    size_t i;

    if (s != 0 || c->f.ki == 0)
        return solve(c, s, (c->f.kp + (c->f.ki > 0 ? c->f.ki / s : 0)) * c->scale, err);
    if (pole)
        return solve(c, s, 0, err);
    for (i = 0; i < c->n * c->n; i++)
        c->T[i] = limit;
    return ORY_OK;
}

void ory_coherence_limits(const ory_coherence *c, double complex s, ory_coherence_at *out)
{
    bool pole_of_f = s == 0 && c->f.ki > 0;
    double complex f = pole_of_f ? 0 : (c->f.kp + (c->f.ki > 0 ? c->f.ki / s : 0)) * c->scale;

    *out = (ory_coherence_at){.incoherence = NAN, .norm = NAN, .bound = NAN};
    out->gbar = ory_coherence_gbar(c, s, &out->gbar_pole);
    out->m1 = out->gbar_pole ? INFINITY : cabs(out->gbar);
    out->m2 = largest_inverse(c, s);
    out->connectivity = pole_of_f ? (c->lam2 > 0 ? INFINITY : 0) : cabs(f) * c->lam2;
    bound(out);
}

ory_status ory_coherence_eval(ory_coherence *c, double complex s, ory_coherence_at *out, ory_error *err)
{
    size_t n = c->n, i;
    bool pole_of_f = s == 0 && c->f.ki > 0;
    ory_status ok;

    ory_coherence_limits(c, s, out);
    if ((ok = ory_coherence_transfer(c, s, err)) != ORY_OK)
        return ok;
    out->norm = ory_coherence_norm(c, c->T);
    if (out->gbar_pole)
        return ORY_OK;
    for (i = 0; i < n * n; i++)
        c->T[i] -= out->gbar / (double)n;
    out->incoherence = pole_of_f ? 0 : ory_coherence_norm(c, c->T);
    for (i = 0; i < n * n; i++)
        c->T[i] += out->gbar / (double)n;
    return ORY_OK;
}

double ory_coherence_entry_gap(const ory_coherence *c, double complex gbar)
{
    double most = 0;
    size_t i;

    for (i = 0; i < c->n * c->n; i++)
        most = fmax(most, cabs(c->T[i] - gbar / (double)c->n));
    return most;
}

/* ---------------------------------------------------------------------------- suprema */

static ory_status incoherence_at(void *ctx, double w, double *value, ory_error *err)
{
    ory_coherence_at at;
    ory_status ok = ory_coherence_eval(ctx, I * w, &at, err);

    *value = at.incoherence;
    return ok;
}

/* Golden section on [a, b] around the best point met, to 1e-6 relative in w. */
static ory_status climb(ory_frequency_fn f, void *ctx, double a, double b, ory_coherence_sup *out,
                        ory_error *err)
{
    const double g = 0.6180339887498949;
    double x1 = b - g * (b - a), x2 = a + g * (b - a), f1, f2;
    ory_status ok = f(ctx, x1, &f1, err);

    if (ok == ORY_OK)
        ok = f(ctx, x2, &f2, err);
    while (ok == ORY_OK) {
        if (fmax(f1, f2) > out->value) {
            out->value = fmax(f1, f2);
            out->w = f1 >= f2 ? x1 : x2;
        }
        if (b - a <= 1e-6 * b)
            break;
        if (f1 >= f2) {
            b = x2;
            x2 = x1;
            f2 = f1;
            ok = f(ctx, x1 = b - g * (b - a), &f1, err);
        } else {
            a = x1;
            x1 = x2;
            f1 = f2;
            ok = f(ctx, x2 = a + g * (b - a), &f2, err);
        }
    }
    return ok;
}

ory_status ory_frequency_supremum(ory_frequency_fn f, void *ctx, double low, double high, size_t n,
                                  ory_coherence_sup *out, ory_error *err)
{
    const double ratio = high / low, parts = (double)(n - 1);
    double v;
    size_t i, best = 0;

    *out = (ory_coherence_sup){.value = -1, .low = low, .high = high};
    for (i = 0; i < n; i++) {
        double w = low * pow(ratio, (double)i / parts);
        ory_status ok;

        if (ory_interrupt_pending())
            return ory_fail(err, ORY_EINTERRUPT, "interrupted");
        if ((ok = f(ctx, w, &v, err)) != ORY_OK)
            return ok;
        if (v > out->value) {
            out->value = v;
            out->w = w;
            best = i;
        }
    }
    {
        double a = low * pow(ratio, ((double)best - 1) / parts);
        double b = low * pow(ratio, ((double)best + 1) / parts);

        return climb(f, ctx, best == 0 ? 0.5 * low : a, fmin(b, high), out, err);
    }
}

ory_status ory_coherence_supremum(ory_coherence *c, double wc, size_t points, double top,
                                  ory_coherence_sup *out, ory_error *err)
{
    double high = wc > 0 ? wc : top;

    return ory_frequency_supremum(incoherence_at, c, high * (wc > 0 ? 1e-3 : 1e-5), high,
                                  wc > 0 ? 200 : points, out, err);
}
