/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jsonl.c - the JSON writer: commas, nesting, escapes. */
#include "config.h"

#include "io/jsonl.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Length of the well-formed UTF-8 character at s, or 0. */
static size_t utf8_length(const unsigned char *s)
{
    size_t n = *s < 0x80 ? 1 : *s < 0xc2 ? 0 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : *s < 0xf5 ? 4 : 0;
    size_t i;

    for (i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
        (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
        return 0;
    return n;
}

void ory_json_quote(ory_buffer *out, const char *text)
{
    const unsigned char *s = (const unsigned char *)text;

    ory_buffer_char(out, '"');
    while (*s) {
        size_t n = utf8_length(s);

        if (*s == '"' || *s == '\\')
            ory_buffer_printf(out, "\\%c", *s);
        else if (*s == '\n')
            ory_buffer_text(out, "\\n");
        else if (*s == '\t')
            ory_buffer_text(out, "\\t");
        else if (*s == '\r')
            ory_buffer_text(out, "\\r");
        else if (*s < 0x20 || *s == 0x7f)
            ory_buffer_printf(out, "\\u%04x", *s);
        else if (n == 0)
            ory_buffer_text(out, "\xef\xbf\xbd");
        else
            ory_buffer_append(out, s, n);
        s += n ? n : 1;
    }
    ory_buffer_char(out, '"');
}

void ory_json_init(ory_json *j, ory_buffer *out)
{
    *j = (ory_json){.out = out};
}

/* What stands between this value and the one before. */
static void separate(ory_json *j)
{
    if (j->depth > 0 && !j->keyed) {
        assert(j->close[j->depth - 1] == ']');
        if (!j->first[j->depth - 1])
            ory_buffer_char(j->out, ',');
        j->first[j->depth - 1] = false;
    }
    j->keyed = false;
}

static void open_level(ory_json *j, char opening, char closing)
{
    assert(j->depth < ORY_JSON_DEPTH);
    separate(j);
    ory_buffer_char(j->out, opening);
    j->close[j->depth] = closing;
    j->first[j->depth++] = true;
}

void ory_json_object(ory_json *j)
{
    open_level(j, '{', '}');
}

void ory_json_array(ory_json *j)
{
    open_level(j, '[', ']');
}

void ory_json_end(ory_json *j)
{
    assert(j->depth > 0 && !j->keyed);
    ory_buffer_char(j->out, j->close[--j->depth]);
}

void ory_json_key(ory_json *j, const char *key)
{
    assert(j->depth > 0 && j->close[j->depth - 1] == '}' && !j->keyed);
    if (!j->first[j->depth - 1])
        ory_buffer_char(j->out, ',');
    j->first[j->depth - 1] = false;
    ory_json_quote(j->out, key);
    ory_buffer_char(j->out, ':');
    j->keyed = true;
}

void ory_json_string(ory_json *j, const char *text)
{
    separate(j);
    if (text)
        ory_json_quote(j->out, text);
    else
        ory_buffer_text(j->out, "null");
}

void ory_json_number(ory_json *j, double x)
{
    separate(j);
    if (isfinite(x))
        ory_buffer_number(j->out, x);
    else
        ory_buffer_text(j->out, isnan(x) ? "\"NaN\"" : x > 0 ? "\"Infinity\"" : "\"-Infinity\"");
}

void ory_json_numbers(ory_json *j, const double *x, size_t n)
{
    size_t i;

    ory_json_array(j);
    for (i = 0; i < n; i++)
        ory_json_number(j, x[i]);
    ory_json_end(j);
}

void ory_json_whole(ory_json *j, int64_t x)
{
    separate(j);
    ory_buffer_printf(j->out, "%" PRId64, x);
}

void ory_json_bool(ory_json *j, bool x)
{
    separate(j);
    ory_buffer_text(j->out, x ? "true" : "false");
}

void ory_json_null(ory_json *j)
{
    ory_json_string(j, NULL);
}

void ory_json_line(ory_json *j)
{
    assert(j->depth == 0);
    ory_buffer_char(j->out, '\n');
}
