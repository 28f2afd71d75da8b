/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Textbook systems against closed forms: Jacobians, equilibria with their eigenvalues and
 * classes, conserved energy, periods, limit cycles, locking, matrix exponentials. */
#include "config.h"

#include "case.h"

#include <gsl/gsl_sf_ellint.h>

#include "algo/equilibria.h"
#include "run/section.h"
#include "systems/dyn.h"

static const char *const tight = "flow rtol=1e-12 atol=1e-14";

/* ----------------------------------------------------------------------- Jacobians */

static void check_jacobian(ory_system *s, double t, const double *x)
{
    const size_t n = s->dim;
    double *J = ory_alloc(n * n, sizeof *J), *at = ory_alloc(n, sizeof *at);
    double *up = ory_alloc(n, sizeof *up), *down = ory_alloc(n, sizeof *down);
    const double h = 1e-5;

    s->class->jacobian(s, t, x, J);
    memcpy(at, x, n * sizeof *at);
    for (size_t j = 0; j < n; j++) {
        at[j] = x[j] + h;
        s->class->rhs(s, t, at, up);
        at[j] = x[j] - h;
        s->class->rhs(s, t, at, down);
        at[j] = x[j];
        for (size_t i = 0; i < n; i++) {
            const double want = (up[i] - down[i]) / (2 * h);

            if (fabs(J[i * n + j] - want) > 1e-7 * (1 + fabs(want)))
                fail_msg("%s: J[%zu][%zu] = %.12g, differences %.12g", s->class->name, i, j,
                         J[i * n + j], want);
        }
    }
    ory_free(J);
    ory_free(at);
    ory_free(up);
    ory_free(down);
}

static void jacobians_agree_with_differences(void **state)
{
    static const char *const cases[][2] = {
        {"dyn.pendulum", "omega0=1.3 damping=0.27 drive=0.9 frequency=0.71"},
        {"dyn.double_well", "depth=0.83 damping=0.31 drive=0.4 frequency=1.2"},
        {"dyn.van_der_pol", "mu=2.385"},
        {"dyn.lorenz", "sigma=9.1 rho=23.7 beta=2.385"},
        {"dyn.hopf", "mu=0.31 omega=1.7 twist=0.45"},
        {"dyn.kuramoto", "n=7 K=1.37 seed=4"},
        {"dyn.kuramoto", "K=0.83 seed=4 graph=[1,2,0.5;2,3,1.5;1,3,0.7;3,4,2]"},
        {"dyn.linear", "A=[0.3,-1.7,0.2;0.9,-0.4,1.1;0,2.385,-3] u=[1;2;3]"}};
    size_t seen = 0;

    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        ory_system *s = case_system(cases[c][0], cases[c][1]);
        double x[8];

        for (size_t i = 0; i < s->dim; i++)
            x[i] = 0.731 * sin(1.0 + 2.385 * (double)i) + 0.2 * (double)i;
        check_jacobian(s, 0.37, x);
        ory_system_unref(s);
    }
    for (size_t i = 0; i < ory_system_count(); i++)
        seen += ory_system_class_at(i)->start == dyn_start;
    assert_int_equal(seen, 7); /* a new system needs a case above */
}

/* ------------------------------------------------------------------------ equilibria */

typedef struct found {
    size_t n, dim;
    double rows[ORY_EQUILIBRIA_MAX][4 + 3 * 3];
} found;

static found equilibria(ory_run *r)
{
    found f = {.dim = ory_run_system(r)->dim};
    double out[ORY_EQUILIBRIA_MAX * (4 + 3 * 3)];
    const size_t cols = 4 + 3 * f.dim;

    case_read_all(r, "equilibria", out);
    while (f.n < ORY_EQUILIBRIA_MAX && !isnan(out[f.n * cols])) {
        memcpy(f.rows[f.n], out + f.n * cols, cols * sizeof *out);
        f.n++;
    }
    return f;
}

/* Row i: where, class, and eigenvalue k as re + i im. */
static void expect_zero(const found *f, size_t i, const double *x, ory_equilibrium_kind kind, bool stable)
{
    assert_true(i < f->n);
    for (size_t k = 0; k < f->dim; k++)
        ASSERT_ABS(f->rows[i][4 + k], x[k], 1e-9);
    assert_int_equal((int)f->rows[i][3], kind);
    assert_int_equal((int)f->rows[i][2], stable);
}

