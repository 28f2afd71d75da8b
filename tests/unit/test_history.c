/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_history.c - the history file: whole blocks, order, permissions, sessions side by
 * side, damaged files. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/history.h"

static char directory[512];
static char read_back[1 << 20];
static size_t blocks;

static int make_directory(void **state)
{
    const char *tmp = getenv("TESTS_TMP");

    (void)state;
    snprintf(directory, sizeof directory, "%s/history.XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(directory))
        return -1;
    return setenv("XDG_STATE_HOME", directory, 1);
}

static int remove_directory(void **state)
{
    char command[600];

    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    return system(command);
}

static void take(const char *block, const char *stamp)
{
    size_t used = strlen(read_back);

    assert_int_equal(stamp[0], '#');
    assert_true(strspn(stamp + 1, "0123456789") == strlen(stamp + 1));
    blocks++;
    if (used + strlen(block) + 3 < sizeof read_back)
        sprintf(read_back + used, "{%s}", block);
}

static const char *whole(void)
{
    read_back[0] = '\0';
    blocks = 0;
    ory_history_read(take);
    return read_back;
}

static void write_file(const char *text, size_t n)
{
    FILE *f = fopen(ory_history_path(), "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    fclose(f);
}

static void the_path_follows_the_directories(void **state)
{
    char expected[600], *kept = strdup(getenv("XDG_STATE_HOME"));
    const char *home = getenv("HOME");
    char *kept_home = home ? strdup(home) : NULL;

    (void)state;
    snprintf(expected, sizeof expected, "%s/orrery/history", kept);
    assert_string_equal(ory_history_path(), expected);
    setenv("XDG_STATE_HOME", "not/absolute", 1);
    setenv("HOME", "/h", 1);
    assert_string_equal(ory_history_path(), "/h/.local/state/orrery/history");
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_null(ory_history_path());
    setenv("XDG_STATE_HOME", kept, 1);
    if (kept_home)
        setenv("HOME", kept_home, 1);
    free(kept);
    free(kept_home);
}

static void blocks_come_back_whole_and_in_order(void **state)
{
    struct stat st;

    (void)state;
    assert_string_equal(whole(), ""); /* nothing there, nothing made */
    assert_int_not_equal(stat(ory_history_path(), &st), 0);
    ory_history_append("x = 1");
    ory_history_append("for i = 1, 2 do\n  print(i)\nend");
    ory_history_append("# not a stamp\n#12 neither");
    ory_history_append("λ = \"ü\"");
    assert_string_equal(whole(), "{x = 1}{for i = 1, 2 do\n  print(i)\nend}"
                                 "{# not a stamp\n#12 neither}{λ = \"ü\"}");
    assert_int_equal(stat(ory_history_path(), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

static void sessions_side_by_side_lose_nothing(void **state)
{
    enum { SESSIONS = 4, EACH = 200 };
    int i, status;

    (void)state;
    for (i = 0; i < SESSIONS; i++)
        if (fork() == 0) {
            char text[60];

            for (int k = 0; k < EACH; k++) {
                snprintf(text, sizeof text, "s%d_%d = [[two\nlines]]", i, k);
                ory_history_append(text);
            }
            _exit(0);
        }
    while (wait(&status) > 0)
        assert_int_equal(status, 0);
    whole();
    assert_int_equal(blocks, SESSIONS * EACH);
    for (i = 0; i < SESSIONS; i++) { /* each one's own are in its order */
        const char *at = read_back;
        char text[60];

        for (int k = 0; k < EACH; k++) {
            snprintf(text, sizeof text, "{s%d_%d = [[two\nlines]]}", i, k);
            at = strstr(at, text);
            assert_non_null(at);
        }
    }
}

static void damaged_files_give_what_is_whole(void **state)
{
    static const char torn[] = "garbage\nbefore any stamp\n#17\nfirst\n#18\nsecond\nof two";
    static const char odd[] = "#1\n#2\n\n#3\nx\0y\n#4\n";

    (void)state;
    ory_history_append("makes the directory");
    write_file(torn, sizeof torn - 1);
    assert_string_equal(whole(), "{first}{second\nof two}");
    write_file(odd, sizeof odd - 1);
    whole();
    assert_non_null(strstr(read_back, "{x}"));
    write_file("", 0);
    assert_string_equal(whole(), "");
    write_file("#", 1);
    assert_string_equal(whole(), "");
}

/* Two times 10,000 long blocks: the oldest go, the file is cut, the newest stay. */
static void a_long_history_is_cut(void **state)
{
    enum { N = 20000 };
    char line[300];
    struct stat before, after;
    FILE *f;

    (void)state;
    ory_history_append("makes the directory");
    f = fopen(ory_history_path(), "w");
    assert_non_null(f);
    for (int i = 0; i < N; i++)
        fprintf(f, "#%d\nx%d = \"%0250d\"\n", i, i, 0);
    fclose(f);
    stat(ory_history_path(), &before);
    whole();
    assert_int_equal(blocks, 10000);
    snprintf(line, sizeof line, "{x%d = ", N - 10000);
    assert_int_equal(strncmp(read_back, line, strlen(line)), 0);
    stat(ory_history_path(), &after);
    assert_true(after.st_size < before.st_size * 6 / 10);
    assert_int_equal(after.st_mode & 07777, 0600);
    ory_history_append("last");
    whole();
    assert_int_equal(blocks, 10000);
}

static void a_place_that_cannot_be_written_is_no_error(void **state)
{
    (void)state;
    setenv("XDG_STATE_HOME", "/dev/null", 1);
    ory_history_append("x = 1"); /* tells once on standard error */
    assert_string_equal(whole(), "");
    setenv("XDG_STATE_HOME", directory, 1);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, make_directory, remove_directory)
    const struct CMUnitTest tests[] = {
        TEST(the_path_follows_the_directories),
        TEST(blocks_come_back_whole_and_in_order),
        TEST(sessions_side_by_side_lose_nothing),
        TEST(damaged_files_give_what_is_whole),
        TEST(a_long_history_is_cut),
        TEST(a_place_that_cannot_be_written_is_no_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
