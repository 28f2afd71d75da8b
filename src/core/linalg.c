/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linalg.c - matrix products, norms and factorisations.
 *
 * LAPACK wants columns one after the other. A packed row-major matrix is the
 * transposed one in LAPACK's eyes, so whatever does not mind the transpose
 * (singular values, symmetric matrices, LU) reads it as it is; the rest is
 * transposed by hand. Only LAPACKE's _work functions are called, in column
 * order: they allocate nothing behind our back. */
#include "config.h"

#include "core/linalg.h"

#include <assert.h>
#include <cblas.h>
#include <float.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sort_double.h>
#include <lapacke.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/mem.h"

/* Two doubles in one register, loaded from anywhere. Vectors are written out so
 * that the speed does not hang on the compiler's flags; each lane is one sum in
 * a fixed order, so results are the same with and without vector hardware. */
typedef double pair __attribute__((vector_size(16), aligned(8), may_alias));

#define INLINE static inline __attribute__((always_inline))

INLINE pair load(const double *x)
{
    return *(const pair *)x;
}

INLINE pair splat(double x)
{
    return (pair){x, x};
}

/* ------------------------------------------------------- sums over vectors */

double ory_dot(const double *x, const double *y, size_t n)
{
    pair s0 = {0, 0}, s1 = s0, s2 = s0, s3 = s0;
    double sum;
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        s0 += load(x + i) * load(y + i);
        s1 += load(x + i + 2) * load(y + i + 2);
        s2 += load(x + i + 4) * load(y + i + 4);
        s3 += load(x + i + 6) * load(y + i + 6);
    }
    for (; i + 2 <= n; i += 2)
        s0 += load(x + i) * load(y + i);
    s0 = (s0 + s1) + (s2 + s3);
    sum = s0[0] + s0[1];
    return i < n ? sum + x[i] * y[i] : sum;
}

double ory_norm2_sq(const double *x, size_t n)
{
    return ory_dot(x, x, n);
}

void ory_axpy(double a, const double *restrict x, double *restrict y, size_t n)
{
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        *(pair *)(y + i) = load(y + i) + splat(a) * load(x + i);
        *(pair *)(y + i + 2) = load(y + i + 2) + splat(a) * load(x + i + 2);
    }
    for (; i < n; i++)
        y[i] += a * x[i];
}

/* Largest magnitude; NaN if there is one. */
static double max_abs(const double *x, size_t n)
{
    double max = 0;

    for (size_t i = 0; i < n; i++) {
        double v = fabs(x[i]);

        if (!(v <= max)) {
            if (isnan(v))
                return v;
            max = v;
        }
    }
    return max;
}

/* Whether squares summed to s have neither overflowed nor lost small terms. */
static bool is_safe_square(double s)
{
    return s > 1e-270 && s < 1e300;
}

/* A power of two that brings numbers of magnitude up to max > 0 to about 1. */
static double scale_for(double max, int *exponent)
{
    frexp(max, exponent);
    if (*exponent < -1021)
        *exponent = -1021;
    return ldexp(1, -*exponent);
}

static double norm_rows(const ory_mat *a)
{
    double sum = 0, max = 0, scale;
    int exponent;

    for (size_t r = 0; r < a->rows; r++)
        sum += ory_norm2_sq(ory_mat_at(a, r, 0), a->cols);
    if (is_safe_square(sum))
        return sqrt(sum);
    for (size_t r = 0; r < a->rows; r++) {
        double m = max_abs(ory_mat_at(a, r, 0), a->cols);

        if (isnan(m))
            return m;
        max = m > max ? m : max;
    }
    if (max == 0 || isinf(max))
        return max;
    scale = scale_for(max, &exponent);
    sum = 0;
    for (size_t r = 0; r < a->rows; r++)
        for (size_t c = 0; c < a->cols; c++) {
            double x = *ory_mat_at(a, r, c) * scale;

            sum += x * x;
        }
    return ldexp(sqrt(sum), exponent);
}

double ory_norm2(const double *x, size_t n)
{
    double sum = ory_norm2_sq(x, n);

    if (is_safe_square(sum))
        return sqrt(sum);
    return norm_rows(&(ory_mat){.rows = 1, .cols = n, .ld = n, .data = (double *)(uintptr_t)x});
}

double ory_norm_fro(const ory_mat *a)
{
    if (a->ld == a->cols)
        return ory_norm2(a->data, a->rows * a->cols);
    return norm_rows(a);
}

/* ---------------------------------------------------------- small products */

/* One product to be computed on our own loops: a(i, p) = a[i*ai + p*ap],
 * b(p, j) = b[p*ldb + j]. */
typedef struct product {
    size_t k;
    const double *a;
    size_t ai, ap;
    const double *b;
    size_t ldb;
    double *c;
    size_t ldc;
    double alpha, beta;
} product;

INLINE void put(double *c, double sum, double alpha, double beta)
{
    *c = beta == 0 ? alpha * sum : alpha * sum + beta * *c;
}

INLINE void put_pair(double *c, pair sum, double alpha, double beta)
{
    *(pair *)c = beta == 0 ? splat(alpha) * sum : splat(alpha) * sum + splat(beta) * load(c);
}

/* width numbers of a row of c from two pairs of sums. */
INLINE void put_row(const product *q, double *c, int width, pair lo, pair hi)
{
    if (width > 1)
        put_pair(c, lo, q->alpha, q->beta);
    else
        put(c, lo[0], q->alpha, q->beta);
    if (width > 3)
        put_pair(c + 2, hi, q->alpha, q->beta);
    else if (width > 2)
        put(c + 2, hi[0], q->alpha, q->beta);
}

INLINE pair load_low(const double *b, int width)
{
    return width > 1 ? load(b) : splat(b[0]);
}

INLINE pair load_high(const double *b, int width)
{
    return width > 3 ? load(b + 2) : width > 2 ? splat(b[2]) : splat(0);
}

/* Four rows of c, `width` (1..4, a constant) columns. */
INLINE void rows_4(const product *q, size_t i, size_t j, int width)
{
    const double *a = q->a + i * q->ai, *b = q->b + j;
    const size_t ai = q->ai, ap = q->ap, ldb = q->ldb;
    double *c = q->c + i * q->ldc + j;
    pair l0 = {0, 0}, l1 = l0, l2 = l0, l3 = l0, h0 = l0, h1 = l0, h2 = l0, h3 = l0;

    for (size_t p = 0; p < q->k; p++, a += ap, b += ldb) {
        const pair lo = load_low(b, width), hi = load_high(b, width);
        const pair a0 = splat(a[0]), a1 = splat(a[ai]), a2 = splat(a[2 * ai]),
                   a3 = splat(a[3 * ai]);

        l0 += a0 * lo;
        l1 += a1 * lo;
        l2 += a2 * lo;
        l3 += a3 * lo;
        if (width > 2) {
            h0 += a0 * hi;
            h1 += a1 * hi;
            h2 += a2 * hi;
            h3 += a3 * hi;
        }
    }
    put_row(q, c, width, l0, h0);
    put_row(q, c + q->ldc, width, l1, h1);
    put_row(q, c + 2 * q->ldc, width, l2, h2);
    put_row(q, c + 3 * q->ldc, width, l3, h3);
}