static void expect_eigenvalue(const found *f, size_t i, size_t k, double re, double im)
{
    ASSERT_ABS(f->rows[i][4 + f->dim + 2 * k], re, 1e-8);
    ASSERT_ABS(f->rows[i][5 + f->dim + 2 * k], im, 1e-8);
}

static void pendulums_hang_or_stand(void **state)
{
    const double w = 1.3, c = 0.27, turn = sqrt(w * w - c * c / 4), climb = sqrt(w * w + c * c / 4);
    ory_run *r = case_start("dyn.pendulum", "omega0=1.3 damping=0.27 box=[-4,4;-2,2]", NULL);
    found f = equilibria(r);

    (void)state;
    assert_int_equal(f.n, 3);
    expect_zero(&f, 0, (double[]){-M_PI, 0}, ORY_EQ_SADDLE, false);
    expect_zero(&f, 1, (double[]){0, 0}, ORY_EQ_FOCUS, true);
    expect_zero(&f, 2, (double[]){M_PI, 0}, ORY_EQ_SADDLE, false);
    expect_eigenvalue(&f, 1, 0, -c / 2, turn);
    expect_eigenvalue(&f, 1, 1, -c / 2, -turn);
    expect_eigenvalue(&f, 2, 0, -c / 2 + climb, 0);
    expect_eigenvalue(&f, 2, 1, -c / 2 - climb, 0);
    ory_run_free(r);

    r = case_start("dyn.pendulum", "omega0=1.3 damping=0 box=[-1,1;-2,2]", NULL);
    f = equilibria(r);
    assert_int_equal(f.n, 1);
    expect_zero(&f, 0, (double[]){0, 0}, ORY_EQ_CENTRE, false);
    ory_run_free(r);

    r = case_start("dyn.pendulum", "omega0=1.3 damping=4 box=[-1,1;-2,2]", NULL);
    f = equilibria(r);
    expect_zero(&f, 0, (double[]){0, 0}, ORY_EQ_NODE, true);
    ory_run_free(r);
}

static void wells_lie_at_the_roots_of_the_depth(void **state)
{
    const double a = 1.83, c = 0.31, at = sqrt(a), turn = sqrt(2 * a - c * c / 4);
    const double climb = sqrt(a + c * c / 4);
    ory_run *r = case_start("dyn.double_well", "depth=1.83 damping=0.31", NULL);
    found f = equilibria(r);

    (void)state;
    assert_int_equal(f.n, 3);
    expect_zero(&f, 0, (double[]){-at, 0}, ORY_EQ_FOCUS, true);
    expect_zero(&f, 1, (double[]){0, 0}, ORY_EQ_SADDLE, false);
    expect_zero(&f, 2, (double[]){at, 0}, ORY_EQ_FOCUS, true);
    expect_eigenvalue(&f, 0, 0, -c / 2, turn);
    expect_eigenvalue(&f, 1, 0, -c / 2 + climb, 0);
    assert_int_equal(ory_run_set_num(r, "depth", -0.5, NULL), ORY_OK); /* a knob: one well */
    f = equilibria(r);
    assert_int_equal(f.n, 1);
    expect_zero(&f, 0, (double[]){0, 0}, ORY_EQ_FOCUS, true);
    ory_run_free(r);
}

/* Re and im of l^3 + (s+b+1) l^2 + (r+s) b l + 2 s b (r-1): zero at the rolls' eigenvalues. */
static double roll_residual(double s, double r, double b, double re, double im)
{
    const double sq_re = re * re - im * im, sq_im = 2 * re * im;
    const double cu_re = sq_re * re - sq_im * im, cu_im = sq_re * im + sq_im * re;
    const double p_re = cu_re + (s + b + 1) * sq_re + (r + s) * b * re + 2 * s * b * (r - 1);
    const double p_im = cu_im + (s + b + 1) * sq_im + (r + s) * b * im;

    return hypot(p_re, p_im);
}

