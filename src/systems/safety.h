/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safety.h - what safety.kernel and safety.critic share; not for others.
 *
 * A plant is a deterministic map with finitely many actions and a failure set. A problem is
 * a finite transition system: a plant's cells on a grid with one absorbing failure state
 * behind them, or a table of the user's own. Cell (j, k) of a plane is state j*M + k.
 * Source: theory page 08 and arXiv:2401.12849. */
#ifndef ORY_SYSTEMS_SAFETY_H
#define ORY_SYSTEMS_SAFETY_H

#include "algo/safeset.h"
#include "systems/system.h"

enum { PLANT_PENDULUM, PLANT_INTEGRATOR, PLANT_ROBOT, PLANT_TABLE };
enum { SNAP_NEAREST, SNAP_INNER, SNAP_OUTER };
enum { SAFETY_AXES = 6, SAFETY_ACTIONS = 1024, SAFETY_PATH = 200 };

/* Rows of both parameter tables, first and in this order: SAFETY_PROBLEM_PARAMS. */
enum {
    SP_PLANT, SP_NEXT, SP_UNSAFE, SP_BOX, SP_CELLS, SP_WRAP, SP_AXES, SP_PLANE, SP_SLICE, SP_N, SP_M,
    SP_ACTIONS, SP_HOLD, SP_SNAP, SP_DT, SP_AMAX, SP_GRAVITY, SP_MASS, SP_LENGTH, SP_VMAX, SP_FORCE,
    SP_SEED, SP_COUNT
};
extern const char *const safety_plants[], *const safety_snaps[];

#define SAFETY_POSITIVE(def_, unit_, doc_) \
    ORY_PARAM_REAL, def_, 0, INFINITY, NULL, ORY_OPEN_MIN, unit_, doc_, NULL
