/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_move.c - the runs of a dashboard in motion: so many steps per frame or as many as
 * it can take; several runs in step by step, time or loss level; the gradient flow beside a
 * descent at matched time. All in slices cut at step boundaries: how often the screen is
 * drawn never changes a number. */
#include "config.h"

#include "app/dash_model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "core/mem.h"

enum { CHUNK = 64, FAKE_FULL = 1000, CATCHING = 8 }; /* steps between looks at the others; at full speed */

/* ------------------------------------------------------------------------ stopping */

/* A reason that is no part of going on: tell it and pause. */
static void stopped(ory_dash *d, dash_run *run, ory_status ok, const ory_stop *stop,
                    const ory_error *err)
{
    const char *text = ok != ORY_OK ? err->text : stop->text;
    bool bad = ok != ORY_OK || stop->reason == ORY_STOP_DIVERGED;

    snprintf(run->reason, sizeof run->reason, "%.319s", text);
    run->state = stop->reason == ORY_STOP_DIVERGED  ? ORY_STATE_DIVERGED
                 : stop->reason == ORY_STOP_REFUSED ? ORY_STATE_DONE
                                                    : ORY_STATE_PAUSED;
    run->rate = NAN;
    dash_printf(d, bad ? ORY_ROLE_BAD : ORY_ROLE_WARN, "%s: %s", run->name, text);
    dash_run_on(d, false, text);
}

static bool goes_on(ory_stop_reason reason)
{
    return reason == ORY_STOP_STEPS || reason == ORY_STOP_SLICE || reason == ORY_STOP_TIME ||
           reason == ORY_STOP_CONDITION;
}

/* Returns the steps taken; *on false: it stopped for good, everything is paused. */
static uint64_t go(ory_dash *d, dash_run *run, const ory_goal *goal, bool *on)
{
    ory_stop stop = {.reason = ORY_STOP_ERROR};
    ory_error err = {0};
    ory_status ok;

    stop.text[0] = '\0';
    ok = ory_run_go(run->box->r, goal, &stop, &err);
    *on = ok == ORY_OK && goes_on(stop.reason);
    if (!*on) {
        run->box->stop = stop;
        stopped(d, run, ok, &stop, &err);
    }
    return stop.steps;
}

/* ------------------------------------------------------------------------ in step */

static double loss_of(ory_run *r)
{
    double loss = NAN;
    int i = ory_run_probe_find(r, "loss");

    if (i >= 0 && ory_run_read(r, i, &loss, NULL) != ORY_OK)
        loss = NAN;
    return loss;
}

/* How far run i is behind the first, as a goal; false: it is not. */
static bool behind(ory_dash *d, const dash_run *run, ory_goal *goal, ory_condition *level)
{
    ory_run *first = d->runs[0].box->r, *r = run->box->r;
    double loss;

    *goal = (ory_goal){.max_steps = UINT64_MAX, .time = NAN};
    if (run->state == ORY_STATE_DIVERGED || run->state == ORY_STATE_DONE)
        return false;
    switch (d->sync) {
    case ORY_SYNC_TIME:
        goal->time = ory_run_t(first);
        return ory_run_t(r) < goal->time;
    case ORY_SYNC_LOSS:
        loss = loss_of(first);
        *level = (ory_condition){.probe = ory_run_probe_find(r, "loss"), .rel = ORY_LE,
                                 .value = loss, .every = 1};
        goal->conditions = level;
        goal->n_conditions = 1;
        goal->max_steps = 1 << 20; /* it may never get there */
        return level->probe >= 0 && loss_of(r) > loss;
    default:
        goal->max_steps = ory_run_k(first) - ory_run_k(r);
        return ory_run_k(r) < ory_run_k(first);
    }
}

/* The first run may go when no other is behind. True: one was, and has moved. */
static bool catch_up(ory_dash *d, double until, bool *on)
{
    bool moved = false;
    size_t i;

    for (i = 1; i < d->n_moving && *on; i++) {
        ory_condition level;
        ory_goal goal;

        if (!behind(d, &d->runs[i], &goal, &level))
            continue;
        goal.slice = fmax(1e-4, until - ory_clock_now());
        if (ory_clock_is_fake() && goal.max_steps > FAKE_FULL)
            goal.max_steps = FAKE_FULL;
        go(d, &d->runs[i], &goal, on);
        moved = true;
        if (ory_clock_now() >= until)
            break;
    }
    return moved;
}

/* --------------------------------------------------------------------------- pace */

static void measure_rate(ory_dash *d, dash_run *run)
{
    uint64_t k = ory_run_k(run->box->r);

    if (run->rate_at < 0 || k < run->rate_k) {
        run->rate_at = d->clock;
        run->rate_k = k;
    } else if (d->clock - run->rate_at >= 0.5) {
        run->rate = (double)(k - run->rate_k) / (d->clock - run->rate_at);
        run->rate_at = d->clock;
        run->rate_k = k;
    }
}

void dash_tick(ory_dash *d, double seconds)
{
    size_t i;

    d->clock += seconds;
    if (!d->running)
        return;
    if (isinf(d->speed))
        d->owed = ory_clock_is_fake() ? FAKE_FULL : INFINITY;
    else
        d->owed = fmin(d->owed + d->speed * fmin(seconds * DASH_FPS, 4), 4 * d->speed);
    for (i = 0; i < d->n_moving; i++)
        measure_rate(d, &d->runs[i]);
}

