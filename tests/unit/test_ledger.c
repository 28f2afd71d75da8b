/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ledger.c - rows of cells: fields, files written and found again, merging. */
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
#include "io/ledger.h"
#include "io/merge.h"

enum { CELLS = 5 };

static ory_error err;
static char dir[200], path[240], other[240], third[240];

static const ory_ledger_cell cells[CELLS] = {
    {"k0000000000000001", "\"a\",1"}, {"k0000000000000002", "\"a\",2"},
    {"k0000000000000003", "\"b\",1"}, {"k0000000000000004", "\"b\",2"},
    {"kffffffffffffffff", "\"c \"\"q\"\", d\",1"}};
static ory_header header;

static ory_ledger_plan plan_at(const char *file)
{
    return (ory_ledger_plan){.path = file, .header = &header, .param_names = "mode,seed",
                             .cells = cells, .n = CELLS};
}

static int setup(void **state)
{
    const char *base = getenv("TESTS_TMP");

    (void)state;
    snprintf(dir, sizeof dir, "%s/ledger.XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(dir))
        return -1;
    snprintf(path, sizeof path, "%s/x.csv", dir);
    snprintf(other, sizeof other, "%s/y.csv", dir);
    snprintf(third, sizeof third, "%s/z.csv", dir);
    return ory_header_add(&header, "parameters", "mode,seed", &err) ||
           ory_header_add(&header, "cells", "5", &err);
}

static void take_away(const char *file)
{
    char name[260];

    unlink(file);
    snprintf(name, sizeof name, "%s.damaged", file);
    unlink(name);
    snprintf(name, sizeof name, "%.*s.jsonl", (int)strlen(file) - 4, file);
    unlink(name);
}

static int fresh(void **state)
{
    (void)state;
    take_away(path);
    take_away(other);
    take_away(third);
    return 0;
}

static int teardown(void **state)
{
    fresh(state);
    ory_header_fini(&header);
    return rmdir(dir);
}

static ory_ledger *opened(const ory_ledger_plan *plan)
{
    ory_ledger *l = NULL;

    if (ory_ledger_open(plan, &l, &err) != ORY_OK)
        fail_msg("%s", err.text);
    return l;
}

static ory_ledger *reopened(void)
{
    ory_ledger_plan plan = plan_at(path);

    return opened(&plan);
}

static void put(ory_ledger *l, size_t cell, const char *names, const char *values)
{
    assert_int_equal(ory_ledger_put(l, cell, names, values, &err), ORY_OK);
}

static void shut(ory_ledger *l)
{
    assert_int_equal(ory_ledger_close(l, &err), ORY_OK);
    ory_ledger_free(l);
}

static char *text_of(const char *file)
{
    static char text[2][4096];
    static int which;
    FILE *f = fopen(file, "rb");
    size_t n;

    assert_non_null(f);
    which = !which;
    n = fread(text[which], 1, sizeof text[which] - 1, f);
    fclose(f);
    text[which][n] = '\0';
    return text[which];
}

static void write_text(const char *file, const char *text)
{
    FILE *f = fopen(file, "wb");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static const char head[] = "# parameters: mode,seed\n# cells: 5\n";

/* ------------------------------------------------------------------------ fields */

static void fields_keep_their_kind(void **state)
{
    static const struct {
        const char *text;
        ory_field_kind kind;
        const char *json;
    } row[] = {{"0.10000000000000001", ORY_FIELD_NUMBER, "0.1"},
               {"-9223372036854775807", ORY_FIELD_NUMBER, "-9223372036854775807"},
               {"9007199254740993", ORY_FIELD_NUMBER, "9007199254740993"},
               {"1e+300", ORY_FIELD_NUMBER, "1e+300"},
               {"nan", ORY_FIELD_NUMBER, "\"NaN\""},
               {"-inf", ORY_FIELD_NUMBER, "\"-Infinity\""},
               {"true", ORY_FIELD_BOOL, "true"},
               {"\"1\"", ORY_FIELD_TEXT, "\"1\""},
               {"\"\"", ORY_FIELD_TEXT, "\"\""},
               {"\"a \"\"b\"\", c\"", ORY_FIELD_TEXT, "\"a \\\"b\\\", c\""},
               {"ok", ORY_FIELD_BARE, "\"ok\""},
               {"", ORY_FIELD_EMPTY, "null"}};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof row / sizeof *row; i++) {
        ory_buffer out = {0};
        ory_json j;
        ory_field f;
        const char *at = row[i].text;

        assert_true(ory_field_next(&at, at + strlen(at), &f));
        assert_null(at);
        assert_int_equal(ory_field_kind_of(f), row[i].kind);
        ory_json_init(&j, &out);
        ory_field_json(f, &j);
        assert_string_equal(out.data, row[i].json);
        ory_buffer_fini(&out);
    }
}

static void wrong_quotes_are_no_fields(void **state)
{
    static const char *const wrong[] = {"\"a", "\"a\"b,c", "a\"b", "\"a\"\"", "\""};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *at = wrong[i];
        ory_field f;

        assert_false(ory_field_next(&at, wrong[i] + strlen(wrong[i]), &f));
    }
}

