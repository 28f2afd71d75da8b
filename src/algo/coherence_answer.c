/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coherence_answer.c - T(s) u for one disturbance u on a sparse Laplacian: conjugate gradients
 * for complex symmetric matrices (COCG: van der Vorst and Melissen, IEEE Trans. Magnetics 26,
 * 1990) on diag(1/g_i) + f L with its diagonal as preconditioner. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "algo/coherence.h"
#include "core/interrupt.h"

typedef double complex zed;

enum { R, Z, P, Q, OWN, DIAGONAL, ROOM }; /* vectors of the workspace */
_Static_assert((int)ROOM == (int)ORY_ANSWER_ROOM, "coherence.h says how many vectors there are");

static const double residual = 1e-10; /* relative */

/* 1/g_i and the diagonal of the matrix; false: s is a zero of some node, or the diagonal vanishes. */
static bool set_up(const ory_coherence *c, const ory_sparse *L, zed s, zed f, zed *own, zed *diagonal)
{
    for (size_t i = 0; i < c->n; i++) {
        zed num, den;

        ory_node_at(&c->nodes[i], s, &num, &den);
        if (num == 0)
            return false;
        own[i] = diagonal[i] = den / num;
        for (size_t e = L->start[i]; e < L->start[i + 1]; e++)
            if (L->col[e] == i)
                diagonal[i] += f * L->value[e];
        if (diagonal[i] == 0)
            return false;
    }
    return true;
}

/* Without conjugation. */
static zed product(const zed *a, const zed *b, size_t n)
{
    zed sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static double size_of(const zed *a, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += creal(a[i]) * creal(a[i]) + cimag(a[i]) * cimag(a[i]);
    return sqrt(sum);
}

static ory_status unsolved(zed s, size_t k, ory_error *err)
{
    return ory_fail(err, ORY_ENOCONV, "T(s) u at s = %g%+gj: no convergence in %zu steps", creal(s),
                    cimag(s), k);
}

ory_status ory_coherence_answer(const ory_coherence *c, const ory_sparse *L, zed s, const double *u, zed *y,
                                zed *room, ory_error *err)
{
    size_t n = c->n, most = 20 * n < 200 ? 200 : 20 * n < 20000 ? 20 * n : 20000, i, k;
    zed *r = room + R * n, *z = room + Z * n, *p = room + P * n, *q = room + Q * n;
    zed *own = room + OWN * n, *diagonal = room + DIAGONAL * n, rho, last = 0;
    zed f = (c->f.kp + (c->f.ki > 0 ? c->f.ki / s : 0)) * c->scale;
    double goal;

    if ((s == 0 && c->f.ki > 0) || !set_up(c, L, s, f, own, diagonal))
        return ory_fail(err, ORY_EUNDEF, "s = %g%+gj is a pole of f, a zero of a node, or no pivot", creal(s),
                        cimag(s));
    for (i = 0; i < n; i++) {
        r[i] = u[i];
        p[i] = y[i] = 0;
    }
    goal = residual * size_of(r, n);
    for (k = 0; size_of(r, n) > goal; k++) {
        zed along, step;

        if (ory_interrupt_pending())
            return ory_fail(err, ORY_EINTERRUPT, "interrupted");
        for (i = 0; i < n; i++)
            z[i] = r[i] / diagonal[i];
        rho = product(r, z, n);
        for (i = 0; i < n; i++)
            p[i] = z[i] + (k ? rho / last : 0) * p[i];
        ory_sparse_mul_block(L, (const double *)p, 2, (double *)q); /* real and imaginary parts */
        for (i = 0; i < n; i++)
            q[i] = f * q[i] + own[i] * p[i];
        along = product(p, q, n);
        step = rho / along;
        if (k == most || rho == 0 || !isfinite(creal(step)) || !isfinite(cimag(step)))
            return unsolved(s, k, err);
        for (i = 0; i < n; i++) {
            y[i] += step * p[i];
            r[i] -= step * q[i];
        }
        last = rho;
    }
    return ORY_OK;
}
