/* SPDX-License-Identifier: GPL-3.0-or-later */
/* user_system.c - system classes made of Lua functions: see user_system.h. */
#include "config.h"

#include "bind/user_system.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "bind/interrupt.h"
#include "core/interrupt.h"
#include "core/mem.h"
#include "systems/dyn.h"

#define CLASS_MT "orrery.user_class"

enum { F_RHS, F_JACOBIAN, F_LOSS, F_GRADIENT, FUNCTIONS };
enum { PARAM_LOSS_MIN = DYN_OWN_PARAM, PARAM_USER };

static const char *const function_names[FUNCTIONS] = {"f", "jacobian", "loss", "gradient"};

typedef struct user_class {
    ory_system_class base; /* first: a system's class is this */
    dyn_model model;
    unsigned refs;
    lua_State *L;          /* the main thread */
    int functions[FUNCTIONS]; /* references in the registry, or LUA_NOREF */
    size_t n, n_params;
    char **texts;          /* every text that the tables point to */
    size_t n_texts, room_texts;
    const char **names;    /* n, or NULL */
    ory_param *params;
    ory_probe *probes;
    const char **record;
} user_class;

/* One system's way to its functions. */
typedef struct user_call {
    const user_class *class;
    lua_State *co;
    int thread;             /* its reference */
    const double *x, *p;
    double t, *out;
    bool busy;              /* one of its functions is running */
} user_call;

/* Slots of a system's thread: the message handler, then one closure for each function. */
enum { SLOT_HANDLER = 1, SLOT_FUNCTION };
/* Upvalues of a closure. */
enum { UP_FUNCTION = 1, UP_X, UP_OUT, UP_PARAMS };

/* ----------------------------------------------------------------- names in tables */

/* x.theta and dx.theta: upvalue 1 is a table name -> number. */
static int unknown_name(lua_State *L)
{
    const char *names[ORY_MAX_BLOCKS], *near;
    size_t n = 0;

    if (lua_type(L, 2) == LUA_TNUMBER)
        return luaL_error(L, "index %s: there are %d numbers", lua_tostring(L, 2),
                          (int)lua_rawlen(L, 1));
    for (lua_pushnil(L); lua_next(L, lua_upvalueindex(1)); lua_pop(L, 1))
        if (n < ORY_MAX_BLOCKS)
            names[n++] = lua_tostring(L, -2);
    near = ory_nearest(luaL_tolstring(L, 2, NULL), names, n);
    if (near)
        return luaL_error(L, "no '%s' here (did you mean '%s'?)", lua_tostring(L, -1), near);
    return luaL_error(L, "no '%s' here", lua_tostring(L, -1));
}

static int named_index(lua_State *L)
{
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNUMBER)
        return unknown_name(L);
    lua_rawget(L, 1);
    return 1;
}

static int named_newindex(lua_State *L)
{
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNUMBER)
        return unknown_name(L);
    lua_pushvalue(L, 3);
    lua_rawset(L, 1);
    return 0;
}

static int params_newindex(lua_State *L)
{
    return luaL_error(L, "parameters are knobs of the run: r.%s = …", luaL_tolstring(L, 2, NULL));
}

/* A table of n zeros at the top, with its entries' names. */
static void push_numbers(lua_State *L, size_t n, const char *const *names)
{
    lua_createtable(L, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        lua_pushnumber(L, 0);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_createtable(L, 0, 2);
    lua_newtable(L);
    for (size_t i = 0; names && i < n; i++) {
        lua_pushinteger(L, (lua_Integer)i + 1);
        lua_setfield(L, -2, names[i]);
    }
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, named_index, 1);
    lua_setfield(L, -3, "__index");
    lua_pushcclosure(L, named_newindex, 1);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
}

