/* SPDX-License-Identifier: GPL-3.0-or-later */
/* axis.c - scales and ticks. */
#include "config.h"

#include "tui/axis.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/utf8.h"

static void add_tick(ory_scale *s, int cell, double value)
{
    if (cell < 0 || cell >= s->cells || s->n_ticks == ORY_TICKS_MAX)
        return;
    s->ticks[s->n_ticks++] = (ory_tick){cell, value};
}

static double from_axis(const ory_scale *s, double v)
{
    return s->log ? pow(10, v) : v;
}

/* ----------------------------------------------------------- aligned ticks */

/* Every cell centre is a multiple of unit, every tick one of rows * unit. Sets the
 * range if lo..hi fits. */
static bool try_unit(ory_scale *s, double lo, double hi, double step, int rows)
{
    const double unit = step / rows, slack = 0.36;
    double first = floor((lo + hi) / 2 / unit - (s->cells - 1) / 2.0 + 0.5);

    if (first * unit - slack * unit > lo)
        first -= 1;
    else if ((first + s->cells - 1 + slack) * unit < hi)
        first += 1;
    if ((first - slack) * unit > lo || (first + s->cells - 1 + slack) * unit < hi)
        return false;
    const int per_cell = s->dots / s->cells;
    s->lo = (first - 0.5 + 0.5 / per_cell) * unit;
    s->hi = (first + s->cells - 0.5 - 0.5 / per_cell) * unit;
    s->per_unit = per_cell / unit;
    s->step = step;
    s->n_ticks = 0;
    for (int cell = 0; cell < s->cells; cell++) {
        double k = (first + cell) / rows;
        if (k == floor(k))
            add_tick(s, cell, k * step);
    }
    return s->n_ticks > 0;
}

static const double log_steps[] = {1,  2,  3,  4,  5,  6,  8,  10,  12,  15, 20,
                                   25, 30, 40, 50, 60, 80, 100, 150, 200, 300};

/* The finest unit among all steps and rows per tick that holds the range. */
static bool align(ory_scale *s, double lo, double hi, int label_cells)
{
    const int least = label_cells > s->cells / 8 ? label_cells : s->cells / 8;
    const int most = s->cells / 2 > least ? s->cells / 2 : least;
    const double tight = (hi - lo) / s->cells;
    double best = 0, best_step = 0;
    int best_rows = 0;

    for (int rows = least; rows <= most; rows++) {
        int n = s->log ? (int)(sizeof log_steps / sizeof *log_steps) : 9;
        double decade = s->log ? 1 : pow(10, floor(log10(tight * rows)));
        for (int i = 0; i < n; i++) {
            static const double mantissa[9] = {1, 2, 5, 10, 20, 50, 100, 200, 500};
            double step = s->log ? log_steps[i] : mantissa[i] * decade;
            double unit = step / rows;
            if (unit < tight * 0.999 || (best_rows && unit >= best * 0.9999))
                continue;
            ory_scale trial = *s;
            if (try_unit(&trial, lo, hi, step, rows)) {
                best = unit;
                best_step = step;
                best_rows = rows;
            }
        }
    }
    return best_rows && try_unit(s, lo, hi, best_step, best_rows);
}

/* ------------------------------------------------------------ exact ranges */

static double nice_step(double span, double count)
{
    double raw = span / (count < 1 ? 1 : count), decade = pow(10, floor(log10(raw)));
    double m = raw / decade;
    return (m <= 1.0001 ? 1 : m <= 2.0001 ? 2 : m <= 5.0001 ? 5 : 10) * decade;
}

static int cell_of(const ory_scale *s, double axis_value)
{
    return (int)floor((axis_value - s->lo) * s->per_unit / (s->dots / s->cells) +
                      0.5 / (s->dots / s->cells));
}

