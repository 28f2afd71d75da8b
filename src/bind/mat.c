/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mat.c - the Lua matrix: its memory, views of it, matrices from lists, checked
 * arguments, and the metatable that the other mat_*.c files fill. */
#include "config.h"

#include "bind/mat.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"

/* -------------------------------------------------------------------- memory */

static int no_memory(lua_State *L, size_t rows, size_t cols)
{
    return ory_raisef(L, "no memory for a %zu x %zu matrix (%.3g GiB)", rows, cols,
                      (double)rows * (double)cols * sizeof(double) / 0x1p30);
}

/* Large blocks are asked for once in advance, so that a size that cannot be had is
 * answered with that size instead of Lua's bare "not enough memory". */
static bool can_have(lua_State *L, size_t bytes)
{
    enum { LARGE = 1 << 22 };
    void *ud, *block;
    lua_Alloc alloc;

    if (bytes < LARGE)
        return true;
    alloc = lua_getallocf(L, &ud);
    block = alloc(ud, NULL, LUA_TUSERDATA, bytes);
    if (!block) {
        lua_gc(L, LUA_GCCOLLECT);
        block = alloc(ud, NULL, LUA_TUSERDATA, bytes);
    }
    if (block)
        alloc(ud, block, bytes, 0);
    return block != NULL;
}

/* The numbers lie behind the struct in the same userdata, aligned as core/mem.h has
 * it. Temporaries die young: the collector is told of their bytes a second time, so
 * that it runs before the heap has doubled. */
static ory_lmat *push_block(lua_State *L, size_t rows, size_t cols)
{
    const size_t extra = sizeof(ory_lmat) + ORY_ALIGN;
    size_t bytes;
    ory_lmat *a;

    luaL_checkstack(L, 4, NULL);
    if (cols != 0 && rows > (PTRDIFF_MAX - extra) / sizeof(double) / cols)
        no_memory(L, rows, cols);
    bytes = rows * cols * sizeof(double);
    ory_gc_note(L, (ptrdiff_t)bytes);
    ory_gc_note(L, -(ptrdiff_t)bytes);
    if (!can_have(L, bytes + extra))
        no_memory(L, rows, cols);
    a = lua_newuserdatauv(L, bytes + extra, 1);
    *a = (ory_lmat){.rows = rows, .cols = cols, .row_stride = (ptrdiff_t)cols, .col_stride = 1};
    a->data = (double *)(((uintptr_t)(a + 1) + ORY_ALIGN - 1) / ORY_ALIGN * ORY_ALIGN);
    memset(a->data, 0, bytes);
    luaL_setmetatable(L, ORY_MAT_MT);
    return a;
}

ory_lmat *ory_push_mat(lua_State *L, size_t rows, size_t cols)
{
    return push_block(L, rows, cols);
}

ory_lmat *ory_push_vec(lua_State *L, size_t rows, size_t cols)
{
    ory_lmat *a = push_block(L, rows, cols);

    a->vector = true;
    return a;
}

ory_lmat *ory_push_mat_copy(lua_State *L, const ory_mat *m)
{
    ory_lmat *a = push_block(L, m->rows, m->cols);

    for (size_t r = 0; r < m->rows && m->cols > 0; r++)
        memcpy(a->data + r * m->cols, m->data + r * m->ld, m->cols * sizeof(double));
    return a;
}

void ory_push_vector(lua_State *L, const double *x, size_t n)
{
    ory_lmat *a = ory_push_vec(L, n, 1);

    if (n > 0)
        memcpy(a->data, x, n * sizeof(double));
}

/* A view of a view keeps the matrix that owns the numbers, not the chain. */
ory_lmat *ory_push_view(lua_State *L, int idx)
{
    const ory_lmat *from;
    ory_lmat *a;

    idx = lua_absindex(L, idx);
    luaL_checkstack(L, 4, NULL);
    from = lua_touserdata(L, idx);
    a = lua_newuserdatauv(L, sizeof *a, 1);
    *a = *from;
    a->vector = false;
    if (lua_getiuservalue(L, idx, 1) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_pushvalue(L, idx);
    }
    lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, ORY_MAT_MT);
    return a;
}

/* --------------------------------------------------------------------- shape */

bool ory_lmat_packed(const ory_lmat *a)
{
    return (a->cols <= 1 || a->col_stride == 1) &&
           (a->rows <= 1 || a->row_stride == (ptrdiff_t)a->cols);
}

void ory_lmat_store(const ory_lmat *a, double *out)
{
    if (ory_lmat_packed(a)) {
        if (ory_lmat_len(a) > 0)
            memmove(out, a->data, ory_lmat_len(a) * sizeof *out);
        return;
    }
    for (size_t r = 0; r < a->rows; r++)
        for (size_t c = 0; c < a->cols; c++)
            *out++ = *ory_lmat_at(a, r, c);
}

