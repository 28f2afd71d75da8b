/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mat_reduce.c - numbers and vectors read off a matrix: sums, extremes, norms, order.
 *
 * Without a dimension a reduction runs over all entries. dim 1 runs down the columns (a
 * row vector of cols results), dim 2 along the rows (a vector of rows results). */
#include "config.h"

#include "bind/mat.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/linalg.h"

/* The entries of one reduction: n of them, stride apart. */
typedef struct lane {
    const double *x;
    size_t n;
    ptrdiff_t stride;
} lane;

static double lane_at(const lane *l, size_t i)
{
    return l->x[(ptrdiff_t)i * l->stride];
}

typedef double (*lane_fn)(const lane *l);

/* Pairwise, so that the error of a sum grows with the logarithm of n only. */
static double sum_span(const lane *l, size_t from, size_t n)
{
    double s = 0;

    if (n > 64)
        return sum_span(l, from, n / 2) + sum_span(l, from + n / 2, n - n / 2);
    for (size_t i = 0; i < n; i++)
        s += lane_at(l, from + i);
    return s;
}

static double lane_sum(const lane *l)
{
    return sum_span(l, 0, l->n);
}

static double lane_mean(const lane *l)
{
    return lane_sum(l) / (double)l->n;
}

/* Two passes; divisor n - 1; 0 for a single entry. */
static double lane_var(const lane *l)
{
    double m = lane_mean(l), s = 0, drift = 0;

    if (l->n < 2)
        return 0;
    for (size_t i = 0; i < l->n; i++) {
        double d = lane_at(l, i) - m;

        s += d * d;
        drift += d;
    }
    return (s - drift * drift / (double)l->n) / (double)(l->n - 1);
}

static double lane_std(const lane *l)
{
    return sqrt(lane_var(l));
}

static double lane_prod(const lane *l)
{
    double p = 1;

    for (size_t i = 0; i < l->n; i++)
        p *= lane_at(l, i);
    return p;
}

/* Position of the extreme entry: sign 1 the largest, -1 the smallest; the first nan when
 * there is one; the first of equals. */
static size_t extreme(const lane *l, double sign)
{
    size_t best = 0;

    for (size_t i = 0; i < l->n; i++) {
        double x = lane_at(l, i);

        if (isnan(x))
            return i;
        if (sign * x > sign * lane_at(l, best))
            best = i;
    }
    return best;
}

static double lane_min(const lane *l) { return lane_at(l, extreme(l, -1)); }
static double lane_max(const lane *l) { return lane_at(l, extreme(l, 1)); }
static double lane_argmin(const lane *l) { return (double)extreme(l, -1) + 1; }
static double lane_argmax(const lane *l) { return (double)extreme(l, 1) + 1; }

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    if (isnan(x) || isnan(y))
        return isnan(x) - isnan(y); /* nan last */
    return (x > y) - (x < y);
}

/* ---------------------------------------------------------------- dispatching */

/* 0: all entries; 1 or 2: along that dimension. */
static int check_dim(lua_State *L, int idx, const char *fn)
{
    return lua_isnoneornil(L, idx) ? 0 : (int)ory_check_int(L, idx, fn, "dim", 1, 2);
}

static lane lane_of(const ory_lmat *a, int dim, size_t i)
{
    if (dim == 1)
        return (lane){ory_lmat_at(a, 0, i), a->rows, a->row_stride};
    return (lane){ory_lmat_at(a, i, 0), a->cols, a->col_stride};
}

static int no_entries(lua_State *L, const char *fn, const ory_lmat *a)
{
    return ory_raisef(L, "%s: a %zu x %zu matrix has no entries", fn, a->rows, a->cols);
}

/* All entries of the matrix at 1 as one lane; may replace it by a packed copy. */
static lane lane_all(lua_State *L, const char *fn)
{
    const ory_lmat *a = ory_check_packed(L, 1, fn, "matrix");

    if (ory_lmat_len(a) == 0)
        no_entries(L, fn, a);
    return (lane){a->data, ory_lmat_len(a), 1};
}

static int reduce(lua_State *L, const char *fn, lane_fn f, bool whole)
{
    const ory_lmat *a = ory_check_lmat(L, 1, fn, "matrix");
    int dim = check_dim(L, 2, fn);
    ory_lmat *out;
    size_t n;

    if (ory_lmat_len(a) == 0)
        return no_entries(L, fn, a);
    if (dim == 0) {
        lane all = lane_all(L, fn);
        double x = f(&all);

        if (whole)
            lua_pushinteger(L, (lua_Integer)x);
        else
            lua_pushnumber(L, x);
        return 1;
    }
    n = dim == 1 ? a->cols : a->rows;
    out = dim == 1 ? ory_push_vec(L, 1, n) : ory_push_vec(L, n, 1);
    for (size_t i = 0; i < n; i++) {
        lane l = lane_of(a, dim, i);

        out->data[i] = f(&l);
    }
    return 1;
}

