/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_sparse_code.c - the solvers against numbers worked out by hand, enumeration of all
 * sign patterns, least squares, and each other. Cases are those of theory page 9. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "algo/sparse_code.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "core/rng.h"

static ory_rng rng;

static void near_to(double got, double want, double tol, const char *what, int line)
{
    if (!(fabs(got - want) <= tol))
        fail_msg("line %d: %s = %.17g, expected %.17g", line, what, got, want);
}
#define NEAR(got, want, tol) near_to(got, want, tol, #got, __LINE__)

/* ----------------------------------------------------------------- problems */

typedef struct problem {
    size_t n, d;
    double *A, *v, *q, *w, *g; /* atoms as rows */
    ory_gram *gram;
    ory_coder coder;
    ory_code_task task;
} problem;

static double *numbers(size_t n)
{
    double *x = ory_alloc(n, sizeof *x);

    assert_non_null(x);
    return x;
}

/* From A and v. */
static void settle(problem *p)
{
    size_t j;

    for (j = 0; j < p->n; j++)
        p->q[j] = ory_dot(p->A + j * p->d, p->v, p->d);
    assert_non_null(p->gram = ory_alloc(1, sizeof *p->gram));
    assert_int_equal(ory_gram_init(p->gram, p->A, p->n, p->d, NULL), ORY_OK);
    assert_int_equal(ory_coder_init(&p->coder, p->n, NULL), ORY_OK);
    p->task = (ory_code_task){.gram = p->gram, .q = p->q, .vv = ory_dot(p->v, p->v, p->d), .v = p->v};
}

static problem empty(size_t n, size_t d)
{
    return (problem){n, d, numbers(n * d), numbers(d), numbers(n), numbers(n), numbers(n), NULL, {0}, {0}};
}

/* D as the page prints it, d rows of n. */
static problem problem_of(size_t n, size_t d, const double *D, const double *v)
{
    problem p = empty(n, d);
    size_t i, j;

    for (i = 0; i < d; i++)
        for (j = 0; j < n; j++)
            p.A[j * d + i] = D[i * n + j];
    memcpy(p.v, v, d * sizeof *v);
    settle(&p);
    return p;
}

/* Coherent unit atoms (a common part in all) and a source that mixes a few of them. */
static problem random_problem(size_t n, size_t d, double common)
{
    problem p = empty(n, d);
    size_t i, j;

    for (j = 0; j < n; j++) {
        double *a = p.A + j * d, size;

        ory_rng_fill_normal(&rng, a, d, 0, 1);
        for (i = 0; i < d; i++)
            a[i] += common;
        size = ory_norm2(a, d);
        for (i = 0; i < d; i++)
            a[i] /= size;
    }
    ory_rng_fill_normal(&rng, p.v, d, 0, 0.1);
    for (i = 0; i < 4; i++)
        ory_axpy(ory_rng_normal(&rng), p.A + ory_rng_below(&rng, n) * d, p.v, d);
    settle(&p);
    return p;
}

static void drop(problem *p)
{
    ory_gram_fini(p->gram);
    ory_free(p->gram);
    ory_coder_fini(&p->coder);
    ory_free(p->A);
    ory_free(p->v);
    ory_free(p->q);
    ory_free(p->w);
    ory_free(p->g);
}

/* The gap is never small enough for tol -1: until nothing moves any more. */
static ory_code_spec spec_of(ory_code_method method, double l1, double l2, bool nonneg)
{
    return (ory_code_spec){.method = method, .l1 = l1, .l2 = l2, .nonneg = nonneg, .k = 1000,
                           .tol = method == ORY_CODE_OMP ? 0 : -1, .max = 200000, .screen = true};
}

static ory_code_result solve(problem *p, ory_code_spec spec, double *w)
{
    ory_code_result r;

    memset(w, 0, p->n * sizeof *w);
    assert_int_equal(ory_code_solve(&p->coder, &spec, &p->task, w, &r, NULL), ORY_OK);
    return r;
}

