/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safety_kernel_probes.c - what can be read off safety.kernel, and its claims. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "systems/safety_kernel.h"

#define PAPER "arXiv:2401.12849"
#define EXACT "theory page 08"

enum {
    K_SAFE, K_PAIRS, K_UNSAFE, K_TRUTH_SAFE, K_TRUTH_PAIRS, K_EXACT_SAFE, K_MISSED, K_CAUTIOUS, K_IOU,
    K_IOU_EXACT, K_RESIDUAL, K_CHANGES, K_KIND, K_STUCK, K_ENTERING, K_ORDER, K_DISTANCE,
    K_DISTANCE_NEXT, K_ABOVE, K_BELOW, K_WITNESS, K_SPURIOUS, K_BELLMAN, K_COMPONENTS, K_COUNT,
    K_SWEEPS, K_SELF_LOOPS, K_AXIOMS, K_CONTRADICTED, K_LEFT, K_NOT_BINARY, K_NOT_DISTANCE, K_FROM_ABOVE,
    K_FROM_BELOW,
    K_F_CRITIC, K_F_TRUTH, K_F_EXACT, K_F_LAYER, K_F_FIRST, K_F_MIDDLE, K_F_LAST,
    K_A_POINTS, K_A_PATH
};

#define NOW(name_, label_, doc_, src_) \
    {name_, label_, ORY_SCALAR, "", ORY_LINEAR, ORY_COST_STEP, NULL, 0, 0, doc_, src_}
#define FIXED(name_, label_, doc_, src_) \
    {name_, label_, ORY_SCALAR, "", ORY_LINEAR, ORY_COST_FREE, NULL, 0, ORY_PROBE_CONSTANT, doc_, src_}
#define FIELD(name_, label_, flags_, doc_) \
    {name_, label_, ORY_FIELD, "", ORY_LINEAR, ORY_COST_STEP, NULL, 0, flags_, doc_, PAPER}

