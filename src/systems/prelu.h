/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prelu.h - what the files of net.prelu share; not for others.
 *
 * X (n x D), one sample a row, y in {-1, 1}; f as in algo/pnet.h. State: W (h x D, neuron j
 * is row j), v (h x 1) and, with bias, b (1 x 1). L = weight sum_i l(y_i, f(x_i)), weight 1
 * or 1/n. Where the data are an orthonormal mixture, or centres are given, `mixture` knows
 * the clusters; otherwise `known` is false and the theory is silent. */
#ifndef ORY_SYSTEMS_PRELU_H
#define ORY_SYSTEMS_PRELU_H

#include "algo/mixture.h"
#include "algo/pnet.h"
#include "core/linalg.h"
#include "systems/system.h"
#include "systems/twoclass.h"

enum prelu_param {
    P_X, P_Y, P_X_TEST, P_Y_TEST, P_CENTRES, P_K1, P_K2, P_D, P_PER_CLUSTER, P_SAMPLES, P_ALPHA,
    P_ROTATE, P_TEST, P_CENTRE, P_ZERO_ONE, P_P, P_NORMALIZE, P_BIAS, P_H, P_INIT, P_STD, P_EPS,
    P_NUDGE, P_SHAPE, P_SIGNS, P_W, P_V, P_LOSS, P_REDUCTION, P_RATE, P_BATCH, P_INNER, P_RADII, P_RADIUS,
    P_ATTACK_STEP, P_ZERO_STEPS, P_MULTI_STEPS, P_CLIMB_STEPS, P_SEED,
    P_COUNT
};

enum { INIT_GAUSSIAN, INIT_BALANCED, INIT_NUDGED, INIT_KAIMING };
enum { LOSS_EXP, LOSS_LOGISTIC, LOSS_SQUARE };
enum { REDUCE_MEAN, REDUCE_SUM };
enum { STREAM_DATA = 1, STREAM_LABELS, STREAM_CENTRES, STREAM_TEST, STREAM_W, STREAM_V,
       STREAM_ORDER, STREAM_NUDGE, STREAM_SPHERE };

/* Running memory. The first BOUNDARIES entries are the times at which the boundaries of
 * prelu_phases were first passed, NaN before. */
enum prelu_memory {
    MEM_ALIGNED, /* half of the neurons at a cosine of 0.99 to a centre or class average */
    MEM_GROWN,   /* an output above 1/40            */
    MEM_DROP,    /* the loss at half its start      */
    MEM_COVERED, /* every centre has a dominant neuron */
    BOUNDARIES,
    MEM_LOSS_START = BOUNDARIES,
    MEM_DEAD,    /* dead neurons at the step before */
    MEM_COUNT
};

enum { ATTACKERS = 2 }; /* zero start, many starts */

/* Robust accuracy and distances at one state; each when first asked. */
typedef struct prelu_trial {
    bool has_curve[ATTACKERS], has_radius[ATTACKERS], has_half[ATTACKERS], has_distance, has_b3;
    double *curve[ATTACKERS];   /* shares at radii          */
    double at_radius[ATTACKERS], at_half[ATTACKERS]; /* at the option radius; at sqrt(2)/2 */
    double scale_f, scale_power, distance_f, distance_power; /* c and sup |c f - ideal|    */
    double at_b3;               /* share at the radius of B3 */
} prelu_trial;

/* One state with what has been computed from it; each level when first asked. */
typedef struct prelu_pass {
    bool any, back, has_neurons, has_spectrum, has_hidden;
    unsigned long used;   /* turn at which it was last asked for */
    uint64_t stamp;       /* of the last moment that asked, 0: none */
    double *x;            /* dim                                 */
    double *low, *high;   /* n x h: s^(p-1), s^p                 */
    double *f, *d;        /* n outputs; n derivatives of the loss, weighted */
    double loss;
    double *grad;         /* dim                                 */
    double *norm, *share; /* h: |w_j|, |v_j||w_j|                */
    double *to_centre, *to_average; /* h: cosines, NaN where undefined */
    size_t *nearest;      /* h: centre of the largest cosine (K: none) */
    double most;          /* largest contribution                */
    double stable, hidden;/* stable ranks of W and of r_j s_ij^p */
    prelu_trial trial;
} prelu_pass;

/* What is known of the mixture and its ideal classifiers, fixed by the options. */
typedef struct prelu_facts {
    double right[3];   /* shares of test samples: F, power, Bayes right */
    double a4_share, b2_share; /* shares of test samples surviving the option radius */
    double radius;     /* for which they were found, NaN: none yet */
    double f_right, f_fooled, predicted; /* exact, at the option radius */
    double *curve_f, *curve_power;       /* at radii                    */
} prelu_facts;

