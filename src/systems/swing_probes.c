/* SPDX-License-Identifier: GPL-3.0-or-later */
/* swing_probes.c - what can be read off dyn.swing, and its claims. */
#include "config.h"

#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "systems/swing.h"

#define PAPER "Min, Pates, Mallada (arXiv:2302.08438)"
#define LONG "Min, Pates, Mallada (arXiv:2101.00981)"

enum probe_row {
    N_YBAR, N_COI, N_YBAR_MHZ, N_GAP, N_REST, N_COI_GAP, N_SPREAD, N_SHAPE, N_STEADY, N_FROM_STEADY,
    N_POKED, N_BY_HAND, N_ROUNDING,
    W_GAP, W_GAP_T, W_REST, W_RMS, W_COI_GAP, W_LOW, W_LOW_T,
    P_LOG_W, P_LOG_INCOHERENCE, P_INCOHERENCE, P_BOUND, P_BOUND2, P_CONNECTIVITY, P_THRESHOLD,
    P_THRESHOLD2, P_LAM_NEEDED, P_GBAR, P_NORM, P_ENTRY,
    P_ANSWER_GAP,
    C_RATIO, C_NORM, S_BAND, S_BAND_W, S_AXIS, S_AXIS_W, S_CERTIFICATE,
    K_LAM2, K_LAM_MAX, K_COMPONENTS, K_LEAST_D, K_NORM_LIMIT, K_UNLIKE,
    A_RESPONSES, A_DEVIATION, A_LAM, A_LOW_MODES, A_OMEGA, A_INCOHERENCE, A_BOUND, A_NORM, A_GBAR,
    A_PASSES, A_CURVE, A_ANSWER, A_EDGES, A_XY, A_GROUP
};

#define ROW_(name_, label_, unit_, axis_, cost_, flags_, doc_) \
    {name_, label_, ORY_SCALAR, unit_, axis_, cost_, NULL, 0, flags_, doc_, PAPER}
#define NOW_(name_, label_, unit_, doc_) ROW_(name_, label_, unit_, ORY_LINEAR, ORY_COST_FREE, 0, doc_)
#define WAY_(name_, label_, unit_, doc_) \
    ROW_(name_, label_, unit_, ORY_LINEAR, ORY_COST_FREE, ORY_PROBE_PATH, doc_)
#define DEAR_(name_, label_, unit_, doc_) ROW_(name_, label_, unit_, ORY_LOG, ORY_COST_DEAR, 0, doc_)
#define UPPER_(name_, label_, of_, doc_, src_) \
    {name_, label_, ORY_SCALAR, "", ORY_LOG, ORY_COST_DEAR, of_, +1, 0, doc_, src_}
#define ARRAY_(name_, label_, kind_, unit_, cost_, doc_) \
    {name_, label_, kind_, unit_, ORY_LINEAR, cost_, NULL, 0, 0, doc_, PAPER}
#define CURVE_(name_, label_, unit_, doc_) \
    {name_, label_, ORY_VECTOR, unit_, ORY_LOG, ORY_COST_DEAR, NULL, 0, 0, doc_, PAPER}

