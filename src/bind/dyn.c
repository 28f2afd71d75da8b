/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyn.c (bind) - dynamical systems at the prompt: f, its Jacobian and equilibria of any
 * system; systems made of the user's own functions (checked by lua/orrery/dyn.lua). */
#include "config.h"

#include <string.h>

#include "bind/mat.h"
#include "bind/system.h"
#include "bind/user_system.h"
#include "core/mem.h"
#include "systems/dyn.h"

/* --------------------------------------------------------------------- checking */

/* What went wrong inside a function of the user's while a system was asked. */
static void raise_trouble(lua_State *L, ory_system *s, const char *fn)
{
    ory_error err = s->trouble;

    if (err.status == ORY_OK)
        return;
    s->trouble.status = ORY_OK;
    ory_raise_in(L, fn, &err);
}

/* Arguments (system [, x [, t]]): leaves the state as a vector of its own at the top. */
static ory_lmat *push_state(lua_State *L, ory_system *s, const char *fn, double *t)
{
    ory_lmat *x;
    ory_error err = {0};

    *t = lua_isnoneornil(L, 3) ? 0 : ory_check_real(L, 3, fn, "t");
    x = ory_push_mat(L, s->dim, 1);
    x->vector = true;
    if (lua_isnoneornil(L, 2)) {
        if (s->class->start(s, x->data, &err) != ORY_OK)
            ory_raise_in(L, fn, &err);
    } else {
        ory_mat given = ory_check_mat(L, 2, fn, "x");

        if (given.rows * given.cols != s->dim)
            ory_raisef(L, "%s: argument 2 (x): %d numbers (the state has %d)", fn,
                       (int)(given.rows * given.cols), (int)s->dim);
        for (size_t i = 0; i < given.rows; i++)
            memcpy(x->data + i * given.cols, ory_mat_at(&given, i, 0),
                   given.cols * sizeof *x->data);
    }
    return x;
}

static bool is_dyn(const ory_system *s)
{
    return s->class->start == dyn_start;
}

/* ----------------------------------------------------------------------- methods */

static int system_rhs(lua_State *L)
{
    ory_system *s = ory_check_system(L, 1, "system:rhs");
    ory_lmat *x, *dx;
    double t;

    if (!s->class->rhs && !s->class->loss)
        return ory_raisef(L, "system:rhs: %s moves in steps of its own, not as x' = f(t, x)",
                          s->class->name);
    lua_settop(L, 3);
    x = push_state(L, s, "system:rhs", &t);
    dx = ory_push_mat(L, s->dim, 1);
    dx->vector = true;
    if (s->class->rhs) {
        s->class->rhs(s, t, x->data, dx->data);
    } else {
        s->class->loss(s, x->data, NULL, dx->data);
        for (size_t i = 0; i < s->dim; i++)
            dx->data[i] = -dx->data[i];
    }
    raise_trouble(L, s, "system:rhs");
    return 1;
}

static int system_jacobian(lua_State *L)
{
    ory_system *s = ory_check_system(L, 1, "system:jacobian");
    ory_lmat *x, *J;
    double t;

    if (!is_dyn(s))
        return ory_raisef(L, "system:jacobian: %s has none (the systems dyn.… do, such as "
                             "dyn.pendulum{})", s->class->name);
    lua_settop(L, 3);
    x = push_state(L, s, "system:jacobian", &t);
    J = ory_push_mat(L, s->dim, s->dim);
    dyn_jacobian(s, t, x->data, J->data);
    raise_trouble(L, s, "system:jacobian");
    return 1;
}

