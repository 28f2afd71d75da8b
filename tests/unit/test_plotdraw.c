/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_plotdraw.c - plots in cells: values stand in the row of their tick, nothing is
 * dropped silently, the legend stays out of the data. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "tui/plotdraw.h"
#include "tui/textout.h"

enum { N = 200 };
static double xs[N], ys[N], lo[N], hi[N];

static ory_plot_series line(const double *x, const double *y, size_t n)
{
    return (ory_plot_series){.name = "a", .colour = -1, .n = n, .x = x, .y = y, .violation = NAN};
}

static ory_plot plot_of(const ory_plot_series *s, size_t n, bool log)
{
    return (ory_plot){.x = {"step", NULL, false, NAN, NAN}, .y = {NULL, NULL, log, NAN, NAN},
                      .floor = NAN, .series = s, .n_series = n};
}

typedef struct drawn {
    ory_canvas c;
    ory_plot_area a;
} drawn;

static drawn draw(const ory_plot *p, const ory_plot_look *look, int w, int h, const ory_glyphs *g)
{
    drawn d;
    assert_int_equal(ory_canvas_init(&d.c, w, h, g), ORY_OK);
    ory_plot_axes(p, look, &d.c, &d.a);
    for (size_t i = 0; i < p->n_series; i++)
        ory_plot_series_draw(p, i, look, &d.a);
    ory_plot_finish(p, look, &d.a);
    return d;
}

static uint32_t at(const ory_canvas *c, int x, int y)
{
    return c->cells[(size_t)y * (size_t)c->stride + (size_t)x].cp;
}

static int count(const ory_canvas *c, uint32_t cp)
{
    int n = 0;
    for (int y = 0; y < c->h; y++)
        for (int x = 0; x < c->w; x++)
            n += at(c, x, y) == cp;
    return n;
}

static bool data_cell(uint32_t cp)
{
    return cp > 0x2800 && cp < 0x2900;
}

static void a_value_stands_in_the_row_of_its_tick(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        xs[i] = i;
        ys[i] = pow(10, 3 - 8.0 * i / (N - 1));
    }
    ory_plot_series s = line(xs, ys, N);
    ory_plot p = plot_of(&s, 1, true);
    ory_plot_look look = ory_plot_look_plain();
    drawn d = draw(&p, &look, 80, 20, &ory_glyphs_braille);
    int ticks = 0;
    for (int t = 0; t < d.a.y.n_ticks; t++) {
        double v = pow(10, d.a.y.ticks[t].value);
        int row = d.a.view.h - 1 - d.a.y.ticks[t].cell;
        if (v > 1e3 || v < 1e-5)
            continue;
        int px = (int)lround(ory_plot_px(&d.a, (3 - log10(v)) * (N - 1) / 8));
        assert_true(data_cell(at(&d.a.view, px / 2, row)));
        ticks++;
    }
    assert_true(ticks >= 3);
    ory_canvas_fini(&d.c);
}

static void a_spike_survives_any_number_of_points(void **state)
{
    enum { MANY = 100000 };
    double *y = ory_alloc(MANY, sizeof *y);

    (void)state;
    for (int i = 0; i < MANY; i++)
        y[i] = i == 51234 ? 9 : 1;
    ory_plot_series s = line(NULL, y, MANY);
    ory_plot p = plot_of(&s, 1, false);
    ory_plot_look look = ory_plot_look_plain();
    drawn d = draw(&p, &look, 60, 16, &ory_glyphs_braille);
    int column = (int)lround(ory_plot_px(&d.a, 51234)) / 2;
    int top = (int)lround(ory_plot_py(&d.a, 9)) / 4, bottom = (int)lround(ory_plot_py(&d.a, 1)) / 4;
    for (int row = top; row <= bottom; row++)
        assert_true(data_cell(at(&d.a.view, column, row)));
    assert_false(data_cell(at(&d.a.view, column + 2, top)));
    ory_canvas_fini(&d.c);
    ory_free(y);
}

static void extremes_fill_their_column(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        xs[i] = i;
        ys[i] = 0;
        lo[i] = i == 7 ? -5 : 0;
        hi[i] = i == 13 ? 5 : 0;
    }
    ory_plot_series s = line(xs, ys, 20);
    s.lo = lo, s.hi = hi;
    ory_plot p = plot_of(&s, 1, false);
    ory_plot_look look = ory_plot_look_plain();
    drawn d = draw(&p, &look, 60, 16, &ory_glyphs_braille);
    int low = (int)lround(ory_plot_px(&d.a, 7)) / 2, high = (int)lround(ory_plot_px(&d.a, 13)) / 2;
    assert_true(data_cell(at(&d.a.view, low, (int)lround(ory_plot_py(&d.a, -5)) / 4)));
    assert_true(data_cell(at(&d.a.view, high, (int)lround(ory_plot_py(&d.a, 5)) / 4)));
    ory_canvas_fini(&d.c);
}

