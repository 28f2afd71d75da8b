/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sizes.h - one size that several options tell: numbers, rows and columns of matrices.
 * Two sources that disagree are an error that names both. */
#ifndef ORY_SYSTEMS_SIZES_H
#define ORY_SYSTEMS_SIZES_H

#include "systems/system.h"

typedef struct ory_size {
    size_t value;  /* 0: not known yet */
    char from[80]; /* who said so: "W1 is 5 x 20" */
} ory_size;

/* Take note of option `param` (INT) if it was given; the size is called as the option. */
ory_status ory_size_number(const ory_system *s, int param, ory_size *size, ory_error *err);
/* Take note of the shape of matrix option `param` if it was given; rows or cols may be
 * NULL. Empty matrices are errors. */
ory_status ory_size_matrix(const ory_system *s, int param, ory_size *rows, const char *rows_what,
                           ory_size *cols, const char *cols_what, ory_error *err);
/* The same for an option that is one row or one column: its length. */
ory_status ory_size_list(const ory_system *s, int param, ory_size *length, const char *what,
                         ory_error *err);
/* What is known, or the default of option `param`. */
size_t ory_size_or_default(const ory_system *s, const ory_size *size, int param);

#endif
