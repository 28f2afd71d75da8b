/* SPDX-License-Identifier: GPL-3.0-or-later */
/* number.c - decimal text of doubles, independent of the locale.
 *
 * Short numbers take the exact path: a mantissa below 2^53 times or over a power
 * of ten up to 10^22 is one rounding, hence correctly rounded. All others go
 * through the C library under the "C" locale. */
#include "config.h"

#include "io/number.h"

#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static locale_t c_locale(void)
{
    static locale_t made;

    if (!made)
        made = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return made;
}

static double read_back(const char *text)
{
    locale_t c = c_locale();

    return c ? strtod_l(text, NULL, c) : strtod(text, NULL);
}

static size_t format(char *out, const char *fmt, int digits, double x)
{
    locale_t c = c_locale(), before = c ? uselocale(c) : (locale_t)0;
    int n = snprintf(out, ORY_NUMBER_TEXT, fmt, digits, x);

    if (before)
        uselocale(before);
    return n > 0 ? (size_t)n : 0;
}

size_t ory_number_text(double x, char out[ORY_NUMBER_TEXT])
{
    size_t n = 0;
    int digits;

    if (isnan(x)) {
        memcpy(out, "nan", 4);
        return 3;
    }
    if (isinf(x)) {
        strcpy(out, x > 0 ? "inf" : "-inf");
        return strlen(out);
    }
    if (x == trunc(x) && fabs(x) < 1e15)
        return format(out, "%.*f", 0, x);
    for (digits = 15; digits <= 17; digits++) {
        n = format(out, "%.*g", digits, x);
        if (read_back(out) == x)
            break;
    }
    return n;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool parse_word(const char *s, size_t n, bool minus, double *out)
{
    if ((n == 3 && strncasecmp(s, "nan", 3) == 0) || (n == 2 && strncasecmp(s, "na", 2) == 0))
        *out = NAN;
    else if ((n == 3 && strncasecmp(s, "inf", 3) == 0) ||
             (n == 8 && strncasecmp(s, "infinity", 8) == 0))
        *out = minus ? -INFINITY : INFINITY;
    else
        return false;
    return true;
}

/* What a decimal number consists of. */
typedef struct decimal {
    uint64_t mantissa; /* the first 19 significant digits */
    int exponent;      /* value = mantissa 10^exponent if no digit was dropped */
    bool exact;        /* no digit was dropped */
} decimal;

static bool scan_exponent(const char **s, const char *end, int *exponent)
{
    bool minus = false;
    int e = 0;

    if (*s < end && (**s == '+' || **s == '-'))
        minus = *(*s)++ == '-';
    if (*s == end || **s < '0' || **s > '9')
        return false;
    for (; *s < end && **s >= '0' && **s <= '9'; ++*s)
        if (e < 100000)
            e = 10 * e + (**s - '0');
    *exponent = minus ? -e : e;
    return true;
}

static bool scan(const char *s, const char *end, decimal *d)
{
    int digits = 0, used = 0, shift = 0, e = 0;
    bool point = false;

    *d = (decimal){.exact = true};
    for (; s < end; s++) {
        if (*s == '.' && !point) {
            point = true;
            continue;
        }
        if (*s < '0' || *s > '9')
            break;
        digits++;
        if (used < 19) {
            d->mantissa = 10 * d->mantissa + (uint64_t)(*s - '0');
            used += d->mantissa != 0;
            shift -= point;
        } else {
            d->exact = false;
            shift += !point;
        }
    }
    if (digits == 0)
        return false;
    if (s < end && strchr("eEdD", *s)) {
        s++;
        if (!scan_exponent(&s, end, &e))
            return false;
    }
    d->exponent = e + shift;
    return s == end;
}

/* The C library wants a terminated string and e for the exponent. */
static bool parse_slow(const char *s, const char *end, double *out)
{
    char text[800];
    size_t n = (size_t)(end - s), i;

    if (n >= sizeof text)
        return false;
    for (i = 0; i < n; i++)
        text[i] = s[i] == 'd' || s[i] == 'D' ? 'e' : s[i];
    text[n] = '\0';
    *out = read_back(text);
    return true;
}

bool ory_number_parse(const char *s, const char *end, double *out)
{
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    bool minus = false;
    decimal d;
    double x;

    while (s < end && blank(*s))
        s++;
    while (s < end && blank(end[-1]))
        end--;
    if (s < end && (*s == '+' || *s == '-'))
        minus = *s++ == '-';
    if (s == end)
        return false;
    if (parse_word(s, (size_t)(end - s), minus, out))
        return true;
    if (!scan(s, end, &d))
        return false;
    if (d.exact && d.mantissa <= (UINT64_C(1) << 53) && d.exponent >= -22 && d.exponent <= 22)
        x = d.exponent < 0 ? (double)d.mantissa / power[-d.exponent]
                           : (double)d.mantissa * power[d.exponent];
    else if (!parse_slow(s, end, &x))
        return false;
    *out = minus ? -x : x;
    return true;
}
