/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_layout.c - layouts: what the text may say, where panels are placed, what is left
 * out when there is no room. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scene.h"
#include "systems/system.h"
#include "tui/textout.h"

static ory_layout *parse(const char *text)
{
    ory_layout *l = NULL;
    ory_error err = {0};
    if (ory_layout_parse(text, &l, &err) != ORY_OK)
        fail_msg("%s: %s", text, err.text);
    return l;
}

static void refuses(const char *text, ory_status status, const char *words)
{
    ory_layout *l = NULL;
    ory_error err = {0};
    assert_int_equal(ory_layout_parse(text, &l, &err), status);
    assert_null(l);
    if (!strstr(err.text, words))
        fail_msg("'%s' says '%s', not '%s'", text, err.text, words);
}

static void a_line_of_text_becomes_boxes_and_panels(void **state)
{
    (void)state;
    ory_layout *l = parse("v( h(trace(gap, 'W[1,2]', y=log, last=100, bounds=false):2.5, meter),\n"
                          "   h(dial claims):=9 console:0.5 )");
    assert_int_equal(l->n_panels, 5);
    assert_int_equal(l->n_boxes, 8);
    assert_int_equal(l->boxes[0].kind, ORY_BOX_ROWS);
    assert_int_equal(l->boxes[1].kind, ORY_BOX_COLUMNS);
    assert_true(l->boxes[2].weight == 2.5);
    const ory_panel *p = l->panels;
    assert_string_equal(p->class->name, "trace");
    assert_int_equal(p->n_names, 2);
    assert_string_equal(p->names[1], "W[1,2]");
    assert_int_equal(ory_values_choice(&p->options, ory_params_find(p->class->params, "y")), 2);
    assert_true(ory_values_real(&p->options, ory_params_find(p->class->params, "last")) == 100);
    assert_false(ory_values_bool(&p->options, ory_params_find(p->class->params, "bounds")));
    int fixed = l->boxes[l->boxes[0].first].next;
    assert_int_equal(l->boxes[fixed].cells, 9);
    assert_true(l->boxes[fixed].weight == 0);
    ory_layout_free(l);
    l = parse("trace(gap)");
    assert_int_equal(l->n_panels, 1);
    ory_layout_free(l);
    ory_layout_free(NULL);
}

static void refusals_are_sentences_with_place_and_nearest_name(void **state)
{
    (void)state;
    refuses("", ORY_EINVAL, "ends at column 1");
    refuses("trase(gap)", ORY_ENAME, "no panel 'trase' at column 1 (did you mean 'trace'?)");
    refuses("v(trace(gap), spektrum(x))", ORY_ENAME, "at column 15 (did you mean 'spectrum'?)");
    refuses("v(zzzz)", ORY_ENAME, "panels: bars");
    refuses("trace(gap, bound=true)", ORY_ENAME, "trace: unknown option 'bound' (did you mean 'bounds'?)");
    refuses("trace(gap, last=soon)", ORY_EINVAL, "last = \"soon\" (a number expected)");
    refuses("trace(gap, last=0)", ORY_ERANGE, "last = 0");
    refuses("trace(gap, y=cubic)", ORY_ENAME, "\"auto\"");
    refuses("trace(gap, bounds=maybe)", ORY_EINVAL, "bounds");
    refuses("trace", ORY_EINVAL, "trace: at least 1 name needed");
    refuses("note(gap)", ORY_ERANGE, "note: 'gap' given, but the panel takes no quantities");
    refuses("heat(a, b)", ORY_ERANGE, "heat: 'b' is one too many (at most 1)");
    refuses("v(trace(gap)", ORY_EINVAL, "')' missing");
    refuses("v()", ORY_EINVAL, "empty box");
    refuses("v trace(gap)", ORY_EINVAL, "'(' expected after 'v'");
    refuses("trace(gap", ORY_EINVAL, "ends at column 10");
    refuses("trace('gap)", ORY_EINVAL, "quote at column 7 is not closed");
    refuses("trace(gap):0", ORY_EINVAL, "size at column 12");
    refuses("trace(gap):=1.5", ORY_EINVAL, "whole number");
    refuses("trace(gap):nan", ORY_EINVAL, "size");
    refuses("trace(gap) dial", ORY_EINVAL, "'dial' at column 12 after the end");
    refuses("trace(=3)", ORY_EINVAL, "'=' at column 7");
}

