/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_lora.c - net.lora at single states: derivatives against differences, the error
 * kernel against the products of differences, starts, symmetries, degenerate and bad
 * inputs. Numbered cases are those of doc/theory/02-lora-flow.md. */
#include "config.h"

#include "case.h"

#include "core/rng.h"

static const char small[] = "m=4 n=3 h=5 r=2 ratio=1.4 seed=7 pair=2 sigma=1.3 A1=[0.31,-0.2,0.5;0.1,0.7,"
                            "-0.45] B1=[0.2,0.1;-0.4,0.3;0.25,0.15;0.05,-0.35;0.6,0.45] A2=[0.3,0.2,"
                            "-0.6,0.15,0.4;0.7,-0.1,0.25,0.33,-0.2] B2=[0.11,0.5;-0.3,0.2;0.4,0.1;"
                            "-0.25,0.35]";

static double loss_at(ory_system *s, const double *x)
{
    double loss;

    s->class->loss(s, x, &loss, NULL);
    return loss;
}

static void fill(double *x, size_t n, uint64_t seed, double scale)
{
    ory_rng rng;

    ory_rng_init(&rng, seed, 0);
    ory_rng_fill_normal(&rng, x, n, 0, scale);
}

static ory_system *with(const char *more)
{
    char options[1024];

    snprintf(options, sizeof options, "%s %s", small, more);
    return case_system("net.lora", options);
}

static void derivatives_match_differences(void **state)
{
    static const char *const variants[] = {"", "layers=1", "layers=2", "scale=2.3"};

    (void)state;
    for (int v = 0; v < 4; v++) {
        ory_system *s = with(variants[v]);
        double x[60], g[60], up[60], down[60], dir[60], hv[60], loss;
        const double e = 1e-6;

        assert_int_equal(s->class->start(s, x, NULL), ORY_OK);
        s->class->loss(s, x, &loss, g);
        ASSERT_REL(loss, loss_at(s, x), 0);
        for (size_t i = 0; i < s->dim; i++) {
            const double keep = x[i];
            double plus, minus;
            const bool moves = (v != 1 || i < 16) && (v != 2 || i >= 16);

            x[i] = keep + e;
            plus = loss_at(s, x);
            x[i] = keep - e;
            minus = loss_at(s, x);
            x[i] = keep;
            ASSERT_ABS(g[i], moves ? (plus - minus) / (2 * e) : 0, 1e-7);
        }
        fill(dir, s->dim, 3, 1);
        for (size_t i = 0; i < s->dim; i++)
            if ((v == 1 && i >= 16) || (v == 2 && i < 16))
                dir[i] = 0;
        s->class->hvp(s, x, dir, hv);
        for (size_t i = 0; i < s->dim; i++)
            up[i] = x[i] + e * dir[i], down[i] = x[i] - e * dir[i];
        s->class->loss(s, up, NULL, g);
        s->class->loss(s, down, NULL, up);
        for (size_t i = 0; i < s->dim; i++)
            ASSERT_ABS(hv[i], (g[i] - up[i]) / (2 * e), 1e-6);
        ory_system_unref(s);
    }
}

