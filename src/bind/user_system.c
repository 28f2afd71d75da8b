/* SPDX-License-Identifier: GPL-3.0-or-later */
/* user_system.c - system classes made of Lua functions: see user_system.h. */
#include "config.h"

#include "bind/user_system.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "bind/user_call.h"
#include "core/mem.h"
#include "systems/dyn.h"

#define CLASS_MT "orrery.user_class"

enum { PARAM_LOSS_MIN = DYN_OWN_PARAM, PARAM_USER };

static const char *const function_names[USER_FUNCTIONS] = {"f", "jacobian", "loss", "gradient"};

typedef struct user_class {
    ory_system_class base; /* first: a system's class is this */
    dyn_model model;
    unsigned refs;
    user_functions fn;
    char **texts;          /* every text that the tables point to */
    size_t n_texts, room_texts;
    ory_param *params;
    ory_probe *probes;
    const char **record;
} user_class;

static void call(const dyn *d, int which, double t, const double *x, double *out, size_t count)
{
    user_call_run(d->extra, which, t, x, out, count, &d->sys->trouble);
}

/* --------------------------------------------------------------- functions of the class */

static void user_rhs(const dyn *d, double t, const double *x, double *dx)
{
    call(d, USER_RHS, t, x, dx, d->n);
}

static void user_jacobian(const dyn *d, double t, const double *x, double *J)
{
    call(d, USER_JACOBIAN, t, x, J, d->n * d->n);
}

static bool has(const dyn *d, int which)
{
    return ((const user_call *)d->extra)->fn->ref[which] != LUA_NOREF;
}

/* The user's, or central differences of the loss. */
static void gradient(const dyn *d, const double *x, double *grad)
{
    double *at = d->extra_space, high, low;

    if (has(d, USER_GRADIENT)) {
        call(d, USER_GRADIENT, 0, x, grad, d->n);
        return;
    }
    memcpy(at, x, d->n * sizeof *at);
    for (size_t j = 0; j < d->n; j++) {
        const double h = cbrt(DBL_EPSILON) * fmax(fabs(x[j]), 1), up = x[j] + h, down = x[j] - h;

        at[j] = up;
        call(d, USER_LOSS, 0, at, &high, 1);
        at[j] = down;
        call(d, USER_LOSS, 0, at, &low, 1);
        at[j] = x[j];
        grad[j] = (high - low) / (up - down);
    }
}

static void user_loss(ory_system *s, const double *x, double *loss, double *grad)
{
    const dyn *d = s->self;

    if (loss)
        call(d, USER_LOSS, 0, x, loss, 1);
    if (grad)
        gradient(d, x, grad);
}

/* Central differences of the gradient along v. The step suits the error of the gradient:
 * rounding for the user's own, about 1e-10 for differences. */
static void user_hvp(ory_system *s, const double *x, const double *v, double *hv)
{
    const dyn *d = s->self;
    double *at = d->extra_space + d->n, *other = at + d->n, size = 0, length = 0, h;

    for (size_t i = 0; i < d->n; i++) {
        length = hypot(length, v[i]);
        size = fmax(size, fabs(x[i]));
    }
    h = pow(DBL_EPSILON, has(d, USER_GRADIENT) ? 1.0 / 3 : 2.0 / 9) * fmax(size, 1);
    h /= length > 0 ? length : 1;
    for (size_t i = 0; i < d->n; i++)
        at[i] = x[i] + h * v[i];
    gradient(d, at, hv);
    for (size_t i = 0; i < d->n; i++)
        at[i] = x[i] - h * v[i];
    gradient(d, at, other);
    for (size_t i = 0; i < d->n; i++)
        hv[i] = (hv[i] - other[i]) / (2 * h);
}

static void descent_rhs(const dyn *d, double t, const double *x, double *dx)
{
    (void)t;
    gradient(d, x, dx);
    for (size_t i = 0; i < d->n; i++)
        dx[i] = -dx[i];
}

/* J = minus the Hessian, a column for each unit vector, made symmetric. */
static void descent_jacobian(const dyn *d, double t, const double *x, double *J)
{
    double *unit = d->extra_space + 3 * d->n, *column = unit + d->n;

    (void)t;
    memset(unit, 0, d->n * sizeof *unit);
    for (size_t j = 0; j < d->n; j++) {
        unit[j] = 1;
        user_hvp(d->sys, x, unit, column);
        unit[j] = 0;
        for (size_t i = 0; i < d->n; i++)
            J[i * d->n + j] = -column[i];
    }
    for (size_t i = 0; i < d->n; i++)
        for (size_t j = 0; j < i; j++)
            J[i * d->n + j] = J[j * d->n + i] = (J[i * d->n + j] + J[j * d->n + i]) / 2;
}

