/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyn_lorenz.c - dyn.lorenz: x' = sigma (y - x), y' = rho x - y - x z, z' = x y - beta z. */
#include "config.h"

#include <math.h>

#include "systems/dyn.h"

enum { P_SIGMA, P_RHO, P_BETA };

#define KNOB(name_, def_, doc_)                                                                   \
    {name_, ORY_PARAM_REAL, def_, -INFINITY, INFINITY, NULL, ORY_LIVE, "", doc_, NULL}

static const ory_param params[] = {
    DYN_PARAMS,
    [DYN_OWN_PARAM + P_SIGMA] = KNOB("sigma", 10, "Prandtl number"),
    [DYN_OWN_PARAM + P_RHO] = KNOB("rho", 28, "Rayleigh number over its critical value"),
    [DYN_OWN_PARAM + P_BETA] = KNOB("beta", 8.0 / 3, "shape of the rolls"),
    {0}};

static const ory_probe probes[] = {
    DYN_PROBES,
    [DYN_OWN_PROBE] = DYN_SCALAR("x", "x", "", "Speed of the convection."),
    DYN_SCALAR("y", "y", "", "Difference of temperature between rising and sinking fluid."),
    DYN_SCALAR("z", "z", "", "Departure of the temperature from a straight profile."),
    DYN_SCALAR("rho_hopf", "rho_H", "",
               "sigma (sigma + beta + 3)/(sigma - beta - 1): above it both rolls are unstable; NaN "
               "where it is not positive."),
    {0}};

static void rhs(const dyn *d, double t, const double *x, double *dx)
{
    const double *p = d->p;

    (void)t;
    dx[0] = p[P_SIGMA] * (x[1] - x[0]);
    dx[1] = x[0] * (p[P_RHO] - x[2]) - x[1];
    dx[2] = x[0] * x[1] - p[P_BETA] * x[2];
}

static void jacobian(const dyn *d, double t, const double *x, double *J)
{
    const double *p = d->p;

    (void)t;
    J[0] = -p[P_SIGMA], J[1] = p[P_SIGMA], J[2] = 0;
    J[3] = p[P_RHO] - x[2], J[4] = -1, J[5] = -x[0];
    J[6] = x[1], J[7] = x[0], J[8] = -p[P_BETA];
}

static void own(const dyn *d, const ory_moment *m, int which, double *out)
{
    const double *p = d->p;
    const double at = p[P_SIGMA] * (p[P_SIGMA] + p[P_BETA] + 3) / (p[P_SIGMA] - p[P_BETA] - 1);

    (void)m, (void)which;
    *out = at > 0 && isfinite(at) ? at : NAN;
}

static const char *const names[] = {"x", "y", "z"};
static const double start[] = {1, 1, 1}, box[] = {-25, 25, -30, 30, 0, 50};

static const dyn_model model = {
    .title = "Lorenz", .names = names, .x0 = start, .box = box, .plane = {0, 2},
    .rhs = rhs, .jacobian = jacobian, .own = own};

static ory_status init(ory_system *s, ory_error *err)
{
    return dyn_init(s, &model, 3, err);
}

static const char *const record[] = {"x", "y", "z", "plane_x", "plane_y", NULL};

const ory_system_class ory_dyn_lorenz_class = {
    .name = "dyn.lorenz",
    .summary = "Lorenz's three equations of convection",
    .source = "Lorenz, Journal of the Atmospheric Sciences 20, 1963",
    .example = "dyn.lorenz{ rho=28, x0={1, 1, 1} }",
    .params = params,
    .probes = probes,
    .record = record,
    .layout = "v(h(phase(plane_x, plane_y, title='phase portrait', nullclines=false):34,"
              " v(trace(x, z):12, h(spectrum(eigenvalues):16, dial(rho):12):10):30):12, console:3)",
    .init = init,
    DYN_CLASS};
