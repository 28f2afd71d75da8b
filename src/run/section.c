/* SPDX-License-Identifier: GPL-3.0-or-later */
/* section.c - linear forms of the state as text. */
#include "config.h"

#include "run/section.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    const ory_system *s;
    const char *all, *p;
} reader;

static void skip_space(reader *r)
{
    while (isspace((unsigned char)*r->p))
        r->p++;
}

static ory_status no_form(const reader *r, ory_error *err)
{
    return ory_fail(err, ORY_EINVAL, "flow: section = \"%s\": expected a sum of terms such as x, 0.5*z, "
                    "theta[2] at '%.20s'", r->all, r->p);
}

static ory_status no_component(const reader *r, const char *name, ory_error *err)
{
    const char *names[ORY_MAX_BLOCKS];
    const char *near;

    for (size_t i = 0; i < r->s->n_blocks; i++)
        names[i] = r->s->blocks[i].name;
    near = ory_nearest(name, names, r->s->n_blocks);
    return ory_fail(err, ORY_ENAME, "flow: section = \"%s\": %s has no such component as '%s'%s%s%s",
                    r->all, r->s->class->name, name, near ? " (did you mean '" : "", near ? near : "",
                    near ? "'?)" : "");
}

/* "[3]" behind the name of a block, or nothing when it holds one number. */
static ory_status read_entry(reader *r, const ory_block *b, size_t *at, ory_error *err)
{
    const size_t count = b->rows * b->cols;
    char *end;
    double number = 1;

    if (*r->p == '[') {
        number = strtod(r->p + 1, &end);
        if (end == r->p + 1 || *end != ']')
            return no_form(r, err);
        r->p = end + 1;
    } else if (count != 1) {
        return ory_fail(err, ORY_ENAME, "flow: section = \"%s\": %s holds %zu numbers; say which, %s[1] "
                        "to %s[%zu]", r->all, b->name, count, b->name, b->name, count);
    }
    if (!(number >= 1 && number <= (double)count && number == floor(number)))
        return ory_fail(err, ORY_ERANGE, "flow: section = \"%s\": %s[%g] (entries are 1..%zu)", r->all,
                        b->name, number, count);
    *at = b->offset + (size_t)number - 1;
    return ORY_OK;
}

static ory_status read_component(reader *r, size_t *at, ory_error *err)
{
    char name[64];
    size_t n = 0;
    const ory_block *b;

    while ((isalnum((unsigned char)r->p[n]) || r->p[n] == '_') && n + 1 < sizeof name) {
        name[n] = r->p[n];
        n++;
    }
    name[n] = '\0';
    if (n == 0)
        return no_form(r, err);
    if (!(b = ory_system_block(r->s, name)))
        return no_component(r, name, err);
    r->p += n;
    return read_entry(r, b, at, err);
}

/* [number *] component */
static ory_status read_term(reader *r, double sign, double *weights, ory_error *err)
{
    double factor = 1;
    size_t at = 0;
    ory_status ok;
    char *end;

    skip_space(r);
    if (isdigit((unsigned char)*r->p) || *r->p == '.') {
        factor = strtod(r->p, &end);
        r->p = end;
        skip_space(r);
        if (!isfinite(factor) || *r->p != '*')
            return no_form(r, err);
        r->p++;
        skip_space(r);
    }
    if ((ok = read_component(r, &at, err)) != ORY_OK)
        return ok;
    weights[at] += sign * factor;
    skip_space(r);
    return ORY_OK;
}

/* "2": the second number of the state. */
static ory_status read_position(const reader *r, double number, double *weights, ory_error *err)
{
    if (!(number >= 1 && number <= (double)r->s->dim && number == floor(number)))
        return ory_fail(err, ORY_ERANGE, "flow: section = %s (components are 1..%zu)", r->all,
                        r->s->dim);
    weights[(size_t)number - 1] = 1;
    return ORY_OK;
}

ory_status ory_section_parse(const ory_system *s, const char *text, double *weights,
                             ory_error *err)
{
    reader r = {s, text, text};
    double sign = 1, number;
    ory_status ok;
    char *end;

    memset(weights, 0, s->dim * sizeof *weights);
    number = strtod(text, &end);
    if (end != text && *end == '\0')
        return read_position(&r, number, weights, err);
    skip_space(&r);
    if (*r.p == '-' || *r.p == '+')
        sign = *r.p++ == '-' ? -1 : 1;
    for (;;) {
        if ((ok = read_term(&r, sign, weights, err)) != ORY_OK || *r.p == '\0')
            return ok;
        if (*r.p != '+' && *r.p != '-')
            return no_form(&r, err);
        sign = *r.p++ == '-' ? -1 : 1;
    }
}
