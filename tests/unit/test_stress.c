/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_stress.c - numbers under stress, for every system of systems.def and every probe: options
 * and data as small as 1e-300 and as large as 1e300, zeros, matrices of rank one or with equal
 * singular values, graphs of one node or of none but isolated nodes, states pushed by hand. A
 * system refuses with one sentence, or it lives: it steps, and a number that is not one has its
 * reason. A new row of systems.def is covered at once; its matrices want a row of `given`. */
#include "config.h"

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

enum { LABEL = 240 };

static size_t lived, refused;

/* ------------------------------------------------------------------- what is asked of all */

/* Complaints are printed and counted, so that one run of the test shows all there is to mend:
 * for each class and what it is about, the first. */
static size_t complaints;

static void complain(const char *label, const char *what, const char *more)
{
    enum { KEY = 160, MOST = 400 };
    static char seen[MOST][KEY];
    static size_t n_seen;
    char key[KEY];

    complaints++;
    snprintf(key, sizeof key, "%.*s %.30s %.60s", (int)strcspn(label, "{"), label, what, more);
    for (size_t i = 0; i < n_seen; i++)
        if (strcmp(seen[i], key) == 0)
            return;
    if (n_seen < MOST)
        strcpy(seen[n_seen++], key);
    print_error("%s: %s %s\n", label, what, more);
}

/* Words of the command line, if any, are the classes to be tried. */
static char **chosen;

static bool is_chosen(const char *class)
{
    bool found = !*chosen;

    for (char **name = chosen; *name; name++)
        found |= strcmp(*name, class) == 0;
    return found;
}

static const ory_system_class *class_at(size_t k)
{
    const ory_system_class *c = ory_system_class_at(k);

    return is_chosen(c->name) ? c : NULL;
}

static void is_sentence(const char *label, const ory_error *err)
{
    size_t n = strlen(err->text);

    if (n < 12 || strchr(err->text, '\n') || strstr(err->text, "(null)"))
        complain(label, "is refused without a sentence:", err->text);
}

/* A probe has a value, or it says why not; one sentence in either case. */
static void look(ory_run *r, const char *label, int i)
{
    const ory_probe *p = ory_run_probe_at(r, i);
    char why[300] = "", what[LABEL];
    size_t rows = 1, cols = 1;
    bool undefined = false;
    double *out;
    ory_error err = {0};

    ory_run_probe_shape(r, i, &rows, &cols);
    out = ory_alloc(rows * cols, sizeof *out);
    assert_non_null(out);
    if (ory_run_read(r, i, out, &err) != ORY_OK)
        is_sentence(label, &err);
    else {
        for (size_t k = 0; k < rows * cols; k++)
            undefined |= isnan(out[k]);
        if (undefined && (!ory_run_why(r, i, why, sizeof why) || strlen(why) < 4)) {
            snprintf(what, sizeof what, "%s (%zu x %zu), step %llu", p->name, rows, cols,
                     (unsigned long long)ory_run_k(r));
            complain(label, "is not a number and gives no reason:", what);
        }
    }
    ory_free(out);
}

static void look_at_all(ory_run *r, const char *label)
{
    for (int i = 0; i < ory_run_probe_count(r); i++)
        look(r, label, i);
    for (int i = 0; i < ory_run_claim_count(r); i++) {
        ory_verdict v;

        if (ory_run_claim(r, i, &v, NULL) == ORY_OK && !*v.text)
            complain(label, "has a verdict without a text:", v.claim->name);
    }
}

static void step_some(ory_run *r, const char *label)
{
    const size_t dim = ory_run_system(r)->dim;
    ory_error err = {0};
    ory_stop stop;

    if (ory_run_step(r, 3, &stop, &err) != ORY_OK)
        is_sentence(label, &err);
    else if (stop.reason != ORY_STOP_STEPS && strlen(stop.text) < 8)
        complain(label, "stops without a sentence:", stop.text);
    if (!ory_all_finite(ory_run_state(r), dim))
        complain(label, "keeps a state that is not finite", "");
}

