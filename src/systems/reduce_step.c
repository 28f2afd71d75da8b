/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reduce_step.c - dyn.reduce in time: the law of k groups with n turbines, exact transitions
 * of one frame by a matrix exponential, Runge-Kutta where that would be too large. */
#include "config.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "core/linalg.h"
#include "systems/reduce.h"

static const double diverged = 1e12;

double reduce_shape(const reduce *x, const double *state)
{
    double c[2];

    swing_shape_output(x->net->law.shape, c);
    return c[0] * state[x->w] + c[1] * state[x->w + 1];
}

void reduce_begin(const reduce *x, double *state)
{
    int shape = x->net->law.shape;
    double *w = state + x->w;
    size_t a;

    w[0] = shape == SHAPE_STEP || shape == SHAPE_EXP || shape == SHAPE_SIN;
    w[1] = shape == SHAPE_EXP ? -1 : 0;
    w[2] = 1;
    for (a = 0; shape == SHAPE_IMPULSE && a < x->k; a++)
        state[x->k + a] += x->U[a] / x->M[a];
}

/* Weights that no simple change of the state leaves alone. */
double reduce_mark(const reduce *x, const double *state)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < x->ns; i++)
        sum += state[i] * (1 + 1 / (double)(i + 2));
    for (i = x->w; i < x->w + 3; i++)
        sum += state[i] * (1 + 1 / (double)(i + 2));
    return sum;
}

void reduce_power(const reduce *x, const double *state, double *power)
{
    double shape = reduce_shape(x, state);
    size_t a, i;

    for (a = 0; a < x->k; a++)
        power[a] = shape * x->U[a];
    for (i = 0; i < x->n; i++)
        power[x->label[i]] += state[x->u + i];
}

void reduce_rates(const reduce *x, const double *state, const double *power, double *out)
{
    const swing_law *law = &x->net->law;
    size_t k = x->k, a, b, j;
    const double *phi = state, *y = state + k, *q = state + 2 * k;

    for (a = 0; a < k; a++) {
        const double *row = ory_mat_at(x->L_k, a, 0);
        double force = 0;

        for (b = 0; b < k; b++)
            force += row[b] * (x->kp * y[b] + x->ki * phi[b]);
        out[a] = y[a];
        out[k + a] = power[a] - x->D[a] * y[a] - force;
    }
    for (j = 0; j < x->nq; j++) {
        out[k + x->label[j]] -= q[j];
        out[2 * k + j] = (law->rinv[j] * y[x->label[j]] - q[j]) / law->tau[j];
    }
    for (a = 0; a < k; a++)
        out[k + a] /= x->M[a];
}

/* ------------------------------------------------------------------ exact transitions */

/* h times the generator over (phi, y, q, uhat, w1, w2), of which the inputs stand still and
 * the shape turns. */
static void write_generator(reduce *x, double h)
{
    const swing_law *law = &x->net->law;
    size_t k = x->k, ns = x->ns, a, b, j;
    double c[2], W[4];
    ory_mat *A = &x->A;

    swing_shape_output(law->shape, c);
    swing_shape_generator(law, W);
    memset(A->data, 0, A->rows * A->ld * sizeof *A->data);
    for (a = 0; a < k; a++) {
        double *row = ory_mat_at(A, k + a, 0), im = h / x->M[a];

        *ory_mat_at(A, a, k + a) = h;
        for (b = 0; b < k; b++) {
            row[b] = -x->ki * *ory_mat_at(x->L_k, a, b) * im;
            row[k + b] = -x->kp * *ory_mat_at(x->L_k, a, b) * im;
        }
        row[k + a] -= x->D[a] * im;
        row[ns + a] = im;
        row[ns + k] = c[0] * x->U[a] * im;
        row[ns + k + 1] = c[1] * x->U[a] * im;
    }
    for (j = 0; j < x->nq; j++) {
        *ory_mat_at(A, k + x->label[j], 2 * k + j) = -h / x->M[x->label[j]];
        *ory_mat_at(A, 2 * k + j, k + x->label[j]) = law->rinv[j] / law->tau[j] * h;
        *ory_mat_at(A, 2 * k + j, 2 * k + j) = -h / law->tau[j];
    }
    for (j = 0; j < 4; j++)
        *ory_mat_at(A, ns + k + j / 2, ns + k + j % 2) = W[j] * h;
}

