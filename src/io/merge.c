/* SPDX-License-Identifier: GPL-3.0-or-later */
/* merge.c - see merge.h. */
#include "config.h"

#include "io/merge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "io/ledger.h"
#include "io/sheet.h"

enum { MOST_CELLS = 100000000 };

typedef struct found { /* where the row of a cell is */
    const ory_sheet *sheet;
    const ory_sheet_row *row;
} found;

typedef struct merging {
    const char *const *files;
    size_t n;
    ory_sheet *sheets;
    ory_header header; /* of the whole */
    const char *params; /* names of the parameters, joined by commas */
    size_t n_params, cells;
    found *found;
    ory_ledger_cell *cell;
} merging;

static void merging_fini(merging *m)
{
    size_t i;

    for (i = 0; m->sheets && i < m->n; i++)
        ory_sheet_fini(&m->sheets[i]);
    for (i = 0; m->cell && i < m->cells; i++)
        ory_free((void *)m->cell[i].params);
    ory_free(m->sheets);
    ory_free(m->found);
    ory_free(m->cell);
    ory_header_fini(&m->header);
}

/* Everything in the headers but the number of the shard must agree. */
static ory_status compare_headers(const merging *m, size_t i, ory_error *err)
{
    const ory_header *a = &m->sheets[0].header, *b = &m->sheets[i].header;
    size_t k;

    for (k = 0; k < a->count; k++) {
        const char *other = ory_header_get(b, a->pair[k].key);

        if (strcmp(a->pair[k].key, "shard") != 0 && (!other || strcmp(other, a->pair[k].value) != 0))
            return ory_fail(err, ORY_EFORMAT, "'%s' and '%s' are not of one sweep: %s %.80s, %.80s",
                            m->files[0], m->files[i], a->pair[k].key, a->pair[k].value,
                            other ? other : "none");
    }
    return ORY_OK;
}

static ory_status read_all(merging *m, ory_merge_report *report, ory_error *err)
{
    ory_status ok = ORY_OK;
    size_t i;

    m->sheets = ory_alloc(m->n, sizeof *m->sheets);
    if (!m->sheets)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    for (i = 0; ok == ORY_OK && i < m->n; i++) {
        ok = ory_sheet_read(m->files[i], &m->sheets[i], err);
        if (ok == ORY_OK && !m->sheets[i].columns)
            ok = ory_fail(err, ORY_EFORMAT, "'%s' is empty", m->files[i]);
        if (ok == ORY_OK)
            ok = compare_headers(m, i, err);
        report->damaged += m->sheets[i].damaged + m->sheets[i].torn;
    }
    return ok;
}

static ory_status read_header(merging *m, ory_error *err)
{
    const ory_header *h = &m->sheets[0].header;
    const char *cells = ory_header_get(h, "cells"), *at;
    ory_status ok = ORY_OK;
    size_t i;

    m->params = ory_header_get(h, "parameters");
    m->cells = cells ? (size_t)strtoull(cells, NULL, 10) : 0;
    if (!m->params || m->cells < 1 || m->cells > MOST_CELLS)
        return ory_fail(err, ORY_EFORMAT,
                        "'%s' does not say how many cells and which parameters its sweep has",
                        m->files[0]);
    m->n_params = *m->params != '\0';
    for (at = m->params; *at; at++)
        m->n_params += *at == ',';
    for (i = 0; ok == ORY_OK && i < h->count; i++)
        if (strcmp(h->pair[i].key, "shard") != 0)
            ok = ory_header_add(&m->header, h->pair[i].key, h->pair[i].value, err);
    return ok;
}

static bool same_row(const ory_sheet_row *a, const ory_sheet_row *b)
{
    return a->n == b->n && memcmp(a->text, b->text, a->n) == 0;
}

static ory_status take(merging *m, const ory_sheet *sheet, const ory_sheet_row *row,
                       ory_merge_report *report, ory_error *err)
{
    found *f;

    if (row->cell > m->cells || sheet->n_columns < m->n_params + 4) {
        report->damaged++;
        return ORY_OK;
    }
    f = &m->found[row->cell - 1];
    if (f->row && f->row->ok && row->ok && !same_row(f->row, row))
        return ory_fail(err, ORY_EFORMAT,
                        "cell %zu has two results that differ: '%s', line %zu, and '%s', line %zu",
                        (size_t)row->cell, m->files[f->sheet - m->sheets], f->row->line,
                        m->files[sheet - m->sheets], row->line);
    if (!f->row || row->ok)
        *f = (found){sheet, row};
    return ORY_OK;
}

