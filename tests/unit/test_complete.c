/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_complete.c - what may stand at the cursor. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "app/complete.h"
#include "app/interp.h"

static lua_State *L;

static void lua(const char *code)
{
    if (luaL_dostring(L, code) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
}

static int start(void **state)
{
    static ory_options o = {.color = "never", .threads = 1};
    static char *argv[] = {"orrery", NULL};

    (void)state;
    L = ory_interp_new(&o, 1, argv);
    if (!L)
        return -1;
    ory_complete_state(L);
    lua("s = net.linear{ h = 4, seed = 1 } r = run(s, { stepper = 'gd', rule = 'local' })");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    ory_complete_state(NULL);
    ory_interp_free(L);
    return 0;
}

/* All completions of the word behind the text, as " one two ". */
static const char *complete(const char *text, const char *word)
{
    static char all[20000];
    size_t n, i, used = 1;
    bool text_word;
    char **list = ory_complete(text, word, &n, &text_word);

    strcpy(all, " ");
    for (i = 0; i < n; i++) {
        assert_true(used + strlen(list[i]) + 2 < sizeof all);
        assert_true(i == 0 || strcmp(list[i - 1], list[i]) < 0); /* sorted, no doubles */
        used += (size_t)sprintf(all + used, "%s ", list[i]);
    }
    assert_int_equal(lua_gettop(L), 0);
    return all;
}

static void offers(const char *text, const char *word, const char *name)
{
    char spaced[100];
    const char *all = complete(text, word);

    snprintf(spaced, sizeof spaced, " %s ", name);
    if (!strstr(all, spaced))
        fail_msg("'%s|%s' offers '%s' but not '%s'", text, word, all, name);
}

static void offers_only(const char *text, const char *word, const char *names)
{
    const char *all = complete(text, word);

    if (strcmp(all, names) != 0)
        fail_msg("'%s|%s' offers '%s', not '%s'", text, word, all, names);
}

static void names_and_fields_are_offered(void **state)
{
    (void)state;
    offers_only("", "strin", " string ");
    offers_only("x = ", "string.re", " string.rep string.reverse ");
    offers("", "net.", "net.linear");
    offers("", "whil", "while");
    offers_only("", "nothing_like_it", " ");
    lua("deep = { inner = { alpha = 1, alps = 2, beta = 3, [1] = 4, ['a b'] = 5 } }");
    offers_only("", "deep.inner.al", " deep.inner.alpha deep.inner.alps ");
    offers_only("", "deep.inner.", " deep.inner.alpha deep.inner.alps deep.inner.beta ");
    offers_only("", "deep.nowhere.x", " ");
    lua("hidden = { _private = 1, open = 2 }");
    offers_only("", "hidden.", " hidden.open ");
    offers_only("", "hidden._", " hidden._private ");
}

static void methods_are_offered_behind_a_colon(void **state)
{
    (void)state;
    offers_only("", "r:rew", " r:rewind ");
    offers("", "r:", "r:step");
    offers_only("", "r:sharp", " "); /* a probe is no method */
    lua("m = mat.zeros(2, 2) text = 'x' class = {} class.__index = class "
        "function class.go() end class.size = 3 o = setmetatable({}, class)");
    offers("", "m:", "m:norm");
    offers("", "text:", "text:upper");
    offers_only("", "o:", " o:go ");
    offers("", "o.", "o.size");
}

static void fields_of_runs_and_systems_are_offered(void **state)
{
    (void)state;
    offers("", "r.", "r.k");
    offers("", "r.", "r.sharpness");
    offers("", "r.W", "r.W1");
    offers("", "r.", "r.rule");
    offers("", "s.", "s.h");
    offers("", "r.system.", "r.system.h");
}

static void option_keys_are_offered_with_their_sign(void **state)
{
    (void)state;
    offers_only("net.linear{ ", "init_sc", " init_scale= ");
    offers("net.linear{ h=5, ", "", "seed=");
    offers("net.linear({ ", "", "samples=");
    offers("run(s, { ", "", "stepper=");
    offers("run(s, { stepper=\"heavy_ball\", ", "", "momentum=");
    offers("run(s, { stepper=\"gd\", ", "", "rule=");
    offers("r:go{ ", "", "max=");
    offers("plot(r, { ", "", "y=");
    /* a value, not a key */
    offers("net.linear{ h = ", "strin", "string");
}

static void texts_that_an_option_may_take_are_offered(void **state)
{
    (void)state;
    offers("net.linear{ init=\"", "", "balanced");
    offers_only("net.linear{ init='", "bal", " balanced ");
    offers("run(s, { stepper=\"", "", "flow");
    offers("run(s, { stepper=\"gd\", rule=\"", "rho", "rho_bar");
    offers("run(s, { record={ \"", "sh", "sharpness");
    offers("r.rule = \"", "", "polyak");
    offers("r:series(\"", "lo", "loss");
    offers("plot(r, \"", "lo", "loss");
    offers("plot(r, { \"loss\", \"", "gr", "grad_norm");
    offers("help(\"", "net.l", "net.linear");
    offers_only("io.open(\"", "x", " "); /* file names are Readline's */
    offers_only("-- net.", "lin", " ");
}

static void the_unfinished_block_counts(void **state)
{
    (void)state;
    ory_complete_block("s = net.linear{");
    assert_true(ory_complete_pending());
    ory_complete_block(NULL);
    assert_false(ory_complete_pending());
}

static void nothing_of_the_users_runs(void **state)
{
    (void)state;
    lua("ran = false local function trap() ran = true error('ran') end "
        "trap_mt = { __index = trap, __pairs = trap, __len = trap, __tostring = trap, __name = 3 } "
        "trapped = setmetatable({ inner = setmetatable({}, trap_mt) }, trap_mt) "
        "loop = {} setmetatable(loop, { __index = loop }) "
        "long = {} local t = long for i = 1, 100 do local n = {} "
        "setmetatable(t, { __index = n }) t = n end t.far = 1 "
        "setmetatable(_G, { __index = trap, __newindex = trap })");
    complete("", "trapped.");
    complete("", "trapped.inner.x");
    complete("", "trapped:");
    complete("trapped{ ", "");
    complete("trapped.inner{ x=\"", "");
    complete("", "undefined_global.x");
    complete("", "loop.");
    offers_only("", "long.fa", " "); /* the chain is bounded */
    lua("setmetatable(_G, nil) assert(ran == false)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_fields_are_offered),
        cmocka_unit_test(methods_are_offered_behind_a_colon),
        cmocka_unit_test(fields_of_runs_and_systems_are_offered),
        cmocka_unit_test(option_keys_are_offered_with_their_sign),
        cmocka_unit_test(texts_that_an_option_may_take_are_offered),
        cmocka_unit_test(the_unfinished_block_counts),
        cmocka_unit_test(nothing_of_the_users_runs),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
