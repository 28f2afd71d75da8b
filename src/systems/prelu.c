/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prelu.c - net.prelu: two-layer networks with a power of ReLU on clustered data, and how
 * far their inputs may be pushed. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "systems/prelu.h"

static const char *const inits[] = {"gaussian", "balanced", "nudged", "kaiming", NULL};
static const char *const losses[] = {"exp", "logistic", "square", NULL};
static const char *const reductions[] = {"mean", "sum", NULL};

static const double radii_usual[] = {0,   0.1, 0.2, 0.3,  0.35, 0.4, 0.45,
                                     0.5, 0.6, 0.65, 0.7, 0.75, 0.9};
enum { RADII = sizeof radii_usual / sizeof *radii_usual };

#define MATRIX(n, d) {n, ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "", d, NULL}
#define SIZE(n, def, min, flags, d) {n, ORY_PARAM_INT, def, min, 1e7, NULL, flags, "", d, NULL}
#define SWITCH(n, d) {n, ORY_PARAM_BOOL, 0, 0, 1, NULL, 0, "", d, NULL}
#define REAL(n, def, flags, d) {n, ORY_PARAM_REAL, def, 0, INFINITY, NULL, flags, "", d, NULL}

static const ory_param prelu_params[] = {
    [P_X] = MATRIX("X", "samples x D: your data, one sample a row; with Y, in place of the mixture"),
    [P_Y] = MATRIX("Y", "labels 1 and -1, one a sample"),
    [P_X_TEST] = MATRIX("X_test", "samples to attack, with Y_test; training samples when absent"),
    [P_Y_TEST] = MATRIX("Y_test", "labels of X_test"),
    [P_CENTRES] = MATRIX("centres", "K x D: cluster centres of your data, the K1 positive ones first"),
    [P_K1] = SIZE("K1", 3, 1, 0, "positive clusters"),
    [P_K2] = SIZE("K2", 3, 1, 0, "negative clusters; K1 + K2 <= D"),
    [P_D] = SIZE("D", 20, 1, 0, "dimensions"),
    [P_PER_CLUSTER] = SIZE("per_cluster", 20, 1, 0, "samples of every cluster"),
    [P_SAMPLES] = SIZE("samples", 0, 1, ORY_OPTIONAL,
                       "samples in all, each of a cluster drawn uniformly; in place of per_cluster"),
    [P_ALPHA] = REAL("alpha", 0.1, 0, "length of the noise: every coordinate is N(0, alpha^2/D)"),
    [P_ROTATE] = SWITCH("rotate", "centres are a random orthonormal basis, not unit vectors"),
    [P_TEST] = SIZE("test", 200, 1, 0, "fresh samples to attack"),
    [P_CENTRE] = SWITCH("centre", "subtract the mean training sample"),
    [P_ZERO_ONE] = SWITCH("zero_one", "labels are 0 and 1: take 0 as -1"),
    [P_P] = {"p", ORY_PARAM_REAL, 3, 1, INFINITY, NULL, 0, "",
             "exponent of the activation: v s(<x,w>)^p / |w|^(p-1); 1 is ReLU", NULL},
    [P_NORMALIZE] = SWITCH("normalize_input", "divide outputs by |x|^(p-1): degree 1 in x"),
    [P_BIAS] = SWITCH("bias", "add a trained number b to the output"),
    [P_H] = SIZE("h", 40, 1, 0, "neurons"),
    [P_INIT] = {"init", ORY_PARAM_CHOICE, INIT_GAUSSIAN, 0, 0, inits, 0, "",
                "start: gaussian N(0, std^2); balanced, w = eps W0 and v = +-|w|; nudged, balanced "
                "after a move toward random centres; kaiming, uniform as usual layers",
                NULL},
    [P_STD] = REAL("std", 1e-4, 0, "init gaussian: standard deviation of every weight"),
    [P_EPS] = REAL("eps", 1e-4, ORY_OPEN_MIN, "init balanced, nudged: scale of the start"),
    [P_NUDGE] = {"nudge", ORY_PARAM_REAL, 0.05, 0, 1, NULL, 0, "",
                 "init nudged: part of the way from the shape to a centre", NULL},
    [P_SHAPE] = MATRIX("W0", "init balanced, nudged: shape, h x D, a neuron a row; N(0, 1) when absent"),
    [P_SIGNS] = MATRIX("signs", "init balanced, nudged: signs of v, 1 or -1; fair coins when absent"),
    [P_W] = MATRIX("W", "first layer at the start, h x D, a neuron a row"),
    [P_V] = MATRIX("v", "second layer at the start, h numbers"),
    [P_LOSS] = {"loss", ORY_PARAM_CHOICE, LOSS_EXP, 0, 0, losses, 0, "",
                "of z = -y f: exp e^z, logistic log(1+e^z), square (y-f)^2/2", NULL},
    [P_REDUCTION] = {"reduction", ORY_PARAM_CHOICE, REDUCE_MEAN, 0, 0, reductions, 0, "",
                     "loss over the samples: mean or sum", NULL},
    [P_RATE] = REAL("rate", 0.2, ORY_LIVE | ORY_OPEN_MIN, "stepper advance (SGD): learning rate"),
    [P_BATCH] = {"batch", ORY_PARAM_INT, 0, 0, 1e8, NULL, ORY_LIVE, "",
                 "steppers advance and adam: samples of a mini-batch, reshuffled each epoch; 0: all",
                 NULL},
    [P_INNER] = SIZE("inner", 1, 1, ORY_LIVE, "stepper advance: mini-batches of one step of the run"),
    [P_RADII] = MATRIX("radii", "attack radii of the curves; 13 from 0 to 0.9 when absent"),
    [P_RADIUS] = REAL("radius", 0.5, ORY_LIVE, "attack radius of the scalar probes and of the claims"),
    [P_ATTACK_STEP] = REAL("attack_step", 0.1, ORY_LIVE | ORY_OPEN_MIN, "step of the attacks"),
    [P_ZERO_STEPS] = SIZE("zero_steps", 100, 0, ORY_LIVE, "steps of the attack from zero"),
    [P_MULTI_STEPS] = SIZE("multi_steps", 30, 0, ORY_LIVE, "steps of each ascent of many starts"),
    [P_CLIMB_STEPS] = SIZE("climb_steps", 300, 0, ORY_LIVE, "steps of the ascents for the distances"),
    [P_SEED] = {"seed", ORY_PARAM_INT, 1, 0, 9007199254740991.0, NULL, 0, "", "random seed", NULL},
    {0}};

