/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyn.c - what the textbook systems share: options, state, Jacobian, field, equilibria. */
#include "config.h"

#include "systems/dyn.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/linalg.h"
#include "core/mem.h"

/* ------------------------------------------------------------------------- options */

static ory_status read_matrix(const ory_system *s, int row, size_t rows, size_t cols, double *out,
                              ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, row);
    const char *name = s->values.params[row].name;

    if (a->rows * a->cols != rows * cols || (cols > 1 && a->cols != cols))
        return ory_fail(err, ORY_ESHAPE, "%s: %s is %zu x %zu (must be %zu x %zu)", s->class->name,
                        name, a->rows, a->cols, rows, cols);
    for (size_t i = 0; i < a->rows; i++)
        for (size_t j = 0; j < a->cols; j++)
            out[i * a->cols + j] = *ory_mat_at(a, i, j);
    for (size_t i = 0; i < rows * cols; i++)
        if (!isfinite(out[i]))
            return ory_fail(err, ORY_EINVAL, "%s: %s[%zu] = %g (must be finite)", s->class->name, name,
                            i + 1, out[i]);
    return ORY_OK;
}

static ory_status read_plane(ory_system *s, dyn *d, ory_error *err)
{
    double v[2];
    ory_status ok;

    d->plane[0] = d->model->plane[0];
    d->plane[1] = d->model->plane[1];
    if (!ory_values_given(&s->values, DP_PLANE))
        return ORY_OK;
    if ((ok = read_matrix(s, DP_PLANE, 2, 1, v, err)) != ORY_OK)
        return ok;
    for (int i = 0; i < 2; i++) {
        if (v[i] != floor(v[i]) || v[i] < 1 || v[i] > (double)d->n)
            return ory_fail(err, ORY_ERANGE, "%s: plane[%d] = %g (must be a variable, 1 to %zu)",
                            s->class->name, i + 1, v[i], d->n);
        d->plane[i] = (size_t)v[i] - 1;
    }
    return ORY_OK;
}

static ory_status read_box(ory_system *s, dyn *d, ory_error *err)
{
    ory_status ok;

    for (size_t i = 0; i < 2 * d->n; i++)
        d->box[i] = d->model->box ? d->model->box[i]
                                  : fmax(2, 2 * fabs(d->x0[i / 2])) * (i % 2 ? 1 : -1);
    if (!ory_values_given(&s->values, DP_BOX))
        return ORY_OK;
    if ((ok = read_matrix(s, DP_BOX, d->n, 2, d->box, err)) != ORY_OK)
        return ok;
    for (size_t i = 0; i < d->n; i++)
        if (!(d->box[2 * i] < d->box[2 * i + 1]))
            return ory_fail(err, ORY_EINVAL, "%s: box[%zu] = {%g, %g} (the low end comes first)",
                            s->class->name, i + 1, d->box[2 * i], d->box[2 * i + 1]);
    return ORY_OK;
}

static ory_status read_options(ory_system *s, dyn *d, ory_error *err)
{
    ory_status ok = ORY_OK;

    if (d->model->x0)
        memcpy(d->x0, d->model->x0, d->n * sizeof *d->x0);
    if (ory_values_given(&s->values, DP_X0))
        ok = read_matrix(s, DP_X0, d->n, 1, d->x0, err);
    if (ok == ORY_OK)
        ok = read_box(s, d, err);
    return ok == ORY_OK ? read_plane(s, d, err) : ok;
}

static bool is_number(const ory_param *p)
{
    return p->type == ORY_PARAM_REAL || p->type == ORY_PARAM_INT || p->type == ORY_PARAM_BOOL;
}

static void read_numbers(const ory_system *s, dyn *d)
{
    for (size_t i = DYN_OWN_PARAM; i < s->values.count; i++)
        d->p[i - DYN_OWN_PARAM] =
            is_number(&s->values.params[i]) ? ory_values_real(&s->values, (int)i) : NAN;
}

