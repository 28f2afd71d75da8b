/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lora.h - what the files of net.lora share; not for others.
 *
 * Frozen W2 (m x h), W1 (h x n); target change dY = Yft - W2 W1 (m x n). State, in this
 * order: A1 (r x n), B1 (h x r), A2 (r x h), B2 (m x r). With LoRA's factor s every
 * matrix below is made of sqrt(s) times the state, which turns s into 1.
 *   F = W2 B1 A1 + B2 A2 W1 + B2 A2 B1 A1,  E = dY - F,  L = |E|^2 / 2
 * Z1 = [B1; A1'] and Z2 = [B2; A2'] are kept transposed: r rows of h + n, m + h numbers. */
#ifndef ORY_SYSTEMS_LORA_H
#define ORY_SYSTEMS_LORA_H

#include "core/linalg.h"
#include "systems/system.h"

enum lora_param {
    P_M, P_N, P_H, P_R, P_ALPHA, P_INIT, P_SIDE, P_LAYERS, P_SEED,
    P_PRETRAIN, P_RATIO, P_PRE_TOL, P_SPECTRUM, P_YPRE, P_W1, P_W2,
    P_SIGMA, P_PAIR, P_SHIFT, P_TILT, P_YFT,
    P_A1, P_B1, P_A2, P_B2, P_SCALE, P_PRESET,
    P_COUNT
};

enum { INIT_LORA, INIT_SPECTRAL, INIT_TOP, INIT_BOTTOM, INIT_ZERO, INIT_EXPLICIT };
enum { SIDE_A, SIDE_B };
enum { LAYERS_BOTH, LAYERS_FIRST, LAYERS_SECOND };
enum { PRETRAIN_EXACT, PRETRAIN_FLOW };
enum { PAIR_TOP, PAIR_BOTTOM };
enum { PRESET_NONE, PRESET_FIG1, PRESET_FIG4 };

/* Stages of a run, in the order in which they come. */
enum lora_phase { PHASE_SADDLE, PHASE_EARLY, PHASE_ESCAPE, PHASE_LOCAL, PHASE_NOISE,
                  PHASE_PLATEAU, PHASE_CONVERGED, PHASE_SOLVED, PHASE_COUNT };

enum { LORA_MODES = 8 }; /* modes of dY whose own clock is kept */

/* Running memory, see lora_clock.c. Times not reached yet are NaN. */
enum lora_memory {
    MEM_EARLY,                            /* time at which |D| first exceeds alpha    */
    MEM_T1, MEM_LOSS, MEM_NOISE, MEM_E,   /* first moment with p >= p*: t, L, LN, |E|F */
    MEM_MODE_T,                           /* LORA_MODES times ...                     */
    MEM_MODE_LOSS = MEM_MODE_T + LORA_MODES, /* ... and losses, spectral start       */
    MEM_COUNT = MEM_MODE_LOSS + LORA_MODES
};

/* Frozen weights, target and first factors, made once. */
typedef struct lora_data {
    size_t m, n, h, r;
    ory_mat W1, W2, dY;
    ory_mat U, V;              /* singular pairs of Ypre, as columns: m x k, n x k      */
    ory_mat A1, B1, A2, B2;
} lora_data;

/* What dY and the frozen weights fix. Singular vectors are rows. */
typedef struct lora_target {
    size_t k;                  /* numerical rank of dY                                   */
    double *U, *V, *sigma;     /* k x m, k x n, k                                        */
    size_t k1, k2;             /* numerical ranks of M1 = W2'dY, M2 = dY W1'             */
    double *lam1, *g, *v;      /* M1: values, k1 x h, k1 x n                             */
    double *lam2, *u, *gt;     /* M2: values, k2 x m, k2 x h                             */
    int lead;                  /* 1 or 2; 0: both lambda are 0                           */
    double lambda, delta;      /* of the lead layer; smaller over larger                 */
    double sw, sigma_lead;     /* |W2 g| (lead 1) or |W1'gt| (lead 2); lambda / sw       */
    double w1, w2;             /* |W1|, |W2|, spectral                                   */
    double floor;              /* no weights of this shape get below this loss           */
    bool tied1, tied2;         /* the leading value is repeated                          */
    double *sw1, *sw2;         /* k each: |W1 v_i|, |W2'u_i| for the pairs of dY         */
    double *sign;              /* k each: +1, or -1 for a lowered singular value         */
} lora_target;

/* Products of one state (scaled). */
typedef struct lora_pass {
    double *C, *P0, *P, *Q, *F, *E; /* A2B1, W2B1, W2eB1, A2W1e; m x n                   */
    double *G, *H, *M;         /* EA1', B2'E, B2'EA1'                                    */
} lora_pass;