#define SAFETY_PROBLEM_PARAMS                                                                       \
    [SP_PLANT] = {"plant", ORY_PARAM_CHOICE, PLANT_PENDULUM, 0, 0, safety_plants, 0, "",            \
                  "what must stay safe: an inverted pendulum (|angle| < pi/2), a double "           \
                  "integrator (|x| < 1), a robot in a room, or a table of transitions", NULL},      \
    [SP_NEXT] = {"next", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",                         \
                 "plant \"table\": next[s][a], the state (from 1) after action a in state s", NULL}, \
    [SP_UNSAFE] = {"unsafe", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",                     \
                   "plant \"table\": the failure states, a list of numbers from 1", NULL},          \
    [SP_BOX] = {"box", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",                           \
                "plant \"table\": its first states are the cells of this box, rows {low, high}, one an "\
                "axis", NULL},                                                                      \
    [SP_CELLS] = {"cells", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",                       \
                "plant \"table\": cells along each axis of the box, the last one runs fastest; without "\
                "it N x M", NULL},                                                                  \
    [SP_WRAP] = {"wrap", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",                         \
                "plant \"table\": for each axis 1 where its ends meet (an angle), else 0", NULL},   \
    [SP_AXES] = {"axes", ORY_PARAM_STRING, 0, 0, 0, NULL, 0, "",                                    \
                "plant \"table\": what the axes of the box are called: \"x,v\"", ""},               \
    [SP_PLANE] = {"plane", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",                       \
                "which two axes of the state are drawn: {1, 2}", NULL},                             \
    [SP_SLICE] = {"slice", ORY_PARAM_INT, 0, 0, 1e9, NULL, ORY_LIVE, "",                            \
                "of more than two axes: which cell of the others is drawn, from 1; 0: the middle", NULL},\
    [SP_N] = {"N", ORY_PARAM_INT, 0, 0, 1e5, NULL, 0, "",                                           \
              "cells along the first axis; 0: 101, robot 21", NULL},                                \
    [SP_M] = {"M", ORY_PARAM_INT, 0, 0, 1e5, NULL, 0, "",                                           \
              "cells along the second axis; 0: as many as along the first", NULL},                  \
    [SP_ACTIONS] = {"actions", ORY_PARAM_INT, 0, 0, SAFETY_ACTIONS, NULL, 0, "",                    \
                    "actions, evenly from -1 to 1; 0: 5, robot 8", NULL},                           \
    [SP_HOLD] = {"hold", ORY_PARAM_INT, 1, 1, 1000, NULL, 0, "",                                    \
                 "steps of the plant that one action of the grid lasts", NULL},                     \
    [SP_SNAP] = {"snap", ORY_PARAM_CHOICE, SNAP_NEAREST, 0, 0, safety_snaps, 0, "",                 \
                 "where a cell's successor lands: in the nearest cell, or on the four around it "   \
                 "of which all (inner) or one (outer) must be safe", NULL},                         \
    [SP_DT] = {"dt", SAFETY_POSITIVE(0.05, "s", "time of one step of the plant")},                  \
    [SP_AMAX] = {"amax", SAFETY_POSITIVE(2, "N m", "largest torque of the pendulum")},              \
    [SP_GRAVITY] = {"gravity", SAFETY_POSITIVE(10, "m/s^2", "gravity on the pendulum")},            \
    [SP_MASS] = {"mass", SAFETY_POSITIVE(1, "kg", "mass of the pendulum")},                         \
    [SP_LENGTH] = {"length", SAFETY_POSITIVE(1, "m", "length of the pendulum")},                    \
    [SP_VMAX] = {"vmax", ORY_PARAM_REAL, 0, 0, INFINITY, NULL, 0, "1/s",                            \
                 "largest speed: edge of the second axis; 0: 8, integrator 2.2", NULL},             \
    [SP_FORCE] = {"force", ORY_PARAM_BOOL, 0, 0, 1, NULL, 0, "",                                    \
                  "allow more than 4 million pairs", NULL},                                         \
    [SP_SEED] = {"seed", ORY_PARAM_INT, 1, 0, 9007199254740991.0, NULL, 0, "", "random seed", NULL}

/* ------------------------------------------------------------------------ plants */

typedef struct safety_plant {
    int kind;
    size_t axes, m;
    bool wrap[SAFETY_AXES];          /* the ends of this axis meet                      */
    double u[SAFETY_ACTIONS];        /* actions: -1 to 1; of the robot: turns           */
    double dt, alpha, beta;          /* pendulum: w' = alpha sin th + beta u            */
    double low[SAFETY_AXES], high[SAFETY_AXES]; /* the box of the grid                  */
    const char *names[SAFETY_AXES];
} safety_plant;

void safety_plant_init(safety_plant *p, const ory_values *v);
/* One step from x to out (may be x). True: it failed on the way. */
bool safety_plant_step(const safety_plant *p, const double *x, size_t a, double *out);
/* `hold` steps with one action; of the robot one action is 0.5 s already. */
bool safety_plant_hold(const safety_plant *p, const double *x, size_t a, size_t hold, double *out);
/* Whether x lies in the failure set. */
bool safety_plant_failed(const safety_plant *p, const double *x);
/* Whether the plant's own map can be kept safe from x, without a grid: it is
 * order-preserving in (position, speed), so x is doomed exactly when the action -1 throughout
 * runs out on the right or +1 on the left (4000 steps). Not for the robot. */
bool safety_plant_has_truth(const safety_plant *p);
bool safety_plant_runs_out(const safety_plant *p, const double *x, int side); /* +1: right */
bool safety_plant_safe(const safety_plant *p, const double *x);
/* Distance to the failure set, > 0 outside. */
double safety_plant_margin(const safety_plant *p, const double *x);
/* Closed form in continuous time: the largest speed that can be kept safe at position x;
 * the smallest is -(the largest at -x). Pendulum and integrator. */
double safety_plant_upper(const safety_plant *p, double x);

/* ---------------------------------------------------------------------- problems */

typedef struct safety_problem {
    safety_plant plant;      /* kind PLANT_TABLE: no map                                */
    int snap;
    size_t cells[SAFETY_AXES], hold, grid; /* grid: product of cells; 0: not a grid     */
    size_t plane[2];         /* axes that are drawn                                     */
    char labels[SAFETY_AXES][24]; /* the user's names of the axes                       */
    ory_mdp mdp;             /* owns next and bad                                        */
    ory_safeset set;         /* the truth of the finite system                           */
    uint8_t *exact;          /* n: 1 where the plant's own map is doomed; or NULL        */
    size_t safe_pairs, exact_safe;
    uint32_t sweeps;         /* from b = 0 to b*, the last one changes nothing           */
    double self_loops;       /* share of the pairs outside G that stay in their state     */
    ory_mdp_fixed fixed;     /* only with one successor a pair                           */
} safety_problem;

ory_status safety_problem_init(ory_system *s, safety_problem *p, ory_error *err);
/* The same plant with the inner bracket; only the set is found. */
ory_status safety_problem_inner(ory_system *s, safety_problem *p, ory_error *err);
void safety_problem_fini(safety_problem *p);
/* The middle of cell s; the cell of x (clamped). Without a grid x is the state's number,
 * from 1. */
void safety_problem_centre(const safety_problem *p, size_t s, double *x);
size_t safety_problem_cell(const safety_problem *p, const double *x);
/* One step of the system that is learned on: the plant's map, or from the middle of a cell
 * of a table to another. True: it failed; behind the cells there is no middle, and out is x. */
bool safety_problem_step(const safety_problem *p, const double *x, size_t a, double *out);
bool safety_problem_failed(const safety_problem *p, const double *x);
/* Columns and rows of the plane that is drawn, and the state at its column j, row k on slice
 * h (from 1; 0: the middle) of the other axes. */
void safety_problem_plane(const safety_problem *p, size_t *cols, size_t *rows);
size_t safety_problem_at(const safety_problem *p, size_t j, size_t k, size_t h);
/* Where x stands in that plane. */
void safety_problem_point(const safety_problem *p, const double *x, double out[2]);
bool safety_problem_extent(const safety_problem *p, double edges[4], const char *axes[2]);
/* Where the trajectory that is drawn begins: `from` (option of s with that row number), or a
 * place that suits the plant. ORY_ESHAPE when `from` has not one number an axis. */
ory_status safety_problem_from(const ory_system *s, const safety_problem *p, int param, double *x,
                               ory_error *err);
/* What the user should know of grid and table, as notes. */
void safety_problem_tell(ory_system *s, const safety_problem *p);
/* A walk from x under "uniform over the actions that b (n*m, > 0: unsafe) allows at the
 * nearest cell"; none allowed: any. Of the plant itself, or, `finite`, in the cells. Steps
 * until failure, at most `steps`; path (2*(steps+1) numbers of the plane, NaN behind the
 * end) or NULL. */
size_t safety_problem_walk(const safety_problem *p, const uint8_t *b, const double *x, bool finite,
                           size_t steps, ory_rng *rng, double *path);

/* ------------------------------------------------------------- counts of a critic */

/* How the safe set v (n bytes, 0: safe) lies to a truth (n bytes, 1: doomed). */
typedef struct safety_score {
    double safe, missed, cautious, iou, iou_exact;
} safety_score;
safety_score safety_problem_score(const safety_problem *p, const uint8_t *v, const uint8_t *truth);

/* How a critic lies to b* and to its own image, pair by pair. */
typedef struct safety_compare {
    double pairs;                  /* with b = 0                                     */
    double changes;                /* with b != Tb                                   */
    double above, below;           /* b > b*, b < b*                                 */
    double distance, distance_next;/* |b - b*|, |Tb - b*|                            */
    double order;                  /* with T min(b, b*) > T b                        */
} safety_compare;

/* Room for the comparison: pairs n*m, states n, and b* with what T does to 1. */
typedef struct safety_bytes {
    uint8_t *truth, *b, *Tb, *c, *Tc, *v, *w;
    double witness, spurious; /* |T b* - T 1|; share of pairs that T changes in b = 1 */
    double bellman;           /* and in b*                                            */
} safety_bytes;

ory_status safety_bytes_init(safety_bytes *y, const safety_problem *p, ory_error *err);
void safety_bytes_fini(safety_bytes *y);
/* Of the critic in y->b with its states in y->v. */
safety_compare safety_problem_compare(const safety_problem *p, safety_bytes *y);

#endif
