/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_lora_flow.c - net.lora along its trajectories: the acceptance cases of
 * doc/theory/02-lora-flow.md, by their numbers. */
#include "config.h"

#include "case.h"

static const char tight[] = "flow method=rk8pd rtol=1e-12 atol=1e-16";

static double slope(const double *x, const double *y, int n)
{
    double mx = 0, my = 0, xy = 0, xx = 0;

    for (int i = 0; i < n; i++)
        mx += x[i] / n, my += y[i] / n;
    for (int i = 0; i < n; i++)
        xy += (x[i] - mx) * (y[i] - my), xx += (x[i] - mx) * (x[i] - mx);
    return xy / xx;
}

/* 1: w2 = 2, sigma = 1, A1 = B1 = 0.1, layer 2 off: p = 0.5 / (1 + 49 exp(-4t)). */
static void case_01_scalar_balanced(void **state)
{
    ory_run *r = case_start("net.lora", "W2=[2] W1=[0.5] Yft=[2] A1=[0.1] B1=[0.1] layers=1", tight);

    (void)state;
    case_go(r, 0.3);
    ASSERT_REL(case_read(r, "p1"), 0.5 / (1 + 49 * exp(-1.2)), 1e-10);
    case_go(r, 1);
    ASSERT_REL(case_read(r, "p1"), 0.263509290541, 1e-11);
    ASSERT_REL(case_read(r, "loss"), 0.111855711321, 1e-11);
    ory_run_free(r);
}

/* 2: the same from B1 = 0, A1 = 0.1. */
static void case_02_scalar_lora_start(void **state)
{
    ory_run *r = case_start("net.lora", "W2=[2] W1=[0.5] Yft=[2] A1=[0.1] layers=1", tight);
    const double c = 0.01, w = 2, q = 2 / (w * c), plus = q + sqrt(q * q + 1),
                 minus = q - sqrt(q * q + 1), kappa = w * sqrt(4 + w * w * c * c);
    double ratio, x;

    (void)state;
    ASSERT_REL(kappa, 4.000199995, 1e-9);
    case_go(r, 1);
    ratio = (1 - plus) / (1 - minus) * exp(-kappa);
    x = (plus - ratio * minus) / (1 - ratio);
    ASSERT_REL(ory_run_state(r)[1], 0.1 * sinh(log(x) / 2), 1e-10);
    ASSERT_REL(ory_run_state(r)[1], 0.321145480301, 1e-11);
    ASSERT_REL(ory_run_state(r)[0], 0.336354603830, 1e-11);
    ory_run_free(r);
}

/* 3: the 2 x 2 example. */
static void case_03_two_by_two(void **state)
{
    static const double want[][4] = {
        {0.5, 0.46530103781, 4.14058956e-2, 0.0175748854},
        {1, 0.30821246147, 5.02980209e-3, 0.1073146199},
        {2, 2.1404190786e-3, 1.19996053e-4, 0.4671884500},
        {4, 6.8356800746e-8, 2.00126172e-5, 0.4985839882},
    };
    ory_run *r = case_start("net.lora",
                            "W2=[2,0;0,1] W1=[1,0;0,0.5] Yft=[3,0;0,0.5] r=1 A1=[0.1,0.05] "
                            "A2=[0.02,-0.04]", tight);

    (void)state;
    ASSERT_REL(case_read(r, "loss"), 0.5, 1e-14);
    ASSERT_REL(case_read(r, "misalign1"), 0.367544468, 1e-9);
    for (int i = 0; i < 4; i++) {
        case_go(r, want[i][0]);
        ASSERT_REL(case_read(r, "loss"), want[i][1], 3e-10);
        ASSERT_REL(case_read(r, "misalign1"), want[i][2], 3e-9);
        ASSERT_REL(case_read(r, "p1"), want[i][3], 3e-9);
    }
    ory_run_free(r);
}

/* 5: what the flow conserves, and how gradient descent drifts. */
static void case_05_conserved(void **state)
{
    double drift[2];
    ory_run *r = case_start("net.lora", "seed=5", tight);

    (void)state;
    case_go(r, 3);
    ASSERT_IN(case_read(r, "drift1"), 0, 1e-6);
    ASSERT_IN(case_read(r, "drift2"), 0, 1e-6);
    ory_run_free(r);
    r = case_start("net.lora", "seed=5", NULL);
    ASSERT_REL(case_read(r, "step") * case_read(r, "lambda"), 0.1, 1e-12);
    case_go(r, 3);
    ASSERT_IN(case_read(r, "drift1"), 1e-14, 1e-5);
    ASSERT_IN(case_read(r, "drift2"), 1e-14, 1e-5);
    case_claims(r);
    ory_run_free(r);
    for (int i = 0; i < 2; i++) {
        r = case_start("net.lora", "seed=5", i ? "gd step=0.001" : "gd step=0.002");
        case_step(r, i ? 3000 : 1500);
        drift[i] = case_read(r, "drift1");
        ory_run_free(r);
    }
    ASSERT_IN(drift[0] / drift[1], 1.8, 2.2);
}