/* The blocks of the state filled with x by hand, then read and stepped. */
static void push(ory_run *r, const char *label, double x)
{
    const size_t dim = ory_run_system(r)->dim;
    char pushed[LABEL];
    ory_error err = {0};
    ory_mat all;

    if (ory_mat_new(&all, dim, 1, NULL) != ORY_OK)
        return;
    for (size_t i = 0; i < dim; i++)
        all.data[i] = i % 3 == 1 ? -x : x;
    snprintf(pushed, sizeof pushed, "%.200s, state %g", label, x);
    if (ory_run_poke(r, NULL, &all, &err) != ORY_OK)
        is_sentence(pushed, &err);
    else if (!isfinite(x))
        complain(pushed, "takes a state that is not finite", "");
    look_at_all(r, pushed);
    step_some(r, pushed);
    ory_mat_free(&all);
}

/* Makes the system and puts it to the test; whether it was made. */
static bool try_values(const ory_system_class *c, const ory_values *v, const char *label,
                       bool pushing)
{
    static const double states[] = {0, 1e-300, 1e300, NAN, INFINITY};
    ory_system *s = NULL;
    ory_run *r = NULL;
    ory_error err = {0};
    bool made;

    made = ory_system_new(c, v, &s, &err) == ORY_OK;
    if (made && ory_run_new(s, &(ory_run_options){0}, &r, &err) == ORY_OK) {
        look_at_all(r, label);
        step_some(r, label);
        look_at_all(r, label);
        for (size_t i = 0; pushing && i < sizeof states / sizeof *states; i++)
            push(r, label, states[i]);
        ory_run_free(r);
        lived++;
    } else {
        is_sentence(label, &err);
        refused++;
    }
    ory_system_unref(s);
    return made;
}

/* Sizes of the made-up problems, so that an instance costs little. */
static void make_small(const ory_system_class *c, ory_values *v)
{
    static const struct {
        const char *class, *option;
        double value;
    } small[] = {
        {"dict.code", "tol", 1e-6}, {"dict.learn", "samples", 60}, {"dyn.nadir", "instants", 8},
        {"net.lora", "h", 12}, {"net.lora", "m", 4}, {"net.lora", "n", 4},
        {"net.lora_head", "hidden", 6}, {"net.lora_head", "pretrain_epochs", 1}, {"net.prelu", "h", 8},
        {"net.prelu", "per_cluster", 3}, {"net.prelu", "test", 6}, {"net.prelu", "zero_steps", 3},
        {"net.prelu", "climb_steps", 3}, {"net.prelu", "multi_steps", 2}, {"net.relu", "h", 8},
        {"net.relu", "samples", 20}, {"safety.critic", "N", 8}, {"safety.critic", "M", 8},
        {"safety.critic", "batch", 8}, {"safety.critic", "rounds", 1}, {"safety.critic", "steps", 5},
        {"safety.kernel", "M", 12}, {"safety.kernel", "N", 12},
    };

    assert_int_equal(ory_values_init(v, c->name, c->params, NULL), ORY_OK);
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        if (strcmp(small[i].class, c->name) == 0)
            assert_int_equal(ory_values_set_num(v, small[i].option, small[i].value, NULL), ORY_OK);
}

/* ------------------------------------------------------------------------------- numbers */

static bool is_number(const ory_param *p)
{
    return p->type == ORY_PARAM_REAL || p->type == ORY_PARAM_INT ||
           p->type == ORY_PARAM_NUMBER_OR_CHOICE;
}

/* One option at a time; whole numbers stay small, for most are sizes. */
static void one_number(const ory_system_class *c, const ory_param *p, double x)
{
    char label[LABEL];
    ory_error err = {0};
    ory_values v;

    make_small(c, &v);
    snprintf(label, sizeof label, "%s{%s=%g}", c->name, p->name, x);
    if (ory_values_set_num(&v, p->name, x, &err) != ORY_OK)
        is_sentence(label, &err);
    else if (!isfinite(x))
        complain(label, "is taken", "");
    else
        (void)try_values(c, &v, label, false);
    ory_values_fini(&v);
}