static uint64_t due(const ory_dash *d)
{
    double most = d->n_moving > 1 ? CHUNK : 1e15;

    return d->owed < 1 ? 0 : (uint64_t)fmin(d->owed, most);
}

bool dash_is_due(const ory_dash *d)
{
    return d->running && due(d) > 0;
}

bool dash_move(ory_dash *d, double seconds)
{
    double until = ory_clock_now() + seconds;
    bool on = true;
    uint64_t steps;
    int rounds;

    while (d->running && on && due(d) > 0) {
        if (!catch_up(d, until, &on) && on) {
            ory_goal goal = {.max_steps = due(d), .time = NAN,
                             .slice = fmax(1e-4, until - ory_clock_now())};

            steps = go(d, &d->runs[0], &goal, &on);
            d->owed = fmax(0, d->owed - (double)steps);
        }
        if (!ory_clock_is_fake() && ory_clock_now() >= until)
            break;
    }
    /* Nobody is left behind when the frame is drawn, if there is time. */
    for (rounds = 0; d->running && on && rounds < CATCHING && ory_clock_now() < until; rounds++)
        if (!catch_up(d, until, &on))
            break;
    return dash_is_due(d);
}

/* ------------------------------------------------------------------------ the flow */

void dash_flow_end(ory_dash *d)
{
    size_t i;

    ory_run_free(d->flow.r);
    for (i = 0; i < DASH_FLOW_CURVES; i++)
        ory_free(d->flow.bins[i]);
    d->flow = (dash_flow){0};
}

static void flow_begin(ory_dash *d, ory_run *r)
{
    static const char *const wanted[DASH_FLOW_CURVES] = {"loss", "gap"};
    ory_run_options opt = {.stepper = "flow", .record = d->flow.names, .every = 1,
                           .name = "gradient flow"};
    ory_system *own = NULL;
    size_t i, n = 0;

    dash_flow_end(d);
    d->flow.of = ory_run_id(r);
    d->flow.sys = ory_run_system(r);
    for (i = 0; i < DASH_FLOW_CURVES; i++)
        if (ory_run_probe_find(r, wanted[i]) >= 0)
            d->flow.names[n++] = wanted[i];
    /* A system of its own: what the two cache of their states does not get in the way. */
    if (ory_system_clone(ory_run_system(r), &own, NULL) != ORY_OK)
        return;
    if (ory_run_new(own, &opt, &d->flow.r, NULL) != ORY_OK)
        d->flow.r = NULL;
    ory_system_unref(own);
}

/* Steps of the run at the times of the flow's bins, by its own recorded (step, time). */
static void match_steps(dash_flow *f, size_t curve, const ory_series *mine, const ory_series *its)
{
    size_t n = ory_series_count(mine), m = its ? ory_series_count(its) : 0, i, j = 0;
    const ory_bin *from = ory_series_bins(mine), *way = its ? ory_series_bins(its) : NULL;

    if (!f->bins[curve] || f->room[curve] < n) {
        ory_bin *more = ory_alloc(n + 256, sizeof *more);

        if (!more)
            return;
        ory_free(f->bins[curve]);
        f->bins[curve] = more;
        f->room[curve] = n + 256;
    }
    f->n[curve] = 0;
    for (i = 0; i < n; i++) {
        ory_bin b = from[i];

        while (j + 1 < m && way[j + 1].t <= b.t)
            j++;
        if (j + 1 >= m && i > 0)
            break; /* beyond the run */
        b.step = m == 0 ? 0 : way[j].step;
        if (j + 1 < m && way[j + 1].t > way[j].t)
            b.step += (uint64_t)llround((b.t - way[j].t) / (way[j + 1].t - way[j].t) *
                                        (double)(way[j + 1].step - way[j].step));
        b.last_step = b.step;
        f->bins[curve][f->n[curve]++] = b;
    }
}

/* Only of a descent: its time is the sum of its steps, which is the flow's time. */
static bool has_flow(ory_run *r)
{
    return ory_run_moment(r)->descent && ory_run_system(r)->class->loss;
}

bool dash_flow_move(ory_dash *d, double seconds)
{
    ory_run *r = d->n_moving ? d->runs[0].box->r : NULL;
    ory_goal goal = {.max_steps = ory_clock_is_fake() ? 20000 : UINT64_MAX, .slice = seconds};
    ory_stop stop;
    size_t i;

    if (!r || !d->flow_wanted || !has_flow(r)) {
        dash_flow_end(d);
        return false;
    }
    if (d->flow.of != ory_run_id(r) || d->flow.sys != ory_run_system(r) ||
        ory_run_known(r) < d->flow.known)
        flow_begin(d, r);
    d->flow.known = ory_run_known(r);
    goal.time = ory_run_t(r);
    if (!d->flow.r || !(ory_run_t(d->flow.r) < goal.time))
        return false;
    if (ory_run_go(d->flow.r, &goal, &stop, NULL) != ORY_OK || stop.reason == ORY_STOP_DIVERGED ||
        stop.reason == ORY_STOP_REFUSED) {
        dash_flow_end(d);
        d->flow_wanted = false;
        dash_say(d, "the gradient flow could not be followed further");
        return true;
    }
    for (i = 0; d->flow.names[i]; i++)
        match_steps(&d->flow, i, ory_run_series(d->flow.r, d->flow.names[i]),
                    ory_run_series(r, d->flow.names[i]));
    return true;
}
