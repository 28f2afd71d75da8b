/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reduce_probes.c - what can be read off dyn.reduce, and its claims. */
#include "config.h"

#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/interrupt.h"
#include "systems/reduce.h"

#define TWO "Min, Mallada (arXiv:2209.13701)"
#define MANY "Min, Mallada (arXiv:2211.15301)"

enum probe_row {
    N_MEAN, N_DISTURBED, N_MEAN_MHZ, N_DISTURBED_MHZ, N_SPREAD,
    N_SHAPE, N_STEADY, N_FROM_STEADY, N_UNREST, N_POKED, N_BY_HAND,
    W_DIP, W_DIP_T,
    P_LOG_W, P_LOG_ERROR, P_ERROR, P_RANK, P_STRUCTURE, P_BOUND, P_TOTAL, P_CONNECTIVITY, P_THRESHOLD,
    P_NORM, P_NORM_RANK,
    C_RATIO, C_NORM, C_STRUCTURE, S_BAND, S_BAND_W, S_RANK, S_RANK_W,
    K_GROUPS, K_LAM2, K_LAM, K_LAM_NEXT, K_RATIO, K_REFINED, K_SV, K_DEFECT, K_SPECTRUM, K_NEGATIVE,
        K_COMPONENTS,
    K_LEAST_D, K_NORM_LIMIT,
    M_DELTA, M_NEEDED, M_DISTANCE, M_LIMIT, M_LAM3, M_LAM3_LIMIT, M_SINE, M_SINE_LIMIT, M_RHO, M_MARGIN,
    A_RESPONSES, A_POWER, A_BROADCAST, A_LABELS, A_SIZES, A_INERTIAS, A_SV, A_LAM, A_LK, A_QUOTIENT, A_S,
    A_OMEGA, A_ERROR, A_RANK, A_STRUCTURE, A_BOUND, A_CURVE, A_EDGES, A_XY, A_GROUP
};

#define ROW_(name_, label_, unit_, axis_, cost_, flags_, doc_) \
    {name_, label_, ORY_SCALAR, unit_, axis_, cost_, NULL, 0, flags_, doc_, MANY}
#define NOW_(name_, label_, unit_, doc_) ROW_(name_, label_, unit_, ORY_LINEAR, ORY_COST_FREE, 0, doc_)
#define WAY_(name_, label_, unit_, doc_) \
    ROW_(name_, label_, unit_, ORY_LINEAR, ORY_COST_FREE, ORY_PROBE_PATH, doc_)
#define DEAR_(name_, label_, unit_, doc_) ROW_(name_, label_, unit_, ORY_LOG, ORY_COST_DEAR, 0, doc_)
#define FIXED_(name_, label_, unit_, doc_) \
    ROW_(name_, label_, unit_, ORY_LINEAR, ORY_COST_FREE, ORY_PROBE_CONSTANT, doc_)
#define UPPER_(name_, label_, cost_, of_, doc_, src_) \
    {name_, label_, ORY_SCALAR, "", ORY_LOG, cost_, of_, +1, 0, doc_, src_}
#define ARRAY_(name_, label_, kind_, unit_, doc_) \
    {name_, label_, kind_, unit_, ORY_LINEAR, ORY_COST_FREE, NULL, 0, 0, doc_, MANY}
#define CURVE_(name_, label_, kind_, unit_, axis_, doc_) \
    {name_, label_, kind_, unit_, axis_, ORY_COST_DEAR, NULL, 0, 0, doc_, MANY}