static void options_of_any_size_are_refused_or_survived(void **state)
{
    static const double reals[] = {0, 1e-300, 1e300, -1e300, 1, NAN, INFINITY};
    static const double wholes[] = {0, 1, 2, 37, NAN};

    (void)state;
    complaints = 0;
    for (size_t k = 0; k < ory_system_count(); k++) {
        const ory_system_class *c = class_at(k);

        for (const ory_param *p = c ? c->params : NULL; p && p->name; p++) {
            const double *x = p->type == ORY_PARAM_INT ? wholes : reals;
            size_t n = p->type == ORY_PARAM_INT ? sizeof wholes / sizeof *wholes
                                                : sizeof reals / sizeof *reals;

            for (size_t i = 0; is_number(p) && i < n; i++)
                one_number(c, p, x[i]);
        }
    }
    assert_int_equal(complaints, 0);
}

/* All scales of a system at once. */
static void all_scales_at_once_are_refused_or_survived(void **state)
{
    static const double sizes[] = {1e-300, 1e-160, 1e160, 1e300};

    (void)state;
    complaints = 0;
    for (size_t k = 0; k < ory_system_count(); k++)
        for (size_t i = 0; class_at(k) && i < sizeof sizes / sizeof *sizes; i++) {
            const ory_system_class *c = ory_system_class_at(k);
            char label[LABEL];
            ory_values v;

            make_small(c, &v);
            for (const ory_param *p = c->params; p && p->name; p++)
                if (p->type == ORY_PARAM_REAL && !(p->flags & ORY_OPTIONAL))
                    (void)ory_values_set_num(&v, p->name, sizes[i], NULL);
            snprintf(label, sizeof label, "%s{all reals %g}", c->name, sizes[i]);
            (void)try_values(c, &v, label, true);
            ory_values_fini(&v);
        }
    assert_int_equal(complaints, 0);
}

/* Whole numbers as small as they go: n = h = m = 1, one sample, one node. */
static void smallest_sizes_are_refused_or_survived(void **state)
{
    (void)state;
    complaints = 0;
    for (size_t k = 0; k < ory_system_count(); k++)
        for (double size = 1; class_at(k) && size <= 2; size++) {
            const ory_system_class *c = ory_system_class_at(k);
            char label[LABEL];
            ory_values v;

            make_small(c, &v);
            for (const ory_param *p = c->params; p && p->name; p++)
                if (p->type == ORY_PARAM_INT && !(p->flags & ORY_OPTIONAL) &&
                    strcmp(p->name, "seed") != 0)
                    (void)ory_values_set_num(&v, p->name, size, NULL);
            snprintf(label, sizeof label, "%s{all sizes %g}", c->name, size);
            (void)try_values(c, &v, label, true);
            ory_values_fini(&v);
        }
    assert_int_equal(complaints, 0);
}

/* ------------------------------------------------------------------------------ matrices */

/* Matrices that fit together, by class. Labels: entries 1 and -1 in turns (logits), 1, 2, ...
 * (classes), or numbers that are filled, descending or as they come. `NET` is a weighted Laplacian. */
typedef enum { FILL, DOWN, SIGNS, CLASSES, NET } meaning;

typedef struct matrix {
    const char *name;
    size_t rows, cols;
    meaning how;
} matrix;

