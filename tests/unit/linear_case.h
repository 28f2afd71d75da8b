/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linear_case.h - a net.linear under plain gradient descent, for tests: options by
 * name, a loop written out here (independent of the run layer), probes by name. */
#ifndef ORY_TESTS_LINEAR_CASE_H
#define ORY_TESTS_LINEAR_CASE_H

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
#include "systems/system.h"

#define ASSERT_REL(got, want, tol) assert_near_(got, want, 0, tol, #got, __LINE__)
#define ASSERT_ABS(got, want, tol) assert_near_(got, want, tol, 0, #got, __LINE__)
/* left <= right up to slack */
#define ASSERT_LE(left, right, slack) assert_le_(left, right, slack, #left " <= " #right, __LINE__)

static inline void assert_near_(double got, double want, double abs, double rel, const char *what,
                                int line)
{
    if (!(fabs(got - want) <= abs + rel * fabs(want)))
        fail_msg("line %d: %s = %.17g, expected %.17g", line, what, got, want);
}

static inline void assert_le_(double left, double right, double slack, const char *what, int line)
{
    if (!(left <= right + slack))
        fail_msg("line %d: %s: %.17g > %.17g", line, what, left, right);
}

/* ----------------------------------------------------------------- options */

static inline const ory_system_class *linear_class(void)
{
    return ory_system_class_find("net.linear");
}

static inline void opt_start(ory_values *v)
{
    assert_int_equal(ory_values_init(v, linear_class()->name, linear_class()->params, NULL),
                     ORY_OK);
}

static inline void opt_num(ory_values *v, const char *name, double x)
{
    ory_error err;

    if (ory_values_set_num(v, name, x, &err) != ORY_OK)
        fail_msg("%s", err.text);
}

static inline void opt_text(ory_values *v, const char *name, const char *text)
{
    ory_error err;

    if (ory_values_set_text(v, name, text, &err) != ORY_OK)
        fail_msg("%s", err.text);
}

static inline void opt_mat(ory_values *v, const char *name, size_t rows, size_t cols,
                           const double *x)
{
    const ory_mat view = ory_mat_view((double *)x, rows, cols);
    ory_matref *ref = ory_matref_new(&view);
    ory_error err;

    assert_non_null(ref);
    if (ory_values_set_mat(v, name, ref, &err) != ORY_OK)
        fail_msg("%s", err.text);
    ory_matref_unref(ref);
}

/* -------------------------------------------------------------- descent loop */

typedef struct descent {
    ory_system *s;
    double *x, *x0, *grad, *memory;
    double loss;
    ory_moment m;
} descent;

/* Uses up the options. */
static inline void descent_start(descent *d, ory_values *v)
{
    ory_error err;

    memset(d, 0, sizeof *d);
    if (ory_system_new(linear_class(), v, &d->s, &err) != ORY_OK)
        fail_msg("%s", err.text);
    ory_values_fini(v);
    d->x = ory_alloc(d->s->dim, sizeof(double));
    d->x0 = ory_alloc(d->s->dim, sizeof(double));
    d->grad = ory_alloc(d->s->dim, sizeof(double));
    d->memory = ory_alloc(d->s->class->memory, sizeof(double));
    assert_true(d->x && d->x0 && d->grad && d->memory);
    assert_int_equal(d->s->class->start(d->s, d->x, NULL), ORY_OK);
    memcpy(d->x0, d->x, d->s->dim * sizeof *d->x);
    d->m = (ory_moment){.x = d->x, .x0 = d->x0, .memory = d->memory, .step = NAN, .factor = NAN,
                        .rule = -1, .descent = true, .stamp = ory_stamp_next()};
    d->s->class->memory_start(d->s, &d->m, d->memory);
}

static inline void descent_end(descent *d)
{
    ory_system_unref(d->s);
    ory_free(d->x);
    ory_free(d->x0);
    ory_free(d->grad);
    ory_free(d->memory);
}

