/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.c - reading CSV, TSV and named vectors, one line at a time. */
#include "config.h"

#include "io/table.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/mem.h"
#include "io/cells.h"
#include "io/number.h"


enum { SHOWN = 40 }; /* bytes of a cell that a message quotes */

typedef struct reader {
    const char *name;
    char separator;
    bool vectors;
    ory_cells cells;      /* the present line */
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

/* ------------------------------------------------------------ what a line means */

static bool cell_number(const ory_cell *c, double *x)
{
    if (c->s == c->end || (c->end - c->s == 2 && (memcmp(c->s, "na", 2) == 0 ||
                                                  memcmp(c->s, "NA", 2) == 0))) {
        *x = NAN;
        return true;
    }
    return ory_number_parse(c->s, c->end, x);
}

static char *cell_text(const ory_cell *c)
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
    size_t i, n = r->cells.n;

    if (!(r->out->columns = ory_alloc(n ? n : 1, sizeof *r->out->columns)))
        return no_memory(r);
    for (i = 0; i < n; i++)
        if (!(r->out->columns[i] = cell_text(&r->cells.cell[i])))
            return no_memory(r);
    return ORY_OK;
}

static ory_status keep_name(reader *r, const ory_cell *c)
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
    size_t first = r->named, n = r->cells.n - first, i;

    if (r->n_values + n > r->room_values) {
        size_t room = 2 * (r->n_values + n) + 64;
        double *more = ory_resize(r->values, r->room_values, room, sizeof *more);

        if (!more)
            return no_memory(r);
        r->values = more;
        r->room_values = room;
    }
    for (i = first; i < r->cells.n; i++) {
        const ory_cell *c = &r->cells.cell[i];

        if (!cell_number(c, &r->values[r->n_values]))
            return ory_fail(r->err, ORY_EFORMAT, "%s: line %zu, cell %zu: '%.*s%s' is not a number",
                            r->name, r->cells.line, i + 1,
                            (int)(c->end - c->s > SHOWN ? SHOWN : c->end - c->s), c->s,
                            c->end - c->s > SHOWN ? "…" : "");
        r->n_values++;
    }
    return ORY_OK;
}

static ory_status take_row(reader *r)
{
    ory_status ok;

    if (r->cells.n != r->width)
        return ory_fail(r->err, ORY_EFORMAT, "%s: line %zu has %zu cells, the lines before have %zu",
                        r->name, r->cells.line, r->cells.n, r->width);
    if (r->named && (ok = keep_name(r, &r->cells.cell[0])) != ORY_OK)
        return ok;
    r->n_rows++; /* the name is owned from here on */
    return keep_values(r);
}

/* Names with blanks in lines that blanks separate: resolved from the right, as soon as the
 * numbers of a line are known: from an announcement, or from the first line, whose name
 * ends before its last run of numbers. A name that would end in a number is left alone:
 * that line has a number too many. */
static void join_name(reader *r)
{
    size_t numbers = 0, extra;
    double x;

    if (r->width == 0) {
        while (numbers + 1 < r->cells.n && cell_number(&r->cells.cell[r->cells.n - 1 - numbers], &x))
            numbers++;
        r->width = numbers + 1;
    }
    if (r->cells.n <= r->width)
        return;
    extra = r->cells.n - r->width;
    if (cell_number(&r->cells.cell[extra], &x))
        return;
    r->cells.cell[0].end = r->cells.cell[extra].end; /* cells point into the text, blanks between them */
    memmove(r->cells.cell + 1, r->cells.cell + 1 + extra, (r->width - 1) * sizeof *r->cells.cell);
    r->cells.n = r->width;
}

/* "400000 300": what word2vec writes in front. */
static bool is_announcement(reader *r)
{
    const ory_cell *c = r->cells.cell;
    double rows, cols;

    if (r->cells.n != 2 || !cell_number(c, &rows) || !cell_number(c + 1, &cols) ||
        !(rows >= 1 && cols >= 2 && cols < 0x1p40) || rows != floor(rows) || cols != floor(cols))
        return false;
    r->width = (size_t)cols + 1;
    return true;
}

