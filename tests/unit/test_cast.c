/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_cast.c - recordings: the bytes of the format, and reading them back. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/mem.h"
#include "io/cast.h"

static char path[] = "/tmp/orrery-cast.XXXXXX";

static int make_path(void **state)
{
    int fd = mkstemp(strcpy(path, "/tmp/orrery-cast.XXXXXX"));

    (void)state;
    close(fd);
    return fd < 0;
}

static int drop_path(void **state)
{
    (void)state;
    return unlink(path);
}

static const char *file_text(void)
{
    static char text[8192];
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

    assert_non_null(f);
    fclose(f);
    text[n] = '\0';
    return text;
}

static void put_file(const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static ory_cast *start(const ory_cast_head *head)
{
    ory_cast *c = NULL;
    ory_error err = {0};

    assert_int_equal(ory_cast_open(path, head, &c, &err), ORY_OK);
    return c;
}

static void the_bytes_are_those_of_the_format(void **state)
{
    ory_cast *c = start(&(ory_cast_head){.width = 120, .height = 40, .title = "a \"b\"",
                                         .term = "xterm-256color"});
    ory_error err = {0};

    (void)state;
    assert_int_equal(ory_cast_output(c, 0.0333333333, "\033[2J\u28ff\r\n", 9, &err), ORY_OK);
    assert_int_equal(ory_cast_marker(c, 0.5, "step 10", &err), ORY_OK);
    assert_int_equal(ory_cast_resize(c, 0.25, 60, 16, &err), ORY_OK); /* time does not fall */
    assert_int_equal(ory_cast_output(c, 7, "", 0, &err), ORY_OK);     /* nothing, no line */
    assert_int_equal(ory_cast_close(c, &err), ORY_OK);
    assert_string_equal(file_text(),
                        "{\"version\":2,\"width\":120,\"height\":40,\"title\":\"a \\\"b\\\"\","
                        "\"env\":{\"TERM\":\"xterm-256color\"}}\n"
                        "[0.033333, \"o\", \"\\u001b[2J\u28ff\\r\\n\"]\n"
                        "[0.500000, \"m\", \"step 10\"]\n"
                        "[0.500000, \"r\", \"60x16\"]\n");
}

static void what_was_written_is_read_back(void **state)
{
    static const char bytes[] = "\033[1;1H\"q\"\\ \t\u2713 \U0001F600\r";
    ory_cast *c = start(&(ory_cast_head){.width = 83, .height = 29, .date = 1700000000.9});
    ory_cast_file *f = NULL;
    ory_error err = {0};

    (void)state;
    assert_int_equal(ory_cast_output(c, 1.25, bytes, sizeof bytes - 1, &err), ORY_OK);
    assert_int_equal(ory_cast_marker(c, 2, "η ← 0.1", &err), ORY_OK);
    assert_int_equal(ory_cast_close(c, &err), ORY_OK);
    assert_int_equal(ory_cast_load(path, &f, &err), ORY_OK);
    assert_int_equal(f->width, 83);
    assert_int_equal(f->height, 29);
    assert_int_equal(f->n, 2);
    assert_true(f->events[0].t == 1.25 && f->events[0].kind == ORY_CAST_OUTPUT);
    assert_int_equal(f->events[0].n, sizeof bytes - 1);
    assert_string_equal(f->events[0].text, bytes);
    assert_int_equal(f->events[1].kind, ORY_CAST_MARKER);
    assert_string_equal(f->events[1].text, "η ← 0.1");
    ory_cast_file_free(f);
}

static void foreign_recordings_are_understood(void **state)
{
    ory_cast_file *f = NULL;
    ory_error err = {0};

    (void)state;
    put_file("{\"env\": {\"SHELL\": \"/bin/sh\", \"x\": [1, {\"}\": 2}]}, \"height\": 24, "
             "\"idle_time_limit\": 2.5, \"title\": \"a}b\", \"version\": 2, \"width\": 80}\n"
             "[0.5, \"i\", \"q\"]\n\n[1e0, \"o\", \"\\ud83d\\ude00\\/\\b\"]");
    assert_int_equal(ory_cast_load(path, &f, &err), ORY_OK);
    assert_int_equal(f->n, 2);
    assert_int_equal(f->events[0].kind, 'i');
    assert_string_equal(f->events[1].text, "\U0001F600/\b");
    ory_cast_file_free(f);
}

static void broken_recordings_are_refused_with_their_line(void **state)
{
    static const char *const bad[] = {
        "", "hello\n", "{\"version\":1,\"width\":80,\"height\":24}\n",
        "{\"version\":2,\"width\":80}\n", "{\"version\":2,\"width\":80,\"height\":24\n",
        "{\"version\":2,\"width\":-3,\"height\":24}\n", "[1,2,3]\n", "{\"version\":",
        "{\"version\":2,\"width\":80,\"height\":24}\n[0.1, \"o\", \"a\"]\n[x]\n",
        "{\"version\":2,\"width\":80,\"height\":24}\n\n[0.1, \"oo\", \"a\"]\n",
        "{\"version\":2,\"width\":80,\"height\":24}\n\n[0.1, \"o\", \"\\ud83d\"]\n",
        "{\"version\":2,\"width\":80,\"height\":24}\n\n[0.1, \"o\", \"\\q\"]\n",
        "{\"version\":2,\"width\":80,\"height\":24}\n\n[0.1, \"o\", \"cut\n"};
    size_t i, before = ory_mem_in_use();

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        ory_cast_file *f = NULL;
        ory_error err = {0};

        put_file(bad[i]);
        assert_int_equal(ory_cast_load(path, &f, &err), ORY_EFORMAT);
        assert_non_null(strstr(err.text, path));
        if (strchr(bad[i], '[') && bad[i][0] == '{')
            assert_non_null(strstr(err.text, "line 3"));
        assert_int_equal(ory_mem_in_use(), before);
    }
}

static void failing_memory_leaks_nothing(void **state)
{
    size_t before = ory_mem_in_use();
    long n;

    (void)state;
    put_file("{\"version\":2,\"width\":80,\"height\":24}\n[0.1, \"o\", \"abc\"]\n");
    for (n = 0;; n++) {
        ory_cast_file *f = NULL;
        ory_error err = {0};
        ory_status ok;
        bool hit;

        ory_mem_fault_set(n);
        ok = ory_cast_load(path, &f, &err);
        hit = ory_mem_fault_hit();
        ory_mem_fault_set(-1);
        ory_cast_file_free(f);
        assert_int_equal(ory_mem_in_use(), before);
        assert_int_equal(ok, hit ? ORY_ENOMEM : ORY_OK);
        if (!hit)
            break;
    }
    assert_true(n > 3);
}

static void an_unwritable_place_is_an_error(void **state)
{
    ory_cast *c = NULL;
    ory_error err = {0};

    (void)state;
    assert_int_equal(ory_cast_open("/no/such/place.cast",
                                   &(ory_cast_head){.width = 1, .height = 1}, &c, &err),
                     ORY_EIO);
    assert_null(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bytes_are_those_of_the_format),
        cmocka_unit_test(what_was_written_is_read_back),
        cmocka_unit_test(foreign_recordings_are_understood),
        cmocka_unit_test(broken_recordings_are_refused_with_their_line),
        cmocka_unit_test(failing_memory_leaks_nothing),
        cmocka_unit_test(an_unwritable_place_is_an_error),
    };

    return cmocka_run_group_tests(tests, make_path, drop_path);
}
