/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rng.c - xoshiro256++ as a generator of GSL's.
 *
 * Generator and seeding: D. Blackman, S. Vigna, "Scrambled linear pseudorandom
 * number generators", ACM TOMS 47 (2021), arXiv:1805.01407; G. Steele, D. Lea,
 * C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014
 * (splitmix64). Normals: gsl_ran_gaussian_ziggurat. */
#include "config.h"

#include "core/rng.h"

#include <gsl/gsl_randist.h>
#include <math.h>

static const uint64_t golden = 0x9e3779b97f4a7c15; /* 2^64 / golden ratio, odd */

static uint64_t rotl(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

/* The finaliser of splitmix64: a bijection with mix(0) = 0. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/* Stream 0 is xoshiro256++ seeded by splitmix64(seed), as its authors advise.
 * Another stream starts splitmix64 elsewhere and has its number folded into the
 * last word: as the first three words give the start and the last one then
 * gives the stream, no two pairs share a state. */
void ory_rng_init(ory_rng *rng, uint64_t seed, uint64_t stream)
{
    uint64_t start = seed + mix(stream);

    for (int i = 0; i < ORY_RNG_WORDS; i++) {
        start += golden;
        rng->word[i] = mix(start);
    }
    rng->word[3] ^= mix(stream);
    if (!(rng->word[0] | rng->word[1] | rng->word[2] | rng->word[3]))
        rng->word[0] = golden; /* the one state that never moves */
}

void ory_rng_split(const ory_rng *parent, uint64_t key, ory_rng *child)
{
    uint64_t hash = golden;

    for (int i = 0; i < ORY_RNG_WORDS; i++)
        hash = mix((hash ^ parent->word[i]) + golden);
    ory_rng_init(child, hash, mix(key + golden));
}

uint64_t ory_rng_bits(ory_rng *rng)
{
    uint64_t *s = rng->word;
    const uint64_t result = rotl(s[0] + s[3], 23) + s[0];
    const uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

double ory_rng_uniform(ory_rng *rng)
{
    return (double)(ory_rng_bits(rng) >> 11) * 0x1p-53;
}

/* --- GSL's view ----------------------------------------------------------- */

static void type_set(void *state, unsigned long seed)
{
    ory_rng_init(state, seed, 0);
}

/* 32 bits, the upper ones: unsigned long has that many everywhere, so GSL's
 * distributions draw the same numbers on every machine. */
static unsigned long type_get(void *state)
{
    return (unsigned long)(ory_rng_bits(state) >> 32);
}

static double type_get_double(void *state)
{
    return ory_rng_uniform(state);
}

static const gsl_rng_type xoshiro_type = {
    .name = "xoshiro256++",
    .max = 0xffffffffUL,
    .min = 0,
    .size = sizeof(ory_rng),
    .set = type_set,
    .get = type_get,
    .get_double = type_get_double,
};

gsl_rng *ory_rng_as_gsl(ory_rng *rng, ory_rng_gsl *box)
{
    box->gsl.type = &xoshiro_type;
    box->gsl.state = rng;
    return &box->gsl;
}

/* --- distributions -------------------------------------------------------- */

double ory_rng_normal(ory_rng *rng)
{
    ory_rng_gsl box;

    return gsl_ran_gaussian_ziggurat(ory_rng_as_gsl(rng, &box), 1);
}

/* The 2^64 mod n smallest numbers are thrown away: the rest divides evenly. */
uint64_t ory_rng_below(ory_rng *rng, uint64_t n)
{
    uint64_t least, bits;

    if (n < 2)
        return 0;
    least = (0 - n) % n;
    do
        bits = ory_rng_bits(rng);
    while (bits < least);
    return bits % n;
}

void ory_rng_fill_normal(ory_rng *rng, double *x, size_t n, double mean, double std)
{
    ory_rng_gsl box;
    gsl_rng *gsl = ory_rng_as_gsl(rng, &box);

    for (size_t i = 0; i < n; i++)
        x[i] = mean + std * gsl_ran_gaussian_ziggurat(gsl, 1);
}

void ory_rng_fill_uniform(ory_rng *rng, double *x, size_t n, double low, double high)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = low + (high - low) * ory_rng_uniform(rng);
        if (x[i] >= high && high > low)
            x[i] = nextafter(high, low); /* the sum was rounded up */
    }
}

void ory_rng_permutation(ory_rng *rng, size_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t j = (size_t)ory_rng_below(rng, (uint64_t)i + 1);

        p[i] = p[j];
        p[j] = i;
    }
}
