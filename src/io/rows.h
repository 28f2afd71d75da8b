/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows.h - rows of named numbers into a file: CSV, TSV, JSON lines or .npy, chosen by
 * the file's ending, with the provenance header in front.
 *
 * A streamed file reaches the system record by record and survives a crash; a plain
 * one appears whole or not at all. .npy needs all rows and cannot be streamed; its
 * header goes to FILE.json. In JSON lines the first record is {"header":…}. */
#ifndef ORY_IO_ROWS_H
#define ORY_IO_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"
#include "io/header.h"

typedef struct ory_rows ory_rows;

/* columns: count names, copied. The header's pairs are copied too. ORY_EFORMAT for an
 * ending that is none of .csv .tsv .jsonl .npy, or a streamed .npy; ORY_EIO; ORY_ENOMEM. */
ory_status ory_rows_open(const char *path, bool stream, const ory_header *header,
                         const char *const *columns, size_t count, ory_rows **out,
                         ory_error *err) ORY_WUR;
/* count values; NaN is an empty cell in CSV and TSV and is left out in JSON lines. */
ory_status ory_rows_put(ory_rows *w, const double *values, ory_error *err);
/* Both release w. close makes the file final; abandon leaves an unstreamed file unmade. */
ory_status ory_rows_close(ory_rows *w, ory_error *err) ORY_WUR;
void ory_rows_abandon(ory_rows *w);

#endif
