/* SPDX-License-Identifier: GPL-3.0-or-later */
/* swing_rational.c - nodes of dyn.swing with any proper rational g(s) = num/den, in time: every
 * node in controllable canonical form,
 *
 *   z_1' = z_2, ..., z_l' = -sum a_k z_{k+1}/a_l + v,   v = u - L (kp y + ki phi),
 *   y = sum_{k<l} (b_k - D a_k) z_{k+1}/a_l + D v,   D = b_l/a_l,   phi' = y,
 *
 * with the algebraic loop of D and kp solved once, y = (I + kp D L)^-1 (C z + D (u - ki L phi)); and
 * their coherent response, ghat = 1/sum 1/g_i multiplied out as one such node. */
#include "config.h"

#include <cblas.h>
#include <complex.h>
#include <math.h>
#include <string.h>

#include "core/linalg.h"
#include "core/mem.h"
#include "systems/swing.h"

enum {
    NUMERATORS = 12, /* different ones up to which ghat is multiplied out */
    DEGREE = (NUMERATORS + 1) * ORY_NODE_ORDER,
    STATES = 900     /* of all nodes */
};

/* Coefficients below this part of the largest one are those of a power that cancelled. */
static const double cancelled = 1e-13;

void swing_rational_fini(swing_rational *r)
{
    ory_free(r->first);
    ory_free(r->num);
    ory_free(r->den);
    ory_mat_free(&r->G);
    ory_mat_free(&r->B);
}

/* --------------------------------------------------------------------------- reading */

/* Row i of a (or its only row), ascending powers; *degree: of the last coefficient that is not 0. */
static ory_status read_row(const ory_system *s, int row, size_t n, size_t i, double *c, int *degree,
                           ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, row);
    const char *name = s->values.params[row].name;

    if ((a->rows != n && a->rows != 1) || a->cols < 1 || a->cols > ORY_NODE_ORDER + 1)
        return ory_fail(err, ORY_ESHAPE, "%s: %s is %zu x %zu (must have %zu rows, or one for all nodes, of "
                        "1 to %d coefficients)", s->class->name, name, a->rows, a->cols, n,
                        ORY_NODE_ORDER + 1);
    *degree = -1;
    for (size_t k = 0; k < a->cols; k++) {
        c[k] = *ory_mat_at(a, a->rows == 1 ? 0 : i, k);
        if (c[k] != 0)
            *degree = (int)k;
    }
    if (*degree < 0)
        return ory_fail(err, ORY_EINVAL, "%s: %s of node %zu is 0", s->class->name, name, i + 1);
    return ORY_OK;
}

static ory_status read_node(const ory_system *s, size_t n, size_t i, ory_node *g, ory_error *err)
{
    ory_status ok;

    *g = (ory_node){0};
    if ((ok = read_row(s, WP_NUM, n, i, g->num, &g->zeros, err)) != ORY_OK ||
        (ok = read_row(s, WP_DEN, n, i, g->den, &g->order, err)) != ORY_OK)
        return ok;
    if ((ok = ory_node_check(g, err)) != ORY_OK)
        ory_fail_prefix(err, "%s: node %zu", s->class->name, i + 1);
    return ok;
}

/* ------------------------------------------------------------------------- coherence */

static bool same_numerator(const ory_node *a, const ory_node *b)
{
    return a->zeros == b->zeros && memcmp(a->num, b->num, sizeof a->num) == 0;
}

/* p (degree *n) times a node's numerator. */
static void times(double *p, int *n, const ory_node *g)
{
    double out[DEGREE + 1] = {0};

    for (int i = 0; i <= *n; i++)
        for (int j = 0; j <= g->zeros; j++)
            out[i + j] += p[i] * g->num[j];
    *n += g->zeros;
    memcpy(p, out, sizeof out);
}

/* Nodes of one numerator are one, with the sum of their denominators: nothing common is left to
 * cancel between them. 0: more numerators than are multiplied out. */
static size_t merge(const swing *x, ory_node *out)
{
    size_t count = 0, i, k;

    for (i = 0; i < x->n; i++) {
        const ory_node *g = &x->nodes[i];

        for (k = 0; k < count && !same_numerator(&out[k], g); k++)
            ;
        if (k == NUMERATORS)
            return 0;
        if (k == count) {
            out[count++] = *g;
            continue;
        }
        out[k].order = g->order > out[k].order ? g->order : out[k].order;
        for (int c = 0; c <= ORY_NODE_ORDER; c++)
            out[k].den[c] += g->den[c];
    }
    return count;
}

