/* SPDX-License-Identifier: GPL-3.0-or-later */
/* toys.c - small systems for the tests; see toys.h. */
#include "config.h"

#include "toys.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/linalg.h"
#include "core/mem.h"

unsigned long toy_losses, toy_gradients, toy_dear_reads;

/* ---------------------------------------------------------------------- toy.bowl */

enum { B_N, B_SEED, B_SPREAD, B_BASE, B_QUARTIC, B_CAP, B_FLOOR, B_SCALE, B_SHY, B_LABEL, B_MODE,
       B_SULK, B_TARGET };

static const char *const modes[] = {"plain", "fancy", NULL};

static const ory_param bowl_params[] = {
    [B_N] = {"n", ORY_PARAM_INT, 5, 1, 1e6, NULL, 0, "", "size", NULL},
    [B_SEED] = {"seed", ORY_PARAM_INT, 1, 0, INFINITY, NULL, 0, "", "seed", NULL},
    [B_SPREAD] = {"spread", ORY_PARAM_REAL, 10, 1, 1e12, NULL, 0, "", "largest curvature", NULL},
    [B_BASE] = {"base", ORY_PARAM_REAL, 0, -INFINITY, INFINITY, NULL, 0, "", "minimum", NULL},
    [B_QUARTIC] = {"quartic", ORY_PARAM_REAL, 0, 0, INFINITY, NULL, ORY_LIVE, "", "growth", NULL},
    [B_CAP] = {"cap", ORY_PARAM_REAL, 1e9, 0, INFINITY, NULL, ORY_LIVE, "", "limit of norm", NULL},
    [B_FLOOR] = {"floor_at", ORY_PARAM_REAL, 0, 0, INFINITY, NULL, ORY_LIVE, "", "floor", NULL},
    [B_SCALE] = {"scale", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, 0, "", "size of x(0)", NULL},
    [B_SHY] = {"shy_after", ORY_PARAM_INT, 3, 0, INFINITY, NULL, ORY_LIVE, "", "shy's end", NULL},
    [B_LABEL] = {"label", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_LIVE | ORY_OPTIONAL, "", "a text",
                 NULL},
    [B_MODE] = {"mode", ORY_PARAM_CHOICE, 0, 0, 0, modes, ORY_LIVE, "", "a choice", NULL},
    [B_SULK] = {"sulk_below", ORY_PARAM_REAL, 0, 0, INFINITY, NULL, ORY_LIVE, "",
                "height below which the loss fails", NULL},
    [B_TARGET] = {"target", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "", "the minimum", NULL},
    {0}};

enum { NORM, DEAR, BOUND, SLOPE, FLOOR, NEVER, CAP, LOCK };

static const ory_probe bowl_probes[] = {
    [NORM] = {.name = "norm", .label = "norm", .unit = "", .cost = ORY_COST_FREE, .doc = "|x|"},
    [DEAR] = {.name = "dear", .label = "dear", .unit = "", .cost = ORY_COST_DEAR, .doc = "|x|"},
    [BOUND] = {.name = "bound", .label = "bound", .unit = "", .cost = ORY_COST_FREE,
               .bounds = "gap", .side = 1, .flags = ORY_PROBE_PATH, .doc = "certificate"},
    [SLOPE] = {.name = "slope", .label = "slope", .kind = ORY_VECTOR, .unit = "",
               .cost = ORY_COST_STEP, .doc = "gradient"},
    [FLOOR] = {.name = "floor", .label = "floor", .unit = "", .cost = ORY_COST_FREE, .doc = "floor"},
    [NEVER] = {.name = "never", .label = "never", .unit = "", .cost = ORY_COST_FREE, .doc = "NaN"},
    [CAP] = {.name = "cap_now", .label = "cap", .unit = "", .cost = ORY_COST_FREE, .doc = "cap"},
    [LOCK] = {.name = "lock", .label = "lock", .unit = "", .cost = ORY_COST_FREE,
              .doc = "NaN at the first step, then the step size"},
    {0}};

