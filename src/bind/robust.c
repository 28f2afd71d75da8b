/* SPDX-License-Identifier: GPL-3.0-or-later */
/* robust.c (bind) - the numerical half of the module robust: classifiers as handles (a
 * network, an ideal classifier, a Lua function), attacks on them, distances between them.
 * Names, defaults and everything printed are in lua/orrery/robust.lua, which alone calls
 * these functions. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "algo/attack.h"
#include "algo/mixture.h"
#include "algo/pnet.h"
#include "bind/bind.h"
#include "bind/mat.h"
#include "core/mem.h"

#define SCORER_MT "orrery.scorer"

/* A classifier with what an attack on it needs; user value 1 is the Lua function. */
typedef struct scorer_box {
    ory_pnet net;
    ory_mixture mixture;
    ory_ideal ideal;
    ory_attack attack;
    ory_scorer s;
    lua_State *L; /* of the call that is going on */
    int self;     /* where this box lies on its stack */
} scorer_box;

static int scorer_gc(lua_State *L)
{
    scorer_box *box = luaL_checkudata(L, 1, SCORER_MT);

    ory_pnet_fini(&box->net);
    ory_ideal_fini(&box->ideal);
    ory_mixture_fini(&box->mixture);
    ory_attack_fini(&box->attack);
    memset(box, 0, sizeof *box);
    return 0;
}

static scorer_box *push_box(lua_State *L)
{
    scorer_box *box = lua_newuserdatauv(L, sizeof *box, 1);

    memset(box, 0, sizeof *box);
    luaL_setmetatable(L, SCORER_MT);
    return box;
}

/* The box at idx, ready to call back from this state. */
static scorer_box *check_box(lua_State *L, int idx)
{
    scorer_box *box = luaL_checkudata(L, idx, SCORER_MT);

    box->L = L;
    box->self = lua_absindex(L, idx);
    return box;
}

static int finish(lua_State *L, scorer_box *box, size_t D, ory_status status, ory_error *err,
                  const char *fn)
{
    box->s.D = D;
    if (status == ORY_OK)
        status = ory_attack_init(&box->attack, D, err);
    if (status != ORY_OK)
        return ory_raise_in(L, fn, err);
    ory_gc_sync(L);
    return 1;
}

/* ----------------------------------------------------------------- classifiers */

static ory_status network_eval(void *self, const double *X, size_t n, double *f, double *G,
                               ory_error *err)
{
    scorer_box *box = self;

    (void)err;
    ory_pnet_eval(&box->net, X, n, f, G);
    return ORY_OK;
}

/* network(W, v, p, bias, normalize) -> handle; W is h x D, v has h numbers. */
static int robust_network(lua_State *L)
{
    const ory_mat W = ory_check_mat(L, 1, "robust.network", "W");
    const ory_mat v = ory_check_mat(L, 2, "robust.network", "v");
    const double p = ory_check_real(L, 3, "robust.network", "p");
    const double bias = ory_check_real(L, 4, "robust.network", "bias");
    ory_error err = {0};
    ory_status status;
    scorer_box *box;

    if (v.rows * v.cols != W.rows || W.cols == 0 || W.rows == 0)
        return ory_raisef(L, "robust.network: W is %zu x %zu, v has %zu numbers (a row of W a neuron)",
                          W.rows, W.cols, v.rows * v.cols);
    if (!ory_all_finite(W.data, W.rows * W.cols) || !ory_all_finite(v.data, W.rows))
        return ory_raisef(L, "robust.network: the weights hold a number that is not finite");
    box = push_box(L);
    status = ory_pnet_init(&box->net, W.cols, W.rows, p, lua_toboolean(L, 5), &err);
    if (status == ORY_OK)
        ory_pnet_set(&box->net, W.data, v.data, bias);
    box->s = (ory_scorer){.self = box, .eval = network_eval};
    return finish(L, box, W.cols, status, &err, "robust.network");
}

