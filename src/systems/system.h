/* SPDX-License-Identifier: GPL-3.0-or-later */
/* system.h - what a system is: something with a state that can move.
 *
 * A system is described by one constant ory_system_class: its parameters,
 * probes, claims and step rules are tables, its behaviour a few functions.
 * Everything the user can name is read from these tables; nothing else in the
 * program knows any system by name. systems.def lists the classes.
 *
 * What an implementer must honour
 * - The state is one 64-byte aligned vector of `dim` doubles with named,
 *   row-major blocks. Functions get it as a plain pointer and may not keep it.
 * - Functions that take `const ory_moment *` may cache what they derive from the
 *   state: moments with equal `stamp` are the same state, same step size, same
 *   parameters. A stamp is never used twice in a process.
 * - After init nothing allocates: loss, hvp, rhs, advance, observe, probe and the
 *   rules use workspaces made by init.
 * - The result of every function depends only on its arguments, never on what was
 *   asked before: this is what makes time travel exact.
 * - A quantity that is not defined at a state is NaN, and class->why can say why.
 * - A system on a network has the probes "edges" (matrix: from, to, weight; nodes from 1)
 *   and, where it knows them, "xy" (matrix n x 2: positions), "group" (vector n, from 1) and
 *   "embedding" (matrix n x 2: other places, for a second picture without edges): from these the
 *   dashboard draws the network. */
#ifndef ORY_SYSTEMS_SYSTEM_H
#define ORY_SYSTEMS_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/params.h"
#include "core/rng.h"
#include "core/status.h"

typedef struct ory_system ory_system;
typedef struct ory_system_class ory_system_class;

/* ------------------------------------------------------------------ moment */

/* A state and how the run came to it. Fields that make no sense are NaN (step,
 * when the stepper has no step size) or NULL (memory, when the class has none). */
typedef struct ory_moment {
    uint64_t stamp;       /* see above; 0: do not cache */
    uint64_t k;           /* steps taken so far */
    double t;             /* time; for discrete steppers k, for descent the sum of steps */
    const double *x;      /* dim numbers: the state now */
    const double *x0;     /* dim numbers: the state at step 0 */
    const double *memory; /* class->memory numbers, see class->observe */
    double step;          /* step size of the step about to be taken */
    double factor;        /* the rule's certified ratio gap(next)/gap(now), or NaN */
    int rule;             /* row of class->rules that chooses the steps, or -1 */
    bool descent;         /* the stepper is plain gradient descent x - step*grad */
    bool flow;            /* the stepper follows x' = rhs(x) in continuous time */
    double loss;          /* with grad: the loss at x */
    const double *grad;   /* the gradient at x when it is known already, or NULL */
} ory_moment;

uint64_t ory_stamp_next(void);

/* ------------------------------------------------------------------ probes */

/* COMPLEX: n x 2, real and imaginary parts. FLOW: a field of vectors, rows x 2 cols: (dx, dy)
 * side by side; its extent as that of a field. */
typedef enum { ORY_SCALAR, ORY_VECTOR, ORY_MATRIX, ORY_FIELD, ORY_COMPLEX, ORY_FLOW } ory_kind;
typedef enum { ORY_LINEAR, ORY_LOG } ory_axis;

/* How dear a probe is beside one step of the system. */
typedef enum {
    ORY_COST_FREE,  /* known already, or a few operations                    */
    ORY_COST_STEP,  /* about one gradient                                    */
    ORY_COST_FACTOR,/* a factorisation of a state block (QR, SVD), shared by all of its group */
    ORY_COST_DEAR   /* many gradients: Lanczos, attacks, searches            */
} ory_cost;

enum {
    ORY_PROBE_CONSTANT = 1, /* fixed by parameters and the initial state        */
    ORY_PROBE_PATH = 2      /* depends on the way, through memory: needs a run   */
};

typedef struct ory_probe {
    const char *name;  /* identifier: "gap"                                     */
    const char *label; /* for axes and legends: "gap", "σ²max(T)"               */
    ory_kind kind;
    const char *unit;  /* "" when dimensionless                                 */
    ory_axis axis;
    ory_cost cost;
    const char *bounds; /* the probe that this one bounds, or NULL              */
    int side;           /* +1: upper bound of it, -1: lower bound               */
    unsigned flags;
    const char *doc;    /* one sentence, with the formula                       */
    const char *source; /* theorem or equation                                  */
} ory_probe; /* tables end with name == NULL */

/* ------------------------------------------------------------------ claims */

typedef enum { ORY_LE, ORY_LT, ORY_GE, ORY_GT } ory_relation;

/* left REL right. A side is a probe's name (scalar, of the system or free) or a
 * number written out ("2", "1e-12"). */
