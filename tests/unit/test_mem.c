/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_mem.c - aligned, counted, failing memory, and matrices that live in it. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/mat.h"
#include "core/mem.h"

static void blocks_are_aligned_zeroed_and_counted(void **state)
{
    static const size_t sizes[] = {0, 1, 7, 63, 64, 65, 1000, 4096, 300001};
    const size_t start = ory_mem_in_use();

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unsigned char *block = ory_alloc(sizes[i], 3);

        assert_non_null(block);
        assert_int_equal((uintptr_t)block % ORY_ALIGN, 0);
        assert_int_equal(ory_mem_in_use() - start, 3 * sizes[i]);
        for (size_t b = 0; b < 3 * sizes[i]; b++)
            assert_int_equal(block[b], 0);
        memset(block, 0xa5, 3 * sizes[i]);
        ory_free(block);
        assert_int_equal(ory_mem_in_use(), start);
    }
    ory_free(NULL);
}

static void products_that_overflow_give_null(void **state)
{
    (void)state;
    assert_null(ory_alloc(SIZE_MAX, 2));
    assert_null(ory_alloc(SIZE_MAX / 2 + 2, 2));
    assert_null(ory_alloc(2, SIZE_MAX / 2 + 2));
    assert_null(ory_alloc(SIZE_MAX, 1));
    assert_null(ory_alloc(PTRDIFF_MAX, 1));
}

static void resize_keeps_the_old_and_zeroes_the_new(void **state)
{
    const size_t start = ory_mem_in_use();
    double *x = ory_resize(NULL, 0, 5, sizeof *x), *y;

    (void)state;
    assert_non_null(x);
    for (int i = 0; i < 5; i++)
        x[i] = i + 0.731;
    x = ory_resize(x, 5, 900, sizeof *x);
    assert_non_null(x);
    assert_int_equal((uintptr_t)x % ORY_ALIGN, 0);
    assert_int_equal(ory_mem_in_use() - start, 900 * sizeof *x);
    for (int i = 0; i < 900; i++)
        assert_true(x[i] == (i < 5 ? i + 0.731 : 0));
    assert_null(ory_resize(x, 900, SIZE_MAX / 4, sizeof *x));
    assert_true(x[4] == 4.731);
    y = ory_resize(x, 900, 3, sizeof *x);
    assert_non_null(y);
    assert_true(y[2] == 2.731);
    assert_int_equal(ory_mem_in_use() - start, 3 * sizeof *x);
    ory_free(y);
    assert_int_equal(ory_mem_in_use(), start);
}

static void strings_are_copied(void **state)
{
    char *copy = ory_strdup("αβ, 0.731"), *empty = ory_strdup("");

    (void)state;
    assert_string_equal(copy, "αβ, 0.731");
    assert_string_equal(empty, "");
    assert_null(ory_strdup(NULL));
    ory_free(copy);
    ory_free(empty);
}

static void the_chosen_request_fails_once(void **state)
{
    void *block[4];

    (void)state;
    ory_mem_fault_set(2);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(ory_mem_fault_hit(), i > 2);
        block[i] = ory_alloc(3, 5);
    }
    assert_non_null(block[0]);
    assert_non_null(block[1]);
    assert_null(block[2]);
    assert_non_null(block[3]);
    for (int i = 0; i < 4; i++)
        ory_free(block[i]);
    ory_mem_fault_set(-1);
    assert_false(ory_mem_fault_hit());
    ory_free(ory_alloc(1, 1));
    assert_false(ory_mem_fault_hit());
}

static void a_failed_resize_leaves_the_block(void **state)
{
    int *x = ory_alloc(4, sizeof *x);

    (void)state;
    x[3] = 42;
    ory_mem_fault_set(0);
    assert_null(ory_resize(x, 4, 8, sizeof *x));
    assert_true(ory_mem_fault_hit());
    ory_mem_fault_set(-1);
    assert_int_equal(x[3], 42);
    ory_free(x);
}

static void matrices_are_zero_and_freed_twice_without_harm(void **state)
{
    const size_t start = ory_mem_in_use();
    ory_mat a;
    ory_error err;

    (void)state;
    assert_int_equal(ory_mat_new(&a, 3, 7, &err), ORY_OK);
    assert_true(a.rows == 3 && a.cols == 7 && a.ld == 7);
    for (size_t i = 0; i < 21; i++)
        assert_true(a.data[i] == 0);
    ory_mat_free(&a);
    ory_mat_free(&a);
    ory_mat_free(NULL);
    assert_null(a.data);
    assert_int_equal(ory_mat_new(&a, 0, 5, &err), ORY_OK);
    ory_mat_free(&a);
    assert_int_equal(ory_mem_in_use(), start);
}

