/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_nadir_system.c - dyn.nadir as the user meets it: live steps with kicks against
 * superposed closed forms, knobs, turbines and general units against the 3n-state
 * exponential, the published three buses, claims, time travel, bad inputs. */
#include "config.h"

#include "case.h"

#include "algo/nadir.h"

/* Five buses, unequal units, d = 3.1 m; L in p.u./rad. */
#define FIVE "L=[1,2,0.11;2,3,0.07;3,4,0.19;4,5,0.05;1,4,0.03;2,5,0.13] m=[2.3,0.9,4.1,1.7,3.3] kappa=3.1"
#define UNEVEN "L=[1,2,0.11;2,3,0.07;3,4,0.19;1,4,0.03] m=[2.3,0.9,4.1,1.7] d=[9,2,11,7]"

static ory_error err;

static void poke_u(ory_run *r, const double *u, size_t n)
{
    ory_mat m = ory_mat_view((double *)u, n, 1);

    assert_int_equal(ory_run_poke(r, "u", &m, &err), ORY_OK);
}

static const double *block(const ory_run *r, const char *name)
{
    return ory_run_state(r) + ory_system_block(ory_run_system(r), name)->offset;
}

/* The same network as the algorithm sees it. */
static ory_nadir_net five(void)
{
    static const double edges[][3] = {{1, 2, 0.11}, {2, 3, 0.07}, {3, 4, 0.19},
                                      {4, 5, 0.05}, {1, 4, 0.03}, {2, 5, 0.13}};
    double L[25] = {0}, m[] = {2.3, 0.9, 4.1, 1.7, 3.3}, d[5];
    ory_mat LB = ory_mat_view(L, 5, 5);
    ory_nadir_net net;
    size_t e, i;

    for (e = 0; e < 6; e++) {
        size_t a = (size_t)edges[e][0] - 1, b = (size_t)edges[e][1] - 1;
        double w = 2 * M_PI * 50 * edges[e][2];

        L[a * 5 + a] += w;
        L[b * 5 + b] += w;
        L[a * 5 + b] = L[b * 5 + a] = -w;
    }
    for (i = 0; i < 5; i++)
        d[i] = 3.1 * m[i];
    assert_int_equal(ory_nadir_net_init(&net, &LB, m, d, false, 100, &err), ORY_OK);
    return net;
}

static const ory_nadir_task unit = {.rho = 1, .beta = 1, .inertia = 1, .damping = 1, .dt = 0.01, .N = 100};

/* ------------------------------------------------------------------------ live steps */

/* Case 5: three kicks at buses, frames of two lengths; w is the sum of the kicks' closed
 * forms H(t - t_kick) du. */
static void kicks_superpose(void **state)
{
    static const struct {
        uint64_t k;
        size_t bus;
        double power;
    } kicks[] = {{0, 1, -0.385}, {7, 4, 0.731}, {7, 1, 0.1}, {19, 0, -2.385}};
    ory_run *r = case_start("dyn.nadir", FIVE " disturb=none frame=0.037", NULL);
    ory_nadir_net net = five();
    double u[5] = {0}, when[4], x[5], want;
    size_t i, e;

    (void)state;
    while (ory_run_k(r) < 60) {
        for (e = 0; e < 4; e++)
            if (kicks[e].k == ory_run_k(r)) {
                u[kicks[e].bus] += kicks[e].power;
                when[e] = ory_run_t(r);
                poke_u(r, u, 5);
            }
        if (ory_run_k(r) == 30)
            assert_int_equal(ory_run_set_num(r, "frame", 0.0041, &err), ORY_OK);
        case_step(r, 1);
        for (i = 0; i < 5; i++) {
            for (e = 0, want = 0; e < 4; e++)
                if (kicks[e].k < ory_run_k(r)) {
                    ory_nadir_row(&net, &unit, i, ory_run_t(r) - when[e], x);
                    want += x[kicks[e].bus] * kicks[e].power;
                }
            ASSERT_ABS(block(r, "w")[i], want, 1e-12);
        }
    }
    assert_true(fabs(block(r, "w")[0]) > 1e-3);
    ory_nadir_net_fini(&net);
    ory_run_free(r);
}

