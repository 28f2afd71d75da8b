/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dict_learn.c - dict.learn: a dictionary learned from samples, a mini-batch or a sweep of
 * K-SVD a step.
 *
 * State: atoms (n x d, a row each), A (n x n) and B (n x d), the sums of online learning,
 * clock: steps, and the objective (K-SVD: root mean square error) of the last step. The
 * order of the samples is drawn from the seed and the number of the epoch. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "algo/dict_learn.h"
#include "algo/vec.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "systems/system.h"

enum param_row {
    DP_X, DP_TRUTH, DP_METHOD, DP_N, DP_L1, DP_K, DP_BATCH, DP_HELD,
    DP_DIM, DP_SAMPLES, DP_SPARSITY, DP_NOISE, DP_SEED
};

enum { CK_T, CK_LAST, CLOCK };
enum { METHOD_ONLINE, METHOD_KSVD };
enum { SHOWN = 64 };

static const char *const method_names[] = {"online", "ksvd", NULL};

#define COUNT(def_, min_, doc_) ORY_PARAM_INT, def_, min_, 1e6, NULL, 0, "", doc_, NULL
#define NUMBER(def_, min_, max_, doc_) ORY_PARAM_REAL, def_, min_, max_, NULL, 0, "", doc_, NULL

static const ory_param params[] = {
    [DP_X] = {"X", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",
              "the samples, a row each; made up from the seed when absent", NULL},
    [DP_TRUTH] = {"truth", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                  "the atoms that X was made of, n rows, where they are known", NULL},
    [DP_METHOD] = {"method", ORY_PARAM_CHOICE, 0, 0, 0, method_names, 0, "",
                   "online: a mini-batch a step; ksvd: all samples a step", NULL},
    [DP_N] = {"n", COUNT(30, 1, "atoms to learn")},
    [DP_L1] = {"l1", ORY_PARAM_REAL, 0.1, 0, INFINITY, NULL, ORY_LIVE, "",
               "penalty of the codes of online learning, and of the objective", NULL},
    [DP_K] = {"k", COUNT(2, 1, "ksvd: atoms in the code of a sample")},
    [DP_BATCH] = {"batch", COUNT(50, 1, "online: samples a step")},
    [DP_HELD] = {"held", NUMBER(0.1, 0, 0.9, "part of the samples that is held out for the objective")},
    [DP_DIM] = {"dim", COUNT(20, 1, "generator: length of a sample")},
    [DP_SAMPLES] = {"samples", COUNT(1000, 2, "generator: samples")},
    [DP_SPARSITY] = {"sparsity", COUNT(2, 1, "generator: atoms in a sample, weights +-[0.5, 1.5]")},
    [DP_NOISE] = {"noise", NUMBER(0, 0, INFINITY, "generator: standard deviation of the noise of an entry")},
    [DP_SEED] = {"seed", ORY_PARAM_INT, 1, 0, 0x1p53, NULL, 0, "",
                 "seed of the samples, the start and the order", NULL},
    {0}};

typedef struct learn {
    ory_learner learner;
    size_t n, d, m, train, batch;
    int method;
    bool has_truth;
    double *X, *truth, *work, *v;
    size_t *order;
    uint64_t stamp; /* of the objective kept */
    double objective;
} learn;

/* ----------------------------------------------------------------------------- data */

static ory_status no_memory(const ory_system *s, ory_error *err)
{
    return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
}

static ory_status copy_matrix(const ory_system *s, int row, size_t rows, size_t cols, double *out,
                              ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, row);
    size_t i;

    if (a->rows != rows || a->cols != cols)
        return ory_fail(err, ORY_ESHAPE, "%s: %s is %zu x %zu (must be %zu x %zu)", s->class->name,
                        s->values.params[row].name, a->rows, a->cols, rows, cols);
    for (i = 0; i < rows; i++)
        memcpy(out + i * cols, ory_mat_at(a, i, 0), cols * sizeof *out);
    return ORY_OK;
}

