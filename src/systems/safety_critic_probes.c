/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safety_critic_probes.c - what can be read off safety.critic, and its claims. The critic is
 * read at the middles of the grid's cells: b = 1 where the network's logit is >= 0. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "systems/safety_critic.h"

#define PAPER "arXiv:2401.12849"
#define EXACT "theory page 08"

enum {
    C_SAFE, C_MISSED, C_CAUTIOUS, C_IOU, C_IOU_GRID, C_TRUTH, C_MISSED_PAIRS, C_CHANGES, C_RESIDUAL,
    C_ABOVE, C_ORDER, C_DISTANCE, C_DISTANCE_NEXT, C_WITNESS, C_SPURIOUS, C_GRID_SAFE, C_ENTROPY,
    C_SAFETY, C_FAILURES, C_EPISODES, C_ROUND, C_STORED, C_UNSAFE_SHARE, C_RIGHT, C_LOSS, C_SPOILT,
    C_AXIOMS, C_CONTRADICTED, C_IS_NETWORK, C_NOT_ONE,
    C_F_CRITIC, C_F_ERROR, C_F_TRUTH, C_F_FIRST, C_F_MIDDLE, C_F_LAST,
    C_A_DATA, C_A_PATH
};

#define NOW(name_, label_, doc_, src_) \
    {name_, label_, ORY_SCALAR, "", ORY_LINEAR, ORY_COST_STEP, NULL, 0, 0, doc_, src_}
#define FREE(name_, label_, doc_, src_) \
    {name_, label_, ORY_SCALAR, "", ORY_LINEAR, ORY_COST_FREE, NULL, 0, 0, doc_, src_}
#define FIXED(name_, label_, doc_, src_) \
    {name_, label_, ORY_SCALAR, "", ORY_LINEAR, ORY_COST_FREE, NULL, 0, ORY_PROBE_CONSTANT, doc_, src_}
#define FIELD(name_, label_, flags_, doc_) \
    {name_, label_, ORY_FIELD, "", ORY_LINEAR, ORY_COST_STEP, NULL, 0, flags_, doc_, PAPER}

