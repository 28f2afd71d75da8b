/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_relu.c - net.relu at single states: gradients, imbalance, cones, data, bounds and bad
 * inputs, against differences and against the definitions written out plainly here. Cases
 * are numbered as the acceptance cases of doc/theory/03-relu-alignment.md. */
#include "config.h"

#include "case.h"

#include "core/rng.h"
#include "systems/relu.h"

static const char *const loss_names[] = {"exp", "logistic", "logistic2", "square"};

static double loss_at(ory_system *s, const double *x)
{
    double loss;

    s->class->loss(s, x, &loss, NULL);
    return loss;
}

/* ------------------------------------------------ the definitions, plainly */

static double plain_output(const relu *p, const double *x, size_t i)
{
    double f = 0;

    for (size_t j = 0; j < p->h; j++) {
        double z = 0;

        for (size_t k = 0; k < p->D; k++)
            z += p->X[i * p->D + k] * x[j * p->D + k];
        f += x[p->h * p->D + j] * (z > 0 ? z : p->leak * z);
    }
    return f;
}

static double plain_loss(const relu *p, const double *x, int loss)
{
    double sum = 0;

    for (size_t i = 0; i < p->n; i++) {
        const double f = plain_output(p, x, i), z = -p->y[i] * f;

        sum += loss == LOSS_EXP         ? exp(z)
               : loss == LOSS_LOGISTIC  ? log(1 + exp(z))
               : loss == LOSS_LOGISTIC2 ? 2 * log(1 + exp(z))
                                        : (p->y[i] - f) * (p->y[i] - f) / 2;
    }
    return p->mean ? sum / (double)p->n : sum;
}

/* 1: the loss is the definition, its gradient that of differences. */
static void case_01_gradients(void **state)
{
    (void)state;
    for (int loss = LOSS_EXP; loss <= LOSS_SQUARE; loss++)
        for (int variant = 0; variant < 4; variant++) {
            char options[200];
            double x[100], g[100];
            ory_system *s;

            snprintf(options, sizeof options,
                     "data=cone D=3 n_plus=4 n_minus=3 h=5 std=0.7 loss=%s reduction=%s leak=%g seed=%d",
                     loss_names[loss], variant & 1 ? "mean" : "sum", variant & 2 ? 0.3 : 0,
                     3 + variant);
            s = case_system("net.relu", options);
            assert_int_equal(s->class->start(s, x, NULL), ORY_OK);
            s->class->loss(s, x, NULL, g);
            ASSERT_REL(loss_at(s, x), plain_loss(s->self, x, loss), 1e-13);
            for (size_t i = 0; i < s->dim; i++) {
                const double keep = x[i];
                double up, down;

                x[i] = keep + 1e-6;
                up = loss_at(s, x);
                x[i] = keep - 1e-6;
                down = loss_at(s, x);
                x[i] = keep;
                if (!(fabs(g[i] - (up - down) / 2e-6) <= 1e-7 * (1 + fabs(g[i]))))
                    fail_msg("%s: gradient %zu is %.12g, differences say %.12g", options, i, g[i],
                             (up - down) / 2e-6);
            }
            ory_system_unref(s);
        }
}

/* Far outputs do not overflow the logistic loss. */
static void logistic_loss_is_safe_from_overflow(void **state)
{
    ory_system *s = case_system("net.relu", "data=two_points h=1 W=[800,0] v=[-1] loss=logistic "
                                            "reduction=sum");
    double x[3], g[3], loss;

    (void)state;
    assert_int_equal(s->class->start(s, x, NULL), ORY_OK);
    s->class->loss(s, x, &loss, g);
    ASSERT_REL(loss, 800 + log1p(exp(-800 * sin(0.1))) + 800 * sin(0.1), 1e-14);
    ASSERT_REL(g[0], 1 + sin(0.1), 1e-14); /* -v (d_1 x_1 + d_2 x_2), both s = 1 */
    ory_system_unref(s);
}

