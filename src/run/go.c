/* SPDX-License-Identifier: GPL-3.0-or-later */
/* go.c - the stepping loop: one step at a time until a goal, a breakpoint, the end of a
 * time slice or a reason that lies in the run itself.
 *
 * A step is computed into a second buffer and accepted only when it is finite, so a run
 * always stands at a good state. Whatever the attempt changed besides (slots, memory,
 * random stream) is put back when it is not. Goals and breakpoints are looked at once on
 * each step, after the slice is seen to: cutting into slices changes nothing. */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "core/interrupt.h"
#include "core/offload.h"
#include "run/explicit.h"
#include "run/impl.h"

/* Growth of the loss over its reference that counts as divergence; losses below
 * small_loss never do, whatever they started from. */
static const double loss_growth = 1e6, small_loss = 1;

static void say(ory_stop *stop, ory_stop_reason reason, const char *fmt, ...) ORY_PRINTF(3, 4);

static void say(ory_stop *stop, ory_stop_reason reason, const char *fmt, ...)
{
    va_list args;

    stop->reason = reason;
    va_start(args, fmt);
    vsnprintf(stop->text, sizeof stop->text, fmt, args);
    va_end(args);
}

/* ---------------------------------------------------------------------- one step */

static bool has_event(const ory_run *r)
{
    return r->ev_next < r->n_events && r->events[r->ev_next].k == r->k;
}

/* On ground never trodden: the boundaries between stages that lie here become events. */
static void stamp_phases(ory_run *r)
{
    const ory_system_class *c = r->sys->class;

    for (int i = 0; c->phases && c->phases[i]; i++)
        if (c->phase(r->sys, &r->now, i)) /* a remark: without memory it is left out */
            (void)ory_event_note(r, ORY_EVENT_PHASE, c->phases[i], NULL, NULL);
}

ory_status ory_run_arrive(ory_run *r, ory_error *err)
{
    const bool fresh = r->k > r->known;
    ory_status ok;

    ory_travel_store(r);
    while (has_event(r) && r->events[r->ev_next].kind != ORY_EVENT_LIMIT) {
        if ((ok = ory_event_apply(r, &r->events[r->ev_next], true, err)) != ORY_OK)
            return ok;
        r->ev_next++;
    }
    if (r->k > r->known)
        r->known = r->k;
    r->unplanned = ory_run_plan(r) == ORY_EINTERRUPT;
    ory_offload_settle();
    if (fresh)
        stamp_phases(r);
    return ory_recorder_sample(r, err);
}

static void keep(ory_run *r)
{
    memcpy(r->slots_kept, r->slots, r->n_slots * sizeof(double));
    r->rng_kept = r->rng;
}

static void put_back(ory_run *r)
{
    memcpy(r->slots, r->slots_kept, r->n_slots * sizeof(double));
    r->rng = r->rng_kept;
}

static ory_status say_interrupted(const ory_run *r, ory_stop *stop)
{
    say(stop, ORY_STOP_INTERRUPTED, "interrupted at step %" PRIu64, r->k);
    return ORY_OK;
}

/* The stepper itself gave up at this state. */
static ory_status step_failed(ory_run *r, ory_status status, const ory_error *why, ory_stop *stop,
                              ory_error *err)
{
    switch (status) {
    case ORY_EDIVERGE:
        say(stop, ORY_STOP_DIVERGED, "diverged at step %" PRIu64 ": %s", r->k, why->text);
        return ORY_OK;
    case ORY_EINTERRUPT:
        return say_interrupted(r, stop);
    case ORY_EUNDEF:
    case ORY_ENOCONV:
    case ORY_ESINGULAR:
        say(stop, ORY_STOP_REFUSED, "stopped at step %" PRIu64 ": %s", r->k, why->text);
        return ORY_OK;
    default:
        say(stop, ORY_STOP_ERROR, "failed at step %" PRIu64 ": %s", r->k, why->text);
        return ory_fail(err, status, "%s", why->text);
    }
}

