/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_params.c - options: what is accepted, what is refused and in which words. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/params.h"

static const char *const losses[] = {"squared", "mf", "logistic", NULL};
static const char *const rates[] = {"auto", "rho", NULL};

enum { H, SCALE, RATE, SHARE, FREE, LOSS, STEP, NAME, TITLE, X, Y, BIAS, SPAN, SEED };

static const ory_param table[] = {
    {.name = "h", .type = ORY_PARAM_INT, .def = 20, .min = 1, .max = INFINITY},
    {.name = "init_scale", .type = ORY_PARAM_REAL, .def = 0.1, .min = 0, .max = INFINITY,
     .flags = ORY_OPEN_MIN},
    {.name = "rate", .type = ORY_PARAM_REAL, .def = 0.25, .min = -INFINITY, .max = 3,
     .flags = ORY_LIVE},
    {.name = "share", .type = ORY_PARAM_REAL, .def = 0.5, .min = 0, .max = 1,
     .flags = ORY_OPEN_MAX},
    {.name = "free", .type = ORY_PARAM_REAL, .def = -7},
    {.name = "loss", .type = ORY_PARAM_CHOICE, .def = 1, .choices = losses},
    {.name = "step", .type = ORY_PARAM_NUMBER_OR_CHOICE, .def = 1, .min = 0, .max = INFINITY,
     .choices = rates, .flags = ORY_OPEN_MIN | ORY_LIVE},
    {.name = "name", .type = ORY_PARAM_STRING, .def_text = "well"},
    {.name = "title", .type = ORY_PARAM_STRING},
    {.name = "X", .type = ORY_PARAM_MATRIX, .flags = ORY_REQUIRED},
    {.name = "Y", .type = ORY_PARAM_MATRIX, .flags = ORY_OPTIONAL},
    {.name = "bias", .type = ORY_PARAM_BOOL, .def = 1},
    {.name = "span", .type = ORY_PARAM_INT, .def = 0, .min = -3, .max = 5},
    {.name = "seed", .type = ORY_PARAM_INT, .flags = ORY_OPTIONAL},
    {0},
};

static const char owner[] = "net.linear";

static int make(void **state)
{
    static ory_values v;
    ory_error err;

    *state = &v;
    return ory_values_init(&v, owner, table, &err) == ORY_OK ? 0 : -1;
}

static int unmake(void **state)
{
    ory_values_fini(*state);
    ory_values_fini(*state);
    return ory_mem_in_use() == 0 ? 0 : -1;
}

static ory_matref *matrix(size_t rows, size_t cols, double value)
{
    ory_mat a;
    ory_matref *m;

    assert_int_equal(ory_mat_new(&a, rows, cols, NULL), ORY_OK);
    for (size_t i = 0; i < rows * cols; i++)
        a.data[i] = value;
    m = ory_matref_take(&a);
    assert_non_null(m);
    return m;
}

static const char *text_of(const ory_values *v, int i)
{
    static char text[80];

    ory_values_text(v, i, text, sizeof text);
    return text;
}

static void defaults_are_there_and_not_given(void **state)
{
    const ory_values *v = *state;

    assert_int_equal(ory_params_count(table), 14);
    assert_int_equal(ory_params_count(NULL), 0);
    assert_int_equal(ory_params_find(table, "share"), SHARE);
    assert_int_equal(ory_params_find(table, "Share"), -1);
    assert_int_equal(ory_params_find(table, NULL), -1);
    for (int i = 0; i < 14; i++)
        assert_false(ory_values_given(v, i));
    assert_int_equal(ory_values_size(v, H), 20);
    assert_true(ory_values_real(v, SCALE) == 0.1);
    assert_int_equal(ory_values_choice(v, LOSS), 1);
    assert_int_equal(ory_values_choice(v, STEP), 1);
    assert_int_equal(ory_values_choice(v, H), -1);
    assert_true(ory_values_bool(v, BIAS));
    assert_string_equal(v->v[NAME].text, "well");
    assert_null(v->v[TITLE].text);
    assert_null(ory_values_mat(v, X));
}