static const ory_claim bowl_claims[] = {
    {.name = "decay", .title = "decay", .statement = "The gap stays below its bound.",
     .source = "here", .hypotheses = {{"step", ORY_LE, "0.1", "η ≤ 0.1", true}},
     .conclusion = {"gap", ORY_LE, "bound", NULL, false}, .slack_rel = 1e-12, .floor = "floor"},
    {.name = "small", .title = "small", .statement = "The norm stays below the cap.",
     .source = "here", .conclusion = {"norm", ORY_LE, "cap_now", "|x| ≤ cap", false}},
    {.name = "unknown", .title = "unknown", .statement = "Nothing is known.", .source = "here",
     .hypotheses = {{"norm", ORY_GT, "0", NULL, false}, {"never", ORY_LT, "1", NULL, false}},
     .conclusion = {"norm", ORY_GE, "0", NULL, false}},
    {.name = "strict", .title = "strict", .statement = "The norm is positive.", .source = "here",
     .hypotheses = {{"never", ORY_LT, "1", NULL, false}, {"norm", ORY_LT, "0.5", NULL, false}},
     .conclusion = {"norm", ORY_GT, "0", NULL, false}},
    {0}};

typedef struct bowl {
    double *a, *target, *slope;
} bowl;

static double spread_of(const ory_system *s)
{
    return ory_values_real(&s->values, B_SPREAD);
}

static ory_status rule_inverse(ory_system *s, const ory_moment *m, double *step, double *factor,
                               ory_error *err)
{
    (void)m, (void)err;
    *step = 1 / spread_of(s);
    *factor = 1 - 1 / spread_of(s);
    return ORY_OK;
}

static ory_status rule_shy(ory_system *s, const ory_moment *m, double *step, double *factor,
                           ory_error *err)
{
    if (m->k >= (uint64_t)ory_values_real(&s->values, B_SHY))
        return ory_fail(err, ORY_EUNDEF, "too shy to step");
    return rule_inverse(s, m, step, factor, err);
}

static const ory_rule bowl_rules[] = {{"inverse", "1/spread", "", rule_inverse},
                                      {"shy", "stops soon", "", rule_shy},
                                      {0}};

static ory_status bowl_init(ory_system *s, ory_error *err)
{
    const size_t n = ory_values_size(&s->values, B_N);
    const ory_mat *target = ory_values_mat(&s->values, B_TARGET);
    bowl *b = s->self = ory_alloc(1, sizeof *b);

    if (!b || !(b->a = ory_alloc(n, sizeof(double))) ||
        !(b->target = ory_alloc(n, sizeof(double))) || !(b->slope = ory_alloc(n, sizeof(double))))
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    if (target && (target->rows != n || target->cols != 1))
        return ory_fail(err, ORY_ESHAPE, "toy.bowl: target is not %zu x 1", n);
    for (size_t i = 0; i < n; i++) {
        b->a[i] = n > 1 ? pow(spread_of(s), (double)i / (double)(n - 1)) : spread_of(s);
        b->target[i] = target ? *ory_mat_at(target, i, 0) : 0;
    }
    s->dim = n;
    s->loss_min = ory_values_real(&s->values, B_BASE);
    s->n_blocks = 2;
    s->blocks[0] = (ory_block){"first", 0, 1, 1};
    s->blocks[1] = (ory_block){"rest", 1, n - 1, 1};
    return ORY_OK;
}

static void bowl_fini(ory_system *s)
{
    bowl *b = s->self;

    if (!b)
        return;
    ory_free(b->a);
    ory_free(b->target);
    ory_free(b->slope);
    ory_free(b);
}

static ory_status bowl_changed(ory_system *s, int param, ory_error *err)
{
    if (param == B_CAP && ory_values_real(&s->values, B_CAP) == 666)
        return ory_fail(err, ORY_EINVAL, "toy.bowl: no such cap");
    return ORY_OK;
}

