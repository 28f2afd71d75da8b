/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nadir.h - what the files of dyn.nadir share; not for others.
 *
 * State, in bus coordinates: delta (n), w (n), the disturbance u (n), and with turbines
 * their power p (n). A step of the run is one frame of constant u, exact for any length.
 * The verdict (worst nadir, bus, time, disturbance) depends on parameters and knobs alone;
 * it is computed when first asked and again after a knob was turned (general units: at once). */
#ifndef ORY_SYSTEMS_NADIR_H
#define ORY_SYSTEMS_NADIR_H

#include "algo/nadir.h"
#include "systems/system.h"

enum nadir_param {
    NP_L, NP_F0, NP_M, NP_D, NP_KAPPA, NP_UNITS, NP_RINV, NP_TAU, NP_BUS, NP_XY,
    NP_RHO, NP_NORM, NP_LIMIT, NP_BETA, NP_INERTIA, NP_DAMPING,
    NP_METHOD, NP_TOL, NP_DT, NP_INSTANTS,
    NP_FRAME, NP_DISTURB, NP_AT, NP_U
};

enum { UNITS_CHECK, UNITS_GENERAL, UNITS_PROJECT };
enum { METHOD_SEARCH, METHOD_TABLE };
enum { DISTURB_WORST, DISTURB_EVEN, DISTURB_BUS, DISTURB_NONE, DISTURB_GIVEN };

enum nadir_memory {
    MEM_DEEPEST, MEM_DEEPEST_T,
    MEM_BETA, MEM_INERTIA, MEM_DAMPING, /* the factors at the start */
    NADIR_MEMORY
};

enum { NADIR_LAYOUT_EDGES = 3, NADIR_NAME = 16, NADIR_SWINGS = 8,
       NADIR_GENERAL = 400 /* buses by exponentials */ };

typedef struct nadir {
    size_t n, states;    /* buses; 2n, or 3n with turbines */
    bool general;        /* judged by the matrix exponential: the table, as it is */
    bool simulated;      /* stepped by it: general units, and projected ones, as they are */
    ory_mat LB;          /* 2 pi f0 L, p.u./(p.u. s) */
    double *m, *d, *rinv;/* n each, as given; rinv NULL without turbines */
    ory_nadir_net net;   /* modal form (general: of the projected units, for display) */
    ory_nadir_task task;
    /* verdict */
    bool has_table, has_verdict;
    double *F;           /* n x instants */
    ory_nadir_bus *bus;
    ory_nadir_result table;
    ory_nadir_search_result search;
    double nadir, t, upper, coi_worst; /* of the chosen method */
    double checked;      /* projected units: the largest deviation of the true ones under u* */
    size_t worst_bus;
    double *worst, *row; /* u* and row of H */
    /* stepping */
    bool has_frame;
    ory_mode_coef *coef; /* n */
    double (*turbine)[12];/* n: the same with turbines, or NULL */
    ory_mat E;           /* simulated: transition of one frame */
    double *a, *b, *c, *e; /* n each */
    double *path;        /* simulated: two states */
    /* display */
    size_t n_edges;
    double *edges, *xy;  /* n_edges x 3, n x 2 */
    size_t swing[NADIR_SWINGS], n_swings; /* buses whose frequencies are worth a curve */
    char (*names)[NADIR_NAME];
} nadir;

/* nadir_verdict.c */
ory_status nadir_need_table(ory_system *s, ory_error *err);
ory_status nadir_need_verdict(ory_system *s, ory_error *err); /* nadir, t, upper, bus, worst */
double nadir_coi(const nadir *x, const double *w);            /* centre of inertia of w[n] */
ory_status nadir_need_frame(ory_system *s, ory_error *err);   /* coef, turbine or E */
void nadir_simulate(const nadir *x, const double *now, double *next); /* one frame by E */

/* nadir_probes.c */
extern const ory_probe nadir_probes[];
extern const ory_claim nadir_claims[];
ory_status nadir_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err);
void nadir_shape(const ory_system *s, int which, size_t *rows, size_t *cols);
double nadir_work(const ory_system *s, int which);
bool nadir_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size);
const char *nadir_entry(const ory_system *s, int which, size_t i);

#endif
