/* SPDX-License-Identifier: GPL-3.0-or-later */
/* impl.h - the inside of a run, shared by the files of this folder and by nobody else.
 *
 *   run.c       making a run and reading it
 *   knobs.c     live parameters and states set by hand
 *   events.c    the log of what was done, and undoing it
 *   go.c        the stepping loop and its reasons to stop
 *   hooks.c     breakpoints
 *   travel.c    checkpoints, rewinding
 *   fork.c      a second run with the same past
 *   recorder.c  series, sampling, sinks, watches
 *   claims.c    verdicts
 *   image.c     a run as bytes, and back
 *
 * What happens at a step: the run arrives (checkpoint, events of this step in the known
 * future, plan, samples), the user may change knobs or state, the run leaves (claims are
 * looked at, memory observes, the stepper steps). Whatever replay must repeat happens
 * either on arrival or on leaving, so it does not matter whether the user's changes come
 * live or from the log. */
#ifndef ORY_RUN_IMPL_H
#define ORY_RUN_IMPL_H

#include "core/offload.h"
#include "run/run.h"

enum { ORY_RUN_NAME = 64, ORY_MAX_SINKS = 4, ORY_MAX_FREE = 16 };

/* How often something is looked at, a function of the step number alone: at multiples
 * of `every`; unless exact also at each of the first steps and at powers of two, so
 * that a short run has rows too. */
typedef struct pace {
    uint64_t every, first;
    bool exact;
} pace;

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
    bool varies; /* a side can differ from step to step */
    pace pace;
    uint64_t due; /* step of the next look */
} claim_plan;

/* What is remembered of a claim over the steps that the run has left; plain data, part
 * of every checkpoint. The step it is at comes on top when a verdict is asked for. */
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
    bool busy; /* its function is running: reading itself would never end */
} watch;

typedef struct hook {
    int id;
    char label[96];
    ory_run_fn fn; /* NULL: condition */
    void *ctx;
    void (*release)(void *);
    ory_condition condition;
    uint64_t every;
    uint64_t looked_at; /* step of the last look, or UINT64_MAX: looked at once per arrival */
    bool was;           /* the condition held then: it fires when it becomes true */
    bool dead;          /* removed while hooks are being asked */
} hook;

/* Where the values of a recorded probe come from. */
typedef enum { FROM_LOSS, FROM_STEP, FROM_CLASS, FROM_FREE, FROM_RUN } source_kind;

typedef struct recorded {
    int probe; /* the run's number */
    source_kind source;
    const ory_probe *row;
    ory_series *series;
    pace pace;
    uint64_t upto; /* steps below this are in the series */
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
    int knob;           /* KNOB */
    ory_value value;    /* KNOB: the value that is not in the knob now; applying swaps */
    double *poke;       /* POKE: the new block */
    size_t offset, len;
    double limit;       /* LIMIT */
} event;

/* A checkpoint lies in memory as head, numbers (state, slots, memory), claim tracks. */
typedef struct image_head {
    uint64_t k;
    double t, loss_ref;
    ory_rng rng;
} image_head;

typedef struct checkpoint {
    image_head head; /* a copy */
    double *numbers;
    claim_track *track;
} checkpoint;

/* What a function of the user's may not do while it is called by the run. */
typedef enum { INSIDE_NOTHING, INSIDE_GO /* move it */, INSIDE_SAMPLE /* change it */ } inside_kind;

/* One attempt at a step, as far as it is pure C: what is wanted, and what came of it. */
typedef struct attempt {
    const event *planned; /* the limit that the known future has here, or NULL */
    double time, t_next, loss;
    bool good;
    ory_status status;
    ory_error why;
    ory_stop stop;
} attempt;

/* A probe that is read beside the thread that answers keys, into numbers of its own. */
typedef struct reading {
    ory_run *run;
    int probe;
    double *out;
    ory_status status;
    ory_error err;
} reading;

struct ory_run {
    ory_system *sys;
    ory_stepper st;
    bool st_ready;
    char name[ORY_RUN_NAME];
    uint64_t id, parent, fork_step;
    inside_kind inside;

    int n_class_probes; /* rows of the class's own table, which come first */
    const ory_probe *free_rows[ORY_MAX_FREE];
    int n_system_probes, n_stepper_probes;
    size_t dim, n_slots, n_memory;
    double *x, *next, *x0, *slots, *slots_kept, *memory;
    double *grad, *grad_next; /* of the loss at x, when the stepper needs it */
    double loss, loss_ref;    /* at x; at the start or after the last change by hand */
    uint64_t k, known;
    double t;
    ory_rng rng, rng_kept;
    ory_moment now;
    bool planned;       /* now.step and now.factor are of this state and these knobs */
    ory_status refusal; /* what plan answered; text in refusal_err */
    ory_error refusal_err;
    attempt attempt;
    ory_plan plan; /* the answer */
    bool unplanned; /* Ctrl-C came before the answer, the sample of this step lacks it */
    bool heavy, slow; /* by its sizes, or by the last step, one lasts: taken on a thread of its own */

    event *events;
    size_t n_events, room_events, ev_next; /* events[ev_next..] lie in the known future */

    unsigned char *images; /* n_images checkpoints of image_size bytes */
    size_t image_size, n_images, room_images, history_bytes;
    uint64_t spacing; /* a power of two */

