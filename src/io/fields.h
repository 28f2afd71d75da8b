/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fields.h - the cells of one line of a result file (doc/sweeps.md), which keep their kind:
 * texts are quoted, numbers and truth values bare, what is not there is empty.
 *
 * Lines hold no line breaks: those of texts become blanks. */
#ifndef ORY_IO_FIELDS_H
#define ORY_IO_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/buffer.h"
#include "io/jsonl.h"

typedef enum ory_field_kind {
    ORY_FIELD_EMPTY,
    ORY_FIELD_NUMBER,
    ORY_FIELD_BOOL,
    ORY_FIELD_TEXT, /* quoted */
    ORY_FIELD_BARE  /* a text without quotes: names of columns, keys, ok and failed */
} ory_field_kind;

typedef struct ory_field {
    const char *at; /* as it stands in the line, with its quotes */
    size_t n;
} ory_field;

void ory_field_number(ory_buffer *out, double x);
void ory_field_whole(ory_buffer *out, int64_t x);
void ory_field_bool(ory_buffer *out, bool x);
void ory_field_text(ory_buffer *out, const char *text, size_t n);
/* A name of a column: quoted only where it must be. */
void ory_field_name(ory_buffer *out, const char *name);

/* Cut [*at, end) behind its first field and move *at behind the comma; *at is NULL behind
 * the last. False where the quotes are wrong. */
bool ory_field_next(const char **at, const char *end, ory_field *f);

ory_field_kind ory_field_kind_of(ory_field f);
/* The text of a field without its quotes, appended. */
void ory_field_plain(ory_field f, ory_buffer *out);
/* The field as a JSON value. */
void ory_field_json(ory_field f, ory_json *j);

#endif
