/* SPDX-License-Identifier: GPL-3.0-or-later */
/* free_probes.h - what every system with a loss can show without a line of its own.
 *
 *   loss       the loss
 *   gap        loss - loss_min (class->gap when there is one); with no known minimum,
 *              NaN with a reason
 *   grad_norm  ||grad||
 *   pl         local PL ratio ||grad||^2 / (2 gap)
 *   sharpness  largest eigenvalue of the Hessian: Lanczos on exact Hessian-vector
 *              products, full reorthogonalisation, start = gradient + small fixed
 *              noise
 *   edge       sharpness * step / 2; 1 is the edge of stability of gradient descent
 *   descent    observed over predicted decrease of the next gradient-descent step:
 *              (L(x) - L(x - step g)) / (step ||g||^2)
 * and for every system: step (the step size about to be taken). Results are cached
 * per stamp, so reading all of them costs one gradient and one Lanczos run. */
#ifndef ORY_SYSTEMS_FREE_PROBES_H
#define ORY_SYSTEMS_FREE_PROBES_H

#include "systems/system.h"

/* Rows that class c supports, in order; count in *n. */
const ory_probe *ory_free_probe(const ory_system_class *c, int i); /* NULL past the end */
ory_status ory_free_probe_read(ory_system *s, const ory_moment *m, const ory_probe *row,
                               double *out, ory_error *err);
bool ory_free_probe_why(ory_system *s, const ory_moment *m, const ory_probe *row, char *text,
                        size_t size);
ory_status ory_free_probes_init(ory_system *s, ory_error *err); /* called by ory_system_new */
void ory_free_probes_fini(ory_system *s);

#endif