    recorded *rec;
    size_t n_rec, room_rec;
    double *row;   /* n_rec values for the sinks */
    size_t *each;  /* entries of rec sampled at each step */
    size_t n_each;
    uint64_t others_due; /* step before which no other entry is due */
    size_t series_capacity;
    uint64_t every, recorded_upto; /* steps below this have gone to the sinks */
    watch **watches;
    size_t n_watches;
    hook *hooks;
    size_t n_hooks;
    int next_hook;
    bool asking; /* hooks are being asked: removal waits */
    sink sinks[ORY_MAX_SINKS];
    size_t n_sinks;

    claim_plan *claims;
    claim_track *track;
    int n_claims;
    uint64_t claims_due; /* step before which no claim is due */
    double gap0;
    int gap_probe;
};

/* run.c */
ory_status ory_run_build(ory_system *sys, const ory_run_options *opt, ory_run **out,
                         ory_error *err); /* everything but state, samples and checkpoints */
ory_status ory_run_begin(ory_run *r, ory_error *err); /* state and gap of step 0 */
void ory_run_touch(ory_run *r);           /* the state or a knob changed: new stamp, no plan */
ory_status ory_run_plan(ory_run *r);      /* plan once; result in r->refusal; or ORY_EINTERRUPT */
/* Work of a run whose steps last is done beside the thread that answers keys; false: Ctrl-C
 * left it behind, and `forget` undoes it when it has ended. */
bool ory_run_beside(ory_run *r, ory_offload_fn work, ory_offload_fn forget);
void ory_run_evaluate(ory_run *r, const double *x, double *loss, double *grad);
void ory_run_refresh(ory_run *r);         /* evaluate at x, and touch */
ory_status ory_run_no_memory(ory_error *err);

/* As ory_run_read, but never left behind at Ctrl-C: for samples, claims and conditions, which
 * may not depend on when it came. */
ory_status ory_run_read_whole(ory_run *r, int i, double *out, ory_error *err);

/* knobs.c */
ory_status ory_run_swap_knob(ory_run *r, int knob, ory_value *value, ory_error *err);
ory_status ory_run_own_system(ory_run *r, ory_error *err);
bool ory_run_knob_of_system(const ory_run *r, int knob);
bool ory_run_may_change(const ory_run *r, inside_kind limit, ory_error *err);

/* events.c */
ory_status ory_event_room(ory_run *r, ory_error *err); /* for one more */
void ory_event_push(ory_run *r, event *e);             /* as the last one; takes over */
ory_status ory_event_note(ory_run *r, ory_event_kind kind, const char *name, const char *before,
                          ory_error *err); /* one that changes nothing, at this step */
ory_status ory_event_apply(ory_run *r, event *e, bool forward, ory_error *err);
ory_status ory_event_copy(event *to, const event *from, ory_error *err);
void ory_event_free(event *e);
void ory_run_cut(ory_run *r); /* forget the known future */

/* travel.c */
ory_status ory_travel_start(ory_run *r, size_t history_bytes, ory_error *err);
void ory_travel_store(ory_run *r); /* a checkpoint of this state, if it is one's turn */
void ory_travel_cut(ory_run *r);   /* drop checkpoints beyond this step */
uint64_t ory_travel_image_step(const ory_run *r, size_t i);
checkpoint ory_travel_checkpoint(const ory_run *r, size_t i);
void ory_travel_set_head(ory_run *r, size_t i, const image_head *head);
ory_status ory_travel_room(ory_run *r, size_t n, ory_error *err); /* for n checkpoints */

/* go.c */
ory_status ory_run_arrive(ory_run *r, ory_error *err); /* events, checkpoint, samples at this step */
ory_status ory_run_one(ory_run *r, double time, bool *moved, ory_stop *stop,
                       ory_error *err); /* one step not past time, or a reason */

/* hooks.c */
ory_status ory_hooks_ask(ory_run *r, bool *stop, ory_stop *why, ory_error *err);
bool ory_condition_holds(ory_run *r, const ory_condition *c, double *value);
void ory_condition_text(const ory_run *r, const ory_condition *c, double value, char *text,
                        size_t size);
void ory_hooks_free(ory_run *r);
void ory_hooks_changed(ory_run *r); /* state or knobs changed at this step: look again */
void ory_hooks_moved(ory_run *r);   /* taken elsewhere: what holds there is no news */

/* recorder.c */
ory_status ory_recorder_start(ory_run *r, const char *const *names, ory_error *err);
ory_status ory_recorder_sample(ory_run *r, ory_error *err);
void ory_recorder_amend(ory_run *r); /* the state or a knob was changed at this step */
void ory_recorder_cut(ory_run *r);
void ory_recorder_clear(ory_run *r);
void ory_recorder_free(ory_run *r);
ory_status ory_recorder_add(ory_run *r, int probe, pace p, ory_error *err);
ory_status ory_recorder_adopt(ory_run *r, int probe, pace p, uint64_t upto, ory_series *series,
                              ory_error *err); /* takes the series over when it succeeds */
bool ory_pace_due(const pace *p, uint64_t k);
uint64_t ory_pace_next(const pace *p, uint64_t k); /* first due step behind k */
pace ory_pace_of_probe(const ory_run *r, int probe);

/* claims.c */
ory_status ory_claims_start(ory_run *r, ory_error *err);
void ory_claims_clear(ory_run *r);
void ory_claims_again(ory_run *r); /* taken elsewhere: find out anew when a look is due */
void ory_claims_look(ory_run *r); /* before this step is left */

#endif
