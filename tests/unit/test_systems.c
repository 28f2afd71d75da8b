/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_systems.c - what every system of systems.def must satisfy. Nothing here knows a
 * system by name: derivatives against differences, equal seeds, independence of the order
 * of reading, tables without gaps. A new row of systems.def is covered at once. */
#include "config.h"

#include <ctype.h>
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
#include "core/rng.h"
#include "run/run.h"

static ory_rng rng;

/* ------------------------------------------------------------------ instances */

/* Every class with its defaults, and once more for each value of each CHOICE option
 * that the class accepts: variant 0 is the default; NULL past the last. A value that
 * the class refuses (it may contradict the defaults) gives *s == NULL. */
static bool make_variant(const ory_system_class *c, int variant, ory_system **s, char *label,
                         size_t size)
{
    ory_values v;
    ory_error err;
    int left = variant;

    *s = NULL;
    snprintf(label, size, "%s", c->name);
    assert_int_equal(ory_values_init(&v, c->name, c->params, NULL), ORY_OK);
    for (int i = 0; left > 0 && c->params && c->params[i].name; i++) {
        const ory_param *p = &c->params[i];

        for (int k = 0; p->type == ORY_PARAM_CHOICE && p->choices[k]; k++)
            if (k != (int)p->def && --left == 0) {
                snprintf(label, size, "%s{%s=\"%s\"}", c->name, p->name, p->choices[k]);
                assert_int_equal(ory_values_set_text(&v, p->name, p->choices[k], NULL), ORY_OK);
                break;
            }
    }
    if (left > 0) {
        ory_values_fini(&v);
        return false;
    }
    if (ory_system_new(c, &v, s, &err) != ORY_OK) {
        *s = NULL;
        assert_true(strlen(err.text) > strlen(c->name));
        if (variant == 0)
            fail_msg("%s with its defaults: %s", c->name, err.text);
    }
    ory_values_fini(&v);
    return true;
}

typedef void (*look_fn)(ory_system *s, const char *label);

static void for_each_variant(look_fn look)
{
    for (size_t i = 0; i < ory_system_count(); i++) {
        char label[160];
        ory_system *s;

        for (int k = 0; make_variant(ory_system_class_at(i), k, &s, label, sizeof label); k++)
            if (s) {
                look(s, label);
                ory_system_unref(s);
            }
    }
    assert_true(ory_system_count() > 0);
}

static double *numbers(size_t n)
{
    double *x = ory_alloc(n, sizeof *x);

    assert_non_null(x);
    return x;
}

static double *start_of(ory_system *s)
{
    double *x = numbers(s->dim);

    assert_int_equal(s->class->start(s, x, NULL), ORY_OK);
    return x;
}

/* The step that the first rule (or nothing) suggests does not matter: a small one. */
static ory_moment moment_at(ory_system *s, const double *x, const double *x0, double *memory)
{
    ory_moment m = {.stamp = ory_stamp_next(), .x = x, .x0 = x0, .memory = memory, .step = 1e-3,
                    .factor = NAN, .rule = -1, .descent = s->class->loss != NULL};

    return m;
}

/* ---------------------------------------------------------------- derivatives */

static void gradient_is_that_of(ory_system *s, const char *label)
{
    const size_t probes = s->dim < 40 ? s->dim : 40;
    double *x, *g, *g2, loss, again;

    if (!s->class->loss)
        return;
    x = start_of(s);
    g = numbers(s->dim);
    g2 = numbers(s->dim);
    s->class->loss(s, x, &loss, g);
    s->class->loss(s, x, &again, NULL);
    if (!(fabs(loss - again) <= 1e-12 * fabs(loss)))
        fail_msg("%s: loss %.17g with gradient, %.17g without", label, loss, again);
    s->class->loss(s, x, NULL, g2);
    assert_memory_equal(g, g2, s->dim * sizeof *g);
    for (size_t k = 0; k < probes; k++) {
        const size_t i = probes == s->dim ? k : ory_rng_below(&rng, s->dim);
        const double old = x[i], h = 1e-5 * (1 + fabs(old));
        double up, down;

        x[i] = old + h;
        s->class->loss(s, x, &up, NULL);
        x[i] = old - h;
        s->class->loss(s, x, &down, NULL);
        x[i] = old;
        if (!(fabs(g[i] - (up - down) / (2 * h)) <= 1e-6 * (1 + fabs(loss) + fabs(g[i]))))
            fail_msg("%s: gradient[%zu] = %.12g, differences say %.12g", label, i, g[i],
                     (up - down) / (2 * h));
    }
    ory_free(x);
    ory_free(g);
    ory_free(g2);
}

