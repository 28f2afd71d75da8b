/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safety_grid.c - finite problems: a plant's cells and their successors, or a table of the
 * user's own; the maximal safe set of either, by algorithm, and of the plant itself. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "systems/safety.h"

const char *const safety_snaps[] = {"nearest", "inner", "outer", NULL};

static const double most_pairs = 4e6;

/* --------------------------------------------------------------------------- cells */

static double width(const safety_problem *p, size_t axis)
{
    return (p->plant.high[axis] - p->plant.low[axis]) / (double)p->cells[axis];
}

void safety_problem_centre(const safety_problem *p, size_t s, double *x)
{
    for (size_t i = p->plant.axes; i-- > 0; s /= p->cells[i])
        x[i] = p->plant.low[i] + ((double)(s % p->cells[i]) + 0.5) * width(p, i);
}

/* Clamped to the range; headings go round. */
static size_t on_axis(const safety_problem *p, size_t axis, double place)
{
    const double n = (double)p->cells[axis];

    if (axis == 2)
        place -= n * floor(place / n);
    return place < 0 ? 0 : place >= n ? p->cells[axis] - 1 : (size_t)place;
}

size_t safety_problem_cell(const safety_problem *p, const double *x)
{
    size_t s = 0;

    for (size_t i = 0; i < p->plant.axes; i++)
        s = s * p->cells[i] + on_axis(p, i, floor((x[i] - p->plant.low[i]) / width(p, i)));
    return s;
}

/* The 2^axes cells whose centres stand around x. */
static void around(const safety_problem *p, const double *x, uint32_t *out)
{
    for (size_t c = 0; c < p->mdp.fan; c++) {
        size_t s = 0;

        for (size_t i = 0; i < p->plant.axes; i++) {
            const double place = floor((x[i] - p->plant.low[i]) / width(p, i) - 0.5);

            s = s * p->cells[i] + on_axis(p, i, place + (double)(c >> i & 1));
        }
        out[c] = (uint32_t)s;
    }
}

void safety_problem_plane(const safety_problem *p, size_t *cols, size_t *rows)
{
    *cols = p->grid ? p->cells[0] : p->mdp.n;
    *rows = p->grid ? p->cells[1] : 1;
}

size_t safety_problem_at(const safety_problem *p, size_t j, size_t k, size_t h)
{
    return p->grid ? (j * p->cells[1] + k) * p->cells[2] + h : j;
}

bool safety_problem_extent(const safety_problem *p, double edges[4], const char *axes[2])
{
    memcpy(edges, p->edges, sizeof p->edges);
    axes[0] = p->grid ? p->plant.names[0] : "state";
    axes[1] = p->grid ? p->plant.names[1] : NULL;
    return true;
}

/* ---------------------------------------------------------------------- transitions */

static ory_status make_tables(ory_system *s, safety_problem *p, ory_error *err)
{
    const double pairs = (double)p->mdp.n * (double)p->mdp.m;

    if (pairs > most_pairs && !ory_values_bool(&s->values, SP_FORCE))
        return ory_fail(err, ORY_ERANGE,
                        "%s: %zu states x %zu actions are %.0f pairs (at most %.0f; force = true "
                        "allows more)",
                        s->class->name, p->mdp.n, p->mdp.m, pairs, most_pairs);
    p->mdp.next = ory_alloc(p->mdp.n * p->mdp.m * p->mdp.fan, sizeof *p->mdp.next);
    p->mdp.first = ory_alloc(p->mdp.n, sizeof *p->mdp.first);
    p->mdp.bad = ory_alloc(p->mdp.n, 1);
    if (!p->mdp.next || !p->mdp.first || !p->mdp.bad)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    return ORY_OK;
}

