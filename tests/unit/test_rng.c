/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_rng.c - streams against the published generator and against the laws
 * their numbers must follow. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>

#include "core/rng.h"

enum { MANY = 200000 };

/* From the authors' C code with state {1, 2, 3, 4}. */
static void the_bits_are_those_of_xoshiro256pp(void **state)
{
    static const uint64_t expected[] = {
        41943041u,
        58720359u,
        3588806011781223u,
        3591011842654386u,
        9228616714210784205u,
        9973669472204895162u,
        14011001112246962877u,
        12406186145184390807u,
        15849039046786891736u,
        10450023813501588000u,
    };
    ory_rng rng = {{1, 2, 3, 4}};

    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_true(ory_rng_bits(&rng) == expected[i]);
}

/* The first numbers of splitmix64 from 1234567, as published. */
static void stream_zero_is_seeded_by_splitmix64(void **state)
{
    ory_rng rng;

    (void)state;
    ory_rng_init(&rng, 1234567, 0);
    assert_true(rng.word[0] == 6457827717110365317u);
    assert_true(rng.word[1] == 3203168211198807973u);
    assert_true(rng.word[2] == 9817491932198370423u);
    assert_true(rng.word[3] == 4593380528125082431u);
}

/* Streams of one seed share no word of their states. */
static void another_stream_is_seeded_elsewhere(void **state)
{
    ory_rng a, b;

    (void)state;
    for (uint64_t stream = 1; stream < 50; stream++) {
        ory_rng_init(&a, 1234567, 0);
        ory_rng_init(&b, 1234567, stream);
        for (int i = 0; i < ORY_RNG_WORDS; i++)
            assert_true(a.word[i] != b.word[i]);
    }
}

static void seeds_and_streams_give_different_numbers(void **state)
{
    enum { SIDE = 40 };
    static uint64_t first[SIDE * SIDE];

    (void)state;
    for (uint64_t seed = 0; seed < SIDE; seed++)
        for (uint64_t stream = 0; stream < SIDE; stream++) {
            ory_rng a, b;

            ory_rng_init(&a, seed << 32, stream);
            ory_rng_init(&b, seed << 32, stream);
            first[seed * SIDE + stream] = ory_rng_bits(&a);
            assert_true(first[seed * SIDE + stream] == ory_rng_bits(&b));
        }
    for (size_t i = 0; i < SIDE * SIDE; i++)
        for (size_t j = 0; j < i; j++)
            assert_true(first[i] != first[j]);
}

static void splitting_depends_on_state_and_key_and_moves_nothing(void **state)
{
    ory_rng parent, before, a, b, c, d;

    (void)state;
    ory_rng_init(&parent, 7, 0);
    before = parent;
    ory_rng_split(&parent, 3, &a);
    ory_rng_split(&parent, 3, &b);
    ory_rng_split(&parent, 4, &c);
    assert_memory_equal(&parent, &before, sizeof parent);
    assert_memory_equal(&a, &b, sizeof a);
    assert_memory_not_equal(&a, &c, sizeof a);
    ory_rng_bits(&parent);
    ory_rng_split(&parent, 3, &d);
    assert_memory_not_equal(&a, &d, sizeof a);
    ory_rng_split(&before, 3, &before); /* in place */
    assert_memory_equal(&a, &before, sizeof a);
}

static void a_copied_state_goes_on_alike(void **state)
{
    ory_rng a, b;

    (void)state;
    ory_rng_init(&a, 99, 1);
    for (int i = 0; i < 1000; i++)
        ory_rng_normal(&a);
    b = a;
    for (int i = 0; i < 1000; i++) {
        assert_true(ory_rng_normal(&a) == ory_rng_normal(&b));
        assert_true(ory_rng_uniform(&a) == ory_rng_uniform(&b));
        assert_true(ory_rng_below(&a, 1000) == ory_rng_below(&b, 1000));
    }
}