static void lorenz_has_rolls_above_one(void **state)
{
    const double s = 10, b = 8.0 / 3, rho = 20, at = sqrt(b * (rho - 1));
    const double root = sqrt((s - 1) * (s - 1) + 4 * s * rho);
    ory_run *r = case_start("dyn.lorenz", "rho=20", NULL);
    found f = equilibria(r);

    (void)state;
    assert_int_equal(f.n, 3);
    expect_zero(&f, 0, (double[]){-at, -at, rho - 1}, ORY_EQ_FOCUS, true);
    expect_zero(&f, 1, (double[]){0, 0, 0}, ORY_EQ_SADDLE, false);
    expect_zero(&f, 2, (double[]){at, at, rho - 1}, ORY_EQ_FOCUS, true);
    expect_eigenvalue(&f, 1, 0, (-(s + 1) + root) / 2, 0);
    expect_eigenvalue(&f, 1, 1, -b, 0);
    expect_eigenvalue(&f, 1, 2, (-(s + 1) - root) / 2, 0);
    for (size_t k = 0; k < 3; k++)
        ASSERT_ABS(roll_residual(s, rho, b, f.rows[2][7 + 2 * k], f.rows[2][8 + 2 * k]), 0, 1e-7);
    assert_true(fabs(f.rows[2][8]) > 1); /* a pair */
    ASSERT_REL(case_read(r, "rho_hopf"), s * (s + b + 3) / (s - b - 1), 1e-14);
    /* just below and above 470/19 */
    assert_int_equal(ory_run_set_num(r, "rho", 24.7, NULL), ORY_OK);
    f = equilibria(r);
    assert_int_equal((int)f.rows[2][3], ORY_EQ_FOCUS);
    assert_int_equal((int)f.rows[2][2], true);
    assert_int_equal(ory_run_set_num(r, "rho", 24.8, NULL), ORY_OK);
    f = equilibria(r);
    assert_int_equal((int)f.rows[2][3], ORY_EQ_SADDLE);
    assert_int_equal((int)f.rows[2][2], false);
    assert_int_equal(ory_run_set_num(r, "rho", 0.7, NULL), ORY_OK);
    f = equilibria(r);
    assert_int_equal(f.n, 1);
    expect_zero(&f, 0, (double[]){0, 0, 0}, ORY_EQ_NODE, true);
    ory_run_free(r);
}

static void eigenvalues_are_classified(void **state)
{
    static const struct {
        double re[3], im[3];
        ory_equilibrium_kind kind;
        bool stable;
    } cases[] = {
        {{-1, -2, -3}, {0}, ORY_EQ_NODE, true},
        {{3, 2, 1}, {0}, ORY_EQ_NODE, false},
        {{-1, -1, -3}, {2, -2, 0}, ORY_EQ_FOCUS, true},
        {{1, 1, 0.2}, {2, -2, 0}, ORY_EQ_FOCUS, false},
        {{1, -1, -1}, {0, 2, -2}, ORY_EQ_SADDLE, false},
        {{0, -1, -2}, {0}, ORY_EQ_DEGENERATE, false},
        {{0, 0, -1}, {1, -1, 0}, ORY_EQ_DEGENERATE, false},
        {{0, 0, 0}, {0}, ORY_EQ_DEGENERATE, false}};
    const double none[2] = {0, 0}, pair[2] = {1.5, -1.5};
    bool stable = true;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(ory_equilibrium_kind_of(cases[i].re, cases[i].im, 3, &stable), cases[i].kind);
        assert_int_equal(stable, cases[i].stable);
    }
    assert_int_equal(ory_equilibrium_kind_of(none, pair, 2, &stable), ORY_EQ_CENTRE);
    assert_false(stable);
    assert_string_equal(ory_equilibrium_name(ORY_EQ_SADDLE), "saddle");
}

static void linear_systems_have_one_equilibrium(void **state)
{
    /* A x = -g B u, x = -g A^-1 B u: A^-1 = [0.4,-0.1;0.2,0.2] for A = [2,1;-2,4]; B u = (7, -1) */
    ory_run *r = case_start("dyn.linear", "A=[2,1;-2,4] B=[1,2;-1,0] u=[1;3] gain=0.5 "
                                          "box=[-9,9;-9,9]", NULL);
    found f = equilibria(r);

    (void)state;
    assert_int_equal(f.n, 1);
    expect_zero(&f, 0, (double[]){-0.5 * (0.4 * 7 + 0.1), -0.5 * (0.2 * 7 - 0.2)}, ORY_EQ_FOCUS, false);
    expect_eigenvalue(&f, 0, 0, 3, 1); /* l^2 - 6 l + 10 */
    ASSERT_REL(case_read(r, "abscissa"), 3, 1e-12);
    ASSERT_REL(case_read(r, "divergence"), 6, 1e-15);
    ory_run_free(r);
    r = case_start("dyn.linear", "A=[1,2;2,4]", NULL); /* singular: a line of them, none isolated */
    ory_run_free(r);
}

