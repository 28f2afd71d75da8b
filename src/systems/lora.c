/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lora.c - net.lora: a pre-trained two-layer linear network fits a changed target by
 * low-rank corrections W2 + B2A2, W1 + B1A1 to its frozen weights. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "systems/lora.h"

static const char *const inits[] = {"lora", "spectral", "pretrained_top", "pretrained_bottom",
                                    "zero", "explicit", NULL};
static const char *const sides[] = {"A", "B", NULL};
static const char *const layers[] = {"both", "1", "2", NULL};
static const char *const pretrains[] = {"exact", "flow", NULL};
static const char *const pairs[] = {"top", "bottom", NULL};
static const char *const presets[] = {"none", "paper_fig1", "paper_fig4", NULL};

#define SIZE_PARAM(name, def, doc) {name, ORY_PARAM_INT, def, 1, 1e6, NULL, 0, "", doc, NULL}
#define MATRIX_PARAM(name, doc) {name, ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "", doc, NULL}

static const ory_param lora_params[] = {
    [P_M] = SIZE_PARAM("m", 10, "outputs"),
    [P_N] = SIZE_PARAM("n", 10, "inputs"),
    [P_H] = SIZE_PARAM("h", 100, "hidden units"),
    [P_R] = SIZE_PARAM("r", 4, "rank of the corrections"),
    [P_ALPHA] = {"alpha", ORY_PARAM_REAL, 1e-3, 0, INFINITY, NULL, 0, "",
                 "standard deviation of the entries drawn at the start", NULL},
    [P_INIT] = {"init", ORY_PARAM_CHOICE, INIT_LORA, 0, 0, inits, 0, "",
                "start of the factors: lora (one of A, B random), spectral (along the change of "
                "target), pretrained_top and _bottom (along the frozen weights), zero, explicit",
                NULL},
    [P_SIDE] = {"side", ORY_PARAM_CHOICE, SIDE_A, 0, 0, sides, 0, "",
                "factor that init = \"lora\" draws; the other starts at 0", NULL},
    [P_LAYERS] = {"layers", ORY_PARAM_CHOICE, LAYERS_BOTH, 0, 0, layers, 0, "",
                  "layers that are corrected", NULL},
    [P_SEED] = {"seed", ORY_PARAM_INT, 1, 0, 9007199254740991.0, NULL, 0, "", "random seed", NULL},
    [P_PRETRAIN] = {"pretrain", ORY_PARAM_CHOICE, PRETRAIN_EXACT, 0, 0, pretrains, 0, "",
                    "frozen weights: exact (from singular vectors) or flow (by gradient flow)",
                    NULL},
    [P_RATIO] = {"ratio", ORY_PARAM_REAL, 1.05, 0, INFINITY, NULL, ORY_OPEN_MIN, "",
                 "imbalance of the frozen weights: W2 is ratio times, W1 1/ratio times their "
                 "balanced form; delta = ratio^-2",
                 NULL},
    [P_PRE_TOL] = {"pretrain_tol", ORY_PARAM_REAL, 1e-24, 0, INFINITY, NULL, ORY_OPEN_MIN, "",
                   "loss at which pre-training by flow ends", NULL},
    [P_SPECTRUM] = MATRIX_PARAM("spectrum", "singular values of Ypre, descending, with random "
                                            "singular vectors"),
    [P_YPRE] = MATRIX_PARAM("Ypre", "pre-training target, m x n; standard normal when absent"),
    [P_W1] = MATRIX_PARAM("W1", "frozen first layer, h x n"),
    [P_W2] = MATRIX_PARAM("W2", "frozen second layer, m x h"),
    [P_SIGMA] = {"sigma", ORY_PARAM_REAL, 5, -INFINITY, INFINITY, NULL, 0, "",
                 "size of the change of target along one singular pair", NULL},
    [P_PAIR] = {"pair", ORY_PARAM_NUMBER_OR_CHOICE, PAIR_TOP, 1, 1e6, pairs, 0, "",
                "singular pair of Ypre that changes: top, bottom or its number", NULL},
    [P_SHIFT] = MATRIX_PARAM("shift", "changes of the singular values 1, 2, ... (instead of sigma and "
                                      "pair)"),
    [P_TILT] = {"tilt", ORY_PARAM_REAL, 0, -360, 360, NULL, ORY_LIVE, "degrees",
                "angle by which the changed singular vectors are turned away from Ypre's", NULL},
    [P_YFT] = MATRIX_PARAM("Yft", "fine-tuning target, m x n (instead of sigma, pair, shift)"),
    [P_A1] = MATRIX_PARAM("A1", "initial A1, r x n"),
    [P_B1] = MATRIX_PARAM("B1", "initial B1, h x r"),
    [P_A2] = MATRIX_PARAM("A2", "initial A2, r x h"),
    [P_B2] = MATRIX_PARAM("B2", "initial B2, m x r"),
    [P_SCALE] = {"scale", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, ORY_OPEN_MIN, "",
                 "factor s of the corrections W + s B A", NULL},
    [P_PRESET] = {"preset", ORY_PARAM_CHOICE, PRESET_NONE, 0, 0, presets, 0, "",
                  "defaults of the paper's figures: side B, and the bottom pair in paper_fig4", NULL},
    {0}};

