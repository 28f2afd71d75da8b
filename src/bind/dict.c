/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dict.c (bind) - the numerical half of the module dict: dictionaries as userdata, codes,
 * paths, coherence, the generator. Names and everything printed are in
 * lua/orrery/dict.lua, which alone calls these functions. */
#include "config.h"

#include "algo/dictionary.h"

#include <math.h>
#include <string.h>

#include "bind/bind.h"
#include "bind/mat.h"
#include "core/linalg.h"
#include "core/mem.h"

#define DICT_MT "orrery.dictionary"

/* What a call works with, owned by the userdata so that an error leaks nothing. */
typedef struct dict_box {
    ory_dictionary D;
    ory_coder coder;
    ory_mat U;               /* sources as they are solved */
    ory_code_result *results;
    double *scale;
} dict_box;

static int dict_gc(lua_State *L)
{
    dict_box *box = luaL_checkudata(L, 1, DICT_MT);

    ory_dictionary_fini(&box->D);
    ory_coder_fini(&box->coder);
    ory_mat_free(&box->U);
    ory_free(box->results);
    ory_free(box->scale);
    memset(box, 0, sizeof *box);
    return 0;
}

static dict_box *check_box(lua_State *L, int idx)
{
    return luaL_checkudata(L, idx, DICT_MT);
}

/* make(atoms, names or nil, normalise, mean or nil, function) -> handle */
static int dict_make(lua_State *L)
{
    const ory_mat A = ory_check_mat(L, 1, "dict.new", "atoms");
    const bool normalise = lua_toboolean(L, 3);
    const char *fn = luaL_optstring(L, 5, "dict.new"), **names = NULL;
    ory_mat mean = {0};
    ory_error err = {0};
    dict_box *box;
    size_t j;

    if (!lua_isnoneornil(L, 4)) {
        mean = ory_check_mat(L, 4, "dict.new", "mean");
        if (mean.rows * mean.cols != A.cols)
            return ory_raisef(L, "%s: the mean has %zu numbers, the atoms have %zu", fn,
                              mean.rows * mean.cols, A.cols);
        if (!ory_all_finite(mean.data, A.cols))
            return ory_raisef(L, "%s: the mean holds a number that is not finite", fn);
    }
    if (lua_istable(L, 2)) { /* the texts stay where they are, in the list */
        names = lua_newuserdatauv(L, (A.rows + 1) * sizeof *names, 0);
        for (j = 0; j < A.rows; j++) {
            lua_rawgeti(L, 2, (lua_Integer)j + 1);
            names[j] = lua_tostring(L, -1);
            lua_pop(L, 1);
        }
    }
    box = lua_newuserdatauv(L, sizeof *box, 0);
    memset(box, 0, sizeof *box);
    luaL_setmetatable(L, DICT_MT);
    if (ory_dictionary_init(&box->D, &A, normalise, mean.data, names, &err) != ORY_OK ||
        ory_coder_init(&box->coder, box->D.n, &err) != ORY_OK)
        return ory_raise_in(L, fn, &err);
    ory_gc_sync(L);
    return 1;
}

/* -------------------------------------------------------------------------- solving */

enum { S_METHOD, S_L1, S_L2, S_NONNEG, S_K, S_TOL, S_MAX, S_SCREEN, S_COUNT, S_RATIO };

static const ory_param solve_params[] = {
    [S_METHOD] = {"method", ORY_PARAM_CHOICE, 0, 0, 0, ory_code_method_names, 0, "",
                  "coordinate descent, FISTA, or orthogonal matching pursuit", NULL},
    [S_L1] = {"l1", ORY_PARAM_REAL, 0.0095, 0, INFINITY, NULL, 0, "", "penalty of sum |c|", NULL},
    [S_L2] = {"l2", ORY_PARAM_REAL, 0.0005, 0, INFINITY, NULL, 0, "", "penalty of sum c^2 / 2", NULL},
    [S_NONNEG] = {"nonneg", ORY_PARAM_BOOL, 0, 0, 0, NULL, 0, "", "weights may not be negative", NULL},
    [S_K] = {"k", ORY_PARAM_INT, 10, 1, 1e6, NULL, 0, "", "OMP: atoms at most", NULL},
    [S_TOL] = {"tol", ORY_PARAM_REAL, 1e-8, 0, 1, NULL, ORY_OPTIONAL, "",
               "relative duality gap to stop at (1e-8); OMP: residual, of |v| (0)", "1e-8"},
    [S_MAX] = {"max", ORY_PARAM_INT, 100000, 1, 1e9, NULL, 0, "", "sweeps or iterations at most", NULL},
    [S_SCREEN] = {"screen", ORY_PARAM_BOOL, 1, 0, 0, NULL, 0, "", "drop atoms that are surely zero", NULL},
    [S_COUNT] = {"count", ORY_PARAM_INT, 100, 2, 1e5, NULL, 0, "", "dict.path: values of l1", NULL},
    [S_RATIO] = {"ratio", ORY_PARAM_REAL, 0.001, 0, 1, NULL, ORY_OPEN_MIN | ORY_OPEN_MAX, "",
                 "dict.path: least l1, of the one from which all weights are zero", NULL},
    {0}};

