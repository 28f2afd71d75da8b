/* SPDX-License-Identifier: GPL-3.0-or-later */
/* graph.c (bind) - graphs at the prompt: builders, files of edges, power grids; their
 * Laplacians, spectra and groups. A graph can be given wherever an option takes a matrix:
 * it goes over as its list of edges. */
#include "config.h"

#include "bind/graph.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "bind/mat.h"
#include "core/linalg.h"
#include "io/table.h"

graph_box *graph_check(lua_State *L, int idx, const char *fn)
{
    graph_box *box = luaL_testudata(L, idx, GRAPH_MT);

    if (!box || box->g.n == 0)
        ory_arg_error(L, fn, idx, "graph", "a graph such as graph.ring(8)");
    return box;
}

static graph_box *push_box(lua_State *L)
{
    graph_box *box = lua_newuserdatauv(L, sizeof *box, 0);

    memset(box, 0, sizeof *box);
    luaL_setmetatable(L, GRAPH_MT);
    return box;
}

static int graph_gc(lua_State *L)
{
    graph_box *box = luaL_checkudata(L, 1, GRAPH_MT);

    ory_graph_fini(&box->g);
    ory_grid_fini(&box->grid);
    return 0;
}

static int done(lua_State *L, graph_box *box, ory_status ok, const char *fn, ory_error *err)
{
    if (ok != ORY_OK)
        return ory_raise_in(L, fn, err);
    ory_gc_note(L, (ptrdiff_t)(box->g.m * sizeof(ory_edge)));
    return 1;
}

/* ------------------------------------------------------------------------- builders */

static double check_weight(lua_State *L, int idx, const char *fn)
{
    return lua_isnoneornil(L, idx) ? 1 : ory_check_real(L, idx, fn, "weight");
}

static size_t check_nodes(lua_State *L, int idx, const char *fn, const char *name)
{
    return (size_t)ory_check_int(L, idx, fn, name, 1, ORY_GRAPH_NODES);
}

typedef ory_status (*plain_builder)(ory_graph *, size_t, double, ory_error *);

static int build_plain(lua_State *L, const char *fn, plain_builder build)
{
    size_t n = check_nodes(L, 1, fn, "n");
    double w = check_weight(L, 2, fn);
    graph_box *box = push_box(L);
    ory_error err = {0};

    return done(L, box, build(&box->g, n, w, &err), fn, &err);
}

static int graph_path(lua_State *L)
{
    return build_plain(L, "graph.path", ory_graph_path);
}

static int graph_ring(lua_State *L)
{
    return build_plain(L, "graph.ring", ory_graph_ring);
}

static int graph_star(lua_State *L)
{
    return build_plain(L, "graph.star", ory_graph_star);
}

static int graph_complete(lua_State *L)
{
    return build_plain(L, "graph.complete", ory_graph_complete);
}

static int graph_lattice(lua_State *L)
{
    size_t rows = check_nodes(L, 1, "graph.lattice", "rows");
    size_t cols = check_nodes(L, 2, "graph.lattice", "cols");
    double w = check_weight(L, 3, "graph.lattice");
    graph_box *box = push_box(L);
    ory_error err = {0};

    return done(L, box, ory_graph_grid(&box->g, rows, cols, w, &err), "graph.lattice", &err);
}

/* ------------------------------------------------------------ random, by options */

enum { RANDOM_N, RANDOM_P, RANDOM_WEIGHT, RANDOM_SEED };
static const ory_param random_params[] = {
    {"n", ORY_PARAM_INT, 50, 1, ORY_GRAPH_NODES, NULL, 0, "", "nodes", NULL},
    {"p", ORY_PARAM_REAL, 0.1, 0, 1, NULL, 0, "", "probability of every edge", NULL},
    {"weight", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, ORY_OPEN_MIN, "", "weight of every edge", NULL},
    {"seed", ORY_PARAM_INT, 1, 0, 9007199254740992.0, NULL, 0, "", "seed of the draw", NULL},
    {0}};

static void seeded(ory_rng *rng, const ory_values *v, int row)
{
    ory_rng_init(rng, (uint64_t)ory_values_real(v, row), 0);
}