static void linear_ticks(ory_scale *s, int label_cells)
{
    double a = from_axis(s, s->lo), b = from_axis(s, s->hi);
    double step = nice_step(b - a, (double)s->cells / label_cells);
    int last = -1000000;

    for (double k = ceil(a / step - 1e-9); k * step <= b + 1e-9 * (b - a); k++) {
        double v = k * step;
        int cell = cell_of(s, s->log ? log10(v) : v);
        if (cell - last >= label_cells) {
            add_tick(s, cell, s->log ? log10(v) : v);
            last = cell;
        }
        if (s->n_ticks == ORY_TICKS_MAX)
            break;
    }
    s->step = s->log ? 0 : step;
}

static void mantissa_ticks(ory_scale *s, int label_cells)
{
    static const double mantissa[3] = {1, 2, 5};
    int last = -1000000;

    for (double d = floor(s->lo); d <= s->hi; d++) {
        for (int i = 0; i < 3; i++) {
            double v = d + log10(mantissa[i]);
            int cell = cell_of(s, v);
            if (v >= s->lo - 1e-9 && v <= s->hi + 1e-9 && cell - last >= label_cells) {
                add_tick(s, cell, v);
                last = cell;
            }
        }
    }
    s->step = 0;
}

static void decade_ticks(ory_scale *s, int label_cells)
{
    double raw = (s->hi - s->lo) * label_cells / s->cells;
    size_t i = 0;

    while (i + 1 < sizeof log_steps / sizeof *log_steps && log_steps[i] < raw)
        i++;
    s->step = log_steps[i];
    for (double k = ceil(s->lo / s->step - 1e-9); k * s->step <= s->hi + 1e-9; k++)
        add_tick(s, cell_of(s, k * s->step), k * s->step);
}

static void exact(ory_scale *s, double lo, double hi, int label_cells)
{
    s->lo = lo;
    s->hi = hi;
    s->per_unit = (s->dots - 1) / (hi - lo);
    s->n_ticks = 0;
    if (!s->log)
        linear_ticks(s, label_cells);
    else if (hi - lo >= 2)
        decade_ticks(s, label_cells);
    else
        mantissa_ticks(s, label_cells);
    if (s->log && s->n_ticks < 2) {
        s->n_ticks = 0;
        linear_ticks(s, label_cells);
    }
}

/* --------------------------------------------------------------- interface */

void ory_scale_make(ory_scale *s, bool log, double lo, double hi, int cells, int dots_per_cell,
                    bool aligned, int label_cells)
{
    *s = (ory_scale){.log = log, .cells = cells < 1 ? 1 : cells};
    s->dots = s->cells * dots_per_cell;
    if (label_cells < 1)
        label_cells = 1;
    if (log) { /* widening by a factor may have left the range of doubles */
        lo = log10(fmax(lo, DBL_MIN * DBL_EPSILON));
        hi = log10(fmin(hi, DBL_MAX));
    }
    /* Twice the range must not overflow; below the spacing of doubles it is constant. */
    if (hi > DBL_MAX / 8)
        hi = DBL_MAX / 8;
    if (lo < -DBL_MAX / 8)
        lo = -DBL_MAX / 8;
    double size = fmax(fabs(lo), fabs(hi)), least = log ? 1e-3 : 1e-12 * size;
    if (!(hi - lo > least)) {
        double half = log ? 0.5 : size > 1e-300 ? 0.25 * size : 1;
        lo -= half;
        hi += half;
    }
    if (aligned && s->cells >= 3 && (!log || hi - lo >= 1) && align(s, lo, hi, label_cells))
        return;
    if (aligned) {
        double pad = (hi - lo) * 0.04;
        lo -= pad;
        hi += pad;
    }
    exact(s, lo, hi, label_cells);
}

double ory_scale_at(const ory_scale *s, double value)
{
    if (s->log) {
        if (value <= 0)
            return -INFINITY;
        value = log10(value);
    }
    return (value - s->lo) * s->per_unit;
}