const ory_probe critic_probes[] = {
    [C_SAFE] = NOW("safe", "safe cells", "cells whose middle the critic holds safe", PAPER),
    [C_MISSED] = NOW("missed", "missed unsafe", "cells held safe that are doomed: the dangerous error",
                     EXACT),
    [C_CAUTIOUS] = NOW("over_cautious", "over-cautious", "cells held unsafe that can be kept safe", EXACT),
    [C_IOU] = NOW("iou", "IoU", "safe cells of critic and truth: intersection over union; the network is "
                  "held against the plant's own map, the table against the grid", EXACT " 3.8"),
    [C_IOU_GRID] = NOW("iou_grid", "IoU, grid", "the same against the maximal safe set of the grid", EXACT),
    [C_TRUTH] = FIXED("truth_safe", "safe in truth", "cells that can be kept safe", EXACT " 3.8"),
    [C_MISSED_PAIRS] = NOW("missed_pairs", "missed pairs", "pairs of the grid held safe though they doom "
                           "it", EXACT),
    [C_CHANGES] = NOW("changes", "pairs to change", "pairs of the grid that the operator would change",
                      PAPER),
    [C_RESIDUAL] = NOW("residual", "residual", "share of the grid's pairs with b != Tb", PAPER),
    [C_ABOVE] = NOW("above", "b > b*", "pairs of the grid held unsafe though they are safe", EXACT),
    [C_ORDER] = NOW("order_breaks", "order breaks", "pairs with T min(b, b*) > T b: none, T is monotone",
                    PAPER),
    [C_DISTANCE] = NOW("distance", "|b - b*|", "largest difference to the grid's least fixed point", PAPER),
    [C_DISTANCE_NEXT] = NOW("distance_next", "|Tb - b*|", "the same after one application of T", PAPER),
    [C_WITNESS] = FIXED("witness", "|Tb* - T1|", "distance of T b* and T 1; of b* and 1 it is at most 1",
                        EXACT " 3.6"),
    [C_SPURIOUS] = FIXED("spurious_moves", "moved in b = 1", "share of pairs that T changes in b = 1",
                         PAPER),
    [C_GRID_SAFE] = FIXED("grid_safe", "safe in the grid", "states of the grid's maximal safe set", EXACT),
    [C_ENTROPY] = NOW("entropy", "policy entropy", "of the policy uniform over what is held safe, mean over "
                      "the cells that can be kept safe, base m: 1 is uniform", PAPER),
    [C_SAFETY] = {"safety_rate", "safety rate", ORY_SCALAR, "", ORY_LINEAR, ORY_COST_DEAR, NULL, 0, 0,
                  "share of 64 episodes of 200 steps without failure from states that can be kept safe",
                  PAPER},
    [C_FAILURES] = FREE("failures", "failures", "episodes so far that ended in failure", PAPER),
    [C_EPISODES] = FREE("episodes_done", "episodes", "episodes so far", PAPER),
    [C_ROUND] = FREE("round", "round", "rounds finished", PAPER),
    [C_STORED] = FREE("stored", "transitions", "transitions seen; the buffer keeps the latest", PAPER),
    [C_UNSAFE_SHARE] = FREE("labelled_unsafe", "labelled unsafe", "transitions of the buffer with label 1",
                            PAPER),
    [C_RIGHT] = FREE("right", "labels right", "share of the data predicted as labelled, when last labelled",
                     PAPER ", Algorithm 1"),
    [C_LOSS] = FREE("fit_loss", "loss", "mean cross-entropy of the latest minibatches", PAPER),
    [C_SPOILT] = FREE("axioms_left", "axioms not kept", "axiomatic pairs that the network held unsafe when "
                      "last labelled", EXACT " 7"),
    [C_AXIOMS] = FIXED("axiom_pairs", "axiomatic pairs", "pairs of the axiomatic data", PAPER),
    [C_CONTRADICTED] = FIXED("contradicted", "contradicted", "axiomatic pairs that doom the system",
                             EXACT " 7"),
    [C_IS_NETWORK] = FIXED("is_network", "network", "1 for the network, 0 for the table", EXACT),
    [C_NOT_ONE] = NOW("held_safe", "held safe", "pairs that the critic holds safe, on the grid and in the "
                      "data", EXACT),
    [C_F_CRITIC] = FIELD("critic", "critic", 0, "min_a b(s,a) over the plane, of the network as a "
                         "probability: below 1/2 is safe"),
    [C_F_ERROR] = FIELD("error", "error", 0, "-1 missed unsafe, 1 over-cautious, 0 right"),
    [C_F_TRUTH] = FIELD("exact", "truth", ORY_PROBE_CONSTANT, "the truth: 0 safe, 1 doomed"),
    [C_F_FIRST] = FIELD("b_first", "b(s, first)", 0, "the critic for the first action"),
    [C_F_MIDDLE] = FIELD("b_middle", "b(s, middle)", 0, "the critic for the action in the middle"),
    [C_F_LAST] = FIELD("b_last", "b(s, last)", 0, "the critic for the last action"),
    [C_A_DATA] = {"data", "safe/unsafe", ORY_MATRIX, "", ORY_LINEAR, ORY_COST_FREE, NULL, 0, 0,
                  "rows (x, y, 1 safe or -1 unsafe): the latest 150 transitions with their labels", PAPER},
    [C_A_PATH] = {"path", "path", ORY_MATRIX, "", ORY_LINEAR, ORY_COST_STEP, NULL, 0, 0,
                  "rows (x, y): the plant under the present policy", PAPER},
    {0}};

/* --------------------------------------------------------------------------- claims */

#define TABLE {"is_network", ORY_LE, "0", "the critic is a table", false}

