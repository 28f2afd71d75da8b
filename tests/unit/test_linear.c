/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_linear.c - net.linear at single states: losses, derivatives, local constants
 * and the constants of the start, against closed forms, differences and direct
 * factorisations. The names begin with the number of the acceptance case. */
#include "config.h"

#include <float.h>

#include "linear_case.h"

enum { PROBLEMS = 240 };

static ory_rng rng;

/* ------------------------------------------------------------------- examples */

/* X = Y = 1, W1 = 2, W2 = 1, squared loss. */
static void start_example(descent *d, double scale)
{
    ory_values v;

    opt_start(&v);
    opt_num(&v, "loss_scale", scale);
    opt_mat(&v, "X", 1, 1, (const double[]){1});
    opt_mat(&v, "Y", 1, 1, (const double[]){1});
    opt_mat(&v, "W1", 1, 1, (const double[]){2});
    opt_mat(&v, "W2", 1, 1, (const double[]){1});
    descent_start(d, &v);
}

static void A1_scalar_example(void **state)
{
    static const struct {
        const char *name;
        double value;
    } rows[] = {
        {"loss", 0.5}, {"gap", 0.5}, {"mu_t", 5}, {"pl", 5}, {"K_A", 6}, {"K_B", 15}, {"K_C", 6},
        {"K_dir", 5.8}, {"imbalance", 3}, {"beta1", 0}, {"beta2", 2}, {"imbalance_margin", 3},
        {"spread_plus", 0}, {"spread_minus", 0}, {"alpha1", 3}, {"alpha2", 6}, {"s2min", 5},
        {"s2max", 5}, {"kappa_t", 1}, {"pl_upper", 5}, {"radius", 1}, {"gap_start", 0.5},
    };
    descent d;

    (void)state;
    start_example(&d, 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const double got = see(&d, rows[i].name);

        if (!(fabs(got - rows[i].value) <= 1e-9 * fabs(rows[i].value)))
            fail_msg("%s = %.17g, expected %.17g", rows[i].name, got, rows[i].value);
    }
    ASSERT_REL(see(&d, "grad_norm"), sqrt(5), 1e-14);
    ASSERT_REL(see(&d, "sharpness"), (5 + sqrt(45)) / 2, 1e-9);
    ASSERT_REL(see(&d, "eta_edge"), 4 / (5 + sqrt(45)), 1e-9);
    ASSERT_REL(see(&d, "eta_invK"), 0.125389147651, 1e-9);
    ASSERT_REL(see(&d, "eta_argmin"), 0.114500506818, 1e-9);
    ASSERT_REL(see(&d, "eta1"), 0.0886686849882, 1e-9);
    ASSERT_REL(see(&d, "eta2"), 0.0411366545702, 1e-9);
    ASSERT_REL(see(&d, "eta3"), 0.0497930444931, 1e-9);
    ASSERT_REL(see(&d, "eta_max"), 0.0411366545702, 1e-9);
    descent_end(&d);
}

static void A2_one_step(void **state)
{
    descent d;

    (void)state;
    start_example(&d, 1);
    descent_step_size(&d, 0.1);
    ASSERT_REL(see(&d, "K_t"), 7.56, 1e-9);
    ASSERT_REL(see(&d, "eta_K"), 0.756, 1e-9);
    ASSERT_REL(see(&d, "K_eff"), 5.408, 1e-9);
    ASSERT_REL(see(&d, "rho"), 0.378, 1e-9);
    ASSERT_REL(see(&d, "gap_next"), 0.1352, 1e-9);
    ASSERT_REL(see(&d, "rho_hat"), 0.2704, 1e-9);
    ASSERT_REL(see(&d, "drift_step"), 0.03, 1e-9);
    assert_true(see(&d, "gap_next") <= see(&d, "rho") * see(&d, "gap"));
    descent_move(&d);
    ASSERT_REL(d.x[0], 1.9, 1e-15);
    ASSERT_REL(d.x[1], 0.8, 1e-15);
    ASSERT_REL(see(&d, "loss"), 0.1352, 1e-9);
    ASSERT_REL(see(&d, "imbalance"), 2.97, 1e-9);
    ASSERT_REL(see(&d, "drift"), 0.03, 1e-9);
    descent_end(&d);
}

