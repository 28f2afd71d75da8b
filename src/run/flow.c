/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flow.c - continuous time: x' = rhs(t, x), or minus the gradient, by GSL's explicit
 * embedded Runge-Kutta methods with error control. One step of the run is one accepted
 * step of the integrator. GSL's objects are reset before every step and the step size
 * lives in the slots, so a checkpoint brings back the same bits. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "run/explicit.h"
#include "run/stepper.h"

enum { P_METHOD, P_RTOL, P_ATOL, P_H0, P_HMAX };
enum { SLOT_H, SLOT_ACCEPTED, SLOT_REJECTED, SLOT_EVALUATIONS, SLOT_LAST, SLOTS };

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
    {"stiffness", "h·‖J‖", ORY_SCALAR, "", ORY_LOG, ORY_COST_STEP, NULL, 0, ORY_PROBE_PATH,
     "Size of the last step times an estimate of the Jacobian's norm: explicit methods cannot go "
     "far above 3 to 6; where they sit there the problem is stiff.", ""},
    {0}};

typedef struct flow {
    ory_explicit explicit;
} flow;

static ory_status flow_changed(ory_stepper *st, int param, ory_error *err)
{
    flow *f = st->self;

    (void)param;
    return ory_explicit_tolerances(&f->explicit, ory_values_real(&st->values, P_RTOL),
                                   ory_values_real(&st->values, P_ATOL), err);
}

static ory_status flow_init(ory_stepper *st, ory_error *err)
{
    flow *f = st->self = ory_alloc(1, sizeof *f);
    ory_status status;

    if (!f)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    status = ory_explicit_init(&f->explicit, st->sys,
                               (enum ory_explicit_method)ory_values_choice(&st->values, P_METHOD),
                               err);
    return status == ORY_OK ? flow_changed(st, P_RTOL, err) : status;
}

static void flow_fini(ory_stepper *st)
{
    flow *f = st->self;

    if (f)
        ory_explicit_fini(&f->explicit);
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

static ory_status flow_step(ory_stepper *st, const ory_moment *m, double *slots, ory_rng *rng,
                            double *next, double *t_next, ory_error *err)
{
    flow *f = st->self;
    ory_status status;

    (void)rng;
    f->explicit.evaluations = f->explicit.rejected = 0;
    status = ory_explicit_step(&f->explicit, m->t, m->x, &slots[SLOT_H],
                               ory_values_real(&st->values, P_HMAX), st->t_limit, next, t_next,
                               &st->limited, err);
    if (status != ORY_OK)
        return status;
    slots[SLOT_ACCEPTED]++;
    slots[SLOT_REJECTED] += f->explicit.rejected;
    slots[SLOT_EVALUATIONS] += f->explicit.evaluations;
    slots[SLOT_LAST] = *t_next - m->t;
    return ORY_OK;
}

static double flow_probe(ory_stepper *st, const ory_moment *m, const double *slots, int which)
{
    flow *f = st->self;

    if (which == SLOT_LAST)
        return slots[SLOT_LAST] * ory_explicit_lipschitz(&f->explicit, m->t, m->x);
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
