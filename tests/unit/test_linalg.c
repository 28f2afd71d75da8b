/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_linalg.c - products against naive sums, factorisations against their
 * defining equations, singular values against matrices made to have them. */
#include "config.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/linalg.h"
#include "core/mem.h"
#include "core/rng.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static ory_rng rng;

/* --- helpers: everything here is the plainest possible calculation --------- */

static ory_mat zeros(size_t rows, size_t cols)
{
    ory_mat a;

    assert_int_equal(ory_mat_new(&a, rows, cols, NULL), ORY_OK);
    return a;
}

static ory_mat normal(size_t rows, size_t cols)
{
    ory_mat a = zeros(rows, cols);

    ory_rng_fill_normal(&rng, a.data, rows * cols, 0, 1);
    return a;
}

/* A view with gaps between the rows, filled with NaN. */
static ory_mat gapped(size_t rows, size_t cols, size_t gap)
{
    ory_mat a = zeros(rows, cols + gap);

    for (size_t i = 0; i < rows * (cols + gap); i++)
        a.data[i] = NAN;
    a.cols = cols;
    for (size_t r = 0; r < rows; r++)
        ory_rng_fill_normal(&rng, ory_mat_at(&a, r, 0), cols, 0, 1);
    return a;
}

static double at(const ory_mat *a, ory_op op, size_t r, size_t c)
{
    return op == ORY_TRANS ? *ory_mat_at(a, c, r) : *ory_mat_at(a, r, c);
}

/* op(a) op(b) by the definition. */
static ory_mat times(const ory_mat *a, ory_op ta, const ory_mat *b, ory_op tb)
{
    const size_t m = ta == ORY_TRANS ? a->cols : a->rows, k = ta == ORY_TRANS ? a->rows : a->cols;
    const size_t n = tb == ORY_TRANS ? b->rows : b->cols;
    ory_mat c = zeros(m, n);

    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t p = 0; p < k; p++)
                *ory_mat_at(&c, i, j) += at(a, ta, i, p) * at(b, tb, p, j);
    return c;
}

static double max_difference(const ory_mat *a, const ory_mat *b)
{
    double max = 0;

    assert_true(a->rows == b->rows && a->cols == b->cols);
    for (size_t r = 0; r < a->rows; r++)
        for (size_t c = 0; c < a->cols; c++) {
            double d = fabs(*ory_mat_at(a, r, c) - *ory_mat_at(b, r, c));

            assert_false(isnan(d));
            max = d > max ? d : max;
        }
    return max;
}

static void assert_orthonormal(const ory_mat *q, double tol)
{
    ory_mat gram = times(q, ORY_TRANS, q, ORY_PLAIN);

    for (size_t i = 0; i < gram.rows; i++)
        for (size_t j = 0; j < gram.cols; j++)
            assert_true(fabs(*ory_mat_at(&gram, i, j) - (i == j)) < tol);
    ory_mat_free(&gram);
}

/* An orthonormal basis by Gram-Schmidt, done twice. */
static ory_mat orthonormal(size_t rows, size_t cols)
{
    ory_mat q = normal(rows, cols);

    for (size_t j = 0; j < cols; j++) {
        double norm = 0;

        for (int pass = 0; pass < 2; pass++)
            for (size_t i = 0; i < j; i++) {
                double dot = 0;

                for (size_t r = 0; r < rows; r++)
                    dot += *ory_mat_at(&q, r, i) * *ory_mat_at(&q, r, j);
                for (size_t r = 0; r < rows; r++)
                    *ory_mat_at(&q, r, j) -= dot * *ory_mat_at(&q, r, i);
            }
        for (size_t r = 0; r < rows; r++)
            norm += *ory_mat_at(&q, r, j) * *ory_mat_at(&q, r, j);
        for (size_t r = 0; r < rows; r++)
            *ory_mat_at(&q, r, j) /= sqrt(norm);
    }
    return q;
}

static ory_mat transposed(const ory_mat *a)
{
    ory_mat t = zeros(a->cols, a->rows);

    for (size_t r = 0; r < a->rows; r++)
        for (size_t c = 0; c < a->cols; c++)
            *ory_mat_at(&t, c, r) = *ory_mat_at(a, r, c);
    return t;
}

static void assert_relative(double got, double expected, double tol)
{
    if (!(fabs(got - expected) <= tol * fabs(expected)))
        fail_msg("%.17g instead of %.17g", got, expected);
}

static int set_up(void **state)
{
    (void)state;
    ory_numerics_start(1);
    ory_rng_init(&rng, 731, 0);
    return 0;
}

static int nothing_held(void **state)
{
    (void)state;
    if (ory_mem_in_use() != 0)
        print_error("%zu bytes are still held\n", ory_mem_in_use());
    return ory_mem_in_use() == 0 ? 0 : -1;
}

/* --- products ------------------------------------------------------------- */

static void check_product(size_t m, size_t n, size_t k, ory_op ta, ory_op tb, double alpha,
                          double beta, size_t gap)
{
    ory_mat a = ta == ORY_TRANS ? gapped(k, m, gap) : gapped(m, k, gap);
    ory_mat b = tb == ORY_TRANS ? gapped(n, k, gap) : gapped(k, n, gap);
    ory_mat c = gapped(m, n, gap), ab = times(&a, ta, &b, tb), again;

    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            if (beta == 0) {
                *ory_mat_at(&ab, i, j) *= alpha;
                *ory_mat_at(&c, i, j) = NAN; /* must not be read */
            } else
                *ory_mat_at(&ab, i, j) = alpha * *ory_mat_at(&ab, i, j) +
                                         beta * *ory_mat_at(&c, i, j);
    again = zeros(m, n + gap);
    again.cols = n;
    memcpy(again.data, c.data, m * c.ld * sizeof(double));
    ory_gemm(ta, tb, alpha, &a, &b, beta, &c);
    assert_true(max_difference(&c, &ab) <= 1e-14 * (double)(k + 1) * 10);
    if (gap > 0)
        for (size_t i = 0; i + 1 < m; i++)
            for (size_t j = n; j < c.ld; j++)
                assert_true(isnan(c.data[i * c.ld + j]));
    ory_gemm(ta, tb, alpha, &a, &b, beta, &again);
    assert_true(max_difference(&c, &again) == 0);
    ory_mat_free(&a);
    ory_mat_free(&b);
    ory_mat_free(&c);
    ory_mat_free(&ab);
    ory_mat_free(&again);
}