static void what_has_no_place_is_marked_at_the_edge(void **state)
{
    (void)state;
    for (int i = 0; i < 30; i++) {
        xs[i] = i;
        ys[i] = i < 10 ? 5 : i < 20 ? 0 : 50;
    }
    ory_plot_series s = line(xs, ys, 30);
    ory_plot p = plot_of(&s, 1, true);
    ory_plot_look look = ory_plot_look_plain();
    drawn d = draw(&p, &look, 60, 16, &ory_glyphs_braille);
    int column = (int)ory_plot_px(&d.a, 10) / 2;
    assert_int_equal(at(&d.a.view, column, d.a.view.h - 1), d.c.glyphs->clipped_down);
    ory_canvas_fini(&d.c);
    p.y.lo = 1, p.y.hi = 10;
    d = draw(&p, &look, 60, 16, &ory_glyphs_braille);
    column = (int)ory_plot_px(&d.a, 20) / 2;
    assert_int_equal(at(&d.a.view, column, 0), d.c.glyphs->clipped_up);
    ory_canvas_fini(&d.c);
    p.x.log = true; /* step 0 */
    d = draw(&p, &look, 60, 16, &ory_glyphs_braille);
    assert_true(count(&d.a.view, d.c.glyphs->left) == 1);
    ory_canvas_fini(&d.c);
}

static void a_smoothed_constant_stays_constant(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        xs[i] = i;
        ys[i] = 0.731;
    }
    ory_plot_series s = line(xs, ys, N);
    ory_plot p = plot_of(&s, 1, false);
    ory_plot_look look = ory_plot_look_plain();
    look.smooth = 20;
    drawn d = draw(&p, &look, 60, 16, &ory_glyphs_braille);
    int row = (int)lround(ory_plot_py(&d.a, 0.731)) / 4;
    for (int y = 0; y < d.a.view.h; y++)
        for (int x = 0; x < d.a.view.w; x++)
            assert_int_equal(data_cell(at(&d.a.view, x, y)), y == row);
    ory_canvas_fini(&d.c);
}

static void the_first_violation_is_marked_in_plot_and_legend(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        xs[i] = i;
        ys[i] = 10 * exp(-0.02 * i);
    }
    ory_plot_series s = line(xs, ys, N);
    s.role = ORY_PLOT_BOUND;
    s.source = "A. Author 2025 (arXiv:2501.00001), Theorem 7";
    s.violation = 120;
    ory_plot p = plot_of(&s, 1, true);
    ory_plot_look look = ory_plot_look_plain();
    drawn d = draw(&p, &look, 60, 16, &ory_glyphs_braille);
    int column = (int)ory_plot_px(&d.a, 120) / 2, row = (int)ory_plot_py(&d.a, ys[120]) / 4;
    assert_int_equal(at(&d.a.view, column, row), d.c.glyphs->violation);
    char *text = ory_canvas_string(&d.c, ORY_COLOURS_NONE);
    assert_non_null(strstr(text, "Theorem 7"));
    assert_non_null(strstr(text, "✗ 120"));
    assert_null(strstr(text, "arXiv"));
    ory_free(text);
    ory_canvas_fini(&d.c);
}

static void six_curves_have_six_markers_in_every_glyph_set(void **state)
{
    static double y[6][N];
    ory_plot_series s[6];

    (void)state;
    for (int k = 0; k < 6; k++) {
        for (int i = 0; i < N; i++) {
            xs[i] = i;
            y[k][i] = k + 0.2 * sin(i / 20.0);
        }
        s[k] = line(xs, y[k], N);
    }
    ory_plot p = plot_of(s, 6, false);
    ory_plot_look look = ory_plot_look_plain();
    for (size_t g = 0; g < ory_glyph_set_count; g++) {
        drawn d = draw(&p, &look, 90, 24, ory_glyph_sets[g]);
        for (int k = 0; k < 6; k++) {
            assert_int_equal(ory_plot_marker(&p, (size_t)k), k);
            assert_true(count(&d.a.view, ory_glyph_sets[g]->marker[k]) >= 1);
            for (int j = 0; j < k; j++) {
                assert_true(ory_glyph_sets[g]->marker[j] != ory_glyph_sets[g]->marker[k]);
                assert_true(ory_plot_style(&p, (size_t)j).role != ory_plot_style(&p, (size_t)k).role);
            }
        }
        ory_canvas_fini(&d.c);
    }
    assert_int_equal(ory_plot_marker(&(ory_plot){.series = s, .n_series = 1}, 0), -1);
}

