/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linear_loss.c - the losses of net.linear as functions of W = W1 W2', their
 * minimisers, gradients and Hessians.
 *
 *   squared   (s/2)||Y - XW||_F^2       mu = s sigma_r(X)^2   K = s sigma_1(X)^2
 *   mf        (1/2)||Y - W||_F^2        mu = K = 1
 *   scalar    (1/2)(x - 1)^2            mu = K = 1
 *   sensing   (1/2)sum_k(<A_k,W>-y_k)^2 mu, K extreme eigenvalues of A'A
 *   logistic  (1/N)sum log(1+exp(-Y*XW)) + (lambda/2)||W||_F^2
 *                                       mu = lambda, K = lambda + sigma_1(X)^2/(4N)
 *
 * With the singular value decomposition X = U S V' (zero singular values left
 * out) the quadratic losses are L* + (s/2)||S R||^2, R = V'(W - W*): no sum over
 * samples, no cancellation near the minimum, and nothing of the null space of X
 * leaks in. Gradients use the same R, so that ratios of the two are right to the
 * last digits however small the gap. */
#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "algo/vec.h"
#include "core/mem.h"
#include "systems/linear.h"

/* ---------------------------------------------------------------- quadratic */

static double *copy_numbers(const double *from, size_t n)
{
    double *to = ory_alloc(n, sizeof *to);

    if (to)
        memcpy(to, from, n * sizeof *to);
    return to;
}

static ory_status no_memory(const ory_system *s, ory_error *err)
{
    return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
}

/* Keep the first r columns of v (p x k) as V and its transpose. */
static ory_status keep_basis(ory_system *s, linear *l, const ory_mat *v, const double *sigma,
                             ory_error *err)
{
    l->V = ory_alloc(l->p * l->r, sizeof(double));
    l->Vt = ory_alloc(l->p * l->r, sizeof(double));
    l->weight = ory_alloc(l->r, sizeof(double));
    l->sigma = ory_alloc(l->r, sizeof(double));
    if (!l->V || !l->Vt || !l->weight || !l->sigma)
        return no_memory(s, err);
    for (size_t j = 0; j < l->r; j++) {
        l->sigma[j] = sigma[j];
        l->weight[j] = l->s * sigma[j] * sigma[j];
        for (size_t i = 0; i < l->p; i++)
            l->V[i * l->r + j] = l->Vt[j * l->p + i] = *ory_mat_at(v, i, j);
    }
    l->sx1 = sigma[0];
    l->sxr = sigma[l->r - 1];
    l->K = l->weight[0];
    l->mu = l->weight[l->r - 1];
    l->rotate = true;
    return ORY_OK;
}

/* min over W of (s/2)||y - x W||^2: the part of y outside the range of u. A
 * residual of rounding size is none. */
static double quadratic_minimum(const linear *l, const ory_mat *y, const ory_mat *u,
                                const ory_mat *uy, ory_mat *rest)
{
    double norm;

    if (l->r == y->rows)
        return 0;
    memcpy(rest->data, y->data, y->rows * y->cols * sizeof(double));
    ory_gemm(ORY_PLAIN, ORY_PLAIN, -1, u, uy, 1, rest);
    norm = ory_norm_fro(rest);
    if (norm <= 16 * DBL_EPSILON * ory_norm_fro(y))
        return 0;
    return 0.5 * l->s * norm * norm;
}

