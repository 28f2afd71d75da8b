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
#define WIDTH(doc_) ORY_PARAM_REAL, 0, 0, INFINITY, NULL, ORY_OPTIONAL, "", doc_, NULL
#define SIZE(def_, doc_) ORY_PARAM_REAL, def_, 0, INFINITY, NULL, 0, "", doc_, NULL

static const ory_param params[] = {
    SAFETY_PROBLEM_PARAMS,
    [CP_CRITIC] = {"critic", CHOICE(critics, "a network over the state, or a table over the cells of "
                   "the grid")},
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
                   "axiomatic data: all actions are safe on a lattice around axiom_at, or in the states of "
                   "axiom", NULL},
    [CP_AXIOM] = {"axiom", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                  "axiomatic states, a row each, instead of the lattice", NULL},
    [CP_AXIOM_AT] = {"axiom_at", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                     "middle of that lattice; pendulum and integrator: rest, robot: the left corridor, a "
                     "table of your own: without it there is no lattice", NULL},
    [CP_AXIOM_X] = {"axiom_x", WIDTH("half the width of that lattice along the first axis; pendulum and "
                    "integrator 0.1, robot 0.2, else a cell")},
    [CP_AXIOM_V] = {"axiom_v", WIDTH("half the width of that lattice along the second axis; 0.2, else a "
                    "cell. Along further axes a cell, or all of an angle")},
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
    double *zeros = ory_alloc(batch * (c->m > c->inputs ? c->m : c->inputs), sizeof *zeros);
    ory_matref *refs[3] = {0};
    ory_values v = {0};
    ory_status ok = ORY_ENOMEM;

    if (zeros) {
        const ory_mat X = ory_mat_view(zeros, batch, c->inputs), Y = ory_mat_view(zeros, batch, c->m);
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

/* Middle and half widths of the lattice of axioms; false: there is none. */
static bool lattice(const ory_system *s, const critic *c, double *at, double *half)
{
    static const double corridor[] = {1, 2.5, 0};
    const ory_mat *given = ory_values_mat(&s->values, CP_AXIOM_AT);
    const safety_plant *p = &c->p.plant;

    for (size_t i = 0; i < p->axes; i++) {
        const double cell = c->p.grid ? (p->high[i] - p->low[i]) / (double)c->p.cells[i] : 1;

        at[i] = given ? *ory_mat_at(given, i / given->cols, i % given->cols)
                : p->kind == PLANT_ROBOT ? corridor[i] : 0;
        half[i] = p->wrap[i] ? (p->high[i] - p->low[i]) / 2 : cell;
        if (i == 0 && p->kind != PLANT_TABLE)
            half[i] = p->kind == PLANT_ROBOT ? 0.2 : 0.1;
        if (i == 1 && p->kind != PLANT_TABLE)
            half[i] = 0.2;
        if (i < 2 && ory_values_given(&s->values, i ? CP_AXIOM_V : CP_AXIOM_X))
            half[i] = ory_values_real(&s->values, i ? CP_AXIOM_V : CP_AXIOM_X);
    }
    return c->p.grid && (given || p->kind != PLANT_TABLE);
}

/* Point i of the lattice of side^axes. */
static void lattice_point(const critic *c, const double *at, const double *half, size_t side, size_t i,
                          double *x)
{
    const safety_plant *p = &c->p.plant;

    for (size_t k = p->axes; k-- > 0; i /= side) { /* ends that meet count once */
        const double gaps = p->wrap[k] ? (double)side : (double)(side - 1);

        x[k] = at[k] + (side > 1 ? half[k] * (2 * (double)(i % side) / gaps - 1) : 0);
    }
}

/* Whether action a in state x, no failure, dooms the system. */
static bool dooms(const critic *c, const double *x, size_t a)
{
    double to[SAFETY_AXES];

    if (!safety_plant_has_truth(&c->p.plant))
        return c->y.truth[safety_problem_cell(&c->p, x) * c->m + a];
    return safety_plant_step(&c->p.plant, x, a, to) || !safety_plant_safe(&c->p.plant, to);
}

/* Checks axiomatic state x, moves it to the middle of its cell on a table, and counts. */
static ory_status take_axiom(ory_system *s, critic *c, double *x, ory_error *err)
{
    const safety_problem *p = &c->p;
    const bool table = p->plant.kind == PLANT_TABLE;

    if (!p->grid && !(x[0] >= 1 && x[0] <= (double)p->mdp.n && x[0] == floor(x[0])))
        return ory_fail(err, ORY_ERANGE, "%s: axiom: state %.12g (must be one of 1 to %zu)",
                        s->class->name, x[0], p->mdp.n);
    if (safety_problem_failed(p, x)) {
        if (p->plant.axes > 1)
            return ory_fail(err, ORY_EINVAL, "%s: axiom (%g, %g%s) lies in the failure set",
                            s->class->name, x[0], x[1], p->plant.axes > 2 ? ", …" : "");
        return ory_fail(err, ORY_EINVAL, "%s: axiom %g lies in the failure set", s->class->name, x[0]);
    }
    if (table)
        safety_problem_centre(p, safety_problem_cell(p, x), x);
    for (size_t a = 0; a < c->m; a++)
        c->contradicted += dooms(c, x, a);
    return ORY_OK;
}

static ory_status check_axioms(ory_system *s, const critic *c, ory_error *err)
{
    const ory_mat *given = ory_values_mat(&s->values, CP_AXIOM);
    const ory_mat *at = ory_values_mat(&s->values, CP_AXIOM_AT);

    if (given && given->cols != c->p.plant.axes)
        return ory_fail(err, ORY_ESHAPE, "%s: axiom is %zu x %zu (must be rows of %zu numbers, one for each "
                        "axis of the state)",
                        s->class->name, given->rows, given->cols, c->p.plant.axes);
    if (at && at->rows * at->cols != c->p.plant.axes)
        return ory_fail(err, ORY_ESHAPE, "%s: axiom_at has %zu numbers (must be %zu, one for each axis of "
                        "the state)", s->class->name, at->rows * at->cols, c->p.plant.axes);
    return ORY_OK;
}

static ory_status make_axioms(ory_system *s, critic *c, ory_error *err)
{
    const ory_mat *given = ory_values_mat(&s->values, CP_AXIOM);
    const size_t side = ory_values_size(&s->values, CP_AXIOM_SIDE), axes = c->p.plant.axes;
    double at[SAFETY_AXES], half[SAFETY_AXES];
    ory_status ok = check_axioms(s, c, err);
    double count = 0;

    if (ok != ORY_OK)
        return ok;
    if (ory_values_bool(&s->values, CP_AXIOMS))
        count = given ? (double)given->rows : lattice(s, c, at, half) ? pow((double)side, (double)axes) : 0;
    if (count > 1e5)
        return ory_fail(err, ORY_ERANGE, "%s: axiom_side = %zu makes %.0f axiomatic states (at most 1e5)",
                        s->class->name, side, count);
    if (!given && count == 0 && ory_values_bool(&s->values, CP_AXIOMS))
        ory_system_note(s, "no axiomatic data: axiom = {{…}, …} lists states that are known to be safe");
    c->n_axioms = (size_t)count;
    if (!(c->safe_x = ory_alloc(axes * (c->n_axioms + 1), sizeof *c->safe_x)))
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    for (size_t i = 0; i < c->n_axioms && ok == ORY_OK; i++) {
        double *x = c->safe_x + axes * i;

        if (given)
            for (size_t k = 0; k < axes; k++)
                x[k] = *ory_mat_at(given, i, k);
        else
            lattice_point(c, at, half, side, i, x);
        ok = take_axiom(s, c, x, err);
    }
    if (c->contradicted)
        ory_system_note(s, "%zu axiomatic pair%s contradicted: the plant cannot be kept safe after "
                        "them", c->contradicted, c->contradicted > 1 ? "s are" : " is");
    return ok;
}

/* What a network needs of the problem: a place for every state that is not a failure. */
static ory_status check_problem(ory_system *s, const critic *c, ory_error *err)
{
    const safety_problem *p = &c->p;

    for (size_t i = p->grid; p->grid && i < p->mdp.n; i++)
        if (!p->mdp.bad[i])
            return ory_fail(err, ORY_EINVAL, "%s: critic = \"network\": state %zu lies behind the %zu cells "
                            "of the box (such states must be failures)", s->class->name, i + 1, p->grid);
    if (!p->grid && p->mdp.n > CRITIC_STATES)
        return ory_fail(err, ORY_EINVAL, "%s: critic = \"network\" on a table of %zu states needs box: "
                        "where they lie (without it at most %d states)",
                        s->class->name, p->mdp.n, CRITIC_STATES);
    if (c->truth_safe == 0)
        return ory_fail(err, ORY_EINVAL, "%s: no cell of the plant can be kept safe", s->class->name);
    return ORY_OK;
}

static ory_status make_space(ory_system *s, critic *c, ory_error *err)
{
    const size_t width = ory_values_size(&s->values, CP_WIDTH);
    const size_t chunks = (c->points + CRITIC_CHUNK - 1) / CRITIC_CHUNK;
    critic_work_space *v = &c->work_space;
    const struct { double **at; size_t n; } need[] = {
        {&v->in, c->inputs * CRITIC_CHUNK}, {&v->h1, width * CRITIC_CHUNK},
        {&v->h2, width * CRITIC_CHUNK},     {&v->d1, width * CRITIC_CHUNK},
        {&v->d2, width * CRITIC_CHUNK},     {&v->z, c->m * CRITIC_CHUNK},
        {&v->features, c->inputs},          {&c->shown, chunks * c->inputs * CRITIC_CHUNK},
        {&c->batch, c->row * ory_values_size(&s->values, CP_BATCH)},
        {&c->logits, (c->p.mdp.n > 2 * CRITIC_CHUNK ? c->p.mdp.n : 2 * CRITIC_CHUNK) * c->m}};

    for (size_t i = 0; i < sizeof need / sizeof *need; i++)
        if (!(*need[i].at = ory_alloc(need[i].n, sizeof(double))))
            return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    return ORY_OK;
}

static ory_status network_init(ory_system *s, critic *c, ory_error *err)
{
    const double most = 1e5;
    const double rows = ory_values_real(&s->values, CP_ROUNDS) *
                        ory_values_real(&s->values, CP_EPISODES) *
                        ory_values_real(&s->values, CP_LENGTH);
    double from[SAFETY_AXES];
    ory_rng rng;
    ory_status ok = check_problem(s, c, err);

    if (ok != ORY_OK)
        return ok;
    c->inputs = critic_inputs(&c->p);
    c->row = c->p.plant.axes + 2;
    c->points = c->p.grid ? c->p.grid : c->p.mdp.n;
    c->capacity = (size_t)fmin(rows, most);
    if ((ok = make_net(s, c, err)) != ORY_OK || (ok = make_axioms(s, c, err)) != ORY_OK ||
        (ok = make_space(s, c, err)) != ORY_OK)
        return ok;
    critic_show_grid(c);
    c->weights = c->moments = c->net->dim;
    c->work = c->moments + 2 * c->weights;
    c->buffer = c->work + WK_COUNT;
    memcpy(s->blocks, c->net->blocks, c->net->n_blocks * sizeof *s->blocks);
    s->n_blocks = c->net->n_blocks;
    s->blocks[s->n_blocks++] = (ory_block){"moments", c->moments, 2, c->weights};
    s->blocks[s->n_blocks++] = (ory_block){"work", c->work, 1, WK_COUNT};
    s->blocks[s->n_blocks++] = (ory_block){"buffer", c->buffer, c->capacity, c->row};
    s->dim = c->buffer + c->row * c->capacity;
    ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, SP_SEED), 33);
    if (!critic_start_state(c, &rng, from))
        ory_system_note(s, "no state was found that the plant can be kept safe from: episodes begin "
                        "anywhere");
    return ORY_OK;
}

