/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_prelu.c - net.prelu and the stepper adam: gradients, laws of the neurons, the reduced
 * experiment, attacks, options. Cases are numbered as the acceptance cases of
 * doc/theory/04-prelu-robustness.md; runs from random starts are judged by bands. */
#include "config.h"

#include "case.h"

#include "systems/prelu.h"

static const char *const loss_names[] = {"exp", "logistic", "square"};

static const prelu *inside(const ory_run *r)
{
    return ory_run_system(r)->self;
}

/* 1: p = 1 is the ReLU network, in loss and gradient. */
static void case_01_relu(void **state)
{
    (void)state;
    for (int loss = 0; loss < 3; loss++) {
        char options[800];
        const char *data = "X=[0.3,-1.2,0.8;1.1,0.4,-0.7;-0.9,0.2,1.3;0.5,0.6,0.1] Y=[1,-1,1,-1] h=5 "
                           "W=[0.7,-0.3,0.2;-0.1,0.9,0.4;0.5,0.5,-1.1;0,0,0;-0.8,0.1,0.6] "
                           "v=[0.6,-0.8,0.9,0.4,-1.2]";
        double x[20], g[20], want[20], a, b;
        ory_system *s, *relu;

        snprintf(options, sizeof options, "%s loss=%s", data, loss_names[loss]);
        relu = case_system("net.relu", options);
        snprintf(options, sizeof options, "%s loss=%s p=1", data, loss_names[loss]);
        s = case_system("net.prelu", options);
        assert_int_equal(s->class->start(s, x, NULL), ORY_OK);
        s->class->loss(s, x, &a, g);
        relu->class->loss(relu, x, &b, want);
        ASSERT_REL(a, b, 1e-13);
        for (int i = 0; i < 20; i++)
            ASSERT_ABS(g[i], want[i], 1e-13);
        ory_system_unref(s);
        ory_system_unref(relu);
    }
}

/* 2: parameter gradients against central differences. 3: <w, grad w> = v dL/dv. */
static void case_02_03_gradients(void **state)
{
    const double powers[] = {1, 1.5, 2, 3, 4.5};

    (void)state;
    for (int i = 0; i < 5 * 3 * 4; i++) {
        const int variant = i % 4;
        char options[300];
        double x[100], g[100], loss;
        ory_system *s;
        size_t h, D;

        snprintf(options, sizeof options, "p=%g loss=%s reduction=%s normalize_input=%s bias=%s K1=2 K2=1 "
                 "D=4 per_cluster=3 alpha=0.7 h=6 std=0.6 seed=%d", powers[i / 12],
                 loss_names[i / 4 % 3], variant & 1 ? "mean" : "sum", variant & 1 ? "true" : "false",
                 variant & 2 ? "true" : "false", i + 1);
        s = case_system("net.prelu", options);
        h = ((prelu *)s->self)->h, D = ((prelu *)s->self)->D;
        assert_int_equal(s->class->start(s, x, NULL), ORY_OK);
        s->class->loss(s, x, NULL, g);
        for (size_t k = 0; k < s->dim; k++) {
            const double keep = x[k];
            double up, down;

            x[k] = keep + 1e-6;
            s->class->loss(s, x, &up, NULL);
            x[k] = keep - 1e-6;
            s->class->loss(s, x, &down, NULL);
            x[k] = keep;
            if (!(fabs(g[k] - (up - down) / 2e-6) <= 1e-6 * (1 + fabs(g[k]))))
                fail_msg("%s: gradient %zu is %.12g, differences say %.12g", options, k, g[k],
                         (up - down) / 2e-6);
        }
        s->class->loss(s, x, &loss, g);
        for (size_t j = 0; j < h; j++)
            ASSERT_ABS(ory_dot(x + j * D, g + j * D, D), x[h * D + j] * g[h * D + j], 1e-13);
        ory_system_unref(s);
    }
}