/* --------------------------------------------------------------------------- motion */

static void undamped_pendulum_keeps_its_energy_and_period(void **state)
{
    const double w = 1.3, theta = 2.1;
    const double period = 4 * gsl_sf_ellint_Kcomp(sin(theta / 2), GSL_PREC_DOUBLE) / w;
    ory_run *r = case_start("dyn.pendulum", "omega0=1.3 damping=0 x0=[2.1;0]", tight);
    const double e = case_read(r, "energy");

    (void)state;
    ASSERT_REL(e, w * w * (1 - cos(theta)), 1e-14);
    case_go(r, 0.3 * period);
    ASSERT_REL(case_read(r, "energy"), e, 1e-10);
    assert_true(fabs(case_read(r, "theta") - theta) > 0.5);
    case_go(r, period);
    ASSERT_REL(case_read(r, "theta"), theta, 1e-9);
    ASSERT_ABS(case_read(r, "omega"), 0, 1e-8);
    case_go(r, 10 * period);
    ASSERT_REL(case_read(r, "energy"), e, 1e-9);
    ASSERT_REL(case_read(r, "theta"), theta, 1e-7);
    ory_run_free(r);
}

/* Small driven swings: theta = a cos(ft) + b sin(ft) once the start has died away. */
static void driven_pendulum_follows_linear_response(void **state)
{
    const double w = 1.3, c = 0.8, f = 0.71, drive = 1e-5, t = 60;
    const double p = w * w - f * f, q = c * f, k = drive / (p * p + q * q);
    ory_run *r = case_start("dyn.pendulum", "omega0=1.3 damping=0.8 drive=1e-5 frequency=0.71 "
                                            "x0=[0;0]", "flow rtol=1e-11 atol=1e-18");

    (void)state;
    case_go(r, t);
    ASSERT_REL(case_read(r, "theta"), k * (p * cos(f * t) + q * sin(f * t)), 1e-7);
    ory_run_free(r);
}

static void duffing_energy_is_conserved_without_friction(void **state)
{
    ory_run *r = case_start("dyn.double_well", "depth=0.9 damping=0 x0=[0.4;0.7]", tight);
    const double e = case_read(r, "energy");

    (void)state;
    ASSERT_REL(e, 0.7 * 0.7 / 2 + pow(0.4, 4) / 4 - 0.9 * 0.4 * 0.4 / 2, 1e-14);
    case_go(r, 30);
    ASSERT_REL(case_read(r, "energy"), e, 1e-9);
    ory_run_free(r);
}

/* r^2 = mu/(1 + (mu/r0^2 - 1) exp(-2 mu t)), and the angle's integral with it. */
static void hopf_spirals_to_the_root_of_mu(void **state)
{
    const double mu = 0.31, r0 = 0.2, t = 7, w = 1.7, twist = 0.45;
    const double square = mu / (1 + (mu / (r0 * r0) - 1) * exp(-2 * mu * t));
    /* integral of r^2: log(r/r0) = integral of (mu - r^2) */
    const double angle = w * t + twist * (mu * t - log(sqrt(square) / r0));
    ory_run *r = case_start("dyn.hopf", "mu=0.31 omega=1.7 twist=0.45 x0=[0.2;0]", tight);

    (void)state;
    case_go(r, t);
    ASSERT_REL(case_read(r, "radius"), sqrt(square), 1e-10);
    ASSERT_REL(case_read(r, "x"), sqrt(square) * cos(angle), 1e-9);
    case_go(r, 60);
    ASSERT_REL(case_read(r, "radius"), sqrt(mu), 1e-9);
    ASSERT_REL(case_read(r, "cycle"), sqrt(mu), 1e-15);
    assert_int_equal(ory_run_set_num(r, "mu", -0.5, NULL), ORY_OK); /* the cycle is gone */
    case_go(r, 120);
    ASSERT_ABS(case_read(r, "radius"), 0, 1e-10);
    ASSERT_ABS(case_read(r, "cycle"), 0, 0);
    ory_run_free(r);
}

