/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explicit.c - explicit Runge-Kutta steps with error control; see explicit.h. GSL's step
 * object is reset before every trial and the step size belongs to the caller, so equal
 * arguments give equal bits. */
#include "config.h"

#include "run/explicit.h"

#include <float.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "core/linalg.h"
#include "core/mem.h"

enum { MAX_TRIALS = 200 };

void ory_rhs(ory_system *s, double t, const double *x, double *dx)
{
    if (s->class->rhs) {
        s->class->rhs(s, t, x, dx);
        return;
    }
    s->class->loss(s, x, NULL, dx);
    for (size_t i = 0; i < s->dim; i++)
        dx[i] = -dx[i];
}

ory_status ory_trouble(ory_system *s, ory_error *err)
{
    const ory_status status = s->trouble.status;

    s->trouble.status = ORY_OK;
    return status == ORY_OK ? ORY_OK : ory_fail(err, status, "%s", s->trouble.text);
}

static int gsl_rhs(double t, const double y[], double dydt[], void *params)
{
    ory_explicit *e = params;

    e->evaluations++;
    ory_rhs(e->sys, t, y, dydt);
    return e->sys->trouble.status == ORY_OK ? GSL_SUCCESS : GSL_EBADFUNC;
}

static const gsl_odeiv2_step_type *method_type(enum ory_explicit_method method)
{
    switch (method) {
    case ORY_RKF45: return gsl_odeiv2_step_rkf45;
    case ORY_RKCK: return gsl_odeiv2_step_rkck;
    case ORY_RK4_DOUBLING: return gsl_odeiv2_step_rk4;
    case ORY_RK2_DOUBLING: return gsl_odeiv2_step_rk2;
    default: return gsl_odeiv2_step_rk8pd;
    }
}

ory_status ory_explicit_tolerances(ory_explicit *e, double rtol, double atol, ory_error *err)
{
    e->rtol = rtol;
    if (gsl_odeiv2_control_init(e->control, atol, rtol, 1, 0) != GSL_SUCCESS)
        return ory_fail(err, ORY_EINVAL, "tolerances rtol %g, atol %g are not usable", rtol, atol);
    return ORY_OK;
}

ory_status ory_explicit_init(ory_explicit *e, ory_system *s, enum ory_explicit_method method,
                             ory_error *err)
{
    const size_t n = s->dim;

    memset(e, 0, sizeof *e);
    e->sys = s;
    e->error = ory_alloc(n, sizeof(double));
    e->slope = ory_alloc(n, sizeof(double));
    e->turn = ory_alloc(n, sizeof(double));
    e->product = ory_alloc(n, sizeof(double));
    e->step = gsl_odeiv2_step_alloc(method_type(method), n);
    e->control = gsl_odeiv2_control_y_new(1e-12, 1e-8);
    if (!e->error || !e->slope || !e->turn || !e->product || !e->step || !e->control)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    e->ode = (gsl_odeiv2_system){.function = gsl_rhs, .dimension = n, .params = e};
    return ORY_OK;
}

void ory_explicit_fini(ory_explicit *e)
{
    if (e->step)
        gsl_odeiv2_step_free(e->step);
    if (e->control)
        gsl_odeiv2_control_free(e->control);
    ory_free(e->error);
    ory_free(e->slope);
    ory_free(e->turn);
    ory_free(e->product);
    memset(e, 0, sizeof *e);
}

/* One trial of size h; false when a stage could not be had. */
static bool try_step(ory_explicit *e, double t, const double *x, double h, double *next)
{
    memcpy(next, x, e->sys->dim * sizeof *next);
    gsl_odeiv2_step_reset(e->step);
    return gsl_odeiv2_step_apply(e->step, t, h, next, e->error, e->slope, NULL, &e->ode) ==
           GSL_SUCCESS;
}