typedef struct prelu {
    size_t n, D, h, n_plus, n_minus, tests, radii_count;
    int loss;
    bool mean, bias, known, own;
    double weight, p;
    double *X, *y, *factor;       /* training samples                   */
    double *X_test, *y_test;               /* `tests` samples under attack */
    double *radii;
    ory_mixture mixture;          /* of own data: set when centres are given */
    ory_ideal ideal_f, ideal_power, ideal_bayes;
    double skew;                  /* of given centres                   */
    double *initial;              /* dim                                */
    size_t *target;               /* h: at the start; K: void           */
    ory_pnet net;
    const prelu_pass *net_of;     /* whose weights net holds, or NULL   */
    prelu_pass pass[2];
    unsigned long turn;
    double *space, *gram, *sphere; /* n x h or h x D; k x k + k; starts x D */
    size_t sphere_count;
    ory_svd_ws eig;
    ory_attack attack;
    ory_random_starts random;     /* without known centres              */
    unsigned char *survives;      /* tests                              */
    prelu_facts facts;
    ory_batches batches;
    double *batch_low, *batch_high, *batch_f, *batch_factor, *batch_grad;
} prelu;

static inline const double *prelu_v(const prelu *p, const double *x) { return x + p->h * p->D; }
static inline double prelu_b(const prelu *p, const double *x)
{
    return p->bias ? x[p->h * p->D + p->h] : 0;
}

/* prelu_data.c: samples, test samples, mixture from the options. prelu_start.c: the start. */
ory_status prelu_data_make(ory_system *s, prelu *p, ory_error *err);
ory_status prelu_start_make(ory_system *s, prelu *p, ory_error *err);

/* prelu_pass.c */
prelu_pass *prelu_at(prelu *p, const double *x);           /* low, high, f, d, loss */
prelu_pass *prelu_at_moment(prelu *p, const ory_moment *m);
void prelu_back(prelu *p, prelu_pass *q);                  /* grad                  */
void prelu_use(prelu *p, const prelu_pass *q);             /* its weights into p->net */
void prelu_loss(ory_system *s, const double *x, double *loss, double *grad);
void prelu_batch_grad(ory_system *s, uint64_t batch, const double *x, double *grad);
ory_status prelu_advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next,
                         double *t_next, ory_error *err);

/* prelu_state.c: more about the state of q. */
void prelu_neurons(prelu *p, prelu_pass *q);   /* norms, contributions, cosines */
void prelu_spectrum(prelu *p, prelu_pass *q);  /* stable */
void prelu_hidden(prelu *p, prelu_pass *q);    /* hidden */
bool prelu_dominant(const prelu_pass *q, size_t j);
size_t prelu_covered(prelu *p, prelu_pass *q);
size_t prelu_dead(const prelu *p, const prelu_pass *q);
double prelu_cosine(const prelu *p, const prelu_pass *q, size_t j, const double *axis);
double prelu_mass(prelu *p, prelu_pass *q, size_t k);
void prelu_targets(prelu *p);

/* prelu_attack.c */
enum { ZERO_START, MANY_STARTS };
ory_status prelu_attack_curve(ory_system *s, prelu *p, prelu_pass *q, int attacker, ory_error *err);
ory_status prelu_attack_at(ory_system *s, prelu *p, prelu_pass *q, int attacker, bool half,
                           double *share, ory_error *err);
ory_status prelu_attack_b3(ory_system *s, prelu *p, prelu_pass *q, double *share, ory_error *err);
ory_status prelu_distances(ory_system *s, prelu *p, prelu_pass *q, ory_error *err);
ory_status prelu_ideal_facts(ory_system *s, prelu *p, ory_error *err);
void prelu_exact_facts(const ory_system *s, prelu *p);
size_t prelu_sphere_room(const prelu *p);

/* prelu_clock.c */
extern const char *const prelu_phases[];
void prelu_memory_start(ory_system *s, const ory_moment *m, double *memory);
void prelu_observe(ory_system *s, const ory_moment *m, double *memory);
void prelu_clock(prelu *p, const ory_moment *m, double *memory); /* memory as of m, m included */
bool prelu_phase(ory_system *s, const ory_moment *m, int boundary);
const char *prelu_standing(ory_system *s, const ory_moment *m);

/* prelu_probes.c, prelu_claims.c */
extern const ory_probe prelu_probes[];
extern const ory_claim prelu_claims[];
extern const char *const prelu_record[];
ory_status prelu_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err);
void prelu_probe_shape(const ory_system *s, int which, size_t *rows, size_t *cols);
double prelu_probe_work(const ory_system *s, int which);
bool prelu_probe_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size);
const char *prelu_probe_entry(const ory_system *s, int which, size_t i);

#endif
