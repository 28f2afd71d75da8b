/* SPDX-License-Identifier: GPL-3.0-or-later */
/* swing.h - what the files of dyn.swing share; not for others.
 *
 * State: phi (n) angles, y (n) outputs, q (n) turbine powers when some node has a turbine,
 * u (n) lasting power set by hand, w (3: two states of the shape's generator and whether
 * the disturbance has begun), impulse (n): impulses to come with the next step, ybar and qbar
 * (the coherent response), mark (a checksum of all but u and impulse: tells whether they
 * were set by hand). The law
 *
 *   phi' = y,  m y' = -d y - q + u + shape(t) u0 - L (kp y + ki phi),  tau q' = rinv y - q
 *   (sum m) ybar' = -(sum d) ybar - sum qbar + sum u + shape(t) sum u0
 *
 * is stepped by a matrix exponential of one frame, or by Runge-Kutta on the sparse L. Nodes of
 * family "rational" have states z and zbar in the place of q and qbar, see swing_rational.c; their
 * y and ybar are read off these. */
#ifndef ORY_SYSTEMS_SWING_H
#define ORY_SYSTEMS_SWING_H

#include <complex.h>

#include "algo/coherence.h"
#include "core/sparse.h"
#include "systems/picture.h"
#include "systems/system.h"

enum swing_param {
    WP_L, WP_FAMILY, WP_M, WP_D, WP_KAPPA, WP_RINV, WP_TAU, WP_PRESET,
    WP_SCALE, WP_INERTIA, WP_DAMPING, WP_KP, WP_KI,
    WP_SHAPE, WP_RATE, WP_T0, WP_AT, WP_SIZE, WP_U, WP_FRAME, WP_METHOD, WP_SAFETY, WP_FREQ,
    WP_LOW, WP_HIGH, WP_POINTS, WP_BAND, WP_BUS, WP_XY, WP_GROUP,
    WP_FROM, WP_TO, WP_TIE, WP_NODE, WP_NODE_M, WP_NODE_D, WP_NUM, WP_DEN
};

enum { FAMILY_SWING, FAMILY_INTEGRATOR, FAMILY_RATIONAL };
enum { SHAPE_STEP, SHAPE_EXP, SHAPE_SIN, SHAPE_IMPULSE, SHAPE_NONE };
enum { STEPS_AUTO, STEPS_EXACT, STEPS_RK4 };

enum swing_memory {
    WM_GAP, WM_GAP_T, WM_REST, WM_SQUARES, WM_TIME, WM_COI_GAP, WM_LOW, WM_LOW_T,
    WM_KNOBS,             /* SWING_KNOBS knobs at the start, see swing_knob */
    SWING_KNOBS = 12,
    SWING_MEMORY = WM_KNOBS + SWING_KNOBS
};

enum {
    SWING_EXACT = 300,    /* nodes stepped by a matrix exponential */
    SWING_DENSE = 400,    /* nodes whose spectrum and T(jw) are computed */
    SWING_MODES = 20000,  /* nodes up to which all the low modes are computed, not two alone */
    SWING_STABILITY = 120,/* nodes whose closed-loop eigenvalues are computed when in doubt */
    SWING_CURVES = 8, SWING_LOW = 8, SWING_NAME = 16, SWING_EDGES = 3,
    SWING_PASSES = 4      /* frequencies at which the bound begins or ceases to apply */
};

/* What moves, with all knobs applied. */
typedef struct swing_law {
    size_t n, nq, ns;       /* nodes; n with turbines, states z, else 0; 2n + nq */
    double *m, *d, *rinv, *tau, *u0;
    double kp, ki, rate;    /* kp and ki with the factor of L */
    int shape;
    double total_m, total_d, total_u0;
    const ory_sparse *L;
} swing_law;

/* One edge with a weight added; where its entries of L are, and what was there. */
typedef struct swing_tie {
    size_t from, to, at[4]; /* entries (from, from), (from, to), (to, from), (to, to) */
    double weight;          /* 0: none */
    double sparse[4], full[4];
} swing_tie;

typedef struct swing_curve { /* one frequency */
    double w, incoherence, norm, bound, gbar, connectivity, threshold;
} swing_curve;

/* Nodes of family "rational": (phi, y, z)' = G (phi, y, z) + B u, except that rows y of the right
 * side are the output itself. */
typedef struct swing_rational {
    bool on, coherent;      /* this family; ghat is multiplied out */
    size_t *first;          /* n + 1: where the states of a node begin among all z */
    size_t order;           /* of ghat = num/den, ascending powers */
    double *num, *den;
    ory_mat G, B;           /* ns x ns, ns x n */
} swing_rational;

