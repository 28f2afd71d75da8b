/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_plot.c - plots as data: copies own everything, ranges, columns keep extremes. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "io/plot.h"

static ory_plot empty_plot(void)
{
    return (ory_plot){.x = {.lo = NAN, .hi = NAN}, .y = {.lo = NAN, .hi = NAN}, .floor = NAN};
}

static void a_copy_shares_nothing_with_its_origin(void **state)
{
    double x[3] = {1, 2.385, 4}, y[3] = {0.731, -1, 7}, lo[3] = {0.5, -2, 6}, hi[3] = {1, 0, 8};
    char name[] = "gap", source[] = "Theorem 3.1", title[] = "tïtle", mark[] = "η halved";
    ory_plot_series s = {name, source, ORY_PLOT_LINE, ORY_PLOT_BOUND, 2, 1, 3, x, y, lo, hi, 2.385};
    ory_plot_mark m = {2.385, NAN, mark};
    ory_plot p = empty_plot(), *copy = NULL;

    (void)state;
    p.title = title;
    p.x.label = name;
    p.series = &s;
    p.n_series = 1;
    p.marks = &m;
    p.n_marks = 1;
    assert_int_equal(ory_plot_copy(&p, &copy, NULL), ORY_OK);
    memset(x, 0, sizeof x);
    memset(y, 0, sizeof y);
    memset(lo, 0, sizeof lo);
    memset(hi, 0, sizeof hi);
    name[0] = source[0] = title[0] = mark[0] = '?';
    s.n = 0;
    m.x = 0;
    assert_string_equal(copy->title, "tïtle");
    assert_string_equal(copy->x.label, "gap");
    assert_null(copy->y.label);
    assert_string_equal(copy->series[0].source, "Theorem 3.1");
    assert_int_equal(copy->series[0].n, 3);
    assert_true(copy->series[0].x[1] == 2.385 && copy->series[0].y[2] == 7);
    assert_true(copy->series[0].lo[1] == -2 && copy->series[0].hi[2] == 8);
    assert_string_equal(copy->marks[0].text, "η halved");
    assert_true(copy->marks[0].x == 2.385);
    ory_plot_free(copy);
    ory_plot_free(NULL);
}

static void cells_of_a_heat_meet_half_way_as_the_axis_shows_it(void **state)
{
    const double plain[] = {1, 2, 4}, decades[] = {1, 10, 1000}, lone[] = {-8};
    const double edges[] = {0.5, 1.5, 3, 5}, log_edges[] = {-0.5, 0.5, 2, 4};
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        assert_true(fabs(ory_plot_heat_edge(plain, 3, i, false) - edges[i]) < 1e-12);
        assert_true(fabs(log10(ory_plot_heat_edge(decades, 3, i, true)) - log_edges[i]) < 1e-12);
    }
    assert_true(ory_plot_heat_edge(lone, 1, 0, false) == -10);
    assert_true(ory_plot_heat_edge(lone, 1, 1, false) == -6);
}

static void a_heat_spans_the_axes_and_colours_what_has_a_value(void **state)
{
    double x[] = {1, 2, 4}, y[] = {10, 1000}, z[] = {0.01, 1, NAN, -3, 0.1, INFINITY};
    ory_plot_heat h = {.label = "rate", .log = true, .lo = NAN, .hi = NAN, .rows = 2, .cols = 3,
                       .x = x, .y = y, .z = z};
    ory_plot p = empty_plot(), *copy = NULL;
    double xr[2], yr[2], zr[2];

    (void)state;
    p.heat = &h;
    p.y.log = true;
    ory_plot_range(&p, xr, yr);
    assert_true(xr[0] == 0.5 && xr[1] == 5);
    assert_true(fabs(yr[0] - 1) < 1e-12 && fabs(yr[1] - 1e4) < 1e-8);
    assert_true(ory_plot_heat_range(&h, zr));
    assert_true(zr[0] == 0.01 && zr[1] == 1);
    assert_true(fabs(ory_plot_heat_share(&h, zr, 0.1) - 0.5) < 1e-12);
    assert_true(isnan(ory_plot_heat_share(&h, zr, -3)) && isnan(ory_plot_heat_share(&h, zr, NAN)));
    assert_true(ory_plot_heat_share(&h, zr, INFINITY) == 1);
    assert_true(ory_plot_heat_holes(&h));
    assert_int_equal(ory_plot_copy(&p, &copy, NULL), ORY_OK);
    memset(z, 0, sizeof z);
    memset(x, 0, sizeof x);
    assert_true(copy->heat->z[4] == 0.1 && copy->heat->x[2] == 4 && copy->heat != &h);
    assert_string_equal(copy->heat->label, "rate");
    ory_plot_free(copy);
    assert_false(ory_plot_heat_range(&h, zr)); /* zeros have no logarithm */
    assert_true(zr[0] < zr[1]);
}

static void a_copy_without_memory_says_so(void **state)
{
    ory_plot p = empty_plot(), *copy = NULL;
    ory_error err = {0};

    (void)state;
    ory_mem_fault_set(0);
    assert_int_equal(ory_plot_copy(&p, &copy, &err), ORY_ENOMEM);
    ory_mem_fault_set(-1);
    assert_non_null(strstr(err.text, "out of memory"));
    assert_null(copy);
}

