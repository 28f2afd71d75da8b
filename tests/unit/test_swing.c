/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_swing.c - dyn.swing in time against published figures, closed forms and a plain
 * integrator of its own; exact steps against Runge-Kutta; kicks against superposition; the
 * Icelandic grid; bounds, bad inputs, time travel. */
#include "config.h"

#include <complex.h>

#include "case.h"

#include "algo/graph.h"
#include "io/grid.h"

#define THREE "L=[1,2,2;2,3,1.25] m=[0.5,0.8,0.3] d=[1,1.5,0.7]"
#define FIVE_UNITS \
    "L=[1,2,2;2,3,2;3,4,2;4,5,2;1,5,2] m=[0.01366] d=[0.00214] rinv=[0.0218,0.0256,0.0236,0.0255,0.0192] " \
    "tau=[9.08,5.26,2.29,7.97,3.24] u=[-0.02,-0.02,-0.02,-0.02,-0.02]"

static ory_error err;

static const double *block(const ory_run *r, const char *name)
{
    return ory_run_state(r) + ory_system_block(ory_run_system(r), name)->offset;
}

static ory_run *swing_run(const char *options)
{
    return case_start("dyn.swing", options, NULL);
}

static double after(const char *options, double time, const char *probe)
{
    ory_run *r = swing_run(options);
    double v;

    case_go(r, time);
    v = case_read(r, probe);
    case_claims(r);
    ory_run_free(r);
    return v;
}

/* ---------------------------------------------------------- an integrator of its own */

/* The three nodes above without the help of anything tested: y after `time` under u(t). */
static void integrate_three(double time, size_t steps, double (*shape)(double), double y[3])
{
    static const double m[] = {0.5, 0.8, 0.3}, d[] = {1, 1.5, 0.7};
    static const double L[3][3] = {{2, -2, 0}, {-2, 3.25, -1.25}, {0, -1.25, 1.25}}, at[] = {0, 0.5, 0.5, 1};
    double x[6] = {0}, z[6], k[4][6], h = time / (double)steps;

    for (size_t step = 0; step < steps; step++) {
        for (int s = 0; s < 4; s++) {
            for (int i = 0; i < 6; i++)
                z[i] = x[i] + (s ? at[s] * h * k[s - 1][i] : 0);
            for (int i = 0; i < 3; i++) {
                double f = (i == 1 ? -shape(((double)step + at[s]) * h) : 0) - d[i] * z[3 + i];

                for (int j = 0; j < 3; j++)
                    f -= L[i][j] * z[j];
                k[s][i] = z[3 + i];
                k[s][3 + i] = f / m[i];
            }
        }
        for (int i = 0; i < 6; i++)
            x[i] += h / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
    }
    memcpy(y, x + 3, 3 * sizeof *y);
}

static double one(double t)
{
    return t >= 0;
}

static double rising(double t)
{
    return 1 - exp(-3.7 * t);
}

static double wave(double t)
{
    return sin(3.7 * t);
}

static void every_shape_is_that_of_a_plain_integrator(void **state)
{
    static const struct {
        const char *options;
        double (*shape)(double);
    } rows[] = {{THREE " frame=0.137", one},
                {THREE " frame=0.137 shape=exp rate=3.7", rising},
                {THREE " frame=0.137 shape=sin rate=3.7", wave}};

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        ory_run *r = swing_run(rows[k].options);
        double y[3];

        case_step(r, 17);
        integrate_three(17 * 0.137, 20000, rows[k].shape, y);
        for (int i = 0; i < 3; i++)
            ASSERT_ABS(block(r, "y")[i], y[i], 1e-12);
        case_claims(r);
        ory_run_free(r);
    }
}

/* --------------------------------------------------------------------- published cases */

/* Case 2; the size of the step does not matter. */
static void three_nodes_after_a_step(void **state)
{
    static const double at1[] = {-0.2338602124, -0.3198779390, -0.2268184972};
    static const double at5[] = {-0.3116068625, -0.3135234847, -0.3110233700};
    static const char *const frames[] = {THREE " frame=0.01", THREE " frame=0.2", THREE " frame=1"};
    static const uint64_t per_second[] = {100, 5, 1};

    (void)state;
    for (int k = 0; k < 3; k++) {
        ory_run *r = swing_run(frames[k]);

        case_step(r, per_second[k]);
        for (int i = 0; i < 3; i++)
            ASSERT_ABS(block(r, "y")[i], at1[i], 1e-10);
        ASSERT_ABS(case_read(r, "coherent"), -0.2702077240, 1e-10);
        case_step(r, 4 * per_second[k]);
        for (int i = 0; i < 3; i++)
            ASSERT_ABS(block(r, "y")[i], at5[i], 1e-10);
        case_step(r, 95 * per_second[k]);
        for (int i = 0; i < 3; i++)
            ASSERT_ABS(block(r, "y")[i], -1 / 3.2, 1e-12);
        ASSERT_ABS(case_read(r, "steady"), -1 / 3.2, 1e-15);
        ASSERT_ABS(case_read(r, "from_steady"), 0, 1e-12);
        ory_run_free(r);
    }
}

/* Case 1 as the knobs show it. */
static void knobs_turn_the_pointwise_bound(void **state)
{
    ory_run *r = swing_run(THREE " freq=0.5");
    double lam[3];

    (void)state;
    case_read_all(r, "lam", lam);
    ASSERT_ABS(lam[1], 1.5, 1e-12);
    ASSERT_ABS(lam[2], 5, 1e-12);
    ASSERT_ABS(case_read(r, "incoherence"), 0.3513905321802, 1e-12);
    assert_true(isnan(case_read(r, "bound")));
    assert_int_equal(ory_run_set_num(r, "freq", 0.05, &err), ORY_OK);
    ASSERT_ABS(case_read(r, "incoherence"), 0.0342989637, 1e-10);
    ASSERT_ABS(case_read(r, "bound"), 0.2194200297, 1e-10);
    assert_int_equal(ory_run_set_num(r, "freq", 0.5, &err), ORY_OK);
    assert_int_equal(ory_run_set_num(r, "scale", 50, &err), ORY_OK);
    ASSERT_ABS(case_read(r, "incoherence"), 0.0068741491, 1e-10);
    ASSERT_ABS(case_read(r, "bound"), 0.0397758279, 1e-10);
    /* from lam2_needed on the bound applies, and no sooner */
    {
        const double needed = case_read(r, "lam2_needed");

        assert_int_equal(ory_run_set_num(r, "scale", needed / 1.5 * (1 + 1e-9), &err), ORY_OK);
        assert_true(case_read(r, "bound") > 0);
        assert_int_equal(ory_run_set_num(r, "scale", needed / 1.5 * (1 - 1e-9), &err), ORY_OK);
        assert_true(isnan(case_read(r, "bound")));
        ASSERT_REL(case_read(r, "lam2_needed"), needed, 1e-12);
    }
    ory_run_free(r);
}

