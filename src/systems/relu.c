/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relu.c - net.relu: a two-layer ReLU network trained on two classes from a tiny start, and
 * the early alignment of its neurons. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "systems/relu.h"

static const char *const kinds[] = {"fan", "two_points", "cone", "pictures", NULL};
static const char *const inits[] = {"gaussian", "balanced", NULL};
static const char *const reductions[] = {"sum", "mean", NULL};

#define MATRIX(n, d) {n, ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "", d, NULL}
#define ANGLE(n, def, d) {n, ORY_PARAM_REAL, def, -360, 360, NULL, 0, "deg", d, NULL}
#define SIZE(n, def, min, flags, d) {n, ORY_PARAM_INT, def, min, 1e7, NULL, flags, "", d, NULL}

static const ory_param relu_params[] = {
    [P_X] = MATRIX("X", "samples x D: data, one sample a row; with Y, in place of data"),
    [P_Y] = MATRIX("Y", "labels 1 and -1, one a sample"),
    [P_DATA] = {"data", ORY_PARAM_CHOICE, DATA_FAN, 0, 0, kinds, 0, "",
                "data when X is not given: fan (two arcs of unit vectors), two_points, cone, pictures "
                "(8 x 8 bars and rings)",
                NULL},
    [P_D] = SIZE("D", 20, 1, ORY_OPTIONAL, "dimensions of data cone; 20 when absent"),
    [P_N_PLUS] = SIZE("n_plus", 18, 0, ORY_OPTIONAL,
                      "positive samples of data fan (18 when absent) and cone (20)"),
    [P_N_MINUS] = SIZE("n_minus", 12, 0, ORY_OPTIONAL,
                       "negative samples of data fan (12 when absent) and cone (20)"),
    [P_PLUS_FROM] = ANGLE("plus_from", -15, "data fan: first angle of the positive class"),
    [P_PLUS_TO] = ANGLE("plus_to", 15, "data fan: last angle of the positive class"),
    [P_MINUS_FROM] = ANGLE("minus_from", 133, "data fan: first angle of the negative class"),
    [P_MINUS_TO] = ANGLE("minus_to", 157, "data fan: last angle of the negative class"),
    [P_THETA] = {"theta", ORY_PARAM_REAL, 0.1, -INFINITY, INFINITY, NULL, 0, "rad",
                 "data two_points: (1, 0) and (sin theta, cos theta), both positive", NULL},
    [P_RHO] = {"rho", ORY_PARAM_REAL, 0.6, 0, INFINITY, NULL, 0, "",
               "data cone: spread around the axis; mu >= (1-rho^2)/(1+rho^2)", NULL},
    [P_SAMPLES] = SIZE("samples", 200, 2, 0, "data pictures: number of images, half of each class"),
    [P_CENTRE] = {"centre", ORY_PARAM_BOOL, 0, 0, 1, NULL, 0, "",
                  "subtract the mean sample (pictures always do)", NULL},
    [P_ZERO_ONE] = {"zero_one", ORY_PARAM_BOOL, 0, 0, 1, NULL, 0, "",
                    "labels are 0 and 1: take 0 as -1", NULL},
    [P_H] = SIZE("h", 50, 1, 0, "neurons"),
    [P_INIT] = {"init", ORY_PARAM_CHOICE, INIT_GAUSSIAN, 0, 0, inits, 0, "",
                "start: gaussian N(0, std^2) in every entry, or balanced, w = eps W0 and v = +-|w|",
                NULL},
    [P_STD] = {"std", ORY_PARAM_REAL, 1e-6, 0, INFINITY, NULL, 0, "",
               "init gaussian: standard deviation", NULL},
    [P_EPS] = {"eps", ORY_PARAM_REAL, 1e-6, 0, INFINITY, NULL, ORY_OPEN_MIN, "",
               "init balanced: scale of the start", NULL},
    [P_SHAPE] = MATRIX("W0", "init balanced: shape, h x D, a neuron a row; N(0, 1/D) when absent"),
    [P_SIGNS] = MATRIX("signs", "init balanced: signs of v, 1 or -1; fair coins when absent"),
    [P_W] = MATRIX("W", "first layer at the start, h x D, a neuron a row"),
    [P_V] = MATRIX("v", "second layer at the start, h numbers"),
    [P_LOSS] = {"loss", ORY_PARAM_CHOICE, LOSS_EXP, 0, 0, ory_margin_names, 0, "",
                "of z = -y f: exp e^z, logistic log(1+e^z), logistic2 twice that, square (y-f)^2/2",
                NULL},
    [P_REDUCTION] = {"reduction", ORY_PARAM_CHOICE, REDUCE_MEAN, 0, 0, reductions, 0, "",
                     "loss over the samples: sum (theorems), or mean (published figures)", NULL},
    [P_LEAK] = {"leak", ORY_PARAM_REAL, 0, 0, 1, NULL, 0, "",
                "slope of the activation for z <= 0; 0 is ReLU", NULL},
    [P_TRAIN_V] = {"train_v", ORY_PARAM_BOOL, 1, 0, 1, NULL, 0, "",
                   "train both layers; false: v stays as it starts", NULL},
    [P_RATE] = {"rate", ORY_PARAM_REAL, 0, 0, INFINITY, NULL,
                ORY_LIVE | ORY_OPTIONAL | ORY_OPEN_MIN, "",
                "stepper advance (SGD): learning rate; 0.02/X_max (mean), 0.003/X_max (sum) when "
                "absent",
                NULL},
    [P_BATCH] = {"batch", ORY_PARAM_INT, 0, 0, 1e8, NULL, ORY_LIVE, "",
                 "stepper advance (SGD): samples a step, reshuffled each epoch; 0: all", NULL},
    [P_WIDTH] = SIZE("width", 0, 1, ORY_OPTIONAL,
                     "columns of a sample seen as a picture; a square when absent"),
    [P_SEED] = {"seed", ORY_PARAM_INT, 1, 0, 9007199254740991.0, NULL, 0, "", "random seed", NULL},
    {0}};

