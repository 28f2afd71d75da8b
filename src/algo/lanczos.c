/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lanczos.c - C. Lanczos, J. Res. Nat. Bur. Stand. 45 (1950); stopping by the
 * residual beta_k |s_k| of the Ritz pair and the Kato-Temple bound
 * residual^2 / gap (B. N. Parlett, The Symmetric Eigenvalue Problem, ch. 10, 13).
 *
 * The top eigenvalue of the growing tridiagonal matrix T_k is the root, right
 * of the previous top t, of the last pivot
 *     f(x) = alpha_k - x - beta_k^2 e'(T_{k-1} - x)^{-1} e,
 * which is convex and falling there. The iteration fits A - x + C/(x - t) to f
 * and f' and takes its root. As f' = -1/s_k^2 with s_k the last component of
 * the normalised eigenvector, the residual comes with it. */
#include "config.h"

#include "algo/lanczos.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "algo/vec.h"
#include "core/mem.h"

enum { ROOT_STEPS = 40 };

ory_status ory_lanczos_init(ory_lanczos *ws, size_t dim, size_t max_steps, ory_error *err)
{
    memset(ws, 0, sizeof *ws);
    if (dim == 0 || max_steps == 0)
        return ory_fail(err, ORY_EINVAL, "lanczos: %zu unknowns, %zu steps (both must be >= 1)",
                        dim, max_steps);
    ws->dim = dim;
    ws->max_steps = max_steps < dim ? max_steps : dim;
    ws->stride = (dim + 7) / 8 * 8;
    ws->basis = ory_alloc((ws->max_steps + 1) * ws->stride, sizeof(double));
    ws->alpha = ory_alloc(ws->max_steps, sizeof(double));
    ws->beta = ory_alloc(ws->max_steps + 1, sizeof(double));
    if (ws->basis && ws->alpha && ws->beta)
        return ORY_OK;
    ory_lanczos_fini(ws);
    return ory_fail(err, ORY_ENOMEM, "lanczos: no memory for %zu vectors of %zu numbers",
                    max_steps + 1, dim);
}

void ory_lanczos_fini(ory_lanczos *ws)
{
    if (!ws)
        return;
    ory_free(ws->basis);
    ory_free(ws->alpha);
    ory_free(ws->beta);
    memset(ws, 0, sizeof *ws);
}

/* Four vectors at a time. */
ORY_CLONES
static void project_out(const double *basis, size_t stride, size_t k, double *w, size_t dim)
{
    size_t j = 0, i;

    for (; j + 4 <= k; j += 4) {
        const double *p = basis + j * stride, *q = p + stride, *r = q + stride, *s = r + stride;
        ory_v4 sp = {0}, sq = {0}, sr = {0}, ss = {0};
        double cp, cq, cr, cs;

        for (i = 0; i + 4 <= dim; i += 4) {
            const ory_v4 v = ORY_V4C(w + i);

            sp += ORY_V4C(p + i) * v;
            sq += ORY_V4C(q + i) * v;
            sr += ORY_V4C(r + i) * v;
            ss += ORY_V4C(s + i) * v;
        }
        cp = (sp[0] + sp[2]) + (sp[1] + sp[3]);
        cq = (sq[0] + sq[2]) + (sq[1] + sq[3]);
        cr = (sr[0] + sr[2]) + (sr[1] + sr[3]);
        cs = (ss[0] + ss[2]) + (ss[1] + ss[3]);
        for (; i < dim; i++) {
            cp += p[i] * w[i];
            cq += q[i] * w[i];
            cr += r[i] * w[i];
            cs += s[i] * w[i];
        }
        {
            const ory_v4 vp = {cp, cp, cp, cp}, vq = {cq, cq, cq, cq};
            const ory_v4 vr = {cr, cr, cr, cr}, vs = {cs, cs, cs, cs};

            for (i = 0; i + 4 <= dim; i += 4)
                ORY_V4(w + i) -= (vp * ORY_V4C(p + i) + vq * ORY_V4C(q + i)) +
                                 (vr * ORY_V4C(r + i) + vs * ORY_V4C(s + i));
        }
        for (; i < dim; i++)
            w[i] -= (cp * p[i] + cq * q[i]) + (cr * r[i] + cs * s[i]);
    }
    for (; j < k; j++) {
        const double *p = basis + j * stride;

        ory_vec_axpy(-ory_vec_dot(p, w, dim), p, w, dim);
    }
}

/* The clones' resolver would be visible outside, were they not static. */
void ory_project_out(const double *basis, size_t stride, size_t k, double *w, size_t dim)
{
    project_out(basis, stride, k, w, dim);
}

ORY_CLONES
static double dot(const double *x, const double *y, size_t n)
{
    return ory_vec_dot(x, y, n);
}

ORY_CLONES
static void axpy(double a, const double *x, double *y, size_t n)
{
    ory_vec_axpy(a, x, y, n);
}

/* One end of the spectrum of T_k, followed as k grows. sign = -1 turns the
 * bottom into a top. */
typedef struct end {
    double sign, theta, error;
    bool done;
} end;