static int degree_of(const double *p)
{
    double most = 0;
    int n = DEGREE;

    for (int i = 0; i <= DEGREE; i++)
        most = fmax(most, fabs(p[i]));
    while (n > 0 && fabs(p[n]) <= cancelled * most)
        n--;
    return n;
}

/* ghat = prod num / sum_i den_i prod_{j != i} num_j, where that is proper. */
static ory_status make_coherent_node(swing *x, ory_error *err)
{
    swing_rational *r = &x->rational;
    ory_node group[NUMERATORS];
    size_t count = merge(x, group), i, j;
    double num[DEGREE + 1] = {1}, den[DEGREE + 1] = {0};
    int n = 0, l;

    r->order = 0;
    r->num = ory_alloc(DEGREE + 1, sizeof *r->num);
    r->den = ory_alloc(DEGREE + 1, sizeof *r->den);
    if (!r->num || !r->den)
        return ory_fail(err, ORY_ENOMEM, "dyn.swing: out of memory");
    r->den[0] = 1;
    for (i = 0; i < count; i++) {
        double part[DEGREE + 1] = {0};
        int d = ORY_NODE_ORDER;

        memcpy(part, group[i].den, sizeof group[i].den);
        for (j = 0; j < count; j++)
            if (j != i)
                times(part, &d, &group[j]);
        for (l = 0; l <= DEGREE; l++)
            den[l] += part[l];
        times(num, &n, &group[i]);
    }
    l = degree_of(den);
    r->coherent = count > 0 && degree_of(num) <= l && den[l] != 0;
    if (!r->coherent)
        return ORY_OK;
    r->order = (size_t)l;
    memcpy(r->num, num, sizeof num);
    memcpy(r->den, den, sizeof den);
    return ORY_OK;
}

/* Coefficients of the output of a node over its states, and of its input. */
static double output_of(const double *num, const double *den, size_t order, size_t k)
{
    return (num[k] - num[order] / den[order] * den[k]) / den[order];
}

static double through(const double *num, const double *den, size_t order)
{
    return num[order] / den[order];
}

ory_status swing_rational_read(ory_system *s, swing *x, ory_error *err)
{
    swing_rational *r = &x->rational;
    ory_status ok = ORY_OK;
    size_t i;

    if (!ory_values_given(&s->values, WP_NUM) || !ory_values_given(&s->values, WP_DEN))
        return ory_fail(err, ORY_EINVAL, "%s: family \"rational\" needs num and den, the coefficients of its "
                        "nodes", s->class->name);
    if (x->n > SWING_EXACT)
        return ory_fail(err, ORY_EINVAL, "%s: family \"rational\": %zu nodes (at most %d)", s->class->name,
                        x->n, SWING_EXACT);
    r->on = true;
    if (!(r->first = ory_alloc(x->n + 1, sizeof *r->first)))
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    for (i = 0; ok == ORY_OK && i < x->n; i++) {
        ok = read_node(s, x->n, i, &x->nodes[i], err);
        r->first[i + 1] = r->first[i] + (size_t)x->nodes[i].order;
        x->m0[i] = 1;
        x->law.tau[i] = 1;
    }
    if (ok != ORY_OK)
        return ok;
    x->law.nq = r->first[x->n];
    if (x->law.nq > STATES)
        return ory_fail(err, ORY_EINVAL, "%s: the denominators have %zu powers in all (at most %d)",
                        s->class->name, x->law.nq, STATES);
    return make_coherent_node(x, err);
}

/* ------------------------------------------------------------------------ the law */

/* (kp y + ki phi) goes through L: out = -L in, n x cols. */
static void minus_L(const swing *x, const ory_mat *in, ory_mat *out)
{
    ory_gemm(ORY_PLAIN, ORY_PLAIN, -1, &x->dense_L, in, 0, out);
}