/* ---------------------------------------------------------------------- rule */

static ory_status plan_small(ory_system *s, const ory_moment *m, double *step, double *factor,
                             ory_error *err)
{
    (void)m, (void)err;
    *step = relu_small_step(s->self);
    *factor = NAN;
    return ORY_OK;
}

static const ory_rule relu_rules[] = {
    {"small", "0.003/X_max for the summed loss, 0.02/X_max for the mean", "practice", plan_small},
    {0}};

/* --------------------------------------------------------------------- space */

static bool claim(double **where, size_t count)
{
    *where = ory_alloc(count, sizeof(double));
    return *where != NULL;
}

static bool claim_gates(uint32_t **where, size_t n, size_t h)
{
    *where = ory_alloc(ory_gate_words(n) * h, sizeof **where);
    return *where != NULL;
}

static bool make_pass(relu_pass *q, size_t n, size_t h, size_t dim)
{
    const size_t room = ory_gate_room(n);

    q->cone = ory_alloc(h, sizeof *q->cone);
    return q->cone && claim_gates(&q->gates, n, h) && claim(&q->x, dim) && claim(&q->f, room) &&
           claim(&q->d, room) && claim(&q->grad, dim) && claim(&q->norm, h) && claim(&q->cosine, h);
}

/* Scratch of both directions; short samples are kept as columns too. */
static bool make_scratch(relu *p)
{
    const size_t room = ory_gate_room(p->n), strip = ORY_GATE_STRIP * p->h;

    if (p->D <= SHORT_SAMPLES && (!claim(&p->Xt, p->D * room) || !claim(&p->batch_Xt, p->D * room)))
        return false;
    if (p->D > SHORT_SAMPLES && !claim(&p->Z, p->h * room))
        return false;
    if (p->Xt)
        ory_gates_turn(p->X, p->n, p->D, p->Xt);
    return claim(&p->strip, strip > p->D ? strip : p->D) && claim(&p->space, p->h * p->D + p->h) &&
           claim_gates(&p->batch_gates, p->n, p->h) && claim(&p->batch_f, room) &&
           claim(&p->batch_grad, p->h * p->D + p->h);
}