static void good_values_are_taken(void **state)
{
    ory_values *v = *state;
    ory_matref *m = matrix(50, 5, 0.731);
    ory_error err;

    assert_int_equal(ory_values_set_num(v, "h", 1, &err), ORY_OK);
    assert_int_equal(ory_values_set_num(v, "init_scale", 5e-324, &err), ORY_OK);
    assert_int_equal(ory_values_set_num(v, "rate", -1e300, &err), ORY_OK);
    assert_int_equal(ory_values_set_num(v, "rate", 3, &err), ORY_OK);
    assert_int_equal(ory_values_set_num(v, "share", 0, &err), ORY_OK);
    assert_int_equal(ory_values_set_num(v, "free", -1e308, &err), ORY_OK);
    assert_int_equal(ory_values_set_num(v, "step", 0.02, &err), ORY_OK);
    assert_int_equal(ory_values_set_num(v, "span", -3, &err), ORY_OK);
    assert_int_equal(ory_values_set_num(v, "seed", 0x1p53 - 1, &err), ORY_OK);
    assert_int_equal(ory_values_set_text(v, "loss", "logistic", &err), ORY_OK);
    assert_int_equal(ory_values_set_text(v, "name", "saddle", &err), ORY_OK);
    assert_int_equal(ory_values_set_bool(v, "bias", false, &err), ORY_OK);
    assert_int_equal(ory_values_set_mat(v, "X", m, &err), ORY_OK);
    assert_int_equal(m->refs, 2);
    assert_int_equal(ory_values_set_mat(v, "X", m, &err), ORY_OK);
    assert_int_equal(m->refs, 2);
    assert_int_equal(ory_values_size(v, H), 1);
    assert_true(ory_values_given(v, H) && ory_values_given(v, X) && !ory_values_given(v, Y));
    assert_int_equal(ory_values_choice(v, LOSS), 2);
    assert_int_equal(ory_values_choice(v, STEP), -1);
    assert_true(ory_values_real(v, STEP) == 0.02);
    assert_false(ory_values_bool(v, BIAS));
    assert_ptr_equal(ory_values_mat(v, X), &m->mat);
    assert_int_equal(ory_values_set_text(v, "step", "auto", &err), ORY_OK);
    assert_int_equal(ory_values_choice(v, STEP), 0);
    ory_matref_unref(m);
}

static void refused_numbers_say_the_value_and_the_limit(void **state)
{
    static const struct {
        const char *name;
        double x;
        ory_status status;
        const char *text;
    } cases[] = {
        {"h", 0, ORY_ERANGE, "net.linear: h = 0 (must be >= 1)"},
        {"h", -7, ORY_ERANGE, "net.linear: h = -7 (must be >= 1)"},
        {"h", 2.5, ORY_EINVAL, "net.linear: h = 2.5 (must be a whole number >= 1)"},
        {"h", NAN, ORY_EINVAL, "net.linear: h = nan (must be a whole number >= 1)"},
        {"h", INFINITY, ORY_ERANGE, "net.linear: h = inf (must be a whole number >= 1)"},
        {"h", 0x1p53, ORY_ERANGE, "net.linear: h = 9007199254740992 (must be < 2^53 in size)"},
        {"init_scale", 0, ORY_ERANGE, "net.linear: init_scale = 0 (must be > 0)"},
        {"init_scale", -0.1, ORY_ERANGE, "net.linear: init_scale = -0.1 (must be > 0)"},
        {"init_scale", NAN, ORY_EINVAL, "net.linear: init_scale = nan (must be a number > 0)"},
        {"init_scale", INFINITY, ORY_ERANGE, "net.linear: init_scale = inf (must be finite)"},
        {"rate", 3.0000000000000004, ORY_ERANGE,
         "net.linear: rate = 3.0000000000000004 (must be <= 3)"},
        {"share", 1, ORY_ERANGE, "net.linear: share = 1 (must be >= 0 and < 1)"},
        {"share", -1e-9, ORY_ERANGE, "net.linear: share = -1e-09 (must be >= 0 and < 1)"},
        {"free", -INFINITY, ORY_ERANGE, "net.linear: free = -inf (must be finite)"},
        {"free", NAN, ORY_EINVAL, "net.linear: free = nan (must be a number)"},
        {"span", 5.5, ORY_EINVAL, "net.linear: span = 5.5 (must be a whole number >= -3 and <= 5)"},
        {"span", 6, ORY_ERANGE, "net.linear: span = 6 (must be >= -3 and <= 5)"},
        {"bias", 1, ORY_EINVAL, "net.linear: bias = 1 (must be true or false)"},
        {"loss", 3, ORY_EINVAL, "net.linear: loss = 3 (one of \"squared\", \"mf\", \"logistic\")"},
        {"name", 0.5, ORY_EINVAL, "net.linear: name = 0.5 (must be a text)"},
        {"X", 1, ORY_EINVAL, "net.linear: X = 1 (must be a matrix)"},
        {"step", 0, ORY_ERANGE, "net.linear: step = 0 (must be > 0, or one of \"auto\", \"rho\")"},
        {"step", NAN, ORY_EINVAL,
         "net.linear: step = nan (must be a number > 0, or one of \"auto\", \"rho\")"},
    };
    ory_values *v = *state;
    ory_error err;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int row = ory_params_find(table, cases[i].name);
        ory_value before = v->v[row];

        assert_int_equal(ory_values_set_num(v, cases[i].name, cases[i].x, &err), cases[i].status);
        assert_string_equal(err.text, cases[i].text);
        assert_memory_equal(&before, &v->v[row], sizeof before);
    }
    assert_int_equal(ory_values_set_num(v, "h", 0, NULL), ORY_ERANGE);
}