/* Two rows. */
INLINE void rows_2(const product *q, size_t i, size_t j, int width)
{
    const double *a = q->a + i * q->ai, *b = q->b + j;
    const size_t ai = q->ai, ap = q->ap, ldb = q->ldb;
    double *c = q->c + i * q->ldc + j;
    pair l0 = {0, 0}, l1 = l0, h0 = l0, h1 = l0;

    for (size_t p = 0; p < q->k; p++, a += ap, b += ldb) {
        const pair lo = load_low(b, width), hi = load_high(b, width);
        const pair a0 = splat(a[0]), a1 = splat(a[ai]);

        l0 += a0 * lo;
        l1 += a1 * lo;
        if (width > 2) {
            h0 += a0 * hi;
            h1 += a1 * hi;
        }
    }
    put_row(q, c, width, l0, h0);
    put_row(q, c + q->ldc, width, l1, h1);
}

/* One row. */
INLINE void rows_1(const product *q, size_t i, size_t j, int width)
{
    const double *a = q->a + i * q->ai, *b = q->b + j;
    pair l0 = {0, 0}, h0 = l0;

    for (size_t p = 0; p < q->k; p++, a += q->ap, b += q->ldb) {
        l0 += splat(a[0]) * load_low(b, width);
        if (width > 2)
            h0 += splat(a[0]) * load_high(b, width);
    }
    put_row(q, q->c + i * q->ldc + j, width, l0, h0);
}

/* Columns j .. j+width-1 of c, all m rows. */
INLINE void panel(const product *q, size_t m, size_t j, int width)
{
    size_t i = 0;

    for (; i + 4 <= m; i += 4)
        rows_4(q, i, j, width);
    if (m - i >= 2) {
        rows_2(q, i, j, width);
        i += 2;
    }
    if (i < m)
        rows_1(q, i, j, width);
}

static void small_plain(const product *q, size_t m, size_t n)
{
    size_t j = 0;

    for (; j + 4 <= n; j += 4)
        panel(q, m, j, 4);
    switch (n - j) {
    case 3:
        panel(q, m, j, 3);
        break;
    case 2:
        panel(q, m, j, 2);
        break;
    case 1:
        panel(q, m, j, 1);
        break;
    }
}

/* b comes transposed, b(p, j) = b[j*ldb + p], and so short that turning four
 * columns at a time costs little. */
enum { TURN_LENGTH = 128 };

static void small_turned(const product *q, size_t m, size_t n)
{
    double turned[4 * TURN_LENGTH];
    product part = *q;

    part.b = turned;
    part.ldb = 4;
    for (size_t j = 0; j < n; j += 4) {
        size_t width = n - j < 4 ? n - j : 4;

        for (size_t w = 0; w < width; w++)
            for (size_t p = 0; p < q->k; p++)
                turned[4 * p + w] = q->b[(j + w) * q->ldb + p];
        part.c = q->c + j;
        small_plain(&part, m, width);
    }
}

/* Two rows of a against two rows of transposed b, both contiguous. */
static void dots_4(const product *q, size_t i, size_t j)
{
    const double *a0 = q->a + i * q->ai, *a1 = a0 + q->ai;
    const double *b0 = q->b + j * q->ldb, *b1 = b0 + q->ldb;
    double *c0 = q->c + i * q->ldc + j, *c1 = c0 + q->ldc;
    pair s00 = {0, 0}, s01 = s00, s10 = s00, s11 = s00;
    pair t0, t1;
    size_t p = 0;

    for (; p + 2 <= q->k; p += 2) {
        const pair x0 = load(a0 + p), x1 = load(a1 + p), y0 = load(b0 + p), y1 = load(b1 + p);

        s00 += x0 * y0;
        s01 += x0 * y1;
        s10 += x1 * y0;
        s11 += x1 * y1;
    }
    t0 = (pair){s00[0], s01[0]} + (pair){s00[1], s01[1]};
    t1 = (pair){s10[0], s11[0]} + (pair){s10[1], s11[1]};
    if (p < q->k) {
        const pair b = {b0[p], b1[p]};

        t0 += splat(a0[p]) * b;
        t1 += splat(a1[p]) * b;
    }
    put_pair(c0, t0, q->alpha, q->beta);
    put_pair(c1, t1, q->alpha, q->beta);
}

static void dots_1(const product *q, size_t i, size_t j)
{
    const double *a = q->a + i * q->ai, *b = q->b + j * q->ldb;
    pair s = {0, 0};
    double t;
    size_t p = 0;

    for (; p + 2 <= q->k; p += 2)
        s += load(a + p) * load(b + p);
    t = s[0] + s[1];
    if (p < q->k)
        t += a[p] * b[p];
    put(q->c + i * q->ldc + j, t, q->alpha, q->beta);
}

/* a plain, b transposed. */
static void small_dots(const product *q, size_t m, size_t n)
{
    size_t i = 0;

    for (; i + 2 <= m; i += 2) {
        size_t j = 0;

        for (; j + 2 <= n; j += 2)
            dots_4(q, i, j);
        if (j < n) {
            dots_1(q, i, j);
            dots_1(q, i + 1, j);
        }
    }
    if (i < m)
        for (size_t j = 0; j < n; j++)
            dots_1(q, i, j);
}

/* Whatever is left: both transposed and long. */
static void small_strided(const product *q, size_t m, size_t n)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0;

            for (size_t p = 0; p < q->k; p++)
                sum += q->a[i * q->ai + p * q->ap] * q->b[j * q->ldb + p];
            put(q->c + i * q->ldc + j, sum, q->alpha, q->beta);
        }
}

/* ------------------------------------------------------------ all products */

enum {
    SMALL_WORK = 800,   /* m n k up to which the start of dgemm costs more than it saves */
    SHORT_INNER = 10    /* inner length up to which turning b beats dot products          */
};

static bool is_small(size_t m, size_t n, size_t k)
{
    if (k == 0)
        return true;
    return m <= SMALL_WORK && n <= SMALL_WORK && k <= SMALL_WORK && m * n <= SMALL_WORK &&
           m * n * k <= SMALL_WORK;
}

