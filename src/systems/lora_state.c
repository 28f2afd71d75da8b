/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lora_state.c - what is computed from one state of net.lora, each part when first asked
 * for and kept while the state stays the same; and what the initial state fixes. A state
 * is recognised by its stamp or, failing that, by its numbers. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "algo/jacobi.h"
#include "core/mem.h"
#include "systems/lora.h"

enum { KERNEL_MOST = 400 }; /* m n up to which the error kernel is formed */

/* ------------------------------------------------------------------ memory */

static size_t pass_size(const lora *l)
{
    return 2 * l->r * l->r + 3 * l->m * l->r + 2 * l->r * l->n + 2 * l->m * l->n;
}

static void pass_place(const lora *l, double *at, lora_pass *p)
{
    const size_t rr = l->r * l->r, mr = l->m * l->r, rn = l->r * l->n, mn = l->m * l->n;

    p->C = at, at += rr;
    p->M = at, at += rr;
    p->P0 = at, at += mr;
    p->P = at, at += mr;
    p->G = at, at += mr;
    p->Q = at, at += rn;
    p->H = at, at += rn;
    p->F = at, at += mn;
    p->E = at;
}

bool lora_kernel_fits(const lora *l)
{
    return l->m * l->n <= KERNEL_MOST;
}

static size_t dimension(const lora *l)
{
    return l->b2 + l->m * l->r;
}

ory_status lora_state_init(lora *l, ory_error *err)
{
    const size_t dim = dimension(l), mn = l->m * l->n, r = l->r;
    const size_t square = l->m > l->n ? l->m * l->m : l->n * l->n;
    const size_t k = l->m < l->n ? l->m : l->n;
    double *passes[3] = {NULL, NULL, NULL};
    const struct {
        double **where;
        size_t count;
    } wanted[] = {
        {&passes[0], pass_size(l)},      {&passes[1], pass_size(l)},
        {&passes[2], pass_size(l)},      {&l->scaled, 2 * dim},
        {&l->space_hn, l->h * l->n},     {&l->space_mh, l->m * l->h},
        {&l->space_mn, mn},              {&l->space_d, 8 * square + 4 * (l->h + l->m + l->n)},
        {&l->now.x, dim},                {&l->now.grad, dim},
        {&l->now.C, k * k},              {&l->now.z1, r * (l->h + l->n)},
        {&l->now.z2, r * (l->m + l->h)}, {&l->now.s1, r},
        {&l->now.s2, r},                 {&l->start.x, dim},
        {&l->start.lambda1, r * r},      {&l->start.lambda2, r * r},
        {&l->kernel, lora_kernel_fits(l) ? mn * mn : 1},
        {&l->kernel_eig, lora_kernel_fits(l) ? mn : 1},
    };
    bool short_of = false;
    ory_mat kernel;

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        *wanted[i].where = ory_alloc(wanted[i].count, sizeof(double));
        short_of = short_of || !*wanted[i].where;
    }
    l->pass.C = passes[0]; /* first in the layout: what fini frees */
    l->turn.C = passes[1];
    l->now.pass.C = passes[2];
    if (short_of)
        return ory_fail(err, ORY_ENOMEM, "net.lora: out of memory");
    pass_place(l, passes[0], &l->pass);
    pass_place(l, passes[1], &l->turn);
    pass_place(l, passes[2], &l->now.pass);
    if (!lora_kernel_fits(l))
        return ORY_OK;
    kernel = ory_mat_view(l->kernel, mn, mn); /* the workspace grows to its size now */
    return ory_eig_sym_values(&kernel, l->kernel_eig, &l->svd, err);
}

void lora_state_fini(lora *l)
{
    double *owned[] = {l->pass.C, l->turn.C, l->now.pass.C, l->scaled, l->space_hn, l->space_mh,
                       l->space_mn, l->space_d, l->now.x, l->now.grad, l->now.C, l->now.z1,
                       l->now.z2, l->now.s1, l->now.s2, l->start.x, l->start.lambda1,
                       l->start.lambda2, l->kernel, l->kernel_eig};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        ory_free(owned[i]);
}

