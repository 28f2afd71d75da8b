/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arpack.h - the least eigenpairs of a symmetric operator by ARPACK's restarted Lanczos: slower
 * than lanczos_pairs.h where that converges, in bounded memory where it does not. */
#ifndef ORY_ALGO_ARPACK_H
#define ORY_ALGO_ARPACK_H

#include "algo/lanczos_pairs.h"

/* As ory_lanczos_pairs, with task->steps basis vectors and at most `restarts` restarts; ARPACK
 * holds the residual against tol times the eigenvalue's size. ORY_EUNDEF when built without
 * ARPACK. */
ory_status ory_arpack_pairs(const ory_lanczos_task *task, size_t restarts, double *lam,
                            double *vectors, size_t *products, ory_error *err) ORY_WUR;

#endif
