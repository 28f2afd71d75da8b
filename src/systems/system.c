/* SPDX-License-Identifier: GPL-3.0-or-later */
/* system.c - the life of a system, the list of classes and the numbering of
 * probes (class rows first, free probes behind). */
#include "config.h"

#include "systems/system.h"

#include <math.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "systems/free_probes.h"

#define ORY_SYSTEM(name) extern const ory_system_class ory_##name##_class;
#include "systems/systems.def"
#undef ORY_SYSTEM

static const ory_system_class *const classes[] = {
#define ORY_SYSTEM(name) &ory_##name##_class,
#include "systems/systems.def"
#undef ORY_SYSTEM
};

uint64_t ory_stamp_next(void)
{
    static atomic_uint_fast64_t stamp;

    return atomic_fetch_add(&stamp, 1) + 1;
}

/* -------------------------------------------------------------------- life */

static int own_count(const ory_system_class *c)
{
    int n = 0;

    while (c->probes && c->probes[n].name)
        n++;
    return n;
}

ory_status ory_system_new(const ory_system_class *c, const ory_values *values, ory_system **out,
                          ory_error *err)
{
    ory_system *s = ory_alloc(1, sizeof *s);
    ory_status status;

    if (!s)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", c->name);
    s->class = c;
    s->own_probes = own_count(c);
    s->refs = 1;
    s->loss_min = NAN;
    status = ory_values_copy(&s->values, values, err);
    if (status == ORY_OK)
        status = ory_values_complete(&s->values, err);
    if (status == ORY_OK)
        status = c->init(s, err);
    if (status == ORY_OK)
        status = ory_free_probes_init(s, err);
    if (status != ORY_OK) {
        ory_system_unref(s);
        return status;
    }
    *out = s;
    return ORY_OK;
}

ory_system *ory_system_ref(ory_system *s)
{
    if (s)
        s->refs++;
    return s;
}

void ory_system_unref(ory_system *s)
{
    if (!s || --s->refs > 0)
        return;
    ory_free_probes_fini(s);
    if (s->class->fini)
        s->class->fini(s);
    ory_values_fini(&s->values);
    ory_free(s);
}

ory_status ory_system_clone(const ory_system *s, ory_system **out, ory_error *err)
{
    return ory_system_new(s->class, &s->values, out, err);
}

static ory_status assign(ory_values *v, const ory_param *p, const ory_value *value, ory_error *err)
{
    if (value->mat)
        return ory_values_set_mat(v, p->name, value->mat, err);
    if (value->text)
        return ory_values_set_text(v, p->name, value->text, err);
    if (value->is_choice && p->choices)
        return ory_values_set_text(v, p->name, p->choices[(int)value->num], err);
    if (p->type == ORY_PARAM_BOOL)
        return ory_values_set_bool(v, p->name, value->num != 0, err);
    return ory_values_set_num(v, p->name, value->num, err);
}

/* The row of a live parameter, or -1 with the reason in err. */
static int live_param(const ory_system *s, const char *name, ory_error *err)
{
    const ory_param *table = s->class->params;
    const int i = ory_params_find(table, name);
    const char *live[64], *near;
    size_t n = 0;

    if (i >= 0 && (table[i].flags & ORY_LIVE))
        return i;
    if (i >= 0) {
        ory_fail(err, ORY_EINVAL, "%s: '%s' is fixed when the system is made", s->class->name,
                 name);
        return -1;
    }
    for (int k = 0; table && table[k].name && n < 64; k++)
        if (table[k].flags & ORY_LIVE)
            live[n++] = table[k].name;
    near = ory_nearest(name, live, n);
    if (near)
        ory_fail(err, ORY_ENAME, "%s: no knob '%s' (did you mean '%s'?)", s->class->name, name,
                 near);
    else
        ory_fail(err, ORY_ENAME, "%s: no knob '%s'", s->class->name, name);
    return -1;
}

ory_status ory_system_set(ory_system *s, const char *name, const ory_value *value, ory_error *err)
{
    const int i = live_param(s, name, err);
    ory_values before = {0};
    ory_status status;

    if (i < 0)
        return ory_params_find(s->class->params, name) >= 0 ? ORY_EINVAL : ORY_ENAME;
    status = ory_values_copy(&before, &s->values, err);
    if (status == ORY_OK)
        status = assign(&s->values, &s->class->params[i], value, err);
    if (status == ORY_OK && s->class->changed) {
        status = s->class->changed(s, i, err);
        if (status != ORY_OK) { /* put the old values back */
            const ory_values failed = s->values;

            s->values = before;
            before = failed;
            (void)s->class->changed(s, i, NULL);
        }
    }
    ory_values_fini(&before);
    return status;
}

