/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mat_linalg.c - linear algebra at the prompt: solving, factorisations, spectra.
 * Factorisations answer with a named record. */
#include "config.h"

#include "bind/mat.h"

#include <math.h>

#include "core/linalg.h"

static ory_mat check_square(lua_State *L, int idx, const char *fn)
{
    ory_mat m = ory_check_mat(L, idx, fn, "matrix");

    if (m.rows != m.cols || m.rows == 0)
        ory_raisef(L, "%s: needs a square matrix, got a %zu x %zu matrix", fn, m.rows, m.cols);
    return m;
}

/* A right-hand side with as many rows as m; a row vector is taken as a column. */
static ory_mat check_rhs(lua_State *L, const ory_mat *m, const char *fn, bool *vector)
{
    const ory_lmat *b = ory_check_packed(L, 2, fn, "right-hand side");
    ory_mat out = ory_lmat_mat(b);

    *vector = b->vector;
    if (b->vector)
        out = ory_mat_view(b->data, ory_lmat_len(b), 1);
    if (out.rows != m->rows) {
        char shape[80];

        ory_shape_text(b, shape, sizeof shape);
        ory_raisef(L, "%s: the matrix is %zu x %zu, the right-hand side is %s (needs %zu rows)", fn,
                   m->rows, m->cols, shape, m->rows);
    }
    return out;
}

static int finish(lua_State *L, const char *fn, ory_status ok, ory_error *err)
{
    return ok == ORY_OK ? 1 : ory_raise_in(L, fn, err);
}

static int mat_solve(lua_State *L)
{
    static const char fn[] = "mat:solve";
    bool vector;
    ory_mat a = check_square(L, 1, fn), b = check_rhs(L, &a, fn, &vector), x;
    ory_error err = {0};
    ory_lmat *out = ory_push_mat(L, a.rows, b.cols);

    out->vector = vector;
    x = ory_lmat_mat(out);
    return finish(L, fn, ory_solve(&a, &b, &x, &err), &err);
}

static int mat_lstsq(lua_State *L)
{
    static const char fn[] = "mat:lstsq";
    bool vector;
    ory_mat a = ory_check_mat(L, 1, fn, "matrix"), b = check_rhs(L, &a, fn, &vector), x;
    double tol = lua_isnoneornil(L, 3) ? 0 : ory_check_real(L, 3, fn, "tol");
    ory_error err = {0};
    size_t rank = 0;
    ory_lmat *out = ory_push_mat(L, a.cols, b.cols);

    out->vector = vector;
    x = ory_lmat_mat(out);
    finish(L, fn, ory_lstsq(&a, &b, tol, &x, &rank, &err), &err);
    lua_pushinteger(L, (lua_Integer)rank);
    return 2;
}

/* The n x n identity on the stack. */
static ory_mat push_identity(lua_State *L, size_t n)
{
    ory_lmat *eye = ory_push_mat(L, n, n);

    for (size_t i = 0; i < n; i++)
        *ory_lmat_at(eye, i, i) = 1;
    return ory_lmat_mat(eye);
}

static int mat_inv(lua_State *L)
{
    static const char fn[] = "mat:inv";
    ory_mat a = check_square(L, 1, fn), one = push_identity(L, a.rows), x;
    ory_error err = {0};

    x = ory_lmat_mat(ory_push_mat(L, a.rows, a.rows));
    return finish(L, fn, ory_solve(&a, &one, &x, &err), &err);
}

static int mat_pinv(lua_State *L)
{
    static const char fn[] = "mat:pinv";
    ory_mat a = ory_check_mat(L, 1, fn, "matrix"), one, x;
    double tol = lua_isnoneornil(L, 2) ? 0 : ory_check_real(L, 2, fn, "tol");
    ory_error err = {0};

    one = push_identity(L, a.rows);
    x = ory_lmat_mat(ory_push_mat(L, a.cols, a.rows));
    return finish(L, fn, ory_lstsq(&a, &one, tol, &x, NULL, &err), &err);
}

static int mat_det(lua_State *L)
{
    static const char fn[] = "mat:det";
    ory_mat a = check_square(L, 1, fn);
    ory_error err = {0};
    double det = 0;
    ory_status ok = ory_det(&a, &det, &err);

    lua_pushnumber(L, det);
    return finish(L, fn, ok, &err);
}