/* ------------------------------------------------------------------- state */

lora_state *lora_at(lora *l, const ory_moment *m)
{
    lora_state *st = &l->now;
    const size_t dim = dimension(l);
    const double *x;

    if (st->any && m->stamp != 0 && m->stamp == st->stamp)
        return st;
    x = lora_scale(l, m->x);
    st->stamp = m->stamp;
    if (st->any && memcmp(x, st->x, dim * sizeof *x) == 0)
        return st;
    memcpy(st->x, x, dim * sizeof *x);
    st->any = true;
    st->has_split = st->has_z = st->has_d = st->has_kernel = false;
    lora_forward(l, st->x, &st->pass);
    lora_backward(l, st->x, &st->pass, st->pass.E, st->grad);
    st->loss = 0.5 * ory_norm2_sq(st->pass.E, l->m * l->n);
    st->grad_sq = ory_norm2_sq(st->grad, dim);
    return st;
}

/* out (k x k) = U E V' and the part of E inside, into l->space_mn. */
static void project(lora *l, const double *E, double *out, double *inside)
{
    const lora_target *t = &l->target;
    const ory_mat U = ory_mat_view(t->U, t->k, l->m), V = ory_mat_view(t->V, t->k, l->n),
                  e = ory_mat_view((double *)E, l->m, l->n), c = ory_mat_view(out, t->k, t->k),
                  half = ory_mat_view(l->space_d, t->k, l->n), in = ory_mat_view(inside, l->m, l->n);

    memset(inside, 0, l->m * l->n * sizeof *inside);
    if (t->k == 0)
        return;
    ory_gemm(ORY_PLAIN, ORY_PLAIN, 1, &U, &e, 0, &half);
    ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &half, &V, 0, &c);
    ory_gemm(ORY_PLAIN, ORY_PLAIN, 1, &c, &V, 0, &half);
    ory_gemm(ORY_TRANS, ORY_PLAIN, 1, &U, &half, 0, &in);
}

lora_state *lora_split(lora *l, const ory_moment *m)
{
    lora_state *st = lora_at(l, m);
    const size_t k = l->target.k, mn = l->m * l->n, dim = dimension(l);
    double *grad = l->scaled;
    double sum = 0;

    if (st->has_split)
        return st;
    st->has_split = true;
    project(l, st->pass.E, st->C, l->space_mn);
    for (size_t i = 0; i < mn; i++) {
        const double outside = st->pass.E[i] - l->space_mn[i];

        sum += outside * outside;
    }
    st->noise = 0.5 * sum;
    st->signal = 0.5 * ory_norm2_sq(st->C, k * k);
    lora_backward(l, st->x, &st->pass, l->space_mn, grad);
    st->signal_grad_sq = ory_norm2_sq(grad, dim);
    return st;
}

/* Rows of z (r x (p + q)): column j of b (p x r), then row j of a (r x q). */
static void stack(const double *b, size_t p, const double *a, size_t q, size_t r, double *z)
{
    for (size_t j = 0; j < r; j++) {
        for (size_t i = 0; i < p; i++)
            z[j * (p + q) + i] = b[i * r + j];
        memcpy(z + j * (p + q) + p, a + j * q, q * sizeof *a);
    }
}

lora_state *lora_directions(lora *l, const ory_moment *m)
{
    lora_state *st = lora_at(l, m);

    if (st->has_z)
        return st;
    st->has_z = true;
    stack(st->x + l->b1, l->h, st->x + l->a1, l->n, l->r, st->z1);
    stack(st->x + l->b2, l->m, st->x + l->a2, l->h, l->r, st->z2);
    ory_jacobi_rows(st->z1, l->r, l->h + l->n, st->s1);
    ory_jacobi_rows(st->z2, l->r, l->m + l->h, st->s2);
    return st;
}