/* Whether a trial of size *h meets the tolerances; *h becomes the size to try next. */
static bool judge(ory_explicit *e, const double *next, double *h)
{
    const double asked = *h;
    int verdict;

    if (!ory_all_finite(next, e->sys->dim) || !ory_all_finite(e->error, e->sys->dim)) {
        *h *= 0.2;
        return false;
    }
    verdict = gsl_odeiv2_control_hadjust(e->control, e->step, next, e->error, e->slope, h);
    return verdict != GSL_ODEIV_HADJ_DEC || *h >= asked;
}

/* Trials shrink until one meets the tolerances. The first may be cut to end at t_limit;
 * the trials behind it follow from that one, so the whole step then depends on the limit. */
ory_status ory_explicit_step(ory_explicit *e, double t, const double *x, double *step, double hmax,
                             double t_limit, double *next, double *t_next, bool *limited,
                             ory_error *err)
{
    const double left = t_limit - t, wanted = fmin(*step, hmax);
    double h = fmin(wanted, left), used = h;
    bool accepted = false;
    int trials;

    *limited = wanted >= left;
    gsl_rhs(t, x, e->slope, e);
    for (trials = 0; !accepted && trials < MAX_TRIALS && (t + h > t || h == left) &&
                     e->sys->trouble.status == ORY_OK;
         trials++) {
        used = h;
        if (try_step(e, t, x, used, next))
            accepted = judge(e, next, &h);
        else
            h *= 0.2;
    }
    if (e->sys->trouble.status != ORY_OK)
        return ory_trouble(e->sys, err);
    if (!accepted)
        return ory_fail(err, ORY_EDIVERGE,
                        "the integrator's step fell to %.3g at t = %.6g without meeting rtol %g", h,
                        t, e->rtol);
    *step = used == left ? fmax(h, wanted) : fmin(h, hmax);
    e->rejected += trials - 1;
    *t_next = used == left ? t_limit : t + used;
    return ORY_OK;
}

void ory_explicit_short(ory_explicit *e, double t, const double *x, double h, double *out)
{
    ory_rhs(e->sys, t, x, e->slope);
    if (!try_step(e, t, x, h, out))
        for (size_t i = 0; i < e->sys->dim; i++)
            out[i] = NAN;
}

/* ------------------------------------------------------------------- stiffness */

/* out = J(t, x) v: minus the Hessian where there is one, else a difference quotient. */
static void jacobian_times(ory_explicit *e, double t, const double *x, const double *f,
                           const double *v, double *out)
{
    const size_t n = e->sys->dim;
    const double size = ory_norm2(v, n),
                 eps = sqrt(DBL_EPSILON) * (1 + ory_norm2(x, n)) / (size > 0 ? size : 1);

    if (e->sys->class->hvp && !e->sys->class->rhs) {
        e->sys->class->hvp(e->sys, x, v, out);
        return;
    }
    for (size_t i = 0; i < n; i++)
        e->error[i] = x[i] + eps * v[i];
    ory_rhs(e->sys, t, e->error, out);
    for (size_t i = 0; i < n; i++)
        out[i] = (out[i] - f[i]) / eps;
}

double ory_explicit_lipschitz(ory_explicit *e, double t, const double *x)
{
    enum { TURNS = 4 };
    const size_t n = e->sys->dim;
    double *v = e->turn, norm, ratio = 0;

    ory_rhs(e->sys, t, x, e->slope);
    norm = ory_norm2(e->slope, n);
    for (size_t j = 0; j < n; j++) /* the slope may have lost what is stiff: a little of everything */
        v[j] = e->slope[j] + 1e-3 * norm * sin(1.7 * (double)j + 0.5);
    for (int i = 0; i < TURNS; i++) {
        norm = ory_norm2(v, n);
        if (!(norm > 0))
            break;
        for (size_t j = 0; j < n; j++)
            v[j] /= norm;
        jacobian_times(e, t, x, e->slope, v, e->product);
        ratio = ory_norm2(e->product, n);
        memcpy(v, e->product, n * sizeof *v);
    }
    return e->sys->trouble.status == ORY_OK ? ratio : NAN;
}
