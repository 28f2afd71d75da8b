/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_safety_critic.c - safety.critic: its network against net.mlp and differences, learning
 * at reduced size, the spurious fixed point and the way back, the table, repetition. Cases are
 * numbered as on theory page 08. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/linalg.h"
#include "core/mem.h"
#include "run/run.h"
#include "systems/safety_critic.h"

/* ---------------------------------------------------------------------- instances */

typedef struct option {
    const char *name;
    double number;
    const char *text;
    const double *data; /* rows x cols */
    size_t rows, cols;
} option;

static ory_status try_make(const option *o, ory_system **s, ory_error *err)
{
    const ory_system_class *c = ory_system_class_find("safety.critic");
    ory_values v;
    ory_status ok;

    assert_int_equal(ory_values_init(&v, c->name, c->params, NULL), ORY_OK);
    for (; o && o->name; o++) {
        if (o->text) {
            assert_int_equal(ory_values_set_text(&v, o->name, o->text, NULL), ORY_OK);
        } else if (o->data) {
            const ory_mat view = ory_mat_view((double *)o->data, o->rows, o->cols);
            ory_matref *m = ory_matref_new(&view);

            assert_non_null(m);
            assert_int_equal(ory_values_set_mat(&v, o->name, m, NULL), ORY_OK);
            ory_matref_unref(m);
        } else if (ory_values_set_num(&v, o->name, o->number, NULL) != ORY_OK) {
            assert_int_equal(ory_values_set_bool(&v, o->name, o->number != 0, NULL), ORY_OK);
        }
    }
    ok = ory_system_new(c, &v, s, err);
    ory_values_fini(&v);
    return ok;
}

static ory_system *make(const option *o)
{
    ory_system *s = NULL;
    ory_error err = {0};

    if (try_make(o, &s, &err) != ORY_OK)
        fail_msg("%s", err.text);
    return s;
}

static ory_run *run_of(ory_system *s)
{
    ory_run *r;

    assert_int_equal(ory_run_new(s, &(ory_run_options){0}, &r, NULL), ORY_OK);
    ory_system_unref(s); /* the run has its own reference */
    return r;
}

static double get(ory_run *r, const char *name)
{
    double v = NAN;

    assert_int_equal(ory_run_read(r, ory_run_probe_find(r, name), &v, NULL), ORY_OK);
    return v;
}

static void step(ory_run *r, uint64_t n)
{
    ory_stop stop;

    assert_int_equal(ory_run_step(r, n, &stop, NULL), ORY_OK);
}

static void no_claim_is_violated(ory_run *r)
{
    for (int i = 0; i < ory_run_claim_count(r); i++) {
        ory_verdict v;

        assert_int_equal(ory_run_claim(r, i, &v, NULL), ORY_OK);
        if (v.standing == ORY_CLAIM_VIOLATED)
            fail_msg("claim %s: %s", v.claim->name, v.text);
    }
}

/* ------------------------------------------------------------------- the network */

static void logits_are_those_of_net_mlp(void **state)
{
    ory_system *s = make((option[]){{"batch", 40, 0, 0, 0, 0}, {"bias", 0.7, 0, 0, 0, 0}, {0}});
    critic *c = s->self;
    mlp *net = c->net->self;
    double *x = ory_alloc(s->dim, sizeof *x), points[80], logits[200];
    ory_rng rng;

    (void)state;
    assert_int_equal(s->class->start(s, x, NULL), ORY_OK);
    ory_rng_init(&rng, 4, 4);
    for (size_t i = 0; i < c->weights; i++)
        x[i] *= 1 + 4 * ory_rng_uniform(&rng); /* some units saturate */
    for (size_t i = 0; i < 40; i++) {
        points[2 * i] = -1.5 + 3 * ory_rng_uniform(&rng);
        points[2 * i + 1] = -8 + 16 * ory_rng_uniform(&rng);
        critic_features(c, points + 2 * i, net->X + 3 * i);
        assert_true(fabs(net->X[3 * i + 2] - points[2 * i + 1] / 4) < 1e-15);
    }
    critic_logits(c, x, points, 2, 40, logits);
    net->any = false;
    mlp_forward(net, x);
    for (size_t i = 0; i < 200; i++)
        if (!(fabs(logits[i] - net->A[3][i]) < 1e-11))
            fail_msg("logit %zu: %.17g, net.mlp says %.17g", i, logits[i], net->A[3][i]);
    ory_free(x);
    ory_system_unref(s);
}