const ory_claim critic_claims[] = {
    {"spurious", "b = 1 is a fixed point",
     "T 1 = 1 on the grid: a learner that calls everything unsafe sees no error.", PAPER ", Theorem 1",
     NULL, {{0}}, {"spurious_moves", ORY_LE, "0", "T1 = 1", false}, 0, 0, NULL},
    {"self_consistent", "all unsafe is never refuted by data",
     "A critic that holds no pair safe, on the grid or in the data, predicts every label it makes.",
     EXACT " 5", NULL,
     {{"held_safe", ORY_LE, "0", "nothing is held safe", true},
      {"axiom_pairs", ORY_LE, "0", "no axiomatic data", false},
      {"round", ORY_GT, "0", "labels were made", false}},
     {"right", ORY_GE, "1", "labels right = 1", false}, 0, 0, NULL},
    {"non_contraction", "T is no contraction",
     "|T b* - T 1| = |b* - 1| = 1 in the sup norm whenever something can be kept safe.", PAPER
     ", section III", NULL, {{"grid_safe", ORY_GT, "0", "the maximal safe set is not empty", false}},
     {"witness", ORY_GE, "1", "|Tb* − T1| ≥ 1", false}, 0, 0, NULL},
    {"monotone", "T is monotone", "b <= c implies T b <= T c; shown at min(b, b*) <= b on the grid.",
     EXACT " 3.6", NULL, {{0}}, {"order_breaks", ORY_LE, "0", "T min(b,b*) ≤ Tb", false}, 0, 0, NULL},
    {"non_expansive", "T does not expand", "|T b - T b*| <= |b - b*| in the sup norm on the grid.",
     EXACT " 3.6", NULL, {{0}}, {"distance_next", ORY_LE, "distance", "|Tb − b*| ≤ |b − b*|", false}, 0, 0,
     NULL},
    {"from_below", "one-sided updates never exceed the truth",
     "b = max(b, Tb) from b = 0 stays below b*: a table needs no axioms and never grows over-cautious.",
     EXACT " 3.7", NULL, {TABLE}, {"above", ORY_LE, "0", "b ≤ b*", false}, 0, 0, NULL},
    {0}};

/* -------------------------------------------------------------------------- reading */

/* b, v and logits of the grid at state x. */
static void read_grid(critic *c, const double *x)
{
    const size_t pairs = c->p.mdp.n * c->m, known = c->points * c->m;

    if (c->table) {
        for (size_t i = 0; i < pairs; i++)
            c->y.b[i] = x[i] > 0.5;
    } else {
        critic_logits_of_grid(c, x, c->logits);
        for (size_t i = known; i < pairs; i++) /* failures behind the cells */
            c->logits[i] = INFINITY;
        for (size_t i = 0; i < pairs; i++)
            c->y.b[i] = !(c->logits[i] < 0);
    }
    for (size_t i = 0; i < pairs; i++)
        c->y.b[i] |= c->p.mdp.bad[i / c->m];
    ory_mdp_values(&c->p.mdp, c->y.b, c->y.v);
}

static double entropy(const critic *c)
{
    double sum = 0;
    size_t cells = 0;

    for (size_t s = 0; s < c->p.mdp.n; s++) {
        size_t allowed = 0;

        if (c->truth[s])
            continue;
        for (size_t a = 0; a < c->m; a++)
            allowed += !c->y.b[s * c->m + a];
        sum += allowed > 1 ? log((double)allowed) / log((double)c->m) : 0;
        cells++;
    }
    return cells ? sum / (double)cells : NAN;
}

static const critic_look *look_at(ory_system *s, const ory_moment *m)
{
    critic *c = s->self;
    critic_look *l = &c->look;

    if (m->stamp && l->stamp == m->stamp)
        return l;
    *l = (critic_look){.stamp = m->stamp};
    read_grid(c, m->x);
    l->score = safety_problem_score(&c->p, c->y.v, c->truth);
    l->entropy = entropy(c);
    l->c = safety_problem_compare(&c->p, &c->y);
    return l;
}

static double iou_of_grid(critic *c)
{
    return safety_problem_score(&c->p, c->y.v, c->p.set.unsafe).iou;
}