static ory_status init_parts(ory_system *s, critic *c, ory_error *err)
{
    ory_status ok = safety_problem_init(s, &c->p, err);

    if (ok != ORY_OK)
        return ok;
    c->m = c->p.mdp.m;
    c->table = ory_values_choice(&s->values, CP_CRITIC) == CRITIC_TABLE;
    c->truth = c->p.exact && !c->table ? c->p.exact : c->p.set.unsafe;
    c->truth_safe = c->truth == c->p.exact ? c->p.exact_safe : c->p.set.safe;
    if ((ok = safety_bytes_init(&c->y, &c->p, err)) != ORY_OK) {
        ory_fail_prefix(err, "%s", s->class->name);
        return ok;
    }
    if ((ok = safety_problem_from(s, &c->p, CP_FROM, c->from, err)) != ORY_OK)
        return ok;
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

    double *const owned[] = {c->safe_x, c->shown, c->logits, c->batch, c->work_space.in, c->work_space.h1,
                             c->work_space.h2, c->work_space.z, c->work_space.d1, c->work_space.d2,
                             c->work_space.features};

    safety_problem_fini(&c->p);
    safety_bytes_fini(&c->y);
    ory_system_unref(c->net);
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        ory_free(owned[i]);
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
        snprintf(text, size, "%s · network %zu-%zu-%zu-%zu · %s labels · %zu axioms",
                 safety_plants[c->p.plant.kind], c->inputs, ory_values_size(&s->values, CP_WIDTH),
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
    .layout = "v(h(field(critic, edge=exact, points=data, path=path, lo=0, hi=1, title='critic'):40,"
              " field(error, edge=exact, title='error: -1 missed unsafe, 1 over-cautious'):30):7,"
              " h(trace(missed, over_cautious, title='error against the truth'):28,"
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
