/* SPDX-License-Identifier: GPL-3.0-or-later */
/* atomic.h - output files that are whole or not there.
 *
 * An ory_outfile is written beside its final place under a hidden temporary
 * name; ory_outfile_commit flushes it to the disk and renames it, so that the
 * path always holds the old file or the whole new one. Whatever fails before
 * that leaves the old file as it was. The first failure sticks: later writes
 * repeat it and commit reports it. Existing permissions are kept; a symbolic
 * link is followed; a device or pipe is written to directly.
 *
 * An ory_stream is for records that must survive a crash of the program: each
 * record reaches the system before ory_stream_write returns, and one that did
 * not fit (disk full) is taken back, so the file never ends in half a record.
 *
 * Messages are one sentence: cannot write 'out.csv': No space left on device */
#ifndef ORY_IO_ATOMIC_H
#define ORY_IO_ATOMIC_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

typedef struct ory_outfile ory_outfile;

/* ORY_EIO, ORY_ENOMEM; *out is written only on ORY_OK. */
ory_status ory_outfile_open(const char *path, ory_outfile **out, ory_error *err) ORY_WUR;
ory_status ory_outfile_write(ory_outfile *f, const void *bytes, size_t n, ory_error *err);
/* Both release f, whatever happens; NULL is fine for abandon. */
ory_status ory_outfile_commit(ory_outfile *f, ory_error *err) ORY_WUR;
void ory_outfile_abandon(ory_outfile *f);

/* open(2) for this layer; an interrupted call is made again. */
int ory_open(const char *path, int flags, unsigned mode);

/* Open, write, commit in one call. */
ory_status ory_outfile_put(const char *path, const void *bytes, size_t n, ory_error *err) ORY_WUR;

typedef struct ory_stream ory_stream;

/* append: go on behind what is there; else start an empty file. */
ory_status ory_stream_open(const char *path, bool append, ory_stream **out,
                           ory_error *err) ORY_WUR;
ory_status ory_stream_write(ory_stream *s, const void *record, size_t n, ory_error *err);
ory_status ory_stream_sync(ory_stream *s, ory_error *err); /* to the disk, now */
/* Flushes to the disk and releases s; NULL is fine. Repeats a failure of write. */
ory_status ory_stream_close(ory_stream *s, ory_error *err);

#endif