/* Case 5: no decay over all frequencies, and the norm bound 1/0.22. */
static void the_peak_moves_away_but_never_beyond_the_norm_bound(void **state)
{
    static const double scale[] = {1, 10, 100}, band[] = {0.651782, 0.061966, 0.006160};
    static const double all[] = {4.0130, 3.9257, 3.91308}, where[] = {5.576, 17.417, 54.976};
    ory_run *r = swing_run("points=400");
    double norm[400];

    (void)state;
    for (int k = 0; k < 3; k++) {
        assert_int_equal(ory_run_set_num(r, "scale", scale[k], &err), ORY_OK);
        ASSERT_ABS(case_read(r, "sup_band"), band[k], 5e-7);
        ASSERT_ABS(case_read(r, "sup_axis"), all[k], 5e-5);
        ASSERT_REL(case_read(r, "sup_axis_w"), where[k], 1e-4);
        ASSERT_REL(case_read(r, "norm_limit"), 1 / 0.22, 1e-12);
        case_read_all(r, "norm_at", norm);
        for (int i = 0; i < 400; i++)
            ASSERT_IN(norm[i], 1e-3, 1 / 0.22);
        case_claims(r);
    }
    ory_run_free(r);
}

/* Where the bound begins and ceases to apply, against the threshold there. */
static void the_bound_applies_up_to_where_the_curve_says(void **state)
{
    ory_run *r = swing_run("points=300 scale=30");
    double at[4], threshold;

    (void)state;
    case_read_all(r, "passes", at);
    assert_true(at[0] > 1 && isnan(at[1]) && isnan(at[3]));
    assert_int_equal(ory_run_set_num(r, "freq", at[0], &err), ORY_OK);
    threshold = case_read(r, "threshold");
    ASSERT_REL(case_read(r, "connectivity"), threshold, 1e-3);
    assert_int_equal(ory_run_set_num(r, "freq", at[0] * 0.99, &err), ORY_OK);
    assert_true(case_read(r, "bound") > 0);
    assert_int_equal(ory_run_set_num(r, "freq", at[0] * 1.01, &err), ORY_OK);
    assert_true(isnan(case_read(r, "bound")));
    ory_run_free(r);
}

/* Sines in time, long after their start, against what is said over frequency: two moments a
 * quarter of a period apart tell the size; at resonance too. */
static void answers_are_those_of_lasting_sines(void **state)
{
    static const double w[] = {0.3, 1.7, 4.9};

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        char options[120];
        double answer[4], early[4];
        ory_run *r;

        snprintf(options, sizeof options, "u=[0.4,-1,0,0.3] shape=sin rate=%.17g freq=%.17g frame=%.17g", w[k], w[k],
                 M_PI / 2 / w[k]);
        r = swing_run(options);
        case_step(r, 400);
        memcpy(early, block(r, "y"), sizeof early);
        case_step(r, 1);
        case_read_all(r, "answer", answer);
        for (int i = 0; i < 4; i++)
            ASSERT_REL(answer[i], hypot(early[i], block(r, "y")[i]), 1e-8);
        assert_true(case_read(r, "answer_gap") > 0.01);
        ASSERT_IN(case_read(r, "answer_gap"), 0, case_read(r, "incoherence") * sqrt(0.16 + 1 + 0.09));
        ory_run_free(r);
    }
}

/* Case 6: largest gap on 0..10 s. */
static void gaps_of_the_mixed_network(void **state)
{
    static const struct {
        const char *shape;
        double gap[4], tol;
    } rows[] = {{"shape=step", {0.5226, 0.1718, 0.0642, 0.0255}, 6e-5},
                {"shape=exp rate=5", {0.4501, 0.0956, 0.0149, 0.0018}, 6e-5},
                {"shape=sin rate=0.5", {0.17177, 0.01691, 0.00184, 0.00019}, 6e-6},
                {"shape=impulse", {1.90, 2.00, 2.45, 3.24}, 6e-3}};
    static const double scale[] = {1, 10, 100, 1000};

    (void)state;
    for (int k = 0; k < 4; k++)
        for (int j = 0; j < 4; j++) {
            char options[100];

            snprintf(options, sizeof options, "%s scale=%g frame=0.002", rows[k].shape, scale[j]);
            ASSERT_ABS(after(options, 10, "gap_max"), rows[k].gap[j], rows[k].tol);
        }
    ASSERT_ABS(after("frame=1", 200, "coherent"), -0.5988023952, 1e-10);
    ASSERT_ABS(after("frame=1", 200, "steady"), -0.5988023952, 1e-10);
}

/* Case 9 and section 7.3: the time of the nadir and where it settles, in mHz. */
static void five_generators_dip_and_settle(void **state)
{
    const double mhz = 1000 / (2 * M_PI);

    (void)state;
    ASSERT_ABS(after(FIVE_UNITS " frame=0.001", 6, "nadir") * mhz, -337.40, 5e-3);
    ASSERT_ABS(after(FIVE_UNITS " frame=0.001", 6, "nadir_t"), 2.691, 1.1e-3);
    ASSERT_ABS(after(FIVE_UNITS " frame=1", 400, "coherent") * mhz, -125.914, 5e-4);
}

/* The aggregate fitted to the published figure. */
static void the_published_figure_of_iceland(void **state)
{
    const double mhz = 1000 / (2 * M_PI);

    (void)state;
    ASSERT_ABS(after("preset=iceland-figure", 20, "nadir") * mhz, -436.6, 0.05);
    ASSERT_ABS(after("preset=iceland-figure", 20, "nadir_t"), 8.95, 0.011);
    ASSERT_ABS(after("preset=iceland-figure", 40, "coherent_mhz"), -337.7, 0.05);
    ASSERT_ABS(after("preset=iceland-figure", 2, "coherent_mhz"), -194, 20);
    ASSERT_IN(after("preset=iceland-figure shape=sin rate=0.6283185307179586", 10, "nadir") * mhz, -270,
              -254);
    ASSERT_ABS(after("preset=iceland-figure", 5, "gap_max"), 0, 1e-12);
}

/* Case 10: at low frequency the network is coherent whatever its connectivity. */
static void slow_disturbances_find_the_network_coherent(void **state)
{
    ory_run *r = swing_run(THREE " freq=1e-6");

    (void)state;
    ASSERT_ABS(case_read(r, "gbar") / 3, 1 / 3.2, 1e-6);
    ASSERT_ABS(case_read(r, "norm"), 3 / 3.2, 1e-6);
    ASSERT_IN(case_read(r, "incoherence"), 1e-7, 1e-6);
    ASSERT_IN(case_read(r, "entry_gap"), 0, case_read(r, "incoherence"));
    assert_int_equal(ory_run_set_num(r, "scale", 0.01, &err), ORY_OK);
    ASSERT_IN(case_read(r, "incoherence"), 1e-6, 1e-4);
    ory_run_free(r);
}

/* ------------------------------------------------------------------------ steps */