static void products_equal_naive_sums_for_all_small_shapes(void **state)
{
    (void)state;
    for (size_t m = 1; m <= 9; m++)
        for (size_t n = 1; n <= 9; n++)
            for (size_t k = 0; k <= 13; k++)
                for (int op = 0; op < 4; op++)
                    check_product(m, n, k, (ory_op)(op & 1), (ory_op)(op >> 1), 0.731,
                                  (m + n + k) % 3 ? 0 : -2.385, (m + k) % 3);
}

static void products_equal_naive_sums_for_large_and_odd_shapes(void **state)
{
    static const size_t shapes[][3] = {
        {5, 3, 20},   {5, 20, 3},   {20, 5, 5},  {16, 16, 16}, {17, 15, 16}, {16, 16, 17},
        {33, 41, 57}, {1, 1, 5000}, {1, 90, 90}, {90, 1, 90},  {1, 5000, 1}, {5000, 1, 1},
        {70, 2, 131}, {2, 3, 200},  {3, 2, 129}, {64, 64, 1},  {1, 3, 700},  {100, 70, 0},
        {0, 4, 3},    {4, 0, 3},    {300, 1, 40}, {1, 300, 40},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++)
        for (int op = 0; op < 4; op++)
            for (size_t gap = 0; gap < 2; gap++) {
                const size_t *s = shapes[i];

                check_product(s[0], s[1], s[2], (ory_op)(op & 1), (ory_op)(op >> 1), -1.5, 0, gap);
                check_product(s[0], s[1], s[2], (ory_op)(op & 1), (ory_op)(op >> 1), 1, 1, gap);
            }
}

static void dots_and_norms_equal_naive_sums(void **state)
{
    double x[67], y[67], z[67];

    (void)state;
    for (size_t n = 0; n <= 67; n++) {
        double dot = 0, square = 0;

        ory_rng_fill_normal(&rng, x, n, 0, 1);
        ory_rng_fill_normal(&rng, y, n, 0, 1);
        memcpy(z, y, sizeof z);
        for (size_t i = 0; i < n; i++) {
            dot += x[i] * y[i];
            square += x[i] * x[i];
        }
        assert_true(fabs(ory_dot(x, y, n) - dot) < 1e-13);
        assert_true(fabs(ory_norm2_sq(x, n) - square) < 1e-12);
        assert_true(fabs(ory_norm2(x, n) - sqrt(square)) < 1e-13);
        ory_axpy(-2.385, x, y, n);
        for (size_t i = 0; i < n; i++)
            assert_true(y[i] == z[i] + -2.385 * x[i]);
    }
}

static void norms_neither_overflow_nor_underflow(void **state)
{
    static const double scales[] = {5e-324, 1e-310, 1e-200, 1e-150, 1, 1e150, 1e200, 2e307};
    double x[4];
    ory_mat gaps = {.rows = 2, .cols = 1, .ld = 3, .data = x};

    (void)state;
    for (size_t i = 0; i < COUNT(scales); i++) {
        for (int j = 0; j < 4; j++)
            x[j] = (j % 2 ? -3 : 3) * scales[i];
        assert_relative(ory_norm2(x, 4), 6 * scales[i], 1e-15);
        x[3] = 4 * scales[i];
        assert_relative(ory_norm_fro(&gaps), 5 * scales[i], 1e-15);
    }
    x[0] = NAN;
    assert_true(isnan(ory_norm2(x, 3)));
    x[0] = -INFINITY;
    x[1] = 1;
    assert_true(ory_norm2(x, 2) == INFINITY);
    x[1] = NAN;
    assert_true(isnan(ory_norm2(x, 2)));
    assert_true(ory_norm2(x, 0) == 0);
    memset(x, 0, sizeof x);
    assert_true(ory_norm2(x, 4) == 0);
}

/* --- singular values ------------------------------------------------------ */

/* a, its transpose and a view of it with gaps. */
static void assert_singular_values(const ory_mat *a, const double *expected, double tol,
                                   double floor)
{
    const size_t k = a->rows < a->cols ? a->rows : a->cols;
    ory_mat t = transposed(a), gaps = gapped(a->rows, a->cols, 3);
    const ory_mat *forms[3];
    ory_svd_ws ws = {0};
    ory_error err;
    double s[256];

    for (size_t r = 0; r < a->rows; r++)
        for (size_t c = 0; c < a->cols; c++)
            *ory_mat_at(&gaps, r, c) = *ory_mat_at(a, r, c);
    forms[0] = a;
    forms[1] = &t;
    forms[2] = &gaps;
    assert_true(k <= COUNT(s));
    for (int f = 0; f < 3; f++) {
        assert_int_equal(ory_singular_values(forms[f], s, &ws, &err), ORY_OK);
        for (size_t i = 0; i < k; i++)
            if (!(fabs(s[i] - expected[i]) <= tol * expected[i] + floor))
                fail_msg("%zu x %zu: value %zu is %.17g instead of %.17g", a->rows, a->cols, i,
                         s[i], expected[i]);
    }
    ory_svd_ws_fini(&ws);
    ory_mat_free(&t);
    ory_mat_free(&gaps);
}

/* u diag(s) v' with u, v orthonormal. */
static ory_mat with_values(size_t rows, size_t cols, const double *s)
{
    const size_t k = rows < cols ? rows : cols;
    ory_mat u = orthonormal(rows, k), v = orthonormal(cols, k), a;

    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < k; i++)
            *ory_mat_at(&u, r, i) *= s[i];
    a = times(&u, ORY_PLAIN, &v, ORY_TRANS);
    ory_mat_free(&u);
    ory_mat_free(&v);
    return a;
}