/* Right-hand side of the algebraic loop, n x (ns + n): [-ki D L, 0, C | D], and its matrix. */
static void loop(const swing *x, ory_mat *M, ory_mat *rhs)
{
    const swing_law *law = &x->law;
    size_t n = x->n;

    for (size_t i = 0; i < n; i++) {
        const ory_node *g = &x->nodes[i];
        size_t l = (size_t)g->order;
        double D = through(g->num, g->den, l);

        for (size_t j = 0; j < n; j++) {
            double Lij = *ory_mat_at(&x->dense_L, i, j);

            *ory_mat_at(M, i, j) = (i == j) + law->kp * D * Lij;
            *ory_mat_at(rhs, i, j) = -law->ki * D * Lij;
        }
        for (size_t k = 0; k < l; k++)
            *ory_mat_at(rhs, i, 2 * n + x->rational.first[i] + k) = output_of(g->num, g->den, l, k);
        *ory_mat_at(rhs, i, law->ns + i) = D;
    }
}

/* Rows of G and B from y = Y (state, u) and v = V (state) + BV u. */
static void fill(swing *x, const ory_mat *Y, const ory_mat *V)
{
    swing_rational *r = &x->rational;
    size_t n = x->n, ns = x->law.ns;

    memset(r->G.data, 0, r->G.rows * r->G.ld * sizeof *r->G.data);
    memset(r->B.data, 0, r->B.rows * r->B.ld * sizeof *r->B.data);
    for (size_t i = 0; i < n; i++) {
        const ory_node *g = &x->nodes[i];
        size_t l = (size_t)g->order, z = 2 * n + r->first[i];

        for (size_t half = 0; half < 2; half++) { /* rows phi and y */
            memcpy(ory_mat_at(&r->G, half * n + i, 0), ory_mat_at(Y, i, 0), ns * sizeof(double));
            memcpy(ory_mat_at(&r->B, half * n + i, 0), ory_mat_at(Y, i, ns), n * sizeof(double));
        }
        if (l == 0)
            continue;
        for (size_t k = 0; k + 1 < l; k++)
            *ory_mat_at(&r->G, z + k, z + k + 1) = 1;
        memcpy(ory_mat_at(&r->G, z + l - 1, 0), ory_mat_at(V, i, 0), ns * sizeof(double));
        memcpy(ory_mat_at(&r->B, z + l - 1, 0), ory_mat_at(V, i, ns), n * sizeof(double));
        for (size_t k = 0; k < l; k++)
            *ory_mat_at(&r->G, z + l - 1, z + k) -= g->den[k] / g->den[l];
        *ory_mat_at(&r->B, z + l - 1, i) += 1;
    }
}

ory_status swing_rational_law(swing *x, ory_error *err)
{
    swing_rational *r = &x->rational;
    size_t n = x->n, ns = x->law.ns, all = ns + n;
    ory_mat M = {0}, rhs = {0}, Y = {0}, V = {0};
    ory_status ok = r->G.data ? ORY_OK : ory_mat_new(&r->G, ns, ns, err);

    if (ok == ORY_OK && !r->B.data)
        ok = ory_mat_new(&r->B, ns, n, err);
    if (ok == ORY_OK && (ok = ory_mat_new(&M, n, n, err)) == ORY_OK &&
        (ok = ory_mat_new(&rhs, n, all, err)) == ORY_OK && (ok = ory_mat_new(&Y, n, all, err)) == ORY_OK)
        ok = ory_mat_new(&V, n, all, err);
    if (ok == ORY_OK) {
        loop(x, &M, &rhs);
        if ((ok = ory_solve(&M, &rhs, &Y, err)) == ORY_ESINGULAR)
            ok = ory_fail(err, ORY_ESINGULAR, "dyn.swing: the algebraic loop has no solution: I + kp D L is "
                          "singular");
    }
    if (ok == ORY_OK) {
        for (size_t i = 0; i < n; i++) { /* rhs: kp y + ki phi */
            for (size_t j = 0; j < all; j++)
                *ory_mat_at(&rhs, i, j) = x->law.kp * *ory_mat_at(&Y, i, j);
            *ory_mat_at(&rhs, i, i) += x->law.ki;
        }
        minus_L(x, &rhs, &V);
        fill(x, &Y, &V);
    }
    ory_mat_free(&M);
    ory_mat_free(&rhs);
    ory_mat_free(&Y);
    ory_mat_free(&V);
    return ok;
}