/* Exact against Runge-Kutta at a quarter of its limit, with turbines and kp. */
static void exact_steps_equal_runge_kutta(void **state)
{
    static const char *const more[] = {"shape=step", "shape=exp rate=2.3", "shape=sin rate=1.9 kp=0.31",
                                       "shape=impulse", "scale=30 kp=0.02"};
    char options[100];

    (void)state;
    for (size_t k = 0; k < 5; k++) {
        ory_run *a, *b;

        snprintf(options, sizeof options, "%s frame=0.0731", more[k]);
        a = swing_run(options);
        snprintf(options, sizeof options, "%s frame=0.0731 method=rk4 safety=0.25", more[k]);
        b = swing_run(options);
        case_step(a, 80);
        case_step(b, 80);
        for (int i = 0; i < 4; i++) {
            ASSERT_ABS(block(b, "y")[i], block(a, "y")[i], 2e-6 * fmax(0.5, case_read(a, "gap_max")));
            ASSERT_ABS(block(b, "q")[i], block(a, "q")[i], 2e-6);
        }
        ASSERT_ABS(case_read(b, "coherent"), case_read(a, "coherent"), 1e-7);
        assert_true(fabs(case_read(a, "coherent")) > 1e-3 && case_read(a, "gap_max") > 1e-2);
        assert_true(block(a, "y")[0] != block(b, "y")[0]);
        case_claims(b);
        ory_run_free(a);
        ory_run_free(b);
    }
}

/* A large sparse ring is stepped by Runge-Kutta and agrees with the ring's own symmetry:
 * the deviation of node 2 + j equals that of 2 - j. */
static void large_networks_are_stepped_on_the_sparse_laplacian(void **state)
{
    enum { N = 10000 };
    ory_graph g;
    ory_mat edges;
    ory_matref *ref;
    ory_values v;
    ory_system *s;
    ory_run *r;
    const double *y;

    (void)state;
    assert_int_equal(ory_graph_ring(&g, N, 3.7, &err), ORY_OK);
    assert_int_equal(ory_graph_edge_matrix(&g, &edges, &err), ORY_OK);
    ref = ory_matref_take(&edges);
    assert_int_equal(ory_values_init(&v, "dyn.swing", ory_system_class_find("dyn.swing")->params, &err),
                     ORY_OK);
    assert_int_equal(ory_values_set_mat(&v, "L", ref, &err), ORY_OK);
    assert_int_equal(case_options(&v, "m=[0.3] d=[0.25] at=700 frame=0.05", &err), ORY_OK);
    if (ory_system_new(ory_system_class_find("dyn.swing"), &v, &s, &err) != ORY_OK)
        fail_msg("%s", err.text);
    r = case_run(s, NULL);
    case_step(r, 10);
    y = block(r, "y");
    for (size_t j = 1; j < 40; j++)
        ASSERT_ABS(y[699 + j], y[699 - j], 1e-15);
    assert_true(y[699] < y[700] && y[700] < y[701] && y[701] < 0);
    ASSERT_ABS(case_read(r, "coherent"), case_read(r, "coi"), 1e-14); /* equal nodes */
    /* the sparse solvers against the closed form of a ring, and the lemma's sides for equal nodes */
    ASSERT_REL(case_read(r, "lam2"), 3.7 * 4 * pow(sin(M_PI / N), 2), 1e-7);
    ASSERT_REL(case_read(r, "lam_max"), 3.7 * 4, 1e-2);
    ASSERT_REL(case_read(r, "connectivity"), case_read(r, "lam2"), 1e-12);
    ASSERT_REL(case_read(r, "threshold"), 2 * hypot(0.3, 0.25), 1e-12);
    assert_true(isnan(case_read(r, "incoherence")) && isnan(case_read(r, "bound")));
    { /* the answer to a sine at node 700 in the modes of the ring; bound and threshold need no T */
        static double answer[N];
        double at[4];

        assert_int_equal(ory_run_set_num(r, "freq", 1.3, &err), ORY_OK);
        case_read_all(r, "answer", answer);
        for (int i = 690; i < 720; i += 7) {
            double complex sum = 0;

            for (int k = 0; k < N; k++)
                sum += cos(2 * M_PI * k * (i - 699) / N) /
                       (I * 1.3 * 0.3 + 0.25 + 3.7 * 4 * pow(sin(M_PI * k / N), 2) / (I * 1.3)) / N;
            ASSERT_REL(answer[i], cabs(sum), 1e-7);
        }
        ASSERT_ABS(case_read(r, "answer_gap"), answer[699], 1e-3);
        assert_int_equal(ory_run_set_num(r, "scale", 1e9, &err), ORY_OK);
        case_read_all(r, "passes", at);
        assert_true(at[0] > 0.01 && at[0] < 100);
        assert_int_equal(ory_run_set_num(r, "freq", at[0] * 0.98, &err), ORY_OK);
        assert_true(case_read(r, "bound") > 0);
    }
    case_claims(r);
    ory_run_free(r);
    ory_values_fini(&v);
    ory_matref_unref(ref);
    ory_graph_fini(&g);
}

/* Knobs of one edge and one node against a network made with these figures. */
static void one_edge_and_one_node_have_knobs_of_their_own(void **state)
{
    static const char *const same[] = {"lam2", "lam_max", "incoherence", "sup_band", "least_d", "coi", "coherent",
                                       "gap"};
    static const struct {
        const char *knob;
        double value;
    } turn[] = {{"from", 3}, {"to", 1}, {"tie", 0.25}, {"node", 2}, {"node_inertia", 1.5}, {"node_damping", 0.8}};
    const char *other = "L=[1,2,1.5;2,3,0.9;3,4,1.1;4,1,0.6;1,3,0.65] m=[0.12,0.45,0.2,0.08] "
                        "d=[0.3,0.2,0.45,0.22]";
    char odd[256];

    (void)state;
    for (int method = 0; method < 2; method++) {
        ory_run *a, *b;
        double lam2, incoherence;

        snprintf(odd, sizeof odd, "method=%s L=[1,2,1.5;2,3,0.9;3,4,1.1;4,1,0.6;1,3,0.4] m=[0.12,0.3,0.2,0.08] "
                 "d=[0.3,0.25,0.45,0.22]", method ? "rk4" : "exact");
        a = swing_run(odd);
        lam2 = case_read(a, "lam2");
        incoherence = case_read(a, "incoherence");
        snprintf(odd, sizeof odd, "method=%s %s", method ? "rk4" : "exact", other);
        b = swing_run(odd);
        assert_true(case_read(a, "by_hand") == 0);
        for (size_t i = 0; i < sizeof turn / sizeof *turn; i++)
            assert_int_equal(ory_run_set_num(a, turn[i].knob, turn[i].value, &err), ORY_OK);
        case_step(a, 150);
        case_step(b, 150);
        for (size_t i = 0; i < 4; i++)
            ASSERT_REL(block(a, "y")[i], block(b, "y")[i], 1e-12);
        for (size_t i = 0; i < sizeof same / sizeof *same; i++)
            ASSERT_REL(case_read(a, same[i]), case_read(b, same[i]), 1e-9);
        assert_true(case_read(a, "by_hand") > 0);
        case_claims(a);

        /* refused, and nothing has changed */
        assert_int_equal(ory_run_set_num(a, "tie", -0.5, &err), ORY_ERANGE);
        assert_non_null(strstr(err.text, "tie = -0.5 (must be >= -0.4, minus the weight of the edge 3-1)"));
        assert_int_equal(ory_run_set_num(a, "to", 3, &err), ORY_ERANGE);
        assert_int_equal(ory_run_set_num(a, "node", 5, &err), ORY_ERANGE);
        assert_non_null(strstr(err.text, "node = 5 (the network has 4 nodes)"));
        assert_int_equal(ory_run_set_num(a, "from", 2, &err), ORY_OK); /* 2-1 is an edge, 2-4 is none */
        assert_int_equal(ory_run_set_num(a, "to", 4, &err), ORY_EINVAL);
        assert_non_null(strstr(err.text, "nodes 2 and 4 are not joined"));
        assert_int_equal(ory_run_set_num(a, "from", 3, &err), ORY_OK);
        ASSERT_REL(case_read(a, "lam2"), case_read(b, "lam2"), 1e-12);

        /* all turned back: to the last bit what it was */
        assert_int_equal(ory_run_set_num(a, "tie", 0, &err), ORY_OK);
        assert_int_equal(ory_run_set_num(a, "node_inertia", 1, &err), ORY_OK);
        assert_int_equal(ory_run_set_num(a, "node_damping", 1, &err), ORY_OK);
        assert_true(case_read(a, "lam2") == lam2 && case_read(a, "incoherence") == incoherence);
        assert_int_equal(ory_run_rewind(a, 100, &err), ORY_OK); /* the knobs of that time */
        ASSERT_REL(case_read(a, "lam2"), case_read(b, "lam2"), 1e-12);
        ory_run_free(a);
        ory_run_free(b);
    }
}

