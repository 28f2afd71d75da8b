/* SPDX-License-Identifier: GPL-3.0-or-later */
/* statistics.h - summaries of values, and straight lines through points with their
 * intervals, by GSL.
 *
 * A NaN among the values makes every summary NaN, infinities have their place in the order
 * (a median may be finite beside them) and make means infinite or NaN: what a run that
 * diverged wrote is never left out silently. */
#ifndef ORY_ALGO_STATISTICS_H
#define ORY_ALGO_STATISTICS_H

#include <stddef.h>

#include "core/status.h"

/* NaN without values; variance and std (divisor n - 1) also of a single one. */
double ory_stat_mean(const double *x, size_t n);
double ory_stat_std(const double *x, size_t n);
double ory_stat_sem(const double *x, size_t n); /* std / sqrt(n) */

/* Sorts x. p in [0, 1]: linear between the order statistics, place p (n - 1) (Hyndman and
 * Fan's type 7, as NumPy and R do by default). */
double ory_stat_quantile(double *x, size_t n, double p);

/* Half the width of the interval of the mean at a level in (0, 1): sem times the quantile of
 * Student's t with n - 1 degrees of freedom; NaN below two values. */
double ory_stat_half_width(const double *x, size_t n, double level);

/* y = intercept + slope x by least squares, errors independent and normal with one
 * variance: standard errors, and Student's t intervals with n - 2 degrees of freedom. */
typedef struct ory_line_fit {
    size_t n;
    double level;
    double slope, slope_se, slope_lo, slope_hi;
    double intercept, intercept_se, intercept_lo, intercept_hi;
    double covariance;        /* of slope and intercept */
    double sigma;             /* standard deviation of the residuals, divisor n - 2 */
    double r2;                /* share of the variance of y that the line explains; NaN: y is
                                 constant */
    double t;                 /* quantile of Student's t at the level */
} ory_line_fit;

/* ORY_EINVAL: fewer than three points, a value that is not finite, one x alone, a level
 * outside (0, 1). */
ory_status ory_line_fit_points(const double *x, const double *y, size_t n, double level,
                               ory_line_fit *out, ory_error *err);

/* The line at x, and half the width of the interval of its mean there. */
double ory_line_fit_at(const ory_line_fit *f, double x, double *half_width);

#endif