const ory_probe kernel_probes[] = {
    [K_SAFE] = NOW("safe", "safe states", "states that the critic holds safe, min_a b(s,a) = 0", PAPER),
    [K_PAIRS] = NOW("safe_pairs", "safe pairs", "pairs that the critic holds safe, b(s,a) = 0", PAPER),
    [K_UNSAFE] = NOW("unsafe_states", "unsafe states", "states with min_a b = 1, failure included", PAPER),
    [K_TRUTH_SAFE] = FIXED("truth_safe", "safe in truth", "states of the maximal safe set of the finite "
                           "system", EXACT " 4.1"),
    [K_TRUTH_PAIRS] = FIXED("truth_pairs", "pairs in truth", "pairs with b*(s,a) = 0", EXACT " 4.1"),
    [K_EXACT_SAFE] = FIXED("exact_safe", "safe without grid", "cells whose centre the plant's own map can "
                           "keep safe", EXACT " 3.8"),
    [K_MISSED] = NOW("missed", "missed unsafe", "states held safe that are doomed: the dangerous error",
                     EXACT),
    [K_CAUTIOUS] = NOW("over_cautious", "over-cautious", "states held unsafe that could be kept safe",
                       EXACT),
    [K_IOU] = NOW("iou", "IoU", "safe sets of critic and truth: intersection over union", EXACT),
    [K_IOU_EXACT] = NOW("iou_exact", "IoU, no grid", "the same against the plant's own map", EXACT " 3.8"),
    [K_RESIDUAL] = NOW("residual", "residual", "share of pairs that the operator would change, b != Tb",
                       PAPER),
    [K_CHANGES] = NOW("changes", "pairs to change", "pairs that the operator would change", PAPER),
    [K_KIND] = NOW("fixed_point", "which fixed point", "0 spurious (b = 1), 1 maximal, 2 between, -1 not a "
                   "fixed point", PAPER ", Theorem 1"),
    [K_STUCK] = NOW("stuck", "stuck", "safe states without a successor that is safe", PAPER
                    ", Theorem 1"),
    [K_ENTERING] = NOW("entering", "entering", "states outside the safe set and G with a successor in it",
                       PAPER ", Theorem 1"),
    [K_ORDER] = NOW("order_breaks", "order breaks", "pairs with T min(b, b*) > T b: none, T is monotone",
                    PAPER),
    [K_DISTANCE] = NOW("distance", "|b - b*|", "largest difference to the least fixed point", PAPER),
    [K_DISTANCE_NEXT] = NOW("distance_next", "|Tb - b*|", "the same after one more application", PAPER),
    [K_ABOVE] = NOW("above", "b > b*", "pairs held unsafe though they are safe", EXACT),
    [K_BELOW] = NOW("below", "b < b*", "pairs held safe though they doom the system", EXACT),
    [K_WITNESS] = FIXED("witness", "|Tb* - T1|", "distance of T b* and T 1; of b* and 1 it is at most 1",
                        EXACT " 3.6"),
    [K_SPURIOUS] = FIXED("spurious_moves", "moved in b = 1", "share of pairs that T changes in b = 1",
                         PAPER),
    [K_BELLMAN] = FIXED("truth_moves", "moved in b*", "share of pairs that T changes in b*", PAPER),
    [K_COMPONENTS] = FIXED("components", "cyclic components", "strongly connected components with a cycle "
                           "outside the failure set", EXACT " 3.5"),
    [K_COUNT] = FIXED("fixed_points", "fixed points", "how many fixed points T has", EXACT " 3.5"),
    [K_SWEEPS] = FIXED("sweeps", "sweeps from 0", "sweeps from b = 0 to b*, the last changes nothing",
                       EXACT " 3.6"),
    [K_SELF_LOOPS] = FIXED("self_loops", "self-loops",
                           "share of the pairs outside G that stay in their state", EXACT " 2.4"),
    [K_AXIOMS] = FIXED("axiom_pairs", "axiomatic pairs", "pairs held at 0", PAPER),
    [K_CONTRADICTED] = FIXED("contradicted", "contradicted", "axiomatic pairs with b* = 1", EXACT " 7"),
    [K_LEFT] = NOW("axioms_left", "axioms left", "axiomatic pairs that T would set to 1: their successor "
                   "is not safe", EXACT " 3.6"),
    [K_NOT_BINARY] = FIXED("other_operator", "other operator", "0 for T with one successor a pair, else 1",
                           EXACT),
    [K_NOT_DISTANCE] = FIXED("other_than_distance", "other than distance", "0 for the signed-distance "
                             "operator from q = h, else 1", EXACT),
    [K_FROM_ABOVE] = FIXED("not_from_zero", "not from 0", "0 when the critic starts at b = 0, else 1",
                           EXACT),
    [K_FROM_BELOW] = FIXED("not_from_one", "not from 1", "0 when the critic starts at b = 1, else 1",
                           EXACT),
    [K_F_CRITIC] = FIELD("critic", "critic", 0, "min_a b(s,a) over the plane: 0 safe, 1 unsafe; q: max_a"),
    [K_F_TRUTH] = FIELD("truth", "truth", ORY_PROBE_CONSTANT, "the maximal safe set: 0 safe, 1 unsafe"),
    [K_F_EXACT] = FIELD("exact", "truth", ORY_PROBE_CONSTANT,
                        "the plant's own map without a grid: 0 safe, 1 unsafe; the grid's truth where "
                        "the plant has none"),
    [K_F_LAYER] = FIELD("layer", "sweep", ORY_PROBE_CONSTANT,
                        "sweep from b = 0 in which a state falls; 0: never"),
    [K_F_FIRST] = FIELD("b_first", "b(s, first)", 0, "the critic for the first action"),
    [K_F_MIDDLE] = FIELD("b_middle", "b(s, middle)", 0, "the critic for the action in the middle"),
    [K_F_LAST] = FIELD("b_last", "b(s, last)", 0, "the critic for the last action"),
    [K_A_POINTS] = {"axiom_points", "axioms", ORY_MATRIX, "", ORY_LINEAR, ORY_COST_FREE, NULL, 0,
                    ORY_PROBE_CONSTANT, "rows (x, y, 1) of the states with axiomatic pairs", PAPER},
    [K_A_PATH] = {"path", "path", ORY_MATRIX, "", ORY_LINEAR, ORY_COST_STEP, NULL, 0, 0,
                  "rows (x, y): the plant, or the cells of a table, under a policy uniform over the "
                  "actions held safe", PAPER},
    {0}};

/* --------------------------------------------------------------------------- claims */

#define BINARY {"other_operator", ORY_LE, "0", "binary operator, one successor a pair", false}
#define IS_FIXED {"changes", ORY_LE, "0", "b = Tb", false}
#define HAS_SAFE {"truth_safe", ORY_GT, "0", "the maximal safe set is not empty", false}

