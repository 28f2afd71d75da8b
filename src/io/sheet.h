/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet.h - a result file of a sweep, read line by line: every line that is a whole row,
 * and which lines are not. Nothing is repaired here; see ledger.h and merge.h. */
#ifndef ORY_IO_SHEET_H
#define ORY_IO_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/buffer.h"
#include "io/fields.h"
#include "io/header.h"

enum { ORY_KEY_TEXT = 18 /* k, 16 digits, zero byte */ };

typedef struct ory_sheet_row {
    const char *text; /* in sheet.bytes, n of them, without the line's end */
    size_t n, line;   /* number of the line, from 1 */
    uint64_t cell;    /* from 1 */
    char key[ORY_KEY_TEXT];
    bool ok;
} ory_sheet_row;

typedef struct ory_sheet {
    ory_buffer bytes;
    ory_header header;
    size_t head;           /* bytes before the first row: comments and the line of names */
    ory_field *columns;    /* names, from cell and key to status and reason */
    size_t n_columns;
    ory_sheet_row *rows;
    size_t n_rows;
    size_t damaged, first_damaged; /* lines that are no row; the number of the first */
    bool torn;                     /* the last line has no end */
} ory_sheet; /* a zeroed one is empty */

void ory_sheet_fini(ory_sheet *s);

/* ORY_EIO, ORY_ENOMEM; ORY_EFORMAT when there is no line of names of a sweep. An empty
 * file is an empty sheet without columns. */
ory_status ory_sheet_read(const char *path, ory_sheet *s, ory_error *err) ORY_WUR;

/* Field i of a row; i < n_columns. */
ory_field ory_sheet_field(const ory_sheet_row *row, size_t i);

/* A row with these names as a line of JSON, with its end. */
void ory_sheet_json(const ory_field *columns, size_t n, const char *row, size_t len,
                    ory_buffer *out);

/* "dir/x.csv" -> "dir/x.jsonl" into out; false when it is too long or does not end in
 * .csv. */
bool ory_sheet_jsonl_path(const char *csv, char *out, size_t size);

#endif
