/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vec.h - the few inner loops of small problems, four numbers at a time.
 *
 * The lanes are added in one fixed order, so a result depends on the data and
 * the length alone: not on alignment, not on the machine's vector width. */
#ifndef ORY_ALGO_VEC_H
#define ORY_ALGO_VEC_H

#include <stddef.h>
#include <string.h>

typedef double ory_v4 __attribute__((vector_size(32), aligned(8), may_alias));

/* Functions marked so are compiled twice, for plain x86-64 and for AVX2, and the
 * loader picks one; the arithmetic is the same (no contraction), so are the bits. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define ORY_CLONES __attribute__((target_clones("avx2", "default")))
#define ORY_VEC_INLINE static inline __attribute__((always_inline))
#else
#define ORY_CLONES
#define ORY_VEC_INLINE static inline
#endif

#define ORY_V4(p) (*(ory_v4 *)(p))
#define ORY_V4C(p) (*(const ory_v4 *)(p))

/* x'y over n numbers. */
ORY_VEC_INLINE double ory_vec_dot(const double *x, const double *y, size_t n)
{
    ory_v4 s0 = {0}, s1 = {0};
    double sum;
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        s0 += ORY_V4C(x + i) * ORY_V4C(y + i);
        s1 += ORY_V4C(x + i + 4) * ORY_V4C(y + i + 4);
    }
    if (i + 4 <= n) {
        s0 += ORY_V4C(x + i) * ORY_V4C(y + i);
        i += 4;
    }
    s0 += s1;
    sum = (s0[0] + s0[2]) + (s0[1] + s0[3]);
    for (; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

/* y += a x over n numbers. */
ORY_VEC_INLINE void ory_vec_axpy(double a, const double *x, double *y, size_t n)
{
    const ory_v4 va = {a, a, a, a};
    size_t i = 0;

    for (; i + 4 <= n; i += 4)
        ORY_V4(y + i) += va * ORY_V4C(x + i);
    for (; i < n; i++)
        y[i] += a * x[i];
}

#endif
