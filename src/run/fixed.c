/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fixed.c - continuous time in steps of a given size: Euler's method and the classical
 * Runge-Kutta method of order 4. Equilibria stay exactly where they are, which error
 * control does not promise; and one sees what a step size does. With reference=true the
 * same trajectory is followed beside with tight tolerances (Prince-Dormand 8(9), rtol
 * 1e-12) and the distance from it is the probe `error`. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "core/linalg.h"
#include "core/mem.h"
#include "run/explicit.h"
#include "run/rules.h"
#include "run/stepper.h"

enum { P_RULE, P_STEP, P_REFERENCE };
enum { SLOT_EVALUATIONS, SLOT_H, SLOT_REFERENCE }; /* the last: dim numbers */
enum { MAX_REFERENCE_STEPS = 1000000 };

static const ory_param fixed_params[] = {
    [P_RULE] = {"rule", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_LIVE | ORY_OPTIONAL, "",
                "how the step size is chosen; the system's default rule when absent", NULL},
    [P_STEP] = {"step", ORY_PARAM_REAL, 0, 0, INFINITY, NULL,
                ORY_LIVE | ORY_OPTIONAL | ORY_OPEN_MIN, "t",
                "step size of rule const; assigning it switches to that rule", NULL},
    [P_REFERENCE] = {"reference", ORY_PARAM_BOOL, 0, 0, 1, NULL, 0, "",
                     "follow the trajectory with tight tolerances too and show the error", NULL},
    {0}};

static const ory_probe fixed_probes[] = {
    {"evaluations", "evaluations", ORY_SCALAR, "", ORY_LINEAR, ORY_COST_FREE, NULL, 0,
     ORY_PROBE_PATH, "Right-hand sides evaluated so far.", ""},
    {"error", "‖x − x(t)‖", ORY_SCALAR, "", ORY_LOG, ORY_COST_STEP, NULL, 0, ORY_PROBE_PATH,
     "Distance from the trajectory that started at the same state and was followed with rtol "
     "1e-12 (reference=true).", ""},
    {0}};

typedef struct fixed {
    int order;             /* 1 or 4 */
    bool constant;         /* rule const: the knob step */
    bool reference;
    double *slope, *sum, *stage;
    double *reference_next;
    ory_explicit tight;
} fixed;

static int own_rule(const ory_system_class *c, const char *name)
{
    for (int i = 0; c->rules && c->rules[i].name; i++)
        if (strcmp(c->rules[i].name, name) == 0)
            return i;
    return -1;
}