const ory_probe reduce_probes[] = {
    [N_MEAN] = NOW_("coherent", "weighted mean", "rad/s", "inertia-weighted mean, sum M_a y_a / sum M_a"),
    [N_DISTURBED] = NOW_("disturbed", "disturbed group", "rad/s", "response of the group of the disturbed "
                                                                  "node"),
    [N_MEAN_MHZ] = NOW_("coherent_mhz", "weighted mean", "mHz", "the weighted mean, 1000 y/(2 pi)"),
    [N_DISTURBED_MHZ] = NOW_("disturbed_mhz", "disturbed group", "mHz",
                             "response of the group of the disturbed node, 1000 y/(2 pi)"),
    [N_SPREAD] = NOW_("spread", "spread", "rad/s", "max_a y_a - min_a y_a"),
    [N_SHAPE] = NOW_("shape_now", "shape", "", "value of the disturbance's shape now"),
    [N_STEADY] = NOW_("steady", "steady state", "rad/s",
                      "where all groups come to rest, and all nodes of the full network: sum u / sum (d_i + "
                      "rinv_i)"),
    [N_FROM_STEADY] = NOW_("from_steady", "from steady", "rad/s", "max_a |y_a - steady|"),
    [N_UNREST] = {"unrest", "unrest", ORY_SCALAR, "rad/s", ORY_LINEAR, ORY_COST_FREE, "from_steady", +1, 0,
                  "(|sum M_a y_a'| + |sum (rinv_j y_a - q_j)|)/sum (d + rinv), plus the spread", MANY},
    [N_POKED] = NOW_("poked", "set by hand", "", "1 when angles, outputs or shape were set by hand just now, "
                     "else 0"),
    [N_BY_HAND] = WAY_("by_hand", "kicks and knobs", "",
                       "size of power and kicks given by hand, and of changes of knobs since the start"),
    [W_DIP] = WAY_("dip", "dip", "rad/s", "least response of the disturbed group so far"),
    [W_DIP_T] = WAY_("dip_t", "its time", "s", "when it was least"),
    [P_LOG_W] = NOW_("log_w", "log10 w", "", "log10 of the frequency freq in rad/s"),
    [P_LOG_ERROR] = ROW_("log_error", "log10 error", "", ORY_LINEAR, ORY_COST_DEAR, 0,
                         "log10 of the error at freq"),
    [P_ERROR] = DEAR_("error", "||T - T̂k||", "", "distance of the reduced transfer function from the full "
                                                  "one at freq"),
    [P_RANK] = DEAR_("error_rank", "||T - Tk||", "", "distance of the rank-k approximation at freq"),
    [P_STRUCTURE] = DEAR_("error_structure", "||Tk - T̂k||", "", "what equal responses inside groups cost at "
                          "freq"),
    [P_BOUND] = UPPER_("bound", "bound", ORY_COST_DEAR, "error_rank",
                       "(M1 M2 + 1)^2/(|f| lambda_{k+1} - M2 - M1 M2^2) where the denominator is positive, "
                       "with M1 = ||T_k||, M2 = max |1/g_i|", TWO ", " MANY),
    [P_TOTAL] = UPPER_("bound_total", "bound", ORY_COST_DEAR, "error",
                       "the bound of the rank-k approximation plus error_structure", TWO ", " MANY),
    [P_CONNECTIVITY] = DEAR_("connectivity", "|f| λk+1", "", "|f(jw)| lambda_{k+1} at freq"),
    [P_THRESHOLD] = DEAR_("threshold", "M2 + M1 M2²", "", "connectivity from which the bound applies"),
    [P_NORM] = DEAR_("norm", "||T̂k||", "", "largest singular value of the reduced transfer function at "
                                            "freq"),
    [P_NORM_RANK] = DEAR_("norm_rank", "||Tk||", "", "largest singular value of the rank-k approximation at "
                          "freq"),
    [C_RATIO] = DEAR_("curve_ratio", "error/bound", "",
                      "largest ||T - T_k||/bound over the frequencies of the curves where it applies"),
    [C_NORM] = DEAR_("norm_max", "max||T̂k||", "", "largest ||That_k(jw)|| over the frequencies of the "
                                                   "curves"),
    [C_STRUCTURE] = DEAR_("structure_max", "max||Tk - T̂k||/||Tk||", "",
                          "largest ||T_k - That_k||/||T_k|| over the frequencies of the curves"),
    [S_BAND] = DEAR_("sup_band", "sup over the band", "", "largest error for w in [0, band]"),
    [S_BAND_W] = DEAR_("sup_band_w", "its frequency", "rad/s", "where the largest error of the band is"),
    [S_RANK] = DEAR_("sup_rank", "sup of ||T - Tk||", "", "largest ||T - T_k|| for w in [0, band]"),
    [S_RANK_W] = DEAR_("sup_rank_w", "its frequency", "rad/s", "where it is"),
    [K_GROUPS] = FIXED_("groups", "groups", "", "how many groups"),
    [K_LAM2] = NOW_("lam2", "λ2", "p.u./rad", "second eigenvalue of the scaled Laplacian"),
    [K_LAM] = NOW_("lam_k", "λk", "p.u./rad", "k-th eigenvalue of the scaled Laplacian, k the number of "
                                              "groups"),
    [K_LAM_NEXT] = NOW_("lam_next", "λk+1", "p.u./rad", "the eigenvalue after it: the gap lies between them"),
    [K_RATIO] = FIXED_("gap_ratio", "λk+1/λk", "", "lambda_{k+1}/lambda_k"),
    [K_REFINED] = FIXED_("refined", "refined", "", "1 when the weights are the refined ones, 0: the "
                                                   "quotient"),
    [K_SV] = FIXED_("sv_min", "least σ", "",
                    "least singular value of N^-1/2 P'V_k: 1 when groups and spectrum match, below 0.3 the "
                    "reduced weights are not meaningful"),
    [K_DEFECT] = FIXED_("defect", "defect", "", "||V_k - P S||_F: 0 when L is block-ideal for the groups"),
    [K_SPECTRUM] = FIXED_("spectrum_gap", "change of the spectrum", "",
                          "largest difference of the eigenvalues of N^-1/2 L_k N^-1/2 from "
                          "lambda_1..lambda_k, as a part of lambda_k"),
    [K_NEGATIVE] = FIXED_("negative", "negative weights", "", "edges of L_k with a negative weight"),
    [K_COMPONENTS] = FIXED_("components", "components", "", "connected components of the full network"),
    [K_LEAST_D] = NOW_("least_d", "min d", "p.u. s/rad", "least damping of a node"),
    [K_NORM_LIMIT] = NOW_("norm_limit", "1/min d", "", "no ||That_k(jw)|| exceeds 1/min d, whatever the "
                                                       "network"),
    [M_DELTA] = FIXED_("weight_sum", "Δ", "", "block model: largest row sum of P_ij W_ij^2"),
    [M_NEEDED] = FIXED_("weight_needed", "Δ needed", "", "16 (c + 1) log n times the largest weight "
                                                         "squared, c "
                        "= log(4/delta)/log n"),
    [M_DISTANCE] = FIXED_("mean_gap", "||L - EL||", "p.u./rad", "distance of L from the mean of its block "
                                                                "model"),
    [M_LIMIT] = {"mean_gap_limit", "8 √(Δ log 4n/δ)", ORY_SCALAR, "p.u./rad", ORY_LINEAR, ORY_COST_FREE,
                 "mean_gap", +1, ORY_PROBE_CONSTANT, "limit of ||L - E L|| with probability 1 - delta", TWO},
    [M_LAM3] = FIXED_("lam3", "λ3", "p.u./rad", "third eigenvalue of L; for two groups"),
    [M_LAM3_LIMIT] = {"lam3_limit", "limit of λ3", ORY_SCALAR, "p.u./rad", ORY_LINEAR, ORY_COST_FREE,
        "lam3", -1,
                      ORY_PROBE_CONSTANT, "wp (p + gamma q) n_min - 8 wp sqrt(n p log(4n/delta)); not "
                                          "above 0 it says nothing", TWO},
    [M_SINE] = FIXED_("sine", "sin(v2, mean v2)", "", "between v_2 and that of the mean graph; for two "
                                                      "groups"),
    [M_SINE_LIMIT] = {"sine_limit", "limit of the sine", ORY_SCALAR, "", ORY_LINEAR, ORY_COST_FREE,
        "sine", +1,
                      ORY_PROBE_CONSTANT, "16 sqrt 2/(p - gamma q) sqrt(n p log(4n/delta)/n_min^2); from 1 "
                                          "on it says nothing", TWO},
    [M_RHO] = FIXED_("rho", "n_max/n_min", "", "block model: ratio of the group sizes (assumption 3)"),
    [M_MARGIN] = FIXED_("block_margin", "margin", "p.u./rad",
                        "min_i B_ii - 2 rho max_i sum_{j != i} B_ij, B = Q o W: > 0 in the theorem "
                        "(assumption 4)"),
    [A_RESPONSES] = ARRAY_("responses", "responses", ORY_VECTOR, "rad/s", "response of every group"),
    [A_POWER] = ARRAY_("power", "power", ORY_VECTOR, "p.u.", "disturbance into every group now: sum of its "
                       "nodes'"),
    [A_BROADCAST] = ARRAY_("broadcast", "broadcast", ORY_VECTOR, "rad/s", "response of every node: that of "
                                                                          "its "
                           "group"),
    [A_LABELS] = ARRAY_("labels", "groups", ORY_VECTOR, "", "group of every node, in order of first "
                                                            "appearance"),
    [A_SIZES] = ARRAY_("sizes", "sizes", ORY_VECTOR, "", "nodes of every group"),
    [A_INERTIAS] = ARRAY_("inertias", "inertias", ORY_VECTOR, "p.u. s2/rad", "sum of the inertias of every "
                          "group"),
    [A_SV] = ARRAY_("sv", "σ", ORY_VECTOR, "", "singular values of N^-1/2 P'V_k"),
    [A_LAM] = ARRAY_("lam", "λ", ORY_VECTOR, "p.u./rad", "bottom eigenvalues of the scaled Laplacian"),
    [A_LK] = ARRAY_("Lk", "Lk", ORY_MATRIX, "p.u./rad", "reduced Laplacian k x k, scaled"),
    [A_QUOTIENT] = ARRAY_("quotient", "P'LP", ORY_MATRIX, "p.u./rad", "sums of the weights of L between "
                                                                      "groups, "
                          "scaled"),
    [A_S] = ARRAY_("S", "S", ORY_MATRIX, "", "refinement k x k: V_k is near P S"),
    [A_OMEGA] = CURVE_("omega", "w", ORY_VECTOR, "rad/s", ORY_LOG, "frequencies of the curves"),
    [A_ERROR] = CURVE_("error_at", "||T - T̂k||", ORY_VECTOR, "", ORY_LOG, "error at the frequencies omega"),
    [A_RANK] = CURVE_("error_rank_at", "||T - Tk||", ORY_VECTOR, "", ORY_LOG, "error_rank at the frequencies "
                      "omega"),
    [A_STRUCTURE] = CURVE_("error_structure_at", "||Tk - T̂k||", ORY_VECTOR, "", ORY_LOG,
                           "error_structure at the frequencies omega"),
    [A_BOUND] = CURVE_("bound_at", "bound", ORY_VECTOR, "", ORY_LOG,
                       "bound_total at the frequencies omega; NaN where none applies"),
    [A_CURVE] = CURVE_("error_curve", "error", ORY_MATRIX, "", ORY_LINEAR,
                       "rows (log10 w, log10 error), a row of NaN, rows (log10 w, log10 bound_total)"),
    [A_EDGES] = ARRAY_("edges", "edges", ORY_MATRIX, "", "rows (from, to, weight) of the reduced network"),
    [A_XY] = ARRAY_("xy", "positions", ORY_MATRIX, "", "positions of the groups: the middle of their nodes"),
    [A_GROUP] = ARRAY_("group", "groups", ORY_VECTOR, "", "1 to k"),
    {0}};

