/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flow.c - continuous time: x' = rhs(t, x), or minus the gradient, by GSL's explicit
 * embedded Runge-Kutta methods with error control. One step of the run is one accepted
 * step of the integrator. GSL's objects are reset before every step and the step size
 * lives in the slots, so a checkpoint brings back the same bits. */
#include "config.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "run/stepper.h"

enum { P_METHOD, P_RTOL, P_ATOL, P_H0, P_HMAX };
enum { SLOT_H, SLOT_ACCEPTED, SLOT_REJECTED, SLOT_EVALUATIONS, SLOTS };
enum { MAX_TRIALS = 200 };

static const char *const methods[] = {"rk8pd", "rkf45", "rkck", "rk4", "rk2", NULL};

static const ory_param flow_params[] = {
    [P_METHOD] = {"method", ORY_PARAM_CHOICE, 0, 0, 0, methods, 0, "",
                  "embedded Runge-Kutta pair: rk8pd 8(9), rkf45 4(5), rkck 4(5), rk4 and rk2 with "
                  "step doubling",
                  NULL},
    [P_RTOL] = {"rtol", ORY_PARAM_REAL, 1e-8, 0, 1, NULL, ORY_LIVE | ORY_OPEN_MIN, "",
                "relative tolerance of one step", NULL},
    [P_ATOL] = {"atol", ORY_PARAM_REAL, 1e-12, 0, INFINITY, NULL, ORY_LIVE, "",
                "absolute tolerance of one step", NULL},
    [P_H0] = {"h0", ORY_PARAM_REAL, 1e-4, 0, INFINITY, NULL, ORY_OPEN_MIN, "t",
              "first trial step", NULL},
    [P_HMAX] = {"hmax", ORY_PARAM_REAL, INFINITY, 0, INFINITY, NULL, ORY_LIVE | ORY_OPEN_MIN, "t",
                "longest step", NULL},
    {0}};

static const ory_probe flow_probes[] = {
    {"h", "h", ORY_SCALAR, "t", ORY_LOG, ORY_COST_FREE, NULL, 0, ORY_PROBE_PATH,
     "Step size that the integrator will try next.", ""},
    {"accepted", "accepted", ORY_SCALAR, "steps", ORY_LINEAR, ORY_COST_FREE, NULL, 0,
     ORY_PROBE_PATH, "Integrator steps accepted so far.", ""},
    {"rejected", "rejected", ORY_SCALAR, "steps", ORY_LINEAR, ORY_COST_FREE, NULL, 0,
     ORY_PROBE_PATH, "Trial steps rejected so far by the error control.", ""},
    {"evaluations", "evaluations", ORY_SCALAR, "", ORY_LINEAR, ORY_COST_FREE, NULL, 0,
     ORY_PROBE_PATH, "Right-hand sides evaluated so far.", ""},
    {0}};

typedef struct flow {
    gsl_odeiv2_step *step;
    gsl_odeiv2_control *control;
    gsl_odeiv2_system ode;
    ory_system *sys;
    double evaluations;
    double *error, *dydt;
} flow;

static int flow_rhs(double t, const double y[], double dydt[], void *params)
{
    flow *f = params;
    size_t i;

    f->evaluations++;
    if (f->sys->class->rhs) {
        f->sys->class->rhs(f->sys, t, y, dydt);
        return GSL_SUCCESS;
    }
    f->sys->class->loss(f->sys, y, NULL, dydt);
    for (i = 0; i < f->sys->dim; i++)
        dydt[i] = -dydt[i];
    return GSL_SUCCESS;
}

static const gsl_odeiv2_step_type *method_type(int choice)
{
    const gsl_odeiv2_step_type *types[] = {gsl_odeiv2_step_rk8pd, gsl_odeiv2_step_rkf45,
                                           gsl_odeiv2_step_rkck, gsl_odeiv2_step_rk4,
                                           gsl_odeiv2_step_rk2};

    return types[choice];
}

static ory_status flow_changed(ory_stepper *st, int param, ory_error *err)
{
    flow *f = st->self;

    (void)param;
    if (gsl_odeiv2_control_init(f->control, ory_values_real(&st->values, P_ATOL),
                                ory_values_real(&st->values, P_RTOL), 1, 0) != GSL_SUCCESS)
        return ory_fail(err, ORY_EINVAL, "flow: tolerances rtol %g, atol %g are not usable",
                        ory_values_real(&st->values, P_RTOL), ory_values_real(&st->values, P_ATOL));
    return ORY_OK;
}

