/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_panels.c - every panel and whole frames as golden text; what panels promise for
 * any snapshot: they stay inside, repeat themselves, and survive hostile numbers. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "golden.h"
#include "scene.h"
#include "tui/panelkit.h"
#include "tui/textout.h"

static const char default_layout[] =
    "v(h(trace(gap):31, meter(title='local constants'):29):5,"
    " h(spectrum(sv_w), dial, claims):4, console:3)";

static scene *make_scene(void)
{
    scene *d = scene_new();
    assert_non_null(d);
    return d;
}

static ory_layout *parse(const char *text)
{
    ory_layout *l = NULL;
    ory_error err = {0};
    if (ory_layout_parse(text, &l, &err) != ORY_OK)
        fail_msg("%s", err.text);
    return l;
}

static ory_canvas blank(int w, int h, const ory_glyphs *g)
{
    ory_canvas c;
    assert_int_equal(ory_canvas_init(&c, w, h, g), ORY_OK);
    return c;
}

/* -------------------------------------------------------------- golden frames */

static int failures;

static void compare(const char *name, const ory_canvas *c)
{
    char path[128];
    char *text = ory_canvas_string(c, ORY_COLOURS_NONE);

    assert_non_null(text);
    snprintf(path, sizeof path, "panels/%s.%s.txt", name, c->glyphs->ascii ? "ascii" : "utf8");
    failures += golden_compare(path, text);
    ory_free(text);
}

/* One panel (with the way it is looked at) at a size of its own. */
typedef struct panel_case {
    const char *name, *layout;
    int w, h;
    void (*change)(scene *d, ory_panel *p);
} panel_case;

static void open_first(scene *d, ory_panel *p)
{
    (void)d;
    p->focus = p->detail = true;
}

static void open_refused(scene *d, ory_panel *p)
{
    (void)d;
    p->focus = p->detail = true;
    p->selected = 3;
}

static void violate(scene *d, ory_panel *p)
{
    (void)p;
    d->q[0][2].violation = 97; /* gap_bound */
    d->claims[2].lamp = ORY_LAMP_VIOLATED;
    d->claims[2].first_step = 97;
}

static void paused_back(scene *d, ory_panel *p)
{
    (void)p;
    d->runs[0].k = 140;
    d->runs[0].state = ORY_STATE_PAUSED;
    d->s.cursor = 140;
}

static void lockstep(scene *d, ory_panel *p)
{
    (void)p;
    d->runs[1].part = ORY_PART_LOCKSTEP;
    d->runs[1].parent = 0;
}

static void lockstep_by_loss(scene *d, ory_panel *p)
{
    lockstep(d, p);
    d->s.sync = ORY_SYNC_LOSS;
}

static void both_log(scene *d, ory_panel *p)
{
    (void)d;
    p->x_turn = ORY_TURN_LOG;
}

static void smooth(scene *d, ory_panel *p)
{
    (void)p;
    d->s.smooth = true;
    d->s.time_axis = true;
}

static void log_linear(scene *d, ory_panel *p)
{
    (void)d;
    p->y_turn = ORY_TURN_LOG;
}

static void too_long_step(scene *d, ory_panel *p)
{
    (void)p;
    d->q[0][7].value = 0.09; /* step */
}

static void one_negative(scene *d, ory_panel *p)
{
    (void)p;
    d->weight[3] = -2.5;
    d->graph.edges = 8;
}

