/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sizes.c - agreement of sizes told by several options; see sizes.h. */
#include "config.h"

#include "systems/sizes.h"

#include <stdio.h>

static ory_status learn(const ory_system *s, ory_size *size, const char *what, size_t value,
                        const char *from, ory_error *err)
{
    if (size->value == 0) {
        size->value = value;
        snprintf(size->from, sizeof size->from, "%s", from);
        return ORY_OK;
    }
    if (size->value == value)
        return ORY_OK;
    return ory_fail(err, ORY_ESHAPE, "%s: %s, but %s: they disagree on %s (%zu and %zu)",
                    s->class->name, size->from, from, what, size->value, value);
}

ory_status ory_size_number(const ory_system *s, int param, ory_size *size, ory_error *err)
{
    const char *name = s->class->params[param].name;
    char from[80];

    if (!ory_values_given(&s->values, param))
        return ORY_OK;
    snprintf(from, sizeof from, "%s = %zu", name, ory_values_size(&s->values, param));
    return learn(s, size, name, ory_values_size(&s->values, param), from, err);
}

/* Entries are finite already, see params.h. */
static ory_status check_matrix(const ory_system *s, const char *name, const ory_mat *a,
                               ory_error *err)
{
    if (a->rows > 0 && a->cols > 0)
        return ORY_OK;
    return ory_fail(err, ORY_ESHAPE, "%s: %s is %zu x %zu (must not be empty)", s->class->name, name,
                    a->rows, a->cols);
}

ory_status ory_size_matrix(const ory_system *s, int param, ory_size *rows, const char *rows_what,
                           ory_size *cols, const char *cols_what, ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, param);
    const char *name = s->class->params[param].name;
    char from[80];
    ory_status status;

    if (!a)
        return ORY_OK;
    status = check_matrix(s, name, a, err);
    snprintf(from, sizeof from, "%s is %zu x %zu", name, a->rows, a->cols);
    if (status == ORY_OK && rows)
        status = learn(s, rows, rows_what, a->rows, from, err);
    if (status == ORY_OK && cols)
        status = learn(s, cols, cols_what, a->cols, from, err);
    return status;
}

ory_status ory_size_list(const ory_system *s, int param, ory_size *length, const char *what,
                         ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, param);
    const char *name = s->class->params[param].name;
    char from[80];
    ory_status status;

    if (!a)
        return ORY_OK;
    if ((status = check_matrix(s, name, a, err)) != ORY_OK)
        return status;
    if (a->rows != 1 && a->cols != 1)
        return ory_fail(err, ORY_ESHAPE, "%s: %s is %zu x %zu (must be one row or one column)",
                        s->class->name, name, a->rows, a->cols);
    snprintf(from, sizeof from, "%s is %zu x %zu", name, a->rows, a->cols);
    return learn(s, length, what, a->rows * a->cols, from, err);
}

size_t ory_size_or_default(const ory_system *s, const ory_size *size, int param)
{
    return size->value ? size->value : (size_t)s->class->params[param].def;
}