/* Period at mu = 1 to ten digits: Andersen and Geer, SIAM J. Appl. Math. 42 (1982). */
static void van_der_pol_has_the_published_period(void **state)
{
    ory_run *r = case_start("dyn.van_der_pol", "mu=1 x0=[2;0]", tight);
    double x, v;

    (void)state;
    case_go(r, 60);
    x = case_read(r, "x");
    v = case_read(r, "v");
    case_go(r, 60 + 6.6632868593);
    ASSERT_ABS(case_read(r, "x"), x, 1e-8);
    ASSERT_ABS(case_read(r, "v"), v, 1e-8);
    ory_run_free(r);
}

static void lorenz_volumes_shrink_at_a_constant_rate(void **state)
{
    ory_run *r = case_start("dyn.lorenz", "sigma=9.1 beta=2.385", NULL);

    (void)state;
    ASSERT_REL(case_read(r, "divergence"), -9.1 - 1 - 2.385, 1e-14);
    case_go(r, 5);
    ASSERT_REL(case_read(r, "divergence"), -9.1 - 1 - 2.385, 1e-14);
    ory_run_free(r);
}

static void two_oscillators_lock_below_the_threshold(void **state)
{
    /* phi' = D - K sin phi; locked at sin phi = D/K, else one turn in 2 pi/sqrt(D^2 - K^2) */
    const double D = 0.8, K = 0.5;
    ory_run *r = case_start("dyn.kuramoto", "omega=[0.4;-0.4] K=1 x0=[0.1;0]", tight);
    double phi;

    (void)state;
    case_go(r, 60);
    phi = ory_run_state(r)[0] - ory_run_state(r)[1];
    ASSERT_REL(sin(phi), D, 1e-9);
    ASSERT_ABS(case_read(r, "drift"), 0, 1e-9);
    ASSERT_REL(case_read(r, "R"), fabs(cos(phi / 2)), 1e-12);
    ory_run_free(r);

    r = case_start("dyn.kuramoto", "omega=[0.4;-0.4] K=0.5 x0=[0.1;0]", tight);
    case_go(r, 2 * M_PI / sqrt(D * D - K * K));
    phi = ory_run_state(r)[0] - ory_run_state(r)[1];
    ASSERT_REL(phi, 0.1 + 2 * M_PI, 1e-9);
    ory_run_free(r);
}

static void a_complete_graph_couples_as_all_to_all_does(void **state)
{
    ory_system *a = case_system("dyn.kuramoto", "n=4 K=1.3 seed=5");
    ory_system *b = case_system("dyn.kuramoto", "K=1.3 seed=5 graph=[1,2,0.25;1,3,0.25;1,4,0.25;"
                                                "2,3,0.25;2,4,0.25;3,4,0.25]");
    const double x[] = {0.3, -1.7, 2.385, 0.731};
    double fa[4], fb[4], sum = 0;

    (void)state;
    a->class->rhs(a, 0, x, fa);
    b->class->rhs(b, 0, x, fb);
    for (int i = 0; i < 4; i++) {
        ASSERT_REL(fa[i], fb[i], 1e-13);
        for (int j = 0; j < 4; j++)
            sum += 1.3 / 4 * sin(x[j] - x[i]) * (i == 2);
    }
    assert_true(fabs(sum) > 0.1);
    ory_system_unref(a);
    a = case_system("dyn.kuramoto", "K=1.3 omega=[0;0;0;0]");
    a->class->rhs(a, 0, x, fa);
    ASSERT_REL(fa[2], sum, 1e-13);
    ory_system_unref(a);
    ory_system_unref(b);
}