static const panel_case panel_cases[] = {
    {"bars", "bars(code, limit=0.5)", 60, 18, NULL},
    {"bars-marked", "bars(code, code_before)", 44, 12, NULL},
    {"bars-order", "bars(code, sort=none)", 40, 10, NULL},
    {"claims", "claims", 64, 9, NULL},
    {"claims-narrow", "claims", 30, 8, NULL},
    {"claims-named", "claims('linear rate', 'local descent')", 64, 6, NULL},
    {"claims-named-wrong", "claims('quartic rate')", 64, 5, NULL},
    {"claims-open", "claims", 64, 16, open_first},
    {"claims-refused", "claims", 70, 14, open_refused},
    {"claims-violated", "claims", 90, 20, violate},
    {"console", "console", 80, 12, NULL},
    {"curve-verticals", "curve(radii, robust, bound=ceiling, verticals=limits, lo=0, hi=1)", 60, 14, NULL},
    {"curve", "curve(omega_at, low_at, bound=high_at, at=step)", 60, 14, NULL},
    {"dial", "dial", 60, 12, NULL},
    {"dial-high", "dial(step, edge)", 60, 24, too_long_step},
    {"difference", "difference(gap)", 60, 14, lockstep},
    {"difference-loss", "difference(gap, as=difference)", 60, 14, lockstep_by_loss},
    {"ensemble", "ensemble(signs, group=signs)", 60, 14, NULL},
    {"ensemble-over", "ensemble(sv_w, over=sv_w)", 60, 14, NULL},
    {"ensemble-way", "ensemble(sv_w, over=x1)", 60, 14, NULL},
    {"field", "field(critic, level=0, edge=safe, points=samples, path=way)", 66, 20, NULL},
    {"field-range", "field(critic, lo=-3, hi=3)", 40, 12, NULL},
    {"heat", "heat(W1)", 60, 14, NULL},
    {"heat-large", "heat(gram)", 50, 18, NULL},
    {"meter", "meter", 60, 9, NULL},
    {"meter-tall", "meter", 60, 20, NULL},
    {"network", "network(grid14, speed)", 60, 20, NULL},
    {"network-groups", "network", 40, 14, NULL},
    {"network-weights", "network(weights=true)", 70, 24, one_negative},
    {"note", "note", 50, 9, NULL},
    {"phase", "phase(theta, omega)", 66, 20, lockstep},
    {"phase-plain", "phase(x1, x2, flow='', points='')", 50, 14, NULL},
    {"plot", "plot(show=phases)", 50, 14, NULL},
    {"plot-none", "plot(show=nothing)", 50, 6, NULL},
    {"sky", "sky(neurons, groups=signs, data=data, labels=labels, axes=centres, sectors=cones)", 60,
     22, NULL},
    {"sky-log", "sky(neurons, groups=signs, axes=centres, radius=log)", 60, 22, NULL},
    {"sky-many", "sky(many, groups=many_signs, axes=centres)", 60, 22, NULL},
    {"sky-sphere", "sky(high, axes=high_axes)", 70, 20, NULL},
    {"spectrum", "spectrum(sv_w)", 50, 14, NULL},
    {"spectrum-complex", "spectrum(eig)", 60, 18, NULL},
    {"table", "table", 90, 16, NULL},
    {"table-matrix", "table(W1)", 60, 8, NULL},
    {"trace", "trace(gap)", 70, 18, NULL},
    {"trace-violated", "trace(gap)", 70, 14, violate},
    {"trace-back", "trace(gap, ghosts=false)", 70, 14, paused_back},
    {"trace-lockstep", "trace(gap)", 70, 14, lockstep},
    {"trace-log-log", "trace(gap)", 70, 14, both_log},
    {"trace-six", "trace(x1, x2, theta, omega, pl, step)", 90, 18, NULL},
    {"trace-smooth", "trace(omega)", 70, 14, smooth},
    {"trace-signed-log", "trace(omega, ghosts=false)", 70, 14, log_linear},
    {"trace-lines", "trace(theta, omega, dashed=omega, lines='0.5 upper, -0.25 lower')", 70, 14, NULL},
    {"trace-missing", "trace(asymptotic)", 50, 6, NULL},
    {"tree", "tree", 70, 8, NULL},
};

static void every_panel_looks_as_it_did(void **state)
{
    static const ory_glyphs *const sets[] = {&ory_glyphs_braille, &ory_glyphs_ascii};

    (void)state;
    failures = 0;
    for (size_t i = 0; i < sizeof panel_cases / sizeof *panel_cases; i++) {
        const panel_case *k = panel_cases + i;
        for (int g = 0; g < 2; g++) {
            scene *d = make_scene();
            ory_layout *l = parse(k->layout);
            ory_canvas c = blank(k->w, k->h, sets[g]);
            if (k->change)
                k->change(d, l->panels);
            ory_layout_draw(l, &d->s, -1, &c, NULL);
            compare(k->name, &c);
            ory_canvas_fini(&c);
            ory_layout_free(l);
            scene_free(d);
        }
    }
    assert_int_equal(failures, 0);
}

static void whole_frames_look_as_they_did(void **state)
{
    static const int sizes[][2] = {{60, 16}, {80, 24}, {120, 40}, {200, 60}};
    static const ory_glyphs *const sets[] = {&ory_glyphs_braille, &ory_glyphs_ascii};

    (void)state;
    failures = 0;
    scene *d = make_scene();
    ory_layout *l = parse(default_layout);
    for (size_t i = 0; i < 4; i++) {
        for (int g = 0; g < 2; g++) {
            ory_canvas c = blank(sizes[i][0], sizes[i][1], sets[g]);
            char name[40];
            ory_frame_draw(l, &d->s, -1, -1, &c, NULL);
            snprintf(name, sizeof name, "frame-%dx%d", c.w, c.h);
            compare(name, &c);
            ory_canvas_fini(&c);
        }
    }
    ory_layout_free(l);
    scene_free(d);
    assert_int_equal(failures, 0);
}

