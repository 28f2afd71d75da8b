/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data.c (bind) - data from files: IDX images, tables of numbers, arrays, named vectors;
 * options of the generators, which are in lua/orrery/data.lua. */
#include "config.h"

#include "bind/bind.h"

#include <math.h>

#include "bind/hold.h"
#include "bind/mat.h"
#include "io/idx.h"
#include "io/npy.h"

static size_t check_limit(lua_State *L, int idx, const char *fn)
{
    return lua_isnoneornil(L, idx)
               ? 0
               : (size_t)ory_check_int(L, idx, fn, "rows", 1, LUA_MAXINTEGER);
}

static void push_shape(lua_State *L, const ory_array_info *info)
{
    size_t i;

    lua_createtable(L, (int)info->dims, 0);
    for (i = 0; i < info->dims; i++) {
        lua_pushinteger(L, (lua_Integer)info->shape[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

static int data_idx(lua_State *L)
{
    const char *path = ory_check_text(L, 1, "data.idx", "file");
    size_t limit = check_limit(L, 2, "data.idx");
    ory_hold *h = ory_push_hold(L);
    ory_array_info info;
    ory_error err = {0};

    if (ory_idx_read(path, limit, &h->mat, &info, &err) != ORY_OK)
        return ory_raise_in(L, "data.idx", &err);
    ory_push_held(L, &h->mat);
    push_shape(L, &info);
    ory_hold_release(h);
    return 2;
}

static int data_npy(lua_State *L)
{
    const char *path = ory_check_text(L, 1, "data.npy", "file");
    ory_hold *h = ory_push_hold(L);
    ory_array_info info;
    ory_error err = {0};

    if (ory_npy_read(path, true, &h->mat, &info, &err) != ORY_OK)
        return ory_raise_in(L, "data.npy", &err);
    ory_push_held(L, &h->mat);
    push_shape(L, &info);
    lua_pushstring(L, info.type);
    ory_hold_release(h);
    return 3;
}

/* matrix, names of columns, names of rows */
static int push_table(lua_State *L, const ory_table *t)
{
    ory_push_held(L, &t->values);
    ory_push_names(L, t->columns, t->values.cols);
    ory_push_names(L, t->rows, t->values.rows);
    return 3;
}

static int data_csv(lua_State *L)
{
    static const char *const names[] = {"comma", "tab", "blank", NULL};
    const char *path = ory_check_text(L, 1, "data.csv", "file");
    char separator = 0;
    ory_hold *h;
    ory_error err = {0};

    if (!lua_isnoneornil(L, 2))
        separator = ",\t "[ory_check_choice(L, 2, "data.csv", "separator", names)];
    h = ory_push_hold(L);
    if (ory_table_read(path, separator, &h->table, &err) != ORY_OK)
        return ory_raise_in(L, "data.csv", &err);
    return push_table(L, &h->table);
}

static int data_vectors(lua_State *L)
{
    const char *path = ory_check_text(L, 1, "data.vectors", "file");
    ory_hold *h = ory_push_hold(L);
    ory_error err = {0};

    if (ory_vectors_read(path, &h->table, &err) != ORY_OK)
        return ory_raise_in(L, "data.vectors", &err);
    push_table(L, &h->table);
    lua_remove(L, -2);
    return 2;
}

static const ory_fn data_rows[] = {
    {"data.idx", data_idx, "data.idx(file [, rows]) -> matrix, shape",
     "Read an IDX file (the format of the MNIST digits), plain or gzipped, as a matrix with one "
     "row per item (28 x 28 images give 784 columns; labels a vector); only the first `rows` when "
     "given. Also the shape that the file has, as a list.",
     "f = os.tmpname(); h = io.open(f, 'wb'); h:write('\\0\\0\\8\\1\\0\\0\\0\\2\\5\\7'); h:close(); "
     "print(data.idx(f)); os.remove(f)"},
    {"data.npy", data_npy, "data.npy(file) -> matrix, shape, type",
     "Read a NumPy array: real, integer or truth values, any byte order; more than two dimensions "
     "become first x rest. Also the shape that the file has, as a list, and the type of its numbers "
     "(\"f4\", \"i8\", …).",
     "f = os.tmpname() .. '.npy'; mat.save(mat.eye(3), f); print((data.npy(f))); os.remove(f)"},
    {"data.csv", data_csv, "data.csv(file [, separator]) -> matrix, columns, rows",
     "Read a table of numbers: .csv (comma), .tsv (tab), .txt (blanks), or separator \"comma\", "
     "\"tab\", \"blank\"; plain or gzipped. A first line of words names columns, a first column of "
     "words names rows (nil when there are none); an empty cell is NaN.",
     "f = os.tmpname(); h = io.open(f, 'w'); h:write('x,y\\n1,2\\n'); h:close(); "
     "print(data.csv(f, 'comma')); os.remove(f)"},
    {"data.vectors", data_vectors, "data.vectors(file) -> matrix, names",
     "Read lines \"name number number …\" (word vectors): one row per name. Names may hold blanks: "
     "the numbers are counted from the right.",
     "f = os.tmpname(); h = io.open(f, 'w'); h:write('lion 1 2\\ntiger 3 4\\n'); h:close(); "
     "print(data.vectors(f)); os.remove(f)"},
    {0}};

/* ---------------------------------------------------------------- generators */

static const char *const input_names[] = {"gaussian", "orthogonal", "spectrum", "identity", NULL};
static const char *const target_names[] = {"teacher", "random", NULL};

static const ory_param linear_params[] = {
    {"n", ORY_PARAM_INT, 5, 1, 1e6, NULL, 0, "", "input dimension: columns of X", NULL},
    {"m", ORY_PARAM_INT, 3, 1, 1e6, NULL, 0, "", "output dimension: columns of Y", NULL},
    {"samples", ORY_PARAM_INT, 50, 1, 1e6, NULL, ORY_OPTIONAL, "",
     "rows of X and Y; n with inputs \"identity\"", "50"},
    {"seed", ORY_PARAM_INT, 1, 0, 0x1p53, NULL, 0, "", "seed of X, teacher and noise", NULL},
    {"inputs", ORY_PARAM_CHOICE, 0, 0, 0, input_names, 0, "",
     "X: N(0,1) entries, orthonormal columns, singular values uniform in [spectrum_low, "
     "spectrum_high], or the identity", NULL},
    {"spectrum_low", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, ORY_OPEN_MIN, "",
     "inputs \"spectrum\": smallest singular value", NULL},
    {"spectrum_high", ORY_PARAM_REAL, 2, 0, INFINITY, NULL, ORY_OPEN_MIN, "",
     "inputs \"spectrum\": largest singular value", NULL},
    {"targets", ORY_PARAM_CHOICE, 0, 0, 0, target_names, 0, "",
     "Y = X theta + noise with a Gaussian theta, or noise of standard deviation teacher_std alone",
     NULL},
    {"teacher_std", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, 0, "",
     "standard deviation of the entries of theta", NULL},
    {"noise", ORY_PARAM_REAL, 0.1, 0, INFINITY, NULL, 0, "", "standard deviation of the noise",
     NULL},
    {0}};

/* data._linear(options) -> table of the values, checked */
static int linear_options(lua_State *L)
{
    const ory_values *v;

    if (lua_gettop(L) > 1)
        return ory_raisef(L, "data.linear: takes one table of options, got %d arguments",
                          lua_gettop(L));
    v = ory_check_options(L, 1, "data.linear", linear_params);
    lua_newtable(L);
    for (size_t i = 0; i < v->count; i++) {
        ory_push_value(L, v, (int)i);
        lua_setfield(L, -2, linear_params[i].name);
    }
    return 1;
}

/* Leaves the table data. */
int ory_open_data(lua_State *L)
{
    lua_newtable(L);
    ory_register(L, data_rows);
    lua_pushcfunction(L, linear_options);
    lua_setfield(L, -2, "_linear");
    ory_help_options(L, "data.linear", linear_params);
    return 1;
}