/* The step about to be taken: a number, outside every rule. */
static inline void descent_step_size(descent *d, double step)
{
    d->m.step = step;
    d->m.factor = NAN;
    d->m.rule = -1;
    d->m.stamp = ory_stamp_next();
}

static inline int linear_rule_number(const char *name)
{
    for (int i = 0; linear_class()->rules[i].name; i++)
        if (strcmp(linear_class()->rules[i].name, name) == 0)
            return i;
    fail_msg("no rule %s", name);
    return -1;
}

static inline ory_status descent_plan(descent *d, const char *rule, ory_error *err)
{
    double step = NAN, factor = NAN;
    ory_status status;

    descent_step_size(d, NAN);
    d->m.rule = linear_rule_number(rule);
    status = linear_class()->rules[d->m.rule].plan(d->s, &d->m, &step, &factor, err);
    if (status == ORY_OK) {
        d->m.step = step;
        d->m.factor = factor;
        d->m.stamp = ory_stamp_next();
    }
    return status;
}

/* x <- x - step grad, telling the memory first. */
static inline void descent_move(descent *d)
{
    d->s->class->loss(d->s, d->x, &d->loss, d->grad);
    d->s->class->observe(d->s, &d->m, d->memory);
    for (size_t i = 0; i < d->s->dim; i++)
        d->x[i] -= d->m.step * d->grad[i];
    d->m.t += d->m.step;
    d->m.k++;
    descent_step_size(d, NAN);
}

static inline double probe_of(ory_system *s, const ory_moment *m, const char *name)
{
    const int i = ory_probe_find(s->class, name);
    double value = 0;
    ory_error err;

    if (i < 0)
        fail_msg("no probe %s", name);
    if (ory_probe_read(s, m, i, &value, &err) != ORY_OK)
        fail_msg("%s", err.text);
    return value;
}

static inline double see(descent *d, const char *name)
{
    return probe_of(d->s, &d->m, name);
}

static inline const char *why_of(descent *d, const char *name)
{
    static char text[300];

    text[0] = '\0';
    if (!ory_probe_why(d->s, &d->m, ory_probe_find(d->s->class, name), text, sizeof text))
        text[0] = '\0';
    return text;
}

/* --------------------------------------------------------------------- claims */

enum { MAX_CLAIMS = 64 };

/* What a run would remember of the claims; zero it before the first look. */
typedef struct claim_watch {
    bool broken[MAX_CLAIMS][ORY_MAX_HYPOTHESES];
    unsigned long asserted[MAX_CLAIMS];
    double gap0;
} claim_watch;

/* A side of an inequality: a probe's number is looked up once only. */
static inline double claim_side_of(descent *d, const char *side)
{
    static struct {
        const char *side;
        int probe;
    } known[512];
    static size_t count;
    double value = NAN;
    char *end;
    size_t i = 0;

    while (i < count && known[i].side != side)
        i++;
    if (i == count) {
        assert_true(count < 512);
        known[count].side = side;
        known[count++].probe = ory_probe_find(linear_class(), side);
    }
    if (known[i].probe < 0)
        return strtod(side, &end);
    assert_int_equal(ory_probe_read(d->s, &d->m, known[i].probe, &value, NULL), ORY_OK);
    return value;
}

static inline bool relation_holds(double left, ory_relation rel, double right, double slack)
{
    switch (rel) {
    case ORY_LE: return left <= right + slack;
    case ORY_LT: return left < right + slack;
    case ORY_GE: return left >= right - slack;
    default: return left > right - slack;
    }
}

/* Every claim at this state: a conclusion that fails under its hypotheses fails the
 * test. `but` names a probe whose claims are left out (dear ones), or NULL. */