static double safety_rate(ory_system *s, const double *x)
{
    critic *c = s->self;
    ory_rng rng;
    size_t kept = 0;

    ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, SP_SEED), 32);
    for (int i = 0; i < 64; i++) {
        double from[SAFETY_AXES];

        if (!critic_start_state(c, &rng, from))
            return NAN;
        kept += critic_walk(c, x, from, SAFETY_PATH, &rng, NULL) == SAFETY_PATH;
    }
    return (double)kept / 64;
}

static double known(double v)
{
    return v < 0 ? NAN : v;
}

static double counter(const critic *c, const double *x, int which)
{
    const double *work = x + c->work;

    switch (which) {
    case C_FAILURES: return work[WK_FAILURES];
    case C_EPISODES: return work[WK_EPISODES];
    case C_ROUND: return work[WK_ROUND];
    case C_STORED: return work[WK_STORED];
    case C_UNSAFE_SHARE: return work[WK_UNSAFE];
    case C_RIGHT: return known(work[WK_RIGHT]);
    case C_LOSS: return known(work[WK_LOSS]);
    case C_SPOILT: return work[WK_SPOILT];
    case C_AXIOMS: return (double)(c->n_axioms * c->m);
    case C_CONTRADICTED: return (double)c->contradicted;
    case C_WITNESS: return c->y.witness;
    case C_SPURIOUS: return c->y.spurious;
    case C_GRID_SAFE: return (double)c->p.set.safe;
    case C_TRUTH: return (double)c->truth_safe;
    default: return !c->table;
    }
}

static double number(ory_system *s, const ory_moment *m, int which)
{
    critic *c = s->self;
    const critic_look *l;

    if ((which >= C_WITNESS && which <= C_GRID_SAFE) || which == C_TRUTH ||
        (which >= C_FAILURES && which <= C_IS_NETWORK))
        return counter(c, m->x, which);
    if (which == C_SAFETY)
        return c->table ? NAN : safety_rate(s, m->x);
    l = look_at(s, m);
    switch (which) {
    case C_SAFE: return l->score.safe;
    case C_MISSED: return l->score.missed;
    case C_CAUTIOUS: return l->score.cautious;
    case C_IOU: return l->score.iou;
    case C_IOU_GRID: return iou_of_grid(c);
    case C_MISSED_PAIRS: return l->c.below;
    case C_CHANGES: return l->c.changes;
    case C_RESIDUAL: return l->c.changes / (double)(c->p.mdp.n * c->m);
    case C_ABOVE: return l->c.above;
    case C_ORDER: return l->c.order;
    case C_DISTANCE: return l->c.distance;
    case C_DISTANCE_NEXT: return l->c.distance_next;
    case C_ENTROPY: return l->entropy;
    default: return l->c.pairs + m->x[c->work + WK_HELD];
    }
}

/* The critic of a logit, or of an entry of the table, as a number from 0 (safe) to 1. */
static double as_share(const critic *c, double v)
{
    return c->table ? v : 1 / (1 + exp(-v));
}

static double cell_value(const critic *c, const double *x, int which, size_t s)
{
    const double *row = (c->table ? x : c->logits) + s * c->m;
    double least = row[0];

    switch (which) {
    case C_F_ERROR: return (double)c->y.v[s] - (double)c->truth[s];
    case C_F_TRUTH: return c->truth[s];
    case C_F_FIRST: return as_share(c, row[0]);
    case C_F_MIDDLE: return as_share(c, row[c->m / 2]);
    case C_F_LAST: return as_share(c, row[c->m - 1]);
    default: break;
    }
    for (size_t a = 1; a < c->m; a++)
        least = row[a] < least ? row[a] : least;
    return c->p.mdp.bad[s] ? 1 : as_share(c, least);
}

static void fill_field(ory_system *s, const ory_moment *m, int which, double *out)
{
    critic *c = s->self;
    const size_t slice = ory_values_size(&s->values, SP_SLICE);
    size_t cols, rows;

    look_at(s, m);
    safety_problem_plane(&c->p, &cols, &rows);
    for (size_t row = 0; row < rows; row++)
        for (size_t col = 0; col < cols; col++)
            out[row * cols + col] = cell_value(c, m->x, which, safety_problem_at(&c->p, col, row, slice));
}

