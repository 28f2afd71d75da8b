/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mat.h - dense real matrices, row-major.
 *
 * An ory_mat is a view: it says where the numbers are and how far apart rows
 * lie. ory_mat_new makes one that owns its memory (release with ory_mat_free);
 * everything else borrows. Row r starts at data + r*ld; ld >= cols. */
#ifndef ORY_CORE_MAT_H
#define ORY_CORE_MAT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

typedef struct ory_mat {
    size_t rows, cols, ld;
    double *data;
} ory_mat;

static inline ory_mat ory_mat_view(double *data, size_t rows, size_t cols)
{
    return (ory_mat){.rows = rows, .cols = cols, .ld = cols, .data = data};
}

static inline double *ory_mat_at(const ory_mat *a, size_t r, size_t c)
{
    return a->data + r * a->ld + c;
}

/* rows x cols zeros. ORY_ENOMEM. */
ory_status ory_mat_new(ory_mat *a, size_t rows, size_t cols, ory_error *err) ORY_WUR;
/* a is made new, ld = cols */
ory_status ory_mat_copy(ory_mat *a, const ory_mat *from, ory_error *err) ORY_WUR;
void ory_mat_free(ory_mat *a); /* also of a zeroed struct */

bool ory_all_finite(const double *x, size_t n);

/* A matrix with a reference count: how parameters, systems and runs share data
 * such as X and Y without copying. The numbers are never changed once shared. */
typedef struct ory_matref {
    ory_mat mat;
    unsigned refs;
} ory_matref;

ory_matref *ory_matref_new(const ory_mat *from); /* copies; refs = 1; NULL: no memory */
ory_matref *ory_matref_take(ory_mat *from);      /* takes over from's memory */
ory_matref *ory_matref_ref(ory_matref *m);       /* NULL gives NULL */
void ory_matref_unref(ory_matref *m);

#endif
