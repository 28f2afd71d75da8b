/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_keyin.c - bytes of a terminal become keys, whole and in order. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tui/keyin.h"

/* All keys of the bytes as names with blanks between; flushed at the end. */
static const char *keys_of(const char *bytes)
{
    static char text[1024];
    char name[ORY_KEYIN_NAME];
    ory_keyin in = {{0}, 0, 0, 0, 0};
    uint32_t key;

    text[0] = '\0';
    for (; *bytes; bytes++)
        if (ory_keyin_byte(&in, (unsigned char)*bytes, &key))
            strcat(strcat(text, text[0] ? " " : ""), ory_keyin_name(key, name));
    if (ory_keyin_flush(&in, &key))
        strcat(strcat(text, text[0] ? " " : ""), ory_keyin_name(key, name));
    return text;
}

static void characters_are_keys(void **state)
{
    (void)state;
    assert_string_equal(keys_of("aZ \r\t\177\022"), "a Z space Enter Tab BS C-r");
    assert_string_equal(keys_of("η€\U0001F600"), "η € \U0001F600");
}

static void sequences_of_many_terminals_are_known(void **state)
{
    (void)state;
    assert_string_equal(keys_of("\033[A\033[B\033[C\033[D"), "Up Down Right Left");
    assert_string_equal(keys_of("\033OA\033OP\033OS"), "Up F1 F4");
    assert_string_equal(keys_of("\033[H\033[F\033[1~\033[4~\033[7~\033[8~"),
                        "Home End Home End Home End");
    assert_string_equal(keys_of("\033[[A\033[[E\033[11~\033[15~\033[24~"), "F1 F5 F1 F5 F12");
    assert_string_equal(keys_of("\033[5~\033[6~\033[2~\033[3~\033[Z"),
                        "PageUp PageDown Insert Delete BackTab");
    assert_string_equal(keys_of("\033[200~x\033[201~"), "paste x paste end");
}

static void modifiers_are_read(void **state)
{
    (void)state;
    assert_string_equal(keys_of("\033[1;5C\033[1;3A\033[3;3~"), "Right M-Up M-Delete");
    assert_string_equal(keys_of("\033x\033\033[A\033é"), "M-x M-Up M-é");
}

static void a_lonely_escape_is_a_key_when_it_has_waited(void **state)
{
    ory_keyin in = {{0}, 0, 0, 0, 0};
    uint32_t key = 0;

    (void)state;
    assert_false(ory_keyin_byte(&in, 27, &key));
    assert_true(ory_keyin_pending(&in));
    assert_true(ory_keyin_flush(&in, &key));
    assert_int_equal(key, 27);
    assert_false(ory_keyin_pending(&in));
    assert_string_equal(keys_of("a\033"), "a Esc");
    assert_string_equal(keys_of("\033["), "M-[");
    assert_string_equal(keys_of("\033[1;"), ""); /* cut short: no key, not even its tail */
}

static void what_is_not_understood_leaves_nothing_behind(void **state)
{
    (void)state;
    assert_string_equal(keys_of("\033[?1;2cq"), "q");
    assert_string_equal(keys_of("\033[99~\033[Xs"), "s");
    assert_string_equal(keys_of("\033Ozs"), "s");
    assert_string_equal(keys_of("\xc3" "A\xff\x80" "B\xe2\x82" "C"), "A B C");
    assert_string_equal(keys_of("\xed\xa0\x80z"), "z"); /* a surrogate */
}

static void clicks_come_with_their_cell(void **state)
{
    static const char bytes[] = "\033[<0;12;5M";
    ory_keyin in = {{0}, 0, 0, 0, 0};
    uint32_t key = 0;
    size_t i;
    int n = 0;

    (void)state;
    for (i = 0; i < sizeof bytes - 1; i++)
        n += ory_keyin_byte(&in, (unsigned char)bytes[i], &key);
    assert_int_equal(n, 1);
    assert_int_equal(key, ORY_KEYIN_MOUSE);
    assert_true(in.x == 11 && in.y == 4 && in.button == 0);
    assert_string_equal(keys_of("\033[<0;12;5m"), ""); /* a release */
}

static void names_go_there_and_back(void **state)
{
    static const char *const names[] = {"s", "space", "Enter", "Tab", "Esc", "C-r", "M-x", "F12",
                                        "Up", "PageDown", "η", "M-Up", "BackTab", "[", "<"};
    char text[ORY_KEYIN_NAME];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(ory_keyin_name(ory_keyin_parse(names[i]), text), names[i]);
    assert_int_equal(ory_keyin_parse("pageup"), ORY_KEYIN_PAGE_UP);
    assert_int_equal(ory_keyin_parse("nonsense"), 0);
    assert_int_equal(ory_keyin_parse(""), 0);
    assert_int_equal(ory_keyin_parse("M-"), 0);
}

static void no_bytes_are_too_many(void **state)
{
    ory_keyin in = {{0}, 0, 0, 0, 0};
    uint32_t key, random = 12345;
    int i;

    (void)state;
    for (i = 0; i < 200; i++)
        (void)ory_keyin_byte(&in, i == 0 ? 27 : i == 1 ? '[' : '1', &key);
    for (i = 0; i < 200000; i++) {
        random = random * 1664525u + 1013904223u;
        (void)ory_keyin_byte(&in, (unsigned char)(random >> 24), &key);
        assert_true(in.n <= ORY_KEYIN_BUFFER);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_are_keys),
        cmocka_unit_test(sequences_of_many_terminals_are_known),
        cmocka_unit_test(modifiers_are_read),
        cmocka_unit_test(a_lonely_escape_is_a_key_when_it_has_waited),
        cmocka_unit_test(what_is_not_understood_leaves_nothing_behind),
        cmocka_unit_test(clicks_come_with_their_cell),
        cmocka_unit_test(names_go_there_and_back),
        cmocka_unit_test(no_bytes_are_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