/* Mean, variance and occupation of 100 equal cells within 5 standard errors. */
static void uniforms_are_uniform(void **state)
{
    double sum = 0, square = 0, chi2 = 0;
    size_t cell[100] = {0};
    ory_rng rng;

    (void)state;
    ory_rng_init(&rng, 2385, 0);
    for (int i = 0; i < MANY; i++) {
        double u = ory_rng_uniform(&rng);

        assert_true(u >= 0 && u < 1);
        sum += u - 0.5;
        square += (u - 0.5) * (u - 0.5);
        cell[(int)(100 * u)]++;
    }
    for (int i = 0; i < 100; i++)
        chi2 += (cell[i] - MANY / 100.0) * (cell[i] - MANY / 100.0) / (MANY / 100.0);
    assert_true(fabs(sum / MANY) < 5 * sqrt(1 / 12.0 / MANY));
    assert_true(fabs(square / MANY - 1 / 12.0) < 5 * sqrt(1 / 180.0 / MANY));
    assert_true(fabs(chi2 - 99) < 5 * sqrt(2 * 99.0));
}

/* Moments to the fourth and the share beyond 1, 2, 3 (from erfc). */
static void normals_are_normal(void **state)
{
    double moment[5] = {0};
    size_t beyond[4] = {0};
    ory_rng rng;

    (void)state;
    ory_rng_init(&rng, 731, 0);
    for (int i = 0; i < MANY; i++) {
        double x = ory_rng_normal(&rng), power = 1;

        for (int m = 0; m < 5; m++, power *= x)
            moment[m] += power / MANY;
        for (int k = 1; k < 4; k++)
            beyond[k] += fabs(x) > k;
    }
    assert_true(fabs(moment[1]) < 5 * sqrt(1.0 / MANY));
    assert_true(fabs(moment[2] - 1) < 5 * sqrt(2.0 / MANY));
    assert_true(fabs(moment[3]) < 5 * sqrt(15.0 / MANY));
    assert_true(fabs(moment[4] - 3) < 5 * sqrt(96.0 / MANY));
    for (int k = 1; k < 4; k++) {
        double share = erfc(k / sqrt(2));

        assert_true(fabs((double)beyond[k] / MANY - share) < 5 * sqrt(share / MANY));
    }
}

static void filling_equals_drawing_one_by_one(void **state)
{
    double x[501];
    ory_rng a, b;

    (void)state;
    ory_rng_init(&a, 5, 5);
    b = a;
    ory_rng_fill_normal(&a, x, 501, -2.5, 0.731);
    for (int i = 0; i < 501; i++)
        assert_true(x[i] == -2.5 + 0.731 * ory_rng_normal(&b));
    ory_rng_fill_uniform(&a, x, 501, -3, 4.5);
    for (int i = 0; i < 501; i++) {
        assert_true(x[i] == -3 + 7.5 * ory_rng_uniform(&b));
        assert_true(x[i] >= -3 && x[i] < 4.5);
    }
}

static void a_narrow_interval_stays_half_open(void **state)
{
    const double low = 1, high = 1 + 3 * 0x1p-52;
    double x[4000];
    ory_rng rng;

    (void)state;
    ory_rng_init(&rng, 8, 0);
    ory_rng_fill_uniform(&rng, x, 4000, low, high);
    for (int i = 0; i < 4000; i++)
        assert_true(x[i] >= low && x[i] < high);
}

static void whole_numbers_below_n_are_even(void **state)
{
    size_t cell[7] = {0};
    double chi2 = 0;
    uint64_t big = 0;
    ory_rng rng;

    (void)state;
    ory_rng_init(&rng, 11, 0);
    for (int i = 0; i < MANY; i++) {
        uint64_t k = ory_rng_below(&rng, 7);

        assert_true(k < 7);
        cell[k]++;
    }
    for (int i = 0; i < 7; i++)
        chi2 += (cell[i] - MANY / 7.0) * (cell[i] - MANY / 7.0) / (MANY / 7.0);
    assert_true(chi2 < 6 + 5 * sqrt(12));
    /* 3 2^62 values: a plain remainder would return the lowest third twice as often */
    for (int i = 0; i < 3000; i++) {
        uint64_t k = ory_rng_below(&rng, 3 * ((uint64_t)1 << 62));

        assert_true(k < 3 * ((uint64_t)1 << 62));
        big += k < (uint64_t)1 << 62;
    }
    assert_true(fabs(big / 3000.0 - 1 / 3.0) < 5 * sqrt(2 / 9.0 / 3000));
    assert_true(ory_rng_below(&rng, 1) == 0);
    assert_true(ory_rng_below(&rng, 0) == 0);
}