/* out = G X for X, out ns x c row-major; rows y are no states: 0. */
void swing_rational_apply(const swing *x, const double *X, size_t c, double *out)
{
    const ory_mat *G = &x->rational.G;
    int ns = (int)x->law.ns, cols = (int)c;

    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, ns, cols, ns, 1, G->data, (int)G->ld, X, cols, 0,
                out, cols);
    memset(out + x->n * c, 0, x->n * c * sizeof *out);
}

/* An upper limit of the growth of (phi, z) in a second: sqrt of 1-norm times inf-norm. */
double swing_rational_norm(const swing *x)
{
    const ory_mat *G = &x->rational.G;
    double row = 0, col = 0;

    for (size_t i = 0; i < G->rows; i++) {
        double a = 0, b = 0;

        for (size_t j = 0; j < G->rows; j++) {
            a += i / x->n == 1 ? 0 : fabs(*ory_mat_at(G, i, j));
            b += j / x->n == 1 ? 0 : fabs(*ory_mat_at(G, j, i));
        }
        row = fmax(row, a);
        col = fmax(col, b);
    }
    return sqrt(row * col) + (x->law.shape == SHAPE_SIN || x->law.shape == SHAPE_EXP ? x->law.rate : 0);
}

ory_status swing_rational_poles(const swing *x, double *rightmost, double *radius, ory_error *err)
{
    const ory_mat *G = &x->rational.G;
    size_t n = x->n, size = n + x->law.nq, i, j;
    double *re = ory_alloc(size, sizeof *re), *im = ory_alloc(size, sizeof *im);
    ory_mat A = {0};
    ory_status ok = re && im ? ory_mat_new(&A, size, size, err) : ory_fail(err, ORY_ENOMEM, "out of memory");

    for (i = 0; ok == ORY_OK && i < size; i++)
        for (j = 0; j < size; j++)
            *ory_mat_at(&A, i, j) = *ory_mat_at(G, i < n ? i : i + n, j < n ? j : j + n);
    if (ok == ORY_OK)
        ok = ory_eig(&A, re, im, NULL, err);
    *rightmost = -INFINITY;
    *radius = 0;
    for (i = 0; ok == ORY_OK && i < size; i++)
        *radius = fmax(*radius, hypot(re[i], im[i]));
    for (i = 0; ok == ORY_OK && i < size; i++) /* the drift of the angles is none */
        if (hypot(re[i], im[i]) > 1e-7 * *radius)
            *rightmost = fmax(*rightmost, re[i]);
    ory_mat_free(&A);
    ory_free(re);
    ory_free(im);
    return ok;
}

/* ------------------------------------------------------------------------- outputs */

/* y and ybar of a state. */
void swing_rational_output(const swing *x, double *state)
{
    const swing_rational *r = &x->rational;
    size_t n = x->n, ns = x->law.ns;
    double shape = swing_shape(x, state), sum = 0, ybar = 0;

    for (size_t i = 0; i < n; i++) {
        const double *g = ory_mat_at(&r->G, n + i, 0), *b = ory_mat_at(&r->B, n + i, 0);
        double y = 0;

        for (size_t j = 0; j < ns; j++)
            y += j / n == 1 ? 0 : g[j] * state[j];
        for (size_t j = 0; j < n; j++)
            y += b[j] * (state[x->u + j] + shape * x->law.u0[j]);
        state[n + i] = y;
        sum += state[x->u + i];
    }
    for (size_t k = 0; k < r->order; k++)
        ybar += output_of(r->num, r->den, r->order, k) * state[x->qbar + k];
    state[x->ybar] = ybar + through(r->num, r->den, r->order) * (sum + shape * x->law.total_u0);
}

void swing_rational_impulse(const swing *x, double *state, const double *amount)
{
    const swing_rational *r = &x->rational;
    size_t n = x->n;
    double sum = 0;

    for (size_t i = 0; i < x->law.ns; i++)
        for (size_t j = 0; i / n != 1 && j < n; j++)
            state[i] += *ory_mat_at(&r->B, i, j) * amount[j];
    for (size_t i = 0; i < n; i++)
        sum += amount[i];
    if (r->order > 0)
        state[x->qbar + r->order - 1] += sum;
}