static void singular_values_are_those_put_in(void **state)
{
    static const size_t shapes[][2] = {{1, 1},   {1, 7},   {2, 2},   {3, 5},   {5, 20},  {3, 20},
                                       {16, 16}, {16, 40}, {17, 17}, {20, 33}, {16, 300}, {50, 64},
                                       {32, 32}, {33, 33}, {4, 2000}, {20, 1800}, {4, 9000}};
    double s[64];

    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++) {
        const size_t k = shapes[i][0];
        ory_mat a;

        for (size_t j = 0; j < k; j++)
            s[j] = 2.385 * pow(0.731, (double)j);
        a = with_values(k, shapes[i][1], s);
        assert_singular_values(&a, s, 1e-14, 1e-14);
        ory_mat_free(&a);
    }
}

static void equal_singular_values_are_found(void **state)
{
    static const size_t sizes[] = {2, 5, 16, 24, 40};
    double s[40];

    (void)state;
    for (size_t i = 0; i < 40; i++)
        s[i] = 0.731;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        ory_mat a = with_values(sizes[i], sizes[i] + 3, s);

        assert_singular_values(&a, s, 1e-14, 0);
        ory_mat_free(&a);
    }
}

/* diag(d) q has the singular values d, whatever the order of d, and its entries
 * know each row to full relative accuracy: so must the result. */
