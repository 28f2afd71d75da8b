/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reduce.h (systems) - what the files of dyn.reduce share; not for others.
 *
 * The full network is read by dyn.swing, from the same options, and never stepped: its law,
 * spectrum and transfer function are read off it. State: phi (k) and y (k) of the groups, q
 * (n) turbine powers when some node has a turbine, u (n) lasting power at the nodes set by
 * hand, w (3: the shape's generator, and whether the disturbance has begun), impulse (n) to
 * come with the next step, mark (a checksum of all but u and impulse). The law
 *
 *   phi' = y,  M_a y_a' = -D_a y_a - sum_{j in a} q_j + uhat_a - sum_b (L_k)_ab (kp y_b + ki phi_b)
 *   tau_j q_j' = rinv_j y_a - q_j
 *
 * is stepped by a matrix exponential of one frame, or by Runge-Kutta. */
#ifndef ORY_SYSTEMS_REDUCE_H
#define ORY_SYSTEMS_REDUCE_H

#include "algo/blockmodel.h"
#include "algo/cluster.h"
#include "algo/reduce.h"
#include "systems/swing.h"

enum reduce_param {
    RP_GROUP = WP_GROUP, RP_K, RP_CLUSTERING, RP_SEED, RP_WEIGHTS, RP_Q, RP_W, RP_DELTA
};

enum { WEIGHTS_REFINED, WEIGHTS_QUOTIENT };

enum reduce_memory {
    RM_LOW, RM_LOW_T, RM_SCALE, RM_INERTIA, RM_DAMPING, RM_KP, RM_KI, RM_RATE, /* knobs at the start */
    REDUCE_MEMORY
};

enum {
    REDUCE_EXACT = 900, /* numbers of state and input that are stepped by an exponential */
    REDUCE_NAME = 32
};

typedef struct reduce_curve { /* one frequency */
    double w, error, rank, structure, bound, norm, norm_rank;
} reduce_curve;

/* A draw of a block model beside what is known of it. */
typedef struct reduce_model {
    bool given;
    ory_concentration conc;
    ory_two_blocks two;
    double distance;      /* ||L - E L||; NaN: too large to compute */
    double lam3, sine;    /* of this graph; NaN: not two groups */
    double rho, margin;
} reduce_model;

typedef struct reduce {
    ory_system *full;       /* the whole network */
    ory_system_class class; /* dyn.swing under the name of this system */
    swing *net;             /* of full */
    size_t n, k, nq, ns;    /* nodes, groups, n with turbines else 0, 2k + nq */
    uint32_t *label;        /* n, from 0 */
    size_t *order;          /* k: which given group each label was */
    size_t at;              /* group of the disturbed node */
    ory_cluster_method method; /* by which the groups were found; AUTO: given */
    ory_reduction red;
    const ory_mat *L_k;     /* red.L or red.quotient */
    size_t n_lam;
    double *lam;            /* n_lam bottom eigenvalues of L */
    double spectrum_gap, negative; /* edges of L_k below 0 */
    reduce_model model;
    /* law, with all knobs applied */
    double *M, *D, *U, *power; /* k: sums of m, d, u0; of u by hand now */
    double kp, ki, total_m, total_force; /* sum (d + rinv) */
    /* places in the state */
    size_t u, w, impulse, mark;
    /* steps */
    bool exact;
    ory_mat A, E;           /* generator times frame over phi, y, q, uhat, w; its exponential */
    double *z, *rk;         /* a copy of the state; four derivatives and a stage */
    double *input;          /* phi, y, q, uhat, w */
    double turn[4];
    size_t substeps;
    /* frequencies */
    ory_node *nodes;        /* n */
    ory_reduced freq;
    size_t points;
    reduce_curve *curve;
    bool has_point, has_curve, has_band, has_rank;
    ory_reduced_at point;
    ory_coherence_sup band, rank_band;
    /* display */
    size_t n_edges;
    double *edges, *xy;     /* of the small graph */
    char (*names)[REDUCE_NAME];
} reduce;

/* reduce_step.c */
ory_status reduce_prepare(ory_system *s, ory_error *err);
void reduce_begin(const reduce *x, double *state);
double reduce_shape(const reduce *x, const double *state);
double reduce_mark(const reduce *x, const double *state);
/* Power into every group now, and k + k + nq rates of phi, y, q. */
void reduce_power(const reduce *x, const double *state, double *power);
void reduce_rates(const reduce *x, const double *state, const double *power, double *out);
ory_status reduce_advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next, double *t_next,
                          ory_error *err);

/* reduce_groups.c: everything that follows from graph and groups alone. */
ory_status reduce_find_groups(ory_system *s, ory_error *err);

/* reduce_probes.c */
extern const ory_probe reduce_probes[];
extern const ory_claim reduce_claims[];
ory_status reduce_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err);
void reduce_probe_shape(const ory_system *s, int which, size_t *rows, size_t *cols);
double reduce_work(const ory_system *s, int which);
bool reduce_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size);
const char *reduce_entry(const ory_system *s, int which, size_t i);
ory_status reduce_need_point(ory_system *s, ory_error *err);

#endif
