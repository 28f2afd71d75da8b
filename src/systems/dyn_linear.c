/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyn_linear.c - dyn.linear: x' = A x + gain B u, with constant u. */
#include "config.h"

#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "systems/dyn.h"

enum { P_A = DYN_OWN_PARAM, P_B, P_U, P_GAIN };
enum { OWN_GAIN = P_GAIN - DYN_OWN_PARAM, MOST = 2000 };

#define MATRIX(doc_) ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "", doc_, NULL

static const ory_param params[] = {
    DYN_PARAMS,
    [P_A] = {"A", MATRIX("n x n; a damped oscillator when absent. The start is then 1, 0, else ones")},
    [P_B] = {"B", MATRIX("n x inputs; the identity when u is given without it")},
    [P_U] = {"u", MATRIX("inputs, constant")},
    [P_GAIN] = {"gain", ORY_PARAM_REAL, 1, -INFINITY, INFINITY, NULL, ORY_LIVE, "",
                "factor of B u", NULL},
    {0}};

static const ory_probe probes[] = {
    DYN_PROBES,
    [DYN_OWN_PROBE] = DYN_SCALAR("norm", "|x|", "", "Length of the state."),
    {0}};

/* extra: A (n x n), then B u (n). */
static void rhs(const dyn *d, double t, const double *x, double *dx)
{
    const double *A = d->extra, *bu = A + d->n * d->n;

    (void)t;
    for (size_t i = 0; i < d->n; i++)
        dx[i] = d->p[OWN_GAIN] * bu[i];
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)d->n, (int)d->n, 1, A, (int)d->n, x, 1, 1, dx, 1);
}

static void jacobian(const dyn *d, double t, const double *x, double *J)
{
    (void)t, (void)x;
    memcpy(J, d->extra, d->n * d->n * sizeof *J);
}

static void own(const dyn *d, const ory_moment *m, int which, double *out)
{
    (void)which;
    *out = cblas_dnrm2((int)d->n, m->x, 1);
}

static ory_status copy(const ory_system *s, int row, size_t rows, size_t cols, double *out,
                       ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, row);
    const char *name = s->values.params[row].name;

    if (a->rows != rows || (cols && a->cols != cols))
        return ory_fail(err, ORY_ESHAPE, "%s: %s is %zu x %zu (must have %zu rows%s)", s->class->name,
                        name, a->rows, a->cols, rows, cols == rows ? " and as many columns" : "");
    for (size_t i = 0; i < rows; i++) {
        if (!ory_all_finite(ory_mat_at(a, i, 0), a->cols))
            return ory_fail(err, ORY_EINVAL, "%s: row %zu of %s is not finite", s->class->name, i + 1,
                            name);
        memcpy(out + i * a->cols, ory_mat_at(a, i, 0), a->cols * sizeof *out);
    }
    return ORY_OK;
}

/* bu = B u, or u itself. */
static ory_status read_input(const ory_system *s, size_t n, double *bu, ory_error *err)
{
    const ory_mat *B = ory_values_mat(&s->values, P_B), *u = ory_values_mat(&s->values, P_U);
    double *space;
    ory_status ok;

    if (!u)
        return B ? ory_fail(err, ORY_EINVAL, "%s: B needs u, the constant inputs", s->class->name)
                 : ORY_OK;
    if (!B)
        return copy(s, P_U, n, 1, bu, err);
    space = ory_alloc(n * B->cols + B->cols, sizeof *space);
    if (!space)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    ok = copy(s, P_B, n, 0, space, err);
    if (ok == ORY_OK)
        ok = copy(s, P_U, B->cols, 1, space + n * B->cols, err);
    if (ok == ORY_OK)
        cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)n, (int)B->cols, 1, space, (int)B->cols,
                    space + n * B->cols, 1, 0, bu, 1);
    ory_free(space);
    return ok;
}

static ory_status init(ory_system *s, ory_error *err)
{
    static const double oscillator[] = {0, 1, -1, -0.2}, swung[] = {1, 0};
    static const dyn_model plain = {.title = "linear", .rhs = rhs, .jacobian = jacobian, .own = own};
    static const dyn_model example = {.title = "linear", .x0 = swung, .plane = {0, 1}, .rhs = rhs,
                                      .jacobian = jacobian, .own = own};
    const ory_mat *A = ory_values_mat(&s->values, P_A);
    const size_t n = A ? A->rows : 2;
    double *numbers;
    ory_status ok;
    dyn *d;

    if (n > MOST)
        return ory_fail(err, ORY_ERANGE, "%s: A has %zu rows (at most %d)", s->class->name, n, MOST);
    if ((ok = dyn_init(s, A ? &plain : &example, n, err)) != ORY_OK)
        return ok;
    d = s->self;
    if (A && !ory_values_given(&s->values, DP_PLANE))
        d->plane[1] = n > 1;
    for (size_t i = 0; A && i < n && !ory_values_given(&s->values, DP_X0); i++)
        d->x0[i] = 1;
    d->extra = numbers = ory_alloc(n * n + n, sizeof *numbers);
    if (!numbers)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    if (A && (ok = copy(s, P_A, n, n, numbers, err)) != ORY_OK)
        return ok;
    if (!A)
        memcpy(numbers, oscillator, sizeof oscillator);
    return read_input(s, n, numbers + n * n, err);
}

static void describe(const ory_system *s, char *text, size_t size)
{
    const dyn *d = s->self;

    snprintf(text, size, "linear · %zu variables", d->n);
}

static const char *const record[] = {"norm", "plane_x", "plane_y", NULL};

const ory_system_class ory_dyn_linear_class = {
    .name = "dyn.linear",
    .summary = "linear system x' = A x + B u",
    .source = "Strogatz, Nonlinear Dynamics and Chaos, chapter 5",
    .example = "dyn.linear{ A={{0, 1}, {-1, -0.2}}, x0={1, 0} }",
    .params = params,
    .probes = probes,
    .record = record,
    .layout = "v(h(phase(plane_x, plane_y, title='phase portrait'):34,"
              " v(trace(norm):10, spectrum(eigenvalues):14):30):12, console:3)",
    .init = init,
    .fini = dyn_fini,
    .describe = describe,
    DYN_SHARED};