typedef struct ory_inequality {
    const char *left;
    ory_relation rel;
    const char *right;
    const char *text;  /* as shown: "η K_t(η) < 2"                              */
    bool throughout;   /* hypothesis: must have held at every step so far        */
} ory_inequality;

enum { ORY_MAX_HYPOTHESES = 8 };

/* A theorem as data. The conclusion is checked with slack
 *   slack_rel * |right| + slack_gap * gap(0)      (in the favour of the claim)
 * and only while every hypothesis holds. floor names a probe: below it (gap <
 * floor) rounding rules and nothing is asserted; NULL: no floor. */
typedef struct ory_claim {
    const char *name;       /* identifier: "local_pl"                           */
    const char *title;      /* "local PL inequality"                            */
    const char *statement;  /* in words and symbols, one or two sentences       */
    const char *source;     /* "Theorem 3.1"                                    */
    const char *correction; /* where the publication is mended, one sentence; or NULL */
    ory_inequality hypotheses[ORY_MAX_HYPOTHESES]; /* ends with left == NULL    */
    ory_inequality conclusion;
    double slack_rel, slack_gap;
    const char *floor;
} ory_claim; /* tables end with name == NULL */

/* -------------------------------------------------------------- step rules */

/* A rule that chooses the step size of gradient descent from what the system
 * knows. plan writes the step (> 0) and the certified factor (NaN if none) for
 * the moment m, whose step and factor are not yet set. It may refuse:
 * ORY_EUNDEF with the reason. */
typedef struct ory_rule {
    const char *name;
    const char *doc;
    const char *source;
    ory_status (*plan)(ory_system *s, const ory_moment *m, double *step, double *factor,
                       ory_error *err);
} ory_rule; /* tables end with name == NULL */

/* ------------------------------------------------------------------- class */

typedef struct ory_block {
    const char *name; /* "W1" */
    size_t offset, rows, cols;
} ory_block;

enum { ORY_MAX_BLOCKS = 64, ORY_MAX_NOTES = 6, ORY_NOTE_TEXT = 200 };

struct ory_system_class {
    const char *name;    /* "net.linear" */
    const char *summary; /* one line */
    const char *source;  /* title, authors, arXiv number */
    const char *example; /* a Lua line that makes one */
    const ory_param *params;
    const ory_probe *probes;
    const ory_claim *claims;    /* or NULL */
    const ory_rule *rules;      /* or NULL */
    const char *default_stepper;/* "gd" */
    const char *default_rule;   /* or NULL */
    const char *const *record;  /* NULL-terminated names of the probes recorded by default */
    const char *layout;         /* default dashboard, see tui; or NULL */
    size_t memory;              /* doubles of running memory, see observe */

    /* Read s->values, check them, make workspaces, fill dim, blocks, loss_min
     * and notes; self is the class's own. On failure fini is called. */
    ory_status (*init)(ory_system *s, ory_error *err);
    void (*fini)(ory_system *s);
    /* A live parameter has been assigned in s->values (already checked). */
    ory_status (*changed)(ory_system *s, int param, ory_error *err);
    /* Write the initial state; equal parameters give equal bits. */
    ory_status (*start)(ory_system *s, double *x, ory_error *err);
    /* *loss and grad[dim]; either may be NULL. Never fails for finite x: an
     * overflow gives inf or NaN, which stops the run. */
    void (*loss)(ory_system *s, const double *x, double *loss, double *grad);
    /* Optional: the gradient at x of the loss on mini-batch number `batch` (0, 1, ...), of the
     * size and in the order that the options say; for stochastic steppers. NULL: they take
     * the whole loss. */
    void (*batch_grad)(ory_system *s, uint64_t batch, const double *x, double *grad);
    /* loss - loss_min without cancellation; NULL: the plain difference. */
    void (*gap)(ory_system *s, const double *x, double *gap);
    /* Exact Hessian-vector product of the loss. */
    void (*hvp)(ory_system *s, const double *x, const double *v, double *hv);
    /* x' = rhs(t, x); NULL with a loss: minus its gradient. */
    void (*rhs)(ory_system *s, double t, const double *x, double *dx);
    /* Optional, with rhs: its exact Jacobian d rhs_i / d x_j at (t, x), dim x dim, row-major. */
    void (*jacobian)(ory_system *s, double t, const double *x, double *J);
    /* The system's own discrete step from m->x to next. */
    ory_status (*advance)(ory_system *s, const ory_moment *m, ory_rng *rng, double *next,
                          double *t_next, ory_error *err);
    /* When a step from m has been computed and will be taken (m->step and m->factor are
     * known): update the running memory. memory_start writes its value at step 0. */
    void (*memory_start)(ory_system *s, const ory_moment *m, double *memory);
    void (*observe)(ory_system *s, const ory_moment *m, double *memory);
    /* Value of probe `which` (row number) at m into out (shape rows*cols). */
    ory_status (*probe)(ory_system *s, const ory_moment *m, int which, double *out,
                        ory_error *err);
    /* Shape of a vector, matrix or field probe. */
    void (*shape)(const ory_system *s, int which, size_t *rows, size_t *cols);
    /* Estimated floating-point operations of one step (which == -1) and of the
     * analysis behind probe `which`; used to decide how often it is recorded. */
    double (*work)(const ory_system *s, int which);
    /* One word of standing for the header ("certified", "local only", …) or NULL; with a lamp
     * before it, ● or ✗, it is shown as good or bad. */
    const char *(*standing)(ory_system *s, const ory_moment *m);
    /* Why probe `which` is NaN at m; false when it has nothing to say. */
    bool (*why)(ory_system *s, const ory_moment *m, int which, char *text, size_t size);
    /* Optional, for display. Where the FIELD or FLOW probe `which` lies: outer edges of its outer
     * cells x0, x1, y0, y1 (columns run along x, rows along y) and the names of the axes.
     * The name of entry i of the VECTOR probe, or of row i of the MATRIX probe, `which` (a
     * concept, a bus), or NULL; valid as long as the system. */
    bool (*extent)(const ory_system *s, int which, double edges[4], const char *axes[2]);
    const char *(*entry)(const ory_system *s, int which, size_t i);
    /* Optional: names of the boundaries between stages of a run, NULL-terminated, and whether
     * m is the first moment behind boundary i (m->memory does not know m yet). A run stamps
     * each as an event. */
    const char *const *phases;
    bool (*phase)(ory_system *s, const ory_moment *m, int i);
    /* Its functions call back into the program's language: they run on the thread that owns
     * it, however long they take. */
    bool calls_back;
    /* One line that describes the instance: "linear 5×20×3 · squared loss · 50 samples". */
    void (*describe)(const ory_system *s, char *text, size_t size);
};