/* A table of n rows of n numbers. */
static void push_square(lua_State *L, size_t n, const char *const *names)
{
    lua_createtable(L, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        push_numbers(L, n, names);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* ------------------------------------------------------------------------- calling */

static void fill(lua_State *L, int table, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        lua_pushnumber(L, x ? x[i] : 0);
        lua_rawseti(L, table, (lua_Integer)i + 1);
    }
}

static void fetch(lua_State *L, int table, double *out, size_t n, const char *what)
{
    for (size_t i = 0; i < n; i++) {
        int number;

        lua_rawgeti(L, table, (lua_Integer)i + 1);
        out[i] = lua_tonumberx(L, -1, &number);
        if (!number)
            luaL_error(L, "%s set entry %d of its result to a %s, not a number", what, (int)i + 1,
                       luaL_typename(L, -1));
        lua_pop(L, 1);
    }
}

/* The variables of u for a call of the function in upvalue 1: function, then x. */
static const user_call *begin(lua_State *L)
{
    const user_call *u = lua_touserdata(L, 1);

    fill(L, lua_upvalueindex(UP_X), u->x, u->class->n);
    lua_pushvalue(L, lua_upvalueindex(UP_FUNCTION));
    return u;
}

static int call_rhs(lua_State *L)
{
    const user_call *u = begin(L);

    fill(L, lua_upvalueindex(UP_OUT), NULL, u->class->n);
    lua_pushnumber(L, u->t);
    lua_pushvalue(L, lua_upvalueindex(UP_X));
    lua_pushvalue(L, lua_upvalueindex(UP_OUT));
    lua_pushvalue(L, lua_upvalueindex(UP_PARAMS));
    lua_call(L, 4, 0);
    fetch(L, lua_upvalueindex(UP_OUT), u->out, u->class->n, "f");
    return 0;
}

static int call_jacobian(lua_State *L)
{
    const user_call *u = begin(L);
    const size_t n = u->class->n;

    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, lua_upvalueindex(UP_OUT), (lua_Integer)i + 1);
        fill(L, lua_gettop(L), NULL, n);
        lua_pop(L, 1);
    }
    lua_pushnumber(L, u->t);
    lua_pushvalue(L, lua_upvalueindex(UP_X));
    lua_pushvalue(L, lua_upvalueindex(UP_OUT));
    lua_pushvalue(L, lua_upvalueindex(UP_PARAMS));
    lua_call(L, 4, 0);
    for (size_t i = 0; i < n; i++) {
        if (lua_rawgeti(L, lua_upvalueindex(UP_OUT), (lua_Integer)i + 1) != LUA_TTABLE)
            luaL_error(L, "jacobian set row %d of its result to a %s: set its entries", (int)i + 1,
                       luaL_typename(L, -1));
        fetch(L, lua_gettop(L), u->out + i * n, n, "jacobian");
        lua_pop(L, 1);
    }
    return 0;
}

static int call_loss(lua_State *L)
{
    const user_call *u = begin(L);

    lua_pushvalue(L, lua_upvalueindex(UP_X));
    lua_pushvalue(L, lua_upvalueindex(UP_PARAMS));
    lua_call(L, 2, 1);
    if (lua_type(L, -1) != LUA_TNUMBER)
        luaL_error(L, "loss returned a %s, not a number", luaL_typename(L, -1));
    *u->out = lua_tonumber(L, -1);
    return 0;
}

static int call_gradient(lua_State *L)
{
    const user_call *u = begin(L);

    fill(L, lua_upvalueindex(UP_OUT), NULL, u->class->n);
    lua_pushvalue(L, lua_upvalueindex(UP_X));
    lua_pushvalue(L, lua_upvalueindex(UP_OUT));
    lua_pushvalue(L, lua_upvalueindex(UP_PARAMS));
    lua_call(L, 3, 0);
    fetch(L, lua_upvalueindex(UP_OUT), u->out, u->class->n, "gradient");
    return 0;
}

static const lua_CFunction callers[FUNCTIONS] = {call_rhs, call_jacobian, call_loss, call_gradient};

/* Calls one function at (t, x) into out[count]; what fails becomes the system's trouble,
 * and the numbers NaN. After trouble nothing is called until it has been passed on. */
static void call(const dyn *d, int which, double t, const double *x, double *out, size_t count)
{
    user_call *u = d->extra;
    ory_error *trouble = &d->sys->trouble;
    lua_State *outer;
    int code;

    if (u->busy && trouble->status == ORY_OK)
        ory_fail(trouble, ORY_ECALLBACK, "a function of a system asks that system itself");
    if (trouble->status == ORY_OK) {
        u->busy = true;
        u->t = t;
        u->x = x;
        u->out = out;
        outer = ory_lua_interrupt_enter(u->co);
        lua_pushvalue(u->co, SLOT_FUNCTION + which);
        lua_pushlightuserdata(u->co, u);
        code = lua_pcall(u->co, 1, 0, SLOT_HANDLER);
        ory_lua_interrupt_leave(outer);
        u->busy = false;
        if (code == LUA_OK)
            return;
        ory_fail(trouble, ory_interrupt_pending() ? ORY_EINTERRUPT : ORY_ECALLBACK, "%s",
                 lua_type(u->co, -1) == LUA_TSTRING ? lua_tostring(u->co, -1)
                                                    : "error without a message");
        lua_pop(u->co, 1);
    }
    for (size_t i = 0; i < count; i++)
        out[i] = NAN;
}

