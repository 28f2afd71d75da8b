/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_dash.c - the dashboard as a state machine: keys and ticks in, lines of Lua and
 * frames out; no terminal, no Lua. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "app/dash_model.h"
#include "core/clock.h"
#include "core/mem.h"

typedef struct scene {
    ory_dash *d;
    ory_run_box box[3];
    char lines[4096], notes[4096], typed[256];
    uint32_t taken; /* key of the user's own */
} scene;

static void take_line(void *ctx, const char *lua)
{
    scene *s = ctx;

    strncat(strncat(s->lines, lua, 500), "|", 2);
}

static void take_note(void *ctx, const char *lua)
{
    scene *s = ctx;

    strncat(strncat(s->notes, lua, 500), "|", 2);
}

static bool take_bound(void *ctx, uint32_t key)
{
    return ((scene *)ctx)->taken == key;
}

static void take_prompt(void *ctx, const char *text, size_t cursor)
{
    scene *s = ctx;

    snprintf(s->typed, sizeof s->typed, "%.*s^%s", (int)cursor, text, text + cursor);
}

static void make_run(ory_run_box *box, const char *rule, double step)
{
    const ory_system_class *c = ory_system_class_find("net.linear");
    const ory_stepper_class *gd = ory_stepper_class_find("gd");
    ory_values v, sv;
    ory_system *sys;
    ory_error err = {0};

    assert_int_equal(ory_values_init(&v, c->name, c->params, &err), ORY_OK);
    ory_values_set_num(&v, "init_scale", 0.25, &err);
    ory_values_set_num(&v, "seed", 7, &err);
    assert_int_equal(ory_system_new(c, &v, &sys, &err), ORY_OK);
    assert_int_equal(ory_values_init(&sv, gd->name, gd->params, &err), ORY_OK);
    ory_values_set_text(&sv, "rule", rule, &err);
    if (step > 0)
        ory_values_set_num(&sv, "step", step, &err);
    memset(box, 0, sizeof *box);
    assert_int_equal(ory_run_new(sys, &(ory_run_options){.values = &sv}, &box->r, &err), ORY_OK);
    ory_system_unref(sys);
    ory_values_fini(&v);
    ory_values_fini(&sv);
}

static int start_with(void **state, int runs)
{
    static scene s;
    dash_host host = {&s, take_line, take_note, take_bound, take_prompt, NULL};
    static const char *const names[] = {"r", "b", "c"};
    ory_error err = {0};
    int i;

    ory_clock_fake(true);
    memset(&s, 0, sizeof s);
    assert_int_equal(dash_new(&host, &s.d, &err), ORY_OK);
    for (i = 0; i < runs; i++) {
        make_run(&s.box[i], i ? "const" : "local", i ? 0.001 : 0);
        assert_int_equal(dash_add_run(s.d, &s.box[i], LUA_NOREF, names[i], ORY_PART_LOCKSTEP, &err),
                         ORY_OK);
    }
    if (runs)
        dash_shot_take(s.d->runs[0].shot, s.d, &s.d->runs[0]);
    assert_int_equal(dash_default_layouts(s.d, &err), ORY_OK);
    *state = &s;
    return 0;
}

static int start_one(void **state) { return start_with(state, 1); }
static int start_two(void **state) { return start_with(state, 2); }
static int start_none(void **state) { return start_with(state, 0); }

static int end(void **state)
{
    scene *s = *state;
    int i;

    dash_free(s->d);
    for (i = 0; i < 3; i++)
        ory_run_free(s->box[i].r);
    ory_clock_fake(false);
    return 0;
}

static void press(scene *s, const char *name)
{
    uint32_t key = ory_keyin_parse(name);

    assert_true(key != 0);
    dash_press(s->d, key);
}

static void pass_frames(scene *s, int n)
{
    while (n-- > 0) {
        ory_clock_advance(1.0 / DASH_FPS);
        dash_tick(s->d, 1.0 / DASH_FPS);
        dash_move(s->d, 1.0 / DASH_FPS);
    }
}

