/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_dash_soak.c - long use of the dashboard: random keys, random lines of Lua, random
 * sizes, on the fake clock. Nothing may fail, and memory stays bounded. SOAK_SECONDS is
 * the simulated time (40 otherwise; make soak: two hours), SOAK_SEED the script. */
#include "config.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "app/capture.h"
#include "app/dash.h"
#include "app/dash_session.h"
#include "app/interp.h"
#include "bind/log.h"
#include "core/clock.h"
#include "core/mem.h"
#include "core/rng.h"

/* What is typed: keys of the panels, most of them often, and whole lines. */
static const char *const inputs[] = {
    " ", " ", " ", "s", "+", "-", "*", "[", "]", ",", ".", "{", "}", "\033[H", "\033[F", "m", "r",
    "Y", "R", "p", "P", "o", "x", "y", "t", "v", "\t", "\033[Z", "\033[A", "\033[B", "\033[C",
    "\033[D", "hjkl", "\033[5~", "\033[6~", "\r", "\r", "z", "1", "2", "3", "4", "5", "6", "9", "g",
    "c", "?", "\033[B\033[B", "/cla\r", "/\r", "\014", "\xc3\xa9", "\033[99~",
    ":r.step = 0.002\r\r", ":r.rule = 'local'\r\r", ":r.rule = 'rho'\r\r", ":r.step = 1e9\r\r",
    ":r.stpe\r\r", ":1 +\r+ 2\r\r", ":r:step(50);\r\r", ":print(('long '):rep(60))\r\r",
    ":r:rewind(0);\r\r", ":for i = 1, 30 do print(i) end\r\r", ":error{}\r\r", ":r.ru\t\t\003",
    ":dash{r, speed=16}\r\r", ":f = nil f1 = nil collectgarbage()\r\r", ":ui.layout(1)\r\r",
    ":ui.focus('claims')\r\r", ":ui.sync('loss')\r\r", ":b = run(s); dash(r, b)\r\r",
    ":\022step\r\r", ":\033[A\r\r", ":r:reset{seed=3};\r\r", ":io.stderr:write('stray\\n')\r\r",
    ":ui.layout('v(table, h(heat(W1), bars(sv_w), spectrum(sv_w)), console)')\r\r",
    "f", "N", "S\r\r", "b\r\r"};
enum { INPUTS = sizeof inputs / sizeof *inputs };

static const int sizes[][2] = {{120, 40}, {80, 24}, {200, 60}, {60, 16}, {61, 17}, {50, 10},
                               {1, 1},    {300, 20}, {72, 90}, {100, 33}};

static size_t random_below(ory_rng *rng, size_t n)
{
    return (size_t)(ory_rng_uniform(rng) * (double)n) % n;
}

static void type_text(dash_session *s, const char *text)
{
    for (; *text; text++) {
        if (*text == '\003') {
            dash_session_interrupt(s);
            continue;
        }
        dash_session_byte(s, (unsigned char)*text);
    }
    if (ory_keyin_pending(&s->keyin))
        dash_session_flush(s);
}

static void one_frame(dash_session *s, const int *size)
{
    ory_clock_advance(1.0 / DASH_FPS);
    dash_tick(s->d, 1.0 / DASH_FPS);
    dash_move(s->d, 1.0 / DASH_FPS);
    dash_flow_move(s->d, 0);
    dash_session_poll(s);
    assert_int_equal(dash_session_draw(s, size[0], size[1]), ORY_OK);
}

static dash_session *open_dash(lua_State *L)
{
    ory_dash_ask ask = {.n_runs = 1, .speed = NAN, .run = -1, .flow = -1, .mouse = -1};
    ory_error err = {0};

    lua_settop(L, 0);
    lua_getglobal(L, "r");
    ask.runs[0] = ory_check_run(L, 1, "soak");
    ask.at[0] = 1;
    if (dash_session_begin(L, &ask, &err) != ORY_OK)
        fail_msg("%s", err.text);
    return dash_session_now();
}

static void make_world(lua_State *L)
{
    assert_int_equal(luaL_dostring(L, "s = net.linear{ n=4, h=6, m=3, samples=20, seed=5, "
                                      "init_scale=0.3 } r = run(s, { rule='local', history=1, "
                                      "bins=256 })"),
                     LUA_OK);
}

/* Too many runs or a reset of everything now and then: as a user begins anew. */
static dash_session *begin_anew(lua_State *L, dash_session *s)
{
    dash_session_end(s);
    dash_session_free();
    ory_session_forget(); /* the lines of the session are all kept, by design */
    assert_int_equal(luaL_dostring(L, "for k, v in pairs(_G) do if type(v) == 'userdata' then "
                                      "_G[k] = nil end end collectgarbage() collectgarbage()"),
                     LUA_OK);
    make_world(L);
    return open_dash(L);
}

static double setting(const char *name, double otherwise)
{
    const char *text = getenv(name);

    return text && *text ? strtod(text, NULL) : otherwise;
}

static void long_use_harms_nothing(void **state)
{
    static const ory_options options = {.color = "auto", .threads = 1, .script_at = 0, .no_init = true};
    const double seconds = setting("SOAK_SECONDS", 40), phase = 20 * DASH_FPS;
    static char name[] = "soak", *argv[] = {name, NULL};
    lua_State *L = ory_interp_new(&options, 1, argv);
    const int *size = sizes[0];
    size_t settled = 0, most = 0;
    dash_session *s;
    ory_rng rng;
    double frame;

    (void)state;
    assert_non_null(L);
    ory_rng_init(&rng, (uint64_t)setting("SOAK_SEED", 20), 1);
    ory_dash_start(&options, true);
    make_world(L);
    assert_true(ory_capture_start());
    s = open_dash(L);
    for (frame = 1; frame <= seconds * DASH_FPS; frame++) {
        if (random_below(&rng, 3) == 0)
            type_text(s, inputs[random_below(&rng, INPUTS)]);
        if (random_below(&rng, 60) == 0)
            size = sizes[random_below(&rng, sizeof sizes / sizeof *sizes)];
        one_frame(s, size);
        s->d->leave = s->d->quit = false;
        if (s->d->n_runs == 0 || fmod(frame, phase) == 0) {
            s = begin_anew(L, s);
            most = ory_mem_in_use() > most ? ory_mem_in_use() : most;
            settled = frame < 4 * phase ? most : settled;
        }
    }
    dash_session_end(s);
    ory_capture_stop();
    dash_session_free();
    ory_dash_end();
    ory_interp_free(L);
    if (settled > 0) /* what is held after each new beginning does not grow */
        assert_true(most < settled + (settled / 2) + (1 << 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(long_use_harms_nothing)};

    setlocale(LC_CTYPE, "");
    ory_clock_fake(true);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