const ory_probe swing_probes[] = {
    [N_YBAR] = NOW_("coherent", "coherent", "rad/s",
                    "the coherent response ybar: gbar applied to the mean of the disturbance"),
    [N_COI] = NOW_("coi", "weighted mean", "rad/s", "inertia-weighted mean, sum m_i y_i / sum m_i"),
    [N_YBAR_MHZ] = NOW_("coherent_mhz", "coherent", "mHz", "the coherent response, 1000 ybar/(2 pi)"),
    [N_GAP] = NOW_("gap", "gap", "rad/s", "max_i |y_i - ybar| now"),
    [N_REST] = NOW_("gap_rest", "gap of the rest", "rad/s", "max |y_i - ybar| over nodes not disturbed"),
    [N_COI_GAP] = NOW_("coi_gap", "|mean - ybar|", "rad/s", "|coi - ybar| now"),
    [N_SPREAD] = NOW_("spread", "spread", "rad/s", "max_i y_i - min_i y_i"),
    [N_SHAPE] = NOW_("shape_now", "shape", "", "value of the disturbance's shape now"),
    [N_STEADY] = NOW_("steady", "steady state", "rad/s",
                      "where all nodes come to rest: sum u / sum (d_i + rinv_i)"),
    [N_FROM_STEADY] = NOW_("from_steady", "from steady", "rad/s", "max_i |y_i - steady|"),
    [N_POKED] = NOW_("poked", "set by hand", "",
                     "1 when angles, outputs, coherent response or shape were set by hand just now, else 0"),
    [N_BY_HAND] = WAY_("by_hand", "kicks and knobs", "",
                       "size of power and kicks given by hand, and of changes of knobs since the start"),
    [N_ROUNDING] = WAY_("rounding", "rounding", "rad/s", "1e-9 of the largest output and gap so far"),
    [W_GAP] = WAY_("gap_max", "largest gap", "rad/s", "largest gap so far"),
    [W_GAP_T] = WAY_("gap_max_t", "its time", "s", "when the gap was largest"),
    [W_REST] = WAY_("gap_rest_max", "largest gap of the rest", "rad/s",
                    "largest gap so far of nodes not disturbed"),
    [W_RMS] = WAY_("gap_rms", "rms gap", "rad/s",
                   "root of the mean of (y_i - ybar)^2 over nodes and time so far"),
    [W_COI_GAP] = WAY_("coi_gap_max", "largest |mean - ybar|", "rad/s", "largest |coi - ybar| so far"),
    [W_LOW] = WAY_("nadir", "nadir", "rad/s", "least coherent response so far"),
    [W_LOW_T] = WAY_("nadir_t", "its time", "s", "when the coherent response was least"),
    [P_LOG_W] = NOW_("log_w", "log10 w", "", "log10 of the frequency freq in rad/s"),
    [P_LOG_INCOHERENCE] = ROW_("log_incoherence", "log10 incoherence", "", ORY_LINEAR, ORY_COST_DEAR, 0,
                               "log10 of the incoherence at freq"),
    [P_INCOHERENCE] = DEAR_("incoherence", "incoherence", "", "||T(jw) - (gbar(jw)/n) 11'|| at w = freq"),
    [P_BOUND] = UPPER_("bound", "bound", "incoherence",
                       "(M1 M2 + 1)^2/(|f| lambda2 - M2 - M1 M2^2) where the denominator is positive, with "
                       "M1 = |gbar|, M2 = max |1/g_i|", PAPER ", Lemma 2"),
    [P_BOUND2] = UPPER_("bound_half", "2 (M1 M2 + 1)^2/(|f| λ2)", "incoherence",
                        "the bound where |f| lambda2 is twice the threshold", PAPER ", Lemma 2"),
    [P_CONNECTIVITY] = DEAR_("connectivity", "|f| λ2", "", "effective connectivity |f(jw)| lambda2 at freq"),
    [P_THRESHOLD] = DEAR_("threshold", "M2 + M1 M2²", "", "connectivity from which the bound applies"),
    [P_THRESHOLD2] = DEAR_("threshold_half", "2 (M2 + M1 M2²)", "", "twice the threshold"),
    [P_LAM_NEEDED] = DEAR_("lam2_needed", "λ2 needed", "", "lambda2 from which the bound applies at freq"),
    [P_GBAR] = DEAR_("gbar", "|gbar|", "", "size of the coherent dynamics at freq"),
    [P_NORM] = DEAR_("norm", "||T||", "", "largest singular value of T(jw) at freq"),
    [P_ENTRY] = DEAR_("entry_gap", "max|T_ij - gbar/n|", "", "largest entry of T(jw) - gbar/n 11' at freq"),
    [P_ANSWER_GAP] = DEAR_("answer_gap", "answers apart", "rad/s",
                           "max_i |(T(jw) u0)_i - gbar/n sum u0| at freq: the disturbance as a sine"),
    [C_RATIO] = DEAR_("curve_ratio", "incoherence/bound", "",
                      "largest incoherence/bound over the frequencies of the curves where it applies"),
    [C_NORM] = DEAR_("norm_max", "max||T||", "", "largest ||T(jw)|| over the frequencies of the curves"),
    [S_BAND] = DEAR_("sup_band", "sup over the band", "", "largest incoherence for w in [0, band]"),
    [S_BAND_W] = DEAR_("sup_band_w", "its frequency", "rad/s",
                       "where the largest incoherence of the band is"),
    [S_AXIS] = DEAR_("sup_axis", "sup over all w", "", "largest incoherence over all frequencies"),
    [S_AXIS_W] = DEAR_("sup_axis_w", "its frequency", "rad/s", "where the largest incoherence of all is"),
    [S_CERTIFICATE] = DEAR_("certificate", "certificate", "rad/s",
                            "shape exp: no node ever leaves the coherent response by more than (|u0|/pi) "
                            "times the integral of incoherence |U| over w"),
    [K_LAM2] = NOW_("lam2", "λ2", "p.u./rad", "second eigenvalue of the scaled Laplacian"),
    [K_LAM_MAX] = NOW_("lam_max", "λn", "p.u./rad", "largest eigenvalue of the scaled Laplacian"),
    [K_COMPONENTS] = NOW_("components", "components", "",
                          "connected components of the graph as it is now"),
    [K_LEAST_D] = NOW_("least_d", "min d", "p.u. s/rad", "least damping of a node"),
    [K_NORM_LIMIT] = NOW_("norm_limit", "1/min d", "", "no ||T(jw)|| exceeds 1/min d, whatever L"),
    [K_UNLIKE] = NOW_("unlike", "unlike", "", "how far the nodes are from multiples of each other"),
    [A_RESPONSES] = ARRAY_("responses", "responses", ORY_VECTOR, "rad/s", ORY_COST_FREE,
                           "coherent response, weighted mean, the disturbed node and the lightest others"),
    [A_DEVIATION] = ARRAY_("deviation", "y - ybar", ORY_VECTOR, "rad/s", ORY_COST_FREE,
                           "y_i - ybar of every node"),
    [A_LAM] = ARRAY_("lam", "λ", ORY_VECTOR, "p.u./rad", ORY_COST_FREE,
                     "eigenvalues of the scaled Laplacian, ascending"),
    [A_LOW_MODES] = ARRAY_("low_modes", "|f| λ", ORY_VECTOR, "", ORY_COST_FREE,
                           "|f(jw)| times the lowest eigenvalues from lambda2 on, at freq"),
    [A_OMEGA] = CURVE_("omega", "w", "rad/s", "frequencies of the curves"),
    [A_INCOHERENCE] = CURVE_("incoherence_at", "incoherence", "", "incoherence at the frequencies omega"),
    [A_BOUND] = CURVE_("bound_at", "bound", "", "its bound at the frequencies omega; NaN where none applies"),
    [A_NORM] = CURVE_("norm_at", "||T||", "", "||T(jw)|| at the frequencies omega"),
    [A_GBAR] = CURVE_("gbar_at", "|gbar|", "", "|gbar(jw)| at the frequencies omega"),
    [A_PASSES] = ARRAY_("passes", "threshold", ORY_VECTOR, "rad/s", ORY_COST_DEAR,
                        "frequencies of the curves at which |f| lambda2 passes the threshold, at most 4; NaN "
                        "beyond them"),
    [A_CURVE] = ARRAY_("incoherence_curve", "incoherence", ORY_MATRIX, "", ORY_COST_DEAR,
                       "rows (log10 w, log10 incoherence), a row of NaN, rows (log10 w, log10 bound)"),
    [A_ANSWER] = CURVE_("answer", "|T(jw) u0|", "rad/s", "size of every node's answer to the disturbance "
                        "as a sine of the frequency freq"),
    [A_EDGES] = ARRAY_("edges", "heaviest edges", ORY_MATRIX, "", ORY_COST_FREE,
                       "rows (from, to, weight) of a spanning forest and the heaviest edges, at most 3 a "
                       "node"),
    [A_XY] = ARRAY_("xy", "positions", ORY_MATRIX, "", ORY_COST_FREE,
                    "positions of the nodes: given, or found from the edges"),
    [A_GROUP] = ARRAY_("group", "groups", ORY_VECTOR, "", ORY_COST_FREE,
                       "groups of the nodes: given, or the connected components"),
    {0}};

