/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_table.c - CSV, TSV and named vectors: good files, awkward files, refusals. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "io/table.h"

static ory_error err;

static ory_table parsed(const char *name, const char *text)
{
    ory_table t;

    assert_int_equal(ory_table_parse(name, text, strlen(text), 0, &t, &err), ORY_OK);
    return t;
}

static void refused(const char *name, const char *text, const char *message)
{
    ory_table t;
    ory_status ok = ory_table_parse(name, text, strlen(text), 0, &t, &err);

    assert_int_equal(ok, ORY_EFORMAT);
    assert_string_equal(err.text, message);
    assert_null(t.values.data);
}

static void names_columns_and_header_are_read(void **state)
{
    ory_table t = parsed("a.csv", "# seed: 7\n# free words\nloss,step size\n0.731,1e-3\r\n-2.385,\n");

    (void)state;
    assert_int_equal(t.values.rows, 2);
    assert_int_equal(t.values.cols, 2);
    assert_true(t.values.data[0] == 0.731 && t.values.data[1] == 1e-3);
    assert_true(t.values.data[2] == -2.385 && isnan(t.values.data[3]));
    assert_string_equal(t.columns[1], "step size");
    assert_null(t.rows);
    assert_string_equal(ory_header_get(&t.header, "seed"), "7");
    assert_string_equal(ory_header_get(&t.header, "title"), "free words");
    ory_table_fini(&t);
}

static void first_column_of_words_names_rows(void **state)
{
    ory_table t = parsed("a.tsv", "what\tx\ty\nlion's paw\t1\t2\n\"a \"\"b\"\"\"\t3\tna\n");

    (void)state;
    assert_int_equal(t.values.cols, 2);
    assert_string_equal(t.columns[0], "x");
    assert_string_equal(t.columns[1], "y");
    assert_string_equal(t.rows[0], "lion's paw");
    assert_string_equal(t.rows[1], "a \"b\"");
    assert_true(t.values.data[2] == 3 && isnan(t.values.data[3]));
    ory_table_fini(&t);
}

static void plain_numbers_have_no_names(void **state)
{
    ory_table t = parsed("a.txt", "  1   2.5\n\n3 -4e2  \n");

    (void)state;
    assert_null(t.columns);
    assert_int_equal(t.values.rows, 2);
    assert_true(t.values.data[3] == -400);
    ory_table_fini(&t);
    t = parsed("one.csv", "loss\n1\n2\n3\n");
    assert_string_equal(t.columns[0], "loss");
    assert_int_equal(t.values.rows, 3);
    ory_table_fini(&t);
}

static void quotes_may_hold_separators_and_breaks(void **state)
{
    ory_table t = parsed("a.csv", "name,x\n\"one,\ntwo\",5\nthree,6\n");

    (void)state;
    assert_string_equal(t.rows[0], "one,\ntwo");
    assert_true(t.values.data[1] == 6);
    ory_table_fini(&t);
}

static void vectors_keep_their_names(void **state)
{
    const char *text = "2 3\nlion 1 2 3\ntiger 4 5 6\n";
    const char *tabs = "great white\t1\t2\n7\t3\t4\n";
    ory_table t;

    (void)state;
    assert_int_equal(ory_vectors_parse("v.txt", text, strlen(text), &t, &err), ORY_OK);
    assert_int_equal(t.values.rows, 2);
    assert_string_equal(t.rows[1], "tiger");
    assert_true(t.values.data[5] == 6);
    ory_table_fini(&t);
    assert_int_equal(ory_vectors_parse("v.txt", tabs, strlen(tabs), &t, &err), ORY_OK);
    assert_string_equal(t.rows[0], "great white");
    assert_string_equal(t.rows[1], "7");
    ory_table_fini(&t);
}

/* Between blanks the numbers are counted from the right, announced or not. */
static void names_may_hold_blanks(void **state)
{
    static const char *const texts[] = {"river bank 1 2\ncat -3e1 4\nformula 1 car 5 6\n",
                                        "3 2\nriver bank 1 2\ncat -3e1 4\nformula 1 car 5 6\n"};

    (void)state;
    for (int i = 0; i < 2; i++) {
        ory_table t;

        assert_int_equal(ory_vectors_parse("v.txt", texts[i], strlen(texts[i]), &t, &err), ORY_OK);
        assert_true(t.values.rows == 3 && t.values.cols == 2);
        assert_string_equal(t.rows[0], "river bank");
        assert_string_equal(t.rows[1], "cat");
        assert_string_equal(t.rows[2], "formula 1 car");
        assert_true(t.values.data[0] == 1 && t.values.data[2] == -30 && t.values.data[5] == 6);
        ory_table_fini(&t);
    }
    assert_int_equal(ory_vectors_parse("v.txt", "2 3\ncat 1 2\n", 12, &(ory_table){0}, &err), ORY_EFORMAT);
    assert_string_equal(err.text, "v.txt: line 2 has 3 cells, the lines before have 4");
    assert_int_equal(ory_vectors_parse("v.txt", "cat 1 2\ndog 1 2 3\n", 18, &(ory_table){0}, &err), ORY_EFORMAT);
    assert_string_equal(err.text, "v.txt: line 2 has 4 cells, the lines before have 3");
}

static void bad_files_get_one_sentence(void **state)
{
    (void)state;
    refused("a.csv", "", "a.csv: no line of numbers");
    refused("a.csv", "x,y\n", "a.csv: no line of numbers");
    refused("a.csv", "1,2\n3\n", "a.csv: line 2 has 1 cells, the lines before have 2");
    refused("a.csv", "1,2\n\n# note\n3,4x\n", "a.csv: line 4, cell 2: '4x' is not a number");
    refused("a.csv", "a,\"b\n1,2\n", "a.csv: line 1: a quote is not closed");
    refused("a.csv", "1,\"2\" 3\n", "a.csv: line 1: text behind a quoted cell");
    refused("a.csv", "x,y\n1,2\n3,4,5\n", "a.csv: line 3 has 3 cells, the lines before have 2");
    assert_int_equal(ory_table_parse("z.csv", "1,\0002", 4, 0, &(ory_table){0}, &err), ORY_EFORMAT);
    assert_string_equal(err.text, "z.csv: not a text file (it holds a zero byte)");
}

static void every_lack_of_memory_is_reported_and_leaks_nothing(void **state)
{
    const char *text = "# a: b\nwhat,x,y\nlion,1,2\ntiger,3,4\n";
    size_t before = ory_mem_in_use();
    long n;

    (void)state;
    for (n = 0;; n++) {
        ory_table t;
        ory_status ok;

        ory_mem_fault_set(n);
        ok = ory_table_parse("a.csv", text, strlen(text), 0, &t, &err);
        ory_mem_fault_set(-1);
        if (ok == ORY_OK) {
            ory_table_fini(&t);
            break;
        }
        assert_int_equal(ok, ORY_ENOMEM);
        assert_int_equal(ory_mem_in_use(), before);
    }
    assert_true(n > 5);
    assert_int_equal(ory_mem_in_use(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_columns_and_header_are_read),
        cmocka_unit_test(first_column_of_words_names_rows),
        cmocka_unit_test(plain_numbers_have_no_names),
        cmocka_unit_test(quotes_may_hold_separators_and_breaks),
        cmocka_unit_test(vectors_keep_their_names),
        cmocka_unit_test(names_may_hold_blanks),
        cmocka_unit_test(bad_files_get_one_sentence),
        cmocka_unit_test(every_lack_of_memory_is_reported_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
