/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linear_state.c - what is computed from one state of net.linear, each part when
 * first asked for and kept while the state stays the same; and what the initial
 * state and the knobs fix once and for all.
 *
 * A state is recognised by its stamp or, failing that, by its numbers, so the
 * answers never depend on what was asked before. */
#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "algo/vec.h"
#include "core/mem.h"
#include "systems/linear.h"

/* ------------------------------------------------------------------ memory */

static size_t vectors(const linear *l)
{
    return l->rows + l->m;
}

/* Whether h x h products are formed directly; otherwise factor the rows first. */
static bool is_direct(const linear *l)
{
    return l->h <= 64 || l->h <= 2 * vectors(l);
}

typedef struct wanted {
    double **where;
    size_t count;
} wanted;

static ory_status allocate(const wanted *w, size_t n, ory_error *err)
{
    for (size_t i = 0; i < n; i++) {
        *w[i].where = ory_alloc(w[i].count, sizeof(double));
        if (!*w[i].where)
            return ory_fail(err, ORY_ENOMEM, "net.linear: out of memory");
    }
    return ORY_OK;
}

static ory_status allocate_state(const linear *l, linear_state *st, ory_error *err)
{
    const size_t nm = l->n * l->m, dim = (l->n + l->m) * l->h;
    const size_t weights = l->loss == LOSS_LOGISTIC ? l->samples * l->m : 1;
    const wanted list[] = {
        {&st->x, dim},   {&st->W, nm},  {&st->R, nm},  {&st->G, nm},         {&st->p, weights},
        {&st->g, dim},   {&st->P1, nm}, {&st->P2, nm}, {&st->sv1, l->n_sv1}, {&st->sv2, l->n_sv2},
        {&st->svw, l->n_svw},
    };

    return allocate(list, sizeof list / sizeof *list, err);
}

/* Let the workspace of the factorisations grow to its final size now. */
static ory_status warm_up(linear *l, ory_error *err)
{
    const size_t count = linear_imbalance_count(l);
    double *ones = l->cache[0].x, *product = l->cache[0].W;
    const ory_mat views[] = {ory_mat_view(ones, l->rows, l->h), ory_mat_view(ones, l->m, l->h),
                             ory_mat_view(product, l->rows, l->m)};
    double *values[] = {l->cache[0].sv1, l->cache[0].sv2, l->cache[0].svw};
    ory_mat square = ory_mat_view(l->gram, count, count);
    ory_status status = ORY_OK;

    for (size_t i = 0; i < (l->n + l->m) * l->h; i++)
        ones[i] = 1;
    for (size_t i = 0; i < l->n * l->m; i++)
        product[i] = 1;
    for (int i = 0; i < 3 && status == ORY_OK; i++)
        status = ory_singular_values(&views[i], values[i], &l->svd, err);
    return status == ORY_OK ? ory_eig_sym_values(&square, l->eig, &l->svd, err) : status;
}

ory_status linear_state_init(linear *l, ory_error *err)
{
    const size_t dim = (l->n + l->m) * l->h, k = vectors(l);
    const size_t side = is_direct(l) ? l->h : 2 * k;
    const wanted list[] = {
        {&l->fixed.x, dim}, {&l->trial, dim},    {&l->z1, 2 * l->rows * l->h},
        {&l->stack, 2 * k * l->h}, {&l->gram, side * side}, {&l->eig, side},
    };
    ory_status status = allocate(list, sizeof list / sizeof *list, err);

    for (int i = 0; i < 2 && status == ORY_OK; i++)
        status = allocate_state(l, &l->cache[i], err);
    l->uniform.eta0 = NAN;
    return status == ORY_OK ? warm_up(l, err) : status;
}

static void free_state(linear_state *st)
{
    double *owned[] = {st->x, st->W, st->R, st->G, st->p, st->g, st->P1, st->P2, st->sv1, st->sv2,
                       st->svw};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        ory_free(owned[i]);
}

void linear_state_fini(linear *l)
{
    double *owned[] = {l->fixed.x, l->trial, l->z1, l->stack, l->gram, l->eig};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        ory_free(owned[i]);
    free_state(&l->cache[0]);
    free_state(&l->cache[1]);
}