/* ----------------------------------------------------------------------- from the state */

static double spread(const reduce *x, const double *y)
{
    double low = INFINITY, high = -INFINITY;
    size_t a;

    for (a = 0; a < x->k; a++) {
        low = fmin(low, y[a]);
        high = fmax(high, y[a]);
    }
    return high - low;
}

static double mean(const reduce *x, const double *y)
{
    double sum = 0;
    size_t a;

    for (a = 0; a < x->k; a++)
        sum += x->M[a] * y[a];
    return sum / x->total_m;
}

static double steady(const reduce *x, const double *state)
{
    int shape = x->net->law.shape;
    double power = shape == SHAPE_STEP || shape == SHAPE_EXP ? x->net->law.total_u0 : 0;
    size_t i;

    for (i = 0; i < x->n; i++)
        power += state[x->u + i];
    return x->ki == 0 || x->total_force == 0 || shape == SHAPE_SIN ? NAN : power / x->total_force;
}

static double from_steady(const reduce *x, const double *state)
{
    double rest = steady(x, state), most = 0;
    size_t a;

    for (a = 0; a < x->k; a++)
        most = fmax(most, fabs(state[x->k + a] - rest));
    return isnan(rest) ? NAN : most;
}

/* Summed over all groups the law reads sum (d + rinv) y = sum u - sum M y' + sum (rinv y - q):
 * the weighted mean of y misses the steady value by at most the last two, and no y_a misses
 * that mean by more than the spread. While the shape still grows its missing part counts. */