static void say_diverged(const ory_run *r, ory_stop *stop, const char *what)
{
    if (r->now.step > 0)
        say(stop, ORY_STOP_DIVERGED, "diverged at step %" PRIu64 ": %s (step size %.4g)", r->k,
            what, r->now.step);
    else
        say(stop, ORY_STOP_DIVERGED, "diverged at step %" PRIu64 ": %s", r->k, what);
}

/* Whether the state in r->next may be taken; its loss and gradient beside it. */
static bool acceptable(ory_run *r, double *loss, ory_stop *stop)
{
    char what[120];

    if (!ory_all_finite(r->next, r->dim)) {
        say_diverged(r, stop, "the next state is not finite");
        return false;
    }
    ory_run_evaluate(r, r->next, loss, r->grad_next);
    if (!r->sys->class->loss || *loss <= small_loss)
        return true;
    if (!isfinite(*loss)) {
        say_diverged(r, stop, "the next loss is not finite");
        return false;
    }
    if (r->loss_ref > 0 && *loss > loss_growth * r->loss_ref) {
        snprintf(what, sizeof what, "the next loss %.4g is over 1e6 times its start %.4g", *loss,
                 r->loss_ref);
        say_diverged(r, stop, what);
        return false;
    }
    return true;
}

/* A time limit that shaped the step is part of the history. `planned` is the one that
 * the known future has here, or NULL; any other begins a new future. */
static ory_status log_limit(ory_run *r, const event *planned, ory_error *err)
{
    event e = {.k = r->k, .kind = ORY_EVENT_LIMIT, .limit = r->st.t_limit};
    ory_status ok;

    if (planned && planned->limit == r->st.t_limit) {
        r->ev_next++;
        return ORY_OK;
    }
    if (r->st.limited && (ok = ory_event_room(r, err)) != ORY_OK)
        return ok;
    if (r->st.limited || planned)
        ory_run_cut(r);
    if (r->st.limited)
        ory_event_push(r, &e);
    return ORY_OK;
}

/* Leave this step: claims and memory see it for the last time. */
static void leave(ory_run *r, double t_next, double loss)
{
    double *x = r->x, *grad = r->grad;

    ory_claims_look(r);
    if (r->sys->class->observe)
        r->sys->class->observe(r->sys, &r->now, r->memory);
    r->x = r->next;
    r->next = x;
    r->grad = r->grad_next;
    r->grad_next = grad;
    r->loss = loss;
    r->t = t_next;
    r->k++;
    ory_run_touch(r);
}

static ory_status compute(ory_run *r, double limit, double *t_next, ory_error *why)
{
    r->st.loss = r->loss;
    r->st.grad = r->grad;
    r->st.t_limit = limit;
    r->st.limited = false;
    *t_next = r->t;
    why->text[0] = '\0';
    return r->st.class->step(&r->st, &r->now, r->slots, &r->rng, r->next, t_next, why);
}

/* Where a future is known its own step is tried first, and taken unless it ends behind
 * `time`: a limit shapes a step even where it only just reaches it. */
static ory_status compute_within(ory_run *r, const event *planned, double time, double *t_next,
                                 ory_error *why)
{
    const bool known = r->k < r->known;
    const double limit = planned ? fmin(planned->limit, time) : known ? INFINITY : time;
    ory_status ok = compute(r, limit, t_next, why);

    if (ok != ORY_OK || *t_next <= time)
        return ok;
    put_back(r);
    return compute(r, time, t_next, why);
}

/* The part of a step that may run beside the thread that owns Lua and the terminal. */
static void attempt_step(void *run)
{
    ory_run *r = run;
    attempt *a = &r->attempt;

    a->loss = NAN;
    a->good = false;
    a->status = compute_within(r, a->planned, a->time, &a->t_next, &a->why);
    if (a->status == ORY_OK)
        a->good = acceptable(r, &a->loss, &a->stop);
    if (a->status == ORY_OK) /* of the user's own loss or right-hand side */
        a->status = ory_trouble(r->sys, &a->why);
}

