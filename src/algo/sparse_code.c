/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sparse_code.c - the Gram matrix, objective, duality gap and optimality of a code. */
#include "config.h"

#include "algo/sparse_code.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "algo/vec.h"
#include "core/mem.h"

enum { TILE = 64 };

/* -------------------------------------------------------------------- Gram matrix */

static void set_diagonal(ory_gram *g, size_t j, double Gjj)
{
    g->diag[j] = Gjj;
    g->inverse[j] = Gjj > 0 ? 1 / sqrt(Gjj) : 0;
}

ory_status ory_gram_init(ory_gram *g, const double *atoms, size_t n, size_t d, ory_error *err)
{
    size_t j;

    *g = (ory_gram){.n = n, .d = d, .atoms = atoms};
    if (n > ORY_GRAM_MOST)
        return ory_fail(err, ORY_ERANGE, "%zu atoms (at most %d)", n, ORY_GRAM_MOST);
    g->G = ory_alloc(n * n, sizeof *g->G);
    g->diag = ory_alloc(n, sizeof *g->diag);
    g->inverse = ory_alloc(n, sizeof *g->inverse);
    g->have = ory_alloc(n, 1);
    if (!g->G || !g->diag || !g->inverse || !g->have) {
        ory_gram_fini(g);
        return ory_fail(err, ORY_ENOMEM, "no memory for the inner products of %zu atoms", n);
    }
    for (j = 0; j < n; j++)
        set_diagonal(g, j, ory_vec_dot(atoms + j * d, atoms + j * d, d));
    if (n <= ORY_GRAM_FULL)
        ory_gram_fill(g);
    return ORY_OK;
}

void ory_gram_fini(ory_gram *g)
{
    ory_free(g->G);
    ory_free(g->diag);
    ory_free(g->inverse);
    ory_free(g->have);
    *g = (ory_gram){0};
}

void ory_gram_fill(ory_gram *g)
{
    const size_t n = g->n;
    size_t i, j, i0, j0;

    if (g->full)
        return;
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, (int)n, (int)g->d, 1, g->atoms, (int)g->d, 0,
                g->G, (int)n);
    for (i0 = 0; i0 < n; i0 += TILE) /* mirror by tiles that stay in the cache */
        for (j0 = 0; j0 <= i0; j0 += TILE)
            for (i = i0; i < n && i < i0 + TILE; i++)
                for (j = j0; j < i && j < j0 + TILE; j++)
                    g->G[i * n + j] = g->G[j * n + i];
    for (j = 0; j < n; j++)
        set_diagonal(g, j, g->G[j * n + j]);
    memset(g->have, 1, n);
    g->full = true;
}

const double *ory_gram_row(ory_gram *g, size_t j)
{
    double *row = g->G + j * g->n;

    if (!g->have[j]) {
        cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)g->n, (int)g->d, 1, g->atoms, (int)g->d,
                    g->atoms + j * g->d, 1, 0, row, 1);
        row[j] = g->diag[j];
        g->have[j] = 1;
    }
    return row;
}

/* ------------------------------------------------------------------------- looking */

void ory_code_correlate(const ory_code_task *t, const double *w, double *g)
{
    const size_t n = t->gram->n;
    size_t j, nonzeros = 0;

    memcpy(g, t->q, n * sizeof *g);
    for (j = 0; j < n; j++)
        nonzeros += w[j] != 0;
    if (t->gram->full && nonzeros > n / 3) {
        cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)n, (int)n, -1, t->gram->G, (int)n, w, 1, 1, g, 1);
        return;
    }
    for (j = 0; j < n; j++)
        if (w[j] != 0)
            ory_vec_axpy(-w[j], ory_gram_row(t->gram, j), g, n);
}

/* The dual point is k (v - Dw) with k = l1 / max(l1, m): theory page 9, section 3.3. */
void ory_code_look(const ory_code_task *t, const double *w, const double *g, ory_code_point *p)
{
    const size_t n = t->gram->n;
    double abs = 0, sq = 0, qw = 0, gw = 0, m = 0, vr, k;
    size_t j;

    p->nonzeros = 0;
    for (j = 0; j < n; j++) {
        double s = g[j] - t->l2 * w[j];

        m = fmax(m, t->nonneg ? s : fabs(s));
        if (w[j] == 0)
            continue;
        p->nonzeros++;
        abs += fabs(w[j]);
        sq += w[j] * w[j];
        qw += t->q[j] * w[j];
        gw += g[j] * w[j];
    }
    vr = t->vv - qw;
    p->m = m;
    p->rr = fmax(0, t->vv - qw - gw);
    p->objective = 0.5 * p->rr + t->l1 * abs + 0.5 * t->l2 * sq;
    k = t->l1 > 0 ? t->l1 / fmax(t->l1, m) : 0;
    p->gap = t->l1 > 0 ? p->objective - (k * vr - 0.5 * k * k * (p->rr + t->l2 * sq)) : NAN;
}

double ory_code_violation(const ory_code_task *t, const double *w, const double *g)
{
    double worst = 0;
    size_t j;

    for (j = 0; j < t->gram->n; j++) {
        double s = g[j] - t->l2 * w[j], off;

        if (t->gram->diag[j] == 0)
            continue;
        if (w[j] != 0)
            off = fabs(s - copysign(t->l1, w[j]));
        else
            off = (t->nonneg ? s : fabs(s)) - t->l1;
        worst = fmax(worst, off);
    }
    return worst;
}

double ory_code_l1_max(const double *q, size_t n, bool nonneg)
{
    double most = 0;
    size_t j;

    for (j = 0; j < n; j++)
        most = fmax(most, nonneg ? q[j] : fabs(q[j]));
    return most;
}

void ory_code_grid(double max, double ratio, size_t count, double *l1)
{
    size_t i;

    for (i = 0; i < count; i++)
        l1[i] = count > 1 ? max * pow(ratio, (double)i / (double)(count - 1)) : max;
}