/* ---------------------------------------------------------------------- rule */

static ory_status plan_published(ory_system *s, const ory_moment *m, double *step, double *factor,
                                 ory_error *err)
{
    (void)s, (void)m, (void)err;
    *step = 0.2;
    *factor = NAN;
    return ORY_OK;
}

static const ory_rule prelu_rules[] = {
    {"published", "0.2, the step of the published experiments on mixtures", "arXiv 2405.15942",
     plan_published},
    {0}};

/* --------------------------------------------------------------------- space */

static bool claim(double **where, size_t count)
{
    *where = ory_alloc(count, sizeof(double));
    return *where != NULL;
}

static bool make_pass(prelu_pass *q, const prelu *p, size_t dim)
{
    const size_t nh = p->n * p->h;

    q->nearest = ory_alloc(p->h, sizeof *q->nearest);
    for (int i = 0; i < ATTACKERS; i++)
        if (!claim(&q->trial.curve[i], p->radii_count))
            return false;
    return q->nearest && claim(&q->x, dim) && claim(&q->low, nh) && claim(&q->high, nh) &&
           claim(&q->f, p->n) && claim(&q->d, p->n) && claim(&q->grad, dim) && claim(&q->norm, p->h) &&
           claim(&q->share, p->h) && claim(&q->to_centre, p->h) && claim(&q->to_average, p->h);
}

/* The eigenvalue routine's own memory is taken now, by a first call of the largest size. */
static ory_status make_spectrum(prelu *p, ory_error *err)
{
    const size_t k = p->h;
    ory_mat gram;

    if (!claim(&p->gram, k * k + k))
        return ory_fail(err, ORY_ENOMEM, "net.prelu: out of memory");
    gram = ory_mat_view(p->gram, k, k);
    return ory_eig_sym_values(&gram, p->gram + k * k, &p->eig, err);
}

static ory_status make_ideals(prelu *p, ory_error *err)
{
    ory_status status = ory_ideal_init(&p->ideal_f, &p->mixture, ORY_IDEAL_F, p->p, err);

    if (status == ORY_OK)
        status = ory_ideal_init(&p->ideal_power, &p->mixture, ORY_IDEAL_POWER, p->p, err);
    if (status == ORY_OK)
        status = ory_ideal_init(&p->ideal_bayes, &p->mixture, ORY_IDEAL_BAYES, p->p, err);
    return status;
}

