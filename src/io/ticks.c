/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ticks.c - ticks of printed axes. */
#include "config.h"

#include "io/ticks.h"

#include <math.h>
#include <stdio.h>

double ory_figure_axis_at(const ory_figure_axis *a, double value)
{
    if (a->log)
        value = value > 0 ? log10(value) : isnan(value) ? NAN : -INFINITY;
    return (value - a->lo) / (a->hi - a->lo);
}

/* at: on the axis (log: a logarithm). NULL when it is outside or there is no room. */
static ory_figure_tick *add(ory_figure_axis *a, double at)
{
    const double slack = 1e-9;
    double place = (at - a->lo) / (a->hi - a->lo);
    ory_figure_tick *t;

    if (a->n == ORY_FIGURE_TICKS || !(place >= -slack && place <= 1 + slack))
        return NULL;
    t = &a->tick[a->n++];
    *t = (ory_figure_tick){.at = place < 0 ? 0 : place > 1 ? 1 : place};
    return t;
}

static void add_minor(ory_figure_axis *a, double at)
{
    double place = (at - a->lo) / (a->hi - a->lo);

    if (a->n_minor < ORY_FIGURE_MINORS && place > 0 && place < 1)
        a->minor[a->n_minor++] = place;
}

/* ------------------------------------------------------------------- linear */

/* The least of 1, 2, 5 times a power of ten that is at least raw; minor parts of it. */
static double nice_step(double raw, int *parts)
{
    double decade = pow(10, floor(log10(raw))), m = raw / decade;

    *parts = m <= 1.0001 ? 5 : m <= 2.0001 ? 4 : 5;
    return (m <= 1.0001 ? 1 : m <= 2.0001 ? 2 : m <= 5.0001 ? 5 : 10) * decade;
}

/* Numbers of six and more digits, or of more than four decimals, share a power. */
static void choose_scale(ory_figure_axis *a, double lo, double hi, double step)
{
    double size = fmax(fabs(lo), fabs(hi));

    if (size >= 1e5 || step < 0.999e-4) {
        a->scaled = true;
        a->scale = (int)floor(log10(size) + 1e-9);
    }
}

static void plain_ticks(ory_figure_axis *a, double lo, double hi, int most)
{
    int parts, digits, whole;
    double step = nice_step((hi - lo) / (most > 1 ? most - 0.999 : 1), &parts), k, unit = 1;

    choose_scale(a, lo, hi, step);
    if (a->scaled)
        unit = pow(10, a->scale);
    digits = (int)ceil(-log10(step / unit) - 1e-9);
    digits = digits < 0 ? 0 : digits > 12 ? 12 : digits;
    whole = (int)fmin((hi - lo) / step + 2, ORY_FIGURE_TICKS);
    for (k = floor(lo / step); whole >= 0 && k * step <= hi + 1e-9 * step; k++, whole--) {
        ory_figure_tick *t;
        int i;

        for (i = 1; i < parts; i++)
            add_minor(a, a->log ? log10((k + (double)i / parts) * step)
                                : (k + (double)i / parts) * step);
        if (a->log && k <= 0)
            continue;
        if ((t = add(a, a->log ? log10(k * step) : k * step)) != NULL)
            snprintf(t->text, sizeof t->text, "%.*f", digits, k == 0 ? 0.0 : k * step / unit);
    }
}

/* ---------------------------------------------------------------------- log */

/* plain: 0.02 rather than 2·10⁻² as long as that is short. */
static void power_text(ory_figure_tick *t, int mantissa, int exponent, bool plain)
{
    if (plain && exponent >= -2 && exponent <= 2) {
        snprintf(t->text, sizeof t->text, "%.*f", exponent < 0 ? -exponent : 0,
                 mantissa * pow(10, exponent));
        return;
    }
    t->power = true;
    t->exponent = exponent;
    if (mantissa == 1)
        snprintf(t->text, sizeof t->text, "10");
    else
        snprintf(t->text, sizeof t->text, "%d·10", mantissa);
}

static void decades(ory_figure_axis *a, int most)
{
    static const int steps[] = {1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 40, 50, 100, 200, 300};
    const int n = (int)(sizeof steps / sizeof *steps);
    int i = 0, d, m;

    while (i + 1 < n && (a->hi - a->lo) / steps[i] > most - 0.999)
        i++;
    for (d = (int)floor(a->lo) - 1; d <= a->hi; d++) {
        if (d % steps[i] == 0) {
            ory_figure_tick *t = add(a, d);

            if (t)
                power_text(t, 1, d, false);
        } else {
            add_minor(a, d);
        }
        for (m = 2; m <= 9 && steps[i] == 1 && a->hi - a->lo < 12; m++)
            add_minor(a, d + log10(m));
    }
}

static void mantissas(ory_figure_axis *a)
{
    int d, m;

    for (d = (int)floor(a->lo) - 1; d <= a->hi; d++)
        for (m = 1; m <= 9; m++) {
            ory_figure_tick *t;

            if (m != 1 && m != 2 && m != 5)
                add_minor(a, d + log10(m));
            else if ((t = add(a, d + log10(m))) != NULL)
                power_text(t, m, d, true);
        }
}

void ory_figure_axis_make(ory_figure_axis *a, bool log, double lo, double hi, int most)
{
    *a = (ory_figure_axis){.log = log, .lo = log ? log10(lo) : lo, .hi = log ? log10(hi) : hi};
    if (most < 2)
        most = 2;
    if (!log)
        plain_ticks(a, lo, hi, most);
    else if (floor(a->hi) - ceil(a->lo) >= 2 || a->hi - a->lo >= 2) /* three powers or two decades */
        decades(a, most);
    else if (a->hi - a->lo >= 0.6)
        mantissas(a);
    else
        plain_ticks(a, lo, hi, most);
}