/* The same run as a second-order system by RK4 with 2e-4 s (case 5, second half), n = 5. */
static void steps_equal_runge_kutta(void **state)
{
    ory_run *r = case_start("dyn.nadir", FIVE " disturb=bus at=4 rho=0.731 frame=0.25", NULL);
    ory_nadir_net net = five();
    double A[25] = {0}, x[10] = {0}, k[4][10], y[10];
    const double m[] = {2.3, 0.9, 4.1, 1.7, 3.3}, dt = 2e-4, at[] = {0, 0.5, 0.5, 1};
    size_t i, j, s, step;

    (void)state;
    for (i = 0; i < 5; i++)
        for (j = 0; j < 5; j++)
            for (s = 0; s < 5; s++) /* LB = R P^-T diag(lam) P^-1 R = sum of lam (R p)(R p)' */
                A[i * 5 + j] += net.r[i] * net.P[i * 5 + s] * net.lam[s] * net.P[j * 5 + s] * net.r[j];
    for (step = 0; step < 10000; step++) {
        for (s = 0; s < 4; s++) {
            for (i = 0; i < 10; i++)
                y[i] = x[i] + (s ? at[s] * dt * k[s - 1][i] : 0);
            for (i = 0; i < 5; i++) {
                double f = (i == 3 ? -0.731 : 0) - 3.1 * m[i] * y[5 + i];

                for (j = 0; j < 5; j++)
                    f -= A[i * 5 + j] * y[j];
                k[s][i] = y[5 + i];
                k[s][5 + i] = f / m[i];
            }
        }
        for (i = 0; i < 10; i++)
            x[i] += dt / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
    }
    case_step(r, 8);
    ASSERT_ABS(ory_run_t(r), 2, 1e-12);
    for (i = 0; i < 5; i++) {
        ASSERT_ABS(block(r, "delta")[i], x[i], 1e-8);
        ASSERT_ABS(block(r, "w")[i], x[5 + i], 1e-8);
    }
    ory_nadir_net_fini(&net);
    ory_run_free(r);
}

/* Case 11: line weight 1e6 between two buses, a frame far beyond what an explicit stepper
 * could take. The even part is (1 - exp(-d t/m))/(2 d), the odd part a closed sine. */
static void a_stiff_pair_is_stepped_exactly(void **state)
{
    ory_run *r = case_start("dyn.nadir", "L=[1,2,3183.098861837907] m=[2,2] d=[4,4] disturb=bus rho=1", NULL);
    const double lam = 2e6, wd = sqrt(lam / 2 - 1);

    (void)state;
    for (int j = 1; j <= 200; j++) {
        const double t = 0.01 * j, even = -expm1(-2 * t) / 4, odd = exp(-t) * sin(wd * t) / (2 * wd);

        case_step(r, 1);
        ASSERT_ABS(block(r, "w")[0], -(even + odd) / 2, 1e-11);
        ASSERT_ABS(block(r, "w")[1], -(even - odd) / 2, 1e-11);
    }
    ory_run_free(r);
}

/* ---------------------------------------------------------------- the published buses */

typedef struct trace {
    double peak[3], t[3], w[3]; /* most negative, its time; last */
    double rebound, rebound_t;  /* least |w_1| after its peak */
} trace;

static trace follow(const char *weights)
{
    char text[160];
    trace out = {{0}, {0}, {0}, 1, 0};
    ory_run *r;

    snprintf(text, sizeof text, "L=%s m=[4.38,4.38,4.38] disturb=given u=[-0.1689,0,0] frame=0.0005",
             weights);
    r = case_start("dyn.nadir", text, NULL);
    for (int j = 0; j < 6000; j++) {
        const double *w;

        case_step(r, 1);
        w = block(r, "w");
        for (int i = 0; i < 3; i++) {
            out.w[i] = w[i];
            if (w[i] < out.peak[i]) {
                out.peak[i] = w[i];
                out.t[i] = ory_run_t(r);
                if (i == 0)
                    out.rebound = 1;
            }
        }
        if (-w[0] < out.rebound && ory_run_t(r) < 1.5) {
            out.rebound = -w[0];
            out.rebound_t = ory_run_t(r);
        }
    }
    ory_run_free(r);
    return out;
}