static int mat_expm(lua_State *L)
{
    static const char fn[] = "mat:expm";
    ory_mat a = check_square(L, 1, fn), e = ory_lmat_mat(ory_push_mat(L, a.rows, a.rows));
    ory_error err = {0};

    return finish(L, fn, ory_expm(&a, &e, &err), &err);
}

static int mat_chol(lua_State *L)
{
    static const char fn[] = "mat:chol";
    ory_mat a = check_square(L, 1, fn), l = ory_lmat_mat(ory_push_mat(L, a.rows, a.rows));
    ory_error err = {0};

    return finish(L, fn, ory_chol(&a, &l, &err), &err);
}

/* ------------------------------------------------------------- factorisations */

/* The values at indices first.. become the fields of a new record. */
static int answer(lua_State *L, const char *title, int first, const char *const *names)
{
    ory_push_record(L, title);
    for (int i = 0; names[i]; i++) {
        lua_pushvalue(L, first + i);
        lua_setfield(L, -2, names[i]);
    }
    return 1;
}

static int mat_svd(lua_State *L)
{
    static const char fn[] = "mat:svd";
    static const char *const names[] = {"u", "s", "v", NULL};
    ory_mat a = ory_check_mat(L, 1, fn, "matrix"), u, v;
    size_t k = a.rows < a.cols ? a.rows : a.cols;
    ory_error err = {0};
    ory_lmat *s;

    lua_settop(L, 1);
    u = ory_lmat_mat(ory_push_mat(L, a.rows, k));
    s = ory_push_vec(L, k, 1);
    v = ory_lmat_mat(ory_push_mat(L, a.cols, k));
    if (ory_svd(&a, &u, s->data, &v, &err) != ORY_OK)
        return ory_raise_in(L, fn, &err);
    return answer(L, "svd: A = u * mat.diag(s) * v.T", 2, names);
}

static int mat_qr(lua_State *L)
{
    static const char fn[] = "mat:qr";
    static const char *const names[] = {"q", "r", NULL};
    ory_mat a = ory_check_mat(L, 1, fn, "matrix"), q, r;
    size_t k = a.rows < a.cols ? a.rows : a.cols;
    ory_error err = {0};

    lua_settop(L, 1);
    q = ory_lmat_mat(ory_push_mat(L, a.rows, k));
    r = ory_lmat_mat(ory_push_mat(L, k, a.cols));
    if (ory_qr(&a, &q, &r, &err) != ORY_OK)
        return ory_raise_in(L, fn, &err);
    return answer(L, "qr: A = q * r", 2, names);
}

/* The largest |a_ij - a_ji| relative to the largest entry. */
static double asymmetry(const ory_mat *a)
{
    double most = 0, largest = 0;

    for (size_t i = 0; i < a->rows; i++)
        for (size_t j = 0; j < a->cols; j++) {
            most = fmax(most, fabs(*ory_mat_at(a, i, j) - *ory_mat_at(a, j, i)));
            largest = fmax(largest, fabs(*ory_mat_at(a, i, j)));
        }
    return largest > 0 ? most / largest : 0;
}

static int mat_eigs(lua_State *L)
{
    static const char fn[] = "mat:eigs";
    static const char *const names[] = {"values", "vectors", NULL};
    ory_mat a = check_square(L, 1, fn), v;
    double skew = asymmetry(&a);
    ory_error err = {0};
    ory_lmat *w;

    if (skew > 1e-8)
        return ory_raisef(L, "%s: the matrix is not symmetric: entries differ from the transpose by "
                             "%.3g of the largest (A:eig() takes any square matrix)", fn, skew);
    lua_settop(L, 1);
    w = ory_push_vec(L, a.rows, 1);
    v = ory_lmat_mat(ory_push_mat(L, a.rows, a.rows));
    if (ory_eig_sym(&a, w->data, &v, &err) != ORY_OK)
        return ory_raise_in(L, fn, &err);
    return answer(L, "eigs: A * vectors = vectors * mat.diag(values)", 2, names);
}

/* LAPACK packs the vectors of a conjugate pair into two columns, real and imaginary
 * part; here they are laid out apart, in place in re, into im. */