/* A path of 600 cut, joined weakly, and healed again: closed forms of paths (of the halves when
 * it is cut), and lambda2 of the weak joint from the odd mode's condition at the joint. */
static void a_tie_renews_the_spectrum_of_a_large_network(void **state)
{
    enum { N = 600 };
    const double half = 2 - 2 * cos(M_PI / N), whole = half * 3.1;
    double list[3 * (N - 1)], lam[N], group[N];
    ory_mat edges = ory_mat_view(list, N - 1, 3);
    ory_matref *ref;
    ory_values v;
    ory_system *s;
    ory_run *r;

    (void)state;
    for (int i = 0; i < N - 1; i++) {
        list[3 * i] = i + 1;
        list[3 * i + 1] = i + 2;
        list[3 * i + 2] = 3.1;
    }
    ref = ory_matref_new(&edges);
    assert_int_equal(ory_values_init(&v, "dyn.swing", ory_system_class_find("dyn.swing")->params, &err),
                     ORY_OK);
    assert_int_equal(ory_values_set_mat(&v, "L", ref, &err), ORY_OK);
    assert_int_equal(case_options(&v, "m=[0.3] d=[0.25] freq=0.01 frame=0.05 from=300 to=301", &err), ORY_OK);
    if (ory_system_new(ory_system_class_find("dyn.swing"), &v, &s, &err) != ORY_OK)
        fail_msg("%s", err.text);
    r = case_run(s, NULL);
    ASSERT_REL(case_read(r, "lam2"), whole, 1e-6);
    assert_int_equal(ory_run_set_num(r, "tie", -3.1, &err), ORY_OK);
    assert_true(case_read(r, "lam2") == 0 && case_read(r, "components") == 2);
    assert_true(case_read(r, "connectivity") == 0 && isnan(case_read(r, "bound")));
    case_read_all(r, "lam", lam);
    ASSERT_REL(lam[2], 3.1 * (2 - 2 * cos(M_PI / (N / 2))), 1e-6);
    ASSERT_REL(lam[3], lam[2], 1e-6);
    case_read_all(r, "group", group);
    assert_true(group[299] == 1 && group[300] == 2);

    assert_int_equal(ory_run_set_num(r, "tie", -3.0, &err), ORY_OK);
    {
        const double w = 0.1;
        double lo = 1e-9, hi = M_PI / N;

        /* v_j = cos(k (j - 1/2)), j = 1..N/2, mirrored with the other sign: the last row says
         * 3.1 (v_h - v_{h+1}) = 2 w v_h with v_{h+1} the free continuation of the cosine */
        for (int it = 0; it < 200; it++) {
            const double k = (lo + hi) / 2, h = N / 2;
            const double f = 3.1 * (cos(k * (h - 0.5)) - cos(k * (h + 0.5))) - 2 * w * cos(k * (h - 0.5));

            *(f < 0 ? &lo : &hi) = k;
        }
        ASSERT_REL(case_read(r, "lam2"), 3.1 * (2 - 2 * cos(lo)), 1e-6);
        ASSERT_REL(case_read(r, "connectivity"), 3.1 * (2 - 2 * cos(lo)) / 0.01, 1e-6);
        assert_true(case_read(r, "components") == 1);
    }
    assert_int_equal(ory_run_set_num(r, "tie", 0, &err), ORY_OK);
    ASSERT_REL(case_read(r, "lam2"), whole, 1e-6);
    ory_run_free(r);
    ory_values_fini(&v);
    ory_matref_unref(ref);
}

static void poke(ory_run *r, const char *name, const double *v, size_t n)
{
    ory_mat m = ory_mat_view((double *)v, n, 1);

    assert_int_equal(ory_run_poke(r, name, &m, &err), ORY_OK);
}

/* Linear: lasting power and impulses by hand add what runs of their own have. */
static void kicks_superpose(void **state)
{
    static const double lasting[] = {0, 0, 0.731, 0}, push[] = {0.385, 0, 0, 0};
    ory_run *r = swing_run("frame=0.037"), *base = swing_run("frame=0.037");
    ory_run *step = swing_run("frame=0.037 at=3 size=0.731");
    ory_run *hit = swing_run("frame=0.037 at=1 size=0.385 shape=impulse");
    const uint64_t k = 11, rest = 53;

    (void)state;
    case_step(r, k);
    poke(r, "u", lasting, 4);
    poke(r, "impulse", push, 4);
    case_step(r, rest);
    case_step(base, k + rest);
    case_step(step, rest);
    case_step(hit, rest);
    for (int i = 0; i < 4; i++)
        ASSERT_ABS(block(r, "y")[i], block(base, "y")[i] + block(step, "y")[i] + block(hit, "y")[i], 1e-12);
    ASSERT_ABS(case_read(r, "coherent"),
               case_read(base, "coherent") + case_read(step, "coherent") + case_read(hit, "coherent"), 1e-12);
    assert_true(fabs(case_read(hit, "coherent")) > 1e-3 && block(r, "impulse")[0] == 0);
    case_claims(r);
    ory_run_free(base);
    ory_run_free(step);
    ory_run_free(hit);
    /* the past comes back with its kicks */
    {
        double y = block(r, "y")[2];

        assert_int_equal(ory_run_rewind(r, 5, &err), ORY_OK);
        case_step(r, k + rest - 5);
        assert_true(block(r, "y")[2] == y);
    }
    ory_run_free(r);
}

