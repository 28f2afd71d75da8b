/* SPDX-License-Identifier: GPL-3.0-or-later */
/* swing_step.c - dyn.swing in time: exact transitions of one frame by a Taylor sum with
 * squaring, Runge-Kutta on the sparse Laplacian, the shapes of the disturbance. */
#include "config.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "core/linalg.h"
#include "systems/swing.h"

enum { TAYLOR = 18 }; /* at scaled norm <= 1/2 the rest is below 1e-22 */

static const double diverged = 1e12;

/* ----------------------------------------------------------------------------- shapes */

/* Output of the generator w' = E w over its two states. */
void swing_shape_output(int shape, double c[2])
{
    c[0] = shape == SHAPE_STEP || shape == SHAPE_EXP;
    c[1] = shape == SHAPE_EXP || shape == SHAPE_SIN;
}

/* The generator E: exp has diag(0, -a), sin (cos, sin)' = ([0, -a], [a, 0]) (cos, sin). */
void swing_shape_generator(const swing_law *law, double E[4])
{
    E[0] = 0;
    E[1] = law->shape == SHAPE_SIN ? -law->rate : 0;
    E[2] = law->shape == SHAPE_SIN ? law->rate : 0;
    E[3] = law->shape == SHAPE_EXP ? -law->rate : 0;
}

/* exp(E h) */
void swing_shape_turn(const swing_law *law, double h, double turn[4])
{
    double a = law->rate * h;

    turn[0] = turn[3] = 1;
    turn[1] = turn[2] = 0;
    if (law->shape == SHAPE_EXP)
        turn[3] = exp(-a);
    if (law->shape == SHAPE_SIN) {
        turn[0] = turn[3] = cos(a);
        turn[2] = sin(a);
        turn[1] = -turn[2];
    }
}

void swing_turn_by(const double turn[4], double *w)
{
    double a = w[0], b = w[1];

    w[0] = turn[0] * a + turn[1] * b;
    w[1] = turn[2] * a + turn[3] * b;
}

double swing_shape(const swing *x, const double *state)
{
    double c[2];

    swing_shape_output(x->law.shape, c);
    return c[0] * state[x->w] + c[1] * state[x->w + 1];
}

/* Impulses at all nodes. */
static void jump(const swing *x, double *state, const double *amount)
{
    double sum = 0;
    size_t i;

    if (x->rational.on) {
        swing_rational_impulse(x, state, amount);
        return;
    }
    for (i = 0; i < x->n; i++) {
        state[x->n + i] += amount[i] / x->law.m[i];
        sum += amount[i];
    }
    state[x->ybar] += sum / x->law.total_m;
}

void swing_begin(const swing *x, double *state)
{
    const swing_law *law = &x->law;
    double *w = state + x->w;

    w[0] = law->shape == SHAPE_STEP || law->shape == SHAPE_EXP || law->shape == SHAPE_SIN;
    w[1] = law->shape == SHAPE_EXP ? -1 : 0;
    w[2] = 1;
    if (law->shape == SHAPE_IMPULSE)
        jump(x, state, law->u0);
    if (x->rational.on)
        swing_rational_output(x, state);
}

/* Weights that no simple change of the state leaves alone. */
double swing_mark(const swing *x, const double *state)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < x->law.ns; i++)
        sum += state[i] * (1 + 1 / (double)(i + 2));
    for (i = x->w; i < x->w + 3; i++)
        sum += state[i] * (1 + 1 / (double)(i + 2));
    for (i = x->ybar; i < x->mark; i++)
        sum += state[i] * (1 + 1 / (double)(i + 2));
    return sum;
}

/* ------------------------------------------------------------------- the law itself */