static void overlays_look_as_they_did(void **state)
{
    (void)state;
    failures = 0;
    scene *d = make_scene();
    ory_layout *l = parse(default_layout);
    ory_canvas c = blank(100, 30, &ory_glyphs_braille), small = blank(40, 10, &ory_glyphs_braille);

    ory_frame_draw(l, &d->s, -1, -1, &c, NULL);
    ory_help_draw(&d->s, 0, &c);
    compare("help", &c);
    ory_canvas_clear(&c);
    d->runs[0].state = ORY_STATE_PAUSED;
    ory_frame_draw(l, &d->s, -1, -1, &c, NULL);
    ory_badge_draw(&d->s, &c);
    compare("paused", &c);
    ory_canvas_clear(&c);
    ory_frame_draw(l, &d->s, -1, 0, &c, NULL);
    compare("zoom", &c);
    ory_frame_draw(l, &d->s, -1, -1, &small, NULL);
    compare("too-small", &small);
    ory_canvas_fini(&c);
    ory_canvas_fini(&small);
    ory_layout_free(l);
    scene_free(d);
    assert_int_equal(failures, 0);
}

/* ------------------------------------------------------------------- promises */

static const char *const every_panel[] = {
    "bars(code, limit=0.5)", "claims", "console",
    "curve(omega_at, low_at, signs, bound=high_at, at=step)", "curve(nothing, signs)",
    "curve(radii, robust, bound=ceiling, verticals=limits, lo=0, hi=1)", "dial", "difference(gap)",
    "ensemble(sv_w, group=signs, over=sv_w)", "ensemble(many, over=eig, with=2)",
    "ensemble(signs, group=signs, over=gap)", "ensemble(many, over=gap, with=2)",
    "field(critic, level=0, edge=safe, points=samples, path=way)", "heat(W1)", "heat(gram, log=true)",
    "meter", "network(grid14, speed)", "note", "phase(theta, omega)", "phase(way)", "plot",
    "plot(show=phases)", "plot(show=nothing)",
    "sky(neurons, groups=signs, data=data, labels=labels, axes=centres, sectors=cones, radius=log)",
    "sky(many, groups=many_signs)", "sky(high, axes=high_axes)", "sky(signs)", "spectrum(sv_w)",
    "spectrum(eig)", "spectrum(eig, stable=disc)", "table", "table(W1)", "trace(gap, theta, x1)",
    "trace(gap, x=log, last=50, lo=1e-3)", "tree",
};
enum { EVERY = sizeof every_panel / sizeof *every_panel };

static void every_class_is_among_the_panels_tested(void **state)
{
    (void)state;
    for (size_t i = 0; i < ory_panel_class_count(); i++) {
        const ory_panel_class *class = ory_panel_class_at(i);
        size_t n = strlen(class->name), found = 0;
        for (size_t j = 0; j < EVERY; j++)
            found += strncmp(every_panel[j], class->name, n) == 0 &&
                     (every_panel[j][n] == 0 || every_panel[j][n] == '(');
        if (!found)
            fail_msg("%s is not tested", class->name);
        assert_ptr_equal(ory_panel_class_find(class->name), class);
        assert_true(class->doc && class->doc[0] && class->min_w > 2 && class->min_h > 2);
        if (i)
            assert_true(strcmp(ory_panel_class_at(i - 1)->name, class->name) < 0);
    }
    assert_null(ory_panel_class_find("nothing"));
    assert_null(ory_panel_class_at(1000));
}

/* Draws into the middle of a canvas full of marks; nothing around may change. */
static void draw_guarded(const scene *d, const ory_layout *l, int w, int h, const ory_glyphs *g)
{
    ory_canvas c = blank(w + 4, h + 4, g), twice = blank(w + 4, h + 4, g);
    ory_canvas *const both[2] = {&c, &twice};

    for (int i = 0; i < 2; i++) {
        ory_canvas_fill(both[i], 0, 0, w + 4, h + 4, '@', ory_ink(0));
        ory_canvas v = ory_canvas_view(both[i], 2, 2, w, h);
        ory_canvas_clear(&v);
        ory_layout_draw(l, &d->s, -1, &v, NULL);
    }
    assert_true(ory_canvas_equal(&c, &twice));
    for (int y = 0; y < h + 4; y++) {
        for (int x = 0; x < w + 4; x++) {
            const ory_cell *cell = c.cells + (size_t)y * (size_t)c.stride + (size_t)x;
            bool inside = x >= 2 && y >= 2 && x < w + 2 && y < h + 2;
            if (!inside && cell->cp != '@')
                fail_msg("%dx%d: cell %d,%d was written", w, h, x, y);
            assert_true(cell->width != 1 || cell->cp != 0);
            assert_int_equal(c.dots[(size_t)y * (size_t)c.stride + (size_t)x].bits, 0);
        }
    }
    ory_canvas_fini(&c);
    ory_canvas_fini(&twice);
}