static void gradients_agree_with_differences(void **state)
{
    (void)state;
    ory_rng_init(&rng, 71, 0);
    for_each_variant(gradient_is_that_of);
}

static void hvp_is_that_of(ory_system *s, const char *label)
{
    const double t = 1e-5;
    double *x, *u, *w, *Hu, *Hw, *up, *down, scale, a, b;

    if (!s->class->hvp)
        return;
    x = start_of(s);
    u = numbers(6 * s->dim);
    w = u + s->dim, Hu = w + s->dim, Hw = Hu + s->dim, up = Hw + s->dim, down = up + s->dim;
    ory_rng_fill_normal(&rng, u, 2 * s->dim, 0, 1 / sqrt((double)s->dim));
    s->class->hvp(s, x, u, Hu);
    s->class->hvp(s, x, w, Hw);
    scale = ory_norm2(Hu, s->dim) + ory_norm2(Hw, s->dim);
    a = ory_dot(w, Hu, s->dim);
    b = ory_dot(u, Hw, s->dim);
    if (!(fabs(a - b) <= 1e-12 * scale * 4))
        fail_msg("%s: Hessian not symmetric: %.17g and %.17g", label, a, b);
    ory_axpy(t, u, x, s->dim);
    s->class->loss(s, x, NULL, up);
    ory_axpy(-2 * t, u, x, s->dim);
    s->class->loss(s, x, NULL, down);
    for (size_t i = 0; i < s->dim; i++)
        if (!(fabs(Hu[i] - (up[i] - down[i]) / (2 * t)) <= 1e-6 * (1e-3 + scale)))
            fail_msg("%s: Hessian times vector [%zu] = %.12g, differences say %.12g", label, i,
                     Hu[i], (up[i] - down[i]) / (2 * t));
    ory_free(x);
    ory_free(u);
}

static void hessian_products_agree_with_differences(void **state)
{
    (void)state;
    ory_rng_init(&rng, 72, 0);
    for_each_variant(hvp_is_that_of);
}

static void gap_is_that_of(ory_system *s, const char *label)
{
    double *x, loss, gap;

    if (!s->class->loss || !s->class->gap || isnan(s->loss_min))
        return;
    x = start_of(s);
    s->class->loss(s, x, &loss, NULL);
    s->class->gap(s, x, &gap);
    if (!(gap >= 0) || !(fabs(loss - s->loss_min - gap) <= 1e-10 * (1 + fabs(loss))))
        fail_msg("%s: loss %.17g, minimum %.17g, gap %.17g", label, loss, s->loss_min, gap);
    ory_free(x);
}

static void the_gap_is_the_loss_above_its_minimum(void **state)
{
    (void)state;
    for_each_variant(gap_is_that_of);
}

/* ------------------------------------------------------------------ repetition */

static void repeats(ory_system *s, const char *label)
{
    ory_system *twin;
    double *x = start_of(s), *y, *z = start_of(s);

    assert_int_equal(ory_system_clone(s, &twin, NULL), ORY_OK);
    y = start_of(twin);
    if (memcmp(x, y, s->dim * sizeof *x) != 0 || memcmp(x, z, s->dim * sizeof *x) != 0)
        fail_msg("%s: equal seeds give different starts", label);
    assert_true(twin->dim == s->dim && twin->n_notes == s->n_notes);
    assert_memory_equal(&twin->loss_min, &s->loss_min, sizeof s->loss_min);
    if (s->class->loss) {
        double *g = numbers(s->dim), *f = numbers(s->dim), a, b;

        s->class->loss(s, x, &a, g);
        s->class->loss(twin, y, &b, f);
        assert_memory_equal(&a, &b, sizeof a);
        assert_memory_equal(g, f, s->dim * sizeof *g);
        ory_free(g);
        ory_free(f);
    }
    ory_free(x);
    ory_free(y);
    ory_free(z);
    ory_system_unref(twin);
}

