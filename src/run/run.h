/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run.h - a run: system + stepper + clock + recorder + history + claims.
 *
 * A run can be stepped, taken to a goal, turned back and forth with the same
 * bits, forked, changed by its knobs while it goes, saved and loaded. It knows
 * no Lua and no terminal. One thread.
 *
 * Time travel. The run keeps checkpoints (state, stepper slots, running memory,
 * random stream, claim standing) under a memory cap and re-executes from the
 * nearest. Knob changes are events at their step and are replayed. After a seek
 * back, going on repeats the known future until a knob is changed, the state is
 * set by hand or a goal in time cuts a step that had been whole: that cuts the
 * future off (series, events, checkpoints) and begins a new one.
 *
 * Functions of the user's (goals, breakpoints, watches) are called by the run.
 * None may move, rewind or reset it; a watch may not change it in any way. They
 * may read it, and goals and breakpoints may turn knobs. What a call with a
 * release function refuses stays the caller's; else release is called once. */
#ifndef ORY_RUN_RUN_H
#define ORY_RUN_RUN_H

#include "core/series.h"
#include "run/stepper.h"

typedef struct ory_run ory_run;

typedef struct ory_run_options {
    const char *stepper;       /* NULL: the system's default */
    const ory_values *values;  /* for that stepper; NULL: defaults */
    size_t history_bytes;      /* cap for checkpoints; 0: 64 MiB */
    size_t series_capacity;    /* bins per series; 0: 4096 */
    uint64_t every;            /* sample all recorded probes each `every` steps; 0: by cost, see
                                  ory_run_record */
    const char *const *record; /* NULL-terminated; NULL: the class's default list */
    const char *name;          /* for messages and the tree; NULL: "run 1", "run 2", … */
} ory_run_options;

/* Takes a reference to sys. ORY_EINVAL: stepper does not fit; ORY_EUNDEF: the
 * rule refuses at once. Text in err. */
ory_status ory_run_new(ory_system *sys, const ory_run_options *opt, ory_run **out, ory_error *err);
void ory_run_free(ory_run *r);

/* ------------------------------------------------------------- where it is */
ory_system *ory_run_system(const ory_run *r);
const ory_stepper *ory_run_stepper(const ory_run *r);
const char *ory_run_name(const ory_run *r);
uint64_t ory_run_id(const ory_run *r);        /* unique in the process */
uint64_t ory_run_parent(const ory_run *r);    /* id of the run it was forked from; 0: none */
uint64_t ory_run_fork_step(const ory_run *r);
uint64_t ory_run_k(const ory_run *r);
uint64_t ory_run_known(const ory_run *r);     /* furthest step that a seek can reach */
double ory_run_t(const ory_run *r);
const double *ory_run_state(const ory_run *r); /* dim numbers, valid until the run moves */
/* The present moment with the step about to be taken planned (a refusal of the
 * rule leaves step NaN). Valid until the run moves or a knob changes. */
const ory_moment *ory_run_moment(ory_run *r);
/* FNV-1a 64 of state, slots, memory, random stream, t, k and knobs: equal iff (for
 * every practical purpose) the runs of one system will go on alike. */
uint64_t ory_run_hash(const ory_run *r);

/* ----------------------------------------------------------------- probes */
/* Names: probes of the system, free probes, the stepper's probes, watched names. */
int ory_run_probe_count(const ory_run *r);
const ory_probe *ory_run_probe_at(const ory_run *r, int i);
int ory_run_probe_find(const ory_run *r, const char *name);
void ory_run_probe_shape(const ory_run *r, int i, size_t *rows, size_t *cols);
ory_status ory_run_read(ory_run *r, int i, double *out, ory_error *err);
bool ory_run_why(ory_run *r, int i, char *text, size_t size); /* why is it NaN now */

/* ---------------------------------------------------------------- stepping */
typedef enum ory_stop_reason {
    ORY_STOP_STEPS,       /* the steps asked for are done            */
    ORY_STOP_SLICE,       /* the time slice is over: call again      */
    ORY_STOP_TIME,        /* t reached the goal                      */
    ORY_STOP_CONDITION,   /* a condition of the goal holds           */
    ORY_STOP_WHEN,        /* a breakpoint (ory_run_when) fired       */
    ORY_STOP_FUNCTION,    /* the goal's function said stop           */
    ORY_STOP_DIVERGED,    /* next state or loss not finite, or the loss above 1 and above 1e6
                             times its start (or its value after a change by hand): not taken */
    ORY_STOP_REFUSED,     /* the rule or stepper refuses, see text   */
    ORY_STOP_INTERRUPTED, /* Ctrl-C                                  */
    ORY_STOP_ERROR        /* a callback failed, see text             */
} ory_stop_reason;