/* Last pivot of T_k - x and its derivative; x right of T_{k-1}'s top. */
static double last_pivot(const ory_lanczos *ws, size_t k, double sign, double x, double *slope)
{
    double q = sign * ws->alpha[0] - x, dq = -1;

    for (size_t i = 1; i < k; i++) {
        const double r = ws->beta[i] / q;

        dq = -1 + r * r * dq;
        q = sign * ws->alpha[i] - x - ws->beta[i] * r;
    }
    *slope = dq;
    return q;
}

/* Number of eigenvalues of T_k above x. */
static size_t count_above(const ory_lanczos *ws, size_t k, double sign, double x)
{
    double q = sign * ws->alpha[0] - x;
    size_t above = q > 0;

    for (size_t i = 1; i < k; i++) {
        if (q == 0)
            q = DBL_MIN;
        q = sign * ws->alpha[i] - x - ws->beta[i] * ws->beta[i] / q;
        above += q > 0;
    }
    return above;
}

/* Move e from T_{k-1} to T_k. */
static double follow(const ory_lanczos *ws, size_t k, end *e)
{
    const double a = e->sign * ws->alpha[k - 1], b = ws->beta[k - 1], pole = e->theta;
    double x, half, f, df, z;

    if (k == 1) {
        e->theta = a;
        return 1;
    }
    half = 0.5 * (a - pole);
    z = half + hypot(half, b);
    if (half < 0)
        z = b * (b / (hypot(half, b) - half));
    x = pole + z;
    df = -1;
    for (int i = 0; i < ROOT_STEPS; i++) {
        double c, shift, next;

        z = x - pole;
        if (!(z > 0)) { /* the new top is the old one to the last bit */
            x = pole;
            df = -INFINITY;
            break;
        }
        f = last_pivot(ws, k, e->sign, x, &df);
        c = -(df + 1) * z * z;
        shift = 0.5 * (f + z - c / z);
        next = shift < 0 ? c / (hypot(shift, sqrt(fmax(c, 0))) - shift)
                         : shift + sqrt(shift * shift + fmax(c, 0));
        next += pole;
        if (!(fabs(next - x) > 2 * DBL_EPSILON * fabs(x))) {
            x = next;
            break;
        }
        x = next;
    }
    e->theta = x;
    return 1 / sqrt(-df);
}

/* Follow one end and judge how far it is from an eigenvalue. */
static void update_end(const ory_lanczos *ws, size_t k, double next_beta, double scale, double tol,
                       end *e)
{
    const double last = follow(ws, k, e);
    const double residual = next_beta * last, allowed = tol * scale;

    e->error = residual;
    e->done = residual <= allowed;
    if (!e->done && residual <= 1e-3 * scale && k > 2) {
        /* with the next Ritz value at least `gap` away the error is below allowed / 4 */
        const double gap = 4 * residual * (residual / allowed);

        if (gap < scale && count_above(ws, k, e->sign, e->theta - gap) == 1) {
            e->error = 0.25 * allowed;
            e->done = true;
        }
    }
}

void ory_lanczos_run(ory_lanczos *ws, ory_operator op, void *ctx, const double *start, double tol,
                     bool want_bottom, ory_lanczos_result *result)
{
    const size_t dim = ws->dim;
    end top = {.sign = 1}, bottom = {.sign = -1};
    double norm = sqrt(dot(start, start, dim)), scale = 0;
    size_t k;

    *result = (ory_lanczos_result){.top = NAN, .bottom = NAN, .top_error = NAN,
                                   .bottom_error = NAN};
    if (!(norm > 0) || !isfinite(norm))
        return;
    for (size_t i = 0; i < dim; i++)
        ws->basis[i] = start[i] / norm;
    ws->beta[0] = 0;
    for (k = 1; k <= ws->max_steps; k++) {
        const double *v = ws->basis + (k - 1) * ws->stride;
        double *w = ws->basis + k * ws->stride, before, after;

        op(ctx, v, w);
        result->steps = k;
        ws->alpha[k - 1] = dot(v, w, dim);
        if (!isfinite(ws->alpha[k - 1]))
            return;
        axpy(-ws->alpha[k - 1], v, w, dim);
        if (k > 1)
            axpy(-ws->beta[k - 1], v - ws->stride, w, dim);
        before = sqrt(dot(w, w, dim));
        ory_project_out(ws->basis, ws->stride, k, w, dim);
        after = sqrt(dot(w, w, dim));
        if (after < 0.7 * before) {
            ory_project_out(ws->basis, ws->stride, k, w, dim);
            after = sqrt(dot(w, w, dim));
        }
        if (!isfinite(after))
            return;
        scale = fmax(scale, fmax(fabs(ws->alpha[k - 1]), before));
        if (k == dim || after <= 8 * DBL_EPSILON * scale)
            after = 0; /* the space is invariant: the Ritz values are eigenvalues */
        update_end(ws, k, after, fmax(fabs(top.theta), scale), tol, &top);
        if (want_bottom)
            update_end(ws, k, after, fmax(fabs(bottom.theta), scale), tol, &bottom);
        if (after == 0 || (top.done && (!want_bottom || bottom.done)))
            break;
        ws->beta[k] = after;
        for (size_t i = 0; i < dim; i++)
            w[i] /= after;
    }
    result->converged = k <= ws->max_steps;
    result->top = top.theta;
    result->top_error = top.error;
    if (want_bottom) {
        result->bottom = -bottom.theta;
        result->bottom_error = bottom.error;
    }
}
