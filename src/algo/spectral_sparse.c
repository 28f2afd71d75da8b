/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spectral_sparse.c - the bottom of the spectrum of large graphs: Lanczos on the operator
 * itself where the gaps allow it, ARPACK on a sparse factorisation of it where they do not, or on
 * the operator when it cannot be factored. An iteration from one start vector sees one vector of
 * an eigenspace: so what was found is taken out and a short iteration looks whether anything as
 * low is left. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "algo/arpack.h"
#include "algo/factor.h"
#include "algo/spectral_impl.h"
#include "core/mem.h"
#include "core/rng.h"

enum { STEPS = 300, RESTARTS = 2000, LOOK_AGAIN = 20, TOP_STEPS = 60 };

static const double default_tol = 1e-10;
static const double factor_work = 2e4;  /* operations per entry of S, beyond which products are cheaper */
static const double shift_part = 1e-10; /* of the top: well below what is looked for */
static const double memory_most = 1.5e9;

/* S - top, or -(S + shift)^-1 when there is a factor, on the complement of the null space and
 * of `found` eigenvectors: these have eigenvalue 0 then, at the other end. */
typedef struct rest_space {
    const spectral_problem *w;
    ory_factor *factor;
    double shift;
    double *found; /* one after the other */
    size_t count;
    size_t products;
    const char *by;
} rest_space;

static void stay_inside(void *ctx, double *v)
{
    const rest_space *r = ctx;

    spectral_project(r->w, v);
    ory_project_out(r->found, r->w->n, r->count, v, r->w->n);
}

static void multiply(void *ctx, const double *v, double *out)
{
    const rest_space *r = ctx;
    size_t i;

    if (r->factor) {
        ory_factor_solve(r->factor, v, out);
        for (i = 0; i < r->w->n; i++)
            out[i] = -out[i];
    } else {
        spectral_multiply(r->w, v, out);
        for (i = 0; i < r->w->n; i++)
            out[i] -= r->w->top * v[i];
    }
}

static size_t most_steps(const spectral_problem *w)
{
    size_t room = (size_t)(memory_most / 8 / (double)w->n);

    return room < 60 ? 60 : room < STEPS ? room : STEPS;
}

static ory_lanczos_task task_of(rest_space *r, size_t want, double scale, double tol)
{
    return (ory_lanczos_task){.dim = r->w->n, .op = multiply, .inside = stay_inside, .ctx = r, .want = want,
                              .steps = most_steps(r->w), .scale = scale, .tol = tol, .seed = 1 + r->count};
}

/* Eigenvalues of S from those of what is multiplied with. */
static void turn_back(const rest_space *r, size_t want, double *lam)
{
    size_t j;

    for (j = 0; j < want; j++)
        lam[j] = r->factor ? -1 / lam[j] - r->shift : lam[j] + r->w->top;
}

/* The least `want` pairs of the rest space. Small gaps make Lanczos give up early; with a factor
 * it is not tried any more. */
static ory_status find(rest_space *r, size_t want, double tol, double *lam, double *vectors,
                       ory_error *err)
{
    ory_lanczos_task task = task_of(r, want, r->w->top, tol);
    size_t products = 0, few = 4 * want > 40 ? 4 * want : 40;
    ory_status ok = ORY_ENOCONV;

    if (!r->factor) {
        r->by = "Lanczos";
        ok = ory_lanczos_pairs(&task, lam, vectors, &products, NULL, err);
        r->products += products;
    }
    if (ok == ORY_OK)
        turn_back(r, want, lam);
    if (ok != ORY_ENOCONV)
        return ok;
    if (!r->factor &&
        ory_factor_new(&r->w->S, r->shift, factor_work * (double)r->w->S.nnz, &r->factor, err) == ORY_ENOMEM)
        return ORY_ENOMEM;
    r->by = "ARPACK";
    task.steps = r->factor ? few : 2 * few;
    ok = ory_arpack_pairs(&task, RESTARTS, lam, vectors, &products, err);
    r->products += products;
    if (ok == ORY_OK)
        turn_back(r, want, lam);
    return ok;
}