static ory_code_spec spec_of(const ory_values *v, const ory_dictionary *D)
{
    const size_t most = D->d < D->n ? D->d : D->n, k = ory_values_size(v, S_K);
    ory_code_spec spec = {.method = (ory_code_method)ory_values_choice(v, S_METHOD),
                          .l1 = ory_values_real(v, S_L1),
                          .l2 = ory_values_real(v, S_L2),
                          .nonneg = ory_values_bool(v, S_NONNEG),
                          .k = k < most ? k : most,
                          .tol = ory_values_real(v, S_TOL),
                          .max = ory_values_size(v, S_MAX),
                          .screen = ory_values_bool(v, S_SCREEN)};

    if (!ory_values_given(v, S_TOL))
        spec.tol = spec.method == ORY_CODE_OMP ? 0 : 1e-8;
    return spec;
}

/* Sources, a row each, as they are solved into box->U; their lengths into box->scale. */
static void prepare(lua_State *L, dict_box *box, const ory_mat *V, const char *fn)
{
    const size_t d = box->D.d;
    ory_error err = {0};
    size_t i;

    if (V->cols != d)
        ory_raisef(L, "%s: the source has %zu numbers, the atoms have %zu", fn, V->cols, d);
    ory_mat_free(&box->U);
    ory_free(box->results);
    ory_free(box->scale);
    box->results = ory_alloc(V->rows, sizeof *box->results);
    box->scale = ory_alloc(V->rows, sizeof *box->scale);
    if (!box->results || !box->scale || ory_mat_new(&box->U, V->rows, d, &err) != ORY_OK)
        ory_raisef(L, "%s: no memory for %zu sources", fn, V->rows);
    for (i = 0; i < V->rows; i++) {
        double *u = ory_mat_at(&box->U, i, 0);

        for (size_t k = 0; k < d; k++) {
            u[k] = *ory_mat_at(V, i, k);
            if (!isfinite(u[k]))
                ory_raisef(L, "%s: source %zu, entry %zu is %g (must be finite)", fn, i + 1, k + 1,
                           isnan(u[k]) ? fabs(u[k]) : u[k]);
            u[k] -= box->D.mean ? box->D.mean[k] : 0;
        }
        box->scale[i] = box->D.normalise ? ory_norm2(u, d) : 1;
        box->scale[i] = box->scale[i] > 0 ? box->scale[i] : 1;
        for (size_t k = 0; k < d; k++)
            u[k] /= box->scale[i];
    }
}

static void set_number(lua_State *L, const char *key, double x)
{
    lua_pushnumber(L, x);
    lua_setfield(L, -2, key);
}

static void push_result(lua_State *L, const ory_code_result *r, double vv)
{
    lua_createtable(L, 0, 8);
    set_number(L, "objective", r->point.objective);
    set_number(L, "gap", r->point.gap);
    set_number(L, "residual", vv > 0 ? sqrt(r->point.rr / vv) : 0);
    set_number(L, "violation", r->violation);
    lua_pushinteger(L, (lua_Integer)r->point.nonzeros);
    lua_setfield(L, -2, "nonzeros");
    lua_pushinteger(L, (lua_Integer)r->sweeps);
    lua_setfield(L, -2, "sweeps");
    lua_pushboolean(L, r->converged);
    lua_setfield(L, -2, "converged");
}