/* h = min(0.1 / lambda, 1 / kmax), rounded down to 0.1 / lambda over a power of two: it
 * follows the state, but changes only when the fastest rate has doubled. */
static ory_status rule_gentle(ory_system *s, const ory_moment *m, double *step, double *factor,
                              ory_error *err)
{
    lora *l = s->self;
    const double scale = l->root * l->root, rate = scale * lora_rate_bound(l, m);
    double h;

    *factor = NAN;
    if (!l->target.lead) {
        *step = rate > 0 ? 0.5 / rate : 1;
        return ORY_OK;
    }
    h = 0.1 / (scale * l->target.lambda);
    while (h * rate > 1 && h > 0)
        h /= 2;
    if (!(h > 0))
        return ory_fail(err, ORY_EDIVERGE, "the fastest rate %.3g leaves no step size", rate);
    *step = h;
    return ORY_OK;
}

static const ory_rule lora_rules[] = {
    {"gentle", "min(0.1/λ, 1/kmax), halved as the fastest rate grows: a tenth of the time scale of "
               "the escape", "derived", rule_gentle},
    {0}};

/* ------------------------------------------------------------- life */

static void set_blocks(ory_system *s, lora *l)
{
    const struct {
        const char *name;
        size_t rows, cols, *offset;
    } table[] = {{"A1", l->r, l->n, &l->a1},
                 {"B1", l->h, l->r, &l->b1},
                 {"A2", l->r, l->h, &l->a2},
                 {"B2", l->m, l->r, &l->b2}};

    s->dim = 0;
    for (int i = 0; i < 4; i++) {
        *table[i].offset = s->dim;
        s->blocks[i] = (ory_block){table[i].name, s->dim, table[i].rows, table[i].cols};
        s->dim += table[i].rows * table[i].cols;
    }
    s->n_blocks = 4;
}

static void make_notes(ory_system *s, const lora *l)
{
    const lora_target *t = &l->target;
    const size_t least = l->m < l->n ? (l->m < l->h ? l->m : l->h) : (l->n < l->h ? l->n : l->h);

    s->n_notes = 0;
    if (l->r > least)
        ory_system_note(s, "r = %zu is not low rank here (min(m, n, h) = %zu)", l->r, least);
    if (t->k == 0)
        ory_system_note(s, "the target has not changed: there is nothing to learn");
    else if (!t->lead)
        ory_system_note(s, "no linear growth: W2'ΔY and ΔY W1' are 0, the start is a saddle");
    else if (t->delta >= 1)
        ory_system_note(s, "both layers grow at the same rate (delta = 1): the paper's bounds do not "
                           "apply");
    if (t->tied1 || t->tied2)
        ory_system_note(s, "the fastest growing direction is not unique: misalign shows the subspace "
                           "distance");
    if (t->floor > 0)
        ory_system_note(s, "Yft has a higher rank than h: the loss cannot fall below %.6g", t->floor);
    if (l->alpha == 0)
        ory_system_note(s, "alpha = 0: the start is a stationary saddle");
}

/* Move the matrices out of d into l. */
static ory_status take(lora *l, lora_data *d, ory_error *err)
{
    const size_t mn = d->m * d->n;

    l->m = d->m, l->n = d->n, l->h = d->h, l->r = d->r;
    l->W1 = d->W1, l->W2 = d->W2, l->U = d->U, l->V = d->V;
    memset(&d->W1, 0, sizeof d->W1);
    memset(&d->W2, 0, sizeof d->W2);
    memset(&d->U, 0, sizeof d->U);
    memset(&d->V, 0, sizeof d->V);
    l->dY = ory_alloc(mn, sizeof(double));
    if (!l->dY)
        return ory_fail(err, ORY_ENOMEM, "net.lora: out of memory");
    memcpy(l->dY, d->dY.data, mn * sizeof(double));
    return ORY_OK;
}

static ory_status keep_initial(const ory_system *s, lora *l, const lora_data *d, ory_error *err)
{
    const ory_mat *from[] = {&d->A1, &d->B1, &d->A2, &d->B2};

    l->initial = ory_alloc(s->dim, sizeof(double));
    if (!l->initial)
        return ory_fail(err, ORY_ENOMEM, "net.lora: out of memory");
    for (int i = 0; i < 4; i++)
        memcpy(l->initial + s->blocks[i].offset, from[i]->data,
               from[i]->rows * from[i]->cols * sizeof(double));
    return ORY_OK;
}

static void read_options(const ory_system *s, lora *l)
{
    const int which = ory_values_choice(&s->values, P_LAYERS);
    bool given = false;

    for (int p = P_A1; p <= P_B2; p++)
        given = given || ory_values_given(&s->values, p);
    l->on1 = which != LAYERS_SECOND;
    l->on2 = which != LAYERS_FIRST;
    l->root = sqrt(ory_values_real(&s->values, P_SCALE));
    l->spectral = !given && ory_values_choice(&s->values, P_INIT) == INIT_SPECTRAL;
    l->alpha = given ? NAN
               : ory_values_choice(&s->values, P_INIT) == INIT_ZERO
                   ? 0
                   : ory_values_real(&s->values, P_ALPHA);
}

