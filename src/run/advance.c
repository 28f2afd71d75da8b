/* SPDX-License-Identifier: GPL-3.0-or-later */
/* advance.c - the system's own discrete update as a stepper. */
#include "config.h"

#include <math.h>

#include "run/stepper.h"

static const ory_param advance_params[] = {{0}};

static ory_status advance_plan(ory_stepper *st, const ory_moment *m, double *slots, ory_plan *plan,
                               ory_error *err)
{
    (void)st, (void)m, (void)slots, (void)err;
    plan->step = plan->factor = NAN;
    return ORY_OK;
}

static ory_status advance_step(ory_stepper *st, const ory_moment *m, double *slots, ory_rng *rng,
                               double *next, double *t_next, ory_error *err)
{
    (void)slots;
    *t_next = m->t + 1;
    return st->sys->class->advance(st->sys, m, rng, next, t_next, err);
}

const ory_stepper_class ory_advance_stepper = {
    .name = "advance",
    .summary = "the system's own discrete step",
    .source = "as the system's page says",
    .params = advance_params,
    .needs = ORY_NEEDS_ADVANCE,
    .plan = advance_plan,
    .step = advance_step,
};
