/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data.c (bind) - data from files: IDX images, tables of numbers, arrays, named vectors. */
#include "config.h"

#include "bind/bind.h"

#include <string.h>

#include "bind/mat.h"
#include "io/idx.h"
#include "io/npy.h"
#include "io/table.h"

/* A matrix of the C side that the collector frees when an error comes in between. */
#define HOLD_MT "orrery.data.hold"

typedef struct hold {
    ory_mat mat;
    ory_table table;
} hold;

static int hold_gc(lua_State *L)
{
    hold *h = luaL_checkudata(L, 1, HOLD_MT);

    ory_mat_free(&h->mat);
    ory_table_fini(&h->table);
    return 0;
}

static hold *push_hold(lua_State *L)
{
    hold *h = lua_newuserdatauv(L, sizeof *h, 0);

    memset(h, 0, sizeof *h);
    if (luaL_newmetatable(L, HOLD_MT)) {
        lua_pushcfunction(L, hold_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return h;
}

static int push_held(lua_State *L, const ory_mat *m)
{
    ory_lmat *a = ory_push_mat_copy(L, m);

    a->vector = m->cols == 1;
    return 1;
}

static size_t check_limit(lua_State *L, int idx, const char *fn)
{
    return lua_isnoneornil(L, idx)
               ? 0
               : (size_t)ory_check_int(L, idx, fn, "rows", 1, LUA_MAXINTEGER);
}

static int data_idx(lua_State *L)
{
    const char *path = ory_check_text(L, 1, "data.idx", "file");
    size_t limit = check_limit(L, 2, "data.idx"), i;
    hold *h = push_hold(L);
    ory_array_info info;
    ory_error err = {0};

    if (ory_idx_read(path, limit, &h->mat, &info, &err) != ORY_OK)
        return ory_raise_in(L, "data.idx", &err);
    push_held(L, &h->mat);
    lua_createtable(L, (int)info.dims, 0);
    for (i = 0; i < info.dims; i++) {
        lua_pushinteger(L, (lua_Integer)info.shape[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 2;
}

static int data_npy(lua_State *L)
{
    const char *path = ory_check_text(L, 1, "data.npy", "file");
    hold *h = push_hold(L);
    ory_error err = {0};

    if (ory_npy_read(path, true, &h->mat, NULL, &err) != ORY_OK)
        return ory_raise_in(L, "data.npy", &err);
    return push_held(L, &h->mat);
}

static void push_names(lua_State *L, char *const *names, size_t n)
{
    size_t i;

    if (!names) {
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, (int)n, 0);
    for (i = 0; i < n; i++) {
        lua_pushstring(L, names[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* matrix, names of columns, names of rows */
static int push_table(lua_State *L, const ory_table *t)
{
    push_held(L, &t->values);
    push_names(L, t->columns, t->values.cols);
    push_names(L, t->rows, t->values.rows);
    return 3;
}

static int data_csv(lua_State *L)
{
    static const char *const names[] = {"comma", "tab", "blank", NULL};
    const char *path = ory_check_text(L, 1, "data.csv", "file");
    char separator = 0;
    hold *h;
    ory_error err = {0};

    if (!lua_isnoneornil(L, 2))
        separator = ",\t "[ory_check_choice(L, 2, "data.csv", "separator", names)];
    h = push_hold(L);
    if (ory_table_read(path, separator, &h->table, &err) != ORY_OK)
        return ory_raise_in(L, "data.csv", &err);
    return push_table(L, &h->table);
}

static int data_vectors(lua_State *L)
{
    const char *path = ory_check_text(L, 1, "data.vectors", "file");
    hold *h = push_hold(L);
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
     "given. Also the shape as a list.",
     NULL},
    {"data.npy", data_npy, "data.npy(file) -> matrix",
     "Read a NumPy array: real, integer or truth values, any byte order; more than two dimensions "
     "become first x rest.",
     "f = os.tmpname() .. '.npy'; mat.save(mat.eye(3), f); print(data.npy(f)); os.remove(f)"},
    {"data.csv", data_csv, "data.csv(file [, separator]) -> matrix, columns, rows",
     "Read a table of numbers: .csv (comma), .tsv (tab), .txt (blanks), or separator \"comma\", "
     "\"tab\", \"blank\"; plain or gzipped. A first line of words names columns, a first column of "
     "words names rows (nil when there are none); an empty cell is NaN.",
     "f = os.tmpname(); h = io.open(f, 'w'); h:write('x,y\\n1,2\\n'); h:close(); "
     "print(data.csv(f, 'comma')); os.remove(f)"},
    {"data.vectors", data_vectors, "data.vectors(file) -> matrix, names",
     "Read lines \"name number number …\" (word vectors): one row per name. Names may hold blanks "
     "when tabs separate.",
     "f = os.tmpname(); h = io.open(f, 'w'); h:write('lion 1 2\\ntiger 3 4\\n'); h:close(); "
     "print(data.vectors(f)); os.remove(f)"},
    {0}};

/* Leaves the table data. */
int ory_open_data(lua_State *L)
{
    lua_newtable(L);
    ory_register(L, data_rows);
    return 1;
}