static void the_legend_takes_rows_of_its_own(void **state)
{
    static const char *const names[] = {"one", "a much longer name of a curve", "three", "four"};
    ory_plot_series s[4];

    (void)state;
    for (int i = 0; i < N; i++) {
        xs[i] = i;
        ys[i] = i % 2 ? 1 : -1;
    }
    for (int w = 12; w < 120; w += 9) {
        for (int h = 3; h < 24; h++) {
            for (int k = 0; k < 4; k++) {
                s[k] = line(xs, ys, N);
                s[k].name = names[k];
            }
            ory_plot p = plot_of(s, 4, false);
            ory_plot_look look = ory_plot_look_plain();
            drawn d = draw(&p, &look, w, h, &ory_glyphs_braille);
            int above = (int)((d.a.view.cells - d.c.cells) / d.c.stride);
            for (int y = 0; y < above; y++)
                for (int x = 0; x < w; x++)
                    assert_false(data_cell(at(&d.c, x, y)));
            assert_true(above <= 2);
            ory_canvas_fini(&d.c);
        }
    }
}

static void the_region_below_the_floor_is_shaded_and_named(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        xs[i] = i;
        ys[i] = fmax(pow(10, -i / 10.0), 1e-16);
    }
    ory_plot_series s = line(xs, ys, N);
    ory_plot p = plot_of(&s, 1, true);
    p.floor = 1e-10;
    ory_plot_look look = ory_plot_look_plain();
    drawn d = draw(&p, &look, 60, 20, &ory_glyphs_braille);
    int floor_row = (int)ceil(ory_plot_py(&d.a, 1e-10) / 4);
    assert_true(at(&d.a.view, 0, d.a.view.h - 1) == d.c.glyphs->shade[1]);
    assert_true(at(&d.a.view, 0, floor_row) == d.c.glyphs->shade[1]);
    assert_true(at(&d.a.view, 20, floor_row - 1) != d.c.glyphs->shade[1]);
    char *text = ory_canvas_string(&d.c, ORY_COLOURS_NONE);
    assert_non_null(strstr(text, "rounding floor"));
    ory_free(text);
    ory_canvas_fini(&d.c);
}

static void broken_lines_are_not_joined(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        xs[i] = i;
        ys[i] = i > 30 && i < 70 ? NAN : 1;
    }
    ory_plot_series s = line(xs, ys, 100);
    ory_plot p = plot_of(&s, 1, false);
    ory_plot_look look = ory_plot_look_plain();
    drawn d = draw(&p, &look, 60, 12, &ory_glyphs_braille);
    for (int k = 35; k < 65; k++)
        for (int y = 0; y < d.a.view.h; y++)
            assert_false(data_cell(at(&d.a.view, (int)ory_plot_px(&d.a, k) / 2, y)));
    ory_canvas_fini(&d.c);
}

/* Two by two places, the lower left one empty: each fills its quarter of the area. */
static void a_heat_fills_its_places_from_below(void **state)
{
    static const double x[] = {1, 100}, y[] = {0, 1}, z[] = {NAN, 1, 2, 3};
    const ory_plot_heat h = {.label = "rate", .missing = "lost", .lo = NAN, .hi = NAN, .rows = 2,
                             .cols = 2, .x = x, .y = y, .z = z};
    ory_plot p = plot_of(NULL, 0, false);
    const ory_plot_look look = ory_plot_look_plain();

    (void)state;
    p.x.log = true;
    p.heat = &h;
    drawn d = draw(&p, &look, 60, 14, &ory_glyphs_braille);
    const ory_canvas *v = &d.a.view;
    const uint32_t full = v->glyphs->shade[ORY_SHADES - 1], half = v->glyphs->shade[(ORY_SHADES - 1) / 2];
    int unknown = 0;

    for (int i = 0; i < v->h; i++)
        for (int j = 0; j < v->w; j++)
            unknown += at(v, j, i) == '?';
    assert_in_range(unknown, v->w * v->h / 5, v->w * v->h / 3);
    assert_int_equal(at(v, 1, v->h - 1), '?');
    assert_int_equal(at(v, v->w - 2, 0), full);
    assert_int_equal(at(v, 1, 0), half);
    assert_int_equal(at(v, v->w - 2, v->h - 1), v->glyphs->shade[0]);
    char *text = ory_canvas_string(&d.c, ORY_COLOURS_NONE);
    assert_non_null(strstr(text, "rate 1 "));
    assert_non_null(strstr(text, "3  ? lost"));
    ory_free(text);
    ory_canvas_fini(&d.c);
}