/* Factor x (N x p) and solve for the minimiser: reduced (r x q) and full (p x q). */
static ory_status quadratic_init(ory_system *s, linear *l, const ory_mat *x, const ory_mat *y,
                                 ory_error *err)
{
    const size_t rows = x->rows, cols = x->cols, k = rows < cols ? rows : cols;
    ory_mat u = {0}, v = {0}, sv = {0}, uy = {0}, rest = {0};
    ory_status status = ory_mat_new(&u, rows, k, err);

    l->p = cols;
    l->q = y->cols;
    if (status == ORY_OK)
        status = ory_mat_new(&v, cols, k, err);
    if (status == ORY_OK)
        status = ory_mat_new(&sv, 1, k, err);
    if (status == ORY_OK)
        status = ory_svd(x, &u, sv.data, &v, err);
    while (status == ORY_OK && l->r < k &&
           sv.data[l->r] > (double)(rows > cols ? rows : cols) * DBL_EPSILON * sv.data[0])
        l->r++;
    if (status == ORY_OK && l->r == 0)
        status = ory_fail(err, ORY_ERANGE, "%s: %s is zero: the loss has no smoothness constant",
                          s->class->name, l->loss == LOSS_SENSING ? "A" : "X");
    if (status == ORY_OK)
        status = keep_basis(s, l, &v, sv.data, err);
    u.cols = l->r;
    if (status == ORY_OK)
        status = ory_mat_new(&uy, l->r, l->q, err);
    if (status == ORY_OK)
        status = ory_mat_new(&rest, rows, l->q, err);
    if (status == ORY_OK) {
        ory_gemm(ORY_TRANS, ORY_PLAIN, 1, &u, y, 0, &uy);
        s->loss_min = quadratic_minimum(l, y, &u, &uy, &rest);
        for (size_t i = 0; i < l->r; i++)
            for (size_t j = 0; j < l->q; j++)
                *ory_mat_at(&uy, i, j) /= l->sigma[i];
        l->target = ory_alloc(l->n * l->m, sizeof(double));
        if (l->loss == LOSS_SQUARED)
            l->reduced_target = copy_numbers(uy.data, l->r * l->m);
        if (!l->target || (l->loss == LOSS_SQUARED && !l->reduced_target))
            status = no_memory(s, err);
        else
            linear_mul_ab(l->V, uy.data, l->target, l->p, l->r, l->q);
    }
    if (status == ORY_OK && l->r < cols && l->loss == LOSS_SENSING)
        l->strong = false;
    ory_mat_free(&u);
    ory_mat_free(&v);
    ory_mat_free(&sv);
    ory_mat_free(&uy);
    ory_mat_free(&rest);
    return status;
}

/* ----------------------------------------------------------------- logistic */

static double sigmoid(double z)
{
    return z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z));
}

static double softplus(double z)
{
    return fmax(z, 0) + log1p(exp(-fabs(z)));
}

/* sig(z + d) - sig(z) without cancellation for small d. */
static double sigmoid_step(double z, double d)
{
    if (fabs(d) >= 1)
        return sigmoid(z + d) - sigmoid(z);
    return -expm1(-d) * sigmoid(z + d) * sigmoid(-z);
}

/* softplus(z + d) - softplus(z) - sig(z) d = d^2 int_0^1 (1 - u) sig'(z + u d) du,
 * by 12-point Gauss-Legendre for |d| < 1, where the left side would cancel. */
static double softplus_rest(double z, double d)
{
    static const double node[6] = {0.1252334085114689, 0.3678314989981802, 0.5873179542866175,
                                   0.7699026741943047, 0.9041172563704749, 0.9815606342467193};
    static const double weight[6] = {0.2491470458134028, 0.2334925365383548, 0.2031674267230659,
                                     0.1600783285433462, 0.1069393259953184, 0.0471753363865118};
    double sum = 0;

    if (!(fabs(d) < 1))
        return softplus(z + d) - softplus(z) - sigmoid(z) * d;
    for (int i = 0; i < 6; i++) {
        const double lo = 0.5 * (1 - node[i]), hi = 0.5 * (1 + node[i]);
        const double at_lo = sigmoid(z + lo * d), at_hi = sigmoid(z + hi * d);

        sum += 0.5 * weight[i] * (hi * at_lo * (1 - at_lo) + lo * at_hi * (1 - at_hi));
    }
    return d * d * sum;
}

/* One column of W*: Newton's method with halving, on
 * f(w) = (1/N) sum softplus(-y x'w) + (lambda/2)|w|^2. */
typedef struct column {
    const double *x, *y; /* N x n; labels with stride m */
    size_t n, samples, m;
    double lambda;
    double *w, *trial, *grad, *z;
    ory_mat hessian, right, step;
} column;

static double column_value(const column *k, const double *w)
{
    double sum = 0;

    for (size_t i = 0; i < k->samples; i++)
        sum += softplus(-k->y[i * k->m] * ory_dot(k->x + i * k->n, w, k->n));
    return sum / (double)k->samples + 0.5 * k->lambda * ory_norm2_sq(w, k->n);
}

static double column_gradient(column *k)
{
    for (size_t j = 0; j < k->n; j++)
        k->grad[j] = k->lambda * k->w[j];
    for (size_t i = 0; i < k->samples; i++) {
        const double y = k->y[i * k->m];

        k->z[i] = -y * ory_dot(k->x + i * k->n, k->w, k->n);
        ory_axpy(-y * sigmoid(k->z[i]) / (double)k->samples, k->x + i * k->n, k->grad, k->n);
    }
    return ory_norm2(k->grad, k->n);
}