static void small_product(ory_op ta, ory_op tb, size_t m, size_t n, product *q)
{
    if (tb == ORY_PLAIN && n == 1 && q->ldb == 1 && ta == ORY_PLAIN) {
        q->ldb = q->k; /* a contiguous column is a row of the transpose */
        small_dots(q, m, n);
    } else if (tb == ORY_PLAIN)
        small_plain(q, m, n);
    else if (q->k <= (ta == ORY_PLAIN ? SHORT_INNER : TURN_LENGTH))
        small_turned(q, m, n);
    else if (ta == ORY_PLAIN)
        small_dots(q, m, n);
    else
        small_strided(q, m, n);
}

static int to_int(size_t n)
{
    assert(n <= INT_MAX);
    return (int)n;
}

static CBLAS_TRANSPOSE cblas_op(ory_op op)
{
    return op == ORY_TRANS ? CblasTrans : CblasNoTrans;
}

/* Products with a vector go to dgemv, which reads the matrix once. */
static void large_product(ory_op ta, ory_op tb, size_t m, size_t n, size_t k, double alpha,
                          const ory_mat *a, const ory_mat *b, double beta, const ory_mat *c)
{
    if (n == 1)
        cblas_dgemv(CblasRowMajor, cblas_op(ta), to_int(a->rows), to_int(a->cols), alpha, a->data,
                    to_int(a->ld), b->data, tb == ORY_TRANS ? 1 : to_int(b->ld), beta, c->data,
                    to_int(c->ld));
    else if (m == 1)
        cblas_dgemv(CblasRowMajor, tb == ORY_TRANS ? CblasNoTrans : CblasTrans, to_int(b->rows),
                    to_int(b->cols), alpha, b->data, to_int(b->ld), a->data,
                    ta == ORY_TRANS ? to_int(a->ld) : 1, beta, c->data, 1);
    else
        cblas_dgemm(CblasRowMajor, cblas_op(ta), cblas_op(tb), to_int(m), to_int(n), to_int(k),
                    alpha, a->data, to_int(a->ld), b->data, to_int(b->ld), beta, c->data,
                    to_int(c->ld));
}

void ory_gemm(ory_op ta, ory_op tb, double alpha, const ory_mat *a, const ory_mat *b, double beta,
              const ory_mat *c)
{
    const size_t m = c->rows, n = c->cols, k = ta == ORY_TRANS ? a->rows : a->cols;

    assert((ta == ORY_TRANS ? a->cols : a->rows) == m);
    assert((tb == ORY_TRANS ? b->rows : b->cols) == n);
    assert((tb == ORY_TRANS ? b->cols : b->rows) == k);
    if (m == 0 || n == 0)
        return;
    if (is_small(m, n, k)) {
        product q = {.k = k,
                     .a = a->data,
                     .ai = ta == ORY_TRANS ? 1 : a->ld,
                     .ap = ta == ORY_TRANS ? a->ld : 1,
                     .b = b->data,
                     .ldb = b->ld,
                     .c = c->data,
                     .ldc = c->ld,
                     .alpha = alpha,
                     .beta = beta};

        small_product(ta, tb, m, n, &q);
    } else
        large_product(ta, tb, m, n, k, alpha, a, b, beta, c);
}

/* ----------------------------------------------------------- small helpers */

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t max_size(size_t a, size_t b)
{
    return a > b ? a : b;
}

static ory_status not_finite(ory_error *err)
{
    return ory_fail(err, ORY_EDIVERGE, "the matrix has an entry that is not finite");
}

static ory_status check_finite(const ory_mat *a, ory_error *err)
{
    for (size_t r = 0; r < a->rows; r++)
        if (!ory_all_finite(ory_mat_at(a, r, 0), a->cols))
            return not_finite(err);
    return ORY_OK;
}

static ory_status check_lower_finite(const ory_mat *a, ory_error *err)
{
    for (size_t r = 0; r < a->rows; r++)
        if (!ory_all_finite(ory_mat_at(a, r, 0), r + 1))
            return not_finite(err);
    return ORY_OK;
}

static ory_status check_square(const ory_mat *a, ory_error *err)
{
    if (a->rows != a->cols)
        return ory_fail(err, ORY_ESHAPE, "a %zu x %zu matrix where a square one is needed",
                        a->rows, a->cols);
    return ORY_OK;
}

/* An output that may be absent. */
static ory_status check_shape(const ory_mat *a, size_t rows, size_t cols, const char *name,
                              ory_error *err)
{
    if (a && (a->rows != rows || a->cols != cols))
        return ory_fail(err, ORY_ESHAPE, "%s is %zu x %zu (must be %zu x %zu)", name, a->rows,
                        a->cols, rows, cols);
    return ORY_OK;
}

/* LAPACK counts in int; also keeps products of two sizes far from overflow. */
static ory_status check_size(const ory_mat *a, ory_error *err)
{
    if (a->rows > INT_MAX / 128 || a->cols > INT_MAX / 128)
        return ory_fail(err, ORY_ERANGE, "a %zu x %zu matrix is too large to factor", a->rows,
                        a->cols);
    return ORY_OK;
}

static ory_status no_memory(size_t numbers, ory_error *err)
{
    return ory_fail(err, ORY_ENOMEM, "no memory for a workspace of %zu numbers", numbers);
}

static ory_status lapack_failed(const char *routine, lapack_int info, ory_error *err)
{
    return ory_fail(err, ORY_EINTERNAL, "%s refused argument %d", routine, -(int)info);
}

/* Row-major a as LAPACK's columns: out[c*rows + r]. */
static void to_columns(const ory_mat *a, double *out)
{
    for (size_t r = 0; r < a->rows; r++) {
        const double *row = ory_mat_at(a, r, 0);

        for (size_t c = 0; c < a->cols; c++)
            out[c * a->rows + r] = row[c];
    }
}

static void from_columns(const double *in, size_t ld, const ory_mat *a)
{
    for (size_t r = 0; r < a->rows; r++) {
        double *row = ory_mat_at(a, r, 0);

        for (size_t c = 0; c < a->cols; c++)
            row[c] = in[c * ld + r];
    }
}

/* Row-major a without gaps: out[r*cols + c], LAPACK's transpose of a. */
static void to_rows(const ory_mat *a, double *out)
{
    if (a->cols == 0)
        return;
    for (size_t r = 0; r < a->rows; r++)
        memcpy(out + r * a->cols, ory_mat_at(a, r, 0), a->cols * sizeof *out);
}