static void refused_texts_say_what_is_wanted(void **state)
{
    static const struct {
        const char *name, *value;
        ory_status status;
        const char *text;
    } cases[] = {
        {"h", "abc", ORY_EINVAL, "net.linear: h = \"abc\" (must be a whole number >= 1)"},
        {"init_scale", "0.1", ORY_EINVAL,
         "net.linear: init_scale = \"0.1\" (must be a number > 0)"},
        {"loss", "hinge", ORY_ENAME,
         "net.linear: loss = \"hinge\" (one of \"squared\", \"mf\", \"logistic\")"},
        {"loss", "squred", ORY_ENAME,
         "net.linear: loss = \"squred\" (one of \"squared\", \"mf\", \"logistic\"; did you mean "
         "\"squared\"?)"},
        {"loss", NULL, ORY_ENAME,
         "net.linear: loss = \"\" (one of \"squared\", \"mf\", \"logistic\")"},
        {"step", "fast", ORY_ENAME,
         "net.linear: step = \"fast\" (must be a number > 0, or one of \"auto\", \"rho\")"},
        {"bias", "yes", ORY_EINVAL, "net.linear: bias = \"yes\" (must be true or false)"},
        {"X", "data.csv", ORY_EINVAL, "net.linear: X = \"data.csv\" (must be a matrix)"},
    };
    ory_values *v = *state;
    ory_error err;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int row = ory_params_find(table, cases[i].name);
        ory_value before = v->v[row];

        assert_int_equal(ory_values_set_text(v, cases[i].name, cases[i].value, &err),
                         cases[i].status);
        assert_string_equal(err.text, cases[i].text);
        assert_memory_equal(&before, &v->v[row], sizeof before);
    }
}

static void refused_booleans_and_matrices_are_named(void **state)
{
    ory_values *v = *state;
    ory_matref *m = matrix(3, 2, 2.385);
    ory_error err;

    assert_int_equal(ory_values_set_bool(v, "h", true, &err), ORY_EINVAL);
    assert_string_equal(err.text, "net.linear: h = true (must be a whole number >= 1)");
    assert_int_equal(ory_values_set_mat(v, "h", m, &err), ORY_EINVAL);
    assert_string_equal(err.text, "net.linear: h = 3 x 2 matrix (must be a whole number >= 1)");
    m->mat.data[3] = NAN;
    assert_int_equal(ory_values_set_mat(v, "X", m, &err), ORY_EDIVERGE);
    assert_string_equal(err.text,
                        "net.linear: X has the entry nan in row 2, column 2 (must be finite)");
    assert_int_equal(m->refs, 1);
    assert_null(ory_values_mat(v, X));
    ory_matref_unref(m);
}