static double cross_entropy(critic *c, const double *w, const double *batch, size_t n)
{
    double logits[SAFETY_ACTIONS], sum = 0;

    for (size_t i = 0; i < n; i++) {
        critic_logits(c, w, batch + 4 * i, 4, 1, logits);
        const double p = 1 / (1 + exp(-logits[(size_t)batch[4 * i + 2]]));

        sum -= batch[4 * i + 3] > 0.5 ? log(p) : log(1 - p);
    }
    return sum / (double)n;
}

/* Adam's first step is rate * g / (|g| + eps'): its moments hold the gradient. */
static void a_fit_follows_the_gradient_of_the_cross_entropy(void **state)
{
    ory_system *s = make((option[]){{"batch", 17, 0, 0, 0, 0}, {"width", 6, 0, 0, 0, 0}, {0}});
    critic *c = s->self;
    double *x = ory_alloc(s->dim, sizeof *x), *w = ory_alloc(s->dim, sizeof *w), batch[68], loss;
    ory_rng rng;

    (void)state;
    assert_int_equal(s->class->start(s, x, NULL), ORY_OK);
    ory_rng_init(&rng, 5, 4);
    for (size_t i = 0; i < 17; i++) {
        batch[4 * i] = -1.5 + 3 * ory_rng_uniform(&rng);
        batch[4 * i + 1] = -8 + 16 * ory_rng_uniform(&rng);
        batch[4 * i + 2] = (double)ory_rng_below(&rng, 5);
        batch[4 * i + 3] = (double)ory_rng_below(&rng, 2);
    }
    memcpy(w, x, s->dim * sizeof *w);
    loss = critic_fit(c, x, batch, 1e-3);
    assert_true(fabs(loss - cross_entropy(c, w, batch, 17)) < 1e-11);
    for (size_t i = 0; i < c->weights; i++) {
        const double old = w[i], h = 1e-6;
        double up, down, g;

        w[i] = old + h;
        up = cross_entropy(c, w, batch, 17);
        w[i] = old - h;
        down = cross_entropy(c, w, batch, 17);
        w[i] = old;
        g = (up - down) / (2 * h);
        if (!(fabs(x[c->moments + i] / 0.1 - g) < 1e-7 * (1 + fabs(g))))
            fail_msg("weight %zu: gradient %.10g, differences say %.10g", i, x[c->moments + i] / 0.1, g);
        if (fabs(g) > 1e-4)
            assert_true(fabs(old - x[i] - copysign(1e-3, g)) < 1e-6);
    }
    ory_free(x);
    ory_free(w);
    ory_system_unref(s);
}

/* ------------------------------------------------------------------------ learning */

static ory_run *learnt(const option *o, double rounds)
{
    ory_run *r = run_of(make(o));

    while (get(r, "round") < rounds)
        step(r, 1);
    no_claim_is_violated(r);
    return r;
}

static void case_12_two_sided_labels_find_the_set_from_three_seeds(void **state)
{
    (void)state;
    for (int seed = 1; seed <= 3; seed++) {
        ory_run *r = learnt((option[]){{"seed", seed, 0, 0, 0, 0}, {"batch", 64, 0, 0, 0, 0},
                                       {"inner", 100, 0, 0, 0, 0}, {0}}, 15);

        if (!(get(r, "iou") > 0.8))
            fail_msg("seed %d: IoU %g", seed, get(r, "iou"));
        assert_true(get(r, "episodes_done") == 150 && get(r, "right") > 0.97);
        assert_true(get(r, "failures") > 75); /* near 9 in 10: every small error is found */
        step(r, 3);                           /* done: nothing moves any more */
        assert_true(get(r, "episodes_done") == 150 && get(r, "round") == 15);
        ory_run_free(r);
    }
}

