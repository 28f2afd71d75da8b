/* SPDX-License-Identifier: GPL-3.0-or-later */
/* statistics.c - means, quantiles and line fits. */
#include "config.h"

#include "algo/statistics.h"

#include <math.h>
#include <stdbool.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_fit.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

static bool all_finite(const double *x, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

double ory_stat_mean(const double *x, size_t n)
{
    double sum = 0;
    size_t i;

    if (n == 0)
        return NAN;
    if (all_finite(x, n))
        return gsl_stats_mean(x, 1, n);
    for (i = 0; i < n; i++) /* GSL's recurrence makes NaN of infinities */
        sum += x[i];
    return sum;
}

double ory_stat_std(const double *x, size_t n)
{
    return n < 2 ? NAN : gsl_stats_sd(x, 1, n);
}

double ory_stat_sem(const double *x, size_t n)
{
    return ory_stat_std(x, n) / sqrt((double)n);
}

double ory_stat_quantile(double *x, size_t n, double p)
{
    double at, part;
    size_t i;

    if (n == 0)
        return NAN;
    for (i = 0; i < n; i++)
        if (isnan(x[i]))
            return NAN;
    gsl_sort(x, 1, n);
    at = p * (double)(n - 1);
    i = (size_t)fmin(floor(at), (double)(n - 1));
    part = at - (double)i;
    /* Between equal neighbours no arithmetic: both may be infinite. */
    if (part <= 0 || i + 1 >= n || x[i] == x[i + 1])
        return x[i];
    return x[i] * (1 - part) + x[i + 1] * part;
}

double ory_stat_half_width(const double *x, size_t n, double level)
{
    if (n < 2)
        return NAN;
    return ory_stat_sem(x, n) * gsl_cdf_tdist_Pinv(0.5 + level / 2, (double)(n - 1));
}

static ory_status check_points(const double *x, const double *y, size_t n, double level,
                               ory_error *err)
{
    size_t i, different = 0;

    if (!(level > 0 && level < 1))
        return ory_fail(err, ORY_EINVAL, "level = %g (must be between 0 and 1)", level);
    if (n < 3)
        return ory_fail(err, ORY_EINVAL,
                        "a line with an interval needs at least three points, there %s %zu",
                        n == 1 ? "is" : "are", n);
    if (!all_finite(x, n) || !all_finite(y, n))
        return ory_fail(err, ORY_EINVAL, "a value is not finite");
    for (i = 1; i < n; i++)
        different += x[i] != x[0];
    if (!different)
        return ory_fail(err, ORY_EINVAL, "all %zu points have x = %g: no slope", n, x[0]);
    return ORY_OK;
}

ory_status ory_line_fit_points(const double *x, const double *y, size_t n, double level,
                               ory_line_fit *out, ory_error *err)
{
    ory_status ok = check_points(x, y, n, level, err);
    ory_line_fit f = {.n = n, .level = level};
    double var_intercept, var_slope, rest, all;

    if (ok != ORY_OK)
        return ok;
    /* cov comes scaled by the variance of the residuals, sum / (n - 2) */
    if (gsl_fit_linear(x, 1, y, 1, n, &f.intercept, &f.slope, &var_intercept, &f.covariance,
                       &var_slope, &rest) != 0)
        return ory_fail(err, ORY_EINVAL, "no line through these points");
    all = gsl_stats_tss(y, 1, n);
    f.sigma = sqrt(rest / (double)(n - 2));
    f.r2 = all > 0 ? 1 - rest / all : NAN;
    f.slope_se = sqrt(var_slope);
    f.intercept_se = sqrt(var_intercept);
    f.t = gsl_cdf_tdist_Pinv(0.5 + level / 2, (double)(n - 2));
    f.slope_lo = f.slope - f.t * f.slope_se;
    f.slope_hi = f.slope + f.t * f.slope_se;
    f.intercept_lo = f.intercept - f.t * f.intercept_se;
    f.intercept_hi = f.intercept + f.t * f.intercept_se;
    *out = f;
    return ORY_OK;
}

double ory_line_fit_at(const ory_line_fit *f, double x, double *half_width)
{
    const double var = f->intercept_se * f->intercept_se + 2 * x * f->covariance +
                       x * x * f->slope_se * f->slope_se;

    if (half_width)
        *half_width = f->t * sqrt(fmax(var, 0));
    return f->intercept + f->slope * x;
}