static char *frame(scene *s, int w, int h)
{
    ory_canvas c;
    char *text;
    int x, y;

    assert_int_equal(ory_canvas_init(&c, w, h, s->d->glyphs), ORY_OK);
    assert_int_equal(dash_draw(s->d, &c, &x, &y), ORY_OK);
    text = ory_alloc((size_t)(w * 4 + 2) * (size_t)h + 1, 1);
    for (y = 0; text && y < h; y++)
        for (x = 0; x < w; x++) {
            uint32_t cp = c.cells[y * c.stride + x].cp;

            text[y * (w + 1) + x] = cp >= 32 && cp < 127 ? (char)cp : '?';
            text[y * (w + 1) + w] = '\n';
        }
    ory_canvas_fini(&c);
    return text;
}

static void expect_in_frame(scene *s, const char *what)
{
    char *text = frame(s, 120, 40);

    if (!strstr(text, what))
        fail_msg("'%s' is not in the frame:\n%s", what, text);
    ory_free(text);
}

static const char *last_console_line(const scene *s)
{
    const ory_dash *d = s->d;

    return d->n_console ? d->console[(d->console_at + d->n_console - 1) % DASH_CONSOLE].text : "";
}

/* ------------------------------------------------------------------------ keys */

static void keys_that_change_a_run_become_lines(void **state)
{
    scene *s = *state;

    press(s, "s");
    press(s, "m");
    press(s, "f");
    press(s, "R");
    press(s, "N");
    assert_string_equal(s->lines, "r:step();|r:mark(\"mark 1\");|f1 = r:fork(\"f1\");|r:reset();|"
                                  "r:reset{seed=8};|");
}

static void keys_that_ask_for_more_begin_a_line(void **state)
{
    scene *s = *state;

    press(s, "S");
    assert_string_equal(s->typed, "r:step(100^);");
    press(s, "e");
    assert_string_equal(s->typed, "r.step = ^");
    press(s, "b");
    assert_string_equal(s->typed, "r:when(\"gap < 1e-6^\")");
    press(s, ":");
    assert_string_equal(s->typed, "^");
    assert_string_equal(s->lines, "");
}

static void running_takes_as_many_steps_as_the_speed_says(void **state)
{
    scene *s = *state;

    press(s, "space");
    assert_true(s->d->running);
    pass_frames(s, 30);
    assert_int_equal(ory_run_k(s->box[0].r), 120); /* 4 a frame */
    press(s, "+");
    pass_frames(s, 10);
    assert_int_equal(ory_run_k(s->box[0].r), 200);
    press(s, "-");
    press(s, "-");
    press(s, "-");
    press(s, "-"); /* one is the least */
    pass_frames(s, 10);
    assert_int_equal(ory_run_k(s->box[0].r), 210);
    assert_string_equal(last_console_line(s), "ui.speed(1)");
    press(s, "space");
    assert_false(s->d->running);
    assert_string_equal(s->notes, "r:step(210);|"); /* the line the live run stands for */
}

static void the_noted_steps_rebuild_the_run(void **state)
{
    scene *s = *state;
    ory_error err = {0};
    ory_stop stop;

    press(s, "space");
    press(s, "*");
    pass_frames(s, 2);
    press(s, "space");
    assert_true(isinf(s->d->speed));
    assert_string_equal(s->notes, "r:step(2000);|");
    make_run(&s->box[1], "local", 0);
    assert_int_equal(ory_run_step(s->box[1].r, 2000, &stop, &err), ORY_OK);
    assert_true(ory_run_hash(s->box[0].r) == ory_run_hash(s->box[1].r));
}

static void a_breakpoint_pauses_with_its_reason(void **state)
{
    scene *s = *state;
    ory_condition c = {.probe = ory_run_probe_find(s->box[0].r, "gap"), .rel = ORY_LT,
                       .value = 1e-3, .every = 1};
    int id;

    assert_int_equal(ory_run_when_probe(s->box[0].r, &c, &id, NULL), ORY_OK);
    press(s, "space");
    pass_frames(s, 100);
    assert_false(s->d->running);
    assert_int_equal(s->d->runs[0].state, ORY_STATE_PAUSED);
    assert_non_null(strstr(s->d->runs[0].reason, "gap"));
    expect_in_frame(s, "PAUSED");
}

static void divergence_is_shown_and_stops(void **state)
{
    scene *s = *state;

    assert_int_equal(ory_run_set_num(s->box[0].r, "step", 10, NULL), ORY_OK);
    press(s, "space");
    pass_frames(s, 10);
    assert_false(s->d->running);
    assert_int_equal(s->d->runs[0].state, ORY_STATE_DIVERGED);
    expect_in_frame(s, "DIVERGED");
}

