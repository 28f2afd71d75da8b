/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster_probes.c - what can be read off dyn.cluster, and its claims. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "systems/cluster.h"

#define PAPER "Min, Mallada (arXiv:2211.15301)"

enum probe_row {
    N_SQUARES, N_BEFORE, N_BEST, N_RESTART, N_ROUND, N_BEST_RESTART, N_MOVED, N_DONE, N_WRONG, N_BEST_WRONG,
    N_SMALLEST, N_ROUNDING,
    K_GROUPS, K_LAM2, K_GAP_RATIO, K_GAP_K,
    A_GROUP, A_BEST_GROUP, A_SIZES, A_LAM, A_RATIOS, A_EMBEDDING, A_CENTRES, A_EDGES, A_XY
};

#define ROW_(name_, label_, axis_, flags_, doc_) \
    {name_, label_, ORY_SCALAR, "", axis_, ORY_COST_FREE, NULL, 0, flags_, doc_, PAPER}
#define NOW_(name_, label_, doc_) ROW_(name_, label_, ORY_LINEAR, 0, doc_)
#define FIXED_(name_, label_, doc_) ROW_(name_, label_, ORY_LINEAR, ORY_PROBE_CONSTANT, doc_)
#define ARRAY_(name_, label_, kind_, flags_, doc_) \
    {name_, label_, kind_, "", ORY_LINEAR, ORY_COST_FREE, NULL, 0, flags_, doc_, PAPER}

const ory_probe cluster_probes[] = {
    [N_SQUARES] = ROW_("squares", "sum of squares", ORY_LOG, 0,
                       "sum of weight times squared distance of every node's point to its centre, now"),
    [N_BEFORE] = ROW_("squares_before", "before", ORY_LOG, 0,
                      "the sum of squares one round ago, of the same restart; 0: this is its first round"),
    [N_BEST] = ROW_("best_squares", "best so far", ORY_LOG, 0,
                    "least sum of squares of the restarts that have come to rest"),
    [N_RESTART] = NOW_("restart", "restart", "the restart that runs, from 1; 0: none has begun"),
    [N_ROUND] = NOW_("round", "round", "rounds of this restart"),
    [N_BEST_RESTART] = NOW_("best_restart", "best restart",
                            "the restart of the least sum of squares; 0: none yet"),
    [N_MOVED] = NOW_("moved", "moved", "nodes that changed their group in the last round"),
    [N_DONE] = NOW_("done", "done", "1 when all restarts have come to rest, else 0"),
    [N_WRONG] = NOW_("misclustered", "misclustered",
                     "nodes that disagree with truth under the best matching of the groups, now"),
    [N_BEST_WRONG] = NOW_("best_misclustered", "misclustered (best)",
                          "the same for the best restart so far"),
    [N_SMALLEST] = NOW_("smallest", "smallest group", "nodes of the smallest group"),
    [N_ROUNDING] = NOW_("rounding", "before + rounding", "the sum of squares one round ago, and 1e-12 of it"),
    [K_GROUPS] = FIXED_("k", "k", "number of groups"),
    [K_LAM2] = FIXED_("lam2", "λ2", "second eigenvalue of the Laplacian"),
    [K_GAP_RATIO] = FIXED_("gap_ratio", "λk+1/λk",
                           "ratio of the eigenvalues on both sides of the gap after k"),
    [K_GAP_K] = FIXED_("gap_k", "k by the gap", "the k of the largest ratio, from 2 to 12"),
    [A_GROUP] = ARRAY_("group", "groups", ORY_VECTOR, 0,
                       "group of every node now, numbered in order of first appearance"),
    [A_BEST_GROUP] = ARRAY_("best_group", "best groups", ORY_VECTOR, 0,
                            "group of every node in the best restart so far, numbered likewise"),
    [A_SIZES] = ARRAY_("sizes", "sizes", ORY_VECTOR, 0, "nodes of every group now"),
    [A_LAM] = ARRAY_("lam", "λ", ORY_VECTOR, ORY_PROBE_CONSTANT,
                     "the least eigenvalues of the Laplacian, at most 13"),
    [A_RATIOS] = ARRAY_("ratios", "λk+1/λk", ORY_VECTOR, ORY_PROBE_CONSTANT,
                        "ratios lambda_{k+1}/lambda_k for k = 2, 3, ..., at most 12"),
    [A_EMBEDDING] = ARRAY_("embedding", "embedding", ORY_MATRIX, ORY_PROBE_CONSTANT,
                           "first two coordinates of every node's point; of one: beside the node's number"),
    [A_CENTRES] = ARRAY_("centres", "centres", ORY_MATRIX, 0, "k x dimension: the centres now"),
    [A_EDGES] = ARRAY_("edges", "heaviest edges", ORY_MATRIX, ORY_PROBE_CONSTANT,
                       "rows (from, to, weight) of a spanning forest and the heaviest edges, at most 3 a "
                       "node"),
    [A_XY] = ARRAY_("xy", "positions", ORY_MATRIX, ORY_PROBE_CONSTANT,
                    "positions of the nodes: given, or found from the edges"),
    {0}};

