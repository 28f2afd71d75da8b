/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dict_code.h - what the files of dict.code share; not for others.
 *
 * State: c (n weights of the scaled problem), y (n, FISTA's extrapolation), mark (n:
 * coordinate descent 1 = screened out; OMP the order of entry from 1, -1 = barred), clock
 * (see below). Everything else is derived from these: the marks are valid for the penalty
 * that the clock carries, so that a turned knob begins anew from the present weights. */
#ifndef ORY_SYSTEMS_DICT_CODE_H
#define ORY_SYSTEMS_DICT_CODE_H

#include "algo/dictionary.h"
#include "systems/system.h"

enum dict_param {
    DP_D, DP_V, DP_NAMES, DP_TRUTH, DP_MEAN, DP_NORMALISE,
    DP_METHOD, DP_L1, DP_L2, DP_NONNEG, DP_K, DP_TOL, DP_SCREEN,
    DP_SOURCE, DP_TARGET, DP_VECTOR, DP_EDIT, DP_STRENGTH, DP_RIVAL, DP_COEFFICIENT, DP_MATCH,
    DP_DIM, DP_N, DP_GROUPS, DP_RHO, DP_RHO_GROUP, DP_STIMULI, DP_SIGMA, DP_KAPPA, DP_MIX, DP_SNR, DP_SEED
};

enum { EDIT_REPLACE, EDIT_REMOVE, EDIT_ADD };

enum dict_clock {
    CK_PHASE,    /* sweeps over the non-zeros since the last full one */
    CK_MOMENTUM, /* FISTA's t */
    CK_DONE,     /* 1: converged, steps change nothing */
    CK_SWEEPS,   /* sweeps, iterations or atoms so far */
    CK_L1, CK_L2,/* the penalty that marks, y and DONE belong to */
    DICT_CLOCK
};

enum dict_memory { MEM_RR, MEM_GROWTH, DICT_MEMORY };

enum { DICT_SHOWN = 96, DICT_PATH = 60, DICT_PATH_ATOMS = 400, DICT_CURVES = 6 };

typedef struct dict_code {
    ory_dictionary D;
    size_t n, d, k;       /* k: atoms that OMP may take */
    ory_code_method method;
    bool nonneg, synthetic, has_truth;
    double *v, *u, *q, scale, vv; /* source; as solved; products; length; u'u */
    double *truth;        /* n weights in original units, or NULL */
    char **names;         /* n, or NULL */
    char *name_text;
    ory_coherence coherence;
    double l1_max, orthonormality, noiseless, true_k, L; /* L: FISTA's bound of G */
    size_t twin_i, twin_j;
    bool twins;
    double averaging, averaging_limit; /* of made-up concepts without kappa; else NaN */
    /* the edit */
    size_t source;        /* atom, from 0 */
    double *target;       /* d: the vector put in; NULL: none */
    size_t target_atom;   /* n: it is none of the atoms */
    /* workspaces */
    double *g, *work, *w, *r, *after, *rival, *column;
    size_t *list, *some;
    unsigned char *gone;
    ory_omp omp;
    ory_coder coder;
    /* of the moment with this stamp */
    uint64_t stamp;
    ory_code_point point;
    double violation, still;
    /* the optimum for this penalty, and the path for this l2 */
    double best_l1, best_l2, best;
    double path_l2, path_fall, path_rise;
    double *path, *path_l1;
    size_t curve[DICT_CURVES], curves; /* atoms whose path is drawn: the first that OMP takes */
} dict_code;

/* dict_code.c */
ory_code_task dict_task(const ory_system *s, const dict_code *x);
void dict_look(ory_system *s, const ory_moment *m); /* g, w, r, point, violation, still */

/* dict_code_step.c */
ory_status dict_advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next, double *t_next,
                        ory_error *err);

/* dict_code_probes.c */
extern const ory_probe dict_code_probes[];
extern const ory_claim dict_code_claims[];
ory_status dict_code_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err);
void dict_code_shape(const ory_system *s, int which, size_t *rows, size_t *cols);
double dict_code_work(const ory_system *s, int which);
bool dict_code_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size);
const char *dict_code_entry(const ory_system *s, int which, size_t i);

#endif