static const double *second(const linear *l, const double *x)
{
    return x + l->n * l->h;
}

/* Z1 (rows x h) of the factor w1: w1 itself, or V'w1 in `space`. */
static const double *reduced_factor(linear *l, const double *w1, double *space)
{
    if (!l->reduced)
        return w1;
    linear_mul_ab(l->Vt, w1, space, l->r, l->n, l->h);
    return space;
}

/* ------------------------------------------------------------ state, levels */

static linear_state *touch(linear *l, int which)
{
    l->latest = which;
    return &l->cache[which];
}

linear_state *linear_at(linear *l, const double *x, uint64_t stamp)
{
    const size_t dim = (l->n + l->m) * l->h;
    linear_state *st;

    for (int i = 0; i < 2 && stamp != 0; i++)
        if (l->cache[i].any && l->cache[i].stamp == stamp)
            return touch(l, i);
    for (int i = 0; i < 2; i++)
        if (l->cache[i].any && memcmp(x, l->cache[i].x, dim * sizeof *x) == 0) {
            st = touch(l, i);
            if (stamp != 0) {
                st->stamp = stamp;
                st->drift = false;
            }
            return st;
        }
    st = touch(l, 1 - l->latest);
    memcpy(st->x, x, dim * sizeof *x);
    st->stamp = stamp;
    st->any = true;
    st->grad = st->values = st->step = st->drift = false;
    linear_mul_abt(x, second(l, x), st->W, l->n, l->m, l->h);
    st->gap = linear_gap(l, st->W, st->R, st->G, true);
    if (l->loss == LOSS_LOGISTIC)
        linear_logistic_weights(l, st->W, st->p);
    return st;
}

linear_state *linear_gradient(linear *l, const ory_moment *m)
{
    linear_state *st = linear_at(l, m->x, m->stamp);

    if (st->grad)
        return st;
    st->grad = true;
    linear_mul_ab(st->G, second(l, st->x), st->g, l->n, l->m, l->h);
    linear_mul_atb(st->G, st->x, st->g + l->n * l->h, l->n, l->m, l->h);
    st->grad_sq = ory_norm2_sq(st->g, (l->n + l->m) * l->h);
    return st;
}

static void values_or_nan(linear *l, const double *a, size_t rows, size_t cols, double *s)
{
    const ory_mat view = ory_mat_view((double *)a, rows, cols);
    const size_t count = rows < cols ? rows : cols;

    if (ory_singular_values(&view, s, &l->svd, NULL) != ORY_OK)
        for (size_t i = 0; i < count; i++)
            s[i] = NAN;
}

/* sigma_rows(Z1)^2 + sigma_m(W2)^2, where values beyond h are 0, and the sum of
 * the largest. */
static void squares(const linear *l, const double *sv1, const double *sv2, double *least,
                    double *most)
{
    const double low1 = l->h < l->rows ? 0 : sv1[l->rows - 1], low2 = l->h < l->m ? 0 : sv2[l->m - 1];

    *least = low1 * low1 + low2 * low2;
    *most = sv1[0] * sv1[0] + sv2[0] * sv2[0];
}

linear_state *linear_values(linear *l, const ory_moment *m)
{
    linear_state *st = linear_at(l, m->x, m->stamp);
    const double *product = st->W;

    if (st->values)
        return st;
    st->values = true;
    values_or_nan(l, reduced_factor(l, st->x, l->z1), l->rows, l->h, st->sv1);
    values_or_nan(l, second(l, st->x), l->m, l->h, st->sv2);
    if (l->reduced) {
        linear_mul_ab(l->Vt, st->W, l->work_w, l->r, l->n, l->m);
        product = l->work_w;
    }
    values_or_nan(l, product, l->rows, l->m, st->svw);
    squares(l, st->sv1, st->sv2, &st->s2min, &st->s2max);
    st->local = ory_pl_local_of(&(ory_pl_point){.mu = l->mu, .K = l->K, .s2min = st->s2min,
                                                .s2max = st->s2max, .s_product = st->svw[0],
                                                .gap = st->gap});
    return st;
}