static void from_rows(const double *in, const ory_mat *a)
{
    if (a->cols == 0)
        return;
    for (size_t r = 0; r < a->rows; r++)
        memcpy(ory_mat_at(a, r, 0), in + r * a->cols, a->cols * sizeof *in);
}

static ory_status ws_grow(ory_svd_ws *ws, size_t len, ory_error *err)
{
    double *mem;

    if (ws->len >= len)
        return ORY_OK;
    mem = ory_alloc(len, sizeof *mem);
    if (!mem)
        return no_memory(len, err);
    ory_free(ws->mem);
    ws->mem = mem;
    ws->len = len;
    return ORY_OK;
}

void ory_svd_ws_fini(ory_svd_ws *ws)
{
    if (!ws)
        return;
    ory_free(ws->mem);
    *ws = (ory_svd_ws){0};
}

/* --------------------------------------------------------- singular values */

/* Small singular values come out to high relative accuracy for any matrix that
 * is a well-conditioned one with badly scaled rows and columns. The way is that
 * of Z. Drmac and K. Veselic, "New fast and accurate Jacobi SVD algorithm",
 * SIAM J. Matrix Anal. Appl. 29 (2008): QR with column pivoting of the tall
 * orientation with its large rows first (A. J. Cox, N. J. Higham, "Stability of
 * Householder QR factorization for weighted least squares", 1998), then
 * one-sided Jacobi on the transposed factor.
 *
 * Tall orientation: m x k with m >= k, stored in k columns, scaled by a power
 * of two so that the largest entry is about 1. */
enum {
    OWN_COLUMNS = 32,    /* our own Jacobi up to this k                  */
    OWN_ENTRIES = 32768, /* our own QR up to this m k, if k <= OWN_COLUMNS */
    MOST_SWEEPS = 40
};

/* Columns smaller than this beside a largest entry of 1 need dgesvj, which
 * takes care of squares that underflow. */
static const double own_least_norm = 1e-60;

/* Columns of the tall orientation, scaled. */
static void load_tall(const ory_mat *a, double scale, double *tall)
{
    const size_t m = max_size(a->rows, a->cols);

    for (size_t r = 0; r < a->rows; r++) {
        const double *row = ory_mat_at(a, r, 0);

        if (a->rows <= a->cols)
            for (size_t c = 0; c < a->cols; c++)
                tall[r * m + c] = row[c] * scale;
        else
            for (size_t c = 0; c < a->cols; c++)
                tall[c * m + r] = row[c] * scale;
    }
}

static void swap_columns(double *restrict x, double *restrict y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double t = x[i];

        x[i] = y[i];
        y[i] = t;
    }
}

static size_t index_of_max(const double *x, size_t from, size_t to)
{
    size_t at = from;

    for (size_t i = from + 1; i < to; i++)
        if (x[i] > x[at])
            at = i;
    return at;
}

/* The largest entry of column j below row j goes to row j: keeps large rows
 * from drowning small ones (Powell and Reid 1968). */
static void pivot_row(double *tall, size_t m, size_t k, size_t j)
{
    size_t at = j;
    const double *col = tall + j * m;

    for (size_t i = j + 1; i < m; i++)
        if (fabs(col[i]) > fabs(col[at]))
            at = i;
    if (at == j)
        return;
    for (size_t c = 0; c < k; c++) {
        double t = tall[c * m + j];

        tall[c * m + j] = tall[c * m + at];
        tall[c * m + at] = t;
    }
}

/* y -= factor v; returns the square norm of what is left behind entry 0. */
static double subtract(double *restrict y, const double *restrict v, double factor, size_t n)
{
    pair s0 = {0, 0}, s1 = s0;
    double sum = 0;
    size_t i = 1;

    y[0] -= factor * v[0];
    for (; i + 4 <= n; i += 4) {
        const pair y0 = load(y + i) - splat(factor) * load(v + i);
        const pair y1 = load(y + i + 2) - splat(factor) * load(v + i + 2);

        *(pair *)(y + i) = y0;
        *(pair *)(y + i + 2) = y1;
        s0 += y0 * y0;
        s1 += y1 * y1;
    }
    for (; i < n; i++) {
        y[i] -= factor * v[i];
        sum += y[i] * y[i];
    }
    s0 += s1;
    return sum + (s0[0] + s0[1]);
}

/* Householder QR with column pivoting of the m x k columns in tall. The upper
 * triangle becomes R; square[] is scratch for k numbers. Returns the number of
 * rows of R before the rest vanished, or k + 1 if norms get so small that
 * squares are unsafe. */
static size_t own_qr(double *tall, size_t m, size_t k, double *square)
{
    for (size_t c = 0; c < k; c++)
        square[c] = ory_norm2_sq(tall + c * m, m);
    for (size_t j = 0; j < k; j++) {
        size_t at = index_of_max(square, j, k), n = m - j;
        double *v = tall + j * m + j, norm, diagonal;

        if (at != j) {
            swap_columns(tall + j * m, tall + at * m, m);
            square[at] = square[j];
        }
        norm = sqrt(ory_norm2_sq(v, n));
        if (norm < own_least_norm) {
            for (size_t c = j; c < k; c++)
                if (max_abs(tall + c * m + j, n) != 0)
                    return k + 1;
            return j;
        }
        pivot_row(tall, m, k, j);
        diagonal = v[0] > 0 ? -norm : norm; /* v becomes x - diagonal e1 */
        v[0] -= diagonal;
        for (size_t c = j + 1; c < k; c++) {
            double *y = tall + c * m + j;

            /* 2 / |v|^2 = -1 / (diagonal v[0]) */
            square[c] = subtract(y, v, -ory_dot(v, y, n) / (diagonal * v[0]), n);
        }
        v[0] = diagonal;
    }
    return k;
}

/* Rotate x and y (x' = c x - s y, y' = s x + c y) and tell their square norms. */
static void rotate(double *restrict x, double *restrict y, size_t n, double c, double s,
                   double *xx, double *yy)
{
    pair sx = {0, 0}, sy = sx;
    size_t i = 0;

    for (; i + 2 <= n; i += 2) {
        const pair u = load(x + i), v = load(y + i);
        const pair p = splat(c) * u - splat(s) * v, q = splat(s) * u + splat(c) * v;

        *(pair *)(x + i) = p;
        *(pair *)(y + i) = q;
        sx += p * p;
        sy += q * q;
    }
    *xx = sx[0] + sx[1];
    *yy = sy[0] + sy[1];
    if (i < n) {
        const double u = x[i], v = y[i];

        x[i] = c * u - s * v;
        y[i] = s * u + c * v;
        *xx += x[i] * x[i];
        *yy += y[i] * y[i];
    }
}

