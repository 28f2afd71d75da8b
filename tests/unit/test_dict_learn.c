/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_dict_learn.c - learned dictionaries find what was planted; case 15 of theory page 9. */
#include "config.h"

#include "case.h"

#include "algo/dict_learn.h"

enum { N = 30, WIDE = 20 };

static ory_rng rng;
static double truth[N * WIDE], D[N * WIDE], A[N * N], B[N * WIDE], work[N * N + 6 * (N + 1)];
static size_t order[2000];

static void unit_atoms(double *out)
{
    ory_rng_fill_normal(&rng, out, N * WIDE, 0, 1);
    for (size_t j = 0; j < N; j++) {
        double size = ory_norm2(out + j * WIDE, WIDE);

        for (size_t i = 0; i < WIDE; i++)
            out[j * WIDE + i] /= size;
    }
}

/* Exact mixes of two atoms with weights +-[0.5, 1.5]. */
static ory_mat planted(size_t m)
{
    ory_mat X;

    assert_int_equal(ory_mat_new(&X, m, WIDE, NULL), ORY_OK);
    unit_atoms(truth);
    for (size_t i = 0; i < m; i++) {
        size_t a = ory_rng_below(&rng, N), b = (a + 1 + ory_rng_below(&rng, N - 1)) % N;

        for (int k = 0; k < 2; k++)
            ory_axpy((0.5 + ory_rng_uniform(&rng)) * (ory_rng_below(&rng, 2) ? 1 : -1),
                     truth + (k ? a : b) * WIDE, ory_mat_at(&X, i, 0), WIDE);
    }
    return X;
}

static void case_15_online(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2; seed++) {
        ory_learner x;
        ory_mat X;
        double t = 0, last;

        ory_rng_init(&rng, seed, 15);
        X = planted(2000);
        assert_int_equal(ory_learner_init(&x, N, WIDE, X.rows, 0.1, 2, NULL), ORY_OK);
        assert_int_equal(ory_learner_start(&X, N, &rng, order, D, NULL), ORY_OK);
        memset(A, 0, sizeof A);
        memset(B, 0, sizeof B);
        last = ory_learner_objective(&x, D, &X);
        ory_mem_fault_set(0); /* learning asks for no memory */
        for (int epoch = 0; epoch < 4; epoch++) {
            double now;

            ory_rng_permutation(&rng, order, X.rows);
            for (size_t at = 0; at < X.rows; at += 50)
                ory_learner_batch(&x, &X, order + at, 50, D, A, B, &t);
            now = ory_learner_objective(&x, D, &X);
            if (!(now < last))
                fail_msg("epoch %d: objective %.12g after %.12g", epoch, now, last);
            last = now;
        }
        assert_false(ory_mem_fault_hit());
        ory_mem_fault_set(-1);
        assert_true(ory_learner_found(D, truth, N, WIDE, work) >= 21);
        for (size_t j = 0; j < N; j++)
            assert_true(ory_norm2(D + j * WIDE, WIDE) <= 1 + 1e-12);
        ory_learner_fini(&x);
        ory_mat_free(&X);
    }
}

static void case_15_ksvd(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2; seed++) {
        ory_learner x;
        ory_mat X;
        double first = 0, last = 0;

        ory_rng_init(&rng, seed, 16);
        X = planted(800);
        assert_int_equal(ory_learner_init(&x, N, WIDE, X.rows, 0.1, 2, NULL), ORY_OK);
        assert_int_equal(ory_learner_start(&X, N, &rng, order, D, NULL), ORY_OK);
        for (int sweep = 0; sweep < 25; sweep++) {
            last = ory_learner_ksvd(&x, &X, D);
            if (sweep == 0)
                first = last;
        }
        assert_true(last < first / 2);
        assert_true(ory_learner_found(D, truth, N, WIDE, work) >= 21);
        ory_learner_fini(&x);
        ory_mat_free(&X);
    }
}

/* All 120 assignments of five atoms, one by one. */
static size_t best_of(const double *c, size_t *rows, size_t at, double sum, double *best, size_t hits,
                      size_t *best_hits)
{
    if (at == 5 && sum > *best) {
        *best = sum;
        *best_hits = hits;
    }
    for (size_t i = at; i < 5; i++) {
        size_t swap = rows[at];
        double x;

        rows[at] = rows[i], rows[i] = swap;
        x = c[rows[at] * 5 + at];
        best_of(c, rows, at + 1, sum + x, best, hits + (x > 0.97), best_hits);
        swap = rows[at];
        rows[at] = rows[i], rows[i] = swap;
    }
    return *best_hits;
}

static void found_atoms_are_those_of_the_best_assignment(void **state)
{
    (void)state;
    ory_rng_init(&rng, 3, 17);
    for (int trial = 0; trial < 50; trial++) {
        double a[10], b[10], c[25], best = -1;
        size_t rows[] = {0, 1, 2, 3, 4}, hits = 0;

        ory_rng_fill_normal(&rng, a, 10, 0, 1);
        ory_rng_fill_normal(&rng, b, 10, 0, 1);
        for (int i = 0; i < 25; i++)
            c[i] = fabs(ory_dot(a + i / 5 * 2, b + i % 5 * 2, 2)) / ory_norm2(a + i / 5 * 2, 2) /
                   ory_norm2(b + i % 5 * 2, 2);
        assert_int_equal(ory_learner_found(a, b, 5, 2, work), best_of(c, rows, 0, 0, &best, 0, &hits));
    }
}

static void too_few_samples_are_refused(void **state)
{
    ory_learner x;
    ory_error err;

    (void)state;
    assert_int_equal(ory_learner_init(&x, 5, 3, 4, 0.1, 2, &err), ORY_ESHAPE);
    assert_non_null(strstr(err.text, "4 samples for 5 atoms"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_15_online),
        cmocka_unit_test(case_15_ksvd),
        cmocka_unit_test(found_atoms_are_those_of_the_best_assignment),
        cmocka_unit_test(too_few_samples_are_refused),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