static void set_blocks(ory_system *s, const dyn *d)
{
    s->dim = d->n;
    if (!d->variables) {
        s->n_blocks = 1;
        s->blocks[0] = (ory_block){"x", 0, d->n, 1};
        return;
    }
    for (s->n_blocks = 0; s->n_blocks < d->n; s->n_blocks++)
        s->blocks[s->n_blocks] = (ory_block){d->model->names[s->n_blocks], s->n_blocks, 1, 1};
}

ory_status dyn_init(ory_system *s, const dyn_model *model, size_t n, ory_error *err)
{
    dyn *d = s->self = ory_alloc(1, sizeof *d);
    ory_status ok;

    if (!d)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    d->sys = s;
    d->model = model;
    d->n = n;
    d->grid = ory_values_size(&s->values, DP_GRID);
    d->variables = model->names ? (int)n : 0;
    d->p = ory_alloc(s->values.count - DYN_OWN_PARAM + 1, sizeof *d->p);
    d->x0 = ory_alloc(n, sizeof *d->x0);
    d->box = ory_alloc(2 * n, sizeof *d->box);
    d->point = ory_alloc(n, sizeof *d->point);
    d->f = ory_alloc(n, sizeof *d->f);
    d->re = ory_alloc(n, sizeof *d->re);
    d->im = ory_alloc(n, sizeof *d->im);
    d->J = ory_alloc(n * n, sizeof *d->J);
    d->Jdiff = ory_alloc(3 * n, sizeof *d->Jdiff);
    if (!d->p || !d->x0 || !d->box || !d->point || !d->f || !d->re || !d->im || !d->J || !d->Jdiff)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    if ((ok = ory_equilibria_init(&d->search, n, err)) != ORY_OK ||
        (ok = read_options(s, d, err)) != ORY_OK)
        return ok;
    read_numbers(s, d);
    set_blocks(s, d);
    return ORY_OK;
}

void dyn_fini(ory_system *s)
{
    dyn *d = s->self;

    if (!d)
        return;
    ory_equilibria_fini(&d->search);
    ory_free(d->p);
    ory_free(d->x0);
    ory_free(d->box);
    ory_free(d->point);
    ory_free(d->f);
    ory_free(d->re);
    ory_free(d->im);
    ory_free(d->J);
    ory_free(d->Jdiff);
    ory_free(d->extra);
    ory_free(d->extra_space);
    ory_free(d);
    s->self = NULL;
}

ory_status dyn_changed(ory_system *s, int param, ory_error *err)
{
    (void)param, (void)err;
    read_numbers(s, s->self);
    return ORY_OK;
}

ory_status dyn_start(ory_system *s, double *x, ory_error *err)
{
    const dyn *d = s->self;

    (void)err;
    memcpy(x, d->x0, d->n * sizeof *x);
    return ORY_OK;
}

/* -------------------------------------------------------------- f and its Jacobian */

void dyn_rhs(ory_system *s, double t, const double *x, double *dx)
{
    const dyn *d = s->self;

    d->model->rhs(d, t, x, dx);
}

/* Central differences, step eps^(1/3) of each variable's size: error about 1e-10 of it. */
static void difference(const dyn *d, double t, const double *x, double *J)
{
    const double h0 = cbrt(DBL_EPSILON);
    double *at = d->Jdiff, *up = at + d->n, *down = up + d->n;

    memcpy(at, x, d->n * sizeof *at);
    for (size_t j = 0; j < d->n; j++) {
        const double h = h0 * fmax(fabs(x[j]), 1), high = x[j] + h, low = x[j] - h;

        at[j] = high;
        d->model->rhs(d, t, at, up);
        at[j] = low;
        d->model->rhs(d, t, at, down);
        at[j] = x[j];
        for (size_t i = 0; i < d->n; i++)
            J[i * d->n + j] = (up[i] - down[i]) / (high - low);
    }
}

void dyn_jacobian(ory_system *s, double t, const double *x, double *J)
{
    const dyn *d = s->self;

    if (d->model->jacobian)
        d->model->jacobian(d, t, x, J);
    else
        difference(d, t, x, J);
}

