/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_nadir.c - the modal responses, the table, its refinement and the certified search
 * against matrix exponentials, vertex enumeration, simulation and published figures. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "algo/graph.h"
#include "algo/nadir.h"
#include "algo/roots.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "core/rng.h"
#include "io/grid.h"

static ory_error err;

static void assert_close(double a, double b, double tol)
{
    if (!(fabs(a - b) <= tol * fmax(1e-300, fabs(b))))
        fail_msg("%.15g is not %.15g within %g", a, b, tol);
}

static void assert_at(double a, double b, double tol)
{
    if (!(fabs(a - b) <= tol))
        fail_msg("%.15g is not %.15g within %g", a, b, tol);
}

static const ory_nadir_task usual = {.rho = 0.5, .ball = ORY_BALL_2, .beta = 1, .inertia = 1,
                                     .damping = 1, .dt = 0.01, .N = 100, .refine = true,
                                     .tail = true};

/* ------------------------------------------------------------------- test networks */

typedef struct net {
    size_t n;
    ory_mat LB;
    double m[400], d[400];
} net;

static net *random_net(size_t n, uint64_t seed, double strength)
{
    net *w = ory_alloc(1, sizeof *w);
    ory_graph g;
    ory_rng rng;
    size_t i, e;

    w->n = n;
    ory_rng_init(&rng, seed, 0);
    assert_int_equal(ory_graph_complete(&g, n, 1, &err), ORY_OK);
    for (e = 0; e < g.m; e++)
        g.edge[e].w = strength * ory_rng_uniform(&rng);
    assert_int_equal(ory_mat_new(&w->LB, n, n, &err), ORY_OK);
    ory_graph_laplacian(&g, &w->LB);
    ory_graph_fini(&g);
    for (i = 0; i < n; i++) {
        w->m[i] = 0.5 + 6 * ory_rng_uniform(&rng);
        w->d[i] = 3.1 * w->m[i];
    }
    return w;
}

static void free_net(net *w)
{
    ory_mat_free(&w->LB);
    ory_free(w);
}

static ory_nadir_net modal(const net *w)
{
    ory_nadir_net out;

    assert_int_equal(ory_nadir_net_init(&out, &w->LB, w->m, w->d, false, 1000, &err), ORY_OK);
    return out;
}

/* Tables by the modal path and, for ANY units, by the matrix exponential; each n x N. */
static double *table_of(ory_nadir_net *m, const ory_nadir_task *task)
{
    double *F = ory_alloc(m->n * task->N, sizeof *F);

    assert_int_equal(ory_nadir_table(m, task, F, &err), ORY_OK);
    return F;
}

/* --------------------------------------------------------------------------- modes */

/* [eta, y, 1]: the 3 x 3 exponential of one mode under a unit step. */
static void mode_by_exponential(const ory_mode *k, double t, double *h, double *hp)
{
    double a[9] = {0, 1, 0, -k->lam / k->m, -k->d / k->m, 1 / k->m, 0, 0, 0}, e[9];
    ory_mat A = ory_mat_view(a, 3, 3), E = ory_mat_view(e, 3, 3);
    int i;

    for (i = 0; i < 9; i++)
        a[i] *= t;
    assert_int_equal(ory_expm(&A, &E, &err), ORY_OK);
    *h = e[5];
    *hp = (1 - k->d * e[5] - k->lam * e[2]) / k->m;
}

static void responses_equal_the_matrix_exponential(void **state)
{
    const double lams[] = {0, 0.3, 1.99, 2, 2.01, 40, 4e4};
    size_t i;
    int j;

    (void)state;
    for (i = 0; i < sizeof lams / sizeof *lams; i++)
        for (j = 0; j <= 25; j++) {
            ory_mode k = {2, 4, lams[i]};
            double t = 0.2 * j, h, hp, want, slope;

            mode_by_exponential(&k, t, &want, &slope);
            h = ory_mode_response(&k, t, &hp);
            assert_at(h, want, 1e-12);
            assert_at(hp, slope, 1e-9); /* the slope of the oracle loses digits to lam eta */
        }
}

/* m h' + d h + lam * integral = 1, the integral by Simpson's rule. */
static void responses_satisfy_their_equation(void **state)
{
    const double lams[] = {0, 0.02, 0.7, 1.1, 9};
    size_t i, s;

    (void)state;
    for (i = 0; i < 5; i++) {
        ory_mode k = {0.731, 1.9, lams[i]};
        double t = 2.385, sum = 0, step = t / 2000, hp, h = ory_mode_response(&k, t, &hp);

        for (s = 0; s <= 2000; s++)
            sum += ory_mode_response(&k, step * (double)s, NULL) *
                   (s == 0 || s == 2000 ? 1 : s % 2 ? 4 : 2);
        assert_at(k.m * hp + k.d * h + k.lam * sum * step / 3, 1, 1e-11);
    }
}

