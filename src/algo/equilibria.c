/* SPDX-License-Identifier: GPL-3.0-or-later */
/* equilibria.c - zeros of a vector field by damped Newton, their eigenvalues and classes. */
#include "config.h"

#include "algo/equilibria.h"

#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "core/interrupt.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "core/rng.h"

enum { TURNS = 50, HALVINGS = 12 };

/* Parts of the scratch memory: point, f, step, trial, f there (n each), J (n x n), work. */
static double *part(const ory_equilibria *e, size_t i) { return e->space + i * e->n; }

enum { S_POINT, S_F, S_STEP, S_TRIAL, S_F2, S_J };

ory_status ory_equilibria_init(ory_equilibria *e, size_t n, ory_error *err)
{
    memset(e, 0, sizeof *e);
    e->n = n;
    e->lwork = 8 * n + 8;
    e->x = ory_alloc(ORY_EQUILIBRIA_MAX * n, sizeof *e->x);
    e->re = ory_alloc(ORY_EQUILIBRIA_MAX * n, sizeof *e->re);
    e->im = ory_alloc(ORY_EQUILIBRIA_MAX * n, sizeof *e->im);
    e->space = ory_alloc(S_J * n + n * n + e->lwork, sizeof *e->space);
    e->pivot = ory_alloc(n, sizeof *e->pivot);
    return e->x && e->re && e->im && e->space && e->pivot
               ? ORY_OK : ory_fail(err, ORY_ENOMEM, "out of memory");
}

void ory_equilibria_fini(ory_equilibria *e)
{
    ory_free(e->x);
    ory_free(e->re);
    ory_free(e->im);
    ory_free(e->space);
    ory_free(e->pivot);
    memset(e, 0, sizeof *e);
}

/* --------------------------------------------------------------------- eigenvalues */

static bool before(double re1, double im1, double re2, double im2)
{
    return re1 > re2 || (re1 == re2 && im1 > im2);
}

void ory_equilibria_eigenvalues(ory_equilibria *e, double *J, double *re, double *im)
{
    const lapack_int n = (lapack_int)e->n;
    double *work = part(e, S_J) + e->n * e->n;
    size_t i, j;

    /* Row-major J is its transpose for LAPACK: the same eigenvalues. */
    if (!ory_all_finite(J, e->n * e->n) ||
        LAPACKE_dgeev_work(LAPACK_COL_MAJOR, 'N', 'N', n, J, n, re, im, NULL, 1, NULL, 1, work,
                           (lapack_int)e->lwork) != 0) {
        for (i = 0; i < e->n; i++)
            re[i] = im[i] = NAN;
        return;
    }
    for (i = 1; i < e->n; i++) {
        const double r = re[i], s = im[i];

        for (j = i; j > 0 && before(r, s, re[j - 1], im[j - 1]); j--) {
            re[j] = re[j - 1];
            im[j] = im[j - 1];
        }
        re[j] = r;
        im[j] = s;
    }
}

ory_equilibrium_kind ory_equilibrium_kind_of(const double *re, const double *im, size_t n,
                                             bool *stable)
{
    size_t up = 0, down = 0, turning = 0, zero = 0, i;
    double most = 0;

    for (i = 0; i < n; i++)
        most = fmax(most, hypot(re[i], im[i]));
    for (i = 0; i < n; i++) {
        const double tiny = 1e-9 * most;

        up += re[i] > tiny;
        down += re[i] < -tiny;
        turning += fabs(im[i]) > tiny;
        zero += fabs(re[i]) <= tiny && fabs(im[i]) <= tiny;
    }
    *stable = down == n;
    if (up && down)
        return ORY_EQ_SADDLE;
    if (up == n || down == n)
        return turning ? ORY_EQ_FOCUS : ORY_EQ_NODE;
    return up + down + zero == 0 ? ORY_EQ_CENTRE : ORY_EQ_DEGENERATE;
}

const char *ory_equilibrium_name(ory_equilibrium_kind kind)
{
    static const char *const names[] = {"unknown", "node",   "focus",
                                        "saddle",  "centre", "degenerate"};

    return names[kind >= ORY_EQ_NODE && kind <= ORY_EQ_DEGENERATE ? kind : 0];
}

/* --------------------------------------------------------------------- Newton */

/* step = -J^-1 f; false when J is singular or not finite. */
static bool newton_step(ory_equilibria *e, const ory_field *field, const double *x,
                        const double *f, double *step)
{
    const lapack_int n = (lapack_int)e->n;
    double *J = part(e, S_J);

    field->jacobian(field->ctx, x, J);
    if (!ory_all_finite(J, e->n * e->n))
        return false;
    for (size_t i = 0; i < e->n; i++)
        step[i] = -f[i];
    if (LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, n, n, J, n, e->pivot) != 0)
        return false;
    LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'T', n, 1, J, n, e->pivot, step, n);
    return ory_all_finite(step, e->n);
}

/* Farther from the box than it is large: nothing in it will be found from there. */
static bool astray(const double *x, const double *box, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double size = box[2 * i + 1] - box[2 * i];

        if (x[i] < box[2 * i] - size || x[i] > box[2 * i + 1] + size)
            return true;
    }
    return false;
}