/* ----------------------------------------------------------------- exact and small steps */

/* Rows y of the transition: the output at its end. */
void swing_rational_finish(swing *x, const double turn[4])
{
    const swing_rational *r = &x->rational;
    const swing_law *law = &x->law;
    size_t n = x->n, ns = law->ns, cols = ns + n + 2;
    double c[2];

    swing_shape_output(law->shape, c);
    for (size_t i = 0; i < n; i++) {
        double *row = x->E + (n + i) * cols, u0 = 0;

        memset(row, 0, cols * sizeof *row);
        for (size_t j = 0; j < n; j++) {
            row[ns + j] = *ory_mat_at(&r->B, n + i, j);
            u0 += row[ns + j] * law->u0[j];
        }
        for (size_t j = 0; j < 2; j++)
            row[ns + n + j] = u0 * (c[0] * turn[j] + c[1] * turn[2 + j]);
        for (size_t k = 0; k < ns; k++)
            if (k / n != 1)
                cblas_daxpy((int)cols, *ory_mat_at(&r->G, n + i, k), x->E + k * cols, 1, row, 1);
    }
}

/* The generator of ybar, zbar under (sum u, w1, w2) over h, into x->CM. */
void swing_rational_coherent(swing *x, double h)
{
    const swing_rational *r = &x->rational;
    size_t nb = x->nb, l = r->order;
    double c[2];

    swing_shape_output(x->law.shape, c);
    for (size_t k = 0; k + 1 < l; k++)
        *ory_mat_at(&x->CM, 1 + k, 2 + k) = h;
    if (l == 0)
        return;
    for (size_t k = 0; k < l; k++)
        *ory_mat_at(&x->CM, l, 1 + k) -= h * r->den[k] / r->den[l];
    *ory_mat_at(&x->CM, l, nb) = h;
    *ory_mat_at(&x->CM, l, nb + 1) = c[0] * x->law.total_u0 * h;
    *ory_mat_at(&x->CM, l, nb + 2) = c[1] * x->law.total_u0 * h;
}

/* Row ybar of its transition x->C: the output at its end. */
void swing_rational_finish_coherent(swing *x, const double turn[4])
{
    const swing_rational *r = &x->rational;
    size_t nb = x->nb;
    double c[2], D = through(r->num, r->den, r->order), *row = ory_mat_at(&x->C, 0, 0);

    swing_shape_output(x->law.shape, c);
    memset(row, 0, (nb + 3) * sizeof *row);
    row[nb] = D;
    for (size_t j = 0; j < 2; j++)
        row[nb + 1 + j] = D * x->law.total_u0 * (c[0] * turn[j] + c[1] * turn[2 + j]);
    for (size_t k = 0; k < r->order; k++)
        cblas_daxpy((int)nb + 3, output_of(r->num, r->den, r->order, k), ory_mat_at(&x->C, 1 + k, 0), 1, row,
                    1);
}

/* k = derivative of phi, z, zbar at state z (0 for the outputs), with the shape's value given. */
void swing_rational_derivative(const swing *x, const double *z, double shape, double *k)
{
    const swing_rational *r = &x->rational;
    const swing_law *law = &x->law;
    size_t n = x->n, l = r->order;
    const double *zbar = z + x->qbar;
    double *kbar = k + law->ns, sum = shape * law->total_u0;

    swing_rational_apply(x, z, 1, k);
    for (size_t j = 0; j < n; j++) {
        double u = z[x->u + j] + shape * law->u0[j];

        sum += z[x->u + j];
        for (size_t i = 0; i < law->ns; i++)
            if (i / n != 1)
                k[i] += *ory_mat_at(&r->B, i, j) * u;
    }
    kbar[0] = 0;
    for (size_t i = 0; i < l; i++)
        kbar[1 + i] = i + 1 < l ? zbar[i + 1] : sum;
    for (size_t i = 0; i < l; i++)
        kbar[l] -= r->den[i] / r->den[l] * zbar[i];
}

/* ----------------------------------------------------------------------------- figures */

/* g(0) sums: where all nodes come to rest under a lasting power of sum 1. */
double swing_rational_rest(const swing *x)
{
    bool pole;

    return creal(ory_coherence_gbar(&x->net, 0, &pole)) / (double)x->n;
}
