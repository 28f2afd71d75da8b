/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_dict.c - sparse codes over 5,000 unit atoms of 512 numbers: the Gram matrix, OMP
 * with 30 atoms, lasso, each alone and in a batch; an epoch of dictionary learning. Lines
 * "case<TAB>figure<TAB>unit". Run by `make bench`. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "algo/dict_learn.h"
#include "algo/sparse_code.h"
#include "core/clock.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "core/rng.h"

enum { ATOMS = 5000, WIDE = 512, QUERIES = 1000, ALONE = 20, MIX = 30 };

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

/* Milliseconds a query, one at a time and all at once. */
static void time_codes(const char *alone, const char *batch, ory_coder *coder, ory_gram *gram,
                       const ory_code_spec *spec, const ory_mat *V, const ory_mat *W)
{
    double begin = ory_clock_now();
    size_t i;

    for (i = 0; i < ALONE; i++) {
        ory_mat v = {.rows = 1, .cols = WIDE, .ld = V->ld, .data = ory_mat_at(V, i, 0)};
        ory_mat w = {.rows = 1, .cols = ATOMS, .ld = W->ld, .data = ory_mat_at(W, i, 0)};

        must(ory_code_batch(coder, spec, gram, &v, &w, NULL, &err));
    }
    report(alone, 1e3 * (ory_clock_now() - begin) / ALONE, "ms");
    begin = ory_clock_now();
    must(ory_code_batch(coder, spec, gram, V, W, NULL, &err));
    report(batch, 1e3 * (ory_clock_now() - begin) / QUERIES, "ms");
}

/* One epoch over the queries with 100 atoms. */
static void time_learning(const ory_mat *V)
{
    enum { LEARNED = 100, BATCH = 50 };
    double *D = ory_alloc(LEARNED * WIDE, sizeof *D), *A = ory_alloc(LEARNED * LEARNED, sizeof *A);
    double *B = ory_alloc(LEARNED * WIDE, sizeof *B), t = 0, begin;
    size_t *order = ory_alloc(QUERIES, sizeof *order), at;
    ory_learner x;
    ory_rng rng;

    if (!D || !A || !B || !order)
        must(ory_fail(&err, ORY_ENOMEM, "no memory"));
    ory_rng_init(&rng, 2, 9);
    must(ory_learner_init(&x, LEARNED, WIDE, QUERIES, 0.1, 5, &err));
    must(ory_learner_start(V, LEARNED, &rng, order, D, &err));
    begin = ory_clock_now();
    for (at = 0; at < QUERIES; at += BATCH)
        ory_learner_batch(&x, V, order + at, BATCH, D, A, B, &t);
    report("learn_epoch", ory_clock_now() - begin, "s");
    ory_learner_fini(&x);
    ory_free(D);
    ory_free(A);
    ory_free(B);
    ory_free(order);
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
    report("gram", ory_clock_now() - begin, "s");
    must(ory_coder_init(&coder, ATOMS, &err));
    time_codes("omp_query", "omp_batch", &coder, &gram, &omp, &V, &W);
    time_codes("lasso_query", "lasso_batch", &coder, &gram, &lasso, &V, &W);
    time_learning(&V);
    ory_coder_fini(&coder);
    ory_gram_fini(&gram);
    ory_mat_free(&A);
    ory_mat_free(&V);
    ory_mat_free(&W);
    return 0;
}
