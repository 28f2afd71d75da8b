/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nadir_verdict.c - the worst case of the network as its knobs stand. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "systems/nadir.h"

double nadir_coi(const nadir *x, const double *w)
{
    double sum = 0, total = 0;
    size_t i;

    for (i = 0; i < x->n; i++) {
        sum += x->m[i] * w[i];
        total += x->m[i];
    }
    return sum / total;
}

/* General units have no modal form to refine with: the table is the answer. */
static void buses_of_table(nadir *x)
{
    size_t i, j, N = x->task.N;

    x->table = (ory_nadir_result){.nadir = -1, .interval = NAN, .tail = NAN};
    for (i = 0; i < x->n; i++) {
        const double *F = x->F + i * N;
        ory_nadir_bus *b = &x->bus[i];

        *b = (ory_nadir_bus){0};
        for (j = 0; j < N; j++)
            if (F[j] > b->grid) {
                b->grid = F[j];
                b->grid_t = (double)(j + 1) * x->task.dt;
            }
        b->nadir = b->grid;
        b->t = b->grid_t;
        b->kind = b->t >= (double)N * x->task.dt ? ORY_NADIR_HORIZON : ORY_NADIR_INTERIOR;
        if (b->nadir > x->table.nadir * (1 + 1e-12)) {
            x->table.nadir = b->nadir;
            x->table.t = b->t;
            x->table.bus = i;
            x->table.kind = b->kind;
        }
    }
}

ory_status nadir_need_table(ory_system *s, ory_error *err)
{
    nadir *x = s->self;
    ory_nadir_units units = {&x->LB, x->m, x->d, x->rinv, ory_values_real(&s->values, NP_TAU)};
    ory_status ok;

    if (x->has_table)
        return ORY_OK;
    if (x->general) {
        ok = ory_nadir_general(&units, &x->task, x->F, NULL, err);
        if (ok == ORY_OK)
            buses_of_table(x);
    } else {
        ok = ory_nadir_table(&x->net, &x->task, x->F, err);
        if (ok == ORY_OK)
            ok = ory_nadir_buses(&x->net, &x->task, x->F, true, x->bus, &x->table, err);
    }
    x->has_table = ok == ORY_OK;
    return ok;
}

/* Row `bus` of S_j at the worst instant of a general network: simulate to it from every
 * disturbed bus at once, by the transition over that time. */
static ory_status general_row(ory_system *s, ory_error *err)
{
    nadir *x = s->self;
    ory_nadir_units units = {&x->LB, x->m, x->d, x->rinv, ory_values_real(&s->values, NP_TAU)};
    size_t order = x->states + x->n, j;
    ory_mat E;
    ory_status ok = ory_mat_new(&E, order, order, err);

    if (ok != ORY_OK)
        return ok;
    ok = ory_nadir_transition(&units, &x->task, x->t, &E, err);
    for (j = 0; ok == ORY_OK && j < x->n; j++)
        x->row[j] = *ory_mat_at(&E, x->n + x->worst_bus, x->states + j);
    ory_mat_free(&E);
    return ok;
}

static ory_status take_table(ory_system *s, ory_error *err)
{
    nadir *x = s->self;
    ory_status ok = nadir_need_table(s, err);

    if (ok != ORY_OK)
        return ok;
    x->nadir = x->table.nadir;
    x->t = x->table.t;
    x->worst_bus = x->table.bus;
    x->upper = fmax(x->table.interval, x->table.tail); /* both NaN: general units, turbines */
    return x->general ? general_row(s, err) : ORY_OK;
}

static ory_status take_search(ory_system *s, ory_error *err)
{
    nadir *x = s->self;
    ory_status ok = ory_nadir_search(&x->net, &x->task, ory_values_real(&s->values, NP_TOL), &x->search,
                                     err);

    x->nadir = x->search.nadir;
    x->t = x->search.t;
    x->worst_bus = x->search.bus;
    x->upper = x->search.upper;
    return ok;
}

/* Largest centre-of-inertia frequency over the ball: (sum u) h_1(t) / sum r, where h_1 grows
 * to its limit, or with turbines overshoots it. General units have no such mode: NaN. */
static double worst_coi(const nadir *x)
{
    double n = (double)x->n, weight = 0, h = ory_nadir_response(&x->net, &x->task, 0, INFINITY);
    double dual = x->task.ball == ORY_BALL_2 ? sqrt(n) : x->task.ball == ORY_BALL_1 ? 1 : n;
    size_t i, j;

    for (i = 0; i < x->n; i++)
        weight += x->net.r[i];
    for (j = 1; x->net.c > 0 && j <= x->task.N; j++)
        h = fmax(h, ory_nadir_response(&x->net, &x->task, 0, (double)j * x->task.dt));
    return x->general ? NAN : x->task.rho * dual * h / weight;
}

/* Projected units: u* on the true ones from rest, frame by frame over the table's time, or
 * somewhat beyond t* when that is later. */
static double simulate_worst(const ory_system *s, nadir *x)
{
    double frame = ory_values_real(&s->values, NP_FRAME), most = 0, last, *now = x->path, *next, *swap;
    size_t all = x->states + x->n, i, j, frames;

    last = fmax((double)x->task.N * x->task.dt, isinf(x->t) ? 0 : 1.2 * x->t);
    frames = (size_t)fmin(ceil(last / frame), 100000);
    next = now + all;
    memset(now, 0, x->states * sizeof *now);
    memcpy(now + x->states, x->worst, x->n * sizeof *now);
    for (j = 0; j < frames; j++) {
        nadir_simulate(x, now, next);
        for (i = 0; i < x->n; i++)
            most = fmax(most, fabs(next[x->n + i]));
        swap = now;
        now = next;
        next = swap;
    }
    return most;
}

ory_status nadir_need_verdict(ory_system *s, ory_error *err)
{
    nadir *x = s->self;
    ory_status ok;

    if (x->has_verdict)
        return ORY_OK;
    if (x->general || x->net.c > 0 || ory_values_choice(&s->values, NP_METHOD) == METHOD_TABLE)
        ok = take_table(s, err);
    else
        ok = take_search(s, err);
    if (ok != ORY_OK)
        return ok;
    if (!x->general)
        ory_nadir_row(&x->net, &x->task, x->worst_bus, x->t, x->row);
    ory_nadir_worst(&x->task, x->row, x->n, x->worst);
    x->coi_worst = worst_coi(x);
    x->checked = x->simulated && !x->general ? simulate_worst(s, x) : NAN;
    x->has_verdict = true;
    return ORY_OK;
}
