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
    if (!p->grid) {
        x[0] = (double)s + 1;
        return;
    }
    for (size_t i = p->plant.axes; i-- > 0; s /= p->cells[i])
        x[i] = p->plant.low[i] + ((double)(s % p->cells[i]) + 0.5) * width(p, i);
}

/* Clamped to the range, or round. */
static size_t on_axis(const safety_problem *p, size_t axis, double place)
{
    const double n = (double)p->cells[axis];

    if (p->plant.wrap[axis])
        place -= n * floor(place / n);
    return place < 0 ? 0 : place >= n ? p->cells[axis] - 1 : (size_t)place;
}

size_t safety_problem_cell(const safety_problem *p, const double *x)
{
    size_t s = 0;

    if (!p->grid)
        return (size_t)x[0] - 1;
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

/* From one cell to the next of the finite system, middle to middle. */
static bool cell_step(const safety_problem *p, const double *x, size_t a, double *out)
{
    const size_t to = p->mdp.next[(safety_problem_cell(p, x) * p->mdp.m + a) * p->mdp.fan];

    if (p->grid && to >= p->grid)
        memmove(out, x, p->plant.axes * sizeof *out);
    else
        safety_problem_centre(p, to, out);
    return p->mdp.bad[to];
}

bool safety_problem_step(const safety_problem *p, const double *x, size_t a, double *out)
{
    return p->plant.kind == PLANT_TABLE ? cell_step(p, x, a, out)
                                        : safety_plant_step(&p->plant, x, a, out);
}

bool safety_problem_failed(const safety_problem *p, const double *x)
{
    return p->plant.kind == PLANT_TABLE ? p->mdp.bad[safety_problem_cell(p, x)]
                                        : safety_plant_failed(&p->plant, x);
}

void safety_problem_plane(const safety_problem *p, size_t *cols, size_t *rows)
{
    *cols = p->grid ? p->cells[p->plane[0]] : p->mdp.n;
    *rows = p->grid && p->plant.axes > 1 ? p->cells[p->plane[1]] : 1;
}

size_t safety_problem_at(const safety_problem *p, size_t j, size_t k, size_t h)
{
    size_t at[SAFETY_AXES], s = 0, rest = h ? h - 1 : 0;

    if (!p->grid)
        return j;
    for (size_t i = p->plant.axes; i-- > 0;) {
        at[i] = h ? rest % p->cells[i] : p->cells[i] / 2;
        if (i != p->plane[0] && i != p->plane[1])
            rest /= p->cells[i];
    }
    if (p->plant.axes > 1)
        at[p->plane[1]] = k;
    at[p->plane[0]] = j;
    for (size_t i = 0; i < p->plant.axes; i++)
        s = s * p->cells[i] + at[i];
    return s;
}

void safety_problem_point(const safety_problem *p, const double *x, double out[2])
{
    out[0] = x[p->plane[0]];
    out[1] = p->plant.axes > 1 ? x[p->plane[1]] : 1; /* a strip */
}

bool safety_problem_extent(const safety_problem *p, double edges[4], const char *axes[2])
{
    edges[0] = edges[2] = 0.5;
    edges[1] = (double)p->mdp.n + 0.5;
    edges[3] = 1.5;
    axes[0] = "state";
    axes[1] = NULL;
    for (size_t i = 0; i < 2 && p->grid && i < p->plant.axes; i++) {
        edges[2 * i] = p->plant.low[p->plane[i]];
        edges[2 * i + 1] = p->plant.high[p->plane[i]];
        axes[i] = p->plant.names[p->plane[i]];
    }
    return true;
}

/* The safe cell that is nearest to the middle of the box, in cells. */
static size_t middle_safe(const safety_problem *p)
{
    size_t best = 0, least = SIZE_MAX;

    for (size_t s = 0; s < (p->grid ? p->grid : p->mdp.n); s++) {
        size_t far = 0, rest = s;

        for (size_t i = p->plant.axes; p->grid && i-- > 0; rest /= p->cells[i]) {
            const size_t at = rest % p->cells[i], mid = p->cells[i] / 2;

            far += at > mid ? at - mid : mid - at;
        }
        if (!p->set.unsafe[s] && far < least) {
            least = far;
            best = s;
        }
    }
    return best;
}

ory_status safety_problem_from(const ory_system *s, const safety_problem *p, int param, double *x,
                               ory_error *err)
{
    static const double usual[][3] = {{0.3, -1}, {0.4, -0.5}, {1, 1, 0.4}};
    const ory_mat *from = ory_values_mat(&s->values, param);
    const size_t n = p->plant.axes;

    if (!from && p->plant.kind == PLANT_TABLE)
        safety_problem_centre(p, middle_safe(p), x);
    else if (!from)
        memcpy(x, usual[p->plant.kind], n * sizeof *x);
    else if (from->rows * from->cols != n)
        return ory_fail(err, ORY_ESHAPE, "%s: from has %zu numbers (must be %zu, one for each axis of "
                        "the state)", s->class->name, from->rows * from->cols, n);
    for (size_t i = 0; from && i < n; i++)
        x[i] = *ory_mat_at(from, i / from->cols, i % from->cols);
    if (from && !p->grid && !(x[0] >= 1 && x[0] <= (double)p->mdp.n && x[0] == floor(x[0])))
        return ory_fail(err, ORY_ERANGE, "%s: from: state %.12g (must be one of 1 to %zu)",
                        s->class->name, x[0], p->mdp.n);
    return ORY_OK;
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

/* "x,v": the names of the axes, as far as they are given. */
static void name_axes(const ory_system *s, safety_problem *p)
{
    const char *text = s->values.v[SP_AXES].text;

    for (size_t i = 0; i < p->plant.axes; i++) {
        const size_t n = text ? strcspn(text, ",") : 0;

        if (n)
            snprintf(p->labels[i], sizeof p->labels[i], "%.*s", (int)n, text);
        else
            snprintf(p->labels[i], sizeof p->labels[i], "x%zu", i + 1);
        p->plant.names[i] = p->labels[i];
        text = text && text[n] ? text + n + 1 : NULL;
    }
}

/* Entry i of a list of numbers. */
static double entry(const ory_mat *a, size_t i)
{
    return *ory_mat_at(a, i / a->cols, i % a->cols);
}

/* How many cells along axis i of the box: what the user says, checked. */
static ory_status count_cells(ory_system *s, safety_problem *p, size_t i, ory_error *err)
{
    const ory_mat *cells = ory_values_mat(&s->values, SP_CELLS);
    const double N = ory_values_real(&s->values, SP_N), M = ory_values_real(&s->values, SP_M);
    const double n = cells ? entry(cells, i) : i && M > 0 ? M : N;

    if (!(n >= 1 && n <= (double)p->mdp.n && n == floor(n)))
        return ory_fail(err, ORY_ERANGE, "%s: box: %g cells along axis %zu (must be a whole number >= 1; "
                        "the table has %zu states)", s->class->name, n, i + 1, p->mdp.n);
    p->cells[i] = (size_t)n;
    return ORY_OK;
}

static ory_status check_box(ory_system *s, const safety_problem *p, const ory_mat *box, ory_error *err)
{
    const ory_mat *lists[] = {ory_values_mat(&s->values, SP_CELLS), ory_values_mat(&s->values, SP_WRAP)};
    static const char *const names[] = {"cells", "wrap"};

    if (box->cols != 2 || box->rows > SAFETY_AXES || (!lists[0] && box->rows > 2))
        return ory_fail(err, ORY_ESHAPE, "%s: box is %zu x %zu (must be rows {low, high}, at most %d of "
                        "them; more than two need cells)",
                        s->class->name, box->rows, box->cols, SAFETY_AXES);
    for (size_t i = 0; i < 2; i++)
        if (lists[i] && lists[i]->rows * lists[i]->cols != p->plant.axes)
            return ory_fail(err, ORY_ESHAPE, "%s: %s has %zu numbers (the box has %zu axes)",
                            s->class->name, names[i], lists[i]->rows * lists[i]->cols, p->plant.axes);
    return ORY_OK;
}

/* The cells of a box, when the user says that the table's first states are that. */
static ory_status place_table(ory_system *s, safety_problem *p, ory_error *err)
{
    const ory_mat *box = ory_values_mat(&s->values, SP_BOX);
    const ory_mat *wrap = ory_values_mat(&s->values, SP_WRAP);
    size_t grid = 1;
    ory_status ok;

    p->plant.axes = box ? box->rows : 1;
    memset(p->plant.wrap, 0, sizeof p->plant.wrap);
    name_axes(s, p);
    if (!box)
        return ORY_OK;
    if ((ok = check_box(s, p, box, err)) != ORY_OK)
        return ok;
    for (size_t i = 0; i < p->plant.axes; i++) {
        if ((ok = count_cells(s, p, i, err)) != ORY_OK)
            return ok;
        p->plant.low[i] = *ory_mat_at(box, i, 0);
        p->plant.high[i] = *ory_mat_at(box, i, 1);
        p->plant.wrap[i] = wrap && entry(wrap, i) != 0;
        if (!(p->plant.low[i] < p->plant.high[i]))
            return ory_fail(err, ORY_EINVAL, "%s: box: %g to %g (must rise)", s->class->name,
                            p->plant.low[i], p->plant.high[i]);
        grid = grid <= p->mdp.n ? grid * p->cells[i] : grid;
    }
    if (grid > p->mdp.n)
        return ory_fail(err, ORY_ESHAPE, "%s: box has %zu cells, the table only %zu states",
                        s->class->name, grid, p->mdp.n);
    p->grid = grid;
    return ORY_OK;
}

/* Which axes are drawn. */
static ory_status choose_plane(ory_system *s, safety_problem *p, ory_error *err)
{
    const ory_mat *plane = ory_values_mat(&s->values, SP_PLANE);

    p->plane[1] = p->plant.axes > 1;
    if (!plane)
        return ORY_OK;
    if (plane->rows * plane->cols != 2 || p->plant.axes < 2)
        return ory_fail(err, ORY_ESHAPE, "%s: plane has %zu numbers (must be 2 of the state's %zu axes)",
                        s->class->name, plane->rows * plane->cols, p->plant.axes);
    for (size_t i = 0; i < 2; i++) {
        const double a = entry(plane, i);

        if (!(a >= 1 && a <= (double)p->plant.axes && a == floor(a)) || entry(plane, 0) == entry(plane, 1))
            return ory_fail(err, ORY_ERANGE, "%s: plane: %g, %g (must be two of the axes 1 to %zu)",
                            s->class->name, entry(plane, 0), entry(plane, 1), p->plant.axes);
        p->plane[i] = (size_t)a - 1;
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
    if (ok == ORY_OK)
        ok = choose_plane(s, p, err);
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

size_t safety_problem_walk(const safety_problem *p, const uint8_t *b, const double *x, bool finite,
                           size_t steps, ory_rng *rng, double *path)
{
    double y[SAFETY_AXES] = {0};
    size_t k = 0;
    bool failed = finite ? p->mdp.bad[safety_problem_cell(p, x)] : safety_plant_failed(&p->plant, x);

    memcpy(y, x, p->plant.axes * sizeof *y);
    for (size_t i = 0; path && i < 2 * (steps + 1); i++)
        path[i] = NAN;
    if (path)
        safety_problem_point(p, y, path);
    while (!failed && k < steps) {
        const size_t a = choose(b + safety_problem_cell(p, y) * p->mdp.m, p->mdp.m, rng);

        failed = finite ? cell_step(p, y, a, y) : safety_plant_hold(&p->plant, y, a, p->hold, y);
        k++;
        if (path)
            safety_problem_point(p, y, path + 2 * k);
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
    size_t moved = 0, other = 0;

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
        other += y->Tc[i] != y->truth[i];
        y->witness = y->Tb[i] != y->Tc[i] ? 1 : y->witness;
    }
    y->spurious = (double)moved / (double)pairs;
    y->bellman = (double)other / (double)pairs;
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