/* 4: the imbalance moves by exactly step^2 ((dL/dv)^2 - |grad w|^2). */
static void case_04_imbalance(void **state)
{
    ory_run *r = case_start("net.prelu", "p=2.5 K1=2 K2=2 D=6 h=6 std=0.5 alpha=0.3 seed=4",
                            "gd step=0.05");

    (void)state;
    for (int k = 0; k < 40; k++) {
        double before[6], told[6], after[6];

        case_read_all(r, "imbalance", before);
        case_read_all(r, "imbalance_step", told);
        case_step(r, 1);
        case_read_all(r, "imbalance", after);
        for (int j = 0; j < 6; j++)
            ASSERT_ABS(after[j] - before[j], told[j], 1e-12);
    }
    ory_run_free(r);
}

/* 9: the nominal laws without noise, weight 1 per cluster: direction and mass. */
static void case_09_laws(void **state)
{
    const double powers[] = {1, 1.5, 2, 3, 4.5}, c = 0.6, r = 1e-6;
    ory_run *run;
    double z = 0.01;

    (void)state;
    for (int i = 0; i < 5; i++) {
        char options[300];
        double x[5], g[5], u[4] = {c, -0.48, 0.64, 0}, along, speed;
        ory_system *s;

        snprintf(options, sizeof options, "p=%g reduction=sum K1=1 K2=1 D=4 per_cluster=1 alpha=0 h=1 "
                 "W=[0.6e-6,-0.48e-6,0.64e-6,0] v=[1e-6]", powers[i]);
        s = case_system("net.prelu", options);
        assert_int_equal(s->class->start(s, x, NULL), ORY_OK);
        s->class->loss(s, x, NULL, g);
        along = ory_dot(g, u, 4);
        speed = -(g[0] - along * u[0]) / r; /* d/dt of <mu_1, w/|w|> */
        ASSERT_ABS(speed, powers[i] * pow(c, powers[i] - 1) * (1 - c * c), 1e-8);
        ory_system_unref(s);
    }
    run = case_start("net.prelu", "p=3 loss=square reduction=sum K1=1 K2=1 D=2 per_cluster=1 alpha=0 "
                                  "h=1 W=[0.1,0] v=[0.1]", "rk4 step=1e-3");
    case_step(run, 3000);
    ASSERT_ABS(case_read(run, "mass"), 0.80296, 5e-4);
    ASSERT_ABS(case_read(run, "mass"), 1 / (1 + 99 * exp(-6)), 1e-10);
    case_claims(run);
    ory_run_free(run);
    run = case_start("net.prelu", "p=3 loss=exp reduction=sum K1=1 K2=1 D=2 per_cluster=1 alpha=0 "
                                  "h=1 W=[0.1,0] v=[0.1]", "rk4 step=1e-3");
    case_step(run, 3000);
    for (int k = 0; k < 300000; k++) { /* z' = 2 z e^-z by the midpoint rule */
        const double half = z + 0.5e-5 * 2 * z * exp(-z);

        z += 1e-5 * 2 * half * exp(-half);
    }
    ASSERT_REL(case_read(run, "mass"), z, 1e-8);
    ory_run_free(run);
}

/* ------------------------------------------------------ the reduced experiment */

enum { REDUCED_RADII = 8 };
#define TABLE_RADII "radii=[0.35,0.4,0.45,0.5,0.6,0.65,0.7,0.75]"

typedef struct reduced {
    double robust[REDUCED_RADII], zero[REDUCED_RADII], predicted[REDUCED_RADII];
    double rank, covered, average, centre, distance;
} reduced;

static void run_reduced(double p, reduced *out)
{
    char options[200];
    ory_run *r;

    snprintf(options, sizeof options, "p=%g " TABLE_RADII, p);
    r = case_start("net.prelu", options, NULL);
    case_step(r, 3000);
    case_read_all(r, "robust", out->robust);
    case_read_all(r, "robust_zero", out->zero);
    case_read_all(r, "predicted", out->predicted);
    out->rank = case_read(r, "stable_rank");
    out->covered = case_read(r, "covered");
    out->average = case_read(r, "dominant_average");
    out->centre = case_read(r, "dominant_centre");
    out->distance = case_read(r, p > 2 ? "distance_power" : "distance_f");
    assert_true(case_read(r, "artefact") == (p > 2));
    case_claims(r);
    ory_run_free(r);
}