/* P2 = G W'G through the smaller of the two square products. */
static void second_order(linear *l, const linear_state *st, double *P2)
{
    if (l->m <= l->n) {
        linear_mul_atb(st->W, st->G, l->work_g, l->n, l->m, l->m);
        linear_mul_ab(st->G, l->work_g, P2, l->n, l->m, l->m);
    } else {
        linear_mul_abt(st->G, st->W, l->work_g, l->n, l->n, l->m);
        linear_mul_ab(l->work_g, st->G, P2, l->n, l->n, l->m);
    }
}

linear_state *linear_step(linear *l, const ory_moment *m)
{
    linear_state *st = linear_gradient(l, m);
    const size_t nm = l->n * l->m;
    double *P1 = l->work_w, *P2 = l->work_r;

    if (st->step)
        return st;
    st->step = true;
    linear_mul_abt(st->g, second(l, st->x), P1, l->n, l->m, l->h);
    linear_mul_abt(st->x, second(l, st->g), l->work_g, l->n, l->m, l->h);
    for (size_t i = 0; i < nm; i++)
        P1[i] += l->work_g[i];
    second_order(l, st, P2);
    st->g_p2 = ory_dot(st->G, P2, nm);
    if (l->quadratic) {
        linear_reduce(l, P1, st->P1);
        linear_reduce(l, P2, st->P2);
        st->q11 = linear_quadratic(l, st->P1, st->P1);
        st->qr2 = linear_quadratic(l, st->R, st->P2);
        st->q12 = linear_quadratic(l, st->P1, st->P2);
        st->q22 = linear_quadratic(l, st->P2, st->P2);
        st->g_p2 = st->qr2;
    } else {
        linear_curvature(l, st->p, P1, l->work_g);
        st->q11 = ory_dot(P1, l->work_g, nm);
        memcpy(st->P1, P1, nm * sizeof *P1);
        memcpy(st->P2, P2, nm * sizeof *P2);
    }
    return st;
}

double linear_floor(const linear *l, const linear_state *st)
{
    const double *w2 = second(l, st->x);

    return 0.5 * l->K * DBL_EPSILON * DBL_EPSILON * ory_norm2_sq(st->x, l->n * l->h) *
           ory_norm2_sq(w2, l->m * l->h);
}

/* ------------------------------------------------------- the step to be taken */

double linear_gap_next(ory_system *s, const ory_moment *m, double eta)
{
    linear *l = s->self;
    const linear_state *st = linear_step(l, m);

    if (!l->quadratic) {
        for (size_t i = 0; i < l->n * l->m; i++)
            l->work_w[i] = st->W[i] - eta * (st->P1[i] - eta * st->P2[i]);
        return linear_gap(l, l->work_w, l->work_r, NULL, true);
    }
    for (size_t i = 0; i < l->r * l->q; i++)
        l->work_r[i] = st->R[i] - eta * (st->P1[i] - eta * st->P2[i]);
    return 0.5 * linear_quadratic(l, l->work_r, l->work_r);
}

/* 2 (L(t+1) - L(t) + eta |g|^2) / (eta^2 |g|^2), expanded so that nothing cancels:
 * L(t+1) - L(t) = [l(W + V) - l(W) - <G, V>] + <G, V> with V = -eta P1 + eta^2 P2
 * and <G, P1> = |g|^2. */
double linear_K_eff(ory_system *s, const ory_moment *m, double eta)
{
    linear *l = s->self;
    const linear_state *st = linear_step(l, m);
    double rest;

    if (!(st->grad_sq > 0) || !(eta > 0))
        return NAN;
    if (l->quadratic)
        return (st->q11 + 2 * st->qr2 - eta * (2 * st->q12 - eta * st->q22)) / st->grad_sq;
    for (size_t i = 0; i < l->n * l->m; i++)
        l->work_w[i] = -eta * (st->P1[i] - eta * st->P2[i]);
    rest = linear_logistic_rest(l, st->W, l->work_w);
    return 2 * (rest / (eta * eta) + st->g_p2) / st->grad_sq;
}

/* <g, Hessian g> / |g|^2: along the gradient U1 W2' + W1 U2' is P1, U1 U2' is P2. */
double linear_K_dir(linear *l, const ory_moment *m)
{
    const linear_state *st = linear_step(l, m);

    return st->grad_sq > 0 ? (st->q11 + 2 * st->g_p2) / st->grad_sq : NAN;
}