/* What one sweep has met, squared: the largest cosine between two columns, and
 * the largest change of a column beside its norm. */
typedef struct sweep {
    double cosine, change;
} sweep;

/* Make columns x and y orthogonal unless they are so to within tol. */
INLINE void jacobi_pair(double *x, double *y, size_t n, double tol, double *xx, double *yy,
                        sweep *met)
{
    const double xy = ory_dot(x, y, n), limit = *xx * *yy;
    double zeta, t, c, s, cosine;

    if (xy * xy <= tol * tol * limit)
        return;
    zeta = (*yy - *xx) / (2 * xy);
    t = (zeta < 0 ? -1 : 1) / (fabs(zeta) + sqrt(1 + zeta * zeta));
    c = 1 / sqrt(1 + t * t);
    s = c * t;
    rotate(x, y, n, c, s, xx, yy);
    cosine = xy * xy / limit;
    met->cosine = fmax(cosine, met->cosine);
    met->change = fmax(fmax(cosine, s * s), met->change);
}

/* Every pair of columns once. */
static sweep jacobi_sweep(double *col, size_t n, size_t count, double tol, double *square)
{
    sweep met = {0, 0};

    for (size_t p = 0; p + 1 < count; p++)
        for (size_t q = p + 1; q < count; q++)
            jacobi_pair(col + p * n, col + q * n, n, tol, &square[p], &square[q], &met);
    return met;
}

/* One-sided Jacobi on `count` columns of length n: their norms become the
 * singular values, left in square[] as squares, unordered. What a sweep leaves
 * of the cosines is at most about count times the largest cosine times the
 * largest change that it met: when that is within tol no further sweep is needed. */
static bool own_jacobi(double *col, size_t n, size_t count, double *square)
{
    const double tol = DBL_EPSILON * sqrt((double)n);

    for (size_t c = 0; c < count; c++)
        square[c] = ory_norm2_sq(col + c * n, n);
    for (int i = 0; i < MOST_SWEEPS && count > 1; i++) {
        const sweep met = jacobi_sweep(col, n, count, tol, square);

        if ((double)count * sqrt(met.cosine * met.change) <= tol)
            return true;
    }
    return count < 2;
}

static void sort_descending(double *s, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        double x = s[i];
        size_t j = i;

        for (; j > 0 && s[j - 1] < x; j--)
            s[j] = s[j - 1];
        s[j] = x;
    }
}

/* The lower triangle R' of a factor in tall, `rank` columns of length k. */
static void lower_of(const double *tall, size_t m, size_t k, size_t rank, double *lower)
{
    memset(lower, 0, rank * k * sizeof *lower);
    for (size_t c = 0; c < k; c++)
        for (size_t r = 0; r <= c && r < rank; r++)
            lower[r * k + c] = tall[c * m + r];
}

static ory_status no_convergence(size_t rows, size_t cols, ory_error *err)
{
    return ory_fail(err, ORY_ENOCONV, "singular values of a %zu x %zu matrix did not converge",
                    rows, cols);
}

/* Singular values of the k x rank columns in lower; s[k], descending. */
static ory_status own_values(double *lower, size_t k, size_t rank, double *s, ory_error *err)
{
    if (!own_jacobi(lower, k, rank, s))
        return no_convergence(k, rank, err);
    for (size_t i = 0; i < rank; i++)
        s[i] = sqrt(s[i]);
    for (size_t i = rank; i < k; i++)
        s[i] = 0;
    sort_descending(s, rank);
    return ORY_OK;
}

/* Whether the diagonal of R lets our own Jacobi square safely. */
static bool is_safe_diagonal(const double *tall, size_t m, size_t rank)
{
    for (size_t i = 0; i < rank; i++)
        if (fabs(tall[i * m + i]) < own_least_norm)
            return false;
    return true;
}

/* The tall matrix with its rows in order of falling size. */
static void sort_rows(double *tall, size_t m, size_t k, double *size, size_t *order, double *copy)
{
    for (size_t r = 0; r < m; r++)
        size[r] = 0;
    for (size_t c = 0; c < k; c++)
        for (size_t r = 0; r < m; r++)
            size[r] = fmin(size[r], -fabs(tall[c * m + r]));
    gsl_sort_index(order, size, 1, m);
    for (size_t c = 0; c < k; c++) {
        memcpy(copy, tall + c * m, m * sizeof *copy);
        for (size_t r = 0; r < m; r++)
            tall[c * m + r] = copy[order[r]];
    }
}

/* Rows of R before the first vanishing diagonal entry (they fall in size). */
static size_t rank_of(const double *tall, size_t m, size_t k)
{
    size_t rank = 0;

    while (rank < k && tall[rank * m + rank] != 0)
        rank++;
    return rank;
}

static ory_status lapack_values(double *lower, size_t k, size_t rank, double *s, double *work,
                                size_t lwork, ory_error *err)
{
    double none[1];
    lapack_int info;

    if (rank == 0) {
        memset(s, 0, k * sizeof *s);
        return ORY_OK;
    }
    info = LAPACKE_dgesvj_work(LAPACK_COL_MAJOR, rank == k ? 'L' : 'G', 'N', 'N', to_int(k),
                               to_int(rank), lower, to_int(k), s, 0, none, 1, work, to_int(lwork));
    if (info < 0)
        return lapack_failed("dgesvj", info, err);
    if (info > 0)
        return no_convergence(k, rank, err);
    for (size_t i = 0; i < rank; i++)
        s[i] *= work[0];
    for (size_t i = rank; i < k; i++)
        s[i] = 0;
    sort_descending(s, rank);
    return ORY_OK;
}

/* Pieces of the workspace. */
typedef struct svd_pieces {
    double *tall, *lower, *tau, *size, *copy, *work;
    size_t *order;
    lapack_int *pivot;
    size_t lwork;
} svd_pieces;

static ory_status svd_carve(ory_svd_ws *ws, size_t m, size_t k, svd_pieces *p, ory_error *err)
{
    const size_t lwork = max_size(2 * k + (k + 1) * 32, 2 * k + 8);
    ory_status status = ws_grow(ws, m * k + k * k + 2 * k + 3 * m + lwork, err);

    if (status != ORY_OK)
        return status;
    p->tall = ws->mem;
    p->lower = p->tall + m * k;
    p->tau = p->lower + k * k;
    p->size = p->tau + k;
    p->copy = p->size + m;
    p->order = (size_t *)(void *)(p->copy + m);
    p->pivot = (lapack_int *)(void *)(p->copy + 2 * m);
    p->work = p->copy + 2 * m + k;
    p->lwork = lwork;
    return ORY_OK;
}