static void draw_all_sizes(const scene *d, bool focus)
{
    static const int sizes[][2] = {{1, 1}, {2, 2}, {3, 1}, {1, 9}, {5, 3}, {9, 4}, {13, 7},
                                   {24, 6}, {41, 13}, {97, 31}};

    for (size_t i = 0; i < EVERY; i++) {
        ory_layout *l = parse(every_panel[i]);
        for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
            l->panels[0].focus = focus;
            l->panels[0].detail = focus && j % 2;
            l->panels[0].selected = focus ? j * 3 : 0;
            l->panels[0].scroll = focus ? j * j : 0;
            l->panels[0].x_turn = (ory_turn)(j % 3);
            l->panels[0].y_turn = (ory_turn)(j / 3 % 3);
            draw_guarded(d, l, sizes[j][0], sizes[j][1],
                         ory_glyph_sets[(i + j) % ory_glyph_set_count]);
        }
        ory_layout_free(l);
    }
}

static void panels_stay_inside_and_repeat_themselves_at_every_size(void **state)
{
    (void)state;
    scene *d = make_scene();
    draw_all_sizes(d, false);
    draw_all_sizes(d, true);
    scene_free(d);
}

/* Every number of the snapshot becomes what f says. */
static void spoil(scene *d, double (*f)(size_t i))
{
    double *const arrays[] = {d->sv, d->W1, d->gram, d->eig, d->sky, d->signs, d->many,
                              d->many_signs, d->high, d->high_axes, d->data, d->labels, d->axes,
                              d->sectors, d->flow, d->field, d->edge, d->equilibria, d->points,
                              d->path, d->code, d->node_x, d->node_y, d->node_value, d->weight,
                              d->past_k, d->sv_past[0], d->eig_past[0], d->sky_past[0]};
    const size_t sizes[] = {3, 100, 900, 20, 2 * SCENE_SKY, SCENE_SKY, 2 * SCENE_MANY, SCENE_MANY,
                            300 * SCENE_DIM, 2 * SCENE_DIM, 32, 16, 4, 4,
                            2 * SCENE_GRID * SCENE_GRID, SCENE_GRID * SCENE_GRID,
                            SCENE_GRID * SCENE_GRID, 9, 18, 80, 18, SCENE_NODES, SCENE_NODES,
                            SCENE_NODES, 20, SCENE_PAST, SCENE_PAST * 3, SCENE_PAST * 20,
                            SCENE_PAST * 2 * SCENE_SKY};
    size_t n = 0;

    for (size_t a = 0; a < sizeof arrays / sizeof *arrays; a++)
        for (size_t i = 0; i < sizes[a]; i++)
            arrays[a][i] = f(n++);
    for (size_t i = 0; i < d->n_series; i++) {
        size_t bins = ory_series_count(d->series[i]);
        uint64_t last = ory_series_bins(d->series[i])[bins - 1].last_step;
        ory_series_clear(d->series[i]);
        for (uint64_t k = 0; k <= last; k++)
            ory_series_push(d->series[i], k, f(n + k), f(n + 3 * k + 1));
        n += 7;
    }
    for (int r = 0; r < 3; r++) {
        for (size_t i = 0; i < d->runs[r].n_quantities; i++) {
            d->q[r][i].value = f(n++);
            d->q[r][i].violation = f(n++);
            d->q[r][i].x0 = f(n++), d->q[r][i].x1 = f(n++);
            d->q[r][i].y0 = f(n++), d->q[r][i].y1 = f(n++);
        }
        d->runs[r].t = f(n++);
        d->runs[r].rate = f(n++);
    }
    for (int i = 0; i < 5; i++) {
        d->claims[i].margin = f(n++), d->claims[i].worst = f(n++), d->claims[i].first_step = f(n++);
        d->claims[i].conclusion.left = f(n++), d->claims[i].conclusion.right = f(n++);
    }
    d->knobs[0].value = f(n++), d->knobs[0].admissible_low = f(n++);
    d->knobs[0].admissible_high = f(n++), d->knobs[0].edge = f(n++);
    d->s.cursor = f(n++), d->s.speed = f(n++);
    for (int i = 0; i < 3; i++)
        d->events[i].t = f(n++);
}