void ory_system_note(ory_system *s, const char *fmt, ...)
{
    va_list args;

    if (s->n_notes >= ORY_MAX_NOTES)
        return;
    va_start(args, fmt);
    vsnprintf(s->notes[s->n_notes++], ORY_NOTE_TEXT, fmt, args);
    va_end(args);
}

const ory_block *ory_system_block(const ory_system *s, const char *name)
{
    for (size_t i = 0; i < s->n_blocks; i++)
        if (strcmp(s->blocks[i].name, name) == 0)
            return &s->blocks[i];
    return NULL;
}

/* ---------------------------------------------------------------- registry */

enum { LENT = 8 };
static const ory_system_class *lent[LENT];

size_t ory_system_count(void)
{
    return sizeof classes / sizeof *classes;
}

const ory_system_class *ory_system_class_at(size_t i)
{
    return i < ory_system_count() ? classes[i] : NULL;
}

const ory_system_class *ory_system_class_find(const char *name)
{
    for (size_t i = 0; i < ory_system_count(); i++)
        if (strcmp(classes[i]->name, name) == 0)
            return classes[i];
    for (size_t i = 0; i < LENT && lent[i]; i++)
        if (strcmp(lent[i]->name, name) == 0)
            return lent[i];
    return NULL;
}

void ory_system_class_lend(const ory_system_class *c)
{
    for (size_t i = 0; i < LENT; i++)
        if (!lent[i]) {
            lent[i] = c;
            return;
        }
}

/* ------------------------------------------------------------------ probes */

int ory_probe_count(const ory_system_class *c)
{
    const int own = own_count(c);
    int n = 0;

    while (ory_free_probe(c, n))
        n++;
    return own + n;
}

const ory_probe *ory_probe_at(const ory_system_class *c, int i)
{
    const int own = own_count(c);

    if (i < 0)
        return NULL;
    return i < own ? &c->probes[i] : ory_free_probe(c, i - own);
}

int ory_probe_find(const ory_system_class *c, const char *name)
{
    const ory_probe *p;

    for (int i = 0; (p = ory_probe_at(c, i)); i++)
        if (strcmp(p->name, name) == 0)
            return i;
    return -1;
}

void ory_probe_shape(const ory_system *s, int i, size_t *rows, size_t *cols)
{
    *rows = *cols = 1;
    if (i >= 0 && i < s->own_probes && s->class->probes[i].kind != ORY_SCALAR &&
        s->class->shape)
        s->class->shape(s, i, rows, cols);
}

ory_status ory_probe_read(ory_system *s, const ory_moment *m, int i, double *out, ory_error *err)
{
    const ory_probe *row;

    if (i >= 0 && i < s->own_probes)
        return s->class->probe(s, m, i, out, err);
    row = i < 0 ? NULL : ory_free_probe(s->class, i - s->own_probes);
    if (!row)
        return ory_fail(err, ORY_ENAME, "%s: no probe number %d", s->class->name, i);
    return ory_free_probe_read(s, m, row, out, err);
}

/* The entry whose exponent is farthest from 0; 0 counts as no number. */
static double most_extreme(const double *x, size_t n, double most)
{
    for (size_t i = 0; i < n; i++)
        if (x[i] != 0 && fabs(log10(fabs(x[i]))) > (most != 0 ? fabs(log10(fabs(most))) : 0))
            most = x[i];
    return most;
}

static double extreme_of(const ory_value *v)
{
    double most = v->is_choice || v->num == 0 || !v->given ? 0 : v->num;

    for (size_t r = 0; v->mat && r < v->mat->mat.rows; r++)
        most = most_extreme(ory_mat_at(&v->mat->mat, r, 0), v->mat->mat.cols, most);
    return most;
}

/* Products of four such numbers are beyond 1e308, or below 1e-308. */
static bool is_extreme(double x)
{
    return x != 0 && !(fabs(x) < 1e75 && fabs(x) > 1e-75);
}

bool ory_range_why(const ory_system *s, const ory_moment *m, char *text, size_t size)
{
    static const char beyond[] = "what is computed from it leaves the range of double precision";
    const double x = most_extreme(m->x, s->dim, 0);

    for (size_t i = 0; i < s->values.count; i++) {
        const double v = extreme_of(&s->values.v[i]);

        if (is_extreme(v)) {
            snprintf(text, size, "%s is %.3g: %s", s->values.params[i].name, v, beyond);
            return true;
        }
    }
    if (is_extreme(x))
        snprintf(text, size, "the state holds %.3g: %s", x, beyond);
    return is_extreme(x);
}

bool ory_probe_why(ory_system *s, const ory_moment *m, int i, char *text, size_t size)
{
    const ory_probe *row = ory_probe_at(s->class, i);

    if (!row)
        return false;
    if (i < s->own_probes ? s->class->why && s->class->why(s, m, i, text, size)
                          : ory_free_probe_why(s, m, row, text, size))
        return true;
    return ory_range_why(s, m, text, size);
}