static const double five[] = {1, .2, .5, -.3, 0, 0, .9, .5, .4, .1, .3, -.4, .6, .8, .2, .1, 0, -.2, .3, 1.1};
static const double source[] = {1.3, -.4, .9, .25};

/* -------------------------------------------------------------- the page's cases */

static void case_1_order_of_omp(void **state)
{
    problem p = problem_of(5, 4, five, source);
    const size_t order[] = {0, 1, 3, 4};
    ory_omp o;
    size_t i;

    (void)state;
    NEAR(ory_code_l1_max(p.q, 5, false), 1.595, 1e-14);
    assert_int_equal(ory_omp_init(&o, 5, 4, 4, NULL), ORY_OK);
    ory_omp_start(&o, &p.task);
    for (i = 0; i < 4; i++) {
        double before = o.rr;

        assert_true(ory_omp_step(&o, &p.task));
        assert_int_equal(o.order[i], order[i]);
        assert_true(o.rr <= before);
        if (i == 1)
            NEAR(o.rr, 0.079355649103748, 1e-14);
        for (size_t s = 0; s <= i; s++) /* the residual is orthogonal to the chosen */
            NEAR(o.a[o.order[s]], 0, 1e-13);
    }
    assert_false(ory_omp_step(&o, &p.task));
    ory_omp_fini(&o);
    drop(&p);
}

static void case_2_lasso(void **state)
{
    const double w[] = {1.3977484497182, -0.46355855001827, 0, 0.18128702295018, 0};
    problem p = problem_of(5, 4, five, source);
    int m;

    (void)state;
    for (m = ORY_CODE_CD; m <= ORY_CODE_FISTA; m++) {
        ory_code_result r = solve(&p, spec_of((ory_code_method)m, 0.1, 0, false), p.w);

        for (int j = 0; j < 5; j++)
            NEAR(p.w[j], w[j], 1e-12);
        NEAR(r.point.objective, 0.21984918566851, 1e-13);
        assert_true(r.converged && r.point.nonzeros == 3);
    }
    drop(&p);
}

static void case_4_gap(void **state)
{
    problem p = problem_of(5, 4, five, source);
    const double w[] = {1, 0, 0, .5, 0};
    ory_code_point at;

    (void)state;
    p.task.l1 = 0.1;
    p.task.l2 = 0.2;
    ory_code_correlate(&p.task, w, p.g);
    ory_code_look(&p.task, w, p.g, &at);
    NEAR(at.objective, 0.57625, 1e-14);
    NEAR(at.gap, 0.40180179779281, 1e-13);
    drop(&p);
}

static void case_5_orthonormal(void **state)
{
    const double D[] = {.5, .5, .5, .5, .5, -.5, .5, -.5, .5, .5, -.5, -.5, .5, -.5, -.5, .5};
    const double v[] = {2, 3, -.5, .25}, w[] = {1.875, -.375, 2.125, 0};
    problem p = problem_of(4, 4, D, v);

    (void)state;
    for (int nonneg = 0; nonneg < 2; nonneg++)
        for (int l2 = 0; l2 < 2; l2++)
            for (int m = ORY_CODE_CD; m <= ORY_CODE_FISTA; m++) {
                solve(&p, spec_of((ory_code_method)m, 0.5, l2, nonneg), p.w);
                for (int j = 0; j < 4; j++)
                    NEAR(p.w[j], (nonneg && w[j] < 0 ? 0 : w[j]) / (1 + l2), 1e-12);
            }
    drop(&p);
}