static void A8_alpha1_on_the_counterexample(void **state)
{
    ory_values v;
    descent d;

    (void)state;
    opt_start(&v);
    opt_mat(&v, "X", 2, 2, (const double[]){1, 0, 0, 1});
    opt_mat(&v, "Y", 2, 1, (const double[]){1, 0});
    opt_mat(&v, "W1", 2, 2, (const double[]){1, 0, 0, 0});
    opt_mat(&v, "W2", 1, 2, (const double[]){1, 0});
    descent_start(&d, &v);
    ASSERT_REL(see(&d, "s2min"), 1, 1e-12);
    ASSERT_REL(see(&d, "alpha1"), 1, 1e-12);
    descent_end(&d);
}

/* Fig. 3: the scalar toy's PL ratio and Hessian on a grid. */
static void scalar_toy_has_its_closed_forms(void **state)
{
    (void)state;
    for (double a = -2; a <= 2; a += 0.5)
        for (double b = -2; b <= 2; b += 0.5) {
            const double sq = a * a + b * b;
            const double top = 0.5 * (sq + sqrt(sq * sq - 4 * a * a * b * b +
                                                4 * (2 * a * b - 1) * (2 * a * b - 1)));
            ory_values v;
            descent d;

            opt_start(&v);
            opt_text(&v, "loss", "scalar");
            opt_mat(&v, "W1", 1, 1, &a);
            opt_mat(&v, "W2", 1, 1, &b);
            descent_start(&d, &v);
            ASSERT_ABS(see(&d, "loss"), 0.5 * (a * b - 1) * (a * b - 1), 1e-14);
            if (a * b != 1)
                ASSERT_ABS(see(&d, "pl"), sq, 1e-12);
            ASSERT_ABS(see(&d, "sharpness"), top, 1e-9);
            descent_end(&d);
        }
}

/* --------------------------------------------------------- losses, independently */

static double direct_loss(const ory_system *s, const double *x)
{
    const ory_block *b1 = ory_system_block(s, "W1"), *b2 = ory_system_block(s, "W2");
    const size_t n = b1->rows, h = b1->cols, m = b2->rows;
    const int loss = (int)s->values.v[ory_params_find(s->class->params, "loss")].num;
    const double lambda = s->values.v[ory_params_find(s->class->params, "lambda")].num;
    const double scale = s->values.v[ory_params_find(s->class->params, "loss_scale")].num;
    const ory_mat *X = ory_values_mat(&s->values, ory_params_find(s->class->params, "X"));
    const ory_mat *Y = ory_values_mat(&s->values, ory_params_find(s->class->params, "Y"));
    const ory_mat *A = ory_values_mat(&s->values, ory_params_find(s->class->params, "A"));
    const ory_mat *y = ory_values_mat(&s->values, ory_params_find(s->class->params, "y"));
    double W[64], sum = 0, ridge = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) {
            double w = 0;

            for (size_t k = 0; k < h; k++)
                w += x[b1->offset + i * h + k] * x[b2->offset + j * h + k];
            W[i * m + j] = w;
            ridge += w * w;
        }
    if (loss == 4) { /* sensing */
        for (size_t k = 0; k < A->rows; k++) {
            double r = -y->data[k];

            for (size_t i = 0; i < n * m; i++)
                r += *ory_mat_at(A, k, i) * W[i];
            sum += 0.5 * r * r;
        }
        return sum;
    }
    for (size_t k = 0; k < Y->rows; k++)
        for (size_t j = 0; j < m; j++) {
            double p = 0;

            for (size_t i = 0; i < n; i++)
                p += (X ? *ory_mat_at(X, k, i) : k == i) * W[i * m + j];
            if (loss == 3)
                sum += log(1 + exp(-*ory_mat_at(Y, k, j) * p)) / (double)Y->rows;
            else
                sum += 0.5 * scale * pow(*ory_mat_at(Y, k, j) - p, 2);
        }
    return loss == 3 ? sum + 0.5 * lambda * ridge : sum;
}

/* A problem whose data this file knows: kind 0 squared, 1 rank-deficient, 2 mf,
 * 3 logistic, 4 sensing. */