static void bounds_of_modes_hold_and_are_not_idle(void **state)
{
    ory_rng rng;
    int trial, j;

    (void)state;
    ory_rng_init(&rng, 3, 0);
    for (trial = 0; trial < 400; trial++) {
        ory_mode k = {exp(ory_rng_normal(&rng)), exp(ory_rng_normal(&rng)),
                      trial % 7 ? exp(3 * ory_rng_normal(&rng)) : 0};
        double T = trial % 3 ? 3 * ory_rng_uniform(&rng) : 0, step, sup, bend, most = 0;

        if (trial % 5 == 0)
            k.lam = k.d * k.d / (4 * k.m) * (1 + 1e-3 * ory_rng_normal(&rng));
        sup = ory_mode_sup(&k, T);
        bend = ory_mode_curvature(&k, T);
        step = 20 / (k.d / k.m + sqrt(k.lam / k.m)) / 4000;
        for (j = 0; j < 4000; j++) {
            double t = T + step * j, hp0, hp1, h = ory_mode_response(&k, t, &hp0);

            ory_mode_response(&k, t + 1e-4 * step, &hp1);
            assert_true(fabs(h) <= sup * (1 + 1e-12));
            assert_true(fabs(hp1 - hp0) / (1e-4 * step) <= bend * (1 + 1e-5) + 1e-7 / (step * k.m));
            most = fmax(most, fabs(h));
        }
        assert_true(sup <= 40 * most);
    }
}

/* Case 5: kicks, frames of any length, superposed closed forms. */
static void live_steps_superpose(void **state)
{
    const double lams[] = {0, 0.4, 1.2, 7, 900};
    size_t i;
    int j;

    (void)state;
    for (i = 0; i < 5; i++) {
        ory_mode k = {1.7, 2.9, lams[i]};
        double eta = 0, y = 0, t = 0, want;

        for (j = 0; j < 40; j++) {
            ory_mode_step(&k, 0.05, j < 13 ? 0.731 : -1.385, &eta, &y);
            t += 0.05;
            want = 0.731 * ory_mode_response(&k, t, NULL);
            if (j >= 13)
                want += (-1.385 - 0.731) * ory_mode_response(&k, t - 13 * 0.05, NULL);
            assert_at(y, want, 1e-12);
        }
    }
}

/* Case 11: stiff pair. Modal stepping is exact where explicit steps of this size diverge. */
static void stiff_modes_are_stepped_exactly(void **state)
{
    ory_mode k = {2, 4, 2e6};
    double eta = 0, y = 0;
    int j;

    (void)state;
    for (j = 1; j <= 300; j++) {
        ory_mode_step(&k, 0.01, 1, &eta, &y);
        assert_at(y, ory_mode_response(&k, 0.01 * j, NULL), 1e-11);
    }
}

/* -------------------------------------------------------------------------- maximum */

static int evaluations;

static double bump(double x, void *ctx)
{
    double c = *(double *)ctx;

    evaluations++;
    return exp(-(x - c) * (x - c)) * (1 + 0.2 * x);
}

static double kinked(double x, void *ctx)
{
    (void)ctx;
    evaluations++;
    return -fabs(x - 0.2385);
}

static double rising(double x, void *ctx)
{
    (void)ctx;
    return x * x;
}

/* Smooth in few steps; kinks and edges too. */
static void maxima_are_found_in_few_steps(void **state)
{
    double c = 0.731, f, x;

    (void)state;
    evaluations = 0;
    x = ory_maximise(bump, &c, -0.4, 2.1, 1e-8, &f);
    assert_at(-2 * (x - c) * (1 + 0.2 * x) + 0.2, 0, 1e-6); /* where the slope is zero */
    assert_close(f, bump(x, &c), 1e-15);
    assert_true(evaluations <= 18); /* golden section alone: 41 */
    evaluations = 0;
    x = ory_maximise(kinked, NULL, -1, 1, 1e-9, &f);
    assert_at(x, 0.2385, 4e-9);
    assert_true(evaluations <= 101);
    x = ory_maximise(rising, NULL, 0.1, 0.7, 1e-7, &f);
    assert_at(x, 0.7, 1e-6);
}

/* --------------------------------------------------------------------------- table */

/* Case 1 and 9: the general path, vertices, symmetry. */
static void the_table_equals_the_general_path_and_all_vertices(void **state)
{
    const size_t sizes[] = {2, 3, 5, 7};
    size_t s, i, j, b, v, c;

    (void)state;
    for (s = 0; s < 4; s++) {
        net *w = random_net(sizes[s], 11 + s, 40);
        ory_nadir_net m = modal(w);
        size_t n = w->n;
        double *S = ory_alloc(n * n, sizeof *S);

        for (b = 0; b < 3; b++) {
            ory_nadir_task task = usual;
            ory_nadir_units units = {&w->LB, w->m, w->d, NULL, 0};
            double *F, *G;

            task.ball = (ory_ball)b;
            task.dt = 0.037;
            task.N = 20;
            F = table_of(&m, &task);
            G = ory_alloc(n * task.N, sizeof *G);
            assert_int_equal(ory_nadir_general(&units, &task, G, S, &err), ORY_OK);
            for (i = 0; i < n * task.N; i++)
                assert_close(F[i], G[i], 1e-10);
            for (i = 0; i < n; i++) {
                double most = 0;

                for (v = 0; b == ORY_BALL_INF && v < (size_t)1 << n; v++) {
                    double sum = 0;

                    for (c = 0; c < n; c++)
                        sum += (v >> c & 1 ? task.rho : -task.rho) * S[i * n + c];
                    most = fmax(most, fabs(sum));
                }
                for (c = 0; b == ORY_BALL_1 && c < n; c++)
                    most = fmax(most, task.rho * fabs(S[i * n + c]));
                if (b != ORY_BALL_2)
                    assert_close(F[i * task.N + task.N - 1], most, 1e-10);
                for (j = 0; j < n; j++)
                    assert_at(S[i * n + j], S[j * n + i], 1e-13);
            }
            ory_free(F);
            ory_free(G);
        }
        ory_free(S);
        ory_nadir_net_fini(&m);
        free_net(w);
    }
}

