/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_options.c - the command line. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/options.h"

static char *said; /* what the last refusal said */
static int n_args;

/* Read "a b c" as a command line. */
static int read_line(const char *line, ory_options *o)
{
    static char words[400];
    char *argv[200] = {"orrery"}, *word;
    size_t size;
    FILE *err;
    int status;

    free(said);
    err = open_memstream(&said, &size);
    snprintf(words, sizeof words, "%s", line);
    n_args = 1;
    for (word = strtok(words, " "); word; word = strtok(NULL, " "))
        argv[n_args++] = word;
    argv[n_args] = NULL;
    status = ory_options_read(n_args, argv, o, err);
    fclose(err);
    return status;
}

static ory_options good(const char *line)
{
    ory_options o;

    if (read_line(line, &o) != 0)
        fail_msg("'%s': %s", line, said);
    assert_string_equal(said, "");
    return o;
}

static void refused(const char *line, const char *why)
{
    ory_options o;

    assert_int_equal(read_line(line, &o), ORY_EXIT_USAGE);
    if (!strstr(said, why))
        fail_msg("'%s' says: %s", line, said);
    assert_int_equal(strncmp(said, "orrery: ", 8), 0);
    assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1); /* one line */
}

static void nothing_means_the_defaults(void **state)
{
    ory_options o = good("");

    (void)state;
    assert_int_equal(o.action, ORY_ACT_DEFAULT);
    assert_null(o.script);
    assert_int_equal(o.script_at, 1);
    assert_string_equal(o.color, "auto");
    assert_int_equal(o.threads, 1);
    assert_true(o.memory == 0 && o.time == 0 && !o.files_below);
    assert_false(o.strict || o.no_init || o.sandbox || o.assert_claims || o.interactive);
}

static void options_end_at_the_script(void **state)
{
    ory_options o = good("--strict -i x.lua --sandbox -e");

    (void)state;
    assert_true(o.strict && o.interactive);
    assert_false(o.sandbox);
    assert_string_equal(o.script, "x.lua");
    assert_int_equal(o.script_at, 3);
    o = good("run --assert x.lua a");
    assert_true(o.assert_claims);
    assert_int_equal(o.script_at, 3);
    o = good("-- dir/file");
    assert_string_equal(o.script, "dir/file");
    o = good("--strict -");
    assert_string_equal(o.script, "-");
}

static void values_stand_apart_or_behind_the_sign(void **state)
{
    ory_options o = good("--threads=3 --color never --keys=k -eone -e two -l mod");

    (void)state;
    assert_int_equal(o.threads, 3);
    assert_string_equal(o.color, "never");
    assert_string_equal(o.keys, "k");
    assert_int_equal(o.n_code, 3);
    assert_string_equal(o.code[0].text, "one");
    assert_string_equal(o.code[1].text, "two");
    assert_true(o.code[2].module && !o.code[1].module);
}

static void limits_have_units(void **state)
{
    ory_options o = good("--memory=500M --time 2.5 --sandbox --files=out");

    (void)state;
    assert_int_equal(o.memory, 500 * 1024 * 1024);
    assert_true(o.time == 2.5 && o.sandbox);
    assert_string_equal(o.files_below, "out");
    o = good("--memory 1.5g");
    assert_int_equal(o.memory, 3ul << 29);
    o = good("--memory 2000000");
    assert_int_equal(o.memory, 2000000);
    refused("--memory=5X", "must be a size from 1M to 1024T");
    refused("--memory=5MB", "must be a size from 1M to 1024T");
    refused("--memory=1e99", "must be a size from 1M to 1024T");
    refused("--time=-1", "must be a number of seconds");
    refused("--time=inf", "must be a number of seconds");
}

static void commands_take_names_and_options(void **state)
{
    ory_options o = good("probes net.linear");

    (void)state;
    assert_int_equal(o.action, ORY_ACT_PROBES);
    assert_string_equal(o.name, "net.linear");
    assert_int_equal(good("systems").action, ORY_ACT_SYSTEMS);
    assert_int_equal(good("claims --color=never x").action, ORY_ACT_CLAIMS);
    assert_int_equal(good("systems --help").action, ORY_ACT_HELP);
    assert_int_equal(good("run --version").action, ORY_ACT_VERSION);
    assert_int_equal(good("--help probes").action, ORY_ACT_HELP);
}

static void refusals_name_the_word_and_what_was_meant(void **state)
{
    char many[400] = "";
    int i;

    (void)state;
    refused("--sandbx", "unknown option '--sandbx' (did you mean '--sandbox'?)");
    refused("--colour=red x", "did you mean '--color'?");
    refused("--zzzzzz", "orrery --help lists them");
    refused("-q", "unknown option '-q'");
    refused("--color=red", "--color=red (must be auto, always or never)");
    refused("--threads 1025", "from 1 to 1024");
    refused("--threads 1x", "from 1 to 1024");
    refused("--threads=", "from 1 to 1024");
    refused("--threads 99999999999999999999", "from 1 to 1024");
    refused("--strict=1", "takes no value");
    refused("-e", "'-e' needs CODE");
    refused("sytems", "did you mean 'systems'?");
    refused("run", "'run' needs a FILE");
    refused("probes a b", "takes one name, got 'b' as well");
    for (i = 0; i < 31; i++)
        strcat(many, "-e x -l y ");
    good(many);
    strcat(many, "-ea -eb");
    good(many);
    n_args = 0;
    strcat(many, " -ec");
    refused(many, "more than 64 times -e or -l");
}

static void help_fits_eighty_columns_and_names_all(void **state)
{
    static const char *const names[] = {"-e CODE", "-l MOD", "--strict", "--no-init", "--sandbox",
                                        "--files=DIR", "--memory=SIZE", "--time=SECONDS",
                                        "--assert", "--headless", "--color=WHEN", "--threads=N",
                                        "--keys=FILE", "-h, --help", "-V, --version",
                                        "run FILE", "systems [NAME]", "probes [NAME]",
                                        "claims [NAME]"};
    char *text, *line;
    size_t size, i;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    ory_options_help(out);
    fclose(out);
    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (!strstr(text, names[i]))
            fail_msg("help does not show '%s'", names[i]);
    for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        assert_true(strlen(line) <= 80);
    free(text);
}

static int forget(void **state)
{
    (void)state;
    free(said);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_means_the_defaults),
        cmocka_unit_test(options_end_at_the_script),
        cmocka_unit_test(values_stand_apart_or_behind_the_sign),
        cmocka_unit_test(limits_have_units),
        cmocka_unit_test(commands_take_names_and_options),
        cmocka_unit_test(refusals_name_the_word_and_what_was_meant),
        cmocka_unit_test(help_fits_eighty_columns_and_names_all),
    };

    return cmocka_run_group_tests(tests, NULL, forget);
}