/* ... exactly so in the scalar single-layer case: the product of 1 - (eta w e)^2. */
static void case_05_scalar_drift(void **state)
{
    ory_run *r = case_start("net.lora", "W2=[2] W1=[0.5] Yft=[2] A1=[0.1] layers=1", "gd step=0.05");
    double want = -0.01;

    (void)state;
    for (int k = 0; k < 60; k++) {
        const double e = 1 - 2 * ory_run_state(r)[1] * ory_run_state(r)[0];

        want *= 1 - 0.05 * 0.05 * (2 * e) * (2 * e);
        case_step(r, 1);
    }
    ASSERT_REL(ory_run_state(r)[1] * ory_run_state(r)[1] - ory_run_state(r)[0] * ory_run_state(r)[0],
               want, 1e-11);
    ory_run_free(r);
}

/* 6: the closed form of the linear phase needs the part that does not move. */
static void case_06_linear_phase(void **state)
{
    (void)state;
    for (int seed = 1; seed <= 3; seed++) {
        char options[64];
        ory_run *r;

        snprintf(options, sizeof options, "alpha=1e-5 ratio=2 seed=%d", seed);
        r = case_start("net.lora", options, tight);
        case_go(r, 4 / case_read(r, "lambda"));
        ASSERT_IN(case_read(r, "linear_error"), 0, 1e-4);
        ASSERT_IN(case_read(r, "linear_error_printed"), 0.03, 0.3);
        ory_run_free(r);
    }
}

/* 7: alignment falls at rate 2 lambda on the way, and like alpha^2 in the end. */
static void case_07_alignment_slope(void **state)
{
    const double alphas[] = {1e-3, 1e-4, 1e-5};
    double x[40], y[40], plateau[3];

    (void)state;
    for (int a = 0; a < 3; a++) {
        char options[64];
        double lambda, t1;
        ory_run *r;

        snprintf(options, sizeof options, "alpha=%g ratio=1.05 side=B seed=4", alphas[a]);
        r = case_start("net.lora", options, NULL);
        lambda = case_read(r, "lambda");
        t1 = case_read(r, "t1_guess");
        for (int i = 0; i < 40; i++) {
            case_go(r, t1 * (0.4 + 0.35 * i / 39));
            x[i] = ory_run_t(r);
            y[i] = log(case_read(r, "misalign1"));
        }
        if (a > 0)
            ASSERT_REL(slope(x, y, 40), -2 * lambda, 0.02);
        case_go(r, t1 + 40 / lambda);
        plateau[a] = log10(case_read(r, "misalign1"));
        case_claims(r);
        ory_run_free(r);
    }
    for (int a = 0; a < 3; a++)
        x[a] = log10(alphas[a]);
    ASSERT_IN(slope(x, plateau, 3), 1.8, 2.3);
}

/* 8: the time of escape: predicted, inside its printed window, residual bounded. */
static void case_08_escape_time(void **state)
{
    static const char *const options[] = {"ratio=2 alpha=1e-4 seed=1", "ratio=2 alpha=1e-5 side=B seed=2",
                                          "ratio=10 alpha=1e-4 seed=3",
                                          "ratio=0.5 alpha=1e-4 seed=4" /* layer 2 leads */};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        ory_run *r = case_start("net.lora", options[i], "rk4 step=0.002");

        case_go(r, 1.3 * case_read(r, "t1_guess"));
        ASSERT_REL(case_read(r, "t1"), case_read(r, "t1_guess"), 0.05);
        ASSERT_IN(case_read(r, "t1"), case_read(r, "t1_low"), case_read(r, "t1_high"));
        assert_true(case_read(r, "t1_low") >= 0);
        ASSERT_IN(case_read(r, "error_t1"), 0.2, case_read(r, "error_t1_high"));
        case_claims(r);
        ory_run_free(r);
    }
}

static const char six[] = "m=6 n=6 h=20 r=4 sigma=5";