static void fill_grid(safety_problem *p)
{
    const uint32_t failure = (uint32_t)p->grid;
    uint32_t *next = (uint32_t *)p->mdp.next;
    uint8_t *bad = (uint8_t *)p->mdp.bad;
    double x[SAFETY_AXES], y[SAFETY_AXES];

    bad[p->grid] = 1;
    for (size_t s = 0; s <= p->grid; s++) {
        if (s < p->grid)
            safety_problem_centre(p, s, x);
        if (s < p->grid && safety_plant_failed(&p->plant, x))
            bad[s] = 1;
        for (size_t a = 0; a < p->mdp.m; a++, next += p->mdp.fan) {
            const bool failed = s == p->grid || safety_plant_hold(&p->plant, x, a, p->hold, y);

            for (size_t c = 0; failed && c < p->mdp.fan; c++)
                next[c] = failure;
            if (!failed && p->mdp.fan == 1)
                next[0] = (uint32_t)safety_problem_cell(p, y);
            else if (!failed)
                around(p, y, next);
        }
    }
}

static ory_status make_grid(ory_system *s, safety_problem *p, ory_error *err)
{
    const ory_values *v = &s->values;
    const bool robot = p->plant.kind == PLANT_ROBOT;
    const size_t N = ory_values_size(v, SP_N), M = ory_values_size(v, SP_M);
    ory_status ok;

    p->cells[0] = N ? N : robot ? 21 : 101;
    p->cells[1] = M ? M : p->cells[0];
    p->cells[2] = robot ? 8 : 1;
    p->grid = p->cells[0] * p->cells[1] * p->cells[2];
    p->mdp.n = p->grid + 1;
    p->mdp.m = p->plant.m;
    p->mdp.fan = p->snap == SNAP_NEAREST ? 1 : (size_t)1 << p->plant.axes;
    p->mdp.any = p->snap == SNAP_OUTER;
    if ((ok = make_tables(s, p, err)) != ORY_OK)
        return ok;
    fill_grid(p);
    for (size_t i = 0; i < 2; i++) {
        p->edges[2 * i] = p->plant.low[i];
        p->edges[2 * i + 1] = p->plant.high[i];
    }
    return ORY_OK;
}

/* Its successors and failure states, counted from 0 from here on. */
static ory_status fill_table(ory_system *s, safety_problem *p, ory_error *err)
{
    const ory_mat *next = ory_values_mat(&s->values, SP_NEXT);
    const ory_mat *unsafe = ory_values_mat(&s->values, SP_UNSAFE);
    uint32_t *to = (uint32_t *)p->mdp.next;

    for (size_t i = 0; i < next->rows; i++)
        for (size_t a = 0; a < next->cols; a++) {
            const double v = *ory_mat_at(next, i, a);

            if (!(v >= 1 && v <= (double)next->rows && v == floor(v)))
                return ory_fail(err, ORY_ERANGE,
                                "%s: next: state %zu, action %zu: successor %.12g (must be one of the "
                                "states 1 to %zu)",
                                s->class->name, i + 1, a + 1, v, next->rows);
            to[i * next->cols + a] = (uint32_t)v - 1;
        }
    for (size_t i = 0; unsafe && i < unsafe->rows; i++)
        for (size_t k = 0; k < unsafe->cols; k++) {
            const double v = *ory_mat_at(unsafe, i, k);

            if (!(v >= 1 && v <= (double)next->rows && v == floor(v)))
                return ory_fail(err, ORY_ERANGE, "%s: unsafe: state %.12g (must be one of 1 to %zu)",
                                s->class->name, v, next->rows);
            ((uint8_t *)p->mdp.bad)[(size_t)v - 1] = 1;
        }
    return ORY_OK;
}

/* N x M cells of a rectangle, when the user says that the table's first states are that. */
static ory_status place_table(ory_system *s, safety_problem *p, ory_error *err)
{
    const ory_mat *box = ory_values_mat(&s->values, SP_BOX);
    const size_t N = ory_values_size(&s->values, SP_N), M = ory_values_size(&s->values, SP_M);

    p->edges[0] = p->edges[2] = 0.5;
    p->edges[1] = (double)p->mdp.n + 0.5;
    p->edges[3] = 1.5;
    if (!box)
        return ORY_OK;
    if (box->rows != 2 || box->cols != 2 || N == 0 || N * (M ? M : N) > p->mdp.n)
        return ory_fail(err, ORY_ESHAPE,
                        "%s: box needs {{x0, x1}, {y0, y1}} and N x M cells among the %zu states (N = "
                        "%zu, M = %zu)",
                        s->class->name, p->mdp.n, N, M ? M : N);
    p->cells[0] = N;
    p->cells[1] = M ? M : N;
    p->cells[2] = 1;
    p->grid = p->cells[0] * p->cells[1];
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 2; k++)
            p->edges[2 * i + k] = *ory_mat_at(box, i, k);
    for (size_t i = 0; i < 2; i++) {
        p->plant.low[i] = p->edges[2 * i];
        p->plant.high[i] = p->edges[2 * i + 1];
        p->plant.names[i] = i ? "y" : "x";
        if (!(p->plant.low[i] < p->plant.high[i]))
            return ory_fail(err, ORY_EINVAL, "%s: box: %g to %g (must rise)", s->class->name,
                            p->plant.low[i], p->plant.high[i]);
    }
    return ORY_OK;
}