/* Unit atoms, and samples that mix a few of them. */
static void plant(ory_system *s, learn *x)
{
    const size_t k = ory_values_size(&s->values, DP_SPARSITY), d = x->d;
    const double noise = ory_values_real(&s->values, DP_NOISE);
    ory_rng rng;
    size_t i, j, p;

    ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, DP_SEED), 1);
    ory_rng_fill_normal(&rng, x->truth, x->n * d, 0, 1);
    for (j = 0; j < x->n; j++) {
        double size = ory_norm2(x->truth + j * d, d);

        for (p = 0; p < d; p++)
            x->truth[j * d + p] /= size;
    }
    for (i = 0; i < x->m; i++) {
        double *v = x->X + i * d;

        if (noise > 0)
            ory_rng_fill_normal(&rng, v, d, 0, noise);
        ory_rng_permutation(&rng, x->order, x->n);
        for (p = 0; p < k && p < x->n; p++)
            ory_vec_axpy((0.5 + ory_rng_uniform(&rng)) * (ory_rng_below(&rng, 2) ? 1 : -1),
                         x->truth + x->order[p] * d, v, d);
    }
    x->has_truth = true;
}

static ory_status make_data(ory_system *s, learn *x, ory_error *err)
{
    const ory_mat *given = ory_values_mat(&s->values, DP_X);
    size_t most;
    ory_status ok = ORY_OK;

    x->n = ory_values_size(&s->values, DP_N);
    x->m = given ? given->rows : ory_values_size(&s->values, DP_SAMPLES);
    x->d = given ? given->cols : ory_values_size(&s->values, DP_DIM);
    if ((double)x->n * (double)x->n > 1.6e7 || (double)x->m * (double)x->n > 2e8 ||
        (double)x->m * (double)x->d > 2e8)
        return ory_fail(err, ORY_ERANGE, "%s: %zu atoms, %zu samples of %zu numbers (at most 4000 atoms and "
                        "2e8 numbers)", s->class->name, x->n, x->m, x->d);
    x->train = x->m - (size_t)(ory_values_real(&s->values, DP_HELD) * (double)x->m);
    most = x->m > x->n ? x->m : x->n;
    x->X = ory_alloc(x->m * x->d, sizeof *x->X);
    x->truth = ory_alloc(x->n * x->d, sizeof *x->truth);
    x->work = ory_alloc(x->n * x->n + 6 * (x->n + 1), sizeof *x->work);
    x->v = ory_alloc(x->n > x->d ? x->n : x->d, sizeof *x->v);
    x->order = ory_alloc(most, sizeof *x->order);
    if (!x->X || !x->truth || !x->work || !x->v || !x->order)
        return no_memory(s, err);
    if (!given) {
        plant(s, x);
        return ORY_OK;
    }
    ok = copy_matrix(s, DP_X, x->m, x->d, x->X, err);
    x->has_truth = ory_values_given(&s->values, DP_TRUTH);
    if (ok == ORY_OK && x->has_truth)
        ok = copy_matrix(s, DP_TRUTH, x->n, x->d, x->truth, err);
    return ok;
}

static ory_status init(ory_system *s, ory_error *err)
{
    learn *x = ory_alloc(1, sizeof *x);
    size_t n, d;
    ory_status ok;

    if (!x)
        return no_memory(s, err);
    s->self = x;
    x->method = ory_values_choice(&s->values, DP_METHOD);
    if ((ok = make_data(s, x, err)) != ORY_OK)
        return ok;
    x->batch = ory_values_size(&s->values, DP_BATCH);
    if (x->batch > x->train) {
        ory_system_note(s, "batch cut from %zu to the %zu samples there are", x->batch, x->train);
        x->batch = x->train;
    }
    n = x->n, d = x->d;
    ok = ory_learner_init(&x->learner, n, d, x->train, ory_values_real(&s->values, DP_L1),
                          ory_values_size(&s->values, DP_K), err);
    if (ok != ORY_OK) {
        ory_fail_prefix(err, "%s", s->class->name);
        return ok;
    }
    s->loss_min = NAN;
    s->dim = 2 * n * d + n * n + CLOCK;
    s->blocks[0] = (ory_block){"atoms", 0, n, d};
    s->blocks[1] = (ory_block){"A", n * d, n, n};
    s->blocks[2] = (ory_block){"B", n * d + n * n, n, d};
    s->blocks[3] = (ory_block){"clock", 2 * n * d + n * n, CLOCK, 1};
    s->n_blocks = 4;
    return ORY_OK;
}