typedef struct ory_stop {
    ory_stop_reason reason;
    uint64_t steps; /* taken by this call */
    char text[320]; /* "stopped at step 240: loss 9.4e-08 < 1e-07" */
} ory_stop;

typedef struct ory_condition {
    int probe; /* run's probe number, scalar */
    ory_relation rel;
    double value;
    uint64_t every; /* look at steps that are multiples of it; 0: 1 */
} ory_condition;

/* Return ORY_OK with *stop set, or ORY_ECALLBACK with err. */
typedef ory_status (*ory_run_fn)(void *ctx, ory_run *r, bool *stop, ory_error *err);

typedef struct ory_goal {
    uint64_t max_steps; /* UINT64_MAX: no limit */
    double time;        /* stop at t >= time (flows hit it exactly); NaN: none */
    const ory_condition *conditions;
    size_t n_conditions;
    ory_run_fn fn; /* or NULL; called at multiples of fn_every, 0: 1 */
    void *fn_ctx;
    uint64_t fn_every;
    double slice; /* seconds after which to return ORY_STOP_SLICE; <= 0: none */
} ory_goal;

/* Conditions are also checked before the first step, and once on each step that is
 * reached. Cut only at step boundaries; slicing never changes a result, nor how
 * often fn is called. Returns ORY_OK for every reason but ORY_STOP_ERROR. stop may
 * be NULL. Breakpoints, divergence and refusals are logged as events. */
ory_status ory_run_go(ory_run *r, const ory_goal *goal, ory_stop *stop, ory_error *err);
ory_status ory_run_step(ory_run *r, uint64_t n, ory_stop *stop, ory_error *err);

/* Breakpoints and watches stay with the run until removed; forks and files do not
 * take them along. A condition fires where it becomes true (not at each step where it
 * is true, nor after a seek to where it is), a function whenever it says stop. A watch
 * adds a scalar probe `name`, whose fn writes the value, sampled at multiples of
 * `every`. */
typedef ory_status (*ory_watch_fn)(void *ctx, ory_run *r, double *value, ory_error *err);
ory_status ory_run_when(ory_run *r, const char *label, ory_run_fn fn, void *ctx,
                        void (*release)(void *ctx), uint64_t every, int *id, ory_error *err);
ory_status ory_run_when_probe(ory_run *r, const ory_condition *c, int *id, ory_error *err);
void ory_run_when_remove(ory_run *r, int id);
ory_status ory_run_watch(ory_run *r, const char *name, ory_watch_fn fn, void *ctx,
                         void (*release)(void *ctx), uint64_t every, ory_error *err);

/* ------------------------------------------------------------------- knobs */
/* The stepper's live parameters, the system's live parameters. */
int ory_run_knob_count(const ory_run *r);
const ory_param *ory_run_knob_at(const ory_run *r, int i, const ory_value **value);
int ory_run_knob_find(const ory_run *r, const char *name);
/* Assign; checked; logged at the present step; applies from the next step on. A
 * system shared with other runs is cloned first. On failure nothing changes. */
ory_status ory_run_set_num(ory_run *r, const char *name, double x, ory_error *err);
ory_status ory_run_set_bool(ory_run *r, const char *name, bool x, ory_error *err);
ory_status ory_run_set_text(ory_run *r, const char *name, const char *text, ory_error *err);
/* Overwrite the state (or one block of it; block NULL: all) by hand: an event too. */
ory_status ory_run_poke(ory_run *r, const char *block, const ory_mat *value, ory_error *err);

typedef enum { ORY_EVENT_KNOB, ORY_EVENT_POKE, ORY_EVENT_MARK, ORY_EVENT_FORK, ORY_EVENT_STOP,
               ORY_EVENT_LIMIT, /* a time goal cut this step short */
               ORY_EVENT_PHASE  /* the system passed a boundary between its stages */ } ory_event_kind;