/* Newton from the point in S_POINT; true when it ends at a zero, which is then there. A
 * zero counts when the step is at rounding level, or when f can fall no further near one
 * (the next step would be tiny). */
static bool newton(ory_equilibria *e, const ory_field *field, const double *box)
{
    double *x = part(e, S_POINT), *f = part(e, S_F), *step = part(e, S_STEP);
    double *trial = part(e, S_TRIAL), *f2 = part(e, S_F2), size, damp;
    int turn, half, halvings;

    field->f(field->ctx, x, f);
    for (turn = 0; turn < TURNS && ory_all_finite(f, e->n) && !astray(x, box, e->n); turn++) {
        const double now = ory_norm2(f, e->n);

        if (now == 0)
            return true;
        if (!newton_step(e, field, x, f, step))
            return false;
        size = ory_norm2(step, e->n) / (1 + ory_norm2(x, e->n));
        halvings = size < 1e-9 ? 1 : HALVINGS;
        for (half = 0, damp = 1; half < halvings; half++, damp /= 2) {
            for (size_t i = 0; i < e->n; i++)
                trial[i] = x[i] + damp * step[i];
            field->f(field->ctx, trial, f2);
            if (ory_all_finite(f2, e->n) && ory_norm2(f2, e->n) < now)
                break;
        }
        if (half == halvings)
            return size < 1e-9;
        memcpy(x, trial, e->n * sizeof *x);
        memcpy(f, f2, e->n * sizeof *f);
        if (damp == 1 && size < 4 * DBL_EPSILON)
            return true;
    }
    return false;
}

/* --------------------------------------------------------------------- collecting */

static int compare(const double *a, const double *b, const double *box, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double near = 1e-6 * (box[2 * i + 1] - box[2 * i]);

        if (fabs(a[i] - b[i]) > near)
            return a[i] < b[i] ? -1 : 1;
    }
    return 0;
}

static bool inside(const double *x, const double *box, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double slack = 1e-9 * (box[2 * i + 1] - box[2 * i]);

        if (x[i] < box[2 * i] - slack || x[i] > box[2 * i + 1] + slack)
            return false;
    }
    return true;
}

/* The zero in S_POINT into the sorted list, unless it is there or the list is full. */
static void collect(ory_equilibria *e, const double *box)
{
    const double *x = part(e, S_POINT);
    size_t n = e->n, at = e->found, i;

    if (!inside(x, box, n) || e->found == ORY_EQUILIBRIA_MAX)
        return;
    for (i = 0; i < e->found; i++) {
        const int order = compare(x, e->x + i * n, box, n);

        if (order == 0)
            return;
        if (order < 0 && i < at)
            at = i;
    }
    memmove(e->x + (at + 1) * n, e->x + at * n, (e->found - at) * n * sizeof *e->x);
    memcpy(e->x + at * n, x, n * sizeof *x);
    e->found++;
}

static void classify(ory_equilibria *e, const ory_field *field)
{
    for (size_t i = 0; i < e->found; i++) {
        double *re = e->re + i * e->n, *im = e->im + i * e->n, *J = part(e, S_J);

        field->jacobian(field->ctx, e->x + i * e->n, J);
        ory_equilibria_eigenvalues(e, J, re, im);
        e->kind[i] = ory_equilibrium_kind_of(re, im, e->n, &e->stable[i]);
    }
}

/* Start number k of `side`^n grid points (in the middles of equal cells), or a drawn one. */
static void place(ory_equilibria *e, const double *box, size_t side, size_t k, ory_rng *rng)
{
    double *x = part(e, S_POINT);

    for (size_t i = 0; i < e->n; i++, k /= side ? side : 1) {
        const double u = side ? ((double)(k % side) + 0.5) / (double)side : ory_rng_uniform(rng);

        x[i] = box[2 * i] + u * (box[2 * i + 1] - box[2 * i]);
    }
}

ory_status ory_equilibria_find(ory_equilibria *e, const ory_field *field, const double *box,
                               const double *also, ory_error *err)
{
    const double n = (double)e->n;
    size_t side = (size_t)(pow(ORY_EQUILIBRIA_STARTS, 1 / n) + 1e-9), starts, k;
    ory_rng rng;

    ory_rng_init(&rng, 1, 77);
    side = side >= 3 ? side : 0;
    starts = side ? (size_t)(pow((double)side, n) + 0.5)
                  : (size_t)fmax(1, fmin(ORY_EQUILIBRIA_STARTS, 1e8 / (n * n * n)));
    e->found = 0;
    if (also) {
        memcpy(part(e, S_POINT), also, e->n * sizeof *also);
        if (newton(e, field, box))
            collect(e, box);
    }
    for (k = 0; k < starts; k++) {
        if (ory_interrupt_pending())
            return ory_fail(err, ORY_EINTERRUPT, "interrupted");
        place(e, box, side, k, &rng);
        if (newton(e, field, box))
            collect(e, box);
    }
    classify(e, field);
    return ORY_OK;
}