static void column_hessian(column *k)
{
    memset(k->hessian.data, 0, k->n * k->n * sizeof(double));
    for (size_t i = 0; i < k->samples; i++) {
        const double p = sigmoid(k->z[i]) * sigmoid(-k->z[i]) / (double)k->samples;
        const double *row = k->x + i * k->n;

        for (size_t j = 0; j < k->n; j++)
            ory_axpy(p * row[j], row, ory_mat_at(&k->hessian, j, 0), k->n);
    }
    for (size_t j = 0; j < k->n; j++)
        *ory_mat_at(&k->hessian, j, j) += k->lambda;
}

static ory_status column_solve(const ory_system *s, column *k, ory_error *err)
{
    enum { MAX_STEPS = 200, MAX_HALVINGS = 60, MAX_STALLS = 3 };
    double norm = column_gradient(k), best = norm;
    int stalls = 0;

    for (int i = 0; i < MAX_STEPS && stalls < MAX_STALLS; i++) {
        const double goal = 1e-15 * (1 + ory_norm2(k->w, k->n));
        double size = 1, value;
        ory_status status;

        if (norm <= goal)
            return ORY_OK;
        column_hessian(k);
        memcpy(k->right.data, k->grad, k->n * sizeof(double));
        status = ory_solve(&k->hessian, &k->right, &k->step, err);
        if (status != ORY_OK)
            return status;
        value = column_value(k, k->w);
        for (int half = 0; half < MAX_HALVINGS; half++, size *= 0.5) {
            for (size_t j = 0; j < k->n; j++)
                k->trial[j] = k->w[j] - size * k->step.data[j];
            if (norm < 1e-6 || column_value(k, k->trial) <= value)
                break;
        }
        memcpy(k->w, k->trial, k->n * sizeof(double));
        norm = column_gradient(k);
        stalls = norm < 0.5 * best ? 0 : stalls + 1;
        best = fmin(best, norm);
    }
    if (norm <= 1e-9 * (1 + ory_norm2(k->w, k->n)))
        return ORY_OK; /* as far as rounding allows */
    return ory_fail(err, ORY_ENOCONV,
                    "%s: the minimiser of the logistic loss was not found (gradient %.3g left)",
                    s->class->name, norm);
}

static ory_status logistic_optimum(ory_system *s, linear *l, ory_error *err)
{
    column k = {.x = l->X, .n = l->n, .samples = l->samples, .m = l->m, .lambda = l->lambda};
    double *mem = ory_alloc(3 * l->n + l->samples, sizeof *mem);
    ory_status status = mem ? ORY_OK : no_memory(s, err);

    if (status == ORY_OK)
        status = ory_mat_new(&k.hessian, l->n, l->n, err);
    if (status == ORY_OK)
        status = ory_mat_new(&k.right, l->n, 1, err);
    if (status == ORY_OK)
        status = ory_mat_new(&k.step, l->n, 1, err);
    k.w = mem;
    for (size_t j = 0; status == ORY_OK && j < l->m; j++) {
        k.trial = mem + l->n;
        k.grad = k.trial + l->n;
        k.z = k.grad + l->n;
        k.y = l->sign + j;
        memset(k.w, 0, l->n * sizeof(double));
        status = column_solve(s, &k, err);
        for (size_t i = 0; status == ORY_OK && i < l->n; i++)
            l->target[i * l->m + j] = k.w[i];
    }
    ory_mat_free(&k.hessian);
    ory_mat_free(&k.right);
    ory_mat_free(&k.step);
    ory_free(mem);
    return status;
}