/* out = A X for X, out: ns x c row-major; V (n x c) and LV scratch. */
static void apply(const swing_law *law, const double *X, size_t c, double *V, double *LV, double *out)
{
    size_t n = law->n, i, j;

    for (i = 0; i < n * c; i++)
        V[i] = law->ki * X[i] + law->kp * X[n * c + i];
    ory_sparse_mul_block(law->L, V, c, LV);
    memcpy(out, X + n * c, n * c * sizeof *out);
    for (i = 0; i < n; i++) {
        const double *y = X + (n + i) * c, *q = X + (2 * n + i) * c, *v = LV + i * c;
        double *dy = out + (n + i) * c, *dq = out + (2 * n + i) * c;
        double im = 1 / law->m[i];

        for (j = 0; j < c; j++)
            dy[j] = -(law->d[i] * y[j] + v[j]) * im;
        for (j = 0; law->nq && j < c; j++) {
            dy[j] -= q[j] * im;
            dq[j] = (law->rinv[i] * y[j] - q[j]) / law->tau[i];
        }
    }
}

/* Norm of A in units in which angles and powers weigh as much as outputs. */
static double law_norm(const swing_law *law)
{
    double spring = 0, rest = 0, turbine = 0, lag = 0;
    size_t i, e;

    for (i = 0; i < law->n; i++) {
        double row = 0;

        for (e = law->L->start[i]; e < law->L->start[i + 1]; e++)
            row += fabs(law->L->value[e]);
        spring = fmax(spring, law->ki * row / law->m[i]);
        rest = fmax(rest, (fabs(law->d[i]) + law->kp * row) / law->m[i]);
        if (law->nq) {
            turbine = fmax(turbine, law->rinv[i] / (law->tau[i] * law->m[i]));
            lag = fmax(lag, 1 / law->tau[i]);
        }
    }
    return sqrt(spring) + rest + sqrt(turbine) + lag + (law->shape == SHAPE_SIN || law->shape == SHAPE_EXP
                                                            ? law->rate : 0);
}

/* --------------------------------------------------------------- exact transitions */

/* product = M term for nodes num/den: G of the states and, in the columns of inputs, B. */
static void rational_term(swing *x, bool first, const double c[2], const double was[4])
{
    const ory_mat *B = &x->rational.B;
    size_t n = x->n, ns = x->law.ns, cols = ns + n + 2, i, j;

    swing_rational_apply(x, x->term, cols, x->product);
    for (i = 0; i < ns; i++) {
        double *row = x->product + i * cols, u0 = 0;

        if (i / n == 1)
            continue;
        for (j = 0; j < n; j++) {
            row[ns + j] += first ? *ory_mat_at(B, i, j) : 0;
            u0 += *ory_mat_at(B, i, j) * x->law.u0[j];
        }
        for (j = 0; j < 2; j++)
            row[ns + n + j] += u0 * (c[0] * was[j] + c[1] * was[2 + j]);
    }
}

/* One more term of the Taylor sum, in place: T becomes (h/k) M T for the augmented M;
 * first: T is the identity, of which only rows phi, y, q are stored; W (2 x 2) its
 * generator part. */
static void next_term(swing *x, double h, int k, double W[4])
{
    const swing_law *law = &x->law;
    size_t n = law->n, ns = law->ns, cols = ns + n + 2, i, j;
    double c[2], E[4], was[4], *T = x->term, *P = x->product;

    swing_shape_output(law->shape, c);
    swing_shape_generator(law, E);
    memcpy(was, W, sizeof was);
    if (x->rational.on)
        rational_term(x, k == 1, c, was);
    else
        apply(law, T, cols, P + ns * cols, x->LV, P);
    for (i = 0; !x->rational.on && i < n; i++) {
        double *row = P + (n + i) * cols, im = 1 / law->m[i];

        if (k == 1)
            row[ns + i] += im;
        for (j = 0; j < 2; j++)
            row[ns + n + j] += law->u0[i] * im * (c[0] * was[j] + c[1] * was[2 + j]);
    }
    for (i = 0; i < ns * cols; i++)
        T[i] = P[i] * (h / k);
    for (j = 0; j < 2; j++) {
        W[j] = (E[0] * was[j] + E[1] * was[2 + j]) * h / k;
        W[2 + j] = (E[2] * was[j] + E[3] * was[2 + j]) * h / k;
    }
}