static void fini(ory_system *s)
{
    learn *x = s->self;

    if (!x)
        return;
    ory_learner_fini(&x->learner);
    ory_free(x->X);
    ory_free(x->truth);
    ory_free(x->work);
    ory_free(x->v);
    ory_free(x->order);
    ory_free(x);
    s->self = NULL;
}

static ory_status changed(ory_system *s, int param, ory_error *err)
{
    learn *x = s->self;

    (void)param, (void)err;
    x->learner.l1 = ory_values_real(&s->values, DP_L1);
    x->stamp = 0;
    return ORY_OK;
}

static ory_mat training(const learn *x)
{
    return ory_mat_view(x->X, x->train, x->d);
}

static ory_status start(ory_system *s, double *out, ory_error *err)
{
    learn *x = s->self;
    const ory_mat X = training(x);
    ory_rng rng;
    ory_status ok;

    memset(out, 0, s->dim * sizeof *out);
    ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, DP_SEED), 2);
    ok = ory_learner_start(&X, x->n, &rng, x->order, out, err);
    return ok == ORY_OK ? ok : ory_fail_prefix(err, "%s", s->class->name);
}

static ory_status advance(ory_system *s, const ory_moment *m, ory_rng *unused, double *next, double *t_next,
                          ory_error *err)
{
    learn *x = s->self;
    const ory_mat X = training(x);
    const size_t n = x->n, d = x->d, batches = x->train / x->batch;
    double *A = next + n * d, *B = A + n * n, *clock = B + n * d;

    (void)unused, (void)err;
    memcpy(next, m->x, s->dim * sizeof *next);
    x->stamp = 0;
    *t_next = m->t + 1;
    if (x->method == METHOD_KSVD) {
        clock[CK_LAST] = ory_learner_ksvd(&x->learner, &X, next);
        clock[CK_T]++;
    } else {
        const uint64_t at = m->k;
        ory_rng rng;

        ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, DP_SEED), 3 + at / batches);
        ory_rng_permutation(&rng, x->order, x->train);
        clock[CK_LAST] = ory_learner_batch(&x->learner, &X, x->order + at % batches * x->batch, x->batch,
                                           next, A, B, &clock[CK_T]);
    }
    return ORY_OK;
}

/* --------------------------------------------------------------------------- probes */

enum probe_row {
    P_OBJECTIVE, P_LAST, P_EPOCH, P_FOUND, P_MU, P_LONGEST, P_SHORTEST, P_DRIFT, P_KSVD,
    A_MATCH, A_MOVED, A_USE, A_ATOMS
};

#define PAPER "Mairal, Bach, Ponce, Sapiro 2010; Aharon, Elad, Bruckstein 2006"
#define ROW_(name_, label_, axis_, cost_, flags_, doc_) \
    {name_, label_, ORY_SCALAR, "", axis_, cost_, NULL, 0, flags_, doc_, PAPER}
#define ARRAY_(name_, label_, kind_, flags_, doc_) \
    {name_, label_, kind_, "", ORY_LINEAR, ORY_COST_FREE, NULL, 0, flags_, doc_, PAPER}

