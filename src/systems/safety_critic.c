/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safety_critic.c - safety.critic: a binary safety critic learned from episodes, as a
 * network on net.mlp or as a table: options, start, the class object. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "systems/safety_critic.h"

static const char *const critics[] = {"network", "table", NULL};
static const char *const label_kinds[] = {"two_sided", "one_sided", NULL};

#define CHOICE(names_, doc_) ORY_PARAM_CHOICE, 0, 0, 0, names_, 0, "", doc_, NULL
#define COUNT(def_, max_, doc_) ORY_PARAM_INT, def_, 1, max_, NULL, 0, "", doc_, NULL
#define SIZE(def_, doc_) ORY_PARAM_REAL, def_, 0, INFINITY, NULL, 0, "", doc_, NULL

static const ory_param params[] = {
    SAFETY_PROBLEM_PARAMS,
    [CP_CRITIC] = {"critic", CHOICE(critics, "a network over position and speed, or a table over the "
                   "cells of the grid")},
    [CP_LABELS] = {"labels", CHOICE(label_kinds, "what the network is fitted to beside the axioms: all "
                   "transitions, or only those labelled unsafe as published (drifts at this size)")},
    [CP_WIDTH] = {"width", COUNT(32, 1024, "units of each of the two tanh layers")},
    [CP_ROUNDS] = {"rounds", COUNT(15, 1e6, "rounds of episodes, labels and fits")},
    [CP_EPISODES] = {"episodes", COUNT(10, 1e6, "episodes of a round; of a step of the table")},
    [CP_LENGTH] = {"horizon", COUNT(200, 1e6, "steps of an episode at most")},
    [CP_BATCH] = {"batch", COUNT(128, 1024, "minibatch")},
    [CP_STEPS] = {"steps", COUNT(500, 1e9, "minibatches of a pass between labels")},
    [CP_PASSES] = {"passes", ORY_PARAM_INT, 3, 0, 1e6, NULL, 0, "",
                   "passes of a round at most, while a label is predicted wrongly", NULL},
    [CP_INNER] = {"inner", COUNT(25, 1e6, "minibatches of one step of the run")},
    [CP_RATE] = {"rate", ORY_PARAM_REAL, 1e-3, 0, INFINITY, NULL, ORY_LIVE, "",
                 "step size of Adam at the first episode", NULL},
    [CP_RATE_END] = {"rate_end", ORY_PARAM_REAL, 1e-3, 0, INFINITY, NULL, ORY_LIVE, "",
                     "step size of Adam at the last episode", NULL},
    [CP_AXIOMS] = {"axioms", ORY_PARAM_BOOL, 1, 0, 1, NULL, 0, "",
                   "axiomatic data: all actions on a lattice around rest are safe", NULL},
    [CP_AXIOM_X] = {"axiom_x", SIZE(0.1, "half the width of that lattice along the first axis")},
    [CP_AXIOM_V] = {"axiom_v", SIZE(0.2, "half the width of that lattice along the second axis")},
    [CP_AXIOM_SIDE] = {"axiom_side", COUNT(5, 1000, "points of that lattice along each axis")},
    [CP_PREFIT] = {"prefit", SIZE(1e-3, "loss on the axioms at which the episodes begin")},
    [CP_BIAS] = {"bias", ORY_PARAM_REAL, 0, -INFINITY, INFINITY, NULL, 0, "",
                 "bias of the outputs at the start; 6 without axioms: the spurious fixed point", NULL},
    [CP_EXPLORE] = {"explore", ORY_PARAM_REAL, 1, 0, 1, NULL, ORY_LIVE, "",
                    "probability of an even choice among the actions held safe; else the safest", NULL},
    [CP_FROM] = {"from", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                 "where the trajectory that is drawn begins", NULL},
    {0}};

static const char *const record[] = {"iou", "missed", "over_cautious", "failures", "right", NULL};

/* ---------------------------------------------------------------------------- init */

static ory_status make_net(ory_system *s, critic *c, ory_error *err)
{
    const ory_system_class *k = ory_system_class_find("net.mlp");
    const size_t batch = ory_values_size(&s->values, CP_BATCH);
    const double width = ory_values_real(&s->values, CP_WIDTH), widths[] = {width, width};
    const ory_mat hidden = ory_mat_view((double *)widths, 1, 2);
    double *zeros = ory_alloc(batch * (c->m > CRITIC_INPUTS ? c->m : CRITIC_INPUTS), sizeof *zeros);
    ory_matref *refs[3] = {0};
    ory_values v = {0};
    ory_status ok = ORY_ENOMEM;

    if (zeros) {
        const ory_mat X = ory_mat_view(zeros, batch, CRITIC_INPUTS), Y = ory_mat_view(zeros, batch, c->m);
        const ory_mat *from[] = {&hidden, &X, &Y};
        const char *const names[] = {"hidden", "X", "Y"};

        ok = ory_values_init(&v, k->name, k->params, err);
        for (int i = 0; i < 3 && ok == ORY_OK; i++) {
            refs[i] = ory_matref_new(from[i]);
            ok = refs[i] ? ory_values_set_mat(&v, names[i], refs[i], err) : ORY_ENOMEM;
        }
    }
    if (ok == ORY_OK)
        ok = ory_values_set_text(&v, "activation", "tanh", err);
    if (ok == ORY_OK)
        ok = ory_values_set_text(&v, "init", "xavier", err);
    if (ok == ORY_OK)
        ok = ory_values_set_num(&v, "seed", ory_values_real(&s->values, SP_SEED), err);
    if (ok == ORY_OK)
        ok = ory_system_new(k, &v, &c->net, err);
    for (int i = 0; i < 3; i++)
        ory_matref_unref(refs[i]);
    ory_values_fini(&v);
    ory_free(zeros);
    return ok == ORY_ENOMEM ? ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name) : ok;
}