static unsigned seed = 99;
static unsigned roll(unsigned n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 10) % n;
}

static double wild(void)
{
    static const double v[] = {NAN, INFINITY, -INFINITY, 0, 1, -1, 1e300, -1e300, 1e-300, 5e-324,
                               1.7e308, 0.731, 2.385, 1e-9, 42};
    return v[roll(sizeof v / sizeof *v)];
}

static void no_plot_can_hurt(void **state)
{
    static double x[6][40], y[6][40], l[6][40], u[6][40];

    (void)state;
    for (int round = 0; round < 3000; round++) {
        ory_plot_series s[6];
        ory_plot_mark m[3];
        for (int k = 0; k < 6; k++) {
            for (int i = 0; i < 40; i++) {
                x[k][i] = roll(3) ? i : wild();
                y[k][i] = wild(), l[k][i] = wild(), u[k][i] = wild();
            }
            s[k] = (ory_plot_series){
                .name = roll(4) ? "name" : NULL, .source = roll(2) ? "Theorem 1" : NULL,
                .kind = (ory_plot_kind)roll(5), .role = (ory_plot_role)roll(3),
                .colour = (int)roll(12) - 1, .n = roll(41), .x = roll(3) ? x[k] : NULL,
                .y = roll(5) ? y[k] : NULL, .lo = roll(2) ? l[k] : NULL, .hi = roll(2) ? u[k] : NULL,
                .violation = wild()};
            if (!s[k].y)
                s[k].kind = ORY_PLOT_BAND;
        }
        for (int k = 0; k < 3; k++)
            m[k] = (ory_plot_mark){wild(), wild(), roll(2) ? "mark" : NULL};
        ory_plot p = {.title = "t", .x = {"x", roll(2) ? "s" : NULL, roll(2), wild(), wild()},
                      .y = {"y", NULL, roll(2), wild(), wild()}, .floor = wild(), .series = s,
                      .n_series = roll(7), .marks = m, .n_marks = roll(4)};
        const double grid[] = {roll(3) ? 1 : wild(), 2, 40};
        ory_plot_heat heat = {.label = roll(2) ? "z" : NULL, .log = roll(2), .lo = wild(),
                              .hi = wild(), .rows = 1 + roll(3), .cols = 1 + roll(3), .x = grid,
                              .y = grid, .z = y[0]};
        p.heat = roll(2) ? &heat : NULL;
        ory_plot_look look = {.no_legend = roll(4) == 0, .no_labels = roll(4) == 0,
                              .smooth = (int)roll(100), .cursor = wild(), .dots = roll(2),
                              .align = roll(2)};
        ory_canvas c;
        int w = (int)roll(70), h = (int)roll(24);
        assert_int_equal(ory_canvas_init(&c, w + 2, h + 2, ory_glyph_sets[roll(3)]), ORY_OK);
        ory_canvas_fill(&c, 0, 0, w + 2, h + 2, '@', ory_ink(0));
        ory_canvas v = ory_canvas_view(&c, 1, 1, w, h);
        ory_canvas_clear(&v);
        ory_plot_draw_framed(&p, &look, &v);
        ory_plot_draw(&p, &look, &v);
        for (int i = 0; i < w + 2; i++)
            assert_true(at(&c, i, 0) == '@' && at(&c, i, h + 1) == '@');
        for (int i = 0; i < h + 2; i++)
            assert_true(at(&c, 0, i) == '@' && at(&c, w + 1, i) == '@');
        ory_canvas_fini(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_stands_in_the_row_of_its_tick),
        cmocka_unit_test(a_spike_survives_any_number_of_points),
        cmocka_unit_test(extremes_fill_their_column),
        cmocka_unit_test(what_has_no_place_is_marked_at_the_edge),
        cmocka_unit_test(a_smoothed_constant_stays_constant),
        cmocka_unit_test(the_first_violation_is_marked_in_plot_and_legend),
        cmocka_unit_test(six_curves_have_six_markers_in_every_glyph_set),
        cmocka_unit_test(the_legend_takes_rows_of_its_own),
        cmocka_unit_test(the_region_below_the_floor_is_shaded_and_named),
        cmocka_unit_test(broken_lines_are_not_joined),
        cmocka_unit_test(a_heat_fills_its_places_from_below),
        cmocka_unit_test(no_plot_can_hurt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