/* --------------------------------------------------------------- functions of the class */

static void user_rhs(const dyn *d, double t, const double *x, double *dx)
{
    call(d, F_RHS, t, x, dx, d->n);
}

static void user_jacobian(const dyn *d, double t, const double *x, double *J)
{
    call(d, F_JACOBIAN, t, x, J, d->n * d->n);
}

static bool has(const dyn *d, int which)
{
    return ((const user_call *)d->extra)->class->functions[which] != LUA_NOREF;
}

/* The user's, or central differences of the loss. */
static void gradient(const dyn *d, const double *x, double *grad)
{
    double *at = d->extra_space, high, low;

    if (has(d, F_GRADIENT)) {
        call(d, F_GRADIENT, 0, x, grad, d->n);
        return;
    }
    memcpy(at, x, d->n * sizeof *at);
    for (size_t j = 0; j < d->n; j++) {
        const double h = cbrt(DBL_EPSILON) * fmax(fabs(x[j]), 1), up = x[j] + h, down = x[j] - h;

        at[j] = up;
        call(d, F_LOSS, 0, at, &high, 1);
        at[j] = down;
        call(d, F_LOSS, 0, at, &low, 1);
        at[j] = x[j];
        grad[j] = (high - low) / (up - down);
    }
}

static void user_loss(ory_system *s, const double *x, double *loss, double *grad)
{
    const dyn *d = s->self;

    if (loss)
        call(d, F_LOSS, 0, x, loss, 1);
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
    h = pow(DBL_EPSILON, has(d, F_GRADIENT) ? 1.0 / 3 : 2.0 / 9) * fmax(size, 1);
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

/* The table of parameters is the third of its kind: all closures share it. */
static void set_params(lua_State *L, const user_class *c, const double *p)
{
    for (size_t i = 0; i < c->n_params; i++) {
        lua_pushstring(L, c->params[PARAM_USER + i].name);
        lua_pushnumber(L, p[PARAM_USER - DYN_OWN_PARAM + i]);
        lua_rawset(L, -3);
    }
}

/* Protected: thread, tables and closures of the system whose user_call is argument 1. */
static int make_thread(lua_State *L)
{
    user_call *u = lua_touserdata(L, 1);
    const user_class *c = u->class;
    lua_State *co = lua_newthread(L);
    int i;

    lua_newtable(L); /* parameters: 3; a name that it does not have is an error */
    lua_createtable(L, 0, 2);
    lua_newtable(L);
    set_params(L, c, u->p);
    lua_pushcclosure(L, unknown_name, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, params_newindex);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
    set_params(L, c, u->p);
    push_numbers(L, c->n, c->names);
    luaL_checkstack(co, SLOT_FUNCTION + FUNCTIONS + 8, NULL);
    lua_pushcfunction(co, ory_traceback);
    for (i = 0; i < FUNCTIONS; i++) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, c->functions[i]); /* nil for LUA_NOREF */
        lua_pushvalue(L, 4);
        if (i == F_JACOBIAN && c->functions[i] != LUA_NOREF)
            push_square(L, c->n, c->names);
        else
            push_numbers(L, c->n, c->names);
        lua_pushvalue(L, 3);
        lua_pushcclosure(L, callers[i], 4);
        lua_xmove(L, co, 1);
    }
    lua_pushvalue(L, 3);
    lua_xmove(L, co, 1); /* the parameters, behind the functions */
    u->co = co;
    lua_pushvalue(L, 2);
    u->thread = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

static ory_status start_thread(user_class *c, user_call *u, ory_error *err)
{
    ory_status ok;

    if (!lua_checkstack(c->L, 8))
        return ory_fail(err, ORY_ENOMEM, "the Lua stack is full");
    lua_pushcfunction(c->L, make_thread);
    lua_pushlightuserdata(c->L, u);
    ok = ory_call(c->L, 1, 0, err);
    return ok == ORY_ECALLBACK ? ory_fail(err, ORY_ENOMEM, "%s: out of memory", c->base.name) : ok;
}

static void class_unref(user_class *c);

