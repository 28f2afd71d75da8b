/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mat_math.c - arithmetic: operators, products, and what works entry by entry.
 *
 * Two operands of + - and of the methods mul, div, pow, max2, min2 have equal shapes, or
 * one is a number, or one is a row (1 x cols) or column (rows x 1) that fits the other:
 * it is then used for every row or column. The result always has the shape of one of
 * the operands, so a row plus a column is an error and not a table of sums. */
#include "config.h"

#include "bind/mat.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/linalg.h"

/* ------------------------------------------------------------ entry by entry */

typedef double (*binary_fn)(double x, double y);

static double f_add(double x, double y) { return x + y; }
static double f_sub(double x, double y) { return x - y; }
static double f_mul(double x, double y) { return x * y; }
static double f_div(double x, double y) { return x / y; }

static int shape_clash(lua_State *L, const char *fn, const ory_lmat *a, const ory_lmat *b,
                       const char *hint)
{
    char left[80], right[80];

    ory_shape_text(a, left, sizeof left);
    ory_shape_text(b, right, sizeof right);
    return ory_raisef(L, "%s: the shapes of %s and %s do not agree%s", fn, left, right, hint);
}

/* A number as a 1 x 1 matrix on the caller's stack. */
static bool as_operand(lua_State *L, int idx, const char *fn, const char *argname, ory_lmat *out,
                       double *number)
{
    if (lua_type(L, idx) == LUA_TNUMBER) {
        *number = lua_tonumber(L, idx);
        *out = (ory_lmat){.data = number, .rows = 1, .cols = 1};
        return true;
    }
    if (!ory_test_mat(L, idx) && !lua_istable(L, idx))
        ory_arg_error(L, fn, idx, argname, "a number, a matrix or a list of numbers");
    *out = *ory_check_lmat(L, idx, fn, argname);
    return false;
}

static bool fits(const ory_lmat *small, const ory_lmat *big)
{
    return (small->rows == big->rows || small->rows == 1) &&
           (small->cols == big->cols || small->cols == 1);
}

/* Repeat the single row or column: a stride of 0. */
static void spread(ory_lmat *a, const ory_lmat *like)
{
    if (a->rows == 1 && like->rows != 1)
        a->row_stride = 0;
    if (a->cols == 1 && like->cols != 1)
        a->col_stride = 0;
}

static int binary(lua_State *L, const char *fn, binary_fn f)
{
    ory_lmat a, b, *out;
    double x, y;
    bool a_number = as_operand(L, 1, fn, "left", &a, &x);
    bool b_number = as_operand(L, 2, fn, "right", &b, &y);
    const ory_lmat *like = a_number || (!b_number && fits(&a, &b)) ? &b : &a;

    if (!fits(&a, like) || !fits(&b, like))
        return shape_clash(L, fn, &a, &b, "");
    out = ory_push_mat(L, like->rows, like->cols);
    out->vector = (a_number || a.vector) && (b_number || b.vector);
    spread(&a, out);
    spread(&b, out);
    for (size_t r = 0; r < out->rows; r++)
        for (size_t c = 0; c < out->cols; c++)
            out->data[r * out->cols + c] = f(*ory_lmat_at(&a, r, c), *ory_lmat_at(&b, r, c));
    return 1;
}

int ory_mat_add(lua_State *L)
{
    return binary(L, "A + B", f_add);
}

int ory_mat_sub(lua_State *L)
{
    return binary(L, "A - B", f_sub);
}

static int mat_mul_entries(lua_State *L)
{
    lua_settop(L, 2);
    return binary(L, "mat:mul", f_mul);
}

static int mat_div_entries(lua_State *L)
{
    lua_settop(L, 2);
    return binary(L, "mat:div", f_div);
}

static int mat_pow_entries(lua_State *L)
{
    lua_settop(L, 2);
    return binary(L, "mat:pow", pow);
}

static int mat_max2(lua_State *L)
{
    lua_settop(L, 2);
    return binary(L, "mat:atleast", fmax);
}

static int mat_min2(lua_State *L)
{
    lua_settop(L, 2);
    return binary(L, "mat:atmost", fmin);
}