static void tiny_singular_values_keep_their_digits(void **state)
{
    static const struct {
        size_t k, cols;
        double ratio;
    } cases[] = {{3, 3, 1e-8},   {3, 3, 1e-20},  {5, 20, 1e-6}, {16, 16, 1e-9},
                 {24, 24, 1e-5}, {20, 40, 1e-7}, {8, 900, 1e-4}, {4, 4, 1e-45},
                 {18, 20, 1e-8}, {40, 44, 1e-3}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        for (int order = 0; order < 3; order++) {
            const size_t k = cases[i].k;
            ory_mat q = orthonormal(cases[i].cols, k), a = transposed(&q);
            double s[64];
            size_t p[64];

            for (size_t j = 0; j < k; j++) {
                s[j] = 0.9 * pow(cases[i].ratio, (double)j);
                p[j] = order == 1 ? k - 1 - j : j;
            }
            if (order == 2)
                ory_rng_permutation(&rng, p, k);
            for (size_t j = 0; j < k; j++)
                for (size_t c = 0; c < a.cols; c++)
                    *ory_mat_at(&a, p[j], c) *= s[j];
            assert_singular_values(&a, s, 1e-13, 0);
            ory_mat_free(&a);
            ory_mat_free(&q);
        }
}

/* Badly scaled rows and columns at once: d1 m d2 with a well-conditioned m.
 * One-sided Jacobi in 128-bit floats, straight on the columns, is the judge. */
#ifdef __SIZEOF_FLOAT128__
typedef __float128 wide;

static wide wide_sqrt(wide x)
{
    wide r;

    if (x == 0)
        return 0;
    r = sqrt((double)x);
    for (int i = 0; i < 3; i++)
        r = (r + x / r) / 2;
    return r;
}

static bool wide_turn(wide *x, wide *y, size_t n)
{
    wide xx = 0, yy = 0, xy = 0, zeta, t, c, size;

    for (size_t i = 0; i < n; i++) {
        xx += x[i] * x[i];
        yy += y[i] * y[i];
        xy += x[i] * y[i];
    }
    size = wide_sqrt(xx) * wide_sqrt(yy);
    if ((xy < 0 ? -xy : xy) <= size * 1e-30)
        return false;
    zeta = (yy - xx) / (2 * xy);
    t = 1 / ((zeta < 0 ? -zeta : zeta) + wide_sqrt(1 + zeta * zeta));
    if (zeta < 0)
        t = -t;
    c = 1 / wide_sqrt(1 + t * t);
    for (size_t i = 0; i < n; i++) {
        wide u = x[i], v = y[i];

        x[i] = c * (u - t * v);
        y[i] = c * (t * u + v);
    }
    return true;
}

enum { JUDGED = 8 };

static void wide_values(const ory_mat *a, double *s)
{
    wide col[JUDGED][JUDGED];
    bool turned = true;

    for (size_t r = 0; r < JUDGED; r++)
        for (size_t c = 0; c < JUDGED; c++)
            col[c][r] = *ory_mat_at(a, r, c);
    for (int sweep = 0; turned && sweep < 60; sweep++) {
        turned = false;
        for (size_t p = 0; p < JUDGED; p++)
            for (size_t q = p + 1; q < JUDGED; q++)
                turned |= wide_turn(col[p], col[q], JUDGED);
    }
    for (size_t c = 0; c < JUDGED; c++) {
        wide sum = 0;
        size_t j = c;

        for (size_t r = 0; r < JUDGED; r++)
            sum += col[c][r] * col[c][r];
        for (; j > 0 && s[j - 1] < (double)wide_sqrt(sum); j--)
            s[j] = s[j - 1];
        s[j] = (double)wide_sqrt(sum);
    }
}

static void bad_scaling_of_rows_and_columns_costs_no_digits(void **state)
{
    (void)state;
    for (int trial = 0; trial < 40; trial++) {
        ory_mat a = orthonormal(JUDGED, JUDGED), m = normal(JUDGED, JUDGED);
        double s[JUDGED];

        for (size_t r = 0; r < JUDGED; r++)
            for (size_t c = 0; c < JUDGED; c++) {
                double *x = ory_mat_at(&a, r, c);

                *x = (*x + 0.05 * *ory_mat_at(&m, r, c)) *
                     pow(10, -(double)((r * 5) % JUDGED)) * pow(10, -(double)((c * 3) % JUDGED));
            }
        wide_values(&a, s);
        assert_true(s[JUDGED - 1] < 1e-10 * s[0]);
        assert_singular_values(&a, s, 2e-13, 0);
        ory_mat_free(&a);
        ory_mat_free(&m);
    }
}
#else
static void bad_scaling_of_rows_and_columns_costs_no_digits(void **state)
{
    (void)state;
    skip();
}
#endif

static void singular_values_scale_with_the_matrix(void **state)
{
    static const double scales[] = {1e-300, 1e-160, 1e-155, 1e-10, 1e100, 1e150, 1e300};
    static const size_t sizes[] = {1, 3, 16, 34};
    double s[34], scaled[34];

    (void)state;
    for (size_t n = 0; n < COUNT(sizes); n++)
        for (size_t i = 0; i < COUNT(scales); i++) {
            const size_t k = sizes[n];
            ory_mat a;

            for (size_t j = 0; j < k; j++) {
                s[j] = 1.7 / (double)(j + 1);
                scaled[j] = s[j] * scales[i];
            }
            a = with_values(k, k + 4, s);
            for (size_t j = 0; j < k * (k + 4); j++)
                a.data[j] *= scales[i];
            assert_singular_values(&a, scaled, 1e-13, 0);
            ory_mat_free(&a);
        }
}

static void columns_too_small_to_square_with_care_are_measured(void **state)
{
    static const size_t sizes[] = {3, 6, 17, 35};
    double s[35];

    (void)state;
    for (size_t n = 0; n < COUNT(sizes); n++) {
        const size_t k = sizes[n];
        ory_mat q = orthonormal(k, k);

        for (size_t j = 0; j < k; j++)
            s[j] = j + 1 == k ? 1e-145 : j + 2 == k ? 1e-130 : 1.5;
        for (size_t r = 0; r < k; r++)
            for (size_t c = 0; c < k; c++)
                *ory_mat_at(&q, r, c) *= s[r];
        assert_singular_values(&q, s, 1e-12, 0);
        ory_mat_free(&q);
    }
}

static void zero_and_rank_deficient_matrices_have_zero_values(void **state)
{
    static const size_t sizes[] = {1, 2, 5, 16, 30, 38};
    double s[38] = {0};

    (void)state;
    for (size_t n = 0; n < COUNT(sizes); n++) {
        const size_t k = sizes[n], rank = (k + 1) / 2;
        ory_mat a = zeros(k, k + 2);

        memset(s, 0, sizeof s);
        assert_singular_values(&a, s, 0, 0);
        ory_mat_free(&a);
        for (size_t j = 0; j < rank; j++)
            s[j] = 3 - 0.05 * (double)j;
        a = with_values(k, k, s);
        assert_singular_values(&a, s, 1e-14, 3e-15);
        ory_mat_free(&a);

        a = zeros(k, k); /* exact zeros outside one block, and equal rows */
        memset(s, 0, sizeof s);
        for (size_t r = 0; r < k; r++)
            *ory_mat_at(&a, r, k / 2) = -0.5;
        s[0] = 0.5 * sqrt((double)k);
        assert_singular_values(&a, s, 1e-15, 0);
        ory_mat_free(&a);
    }
}

static void diagonal_matrices_are_read_off(void **state)
{
    const double d[] = {0.731, -2.385, 0, 1e-300, 1e-12};
    const double s[] = {2.385, 0.731, 1e-12, 1e-300, 0};
    ory_mat a = zeros(5, 9);

    (void)state;
    for (size_t i = 0; i < 5; i++)
        *ory_mat_at(&a, i, 8 - i) = d[i];
    assert_singular_values(&a, s, 1e-15, 0);
    ory_mat_free(&a);
}

static void workspaces_grow_once_and_do_not_change_results(void **state)
{
    ory_mat big = normal(30, 40), small = normal(5, 20);
    ory_svd_ws ws = {0}, fresh = {0};
    double s[30], again[30];
    ory_error err;

    (void)state;
    assert_int_equal(ory_singular_values(&big, s, &ws, &err), ORY_OK);
    ory_mem_fault_set(0);
    assert_int_equal(ory_singular_values(&small, s, &ws, &err), ORY_OK);
    assert_int_equal(ory_singular_values(&big, again, &ws, &err), ORY_OK);
    assert_false(ory_mem_fault_hit());
    ory_mem_fault_set(-1);
    assert_int_equal(ory_singular_values(&small, again, &fresh, &err), ORY_OK);
    assert_memory_equal(s, again, 5 * sizeof *s);
    ory_svd_ws_fini(&ws);
    ory_svd_ws_fini(&ws);
    ory_svd_ws_fini(&fresh);
    ory_svd_ws_fini(NULL);
    ory_mat_free(&big);
    ory_mat_free(&small);
}

/* --- factorisations ------------------------------------------------------- */

static const size_t shapes[][2] = {{1, 1}, {1, 6}, {6, 1}, {3, 5}, {5, 3},
                                   {7, 7}, {20, 5}, {5, 20}, {70, 90}, {90, 70}};

static void svd_puts_the_matrix_together_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++) {
        const size_t m = shapes[i][0], n = shapes[i][1], k = m < n ? m : n;
        ory_mat a = gapped(m, n, i % 2), u = gapped(m, k, 1), v = gapped(n, k, 2), b, us;
        double s[90], only[90];
        ory_error err;

        assert_int_equal(ory_svd(&a, &u, s, &v, &err), ORY_OK);
        assert_orthonormal(&u, 1e-13);
        assert_orthonormal(&v, 1e-13);
        for (size_t j = 0; j + 1 < k; j++)
            assert_true(s[j] >= s[j + 1] && s[j + 1] >= 0);
        assert_int_equal(ory_mat_copy(&us, &u, NULL), ORY_OK);
        for (size_t r = 0; r < m; r++)
            for (size_t c = 0; c < k; c++)
                *ory_mat_at(&us, r, c) *= s[c];
        b = times(&us, ORY_PLAIN, &v, ORY_TRANS);
        assert_true(max_difference(&a, &b) < 1e-12);
        assert_int_equal(ory_svd(&a, NULL, only, NULL, &err), ORY_OK);
        for (size_t j = 0; j < k; j++)
            assert_true(fabs(only[j] - s[j]) < 1e-12);
        assert_int_equal(ory_svd(&a, &u, only, NULL, &err), ORY_OK);
        assert_int_equal(ory_svd(&a, NULL, only, &v, &err), ORY_OK);
        ory_mat_free(&a);
        ory_mat_free(&b);
        ory_mat_free(&u);
        ory_mat_free(&v);
        ory_mat_free(&us);
    }
}