static void fill_data(const critic *c, const double *x, double *out)
{
    const double stored = c->table ? 0 : x[c->work + WK_STORED];

    for (size_t i = 0; i < CRITIC_POINTS; i++) {
        const double *row;

        out[3 * i] = out[3 * i + 1] = out[3 * i + 2] = NAN;
        if (!((double)i < stored - 0.5))
            continue;
        row = x + c->buffer + c->row * ((size_t)(stored - 0.5 - (double)i) % c->capacity);
        safety_problem_point(&c->p, row, out + 3 * i);
        out[3 * i + 2] = row[CRITIC_LABEL(c)] > 0.5 ? -1 : 1;
    }
}

/* The network drives the plant, a table its own cells. */
static void fill_path(ory_system *s, const ory_moment *m, double *out)
{
    critic *c = s->self;
    ory_rng rng;

    ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, SP_SEED), 31);
    if (c->table) {
        look_at(s, m);
        safety_problem_walk(&c->p, c->y.b, c->from, true, SAFETY_PATH, &rng, out);
    } else {
        critic_walk(c, m->x, c->from, SAFETY_PATH, &rng, out);
    }
}

ory_status critic_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err)
{
    (void)err;
    if (which < C_F_CRITIC)
        *out = number(s, m, which);
    else if (which < C_A_DATA)
        fill_field(s, m, which, out);
    else if (which == C_A_DATA)
        fill_data(s->self, m->x, out);
    else
        fill_path(s, m, out);
    return ORY_OK;
}

void critic_shape(const ory_system *s, int which, size_t *rows, size_t *cols)
{
    const critic *c = s->self;

    if (which == C_A_DATA || which == C_A_PATH) {
        *rows = which == C_A_DATA ? CRITIC_POINTS : SAFETY_PATH + 1;
        *cols = which == C_A_DATA ? 3 : 2;
        return;
    }
    safety_problem_plane(&c->p, cols, rows);
}

/* Operations of one state through the network. */
static double pass(const critic *c)
{
    return c->net ? 2 * (double)c->net->dim : (double)c->m;
}

double critic_work(const ory_system *s, int which)
{
    const critic *c = s->self;

    if (which == -1)
        return c->table ? 50 * ory_values_real(&s->values, CP_EPISODES) *
                              ory_values_real(&s->values, CP_LENGTH)
                        : 3 * pass(c) * ory_values_real(&s->values, CP_BATCH) *
                              ory_values_real(&s->values, CP_INNER);
    if (which == C_SAFETY)
        return 64. * SAFETY_PATH * CRITIC_CHUNK * pass(c);
    if ((which >= C_FAILURES && which <= C_IS_NETWORK) || which == C_A_DATA)
        return 10;
    return which == C_A_PATH ? SAFETY_PATH * CRITIC_CHUNK * pass(c)
                             : (double)c->p.mdp.n * (pass(c) + 10 * (double)c->m);
}

bool critic_extent(const ory_system *s, int which, double edges[4], const char *axes[2])
{
    const critic *c = s->self;

    (void)which;
    return safety_problem_extent(&c->p, edges, axes);
}

bool critic_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size)
{
    const critic *c = s->self;

    (void)m;
    if (which == C_RIGHT)
        snprintf(text, size, c->table ? "a table has no labels" : "nothing has been labelled yet");
    else if (which == C_LOSS)
        snprintf(text, size, c->table ? "a table is not fitted" : "no minibatch has been fitted yet");
    else if (which == C_SAFETY)
        snprintf(text, size, c->table ? "a table's critic drives the grid, not the plant"
                                      : "no state was found that the plant can be kept safe from");
    else if (which == C_A_DATA)
        snprintf(text, size, c->table ? "a table keeps no transitions" : "no transition yet");
    else if (which == C_ENTROPY)
        snprintf(text, size, "no cell can be kept safe");
    else if (which == C_A_PATH)
        snprintf(text, size, "the trajectory ended before");
    else
        return false;
    return true;
}