static void texts_come_back_without_line_breaks(void **state)
{
    ory_buffer out = {0}, back = {0};
    const char *at;
    ory_field f;

    (void)state;
    ory_field_text(&out, "a\n\"b\"\r,\0c", 9);
    assert_string_equal(out.data, "\"a \"\"b\"\" , c\"");
    at = out.data;
    assert_true(ory_field_next(&at, out.data + out.len, &f));
    ory_field_plain(f, &back);
    assert_string_equal(back.data, "a \"b\" , c");
    ory_buffer_fini(&out);
    ory_buffer_fini(&back);
}

/* -------------------------------------------------------------------------- files */

static void rows_are_appended_and_put_into_order(void **state)
{
    ory_ledger *l = reopened();
    char want[1000];

    (void)state;
    put(l, 4, "y,z", "1.5,\"t\"");
    put(l, 2, "y,z", "nan,true");
    assert_int_equal(ory_ledger_put_failure(l, 0, "time: \"late\"\nvery", &err), ORY_OK);
    snprintf(want, sizeof want, "%s%s", head,
             "cell,key,mode,seed,y,z,status,reason\n"
             "5,kffffffffffffffff,\"c \"\"q\"\", d\",1,1.5,\"t\",ok,\n"
             "3,k0000000000000003,\"b\",1,nan,true,ok,\n"
             "1,k0000000000000001,\"a\",1,,,failed,\"time: \"\"late\"\" very\"\n");
    assert_string_equal(text_of(path), want); /* at once, not at the end */
    shut(l);
    assert_string_equal(text_of(path), want); /* not complete: as they came */
    l = reopened();
    assert_string_equal(ory_ledger_notes(l), "");
    assert_true(ory_ledger_has(l, 0) && !ory_ledger_ok(l, 0) && ory_ledger_ok(l, 4));
    put(l, 1, "y,z", "2,false");
    put(l, 3, "y,z", "3,false");
    shut(l);
    snprintf(want, sizeof want, "%s%s", head,
             "cell,key,mode,seed,y,z,status,reason\n"
             "1,k0000000000000001,\"a\",1,,,failed,\"time: \"\"late\"\" very\"\n"
             "2,k0000000000000002,\"a\",2,2,false,ok,\n"
             "3,k0000000000000003,\"b\",1,nan,true,ok,\n"
             "4,k0000000000000004,\"b\",2,3,false,ok,\n"
             "5,kffffffffffffffff,\"c \"\"q\"\", d\",1,1.5,\"t\",ok,\n");
    assert_string_equal(text_of(path), want);
}

static void new_names_become_columns_whatever_the_order(void **state)
{
    static const int orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}};
    static const char *const names[] = {"b", "a,c", ""};
    static const char *const values[] = {"1", "2,3", ""};
    char first[4096] = "";
    size_t i, k;

    for (i = 0; i < 3; i++) {
        ory_ledger *l = reopened();

        for (k = 0; k < 3; k++)
            put(l, (size_t)orders[i][k], names[orders[i][k]], values[orders[i][k]]);
        put(l, 3, "b", "4");
        put(l, 4, "c", "5");
        shut(l);
        if (i == 0)
            snprintf(first, sizeof first, "%s", text_of(path));
        assert_string_equal(text_of(path), first);
        fresh(state);
    }
    assert_non_null(strstr(first, "\ncell,key,mode,seed,a,b,c,status,reason\n"));
    assert_non_null(strstr(first, "\n2,k0000000000000002,\"a\",2,2,,3,ok,\n"));
}

static void json_lines_say_the_same(void **state)
{
    ory_ledger *l = reopened();
    char jsonl[260];

    (void)state;
    put(l, 4, "far,y", "-inf,0.1");
    shut(l);
    assert_true(ory_sheet_jsonl_path(path, jsonl, sizeof jsonl));
    assert_string_equal(text_of(jsonl),
                        "{\"header\":{\"parameters\":\"mode,seed\",\"cells\":\"5\"}}\n"
                        "{\"cell\":5,\"key\":\"kffffffffffffffff\",\"mode\":\"c \\\"q\\\", d\","
                        "\"seed\":1,\"far\":\"-Infinity\",\"y\":0.1,\"status\":\"ok\"}\n");
}

