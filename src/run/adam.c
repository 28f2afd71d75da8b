/* SPDX-License-Identifier: GPL-3.0-or-later */
/* adam.c - Adam, on the whole loss or on the mini-batches that the system draws.
 *
 *   m = beta1 m + (1-beta1) g,  v = beta2 v + (1-beta2) g^2 (entrywise)
 *   x -= step (m/(1-beta1^k)) / (sqrt(v/(1-beta2^k)) + eps),  k = 1, 2, ...
 * The means m and v and the count k are the stepper's slots, so a checkpoint carries them.
 * `inner` updates make one step of the run: the run evaluates the whole loss at its own
 * steps, which would cost more than a mini-batch. Source: D. Kingma, J. Ba, "Adam: a method
 * for stochastic optimization", arXiv 1412.6980, algorithm 1. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "run/stepper.h"

enum { P_STEP, P_BETA1, P_BETA2, P_EPS, P_INNER };

static const ory_param adam_params[] = {
    [P_STEP] = {"step", ORY_PARAM_REAL, 1e-3, 0, INFINITY, NULL, ORY_LIVE | ORY_OPEN_MIN, "",
                "step size", NULL},
    [P_BETA1] = {"beta1", ORY_PARAM_REAL, 0.9, 0, 1, NULL, ORY_LIVE | ORY_OPEN_MAX, "",
                 "memory of the mean of gradients", NULL},
    [P_BETA2] = {"beta2", ORY_PARAM_REAL, 0.999, 0, 1, NULL, ORY_LIVE | ORY_OPEN_MAX, "",
                 "memory of the mean of their squares", NULL},
    [P_EPS] = {"eps", ORY_PARAM_REAL, 1e-8, 0, INFINITY, NULL, ORY_LIVE | ORY_OPEN_MIN, "",
               "added to the root of the mean square", NULL},
    [P_INNER] = {"inner", ORY_PARAM_INT, 1, 1, 1e6, NULL, ORY_LIVE, "",
                 "updates of one step of the run", NULL},
    {0}};

/* Means, mean squares, count of updates. */
static size_t adam_slots(const ory_stepper *st)
{
    return 2 * st->sys->dim + 1;
}

static ory_status adam_init(ory_stepper *st, ory_error *err)
{
    st->self = ory_alloc(st->sys->dim, sizeof(double));
    return st->self ? ORY_OK : ory_fail(err, ORY_ENOMEM, "out of memory");
}

static void adam_fini(ory_stepper *st)
{
    ory_free(st->self);
}

static void adam_start(ory_stepper *st, const double *x, double *slots)
{
    (void)x;
    memset(slots, 0, adam_slots(st) * sizeof *slots);
}

static ory_status adam_plan(ory_stepper *st, const ory_moment *m, double *slots, ory_plan *plan,
                            ory_error *err)
{
    (void)m, (void)slots, (void)err;
    plan->step = ory_values_real(&st->values, P_STEP);
    plan->factor = NAN;
    return ORY_OK;
}

/* One update of x by the gradient g; k counts updates from 1. */
static void update(const ory_stepper *st, double step, double k, const double *g, double *slots,
                   double *x)
{
    const double beta1 = ory_values_real(&st->values, P_BETA1);
    const double beta2 = ory_values_real(&st->values, P_BETA2);
    const double eps = ory_values_real(&st->values, P_EPS);
    const double first = 1 / (1 - pow(beta1, k)), second = 1 / (1 - pow(beta2, k));
    const size_t n = st->sys->dim;
    double *mean = slots, *square = slots + n;

    for (size_t i = 0; i < n; i++) {
        mean[i] = beta1 * mean[i] + (1 - beta1) * g[i];
        square[i] = beta2 * square[i] + (1 - beta2) * g[i] * g[i];
        x[i] -= step * (first * mean[i]) / (sqrt(second * square[i]) + eps);
    }
}

static ory_status adam_step(ory_stepper *st, const ory_moment *m, double *slots, ory_rng *rng,
                            double *next, double *t_next, ory_error *err)
{
    const ory_system_class *c = st->sys->class;
    const size_t n = st->sys->dim, inner = ory_values_size(&st->values, P_INNER);
    double *g = st->self, *count = slots + 2 * n;

    (void)rng, (void)err;
    memcpy(next, m->x, n * sizeof *next);
    for (size_t i = 0; i < inner; i++) {
        if (c->batch_grad)
            c->batch_grad(st->sys, (uint64_t)*count, next, g);
        else
            c->loss(st->sys, next, NULL, g);
        *count += 1;
        update(st, m->step, *count, g, slots, next);
    }
    *t_next = m->t + m->step * (double)inner;
    return ORY_OK;
}

const ory_stepper_class ory_adam_stepper = {
    .name = "adam",
    .summary = "Adam, on mini-batches where the system draws them",
    .source = "Kingma, Ba, arXiv 1412.6980, algorithm 1",
    .params = adam_params,
    .needs = ORY_NEEDS_LOSS,
    .own_gradients = true,
    .slots = adam_slots,
    .init = adam_init,
    .fini = adam_fini,
    .start = adam_start,
    .plan = adam_plan,
    .step = adam_step,
};