static void case_12_without_axioms_all_unsafe_is_never_refuted(void **state)
{
    ory_run *r = learnt((option[]){{"axioms", 0, 0, 0, 0, 0}, {"bias", 6, 0, 0, 0, 0}, {0}}, 15);
    ory_verdict v;

    (void)state;
    assert_true(get(r, "iou") == 0 && get(r, "safe") == 0 && get(r, "right") == 1);
    assert_true(get(r, "labelled_unsafe") == get(r, "stored") && get(r, "held_safe") == 0);
    for (int i = 0; i < ory_run_claim_count(r); i++) {
        assert_int_equal(ory_run_claim(r, i, &v, NULL), ORY_OK);
        if (strcmp(v.claim->name, "self_consistent") == 0)
            assert_int_equal(v.standing, ORY_CLAIM_HOLDS);
    }
    ory_run_free(r);
}

static void case_12_axioms_bring_the_set_back_from_there(void **state)
{
    ory_run *r = learnt((option[]){{"bias", 6, 0, 0, 0, 0}, {"batch", 64, 0, 0, 0, 0},
                                       {"inner", 100, 0, 0, 0, 0}, {0}}, 15);

    (void)state;
    assert_true(get(r, "truth_safe") - get(r, "over_cautious") > 0.8 * get(r, "truth_safe"));
    ory_run_free(r);
}

static void case_13_equal_seeds_give_equal_histories(void **state)
{
    const option o[] = {{"batch", 16, 0, 0, 0, 0}, {"steps", 40, 0, 0, 0, 0}, {"seed", 9, 0, 0, 0, 0}, {0}};
    ory_run *a = learnt(o, 3), *b = learnt(o, 3);

    (void)state;
    assert_true(ory_run_k(a) == ory_run_k(b) && ory_run_hash(a) == ory_run_hash(b));
    assert_memory_equal(ory_run_state(a), ory_run_state(b), ory_run_system(a)->dim * sizeof(double));
    assert_int_equal(ory_run_rewind(a, ory_run_k(a) / 2, NULL), ORY_OK); /* back and on again */
    step(a, ory_run_k(b) - ory_run_k(a));
    assert_true(ory_run_hash(a) == ory_run_hash(b));
    ory_run_free(a);
    ory_run_free(b);
}

static void labels_are_those_of_the_definition(void **state)
{
    const char *const kinds[] = {"two_sided", "one_sided"};

    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        ory_system *s = make((option[]){{"batch", 16, 0, 0, 0, 0}, {"steps", 20, 0, 0, 0, 0},
                                        {"labels", 0, kinds[kind], 0, 0, 0}, {0}});
        critic *c = s->self;
        ory_run *r = run_of(s);
        const double *x;
        double before = 0, unsafe = 0;
        double now[8], then[8], to[2];

        do { /* up to the labelling of the second round */
            before = ory_run_state(r)[c->work + WK_PHASE];
            step(r, 1);
        } while (!(before == PHASE_LABELS && get(r, "episodes_done") == 20));
        x = ory_run_state(r);
        for (size_t i = 0; i < (size_t)get(r, "stored"); i++) {
            const double *row = x + c->buffer + 4 * i;
            bool label = safety_plant_step(&c->p.plant, row, (size_t)row[2], to), safe = false;

            critic_logits(c, x, row, 4, 1, now);
            critic_logits(c, x, to, 2, 1, then);
            for (int a = 0; a < 5; a++)
                safe |= then[a] < 0;
            label |= !safe;
            assert_true(label == (row[3] > 0.5));
            unsafe += label;
        }
        assert_true(unsafe > 0 && get(r, "labelled_unsafe") == unsafe);
        ory_run_free(r);
    }
}