/* 4: at a LoRA start (side A) A rests and dL/dt is known. */
static void case_04_slope_at_start(void **state)
{
    ory_system *s = case_system("net.lora", "alpha=0.3 seed=8 m=5 n=4 h=6 r=2 W2=[1,2,0,1,0.5,0.3;0,1,"
                                "0.4,1,2,1;0.2,0.1,1,0.7,1,1;2,1,0,0,0.3,0.6;1,0.5,0.2,0.9,0.1,2] "
                                "W1=[1,0,0.3,2;0.4,1,0.2,0.1;1,1,0.5,0.6;0.7,0.2,0.1,1;0,0.3,1,0.2;"
                                "1,0.8,0.6,0.4] Yft=[1,2,3,4;2,1,0,1;0,1,1,0;3,0,1,2;1,1,2,0]");
    const double w2[5][6] = {{1, 2, 0, 1, 0.5, 0.3}, {0, 1, 0.4, 1, 2, 1}, {0.2, 0.1, 1, 0.7, 1, 1},
                             {2, 1, 0, 0, 0.3, 0.6}, {1, 0.5, 0.2, 0.9, 0.1, 2}};
    const double w1[6][4] = {{1, 0, 0.3, 2}, {0.4, 1, 0.2, 0.1}, {1, 1, 0.5, 0.6},
                             {0.7, 0.2, 0.1, 1}, {0, 0.3, 1, 0.2}, {1, 0.8, 0.6, 0.4}};
    const double y[5][4] = {{1, 2, 3, 4}, {2, 1, 0, 1}, {0, 1, 1, 0}, {3, 0, 1, 2}, {1, 1, 2, 0}};
    double x[60], g[60], d[5][4], sum = 0;

    (void)state;
    s->class->start(s, x, NULL);
    s->class->loss(s, x, NULL, g);
    for (int i = 0; i < 8; i++)
        ASSERT_ABS(g[i], 0, 0); /* A1: 2 x 4 */
    for (int i = 20; i < 32; i++)
        ASSERT_ABS(g[i], 0, 0); /* A2: 2 x 6 */
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 4; j++) {
            d[i][j] = y[i][j];
            for (int k = 0; k < 6; k++)
                d[i][j] -= w2[i][k] * w1[k][j];
        }
    for (int row = 0; row < 2; row++) {
        for (int k = 0; k < 6; k++) { /* (W2'dY A1')_{k,row} */
            double entry = 0;

            for (int i = 0; i < 5; i++)
                for (int j = 0; j < 4; j++)
                    entry += w2[i][k] * d[i][j] * x[row * 4 + j];
            sum += entry * entry;
        }
        for (int i = 0; i < 5; i++) { /* (dY W1'A2')_{i,row} */
            double entry = 0;

            for (int j = 0; j < 4; j++)
                for (int k = 0; k < 6; k++)
                    entry += d[i][j] * w1[k][j] * x[20 + row * 6 + k];
            sum += entry * entry;
        }
    }
    ASSERT_REL(ory_norm2_sq(g, s->dim), sum, 1e-12);
    ory_system_unref(s);
}

/* ... and |grad L|^2 = <E, K E> with K = J J', J the derivative of F by differences. */
static void case_04_error_kernel(void **state)
{
    ory_run *r = case_run(with(""), "rk4");
    ory_system *s = ory_run_system(r);
    const double *x0 = ory_run_state(r);
    double x[60], J[60][12], up[12], E[12], K[144], eig[12], want[12], sum = 0, g[60];
    const int change = ory_probe_find(s->class, "change");
    ory_mat view = ory_mat_view(K, 12, 12);
    const double e = 1e-5;

    (void)state;
    memcpy(x, x0, s->dim * sizeof *x);
    for (size_t i = 0; i < s->dim; i++) {
        ory_moment m = {.x = x, .x0 = x0};
        const double keep = x[i];

        x[i] = keep + e;
        assert_int_equal(ory_probe_read(s, &m, change, up, NULL), ORY_OK);
        x[i] = keep - e;
        assert_int_equal(ory_probe_read(s, &m, change, J[i], NULL), ORY_OK);
        x[i] = keep;
        for (int j = 0; j < 12; j++)
            J[i][j] = (up[j] - J[i][j]) / (2 * e);
    }
    for (int a = 0; a < 12; a++)
        for (int b = 0; b < 12; b++) {
            K[a * 12 + b] = 0;
            for (size_t i = 0; i < s->dim; i++)
                K[a * 12 + b] += J[i][a] * J[i][b];
        }
    case_read_all(r, "residual", E);
    s->class->loss(s, x, NULL, g);
    for (int a = 0; a < 12; a++)
        for (int b = 0; b < 12; b++)
            sum += E[a] * K[a * 12 + b] * E[b];
    ASSERT_REL(sum, ory_norm2_sq(g, s->dim), 1e-9);
    assert_int_equal(ory_eig_sym(&view, want, NULL, NULL), ORY_OK);
    case_read_all(r, "kernel", eig);
    for (int a = 0; a < 12; a++)
        ASSERT_ABS(eig[a], want[a], 1e-8 * want[11]);
    ASSERT_REL(case_read(r, "kmax"), eig[11], 0);
    ASSERT_IN(case_read(r, "rate"), case_read(r, "kmin"), case_read(r, "kmax"));
    ory_run_free(r);
}

