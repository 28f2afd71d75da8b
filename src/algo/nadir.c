/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nadir.c - the network in modal form, one row of H(t), its dual norm and worst
 * disturbance, the table of instants and its refinement. */
#include "config.h"

#include "algo/nadir.h"

#include <assert.h>
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "algo/graph.h"
#include "algo/roots.h"
#include "core/interrupt.h"
#include "core/linalg.h"
#include "core/mem.h"

const char *const ory_ball_names[] = {"2", "inf", "1", NULL};
const char *const ory_nadir_kinds[] = {"interior", "horizon", "infinity", NULL};

/* ------------------------------------------------------------------- the network */

void ory_nadir_net_fini(ory_nadir_net *net)
{
    if (!net)
        return;
    ory_free(net->r);
    ory_free(net->lam);
    ory_free(net->P);
    ory_free(net->work);
    ory_free(net->pool);
    memset(net, 0, sizeof *net);
}

static ory_status check_units(const double *m, const double *d, size_t n, ory_error *err)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (!(m[i] > 0) || isinf(m[i]))
            return ory_fail(err, ORY_EINVAL, "inertia m[%zu] = %g (must be finite and > 0)", i + 1,
                            m[i]);
        if (!(d[i] > 0) || isinf(d[i]))
            return ory_fail(err, ORY_EINVAL, "damping d[%zu] = %g (must be finite and > 0)", i + 1,
                            d[i]);
    }
    return ORY_OK;
}

static ory_status check_proportional(const double *m, const double *d, size_t n, ory_error *err)
{
    double low = INFINITY, high = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        low = fmin(low, d[i] / m[i]);
        high = fmax(high, d[i] / m[i]);
    }
    if (high - low > 1e-6 * high)
        return ory_fail(err, ORY_EINVAL,
                        "units are not proportional: d/m lies between %g and %g 1/s (spread %.3g); "
                        "units = \"general\" solves them as they are, \"project\" makes them "
                        "proportional", low, high, (high - low) / high);
    return ORY_OK;
}

void ory_nadir_reset(ory_nadir_net *net)
{
    net->pool_used = 0;
}

double *ory_nadir_take(ory_nadir_net *net, size_t n)
{
    double *block = net->pool + net->pool_used;

    net->pool_used += n;
    assert(net->pool_used <= net->pool_size);
    return block;
}

/* lam and P from L = R^-1/2 LB R^-1/2. */
static ory_status decompose(ory_nadir_net *net, const ory_mat *LB, ory_error *err)
{
    size_t n = net->n, i, k;
    ory_mat L = {0}, V = ory_mat_view(net->P, n, n);
    ory_status ok = ory_mat_new(&L, n, n, err);
    double top;

    if (ok != ORY_OK)
        return ok;
    for (i = 0; i < n; i++)
        for (k = 0; k < n; k++)
            *ory_mat_at(&L, i, k) = 0.5 * (*ory_mat_at(LB, i, k) + *ory_mat_at(LB, k, i)) /
                                    sqrt(net->r[i] * net->r[k]);
    ok = ory_eig_sym(&L, net->lam, &V, err);
    ory_mat_free(&L);
    if (ok != ORY_OK)
        return ok;
    top = fmax(net->lam[n - 1], 0);
    if (net->lam[0] < -1e-9 * top)
        return ory_fail(err, ORY_EINVAL,
                        "the network is unstable: its Laplacian has the eigenvalue %g (negative lines)",
                        net->lam[0]);
    net->lam[0] = 0;
    for (k = 0; k < n; k++)
        if (net->lam[k] <= 1e-12 * top) {
            net->lam[k] = 0;
            net->islands++;
        }
    for (i = 0; i < n; i++)
        for (k = 0; k < n; k++)
            net->P[i * n + k] /= sqrt(net->r[i]);
    return ORY_OK;
}