/* D1 (h x n) = A2'B2'E - W2'F and D2 (m x h) = E A1'B1' - F W1'. */
static void perturbations(lora *l, const lora_state *st)
{
    const size_t r = l->r;
    const ory_mat A2 = ory_mat_view(st->x + l->a2, r, l->h), H = ory_mat_view(st->pass.H, r, l->n),
                  G = ory_mat_view(st->pass.G, l->m, r), B1 = ory_mat_view(st->x + l->b1, l->h, r),
                  F = ory_mat_view(st->pass.F, l->m, l->n),
                  D1 = ory_mat_view(l->space_hn, l->h, l->n),
                  D2 = ory_mat_view(l->space_mh, l->m, l->h);

    /* the split may have used G and H for another residual: make them again */
    lora_backward(l, st->x, &st->pass, st->pass.E, l->scaled);
    ory_gemm(ORY_TRANS, ORY_PLAIN, 1, &A2, &H, 0, &D1);
    ory_gemm(ORY_TRANS, ORY_PLAIN, -1, &l->W2, &F, 1, &D1);
    ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &G, &B1, 0, &D2);
    ory_gemm(ORY_PLAIN, ORY_TRANS, -1, &F, &l->W1, 1, &D2);
}

static double spectral_norm(lora *l, double *a, size_t rows, size_t cols)
{
    const ory_mat view = ory_mat_view(a, rows, cols);

    return ory_singular_values(&view, l->space_d, &l->svd, NULL) == ORY_OK ? l->space_d[0] : NAN;
}

lora_state *lora_perturbation(lora *l, const ory_moment *m)
{
    lora_state *st = lora_at(l, m);

    if (st->has_d)
        return st;
    st->has_d = true;
    perturbations(l, st);
    st->d1 = spectral_norm(l, l->space_hn, l->h, l->n);
    st->d2 = spectral_norm(l, l->space_mh, l->m, l->h);
    return st;
}

double lora_perturbation_bound(lora *l, const ory_moment *m)
{
    const lora_state *st = lora_at(l, m);
    double d1, d2;

    if (st->has_d)
        return st->d1 > st->d2 ? st->d1 : st->d2;
    perturbations(l, st);
    d1 = ory_norm2_sq(l->space_hn, l->h * l->n);
    d2 = ory_norm2_sq(l->space_mh, l->m * l->h);
    return sqrt(d1 > d2 ? d1 : d2);
}

/* ------------------------------------------------------------- error kernel */

/* out (k x k) = op(a) op(a)'. */
static void square(const double *a, size_t rows, size_t cols, ory_op op, double *out)
{
    const size_t k = op == ORY_TRANS ? cols : rows;
    const ory_mat va = ory_mat_view((double *)a, rows, cols), vo = ory_mat_view(out, k, k);

    ory_gemm(op, op == ORY_TRANS ? ORY_PLAIN : ORY_TRANS, 1, &va, &va, 0, &vo);
}

/* K of dE/dt = -K vec E, row-major vec: (W2e W2e')x(A1'A1) + (P P')x I + I x(Q'Q)
 * + (B2 B2')x(W1e'W1e). */
static void make_kernel(lora *l, const lora_state *st)
{
    const size_t m = l->m, n = l->n, h = l->h, r = l->r, mm = m > n ? m * m : n * n;
    double *WW2 = l->space_d, *BB = WW2 + mm, *PP = BB + mm, *AA = PP + mm, *WW1 = AA + mm,
           *QQ = WW1 + mm;
    const ory_mat A1 = ory_mat_view(st->x + l->a1, r, n), B1 = ory_mat_view(st->x + l->b1, h, r),
                  A2 = ory_mat_view(st->x + l->a2, r, h), B2 = ory_mat_view(st->x + l->b2, m, r),
                  W1e = ory_mat_view(l->space_hn, h, n), W2e = ory_mat_view(l->space_mh, m, h);

    memcpy(W1e.data, l->W1.data, h * n * sizeof(double));
    memcpy(W2e.data, l->W2.data, m * h * sizeof(double));
    ory_gemm(ORY_PLAIN, ORY_PLAIN, 1, &B1, &A1, 1, &W1e);
    ory_gemm(ORY_PLAIN, ORY_PLAIN, 1, &B2, &A2, 1, &W2e);
    square(W2e.data, m, h, ORY_PLAIN, WW2);
    square(B2.data, m, r, ORY_PLAIN, BB);
    square(st->pass.P, m, r, ORY_PLAIN, PP);
    square(A1.data, r, n, ORY_TRANS, AA);
    square(W1e.data, h, n, ORY_TRANS, WW1);
    square(st->pass.Q, r, n, ORY_TRANS, QQ);
    if (!l->on1)
        memset(PP, 0, m * m * sizeof(double));
    if (!l->on2)
        memset(QQ, 0, n * n * sizeof(double));
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t p = 0; p < m; p++)
                for (size_t q = 0; q < n; q++)
                    l->kernel[(i * n + j) * m * n + p * n + q] =
                        WW2[i * m + p] * AA[j * n + q] + BB[i * m + p] * WW1[j * n + q] +
                        (j == q ? PP[i * m + p] : 0) + (i == p ? QQ[j * n + q] : 0);
}