const ory_claim kernel_claims[] = {
    {"spurious", "b = 1 is a fixed point",
     "T 1 = 1 on every system: the critic that calls everything unsafe satisfies the Bellman equation.",
     PAPER ", Theorem 1", NULL, {BINARY}, {"spurious_moves", ORY_LE, "0", "T1 = 1", false}, 0, 0, NULL},
    {"non_contraction", "T is no contraction",
     "|T b* - T 1| = |b* - 1| = 1 in the sup norm whenever something can be kept safe.", PAPER
     ", section III", NULL, {BINARY, HAS_SAFE},
     {"witness", ORY_GE, "1", "|Tb* − T1| ≥ 1", false}, 0, 0, NULL},
    {"bellman", "the truth solves the Bellman equation",
     "b* = T b*: the critic of the maximal safe set, found by the linear algorithm, is a fixed point.", PAPER,
     NULL, {BINARY}, {"truth_moves", ORY_LE, "0", "Tb* = b*", false}, 0, 0, NULL},
    {"monotone", "T is monotone", "b <= c implies T b <= T c; shown at min(b, b*) <= b.", EXACT " 3.6",
     NULL, {BINARY}, {"order_breaks", ORY_LE, "0", "T min(b,b*) ≤ Tb", false}, 0, 0, NULL},
    {"non_expansive", "T does not expand", "|T b - T b*| <= |b - b*| in the sup norm.", EXACT " 3.6", NULL,
     {BINARY}, {"distance_next", ORY_LE, "distance", "|Tb − b*| ≤ |b − b*|", false}, 0, 0, NULL},
    {"from_below", "from 0 the truth is reached from below",
     "Sweeps and one-sided updates from b = 0 never exceed b*.", EXACT " 3.7", NULL,
     {BINARY, {"not_from_zero", ORY_LE, "0", "start at b = 0", false}},
     {"above", ORY_LE, "0", "b ≤ b*", false}, 0, 0, NULL},
    {"from_above", "true axioms never promise too much",
     "From b = 1 with safe pairs held at 0 the critic stays above b*: its set lies in the maximal one.",
     EXACT " 3.6", NULL,
     {BINARY, {"not_from_one", ORY_LE, "0", "start at b = 1", false},
      {"contradicted", ORY_LE, "0", "all axioms are true", false}},
     {"below", ORY_LE, "0", "b ≥ b*", false}, 0, 0, NULL},
    {"invariant", "the set of a fixed point can be kept",
     "If b = Tb then every state with min_a b = 0 lies outside G and has a successor of the same kind.",
     PAPER ", Theorem 1 (i)", NULL, {BINARY, IS_FIXED}, {"stuck", ORY_LE, "0", "stuck states = 0", false},
     0, 0, NULL},
    {"unreachable", "nobody enters the set of a fixed point",
     "If b = Tb then no state outside the safe set and G has a successor inside it.", PAPER
     ", Theorem 1 (ii)",
     "The published statement includes states of G, of which T ignores the successors.",
     {BINARY, IS_FIXED}, {"entering", ORY_LE, "0", "entering states = 0", false}, 0, 0, NULL},
    {"least", "every fixed point's set lies in the maximal one",
     "b* is the least fixed point: where b = Tb, no doomed state is held safe.", PAPER, NULL,
     {BINARY, IS_FIXED}, {"missed", ORY_LE, "0", "missed = 0", false}, 0, 0, NULL},
    {"optimistic", "discounting only declares more states safe",
     "From q = h the signed-distance critic stays above the undiscounted one, for every gamma: no state "
     "that can be kept safe is given up.", EXACT " 3.9", NULL,
     {{"other_than_distance", ORY_LE, "0", "signed distance from q = h", false}},
     {"over_cautious", ORY_LE, "0", "over-cautious = 0", false}, 0, 0, NULL},
    {0}};

/* -------------------------------------------------------------------------- reading */

/* Pairs that the signed-distance operator would change. */
static size_t count_changes(const kernel *k, const double *x, double gamma)
{
    const ory_mdp *p = &k->p.mdp;
    size_t changes = 0;

    for (size_t i = 0; i < k->pairs; i++) {
        const double h = k->h[i / p->m];
        double q = NAN;

        for (size_t c = 0; c < p->fan; c++) {
            const double *row = x + (size_t)p->next[i * p->fan + c] * p->m;
            double most = row[0];

            for (size_t a = 1; a < p->m; a++)
                most = fmax(most, row[a]);
            q = c == 0 ? most : p->any ? fmax(q, most) : fmin(q, most);
        }
        q = (1 - gamma) * h + gamma * fmin(h, q);
        changes += !(fabs(q - x[i]) <= 1e-9 * (1 + fabs(h)));
    }
    return changes;
}