/* 2: the imbalance moves by exactly step^2 ((dL/dv)^2 - |grad w|^2). */
static void case_02_imbalance(void **state)
{
    ory_run *r = case_start("net.relu", "data=cone D=4 n_plus=5 n_minus=4 h=6 std=0.5 "
                                        "reduction=sum seed=4", "gd step=0.01");

    (void)state;
    for (int k = 0; k < 40; k++) {
        double before[6], told[6], after[6];

        case_read_all(r, "imbalance", before);
        case_read_all(r, "imbalance_step", told);
        ASSERT_REL(case_read(r, "imbalance_step_max"), fmax(fmax(fmax(fabs(told[0]), fabs(told[1])),
                   fmax(fabs(told[2]), fabs(told[3]))), fmax(fabs(told[4]), fabs(told[5]))), 0);
        case_step(r, 1);
        case_read_all(r, "imbalance", after);
        for (int j = 0; j < 6; j++)
            ASSERT_ABS(after[j] - before[j], told[j], 1e-13);
    }
    ory_run_free(r);
}

/* 4: dead neurons do not move by a bit; on the hyperplanes of all samples both gradients
 * are exactly 0. */
static void case_04_dead(void **state)
{
    ory_run *r = case_start("net.relu", "h=3 W=[-0.3420201433256687,-0.9396926207859084;0.6,0.3;"
                                        "-0.5,0.4] v=[0.8,0.3,-0.2]", "gd step=0.02");
    const double *x = ory_run_state(r);
    const double w0 = x[0], w1 = x[1], v0 = x[6], moving = x[2];
    ory_system *s = case_system("net.relu", "data=two_points theta=0 h=9 W=[0,0;-1,0;0,-1;0,0;-2,0;"
                                            "0,0;-3,-1;0,-2;0,0] v=[1,2,3,4,-5,6,7,-8,9]");
    double g[27], at[27];

    (void)state;
    assert_true(case_read(r, "cone") == CONE_DEAD && case_read(r, "dead") == 1);
    case_step(r, 200);
    x = ory_run_state(r);
    assert_true(x[0] == w0 && x[1] == w1 && x[6] == v0 && x[2] != moving);
    ory_run_free(r);
    assert_int_equal(s->class->start(s, at, NULL), ORY_OK);
    s->class->loss(s, at, NULL, g); /* on the hyperplanes of one or both, by lanes and alone */
    for (int i = 0; i < 27; i++)
        assert_true(g[i] == 0);
    r = case_run(s, NULL);
    assert_true(case_read(r, "dead") == 9);
    ory_run_free(r);
}

/* Neurons given as rows, all with v = 1. */
static ory_system *with_neurons(const char *options, const double *W, size_t h, size_t D)
{
    static char text[16000];
    size_t used = (size_t)snprintf(text, sizeof text, "%s h=%zu W=[", options, h);

    for (size_t i = 0; i < h * D; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%.17g%s", W[i],
                                 i + 1 == h * D ? "] v=[1" : (i + 1) % D ? "," : ";");
    for (size_t j = 1; j < h; j++)
        used += (size_t)snprintf(text + used, sizeof text - used, ",1");
    snprintf(text + used, sizeof text - used, "]");
    return case_system("net.relu", text);
}

/* 5: with mu > 0 each y_i x_i lies in S+, each -y_i x_i in S-. */
static void case_05_samples_lie_in_the_cones(void **state)
{
    const char *data[] = {"n_plus=5 n_minus=4", "data=cone D=5 n_plus=6 n_minus=3 rho=0.8 seed=7"};

    (void)state;
    for (int i = 0; i < 2; i++) {
        ory_system *s = case_system("net.relu", data[i]);
        const relu *p = s->self;
        double W[18 * 5], cone[18];
        ory_run *r;

        assert_true(p->theory.mu > 0);
        for (size_t k = 0; k < 2 * p->n; k++)
            for (size_t c = 0; c < p->D; c++)
                W[k * p->D + c] = (k < p->n ? 1 : -1) * p->y[k % p->n] * p->X[k % p->n * p->D + c];
        r = case_run(with_neurons(data[i], W, 2 * p->n, p->D), NULL);
        case_read_all(r, "cone", cone);
        for (size_t k = 0; k < 2 * p->n; k++)
            assert_true(cone[k] == (k < p->n ? CONE_PLUS : CONE_MINUS));
        assert_true(case_read(r, "plus_in_plus") == 9 && case_read(r, "plus_in_minus") == 9);
        assert_true(case_read(r, "astray") == 9); /* v > 0 in S- */
        ory_run_free(r);
        ory_system_unref(s);
    }
}

/* 6: |x_a(w)| >= sqrt(mu) n_a X_min for 2000 random neurons, by the definition, and the
 * probe is the least ratio. */