static inline void claims_look(descent *d, claim_watch *w, const char *but)
{
    const ory_claim *c = linear_class()->claims;

    if (d->m.k == 0)
        w->gap0 = see(d, "gap");
    for (int i = 0; c[i].name; i++) {
        const ory_inequality *e = &c[i].conclusion;
        bool applies = true;
        double left, right;

        assert_true(i < MAX_CLAIMS);
        if (but && (strcmp(e->left, but) == 0 || strcmp(e->right, but) == 0))
            continue;
        for (int k = 0; c[i].hypotheses[k].left; k++) {
            const ory_inequality *h = &c[i].hypotheses[k];
            const bool holds = relation_holds(claim_side_of(d, h->left), h->rel,
                                              claim_side_of(d, h->right), 0);

            w->broken[i][k] |= h->throughout && !holds;
            applies = applies && holds && !w->broken[i][k];
        }
        if (!applies || (c[i].floor && see(d, "gap") < see(d, c[i].floor)))
            continue;
        left = claim_side_of(d, e->left);
        right = claim_side_of(d, e->right);
        if (isnan(left) || isnan(right))
            continue;
        w->asserted[i]++;
        if (!relation_holds(left, e->rel, right,
                            c[i].slack_rel * fabs(right) + c[i].slack_gap * w->gap0))
            fail_msg("step %d: claim %s: %s = %.17g, %s = %.17g", (int)d->m.k, c[i].name, e->left,
                     left, e->right, right);
    }
}

static inline unsigned long claims_asserted(const claim_watch *w, const char *name)
{
    const ory_claim *c = linear_class()->claims;

    for (int i = 0; c[i].name; i++)
        if (strcmp(c[i].name, name) == 0)
            return w->asserted[i];
    fail_msg("no claim %s", name);
    return 0;
}

static inline bool below_floor(descent *d)
{
    return see(d, "gap") < see(d, "floor");
}

/* ------------------------------------------------------------ random problems */

enum { KINDS = 7 };

/* A small random problem: kind % KINDS chooses the loss and the shape of the data
 * (squared, tall, rank-deficient, logistic, mf, sensing, wide X), the rest is drawn. */
static inline void random_problem(ory_values *v, ory_rng *rng, unsigned kind)
{
    static const char *const starts[] = {"gaussian", "balanced", "imbalanced", "near_optimal",
                                         "xavier"};
    const double n = 1 + (double)ory_rng_below(rng, 5), m = 1 + (double)ory_rng_below(rng, 5),
                 h = 1 + (double)ory_rng_below(rng, 12);
    const unsigned which = kind % KINDS;

    opt_start(v);
    opt_num(v, "n", n);
    opt_num(v, "m", m);
    opt_num(v, "h", h);
    opt_num(v, "seed", (double)ory_rng_below(rng, 1000000));
    opt_text(v, "init", starts[ory_rng_below(rng, 5)]);
    opt_num(v, "init_scale", 0.2 + 1.3 * ory_rng_uniform(rng));
    opt_num(v, "noise", 0.3 * ory_rng_uniform(rng));
    if (which != 4)
        opt_num(v, "samples", n + 1 + (double)ory_rng_below(rng, 6));
    switch (which) {
    case 0:
        opt_num(v, "loss_scale", 0.3 + ory_rng_uniform(rng));
        break;
    case 1:
        opt_num(v, "samples", 40);
        opt_num(v, "loss_scale", 0.05);
        break;
    case 2:
        opt_num(v, "rank", 1 + (double)ory_rng_below(rng, (uint64_t)n));
        break;
    case 3:
        opt_text(v, "loss", "logistic");
        opt_num(v, "lambda", 0.02 + 0.3 * ory_rng_uniform(rng));
        break;
    case 4:
        opt_text(v, "loss", "mf");
        break;
    case 5:
        opt_text(v, "loss", "sensing");
        opt_num(v, "samples", n * m + (double)ory_rng_below(rng, 10));
        break;
    default:
        opt_num(v, "samples", 1 + (double)ory_rng_below(rng, (uint64_t)n));
        break;
    }
}

#endif