_Static_assert(sizeof(size_t) <= sizeof(double) && sizeof(lapack_int) <= sizeof(double),
               "indices are kept in a workspace of doubles");

static ory_status large_values(svd_pieces *p, size_t m, size_t k, double *s, ory_error *err)
{
    lapack_int info;
    size_t rank;

    sort_rows(p->tall, m, k, p->size, p->order, p->copy);
    memset(p->pivot, 0, k * sizeof *p->pivot);
    info = LAPACKE_dgeqp3_work(LAPACK_COL_MAJOR, to_int(m), to_int(k), p->tall, to_int(m), p->pivot,
                               p->tau, p->work, to_int(p->lwork));
    if (info != 0)
        return lapack_failed("dgeqp3", info, err);
    rank = rank_of(p->tall, m, k);
    lower_of(p->tall, m, k, rank, p->lower);
    if (k <= OWN_COLUMNS && is_safe_diagonal(p->tall, m, rank))
        return own_values(p->lower, k, rank, s, err);
    return lapack_values(p->lower, k, rank, s, p->work, p->lwork, err);
}

static ory_status scaled_values(const ory_mat *a, double scale, svd_pieces *p, double *s,
                                ory_error *err)
{
    const size_t m = max_size(a->rows, a->cols), k = min_size(a->rows, a->cols);

    load_tall(a, scale, p->tall);
    if (k <= OWN_COLUMNS && m * k <= OWN_ENTRIES) {
        size_t rank = own_qr(p->tall, m, k, p->tau);

        if (rank <= k) {
            lower_of(p->tall, m, k, rank, p->lower);
            return own_values(p->lower, k, rank, s, err);
        }
        load_tall(a, scale, p->tall);
    }
    return large_values(p, m, k, s, err);
}

ory_status ory_singular_values(const ory_mat *a, double *s, ory_svd_ws *ws, ory_error *err)
{
    const size_t k = min_size(a->rows, a->cols);
    double max = 0, scale;
    svd_pieces pieces;
    ory_status status;
    int exponent;

    status = check_size(a, err);
    if (status != ORY_OK || k == 0)
        return status;
    for (size_t r = 0; r < a->rows; r++) {
        double m = max_abs(ory_mat_at(a, r, 0), a->cols);

        if (!isfinite(m))
            return not_finite(err);
        max = m > max ? m : max;
    }
    if (max == 0) {
        memset(s, 0, k * sizeof *s);
        return ORY_OK;
    }
    status = svd_carve(ws, max_size(a->rows, a->cols), k, &pieces, err);
    if (status != ORY_OK)
        return status;
    scale = scale_for(max, &exponent);
    status = scaled_values(a, scale, &pieces, s, err);
    if (status == ORY_OK)
        for (size_t i = 0; i < k; i++)
            s[i] = ldexp(s[i], exponent);
    return status;
}

/* ---------------------------------------------------------------- full SVD */

/* LAPACK sees at = a' = left diag(s) right', so that u is right and v is left:
 * its `right'` in columns is u in rows. dgesdd is fast; should it not converge,
 * dgesvd, slow and sure, starts again from a. */
static lapack_int svd_drivers(const ory_mat *a, double *at, double *s, double *left, double *right,
                              double *work, size_t lwork, lapack_int *iwork, bool vectors)
{
    const int m = to_int(a->cols), n = to_int(a->rows), k = m < n ? m : n;
    const char job = vectors ? 'S' : 'N';
    lapack_int info;

    to_rows(a, at);
    info = LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, job, m, n, at, m, s, left, m, right, k, work,
                               to_int(lwork), iwork);
    if (info <= 0)
        return info;
    to_rows(a, at);
    return LAPACKE_dgesvd_work(LAPACK_COL_MAJOR, job, job, m, n, at, m, s, left, m, right, k, work,
                               to_int(lwork));
}

ory_status ory_svd(const ory_mat *a, ory_mat *u, double *s, ory_mat *v, ory_error *err)
{
    const size_t m = a->cols, n = a->rows, k = min_size(m, n);
    const size_t lwork = 5 * k * k + 7 * k + 3 * k + max_size(m, n) + 64 * (m + n + k);
    double *mem, *at, *left, *right, *work;
    lapack_int *iwork, info;
    ory_status status;

    if ((status = check_size(a, err)) != ORY_OK ||
        (status = check_shape(u, n, k, "u", err)) != ORY_OK ||
        (status = check_shape(v, m, k, "v", err)) != ORY_OK ||
        (status = check_finite(a, err)) != ORY_OK || k == 0)
        return status;
    if (lwork > INT_MAX)
        return ory_fail(err, ORY_ERANGE, "a %zu x %zu matrix is too large to factor", n, m);
    mem = ory_alloc(m * n + m * k + k * n + lwork + 8 * k, sizeof *mem);
    if (!mem)
        return no_memory(m * n + m * k + k * n + lwork + 8 * k, err);
    at = mem;
    left = at + m * n;
    right = left + m * k;
    work = right + k * n;
    iwork = (lapack_int *)(void *)(work + lwork);
    info = svd_drivers(a, at, s, left, right, work, lwork, iwork, u || v);
    if (info < 0)
        status = lapack_failed("dgesdd", info, err);
    else if (info > 0)
        status = no_convergence(n, m, err);
    else {
        if (u)
            from_rows(right, u);
        if (v)
            from_columns(left, m, v);
    }
    ory_free(mem);
    return status;
}

/* -------------------------------------------------------------- eigenvalues */

static ory_status eig_failed(size_t n, ory_error *err)
{
    return ory_fail(err, ORY_ENOCONV, "eigenvalues of a %zu x %zu matrix did not converge", n, n);
}

ory_status ory_eig_sym(const ory_mat *a, double *w, ory_mat *v, ory_error *err)
{
    const size_t n = a->rows;
    size_t lwork = v ? 1 + 6 * n + 2 * n * n : 2 * n + 1, liwork = 3 + 5 * n;
    double *mem, *work;
    lapack_int info;
    ory_status status;

    if ((status = check_square(a, err)) != ORY_OK || (status = check_size(a, err)) != ORY_OK ||
        (status = check_shape(v, n, n, "v", err)) != ORY_OK ||
        (status = check_lower_finite(a, err)) != ORY_OK || n == 0)
        return status;
    lwork = max_size(lwork, 66 * n);
    if (lwork > INT_MAX)
        return ory_fail(err, ORY_ERANGE, "a %zu x %zu matrix is too large to factor", n, n);
    mem = ory_alloc(n * n + lwork + liwork, sizeof *mem);
    if (!mem)
        return no_memory(n * n + lwork + liwork, err);
    work = mem + n * n;
    for (size_t r = 0; r < n; r++)
        memcpy(mem + r * n, ory_mat_at(a, r, 0), (r + 1) * sizeof *mem);
    info = LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, v ? 'V' : 'N', 'U', to_int(n), mem, to_int(n), w,
                               work, to_int(lwork), (lapack_int *)(void *)(work + lwork),
                               to_int(liwork));
    if (info < 0)
        status = lapack_failed("dsyevd", info, err);
    else if (info > 0)
        status = eig_failed(n, err);
    else if (v)
        from_columns(mem, n, v);
    ory_free(mem);
    return status;
}

