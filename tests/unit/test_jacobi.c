/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_jacobi.c - rotations of rows: values against LAPACK's, directions against their
 * defining equations, graded and degenerate input. */
#include "config.h"

#include "case.h"

#include "algo/jacobi.h"
#include "core/rng.h"

enum { MOST = 12, LONG = 40 };

static ory_rng rng;

/* a (k x len) is rotated; what must hold of the result is checked against the original. */
static void check(const double *a, size_t k, size_t len, double tol)
{
    double rows[MOST * LONG], s[MOST], want[MOST], gram = 0;
    const ory_mat view = ory_mat_view((double *)a, k, len);
    const size_t full = k < len ? k : len;
    ory_svd_ws ws = {0};

    memcpy(rows, a, k * len * sizeof *a);
    ory_jacobi_rows(rows, k, len, s);
    assert_int_equal(ory_singular_values(&view, want, &ws, NULL), ORY_OK);
    for (size_t i = 0; i < k; i++) {
        ASSERT_ABS(s[i], i < full ? want[i] : 0, tol * want[0] + 1e-300);
        assert_true(i == 0 || s[i] <= s[i - 1]);
    }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            if (s[i] > 1e-8 * s[0] && s[j] > 1e-8 * s[0])
                ASSERT_ABS(ory_dot(rows + i * len, rows + j * len, len), i == j, 1e-12);
    /* a'a u = s^2 u for the top direction u */
    for (size_t c = 0; c < len; c++) {
        double entry = 0;

        for (size_t i = 0; i < k; i++)
            entry += a[i * len + c] * ory_dot(a + i * len, rows, len);
        gram = fmax(gram, fabs(entry - s[0] * s[0] * rows[c]));
    }
    assert_true(gram <= 1e-12 * s[0] * s[0] + 1e-300);
    ory_svd_ws_fini(&ws);
}

static void random_rows(void **state)
{
    double a[MOST * LONG];

    (void)state;
    for (size_t k = 1; k <= MOST; k++)
        for (size_t len = 1; len <= LONG; len += 13) {
            ory_rng_fill_normal(&rng, a, k * len, 0, 1);
            check(a, k, len, 1e-13);
        }
}

/* Rows of sizes 1 to 1e-12, in the wrong order, and two that are equal. */
static void graded_and_equal_rows(void **state)
{
    double a[5 * 9], s[5];

    (void)state;
    ory_rng_fill_normal(&rng, a, 5 * 9, 0, 1);
    for (size_t i = 0; i < 5; i++)
        for (size_t j = 0; j < 9; j++)
            a[i * 9 + j] *= pow(10, 3 * (double)i - 12);
    check(a, 5, 9, 1e-13);
    ory_jacobi_rows(a, 5, 9, s);
    assert_true(s[4] > 1e-13 && s[4] < 1e-11); /* not lost in the rounding of the largest */
    ory_rng_fill_normal(&rng, a, 9, 0, 1);
    memcpy(a + 9, a, 9 * sizeof *a);
    memset(a + 18, 0, 9 * sizeof *a);
    check(a, 3, 9, 1e-14);
    ory_jacobi_rows(a, 3, 9, s);
    ASSERT_ABS(s[1], 0, 1e-15 * s[0] * 100);
}

static void orthogonal_rows_are_only_sorted(void **state)
{
    double a[4] = {3, 0, 0, 5}, s[2];

    (void)state;
    ory_jacobi_rows(a, 2, 2, s);
    ASSERT_REL(s[0], 5, 0);
    ASSERT_REL(s[1], 3, 0);
    ASSERT_REL(fabs(a[1]), 1, 0);
    ASSERT_REL(fabs(a[2]), 1, 0);
}

static void zeros_and_bad_numbers(void **state)
{
    double a[6] = {0}, s[2];

    (void)state;
    ory_jacobi_rows(a, 2, 3, s);
    assert_true(s[0] == 0 && s[1] == 0 && a[0] == 0);
    a[4] = NAN;
    ory_jacobi_rows(a, 2, 3, s);
    assert_true(isnan(s[0]) && isnan(s[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_rows),
        cmocka_unit_test(graded_and_equal_rows),
        cmocka_unit_test(orthogonal_rows_are_only_sorted),
        cmocka_unit_test(zeros_and_bad_numbers),
    };

    ory_numerics_start(1);
    ory_rng_init(&rng, 11, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
