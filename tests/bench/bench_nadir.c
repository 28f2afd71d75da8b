/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_nadir.c - the certified search for the worst frequency nadir against the table of
 * 2,000 instants by GEMM, both in the same sitting; lines "case<TAB>figure<TAB>unit".
 *
 *   bench_nadir [large]   large: n = 378, 500, 1000, 2000 besides (minutes)
 *
 * Up to n = 500 the whole table is made, refined, and must have the same maximum to 1e-9; at
 * 1000 and 2000 its time is that of 20 instants times 100, and no entry may exceed what the
 * search has proved. The certified gap must be below 1e-6. Run by `make bench`. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "algo/graph.h"
#include "algo/nadir.h"
#include "core/clock.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "io/grid.h"

enum { INSTANTS = 2000, SAMPLE = 20, WHOLE = 500 };

static ory_error err;

static void must(ory_status ok)
{
    if (ok == ORY_OK)
        return;
    fprintf(stderr, "bench_nadir: %s\n", err.text);
    exit(1);
}

static void check(bool good, const char *name, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "bench_nadir: %s: %s\n", name, what);
    exit(1);
}

static void report(const char *what, const char *name, double figure, const char *unit)
{
    printf("nadir_%s_%s\t%.4g\t%s\n", what, name, figure, unit);
    fflush(stdout);
}

/* Seconds of the table of 2,000 instants, 5 ms apart. */
static double time_table(const char *name, ory_nadir_net *net, ory_nadir_task task,
                         const ory_nadir_search_result *s)
{
    size_t n = net->n, i;
    bool whole = n <= WHOLE;
    ory_nadir_bus *bus = ory_alloc(n, sizeof *bus);
    double *F, begin, took;
    ory_nadir_result r;

    task.N = whole ? INSTANTS : SAMPLE;
    task.dt = whole ? 0.005 : 0.005 * INSTANTS / SAMPLE;
    F = ory_alloc(n * task.N, sizeof *F);
    check(bus && F, name, "out of memory");
    begin = ory_clock_now();
    must(ory_nadir_table(net, &task, F, &err));
    took = (ory_clock_now() - begin) * INSTANTS / (double)task.N;
    for (i = 0; i < n * task.N; i++)
        check(F[i] <= s->upper * (1 + 1e-12), name, "an entry of the table above the certified bound");
    if (whole) {
        must(ory_nadir_buses(net, &task, F, false, bus, &r, &err));
        check(fabs(r.nadir / s->nadir - 1) <= 1e-9, name, "table and search have different maxima");
    }
    ory_free(F);
    ory_free(bus);
    return took;
}

static void race(const char *name, const ory_mat *LB, const double *m, const double *d)
{
    ory_nadir_task task = {.rho = 0.5, .ball = ORY_BALL_2, .beta = 1, .inertia = 1, .damping = 1,
                           .dt = 0.005, .N = INSTANTS, .refine = true, .tail = true};
    ory_nadir_search_result s;
    ory_nadir_net net;
    double begin = ory_clock_now(), best = INFINITY, table;
    int round;

    must(ory_nadir_net_init(&net, LB, m, d, false, LB->rows <= WHOLE ? INSTANTS : SAMPLE, &err));
    report("modes", name, 1e3 * (ory_clock_now() - begin), "ms");
    for (round = 0; round < 3; round++) {
        begin = ory_clock_now();
        must(ory_nadir_search(&net, &task, 1e-7, &s, &err));
        best = fmin(best, ory_clock_now() - begin);
    }
    check(s.upper / s.nadir - 1 < 1e-6, name, "certified gap above 1e-6");
    table = time_table(name, &net, task, &s);
    report("search", name, 1e3 * best, "ms");
    report("table2000", name, 1e3 * table, "ms");
    report("table_over_search", name, table / best, "");
    report("search_work", name, s.table_share, "instants");
    ory_nadir_net_fini(&net);
}

/* LB = 2 pi f0 L, d = 16/4.38 m. */
static void race_grid(const char *name, const char *grid, double f0, size_t heavy)
{
    double d[400];
    ory_grid g;
    size_t i;

    must(ory_grid_load(grid, ORY_GRID_LINEARIZED, false, f0, &g, &err));
    if (heavy)
        g.m[heavy - 1] *= 4;
    for (i = 0; i < g.n * g.n; i++)
        g.L.data[i] *= 2 * M_PI * f0;
    for (i = 0; i < g.n; i++)
        d[i] = 16 / 4.38 * g.m[i];
    race(name, &g.L, g.m, d);
    ory_grid_fini(&g);
}

/* Points in a square joined to near ones, lines and inertias uniform. */
static void race_random(size_t n)
{
    double *units = ory_alloc(2 * n, sizeof *units);
    char name[32];
    ory_graph g;
    ory_mat LB;
    ory_rng rng;
    size_t i;

    check(units != NULL, "random", "out of memory");
    snprintf(name, sizeof name, "%zu", n);
    ory_rng_init(&rng, 1, n);
    must(ory_graph_geometric(&g, n, 1.8 / sqrt((double)n), 1, &rng, &err));
    for (i = 0; i < g.m; i++)
        g.edge[i].w = 2000 * ory_rng_uniform(&rng);
    for (i = 0; i < n; i++) {
        units[i] = 1 + 1000 * ory_rng_uniform(&rng);
        units[n + i] = 16 / 4.38 * units[i];
    }
    must(ory_mat_new(&LB, n, n, &err));
    ory_graph_laplacian(&g, &LB);
    race(name, &LB, units, units + n);
    ory_mat_free(&LB);
    ory_graph_fini(&g);
    ory_free(units);
}

int main(int argc, char **argv)
{
    bool large = argc > 1 && strcmp(argv[1], "large") == 0;

    ory_numerics_start(1);
    race_random(50);
    race_grid("ieee145", "ieee145", 50, 13);
    race_random(145);
    if (!large)
        return 0;
    race_grid("gb2224", "gb2224", 50, 0);
    race_random(500);
    race_random(1000);
    race_random(2000);
    return 0;
}