/* ideal(kind, centres, K1, alpha, p) -> handle; kind from 0 as ory_ideal_kind. */
static int robust_ideal(lua_State *L)
{
    const int kind = (int)ory_check_int(L, 1, "robust.ideal", "kind", 0, ORY_IDEAL_BAYES);
    const ory_mat C = ory_check_mat(L, 2, "robust.ideal", "centres");
    const size_t K1 = (size_t)ory_check_int(L, 3, "robust.ideal", "K1", 0, 1000000);
    const double alpha = ory_check_real(L, 4, "robust.ideal", "alpha");
    const double p = ory_check_real(L, 5, "robust.ideal", "p");
    ory_error err = {0};
    ory_status status;
    scorer_box *box;

    if (!(p >= 1) || isinf(p))
        return ory_raisef(L, "robust.ideal: p = %g (must be a finite number >= 1)", p);
    box = push_box(L);
    status = ory_mixture_init(&box->mixture, C.cols, C.rows, K1, alpha, C.data, &err);
    if (status == ORY_OK && !(ory_mixture_skew(&box->mixture) <= 1e-8))
        status = ory_fail(&err, ORY_ERANGE, "the centres are not orthonormal (off by %.2g)",
                          ory_mixture_skew(&box->mixture));
    if (status == ORY_OK)
        status = ory_ideal_init(&box->ideal, &box->mixture, (ory_ideal_kind)kind, p, &err);
    if (status == ORY_OK)
        box->s = ory_ideal_scorer(&box->ideal);
    return finish(L, box, C.cols, status, &err, "robust.ideal");
}

/* A call of the user's function, made where errors of memory stay inside. */
typedef struct user_eval {
    scorer_box *box;
    const double *X;
    size_t n;
    double *f, *G;
} user_eval;

/* Result `what` at idx as count numbers. */
static void take(lua_State *L, int idx, const char *what, size_t rows, size_t cols, double *out)
{
    const ory_mat m = ory_check_mat(L, idx, "robust", what);

    if (m.rows * m.cols != rows * cols || (cols > 1 && rows > 1 && m.rows != rows))
        ory_raisef(L, "robust: the function's %s are %zu x %zu (must be %zu x %zu)", what, m.rows, m.cols,
                   rows, cols);
    memcpy(out, m.data, rows * cols * sizeof *out);
}

static int user_eval_inside(lua_State *L)
{
    const user_eval *e = lua_touserdata(L, 1);
    const size_t D = e->box->s.D;

    lua_pushvalue(L, 2); /* the function */
    memcpy(ory_push_mat(L, e->n, D)->data, e->X, e->n * D * sizeof(double));
    lua_call(L, 1, 2);
    take(L, 3, "outputs", e->n, 1, e->f);
    if (e->G)
        take(L, 4, "gradients", e->n, D, e->G);
    return 0;
}

static ory_status function_eval(void *self, const double *X, size_t n, double *f, double *G,
                                ory_error *err)
{
    scorer_box *box = self;
    user_eval e = {box, X, n, f, G};
    lua_State *L = box->L;

    if (n == 0)
        return ORY_OK;
    lua_pushcfunction(L, user_eval_inside);
    lua_pushlightuserdata(L, &e);
    lua_getiuservalue(L, box->self, 1);
    return ory_call(L, 2, 0, err);
}

/* func(f, D) -> handle; f(X) gives outputs (n) and gradients (n x D). */
static int robust_func(lua_State *L)
{
    const size_t D = (size_t)ory_check_int(L, 2, "robust", "D", 1, 1000000000);
    ory_error err = {0};
    scorer_box *box;

    luaL_checktype(L, 1, LUA_TFUNCTION);
    box = push_box(L);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    box->s = (ory_scorer){.self = box, .eval = function_eval};
    return finish(L, box, D, ORY_OK, &err, "robust");
}

/* ---------------------------------------------------------------------- samples */

static ory_mat check_samples(lua_State *L, int idx, const scorer_box *box, const char *fn)
{
    const ory_mat X = ory_check_mat(L, idx, fn, "X");

    if (X.cols != box->s.D || X.rows == 0)
        ory_raisef(L, "%s: X is %zu x %zu (the classifier takes %zu numbers a row)", fn, X.rows, X.cols,
                   box->s.D);
    if (!ory_all_finite(X.data, X.rows * X.cols))
        ory_raisef(L, "%s: X holds a number that is not finite", fn);
    return X;
}