static ory_status bowl_start(ory_system *s, double *x, ory_error *err)
{
    ory_rng rng;

    (void)err;
    ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, B_SEED), 3);
    ory_rng_fill_normal(&rng, x, s->dim, 0, ory_values_real(&s->values, B_SCALE));
    return ORY_OK;
}

static double bowl_height(const ory_system *s, const double *x, double *grad)
{
    const bowl *b = s->self;
    const double q = ory_values_real(&s->values, B_QUARTIC);
    double sum = 0;

    for (size_t i = 0; i < s->dim; i++) {
        const double y = x[i] - b->target[i];

        sum += b->a[i] * y * y / 2 + q * y * y * y * y / 4;
        if (grad)
            grad[i] = b->a[i] * y + q * y * y * y;
    }
    return sum;
}

static void bowl_loss(ory_system *s, const double *x, double *loss, double *grad)
{
    const double sum = bowl_height(s, x, grad);

    toy_losses++;
    toy_gradients += grad != NULL;
    if (loss)
        *loss = ory_values_real(&s->values, B_BASE) + sum;
    if (!(sum < ory_values_real(&s->values, B_SULK)))
        return;
    ory_fail(&s->trouble, ORY_ECALLBACK, "the bowl sulks");
    if (loss)
        *loss = NAN;
}

static void bowl_gap(ory_system *s, const double *x, double *gap)
{
    *gap = bowl_height(s, x, NULL);
}

static void bowl_hvp(ory_system *s, const double *x, const double *v, double *hv)
{
    const bowl *b = s->self;
    const double q = ory_values_real(&s->values, B_QUARTIC);

    for (size_t i = 0; i < s->dim; i++) {
        const double y = x[i] - b->target[i];

        hv[i] = (b->a[i] + 3 * q * y * y) * v[i];
    }
}

/* Memory: log of the product of the factors, steps seen, sum of their sizes. */
static void bowl_memory_start(ory_system *s, const ory_moment *m, double *memory)
{
    (void)s, (void)m;
    memory[0] = memory[1] = memory[2] = 0;
}

static void bowl_observe(ory_system *s, const ory_moment *m, double *memory)
{
    (void)s;
    memory[0] += isnan(m->factor) ? 0 : log(m->factor);
    memory[1]++;
    memory[2] += m->step;
}

static ory_status bowl_probe(ory_system *s, const ory_moment *m, int which, double *out,
                             ory_error *err)
{
    switch (which) {
    case DEAR:
        toy_dear_reads++; /* and the norm */
        /* fall through */
    case NORM:
        *out = ory_norm2(m->x, s->dim);
        return ORY_OK;
    case BOUND:
        *out = m->memory ? bowl_height(s, m->x0, NULL) * exp(m->memory[0]) : NAN;
        return ORY_OK;
    case SLOPE:
        bowl_height(s, m->x, out);
        return ORY_OK;
    case FLOOR:
        *out = ory_values_real(&s->values, B_FLOOR);
        return ORY_OK;
    case CAP:
        *out = ory_values_real(&s->values, B_CAP);
        return ORY_OK;
    case LOCK:
        *out = m->k == 0 ? NAN : m->step;
        return ORY_OK;
    default:
        return ory_fail(err, ORY_EUNDEF, "never defined");
    }
}

static void bowl_shape(const ory_system *s, int which, size_t *rows, size_t *cols)
{
    *rows = which == SLOPE ? s->dim : 1;
    *cols = 1;
}

static double bowl_work(const ory_system *s, int which)
{
    return which == DEAR ? 1000.0 * (double)s->dim : 10.0 * (double)s->dim;
}

static bool bowl_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size)
{
    (void)s, (void)m;
    if (which != NEVER)
        return false;
    snprintf(text, size, "it never is");
    return true;
}