/* Section 9(a): figure 2 of the publication. */
static void three_buses_as_published(void **state)
{
    const trace weak = follow("[1,2,0.1;1,3,0.1;2,3,3]"), tight = follow("[1,2,3;1,3,3;2,3,3]");
    double x[3] = {0};
    ory_run *r;

    (void)state;
    ASSERT_ABS(weak.peak[0], -0.00572063, 5e-9);
    ASSERT_ABS(weak.t[0], 0.333, 6e-4);
    ASSERT_ABS(weak.peak[1], -0.00387377, 5e-9);
    ASSERT_ABS(weak.peak[2], -0.00387377, 5e-9);
    ASSERT_ABS(weak.t[1], 1.0425, 6e-4);
    ASSERT_ABS(weak.rebound, 0.00255246, 5e-9);
    ASSERT_ABS(weak.rebound_t, 0.9925, 6e-4);
    ASSERT_ABS(tight.peak[0], -0.00359185, 5e-9);
    ASSERT_ABS(tight.t[0], 1.054, 6e-4);
    r = case_start("dyn.nadir", "disturb=given u=[-0.1689,0,0] frame=30", NULL); /* weak, by default */
    case_step(r, 1);
    ASSERT_ABS(case_read(r, "coi"), -0.00351875, 5e-9);
    case_read_all(r, "flow", x);
    ASSERT_ABS(x[0] + x[1] + x[2], 0, 1e-12);
    ASSERT_REL(x[0], -0.1689 + 16 * 0.00351875, 1e-6); /* what bus 1 lacks comes through lines */
    ory_run_free(r);
}

/* ------------------------------------------------------------------------------ knobs */

static double nadir_of(ory_nadir_net *net, ory_nadir_task task)
{
    ory_nadir_search_result s;

    assert_int_equal(ory_nadir_search(net, &task, 1e-6, &s, &err), ORY_OK);
    return s.nadir;
}

/* Every knob changes the verdict as the formulas say, and the next steps. */
static void knobs_turn_live(void **state)
{
    ory_run *r = case_start("dyn.nadir", FIVE " disturb=bus at=2", NULL);
    ory_nadir_net net = five();
    ory_nadir_task task = unit;
    ory_error e;
    double before, worst[5], row[5], x[5];
    size_t i;

    (void)state;
    task.rho = 0.5;
    before = case_read(r, "nadir");
    ASSERT_REL(before, nadir_of(&net, task), 1e-14);
    ASSERT_REL(case_read(r, "rho_crit"), 0.5 * 0.016 / before, 1e-14);
    assert_true(case_read(r, "secure") == 0);
    assert_string_equal(ory_run_system(r)->class->standing(ory_run_system(r), NULL), "✗ insecure");
    assert_int_equal(ory_run_set_num(r, "limit", before * (1 + 1e-9), &e), ORY_OK);
    assert_true(case_read(r, "secure") == 1);
    assert_string_equal(ory_run_system(r)->class->standing(ory_run_system(r), NULL), "● secure");
    assert_int_equal(ory_run_set_num(r, "rho", 1.5, &e), ORY_OK); /* case 3 */
    ASSERT_REL(case_read(r, "nadir"), 3 * before, 1e-12);
    ASSERT_REL(case_read(r, "rho_crit"), 0.5 * (1 + 1e-9), 1e-12);
    task.rho = 1.5;
    assert_int_equal(ory_run_set_num(r, "beta", task.beta = 0.31, &e), ORY_OK);
    ASSERT_REL(case_read(r, "nadir"), nadir_of(&net, task), 1e-14);
    assert_int_equal(ory_run_set_num(r, "inertia", task.inertia = 2.7, &e), ORY_OK);
    ASSERT_REL(case_read(r, "nadir"), nadir_of(&net, task), 1e-14);
    assert_int_equal(ory_run_set_num(r, "damping", task.damping = 0.6, &e), ORY_OK);
    ASSERT_REL(case_read(r, "nadir"), nadir_of(&net, task), 1e-14);
    assert_int_equal(ory_run_set_text(r, "norm", "inf", &e), ORY_OK);
    task.ball = ORY_BALL_INF;
    ASSERT_REL(case_read(r, "nadir"), nadir_of(&net, task), 1e-14);
    case_read_all(r, "worst", worst); /* u* is a vertex and drops the worst bus to -nadir */
    ory_nadir_row(&net, &task, (size_t)case_read(r, "nadir_bus") - 1, case_read(r, "nadir_t"), row);
    for (i = 0, before = 0; i < 5; i++) {
        ASSERT_ABS(fabs(worst[i]), 1.5, 0);
        before += row[i] * worst[i];
    }
    ASSERT_REL(before, -case_read(r, "nadir"), 1e-12);
    case_step(r, 1); /* the step is that of the turned knobs */
    for (i = 0; i < 5; i++) {
        ory_nadir_row(&net, &task, i, 0.01, x);
        ASSERT_ABS(block(r, "w")[i], -0.5 * x[1], 1e-16);
    }
    assert_int_equal(ory_run_set_num(r, "rho", -1, &e), ORY_ERANGE);
    assert_int_equal(ory_run_set_num(r, "beta", 0, &e), ORY_OK);
    assert_true(case_read(r, "nadir") > 0);
    ory_nadir_net_fini(&net);
    ory_run_free(r);
}

