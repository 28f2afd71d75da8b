/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.c - reading CSV, TSV and named vectors, one line at a time. */
#include "config.h"

#include "io/table.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/mem.h"
#include "io/number.h"
#include "io/source.h"

enum { SHOWN = 40 }; /* bytes of a cell that a message quotes */

/* One cell of a line: its text without quotes (in the reader's scratch when it held some). */
typedef struct cell {
    const char *s, *end;
} cell;

typedef struct reader {
    const char *name;
    char separator;
    bool vectors;
    const char *at, *end; /* what is left of the text */
    size_t line;
    char *scratch;        /* as long as the text: unquoted cells of the present line */
    cell *cells;
    size_t n_cells, room_cells;
    bool named;           /* the first column holds names */
    bool begun;           /* the first line that counts has been seen */
    size_t width;         /* cells of every line, set by the first */
    double *values;
    size_t n_values, room_values;
    char **names;
    size_t n_rows, room_names;
    ory_table *out;
    ory_error *err;
} reader;

static ory_status no_memory(reader *r)
{
    return ory_fail(r->err, ORY_ENOMEM, "%s: out of memory", r->name);
}

static void free_names(char **names, size_t n)
{
    size_t i;

    for (i = 0; names && i < n; i++)
        ory_free(names[i]);
    ory_free(names);
}

void ory_table_fini(ory_table *t)
{
    if (!t)
        return;
    free_names(t->columns, t->values.cols);
    free_names(t->rows, t->values.rows);
    ory_mat_free(&t->values);
    ory_header_fini(&t->header);
    memset(t, 0, sizeof *t);
}

/* ------------------------------------------------------------------- one line */

static ory_status add_cell(reader *r, const char *s, const char *end)
{
    if (r->n_cells == r->room_cells) {
        size_t room = r->room_cells ? 2 * r->room_cells : 64;
        cell *more = ory_resize(r->cells, r->room_cells, room, sizeof *more);

        if (!more)
            return no_memory(r);
        r->cells = more;
        r->room_cells = room;
    }
    r->cells[r->n_cells++] = (cell){s, end};
    return ORY_OK;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A quoted cell: the text without its quotes goes to *w; at stands behind the first one. */
static ory_status quoted_cell(reader *r, const char **at, const char *end, char **w)
{
    const char *s = *at;
    char *start = *w;

    for (;;) {
        if (s == end)
            return ory_fail(r->err, ORY_EFORMAT, "%s: line %zu: a quote is not closed", r->name,
                            r->line);
        if (*s == '"') {
            if (s + 1 < end && s[1] == '"') {
                s++;
            } else {
                break;
            }
        }
        *(*w)++ = *s++;
    }
    *at = s + 1;
    return add_cell(r, start, *w);
}

static void trim(const char **s, const char **end)
{
    while (*s < *end && is_blank(**s))
        (*s)++;
    while (*end > *s && is_blank((*end)[-1]))
        (*end)--;
}

/* Cells of one line that are separated by one character. */
static ory_status split_at(reader *r, const char *s, const char *end)
{
    char *w = r->scratch;
    ory_status ok = ORY_OK;

    for (;;) {
        const char *start = s, *stop;

        while (s < end && is_blank(*s) && *s != r->separator)
            s++;
        if (s < end && *s == '"') {
            s++;
            ok = quoted_cell(r, &s, end, &w);
            while (s < end && is_blank(*s) && *s != r->separator)
                s++;
            if (ok == ORY_OK && s < end && *s != r->separator)
                ok = ory_fail(r->err, ORY_EFORMAT,
                              "%s: line %zu: text behind a quoted cell", r->name, r->line);
        } else {
            while (s < end && *s != r->separator)
                s++;
            stop = s;
            trim(&start, &stop);
            ok = add_cell(r, start, stop);
        }
        if (ok != ORY_OK || s == end)
            return ok;
        s++;
    }
}

static ory_status split_blanks(reader *r, const char *s, const char *end)
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
        ok = add_cell(r, start, s);
    }
    return ok;
}

/* ------------------------------------------------------------ what a line means */

static bool cell_number(const cell *c, double *x)
{
    if (c->s == c->end || (c->end - c->s == 2 && (memcmp(c->s, "na", 2) == 0 ||
                                                  memcmp(c->s, "NA", 2) == 0))) {
        *x = NAN;
        return true;
    }
    return ory_number_parse(c->s, c->end, x);
}

static char *cell_text(const cell *c)
{
    size_t n = (size_t)(c->end - c->s);
    char *text = ory_alloc(n + 1, 1);

    if (text)
        memcpy(text, c->s, n);
    return text;
}

/* A first line that holds no data: names of columns. */
static ory_status take_columns(reader *r)
{
    size_t i, n = r->n_cells;

    if (!(r->out->columns = ory_alloc(n ? n : 1, sizeof *r->out->columns)))
        return no_memory(r);
    for (i = 0; i < n; i++)
        if (!(r->out->columns[i] = cell_text(&r->cells[i])))
            return no_memory(r);
    return ORY_OK;
}