static double all_nan(size_t i) { (void)i; return NAN; }
static double all_zero(size_t i) { (void)i; return 0; }
static double all_same(size_t i) { (void)i; return 0.731; }
static double all_infinite(size_t i) { return i % 2 ? INFINITY : -INFINITY; }
static double all_negative(size_t i) { return -1.0 - (double)(i % 11); }
static double tiny_and_huge(size_t i)
{
    static const double v[] = {1e-300, 1e300, -1e300, 0, 5e-324, -1e-300, 1.7e308, -1.7e308, 1, 2.385};
    return v[i * 7 % 10];
}
static double anything(size_t i)
{
    static const double v[] = {NAN, INFINITY, -INFINITY, 0, 1e300, -1e300, 1e-300, 3, -2, 0.1, 4e9};
    return v[(i * 2654435761u >> 7) % 11];
}
static double huge_apart(size_t i) { return i % 2 ? 1.7e308 : -1.7e308; }

static void no_number_can_hurt_a_panel(void **state)
{
    static double (*const kinds[])(size_t) = {all_nan, all_zero, all_same, all_infinite,
                                              all_negative, tiny_and_huge, anything, huge_apart};

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        scene *d = make_scene();
        spoil(d, kinds[i]);
        draw_all_sizes(d, i % 2);
        d->s.time_axis = true;
        d->s.smooth = true;
        d->s.sync = ORY_SYNC_TIME;
        d->runs[1].part = ORY_PART_LOCKSTEP;
        draw_all_sizes(d, false);
        scene_free(d);
    }
}

static void empty_and_single_arrays_are_ordinary(void **state)
{
    (void)state;
    for (int mode = 0; mode < 4; mode++) {
        scene *d = make_scene();
        for (size_t i = 0; i < d->runs[0].n_quantities; i++) {
            ory_snap_quantity *q = &d->q[0][i];
            if (mode == 0)
                q->rows = q->cols = q->n_bins = 0;
            else if (mode == 1)
                q->data = NULL, q->bins = NULL, q->n_bins = 0, q->n_past = 0;
            else if (mode == 2)
                q->rows = q->rows ? 1 : 0, q->n_bins = q->n_bins ? 1 : 0, q->n_past = 0;
            else
                q->rows = 0;
        }
        d->graph.n = mode == 2 ? 1 : 0;
        d->graph.edges = mode == 2 ? 20 : 0;
        d->runs[0].n_claims = 0;
        d->s.n_console = d->s.n_note = 0;
        draw_all_sizes(d, true);
        scene_free(d);
    }
}

static void nothing_at_all_is_a_snapshot(void **state)
{
    (void)state;
    scene *d = make_scene();
    ory_layout *l = parse(default_layout);
    ory_canvas c = blank(100, 30, &ory_glyphs_braille);

    d->s = ory_snapshot_none();
    draw_all_sizes(d, true);
    ory_frame_draw(l, &d->s, -1, -1, &c, NULL);
    ory_help_draw(&d->s, 3, &c);
    ory_badge_draw(&d->s, &c);
    d->s.n_runs = 1;
    ory_snap_run empty = ory_snap_run_none();
    d->s.runs = &empty;
    draw_all_sizes(d, true);
    ory_frame_draw(l, &d->s, 99, -1, &c, NULL);
    ory_canvas_fini(&c);
    ory_layout_free(l);
    scene_free(d);
}

static void names_may_be_long_wide_and_broken(void **state)
{
    static char bad[1200];
    const char *pieces[] = {"漢字", "e\xCC\x81", "\xFF\xFE", "‖∇L‖²", "a b", "\n", "\t", "%s%n"};

    (void)state;
    bad[0] = 0;
    for (size_t i = 0; strlen(bad) + 16 < sizeof bad; i++)
        strcat(bad, pieces[i % 8]);
    scene *d = make_scene();
    for (size_t i = 0; i < d->runs[0].n_quantities; i++)
        d->q[0][i].label = d->q[0][i].source = d->q[0][i].unit = d->q[0][i].why = bad;
    for (int i = 0; i < 3; i++)
        d->runs[i].name = d->runs[i].description = d->runs[i].rule = d->runs[i].standing =
            d->runs[i].fork_reason = bad;
    for (int i = 0; i < 5; i++)
        d->claims[i].title = d->claims[i].source = d->claims[i].statement = d->claims[i].why =
            d->claims[i].correction = d->hypotheses[i][0].text = bad;
    for (size_t i = 0; i < d->s.n_console; i++)
        d->console[i].text = bad;
    d->events[0].text = bad;
    d->knobs[0].label = d->knobs[0].admissible_source = bad;
    d->ghosts[0].label = bad;
    d->s.prompt.text = d->s.prompt.prompt = d->s.prompt.hint = bad;
    d->s.prompt.cursor = 100000;
    d->s.note_title = d->s.message = d->s.filter = d->s.recording = bad;
    draw_all_sizes(d, true);
    ory_canvas c = blank(70, 20, &ory_glyphs_ascii);
    ory_layout *l = parse(default_layout);
    ory_frame_draw(l, &d->s, -1, -1, &c, NULL);
    ory_canvas_fini(&c);
    ory_layout_free(l);
    scene_free(d);
}

