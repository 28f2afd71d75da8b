/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source.h - where a reader's bytes come from: a file or memory, plain or gzip.
 *
 * Gzip is recognised by its first bytes, whatever the name. What is not a plain
 * file (a pipe) is read into memory first, so that every source can tell how
 * many bytes may still come; readers hold a header's claims against that before
 * they allocate. Messages name the file. */
#ifndef ORY_IO_SOURCE_H
#define ORY_IO_SOURCE_H

#include <stddef.h>

#include "core/status.h"
#include "io/buffer.h"

typedef struct ory_source ory_source;

ory_status ory_source_open(const char *path, ory_source **out, ory_error *err) ORY_WUR;
/* Bytes that stay the caller's and must outlive the source. */
ory_status ory_source_memory(const char *name, const void *bytes, size_t n, ory_source **out,
                             ory_error *err) ORY_WUR;
void ory_source_close(ory_source *s); /* NULL is fine */

const char *ory_source_name(const ory_source *s);

/* *got < want only at the end. ORY_EIO, ORY_EFORMAT (gzip damaged or cut
 * short), ORY_EINTERRUPT. */
ory_status ory_source_read(ory_source *s, void *into, size_t want, size_t *got, ory_error *err);

/* No more than this many bytes can follow. Exact for plain data; for gzip what
 * the best possible compression could hold. */
size_t ory_source_bound(const ory_source *s);

/* Everything that is left, appended to *out. */
ory_status ory_source_all(ory_source *s, ory_buffer *out, ory_error *err);

#endif