static ory_status logistic_init(ory_system *s, linear *l, const linear_data *d, ory_error *err)
{
    const size_t count = l->samples * l->m, k = l->samples < l->n ? l->samples : l->n;
    double *sigma = ory_alloc(k, sizeof *sigma);
    ory_status status;
    double sum = 0;

    l->X = copy_numbers(d->X.data, l->samples * l->n);
    l->sign = copy_numbers(d->Y.data, count);
    l->z = ory_alloc(count, sizeof(double));
    l->pz = ory_alloc(count, sizeof(double));
    l->target = ory_alloc(l->n * l->m, sizeof(double));
    if (!sigma || !l->X || !l->sign || !l->z || !l->pz || !l->target)
        status = no_memory(s, err);
    else
        status = ory_singular_values(&d->X, sigma, &l->svd, err);
    if (status == ORY_OK) {
        l->sx1 = sigma[0];
        l->sxr = sigma[k - 1];
        l->mu = l->lambda;
        l->K = l->lambda + sigma[0] * sigma[0] / (4 * (double)l->samples);
        status = logistic_optimum(s, l, err);
    }
    ory_free(sigma);
    if (status != ORY_OK)
        return status;
    linear_mul_ab(l->X, l->target, l->z, l->samples, l->n, l->m);
    for (size_t i = 0; i < count; i++) {
        l->z[i] *= -l->sign[i];
        l->pz[i] = sigmoid(l->z[i]);
        sum += softplus(l->z[i]);
    }
    s->loss_min = sum / (double)l->samples +
                  0.5 * l->lambda * ory_norm2_sq(l->target, l->n * l->m);
    return ORY_OK;
}

/* The loss measured from its minimum, with W - W* in l->a. exact: every term is
 * the integral form; otherwise the plain difference. G uses dl/dW(W*) = 0. */
static double logistic_gap(linear *l, double *G, bool exact)
{
    const size_t count = l->samples * l->m, nm = l->n * l->m;
    const double scale = 1 / (double)l->samples;
    double sum = 0;

    linear_mul_ab(l->X, l->a, l->b, l->samples, l->n, l->m);
    for (size_t i = 0; i < count; i++) {
        const double d = -l->sign[i] * l->b[i];

        sum += exact ? softplus_rest(l->z[i], d)
                     : softplus(l->z[i] + d) - softplus(l->z[i]) - l->pz[i] * d;
        l->b[i] = G ? -l->sign[i] * sigmoid_step(l->z[i], d) * scale : 0;
    }
    if (G) {
        linear_mul_atb(l->X, l->b, G, l->samples, l->n, l->m);
        ory_axpy(l->lambda, l->a, G, nm);
    }
    return sum * scale + 0.5 * l->lambda * ory_norm2_sq(l->a, nm);
}

double linear_logistic_rest(linear *l, const double *W, const double *V)
{
    const size_t count = l->samples * l->m;
    double sum = 0;

    linear_mul_ab(l->X, W, l->a, l->samples, l->n, l->m);
    linear_mul_ab(l->X, V, l->b, l->samples, l->n, l->m);
    for (size_t i = 0; i < count; i++)
        sum += softplus_rest(-l->sign[i] * l->a[i], -l->sign[i] * l->b[i]);
    return sum / (double)l->samples + 0.5 * l->lambda * ory_norm2_sq(V, l->n * l->m);
}

void linear_logistic_weights(linear *l, const double *W, double *p)
{
    linear_mul_ab(l->X, W, p, l->samples, l->n, l->m);
    for (size_t i = 0; i < l->samples * l->m; i++)
        p[i] = sigmoid(p[i]) * sigmoid(-p[i]);
}

/* ---------------------------------------------------------------- all losses */

/* Rank, width and sizes that follow from the loss; warnings. */
static void finish(ory_system *s, linear *l)
{
    l->rows = l->loss == LOSS_SQUARED ? l->r : l->n;
    l->reduced = l->rows < l->n;
    l->n_sv1 = l->rows < l->h ? l->rows : l->h;
    l->n_sv2 = l->m < l->h ? l->m : l->h;
    l->n_svw = l->rows < l->m ? l->rows : l->m;
    l->wide = l->h >= l->n_svw;
    if (!l->strong)
        l->mu = 0;
    if (l->reduced)
        ory_system_note(s, "X has rank %zu of %zu: reduced to rank %zu", l->r, l->n, l->r);
    if (!l->strong)
        ory_system_note(s,
                        "A has rank %zu of %zu: the loss is not strongly convex (mu = 0), the "
                        "theory says nothing about rates",
                        l->r, l->p);
    if (!l->wide)
        ory_system_note(s,
                        "h = %zu < min(n, m) = %zu: the minimum of the loss may be out of reach, "
                        "mu_t = 0 and no rate is certified",
                        l->h, l->n_svw);
}