/* 15: what must not change L(t). */
static void case_15_transposition(void **state)
{
    /* the small problem with W1, W2, dY given, and its transpose */
    ory_run *a = case_start("net.lora",
                            "r=1 W2=[1.5,0.2,0.1;0.3,1,0.4] W1=[1,0.2;0.1,0.7;0.3,0.5] Yft=[3,1;0.5,2] "
                            "A1=[0.1,0.2] B1=[0.05;0.02;-0.1] A2=[0.1,-0.1,0.2] B2=[0.03;0.06]",
                            "rk4 step=0.01");
    ory_run *b = case_start("net.lora",
                            "r=1 W2=[1,0.1,0.3;0.2,0.7,0.5] W1=[1.5,0.3;0.2,1;0.1,0.4] Yft=[3,0.5;1,2] "
                            "A1=[0.03,0.06] B1=[0.1;-0.1;0.2] A2=[0.05,0.02,-0.1] B2=[0.1;0.2]",
                            "rk4 step=0.01");

    (void)state;
    assert_int_equal((int)case_read(a, "lead") + (int)case_read(b, "lead"), 3);
    ASSERT_REL(case_read(a, "lambda"), case_read(b, "lambda"), 1e-12);
    ASSERT_REL(case_read(a, "delta"), case_read(b, "delta"), 1e-12);
    for (int i = 1; i <= 5; i++) {
        case_go(a, 0.4 * i);
        case_go(b, 0.4 * i);
        ASSERT_REL(case_read(a, "loss"), case_read(b, "loss"), 1e-8);
        ASSERT_REL(case_read(a, "p1"), case_read(b, "p2"), 1e-8);
        ASSERT_REL(case_read(a, "misalign1"), case_read(b, "misalign2"), 1e-8);
        ASSERT_REL(case_read(a, "d1"), case_read(b, "d2"), 1e-8);
        ASSERT_REL(case_read(a, "rate_late"), case_read(b, "rate_late"), 1e-8);
    }
    ory_run_free(a);
    ory_run_free(b);
}

/* Turn the outputs by R, the hidden units by P, the inputs by Q, the LoRA rank by O. */
static void case_15_rotations(void **state)
{
    const double c = cos(0.7), d = sin(0.7);
    ory_run *a = case_start("net.lora",
                            "r=2 W2=[1.5,0.2;0.3,1] W1=[1,0.2;0.1,0.7] Yft=[3,1;0.5,2] "
                            "A1=[0.1,0.2;0.3,-0.1] B1=[0.05,0.1;0.02,0.3] A2=[0.1,-0.1;0.2,0.05] "
                            "B2=[0.03,0.2;0.06,0.1]", "rk4 step=0.01");
    const double R[4] = {c, -d, d, c}, w[6][4] = {{1.5, 0.2, 0.3, 1}, {1, 0.2, 0.1, 0.7}, {3, 1, 0.5, 2},
                                                  {0.1, 0.2, 0.3, -0.1}, {0.05, 0.1, 0.02, 0.3},
                                                  {0.1, -0.1, 0.2, 0.05}},
                 b2[4] = {0.03, 0.2, 0.06, 0.1};
    double t[7][4];
    char options[1024];
    ory_run *b;

    (void)state;
    for (int k = 0; k < 7; k++) /* all four turns by the same R: X -> R X R' */
        for (int i = 0; i < 2; i++)
            for (int j = 0; j < 2; j++) {
                const double *x = k < 6 ? w[k] : b2;

                t[k][i * 2 + j] = 0;
                for (int p = 0; p < 2; p++)
                    for (int q = 0; q < 2; q++)
                        t[k][i * 2 + j] += R[i * 2 + p] * x[p * 2 + q] * R[j * 2 + q];
            }
#define M(k) t[k][0], t[k][1], t[k][2], t[k][3]
#define F "[%.17g,%.17g;%.17g,%.17g]"
    snprintf(options, sizeof options, "r=2 W2=" F " W1=" F " Yft=" F " A1=" F " B1=" F " A2=" F " B2=" F,
             M(0), M(1), M(2), M(3), M(4), M(5), M(6));
    b = case_start("net.lora", options, "rk4 step=0.01");
    for (int i = 1; i <= 5; i++) {
        case_go(a, 0.4 * i);
        case_go(b, 0.4 * i);
        ASSERT_REL(case_read(a, "loss"), case_read(b, "loss"), 1e-8);
        ASSERT_REL(case_read(a, "subspace1"), case_read(b, "subspace1"), 1e-7);
    }
    ory_run_free(a);
    ory_run_free(b);
}

/* L(s; alpha, t) = L(1; alpha sqrt(s), s t). */
static void case_15_scale(void **state)
{
    ory_run *a = case_start("net.lora", "scale=2 alpha=1e-2 seed=3", "flow rtol=1e-12 atol=1e-16");
    ory_run *b = case_start("net.lora", "alpha=0.01414213562373095 seed=3", "flow rtol=1e-12 atol=1e-16");

    (void)state;
    ASSERT_REL(case_read(a, "t1_guess"), case_read(b, "t1_guess") / 2, 1e-12);
    ASSERT_REL(case_read(a, "lambda"), 2 * case_read(b, "lambda"), 1e-12);
    for (int i = 1; i <= 4; i++) {
        case_go(a, 0.12 * i);
        case_go(b, 0.24 * i);
        ASSERT_REL(case_read(a, "loss"), case_read(b, "loss"), 1e-8);
        ASSERT_REL(case_read(a, "rate"), 2 * case_read(b, "rate"), 1e-7);
        ASSERT_REL(case_read(a, "linear_error"), case_read(b, "linear_error"), 1e-6);
    }
    ory_run_free(a);
    ory_run_free(b);
}