static void seeking_stays_inside_what_is_known(void **state)
{
    scene *s = *state;
    ory_stop stop;

    press(s, "[");
    assert_string_equal(s->lines, "");
    assert_string_equal(s->d->message, "this is the first step");
    ory_run_step(s->box[0].r, 80, &stop, NULL);
    press(s, "[");
    press(s, ",");
    press(s, "Home");
    press(s, "]");
    assert_string_equal(s->lines, "r:rewind(78);|r:rewind(79);|r:rewind(0);|");
    assert_string_equal(s->d->message, "nothing is known beyond this step");
    ory_run_rewind(s->box[0].r, 40, NULL);
    press(s, "End");
    assert_non_null(strstr(s->lines, "r:rewind(80);|"));
}

static void markers_are_found(void **state)
{
    scene *s = *state;
    ory_stop stop;

    press(s, "{");
    assert_string_equal(s->lines, "");
    ory_run_step(s->box[0].r, 10, &stop, NULL);
    ory_run_mark(s->box[0].r, "here", NULL);
    ory_run_step(s->box[0].r, 10, &stop, NULL);
    press(s, "{");
    assert_string_equal(s->lines, "r:rewind(10);|");
}

static void the_view_is_changed_and_echoed(void **state)
{
    scene *s = *state;

    press(s, "g");
    assert_ptr_equal(s->d->glyphs, &ory_glyphs_quadrant);
    assert_string_equal(last_console_line(s), "ui.glyphs(\"quadrant\")");
    press(s, "g");
    assert_int_equal(s->d->n_console, 1); /* the echo before of the same function goes */
    press(s, "c");
    assert_string_equal(last_console_line(s), "ui.colors(\"16\")");
    press(s, "4");
    assert_string_equal(last_console_line(s), "ui.layout(4)");
    assert_int_equal(s->d->layout, 3);
    press(s, "9");
    assert_string_equal(s->d->message, "there is no layout 9");
    press(s, "1");
    press(s, "t");
    assert_true(s->d->time_axis);
    press(s, "v");
    assert_true(s->d->smooth);
    press(s, "y");
    assert_string_equal(last_console_line(s), "ui.axis(\"y\", \"linear\")");
    press(s, "o");
    assert_string_equal(last_console_line(s), "ui.flow(true)");
}

static void focus_walks_and_zoom_shows_one_panel(void **state)
{
    scene *s = *state;
    char *text = frame(s, 120, 40);

    ory_free(text);
    assert_int_equal(s->d->focus, 0);
    press(s, "Tab");
    assert_int_equal(s->d->focus, 1);
    press(s, "BackTab");
    press(s, "Right");
    assert_int_equal(s->d->focus, 1);
    press(s, "Left");
    assert_int_equal(s->d->focus, 0);
    press(s, "z");
    assert_int_equal(s->d->zoom, 0);
    text = frame(s, 120, 40);
    assert_null(strstr(text, "claims"));
    ory_free(text);
    press(s, "Esc");
    assert_int_equal(s->d->zoom, -1);
    expect_in_frame(s, "claims");
    dash_click(s->d, 60, 38 - 3, 0); /* the console, at the foot */
    assert_string_equal(dash_panel(s->d, s->d->focus)->class->name, "console");
}

static void a_claim_opens_and_closes(void **state)
{
    scene *s = *state;
    char *text = frame(s, 120, 40);

    ory_free(text);
    s->d->focus = dash_panel_find(s->d, "claims");
    press(s, "Down");
    press(s, "j");
    press(s, "k");
    assert_int_equal(dash_panel(s->d, s->d->focus)->selected, 1);
    press(s, "Enter");
    assert_true(dash_panel(s->d, s->d->focus)->detail);
    press(s, "Esc");
    assert_false(dash_panel(s->d, s->d->focus)->detail);
}

static void the_filter_is_typed(void **state)
{
    scene *s = *state;
    char *text;

    press(s, "/");
    press(s, "c");
    press(s, "l");
    press(s, "q"); /* no command now */
    press(s, "BS");
    press(s, "a");
    press(s, "Enter");
    assert_string_equal(s->d->filter, "cla");
    assert_string_equal(last_console_line(s), "ui.filter(\"cla\")");
    text = frame(s, 120, 40);
    assert_null(strstr(text, "step size"));
    ory_free(text);
    press(s, "Esc");
    assert_string_equal(s->d->filter, "");
}

