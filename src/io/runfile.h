/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runfile.h - runs in files.
 *
 * A run file is 16 bytes of magic, format version and length (little endian), the run
 * as bytes (run/image.h) and a SHA-256 of all that stands before it. Saving replaces the
 * file only when the new one is whole. Loading runs no code from the file and refuses
 * what is cut short, damaged, hostile or of another kind in one sentence. */
#ifndef ORY_IO_RUNFILE_H
#define ORY_IO_RUNFILE_H

#include "run/run.h"

ory_status ory_runfile_save(ory_run *r, const char *path, ory_error *err);
/* ORY_EIO, ORY_EFORMAT, ORY_ENOMEM; *out is written only on ORY_OK. */
ory_status ory_runfile_load(const char *path, ory_run **out, ory_error *err);

#endif