static ory_status make_space(const ory_system *s, prelu *p, ory_error *err)
{
    const size_t nh = p->n * p->h, hD = p->h * p->D;
    ory_status status = make_spectrum(p, err);

    p->survives = ory_alloc(p->tests, 1);
    p->target = ory_alloc(p->h, sizeof *p->target);
    if (!p->survives || !p->target || !make_pass(&p->pass[0], p, s->dim) ||
        !make_pass(&p->pass[1], p, s->dim) || !claim(&p->space, nh > hD ? nh : hD) ||
        !claim(&p->factor, p->n) || !claim(&p->batch_low, nh) || !claim(&p->batch_high, nh) ||
        !claim(&p->batch_f, p->n) || !claim(&p->batch_factor, p->n) || !claim(&p->batch_grad, s->dim) ||
        !claim(&p->sphere, prelu_sphere_room(p) * p->D) ||
        !claim(&p->facts.curve_f, p->radii_count) || !claim(&p->facts.curve_power, p->radii_count))
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    if (status == ORY_OK)
        status = ory_batches_init(&p->batches, p->n, p->D, err);
    if (status == ORY_OK)
        status = ory_attack_init(&p->attack, p->D, err);
    if (status == ORY_OK && p->known)
        status = make_ideals(p, err);
    if (status == ORY_OK)
        ory_pnet_factors(&p->net, p->X, p->n, p->factor);
    return status;
}

static ory_status read_radii(const ory_system *s, prelu *p, ory_error *err)
{
    const ory_mat *given = ory_values_mat(&s->values, P_RADII);

    if (given && given->rows != 1 && given->cols != 1)
        return ory_fail(err, ORY_ESHAPE, "%s: radii are %zu x %zu (must be a list)", s->class->name,
                        given->rows, given->cols);
    p->radii_count = given ? given->rows * given->cols : RADII;
    if (!claim(&p->radii, p->radii_count))
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    for (size_t i = 0; i < p->radii_count; i++) {
        p->radii[i] = !given            ? radii_usual[i]
                      : given->cols == 1 ? *ory_mat_at(given, i, 0)
                                         : *ory_mat_at(given, 0, i);
        if (p->radii[i] < 0)
            return ory_fail(err, ORY_ERANGE, "%s: radii[%zu] = %g (must be >= 0)", s->class->name, i + 1,
                            p->radii[i]);
    }
    return ORY_OK;
}

static void set_blocks(ory_system *s, const prelu *p)
{
    s->blocks[0] = (ory_block){"W", 0, p->h, p->D};
    s->blocks[1] = (ory_block){"v", p->h * p->D, p->h, 1};
    s->blocks[2] = (ory_block){"b", p->h * p->D + p->h, 1, 1};
    s->n_blocks = p->bias ? 3 : 2;
    s->dim = p->h * p->D + p->h + p->bias;
}

/* ----------------------------------------------------------------------- life */

static ory_status prelu_init(ory_system *s, ory_error *err)
{
    prelu *p = s->self = ory_alloc(1, sizeof *p);
    ory_status status;

    if (!p)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    p->h = ory_values_size(&s->values, P_H);
    p->p = ory_values_real(&s->values, P_P);
    p->loss = ory_values_choice(&s->values, P_LOSS);
    p->mean = ory_values_choice(&s->values, P_REDUCTION) == REDUCE_MEAN;
    p->bias = ory_values_bool(&s->values, P_BIAS);
    p->facts.radius = NAN;
    status = prelu_data_make(s, p, err);
    if (status == ORY_OK)
        status = read_radii(s, p, err);
    if (status != ORY_OK)
        return status;
    p->weight = p->mean ? 1 / (double)p->n : 1;
    p->random = (ory_random_starts){(uint64_t)ory_values_real(&s->values, P_SEED), p->D, false};
    set_blocks(s, p);
    if (!claim(&p->initial, s->dim))
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    status = ory_pnet_init(&p->net, p->D, p->h, p->p, ory_values_bool(&s->values, P_NORMALIZE), err);
    if (status == ORY_OK)
        status = prelu_start_make(s, p, err);
    if (status == ORY_OK)
        status = make_space(s, p, err);
    if (status != ORY_OK)
        return status;
    prelu_targets(p);
    prelu_exact_facts(s, p);
    return ORY_OK;
}

