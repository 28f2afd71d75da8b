/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coherence.h - networked linear systems on the complex plane: the closed loop of nodes
 * g_i(s) joined through f(s) L, its coherent limit, and how far it is from it.
 *
 *   T(s) = (diag(1/g_i) + f L)^-1      gbar(s) = n / sum_i 1/g_i(s)
 *   incoherence(s) = || T(s) - (gbar(s)/n) 1 1' ||, the largest singular value
 * Source: H. Min, R. Pates, E. Mallada, Automatica 174, 2025, arXiv 2302.08438, and the long
 * form arXiv 2101.00981. Formulas and decisions: doc/theory/05-network-coherence.md.
 *
 * Everything works in a workspace made once; nothing here allocates after that. */
#ifndef ORY_ALGO_COHERENCE_H
#define ORY_ALGO_COHERENCE_H

#include <complex.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/mat.h"
#include "core/sparse.h"

enum { ORY_NODE_ORDER = 8 };

/* g(s) = num(s)/den(s), coefficients of ascending powers. */
typedef struct ory_node {
    int zeros, order; /* degrees of num and den, zeros <= order */
    double num[ORY_NODE_ORDER + 1], den[ORY_NODE_ORDER + 1];
} ory_node;

ory_node ory_node_integrator(void);                       /* 1/s */
ory_node ory_node_swing(double m, double d);              /* 1/(m s + d) */
/* 1/(m s + d + rinv/(tau s + 1)); rinv == 0 gives the plain swing node */
ory_node ory_node_turbine(double m, double d, double rinv, double tau);
/* Proper, finite, with a nonzero leading denominator. ORY_EINVAL. */
ory_status ory_node_check(const ory_node *g, ory_error *err);
void ory_node_at(const ory_node *g, double complex s, double complex *num, double complex *den);

/* f(s) = kp + ki/s, kp, ki >= 0, not both 0. */
typedef struct ory_coupling {
    double kp, ki;
} ory_coupling;

typedef struct ory_coherence {
    size_t n;
    const ory_mat *L;      /* n x n, borrowed */
    const ory_node *nodes; /* n, borrowed */
    ory_coupling f;
    double scale;          /* of L; 1 */
    double lam2, lam_max;  /* of L, without scale */
    /* workspace */
    double complex *A, *T, *work;
    double *sv, *rwork;
    int *pivot, *iwork;
    int lwork;
    struct ory_norm_room *room;
} ory_coherence;

/* Workspace of the norm; false: out of memory, *out to be freed all the same. */
bool ory_norm_room_new(struct ory_norm_room **out, size_t n);
void ory_norm_room_free(struct ory_norm_room *r);

ory_status ory_coherence_init(ory_coherence *c, const ory_mat *L, const ory_node *nodes,
                              ory_coupling f, ory_error *err) ORY_WUR;
void ory_coherence_fini(ory_coherence *c);

/* Value at one s. */
typedef struct ory_coherence_at {
    double complex gbar;  /* 0 at a zero of some node */
    bool gbar_pole;       /* gbar is infinite: incoherence undefined */
    double incoherence;   /* NaN when undefined */
    double norm;          /* ||T(s)|| */
    double m1, m2;        /* |gbar|, max_i |1/g_i| */
    double connectivity;  /* |f| scale lambda2; infinite at a pole of f */
    double threshold;     /* M2 + M1 M2^2 */
    bool applies;         /* connectivity > threshold */
    double bound;         /* (M1 M2 + 1)^2/(connectivity - threshold), NaN when it does not apply */
} ory_coherence_at;

/* All but incoherence and norm, which need T: these are NaN. Uses n, nodes, f, scale, lam2 only; no
 * workspace. */
void ory_coherence_limits(const ory_coherence *c, double complex s, ory_coherence_at *out);

/* Fills T (c->T, n x n row-major = symmetric) and *out. At a pole of f (s = 0, ki > 0) T is
 * the limit gbar(0)/n 1 1'. ORY_ESINGULAR: s is a closed-loop pole, named. */
ory_status ory_coherence_eval(ory_coherence *c, double complex s, ory_coherence_at *out,
                              ory_error *err);
/* T alone, without norms. */
ory_status ory_coherence_transfer(ory_coherence *c, double complex s, ory_error *err);
/* Largest singular value of an n x n symmetric matrix, to 1e-13 relative; NaN when it is not
 * finite. */
double ory_coherence_norm(ory_coherence *c, const double complex *m);
double complex ory_coherence_gbar(const ory_coherence *c, double complex s, bool *pole);
/* y = T(s) u without T, on a sparse Laplacian (scale and f of c; its L, lam and workspace are not
 * used): relative residual 1e-10. room: ORY_ANSWER_ROOM vectors of n. ORY_EUNDEF: s is a pole of f
 * or a zero of a node; ORY_ENOCONV. */
enum { ORY_ANSWER_ROOM = 6 };
ory_status ory_coherence_answer(const ory_coherence *c, const ory_sparse *L, double complex s,
                                const double *u, double complex *y, double complex *room, ory_error *err);
/* max_ij |T_ij - gbar/n| of the last evaluation. */
double ory_coherence_entry_gap(const ory_coherence *c, double complex gbar);

/* Largest incoherence on s = jw: in [0, wc] from 200 logarithmic points and refinement, or
 * (wc <= 0) on the whole axis from at least `points` ones up to where nothing can happen. */
typedef struct ory_coherence_sup {
    double value, w, low, high; /* where, and the band searched */
} ory_coherence_sup;
/* The same for any value of w: n logarithmic points from low to high, then golden section
 * around the best one, to 1e-6 relative in w; what lies below low is looked at when the best
 * point is the first. */
typedef ory_status (*ory_frequency_fn)(void *ctx, double w, double *value, ory_error *err);
ory_status ory_frequency_supremum(ory_frequency_fn f, void *ctx, double low, double high, size_t n,
                                  ory_coherence_sup *out, ory_error *err);
ory_status ory_coherence_supremum(ory_coherence *c, double wc, size_t points, double top,
                                  ory_coherence_sup *out, ory_error *err);

#endif
