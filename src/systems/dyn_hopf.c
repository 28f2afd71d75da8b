/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyn_hopf.c - dyn.hopf: the normal form r' = r (mu - r^2), phi' = omega + twist r^2. */
#include "config.h"

#include <math.h>

#include "systems/dyn.h"

enum { P_MU, P_OMEGA, P_TWIST };

static const ory_param params[] = {
    DYN_PARAMS,
    [DYN_OWN_PARAM + P_MU] = {"mu", ORY_PARAM_REAL, 0.5, -INFINITY, INFINITY, NULL, ORY_LIVE, "1/t",
                              "growth at the origin: a limit cycle is born at 0", NULL},
    [DYN_OWN_PARAM + P_OMEGA] = {"omega", ORY_PARAM_REAL, 1, -INFINITY, INFINITY, NULL, ORY_LIVE,
                                 "rad/t", "turning at the origin", NULL},
    [DYN_OWN_PARAM + P_TWIST] = {"twist", ORY_PARAM_REAL, 0, -INFINITY, INFINITY, NULL, ORY_LIVE,
                                 "rad/t", "change of the turning with r^2", NULL},
    {0}};

enum { OWN_RADIUS, OWN_CYCLE };

static const ory_probe probes[] = {
    DYN_PROBES,
    [DYN_OWN_PROBE] = DYN_SCALAR("x", "x", "", "First coordinate."),
    DYN_SCALAR("y", "y", "", "Second coordinate."),
    DYN_SCALAR("radius", "r", "", "Distance from the origin."),
    DYN_SCALAR("cycle", "sqrt(mu)", "", "Radius of the limit cycle; 0 for mu <= 0."),
    {0}};

static void rhs(const dyn *d, double t, const double *x, double *dx)
{
    const double square = x[0] * x[0] + x[1] * x[1];
    const double grow = d->p[P_MU] - square, turn = d->p[P_OMEGA] + d->p[P_TWIST] * square;

    (void)t;
    dx[0] = grow * x[0] - turn * x[1];
    dx[1] = turn * x[0] + grow * x[1];
}

static void jacobian(const dyn *d, double t, const double *x, double *J)
{
    const double a = x[0], b = x[1], twist = d->p[P_TWIST], square = a * a + b * b;
    const double grow = d->p[P_MU] - square, turn = d->p[P_OMEGA] + twist * square;

    (void)t;
    J[0] = grow - 2 * a * a - 2 * twist * a * b;
    J[1] = -2 * a * b - turn - 2 * twist * b * b;
    J[2] = turn + 2 * twist * a * a - 2 * a * b;
    J[3] = 2 * twist * a * b + grow - 2 * b * b;
}

static void own(const dyn *d, const ory_moment *m, int which, double *out)
{
    *out = which == OWN_RADIUS ? hypot(m->x[0], m->x[1]) : sqrt(fmax(d->p[P_MU], 0));
}

static const char *const names[] = {"x", "y"};
static const double start[] = {0.1, 0}, box[] = {-1.5, 1.5, -1.5, 1.5};

static const dyn_model model = {
    .title = "Hopf", .names = names, .x0 = start, .box = box, .plane = {0, 1},
    .rhs = rhs, .jacobian = jacobian, .own = own};

static ory_status init(ory_system *s, ory_error *err)
{
    return dyn_init(s, &model, 2, err);
}

static const char *const record[] = {"x", "y", "radius", "cycle", "plane_x", "plane_y", NULL};

const ory_system_class ory_dyn_hopf_class = {
    .name = "dyn.hopf",
    .summary = "normal form of the Hopf bifurcation: a limit cycle of radius sqrt(mu)",
    .source = "Strogatz, Nonlinear Dynamics and Chaos, section 8.2",
    .example = "dyn.hopf{ mu=0.5, x0={0.1, 0} }",
    .params = params,
    .probes = probes,
    .record = record,
    .layout = "v(h(phase(plane_x, plane_y, title='phase portrait'):34,"
              " v(trace(radius, cycle):12, h(spectrum(eigenvalues):16, dial(mu):12):10):30):12, console:3)",
    .init = init,
    DYN_CLASS};
