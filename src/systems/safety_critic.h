/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safety_critic.h - what the files of safety.critic share; not for others.
 *
 * State of the network: the weights of a net.mlp, Adam's two moments, counters, and the
 * buffer, rows (state, action, label). State of the table: b (n x m) and the counters. */
#ifndef ORY_SYSTEMS_SAFETY_CRITIC_H
#define ORY_SYSTEMS_SAFETY_CRITIC_H

#include "systems/mlp.h"
#include "systems/safety.h"

enum {
    CP_CRITIC = SP_COUNT, CP_LABELS, CP_WIDTH, CP_ROUNDS, CP_EPISODES, CP_LENGTH, CP_BATCH, CP_STEPS,
    CP_PASSES, CP_INNER, CP_RATE, CP_RATE_END, CP_AXIOMS, CP_AXIOM, CP_AXIOM_AT, CP_AXIOM_X, CP_AXIOM_V,
    CP_AXIOM_SIDE, CP_PREFIT, CP_BIAS, CP_EXPLORE, CP_FROM, CP_COUNT
};
enum { CRITIC_NETWORK, CRITIC_TABLE };
enum { LABELS_TWO_SIDED, LABELS_ONE_SIDED };
enum { PHASE_PREFIT, PHASE_EPISODES, PHASE_LABELS, PHASE_TRAIN, PHASE_DONE };

/* The counters: block "work". */
enum {
    WK_PHASE, WK_ROUND, WK_EPISODES, WK_FAILURES, WK_STORED, WK_PASS, WK_LEFT, WK_ADAM, WK_LOSS,
    WK_RIGHT, WK_UNSAFE, WK_HELD, WK_SPOILT, WK_COUNT
};

enum { CRITIC_CHUNK = 64, CRITIC_POINTS = 150, CRITIC_STATES = 512 };

/* Where in a row of the buffer. */
#define CRITIC_ACTION(c) ((c)->row - 2)
#define CRITIC_LABEL(c) ((c)->row - 1)

/* Of one chunk: what the network is shown, hidden units, outputs, and dL/dz of the hidden
 * layers, each with one column a state. */
typedef struct critic_work_space {
    double *in, *h1, *h2, *z, *d1, *d2;
    double *features; /* of one state */
} critic_work_space;

typedef struct critic_look {
    uint64_t stamp;
    safety_score score;
    safety_compare c;
    double entropy;
} critic_look;

typedef struct critic {
    safety_problem p;
    bool table;
    size_t m;
    ory_system *net;          /* a net.mlp whose samples are one minibatch           */
    size_t weights, moments, work, buffer, capacity; /* offsets in the state; rows    */
    size_t inputs, row;       /* of the network; numbers of a row of the buffer      */
    double *safe_x;           /* axiomatic states                                    */
    size_t n_axioms;          /* of them; all actions are axioms                     */
    size_t contradicted;      /* pairs of them that doom the system                  */
    const uint8_t *truth;     /* n: of the plant itself where known                  */
    size_t truth_safe;        /* states with truth 0                                 */
    double from[SAFETY_AXES]; /* where the trajectory begins                         */
    safety_bytes y;
    size_t points;            /* states with a middle: cells, or all of a table      */
    double *shown;            /* what the network is shown of them, chunk by chunk   */
    double *logits;           /* n x m of the grid                                   */
    double *batch;            /* rows of a minibatch                                 */
    critic_work_space work_space;
    critic_look look;
} critic;

/* safety_critic_net.c: how many numbers the network is shown of a state, and which. */
size_t critic_inputs(const safety_problem *p);
void critic_features(const critic *c, const double *x, double *out);
/* Logits (rows x m) of the states at the beginning of the `rows` rows of x, `stride` apart. */
void critic_logits(critic *c, const double *weights, const double *x, size_t stride, size_t rows,
                   double *out);
/* The same (points x m) of all that critic_show_grid has prepared: the middles. */
void critic_show_grid(critic *c);
void critic_logits_of_grid(critic *c, const double *weights, double *out);
/* One Adam step on the minibatch in `batch`, rows as in the buffer. Returns the mean cross-entropy. */
double critic_fit(critic *c, double *state, const double *batch, double rate);

/* safety_critic_learn.c */
ory_status critic_advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next,
                          double *t_next, ory_error *err);
/* A walk of the plant under the policy of the network `weights` from x; path as in
 * safety_problem_walk. Steps until failure. */
size_t critic_walk(critic *c, const double *weights, const double *x, size_t steps, ory_rng *rng,
                   double *path);
/* A state that the plant can be kept safe from, evenly over all of them; false, with any state,
 * when none was found. */
bool critic_start_state(const critic *c, ory_rng *rng, double *x);

/* safety_critic_probes.c */
extern const ory_probe critic_probes[];
extern const ory_claim critic_claims[];
ory_status critic_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err);
void critic_shape(const ory_system *s, int which, size_t *rows, size_t *cols);
double critic_work(const ory_system *s, int which);
bool critic_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size);
bool critic_extent(const ory_system *s, int which, double edges[4], const char *axes[2]);

#endif
