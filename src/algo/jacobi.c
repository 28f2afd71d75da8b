/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jacobi.c - one-sided Jacobi rotations of a few long vectors; see jacobi.h.
 * Source: Hestenes, "Inversion of matrices by biorthogonalization", J. SIAM 6 (1958). */
#include "config.h"

#include "algo/jacobi.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "algo/vec.h"
#include "core/linalg.h"

enum { MAX_SWEEPS = 60 };

/* Rotates x and y to orthogonality, the longer one first; true if it had to. */
static bool rotate(double *x, double *y, size_t len)
{
    const double xx = ory_vec_dot(x, x, len), yy = ory_vec_dot(y, y, len),
                 xy = ory_vec_dot(x, y, len);
    const bool swap = xx < yy;
    double tau, t, c, s;

    if (!(fabs(xy) > DBL_EPSILON * sqrt(xx) * sqrt(yy)) && !swap)
        return false;
    if (xy == 0) { /* only the order is wrong */
        c = 0, s = 1;
    } else {
        tau = (xx - yy) / (2 * xy);
        t = (tau >= 0 ? 1 : -1) / (fabs(tau) + sqrt(1 + tau * tau));
        c = 1 / sqrt(1 + t * t);
        s = t * c;
        if (swap) { /* the other of the two solutions puts the larger one first */
            const double old = c;

            c = -s;
            s = old;
        }
    }
    for (size_t i = 0; i < len; i++) {
        const double a = x[i], b = y[i];

        x[i] = c * a + s * b;
        y[i] = c * b - s * a;
    }
    return true;
}

static void make_unit(double *a, size_t k, size_t len, double *s)
{
    for (size_t i = 0; i < k; i++) {
        s[i] = ory_norm2(a + i * len, len);
        for (size_t j = 0; s[i] > 0 && j < len; j++)
            a[i * len + j] /= s[i];
    }
}

void ory_jacobi_rows(double *a, size_t k, size_t len, double *s)
{
    bool turned = true;

    if (!ory_all_finite(a, k * len)) {
        for (size_t i = 0; i < k; i++)
            s[i] = NAN;
        return;
    }
    for (int sweep = 0; turned && sweep < MAX_SWEEPS; sweep++) {
        turned = false;
        for (size_t p = 0; p + 1 < k; p++)
            for (size_t q = p + 1; q < k; q++)
                turned = rotate(a + p * len, a + q * len, len) || turned;
    }
    make_unit(a, k, len, s);
}