static double unrest(reduce *x, const double *state)
{
    const double *y = state + x->k, *q = state + 2 * x->k;
    double push = 0, lag = 0, most = 0, shape = reduce_shape(x, state);
    size_t a, j;

    for (j = 0; j < x->nq; j++)
        lag += x->net->law.rinv[j] * y[x->label[j]] - q[j];
    reduce_power(x, state, x->power);
    for (a = 0; a < x->k; a++) {
        push += x->power[a] - x->D[a] * y[a];
        most = fmax(most, fabs(y[a]));
    }
    for (j = 0; j < x->nq; j++)
        push -= q[j];
    if (x->net->law.shape != SHAPE_STEP && x->net->law.shape != SHAPE_EXP)
        shape = 1; /* nothing is missing */
    return (fabs(push) + fabs(lag) + fabs((1 - shape) * x->net->law.total_u0)) / fabs(x->total_force) +
           spread(x, y) + 1e-12 * most;
}

static double by_hand(const ory_system *s, const reduce *x, const ory_moment *m)
{
    static const int knob[] = {WP_SCALE, WP_INERTIA, WP_DAMPING, WP_KP, WP_KI, WP_RATE};
    double sum = 0;
    size_t i;

    for (i = 0; i < x->n; i++)
        sum += fabs(m->x[x->u + i]) + fabs(m->x[x->impulse + i]);
    for (i = 0; m->memory && i < sizeof knob / sizeof *knob; i++)
        sum += fabs(ory_values_real(&s->values, knob[i]) - m->memory[RM_SCALE + i]);
    return sum;
}

static double read_now(const ory_system *s, reduce *x, const ory_moment *m, int which)
{
    const double *state = m->x, *y = state + x->k;

    switch (which) {
    case N_MEAN: return mean(x, y);
    case N_DISTURBED: return y[x->at];
    case N_MEAN_MHZ: return 1000 * mean(x, y) / (2 * M_PI);
    case N_DISTURBED_MHZ: return 1000 * y[x->at] / (2 * M_PI);
    case N_SPREAD: return spread(x, y);
    case N_SHAPE: return reduce_shape(x, state);
    case N_STEADY: return steady(x, state);
    case N_FROM_STEADY: return from_steady(x, state);
    case N_UNREST: return isnan(steady(x, state)) ? NAN : unrest(x, state);
    case N_POKED: return reduce_mark(x, state) != state[x->mark];
    case N_BY_HAND: return by_hand(s, x, m);
    case W_DIP: return m->memory ? fmin(y[x->at], m->memory[RM_LOW]) : y[x->at];
    default: return m->memory && m->memory[RM_LOW] <= y[x->at] ? m->memory[RM_LOW_T] : m->t;
    }
}

/* ---------------------------------------------------------------------- over frequency */

