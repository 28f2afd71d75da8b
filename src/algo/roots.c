/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roots.c - see roots.h. */
#include "config.h"

#include "algo/roots.h"

#include <math.h>

enum { MAX_ITERATIONS = 4000 };

double ory_root_positive(const double *c, size_t n)
{
    double x = INFINITY;

    if (!(c[0] > 0) || !isfinite(c[0]))
        return NAN;
    for (size_t i = 1; i <= n; i++) {
        if (!(c[i] >= 0) || !isfinite(c[i]))
            return NAN;
        if (c[i] > 0) {
            const double y = c[0] / c[i];

            x = fmin(x, i == 1 ? y : i == 2 ? sqrt(y) : i == 3 ? cbrt(y) : pow(y, 1.0 / (double)i));
        }
    }
    for (int k = 0; k < MAX_ITERATIONS && isfinite(x); k++) {
        double f = c[n], df = 0, next;

        for (size_t i = n; i-- > 1;) {
            df = df * x + f;
            f = f * x + c[i];
        }
        df = df * x + f;
        f = f * x - c[0];
        next = x - f / df;
        if (!(next < x))
            break;
        x = next;
    }
    return x;
}

double ory_root_bisect(double (*f)(double x, const void *ctx), const void *ctx, double lo,
                       double hi)
{
    double flo = f(lo, ctx), fhi = f(hi, ctx);

    if (flo == 0)
        return lo;
    if (fhi == 0)
        return hi;
    if (isnan(flo) || isnan(fhi) || (flo > 0) == (fhi > 0))
        return NAN;
    for (int k = 0; k < MAX_ITERATIONS; k++) {
        const double mid = lo > 0 && hi > 2 * lo ? sqrt(lo) * sqrt(hi) : lo + 0.5 * (hi - lo);
        double fmid;

        if (!(mid > lo && mid < hi))
            break;
        fmid = f(mid, ctx);
        if (fmid == 0)
            return mid;
        if ((fmid > 0) == (flo > 0))
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}