static void case_06_active_sums(void **state)
{
    const char *data[] = {"h=2000 std=1", "data=cone D=7 n_plus=9 n_minus=6 rho=0.9 h=2000 std=1"};

    (void)state;
    for (int d = 0; d < 2; d++) {
        ory_system *s = case_system("net.relu", data[d]);
        const relu *p = s->self;
        double least = INFINITY;
        ory_run *r;

        for (size_t j = 0; j < p->h; j++) {
            double sum[7] = {0}, active = 0;

            for (size_t i = 0; i < p->n; i++)
                if (ory_dot(p->X + i * p->D, p->initial + j * p->D, p->D) > 0) {
                    active++;
                    ory_axpy(p->y[i], p->X + i * p->D, sum, p->D);
                }
            if (active > 0)
                least = fmin(least, ory_norm2(sum, p->D) / (active * p->theory.x_min));
        }
        assert_true(least >= sqrt(p->theory.mu));
        ory_system_ref(s);
        r = case_run(s, NULL);
        ASSERT_REL(case_read(r, "xa_ratio"), least, 1e-12);
        ASSERT_REL(case_read(r, "xa_low"), sqrt(p->theory.mu), 1e-15);
        ory_run_free(r);
        ory_system_unref(s);
    }
}

/* 14: without a negative sample the cone S- is S_dead, and dead is what is said. */
static void case_14_one_class(void **state)
{
    ory_run *r = case_start("net.relu", "data=two_points h=3 W=[-1,-1;1,1;-1,2] v=[-1,1,-1]", NULL);
    double cone[3];
    char why[200];

    (void)state;
    case_read_all(r, "cone", cone);
    assert_true(cone[0] == CONE_DEAD && cone[1] == CONE_PLUS && cone[2] == CONE_NONE);
    assert_true(case_read(r, "in_minus") == 0 && case_read(r, "minus_dead") == 1);
    assert_true(isnan(case_read(r, "align_minus")));
    assert_true(ory_run_why(r, ory_run_probe_find(r, "align_minus"), why, sizeof why));
    assert_true(isnan(case_read(r, "cosine"))); /* v < 0 and x- = 0 */
    case_step(r, 20);
    ory_run_free(r);
}

/* ------------------------------------------------------------------- data */

static void generators_are_as_described(void **state)
{
    ory_system *s = case_system("net.relu", "");
    const relu *p = s->self;

    (void)state;
    assert_true(p->n_plus == 18 && p->n_minus == 12 && p->D == 2);
    ASSERT_ABS(p->theory.mu, 0.469472, 5e-7);
    ASSERT_REL(p->theory.mu, cos(62 * M_PI / 180), 1e-12); /* 15 and 133 + 180 - 360 apart */
    ASSERT_ABS(p->X[1], sin(-15 * M_PI / 180), 1e-15);
    ASSERT_ABS(p->X[2 * 29 + 1], sin(157 * M_PI / 180), 1e-15);
    ASSERT_REL(p->theory.correlated, 1, 0);
    /* S+: within 90 degrees of -15 and 15, beyond 90 of 133 and 157: from -75 to 43 */
    ASSERT_ABS(p->sectors[0] * 180 / M_PI, -75, 1e-9);
    ASSERT_ABS(p->sectors[1] * 180 / M_PI, 43, 1e-9);
    ory_system_unref(s);
    s = case_system("net.relu", "data=two_points theta=0.37");
    p = s->self;
    ASSERT_REL(p->theory.mu, sin(0.37), 1e-14);
    ory_system_unref(s);
    s = case_system("net.relu", "data=cone D=9 n_plus=30 n_minus=20 rho=0.6 seed=5");
    p = s->self;
    ASSERT_IN(p->theory.mu, (1 - 0.36) / (1 + 0.36) - 1e-12, 1);
    for (size_t i = 0; i < p->n; i++) {
        ASSERT_REL(ory_norm2(p->X + i * 9, 9), 1, 1e-14);
        ASSERT_REL(p->X[i * 9], p->y[i] / sqrt(1.36), 1e-14);
    }
    ory_system_unref(s);
    s = case_system("net.relu", "data=pictures");
    p = s->self;
    assert_true(p->n == 200 && p->D == 64 && p->n_plus == 100 && p->picture_cols == 8);
    ASSERT_IN(p->theory.correlated, 0.98, 1); /* 99.4 % in one draw */
    for (size_t k = 0; k < 64; k++) {
        double sum = 0;

        for (size_t i = 0; i < p->n; i++)
            sum += p->X[i * 64 + k];
        ASSERT_ABS(sum, 0, 1e-12);
    }
    ory_system_unref(s);
}