static void given_problem(descent *d, int kind)
{
    const size_t n = 1 + ory_rng_below(&rng, 4), m = 1 + ory_rng_below(&rng, 4),
                 h = 1 + ory_rng_below(&rng, 6), N = kind == 4 ? n * m + 3 : n + 2;
    double X[80], Y[80], A[320], W1[24], W2[24]; /* n, m <= 4, h <= 6, N <= 19 */
    ory_values v;

    opt_start(&v);
    ory_rng_fill_normal(&rng, X, N * n, 0, 1);
    ory_rng_fill_normal(&rng, Y, N * m, 0, 1);
    ory_rng_fill_normal(&rng, A, N * n * m, 0, 1);
    ory_rng_fill_normal(&rng, W1, n * h, 0, 1);
    ory_rng_fill_normal(&rng, W2, m * h, 0, 1);
    if (kind == 1 && n > 1)
        for (size_t k = 0; k < N; k++) /* last column = 2 first - ... */
            X[k * n + n - 1] = 2 * X[k * n];
    if (kind == 0)
        opt_num(&v, "loss_scale", 0.731);
    if (kind == 3) {
        opt_text(&v, "loss", "logistic");
        opt_num(&v, "lambda", 0.0731);
        for (size_t i = 0; i < N * m; i++)
            Y[i] = Y[i] < 0 ? -1 : 1;
    }
    if (kind == 2) {
        opt_text(&v, "loss", "mf");
        opt_mat(&v, "Y", n, m, Y);
    } else if (kind == 4) {
        opt_text(&v, "loss", "sensing");
        opt_mat(&v, "A", N, n * m, A);
        opt_mat(&v, "y", N, 1, Y);
        opt_num(&v, "n", (double)n);
    } else {
        opt_mat(&v, "X", N, n, X);
        opt_mat(&v, "Y", N, m, Y);
    }
    opt_mat(&v, "W1", n, h, W1);
    opt_mat(&v, "W2", m, h, W2);
    descent_start(d, &v);
}

static void losses_agree_with_their_definitions(void **state)
{
    (void)state;
    ory_rng_init(&rng, 41, 0);
    for (int i = 0; i < 200; i++) {
        descent d;
        double want, before, x[64];

        given_problem(&d, i % 5);
        want = direct_loss(d.s, d.x);
        ASSERT_REL(see(&d, "loss"), want, 1e-12);
        ASSERT_ABS(see(&d, "gap"), want - d.s->loss_min, 1e-11 * want);
        for (size_t j = 0; j < d.s->dim && j < 64; j++) { /* gradient by differences */
            double up, down, g;

            memcpy(x, d.x, d.s->dim * sizeof *x);
            d.s->class->loss(d.s, d.x, &before, d.grad);
            g = d.grad[j];
            x[j] = d.x[j] + 1e-5;
            up = direct_loss(d.s, x);
            x[j] = d.x[j] - 1e-5;
            down = direct_loss(d.s, x);
            ASSERT_ABS(g, (up - down) / 2e-5, 1e-7 * (1 + fabs(want)));
        }
        descent_end(&d);
    }
}

static void no_product_has_a_smaller_loss_than_the_minimum(void **state)
{
    (void)state;
    ory_rng_init(&rng, 42, 0);
    for (int i = 0; i < 100; i++) {
        const int which = ory_probe_find(linear_class(), "W_star");
        descent d;
        double W[64], factor[2][64];
        size_t n, h, m;

        given_problem(&d, i % 5);
        n = d.s->blocks[0].rows, h = d.s->blocks[0].cols, m = d.s->blocks[1].rows;
        assert_int_equal(ory_probe_read(d.s, &d.m, which, W, NULL), ORY_OK);
        if (h >= n) { /* W1 = [I 0], W2 = [W*' 0] has product W* exactly */
            memset(factor, 0, sizeof factor);
            for (size_t a = 0; a < n; a++)
                factor[0][a * h + a] = 1;
            for (size_t a = 0; a < m; a++)
                for (size_t b = 0; b < n; b++)
                    factor[1][a * h + b] = W[b * m + a];
            memcpy(d.x, factor[0], n * h * sizeof(double));
            memcpy(d.x + n * h, factor[1], m * h * sizeof(double));
            ASSERT_ABS(direct_loss(d.s, d.x), d.s->loss_min, 1e-12 * (1 + d.s->loss_min));
            descent_step_size(&d, NAN);
            ASSERT_ABS(see(&d, "grad_norm"), 0, 1e-9);
            for (int j = 0; j < 20; j++) {
                double *at = &d.x[ory_rng_below(&rng, d.s->dim)], old = *at;

                *at += 1e-3 * ory_rng_normal(&rng);
                assert_true(direct_loss(d.s, d.x) >= d.s->loss_min - 1e-13 * (1 + d.s->loss_min));
                *at = old;
            }
        }
        descent_end(&d);
    }
}

/* ----------------------------------------------------------- second derivatives */