#define REDUCE(name, whole)                                     \
    static int mat_##name(lua_State *L)                         \
    {                                                           \
        return reduce(L, "mat:" #name, lane_##name, whole);     \
    }
REDUCE(sum, false)
REDUCE(mean, false)
REDUCE(var, false)
REDUCE(std, false)
REDUCE(prod, false)
REDUCE(min, false)
REDUCE(max, false)

/* Over all entries of a matrix the place is row and column. */
static int arg(lua_State *L, const char *fn, lane_fn f)
{
    const ory_lmat *a = ory_check_lmat(L, 1, fn, "matrix");
    size_t cols = a->cols;
    bool place = !a->vector && lua_isnoneornil(L, 2);
    lua_Integer i;

    reduce(L, fn, f, true);
    if (!place)
        return 1;
    i = lua_tointeger(L, -1) - 1;
    lua_pushinteger(L, i / (lua_Integer)cols + 1);
    lua_pushinteger(L, i % (lua_Integer)cols + 1);
    return 2;
}

static int mat_argmin(lua_State *L)
{
    return arg(L, "mat:argmin", lane_argmin);
}

static int mat_argmax(lua_State *L)
{
    return arg(L, "mat:argmax", lane_argmax);
}

/* ---------------------------------------------------------------------- order */

static int mat_cumsum(lua_State *L)
{
    const ory_lmat *a = ory_check_lmat(L, 1, "mat:cumsum", "matrix");
    int dim = check_dim(L, 2, "mat:cumsum");
    ory_lmat *out = ory_push_mat(L, a->rows, a->cols);

    out->vector = a->vector;
    ory_lmat_store(a, out->data);
    if (dim == 0)
        dim = a->vector && a->rows == 1 ? 2 : 1;
    for (size_t r = 0; r < a->rows; r++)
        for (size_t c = 0; c < a->cols; c++) {
            if (dim == 1 && r > 0)
                *ory_lmat_at(out, r, c) += *ory_lmat_at(out, r - 1, c);
            else if (dim == 2 && c > 0)
                *ory_lmat_at(out, r, c) += *ory_lmat_at(out, r, c - 1);
        }
    return 1;
}

typedef struct ranked {
    double x;
    size_t i;
} ranked;

static int compare_ranked(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    int by_value = compare(&x->x, &y->x);

    return by_value ? by_value : (x->i > y->i) - (x->i < y->i);
}

/* v:sort([order]) -> sorted copy, positions. */
static int sort_vector(lua_State *L, const ory_lmat *a, bool down)
{
    size_t n = ory_lmat_len(a);
    ranked *list = lua_newuserdatauv(L, (n + 1) * sizeof *list, 0);
    ory_lmat *values, *order;

    for (size_t i = 0; i < n; i++)
        list[i] = (ranked){down ? -*ory_lmat_nth(a, i) : *ory_lmat_nth(a, i), i};
    qsort(list, n, sizeof *list, compare_ranked);
    values = ory_push_vec(L, a->rows, a->cols);
    order = ory_push_vec(L, n, 1);
    for (size_t i = 0; i < n; i++) {
        values->data[i] = *ory_lmat_nth(a, list[i].i);
        order->data[i] = (double)list[i].i + 1;
    }
    return 2;
}

/* A:sort(dim [, order]): every column (1) or row (2) by itself. */
static int sort_lanes(lua_State *L, const ory_lmat *a, int dim, bool down)
{
    ory_lmat *out = ory_push_mat(L, a->rows, a->cols);
    size_t lanes = dim == 1 ? a->cols : a->rows, n = dim == 1 ? a->rows : a->cols;
    double *x = lua_newuserdatauv(L, (n + 1) * sizeof *x, 0);

    for (size_t i = 0; i < lanes; i++) {
        lane l = lane_of(a, dim, i);

        for (size_t j = 0; j < n; j++)
            x[j] = down ? -lane_at(&l, j) : lane_at(&l, j);
        qsort(x, n, sizeof *x, compare);
        for (size_t j = 0; j < n; j++)
            *(dim == 1 ? ory_lmat_at(out, j, i) : ory_lmat_at(out, i, j)) = down ? -x[j] : x[j];
    }
    lua_pop(L, 1);
    return 1;
}

static int mat_sort(lua_State *L)
{
    static const char *const orders[] = {"up", "down", NULL};
    static const char fn[] = "mat:sort";
    const ory_lmat *a = ory_check_lmat(L, 1, fn, "matrix");
    int arg_order = a->vector ? 2 : 3, dim;
    bool down = !lua_isnoneornil(L, arg_order) &&
                ory_check_choice(L, arg_order, fn, "order", orders) == 1;

    if (a->vector)
        return sort_vector(L, a, down);
    dim = (int)ory_check_int(L, 2, fn, "dim", 1, 2);
    return sort_lanes(L, a, dim, down);
}

static double lane_median(const lane *l, double *room)
{
    for (size_t i = 0; i < l->n; i++) {
        room[i] = lane_at(l, i);
        if (isnan(room[i]))
            return NAN;
    }
    qsort(room, l->n, sizeof *room, compare);
    return l->n % 2 ? room[l->n / 2] : 0.5 * room[l->n / 2 - 1] + 0.5 * room[l->n / 2];
}

static int mat_median(lua_State *L)
{
    static const char fn[] = "mat:median";
    const ory_lmat *a = ory_check_lmat(L, 1, fn, "matrix");
    int dim = check_dim(L, 2, fn);
    size_t lanes = dim == 1 ? a->cols : a->rows;
    double *room = lua_newuserdatauv(L, (ory_lmat_len(a) + 1) * sizeof *room, 0);
    ory_lmat *out;

    if (dim == 0) {
        lane all = lane_all(L, fn);

        lua_pushnumber(L, lane_median(&all, room));
        return 1;
    }
    if (ory_lmat_len(a) == 0)
        return no_entries(L, fn, a);
    out = dim == 1 ? ory_push_vec(L, 1, lanes) : ory_push_vec(L, lanes, 1);
    for (size_t i = 0; i < lanes; i++) {
        lane l = lane_of(a, dim, i);

        out->data[i] = lane_median(&l, room);
    }
    return 1;
}

/* ------------------------------------------------------------------ any, all */

/* Truth of entry i: not 0, or what the function at 2 says of it. */
static bool is_true(lua_State *L, double x, const char *fn)
{
    bool yes;

    if (lua_isnoneornil(L, 2))
        return x != 0;
    if (!lua_isfunction(L, 2))
        ory_arg_error(L, fn, 2, "fn", "a function of one entry, or nothing");
    lua_pushvalue(L, 2);
    lua_pushnumber(L, x);
    lua_call(L, 1, 1);
    yes = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return yes;
}

/* Number of entries that are true; stops at the first one equal to `stop` (-1: none). */
static size_t count_true(lua_State *L, const char *fn, int stop, bool *stopped)
{
    const ory_lmat *a = ory_check_lmat(L, 1, fn, "matrix");
    size_t n = 0;

    *stopped = false;
    for (size_t i = 0; i < ory_lmat_len(a) && !*stopped; i++) {
        bool yes = is_true(L, *ory_lmat_nth(a, i), fn);

        n += yes;
        *stopped = stop >= 0 && yes == (stop == 1);
    }
    return n;
}

static int mat_any(lua_State *L)
{
    bool found;

    count_true(L, "mat:any", 1, &found);
    lua_pushboolean(L, found);
    return 1;
}

static int mat_all(lua_State *L)
{
    bool found;

    count_true(L, "mat:all", 0, &found);
    lua_pushboolean(L, !found);
    return 1;
}

static int mat_count(lua_State *L)
{
    bool found;

    lua_pushinteger(L, (lua_Integer)count_true(L, "mat:count", -1, &found));
    return 1;
}

static int mat_isfinite(lua_State *L)
{
    lane all = lane_all(L, "mat:isfinite");

    lua_pushboolean(L, ory_all_finite(all.x, all.n));
    return 1;
}

/* ---------------------------------------------------------------------- norms */

/* Singular values of the matrix at 1, descending, in a userdata pushed on the stack. */
static double *push_singular_values(lua_State *L, const char *fn, size_t *count)
{
    ory_mat m = ory_check_mat(L, 1, fn, "matrix");
    size_t n = m.rows < m.cols ? m.rows : m.cols;
    ory_error err = {0};
    double *s = lua_newuserdatauv(L, (n + 1) * sizeof *s, 0);

    *count = n;
    if (n > 0 && ory_svd(&m, NULL, s, NULL, &err) != ORY_OK)
        ory_raise_in(L, fn, &err);
    return s;
}

/* Largest sum of magnitudes over rows (inf) or columns (1). */
static double norm_sums(const ory_lmat *a, int dim)
{
    size_t lanes = dim == 1 ? a->cols : a->rows;
    double most = 0;

    for (size_t i = 0; i < lanes; i++) {
        lane l = lane_of(a, dim, i);
        double s = 0;

        for (size_t j = 0; j < l.n; j++)
            s += fabs(lane_at(&l, j));
        if (s > most || isnan(s))
            most = s;
    }
    return most;
}

static double norm_spectral(lua_State *L, const char *kind)
{
    size_t n;
    const double *s = push_singular_values(L, "mat:norm", &n);
    double sum = 0;

    if (strcmp(kind, "2") == 0)
        return n > 0 ? s[0] : 0;
    for (size_t i = 0; i < n; i++)
        sum += s[i];
    return sum;
}

static double norm_of(lua_State *L, const char *kind)
{
    const ory_lmat *a = lua_touserdata(L, 1);
    lane all = {a->data, ory_lmat_len(a), 1};

    if (strcmp(kind, "fro") == 0 || (a->vector && strcmp(kind, "2") == 0))
        return ory_norm2(a->data, ory_lmat_len(a));
    if (strcmp(kind, "max") == 0 || (a->vector && strcmp(kind, "inf") == 0)) {
        double low = fabs(lane_min(&all)), high = fabs(lane_max(&all));

        return low > high || isnan(low) ? low : high;
    }
    if (strcmp(kind, "1") == 0 && a->vector)
        return norm_sums(a, a->cols == 1 ? 1 : 2);
    if (strcmp(kind, "1") == 0)
        return norm_sums(a, 1);
    if (strcmp(kind, "inf") == 0)
        return norm_sums(a, 2);
    return norm_spectral(L, kind);
}

static int mat_norm(lua_State *L)
{
    static const char *const kinds[] = {"fro", "2", "1", "inf", "max", "nuclear", NULL};
    const char *kind = "fro";

    lane_all(L, "mat:norm");
    lua_settop(L, 2);
    if (lua_type(L, 2) == LUA_TNUMBER && (lua_tonumber(L, 2) == 1 || lua_tonumber(L, 2) == 2)) {
        lua_pushstring(L, lua_tonumber(L, 2) == 1 ? "1" : "2");
        lua_replace(L, 2);
    }
    if (!lua_isnil(L, 2))
        kind = kinds[ory_check_choice(L, 2, "mat:norm", "kind", kinds)];
    lua_pushnumber(L, norm_of(L, kind));
    return 1;
}

static int mat_trace(lua_State *L)
{
    const ory_lmat *a = ory_check_lmat(L, 1, "mat:trace", "matrix");
    double sum = 0;

    if (a->rows != a->cols) {
        char shape[80];

        ory_shape_text(a, shape, sizeof shape);
        return ory_raisef(L, "mat:trace: needs a square matrix, got %s", shape);
    }
    for (size_t i = 0; i < a->rows; i++)
        sum += *ory_lmat_at(a, i, i);
    lua_pushnumber(L, sum);
    return 1;
}

/* Singular values above tol times the largest; tol: max(rows, cols) eps. */
static int mat_rank(lua_State *L)
{
    const ory_lmat *a = ory_check_lmat(L, 1, "mat:rank", "matrix");
    double tol = (double)(a->rows > a->cols ? a->rows : a->cols) * DBL_EPSILON;
    size_t n, rank = 0;
    const double *s;

    if (!lua_isnoneornil(L, 2)) {
        tol = ory_check_real(L, 2, "mat:rank", "tol");
        if (!(tol >= 0))
            return ory_arg_error(L, "mat:rank", 2, "tol", "a number >= 0");
    }
    s = push_singular_values(L, "mat:rank", &n);
    while (rank < n && s[rank] > tol * s[0])
        rank++;
    lua_pushinteger(L, (lua_Integer)rank);
    return 1;
}

static int mat_cond(lua_State *L)
{
    size_t n;
    const double *s = push_singular_values(L, "mat:cond", &n);

    lua_pushnumber(L, n == 0 ? 0 : s[n - 1] > 0 ? s[0] / s[n - 1] : INFINITY);
    return 1;
}

const ory_fn ory_mat_reduce_methods[] = {
    {"mat:sum", mat_sum, "A:sum([dim]) -> number or vector",
     "Sum of all entries, down each column (dim 1) or along each row (dim 2).",
     "A = mat{{1, 2}, {3, 4}}; print(A:sum(), A:sum(1), A:sum(2))"},
    {"mat:mean", mat_mean, "A:mean([dim]) -> number or vector",
     "Mean of all entries, down each column (dim 1) or along each row (dim 2).",
     "print(mat{1, 2, 6}:mean())"},
    {"mat:var", mat_var, "A:var([dim]) -> number or vector",
     "Variance with divisor n - 1 (0 for one entry); dim as for sum.", "print(mat{1, 2, 6}:var())"},
    {"mat:std", mat_std, "A:std([dim]) -> number or vector",
     "Standard deviation with divisor n - 1; dim as for sum.", "print(mat{1, 2, 6}:std())"},
    {"mat:prod", mat_prod, "A:prod([dim]) -> number or vector",
     "Product of the entries; dim as for sum.", "print(mat{1, 2, 6}:prod())"},
    {"mat:min", mat_min, "A:min([dim]) -> number or vector",
     "Smallest entry; nan when there is one; dim as for sum.", "print(mat{3, -1, 2}:min())"},
    {"mat:max", mat_max, "A:max([dim]) -> number or vector",
     "Largest entry; nan when there is one; dim as for sum.", "print(mat{3, -1, 2}:max())"},
    {"mat:argmin", mat_argmin, "v:argmin() -> position, A:argmin() -> row, column, A:argmin(dim) -> vector",
     "Where the smallest entry stands (the first of equals).", "print(mat{3, -1, 2}:argmin())"},
    {"mat:argmax", mat_argmax, "v:argmax() -> position, A:argmax() -> row, column, A:argmax(dim) -> vector",
     "Where the largest entry stands (the first of equals).",
     "print(mat{{3, 1}, {2, 9}}:argmax())"},
    {"mat:median", mat_median, "A:median([dim]) -> number or vector",
     "The middle entry in order, the mean of the two middle ones when n is even; dim as for sum.",
     "print(mat{3, 9, 1, 2}:median())"},
    {"mat:cumsum", mat_cumsum, "A:cumsum([dim]) -> matrix",
     "Running sums down each column (dim 1, the default) or along each row (dim 2).",
     "print(mat{1, 2, 3}:cumsum())"},
    {"mat:sort", mat_sort, "v:sort([order]) -> vector, positions; A:sort(dim [, order]) -> matrix",
     "A sorted copy, order \"up\" (the default) or \"down\", nan last; of a vector also where each "
     "entry came from. A matrix sorts every column (dim 1) or row (dim 2) by itself.",
     "print(mat{3, 1, 2}:sort('down'))"},
    {"mat:any", mat_any, "A:any([fn]) -> boolean",
     "Whether an entry is not 0, or fn(x) is true of one.",
     "print(mat{1, -2}:any(function(x) return x < 0 end))"},
    {"mat:all", mat_all, "A:all([fn]) -> boolean",
     "Whether no entry is 0, or fn(x) is true of all.", "print(mat.ones(3):all())"},
    {"mat:count", mat_count, "A:count([fn]) -> integer",
     "How many entries are not 0, or of how many fn(x) is true.", "print(mat{0, 3, 0}:count())"},
    {"mat:isfinite", mat_isfinite, "A:isfinite() -> boolean", "Whether no entry is nan or infinite.",
     "print(mat{1, 0 / 0}:isfinite())"},
    {"mat:norm", mat_norm, "A:norm([kind]) -> number",
     "A norm: \"fro\" (default: root of the sum of squares), 2 (largest singular value; of a vector "
     "the same as fro), 1 (largest column sum of magnitudes), \"inf\" (largest row sum), \"max\" "
     "(largest magnitude), \"nuclear\" (sum of singular values). Of a vector, 1 is the sum and "
     "\"inf\" the largest of the magnitudes.",
     "print(mat{3, 4}:norm(), mat.eye(3):norm('nuclear'))"},
    {"mat:trace", mat_trace, "A:trace() -> number", "Sum of the diagonal of a square matrix.",
     "print(mat.eye(3):trace())"},
    {"mat:rank", mat_rank, "A:rank([tol]) -> integer",
     "Number of singular values above tol (max(rows, cols) * 2.2e-16) times the largest.",
     "print(mat{{1, 2}, {2, 4}}:rank())"},
    {"mat:cond", mat_cond, "A:cond() -> number",
     "Condition number: largest singular value over smallest; inf when that is 0.",
     "print(mat.diag{1, 10}:cond())"},
    {0}};
