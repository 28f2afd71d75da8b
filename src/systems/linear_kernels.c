/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linear_kernels.c - the three products of a two-layer network. Small ones run
 * here, in the first-level cache and without the overhead of a library call;
 * large ones go to BLAS. The choice depends on the sizes alone. */
#include "config.h"

#include "algo/vec.h"
#include "systems/linear.h"

enum { SMALL = 12000 }; /* multiplications up to which the loops below are faster */

ORY_VEC_INLINE double sum4(ory_v4 v)
{
    return (v[0] + v[2]) + (v[1] + v[3]);
}

/* Three dot products of a with rows of b, at a time. */
ORY_VEC_INLINE void dots3(const double *a, const double *b, size_t h, double *c)
{
    const double *b1 = b + h, *b2 = b1 + h;
    ory_v4 s0 = {0}, s1 = {0}, s2 = {0};
    size_t k = 0;

    for (; k + 4 <= h; k += 4) {
        const ory_v4 v = ORY_V4C(a + k);

        s0 += v * ORY_V4C(b + k);
        s1 += v * ORY_V4C(b1 + k);
        s2 += v * ORY_V4C(b2 + k);
    }
    c[0] = sum4(s0);
    c[1] = sum4(s1);
    c[2] = sum4(s2);
    for (; k < h; k++) {
        c[0] += a[k] * b[k];
        c[1] += a[k] * b1[k];
        c[2] += a[k] * b2[k];
    }
}

ORY_CLONES
static void small_abt(const double *a, const double *b, double *c, size_t n, size_t m, size_t h)
{
    for (size_t i = 0; i < n; i++) {
        size_t j = 0;

        for (; j + 3 <= m; j += 3)
            dots3(a + i * h, b + j * h, h, c + i * m + j);
        for (; j < m; j++)
            c[i * m + j] = ory_vec_dot(a + i * h, b + j * h, h);
    }
}

/* c_i = sum over k of a[i*si + k*sk] b_k: rows of c and b have h numbers. */
ORY_VEC_INLINE void combine(const double *a, size_t si, size_t sk, const double *b, double *c,
                            size_t n, size_t k, size_t h)
{
    for (size_t i = 0; i < n; i++) {
        const double *w = a + i * si;
        double *out = c + i * h;
        size_t x = 0;

        for (; x + 8 <= h; x += 8) {
            ory_v4 s0 = {0}, s1 = {0};

            for (size_t j = 0; j < k; j++) {
                const double u = w[j * sk];
                const ory_v4 v = {u, u, u, u};

                s0 += v * ORY_V4C(b + j * h + x);
                s1 += v * ORY_V4C(b + j * h + x + 4);
            }
            ORY_V4(out + x) = s0;
            ORY_V4(out + x + 4) = s1;
        }
        if (x + 4 <= h) {
            ory_v4 s0 = {0};

            for (size_t j = 0; j < k; j++) {
                const double u = w[j * sk];
                const ory_v4 v = {u, u, u, u};

                s0 += v * ORY_V4C(b + j * h + x);
            }
            ORY_V4(out + x) = s0;
            x += 4;
        }
        for (; x < h; x++) {
            double sum = 0;

            for (size_t j = 0; j < k; j++)
                sum += w[j * sk] * b[j * h + x];
            out[x] = sum;
        }
    }
}

ORY_CLONES
static void small_ab(const double *a, const double *b, double *c, size_t n, size_t k, size_t h)
{
    combine(a, k, 1, b, c, n, k, h);
}

ORY_CLONES
static void small_atb(const double *a, const double *b, double *c, size_t n, size_t m, size_t h)
{
    combine(a, 1, m, b, c, m, n, h);
}

static ory_mat view(const double *a, size_t rows, size_t cols)
{
    return (ory_mat){.rows = rows, .cols = cols, .ld = cols, .data = (double *)a};
}

void linear_mul_abt(const double *a, const double *b, double *c, size_t n, size_t m, size_t h)
{
    if (n * m * h <= SMALL) {
        small_abt(a, b, c, n, m, h);
    } else {
        const ory_mat ma = view(a, n, h), mb = view(b, m, h), mc = view(c, n, m);

        ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &ma, &mb, 0, &mc);
    }
}

void linear_mul_ab(const double *a, const double *b, double *c, size_t n, size_t k, size_t h)
{
    if (n * k * h <= SMALL) {
        small_ab(a, b, c, n, k, h);
    } else {
        const ory_mat ma = view(a, n, k), mb = view(b, k, h), mc = view(c, n, h);

        ory_gemm(ORY_PLAIN, ORY_PLAIN, 1, &ma, &mb, 0, &mc);
    }
}

void linear_mul_atb(const double *a, const double *b, double *c, size_t n, size_t m, size_t h)
{
    if (n * m * h <= SMALL) {
        small_atb(a, b, c, n, m, h);
    } else {
        const ory_mat ma = view(a, n, m), mb = view(b, n, h), mc = view(c, m, h);

        ory_gemm(ORY_TRANS, ORY_PLAIN, 1, &ma, &mb, 0, &mc);
    }
}