/* Labels of the state at `from`, from 0 in order of first appearance, into x->shown. */
static void read_labels(cluster *x, const double *from)
{
    uint32_t count = 0;
    size_t i;

    memset(x->name, 0, x->k * sizeof *x->name);
    for (i = 0; i < x->n; i++) {
        size_t g = from[i] >= 1 && from[i] <= (double)x->k ? (size_t)from[i] - 1 : 0;

        if (x->name[g] == 0)
            x->name[g] = ++count;
        x->shown[i] = x->name[g] - 1;
    }
}

static double wrong(cluster *x, const double *from)
{
    if (!x->truth)
        return NAN;
    read_labels(x, from);
    return (double)ory_matching_wrong(&x->match, x->shown, x->truth, x->n);
}

/* Sizes of the groups now, in the order shown, into out[k]. */
static void read_sizes(cluster *x, const double *state, double *out)
{
    size_t i;

    read_labels(x, state);
    memset(out, 0, x->k * sizeof *out);
    for (i = 0; i < x->n; i++)
        out[x->shown[i]]++;
}

static double smallest(cluster *x, const double *state)
{
    double least = (double)x->n;
    size_t i, g;

    read_labels(x, state);
    memset(x->name, 0, x->k * sizeof *x->name);
    for (i = 0; i < x->n; i++)
        x->name[x->shown[i]]++;
    for (g = 0; g < x->k; g++)
        least = fmin(least, x->name[g]);
    return least;
}

static double gap_ratio(const cluster *x)
{
    return x->k >= 2 && x->k - 2 < x->gap.count ? x->gap.ratio[x->k - 2] : NAN;
}

static double begun(const double *count, double value)
{
    return count[COUNT_ROUND] > 0 ? value : NAN;
}

static double read_scalar(cluster *x, const double *state, int which)
{
    const double *count = state + x->count;

    switch (which) {
    case N_SQUARES: return begun(count, count[COUNT_SQUARES]);
    case N_BEFORE: return begun(count, count[COUNT_BEFORE]);
    case N_BEST: return count[COUNT_BEST_RESTART] > 0 ? count[COUNT_BEST] : NAN;
    case N_RESTART: return count[COUNT_RESTART];
    case N_ROUND: return count[COUNT_ROUND];
    case N_BEST_RESTART: return count[COUNT_BEST_RESTART];
    case N_MOVED: return count[COUNT_MOVED];
    case N_DONE: return count[COUNT_DONE];
    case N_WRONG: return begun(count, wrong(x, state));
    case N_BEST_WRONG: return count[COUNT_BEST_RESTART] > 0 ? wrong(x, state + x->best) : NAN;
    case N_SMALLEST: return smallest(x, state);
    case N_ROUNDING: return begun(count, count[COUNT_BEFORE] * (1 + 1e-12));
    case K_GROUPS: return (double)x->k;
    case K_LAM2: return x->n > 1 ? x->gap.lam[1] : NAN;
    case K_GAP_RATIO: return gap_ratio(x);
    default: return (double)x->gap.k;
    }
}

static size_t known_lam(const cluster *x)
{
    return x->n < x->gap.count + 2 ? x->n : x->gap.count + 2;
}

static void read_groups(cluster *x, const double *from, double *out)
{
    size_t i;

    read_labels(x, from);
    for (i = 0; i < x->n; i++)
        out[i] = x->shown[i] + 1.0;
}

static void read_embedding(const cluster *x, double *out)
{
    size_t i;

    for (i = 0; i < x->n; i++) {
        out[2 * i] = x->dim > 0 ? x->points.x[i] : 0;
        out[2 * i + 1] = x->dim > 1 ? x->points.x[x->n + i] : (double)i + 1;
    }
}