/* ------------------------------------------------------------------ life of a system */

static void class_unref(user_class *c);

static ory_status user_init(ory_system *s, ory_error *err)
{
    user_class *c = (user_class *)(uintptr_t)s->class; /* made on the heap, never constant */
    ory_status ok = dyn_init(s, &c->model, c->fn.n, err);
    user_call *u;
    dyn *d = s->self;

    if (ok != ORY_OK)
        return ok;
    if (!(u = ory_alloc(1, sizeof *u)) || !(d->extra_space = ory_alloc(5 * c->fn.n, sizeof(double)))) {
        ory_free(u);
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", c->base.name);
    }
    *u = (user_call){.fn = &c->fn, .thread = LUA_NOREF, .p = d->p + PARAM_USER - DYN_OWN_PARAM};
    d->extra = u;
    c->refs++;
    if (ory_values_given(&s->values, PARAM_LOSS_MIN))
        s->loss_min = ory_values_real(&s->values, PARAM_LOSS_MIN);
    return user_call_start(u, err);
}

static void user_fini(ory_system *s)
{
    dyn *d = s->self;
    user_call *u = d ? d->extra : NULL;
    user_class *c = u ? (user_class *)(uintptr_t)s->class : NULL;

    if (u)
        user_call_end(u);
    dyn_fini(s);
    if (c)
        class_unref(c);
}

static ory_status user_changed(ory_system *s, int param, ory_error *err)
{
    const dyn *d = s->self;
    ory_status ok = dyn_changed(s, param, err);

    return ok == ORY_OK ? user_call_params(d->extra, err) : ok;
}

/* A probe may have called the user's functions. */
static ory_status user_probe(ory_system *s, const ory_moment *m, int which, double *out,
                             ory_error *err)
{
    const ory_status ok = dyn_probe(s, m, which, out, err), status = s->trouble.status;

    if (status == ORY_OK)
        return ok;
    s->trouble.status = ORY_OK;
    return ory_fail(err, status, "%s", s->trouble.text);
}

/* ------------------------------------------------------------------- making a class */

static void class_unref(user_class *c)
{
    if (--c->refs > 0)
        return;
    for (int i = 0; i < USER_FUNCTIONS; i++)
        luaL_unref(c->fn.L, LUA_REGISTRYINDEX, c->fn.ref[i]);
    for (size_t i = 0; i < c->n_texts; i++)
        ory_free(c->texts[i]);
    ory_free(c->texts);
    ory_free(c->fn.names);
    ory_free(c->fn.params);
    ory_free(c->params);
    ory_free(c->probes);
    ory_free(c->record);
    ory_free(c);
}

static int class_gc(lua_State *L)
{
    user_class **box = luaL_checkudata(L, 1, CLASS_MT);

    if (*box)
        class_unref(*box);
    *box = NULL;
    return 0;
}

static void *need(lua_State *L, void *p)
{
    if (!p)
        ory_raisef(L, "no memory for a system of your own");
    return p;
}

/* A copy, kept by the class, of the text at the top of the stack; pops it. */
static const char *keep(lua_State *L, user_class *c)
{
    char *copy;

    if (c->n_texts == c->room_texts)
        ory_raisef(L, "%s: too many names", c->base.name);
    copy = need(L, ory_strdup(luaL_checkstring(L, -1)));
    c->texts[c->n_texts++] = copy;
    lua_pop(L, 1);
    return copy;
}

/* The texts of the list in field `key`, or 0. The list stays on the stack. */
static size_t push_list(lua_State *L, int idx, const char *key)
{
    return lua_getfield(L, idx, key) == LUA_TTABLE ? (size_t)lua_rawlen(L, -1) : 0;
}

static const char *keep_item(lua_State *L, user_class *c, size_t i)
{
    lua_rawgeti(L, -1, (lua_Integer)i + 1);
    return keep(L, c);
}