static const ory_probe probes[] = {
    [P_OBJECTIVE] = ROW_("objective", "objective", ORY_LOG, ORY_COST_DEAR, 0,
                         "mean of |x - D'w|^2/2 + l1 |w|_1 at the best w, over the samples held out"),
    [P_LAST] = ROW_("last", "last step", ORY_LOG, ORY_COST_FREE, 0,
                    "mean objective of the last batch before its update; ksvd: root mean square error "
                    "after the sweep"),
    [P_EPOCH] = ROW_("epoch", "epoch", ORY_LINEAR, ORY_COST_FREE, 0, "passes over the samples so far"),
    [P_FOUND] = ROW_("found", "found", ORY_LINEAR, ORY_COST_STEP, 0,
                     "part of the true atoms with |cosine| above 0.97 in the best assignment"),
    [P_MU] = ROW_("mu", "coherence", ORY_LINEAR, ORY_COST_STEP, 0, "largest |cosine| of two atoms"),
    [P_LONGEST] = ROW_("longest", "longest atom", ORY_LINEAR, ORY_COST_FREE, 0, "largest length of an atom"),
    [P_SHORTEST] = ROW_("shortest", "shortest atom", ORY_LINEAR, ORY_COST_FREE, 0,
                        "least length of an atom"),
    [P_DRIFT] = ROW_("drift", "drift", ORY_LINEAR, ORY_COST_FREE, 0,
                     "mean of 1 - |cosine| of every atom with its start"),
    [P_KSVD] = ROW_("is_ksvd", "K-SVD", ORY_LINEAR, ORY_COST_FREE, ORY_PROBE_CONSTANT,
                    "1 for K-SVD, 0 for online learning"),
    [A_MATCH] = ARRAY_("match", "best |cosine|", ORY_VECTOR, 0,
                       "largest |cosine| of every true atom with a learned one; NaN when none are known"),
    [A_MOVED] = ARRAY_("moved", "1 - |cosine|", ORY_VECTOR, 0,
                       "how far every atom has turned from its start"),
    [A_USE] = ARRAY_("use", "use", ORY_VECTOR, 0,
                     "square root of the diagonal of A: how much every atom is used (online)"),
    [A_ATOMS] = ARRAY_("dictionary", "atoms", ORY_MATRIX, 0, "the first atoms, at most 64, a row each"),
    {0}};

static double cosine(const double *a, const double *b, size_t d)
{
    double size = ory_norm2(a, d) * ory_norm2(b, d);

    return size > 0 ? fabs(ory_vec_dot(a, b, d)) / size : 0;
}

static double coherence(const learn *x, const double *D)
{
    double most = 0;
    size_t i, j;

    for (i = 0; i < x->n; i++)
        for (j = 0; j < i; j++)
            most = fmax(most, cosine(D + i * x->d, D + j * x->d, x->d));
    return most;
}

static double length(const learn *x, const double *D, bool longest)
{
    double end = ory_norm2(D, x->d);
    size_t j;

    for (j = 1; j < x->n; j++) {
        double size = ory_norm2(D + j * x->d, x->d);

        end = longest ? fmax(end, size) : fmin(end, size);
    }
    return end;
}

static double held_out(learn *x, const ory_moment *m)
{
    const ory_mat X = x->train < x->m ? ory_mat_view(x->X + x->train * x->d, x->m - x->train, x->d)
                                      : training(x);

    if (m->stamp == 0 || m->stamp != x->stamp) {
        x->objective = ory_learner_objective(&x->learner, m->x, &X);
        x->stamp = m->stamp;
    }
    return x->objective;
}

static void moved(const learn *x, const ory_moment *m, double *out)
{
    size_t j;

    for (j = 0; j < x->n; j++)
        out[j] = 1 - cosine(m->x + j * x->d, m->x0 + j * x->d, x->d);
}

static double drift(const learn *x, const ory_moment *m)
{
    double sum = 0;
    size_t j;

    moved(x, m, x->v);
    for (j = 0; j < x->n; j++)
        sum += x->v[j];
    return sum / (double)x->n;
}

static double read_scalar(learn *x, const ory_moment *m, int which)
{
    const double *clock = m->x + 2 * x->n * x->d + x->n * x->n;

    switch (which) {
    case P_OBJECTIVE: return held_out(x, m);
    case P_LAST: return clock[CK_T] > 0.5 ? clock[CK_LAST] : NAN;
    case P_EPOCH:
        return x->method == METHOD_KSVD ? (double)m->k : (double)m->k / (double)(x->train / x->batch);
    case P_FOUND:
        return x->has_truth ? (double)ory_learner_found(m->x, x->truth, x->n, x->d, x->work) / (double)x->n
                            : NAN;
    case P_MU: return coherence(x, m->x);
    case P_LONGEST: return length(x, m->x, true);
    case P_SHORTEST: return length(x, m->x, false);
    case P_DRIFT: return drift(x, m);
    default: return x->method == METHOD_KSVD;
    }
}