static ory_status flow_init(ory_stepper *st, ory_error *err)
{
    const size_t n = st->sys->dim;
    flow *f = ory_alloc(1, sizeof *f);

    st->self = f;
    if (!f)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    f->sys = st->sys;
    f->error = ory_alloc(n, sizeof(double));
    f->dydt = ory_alloc(n, sizeof(double));
    f->step = gsl_odeiv2_step_alloc(method_type(ory_values_choice(&st->values, P_METHOD)), n);
    f->control = gsl_odeiv2_control_y_new(1e-12, 1e-8);
    if (!f->error || !f->dydt || !f->step || !f->control)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    f->ode = (gsl_odeiv2_system){.function = flow_rhs, .dimension = n, .params = f};
    return flow_changed(st, P_RTOL, err);
}

static void flow_fini(ory_stepper *st)
{
    flow *f = st->self;

    if (!f)
        return;
    if (f->step)
        gsl_odeiv2_step_free(f->step);
    if (f->control)
        gsl_odeiv2_control_free(f->control);
    ory_free(f->error);
    ory_free(f->dydt);
    ory_free(f);
}

static size_t flow_slots(const ory_stepper *st)
{
    (void)st;
    return SLOTS;
}

static void flow_start(ory_stepper *st, const double *x, double *slots)
{
    (void)x;
    memset(slots, 0, SLOTS * sizeof *slots);
    slots[SLOT_H] = ory_values_real(&st->values, P_H0);
}

static ory_status flow_plan(ory_stepper *st, const ory_moment *m, double *slots, ory_plan *plan,
                            ory_error *err)
{
    (void)st, (void)m, (void)slots, (void)err;
    plan->step = plan->factor = NAN;
    return ORY_OK;
}

/* One trial of size h from (t, x) into next; the slope there is in f->dydt. */
static bool try_step(flow *f, const ory_moment *m, double h, double *next)
{
    memcpy(next, m->x, f->sys->dim * sizeof *next);
    gsl_odeiv2_step_reset(f->step);
    return gsl_odeiv2_step_apply(f->step, m->t, h, next, f->error, f->dydt, NULL, &f->ode) ==
           GSL_SUCCESS;
}

/* Whether a trial of size *h meets the tolerances; *h becomes the size to try next. */
static bool judge(ory_stepper *st, const double *next, double *h)
{
    flow *f = st->self;
    const double asked = *h;
    int verdict;

    if (!ory_all_finite(next, f->sys->dim) || !ory_all_finite(f->error, f->sys->dim)) {
        *h *= 0.2;
        return false;
    }
    verdict = gsl_odeiv2_control_hadjust(f->control, f->step, next, f->error, f->dydt, h);
    return verdict != GSL_ODEIV_HADJ_DEC || *h >= asked;
}

/* Trials shrink until one meets the tolerances. The first may be cut to end at t_limit;
 * the trials behind it follow from that one, so the whole step then depends on the limit. */
static ory_status flow_step(ory_stepper *st, const ory_moment *m, double *slots, ory_rng *rng,
                            double *next, double *t_next, ory_error *err)
{
    flow *f = st->self;
    const double longest = ory_values_real(&st->values, P_HMAX), left = st->t_limit - m->t;
    const double wanted = fmin(slots[SLOT_H], longest);
    double h = fmin(wanted, left), used = h;
    bool accepted = false;
    int trials;

    (void)rng;
    st->limited = wanted >= left;
    f->evaluations = slots[SLOT_EVALUATIONS];
    flow_rhs(m->t, m->x, f->dydt, f);
    for (trials = 0; !accepted && trials < MAX_TRIALS && (m->t + h > m->t || h == left); trials++) {
        used = h;
        if (try_step(f, m, used, next))
            accepted = judge(st, next, &h);
        else
            h *= 0.2;
    }
    if (!accepted)
        return ory_fail(err, ORY_EDIVERGE,
                        "the integrator's step fell to %.3g at t = %.6g without meeting rtol %g",
                        h, m->t, ory_values_real(&st->values, P_RTOL));
    slots[SLOT_H] = used == left ? fmax(h, wanted) : fmin(h, longest);
    slots[SLOT_ACCEPTED]++;
    slots[SLOT_REJECTED] += trials - 1;
    slots[SLOT_EVALUATIONS] = f->evaluations;
    *t_next = used == left ? st->t_limit : m->t + used;
    return ORY_OK;
}

static double flow_probe(ory_stepper *st, const ory_moment *m, const double *slots, int which)
{
    (void)st, (void)m;
    return slots[which];
}

const ory_stepper_class ory_flow_stepper = {
    .name = "flow",
    .summary = "continuous time with error control (gradient flow, x' = rhs)",
    .source = "explicit embedded Runge-Kutta methods of GSL",
    .params = flow_params,
    .probes = flow_probes,
    .needs = ORY_NEEDS_RHS,
    .flow = true,
    .slots = flow_slots,
    .init = flow_init,
    .fini = flow_fini,
    .start = flow_start,
    .changed = flow_changed,
    .plan = flow_plan,
    .step = flow_step,
    .probe = flow_probe,
};
