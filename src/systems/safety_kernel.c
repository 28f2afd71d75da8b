/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safety_kernel.c - safety.kernel: sweeps of the binary Bellman operator over a finite
 * system, whose least fixed point is the maximal safe set; and the signed-distance critic
 * beside it. The state is the critic b (n x m); with operator "distance" q. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "systems/safety_kernel.h"

static const char *const operators[] = {"binary", "distance", NULL};
static const char *const starts[] = {"zero", "one", "given", NULL};
static const char *const updates[] = {"sweep", "async", NULL};
static const char *const axiom_kinds[] = {"none", "block", "given", NULL};
static const char *const drives[] = {"inner", "critic", NULL};

#define CHOICE(names_, doc_) ORY_PARAM_CHOICE, 0, 0, 0, names_, 0, "", doc_, NULL
#define MATRIX(doc_) ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "", doc_, NULL

static const ory_param params[] = {
    SAFETY_PROBLEM_PARAMS,
    [KP_OPERATOR] = {"operator", CHOICE(operators, "binary Bellman operator, or the discounted "
                     "signed-distance critic q (safe where q > 0)")},
    [KP_GAMMA] = {"gamma", ORY_PARAM_REAL, 1, 0, 1, NULL, ORY_OPEN_MIN, "",
                  "discount of the signed-distance critic", NULL},
    [KP_H] = {"h", MATRIX("signed distance of every state of a table, > 0 outside the failure set and "
              "<= 0 on it")},
    [KP_START] = {"start", CHOICE(starts, "the critic at the start: all safe, all unsafe, or b")},
    [KP_B] = {"b", MATRIX("start \"given\": the critic, n x m numbers 0 (safe) and 1")},
    [KP_UPDATE] = {"update", CHOICE(updates, "a step: one sweep over all pairs, or `samples` one-sided "
                   "updates b = max(b, Tb) of random pairs with b = 0")},
    [KP_SAMPLES] = {"samples", ORY_PARAM_INT, 1000, 1, 1e9, NULL, 0, "", "update \"async\": pairs a step",
                    NULL},
    [KP_AXIOMS] = {"axioms", CHOICE(axiom_kinds, "pairs held at 0, known to be safe: none, all actions "
                   "of a block of cells around rest, or axiom")},
    [KP_AXIOM] = {"axiom", MATRIX("axioms \"given\": rows (state, action), from 1")},
    [KP_AXIOM_X] = {"axiom_x", ORY_PARAM_REAL, 0.1, 0, INFINITY, NULL, 0, "",
                    "axioms \"block\": half its width along the first axis", NULL},
    [KP_AXIOM_V] = {"axiom_v", ORY_PARAM_REAL, 0.2, 0, INFINITY, NULL, 0, "",
                    "axioms \"block\": half its width along the second axis", NULL},
    [KP_FROM] = {"from", MATRIX("where the trajectory that is drawn begins")},
    [KP_DRIVE] = {"drive", CHOICE(drives, "what drives that trajectory: the inner bracket's critic, "
                  "which leaves a margin, or the critic itself")},
    {0}};

static const char *const record[] = {"safe", "iou", "missed", "over_cautious", "residual", NULL};

/* ---------------------------------------------------------------------------- init */

static ory_status hold_pair(ory_system *s, kernel *k, size_t state, size_t action, ory_error *err)
{
    const size_t i = state * k->p.mdp.m + action;

    if (k->p.mdp.bad[state])
        return ory_fail(err, ORY_EINVAL, "%s: axiom: state %zu, action %zu lies in the failure set",
                        s->class->name, state + 1, action + 1);
    if (k->axiom[i])
        return ORY_OK;
    k->axiom[i] = 1;
    k->n_axioms++;
    if (k->y.truth[i] && k->contradicted++ == 0)
        k->against = i;
    return ORY_OK;
}