/* F = [P Q; 0 S] squared: [P P, P Q + Q S], S = diag(I, turn over the same time). */
static void square(swing *x, const double turn[4])
{
    size_t n = x->n, ns = x->law.ns, cols = ns + n + 2, i, j;
    int rows = (int)ns, all = (int)cols;

    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, all, rows, 1, x->E, all, x->E, all, 0,
                x->product, all);
    for (i = 0; i < ns; i++) {
        double *E = x->E + i * cols, *to = x->product + i * cols, a = E[ns + n], b = E[ns + n + 1];

        for (j = ns; j < ns + n; j++)
            to[j] += E[j];
        to[ns + n] += a * turn[0] + b * turn[2];
        to[ns + n + 1] += a * turn[1] + b * turn[3];
    }
    memcpy(x->E, x->product, ns * cols * sizeof *x->E);
}

static ory_status make_transition(swing *x, double h, ory_error *err)
{
    size_t ns = x->law.ns, cols = ns + x->n + 2, i;
    double size = (x->rational.on ? swing_rational_norm(x) : law_norm(&x->law)) * h, part;
    double W[4] = {1, 0, 0, 1}, turn[4];
    int halvings = size > 0.5 ? (int)ceil(log2(size / 0.5)) : 0, k;

    if (halvings > 60 || !isfinite(size))
        return ory_fail(err, ORY_ERANGE, "dyn.swing: frame = %g s is too long for a network this stiff "
                        "(rates up to %.3g per second)", h, size / h);
    part = ldexp(h, -halvings);
    memset(x->term, 0, ns * cols * sizeof *x->term);
    for (i = 0; i < ns; i++)
        x->term[i * cols + i] = 1;
    memcpy(x->E, x->term, ns * cols * sizeof *x->E);
    for (k = 1; k <= TAYLOR; k++) {
        next_term(x, part, k, W);
        for (i = 0; i < ns * cols; i++)
            x->E[i] += x->term[i];
    }
    for (k = 0; k < halvings; k++) {
        swing_shape_turn(&x->law, ldexp(part, k), turn);
        square(x, turn);
    }
    if (x->rational.on)
        swing_rational_finish(x, x->turn);
    if (!ory_all_finite(x->E, ns * cols))
        return ory_fail(err, ORY_EDIVERGE, "dyn.swing: the transition over frame = %g s overflows", h);
    return ORY_OK;
}

static void coherent_generator(swing *x, double h, const double c[2])
{
    const swing_law *law = &x->law;
    size_t nb = x->nb, i;
    ory_mat *M = &x->CM;

    *ory_mat_at(M, 0, 0) = -law->total_d / law->total_m * h;
    for (i = 0; i < law->nq; i++) {
        *ory_mat_at(M, 0, 1 + i) = -h / law->total_m;
        *ory_mat_at(M, 1 + i, 0) = law->rinv[i] / law->tau[i] * h;
        *ory_mat_at(M, 1 + i, 1 + i) = -h / law->tau[i];
    }
    *ory_mat_at(M, 0, nb) = h / law->total_m;
    *ory_mat_at(M, 0, nb + 1) = c[0] * law->total_u0 / law->total_m * h;
    *ory_mat_at(M, 0, nb + 2) = c[1] * law->total_u0 / law->total_m * h;
}