/* 10 to 15, for p below 2: neurons at the class averages, fooled at 1/sqrt(K). */
static void case_10_to_15_low_powers(void **state)
{
    const double powers[] = {1, 1.5};

    (void)state;
    for (int i = 0; i < 2; i++) {
        reduced r;

        run_reduced(powers[i], &r);
        assert_true(r.average > 0.99 && r.rank < 2);
        assert_true(r.robust[3] < 0.02);
        for (int k = 0; i == 0 && k < REDUCED_RADII; k++)
            ASSERT_ABS(r.robust[k], r.predicted[k], 0.1);
        for (int k = 0; k < REDUCED_RADII; k++)
            assert_true(r.robust[k] <= r.zero[k] + 1e-12);
        if (i == 0)
            ASSERT_IN(r.distance, 0.03, 0.25);
    }
}

/* 10 to 15, for p above 2: neurons at the centres, all covered, robust up to sqrt(2)/2. */
static void case_10_to_15_high_powers(void **state)
{
    const double powers[] = {3, 4};

    (void)state;
    for (int i = 0; i < 2; i++) {
        reduced r;

        run_reduced(powers[i], &r);
        assert_true(r.centre > 0.999 && r.covered == 6 && r.rank > 5.5);
        assert_true(r.robust[3] > 0.99);
        for (int k = 0; k < REDUCED_RADII; k++)
            ASSERT_ABS(r.robust[k], r.predicted[k], 0.12);
        assert_true(r.zero[7] > 0.5 && r.robust[7] < 0.02);
        ASSERT_IN(r.distance, 1e-3, 0.1);
    }
}

/* The stages of the reduced run come in order, near where they were measured. */
static void stages_are_found(void **state)
{
    ory_run *r = case_start("net.prelu", "", NULL);
    const double step = 0.2;

    (void)state;
    ASSERT_IN(case_read(r, "centre_median"), 0.1, 0.35);
    case_step(r, 200);
    ASSERT_IN(case_read(r, "centre_median"), 0.9, 1);
    ASSERT_IN(case_read(r, "loss"), 0.97, 1);
    case_step(r, 300);
    ASSERT_IN(case_read(r, "loss"), 0.01, 0.2);
    ASSERT_IN(case_read(r, "t_aligned") / step, 120, 220);
    assert_true(case_read(r, "t_aligned") < case_read(r, "t_drop"));
    assert_true(case_read(r, "t_grown") < case_read(r, "t_drop"));
    assert_true(case_read(r, "t_covered") >= case_read(r, "t_drop"));
    ory_run_free(r);
}

/* 16: a zero neuron gives finite outputs and gradients of exactly 0. */
static void case_16_zero_neuron(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        char options[200];
        double x[12], g[12], loss;
        ory_system *s;

        snprintf(options, sizeof options, "p=%g K1=1 K2=1 D=3 h=3 W=[0,0,0;0.4,0.1,-0.2;0,0,0] v=[2,0.3,0]",
                 (double[]){1, 1.5, 2, 3}[i]);
        s = case_system("net.prelu", options);
        assert_int_equal(s->class->start(s, x, NULL), ORY_OK);
        s->class->loss(s, x, &loss, g);
        assert_true(isfinite(loss) && g[3] != 0);
        for (int k = 0; k < 3; k++)
            assert_true(g[k] == 0 && g[6 + k] == 0);
        assert_true(g[9] == 0 && g[11] == 0);
        ory_system_unref(s);
    }
}

/* -------------------------------------------------------- what is read off a state */

