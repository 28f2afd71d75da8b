/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_series.c - bins against all samples kept in full. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/rng.h"
#include "core/series.h"

typedef struct sample {
    uint64_t step;
    double t, value;
} sample;

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* What a bin over these samples has to say. */
static ory_bin bin_of(const sample *x, size_t n)
{
    ory_bin bin = {.step = x[0].step, .last_step = x[n - 1].step, .t = x[0].t,
                   .first = x[0].value, .min = NAN, .max = NAN, .last = x[n - 1].value,
                   .count = (uint32_t)n};

    for (size_t i = 0; i < n; i++) {
        bin.min = fmin(bin.min, x[i].value);
        bin.max = fmax(bin.max, x[i].value);
        bin.undefined += isnan(x[i].value);
    }
    return bin;
}

static void assert_bins(const ory_series *s, const sample *x, size_t n)
{
    const size_t stride = ory_series_stride(s);

    assert_int_equal(ory_series_samples(s), n);
    assert_int_equal(ory_series_count(s), (n + stride - 1) / stride);
    for (size_t b = 0; b < ory_series_count(s); b++) {
        const size_t from = b * stride, left = n - from;
        const ory_bin expected = bin_of(x + from, left < stride ? left : stride);
        const ory_bin *got = &ory_series_bins(s)[b];

        assert_int_equal(got->step, expected.step);
        assert_int_equal(got->last_step, expected.last_step);
        assert_int_equal(got->count, expected.count);
        assert_int_equal(got->undefined, expected.undefined);
        assert_true(same(got->t, expected.t));
        assert_true(same(got->first, expected.first));
        assert_true(same(got->min, expected.min));
        assert_true(same(got->max, expected.max));
        assert_true(same(got->last, expected.last));
    }
}

enum { MOST = 3000 };

/* Steps at uneven distances, some twice; some values NaN, some infinite. */
static void fill(sample *x, size_t n)
{
    uint64_t step = 3;
    ory_rng rng;

    ory_rng_init(&rng, 20, 0);
    for (size_t i = 0; i < n; i++) {
        double u = ory_rng_uniform(&rng);

        step += ory_rng_below(&rng, 4);
        x[i] = (sample){step, 0.01 * (double)step, u < 0.1 ? NAN : u < 0.11 ? INFINITY
                                                                            : log(u)};
    }
}

static void bins_agree_with_all_samples_at_every_step(void **state)
{
    static const size_t capacities[] = {1, 16, 17, 50, 256};
    static sample x[MOST];

    (void)state;
    fill(x, MOST);
    for (size_t c = 0; c < sizeof capacities / sizeof capacities[0]; c++) {
        ory_series *s = ory_series_new(capacities[c]);

        for (size_t i = 0; i < MOST; i++) {
            ory_series_push(s, x[i].step, x[i].t, x[i].value);
            if (i < 600 || i % 97 == 0 || i + 1 == MOST)
                assert_bins(s, x, i + 1);
        }
        assert_true(ory_series_count(s) <= (capacities[c] < 16 ? 16 : capacities[c] + 1));
        assert_true(ory_series_count(s) >= 8);
        ory_series_free(s);
    }
}

static void a_spike_of_one_step_survives_any_halving(void **state)
{
    ory_series *s = ory_series_new(16);
    double max = 0;

    (void)state;
    for (uint64_t k = 0; k < 100000; k++)
        ory_series_push(s, k, (double)k, k == 40961 ? 2.385e7 : 0.731);
    for (size_t b = 0; b < ory_series_count(s); b++)
        max = fmax(max, ory_series_bins(s)[b].max);
    assert_true(max == 2.385e7);
    assert_int_equal(ory_series_samples(s), 100000);
    ory_series_free(s);
}

static void only_nan_gives_nan_extremes_and_one_number_mends_them(void **state)
{
    ory_series *s = ory_series_new(16);

    (void)state;
    for (uint64_t k = 0; k < 31; k++)
        ory_series_push(s, k, 0, NAN);
    assert_true(isnan(ory_series_bins(s)[15].min));
    ory_series_push(s, 31, 0, -4.5);
    assert_true(ory_series_bins(s)[15].min == -4.5);
    assert_true(ory_series_bins(s)[15].max == -4.5);
    assert_int_equal(ory_series_bins(s)[15].undefined, 1);
    assert_true(isnan(ory_series_bins(s)[15].first));
    assert_true(isnan(ory_series_bins(s)[3].max));
    ory_series_free(s);
}

/* Cut at every step, then push the rest again: as if nothing had happened. */
static void cutting_single_samples_is_exact(void **state)
{
    static sample x[60];
    ory_series *s = ory_series_new(60);

    (void)state;
    fill(x, 60);
    for (uint64_t step = 0; step <= x[59].step + 1; step++) {
        size_t left = 0;

        ory_series_clear(s);
        for (size_t i = 0; i < 60; i++)
            ory_series_push(s, x[i].step, x[i].t, x[i].value);
        while (left < 60 && x[left].step <= step)
            left++;
        ory_series_cut(s, step);
        assert_bins(s, x, left);
        for (size_t i = left; i < 60; i++)
            ory_series_push(s, x[i].step, x[i].t, x[i].value);
        assert_bins(s, x, 60);
    }
    ory_series_free(s);
}

/* With every step sampled the number left is exact; so are whole bins, and a
 * bin's part keeps first value and bounds on the extremes. */