static void unknown_names_get_a_suggestion_or_the_list(void **state)
{
    ory_values *v = *state;
    ory_error err;

    assert_int_equal(ory_values_set_num(v, "init_scal", 1, &err), ORY_ENAME);
    assert_string_equal(err.text,
                        "net.linear: unknown option 'init_scal' (did you mean 'init_scale'?)");
    assert_int_equal(ory_values_set_text(v, "LOSS", "mf", &err), ORY_ENAME);
    assert_string_equal(err.text, "net.linear: unknown option 'LOSS' (did you mean 'loss'?)");
    assert_int_equal(ory_values_set_bool(v, "temperature", true, &err), ORY_ENAME);
    assert_string_equal(err.text,
                        "net.linear: unknown option 'temperature' (one of 'h', 'init_scale', "
                        "'rate', 'share', 'free', 'loss', 'step', 'name', 'title', 'X', 'Y', "
                        "'bias', 'span', 'seed')");
    assert_int_equal(ory_values_set_mat(v, NULL, NULL, &err), ORY_ENAME);
    assert_non_null(strstr(err.text, "unknown option ''"));
}

static void endless_and_odd_texts_are_shortened(void **state)
{
    enum { LONG = 2000 };
    static char text[LONG];
    ory_values *v = *state;
    ory_error err;

    for (size_t i = 0; i + 2 < LONG; i += 2)
        memcpy(text + i, "é", 2);
    assert_int_equal(ory_values_set_text(v, "h", text, &err), ORY_EINVAL);
    assert_non_null(strstr(err.text, "é…\" (must be a whole number >= 1)"));
    assert_true(strlen(err.text) < 160);
    assert_int_equal(ory_values_set_num(v, text, 1, &err), ORY_ENAME);
    assert_non_null(strstr(err.text, "é…' (one of 'h', "));
    assert_int_equal(ory_values_set_text(v, "h", "a\n\tb", &err), ORY_EINVAL);
    assert_string_equal(err.text, "net.linear: h = \"a  b\" (must be a whole number >= 1)");
}

static void long_lists_are_cut(void **state)
{
    enum { MANY = 200 };
    static char names[MANY][32];
    static ory_param many[MANY + 1];
    ory_values v;
    ory_error err;

    (void)state;
    for (int i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "parameter_%d", i);
        many[i] = (ory_param){.name = names[i], .type = ORY_PARAM_REAL};
    }
    assert_int_equal(ory_values_init(&v, "big", many, &err), ORY_OK);
    assert_int_equal(ory_values_set_num(&v, "zzz", 1, &err), ORY_ENAME);
    assert_non_null(strstr(err.text, "big: unknown option 'zzz' (one of 'parameter_0', "));
    assert_non_null(strstr(err.text, "', …)"));
    assert_true(strlen(err.text) < 400);
    ory_values_fini(&v);
}

static void a_table_without_rows_has_no_options(void **state)
{
    static const ory_param none[] = {{0}};
    ory_values v;
    ory_error err;

    (void)state;
    assert_int_equal(ory_values_init(&v, "dyn.rest", none, &err), ORY_OK);
    assert_int_equal(ory_values_set_num(&v, "x", 1, &err), ORY_ENAME);
    assert_string_equal(err.text, "dyn.rest: unknown option 'x' (there are no options)");
    assert_int_equal(ory_values_complete(&v, &err), ORY_OK);
    ory_values_fini(&v);
}

static void required_options_must_be_given(void **state)
{
    ory_values *v = *state;
    ory_matref *m = matrix(1, 1, 1);
    ory_error err;

    assert_int_equal(ory_values_complete(v, &err), ORY_EINVAL);
    assert_string_equal(err.text, "net.linear: option 'X' is required (must be a matrix)");
    assert_int_equal(ory_values_set_mat(v, "X", m, &err), ORY_OK);
    assert_int_equal(ory_values_complete(v, &err), ORY_OK);
    ory_matref_unref(m);
}