static const struct given {
    const char *class;
    matrix mats[5];
} given[] = {
    {"dict.code", {{"D", 5, 4, FILL}, {"v", 1, 4, FILL}}},
    {"dict.code", {{"D", 5, 4, FILL}, {"v", 1, 4, FILL}, {"mean", 1, 4, FILL}, {"truth", 5, 1, FILL}}},
    {"dict.code", {{"D", 5, 4, FILL}, {"v", 1, 4, FILL}, {"vector", 1, 4, FILL}}},
    {"dict.code", {{"D", 1, 1, FILL}, {"v", 1, 1, FILL}}},
    {"dict.learn", {{"X", 40, 6, FILL}}},
    {"dict.learn", {{"X", 40, 6, FILL}, {"truth", 30, 6, FILL}}},
    {"dyn.cluster", {{"L", 4, 4, NET}, {"xy", 4, 2, FILL}}},
    {"dyn.cluster", {{"L", 1, 1, NET}}},
    {"dyn.double_well", {{"x0", 2, 1, FILL}}},
    {"dyn.double_well", {{"box", 2, 2, FILL}}},
    {"dyn.hopf", {{"x0", 2, 1, FILL}}},
    {"dyn.kuramoto", {{"graph", 4, 4, NET}, {"omega", 4, 1, FILL}, {"x0", 4, 1, FILL}}},
    {"dyn.kuramoto", {{"graph", 1, 1, NET}}},
    {"dyn.linear", {{"A", 3, 3, FILL}}},
    {"dyn.linear", {{"A", 3, 3, FILL}, {"B", 3, 2, FILL}, {"u", 2, 1, FILL}, {"x0", 3, 1, FILL}}},
    {"dyn.linear", {{"A", 1, 1, FILL}}},
    {"dyn.lorenz", {{"x0", 3, 1, FILL}}},
    {"dyn.nadir", {{"L", 4, 4, NET}, {"m", 4, 1, DOWN}}},
    {"dyn.nadir", {{"L", 4, 4, NET}, {"m", 4, 1, DOWN}, {"d", 4, 1, DOWN}}},
    {"dyn.nadir", {{"L", 4, 4, NET}, {"m", 4, 1, DOWN}, {"rinv", 4, 1, DOWN}}},
    {"dyn.nadir", {{"L", 1, 1, NET}, {"m", 1, 1, FILL}}},
    {"dyn.pendulum", {{"x0", 2, 1, FILL}}},
    {"dyn.reduce", {{"L", 4, 4, NET}, {"m", 4, 1, FILL}}},
    {"dyn.reduce", {{"L", 4, 4, NET}, {"m", 4, 1, FILL}, {"d", 4, 1, FILL}, {"u", 4, 1, FILL}}},
    {"dyn.reduce", {{"L", 4, 4, NET}, {"m", 4, 1, FILL}, {"rinv", 4, 1, FILL}, {"tau", 4, 1, FILL}}},
    {"dyn.reduce", {{"L", 1, 1, NET}, {"m", 1, 1, FILL}}},
    {"dyn.swing", {{"L", 4, 4, NET}, {"m", 4, 1, FILL}}},
    {"dyn.swing", {{"L", 4, 4, NET}, {"m", 4, 1, FILL}, {"d", 4, 1, FILL}, {"u", 4, 1, FILL}}},
    {"dyn.swing", {{"L", 4, 4, NET}, {"m", 4, 1, FILL}, {"rinv", 4, 1, FILL}, {"tau", 4, 1, FILL}, {"xy", 4, 2, FILL}}},
    {"dyn.swing", {{"L", 1, 1, NET}, {"m", 1, 1, FILL}}},
    {"dyn.van_der_pol", {{"x0", 2, 1, FILL}}},
    {"net.linear", {{"X", 8, 4, FILL}, {"Y", 8, 3, FILL}}},
    {"net.linear", {{"X", 1, 1, FILL}, {"Y", 1, 1, FILL}}},
    {"net.linear", {{"X", 3, 6, FILL}, {"Y", 3, 2, FILL}}},
    {"net.linear", {{"W1", 5, 20, FILL}, {"W2", 3, 20, FILL}}},
    {"net.lora", {{"Ypre", 4, 4, FILL}, {"Yft", 4, 4, FILL}}},
    {"net.lora", {{"W1", 12, 4, FILL}, {"W2", 4, 12, FILL}}},
    {"net.lora", {{"A1", 4, 4, FILL}, {"B1", 12, 4, FILL}, {"A2", 4, 12, FILL}, {"B2", 4, 4, FILL}}},
    {"net.lora", {{"spectrum", 4, 1, DOWN}}},
    {"net.lora", {{"shift", 4, 1, FILL}}},
    {"net.lora_head", {{"X", 40, 3, FILL}, {"Y", 40, 1, CLASSES}}},
    {"net.mlp", {{"X", 8, 3, FILL}, {"Y", 8, 2, FILL}}},
    {"net.mlp", {{"X", 1, 1, FILL}, {"Y", 1, 1, FILL}}},
    {"net.prelu", {{"X", 8, 3, FILL}, {"Y", 8, 1, SIGNS}}},
    {"net.prelu", {{"W", 8, 20, FILL}, {"v", 8, 1, FILL}}},
    {"net.relu", {{"X", 8, 3, FILL}, {"Y", 8, 1, SIGNS}}},
    {"net.relu", {{"X", 1, 1, FILL}, {"Y", 1, 1, SIGNS}}},
    {"net.relu", {{"X", 8, 3, FILL}, {"Y", 8, 1, SIGNS}, {"W", 8, 3, FILL}, {"v", 8, 1, FILL}}},
    {"safety.critic", {{"from", 2, 1, FILL}}},
    {"safety.kernel", {{"from", 2, 1, FILL}}},
    {"safety.kernel", {{"box", 2, 2, FILL}}},
};