/* The coherent response likewise: ybar, qbar under (sum u, w1, w2). */
static ory_status make_coherent(swing *x, double h, ory_error *err)
{
    const swing_law *law = &x->law;
    size_t nb = x->nb, i;
    double c[2], E[4];
    ory_status ok;
    ory_mat *M = &x->CM;

    swing_shape_output(law->shape, c);
    swing_shape_generator(law, E);
    memset(M->data, 0, M->rows * M->ld * sizeof *M->data);
    if (x->rational.on)
        swing_rational_coherent(x, h);
    else
        coherent_generator(x, h, c);
    for (i = 0; i < 4; i++)
        *ory_mat_at(M, nb + 1 + i / 2, nb + 1 + i % 2) = E[i] * h;
    if ((ok = ory_expm(M, &x->C, err)) == ORY_OK && x->rational.on)
        swing_rational_finish_coherent(x, x->turn);
    return ok;
}

/* Largest stable step of Runge-Kutta, with margin. */
static double step_limit(const swing_law *law)
{
    double spring = 0, rate = 0, limit = INFINITY;
    size_t i, e;

    for (i = 0; i < law->n; i++) {
        double own = 0;

        for (e = law->L->start[i]; e < law->L->start[i + 1]; e++)
            if (law->L->col[e] == i)
                own = law->L->value[e];
        spring = fmax(spring, law->ki * 2 * own / law->m[i]);
        rate = fmax(rate, (law->d[i] + 2 * law->kp * own) / law->m[i]);
        if (law->nq && law->rinv[i] > 0)
            limit = fmin(limit, law->tau[i]);
    }
    return fmin(limit, fmin(1.4 / sqrt(spring), 1.4 / rate));
}

ory_status swing_prepare(ory_system *s, ory_error *err)
{
    swing *x = s->self;
    double h = ory_values_real(&s->values, WP_FRAME), steps, limit, rightmost, radius;
    ory_status ok = x->rational.on ? swing_rational_law(x, err) : ORY_OK;

    if (ok != ORY_OK)
        return ok;
    if (x->exact) {
        swing_shape_turn(&x->law, h, x->turn);
        ok = make_transition(x, h, err);
        return ok == ORY_OK ? make_coherent(x, h, err) : ok;
    }
    if (x->rational.on && (ok = swing_rational_poles(x, &rightmost, &radius, err)) != ORY_OK)
        return ok;
    limit = x->rational.on ? 1.4 / radius : step_limit(&x->law);
    steps = ceil(h / (ory_values_real(&s->values, WP_SAFETY) * limit) * (1 - 1e-12));
    if (!(steps <= 1e6))
        return ory_fail(err, ORY_ERANGE, "dyn.swing: frame = %g s takes %g steps of Runge-Kutta (at most "
                        "1e6)", h, steps);
    x->substeps = steps < 1 ? 1 : (size_t)steps;
    return ORY_OK;
}

static void exact_step(swing *x, double *z, double *next)
{
    size_t n = x->n, ns = x->law.ns, cols = ns + n + 2, nb = x->nb, i, j;
    double sum = 0;

    for (i = 0; i < n; i++)
        sum += z[x->u + i];
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)ns, (int)cols, 1, x->E, (int)cols, z, 1, 0, next, 1);
    for (i = 0; i < nb; i++) {
        const double *row = ory_mat_at(&x->C, i, 0);
        double v = row[nb] * sum + row[nb + 1] * z[x->w] + row[nb + 2] * z[x->w + 1];

        for (j = 0; j < nb; j++)
            v += row[j] * z[x->ybar + j];
        next[x->ybar + i] = v;
    }
}

/* ------------------------------------------------------------------- Runge-Kutta */

/* k = derivative of phi, y, q, ybar, qbar at state z, with the shape's value given. */
static void derivative(const swing *x, const double *z, double shape, double *k, double *scratch)
{
    const swing_law *law = &x->law;
    size_t n = law->n, ns = law->ns, i;
    const double *qbar = z + x->qbar;
    double power = 0, *kbar = k + ns;

    if (x->rational.on) {
        swing_rational_derivative(x, z, shape, k);
        return;
    }
    apply(law, z, 1, scratch, x->LV, k);
    for (i = 0; i < n; i++) {
        k[n + i] += (z[x->u + i] + shape * law->u0[i]) / law->m[i];
        power += z[x->u + i];
    }
    power += shape * law->total_u0;
    for (i = 0; i < law->nq; i++) {
        power -= qbar[i];
        kbar[1 + i] = (law->rinv[i] * z[x->ybar] - qbar[i]) / law->tau[i];
    }
    kbar[0] = (power - law->total_d * z[x->ybar]) / law->total_m;
}

