/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nadir_general.c - the table for units of any inertia, damping and turbine, by one matrix
 * exponential and repeated products. Shares no formula with the modal form. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "algo/nadir.h"
#include "core/interrupt.h"
#include "core/linalg.h"
#include "core/mem.h"

/* dt [[A, B], [0, 0]] with states (delta, w [, p]) and inputs u. */
static void fill_generator(const ory_mat *LB, const double *m, const double *d, const double *rinv,
                           double tau, const ory_nadir_task *task, ory_mat *G)
{
    size_t n = LB->rows, s = (rinv ? 3 : 2) * n, i, j;
    double dt = task->dt;

    for (i = 0; i < n; i++) {
        double mi = m[i] * task->inertia;

        *ory_mat_at(G, i, n + i) = dt;
        for (j = 0; j < n; j++)
            *ory_mat_at(G, n + i, j) = -dt * task->beta * *ory_mat_at(LB, i, j) / mi;
        *ory_mat_at(G, n + i, n + i) = -dt * d[i] * task->damping / mi;
        *ory_mat_at(G, n + i, s + i) = dt / mi;
        if (rinv) {
            *ory_mat_at(G, n + i, 2 * n + i) = dt / mi;
            *ory_mat_at(G, 2 * n + i, 2 * n + i) = -dt / tau;
            *ory_mat_at(G, 2 * n + i, n + i) = -dt * rinv[i] / tau;
        }
    }
}

typedef struct general {
    ory_mat G, E, X, Y;
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

ory_status ory_nadir_general(const ory_mat *LB, const double *m, const double *d, const double *rinv,
                             double tau, const ory_nadir_task *task, double *F, double *last,
                             ory_error *err)
{
    size_t n = LB->rows, s = (rinv ? 3 : 2) * n;
    general w = {0};
    ory_status ok;

    if ((ok = ory_mat_new(&w.G, s + n, s + n, err)) == ORY_OK &&
        (ok = ory_mat_new(&w.E, s + n, s + n, err)) == ORY_OK &&
        (ok = ory_mat_new(&w.X, s, n, err)) == ORY_OK &&
        (ok = ory_mat_new(&w.Y, s, n, err)) == ORY_OK) {
        fill_generator(LB, m, d, rinv, tau, task, &w.G);
        ok = ory_expm(&w.G, &w.E, err);
    }
    if (ok == ORY_OK)
        ok = propagate(&w, n, s, task, F, last, err);
    ory_mat_free(&w.G);
    ory_mat_free(&w.E);
    ory_mat_free(&w.X);
    ory_mat_free(&w.Y);
    return ok;
}
