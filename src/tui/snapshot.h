/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot.h - everything a frame may show, as data.
 *
 * A snapshot is filled by whoever knows runs (the dashboard, a frame command, a
 * test) and read by the panels. All pointers are borrowed and must stay valid while
 * a frame is drawn. Texts may be NULL where a comment does not say otherwise; NULL
 * reads as "". Numbers that are not known are NaN. Nothing here is ever changed by
 * drawing, and equal snapshots give equal cells.
 *
 * Zero-initialise, then fill what is known: panels show what is there and say in a
 * word what is not. The only fields for which 0 is not "nothing" are numbers: see
 * the initialisers at the foot. */
#ifndef ORY_TUI_SNAPSHOT_H
#define ORY_TUI_SNAPSHOT_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/series.h"
#include "io/plot.h"
#include "tui/role.h"

/* -------------------------------------------------------------- quantities */

typedef enum ory_snap_kind {
    ORY_SNAP_SCALAR,
    ORY_SNAP_ARRAY,   /* rows x cols, row-major; a vector has cols == 1       */
    ORY_SNAP_FIELD,   /* rows x cols over a rectangle, see x0 … y1; row 0 at y0 */
    ORY_SNAP_FLOW,    /* a field of vectors: rows x cols x 2 (dx, dy)         */
    ORY_SNAP_COMPLEX  /* rows numbers of the complex plane: rows x 2 (re, im) */
} ory_snap_kind;

/* A quantity of a run: a probe, a knob, a state block or an element of one. */
typedef struct ory_snap_quantity {
    const char *name;   /* as users type it: "gap"; never NULL */
    const char *label;  /* as shown: "L − L*"; NULL: the name   */
    const char *unit, *doc;
    const char *source; /* theorem or equation: "Theorem 3.1"   */
    ory_snap_kind kind;
    bool log;           /* its axis is logarithmic by nature    */
    bool constant;      /* fixed by parameters and initial state: drawn as one line */

    const char *bounds; /* name of the quantity this one bounds, or NULL */
    int side;           /* +1: upper bound of it, -1: lower              */
    double violation;   /* first step at which it failed as a bound; NaN: never */

    /* scalars */
    double value;       /* now; NaN: undefined, then why says the reason */
    const char *why;
    const ory_bin *bins;/* history, in order; may reach beyond the run's k after a seek back */
    size_t n_bins;

    /* arrays, fields */
    const double *data; /* rows*cols numbers (FLOW, COMPLEX: twice as many); NULL: not read */
    size_t rows, cols;
    const char *const *row_names, *const *col_names; /* rows, cols of them; or NULL */
    double x0, x1, y0, y1;        /* extent of a field (outer edges of the outer cells) */
    const char *x_label, *y_label;
    /* Earlier values of the array, oldest first, each as long as data; for trails. They
     * should span the whole way so far: thin them out when there are too many. */
    const double *const *past;
    const double *past_k; /* the steps they belong to; NULL: 0, 1, … before now */
    size_t n_past;
} ory_snap_quantity;

/* ------------------------------------------------------------------ claims */

typedef enum ory_snap_lamp {
    ORY_LAMP_HOLDS,
    ORY_LAMP_VIOLATED,
    ORY_LAMP_NOT_APPLY,
    ORY_LAMP_NOT_COMPUTABLE,
    ORY_LAMP_FLOOR /* below the rounding floor: nothing asserted, held until then */
} ory_snap_lamp;

/* left REL right with the numbers now. */
typedef struct ory_snap_inequality {
    const char *text;       /* "η K(η) < 2"            */
    const char *relation;   /* "<", "≤", "≥", ">"       */
    double left, right;
    bool ok;                /* false also when a side is NaN */
    bool throughout;        /* must have held at every step so far */
} ory_snap_inequality;

typedef struct ory_snap_claim {
    const char *name, *title, *statement, *source, *correction;
    ory_snap_lamp lamp;
    const ory_snap_inequality *hypotheses;
    size_t n_hypotheses;
    ory_snap_inequality conclusion;
    double margin;      /* factor by which it holds (>= 1: holds); NaN: no factor */
    double worst;       /* smallest margin so far */
    double first_step;  /* first violated step; NaN: none */
    uint64_t checked;   /* steps at which it was looked at */
    const char *why;    /* the sentence behind the lamp */
} ory_snap_claim;

