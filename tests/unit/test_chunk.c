/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_chunk.c - what was typed, as code. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "app/chunk.h"

static int open_state(void **state)
{
    *state = luaL_newstate();
    return *state ? 0 : -1;
}

static int close_state(void **state)
{
    lua_close(*state);
    return 0;
}

static ory_chunk load(lua_State *L, const char *text, bool *silent)
{
    ory_chunk kind = ory_chunk_load(L, text, silent);

    assert_int_equal(lua_gettop(L), 1); /* a function or a message, nothing else */
    assert_int_equal(lua_type(L, 1), kind == ORY_CHUNK_READY ? LUA_TFUNCTION : LUA_TSTRING);
    lua_settop(L, 0);
    return kind;
}

static void only_an_end_in_the_middle_asks_for_more(void **state)
{
    static const char *const more[] = {"for i = 1, 2 do", "f(", "x = {", "x =", "return 1 +",
                                       "local function f()", "x = [[text", "if a then b() else",
                                       "x = [==[ ]]", "--[[ note", "repeat", "x = \"a\\", "x = \"a\\z"};
    static const char *const ready[] = {"1 + 1", "x = 2", "= 3", "f()", "f(x);", "", "-- note",
                                        "return 5", "x.y:z{}", "local a <const> = 1", "::l::"};
    static const char *const bad[] = {"x = = 1", "x = \"open", "end", "1 +* 2", ")",
                                      "x = 'a\nb'", "goto nowhere", "?x", "f(\"open)"};
    size_t i;

    for (i = 0; i < sizeof more / sizeof *more; i++)
        assert_int_equal(load(*state, more[i], NULL), ORY_CHUNK_MORE);
    for (i = 0; i < sizeof ready / sizeof *ready; i++)
        assert_int_equal(load(*state, ready[i], NULL), ORY_CHUNK_READY);
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(load(*state, bad[i], NULL), ORY_CHUNK_BAD);
}

static void a_semicolon_at_the_end_silences(void **state)
{
    bool silent;

    load(*state, "1 + 1", &silent);
    assert_false(silent);
    load(*state, "1 + 1;  ", &silent);
    assert_true(silent);
    load(*state, "x = 1; y = 2", &silent);
    assert_false(silent);
}

static void an_expression_gives_its_values(void **state)
{
    lua_State *L = *state;

    assert_int_equal(ory_chunk_load(L, "6 * 7, 'x' ; ", NULL), ORY_CHUNK_READY);
    lua_call(L, 0, LUA_MULTRET);
    assert_int_equal(lua_gettop(L), 2);
    assert_int_equal(lua_tointeger(L, 1), 42);
    lua_settop(L, 0);
}

static const char *statement(lua_State *L, const char *text)
{
    static char kept[200];

    ory_chunk_statement(L, text);
    snprintf(kept, sizeof kept, "%s", lua_tostring(L, -1));
    lua_settop(L, 0);
    return kept;
}

static void what_is_saved_is_a_statement(void **state)
{
    assert_string_equal(statement(*state, "6*7"), "_ = 6*7");
    assert_string_equal(statement(*state, "= x ; "), "_ =  x");
    assert_string_equal(statement(*state, "r:step(5)"), "r:step(5)");
    assert_string_equal(statement(*state, "x = 1;"), "x = 1;");
}

static void prompts_are_known(void **state)
{
    (void)state;
    assert_string_equal(ory_chunk_prompt("> x"), "x");
    assert_string_equal(ory_chunk_prompt(">> end"), "end");
    assert_string_equal(ory_chunk_prompt(">"), "");
    assert_null(ory_chunk_prompt("x > y"));
    assert_null(ory_chunk_prompt(">x"));
}

static void collect(void *ctx, const char *block)
{
    char *all = ctx;

    strcat(all, "{");
    strcat(all, block);
    strcat(all, "}");
}

static const char *split(lua_State *L, const char *text)
{
    static char all[1000];

    all[0] = '\0';
    ory_chunk_split(L, text, collect, all);
    assert_int_equal(lua_gettop(L), 0);
    return all;
}

static void pastes_are_split_into_blocks(void **state)
{
    lua_State *L = *state;

    assert_string_equal(split(L, "x = 1"), "{x = 1}");
    assert_string_equal(split(L, "> x = 1"), "{x = 1}");
    assert_string_equal(split(L, "x = 1\ny = 2"), "{x = 1\ny = 2}"); /* compiles as it is */
    assert_string_equal(split(L, "x = 1\nx + 1"), "{x = 1}{x + 1}");
    assert_string_equal(split(L, "x = 1\n\nx + 1\n"), "{x = 1}{x + 1}");
    assert_string_equal(split(L, "for i = 1, 2 do\nf()\nend\nx"), "{for i = 1, 2 do\nf()\nend}{x}");
    assert_string_equal(split(L, "x = = 1\ny"), "{x = = 1\ny}"); /* no good split: whole */
}

static void transcripts_lose_prompts_and_output(void **state)
{
    lua_State *L = *state;

    assert_string_equal(split(L, "> x = 20\n> x + 2\n22\n> x * 3"), "{x = 20}{x + 2}{x * 3}");
    assert_string_equal(split(L, "> for i = 1, 2 do\n>> print(i)\n>> end\n1\n2\n> x"),
                        "{for i = 1, 2 do\nprint(i)\nend}{x}");
    assert_string_equal(split(L, "> x = [[a\nb]]\n> x"), "{x = [[a\nb]]}{x}");
    assert_string_equal(split(L, "> ?net\nlines of help\n> 1"), "{?net}{1}");
    assert_string_equal(split(L, ">\n> \n> 1"), "{1}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_an_end_in_the_middle_asks_for_more, open_state,
                                        close_state),
        cmocka_unit_test_setup_teardown(a_semicolon_at_the_end_silences, open_state, close_state),
        cmocka_unit_test_setup_teardown(an_expression_gives_its_values, open_state, close_state),
        cmocka_unit_test_setup_teardown(what_is_saved_is_a_statement, open_state, close_state),
        cmocka_unit_test(prompts_are_known),
        cmocka_unit_test_setup_teardown(pastes_are_split_into_blocks, open_state, close_state),
        cmocka_unit_test_setup_teardown(transcripts_lose_prompts_and_output, open_state,
                                        close_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