/* A spectral start puts everything on the modes of dY, for rank 2 in rank 4. */
static void spectral_start_lies_on_the_modes(void **state)
{
    ory_run *r = case_start("net.lora", "init=spectral shift=[2,1] alpha=0.1 m=6 n=7 h=9 r=4 seed=2", "rk4");
    double modes[8];

    (void)state;
    case_read_all(r, "modes1", modes);
    ASSERT_REL(modes[0], sqrt(0.5), 1e-9); /* B = 0: half of gamma's square */
    ASSERT_REL(modes[1], sqrt(0.5), 1e-9);
    ASSERT_ABS(case_read(r, "off_diagonal"), 0, 1e-13);
    assert_int_equal(case_read(r, "spectral_start"), 1);
    ory_run_free(r);
}

/* A lowered singular value: the directions follow from M1, and it works. */
static void lowered_value_is_learned(void **state)
{
    ory_run *r = case_start("net.lora", "spectrum=[6,4,3,2,1,0.5] m=6 n=6 h=10 shift=[-5] alpha=1e-4 seed=2",
                            NULL);

    (void)state;
    case_go(r, 8);
    ASSERT_IN(case_read(r, "loss"), 0, 1e-10);
    ASSERT_IN(case_read(r, "misalign1"), 0, 1e-5);
    ory_run_free(r);
}

static void degenerate_problems(void **state)
{
    ory_run *r = case_start("net.lora", "sigma=0 alpha=0.1", "rk4");

    (void)state;
    ASSERT_ABS(case_read(r, "loss"), 0, 0);
    assert_true(isnan(case_read(r, "rate")) && isnan(case_read(r, "misalign1")));
    assert_string_equal(ory_run_system(r)->class->standing(ory_run_system(r), ory_run_moment(r)),
                        "solved");
    ory_run_free(r);

    r = case_start("net.lora", "alpha=0", "rk4");
    case_step(r, 5);
    ASSERT_REL(case_read(r, "loss"), 12.5, 1e-12);
    assert_true(isnan(case_read(r, "misalign1")) && isnan(case_read(r, "drift1")));
    assert_string_equal(ory_run_system(r)->class->standing(ory_run_system(r), ory_run_moment(r)),
                        "saddle");
    ory_run_free(r);

    /* repeated growth rate: the subspace distance stands in for the cosine */
    r = case_start("net.lora", "m=3 n=3 h=4 r=2 spectrum=[2,2,1] shift=[1,1] alpha=0.1", "rk4");
    assert_true(strstr(ory_run_system(r)->notes[0], "not unique") != NULL);
    ASSERT_REL(case_read(r, "misalign1"), case_read(r, "subspace1"), 0);
    ory_run_free(r);

    /* a change that the frozen weights do not see */
    r = case_start("net.lora", "W2=[1,0;0,0] W1=[1,0;0,0] Yft=[1,0;0,2] r=1 alpha=0.1", "rk4");
    ASSERT_ABS(case_read(r, "lead"), 0, 0);
    assert_true(strstr(ory_run_system(r)->notes[0], "no linear growth") != NULL);
    ory_run_free(r);

    /* delta = 1 */
    r = case_start("net.lora", "ratio=1 alpha=1e-3", NULL);
    assert_true(isnan(case_read(r, "t1_low")) && case_read(r, "delta") == 1);
    case_go(r, 3);
    ASSERT_IN(case_read(r, "loss"), 0, 1e-8);
    ory_run_free(r);
}