/* Case 2: u* has norm rho and its simulation falls to -nadir; no random u does worse. */
static void the_worst_disturbance_is_worst(void **state)
{
    net *w = random_net(7, 5, 25);
    ory_nadir_net m = modal(w);
    double x[7], u[7], v[7];
    ory_rng rng;
    size_t b, j, k;
    int trial;

    (void)state;
    ory_rng_init(&rng, 4, 0);
    for (b = 0; b < 3; b++) {
        ory_nadir_task task = usual;
        ory_nadir_bus bus[7];
        ory_nadir_result r;
        double *F, drop = 0, norm = 0, most = 0, sum = 0;

        task.ball = (ory_ball)b;
        F = table_of(&m, &task);
        assert_int_equal(ory_nadir_buses(&m, &task, F, false, bus, &r, &err), ORY_OK);
        ory_nadir_row(&m, &task, r.bus, r.t, x);
        ory_nadir_worst(&task, x, 7, u);
        for (k = 0; k < 7; k++) { /* simulate mode by mode */
            ory_mode mode = ory_nadir_mode(&m, &task, k);
            double alpha = 0, eta = 0, y = 0;

            for (j = 0; j < 7; j++)
                alpha += m.P[j * 7 + k] * u[j];
            ory_mode_step(&mode, 0.4 * r.t, alpha, &eta, &y);
            ory_mode_step(&mode, 0.6 * r.t, alpha, &eta, &y);
            drop += m.P[r.bus * 7 + k] * y;
        }
        assert_at(drop, -r.nadir, 1e-12);
        for (j = 0; j < 7; j++) {
            norm += u[j] * u[j];
            most = fmax(most, fabs(u[j]));
            sum += fabs(u[j]);
        }
        assert_close(b == 0 ? sqrt(norm) : b == 1 ? most : sum, task.rho, 1e-12);
        for (trial = 0; trial < 200; trial++) {
            double size = 0, value = 0;

            for (j = 0; j < 7; j++) {
                v[j] = ory_rng_normal(&rng);
                size = b == 0 ? size + v[j] * v[j] : b == 1 ? fmax(size, fabs(v[j])) : size + fabs(v[j]);
            }
            size = b == 0 ? sqrt(size) : size;
            for (j = 0; j < 7; j++)
                value += x[j] * v[j] / size * task.rho;
            assert_true(fabs(value) <= r.nadir);
        }
        ory_free(F);
    }
    ory_nadir_net_fini(&m);
    free_net(w);
}

/* Cases 3, 8, 10 and 13. */
static void the_table_scales_orders_and_nests(void **state)
{
    net *w = random_net(6, 9, 15);
    ory_nadir_net m = modal(w);
    ory_nadir_task task = usual, fine = usual;
    ory_nadir_bus bus[6];
    ory_nadir_result one, three, half;
    double *F[3], *G;
    size_t i, b, n = 6;

    (void)state;
    for (b = 0; b < 3; b++) {
        task.ball = (ory_ball)b;
        F[b] = table_of(&m, &task);
    }
    for (i = 0; i < n * task.N; i++) {
        assert_true(F[2][i] <= F[0][i] * (1 + 1e-14) && F[0][i] <= F[1][i] * (1 + 1e-14));
        assert_true(F[1][i] <= sqrt(6) * F[0][i] * (1 + 1e-14));
        assert_true(F[0][i] <= sqrt(6) * F[2][i] * (1 + 1e-14));
    }
    task.ball = ORY_BALL_2;
    assert_int_equal(ory_nadir_buses(&m, &task, F[0], true, bus, &one, &err), ORY_OK);
    for (i = 0; i < n; i++)
        assert_true(bus[i].nadir >= bus[i].grid);
    task.rho = 1.5;
    G = table_of(&m, &task);
    assert_int_equal(ory_nadir_buses(&m, &task, G, false, bus, &three, &err), ORY_OK);
    assert_close(three.nadir, 3 * one.nadir, 1e-12);
    assert_int_equal(three.bus, one.bus);
    assert_at(three.t, one.t, 1e-6);
    ory_free(G);
    fine.dt = 0.001;
    fine.N = 1000;
    G = table_of(&m, &fine);
    assert_int_equal(ory_nadir_buses(&m, &fine, G, false, bus, &half, &err), ORY_OK);
    for (i = 0; i < n; i++)
        assert_true(bus[i].grid <= one.interval);
    assert_true(half.nadir >= one.nadir * (1 - 1e-9));
    ory_free(G);
    for (b = 0; b < 3; b++)
        ory_free(F[b]);
    ory_nadir_net_fini(&m);
    free_net(w);
}