/* The eigenvalue routine's own memory is taken now, by a first call. */
static ory_status make_spectrum(relu *p, ory_error *err)
{
    const size_t k = p->h < p->D ? p->h : p->D;
    ory_mat gram;

    if (!claim(&p->gram, k * k + k))
        return ory_fail(err, ORY_ENOMEM, "net.relu: out of memory");
    gram = ory_mat_view(p->gram, k, k);
    return ory_eig_sym_values(&gram, p->gram + k * k, &p->eig, err);
}

static ory_status make_space(const ory_system *s, relu *p, ory_error *err)
{
    const size_t n = p->n, h = p->h;

    p->gate_keys = ory_alloc(ory_gate_words(n) * h, sizeof *p->gate_keys);
    if (!p->gate_keys || !claim_gates(&p->plus, n, 1) || !claim_gates(&p->minus, n, 1) ||
        !claim_gates(&p->start_gates, n, h) || !make_pass(&p->pass[0], n, h, s->dim) ||
        !make_pass(&p->pass[1], n, h, s->dim) || !make_scratch(p) ||
        ory_batches_init(&p->batches, n, p->D, NULL) != ORY_OK)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    return make_spectrum(p, err);
}

static void set_blocks(ory_system *s, const relu *p)
{
    s->blocks[0] = (ory_block){"W", 0, p->h, p->D};
    s->blocks[1] = (ory_block){"v", p->h * p->D, p->h, 1};
    s->n_blocks = 2;
    s->dim = p->h * p->D + p->h;
}

static void note_start(relu *p)
{
    const size_t words = ory_gate_words(p->n) * p->h;
    ory_rng rng;

    for (size_t i = 0; i < p->n; i++)
        (p->y[i] > 0 ? p->plus : p->minus)[i / ORY_GATE_WORD] |= (uint32_t)1 << i % ORY_GATE_WORD;
    memcpy(p->start_gates, relu_at(p, p->initial)->gates, words * sizeof *p->start_gates);
    ory_rng_init(&rng, 0, 1); /* keys of the pattern's digest: the same in every run */
    for (size_t i = 0; i < words; i++)
        p->gate_keys[i] = ory_rng_bits(&rng);
}

static void make_notes(ory_system *s, const relu *p)
{
    const relu_theory *t = &p->theory;

    if (!(t->mu > 0))
        ory_system_note(s, "data not orthogonally separable (mu = %.4g): the theorems do not apply",
                        t->mu);
    if (p->n_plus == 0 || p->n_minus == 0)
        ory_system_note(s, "no %s sample: cosines to its sum are undefined",
                        p->n_plus == 0 ? "positive" : "negative");
    if (t->balanced && t->eps > t->eps_limit)
        ory_system_note(s, "eps = %.3g is over 1/(4 sqrt(h) X_max W_max^2) = %.3g: the bounds of the "
                        "small neurons do not apply", t->eps, t->eps_limit);
}

/* ----------------------------------------------------------------------- life */

static ory_status relu_init(ory_system *s, ory_error *err)
{
    relu *p = s->self = ory_alloc(1, sizeof *p);
    ory_status status;

    if (!p)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    p->h = ory_values_size(&s->values, P_H);
    p->loss = ory_values_choice(&s->values, P_LOSS);
    p->mean = ory_values_choice(&s->values, P_REDUCTION) == REDUCE_MEAN;
    p->leak = ory_values_real(&s->values, P_LEAK);
    p->train_v = ory_values_bool(&s->values, P_TRAIN_V);
    status = relu_data_make(s, p, err);
    if (status != ORY_OK)
        return status;
    p->weight = p->mean ? 1 / (double)p->n : 1;
    set_blocks(s, p);
    if (!claim(&p->initial, s->dim))
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    status = relu_start_make(s, p, err);
    if (status == ORY_OK)
        status = relu_theory_make(s, p, err);
    if (status == ORY_OK)
        status = make_space(s, p, err);
    if (status != ORY_OK)
        return status;
    note_start(p);
    make_notes(s, p);
    if (p->theory.mu > 0 && p->loss != LOSS_SQUARE)
        s->loss_min = 0;
    return ORY_OK;
}

