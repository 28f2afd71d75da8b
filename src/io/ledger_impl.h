/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_impl.h - what ledger.c and ledger_open.c share. */
#ifndef ORY_IO_LEDGER_IMPL_H
#define ORY_IO_LEDGER_IMPL_H

#include <limits.h>

#include "io/atomic.h"
#include "io/ledger.h"

/* Names of results, in the order of the alphabet; sets with equal names are one. */
typedef struct ory_name_set {
    char *text; /* joined by commas */
    ory_field *names;
    size_t n;
    struct ory_name_set *next;
} ory_name_set;

typedef struct ory_row {
    bool there, ok, doubtful;
    ory_name_set *set; /* what its values are called; all are among the columns */
    char *values, *reason;
} ory_row;

struct ory_ledger {
    ory_ledger_plan plan;
    char jsonl_path[PATH_MAX], lock_path[PATH_MAX];
    int lock;                /* descriptor, or -1 */
    ory_stream *csv, *jsonl;
    double synced;           /* when the streams were last flushed */
    ory_row *rows;
    ory_name_set *sets, *columns;
    ory_buffer all_text;     /* the line of names, and its fields */
    ory_field *all_names;
    size_t n_all;
    size_t last;             /* cell appended last */
    bool unsorted;
    ory_buffer notes;
};

int ledger_compare(ory_field a, ory_field b); /* the order of names */
/* Take names among the columns; *set is the set of them. */
ory_status ledger_widen(ory_ledger *l, const char *names, size_t len, ory_name_set **set,
                        ory_error *err);
ory_status ledger_keep(ory_ledger *l, size_t cell, bool ok, ory_name_set *set, const char *values,
                       size_t len, const char *reason, ory_error *err);
void ledger_drop(ory_ledger *l, size_t cell);
/* Both files anew from the rows, in order, whole or not at all; then ready to append. */
ory_status ledger_rewrite(ory_ledger *l, ory_error *err);
ory_status ledger_stream(ory_ledger *l, ory_error *err); /* ready to append to what is there */

#endif