static void dense_hessian(descent *d, ory_mat *H)
{
    double *unit = ory_alloc(d->s->dim, sizeof *unit);

    assert_int_equal(ory_mat_new(H, d->s->dim, d->s->dim, NULL), ORY_OK);
    for (size_t i = 0; i < d->s->dim; i++) {
        unit[i] = 1;
        d->s->class->hvp(d->s, d->x, unit, ory_mat_at(H, i, 0));
        unit[i] = 0;
    }
    ory_free(unit);
}

static void A13_hvp_is_the_derivative_of_the_gradient(void **state)
{
    (void)state;
    ory_rng_init(&rng, 43, 0);
    for (unsigned i = 0; i < PROBLEMS; i++) {
        ory_values v;
        descent d;
        double *u, *w, *Hu, *Hw, *up, *down, scale;
        const double t = 1e-5;

        random_problem(&v, &rng, i);
        descent_start(&d, &v);
        u = ory_alloc(6 * d.s->dim, sizeof *u);
        w = u + d.s->dim, Hu = w + d.s->dim, Hw = Hu + d.s->dim, up = Hw + d.s->dim,
        down = up + d.s->dim;
        ory_rng_fill_normal(&rng, u, 2 * d.s->dim, 0, 1);
        d.s->class->hvp(d.s, d.x, u, Hu);
        d.s->class->hvp(d.s, d.x, w, Hw);
        ASSERT_ABS(ory_dot(w, Hu, d.s->dim), ory_dot(u, Hw, d.s->dim),
                   1e-12 * (ory_norm2(w, d.s->dim) * ory_norm2(Hu, d.s->dim) +
                            ory_norm2(u, d.s->dim) * ory_norm2(Hw, d.s->dim)));
        scale = ory_norm2(Hu, d.s->dim);
        ory_axpy(t, u, d.x, d.s->dim);
        d.s->class->loss(d.s, d.x, NULL, up);
        ory_axpy(-2 * t, u, d.x, d.s->dim);
        d.s->class->loss(d.s, d.x, NULL, down);
        for (size_t j = 0; j < d.s->dim; j++)
            ASSERT_ABS(Hu[j], (up[j] - down[j]) / (2 * t), 1e-6 * (1 + scale));
        ory_free(u);
        descent_end(&d);
    }
}

/* At a global minimum the Hessian annihilates (W1 S, -W2 S'). */
static void A13_hessian_vanishes_along_the_symmetry(void **state)
{
    (void)state;
    ory_rng_init(&rng, 44, 0);
    for (int i = 0; i < 40; i++) {
        enum { N = 3, M = 2, H = 4 };
        double Y[N * M], W1[N * H] = {0}, W2[M * H] = {0}, S[H * H], dir[(N + M) * H],
            out[(N + M) * H];
        ory_values v;
        descent d;

        /* W1 = [A 0] with A = I + noise, W2 arbitrary, Y their product: a minimum. */
        ory_rng_fill_normal(&rng, W1, N * H, 0, 1);
        ory_rng_fill_normal(&rng, W2, M * H, 0, 1);
        ory_rng_fill_normal(&rng, S, H * H, 0, 1);
        memset(Y, 0, sizeof Y);
        for (int a = 0; a < N; a++)
            for (int b = 0; b < M; b++)
                for (int k = 0; k < H; k++)
                    Y[a * M + b] += W1[a * H + k] * W2[b * H + k];
        opt_start(&v);
        opt_text(&v, "loss", "mf");
        opt_mat(&v, "Y", N, M, Y);
        opt_mat(&v, "W1", N, H, W1);
        opt_mat(&v, "W2", M, H, W2);
        descent_start(&d, &v);
        memset(dir, 0, sizeof dir);
        for (int k = 0; k < H; k++)
            for (int l = 0; l < H; l++) {
                for (int a = 0; a < N; a++)
                    dir[a * H + l] += W1[a * H + k] * S[k * H + l];
                for (int b = 0; b < M; b++)
                    dir[N * H + b * H + l] -= W2[b * H + k] * S[l * H + k];
            }
        d.s->class->hvp(d.s, d.x, dir, out);
        ASSERT_ABS(ory_norm2(out, d.s->dim), 0, 1e-11);
        assert_true(ory_norm2(dir, d.s->dim) > 0.1);
        descent_end(&d);
    }
}

