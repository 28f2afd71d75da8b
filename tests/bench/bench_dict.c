/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_dict.c - sparse codes over 5,000 unit atoms of 512 numbers: the Gram matrix, OMP
 * with 30 atoms, lasso, each alone and in a batch; an epoch of dictionary learning; a whole
 * decomposition over 30 long atoms. Lines "case<TAB>figure<TAB>unit", the best of a few
 * rounds; peers.py does the same with scikit-learn. Run by `make bench`. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "algo/dict_learn.h"
#include "algo/dictionary.h"
#include "core/clock.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "core/rng.h"

enum { ATOMS = 5000, WIDE = 512, QUERIES = 1000, ALONE = 20, MIX = 30, ROUNDS = 5 };

static ory_error err;

static void must(ory_status ok)
{
    if (ok == ORY_OK)
        return;
    fprintf(stderr, "bench_dict: %s\n", err.text);
    exit(1);
}

static void report(const char *what, double figure, const char *unit)
{
    printf("dict_%s\t%.4g\t%s\n", what, figure, unit);
    fflush(stdout);
}

static void to_unit(double *x)
{
    double size = ory_norm2(x, WIDE);
    size_t i;

    for (i = 0; i < WIDE; i++)
        x[i] /= size;
}

/* Unit atoms, and unit mixes of MIX of them with a little noise. */
static void make(ory_mat *A, ory_mat *V)
{
    ory_rng rng;
    size_t i, k;

    ory_rng_init(&rng, 1, 9);
    ory_rng_fill_normal(&rng, A->data, ATOMS * WIDE, 0, 1);
    for (i = 0; i < ATOMS; i++)
        to_unit(ory_mat_at(A, i, 0));
    ory_rng_fill_normal(&rng, V->data, QUERIES * WIDE, 0, 0.01);
    for (i = 0; i < QUERIES; i++) {
        for (k = 0; k < MIX; k++)
            ory_axpy(ory_rng_normal(&rng), ory_mat_at(A, ory_rng_below(&rng, ATOMS), 0),
                     ory_mat_at(V, i, 0), WIDE);
        to_unit(ory_mat_at(V, i, 0));
    }
}

/* Seconds that coding the first `count` queries takes, `each` at once. */
static double code_queries(ory_coder *coder, ory_gram *gram, const ory_code_spec *spec, const ory_mat *V,
                           const ory_mat *W, size_t count, size_t each)
{
    double begin = ory_clock_now();
    size_t i;

    for (i = 0; i < count; i += each) {
        ory_mat v = {.rows = each, .cols = WIDE, .ld = V->ld, .data = ory_mat_at(V, i, 0)};
        ory_mat w = {.rows = each, .cols = ATOMS, .ld = W->ld, .data = ory_mat_at(W, i, 0)};

        must(ory_code_batch(coder, spec, gram, &v, &w, NULL, &err));
    }
    return ory_clock_now() - begin;
}

/* Milliseconds a query, one at a time and all at once. */
static void time_codes(const char *alone, const char *batch, ory_coder *coder, ory_gram *gram,
                       const ory_code_spec *spec, const ory_mat *V, const ory_mat *W)
{
    double best = INFINITY;
    int i;

    for (i = 0; i < ROUNDS; i++)
        best = fmin(best, code_queries(coder, gram, spec, V, W, ALONE, 1));
    report(alone, 1e3 * best / ALONE, "ms");
    for (i = 0, best = INFINITY; i < 2; i++)
        best = fmin(best, code_queries(coder, gram, spec, V, W, QUERIES, QUERIES));
    report(batch, 1e3 * best / QUERIES, "ms");
}