static ory_status fill_net(ory_nadir_net *net, const ory_mat *LB, const double *m, const double *d,
                           ory_error *err)
{
    size_t n = net->n, table = n * n + n * (n > net->instants ? n : net->instants), i;
    ory_graph g = {0};
    ory_status ok;

    net->r = ory_alloc(n, sizeof *net->r);
    net->lam = ory_alloc(n, sizeof *net->lam);
    net->P = ory_alloc(n * n, sizeof *net->P);
    net->work = ory_alloc(4 * n, sizeof *net->work);
    net->pool_size = ory_nadir_search_room(n);
    if (net->pool_size < table)
        net->pool_size = table;
    net->pool = ory_alloc(net->pool_size, sizeof *net->pool);
    if (!net->r || !net->lam || !net->P || !net->work || !net->pool)
        return ory_fail(err, ORY_ENOMEM, "out of memory for a network of %zu buses", n);
    for (i = 0; i < n; i++) {
        net->m += m[i] / (double)n;
        net->d += d[i] / (double)n;
    }
    for (i = 0; i < n; i++)
        net->r[i] = m[i] / net->m;
    if ((ok = ory_graph_from_laplacian(&g, LB, err)) != ORY_OK)
        return ok;
    net->negative = ory_graph_negative(&g, NULL);
    ory_graph_fini(&g);
    return decompose(net, LB, err);
}

ory_status ory_nadir_net_init(ory_nadir_net *net, const ory_mat *LB, const double *m,
                              const double *d, bool project, size_t instants, ory_error *err)
{
    ory_status ok;

    *net = (ory_nadir_net){.n = LB->rows, .instants = instants};
    if (LB->rows != LB->cols || LB->rows < 1)
        return ory_fail(err, ORY_ESHAPE, "the Laplacian must be square, this one is %zu x %zu",
                        LB->rows, LB->cols);
    if ((ok = check_units(m, d, net->n, err)) != ORY_OK)
        return ok;
    if (!project && (ok = check_proportional(m, d, net->n, err)) != ORY_OK)
        return ok;
    ok = fill_net(net, LB, m, d, err);
    if (ok != ORY_OK)
        ory_nadir_net_fini(net);
    return ok;
}

ory_status ory_nadir_net_turbines(ory_nadir_net *net, const double *rinv, double tau, bool project,
                                  ory_error *err)
{
    double sum = 0, weight = 0, low = INFINITY, high = 0;
    size_t i;

    for (i = 0; i < net->n; i++) {
        if (!(rinv[i] >= 0) || isinf(rinv[i]))
            return ory_fail(err, ORY_EINVAL, "inverse droop rinv[%zu] = %g (must be finite and >= 0)",
                            i + 1, rinv[i]);
        low = fmin(low, rinv[i] / net->r[i]);
        high = fmax(high, rinv[i] / net->r[i]);
        sum += rinv[i];
        weight += net->r[i];
    }
    if (!project && high - low > 1e-6 * high)
        return ory_fail(err, ORY_EINVAL,
                        "turbines are not proportional: rinv/m lies between %g and %g 1/s (spread "
                        "%.3g); units = \"general\" solves them as they are, \"project\" makes them "
                        "proportional", low / net->m, high / net->m, (high - low) / high);
    net->c = sum / weight;
    net->tau = tau;
    return ORY_OK;
}

/* -------------------------------------------------------------------- evaluation */

ory_mode ory_nadir_mode(const ory_nadir_net *net, const ory_nadir_task *task, size_t k)
{
    return (ory_mode){net->m * task->inertia, net->d * task->damping, net->lam[k] * task->beta};
}

double ory_nadir_response(const ory_nadir_net *net, const ory_nadir_task *task, size_t k, double t)
{
    ory_mode mode = ory_nadir_mode(net, task, k);
    double E[12];

    if (isinf(t)) {
        mode.d += net->c; /* a settled turbine damps */
        return ory_mode_limit(&mode);
    }
    if (net->c == 0)
        return ory_mode_response(&mode, t, NULL);
    ory_mode_turbine(&mode, net->c, net->tau, t, E);
    return E[7];
}