static int graph_random(lua_State *L)
{
    ory_values *v = ory_check_options(L, 1, "graph.random", random_params);
    graph_box *box = push_box(L);
    ory_error err = {0};
    ory_rng rng;

    seeded(&rng, v, RANDOM_SEED);
    return done(L, box, ory_graph_random(&box->g, ory_values_size(v, RANDOM_N),
                                         ory_values_real(v, RANDOM_P),
                                         ory_values_real(v, RANDOM_WEIGHT), &rng, &err),
                "graph.random", &err);
}

enum { GEO_N, GEO_RADIUS, GEO_WEIGHT, GEO_SEED };
static const ory_param geometric_params[] = {
    {"n", ORY_PARAM_INT, 100, 1, ORY_GRAPH_NODES, NULL, 0, "", "nodes, uniform in the unit square",
     NULL},
    {"radius", ORY_PARAM_REAL, 0.15, 0, 2, NULL, ORY_OPEN_MIN, "", "points nearer than this are joined",
     NULL},
    {"weight", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, ORY_OPEN_MIN, "", "weight of every edge", NULL},
    {"seed", ORY_PARAM_INT, 1, 0, 9007199254740992.0, NULL, 0, "", "seed of the draw", NULL},
    {0}};

static int graph_geometric(lua_State *L)
{
    ory_values *v = ory_check_options(L, 1, "graph.geometric", geometric_params);
    graph_box *box = push_box(L);
    ory_error err = {0};
    ory_rng rng;

    seeded(&rng, v, GEO_SEED);
    return done(L, box, ory_graph_geometric(&box->g, ory_values_size(v, GEO_N),
                                            ory_values_real(v, GEO_RADIUS),
                                            ory_values_real(v, GEO_WEIGHT), &rng, &err),
                "graph.geometric", &err);
}

enum { SBM_SIZES, SBM_Q, SBM_W, SBM_SHUFFLE, SBM_SEED };
static const ory_param sbm_params[] = {
    {"sizes", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_REQUIRED, "", "nodes of every group: a list", NULL},
    {"Q", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_REQUIRED, "",
     "k x k symmetric: probability of an edge between two groups", NULL},
    {"W", ORY_PARAM_MATRIX, 0, 0, 0, NULL, 0, "", "k x k symmetric: weight of such an edge; 1 when not "
     "given", NULL},
    {"shuffle", ORY_PARAM_BOOL, 0, 0, 0, NULL, 0, "", "nodes in random order instead of blocks", NULL},
    {"seed", ORY_PARAM_INT, 1, 0, 9007199254740992.0, NULL, 0, "", "seed of the draw", NULL},
    {0}};

/* Sizes as whole numbers in memory that Lua owns. */
static size_t *push_sizes(lua_State *L, const ory_mat *list, size_t *k)
{
    size_t *sizes, i;

    *k = list->rows * list->cols;
    sizes = lua_newuserdatauv(L, (*k ? *k : 1) * sizeof *sizes, 0);
    for (i = 0; i < *k; i++) {
        double x = *ory_mat_at(list, i / list->cols, i % list->cols);

        if (!(x >= 1 && x <= ORY_GRAPH_NODES && x == floor(x)))
            ory_raisef(L, "graph.sbm: sizes[%zu] = %g (must be a whole number >= 1)", i + 1, x);
        sizes[i] = (size_t)x;
    }
    return sizes;
}

static int graph_sbm(lua_State *L)
{
    ory_values *v = ory_check_options(L, 1, "graph.sbm", sbm_params);
    const ory_mat *W = ory_values_mat(v, SBM_W);
    size_t k, *sizes = push_sizes(L, ory_values_mat(v, SBM_SIZES), &k);
    ory_mat ones;
    graph_box *box;
    ory_error err = {0};
    ory_rng rng;

    if (!W) {
        ory_lmat *one = ory_push_mat(L, k, k);

        for (size_t i = 0; i < k * k; i++)
            one->data[i] = 1;
        ones = ory_lmat_mat(one);
        W = &ones;
    }
    box = push_box(L);
    seeded(&rng, v, SBM_SEED);
    return done(L, box, ory_graph_sbm(&box->g, sizes, k, ory_values_mat(v, SBM_Q), W,
                                      ory_values_bool(v, SBM_SHUFFLE), &rng, &err),
                "graph.sbm", &err);
}