static int kind_of(const kernel *k, const kernel_look *l)
{
    if (l->changes > 0)
        return KIND_NOT_FIXED;
    if (l->score.safe == (double)k->p.set.safe)
        return KIND_MAXIMAL;
    return l->score.safe == 0 ? KIND_SPURIOUS : KIND_BETWEEN;
}

const kernel_look *kernel_look_at(ory_system *s, const ory_moment *m)
{
    kernel *k = s->self;
    kernel_look *l = &k->look;
    size_t stuck = 0, entering = 0;

    if (m->stamp && l->stamp == m->stamp)
        return l;
    *l = (kernel_look){.stamp = m->stamp};
    kernel_read(k, m->x, k->y.b, k->y.v);
    l->score = safety_problem_score(&k->p, k->y.v, k->p.set.unsafe);
    l->c = safety_problem_compare(&k->p, &k->y);
    l->changes = k->distance
                     ? (double)count_changes(k, m->x, ory_values_real(&s->values, KP_GAMMA))
                     : l->c.changes;
    l->stuck = l->entering = NAN;
    if (k->p.mdp.fan == 1) {
        for (size_t i = 0; i < k->p.mdp.n; i++)
            k->y.w[i] = !k->y.v[i];
        ory_mdp_set_faults(&k->p.mdp, k->y.w, &stuck, &entering);
        l->stuck = (double)stuck;
        l->entering = (double)entering;
    }
    l->kind = kind_of(k, l);
    return l;
}

static double axioms_left(ory_system *s, const ory_moment *m)
{
    kernel *k = s->self;
    size_t left = 0;

    kernel_read(k, m->x, k->y.c, k->y.w);
    ory_mdp_pairs(&k->p.mdp, k->y.w, k->y.Tc);
    for (size_t i = 0; i < k->pairs; i++)
        left += k->axiom[i] && k->y.Tc[i];
    return (double)left;
}

static double constant(const ory_system *s, int which)
{
    const kernel *k = s->self;
    const safety_problem *p = &k->p;
    const int from = ory_values_choice(&s->values, KP_START);

    switch (which) {
    case K_TRUTH_SAFE: return (double)p->set.safe;
    case K_TRUTH_PAIRS: return (double)p->safe_pairs;
    case K_EXACT_SAFE: return p->exact ? (double)p->exact_safe : NAN;
    case K_WITNESS: return k->y.witness;
    case K_SPURIOUS: return k->y.spurious;
    case K_BELLMAN: return k->y.bellman;
    case K_COMPONENTS: return p->mdp.fan == 1 ? (double)p->fixed.components : NAN;
    case K_COUNT: return p->mdp.fan == 1 ? p->fixed.count : NAN;
    case K_SWEEPS: return (double)p->sweeps;
    case K_SELF_LOOPS: return p->self_loops;
    case K_AXIOMS: return (double)k->n_axioms;
    case K_CONTRADICTED: return (double)k->contradicted;
    case K_NOT_BINARY: return k->distance || p->mdp.fan > 1;
    case K_NOT_DISTANCE: return !k->distance || from == START_GIVEN;
    case K_FROM_ABOVE: return from != START_ZERO;
    default: return from != START_ONE;
    }
}

static double number(ory_system *s, const ory_moment *m, int which)
{
    const kernel *k = s->self;
    const kernel_look *l = kernel_look_at(s, m);

    switch (which) {
    case K_SAFE: return l->score.safe;
    case K_PAIRS: return l->c.pairs;
    case K_UNSAFE: return (double)k->p.mdp.n - l->score.safe;
    case K_MISSED: return l->score.missed;
    case K_CAUTIOUS: return l->score.cautious;
    case K_IOU: return l->score.iou;
    case K_IOU_EXACT: return l->score.iou_exact;
    case K_RESIDUAL: return l->changes / (double)k->pairs;
    case K_CHANGES: return l->changes;
    case K_KIND: return k->distance ? NAN : l->kind;
    case K_STUCK: return l->stuck;
    case K_ENTERING: return l->entering;
    case K_ORDER: return l->c.order;
    case K_DISTANCE: return l->c.distance;
    case K_DISTANCE_NEXT: return l->c.distance_next;
    case K_ABOVE: return l->c.above;
    case K_BELOW: return l->c.below;
    case K_LEFT: return axioms_left(s, m);
    default: return constant(s, which);
    }
}

