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

/* The step to the vertex of the parabola through the three best points, if it falls well
 * inside and is shorter than half the step before the last; else the golden one. */
static double next_step(const double x[3], const double fx[3], double lo, double hi, double tol,
                        double *last, double *before)
{
    double r = (x[0] - x[1]) * (fx[0] - fx[2]), q = (x[0] - x[2]) * (fx[0] - fx[1]);
    double p = (x[0] - x[2]) * q - (x[0] - x[1]) * r, middle = 0.5 * (lo + hi), was = *before, step;

    q = 2 * (q - r);
    if (q > 0)
        p = -p;
    q = fabs(q);
    *before = *last;
    if (fabs(was) > tol && fabs(p) < fabs(0.5 * q * was) && p > q * (lo - x[0]) && p < q * (hi - x[0])) {
        step = p / q;
        if (x[0] + step - lo < 2 * tol || hi - x[0] - step < 2 * tol)
            step = x[0] < middle ? tol : -tol;
    } else {
        *before = x[0] < middle ? hi - x[0] : lo - x[0];
        step = 0.3819660112501051 * *before;
    }
    *last = step;
    return fabs(step) >= tol ? step : copysign(tol, step);
}

double ory_maximise(double (*f)(double x, void *ctx), void *ctx, double lo, double hi, double tol,
                    double *value)
{
    double x[3], fx[3], last = 0, before = 0, u, fu; /* best, second, third */
    int i;

    x[0] = x[1] = x[2] = lo + 0.3819660112501051 * (hi - lo);
    fx[0] = fx[1] = fx[2] = f(x[0], ctx);
    for (i = 0; i < 100 && fabs(x[0] - 0.5 * (lo + hi)) > 2 * tol - 0.5 * (hi - lo); i++) {
        u = x[0] + next_step(x, fx, lo, hi, tol, &last, &before);
        fu = f(u, ctx);
        if (fu >= fx[0]) {
            *(u < x[0] ? &hi : &lo) = x[0];
            x[2] = x[1], fx[2] = fx[1];
            x[1] = x[0], fx[1] = fx[0];
            x[0] = u, fx[0] = fu;
            continue;
        }
        *(u < x[0] ? &lo : &hi) = u;
        if (fu >= fx[1] || x[1] == x[0]) {
            x[2] = x[1], fx[2] = fx[1];
            x[1] = u, fx[1] = fu;
        } else if (fu >= fx[2] || x[2] == x[0] || x[2] == x[1]) {
            x[2] = u, fx[2] = fu;
        }
    }
    *value = fx[0];
    return x[0];
}