static void what_cannot_be_trusted_is_left_out(void **state)
{
    static const struct {
        const char *line;     /* instead of the row of cell 2 */
        const char *note;
    } damage[] = {
        {"2,k0000000000000002,\"a\",2,7", "cut off"},
        {"2,k0000000000000002,\"a\",2,7,ok\n", "1 line is damaged"},
        {"2,k0000000000000002,\"a\",2,x,ok,\n", "1 line is damaged"},
        {"2,k000000000000000g,\"a\",2,7,ok,\n", "1 line is damaged"},
        {"0,k0000000000000002,\"a\",2,7,ok,\n", "1 line is damaged"},
        {"2,k0000000000000002,\"a\",2,7,OK,\n", "1 line is damaged"},
        {"2,k0000000000000002,\"a\",3,7,ok,\n", "1 line is damaged"},
        {"2,k000000000000000a,\"a\",2,7,ok,\n", "1 line is damaged"},
        {"2,k0000000000000002,\"a\",2,8,ok,\n", "not the same in both files"},
        {"1,k0000000000000001,\"a\",1,6,ok,\n", "1 line is damaged"},
        {"1,k0000000000000001,\"a\",1,5,ok,\n", "not the same in both files or twice"}};
    size_t i;

    for (i = 0; i < sizeof damage / sizeof *damage; i++) {
        ory_ledger *l = reopened();
        char text[1000];
        bool twice = damage[i].line[0] == '1';

        put(l, 0, "y", "6");
        put(l, 1, "y", "7");
        shut(l);
        snprintf(text, sizeof text, "%scell,key,mode,seed,y,status,reason\n"
                                    "1,k0000000000000001,\"a\",1,6,ok,\n%s", head, damage[i].line);
        write_text(path, text);
        l = reopened();
        if (!strstr(ory_ledger_notes(l), damage[i].note))
            fail_msg("%s: %s", damage[i].line, ory_ledger_notes(l));
        assert_false(ory_ledger_has(l, 1));
        assert_int_equal(ory_ledger_has(l, 0), !twice || strstr(damage[i].line, ",6,"));
        put(l, 1, "y", "7");
        if (!ory_ledger_has(l, 0))
            put(l, 0, "y", "6");
        shut(l);
        fresh(state);
    }
}

static void files_of_others_are_not_touched(void **state)
{
    static const char *const texts[] = {
        "a,b\n1,2\n", "cell,key,other,seed,y,status,reason\n",
        "cell,key,mode,seed,z,y,status,reason\n",
        "cell,key,mode,seed,y,status,reason\n1,k00000000000000aa,\"a\",1,6,ok,\n", "# comments\n"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        ory_ledger_plan plan = plan_at(path);
        ory_ledger *l = NULL;

        write_text(path, texts[i]);
        assert_int_equal(ory_ledger_open(&plan, &l, &err), ORY_EFORMAT);
        assert_non_null(strstr(err.text, "--fresh"));
        assert_string_equal(text_of(path), texts[i]);
        plan.fresh = true;
        l = opened(&plan);
        shut(l);
    }
}

static void one_at_a_time(void **state)
{
    ory_ledger *l = reopened(), *second = NULL;
    ory_ledger_plan plan = plan_at(path);

    (void)state;
    assert_int_equal(ory_ledger_open(&plan, &second, &err), ORY_EIO);
    assert_non_null(strstr(err.text, "is being written by another sweep"));
    plan.look = true;
    second = opened(&plan);
    ory_ledger_free(second);
    ory_ledger_free(l);
    shut(reopened());
}

static void retry_forgets_failures(void **state)
{
    ory_ledger *l = reopened();
    ory_ledger_plan plan = plan_at(path);

    (void)state;
    put(l, 0, "y", "6");
    assert_int_equal(ory_ledger_put_failure(l, 1, "bad", &err), ORY_OK);
    shut(l);
    plan.retry = true;
    l = opened(&plan);
    assert_true(ory_ledger_has(l, 0) && !ory_ledger_has(l, 1));
    shut(l);
}

/* ----------------------------------------------------------------------- merging */

static void write_shard(const char *file, const char *shard, const char *names, const char *rows)
{
    char text[2000];

    snprintf(text, sizeof text, "%s# shard: %s\ncell,key,mode,seed,%s,status,reason\n%s", head, shard,
             names, rows);
    write_text(file, text);
}