static void values_read_as_short_texts(void **state)
{
    ory_values *v = *state;
    ory_matref *m = matrix(50, 5, 0);
    char tiny[4];
    ory_error err;

    assert_string_equal(text_of(v, H), "20");
    assert_string_equal(text_of(v, SCALE), "0.1");
    assert_string_equal(text_of(v, LOSS), "mf");
    assert_string_equal(text_of(v, STEP), "rho");
    assert_string_equal(text_of(v, NAME), "well");
    assert_string_equal(text_of(v, TITLE), "none");
    assert_string_equal(text_of(v, X), "none");
    assert_string_equal(text_of(v, SEED), "none");
    assert_string_equal(text_of(v, BIAS), "true");
    assert_int_equal(ory_values_set_num(v, "step", 1 / 3.0, &err), ORY_OK);
    assert_string_equal(text_of(v, STEP), "0.3333333333333333");
    assert_int_equal(ory_values_set_num(v, "seed", 123456789012345, &err), ORY_OK);
    assert_string_equal(text_of(v, SEED), "123456789012345");
    assert_int_equal(ory_values_set_num(v, "free", -2.5e-17, &err), ORY_OK);
    assert_string_equal(text_of(v, FREE), "-2.5e-17");
    assert_int_equal(ory_values_set_mat(v, "X", m, &err), ORY_OK);
    assert_string_equal(text_of(v, X), "50 x 5 matrix");
    ory_values_text(v, X, tiny, sizeof tiny);
    assert_string_equal(tiny, "50 ");
    ory_matref_unref(m);
}

static void copies_stand_on_their_own(void **state)
{
    ory_values *v = *state, copy;
    ory_matref *m = matrix(2, 2, 1);
    ory_error err;

    assert_int_equal(ory_values_set_mat(v, "X", m, &err), ORY_OK);
    assert_int_equal(ory_values_set_text(v, "title", "one", &err), ORY_OK);
    assert_int_equal(ory_values_copy(&copy, v, &err), ORY_OK);
    assert_int_equal(m->refs, 3);
    assert_int_equal(ory_values_set_text(v, "title", "two", &err), ORY_OK);
    assert_string_equal(copy.v[TITLE].text, "one");
    assert_true(ory_values_given(&copy, TITLE));
    assert_ptr_equal(ory_values_mat(&copy, X), &m->mat);
    ory_values_fini(&copy);
    assert_int_equal(m->refs, 2);
    ory_matref_unref(m);
}

static void without_memory_nothing_leaks(void **state)
{
    ory_values *from = *state, v;
    ory_error err;
    size_t start;
    int failures = 0;

    assert_int_equal(ory_values_set_text(from, "title", "one", &err), ORY_OK);
    start = ory_mem_in_use();
    for (long n = 0;; n++) {
        ory_status a, b = ORY_OK;

        ory_mem_fault_set(n);
        a = ory_values_init(&v, owner, table, &err);
        if (a == ORY_OK)
            ory_values_fini(&v);
        b = ory_values_copy(&v, from, &err);
        if (b == ORY_OK)
            ory_values_fini(&v);
        assert_int_equal(ory_mem_in_use(), start);
        if (!ory_mem_fault_hit())
            break;
        assert_true((a == ORY_ENOMEM) != (b == ORY_ENOMEM));
        assert_string_equal(err.text, "net.linear: no memory for the options");
        failures++;
    }
    assert_int_equal(failures, 5); /* rows and one text; rows and two texts */
    ory_mem_fault_set(0);
    assert_int_equal(ory_values_set_text(from, "title", "two", &err), ORY_ENOMEM);
    ory_mem_fault_set(-1);
    assert_string_equal(from->v[TITLE].text, "one");
    assert_int_equal(ory_mem_in_use(), start);
}

#define WITH_VALUES(test) cmocka_unit_test_setup_teardown(test, make, unmake)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_VALUES(defaults_are_there_and_not_given),
        WITH_VALUES(good_values_are_taken),
        WITH_VALUES(refused_numbers_say_the_value_and_the_limit),
        WITH_VALUES(refused_texts_say_what_is_wanted),
        WITH_VALUES(refused_booleans_and_matrices_are_named),
        WITH_VALUES(unknown_names_get_a_suggestion_or_the_list),
        WITH_VALUES(endless_and_odd_texts_are_shortened),
        cmocka_unit_test(long_lists_are_cut),
        cmocka_unit_test(a_table_without_rows_has_no_options),
        WITH_VALUES(required_options_must_be_given),
        WITH_VALUES(values_read_as_short_texts),
        WITH_VALUES(copies_stand_on_their_own),
        WITH_VALUES(without_memory_nothing_leaks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