/* Equal units: the short table against single rows, which use the general formula. */
static void equal_units_have_the_same_table(void **state)
{
    net *w = random_net(9, 2, 30);
    ory_nadir_net m;
    ory_nadir_task task = usual;
    double *F;
    size_t i, j;

    (void)state;
    for (i = 0; i < 9; i++) {
        w->m[i] = 4.38;
        w->d[i] = 16;
    }
    m = modal(w);
    F = table_of(&m, &task);
    for (i = 0; i < 9; i++)
        for (j = 0; j < task.N; j++)
            assert_close(F[i * task.N + j], ory_nadir_value(&m, &task, i, 0.01 * (double)(j + 1)),
                         1e-13);
    ory_free(F);
    ory_nadir_net_fini(&m);
    free_net(w);
}

/* Case 4: the centre of inertia never moves more than the worst bus. */
static void the_centre_moves_less_than_the_worst_bus(void **state)
{
    net *w = random_net(5, 31, 12);
    ory_nadir_net m = modal(w);
    ory_nadir_task task = usual;
    ory_nadir_bus bus[5];
    ory_nadir_result r;
    double *F = table_of(&m, &task), sum = 0, coi, T = 0.01 * 100;
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++)
        sum += w->d[i];
    coi = task.rho * sqrt(5) * -expm1(-m.d * T / m.m) / sum;
    assert_int_equal(ory_nadir_buses(&m, &task, F, false, bus, &r, &err), ORY_OK);
    assert_true(coi <= r.nadir);
    assert_true(coi > 0.05 * r.nadir);
    ory_free(F);
    ory_nadir_net_fini(&m);
    free_net(w);
}

/* Case 7: strongly tied equal units reach rho/(d sqrt n) in the limit; unconnected ones
 * rho/d. */
static void the_limit_is_found_where_it_is_largest(void **state)
{
    double m4[] = {1.7, 1.7, 1.7, 1.7}, d4[] = {2.9, 2.9, 2.9, 2.9}, x[4], u[4];
    ory_mat LB;
    ory_graph g;
    ory_nadir_net m;
    ory_nadir_bus bus[4];
    ory_nadir_result r;
    ory_nadir_search_result s;
    ory_nadir_task task = usual;
    double *F;
    size_t i;

    (void)state;
    assert_int_equal(ory_graph_ring(&g, 4, 40, &err), ORY_OK);
    assert_int_equal(ory_mat_new(&LB, 4, 4, &err), ORY_OK);
    ory_graph_laplacian(&g, &LB);
    assert_int_equal(ory_nadir_net_init(&m, &LB, m4, d4, false, 1000, &err), ORY_OK);
    assert_true(m.lam[1] >= (4 - 0.75) * 2.9 * 2.9 / 1.7); /* the theorem applies */
    F = table_of(&m, &task);
    assert_int_equal(ory_nadir_buses(&m, &task, F, false, bus, &r, &err), ORY_OK);
    assert_int_equal(r.kind, ORY_NADIR_INFINITY);
    assert_close(r.nadir, 0.5 / (2.9 * 2), 1e-13);
    ory_nadir_row(&m, &task, r.bus, r.t, x);
    ory_nadir_worst(&task, x, 4, u);
    for (i = 0; i < 4; i++)
        assert_close(u[i], -0.25, 1e-12);
    assert_int_equal(ory_nadir_search(&m, &task, 1e-6, &s, &err), ORY_OK);
    assert_close(s.nadir, 0.5 / (2.9 * 2), 1e-13);
    assert_int_equal(s.kind, ORY_NADIR_INFINITY);
    assert_true(s.upper <= s.nadir * (1 + 1e-6));
    ory_free(F);
    ory_nadir_net_fini(&m);
    memset(LB.data, 0, 16 * sizeof(double));
    assert_int_equal(ory_nadir_net_init(&m, &LB, m4, d4, false, 1000, &err), ORY_OK);
    assert_int_equal(m.islands, 4);
    assert_int_equal(ory_nadir_search(&m, &task, 1e-6, &s, &err), ORY_OK);
    assert_close(s.nadir, 0.5 / 2.9, 1e-13);
    ory_nadir_net_fini(&m);
    ory_mat_free(&LB);
    ory_graph_fini(&g);
}

/* One step of a mode with turbine against the exponential of its augmented matrix, also
 * where the mode is stiff and where the frame is long. */
