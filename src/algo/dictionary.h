/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dictionary.h - named vectors to decompose over: concept vectors from stimuli, scaling,
 * coherence, transplant, and a generator with known truth.
 *
 * Source: J. Luo, T. Ding, K. H. R. Chan, H. Min, C. Callison-Burch, R. Vidal, "Concept
 * Lancet: Image Editing with Compositional Representation Transplant", arXiv:2504.02828. */
#ifndef ORY_ALGO_DICTIONARY_H
#define ORY_ALGO_DICTIONARY_H

#include "algo/sparse_code.h"
#include "core/rng.h"

/* ------------------------------------------------------------------ concept vectors */

typedef enum { ORY_CONCEPT_AVG, ORY_CONCEPT_PCA, ORY_CONCEPT_PCA_CENTRED } ory_concept_method;
extern const char *const ory_concept_names[]; /* "avg", "pca", "pca_centred", NULL */

/* One vector out[d] from the rows of X (K x d): their mean; their leading right singular
 * vector; that of the rows less their mean. The latter two have length 1 and a
 * nonnegative product with the mean. (allocates) ORY_EUNDEF when the rows determine none,
 * ORY_EDIVERGE, ORY_ENOMEM. */
ory_status ory_concept_vector(const ory_mat *X, ory_concept_method method, double *out, ory_error *err);

/* ------------------------------------------------------------------------ dictionary */

typedef struct ory_dictionary {
    size_t n, d;
    double *given; /* n x d: the atoms, one a row, in their own units */
    double *atoms; /* n x d: less the mean, of length 1 when normalised: what is solved with */
    double *norm;  /* n: what each atom was divided by */
    double *mean;  /* d: subtracted from atoms and sources; NULL: nothing is */
    bool normalise;
    ory_gram gram; /* of atoms */
} ory_dictionary;

/* Copies. names (n, or NULL) are for messages. ORY_ESHAPE, ORY_EDIVERGE naming row and
 * column, ORY_EINVAL for a zero atom when normalising, ORY_ERANGE, ORY_ENOMEM. */
ory_status ory_dictionary_init(ory_dictionary *D, const ory_mat *atoms, bool normalise, const double *mean,
                               const char *const *names, ory_error *err) ORY_WUR;
void ory_dictionary_fini(ory_dictionary *D);

/* The source as it is solved: u[d] = (v - mean) / *scale; *scale is the length when
 * normalised (1 for a zero source), else 1. q[n] = products with the atoms. */
void ory_dictionary_project(const ory_dictionary *D, const double *v, double *u, double *q, double *scale);
/* Weights in original units: w_j = c_j scale / norm_j. w may be c. */
void ory_dictionary_weights(const ory_dictionary *D, const double *c, double scale, double *w);
/* r[d] = (v - mean) - sum_j w_j (d_j - mean) */
void ory_dictionary_residual(const ory_dictionary *D, const double *v, const double *w, double *r);

/* Largest |cosine| of two atoms, which (lowest numbers first), and how many pairs have
 * cosine above 0.99. Fills the whole Gram matrix. One atom: 0. */
typedef struct ory_coherence {
    double mu, mean_cos;
    size_t i, j, twins;
} ory_coherence;
void ory_dictionary_coherence(ory_dictionary *D, ory_coherence *out);

double ory_cosine(const double *a, const double *b, size_t d); /* 0 when one is zero */

/* ------------------------------------------------------------------------ transplant */

/* v += by (f to - from), f = |from|/|to| with match, else 1; from or to NULL: the zero
 * vector (match is then without effect). by = 0 leaves v as it is, bit for bit. */
void ory_transplant(double *v, const double *from, const double *to, size_t d, double by, bool match);

/* ------------------------------------------------------------------------- generator */

typedef struct ory_concepts {
    size_t d, n, groups;
    size_t stimuli;      /* K of each concept */
    double rho, rho_group; /* expected cosines across and within groups */
    double sigma, kappa; /* noise of a stimulus; part of another centre in it */
} ory_concepts;

/* centres (n x d), stimuli (n K x d, K rows a concept) and their averages, the atoms (n x d).
 * Everything is drawn from rng. */
void ory_concepts_make(const ory_concepts *spec, ory_rng *rng, const ory_mat *centres, const ory_mat *atoms,
                       const ory_mat *stimuli);
/* v[d] = sum of k different atoms with weights uniform in [0.2, 1] (into w[n]) + noise at snr
 * decibels below |v| (INFINITY: none). k <= n. order: work, n. */
void ory_concepts_source(const ory_mat *atoms, size_t k, double snr, ory_rng *rng, double *v, double *w,
                         size_t *order);

/* ------------------------------------------------------------------------- measures */

typedef struct ory_recovery {
    double precision, recall, f1, error; /* error: |w - truth| / |truth| */
} ory_recovery;
/* Support of w: |w| > 0.05 max |w|. NaN where there is nothing to compare. */
void ory_recovery_of(const double *w, const double *truth, size_t n, ory_recovery *out);

#endif