ory_status ory_eig_sym_values(ory_mat *a, double *w, ory_svd_ws *ws, ory_error *err)
{
    const size_t n = a->rows, lwork = 66 * n;
    lapack_int info;
    ory_status status;

    if ((status = check_square(a, err)) != ORY_OK || (status = check_size(a, err)) != ORY_OK ||
        (status = check_lower_finite(a, err)) != ORY_OK || n == 0 ||
        (status = ws_grow(ws, lwork, err)) != ORY_OK)
        return status;
    info = LAPACKE_dsyev_work(LAPACK_COL_MAJOR, 'N', 'U', to_int(n), a->data, to_int(a->ld), w,
                              ws->mem, to_int(lwork));
    if (info < 0)
        return lapack_failed("dsyev", info, err);
    return info > 0 ? eig_failed(n, err) : ORY_OK;
}

ory_status ory_eig(const ory_mat *a, double *re, double *im, ory_mat *vr, ory_error *err)
{
    const size_t n = a->rows, lwork = 66 * n;
    double *mem, *vectors, none[1];
    lapack_int info;
    ory_status status;

    if ((status = check_square(a, err)) != ORY_OK || (status = check_size(a, err)) != ORY_OK ||
        (status = check_shape(vr, n, n, "vr", err)) != ORY_OK ||
        (status = check_finite(a, err)) != ORY_OK || n == 0)
        return status;
    mem = ory_alloc(2 * n * n + lwork, sizeof *mem);
    if (!mem)
        return no_memory(2 * n * n + lwork, err);
    vectors = mem + n * n;
    to_columns(a, mem);
    info = LAPACKE_dgeev_work(LAPACK_COL_MAJOR, 'N', vr ? 'V' : 'N', to_int(n), mem, to_int(n), re,
                              im, none, 1, vectors, to_int(n), vectors + n * n, to_int(lwork));
    if (info < 0)
        status = lapack_failed("dgeev", info, err);
    else if (info > 0)
        status = eig_failed(n, err);
    else if (vr)
        from_columns(vectors, n, vr);
    ory_free(mem);
    return status;
}

/* --------------------------------------------------------- linear equations */

static ory_status singular(double rcond, ory_error *err)
{
    return ory_fail(err, ORY_ESINGULAR,
                    "the matrix is singular to working precision (reciprocal condition %.3g)",
                    rcond);
}

/* LU of the rows in lu, LAPACK's a': solving with it transposed is solving with
 * a. rhs holds n x count columns and becomes the solution. */
static ory_status lu_solve(double *lu, size_t n, double *rhs, size_t count, double *work,
                           lapack_int *pivot, lapack_int *iwork, ory_error *err)
{
    const int ni = to_int(n);
    double norm = LAPACKE_dlange_work(LAPACK_COL_MAJOR, '1', ni, ni, lu, ni, work), rcond = 0;
    lapack_int info = LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, ni, ni, lu, ni, pivot);

    if (info < 0)
        return lapack_failed("dgetrf", info, err);
    if (info > 0)
        return singular(0, err);
    info = LAPACKE_dgecon_work(LAPACK_COL_MAJOR, '1', ni, lu, ni, norm, &rcond, work, iwork);
    if (info != 0)
        return lapack_failed("dgecon", info, err);
    if (!(rcond > DBL_EPSILON))
        return singular(rcond, err);
    info = LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'T', ni, to_int(count), lu, ni, pivot, rhs, ni);
    return info != 0 ? lapack_failed("dgetrs", info, err) : ORY_OK;
}

ory_status ory_solve(const ory_mat *a, const ory_mat *b, ory_mat *x, ory_error *err)
{
    const size_t n = a->rows, count = b->cols, size = n * n + n * count + 6 * n;
    double *mem, *rhs, *work;
    lapack_int *pivot;
    ory_status status;

    if ((status = check_square(a, err)) != ORY_OK || (status = check_size(a, err)) != ORY_OK ||
        (status = check_size(b, err)) != ORY_OK ||
        (status = check_shape(b, n, count, "the right-hand side", err)) != ORY_OK ||
        (status = check_shape(x, n, count, "x", err)) != ORY_OK ||
        (status = check_finite(a, err)) != ORY_OK || (status = check_finite(b, err)) != ORY_OK ||
        n == 0 || count == 0)
        return status;
    mem = ory_alloc(size, sizeof *mem);
    if (!mem)
        return no_memory(size, err);
    rhs = mem + n * n;
    work = rhs + n * count;
    pivot = (lapack_int *)(void *)(work + 4 * n);
    to_rows(a, mem);
    to_columns(b, rhs);
    status = lu_solve(mem, n, rhs, count, work, pivot, pivot + n, err);
    if (status == ORY_OK)
        from_columns(rhs, n, x);
    ory_free(mem);
    return status;
}

/* The product of the pivots, mantissas and exponents apart: it overflows only when the
 * determinant does. */
static double pivot_product(const double *lu, size_t n, const lapack_int *pivot)
{
    double value = 1;
    int exponent = 0, e;

    for (size_t i = 0; i < n; i++) {
        value *= frexp(lu[i * n + i], &e);
        exponent += e;
        value = frexp(value, &e);
        exponent += e;
        if (pivot[i] != (lapack_int)i + 1)
            value = -value;
    }
    return ldexp(value, exponent);
}

ory_status ory_det(const ory_mat *a, double *det, ory_error *err)
{
    const size_t n = a->rows;
    double *lu;
    lapack_int *pivot, info;
    ory_status status;

    if ((status = check_square(a, err)) != ORY_OK || (status = check_size(a, err)) != ORY_OK ||
        (status = check_finite(a, err)) != ORY_OK)
        return status;
    lu = ory_alloc(n * n + n, sizeof *lu);
    if (!lu)
        return no_memory(n * n + n, err);
    pivot = (lapack_int *)(void *)(lu + n * n);
    to_columns(a, lu);
    info = n > 0 ? LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, to_int(n), to_int(n), lu, to_int(n), pivot)
                 : 0;
    if (info < 0)
        status = lapack_failed("dgetrf", info, err);
    else
        *det = info > 0 ? 0 : pivot_product(lu, n, pivot);
    ory_free(lu);
    return status;
}