static ory_status keep_name(reader *r, const cell *c)
{
    if (r->n_rows == r->room_names) {
        size_t room = r->room_names ? 2 * r->room_names : 64;
        char **more = ory_resize(r->names, r->room_names, room, sizeof *more);

        if (!more)
            return no_memory(r);
        r->names = more;
        r->room_names = room;
    }
    r->names[r->n_rows] = cell_text(c);
    return r->names[r->n_rows] ? ORY_OK : no_memory(r);
}

static ory_status keep_values(reader *r)
{
    size_t first = r->named, n = r->n_cells - first, i;

    if (r->n_values + n > r->room_values) {
        size_t room = 2 * (r->n_values + n) + 64;
        double *more = ory_resize(r->values, r->room_values, room, sizeof *more);

        if (!more)
            return no_memory(r);
        r->values = more;
        r->room_values = room;
    }
    for (i = first; i < r->n_cells; i++) {
        const cell *c = &r->cells[i];

        if (!cell_number(c, &r->values[r->n_values]))
            return ory_fail(r->err, ORY_EFORMAT, "%s: line %zu, cell %zu: '%.*s%s' is not a number",
                            r->name, r->line, i + 1,
                            (int)(c->end - c->s > SHOWN ? SHOWN : c->end - c->s), c->s,
                            c->end - c->s > SHOWN ? "…" : "");
        r->n_values++;
    }
    return ORY_OK;
}

static ory_status take_row(reader *r)
{
    ory_status ok;

    if (r->n_cells != r->width)
        return ory_fail(r->err, ORY_EFORMAT, "%s: line %zu has %zu cells, the lines before have %zu",
                        r->name, r->line, r->n_cells, r->width);
    if (r->named && (ok = keep_name(r, &r->cells[0])) != ORY_OK)
        return ok;
    r->n_rows++; /* the name is owned from here on */
    return keep_values(r);
}

/* "400000 300": what word2vec writes in front. */
static bool is_announcement(const reader *r)
{
    double rows, cols;

    return r->n_cells == 2 && cell_number(&r->cells[0], &rows) && cell_number(&r->cells[1], &cols) &&
           rows >= 1 && cols >= 2 && rows == floor(rows) && cols == floor(cols);
}

/* How many cells from `first` on are no numbers. */
static size_t words_from(const reader *r, size_t first)
{
    size_t i, words = 0;
    double x;

    for (i = first; i < r->n_cells; i++)
        words += !cell_number(&r->cells[i], &x);
    return words;
}

/* The first line that counts, and the one below column names, settle the layout. */
static ory_status take_line(reader *r)
{
    if (!r->begun && r->vectors && r->n_rows == 0 && is_announcement(r) && r->line == 1)
        return ORY_OK;
    if (!r->begun && !r->vectors && !r->out->columns && words_from(r, 1) > 0) {
        r->width = r->n_cells;
        return take_columns(r);
    }
    if (!r->begun && !r->vectors && !r->out->columns && r->n_cells == 1 && words_from(r, 0) > 0) {
        r->width = 1;
        return take_columns(r);
    }
    if (!r->begun) {
        r->begun = true;
        r->named = r->vectors || words_from(r, 0) > words_from(r, 1);
        if (!r->out->columns)
            r->width = r->n_cells;
        if (r->n_cells <= (size_t)r->named)
            return ory_fail(r->err, ORY_EFORMAT, "%s: line %zu holds no number", r->name, r->line);
    }
    return take_row(r);
}

/* ---------------------------------------------------------------------- all lines */

/* End of the line that begins at s; a quote may carry it over line breaks. */
static const char *line_end(const reader *r, const char *s)
{
    bool quoted = false;

    if (r->separator == ' ' || *s == '#') {
        const char *e = memchr(s, '\n', (size_t)(r->end - s));

        return e ? e : r->end;
    }
    for (; s < r->end && (quoted || *s != '\n'); s++)
        if (*s == '"')
            quoted = !quoted;
    return s;
}

/* "key: value" goes into the header; the first other comment is the title. */
static ory_status take_comment(reader *r, const char *s, const char *end)
{
    ory_status ok = ory_header_parse(&r->out->header, s, (size_t)(end - s), NULL);

    if (ok == ORY_EFORMAT && !ory_header_get(&r->out->header, "title")) {
        cell text = {s, end};
        char *title;

        trim(&text.s, &text.end);
        if (!(title = cell_text(&text)))
            return no_memory(r);
        ok = ory_header_add(&r->out->header, "title", title, NULL);
        ory_free(title);
    }
    return ok == ORY_ENOMEM ? no_memory(r) : ORY_OK;
}