static void no_disturbance_is_secure(void **state)
{
    ory_run *r = case_start("dyn.nadir", FIVE " rho=0", NULL);
    char text[100];

    (void)state;
    assert_true(case_read(r, "nadir") == 0 && case_read(r, "nadir_bound") == 0);
    assert_true(case_read(r, "secure") == 1 && case_read(r, "gap_certified") == 0);
    assert_true(isnan(case_read(r, "rho_crit")));
    assert_true(ory_run_why(r, ory_run_probe_find(r, "rho_crit"), text, sizeof text));
    assert_string_equal(text, "rho = 0: no disturbance to compare with");
    case_step(r, 3);
    assert_true(case_read(r, "deviation") == 0);
    ory_run_free(r);
}

/* The worst disturbance, started at rest, reaches the nadir at its time, not more. */
static void the_worst_start_reaches_the_nadir(void **state)
{
    ory_run *r = case_start("dyn.nadir", FIVE " rho=0.7 norm=1", NULL);
    double t = case_read(r, "nadir_t"), nadir = case_read(r, "nadir");

    (void)state;
    assert_true(isfinite(t));
    assert_int_equal(ory_run_set_num(r, "frame", t / 50, &err), ORY_OK);
    case_step(r, 50);
    ASSERT_REL(case_read(r, "w_worst"), -nadir, 1e-9);
    case_step(r, 300);
    ASSERT_REL(case_read(r, "deepest"), nadir, 1e-9);
    assert_true(case_read(r, "deepest") <= case_read(r, "nadir_bound") * (1 + 1e-12));
    ASSERT_REL(case_read(r, "size"), 0.7, 1e-12);
    case_claims(r);
    ory_run_free(r);
}

/* ---------------------------------------------------------------- turbines, any units */

/* Three frames by the exponential of all 3n states, with kicks between. */
static void check_against_exponential(const char *options, const double *m, const double *d,
                                      const double *rinv, double tau, double tol)
{
    ory_run *r = case_start("dyn.nadir", options, NULL);
    const double edges[][3] = {{0, 1, 0.11}, {1, 2, 0.07}, {2, 3, 0.19}, {0, 3, 0.03}};
    const size_t states = rinv ? 12 : 8;
    double L[16] = {0}, e[256], x[16] = {0}, y[16];
    ory_mat LB = ory_mat_view(L, 4, 4), E = ory_mat_view(e, states + 4, states + 4);
    ory_nadir_units units = {&LB, m, d, rinv, tau};
    size_t i, j, k;

    for (k = 0; k < 4; k++) {
        size_t a = (size_t)edges[k][0], b = (size_t)edges[k][1];
        double w = 2 * M_PI * 50 * edges[k][2];

        L[a * 4 + a] += w;
        L[b * 4 + b] += w;
        L[a * 4 + b] = L[b * 4 + a] = -w;
    }
    assert_int_equal(ory_nadir_transition(&units, &unit, 0.13, &E, &err), ORY_OK);
    x[states + 1] = -0.5; /* disturb=bus at=2 */
    for (k = 0; k < 9; k++) {
        if (k == 4) {
            x[states] = 0.731;
            poke_u(r, x + states, 4);
        }
        for (i = 0; i < states + 4; i++)
            for (j = 0, y[i] = 0; j < states + 4; j++)
                y[i] += e[i * (states + 4) + j] * x[j];
        memcpy(x, y, sizeof x);
        case_step(r, 1);
        assert_int_equal(ory_run_system(r)->dim, states + 4);
        for (i = 0; i < states + 4; i++)
            ASSERT_ABS(ory_run_state(r)[i], x[i], tol);
    }
    assert_true(fabs(x[4]) > 1e-4);
    ory_run_free(r);
}

