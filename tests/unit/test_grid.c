/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_grid.c - the grid recipe against its published check values: eigenvalues of every
 * reduced Laplacian in two modes and in the internal variant, sums of inertias; and, where
 * the reference tables are at hand, every entry. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/linalg.h"
#include "core/mem.h"
#include "io/grid.h"
#include "io/table.h"

static ory_error err;

/* Published: nodes, eigenvalues 2, 3 and largest, sum of inertias (0: none), eigenvalue 2
 * in mode dc, and of the internal variant (0: not told) eigenvalue 2 and the largest. */
typedef struct check {
    const char *name;
    size_t n;
    double l2, l3, lmax, m, dc2, in2, inmax;
} check;

static const check checks[] = {
    {"newengland39", 10, 12.0888578, 15.4218345, 46.6686886, 1565.4, 11.5378546, 5.46844553,
     23.5741304},
    {"iceland189", 35, 0.287941946, 0.325383855, 9.71568687, 146.02398, 0.294546775, 0.195447936,
     2.57787132},
    {"ieee68", 16, 5.26170967, 11.7622273, 135.027851, 3960.2, 5.11301654, 4.6240078, 54.8379139},
    {"ieee145", 50, 1.16824521, 2.69849254, 492.500452, 27979.813, 1.08459732, 0.45905369,
     438.686041},
    {"npcc140", 46, 2.30969772, 3.94041396, 401.638068, 11317.52, 2.22300039, 1.81743273,
     180.639978},
    {"wecc179", 29, 3.30389410, 4.26117631, 152.123527, 8375.75, 3.29996842, 3.1618551, 101.461028},
    {"gb2224", 378, 0.273144208, 0.298492683, 33063.8987, 0, 0.287727561, 0, 0},
};

static void assert_rel(double a, double b, double tol)
{
    if (!(fabs(a - b) <= tol * fabs(b)))
        fail_msg("%.12g is not %.12g within %g", a, b, tol);
}

static void eigenvalues(const char *name, ory_grid_mode mode, bool internal, double *w, ory_grid *g)
{
    assert_int_equal(ory_grid_load(name, mode, internal, 0, g, &err), ORY_OK);
    assert_int_equal(ory_eig_sym(&g->L, w, NULL, &err), ORY_OK);
    assert_true(fabs(w[0]) < 1e-9 * w[g->n - 1]);
}

static void the_published_scalars_are_reproduced(void **state)
{
    double *w = ory_alloc(400, sizeof *w), sum;
    size_t i, k;

    (void)state;
    for (i = 0; i < sizeof checks / sizeof *checks; i++) {
        const check *c = &checks[i];
        ory_grid g;

        eigenvalues(c->name, ORY_GRID_LINEARIZED, false, w, &g);
        assert_int_equal(g.n, c->n);
        assert_rel(w[1], c->l2, 1e-7);
        assert_rel(w[2], c->l3, 1e-7);
        assert_rel(w[c->n - 1], c->lmax, 1e-7);
        for (k = 0, sum = 0; k < g.n; k++)
            sum += g.m[k];
        if (c->m > 0)
            assert_rel(sum, c->m, 1e-7);
        ory_grid_fini(&g);
        eigenvalues(c->name, ORY_GRID_DC, false, w, &g);
        assert_rel(w[1], c->dc2, 1e-7);
        ory_grid_fini(&g);
        if (c->in2 == 0)
            continue;
        eigenvalues(c->name, ORY_GRID_LINEARIZED, true, w, &g);
        assert_int_equal(g.n, g.machines);
        assert_rel(w[1], c->in2, 1e-7);
        assert_rel(w[g.n - 1], c->inmax, 1e-7);
        ory_grid_fini(&g);
    }
    ory_free(w);
}