static void turbine_steps_equal_the_matrix_exponential(void **state)
{
    static const struct {
        ory_mode k;
        double c, tau, dt, tol;
    } rows[] = {{{2, 4, 0}, 7.3, 2.3, 0.31, 1e-13}, {{2, 4, 0.3}, 7.3, 0.05, 1.7, 1e-12},
                {{0.731, 1.9, 40}, 20, 5, 2.385, 1e-12}, {{2, 4, 2}, 1e-3, 11, 40, 1e-12},
                {{2, 4, 4e4}, 9, 5, 0.01, 1e-12}, {{2, 4, 2e6}, 9, 5, 1.3, 1e-10}};
    size_t r;
    int i, j;

    (void)state;
    for (r = 0; r < sizeof rows / sizeof *rows; r++) {
        const ory_mode *k = &rows[r].k;
        double t = rows[r].dt, g = fmax(1, sqrt(k->lam / k->m)), a[16] = {0}, e[16], E[12];
        double scale[4] = {1 / g, 1, 1, 1}; /* the oracle too needs a balanced matrix */
        ory_mat A = ory_mat_view(a, 4, 4), X = ory_mat_view(e, 4, 4);

        a[1] = t * g;
        a[4] = -t * k->lam / k->m / g;
        a[5] = -t * k->d / k->m;
        a[6] = a[7] = t / k->m;
        a[9] = -t * rows[r].c / rows[r].tau;
        a[10] = -t / rows[r].tau;
        assert_int_equal(ory_expm(&A, &X, &err), ORY_OK);
        ory_mode_turbine(k, rows[r].c, rows[r].tau, t, E);
        for (i = 0; i < 3; i++)
            for (j = 0; j < 4; j++)
                assert_at(E[4 * i + j] * scale[j] / scale[i], e[4 * i + j], rows[r].tol * (1 + t));
    }
}

/* Case 15: modes with a turbine against the general path with 3n states. */
static void turbine_modes_equal_the_general_path(void **state)
{
    net *w = random_net(4, 77, 20);
    ory_nadir_net m = modal(w);
    ory_nadir_task task = usual;
    double S[16], rinv[4], tau = 2.3, *F, G[28], x[4], sum = 0;
    ory_nadir_units units = {&w->LB, w->m, w->d, rinv, tau};
    ory_nadir_search_result s;
    size_t i, j, b;

    (void)state;
    task.dt = 0.13;
    task.N = 7;
    task.beta = 1.3;
    task.inertia = 0.7;
    task.damping = 1.9;
    for (i = 0; i < 4; i++) {
        rinv[i] = m.r[i] * 1.9 * m.d;
        sum += rinv[i] + w->d[i] * task.damping;
    }
    assert_int_equal(ory_nadir_net_turbines(&m, rinv, tau, false, &err), ORY_OK);
    for (b = 0; b < 3; b++) {
        task.ball = (ory_ball)b;
        assert_int_equal(ory_nadir_general(&units, &task, G, S, &err), ORY_OK);
        F = table_of(&m, &task);
        for (i = 0; i < 28; i++)
            assert_at(F[i], G[i], 1e-11);
        ory_free(F);
    }
    for (i = 0; i < 4; i++) {
        ory_nadir_row(&m, &task, i, task.dt * (double)task.N, x);
        for (j = 0; j < 4; j++)
            assert_at(x[j], S[i * 4 + j], 1e-11);
        ory_nadir_row(&m, &task, i, INFINITY, x);
        for (j = 0; j < 4; j++)
            assert_close(x[j], 1 / sum, 1e-12);
    }
    assert_int_equal(ory_nadir_search(&m, &task, 1e-6, &s, &err), ORY_EUNDEF);
    rinv[2] *= 1.01;
    assert_int_equal(ory_nadir_net_turbines(&m, rinv, tau, false, &err), ORY_EINVAL);
    assert_non_null(strstr(err.text, "turbines are not proportional: rinv/m lies between"));
    assert_int_equal(ory_nadir_net_turbines(&m, rinv, tau, true, &err), ORY_OK);
    rinv[2] = -1;
    assert_int_equal(ory_nadir_net_turbines(&m, rinv, tau, true, &err), ORY_EINVAL);
    assert_string_equal(err.text, "inverse droop rinv[3] = -1 (must be finite and >= 0)");
    ory_nadir_net_fini(&m);
    free_net(w);
}

/* Case 14, in multiply-adds, which do not depend on the machine: n = 500 and 1000. */
static void work_grows_as_promised(void **state)
{
    double madds[2][2];
    size_t s, kind, i;

    (void)state;
    for (s = 0; s < 2; s++)
        for (kind = 0; kind < 2; kind++) {
            size_t n = s ? 1000 : 500;
            double *units = ory_alloc(2 * n, sizeof *units), *F;
            ory_nadir_task task = usual;
            ory_graph g;
            ory_mat LB;
            ory_nadir_net m;

            task.N = 1;
            for (i = 0; i < n; i++) {
                units[i] = kind ? 5 : 5 + sin((double)i);
                units[n + i] = 2 * units[i];
            }
            assert_int_equal(ory_graph_ring(&g, n, 900, &err), ORY_OK);
            assert_int_equal(ory_mat_new(&LB, n, n, &err), ORY_OK);
            ory_graph_laplacian(&g, &LB);
            assert_int_equal(ory_nadir_net_init(&m, &LB, units, units + n, false, 1, &err), ORY_OK);
            F = table_of(&m, &task);
            madds[s][kind] = m.madds;
            ory_free(F);
            ory_free(units);
            ory_nadir_net_fini(&m);
            ory_mat_free(&LB);
            ory_graph_fini(&g);
        }
    assert_true(madds[0][0] <= 0.51 * 500.0 * 500.0 * 500.0);
    assert_true(madds[1][0] / madds[0][0] >= 6 && madds[1][0] / madds[0][0] <= 10);
    assert_true(madds[1][1] / madds[0][1] <= 5);
}