static void A5_sharpness_is_the_dense_top_eigenvalue_below_A(void **state)
{
    (void)state;
    ory_rng_init(&rng, 45, 0);
    for (unsigned i = 0; i < PROBLEMS; i++) {
        ory_values v;
        descent d;
        ory_mat H;
        double *w, top, K_dir;

        random_problem(&v, &rng, i);
        descent_start(&d, &v);
        if (d.s->dim <= 60) {
            dense_hessian(&d, &H);
            w = ory_alloc(d.s->dim, sizeof *w);
            assert_int_equal(ory_eig_sym(&H, w, NULL, NULL), ORY_OK);
            top = w[d.s->dim - 1];
            ASSERT_REL(see(&d, "sharpness"), top, 1e-8);
            ASSERT_LE(top, see(&d, "K_A"), 1e-12 * top);
            K_dir = see(&d, "K_dir");
            if (!isnan(K_dir)) {
                double *Hg = ory_alloc(d.s->dim, sizeof *Hg), norm;

                ASSERT_LE(K_dir, top, 1e-12 * top);
                d.s->class->loss(d.s, d.x, &d.loss, d.grad);
                d.s->class->hvp(d.s, d.x, d.grad, Hg);
                norm = ory_norm2_sq(d.grad, d.s->dim);
                if (see(&d, "gap") > 1e6 * see(&d, "floor"))
                    ASSERT_ABS(K_dir, ory_dot(d.grad, Hg, d.s->dim) / norm, 1e-9 * top);
                ory_free(Hg);
            }
            ory_free(w);
            ory_mat_free(&H);
        }
        descent_end(&d);
    }
}

/* -------------------------------------------------------------- local constants */

/* Squared singular values of a (rows x h), descending, as eigenvalues of a a'. */
static void squares_of(const double *a, size_t rows, size_t h, double *out)
{
    const ory_mat view = ory_mat_view((double *)a, rows, h);
    ory_mat gram;
    double w[64];

    assert_int_equal(ory_mat_new(&gram, rows, rows, NULL), ORY_OK);
    ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &view, &view, 0, &gram);
    assert_int_equal(ory_eig_sym(&gram, w, NULL, NULL), ORY_OK);
    for (size_t i = 0; i < rows; i++)
        out[i] = fmax(w[rows - 1 - i], 0);
    ory_mat_free(&gram);
}

/* mu, K, s2min, s2max of a problem with given X, through the projection on X's row
 * space: V'W1 from the eigenvectors of X'X. */
static void singular_values_of_the_reduced_factors(void **state)
{
    (void)state;
    ory_rng_init(&rng, 46, 0);
    for (int i = 0; i < 120; i++) {
        descent d;
        const ory_mat *X;
        ory_mat gram, vec;
        double w[16], Z[64], sq1[16], sq2[16];
        size_t n, h, m, r = 0;

        given_problem(&d, i % 2);
        n = d.s->blocks[0].rows, h = d.s->blocks[0].cols, m = d.s->blocks[1].rows;
        X = ory_values_mat(&d.s->values, ory_params_find(d.s->class->params, "X"));
        assert_int_equal(ory_mat_new(&gram, n, n, NULL), ORY_OK);
        assert_int_equal(ory_mat_new(&vec, n, n, NULL), ORY_OK);
        ory_gemm(ORY_TRANS, ORY_PLAIN, 1, X, X, 0, &gram);
        assert_int_equal(ory_eig_sym(&gram, w, &vec, NULL), ORY_OK);
        for (size_t k = n; k-- > 0;)
            if (w[k] > 1e-12 * w[n - 1]) {
                for (size_t c = 0; c < h; c++) {
                    double sum = 0;

                    for (size_t a = 0; a < n; a++)
                        sum += *ory_mat_at(&vec, a, k) * d.x[a * h + c];
                    Z[r * h + c] = sum;
                }
                r++;
            }
        assert_true(r == (i % 2 == 1 && n > 1 ? n - 1 : n));
        squares_of(Z, r, h, sq1);
        squares_of(d.x + n * h, m, h, sq2);
        ASSERT_REL(see(&d, "K"), w[n - 1] * (i % 2 ? 1 : 0.731), 1e-12);
        ASSERT_REL(see(&d, "mu"), w[n - r] * (i % 2 ? 1 : 0.731), 1e-9);
        ASSERT_REL(see(&d, "s2max"), sq1[0] + sq2[0], 1e-12);
        ASSERT_ABS(see(&d, "s2min"), (h < r ? 0 : sq1[r - 1]) + (h < m ? 0 : sq2[m - 1]),
                   1e-12 * see(&d, "s2max"));
        ory_mat_free(&gram);
        ory_mat_free(&vec);
        descent_end(&d);
    }
}

