/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relu.h - what the files of net.relu share; not for others.
 *
 * X (n x D), one sample a row, y in {-1, 1}; f(x) = sum_j v_j s(<w_j, x>) with
 * s(z) = z for z > 0 and leak z otherwise (slope leak at 0). State: W (h x D, neuron j is
 * row j) and v (h x 1). L = weight sum_i l(y_i, f(x_i)), weight 1 or 1/n. Times of the
 * theory belong to the summed loss; a mean loss takes n times as long. */
#ifndef ORY_SYSTEMS_RELU_H
#define ORY_SYSTEMS_RELU_H

#include "algo/gates.h"
#include "core/linalg.h"
#include "systems/system.h"
#include "systems/twoclass.h"

enum relu_param {
    P_X, P_Y, P_DATA, P_D, P_N_PLUS, P_N_MINUS, P_PLUS_FROM, P_PLUS_TO, P_MINUS_FROM, P_MINUS_TO,
    P_THETA, P_RHO, P_SAMPLES, P_CENTRE, P_ZERO_ONE, P_H, P_INIT, P_STD, P_EPS, P_SHAPE, P_SIGNS,
    P_W, P_V, P_LOSS, P_REDUCTION, P_LEAK, P_TRAIN_V, P_RATE, P_BATCH, P_WIDTH, P_SEED,
    P_COUNT
};

enum { DATA_FAN, DATA_TWO_POINTS, DATA_CONE, DATA_PICTURES };
enum { INIT_GAUSSIAN, INIT_BALANCED };
enum {
    LOSS_EXP = ORY_MARGIN_EXP, LOSS_LOGISTIC = ORY_MARGIN_LOGISTIC,
    LOSS_LOGISTIC2 = ORY_MARGIN_LOGISTIC2, LOSS_SQUARE = ORY_MARGIN_SQUARE
};
enum { REDUCE_SUM, REDUCE_MEAN };
enum { SHORT_SAMPLES = 64 }; /* numbers up to which our own loops beat dgemm */
enum { STREAM_DATA = 1, STREAM_PIXELS, STREAM_W, STREAM_V, STREAM_ORDER };

/* Which cone a neuron is in; dead comes first where both apply. */
enum relu_cone { CONE_DEAD, CONE_PLUS, CONE_MINUS, CONE_NONE };

/* Running memory. The first BOUNDARIES entries are the times at which the boundaries of
 * relu_phases were first passed, NaN before. */
enum relu_memory {
    MEM_CONES,   /* every neuron in the cone of its sign, or dead                */
    MEM_ALIGNED, /* half of the live neurons at a cosine of 0.99 or more          */
    MEM_GROWN,   /* an output above 1/40                                          */
    MEM_DROP,    /* the loss at half its start                                    */
    MEM_T2,      /* an output above 1/4 has been seen on both classes             */
    BOUNDARIES,
    MEM_FIT_PLUS = BOUNDARIES, MEM_FIT_MINUS, /* 1 once an output was above 1/4  */
    MEM_LOSS_T2,
    MEM_LOSS_START,
    MEM_DEAD,    /* dead neurons at the step before                               */
    MEM_PATTERN, /* digest of the activation pattern at the step before           */
    MEM_COUNT
};

/* One state with what has been computed from it; each level when first asked. */
typedef struct relu_pass {
    bool any, back, has_cones, has_norms, has_angles, has_spectrum, has_fields;
    unsigned long used;  /* turn at which it was last asked for           */
    uint64_t stamp;      /* of the last moment that asked, 0: none        */
    double *x;           /* dim                                           */
    uint32_t *gates;     /* which neurons are active on which samples     */
    double *f, *d;       /* n outputs; n derivatives of the loss, weighted */
    double loss;
    double most_plus, most_minus; /* largest |f| of a class, NaN: it is empty */
    double *grad;        /* dim                                           */
    int *cone;           /* h                                             */
    size_t dead, astray; /* astray: neither in their cone nor dead        */
    double pattern;      /* digest of the gates, a whole number below 2^52 */
    double *norm, *cosine;  /* h; cosine NaN where undefined              */
    double top, fro_sq;  /* largest singular value, squared Frobenius norm of W */
    double xa_ratio, turn_error;
} relu_pass;