/* Case 9: H(t)/t tends to diag(1/m_i). */
static void early_responses_are_inertial(void **state)
{
    net *w = random_net(5, 6, 10);
    ory_nadir_net m = modal(w);
    double x[5], t = 1e-7;
    size_t i, j;

    (void)state;
    for (i = 0; i < 5; i++) {
        ory_nadir_row(&m, &usual, i, t, x);
        for (j = 0; j < 5; j++)
            assert_at(x[j] / t, i == j ? 1 / w->m[i] : 0, 1e-5);
    }
    ory_nadir_net_fini(&m);
    free_net(w);
}

/* ----------------------------------------------------------------- published figures */

/* LB = 2 pi f0 L, m of the table, d = kappa m with kappa = 16/4.38. */
static net *grid_net(const char *name, double f0)
{
    net *w = ory_alloc(1, sizeof *w);
    ory_grid g;
    size_t i;

    assert_int_equal(ory_grid_load(name, ORY_GRID_LINEARIZED, false, f0, &g, &err), ORY_OK);
    w->n = g.n;
    for (i = 0; i < g.n; i++) {
        w->m[i] = g.m[i];
        w->d[i] = 16 / 4.38 * g.m[i];
    }
    w->LB = g.L;
    memset(&g.L, 0, sizeof g.L);
    for (i = 0; i < g.n * g.n; i++)
        w->LB.data[i] *= 2 * M_PI * f0;
    ory_grid_fini(&g);
    return w;
}

/* The 50-machine system with the one inertia that reproduces the publication. */
static net *ieee145(void)
{
    net *w = grid_net("ieee145", 50);

    w->m[12] *= 4;
    w->d[12] *= 4;
    return w;
}

static void check_buses(const net *w, const ory_nadir_task *task, size_t bus, double grid_t, double grid,
                        double t, double value, double digits)
{
    ory_nadir_net m = modal(w);
    ory_nadir_bus *all = ory_alloc(w->n, sizeof *all);
    ory_nadir_search_result s;
    ory_nadir_result r;
    double *F = table_of(&m, task);
    size_t best = 0, i;

    assert_int_equal(ory_nadir_buses(&m, task, F, false, all, &r, &err), ORY_OK);
    for (i = 1; i < w->n; i++)
        if (all[i].grid > all[best].grid)
            best = i;
    assert_int_equal(r.bus + 1, bus);
    assert_close(r.nadir, value, digits);
    assert_at(r.t, t, 2e-6);
    if (grid > 0) {
        assert_int_equal(best + 1, bus);
        assert_at(all[best].grid_t, grid_t, 1e-12);
        assert_close(all[best].grid, grid, digits);
    }
    assert_int_equal(ory_nadir_search(&m, task, 1e-6, &s, &err), ORY_OK);
    assert_int_equal(s.bus + 1, bus);
    assert_close(s.nadir, r.nadir, 1e-9);
    assert_true(s.upper <= s.nadir * (1 + 1e-6) && s.upper >= s.nadir);
    ory_free(F);
    ory_free(all);
    ory_nadir_net_fini(&m);
}

/* Section 9(b). */
static void fifty_machines_as_published(void **state)
{
    net *w = ieee145();
    ory_nadir_task task = usual;
    ory_nadir_bus all[50];
    ory_nadir_result r;
    ory_nadir_net m = modal(w);
    double *F, x[50], u[50];

    (void)state;
    assert_close(m.m, 559.6878, 1e-7);
    assert_close(m.d, 2044.5216, 1e-7);
    check_buses(w, &task, 17, 0.10, 0.006592534, 0.097750, 0.0065962265, 1e-7);
    task.ball = ORY_BALL_INF;
    check_buses(w, &task, 13, 0.18, 0.007733760, 0.178271, 0.0077342884, 1e-7);
    task.ball = ORY_BALL_1;
    check_buses(w, &task, 17, 0.10, 0.006586930, 0.097606, 0.0065911265, 1e-7);

    task.ball = ORY_BALL_2;
    F = table_of(&m, &task);
    assert_int_equal(ory_nadir_buses(&m, &task, F, true, all, &r, &err), ORY_OK);
    assert_at(all[12].nadir, 0.0060241, 5e-8);
    assert_at(all[13].nadir, 0.0054351, 5e-8);
    assert_at(all[9].nadir, 0.0048606, 5e-8);
    assert_at(all[25].nadir, 0.0047703, 5e-8);
    assert_at(r.interval, 0.0066218, 5e-8);
    assert_at(r.tail, 0.001927, 5e-7);
    ory_nadir_row(&m, &task, r.bus, r.t, x);
    ory_nadir_worst(&task, x, 50, u);
    assert_at(u[16], -0.499612, 5e-7);
    assert_at(u[13], -0.019344, 5e-7);
    ory_free(F);
    ory_nadir_net_fini(&m);
    free_net(w);
    w = grid_net("ieee145", 50);
    check_buses(w, &task, 13, 0, 0, 0.069336, 0.0133775, 4e-6); /* published 0.06934 */
    free_net(w);
}