/* Shapes of filling. The first is plain: with it every row of `given` must be taken, but for
 * a single node or number. */
typedef struct filling {
    const char *name;
    enum { PLAIN, ALL_ONE, RANK_ONE, UNIT, EMPTY, ONE_HUGE } kind;
    double scale;
    bool alone; /* once more for each matrix by itself, the others plain */
} filling;

static const filling fillings[] = {
    {"plain", PLAIN, 1, false}, {"1e-300", PLAIN, 1e-300, true}, {"1e300", PLAIN, 1e300, true},
    {"1e-160", PLAIN, 1e-160, false},
    {"1e160", PLAIN, 1e160, false}, {"rank one", RANK_ONE, 1, false},
    {"equal singular values", UNIT, 1, false}, {"equal entries", ALL_ONE, 1, false},
    {"zero", EMPTY, 0, true}, {"one huge entry", ONE_HUGE, 1e300, false},
};

static double entry(const filling *f, size_t i, size_t j, double plain)
{
    switch (f->kind) {
    case PLAIN:
        return f->scale * plain;
    case ALL_ONE:
        return 1;
    case RANK_ONE:
        return (0.3 + (double)i) * (1.7 + (double)j);
    case UNIT:
        return i == j;
    case EMPTY:
        return 0;
    case ONE_HUGE:
        return i + j == 0 ? f->scale : plain;
    }
    return plain;
}

/* Weights of a ring with one chord; none between the halves when the filling is of rank one,
 * none at all when it is zero. */
static void fill_network(ory_mat *L, const filling *f)
{
    const size_t n = L->rows;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            const bool tied = i - j == 1 || i - j == n - 1 || (i == 3 && j == 1);
            const bool apart = f->kind == RANK_ONE && (i < n / 2) != (j < n / 2);
            const double w = !tied || apart ? 0 : fabs(entry(f, i - 1, j, 1 + 0.1 * (double)i));

            *ory_mat_at(L, i, j) = *ory_mat_at(L, j, i) = w > 0 ? -w : 0;
        }
    for (size_t i = 0; i < n; i++) {
        double sum = 0;

        for (size_t j = 0; j < n; j++)
            sum -= j == i ? 0 : *ory_mat_at(L, i, j);
        *ory_mat_at(L, i, i) = sum;
    }
}

static void fill(ory_mat *a, const matrix *m, const filling *f)
{
    ory_rng rng;

    ory_rng_init(&rng, 17, m->rows + m->cols);
    if (m->how == NET) {
        fill_network(a, f);
        return;
    }
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = 0; j < m->cols; j++) {
            const double plain = 0.2 + (m->how == DOWN ? 1 / (1.0 + (double)i) : ory_rng_uniform(&rng));

            *ory_mat_at(a, i, j) = m->how == SIGNS     ? (i % 2 ? -1 : 1)
                                   : m->how == CLASSES ? 1 + (double)(i % 4)
                                                       : entry(f, i, j, plain);
        }
}

static ory_matref *made(const matrix *m, const filling *f)
{
    ory_matref *ref;
    ory_mat a;

    assert_int_equal(ory_mat_new(&a, m->rows, m->cols, NULL), ORY_OK);
    fill(&a, m, f);
    ref = ory_matref_new(&a);
    assert_non_null(ref);
    ory_mat_free(&a);
    return ref;
}

