/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_status.c - error sentences, the nearest name; also the fake clock and
 * the interrupt flag, which are as small. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/interrupt.h"
#include "core/status.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void every_status_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < ORY_STATUS_COUNT; i++) {
        assert_true(strlen(ory_status_text((ory_status)i)) > 1);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(ory_status_text((ory_status)i),
                                    ory_status_text((ory_status)j));
    }
    assert_string_equal(ory_status_text(ORY_ENOMEM), "out of memory");
    assert_string_equal(ory_status_text(ORY_EINTERNAL), "internal error");
    assert_string_equal(ory_status_text((ory_status)-3), "unknown status");
    assert_string_equal(ory_status_text(ORY_STATUS_COUNT), "unknown status");
}

static void fail_stores_the_status_and_the_sentence(void **state)
{
    ory_error err;

    (void)state;
    assert_int_equal(ory_fail(&err, ORY_ESHAPE, "w1 has %zu rows, w2 %d", (size_t)5, 3),
                     ORY_ESHAPE);
    assert_int_equal(err.status, ORY_ESHAPE);
    assert_string_equal(err.text, "w1 has 5 rows, w2 3");
    assert_int_equal(ory_fail(NULL, ORY_EIO, "nobody listens"), ORY_EIO);
}

static void fail_may_quote_its_own_text(void **state)
{
    ory_error err;

    (void)state;
    ory_fail(&err, ORY_EIO, "disk full");
    ory_fail(&err, ORY_EIO, "run.npy: %s", err.text);
    assert_string_equal(err.text, "run.npy: disk full");
}

static void a_prefix_goes_before_the_text(void **state)
{
    ory_error err;

    (void)state;
    ory_fail(&err, ORY_ERANGE, "h = 0");
    assert_int_equal(ory_fail_prefix(&err, "net.%s", "linear"), ORY_ERANGE);
    assert_string_equal(err.text, "net.linear: h = 0");
    assert_int_equal(ory_fail_prefix(NULL, "x"), ORY_EINTERNAL);
}

static void long_texts_are_cut_at_whole_characters(void **state)
{
    const char *const characters[] = {"x", "é", "…", "𝛔"};
    char text[3 * ORY_ERROR_TEXT];
    ory_error err;

    (void)state;
    for (size_t c = 0; c < COUNT(characters); c++)
        for (size_t lead = 0; lead < 4; lead++) {
            size_t length = strlen(characters[c]), n = lead;

            memset(text, 'a', lead);
            while (n + length < sizeof text) {
                memcpy(text + n, characters[c], length);
                n += length;
            }
            text[n] = '\0';
            ory_fail(&err, ORY_EIO, "%s", text);
            n = strlen(err.text);
            assert_true(n < ORY_ERROR_TEXT);
            assert_true(n + length >= ORY_ERROR_TEXT);
            assert_int_equal((n - lead) % length, 0);
            assert_memory_equal(err.text, text, n);
        }
}

static void the_nearest_name_is_found_through_common_slips(void **state)
{
    static const char *const names[] = {"init_scale", "samples", NULL, "seed", "step",
                                        "stepper",    "W1",      "h",  "rule", "dt"};
    static const struct {
        const char *word, *expected;
    } cases[] = {
        {"init_scal", "init_scale"}, {"init_scaled", "init_scale"}, {"intit_scale", "init_scale"},
        {"ini_tscale", "init_scale"}, {"INIT_SCALE", "init_scale"}, {"sampels", "samples"},
        {"sampl", "samples"},         {"sede", "seed"},             {"ste", "step"},
        {"stepp", "stepper"},         {"stpe", "step"},             {"w1", "W1"},
        {"W2", "W1"},                 {"x", NULL},                  {"", NULL},
        {"learning_rate", NULL},      {"zzzz", NULL},               {"init", "init_scale"},
        {"ruel", "rule"},             {"H", "h"},                   {"td", "dt"},
        {NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *got = ory_nearest(cases[i].word, names, COUNT(names));

        if (!cases[i].expected)
            assert_null(got);
        else {
            assert_non_null(got);
            assert_string_equal(got, cases[i].expected);
        }
    }
    assert_null(ory_nearest("seed", names, 0));
}

static void endless_words_are_near_to_nothing(void **state)
{
    char word[5000];
    const char *name = word;

    (void)state;
    memset(word, 'w', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    assert_null(ory_nearest(word, &name, 1));
    assert_null(ory_nearest("w", &name, 1));
}

static void the_fake_clock_moves_only_when_told(void **state)
{
    double before;

    (void)state;
    before = ory_clock_now();
    assert_true(ory_clock_now() >= before);
    assert_true(ory_clock_date() > 1.6e9);
    ory_clock_advance(5);
    assert_false(ory_clock_is_fake());
    ory_clock_fake(true);
    assert_true(ory_clock_is_fake());
    assert_true(ory_clock_now() == 0 && ory_clock_date() == 0);
    ory_clock_advance(0.731);
    ory_clock_advance(2);
    ory_clock_advance(-1);
    assert_true(ory_clock_now() == 2.731);
    ory_clock_fake(true);
    assert_true(ory_clock_now() == 0);
    ory_clock_fake(false);
    assert_true(ory_clock_now() >= before && ory_clock_now() < before + 5);
}

static void the_interrupt_flag_stays_until_cleared(void **state)
{
    (void)state;
    assert_false(ory_interrupt_pending());
    ory_interrupt_raise();
    ory_interrupt_raise();
    assert_true(ory_interrupt_pending());
    assert_true(ory_interrupt_pending());
    ory_interrupt_clear();
    assert_false(ory_interrupt_pending());
}

static void quoted_bytes_do_not_command_a_terminal(void **state)
{
    ory_error err;

    (void)state;
    ory_fail(&err, ORY_EFORMAT, "cell '%s'", "a\033]0;x\a\r\x7f\xc2\x9b" "b\tc\n\xc3\xa9");
    assert_string_equal(err.text, "cell 'a?]0;x????" "?b\tc\n\xc3\xa9'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_text_of_its_own),
        cmocka_unit_test(fail_stores_the_status_and_the_sentence),
        cmocka_unit_test(fail_may_quote_its_own_text),
        cmocka_unit_test(a_prefix_goes_before_the_text),
        cmocka_unit_test(long_texts_are_cut_at_whole_characters),
        cmocka_unit_test(quoted_bytes_do_not_command_a_terminal),
        cmocka_unit_test(the_nearest_name_is_found_through_common_slips),
        cmocka_unit_test(endless_words_are_near_to_nothing),
        cmocka_unit_test(the_fake_clock_moves_only_when_told),
        cmocka_unit_test(the_interrupt_flag_stays_until_cleared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