/* --------------------------------------------------------------------- field, zeros */

/* The plane through x, other variables as they are; row 0 is the lowest. */
static void read_flow(dyn *d, double t, const double *x, double *out)
{
    const size_t a = d->plane[0], b = d->plane[1];

    memcpy(d->point, x, d->n * sizeof *x);
    for (size_t i = 0; i < d->grid; i++)
        for (size_t j = 0; j < d->grid; j++) {
            const double u = ((double)j + 0.5) / (double)d->grid;
            const double v = ((double)i + 0.5) / (double)d->grid;

            d->point[a] = d->box[2 * a] + u * (d->box[2 * a + 1] - d->box[2 * a]);
            d->point[b] = d->box[2 * b] + v * (d->box[2 * b + 1] - d->box[2 * b]);
            d->model->rhs(d, t, d->point, d->f);
            out[2 * (i * d->grid + j)] = d->f[a];
            out[2 * (i * d->grid + j) + 1] = d->f[b];
        }
}

typedef struct frozen {
    dyn *d;
    double t;
} frozen;

static void frozen_f(void *ctx, const double *x, double *dx)
{
    const frozen *z = ctx;

    z->d->model->rhs(z->d, z->t, x, dx);
}

static void frozen_jacobian(void *ctx, const double *x, double *J)
{
    const frozen *z = ctx;

    dyn_jacobian(z->d->sys, z->t, x, J);
}

ory_status dyn_equilibria(ory_system *s, double t, const double *x, ory_error *err)
{
    dyn *d = s->self;
    frozen z = {d, t};
    const ory_field field = {d->n, &z, frozen_f, frozen_jacobian};

    d->search.found = 0;
    if (d->model->continuous)
        return ORY_OK;
    return ory_equilibria_find(&d->search, &field, d->box, x, err);
}

static size_t equilibrium_cols(const dyn *d)
{
    return 4 + 3 * d->n;
}

static ory_status read_equilibria(dyn *d, const ory_moment *m, double *out, ory_error *err)
{
    const size_t cols = equilibrium_cols(d), n = d->n;
    const ory_equilibria *e = &d->search;
    ory_status ok = dyn_equilibria(d->sys, m->t, m->x, err);

    for (size_t i = 0; i < ORY_EQUILIBRIA_MAX * cols; i++)
        out[i] = NAN;
    for (size_t r = 0; ok == ORY_OK && r < e->found; r++, out += cols) {
        const double *x = e->x + r * n;

        out[0] = x[d->plane[0]];
        out[1] = x[d->plane[1]];
        out[2] = e->stable[r];
        out[3] = e->kind[r];
        memcpy(out + 4, x, n * sizeof *x);
        for (size_t i = 0; i < n; i++) {
            out[4 + n + 2 * i] = e->re[r * n + i];
            out[5 + n + 2 * i] = e->im[r * n + i];
        }
    }
    return ok;
}

/* ------------------------------------------------------------------------- probes */

static double trace(const dyn *d)
{
    double sum = 0;

    for (size_t i = 0; i < d->n; i++)
        sum += d->J[i * d->n + i];
    return sum;
}

static void read_spectrum(dyn *d, const ory_moment *m)
{
    dyn_jacobian(d->sys, m->t, m->x, d->J);
    ory_equilibria_eigenvalues(&d->search, d->J, d->re, d->im);
}

