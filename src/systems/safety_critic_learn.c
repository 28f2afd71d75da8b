/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safety_critic_learn.c - the learning algorithm of safety.critic, cut into steps: fit the
 * axiomatic data; then rounds of episodes, labels and minibatches (arXiv:2401.12849,
 * Algorithm 1, with the readings of theory page 08). The table learns by one-sided updates
 * along episodes on the grid. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "systems/safety_critic.h"

enum { PREFIT_MOST = 6000, TRIES = 1000 };

/* ------------------------------------------------------------------------ behaviour */

/* One draw from the box of the plant, or from a cell outside the failure set. */
static bool draw_state(const critic *c, ory_rng *rng, double *x)
{
    const safety_problem *p = &c->p;
    const safety_plant *q = &p->plant;
    size_t cell;

    if (safety_plant_has_truth(q)) {
        for (int i = 0; i < 2; i++)
            x[i] = q->low[i] + ory_rng_uniform(rng) * (q->high[i] - q->low[i]);
        return safety_plant_safe(q, x);
    }
    cell = (size_t)ory_rng_below(rng, c->points);
    safety_problem_centre(p, cell, x);
    if (p->set.unsafe[cell])
        return false;
    for (size_t i = 0; q->kind != PLANT_TABLE && i < q->axes; i++)
        x[i] += (ory_rng_uniform(rng) - 0.5) * (q->high[i] - q->low[i]) / (double)p->cells[i];
    return !safety_problem_failed(p, x);
}

bool critic_start_state(const critic *c, ory_rng *rng, double *x)
{
    enum { DRAWS = 4000 }; /* a safe share of 0.2 % is missed once in 3000 times */

    for (int i = 0; i < DRAWS; i++)
        if (draw_state(c, rng, x))
            return true;
    return false;
}

/* Evenly over the actions with logit < 0, with probability `explore`; otherwise, and when
 * all are held unsafe, the one with the smallest. */
static size_t choose(const double *logits, size_t m, double explore, ory_rng *rng)
{
    size_t allowed = 0, least = 0, pick;

    for (size_t a = 0; a < m; a++) {
        allowed += logits[a] < 0;
        least = logits[a] < logits[least] ? a : least;
    }
    if (allowed == 0 || (explore < 1 && ory_rng_uniform(rng) >= explore))
        return least;
    pick = (size_t)ory_rng_below(rng, allowed);
    for (size_t a = 0;; a++)
        if (logits[a] < 0 && pick-- == 0)
            return a;
}

size_t critic_walk(critic *c, const double *weights, const double *x, size_t steps, ory_rng *rng,
                   double *path)
{
    double y[SAFETY_AXES], logits[SAFETY_ACTIONS];
    bool failed = safety_problem_failed(&c->p, x);
    size_t k = 0;

    memcpy(y, x, c->p.plant.axes * sizeof *y);
    for (size_t i = 0; path && i < 2 * (steps + 1); i++)
        path[i] = NAN;
    if (path)
        safety_problem_point(&c->p, y, path);
    while (!failed && k < steps) {
        critic_logits(c, weights, y, 0, 1, logits);
        failed = safety_problem_step(&c->p, y, choose(logits, c->m, 1, rng), y);
        k++;
        if (path)
            safety_problem_point(&c->p, y, path + 2 * k);
    }
    return k - failed;
}

/* One episode into the buffer, whose oldest rows make room. */
static void episode(ory_system *s, double *next, ory_rng *rng)
{
    critic *c = s->self;
    double *work = next + c->work, x[SAFETY_AXES], logits[SAFETY_ACTIONS];
    const size_t length = ory_values_size(&s->values, CP_LENGTH);
    const double explore = ory_values_real(&s->values, CP_EXPLORE);
    bool failed = false;

    critic_start_state(c, rng, x);
    for (size_t k = 0; k < length && !failed; k++) {
        double *row = next + c->buffer + c->row * ((size_t)work[WK_STORED] % c->capacity);
        size_t a;

        critic_logits(c, next, x, 0, 1, logits);
        a = choose(logits, c->m, explore, rng);
        memcpy(row, x, c->p.plant.axes * sizeof *row);
        row[CRITIC_ACTION(c)] = (double)a;
        failed = safety_problem_step(&c->p, x, a, x);
        row[CRITIC_LABEL(c)] = failed;
        work[WK_STORED]++;
    }
    work[WK_EPISODES]++;
    work[WK_FAILURES] += failed;
    if (fmod(work[WK_EPISODES], ory_values_real(&s->values, CP_EPISODES)) == 0) {
        work[WK_PHASE] = PHASE_LABELS;
        work[WK_PASS] = 0;
    }
}

/* ----------------------------------------------------------------------- labels, fits */