/* solve(handle, V, options or nil, fn) -> W (a row a source, original units), list of results */
static int dict_solve(lua_State *L)
{
    dict_box *box = check_box(L, 1);
    const ory_mat V = ory_check_mat(L, 2, "dict.solve", "source");
    const ory_values *v = ory_check_options(L, 3, "dict.solve", solve_params);
    const ory_code_spec spec = spec_of(v, &box->D);
    ory_error err = {0};
    ory_lmat *W;
    ory_mat WM;
    size_t i;

    prepare(L, box, &V, "dict.solve");
    W = ory_push_mat(L, V.rows, box->D.n);
    WM = ory_mat_view(W->data, V.rows, box->D.n);
    if (ory_code_batch(&box->coder, &spec, &box->D.gram, &box->U, &WM, box->results, &err) != ORY_OK)
        return ory_raise_in(L, "dict.solve", &err);
    lua_createtable(L, (int)V.rows, 0);
    for (i = 0; i < V.rows; i++) {
        double *w = ory_mat_at(&WM, i, 0);

        ory_dictionary_weights(&box->D, w, box->scale[i], w);
        push_result(L, &box->results[i], ory_norm2_sq(ory_mat_at(&box->U, i, 0), box->D.d));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 2;
}

/* path(handle, v, options or nil) -> l1, W (a row a value of l1), relative residuals */
static int dict_path(lua_State *L)
{
    dict_box *box = check_box(L, 1);
    const ory_mat V = ory_check_mat(L, 2, "dict.path", "source");
    const ory_values *v = ory_check_options(L, 3, "dict.path", solve_params);
    ory_code_spec spec = spec_of(v, &box->D);
    const size_t count = ory_values_size(v, S_COUNT), n = box->D.n;
    ory_error err = {0};
    ory_lmat *l1, *W, *q, *rest;
    ory_code_task t;
    ory_mat WM;
    size_t i;

    if (spec.method == ORY_CODE_OMP)
        return ory_raisef(L, "dict.path: method = \"omp\" has no penalty to vary (\"cd\" or \"fista\")");
    if (V.rows != 1)
        return ory_raisef(L, "dict.path: takes one source, got %zu", V.rows);
    prepare(L, box, &V, "dict.path");
    q = ory_push_vec(L, n, 1);
    l1 = ory_push_vec(L, count, 1);
    W = ory_push_mat(L, count, n);
    rest = ory_push_vec(L, count, 1);
    WM = ory_mat_view(W->data, count, n);
    for (i = 0; i < n; i++)
        q->data[i] = ory_dot(box->D.atoms + i * box->D.d, box->U.data, box->D.d);
    t = (ory_code_task){.gram = &box->D.gram, .q = q->data, .v = box->U.data};
    t.vv = ory_norm2_sq(box->U.data, box->D.d);
    ory_code_grid(ory_code_l1_max(q->data, n, spec.nonneg), ory_values_real(v, S_RATIO), count, l1->data);
    ory_free(box->results);
    if (!(box->results = ory_alloc(count, sizeof *box->results)))
        return ory_raisef(L, "dict.path: no memory for %zu solutions", count);
    if (ory_code_path(&box->coder, &spec, &t, l1->data, count, &WM, box->results, &err) != ORY_OK)
        return ory_raise_in(L, "dict.path", &err);
    for (i = 0; i < count; i++) {
        ory_dictionary_weights(&box->D, ory_mat_at(&WM, i, 0), box->scale[0], ory_mat_at(&WM, i, 0));
        rest->data[i] = t.vv > 0 ? sqrt(box->results[i].point.rr / t.vv) : 0;
    }
    return 3;
}

/* coherence(handle) -> mu, i, j, pairs of twins, mean cosine */
static int dict_coherence(lua_State *L)
{
    ory_coherence c;

    ory_dictionary_coherence(&check_box(L, 1)->D, &c);
    lua_pushnumber(L, c.mu);
    lua_pushinteger(L, (lua_Integer)c.i + 1);
    lua_pushinteger(L, (lua_Integer)c.j + 1);
    lua_pushinteger(L, (lua_Integer)c.twins);
    lua_pushnumber(L, c.mean_cos);
    return 5;
}

/* concept(X, method or nil, who) -> vector; who begins the message of an error */
static int dict_concept(lua_State *L)
{
    const ory_mat X = ory_check_mat(L, 1, "dict.concept", "stimuli");
    const char *who = luaL_checkstring(L, 3);
    const int method = lua_isnoneornil(L, 2)
                           ? ORY_CONCEPT_AVG
                           : ory_check_choice(L, 2, "dict.concept", "method", ory_concept_names);
    ory_lmat *out = ory_push_vec(L, X.cols, 1);
    ory_error err = {0};

    if (ory_concept_vector(&X, (ory_concept_method)method, out->data, &err) != ORY_OK)
        return ory_raise_in(L, who, &err);
    return 1;
}

/* ------------------------------------------------------------------------ generator */

enum { G_DIM, G_N, G_GROUPS, G_RHO, G_RHO_GROUP, G_STIMULI, G_SIGMA, G_KAPPA, G_MIX, G_SNR, G_SEED };

static const ory_param synthetic_params[] = {
    [G_DIM] = {"dim", ORY_PARAM_INT, 64, 1, 1e6, NULL, 0, "", "length of the vectors", NULL},
    [G_N] = {"n", ORY_PARAM_INT, 32, 1, 1e5, NULL, 0, "", "concepts", NULL},
    [G_GROUPS] = {"groups", ORY_PARAM_INT, 1, 1, 1e5, NULL, 0, "", "groups of concepts", NULL},
    [G_RHO] = {"rho", ORY_PARAM_REAL, 0.3, 0, 1, NULL, 0, "", "expected cosine across groups", NULL},
    [G_RHO_GROUP] = {"rho_group", ORY_PARAM_REAL, 0, 0, 1, NULL, 0, "", "expected cosine within groups",
                     NULL},
    [G_STIMULI] = {"stimuli", ORY_PARAM_INT, 30, 1, 1e5, NULL, 0, "", "stimuli of each concept", NULL},
    [G_SIGMA] = {"sigma", ORY_PARAM_REAL, 0.5, 0, INFINITY, NULL, 0, "", "noise of a stimulus", NULL},
    [G_KAPPA] = {"kappa", ORY_PARAM_REAL, 0, 0, INFINITY, NULL, 0, "",
                 "part of another concept in a stimulus", NULL},
    [G_MIX] = {"mix", ORY_PARAM_INT, 5, 1, 1e5, NULL, 0, "", "concepts in the source", NULL},
    [G_SNR] = {"snr", ORY_PARAM_REAL, 20, -INFINITY, INFINITY, NULL, 0, "dB",
               "noise below |v|; 300 or more: none", NULL},
    [G_SEED] = {"seed", ORY_PARAM_INT, 1, 0, 0x1p53, NULL, 0, "", "seed", NULL},
    {0}};

/* synthetic(options) -> atoms, centres, stimuli, v, w */
static int dict_synthetic(lua_State *L)
{
    const ory_values *o = ory_check_options(L, 1, "dict.synthetic", synthetic_params);
    const ory_concepts spec = {.d = ory_values_size(o, G_DIM), .n = ory_values_size(o, G_N),
                               .groups = ory_values_size(o, G_GROUPS),
                               .stimuli = ory_values_size(o, G_STIMULI), .rho = ory_values_real(o, G_RHO),
                               .rho_group = ory_values_real(o, G_RHO_GROUP),
                               .sigma = ory_values_real(o, G_SIGMA), .kappa = ory_values_real(o, G_KAPPA)};
    const size_t mix = ory_values_size(o, G_MIX);
    const double snr = ory_values_real(o, G_SNR);
    ory_lmat *A, *C, *X, *v, *w;
    ory_mat AM, CM, XM;
    size_t *order;
    ory_rng rng;

    if (mix > spec.n)
        return ory_raisef(L, "dict.synthetic: mix = %zu (there are n = %zu concepts)", mix, spec.n);
    if ((double)spec.n * (double)spec.stimuli * (double)spec.d > 1e9)
        return ory_raisef(L, "dict.synthetic: n stimuli dim = %.3g numbers (at most 1e9)",
                          (double)spec.n * (double)spec.stimuli * (double)spec.d);
    order = lua_newuserdatauv(L, spec.n * sizeof *order, 0);
    A = ory_push_mat(L, spec.n, spec.d);
    C = ory_push_mat(L, spec.n, spec.d);
    X = ory_push_mat(L, spec.n * spec.stimuli, spec.d);
    v = ory_push_vec(L, spec.d, 1);
    w = ory_push_vec(L, spec.n, 1);
    AM = ory_lmat_mat(A), CM = ory_lmat_mat(C), XM = ory_lmat_mat(X);
    ory_rng_init(&rng, (uint64_t)ory_values_real(o, G_SEED), 0);
    ory_concepts_make(&spec, &rng, &CM, &AM, &XM);
    ory_concepts_source(&AM, mix, snr >= 300 ? INFINITY : snr, &rng, v->data, w->data, order);
    return 5;
}

/* Called once by the Lua half: the table of these functions. */
int ory_open_dict(lua_State *L)
{
    static const luaL_Reg rows[] = {{"make", dict_make},         {"solve", dict_solve},
                                    {"path", dict_path},         {"coherence", dict_coherence},
                                    {"concept", dict_concept},   {"synthetic", dict_synthetic},
                                    {NULL, NULL}};

    luaL_newmetatable(L, DICT_MT);
    lua_pushcfunction(L, dict_gc);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__gc");
    lua_setfield(L, -2, "__close");
    lua_pop(L, 1);
    ory_help_options(L, "dict.solve", solve_params);
    ory_help_options(L, "dict.path", solve_params);
    ory_help_options(L, "dict.synthetic", synthetic_params);
    luaL_newlib(L, rows);
    return 1;
}
