/* SPDX-License-Identifier: GPL-3.0-or-later */
/* npy.h - NumPy's .npy files, read and written.
 *
 * Read: versions 1 to 3, types f2 f4 f8 i1..i8 u1..u8 bool, both byte orders, C
 * and Fortran order, plain or gzipped. 0-d gives 1 x 1, 1-d a column n x 1; more
 * than two dimensions are refused with their shape, or with `flatten` become
 * shape[0] x rest. Python objects, text, dates, complex and structured types are
 * refused by name. Bytes behind the array are ignored, as NumPy does.
 * Written: version 1, <f8, C order, two dimensions. */
#ifndef ORY_IO_NPY_H
#define ORY_IO_NPY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/mat.h"
#include "io/array.h"
#include "io/header.h"

/* *out is made new (ory_mat_free); info, which may be NULL, receives type and
 * shape as stored. ORY_EIO, ORY_EFORMAT, ORY_ESHAPE, ORY_ENOMEM. */
ory_status ory_npy_read(const char *path, bool flatten, ory_mat *out, ory_array_info *info,
                        ory_error *err) ORY_WUR;
ory_status ory_npy_parse(const char *name, const void *bytes, size_t n, bool flatten,
                         ory_mat *out, ory_array_info *info, ory_error *err) ORY_WUR;

/* .npy cannot carry provenance: with `sidecar` its pairs go to path + ".json". */
ory_status ory_npy_write(const char *path, const ory_mat *a, const ory_header *sidecar,
                         ory_error *err) ORY_WUR;

#endif
