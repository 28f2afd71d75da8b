/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet.c - see sheet.h. */
#include "config.h"

#include "io/sheet.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "io/source.h"

void ory_sheet_fini(ory_sheet *s)
{
    ory_buffer_fini(&s->bytes);
    ory_header_fini(&s->header);
    ory_free(s->columns);
    ory_free(s->rows);
    *s = (ory_sheet){0};
}

static bool field_is(ory_field f, const char *word)
{
    return f.n == strlen(word) && memcmp(f.at, word, f.n) == 0;
}

/* How many fields [s, end) has, or 0 where it is no line of fields. Into fields, if not
 * NULL. */
static size_t split(const char *s, const char *end, ory_field *fields)
{
    ory_field f;
    size_t n = 0;

    while (s) {
        if (!ory_field_next(&s, end, &f))
            return 0;
        if (fields)
            fields[n] = f;
        n++;
    }
    return n;
}

ory_field ory_sheet_field(const ory_sheet_row *row, size_t i)
{
    const char *s = row->text;
    ory_field f = {s, 0};

    for (i++; i > 0 && s; i--)
        ory_field_next(&s, row->text + row->n, &f);
    return f;
}

static ory_status read_names(ory_sheet *s, const char *path, const char *at, const char *end,
                             ory_error *err)
{
    size_t n = split(at, end, NULL);

    if (n >= 4) {
        s->columns = ory_alloc(n, sizeof *s->columns);
        if (!s->columns)
            return ory_fail(err, ORY_ENOMEM, "out of memory reading '%s'", path);
        s->n_columns = split(at, end, s->columns);
    }
    if (n < 4 || memchr(at, '\0', (size_t)(end - at)) || !field_is(s->columns[0], "cell") ||
        !field_is(s->columns[1], "key") ||
        !field_is(s->columns[n - 2], "status") || !field_is(s->columns[n - 1], "reason"))
        return ory_fail(err, ORY_EFORMAT,
                        "'%s' is not a result file of a sweep: no line with the names cell, key, …, "
                        "status, reason",
                        path);
    return ORY_OK;
}

static bool read_cell(ory_field f, uint64_t *cell)
{
    size_t i;

    *cell = 0;
    for (i = 0; i < f.n && i < 18 && isdigit((unsigned char)f.at[i]); i++)
        *cell = 10 * *cell + (uint64_t)(f.at[i] - '0');
    return i == f.n && *cell > 0 && f.at[0] != '0';
}

static bool read_key(ory_field f, char key[ORY_KEY_TEXT])
{
    if (f.n != ORY_KEY_TEXT - 1 || *f.at != 'k')
        return false;
    memcpy(key, f.at, f.n);
    key[f.n] = '\0';
    return strspn(key + 1, "0123456789abcdef") == f.n - 1;
}

/* Bare words stand in the columns key and status only. */
static bool values_are_sound(const ory_sheet *s, const ory_sheet_row *row)
{
    const char *at = row->text;
    ory_field f;
    size_t i;

    for (i = 0; i < s->n_columns; i++) {
        ory_field_next(&at, row->text + row->n, &f);
        if (i != 1 && i != s->n_columns - 2 && ory_field_kind_of(f) == ORY_FIELD_BARE)
            return false;
    }
    return true;
}

static bool read_row(const ory_sheet *s, ory_sheet_row *row)
{
    ory_field status;

    if (split(row->text, row->text + row->n, NULL) != s->n_columns ||
        memchr(row->text, '\0', row->n))
        return false;
    status = ory_sheet_field(row, s->n_columns - 2);
    row->ok = field_is(status, "ok");
    return read_cell(ory_sheet_field(row, 0), &row->cell) &&
           read_key(ory_sheet_field(row, 1), row->key) && (row->ok || field_is(status, "failed")) &&
           values_are_sound(s, row);
}

static void note_damage(ory_sheet *s, size_t line)
{
    if (s->damaged++ == 0)
        s->first_damaged = line;
}

static ory_status add_row(ory_sheet *s, size_t *room, const ory_sheet_row *row, ory_error *err)
{
    size_t more = *room ? 2 * *room : 256;
    ory_sheet_row *rows;

    if (s->n_rows == *room) {
        rows = s->rows ? ory_resize(s->rows, *room, more, sizeof *rows)
                       : ory_alloc(more, sizeof *rows);
        if (!rows)
            return ory_fail(err, ORY_ENOMEM, "out of memory for %zu rows", more);
        s->rows = rows;
        *room = more;
    }
    s->rows[s->n_rows++] = *row;
    return ORY_OK;
}

static ory_status parse(ory_sheet *s, const char *path, ory_error *err)
{
    const char *at = s->bytes.data, *end = at + s->bytes.len, *stop;
    ory_sheet_row row = {.line = 0};
    ory_status ok = ORY_OK;
    size_t room = 0;

    for (; ok == ORY_OK && at < end; at = stop + 1) {
        row.line++;
        stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) {
            s->torn = true;
            break;
        }
        row.text = at;
        row.n = (size_t)(stop - at);
        if (s->columns && read_row(s, &row)) {
            ok = add_row(s, &room, &row, err);
        } else if (s->columns) {
            note_damage(s, row.line);
        } else if (*at == '#') {
            if (ory_header_parse(&s->header, at + 1, row.n - 1, err) == ORY_ENOMEM)
                ok = ORY_ENOMEM;
        } else {
            ok = read_names(s, path, at, stop, err);
            s->head = (size_t)(stop + 1 - s->bytes.data);
        }
    }
    if (ok == ORY_OK && !s->columns)
        ok = read_names(s, path, "", "", err);
    return ok;
}

ory_status ory_sheet_read(const char *path, ory_sheet *s, ory_error *err)
{
    ory_source *source;
    ory_status ok;

    *s = (ory_sheet){0};
    ok = ory_source_open(path, &source, err);
    if (ok != ORY_OK)
        return ok;
    ok = ory_source_all(source, &s->bytes, err);
    ory_source_close(source);
    if (ok == ORY_OK && s->bytes.len > 0)
        ok = parse(s, path, err);
    if (ok != ORY_OK)
        ory_sheet_fini(s);
    return ok;
}

void ory_sheet_json(const ory_field *columns, size_t n, const char *row, size_t len,
                    ory_buffer *out)
{
    const char *at = row;
    ory_buffer name = {0};
    ory_field f;
    ory_json j;
    size_t i;

    ory_json_init(&j, out);
    ory_json_object(&j);
    for (i = 0; i < n && at && ory_field_next(&at, row + len, &f); i++) {
        if (f.n == 0)
            continue;
        ory_buffer_clear(&name);
        ory_field_plain(columns[i], &name);
        ory_json_key(&j, name.data ? name.data : "");
        ory_field_json(f, &j);
    }
    ory_json_end(&j);
    ory_json_line(&j);
    out->failed |= name.failed;
    ory_buffer_fini(&name);
}

bool ory_sheet_jsonl_path(const char *csv, char *out, size_t size)
{
    size_t n = strlen(csv);

    return n > 4 && strcmp(csv + n - 4, ".csv") == 0 &&
           (size_t)snprintf(out, size, "%.*s.jsonl", (int)(n - 4), csv) < size;
}