/* The step that was left behind at Ctrl-C has ended: as if it had never been tried. */
static void forget_attempt(void *run)
{
    put_back(run);
}

static ory_status try_step(ory_run *r, const event *planned, double time, bool *moved,
                           ory_stop *stop, ory_error *err)
{
    attempt *a = &r->attempt;
    ory_status ok;

    a->planned = planned;
    a->time = time;
    if (!ory_run_beside(r, attempt_step, forget_attempt))
        return say_interrupted(r, stop);
    if (a->status != ORY_OK)
        return step_failed(r, a->status, &a->why, stop, err);
    if (!a->good) {
        stop->reason = a->stop.reason;
        memcpy(stop->text, a->stop.text, sizeof stop->text);
        return ORY_OK;
    }
    if ((ok = log_limit(r, planned, err)) != ORY_OK)
        return ok;
    leave(r, a->t_next, a->loss);
    *moved = true;
    return ORY_OK;
}

ory_status ory_run_one(ory_run *r, double time, bool *moved, ory_stop *stop, ory_error *err)
{
    const event *planned = has_event(r) ? &r->events[r->ev_next] : NULL; /* see arrive */
    ory_status ok;

    *moved = false;
    ok = ory_run_plan(r);
    if (ok == ORY_EINTERRUPT)
        return say_interrupted(r, stop);
    if (r->unplanned)
        ory_recorder_amend(r);
    r->unplanned = false;
    if (ok != ORY_OK) {
        say(stop, ORY_STOP_REFUSED, "stopped at step %" PRIu64 ": %s", r->k, r->refusal_err.text);
        return ORY_OK;
    }
    keep(r);
    ok = try_step(r, planned, time, moved, stop, err);
    if (*moved)
        return ory_run_arrive(r, err);
    if (!ory_offload_busy()) /* else when what was left behind has ended */
        put_back(r);
    return ok;
}

/* ------------------------------------------------------------------- time slices */

/* Seconds of one step from which on the next is taken beside the thread that answers keys. */
static const double lasting = 0.03;

/* The clock is read every `stride` steps, some sixteen times a slice. */
typedef struct slice {
    double end, seconds, last;
    uint64_t left, stride;
} slice;

static void slice_begin(slice *s, double seconds)
{
    s->seconds = seconds;
    s->left = s->stride = 1;
    s->last = seconds > 0 ? ory_clock_now() : 0;
    s->end = s->last + seconds;
}

static bool slice_over(ory_run *r, slice *s)
{
    enum { LONGEST = 4096 };
    double now;

    if (!(s->seconds > 0) || --s->left > 0)
        return false;
    now = ory_clock_now();
    r->slow = r->heavy || (s->stride == 1 && now - s->last > lasting);
    if (now - s->last < s->seconds / 32 && s->stride < LONGEST)
        s->stride *= 2;
    else if (now - s->last > s->seconds / 8 && s->stride > 1)
        s->stride /= 2;
    s->last = now;
    s->left = s->stride;
    return now >= s->end;
}

/* ------------------------------------------------------------------------- goals */

static bool condition_met(ory_run *r, const ory_goal *goal, ory_stop *stop)
{
    char text[200];
    double value;

    for (size_t i = 0; i < goal->n_conditions; i++) {
        const ory_condition *c = &goal->conditions[i];

        if ((c->every > 1 && r->k % c->every != 0) || !ory_condition_holds(r, c, &value))
            continue;
        ory_condition_text(r, c, value, text, sizeof text);
        say(stop, ORY_STOP_CONDITION, "stopped at step %" PRIu64 ": %s", r->k, text);
        return true;
    }
    return false;
}

static ory_status ask_goal(ory_run *r, const ory_goal *goal, bool *done, ory_stop *stop,
                           ory_error *err)
{
    ory_status ok;

    if (goal->fn_every > 1 && r->k % goal->fn_every != 0)
        return ORY_OK;
    ok = goal->fn(goal->fn_ctx, r, done, err);
    if (*done)
        say(stop, ORY_STOP_FUNCTION, "stopped at step %" PRIu64 ": the stop function said so",
            r->k);
    return ok;
}