static void make_params(lua_State *L, int idx, user_class *c)
{
    static const ory_param common[] = {
        DYN_PARAMS,
        [PARAM_LOSS_MIN] = {"loss_min", ORY_PARAM_REAL, 0, -INFINITY, INFINITY, NULL, ORY_OPTIONAL,
                            "", "least value of the loss, for gap and pl", NULL}};

    c->fn.n_params = push_list(L, idx, "params");
    c->params = need(L, ory_alloc(PARAM_USER + c->fn.n_params + 1, sizeof *c->params));
    c->fn.params = need(L, ory_alloc(c->fn.n_params + 1, sizeof *c->fn.params));
    memcpy(c->params, common, sizeof common);
    lua_getfield(L, idx, "values");
    lua_insert(L, -2);
    for (size_t i = 0; i < c->fn.n_params; i++) {
        const char *name = c->fn.params[i] = keep_item(L, c, i);

        lua_rawgeti(L, -2, (lua_Integer)i + 1);
        c->params[PARAM_USER + i] =
            (ory_param){name, ORY_PARAM_REAL, luaL_checknumber(L, -1), -INFINITY, INFINITY, NULL,
                        ORY_LIVE, "", "parameter of the user's own", NULL};
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
}

static void make_probes(lua_State *L, int idx, user_class *c)
{
    static const ory_probe common[] = {DYN_PROBES};
    const size_t named = push_list(L, idx, "names");

    c->probes = need(L, ory_alloc(DYN_OWN_PROBE + named + 1, sizeof *c->probes));
    memcpy(c->probes, common, sizeof common);
    if (named)
        c->fn.names = need(L, ory_alloc(named, sizeof *c->fn.names));
    for (size_t i = 0; i < named; i++) {
        const char *name = c->fn.names[i] = keep_item(L, c, i);

        c->probes[DYN_OWN_PROBE + i] =
            (ory_probe)DYN_SCALAR(name, name, "", "Variable of the state.");
    }
    lua_pop(L, 1);
}

static void make_record(lua_State *L, int idx, user_class *c)
{
    const size_t n = push_list(L, idx, "record");

    c->record = need(L, ory_alloc(n + 1, sizeof *c->record));
    for (size_t i = 0; i < n; i++)
        c->record[i] = keep_item(L, c, i);
    lua_pop(L, 1);
}

static void take_functions(lua_State *L, int idx, user_class *c)
{
    for (int i = 0; i < USER_FUNCTIONS; i++) {
        c->fn.ref[i] = LUA_NOREF;
        if (lua_getfield(L, idx, function_names[i]) == LUA_TFUNCTION)
            c->fn.ref[i] = luaL_ref(L, LUA_REGISTRYINDEX);
        else
            lua_pop(L, 1);
    }
}

static void set_class(user_class *c, const char *name, const char *layout)
{
    const bool descends = c->fn.ref[USER_LOSS] != LUA_NOREF;

    c->model = (dyn_model){.title = descends ? "own loss" : "own system",
                           .names = c->fn.names, .plane = {0, c->fn.n > 1},
                           .rhs = descends ? descent_rhs : user_rhs};
    if (descends)
        c->model.jacobian = descent_jacobian;
    else if (c->fn.ref[USER_JACOBIAN] != LUA_NOREF)
        c->model.jacobian = user_jacobian;
    c->base = (ory_system_class){
        .name = name, .source = "", .layout = layout, .params = c->params, .probes = c->probes,
        .record = c->record, .calls_back = true, .init = user_init, .fini = user_fini,
        DYN_SHARED, .describe = dyn_describe};
    c->base.summary = descends ? "gradient flow on a loss of the user's own"
                               : "x' = f(t, x), a function of the user's own";
    c->base.changed = user_changed;
    c->base.probe = user_probe;
    if (!c->model.jacobian)
        c->base.jacobian = NULL;
    if (!descends)
        return;
    c->base.default_stepper = "gd";
    c->base.default_rule = "backtrack";
    c->base.rhs = NULL;
    c->base.jacobian = NULL;
    c->base.loss = user_loss;
    c->base.hvp = user_hvp;
}

const ory_system_class *ory_push_user_class(lua_State *L, int idx)
{
    user_class **box = lua_newuserdatauv(L, sizeof *box, 0), *c;
    const char *name, *layout;

    *box = NULL;
    idx = lua_absindex(L, idx);
    if (luaL_newmetatable(L, CLASS_MT)) {
        lua_pushcfunction(L, class_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    c = *box = need(L, ory_alloc(1, sizeof *c));
    c->refs = 1;
    for (int i = 0; i < USER_FUNCTIONS; i++)
        c->fn.ref[i] = LUA_NOREF;
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    c->fn.L = lua_tothread(L, -1);
    lua_pop(L, 1);
    c->room_texts = 512;
    c->texts = need(L, ory_alloc(c->room_texts, sizeof *c->texts));
    lua_getfield(L, idx, "n");
    c->fn.n = (size_t)luaL_checkinteger(L, -1);
    lua_pop(L, 1);
    lua_getfield(L, idx, "name");
    name = c->base.name = c->fn.owner = keep(L, c);
    lua_getfield(L, idx, "layout");
    layout = keep(L, c);
    make_params(L, idx, c);
    make_probes(L, idx, c);
    make_record(L, idx, c);
    take_functions(L, idx, c);
    set_class(c, name, layout);
    return &c->base;
}
