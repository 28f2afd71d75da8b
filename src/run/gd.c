/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gd.c - gradient descent: next = x - step * grad, with the step chosen by a rule: the
 * system's own, or one of the generic three.
 *
 *   const      the knob `step`
 *   backtrack  from eta_bt, times tau until L(x - eta g) <= L(x) - gamma eta ||g||^2
 *              (the printed test of arXiv 2505.11664 lacks the factor eta)
 *   polyak     gap / ||g||^2 times 2: the step that would reach the minimum of a
 *              quadratic along the gradient's line
 * The decrease is measured by the system's cancellation-free gap where it has one. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "core/interrupt.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "run/rules.h"

enum { P_RULE, P_STEP, P_TAU, P_GAMMA, P_ETA_BT };
enum { MAX_HALVINGS = 200 };

static const ory_param gd_params[] = {
    [P_RULE] = {"rule", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_LIVE | ORY_OPTIONAL, "",
                "how the step size is chosen; the system's default rule when absent", NULL},
    [P_STEP] = {"step", ORY_PARAM_REAL, 0, 0, INFINITY, NULL,
                ORY_LIVE | ORY_OPTIONAL | ORY_OPEN_MIN, "",
                "step size of rule const; assigning it switches to that rule", NULL},
    [P_TAU] = {"tau", ORY_PARAM_REAL, 0.5, 0, 1, NULL, ORY_LIVE | ORY_OPEN_MIN | ORY_OPEN_MAX, "",
               "backtracking: factor by which a trial step shrinks", NULL},
    [P_GAMMA] = {"gamma", ORY_PARAM_REAL, 0.5, 0, 1, NULL, ORY_LIVE | ORY_OPEN_MIN | ORY_OPEN_MAX,
                 "", "backtracking: part of the predicted decrease that must be seen", NULL},
    [P_ETA_BT] = {"eta_bt", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, ORY_LIVE | ORY_OPEN_MIN, "",
                  "backtracking: first trial step", NULL},
    {0}};

const ory_rule_row ory_generic_rules[] = {
    [ORY_RULE_CONST] = {"const", "a fixed step size, the knob step"},
    [ORY_RULE_BACKTRACK] = {"backtrack", "backtracking line search with knobs eta_bt, tau, gamma"},
    [ORY_RULE_POLYAK] = {"polyak", "Polyak's step 2 gap / ||grad||^2; needs a known minimum"},
    {0}};

int ory_generic_rule_find(const char *name)
{
    int i;

    for (i = 0; ory_generic_rules[i].name; i++)
        if (strcmp(ory_generic_rules[i].name, name) == 0)
            return i;
    return -1;
}

typedef struct gd {
    int generic;   /* ory_generic_rule, or -1: the system's rule st->rule */
    double *trial; /* dim numbers, for backtracking */
} gd;

static int system_rule_find(const ory_system_class *c, const char *name)
{
    int i;

    for (i = 0; c->rules && c->rules[i].name; i++)
        if (strcmp(c->rules[i].name, name) == 0)
            return i;
    return -1;
}

static ory_status unknown_rule(const ory_stepper *st, const char *name, ory_error *err)
{
    const char *names[64];
    const char *near;
    int n = 0;

    while (n < 64 && (names[n] = ory_rule_name(st->sys->class, n)) != NULL)
        n++;
    near = ory_nearest(name, names, (size_t)n);
    return ory_fail(err, ORY_ENAME, "gd: no step rule '%s' for %s%s%s%s", name,
                    st->sys->class->name, near ? " (did you mean '" : "",
                    near ? near : " (help('gd') lists them)", near ? "'?)" : "");
}

/* Which rule: the knob; without one const if a step was given, else the system's default.
 * A const rule of the system chooses the step only while the knob `step` is not set. */
static ory_status choose_rule(ory_stepper *st, ory_error *err)
{
    const ory_system_class *c = st->sys->class;
    bool step = ory_values_given(&st->values, P_STEP);
    const char *name = st->values.v[P_RULE].text;
    gd *g = st->self;
    int own, generic;

    if (!name)
        name = step || !c->default_rule ? "const" : c->default_rule;
    own = system_rule_find(c, name);
    generic = ory_generic_rule_find(name);
    if (own < 0 && generic < 0)
        return unknown_rule(st, name, err);
    if (own >= 0 && !(generic == ORY_RULE_CONST && step)) {
        st->rule = own;
        g->generic = -1;
        return ORY_OK;
    }
    if (generic == ORY_RULE_CONST && !step)
        return ory_fail(err, ORY_EINVAL, "gd: rule \"const\" needs a step size: step=…");
    st->rule = -1;
    g->generic = generic;
    return ORY_OK;
}