/* x = v diag(1/s) u' b over the singular values above the tolerance. */
static void pseudo_solve(const ory_mat *u, const double *s, size_t rank, const ory_mat *v,
                         const ory_mat *b, const ory_mat *coefficients, const ory_mat *x)
{
    const ory_mat ur = {u->rows, rank, u->ld, u->data}, vr = {v->rows, rank, v->ld, v->data};
    const ory_mat c = {rank, b->cols, coefficients->ld, coefficients->data};

    ory_gemm(ORY_TRANS, ORY_PLAIN, 1, &ur, b, 0, &c);
    for (size_t i = 0; i < rank; i++)
        for (size_t j = 0; j < c.cols; j++)
            *ory_mat_at(&c, i, j) /= s[i];
    ory_gemm(ORY_PLAIN, ORY_PLAIN, 1, &vr, &c, 0, x);
}

ory_status ory_lstsq(const ory_mat *a, const ory_mat *b, double tol, ory_mat *x, size_t *rank,
                     ory_error *err)
{
    const size_t m = a->rows, n = a->cols, k = min_size(m, n), count = b->cols;
    const size_t size = m * k + n * k + k + k * count;
    ory_mat u, v, coefficients;
    double *mem, *s;
    size_t kept = 0;
    ory_status status;

    if ((status = check_size(a, err)) != ORY_OK || (status = check_size(b, err)) != ORY_OK ||
        (status = check_shape(b, m, count, "the right-hand side", err)) != ORY_OK ||
        (status = check_shape(x, n, count, "x", err)) != ORY_OK ||
        (status = check_finite(b, err)) != ORY_OK)
        return status;
    mem = ory_alloc(size, sizeof *mem);
    if (!mem)
        return no_memory(size, err);
    u = ory_mat_view(mem, m, k);
    v = ory_mat_view(u.data + m * k, n, k);
    s = v.data + n * k;
    coefficients = ory_mat_view(s + k, k, count);
    if (!(tol > 0))
        tol = (double)max_size(m, n) * DBL_EPSILON;
    status = ory_svd(a, &u, s, &v, err);
    if (status == ORY_OK) {
        while (kept < k && s[kept] > tol * s[0])
            kept++;
        pseudo_solve(&u, s, kept, &v, b, &coefficients, x);
        if (rank)
            *rank = kept;
    }
    ory_free(mem);
    return status;
}

/* ------------------------------------------------------------------ factors */

/* Copy R out of the columns in qr and turn the signs so that its diagonal is not
 * negative; sign[] tells which columns of Q turn with it. */
static void take_r(const double *qr, size_t ld, const ory_mat *r, double *sign)
{
    for (size_t i = 0; i < r->rows; i++) {
        sign[i] = qr[i * ld + i] < 0 ? -1 : 1;
        for (size_t j = 0; j < r->cols; j++)
            *ory_mat_at(r, i, j) = j < i ? 0 : sign[i] * qr[j * ld + i];
    }
}

static void take_q(const double *qr, size_t ld, const ory_mat *q, const double *sign)
{
    for (size_t i = 0; i < q->rows; i++)
        for (size_t j = 0; j < q->cols; j++)
            *ory_mat_at(q, i, j) = sign[j] * qr[j * ld + i];
}

ory_status ory_qr(const ory_mat *a, ory_mat *q, ory_mat *r, ory_error *err)
{
    const size_t m = a->rows, n = a->cols, k = min_size(m, n), lwork = 64 * max_size(n, 1);
    const size_t size = m * n + 2 * k + lwork;
    double *mem, *tau, *sign;
    lapack_int info;
    ory_status status;

    if ((status = check_size(a, err)) != ORY_OK ||
        (status = check_shape(q, m, k, "q", err)) != ORY_OK ||
        (status = check_shape(r, k, n, "r", err)) != ORY_OK ||
        (status = check_finite(a, err)) != ORY_OK || k == 0)
        return status;
    mem = ory_alloc(size, sizeof *mem);
    if (!mem)
        return no_memory(size, err);
    tau = mem + m * n;
    sign = tau + k;
    to_columns(a, mem);
    info = LAPACKE_dgeqrf_work(LAPACK_COL_MAJOR, to_int(m), to_int(n), mem, to_int(m), tau,
                               sign + k, to_int(lwork));
    if (info == 0) {
        take_r(mem, m, r, sign);
        info = LAPACKE_dorgqr_work(LAPACK_COL_MAJOR, to_int(m), to_int(k), to_int(k), mem,
                                   to_int(m), tau, sign + k, to_int(lwork));
    }
    if (info == 0)
        take_q(mem, m, q, sign);
    else
        status = lapack_failed("dgeqrf", info, err);
    ory_free(mem);
    return status;
}

/* The lower triangle of a alone is read. Its rows are the columns of an upper
 * triangle to LAPACK, whose factor upper' upper gives l = upper'. */
ory_status ory_chol(const ory_mat *a, ory_mat *l, ory_error *err)
{
    const size_t n = a->rows;
    lapack_int info;
    ory_status status;

    if ((status = check_square(a, err)) != ORY_OK || (status = check_size(a, err)) != ORY_OK ||
        (status = check_shape(l, n, n, "l", err)) != ORY_OK ||
        (status = check_lower_finite(a, err)) != ORY_OK || n == 0)
        return status;
    for (size_t r = 0; r < n; r++) {
        memcpy(ory_mat_at(l, r, 0), ory_mat_at(a, r, 0), (r + 1) * sizeof(double));
        memset(ory_mat_at(l, r, 0) + r + 1, 0, (n - r - 1) * sizeof(double));
    }
    info = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', to_int(n), l->data, to_int(l->ld));
    if (info < 0)
        return lapack_failed("dpotrf", info, err);
    if (info > 0)
        return ory_fail(err, ORY_ESINGULAR,
                        "the matrix is not positive definite (its leading minor of order %d)",
                        (int)info);
    return ORY_OK;
}

/* ------------------------------------------------------------------- start */

/* OpenBLAS's own switch; other implementations do not have it. */
extern void openblas_set_num_threads(int threads) __attribute__((weak));

void ory_numerics_start(int threads)
{
    gsl_set_error_handler_off();
    if (openblas_set_num_threads)
        openblas_set_num_threads(threads < 1 ? 1 : threads);
}
