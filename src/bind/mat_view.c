/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mat_view.c - parts of a matrix and assignment into them.
 *
 * A row, a column, a slice, a block, the diagonal and the transpose are views: they
 * show the same numbers, and what is assigned into them changes the matrix. */
#include "config.h"

#include "bind/mat.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* --------------------------------------------------------------- single parts */

static ory_lmat *push_row(lua_State *L, int idx, size_t r)
{
    ory_lmat *v = ory_push_view(L, idx);

    v->data = ory_lmat_at(v, r, 0);
    v->rows = 1;
    v->vector = true;
    return v;
}

static ory_lmat *push_col(lua_State *L, int idx, size_t c)
{
    ory_lmat *v = ory_push_view(L, idx);

    v->data = ory_lmat_at(v, 0, c);
    v->cols = 1;
    v->vector = true;
    return v;
}

static void push_transpose(lua_State *L, int idx)
{
    ory_lmat *v = ory_push_view(L, idx);
    const ory_lmat *a = lua_touserdata(L, lua_absindex(L, idx));

    v->rows = a->cols;
    v->cols = a->rows;
    v->row_stride = a->col_stride;
    v->col_stride = a->row_stride;
    v->vector = a->vector;
}

static size_t length(const ory_lmat *a)
{
    return a->vector ? ory_lmat_len(a) : a->rows;
}

/* ----------------------------------------------------------------- A[i], A.name */

static int no_such_field(lua_State *L, int methods, const char *key)
{
    enum { MOST = 160 };
    const char *names[MOST], *near;
    size_t n = 0;

    names[n++] = "rows";
    names[n++] = "cols";
    names[n++] = "T";
    lua_pushnil(L);
    while (n < MOST && lua_next(L, methods)) {
        names[n++] = lua_tostring(L, -2);
        lua_pop(L, 1);
    }
    near = ory_nearest(key, names, n);
    if (near)
        return ory_raisef(L, "mat: no field or method '%s' (did you mean '%s'?)", key, near);
    return ory_raisef(L, "mat: no field or method '%s' (help('mat') lists them)", key);
}

/* ipairs and its like end where t[n + 1] is nil; they are C functions, so an index one
 * past the end is an error only where Lua code wrote it. */
static bool called_by_c(lua_State *L)
{
    lua_Debug ar;

    return lua_getstack(L, 1, &ar) && lua_getinfo(L, "S", &ar) && *ar.what == 'C';
}

static int index_number(lua_State *L, const ory_lmat *a)
{
    size_t n = length(a), i;

    if (lua_tointeger(L, 2) == (lua_Integer)n + 1 && called_by_c(L)) {
        lua_pushnil(L);
        return 1;
    }
    i = ory_check_index(L, 2, n, a->vector ? "vector" : "matrix", a->vector ? "position" : "row");
    if (a->vector)
        lua_pushnumber(L, *ory_lmat_nth(a, i));
    else
        push_row(L, 1, i);
    return 1;
}

int ory_mat_index(lua_State *L)
{
    const ory_lmat *a = luaL_checkudata(L, 1, ORY_MAT_MT);
    const char *key;

    if (lua_type(L, 2) == LUA_TNUMBER)
        return index_number(L, a);
    if (lua_type(L, 2) != LUA_TSTRING) {
        char got[160];

        ory_describe(L, 2, got, sizeof got);
        return ory_raisef(L, "mat: A[%s]: expected a whole number or a name (A:get(i, j) reads one "
                             "entry)", got);
    }
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    key = lua_tostring(L, 2);
    if (strcmp(key, "rows") == 0)
        lua_pushinteger(L, (lua_Integer)a->rows);
    else if (strcmp(key, "cols") == 0)
        lua_pushinteger(L, (lua_Integer)a->cols);
    else if (strcmp(key, "T") == 0)
        push_transpose(L, 1);
    else
        return no_such_field(L, lua_upvalueindex(1), key);
    return 1;
}

