/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mat_new.c - matrices made from sizes, lists, functions, ranges and other matrices. */
#include "config.h"

#include "bind/mat.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* One size is a vector, two a matrix; both >= 1. Pushes it, all zeros. */
static ory_lmat *push_sized(lua_State *L, const char *fn)
{
    lua_Integer rows = ory_check_int(L, 1, fn, "rows", 1, LUA_MAXINTEGER), cols;

    if (lua_isnoneornil(L, 2))
        return ory_push_vec(L, (size_t)rows, 1);
    cols = ory_check_int(L, 2, fn, "cols", 1, LUA_MAXINTEGER);
    return ory_push_mat(L, (size_t)rows, (size_t)cols);
}

static int new_zeros(lua_State *L)
{
    push_sized(L, "mat.zeros");
    return 1;
}

static void fill(ory_lmat *a, double x)
{
    for (size_t i = 0; i < ory_lmat_len(a); i++)
        a->data[i] = x;
}

static int new_ones(lua_State *L)
{
    fill(push_sized(L, "mat.ones"), 1);
    return 1;
}

static int new_full(lua_State *L)
{
    double x = ory_check_real(L, 3, "mat.full", "value");

    fill(push_sized(L, "mat.full"), x);
    return 1;
}

static int new_eye(lua_State *L)
{
    lua_Integer rows = ory_check_int(L, 1, "mat.eye", "rows", 1, LUA_MAXINTEGER);
    lua_Integer cols = lua_isnoneornil(L, 2)
                           ? rows
                           : ory_check_int(L, 2, "mat.eye", "cols", 1, LUA_MAXINTEGER);
    ory_lmat *a = ory_push_mat(L, (size_t)rows, (size_t)cols);

    for (size_t i = 0; i < a->rows && i < a->cols; i++)
        *ory_lmat_at(a, i, i) = 1;
    return 1;
}

static int new_diag(lua_State *L)
{
    ory_lmat *v = ory_check_lmat(L, 1, "mat.diag", "diagonal"), *a;
    size_t n = ory_lmat_len(v);

    if (v->rows != 1 && v->cols != 1)
        return ory_arg_error(L, "mat.diag", 1, "diagonal",
                             "a vector (A:diag() reads the diagonal of a matrix)");
    a = ory_push_mat(L, n, n);
    for (size_t i = 0; i < n; i++)
        *ory_lmat_at(a, i, i) = *ory_lmat_nth(v, i);
    return 1;
}

/* first, first + step, … up to and including last when a step falls on it; half a
 * millionth of a step of rounding is forgiven. */
static int new_range(lua_State *L)
{
    double first = ory_check_real(L, 1, "mat.range", "first");
    double last = ory_check_real(L, 2, "mat.range", "last");
    double step = lua_isnoneornil(L, 3) ? 1 : ory_check_real(L, 3, "mat.range", "step");
    double n;
    ory_lmat *a;

    if (!isfinite(first) || !isfinite(last) || !isfinite(step) || step == 0)
        return ory_raisef(L, "mat.range: from %g to %g by %g (must be finite, step not 0)", first,
                          last, step);
    n = floor((last - first) / step + 5e-7) + 1;
    if (n < 1)
        return ory_raisef(L, "mat.range: from %g to %g by %g holds no number", first, last, step);
    if (n > INT32_MAX)
        return ory_raisef(L, "mat.range: from %g to %g by %g holds %g numbers (at most %d)", first,
                          last, step, n, INT32_MAX);
    a = ory_push_vec(L, (size_t)n, 1);
    for (size_t i = 0; i < a->rows; i++)
        a->data[i] = first + (double)i * step;
    return 1;
}

/* n values from low to high, both exact. */
static ory_lmat *push_spaced(lua_State *L, double low, double high, const char *fn)
{
    lua_Integer n = ory_check_int(L, 3, fn, "n", 2, LUA_MAXINTEGER);
    ory_lmat *a;

    if (!isfinite(low) || !isfinite(high))
        ory_raisef(L, "%s: from %g to %g (both ends must be finite)", fn, low, high);
    a = ory_push_vec(L, (size_t)n, 1);
    for (size_t i = 0; i < a->rows; i++)
        a->data[i] = low + (high - low) * ((double)i / (double)(n - 1));
    a->data[n - 1] = high;
    return a;
}

static int new_linspace(lua_State *L)
{
    double low = ory_check_real(L, 1, "mat.linspace", "low");

    push_spaced(L, low, ory_check_real(L, 2, "mat.linspace", "high"), "mat.linspace");
    return 1;
}

static int new_logspace(lua_State *L)
{
    double low = ory_check_real(L, 1, "mat.logspace", "low");
    double high = ory_check_real(L, 2, "mat.logspace", "high");
    ory_lmat *a;

    if (!(low > 0) || !(high > 0))
        return ory_raisef(L, "mat.logspace: from %g to %g (both ends must be > 0; they are the "
                             "values, not exponents)", low, high);
    a = push_spaced(L, log(low), log(high), "mat.logspace");
    for (size_t i = 0; i < a->rows; i++)
        a->data[i] = exp(a->data[i]);
    a->data[0] = low;
    a->data[a->rows - 1] = high;
    return 1;
}