static void symmetric_eigenvectors_diagonalise(void **state)
{
    static const size_t sizes[] = {1, 2, 5, 33, 80};

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        const size_t n = sizes[i];
        ory_mat a = gapped(n, n, 2), full = zeros(n, n), v = gapped(n, n, 1), av;
        ory_svd_ws ws = {0};
        double w[80], only[80];
        ory_error err;

        for (size_t r = 0; r < n; r++)
            for (size_t c = 0; c < n; c++) {
                *ory_mat_at(&full, r, c) = *ory_mat_at(&a, r > c ? r : c, r > c ? c : r);
                if (c > r)
                    *ory_mat_at(&a, r, c) = NAN; /* not to be read */
            }
        for (size_t r = 0; r < n; r++)
            for (size_t c = r; c < n; c++)
                *ory_mat_at(&full, r, c) = *ory_mat_at(&a, c, r);
        assert_int_equal(ory_eig_sym(&a, w, &v, &err), ORY_OK);
        assert_orthonormal(&v, 1e-13);
        av = times(&full, ORY_PLAIN, &v, ORY_PLAIN);
        for (size_t c = 0; c < n; c++) {
            assert_true(c == 0 || w[c] >= w[c - 1]);
            for (size_t r = 0; r < n; r++)
                assert_true(fabs(*ory_mat_at(&av, r, c) - w[c] * *ory_mat_at(&v, r, c)) < 1e-12);
        }
        assert_int_equal(ory_eig_sym(&a, only, NULL, &err), ORY_OK);
        for (size_t c = 0; c < n; c++)
            assert_true(fabs(only[c] - w[c]) < 1e-12);
        assert_int_equal(ory_eig_sym_values(&a, only, &ws, &err), ORY_OK);
        for (size_t c = 0; c < n; c++)
            assert_true(fabs(only[c] - w[c]) < 1e-12);
        ory_svd_ws_fini(&ws);
        ory_mat_free(&a);
        ory_mat_free(&full);
        ory_mat_free(&v);
        ory_mat_free(&av);
    }
}

/* a v = v d with d in 2 x 2 blocks for complex pairs. */
static void general_eigenvectors_satisfy_their_equation(void **state)
{
    static const size_t sizes[] = {1, 2, 3, 12, 40};

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        const size_t n = sizes[i];
        ory_mat a = gapped(n, n, 1), v = gapped(n, n, 1), av;
        double re[40], im[40], trace = 0;
        ory_error err;

        assert_int_equal(ory_eig(&a, re, im, &v, &err), ORY_OK);
        av = times(&a, ORY_PLAIN, &v, ORY_PLAIN);
        for (size_t c = 0; c < n; c++) {
            trace += *ory_mat_at(&a, c, c) - re[c];
            for (size_t r = 0; r < n; r++) {
                double expected = re[c] * *ory_mat_at(&v, r, c);

                if (im[c] > 0)
                    expected -= im[c] * *ory_mat_at(&v, r, c + 1);
                if (im[c] < 0) /* the imaginary part, one column on */
                    expected += im[c - 1] * *ory_mat_at(&v, r, c - 1);
                assert_true(fabs(*ory_mat_at(&av, r, c) - expected) < 1e-11);
            }
        }
        assert_true(fabs(trace) < 1e-11);
        assert_int_equal(ory_eig(&a, re, im, NULL, &err), ORY_OK);
        ory_mat_free(&a);
        ory_mat_free(&v);
        ory_mat_free(&av);
    }
}

static void a_rotation_has_imaginary_eigenvalues(void **state)
{
    double data[] = {0, 2.385, -2.385, 0}, re[2], im[2];
    ory_mat a = ory_mat_view(data, 2, 2);
    ory_error err;

    (void)state;
    assert_int_equal(ory_eig(&a, re, im, NULL, &err), ORY_OK);
    assert_true(fabs(re[0]) < 1e-15 && fabs(im[0] - 2.385) < 1e-15 && im[1] == -im[0]);
}

static void solutions_satisfy_their_equations(void **state)
{
    static const double scales[] = {1e-200, 1, 1e200};

    (void)state;
    for (size_t n = 1; n <= 40; n += 3)
        for (size_t i = 0; i < COUNT(scales); i++) {
            ory_mat a = gapped(n, n, 2), b = gapped(n, 3, 1), x = gapped(n, 3, 2), ax;
            ory_error err;

            for (size_t r = 0; r < n; r++)
                for (size_t c = 0; c < n; c++)
                    *ory_mat_at(&a, r, c) *= scales[i];
            assert_int_equal(ory_solve(&a, &b, &x, &err), ORY_OK);
            ax = times(&a, ORY_PLAIN, &x, ORY_PLAIN);
            assert_true(max_difference(&ax, &b) < 1e-10);
            ory_mat_free(&a);
            ory_mat_free(&b);
            ory_mat_free(&x);
            ory_mat_free(&ax);
        }
}

static void singular_matrices_are_refused_with_their_condition(void **state)
{
    double data[] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, right[] = {1, 2, 3}, out[3];
    ory_mat a = ory_mat_view(data, 3, 3), b = ory_mat_view(right, 3, 1);
    ory_mat x = ory_mat_view(out, 3, 1);
    ory_error err;

    (void)state;
    assert_int_equal(ory_solve(&a, &b, &x, &err), ORY_ESINGULAR);
    assert_non_null(strstr(err.text, "the matrix is singular to working precision (reciprocal"));
    memset(data, 0, sizeof data);
    assert_int_equal(ory_solve(&a, &b, &x, &err), ORY_ESINGULAR);
    assert_non_null(strstr(err.text, "(reciprocal condition 0)"));
}

