/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cast.h - recordings of a terminal: asciicast version 2, written and read.
 *
 * A recording is a header line (size, title) and one line for every event: bytes for
 * the terminal ("o"), a named marker ("m"), a new size ("r"), each with its time in
 * seconds since the start. Written record by record, so that what was recorded
 * survives a crash. Times are rounded to microseconds and never fall; equal input
 * gives equal bytes. Text that is not UTF-8 becomes U+FFFD, as JSON demands. */
#ifndef ORY_IO_CAST_H
#define ORY_IO_CAST_H

#include <stddef.h>

#include "core/status.h"

typedef struct ory_cast ory_cast;

typedef struct ory_cast_head {
    int width, height;
    double date;       /* seconds since 1970; 0: left out */
    const char *title; /* NULL: none */
    const char *term;  /* the terminal type it is meant for; NULL: none */
} ory_cast_head;

enum { ORY_CAST_OUTPUT = 'o', ORY_CAST_MARKER = 'm', ORY_CAST_RESIZE = 'r' };

ory_status ory_cast_open(const char *path, const ory_cast_head *head, ory_cast **out,
                         ory_error *err) ORY_WUR;
ory_status ory_cast_output(ory_cast *c, double t, const char *bytes, size_t n, ory_error *err);
ory_status ory_cast_marker(ory_cast *c, double t, const char *label, ory_error *err);
ory_status ory_cast_resize(ory_cast *c, double t, int width, int height, ory_error *err);
/* Releases c; NULL is fine. Repeats the first failure. */
ory_status ory_cast_close(ory_cast *c, ory_error *err);

/* A recording read back, whole. */
typedef struct ory_cast_event {
    double t;
    char kind;  /* ORY_CAST_…, or another letter of the format: to be skipped */
    char *text; /* NUL-terminated, n bytes */
    size_t n;
} ory_cast_event;

typedef struct ory_cast_file {
    int width, height;
    ory_cast_event *events;
    size_t n;
} ory_cast_file;

/* ORY_EIO, ORY_EFORMAT (with the line), ORY_ENOMEM. */
ory_status ory_cast_load(const char *path, ory_cast_file **out, ory_error *err) ORY_WUR;
void ory_cast_file_free(ory_cast_file *f); /* NULL is fine */

#endif
