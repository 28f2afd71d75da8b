/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fields.c - see fields.h. */
#include "config.h"

#include "io/fields.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/number.h"

void ory_field_number(ory_buffer *out, double x)
{
    ory_buffer_number(out, x);
}

void ory_field_whole(ory_buffer *out, int64_t x)
{
    ory_buffer_printf(out, "%" PRId64, x);
}

void ory_field_bool(ory_buffer *out, bool x)
{
    ory_buffer_text(out, x ? "true" : "false");
}

void ory_field_text(ory_buffer *out, const char *text, size_t n)
{
    size_t i;

    ory_buffer_char(out, '"');
    for (i = 0; i < n; i++) {
        if (text[i] == '"')
            ory_buffer_char(out, '"');
        ory_buffer_char(out, text[i] == '\n' || text[i] == '\r' || text[i] == '\0' ? ' ' : text[i]);
    }
    ory_buffer_char(out, '"');
}

void ory_field_name(ory_buffer *out, const char *name)
{
    if (*name && *name != '#' && !strpbrk(name, "\",\r\n"))
        ory_buffer_text(out, name);
    else
        ory_field_text(out, name, strlen(name));
}

/* The end of a quoted field at s, behind its quotes, or NULL. */
static const char *quoted_end(const char *s, const char *end)
{
    for (s++; s < end; s++) {
        if (*s != '"')
            continue;
        if (s + 1 < end && s[1] == '"')
            s++;
        else
            return s + 1;
    }
    return NULL;
}

bool ory_field_next(const char **at, const char *end, ory_field *f)
{
    const char *s = *at, *stop;

    if (s < end && *s == '"') {
        stop = quoted_end(s, end);
        if (!stop || (stop < end && *stop != ','))
            return false;
    } else {
        for (stop = s; stop < end && *stop != ','; stop++)
            if (*stop == '"')
                return false;
    }
    *f = (ory_field){s, (size_t)(stop - s)};
    *at = stop < end ? stop + 1 : NULL;
    return true;
}

static bool is(ory_field f, const char *word)
{
    return f.n == strlen(word) && memcmp(f.at, word, f.n) == 0;
}

ory_field_kind ory_field_kind_of(ory_field f)
{
    double x;

    if (f.n == 0)
        return ORY_FIELD_EMPTY;
    if (*f.at == '"')
        return ORY_FIELD_TEXT;
    if (is(f, "true") || is(f, "false"))
        return ORY_FIELD_BOOL;
    return ory_number_parse(f.at, f.at + f.n, &x) ? ORY_FIELD_NUMBER : ORY_FIELD_BARE;
}

void ory_field_plain(ory_field f, ory_buffer *out)
{
    size_t i;

    if (f.n < 2 || *f.at != '"') {
        ory_buffer_append(out, f.at, f.n);
        return;
    }
    for (i = 1; i < f.n - 1; i++) {
        ory_buffer_char(out, f.at[i]);
        i += f.at[i] == '"'; /* doubled */
    }
}

static void json_number(ory_field f, ory_json *j)
{
    char text[32], *end;
    long long whole;
    double x = NAN;

    snprintf(text, sizeof text, "%.*s", (int)f.n, f.at);
    errno = 0;
    whole = strtoll(text, &end, 10);
    if (errno == 0 && *end == '\0') { /* has more digits than a double keeps */
        ory_json_whole(j, whole);
        return;
    }
    ory_number_parse(f.at, f.at + f.n, &x);
    ory_json_number(j, x);
}

void ory_field_json(ory_field f, ory_json *j)
{
    ory_buffer text = {0};

    switch (ory_field_kind_of(f)) {
    case ORY_FIELD_EMPTY: ory_json_null(j); break;
    case ORY_FIELD_NUMBER: json_number(f, j); break;
    case ORY_FIELD_BOOL: ory_json_bool(j, *f.at == 't'); break;
    case ORY_FIELD_TEXT:
    case ORY_FIELD_BARE:
        ory_field_plain(f, &text);
        ory_json_string(j, text.data ? text.data : "");
        j->out->failed |= text.failed;
        break;
    }
    ory_buffer_fini(&text);
}