ory_pl_prior linear_prior(linear *l, const ory_moment *m)
{
    const linear_state *st = linear_values(l, m);

    return (ory_pl_prior){.mu = l->mu, .K = l->K, .s2min = st->s2min, .s2max = st->s2max,
                          .z = st->svw[0] * sqrt(ory_norm2_sq(st->G, l->n * l->m))};
}

/* --------------------------------------------------------------- imbalance */

/* Householder QR of the h x k matrix whose columns are the k rows of v: entry
 * (i, j), i <= j, of R is then v[j*h + i]. Signs are left as they come. */
ORY_CLONES
static void factor_rows(double *v, size_t k, size_t h)
{
    for (size_t j = 0; j < k && j < h; j++) {
        double *x = v + j * h + j;
        const size_t len = h - j;
        const double norm = sqrt(ory_vec_dot(x, x, len)), head = x[0];
        const double corner = head > 0 ? -norm : norm;

        if (!(norm > 0))
            continue;
        x[0] = head - corner;
        for (size_t i = j + 1; i < k; i++) {
            double *y = v + i * h + j;

            ory_vec_axpy(ory_vec_dot(x, y, len) / (corner * x[0]), x, y, len);
        }
        x[0] = corner;
    }
}

/* gram (side x side, side = min(h, k)) = sum over j of sign_j R_j R_j', sign = +1
 * for the first `plus` columns, -1 for the others. */
static size_t signed_gram(const double *v, size_t plus, size_t k, size_t h, double *gram)
{
    const size_t side = h < k ? h : k;

    for (size_t a = 0; a < side; a++)
        for (size_t b = 0; b <= a; b++) {
            double sum = 0;

            for (size_t j = a; j < k; j++)
                sum += (j < plus ? 1 : -1) * v[j * h + a] * v[j * h + b];
            gram[a * side + b] = gram[b * side + a] = sum;
        }
    return side;
}

/* D = a'a - b'b, h x h. */
static void difference_of_grams(linear *l, const double *a, size_t rows_a, const double *b,
                                size_t rows_b, double *D)
{
    const size_t h = l->h;
    const ory_mat ma = ory_mat_view((double *)a, rows_a, h),
                  mb = ory_mat_view((double *)b, rows_b, h), md = ory_mat_view(D, h, h);

    ory_gemm(ORY_TRANS, ORY_PLAIN, 1, &ma, &ma, 0, &md);
    ory_gemm(ORY_TRANS, ORY_PLAIN, -1, &mb, &mb, 1, &md);
}

size_t linear_imbalance_count(const linear *l)
{
    return l->h < vectors(l) ? l->h : vectors(l);
}

/* The matrix whose eigenvalues, besides zeros, are those of a'a - b'b. */
static size_t imbalance_core(linear *l, const double *a, size_t rows_a, const double *b)
{
    const size_t h = l->h, k = rows_a + l->m;

    if (h <= k) {
        difference_of_grams(l, a, rows_a, b, l->m, l->gram);
        return h;
    }
    memcpy(l->stack, a, rows_a * h * sizeof *a);
    memcpy(l->stack + rows_a * h, b, l->m * h * sizeof *b);
    factor_rows(l->stack, k, h);
    return signed_gram(l->stack, rows_a, k, h, l->gram);
}

void linear_imbalance_spectrum(linear *l, const double *x, double *eig)
{
    const double *w2 = second(l, x), *z1 = reduced_factor(l, x, l->z1);
    const double scale = ory_norm2_sq(z1, l->rows * l->h) + ory_norm2_sq(w2, l->m * l->h);
    const size_t side = imbalance_core(l, z1, l->rows, w2);
    ory_mat gram = ory_mat_view(l->gram, side, side);
    const ory_status status = ory_eig_sym_values(&gram, l->eig, &l->svd, NULL);

    for (size_t i = 0; i < side; i++) {
        const double value = l->eig[side - 1 - i];

        if (status != ORY_OK)
            eig[i] = NAN;
        else
            eig[i] = fabs(value) <= 8 * DBL_EPSILON * scale ? 0 : value;
    }
}