/* Every entry of a through f into a new matrix on the stack. */
static int unary(lua_State *L, const char *fn, double (*f)(double))
{
    const ory_lmat *a = ory_check_lmat(L, 1, fn, "matrix");
    ory_lmat *out = ory_push_mat(L, a->rows, a->cols);

    out->vector = a->vector;
    ory_lmat_store(a, out->data);
    for (size_t i = 0; i < ory_lmat_len(out); i++)
        out->data[i] = f(out->data[i]);
    return 1;
}

static double f_neg(double x) { return -x; }
static double f_sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
static double f_relu(double x) { return x > 0 ? x : x == x ? 0 : x; }
static double f_square(double x) { return x * x; }

/* 1 / (1 + exp(-x)) without overflow. */
static double f_sigmoid(double x)
{
    double e = exp(-fabs(x));

    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

#define UNARY(name, f)                          \
    static int mat_##name(lua_State *L)         \
    {                                           \
        return unary(L, "mat:" #name, f);       \
    }
UNARY(abs, fabs)
UNARY(ceil, ceil)
UNARY(cos, cos)
UNARY(exp, exp)
UNARY(floor, floor)
UNARY(log, log)
UNARY(log10, log10)
UNARY(relu, f_relu)
UNARY(round, round)
UNARY(sigmoid, f_sigmoid)
UNARY(sign, f_sign)
UNARY(sin, sin)
UNARY(sqrt, sqrt)
UNARY(square, f_square)
UNARY(tanh, tanh)

int ory_mat_unm(lua_State *L)
{
    return unary(L, "-A", f_neg);
}

/* A:map(fn): fn(x, i, j) for every entry. */
static int mat_map(lua_State *L)
{
    const ory_lmat *a = ory_check_lmat(L, 1, "mat:map", "matrix");
    ory_lmat *out;

    if (!lua_isfunction(L, 2))
        return ory_arg_error(L, "mat:map", 2, "fn", "a function of one entry");
    out = ory_push_mat(L, a->rows, a->cols);
    out->vector = a->vector;
    for (size_t r = 0; r < a->rows; r++)
        for (size_t c = 0; c < a->cols; c++) {
            lua_pushvalue(L, 2);
            lua_pushnumber(L, *ory_lmat_at(a, r, c));
            lua_pushinteger(L, (lua_Integer)r + 1);
            lua_pushinteger(L, (lua_Integer)c + 1);
            lua_call(L, 3, 1);
            if (lua_type(L, -1) != LUA_TNUMBER)
                return ory_raisef(L, "mat:map: fn returned a %s for entry (%zu, %zu), not a number",
                                  luaL_typename(L, -1), r + 1, c + 1);
            out->data[r * out->cols + c] = lua_tonumber(L, -1);
            lua_pop(L, 1);
        }
    return 1;
}

static int mat_clip(lua_State *L)
{
    const ory_lmat *a = ory_check_lmat(L, 1, "mat:clip", "matrix");
    double low = ory_check_real(L, 2, "mat:clip", "low");
    double high = ory_check_real(L, 3, "mat:clip", "high");
    ory_lmat *out;

    if (!(low <= high))
        return ory_raisef(L, "mat:clip: low %g is above high %g", low, high);
    out = ory_push_mat(L, a->rows, a->cols);
    out->vector = a->vector;
    ory_lmat_store(a, out->data);
    for (size_t i = 0; i < ory_lmat_len(out); i++) {
        if (out->data[i] < low)
            out->data[i] = low;
        else if (out->data[i] > high)
            out->data[i] = high;
    }
    return 1;
}

/* A:fill(x): every entry, in place. */
static int mat_fill(lua_State *L)
{
    ory_lmat *a = ory_check_lmat(L, 1, "mat:fill", "matrix");
    double x = ory_check_real(L, 2, "mat:fill", "value");

    for (size_t r = 0; r < a->rows; r++)
        for (size_t c = 0; c < a->cols; c++)
            *ory_lmat_at(a, r, c) = x;
    lua_settop(L, 1);
    return 1;
}

/* ------------------------------------------------------------------- products */

/* What gemm can read without a copy: row-major with any distance of rows, or the
 * transpose of such. */
static bool plain(const ory_lmat *a, ory_mat *m, ory_op *op)
{
    if ((a->col_stride == 1 || a->cols == 1) && a->rows > 1 &&
        a->row_stride >= (ptrdiff_t)a->cols) {
        *m = (ory_mat){a->rows, a->cols, (size_t)a->row_stride, a->data};
        *op = ORY_PLAIN;
        return true;
    }
    if ((a->row_stride == 1 || a->rows == 1) && a->cols > 1 &&
        a->col_stride >= (ptrdiff_t)a->rows) {
        *m = (ory_mat){a->cols, a->rows, (size_t)a->col_stride, a->data};
        *op = ORY_TRANS;
        return true;
    }
    return false;
}

static void gemm_operand(lua_State *L, int idx, ory_mat *m, ory_op *op)
{
    if (plain(lua_touserdata(L, idx), m, op))
        return;
    *m = ory_lmat_mat(ory_check_packed(L, idx, "A * B", "factor"));
    *op = ORY_PLAIN;
}

static int product(lua_State *L, const char *fn)
{
    const ory_lmat *a = ory_check_lmat(L, 1, fn, "left"), *b = ory_check_lmat(L, 2, fn, "right");
    ory_mat ma, mb, mc;
    ory_op ta, tb;
    ory_lmat *out;
    bool a_vector = a->vector && a->rows == 1, b_vector = b->vector && b->cols == 1;

    if (a->cols != b->rows)
        return shape_clash(L, fn, a, b, a->rows == b->rows && a->cols == b->cols
                                            ? " (A:mul(B) multiplies entry by entry)"
                                        : a->rows == b->rows || a->cols == b->cols
                                            ? " (is a .T missing?)"
                                            : "");
    if (a->rows > INT32_MAX || a->cols > INT32_MAX || b->cols > INT32_MAX)
        return ory_raisef(L, "%s: more than %d rows or columns", fn, INT32_MAX);
    gemm_operand(L, 1, &ma, &ta);
    gemm_operand(L, 2, &mb, &tb);
    a = lua_touserdata(L, 1);
    b = lua_touserdata(L, 2);
    out = ory_push_mat(L, a->rows, b->cols);
    out->vector = (a_vector && out->rows == 1) || (b_vector && out->cols == 1);
    mc = ory_lmat_mat(out);
    if (ory_lmat_len(out) > 0 && a->cols > 0)
        ory_gemm(ta, tb, 1, &ma, &mb, 0, &mc);
    if (a_vector && b_vector)
        lua_pushnumber(L, out->data[0]);
    return 1;
}

int ory_mat_mul(lua_State *L)
{
    if (lua_type(L, 1) == LUA_TNUMBER || lua_type(L, 2) == LUA_TNUMBER)
        return binary(L, "A * B", f_mul);
    return product(L, "A * B");
}

int ory_mat_div(lua_State *L)
{
    if (lua_type(L, 2) == LUA_TNUMBER)
        return binary(L, "A / x", f_div);
    return ory_raisef(L, "A / B: only a number can stand behind / (A:div(B) divides entry by "
                         "entry, B:solve(A) solves B * X = A)");
}

/* A:dot(B): sum of the products of the entries. */
static int mat_dot(lua_State *L)
{
    const ory_lmat *a = ory_check_lmat(L, 1, "mat:dot", "matrix");
    const ory_lmat *b = ory_check_lmat(L, 2, "mat:dot", "other");
    double sum = 0;

    if (a->vector && b->vector ? ory_lmat_len(a) != ory_lmat_len(b)
                               : a->rows != b->rows || a->cols != b->cols)
        return shape_clash(L, "mat:dot", a, b, "");
    for (size_t i = 0; i < ory_lmat_len(a); i++)
        sum += *ory_lmat_nth(a, i) * *ory_lmat_nth(b, i);
    lua_pushnumber(L, sum);
    return 1;
}

/* A:kron(B): blocks A[i][j] * B. */
static int mat_kron(lua_State *L)
{
    const ory_lmat *a = ory_check_lmat(L, 1, "mat:kron", "matrix");
    const ory_lmat *b = ory_check_lmat(L, 2, "mat:kron", "other");
    ory_lmat *out = ory_push_mat(L, a->rows * b->rows, a->cols * b->cols);

    for (size_t r = 0; r < out->rows; r++)
        for (size_t c = 0; c < out->cols; c++)
            out->data[r * out->cols + c] = *ory_lmat_at(a, r / b->rows, c / b->cols) *
                                           *ory_lmat_at(b, r % b->rows, c % b->cols);
    return 1;
}

/* Square and multiply on the stack: [1] the base, [2] the result so far. */
static void power(lua_State *L, lua_Unsigned k)
{
    while (k > 0) {
        if (k & 1) {
            lua_pushcfunction(L, ory_mat_mul);
            lua_pushvalue(L, 2);
            lua_pushvalue(L, 1);
            lua_call(L, 2, 1);
            lua_replace(L, 2);
        }
        k >>= 1;
        if (k > 0) {
            lua_pushcfunction(L, ory_mat_mul);
            lua_pushvalue(L, 1);
            lua_pushvalue(L, 1);
            lua_call(L, 2, 1);
            lua_replace(L, 1);
        }
    }
}

/* A ^ k: the matrix power; a negative k inverts A first. */
int ory_mat_pow(lua_State *L)
{
    const ory_lmat *a = ory_test_mat(L, 1);
    ory_error err = {0};
    int whole = 0;
    lua_Integer k;
    ory_lmat *eye;

    if (!a || lua_type(L, 2) != LUA_TNUMBER)
        return ory_raisef(L, "A ^ k: a matrix to the power of a whole number (A:pow(p) takes powers "
                             "entry by entry)");
    k = lua_tointegerx(L, 2, &whole);
    if (!whole)
        return ory_raisef(L, "A ^ k: k = %g is not a whole number (A:pow(p) takes powers entry by "
                             "entry)", lua_tonumber(L, 2));
    if (a->rows != a->cols) {
        char shape[80];

        ory_shape_text(a, shape, sizeof shape);
        return ory_raisef(L, "A ^ k: needs a square matrix, got %s (A:pow(p) takes powers entry by "
                             "entry)", shape);
    }
    lua_settop(L, 1);
    eye = ory_push_mat(L, a->rows, a->rows);
    for (size_t i = 0; i < eye->rows; i++)
        *ory_lmat_at(eye, i, i) = 1;
    if (k < 0) {
        ory_mat m = ory_check_mat(L, 1, "A ^ k", "A"), one = ory_lmat_mat(eye), x;

        x = ory_lmat_mat(ory_push_mat(L, m.rows, m.rows));
        if (ory_solve(&m, &one, &x, &err) != ORY_OK)
            return ory_raise_in(L, "A ^ k", &err);
        lua_replace(L, 1);
    }
    power(L, k < 0 ? 0 - (lua_Unsigned)k : (lua_Unsigned)k);
    lua_settop(L, 2);
    return 1;
}

/* Equal shapes and equal entries; nan is equal to nothing. */
int ory_mat_eq(lua_State *L)
{
    const ory_lmat *a = ory_test_mat(L, 1), *b = ory_test_mat(L, 2);
    bool same = a && b && a->rows == b->rows && a->cols == b->cols;

    for (size_t i = 0; same && i < ory_lmat_len(a); i++)
        same = *ory_lmat_nth(a, i) == *ory_lmat_nth(b, i);
    lua_pushboolean(L, same);
    return 1;
}

/* A:near(B [, tol]): equal up to tol * (1 + the larger magnitude). */
static int mat_near(lua_State *L)
{
    const ory_lmat *a = ory_check_lmat(L, 1, "mat:near", "matrix");
    const ory_lmat *b = ory_check_lmat(L, 2, "mat:near", "other");
    double tol = lua_isnoneornil(L, 3) ? 1e-12 : ory_check_real(L, 3, "mat:near", "tol");
    bool same = a->rows == b->rows && a->cols == b->cols;

    for (size_t i = 0; same && i < ory_lmat_len(a); i++) {
        double x = *ory_lmat_nth(a, i), y = *ory_lmat_nth(b, i);

        same = x == y || fabs(x - y) <= tol * (1 + fmax(fabs(x), fabs(y)));
    }
    lua_pushboolean(L, same);
    return 1;
}

const ory_fn ory_mat_math_methods[] = {
    {"mat:mul", mat_mul_entries, "A:mul(B) -> matrix",
     "Product entry by entry; B is a number, a matrix of the same shape, or a row or column that "
     "fits.",
     "print(mat{1, 2, 3}:mul{2, 3, 4})"},
    {"mat:div", mat_div_entries, "A:div(B) -> matrix",
     "Quotient entry by entry; shapes as for mul.", "print(mat.ones(3):div{1, 2, 4})"},
    {"mat:pow", mat_pow_entries, "A:pow(p) -> matrix",
     "Every entry to the power p (a number or a matrix); shapes as for mul.",
     "print(mat{1, 2, 3}:pow(2))"},
    {"mat:atleast", mat_max2, "A:atleast(B) -> matrix",
     "The larger of two, entry by entry; shapes as for mul.", "print(mat{-1, 2}:atleast(0))"},
    {"mat:atmost", mat_min2, "A:atmost(B) -> matrix",
     "The smaller of two, entry by entry; shapes as for mul.", "print(mat{-1, 2}:atmost(0))"},
    {"mat:clip", mat_clip, "A:clip(low, high) -> matrix", "Entries moved into [low, high].",
     "print(mat{-2, 0.5, 9}:clip(-1, 1))"},
    {"mat:map", mat_map, "A:map(fn) -> matrix", "fn(x, i, j) for every entry x in row i, column j.",
     "print(mat{1, 2, 3}:map(function(x) return x * x end))"},
    {"mat:fill", mat_fill, "A:fill(x) -> A", "Set every entry to x, in place.",
     "print(mat.zeros(2, 2):fill(3))"},
    {"mat:abs", mat_abs, "A:abs() -> matrix", "Magnitude of every entry.", "print(mat{-1, 2}:abs())"},
    {"mat:ceil", mat_ceil, "A:ceil() -> matrix", "Every entry rounded up.",
     "print(mat{1.2, -1.2}:ceil())"},
    {"mat:cos", mat_cos, "A:cos() -> matrix", "Cosine of every entry, in radians.",
     "print(mat{0, math.pi}:cos())"},
    {"mat:exp", mat_exp, "A:exp() -> matrix",
     "Exponential of every entry (A:expm() is the matrix exponential).", "print(mat{0, 1}:exp())"},
    {"mat:floor", mat_floor, "A:floor() -> matrix", "Every entry rounded down.",
     "print(mat{1.2, -1.2}:floor())"},
    {"mat:log", mat_log, "A:log() -> matrix", "Natural logarithm of every entry; nan below 0.",
     "print(mat{1, 10}:log())"},
    {"mat:log10", mat_log10, "A:log10() -> matrix", "Decimal logarithm of every entry; nan below 0.",
     "print(mat{1, 1000}:log10())"},
    {"mat:relu", mat_relu, "A:relu() -> matrix", "max(x, 0) of every entry.",
     "print(mat{-1, 2}:relu())"},
    {"mat:round", mat_round, "A:round() -> matrix",
     "Every entry to the nearest whole number, halves away from 0.", "print(mat{1.5, -0.2}:round())"},
    {"mat:sigmoid", mat_sigmoid, "A:sigmoid() -> matrix", "1 / (1 + exp(-x)) of every entry.",
     "print(mat{-1000, 0, 2}:sigmoid())"},
    {"mat:sign", mat_sign, "A:sign() -> matrix", "-1, 0 or 1 of every entry.",
     "print(mat{-3, 0, 2}:sign())"},
    {"mat:sin", mat_sin, "A:sin() -> matrix", "Sine of every entry, in radians.",
     "print(mat{0, 1}:sin())"},
    {"mat:sqrt", mat_sqrt, "A:sqrt() -> matrix", "Square root of every entry; nan below 0.",
     "print(mat{4, 2}:sqrt())"},
    {"mat:square", mat_square, "A:square() -> matrix", "Square of every entry.",
     "print(mat{4, 2}:square())"},
    {"mat:tanh", mat_tanh, "A:tanh() -> matrix", "Hyperbolic tangent of every entry.",
     "print(mat{0, 1}:tanh())"},
    {"mat:dot", mat_dot, "A:dot(B) -> number",
     "Sum of the products of the entries; equal shapes, or vectors of equal length.",
     "print(mat{1, 2, 3}:dot{4, 5, 6})"},
    {"mat:kron", mat_kron, "A:kron(B) -> matrix", "Kronecker product: blocks A[i][j] * B.",
     "print(mat.eye(2):kron(mat.ones(1, 2)))"},
    {"mat:near", mat_near, "A:near(B [, tol]) -> boolean",
     "Whether the shapes agree and entries differ by at most tol (1e-12) times 1 + magnitude.",
     "print((mat{0.1} + mat{0.2}):near{0.3})"},
    {0}};