/* How many cells from `first` on are no numbers. */
static size_t words_from(const reader *r, size_t first)
{
    size_t i, words = 0;
    double x;

    for (i = first; i < r->cells.n; i++)
        words += !cell_number(&r->cells.cell[i], &x);
    return words;
}

/* The first line that counts, and the one below column names, settle the layout. */
static ory_status take_line(reader *r)
{
    if (r->vectors && r->cells.line == 1 && is_announcement(r))
        return ORY_OK;
    if (r->vectors && r->separator == ' ')
        join_name(r);
    if (!r->begun && !r->vectors && !r->out->columns && words_from(r, 1) > 0) {
        r->width = r->cells.n;
        return take_columns(r);
    }
    if (!r->begun && !r->vectors && !r->out->columns && r->cells.n == 1 && words_from(r, 0) > 0) {
        r->width = 1;
        return take_columns(r);
    }
    if (!r->begun) {
        r->begun = true;
        r->named = r->vectors || words_from(r, 0) > words_from(r, 1);
        if (!r->out->columns && r->width == 0)
            r->width = r->cells.n;
        if (r->cells.n <= (size_t)r->named)
            return ory_fail(r->err, ORY_EFORMAT, "%s: line %zu holds no number", r->name, r->cells.line);
    }
    return take_row(r);
}

/* ---------------------------------------------------------------------- all lines */

/* "key: value" goes into the header; the first other comment is the title. */
static ory_status take_comment(reader *r, const ory_cell *c)
{
    ory_status ok = ory_header_parse(&r->out->header, c->s, (size_t)(c->end - c->s), NULL);

    if (ok == ORY_EFORMAT && !ory_header_get(&r->out->header, "title")) {
        ory_cell text = *c;
        char *title;

        while (text.s < text.end && (*text.s == ' ' || *text.s == '\t'))
            text.s++;
        while (text.end > text.s && (text.end[-1] == ' ' || text.end[-1] == '\t'))
            text.end--;
        if (!(title = cell_text(&text)))
            return no_memory(r);
        ok = ory_header_add(&r->out->header, "title", title, NULL);
        ory_free(title);
    }
    return ok == ORY_ENOMEM ? no_memory(r) : ORY_OK;
}

static ory_status all_lines(reader *r)
{
    bool more;
    ory_status ok;

    while ((ok = ory_cells_next(&r->cells, &more, r->err)) == ORY_OK && more) {
        ok = r->cells.comment ? take_comment(r, &r->cells.cell[0]) : take_line(r);
        if (ok != ORY_OK)
            break;
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

static ory_status parse(reader *r, const void *bytes, size_t n)
{
    ory_status ok;
    size_t columns = 0;

    memset(r->out, 0, sizeof *r->out);
    ok = ory_cells_start(&r->cells, r->name, bytes, n, r->separator, r->err);
    if (ok == ORY_OK)
        ok = all_lines(r);
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
    ory_cells_fini(&r->cells);
    return ok;
}

ory_status ory_table_parse(const char *name, const void *bytes, size_t n, char separator,
                           ory_table *out, ory_error *err)
{
    reader r = {.name = name, .separator = separator ? separator : ory_cells_separator(name), .out = out,
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

ory_status ory_table_read(const char *path, char separator, ory_table *out, ory_error *err)
{
    ory_buffer text = {0};
    ory_status ok = ory_cells_text(path, &text, err);

    if (ok == ORY_OK)
        ok = ory_table_parse(path, text.data, text.len, separator, out, err);
    ory_buffer_fini(&text);
    return ok;
}

ory_status ory_vectors_read(const char *path, ory_table *out, ory_error *err)
{
    ory_buffer text = {0};
    ory_status ok = ory_cells_text(path, &text, err);

    if (ok == ORY_OK)
        ok = ory_vectors_parse(path, text.data, text.len, out, err);
    ory_buffer_fini(&text);
    return ok;
}