ory_mat ory_lmat_mat(const ory_lmat *a)
{
    return ory_mat_view(a->data, a->rows, a->cols);
}

void ory_shape_text(const ory_lmat *a, char *out, size_t size)
{
    if (a->vector && a->cols == 1)
        snprintf(out, size, "a vector of %zu", a->rows);
    else if (a->vector)
        snprintf(out, size, "a row vector of %zu", a->cols);
    else
        snprintf(out, size, "a %zu x %zu matrix", a->rows, a->cols);
}

/* ---------------------------------------------------------------- from a list */

/* How many numbers row i of the list at idx holds; 1 for a number. */
static ory_status row_width(lua_State *L, int idx, lua_Integer i, size_t *width, ory_error *err)
{
    const ory_lmat *m;
    char got[160];
    ory_status ok = ORY_OK;

    if (lua_rawgeti(L, idx, i) == LUA_TTABLE)
        *width = (size_t)lua_rawlen(L, -1);
    else if ((m = ory_test_mat(L, -1)) != NULL && m->vector)
        *width = ory_lmat_len(m);
    else if (lua_type(L, -1) == LUA_TNUMBER)
        *width = 1;
    else {
        ory_describe(L, -1, got, sizeof got);
        ok = ory_fail(err, ORY_EINVAL, "entry %lld of the list is %s (expected a number or a list "
                      "of numbers)", (long long)i, got);
    }
    lua_pop(L, 1);
    return ok;
}

/* Shape of the list; *flat: numbers only, a column. Every row must be like the first. */
static ory_status list_shape(lua_State *L, int idx, size_t *rows, size_t *cols, bool *flat,
                             ory_error *err)
{
    lua_Integer n = (lua_Integer)lua_rawlen(L, idx), i;
    size_t width = 0;
    ory_status ok;

    if (n == 0)
        return ory_fail(err, ORY_EINVAL, "the list is empty (expected numbers or lists of numbers)");
    *rows = (size_t)n;
    ok = row_width(L, idx, 1, cols, err);
    *flat = lua_rawgeti(L, idx, 1) == LUA_TNUMBER;
    lua_pop(L, 1);
    for (i = 1; ok == ORY_OK && i <= n; i++) {
        bool number = lua_rawgeti(L, idx, i) == LUA_TNUMBER;

        lua_pop(L, 1);
        ok = row_width(L, idx, i, &width, err);
        if (ok == ORY_OK && number != *flat)
            return ory_fail(err, ORY_ESHAPE, "the list mixes numbers and rows (entry %lld)",
                            (long long)i);
        if (ok == ORY_OK && width != *cols)
            return ory_fail(err, ORY_ESHAPE, "row %lld has %zu numbers, row 1 has %zu",
                            (long long)i, width, *cols);
    }
    if (ok == ORY_OK && *cols == 0)
        return ory_fail(err, ORY_EINVAL, "row 1 of the list is empty");
    return ok;
}

/* Entry j of the row at the top into *out. */
static ory_status list_entry(lua_State *L, lua_Integer i, lua_Integer j, double *out,
                             ory_error *err)
{
    char got[160];
    ory_status ok = ORY_OK;

    if (lua_rawgeti(L, -1, j) == LUA_TNUMBER) {
        *out = lua_tonumber(L, -1);
    } else {
        ory_describe(L, -1, got, sizeof got);
        ok = ory_fail(err, ORY_EINVAL, "entry [%lld][%lld] of the list is %s (expected a number)",
                      (long long)i, (long long)j, got);
    }
    lua_pop(L, 1);
    return ok;
}

static ory_status list_row(lua_State *L, int idx, lua_Integer i, double *out, size_t cols,
                           ory_error *err)
{
    ory_status ok = ORY_OK;

    if (lua_rawgeti(L, idx, i) == LUA_TNUMBER)
        *out = lua_tonumber(L, -1);
    else if (lua_type(L, -1) == LUA_TUSERDATA)
        ory_lmat_store(lua_touserdata(L, -1), out);
    else
        for (size_t j = 0; ok == ORY_OK && j < cols; j++)
            ok = list_entry(L, i, (lua_Integer)j + 1, out + j, err);
    lua_pop(L, 1);
    return ok;
}

ory_status ory_list_to_mat(lua_State *L, int idx, ory_error *err)
{
    size_t rows = 0, cols = 0;
    bool flat = false;
    ory_lmat *a;
    ory_status ok;

    idx = lua_absindex(L, idx);
    luaL_checkstack(L, 8, NULL);
    ok = list_shape(L, idx, &rows, &cols, &flat, err);
    if (ok != ORY_OK)
        return ok;
    a = ory_push_mat(L, rows, cols);
    a->vector = flat;
    for (size_t i = 0; ok == ORY_OK && i < rows; i++)
        ok = list_row(L, idx, (lua_Integer)i + 1, a->data + i * cols, cols, err);
    if (ok != ORY_OK)
        lua_pop(L, 1);
    return ok;
}

