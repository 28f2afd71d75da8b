/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arpack.c - ARPACK-NG's reverse communication: R. Lehoucq, D. Sorensen, C. Yang, "ARPACK Users'
 * Guide", 1998. */
#include "config.h"

#include "algo/arpack.h"

#include <math.h>
#include <string.h>

#include "core/interrupt.h"
#include "core/mem.h"
#include "core/rng.h"

#ifdef HAVE_ARPACK

#include <arpack/arpack.h>

typedef struct iteration {
    const ory_lanczos_task *task;
    a_int n, want, size, lwork, param[11], place[11], info;
    double *start, *basis, *work, *small;
    a_int *select;
} iteration;

static ory_status iterate(iteration *it, size_t *products, ory_error *err)
{
    a_int ido = 0;

    for (;;) {
        dsaupd_c(&ido, "I", it->n, "SA", it->want, it->task->tol, it->start, it->size, it->basis, it->n,
                 it->param, it->place, it->work, it->small, it->lwork, &it->info);
        if (ido != -1 && ido != 1)
            break;
        if (ory_interrupt_pending())
            return ory_fail(err, ORY_EINTERRUPT, "interrupted");
        it->task->op(it->task->ctx, it->work + it->place[0] - 1, it->work + it->place[1] - 1);
        it->task->inside(it->task->ctx, it->work + it->place[1] - 1);
        ++*products;
    }
    if (it->info == 1)
        return ory_fail(err, ORY_ENOCONV, "ARPACK: %d of %d pairs after %zu products", it->param[4],
                        it->want, *products);
    if (it->info < 0 || it->param[4] < it->want)
        return ory_fail(err, ORY_ENOCONV, "ARPACK: dsaupd answered %d after %zu products", it->info,
                        *products);
    return ORY_OK;
}

static ory_status extract(iteration *it, double *lam, double *vectors, ory_error *err)
{
    dseupd_c(1, "A", it->select, lam, vectors, it->n, 0, "I", it->n, "SA", it->want, it->task->tol, it->start,
             it->size, it->basis, it->n, it->param, it->place, it->work, it->small, it->lwork, &it->info);
    return it->info == 0 ? ORY_OK : ory_fail(err, ORY_ENOCONV, "ARPACK: dseupd answered %d", it->info);
}

ory_status ory_arpack_pairs(const ory_lanczos_task *task, size_t restarts, double *lam,
                            double *vectors, size_t *products, ory_error *err)
{
    size_t dim = task->dim, size = task->steps < dim ? task->steps : dim, made = 0;
    iteration it = {.task = task, .n = (a_int)dim, .want = (a_int)task->want, .size = (a_int)size, .info = 1,
                    .lwork = (a_int)(size * (size + 8)), .param = {1, 0, (a_int)restarts, 1, 0, 0, 1}};
    ory_status ok = ORY_ENOMEM;
    ory_rng rng;

    it.start = ory_alloc(dim, sizeof(double));
    it.basis = ory_alloc(dim * size, sizeof(double));
    it.work = ory_alloc(3 * dim, sizeof(double));
    it.small = ory_alloc((size_t)it.lwork, sizeof(double));
    it.select = ory_alloc(size, sizeof *it.select);
    if (it.start && it.basis && it.work && it.small && it.select) {
        ory_rng_init(&rng, task->seed, 0);
        ory_rng_fill_normal(&rng, it.start, dim, 0, 1);
        task->inside(task->ctx, it.start);
        ok = iterate(&it, &made, err);
        if (ok == ORY_OK)
            ok = extract(&it, lam, vectors, err);
    } else {
        ory_fail(err, ORY_ENOMEM, "out of memory for %zu vectors of %zu numbers", size, dim);
    }
    ory_free(it.start);
    ory_free(it.basis);
    ory_free(it.work);
    ory_free(it.small);
    ory_free(it.select);
    if (products)
        *products = made;
    return ok;
}

#else

ory_status ory_arpack_pairs(const ory_lanczos_task *task, size_t restarts, double *lam,
                            double *vectors, size_t *products, ory_error *err)
{
    (void)task;
    (void)restarts;
    (void)lam;
    (void)vectors;
    if (products)
        *products = 0;
    return ory_fail(err, ORY_EUNDEF, "built without ARPACK");
}

#endif