static size_t stored(const critic *c, const double *work)
{
    return work[WK_STORED] < (double)c->capacity ? (size_t)work[WK_STORED] : c->capacity;
}

static bool any_safe(const double *logits, size_t m)
{
    for (size_t a = 0; a < m; a++)
        if (logits[a] < 0)
            return true;
    return false;
}

/* New labels of up to CRITIC_CHUNK rows: 1 where the successor failed or all of its actions
 * are held unsafe. Returns how many of those in the data the network gets wrong. */
static size_t label_rows(critic *c, double *next, double *rows, size_t n, bool one_sided)
{
    double to[SAFETY_AXES * CRITIC_CHUNK];
    double *now = c->logits, *then = c->logits + CRITIC_CHUNK * c->m;
    bool failed[CRITIC_CHUNK];
    size_t wrong = 0;

    for (size_t i = 0; i < n; i++)
        failed[i] = safety_problem_step(&c->p, rows + c->row * i,
                                        (size_t)rows[c->row * i + CRITIC_ACTION(c)],
                                        to + SAFETY_AXES * i);
    critic_logits(c, next, rows, c->row, n, now);
    critic_logits(c, next, to, SAFETY_AXES, n, then);
    for (size_t i = 0; i < n; i++) {
        const double *row = rows + c->row * i;
        double *label = rows + c->row * i + CRITIC_LABEL(c);
        const bool held = now[i * c->m + (size_t)row[CRITIC_ACTION(c)]] >= 0;

        *label = failed[i] || !any_safe(then + i * c->m, c->m);
        next[c->work + WK_UNSAFE] += *label;
        next[c->work + WK_HELD] += !held || *label < 0.5;
        wrong += held != (*label > 0.5) && (!one_sided || *label > 0.5);
    }
    return wrong;
}

static size_t axioms_wrong(critic *c, const double *weights)
{
    const size_t axes = c->p.plant.axes;
    size_t wrong = 0;

    for (size_t from = 0; from < c->n_axioms; from += CRITIC_CHUNK) {
        const size_t n = c->n_axioms - from < CRITIC_CHUNK ? c->n_axioms - from : CRITIC_CHUNK;

        critic_logits(c, weights, c->safe_x + axes * from, axes, n, c->logits);
        for (size_t i = 0; i < n * c->m; i++)
            wrong += c->logits[i] >= 0;
    }
    return wrong;
}

static void relabel(ory_system *s, double *next)
{
    critic *c = s->self;
    double *work = next + c->work;
    const bool one_sided = ory_values_choice(&s->values, CP_LABELS) == LABELS_ONE_SIDED;
    const size_t n = stored(c, work);
    size_t wrong, total;

    work[WK_UNSAFE] = work[WK_HELD] = 0;
    work[WK_SPOILT] = (double)axioms_wrong(c, next);
    wrong = (size_t)work[WK_SPOILT];
    for (size_t from = 0; from < n; from += CRITIC_CHUNK)
        wrong += label_rows(c, next, next + c->buffer + c->row * from,
                            n - from < CRITIC_CHUNK ? n - from : CRITIC_CHUNK, one_sided);
    total = c->n_axioms * c->m + (one_sided ? (size_t)work[WK_UNSAFE] : n);
    work[WK_RIGHT] = total ? 1 - (double)wrong / (double)total : 1;
    if (wrong > 0 && work[WK_PASS] < ory_values_real(&s->values, CP_PASSES)) {
        work[WK_PASS]++;
        work[WK_LEFT] = ory_values_real(&s->values, CP_STEPS);
        work[WK_PHASE] = PHASE_TRAIN;
        return;
    }
    work[WK_ROUND]++;
    work[WK_PHASE] = work[WK_ROUND] < ory_values_real(&s->values, CP_ROUNDS) ? PHASE_EPISODES
                                                                            : PHASE_DONE;
}

static void axiom_row(const critic *c, ory_rng *rng, double *row)
{
    const size_t i = (size_t)ory_rng_below(rng, c->n_axioms);

    memcpy(row, c->safe_x + c->p.plant.axes * i, c->p.plant.axes * sizeof *row);
    row[CRITIC_ACTION(c)] = (double)ory_rng_below(rng, c->m);
    row[CRITIC_LABEL(c)] = 0;
}