/* ----------------------------------------------------------------------- from the state */

double swing_ybar(const swing *x, const double *state)
{
    return x->rational.on && !x->rational.coherent ? NAN : state[x->ybar];
}

double swing_coi(const swing *x, const double *state)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < x->n; i++)
        sum += x->law.m[i] * state[x->n + i];
    return x->rational.on ? NAN : sum / x->law.total_m;
}

double swing_gap(const swing *x, const double *state, bool rest)
{
    double most = rest ? NAN : 0, ybar = swing_ybar(x, state);
    size_t i;

    for (i = 0; !isnan(ybar) && i < x->n; i++)
        if (!rest || x->law.u0[i] == 0)
            most = fmax(most, fabs(state[x->n + i] - ybar));
    return isnan(ybar) ? NAN : most;
}

double swing_square(const swing *x, const double *state)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < x->n; i++)
        sum += (state[x->n + i] - swing_ybar(x, state)) * (state[x->n + i] - swing_ybar(x, state));
    return sum / (double)x->n;
}

static double spread(const swing *x, const double *state)
{
    double low = INFINITY, high = -INFINITY;
    size_t i;

    for (i = 0; i < x->n; i++) {
        low = fmin(low, state[x->n + i]);
        high = fmax(high, state[x->n + i]);
    }
    return high - low;
}