typedef struct swing {
    size_t n;
    swing_law law;
    double *m0, *d0;        /* without factors */
    ory_sparse L;
    bool exact;
    size_t at;              /* a node that is disturbed, for a curve of its own */
    /* places in the state */
    size_t u, w, impulse, ybar, qbar, mark;
    /* exact steps: rows phi, y, q of the transition, columns phi, y, q, u, w1, w2; that of
     * ybar, qbar with columns ybar, qbar, sum u, w1, w2 */
    double *E, *term, *product, *LV;
    ory_mat C, CM;
    size_t nb;              /* ybar and qbar or zbar together */
    double turn[4];         /* of the generator over one frame */
    double *z, *k;          /* Runge-Kutta: z a state, k four derivatives and a stage */
    size_t substeps;
    /* frequencies */
    bool dense;
    ory_mat dense_L;
    ory_node *nodes;
    ory_coherence net;
    size_t n_lam;           /* n when dense; a few, or none, of large networks */
    size_t most_lam;        /* room for eigenvalues; n_lam is 0 when they were not found */
    bool stale;             /* of a large network: the eigenvalues are those before the last tie */
    swing_rational rational;
    swing_tie tie;
    double *lam;            /* n_lam ascending, of L without factor */
    double lam_scale;       /* largest |lam| */
    size_t components;
    bool has_curve, has_point, has_answer, has_band, has_axis, has_certificate;
    size_t points;
    swing_curve *curve;
    ory_coherence_at point;
    double entry_gap, answer_gap;
    complex double *answer, *answer_room; /* n: T(jw) u0 at freq */
    ory_coherence_sup band, axis;
    double certificate;
    /* display */
    ory_picture picture;
    double *group;
    size_t picked[SWING_CURVES], n_picked;
    char (*names)[SWING_NAME];
} swing;

/* swing_knobs.c */
ory_status swing_apply_knobs(ory_system *s, ory_error *err);
ory_status swing_changed(ory_system *s, int param, ory_error *err);
double swing_knob(const ory_system *s, int i); /* knob i; 0 where its value makes no difference */

ory_status swing_need_spectrum(ory_system *s, ory_error *err); /* of L with its tie */

/* swing_step.c */
ory_status swing_prepare(ory_system *s, ory_error *err); /* transition or substeps of one frame */
void swing_begin(const swing *x, double *state);         /* the disturbance begins in this state */
double swing_shape(const swing *x, const double *state); /* its value now */
void swing_shape_output(int shape, double c[2]);           /* of its two states */
void swing_shape_generator(const swing_law *law, double E[4]); /* w' = E w */
void swing_shape_turn(const swing_law *law, double h, double turn[4]); /* exp(E h) */
void swing_turn_by(const double turn[4], double *w);
double swing_mark(const swing *x, const double *state);
ory_status swing_advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next,
                         double *t_next, ory_error *err);

/* swing_rational.c: for the family of that name */
ory_status swing_rational_read(ory_system *s, swing *x, ory_error *err);
void swing_rational_fini(swing_rational *r);
ory_status swing_rational_law(swing *x, ory_error *err); /* G and B with all knobs applied */
void swing_rational_apply(const swing *x, const double *X, size_t c, double *out);
double swing_rational_norm(const swing *x);
/* Largest real part of a closed-loop pole beyond the drift of the angles, largest size of one. */
ory_status swing_rational_poles(const swing *x, double *rightmost, double *radius, ory_error *err);
void swing_rational_output(const swing *x, double *state);
void swing_rational_impulse(const swing *x, double *state, const double *amount);
void swing_rational_finish(swing *x, const double turn[4]);
void swing_rational_coherent(swing *x, double h);
void swing_rational_finish_coherent(swing *x, const double turn[4]);
void swing_rational_derivative(const swing *x, const double *z, double shape, double *k);
double swing_rational_rest(const swing *x);

/* swing_frequency.c: each computed when first asked, until a knob that matters is turned. */
ory_status swing_need_curve(ory_system *s, ory_error *err);
ory_status swing_need_point(ory_system *s, ory_error *err);
ory_status swing_need_answer(ory_system *s, ory_error *err); /* NaN: no disturbance, or not found */
ory_status swing_need_band(ory_system *s, ory_error *err);
ory_status swing_need_axis(ory_system *s, ory_error *err);
ory_status swing_need_certificate(ory_system *s, ory_error *err); /* NaN: not this shape */
double swing_least_damping(const swing *x);

/* swing_probes.c */
extern const ory_probe swing_probes[];
extern const ory_claim swing_claims[];
double swing_coi(const swing *x, const double *state);
double swing_ybar(const swing *x, const double *state); /* NaN: not multiplied out */
/* Largest |y_i - ybar|, of all nodes or of those that are not disturbed (NaN: none), and
 * the mean of the squares. */
double swing_gap(const swing *x, const double *state, bool rest);
double swing_square(const swing *x, const double *state);
ory_status swing_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err);
void swing_probe_shape(const ory_system *s, int which, size_t *rows, size_t *cols);
double swing_work(const ory_system *s, int which);
bool swing_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size);
const char *swing_entry(const ory_system *s, int which, size_t i);

#endif