/* ---------------------------------------------------------------------- from numbers */

static int graph_from(lua_State *L)
{
    ory_mat a = ory_check_mat(L, 1, "graph.from", "edges or Laplacian");
    graph_box *box = push_box(L);
    ory_error err = {0};

    return done(L, box, ory_graph_from_matrix(&box->g, &a, &err), "graph.from", &err);
}

/* A table of numbers that the collector frees when an error comes in between. */
static int load_edges(lua_State *L, const char *path)
{
    ory_error err = {0};
    ory_mat a;
    graph_box *box;

    if (ory_load_mat(L, path, &err) != ORY_OK)
        return ory_raise_in(L, "graph.load", &err);
    a = ory_check_mat(L, -1, "graph.load", "file");
    box = push_box(L);
    return done(L, box, ory_graph_from_edges(&box->g, 0, &a, &err), "graph.load", &err);
}

enum { GRID_MODE, GRID_INTERNAL, GRID_F0 };
static const ory_param grid_params[] = {
    {"mode", ORY_PARAM_CHOICE, 0, 0, 0, ory_grid_modes, 0, "",
     "branch weights: of the linearised power flow, of flat voltages, or 1/x", NULL},
    {"internal", ORY_PARAM_BOOL, 0, 0, 0, NULL, 0, "",
     "one node per machine behind its transient reactance, instead of machine buses", NULL},
    {"f0", ORY_PARAM_REAL, 0, 0, 1000, NULL, 0, "Hz", "nominal frequency; 0: the grid's own", NULL},
    {0}};

static int load_grid(lua_State *L, const char *where, const char *fn)
{
    ory_values *v = ory_check_options(L, 2, fn, grid_params);
    graph_box *box = push_box(L);
    ory_error err = {0};
    ory_status ok = ory_grid_load(where, (ory_grid_mode)ory_values_choice(v, GRID_MODE),
                                  ory_values_bool(v, GRID_INTERNAL), ory_values_real(v, GRID_F0),
                                  &box->grid, &err);

    if (ok == ORY_OK)
        ok = ory_graph_from_laplacian(&box->g, &box->grid.L, &err);
    return done(L, box, ok, fn, &err);
}

static int graph_grid(lua_State *L)
{
    return load_grid(L, ory_check_text(L, 1, "graph.grid", "name"), "graph.grid");
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n >= m && strcmp(text + n - m, end) == 0;
}

static int graph_load(lua_State *L)
{
    const char *path = ory_check_text(L, 1, "graph.load", "file"), *cut;

    if (!ends_with(path, ".bus.tsv")) {
        if (strchr(path, '.') && !lua_istable(L, 2))
            return load_edges(L, path);
        return load_grid(L, path, "graph.load");
    }
    cut = lua_pushlstring(L, path, strlen(path) - strlen(".bus.tsv"));
    return load_grid(L, cut, "graph.load");
}

/* -------------------------------------------------------------------------- reading */

static int graph_laplacian(lua_State *L)
{
    graph_box *box = graph_check(L, 1, "graph:laplacian");
    ory_mat m;

    if (box->g.n > 20000)
        return ory_raisef(L, "graph:laplacian: %zu nodes are too many for a full matrix (at most 20000)",
                          box->g.n);
    ory_push_mat(L, box->g.n, box->g.n);
    m = ory_lmat_mat(ory_test_mat(L, -1));
    ory_graph_laplacian(&box->g, &m);
    return 1;
}

/* Rows (from, to, weight); with_last: a loop of weight 0 tells of a last node without edges. */
static int push_edges(lua_State *L, const graph_box *box, bool with_last)
{
    size_t e, extra = box->g.m == 0;
    ory_lmat *a;

    for (e = 0; with_last && e < box->g.m && box->g.edge[e].j != box->g.n - 1; e++)
        extra = e + 1 == box->g.m;
    a = ory_push_mat(L, box->g.m + extra, 3);
    for (e = 0; e < box->g.m; e++) {
        a->data[3 * e] = box->g.edge[e].i + 1.0;
        a->data[3 * e + 1] = box->g.edge[e].j + 1.0;
        a->data[3 * e + 2] = box->g.edge[e].w;
    }
    if (extra)
        a->data[3 * e] = a->data[3 * e + 1] = (double)box->g.n;
    return 1;
}