/* Fixed by data, labels and the initial state (see relu_theory.c). */
typedef struct relu_theory {
    double mu, correlated;         /* least cosine y_i y_k cos(x_i, x_k); share > 0 */
    double x_min, x_max;
    double sum_plus, sum_minus;    /* |x+|, |x-|                               */
    bool balanced;
    double eps, w_min, w_max;      /* scale and shape of the balanced start    */
    double zeta1, zeta2, zeta, xi;
    double t1, t1_harmonic;        /* in the run's time                        */
    double window;                 /* T                                        */
    double eps_limit, eps_log10, eps_required_log10;
    double alpha;                  /* rate of the envelope, NaN for other losses */
    double t2_bound;
} relu_theory;

typedef struct relu {
    size_t n, D, h, n_plus, n_minus;
    int loss;
    bool mean, train_v;
    double weight, leak;
    double *X, *y;
    double *Xt;          /* samples as columns where they are short, or NULL */
    double *axes;        /* 2 x D: x+, x-                                 */
    double *means;       /* 2 x D: class means                            */
    double *initial;     /* dim                                           */
    double sectors[6];   /* from, to of S+, S-, S_dead; NaN: empty        */
    size_t picture_rows, picture_cols; /* a sample as a picture           */
    relu_theory theory;
    relu_pass pass[2];   /* the two states asked for last                 */
    unsigned long turn;
    uint32_t *plus, *minus; /* samples of a class as the gates of a neuron */
    uint64_t *gate_keys; /* of the pattern's digest, one a word of gates  */
    uint32_t *start_gates;
    double *Z;           /* h x room(n) scratch where samples are long    */
    double *strip;       /* scratch of sums over gates; D numbers at least */
    double *space;       /* h x D scratch                                 */
    double *gram;        /* k x k, k = min(h, D), and k eigenvalues       */
    ory_svd_ws eig;
    ory_batches batches;
    uint32_t *batch_gates; /* of a mini-batch, as what follows            */
    double *batch_Xt, *batch_f, *batch_grad;
} relu;

static inline const double *relu_v(const relu *p, const double *x) { return x + p->h * p->D; }

/* relu_data.c: n, D, X, y and sums from the options. relu_start.c: the initial state. */
ory_status relu_data_make(ory_system *s, relu *p, ory_error *err);
ory_status relu_start_make(ory_system *s, relu *p, ory_error *err);

/* relu_pass.c */
relu_pass *relu_at(relu *p, const double *x);           /* gates, f, d, loss, most     */
relu_pass *relu_at_moment(relu *p, const ory_moment *m);
void relu_back(relu *p, relu_pass *q);                  /* grad                        */
/* Row j of out (h x D) = sum_i s'(z_ij) c_i x_i over n samples. */
void relu_gather(relu *p, const uint32_t *gates, const double *X, const double *c, size_t n, double *out);
void relu_loss(ory_system *s, const double *x, double *loss, double *grad);
ory_status relu_advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next,
                        double *t_next, ory_error *err);

/* relu_state.c: more about the state of q. */
void relu_cones(relu *p, relu_pass *q);                 /* cone, dead, astray, pattern */
void relu_norms(relu *p, relu_pass *q);
void relu_angles(relu *p, relu_pass *q);
void relu_spectrum(relu *p, relu_pass *q);
void relu_fields(relu *p, relu_pass *q);                /* xa_ratio, turn_error   */

/* relu_theory.c */
ory_status relu_theory_make(ory_system *s, relu *p, ory_error *err);
double relu_envelope(const relu *p, const double *memory, double t);
double relu_small_step(const relu *p);

/* relu_clock.c */
extern const char *const relu_phases[];
void relu_memory_start(ory_system *s, const ory_moment *m, double *memory);
void relu_observe(ory_system *s, const ory_moment *m, double *memory);
void relu_clock(relu *p, const ory_moment *m, double *memory); /* memory as of m, m included */
bool relu_phase(ory_system *s, const ory_moment *m, int boundary);
const char *relu_standing(ory_system *s, const ory_moment *m);

/* relu_probes.c, relu_claims.c */
extern const ory_probe relu_probes[];
extern const ory_claim relu_claims[];
extern const char *const relu_record[];
ory_status relu_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err);
void relu_probe_shape(const ory_system *s, int which, size_t *rows, size_t *cols);
double relu_probe_work(const ory_system *s, int which);
bool relu_probe_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size);
const char *relu_probe_entry(const ory_system *s, int which, size_t i);

#endif