static double final_loss(const char *extra, double alpha, int seed, double t, const char *probe)
{
    char options[256];
    double value;
    ory_run *r;

    snprintf(options, sizeof options, "%s alpha=%g seed=%d %s", six, alpha, seed, extra);
    r = case_start("net.lora", options, NULL);
    case_go(r, t);
    value = log10(case_read(r, probe));
    ory_run_free(r);
    return value;
}

/* 9: plateau of the loss against alpha. */
static void case_09_plateau_exponent(void **state)
{
    const double alphas[] = {1e-2, 1e-3, 1e-4};
    double x[3], y[3];

    (void)state;
    for (int side = 0; side < 2; side++) {
        for (int a = 0; a < 3; a++) {
            x[a] = log10(alphas[a]);
            y[a] = 0;
            for (int seed = 1; seed <= 4; seed++)
                y[a] += final_loss(side ? "spectrum=[5.8,4,3,2,1.2,0.8] ratio=1.05 side=B"
                                        : "spectrum=[5.8,4,3,2,1.2,0.8] ratio=1.05 side=A",
                                   alphas[a], seed, 12, "loss") / 4;
        }
        ASSERT_IN(slope(x, y, 3), 3.7, 4.3);
    }
}

static double decades(const char *extra, const char *probe)
{
    double sum = 0;

    for (int seed = 1; seed <= 4; seed++)
        sum += (final_loss(extra, 1e-2, seed, 6, probe) - final_loss(extra, 1e-3, seed, 6, probe)) / 4;
    return sum;
}

#define SPECTRUM9 "spectrum=[5.8,4,3,2,1.5,1.2] "

/* ... per decade of alpha on either side, with either layer leading. */
static void case_09_decades(void **state)
{
    (void)state;
    ASSERT_ABS(decades(SPECTRUM9 "ratio=1.5 side=A", "loss"), 6.2, 0.15);
    ASSERT_ABS(decades(SPECTRUM9 "ratio=1.5 side=B", "loss"), 5.1, 0.15);
    ASSERT_ABS(decades(SPECTRUM9 "ratio=0.6666666666666667 side=A", "loss"), 5.1, 0.15);
    ASSERT_ABS(decades(SPECTRUM9 "ratio=0.6666666666666667 side=B", "loss"), 6.2, 0.15);
    ASSERT_ABS(decades(SPECTRUM9 "ratio=1 side=A", "loss"), 4.0, 0.15);
    ASSERT_ABS(decades(SPECTRUM9 "ratio=1.5 side=A", "misalign1"), 3.1, 0.15);
    ASSERT_ABS(decades(SPECTRUM9 "ratio=1.5 side=B", "misalign1"), 2.0, 0.15);
}

/* 10: the spectral start leaves no noise, for every alpha; its late rate, its bound. */
static void case_10_spectral(void **state)
{
    const double alphas[] = {1e-2, 1e-3, 1e-4, 1e-5};

    (void)state;
    for (int a = 0; a < 4; a++) {
        char options[128];
        ory_run *r;

        snprintf(options, sizeof options, "init=spectral alpha=%g ratio=1.05 seed=2", alphas[a]);
        r = case_start("net.lora", options, NULL);
        case_go(r, case_read(r, "t1_guess") + 6);
        ASSERT_IN(case_read(r, "loss"), 0, 1e-24);
        ASSERT_IN(case_read(r, "off_diagonal"), 0, 1e-11);
        case_claims(r);
        ory_run_free(r);
    }
}

static void case_10_spectral_rate(void **state)
{
    ory_run *r = case_start("net.lora", "init=spectral alpha=1e-4 ratio=3 seed=2 shift=[5,3,0,-0.1] "
                            "spectrum=[6,4,3,2,1,0.9,0.8,0.7,0.6,0.5]", NULL);
    double before, t;

    (void)state;
    case_go(r, case_read(r, "t1_guess") * 2);
    case_claims(r);
    ory_run_free(r);
    r = case_start("net.lora", "init=spectral alpha=1e-4 ratio=3 seed=2", "rk4 step=0.0005");
    t = 1.2 * case_read(r, "t1_guess");
    do
        case_go(r, t += 0.05);
    while (case_read(r, "loss") > 1e-6);
    before = log(case_read(r, "loss"));
    case_go(r, t + 0.1);
    ASSERT_REL((before - log(case_read(r, "loss"))) / 0.1, 4 * case_read(r, "lambda"), 0.05);
    ASSERT_REL(case_read(r, "rate"), case_read(r, "rate_late"), 1e-3);
    ASSERT_IN(case_read(r, "mode_ratio"), 0, 1);
    ory_run_free(r);
}