static void limits_are_kept(void **state)
{
    char text[4000];

    (void)state;
    memset(text, 0, sizeof text);
    for (int i = 0; i < 20; i++)
        strcat(text, "v(");
    refuses(text, ORY_ERANGE, "nested deeper");
    strcpy(text, "v(");
    for (int i = 0; i < 40; i++)
        strcat(text, "dial ");
    strcat(text, ")");
    refuses(text, ORY_ERANGE, "more than 32 panels");
    strcpy(text, "trace(");
    memset(text + 6, 'x', 100);
    strcpy(text + 106, ")");
    refuses(text, ORY_EINVAL, "has 100 bytes");
    memset(text + 6, 'x', 1000);
    strcpy(text + 1006, ")");
    refuses(text, ORY_EINVAL, "longer than");
}

static void any_text_is_answered_and_nothing_leaks(void **state)
{
    static const char *const pieces[] = {"v(", "h(", ")", "(", ",", "=", ":", ":=", "trace", "heat",
                                         "gap", "\"", "'", "3", "-1e999", " ", "title", "dial",
                                         "\xFF", "console", "run", "run=2", "99999999999"};
    unsigned seed = 12345;
    size_t before = ory_mem_in_use(), parsed = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char text[200] = "";
        int n = 1 + (int)(5 * (1 + scene_random(&seed)));
        for (int j = 0; j < n; j++)
            strcat(text, pieces[(size_t)((1 + scene_random(&seed)) / 2 * 22.99)]);
        ory_layout *l = NULL;
        ory_error err = {0};
        if (ory_layout_parse(text, &l, &err) == ORY_OK) {
            parsed++;
            ory_layout_free(l);
        } else {
            assert_null(l);
            assert_true(err.text[0]);
        }
    }
    assert_true(parsed > 20);
    assert_int_equal(ory_mem_in_use(), before);
}

static void without_memory_a_layout_is_refused(void **state)
{
    size_t before = ory_mem_in_use();
    int refused = 0;

    (void)state;
    for (int n = 0; n < 40; n++) {
        ory_layout *l = NULL;
        ory_mem_fault_set(n);
        ory_status status = ory_layout_parse("v(trace(gap, title='a b') dial console)", &l, NULL);
        ory_mem_fault_set(-1);
        assert_true(status == ORY_OK || status == ORY_ENOMEM);
        refused += status == ORY_ENOMEM;
        assert_true((status == ORY_OK) == (l != NULL));
        ory_layout_free(l);
        assert_int_equal(ory_mem_in_use(), before);
    }
    assert_in_range(refused, 2, 39);
}

/* ------------------------------------------------------------------- placing */

/* Every cell belongs to exactly one panel that is shown. */
static void check_cover(const ory_layout *l, const ory_rect *r, int w, int h)
{
    static unsigned char seen[200 * 80];

    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < l->n_panels; i++) {
        assert_true(r[i].x >= 0 && r[i].y >= 0 && r[i].x + r[i].w <= w && r[i].y + r[i].h <= h);
        for (int y = r[i].y; y < r[i].y + r[i].h; y++)
            for (int x = r[i].x; x < r[i].x + r[i].w; x++)
                seen[y * w + x]++;
    }
    for (int i = 0; i < w * h; i++)
        if (seen[i] != 1)
            fail_msg("%dx%d: cell %d,%d lies in %d panels", w, h, i % w, i / w, seen[i]);
}

static const char four_rows[] = "v(h(trace(a):31, meter:29):5, h(spectrum(b), dial, claims):4, console:3)";