static void linear_motion_is_the_matrix_exponential(void **state)
{
    /* the input as a fourth variable that stays 1 */
    const double t = 1.7, a[] = {0.3, -1.7, 0.2, 1, 0.9, -0.4, 1.1, 2, 0, 2.385, -3, 3, 0, 0, 0, 0};
    const double x0[] = {0.5, -0.25, 0.731, 1};
    double at[16], e[16];
    ory_mat A = ory_mat_view(at, 4, 4), E = ory_mat_view(e, 4, 4);
    ory_run *r = case_start("dyn.linear", "A=[0.3,-1.7,0.2;0.9,-0.4,1.1;0,2.385,-3] u=[1;2;3] "
                                          "x0=[0.5;-0.25;0.731]", tight);

    (void)state;
    for (int i = 0; i < 16; i++)
        at[i] = a[i] * t;
    assert_int_equal(ory_expm(&A, &E, NULL), ORY_OK);
    case_go(r, t);
    for (int i = 0; i < 3; i++)
        ASSERT_REL(ory_run_state(r)[i], ory_dot(e + 4 * i, x0, 4), 1e-10);
    ory_run_free(r);
}

/* ---------------------------------------------------------------------- the plane */

static void the_field_is_f_on_the_plane_through_the_state(void **state)
{
    ory_run *r = case_start("dyn.lorenz", "grid=8 plane=[3;1] box=[-2,6;-10,10;0,40] x0=[1;5;7]",
                            NULL);
    ory_system *s = ory_run_system(r);
    const int which = ory_probe_find(s->class, "flow");
    double field[8 * 16], edges[4] = {0}, dx[3];
    const char *axes[2] = {NULL, NULL};
    const double x[] = {-2 + 8 * 3.5 / 8, 5, 40 * 6.5 / 8}; /* row 3 (x), column 6 (z) */

    (void)state;
    assert_true(s->class->extent(s, which, edges, axes));
    assert_string_equal(axes[0], "z");
    assert_string_equal(axes[1], "x");
    ASSERT_ABS(edges[0], 0, 0);
    ASSERT_ABS(edges[1], 40, 0);
    ASSERT_ABS(edges[2], -2, 0);
    ASSERT_ABS(edges[3], 6, 0);
    case_read_all(r, "flow", field);
    s->class->rhs(s, 0, x, dx);
    ASSERT_REL(field[2 * (3 * 8 + 6)], dx[2], 1e-14);
    ASSERT_REL(field[2 * (3 * 8 + 6) + 1], dx[0], 1e-14);
    ASSERT_ABS(case_read(r, "plane_x"), 7, 0);
    ASSERT_ABS(case_read(r, "plane_y"), 1, 0);
    ory_run_free(r);
}

/* ------------------------------------------------------------------------ sections */

static void sections_are_linear_forms(void **state)
{
    static const struct {
        const char *text;
        double want[3];
    } good[] = {{"x", {1, 0, 0}}, {"3", {0, 0, 1}}, {"x[1]", {1, 0, 0}}, {"-z", {0, 0, -1}},
                {" x - 0.5*z + 2 * y ", {1, 2, -0.5}}, {"x+x", {2, 0, 0}}, {".25*y-z", {0, 0.25, -1}}};
    static const struct {
        const char *text, *part;
        ory_status status;
    } bad[] = {{"", "expected a sum", ORY_EINVAL},        {"x -", "expected a sum", ORY_EINVAL},
               {"x y", "at 'y'", ORY_EINVAL},             {"2 x", "at 'x'", ORY_EINVAL},
               {"x * 2", "at '* 2'", ORY_EINVAL},         {"w", "no such component as 'w'", ORY_ENAME},
               {"x[2]", "entries are 1..1", ORY_ERANGE},  {"4", "components are 1..3", ORY_ERANGE},
               {"x[a]", "expected a sum", ORY_EINVAL},    {"0", "components are 1..3", ORY_ERANGE}};
    ory_system *s = case_system("dyn.lorenz", ""), *k = case_system("dyn.kuramoto", "n=3");
    double w[3];
    ory_error err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (ory_section_parse(s, good[i].text, w, &err) != ORY_OK)
            fail_msg("%s: %s", good[i].text, err.text);
        for (int j = 0; j < 3; j++)
            ASSERT_ABS(w[j], good[i].want[j], 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(ory_section_parse(s, bad[i].text, w, &err), bad[i].status);
        if (!strstr(err.text, bad[i].part))
            fail_msg("'%s': %s", bad[i].text, err.text);
    }
    assert_int_equal(ory_section_parse(k, "theta[1] - theta[3]", w, &err), ORY_OK);
    ASSERT_ABS(w[0] - w[2], 2, 0);
    assert_int_equal(ory_section_parse(k, "theta", w, &err), ORY_ENAME);
    assert_true(strstr(err.text, "theta holds 3 numbers") != NULL);
    ory_system_unref(s);
    ory_system_unref(k);
}