static ory_status make_user_table(ory_system *s, safety_problem *p, ory_error *err)
{
    const ory_mat *next = ory_values_mat(&s->values, SP_NEXT);
    ory_status ok;

    if (!next)
        return ory_fail(err, ORY_EINVAL, "%s: plant = \"table\" needs next, the table of successors",
                        s->class->name);
    p->mdp.n = next->rows;
    p->mdp.m = next->cols;
    p->mdp.fan = 1;
    p->plant.m = next->cols;
    p->snap = SNAP_NEAREST;
    if (p->mdp.n == 0 || p->mdp.m == 0)
        return ory_fail(err, ORY_ESHAPE, "%s: next is %zu x %zu (needs a state and an action)",
                        s->class->name, p->mdp.n, p->mdp.m);
    if ((ok = make_tables(s, p, err)) != ORY_OK || (ok = fill_table(s, p, err)) != ORY_OK)
        return ok;
    return place_table(s, p, err);
}

/* ---------------------------------------------------------------------------- truth */

/* Of column j the first cell, from the bottom, that an action towards `side` throughout does
 * (side > 0) or does not (side < 0) carry out there: the map keeps the order of speeds. */
static size_t turning_row(const safety_problem *p, size_t j, int side)
{
    size_t low = 0, high = p->cells[1];
    double x[SAFETY_AXES];

    while (low < high) {
        const size_t k = (low + high) / 2;

        safety_problem_centre(p, j * p->cells[1] + k, x);
        if (safety_plant_runs_out(&p->plant, x, side) == (side > 0))
            high = k;
        else
            low = k + 1;
    }
    return low;
}

static void exact_column(safety_problem *p, size_t j)
{
    const size_t from = turning_row(p, j, -1), to = turning_row(p, j, 1);

    for (size_t k = 0; k < p->cells[1]; k++)
        p->exact[j * p->cells[1] + k] = !(k >= from && k < to);
}

static ory_status solve(ory_system *s, safety_problem *p, ory_error *err)
{
    uint32_t *first = (uint32_t *)p->mdp.first;
    ory_status ok = ory_safeset_init(&p->set, p->mdp.n, p->mdp.fan, err);

    for (size_t i = 0; i < p->mdp.n; i++)
        first[i] = p->mdp.next[i * p->mdp.m * p->mdp.fan];
    if (ok != ORY_OK) {
        ory_fail_prefix(err, "%s", s->class->name);
        return ok;
    }
    ory_safeset_solve(&p->set, &p->mdp);
    return ORY_OK;
}

/* Layer at which a pair is lost, 0: never. */
static uint32_t pair_layer(const safety_problem *p, const uint32_t *to)
{
    uint32_t first = UINT32_MAX, last = 0;

    for (size_t c = 0; c < p->mdp.fan; c++) {
        const uint32_t l = p->set.layer[to[c]] ? p->set.layer[to[c]] : UINT32_MAX;

        first = l < first ? l : first;
        last = l > last ? l : last;
    }
    last = p->mdp.any ? last : first;
    return last == UINT32_MAX ? 0 : last;
}