/* One equilibrium as a record. */
static void push_equilibrium(lua_State *L, const dyn *d, size_t row)
{
    const ory_equilibria *e = &d->search;
    const double *re = e->re + row * d->n, *im = e->im + row * d->n;
    const char *kind = ory_equilibrium_name(e->kind[row]);
    ory_lmat *values;

    if (e->kind[row] == ORY_EQ_NODE || e->kind[row] == ORY_EQ_FOCUS)
        lua_pushfstring(L, "%s %s", e->stable[row] ? "stable" : "unstable", kind);
    else
        lua_pushstring(L, kind);
    ory_push_record(L, lua_tostring(L, -1));
    lua_remove(L, -2);
    lua_pushstring(L, kind);
    lua_setfield(L, -2, "kind");
    lua_pushboolean(L, e->stable[row]);
    lua_setfield(L, -2, "stable");
    ory_push_vector(L, e->x + row * d->n, d->n);
    lua_setfield(L, -2, "x");
    values = ory_push_mat(L, d->n, 2);
    for (size_t i = 0; i < d->n; i++) {
        values->data[2 * i] = re[i];
        values->data[2 * i + 1] = im[i];
    }
    lua_setfield(L, -2, "eigenvalues");
}

static int system_equilibria(lua_State *L)
{
    ory_system *s = ory_check_system(L, 1, "system:equilibria");
    const double t = lua_isnoneornil(L, 2) ? 0 : ory_check_real(L, 2, "system:equilibria", "t");
    ory_error err = {0};
    ory_status ok;
    dyn *d;

    if (!is_dyn(s))
        return ory_raisef(L, "system:equilibria: %s has none (the systems dyn.… do, such as "
                             "dyn.pendulum{})", s->class->name);
    d = s->self;
    if (d->model->continuous)
        return ory_raisef(L, "system:equilibria: %s: %s", s->class->name, d->model->continuous);
    ok = dyn_equilibria(s, t, NULL, &err);
    raise_trouble(L, s, "system:equilibria");
    if (ok != ORY_OK)
        return ory_raise_in(L, "system:equilibria", &err);
    lua_createtable(L, (int)d->search.found, 0);
    for (size_t i = 0; i < d->search.found; i++) {
        push_equilibrium(L, d, i);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

const ory_fn ory_dyn_methods[] = {
    {"system:rhs", system_rhs, "s:rhs([x [, t]]) -> vector",
     "The right-hand side f(t, x) of x' = f (minus the gradient where there is a loss), at the start "
     "unless a state is given.",
     "print(dyn.pendulum{}:rhs({0.5, 0}))"},
    {"system:jacobian", system_jacobian, "s:jacobian([x [, t]]) -> matrix",
     "Derivatives of f at a state: row i, column j is d f_i / d x_j. Exact for the systems that come "
     "with orrery; central differences where a function of your own has no jacobian.",
     "print(dyn.lorenz{}:jacobian({0, 0, 0}))"},
    {"system:equilibria", system_equilibria, "s:equilibria([t]) -> list of records",
     "Zeros of f in the system's box, by Newton from many starts: x, eigenvalues (real, imaginary), "
     "kind (node, focus, saddle, centre, degenerate), stable. What no start leads to is not found.",
     "for _, e in ipairs(dyn.double_well{}:equilibria()) do print(e.x, e.kind, e.stable) end"},
    {0}};

/* -------------------------------------------------------------------- construction */

/* make(description, options) -> system: see ory_push_user_class. */
static int make(lua_State *L)
{
    const ory_system_class *c;
    ory_error err = {0};
    ory_values *v;
    ory_system **box;

    luaL_checktype(L, 1, LUA_TTABLE);
    c = ory_push_user_class(L, 1);
    v = ory_check_options(L, 2, c->name, c->params);
    box = ory_push_system_box(L);
    if (ory_system_new(c, v, box, &err) != ORY_OK)
        return ory_raise(L, &err);
    ory_gc_sync(L);
    return 1;
}

/* One step of size h of the classical method of order four (Kutta 1901) from x, n numbers;
 * work: 5 n. */
static void rk4(ory_system *s, double t, double h, double *x, double *work)
{
    static const double at[] = {0, 0.5, 0.5, 1}, weight[] = {1. / 6, 1. / 3, 1. / 3, 1. / 6};
    const size_t n = s->dim;
    double *y = work + 4 * n;

    for (int i = 0; i < 4; i++) {
        const double *before = work + (i ? i - 1 : 0) * n;

        for (size_t k = 0; k < n; k++)
            y[k] = x[k] + (i ? at[i] * h * before[k] : 0);
        s->class->rhs(s, t + at[i] * h, y, work + i * n);
    }
    for (int i = 0; i < 4; i++)
        for (size_t k = 0; k < n; k++)
            x[k] += weight[i] * h * work[i * n + k];
}

/* flow(system, x, dt, steps, out, name): from the list x over the time dt in equal steps of
 * rk4; the states after each, n numbers a step, go into the list out. Errors begin with name. */
static int flow(lua_State *L)
{
    ory_system *s = ory_check_system(L, 1, "flow");
    const double dt = luaL_checknumber(L, 3);
    const lua_Integer steps = luaL_checkinteger(L, 4);
    const char *name = luaL_checkstring(L, 6);
    const size_t n = s->dim;
    double *x;

    if (!s->class->rhs)
        return ory_raisef(L, "%s: %s does not move as x' = f(t, x)", name, s->class->name);
    x = lua_newuserdatauv(L, 6 * n * sizeof *x, 0);
    for (size_t k = 0; k < n; k++, lua_pop(L, 1)) {
        lua_rawgeti(L, 2, (lua_Integer)k + 1);
        x[k] = luaL_checknumber(L, -1);
    }
    for (lua_Integer i = 0; i < steps; i++) {
        rk4(s, (double)i * dt / (double)steps, dt / (double)steps, x, x + n);
        raise_trouble(L, s, name);
        for (size_t k = 0; k < n; k++) {
            lua_pushnumber(L, x[k]);
            lua_rawseti(L, 5, i * (lua_Integer)n + (lua_Integer)k + 1);
        }
    }
    return 0;
}

/* Names that mean something on every run: taken(name) -> boolean. */
static int taken(lua_State *L)
{
    lua_pushboolean(L, ory_run_name_taken(luaL_checkstring(L, 1)));
    return 1;
}

static const ory_param ode_options[] = {
    {"f", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_REQUIRED, "", "function(t, x, dx, p): sets dx", NULL},
    {"jacobian", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "function(t, x, J, p): sets J[i][j] = d f_i / d x_j; differences when absent", NULL},
    {"names", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "", "list: what the variables are called",
     NULL},
    {"params", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "table name = number: p.name inside f, a knob of the run", NULL},
    {0}};

static const ory_param gradient_options[] = {
    {"loss", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_REQUIRED, "", "function(x, p) -> number", NULL},
    {"gradient", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "function(x, g, p): sets g; differences when absent", NULL},
    {"names", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "", "list: what the variables are called",
     NULL},
    {"params", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "table name = number: p.name inside loss, a knob of the run", NULL},
    {"loss_min", ORY_PARAM_REAL, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "least value of the loss, for gap and pl", NULL},
    {0}};

static const ory_param shared_options[] = {DYN_PARAMS, {0}};

/* Options that are no values: what they are called in help. */
static void name_types(lua_State *L, const char *fn)
{
    static const char *const types[][2] = {{"f", "function"},        {"jacobian", "function"},
                                           {"loss", "function"},     {"gradient", "function"},
                                           {"names", "list"},        {"params", "table"}};

    if (!ory_push_options(L, fn))
        return;
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TTABLE; i++) {
        lua_getfield(L, -1, "key");
        for (size_t k = 0; k < sizeof types / sizeof *types; k++)
            if (strcmp(lua_tostring(L, -1), types[k][0]) == 0) {
                lua_pushstring(L, types[k][1]);
                lua_setfield(L, -3, "type");
            }
        lua_pop(L, 2);
    }
    lua_pop(L, 2);
}

/* Adds to the table dyn at the top of the stack. */
void ory_open_dyn(lua_State *L)
{
    lua_pushcfunction(L, make);
    lua_setfield(L, -2, "_make");
    lua_pushcfunction(L, taken);
    lua_setfield(L, -2, "_taken");
    lua_pushcfunction(L, flow);
    lua_setfield(L, -2, "_flow");
    ory_help_options(L, "dyn.ode", ode_options);
    ory_help_options(L, "dyn.ode", shared_options);
    ory_help_options(L, "dyn.gradient", gradient_options);
    ory_help_options(L, "dyn.gradient", shared_options);
    name_types(L, "dyn.ode");
    name_types(L, "dyn.gradient");
}
