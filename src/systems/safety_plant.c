/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safety_plant.c - the maps that must be kept safe: an inverted pendulum, a double
 * integrator, a robot in a room; and their truth without a grid. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "systems/safety.h"

const char *const safety_plants[] = {"pendulum", "integrator", "robot", "table", NULL};

static const double room = 5, block_low = 2, block_high = 3, block_top = 3; /* the robot's, m */
static const double robot_speed = 0.5, robot_hold = 0.5;                   /* m/s, s         */
enum { ROBOT_STEPS = 50, TRUTH_STEPS = 4000 };

static void set_box(safety_plant *p, int axis, double low, double high, const char *name)
{
    p->low[axis] = low;
    p->high[axis] = high;
    p->names[axis] = name;
}

void safety_plant_init(safety_plant *p, const ory_values *v)
{
    const double l = ory_values_real(v, SP_LENGTH), amax = ory_values_real(v, SP_AMAX);
    double vmax = ory_values_real(v, SP_VMAX);

    memset(p, 0, sizeof *p);
    p->kind = ory_values_given(v, SP_NEXT) ? PLANT_TABLE : ory_values_choice(v, SP_PLANT);
    p->axes = p->kind == PLANT_ROBOT ? 3 : 2;
    p->m = ory_values_size(v, SP_ACTIONS);
    p->m = p->m ? p->m : p->kind == PLANT_ROBOT ? 8 : 5;
    p->dt = ory_values_real(v, SP_DT);
    p->alpha = 3 * ory_values_real(v, SP_GRAVITY) / (2 * l);
    p->beta = 3 * amax / (ory_values_real(v, SP_MASS) * l * l);
    vmax = vmax > 0 ? vmax : p->kind == PLANT_INTEGRATOR ? 2.2 : 8;
    for (size_t a = 0; a < p->m; a++)
        p->u[a] = p->kind == PLANT_ROBOT ? -M_PI + 2 * M_PI * (double)a / (double)p->m
                  : p->m == 1            ? 0
                                         : -1 + 2 * (double)a / (double)(p->m - 1);
    if (p->kind == PLANT_ROBOT) {
        set_box(p, 0, 0, room, "x");
        set_box(p, 1, 0, room, "y");
        set_box(p, 2, -M_PI, M_PI, "heading");
        p->wrap[2] = true;
    } else if (p->kind == PLANT_INTEGRATOR) {
        set_box(p, 0, -1, 1, "x");
        set_box(p, 1, -vmax, vmax, "v");
    } else {
        set_box(p, 0, -M_PI / 2, M_PI / 2, "θ");
        set_box(p, 1, -vmax, vmax, "ω");
    }
}

static bool hits(double x, double y)
{
    return !(x > 0 && x < room && y > 0 && y < room) ||
           (x >= block_low && x <= block_high && y <= block_top);
}

bool safety_plant_failed(const safety_plant *p, const double *x)
{
    if (p->kind == PLANT_ROBOT)
        return hits(x[0], x[1]);
    return !(x[0] > p->low[0] && x[0] < p->high[0]);
}

static bool robot_step(const safety_plant *p, const double *x, size_t a, double *out)
{
    const double h = robot_hold / ROBOT_STEPS, goal = x[2] + p->u[a];
    double px = x[0], py = x[1], th = x[2];
    bool failed = false;

    for (int i = 0; i < ROBOT_STEPS && !failed; i++) {
        px += h * robot_speed * cos(th);
        py += h * robot_speed * sin(th);
        th += h * (goal - th);
        failed = hits(px, py);
    }
    out[0] = px;
    out[1] = py;
    out[2] = th - 2 * M_PI * floor((th + M_PI) / (2 * M_PI));
    return failed;
}

static inline double clip(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

bool safety_plant_step(const safety_plant *p, const double *x, size_t a, double *out)
{
    double v;

    if (p->kind == PLANT_ROBOT)
        return robot_step(p, x, a, out);
    if (p->kind == PLANT_INTEGRATOR)
        v = x[1] + p->dt * p->u[a];
    else
        v = clip(x[1] + p->dt * (p->alpha * sin(x[0]) + p->beta * p->u[a]), p->low[1], p->high[1]);
    out[0] = x[0] + p->dt * v; /* with the new speed */
    out[1] = v;
    return safety_plant_failed(p, out);
}

bool safety_plant_hold(const safety_plant *p, const double *x, size_t a, size_t hold, double *out)
{
    memcpy(out, x, p->axes * sizeof *out);
    for (size_t i = 0; i < hold; i++)
        if (safety_plant_step(p, out, a, out))
            return true;
    return false;
}

/* ------------------------------------------------------------------------- truth */

bool safety_plant_has_truth(const safety_plant *p)
{
    return p->kind == PLANT_PENDULUM || p->kind == PLANT_INTEGRATOR;
}

bool safety_plant_runs_out(const safety_plant *p, const double *x, int side)
{
    const size_t a = side > 0 ? 0 : p->m - 1; /* the action against it */
    double y[2] = {x[0], x[1]};

    for (int i = 0; i < TRUTH_STEPS; i++)
        if (safety_plant_step(p, y, a, y))
            return (y[0] > 0) == (side > 0);
    return false;
}

bool safety_plant_safe(const safety_plant *p, const double *x)
{
    return !safety_plant_failed(p, x) && !safety_plant_runs_out(p, x, 1) &&
           !safety_plant_runs_out(p, x, -1);
}

double safety_plant_margin(const safety_plant *p, const double *x)
{
    double walls, dx, dy;

    if (p->kind != PLANT_ROBOT)
        return p->high[0] - fabs(x[0]);
    walls = fmin(fmin(x[0], room - x[0]), fmin(x[1], room - x[1]));
    dx = fmax(fmax(block_low - x[0], x[0] - block_high), 0);
    dy = fmax(x[1] - block_top, 0);
    return hits(x[0], x[1]) ? -fmin(0.1, fabs(walls)) : fmin(walls, hypot(dx, dy));
}

double safety_plant_upper(const safety_plant *p, double x)
{
    double rest, K, inside;

    if (p->kind == PLANT_INTEGRATOR)
        return sqrt(2 * (1 - x));
    rest = p->beta < p->alpha ? asin(p->beta / p->alpha) : M_PI / 2;
    K = p->beta < p->alpha ? p->alpha * cos(rest) + p->beta * rest : p->beta * M_PI / 2;
    inside = 2 * (K - p->alpha * cos(x) - p->beta * x);
    return copysign(sqrt(fmax(inside, 0)), rest - x);
}