static ory_status hold_block(ory_system *s, kernel *k, ory_error *err)
{
    const double rx = ory_values_real(&s->values, KP_AXIOM_X) + 1e-12;
    const double rv = ory_values_real(&s->values, KP_AXIOM_V) + 1e-12;
    double x[SAFETY_AXES];
    ory_status ok = ORY_OK;

    if (!k->p.grid || k->p.plant.axes != 2)
        return ory_fail(err, ORY_EINVAL, "%s: axioms = \"block\" needs a plane of cells (%s has none)",
                        s->class->name, safety_plants[k->p.plant.kind]);
    for (size_t i = 0; i < k->p.grid && ok == ORY_OK; i++) {
        safety_problem_centre(&k->p, i, x);
        for (size_t a = 0; a < k->p.mdp.m && ok == ORY_OK; a++)
            if (fabs(x[0]) <= rx && fabs(x[1]) <= rv)
                ok = hold_pair(s, k, i, a, err);
    }
    return ok;
}

static ory_status hold_given(ory_system *s, kernel *k, ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, KP_AXIOM);
    ory_status ok = ORY_OK;

    if (!a || a->cols != 2)
        return ory_fail(err, ORY_ESHAPE, "%s: axioms = \"given\" needs axiom, rows {state, action}",
                        s->class->name);
    for (size_t i = 0; i < a->rows && ok == ORY_OK; i++) {
        const double state = *ory_mat_at(a, i, 0), action = *ory_mat_at(a, i, 1);

        if (!(state >= 1 && state <= (double)k->p.mdp.n && state == floor(state) && action >= 1 &&
              action <= (double)k->p.mdp.m && action == floor(action)))
            return ory_fail(err, ORY_ERANGE,
                            "%s: axiom: state %.12g, action %.12g (must be within 1 to %zu, 1 to %zu)",
                            s->class->name, state, action, k->p.mdp.n, k->p.mdp.m);
        ok = hold_pair(s, k, (size_t)state - 1, (size_t)action - 1, err);
    }
    return ok;
}

static ory_status make_axioms(ory_system *s, kernel *k, ory_error *err)
{
    const size_t m = k->p.mdp.m;
    const int kind = ory_values_choice(&s->values, KP_AXIOMS);
    ory_status ok = kind == AXIOMS_BLOCK   ? hold_block(s, k, err)
                    : kind == AXIOMS_GIVEN ? hold_given(s, k, err)
                                           : ORY_OK;

    if (ok != ORY_OK)
        return ok;
    if (k->distance && k->n_axioms)
        return ory_fail(err, ORY_EINVAL, "%s: operator = \"distance\" has no axioms", s->class->name);
    for (size_t i = 0; i < k->p.mdp.n; i++)
        k->n_points += memchr(k->axiom + i * m, 1, m) != NULL;
    if (!(k->points = ory_alloc(3 * (k->n_points ? k->n_points : 1), sizeof *k->points)))
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    for (size_t i = 0, row = 0; i < k->p.mdp.n; i++) {
        double x[SAFETY_AXES] = {(double)i + 1, 1};

        if (!memchr(k->axiom + i * m, 1, m))
            continue;
        if (i < k->p.grid)
            safety_problem_centre(&k->p, i, x);
        safety_problem_point(&k->p, x, k->points + 3 * row);
        k->points[3 * row++ + 2] = 1;
    }
    if (k->n_points == 0) {
        k->points[0] = k->points[1] = k->points[2] = NAN;
        k->n_points = 1;
    }
    if (k->contradicted)
        ory_system_note(s, "%zu axiomatic pair%s contradicted: state %zu, action %zu dooms the system",
                        k->contradicted, k->contradicted > 1 ? "s are" : " is", k->against / m + 1,
                        k->against % m + 1);
    return ORY_OK;
}