/* 11: starting along the top or bottom pre-trained directions: wrong and right ones. */
static void case_11_top_bottom(void **state)
{
    static const struct {
        const char *target, *init;
        bool stuck;
    } rows[] = {{"Yft=[100,0;0,2.414213562373095]", "pretrained_top", true},
                {"Yft=[100,0;0,2.414213562373095]", "pretrained_bottom", false},
                {"Yft=[101.4142135623731,0;0,1]", "pretrained_top", false},
                {"Yft=[101.4142135623731,0;0,1]", "pretrained_bottom", true}};

    (void)state;
    for (int i = 0; i < 4; i++) {
        char options[200];
        ory_run *r;

        snprintf(options, sizeof options, "W2=[10,0;0,1] W1=[10,0;0,1] r=1 alpha=0.01 %s init=%s",
                 rows[i].target, rows[i].init);
        r = case_start("net.lora", options, "rk4 step=0.003");
        case_go(r, 30);
        if (rows[i].stuck)
            ASSERT_REL(case_read(r, "loss"), 1, 1e-9);
        else
            ASSERT_IN(case_read(r, "loss"), 0, 1e-16);
        ory_run_free(r);
    }
}

/* 12: how fast the noise goes on the way to the plateau. (With seed 1 its slowest entry
 * starts so small that a faster one still covers it in this window.) */
static void case_12_noise_rate(void **state)
{
    ory_run *r = case_start("net.lora", "m=6 n=6 h=20 r=4 sigma=5 spectrum=[5.8,4,3,2,0.5,0.1] ratio=2 "
                            "side=B alpha=1e-3 seed=2", NULL);
    double before, w1, rate = 0, p1;

    (void)state;
    case_go(r, 3.5);
    before = log(case_read(r, "loss"));
    /* 2 (0.4 |A1 v|^2 + (sW1 + p1)^2 |A2 g|^2) with the state at 4.5; A2 g through norms:
     * Z1 is along gamma by now, so |A1 v|^2 = |Z1|^2 / 2 and |A2 g|^2 = |Z2|^2 / 2. */
    case_go(r, 4.5);
    p1 = case_read(r, "p1");
    w1 = sqrt(5.8) / 2;
    rate = 0.4 * pow(case_read(r, "norm1"), 2) / 2 +
           (w1 + p1) * (w1 + p1) * pow(case_read(r, "norm2"), 2) / 2;
    case_go(r, 5.5);
    ASSERT_REL((before - log(case_read(r, "loss"))) / 2, 2 * rate, 0.05);
    ASSERT_REL((before - log(case_read(r, "loss"))) / 2, 0.830, 0.05);
    ory_run_free(r);
}

/* 14: the edge of stability of gradient descent at the solution. */
static void case_14_edge(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        ory_run *r = case_start("net.lora", "init=spectral alpha=1e-2 seed=3 h=20", NULL), *g;
        double kmax, start, state_copy[2000];
        char how[64];
        ory_mat view;
        ory_error err;
        ory_system *sys;

        case_go(r, 6);
        kmax = case_read(r, "kmax");
        sys = ory_run_system(r);
        memcpy(state_copy, ory_run_state(r), sys->dim * sizeof(double));
        ASSERT_REL(case_read(r, "sharpness"), kmax, 1e-6);
        for (size_t k = 0; k < sys->dim; k++)
            state_copy[k] += 1e-9 * sin(1.7 * (double)k);
        snprintf(how, sizeof how, "gd step=%.17g", (i ? 2.1 : 1.9) / kmax);
        g = case_run(ory_system_ref(sys), how);
        view = ory_mat_view(state_copy, sys->dim, 1);
        assert_int_equal(ory_run_poke(g, NULL, &view, &err), ORY_OK);
        start = sqrt(case_read(g, "loss"));
        case_step(g, 400);
        if (i)
            assert_true(sqrt(case_read(g, "loss")) > 1e3 * start);
        else
            assert_true(sqrt(case_read(g, "loss")) < start);
        ory_run_free(g);
        ory_run_free(r);
    }
}

/* 16: a target of rank two is learned in two drops. */
static void case_16_rank_two(void **state)
{
    ory_run *r = case_start("net.lora", "m=6 n=6 h=20 r=4 spectrum=[5.8,4,3,2,1.5,1.2] shift=[3,0,0,2] "
                            "ratio=1.5 alpha=1e-5 seed=1", NULL);
    double half[2] = {NAN, NAN}, l1 = 3 * 1.5 * sqrt(5.8), l2 = 2 * 1.5 * sqrt(2), e[8];
    const double size[2] = {3, 2};

    (void)state;
    ASSERT_REL(case_read(r, "lambda"), l1, 1e-10);
    for (int i = 1; i < 1200; i++) {
        case_go(r, 0.01 * i);
        case_read_all(r, "residual_modes", e);
        for (int k = 0; k < 2; k++)
            if (isnan(half[k]) && fabs(e[k]) < size[k] / 2)
                half[k] = ory_run_t(r);
    }
    ASSERT_REL(half[1] / half[0], l1 / l2, 0.25);
    ASSERT_IN(case_read(r, "subspace1"), 0, 0.01);
    case_claims(r);
    ory_run_free(r);
}

