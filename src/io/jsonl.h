/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jsonl.h - JSON text, one record a line, put together in a buffer.
 *
 * An ory_json keeps track of commas and nesting; misuse (a value where a key is
 * due) is the caller's mistake and asserted. Numbers read back bit for bit. JSON
 * has no NaN or infinity: they are written as the strings "NaN", "Infinity" and
 * "-Infinity", which Python's float() and JavaScript's Number() read back, and
 * which null would lose (a diverged run differs from an undefined quantity).
 * Bytes that are not UTF-8 become U+FFFD. */
#ifndef ORY_IO_JSONL_H
#define ORY_IO_JSONL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"
#include "io/buffer.h"

enum { ORY_JSON_DEPTH = 32 };

typedef struct ory_json {
    ory_buffer *out;
    int depth;
    char close[ORY_JSON_DEPTH]; /* '}' or ']' of each open level */
    bool first[ORY_JSON_DEPTH]; /* nothing at this level yet */
    bool keyed;                 /* a key waits for its value */
} ory_json;

void ory_json_init(ory_json *j, ory_buffer *out); /* appends to out, which stays the caller's */

void ory_json_object(ory_json *j); /* { */
void ory_json_array(ory_json *j);  /* [ */
void ory_json_end(ory_json *j);    /* closes the innermost of them */
void ory_json_key(ory_json *j, const char *key);
void ory_json_string(ory_json *j, const char *text); /* NULL: null */
void ory_json_number(ory_json *j, double x);
void ory_json_numbers(ory_json *j, const double *x, size_t n); /* an array */
void ory_json_whole(ory_json *j, int64_t x);
void ory_json_bool(ory_json *j, bool x);
void ory_json_null(ory_json *j);

/* Ends a record: all levels must be closed. */
void ory_json_line(ory_json *j);

/* Text as a JSON string with its quotes. */
void ory_json_quote(ory_buffer *out, const char *text);

#endif