static void equal_seeds_give_equal_bits(void **state)
{
    (void)state;
    for_each_variant(repeats);
}

static void different_seeds_give_different_states(void **state)
{
    (void)state;
    for (size_t i = 0; i < ory_system_count(); i++) {
        const ory_system_class *c = ory_system_class_at(i);
        ory_system *a, *b;
        ory_values v;
        double *x, *y;

        if (ory_params_find(c->params, "seed") < 0)
            continue;
        assert_int_equal(ory_values_init(&v, c->name, c->params, NULL), ORY_OK);
        assert_int_equal(ory_values_set_num(&v, "seed", 11, NULL), ORY_OK);
        assert_int_equal(ory_system_new(c, &v, &a, NULL), ORY_OK);
        assert_int_equal(ory_values_set_num(&v, "seed", 12, NULL), ORY_OK);
        assert_int_equal(ory_system_new(c, &v, &b, NULL), ORY_OK);
        x = start_of(a);
        y = start_of(b);
        if (a->dim == b->dim && memcmp(x, y, a->dim * sizeof *x) == 0) {
            /* a fixed start is fine when the seed shapes the data instead */
            double p = 0, q = 0;

            if (c->loss) {
                c->loss(a, x, &p, NULL);
                c->loss(b, y, &q, NULL);
            } else if (c->rhs) {
                double *f = numbers(a->dim), *g = numbers(a->dim);

                c->rhs(a, 0, x, f);
                c->rhs(b, 0, y, g);
                p = memcmp(f, g, a->dim * sizeof *f) != 0;
                ory_free(f);
                ory_free(g);
            } else {
                q = 1;
            }
            if (p == q)
                fail_msg("%s: the seed changes nothing", c->name);
        }
        ory_free(x);
        ory_free(y);
        ory_system_unref(a);
        ory_system_unref(b);
        ory_values_fini(&v);
    }
}

/* ---------------------------------------------------------------------- probes */

/* All probes of a moment, one behind the other, read in the order given. */
static size_t offsets(ory_system *s, size_t *at)
{
    size_t total = 0;

    for (int i = 0; i < ory_probe_count(s->class); i++) {
        size_t rows = 0, cols = 0;

        ory_probe_shape(s, i, &rows, &cols);
        if (rows * cols == 0)
            fail_msg("%s: probe %s has shape %zu x %zu", s->class->name,
                     ory_probe_at(s->class, i)->name, rows, cols);
        if (ory_probe_at(s->class, i)->kind == ORY_SCALAR)
            assert_true(rows == 1 && cols == 1);
        at[i] = total;
        total += rows * cols;
    }
    return total;
}

static void read_in_order(ory_system *s, const ory_moment *m, const size_t *order,
                          const size_t *at, double *out)
{
    ory_error err;

    for (int i = 0; i < ory_probe_count(s->class); i++) {
        const int which = (int)order[i];

        if (ory_probe_read(s, m, which, out + at[which], &err) != ORY_OK)
            fail_msg("%s: %s: %s", s->class->name, ory_probe_at(s->class, which)->name, err.text);
    }
}