/* ---------------------------------------------------------------- what they say */

static char *frame_text(const scene *d, const char *layout, int w, int h, const ory_glyphs *g)
{
    ory_layout *l = parse(layout);
    ory_canvas c = blank(w, h, g);
    ory_layout_draw(l, &d->s, -1, &c, NULL);
    char *text = ory_canvas_string(&c, ORY_COLOURS_NONE);
    ory_canvas_fini(&c);
    ory_layout_free(l);
    assert_non_null(text);
    return text;
}

static void says(const scene *d, const char *layout, const char *words)
{
    char *text = frame_text(d, layout, 100, 24, &ory_glyphs_braille);
    if (!strstr(text, words))
        fail_msg("%s does not say '%s':\n%s", layout, words, text);
    ory_free(text);
}

static void says_not(const scene *d, const char *layout, const char *words)
{
    char *text = frame_text(d, layout, 100, 24, &ory_glyphs_braille);
    if (strstr(text, words))
        fail_msg("%s says '%s':\n%s", layout, words, text);
    ory_free(text);
}

static void panels_name_bounds_reasons_and_what_is_missing(void **state)
{
    (void)state;
    scene *d = make_scene();
    says(d, "trace(gap)", "Theorem 3.2");
    says_not(d, "trace(gap, bounds=false)", "Theorem 3.2");
    says(d, "trace(gap)", "flow");
    says_not(d, "trace(gap, ghosts=false)", "flow");
    says(d, "trace(asymptotic)", "the initial imbalance is too small");
    says(d, "trace(nowhere)", "nowhere: no such quantity");
    says(d, "trace(theta)", "[rad]");
    says(d, "trace(gap, title='my own')", "my own");
    says(d, "dial(rule)", "rule = rho");
    says(d, "dial(nothing)", "no knob 'nothing'");
    says(d, "dial", "admissible ≤ 0.0262");
    says(d, "meter", "≥ 1.538 Theorem 3.1");
    says(d, "difference(gap)", "r / f");
    d->s.n_runs = 1;
    says(d, "difference(gap)", "needs two runs");
    says(d, "heat(loss)", "nothing read");
    d->q[0][2].violation = 97;
    says(d, "trace(gap)", "✗ 97");
    d->runs[0].n_claims = 0;
    says(d, "claims", "makes no claims");
    d->q[0][7].value = 0.05;
    says(d, "dial", "above the interval");
    d->q[0][7].value = 0.09;
    says(d, "dial", "unstable");
    scene_free(d);
}

/* The flat way of a run that was not recorded must not be invented. */
static void a_value_without_history_is_a_point_unless_it_is_constant(void **state)
{
    (void)state;
    scene *d = make_scene();
    ory_snap_quantity *q = &d->q[0][2]; /* gap_bound */
    q->n_bins = 0;
    q->value = 1e-3;
    char *point = frame_text(d, "trace(gap, ghosts=false)", 70, 16, &ory_glyphs_braille);
    q->constant = true;
    char *line = frame_text(d, "trace(gap, ghosts=false)", 70, 16, &ory_glyphs_braille);
    size_t more = 0;
    for (const char *p = point, *l = line; *p && *l; p++, l++)
        more += *p != *l;
    assert_true(more > 60);
    ory_free(point);
    ory_free(line);
    scene_free(d);
}

static size_t wanted(const char *layout, const char *name)
{
    ory_layout *l = parse(layout);
    ory_panel_want out[ORY_PANEL_WANTS];
    size_t n = ory_panel_wants(l->panels, out), found = 0;
    for (size_t i = 0; i < n; i++)
        if (strcmp(out[i].name, name) == 0)
            found += 1 + 10 * out[i].array + 100 * (out[i].past > 0) + 1000 * out[i].bounds;
    ory_layout_free(l);
    return found;
}

static void panels_say_what_they_read(void **state)
{
    (void)state;
    assert_int_equal(wanted("trace(gap)", "gap"), 1001);
    assert_int_equal(wanted("trace(gap)", "floor"), 1);
    assert_int_equal(wanted("meter", "pl"), 1001);
    assert_int_equal(wanted("meter(loss)", "pl"), 0);
    assert_int_equal(wanted("heat(W1)", "W1"), 11);
    assert_int_equal(wanted("spectrum(sv_w)", "sv_w"), 111);
    assert_int_equal(wanted("sky(w, groups=v, data=x)", "v"), 11);
    assert_int_equal(wanted("sky(w, groups=v, data=x)", "x"), 11);
    assert_int_equal(wanted("dial", "step"), 1);
    assert_int_equal(wanted("dial(step, high=top)", "top"), 1);
    assert_int_equal(wanted("dial(step, from=gap)", "gap"), 1);
    assert_int_equal(wanted("difference(gap)", "loss"), 1);
}