static double steady(const swing *x, const double *state)
{
    double force = 0, power = x->law.shape == SHAPE_STEP || x->law.shape == SHAPE_EXP ? x->law.total_u0 : 0;
    size_t i;

    for (i = 0; i < x->n; i++) {
        force += x->law.d[i] + x->law.rinv[i];
        power += state[x->u + i];
    }
    if (x->law.ki == 0 || x->law.shape == SHAPE_SIN)
        return NAN;
    if (x->rational.on)
        return isfinite(swing_rational_rest(x)) ? power * swing_rational_rest(x) : NAN;
    return force == 0 ? NAN : power / force;
}

static double from_steady(const swing *x, const double *state)
{
    double rest = steady(x, state), most = 0;
    size_t i;

    for (i = 0; i < x->n; i++)
        most = fmax(most, fabs(state[x->n + i] - rest));
    return isnan(rest) ? NAN : most;
}

static double by_hand(const ory_system *s, const swing *x, const ory_moment *m)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < x->n; i++)
        sum += fabs(m->x[x->u + i]) + fabs(m->x[x->impulse + i]);
    for (int k = 0; m->memory && k < SWING_KNOBS; k++)
        sum += fabs(swing_knob(s, k) - m->memory[WM_KNOBS + k]);
    return sum;
}

static double rounding(const swing *x, const ory_moment *m)
{
    double most = fabs(swing_ybar(x, m->x)) + (m->memory ? m->memory[WM_GAP] + fabs(m->memory[WM_LOW]) : 0);
    size_t i;

    for (i = 0; i < x->n; i++)
        most = fmax(most, fabs(m->x[x->n + i]));
    return 1e-9 * most;
}

static double read_now(const ory_system *s, const swing *x, const ory_moment *m, int which)
{
    const double *state = m->x;

    switch (which) {
    case N_YBAR: return swing_ybar(x, state);
    case N_COI: return swing_coi(x, state);
    case N_YBAR_MHZ: return 1000 * swing_ybar(x, state) / (2 * M_PI);
    case N_GAP: return swing_gap(x, state, false);
    case N_REST: return swing_gap(x, state, true);
    case N_COI_GAP: return fabs(swing_coi(x, state) - swing_ybar(x, state));
    case N_SPREAD: return spread(x, state);
    case N_SHAPE: return swing_shape(x, state);
    case N_STEADY: return steady(x, state);
    case N_FROM_STEADY: return from_steady(x, state);
    case N_POKED: return swing_mark(x, state) != state[x->mark];
    case N_BY_HAND: return by_hand(s, x, m);
    default: return rounding(x, m);
    }
}

/* Over the way so far: what memory knows, and this moment. */
static double read_way(const swing *x, const ory_moment *m, int which)
{
    const double *memory = m->memory, *state = m->x;
    double gap = swing_gap(x, state, false), ybar = swing_ybar(x, state);
    double rest = swing_gap(x, state, true), coi = fabs(swing_coi(x, state) - ybar);

    switch (which) {
    case W_GAP: return memory ? fmax(gap, memory[WM_GAP]) : gap;
    case W_GAP_T: return memory && memory[WM_GAP] >= gap ? memory[WM_GAP_T] : m->t;
    case W_REST: return memory ? fmax(rest, memory[WM_REST]) : rest;
    case W_RMS:
        return sqrt(memory && memory[WM_TIME] > 0 ? memory[WM_SQUARES] / memory[WM_TIME]
                                                  : swing_square(x, state));
    case W_COI_GAP: return memory ? fmax(coi, memory[WM_COI_GAP]) : coi;
    case W_LOW: return memory ? fmin(ybar, memory[WM_LOW]) : ybar;
    default: return memory && memory[WM_LOW] <= ybar ? memory[WM_LOW_T] : m->t;
    }
}

/* ---------------------------------------------------------------------- over frequency */

static double f_size(const ory_system *s, const swing *x)
{
    return hypot(x->law.kp, x->law.ki / ory_values_real(&s->values, WP_FREQ));
}