static void case_6_twins(void **state)
{
    const double D[] = {1, 1, 0, 1, 1, 1}, v[] = {2, 3};
    problem p = problem_of(3, 2, D, v);
    ory_omp o;

    (void)state;
    solve(&p, spec_of(ORY_CODE_CD, 0.5, 1, false), p.w);
    NEAR(p.w[0], 0.8125, 1e-12);
    NEAR(p.w[1], 0.8125, 1e-12);
    NEAR(p.w[2], 0.4375, 1e-12);
    solve(&p, spec_of(ORY_CODE_CD, 0.5, 0, false), p.w);
    NEAR(p.w[0] + p.w[1], 2, 1e-10);
    NEAR(p.w[2], 0.5, 1e-10);
    assert_int_equal(ory_omp_init(&o, 3, 3, 2, NULL), ORY_OK);
    ory_omp_start(&o, &p.task);
    assert_true(ory_omp_step(&o, &p.task));
    assert_true(ory_omp_step(&o, &p.task));
    assert_false(ory_omp_step(&o, &p.task));
    assert_true(o.k == 2 && o.order[0] == 0 && o.order[1] == 2);
    ory_omp_fini(&o);
    drop(&p);
}

/* ------------------------------------------------ oracles: all patterns, one by one */

enum { MANY = 6 };

/* Weights of the stationary point with these signs; false when it is not one. */
static bool pattern_solves(const problem *p, const int *sign, double l1, double l2, bool nonneg, double *w)
{
    double G[MANY * MANY], b[MANY], x[MANY];
    size_t at[MANY], m = 0, i, k;
    ory_mat GM, BM, XM;

    for (i = 0; i < p->n; i++)
        if (sign[i])
            at[m++] = i;
    memset(w, 0, p->n * sizeof *w);
    for (i = 0; i < m; i++) {
        b[i] = p->q[at[i]] - l1 * sign[at[i]];
        for (k = 0; k < m; k++)
            G[i * m + k] = ory_dot(p->A + at[i] * p->d, p->A + at[k] * p->d, p->d) + (i == k ? l2 : 0);
    }
    GM = ory_mat_view(G, m, m), BM = ory_mat_view(b, m, 1), XM = ory_mat_view(x, m, 1);
    if (m > 0 && ory_solve(&GM, &BM, &XM, NULL) != ORY_OK)
        return false;
    for (i = 0; i < m; i++) {
        if (x[i] * sign[at[i]] <= 0)
            return false;
        w[at[i]] = x[i];
    }
    for (i = 0; i < p->n; i++) {
        double g = p->q[i];

        for (k = 0; k < p->n; k++)
            g -= ory_dot(p->A + i * p->d, p->A + k * p->d, p->d) * w[k];
        if (!sign[i] && (nonneg ? g : fabs(g)) > l1 + 1e-11)
            return false;
    }
    return true;
}

static void by_enumeration(const problem *p, double l1, double l2, bool nonneg, double *w)
{
    int code, total = 1, sign[MANY];
    size_t i;

    for (i = 0; i < p->n; i++)
        total *= 3;
    for (code = 0; code < total; code++) {
        bool fits = true;
        int rest = code;

        for (i = 0; i < p->n; i++, rest /= 3) {
            sign[i] = rest % 3 == 2 ? -1 : rest % 3;
            fits = fits && !(nonneg && sign[i] < 0);
        }
        if (fits && pattern_solves(p, sign, l1, l2, nonneg, w))
            return;
    }
    fail_msg("no sign pattern is optimal");
}

static void case_8_three_solvers_agree(void **state)
{
    (void)state;
    ory_rng_init(&rng, 8, 0);
    for (int trial = 0; trial < 40; trial++) {
        problem p = random_problem(MANY, 5 + (size_t)trial % 6, 0.5 * (trial % 3));
        double most = ory_code_l1_max(p.q, p.n, false), l1 = most * (0.02 + 0.015 * trial);
        double l2 = p.d < p.n || trial % 2 ? 0.1 : 0, want[MANY], w[MANY];
        bool nonneg = trial % 4 > 1;

        by_enumeration(&p, l1, l2, nonneg, want);
        for (int m = ORY_CODE_CD; m <= ORY_CODE_FISTA; m++) {
            ory_code_result r = solve(&p, spec_of((ory_code_method)m, l1, l2, nonneg), w);

            for (int j = 0; j < MANY; j++)
                NEAR(w[j], want[j], 1e-8);
            assert_true(r.converged && r.violation < 1e-8 * most);
            assert_true(r.point.gap < 1e-12 * p.task.vv);
        }
        drop(&p);
    }
}