static void a_filter_finds_titles_classes_and_quantities(void **state)
{
    (void)state;
    scene *d = make_scene();
    ory_layout *l = parse("trace(gap, title='Fall of the loss')");
    assert_true(ory_panel_matches(&d->s, l->panels, "LOSS"));
    assert_true(ory_panel_matches(&d->s, l->panels, "race"));
    assert_true(ory_panel_matches(&d->s, l->panels, "gap"));
    assert_true(ory_panel_matches(&d->s, l->panels, ""));
    assert_false(ory_panel_matches(&d->s, l->panels, "heat"));
    ory_layout_free(l);
    scene_free(d);
}

static void the_header_gives_up_the_least_important_first(void **state)
{
    (void)state;
    scene *d = make_scene();
    for (int w = 200; w >= 20; w -= 20) {
        ory_canvas c = blank(w, 1, &ory_glyphs_braille);
        ory_header_draw(&d->s, &c);
        char *text = ory_canvas_string(&c, ORY_COLOURS_NONE);
        assert_non_null(strstr(text, "RUN ×64"));
        assert_true(w < 40 || strstr(text, "step 240"));
        assert_true(w < 140 || strstr(text, "certified"));
        ory_free(text);
        ory_canvas_fini(&c);
    }
    scene_free(d);
}

static void the_console_cursor_stands_where_the_prompt_shows_it(void **state)
{
    (void)state;
    scene *d = make_scene();
    ory_layout *l = parse("console");
    ory_canvas c = blank(40, 8, &ory_glyphs_braille);
    static char lengthy[300];
    int x = -1, y = -1;

    memset(lengthy, 'x', sizeof lengthy - 1);
    const char *const texts[] = {"", "f.rule = ", "σ = ρ", lengthy};
    for (size_t i = 0; i < 4; i++) {
        d->s.prompt.text = texts[i];
        d->s.prompt.cursor = strlen(texts[i]);
        ory_canvas_clear(&c);
        ory_layout_draw(l, &d->s, -1, &c, NULL);
        assert_true(ory_console_cursor(&d->s, &c, &x, &y));
        const ory_cell *cell = c.cells + (size_t)y * (size_t)c.stride + (size_t)x;
        assert_int_equal(cell->role, ORY_ROLE_CURSOR);
        assert_int_equal(cell->cp, ' ');
    }
    d->s.prompt.active = false;
    assert_false(ory_console_cursor(&d->s, &c, &x, &y));
    ory_canvas_fini(&c);
    ory_layout_free(l);
    scene_free(d);
}

static void long_console_lines_go_on_indented(void **state)
{
    static const ory_snap_line line = {"alpha beta gamma delta epsilon zeta", ORY_ROLE_DEFAULT, 4};

    (void)state;
    scene *d = make_scene();
    d->s.console = &line;
    d->s.n_console = 1;
    d->s.prompt = (ory_snap_prompt){0};
    char *text = frame_text(d, "console", 24, 7, &ory_glyphs_ascii);
    assert_non_null(strstr(text, "| alpha beta gamma     |\n|     delta epsilon    |\n"
                                 "|     zeta             |\n+"));
    ory_free(text);
    text = frame_text(d, "console", 24, 4, &ory_glyphs_ascii); /* its beginning is above */
    assert_non_null(strstr(text, "+\n|     delta epsilon    |\n|     zeta             |\n+"));
    ory_free(text);
    scene_free(d);
}

/* ------------------------------------------------------------------- the kit */

static void merged_histories_keep_first_extremes_and_last(void **state)
{
    (void)state;
    ory_series *s = ory_series_new(4096);
    for (uint64_t k = 0; k < 4000; k++)
        ory_series_push(s, k, 0.5 * (double)k, k == 1234 ? 50 : k == 2345 ? -40 : 1 + 1e-4 * (double)k);
    ory_points *p = ory_alloc(1, sizeof *p);
    for (int log = 0; log < 2; log++) {
        ory_points_fill(p, ory_series_bins(s), ory_series_count(s), 0, false, log, 100);
        assert_in_range(p->n, log ? 40 : 98, 102);
        double lo = INFINITY, hi = -INFINITY;
        for (size_t i = 0; i < p->n; i++) {
            lo = fmin(lo, p->lo[i]);
            hi = fmax(hi, p->hi[i]);
            assert_true(i == 0 || p->x[i] > p->x[i - 1]);
        }
        assert_true(hi == 50 && lo == -40);
        assert_true(p->x[0] == 0 && p->y[0] == 1);
        assert_true(p->x[p->n - 1] == 3999 && fabs(p->y[p->n - 1] - 1.3999) < 1e-12);
    }
    ory_points_fill(p, ory_series_bins(s), ory_series_count(s), 3000, false, false, 100);
    assert_true(p->x[0] >= 3000);
    ory_points_fill(p, ory_series_bins(s), ory_series_count(s), 0, true, false, 100);
    assert_true(p->x[p->n - 1] == 0.5 * 3999);
    assert_true(ory_bins_time(ory_series_bins(s), ory_series_count(s), 100) == 50);
    ory_free(p);
    ory_series_free(s);
}