static void responses(const ory_nadir_net *net, const ory_nadir_task *task, double t, double *h)
{
    size_t k;

    for (k = 0; k < net->n; k++)
        h[k] = ory_nadir_response(net, task, k, t);
}

void ory_nadir_row(const ory_nadir_net *net, const ory_nadir_task *task, size_t i, double t,
                   double *x)
{
    size_t n = net->n, k;
    double *y = net->work;

    responses(net, task, t, y);
    for (k = 0; k < n; k++)
        y[k] *= net->P[i * n + k];
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)n, (int)n, 1, net->P, (int)n, y, 1, 0, x, 1);
}

double ory_nadir_dual(const ory_nadir_task *task, const double *x, size_t n)
{
    double v = 0;
    size_t j;

    switch (task->ball) {
    case ORY_BALL_2:
        for (j = 0; j < n; j++)
            v += x[j] * x[j];
        v = sqrt(v);
        break;
    case ORY_BALL_INF:
        for (j = 0; j < n; j++)
            v += fabs(x[j]);
        break;
    case ORY_BALL_1:
        for (j = 0; j < n; j++)
            v = fmax(v, fabs(x[j]));
        break;
    }
    return task->rho * v;
}

double ory_nadir_value(const ory_nadir_net *net, const ory_nadir_task *task, size_t i, double t)
{
    double *x = net->work + net->n;

    ory_nadir_row(net, task, i, t, x);
    return ory_nadir_dual(task, x, net->n);
}

void ory_nadir_worst(const ory_nadir_task *task, const double *x, size_t n, double *u)
{
    double norm = ory_norm2(x, n), top = 0;
    size_t j, at = 0;

    for (j = 0; j < n; j++)
        top = fmax(top, fabs(x[j]));
    for (j = 0; j < n; j++) {
        if (task->ball == ORY_BALL_2)
            u[j] = norm > 0 ? -task->rho * x[j] / norm : 0;
        else if (task->ball == ORY_BALL_INF)
            u[j] = x[j] > 0 ? -task->rho : x[j] < 0 ? task->rho : 0;
        else
            u[j] = 0;
    }
    if (task->ball != ORY_BALL_1 || top == 0)
        return;
    while (fabs(x[at]) < (1 - 1e-12) * top)
        at++;
    u[at] = x[at] > 0 ? -task->rho : task->rho;
}

/* -------------------------------------------------------------------------- table */

/* Columns of P by the sign of h: H is the difference of two symmetric products, each of
 * which needs its upper triangle only. */
static void upper_half(ory_nadir_net *net, const double *h, double *scaled, double *H)
{
    size_t n = net->n, i, k, plus = 0, minus = 0;
    double *root = net->work + 2 * n;

    for (k = 0; k < n; k++) {
        root[k] = sqrt(fabs(h[k]));
        plus += h[k] > 0;
        minus += h[k] < 0;
    }
    for (i = 0; i < n; i++) {
        const double *p = net->P + i * n;
        double *a = scaled + i * n, *b = a + plus;

        for (k = 0; k < n; k++)
            if (h[k] > 0)
                *a++ = p[k] * root[k];
            else if (h[k] < 0)
                *b++ = p[k] * root[k];
    }
    memset(H, 0, n * n * sizeof *H);
    if (plus)
        cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, (int)n, (int)plus, 1, scaled, (int)n, 1,
                    H, (int)n);
    if (minus)
        cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, (int)n, (int)minus, -1, scaled + plus,
                    (int)n, 1, H, (int)n);
    net->madds += 0.5 * (double)n * (double)n * (double)(plus + minus);
}

