/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cells.h - a text of comma, tab or blank separated cells, one record at a time.
 *
 * Cells may be quoted as in RFC 4180 (a quote may carry a record over line breaks), blanks
 * around a cell are dropped, a mark of byte order in front too. A line that begins with '#'
 * is a comment; empty lines are passed over. Nothing is copied but quoted cells: what a cell
 * points to is valid until the next record. */
#ifndef ORY_IO_CELLS_H
#define ORY_IO_CELLS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"
#include "io/buffer.h"

typedef struct ory_cell {
    const char *s, *end;
    bool quoted;
} ory_cell;

typedef struct ory_cells {
    const char *name;     /* of the file, for messages; borrowed like the text */
    char separator;       /* ',' or '\t'; ' ': any run of blanks, no quotes */
    const char *at, *end; /* what is left of the text */
    size_t line;          /* where the record began, from 1 */
    bool comment;         /* the record is one: its only cell is what follows the '#' */
    ory_cell *cell;
    size_t n;
    size_t room, next_line;
    char *scratch;        /* as long as the text: unquoted cells of the present record */
} ory_cells; /* a zeroed one is empty */

/* ORY_EFORMAT: the text holds a zero byte; ORY_ENOMEM. fini also after a failure. */
ory_status ory_cells_start(ory_cells *c, const char *name, const void *bytes, size_t n,
                           char separator, ory_error *err) ORY_WUR;
void ory_cells_fini(ory_cells *c);

/* The next record; *more is false at the end. ORY_EFORMAT (a quote that is not closed, text
 * behind a quoted cell), ORY_ENOMEM; messages name file and line. */
ory_status ory_cells_next(ory_cells *c, bool *more, ory_error *err) ORY_WUR;

/* By the ending of a name (.gz aside): .tsv a tab, .txt and .vec blanks, else a comma. */
char ory_cells_separator(const char *name);

/* The whole file, plain or gzip, appended to text. */
ory_status ory_cells_text(const char *path, ory_buffer *text, ory_error *err) ORY_WUR;

#endif