/* The four conditions of Penrose single out a pseudo-inverse. */
static void least_squares_with_identity_gives_the_pseudo_inverse(void **state)
{
    static const size_t cases[][3] = {{5, 5, 5}, {7, 4, 4}, {4, 7, 4}, {6, 6, 3}, {9, 5, 2},
                                      {3, 3, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const size_t m = cases[i][0], n = cases[i][1], rank = cases[i][2];
        ory_mat left = normal(m, rank), right = normal(rank, n), one = zeros(m, m);
        ory_mat a = times(&left, ORY_PLAIN, &right, ORY_PLAIN), p = gapped(n, m, 1);
        ory_mat ap, pa, apa, pap, t;
        size_t found = 99;
        ory_error err;

        for (size_t j = 0; j < m; j++)
            *ory_mat_at(&one, j, j) = 1;
        assert_int_equal(ory_lstsq(&a, &one, 0, &p, &found, &err), ORY_OK);
        assert_int_equal(found, rank);
        ap = times(&a, ORY_PLAIN, &p, ORY_PLAIN);
        pa = times(&p, ORY_PLAIN, &a, ORY_PLAIN);
        apa = times(&ap, ORY_PLAIN, &a, ORY_PLAIN);
        pap = times(&pa, ORY_PLAIN, &p, ORY_PLAIN);
        assert_true(max_difference(&apa, &a) < 1e-11);
        assert_true(max_difference(&pap, &p) < 1e-11);
        t = transposed(&ap);
        assert_true(max_difference(&t, &ap) < 1e-11);
        ory_mat_free(&t);
        t = transposed(&pa);
        assert_true(max_difference(&t, &pa) < 1e-11);
        ory_mat_free(&t);
        ory_mat_free(&left);
        ory_mat_free(&right);
        ory_mat_free(&one);
        ory_mat_free(&a);
        ory_mat_free(&p);
        ory_mat_free(&ap);
        ory_mat_free(&pa);
        ory_mat_free(&apa);
        ory_mat_free(&pap);
    }
}

static void a_coarse_tolerance_drops_small_directions(void **state)
{
    double data[] = {2, 0, 0, 1e-3}, right[] = {4, 5}, out[2];
    ory_mat a = ory_mat_view(data, 2, 2), b = ory_mat_view(right, 2, 1);
    ory_mat x = ory_mat_view(out, 2, 1);
    size_t rank;

    (void)state;
    assert_int_equal(ory_lstsq(&a, &b, 1e-2, &x, &rank, NULL), ORY_OK);
    assert_int_equal(rank, 1);
    assert_true(fabs(out[0] - 2) < 1e-15 && out[1] == 0);
    assert_int_equal(ory_lstsq(&a, &b, 1e-4, &x, NULL, NULL), ORY_OK);
    assert_true(fabs(out[1] - 5000) < 1e-10);
}

static void qr_gives_an_orthonormal_factor_and_a_positive_diagonal(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++) {
        const size_t m = shapes[i][0], n = shapes[i][1], k = m < n ? m : n;
        ory_mat a = gapped(m, n, 1), q = gapped(m, k, 1), r = gapped(k, n, 2), b;
        ory_error err;

        assert_int_equal(ory_qr(&a, &q, &r, &err), ORY_OK);
        assert_orthonormal(&q, 1e-13);
        for (size_t j = 0; j < k; j++) {
            assert_true(*ory_mat_at(&r, j, j) >= 0);
            for (size_t c = 0; c < j; c++)
                assert_true(*ory_mat_at(&r, j, c) == 0);
        }
        b = times(&q, ORY_PLAIN, &r, ORY_PLAIN);
        assert_true(max_difference(&a, &b) < 1e-12);
        ory_mat_free(&a);
        ory_mat_free(&q);
        ory_mat_free(&r);
        ory_mat_free(&b);
    }
}

static void cholesky_reads_and_writes_the_lower_triangle(void **state)
{
    static const size_t sizes[] = {1, 2, 7, 100};

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        const size_t n = sizes[i];
        ory_mat b = normal(n, n + 2), full = times(&b, ORY_PLAIN, &b, ORY_TRANS);
        ory_mat a, l = gapped(n, n, 1), ll;
        ory_error err;

        assert_int_equal(ory_mat_copy(&a, &full, NULL), ORY_OK);
        for (size_t r = 0; r < n; r++)
            for (size_t c = r + 1; c < n; c++)
                *ory_mat_at(&a, r, c) = NAN;
        assert_int_equal(ory_chol(&a, &l, &err), ORY_OK);
        for (size_t r = 0; r < n; r++)
            for (size_t c = r + 1; c < n; c++)
                assert_true(*ory_mat_at(&l, r, c) == 0);
        ll = times(&l, ORY_PLAIN, &l, ORY_TRANS);
        assert_true(max_difference(&ll, &full) < 1e-11);
        *ory_mat_at(&a, n - 1, n - 1) = -1;
        assert_int_equal(ory_chol(&a, &l, &err), ORY_ESINGULAR);
        assert_non_null(strstr(err.text, "not positive definite"));
        ory_mat_free(&a);
        ory_mat_free(&b);
        ory_mat_free(&l);
        ory_mat_free(&ll);
        ory_mat_free(&full);
    }
}

static void expect_exponential(double *data, size_t n, const double *expected, double tol)
{
    ory_mat a = ory_mat_view(data, n, n), e = gapped(n, n, 1);
    double size = 0;
    ory_error err;

    assert_int_equal(ory_expm(&a, &e, &err), ORY_OK);
    for (size_t i = 0; i < n * n; i++)
        size = fmax(size, fabs(expected[i]));
    for (size_t i = 0; i < n * n; i++)
        if (!(fabs(*ory_mat_at(&e, i / n, i % n) - expected[i]) <= tol * size))
            fail_msg("entry %zu is %.17g instead of %.17g", i, *ory_mat_at(&e, i / n, i % n),
                     expected[i]);
    ory_mat_free(&e);
}