/* mf and scalar: X is the identity. */
static ory_status identity_init(ory_system *s, linear *l, const ory_mat *y, ory_error *err)
{
    l->p = l->r = l->n;
    l->q = l->m;
    l->mu = l->K = l->sx1 = l->sxr = 1;
    s->loss_min = 0;
    l->weight = ory_alloc(l->n, sizeof(double));
    l->sigma = ory_alloc(l->n, sizeof(double));
    l->target = copy_numbers(y->data, l->n * l->m);
    if (!l->weight || !l->sigma || !l->target)
        return no_memory(s, err);
    for (size_t i = 0; i < l->n; i++)
        l->weight[i] = l->sigma[i] = 1;
    return ORY_OK;
}

static ory_status target_spectrum(ory_system *s, linear *l, ory_error *err)
{
    const ory_mat t = ory_mat_view(l->reduced_target, l->rows, l->m);
    ory_mat xw = {0};
    ory_status status;

    l->sv_target = ory_alloc(l->n_svw, sizeof(double));
    if (!l->sv_target)
        return no_memory(s, err);
    l->fro_target = ory_norm_fro(&t);
    status = ory_singular_values(&t, l->sv_target, &l->svd, err);
    l->fro_xw = l->smin_xw = NAN;
    if (status != ORY_OK || l->loss == LOSS_LOGISTIC || l->loss == LOSS_SENSING)
        return status;
    status = ory_mat_copy(&xw, &t, err); /* singular values of X W* are those of S V'W* */
    for (size_t i = 0; status == ORY_OK && i < l->rows; i++)
        for (size_t j = 0; j < l->m; j++)
            *ory_mat_at(&xw, i, j) *= l->sigma[i];
    if (status == ORY_OK) {
        double *sigma = ory_alloc(l->n_svw, sizeof *sigma);

        l->fro_xw = ory_norm_fro(&xw);
        status = sigma ? ory_singular_values(&xw, sigma, &l->svd, err) : no_memory(s, err);
        if (status == ORY_OK)
            l->smin_xw = sigma[l->n_svw - 1];
        ory_free(sigma);
    }
    ory_mat_free(&xw);
    return status;
}

ory_status linear_loss_init(ory_system *s, const linear_data *d, ory_error *err)
{
    linear *l = s->self;
    size_t tall;
    ory_status status;

    l->strong = true;
    l->quadratic = l->loss != LOSS_LOGISTIC;
    switch (l->loss) {
    case LOSS_LOGISTIC:
        status = logistic_init(s, l, d, err);
        break;
    case LOSS_SENSING:
        status = quadratic_init(s, l, &d->A, &d->y, err);
        break;
    case LOSS_SQUARED:
        status = quadratic_init(s, l, &d->X, &d->Y, err);
        break;
    default:
        status = identity_init(s, l, &d->Y, err);
        break;
    }
    if (status != ORY_OK)
        return status;
    finish(s, l);
    if (!l->reduced_target)
        l->reduced_target = copy_numbers(l->target, l->n * l->m);
    if (!l->reduced_target)
        return no_memory(s, err);
    tall = l->loss == LOSS_LOGISTIC && l->samples > l->n ? l->samples : l->n;
    l->a = ory_alloc(tall * l->m, sizeof(double));
    l->b = ory_alloc(tall * l->m, sizeof(double));
    l->work_w = ory_alloc(l->n * l->m, sizeof(double));
    l->work_r = ory_alloc(l->n * l->m, sizeof(double));
    l->work_g = ory_alloc(l->n * l->m, sizeof(double));
    if (!l->a || !l->b || !l->work_w || !l->work_r || !l->work_g)
        return no_memory(s, err);
    return target_spectrum(s, l, err);
}

void linear_loss_fini(linear *l)
{
    double **owned[] = {&l->V, &l->Vt, &l->weight, &l->sigma, &l->X, &l->sign, &l->z, &l->pz,
                        &l->target, &l->reduced_target, &l->sv_target, &l->a, &l->b, &l->work_w,
                        &l->work_r, &l->work_g};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) {
        ory_free(*owned[i]);
        *owned[i] = NULL;
    }
    ory_svd_ws_fini(&l->svd);
}

void linear_reduce(linear *l, const double *V, double *out)
{
    if (l->rotate)
        linear_mul_ab(l->Vt, V, out, l->r, l->p, l->q);
    else
        memcpy(out, V, l->p * l->q * sizeof(double));
}

double linear_quadratic(const linear *l, const double *ru, const double *rv)
{
    double sum = 0;

    for (size_t i = 0; i < l->r; i++) {
        double row = 0;

        for (size_t j = 0; j < l->q; j++)
            row += ru[i * l->q + j] * rv[i * l->q + j];
        sum += l->weight[i] * row;
    }
    return sum;
}

