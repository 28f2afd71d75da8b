/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safety_kernel.h - what the files of safety.kernel share; not for others. */
#ifndef ORY_SYSTEMS_SAFETY_KERNEL_H
#define ORY_SYSTEMS_SAFETY_KERNEL_H

#include "systems/safety.h"

enum {
    KP_OPERATOR = SP_COUNT, KP_GAMMA, KP_H, KP_START, KP_B, KP_UPDATE, KP_SAMPLES, KP_AXIOMS,
    KP_AXIOM, KP_AXIOM_X, KP_AXIOM_V, KP_FROM, KP_DRIVE, KP_COUNT
};
enum { OPERATOR_BINARY, OPERATOR_DISTANCE };
enum { START_ZERO, START_ONE, START_GIVEN };
enum { UPDATE_SWEEP, UPDATE_ASYNC };
enum { AXIOMS_NONE, AXIOMS_BLOCK, AXIOMS_GIVEN };
enum { DRIVE_INNER, DRIVE_CRITIC };
enum { KIND_NOT_FIXED = -1, KIND_SPURIOUS, KIND_MAXIMAL, KIND_BETWEEN };

/* What is counted at a state, once. */
typedef struct kernel_look {
    uint64_t stamp;
    safety_score score;
    safety_compare c;
    double changes, stuck, entering; /* changes: of q too */
    int kind;
} kernel_look;

typedef struct kernel {
    safety_problem p;
    size_t pairs;            /* n*m                                                      */
    bool distance;           /* the signed-distance critic                               */
    double *h;               /* n: distance to G, with `distance`                        */
    double *value;           /* n: max_a q, with `distance`                              */
    uint8_t *axiom;          /* n*m: 1 where b is held at 0                              */
    size_t n_axioms, contradicted, against; /* how many have b* = 1, the first of them   */
    double *points;          /* rows (x, y, 1) of the states with axioms                 */
    size_t n_points;
    double from[SAFETY_AXES]; /* where the trajectory begins                             */
    safety_problem around;   /* inner bracket that drives the plant; mdp.n == 0: none    */
    uint8_t *drive;          /* its critic                                               */
    safety_bytes y;          /* b* and work                                              */
    kernel_look look;
} kernel;

/* b bytes (1: unsafe) and v of the state x. */
void kernel_read(const kernel *k, const double *x, uint8_t *b, uint8_t *v);
/* One application of the operator without axioms; next may not be x. */
void kernel_apply(kernel *k, double gamma, const double *x, double *next);

/* safety_kernel_probes.c */
extern const ory_probe kernel_probes[];
extern const ory_claim kernel_claims[];
const kernel_look *kernel_look_at(ory_system *s, const ory_moment *m);
ory_status kernel_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err);
void kernel_shape(const ory_system *s, int which, size_t *rows, size_t *cols);
double kernel_work(const ory_system *s, int which);
bool kernel_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size);
bool kernel_extent(const ory_system *s, int which, double edges[4], const char *axes[2]);

#endif