/* OMP as the textbook has it: least squares over the chosen atoms each time. */
static void textbook_omp(const problem *p, size_t k, size_t *order, double *rr)
{
    double *r = numbers(p->d), S[64 * 64], x[64];
    ory_mat b = ory_mat_view(p->v, p->d, 1);
    size_t i, j, s;

    memcpy(r, p->v, p->d * sizeof *r);
    for (s = 0; s < k; s++) {
        double best = -1;
        ory_mat SM = ory_mat_view(S, p->d, s + 1), X = ory_mat_view(x, s + 1, 1);

        for (j = 0; j < p->n; j++) {
            double c = fabs(ory_dot(p->A + j * p->d, r, p->d)) / ory_norm2(p->A + j * p->d, p->d);
            bool used = false;

            for (i = 0; i < s; i++)
                used = used || order[i] == j;
            if (!used && c > best) {
                best = c;
                order[s] = j;
            }
        }
        for (i = 0; i < p->d; i++)
            for (j = 0; j <= s; j++)
                S[i * (s + 1) + j] = p->A[order[j] * p->d + i];
        assert_int_equal(ory_lstsq(&SM, &b, 0, &X, NULL, NULL), ORY_OK);
        memcpy(r, p->v, p->d * sizeof *r);
        for (j = 0; j <= s; j++)
            ory_axpy(-x[j], p->A + order[j] * p->d, r, p->d);
        rr[s] = ory_dot(r, r, p->d);
    }
    ory_free(r);
}

static void case_8_batch_omp_is_textbook_omp(void **state)
{
    (void)state;
    ory_rng_init(&rng, 88, 0);
    for (int trial = 0; trial < 40; trial++) {
        problem p = random_problem(30, 20, 0.4 * (trial % 3));
        size_t order[8];
        double rr[8];
        ory_omp o;

        textbook_omp(&p, 8, order, rr);
        assert_int_equal(ory_omp_init(&o, p.n, 8, p.d, NULL), ORY_OK);
        ory_omp_start(&o, &p.task);
        for (size_t s = 0; s < 8; s++) {
            assert_true(ory_omp_step(&o, &p.task));
            assert_int_equal(o.order[s], order[s]);
            NEAR(o.rr, rr[s], 1e-12 * p.task.vv);
        }
        assert_false(ory_omp_step(&o, &p.task));
        ory_omp_fini(&o);
        drop(&p);
    }
}

/* Least squares with w >= 0: the best of all subsets whose own solution is positive. */
static void nonnegative_omp_ends_at_nnls(void **state)
{
    (void)state;
    ory_rng_init(&rng, 89, 0);
    for (int trial = 0; trial < 40; trial++) {
        problem p = random_problem(MANY, 9, 0.7 * (trial % 2));
        double want[MANY];

        by_enumeration(&p, 0, 0, true, want);
        solve(&p, spec_of(ORY_CODE_OMP, 0, 0, true), p.w);
        for (int j = 0; j < MANY; j++)
            NEAR(p.w[j], want[j], 1e-9);
        solve(&p, spec_of(ORY_CODE_CD, 0, 0, true), p.w); /* and descent without a penalty */
        for (int j = 0; j < MANY; j++)
            NEAR(p.w[j], want[j], 1e-9);
        drop(&p);
    }
}