static int graph_edges(lua_State *L)
{
    return push_edges(L, graph_check(L, 1, "graph:edges"), false);
}

/* __matrix: what option tables take for the graph. */
static int graph_matrix(lua_State *L)
{
    return push_edges(L, graph_check(L, 1, "graph"), true);
}

static int graph_degrees(lua_State *L)
{
    graph_box *box = graph_check(L, 1, "graph:degrees");

    ory_graph_degrees(&box->g, ory_push_vec(L, box->g.n, 1)->data);
    return 1;
}

static int graph_components(lua_State *L)
{
    graph_box *box = graph_check(L, 1, "graph:components");
    uint32_t *label = lua_newuserdatauv(L, box->g.n * sizeof *label, 0);
    ory_lmat *a = ory_push_vec(L, box->g.n, 1);
    size_t count = ory_graph_components(&box->g, label), i;

    if (count == SIZE_MAX)
        return ory_raisef(L, "graph:components: out of memory");
    for (i = 0; i < box->g.n; i++)
        a->data[i] = label[i] + 1.0;
    lua_pushinteger(L, (lua_Integer)count);
    return 2;
}

static int graph_spectrum(lua_State *L)
{
    graph_box *box = graph_check(L, 1, "graph:spectrum");
    ory_error err = {0};
    ory_lmat *full, *w;
    ory_mat m;

    if (box->g.n > 6000)
        return ory_raisef(L, "graph:spectrum: %zu nodes are too many for all eigenvalues (at most 6000)",
                          box->g.n);
    full = ory_push_mat(L, box->g.n, box->g.n);
    m = ory_lmat_mat(full);
    ory_graph_laplacian(&box->g, &m);
    w = ory_push_vec(L, box->g.n, 1);
    if (ory_eig_sym(&m, w->data, NULL, &err) != ORY_OK)
        return ory_raise_in(L, "graph:spectrum", &err);
    return 1;
}

static int graph_scaled(lua_State *L)
{
    graph_box *box = graph_check(L, 1, "graph:scaled"), *out;
    double c = ory_check_real(L, 2, "graph:scaled", "factor");
    ory_error err = {0};
    ory_status ok;
    size_t e;

    if (!isfinite(c) || c <= 0)
        return ory_arg_error(L, "graph:scaled", 2, "factor", "a finite number > 0");
    out = push_box(L);
    ok = ory_graph_init(&out->g, box->g.n, &err);
    for (e = 0; ok == ORY_OK && e < box->g.m; e++)
        ok = ory_graph_add(&out->g, box->g.edge[e].i, box->g.edge[e].j, c * box->g.edge[e].w, &err);
    if (ok == ORY_OK)
        ory_graph_finish(&out->g);
    return done(L, out, ok, "graph:scaled", &err);
}

/* ---------------------------------------------------------------------------- fields */

static void push_group(lua_State *L, const graph_box *box)
{
    ory_lmat *a;
    size_t i;

    if (!box->g.group) {
        lua_pushnil(L);
        return;
    }
    a = ory_push_vec(L, box->g.n, 1);
    for (i = 0; i < box->g.n; i++)
        a->data[i] = box->g.group[i] + 1.0;
}

static void push_xy(lua_State *L, const graph_box *box)
{
    if (!box->g.xy) {
        lua_pushnil(L);
        return;
    }
    memcpy(ory_push_mat(L, box->g.n, 2)->data, box->g.xy, 2 * box->g.n * sizeof(double));
}

/* Vectors of a power grid by name. */
static bool push_grid_field(lua_State *L, const graph_box *box, const char *key)
{
    const ory_grid *g = &box->grid;
    const struct {
        const char *name;
        const double *values;
    } rows[] = {{"bus", g->bus}, {"m", g->m}, {"rating", g->s}, {"rinv", g->rinv}, {"tau", g->tau},
                {"power", g->pg}};
    ory_error err = {0};
    size_t i;

    if (!g->name)
        return false;
    if (strcmp(key, "m") == 0 && ory_grid_need_inertia(g, &err) != ORY_OK)
        ory_raise_in(L, "graph: m", &err);
    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(key, rows[i].name) == 0) {
            ory_push_vector(L, rows[i].values, g->n);
            return true;
        }
    if (strcmp(key, "f0") == 0)
        lua_pushnumber(L, g->f0);
    else if (strcmp(key, "name") == 0)
        lua_pushstring(L, g->name);
    else if (strcmp(key, "title") == 0)
        lua_pushstring(L, g->title);
    else if (strcmp(key, "origin") == 0)
        lua_pushstring(L, g->origin);
    else
        return false;
    return true;
}