lora_state *lora_kernel_at(lora *l, const ory_moment *m)
{
    lora_state *st = lora_at(l, m);
    const size_t mn = l->m * l->n;
    ory_mat K = ory_mat_view(l->kernel, mn, mn);

    if (st->has_kernel)
        return st;
    st->has_kernel = true;
    if (!lora_kernel_fits(l)) {
        st->kmin = st->kmax = NAN;
        return st;
    }
    make_kernel(l, st);
    if (ory_eig_sym_values(&K, l->kernel_eig, &l->svd, NULL) != ORY_OK)
        for (size_t i = 0; i < mn; i++)
            l->kernel_eig[i] = NAN;
    st->kmin = l->kernel_eig[0] < 0 ? 0 : l->kernel_eig[0]; /* rounding: K is a sum of squares */
    st->kmax = l->kernel_eig[mn - 1];
    return st;
}

double lora_rate_bound(lora *l, const ory_moment *m)
{
    const lora_state *st = lora_at(l, m);
    const size_t r = l->r;
    const double a1 = ory_norm2(st->x + l->a1, r * l->n), b1 = ory_norm2(st->x + l->b1, l->h * r),
                 a2 = ory_norm2(st->x + l->a2, r * l->h), b2 = ory_norm2(st->x + l->b2, l->m * r),
                 w1 = l->target.w1 + a1 * b1, w2 = l->target.w2 + a2 * b2;

    return w2 * w2 * a1 * a1 + ory_norm2_sq(st->pass.P, l->m * r) +
           ory_norm2_sq(st->pass.Q, r * l->n) + b2 * b2 * w1 * w1;
}

/* ------------------------------------------------------------ scalars of x */

/* sum over the r of (row j of b' or column) ... : left'B A right. */
static double through(const double *left, const double *B, const double *A, const double *right,
                      size_t p, size_t r, size_t q)
{
    double sum = 0;

    for (size_t j = 0; j < r; j++) {
        double x = 0, y = 0;

        for (size_t i = 0; i < p; i++)
            x += left[i] * B[i * r + j];
        for (size_t i = 0; i < q; i++)
            y += A[j * q + i] * right[i];
        sum += x * y;
    }
    return sum;
}

double lora_growth(const lora *l, const double *x, int layer, size_t mode)
{
    const lora_target *t = &l->target;

    if (mode >= (layer == 1 ? t->k1 : t->k2))
        return NAN;
    if (layer == 1)
        return through(t->g + mode * l->h, x + l->b1, x + l->a1, t->v + mode * l->n, l->h, l->r,
                       l->n);
    return through(t->u + mode * l->m, x + l->b2, x + l->a2, t->gt + mode * l->h, l->m, l->r,
                   l->h);
}

