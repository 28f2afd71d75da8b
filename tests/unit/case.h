/* SPDX-License-Identifier: GPL-3.0-or-later */
/* case.h - systems and runs from one line of text each, for tests:
 *
 *   case_system("net.lora", "r=1 side=B W1=[1,0;0,0.5]")
 *   case_run(s, "rk4 step=0.01")
 *
 * and probes by name, goals by time, comparisons that say what failed. */
#ifndef ORY_TESTS_CASE_H
#define ORY_TESTS_CASE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/linalg.h"
#include "core/mem.h"
#include "run/run.h"

#define ASSERT_REL(got, want, tol) case_near(got, want, 0, tol, #got, __LINE__)
#define ASSERT_ABS(got, want, tol) case_near(got, want, tol, 0, #got, __LINE__)
#define ASSERT_IN(got, low, high) case_in(got, low, high, #got, __LINE__)

static inline void case_near(double got, double want, double abs, double rel, const char *what,
                             int line)
{
    if (!(fabs(got - want) <= abs + rel * fabs(want)))
        fail_msg("line %d: %s = %.17g, expected %.17g", line, what, got, want);
}

static inline void case_in(double got, double low, double high, const char *what, int line)
{
    if (!(got >= low && got <= high))
        fail_msg("line %d: %s = %.17g, expected %.17g .. %.17g", line, what, got, low, high);
}

/* "[1,2;3,4]" */
static inline ory_status case_matrix(ory_values *v, const char *name, const char *text,
                                     ory_error *err)
{
    double data[4096];
    size_t rows = 1, n = 0;
    const char *p = text + 1;
    ory_matref *ref;
    ory_mat view;
    ory_status status;

    while (*p != ']') {
        char *end;

        data[n++] = strtod(p, &end);
        assert_true(end != p && n < 4096);
        rows += *end == ';';
        p = *end == ']' ? end : end + 1;
    }
    view = ory_mat_view(data, rows, n / rows);
    ref = ory_matref_new(&view);
    if (!ref)
        return ory_fail(err, ORY_ENOMEM, "no memory");
    status = ory_values_set_mat(v, name, ref, err);
    ory_matref_unref(ref);
    return status;
}

static inline bool case_is_text(const ory_values *v, const char *name)
{
    const int i = ory_params_find(v->params, name);

    return i >= 0 && (v->params[i].type == ORY_PARAM_CHOICE || v->params[i].type == ORY_PARAM_STRING);
}

static inline ory_status case_options(ory_values *v, const char *text, ory_error *err)
{
    char copy[16384], *word, *rest = copy;
    ory_status status = ORY_OK;

    snprintf(copy, sizeof copy, "%s", text);
    while (status == ORY_OK && (word = strtok_r(rest, " ", &rest))) {
        char *value = strchr(word, '='), *end;
        double x;

        assert_non_null(value);
        *value++ = '\0';
        x = strtod(value, &end);
        if (*value == '[')
            status = case_matrix(v, word, value, err);
        else if (strcmp(value, "true") == 0 || strcmp(value, "false") == 0)
            status = ory_values_set_bool(v, word, *value == 't', err);
        else if (*end == '\0' && !case_is_text(v, word))
            status = ory_values_set_num(v, word, x, err);
        else
            status = ory_values_set_text(v, word, value, err);
    }
    return status;
}

static inline ory_status case_try(const char *class, const char *options, ory_system **out,
                                  ory_error *err)
{
    const ory_system_class *c = ory_system_class_find(class);
    ory_values v = {0};
    ory_status status;

    assert_non_null(c);
    status = ory_values_init(&v, c->name, c->params, err);
    if (status == ORY_OK)
        status = case_options(&v, options, err);
    if (status == ORY_OK)
        status = ory_system_new(c, &v, out, err);
    ory_values_fini(&v);
    return status;
}

static inline ory_system *case_system(const char *class, const char *options)
{
    ory_system *s = NULL;
    ory_error err;

    if (case_try(class, options, &s, &err) != ORY_OK)
        fail_msg("%s{%s}: %s", class, options, err.text);
    return s;
}

/* The message of a system that must be refused with this status. */
static inline void case_refused(const char *class, const char *options, ory_status want,
                                const char *part)
{
    ory_system *s = NULL;
    ory_error err = {0};
    const ory_status got = case_try(class, options, &s, &err);

    if (got != want || !strstr(err.text, part))
        fail_msg("%s{%s}: status %d, \"%s\"; expected %d, \"%s\"", class, options, got, err.text,
                 want, part);
}

/* Takes over sys. `how`: a stepper's name and its options; NULL: the default one. */
static inline ory_run *case_run(ory_system *sys, const char *how)
{
    static const char *const nothing[] = {NULL};
    ory_run_options opt = {.record = nothing};
    char name[32] = "";
    ory_values v = {0};
    ory_run *r = NULL;
    ory_error err;

    if (how) {
        const size_t len = strcspn(how, " ");
        const ory_stepper_class *c;

        snprintf(name, sizeof name, "%.*s", (int)len, how);
        c = ory_stepper_class_find(name);
        assert_non_null(c);
        assert_int_equal(ory_values_init(&v, c->name, c->params, &err), ORY_OK);
        if (case_options(&v, how + len, &err) != ORY_OK)
            fail_msg("%s: %s", how, err.text);
        opt.stepper = name;
        opt.values = &v;
    }
    if (ory_run_new(sys, &opt, &r, &err) != ORY_OK)
        fail_msg("%s: %s", how ? how : "default stepper", err.text);
    ory_values_fini(&v);
    ory_system_unref(sys);
    return r;
}

static inline ory_run *case_start(const char *class, const char *options, const char *how)
{
    return case_run(case_system(class, options), how);
}

static inline void case_go(ory_run *r, double time)
{
    ory_stop stop;
    ory_error err;
    const ory_goal goal = {.max_steps = UINT64_MAX, .time = time};

    if (ory_run_go(r, &goal, &stop, &err) != ORY_OK || stop.reason != ORY_STOP_TIME)
        fail_msg("to t = %g: %s", time, stop.text);
}

static inline void case_step(ory_run *r, uint64_t n)
{
    ory_stop stop;
    ory_error err;

    if (ory_run_step(r, n, &stop, &err) != ORY_OK || stop.reason != ORY_STOP_STEPS)
        fail_msg("%s", stop.text);
}

static inline double case_read(ory_run *r, const char *probe)
{
    const int i = ory_run_probe_find(r, probe);
    double out[4096];
    ory_error err;

    if (i < 0)
        fail_msg("no probe %s", probe);
    if (ory_run_read(r, i, out, &err) != ORY_OK)
        fail_msg("%s: %s", probe, err.text);
    return out[0];
}

static inline void case_read_all(ory_run *r, const char *probe, double *out)
{
    ory_error err;

    assert_int_equal(ory_run_read(r, ory_run_probe_find(r, probe), out, &err), ORY_OK);
}

/* No claim may have been violated so far. */
static inline void case_claims(ory_run *r)
{
    for (int i = 0; i < ory_run_claim_count(r); i++) {
        ory_verdict v;
        ory_error err;

        assert_int_equal(ory_run_claim(r, i, &v, &err), ORY_OK);
        if (v.standing == ORY_CLAIM_VIOLATED)
            fail_msg("claim %s violated at step %llu: %s", v.claim->name,
                     (unsigned long long)v.first_step, v.text);
    }
}

#endif