static ory_status user_init(ory_system *s, ory_error *err)
{
    user_class *c = (user_class *)(uintptr_t)s->class; /* made on the heap, never constant */
    ory_status ok = dyn_init(s, &c->model, c->n, err);
    user_call *u;
    dyn *d = s->self;

    if (ok != ORY_OK)
        return ok;
    if (!(u = ory_alloc(1, sizeof *u)) || !(d->extra_space = ory_alloc(5 * c->n, sizeof(double)))) {
        ory_free(u);
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", c->base.name);
    }
    *u = (user_call){.class = c, .thread = LUA_NOREF, .p = d->p};
    d->extra = u;
    c->refs++;
    if (ory_values_given(&s->values, PARAM_LOSS_MIN))
        s->loss_min = ory_values_real(&s->values, PARAM_LOSS_MIN);
    return start_thread(c, u, err);
}

static void user_fini(ory_system *s)
{
    dyn *d = s->self;
    user_call *u = d ? d->extra : NULL;
    user_class *c = u ? (user_class *)(uintptr_t)s->class : NULL;

    if (u)
        luaL_unref(c->L, LUA_REGISTRYINDEX, u->thread);
    dyn_fini(s);
    if (c)
        class_unref(c);
}

static int update_params(lua_State *L)
{
    const user_call *u = lua_touserdata(L, 1);

    lua_pushvalue(u->co, SLOT_FUNCTION + FUNCTIONS);
    lua_xmove(u->co, L, 1);
    set_params(L, u->class, u->p);
    return 0;
}

static ory_status user_changed(ory_system *s, int param, ory_error *err)
{
    const dyn *d = s->self;
    const user_call *u = d->extra;
    ory_status ok = dyn_changed(s, param, err);

    if (ok != ORY_OK || !lua_checkstack(u->class->L, 8))
        return ok;
    lua_pushcfunction(u->class->L, update_params);
    lua_pushlightuserdata(u->class->L, d->extra);
    return ory_call(u->class->L, 1, 0, err);
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
    for (int i = 0; i < FUNCTIONS; i++)
        luaL_unref(c->L, LUA_REGISTRYINDEX, c->functions[i]);
    for (size_t i = 0; i < c->n_texts; i++)
        ory_free(c->texts[i]);
    ory_free(c->texts);
    ory_free(c->names);
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

    c->n_params = push_list(L, idx, "params");
    c->params = need(L, ory_alloc(PARAM_USER + c->n_params + 1, sizeof *c->params));
    memcpy(c->params, common, sizeof common);
    lua_getfield(L, idx, "values");
    lua_insert(L, -2);
    for (size_t i = 0; i < c->n_params; i++) {
        const char *name = keep_item(L, c, i);

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
        c->names = need(L, ory_alloc(named, sizeof *c->names));
    for (size_t i = 0; i < named; i++) {
        const char *name = c->names[i] = keep_item(L, c, i);

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
    for (int i = 0; i < FUNCTIONS; i++) {
        c->functions[i] = LUA_NOREF;
        if (lua_getfield(L, idx, function_names[i]) == LUA_TFUNCTION)
            c->functions[i] = luaL_ref(L, LUA_REGISTRYINDEX);
        else
            lua_pop(L, 1);
    }
}

static void set_class(user_class *c, const char *name, const char *layout)
{
    const bool descends = c->functions[F_LOSS] != LUA_NOREF;

    c->model = (dyn_model){.title = descends ? "own loss" : "own system",
                           .names = c->names, .plane = {0, c->n > 1},
                           .rhs = descends ? descent_rhs : user_rhs};
    if (descends)
        c->model.jacobian = descent_jacobian;
    else if (c->functions[F_JACOBIAN] != LUA_NOREF)
        c->model.jacobian = user_jacobian;
    c->base = (ory_system_class){
        .name = name, .source = "", .layout = layout, .params = c->params, .probes = c->probes,
        .record = c->record, .init = user_init, .fini = user_fini,
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
    for (int i = 0; i < FUNCTIONS; i++)
        c->functions[i] = LUA_NOREF;
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    c->L = lua_tothread(L, -1);
    lua_pop(L, 1);
    c->room_texts = 512;
    c->texts = need(L, ory_alloc(c->room_texts, sizeof *c->texts));
    lua_getfield(L, idx, "n");
    c->n = (size_t)luaL_checkinteger(L, -1);
    lua_pop(L, 1);
    lua_getfield(L, idx, "name");
    name = c->base.name = keep(L, c);
    lua_getfield(L, idx, "layout");
    layout = keep(L, c);
    make_params(L, idx, c);
    make_probes(L, idx, c);
    make_record(L, idx, c);
    take_functions(L, idx, c);
    set_class(c, name, layout);
    return &c->base;
}