static void help_lists_every_key_and_any_key_leaves_it(void **state)
{
    scene *s = *state;

    press(s, "?");
    expect_in_frame(s, "Run or pause.");
    press(s, "s");
    assert_false(s->d->help);
    assert_string_equal(s->lines, "");
}

static void the_dial_turns_its_knob(void **state)
{
    scene *s = *state;
    char *text = frame(s, 120, 40);

    ory_free(text);
    s->d->focus = dash_panel_find(s->d, "dial");
    assert_true(s->d->focus >= 0);
    press(s, "Right");
    assert_int_equal(strncmp(s->lines, "r.step = 0.00179", 16), 0);
}

static void pins_stay_and_go(void **state)
{
    scene *s = *state;
    char *text;

    press(s, "space");
    pass_frames(s, 10);
    press(s, "space");
    text = frame(s, 120, 40);
    ory_free(text);
    press(s, "p");
    assert_true(s->d->n_pins >= 1);
    assert_string_equal(s->d->pins[0].quantity, "gap");
    expect_in_frame(s, "pin 1");
    while (s->d->n_pins < DASH_PINS)
        press(s, "p");
    press(s, "p"); /* no room: harmless */
    press(s, "P");
    assert_int_equal(s->d->n_pins, 0);
}

static void keys_of_the_user_come_first(void **state)
{
    scene *s = *state;

    s->taken = 's';
    press(s, "s");
    assert_string_equal(s->lines, "");
    press(s, "F9");
    assert_string_equal(s->d->message, "key F9 does nothing; ? lists the keys");
}

static void leaving_says_so(void **state)
{
    scene *s = *state;

    press(s, "q");
    assert_true(s->d->leave && !s->d->quit);
    press(s, "Q");
    assert_true(s->d->quit);
}

static void no_two_rows_take_the_same_key(void **state)
{
    size_t i, j;

    (void)state;
    for (i = 0; i < dash_key_count; i++) {
        const char *at = dash_keys[i].keys;

        while (*at) {
            char name[ORY_KEYIN_NAME] = "";
            size_t n = strcspn(at, " ");

            memcpy(name, at, n);
            assert_true(ory_keyin_parse(name) != 0);
            for (j = i + 1; j < dash_key_count; j++) {
                const char *other = dash_keys[j].keys;

                for (; *other; other += strcspn(other, " ") + (other[strcspn(other, " ")] == ' '))
                    assert_false(strcspn(other, " ") == n && strncmp(other, at, n) == 0);
            }
            at += n + (at[n] == ' ');
        }
    }
}

/* -------------------------------------------------------------------- lockstep */

static void runs_keep_pace_by_step_and_by_time(void **state)
{
    scene *s = *state;
    ory_run *a = s->box[0].r, *b = s->box[1].r;

    press(s, "space");
    pass_frames(s, 20);
    assert_int_equal(ory_run_k(a), ory_run_k(b));
    press(s, "space");
    press(s, "Y");
    assert_string_equal(last_console_line(s), "ui.sync(\"time\")");
    press(s, "space");
    pass_frames(s, 20);
    assert_true(ory_run_t(b) >= ory_run_t(a) - 0.003 && ory_run_t(b) < ory_run_t(a) + 0.002);
    assert_true(ory_run_k(b) > ory_run_k(a)); /* smaller steps: more of them */
}

static void runs_keep_pace_by_loss(void **state)
{
    scene *s = *state;
    double la = 0, lb = 0;
    int probe = ory_run_probe_find(s->box[0].r, "loss");

    press(s, "Y");
    press(s, "Y");
    press(s, "space");
    pass_frames(s, 10);
    ory_run_read(s->box[0].r, probe, &la, NULL);
    ory_run_read(s->box[1].r, probe, &lb, NULL);
    assert_true(lb <= la * 1.5);
    assert_true(ory_run_k(s->box[1].r) > ory_run_k(s->box[0].r));
}

static void the_panels_change_their_run(void **state)
{
    scene *s = *state;

    press(s, "r");
    assert_ptr_equal(s->d->runs[0].box, &s->box[1]);
    assert_string_equal(last_console_line(s), "ui.show(b)");
    press(s, "s");
    assert_string_equal(s->lines, "b:step(); r:step();|");
}