static void placed_panels_cover_the_whole_and_do_not_overlap(void **state)
{
    ory_rect r[ORY_LAYOUT_PANELS];

    (void)state;
    ory_layout *l = parse(four_rows);
    for (int w = 24; w < 200; w += 7)
        for (int h = 6; h < 80; h += 5) {
            assert_true(ory_layout_place(l, w, h, NULL, -1, r) > 0);
            check_cover(l, r, w, h);
        }
    ory_layout_free(l);
}

static void weights_share_and_fixed_sizes_stay(void **state)
{
    ory_rect r[ORY_LAYOUT_PANELS];

    (void)state;
    ory_layout *l = parse("v(trace(a):3, trace(b):1, console:=10)");
    assert_int_equal(ory_layout_place(l, 100, 50, NULL, -1, r), 3);
    assert_int_equal(r[0].h, 30);
    assert_int_equal(r[1].h, 10);
    assert_int_equal(r[2].h, 10);
    assert_int_equal(ory_layout_place(l, 100, 24, NULL, -1, r), 3);
    assert_int_equal(r[1].h, 6); /* its least size */
    assert_int_equal(r[2].h, 10);
    assert_int_equal(r[0].h, 8);
    ory_layout_free(l);
}

static void the_last_panels_go_first_the_console_late_and_the_kept_one_never(void **state)
{
    ory_rect r[ORY_LAYOUT_PANELS];

    (void)state;
    ory_layout *l = parse(four_rows); /* trace meter spectrum dial claims console */
    assert_int_equal(ory_layout_place(l, 120, 37, NULL, -1, r), 6);
    assert_int_equal(ory_layout_place(l, 60, 13, NULL, -1, r), 3);
    assert_true(r[0].w && r[1].w && r[5].w && !r[2].w && !r[3].w && !r[4].w);
    assert_int_equal(ory_layout_place(l, 60, 13, NULL, 4, r), 2);
    assert_true(r[4].w && r[5].w);
    assert_int_equal(ory_layout_place(l, 50, 37, NULL, -1, r), 5);
    assert_true(!r[4].w); /* claims: too wide a row */
    ory_layout_place(l, 10, 5, NULL, 3, r);
    assert_true(r[3].w);
    assert_int_equal(ory_layout_place(l, 0, 0, NULL, -1, r), 0);
    bool hidden[6] = {true, false, true, false, true, true};
    assert_int_equal(ory_layout_place(l, 120, 40, hidden, -1, r), 2);
    assert_true(r[1].w == 120 && r[3].w == 120 && r[1].h + r[3].h == 40);
    ory_layout_free(l);
}

static void rectangles_of_a_frame_lie_where_the_panels_were_drawn(void **state)
{
    ory_rect r[ORY_LAYOUT_PANELS];
    ory_canvas c;

    (void)state;
    scene *d = scene_new();
    ory_layout *l = parse("v(h(trace(gap), meter), console)");
    assert_int_equal(ory_canvas_init(&c, 120, 40, &ory_glyphs_braille), ORY_OK);
    ory_frame_draw(l, &d->s, -1, -1, &c, r);
    for (int i = 0; i < 3; i++) {
        const ory_cell *corner = c.cells + (size_t)r[i].y * (size_t)c.stride + (size_t)r[i].x;
        assert_int_equal(corner->cp, c.glyphs->top_left);
        corner += (size_t)(r[i].h - 1) * (size_t)c.stride + (size_t)(r[i].w - 1);
        assert_int_equal(corner->cp, c.glyphs->bottom_right);
    }
    d->s.filter = "constants";
    ory_frame_draw(l, &d->s, -1, -1, &c, r);
    assert_true(!r[0].w && r[1].w == 120 && r[2].w == 120);
    ory_frame_draw(l, &d->s, -1, 0, &c, r);
    assert_true(r[0].w == 120 && !r[1].w);
    ory_canvas_fini(&c);
    ory_layout_free(l);
    scene_free(d);
}

/* ------------------------------------------------------------------- defaults */