void lora_conserved(const lora *l, const double *x, int layer, double *lambda)
{
    const size_t p = layer == 1 ? l->h : l->m, q = layer == 1 ? l->n : l->h, r = l->r;
    const double *B = x + (layer == 1 ? l->b1 : l->b2), *A = x + (layer == 1 ? l->a1 : l->a2);

    for (size_t i = 0; i < r; i++)
        for (size_t j = 0; j < r; j++) {
            double sum = 0;

            for (size_t a = 0; a < p; a++)
                sum += B[a * r + i] * B[a * r + j];
            for (size_t a = 0; a < q; a++)
                sum -= A[i * q + a] * A[j * q + a];
            lambda[i * r + j] = sum;
        }
}

/* ------------------------------------------------------ fixed by the start */

/* Root mean square of the blocks of x that are not 0. */
static double entry_scale(const lora *l, const double *x)
{
    const size_t edge[] = {l->a1, l->b1, l->a2, l->b2, dimension(l)};
    double sum = 0;
    size_t count = 0;

    for (int i = 0; i < 4; i++) {
        const double part = ory_norm2_sq(x + edge[i], edge[i + 1] - edge[i]);

        sum += part;
        count += part > 0 ? edge[i + 1] - edge[i] : 0;
    }
    return count ? sqrt(sum / (double)count) : 0;
}

/* |A right|^2 + |B'left|^2 of the lead layer. */
static double lead_energy(const lora *l, const double *x)
{
    const lora_target *t = &l->target;
    const bool first = t->lead == 1;
    const size_t p = first ? l->h : l->m, q = first ? l->n : l->h, r = l->r;
    const double *B = x + (first ? l->b1 : l->b2), *A = x + (first ? l->a1 : l->a2),
                 *left = first ? t->g : t->u, *right = first ? t->v : t->gt;
    double sum = 0;

    for (size_t j = 0; j < r; j++) {
        double a = 0, b = 0;

        for (size_t i = 0; i < p; i++)
            b += left[i] * B[i * r + j];
        for (size_t i = 0; i < q; i++)
            a += A[j * q + i] * right[i];
        sum += a * a + b * b;
    }
    return sum;
}

/* The printed window of T1 and the predicted T1, in the run's own time. */
static void make_times(const lora *l, lora_start *f)
{
    const lora_target *t = &l->target;
    const size_t r = l->r;
    const double z1 = ory_norm2_sq(f->x + l->a1, r * (l->n + l->h)),
                 z2 = ory_norm2_sq(f->x + l->a2, r * (l->h + l->m)), z = z1 > z2 ? z1 : z2;
    const double d = t->delta, s = t->sigma_lead, scale = l->root * l->root;

    f->t_low = f->t_high = f->t_guess = NAN;
    if (!t->lead || d >= 1 || !(f->alpha > 0))
        return;
    f->t_low = 2 / ((5 - d) * t->lambda) *
               log(f->alpha / (z * (s + t->w1 * t->w1 + t->w1 * t->w2 + t->w2 * t->w2 +
                                    sqrt(t->w1 + t->w2))));
    if (f->t_low < 0)
        f->t_low = 0;
    f->t_high = f->t_low +
                2 * log1p((1 - d * d) * s * s / (4 * z)) / ((1 + d) * t->lambda);
    f->t_guess = asinh(2 * lora_threshold(l) / f->q) / (2 * t->lambda);
    f->t_low /= scale;
    f->t_high /= scale;
    f->t_guess /= scale;
}

lora_start *lora_start_at(lora *l, const ory_moment *m)
{
    lora_start *f = &l->start;
    const size_t dim = dimension(l);
    const double *x = lora_scale(l, m->x0);

    if (f->any && memcmp(x, f->x, dim * sizeof *x) == 0)
        return f;
    f->any = true;
    memcpy(f->x, x, dim * sizeof *x);
    lora_forward(l, f->x, &l->pass);
    f->loss = 0.5 * ory_norm2_sq(l->pass.E, l->m * l->n);
    f->alpha = isnan(l->alpha) ? entry_scale(l, f->x) : l->root * l->alpha;
    lora_conserved(l, f->x, 1, f->lambda1);
    lora_conserved(l, f->x, 2, f->lambda2);
    f->q = l->target.lead ? lead_energy(l, f->x) : NAN;
    make_times(l, f);
    return f;
}
