/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger.h - the result files of a sweep (doc/sweeps.md): one row for each cell, in
 * NAME.csv and NAME.jsonl, appended as cells end and found again when the sweep is resumed.
 *
 * A row is one write of one whole line, first to the CSV, which is the truth, then to the
 * JSON lines. Both are flushed to the disk once a second and at the end. Opening mends: a
 * last line without an end, lines that are damaged, twice or not the same in both files are
 * left out and their cells are done again; whenever more than a torn end is left out, the
 * file as it was stays beside as NAME.csv.damaged. Names that a row brings for the first
 * time become columns (both files are written anew, whole or not at all), so that the names
 * do not depend on the order in which cells end. When every cell has its row the rows are
 * put into the order of the cells. A lock beside the file keeps a second sweep away. */
#ifndef ORY_IO_LEDGER_H
#define ORY_IO_LEDGER_H

#include "io/sheet.h"

typedef struct ory_ledger_cell {
    char key[ORY_KEY_TEXT];
    const char *params; /* fields of the parameters, joined by commas; the caller's */
} ory_ledger_cell;

typedef struct ory_ledger_plan {
    const char *path;          /* ends in .csv; NULL: rows are kept in memory only */
    const ory_header *header;
    const char *param_names;   /* fields, joined by commas */
    const ory_ledger_cell *cells;
    size_t n;
    const bool *others;        /* per cell: of another shard, no row is due; or NULL */
    bool retry;                /* rows of failed cells are left out, to be done again */
    bool fresh;                /* what is there is replaced */
    bool look;                 /* only what is there is wanted: nothing is locked or written */
} ory_ledger_plan;

typedef struct ory_ledger ory_ledger;

/* The plan's arrays must outlive the ledger. ORY_EIO (unreadable, locked), ORY_EFORMAT (no
 * result file, or one of another sweep: nothing is touched), ORY_ENOMEM. */
ory_status ory_ledger_open(const ory_ledger_plan *plan, ory_ledger **out, ory_error *err) ORY_WUR;

/* What was mended while opening, a sentence a line; "" when nothing was. */
const char *ory_ledger_notes(const ory_ledger *l);

bool ory_ledger_has(const ory_ledger *l, size_t cell);
bool ory_ledger_ok(const ory_ledger *l, size_t cell); /* and its row is not of a failure */

/* The row of a cell without one. names, values: fields joined by commas, as many of one as
 * of the other, names in the order of the alphabet; reason: a text. ORY_EIO (the row is not
 * in the file, the file is whole), ORY_ENOMEM. */
ory_status ory_ledger_put(ory_ledger *l, size_t cell, const char *names, const char *values,
                          ory_error *err);
ory_status ory_ledger_put_failure(ory_ledger *l, size_t cell, const char *reason, ory_error *err);

/* The line of all names, and the row of a cell, without line ends, appended. */
void ory_ledger_names(const ory_ledger *l, ory_buffer *out);
void ory_ledger_row(const ory_ledger *l, size_t cell, ory_buffer *out);

/* All rows to another file, whole or not at all, and its JSON lines beside it. */
ory_status ory_ledger_save(const ory_ledger *l, const char *path, ory_error *err);

/* Into order, to the disk, unlocked. */
ory_status ory_ledger_close(ory_ledger *l, ory_error *err);
void ory_ledger_free(ory_ledger *l); /* closes as well; NULL is fine */

#endif