/* Atoms that leave go by the shortest way: the residual falls at every step all the same. */
static void nonnegative_omp_descends_while_atoms_leave(void **state)
{
    int left = 0;

    (void)state;
    ory_rng_init(&rng, 90, 0);
    for (int trial = 0; trial < 20; trial++) {
        problem p = random_problem(60, 20, 0.2);
        double before = p.task.vv;
        ory_omp o;

        p.task.nonneg = true;
        assert_int_equal(ory_omp_init(&o, p.n, p.d, p.d, NULL), ORY_OK);
        ory_omp_start(&o, &p.task);
        for (size_t was = 0; ory_omp_step(&o, &p.task); was = o.k) {
            assert_true(o.rr < before);
            before = o.rr;
            left += o.k <= was;
            for (size_t i = 0; i < o.k; i++)
                assert_true(o.c[i] > 0);
        }
        ory_omp_fini(&o);
        drop(&p);
    }
    assert_true(left > 5);
}

static void case_9_ends_of_the_path(void **state)
{
    (void)state;
    ory_rng_init(&rng, 9, 0);
    for (int trial = 0; trial < 10; trial++) {
        problem p = random_problem(trial % 2 ? 150 : 30, 40, 0.3);
        bool nonneg = trial % 4 > 1;
        double most = ory_code_l1_max(p.q, p.n, nonneg);

        for (int m = ORY_CODE_CD; m <= ORY_CODE_FISTA; m++) {
            assert_int_equal(solve(&p, spec_of((ory_code_method)m, most, 0, nonneg), p.w).point.nonzeros, 0);
            assert_int_equal(solve(&p, spec_of((ory_code_method)m, 0.999 * most, 0, nonneg), p.w)
                                 .point.nonzeros, 1);
        }
        drop(&p);
    }
}

static void case_10_screening_changes_nothing_but_the_work(void **state)
{
    (void)state;
    ory_rng_init(&rng, 10, 0);
    for (int trial = 0; trial < 8; trial++) {
        problem p = random_problem(120, 60, 0.2);
        double l1 = 0.3 * ory_code_l1_max(p.q, p.n, trial % 2), *w = numbers(p.n), *u = numbers(p.n);
        ory_code_spec spec = spec_of(ORY_CODE_CD, l1, 0.01, trial % 2);
        ory_code_result on, off, sets;

        spec.plain = true;
        spec.tol = 1e-15;
        on = solve(&p, spec, p.w);
        spec.screen = false;
        off = solve(&p, spec, w);
        spec.plain = false;
        sets = solve(&p, spec, u);
        for (size_t j = 0; j < p.n; j++) {
            NEAR(p.w[j], w[j], 1e-7);
            NEAR(u[j], w[j], 1e-7);
        }
        assert_true(on.visits < off.visits && on.screened > 0 && off.screened == 0);
        assert_true(sets.visits < off.visits);
        ory_free(w);
        ory_free(u);
        drop(&p);
    }
}

static void case_11_exact_recovery_below_the_coherence_limit(void **state)
{
    problem p = empty(128, 64);
    ory_code_spec spec = spec_of(ORY_CODE_OMP, 0, 0, false);
    double worst = 0;
    size_t i, j;

    (void)state;
    for (i = 0; i < 64; i++) {
        p.A[i * 64 + i] = 1;
        for (j = 0; j < 64; j++)
            p.A[(64 + i) * 64 + j] = __builtin_parityll(i & j) ? -0.125 : 0.125;
    }
    settle(&p);
    for (i = 0; i < 128; i++)
        for (j = 0; j < i; j++)
            worst = fmax(worst, fabs(ory_gram_row(p.gram, i)[j]));
    NEAR(worst, 0.125, 1e-15);
    ory_rng_init(&rng, 11, 0);
    spec.k = 4;
    for (int trial = 0; trial < 200; trial++) {
        double w[128] = {0};

        memset(p.v, 0, 64 * sizeof *p.v);
        for (i = 0; i < 4; i++) {
            do
                j = ory_rng_below(&rng, 128);
            while (w[j] != 0);
            w[j] = (ory_rng_uniform(&rng) + 0.2) * (ory_rng_below(&rng, 2) ? 1 : -1);
            ory_axpy(w[j], p.A + j * 64, p.v, 64);
        }
        for (j = 0; j < 128; j++)
            p.q[j] = ory_dot(p.A + j * 64, p.v, 64);
        p.task.vv = ory_dot(p.v, p.v, 64);
        solve(&p, spec, p.w);
        for (j = 0; j < 128; j++)
            NEAR(p.w[j], w[j], 1e-10);
    }
    drop(&p);
}