/* Is the goal reached at this step? Breakpoints first, so that none is passed over. */
static ory_status look(ory_run *r, const ory_goal *goal, bool *done, ory_stop *stop,
                       ory_error *err)
{
    ory_status ok = ORY_OK;

    if (r->n_hooks > 0)
        ok = ory_hooks_ask(r, done, stop, err);
    if (ok != ORY_OK || *done)
        return ok;
    if ((*done = condition_met(r, goal, stop)))
        return ORY_OK;
    if (goal->fn && (ok = ask_goal(r, goal, done, stop, err)) != ORY_OK)
        return ok;
    if (!*done && r->t >= goal->time) {
        *done = true;
        say(stop, ORY_STOP_TIME, "stopped at step %" PRIu64 ": t = %.6g", r->k, r->t);
    }
    return ORY_OK;
}

static ory_status loop(ory_run *r, const ory_goal *goal, ory_stop *stop, ory_error *err)
{
    const double time = r->st.class->flow && !isnan(goal->time) ? goal->time : INFINITY;
    bool done = false, moved = true;
    ory_status ok;
    slice s;

    slice_begin(&s, goal->slice);
    for (;;) {
        if (ory_interrupt_pending())
            return say_interrupted(r, stop);
        if (stop->steps > 0 && slice_over(r, &s)) {
            say(stop, ORY_STOP_SLICE, "at step %" PRIu64, r->k);
            return ORY_OK;
        }
        if ((ok = look(r, goal, &done, stop, err)) != ORY_OK || done)
            return ok;
        if (stop->steps >= goal->max_steps) {
            say(stop, ORY_STOP_STEPS, "at step %" PRIu64 ": the steps asked for are taken", r->k);
            return ORY_OK;
        }
        ok = ory_run_one(r, time, &moved, stop, err);
        stop->steps += moved;
        if (ok != ORY_OK || !moved)
            return ok;
    }
}

/* Stops that are news, once per step. */
static void log_stop(ory_run *r, const ory_stop *stop)
{
    const event *last = r->ev_next > 0 ? &r->events[r->ev_next - 1] : NULL;

    if (stop->reason != ORY_STOP_WHEN && stop->reason != ORY_STOP_DIVERGED &&
        stop->reason != ORY_STOP_REFUSED)
        return;
    if (last && last->k == r->k && last->kind == ORY_EVENT_STOP &&
        strcmp(last->name, stop->text) == 0)
        return;
    (void)ory_event_note(r, ORY_EVENT_STOP, stop->text, NULL, NULL); /* a remark, not a need */
}

ory_status ory_run_go(ory_run *r, const ory_goal *goal, ory_stop *stop, ory_error *err)
{
    ory_stop unused;
    ory_error why;
    ory_status ok;

    ory_offload_settle();
    stop = stop ? stop : &unused;
    stop->steps = 0;
    stop->reason = ORY_STOP_ERROR;
    stop->text[0] = '\0';
    err = err ? err : &why;
    if (!ory_run_may_change(r, INSIDE_GO, err)) {
        say(stop, ORY_STOP_ERROR, "%.300s", err->text);
        return ORY_EINVAL;
    }
    r->inside = INSIDE_GO;
    ok = loop(r, goal, stop, err);
    r->inside = INSIDE_NOTHING;
    if (ok != ORY_OK)
        say(stop, ORY_STOP_ERROR, "failed at step %" PRIu64 ": %.280s", r->k, err->text);
    else
        log_stop(r, stop);
    return ok;
}

ory_status ory_run_step(ory_run *r, uint64_t n, ory_stop *stop, ory_error *err)
{
    return ory_run_go(r, &(ory_goal){.max_steps = n, .time = NAN}, stop, err);
}