static void turbines_and_general_units_step_exactly(void **state)
{
    const double m[] = {2.3, 0.9, 4.1, 1.7}, even[] = {9.2, 3.6, 16.4, 6.8}, d[] = {9, 2, 11, 7},
                 even_rinv[] = {46, 18, 82, 34}, rinv[] = {46, 0, 40, 34};
    const char *base = "L=[1,2,0.11;2,3,0.07;3,4,0.19;1,4,0.03] m=[2.3,0.9,4.1,1.7] frame=0.13 "
                       "disturb=bus at=2 tau=2.3 ";
    char text[300];

    (void)state;
    snprintf(text, sizeof text, "%s kappa=4 rinv=[46,18,82,34]", base); /* modal */
    check_against_exponential(text, m, even, even_rinv, 2.3, 1e-11);
    snprintf(text, sizeof text, "%s d=[9,2,11,7] units=general", base);
    check_against_exponential(text, m, d, NULL, 0, 1e-13);
    snprintf(text, sizeof text, "%s d=[9,2,11,7] rinv=[46,0,40,34] units=general", base);
    check_against_exponential(text, m, d, rinv, 2.3, 1e-13);
    snprintf(text, sizeof text, "%s d=[9,2,11,7] units=project", base); /* steps are true */
    check_against_exponential(text, m, d, NULL, 0, 1e-13);
}

/* General units: the verdict is the table's; proportional ones agree with the fast path. */
static void general_units_are_judged_by_the_table(void **state)
{
    ory_run *fast = case_start("dyn.nadir", FIVE " method=table", NULL);
    ory_run *slow = case_start("dyn.nadir", FIVE " units=general", NULL);
    double a[5], b[5], at;
    char text[100];

    (void)state;
    ASSERT_REL(case_read(slow, "nadir"), case_read(fast, "nadir"), 1e-3); /* grid against refined */
    assert_true(case_read(slow, "nadir") <= case_read(fast, "nadir"));
    assert_true(case_read(slow, "nadir_bus") == case_read(fast, "nadir_bus"));
    at = case_read(slow, "nadir_t") / 0.01;
    ASSERT_ABS(at, round(at), 1e-9);
    case_read_all(slow, "worst", a);
    case_read_all(fast, "worst", b);
    for (int i = 0; i < 5; i++)
        ASSERT_ABS(a[i], b[i], 0.02);
    assert_true(isnan(case_read(slow, "nadir_bound")));
    assert_true(ory_run_why(slow, ory_run_probe_find(slow, "nadir_bound"), text, sizeof text));
    assert_string_equal(text, "general units have no modes to bound");
    assert_true(case_read(slow, "approximate") == 1 && case_read(fast, "approximate") == 0);
    assert_true(case_read(fast, "nadir_bound") >= case_read(fast, "nadir"));
    case_step(slow, 30);
    case_claims(slow);
    ory_run_free(fast);
    ory_run_free(slow);
}

/* Projected units: the verdict is that of d_i = m_i sum d/sum m, the check simulates u* on the
 * true units; where they are proportional already both agree. */