/* A closed-loop pole on the axis is a value that does not exist, not a failure. */
static ory_status evaluate(reduce *x, double w, ory_reduced_at *at, ory_error *err)
{
    ory_error pole = {0};
    ory_status ok = ory_reduced_eval(&x->freq, I * w, at, &pole);

    if (ok == ORY_ESINGULAR) {
        at->error = at->rank = at->structure = at->norm = at->m1 = at->bound = NAN;
        return ORY_OK;
    }
    return ok == ORY_OK ? ORY_OK : ory_fail(err, ok, "%s", pole.text);
}

ory_status reduce_need_point(ory_system *s, ory_error *err)
{
    reduce *x = s->self;
    ory_status ok = x->has_point ? ORY_OK : evaluate(x, ory_values_real(&s->values, WP_FREQ), &x->point, err);

    x->has_point = ok == ORY_OK;
    return ok;
}

static ory_status need_curve(ory_system *s, ory_error *err)
{
    reduce *x = s->self;
    double low = ory_values_real(&s->values, WP_LOW), high = ory_values_real(&s->values, WP_HIGH);
    ory_status ok = ORY_OK;
    size_t i;

    for (i = 0; !x->has_curve && ok == ORY_OK && i < x->points; i++) {
        double w = low * pow(high / low, (double)i / (double)(x->points - 1));
        ory_reduced_at at;

        if (ory_interrupt_pending())
            return ory_fail(err, ORY_EINTERRUPT, "interrupted");
        ok = evaluate(x, w, &at, err);
        x->curve[i] = (reduce_curve){w, at.error, at.rank, at.structure, at.bound, at.norm, at.m1};
    }
    x->has_curve = ok == ORY_OK;
    return ok;
}

static ory_status need_band(ory_system *s, bool rank, ory_error *err)
{
    reduce *x = s->self;
    bool *has = rank ? &x->has_rank : &x->has_band;
    ory_status ok = ORY_OK;

    if (!*has)
        ok = ory_reduced_supremum(&x->freq, rank ? ORY_REDUCED_RANK : ORY_REDUCED_ERROR,
                                  ory_values_real(&s->values, WP_BAND), rank ? &x->rank_band : &x->band, err);
    *has = ok == ORY_OK;
    return ok;
}

static double log_or_nan(double v)
{
    return v > 0 ? log10(v) : NAN;
}

static double read_point(const ory_system *s, const reduce *x, int which)
{
    const ory_reduced_at *at = &x->point;

    switch (which) {
    case P_LOG_W: return log10(ory_values_real(&s->values, WP_FREQ));
    case P_LOG_ERROR: return log_or_nan(at->error);
    case P_ERROR: return at->error;
    case P_RANK: return at->rank;
    case P_STRUCTURE: return at->structure;
    case P_BOUND: return at->bound;
    case P_TOTAL: return at->bound + at->structure;
    case P_CONNECTIVITY: return at->connectivity;
    case P_THRESHOLD: return at->threshold;
    case P_NORM: return at->norm;
    default: return at->m1;
    }
}

static double read_curve(const reduce *x, int which)
{
    double most = NAN;
    size_t i;

    for (i = 0; i < x->points; i++) {
        const reduce_curve *c = &x->curve[i];

        most = fmax(most, which == C_NORM ? c->norm : which == C_STRUCTURE ? c->structure / c->norm_rank
                          : c->bound > 0 ? c->rank / c->bound : NAN);
    }
    return most;
}

/* ------------------------------------------------------------------------ constants */

static double read_constant(const reduce *x, int which)
{
    const ory_reduction *r = &x->red;
    double scale = x->freq.scale, least = swing_least_damping(x->net);

    switch (which) {
    case K_GROUPS: return (double)x->k;
    case K_LAM2: return x->n > 1 ? x->lam[1] * scale : NAN;
    case K_LAM: return r->lam[x->k - 1] * scale;
    case K_LAM_NEXT: return r->lam[x->k] * scale;
    case K_RATIO: return r->lam[x->k - 1] > 0 ? r->lam[x->k] / r->lam[x->k - 1] : NAN;
    case K_REFINED: return x->L_k == &r->L;
    case K_SV: return r->sv[x->k - 1];
    case K_DEFECT: return r->defect;
    case K_SPECTRUM: return fmax(x->spectrum_gap, 1e-12);
    case K_NEGATIVE: return x->negative;
    case K_COMPONENTS: return (double)r->components;
    case K_LEAST_D: return least;
    default: return least > 0 ? 1 / least : NAN;
    }
}

static double read_model(const reduce_model *m, int which)
{
    switch (which) {
    case M_DELTA: return m->conc.Delta;
    case M_NEEDED: return m->conc.needed;
    case M_DISTANCE: return m->distance;
    case M_LIMIT: return m->conc.limit;
    case M_LAM3: return m->lam3;
    case M_LAM3_LIMIT: return m->two.lam3_limit;
    case M_SINE: return m->sine;
    case M_SINE_LIMIT: return m->two.sine_limit;
    case M_RHO: return m->rho;
    default: return m->margin;
    }
}