static ory_status one_line(reader *r, const char *s, const char *end)
{
    ory_status ok;

    if (end > s && end[-1] == '\r')
        end--;
    if (s < end && *s == '#')
        return take_comment(r, s + 1, end);
    r->n_cells = 0;
    ok = r->separator == ' ' ? split_blanks(r, s, end) : split_at(r, s, end);
    if (ok != ORY_OK || (r->n_cells <= 1 && (r->n_cells == 0 || r->cells[0].s == r->cells[0].end)))
        return ok; /* an empty line */
    return take_line(r);
}

static ory_status all_lines(reader *r)
{
    ory_status ok = ORY_OK;

    while (ok == ORY_OK && r->at < r->end) {
        const char *end = line_end(r, r->at), *s;

        r->line++;
        ok = one_line(r, r->at, end);
        for (s = r->at; s < end; s++)
            r->line += *s == '\n'; /* line breaks inside quotes */
        r->at = end < r->end ? end + 1 : end;
    }
    return ok;
}

/* Column names lose the one above the row names. */
static void drop_corner(reader *r)
{
    size_t i;

    if (!r->named || !r->out->columns)
        return;
    ory_free(r->out->columns[0]);
    for (i = 1; i < r->width; i++)
        r->out->columns[i - 1] = r->out->columns[i];
    r->out->columns[r->width - 1] = NULL;
}

static ory_status deliver(reader *r)
{
    size_t cols = r->width - r->named;

    if (r->n_rows == 0)
        return ory_fail(r->err, ORY_EFORMAT, "%s: no line of numbers", r->name);
    if (ory_mat_new(&r->out->values, r->n_rows, cols, NULL) != ORY_OK)
        return no_memory(r);
    memcpy(r->out->values.data, r->values, r->n_values * sizeof(double));
    drop_corner(r);
    if (r->named) {
        r->out->rows = r->names;
        r->names = NULL;
    }
    return ORY_OK;
}

static char separator_of(const char *name)
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

static ory_status parse(reader *r, const void *bytes, size_t n)
{
    ory_status ok;
    size_t columns = 0;

    memset(r->out, 0, sizeof *r->out);
    if (n && memchr(bytes, '\0', n))
        return ory_fail(r->err, ORY_EFORMAT, "%s: not a text file (it holds a zero byte)", r->name);
    r->at = bytes;
    r->end = r->at + n;
    if (n >= 3 && memcmp(r->at, "\xef\xbb\xbf", 3) == 0)
        r->at += 3;
    r->scratch = ory_alloc(n + 1, 1);
    ok = r->scratch ? all_lines(r) : no_memory(r);
    if (ok == ORY_OK)
        ok = deliver(r);
    if (ok != ORY_OK) {
        if (r->out->columns)
            columns = r->width;
        free_names(r->out->columns, columns);
        r->out->columns = NULL;
        ory_table_fini(r->out);
    }
    free_names(r->names, r->n_rows < r->room_names ? r->n_rows : r->room_names);
    ory_free(r->values);
    ory_free(r->cells);
    ory_free(r->scratch);
    return ok;
}

ory_status ory_table_parse(const char *name, const void *bytes, size_t n, char separator,
                           ory_table *out, ory_error *err)
{
    reader r = {.name = name, .separator = separator ? separator : separator_of(name), .out = out,
                .err = err};

    return parse(&r, bytes, n);
}

ory_status ory_vectors_parse(const char *name, const void *bytes, size_t n, ory_table *out,
                             ory_error *err)
{
    const char *line = n ? memchr(bytes, '\n', n) : NULL;
    size_t first = line ? (size_t)(line - (const char *)bytes) : n;
    bool tabs = n && memchr(bytes, '\t', first);
    reader r = {.name = name, .separator = tabs ? '\t' : ' ', .vectors = true, .out = out,
                .err = err};

    return parse(&r, bytes, n);
}

/* The whole file as text, then fn. */
static ory_status read_all(const char *path, ory_buffer *text, ory_error *err)
{
    ory_source *s = NULL;
    ory_status ok = ory_source_open(path, &s, err);

    if (ok == ORY_OK)
        ok = ory_source_all(s, text, err);
    ory_source_close(s);
    return ok;
}

ory_status ory_table_read(const char *path, char separator, ory_table *out, ory_error *err)
{
    ory_buffer text = {0};
    ory_status ok = read_all(path, &text, err);

    if (ok == ORY_OK)
        ok = ory_table_parse(path, text.data, text.len, separator, out, err);
    ory_buffer_fini(&text);
    return ok;
}

ory_status ory_vectors_read(const char *path, ory_table *out, ory_error *err)
{
    ory_buffer text = {0};
    ory_status ok = read_all(path, &text, err);

    if (ok == ORY_OK)
        ok = ory_vectors_parse(path, text.data, text.len, out, err);
    ory_buffer_fini(&text);
    return ok;
}