static void A3_pl_ratio_lies_between_its_bounds(void **state)
{
    int checked = 0;

    (void)state;
    ory_rng_init(&rng, 47, 0);
    for (unsigned i = 0; i < PROBLEMS; i++) {
        static const double shares[] = {0.3, 1, 1.6, 2.6};
        ory_values v;
        descent d;

        random_problem(&v, &rng, i);
        descent_start(&d, &v);
        for (int k = 0; k < 12; k++) {
            const double pl = see(&d, "pl");

            if (see(&d, "gap") <= see(&d, "floor"))
                break;
            ASSERT_LE(see(&d, "mu_t"), pl, 1e-12 * pl);
            ASSERT_LE(pl, see(&d, "pl_upper"), 1e-12 * pl);
            checked++;
            descent_step_size(&d, shares[ory_rng_below(&rng, 4)] * see(&d, "eta_invK"));
            descent_move(&d);
        }
        descent_end(&d);
    }
    assert_true(checked > 2000);
}

static void A4_descent_lemma_and_local_rate(void **state)
{
    int checked = 0, certified = 0;

    (void)state;
    ory_rng_init(&rng, 48, 0);
    for (unsigned i = 0; i < PROBLEMS; i++) {
        static const double shares[] = {0.03, 0.6, 1, 1.5, 3, 10};
        ory_values v;
        descent d;
        double gap0;

        random_problem(&v, &rng, i);
        descent_start(&d, &v);
        gap0 = see(&d, "gap");
        for (int k = 0; k < 12; k++) {
            const double gap = see(&d, "gap"), eta = shares[ory_rng_below(&rng, 6)] *
                                                     see(&d, "eta_invK");
            double predicted, next, limit = INFINITY;

            if (gap <= see(&d, "floor") || gap > 1e3 * gap0)
                break;
            descent_step_size(&d, eta);
            predicted = see(&d, "gap_next");
            ASSERT_LE(see(&d, "K_eff"), see(&d, "K_t"), 1e-9 * see(&d, "K_t"));
            ASSERT_LE(predicted, see(&d, "descent_bound"), 1e-13 * gap0 + 1e-12 * gap);
            if (see(&d, "eta_K") < 2) {
                limit = see(&d, "rho") * gap;
                ASSERT_LE(predicted, limit, 1e-13 * gap0);
                certified++;
            }
            checked++;
            descent_move(&d);
            next = see(&d, "gap"); /* the step itself agrees with the prediction */
            ASSERT_LE(next, limit, 1e-13 * gap0);
            ASSERT_ABS(next, predicted, 1e-9 * (next + 1e-4 * gap) +
                       100 * (sqrt(next * see(&d, "floor")) + see(&d, "floor")));
        }
        descent_end(&d);
    }
    assert_true(checked > 1500 && certified > 700);
}

static void K_eff_agrees_with_its_definition(void **state)
{
    (void)state;
    ory_rng_init(&rng, 49, 0);
    for (unsigned i = 0; i < PROBLEMS; i++) {
        ory_values v;
        descent d;
        double eta, L, next, sq;

        random_problem(&v, &rng, i);
        descent_start(&d, &v);
        eta = 0.731 * see(&d, "eta_invK");
        descent_step_size(&d, eta);
        d.s->class->loss(d.s, d.x, &L, d.grad);
        sq = ory_norm2_sq(d.grad, d.s->dim);
        if (see(&d, "gap") > 1e-6 && eta * sq > 1e-4 * L) {
            const double got = see(&d, "K_eff");

            ory_axpy(-eta, d.grad, d.x, d.s->dim);
            d.s->class->loss(d.s, d.x, &next, NULL);
            ASSERT_ABS(got, 2 * (next - L + eta * sq) / (eta * eta * sq),
                       1e-10 * L / (eta * eta * sq));
        }
        descent_end(&d);
    }
}

/* ---------------------------------------------------------- constants of the start */

static void A6_alpha_enclose_the_layer_map(void **state)
{
    int rectangular = 0;

    (void)state;
    ory_rng_init(&rng, 50, 0);
    for (unsigned i = 0; i < 4 * PROBLEMS; i++) {
        ory_values v;
        descent d;
        double top;

        random_problem(&v, &rng, i);
        descent_start(&d, &v);
        top = see(&d, "s2max");
        if (see(&d, "alpha1") > 0)
            ASSERT_LE(see(&d, "imbalance_margin"), see(&d, "alpha1"), 1e-12 * top);
        ASSERT_LE(see(&d, "alpha1"), see(&d, "s2min"), 1e-12 * top);
        ASSERT_LE(see(&d, "s2min"), top, 0);
        if (!isnan(see(&d, "alpha2")))
            ASSERT_LE(top, see(&d, "alpha2"), 1e-12 * top);
        rectangular += see(&d, "alpha1") > 0 && d.s->blocks[0].rows != d.s->blocks[1].rows;
        descent_end(&d);
    }
    assert_true(rectangular > 100);
}

