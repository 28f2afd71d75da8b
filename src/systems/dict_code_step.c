/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dict_code_step.c - one step of dict.code: a sweep, an iteration, or an atom. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "systems/dict_code.h"

enum { INNER = 10 };

static const double STILL = 1e-15; /* of |v| */

/* A turned knob: marks and convergence belonged to another penalty. */
static void begin_anew(const dict_code *x, const ory_code_task *t, double *c, double *y, double *mark,
                       double *clock)
{
    if (clock[CK_L1] == t->l1 && clock[CK_L2] == t->l2)
        return;
    memset(mark, 0, x->n * sizeof *mark);
    memcpy(y, c, x->n * sizeof *y);
    clock[CK_PHASE] = clock[CK_DONE] = 0;
    clock[CK_MOMENTUM] = 1;
    clock[CK_L1] = t->l1;
    clock[CK_L2] = t->l2;
}

static size_t list_of(const dict_code *x, const double *c, const double *mark, bool nonzero, size_t *list)
{
    size_t j, count = 0;

    for (j = 0; j < x->n; j++)
        if (mark[j] < 0.5 && (!nonzero || c[j] != 0))
            list[count++] = j;
    return count;
}

static void full_sweep(const ory_system *s, dict_code *x, const ory_code_task *t, double *c, double *mark,
                       double *clock)
{
    const double tol = ory_values_real(&s->values, DP_TOL), v = sqrt(t->vv);
    ory_code_point p;
    uint64_t visits = 0;
    size_t j, count = list_of(x, c, mark, false, x->list);
    double moved = ory_lasso_sweep(t, x->list, count, c, x->g, &visits);

    ory_code_look(t, c, x->g, &p);
    clock[CK_PHASE] = 1;
    clock[CK_DONE] = p.gap <= tol * t->vv || moved <= (t->l1 > 0 ? STILL : fmax(STILL, tol)) * v;
    if (!(t->l1 > 0) || !ory_values_bool(&s->values, DP_SCREEN) || clock[CK_DONE] != 0)
        return;
    for (j = 0; j < x->n; j++)
        x->gone[j] = mark[j] > 0.5;
    ory_lasso_screen(t, &p, c, x->g, x->gone);
    for (j = 0; j < x->n; j++)
        mark[j] = x->gone[j];
}

static void step_cd(const ory_system *s, dict_code *x, const ory_code_task *t, double *c, double *mark,
                    double *clock)
{
    uint64_t visits = 0;

    ory_code_correlate(t, c, x->g);
    if (!(clock[CK_PHASE] > 0)) {
        full_sweep(s, x, t, c, mark, clock);
        return;
    }
    clock[CK_PHASE]++;
    if (ory_lasso_sweep(t, x->list, list_of(x, c, mark, true, x->list), c, x->g, &visits) <=
            STILL * sqrt(t->vv) || clock[CK_PHASE] > INNER)
        clock[CK_PHASE] = 0;
}

static void step_fista(const ory_system *s, dict_code *x, const ory_code_task *t, double *c, double *y,
                       double *clock)
{
    const double tol = ory_values_real(&s->values, DP_TOL);
    double moved = ory_fista_step(t, x->L, c, y, &clock[CK_MOMENTUM], x->work);
    ory_code_point p;

    ory_code_correlate(t, c, x->g);
    ory_code_look(t, c, x->g, &p);
    clock[CK_DONE] = p.gap <= tol * t->vv || moved <= (t->l1 > 0 ? STILL : fmax(STILL, tol)) * sqrt(t->vv);
}

/* The pursuit is brought to where the marks say it is: its atoms in their order. */
static void restore(dict_code *x, const ory_code_task *t, const double *mark)
{
    size_t j, count = 0, i;

    ory_omp_start(&x->omp, t);
    for (j = 0; j < x->n; j++) {
        if (mark[j] < -0.5)
            x->omp.mark[j] = 2;
        if (mark[j] > 0.5 && count < x->k) { /* insertion by order of entry */
            for (i = count++; i > 0 && mark[x->list[i - 1]] > mark[j]; i--)
                x->list[i] = x->list[i - 1];
            x->list[i] = j;
        }
    }
    for (i = 0; i < count; i++)
        ory_omp_push(&x->omp, t, x->list[i]);
    ory_omp_refit(&x->omp, t);
}

static void step_omp(const ory_system *s, dict_code *x, const ory_code_task *t, double *c, double *mark,
                     double *clock)
{
    const double tol = ory_values_real(&s->values, DP_TOL);
    size_t i, j;

    restore(x, t, mark);
    if (x->omp.rr <= tol * tol * t->vv || !ory_omp_step(&x->omp, t))
        clock[CK_DONE] = 1;
    memset(c, 0, x->n * sizeof *c);
    for (j = 0; j < x->n; j++)
        mark[j] = x->omp.mark[j] == 2 ? -1 : 0;
    for (i = 0; i < x->omp.k; i++) {
        c[x->omp.order[i]] = x->omp.c[i];
        mark[x->omp.order[i]] = (double)i + 1;
    }
}

ory_status dict_advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next, double *t_next,
                        ory_error *err)
{
    dict_code *x = s->self;
    const ory_code_task t = dict_task(s, x);
    double *c = next, *y = next + x->n, *mark = y + x->n, *clock = mark + x->n;

    (void)rng, (void)err;
    x->stamp = 0; /* g is used as scratch */
    memcpy(next, m->x, s->dim * sizeof *next);
    begin_anew(x, &t, c, y, mark, clock);
    *t_next = m->t + 1;
    if (t.vv == 0)
        clock[CK_DONE] = 1;
    if (clock[CK_DONE] != 0)
        return ORY_OK;
    clock[CK_SWEEPS]++;
    if (x->method == ORY_CODE_CD)
        step_cd(s, x, &t, c, mark, clock);
    else if (x->method == ORY_CODE_FISTA)
        step_fista(s, x, &t, c, y, clock);
    else
        step_omp(s, x, &t, c, mark, clock);
    return ORY_OK;
}