/* --------------------------------------------------------------------------- table */

static void a_table_learns_from_below_up_to_the_truth(void **state)
{
    ory_run *r = run_of(make((option[]){{"critic", 0, "table", 0, 0, 0}, {"N", 31, 0, 0, 0, 0}, {0}}));
    double before = get(r, "missed");

    (void)state;
    for (int i = 0; i < 400 && get(r, "iou") < 1; i++) {
        step(r, 20);
        assert_true(get(r, "over_cautious") == 0 && get(r, "missed") <= before);
        before = get(r, "missed");
        no_claim_is_violated(r);
    }
    assert_true(get(r, "iou") == 1 && get(r, "safe") == 269);
    ory_run_free(r);
}

static void refused(const option *o, const char *text)
{
    ory_system *s = NULL;
    ory_error err = {0};

    assert_true(try_make(o, &s, &err) != ORY_OK);
    if (!strstr(err.text, text))
        fail_msg("'%s' does not say '%s'", err.text, text);
}

static void bad_input_is_named(void **state)
{
    const double from[] = {1, 2, 3}, next[] = {1, 2, 2, 2, 3, 3, 1, 1}, bad[] = {2};
    const double box[] = {0, 1, 0, 1}, nine[] = {9}, two[] = {2};
    double many[600];
    ory_system *s;

    (void)state;
    refused((option[]){{"axiom_x", 1.6, 0, 0, 0, 0}, {0}}, "lies in the failure set");
    refused((option[]){{"from", 0, 0, from, 1, 3}, {0}}, "from has 3 numbers");
    refused((option[]){{"axiom", 0, 0, from, 1, 3}, {0}}, "rows of 2 numbers");
    refused((option[]){{"axiom_at", 0, 0, from, 3, 1}, {0}}, "axiom_at has 3 numbers");
    refused((option[]){{"axiom_side", 400, 0, 0, 0, 0}, {0}}, "makes 160000 axiomatic states");
    refused((option[]){{"next", 0, 0, next, 4, 2}, {"unsafe", 0, 0, bad, 1, 1}, {"axiom", 0, 0, nine, 1, 1},
                       {0}}, "axiom: state 9 (must be one of 1 to 4)");
    refused((option[]){{"next", 0, 0, next, 4, 2}, {"unsafe", 0, 0, bad, 1, 1}, {"axiom", 0, 0, two, 1, 1},
                       {0}}, "axiom 2 lies in the failure set");
    refused((option[]){{"next", 0, 0, next, 4, 2}, {"unsafe", 0, 0, bad, 1, 1}, {"N", 1, 0, 0, 0, 0},
                       {"box", 0, 0, box, 2, 2}, {0}}, "state 3 lies behind the 1 cells");
    for (size_t i = 0; i < 600; i++)
        many[i] = 1;
    refused((option[]){{"next", 0, 0, many, 600, 1}, {0}}, "600 states needs box");
    s = make((option[]){{"axiom_v", 5, 0, 0, 0, 0}, {0}}); /* corners of the lattice are doomed */
    assert_non_null(strstr(s->notes[0], "axiomatic pairs are contradicted"));
    ory_system_unref(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logits_are_those_of_net_mlp),
        cmocka_unit_test(a_fit_follows_the_gradient_of_the_cross_entropy),
        cmocka_unit_test(labels_are_those_of_the_definition),
        cmocka_unit_test(case_13_equal_seeds_give_equal_histories),
        cmocka_unit_test(a_table_learns_from_below_up_to_the_truth),
        cmocka_unit_test(bad_input_is_named),
        cmocka_unit_test(case_12_without_axioms_all_unsafe_is_never_refuted),
        cmocka_unit_test(case_12_two_sided_labels_find_the_set_from_three_seeds),
        cmocka_unit_test(case_12_axioms_bring_the_set_back_from_there),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