static double read_point(const ory_system *s, const swing *x, int which)
{
    const ory_coherence_at *at = &x->point;
    double product = (at->m1 * at->m2 + 1) * (at->m1 * at->m2 + 1);
    bool half = isfinite(at->threshold) && at->connectivity > 0 && at->connectivity >= 2 * at->threshold;

    switch (which) {
    case P_LOG_INCOHERENCE: return at->incoherence > 0 ? log10(at->incoherence) : NAN;
    case P_INCOHERENCE: return at->incoherence;
    case P_BOUND: return at->bound;
    case P_BOUND2: return half ? 2 * product / at->connectivity : NAN;
    case P_CONNECTIVITY: return at->connectivity;
    case P_THRESHOLD: return at->threshold;
    case P_THRESHOLD2: return 2 * at->threshold;
    case P_LAM_NEEDED: return f_size(s, x) > 0 ? at->threshold / f_size(s, x) * x->net.scale : INFINITY;
    case P_GBAR: return at->m1;
    case P_NORM: return at->norm;
    default: return x->entry_gap;
    }
}

static double read_curve(const swing *x, int which)
{
    double most = NAN;
    size_t i;

    for (i = 0; i < x->points; i++) {
        const swing_curve *c = &x->curve[i];

        most = fmax(most, which == C_NORM ? c->norm : c->bound > 0 ? c->incoherence / c->bound : NAN);
    }
    return most;
}

static double unlike(const swing_law *law)
{
    double most = 0;
    size_t i;

    for (i = 0; i < law->n; i++) {
        double p = law->m[i] / law->m[0];

        most = fmax(most, fabs(law->d[i] - p * law->d[0]) / (fabs(law->d[0]) * p + fabs(law->d[i]) + 1e-300));
        most = fmax(most, fabs(law->rinv[i] - p * law->rinv[0]) /
                              (law->rinv[0] * p + law->rinv[i] + 1e-300));
        if (law->rinv[i] > 0 && law->rinv[0] > 0)
            most = fmax(most, fabs(law->tau[i] - law->tau[0]) / law->tau[0]);
    }
    return most;
}

static double read_constant(const swing *x, int which)
{
    double least = swing_least_damping(x);

    switch (which) {
    case K_LAM2: return x->n_lam ? x->net.lam2 * x->net.scale : NAN;
    case K_LAM_MAX: return x->n_lam ? x->net.lam_max * x->net.scale : NAN;
    case K_COMPONENTS: return (double)x->components;
    case K_LEAST_D: return least;
    case K_NORM_LIMIT: return least > 0 ? 1 / least : NAN;
    default: return x->rational.on ? NAN : unlike(&x->law);
    }
}

static double read_scalar(const ory_system *s, const swing *x, const ory_moment *m, int which)
{
    if (which <= N_ROUNDING)
        return read_now(s, x, m, which);
    if (which <= W_LOW_T)
        return read_way(x, m, which);
    switch (which) {
    case P_LOG_W: return log10(ory_values_real(&s->values, WP_FREQ));
    case C_RATIO:
    case C_NORM: return read_curve(x, which);
    case P_ANSWER_GAP: return x->answer_gap;
    case S_BAND: return x->band.value;
    case S_BAND_W: return x->band.w;
    case S_AXIS: return x->axis.value;
    case S_AXIS_W: return x->axis.w;
    case S_CERTIFICATE: return x->certificate;
    default: return which >= K_LAM2 ? read_constant(x, which) : read_point(s, x, which);
    }
}

/* --------------------------------------------------------------------------- arrays */

static double on_curve(const swing_curve *c, int which)
{
    switch (which) {
    case A_OMEGA: return c->w;
    case A_INCOHERENCE: return c->incoherence;
    case A_BOUND: return c->bound;
    case A_NORM: return c->norm;
    default: return c->gbar;
    }
}

static double log_or_nan(double v)
{
    return v > 0 ? log10(v) : NAN;
}

static void read_trails(const swing *x, double *out)
{
    double *below = out + 2 * (x->points + 1);
    size_t i;

    for (i = 0; i < x->points; i++) {
        out[2 * i] = below[2 * i] = log10(x->curve[i].w);
        out[2 * i + 1] = log_or_nan(x->curve[i].incoherence);
        below[2 * i + 1] = log_or_nan(x->curve[i].bound);
    }
    out[2 * x->points] = out[2 * x->points + 1] = NAN;
}

