/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rng.h - seeded random streams.
 *
 * A stream is a gsl_rng of our own type (xoshiro256++, 64-bit seeds, 32 bytes
 * of state), so that all of GSL's distributions draw from it, while seeds are
 * not cut to 32 bits, the state is small enough for every checkpoint, and it
 * can be written to a file the same way on every machine. Nothing is read from
 * the environment. */
#ifndef ORY_CORE_RNG_H
#define ORY_CORE_RNG_H

#include <gsl/gsl_rng.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

enum { ORY_RNG_WORDS = 4 };

typedef struct ory_rng {
    uint64_t word[ORY_RNG_WORDS];
} ory_rng;

/* Streams with different (seed, stream) pairs are independent for every
 * practical purpose: the state is splitmix64 of a mix of both. */
void ory_rng_init(ory_rng *rng, uint64_t seed, uint64_t stream);

/* A child stream that depends on the parent's present state and on key; the
 * parent does not move. */
void ory_rng_split(const ory_rng *parent, uint64_t key, ory_rng *child);

uint64_t ory_rng_bits(ory_rng *rng);
double ory_rng_uniform(ory_rng *rng);                 /* [0, 1)            */
double ory_rng_normal(ory_rng *rng);                  /* N(0, 1), ziggurat */
uint64_t ory_rng_below(ory_rng *rng, uint64_t n);     /* 0..n-1, unbiased  */
void ory_rng_fill_normal(ory_rng *rng, double *x, size_t n, double mean, double std);
void ory_rng_fill_uniform(ory_rng *rng, double *x, size_t n, double low, double high);
void ory_rng_permutation(ory_rng *rng, size_t *p, size_t n); /* of 0..n-1 */

/* For GSL's distributions: a gsl_rng that reads and moves *rng. Valid while
 * *rng lives; not to be freed. */
typedef struct ory_rng_gsl {
    gsl_rng gsl;
} ory_rng_gsl;
gsl_rng *ory_rng_as_gsl(ory_rng *rng, ory_rng_gsl *box);

#endif
