/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_context.c - where the cursor is in a piece of Lua. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/context.h"

static ory_context at(const char *text)
{
    ory_context c;

    ory_context_read(text, strlen(text), &c);
    return c;
}

static void option_keys_are_asked_for_inside_the_braces_of_a_call(void **state)
{
    static const char *const keys[] = {"net.linear{ ",
                                       "net.linear{",
                                       "s = net.linear({",
                                       "net.linear{ n=5, ",
                                       "net.linear{ n=5; ",
                                       "x = 1; net.linear{ init=\"gauss\", ",
                                       "net.linear{ a = f(1, {2, 3}), ",
                                       "net.linear{ -- n, m\n ",
                                       "net.linear{ [1] = 2, ",
                                       "if x then net.linear{ h = (1 + 2) * 3,\n\t"};

    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        ory_context c = at(keys[i]);

        if (!c.at_key || strcmp(c.callee, "net.linear") != 0)
            print_message("at: %s\n", keys[i]);
        assert_true(c.at_key);
        assert_false(c.in_text);
        assert_int_equal(c.bracket, '{');
        assert_string_equal(c.callee, "net.linear");
        assert_string_equal(c.key, "");
    }
}

static void no_key_comes_where_a_value_is_written(void **state)
{
    static const char *const values[] = {"net.linear{ n=", "net.linear{ n = ", "net.linear(",
                                         "net.linear{ n = 1 + ", "x = ", ""};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_false(at(values[i]).at_key);
}

static void the_value_being_written_knows_its_key(void **state)
{
    ory_context c = at("r = run(s, { stepper=\"heavy_ball\", step = 0.1, rule=\"");

    (void)state;
    assert_true(c.in_text);
    assert_false(c.at_key);
    assert_string_equal(c.callee, "run");
    assert_string_equal(c.first, "s");
    assert_string_equal(c.key, "rule");
    assert_string_equal(c.stepper, "heavy_ball");
    c = at("run(s, { record = { \"loss\", \"");
    assert_true(c.in_text);
    assert_string_equal(c.callee, "run");
    assert_string_equal(c.key, "record");
    c = at("run(s, { record = { \"loss\" }, ");
    assert_true(c.at_key);
    assert_string_equal(c.key, "");
}

static void methods_are_named_with_their_object(void **state)
{
    ory_context c = at("r:go{ loss_below = 1e-3, ");

    (void)state;
    assert_true(c.at_key);
    assert_string_equal(c.callee, "r:go");
    c = at("runs.a:series(\"");
    assert_true(c.in_text);
    assert_int_equal(c.bracket, '(');
    assert_string_equal(c.callee, "runs.a:series");
}

static void the_target_of_an_assignment_is_known(void **state)
{
    ory_context c = at("r.rule = \"");

    (void)state;
    assert_true(c.in_text);
    assert_int_equal(c.bracket, 0);
    assert_string_equal(c.target, "r.rule");
    assert_string_equal(at("r.rule == \"").target, "");
    assert_string_equal(at("r.rule = \"rho\"\nx = ").target, "x");
    assert_string_equal(at("r.rule = \"rho\"; ").target, "");
}

static void texts_and_comments_hide_what_they_hold(void **state)
{
    (void)state;
    assert_true(at("f(\"net.linear{ ").in_text);
    assert_true(at("f('it is \\' still ").in_text);
    assert_false(at("f('done')").in_text);
    assert_true(at("x = [[ long { ").in_text);
    assert_true(at("x = [==[ ]] ]=] ").in_text);
    assert_false(at("x = [==[ ]] ]==] .. ").in_text);
    assert_true(at("-- net.linear{ ").in_comment);
    assert_false(at("-- note\nnet.linear{ ").in_comment);
    assert_true(at("--[[ note\nnet.linear{ ").in_comment);
    assert_false(at("--[[ note ]] net.linear{ ").in_comment);
    assert_true(at("net.linear{ \"{\", '(' , ").at_key);
    assert_false(at("x = \"unfinished\ny = ").in_text);
}

static void closed_brackets_are_left(void **state)
{
    ory_context c = at("f(net.linear{ n=1 }, ");

    (void)state;
    assert_string_equal(c.callee, "f");
    assert_int_equal(c.bracket, '(');
    assert_false(c.at_key);
    c = at(") } ] net.linear{ ");
    assert_string_equal(c.callee, "net.linear");
}

/* Every prefix of a long and deep text is read without a fault, whatever it holds. */
static void any_bytes_are_survived(void **state)
{
    static const char part[] = "net.linear{ a=[[x]], 'q\\'', \"\\";
    size_t n = 200 * (sizeof part - 1), i;
    char *text = malloc(n);
    ory_context c;
    unsigned seed = 731;

    (void)state;
    assert_non_null(text);
    for (i = 0; i < n; i++)
        text[i] = part[i % (sizeof part - 1)];
    for (i = 0; i <= n; i += 7)
        ory_context_read(text, i, &c);
    memset(text, '{', n);
    ory_context_read(text, n, &c);
    assert_int_equal(c.bracket, '{');
    memset(text, 'a', n);
    ory_context_read(text, n, &c);
    for (i = 0; i < n; i++) {
        seed = seed * 1103515245u + 12345u;
        text[i] = "{}()[]\"'-=,;.:a1 \n\\"[(seed >> 16) % 19];
    }
    for (i = 0; i <= n; i += 3)
        ory_context_read(text, i, &c);
    assert_true(strlen(c.callee) < ORY_CONTEXT_NAME);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(option_keys_are_asked_for_inside_the_braces_of_a_call),
        cmocka_unit_test(no_key_comes_where_a_value_is_written),
        cmocka_unit_test(the_value_being_written_knows_its_key),
        cmocka_unit_test(methods_are_named_with_their_object),
        cmocka_unit_test(the_target_of_an_assignment_is_known),
        cmocka_unit_test(texts_and_comments_hide_what_they_hold),
        cmocka_unit_test(closed_brackets_are_left),
        cmocka_unit_test(any_bytes_are_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
