/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyn_pendulum.c - dyn.pendulum: a pendulum, damped and driven. */
#include "config.h"

#include <math.h>

#include "systems/dyn.h"

enum { P_OMEGA0, P_DAMPING, P_DRIVE, P_FREQUENCY };

static const ory_param params[] = {
    DYN_PARAMS,
    [DYN_OWN_PARAM + P_OMEGA0] = {"omega0", ORY_PARAM_REAL, 1, 0, INFINITY, NULL,
                                  ORY_LIVE | ORY_OPEN_MIN, "rad/t",
                                  "angular frequency of small swings, sqrt(g/l)", NULL},
    [DYN_OWN_PARAM + P_DAMPING] = {"damping", ORY_PARAM_REAL, 0.1, -INFINITY, INFINITY, NULL,
                                   ORY_LIVE, "1/t", "friction, torque -damping omega", NULL},
    [DYN_OWN_PARAM + P_DRIVE] = {"drive", ORY_PARAM_REAL, 0, -INFINITY, INFINITY, NULL, ORY_LIVE,
                                 "rad/t^2", "amplitude of the driving torque", NULL},
    [DYN_OWN_PARAM + P_FREQUENCY] = {"frequency", ORY_PARAM_REAL, 2.0 / 3, 0, INFINITY, NULL,
                                     ORY_LIVE, "rad/t", "angular frequency of the drive", NULL},
    {0}};

static const ory_probe probes[] = {
    DYN_PROBES,
    [DYN_OWN_PROBE] = DYN_SCALAR("theta", "θ", "rad", "Angle from hanging down."),
    DYN_SCALAR("omega", "ω", "rad/t", "Angular velocity."),
    DYN_SCALAR("energy", "energy", "rad^2/t^2",
               "omega^2/2 + omega0^2 (1 - cos theta): constant without damping and drive, 2 omega0^2 "
               "on the separatrix."),
    {0}};

static void rhs(const dyn *d, double t, const double *x, double *dx)
{
    const double *p = d->p;

    dx[0] = x[1];
    dx[1] = -p[P_OMEGA0] * p[P_OMEGA0] * sin(x[0]) - p[P_DAMPING] * x[1] +
            p[P_DRIVE] * cos(p[P_FREQUENCY] * t);
}

static void jacobian(const dyn *d, double t, const double *x, double *J)
{
    (void)t;
    J[0] = 0;
    J[1] = 1;
    J[2] = -d->p[P_OMEGA0] * d->p[P_OMEGA0] * cos(x[0]);
    J[3] = -d->p[P_DAMPING];
}

static void own(const dyn *d, const ory_moment *m, int which, double *out)
{
    const double w0 = d->p[P_OMEGA0], half = sin(m->x[0] / 2);

    (void)which;
    *out = m->x[1] * m->x[1] / 2 + 2 * w0 * w0 * half * half;
}

static const char *const names[] = {"theta", "omega"};
static const double start[] = {2, 0}, box[] = {-2 * M_PI, 2 * M_PI, -3, 3};

static const dyn_model model = {
    .title = "pendulum", .names = names, .x0 = start, .box = box, .plane = {0, 1},
    .rhs = rhs, .jacobian = jacobian, .own = own};

static ory_status init(ory_system *s, ory_error *err)
{
    return dyn_init(s, &model, 2, err);
}

static const char *const record[] = {"theta", "omega", "energy", "plane_x", "plane_y", NULL};

const ory_system_class ory_dyn_pendulum_class = {
    .name = "dyn.pendulum",
    .summary = "pendulum, damped and driven",
    .source = "Strogatz, Nonlinear Dynamics and Chaos, sections 6.7 and 8.5",
    .example = "dyn.pendulum{ damping=0.2, x0={2, 0} }",
    .params = params,
    .probes = probes,
    .record = record,
    .layout = "v(h(phase(plane_x, plane_y, title='phase portrait'):34, v(trace(theta, omega):10,"
              " h(spectrum(eigenvalues):12, trace(energy):14, dial(damping):10):8):30):12, console:3)",
    .init = init,
    DYN_CLASS};