static void A7_balanced_starts_have_tight_constants(void **state)
{
    (void)state;
    ory_rng_init(&rng, 51, 0);
    for (int i = 0; i < 60; i++) {
        const double n = 1 + (double)ory_rng_below(&rng, 5);
        ory_values v;
        descent d;

        opt_start(&v);
        opt_num(&v, "n", n);
        opt_num(&v, "m", n);
        opt_num(&v, "h", n + (double)ory_rng_below(&rng, 5));
        opt_num(&v, "seed", i);
        opt_text(&v, "init", "balanced");
        if (i % 3 == 0)
            opt_text(&v, "loss", "mf");
        descent_start(&d, &v);
        ASSERT_ABS(see(&d, "imbalance"), 0, 1e-13);
        ASSERT_ABS(see(&d, "alpha1"), 2 * see(&d, "beta1"), 1e-13);
        ASSERT_REL(see(&d, "alpha2"), 2 * see(&d, "beta2"), 1e-9);
        ASSERT_REL(see(&d, "s2min"), 2 * see(&d, "sw_min"), 1e-9);
        ASSERT_REL(see(&d, "s2max"), 2 * see(&d, "sw_max"), 1e-9);
        descent_end(&d);
    }
}

static void imbalance_eigenvalues_are_those_of_the_dense_matrix(void **state)
{
    (void)state;
    ory_rng_init(&rng, 52, 0);
    for (int i = 0; i < 60; i++) {
        const int which = ory_probe_find(linear_class(), "imbalance_spectrum");
        const size_t n = 1 + ory_rng_below(&rng, 5), m = 1 + ory_rng_below(&rng, 5),
                     h = i % 3 == 0 ? 90 + ory_rng_below(&rng, 20) : 1 + ory_rng_below(&rng, 14);
        ory_values v;
        descent d;
        ory_mat D;
        double *w, got[16], scale, fro = 0;
        size_t rows, cols, positive = 0;

        opt_start(&v);
        opt_num(&v, "n", (double)n);
        opt_num(&v, "m", (double)m);
        opt_num(&v, "h", (double)h);
        opt_num(&v, "seed", i);
        descent_start(&d, &v);
        assert_int_equal(ory_mat_new(&D, h, h, NULL), ORY_OK);
        w = ory_alloc(h, sizeof *w);
        for (size_t a = 0; a < h; a++)
            for (size_t b = 0; b < h; b++) {
                double sum = 0;

                for (size_t k = 0; k < n; k++)
                    sum += d.x[k * h + a] * d.x[k * h + b];
                for (size_t k = n; k < n + m; k++)
                    sum -= d.x[k * h + a] * d.x[k * h + b];
                *ory_mat_at(&D, a, b) = sum;
            }
        assert_int_equal(ory_eig_sym(&D, w, NULL, NULL), ORY_OK);
        scale = 1e-13 * ory_norm2_sq(d.x, d.s->dim);
        ory_probe_shape(d.s, which, &rows, &cols);
        assert_true(rows * cols == (h < n + m ? h : n + m));
        assert_int_equal(ory_probe_read(d.s, &d.m, which, got, NULL), ORY_OK);
        for (size_t k = 0; k < rows; k++) {
            /* descending; the zeros of the dense matrix sit between the two signs */
            positive += got[k] >= 0;
            ASSERT_ABS(got[k], got[k] >= 0 ? w[h - 1 - k] : w[rows - 1 - k], scale);
            fro += got[k] * got[k];
        }
        ASSERT_REL(see(&d, "imbalance"), sqrt(fro), 1e-12);
        ASSERT_REL(see(&d, "imbalance"), ory_norm_fro(&D), 1e-12);
        assert_true(positive > 0 || h < n + m);
        ory_free(w);
        ory_mat_free(&D);
        descent_end(&d);
    }
}

/* -------------------------------------------------------------------- invariances */