static double read_scalar(const ory_system *s, reduce *x, const ory_moment *m, int which)
{
    if (which <= W_DIP_T)
        return read_now(s, x, m, which);
    if (which <= P_NORM_RANK)
        return read_point(s, x, which);
    if (which <= C_STRUCTURE)
        return read_curve(x, which);
    switch (which) {
    case S_BAND: return x->band.value;
    case S_BAND_W: return x->band.w;
    case S_RANK: return x->rank_band.value;
    case S_RANK_W: return x->rank_band.w;
    default: return which < M_DELTA ? read_constant(x, which) : read_model(&x->model, which);
    }
}

/* --------------------------------------------------------------------------- arrays */

static double on_curve(const reduce_curve *c, int which)
{
    switch (which) {
    case A_OMEGA: return c->w;
    case A_ERROR: return c->error;
    case A_RANK: return c->rank;
    case A_STRUCTURE: return c->structure;
    default: return c->bound + c->structure;
    }
}

static void read_trails(const reduce *x, double *out)
{
    double *below = out + 2 * (x->points + 1);
    size_t i;

    for (i = 0; i < x->points; i++) {
        out[2 * i] = below[2 * i] = log10(x->curve[i].w);
        out[2 * i + 1] = log_or_nan(x->curve[i].error);
        below[2 * i + 1] = log_or_nan(x->curve[i].bound + x->curve[i].structure);
    }
    out[2 * x->points] = out[2 * x->points + 1] = NAN;
}

static void copy_scaled(const double *from, double scale, size_t n, double *out)
{
    size_t i;

    for (i = 0; i < n; i++)
        out[i] = from[i] * scale;
}

static void read_groups(const reduce *x, const ory_moment *m, int which, double *out)
{
    size_t k = x->k, i;
    double scale = x->freq.scale;

    switch (which) {
    case A_RESPONSES: memcpy(out, m->x + k, k * sizeof *out); break;
    case A_POWER: reduce_power(x, m->x, out); break;
    case A_BROADCAST:
        for (i = 0; i < x->n; i++)
            out[i] = m->x[k + x->label[i]];
        break;
    case A_LABELS:
        for (i = 0; i < x->n; i++)
            out[i] = x->label[i] + 1.0;
        break;
    case A_SIZES: memcpy(out, x->red.size, k * sizeof *out); break;
    case A_INERTIAS: memcpy(out, x->M, k * sizeof *out); break;
    case A_SV: memcpy(out, x->red.sv, k * sizeof *out); break;
    case A_LAM: copy_scaled(x->lam, scale, x->n_lam, out); break;
    case A_LK: copy_scaled(x->L_k->data, scale, k * k, out); break;
    case A_QUOTIENT: copy_scaled(x->red.quotient.data, scale, k * k, out); break;
    case A_S: copy_scaled(x->red.S.data, 1, k * k, out); break;
    case A_EDGES: memcpy(out, x->edges, 3 * x->n_edges * sizeof *out); break;
    case A_XY: memcpy(out, x->xy, 2 * k * sizeof *out); break;
    default:
        for (i = 0; i < k; i++)
            out[i] = (double)i + 1;
    }
}

static void read_array(const reduce *x, const ory_moment *m, int which, double *out)
{
    size_t i;

    if (which == A_CURVE) {
        read_trails(x, out);
        return;
    }
    if (which < A_OMEGA || which > A_CURVE) {
        read_groups(x, m, which, out);
        return;
    }
    for (i = 0; i < x->points; i++)
        out[i] = on_curve(&x->curve[i], which);
}

static ory_status need(ory_system *s, int which, ory_error *err)
{
    if (which > P_LOG_W && which <= P_NORM_RANK)
        return reduce_need_point(s, err);
    if ((which >= C_RATIO && which <= C_STRUCTURE) || (which >= A_OMEGA && which <= A_CURVE))
        return need_curve(s, err);
    if (which >= S_BAND && which <= S_RANK_W)
        return need_band(s, which >= S_RANK, err);
    return ORY_OK;
}

void reduce_probe_shape(const ory_system *s, int which, size_t *rows, size_t *cols)
{
    const reduce *x = s->self;
    bool square = which == A_LK || which == A_QUOTIENT || which == A_S;

    *rows = *cols = 1;
    if (which < A_RESPONSES)
        return;
    *cols = square ? x->k : which == A_EDGES ? 3 : which == A_XY || which == A_CURVE ? 2 : 1;
    *rows = which == A_BROADCAST || which == A_LABELS ? x->n
            : which == A_LAM ? x->n_lam
            : which == A_EDGES ? x->n_edges
            : which == A_CURVE ? 2 * x->points + 1
            : which >= A_OMEGA && which < A_CURVE ? x->points : x->k;
}

ory_status reduce_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err)
{
    ory_error local = {0};
    ory_status ok = need(s, which, &local);
    size_t rows, cols, i;

    if (ok == ORY_EUNDEF || ok == ORY_ESINGULAR) { /* not defined, and reduce_why says so */
        reduce_probe_shape(s, which, &rows, &cols);
        for (i = 0; i < rows * cols; i++)
            out[i] = NAN;
        return ORY_OK;
    }
    if (ok != ORY_OK)
        return ory_fail(err, ok, "%s", local.text);
    if (which >= A_RESPONSES)
        read_array(s->self, m, which, out);
    else
        *out = read_scalar(s, s->self, m, which);
    return ORY_OK;
}