static void impossible_matrices_are_out_of_memory(void **state)
{
    ory_mat a;
    ory_error err;

    (void)state;
    assert_int_equal(ory_mat_new(&a, SIZE_MAX / 2, 3, &err), ORY_ENOMEM);
    assert_null(a.data);
    assert_non_null(strstr(err.text, "no memory for a"));
    assert_int_equal(ory_mat_new(&a, (size_t)1 << 33, (size_t)1 << 31, NULL), ORY_ENOMEM);
}

static void a_copy_of_a_view_is_packed(void **state)
{
    double data[12];
    ory_mat view = {.rows = 3, .cols = 2, .ld = 4, .data = data + 1}, copy;

    (void)state;
    for (int i = 0; i < 12; i++)
        data[i] = 2.385 * i;
    assert_int_equal(ory_mat_copy(&copy, &view, NULL), ORY_OK);
    assert_true(copy.ld == 2);
    for (size_t r = 0; r < 3; r++)
        for (size_t c = 0; c < 2; c++)
            assert_true(*ory_mat_at(&copy, r, c) == data[1 + 4 * r + c]);
    ory_mat_free(&copy);
}

static void one_bad_number_anywhere_is_seen(void **state)
{
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    double x[23];

    (void)state;
    for (int i = 0; i < 23; i++)
        x[i] = (i % 2 ? -1 : 1) * 1.7e308;
    assert_true(ory_all_finite(x, 23));
    assert_true(ory_all_finite(x, 0));
    for (size_t n = 1; n <= 23; n++)
        for (size_t i = 0; i < n; i++)
            for (int b = 0; b < 3; b++) {
                double good = x[i];

                x[i] = bad[b];
                assert_false(ory_all_finite(x, n));
                x[i] = good;
            }
}

static void shared_matrices_live_as_long_as_a_reference(void **state)
{
    const size_t start = ory_mem_in_use();
    double data[] = {0.731, 2.385, -1.5, 4};
    ory_mat view = ory_mat_view(data, 2, 2), own;
    ory_matref *m = ory_matref_new(&view), *taken;

    (void)state;
    assert_int_equal(m->refs, 1);
    assert_ptr_equal(ory_matref_ref(m), m);
    data[0] = 9;
    assert_true(m->mat.data[0] == 0.731);
    ory_matref_unref(m);
    assert_true(*ory_mat_at(&m->mat, 1, 1) == 4);
    ory_matref_unref(m);
    assert_null(ory_matref_ref(NULL));
    ory_matref_unref(NULL);

    assert_int_equal(ory_mat_copy(&own, &view, NULL), ORY_OK);
    taken = ory_matref_take(&own);
    assert_null(own.data);
    ory_matref_unref(taken);
    assert_int_equal(ory_mem_in_use(), start);
}

static void sharing_without_memory_leaks_nothing(void **state)
{
    const size_t start = ory_mem_in_use();
    double data[] = {0.731, 2.385};
    ory_mat view = ory_mat_view(data, 1, 2), copy;

    (void)state;
    for (long n = 0; n < 2; n++) {
        ory_mem_fault_set(n);
        assert_null(ory_matref_new(&view));
        assert_true(ory_mem_fault_hit());
        assert_int_equal(ory_mem_in_use(), start);
    }
    ory_mem_fault_set(0);
    assert_int_equal(ory_mat_copy(&copy, &view, NULL), ORY_ENOMEM);
    assert_null(copy.data);
    ory_mem_fault_set(-1);
    assert_int_equal(ory_mat_copy(&copy, &view, NULL), ORY_OK);
    ory_mem_fault_set(0);
    assert_null(ory_matref_take(&copy));
    ory_mem_fault_set(-1);
    assert_true(copy.data[1] == 2.385);
    ory_mat_free(&copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_aligned_zeroed_and_counted),
        cmocka_unit_test(products_that_overflow_give_null),
        cmocka_unit_test(resize_keeps_the_old_and_zeroes_the_new),
        cmocka_unit_test(strings_are_copied),
        cmocka_unit_test(the_chosen_request_fails_once),
        cmocka_unit_test(a_failed_resize_leaves_the_block),
        cmocka_unit_test(matrices_are_zero_and_freed_twice_without_harm),
        cmocka_unit_test(impossible_matrices_are_out_of_memory),
        cmocka_unit_test(a_copy_of_a_view_is_packed),
        cmocka_unit_test(one_bad_number_anywhere_is_seen),
        cmocka_unit_test(shared_matrices_live_as_long_as_a_reference),
        cmocka_unit_test(sharing_without_memory_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