/* mat.from(rows, cols, fn): entry (i, j) is fn(i, j). */
static int new_from(lua_State *L)
{
    lua_Integer rows = ory_check_int(L, 1, "mat.from", "rows", 1, LUA_MAXINTEGER);
    lua_Integer cols = ory_check_int(L, 2, "mat.from", "cols", 1, LUA_MAXINTEGER);
    ory_lmat *a;

    if (!lua_isfunction(L, 3))
        return ory_arg_error(L, "mat.from", 3, "fn", "a function of row and column");
    a = ory_push_mat(L, (size_t)rows, (size_t)cols);
    for (lua_Integer i = 1; i <= rows; i++)
        for (lua_Integer j = 1; j <= cols; j++) {
            lua_pushvalue(L, 3);
            lua_pushinteger(L, i);
            lua_pushinteger(L, j);
            lua_call(L, 2, 1);
            if (lua_type(L, -1) != LUA_TNUMBER)
                return ory_raisef(L, "mat.from: fn(%d, %d) returned a %s, not a number", (int)i,
                                  (int)j, luaL_typename(L, -1));
            *ory_lmat_at(a, (size_t)i - 1, (size_t)j - 1) = lua_tonumber(L, -1);
            lua_pop(L, 1);
        }
    return 1;
}

/* mat(list), mat(matrix) (a copy), mat(rows, cols, fn). */
int ory_mat_call(lua_State *L)
{
    ory_lmat *a, *copy;

    lua_remove(L, 1);
    if (lua_type(L, 1) == LUA_TNUMBER)
        return new_from(L);
    if (lua_gettop(L) > 1)
        return ory_raisef(L, "mat: takes one list, got %d arguments (mat{{1, 2}, {3, 4}})",
                          lua_gettop(L));
    lua_settop(L, 1);
    a = ory_test_mat(L, 1);
    if (!a) {
        ory_check_lmat(L, 1, "mat", "list");
        return 1;
    }
    copy = ory_push_mat(L, a->rows, a->cols);
    copy->vector = a->vector;
    ory_lmat_store(a, copy->data);
    return 1;
}

/* Side by side (dim 2) or one under the other (dim 1): all arguments, which agree in the
 * other size. */
static int join(lua_State *L, const char *fn, bool beside)
{
    int n = lua_gettop(L);
    size_t rows = 0, cols = 0, at = 0;
    ory_lmat *out, part;
    bool vectors = true;

    if (n == 0)
        return ory_raisef(L, "%s: nothing to join", fn);
    for (int i = 1; i <= n; i++) {
        ory_lmat *a = ory_check_lmat(L, i, fn, "matrix");
        size_t same = beside ? a->rows : a->cols;

        if (i > 1 && same != (beside ? rows : cols))
            return ory_raisef(L, "%s: argument %d has %zu %s, argument 1 has %zu", fn, i, same,
                              beside ? "rows" : "columns", beside ? rows : cols);
        rows = beside ? a->rows : rows + a->rows;
        cols = beside ? cols + a->cols : a->cols;
        vectors = vectors && a->vector;
    }
    out = ory_push_mat(L, rows, cols);
    out->vector = vectors && (rows == 1 || cols == 1);
    for (int i = 1; i <= n; i++) {
        const ory_lmat *a = lua_touserdata(L, i);

        part = *out;
        part.data = ory_lmat_at(out, beside ? 0 : at, beside ? at : 0);
        for (size_t r = 0; r < a->rows; r++)
            for (size_t c = 0; c < a->cols; c++)
                *ory_lmat_at(&part, r, c) = *ory_lmat_at(a, r, c);
        at += beside ? a->cols : a->rows;
    }
    return 1;
}

static int new_hcat(lua_State *L)
{
    return join(L, "mat.hcat", true);
}

static int new_vcat(lua_State *L)
{
    return join(L, "mat.vcat", false);
}

const ory_fn ory_mat_new_rows[] = {
    {"mat.zeros", new_zeros, "mat.zeros(rows [, cols]) -> matrix",
     "A rows x cols matrix of zeros; without cols a vector.", "print(mat.zeros(2, 3))"},
    {"mat.ones", new_ones, "mat.ones(rows [, cols]) -> matrix",
     "A rows x cols matrix of ones; without cols a vector.", "print(mat.ones(3))"},
    {"mat.full", new_full, "mat.full(rows, cols, value) -> matrix",
     "A rows x cols matrix that holds one value; with cols nil a vector.",
     "print(mat.full(2, 2, 0.5))"},
    {"mat.eye", new_eye, "mat.eye(rows [, cols]) -> matrix",
     "Ones on the diagonal, zeros elsewhere; square without cols.", "print(mat.eye(3))"},
    {"mat.diag", new_diag, "mat.diag(vector) -> matrix",
     "A square matrix with this diagonal; A:diag() reads a diagonal.", "print(mat.diag{1, 2, 3})"},
    {"mat.range", new_range, "mat.range(first, last [, step]) -> vector",
     "The numbers first, first + step, … up to last (step 1 when not given).",
     "print(mat.range(1, 2, 0.25))"},
    {"mat.linspace", new_linspace, "mat.linspace(low, high, n) -> vector",
     "n >= 2 evenly spaced numbers from low to high, both included.",
     "print(mat.linspace(0, 1, 5))"},
    {"mat.logspace", new_logspace, "mat.logspace(low, high, n) -> vector",
     "n >= 2 numbers from low to high, evenly spaced in their logarithm; low and high are values "
     "> 0, not exponents.",
     "print(mat.logspace(1e-3, 1, 4))"},
    {"mat.from", new_from, "mat.from(rows, cols, fn) -> matrix",
     "The matrix whose entry (i, j) is fn(i, j).",
     "print(mat.from(3, 3, function(i, j) return 1 / (i + j - 1) end))"},
    {"mat.hcat", new_hcat, "mat.hcat(A, B, …) -> matrix",
     "Matrices side by side; they have equally many rows.",
     "print(mat.hcat(mat.eye(2), mat.zeros(2, 1)))"},
    {"mat.vcat", new_vcat, "mat.vcat(A, B, …) -> matrix",
     "Matrices one under the other; they have equally many columns.",
     "print(mat.vcat(mat.eye(2), mat.ones(1, 2)))"},
    {0}};