/* Frequencies are looked at once for all steps between two turns of a knob. */
double reduce_work(const ory_system *s, int which)
{
    const reduce *x = s->self;
    double all = (double)(x->ns + x->k + 2), k = (double)x->k, n = (double)x->n;

    if (which == -1)
        return x->exact ? 2 * (double)x->ns * all + n : (double)x->substeps * (8 * k * k + 24 *
            (double)x->ns);
    return which >= A_RESPONSES ? n + k * k + (double)x->points : n;
}

/* ------------------------------------------------------------------------------- why */

static const char *why_model(const reduce *x, int which)
{
    const reduce_model *m = &x->model;

    if (!m->given)
        return "no block model given (options Q and W)";
    if (which == M_DISTANCE)
        return "more than 400 nodes: the norm is not computed";
    if (x->k != 2)
        return "for two groups";
    return m->two.applies ? "two nodes have no third eigenvalue"
                          : "not of the form Q = [p, q; q, p], W = [wp, wq; wq, wp] with p > q, 0 < wq < wp";
}

bool reduce_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size)
{
    const reduce *x = s->self;
    const char *why = NULL;
    ory_error err = {0};
    bool against_full = which == P_LOG_ERROR || which == P_ERROR || which == P_RANK || which == C_RATIO ||
                        (which >= S_BAND && which <= S_RANK_W) || which == A_ERROR || which == A_RANK ||
                        which == A_CURVE;

    (void)m;
    if (which >= M_DELTA && which <= M_MARGIN)
        why = why_model(x, which);
    else if (which == N_STEADY || which == N_FROM_STEADY || which == N_UNREST)
        why = "no steady state: a sine, ki = 0, or no restoring force (d + rinv = 0)";
    else if (against_full && !x->freq.full)
        why = "more than 400 nodes: T(jw) of the full network is not computed";
    else if ((which == P_CONNECTIVITY || which == P_BOUND || which == P_TOTAL) && x->k == x->n)
        why = "every node is a group: T_k = T, and there is no lambda_{k+1}";
    else if (which == P_BOUND || which == P_TOTAL || which == A_BOUND)
        why = "not applicable: |f| lambda_{k+1} does not exceed the threshold M2 + M1 M2^2";
    else if (which == C_RATIO)
        why = "the bound applies at no frequency of the curves, or k is the number of nodes";
    else if (which == K_LAM_NEXT)
        why = "every node is a group: there is no further eigenvalue";
    else if (which == K_RATIO)
        why = "lambda_k is 0, or every node is a group";
    else if (which == K_LAM2)
        why = "one node has no second eigenvalue";
    else if (which == K_NORM_LIMIT)
        why = "a node without damping: no limit";
    else if (which == P_LOG_ERROR && x->has_point && x->point.error == 0)
        why = "the error is 0: the reduced network answers as the full one";
    else if (which == A_CURVE)
        why = "a row of NaN parts the curve of the error from that of the bound";
    else if (which > P_LOG_W && which <= S_RANK_W)
        why = need(s, which, &err) != ORY_OK && *err.text ? err.text : "jw is a pole of the closed loop";
    if (why)
        snprintf(text, size, "%s", why);
    return why != NULL;
}

const char *reduce_entry(const ory_system *s, int which, size_t i)
{
    static const char *const lam[] = {"λ1", "λ2", "λ3", "λ4", "λ5", "λ6", "λ7", "λ8", "λ9", "λ10", "λ11",
        "λ12"};
    const reduce *x = s->self;

    if (which == A_LAM)
        return i < sizeof lam / sizeof *lam ? lam[i] : NULL;
    if (which == A_BROADCAST || which == A_LABELS)
        return i < x->n ? x->net->names[i] : NULL;
    if (which == A_RESPONSES || which == A_POWER || which == A_SIZES || which == A_INERTIAS || which ==
        A_XY ||
        which == A_GROUP || which == A_LK || which == A_QUOTIENT)
        return i < x->k ? x->names[i] : NULL;
    return NULL;
}

/* -------------------------------------------------------------------------- claims */

