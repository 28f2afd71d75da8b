/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spectral_impl.h - what the files behind spectral.h share; not for others. */
#ifndef ORY_ALGO_SPECTRAL_IMPL_H
#define ORY_ALGO_SPECTRAL_IMPL_H

#include "algo/spectral.h"

typedef struct spectral_problem {
    size_t n;
    ory_sparse S;
    double *p;            /* n */
    double top;           /* no eigenvalue of S lies above */
    size_t components;
    uint32_t *label;      /* n: component of each node */
    double *norm;         /* |p| on every component */
    double *sums;         /* scratch, one a component */
    /* where all edges weigh the same: the neighbours of node i at near + S.start[i] - i; else NULL */
    uint32_t *near;
    double weight, *scaled; /* scratch n */
} spectral_problem;

/* out = S v; they do not overlap. */
void spectral_multiply(const spectral_problem *w, const double *v, double *out);

/* Take the null space out of v. */
void spectral_project(const spectral_problem *w, double *v);

/* The `rest` least eigenpairs beyond the null space into the last columns of out. */
ory_status spectral_sparse(const spectral_problem *w, size_t rest, double tol, ory_spectral *out,
                           ory_error *err);

#endif