/* ---------------------------------------------------------------- assignment */

/* Copy the number, matrix or list at value into every entry of to. What is read may
 * overlap what is written (views of one matrix). */
static void assign(lua_State *L, const ory_lmat *to, int value, const char *fn)
{
    const ory_lmat *from;
    double *copy;
    size_t i = 0;

    if (lua_type(L, value) == LUA_TNUMBER) {
        double x = lua_tonumber(L, value);

        for (size_t r = 0; r < to->rows; r++)
            for (size_t c = 0; c < to->cols; c++)
                *ory_lmat_at(to, r, c) = x;
        return;
    }
    if (!ory_test_mat(L, value) && !lua_istable(L, value))
        ory_arg_error(L, fn, value, "value", "a number, a matrix or a list of numbers");
    from = ory_check_lmat(L, value, fn, "value");
    if ((from->rows != to->rows || from->cols != to->cols) &&
        !(from->vector && (to->rows == 1 || to->cols == 1) &&
          ory_lmat_len(from) == ory_lmat_len(to))) {
        char left[80], right[80];

        ory_shape_text(to, left, sizeof left);
        ory_shape_text(from, right, sizeof right);
        ory_raisef(L, "%s: %s cannot take %s", fn, left, right);
    }
    copy = lua_newuserdatauv(L, (ory_lmat_len(from) + 1) * sizeof *copy, 0);
    ory_lmat_store(from, copy);
    for (size_t r = 0; r < to->rows; r++)
        for (size_t c = 0; c < to->cols; c++)
            *ory_lmat_at(to, r, c) = copy[i++];
    lua_pop(L, 1);
}

/* v[i] = number; A[i] = number, vector or list. */
int ory_mat_newindex(lua_State *L)
{
    const ory_lmat *a = luaL_checkudata(L, 1, ORY_MAT_MT);
    size_t i;

    if (lua_type(L, 2) != LUA_TNUMBER) {
        if (lua_type(L, 2) == LUA_TSTRING)
            return ory_raisef(L, "mat: '%s' cannot be assigned; entries are: A[i][j] = x, A[i] = "
                                 "row, A:block(…):assign(B)", lua_tostring(L, 2));
        return ory_raisef(L, "mat: entries are assigned by position, got a %s",
                          luaL_typename(L, 2));
    }
    i = ory_check_index(L, 2, length(a), a->vector ? "vector" : "matrix",
                        a->vector ? "position" : "row");
    if (!a->vector) {
        assign(L, push_row(L, 1, i), 3, "A[i] =");
        return 0;
    }
    if (lua_type(L, 3) != LUA_TNUMBER) {
        char got[160];

        ory_describe(L, 3, got, sizeof got);
        return ory_raisef(L, "v[i] =: expected a number, got %s", got);
    }
    *ory_lmat_nth(a, i) = lua_tonumber(L, 3);
    return 0;
}

int ory_mat_len(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)length(luaL_checkudata(L, 1, ORY_MAT_MT)));
    return 1;
}

static int pairs_next(lua_State *L)
{
    const ory_lmat *a = luaL_checkudata(L, 1, ORY_MAT_MT);
    lua_Integer i = luaL_optinteger(L, 2, 0);

    if (i < 0 || (size_t)i >= length(a))
        return 0;
    lua_pushinteger(L, i + 1);
    if (a->vector)
        lua_pushnumber(L, *ory_lmat_nth(a, (size_t)i));
    else
        push_row(L, 1, (size_t)i);
    return 2;
}