static void free_pass(relu_pass *q)
{
    void *owned[] = {q->x, q->gates, q->f, q->d, q->grad, q->cone, q->norm, q->cosine};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        ory_free(owned[i]);
}

static void relu_fini(ory_system *s)
{
    relu *p = s->self;

    if (!p)
        return;
    void *owned[] = {p->X, p->y, p->Xt, p->axes, p->means, p->initial, p->plus, p->minus,
                     p->gate_keys, p->start_gates, p->Z, p->strip, p->space, p->gram,
                     p->batch_gates, p->batch_Xt, p->batch_f, p->batch_grad};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        ory_free(owned[i]);
    free_pass(&p->pass[0]);
    free_pass(&p->pass[1]);
    ory_batches_fini(&p->batches);
    ory_svd_ws_fini(&p->eig);
    ory_free(p);
}

static ory_status relu_start(ory_system *s, double *x, ory_error *err)
{
    const relu *p = s->self;

    (void)err;
    memcpy(x, p->initial, s->dim * sizeof *x);
    return ORY_OK;
}

static void relu_describe(const ory_system *s, char *text, size_t size)
{
    const relu *p = s->self;
    const bool own = ory_values_mat(&s->values, P_X) != NULL;

    snprintf(text, size, "ReLU %zu-%zu-1 · %s %s loss · %s, %zu+%zu samples", p->D, p->h,
             reductions[p->mean ? REDUCE_MEAN : REDUCE_SUM], ory_margin_names[p->loss],
             own ? "own data" : kinds[ory_values_choice(&s->values, P_DATA)], p->n_plus, p->n_minus);
}

const ory_system_class ory_net_relu_class = {
    .name = "net.relu",
    .summary = "two-layer ReLU network from a tiny start: early alignment of its neurons",
    .source = "H. Min, E. Mallada, R. Vidal, \"Early Neuron Alignment in Two-layer ReLU Networks "
              "with Small Initialization\", ICLR 2024, arXiv 2307.12851",
    .example = "net.relu{ data=\"fan\", h=50, std=1e-6, seed=1 }",
    .params = relu_params,
    .probes = relu_probes,
    .claims = relu_claims,
    .rules = relu_rules,
    .default_stepper = "gd",
    .default_rule = "small",
    .record = relu_record,
    .layout = "v(h(sky(W, groups=v, data=samples, labels=labels, axes=axes, sectors=sectors,"
              " title='directions'):32, v(trace(loss, title='loss'),"
              " trace(align_min, align_median, title='cosine to x+, x−')):34):6,"
              " h(trace(plus_in_plus, minus_in_minus, dead, astray, title='neurons in cones'):24,"
              " trace(norm_min, norm_max, title='norms'):24,"
              " trace(norm_change, title='norm change'):24, claims:30):4, console:=5)",
    .memory = MEM_COUNT,
    .init = relu_init,
    .fini = relu_fini,
    .start = relu_start,
    .loss = relu_loss,
    .advance = relu_advance,
    .memory_start = relu_memory_start,
    .observe = relu_observe,
    .probe = relu_probe,
    .shape = relu_probe_shape,
    .work = relu_probe_work,
    .standing = relu_standing,
    .why = relu_probe_why,
    .entry = relu_probe_entry,
    .phases = relu_phases,
    .phase = relu_phase,
    .describe = relu_describe,
};