static void cutting_merged_bins_keeps_the_rest_exact(void **state)
{
    static sample x[200];
    ory_series *full = ory_series_new(16);
    ory_rng rng;

    (void)state;
    ory_rng_init(&rng, 9, 9);
    for (size_t i = 0; i < 200; i++) {
        x[i] = (sample){i, (double)i, ory_rng_normal(&rng)};
        ory_series_push(full, i, (double)i, x[i].value);
    }
    assert_int_equal(ory_series_stride(full), 16);
    for (size_t step = 0; step < 200; step++) {
        ory_series *s = ory_series_clone(full);
        const size_t left = step + 1, whole = left / 16;

        ory_series_cut(s, step);
        assert_int_equal(ory_series_samples(s), left);
        assert_int_equal(ory_series_count(s), (left + 15) / 16);
        if (left % 16) {
            const ory_bin part = ory_series_bins(s)[whole];
            const ory_bin exact = bin_of(x + 16 * whole, left % 16);

            assert_int_equal(part.step, exact.step);
            assert_int_equal(part.last_step, step);
            assert_int_equal(part.count, exact.count);
            assert_true(part.first == exact.first && part.t == exact.t);
            assert_true(part.min <= exact.min && part.max >= exact.max);
            if (left % 16 == 1)
                assert_true(part.min == exact.min && part.last == exact.last);
        } else
            assert_bins(s, x, left);
        for (size_t i = left; i < 200; i++)
            ory_series_push(s, x[i].step, x[i].t, x[i].value);
        assert_int_equal(ory_series_count(s), ory_series_count(full));
        for (size_t b = 0; b < ory_series_count(s); b++)
            assert_memory_equal(&ory_series_bins(s)[b], &ory_series_bins(full)[b],
                                sizeof(ory_bin));
        ory_series_free(s);
    }
    ory_series_free(full);
}

static void a_cut_before_everything_starts_afresh(void **state)
{
    ory_series *s = ory_series_new(16);

    (void)state;
    ory_series_cut(s, 5);
    assert_int_equal(ory_series_count(s), 0);
    for (uint64_t k = 10; k < 100; k++)
        ory_series_push(s, k, 0, 1);
    ory_series_cut(s, 9);
    assert_int_equal(ory_series_count(s), 0);
    assert_int_equal(ory_series_samples(s), 0);
    assert_int_equal(ory_series_stride(s), 1);
    ory_series_push(s, 2, 0, 1);
    assert_int_equal(ory_series_bins(s)[0].step, 2);
    ory_series_free(s);
}

static void cut_bins_count_no_more_undefined_than_samples(void **state)
{
    ory_series *s = ory_series_new(16);

    (void)state;
    for (uint64_t k = 0; k < 64; k++)
        ory_series_push(s, k, 0, k % 4 == 0 ? 2.385 : NAN);
    assert_int_equal(ory_series_stride(s), 4);
    ory_series_cut(s, 61);
    assert_int_equal(ory_series_bins(s)[15].count, 2);
    assert_int_equal(ory_series_bins(s)[15].undefined, 1);
    assert_true(ory_series_bins(s)[15].min == 2.385);
    ory_series_free(s);
}

static void a_falling_step_counts_for_the_last_one(void **state)
{
    ory_series *s = ory_series_new(16);

    (void)state;
    ory_series_push(s, 7, 0, 1);
    ory_series_push(s, 3, 0, 2);
    assert_int_equal(ory_series_bins(s)[1].step, 7);
    assert_int_equal(ory_series_samples(s), 2);
    ory_series_free(s);
}

static void clones_do_not_share(void **state)
{
    static sample x[100];
    ory_series *s = ory_series_new(20), *clone;

    (void)state;
    fill(x, 100);
    for (size_t i = 0; i < 70; i++)
        ory_series_push(s, x[i].step, x[i].t, x[i].value);
    clone = ory_series_clone(s);
    for (size_t i = 70; i < 100; i++)
        ory_series_push(clone, x[i].step, x[i].t, x[i].value);
    assert_bins(s, x, 70);
    assert_bins(clone, x, 100);
    ory_series_free(s);
    ory_series_free(clone);
    ory_series_free(NULL);
}

static void without_memory_nothing_leaks(void **state)
{
    const size_t start = ory_mem_in_use();
    ory_series *s;

    (void)state;
    for (long n = 0; n < 2; n++) {
        ory_mem_fault_set(n);
        assert_null(ory_series_new(100));
        assert_int_equal(ory_mem_in_use(), start);
    }
    ory_mem_fault_set(-1);
    s = ory_series_new(100);
    for (long n = 0; n < 2; n++) {
        ory_mem_fault_set(n);
        assert_null(ory_series_clone(s));
    }
    ory_mem_fault_set(0);
    for (uint64_t k = 0; k < 10000; k++)
        ory_series_push(s, k, 0, 0.5);
    assert_false(ory_mem_fault_hit());
    ory_mem_fault_set(-1);
    ory_series_free(s);
    assert_int_equal(ory_mem_in_use(), start);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bins_agree_with_all_samples_at_every_step),
        cmocka_unit_test(a_spike_of_one_step_survives_any_halving),
        cmocka_unit_test(only_nan_gives_nan_extremes_and_one_number_mends_them),
        cmocka_unit_test(cutting_single_samples_is_exact),
        cmocka_unit_test(cutting_merged_bins_keeps_the_rest_exact),
        cmocka_unit_test(a_cut_before_everything_starts_afresh),
        cmocka_unit_test(cut_bins_count_no_more_undefined_than_samples),
        cmocka_unit_test(a_falling_step_counts_for_the_last_one),
        cmocka_unit_test(clones_do_not_share),
        cmocka_unit_test(without_memory_nothing_leaks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