double linear_imbalance_norm(linear *l, const ory_moment *m)
{
    const size_t side = imbalance_core(l, reduced_factor(l, m->x, l->z1), l->rows,
                                       second(l, m->x));

    return sqrt(ory_norm2_sq(l->gram, side * side));
}

/* ||(P'Q + Q'P)/2||_F for P = [s1; -s2], Q = [e1; e2] stacked in l->stack, P first;
 * k rows each. */
static double symmetric_norm(linear *l, size_t k)
{
    const size_t h = l->h;
    double *P = l->stack, *Q = l->stack + k * h, sum = 0;
    const size_t side = is_direct(l) ? h : 2 * k;

    if (is_direct(l)) {
        linear_mul_atb(P, Q, l->gram, k, h, h);
    } else {
        factor_rows(l->stack, 2 * k, h);
        for (size_t a = 0; a < side; a++)
            for (size_t b = 0; b < side; b++) {
                double entry = 0;

                for (size_t j = 0; j < k; j++)
                    entry += (j >= a ? P[j * h + a] : 0) * (j + k >= b ? Q[j * h + b] : 0);
                l->gram[a * side + b] = entry;
            }
    }
    for (size_t a = 0; a < side; a++)
        for (size_t b = 0; b <= a; b++) {
            const double entry = 0.5 * (l->gram[a * side + b] + l->gram[b * side + a]);

            sum += (a == b ? 1 : 2) * entry * entry;
        }
    return sqrt(sum);
}

/* D(t) - D(0) = sym(S1'E1 - S2'E2), S = Z(t) + Z(0), E = Z(t) - Z(0): the large
 * common part never appears. */
static double drift_now(linear *l, const ory_moment *m)
{
    const size_t k = vectors(l), first = l->rows * l->h, both = k * l->h;
    const double *z = reduced_factor(l, m->x, l->z1), *z0 = reduced_factor(l, m->x0, l->z1 + first);
    const double *w = second(l, m->x), *w0 = second(l, m->x0);
    double *P = l->stack, *Q = l->stack + both;

    for (size_t i = 0; i < first; i++) {
        P[i] = z[i] + z0[i];
        Q[i] = z[i] - z0[i];
    }
    for (size_t i = 0; i < l->m * l->h; i++) {
        P[first + i] = -(w[i] + w0[i]);
        Q[first + i] = w[i] - w0[i];
    }
    return symmetric_norm(l, k);
}

double linear_drift(linear *l, const ory_moment *m)
{
    linear_state *st;

    if (m->stamp == 0) /* another run's x0 may stand beside the same state */
        return drift_now(l, m);
    st = linear_at(l, m->x, m->stamp);
    if (!st->drift) {
        st->drift_norm = drift_now(l, m);
        st->drift = true;
    }
    return st->drift_norm;
}

/* ||W2'G'G W2 - W1'G G'W1||_F: one step of gradient descent changes D by eta^2
 * times this. */
double linear_drift_step(linear *l, const ory_moment *m)
{
    const linear_state *st = linear_gradient(l, m);
    const double *g2 = second(l, st->g);
    size_t side = l->h;

    if (is_direct(l)) {
        difference_of_grams(l, st->g, l->n, g2, l->m, l->gram);
    } else {
        const double *g1 = reduced_factor(l, st->g, l->z1);

        side = imbalance_core(l, g1, l->rows, g2);
    }
    return sqrt(ory_norm2_sq(l->gram, side * side));
}

/* --------------------------------------------- fixed by start and by the knobs */

/* Distances from W(0) to W*, with W(0) in st (already computed for x0). */
static void fix_start(linear *l, const double *x0)
{
    linear_fixed *f = &l->fixed;
    const size_t rm = l->rows * l->m;
    const linear_state *st;
    double sum = 0;

    linear_imbalance_spectrum(l, x0, f->x);
    f->d = ory_pl_imbalance_of(f->x, linear_imbalance_count(l), l->rows, l->m);
    st = linear_values(l, &(ory_moment){.x = x0});
    if (l->reduced) {
        linear_mul_ab(l->Vt, st->W, l->work_w, l->r, l->n, l->m);
        for (size_t i = 0; i < rm; i++)
            sum += (l->work_w[i] - l->reduced_target[i]) * (l->work_w[i] - l->reduced_target[i]);
    } else {
        for (size_t i = 0; i < rm; i++)
            sum += (st->W[i] - l->target[i]) * (st->W[i] - l->target[i]);
    }
    f->gap = st->gap;
    f->s2min = st->s2min;
    f->s2max = st->s2max;
    f->radius = l->strong ? sqrt(l->K / l->mu) * sqrt(sum) : INFINITY;
    memcpy(f->x, x0, (l->n + l->m) * l->h * sizeof *x0);
}