/* The probes of one hand-made state, by their definitions. */
static void probes_of_a_known_state(void **state)
{
    /* centres e1, e2 (+), e3 (-); contributions 4, 0.02 (not dominant), 1.5, 0.5 */
    ory_run *r = case_start("net.prelu", "K1=2 K2=1 D=3 per_cluster=2 alpha=0 h=4 p=3 radius=0.6 "
                                         "W=[2,0,0;0.1,0.1,0;0,0.6,0.8;0,0,1] v=[2,0.14142135623730951,"
                                         "1.5,-0.5]", "gd step=0.01");
    double cosines[5 * 4], mass[3], target[4], share[4];

    (void)state;
    case_read_all(r, "contributions", share);
    ASSERT_REL(share[0], 4, 1e-15);
    ASSERT_REL(share[3], 0.02, 1e-13);
    assert_true(case_read(r, "dominant") == 3 && case_read(r, "covered") == 3);
    case_read_all(r, "mass", mass);
    ASSERT_REL(mass[0], 4.02, 1e-13);
    ASSERT_REL(mass[1], 1.5, 1e-13);
    ASSERT_REL(mass[2], 0.5, 1e-13);
    case_read_all(r, "target", target);
    assert_true(target[0] == 1 && target[2] == 2 && target[3] == 3 && case_read(r, "void") == 0);
    case_read_all(r, "cosines", cosines); /* columns: neuron 1, neuron 3, neuron 4, nothing */
    ASSERT_REL(cosines[0], M_SQRT1_2, 1e-14);
    ASSERT_REL(cosines[2 * 4], 1, 1e-15);
    ASSERT_REL(cosines[1], 0.6 * M_SQRT1_2, 1e-14);
    ASSERT_REL(cosines[3 * 4 + 1], 0.6, 1e-15);
    ASSERT_REL(cosines[4 * 4 + 2], 1, 1e-15);
    assert_true(isnan(cosines[3]));
    /* W'W = [4.01, .01, 0; .01, .37, .48; 0, .48, 1.64] */
    ASSERT_IN(case_read(r, "stable_rank"), 1.49, 1.51);
    ASSERT_REL(case_read(r, "inv_root_k"), 1 / sqrt(3), 1e-15);
    ASSERT_REL(case_read(r, "centre_radius"), M_SQRT1_2, 1e-15);
    assert_true(case_read(r, "predicted_at") == 1); /* no noise: steps */
    case_claims(r);
    ory_run_free(r);
}

/* A network that is F^(p) times a number: c and distance say so; B3 applies and holds. */
static void the_ideal_network(void **state)
{
    ory_run *r = case_start("net.prelu", "K1=2 K2=2 D=4 per_cluster=5 alpha=0.05 h=4 p=3 test=300 "
                                         "W=[1.3,0,0,0;0,1.3,0,0;0,0,1.3,0;0,0,0,1.3] v=[2,2,-2,-2]",
                            "gd step=1e-9");

    (void)state;
    ASSERT_REL(case_read(r, "scale"), 1 / 2.6, 1e-12);
    ASSERT_ABS(case_read(r, "distance_power"), 0, 1e-12);
    ASSERT_REL(case_read(r, "b3_radius"), M_SQRT1_2, 1e-3);
    assert_true(case_read(r, "test_accuracy") == 1);
    case_step(r, 1);
    case_claims(r);
    ory_run_free(r);
    r = case_start("net.prelu", "K1=1 K2=2 D=4 h=4 p=1.5 std=0", "gd step=0.1"); /* f = 0 */
    assert_true(isnan(case_read(r, "scale")) && isnan(case_read(r, "distance_f")));
    assert_true(case_read(r, "accuracy") == 0 && case_read(r, "robust_at") == 0);
    ory_run_free(r);
}