typedef struct ory_event {
    uint64_t k;
    ory_event_kind kind;
    const char *name;         /* knob, block, marker or boundary, fork's name, reason */
    const char *before, *after; /* as text; NULL when none */
} ory_event;
const char *ory_event_kind_text(ory_event_kind kind); /* "knob", "poke", … */
size_t ory_run_event_count(const ory_run *r);
ory_event ory_run_event_at(const ory_run *r, size_t i);
ory_status ory_run_mark(ory_run *r, const char *label, ory_error *err); /* marker at this step */

/* ------------------------------------------------------------- time travel */
ory_status ory_run_rewind(ory_run *r, uint64_t k, ory_error *err); /* any k <= known; ERANGE */
/* What was done since is undone: step k with the first n events of the log applied, and no
 * known future. n: as ory_run_events_applied said there. A hash taken there is met again. */
ory_status ory_run_undo(ory_run *r, uint64_t k, size_t n, ory_error *err);
size_t ory_run_events_applied(const ory_run *r);
ory_status ory_run_fork(ory_run *r, const char *name, ory_run **out, ory_error *err);
/* Back to step 0 with history, events and series cleared; new_seed >= 0: the
 * system is rebuilt with that seed (fresh initialisation). */
ory_status ory_run_reset(ory_run *r, int64_t new_seed, ory_error *err);
size_t ory_run_history_bytes(const ory_run *r);

/* ---------------------------------------------------------------- recorder */
/* Record scalar probes (NULL-terminated names; unknown: ENAME with suggestion) from
 * this step on. every > 0: at multiples of it. every == 0: loss, step and other FREE
 * probes at each step; dearer ones at multiples of a power of two that keeps the
 * estimated work of each (class->work) below an eighth of the stepping, besides at
 * powers of two and, within a fixed amount of work, at each of the first steps. This is
 * decided from sizes alone, so equal scripts record equal rows. The sample of a step
 * is what the step is left with: a change by hand amends it. */
ory_status ory_run_record(ory_run *r, const char *const *names, uint64_t every, ory_error *err);
/* The same for curves on a screen: the first steps, then much more rarely. */
ory_status ory_run_record_view(ory_run *r, const char *const *names, ory_error *err);
const ory_series *ory_run_series(const ory_run *r, const char *name); /* NULL: not recorded */
int ory_run_recorded_count(const ory_run *r);
int ory_run_recorded_at(const ory_run *r, int i); /* probe number */

/* A sink gets every sampled row once: values of the recorded probes in order, NaN for
 * those not sampled at this step; once more with the same step when a change by hand
 * amends it. Used for streaming to files. At most four. */
typedef ory_status (*ory_sink_fn)(void *ctx, const ory_run *r, uint64_t k, double t,
                                  const double *values, int n, ory_error *err);
ory_status ory_run_sink(ory_run *r, ory_sink_fn fn, void *ctx, void (*release)(void *ctx),
                        ory_error *err);

/* ------------------------------------------------------------------ claims */
typedef enum ory_standing {
    ORY_CLAIM_HOLDS,        /* hypotheses and conclusion hold now, never violated */
    ORY_CLAIM_VIOLATED,     /* conclusion failed under its hypotheses, at first_step */
    ORY_CLAIM_NOT_APPLY,    /* a hypothesis fails, see hypothesis, left, right */
    ORY_CLAIM_NOT_COMPUTABLE,/* a side is NaN, see text */
    ORY_CLAIM_FLOOR         /* below the rounding floor: nothing asserted; held until then */
} ory_standing;

typedef struct ory_verdict {
    const ory_claim *claim;
    ory_standing standing;
    uint64_t first_step;  /* violated: first step it was seen */
    uint64_t checked;     /* steps at which it was looked at with all hypotheses true */
    int hypothesis;       /* not apply: row that fails first, -1 otherwise */
    double left, right;   /* of the conclusion now (or of the failing hypothesis) */
    double margin;        /* right/left for <=, left/right for >= (>= 1: holds); NaN when
                             either is not positive; difference is right - left */
    double worst;         /* smallest margin at any checked step */
    char text[240];       /* the sentence behind the lamp */
} ory_verdict;

int ory_run_claim_count(const ory_run *r);
/* Verdict at the present step, on top of what was seen when earlier steps were left:
 * on every sampled step of the dearest probe that the claim needs (every step with
 * every = 1; for claims about constants alone every 1024 steps). */
ory_status ory_run_claim(ory_run *r, int i, ory_verdict *v, ory_error *err);
const char *ory_standing_text(ory_standing s);

#endif