static ory_status find_truth(ory_system *s, safety_problem *p, ory_error *err)
{
    const size_t n = p->mdp.n, m = p->mdp.m;
    size_t pairs = 0, loops = 0;
    ory_status ok = solve(s, p, err);

    if (ok != ORY_OK)
        return ok;
    for (size_t i = 0; i < n; i++) {
        if (p->mdp.bad[i])
            continue;
        pairs += m;
        for (size_t a = 0; a < m; a++) {
            const uint32_t *to = p->mdp.next + (i * m + a) * p->mdp.fan;
            const uint32_t falls = pair_layer(p, to);

            p->safe_pairs += !falls;
            p->sweeps = falls + 1 > p->sweeps ? falls + 1 : p->sweeps;
            loops += p->mdp.fan == 1 && to[0] == i;
        }
    }
    p->sweeps = (p->sweeps > p->set.layers ? p->sweeps : p->set.layers) + 1;
    p->self_loops = pairs ? (double)loops / (double)pairs : 0;
    if (safety_plant_has_truth(&p->plant)) {
        if (!(p->exact = ory_alloc(n, 1)))
            return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
        for (size_t j = 0; j < p->cells[0]; j++)
            exact_column(p, j);
        p->exact[p->grid] = 1;
        for (size_t i = 0; i < n; i++)
            p->exact_safe += !p->exact[i];
    }
    return p->mdp.fan == 1 ? ory_mdp_fixed_init(&p->fixed, &p->mdp, err) : ORY_OK;
}

ory_status safety_problem_init(ory_system *s, safety_problem *p, ory_error *err)
{
    ory_status ok;

    memset(p, 0, sizeof *p);
    safety_plant_init(&p->plant, &s->values);
    p->snap = ory_values_choice(&s->values, SP_SNAP);
    p->hold = ory_values_size(&s->values, SP_HOLD);
    ok = p->plant.kind == PLANT_TABLE ? make_user_table(s, p, err) : make_grid(s, p, err);
    return ok == ORY_OK ? find_truth(s, p, err) : ok;
}

ory_status safety_problem_inner(ory_system *s, safety_problem *p, ory_error *err)
{
    ory_status ok;

    memset(p, 0, sizeof *p);
    safety_plant_init(&p->plant, &s->values);
    p->snap = SNAP_INNER;
    p->hold = ory_values_size(&s->values, SP_HOLD);
    ok = make_grid(s, p, err);
    return ok == ORY_OK ? solve(s, p, err) : ok;
}

void safety_problem_fini(safety_problem *p)
{
    ory_free((void *)p->mdp.next);
    ory_free((void *)p->mdp.first);
    ory_free((void *)p->mdp.bad);
    ory_free(p->exact);
    ory_safeset_fini(&p->set);
    ory_mdp_fixed_fini(&p->fixed);
}

void safety_problem_tell(ory_system *s, const safety_problem *p)
{
    size_t bad = 0;

    for (size_t i = 0; i < p->mdp.n; i++)
        bad += p->mdp.bad[i];
    if (bad == 0)
        ory_system_note(s, "the failure set is empty: nothing to avoid");
    else if (bad == p->mdp.n)
        ory_system_note(s, "every state is a failure");
    else if (p->set.safe == 0)
        ory_system_note(s, "the maximal safe set is empty: b = 1 everywhere is the truth, not spurious");
    if (p->plant.kind != PLANT_TABLE && p->self_loops > 0.01)
        ory_system_note(s, "%.2f %% of the pairs stay in their cell and look like refuges: a finer "
                           "grid or a larger hold cures it", 100 * p->self_loops);
    if (p->plant.kind != PLANT_TABLE && p->plant.kind != PLANT_ROBOT && p->plant.m % 2 == 0)
        ory_system_note(s, "with an even number of actions there is no zero one");
}

/* ----------------------------------------------------------------------- walks, score */

/* One of the actions of row (> 0: unsafe) that are allowed, evenly; none: any. */
static size_t choose(const uint8_t *row, size_t m, ory_rng *rng)
{
    size_t allowed = 0, pick;

    for (size_t a = 0; a < m; a++)
        allowed += !row[a];
    if (!allowed)
        return (size_t)ory_rng_below(rng, m);
    pick = (size_t)ory_rng_below(rng, allowed);
    for (size_t a = 0;; a++)
        if (!row[a] && pick-- == 0)
            return a;
}

