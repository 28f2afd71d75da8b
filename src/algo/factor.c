/* SPDX-License-Identifier: GPL-3.0-or-later */
/* factor.c - see factor.h. Y. Chen, T. Davis, W. Hager, S. Rajamanickam, "Algorithm 887: CHOLMOD",
 * ACM TOMS 35 (2008). */
#include "config.h"

#include "algo/factor.h"

#include <math.h>
#include <string.h>

#include "core/mem.h"

#ifdef HAVE_SUITESPARSE

#include <suitesparse/cholmod.h>

struct ory_factor {
    cholmod_common common;
    cholmod_factor *factor;
    cholmod_dense *x, *y, *e; /* kept from solve to solve */
    size_t n;
};

/* The part on and below the diagonal, with the shift: columns of the symmetric A are its rows. */
static cholmod_sparse *lower_part(const ory_sparse *a, double shift, cholmod_common *common)
{
    cholmod_sparse *s = cholmod_allocate_sparse(a->n, a->n, (a->nnz + a->n) / 2 + a->n, 1, 1, -1,
                                                CHOLMOD_REAL, common);
    int *start, *row, at = 0;
    double *value;
    size_t j, e;

    if (!s)
        return NULL;
    start = s->p;
    row = s->i;
    value = s->x;
    for (j = 0; j < a->n; j++) {
        start[j] = at;
        row[at] = (int)j;
        value[at++] = shift;
        for (e = a->start[j]; e < a->start[j + 1]; e++)
            if (a->col[e] == j) {
                value[start[j]] += a->value[e];
            } else if (a->col[e] > j) {
                row[at] = (int)a->col[e];
                value[at++] = a->value[e];
            }
    }
    start[a->n] = at;
    return s;
}

static ory_status factorise(ory_factor *f, cholmod_sparse *s, double work, ory_error *err)
{
    if (!(f->factor = cholmod_analyze(s, &f->common)))
        return ory_fail(err, ORY_ENOMEM, "out of memory to factor %zu nodes", f->n);
    if (f->common.fl > work || f->common.lnz > 1e8)
        return ory_fail(err, ORY_ERANGE, "a factorisation of %.3g operations and %.3g numbers", f->common.fl,
                        f->common.lnz);
    if (!cholmod_factorize(s, f->factor, &f->common) || f->common.status == CHOLMOD_OUT_OF_MEMORY)
        return ory_fail(err, ORY_ENOMEM, "out of memory to factor %zu nodes", f->n);
    if (f->factor->minor < f->n)
        return ory_fail(err, ORY_ESINGULAR, "the matrix is not positive definite");
    return ORY_OK;
}

ory_status ory_factor_new(const ory_sparse *a, double shift, double work, ory_factor **out,
                          ory_error *err)
{
    ory_factor *f = ory_alloc(1, sizeof *f);
    cholmod_sparse *s;
    ory_status ok;

    *out = NULL;
    if (!f)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    cholmod_start(&f->common);
    f->common.print = 0;
    f->n = a->n;
    s = lower_part(a, shift, &f->common);
    ok = s ? factorise(f, s, work, err)
           : ory_fail(err, ORY_ENOMEM, "out of memory to factor %zu nodes", a->n);
    cholmod_free_sparse(&s, &f->common);
    if (ok == ORY_OK)
        *out = f;
    else
        ory_factor_free(f);
    return ok;
}

void ory_factor_free(ory_factor *f)
{
    if (!f)
        return;
    cholmod_free_dense(&f->x, &f->common);
    cholmod_free_dense(&f->y, &f->common);
    cholmod_free_dense(&f->e, &f->common);
    cholmod_free_factor(&f->factor, &f->common);
    cholmod_finish(&f->common);
    ory_free(f);
}

void ory_factor_solve(ory_factor *f, const double *b, double *x)
{
    cholmod_dense right = {.nrow = f->n, .ncol = 1, .nzmax = f->n, .d = f->n, .x = (void *)(uintptr_t)b,
                           .xtype = CHOLMOD_REAL, .dtype = CHOLMOD_DOUBLE};
    size_t i;

    if (cholmod_solve2(CHOLMOD_A, f->factor, &right, NULL, &f->x, NULL, &f->y, &f->e, &f->common))
        memcpy(x, f->x->x, f->n * sizeof *x);
    else
        for (i = 0; i < f->n; i++) /* out of memory: who looks finds that it is not finite */
            x[i] = NAN;
}

#else

ory_status ory_factor_new(const ory_sparse *a, double shift, double work, ory_factor **out,
                          ory_error *err)
{
    (void)a;
    (void)shift;
    (void)work;
    *out = NULL;
    return ory_fail(err, ORY_EUNDEF, "built without SuiteSparse: no sparse factorisation");
}

void ory_factor_free(ory_factor *f)
{
    (void)f;
}

void ory_factor_solve(ory_factor *f, const double *b, double *x)
{
    (void)f;
    (void)b;
    (void)x;
}

#endif
