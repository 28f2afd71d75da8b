/* SPDX-License-Identifier: GPL-3.0-or-later */
/* idx.h - IDX files (the format of the MNIST digits), plain or gzipped, read.
 *
 * All six types, any number of dimensions: the first becomes the rows, the rest
 * is laid out along the columns; one dimension gives a column. A file longer or
 * shorter than its header says is refused. */
#ifndef ORY_IO_IDX_H
#define ORY_IO_IDX_H

#include <stddef.h>

#include "core/mat.h"
#include "io/array.h"

/* max_rows > 0: only the first so many. info may be NULL. ORY_EIO, ORY_EFORMAT,
 * ORY_ENOMEM. *out is made new. */
ory_status ory_idx_read(const char *path, size_t max_rows, ory_mat *out, ory_array_info *info,
                        ory_error *err) ORY_WUR;
ory_status ory_idx_parse(const char *name, const void *bytes, size_t n, size_t max_rows,
                         ory_mat *out, ory_array_info *info, ory_error *err) ORY_WUR;

#endif
