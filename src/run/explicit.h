/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explicit.h - one accepted step of an explicit embedded Runge-Kutta method with error
 * control (GSL's), as a function of state and step size alone. Shared by the steppers of
 * this folder. */
#ifndef ORY_RUN_EXPLICIT_H
#define ORY_RUN_EXPLICIT_H

#include <gsl/gsl_odeiv2.h>

#include "systems/system.h"

enum ory_explicit_method { ORY_RK8PD, ORY_RKF45, ORY_RKCK, ORY_RK4_DOUBLING, ORY_RK2_DOUBLING };

typedef struct ory_explicit {
    ory_system *sys; /* borrowed */
    gsl_odeiv2_step *step;
    gsl_odeiv2_control *control;
    gsl_odeiv2_system ode;
    double rtol;
    double evaluations, rejected; /* counted up; the caller sets and reads them */
    double *error, *slope, *turn, *product;
} ory_explicit;

/* x' at (t, x): the system's rhs, or minus the gradient of its loss. */
void ory_rhs(ory_system *s, double t, const double *x, double *dx);

/* What the system could not return (see ory_system.trouble): status and text, taken from
 * it; ORY_OK when there is none. */
ory_status ory_trouble(ory_system *s, ory_error *err);

ory_status ory_explicit_init(ory_explicit *e, ory_system *s, enum ory_explicit_method method,
                             ory_error *err);
void ory_explicit_fini(ory_explicit *e); /* also of a zeroed struct */
ory_status ory_explicit_tolerances(ory_explicit *e, double rtol, double atol, ory_error *err);

/* From (t, x) one accepted step, no longer than *step, hmax and t_limit - t, into next and
 * *t_next (t_limit itself when it got there); *step becomes the size to try next. *limited
 * tells that t_limit had a say. ORY_EDIVERGE when the step size falls to nothing;
 * ORY_ECALLBACK as the system says. */
ory_status ory_explicit_step(ory_explicit *e, double t, const double *x, double *step, double hmax,
                             double t_limit, double *next, double *t_next, bool *limited,
                             ory_error *err);

/* One step of exactly h without error control: dense output of the method's full order
 * inside a step that was accepted. */
void ory_explicit_short(ory_explicit *e, double t, const double *x, double h, double *out);

/* Lower estimate of the norm of the Jacobian at (t, x): a few products with it, from the
 * slope on. Times the step size it tells stiffness. */
double ory_explicit_lipschitz(ory_explicit *e, double t, const double *x);

#endif