static void free_pass(prelu_pass *q)
{
    void *owned[] = {q->x, q->low, q->high, q->f, q->d, q->grad, q->norm, q->share, q->to_centre,
                     q->to_average, q->nearest, q->trial.curve[0], q->trial.curve[1]};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        ory_free(owned[i]);
}

static void prelu_fini(ory_system *s)
{
    prelu *p = s->self;

    if (!p)
        return;
    void *owned[] = {p->X, p->y, p->factor, p->X_test, p->y_test, p->radii, p->initial, p->target,
                     p->space, p->gram, p->sphere, p->survives, p->batch_low, p->batch_high, p->batch_f,
                     p->batch_factor, p->batch_grad, p->facts.curve_f, p->facts.curve_power};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        ory_free(owned[i]);
    free_pass(&p->pass[0]);
    free_pass(&p->pass[1]);
    ory_ideal_fini(&p->ideal_f);
    ory_ideal_fini(&p->ideal_power);
    ory_ideal_fini(&p->ideal_bayes);
    ory_mixture_fini(&p->mixture);
    ory_attack_fini(&p->attack);
    ory_pnet_fini(&p->net);
    ory_batches_fini(&p->batches);
    ory_svd_ws_fini(&p->eig);
    ory_free(p);
}

static ory_status prelu_changed(ory_system *s, int param, ory_error *err)
{
    prelu *p = s->self;

    (void)err, (void)param;
    for (int i = 0; i < 2; i++) /* attacks of other sizes are other numbers */
        p->pass[i].any = false, p->pass[i].stamp = 0;
    p->facts.radius = NAN;
    prelu_exact_facts(s, p);
    return ORY_OK;
}

static ory_status prelu_start(ory_system *s, double *x, ory_error *err)
{
    const prelu *p = s->self;

    (void)err;
    memcpy(x, p->initial, s->dim * sizeof *x);
    return ORY_OK;
}

static void prelu_describe(const ory_system *s, char *text, size_t size)
{
    const prelu *p = s->self;
    char data[80];

    if (p->own)
        snprintf(data, sizeof data, "own data, %zu+%zu samples", p->n_plus, p->n_minus);
    else
        snprintf(data, sizeof data, "%zu+%zu clusters, %zu samples, α %.3g", p->mixture.K1,
                 p->mixture.K - p->mixture.K1, p->n, p->mixture.alpha);
    snprintf(text, size, "pReLU %zu-%zu-1, p %.4g · %s %s loss · %s", p->D, p->h, p->p,
             reductions[p->mean ? REDUCE_MEAN : REDUCE_SUM], losses[p->loss], data);
}

const ory_system_class ory_net_prelu_class = {
    .name = "net.prelu",
    .summary = "two-layer network with a power of ReLU on clusters: implicit bias and robustness",
    .source = "H. Min, R. Vidal, \"Can Implicit Bias Imply Adversarial Robustness?\", ICML 2024, arXiv "
              "2405.15942, and \"Gradient Flow Provably Learns Robust Classifiers for Orthonormal GMMs\", "
              "ICML 2025",
    .example = "net.prelu{ p=3, h=40, seed=1 }",
    .params = prelu_params,
    .probes = prelu_probes,
    .claims = prelu_claims,
    .rules = prelu_rules,
    .default_stepper = "gd",
    .default_rule = "published",
    .record = prelu_record,
    .layout = "v(h(curve(radii, robust, robust_zero, bound=predicted, verticals=marks, lo=0, hi=1,"
              " title='robust accuracy against radius'):40, heat(cosines, lo=-1, hi=1, blank=true,"
              " title='cosines of dominant neurons'):26, bars(contributions, title='|v|‖w‖'):24):6,"
              " h(trace(loss, title='loss'):24, trace(centre_q1, centre_median, centre_q3,"
              " average_median, title='cosine to centre, average'):34, claims:30):4, console:=5)",
    .memory = MEM_COUNT,
    .init = prelu_init,
    .fini = prelu_fini,
    .changed = prelu_changed,
    .start = prelu_start,
    .loss = prelu_loss,
    .batch_grad = prelu_batch_grad,
    .advance = prelu_advance,
    .memory_start = prelu_memory_start,
    .observe = prelu_observe,
    .probe = prelu_probe,
    .shape = prelu_probe_shape,
    .work = prelu_probe_work,
    .standing = prelu_standing,
    .why = prelu_probe_why,
    .entry = prelu_probe_entry,
    .phases = prelu_phases,
    .phase = prelu_phase,
    .describe = prelu_describe,
};