/* The knob `rule`; without one const if a step was given, else the system's default. */
static ory_status choose_rule(ory_stepper *st, ory_error *err)
{
    const ory_system_class *c = st->sys->class;
    const bool step = ory_values_given(&st->values, P_STEP);
    const char *name = st->values.v[P_RULE].text;
    fixed *f = st->self;
    const char *names[32], *near;
    size_t n = 1;

    if (!name)
        name = step || !c->default_rule ? "const" : c->default_rule;
    st->rule = -1;
    f->constant = strcmp(name, "const") == 0;
    if (f->constant && !step)
        return ory_fail(err, ORY_EINVAL, "%s: rule \"const\" needs a step size: step=…",
                        st->class->name);
    if (f->constant)
        return ORY_OK;
    st->rule = own_rule(c, name);
    if (st->rule >= 0)
        return ORY_OK;
    names[0] = "const";
    for (int i = 0; c->rules && c->rules[i].name && n < 32; i++)
        names[n++] = c->rules[i].name;
    near = ory_nearest(name, names, n);
    return ory_fail(err, ORY_ENAME, "%s: no step rule '%s' for %s%s%s%s", st->class->name, name,
                    c->name, near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

static ory_status fixed_init(ory_stepper *st, ory_error *err)
{
    fixed *f = st->self = ory_alloc(1, sizeof *f);
    const size_t n = st->sys->dim;
    ory_status status;

    if (!f)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    f->order = strcmp(st->class->name, "euler") == 0 ? 1 : 4;
    f->reference = ory_values_bool(&st->values, P_REFERENCE);
    f->slope = ory_alloc(n, sizeof(double));
    f->sum = ory_alloc(n, sizeof(double));
    f->stage = ory_alloc(n, sizeof(double));
    f->reference_next = ory_alloc(n, sizeof(double));
    if (!f->slope || !f->sum || !f->stage || !f->reference_next)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    status = choose_rule(st, err);
    if (status == ORY_OK && f->reference)
        status = ory_explicit_init(&f->tight, st->sys, ORY_RK8PD, err);
    return status == ORY_OK && f->reference ? ory_explicit_tolerances(&f->tight, 1e-12, 1e-16, err)
                                            : status;
}

static void fixed_fini(ory_stepper *st)
{
    fixed *f = st->self;

    if (!f)
        return;
    ory_explicit_fini(&f->tight);
    ory_free(f->slope);
    ory_free(f->sum);
    ory_free(f->stage);
    ory_free(f->reference_next);
    ory_free(f);
}

static ory_status fixed_changed(ory_stepper *st, int param, ory_error *err)
{
    (void)param;
    return choose_rule(st, err);
}

static size_t fixed_slots(const ory_stepper *st)
{
    return SLOT_REFERENCE + (ory_values_bool(&st->values, P_REFERENCE) ? st->sys->dim : 0);
}

static void fixed_start(ory_stepper *st, const double *x, double *slots)
{
    slots[SLOT_EVALUATIONS] = 0;
    slots[SLOT_H] = 1e-4;
    if (ory_values_bool(&st->values, P_REFERENCE))
        memcpy(slots + SLOT_REFERENCE, x, st->sys->dim * sizeof *x);
}

static ory_status fixed_plan(ory_stepper *st, const ory_moment *m, double *slots, ory_plan *plan,
                             ory_error *err)
{
    const fixed *f = st->self;

    (void)slots;
    plan->factor = NAN;
    if (f->constant) {
        plan->step = ory_values_real(&st->values, P_STEP);
        return ORY_OK;
    }
    return st->sys->class->rules[st->rule].plan(st->sys, m, &plan->step, &plan->factor, err);
}

/* sum += weight f(t, at). */
static void add_slope(fixed *f, ory_system *s, double t, const double *at, double weight)
{
    ory_rhs(s, t, at, f->slope);
    for (size_t i = 0; i < s->dim; i++)
        f->sum[i] += weight * f->slope[i];
}

/* stage = x + h slope. */
static void move_stage(fixed *f, const double *x, double h, size_t n)
{
    for (size_t i = 0; i < n; i++)
        f->stage[i] = x[i] + h * f->slope[i];
}

static void take_step(fixed *f, ory_system *s, const ory_moment *m, double h, double *next)
{
    const size_t n = s->dim;

    memset(f->sum, 0, n * sizeof *f->sum);
    if (f->order == 1) {
        add_slope(f, s, m->t, m->x, 1);
    } else {
        add_slope(f, s, m->t, m->x, 1.0 / 6);
        move_stage(f, m->x, h / 2, n);
        add_slope(f, s, m->t + h / 2, f->stage, 1.0 / 3);
        move_stage(f, m->x, h / 2, n);
        add_slope(f, s, m->t + h / 2, f->stage, 1.0 / 3);
        move_stage(f, m->x, h, n);
        add_slope(f, s, m->t + h, f->stage, 1.0 / 6);
    }
    for (size_t i = 0; i < n; i++)
        next[i] = m->x[i] + h * f->sum[i];
}

/* The tight trajectory from m->t to end, in the slots. */
static ory_status follow(fixed *f, const ory_moment *m, double end, double *slots, ory_error *err)
{
    double t = m->t, *x = slots + SLOT_REFERENCE;
    bool limited;

    for (int i = 0; t < end; i++) {
        ory_status status;

        if (i == MAX_REFERENCE_STEPS)
            return ory_fail(err, ORY_ENOCONV,
                            "the reference trajectory needs more than %d steps to t = %.6g",
                            MAX_REFERENCE_STEPS, end);
        status = ory_explicit_step(&f->tight, t, x, &slots[SLOT_H], INFINITY, end,
                                   f->reference_next, &t, &limited, err);
        if (status != ORY_OK)
            return status;
        memcpy(x, f->reference_next, f->tight.sys->dim * sizeof *x);
    }
    return ORY_OK;
}

static ory_status fixed_step(ory_stepper *st, const ory_moment *m, double *slots, ory_rng *rng,
                             double *next, double *t_next, ory_error *err)
{
    fixed *f = st->self;
    const double left = st->t_limit - m->t;
    double h = m->step;

    (void)rng;
    st->limited = h >= left;
    if (st->limited)
        h = left;
    if (!st->limited && m->t + h == m->t)
        return ory_fail(err, ORY_EDIVERGE, "step size %.3g does not move t = %.6g", h, m->t);
    take_step(f, st->sys, m, h, next);
    if (st->sys->trouble.status != ORY_OK)
        return ory_trouble(st->sys, err);
    slots[SLOT_EVALUATIONS] += f->order;
    *t_next = st->limited ? st->t_limit : m->t + h;
    return f->reference ? follow(f, m, *t_next, slots, err) : ORY_OK;
}

static double fixed_probe(ory_stepper *st, const ory_moment *m, const double *slots, int which)
{
    const fixed *f = st->self;
    double sum = 0;

    if (which == 0)
        return slots[SLOT_EVALUATIONS];
    for (size_t i = 0; f->reference && i < st->sys->dim; i++) {
        const double d = m->x[i] - slots[SLOT_REFERENCE + i];

        sum += d * d;
    }
    return f->reference ? sqrt(sum) : NAN;
}

static const char *fixed_why(const ory_stepper *st, int which)
{
    const fixed *f = st->self;

    return which == 1 && !f->reference ? "no reference is followed (reference = true follows one)" : NULL;
}

#define FIXED_CLASS(object, word, text, origin)  \
    const ory_stepper_class object = {           \
        .name = word,                            \
        .summary = text,                         \
        .source = origin,                        \
        .params = fixed_params,                  \
        .probes = fixed_probes,                  \
        .needs = ORY_NEEDS_RHS,                  \
        .flow = true,                            \
        .slots = fixed_slots,                    \
        .init = fixed_init,                      \
        .fini = fixed_fini,                      \
        .start = fixed_start,                    \
        .changed = fixed_changed,                \
        .plan = fixed_plan,                      \
        .step = fixed_step,                      \
        .probe = fixed_probe,                    \
        .why = fixed_why,                        \
    }

FIXED_CLASS(ory_euler_stepper, "euler", "continuous time by Euler's method, steps of fixed size",
            "Euler 1768");
FIXED_CLASS(ory_rk4_stepper, "rk4",
            "continuous time by the classical Runge-Kutta method, steps of fixed size",
            "Kutta 1901");
