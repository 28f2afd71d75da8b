/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mat.c - owning, copying and sharing dense matrices. */
#include "config.h"

#include "core/mat.h"

#include <stdint.h>
#include <string.h>

#include "core/mem.h"

ory_status ory_mat_new(ory_mat *a, size_t rows, size_t cols, ory_error *err)
{
    double *data = NULL;

    *a = (ory_mat){0};
    if (cols == 0 || rows <= SIZE_MAX / cols)
        data = ory_alloc(rows * cols, sizeof *data);
    if (!data)
        return ory_fail(err, ORY_ENOMEM, "no memory for a %zu x %zu matrix", rows, cols);
    *a = ory_mat_view(data, rows, cols);
    return ORY_OK;
}

static void copy_rows(const ory_mat *to, const ory_mat *from)
{
    if (from->cols == 0)
        return;
    for (size_t r = 0; r < from->rows; r++)
        memcpy(ory_mat_at(to, r, 0), ory_mat_at(from, r, 0), from->cols * sizeof(double));
}

ory_status ory_mat_copy(ory_mat *a, const ory_mat *from, ory_error *err)
{
    ory_mat copy;
    ory_status status = ory_mat_new(&copy, from->rows, from->cols, err);

    if (status == ORY_OK)
        copy_rows(&copy, from);
    *a = copy;
    return status;
}

void ory_mat_free(ory_mat *a)
{
    if (!a)
        return;
    ory_free(a->data);
    *a = (ory_mat){0};
}

/* x - x is 0 for every finite x and NaN for the others, so one sum without
 * branches tells; four of them keep the adder busy. */
bool ory_all_finite(const double *x, size_t n)
{
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        s0 += x[i] - x[i];
        s1 += x[i + 1] - x[i + 1];
        s2 += x[i + 2] - x[i + 2];
        s3 += x[i + 3] - x[i + 3];
    }
    for (; i < n; i++)
        s0 += x[i] - x[i];
    return s0 + s1 + s2 + s3 == 0;
}

ory_matref *ory_matref_new(const ory_mat *from)
{
    ory_mat copy;
    ory_matref *m;

    if (ory_mat_copy(&copy, from, NULL) != ORY_OK)
        return NULL;
    m = ory_matref_take(&copy);
    if (!m)
        ory_mat_free(&copy);
    return m;
}

ory_matref *ory_matref_take(ory_mat *from)
{
    ory_matref *m = ory_alloc(1, sizeof *m);

    if (!m)
        return NULL;
    m->mat = *from;
    m->refs = 1;
    *from = (ory_mat){0};
    return m;
}

ory_matref *ory_matref_ref(ory_matref *m)
{
    if (m)
        __atomic_add_fetch(&m->refs, 1, __ATOMIC_RELAXED);
    return m;
}

void ory_matref_unref(ory_matref *m)
{
    if (!m || __atomic_sub_fetch(&m->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    ory_mat_free(&m->mat);
    ory_free(m);
}