void ory_nadir_dual_rows(const ory_nadir_task *task, const double *H, size_t n, double *F,
                         size_t stride)
{
    size_t i, j;

    for (i = 0; i < n; i++)
        F[i * stride] = 0;
    for (i = 0; i < n; i++)
        for (j = i; j < n; j++) {
            double x = fabs(H[i * n + j]);

            if (task->ball == ORY_BALL_1) {
                F[i * stride] = fmax(F[i * stride], x);
                F[j * stride] = fmax(F[j * stride], x);
                continue;
            }
            if (task->ball == ORY_BALL_2)
                x *= x;
            F[i * stride] += x;
            if (j != i)
                F[j * stride] += x;
        }
    for (i = 0; i < n; i++)
        F[i * stride] = task->rho * (task->ball == ORY_BALL_2 ? sqrt(F[i * stride]) : F[i * stride]);
}

static bool equal_units(const ory_nadir_net *net)
{
    size_t i;

    for (i = 0; i < net->n; i++)
        if (fabs(net->r[i] - 1) > 1e-12)
            return false;
    return true;
}

/* Equal units and the 2-ball: F_i^2 = rho^2 sum_k V_ik^2 h_k^2, one matrix product for
 * the whole table. */
static void equal_table(ory_nadir_net *net, const ory_nadir_task *task, double *F)
{
    size_t n = net->n, N = task->N, i, k, j;
    double *square = ory_nadir_take(net, n * n), *h2 = ory_nadir_take(net, n * N);

    for (i = 0; i < n * n; i++)
        square[i] = net->P[i] * net->P[i];
    for (k = 0; k < n; k++) {
        ory_mode mode = ory_nadir_mode(net, task, k);

        for (j = 0; j < N; j++) {
            double h = ory_mode_response(&mode, (double)(j + 1) * task->dt, NULL);

            h2[k * N + j] = h * h;
        }
    }
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n, (int)N, (int)n, 1, square, (int)n, h2,
                (int)N, 0, F, (int)N);
    net->madds += (double)n * (double)n * (double)N;
    for (i = 0; i < n * N; i++)
        F[i] = task->rho * sqrt(F[i]);
}

ory_status ory_nadir_table(ory_nadir_net *net, const ory_nadir_task *task, double *F, ory_error *err)
{
    size_t n = net->n, j;
    double *H, *scaled;

    ory_nadir_reset(net);
    if (task->ball == ORY_BALL_2 && equal_units(net)) {
        equal_table(net, task, F);
        return ORY_OK;
    }
    H = ory_nadir_take(net, n * n);
    scaled = ory_nadir_take(net, n * n);
    for (j = 0; j < task->N; j++) {
        if (ory_interrupt_pending())
            return ory_fail(err, ORY_EINTERRUPT, "interrupted");
        responses(net, task, (double)(j + 1) * task->dt, net->work);
        upper_half(net, net->work, scaled, H);
        ory_nadir_dual_rows(task, H, n, F + j, task->N);
    }
    return ORY_OK;
}

/* --------------------------------------------------------------------- refinement */

double ory_nadir_value_at(double t, void *ctx)
{
    const ory_nadir_point *p = ctx;

    return ory_nadir_value(p->net, p->task, p->bus, t);
}

/* The maximum of F_i on [a, b] to 1e-7 s, if it beats the best point met. */
static void climb(const ory_nadir_net *net, const ory_nadir_task *task, size_t i, double a, double b,
                  ory_nadir_bus *best)
{
    ory_nadir_point p = {net, task, i};
    double f, t = ory_maximise(ory_nadir_value_at, &p, a, b, 1e-7, &f);

    if (f > best->nadir) {
        best->nadir = f;
        best->t = t;
    }
}

static void refine_bus(const ory_nadir_net *net, const ory_nadir_task *task, size_t i,
                       const double *F, ory_nadir_bus *bus)
{
    size_t N = task->N, j;

    for (j = 0; task->refine && j < N; j++) {
        double left = j ? F[j - 1] : 0, right = j + 1 < N ? F[j + 1] : -INFINITY;
        double end = fmin((double)(j + 2), (double)N) * task->dt;

        if (F[j] >= left && F[j] >= right && F[j] >= 0.98 * bus->grid)
            climb(net, task, i, (double)j * task->dt, end, bus);
    }
}