size_t safety_problem_walk(const safety_problem *p, const uint8_t *b, const double *x, size_t steps,
                           ory_rng *rng, double *path)
{
    double y[SAFETY_AXES] = {0};
    size_t k = 0;
    bool failed = safety_plant_failed(&p->plant, x);

    memcpy(y, x, p->plant.axes * sizeof *y);
    for (size_t i = 0; path && i < 2 * (steps + 1); i++)
        path[i] = i < 2 ? y[i] : NAN;
    while (!failed && k < steps) {
        const size_t a = choose(b + safety_problem_cell(p, y) * p->mdp.m, p->mdp.m, rng);

        failed = safety_plant_hold(&p->plant, y, a, p->hold, y);
        k++;
        if (path)
            memcpy(path + 2 * k, y, 2 * sizeof *y);
    }
    return k - failed;
}

safety_score safety_problem_score(const safety_problem *p, const uint8_t *v, const uint8_t *truth)
{
    size_t safe = 0, missed = 0, cautious = 0, both = 0, either = 0;

    for (size_t s = 0; s < p->mdp.n; s++) {
        const bool in = !v[s] && !p->mdp.bad[s];

        safe += in;
        missed += in && truth[s];
        cautious += !in && !truth[s];
        if (p->exact) {
            both += in && !p->exact[s];
            either += in || !p->exact[s];
        }
    }
    return (safety_score){
        .safe = (double)safe, .missed = (double)missed, .cautious = (double)cautious,
        .iou = safe + cautious ? (double)(safe - missed) / (double)(safe + cautious) : 1,
        .iou_exact = !p->exact ? NAN : either ? (double)both / (double)either : 1};
}

ory_status safety_bytes_init(safety_bytes *y, const safety_problem *p, ory_error *err)
{
    const size_t n = p->mdp.n, pairs = n * p->mdp.m;
    uint8_t **of_pairs[] = {&y->truth, &y->b, &y->Tb, &y->c, &y->Tc};
    size_t moved = 0;

    for (size_t i = 0; i < sizeof of_pairs / sizeof *of_pairs; i++)
        if (!(*of_pairs[i] = ory_alloc(pairs, 1)))
            return ory_fail(err, ORY_ENOMEM, "%zu pairs: out of memory", pairs);
    y->v = ory_alloc(n, 1);
    y->w = ory_alloc(n, 1);
    if (!y->v || !y->w)
        return ory_fail(err, ORY_ENOMEM, "%zu states: out of memory", n);
    ory_mdp_pairs(&p->mdp, p->set.unsafe, y->truth);
    ory_mdp_values(&p->mdp, y->truth, y->w);
    ory_mdp_pairs(&p->mdp, y->w, y->Tc); /* T b* */
    memset(y->v, 1, n);
    ory_mdp_pairs(&p->mdp, y->v, y->Tb); /* T 1 */
    for (size_t i = 0; i < pairs; i++) {
        moved += y->Tb[i] != 1;
        y->witness = y->Tb[i] != y->Tc[i] ? 1 : y->witness;
    }
    y->spurious = (double)moved / (double)pairs;
    return ORY_OK;
}

void safety_bytes_fini(safety_bytes *y)
{
    ory_free(y->truth);
    ory_free(y->b);
    ory_free(y->Tb);
    ory_free(y->c);
    ory_free(y->Tc);
    ory_free(y->v);
    ory_free(y->w);
}

safety_compare safety_problem_compare(const safety_problem *p, safety_bytes *y)
{
    const size_t pairs = p->mdp.n * p->mdp.m;
    safety_compare l = {0};

    ory_mdp_pairs(&p->mdp, y->v, y->Tb);
    for (size_t i = 0; i < pairs; i++) {
        l.pairs += !y->b[i];
        l.changes += y->b[i] != y->Tb[i];
        l.above += y->b[i] > y->truth[i];
        l.below += y->b[i] < y->truth[i];
        l.distance = y->b[i] != y->truth[i] ? 1 : l.distance;
        l.distance_next = y->Tb[i] != y->truth[i] ? 1 : l.distance_next;
        y->c[i] = y->b[i] & y->truth[i];
    }
    ory_mdp_values(&p->mdp, y->c, y->w);
    ory_mdp_pairs(&p->mdp, y->w, y->Tc);
    for (size_t i = 0; i < pairs; i++)
        l.order += y->Tc[i] > y->Tb[i];
    return l;
}
