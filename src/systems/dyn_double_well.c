/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyn_double_well.c - dyn.double_well: a mass in the potential x^4/4 - depth x^2/2, damped
 * and driven (Duffing's equation). */
#include "config.h"

#include <math.h>

#include "systems/dyn.h"

enum { P_DEPTH, P_DAMPING, P_DRIVE, P_FREQUENCY };

static const ory_param params[] = {
    DYN_PARAMS,
    [DYN_OWN_PARAM + P_DEPTH] = {"depth", ORY_PARAM_REAL, 1, -INFINITY, INFINITY, NULL, ORY_LIVE,
                                 "", "two wells at ±sqrt(depth) when > 0, else one at 0", NULL},
    [DYN_OWN_PARAM + P_DAMPING] = {"damping", ORY_PARAM_REAL, 0.2, -INFINITY, INFINITY, NULL,
                                   ORY_LIVE, "1/t", "friction, force -damping v", NULL},
    [DYN_OWN_PARAM + P_DRIVE] = {"drive", ORY_PARAM_REAL, 0, -INFINITY, INFINITY, NULL, ORY_LIVE,
                                 "", "amplitude of the driving force", NULL},
    [DYN_OWN_PARAM + P_FREQUENCY] = {"frequency", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, ORY_LIVE,
                                     "rad/t", "angular frequency of the drive", NULL},
    {0}};

static const ory_probe probes[] = {
    DYN_PROBES,
    [DYN_OWN_PROBE] = DYN_SCALAR("x", "x", "", "Position."),
    DYN_SCALAR("v", "v", "", "Velocity."),
    DYN_SCALAR("energy", "energy", "",
               "v^2/2 + x^4/4 - depth x^2/2: constant without damping and drive, 0 on the "
               "separatrix."),
    {0}};

static void rhs(const dyn *d, double t, const double *x, double *dx)
{
    const double *p = d->p;

    dx[0] = x[1];
    dx[1] = p[P_DEPTH] * x[0] - x[0] * x[0] * x[0] - p[P_DAMPING] * x[1] +
            p[P_DRIVE] * cos(p[P_FREQUENCY] * t);
}

static void jacobian(const dyn *d, double t, const double *x, double *J)
{
    (void)t;
    J[0] = 0;
    J[1] = 1;
    J[2] = d->p[P_DEPTH] - 3 * x[0] * x[0];
    J[3] = -d->p[P_DAMPING];
}

static void own(const dyn *d, const ory_moment *m, int which, double *out)
{
    const double square = m->x[0] * m->x[0];

    (void)which;
    *out = m->x[1] * m->x[1] / 2 + square * (square / 4 - d->p[P_DEPTH] / 2);
}

static const char *const names[] = {"x", "v"};
static const double start[] = {0.1, 0}, box[] = {-2, 2, -2, 2};

static const dyn_model model = {
    .title = "double well", .names = names, .x0 = start, .box = box, .plane = {0, 1},
    .rhs = rhs, .jacobian = jacobian, .own = own};

static ory_status init(ory_system *s, ory_error *err)
{
    return dyn_init(s, &model, 2, err);
}

static const char *const record[] = {"x", "v", "energy", "plane_x", "plane_y", NULL};

const ory_system_class ory_dyn_double_well_class = {
    .name = "dyn.double_well",
    .summary = "a mass between two wells, damped and driven (Duffing)",
    .source = "Strogatz, Nonlinear Dynamics and Chaos, sections 6.5 and 12.5",
    .example = "dyn.double_well{ damping=0.1, x0={0.1, 0} }",
    .params = params,
    .probes = probes,
    .record = record,
    .layout = "v(h(phase(plane_x, plane_y, title='phase portrait'):34, v(trace(x, v):10,"
              " h(spectrum(eigenvalues):12, trace(energy):14, dial(depth):10):8):30):12, console:3)",
    .init = init,
    DYN_CLASS};
