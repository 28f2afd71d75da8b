/* SPDX-License-Identifier: GPL-3.0-or-later */
/* equilibria.h - zeros of a vector field f(x) in a box, by damped Newton from many starts,
 * with the eigenvalues of the Jacobian there and what they mean.
 *
 * Starts: the point given, then a regular grid of the box where that has at least three
 * points a side (up to four dimensions), else points drawn uniformly with a fixed seed.
 * Zeros nearer than 1e-6 of the box's size are one. Nothing is missed on purpose and
 * nothing is guaranteed: a zero without a start in its basin is not found. */
#ifndef ORY_ALGO_EQUILIBRIA_H
#define ORY_ALGO_EQUILIBRIA_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

enum { ORY_EQUILIBRIA_MAX = 32, ORY_EQUILIBRIA_STARTS = 144 };

typedef enum ory_equilibrium_kind {
    ORY_EQ_NODE = 1,   /* real parts of one sign, all real                    */
    ORY_EQ_FOCUS,      /* real parts of one sign, a pair is complex           */
    ORY_EQ_SADDLE,     /* real parts of both signs                            */
    ORY_EQ_CENTRE,     /* all on the imaginary axis, none zero                */
    ORY_EQ_DEGENERATE  /* some real parts zero: linearisation does not decide */
} ory_equilibrium_kind;

typedef struct ory_field {
    size_t n;
    void *ctx;
    void (*f)(void *ctx, const double *x, double *dx);  /* dx[n] */
    void (*jacobian)(void *ctx, const double *x, double *J); /* n x n, row-major */
} ory_field;

typedef struct ory_equilibria {
    size_t n, found;
    double *x;       /* ORY_EQUILIBRIA_MAX x n, sorted by coordinates */
    double *re, *im; /* ORY_EQUILIBRIA_MAX x n: eigenvalues, largest real part first */
    ory_equilibrium_kind kind[ORY_EQUILIBRIA_MAX];
    bool stable[ORY_EQUILIBRIA_MAX];
    double *space;
    size_t lwork;
    int *pivot;
} ory_equilibria;

ory_status ory_equilibria_init(ory_equilibria *e, size_t n, ory_error *err);
void ory_equilibria_fini(ory_equilibria *e); /* also of a zeroed struct */

/* box: n pairs (low, high); also: one more start, or NULL. Does not allocate.
 * ORY_EINTERRUPT after Ctrl-C. */
ory_status ory_equilibria_find(ory_equilibria *e, const ory_field *field, const double *box,
                               const double *also, ory_error *err);

/* Eigenvalues of J (n x n, destroyed), largest real part first, then largest imaginary
 * part. NaN when J is not finite. Does not allocate. */
void ory_equilibria_eigenvalues(ory_equilibria *e, double *J, double *re, double *im);

/* What eigenvalues say; real parts within tol * (largest modulus) count as zero. stable:
 * all real parts below zero. */
ory_equilibrium_kind ory_equilibrium_kind_of(const double *re, const double *im, size_t n,
                                             bool *stable);
const char *ory_equilibrium_name(ory_equilibrium_kind kind); /* "node" */

#endif