static ory_mat check_labels(lua_State *L, int idx, size_t n, const char *fn)
{
    const ory_mat Y = ory_check_mat(L, idx, fn, "Y");

    if (Y.rows * Y.cols != n)
        ory_raisef(L, "%s: %zu samples, %zu labels", fn, n, Y.rows * Y.cols);
    for (size_t i = 0; i < n; i++)
        if (fabs(Y.data[i]) != 1)
            ory_raisef(L, "%s: Y[%zu] = %g (labels must be 1 or -1)", fn, i + 1, Y.data[i]);
    return Y;
}

static double check_radius(lua_State *L, double r, const char *fn)
{
    if (!(r >= 0) || isinf(r))
        ory_raisef(L, "%s: radius = %g (must be finite and >= 0)", fn, r);
    return r;
}

/* eval(handle, X) -> outputs, gradients */
static int robust_eval(lua_State *L)
{
    scorer_box *box = check_box(L, 1);
    const ory_mat X = check_samples(L, 2, box, "robust.eval");
    ory_lmat *f = ory_push_vec(L, X.rows, 1), *G = ory_push_mat(L, X.rows, X.cols);
    ory_error err = {0};

    if (box->s.eval(box->s.self, X.data, X.rows, f->data, G->data, &err) != ORY_OK)
        return ory_raise(L, &err);
    return 2;
}

/* ---------------------------------------------------------------------- attacks */

enum { A_NORM, A_STEP, A_STEPS, A_GUARD, A_STARTS, A_RANDOM, A_LOW, A_HIGH, A_SEED };
enum { STARTS_ZERO, STARTS_MANY };

static const char *const norms[] = {"l2", "linf", NULL};
static const char *const starts_names[] = {"zero", "many", NULL};

static const ory_param attack_params[] = {
    [A_NORM] = {"norm", ORY_PARAM_CHOICE, 0, 0, 0, norms, 0, "", "ball of the attack", NULL},
    [A_STEP] = {"step", ORY_PARAM_REAL, 0.1, 0, INFINITY, NULL, ORY_OPEN_MIN, "",
                "length of a step (l2), of every entry (linf)", NULL},
    [A_STEPS] = {"steps", ORY_PARAM_INT, 0, 0, 1e9, NULL, ORY_OPTIONAL, "",
                 "steps of an ascent; 100 from zero, 30 from many starts when absent", NULL},
    [A_GUARD] = {"guard", ORY_PARAM_REAL, 1e-12, 0, INFINITY, NULL, ORY_OPEN_MIN, "",
                 "added to a gradient's length", NULL},
    [A_STARTS] = {"starts", ORY_PARAM_CHOICE, STARTS_MANY, 0, 0, starts_names, 0, "",
                  "zero: one ascent, its end decides; many: also other starts, any error decides", NULL},
    [A_RANDOM] = {"random", ORY_PARAM_INT, 5, 0, 10000, NULL, 0, "",
                  "random starts of length radius, without known centres", NULL},
    [A_LOW] = {"low", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",
               "least values of attacked samples, one number or D; with high", NULL},
    [A_HIGH] = {"high", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                "largest values of attacked samples", NULL},
    [A_SEED] = {"seed", ORY_PARAM_INT, 1, 0, 9007199254740991.0, NULL, 0, "", "seed of random starts",
                NULL},
    {0}};

/* Option low or high as D numbers, on the stack. */
static const double *limit_of(lua_State *L, const ory_values *v, int option, size_t D)
{
    const ory_mat *m = ory_values_mat(v, option);
    const size_t n = m->rows * m->cols;
    double *out;

    if (n != 1 && n != D)
        ory_raisef(L, "robust: %s has %zu numbers (must have 1 or %zu)", attack_params[option].name, n, D);
    out = ory_push_vec(L, D, 1)->data;
    for (size_t k = 0; k < D; k++) {
        const size_t i = n == 1 ? 0 : k;

        out[k] = *ory_mat_at(m, i / m->cols, i % m->cols);
    }
    return out;
}

typedef struct plan {
    ory_attack_spec spec;
    ory_random_starts random;
    ory_starts starts;
    bool many;
} plan;

