/* SPDX-License-Identifier: GPL-3.0-or-later */
/* momentum.c - heavy ball and Nesterov's accelerated gradient. The last move
 * v(k) = x(k) - x(k-1), v(0) = 0, is the stepper's slots, so a checkpoint carries it and a
 * state set by hand keeps it. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "run/stepper.h"

enum { P_STEP, P_MOMENTUM };

static const ory_param ball_params[] = {
    [P_STEP] = {"step", ORY_PARAM_REAL, 0, 0, INFINITY, NULL,
                ORY_LIVE | ORY_REQUIRED | ORY_OPEN_MIN, "", "step size", NULL},
    [P_MOMENTUM] = {"momentum", ORY_PARAM_REAL, 0.9, 0, 1, NULL, ORY_LIVE | ORY_OPEN_MAX, "",
                    "part of the last move that is added to the next", NULL},
    {0}};

static const char *const schedules[] = {"convex", NULL};

static const ory_param nesterov_params[] = {
    [P_STEP] = {"step", ORY_PARAM_REAL, 0, 0, INFINITY, NULL,
                ORY_LIVE | ORY_REQUIRED | ORY_OPEN_MIN, "", "step size", NULL},
    [P_MOMENTUM] = {"momentum", ORY_PARAM_NUMBER_OR_CHOICE, 0, 0, 1, schedules,
                    ORY_LIVE | ORY_OPEN_MAX, "",
                    "extrapolation: a number, or \"convex\" for k/(k+3) at step k", NULL},
    {0}};

static size_t move_slots(const ory_stepper *st)
{
    return st->sys->dim;
}

static void move_start(ory_stepper *st, const double *x, double *slots)
{
    (void)x;
    memset(slots, 0, st->sys->dim * sizeof *slots);
}

static ory_status fixed_plan(ory_stepper *st, const ory_moment *m, double *slots, ory_plan *plan,
                             ory_error *err)
{
    (void)m, (void)slots, (void)err;
    plan->step = ory_values_real(&st->values, P_STEP);
    plan->factor = NAN;
    return ORY_OK;
}

/* v(k+1) = beta v(k) - eta g(x(k)),  x(k+1) = x(k) + v(k+1) */
static ory_status ball_step(ory_stepper *st, const ory_moment *m, double *slots, ory_rng *rng,
                            double *next, double *t_next, ory_error *err)
{
    const double beta = ory_values_real(&st->values, P_MOMENTUM);
    size_t i, n = st->sys->dim;

    (void)rng, (void)err;
    for (i = 0; i < n; i++) {
        slots[i] = beta * slots[i] - m->step * st->grad[i];
        next[i] = m->x[i] + slots[i];
    }
    *t_next = m->t + m->step;
    return ORY_OK;
}

static ory_status nesterov_init(ory_stepper *st, ory_error *err)
{
    st->self = ory_alloc(2 * st->sys->dim, sizeof(double));
    return st->self ? ORY_OK : ory_fail(err, ORY_ENOMEM, "out of memory");
}

static void nesterov_fini(ory_stepper *st)
{
    ory_free(st->self);
}

/* y = x(k) + beta v(k),  x(k+1) = y - eta g(y) */
static ory_status nesterov_step(ory_stepper *st, const ory_moment *m, double *slots, ory_rng *rng,
                                double *next, double *t_next, ory_error *err)
{
    const bool convex = st->values.v[P_MOMENTUM].is_choice;
    const double beta = convex ? (double)m->k / ((double)m->k + 3)
                               : ory_values_real(&st->values, P_MOMENTUM);
    double *y = st->self, *g = y + st->sys->dim;
    size_t i, n = st->sys->dim;

    (void)rng, (void)err;
    for (i = 0; i < n; i++)
        y[i] = m->x[i] + beta * slots[i];
    st->sys->class->loss(st->sys, y, NULL, g);
    for (i = 0; i < n; i++) {
        next[i] = y[i] - m->step * g[i];
        slots[i] = next[i] - m->x[i];
    }
    *t_next = m->t + m->step;
    return ORY_OK;
}

const ory_stepper_class ory_heavy_ball_stepper = {
    .name = "heavy_ball",
    .summary = "gradient descent with Polyak's momentum",
    .source = "x(k+1) = x(k) - step grad L(x(k)) + momentum (x(k) - x(k-1))",
    .params = ball_params,
    .needs = ORY_NEEDS_LOSS,
    .slots = move_slots,
    .start = move_start,
    .plan = fixed_plan,
    .step = ball_step,
};

const ory_stepper_class ory_nesterov_stepper = {
    .name = "nesterov",
    .summary = "Nesterov's accelerated gradient",
    .source = "y = x(k) + momentum (x(k) - x(k-1)), x(k+1) = y - step grad L(y)",
    .params = nesterov_params,
    .needs = ORY_NEEDS_LOSS,
    .own_gradients = true,
    .slots = move_slots,
    .init = nesterov_init,
    .fini = nesterov_fini,
    .start = move_start,
    .plan = fixed_plan,
    .step = nesterov_step,
};