static void a_run_without_a_layout_gets_one_that_parses(void **state)
{
    char text[600];

    (void)state;
    scene *d = scene_new();
    ory_layout *l = parse(ory_layout_generic(d->runs, text, sizeof text));
    assert_true(l->n_panels >= 5);
    assert_non_null(strstr(text, "trace(gap)"));
    assert_non_null(strstr(text, "meter"));
    assert_non_null(strstr(text, "claims"));
    assert_non_null(strstr(text, "console"));
    ory_layout_free(l);
    ory_layout_free(parse(ory_layout_generic(NULL, text, sizeof text)));
    ory_layout_free(parse(ory_layout_generic(d->runs, text, 20)));
    for (size_t i = 0; i < d->runs[0].n_quantities; i++)
        d->q[0][i].name = i % 2 ? "a b(c" : "say \"no\"";
    ory_layout_free(parse(ory_layout_generic(d->runs, text, sizeof text)));
    scene_free(d);
}

/* A probe, an option, or a block of the state of an instance with default options (NULL:
 * it needs options; then nothing can be said about blocks). */
static bool known_to(const ory_system_class *c, const ory_system *s, const char *name)
{
    return ory_probe_find(c, name) >= 0 || ory_params_find(c->params, name) >= 0 || !s ||
           ory_system_block(s, name);
}

static ory_system *instance(const ory_system_class *c)
{
    ory_values v = {0};
    ory_system *s = NULL;

    if (ory_values_init(&v, c->name, c->params, NULL) == ORY_OK &&
        ory_values_complete(&v, NULL) == ORY_OK && ory_system_new(c, &v, &s, NULL) != ORY_OK)
        s = NULL;
    ory_values_fini(&v);
    return s;
}

static void layouts_of_systems_parse_and_name_what_they_have(void **state)
{
    (void)state;
    for (size_t i = 0; i < ory_system_count(); i++) {
        const ory_system_class *c = ory_system_class_at(i);
        if (!c->layout)
            continue;
        ory_layout *l = parse(c->layout);
        ory_system *s = instance(c);
        for (size_t j = 0; j < l->n_panels; j++) {
            const ory_panel *p = l->panels + j;
            for (size_t k = 0; k < p->n_names && strcmp(p->class->name, "network") != 0; k++)
                if (!known_to(c, s, p->names[k]))
                    fail_msg("%s: its layout names '%s'", c->name, p->names[k]);
        }
        ory_system_unref(s);
        ory_layout_free(l);
    }
}

static void every_option_of_every_panel_is_documented(void **state)
{
    (void)state;
    for (size_t i = 0; i < ory_panel_class_count(); i++) {
        const ory_panel_class *c = ory_panel_class_at(i);
        assert_string_equal(c->params[ORY_PANEL_P_TITLE].name, "title");
        assert_string_equal(c->params[ORY_PANEL_P_RUN].name, "run");
        for (const ory_param *p = c->params; p->name; p++)
            if (!p->doc || strlen(p->doc) < 10 || p->doc[strlen(p->doc) - 1] != '.')
                fail_msg("%s.%s has no sentence", c->name, p->name);
        assert_true((c->names_max > 0) == (c->names_doc != NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_of_text_becomes_boxes_and_panels),
        cmocka_unit_test(refusals_are_sentences_with_place_and_nearest_name),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(any_text_is_answered_and_nothing_leaks),
        cmocka_unit_test(without_memory_a_layout_is_refused),
        cmocka_unit_test(placed_panels_cover_the_whole_and_do_not_overlap),
        cmocka_unit_test(weights_share_and_fixed_sizes_stay),
        cmocka_unit_test(the_last_panels_go_first_the_console_late_and_the_kept_one_never),
        cmocka_unit_test(rectangles_of_a_frame_lie_where_the_panels_were_drawn),
        cmocka_unit_test(a_run_without_a_layout_gets_one_that_parses),
        cmocka_unit_test(layouts_of_systems_parse_and_name_what_they_have),
        cmocka_unit_test(every_option_of_every_panel_is_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