/* An output set by hand is noticed, and asserts nothing false. */
static void outputs_set_by_hand_suspend_what_no_longer_holds(void **state)
{
    static const double y[] = {5, 0, 0};
    ory_run *r = swing_run("L=[1,2,2;2,3,1.25] m=[1,2,3] d=[0.5,1,1.5] shape=exp");
    ory_verdict v;

    (void)state;
    case_step(r, 20);
    assert_int_equal(ory_run_claim(r, 5, &v, &err), ORY_OK);
    assert_string_equal(v.claim->name, "weighted_mean");
    assert_int_equal(v.standing, ORY_CLAIM_HOLDS);
    assert_true(case_read(r, "poked") == 0);
    poke(r, "y", y, 3);
    assert_true(case_read(r, "poked") == 1);
    case_step(r, 20);
    assert_true(case_read(r, "poked") == 0 && case_read(r, "coi_gap") > 1e-2);
    {
        static const double w[] = {1e6, 0, 1};

        poke(r, "w", w, 3);
        assert_true(case_read(r, "poked") == 1);
        case_step(r, 3);
        assert_true(case_read(r, "gap_max") > case_read(r, "certificate"));
    }
    case_claims(r);
    ory_run_free(r);
}

/* ---------------------------------------------------------------------- nodes num/den */

#define Q_L "L=[1,2,1.5;2,3,0.9;3,4,1.1;4,1,0.6;1,3,0.4] "
/* the four default nodes as (tau s + 1)/((m s + d)(tau s + 1) + rinv) */
#define Q_RATIONAL Q_L "family=rational num=[1,3,0;1,0,0;1,7.5,0;1,2.2,0] " \
    "den=[0.45,1.02,0.36;0.25,0.30,0;0.57,3.575,1.5;0.40,0.564,0.176] "
/* with a direct path, without one, of order 0 and of order 3 */
#define MIXED_L "L=[1,2,1.5;2,3,0.9;3,4,1.1;1,3,0.4] kp=0.37 "
#define MIXED_NODES "family=rational num=[1,2,0,0;1,0.4,0.2,0;0.7,0,0,0;1,0.5,0.3,0] " \
    "den=[3,1,0,0;0.9,0.8,0.5,0;1.3,0,0,0;0.8,1.7,1.1,0.6] "
#define MIXED MIXED_L MIXED_NODES

/* One law in two families: outputs, coherent response, transfer functions, kicks. */
static void a_swing_node_is_one_of_the_rational_ones(void **state)
{
    static const char *const more[] = {"shape=step", "shape=exp rate=2.3", "shape=sin rate=1.9 kp=0.31",
                                       "shape=impulse kp=0.2", "shape=step method=rk4 safety=0.2"};
    static const char *const same[] = {"coherent", "gap", "gap_max", "nadir", "steady", "incoherence", "norm",
                                       "bound", "sup_band"};
    static const double push[] = {0.2, 0, -0.1, 0}, power[] = {0, 0.3, 0, 0};

    (void)state;
    for (size_t k = 0; k < sizeof more / sizeof *more; k++) {
        char options[300];
        double tol = k == 4 ? 1e-6 : 1e-11;
        ory_run *a, *b;

        snprintf(options, sizeof options, "%s frame=0.0731", more[k]);
        a = swing_run(options);
        snprintf(options, sizeof options, Q_RATIONAL "%s frame=0.0731", more[k]);
        b = swing_run(options);
        for (int part = 0; part < 3; part++) {
            case_step(a, 40);
            case_step(b, 40);
            for (int i = 0; i < 4; i++) {
                ASSERT_ABS(block(b, "y")[i], block(a, "y")[i], tol);
                ASSERT_ABS(block(b, "phi")[i], block(a, "phi")[i], tol);
            }
            for (size_t i = 0; i < sizeof same / sizeof *same; i++)
                if (!isnan(case_read(a, same[i])))
                    ASSERT_ABS(case_read(b, same[i]), case_read(a, same[i]), fmax(tol, 1e-10));
            poke(a, part ? "u" : "impulse", part ? power : push, 4);
            poke(b, part ? "u" : "impulse", part ? power : push, 4);
        }
        assert_true(fabs(case_read(b, "coherent")) > 1e-3);
        assert_true(isnan(case_read(b, "coi")) && isnan(case_read(b, "least_d")));
        case_claims(b);
        ory_run_free(a);
        ory_run_free(b);
    }
}

/* Closed forms: g = (s + 2)/(s + 1.7) alone answers a step with 2/1.7 - 0.3/1.7 e^(-1.7 t) from y(0) = 1
 * on; two pure gains under f = kp are an algebraic loop and nothing else. */
static void rational_nodes_have_their_closed_forms(void **state)
{
    ory_run *r = swing_run("L=[0] family=rational num=[2,1] den=[1.7,1] size=1.3 frame=0.3");

    (void)state;
    ASSERT_ABS(block(r, "y")[0], 1.3, 1e-15);
    ASSERT_ABS(case_read(r, "coherent"), 1.3, 1e-15);
    for (int k = 1; k < 9; k++) {
        case_step(r, 1);
        ASSERT_ABS(block(r, "y")[0], 1.3 * (2 - 0.3 * exp(-1.7 * 0.3 * k)) / 1.7, 1e-13);
        ASSERT_ABS(case_read(r, "coherent"), block(r, "y")[0], 1e-13);
    }
    ory_run_free(r);
    r = swing_run("L=[1,2,0.8] kp=0.9 ki=0 family=rational num=[1.5;0.4] den=[1;1] u=[1,0] shape=sin rate=2 "
                  "frame=0.1");
    case_step(r, 7);
    { /* (1 + D1 w) y1 - D1 w y2 = D1 u, -D2 w y1 + (1 + D2 w) y2 = 0, w = kp 0.8 */
        double w = 0.72, a = 1 + 1.5 * w, d = 1 + 0.4 * w, u = 1.5 * sin(1.4), det = a * d - 1.5 * w * 0.4 * w;

        ASSERT_ABS(block(r, "y")[0], u * d / det, 1e-14);
        ASSERT_ABS(block(r, "y")[1], u * 0.4 * w / det, 1e-14);
        ASSERT_ABS(case_read(r, "coherent"), sin(1.4) / (1 / 1.5 + 1 / 0.4), 1e-14);
    }
    ory_run_free(r);
}

/* A sine that has lasted: y is Im (T(ja) u0 e^(jat)), ybar is Im (ghat(ja) sum u0 e^(jat)), T from
 * the definition by elimination. */