static void read_array(cluster *x, const double *state, int which, double *out)
{
    size_t i;

    switch (which) {
    case A_GROUP: read_groups(x, state, out); break;
    case A_BEST_GROUP: read_groups(x, state + x->best, out); break;
    case A_SIZES: read_sizes(x, state, out); break;
    case A_LAM: memcpy(out, x->gap.lam, known_lam(x) * sizeof *out); break;
    case A_RATIOS:
        for (i = 0; i < x->gap.count; i++)
            out[i] = x->gap.ratio[i];
        if (x->gap.count == 0)
            *out = NAN;
        break;
    case A_EMBEDDING: read_embedding(x, out); break;
    case A_CENTRES:
        memcpy(out, state + x->centre, x->k * x->dim * sizeof *out);
        if (x->dim == 0)
            memset(out, 0, x->k * sizeof *out);
        break;
    case A_EDGES: memcpy(out, x->picture.edges, 3 * x->picture.n_edges * sizeof *out); break;
    default: memcpy(out, x->picture.xy, 2 * x->n * sizeof *out);
    }
}

void cluster_probe_shape(const ory_system *s, int which, size_t *rows, size_t *cols)
{
    const cluster *x = s->self;

    *rows = *cols = 1;
    if (which < A_GROUP)
        return;
    *cols = which == A_EMBEDDING || which == A_XY ? 2 : which == A_EDGES ? 3
            : which == A_CENTRES && x->dim ? x->dim : 1;
    *rows = which == A_SIZES || which == A_CENTRES ? x->k
            : which == A_LAM ? known_lam(x)
            : which == A_RATIOS ? (x->gap.count ? x->gap.count : 1)
            : which == A_EDGES ? x->picture.n_edges : x->n;
}

ory_status cluster_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err)
{
    (void)err;
    if (which >= A_GROUP)
        read_array(s->self, m->x, which, out);
    else
        *out = read_scalar(s->self, m->x, which);
    return ORY_OK;
}

bool cluster_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size)
{
    const cluster *x = s->self;
    const char *why = NULL;

    if ((which == N_WRONG || which == N_BEST_WRONG) && !x->truth)
        why = "the true groups are not known (option truth)";
    else if (which == N_BEST || which == N_BEST_WRONG)
        why = "no restart has come to rest yet";
    else if (which <= N_ROUNDING && !(m->x[x->count + COUNT_ROUND] > 0))
        why = "before the first round there are no groups";
    else if (which == K_GAP_RATIO && (x->k < 2 || x->k - 2 >= x->gap.count))
        why = "the table of ratios goes from k = 2 to 12, and below n";
    else if (which == K_GAP_RATIO || which == A_RATIOS)
        why = "lambda_k and lambda_{k+1} are both 0: more components than groups";
    else if (which == K_LAM2)
        why = "one node has no second eigenvalue";
    if (why)
        snprintf(text, size, "%s", why);
    return why != NULL;
}

const char *cluster_entry(const ory_system *s, int which, size_t i)
{
    static const char *const ratios[] = {"k=2", "k=3", "k=4", "k=5", "k=6", "k=7", "k=8", "k=9", "k=10",
                                         "k=11", "k=12"};
    static const char *const lams[] = {"λ1", "λ2", "λ3", "λ4", "λ5", "λ6", "λ7", "λ8", "λ9", "λ10",
                                       "λ11", "λ12", "λ13"};
    static const char *const groups[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"};
    const cluster *x = s->self;

    if (which == A_RATIOS)
        return i < sizeof ratios / sizeof *ratios ? ratios[i] : NULL;
    if (which == A_LAM)
        return i < sizeof lams / sizeof *lams ? lams[i] : NULL;
    if (which == A_SIZES || which == A_CENTRES)
        return i < sizeof groups / sizeof *groups ? groups[i] : NULL;
    return which >= A_GROUP && which != A_EDGES && i < x->n ? x->names[i] : NULL;
}

/* -------------------------------------------------------------------------- claims */

const ory_claim cluster_claims[] = {
    {.name = "descent", .title = "a round never raises the sum of squares",
     .statement = "Assigning points to their nearest centres and moving centres to weighted means both lower "
                  "the weighted sum of squares, or leave it.",
     .source = "S. Lloyd, \"Least squares quantization in PCM\", 1982",
     .hypotheses = {{"round", ORY_GE, "2", "a second round of the same restart", false},
                    {"done", ORY_LE, "0", "k-means runs", false}},
     .conclusion = {"squares", ORY_LE, "rounding", "sum of squares ≤ the one before", false},
     .slack_rel = 1e-9},
    {.name = "no_empty_group", .title = "no group is empty",
     .statement = "A group that loses its last node takes the point with the largest weighted distance.",
     .source = PAPER ", the k-means step of Algorithm 1",
     .hypotheses = {{"round", ORY_GE, "1", "a round has been taken", false}},
     .conclusion = {"smallest", ORY_GE, "1", "smallest group ≥ 1 node", false}},
    {0}};