static void reads(ory_system *s, const char *label)
{
    enum { MOST = 512 };
    const int count = ory_probe_count(s->class);
    size_t order[MOST], at[MOST], total;
    double *x = start_of(s), *x0 = start_of(s), *far = start_of(s), *a, *b;
    double *memory = numbers(s->class->memory + 1);
    ory_moment m = moment_at(s, x, x0, memory), other;
    ory_system *twin;

    assert_true(count > 0 && count < MOST);
    if (s->class->memory_start)
        s->class->memory_start(s, &m, memory);
    for (size_t i = 0; i < s->dim; i++) { /* away from the start */
        x[i] += 1e-3 * (1 + fabs(x[i])) * ory_rng_normal(&rng);
        far[i] += 3e-3 * (1 + fabs(x[i])) * ory_rng_normal(&rng);
    }
    total = offsets(s, at);
    a = numbers(total);
    b = numbers(total);
    for (size_t i = 0; i < (size_t)count; i++)
        order[i] = i;
    assert_int_equal(ory_system_clone(s, &twin, NULL), ORY_OK);
    ory_mem_fault_set(0); /* reading must not ask for memory */
    read_in_order(twin, &m, order, at, a); /* the first thing a system is asked */
    for (int round = 0; round < 5; round++) {
        other = moment_at(s, round % 2 ? far : x0, x0, memory); /* other states in between */
        ory_rng_permutation(&rng, order, (size_t)count);
        read_in_order(s, &other, order, at, b);
        if (s->class->loss)
            s->class->loss(s, far, b, NULL);
        ory_rng_permutation(&rng, order, (size_t)count);
        m.stamp = round == 4 ? 0 : ory_stamp_next(); /* 0: nothing may be remembered */
        read_in_order(s, &m, order, at, b);
        for (int i = 0; i < count; i++) {
            size_t rows, cols;

            ory_probe_shape(s, i, &rows, &cols);
            if (memcmp(a + at[i], b + at[i], rows * cols * sizeof *a) != 0 &&
                !(isnan(a[at[i]]) && isnan(b[at[i]])))
                fail_msg("%s: %s depends on what was asked before: %.17g, %.17g", label,
                         ory_probe_at(s->class, i)->name, a[at[i]], b[at[i]]);
        }
    }
    if (ory_mem_fault_hit())
        fail_msg("%s: reading probes asks for memory", label);
    ory_mem_fault_set(-1);
    for (int i = 0; i < count; i++) { /* a scalar is a number, or there is a reason */
        const ory_probe *p = ory_probe_at(s->class, i);
        char why[300] = "";

        if (isnan(a[at[i]]) &&
            (!ory_probe_why(s, &m, i, why, sizeof why) || strlen(why) < 4))
            fail_msg("%s: %s is NaN without a reason", label, p->name);
        assert_true(ory_probe_work(s, i) > 0);
    }
    ory_system_unref(twin);
    ory_free(x);
    ory_free(x0);
    ory_free(far);
    ory_free(memory);
    ory_free(a);
    ory_free(b);
}

static void probes_are_readable_in_any_order_or_say_why_not(void **state)
{
    (void)state;
    ory_rng_init(&rng, 73, 0);
    for_each_variant(reads);
}

/* ---------------------------------------------------------------------- tables */

static bool is_identifier(const char *name)
{
    if (!isalpha((unsigned char)*name) && *name != '_')
        return false;
    for (; *name; name++)
        if (!isalnum((unsigned char)*name) && *name != '_')
            return false;
    return true;
}

static void is_sentence(const char *owner, const char *name, const char *text)
{
    if (!text || strlen(text) < 6)
        fail_msg("%s: %s has no description", owner, name);
}

static void names_differ(const char *owner, const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        fail_msg("%s: the name '%s' stands twice", owner, a);
}

static void every_probe_is_described_and_bounds_something_that_exists(void **state)
{
    (void)state;
    for (size_t c = 0; c < ory_system_count(); c++) {
        const ory_system_class *k = ory_system_class_at(c);

        for (int i = 0; i < ory_probe_count(k); i++) {
            const ory_probe *p = ory_probe_at(k, i);

            if (!is_identifier(p->name))
                fail_msg("%s: probe '%s' is no identifier", k->name, p->name);
            is_sentence(k->name, p->name, p->doc);
            assert_true(p->label && *p->label && p->unit);
            for (int j = 0; j < i; j++)
                names_differ(k->name, p->name, ory_probe_at(k, j)->name);
            assert_int_equal(ory_probe_find(k, p->name), i);
            if (p->bounds && (ory_probe_find(k, p->bounds) < 0 || abs(p->side) != 1))
                fail_msg("%s: %s bounds '%s' (side %d)", k->name, p->name, p->bounds, p->side);
            if (!p->bounds)
                assert_int_equal(p->side, 0);
        }
    }
}