/* Points just inside each sector are in its cone, just outside they are not. */
static void sectors_are_the_cones(void **state)
{
    ory_system *s = case_system("net.relu", "n_plus=5 n_minus=4 minus_from=100");
    const relu *p = s->self;
    double W[24], cone[12];
    ory_run *r;

    (void)state;
    for (int k = 0; k < 3; k++)
        for (int e = 0; e < 4; e++) {
            const double a = p->sectors[2 * k + e / 2] + (e % 2 ? 1e-7 : -1e-7);

            W[2 * (4 * k + e)] = cos(a);
            W[2 * (4 * k + e) + 1] = sin(a);
        }
    r = case_run(with_neurons("n_plus=5 n_minus=4 minus_from=100", W, 12, 2), NULL);
    case_read_all(r, "cone", cone);
    for (int k = 0; k < 3; k++) {
        const int want = k == 0 ? CONE_PLUS : k == 1 ? CONE_MINUS : CONE_DEAD;

        assert_true(cone[4 * k] != want && cone[4 * k + 1] == want);
        assert_true(cone[4 * k + 2] == want && cone[4 * k + 3] != want);
    }
    ory_run_free(r);
    ory_system_unref(s);
}

/* Constants of section 5 written out for three points. */
static void bounds_of_three_points(void **state)
{
    const double deg = M_PI / 180;
    ory_system *s = case_system(
        "net.relu", "X=[0.9902680687415704,-0.13917310096006544;0.9902680687415704,"
                    "0.13917310096006544;-1,0] Y=[1,1,-1] h=2 init=balanced W0=[0.6,0.8;0,-2] "
                    "signs=[1,-1] eps=1e-5 reduction=mean loss=logistic2");
    const relu_theory *t = &((relu *)s->self)->theory;
    const double mu = cos(16 * deg), zeta1 = cos(8 * deg) * cos(8 * deg);
    const double least = fmin(zeta1, mu * mu) * sqrt(mu); /* zeta2 = 1: no cosine above 0 */
    const double q = sqrt(mu), t1 = 16 * log(3) / least;

    (void)state;
    ASSERT_REL(t->mu, mu, 1e-12);
    ASSERT_REL(t->zeta1, zeta1, 1e-12);
    ASSERT_REL(t->zeta2, 1, 0);
    ASSERT_REL(t->t1, 3 * t1, 1e-12); /* a mean loss takes n times as long */
    ASSERT_REL(t->t1_harmonic, 3 * 4 * (2 * (1 + 0.5 + 1 / 3.0) + 0.5) / least, 1e-12);
    ASSERT_REL(t->window, 3 * log(1 / (sqrt(2) * 1e-5)) / 12, 1e-12);
    ASSERT_REL(t->eps_limit, 1 / (4 * sqrt(2) * 4), 1e-12);
    ASSERT_REL(t->alpha, mu * mu / 32, 1e-12);
    ASSERT_REL(t->eps_required_log10,
               log10(1 / sqrt(2)) - 64 * 3 * log(3) / least / log(10), 1e-12);
    ASSERT_REL(t->t2_bound, 3 * (t1 + 6 / q + 4 / q * (log(2 / (1e-10 * sqrt(mu))) + 12 * t1)),
               1e-12);
    ory_system_unref(s);
    s = case_system("net.relu", "n_plus=3 n_minus=3 init=balanced reduction=sum h=2 "
                                "W0=[1,0;-0.8,0.6] signs=[1,-1]");
    t = &((relu *)s->self)->theory;
    ASSERT_IN(t->eps_required_log10, -2100, -1900); /* about -1980 for six points, mu = 0.47 */
    ory_system_unref(s);
    s = case_system("net.relu", "data=two_points theta=1.2 h=2 init=balanced W0=[1,0;0,1] "
                                "signs=[1,1] reduction=sum");
    t = &((relu *)s->self)->theory;
    assert_true(t->t1 == t->t1_harmonic); /* n = 2: the printed form fails */
    ASSERT_REL(t->t1, 4 * 3.5 / (fmin(t->zeta, t->xi) * sqrt(sin(1.2))), 1e-12);
    ory_system_unref(s);
}

/* ------------------------------------------------------------------ start */