/* The value of a field probe at state i. */
static double cell_value(const kernel *k, const double *x, int which, size_t i)
{
    const size_t m = k->p.mdp.m;
    const double *row = x + i * m;
    double least;

    switch (which) {
    case K_F_TRUTH: return k->p.set.unsafe[i];
    case K_F_EXACT: return k->p.exact ? k->p.exact[i] : k->p.set.unsafe[i];
    case K_F_LAYER: return (double)k->p.set.layer[i];
    case K_F_FIRST: return row[0];
    case K_F_MIDDLE: return row[m / 2];
    case K_F_LAST: return row[m - 1];
    default: break;
    }
    least = row[0];
    for (size_t a = 1; a < m; a++)
        least = k->distance ? fmax(least, row[a]) : fmin(least, row[a]);
    return k->distance ? least : fmax(least, k->p.mdp.bad[i]);
}

static void fill_field(const ory_system *s, const double *x, int which, double *out)
{
    const kernel *k = s->self;
    const size_t slice = ory_values_size(&s->values, SP_SLICE);
    size_t cols, rows;

    safety_problem_plane(&k->p, &cols, &rows);
    for (size_t row = 0; row < rows; row++)
        for (size_t col = 0; col < cols; col++)
            out[row * cols + col] = cell_value(k, x, which, safety_problem_at(&k->p, col, row, slice));
}

static void fill_path(ory_system *s, const ory_moment *m, double *out)
{
    kernel *k = s->self;
    const uint8_t *b = k->drive;
    ory_rng rng;

    if (b && k->around.set.safe == 0) {
        for (size_t i = 0; i < 2 * (SAFETY_PATH + 1); i++)
            out[i] = NAN;
        return;
    }
    if (!b) {
        kernel_read(k, m->x, k->y.c, k->y.w);
        b = k->y.c;
    }
    ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, SP_SEED), 31);
    safety_problem_walk(&k->p, b, k->from, k->p.plant.kind == PLANT_TABLE, SAFETY_PATH, &rng, out);
}

ory_status kernel_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err)
{
    const kernel *k = s->self;

    (void)err;
    if (which < K_F_CRITIC)
        *out = number(s, m, which);
    else if (which < K_A_POINTS)
        fill_field(s, m->x, which, out);
    else if (which == K_A_POINTS)
        memcpy(out, k->points, 3 * k->n_points * sizeof *out);
    else
        fill_path(s, m, out);
    return ORY_OK;
}

void kernel_shape(const ory_system *s, int which, size_t *rows, size_t *cols)
{
    const kernel *k = s->self;

    if (which == K_A_POINTS || which == K_A_PATH) {
        *rows = which == K_A_POINTS ? k->n_points : SAFETY_PATH + 1;
        *cols = which == K_A_POINTS ? 3 : 2;
        return;
    }
    safety_problem_plane(&k->p, cols, rows);
}

double kernel_work(const ory_system *s, int which)
{
    const kernel *k = s->self;

    return (double)k->pairs * (double)k->p.mdp.fan * (which == -1 ? 3 : 6);
}

bool kernel_extent(const ory_system *s, int which, double edges[4], const char *axes[2])
{
    const kernel *k = s->self;

    (void)which;
    return safety_problem_extent(&k->p, edges, axes);
}

bool kernel_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size)
{
    const kernel *k = s->self;

    (void)m;
    if (which == K_EXACT_SAFE || which == K_IOU_EXACT)
        snprintf(text, size, "only the pendulum and the double integrator have a truth without a grid");
    else if (which == K_COUNT && k->p.mdp.fan == 1)
        snprintf(text, size, "%zu components: fixed points are counted up to %d", k->p.fixed.components,
                 ORY_MDP_COUNTED);
    else if (which == K_KIND)
        snprintf(text, size, "the signed-distance critic is no binary one");
    else if (which == K_STUCK || which == K_ENTERING || which == K_COMPONENTS || which == K_COUNT)
        snprintf(text, size, "stated for one successor a pair; snap = \"%s\" has several",
                 safety_snaps[k->p.snap]);
    else if (which == K_A_POINTS)
        snprintf(text, size, "no pair is an axiom");
    else if (which == K_A_PATH)
        snprintf(text, size, "the inner bracket of this grid is empty: a finer grid has one");
    else
        return false;
    return true;
}