static ory_status make_distances(ory_system *s, kernel *k, ory_error *err)
{
    const ory_mat *given = ory_values_mat(&s->values, KP_H);
    const size_t n = k->p.mdp.n;
    double x[SAFETY_AXES];

    if (!k->p.grid && !given)
        return ory_fail(err, ORY_EINVAL, "%s: operator = \"distance\" on a table needs h, a signed "
                        "distance for each state", s->class->name);
    if (given && given->rows * given->cols != n)
        return ory_fail(err, ORY_ESHAPE, "%s: h is %zu x %zu (must hold %zu numbers, one a state)",
                        s->class->name, given->rows, given->cols, n);
    k->h = ory_alloc(n, sizeof *k->h);
    k->value = ory_alloc(n, sizeof *k->value);
    if (!k->h || !k->value)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    for (size_t i = 0; i < n; i++) {
        if (given) {
            k->h[i] = *ory_mat_at(given, i / given->cols, i % given->cols);
        } else if (i < k->p.grid) {
            safety_problem_centre(&k->p, i, x);
            k->h[i] = safety_plant_margin(&k->p.plant, x);
        } else { /* the failure state: half a cell inside */
            k->h[i] = -(k->p.plant.high[0] - k->p.plant.low[0]) / (2 * (double)k->p.cells[0]);
        }
        if (!isfinite(k->h[i]) || (k->h[i] > 0) == (k->p.mdp.bad[i] == 1))
            return ory_fail(err, ORY_EINVAL,
                            "%s: h[%zu] = %g (must be > 0 outside the failure set, <= 0 on it)",
                            s->class->name, i + 1, k->h[i]);
    }
    return ORY_OK;
}

/* The critic that drives the plant for the picture: nearest cells leave no margin. */
static ory_status make_drive(ory_system *s, kernel *k, ory_error *err)
{
    ory_status ok = safety_problem_from(s, &k->p, KP_FROM, k->from, err);

    if (ok != ORY_OK)
        return ok;
    if (k->p.plant.kind == PLANT_TABLE || k->p.snap == SNAP_INNER ||
        ory_values_choice(&s->values, KP_DRIVE) == DRIVE_CRITIC)
        return ORY_OK;
    if ((ok = safety_problem_inner(s, &k->around, err)) != ORY_OK)
        return ok;
    if (!(k->drive = ory_alloc(k->pairs, 1)))
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    ory_mdp_pairs(&k->around.mdp, k->around.set.unsafe, k->drive);
    return ORY_OK;
}

static ory_status check_given(ory_system *s, const kernel *k, ory_error *err)
{
    const ory_mat *b = ory_values_mat(&s->values, KP_B);

    if (k->distance && ory_values_choice(&s->values, KP_UPDATE) == UPDATE_ASYNC)
        return ory_fail(err, ORY_EINVAL, "%s: update = \"async\" is for operator = \"binary\"",
                        s->class->name);
    if (ory_values_choice(&s->values, KP_START) != START_GIVEN)
        return ORY_OK;
    if (!b || b->rows != k->p.mdp.n || b->cols != k->p.mdp.m)
        return ory_fail(err, ORY_ESHAPE, "%s: start = \"given\" needs b, %zu x %zu numbers",
                        s->class->name, k->p.mdp.n, k->p.mdp.m);
    for (size_t i = 0; i < k->pairs && !k->distance; i++) {
        const double v = *ory_mat_at(b, i / b->cols, i % b->cols);

        if (v != 0 && v != 1)
            return ory_fail(err, ORY_EINVAL, "%s: b[%zu][%zu] = %g (must be 0 or 1)", s->class->name,
                            i / b->cols + 1, i % b->cols + 1, v);
    }
    return ORY_OK;
}