/* Where the ratio of connectivity to threshold passes 1, a power law between two frequencies. */
static void read_passes(const swing *x, double *out)
{
    size_t n = 0, i;

    for (i = 0; i + 1 < x->points && n < SWING_PASSES; i++) {
        const swing_curve *a = &x->curve[i], *b = a + 1;
        double before = log(a->connectivity / a->threshold), after = log(b->connectivity / b->threshold);

        if (isfinite(before) && isfinite(after) && (before > 0) != (after > 0))
            out[n++] = a->w * pow(b->w / a->w, before / (before - after));
    }
    while (n < SWING_PASSES)
        out[n++] = NAN;
}

static size_t low_modes(const swing *x)
{
    return x->n < 2 ? 1 : x->n - 1 < SWING_LOW ? x->n - 1 : SWING_LOW;
}

static void read_array(const ory_system *s, const swing *x, const ory_moment *m, int which, double *out)
{
    const double *y = m->x + x->n;
    size_t i, n = x->n;

    switch (which) {
    case A_RESPONSES:
        out[0] = swing_ybar(x, m->x);
        out[1] = swing_coi(x, m->x);
        for (i = 0; i < x->n_picked; i++)
            out[2 + i] = y[x->picked[i]];
        break;
    case A_DEVIATION:
        for (i = 0; i < n; i++)
            out[i] = y[i] - swing_ybar(x, m->x);
        break;
    case A_LAM:
        for (i = 0; i < n; i++)
            out[i] = i < x->n_lam ? x->lam[i] * x->net.scale : NAN;
        break;
    case A_LOW_MODES:
        for (i = 0; i < low_modes(x); i++)
            out[i] = 1 + i < x->n_lam ? x->lam[1 + i] * f_size(s, x) : NAN;
        break;
    case A_PASSES: read_passes(x, out); break;
    case A_ANSWER:
        for (i = 0; i < n; i++)
            out[i] = cabs(x->answer[i]);
        break;
    case A_CURVE: read_trails(x, out); break;
    case A_EDGES: memcpy(out, x->picture.edges, 3 * x->picture.n_edges * sizeof *out); break;
    case A_XY: memcpy(out, x->picture.xy, 2 * n * sizeof *out); break;
    case A_GROUP: memcpy(out, x->group, n * sizeof *out); break;
    default:
        for (i = 0; i < x->points; i++)
            out[i] = on_curve(&x->curve[i], which);
    }
}

static ory_status need(ory_system *s, int which, ory_error *err)
{
    if ((which >= P_LOG_INCOHERENCE && which <= P_ENTRY))
        return swing_need_point(s, err);
    if (which == P_ANSWER_GAP || which == A_ANSWER)
        return swing_need_answer(s, err);
    if ((which == C_RATIO || which == C_NORM) && !((const swing *)s->self)->dense)
        return ORY_EUNDEF; /* swing_why says so */
    if (which == C_RATIO || which == C_NORM || (which >= A_OMEGA && which <= A_CURVE))
        return swing_need_curve(s, err);
    if (which == S_BAND || which == S_BAND_W)
        return swing_need_band(s, err);
    if (which == S_AXIS || which == S_AXIS_W)
        return swing_need_axis(s, err);
    if (which == K_LAM2 || which == K_LAM_MAX || which == A_LAM || which == A_LOW_MODES)
        return swing_need_spectrum(s, err);
    return which == S_CERTIFICATE ? swing_need_certificate(s, err) : ORY_OK;
}

void swing_probe_shape(const ory_system *s, int which, size_t *rows, size_t *cols)
{
    const swing *x = s->self;

    *rows = *cols = 1;
    if (which < A_RESPONSES)
        return;
    *cols = which == A_EDGES ? 3 : which == A_XY || which == A_CURVE ? 2 : 1;
    *rows = which == A_RESPONSES ? x->n_picked + 2
            : which == A_PASSES ? SWING_PASSES
            : which == A_LOW_MODES ? low_modes(x)
            : which == A_EDGES ? x->picture.n_edges
            : which == A_CURVE ? 2 * x->points + 1
            : which >= A_OMEGA && which < A_CURVE ? x->points : x->n;
}

ory_status swing_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err)
{
    ory_error local = {0};
    ory_status ok = need(s, which, &local);
    size_t rows, cols, i;

    if (ok == ORY_EUNDEF || ok == ORY_ESINGULAR) { /* not defined, and swing_why says so */
        swing_probe_shape(s, which, &rows, &cols);
        for (i = 0; i < rows * cols; i++)
            out[i] = NAN;
        return ORY_OK;
    }
    if (ok != ORY_OK)
        return ory_fail(err, ok, "%s", local.text);
    if (which >= A_RESPONSES)
        read_array(s, s->self, m, which, out);
    else
        *out = read_scalar(s, s->self, m, which);
    return ORY_OK;
}