/* ------------------------------------------------------------------- paths, batches */

static void paths_are_solutions_and_monotone(void **state)
{
    enum { COUNT = 100 };
    double l1[COUNT];
    ory_code_result r[COUNT];

    (void)state;
    ory_rng_init(&rng, 12, 0);
    for (int trial = 0; trial < 4; trial++) {
        problem p = random_problem(trial < 2 ? 40 : 300, 50, 0.3);
        ory_code_spec spec = spec_of(ORY_CODE_CD, 0, 0, trial % 2);
        double most = ory_code_l1_max(p.q, p.n, trial % 2), norm = 0, rr = INFINITY;
        ory_mat W;

        spec.tol = 1e-13;
        ory_code_grid(most, 1e-3, COUNT, l1);
        NEAR(l1[0], most, 0);
        NEAR(l1[COUNT - 1], 1e-3 * most, 1e-15);
        assert_int_equal(ory_mat_new(&W, COUNT, p.n, NULL), ORY_OK);
        assert_int_equal(ory_code_path(&p.coder, &spec, &p.task, l1, COUNT, &W, r, NULL), ORY_OK);
        for (int i = 0; i < COUNT; i++) {
            double now = 0;

            for (size_t j = 0; j < p.n; j++)
                now += fabs(*ory_mat_at(&W, (size_t)i, j));
            assert_true(now >= norm - 1e-5 && r[i].point.rr <= rr + 1e-6 * p.task.vv);
            assert_true(r[i].converged && r[i].point.gap <= 1e-13 * p.task.vv);
            norm = now;
            rr = r[i].point.rr;
            if (i % 33 == 1) {
                spec.l1 = l1[i];
                spec.plain = true;
                NEAR(solve(&p, spec, p.w).point.objective, r[i].point.objective, 1e-11 * p.task.vv);
                spec.plain = false;
            }
        }
        ory_mat_free(&W);
        drop(&p);
    }
}

static void batches_equal_single_queries(void **state)
{
    problem p;
    ory_mat V, W;
    ory_code_spec specs[] = {spec_of(ORY_CODE_CD, 0.05, 0.01, false), spec_of(ORY_CODE_OMP, 0, 0, false),
                             spec_of(ORY_CODE_OMP, 0, 0, true), spec_of(ORY_CODE_FISTA, 0.05, 0, true)};

    (void)state;
    ory_rng_init(&rng, 13, 0);
    p = random_problem(130, 33, 0.2);
    specs[1].k = specs[2].k = 7;
    specs[0].tol = specs[3].tol = 1e-13;
    assert_int_equal(ory_mat_new(&V, 5, p.d, NULL), ORY_OK);
    assert_int_equal(ory_mat_new(&W, 5, p.n, NULL), ORY_OK);
    ory_rng_fill_normal(&rng, V.data, 4 * p.d, 0, 1); /* the last row stays zero */
    for (size_t s = 0; s < 4; s++) {
        assert_int_equal(ory_code_batch(&p.coder, &specs[s], p.gram, &V, &W, NULL, NULL), ORY_OK);
        for (size_t i = 0; i < 5; i++) {
            memcpy(p.v, ory_mat_at(&V, i, 0), p.d * sizeof *p.v);
            for (size_t j = 0; j < p.n; j++)
                p.q[j] = ory_dot(p.A + j * p.d, p.v, p.d);
            p.task.vv = ory_dot(p.v, p.v, p.d);
            solve(&p, specs[s], p.w);
            for (size_t j = 0; j < p.n; j++)
                NEAR(p.w[j], *ory_mat_at(&W, i, j), 1e-9);
        }
        assert_true(fabs(p.w[0]) == 0);
    }
    ory_mat_free(&V);
    ory_mat_free(&W);
    drop(&p);
}