static ory_status gd_init(ory_stepper *st, ory_error *err)
{
    gd *g = ory_alloc(1, sizeof *g);

    st->self = g;
    if (!g || !(g->trial = ory_alloc(st->sys->dim, sizeof(double))))
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    return choose_rule(st, err);
}

static void gd_fini(ory_stepper *st)
{
    gd *g = st->self;

    if (g)
        ory_free(g->trial);
    ory_free(g);
}

static ory_status gd_changed(ory_stepper *st, int param, ory_error *err)
{
    return param == P_RULE || param == P_STEP ? choose_rule(st, err) : ORY_OK;
}

static double gap_at(ory_system *s, const double *x)
{
    double gap;

    if (s->class->gap)
        s->class->gap(s, x, &gap);
    else
        s->class->loss(s, x, &gap, NULL);
    return gap;
}

static ory_status plan_backtrack(ory_stepper *st, const ory_moment *m, double *step, ory_error *err)
{
    const double tau = ory_values_real(&st->values, P_TAU);
    const double gamma = ory_values_real(&st->values, P_GAMMA);
    const double now = gap_at(st->sys, m->x), sq = ory_norm2_sq(st->grad, st->sys->dim);
    double eta = ory_values_real(&st->values, P_ETA_BT);
    gd *g = st->self;
    int i;

    for (i = 0; i < MAX_HALVINGS; i++, eta *= tau) {
        if (ory_interrupt_pending())
            return ORY_EINTERRUPT;
        memcpy(g->trial, m->x, st->sys->dim * sizeof(double));
        ory_axpy(-eta, st->grad, g->trial, st->sys->dim);
        if (gap_at(st->sys, g->trial) <= now - gamma * eta * sq) {
            *step = eta;
            return ORY_OK;
        }
    }
    return ory_fail(err, ORY_EUNDEF,
                    "backtracking found no decrease after %d trials, down to step %.3g", i, eta);
}

static ory_status plan_polyak(ory_stepper *st, const ory_moment *m, double *step, ory_error *err)
{
    const ory_system *s = st->sys;
    const double sq = ory_norm2_sq(st->grad, s->dim);
    double gap;

    if (!s->class->gap && isnan(s->loss_min))
        return ory_fail(err, ORY_EUNDEF, "rule polyak needs the minimum of the loss, which is not "
                                         "known for this system");
    gap = s->class->gap ? gap_at(st->sys, m->x) : st->loss - s->loss_min;
    if (!(sq > 0) || !(gap > 0))
        return ory_fail(err, ORY_EUNDEF, "rule polyak: gap %.3g, squared gradient %.3g: no step",
                        gap, sq);
    *step = 2 * gap / sq;
    return ORY_OK;
}

static ory_status gd_plan(ory_stepper *st, const ory_moment *m, double *slots, ory_plan *plan,
                          ory_error *err)
{
    gd *g = st->self;

    (void)slots;
    plan->factor = NAN;
    if (g->generic < 0)
        return st->sys->class->rules[st->rule].plan(st->sys, m, &plan->step, &plan->factor, err);
    if (g->generic == ORY_RULE_BACKTRACK)
        return plan_backtrack(st, m, &plan->step, err);
    if (g->generic == ORY_RULE_POLYAK)
        return plan_polyak(st, m, &plan->step, err);
    plan->step = ory_values_real(&st->values, P_STEP);
    return ORY_OK;
}

static ory_status gd_step(ory_stepper *st, const ory_moment *m, double *slots, ory_rng *rng,
                          double *next, double *t_next, ory_error *err)
{
    const double *x = m->x, *g = st->grad, eta = m->step;
    size_t i, n = st->sys->dim;

    (void)slots, (void)rng, (void)err;
    for (i = 0; i < n; i++)
        next[i] = x[i] - eta * g[i];
    *t_next = m->t + eta;
    return ORY_OK;
}

const ory_stepper_class ory_gd_stepper = {
    .name = "gd",
    .summary = "gradient descent with a step rule",
    .source = "x(k+1) = x(k) - step(k) grad L(x(k)); time is the sum of the steps",
    .params = gd_params,
    .needs = ORY_NEEDS_LOSS,
    .descent = true,
    .init = gd_init,
    .fini = gd_fini,
    .changed = gd_changed,
    .plan = gd_plan,
    .step = gd_step,
};
