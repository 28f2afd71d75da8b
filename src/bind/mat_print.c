/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mat_print.c - a matrix as text: a line with its shape, then its entries at one common
 * scale, cut to edges and an ellipsis where it does not fit the window. */
#include "config.h"

#include "bind/mat.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CELL = 32, EDGE = 3, DIGITS = 4 };

/* How all entries of one matrix are written. */
typedef struct style {
    bool whole;      /* whole numbers: no decimals */
    bool each;       /* magnitudes too far apart for one scale: exponent in each entry */
    int exponent;    /* entries are divided by 10^exponent */
    int decimals;
    int width;
} style;

/* The part of a dimension that is shown: [0, head) and [n - tail, n). */
typedef struct span {
    size_t n, head, tail;
} span;

static size_t shown(const span *s)
{
    return s->head + s->tail;
}

static size_t place(const span *s, size_t i)
{
    return i < s->head ? i : s->n - s->tail + (i - s->head);
}

static span fit(size_t n, size_t room)
{
    span s = {.n = n, .head = n, .tail = 0};

    if (n > room) {
        if (room < 2)
            room = 2;
        s.tail = room / 2 < EDGE ? room / 2 : EDGE;
        s.head = room - s.tail;
    }
    return s;
}

static double at(const ory_lmat *a, size_t r, size_t c, bool flat)
{
    return flat ? *ory_lmat_nth(a, c) : *ory_lmat_at(a, r, c);
}

/* Smallest and largest magnitude among the finite, non-zero entries that are shown. */
static void magnitudes(const ory_lmat *a, bool flat, const span *rows, const span *cols, double *low,
                       double *high, bool *whole)
{
    *low = INFINITY;
    *high = 0;
    *whole = true;
    for (size_t i = 0; i < shown(rows); i++)
        for (size_t j = 0; j < shown(cols); j++) {
            double x = fabs(at(a, place(rows, i), place(cols, j), flat));

            if (!isfinite(x))
                continue;
            *whole = *whole && x == floor(x) && x < 1e15;
            if (x > *high)
                *high = x;
            if (x > 0 && x < *low)
                *low = x;
        }
}

static void format_entry(double x, const style *s, char *out)
{
    if (isnan(x))
        snprintf(out, CELL, "nan");
    else if (isinf(x))
        snprintf(out, CELL, x > 0 ? "inf" : "-inf");
    else if (s->whole)
        snprintf(out, CELL, "%.0f", x == 0 ? 0.0 : x); /* not -0 */
    else if (x == 0)
        snprintf(out, CELL, "0");
    else if (s->each)
        snprintf(out, CELL, "%.*e", DIGITS - 1, x);
    else
        snprintf(out, CELL, "%.*f", s->decimals, x / pow(10, s->exponent));
}

static void fit_width(const ory_lmat *a, bool flat, const span *rows, const span *cols, style *s)
{
    char text[CELL];

    s->width = 1;
    for (size_t i = 0; i < shown(rows); i++)
        for (size_t j = 0; j < shown(cols); j++) {
            int w;

            format_entry(at(a, place(rows, i), place(cols, j), flat), s, text);
            w = (int)strlen(text);
            if (w > s->width)
                s->width = w;
        }
}

/* Whole numbers below 10^7 as they are; others with four decimals; a common factor when
 * the largest is below 0.01 or from 10^5 on; exponents of their own when entries that
 * are not zero would lose all their digits at the common scale. */
static style choose(const ory_lmat *a, bool flat, const span *rows, const span *cols)
{
    style s = {.decimals = DIGITS};
    double low, high;

    magnitudes(a, flat, rows, cols, &low, &high, &s.whole);
    s.whole = s.whole && high < 1e7;
    if (!s.whole && high > 0) {
        int top = (int)floor(log10(high)), bottom = (int)floor(log10(low));

        if (top >= 5 || top < -2)
            s.exponent = top;
        s.each = bottom - s.exponent < -DIGITS;
        if (s.each)
            s.exponent = 0;
    }
    fit_width(a, flat, rows, cols, &s);
    return s;
}

static void add_padded(luaL_Buffer *b, const char *text, int width)
{
    for (int n = (int)strlen(text); n < width; n++)
        luaL_addchar(b, ' ');
    luaL_addstring(b, text);
}

static void add_line(luaL_Buffer *b, const ory_lmat *a, size_t r, bool flat, const span *cols,
                     const style *s)
{
    char text[CELL];

    luaL_addstring(b, "\n");
    for (size_t j = 0; j < shown(cols); j++) {
        if (cols->tail > 0 && j == cols->head)
            luaL_addstring(b, "  …");
        luaL_addstring(b, "  ");
        format_entry(at(a, r, place(cols, j), flat), s, text);
        add_padded(b, text, s->width);
    }
}

static void add_head(luaL_Buffer *b, const ory_lmat *a, const style *s)
{
    char text[120];
    const char *kind = a->vector && a->cols == 1 ? "vector" : a->vector ? "row vector" : "";

    if (*kind)
        snprintf(text, sizeof text, "%s of %zu", kind, ory_lmat_len(a));
    else
        snprintf(text, sizeof text, "%zu x %zu matrix", a->rows, a->cols);
    luaL_addstring(b, text);
    if (s->exponent != 0) {
        snprintf(text, sizeof text, ", times 1e%+03d", s->exponent);
        luaL_addstring(b, text);
    }
}

/* Columns that fit, two cells between; a cut row also holds the ellipsis. */
static size_t columns_for(int width, size_t n)
{
    size_t each = (size_t)width + 2, all = (size_t)(ory_width > 12 ? ory_width : 12) / each;

    if (n <= all)
        return n;
    all = ((size_t)(ory_width > 15 ? ory_width : 15) - 3) / each;
    return all < 2 ? 2 : all;
}

void ory_push_mat_text(lua_State *L, const ory_lmat *a)
{
    bool flat = a->vector;
    size_t n = flat ? ory_lmat_len(a) : a->cols;
    span rows = flat ? fit(1, 1) : fit(a->rows, ory_height > 8 ? (size_t)ory_height - 5 : 3);
    span cols = fit(n, (size_t)ory_width / 3);
    style s = choose(a, flat, &rows, &cols);
    luaL_Buffer b;

    while (shown(&cols) > columns_for(s.width, n)) {
        cols = fit(n, columns_for(s.width, n));
        s = choose(a, flat, &rows, &cols);
        if (shown(&cols) <= 2)
            break;
    }
    luaL_buffinit(L, &b);
    add_head(&b, a, &s);
    for (size_t i = 0; n > 0 && i < shown(&rows); i++) {
        if (rows.tail > 0 && i == rows.head)
            luaL_addstring(&b, "\n  …");
        add_line(&b, a, place(&rows, i), flat, &cols, &s);
    }
    luaL_pushresult(&b);
}
