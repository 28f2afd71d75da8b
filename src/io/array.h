/* SPDX-License-Identifier: GPL-3.0-or-later */
/* array.h - what the readers of binary arrays (npy, idx) share: element types,
 * shapes, and reading elements into doubles.
 *
 * 64-bit integers beyond 2^53 are rounded to the nearest double. */
#ifndef ORY_IO_ARRAY_H
#define ORY_IO_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/mat.h"
#include "io/source.h"

enum { ORY_ARRAY_DIMS = 32 };

typedef struct ory_array_info {
    char type[8];  /* "f8", "u1", …: kind and bytes as NumPy writes them; "b1" truth values */
    bool big;      /* most significant byte first */
    bool fortran;  /* first index fastest */
    size_t dims;
    size_t shape[ORY_ARRAY_DIMS];
} ory_array_info;

/* Bytes of one element, or 0 if the type is none of f2 f4 f8 i1..i8 u1..u8 b1. */
size_t ory_array_item(const char *type);

/* "(3, 4)", "(5,)", "()"; cut with … when out is too small. */
void ory_array_shape_text(const ory_array_info *info, char *out, size_t size);

/* Read the elements that info announces into a new matrix: 0-d gives 1 x 1, 1-d
 * a column, 2-d itself, more dimensions shape[0] x rest if `flatten` and
 * ORY_ESHAPE otherwise. max_rows > 0: only the first so many rows.
 * ORY_EFORMAT if the source is shorter than announced, found before memory is
 * taken where the size is known. */
ory_status ory_array_read(ory_source *s, const ory_array_info *info, bool flatten,
                          size_t max_rows, ory_mat *out, ory_error *err) ORY_WUR;

#endif