const ory_system_class toy_bowl_class = {
    .name = "toy.bowl", .summary = "a bowl", .source = "tests", .example = "",
    .params = bowl_params, .probes = bowl_probes, .claims = bowl_claims, .rules = bowl_rules,
    .default_stepper = "gd", .default_rule = "inverse", .memory = 3,
    .init = bowl_init, .fini = bowl_fini, .changed = bowl_changed, .start = bowl_start,
    .loss = bowl_loss, .gap = bowl_gap, .hvp = bowl_hvp,
    .memory_start = bowl_memory_start, .observe = bowl_observe,
    .probe = bowl_probe, .shape = bowl_shape, .work = bowl_work, .why = bowl_why,
};

/* ---------------------------------------------------------------------- toy.wave */

enum { W_W, W_FORCE };

static const ory_param wave_params[] = {
    [W_W] = {"w", ORY_PARAM_REAL, 2.385, 0, INFINITY, NULL, ORY_LIVE | ORY_OPEN_MIN, "",
             "frequency", NULL},
    [W_FORCE] = {"force", ORY_PARAM_REAL, 0, -INFINITY, INFINITY, NULL, ORY_LIVE, "", "force",
                 NULL},
    {0}};

static const ory_probe wave_probes[] = {
    {.name = "energy", .label = "energy", .unit = "", .cost = ORY_COST_FREE, .doc = "energy"}, {0}};

static ory_status wave_init(ory_system *s, ory_error *err)
{
    (void)err;
    s->dim = 2;
    s->n_blocks = 1;
    s->blocks[0] = (ory_block){"x", 0, 2, 1};
    return ORY_OK;
}

static ory_status wave_start(ory_system *s, double *x, ory_error *err)
{
    (void)s, (void)err;
    x[0] = 1;
    x[1] = 0;
    return ORY_OK;
}

static void wave_rhs(ory_system *s, double t, const double *x, double *dx)
{
    const double w = ory_values_real(&s->values, W_W);

    dx[0] = x[1];
    dx[1] = -w * w * x[0] + ory_values_real(&s->values, W_FORCE) * cos(t);
}

static ory_status wave_probe(ory_system *s, const ory_moment *m, int which, double *out,
                             ory_error *err)
{
    const double w = ory_values_real(&s->values, W_W);

    (void)which, (void)err;
    *out = (m->x[1] * m->x[1] + w * w * m->x[0] * m->x[0]) / 2;
    return ORY_OK;
}

const ory_system_class toy_wave_class = {
    .name = "toy.wave", .summary = "a wave", .source = "tests", .example = "",
    .params = wave_params, .probes = wave_probes, .default_stepper = "flow",
    .init = wave_init, .start = wave_start, .rhs = wave_rhs, .probe = wave_probe,
};

/* ------------------------------------------------------------------- toy.counter */

enum { C_SEED, C_FAIL_AT, C_HUGE_AT };

static const ory_param counter_params[] = {
    [C_SEED] = {"seed", ORY_PARAM_INT, 1, 0, INFINITY, NULL, 0, "", "seed", NULL},
    [C_FAIL_AT] = {"fail_at", ORY_PARAM_INT, -1, -1, INFINITY, NULL, ORY_LIVE, "", "", NULL},
    [C_HUGE_AT] = {"huge_at", ORY_PARAM_INT, -1, -1, INFINITY, NULL, ORY_LIVE, "", "", NULL},
    {0}};

static const ory_probe counter_probes[] = {
    {.name = "count", .label = "count", .unit = "", .cost = ORY_COST_FREE, .doc = "count"}, {0}};

static ory_status counter_init(ory_system *s, ory_error *err)
{
    (void)err;
    s->dim = 2;
    s->n_blocks = 1;
    s->blocks[0] = (ory_block){"x", 0, 2, 1};
    return ORY_OK;
}

static ory_status counter_start(ory_system *s, double *x, ory_error *err)
{
    (void)s, (void)err;
    x[0] = x[1] = 0;
    return ORY_OK;
}