static void one_bus(const ory_nadir_net *net, const ory_nadir_task *task, size_t i, const double *F,
                    ory_nadir_bus *bus)
{
    double last = (double)task->N * task->dt, limit;
    size_t j, at = 0;

    for (j = 1; j < task->N; j++)
        if (F[j] > F[at])
            at = j;
    *bus = (ory_nadir_bus){.grid = F[at], .grid_t = (double)(at + 1) * task->dt};
    bus->nadir = bus->grid;
    bus->t = bus->grid_t;
    refine_bus(net, task, i, F, bus);
    bus->kind = bus->t >= last - 2e-7 ? ORY_NADIR_HORIZON : ORY_NADIR_INTERIOR;
    if (!task->tail)
        return;
    limit = ory_nadir_value(net, task, i, INFINITY);
    if (limit >= (1 - 1e-12) * bus->nadir) {
        bus->nadir = fmax(limit, bus->nadir);
        bus->t = INFINITY;
        bus->kind = ORY_NADIR_INFINITY;
    }
}

/* Dual norms of the rows of |P| diag(c) |P|', the largest of base[i] + scale * row. */
static double bound_rows(ory_nadir_net *net, const ory_nadir_task *task, const double *c,
                         const ory_nadir_bus *base, double scale)
{
    size_t n = net->n, i, k;
    double *A, *H, *dual = net->work + 3 * n, most = 0;

    ory_nadir_reset(net);
    A = ory_nadir_take(net, n * n);
    H = ory_nadir_take(net, n * n);
    for (i = 0; i < n; i++)
        for (k = 0; k < n; k++)
            A[i * n + k] = fabs(net->P[i * n + k]) * sqrt(c[k]);
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, (int)n, (int)n, 1, A, (int)n, 0, H, (int)n);
    ory_nadir_dual_rows(task, H, n, dual, 1);
    for (i = 0; i < n; i++)
        most = fmax(most, (base ? base[i].grid : 0) + scale * dual[i]);
    return most;
}

static void certificates(ory_nadir_net *net, const ory_nadir_task *task, const ory_nadir_bus *bus,
                         ory_nadir_result *out)
{
    double *c = net->work;
    size_t k;

    for (k = 0; k < net->n; k++) {
        ory_mode mode = ory_nadir_mode(net, task, k);

        c[k] = (mode.d / mode.m + sqrt(mode.lam / mode.m)) / mode.m;
    }
    out->interval = bound_rows(net, task, c, bus, task->dt * task->dt / 8);
    for (k = 0; k < net->n; k++) {
        ory_mode mode = ory_nadir_mode(net, task, k);

        c[k] = ory_mode_sup(&mode, (double)task->N * task->dt);
    }
    out->tail = bound_rows(net, task, c, NULL, 1);
}

ory_status ory_nadir_buses(ory_nadir_net *net, const ory_nadir_task *task, const double *F,
                           bool certify, ory_nadir_bus *bus, ory_nadir_result *out, ory_error *err)
{
    double most = 0;
    size_t i;

    *out = (ory_nadir_result){.interval = NAN, .tail = NAN};
    for (i = 0; i < net->n; i++) {
        one_bus(net, task, i, F + i * task->N, &bus[i]);
        most = fmax(most, bus[i].nadir);
        if (ory_interrupt_pending())
            return ory_fail(err, ORY_EINTERRUPT, "interrupted");
    }
    for (i = 0; i < net->n && bus[i].nadir < (1 - 1e-12) * most; i++)
        ;
    out->bus = i;
    out->nadir = bus[i].nadir;
    out->t = bus[i].t;
    out->kind = bus[i].kind;
    if (certify && net->c == 0)
        certificates(net, task, bus, out);
    return ORY_OK;
}