static void rows_on_demand_equal_the_whole(void **state)
{
    const size_t n = ORY_GRAM_FULL + 3, d = 7;
    double *A = numbers(n * d);
    ory_gram g;

    (void)state;
    ory_rng_init(&rng, 14, 0);
    ory_rng_fill_normal(&rng, A, n * d, 0, 1);
    assert_int_equal(ory_gram_init(&g, A, n, d, NULL), ORY_OK);
    assert_false(g.full);
    for (size_t j = 5; j < n; j += 1001) {
        const double *row = ory_gram_row(&g, j);

        for (size_t i = 0; i < n; i += 97)
            NEAR(row[i], ory_dot(A + i * d, A + j * d, d), 1e-12);
    }
    assert_false(g.have[0]);
    ory_gram_fini(&g);
    ory_free(A);
}

static void zero_atoms_and_zero_sources_have_zero_weight(void **state)
{
    const double D[] = {1, 0, .5, 2, 0, 1}, v[] = {1, -2}, none[] = {0, 0};
    problem p = problem_of(3, 2, D, v), z = problem_of(3, 2, D, none);

    (void)state;
    for (int m = 0; m < ORY_CODE_METHODS; m++) {
        ory_code_result r = solve(&p, spec_of((ory_code_method)m, 0.01, 0, false), p.w);

        assert_true(p.w[1] == 0 && p.w[0] != 0 && r.converged);
        r = solve(&z, spec_of((ory_code_method)m, 0.01, 0, false), z.w);
        assert_true(z.w[0] == 0 && z.w[2] == 0 && r.point.rr == 0 && r.converged);
    }
    drop(&p);
    drop(&z);
}

static void a_cap_on_sweeps_is_said(void **state)
{
    problem p;
    ory_code_result r;
    ory_code_spec spec = spec_of(ORY_CODE_CD, 1e-4, 0, false);

    (void)state;
    ory_rng_init(&rng, 15, 0);
    p = random_problem(200, 60, 1);
    spec.max = 3;
    spec.tol = 1e-12;
    for (int plain = 0; plain < 2; plain++) {
        spec.plain = plain;
        r = solve(&p, spec, p.w);
        assert_true(!r.converged && r.point.gap > 1e-12 * p.task.vv);
    }
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_1_order_of_omp),
        cmocka_unit_test(case_2_lasso),
        cmocka_unit_test(case_4_gap),
        cmocka_unit_test(case_5_orthonormal),
        cmocka_unit_test(case_6_twins),
        cmocka_unit_test(case_8_three_solvers_agree),
        cmocka_unit_test(case_8_batch_omp_is_textbook_omp),
        cmocka_unit_test(nonnegative_omp_ends_at_nnls),
        cmocka_unit_test(nonnegative_omp_descends_while_atoms_leave),
        cmocka_unit_test(case_9_ends_of_the_path),
        cmocka_unit_test(case_10_screening_changes_nothing_but_the_work),
        cmocka_unit_test(case_11_exact_recovery_below_the_coherence_limit),
        cmocka_unit_test(paths_are_solutions_and_monotone),
        cmocka_unit_test(batches_equal_single_queries),
        cmocka_unit_test(rows_on_demand_equal_the_whole),
        cmocka_unit_test(zero_atoms_and_zero_sources_have_zero_weight),
        cmocka_unit_test(a_cap_on_sweeps_is_said),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