ory_status dyn_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err)
{
    dyn *d = s->self;
    ory_status ok = ORY_OK;

    switch (which) {
    case DY_PLANE_X:
    case DY_PLANE_Y:
        *out = m->x[d->plane[which - DY_PLANE_X]];
        break;
    case DY_SPEED:
        dyn_rhs(s, m->t, m->x, d->f);
        *out = ory_norm2(d->f, d->n);
        break;
    case DY_DIVERGENCE:
        dyn_jacobian(s, m->t, m->x, d->J);
        *out = trace(d);
        break;
    case DY_ABSCISSA:
        read_spectrum(d, m);
        *out = d->re[0];
        break;
    case DY_EIGENVALUES:
        read_spectrum(d, m);
        for (size_t i = 0; i < d->n; i++) {
            out[2 * i] = d->re[i];
            out[2 * i + 1] = d->im[i];
        }
        break;
    case DY_JACOBIAN:
        dyn_jacobian(s, m->t, m->x, out);
        break;
    case DY_FLOW:
        read_flow(d, m->t, m->x, out);
        break;
    case DY_EQUILIBRIA:
        ok = read_equilibria(d, m, out, err);
        break;
    default:
        if (which < DYN_OWN_PROBE + d->variables)
            *out = m->x[which - DYN_OWN_PROBE];
        else
            d->model->own(d, m, which - DYN_OWN_PROBE - d->variables, out);
    }
    return ok;
}

void dyn_shape(const ory_system *s, int which, size_t *rows, size_t *cols)
{
    const dyn *d = s->self;

    *rows = *cols = 1;
    switch (which) {
    case DY_EIGENVALUES: *rows = d->n, *cols = 2; break;
    case DY_JACOBIAN: *rows = *cols = d->n; break;
    case DY_FLOW: *rows = d->grid, *cols = 2 * d->grid; break;
    case DY_EQUILIBRIA: *rows = ORY_EQUILIBRIA_MAX, *cols = equilibrium_cols(d); break;
    default:
        if (which >= DYN_OWN_PROBE + d->variables && d->model->own_shape)
            d->model->own_shape(d, which - DYN_OWN_PROBE - d->variables, rows, cols);
    }
}

double dyn_work(const ory_system *s, int which)
{
    const dyn *d = s->self;
    const double n = (double)d->n, f = 10 * n + (d->variables ? 0 : 2 * n * n);

    switch (which) {
    case -1: return 12 * f;
    case DY_EIGENVALUES:
    case DY_ABSCISSA: return n * f + 25 * n * n * n;
    case DY_JACOBIAN:
    case DY_DIVERGENCE: return n * f;
    case DY_FLOW: return (double)(d->grid * d->grid) * f;
    case DY_EQUILIBRIA: return ORY_EQUILIBRIA_STARTS * 10 * (n * f + n * n * n);
    default: return f;
    }
}

bool dyn_extent(const ory_system *s, int which, double edges[4], const char *axes[2])
{
    const dyn *d = s->self;

    if (which != DY_FLOW)
        return false;
    for (int i = 0; i < 2; i++) {
        edges[2 * i] = d->box[2 * d->plane[i]];
        edges[2 * i + 1] = d->box[2 * d->plane[i] + 1];
        axes[i] = d->model->names ? d->model->names[d->plane[i]] : NULL;
    }
    return true;
}

bool dyn_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size)
{
    const dyn *d = s->self;

    (void)m;
    if (which == DY_EQUILIBRIA && d->model->continuous)
        snprintf(text, size, "%s", d->model->continuous);
    else if (which == DY_EQUILIBRIA)
        snprintf(text, size, "%zu equilibria were found in the box: rows behind them are empty",
                 d->search.found);
    else if (which < DYN_OWN_PROBE)
        snprintf(text, size, "f or its Jacobian is not finite here");
    else
        snprintf(text, size, "not defined for these parameters");
    return true;
}

void dyn_describe(const ory_system *s, char *text, size_t size)
{
    const dyn *d = s->self;
    int used = snprintf(text, size, "%s", d->model->title);

    for (size_t i = DYN_OWN_PARAM; i < s->values.count && used > 0 && (size_t)used < size; i++)
        if (s->values.params[i].type == ORY_PARAM_REAL &&
            !(s->values.params[i].flags & ORY_OPTIONAL))
            used += snprintf(text + used, size - (size_t)used, " · %s %.4g",
                             s->values.params[i].name, ory_values_real(&s->values, (int)i));
}