static void balanced_starts_reach_down_to_the_smallest_numbers(void **state)
{
    ory_system *s = case_system("net.relu", "init=balanced eps=1e-290 h=7 seed=3");
    const relu *p = s->self;
    ory_run *r;

    (void)state;
    for (size_t j = 0; j < 7; j++) {
        const double *w = p->initial + 2 * j, big = fmax(fabs(w[0]), fabs(w[1]));
        const double norm = big * hypot(w[0] / big, w[1] / big);

        assert_true(norm > 0);
        ASSERT_REL(fabs(p->initial[14 + j]), norm, 4e-16);
    }
    r = case_run(s, NULL);
    ASSERT_IN(case_read(r, "stable_rank"), 1, 2);
    ASSERT_IN(case_read(r, "align_max"), -1, 1);
    ASSERT_REL(case_read(r, "eps_log10"), -290, 1e-14);
    ory_run_free(r);
    case_refused("net.relu", "init=balanced eps=1e-308 W0=[1e-3,1] signs=[1] h=1", ORY_ERANGE,
                 "the smallest usable eps is 2.23e-305");
}

static void equal_pictures_of_a_state(void **state)
{
    ory_run *r = case_start("net.relu", "data=cone D=6 n_plus=5 n_minus=7 h=9 std=0.4 seed=9", NULL);
    const relu *p = ory_run_system(r)->self;
    const double *x = ory_run_state(r), *v = x + 54;
    double norm_change = 0, direction = 0, gram = 0, g[63], top = 0, u[6] = {1, 1, 1, 1, 1, 1};

    (void)state;
    ory_run_system(r)->class->loss(ory_run_system(r), x, NULL, g);
    for (size_t j = 0; j < 9; j++) {
        const double *w = x + 6 * j, n = ory_norm2(w, 6);
        double along = ory_dot(g + 6 * j, w, 6), sq = ory_norm2_sq(g + 6 * j, 6);

        norm_change += -2 * v[j] * g[54 + j]; /* homogeneity: <grad w, w> = v dL/dv */
        direction += sqrt(fmax(sq - along * along / (n * n), 0)) / n;
        gram += n * n;
    }
    for (int turn = 0; turn < 3000; turn++) { /* power iteration on W'W */
        double next[6] = {0};

        for (size_t j = 0; j < 9; j++)
            ory_axpy(ory_dot(x + 6 * j, u, 6), x + 6 * j, next, 6);
        top = ory_norm2(next, 6);
        for (int i = 0; i < 6; i++)
            u[i] = next[i] / top;
    }
    ASSERT_REL(case_read(r, "norm_change"), norm_change, 1e-12);
    ASSERT_REL(case_read(r, "direction_change"), direction, 1e-12);
    ASSERT_REL(case_read(r, "w_fro_sq"), gram, 1e-13);
    ASSERT_REL(case_read(r, "w_top_sq"), top, 1e-10);
    ASSERT_REL(case_read(r, "stable_rank"), gram / top, 1e-10);
    for (size_t i = 0; i < p->n; i++) {
        double f[12];

        case_read_all(r, "outputs", f);
        ASSERT_ABS(f[i], plain_output(p, x, i), 1e-13);
    }
    ory_run_free(r);
}

/* The batches of an epoch are the samples once each: their gradients add up to the whole. */
static void an_epoch_is_every_sample_once(void **state)
{
    ory_system *s = case_system("net.relu", "n_plus=9 n_minus=8 std=0.5 reduction=sum batch=5 "
                                            "rate=0.25 h=4 seed=2");
    double x[12], next[12], sum[12] = {0}, g[12], t;
    ory_rng rng;

    (void)state;
    ory_rng_init(&rng, 1, 1);
    assert_int_equal(s->class->start(s, x, NULL), ORY_OK);
    s->class->loss(s, x, NULL, g);
    for (uint64_t k = 8; k < 12; k++) { /* third epoch: 5 + 5 + 5 + 2 samples */
        const ory_moment m = {.k = k, .t = 1, .x = x, .x0 = x, .step = NAN, .factor = NAN};

        assert_int_equal(s->class->advance(s, &m, &rng, next, &t, NULL), ORY_OK);
        ASSERT_REL(t, 1.25, 0);
        for (int i = 0; i < 12; i++)
            sum[i] += (x[i] - next[i]) / 0.25;
    }
    for (int i = 0; i < 12; i++)
        ASSERT_ABS(sum[i], g[i], 1e-12);
    ory_system_unref(s);
}

