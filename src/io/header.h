/* SPDX-License-Identifier: GPL-3.0-or-later */
/* header.h - the provenance that every written file carries, as key/value pairs.
 *
 * ory_header_start fills in program, version, script and its SHA-256; callers
 * add seed, system and parameters. No date, no host, no user: equal scripts and
 * seeds give equal files. Rendered as CSV comments, as the first JSONL record,
 * as the .json beside a .npy, and as the metadata of figures (figure.h). */
#ifndef ORY_IO_HEADER_H
#define ORY_IO_HEADER_H

#include <stddef.h>

#include "core/status.h"
#include "io/buffer.h"

typedef struct ory_pair {
    char *key, *value;
} ory_pair;

typedef struct ory_header {
    ory_pair *pair;
    size_t count, room;
} ory_header; /* a zeroed one is empty */

void ory_header_fini(ory_header *h);

/* program = orrery, version = that of the build; with a script its name, and
 * the hash of its text (which may be NULL when unknown). */
ory_status ory_header_start(ory_header *h, const char *script, const void *text, size_t n,
                            ory_error *err);

/* A key that is there already gets the new value. */
ory_status ory_header_add(ory_header *h, const char *key, const char *value, ory_error *err);
ory_status ory_header_addf(ory_header *h, const char *key, ory_error *err, const char *fmt, ...)
    ORY_PRINTF(4, 5);
ory_status ory_header_copy(ory_header *h, const ory_header *from, ory_error *err);
const char *ory_header_get(const ory_header *h, const char *key); /* or NULL */

/* "# key: value" lines; line breaks and backslashes of values as \n and \\. */
void ory_header_comments(const ory_header *h, ory_buffer *out);

/* {"header":{"key":"value",…}} without line end: the first record of a JSONL file. */
void ory_header_json(const ory_header *h, ory_buffer *out);

/* The inverse for one comment line without its '#': adds the pair and answers
 * ORY_OK when the line has the form "key: value" (key: letters, digits, _ and .),
 * ORY_EFORMAT when it is another comment. */
ory_status ory_header_parse(ory_header *h, const char *line, size_t n, ory_error *err);

#endif