/* Curve and scalars are the same attacks; radius 0 is the clean accuracy; a knob changes them. */
static void attacks_by_probe(void **state)
{
    ory_run *r = case_start("net.prelu", "radii=[0,0.3,0.5,0.70710678118654752] test=60 seed=3", NULL);
    double many[4], zero[4];
    ory_error err;

    (void)state;
    case_step(r, 400);
    case_read_all(r, "robust", many);
    case_read_all(r, "robust_zero", zero);
    assert_true(many[0] == case_read(r, "test_accuracy") && zero[0] == many[0]);
    assert_true(many[2] == case_read(r, "robust_at") && zero[2] == case_read(r, "robust_zero_at"));
    assert_true(many[3] == case_read(r, "robust_half") && zero[3] == case_read(r, "robust_half_zero"));
    if (ory_run_set_num(r, "radius", 0.3, &err) != ORY_OK)
        fail_msg("%s", err.text);
    assert_true(many[1] == case_read(r, "robust_at"));
    ory_run_free(r);
}

/* Own data without centres: attacks go from random starts, the theory is silent. */
static void own_data(void **state)
{
    const char *data = "X=[1,0.1,0;0.9,0,0.1;0,1,0.2;0.1,0.8,0] Y=[1,1,-1,-1] h=8 std=0.1";
    char options[400];
    ory_run *r = case_start("net.prelu", data, NULL);
    char why[200];

    (void)state;
    case_step(r, 300);
    assert_true(case_read(r, "accuracy") == 1 && case_read(r, "test_accuracy") == 1);
    ASSERT_IN(case_read(r, "robust_at"), 0, 1);
    assert_true(isnan(case_read(r, "covered")) && isnan(case_read(r, "predicted_at")));
    assert_true(ory_run_why(r, ory_run_probe_find(r, "a1_low"), why, sizeof why));
    assert_non_null(strstr(why, "needs known centres"));
    ory_run_free(r);
    snprintf(options, sizeof options, "%s centres=[1,0,0;0,1,0] K1=1", data);
    r = case_start("net.prelu", options, NULL);
    ASSERT_REL(case_read(r, "inv_root_k"), M_SQRT1_2, 1e-15);
    ory_run_free(r);
    snprintf(options, sizeof options, "%s centres=[1,0,0;0.1,1,0] K1=1", data);
    r = case_start("net.prelu", options, NULL);
    assert_true(ory_run_system(r)->n_notes == 1 && isnan(case_read(r, "inv_root_k")));
    assert_non_null(strstr(ory_run_system(r)->notes[0], "not orthonormal"));
    ASSERT_IN(case_read(r, "robust_at"), 0, 1);
    ory_run_free(r);
}

/* ------------------------------------------------------------------- data, starts */

static void data_and_starts(void **state)
{
    ory_run *r = case_start("net.prelu", "K1=2 K2=3 D=7 samples=500 rotate=true alpha=0.2 seed=9", NULL);
    const prelu *p = inside(r);
    const double *W;

    (void)state;
    assert_true(p->n == 500 && p->mixture.K == 5);
    ASSERT_ABS(ory_mixture_skew(&p->mixture), 0, 1e-13);
    ASSERT_IN((double)p->n_plus, 150, 250); /* 2 of 5 clusters */
    for (size_t i = 0; i < p->n; i++) {
        const size_t k = ory_mixture_nearest(&p->mixture, p->X + 7 * i, 0);

        assert_true(p->y[i] == (k < 2 ? 1 : -1)); /* far apart beside the noise */
    }
    ory_run_free(r);
    r = case_start("net.prelu", "init=balanced eps=1e-100 h=30", NULL);
    p = inside(r);
    for (size_t j = 0; j < p->h; j++)
        ASSERT_REL(fabs(prelu_v(p, p->initial)[j]), ory_norm2(p->initial + j * p->D, p->D), 1e-14);
    ory_run_free(r);
    r = case_start("net.prelu", "init=nudged nudge=1 eps=0.5 h=12", NULL);
    p = inside(r);
    W = p->initial;
    for (size_t j = 0; j < p->h; j++) { /* all the way: eps times a centre */
        ASSERT_REL(ory_norm2(W + j * p->D, p->D), 0.5, 1e-14);
        ASSERT_REL(W[j * p->D + ory_mixture_nearest(&p->mixture, W + j * p->D, 0)], 0.5, 1e-14);
    }
    ory_run_free(r);
    r = case_start("net.prelu", "init=kaiming h=500 bias=true", NULL);
    p = inside(r);
    for (size_t i = 0; i < p->h * p->D; i++)
        assert_true(fabs(p->initial[i]) <= 1 / sqrt(20));
    for (size_t i = p->h * p->D; i <= p->h * p->D + p->h; i++)
        assert_true(fabs(p->initial[i]) <= 1 / sqrt(500) && p->initial[i] != 0);
    ory_run_free(r);
}