/* -------------------------------------------------------------- bad inputs */

static void bad_inputs_are_refused(void **state)
{
    ory_run *r;
    ory_system *s;
    ory_stop stop;
    ory_error err;

    (void)state;
    case_refused("net.relu", "X=[1,0;0,1] Y=[1,2]", ORY_ERANGE, "Y[2] = 2 (labels must be 1 or -1");
    case_refused("net.relu", "X=[1,0;0,1] Y=[0,1]", ORY_ERANGE, "zero_one = true converts");
    case_refused("net.relu", "X=[1,0;0,0] Y=[1,-1]", ORY_ERANGE, "row 2 of X is zero: mu is undefined");
    case_refused("net.relu", "X=[1,0;0,1] Y=[1,1,1]", ORY_ESHAPE, "samples");
    case_refused("net.relu", "X=[1,0;0,1]", ORY_EINVAL, "X without Y");
    case_refused("net.relu", "X=[1,nan;0,1] Y=[1,1]", ORY_EDIVERGE, "row 1, column 2");
    case_refused("net.relu", "X=[1,0;0,1] Y=[1,1] data=cone", ORY_EINVAL, "both X and data");
    case_refused("net.relu", "h=0", ORY_ERANGE, "h = 0");
    case_refused("net.relu", "n_plus=0 n_minus=0", ORY_ERANGE, "no samples");
    case_refused("net.relu", "h=2 W=[1,2,3;4,5,6]", ORY_ESHAPE, "W is 2 x 3 (must be 2 x 2)");
    case_refused("net.relu", "W0=[1,2]", ORY_EINVAL, "belong to init = \"balanced\"");
    case_refused("net.relu", "init=balanced h=1 W0=[0,0]", ORY_ERANGE, "row 1 of W0 is zero");
    case_refused("net.relu", "data=pictures width=7", ORY_ESHAPE, "width = 7 does not divide D = 64");
    s = case_system("net.relu", "X=[1,0;0,1;1,1] Y=[0,1,1] zero_one=true");
    assert_true(((relu *)s->self)->n_minus == 1);
    assert_true(s->n_notes == 1 && strstr(s->notes[0], "not orthogonally separable"));
    r = case_run(s, NULL); /* runs all the same */
    case_step(r, 10);
    assert_true(isnan(case_read(r, "t1")));
    ory_run_free(r);
    s = case_system("net.relu", "X=[1,0;-1,0] Y=[1,-1] init=balanced h=1 W0=[-1,0] signs=[1] "
                                "reduction=sum"); /* V+ exactly along x- */
    assert_true(((relu *)s->self)->theory.zeta2 == 0 && isinf(((relu *)s->self)->theory.t1));
    ory_system_unref(s);
    r = case_start("net.relu", "h=3 W=[0,0;1,1;0.1,0.9] v=[1,1,1]", "gd step=0.01");
    assert_true(isnan(case_read(r, "cosine")) && case_read(r, "cone") == CONE_DEAD);
    case_step(r, 50); /* a zero neuron stays zero: sigma'(0) = 0 */
    assert_true(ory_run_state(r)[0] == 0 && ory_run_state(r)[1] == 0);
    ory_run_free(r);
    r = case_start("net.relu", "std=0.5", "gd step=4000");
    assert_int_equal(ory_run_step(r, 100, &stop, &err), ORY_OK);
    assert_int_equal(stop.reason, ORY_STOP_DIVERGED);
    assert_true(ory_all_finite(ory_run_state(r), ory_run_system(r)->dim));
    ory_run_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_01_gradients),
        cmocka_unit_test(logistic_loss_is_safe_from_overflow),
        cmocka_unit_test(case_02_imbalance),
        cmocka_unit_test(case_04_dead),
        cmocka_unit_test(case_05_samples_lie_in_the_cones),
        cmocka_unit_test(case_06_active_sums),
        cmocka_unit_test(case_14_one_class),
        cmocka_unit_test(generators_are_as_described),
        cmocka_unit_test(sectors_are_the_cones),
        cmocka_unit_test(bounds_of_three_points),
        cmocka_unit_test(balanced_starts_reach_down_to_the_smallest_numbers),
        cmocka_unit_test(equal_pictures_of_a_state),
        cmocka_unit_test(an_epoch_is_every_sample_once),
        cmocka_unit_test(bad_inputs_are_refused),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