static ory_status probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err)
{
    learn *x = s->self;
    const size_t n = x->n, d = x->d, shown = n < SHOWN ? n : SHOWN;
    size_t i, j;

    (void)err;
    if (which < A_MATCH) {
        *out = read_scalar(x, m, which);
    } else if (which == A_MATCH) {
        for (j = 0; j < n; j++) {
            out[j] = x->has_truth ? 0 : NAN;
            for (i = 0; x->has_truth && i < n; i++)
                out[j] = fmax(out[j], cosine(x->truth + j * d, m->x + i * d, d));
        }
    } else if (which == A_MOVED) {
        moved(x, m, out);
    } else if (which == A_USE) {
        for (j = 0; j < n; j++)
            out[j] = sqrt(fmax(0, m->x[n * d + j * n + j]));
    } else {
        memcpy(out, m->x, shown * d * sizeof *out);
    }
    return ORY_OK;
}

static void shape(const ory_system *s, int which, size_t *rows, size_t *cols)
{
    const learn *x = s->self;

    *rows = which < A_MATCH ? 1 : which == A_ATOMS && x->n > SHOWN ? SHOWN : x->n;
    *cols = which == A_ATOMS ? x->d : 1;
}

static double work(const ory_system *s, int which)
{
    const learn *x = s->self;
    double n = (double)x->n, d = (double)x->d, held = (double)(x->m - x->train) + 1;
    double count = x->method == METHOD_KSVD ? (double)x->train : (double)x->batch;

    if (which == -1)
        return count * (20 * n * n + 4 * n * d) + 2 * n * n * d;
    if (which == P_OBJECTIVE)
        return held * (20 * n * n + 2 * n * d);
    return which == P_FOUND ? 2 * n * n * d + 10 * n * n * n : n * n * d + 1;
}

static bool why(ory_system *s, const ory_moment *m, int which, char *text, size_t size)
{
    (void)s, (void)m;
    snprintf(text, size, "%s", which == P_LAST ? "no step has been taken" : "the true atoms are not known");
    return true;
}

static void describe(const ory_system *s, char *text, size_t size)
{
    const learn *x = s->self;

    snprintf(text, size, "dictionary learning · %s · %zu atoms of %zu numbers · %zu samples",
             method_names[x->method], x->n, x->d, x->train);
}

static const ory_claim claims[] = {
    {.name = "unit_ball", .title = "atoms stay in the unit ball",
     .statement = "Every update projects its atom: no length ever exceeds 1.",
     .source = "Mairal et al. 2010, Algorithm 2",
     .conclusion = {"longest", ORY_LE, "1", "max |d_j| ≤ 1", false}, .slack_rel = 1e-9},
    {.name = "unit_length", .title = "atoms of K-SVD have length 1",
     .statement = "K-SVD takes each atom from a singular vector: its length is 1.",
     .source = "Aharon, Elad, Bruckstein 2006",
     .hypotheses = {{"is_ksvd", ORY_GE, "1", "K-SVD", false}},
     .conclusion = {"shortest", ORY_GE, "1", "min |d_j| ≥ 1", false}, .slack_rel = 1e-9},
    {0}};

static const char *const record[] = {"objective", "last", "found", NULL};

const ory_system_class ory_dict_learn_class = {
    .name = "dict.learn",
    .summary = "a dictionary learned from samples: online mini-batches or K-SVD",
    .source = "J. Mairal, F. Bach, J. Ponce, G. Sapiro, \"Online Learning for Matrix Factorization and "
              "Sparse Coding\", JMLR 11, 2010; M. Aharon, M. Elad, A. Bruckstein, \"K-SVD\", IEEE TSP 54, "
              "2006",
    .example = "dict.learn{ n=12, dim=10, samples=300 }",
    .params = params,
    .probes = probes,
    .claims = claims,
    .default_stepper = "advance",
    .record = record,
    .layout = "v(h(trace(objective, last):36, trace(found):30,"
              " bars(match, limit='0.97', title='best |cos|, ┊ found'):24):7,"
              " h(heat(dictionary):36, bars(moved, title='turned from the start'):30, claims:24):7,"
              " console:3)",
    .init = init,
    .fini = fini,
    .changed = changed,
    .start = start,
    .advance = advance,
    .probe = probe,
    .shape = shape,
    .work = work,
    .why = why,
    .describe = describe,
};