/* out = V (weight R), the inverse way of linear_reduce. */
static void expand(linear *l, const double *R, double *out)
{
    double *to = l->rotate ? l->b : out;

    for (size_t i = 0; i < l->r; i++)
        for (size_t j = 0; j < l->q; j++)
            to[i * l->q + j] = l->weight[i] * R[i * l->q + j];
    if (l->rotate)
        linear_mul_ab(l->V, to, out, l->p, l->r, l->q);
}

double linear_gap(linear *l, const double *W, double *R, double *G, bool exact)
{
    const size_t nm = l->n * l->m;

    for (size_t i = 0; i < nm; i++)
        l->a[i] = W[i] - l->target[i];
    if (!l->quadratic) {
        memcpy(R, l->a, nm * sizeof(double));
        return logistic_gap(l, G, exact);
    }
    linear_reduce(l, l->a, R);
    if (G)
        expand(l, R, G);
    return 0.5 * linear_quadratic(l, R, R);
}

void linear_curvature(linear *l, const double *p, const double *V, double *out)
{
    const size_t count = l->samples * l->m;

    if (l->quadratic) {
        linear_reduce(l, V, l->a);
        expand(l, l->a, out);
        return;
    }
    linear_mul_ab(l->X, V, l->b, l->samples, l->n, l->m);
    for (size_t i = 0; i < count; i++)
        l->b[i] *= p[i] / (double)l->samples;
    linear_mul_atb(l->X, l->b, out, l->samples, l->n, l->m);
    ory_axpy(l->lambda, V, out, l->n * l->m);
}

/* ------------------------------------------------------ as functions of x */

/* With a gradient the state is likely to be asked for more, so what is found is
 * kept; a loss alone is a trial. */
void linear_loss(ory_system *s, const double *x, double *loss, double *grad)
{
    linear *l = s->self;
    const double *w1 = x, *w2 = x + l->n * l->h;
    double gap;

    if (l->quadratic && grad) {
        const linear_state *st = linear_gradient(l, &(ory_moment){.x = x});

        memcpy(grad, st->g, s->dim * sizeof *grad);
        if (loss)
            *loss = s->loss_min + st->gap;
        return;
    }
    linear_mul_abt(w1, w2, l->work_w, l->n, l->m, l->h);
    gap = linear_gap(l, l->work_w, l->work_r, grad ? l->work_g : NULL, false);
    if (loss)
        *loss = s->loss_min + gap;
    if (!grad)
        return;
    linear_mul_ab(l->work_g, w2, grad, l->n, l->m, l->h);
    linear_mul_atb(l->work_g, w1, grad + l->n * l->h, l->n, l->m, l->h);
}

void linear_gap_at(ory_system *s, const double *x, double *gap)
{
    linear *l = s->self;

    linear_mul_abt(x, x + l->n * l->h, l->work_w, l->n, l->m, l->h);
    *gap = linear_gap(l, l->work_w, l->work_r, NULL, true);
}

/* (U1, U2) -> (H W2 + G U2, H'W1 + G'U1), H = Hessian of l times U1 W2' + W1 U2'. */
void linear_hvp(ory_system *s, const double *x, const double *v, double *hv)
{
    linear *l = s->self;
    const size_t nh = l->n * l->h, nm = l->n * l->m;
    const linear_state *st = linear_at(l, x, 0);
    const double *w1 = x, *w2 = x + nh, *u1 = v, *u2 = v + nh;

    linear_mul_abt(u1, w2, l->work_w, l->n, l->m, l->h);
    linear_mul_abt(w1, u2, l->work_r, l->n, l->m, l->h);
    for (size_t i = 0; i < nm; i++)
        l->work_r[i] += l->work_w[i];
    linear_curvature(l, st->p, l->work_r, l->work_g);
    linear_mul_ab(l->work_g, w2, hv, l->n, l->m, l->h);
    linear_mul_atb(l->work_g, w1, hv + nh, l->n, l->m, l->h);
    linear_mul_ab(st->G, u2, l->trial, l->n, l->m, l->h);
    linear_mul_atb(st->G, u1, l->trial + nh, l->n, l->m, l->h);
    for (size_t i = 0; i < s->dim; i++)
        hv[i] += l->trial[i];
}
