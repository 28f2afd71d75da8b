/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status.c - texts of status codes, composing error sentences, and the search
 * for the name that a misspelt word was meant to be. */
#include "config.h"

#include "core/status.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 63 }; /* longer names and words are never near */

const char *ory_status_text(ory_status status)
{
    static const char *const texts[] = {
#define STATUS_TEXT(code, text) text,
        ORY_STATUS_LIST(STATUS_TEXT)
#undef STATUS_TEXT
    };

    if ((int)status < 0 || status >= ORY_STATUS_COUNT)
        return "unknown status";
    return texts[status];
}

/* Bytes of the UTF-8 character that `lead` begins; 1 for anything else. */
static size_t utf8_length(unsigned char lead)
{
    if (lead >= 0xf0 && lead < 0xf8)
        return 4;
    if (lead >= 0xe0 && lead < 0xf0)
        return 3;
    if (lead >= 0xc0 && lead < 0xe0)
        return 2;
    return 1;
}

/* Drop a character at the end of a cut text that has lost its last bytes. */
static void drop_partial_character(char *text)
{
    size_t end = strlen(text), at = end;

    while (at > 0 && end - at < 3 && ((unsigned char)text[at - 1] & 0xc0) == 0x80)
        at--;
    if (at > 0 && utf8_length((unsigned char)text[at - 1]) > end - (at - 1))
        text[at - 1] = '\0';
}

/* vsnprintf that cuts at whole characters and survives bad formats. */
static void compose(char *out, size_t size, const char *fmt, va_list args)
{
    int n = vsnprintf(out, size, fmt, args);

    if (n < 0)
        out[0] = '\0';
    else if ((size_t)n >= size)
        drop_partial_character(out);
}

/* Words of a file that are quoted must not reach a terminal as commands: control characters
 * become '?'. Line ends and tabs stay, for tracebacks. */
static void tame(char *text)
{
    unsigned char *c;

    for (c = (unsigned char *)text; *c; c++) {
        if ((*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7f)
            *c = '?';
        if (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) /* 128 to 159, as UTF-8 */
            *c = c[1] = '?';
    }
}

ory_status ory_fail(ory_error *err, ory_status status, const char *fmt, ...)
{
    char text[ORY_ERROR_TEXT]; /* an argument may be err->text itself */
    va_list args;

    if (!err)
        return status;
    va_start(args, fmt);
    compose(text, sizeof text, fmt, args);
    va_end(args);
    err->status = status;
    tame(text);
    memcpy(err->text, text, strlen(text) + 1);
    return status;
}

ory_status ory_fail_prefix(ory_error *err, const char *fmt, ...)
{
    char prefix[ORY_ERROR_TEXT];
    va_list args;

    if (!err)
        return ORY_EINTERNAL;
    va_start(args, fmt);
    compose(prefix, sizeof prefix, fmt, args);
    va_end(args);
    return ory_fail(err, err->status, "%s: %s", prefix, err->text);
}

static int lower(char c)
{
    return tolower((unsigned char)c);
}

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Damerau-Levenshtein distance (optimal string alignment: insert, delete,
 * replace, swap neighbours), case ignored. Lengths at most NAME_MAX_LENGTH. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t rows[3][NAME_MAX_LENGTH + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];

    for (size_t j = 0; j <= nb; j++)
        above[j] = before[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *spare = before;

        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            bool same = lower(a[i - 1]) == lower(b[j - 1]);
            size_t d = min_size(min_size(above[j], row[j - 1]) + 1, above[j - 1] + !same);

            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]))
                d = min_size(d, before[j - 2] + 1);
            row[j] = d;
        }
        before = above;
        above = row;
        row = spare;
    }
    return above[nb];
}

static bool begins_with(const char *name, const char *word)
{
    for (; *word; name++, word++)
        if (lower(*name) != lower(*word))
            return false;
    return true;
}

/* A name that the word begins counts as one edit away however long its rest;
 * among equals the smaller true distance wins, then the earlier name. Words
 * that share no letter are never near, however short they are. */
const char *ory_nearest(const char *word, const char *const *names, size_t n)
{
    const char *best = NULL;
    size_t best_score = 0, best_edits = 0, length = word ? strlen(word) : 0;

    if (length == 0 || length > NAME_MAX_LENGTH)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t name_length = names[i] ? strlen(names[i]) : 0, edits, score;

        if (name_length == 0 || name_length > NAME_MAX_LENGTH)
            continue;
        edits = distance(word, length, names[i], name_length);
        score = begins_with(names[i], word) ? min_size(edits, 1) : 2 * edits;
        if (score > 1 && (edits > 1 + length / 3 || (edits >= length && edits >= name_length)))
            continue;
        if (!best || score < best_score || (score == best_score && edits < best_edits)) {
            best = names[i];
            best_score = score;
            best_edits = edits;
        }
    }
    return best;
}
