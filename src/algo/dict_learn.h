/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dict_learn.h - dictionaries learned from samples, batch by batch or sweep by sweep.
 *
 * Samples are rows of X (m x d), atoms rows of D (n x d) of length at most 1. The caller
 * owns the loop and everything that changes: D, and for online learning the sums A (n x n)
 * of codes with codes and B (n x d) of codes with samples, and the count t. Functions
 * allocate nothing; what they need stands in the learner.
 *
 * Online: J. Mairal, F. Bach, J. Ponce, G. Sapiro, JMLR 11, 2010. K-SVD: M. Aharon,
 * M. Elad, A. Bruckstein, IEEE TSP 54, 2006. */
#ifndef ORY_ALGO_DICT_LEARN_H
#define ORY_ALGO_DICT_LEARN_H

#include "algo/sparse_code.h"
#include "core/rng.h"

typedef struct ory_learner {
    size_t n, d, m;      /* atoms, length, samples */
    double l1;           /* online: penalty of the codes */
    size_t k;            /* K-SVD: atoms of a code */
    ory_gram gram;       /* of the dictionary in work */
    ory_coder coder;
    double *atoms;       /* n x d: what gram looks at */
    double *W;           /* m x n: codes */
    double *q, *u, *r, *s; /* n; d; d; m */
    double *E;           /* m x d: residuals */
    size_t *users;       /* m */
    double *miss;        /* m: squared residual of each sample */
} ory_learner;

/* ORY_ESHAPE for fewer samples than atoms; ORY_ENOMEM. */
ory_status ory_learner_init(ory_learner *x, size_t n, size_t d, size_t m, double l1, size_t k,
                            ory_error *err) ORY_WUR;
void ory_learner_fini(ory_learner *x);

/* n different samples, scaled to length 1, as atoms. Samples that are zero are passed over;
 * ORY_EINVAL when too few are left. */
ory_status ory_learner_start(const ory_mat *X, size_t n, ory_rng *rng, size_t *order, double *D,
                             ory_error *err);

/* Mean over the rows of X of |x - D'w|^2/2 + l1 |w|_1 at the best w (l1 of the learner). */
double ory_learner_objective(ory_learner *x, const double *D, const ory_mat *X);

/* One batch: codes of the rows order[0..count-1] of X by lasso, then A, B, *t and every atom
 * in turn. An atom that is not used becomes the worst represented sample of the batch.
 * Returns the mean objective of the batch under the D that came in. */
double ory_learner_batch(ory_learner *x, const ory_mat *X, const size_t *order, size_t count, double *D,
                         double *A, double *B, double *t);

/* One sweep of K-SVD over all rows of X; returns sqrt(sum |x - D'w|^2 / m) after it. */
double ory_learner_ksvd(ory_learner *x, const ory_mat *X, double *D);

/* Atoms of truth (n x d) found by D: best assignment of |cosine|, counted above 0.97. work:
 * n x n + 6 (n + 1) numbers. */
size_t ory_learner_found(const double *D, const double *truth, size_t n, size_t d, double *work);

#endif