static const char *const graph_fields[] = {"n",   "edge_count", "group",  "xy", "weight", "bus",
                                           "m",   "rating",     "rinv",   "tau", "power", "f0",
                                           "name", "title",     "origin", NULL};

static bool push_field(lua_State *L, const graph_box *box, const char *key)
{
    if (strcmp(key, "n") == 0)
        lua_pushinteger(L, (lua_Integer)box->g.n);
    else if (strcmp(key, "edge_count") == 0)
        lua_pushinteger(L, (lua_Integer)box->g.m);
    else if (strcmp(key, "weight") == 0)
        lua_pushnumber(L, ory_graph_weight_total(&box->g));
    else if (strcmp(key, "group") == 0)
        push_group(L, box);
    else if (strcmp(key, "xy") == 0)
        push_xy(L, box);
    else
        return push_grid_field(L, box, key);
    return true;
}

/* Upvalue 1: the methods. */
static int graph_index(lua_State *L)
{
    graph_box *box = graph_check(L, 1, "graph");
    const char *key = ory_check_text(L, 2, "graph", "field");
    size_t i;

    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    if (push_field(L, box, key))
        return 1;
    for (i = 0; graph_fields[i]; i++)
        if (strcmp(key, graph_fields[i]) == 0) {
            lua_pushnil(L); /* a field of power grids, and this is none */
            return 1;
        }
    {
        const char *near = ory_nearest(key, graph_fields, sizeof graph_fields / sizeof *graph_fields - 1);

        return ory_raisef(L, "graph: no field or method '%s'%s%s%s", key, near ? " (did you mean '" : "",
                          near ? near : "", near ? "'?)" : "");
    }
}

static int graph_tostring(lua_State *L)
{
    graph_box *box = graph_check(L, 1, "tostring");

    if (box->grid.name)
        lua_pushfstring(L, "graph of %s: %d machine nodes (%d buses, %d branches, %d machines)",
                        box->grid.name, (int)box->g.n, (int)box->grid.buses, (int)box->grid.branches,
                        (int)box->grid.machines);
    else
        lua_pushfstring(L, "graph: %I nodes, %I edges", (LUAI_UACINT)box->g.n, (LUAI_UACINT)box->g.m);
    return 1;
}

/* ---------------------------------------------------------------------------- tables */