static ory_status take_all(merging *m, ory_merge_report *report, ory_error *err)
{
    ory_status ok = ORY_OK;
    size_t i, k;

    m->found = ory_alloc(m->cells, sizeof *m->found);
    m->cell = ory_alloc(m->cells, sizeof *m->cell);
    if (!m->found || !m->cell)
        return ory_fail(err, ORY_ENOMEM, "out of memory for %zu cells", m->cells);
    for (i = 0; i < m->n; i++)
        for (k = 0; ok == ORY_OK && k < m->sheets[i].n_rows; k++)
            ok = take(m, &m->sheets[i], &m->sheets[i].rows[k], report, err);
    return ok;
}

/* Fields a to b (not included) of a row, joined as they stand, appended. */
static void append_fields(const ory_sheet_row *row, size_t a, size_t b, ory_buffer *out)
{
    size_t i;
    ory_field f;

    for (i = a; i < b; i++) {
        f = ory_sheet_field(row, i);
        if (i > a)
            ory_buffer_char(out, ',');
        ory_buffer_append(out, f.at, f.n);
    }
}

static ory_status name_cells(merging *m, ory_error *err)
{
    ory_buffer b = {0};
    size_t i;

    for (i = 0; i < m->cells; i++) {
        if (!m->found[i].row)
            continue;
        ory_buffer_clear(&b);
        append_fields(m->found[i].row, 2, 2 + m->n_params, &b);
        memcpy(m->cell[i].key, m->found[i].row->key, ORY_KEY_TEXT);
        m->cell[i].params = b.failed ? NULL : ory_strdup(b.data ? b.data : "");
        if (!m->cell[i].params)
            break;
    }
    ory_buffer_fini(&b);
    return i == m->cells ? ORY_OK : ory_fail(err, ORY_ENOMEM, "out of memory");
}

static ory_status put_row(const merging *m, ory_ledger *l, size_t cell, ory_error *err)
{
    const found *f = &m->found[cell];
    size_t last = f->sheet->n_columns - 2, i;
    ory_buffer names = {0}, values = {0};
    ory_status ok;

    if (f->row->ok) {
        for (i = 2 + m->n_params; i < last; i++) {
            ory_field value = ory_sheet_field(f->row, i), name = f->sheet->columns[i];

            if (value.n == 0) /* others' columns, not this row's */
                continue;
            if (names.len) {
                ory_buffer_char(&names, ',');
                ory_buffer_char(&values, ',');
            }
            ory_buffer_append(&names, name.at, name.n);
            ory_buffer_append(&values, value.at, value.n);
        }
        ok = names.failed || values.failed
                 ? ory_fail(err, ORY_ENOMEM, "out of memory")
                 : ory_ledger_put(l, cell, names.data ? names.data : "",
                                  values.data ? values.data : "", err);
    } else {
        ory_field_plain(ory_sheet_field(f->row, last + 1), &values);
        ok = ory_ledger_put_failure(l, cell, values.data ? values.data : "", err);
    }
    ory_buffer_fini(&names);
    ory_buffer_fini(&values);
    return ok;
}

static void count(const merging *m, ory_merge_report *report)
{
    size_t i, len = 0;
    bool full = false;

    report->cells = m->cells;
    for (i = 0; i < m->cells; i++) {
        if (m->found[i].row) {
            report->rows++;
            report->failed += !m->found[i].row->ok;
        } else if (!full) {
            full = len > sizeof report->missing - 40;
            len += (size_t)snprintf(report->missing + len, sizeof report->missing - len,
                                    full ? ", …" : "%s%zu", len ? ", " : "", i + 1);
        }
    }
}

static ory_status write_out(merging *m, const char *out, ory_error *err)
{
    ory_ledger_plan plan = {.header = &m->header, .param_names = m->params, .cells = m->cell,
                            .n = m->cells};
    ory_ledger *l = NULL;
    ory_status ok = name_cells(m, err);
    size_t i;

    if (ok == ORY_OK)
        ok = ory_ledger_open(&plan, &l, err);
    for (i = 0; ok == ORY_OK && i < m->cells; i++)
        if (m->found[i].row)
            ok = put_row(m, l, i, err);
    if (ok == ORY_OK)
        ok = ory_ledger_save(l, out, err);
    ory_ledger_free(l);
    return ok;
}

ory_status ory_merge(const char *out, const char *const *files, size_t n, ory_merge_report *report,
                     ory_error *err)
{
    merging m = {.files = files, .n = n};
    ory_status ok;

    *report = (ory_merge_report){0};
    ok = read_all(&m, report, err);
    if (ok == ORY_OK)
        ok = read_header(&m, err);
    if (ok == ORY_OK)
        ok = take_all(&m, report, err);
    if (ok == ORY_OK)
        ok = write_out(&m, out, err);
    if (ok == ORY_OK)
        count(&m, report);
    merging_fini(&m);
    return ok;
}