/* to = z + a k in the moving parts of the state. */
static void along(const swing *x, const double *z, double a, const double *k, double *to)
{
    size_t ns = x->law.ns, nb = x->nb, i;

    for (i = 0; i < ns; i++)
        to[i] = z[i] + a * k[i];
    for (i = 0; i < nb; i++)
        to[x->ybar + i] = z[x->ybar + i] + a * k[ns + i];
}

/* z advances by h in place. */
static void rk4_step(swing *x, double h, double *z)
{
    size_t len = x->law.ns + x->nb, i;
    double *k1 = x->k, *k2 = k1 + len, *k3 = k2 + len, *k4 = k3 + len, *stage = k4 + len;
    double *scratch = stage + x->mark + 1, half[4], *w = z + x->w, begin, middle, end;

    swing_shape_turn(&x->law, h / 2, half);
    begin = swing_shape(x, z);
    swing_turn_by(half, w);
    middle = swing_shape(x, z);
    swing_turn_by(half, w);
    end = swing_shape(x, z);
    memcpy(stage, z, (x->mark + 1) * sizeof *stage);
    derivative(x, z, begin, k1, scratch);
    along(x, z, h / 2, k1, stage);
    derivative(x, stage, middle, k2, scratch);
    along(x, z, h / 2, k2, stage);
    derivative(x, stage, middle, k3, scratch);
    along(x, z, h, k3, stage);
    derivative(x, stage, end, k4, scratch);
    for (i = 0; i < len; i++)
        k1[i] += 2 * k2[i] + 2 * k3[i] + k4[i];
    along(x, z, h / 6, k1, z);
}

/* --------------------------------------------------------------------------- a frame */

static ory_status check_size(const swing *x, const double *next, double t, ory_error *err)
{
    size_t i;

    for (i = 0; i < x->n; i++)
        if (!(fabs(next[x->n + i]) <= diverged))
            return ory_fail(err, ORY_EDIVERGE, "dyn.swing: unstable: |y[%zu]| = %.3g at t = %g s (stopped "
                            "beyond 1e12)", i + 1, fabs(next[x->n + i]), t);
    return ORY_OK;
}

ory_status swing_advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next,
                         double *t_next, ory_error *err)
{
    swing *x = s->self;
    double h = ory_values_real(&s->values, WP_FRAME), *z = x->z;
    bool struck = false;
    size_t i;

    (void)rng;
    memcpy(z, m->x, s->dim * sizeof *z);
    if (z[x->w + 2] == 0 && m->t >= ory_values_real(&s->values, WP_T0) - 1e-9 * h)
        swing_begin(x, z);
    for (i = 0; i < x->n; i++)
        struck |= z[x->impulse + i] != 0;
    if (struck)
        jump(x, z, z + x->impulse);
    memset(z + x->impulse, 0, x->n * sizeof *z);
    memcpy(next, z, s->dim * sizeof *next);
    if (x->exact) {
        exact_step(x, z, next);
        swing_turn_by(x->turn, next + x->w);
    } else {
        for (i = 0; i < x->substeps; i++)
            rk4_step(x, h / (double)x->substeps, z);
        if (x->rational.on)
            swing_rational_output(x, z);
        memcpy(next, z, s->dim * sizeof *next);
    }
    next[x->mark] = swing_mark(x, next);
    *t_next = m->t + h;
    return check_size(x, next, *t_next, err);
}