static void projected_units_are_checked_on_the_true_ones(void **state)
{
    ory_run *r = case_start("dyn.nadir", UNEVEN " units=project", NULL);
    ory_run *even = case_start("dyn.nadir", "L=[1,2,0.11;2,3,0.07;3,4,0.19;1,4,0.03] "
                               "m=[2.3,0.9,4.1,1.7] kappa=3.2222222222222222", NULL); /* 29/9 */
    double most = 0, nadir = case_read(r, "nadir");

    (void)state;
    ASSERT_REL(nadir, case_read(even, "nadir"), 1e-12);
    assert_non_null(strstr(ory_run_system(r)->notes[0], "approximate"));
    for (int k = 0; k < 100; k++) { /* disturb=worst, by default */
        case_step(r, 1);
        most = fmax(most, case_read(r, "deviation"));
    }
    ASSERT_REL(case_read(r, "checked_nadir"), most, 1e-12);
    ASSERT_REL(most, nadir, 0.2);
    assert_true(fabs(most / nadir - 1) > 1e-3);
    ory_run_free(r);
    r = case_start("dyn.nadir", FIVE " units=project frame=0.001", NULL);
    ASSERT_REL(case_read(r, "checked_nadir"), case_read(r, "nadir"), 1e-4);
    assert_true(isnan(case_read(even, "checked_nadir")));
    ory_run_free(r);
    ory_run_free(even);
}

/* With turbines the centre overshoots: its worst case is above its limit and still below the
 * worst bus (case 4). */
static void turbines_make_the_centre_overshoot(void **state)
{
    ory_run *r = case_start("dyn.nadir", FIVE " rinv=[23,9,41,17,33] instants=400", NULL);
    const double limit = 0.5 * sqrt(5) / (12.3 * 3.1 + 123);

    (void)state;
    assert_true(case_read(r, "coi_worst") > 1.5 * limit);
    assert_true(case_read(r, "coi_worst") <= case_read(r, "nadir"));
    assert_true(isnan(case_read(r, "nadir_bound")));
    assert_non_null(strstr(ory_run_system(r)->notes[0], "without certificate"));
    ory_run_free(r);
}

/* ------------------------------------------------------------------------ time travel */

static void rewinding_repeats_the_bits(void **state)
{
    const char *const kinds[] = {FIVE, FIVE " rinv=[23,9,41,17,33]", UNEVEN " units=general"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        ory_run *r = case_start("dyn.nadir", kinds[i], NULL);
        const double u[5] = {0.3, -0.385, 0, 0.731, 0};
        uint64_t end, middle;

        case_step(r, 20);
        poke_u(r, u, ory_system_block(ory_run_system(r), "u")->rows);
        case_step(r, 10);
        assert_int_equal(ory_run_set_num(r, "beta", 0.4, &err), ORY_OK);
        assert_int_equal(ory_run_set_num(r, "inertia", 1.3, &err), ORY_OK);
        middle = ory_run_hash(r);
        case_step(r, 25);
        end = ory_run_hash(r);
        assert_int_equal(ory_run_rewind(r, 11, &err), ORY_OK);
        assert_int_equal(ory_run_rewind(r, 30, &err), ORY_OK);
        assert_true(ory_run_hash(r) == middle);
        case_step(r, 25);
        assert_true(ory_run_hash(r) == end);
        ory_run_free(r);
    }
}

/* ----------------------------------------------------------------------------- claims */

static ory_standing standing_of(ory_run *r, const char *name)
{
    ory_verdict v;

    for (int i = 0; i < ory_run_claim_count(r); i++) {
        assert_int_equal(ory_run_claim(r, i, &v, &err), ORY_OK);
        if (strcmp(v.claim->name, name) == 0)
            return v.standing;
    }
    fail_msg("no claim %s", name);
    return ORY_CLAIM_NOT_COMPUTABLE;
}

/* The theorem of section 6 on a 4-ring of equal units, and what puts it out of force; a kick
 * puts the worst case out of force. */