static void shards_are_joined(void **state)
{
    const char *files[] = {other, third};
    ory_merge_report r;

    (void)state;
    write_shard(other, "1/2", "y",
                "3,k0000000000000003,\"b\",1,4,ok,\n1,k0000000000000001,\"a\",1,6,ok,\n");
    write_shard(third, "2/2", "y,z",
                "2,k0000000000000002,\"a\",2,7,1,ok,\n4,k0000000000000004,\"b\",2,,,failed,\"bad\"\n"
                "1,k0000000000000001,\"a\",1,,,failed,\"late\"\nnonsense\n");
    assert_int_equal(ory_merge(path, files, 2, &r, &err), ORY_OK);
    assert_int_equal(r.cells, 5);
    assert_int_equal(r.rows, 4);
    assert_int_equal(r.failed, 1);
    assert_int_equal(r.damaged, 1);
    assert_string_equal(r.missing, "5");
    assert_string_equal(text_of(path), "# parameters: mode,seed\n# cells: 5\n"
                                       "cell,key,mode,seed,y,z,status,reason\n"
                                       "1,k0000000000000001,\"a\",1,6,,ok,\n"
                                       "2,k0000000000000002,\"a\",2,7,1,ok,\n"
                                       "3,k0000000000000003,\"b\",1,4,,ok,\n"
                                       "4,k0000000000000004,\"b\",2,,,failed,\"bad\"\n");
    shut(reopened()); /* a sweep goes on with it */
}

static void what_is_not_of_one_sweep_is_not_joined(void **state)
{
    const char *files[] = {other, third};
    ory_merge_report r;

    (void)state;
    write_shard(other, "1/2", "y", "1,k0000000000000001,\"a\",1,6,ok,\n");
    write_shard(third, "2/2", "y", "1,k0000000000000001,\"a\",1,7,ok,\n");
    assert_int_equal(ory_merge(path, files, 2, &r, &err), ORY_EFORMAT);
    assert_non_null(strstr(err.text, "cell 1 has two results that differ"));
    write_text(third, "# parameters: mode,seed\n# cells: 6\ncell,key,mode,seed,status,reason\n");
    assert_int_equal(ory_merge(path, files, 2, &r, &err), ORY_EFORMAT);
    assert_non_null(strstr(err.text, "not of one sweep: cells 5, 6"));
    write_text(third, "");
    assert_int_equal(ory_merge(path, files, 2, &r, &err), ORY_EFORMAT);
    assert_non_null(strstr(err.text, "is empty"));
    unlink(third);
    assert_int_equal(ory_merge(path, files, 2, &r, &err), ORY_EIO);
    write_text(third, "cell,key,mode,seed,status,reason\n");
    assert_int_equal(ory_merge(path, files + 1, 1, &r, &err), ORY_EFORMAT);
    assert_non_null(strstr(err.text, "does not say how many cells"));
    assert_int_equal(access(path, F_OK), -1);
}

/* ------------------------------------------------------------------- without memory */

static ory_status everything(void)
{
    ory_ledger_plan plan = plan_at(path);
    const char *files[] = {path};
    ory_merge_report r;
    ory_ledger *l = NULL;
    ory_status ok = ory_ledger_open(&plan, &l, &err);

    if (ok == ORY_OK && !ory_ledger_has(l, 1))
        ok = ory_ledger_put(l, 1, "y", "7", &err);
    if (ok == ORY_OK && !ory_ledger_has(l, 0))
        ok = ory_ledger_put_failure(l, 0, "bad", &err);
    if (ok == ORY_OK)
        ok = ory_ledger_close(l, &err);
    ory_ledger_free(l);
    return ok == ORY_OK ? ory_merge(other, files, 1, &r, &err) : ok;
}

static void without_memory_nothing_is_lost(void **state)
{
    size_t before = ory_mem_in_use();
    long n;

    for (n = 0; n < 2000; n++) {
        ory_status ok;

        ory_mem_fault_set(n);
        ok = everything();
        ory_mem_fault_set(-1);
        assert_int_equal(ory_mem_in_use(), before);
        if (ok == ORY_OK && !ory_mem_fault_hit())
            break;
        assert_true(ok == ORY_ENOMEM || ok == ORY_OK);
        if (n % 3 == 0)
            fresh(state);
    }
    assert_true(n > 20 && n < 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_keep_their_kind),
        cmocka_unit_test(wrong_quotes_are_no_fields),
        cmocka_unit_test(texts_come_back_without_line_breaks),
        cmocka_unit_test_setup(rows_are_appended_and_put_into_order, fresh),
        cmocka_unit_test_setup(new_names_become_columns_whatever_the_order, fresh),
        cmocka_unit_test_setup(json_lines_say_the_same, fresh),
        cmocka_unit_test_setup(what_cannot_be_trusted_is_left_out, fresh),
        cmocka_unit_test_setup(files_of_others_are_not_touched, fresh),
        cmocka_unit_test_setup(one_at_a_time, fresh),
        cmocka_unit_test_setup(retry_forgets_failures, fresh),
        cmocka_unit_test_setup(shards_are_joined, fresh),
        cmocka_unit_test_setup(what_is_not_of_one_sweep_is_not_joined, fresh),
        cmocka_unit_test_setup(without_memory_nothing_is_lost, fresh),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