/* ------------------------------------------------------------ knobs, events */

typedef struct ory_snap_knob {
    const char *name, *label, *unit, *doc;
    double value;       /* NaN: not a number, then text */
    const char *text;   /* value of a choice or a text  */
    double low, high;   /* may be set to; -inf, inf: free */
    double admissible_low, admissible_high; /* where the theory holds now; NaN: unknown */
    double edge;        /* where stability ends (2 / sharpness for a step size); NaN */
    const char *admissible_source; /* whose theory */
} ory_snap_knob;

typedef enum ory_snap_event_kind {
    ORY_SNAP_EVENT_KNOB, ORY_SNAP_EVENT_MARK, ORY_SNAP_EVENT_FORK, ORY_SNAP_EVENT_STOP,
    ORY_SNAP_EVENT_PHASE /* a boundary that was found: "end of alignment" */
} ory_snap_event_kind;

typedef struct ory_snap_event {
    uint64_t k;
    double t;
    ory_snap_event_kind kind;
    const char *text; /* "η 0.05 → 0.02" */
} ory_snap_event;

/* -------------------------------------------------------------------- nets */

typedef struct ory_snap_graph {
    const char *name;            /* "graph" */
    size_t n, edges;
    const uint32_t *from, *to;   /* edges of each, < n */
    const double *weight;        /* edges, or NULL */
    const double *x, *y;         /* n positions, any scale; NULL: on a circle */
    const char *const *names;    /* n, or NULL */
    const int *group;            /* n, or NULL */
    bool directed;
} ory_snap_graph;

/* -------------------------------------------------------------------- runs */

typedef enum ory_snap_state {
    ORY_STATE_RUN, ORY_STATE_PAUSED, ORY_STATE_DONE, ORY_STATE_DIVERGED
} ory_snap_state;

/* How a run takes part in the frame. */
typedef enum ory_snap_part {
    ORY_PART_LOCKSTEP, /* moves along with the first: its curves have colours of their own */
    ORY_PART_GHOST,    /* a fork or an older run: faint                                    */
    ORY_PART_HIDDEN    /* only in the tree                                                 */
} ory_snap_part;

typedef struct ory_snap_run {
    uint64_t id, parent;     /* parent 0: not forked */
    uint64_t fork_step;
    const char *fork_reason; /* knob by which it first differs: "rule polyak"; or NULL */
    ory_snap_part part;      /* of the first run: LOCKSTEP */

    const char *name;        /* "r" */
    const char *description; /* "linear 5×20×3 · square loss · 50 samples" */
    const char *stepper;     /* "gd" */
    const char *rule;        /* "rho" or NULL */
    const char *standing;    /* one word: "certified"; or NULL */
    const char *seed;        /* "seed 7" or NULL */
    uint64_t k, known;       /* step now; furthest that a seek can reach */
    double t;                /* time now */
    const char *time_unit;   /* "s" or NULL */
    double rate;             /* steps per second; NaN: not known */
    ory_snap_state state;
    const char *reason;      /* why it stopped */

    const ory_snap_quantity *quantities;
    size_t n_quantities;
    const ory_snap_claim *claims;
    size_t n_claims;
    const ory_snap_knob *knobs;
    size_t n_knobs;
    const ory_snap_event *events;
    size_t n_events;
    const ory_snap_graph *graphs;
    size_t n_graphs;
} ory_snap_run;

/* --------------------------------------------------------------- the frame */

/* A curve that is shown beside the runs' own: pinned, or the flow at matched time. */
typedef struct ory_snap_ghost {
    const char *label;    /* "flow", "pin 1" */
    const char *quantity; /* which trace it belongs to */
    const ory_bin *bins;
    size_t n_bins;
} ory_snap_ghost;

typedef enum ory_snap_sync { ORY_SYNC_STEP, ORY_SYNC_TIME, ORY_SYNC_LOSS } ory_snap_sync;

/* A plot made elsewhere and given to the dashboard. */
typedef struct ory_snap_plot {
    const char *name;
    const ory_plot *plot;
} ory_snap_plot;