/* Section 8. */
static void bad_inputs_are_refused(void **state)
{
    ory_run *r;
    ory_stop stop;
    ory_error err;

    (void)state;
    case_refused("net.prelu", "p=0.5", ORY_ERANGE, "p = 0.5");
    case_refused("net.prelu", "p=nan", ORY_EINVAL, "p = nan");
    case_refused("net.prelu", "K1=10 K2=11", ORY_ERANGE, "K1 + K2 <= D");
    case_refused("net.prelu", "K1=0", ORY_ERANGE, "K1 = 0");
    case_refused("net.prelu", "K2=0", ORY_ERANGE, "K2 = 0");
    case_refused("net.prelu", "alpha=-0.1", ORY_ERANGE, "alpha = -0.1");
    case_refused("net.prelu", "h=0", ORY_ERANGE, "h = 0");
    case_refused("net.prelu", "radius=-1", ORY_ERANGE, "radius = -1");
    case_refused("net.prelu", "radii=[0.1,-0.2]", ORY_ERANGE, "radii[2] = -0.2");
    case_refused("net.prelu", "X=[1,2] Y=[2]", ORY_ERANGE, "Y[1] = 2");
    case_refused("net.prelu", "X=[1,2;3,4] Y=[1,-1,1]", ORY_ESHAPE, "samples");
    case_refused("net.prelu", "X=[1,2]", ORY_EINVAL, "X without Y");
    case_refused("net.prelu", "X=[1,2] Y=[1] X_test=[1,2,3] Y_test=[1]", ORY_ESHAPE, "X_test");
    case_refused("net.prelu", "X=[1,2] Y=[1] X_test=[1,2]", ORY_EINVAL, "X_test without Y_test");
    case_refused("net.prelu", "X=[1,2] Y=[1] centres=[1,0;0,1]", ORY_EINVAL, "without K1");
    case_refused("net.prelu", "X=[1,2] Y=[1] centres=[1,0,0;0,1,0] K1=1", ORY_ESHAPE, "centres are 2 x 3");
    case_refused("net.prelu", "X=[1,2] Y=[1] centres=[1,0;0,1] K1=2", ORY_ERANGE, "2 of 2 clusters");
    case_refused("net.prelu", "samples=10 per_cluster=2", ORY_EINVAL, "both samples and per_cluster");
    case_refused("net.prelu", "X=[1,2] Y=[1] init=nudged", ORY_EINVAL, "needs known");
    case_refused("net.prelu", "W0=[1,2]", ORY_EINVAL, "W0 and signs belong");
    case_refused("net.prelu", "W=[1,2]", ORY_ESHAPE, "W is 1 x 2");
    case_refused("net.prelu", "init=balanced eps=1e-320", ORY_ERANGE, "smallest usable eps");
    /* the exponential loss diverges from a large start: the run stops at its last finite state */
    r = case_start("net.prelu", "std=3 loss=exp seed=1", "gd step=0.2");
    assert_int_equal(ory_run_step(r, 3000, &stop, &err), ORY_OK);
    assert_int_equal(stop.reason, ORY_STOP_DIVERGED);
    assert_true(isfinite(case_read(r, "loss")));
    ory_run_free(r);
}

/* ------------------------------------------------------------- stochastic steps */

