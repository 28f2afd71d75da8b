/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sparse_code.h - sparse decomposition of vectors over a dictionary, in Gram form.
 *
 * Canonical objective: P(w) = |v - Dw|^2 / 2 + l1 |w|_1 + l2 |w|^2 / 2, with w >= 0 on
 * request. Atoms are rows of an n x d matrix A (D = A'). The solvers need the Gram matrix
 * G = A A', q = A v and vv = v'v alone. Two kinds of function: single steps, which
 * allocate nothing (a sweep, an atom, an iteration), and whole solutions, which take a
 * coder as workspace. Inputs must be finite; that is the caller's duty.
 *
 * Gap: O. Fercoq, A. Gramfort, J. Salmon, "Mind the duality gap: safer rules for the
 * Lasso", ICML 2015. Strong rule: R. Tibshirani et al., JRSS B 74, 2012. Batch-OMP:
 * R. Rubinstein, M. Zibulevsky, M. Elad, 2008. FISTA: A. Beck, M. Teboulle, 2009, with
 * the restart of B. O'Donoghue, E. Candes, 2015. */
#ifndef ORY_ALGO_SPARSE_CODE_H
#define ORY_ALGO_SPARSE_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/mat.h"

/* -------------------------------------------------------------------- Gram matrix */

enum {
    ORY_GRAM_FULL = 4000, /* up to so many atoms G is computed at once (128 MB) */
    ORY_GRAM_MOST = 30000 /* above ORY_GRAM_FULL rows are made when first asked for */
};

typedef struct ory_gram {
    size_t n, d;
    const double *atoms; /* n x d, borrowed; NULL for a Gram matrix that was given */
    double *G;           /* n x n; rows not asked for yet are untouched pages */
    double *diag;        /* n: G_jj */
    double *inverse;     /* n: 1 / sqrt(G_jj), 0 for a zero atom */
    unsigned char *have; /* n: row is there */
    bool full;
} ory_gram;

/* atoms: n x d without gaps between rows, borrowed. ORY_ERANGE above ORY_GRAM_MOST,
 * ORY_ENOMEM. */
ory_status ory_gram_init(ory_gram *g, const double *atoms, size_t n, size_t d, ory_error *err) ORY_WUR;
void ory_gram_fini(ory_gram *g); /* also of a zeroed struct */
/* Row (and column) j: n numbers. */
const double *ory_gram_row(ory_gram *g, size_t j);
void ory_gram_fill(ory_gram *g); /* all rows, by one dsyrk */

/* ------------------------------------------------------------------------- a task */

typedef struct ory_code_task {
    ory_gram *gram;
    const double *q;   /* n */
    double vv;
    const double *v;   /* d, or NULL: then small residuals of OMP keep their rounding */
    double l1, l2;     /* >= 0 */
    bool nonneg;
} ory_code_task;

typedef struct ory_code_point {
    double objective, gap; /* gap NaN for l1 = 0 */
    double rr;             /* |v - Dw|^2, at least 0 */
    double m;              /* max_j |g_j - l2 w_j| (nonneg: without | |, at least 0) */
    size_t nonzeros;
} ory_code_point;

/* g = q - G w */
void ory_code_correlate(const ory_code_task *t, const double *w, double *g);
/* Objective and duality gap at w, with g of ory_code_correlate. */
void ory_code_look(const ory_code_task *t, const double *w, const double *g, ory_code_point *p);
/* Largest violation of the optimality conditions. */
double ory_code_violation(const ory_code_task *t, const double *w, const double *g);
/* The l1 from which w = 0 is optimal: max |q_j| (nonneg: max(0, max q_j)). */
double ory_code_l1_max(const double *q, size_t n, bool nonneg);

/* --------------------------------------------------------------- coordinate descent */

/* One sweep over the atoms list[0..count-1] (NULL: all); g is kept up to date. Returns
 * the largest |change| sqrt(G_jj); *visits is increased by the coordinates looked at. */
double ory_lasso_sweep(const ory_code_task *t, const size_t *list, size_t count, double *w, double *g,
                       uint64_t *visits);
/* Gap-safe rule: gone[j] = 1 for atoms that are zero in every solution, given the point p
 * at w; their weight becomes 0 (g follows). Needs l1 > 0. Returns how many are new. */
size_t ory_lasso_screen(const ory_code_task *t, const ory_code_point *p, double *w, double *g,
                        unsigned char *gone);

/* --------------------------------------------------------------------------- FISTA */

/* 1.02 times the largest eigenvalue of G by power iteration (work: 2n), at least 1e-300. */
double ory_fista_bound(ory_gram *g, double *work);
/* One step with Lipschitz constant L + l2: w, y (n each) and the momentum *t change;
 * work: 2n. Returns max |w_new - w| sqrt(G_jj). */
double ory_fista_step(const ory_code_task *task, double L, double *w, double *y, double *t,
                      double *work);

/* ----------------------------------------------------------------------- Batch-OMP */

typedef struct ory_omp {
    size_t n, most, k;   /* atoms, largest support, present support */
    size_t *order;       /* most: atoms in order of entry */
    double *L, *c, *old; /* most x most Cholesky factor; most: weights */
    double *y;           /* most */
    double *a;           /* n: correlations of the residual */
    unsigned char *mark; /* n: 0 free, 1 chosen, 2 barred as dependent */
    double rr;           /* |r|^2 */
    double *r;           /* d, or NULL */
} ory_omp;

/* d: length of v for exact small residuals, or 0. */
ory_status ory_omp_init(ory_omp *o, size_t n, size_t most, size_t d, ory_error *err) ORY_WUR;
void ory_omp_fini(ory_omp *o);
void ory_omp_start(ory_omp *o, const ory_code_task *t);
/* Takes atom j into the support without choosing; false (and barred) when it depends on
 * the chosen ones. ory_omp_refit must follow. */
bool ory_omp_push(ory_omp *o, const ory_code_task *t, size_t j);
void ory_omp_refit(ory_omp *o, const ory_code_task *t);
/* The next atom and the refit; with task->nonneg a refit by NNLS, which may drop atoms.
 * False when nothing can be gained any more or the support is full. */
bool ory_omp_step(ory_omp *o, const ory_code_task *t);

/* ---------------------------------------------------------------- whole solutions */

typedef enum { ORY_CODE_CD, ORY_CODE_FISTA, ORY_CODE_OMP, ORY_CODE_METHODS } ory_code_method;
extern const char *const ory_code_method_names[]; /* "cd", "fista", "omp", NULL */

typedef struct ory_code_spec {
    ory_code_method method;
    double l1, l2;
    bool nonneg;
    size_t k;        /* OMP: atoms at most */
    double tol;      /* relative gap (of vv); OMP: stop at |r| <= tol |v| */
    size_t max;      /* sweeps or iterations */
    bool screen;     /* CD: gap-safe screening */
    bool plain;      /* CD: sweep over all atoms even when they are many */
} ory_code_spec;

typedef struct ory_code_result {
    ory_code_point point;
    double violation;
    size_t sweeps, screened;
    uint64_t visits;
    bool converged;
} ory_code_result;

typedef struct ory_coder {
    size_t n, room;       /* atoms; order of sub */
    double *g, *y, *work; /* n, n, 2n */
    size_t *list, *all;   /* n each */
    unsigned char *gone;  /* n */
    double *sub;          /* room x (room + 5): a working set's own problem */
    ory_omp omp;          /* made when first needed, for at most omp.most atoms */
} ory_coder;

ory_status ory_coder_init(ory_coder *c, size_t n, ory_error *err) ORY_WUR;
void ory_coder_fini(ory_coder *c);

/* Solves from the w that is given (CD, FISTA) or from nothing (OMP). A cap that is hit is
 * no error: result->converged is false. ORY_ENOMEM. */
ory_status ory_code_solve(ory_coder *c, const ory_code_spec *spec, const ory_code_task *task, double *w,
                          ory_code_result *result, ory_error *err);

/* Solutions for l1[0..count-1], descending, with warm starts and the strong rule; row i of W
 * (count x n) is that of l1[i]. results may be NULL. */
ory_status ory_code_path(ory_coder *c, const ory_code_spec *spec, const ory_code_task *task,
                         const double *l1, size_t count, const ory_mat *W, ory_code_result *results,
                         ory_error *err);
/* count values from max down to ratio max, geometric. */
void ory_code_grid(double max, double ratio, size_t count, double *l1);

/* Rows of V (m x d) at once: one product V A', then each row. W is m x n; results (m) may
 * be NULL. The Gram matrix needs its atoms. */
ory_status ory_code_batch(ory_coder *c, const ory_code_spec *spec, ory_gram *gram, const ory_mat *V,
                          const ory_mat *W, ory_code_result *results, ory_error *err);

#endif
