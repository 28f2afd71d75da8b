/* SPDX-License-Identifier: GPL-3.0-or-later */
/* merge.h - the result files of shards, joined into that of the whole sweep. */
#ifndef ORY_IO_MERGE_H
#define ORY_IO_MERGE_H

#include <stddef.h>

#include "core/status.h"

typedef struct ory_merge_report {
    size_t cells, rows, failed; /* of the sweep, found, of these without a result */
    size_t damaged;             /* lines that were no rows */
    char missing[200];          /* numbers of cells without a row, the first of them */
} ory_merge_report;

/* Join files into out (and its JSON lines). The same row twice is taken once, a result goes
 * before a failure of the same cell. ORY_EFORMAT when they are not of one sweep or two
 * results of a cell differ; nothing is written then. ORY_EIO, ORY_ENOMEM. */
ory_status ory_merge(const char *out, const char *const *files, size_t n, ory_merge_report *report,
                     ory_error *err);

#endif