static double chosen_eta0(const ory_system *s, const linear_fixed *f)
{
    const int choice = ory_values_choice(&s->values, P_ETA0);

    if (choice == ETA0_FIGURE)
        return 0.995 * f->eta2;
    return choice == ETA0_MAX ? f->eta_max : ory_values_real(&s->values, P_ETA0);
}

static void fix_knobs(ory_system *s)
{
    linear *l = s->self;
    linear_fixed *f = &l->fixed;
    const bool frobenius = ory_values_choice(&s->values, P_BETA_NORM) == BETA_FROBENIUS;

    f->beta1 = fmax(0, l->sv_target[l->n_svw - 1] - f->radius);
    f->beta2 = (frobenius ? l->fro_target : l->sv_target[0]) + f->radius;
    f->alpha1 = l->wide ? ory_pl_alpha1(&f->d, f->beta1, l->rows, l->m) : 0;
    f->alpha2 = ory_pl_alpha2(&f->d, f->beta2);
    f->u = (ory_pl_uniform){.mu = l->mu, .K = l->K, .gap0 = f->gap, .alpha1 = f->alpha1,
                            .alpha2 = f->alpha2, .beta2 = f->beta2,
                            .c = ory_values_real(&s->values, P_C),
                            .d = ory_values_real(&s->values, P_D)};
    f->eta1 = f->eta2 = f->eta3 = f->eta_max = 0;
    if (f->alpha1 > 0 && l->strong) {
        f->eta1 = ory_pl_eta1(&f->u);
        f->eta2 = ory_pl_eta2(&f->u);
        f->eta3 = ory_pl_eta3(&f->u);
        f->eta_max = fmin(f->eta1, fmin(f->eta2, f->eta3));
    }
    f->eta0 = chosen_eta0(s, f);
    if (l->loss != LOSS_LOGISTIC && l->loss != LOSS_SENSING)
        f->x23 = ory_pl_x23_of(l->mu, l->K, l->s, f->gap, l->smin_xw, l->fro_xw, l->sx1, l->sxr,
                               &f->d, l->rows, l->m, ory_values_real(&s->values, P_C1),
                               ory_values_real(&s->values, P_C2));
    if (!l->wide)
        f->x23.eta_max = 0;
    l->uniform.eta0 = NAN;
}

linear_fixed *linear_fixed_at(ory_system *s, const ory_moment *m)
{
    linear *l = s->self;
    linear_fixed *f = &l->fixed;
    const double *x0 = m->x0 ? m->x0 : l->initial;

    if (f->any && f->knobs && m->stamp != 0 && m->stamp == f->stamp)
        return f;
    f->stamp = m->stamp;
    if (!f->any || memcmp(f->x, x0, s->dim * sizeof *x0) != 0) {
        fix_start(l, x0);
        f->any = true;
        f->knobs = false;
    }
    if (!f->knobs) {
        fix_knobs(s);
        f->knobs = true;
    }
    return f;
}

const linear_uniform *linear_uniform_at(ory_system *s, const ory_moment *m, double eta0)
{
    linear *l = s->self;
    const linear_fixed *f = linear_fixed_at(s, m);
    linear_uniform *u = &l->uniform;

    if (u->eta0 == eta0)
        return u;
    u->eta0 = eta0;
    u->mu_bar = u->K_bar0 = u->gain = u->delta_gain = NAN;
    if (f->alpha1 > 0 && l->strong && eta0 > 0) {
        u->mu_bar = ory_pl_mu_bar(&f->u, eta0);
        u->K_bar0 = ory_pl_K_bar0(&f->u, eta0);
        u->gain = ory_pl_one_minus_rho_bar0(&f->u, eta0);
        u->delta_gain = ory_pl_one_minus_delta(&f->u, eta0);
    }
    return u;
}