/* Closed forms; the 3 x 3 one from scipy.linalg.expm. */
static void exponentials_agree_with_closed_forms(void **state)
{
    double rotation[] = {0, 2.385, -2.385, 0}, jordan[] = {-0.731, 1, 0, -0.731};
    double fast[] = {0, 1000, -1000, 0}, stiff[] = {-900, 0, 0, -1e-3}, zero[4] = {0};
    double mixed[] = {0.731, -1.2, 2.385, 0.4, 0, -3.1, 1.7, -0.6, 0.25};
    const double turned[] = {cos(2.385), sin(2.385), -sin(2.385), cos(2.385)};
    const double wound[] = {cos(1000), sin(1000), -sin(1000), cos(1000)};
    const double bent[] = {exp(-0.731), exp(-0.731), 0, exp(-0.731)};
    const double damped[] = {exp(-900), 0, 0, exp(-1e-3)}, one[] = {1, 0, 0, 1};
    const double numbers[] = {9.26539770239265,   -6.138324756308617, 13.933681043697453,
                              -4.722228342678071, 3.9682721256009033, -8.623981007972423,
                              6.526311891215319,  -4.289158876942125, 10.0947180181039};

    (void)state;
    expect_exponential(rotation, 2, turned, 1e-14);
    expect_exponential(jordan, 2, bent, 1e-14);
    expect_exponential(fast, 2, wound, 1e-11);
    expect_exponential(stiff, 2, damped, 1e-11);
    expect_exponential(zero, 2, one, 0);
    expect_exponential(mixed, 3, numbers, 1e-13);
}

static void exponentials_that_overflow_say_so(void **state)
{
    double data[] = {1000}, out[1];
    ory_mat a = ory_mat_view(data, 1, 1), e = ory_mat_view(out, 1, 1);
    ory_error err;

    (void)state;
    assert_int_equal(ory_expm(&a, &e, &err), ORY_EDIVERGE);
    assert_string_equal(err.text, "the matrix exponential overflows");
}

/* --- refusals ------------------------------------------------------------- */

typedef ory_status call(ory_mat *a, ory_svd_ws *ws, ory_error *err);

enum { SIDE = 6 };
static double out1[SIDE * SIDE], out2[SIDE * SIDE], out3[SIDE];

static ory_mat square_of(double *data)
{
    return ory_mat_view(data, SIDE, SIDE);
}

static ory_status call_values(ory_mat *a, ory_svd_ws *ws, ory_error *err)
{
    return ory_singular_values(a, out3, ws, err);
}

static ory_status call_svd(ory_mat *a, ory_svd_ws *ws, ory_error *err)
{
    ory_mat u = square_of(out1), v = square_of(out2);

    (void)ws;
    return ory_svd(a, &u, out3, &v, err);
}

static ory_status call_eig_sym(ory_mat *a, ory_svd_ws *ws, ory_error *err)
{
    ory_mat v = square_of(out1);

    (void)ws;
    return ory_eig_sym(a, out3, &v, err);
}

static ory_status call_eig_sym_values(ory_mat *a, ory_svd_ws *ws, ory_error *err)
{
    return ory_eig_sym_values(a, out3, ws, err);
}

static ory_status call_eig(ory_mat *a, ory_svd_ws *ws, ory_error *err)
{
    ory_mat v = square_of(out1);

    (void)ws;
    return ory_eig(a, out3, out2, &v, err);
}

static ory_status call_solve(ory_mat *a, ory_svd_ws *ws, ory_error *err)
{
    ory_mat x = square_of(out1);

    (void)ws;
    return ory_solve(a, a, &x, err);
}

static ory_status call_lstsq(ory_mat *a, ory_svd_ws *ws, ory_error *err)
{
    ory_mat x = square_of(out1);

    (void)ws;
    return ory_lstsq(a, a, 0, &x, NULL, err);
}

static ory_status call_qr(ory_mat *a, ory_svd_ws *ws, ory_error *err)
{
    ory_mat q = square_of(out1), r = square_of(out2);

    (void)ws;
    return ory_qr(a, &q, &r, err);
}

static ory_status call_chol(ory_mat *a, ory_svd_ws *ws, ory_error *err)
{
    ory_mat l = square_of(out1);

    (void)ws;
    return ory_chol(a, &l, err);
}

static ory_status call_expm(ory_mat *a, ory_svd_ws *ws, ory_error *err)
{
    ory_mat e = square_of(out1);

    (void)ws;
    return ory_expm(a, &e, err);
}

static call *const calls[] = {call_values, call_svd,   call_eig_sym, call_eig_sym_values,
                              call_eig,    call_solve, call_lstsq,   call_qr,
                              call_chol,   call_expm};

/* Positive definite, so that every call succeeds. */
static ory_mat agreeable(void)
{
    ory_mat b = normal(SIDE, SIDE), a = times(&b, ORY_PLAIN, &b, ORY_TRANS);

    for (size_t i = 0; i < SIDE; i++)
        *ory_mat_at(&a, i, i) += 0.731;
    ory_mat_free(&b);
    return a;
}

static void numbers_that_are_not_finite_are_refused(void **state)
{
    static const double bad[] = {NAN, INFINITY, -INFINITY};

    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++)
        for (size_t j = 0; j < COUNT(bad); j++) {
            ory_mat a = agreeable();
            ory_svd_ws ws = {0};
            ory_error err;

            *ory_mat_at(&a, 4, 1) = bad[j];
            assert_int_equal(calls[i](&a, &ws, &err), ORY_EDIVERGE);
            assert_string_equal(err.text, "the matrix has an entry that is not finite");
            ory_svd_ws_fini(&ws);
            ory_mat_free(&a);
        }
}

static void running_out_of_memory_is_reported_and_leaks_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++) {
        for (long n = 0;; n++) {
            ory_mat a = agreeable();
            ory_svd_ws ws = {0};
            ory_error err;
            ory_status status;

            ory_mem_fault_set(n);
            status = calls[i](&a, &ws, &err);
            ory_svd_ws_fini(&ws);
            ory_mat_free(&a);
            assert_int_equal(ory_mem_in_use(), 0);
            if (!ory_mem_fault_hit()) {
                assert_int_equal(status, ORY_OK);
                break;
            }
            assert_int_equal(status, ORY_ENOMEM);
            assert_non_null(strstr(err.text, "no memory for a workspace of"));
        }
        ory_mem_fault_set(-1);
    }
}