/* Everything computed from one state; a level is computed when first asked. */
typedef struct lora_state {
    uint64_t stamp;
    bool any, has_split, has_z, has_d, has_kernel;
    double *x;                 /* the scaled state that the rest belongs to              */
    lora_pass pass;
    double *grad;
    double loss, grad_sq;
    double *C;                 /* k x k: U'E V                                           */
    double signal, noise, signal_grad_sq;
    double *z1, *z2, *s1, *s2; /* orthonormal rows of Z1, Z2 and singular values         */
    double d1, d2;             /* spectral norms of the perturbations D1, D2             */
    double kmin, kmax;
} lora_state;

/* Fixed by the initial state. */
typedef struct lora_start {
    bool any;
    double *x;                 /* the state it belongs to                                */
    double loss, alpha;        /* L(0); scale of the entries                             */
    double *lambda1, *lambda2; /* r x r each: B'B - A A'                                 */
    double q;                  /* lead layer: |A v|^2 + |B'g|^2                          */
    double t_low, t_high, t_guess;
} lora_start;

typedef struct lora {
    size_t m, n, h, r;
    size_t a1, b1, a2, b2;     /* offsets of the blocks                                  */
    bool on1, on2;             /* layers that are trained                                */
    bool spectral;
    double root;               /* sqrt(scale)                                            */
    double alpha;              /* as given; NaN for explicit factors                     */
    ory_mat W1, W2, Ypre, U, V;
    double *dY;
    double *initial;
    lora_target target;
    double *scaled;            /* a state times root                                     */
    lora_pass pass, turn;      /* of loss and hvp; derivatives in hvp                    */
    double *space_hn, *space_mh, *space_mn, *space_d; /* scratch                         */
    double *kernel, *kernel_eig;
    ory_svd_ws svd;
    lora_state now;
    lora_start start;
} lora;

/* lora_data.c */
ory_status lora_data_make(ory_system *s, lora_data *d, ory_error *err);
ory_status lora_data_target(ory_system *s, lora_data *d, ory_error *err); /* dY alone   */
void lora_data_free(lora_data *d);

/* lora_factors.c: the first A1, B1, A2, B2 of d, whose other parts are known. */
ory_status lora_factors_make(ory_system *s, lora_data *d, ory_error *err);

/* lora_target.c */
ory_status lora_target_make(ory_system *s, lora *l, ory_error *err);
void lora_target_free(lora_target *t);

/* lora_flow.c */
void lora_forward(const lora *l, const double *x, const lora_pass *p);
/* Gradient of <E, .> through the pass of x, with `E` in place of its residual; absent
 * layers get zeros. */
void lora_backward(const lora *l, const double *x, const lora_pass *p, const double *E,
                   double *grad);
const double *lora_scale(lora *l, const double *x); /* x times root, in l->scaled or x  */
void lora_loss(ory_system *s, const double *x, double *loss, double *grad);
void lora_hvp(ory_system *s, const double *x, const double *v, double *hv);

/* lora_state.c */
ory_status lora_state_init(lora *l, ory_error *err);
void lora_state_fini(lora *l);
lora_state *lora_at(lora *l, const ory_moment *m);        /* pass, loss, gradient        */
lora_state *lora_split(lora *l, const ory_moment *m);     /* signal and noise            */
lora_state *lora_directions(lora *l, const ory_moment *m);/* z1, z2, s1, s2              */
lora_state *lora_perturbation(lora *l, const ory_moment *m); /* d1, d2                   */
double lora_perturbation_bound(lora *l, const ory_moment *m); /* >= d1, d2; no factorisation */
lora_state *lora_kernel_at(lora *l, const ory_moment *m); /* kmin, kmax, kernel_eig      */
bool lora_kernel_fits(const lora *l);
lora_start *lora_start_at(lora *l, const ory_moment *m);
double lora_growth(const lora *l, const double *x, int layer, size_t mode); /* p1i, p2i  */
void lora_conserved(const lora *l, const double *x, int layer, double *lambda);
double lora_rate_bound(lora *l, const ory_moment *m);     /* upper bound of kmax         */

/* lora_clock.c */
double lora_threshold(const lora *l);                     /* p*                          */
enum lora_phase lora_phase_at(lora *l, const ory_moment *m);
const char *lora_phase_name(enum lora_phase phase);
void lora_memory_start(ory_system *s, const ory_moment *m, double *memory);
void lora_observe(ory_system *s, const ory_moment *m, double *memory);
double lora_mode_time(const lora *l, const ory_moment *m, size_t mode); /* printed T1i   */
double lora_mode_loss(lora *l, const ory_moment *m, size_t mode);

/* lora_probes.c, lora_claims.c */
extern const ory_probe lora_probes[];
extern const ory_claim lora_claims[];
extern const char *const lora_record[];
ory_status lora_probe(ory_system *s, const ory_moment *m, int which, double *out,
                      ory_error *err);
void lora_probe_shape(const ory_system *s, int which, size_t *rows, size_t *cols);
double lora_probe_work(const ory_system *s, int which);
bool lora_probe_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size);

#endif