/* How to attack, from options at idx and, at idx + 1, the ideal classifier whose centres
 * give the starts, or nil. Leaves the limits on the stack. */
static void read_plan(lua_State *L, int idx, size_t D, plan *p)
{
    const scorer_box *around = luaL_testudata(L, idx + 1, SCORER_MT);
    const ory_values *v = ory_check_options(L, idx, "robust.accuracy", attack_params);
    const bool range = ory_values_given(v, A_LOW);

    p->many = ory_values_choice(v, A_STARTS) == STARTS_MANY;
    p->spec = (ory_attack_spec){.norm = (ory_attack_norm)ory_values_choice(v, A_NORM),
                                .step = ory_values_real(v, A_STEP), .guard = ory_values_real(v, A_GUARD),
                                .steps = ory_values_given(v, A_STEPS) ? ory_values_size(v, A_STEPS)
                                         : p->many                    ? 30
                                                                      : 100};
    if (range != ory_values_given(v, A_HIGH))
        ory_raisef(L, "robust: %s without %s", range ? "low" : "high", range ? "high" : "low");
    p->spec.lowest = range ? limit_of(L, v, A_LOW, D) : NULL;
    p->spec.highest = range ? limit_of(L, v, A_HIGH, D) : NULL;
    for (size_t k = 0; range && k < D; k++)
        if (p->spec.lowest[k] > p->spec.highest[k])
            ory_raisef(L, "robust: low[%zu] = %g is above high = %g", k + 1, p->spec.lowest[k],
                       p->spec.highest[k]);
    p->random = (ory_random_starts){(uint64_t)ory_values_real(v, A_SEED), D,
                                    p->spec.norm == ORY_ATTACK_LINF};
    p->starts = around && p->spec.norm == ORY_ATTACK_L2
                    ? (ory_starts){&around->mixture, ory_mixture_start_count(&around->mixture),
                                   ory_mixture_direction}
                    : (ory_starts){&p->random, ory_values_size(v, A_RANDOM), ory_random_direction};
}

/* curve(handle, X, Y, radii, options, ideal or nil) -> shares */
static int robust_curve(lua_State *L)
{
    static const char fn[] = "robust.accuracy";
    scorer_box *box = check_box(L, 1);
    const ory_mat X = check_samples(L, 2, box, fn), Y = check_labels(L, 3, X.rows, fn);
    const ory_mat radii = ory_check_mat(L, 4, fn, "radii");
    const size_t count = radii.rows * radii.cols;
    unsigned char *survives = lua_newuserdatauv(L, X.rows, 0);
    ory_error err = {0};
    ory_lmat *out;
    plan p;

    for (size_t i = 0; i < count; i++)
        check_radius(L, radii.data[i], fn);
    read_plan(L, 5, box->s.D, &p);
    out = ory_push_vec(L, count, 1);
    if (ory_attack_curve(&box->attack, &box->s, &p.spec, p.many ? &p.starts : NULL, radii.data, count,
                         X.data, Y.data, X.rows, survives, out->data, &err) != ORY_OK)
        return ory_raise_in(L, fn, &err);
    return 1;
}

/* push(handle, X, Y, radius, options) -> attacked samples, their outputs: the ascent from 0. */
static int robust_push(lua_State *L)
{
    static const char fn[] = "robust.attack";
    scorer_box *box = check_box(L, 1);
    const ory_mat X = check_samples(L, 2, box, fn), Y = check_labels(L, 3, X.rows, fn);
    const double radius = check_radius(L, ory_check_real(L, 4, fn, "radius"), fn);
    ory_error err = {0};
    ory_lmat *out, *f;
    plan p;

    lua_settop(L, 6);
    read_plan(L, 5, box->s.D, &p);
    out = ory_push_mat(L, X.rows, X.cols);
    f = ory_push_vec(L, X.rows, 1);
    if (ory_attack_push(&box->attack, &box->s, &p.spec, radius, X.data, Y.data, X.rows, out->data, f->data,
                        &err) != ORY_OK)
        return ory_raise_in(L, fn, &err);
    for (size_t i = 0; i < X.rows * X.cols; i++)
        out->data[i] += X.data[i];
    return 2;
}