static void claims_stand_where_they_apply(void **state)
{
    ory_run *r = case_start("dyn.nadir", "L=[1,2,1;2,3,1;3,4,1;4,1,1] m=[2,2,2,2] d=[3,3,3,3]", NULL);
    const double u[] = {2, 0, 0, 0};

    (void)state;
    ASSERT_REL(case_read(r, "nadir"), 0.5 / (3 * 2), 1e-12);
    assert_true(isinf(case_read(r, "nadir_t")));
    case_step(r, 10);
    assert_int_equal(standing_of(r, "tied_units"), ORY_CLAIM_HOLDS);
    assert_int_equal(standing_of(r, "worst_case"), ORY_CLAIM_HOLDS);
    assert_int_equal(standing_of(r, "coi_below"), ORY_CLAIM_HOLDS);
    assert_int_equal(standing_of(r, "coi_worst_below"), ORY_CLAIM_HOLDS);
    assert_int_equal(standing_of(r, "table_below"), ORY_CLAIM_HOLDS);
    assert_int_equal(ory_run_set_num(r, "beta", 1e-3, &err), ORY_OK);
    assert_int_equal(standing_of(r, "tied_units"), ORY_CLAIM_NOT_APPLY);
    assert_int_equal(ory_run_set_num(r, "beta", 1, &err), ORY_OK);
    poke_u(r, u, 4);
    assert_int_equal(standing_of(r, "worst_case"), ORY_CLAIM_NOT_APPLY);
    case_step(r, 300);
    assert_true(case_read(r, "deepest") > case_read(r, "nadir_bound"));
    assert_int_equal(standing_of(r, "worst_case"), ORY_CLAIM_NOT_APPLY);
    case_claims(r);
    ory_run_free(r);
}

/* ------------------------------------------------------------------------- bad inputs */