static void every_parameter_is_described(void **state)
{
    (void)state;
    for (size_t c = 0; c < ory_system_count(); c++) {
        const ory_system_class *k = ory_system_class_at(c);

        for (int i = 0; k->params && k->params[i].name; i++) {
            const ory_param *p = &k->params[i];

            if (!is_identifier(p->name))
                fail_msg("%s: option '%s' is no identifier", k->name, p->name);
            is_sentence(k->name, p->name, p->doc);
            assert_non_null(p->unit);
            for (int j = 0; j < i; j++)
                names_differ(k->name, p->name, k->params[j].name);
        }
    }
}

/* A probe (scalar) or a number. */
static void resolves(const ory_system_class *k, const char *claim, const char *side)
{
    const int i = ory_probe_find(k, side);
    char *end;

    if (i >= 0) {
        if (ory_probe_at(k, i)->kind != ORY_SCALAR)
            fail_msg("%s: claim %s compares '%s', which is not a scalar", k->name, claim, side);
        return;
    }
    (void)strtod(side, &end);
    if (end == side || *end)
        fail_msg("%s: claim %s: '%s' is neither a probe nor a number", k->name, claim, side);
}

static void every_claim_resolves_and_is_described(void **state)
{
    (void)state;
    for (size_t c = 0; c < ory_system_count(); c++) {
        const ory_system_class *k = ory_system_class_at(c);

        for (int i = 0; k->claims && k->claims[i].name; i++) {
            const ory_claim *claim = &k->claims[i];

            assert_true(is_identifier(claim->name));
            is_sentence(k->name, claim->name, claim->title);
            is_sentence(k->name, claim->name, claim->statement);
            assert_true(claim->source && *claim->source);
            assert_true(!claim->correction || strlen(claim->correction) > 20);
            for (int j = 0; j < i; j++)
                names_differ(k->name, claim->name, k->claims[j].name);
            for (int j = 0; j < ORY_MAX_HYPOTHESES && claim->hypotheses[j].left; j++) {
                resolves(k, claim->name, claim->hypotheses[j].left);
                resolves(k, claim->name, claim->hypotheses[j].right);
                is_sentence(k->name, claim->name, claim->statement);
                assert_true(claim->hypotheses[j].text && *claim->hypotheses[j].text);
            }
            resolves(k, claim->name, claim->conclusion.left);
            resolves(k, claim->name, claim->conclusion.right);
            assert_true(claim->conclusion.text && *claim->conclusion.text);
            if (claim->floor)
                resolves(k, claim->name, claim->floor);
        }
    }
}

static void every_class_is_complete(void **state)
{
    (void)state;
    for (size_t c = 0; c < ory_system_count(); c++) {
        const ory_system_class *k = ory_system_class_at(c);
        const ory_stepper_class *stepper;

        is_sentence(k->name, "summary", k->summary);
        is_sentence(k->name, "source", k->source);
        assert_true(k->example && strncmp(k->example, k->name, strlen(k->name)) == 0);
        assert_true(k->init && k->start && (k->loss || k->rhs || k->advance));
        assert_true(!k->memory == !k->memory_start && !k->memory == !k->observe);
        assert_true(k == ory_system_class_find(k->name));
        for (size_t j = 0; j < c; j++)
            names_differ("systems.def", k->name, ory_system_class_at(j)->name);
        stepper = ory_stepper_class_find(k->default_stepper);
        if (!stepper || ory_stepper_unfit(stepper, k))
            fail_msg("%s: default stepper '%s' does not fit", k->name, k->default_stepper);
        for (int i = 0; k->record && k->record[i]; i++) {
            const int p = ory_probe_find(k, k->record[i]);

            if (p < 0 || ory_probe_at(k, p)->kind != ORY_SCALAR)
                fail_msg("%s: records '%s', which is no scalar probe", k->name, k->record[i]);
        }
        for (int i = 0; k->rules && k->rules[i].name; i++) {
            assert_true(is_identifier(k->rules[i].name) && k->rules[i].plan);
            is_sentence(k->name, k->rules[i].name, k->rules[i].doc);
        }
    }
}