static const ory_fn graph_rows[] = {
    {"graph.path", graph_path, "graph.path(n [, weight]) -> graph", "Nodes 1 to n in a line.",
     "print(graph.path(4):laplacian())"},
    {"graph.ring", graph_ring, "graph.ring(n [, weight]) -> graph", "Nodes 1 to n in a circle.",
     "print(graph.ring(5):spectrum())"},
    {"graph.star", graph_star, "graph.star(n [, weight]) -> graph",
     "Node 1 joined to each of the others.", "print(graph.star(5))"},
    {"graph.complete", graph_complete, "graph.complete(n [, weight]) -> graph",
     "Every pair joined; n at most 20000.", "print(graph.complete(5))"},
    {"graph.lattice", graph_lattice, "graph.lattice(rows, cols [, weight]) -> graph",
     "A rectangular grid, node (r, c) numbered (r-1) cols + c.", "print(graph.lattice(3, 4))"},
    {"graph.random", graph_random, "graph.random{n=, p=, weight=, seed=} -> graph",
     "Every pair joined independently with probability p (Erdos-Renyi).",
     "print(graph.random{ n=20, p=0.2, seed=3 })"},
    {"graph.geometric", graph_geometric, "graph.geometric{n=, radius=, weight=, seed=} -> graph",
     "Uniform points in the unit square, joined when nearer than radius.",
     "print(graph.geometric{ n=50, radius=0.2, seed=3 })"},
    {"graph.sbm", graph_sbm, "graph.sbm{sizes=, Q=, W=, shuffle=, seed=} -> graph",
     "Weighted stochastic block model: groups of the given sizes; nodes of groups a and b are joined "
     "with probability Q[a][b] by an edge of weight W[a][b] (arXiv 2211.15301, section V). The field "
     "group tells the planted groups.",
     "print(graph.sbm{ sizes={20, 30}, Q={{0.6, 0.1}, {0.1, 0.6}}, W={{5, 0.5}, {0.5, 5}}, seed=1 })"},
    {"graph.from", graph_from, "graph.from(matrix) -> graph",
     "The graph of a Laplacian (square, symmetric, rows sum to zero) or of a list of edges with "
     "columns from, to and perhaps weight; nodes are counted from 1.",
     "print(graph.from{ {1, 2, 0.5}, {2, 3, 2} })"},
    {"graph.load", graph_load, "graph.load(file [, {mode=, internal=, f0=}]) -> graph",
     "A list of edges (.csv, .tsv, .npy: from, to, weight), or the tables FOLDER/NAME.bus.tsv, "
     ".branch.tsv, .gen.tsv of a power grid (give FOLDER/NAME or the bus table).",
     "f = os.tmpname() .. '.csv'; mat.save(mat{{1,2,0.5},{2,3,2}}, f); print(graph.load(f)); "
     "os.remove(f)"},
    {"graph.grid", graph_grid, "graph.grid(name [, {mode=, internal=, f0=}]) -> graph",
     "One of seven published power grids that orrery carries (newengland39, ieee68, ieee145, npcc140, "
     "wecc179, iceland189, gb2224), Kron-reduced to its machine buses: Laplacian in p.u./rad, and the "
     "vectors m (inertia 2H, s on 100 MVA), rating, rinv, tau, power, bus.",
     "g = graph.grid('ieee68'); print(g, g.m)"},
    {0}};

static const ory_fn graph_methods[] = {
    {"graph:laplacian", graph_laplacian, "g:laplacian() -> matrix",
     "The Laplacian: degrees on the diagonal, minus weights off it.",
     "print(graph.path(3, 2):laplacian())"},
    {"graph:edges", graph_edges, "g:edges() -> matrix", "Rows (from, to, weight), nodes from 1.",
     "print(graph.ring(4):edges())"},
    {"graph:degrees", graph_degrees, "g:degrees() -> vector", "Sums of the weights at every node.",
     "print(graph.star(4):degrees())"},
    {"graph:components", graph_components, "g:components() -> vector, count",
     "The connected component of every node, numbered in order of first appearance.",
     "print(graph.from{ {1, 2}, {3, 4} }:components())"},
    {"graph:spectrum", graph_spectrum, "g:spectrum() -> vector",
     "Eigenvalues of the Laplacian, ascending; at most 6000 nodes.", "print(graph.ring(6):spectrum())"},
    {"graph:scaled", graph_scaled, "g:scaled(factor) -> graph",
     "The same graph with all weights multiplied.", "print(graph.ring(4):scaled(10):spectrum())"},
    {0}};

/* Leaves the table graph. */
int ory_open_graph(lua_State *L)
{
    luaL_newmetatable(L, GRAPH_MT);
    lua_pushcfunction(L, graph_gc);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__gc");
    lua_setfield(L, -2, "__close");
    lua_pushcfunction(L, graph_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushcfunction(L, graph_matrix);
    lua_setfield(L, -2, "__matrix");
    lua_newtable(L);
    for (size_t i = 0; graph_fields[i]; i++) {
        lua_pushstring(L, graph_fields[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "__fields");
    lua_newtable(L);
    ory_register(L, graph_methods);
    ory_register(L, graph_group_methods);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__methods");
    lua_pushcclosure(L, graph_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);

    lua_newtable(L);
    ory_register(L, graph_rows);
    ory_register(L, graph_group_rows);
    graph_group_help(L);
    ory_help_options(L, "graph.random", random_params);
    ory_help_options(L, "graph.geometric", geometric_params);
    ory_help_options(L, "graph.sbm", sbm_params);
    ory_help_options(L, "graph.grid", grid_params);
    return 1;
}