static ory_status init_parts(ory_system *s, kernel *k, ory_error *err)
{
    ory_status ok = safety_problem_init(s, &k->p, err);

    if (ok != ORY_OK)
        return ok;
    k->pairs = k->p.mdp.n * k->p.mdp.m;
    k->distance = ory_values_choice(&s->values, KP_OPERATOR) == OPERATOR_DISTANCE;
    if (!(k->axiom = ory_alloc(k->pairs, 1)))
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    if ((ok = safety_bytes_init(&k->y, &k->p, err)) != ORY_OK) {
        ory_fail_prefix(err, "%s", s->class->name);
        return ok;
    }
    safety_problem_tell(s, &k->p);
    if ((ok = make_axioms(s, k, err)) == ORY_OK && k->distance)
        ok = make_distances(s, k, err);
    if (ok == ORY_OK)
        ok = make_drive(s, k, err);
    return ok == ORY_OK ? check_given(s, k, err) : ok;
}

static ory_status init(ory_system *s, ory_error *err)
{
    kernel *k = s->self = ory_alloc(1, sizeof *k);
    ory_status ok;

    if (!k)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    if ((ok = init_parts(s, k, err)) != ORY_OK)
        return ok;
    s->dim = k->pairs;
    s->blocks[0] = (ory_block){k->distance ? "q" : "b", 0, k->p.mdp.n, k->p.mdp.m};
    s->n_blocks = 1;
    return ORY_OK;
}

static void fini(ory_system *s)
{
    kernel *k = s->self;

    if (!k)
        return;
    safety_problem_fini(&k->p);
    safety_problem_fini(&k->around);
    ory_free(k->h);
    ory_free(k->value);
    ory_free(k->axiom);
    ory_free(k->points);
    ory_free(k->drive);
    safety_bytes_fini(&k->y);
    ory_free(k);
}

/* --------------------------------------------------------------------- start, steps */

static ory_status start(ory_system *s, double *x, ory_error *err)
{
    const kernel *k = s->self;
    const ory_mat *b = ory_values_mat(&s->values, KP_B);
    const int kind = ory_values_choice(&s->values, KP_START);

    (void)err;
    for (size_t i = 0; i < k->pairs; i++) {
        if (kind == START_GIVEN)
            x[i] = *ory_mat_at(b, i / b->cols, i % b->cols);
        else if (k->distance)
            x[i] = k->h[i / k->p.mdp.m];
        else
            x[i] = kind == START_ONE;
    }
    return ORY_OK;
}

void kernel_read(const kernel *k, const double *x, uint8_t *b, uint8_t *v)
{
    if (k->distance)
        for (size_t i = 0; i < k->pairs; i++)
            b[i] = !(x[i] > 0);
    else
        for (size_t i = 0; i < k->pairs; i++)
            b[i] = x[i] > 0.5;
    ory_mdp_values(&k->p.mdp, b, v);
}

/* q(s,a) = (1 - gamma) h(s) + gamma min{h(s), max_a' q(s',a')} */
static void apply_distance(kernel *k, double gamma, const double *x, double *next)
{
    const ory_mdp *p = &k->p.mdp;

    for (size_t s = 0; s < p->n; s++) {
        k->value[s] = -INFINITY;
        for (size_t a = 0; a < p->m; a++)
            k->value[s] = fmax(k->value[s], x[s * p->m + a]);
    }
    for (size_t i = 0; i < k->pairs; i++) {
        const double h = k->h[i / p->m];
        double q = k->value[p->next[i * p->fan]];

        for (size_t c = 1; c < p->fan; c++) {
            const double other = k->value[p->next[i * p->fan + c]];

            q = p->any ? fmax(q, other) : fmin(q, other);
        }
        next[i] = (1 - gamma) * h + gamma * fmin(h, q);
    }
}

void kernel_apply(kernel *k, double gamma, const double *x, double *next)
{
    if (k->distance) {
        apply_distance(k, gamma, x, next);
        return;
    }
    kernel_read(k, x, k->y.b, k->y.v);
    ory_mdp_pairs(&k->p.mdp, k->y.v, k->y.Tb);
    for (size_t i = 0; i < k->pairs; i++)
        next[i] = k->y.Tb[i];
}