static void unpack_vectors(const double *im_values, const ory_mat *re, const ory_mat *im)
{
    for (size_t j = 0; j < re->cols; j++) {
        if (!(im_values[j] > 0) || j + 1 == re->cols)
            continue;
        for (size_t i = 0; i < re->rows; i++) {
            double y = *ory_mat_at(re, i, j + 1);

            *ory_mat_at(re, i, j + 1) = *ory_mat_at(re, i, j);
            *ory_mat_at(im, i, j) = y;
            *ory_mat_at(im, i, j + 1) = -y;
        }
    }
}

static int mat_eig(lua_State *L)
{
    static const char fn[] = "mat:eig";
    static const char *const names[] = {"re", "im", "vectors", "vectors_im", NULL};
    ory_mat a = check_square(L, 1, fn), v, vi;
    ory_error err = {0};
    ory_lmat *re, *im;

    lua_settop(L, 1);
    re = ory_push_vec(L, a.rows, 1);
    im = ory_push_vec(L, a.rows, 1);
    v = ory_lmat_mat(ory_push_mat(L, a.rows, a.rows));
    vi = ory_lmat_mat(ory_push_mat(L, a.rows, a.rows));
    if (ory_eig(&a, re->data, im->data, &v, &err) != ORY_OK)
        return ory_raise_in(L, fn, &err);
    unpack_vectors(im->data, &v, &vi);
    return answer(L, "eig: values re + i im, column j of vectors + i vectors_im belongs to value j",
                  2, names);
}

const ory_fn ory_mat_linalg_methods[] = {
    {"mat:solve", mat_solve, "A:solve(B) -> matrix",
     "X with A * X = B for a square A; B is a vector or a matrix with as many rows. A singular A "
     "is an error that names its reciprocal condition.",
     "print(mat{{2, 1}, {1, 3}}:solve{3, 5})"},
    {"mat:lstsq", mat_lstsq, "A:lstsq(B [, tol]) -> matrix, rank",
     "X of least norm among those with the least |A * X - B|; singular values below tol (max(rows, "
     "cols) * 2.2e-16) times the largest count as 0. Also the rank.",
     "print(mat{{1, 0}, {1, 1}, {1, 2}}:lstsq{1, 3, 5})"},
    {"mat:inv", mat_inv, "A:inv() -> matrix",
     "Inverse of a square matrix (A:solve(B) is the better way to solve).",
     "print(mat{{2, 0}, {0, 4}}:inv())"},
    {"mat:pinv", mat_pinv, "A:pinv([tol]) -> matrix", "Pseudo-inverse (cols x rows); tol as for lstsq.",
     "print(mat{{1, 0}, {0, 0}}:pinv())"},
    {"mat:det", mat_det, "A:det() -> number", "Determinant of a square matrix.",
     "print(mat{{1, 2}, {3, 4}}:det())"},
    {"mat:expm", mat_expm, "A:expm() -> matrix",
     "Matrix exponential of a square matrix (A:exp() works entry by entry).",
     "print(mat{{0, 1}, {0, 0}}:expm())"},
    {"mat:chol", mat_chol, "A:chol() -> matrix",
     "Lower triangular L with A = L * L.T; A is symmetric positive definite, only its lower "
     "triangle is read.",
     "print(mat{{4, 2}, {2, 3}}:chol())"},
    {"mat:svd", mat_svd, "A:svd() -> {u=, s=, v=}",
     "Thin singular value decomposition A = u * mat.diag(s) * v.T; s is descending, u is rows x k, "
     "v is cols x k, k = min(rows, cols).",
     "d = mat{{3, 0}, {0, 4}}:svd(); print(d.s)"},
    {"mat:qr", mat_qr, "A:qr() -> {q=, r=}",
     "Thin QR decomposition A = q * r: orthonormal columns in q (rows x k), r (k x cols) upper "
     "triangular with diagonal >= 0.",
     "print(mat{{3, 1}, {4, 2}}:qr().r)"},
    {"mat:eigs", mat_eigs, "A:eigs() -> {values=, vectors=}",
     "Eigenvalues (ascending) and orthonormal eigenvectors (columns) of a symmetric matrix.",
     "print(mat{{2, 1}, {1, 2}}:eigs().values)"},
    {"mat:eig", mat_eig, "A:eig() -> {re=, im=, vectors=, vectors_im=}",
     "Eigenvalues re + i im of a square matrix and their right eigenvectors, real and imaginary "
     "parts in the columns of vectors and vectors_im.",
     "print(mat{{0, 1}, {-1, 0}}:eig().im)"},
    {0}};