/* Frequencies are looked at once for all steps between two turns of a knob. */
double swing_work(const ory_system *s, int which)
{
    const swing *x = s->self;
    double n = (double)x->n, ns = (double)x->law.ns;

    if (which == -1)
        return x->exact ? 2 * ns * (ns + n) : (double)x->substeps * 4 * (2 * (double)x->L.nnz + 20 * n);
    return which >= A_RESPONSES ? n + (double)x->points : n;
}

static bool needs_transfer(int which)
{
    return which == P_LOG_INCOHERENCE || which == P_INCOHERENCE ||
           which == P_NORM || which == P_ENTRY || (which >= C_RATIO && which <= S_CERTIFICATE) ||
           which == A_INCOHERENCE || which == A_NORM;
}

bool swing_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size)
{
    const swing *x = s->self;
    const char *why = NULL;
    ory_error err = {0};

    (void)m;
    if (x->rational.on && (which == N_COI || which == N_COI_GAP || which == W_COI_GAP || which == K_LEAST_D ||
                           which == K_NORM_LIMIT || which == K_UNLIKE || which == S_CERTIFICATE))
        why = "nodes num/den have no inertia and no damping";
    else if (x->rational.on && !x->rational.coherent && (which <= N_GAP || which == N_REST ||
                                                         (which >= W_GAP && which <= W_LOW_T)))
        why = "the coherent response is not followed: more than 12 different numerators, or not proper";
    else if (!x->dense && needs_transfer(which))
        why = "more than 400 nodes: T(jw) is not computed";
    else if (!x->dense && (which == A_LAM || which == A_LOW_MODES))
        why = "more than 400 nodes: only the lowest eigenvalues are computed";
    else if (!x->n_lam && which >= P_BOUND && which <= K_LAM_MAX)
        why = "the lowest eigenvalues of L were not found";
    else if (which == N_STEADY || which == N_FROM_STEADY)
        why = "no steady state: a sine, ki = 0, or no restoring force (d + rinv = 0)";
    else if (which == N_REST || which == W_REST)
        why = "every node is disturbed";
    else if (which == P_BOUND || which == A_BOUND)
        why = "not applicable: |f| lambda2 does not exceed the threshold M2 + M1 M2^2";
    else if (which == P_ANSWER_GAP || which == A_ANSWER)
        why = "no disturbance, a pole or zero at jw, or the iteration for T(jw) u0 does not converge";
    else if (which == A_PASSES)
        why = "|f| lambda2 passes the threshold nowhere else on the curve";
    else if (which == P_BOUND2)
        why = "not applicable: |f| lambda2 is below twice the threshold";
    else if (which == C_RATIO)
        why = "the bound applies at no frequency of the curves";
    else if (which == S_CERTIFICATE)
        why = "only for shape \"exp\", ki > 0 and damping at every node";
    else if (which == K_NORM_LIMIT)
        why = "a node without damping: no limit";
    else if (which == A_LOW_MODES)
        why = "one node has no second eigenvalue";
    else if (which == P_LOG_INCOHERENCE && x->has_point && x->point.incoherence == 0)
        why = "the incoherence is 0: the nodes move as one";
    else if (which == A_CURVE)
        why = "a row of NaN parts the curve of the incoherence from that of the bound";
    else if (which >= P_INCOHERENCE && which <= S_AXIS_W)
        why = need(s, which, &err) != ORY_OK && *err.text ? err.text
                                                          : "jw is a pole of gbar or of the closed loop";
    if (why)
        snprintf(text, size, "%s", why);
    return why != NULL;
}

const char *swing_entry(const ory_system *s, int which, size_t i)
{
    static const char *const modes[SWING_LOW] = {"λ2", "λ3", "λ4", "λ5", "λ6", "λ7", "λ8", "λ9"};
    const swing *x = s->self;

    if (which == A_PASSES)
        return i < SWING_PASSES ? "threshold" : NULL;
    if (which == A_RESPONSES)
        return i == 0 ? "coherent" : i == 1 ? "mean"
               : i < x->n_picked + 2 ? x->names[x->picked[i - 2]] : NULL;
    if (which == A_LOW_MODES)
        return i < SWING_LOW ? modes[i] : NULL;
    if (which != A_DEVIATION && which != A_ANSWER && which != A_XY && which != A_GROUP)
        return NULL;
    return i < x->n ? x->names[i] : NULL;
}