/* A lattice of axiom_side^2 states around rest. */
static ory_status make_axioms(ory_system *s, critic *c, ory_error *err)
{
    const size_t side = ory_values_size(&s->values, CP_AXIOM_SIDE);
    const double half[] = {ory_values_real(&s->values, CP_AXIOM_X),
                           ory_values_real(&s->values, CP_AXIOM_V)};

    c->n_axioms = ory_values_bool(&s->values, CP_AXIOMS) ? side * side : 0;
    if (!(c->safe_x = ory_alloc(2 * (c->n_axioms + 1), sizeof *c->safe_x)))
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    for (size_t i = 0; i < c->n_axioms; i++) {
        double *x = c->safe_x + 2 * i;

        for (size_t k = 0; k < 2; k++) {
            const double place = side > 1 ? (double)(k ? i % side : i / side) / (double)(side - 1) : 0.5;

            x[k] = half[k] * (2 * place - 1);
        }
        if (safety_plant_failed(&c->p.plant, x))
            return ory_fail(err, ORY_EINVAL, "%s: axiom (%g, %g) lies in the failure set",
                            s->class->name, x[0], x[1]);
        c->contradicted += !safety_plant_safe(&c->p.plant, x);
    }
    if (c->contradicted)
        ory_system_note(s, "%zu axiomatic states are contradicted: the plant cannot be kept safe there",
                        c->contradicted);
    return ORY_OK;
}

static ory_status network_init(ory_system *s, critic *c, ory_error *err)
{
    const safety_plant *p = &c->p.plant;
    const double most = 1e5;
    const double rows = ory_values_real(&s->values, CP_ROUNDS) *
                        ory_values_real(&s->values, CP_EPISODES) *
                        ory_values_real(&s->values, CP_LENGTH);
    const size_t width = ory_values_size(&s->values, CP_WIDTH);
    ory_status ok;

    if (!safety_plant_has_truth(p))
        return ory_fail(err, ORY_EINVAL, "%s: critic = \"network\" learns on the pendulum and the "
                        "double integrator; for %s use critic = \"table\"",
                        s->class->name, safety_plants[p->kind]);
    if (c->p.exact_safe == 0)
        return ory_fail(err, ORY_EINVAL, "%s: no cell of the plant can be kept safe", s->class->name);
    if ((ok = make_net(s, c, err)) != ORY_OK || (ok = make_axioms(s, c, err)) != ORY_OK)
        return ok;
    c->capacity = (size_t)fmin(rows, most);
    c->h1 = ory_alloc(width * CRITIC_CHUNK, sizeof *c->h1);
    c->h2 = ory_alloc(width * CRITIC_CHUNK, sizeof *c->h2);
    c->z = ory_alloc(c->m * CRITIC_CHUNK, sizeof *c->z);
    c->in = ory_alloc(CRITIC_INPUTS * CRITIC_CHUNK, sizeof *c->in);
    c->logits = ory_alloc((c->p.mdp.n > 2 * CRITIC_CHUNK ? c->p.mdp.n : 2 * CRITIC_CHUNK) * c->m,
                          sizeof *c->logits);
    if (!c->h1 || !c->h2 || !c->z || !c->in || !c->logits)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    c->weights = c->moments = c->net->dim;
    c->work = c->moments + 2 * c->weights;
    c->buffer = c->work + WK_COUNT;
    memcpy(s->blocks, c->net->blocks, c->net->n_blocks * sizeof *s->blocks);
    s->n_blocks = c->net->n_blocks;
    s->blocks[s->n_blocks++] = (ory_block){"moments", c->moments, 2, c->weights};
    s->blocks[s->n_blocks++] = (ory_block){"work", c->work, 1, WK_COUNT};
    s->blocks[s->n_blocks++] = (ory_block){"buffer", c->buffer, c->capacity, CRITIC_ROW};
    s->dim = c->buffer + CRITIC_ROW * c->capacity;
    return ORY_OK;
}

