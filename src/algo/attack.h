/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attack.h - how far an input may be pushed before a classifier of two classes errs.
 *
 * A scorer gives outputs and gradients by the input of many samples at once; its sign is the
 * decision, and an output of exactly 0 is an error. Attacks maximise -y f(x + d) over
 * |d| <= radius:
 *   l2    u = -y grad f(x+d); d += step u/(|u| + guard); d *= min(1, radius/|d|)
 *   linf  d = clip(d - step y sign(grad f(x+d)), -radius, radius), sign(0) = 0
 * and, when a range is given, x + d is clipped to it. A step with a zero gradient leaves d.
 *
 * zero start   one ascent from d = 0; the sample survives when the last iterate is right
 * many starts  the ascent from 0 and from every start; a single error at x, at a start or at
 *              any iterate is an adversarial example, and the sample does not survive
 * At a noiseless centre of a cluster the gradient of a sum of powers p > 1 has no component
 * toward the other clusters: an ascent from 0 then finds nothing at any radius below 1, which
 * is why one start is not enough. */
#ifndef ORY_ALGO_ATTACK_H
#define ORY_ALGO_ATTACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

typedef struct ory_scorer {
    size_t D;
    void *self;
    /* f[n] of X (n x D) and, unless G is NULL, gradients by x (n x D). */
    ory_status (*eval)(void *self, const double *X, size_t n, double *f, double *G, ory_error *err);
} ory_scorer;

typedef enum ory_attack_norm { ORY_ATTACK_L2, ORY_ATTACK_LINF } ory_attack_norm;

typedef struct ory_attack_spec {
    ory_attack_norm norm;
    double step;   /* absolute */
    size_t steps;
    double guard;  /* 1e-12; added to a gradient's length */
    const double *lowest, *highest; /* range of x + d, D numbers each, or NULL */
} ory_attack_spec;

/* Direction number i of sample x with label y, scaled so that radius times it is a start;
 * row is the sample's number. NULL function: no starts. */
typedef struct ory_starts {
    const void *self;
    size_t count;
    void (*direction)(const void *self, const double *x, double y, size_t row, size_t i, double *out);
} ory_starts;

/* Workspace for samples of D numbers. */
typedef struct ory_attack {
    size_t D;
    double *at, *base, *delta, *G, *f, *y;
    size_t *row;
} ory_attack;

ory_status ory_attack_init(ory_attack *a, size_t D, ory_error *err) ORY_WUR;
void ory_attack_fini(ory_attack *a);

/* Push n samples X (n x D) with labels y from delta (n x D, in place). f: outputs at the end. */
ory_status ory_attack_push(ory_attack *a, const ory_scorer *s, const ory_attack_spec *spec,
                           double radius, const double *X, const double *y, size_t n,
                           double *delta, double *f, ory_error *err);

/* survives[i] = 1 for samples that no attack fools. starts NULL: zero start. */
ory_status ory_attack_survivors(ory_attack *a, const ory_scorer *s, const ory_attack_spec *spec,
                                const ory_starts *starts, double radius, const double *X,
                                const double *y, size_t n, unsigned char *survives, ory_error *err);

/* Share of survivors at every radius; survives: n bytes of scratch. */
ory_status ory_attack_curve(ory_attack *a, const ory_scorer *s, const ory_attack_spec *spec,
                            const ory_starts *starts, const double *radii, size_t count,
                            const double *X, const double *y, size_t n, unsigned char *survives,
                            double *share, ory_error *err);

/* `count` random unit vectors of the sample's number and a seed. */
typedef struct ory_random_starts {
    uint64_t seed;
    size_t D;
    bool cube; /* uniform in [-1, 1]^D, for linf */
} ory_random_starts;
void ory_random_direction(const void *self, const double *x, double y, size_t row, size_t i,
                          double *out);

/* Largest |c f(x) - g(x)| found on the unit sphere by normalised gradient ascent of its square
 * from each of the n unit rows of starts (overwritten): a lower estimate of the supremum. */
ory_status ory_attack_distance(ory_attack *a, const ory_scorer *f, double c, const ory_scorer *g,
                               double *starts, size_t n, double step, size_t steps, double guard,
                               double *most, ory_error *err);

#endif