/* One epoch over the queries with 100 atoms. */
static void time_learning(const ory_mat *V)
{
    enum { LEARNED = 100, BATCH = 50 };
    double *D = ory_alloc(LEARNED * WIDE, sizeof *D), *A = ory_alloc(LEARNED * LEARNED, sizeof *A);
    double *B = ory_alloc(LEARNED * WIDE, sizeof *B), best = INFINITY;
    size_t *order = ory_alloc(QUERIES, sizeof *order), at;
    ory_learner x;
    int i;

    if (!D || !A || !B || !order)
        must(ory_fail(&err, ORY_ENOMEM, "no memory"));
    must(ory_learner_init(&x, LEARNED, WIDE, QUERIES, 0.1, 5, &err));
    for (i = 0; i < ROUNDS; i++) {
        double t = 0, begin;
        ory_rng rng;

        ory_rng_init(&rng, 2, 9);
        memset(A, 0, LEARNED * LEARNED * sizeof *A);
        memset(B, 0, LEARNED * WIDE * sizeof *B);
        must(ory_learner_start(V, LEARNED, &rng, order, D, &err));
        begin = ory_clock_now();
        for (at = 0; at < QUERIES; at += BATCH)
            ory_learner_batch(&x, V, order + at, BATCH, D, A, B, &t);
        best = fmin(best, ory_clock_now() - begin);
    }
    report("learn_epoch", 1e3 * best, "ms");
    ory_learner_fini(&x);
    ory_free(D);
    ory_free(A);
    ory_free(B);
    ory_free(order);
}

/* A small dictionary of long vectors, as a picture's: scaling, Gram matrix and code. */
static void time_long_atoms(void)
{
    enum { N = 30, LONG = 59136 };
    const ory_code_spec spec = {.l1 = 0.0095, .l2 = 0.0005, .tol = 1e-8, .max = 100000, .screen = true};
    double *u = ory_alloc(LONG, sizeof *u), q[N], c[N], scale, best = INFINITY;
    ory_mat A, v;
    ory_rng rng;
    int i;

    must(ory_mat_new(&A, N, LONG, &err));
    must(ory_mat_new(&v, 1, LONG, &err));
    if (!u)
        must(ory_fail(&err, ORY_ENOMEM, "no memory"));
    ory_rng_init(&rng, 3, 9);
    ory_rng_fill_normal(&rng, A.data, N * LONG, 0.5, 1);
    ory_rng_fill_normal(&rng, v.data, LONG, 0, 0.1);
    for (i = 0; i < 5; i++)
        ory_axpy(0.2 * (i + 1), ory_mat_at(&A, (size_t)(6 * i), 0), v.data, LONG);
    for (i = 0; i < ROUNDS; i++) {
        double begin = ory_clock_now();
        ory_dictionary D;
        ory_coder coder;
        ory_code_task t;

        must(ory_dictionary_init(&D, &A, true, NULL, NULL, &err));
        must(ory_coder_init(&coder, N, &err));
        ory_dictionary_project(&D, v.data, u, q, &scale);
        t = (ory_code_task){.gram = &D.gram, .q = q, .vv = 1, .v = u};
        memset(c, 0, sizeof c);
        must(ory_code_solve(&coder, &spec, &t, c, NULL, &err));
        ory_dictionary_weights(&D, c, scale, c);
        best = fmin(best, ory_clock_now() - begin);
        ory_coder_fini(&coder);
        ory_dictionary_fini(&D);
    }
    report("concepts_30x59136", 1e3 * best, "ms");
    ory_mat_free(&A);
    ory_mat_free(&v);
    ory_free(u);
}

int main(void)
{
    const ory_code_spec omp = {.method = ORY_CODE_OMP, .k = MIX, .max = MIX + 1};
    const ory_code_spec lasso = {.l1 = 0.05, .tol = 1e-8, .max = 100000, .screen = true};
    ory_mat A, V, W;
    ory_gram gram;
    ory_coder coder;
    double begin;

    ory_numerics_start(1);
    must(ory_mat_new(&A, ATOMS, WIDE, &err));
    must(ory_mat_new(&V, QUERIES, WIDE, &err));
    must(ory_mat_new(&W, QUERIES, ATOMS, &err));
    make(&A, &V);
    begin = ory_clock_now();
    must(ory_gram_init(&gram, A.data, ATOMS, WIDE, &err));
    ory_gram_fill(&gram);
    report("gram", 1e3 * (ory_clock_now() - begin), "ms");
    must(ory_coder_init(&coder, ATOMS, &err));
    time_codes("omp_query", "omp_batch", &coder, &gram, &omp, &V, &W);
    time_codes("lasso_query", "lasso_batch", &coder, &gram, &lasso, &V, &W);
    time_learning(&V);
    time_long_atoms();
    ory_coder_fini(&coder);
    ory_gram_fini(&gram);
    ory_mat_free(&A);
    ory_mat_free(&V);
    ory_mat_free(&W);
    return 0;
}
