/* SPDX-License-Identifier: GPL-3.0-or-later */
/* params.h - options as data: what may be given, what was given.
 *
 * A table of ory_param says for every option its name, type, default, range,
 * unit and meaning. An ory_values holds one value per row. Checking, error
 * texts with the nearest valid name, help, completion, file headers and the
 * manual all come from the table. Systems, steppers and script arguments share
 * this one mechanism. */
#ifndef ORY_CORE_PARAMS_H
#define ORY_CORE_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/mat.h"
#include "core/status.h"

typedef enum ory_param_type {
    ORY_PARAM_REAL,   /* double                                                  */
    ORY_PARAM_INT,    /* whole number, |x| < 2^53                                */
    ORY_PARAM_BOOL,   /* 0 or 1                                                  */
    ORY_PARAM_CHOICE, /* one of choices[]; the value is its index                */
    ORY_PARAM_STRING, /* text; def_text                                          */
    ORY_PARAM_MATRIX, /* ory_matref; a plain list is a column                    */
    ORY_PARAM_NUMBER_OR_CHOICE /* a real in [min,max] or one of choices[]        */
} ory_param_type;

enum {
    ORY_LIVE = 1,     /* a knob: may be assigned while a run goes on            */
    ORY_OPEN_MIN = 2, /* value must be > min, not >= min                        */
    ORY_OPEN_MAX = 4,
    ORY_OPTIONAL = 8, /* without a value unless given: see ory_values_given     */
    ORY_REQUIRED = 16
};

/* Tables end with a row whose name is NULL. Bounds that do not exist are
 * -INFINITY and INFINITY; a table may leave both 0 to mean "no bounds". */
typedef struct ory_param {
    const char *name;
    ory_param_type type;
    double def; /* REAL, INT, BOOL; index of the default CHOICE;
                   NUMBER_OR_CHOICE: index of the default choice */
    double min, max;
    const char *const *choices; /* NULL-terminated */
    unsigned flags;
    const char *unit; /* "" when dimensionless */
    const char *doc;  /* one sentence */
    const char *def_text;
} ory_param;

typedef struct ory_value {
    bool given;       /* set by the user, not by default */
    bool is_choice;   /* NUMBER_OR_CHOICE: num is a choice's index */
    double num;
    char *text;       /* owned */
    ory_matref *mat;  /* one reference */
} ory_value;

typedef struct ory_values {
    const char *owner; /* "net.linear": begins every message */
    const ory_param *params;
    size_t count;
    ory_value *v;
} ory_values;

size_t ory_params_count(const ory_param *params);
int ory_params_find(const ory_param *params, const char *name); /* -1: none */

/* All defaults. owner and params must outlive the values. ORY_ENOMEM. */
ory_status ory_values_init(ory_values *v, const char *owner, const ory_param *params,
                           ory_error *err) ORY_WUR;
ory_status ory_values_copy(ory_values *v, const ory_values *from, ory_error *err) ORY_WUR;
void ory_values_fini(ory_values *v); /* tolerates a zeroed struct */

/* Assign by name, checking name, type and range; on failure nothing changes.
 *   net.linear: unknown option 'init_scal' (did you mean 'init_scale'?)
 *   net.linear: h = 0 (must be >= 1)
 *   net.linear: loss = "hinge" (one of "squared", "mf", …) */
ory_status ory_values_set_num(ory_values *v, const char *name, double x, ory_error *err);
ory_status ory_values_set_bool(ory_values *v, const char *name, bool x, ory_error *err);
ory_status ory_values_set_text(ory_values *v, const char *name, const char *text, ory_error *err);
/* takes its own reference */
ory_status ory_values_set_mat(ory_values *v, const char *name, ory_matref *mat, ory_error *err);

/* ORY_EINVAL naming the first REQUIRED row without a value. */
ory_status ory_values_complete(const ory_values *v, ory_error *err);

/* Reading by row number (an enum beside the table). */
static inline bool ory_values_given(const ory_values *v, int i) { return v->v[i].given; }
static inline double ory_values_real(const ory_values *v, int i) { return v->v[i].num; }
static inline size_t ory_values_size(const ory_values *v, int i) { return (size_t)v->v[i].num; }
static inline bool ory_values_bool(const ory_values *v, int i) { return v->v[i].num != 0; }
static inline int ory_values_choice(const ory_values *v, int i)
{
    return v->v[i].is_choice ? (int)v->v[i].num : -1;
}
static inline const ory_mat *ory_values_mat(const ory_values *v, int i)
{
    return v->v[i].mat ? &v->v[i].mat->mat : NULL;
}

/* The value of row i as a short text ("0.1", "squared", "50 x 5 matrix"). */
void ory_values_text(const ory_values *v, int i, char *out, size_t size);

#endif
