/* SPDX-License-Identifier: GPL-3.0-or-later */
/* multistep.h - the variable-order multistep methods of SUNDIALS CVODE, made to repeat bit
 * for bit from any checkpoint.
 *
 * CVODE's memory of earlier steps cannot be taken out of it and put back. So the slots hold
 * where the present stretch of steps began (time, state) and how many steps it has seen;
 * CVODE depends on nothing else, and after a jump it takes these steps again. A stretch
 * ends after ORY_STRETCH steps, and whenever the state or a knob has been changed by hand.
 * Stopping in the middle of a step is done by CVODE's dense output and does not end it. */
#ifndef ORY_RUN_MULTISTEP_H
#define ORY_RUN_MULTISTEP_H

#include "systems/system.h"

enum { ORY_STRETCH = 500 };
enum { ORY_DENSE_MOST = 40 }; /* systems up to this size get a dense Jacobian */

typedef struct ory_multistep ory_multistep;

/* What one step did. */
typedef struct ory_multistep_count {
    double accepted, rejected, evaluations, products, h, order;
} ory_multistep_count;

size_t ory_multistep_slots(const ory_system *s);
void ory_multistep_start(double *slots);

/* stiff: BDF with Newton's iteration, linear systems dense or by GMRES with exact
 * Jacobian-vector products where the system has a Hessian; else Adams with fixed-point
 * iteration. ORY_EINVAL when the program was built without SUNDIALS. */
ory_status ory_multistep_new(ory_multistep **out, ory_system *s, bool stiff, ory_error *err);
void ory_multistep_free(ory_multistep *m);

typedef struct ory_multistep_options {
    double rtol, atol, h0, hmax;
} ory_multistep_options;

/* As ory_explicit_step, one step of CVODE (or the rest of one that was cut). */
ory_status ory_multistep_step(ory_multistep *m, double t, const double *x, double *slots,
                              const ory_multistep_options *opt, double t_limit, double *next,
                              double *t_next, bool *limited, ory_multistep_count *count,
                              ory_error *err);

/* State at time t inside the step last taken. */
void ory_multistep_dense(ory_multistep *m, double t, double *out);
/* The step last taken is taken to end at time t (a state that ory_multistep_dense gave). */
void ory_multistep_cut(double *slots);

#endif