/* 17: a tilted target: the plateau is set by the tilt, like its fourth power. */
static void case_17_tilt(void **state)
{
    double level[3][2];
    const double alphas[] = {1e-2, 1e-4}, tilts[] = {0, 5, 2.5};

    (void)state;
    for (int i = 0; i < 3; i++)
        for (int a = 0; a < 2; a++) {
            char extra[128];

            snprintf(extra, sizeof extra, "spectrum=[5.8,4,3,2,1.5,1.2] ratio=1.05 tilt=%g", tilts[i]);
            level[i][a] = final_loss(extra, alphas[a], 2, 12, "loss");
        }
    ASSERT_IN(level[0][0] - level[0][1], 7.2, 9);
    ASSERT_ABS(level[1][0], level[1][1], 0.3);
    ASSERT_ABS(level[1][1] - level[2][1], 4 * log10(2), 0.3);
}

/* 18: fewer hidden units than the rank. */
static void case_18_rank_floor(void **state)
{
    ory_run *r = case_start("net.lora", "m=4 n=4 h=2 r=2 Yft=[4,0,0,0;0,3,0,0;0,0,0.7,0;0,0,0,0.4] "
                            "alpha=0.1 seed=1", "rk4 step=0.005");

    (void)state;
    ASSERT_REL(case_read(r, "floor"), 0.5 * (0.49 + 0.16), 1e-12);
    case_go(r, 200);
    ASSERT_REL(case_read(r, "loss"), 0.5 * (0.49 + 0.16), 1e-8);
    case_claims(r);
    ory_run_free(r);
}

/* The same run again, and after turning back, has the same bits. */
static void runs_repeat_bit_for_bit(void **state)
{
    static const char *const steppers[] = {"rk4 reference=true", "euler step=0.003", tight};

    (void)state;
    for (int i = 0; i < 3; i++) {
        ory_run *r = case_start("net.lora", "alpha=1e-2 seed=6", steppers[i]);
        uint64_t hash, k;
        ory_error err;

        case_step(r, 150);
        hash = ory_run_hash(r);
        k = ory_run_k(r);
        assert_int_equal(ory_run_rewind(r, 17, &err), ORY_OK);
        assert_true(ory_run_hash(r) != hash);
        assert_int_equal(ory_run_rewind(r, k, &err), ORY_OK);
        assert_true(ory_run_hash(r) == hash);
        ory_run_free(r);
    }
}

/* Stages come in their order. */
static void stages_in_order(void **state)
{
    ory_run *r = case_start("net.lora", "alpha=1e-4 ratio=2 side=B seed=3", NULL);
    double last = 1;
    bool seen[8] = {false};

    (void)state;
    for (int i = 0; i < 600; i++) {
        const double now = case_read(r, "phase");

        assert_true(now >= last);
        seen[(int)now] = true;
        last = now;
        case_step(r, 10);
    }
    assert_true(seen[1] && seen[2] && seen[3] && seen[4]);
    ory_run_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_01_scalar_balanced),
        cmocka_unit_test(case_02_scalar_lora_start),
        cmocka_unit_test(case_03_two_by_two),
        cmocka_unit_test(case_05_conserved),
        cmocka_unit_test(case_05_scalar_drift),
        cmocka_unit_test(case_06_linear_phase),
        cmocka_unit_test(case_07_alignment_slope),
        cmocka_unit_test(case_08_escape_time),
        cmocka_unit_test(case_09_plateau_exponent),
        cmocka_unit_test(case_09_decades),
        cmocka_unit_test(case_10_spectral),
        cmocka_unit_test(case_10_spectral_rate),
        cmocka_unit_test(case_11_top_bottom),
        cmocka_unit_test(case_12_noise_rate),
        cmocka_unit_test(case_14_edge),
        cmocka_unit_test(case_16_rank_two),
        cmocka_unit_test(case_17_tilt),
        cmocka_unit_test(case_18_rank_floor),
        cmocka_unit_test(runs_repeat_bit_for_bit),
        cmocka_unit_test(stages_in_order),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