struct ory_system {
    const ory_system_class *class;
    ory_values values;
    size_t dim;
    ory_block blocks[ORY_MAX_BLOCKS];
    size_t n_blocks;
    double loss_min; /* known minimum of the loss, or NaN */
    char notes[ORY_MAX_NOTES][ORY_NOTE_TEXT]; /* warnings for the user */
    size_t n_notes;
    /* Why a function given by the user failed, when it was called where no status can be
     * returned (loss, hvp, rhs): set by the class, with the numbers filled with NaN; whoever
     * called looks here, passes it on and sets the status back to ORY_OK. */
    ory_error trouble;
    void *self;
    void *free_probes; /* workspace of the free probes, see free_probes.h */
    int own_probes;    /* rows of class->probes */
    unsigned refs;
};

/* Makes a system of class c with these values (copied). Reference count 1. */
ory_status ory_system_new(const ory_system_class *c, const ory_values *values, ory_system **out,
                          ory_error *err);
ory_system *ory_system_ref(ory_system *s);
void ory_system_unref(ory_system *s); /* NULL is fine */
/* A second system with the same values, for a fork whose knobs will differ. */
ory_status ory_system_clone(const ory_system *s, ory_system **out, ory_error *err);
/* Assign a live parameter by name (number, truth value or text as the table says). */
ory_status ory_system_set(ory_system *s, const char *name, const ory_value *value, ory_error *err);
/* Append a warning; silently ignored when full. */
void ory_system_note(ory_system *s, const char *fmt, ...) ORY_PRINTF(2, 3);

const ory_block *ory_system_block(const ory_system *s, const char *name); /* or NULL */

/* ---------------------------------------------------------------- registry */

size_t ory_system_count(void);
const ory_system_class *ory_system_class_at(size_t i);
const ory_system_class *ory_system_class_find(const char *name); /* or NULL */
/* Tests only: one more class that can be found by name (not counted, not listed). */
void ory_system_class_lend(const ory_system_class *c);

/* -------------------------------------------------- probes of a system, all */

/* Probes are numbered: the class's own rows first, then the free probes
 * (free_probes.h) that the class's functions make possible. */
int ory_probe_count(const ory_system_class *c);
const ory_probe *ory_probe_at(const ory_system_class *c, int i);
int ory_probe_find(const ory_system_class *c, const char *name); /* -1: none */
void ory_probe_shape(const ory_system *s, int i, size_t *rows, size_t *cols);
ory_status ory_probe_read(ory_system *s, const ory_moment *m, int i, double *out, ory_error *err);
double ory_probe_work(const ory_system *s, int i); /* i == -1: one step */
bool ory_probe_why(ory_system *s, const ory_moment *m, int i, char *text, size_t size);
/* The reason that is left when nobody else has one: names a number of the state or of the
 * options so large or so small that its powers leave the range of double precision. */
bool ory_range_why(const ory_system *s, const ory_moment *m, char *text, size_t size);

#endif