/* Sections 9(c) and 9(d). */
static void other_systems_as_computed(void **state)
{
    static const struct {
        const char *name;
        double f0;
        size_t node;
        double value, t;
    } rows[] = {{"newengland39", 60, 5, 0.0006393815, 0.131207},
                {"npcc140", 60, 45, 0.0023869997, 0.055895},
                {"wecc179", 60, 14, 0.0017976348, 0.105896},
                {"iceland189", 60, 35, 0.0574918382, 0.060564}};
    net *w;
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        w = grid_net(rows[i].name, rows[i].f0);
        check_buses(w, &usual, rows[i].node, 0, 0, rows[i].t, rows[i].value, 1e-7);
        free_net(w);
    }
    w = grid_net("gb2224", 50);
    check_buses(w, &usual, 322, 0.28, 0.009684898, 0.284332, 0.0096866845, 1e-6);
    free_net(w);
}

/* Section 9(e). */
static void connectivity_sweep_as_computed(void **state)
{
    static const struct {
        double beta, value;
    } rows[] = {{0, 2.445559839e-4}, {0.01, 2.431565662e-4}, {0.1, 2.359295112e-4},
                {1, 2.055526242e-4}, {10, 1.371386258e-4}, {100, 6.510696080e-5},
                {1005, 3.458543891e-5}};
    net *w = ieee145();
    ory_nadir_task task = usual;
    ory_nadir_bus all[50];
    ory_nadir_search_result s;
    ory_nadir_result r;
    size_t i;
    double mean = 559.6877976;
    ory_nadir_net m;

    (void)state;
    for (i = 0; i < 50; i++) {
        w->m[i] = mean;
        w->d[i] = 16 / 4.38 * mean;
    }
    m = modal(w);
    task.dt = 0.005;
    task.N = 1000;
    for (i = 0; i < 7; i++) {
        double *F;

        task.beta = rows[i].beta;
        F = table_of(&m, &task);
        assert_int_equal(ory_nadir_buses(&m, &task, F, false, all, &r, &err), ORY_OK);
        assert_close(r.nadir, rows[i].value, 1e-9);
        if (i > 0 && i < 6)
            assert_int_equal(r.bus + 1, 13);
        if (rows[i].beta == 1)
            assert_at(r.t, 0.748642, 2e-6);
        if (i == 6)
            assert_int_equal(r.kind, ORY_NADIR_INFINITY);
        assert_int_equal(ory_nadir_search(&m, &task, 1e-6, &s, &err), ORY_OK);
        assert_close(s.nadir, rows[i].value, 1e-9);
        assert_true(s.upper <= s.nadir * (1 + 1e-6));
        ory_free(F);
    }
    ory_nadir_net_fini(&m);
    free_net(w);
}

/* ------------------------------------------------------------------- certified search */

/* The search against a grid so fine that its own certificate is below the tolerance. */
static void the_search_equals_a_fine_table_for_all_balls(void **state)
{
    size_t trial, b;

    (void)state;
    for (trial = 0; trial < 12; trial++) {
        net *w = random_net(3 + trial, 100 + trial, trial % 3 ? 3 : 60);
        ory_nadir_net m = modal(w);

        for (b = 0; b < 3; b++) {
            ory_nadir_task task = usual;
            ory_nadir_search_result s;
            ory_nadir_bus *all = ory_alloc(w->n, sizeof *all);
            ory_nadir_result r;
            double *F;

            task.ball = (ory_ball)b;
            task.N = 1000;
            task.dt = 0.005;
            F = table_of(&m, &task);
            assert_int_equal(ory_nadir_buses(&m, &task, F, false, all, &r, &err), ORY_OK);
            assert_int_equal(ory_nadir_search(&m, &task, 1e-7, &s, &err), ORY_OK);
            assert_close(s.nadir, r.nadir, 1e-9);
            assert_true(s.upper <= s.nadir * (1 + 1e-7));
            if (r.kind == ORY_NADIR_INTERIOR)
                assert_int_equal(s.bus, r.bus);
            ory_free(all);
            ory_free(F);
        }
        ory_nadir_net_fini(&m);
        free_net(w);
    }
}

/* Loose tolerances stop the search before it has the maximum: what it proves must still lie
 * above the supremum, which a tight search tells. Networks from hardly tied (no mode swings)
 * to stiff; that the search did stop short somewhere shows that this is put to the test. */