static void rational_nodes_answer_a_sine_as_t_says(void **state)
{
    static const double num[4][4] = {{1, 2}, {1, 0.4, 0.2}, {0.7}, {1, 0.5, 0.3}};
    static const double den[4][4] = {{3, 1}, {0.9, 0.8, 0.5}, {1.3}, {0.8, 1.7, 1.1, 0.6}};
    static const double L[4][4] = {{1.9, -1.5, -0.4, 0}, {-1.5, 2.4, -0.9, 0}, {-0.4, -0.9, 2.4, -1.1},
                                   {0, 0, -1.1, 1.1}};
    static const char *const method[] = {"exact frame=0.25", "rk4 safety=0.05 frame=0.25"};
    const double a = 1.3;
    const double complex s = I * a;

    (void)state;
    for (int m = 0; m < 2; m++) {
        double complex M[4][5] = {0}, y[4], sum = 0;
        char options[400];
        ory_run *r;

        for (int i = 0; i < 4; i++) {
            double complex p = 0, q = 0;

            for (int k = 3; k >= 0; k--) {
                p = p * s + num[i][k];
                q = q * s + den[i][k];
            }
            for (int j = 0; j < 4; j++)
                M[i][j] = (0.37 + 1 / s) * L[i][j];
            M[i][i] += q / p;
            sum += q / p;
        }
        M[1][4] = -1;
        for (int k = 0; k < 4; k++)
            for (int i = 0; i < 4; i++)
                for (int j = 4; i != k && j >= k; j--)
                    M[i][j] -= M[i][k] / M[k][k] * M[k][j];
        for (int i = 0; i < 4; i++)
            y[i] = M[i][4] / M[i][i];
        snprintf(options, sizeof options, MIXED "shape=sin rate=%g method=%s", a, method[m]);
        r = swing_run(options);
        case_step(r, 400);
        for (int i = 0; i < 4; i++)
            ASSERT_ABS(block(r, "y")[i], cimag(y[i] * cexp(s * 100)), m ? 1e-6 : 1e-10);
        ASSERT_ABS(case_read(r, "coherent"), cimag(-cexp(s * 100) / sum), m ? 1e-6 : 1e-10);
        ory_run_free(r);
    }
}

/* The answer to an impulse is the derivative of that to a step, through direct paths too; outputs jump
 * with the disturbance, and after any length of frames are where they are with many short ones. */
static void rational_impulses_are_derivatives_of_steps(void **state)
{
    const double h = 1e-3, t = 0.9;
    ory_run *hit = swing_run(MIXED "shape=impulse frame=0.9"), *before, *after_, *many;
    char options[400];

    (void)state;
    case_step(hit, 1);
    snprintf(options, sizeof options, MIXED "frame=%.17g", t - h);
    before = swing_run(options);
    snprintf(options, sizeof options, MIXED "frame=%.17g", t + h);
    after_ = swing_run(options);
    for (int i = 0; i < 4; i++) { /* at t = 0 the direct paths alone: (I + kp D L) y = D u0 */
        static const double D[] = {2, 0.4, 0.7 / 1.3, 0};
        static const double L[4][4] = {{1.9, -1.5, -0.4, 0}, {-1.5, 2.4, -0.9, 0}, {-0.4, -0.9, 2.4, -1.1},
                                       {0, 0, -1.1, 1.1}};
        double sum = block(before, "y")[i] + (i == 1 ? D[1] : 0);

        for (int j = 0; j < 4; j++)
            sum += 0.37 * D[i] * L[i][j] * block(before, "y")[j];
        ASSERT_ABS(sum, 0, 1e-14);
    }
    assert_true(block(before, "y")[1] < -0.3);
    case_step(before, 1);
    case_step(after_, 1);
    for (int i = 0; i < 4; i++) {
        ASSERT_ABS(block(hit, "y")[i], (block(after_, "y")[i] - block(before, "y")[i]) / (2 * h), 3e-6);
        ASSERT_ABS(block(hit, "phi")[i], (block(after_, "phi")[i] - block(before, "phi")[i]) / (2 * h), 3e-6);
    }
    ASSERT_ABS(case_read(hit, "coherent"),
               (case_read(after_, "coherent") - case_read(before, "coherent")) / (2 * h), 3e-6);
    many = swing_run(MIXED "frame=0.01 shape=impulse");
    case_step(many, 90);
    for (int i = 0; i < 4; i++)
        ASSERT_ABS(block(many, "y")[i], block(hit, "y")[i], 1e-12);
    /* at node 1, with a direct path into the loop */
    {
        static const double push[] = {0.7, 0, 0, 0};
        ory_run *a = swing_run(MIXED "shape=none frame=0.9");
        ory_run *b = swing_run(MIXED "at=1 size=0.7 shape=impulse frame=0.9");

        poke(a, "impulse", push, 4);
        case_step(a, 1);
        case_step(b, 1);
        for (int i = 0; i < 4; i++)
            ASSERT_ABS(block(a, "y")[i], block(b, "y")[i], 1e-14);
        assert_true(fabs(block(a, "y")[0]) > 1e-3);
        ory_run_free(a);
        ory_run_free(b);
    }
    ory_run_free(hit);
    ory_run_free(before);
    ory_run_free(after_);
    ory_run_free(many);
}

static void more_numerators_than_are_multiplied_out(void **state)
{
    char options[600] = "L=[", num[300] = "", den[20] = "den=[1,1]";
    ory_run *r;

    (void)state;
    for (int i = 1; i < 13; i++)
        snprintf(options + strlen(options), 20, "%s%d,%d,1", i > 1 ? ";" : "", i, i + 1);
    for (int i = 0; i < 13; i++)
        snprintf(num + strlen(num), 20, "%s1,%g", i ? ";" : "", i / 10.0);
    snprintf(options + strlen(options), 330, "] family=rational num=[%s] %s", num, den);
    r = swing_run(options);
    case_step(r, 20);
    assert_true(isnan(case_read(r, "coherent")) && isnan(case_read(r, "gap")) && isnan(case_read(r, "gap_max")));
    assert_true(case_read(r, "incoherence") > 0 && case_read(r, "sup_axis") > 0);
    assert_true(fabs(block(r, "y")[1]) > 0.1); /* moves all the same */
    case_claims(r);
    ory_run_free(r);
}

/* A start at t0 is the same run, later. */
static void a_late_start_is_the_same_run_later(void **state)
{
    static const char *const shapes[] = {"shape=step", "shape=exp", "shape=sin rate=2", "shape=impulse"};
    char late[60];

    (void)state;
    for (int k = 0; k < 4; k++) {
        ory_run *a = swing_run(shapes[k]), *b;

        snprintf(late, sizeof late, "%s t0=0.5", shapes[k]);
        b = swing_run(late);
        case_step(b, 50);
        assert_true(case_read(b, "gap_max") == 0 && case_read(b, "shape_now") == 0);
        case_step(b, 70);
        case_step(a, 70);
        for (int i = 0; i < 4; i++)
            assert_true(block(a, "y")[i] == block(b, "y")[i] && block(a, "y")[i] != 0);
        ory_run_free(a);
        ory_run_free(b);
    }
}

/* Consensus: integrators under f = 1 keep their mean and lose the rest as exp(-lam t). */
static void integrators_reach_consensus(void **state)
{
    ory_run *r = swing_run("family=integrator L=[1,2,1.3] kp=1 ki=0 shape=none frame=0.1");
    static const double y[] = {0.731, -0.2};

    (void)state;
    poke(r, "y", y, 2);
    case_step(r, 9);
    ASSERT_ABS(block(r, "y")[0], 0.2655 + 0.4655 * exp(-2.6 * 0.9), 1e-13);
    ASSERT_ABS(block(r, "y")[1], 0.2655 - 0.4655 * exp(-2.6 * 0.9), 1e-13);
    ory_run_free(r);
}