/* (T b)(i) from the critic b itself. */
static bool pair_falls(const kernel *k, const double *b, size_t i)
{
    const ory_mdp *p = &k->p.mdp;
    size_t fallen = 0;

    for (size_t c = 0; c < p->fan; c++) {
        const double *row = b + (size_t)p->next[i * p->fan + c] * p->m;
        size_t a = 0;

        while (a < p->m && row[a] > 0.5)
            a++;
        fallen += a == p->m;
    }
    return p->bad[i / p->m] || (p->any ? fallen == p->fan : fallen > 0);
}

/* b(s,a) = max{b(s,a), (Tb)(s,a)} at `samples` pairs, each uniform among those with b = 0
 * (axioms stay). Returns how many were drawn. */
static size_t update_at_random(kernel *k, size_t samples, ory_rng *rng, double *b)
{
    size_t open = 0, done = 0;

    for (size_t i = 0; i < k->pairs; i++)
        open += b[i] <= 0.5;
    for (; done < samples && open > 0; done++) {
        size_t i;

        do
            i = (size_t)ory_rng_below(rng, k->pairs);
        while (b[i] > 0.5);
        if (!k->axiom[i] && pair_falls(k, b, i)) {
            b[i] = 1;
            open--;
        }
    }
    return done;
}

static ory_status advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next,
                          double *t_next, ory_error *err)
{
    kernel *k = s->self;

    (void)err;
    if (ory_values_choice(&s->values, KP_UPDATE) == UPDATE_ASYNC) {
        memcpy(next, m->x, k->pairs * sizeof *next);
        *t_next = m->t + (double)update_at_random(k, ory_values_size(&s->values, KP_SAMPLES), rng, next);
        return ORY_OK;
    }
    kernel_apply(k, ory_values_real(&s->values, KP_GAMMA), m->x, next);
    for (size_t i = 0; k->n_axioms && i < k->pairs; i++)
        if (k->axiom[i])
            next[i] = 0;
    *t_next = m->t + 1;
    return ORY_OK;
}

static const char *standing(ory_system *s, const ory_moment *m)
{
    static const char *const words[] = {"not a fixed point", "spurious", "maximal", "between"};
    const kernel *k = s->self;

    return k->distance ? NULL : words[kernel_look_at(s, m)->kind + 1];
}

static void describe(const ory_system *s, char *text, size_t size)
{
    const kernel *k = s->self;

    snprintf(text, size, "%s · %zu states x %zu actions · %s · %zu safe", safety_plants[k->p.plant.kind],
             k->p.mdp.n, k->p.mdp.m, k->distance ? "signed distance" : safety_snaps[k->p.snap],
             k->p.set.safe);
}

const ory_system_class ory_safety_kernel_class = {
    .name = "safety.kernel",
    .summary = "maximal safe set of a finite system: the binary Bellman operator swept to its fixed "
               "points, the exact set beside it",
    .source = "A. Castellano, H. Min, J. A. Bazerque, E. Mallada, \"Learning safety critics via a "
              "non-contractive binary Bellman operator\", arXiv:2401.12849",
    .example = "safety.kernel{ plant=\"pendulum\", N=51, hold=4 }",
    .params = params,
    .probes = kernel_probes,
    .claims = kernel_claims,
    .default_stepper = "advance",
    .record = record,
    .layout = "v(h(field(critic, edge=exact, points=axiom_points, path=path, lo=0, hi=1, title='critic'):40,"
              " field(layer, edge=exact, title='sweep in which a state falls'):30):7,"
              " h(trace(safe, title='safe states'):28,"
              " table(safe, truth_safe, missed, over_cautious, iou, iou_exact, residual, "
              "fixed_point):28, claims:30):5, console:3)",
    .init = init,
    .fini = fini,
    .start = start,
    .advance = advance,
    .probe = kernel_probe,
    .shape = kernel_shape,
    .work = kernel_work,
    .standing = standing,
    .why = kernel_why,
    .extent = kernel_extent,
    .describe = describe,
};