/* A row of D_safe or the data of the buffer, evenly over both together. */
static void draw_row(ory_system *s, const double *next, ory_rng *rng, double *row)
{
    const critic *c = s->self;
    const double *work = next + c->work;
    const bool one_sided = ory_values_choice(&s->values, CP_LABELS) == LABELS_ONE_SIDED;
    const size_t n = stored(c, work), axioms = c->n_axioms * c->m;
    const size_t data = one_sided ? (size_t)work[WK_UNSAFE] : n;
    const double *from;

    if (axioms > 0 && ory_rng_below(rng, axioms + data) < axioms) {
        axiom_row(c, rng, row);
        return;
    }
    do
        from = next + c->buffer + c->row * ory_rng_below(rng, n);
    while (one_sided && data > 0 && from[CRITIC_LABEL(c)] < 0.5);
    memcpy(row, from, c->row * sizeof *row);
}

static void train(ory_system *s, double *next, ory_rng *rng, bool prefit)
{
    critic *c = s->self;
    double *work = next + c->work;
    const size_t size = ((const mlp *)c->net->self)->samples;
    const double all = ory_values_real(&s->values, CP_ROUNDS) * ory_values_real(&s->values, CP_EPISODES);
    const double p = prefit ? 0 : fmin(work[WK_EPISODES] / all, 1);
    const double rate = (1 - p) * ory_values_real(&s->values, CP_RATE) +
                        p * ory_values_real(&s->values, CP_RATE_END);
    size_t steps = ory_values_size(&s->values, CP_INNER);
    double sum = 0;

    if (!prefit && work[WK_LEFT] < (double)steps)
        steps = (size_t)work[WK_LEFT];
    for (size_t k = 0; k < steps; k++) {
        for (size_t i = 0; i < size; i++)
            if (prefit)
                axiom_row(c, rng, c->batch + c->row * i);
            else
                draw_row(s, next, rng, c->batch + c->row * i);
        sum += critic_fit(c, next, c->batch, rate);
    }
    work[WK_LOSS] = steps ? sum / (double)steps : work[WK_LOSS];
    if (prefit) {
        if (work[WK_LOSS] < ory_values_real(&s->values, CP_PREFIT) || work[WK_ADAM] >= PREFIT_MOST)
            work[WK_PHASE] = PHASE_EPISODES;
        return;
    }
    work[WK_LEFT] -= (double)steps;
    if (work[WK_LEFT] <= 0)
        work[WK_PHASE] = PHASE_LABELS;
}

/* ------------------------------------------------------------------------------ table */

static bool presumed_safe(const double *row, size_t m)
{
    for (size_t a = 0; a < m; a++)
        if (row[a] < 0.5)
            return true;
    return false;
}

static bool falls(const critic *c, const double *b, size_t i)
{
    const ory_mdp *p = &c->p.mdp;
    size_t fallen = 0;

    for (size_t k = 0; k < p->fan; k++) {
        const size_t to = p->next[i * p->fan + k];

        fallen += p->bad[to] || !presumed_safe(b + to * p->m, p->m); /* max(i, b): G is never visited */
    }
    return p->any ? fallen == p->fan : fallen > 0;
}

/* b = max(b, Tb) along a walk that tries what is still held safe, from a random state that
 * is. Several successors: the walk takes the first. */
static void table_episode(ory_system *s, double *b, ory_rng *rng)
{
    critic *c = s->self;
    const ory_mdp *p = &c->p.mdp;
    double *work = b + c->work, row[SAFETY_ACTIONS];
    const size_t length = ory_values_size(&s->values, CP_LENGTH);
    size_t at = 0, tries = 0;

    do
        at = (size_t)ory_rng_below(rng, p->n);
    while ((p->bad[at] || !presumed_safe(b + at * p->m, p->m)) && ++tries < TRIES);
    for (size_t k = 0; k < length && !p->bad[at]; k++) {
        size_t i;

        for (size_t a = 0; a < p->m; a++)
            row[a] = b[at * p->m + a] - 0.5;
        i = at * p->m + choose(row, p->m, ory_values_real(&s->values, CP_EXPLORE), rng);
        if (falls(c, b, i))
            b[i] = 1;
        at = p->next[i * p->fan];
    }
    work[WK_EPISODES]++;
    work[WK_FAILURES] += p->bad[at];
}

ory_status critic_advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next,
                          double *t_next, ory_error *err)
{
    critic *c = s->self;

    (void)err;
    memcpy(next, m->x, s->dim * sizeof *next);
    *t_next = m->t + 1;
    if (c->table) {
        for (size_t k = 0; k < ory_values_size(&s->values, CP_EPISODES); k++)
            table_episode(s, next, rng);
        return ORY_OK;
    }
    switch ((int)next[c->work + WK_PHASE]) {
    case PHASE_PREFIT: train(s, next, rng, true); break;
    case PHASE_EPISODES: episode(s, next, rng); break;
    case PHASE_LABELS: relabel(s, next); break;
    case PHASE_TRAIN: train(s, next, rng, false); break;
    default: break;
    }
    return ORY_OK;
}