static void tables_tell_their_size_and_origin(void **state)
{
    ory_grid g;

    (void)state;
    assert_int_equal(ory_grid_load("gb2224", ORY_GRID_FLAT, false, 0, &g, &err), ORY_OK);
    assert_int_equal(g.buses, 2224);
    assert_int_equal(g.machines, 394);
    assert_true(g.f0 == 50);
    assert_non_null(strstr(g.title, "Great Britain"));
    assert_non_null(strstr(g.origin, "Bukhsh"));
    assert_rel(g.m[0], 618.0340, 1e-12); /* of its inertia table */
    ory_grid_fini(&g);
    assert_int_equal(ory_grid_load("wecc179", ORY_GRID_LINEARIZED, false, 0, &g, &err), ORY_OK);
    assert_true(g.f0 == 60);
    assert_true(g.negative >= 45);
    ory_grid_fini(&g);
}

/* path of a file of the reference tables, or false */
static bool reference(const char *name, const char *kind, char *out, size_t size)
{
    const char *top = getenv("abs_srcdir");

    snprintf(out, size, "%s/../shared/data/grids/check/%s.%s.tsv", top ? top : ".", name, kind);
    return access(out, R_OK) == 0;
}

static void every_entry_equals_the_reference_tables(void **state)
{
    char file[512];
    size_t i, j, k;

    (void)state;
    if (!reference("ieee68", "lap", file, sizeof file)) {
        print_message("the reference tables are not at hand\n");
        skip();
    }
    for (k = 0; k < 6; k++) {
        ory_table lap, nodes;
        ory_grid g;
        double max = 0;

        assert_int_equal(ory_grid_load(checks[k].name, ORY_GRID_LINEARIZED, false, 0, &g, &err), ORY_OK);
        assert_true(reference(checks[k].name, "lap", file, sizeof file));
        assert_int_equal(ory_table_read(file, '\t', &lap, &err), ORY_OK);
        assert_true(reference(checks[k].name, "nodes", file, sizeof file));
        assert_int_equal(ory_table_read(file, '\t', &nodes, &err), ORY_OK);
        for (i = 0; i < g.n; i++)
            max = fmax(max, *ory_mat_at(&g.L, i, i));
        for (i = 0; i < g.n; i++) {
            const double *row = ory_mat_at(&nodes.values, i, 0);

            for (j = 0; j < g.n; j++)
                assert_true(fabs(*ory_mat_at(&g.L, i, j) - *ory_mat_at(&lap.values, i, j)) < 1e-9 * max);
            assert_true(g.bus[i] == row[1]);
            assert_rel(g.m[i], row[2], 1e-9);
            assert_rel(g.s[i], row[3], 1e-9);
            assert_true(fabs(g.rinv[i] - row[4]) <= 1e-8 * (1 + row[4]));
            assert_true(fabs(g.tau[i] - row[5]) <= 1e-8 * (1 + row[5]));
        }
        ory_table_fini(&lap);
        ory_table_fini(&nodes);
        ory_grid_fini(&g);
    }
}

static void unknown_grids_name_the_nearest(void **state)
{
    ory_grid g;

    (void)state;
    assert_int_equal(ory_grid_load("icelnd189", ORY_GRID_DC, false, 0, &g, &err), ORY_ENAME);
    assert_string_equal(err.text, "no grid named 'icelnd189' (did you mean 'iceland189'?)");
    assert_int_equal(ory_grid_load("/nowhere/x", ORY_GRID_DC, false, 0, &g, &err), ORY_EIO);
}

static void every_lack_of_memory_leaks_nothing(void **state)
{
    size_t before = ory_mem_in_use();
    long n;

    (void)state;
    for (n = 0;; n = n < 40 ? n + 1 : n + n / 8) {
        ory_grid g;
        ory_status ok;

        ory_mem_fault_set(n);
        ok = ory_grid_load("newengland39", ORY_GRID_LINEARIZED, true, 0, &g, &err);
        ory_mem_fault_set(-1);
        ory_grid_fini(&g);
        assert_int_equal(ory_mem_in_use(), before);
        if (ok == ORY_OK)
            break;
        assert_int_equal(ok, ORY_ENOMEM);
    }
    assert_true(n > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_scalars_are_reproduced),
        cmocka_unit_test(tables_tell_their_size_and_origin),
        cmocka_unit_test(every_entry_equals_the_reference_tables),
        cmocka_unit_test(unknown_grids_name_the_nearest),
        cmocka_unit_test(every_lack_of_memory_leaks_nothing),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
