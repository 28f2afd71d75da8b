/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nadir_general.c - the table for units of any inertia, damping and turbine, by one matrix
 * exponential and repeated products. Shares no formula with the modal form. */
#include "config.h"

#include <string.h>

#include "algo/nadir.h"
#include "core/interrupt.h"
#include "core/linalg.h"
#include "core/mem.h"

size_t ory_nadir_states(const ory_nadir_units *units)
{
    return (units->rinv ? 3 : 2) * units->LB->rows;
}

/* dt [[A, B], [0, 0]] with states (delta, w [, p]) and inputs u. */
static void fill_generator(const ory_nadir_units *w, const ory_nadir_task *task, double dt, ory_mat *G)
{
    size_t n = w->LB->rows, s = ory_nadir_states(w), i, j;

    for (i = 0; i < n; i++) {
        double mi = w->m[i] * task->inertia;

        *ory_mat_at(G, i, n + i) = dt;
        for (j = 0; j < n; j++)
            *ory_mat_at(G, n + i, j) = -dt * task->beta * *ory_mat_at(w->LB, i, j) / mi;
        *ory_mat_at(G, n + i, n + i) = -dt * w->d[i] * task->damping / mi;
        *ory_mat_at(G, n + i, s + i) = dt / mi;
        if (w->rinv) {
            *ory_mat_at(G, n + i, 2 * n + i) = dt / mi;
            *ory_mat_at(G, 2 * n + i, 2 * n + i) = -dt / w->tau;
            *ory_mat_at(G, 2 * n + i, n + i) = -dt * w->rinv[i] / w->tau;
        }
    }
}

ory_status ory_nadir_transition(const ory_nadir_units *units, const ory_nadir_task *task, double dt,
                                ory_mat *E, ory_error *err)
{
    size_t order = ory_nadir_states(units) + units->LB->rows;
    ory_mat G;
    ory_status ok = ory_mat_new(&G, order, order, err);

    if (ok != ORY_OK)
        return ok;
    fill_generator(units, task, dt, &G);
    ok = ory_expm(&G, E, err);
    ory_mat_free(&G);
    return ok;
}

typedef struct general {
    ory_mat E, X, Y;
} general;

static ory_status propagate(general *w, size_t n, size_t s, const ory_nadir_task *task, double *F,
                            double *last, ory_error *err)
{
    ory_mat Phi = {s, s, s + n, w->E.data}, Gam = {s, n, s + n, w->E.data + s};
    size_t i, j;

    for (j = 0; j < task->N; j++) {
        if (ory_interrupt_pending())
            return ory_fail(err, ORY_EINTERRUPT, "interrupted");
        for (i = 0; i < s; i++)
            memcpy(ory_mat_at(&w->Y, i, 0), ory_mat_at(&Gam, i, 0), n * sizeof(double));
        ory_gemm(ORY_PLAIN, ORY_PLAIN, 1, &Phi, &w->X, 1, &w->Y);
        memcpy(w->X.data, w->Y.data, s * n * sizeof(double));
        for (i = 0; F && i < n; i++)
            F[i * task->N + j] = ory_nadir_dual(task, ory_mat_at(&w->X, n + i, 0), n);
    }
    if (last)
        memcpy(last, ory_mat_at(&w->X, n, 0), n * n * sizeof(double));
    return ORY_OK;
}

ory_status ory_nadir_general(const ory_nadir_units *units, const ory_nadir_task *task, double *F,
                             double *last, ory_error *err)
{
    size_t n = units->LB->rows, s = ory_nadir_states(units);
    general w = {0};
    ory_status ok;

    if ((ok = ory_mat_new(&w.E, s + n, s + n, err)) == ORY_OK &&
        (ok = ory_mat_new(&w.X, s, n, err)) == ORY_OK &&
        (ok = ory_mat_new(&w.Y, s, n, err)) == ORY_OK)
        ok = ory_nadir_transition(units, task, task->dt, &w.E, err);
    if (ok == ORY_OK)
        ok = propagate(&w, n, s, task, F, last, err);
    ory_mat_free(&w.E);
    ory_mat_free(&w.X);
    ory_mat_free(&w.Y);
    return ok;
}
