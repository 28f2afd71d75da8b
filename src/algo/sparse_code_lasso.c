/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sparse_code_lasso.c - the single steps of coordinate descent and FISTA, and the
 * gap-safe rule. */
#include "config.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "algo/sparse_code.h"
#include "algo/vec.h"

static double soft(double x, double by, bool nonneg)
{
    if (x > by)
        return x - by;
    return !nonneg && x < -by ? x + by : 0;
}

double ory_lasso_sweep(const ory_code_task *t, const size_t *list, size_t count, double *w, double *g,
                       uint64_t *visits)
{
    const size_t n = t->gram->n, m = list ? count : n;
    double most = 0;
    size_t i;

    for (i = 0; i < m; i++) {
        const size_t j = list ? list[i] : i;
        const double Gjj = t->gram->diag[j];
        double to, by;

        if (!(Gjj > 0))
            continue;
        to = soft(g[j] + Gjj * w[j], t->l1, t->nonneg) / (Gjj + t->l2);
        by = to - w[j];
        if (by == 0)
            continue;
        w[j] = to;
        ory_vec_axpy(-by, ory_gram_row(t->gram, j), g, n);
        most = fmax(most, fabs(by) * sqrt(Gjj));
    }
    *visits += m;
    return most;
}

/* An optimal dual point lies within sqrt(2 gap) / l1 of the present one (scaled by l1):
 * theory page 9, section 4. */
size_t ory_lasso_screen(const ory_code_task *t, const ory_code_point *p, double *w, double *g,
                        unsigned char *gone)
{
    const size_t n = t->gram->n;
    const double radius = sqrt(2 * fmax(0, p->gap)) / t->l1, scale = fmax(t->l1, p->m);
    size_t j, fresh = 0;

    for (j = 0; j < n; j++) { /* all at the point that p is of */
        double s = g[j] - t->l2 * w[j];

        if (gone[j] || !((t->nonneg ? s : fabs(s)) / scale + sqrt(t->gram->diag[j] + t->l2) * radius < 1))
            continue;
        gone[j] = 2;
        fresh++;
    }
    for (j = 0; fresh > 0 && j < n; j++)
        if (gone[j] == 2) {
            gone[j] = 1;
            if (w[j] != 0)
                ory_vec_axpy(w[j], ory_gram_row(t->gram, j), g, n);
            w[j] = 0;
        }
    return fresh;
}

/* G x; FISTA's iterates are dense, so all rows are needed. */
static void times_gram(ory_gram *g, const double *x, double *out)
{
    ory_gram_fill(g);
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)g->n, (int)g->n, 1, g->G, (int)g->n, x, 1, 0, out, 1);
}

double ory_fista_bound(ory_gram *g, double *work)
{
    const size_t n = g->n;
    double *x = work, *y = work + n, was = 0, now = 0;
    size_t j;
    int i;

    for (j = 0; j < n; j++)
        x[j] = 1 + 0.5 * sin((double)(3 * j + 1));
    for (i = 0; i < 200; i++) {
        double size = sqrt(ory_vec_dot(x, x, n));

        if (!(size > 0))
            break;
        for (j = 0; j < n; j++)
            x[j] /= size;
        times_gram(g, x, y);
        now = ory_vec_dot(x, y, n);
        if (fabs(now - was) <= 1e-7 * now)
            break;
        was = now;
        memcpy(x, y, n * sizeof *x);
    }
    return fmax(1e-300, 1.02 * now);
}

double ory_fista_step(const ory_code_task *task, double L, double *w, double *y, double *t, double *work)
{
    const size_t n = task->gram->n;
    const double by = L + task->l2, t_next = 0.5 * (1 + sqrt(1 + 4 * *t * *t));
    double *to = work, *Gy = work + n, turn = 0, most = 0, beta;
    size_t j;

    times_gram(task->gram, y, Gy);
    for (j = 0; j < n; j++) {
        double step = (task->q[j] - Gy[j] - task->l2 * y[j]) / by;

        to[j] = task->gram->diag[j] > 0 ? soft(y[j] + step, task->l1 / by, task->nonneg) : 0;
        turn += (y[j] - to[j]) * (to[j] - w[j]);
        most = fmax(most, fabs(to[j] - w[j]) * sqrt(task->gram->diag[j]));
    }
    beta = turn > 0 ? 0 : (*t - 1) / t_next; /* restart when the momentum points back */
    *t = turn > 0 ? 1 : t_next;
    for (j = 0; j < n; j++) {
        y[j] = to[j] + beta * (to[j] - w[j]);
        w[j] = to[j];
    }
    return most;
}