static void permutations_are_complete_and_even(void **state)
{
    size_t p[100], seen[100], count[6] = {0};
    ory_rng rng;

    (void)state;
    ory_rng_init(&rng, 4, 2);
    for (size_t n = 0; n <= 100; n++) {
        memset(seen, 0, sizeof seen);
        ory_rng_permutation(&rng, p, n);
        for (size_t i = 0; i < n; i++) {
            assert_true(p[i] < n);
            assert_int_equal(seen[p[i]]++, 0);
        }
    }
    for (int i = 0; i < 60000; i++) {
        ory_rng_permutation(&rng, p, 3);
        count[p[0] * 2 + (p[1] > p[2])]++;
    }
    for (int i = 0; i < 6; i++)
        assert_true(fabs((double)count[i] - 10000) < 5 * sqrt(10000 * 5 / 6.0));
}

static void gsl_draws_from_the_same_stream(void **state)
{
    ory_rng a, b;
    ory_rng_gsl box;
    gsl_rng *gsl;
    double sum = 0;

    (void)state;
    ory_rng_init(&a, 17, 0);
    b = a;
    gsl = ory_rng_as_gsl(&a, &box);
    assert_string_equal(gsl_rng_name(gsl), "xoshiro256++");
    assert_int_equal(gsl_rng_size(gsl), sizeof(ory_rng));
    assert_true(gsl_rng_uniform(gsl) == ory_rng_uniform(&b));
    assert_true(gsl_rng_get(gsl) == ory_rng_bits(&b) >> 32);
    assert_true(gsl_ran_gaussian_ziggurat(gsl, 1) == ory_rng_normal(&b));
    assert_memory_equal(&a, &b, sizeof a);
    gsl_rng_set(gsl, 1234567);
    assert_true(a.word[0] == 6457827717110365317u);
    for (int i = 0; i < 20000; i++)
        sum += gsl_ran_exponential(gsl, 2.385);
    assert_true(fabs(sum / 20000 - 2.385) < 5 * 2.385 / sqrt(20000));
}

/* GSL reads these two when its own default generator is used; ours never does. */
static void the_environment_has_no_influence(void **state)
{
    ory_rng a, b;

    (void)state;
    ory_rng_init(&a, 3, 0);
    setenv("GSL_RNG_SEED", "99", 1);
    setenv("GSL_RNG_TYPE", "taus", 1);
    ory_rng_init(&b, 3, 0);
    assert_true(ory_rng_normal(&a) == ory_rng_normal(&b));
    unsetenv("GSL_RNG_SEED");
    unsetenv("GSL_RNG_TYPE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bits_are_those_of_xoshiro256pp),
        cmocka_unit_test(stream_zero_is_seeded_by_splitmix64),
        cmocka_unit_test(another_stream_is_seeded_elsewhere),
        cmocka_unit_test(seeds_and_streams_give_different_numbers),
        cmocka_unit_test(splitting_depends_on_state_and_key_and_moves_nothing),
        cmocka_unit_test(a_copied_state_goes_on_alike),
        cmocka_unit_test(uniforms_are_uniform),
        cmocka_unit_test(normals_are_normal),
        cmocka_unit_test(filling_equals_drawing_one_by_one),
        cmocka_unit_test(a_narrow_interval_stays_half_open),
        cmocka_unit_test(whole_numbers_below_n_are_even),
        cmocka_unit_test(permutations_are_complete_and_even),
        cmocka_unit_test(gsl_draws_from_the_same_stream),
        cmocka_unit_test(the_environment_has_no_influence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