static void shapes_that_do_not_fit_are_refused(void **state)
{
    double data[36] = {0}, other[36];
    ory_mat wide_one = ory_mat_view(data, 2, 3), a = ory_mat_view(data, 3, 3);
    ory_mat x = ory_mat_view(other, 2, 2), y = ory_mat_view(other, 3, 3);
    ory_svd_ws ws = {0};
    size_t rank;
    ory_error err;

    (void)state;
    assert_int_equal(ory_svd(&a, &x, out3, NULL, &err), ORY_ESHAPE);
    assert_string_equal(err.text, "u is 2 x 2 (must be 3 x 3)");
    assert_int_equal(ory_svd(&a, NULL, out3, &x, &err), ORY_ESHAPE);
    assert_int_equal(ory_eig_sym(&wide_one, out3, NULL, &err), ORY_ESHAPE);
    assert_string_equal(err.text, "a 2 x 3 matrix where a square one is needed");
    assert_int_equal(ory_eig_sym(&a, out3, &x, &err), ORY_ESHAPE);
    assert_int_equal(ory_eig_sym_values(&wide_one, out3, &ws, &err), ORY_ESHAPE);
    assert_int_equal(ory_eig(&wide_one, out3, out3, NULL, &err), ORY_ESHAPE);
    assert_int_equal(ory_eig(&a, out3, out3, &x, &err), ORY_ESHAPE);
    assert_int_equal(ory_solve(&wide_one, &a, &y, &err), ORY_ESHAPE);
    assert_int_equal(ory_solve(&a, &x, &y, &err), ORY_ESHAPE);
    assert_int_equal(ory_solve(&a, &a, &x, &err), ORY_ESHAPE);
    assert_int_equal(ory_lstsq(&a, &x, 0, &y, &rank, &err), ORY_ESHAPE);
    assert_int_equal(ory_lstsq(&wide_one, &x, 0, &x, &rank, &err), ORY_ESHAPE);
    assert_int_equal(ory_qr(&a, &x, &y, &err), ORY_ESHAPE);
    assert_int_equal(ory_qr(&a, &y, &x, &err), ORY_ESHAPE);
    assert_int_equal(ory_chol(&wide_one, &y, &err), ORY_ESHAPE);
    assert_int_equal(ory_chol(&a, &x, &err), ORY_ESHAPE);
    assert_int_equal(ory_expm(&wide_one, &y, &err), ORY_ESHAPE);
    assert_int_equal(ory_expm(&a, &x, &err), ORY_ESHAPE);
}

static void empty_matrices_are_harmless(void **state)
{
    double none[1] = {7};
    ory_mat a = ory_mat_view(none, 0, 0), tall = ory_mat_view(none, 3, 0);
    ory_mat right = ory_mat_view(none, 0, 0), left = ory_mat_view(none, 3, 0);
    ory_svd_ws ws = {0};
    size_t rank = 5;
    ory_error err;

    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++) {
        ory_status status = calls[i](&a, &ws, &err);

        assert_true(status == ORY_OK || status == ORY_ESHAPE);
    }
    assert_int_equal(ory_singular_values(&tall, out3, &ws, &err), ORY_OK);
    assert_int_equal(ory_svd(&tall, &left, out3, &right, &err), ORY_OK);
    assert_int_equal(ory_qr(&tall, &left, &right, &err), ORY_OK);
    assert_int_equal(ory_solve(&a, &a, &right, &err), ORY_OK);
    assert_int_equal(ory_lstsq(&tall, &left, 0, &right, &rank, &err), ORY_OK);
    assert_int_equal(rank, 0);
    assert_true(ory_norm_fro(&a) == 0);
    assert_true(none[0] == 7);
    ory_svd_ws_fini(&ws);
}

int main(void)
{
#define NUMERIC(test) cmocka_unit_test_setup_teardown(test, set_up, nothing_held)
    const struct CMUnitTest tests[] = {
        NUMERIC(products_equal_naive_sums_for_all_small_shapes),
        NUMERIC(products_equal_naive_sums_for_large_and_odd_shapes),
        NUMERIC(dots_and_norms_equal_naive_sums),
        NUMERIC(norms_neither_overflow_nor_underflow),
        NUMERIC(singular_values_are_those_put_in),
        NUMERIC(equal_singular_values_are_found),
        NUMERIC(tiny_singular_values_keep_their_digits),
        NUMERIC(bad_scaling_of_rows_and_columns_costs_no_digits),
        NUMERIC(singular_values_scale_with_the_matrix),
        NUMERIC(columns_too_small_to_square_with_care_are_measured),
        NUMERIC(zero_and_rank_deficient_matrices_have_zero_values),
        NUMERIC(diagonal_matrices_are_read_off),
        NUMERIC(workspaces_grow_once_and_do_not_change_results),
        NUMERIC(svd_puts_the_matrix_together_again),
        NUMERIC(symmetric_eigenvectors_diagonalise),
        NUMERIC(general_eigenvectors_satisfy_their_equation),
        NUMERIC(a_rotation_has_imaginary_eigenvalues),
        NUMERIC(solutions_satisfy_their_equations),
        NUMERIC(singular_matrices_are_refused_with_their_condition),
        NUMERIC(least_squares_with_identity_gives_the_pseudo_inverse),
        NUMERIC(a_coarse_tolerance_drops_small_directions),
        NUMERIC(qr_gives_an_orthonormal_factor_and_a_positive_diagonal),
        NUMERIC(cholesky_reads_and_writes_the_lower_triangle),
        NUMERIC(exponentials_agree_with_closed_forms),
        NUMERIC(exponentials_that_overflow_say_so),
        NUMERIC(numbers_that_are_not_finite_are_refused),
        NUMERIC(running_out_of_memory_is_reported_and_leaks_nothing),
        NUMERIC(shapes_that_do_not_fit_are_refused),
        NUMERIC(empty_matrices_are_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