/* ------------------------------------------------------------------------ Iceland */

static bool give(ory_values *v, const char *name, const double *from, size_t n, double factor)
{
    ory_mat a;
    ory_matref *ref;

    if (ory_mat_new(&a, n, 1, &err) != ORY_OK)
        return false;
    for (size_t i = 0; i < n; i++)
        a.data[i] = from[i] * factor;
    ref = ory_matref_take(&a);
    assert_int_equal(ory_values_set_mat(v, name, ref, &err), ORY_OK);
    ory_matref_unref(ref);
    return true;
}

static ory_run *iceland(const char *options)
{
    const ory_system_class *c = ory_system_class_find("dyn.swing");
    ory_grid grid;
    ory_values v;
    ory_system *s;
    ory_matref *L;
    double w0;

    if (ory_grid_load("iceland189", ORY_GRID_LINEARIZED, false, 0, &grid, &err) != ORY_OK)
        fail_msg("%s", err.text);
    w0 = 2 * M_PI * grid.f0;
    assert_int_equal(ory_values_init(&v, c->name, c->params, &err), ORY_OK);
    L = ory_matref_new(&grid.L);
    assert_int_equal(ory_values_set_mat(&v, "L", L, &err), ORY_OK);
    assert_true(give(&v, "m", grid.m, grid.n, 1 / w0) && give(&v, "d", grid.s, grid.n, 1 / w0) &&
                give(&v, "rinv", grid.rinv, grid.n, 1 / w0) && give(&v, "tau", grid.tau, grid.n, 1));
    assert_int_equal(case_options(&v, options, &err), ORY_OK);
    if (ory_system_new(c, &v, &s, &err) != ORY_OK)
        fail_msg("%s", err.text);
    ory_matref_unref(L);
    ory_values_fini(&v);
    ory_grid_fini(&grid);
    return case_run(s, NULL);
}

/* Section 7.2: mHz; min ybar, ybar at the end, largest gaps at L and 10 L, coi gap. */
static void the_icelandic_grid_by_its_table(void **state)
{
    static const struct {
        const char *options;
        uint64_t steps;
        double low, end, gap, gap10, coi, tol;
    } rows[] = {{"shape=step", 2000, -1252.8, -1206.4, 425, 137, 0.45, 0.6},
                {"shape=exp rate=5", 2000, -1252.7, -1206.4, 144, 17.6, 0.41, 0.5},
                {"shape=sin rate=1.5707963267948966", 1000, -441.7, 271.1, 64.4, 6.9, 0.40, 0.06},
                {"shape=sin rate=0.6283185307179586", 1000, -826.6, 661.0, 26.7, 2.8, 0.79, 0.06}};
    const double mhz = 1000 / (2 * M_PI);

    (void)state;
    for (int k = 0; k < 4; k++)
        for (int j = 0; j < 2; j++) {
            char options[100];
            ory_run *r;

            snprintf(options, sizeof options, "%s frame=0.02 scale=%d", rows[k].options, j ? 10 : 1);
            r = iceland(options);
            case_step(r, rows[k].steps);
            ASSERT_ABS(case_read(r, "nadir") * mhz, rows[k].low, 0.06);
            ASSERT_ABS(case_read(r, "coherent_mhz"), rows[k].end, 0.06);
            ASSERT_ABS(case_read(r, "gap_max") * mhz, j ? rows[k].gap10 : rows[k].gap, rows[k].tol);
            if (!j)
                ASSERT_ABS(case_read(r, "coi_gap_max") * mhz, rows[k].coi, 0.006);
            case_claims(r);
            ory_run_free(r);
        }
}

static void the_icelandic_grid_over_frequency(void **state)
{
    static const double w[] = {0.05, 0.1, 0.2 * M_PI, 0.5 * M_PI}, ratio[] = {0.0007, 0.0014, 0.0141, 0.0976};
    ory_run *r = iceland("shape=exp");
    double at[4];

    (void)state;
    for (int k = 0; k < 4; k++) {
        assert_int_equal(ory_run_set_num(r, "freq", w[k], &err), ORY_OK);
        at[k] = case_read(r, "incoherence") / case_read(r, "gbar");
        ASSERT_ABS(at[k], ratio[k], 6e-5);
    }
    assert_int_equal(ory_run_set_num(r, "scale", 10, &err), ORY_OK);
    for (int k = 0; k < 4; k++) {
        assert_int_equal(ory_run_set_num(r, "freq", w[k], &err), ORY_OK);
        ASSERT_IN(at[k] / (case_read(r, "incoherence") / case_read(r, "gbar")), 9, 11);
    }
    case_step(r, 500);
    case_claims(r);
    ory_run_free(r);
}

/* Case 11: the reduced Laplacian of the grids' README. */
static void the_reduced_laplacian_of_iceland(void **state)
{
    ory_run *r = iceland("shape=none");
    double lam[35];

    (void)state;
    case_read_all(r, "lam", lam);
    ASSERT_REL(lam[1], 0.287941946, 1e-7);
    ASSERT_REL(lam[2], 0.325383855, 1e-7);
    ASSERT_ABS(lam[0], 0, 1e-10 * lam[34]);
    ory_run_free(r);
}

/* ------------------------------------------------------------------------- bounds */

/* The integral by another substitution (w = tan, midpoints) is 1.62756 and 0.45869 for L and
 * 10 L; the certificate adds what the frequencies beyond its last can contribute. */
static void no_gap_exceeds_its_certificate(void **state)
{
    double last = INFINITY;

    (void)state;
    ASSERT_IN(after("shape=exp", 0.1, "certificate"), 1.6275, 1.6275 * 1.01);
    ASSERT_IN(after("shape=exp scale=10", 0.1, "certificate"), 0.45865, 0.45865 * 1.02);

    for (double scale = 1; scale < 2000; scale *= 10) {
        char options[80];
        ory_run *r;
        double gap, limit;

        snprintf(options, sizeof options, "shape=exp scale=%g", scale);
        r = swing_run(options);
        case_step(r, 1000);
        gap = case_read(r, "gap_max");
        limit = case_read(r, "certificate");
        assert_true(gap > 0 && gap <= limit && limit < last);
        last = limit;
        case_claims(r);
        ory_run_free(r);
    }
    assert_true(last < 0.1);
}

/* ---------------------------------------------------------------------- bad inputs */

