/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepper.h - how a state moves: gradient descent and its step rules, momentum
 * methods, integrators of x' = rhs(x), or the system's own discrete update.
 *
 * A stepper is described by one constant class, as a system is; steppers.def
 * lists them. A step is two calls: plan chooses the step size at a state (and
 * may be asked without a step following), step computes the next state. Both
 * are functions of (moment, slots, random stream, knob values) alone, so a
 * checkpoint of these brings back the same bits. After init nothing allocates. */
#ifndef ORY_RUN_STEPPER_H
#define ORY_RUN_STEPPER_H

#include "systems/system.h"

typedef struct ory_stepper ory_stepper;
typedef struct ory_stepper_class ory_stepper_class;

enum {
    ORY_NEEDS_LOSS = 1,    /* class->loss                    */
    ORY_NEEDS_RHS = 2,     /* class->rhs or class->loss      */
    ORY_NEEDS_ADVANCE = 4  /* class->advance                 */
};

typedef struct ory_plan {
    double step;   /* step size about to be taken; NaN when there is none */
    double factor; /* certified gap(next)/gap(now), or NaN                */
} ory_plan;

struct ory_stepper_class {
    const char *name, *summary, *source;
    const ory_param *params; /* "rule" is filled with the generic rules and the system's */
    const ory_probe *probes; /* scalars such as accepted, rejected, evaluations; or NULL */
    unsigned needs;
    bool descent; /* next = x - step*grad exactly */
    bool flow;    /* continuous time */
    bool own_gradients; /* asks for gradients itself, elsewhere than at m->x */
    /* Doubles of internal state (velocity, last accepted trial step, counters)
     * that every checkpoint must carry, for this system. NULL: none. */
    size_t (*slots)(const ory_stepper *st);
    ory_status (*init)(ory_stepper *st, ory_error *err); /* st->sys and values are set */
    void (*fini)(ory_stepper *st);
    void (*start)(ory_stepper *st, const double *x, double *slots); /* slots at step 0 */
    ory_status (*changed)(ory_stepper *st, int param, ory_error *err);
    ory_status (*plan)(ory_stepper *st, const ory_moment *m, double *slots, ory_plan *plan,
                       ory_error *err);
    /* m->step and m->factor are the plan's. Writes next[dim] and *t_next. */
    ory_status (*step)(ory_stepper *st, const ory_moment *m, double *slots, ory_rng *rng,
                       double *next, double *t_next, ory_error *err);
    double (*probe)(ory_stepper *st, const ory_moment *m, const double *slots, int which);
    /* Optional: why probe `which` is NaN at m; NULL when there is nothing to say. */
    const char *(*why)(const ory_stepper *st, int which);
};

struct ory_stepper {
    const ory_stepper_class *class;
    ory_system *sys; /* borrowed from the run */
    ory_values values;
    int rule; /* row of sys->class->rules in use, or -1 */
    /* Set by the run before plan and step, for systems with a loss: loss and gradient
     * at m->x (the gradient only with ORY_NEEDS_LOSS and without own_gradients). */
    double loss;
    const double *grad;
    /* Continuous time: do not step past t_limit; set limited when the step taken depends
     * on it, otherwise clear limited. */
    double t_limit;
    bool limited;
    void *self;
};

size_t ory_stepper_count(void);
const ory_stepper_class *ory_stepper_class_at(size_t i);
const ory_stepper_class *ory_stepper_class_find(const char *name);

/* NULL when class c can move systems of class s, otherwise what is missing. */
const char *ory_stepper_unfit(const ory_stepper_class *c, const ory_system_class *s);

/* Generic step rules of gradient descent (const, backtrack, polyak) and then the
 * system's own, as one list of names for help and completion; NULL past the end. */
const char *ory_rule_name(const ory_system_class *s, int i);
const char *ory_rule_doc(const ory_system_class *s, int i);

#endif