static ory_status lora_init(ory_system *s, ory_error *err)
{
    lora *l = s->self = ory_alloc(1, sizeof *l);
    lora_data d = {0};
    ory_status status;

    if (!l)
        return ory_fail(err, ORY_ENOMEM, "net.lora: out of memory");
    status = lora_data_make(s, &d, err);
    if (status == ORY_OK)
        status = take(l, &d, err);
    if (status == ORY_OK) {
        read_options(s, l);
        set_blocks(s, l);
        status = keep_initial(s, l, &d, err);
    }
    lora_data_free(&d);
    if (status == ORY_OK)
        status = lora_state_init(l, err);
    if (status == ORY_OK)
        status = lora_target_make(s, l, err);
    if (status == ORY_OK) {
        s->loss_min = l->target.floor;
        make_notes(s, l);
    }
    return status;
}

static void lora_fini(ory_system *s)
{
    lora *l = s->self;

    if (!l)
        return;
    lora_target_free(&l->target);
    lora_state_fini(l);
    ory_mat_free(&l->W1);
    ory_mat_free(&l->W2);
    ory_mat_free(&l->U);
    ory_mat_free(&l->V);
    ory_free(l->dY);
    ory_free(l->initial);
    ory_svd_ws_fini(&l->svd);
    ory_free(l);
}

/* The tilt has changed: a new target for the same weights. */
static ory_status lora_changed(ory_system *s, int param, ory_error *err)
{
    lora *l = s->self;
    lora_data d = {.m = l->m, .n = l->n, .h = l->h, .r = l->r,
                   .W1 = l->W1, .W2 = l->W2, .U = l->U, .V = l->V};
    const ory_status status = lora_data_target(s, &d, err);

    (void)param;
    if (status == ORY_OK)
        memcpy(l->dY, d.dY.data, l->m * l->n * sizeof(double));
    ory_mat_free(&d.dY);
    if (status != ORY_OK)
        return status;
    l->now.any = l->start.any = false;
    return lora_target_make(s, l, err);
}

static ory_status lora_begin(ory_system *s, double *x, ory_error *err)
{
    const lora *l = s->self;

    (void)err;
    memcpy(x, l->initial, s->dim * sizeof *x);
    return ORY_OK;
}

static const char *lora_standing(ory_system *s, const ory_moment *m)
{
    return lora_phase_name(lora_phase_at(s->self, m));
}

static void lora_describe(const ory_system *s, char *text, size_t size)
{
    const lora *l = s->self;
    const lora_target *t = &l->target;
    const int used = snprintf(text, size, "LoRA rank %zu on %zu×%zu×%zu · rank ΔY %zu · %s", l->r,
                              l->n, l->h, l->m, t->k,
                              isnan(l->alpha) ? "given factors"
                              : l->spectral   ? "spectral start"
                                              : inits[ory_values_choice(&s->values, P_INIT)]);

    if (used > 0 && (size_t)used < size && !isnan(l->alpha))
        snprintf(text + used, size - (size_t)used, " α = %g · δ = %.3g", l->alpha, t->delta);
}

const ory_system_class ory_net_lora_class = {
    .name = "net.lora",
    .summary = "low-rank adaptation (LoRA) of a pre-trained two-layer linear network",
    .source = "Xu, Min, MacDonald, Luo, Tarmoun, Mallada, Vidal, \"Understanding the Learning "
              "Dynamics of LoRA: A Gradient Flow Perspective on Low-Rank Adaptation in Matrix "
              "Factorization\", AISTATS 2025, arXiv 2503.06982",
    .example = "net.lora{ alpha=1e-3, ratio=1.05, seed=1 }",
    .params = lora_params,
    .probes = lora_probes,
    .claims = lora_claims,
    .rules = lora_rules,
    .default_stepper = "rk4",
    .default_rule = "gentle",
    .record = lora_record,
    .layout = "v(h(trace(loss, signal, noise, title='loss by part'):31,"
              " trace(misalign1, misalign2, title='1 − cos with growing direction'):29):6,"
              " h(trace(norm1, norm2, title='factor norms'):20, trace(p1, p2, title='growth'):20,"
              " trace(phase, title='stage'):20):5, h(meter(rate):24, claims:36):6, console:3)",
    .memory = MEM_COUNT,
    .init = lora_init,
    .fini = lora_fini,
    .changed = lora_changed,
    .start = lora_begin,
    .loss = lora_loss,
    .hvp = lora_hvp,
    .memory_start = lora_memory_start,
    .observe = lora_observe,
    .probe = lora_probe,
    .shape = lora_probe_shape,
    .work = lora_probe_work,
    .standing = lora_standing,
    .why = lora_probe_why,
    .describe = lora_describe,
};