static void bad_inputs_are_named(void **state)
{
    (void)state;
    case_refused("net.lora", "W1=[1,0;0,1] W2=[1,0,0;0,1,0]", ORY_ESHAPE,
                 "net.lora: W2 is 2 x 3, but W1 is 2 x 2: they disagree on h (3 and 2)");
    case_refused("net.lora", "W1=[1,0;0,1]", ORY_EINVAL, "W2 is missing");
    case_refused("net.lora", "r=0", ORY_ERANGE, "r = 0 (must be >= 1 ");
    case_refused("net.lora", "alpha=-1", ORY_ERANGE, "alpha = -1 (must be >= 0)");
    case_refused("net.lora", "alpha=nan", ORY_EINVAL, "alpha = nan");
    case_refused("net.lora", "init=spectral shift=[1,1,1] r=2", ORY_ERANGE, "rank 3, LoRA has rank r = 2");
    case_refused("net.lora", "init=spectral r=20 h=100 n=10", ORY_ERANGE, "must be <= min(n, h) = 10");
    case_refused("net.lora", "init=spectral W2=[1,0;0,0] W1=[1,0;0,1] Yft=[1,0;0,2] r=1", ORY_EUNDEF,
                 "assumption 2 fails");
    case_refused("net.lora", "init=spectral sigma=0", ORY_EUNDEF, "is 0");
    case_refused("net.lora", "init=explicit", ORY_EINVAL, "needs A1, B1, A2 or B2");
    case_refused("net.lora", "init=zero r=1 n=2 A1=[1,1]", ORY_EINVAL, "contradicts given factors");
    case_refused("net.lora", "spectrum=[1,2] m=2 n=2", ORY_ERANGE, "descend");
    case_refused("net.lora", "spectrum=[1,2,3] m=2 n=2", ORY_ESHAPE, "must be 2");
    case_refused("net.lora", "pair=11", ORY_ERANGE, "1..10");
    case_refused("net.lora", "Yft=[1,0;0,nan] h=4", ORY_EDIVERGE, "must be finite");
    case_refused("net.lora", "shift=[1,2,3] m=2 n=2", ORY_ESHAPE, "2 singular pairs");
    case_refused("net.lora", "pretrain=flow h=2 m=4 n=4", ORY_ENOCONV, "smaller than the rank");
    case_refused("net.lora", "init=pretrained_top r=11", ORY_ERANGE, "W1 has 10 singular vectors");
}

/* Weights found by gradient flow serve as well as exact ones. */
static void pretraining_by_flow(void **state)
{
    ory_run *r = case_start("net.lora", "pretrain=flow m=4 n=5 h=12 seed=3 alpha=1e-3 r=2 sigma=3", NULL);

    (void)state;
    ASSERT_REL(case_read(r, "loss"), 4.5, 1e-12);
    case_go(r, 6);
    ASSERT_IN(case_read(r, "loss"), 0, 1e-4);
    ory_run_free(r);
}

/* The live knob: the target turns while the run goes on, back again gives the bits back. */
static void tilt_is_a_knob(void **state)
{
    ory_run *r = case_start("net.lora", "alpha=1e-2 seed=1", NULL);
    double before;
    ory_error err;

    (void)state;
    case_step(r, 40);
    before = case_read(r, "loss");
    assert_int_equal(ory_run_set_num(r, "tilt", 30, &err), ORY_OK);
    assert_true(fabs(case_read(r, "loss") - before) > 0.1);
    assert_int_equal(ory_run_set_num(r, "tilt", 0, &err), ORY_OK);
    ASSERT_REL(case_read(r, "loss"), before, 0);
    ory_run_free(r);
}

/* Every allocation may fail; nothing leaks, nothing breaks. */
static void memory_may_run_out(void **state)
{
    const size_t before = ory_mem_in_use();
    long n = 0;

    (void)state;
    for (;; n++) {
        ory_system *s = NULL;
        ory_error err;
        ory_status status;

        ory_mem_fault_set(n);
        status = case_try("net.lora", "init=spectral shift=[2,1] m=4 n=3 h=5 r=2", &s, &err);
        if (!ory_mem_fault_hit()) {
            assert_int_equal(status, ORY_OK);
            ory_system_unref(s);
            break;
        }
        assert_int_equal(status, ORY_ENOMEM);
        assert_true(ory_mem_in_use() == before);
    }
    ory_mem_fault_set(-1);
    assert_true(n > 30 && ory_mem_in_use() == before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derivatives_match_differences),
        cmocka_unit_test(case_04_slope_at_start),
        cmocka_unit_test(case_04_error_kernel),
        cmocka_unit_test(case_15_transposition),
        cmocka_unit_test(case_15_rotations),
        cmocka_unit_test(case_15_scale),
        cmocka_unit_test(spectral_start_lies_on_the_modes),
        cmocka_unit_test(lowered_value_is_learned),
        cmocka_unit_test(degenerate_problems),
        cmocka_unit_test(bad_inputs_are_named),
        cmocka_unit_test(pretraining_by_flow),
        cmocka_unit_test(tilt_is_a_knob),
        cmocka_unit_test(memory_may_run_out),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