double ory_scale_value(const ory_scale *s, double position)
{
    return from_axis(s, s->lo + position / s->per_unit);
}

/* ------------------------------------------------------------------ labels */

static size_t put_exponent(char *text, int exponent)
{
    static const char *const digit[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char plain[16];
    size_t n = 0;

    snprintf(plain, sizeof plain, "%d", exponent);
    for (const char *p = plain; *p; p++) {
        const char *piece = *p == '-' ? "⁻" : digit[*p - '0'];
        memcpy(text + n, piece, strlen(piece));
        n += strlen(piece);
    }
    text[n] = 0;
    return n;
}

/* "1.50e+06" as "1.5e6". */
static void tidy_exponent(char *text)
{
    char *e = strchr(text, 'e'), *from, *to;

    if (!e)
        return;
    from = e + 1;
    to = e;
    while (to > text && to[-1] == '0' && strchr(text, '.') && strchr(text, '.') < to)
        to--;
    if (to > text && to[-1] == '.')
        to--;
    *to++ = 'e';
    if (*from == '-')
        *to++ = '-';
    from++;
    while (*from == '0' && from[1])
        from++;
    memmove(to, from, strlen(from) + 1);
}

static void plain_label(char *text, double v, double step)
{
    double size = fabs(v);

    if (step > 0 && size < 1e-6 * step)
        v = size = 0;
    if (step >= 1 && size >= 1e5 && size < 1e9 && step == floor(step)) {
        double unit = size >= 1e6 && fmod(step, 1e4) == 0 ? 1e6 : 1e3;
        if (fmod(v, unit / 100) == 0) {
            snprintf(text, ORY_TICK_TEXT, "%.6g%c", v / unit, unit == 1e6 ? 'M' : 'k');
            return;
        }
    }
    if (v != 0 && (size >= 1e5 || (step > 0 ? step : size) < 1e-4)) {
        int digits = step > 0 ? (int)(floor(log10(size) + 1e-9) - floor(log10(step) + 1e-9)) : 2;
        snprintf(text, ORY_TICK_TEXT, "%.*e", digits < 0 ? 0 : digits > 8 ? 8 : digits, v);
        tidy_exponent(text);
    } else if (step > 0) {
        int digits = (int)ceil(-log10(step) - 1e-9);
        snprintf(text, ORY_TICK_TEXT, "%.*f", digits < 0 ? 0 : digits > 12 ? 12 : digits, v);
    } else {
        snprintf(text, ORY_TICK_TEXT, "%.4g", v);
    }
}

static int columns(const char *text)
{
    int n = 0;
    while (ory_utf8_next(&text))
        n++;
    return n;
}

int ory_tick_label(const ory_scale *s, const ory_tick *tick, const ory_glyphs *g,
                   char text[ORY_TICK_TEXT])
{
    if (s->log) {
        double exponent = floor(tick->value + 1e-9), m = pow(10, tick->value - exponent);
        if (fabs(m - 1) < 1e-6 && (s->step > 0 || exponent < -3 || exponent > 3)) {
            if (g->ascii) {
                snprintf(text, ORY_TICK_TEXT, "1e%d", (int)exponent);
            } else {
                memcpy(text, "10", 2);
                put_exponent(text + 2, (int)exponent);
            }
        } else {
            double v = pow(10, tick->value);
            plain_label(text, v, 0);
        }
    } else {
        plain_label(text, tick->value, s->step);
    }
    return columns(text);
}

const char *ory_value_text(double value, char *text, size_t size)
{
    double v = fabs(value);

    if (isnan(value))
        snprintf(text, size, "undefined");
    else if (isinf(value))
        snprintf(text, size, value > 0 ? "inf" : "-inf");
    else if (v == floor(v) && v < 1e6)
        snprintf(text, size, "%.0f", value);
    else if (v < 1e-3 || v >= 1e5)
        snprintf(text, size, "%.2e", value);
    else
        snprintf(text, size, "%.4g", value);
    return text;
}