/* ------------------------------------------------------------------- the flow */

static void the_flow_runs_beside_at_equal_time(void **state)
{
    scene *s = *state;
    size_t i;

    press(s, "o");
    press(s, "space");
    pass_frames(s, 10);
    dash_flow_move(s->d, 0);
    assert_non_null(s->d->flow.r);
    assert_true(fabs(ory_run_t(s->d->flow.r) - ory_run_t(s->box[0].r)) < 1e-12);
    assert_true(s->d->flow.n[0] > 3);
    for (i = 1; i < s->d->flow.n[0]; i++) {
        assert_true(s->d->flow.bins[0][i].step >= s->d->flow.bins[0][i - 1].step);
        assert_true(s->d->flow.bins[0][i].last <= s->d->flow.bins[0][i - 1].last);
    }
    assert_true(s->d->flow.bins[0][s->d->flow.n[0] - 1].step <= ory_run_k(s->box[0].r));
    assert_string_equal(s->d->flow.names[0], "loss");
    press(s, "o");
    dash_flow_move(s->d, 0);
    assert_null(s->d->flow.r);
}

/* ---------------------------------------------------------------- nothing to show */

static void a_dashboard_without_a_run_takes_every_key(void **state)
{
    scene *s = *state;
    char *text;
    size_t i;

    for (i = 0; i < dash_key_count; i++) {
        dash_act(s->d, dash_keys[i].action, dash_keys[i].argument);
        s->d->help = s->d->filtering = false;
        text = frame(s, 80, 24);
        ory_free(text);
    }
    assert_string_equal(s->lines, "");
}

static void the_console_is_bounded_and_scrolls(void **state)
{
    scene *s = *state;
    int i;

    for (i = 0; i < 3 * DASH_CONSOLE; i++)
        dash_printf(s->d, ORY_ROLE_DEFAULT, "line %d", i);
    assert_int_equal(s->d->n_console, DASH_CONSOLE);
    assert_string_equal(last_console_line(s), "line 5999");
    dash_print(s->d, ORY_ROLE_DEFAULT, "a\tb\033[31mc\033[0m\x01");
    assert_string_equal(last_console_line(s), "a bc");
    s->d->focus = dash_panel_find(s->d, "console");
    press(s, "PageUp");
    press(s, "Up");
    assert_int_equal(s->d->console_back, 9);
    press(s, "PageDown");
    press(s, "PageDown");
    assert_int_equal(s->d->console_back, 0);
}

static void equal_input_gives_equal_frames(void **state)
{
    scene *s = *state;
    char *a, *b;

    press(s, "space");
    pass_frames(s, 10);
    press(s, "space");
    a = frame(s, 100, 30);
    b = frame(s, 100, 30);
    assert_string_equal(a, b);
    ory_free(a);
    ory_free(b);
}

int main(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, start_one, end)
#define TWO(test) cmocka_unit_test_setup_teardown(test, start_two, end)
    const struct CMUnitTest tests[] = {
        ONE(keys_that_change_a_run_become_lines),
        ONE(keys_that_ask_for_more_begin_a_line),
        ONE(running_takes_as_many_steps_as_the_speed_says),
        ONE(the_noted_steps_rebuild_the_run),
        ONE(a_breakpoint_pauses_with_its_reason),
        ONE(divergence_is_shown_and_stops),
        ONE(seeking_stays_inside_what_is_known),
        ONE(markers_are_found),
        ONE(the_view_is_changed_and_echoed),
        ONE(focus_walks_and_zoom_shows_one_panel),
        ONE(a_claim_opens_and_closes),
        ONE(the_filter_is_typed),
        ONE(help_lists_every_key_and_any_key_leaves_it),
        ONE(the_dial_turns_its_knob),
        ONE(pins_stay_and_go),
        ONE(keys_of_the_user_come_first),
        ONE(leaving_says_so),
        ONE(no_two_rows_take_the_same_key),
        TWO(runs_keep_pace_by_step_and_by_time),
        TWO(runs_keep_pace_by_loss),
        TWO(the_panels_change_their_run),
        ONE(the_flow_runs_beside_at_equal_time),
        cmocka_unit_test_setup_teardown(a_dashboard_without_a_run_takes_every_key, start_none, end),
        ONE(the_console_is_bounded_and_scrolls),
        ONE(equal_input_gives_equal_frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