/* The Hopf cycle of radius rho meets x cos a + y sin a = h where its angle is a - acos(h/rho)
 * (rising). */
static void slanted_sections_are_hit(void **state)
{
    const double rho = 0.7, w = 1.3, h = 0.3, a = atan2(0.8, 0.6);
    ory_run *r = case_start("dyn.hopf", "mu=0.49 omega=1.3 x0=[0.7;0]",
                            "flow rtol=1e-11 atol=1e-14 section=0.6*x+0.8*y section_value=0.3 "
                            "section_way=up");
    const double first = (a - acos(h / rho)) / w;
    ory_error err;

    (void)state;
    /* a section that is no form changes nothing */
    assert_int_equal(ory_run_set_text(r, "section", "x -", &err), ORY_EINVAL);
    for (int turn = 0; turn < 3; turn++) {
        do
            case_step(r, 1);
        while (case_read(r, "at_section") == 0 && ory_run_t(r) < 40);
        ASSERT_REL(ory_run_t(r), first + 2 * M_PI / w * (turn + (first < 0)), 1e-9);
        ASSERT_ABS(0.6 * case_read(r, "x") + 0.8 * case_read(r, "y"), h, 1e-10);
    }
    ory_run_free(r);
}

static void wrong_options_say_what_is_wrong(void **state)
{
    (void)state;
    case_refused("dyn.pendulum", "x0=[1;2;3]", ORY_ESHAPE, "x0 is 3 x 1 (must be 2 x 1)");
    case_refused("dyn.pendulum", "plane=[1;3]", ORY_ERANGE, "plane[2] = 3 (must be a variable, 1 to 2)");
    case_refused("dyn.pendulum", "box=[1,-1;0,1]", ORY_EINVAL, "the low end comes first");
    case_refused("dyn.pendulum", "grid=1", ORY_ERANGE, "grid");
    case_refused("dyn.linear", "A=[1,2,3;4,5,6]", ORY_ESHAPE, "A is 2 x 3");
    case_refused("dyn.linear", "A=[1,2;3,4] B=[1;2]", ORY_EINVAL, "B needs u");
    case_refused("dyn.linear", "A=[1,2;3,4] u=[1;2;3]", ORY_ESHAPE, "u is 3 x 1");
    case_refused("dyn.kuramoto", "omega=[1;2] graph=[1,2;2,3]", ORY_ESHAPE, "omega is 2 x 1");
    case_refused("dyn.kuramoto", "graph=[1,2,inf]", ORY_EDIVERGE, "graph has the entry inf");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jacobians_agree_with_differences),
        cmocka_unit_test(pendulums_hang_or_stand),
        cmocka_unit_test(wells_lie_at_the_roots_of_the_depth),
        cmocka_unit_test(lorenz_has_rolls_above_one),
        cmocka_unit_test(eigenvalues_are_classified),
        cmocka_unit_test(linear_systems_have_one_equilibrium),
        cmocka_unit_test(undamped_pendulum_keeps_its_energy_and_period),
        cmocka_unit_test(driven_pendulum_follows_linear_response),
        cmocka_unit_test(duffing_energy_is_conserved_without_friction),
        cmocka_unit_test(hopf_spirals_to_the_root_of_mu),
        cmocka_unit_test(van_der_pol_has_the_published_period),
        cmocka_unit_test(lorenz_volumes_shrink_at_a_constant_rate),
        cmocka_unit_test(two_oscillators_lock_below_the_threshold),
        cmocka_unit_test(a_complete_graph_couples_as_all_to_all_does),
        cmocka_unit_test(linear_motion_is_the_matrix_exponential),
        cmocka_unit_test(the_field_is_f_on_the_plane_through_the_state),
        cmocka_unit_test(sections_are_linear_forms),
        cmocka_unit_test(slanted_sections_are_hit),
        cmocka_unit_test(wrong_options_say_what_is_wrong),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