/* -------------------------------------------------------------------------- claims */

const ory_claim swing_claims[] = {
    {.name = "pointwise", .title = "incoherence below its bound",
     .statement = "Where |f| lambda2 > M2 + M1 M2^2, ||T - gbar/n 11'|| is at most (M1 M2 + 1)^2/(|f| "
                  "lambda2 - M2 - M1 M2^2).",
     .source = PAPER ", Lemma 2",
     .correction = "The published condition has >=; at equality the right side is infinite.",
     .hypotheses = {{"connectivity", ORY_GT, "threshold", "|f| λ2 > M2 + M1 M2²", false}},
     .conclusion = {"incoherence", ORY_LE, "bound", "incoherence ≤ bound", false},
     .slack_rel = 1e-9},
    {.name = "pointwise_half", .title = "incoherence falls as 1/(|f| λ2)",
     .statement = "From twice the threshold on the incoherence is at most 2 (M1 M2 + 1)^2/(|f| lambda2).",
     .source = PAPER ", Lemma 2",
     .hypotheses = {{"connectivity", ORY_GE, "threshold_half", "|f| λ2 ≥ 2 (M2 + M1 M2²)", false},
                    {"bound_half", ORY_GT, "0", "|f| λ2 > 0", false}},
     .conclusion = {"incoherence", ORY_LE, "bound_half", "incoherence ≤ 2 (M1 M2 + 1)²/(|f| λ2)", false},
     .slack_rel = 1e-9},
    {.name = "curve", .title = "the bound holds along the curve",
     .statement = "At every frequency of the curves at which the bound applies it holds.",
     .source = PAPER ", Lemma 2",
     .hypotheses = {{"curve_ratio", ORY_GE, "0", "the bound applies somewhere", false}},
     .conclusion = {"curve_ratio", ORY_LE, "1", "max incoherence/bound ≤ 1", false},
     .slack_rel = 1e-9},
    {.name = "entries", .title = "single entries below the norm",
     .statement = "Every entry of T lies within the incoherence of gbar/n.",
     .source = PAPER,
     .correction = "arXiv 2101.00981 prints it without the 1/n on gbar, which belongs there.",
     .hypotheses = {{"incoherence", ORY_GE, "0", "T and gbar are defined", false}},
     .conclusion = {"entry_gap", ORY_LE, "incoherence", "max |T_ij − gbar/n| ≤ incoherence", false},
     .slack_rel = 1e-9},
    {.name = "passive", .title = "passive nodes bound the network",
     .statement = "With damping d_i > 0 at every node no ||T(jw)|| exceeds 1/min d, whatever the graph.",
     .source = PAPER ", output strictly passive nodes with gamma = 1/min d",
     .hypotheses = {{"least_d", ORY_GT, "0", "min d > 0", false},
                    {"norm_max", ORY_GE, "0", "T is computed", false}},
     .conclusion = {"norm_max", ORY_LE, "norm_limit", "max ||T(jw)|| ≤ 1/min d", false},
     .slack_rel = 1e-9},
    {.name = "weighted_mean", .title = "the weighted mean is the coherent response",
     .statement = "Nodes that are multiples of one: the inertia-weighted mean equals the coherent response.",
     .source = PAPER,
     .hypotheses = {{"unlike", ORY_LE, "1e-12", "nodes are multiples of one", true},
                    {"poked", ORY_LE, "0", "no output set by hand", true}},
     .conclusion = {"coi_gap", ORY_LE, "rounding", "|mean − ybar| = 0 up to rounding", false},
     .slack_rel = 1e-9},
    {.name = "in_time", .title = "no node leaves the coherent response further",
     .statement = "From rest, for the shape 1 - exp(-a t), the gap never exceeds (|u0|/pi) times the "
                  "integral of incoherence |U| over all frequencies.",
     .source = LONG,
     .hypotheses = {{"certificate", ORY_GE, "0", "shape exp, ki > 0, min d > 0", false},
                    {"by_hand", ORY_LE, "0", "no kick and no knob since the start", true},
                    {"poked", ORY_LE, "0", "no output set by hand", true}},
     .conclusion = {"gap_max", ORY_LE, "certificate", "largest gap ≤ certificate", false},
     .slack_rel = 1e-6},
    {0}};
