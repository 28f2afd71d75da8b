/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.h - tables of numbers as text, read: CSV, TSV, and lines "name number …".
 *
 * Lines that begin with '#' are comments; those of the form "# key: value" become the
 * header, the first other one its "title". A first line with a cell that is no number
 * names the columns; a first column without a number in its first data line names the
 * rows. An empty cell and "na" are NaN. Cells may be quoted as in RFC 4180; gzip is
 * recognised by its first bytes. Every refusal names the file and the line. */
#ifndef ORY_IO_TABLE_H
#define ORY_IO_TABLE_H

#include <stddef.h>

#include "core/mat.h"
#include "io/header.h"

typedef struct ory_table {
    ory_mat values;     /* rows x cols                    */
    char **columns;     /* cols names, or NULL            */
    char **rows;        /* rows names, or NULL            */
    ory_header header;  /* of the comments                */
} ory_table; /* a zeroed one is empty */

void ory_table_fini(ory_table *t);

/* separator: ',' or '\t', or ' ' for any run of blanks; 0: by the ending (.tsv: tab, .txt
 * and .vec: blanks, else comma). ORY_EIO, ORY_EFORMAT (a cell that is no number, a line of
 * another length), ORY_ENOMEM. */
ory_status ory_table_read(const char *path, char separator, ory_table *out,
                          ory_error *err) ORY_WUR;
ory_status ory_table_parse(const char *name, const void *bytes, size_t n, char separator,
                           ory_table *out, ory_error *err) ORY_WUR;

/* Lines "name number number …": every row has a name, no line names columns. A first line
 * of two whole numbers (word2vec) announces rows and columns. Names may hold blanks, also
 * where blanks separate the cells: as many numbers as the announcement says, or the first
 * line ends with, are taken from the right, and a name does not end in a number. */
ory_status ory_vectors_read(const char *path, ory_table *out, ory_error *err) ORY_WUR;
ory_status ory_vectors_parse(const char *name, const void *bytes, size_t n, ory_table *out,
                             ory_error *err) ORY_WUR;

#endif