static void one_filling(const struct given *g, const filling *f, size_t only)
{
    const ory_system_class *c = ory_system_class_find(g->class);
    char label[LABEL];
    bool taken = true;
    size_t used;
    ory_error err = {0};
    ory_values v;

    assert_non_null(c);
    make_small(c, &v);
    used = (size_t)snprintf(label, sizeof label, "%s{", g->class);
    for (size_t i = 0; taken && i < 5 && g->mats[i].name; i++) {
        const filling *mine = only == SIZE_MAX || only == i ? f : &fillings[0];
        ory_matref *a = made(&g->mats[i], mine);

        used += (size_t)snprintf(label + used, sizeof label - used, "%s %s, ", g->mats[i].name, mine->name);
        if (ory_values_set_mat(&v, g->mats[i].name, a, &err) != ORY_OK) {
            is_sentence(label, &err);
            taken = false;
        }
        ory_matref_unref(a);
    }
    if (taken && !try_values(c, &v, label, f == &fillings[0]) && f == &fillings[0] && g->mats[0].rows > 1)
        complain(label, "is refused as it stands", "");
    ory_values_fini(&v);
}

static void data_of_any_size_and_rank_are_refused_or_survived(void **state)
{
    (void)state;
    complaints = 0;
    for (size_t k = 0; k < sizeof given / sizeof *given; k++)
        for (size_t i = 0; is_chosen(given[k].class) && i < sizeof fillings / sizeof *fillings; i++) {
            one_filling(&given[k], &fillings[i], SIZE_MAX);
            for (size_t only = 0; fillings[i].alone && given[k].mats[1].name && only < 5 && given[k].mats[only].name;
                 only++)
                one_filling(&given[k], &fillings[i], only);
        }
    assert_int_equal(complaints, 0);
}

static void every_system_with_matrices_is_given_some(void **state)
{
    (void)state;
    for (size_t k = 0; k < ory_system_count(); k++) {
        const ory_system_class *c = ory_system_class_at(k);
        bool has = false, found = false;

        for (const ory_param *p = c->params; p && p->name; p++)
            has |= p->type == ORY_PARAM_MATRIX;
        for (size_t i = 0; i < sizeof given / sizeof *given; i++)
            found |= strcmp(given[i].class, c->name) == 0;
        if (has && !found)
            fail_msg("%s takes matrices: give it some in tests/unit/test_stress.c", c->name);
    }
}

/* ------------------------------------------------------------------- what is no number */

static void entries_that_are_no_numbers_are_refused_by_name(void **state)
{
    static const double bad[] = {NAN, INFINITY, -INFINITY};

    (void)state;
    for (size_t k = 0; k < ory_system_count(); k++) {
        const ory_system_class *c = ory_system_class_at(k);

        for (const ory_param *p = c->params; p && p->name; p++)
            for (size_t i = 0; p->type == ORY_PARAM_MATRIX && i < 3; i++) {
                double x[6] = {0, 0, 0, bad[i], 0, 0};
                const ory_mat view = ory_mat_view(x, 3, 2);
                ory_matref *a = ory_matref_new(&view);
                ory_error err = {0};
                ory_values v;

                assert_non_null(a);
                make_small(c, &v);
                assert_int_equal(ory_values_set_mat(&v, p->name, a, &err), ORY_EDIVERGE);
                assert_non_null(strstr(err.text, c->name));
                assert_non_null(strstr(err.text, p->name));
                assert_non_null(strstr(err.text, "row 2, column 2"));
                ory_matref_unref(a);
                ory_values_fini(&v);
            }
    }
}

static void both_ways_were_taken(void **state)
{
    (void)state;
    print_message("%zu instances lived, %zu were refused\n", lived, refused);
    assert_true(*chosen || (lived > 1000 && refused > 20));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_of_any_size_are_refused_or_survived),
        cmocka_unit_test(all_scales_at_once_are_refused_or_survived),
        cmocka_unit_test(smallest_sizes_are_refused_or_survived),
        cmocka_unit_test(every_system_with_matrices_is_given_some),
        cmocka_unit_test(data_of_any_size_and_rank_are_refused_or_survived),
        cmocka_unit_test(entries_that_are_no_numbers_are_refused_by_name),
        cmocka_unit_test(both_ways_were_taken),
    };

    chosen = argv + (argc > 0);
    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