/* ----------------------------------------------------------------- arguments */

ory_lmat *ory_test_mat(lua_State *L, int idx)
{
    return luaL_testudata(L, idx, ORY_MAT_MT);
}

ory_lmat *ory_check_lmat(lua_State *L, int idx, const char *fn, const char *argname)
{
    ory_lmat *a = ory_test_mat(L, idx);
    ory_error err = {0};
    char where[160];

    if (a)
        return a;
    if (!lua_istable(L, idx))
        ory_arg_error(L, fn, idx, argname, "a matrix or a list of numbers");
    idx = lua_absindex(L, idx);
    if (ory_list_to_mat(L, idx, &err) != ORY_OK) {
        ory_arg_prefix(fn, idx, argname, where, sizeof where);
        ory_fail_prefix(&err, "%s", where);
        ory_raise(L, &err);
    }
    lua_replace(L, idx);
    return lua_touserdata(L, idx);
}

ory_lmat *ory_check_packed(lua_State *L, int idx, const char *fn, const char *argname)
{
    ory_lmat *a = ory_check_lmat(L, idx, fn, argname), *copy;

    if (ory_lmat_packed(a))
        return a;
    idx = lua_absindex(L, idx);
    copy = ory_push_mat(L, a->rows, a->cols);
    copy->vector = a->vector;
    ory_lmat_store(a, copy->data);
    lua_replace(L, idx);
    return copy;
}

ory_mat ory_check_mat(lua_State *L, int idx, const char *fn, const char *argname)
{
    return ory_lmat_mat(ory_check_packed(L, idx, fn, argname));
}

int ory_raise_in(lua_State *L, const char *fn, ory_error *err)
{
    ory_fail_prefix(err, "%s", fn);
    return ory_raise(L, err);
}

/* ------------------------------------------------------------------- opening */

static int mat_tostring(lua_State *L)
{
    ory_push_mat_text(L, luaL_checkudata(L, 1, ORY_MAT_MT));
    return 1;
}

static const luaL_Reg metamethods[] = {
    {"__add", ory_mat_add},     {"__sub", ory_mat_sub}, {"__mul", ory_mat_mul},
    {"__div", ory_mat_div},     {"__pow", ory_mat_pow}, {"__unm", ory_mat_unm},
    {"__eq", ory_mat_eq},       {"__len", ory_mat_len}, {"__pairs", ory_mat_pairs},
    {"__tostring", mat_tostring}, {"__newindex", ory_mat_newindex}, {NULL, NULL},
};

static const ory_fn topics[] = {
    {"mat", NULL, "mat(list) -> matrix, mat(rows, cols, fn) -> matrix",
     "Dense real matrices and vectors. Positions count from 1, negative ones from the end. A flat "
     "list is a vector (one column), a list of lists a matrix. A.rows, A.cols, A.T, A[i] (row i as "
     "a view; a number for a vector), #A (rows, or length of a vector). + and - take equal shapes, "
     "a number, or a row or column that fits; A * B is the matrix product; A / x divides by a "
     "number; A ^ k is a matrix power; A == B compares every entry. Rows, columns, slices and A.T "
     "are views: assigning into them changes A; A:copy() is independent.",
     "A = mat{{1, 2}, {3, 4}}; print(A * A.T, A[1][-1], #A)"},
    {"mat.rows", NULL, "A.rows -> number", "Number of rows.", "print(mat.zeros(2, 3).rows)"},
    {"mat.cols", NULL, "A.cols -> number", "Number of columns.", "print(mat.zeros(2, 3).cols)"},
    {"mat.T", NULL, "A.T -> matrix", "The transpose, a view of the same numbers.",
     "A = mat{{1, 2}, {3, 4}}; A.T[1][2] = 9; print(A[2][1])"},
    {0}};

static void open_metatable(lua_State *L)
{
    static const char *const fields[] = {"rows", "cols", "T"};
    static const ory_fn *const methods[] = {ory_mat_view_methods, ory_mat_math_methods,
                                            ory_mat_reduce_methods, ory_mat_linalg_methods,
                                            ory_mat_file_methods};

    luaL_newmetatable(L, ORY_MAT_MT);
    luaL_setfuncs(L, metamethods, 0);
    lua_newtable(L);
    for (int i = 0; i < 3; i++) {
        lua_pushstring(L, fields[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "__fields");
    lua_newtable(L);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        ory_register(L, methods[i]);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__methods");
    lua_pushcclosure(L, ory_mat_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

int ory_open_mat(lua_State *L)
{
    open_metatable(L);
    lua_newtable(L);
    ory_register(L, topics);
    ory_register(L, ory_mat_new_rows);
    ory_register(L, ory_mat_file_rows);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, ory_mat_call);
    lua_setfield(L, -2, "__call");
    lua_setmetatable(L, -2);
    return 1;
}
