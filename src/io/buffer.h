/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buffer.h - bytes that grow: the place where text and files are put together.
 *
 * A zeroed ory_buffer is an empty one. A failed allocation is remembered in
 * `failed` and every later append does nothing, so that a writer may append
 * freely and ask once at the end (ory_buffer_check). data is always followed by
 * a zero byte once something has been appended. */
#ifndef ORY_IO_BUFFER_H
#define ORY_IO_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

typedef struct ory_buffer {
    char *data;
    size_t len, room;
    bool failed;
} ory_buffer;

void ory_buffer_fini(ory_buffer *b);  /* leaves an empty buffer */
void ory_buffer_clear(ory_buffer *b); /* keeps the memory; forgets a failure */
void ory_buffer_append(ory_buffer *b, const void *bytes, size_t n);
void ory_buffer_text(ory_buffer *b, const char *text);
void ory_buffer_char(ory_buffer *b, char c);
void ory_buffer_printf(ory_buffer *b, const char *fmt, ...) ORY_PRINTF(2, 3);

/* The shortest text that reads back as the same number; see number.h. */
void ory_buffer_number(ory_buffer *b, double x);

/* ORY_ENOMEM if an append has failed. */
ory_status ory_buffer_check(const ory_buffer *b, ory_error *err);

#endif