/* distance(handle, c, other, starts, step, steps) -> most; the starts are unit rows. */
static int robust_distance(lua_State *L)
{
    static const char fn[] = "robust.distance";
    scorer_box *box = check_box(L, 1), *other = check_box(L, 3);
    const double c = ory_check_real(L, 2, fn, "scale");
    const ory_mat starts = check_samples(L, 4, box, fn);
    const double step = ory_check_real(L, 5, fn, "step");
    const size_t steps = (size_t)ory_check_int(L, 6, fn, "steps", 0, 1000000000);
    ory_lmat *work = ory_push_mat(L, starts.rows, starts.cols);
    ory_error err = {0};
    double most;

    if (other->s.D != box->s.D)
        return ory_raisef(L, "robust.distance: classifiers of %zu and %zu numbers", box->s.D, other->s.D);
    memcpy(work->data, starts.data, starts.rows * starts.cols * sizeof(double));
    if (ory_attack_distance(&box->attack, &box->s, c, &other->s, work->data, starts.rows, step, steps,
                            1e-12, &most, &err) != ORY_OK)
        return ory_raise_in(L, fn, &err);
    lua_pushnumber(L, most);
    return 1;
}

/* ---------------------------------------------------------------- exact facts */

/* predicted(ideal, radii) -> curve of F, curve of power p > 2 and NC */
static int robust_predicted(lua_State *L)
{
    const scorer_box *box = check_box(L, 1);
    const ory_mat radii = ory_check_mat(L, 2, "robust.predicted", "radii");
    const size_t n = radii.rows * radii.cols;
    ory_lmat *f = ory_push_vec(L, n, 1), *power = ory_push_vec(L, n, 1);

    for (size_t i = 0; i < n; i++) {
        const double r = check_radius(L, radii.data[i], "robust.predicted");

        f->data[i] = ory_mixture_curve_f(&box->mixture, r);
        power->data[i] = ory_mixture_curve_power(&box->mixture, r);
    }
    return 2;
}

/* margins(ideal, X, Y) -> exact distances of the samples to the errors of F */
static int robust_margins(lua_State *L)
{
    const scorer_box *box = check_box(L, 1);
    const ory_mat X = check_samples(L, 2, box, "robust.margins");
    const ory_mat Y = check_labels(L, 3, X.rows, "robust.margins");
    ory_lmat *out = ory_push_vec(L, X.rows, 1);

    for (size_t i = 0; i < X.rows; i++)
        out->data[i] = ory_mixture_f_distance(&box->mixture, X.data + i * X.cols, Y.data[i]);
    return 1;
}

/* bounds(ideal, radius) -> a1, a2, a3, a4, b1, b2; NaN outside their range. */
static int robust_bounds(lua_State *L)
{
    const ory_mixture *m = &check_box(L, 1)->mixture;
    const double r = check_radius(L, ory_check_real(L, 2, "robust.bounds", "radius"), "robust.bounds");
    const double all[] = {ory_bound_a1(m),    ory_bound_a2(m, r), ory_bound_a3(m),
                          ory_bound_a4(m, r), ory_bound_b1(m),    ory_bound_b2(m, r)};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        lua_pushnumber(L, all[i]);
    return sizeof all / sizeof *all;
}

/* Called once by the Lua half: the table of these functions. */
int ory_open_robust(lua_State *L)
{
    static const luaL_Reg rows[] = {
        {"network", robust_network}, {"ideal", robust_ideal},         {"func", robust_func},
        {"eval", robust_eval},       {"curve", robust_curve},         {"push", robust_push},
        {"distance", robust_distance}, {"predicted", robust_predicted}, {"margins", robust_margins},
        {"bounds", robust_bounds},   {NULL, NULL}};

    luaL_newmetatable(L, SCORER_MT);
    lua_pushcfunction(L, scorer_gc);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__gc");
    lua_setfield(L, -2, "__close");
    lua_pop(L, 1);
    ory_help_options(L, "robust.accuracy", attack_params);
    ory_help_options(L, "robust.attack", attack_params);
    luaL_newlib(L, rows);
    return 1;
}
