/* SPDX-License-Identifier: GPL-3.0-or-later */
/* impl.h - the inside of a run, shared by the files of this folder and by nobody else.
 *
 *   run.c       making, reading, knobs, events
 *   go.c        the stepping loop and its reasons to stop
 *   travel.c    checkpoints, rewinding, forking
 *   recorder.c  series, sampling, sinks, watches
 *   claims.c    verdicts */
#ifndef ORY_RUN_IMPL_H
#define ORY_RUN_IMPL_H

#include "run/run.h"

enum { ORY_RUN_NAME = 64, ORY_MAX_SINKS = 4 };

/* A claim with its sides resolved to probe numbers, or constants (probe -1). */
typedef struct claim_side {
    int probe;
    double number;
} claim_side;

typedef struct claim_plan {
    const ory_claim *claim;
    claim_side left[ORY_MAX_HYPOTHESES + 1], right[ORY_MAX_HYPOTHESES + 1]; /* last: conclusion */
    int hypotheses;
    int floor; /* probe or -1 */
} claim_plan;

/* What is remembered of a claim; plain data, part of every checkpoint. */
typedef struct claim_track {
    uint64_t checked, first_step; /* UINT64_MAX: never violated */
    double worst;
    uint64_t broken[ORY_MAX_HYPOTHESES]; /* first step a `throughout` row failed, or UINT64_MAX */
    double left, right;                  /* at the first violation */
} claim_track;

typedef struct watch {
    ory_probe row;
    char name[48];
    ory_watch_fn fn;
    void *ctx;
    void (*release)(void *);
    uint64_t every;
    double value;
} watch;

typedef struct hook {
    int id;
    char label[96];
    ory_run_fn fn; /* NULL: condition */
    void *ctx;
    void (*release)(void *);
    ory_condition condition;
    uint64_t every;
    uint64_t fired_at; /* step at which it last stopped the run: it does not stop there twice */
} hook;

typedef struct recorded {
    int probe;
    ory_series *series;
    uint64_t every;   /* sampled at multiples of this ... */
    bool exact;       /* ... only; otherwise at each of the first steps too */
} recorded;

typedef struct sink {
    ory_sink_fn fn;
    void *ctx;
    void (*release)(void *);
} sink;

typedef struct event {
    uint64_t k;
    ory_event_kind kind;
    char *name, *before_text, *after_text;
    int knob;               /* KNOB */
    ory_value before, after;/* KNOB: values; text owned */
    double *poke;           /* POKE: the new block */
    size_t offset, len;
    double limit;           /* LIMIT */
} event;

struct ory_run {
    ory_system *sys;
    ory_stepper st;
    bool st_ready;
    char name[ORY_RUN_NAME];
    uint64_t id, parent, fork_step;

    size_t dim, n_slots, n_memory;
    double *x, *next, *x0, *slots, *slots_kept, *memory;
    double *grad, *grad_next;
    double loss, loss_start;
    uint64_t k, known;
    double t;
    ory_rng rng, rng_kept;
    ory_moment now;
    bool planned;       /* now.step and now.factor are of this state and these knobs */
    ory_status refusal; /* what plan answered; text in refusal_err */
    ory_error refusal_err;

    event *events;
    size_t n_events, room_events, ev_next; /* events[ev_next..] lie in the known future */

    unsigned char *images; /* n_images checkpoints of image_size bytes */
    size_t image_size, n_images, room_images, history_bytes;
    uint64_t spacing;

    recorded *rec;
    size_t n_rec, room_rec;
    double *row;
    size_t series_capacity;
    uint64_t every, recorded_upto; /* steps <= recorded_upto - 1 are in the series */
    watch **watches;
    size_t n_watches;
    hook *hooks;
    size_t n_hooks;
    int next_hook;
    sink sinks[ORY_MAX_SINKS];
    size_t n_sinks;

    claim_plan *claims;
    claim_track *track;
    int n_claims;
    uint64_t claims_every;
    double gap0;
    int gap_probe;
};

/* run.c */
void ory_run_touch(ory_run *r);                 /* the state or a knob changed: new stamp, no plan */
ory_status ory_run_plan(ory_run *r);            /* plan once; result in r->refusal */
void ory_run_evaluate(ory_run *r, const double *x, double *loss, double *grad);
ory_status ory_run_apply(ory_run *r, const event *e, bool forward, ory_error *err);
void ory_run_cut(ory_run *r);                   /* forget the known future */
event *ory_run_add_event(ory_run *r, ory_event_kind kind, const char *name, ory_error *err);
void ory_event_free(event *e);

/* travel.c */
ory_status ory_travel_start(ory_run *r, size_t history_bytes, ory_error *err);
void ory_travel_store(ory_run *r); /* a checkpoint of this state, if it is one's turn */
void ory_travel_cut(ory_run *r);   /* drop checkpoints beyond this step */

/* go.c */
ory_status ory_run_arrive(ory_run *r, ory_error *err); /* events, checkpoint, samples at this step */
ory_status ory_run_one(ory_run *r, ory_stop *stop, ory_error *err); /* one step, or a reason */

/* recorder.c */
ory_status ory_recorder_start(ory_run *r, const char *const *names, ory_error *err);
ory_status ory_recorder_sample(ory_run *r, ory_error *err);
void ory_recorder_cut(ory_run *r);
void ory_recorder_free(ory_run *r);
bool ory_sample_due(uint64_t k, uint64_t every, bool exact);
uint64_t ory_probe_interval(const ory_run *r, int probe);

/* claims.c */
ory_status ory_claims_start(ory_run *r, ory_error *err);
void ory_claims_look(ory_run *r); /* at this step */

#endif
