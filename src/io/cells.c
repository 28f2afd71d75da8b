/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cells.c - records of a text, cut into cells. */
#include "config.h"

#include "io/cells.h"

#include <string.h>

#include "core/mem.h"
#include "io/source.h"

static ory_status no_memory(const ory_cells *c, ory_error *err)
{
    return ory_fail(err, ORY_ENOMEM, "%s: out of memory", c->name);
}

ory_status ory_cells_start(ory_cells *c, const char *name, const void *bytes, size_t n,
                           char separator, ory_error *err)
{
    memset(c, 0, sizeof *c);
    c->name = name;
    c->separator = separator;
    c->at = bytes;
    c->end = c->at + n;
    c->next_line = 1;
    if (n && memchr(bytes, '\0', n))
        return ory_fail(err, ORY_EFORMAT, "%s: not a text file (it holds a zero byte)", name);
    if (n >= 3 && memcmp(c->at, "\xef\xbb\xbf", 3) == 0)
        c->at += 3;
    c->scratch = ory_alloc(n + 1, 1);
    return c->scratch ? ORY_OK : no_memory(c, err);
}

void ory_cells_fini(ory_cells *c)
{
    ory_free(c->cell);
    ory_free(c->scratch);
    memset(c, 0, sizeof *c);
}

static ory_status add_cell(ory_cells *c, const char *s, const char *end, bool quoted,
                           ory_error *err)
{
    if (c->n == c->room) {
        size_t room = c->room ? 2 * c->room : 64;
        ory_cell *more = ory_resize(c->cell, c->room, room, sizeof *more);

        if (!more)
            return no_memory(c, err);
        c->cell = more;
        c->room = room;
    }
    c->cell[c->n++] = (ory_cell){s, end, quoted};
    return ORY_OK;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A quoted cell: the text without its quotes goes to *w; at stands behind the first one. */
static ory_status quoted_cell(ory_cells *c, const char **at, const char *end, char **w,
                              ory_error *err)
{
    const char *s = *at;
    char *start = *w;

    for (;; s++) {
        if (s == end)
            return ory_fail(err, ORY_EFORMAT, "%s: line %zu: a quote is not closed", c->name,
                            c->line);
        if (*s == '"') {
            if (s + 1 == end || s[1] != '"')
                break;
            s++;
        }
        *(*w)++ = *s;
    }
    *at = s + 1;
    return add_cell(c, start, *w, true, err);
}

static void trim(const char **s, const char **end)
{
    while (*s < *end && is_blank(**s))
        (*s)++;
    while (*end > *s && is_blank((*end)[-1]))
        (*end)--;
}

/* Cells that are separated by one character. */
static ory_status split_at(ory_cells *c, const char *s, const char *end, ory_error *err)
{
    char *w = c->scratch;
    ory_status ok = ORY_OK;

    for (;;) {
        const char *start = s, *stop;

        while (s < end && is_blank(*s) && *s != c->separator)
            s++;
        if (s < end && *s == '"') {
            s++;
            ok = quoted_cell(c, &s, end, &w, err);
            while (s < end && is_blank(*s) && *s != c->separator)
                s++;
            if (ok == ORY_OK && s < end && *s != c->separator)
                ok = ory_fail(err, ORY_EFORMAT, "%s: line %zu: text behind a quoted cell", c->name,
                              c->line);
        } else {
            while (s < end && *s != c->separator)
                s++;
            stop = s;
            trim(&start, &stop);
            ok = add_cell(c, start, stop, false, err);
        }
        if (ok != ORY_OK || s == end)
            return ok;
        s++;
    }
}

static ory_status split_blanks(ory_cells *c, const char *s, const char *end, ory_error *err)
{
    ory_status ok = ORY_OK;

    while (ok == ORY_OK) {
        const char *start;

        while (s < end && is_blank(*s))
            s++;
        if (s == end)
            break;
        start = s;
        while (s < end && !is_blank(*s))
            s++;
        ok = add_cell(c, start, s, false, err);
    }
    return ok;
}

/* End of the record that begins at s; counts the lines it takes. */
static const char *record_end(ory_cells *c, const char *s)
{
    bool quoted = false;

    c->next_line++;
    if (c->separator == ' ' || *s == '#') {
        const char *e = memchr(s, '\n', (size_t)(c->end - s));

        return e ? e : c->end;
    }
    for (; s < c->end && (quoted || *s != '\n'); s++) {
        if (*s == '"')
            quoted = !quoted;
        else if (*s == '\n')
            c->next_line++;
    }
    return s;
}

static bool is_empty(const ory_cells *c)
{
    return c->n == 0 || (c->n == 1 && c->cell[0].s == c->cell[0].end && !c->cell[0].quoted);
}

ory_status ory_cells_next(ory_cells *c, bool *more, ory_error *err)
{
    while (c->at < c->end) {
        const char *s = c->at, *end;
        ory_status ok;

        c->line = c->next_line;
        end = record_end(c, s);
        c->at = end < c->end ? end + 1 : end;
        if (end > s && end[-1] == '\r')
            end--;
        c->n = 0;
        c->comment = s < end && *s == '#';
        if (c->comment)
            ok = add_cell(c, s + 1, end, false, err);
        else if (c->separator == ' ')
            ok = split_blanks(c, s, end, err);
        else
            ok = split_at(c, s, end, err);
        if (ok != ORY_OK)
            return ok;
        if (c->comment || !is_empty(c)) {
            *more = true;
            return ORY_OK;
        }
    }
    *more = false;
    return ORY_OK;
}

char ory_cells_separator(const char *name)
{
    size_t n = strlen(name);

    if (n > 3 && strcmp(name + n - 3, ".gz") == 0)
        n -= 3;
    if (n >= 4 && strncmp(name + n - 4, ".tsv", 4) == 0)
        return '\t';
    if (n >= 4 && (strncmp(name + n - 4, ".txt", 4) == 0 || strncmp(name + n - 4, ".vec", 4) == 0))
        return ' ';
    return ',';
}

ory_status ory_cells_text(const char *path, ory_buffer *text, ory_error *err)
{
    ory_source *s = NULL;
    ory_status ok = ory_source_open(path, &s, err);

    if (ok == ORY_OK)
        ok = ory_source_all(s, text, err);
    ory_source_close(s);
    return ok;
}