/* Largest stable step of Runge-Kutta, with margin: as for the full network. */
static double step_limit(const reduce *x)
{
    const swing_law *law = &x->net->law;
    double spring = 0, rate = 0, limit = INFINITY;
    size_t a, b, j;

    for (a = 0; a < x->k; a++) {
        double sum = 0;

        for (b = 0; b < x->k; b++)
            sum += fabs(*ory_mat_at(x->L_k, a, b));
        spring = fmax(spring, x->ki * sum / x->M[a]);
        rate = fmax(rate, (fabs(x->D[a]) + x->kp * sum) / x->M[a]);
    }
    for (j = 0; j < x->nq; j++)
        if (law->rinv[j] > 0)
            limit = fmin(limit, law->tau[j]);
    return fmin(limit, fmin(1.4 / sqrt(spring), 1.4 / rate));
}

ory_status reduce_prepare(ory_system *s, ory_error *err)
{
    reduce *x = s->self;
    double h = ory_values_real(&s->values, WP_FRAME), steps;

    if (!x->exact) {
        steps = ceil(h / (ory_values_real(&s->values, WP_SAFETY) * step_limit(x)) * (1 - 1e-12));
        if (!(steps <= 1e6))
            return ory_fail(err, ORY_ERANGE, "%s: frame = %g s takes %g steps of Runge-Kutta (at most 1e6)",
                            s->class->name, h, steps);
        x->substeps = steps < 1 ? 1 : (size_t)steps;
        return ORY_OK;
    }
    swing_shape_turn(&x->net->law, h, x->turn);
    write_generator(x, h);
    return ory_expm(&x->A, &x->E, err);
}

static void exact_step(reduce *x, const double *z, double *next)
{
    size_t ns = x->ns, k = x->k, i;
    double *in = x->input;

    memcpy(in, z, ns * sizeof *in);
    memset(in + ns, 0, k * sizeof *in);
    for (i = 0; i < x->n; i++)
        in[ns + x->label[i]] += z[x->u + i];
    in[ns + k] = z[x->w];
    in[ns + k + 1] = z[x->w + 1];
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)ns, (int)x->E.cols, 1, x->E.data, (int)x->E.ld, in, 1, 0,
                next, 1);
}

/* ------------------------------------------------------------------------ Runge-Kutta */

/* to = z + h k in phi, y, q. */
static void along(const reduce *x, const double *z, double h, const double *k, double *to)
{
    size_t i;

    for (i = 0; i < x->ns; i++)
        to[i] = z[i] + h * k[i];
}

/* The power of the groups follows the shape, u stands still. */
static void rk4_step(reduce *x, double h, double *z)
{
    size_t ns = x->ns, i;
    double *k1 = x->rk, *k2 = k1 + ns, *k3 = k2 + ns, *k4 = k3 + ns, *stage = k4 + ns, *p = x->power, half[4];

    swing_shape_turn(&x->net->law, h / 2, half);
    reduce_power(x, z, p);
    reduce_rates(x, z, p, k1);
    swing_turn_by(half, z + x->w);
    reduce_power(x, z, p);
    along(x, z, h / 2, k1, stage);
    reduce_rates(x, stage, p, k2);
    along(x, z, h / 2, k2, stage);
    reduce_rates(x, stage, p, k3);
    swing_turn_by(half, z + x->w);
    reduce_power(x, z, p);
    along(x, z, h, k3, stage);
    reduce_rates(x, stage, p, k4);
    for (i = 0; i < ns; i++)
        z[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
}

/* ---------------------------------------------------------------------------- a frame */

static ory_status check_size(const ory_system *s, const double *next, double t, ory_error *err)
{
    const reduce *x = s->self;
    size_t a;

    for (a = 0; a < x->k; a++)
        if (!(fabs(next[x->k + a]) <= diverged))
            return ory_fail(err, ORY_EDIVERGE, "%s: unstable: |y| of group %zu = %.3g at t = %g s (stopped "
                            "beyond 1e12)", s->class->name, a + 1, fabs(next[x->k + a]), t);
    return ORY_OK;
}

ory_status reduce_advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next, double *t_next,
                          ory_error *err)
{
    reduce *x = s->self;
    double h = ory_values_real(&s->values, WP_FRAME), *z = x->z;
    size_t i;

    (void)rng;
    memcpy(z, m->x, s->dim * sizeof *z);
    if (z[x->w + 2] == 0 && m->t >= ory_values_real(&s->values, WP_T0) - 1e-9 * h)
        reduce_begin(x, z);
    for (i = 0; i < x->n; i++) {
        z[x->k + x->label[i]] += z[x->impulse + i] / x->M[x->label[i]];
        z[x->impulse + i] = 0;
    }
    memcpy(next, z, s->dim * sizeof *next);
    if (x->exact) {
        exact_step(x, z, next);
        swing_turn_by(x->turn, next + x->w);
    } else {
        for (i = 0; i < x->substeps; i++)
            rk4_step(x, h / (double)x->substeps, next);
    }
    next[x->mark] = reduce_mark(x, next);
    *t_next = m->t + h;
    return check_size(s, next, *t_next, err);
}