/* An epoch sees every sample once: summed gradients of its batches are the full gradient. */
static void batches_make_the_whole(void **state)
{
    ory_system *s = case_system("net.prelu", "std=0.3 reduction=sum batch=50 h=7 p=2 seed=6");
    double x[200], whole[200], part[200], sum[200] = {0};

    (void)state;
    assert_true(s->dim <= 200);
    assert_int_equal(s->class->start(s, x, NULL), ORY_OK);
    s->class->loss(s, x, NULL, whole);
    for (uint64_t b = 0; b < 3; b++) { /* 50, 50, 20 of 120 */
        s->class->batch_grad(s, 6 + b, x, part);
        ory_axpy(1, part, sum, s->dim);
    }
    for (size_t i = 0; i < s->dim; i++)
        ASSERT_ABS(sum[i], whole[i], 1e-12 * (1 + fabs(whole[i])));
    ory_system_unref(s);
}

/* Two mini-batches a step are the two steps of one. */
static void inner_steps_are_steps(void **state)
{
    ory_run *a = case_start("net.prelu", "batch=30 inner=1 std=0.1 seed=2", "advance");
    ory_run *b = case_start("net.prelu", "batch=30 inner=4 std=0.1 seed=2", "advance");

    (void)state;
    case_step(a, 40);
    case_step(b, 10);
    assert_memory_equal(ory_run_state(a), ory_run_state(b), ory_run_system(a)->dim * sizeof(double));
    ASSERT_REL(ory_run_moment(b)->t, 8, 1e-12);
    ory_run_free(a);
    ory_run_free(b);
}

/* Adam against its definition written out, on the whole loss; then on mini-batches. */
static void adam_is_adam(void **state)
{
    ory_system *s = case_system("net.prelu", "std=0.2 h=3 K1=1 K2=1 D=3 seed=8");
    ory_run *r;
    double x[12], g[12], m[12] = {0}, v[12] = {0};

    (void)state;
    assert_int_equal(s->class->start(s, x, NULL), ORY_OK);
    ory_system_ref(s);
    r = case_run(s, "adam step=0.02 inner=5");
    case_step(r, 4);
    for (int k = 1; k <= 20; k++) {
        s->class->loss(s, x, NULL, g);
        for (int i = 0; i < 12; i++) {
            m[i] = 0.9 * m[i] + 0.1 * g[i];
            v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
            x[i] -= 0.02 * (m[i] / (1 - pow(0.9, k))) / (sqrt(v[i] / (1 - pow(0.999, k))) + 1e-8);
        }
    }
    for (int i = 0; i < 12; i++)
        ASSERT_REL(ory_run_state(r)[i], x[i], 1e-10);
    ASSERT_REL(ory_run_moment(r)->t, 0.4, 1e-12);
    ory_run_free(r);
    ory_system_unref(s);
    r = case_start("net.prelu", "init=kaiming bias=true normalize_input=true loss=logistic batch=16",
                   "adam step=0.01 inner=8");
    case_step(r, 40);
    assert_true(case_read(r, "accuracy") == 1 && case_read(r, "loss") < 0.1);
    ory_run_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_01_relu), cmocka_unit_test(case_02_03_gradients),
        cmocka_unit_test(case_04_imbalance), cmocka_unit_test(case_09_laws),
        cmocka_unit_test(case_10_to_15_low_powers), cmocka_unit_test(case_10_to_15_high_powers),
        cmocka_unit_test(stages_are_found), cmocka_unit_test(case_16_zero_neuron),
        cmocka_unit_test(probes_of_a_known_state), cmocka_unit_test(the_ideal_network),
        cmocka_unit_test(attacks_by_probe), cmocka_unit_test(own_data),
        cmocka_unit_test(data_and_starts), cmocka_unit_test(bad_inputs_are_refused),
        cmocka_unit_test(batches_make_the_whole), cmocka_unit_test(inner_steps_are_steps),
        cmocka_unit_test(adam_is_adam)};

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