static void heat_colours_are_symmetric_when_signs_differ(void **state)
{
    static const double mixed[4] = {-1, 0.25, 3, NAN}, positive[3] = {2, 3, 4};
    ory_heat h;

    (void)state;
    assert_true(ory_heat_range(&h, mixed, 4));
    assert_true(h.diverging && h.lo == -3 && h.hi == 3);
    assert_int_equal(ory_heat_role(&h, 0), ORY_ROLE_DIVERGING + ORY_DIVERGING_LEVELS / 2);
    assert_int_equal(ory_heat_role(&h, 3), ORY_ROLE_DIVERGING + ORY_DIVERGING_LEVELS - 1);
    assert_int_equal(ory_heat_role(&h, -3), ORY_ROLE_DIVERGING);
    assert_int_equal(ory_heat_role(&h, NAN), ORY_ROLE_NA);
    assert_true(ory_heat_range(&h, positive, 3));
    assert_true(!h.diverging && h.lo == 2 && h.hi == 4);
    assert_true(ory_heat_range(&h, (const double[]){0, 0}, 2)); /* nothing: the empty shade */
    assert_int_equal(ory_heat_role(&h, 0), ORY_ROLE_HEAT);
    assert_false(ory_heat_range(&h, mixed + 3, 1));
}

/* The contour of a plane is a straight line at the right place. */
static void a_level_curve_lies_where_the_field_has_the_level(void **state)
{
    double data[20 * 20];
    const double x[2] = {-1, 1}, y[2] = {-1, 1};
    const ory_pen pen = {0, 0, 0, 1, 0};
    ory_plot plot = {.x = {NULL, NULL, false, -1, 1}, .y = {NULL, NULL, false, -1, 1}, .floor = NAN};
    ory_plot_look look = ory_plot_look_plain();
    ory_plot_area a;
    ory_canvas c = blank(40, 20, &ory_glyphs_braille);
    int dots = 0;

    (void)state;
    for (int i = 0; i < 20; i++)
        for (int j = 0; j < 20; j++)
            data[i * 20 + j] = -1 + 2 * (j + 0.5) / 20; /* x itself */
    look.no_labels = look.no_legend = true;
    ory_plot_axes(&plot, &look, &c, &a);
    ory_contour(&a, data, 20, 20, 1, 0.37, x, y, &pen);
    for (int py = 0; py < ory_dots_h(&a.view); py++) {
        for (int px = 0; px < ory_dots_w(&a.view); px++) {
            const ory_dots *d = a.view.dots + (size_t)(py / 4) * (size_t)a.view.stride + (size_t)(px / 2);
            if (!(d->bits & ory_dot_bit(px, py)))
                continue;
            assert_true(fabs(ory_scale_value(&a.x, px) - 0.37) < 1.01 / a.x.per_unit);
            dots++;
        }
    }
    assert_in_range(dots, 70, 80);
    ory_canvas_fini(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_panel_looks_as_it_did),
        cmocka_unit_test(whole_frames_look_as_they_did),
        cmocka_unit_test(overlays_look_as_they_did),
        cmocka_unit_test(every_class_is_among_the_panels_tested),
        cmocka_unit_test(panels_stay_inside_and_repeat_themselves_at_every_size),
        cmocka_unit_test(no_number_can_hurt_a_panel),
        cmocka_unit_test(empty_and_single_arrays_are_ordinary),
        cmocka_unit_test(nothing_at_all_is_a_snapshot),
        cmocka_unit_test(names_may_be_long_wide_and_broken),
        cmocka_unit_test(panels_name_bounds_reasons_and_what_is_missing),
        cmocka_unit_test(a_value_without_history_is_a_point_unless_it_is_constant),
        cmocka_unit_test(panels_say_what_they_read),
        cmocka_unit_test(a_filter_finds_titles_classes_and_quantities),
        cmocka_unit_test(the_header_gives_up_the_least_important_first),
        cmocka_unit_test(the_console_cursor_stands_where_the_prompt_shows_it),
        cmocka_unit_test(long_console_lines_go_on_indented),
        cmocka_unit_test(merged_histories_keep_first_extremes_and_last),
        cmocka_unit_test(heat_colours_are_symmetric_when_signs_differ),
        cmocka_unit_test(a_level_curve_lies_where_the_field_has_the_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