static ory_status counter_advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next,
                                  double *t_next, ory_error *err)
{
    const double draw = ory_rng_normal(rng);

    (void)t_next;
    if ((double)m->k == ory_values_real(&s->values, C_FAIL_AT))
        return ory_fail(err, ORY_ECALLBACK, "the counter fell over");
    next[0] = m->x[0] + 1;
    next[1] = m->x[1] + draw;
    if ((double)m->k == ory_values_real(&s->values, C_HUGE_AT))
        next[1] = INFINITY;
    return ORY_OK;
}

static ory_status counter_probe(ory_system *s, const ory_moment *m, int which, double *out,
                                ory_error *err)
{
    (void)s, (void)which, (void)err;
    *out = m->x[0];
    return ORY_OK;
}

const ory_system_class toy_counter_class = {
    .name = "toy.counter", .summary = "a counter", .source = "tests", .example = "",
    .params = counter_params, .probes = counter_probes, .default_stepper = "advance",
    .init = counter_init, .start = counter_start, .advance = counter_advance,
    .probe = counter_probe,
};

/* ----------------------------------------------------------------------- helpers */

static void set_numbers(ory_values *v, const toy_option *o)
{
    ory_error err = {0};

    for (; o && o->name; o++)
        if (ory_values_set_num(v, o->name, o->value, &err) != ORY_OK)
            fail_msg("%s", err.text);
}

ory_system *toy_new(const ory_system_class *c, const toy_option *options)
{
    ory_values v = {0};
    ory_system *s = NULL;
    ory_error err = {0};

    if (!ory_system_class_find(c->name))
        ory_system_class_lend(c);
    assert_int_equal(ory_values_init(&v, c->name, c->params, &err), ORY_OK);
    set_numbers(&v, options);
    if (ory_system_new(c, &v, &s, &err) != ORY_OK)
        fail_msg("%s", err.text);
    ory_values_fini(&v);
    return s;
}

ory_status toy_try(ory_system *sys, const toy_run *how, ory_run **out, ory_error *err)
{
    static const toy_run plain;
    const ory_stepper_class *c;
    ory_values v = {0};
    ory_run_options opt = {0};
    ory_status ok;

    how = how ? how : &plain;
    c = ory_stepper_class_find(how->stepper ? how->stepper : sys->class->default_stepper);
    assert_non_null(c);
    assert_int_equal(ory_values_init(&v, c->name, c->params, err), ORY_OK);
    set_numbers(&v, how->options);
    if (how->rule)
        assert_int_equal(ory_values_set_text(&v, "rule", how->rule, err), ORY_OK);
    if (how->method)
        assert_int_equal(ory_values_set_text(&v, "method", how->method, err), ORY_OK);
    opt.stepper = how->stepper;
    opt.values = &v;
    opt.every = how->every;
    opt.history_bytes = how->history_bytes;
    opt.series_capacity = how->bins;
    opt.record = how->record;
    opt.name = how->name;
    ok = ory_run_new(sys, &opt, out, err);
    ory_values_fini(&v);
    ory_system_unref(sys);
    return ok;
}

ory_run *toy_start(ory_system *sys, const toy_run *how)
{
    ory_run *r = NULL;
    ory_error err = {0};

    if (toy_try(sys, how, &r, &err) != ORY_OK)
        fail_msg("%s", err.text);
    return r;
}

void toy_step(ory_run *r, uint64_t n)
{
    ory_stop stop;
    ory_error err = {0};

    if (ory_run_step(r, n, &stop, &err) != ORY_OK)
        fail_msg("%s", err.text);
    if (stop.reason != ORY_STOP_STEPS || stop.steps != n)
        fail_msg("%s", stop.text);
}

double toy_read(ory_run *r, const char *probe)
{
    double x = NAN;
    ory_error err = {0};
    const ory_status ok = ory_run_read(r, ory_run_probe_find(r, probe), &x, &err);

    if (ok != ORY_OK && ok != ORY_EUNDEF)
        fail_msg("%s", err.text);
    return ok == ORY_OK ? x : NAN;
}
