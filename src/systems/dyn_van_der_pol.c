/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyn_van_der_pol.c - dyn.van_der_pol: x'' - mu (1 - x^2) x' + x = 0. */
#include "config.h"

#include <math.h>

#include "systems/dyn.h"

enum { P_MU };

static const ory_param params[] = {
    DYN_PARAMS,
    [DYN_OWN_PARAM + P_MU] = {"mu", ORY_PARAM_REAL, 1, -INFINITY, INFINITY, NULL, ORY_LIVE, "",
                              "strength of the nonlinear damping; large: stiff", NULL},
    {0}};

static const ory_probe probes[] = {
    DYN_PROBES,
    [DYN_OWN_PROBE] = DYN_SCALAR("x", "x", "", "Position."),
    DYN_SCALAR("v", "v", "", "Velocity."),
    {0}};

static void rhs(const dyn *d, double t, const double *x, double *dx)
{
    (void)t;
    dx[0] = x[1];
    dx[1] = d->p[P_MU] * (1 - x[0] * x[0]) * x[1] - x[0];
}

static void jacobian(const dyn *d, double t, const double *x, double *J)
{
    (void)t;
    J[0] = 0;
    J[1] = 1;
    J[2] = -2 * d->p[P_MU] * x[0] * x[1] - 1;
    J[3] = d->p[P_MU] * (1 - x[0] * x[0]);
}

static const char *const names[] = {"x", "v"};
static const double start[] = {0.1, 0}, box[] = {-3, 3, -4, 4};

static const dyn_model model = {.title = "van der Pol", .names = names, .x0 = start, .box = box,
                                .plane = {0, 1}, .rhs = rhs, .jacobian = jacobian};

static ory_status init(ory_system *s, ory_error *err)
{
    return dyn_init(s, &model, 2, err);
}

static const char *const record[] = {"x", "v", "plane_x", "plane_y", NULL};

const ory_system_class ory_dyn_van_der_pol_class = {
    .name = "dyn.van_der_pol",
    .summary = "van der Pol's oscillator: a limit cycle",
    .source = "Strogatz, Nonlinear Dynamics and Chaos, sections 7.5 and 7.6",
    .example = "dyn.van_der_pol{ mu=2, x0={0.1, 0} }",
    .params = params,
    .probes = probes,
    .record = record,
    .layout = "v(h(phase(plane_x, plane_y, title='phase portrait'):34,"
              " v(trace(x, v):12, h(spectrum(eigenvalues):16, dial(mu):12):10):30):12, console:3)",
    .init = init,
    DYN_CLASS};
