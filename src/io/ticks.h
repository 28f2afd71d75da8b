/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ticks.h - where the ticks of a printed axis stand and what they say.
 *
 * Linear axes: steps of 1, 2 or 5 times a power of ten, four or five minor parts, a
 * common power of ten when the numbers would be long. Log axes: decades (or every
 * n-th of them) labelled as powers, minor ticks at 2 to 9; below two
 * decades also 2 and 5 are labelled. */
#ifndef ORY_IO_TICKS_H
#define ORY_IO_TICKS_H

#include <stdbool.h>

enum { ORY_FIGURE_TICKS = 64, ORY_FIGURE_MINORS = 400, ORY_FIGURE_TICK_TEXT = 24 };

typedef struct ory_figure_tick {
    double at;                       /* place on the axis, 0 (low end) to 1 */
    char text[ORY_FIGURE_TICK_TEXT]; /* "0.25"; before an exponent "10" or "2·10" */
    bool power;                      /* the exponent is set raised behind text */
    int exponent;
} ory_figure_tick;

typedef struct ory_figure_axis {
    bool log;
    double lo, hi; /* values; log: their decimal logarithms */
    ory_figure_tick tick[ORY_FIGURE_TICKS];
    int n;
    double minor[ORY_FIGURE_MINORS]; /* places, 0 to 1 */
    int n_minor;
    bool scaled; /* every number is in units of 10^scale */
    int scale;
} ory_figure_axis;

/* lo < hi (log: both > 0); most: how many labels have room (>= 2). */
void ory_figure_axis_make(ory_figure_axis *a, bool log, double lo, double hi, int most);

/* Place of a value, 0 to 1 inside the range; -inf for values <= 0 on a log axis. */
double ory_figure_axis_at(const ory_figure_axis *a, double value);

#endif