static void bad_inputs_get_one_sentence(void **state)
{
    static const struct {
        const char *options;
        ory_status status;
        const char *part;
    } rows[] = {
        {"L=[1,2,1;2,3,1] m=[1,-0.5,2]", ORY_EINVAL,
         "dyn.nadir: inertia m[2] = -0.5 (must be finite and > 0)"},
        {"L=[1,2,1;2,3,1] m=[1,nan,2]", ORY_EDIVERGE,
         "dyn.nadir: m has the entry nan in row 1, column 2 (must be finite)"},
        {"L=[1,2,1;2,3,1] m=[1,2,2] d=[1,0,2]", ORY_EINVAL,
         "dyn.nadir: damping d[2] = 0 (must be finite and > 0)"},
        {"L=[1,2,1;2,3,1] m=[1,2]", ORY_ESHAPE, "dyn.nadir: m is 1 x 2 (must hold 3 numbers, one a bus)"},
        {"L=[1,2,1;2,3,1]", ORY_EINVAL, "dyn.nadir: L needs m, the inertias of its 3 buses"},
        {"L=[2,-1,-1,0;-1,2,-1,0;-1,-0.9,1.9,0;0,0,0,0] m=[1,2,2,1]", ORY_EINVAL, "symmetric"},
        {"L=[2,-1,-1,0.1;-1,2,-1,0;-1,-1,2,0;0.1,0,0,0] m=[1,2,2,1]", ORY_EINVAL, "row 1"},
        {"L=[1,2,1;2,3,-0.8] m=[1,2,2]", ORY_EINVAL, "the network is unstable: its Laplacian has the "
                                                      "eigenvalue -"},
        {"L=[1,2,1;2,3,1] m=[1,2,2] d=[3,6,7]", ORY_EINVAL,
         "units are not proportional: d/m lies between 3 and 3.5 1/s (spread 0.143); units = "
         "\"general\" solves them as they are, \"project\" makes them proportional"},
        {"L=[1,2,1;2,3,1] m=[1,2,2] rinv=[20,40,41]", ORY_EINVAL, "turbines are not proportional"},
        {"L=[1,2,1;2,3,1] m=[1,2,2] rinv=[20,-1,41]", ORY_EINVAL, "rinv[2] = -1 (must be >= 0)"},
        {"rho=-1", ORY_ERANGE, "dyn.nadir: rho = -1 (must be >= 0"},
        {"rho=inf", ORY_ERANGE, "dyn.nadir: rho"},
        {"dt=0", ORY_ERANGE, "dyn.nadir: dt = 0 (must be > 0"},
        {"instants=0", ORY_ERANGE, "dyn.nadir: instants = 0 (must be "},
        {"norm=3", ORY_ENAME, "dyn.nadir: norm = \"3\""},
        {"disturb=given", ORY_EINVAL, "dyn.nadir: disturb = \"given\" needs u"},
        {"disturb=given u=[1,2]", ORY_ESHAPE, "dyn.nadir: u is 1 x 2 (must hold 3 numbers, one a bus)"},
        {"disturb=bus at=4", ORY_ERANGE, "dyn.nadir: at = 4 (the network has 3 buses)"},
        {"instants=7000000", ORY_EINVAL,
         "dyn.nadir: 3 buses x 7000000 instants are 2.1e+07 cells (at most 2e7)"},
        {"xy=[1,2;3,4]", ORY_ESHAPE, "dyn.nadir: xy is 2 x 2 (must be 3 x 2)"},
        {"bus=[1,2]", ORY_ESHAPE, "dyn.nadir: bus is 1 x 2"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        case_refused("dyn.nadir", rows[i].options, rows[i].status, rows[i].part);
}

/* A refused knob or state leaves everything as it was. */
static void refusals_change_nothing(void **state)
{
    ory_run *r = case_start("dyn.nadir", FIVE, NULL);
    const uint64_t before = ory_run_hash(r);
    double two[] = {1, 2};
    ory_mat short_u = ory_mat_view(two, 2, 1);

    (void)state;
    assert_int_equal(ory_run_set_num(r, "beta", -1, &err), ORY_ERANGE);
    assert_int_equal(ory_run_set_num(r, "inertia", 0, &err), ORY_ERANGE);
    assert_int_equal(ory_run_set_text(r, "norm", "3", &err), ORY_ENAME);
    assert_int_equal(ory_run_poke(r, "u", &short_u, &err), ORY_ESHAPE);
    assert_true(ory_run_hash(r) == before);
    ory_run_free(r);
}

static void odd_networks_are_accepted_with_a_note(void **state)
{
    ory_system *s = case_system("dyn.nadir", "L=[1,2,1;2,3,1;3,1,-0.2] m=[1,2,2]");
    ory_run *r;

    (void)state;
    assert_non_null(strstr(s->notes[0], "some line weights are negative; all eigenvalues are >= 0"));
    ory_system_unref(s);
    r = case_start("dyn.nadir", "L=[1,2,1;3,4,1] m=[1,2,2,1] kappa=2 rho=0.6", NULL);
    assert_non_null(strstr(ory_run_system(r)->notes[0], "the network has 2 islands"));
    assert_true(case_read(r, "nadir") >= 0.6 * sqrt(2) / 6 * (1 - 1e-12)); /* an island's own limit */
    ory_run_free(r);
    r = case_start("dyn.nadir", "L=[1,1,0] m=[1.7] d=[2.9] rho=0.731", NULL); /* one bus */
    ASSERT_REL(case_read(r, "nadir"), 0.731 / 2.9, 1e-14);
    assert_true(isinf(case_read(r, "nadir_t")) && case_read(r, "nadir_bus") == 1);
    case_step(r, 100);
    ASSERT_REL(case_read(r, "coi"), -0.731 / 2.9 * -expm1(-2.9 / 1.7), 1e-12);
    case_claims(r);
    ory_run_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kicks_superpose),
        cmocka_unit_test(steps_equal_runge_kutta),
        cmocka_unit_test(a_stiff_pair_is_stepped_exactly),
        cmocka_unit_test(three_buses_as_published),
        cmocka_unit_test(knobs_turn_live),
        cmocka_unit_test(no_disturbance_is_secure),
        cmocka_unit_test(the_worst_start_reaches_the_nadir),
        cmocka_unit_test(turbines_and_general_units_step_exactly),
        cmocka_unit_test(general_units_are_judged_by_the_table),
        cmocka_unit_test(projected_units_are_checked_on_the_true_ones),
        cmocka_unit_test(turbines_make_the_centre_overshoot),
        cmocka_unit_test(rewinding_repeats_the_bits),
        cmocka_unit_test(claims_stand_where_they_apply),
        cmocka_unit_test(bad_inputs_get_one_sentence),
        cmocka_unit_test(refusals_change_nothing),
        cmocka_unit_test(odd_networks_are_accepted_with_a_note),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
