/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spectral_sparse.c - the bottom of the spectrum of large graphs. */
#include "config.h"

#include "algo/spectral_impl.h"

ory_status spectral_sparse(const spectral_problem *w, size_t rest, double tol, ory_spectral *out,
                           ory_error *err)
{
    (void)rest;
    (void)tol;
    (void)out;
    return ory_fail(err, ORY_ERANGE, "%zu nodes are too many for a full matrix (at most %d)", w->n,
                    ORY_SPECTRAL_DENSE);
}