static void bad_inputs_get_one_sentence(void **state)
{
    static const struct {
        const char *options;
        ory_status status;
        const char *part;
    } rows[] = {
        {"L=[1,-1;-0.9,0.9] m=[1]", ORY_EINVAL, "not symmetric: entry (1, 2) is -1, (2, 1) is -0.9"},
        {"L=[1,2,2;2,3,-3] m=[1]", ORY_EINVAL, "Laplacian is not positive semidefinite (lambda1 = -"},
        {"m=[1,0,1,1]", ORY_EINVAL, "m[2] = 0 (must be > 0"},
        {"m=[1,1,-1,1]", ORY_EINVAL, "m[3] = -1 (must be > 0"},
        {"m=[1,1,nan,1]", ORY_EDIVERGE, "m has the entry nan in row 1, column 3 (must be finite)"},
        {"m=[1,1,1]", ORY_ESHAPE, "m is 1 x 3 (must hold 4 numbers, or one for all nodes)"},
        {"m=[1] rinv=[0.1] tau=[0]", ORY_EINVAL, "tau[1] = 0 (must be > 0)"},
        {"m=[1] rinv=[-0.1]", ORY_EINVAL, "rinv[1] = -0.1 (must be >= 0)"},
        {"L=[1,2,1]", ORY_EINVAL, "L needs m, the inertias of its 2 nodes"},
        {"family=integrator m=[1]", ORY_EINVAL, "family \"integrator\" is 1/s: it takes no m"},
        {"preset=iceland-figure m=[1]", ORY_EINVAL, "preset \"iceland-figure\" brings its own m"},
        {"kp=0 ki=0", ORY_EINVAL, "kp = 0 and ki = 0 (one of them must be > 0)"},
        {"at=5", ORY_ERANGE, "at = 5 (the network has 4 nodes)"},
        {"at=2 u=[1,0,0,0]", ORY_EINVAL, "u contradicts at and size"},
        {"u=[1,0,0]", ORY_ESHAPE, "u is 1 x 3 (must hold 4 numbers)"},
        {"low=10 high=1", ORY_ERANGE, "low = 10 rad/s (must be below high = 1)"},
        {"num=[1] den=[0,1]", ORY_EINVAL, "num belongs to family \"rational\""},
        {"family=rational num=[1]", ORY_EINVAL, "family \"rational\" needs num and den"},
        {"family=rational num=[1] den=[0,1] m=[1]", ORY_EINVAL, "family \"rational\" is num/den: it takes no m"},
        {"family=rational num=[1,2,3] den=[0,1]", ORY_EINVAL,
         "node 1: improper: numerator of degree 2 over denominator of degree 1"},
        {"family=rational num=[1] den=[0,1;1,1;0,0;1,1]", ORY_EINVAL, "den of node 3 is 0"},
        {"family=rational num=[1;1] den=[0,1]", ORY_ESHAPE, "num is 2 x 1 (must have 4 rows, or one"},
        {"family=rational num=[1] den=[0,1] inertia=2", ORY_EINVAL, "inertia = 2 (family \"rational\""},
        {"family=rational num=[-1] den=[1] kp=0.33333333333333333 L=[1,2,1.5]", ORY_ESINGULAR, "algebraic loop"},
        {"xy=[1,2;3,4]", ORY_ESHAPE, "xy is 2 x 2 (must be 4 x 2)"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        case_refused("dyn.swing", rows[i].options, rows[i].status, rows[i].part);
}

static bool noted(const ory_system *s, const char *part)
{
    for (size_t i = 0; i < s->n_notes; i++)
        if (strstr(s->notes[i], part))
            return true;
    return false;
}

static void odd_networks_are_allowed_with_a_note(void **state)
{
    static const struct {
        const char *options, *part;
    } rows[] = {{"L=[1,2,1;3,4,1] m=[1]", "2 components: lambda2 = 0"},
                {"L=[1,2,2;2,3,2;1,3,-0.5] m=[1]", "some weights are negative; no eigenvalue of L is"},
                {"L=[1,2,1] m=[1] d=[0]", "no restoring force"},
                {"L=[1,2,1] m=[1] d=[0.5,-0.1]", "the network is stable"},
                {"L=[1,2,1] m=[1] d=[0.1,-0.5]", "the network is unstable"}};
    ory_run *r;
    ory_stop stop;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ory_system *s = case_system("dyn.swing", rows[i].options);

        if (!noted(s, rows[i].part))
            fail_msg("%s: no note \"%s\" but \"%s\"", rows[i].options, rows[i].part, s->notes[0]);
        ory_system_unref(s);
    }
    r = swing_run("L=[1,2,1] m=[1] d=[0]");
    assert_true(isnan(case_read(r, "steady")));
    ory_run_free(r);
    r = swing_run("L=[1,2,1;3,4,1] m=[1] freq=0.01");
    assert_true(case_read(r, "lam2") == 0 && isnan(case_read(r, "bound")) && case_read(r, "incoherence") > 0);
    ory_run_free(r);
    r = swing_run("L=[1,2,1] m=[1] d=[0.1,-5] frame=0.5");
    assert_int_equal(ory_run_step(r, 10000, &stop, &err), ORY_OK);
    assert_int_equal(stop.reason, ORY_STOP_DIVERGED);
    if (!strstr(stop.text, "unstable: |y[2]| = ") || !strstr(stop.text, "at t = "))
        fail_msg("%s", stop.text);
    ory_run_free(r);
    r = swing_run("");
    assert_int_equal(ory_run_set_num(r, "ki", 0, &err), ORY_EINVAL); /* kp is 0 */
    case_step(r, 5);
    ory_run_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_is_that_of_a_plain_integrator),
        cmocka_unit_test(three_nodes_after_a_step),
        cmocka_unit_test(knobs_turn_the_pointwise_bound),
        cmocka_unit_test(the_peak_moves_away_but_never_beyond_the_norm_bound),
        cmocka_unit_test(the_bound_applies_up_to_where_the_curve_says),
        cmocka_unit_test(answers_are_those_of_lasting_sines),
        cmocka_unit_test(gaps_of_the_mixed_network),
        cmocka_unit_test(five_generators_dip_and_settle),
        cmocka_unit_test(the_published_figure_of_iceland),
        cmocka_unit_test(slow_disturbances_find_the_network_coherent),
        cmocka_unit_test(exact_steps_equal_runge_kutta),
        cmocka_unit_test(large_networks_are_stepped_on_the_sparse_laplacian),
        cmocka_unit_test(one_edge_and_one_node_have_knobs_of_their_own),
        cmocka_unit_test(a_tie_renews_the_spectrum_of_a_large_network),
        cmocka_unit_test(kicks_superpose),
        cmocka_unit_test(outputs_set_by_hand_suspend_what_no_longer_holds),
        cmocka_unit_test(a_swing_node_is_one_of_the_rational_ones),
        cmocka_unit_test(rational_nodes_have_their_closed_forms),
        cmocka_unit_test(rational_nodes_answer_a_sine_as_t_says),
        cmocka_unit_test(rational_impulses_are_derivatives_of_steps),
        cmocka_unit_test(more_numerators_than_are_multiplied_out),
        cmocka_unit_test(a_late_start_is_the_same_run_later),
        cmocka_unit_test(integrators_reach_consensus),
        cmocka_unit_test(the_icelandic_grid_by_its_table),
        cmocka_unit_test(the_icelandic_grid_over_frequency),
        cmocka_unit_test(the_reduced_laplacian_of_iceland),
        cmocka_unit_test(no_gap_exceeds_its_certificate),
        cmocka_unit_test(bad_inputs_get_one_sentence),
        cmocka_unit_test(odd_networks_are_allowed_with_a_note),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