static void describes(ory_system *s, const char *label)
{
    char text[300] = "";
    size_t next = 0;

    if (s->class->describe) {
        s->class->describe(s, text, sizeof text);
        if (strlen(text) < 4)
            fail_msg("%s: describes itself as '%s'", label, text);
        memset(text, 'x', sizeof text);
        s->class->describe(s, text, 8); /* a small buffer is respected */
        assert_true(memchr(text, '\0', 8) != NULL && text[8] == 'x');
    }
    assert_true(s->n_blocks > 0);
    for (size_t i = 0; i < s->n_blocks; i++) { /* blocks tile the state */
        assert_true(is_identifier(s->blocks[i].name));
        assert_true(s->blocks[i].offset >= next);
        next = s->blocks[i].offset + s->blocks[i].rows * s->blocks[i].cols;
        assert_true(next <= s->dim);
    }
}

static void instances_describe_themselves(void **state)
{
    (void)state;
    for_each_variant(describes);
}

/* ------------------------------------------------------------------------ runs */

static void runs(ory_system *s, const char *label)
{
    ory_run *r;
    ory_stop stop;
    ory_error err;
    double *x;
    uint64_t hash;

    if (ory_run_new(s, &(ory_run_options){0}, &r, &err) != ORY_OK) {
        assert_true(strlen(err.text) > 8); /* a rule may refuse, with its reason */
        return;
    }
    if (ory_run_step(r, 12, &stop, &err) != ORY_OK)
        fail_msg("%s: %s", label, err.text);
    x = numbers(s->dim);
    memcpy(x, ory_run_state(r), s->dim * sizeof *x);
    hash = ory_run_hash(r);
    for (int i = 0; i < ory_run_claim_count(r); i++) {
        ory_verdict v;

        assert_int_equal(ory_run_claim(r, i, &v, NULL), ORY_OK);
        if (v.standing == ORY_CLAIM_VIOLATED)
            fail_msg("%s: claim %s: %s", label, v.claim->name, v.text);
    }
    if (ory_run_k(r) > 3) { /* back and on again: the same bits */
        const uint64_t k = ory_run_k(r);

        assert_int_equal(ory_run_rewind(r, 3, &err), ORY_OK);
        assert_int_equal(ory_run_step(r, k - 3, &stop, &err), ORY_OK);
        if (memcmp(x, ory_run_state(r), s->dim * sizeof *x) != 0 || ory_run_hash(r) != hash)
            fail_msg("%s: rewinding and going on gives other bits", label);
    }
    ory_free(x);
    ory_run_free(r);
}

static void default_runs_step_rewind_and_violate_no_claim(void **state)
{
    (void)state;
    for_each_variant(runs);
}

/* --------------------------------------------------------------- out of memory */

static void default_systems_survive_every_failing_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < ory_system_count(); i++) {
        const ory_system_class *c = ory_system_class_at(i);
        bool failed = true;
        ory_values v;

        assert_int_equal(ory_values_init(&v, c->name, c->params, NULL), ORY_OK);
        for (long n = 0; failed; n++) {
            const size_t before = ory_mem_in_use();
            ory_system *s = NULL;
            ory_status status;

            ory_mem_fault_set(n);
            status = ory_system_new(c, &v, &s, NULL);
            failed = ory_mem_fault_hit();
            ory_mem_fault_set(-1);
            if (status != (failed ? ORY_ENOMEM : ORY_OK))
                fail_msg("%s: request %ld failed, status %d", c->name, n, status);
            ory_system_unref(s);
            assert_true(ory_mem_in_use() == before);
        }
        ory_values_fini(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_agree_with_differences),
        cmocka_unit_test(hessian_products_agree_with_differences),
        cmocka_unit_test(the_gap_is_the_loss_above_its_minimum),
        cmocka_unit_test(equal_seeds_give_equal_bits),
        cmocka_unit_test(different_seeds_give_different_states),
        cmocka_unit_test(probes_are_readable_in_any_order_or_say_why_not),
        cmocka_unit_test(every_probe_is_described_and_bounds_something_that_exists),
        cmocka_unit_test(every_parameter_is_described),
        cmocka_unit_test(every_claim_resolves_and_is_described),
        cmocka_unit_test(every_class_is_complete),
        cmocka_unit_test(instances_describe_themselves),
        cmocka_unit_test(default_runs_step_rewind_and_violate_no_claim),
        cmocka_unit_test(default_systems_survive_every_failing_request),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