static void the_range_covers_extremes_and_marks_but_not_what_has_no_place(void **state)
{
    const double y[4] = {3, NAN, INFINITY, 0.731}, lo[4] = {2, -5, 1, 0.2};
    ory_plot_series s = {.n = 4, .y = y, .lo = lo, .violation = NAN};
    ory_plot_mark m = {NAN, 11.5, "limit"};
    ory_plot p = empty_plot();
    double rx[2], ry[2];

    (void)state;
    p.series = &s;
    p.n_series = 1;
    ory_plot_range(&p, rx, ry);
    assert_true(rx[0] == 0 && rx[1] == 3);
    assert_true(ry[0] == -5 && ry[1] == 3);
    p.marks = &m;
    p.n_marks = 1;
    p.y.log = true;
    ory_plot_range(&p, rx, ry);
    assert_true(ry[0] == 0.2 && ry[1] == 11.5);
    p.y.hi = 4;
    p.y.lo = -1; /* cannot stand on a log axis: as if not given */
    ory_plot_range(&p, rx, ry);
    assert_true(ry[0] == 0.2 && ry[1] == 4);
    p.x.hi = 1.5; /* leaves out the point with 0.731 and 0.2 */
    ory_plot_range(&p, rx, ry);
    assert_true(rx[1] == 1.5 && ry[0] == 2);
}

static void constants_and_nothing_at_all_get_a_range_around_them(void **state)
{
    const double y[2] = {-2.385, -2.385}, zero[1] = {0}, deep[1] = {1e-12};
    ory_plot_series s = {.n = 2, .y = y, .violation = NAN};
    ory_plot p = empty_plot();
    double rx[2], ry[2];

    (void)state;
    ory_plot_range(&p, rx, ry);
    assert_true(rx[0] == 0 && rx[1] == 1 && ry[0] == 0 && ry[1] == 1);
    p.y.log = true;
    ory_plot_range(&p, rx, ry);
    assert_true(ry[0] == 1 && ry[1] == 10);
    p.y.log = false;
    p.series = &s;
    p.n_series = 1;
    ory_plot_range(&p, rx, ry);
    assert_true(ry[0] < -2.385 && ry[1] > -2.385);
    assert_true(fabs((ry[0] + ry[1]) / 2 + 2.385) < 1e-12);
    s.y = zero;
    s.n = 1;
    ory_plot_range(&p, rx, ry);
    assert_true(ry[0] == -1 && ry[1] == 1);
    s.y = deep;
    p.y.log = true;
    ory_plot_range(&p, rx, ry);
    assert_true(fabs(log10(ry[0]) + 12.5) < 1e-9 && fabs(log10(ry[1]) + 11.5) < 1e-9);
}

/* A spike of one sample among a hundred thousand must be in some group's extremes, and
 * every point must be in exactly one group. */
static void columns_keep_a_spike_of_one_sample(void **state)
{
    enum { N = 100000, COLUMNS = 160 };
    static double y[N];
    ory_plot_series s = {.n = N, .y = y, .violation = NAN};
    ory_plot p = empty_plot();
    ory_plot_walk w;
    ory_plot_group g;
    double rx[2], ry[2], top = 0;
    size_t points = 0, groups = 0, i;

    (void)state;
    for (i = 0; i < N; i++)
        y[i] = 1 + 0.1 * sin(0.731 * (double)i);
    y[45679] = 77;
    p.series = &s;
    p.n_series = 1;
    ory_plot_range(&p, rx, ry);
    ory_plot_walk_start(&w, &p, 0, rx, COLUMNS);
    while (ory_plot_walk_next(&w, &g)) {
        assert_int_equal(g.from, points);
        assert_true(g.column == (double)groups);
        assert_true(g.joined == (groups > 0));
        points += g.n;
        groups++;
        if (g.max > top) {
            top = g.max;
            assert_true(g.column == floor(45679.0 / (N - 1) * COLUMNS) || top < 2);
        }
    }
    assert_int_equal(points, N);
    assert_int_equal(groups, COLUMNS);
    assert_true(top == 77);
}

static void gaps_and_values_without_a_place_break_the_line(void **state)
{
    const double x[7] = {1, 10, 100, 1000, 1e4, 1e5, -3}, y[7] = {1, 2, NAN, 3, 0, 5, 6};
    const bool joined[6] = {false, true, false, false, false, false};
    const bool off[6] = {false, false, false, false, true, false};
    ory_plot_series s = {.n = 7, .x = x, .y = y, .violation = NAN};
    ory_plot p = empty_plot();
    ory_plot_walk w;
    ory_plot_group g;
    double range[2] = {1, 1e4};
    int i = 0;

    (void)state;
    p.series = &s;
    p.n_series = 1;
    p.x.log = p.y.log = true;
    ory_plot_walk_start(&w, &p, 0, range, 8);
    for (; ory_plot_walk_next(&w, &g); i++) {
        assert_true(i < 6);
        assert_true(g.joined == joined[i]);
        assert_true(g.off == off[i]);
        assert_true(g.column == (i == 4 ? 7 : i == 5 ? 8 : 2 * i));
    }
    assert_int_equal(i, 6); /* x = -3 has no place on a log axis */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_shares_nothing_with_its_origin),
        cmocka_unit_test(cells_of_a_heat_meet_half_way_as_the_axis_shows_it),
        cmocka_unit_test(a_heat_spans_the_axes_and_colours_what_has_a_value),
        cmocka_unit_test(a_copy_without_memory_says_so),
        cmocka_unit_test(the_range_covers_extremes_and_marks_but_not_what_has_no_place),
        cmocka_unit_test(constants_and_nothing_at_all_get_a_range_around_them),
        cmocka_unit_test(columns_keep_a_spike_of_one_sample),
        cmocka_unit_test(gaps_and_values_without_a_place_break_the_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