/* A line of the console or of a note. */
typedef struct ory_snap_line {
    const char *text;
    uint8_t role;   /* ORY_ROLE_ECHO, DEFAULT, DIM, BAD, WARN, GOOD … */
    uint8_t indent; /* columns of continuation lines */
} ory_snap_line;

typedef struct ory_snap_prompt {
    bool active;            /* the keys go to the prompt */
    const char *prompt;     /* "> " */
    const char *text;
    size_t cursor;          /* byte offset in text */
    const char *const *candidates; /* completion list, or NULL */
    size_t n_candidates;
    size_t selected;        /* >= n_candidates: none */
    const char *hint;       /* one line below: an option's doc; or NULL */
} ory_snap_prompt;

typedef struct ory_snap_key {
    const char *keys;  /* "space", "[ ]" */
    const char *text;  /* "run/pause": for the footer; NULL: help only */
    const char *doc;   /* "Run or pause": for the help */
    const char *group; /* "Moving": heading in the help */
} ory_snap_key;

typedef struct ory_snapshot {
    const ory_snap_run *runs; /* runs[0] is the one that has the panels */
    size_t n_runs;
    ory_snap_sync sync;
    bool time_axis;           /* traces against t, not against the step */

    const ory_snap_ghost *ghosts;
    size_t n_ghosts;

    const ory_snap_plot *plots;
    size_t n_plots;

    double speed;             /* steps per frame asked for; NaN: as fast as it goes */
    double cursor;            /* step under the time cursor (seeking); NaN: none */
    bool smooth;              /* running average drawn over the raw curves */

    const ory_snap_line *console;
    size_t n_console;
    size_t console_back;      /* lines scrolled back */
    ory_snap_prompt prompt;

    const ory_snap_line *note; /* narration */
    size_t n_note;
    const char *note_title;
    const char *note_large;   /* said in large letters above it, where there is room; or NULL */
    bool note_wait;           /* "Enter: go on" */

    const ory_snap_key *keys;
    size_t n_keys;
    const char *filter;       /* panels whose title or names contain this are shown; or NULL */
    const char *message;      /* one line in the footer's place, for a moment; or NULL */
    const char *recording;    /* name of the file that records, or NULL */
    double clock;             /* seconds since the dashboard opened, for blinking; NaN: still */
} ory_snapshot;

/* ------------------------------------------------------------ initialisers */

/* Values with everything that 0 would misstate set to "not known". */
static inline ory_snap_quantity ory_snap_quantity_none(void)
{
    return (ory_snap_quantity){.name = "", .value = NAN, .violation = NAN};
}

static inline ory_snap_claim ory_snap_claim_none(void)
{
    return (ory_snap_claim){.name = "", .margin = NAN, .worst = NAN, .first_step = NAN,
                            .lamp = ORY_LAMP_NOT_COMPUTABLE,
                            .conclusion = {.left = NAN, .right = NAN}};
}

static inline ory_snap_knob ory_snap_knob_none(void)
{
    return (ory_snap_knob){.name = "", .value = NAN, .low = -INFINITY, .high = INFINITY,
                           .admissible_low = NAN, .admissible_high = NAN, .edge = NAN};
}

static inline ory_snap_run ory_snap_run_none(void)
{
    return (ory_snap_run){.name = "", .t = NAN, .rate = NAN, .state = ORY_STATE_PAUSED};
}

static inline ory_snapshot ory_snapshot_none(void)
{
    return (ory_snapshot){.speed = NAN, .cursor = NAN, .clock = NAN};
}

/* ----------------------------------------------------------------- look-up */

/* By name in a run; NULL: not there (also for r == NULL). */
const ory_snap_quantity *ory_snap_find(const ory_snap_run *r, const char *name);
const ory_snap_knob *ory_snap_knob_find(const ory_snap_run *r, const char *name);
const ory_snap_run *ory_snap_main(const ory_snapshot *s); /* runs[0] or NULL */
const char *ory_snap_label(const ory_snap_quantity *q);   /* label or name */
/* The bound of q on a side (+1, -1), the n-th; NULL: no more. */
const ory_snap_quantity *ory_snap_bound(const ory_snap_run *r, const ory_snap_quantity *q,
                                        int side, int n);

#endif