int ory_mat_pairs(lua_State *L)
{
    luaL_checkudata(L, 1, ORY_MAT_MT);
    lua_pushcfunction(L, pairs_next);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/* ------------------------------------------------------------------- methods */

static int mat_row(lua_State *L)
{
    const ory_lmat *a = ory_check_lmat(L, 1, "mat:row", "matrix");

    push_row(L, 1, ory_check_index(L, 2, a->rows, "mat:row", "row"));
    return 1;
}

static int mat_col(lua_State *L)
{
    const ory_lmat *a = ory_check_lmat(L, 1, "mat:col", "matrix");

    push_col(L, 1, ory_check_index(L, 2, a->cols, "mat:col", "column"));
    return 1;
}

static double *entry(lua_State *L, const ory_lmat *a, const char *fn)
{
    size_t r = ory_check_index(L, 2, a->rows, fn, "row");

    return ory_lmat_at(a, r, ory_check_index(L, 3, a->cols, fn, "column"));
}

static int mat_get(lua_State *L)
{
    lua_pushnumber(L, *entry(L, ory_check_lmat(L, 1, "mat:get", "matrix"), "mat:get"));
    return 1;
}

static int mat_set(lua_State *L)
{
    double *x = entry(L, ory_check_lmat(L, 1, "mat:set", "matrix"), "mat:set");

    *x = ory_check_real(L, 4, "mat:set", "value");
    lua_settop(L, 1);
    return 1;
}

/* Ends of a range, both included; nil: from the first, to the last. */
static void check_span(lua_State *L, int idx, size_t n, const char *fn, const char *first,
                       const char *last, size_t *begin, size_t *count)
{
    size_t end;

    *begin = lua_isnoneornil(L, idx) ? 0 : ory_check_index(L, idx, n, fn, first);
    end = lua_isnoneornil(L, idx + 1) ? n - 1 : ory_check_index(L, idx + 1, n, fn, last);
    if (n == 0)
        ory_raisef(L, "%s: the matrix is empty", fn);
    if (end < *begin)
        ory_raisef(L, "%s: %s %zu is behind %s %zu", fn, first, *begin + 1, last, end + 1);
    *count = end - *begin + 1;
}

/* v:slice(first, last), A:slice(row1, row2, col1, col2). */
static int mat_slice(lua_State *L)
{
    static const char fn[] = "mat:slice";
    const ory_lmat *a = ory_check_lmat(L, 1, fn, "matrix");
    size_t r = 0, c = 0, rows = a->rows, cols = a->cols;
    ory_lmat *v;

    lua_settop(L, 5);
    if (a->vector && a->cols == 1)
        check_span(L, 2, a->rows, fn, "first", "last", &r, &rows);
    else if (a->vector)
        check_span(L, 2, a->cols, fn, "first", "last", &c, &cols);
    else {
        check_span(L, 2, a->rows, fn, "first row", "last row", &r, &rows);
        check_span(L, 4, a->cols, fn, "first column", "last column", &c, &cols);
    }
    if (a->vector && !lua_isnil(L, 4))
        return ory_raisef(L, "%s: a vector has only one dimension (first, last)", fn);
    v = ory_push_view(L, 1);
    v->data = ory_lmat_at(a, r, c);
    v->rows = rows;
    v->cols = cols;
    v->vector = a->vector;
    return 1;
}

/* A:block(row, col, rows, cols). */
static int mat_block(lua_State *L)
{
    static const char fn[] = "mat:block";
    const ory_lmat *a = ory_check_lmat(L, 1, fn, "matrix");
    size_t r = ory_check_index(L, 2, a->rows, fn, "row");
    size_t c = ory_check_index(L, 3, a->cols, fn, "column");
    lua_Integer rows = ory_check_int(L, 4, fn, "rows", 1, (lua_Integer)(a->rows - r));
    lua_Integer cols = ory_check_int(L, 5, fn, "cols", 1, (lua_Integer)(a->cols - c));
    ory_lmat *v = ory_push_view(L, 1);

    v->data = ory_lmat_at(a, r, c);
    v->rows = (size_t)rows;
    v->cols = (size_t)cols;
    return 1;
}

static int mat_diag(lua_State *L)
{
    const ory_lmat *a = ory_check_lmat(L, 1, "mat:diag", "matrix");
    ory_lmat *v;

    if (a->vector)
        return ory_raisef(L, "mat:diag: reads the diagonal of a matrix, got a vector (mat.diag(v) "
                             "makes a matrix)");
    v = ory_push_view(L, 1);
    v->rows = a->rows < a->cols ? a->rows : a->cols;
    v->cols = 1;
    v->row_stride = a->row_stride + a->col_stride;
    v->vector = true;
    return 1;
}

static ory_lmat *push_copy(lua_State *L, const ory_lmat *a)
{
    ory_lmat *copy = ory_push_mat(L, a->rows, a->cols);

    copy->vector = a->vector;
    ory_lmat_store(a, copy->data);
    return copy;
}

static int mat_copy(lua_State *L)
{
    push_copy(L, ory_check_lmat(L, 1, "mat:copy", "matrix"));
    return 1;
}

static int mat_transpose(lua_State *L)
{
    ory_check_lmat(L, 1, "mat:t", "matrix");
    push_transpose(L, 1);
    return 1;
}

/* The same numbers in row-major order under another shape; without cols a vector. */
static int mat_reshape(lua_State *L)
{
    static const char fn[] = "mat:reshape";
    const ory_lmat *a = ory_check_lmat(L, 1, fn, "matrix");
    lua_Integer rows = ory_check_int(L, 2, fn, "rows", 1, INT32_MAX), cols = 1;
    bool vector = lua_isnoneornil(L, 3);
    ory_lmat *v;

    if (!vector)
        cols = ory_check_int(L, 3, fn, "cols", 1, INT32_MAX);
    if ((size_t)rows * (size_t)cols != ory_lmat_len(a)) {
        char shape[80];

        ory_shape_text(a, shape, sizeof shape);
        return ory_raisef(L, "%s: %s holds %zu numbers, %lld x %lld needs %lld", fn, shape,
                          ory_lmat_len(a), (long long)rows, (long long)cols,
                          (long long)(rows * cols));
    }
    if (ory_lmat_packed(a))
        v = ory_push_view(L, 1);
    else
        v = push_copy(L, a);
    v->rows = (size_t)rows;
    v->cols = (size_t)cols;
    v->row_stride = (ptrdiff_t)cols;
    v->col_stride = 1;
    v->vector = vector;
    return 1;
}

static int mat_assign(lua_State *L)
{
    ory_lmat *a = ory_check_lmat(L, 1, "mat:assign", "matrix");

    lua_settop(L, 2);
    assign(L, a, 2, "mat:assign");
    lua_settop(L, 1);
    return 1;
}

/* Rows (dim 1) or columns (dim 2) by a list of positions, copied; entries of a vector. */
static int mat_pick(lua_State *L)
{
    static const char fn[] = "mat:pick";
    const ory_lmat *a = ory_check_lmat(L, 1, fn, "matrix"), *which;
    lua_Integer dim = lua_isnoneornil(L, 3) ? (a->vector && a->rows == 1 ? 2 : 1)
                                            : ory_check_int(L, 3, fn, "dim", 1, 2);
    size_t n, limit = dim == 1 ? a->rows : a->cols;
    ory_lmat *out;

    which = ory_check_lmat(L, 2, fn, "positions");
    n = ory_lmat_len(which);
    out = ory_push_mat(L, dim == 1 ? n : a->rows, dim == 1 ? a->cols : n);
    out->vector = a->vector;
    for (size_t i = 0; i < n; i++) {
        size_t from;

        lua_pushnumber(L, *ory_lmat_nth(which, i));
        from = ory_check_index(L, -1, limit, fn, dim == 1 ? "row" : "column");
        lua_pop(L, 1);
        if (dim == 1)
            for (size_t c = 0; c < a->cols; c++)
                *ory_lmat_at(out, i, c) = *ory_lmat_at(a, from, c);
        else
            for (size_t r = 0; r < a->rows; r++)
                *ory_lmat_at(out, r, i) = *ory_lmat_at(a, r, from);
    }
    return 1;
}

/* A list of numbers (vector) or of lists, as plain Lua tables. */
static int mat_totable(lua_State *L)
{
    const ory_lmat *a = ory_check_lmat(L, 1, "mat:totable", "matrix");
    size_t rows = a->vector ? 1 : a->rows, cols = a->vector ? ory_lmat_len(a) : a->cols;

    lua_createtable(L, (int)length(a), 0);
    for (size_t r = 0; r < rows; r++) {
        if (!a->vector)
            lua_createtable(L, (int)cols, 0);
        for (size_t c = 0; c < cols; c++) {
            lua_pushnumber(L, a->vector ? *ory_lmat_nth(a, c) : *ory_lmat_at(a, r, c));
            lua_rawseti(L, -2, (lua_Integer)c + 1);
        }
        if (!a->vector)
            lua_rawseti(L, -2, (lua_Integer)r + 1);
    }
    return 1;
}

const ory_fn ory_mat_view_methods[] = {
    {"mat:row", mat_row, "A:row(i) -> vector", "Row i as a view (1 x cols).",
     "A = mat{{1, 2}, {3, 4}}; print(A:row(-1))"},
    {"mat:col", mat_col, "A:col(j) -> vector", "Column j as a view (rows x 1).",
     "A = mat{{1, 2}, {3, 4}}; A:col(2):assign(0); print(A)"},
    {"mat:get", mat_get, "A:get(i, j) -> number", "Entry in row i and column j.",
     "print(mat{{1, 2}, {3, 4}}:get(2, -1))"},
    {"mat:set", mat_set, "A:set(i, j, x) -> A", "Set the entry in row i and column j to x.",
     "print(mat.zeros(2, 2):set(1, 2, 5))"},
    {"mat:slice", mat_slice, "A:slice(row1, row2 [, col1, col2]) -> matrix, v:slice(i1, i2) -> vector",
     "Rows row1 to row2 and columns col1 to col2, ends included, as a view; nil is the first or "
     "the last.",
     "print(mat.range(1, 9):slice(3, -2))"},
    {"mat:block", mat_block, "A:block(i, j, rows, cols) -> matrix",
     "The rows x cols part whose upper left entry is (i, j), as a view.",
     "A = mat.zeros(3, 3); A:block(2, 2, 2, 2):assign(7); print(A)"},
    {"mat:diag", mat_diag, "A:diag() -> vector", "The main diagonal as a view.",
     "A = mat.zeros(2, 2); A:diag():assign{1, 2}; print(A)"},
    {"mat:copy", mat_copy, "A:copy() -> matrix", "The same numbers in memory of their own.",
     "A = mat.eye(2); B = A:copy(); B[1][1] = 9; print(A[1][1])"},
    {"mat:t", mat_transpose, "A:t() -> matrix", "The transpose, a view; A.T is the same.",
     "print(mat{{1, 2}}:t())"},
    {"mat:reshape", mat_reshape, "A:reshape(rows [, cols]) -> matrix",
     "The same numbers, row by row, under another shape (without cols a vector): a view, or a copy "
     "when A itself is a view with gaps.",
     "print(mat.range(1, 6):reshape(2, 3))"},
    {"mat:assign", mat_assign, "A:assign(x) -> A",
     "Copy a number, a matrix or a list of the same shape into every entry.",
     "print(mat.zeros(2, 2):assign{{1, 2}, {3, 4}})"},
    {"mat:pick", mat_pick, "A:pick(positions [, dim]) -> matrix",
     "A copy of the rows (dim 1, the default) or columns (dim 2) at these positions, in that "
     "order; of a vector the entries.",
     "print(mat{{1, 2}, {3, 4}, {5, 6}}:pick{3, 1})"},
    {"mat:totable", mat_totable, "A:totable() -> list",
     "The numbers as a plain Lua list (vector) or list of lists.",
     "print(#mat.zeros(2, 3):totable()[1])"},
    {0}};