/* W1 -> W1 Q, W2 -> W2 Q with Q orthogonal leaves every scalar diagnostic alone. */
static void A14_rotating_the_hidden_layer_changes_nothing(void **state)
{
    (void)state;
    ory_rng_init(&rng, 53, 0);
    for (int i = 0; i < 100; i++) {
        descent a, b;
        ory_values v;
        ory_mat Q, R, G, x, y;
        size_t h;
        double eta;

        given_problem(&a, i % 5);
        h = a.s->blocks[0].cols;
        assert_true(ory_mat_new(&Q, h, h, NULL) == ORY_OK && ory_mat_new(&R, h, h, NULL) == ORY_OK &&
                    ory_mat_new(&G, h, h, NULL) == ORY_OK);
        ory_rng_fill_normal(&rng, G.data, h * h, 0, 1);
        assert_int_equal(ory_qr(&G, &Q, &R, NULL), ORY_OK);
        assert_int_equal(ory_values_copy(&v, &a.s->values, NULL), ORY_OK);
        descent_start(&b, &v);
        x = ory_mat_view(a.x, a.s->dim / h, h);
        y = ory_mat_view(b.x, a.s->dim / h, h);
        ory_gemm(ORY_PLAIN, ORY_PLAIN, 1, &x, &Q, 0, &y);
        memcpy(b.x0, b.x, b.s->dim * sizeof *b.x);
        eta = 0.9 * see(&a, "eta_invK");
        descent_step_size(&a, eta);
        descent_step_size(&b, eta);
        for (int k = 0; k < ory_probe_count(a.s->class); k++) {
            const ory_probe *row = ory_probe_at(a.s->class, k);
            double p, q, tol = 1e-8;

            if (row->kind != ORY_SCALAR || strcmp(row->name, "floor") == 0)
                continue;
            p = see(&a, row->name);
            q = see(&b, row->name);
            if (strcmp(row->name, "drift") == 0 || strcmp(row->name, "drift_rel") == 0) {
                ASSERT_ABS(p, 0, 0);
                ASSERT_ABS(q, 0, 0);
                continue;
            }
            if (!(isnan(p) && isnan(q)) && !(fabs(p - q) <= tol * fabs(p) + 1e-11))
                fail_msg("problem %d: %s: %.17g became %.17g", i, row->name, p, q);
        }
        ory_mat_free(&Q);
        ory_mat_free(&R);
        ory_mat_free(&G);
        descent_end(&a);
        descent_end(&b);
    }
}

static void A14_scaling_the_loss_rescales_the_local_step_only(void **state)
{
    const double k = 3.7;
    descent a, b;

    (void)state;
    start_example(&a, 1);
    start_example(&b, k);
    descent_step_size(&a, 0.1);
    descent_step_size(&b, 0.1 / k);
    ASSERT_REL(see(&b, "rho"), see(&a, "rho"), 1e-12);
    ASSERT_REL(see(&b, "eta_K"), see(&a, "eta_K"), 1e-12);
    ASSERT_REL(see(&b, "eta_invK"), see(&a, "eta_invK") / k, 1e-12);
    ASSERT_REL(see(&b, "loss"), k * see(&a, "loss"), 1e-12);
    assert_true(fabs(see(&b, "eta_max") - see(&a, "eta_max") / k) > 1e-2 * see(&b, "eta_max"));
    descent_end(&a);
    descent_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(A1_scalar_example),
        cmocka_unit_test(A2_one_step),
        cmocka_unit_test(A8_alpha1_on_the_counterexample),
        cmocka_unit_test(scalar_toy_has_its_closed_forms),
        cmocka_unit_test(losses_agree_with_their_definitions),
        cmocka_unit_test(no_product_has_a_smaller_loss_than_the_minimum),
        cmocka_unit_test(A13_hvp_is_the_derivative_of_the_gradient),
        cmocka_unit_test(A13_hessian_vanishes_along_the_symmetry),
        cmocka_unit_test(A5_sharpness_is_the_dense_top_eigenvalue_below_A),
        cmocka_unit_test(singular_values_of_the_reduced_factors),
        cmocka_unit_test(A3_pl_ratio_lies_between_its_bounds),
        cmocka_unit_test(A4_descent_lemma_and_local_rate),
        cmocka_unit_test(K_eff_agrees_with_its_definition),
        cmocka_unit_test(A6_alpha_enclose_the_layer_map),
        cmocka_unit_test(A7_balanced_starts_have_tight_constants),
        cmocka_unit_test(imbalance_eigenvalues_are_those_of_the_dense_matrix),
        cmocka_unit_test(A14_rotating_the_hidden_layer_changes_nothing),
        cmocka_unit_test(A14_scaling_the_loss_rescales_the_local_step_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