/* Put (low, extra) into its place among the pairs; the highest goes. */
static void insert(const rest_space *r, size_t want, double low, const double *extra, double *lam)
{
    size_t n = r->w->n, j = want - 1;

    for (; j > 0 && lam[j - 1] > low; j--) {
        lam[j] = lam[j - 1];
        memcpy(r->found + j * n, r->found + (j - 1) * n, n * sizeof(double));
    }
    lam[j] = low;
    memcpy(r->found + j * n, extra, n * sizeof(double));
}

/* Beside the `want` pairs found, is anything lower than the last? An iteration half as long as
 * the one that found them would see it. */
static ory_status look_again(rest_space *r, size_t want, double tol, double *lam, ory_error *err)
{
    double *extra = r->found + want * r->w->n, low;
    size_t half = r->products / 2 > LOOK_AGAIN && !r->factor ? r->products / 2 : LOOK_AGAIN;
    ory_status ok;

    r->count = want; /* also another start vector: the same one would miss the same copies */
    for (;;) {
        double scale = r->factor ? 1 / (lam[0] + r->shift) : r->w->top;
        ory_lanczos_task task = task_of(r, 1, scale, 1e-8); /* a mixture has to come apart first */

        task.steps = half < task.steps ? half : task.steps;
        ok = ory_lanczos_pairs(&task, &low, extra, NULL, NULL, err);
        if (ok != ORY_OK && ok != ORY_ENOCONV)
            return ok;
        turn_back(r, 1, &low);
        if (!(low < lam[want - 1] - 1e-9 * r->w->top))
            return ORY_OK;
        if ((ok = find(r, 1, tol, &low, extra, err)) != ORY_OK)
            return ok;
        insert(r, want, low, extra, lam);
    }
}

ory_status spectral_sparse(const spectral_problem *w, size_t rest, double tol, ory_spectral *out,
                           ory_error *err)
{
    size_t n = w->n, first = out->k - rest, i, j;
    double *lam = out->lam + first;
    rest_space r = {.w = w, .shift = shift_part * w->top, .found = ory_alloc((rest + 1) * n, sizeof(double))};
    ory_status ok;

    if (!r.found)
        return ory_fail(err, ORY_ENOMEM, "out of memory for %zu eigenvectors of %zu nodes", rest, n);
    tol = tol > 0 ? tol : default_tol;
    ok = find(&r, rest, tol, lam, r.found, err);
    if (ok == ORY_OK && out->k < n)
        ok = look_again(&r, rest, tol, lam, err);
    for (i = 0; ok == ORY_OK && i < n; i++)
        for (j = 0; j < rest; j++)
            out->V[i * out->k + first + j] = r.found[j * n + i];
    out->by = r.by;
    out->products = r.products;
    ory_factor_free(r.factor);
    ory_free(r.found);
    return ok;
}

/* --------------------------------------------------------------------------- the top */

static void plain_product(void *ctx, const double *v, double *out)
{
    ory_sparse_mul(ctx, v, out);
}

ory_status ory_spectral_top(const ory_sparse *a, double *top, ory_error *err)
{
    double *start = ory_alloc(a->n, sizeof *start);
    ory_lanczos ws = {0};
    ory_lanczos_result found;
    ory_sparse copy = *a;
    ory_rng rng;
    ory_status ok = start ? ory_lanczos_init(&ws, a->n, TOP_STEPS, err)
                          : ory_fail(err, ORY_ENOMEM, "out of memory");

    if (ok == ORY_OK) {
        ory_rng_init(&rng, 1, 0);
        ory_rng_fill_normal(&rng, start, a->n, 0, 1);
        ory_lanczos_run(&ws, plain_product, &copy, start, 1e-6, false, &found);
        *top = found.top;
        if (isnan(found.top))
            ok = ory_fail(err, ORY_EDIVERGE, "Lanczos: the products are not finite");
    }
    ory_lanczos_fini(&ws);
    ory_free(start);
    return ok;
}