const ory_claim reduce_claims[] = {
    {.name = "low_rank", .title = "rank-k error below its bound",
     .statement = "Where |f| lambda_{k+1} > M2 + M1 M2^2, ||T - T_k|| is at most (M1 M2 + 1)^2/(|f| "
                  "lambda_{k+1} - M2 - M1 M2^2).",
     .source = TWO " for two groups, " MANY " for k",
     .correction = "The published condition has >=; at equality the right side is infinite.",
     .hypotheses = {{"connectivity", ORY_GT, "threshold", "|f| λk+1 > M2 + M1 M2²", false}},
     .conclusion = {"error_rank", ORY_LE, "bound", "||T − Tk|| ≤ bound", false},
     .slack_rel = 1e-9},
    {.name = "total", .title = "error of the reduced network below its bound",
     .statement = "Where the bound applies, ||T - That_k|| is at most the bound plus ||T_k - That_k||.",
     .source = TWO ", " MANY ", and the triangle inequality",
     .hypotheses = {{"connectivity", ORY_GT, "threshold", "|f| λk+1 > M2 + M1 M2²", false}},
     .conclusion = {"error", ORY_LE, "bound_total", "||T − T̂k|| ≤ bound + ||Tk − T̂k||", false},
     .slack_rel = 1e-9},
    {.name = "curve", .title = "the bound holds along the curve",
     .statement = "At every frequency of the curves at which the bound applies it holds.",
     .source = TWO ", " MANY,
     .hypotheses = {{"curve_ratio", ORY_GE, "0", "the bound applies somewhere", false}},
     .conclusion = {"curve_ratio", ORY_LE, "1", "max ||T − Tk||/bound ≤ 1", false},
     .slack_rel = 1e-9},
    {.name = "exact", .title = "block-ideal networks are reduced exactly",
     .statement = "When V_k = P S, all nodes of a group answer alike in the rank-k approximation: T_k = "
                  "That_k for every s.",
     .source = TWO ", " MANY,
     .hypotheses = {{"defect", ORY_LT, "1e-9", "defect = 0 up to rounding", false}},
     .conclusion = {"structure_max", ORY_LE, "1e-6", "||Tk − T̂k|| = 0 up to rounding", false}},
    {.name = "passive", .title = "passive nodes bound the reduced network",
     .statement = "With damping d_i > 0 at every node no ||That_k(jw)|| exceeds 1/min d.",
     .source = MANY ", gamma = 1/min d for swing nodes",
     .hypotheses = {{"least_d", ORY_GT, "0", "min d > 0", false},
                    {"norm_max", ORY_GE, "0", "T̂k is computed", false}},
     .conclusion = {"norm_max", ORY_LE, "norm_limit", "max ||T̂k(jw)|| ≤ 1/min d", false},
     .slack_rel = 1e-9},
    {.name = "spectrum", .title = "the bottom of the spectrum is kept",
     .statement = "With refined weights the eigenvalues of N^-1/2 L_k N^-1/2 are lambda_1 to lambda_k; "
                  "quotient weights share this only in block-ideal networks.",
     .source = MANY ", Algorithm 1, refinement in closed form",
     .hypotheses = {{"refined", ORY_GE, "1", "weights = \"refined\"", false}},
     .conclusion = {"spectrum_gap", ORY_LE, "1e-9", "the spectra agree", false}},
    {.name = "rest", .title = "both networks come to rest at the same value",
     .statement = "The groups are as near to sum u/sum (d + rinv), where the full network rests too, as "
                  "their motion, the lag of the turbines and the spread allow.",
     .source = TWO ", steady state",
     .hypotheses = {{"from_steady", ORY_GE, "0", "there is a steady state", false},
                    {"least_d", ORY_GE, "0", "min d ≥ 0", false}},
     .conclusion = {"from_steady", ORY_LE, "unrest", "max |y − steady| ≤ unrest", false},
     .slack_rel = 1e-9},
    {.name = "concentration", .title = "a draw lies near the mean of its model",
     .statement = "Independent edges, Delta >= 16 (c + 1) log n: with probability 1 - delta ||L - E L|| is "
                  "at most 8 sqrt(Delta log(4n/delta)).",
     .source = TWO,
     .correction = "Delta is the largest row sum of P_ij W_ij^2; the proof writes the larger of its two "
                   "parts.",
     .hypotheses = {{"weight_sum", ORY_GE, "weight_needed", "Δ ≥ 16 (c + 1) log n", false}},
     .conclusion = {"mean_gap", ORY_LE, "mean_gap_limit", "||L − EL|| ≤ 8 √(Δ log 4n/δ)", false}},
    {.name = "third_eigenvalue", .title = "the third eigenvalue grows with n",
     .statement = "Two communities: with probability 1 - delta lambda_3 is at least wp (p + gamma q) n_min "
                  "- 8 wp sqrt(n p log(4n/delta)); below some thousands of nodes this limit is vacuous.",
     .source = TWO,
     .hypotheses = {{"lam3_limit", ORY_GT, "0", "limit > 0, else vacuous", false}},
     .conclusion = {"lam3", ORY_GE, "lam3_limit", "λ3 ≥ limit", false}},
    {.name = "second_vector", .title = "the second eigenvector tells the communities",
     .statement = "Two communities: with probability 1 - delta sin(v_2, mean v_2) is at most 16 sqrt 2/(p "
                  "- gamma q) sqrt(n p log(4n/delta)/n_min^2); below some thousands of nodes this limit is "
                  "vacuous.",
     .source = TWO,
     .correction = "The last line of the proof has an extra 1/wp; the statement without it is right.",
     .hypotheses = {{"sine_limit", ORY_LT, "1", "limit < 1, else vacuous", false}},
     .conclusion = {"sine", ORY_LE, "sine_limit", "sin(v2, mean v2) ≤ limit", false}},
    {0}};