static void loose_searches_prove_true_bounds(void **state)
{
    const double strengths[] = {0.02, 0.3, 2, 60}, tols[] = {0.5, 0.1, 0.01};
    size_t trial, b, k, s;
    int stopped_short = 0;

    (void)state;
    for (trial = 0; trial < 10; trial++)
        for (s = 0; s < 4; s++) {
            net *w = random_net(4 + 3 * trial, 300 + trial, strengths[s]);
            ory_nadir_net m = modal(w);

            for (b = 0; b < 3; b++) {
                ory_nadir_task task = usual;
                ory_nadir_search_result tight, loose;

                task.ball = (ory_ball)b;
                assert_int_equal(ory_nadir_search(&m, &task, 1e-9, &tight, &err), ORY_OK);
                for (k = 0; k < 3; k++) {
                    assert_int_equal(ory_nadir_search(&m, &task, tols[k], &loose, &err), ORY_OK);
                    assert_true(loose.upper >= tight.nadir * (1 - 1e-12));
                    assert_true(loose.upper <= loose.nadir * (1 + tols[k]));
                    stopped_short += loose.nadir < tight.nadir * (1 - 1e-6);
                }
            }
            ory_nadir_net_fini(&m);
            free_net(w);
        }
    assert_true(stopped_short >= 5);
}

/* ------------------------------------------------------------------------- bad input */

static void bad_networks_get_one_sentence(void **state)
{
    net *w = random_net(3, 1, 2);
    ory_nadir_net m;
    ory_nadir_search_result s;
    ory_nadir_task task = usual;
    double keep;

    (void)state;
    keep = w->m[1];
    w->m[1] = -0.5;
    assert_int_equal(ory_nadir_net_init(&m, &w->LB, w->m, w->d, false, 1000, &err), ORY_EINVAL);
    assert_string_equal(err.text, "inertia m[2] = -0.5 (must be finite and > 0)");
    w->m[1] = keep;
    keep = w->d[2];
    w->d[2] *= 1.5;
    assert_int_equal(ory_nadir_net_init(&m, &w->LB, w->m, w->d, false, 1000, &err), ORY_EINVAL);
    assert_non_null(strstr(err.text, "units are not proportional: d/m lies between 3.1 and 4.65"));
    assert_int_equal(ory_nadir_net_init(&m, &w->LB, w->m, w->d, true, 1000, &err), ORY_OK);
    ory_nadir_net_fini(&m);
    w->d[2] = keep;
    *ory_mat_at(&w->LB, 0, 1) += 0.1;
    assert_int_equal(ory_nadir_net_init(&m, &w->LB, w->m, w->d, false, 1000, &err), ORY_EINVAL);
    assert_non_null(strstr(err.text, "not symmetric"));
    *ory_mat_at(&w->LB, 0, 1) -= 0.1;
    for (size_t i = 0; i < 9; i++)
        w->LB.data[i] *= -1;
    assert_int_equal(ory_nadir_net_init(&m, &w->LB, w->m, w->d, false, 1000, &err), ORY_EINVAL);
    assert_non_null(strstr(err.text, "unstable"));
    for (size_t i = 0; i < 9; i++)
        w->LB.data[i] *= -1;
    m = modal(w);
    task.rho = 0;
    assert_int_equal(ory_nadir_search(&m, &task, 1e-6, &s, &err), ORY_OK);
    assert_true(s.nadir == 0 && s.upper == 0);
    ory_nadir_net_fini(&m);
    free_net(w);
}

static void one_unit_is_valid(void **state)
{
    double zero = 0, m1 = 1.7, d1 = 2.9;
    ory_mat LB = ory_mat_view(&zero, 1, 1);
    ory_nadir_search_result s;
    ory_nadir_net m;

    (void)state;
    assert_int_equal(ory_nadir_net_init(&m, &LB, &m1, &d1, false, 1000, &err), ORY_OK);
    assert_int_equal(ory_nadir_search(&m, &usual, 1e-6, &s, &err), ORY_OK);
    assert_close(s.nadir, 0.5 / 2.9, 1e-14);
    assert_int_equal(s.kind, ORY_NADIR_INFINITY);
    ory_nadir_net_fini(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(responses_equal_the_matrix_exponential),
        cmocka_unit_test(responses_satisfy_their_equation),
        cmocka_unit_test(bounds_of_modes_hold_and_are_not_idle),
        cmocka_unit_test(live_steps_superpose),
        cmocka_unit_test(stiff_modes_are_stepped_exactly),
        cmocka_unit_test(maxima_are_found_in_few_steps),
        cmocka_unit_test(the_table_equals_the_general_path_and_all_vertices),
        cmocka_unit_test(the_worst_disturbance_is_worst),
        cmocka_unit_test(the_table_scales_orders_and_nests),
        cmocka_unit_test(equal_units_have_the_same_table),
        cmocka_unit_test(the_centre_moves_less_than_the_worst_bus),
        cmocka_unit_test(the_limit_is_found_where_it_is_largest),
        cmocka_unit_test(turbine_steps_equal_the_matrix_exponential),
        cmocka_unit_test(work_grows_as_promised),
        cmocka_unit_test(turbine_modes_equal_the_general_path),
        cmocka_unit_test(early_responses_are_inertial),
        cmocka_unit_test(fifty_machines_as_published),
        cmocka_unit_test(other_systems_as_computed),
        cmocka_unit_test(connectivity_sweep_as_computed),
        cmocka_unit_test(the_search_equals_a_fine_table_for_all_balls),
        cmocka_unit_test(loose_searches_prove_true_bounds),
        cmocka_unit_test(bad_networks_get_one_sentence),
        cmocka_unit_test(one_unit_is_valid),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