static ory_status init_parts(ory_system *s, critic *c, ory_error *err)
{
    const ory_mat *from = ory_values_mat(&s->values, CP_FROM);
    ory_status ok = safety_problem_init(s, &c->p, err);

    if (ok != ORY_OK)
        return ok;
    c->m = c->p.mdp.m;
    c->table = ory_values_choice(&s->values, CP_CRITIC) == CRITIC_TABLE;
    c->truth = c->p.exact && !c->table ? c->p.exact : c->p.set.unsafe;
    if ((ok = safety_bytes_init(&c->y, &c->p, err)) != ORY_OK) {
        ory_fail_prefix(err, "%s", s->class->name);
        return ok;
    }
    if (from && (c->table || from->rows * from->cols != 2))
        return ory_fail(err, ORY_ESHAPE, "%s: from has %zu numbers (a network's trajectory begins at 2: "
                        "position and speed)", s->class->name, from->rows * from->cols);
    safety_problem_tell(s, &c->p);
    if (!c->table)
        return network_init(s, c, err);
    c->work = c->p.mdp.n * c->m;
    s->blocks[0] = (ory_block){"b", 0, c->p.mdp.n, c->m};
    s->blocks[1] = (ory_block){"work", c->work, 1, WK_COUNT};
    s->n_blocks = 2;
    s->dim = c->work + WK_COUNT;
    return ORY_OK;
}

static ory_status init(ory_system *s, ory_error *err)
{
    critic *c = s->self = ory_alloc(1, sizeof *c);

    return c ? init_parts(s, c, err) : ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
}

static void fini(ory_system *s)
{
    critic *c = s->self;

    if (!c)
        return;
    safety_problem_fini(&c->p);
    safety_bytes_fini(&c->y);
    ory_system_unref(c->net);
    ory_free(c->safe_x);
    ory_free(c->logits);
    ory_free(c->z);
    ory_free(c->h1);
    ory_free(c->h2);
    ory_free(c->in);
    ory_free(c);
}

static ory_status start(ory_system *s, double *x, ory_error *err)
{
    const critic *c = s->self;
    ory_status ok = ORY_OK;

    memset(x, 0, s->dim * sizeof *x);
    if (c->table) {
        x[c->work + WK_PHASE] = PHASE_EPISODES;
    } else if ((ok = c->net->class->start(c->net, x, err)) == ORY_OK) {
        const mlp *net = c->net->self;

        for (size_t a = 0; a < c->m; a++)
            x[net->b[3] + a] += ory_values_real(&s->values, CP_BIAS);
        x[c->work + WK_PHASE] = c->n_axioms ? PHASE_PREFIT : PHASE_EPISODES;
    }
    x[c->work + WK_LOSS] = -1; /* not known yet */
    x[c->work + WK_RIGHT] = -1;
    return ok;
}

static const char *standing(ory_system *s, const ory_moment *m)
{
    static const char *const words[] = {"fitting axioms", "episodes", "labels", "training", "done"};
    const critic *c = s->self;
    const double phase = m->x[c->work + WK_PHASE];

    return words[phase >= 0 && phase < 4.5 ? (int)(phase + 0.5) : PHASE_DONE];
}

static void describe(const ory_system *s, char *text, size_t size)
{
    const critic *c = s->self;

    if (c->table)
        snprintf(text, size, "%s · table of %zu states x %zu actions", safety_plants[c->p.plant.kind],
                 c->p.mdp.n, c->m);
    else
        snprintf(text, size, "%s · network 3-%zu-%zu-%zu · %s labels · %zu axioms",
                 safety_plants[c->p.plant.kind], ory_values_size(&s->values, CP_WIDTH),
                 ory_values_size(&s->values, CP_WIDTH), c->m,
                 label_kinds[ory_values_choice(&s->values, CP_LABELS)], c->n_axioms * c->m);
}

const ory_system_class ory_safety_critic_class = {
    .name = "safety.critic",
    .summary = "binary safety critic learned from episodes, as a network with axiomatic data or as a "
               "table",
    .source = "A. Castellano, H. Min, J. A. Bazerque, E. Mallada, \"Learning safety critics via a "
              "non-contractive binary Bellman operator\", arXiv:2401.12849",
    .example = "safety.critic{ plant=\"pendulum\", rounds=15, seed=1 }",
    .params = params,
    .probes = critic_probes,
    .claims = critic_claims,
    .default_stepper = "advance",
    .record = record,
    .layout = "v(h(field(critic, edge=exact, points=data, path=path, title='critic'):40,"
              " field(error, edge=exact, title='error: -1 missed unsafe, 1 over-cautious'):30):7,"
              " h(trace(iou, right, title='IoU, labels right'):28,"
              " table(safe, missed, over_cautious, iou, failures, episodes_done, safety_rate, "
              "entropy):28, claims:30):5, console:3)",
    .init = init,
    .fini = fini,
    .start = start,
    .advance = critic_advance,
    .probe = critic_probe,
    .shape = critic_shape,
    .work = critic_work,
    .standing = standing,
    .why = critic_why,
    .extent = critic_extent,
    .describe = describe,
};
