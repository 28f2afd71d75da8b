/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relu_probes.c - what can be read off a state of net.relu: fit, cones, alignment, sizes,
 * the two-phase pair, the theory's constants and bounds, and what the sky panel draws. */
#include "config.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "systems/relu.h"

enum {
    ACCURACY, OUTPUT_PLUS, OUTPUT_MINUS, OUTPUT_MAX,
    ALIGN_MIN, ALIGN_MEDIAN, ALIGN_MAX, ALIGN_PLUS, ALIGN_MINUS,
    PLUS_IN_PLUS, PLUS_IN_MINUS, PLUS_DEAD, PLUS_NONE,
    MINUS_IN_PLUS, MINUS_IN_MINUS, MINUS_DEAD, MINUS_NONE,
    IN_PLUS, IN_MINUS, DEAD, NONE, ASTRAY,
    NORM_MIN, NORM_MAX, W_SQ_MAX, FIT_PLUS_SQ, FIT_MINUS_SQ,
    IMBALANCE_MAX, IMBALANCE_STEP_MAX, DRIFT, UNBALANCE, SIGN_FLIPS, NORM_CHANGE, DIRECTION_CHANGE,
    DEATHS, PATTERN_CHANGED, PATTERN_REGRESS, XA_RATIO, TURN_ERROR,
    STABLE_RANK, TOP_SQ, FRO_SQ, RANK_HIGH,
    T_CONES, T_ALIGNED, T_GROWN, T_DROP, T2, T_CONES_SO_FAR, T2_SO_FAR, ENVELOPE, FIT_SQ_LOW,
    MU, CORRELATED, X_MIN, X_MAX, ZETA1, ZETA2, ZETA, XI, T1, T1_HARMONIC, WINDOW, T2_HIGH,
    EPS, EPS_LIMIT, EPS_LOG10, EPS_REQUIRED_LOG10, ALPHA, XA_LOW, W_SQ_HIGH, OUTPUT_HIGH,
    TURN_ERROR_HIGH,
    TIME, FLOW, BALANCED, PROPER_LOSS, BOTH_TRAINED, GATE, CLOSE_TO_FLOW, AFTER_T2, IN_CONES,
    COSINE, NORMS, IMBALANCE, IMBALANCE_STEP, CONE, OUTPUTS, LABELS,
    SAMPLES, AXES, SECTORS, PATTERN, MEAN_X_PLUS, MEAN_X_MINUS, MEAN_W_PLUS, MEAN_W_MINUS,
    PROBES
};

#define ROW(n, l, k, u, a, c, d) \
    .name = n, .label = l, .kind = k, .unit = u, .axis = a, .cost = c, .doc = d
#define STEP_LIN(n, l, d) ROW(n, l, ORY_SCALAR, "", ORY_LINEAR, ORY_COST_STEP, d)
#define STEP_LOG(n, l, d) ROW(n, l, ORY_SCALAR, "", ORY_LOG, ORY_COST_STEP, d)
#define FACTOR(n, l, a, d) ROW(n, l, ORY_SCALAR, "", a, ORY_COST_FACTOR, d)
#define COUNT(n, l, d) \
    {ROW(n, l, ORY_SCALAR, "", ORY_LINEAR, ORY_COST_STEP, d), .source = PAPER ", section 3"}
#define FIXED(n, l, u, d) \
    ROW(n, l, ORY_SCALAR, u, ORY_LINEAR, ORY_COST_FREE, d), .flags = ORY_PROBE_CONSTANT
#define WHEN(n, l, d) ROW(n, l, ORY_SCALAR, "t", ORY_LINEAR, ORY_COST_STEP, d), .flags = ORY_PROBE_PATH
#define VECTOR(n, l, a, d) ROW(n, l, ORY_VECTOR, "", a, ORY_COST_STEP, d)
#define MATRIX(n, l, d) ROW(n, l, ORY_MATRIX, "", ORY_LINEAR, ORY_COST_STEP, d)
#define BOUNDS(p, s) .bounds = p, .side = s
#define PAPER "arXiv 2307.12851"

const ory_probe relu_probes[] = {
    [ACCURACY] = {STEP_LIN("accuracy", "accuracy", "Share of samples with y f(x) > 0."), .source = ""},
    [OUTPUT_PLUS] = {STEP_LOG("output_plus", "max |f| on +", "Largest |f(x_i)| of the positive class."),
                     .source = PAPER ", t2"},
    [OUTPUT_MINUS] = {STEP_LOG("output_minus", "max |f| on −", "Largest |f(x_i)| of the negative "
                               "class."), .source = PAPER ", t2"},
    [OUTPUT_MAX] = {STEP_LOG("output_max", "max |f|", "Largest |f(x_i)|."), .source = PAPER},
    [ALIGN_MIN] = {STEP_LIN("align_min", "min cos", "Least cosine of a live neuron with x+ (v > 0) or "
                            "x- (v < 0)."), .source = PAPER ", section 4"},
    [ALIGN_MEDIAN] = {STEP_LIN("align_median", "median cos", "Median cosine of the live neurons with x+ "
                               "or x-."), .source = PAPER ", section 4"},
    [ALIGN_MAX] = {STEP_LIN("align_max", "max cos", "Largest cosine of a live neuron with x+ or x-."),
                   .source = PAPER ", section 4"},
    [ALIGN_PLUS] = {STEP_LIN("align_plus", "cos(w̄+, x+)", "Cosine of the mean neuron of V+ with x+."),
                    .source = PAPER ", section 4"},
    [ALIGN_MINUS] = {STEP_LIN("align_minus", "cos(w̄−, x−)", "Cosine of the mean neuron of V- with x-."),
                     .source = PAPER ", section 4"},
    [PLUS_IN_PLUS] = COUNT("plus_in_plus", "V+ in S+", "Neurons with v > 0 in S+: active on the whole "
                           "positive class and on nothing else."),
    [PLUS_IN_MINUS] = COUNT("plus_in_minus", "V+ in S−", "Neurons with v > 0 in S-."),
    [PLUS_DEAD] = COUNT("plus_dead", "V+ dead", "Neurons with v > 0 that are active on no sample."),
    [PLUS_NONE] = COUNT("plus_none", "V+ astray", "Neurons with v > 0 in no cone: stragglers."),
    [MINUS_IN_PLUS] = COUNT("minus_in_plus", "V− in S+", "Neurons with v < 0 in S+."),
    [MINUS_IN_MINUS] = COUNT("minus_in_minus", "V− in S−", "Neurons with v < 0 in S-: active on the "
                             "whole negative class and on nothing else."),
    [MINUS_DEAD] = COUNT("minus_dead", "V− dead", "Neurons with v < 0 that are active on no sample."),
    [MINUS_NONE] = COUNT("minus_none", "V− astray", "Neurons with v < 0 in no cone: stragglers."),
    [IN_PLUS] = COUNT("in_plus", "S+", "Neurons in S+."),
    [IN_MINUS] = COUNT("in_minus", "S−", "Neurons in S-."),
    [DEAD] = COUNT("dead", "dead", "Neurons active on no sample; first where that is a cone as well."),
    [NONE] = COUNT("none", "none", "Neurons in no cone."),
    [ASTRAY] = COUNT("astray", "astray", "Neurons neither dead nor in the cone of their sign."),
    [NORM_MIN] = {STEP_LOG("norm_min", "min ‖w‖", "Least norm of a neuron."), .source = PAPER},
    [NORM_MAX] = {STEP_LOG("norm_max", "max ‖w‖", "Largest norm of a neuron."), .source = PAPER},
    [W_SQ_MAX] = {STEP_LOG("w_sq_max", "max ‖w‖²", "Largest squared norm of a neuron."),
                  .source = PAPER ", Lemma 1"},
    [FIT_PLUS_SQ] = {STEP_LOG("fit_plus_sq", "Σ‖w‖² in S+", "Sum of squared norms of the neurons in "
                              "S+."), .source = PAPER ", Theorem 1"},
    [FIT_MINUS_SQ] = {STEP_LOG("fit_minus_sq", "Σ‖w‖² in S−", "Sum of squared norms of the neurons in "
                               "S-."), .source = PAPER ", Theorem 1"},
    [IMBALANCE_MAX] = {STEP_LOG("imbalance_max", "max |v²−‖w‖²|", "Largest |v_j² - ‖w_j‖²|; each is "
                                "conserved by the flow."), .source = PAPER ", section 2"},
    [IMBALANCE_STEP_MAX] = {STEP_LOG("imbalance_step_max", "max Δ(v²−‖w‖²)", "Largest change of an "
                                     "imbalance by the next step of descent, as predicted."),
                            .source = "derived"},
    [DRIFT] = {STEP_LOG("drift", "drift", "Largest change of v_j² - ‖w_j‖² since the start, over the "
                        "largest ‖w_j‖² where that is above 1."), .source = PAPER ", section 2"},
    [UNBALANCE] = {STEP_LOG("unbalance", "max ||v|/‖w‖−1|", "Largest | |v_j|/‖w_j‖ - 1 | of a neuron that "
                            "is not zero; 0 from a balanced start, and a sign of a coarse integrator "
                            "otherwise."), .source = PAPER ", section 2"},
    [SIGN_FLIPS] = {STEP_LIN("sign_flips", "sign flips", "Neurons whose v_j has another sign than at the "
                             "start."), .source = PAPER ", section 2"},
    [NORM_CHANGE] = {STEP_LIN("norm_change", "norm change", "Total rate of change of squared norms, "
                              "Σ 2 <-grad_j, w_j>."), .source = PAPER ", appendix, two-phase figure"},
    [DIRECTION_CHANGE] = {STEP_LIN("direction_change", "direction change", "Total angular speed, "
                                   "Σ ‖P_w grad_j‖/‖w_j‖."),
                          .source = PAPER ", appendix, two-phase figure"},
    [DEATHS] = {STEP_LIN("deaths", "deaths", "Neurons that died in the last step."),
                .flags = ORY_PROBE_PATH, .source = ""},
    [PATTERN_CHANGED] = {STEP_LIN("pattern_changed", "pattern changed", "1 when the last step changed "
                                  "which neurons are active on which samples (by a 52-bit digest)."),
                         .flags = ORY_PROBE_PATH, .source = ""},
    [PATTERN_REGRESS] = {STEP_LIN("pattern_regress", "pattern against theory", "Pairs of neuron and "
                                  "sample that lost what V+ (V-) only gains, activity on the positive "
                                  "(negative) class, or gained what it only loses, since the start."),
                         .source = PAPER ", proof of Theorem 1"},
    [XA_RATIO] = {STEP_LIN("xa_ratio", "min ‖x_a‖/(n_a X_min)", "Least ‖x_a(w)‖ over n_a(w) X_min of a "
                           "neuron that is active."), .source = PAPER ", appendix"},
    [TURN_ERROR] = {STEP_LOG("turn_error", "direction error", "Largest distance of a "
                                  "direction's velocity (summed-loss time, |v| = ‖w‖) from "
                                  "sign(v) P_w x_a(w)."),
                         .source = PAPER ", Lemma 1"},
    [STABLE_RANK] = {FACTOR("stable_rank", "stable rank", ORY_LINEAR, "‖W‖F²/‖W‖²."),
                     .source = PAPER ", Theorem 1"},
    [TOP_SQ] = {FACTOR("w_top_sq", "‖W‖²", ORY_LOG, "Largest squared singular value of W."),
                .source = PAPER},
    [FRO_SQ] = {FACTOR("w_fro_sq", "‖W‖F²", ORY_LOG, "Squared Frobenius norm of W."), .source = PAPER},
    [RANK_HIGH] = {FACTOR("rank_high", "2‖W‖²+4√h ε W²", ORY_LOG, "Upper bound 2‖W‖² + 4√h ε W_max² of "
                          "‖W‖F² after alignment."), BOUNDS("w_fro_sq", 1),
                   .source = PAPER ", Theorem 1"},
    [T_CONES] = {WHEN("t_cones", "t in cones", "Time at which every neuron was first dead or in the cone "
                      "of its sign."), .source = PAPER ", Theorem 1"},
    [T_ALIGNED] = {WHEN("t_aligned", "t aligned", "Time at which the median cosine of the live neurons "
                        "first was 0.99 or more."), .source = ""},
    [T_GROWN] = {WHEN("t_grown", "t first growth", "Time at which an output first was above 1/40, a "
                      "tenth of what t2 asks for."), .source = ""},
    [T_DROP] = {WHEN("t_drop", "t loss drop", "Time at which the loss first was half its start."),
                .source = ""},
    [T2] = {WHEN("t2", "t2", "Time by which an output above 1/4 has been seen on both classes."),
            .source = PAPER ", Theorem 1"},
    [T_CONES_SO_FAR] = {WHEN("t_cones_so_far", "t in cones, or now", "t_cones once it is known, before "
                             "that the time now."), .source = ""},
    [T2_SO_FAR] = {WHEN("t2_so_far", "t2, or now", "t2 once it is known, before that the time now."),
                   .source = ""},
    [ENVELOPE] = {STEP_LOG("envelope", "O(1/t) envelope", "L(t2)/(L(t2) α (t-t2) + 1), from t2 on."),
                  BOUNDS("loss", 1), .flags = ORY_PROBE_PATH, .source = PAPER ", Theorem 1"},
    [FIT_SQ_LOW] = {FIXED("fit_sq_low", "1/(4X_max)", "", "Lower bound 1/(4X_max) of the squared norms in "
                          "S+, and of those in S-, after t2."), BOUNDS("fit_plus_sq", -1),
                    .source = PAPER ", Theorem 1"},
    [MU] = {FIXED("mu", "μ", "", "Least cosine of y_i x_i and y_k x_k: orthogonally separable when "
                  "> 0."), .source = PAPER ", Assumption 1"},
    [CORRELATED] = {FIXED("correlated", "right pairs", "", "Share of pairs of samples with "
                          "y_i y_k <x_i, x_k> > 0."), .source = PAPER ", section 4"},
    [X_MIN] = {FIXED("x_min", "X_min", "", "Least norm of a sample."), .source = PAPER},
    [X_MAX] = {FIXED("x_max", "X_max", "", "Largest norm of a sample."), .source = PAPER},
    [ZETA1] = {FIXED("zeta1", "ζ1", "", "Least cos²(x+, x_i), cos²(x-, x_i)."), .source = "derived"},
    [ZETA2] = {FIXED("zeta2", "ζ2", "", "1 - c², c the largest cosine of a neuron at the start with the "
                     "other class's sum (0 at least)."), .source = PAPER ", Theorem 1"},
    [ZETA] = {FIXED("zeta", "ζ", "", "min(ζ1, ζ2)."), .source = PAPER ", Theorem 1, mended"},
    [XI] = {FIXED("xi", "ξ", "", "Constant ξ = μ²."), .source = "derived"},
    [T1] = {FIXED("t1", "t1", "t", "Bound of the time of alignment, 16 log n/(min(ζ,ξ)√μ X_min); for "
                  "n <= 2 the harmonic form."), BOUNDS("t_cones", 1), .source = PAPER ", Theorem 1"},
    [T1_HARMONIC] = {FIXED("t1_harmonic", "t1 (H_n)", "t", "Tighter bound 4(2H_n + 1/2)/(min(ζ,ξ)√μ "
                           "X_min)."), BOUNDS("t_cones", 1), .source = PAPER ", proof of Theorem 1"},
    [WINDOW] = {FIXED("window", "T", "t", "Time log(1/(√h ε))/(4nX_max) during which neurons stay "
                      "small."), .source = PAPER ", Lemma 1"},
    [T2_HIGH] = {FIXED("t2_high", "t2 bound", "t", "Upper bound of t2."), BOUNDS("t2", 1),
                 .source = PAPER ", Theorem 1"},
    [EPS] = {FIXED("eps_now", "ε", "", "Scale of the balanced start."), .source = PAPER},
    [EPS_LIMIT] = {FIXED("eps_limit", "ε limit", "", "Largest scale 1/(4√h X_max W_max²) for the bounds "
                         "of the small neurons."), .source = PAPER ", Lemma 1"},
    [EPS_LOG10] = {FIXED("eps_log10", "log10 ε", "", "Decimal logarithm of the scale."), .source = PAPER},
    [EPS_REQUIRED_LOG10] = {FIXED("eps_required_log10", "log10 ε_max", "", "Decimal logarithm of the "
                                  "largest scale for which the theorem is proved."),
                            .source = PAPER ", Theorem 1"},
    [ALPHA] = {FIXED("alpha", "α", "", "Rate of the envelope: (μX_min)²/(32X_max), four times that for "
                     "the exponential loss."), .source = PAPER ", Theorem 1"},
    [XA_LOW] = {FIXED("xa_low", "√μ", "", "Lower bound √μ of ‖x_a(w)‖/(n_a X_min)."),
                BOUNDS("xa_ratio", -1), .source = PAPER ", appendix"},
    [W_SQ_HIGH] = {FIXED("w_sq_high", "2εW²/√h", "", "Upper bound 2εW_max²/√h of ‖w_j‖² until T."),
                   BOUNDS("w_sq_max", 1), .source = PAPER ", Lemma 1"},
    [OUTPUT_HIGH] = {FIXED("output_high", "2ε√h X W²", "", "Upper bound 2ε√h X_max W_max² of |f(x_i)| "
                           "until T."), BOUNDS("output_max", 1), .source = PAPER ", Lemma 1"},
    [TURN_ERROR_HIGH] = {FIXED("turn_error_high", "4εn√h X²W²", "", "Upper bound "
                                    "4εn√h X_max² W_max² of the direction error until T."),
                              BOUNDS("turn_error", 1), .source = PAPER ", Lemma 1"},
    [TIME] = {ROW("time", "t", ORY_SCALAR, "t", ORY_LINEAR, ORY_COST_FREE, "Time of the run."),
              .source = ""},
    [FLOW] = {ROW("flow", "flow", ORY_SCALAR, "", ORY_LINEAR, ORY_COST_FREE, "1 when the run follows the "
                  "gradient flow in continuous time."), .source = ""},
    [BALANCED] = {FIXED("balanced", "balanced", "", "1 when the start has |v_j| = ‖w_j‖ for all j."),
                  .source = ""},
    [PROPER_LOSS] = {FIXED("proper_loss", "-l'(y,0) = y", "", "1 for losses exp and logistic2 with both "
                           "layers trained: those of the proofs."), .source = PAPER},
    [BOTH_TRAINED] = {FIXED("both_trained", "both trained", "", "1 when v is trained as well as W."),
                      .source = ""},
    [GATE] = {FIXED("leak_now", "leak", "", "Slope of the activation below 0; 0 for ReLU."),
              .source = ""},
    [CLOSE_TO_FLOW] = {ROW("close_to_flow", "flow or small steps", ORY_SCALAR, "", ORY_LINEAR,
                           ORY_COST_FREE, "1 for the gradient flow and for descent with steps up to "
                           "0.003/X_max (summed loss) or 0.02/X_max (mean)."), .source = ""},
    [AFTER_T2] = {STEP_LIN("after_t2", "t ≥ t2", "1 from t2 on."), .flags = ORY_PROBE_PATH,
                  .source = ""},
    [IN_CONES] = {STEP_LIN("in_cones", "have been in cones", "1 once every neuron has been in its cone."),
                  .flags = ORY_PROBE_PATH, .source = ""},
    [COSINE] = {VECTOR("cosine", "cos(w, x±)", ORY_LINEAR, "Cosine of each neuron with x+ (v > 0) or x- "
                       "(v < 0)."), .source = PAPER},
    [NORMS] = {VECTOR("norms", "‖w‖", ORY_LOG, "Norm of each neuron."), .source = PAPER},
    [IMBALANCE] = {VECTOR("imbalance", "v²−‖w‖²", ORY_LINEAR, "Imbalance v_j² - ‖w_j‖² of each neuron."),
                   .source = PAPER},
    [IMBALANCE_STEP] = {VECTOR("imbalance_step", "Δ(v²−‖w‖²)", ORY_LINEAR, "Change of each imbalance by "
                               "the next step of descent, step² ((dL/dv_j)² - ‖grad_j‖²)."),
                        .source = "derived"},
    [CONE] = {VECTOR("cone", "cone", ORY_LINEAR, "Cone of each neuron: 0 dead, 1 S+, 2 S-, 3 none."),
              .source = PAPER},
    [OUTPUTS] = {VECTOR("outputs", "f(x)", ORY_LINEAR, "Output for each sample."), .source = PAPER},
    [LABELS] = {VECTOR("labels", "y", ORY_LINEAR, "Labels."), .source = ""},
    [SAMPLES] = {MATRIX("samples", "x", "Samples, one a row."), .source = ""},
    [AXES] = {MATRIX("axes", "x±", "x+ and x-, the sums of the classes, one a row."), .source = PAPER},
    [SECTORS] = {MATRIX("sectors", "cones", "D = 2: angles from and to of S+, S- and S_dead."),
                 .source = PAPER},
    [PATTERN] = {MATRIX("pattern", "active", "1 where neuron (column) is active on sample (row)."),
                 .source = PAPER},
    [MEAN_X_PLUS] = {MATRIX("mean_x_plus", "mean x+", "Mean of the positive samples, as a picture."),
                     .source = PAPER},
    [MEAN_X_MINUS] = {MATRIX("mean_x_minus", "mean x−", "Mean of the negative samples, as a picture."),
                      .source = PAPER},
    [MEAN_W_PLUS] = {MATRIX("mean_w_plus", "mean w+", "Mean neuron of V+, as a picture."),
                     .source = PAPER},
    [MEAN_W_MINUS] = {MATRIX("mean_w_minus", "mean w−", "Mean neuron of V-, as a picture."),
                      .source = PAPER},
    [PROBES] = {0}};

const char *const relu_record[] = {"loss", "align_min", "align_median", "plus_in_plus",
                                   "minus_in_minus", "dead", "astray", "norm_min", "norm_max",
                                   "norm_change", "direction_change", "stable_rank", "w_top_sq",
                                   "envelope", NULL};

/* ------------------------------------------------------------------- neurons */

/* Cosines of the live neurons, sorted into p->space; their number. */
static size_t sorted_cosines(relu *p, relu_pass *q)
{
    size_t count = 0;

    relu_cones(p, q);
    relu_angles(p, q);
    for (size_t j = 0; j < p->h; j++)
        if (q->cone[j] != CONE_DEAD && !isnan(q->cosine[j]))
            p->space[count++] = q->cosine[j];
    gsl_sort(p->space, 1, count);
    return count;
}

static double alignment(relu *p, relu_pass *q, int which)
{
    const size_t count = sorted_cosines(p, q);
    const double *c = p->space;

    if (count == 0)
        return NAN;
    return which == ALIGN_MIN   ? c[0]
           : which == ALIGN_MAX ? c[count - 1]
                                : 0.5 * (c[(count - 1) / 2] + c[count / 2]);
}

/* Mean neuron of V+ (side 1) or V- (side -1) into out; NaN when there is none. */
static void mean_neuron(const relu *p, const relu_pass *q, int side, double *out)
{
    const double *v = relu_v(p, q->x);
    size_t count = 0;

    memset(out, 0, p->D * sizeof *out);
    for (size_t j = 0; j < p->h; j++)
        if (side * v[j] > 0) {
            ory_axpy(1, q->x + j * p->D, out, p->D);
            count++;
        }
    for (size_t i = 0; i < p->D; i++)
        out[i] = count ? out[i] / (double)count : NAN;
}

static double mean_alignment(relu *p, const relu_pass *q, int side)
{
    const double *axis = p->axes + (side > 0 ? 0 : p->D);
    double *mean = p->space, norm;

    mean_neuron(p, q, side, mean);
    norm = ory_norm2(mean, p->D);
    return ory_dot(mean, axis, p->D) / norm /
           (side > 0 ? p->theory.sum_plus : p->theory.sum_minus);
}

/* Neurons of sign `side` (0: all) in `cone`. */
static double count(relu *p, relu_pass *q, int side, int cone)
{
    const double *v = relu_v(p, q->x);
    size_t n = 0;

    relu_cones(p, q);
    for (size_t j = 0; j < p->h; j++)
        n += q->cone[j] == cone && (side == 0 || side * v[j] > 0);
    return (double)n;
}

static double norm_extreme(relu *p, relu_pass *q, int sign)
{
    double most = NAN;

    relu_norms(p, q);
    for (size_t j = 0; j < p->h; j++)
        if (!(sign * q->norm[j] <= sign * most))
            most = q->norm[j];
    return most;
}

static double squares_in(relu *p, relu_pass *q, int cone)
{
    double sum = 0;

    relu_cones(p, q);
    relu_norms(p, q);
    for (size_t j = 0; j < p->h; j++)
        sum += q->cone[j] == cone ? q->norm[j] * q->norm[j] : 0;
    return sum;
}

static double imbalance_of(double v, double norm)
{
    return (fabs(v) - norm) * (fabs(v) + norm);
}

static double imbalance_step(const relu *p, const relu_pass *q, double step, size_t j)
{
    const double *g = q->grad + j * p->D, dv = q->grad[p->h * p->D + j];
    const double norm = ory_norm2(g, p->D);

    return step * step * (fabs(dv) - norm) * (fabs(dv) + norm);
}

static double imbalance_most(relu *p, relu_pass *q)
{
    double most = 0;

    relu_norms(p, q);
    for (size_t j = 0; j < p->h; j++)
        most = fmax(most, fabs(imbalance_of(relu_v(p, q->x)[j], q->norm[j])));
    return most;
}

static double imbalance_step_most(relu *p, relu_pass *q, const ory_moment *m)
{
    double most = 0;

    relu_back(p, q);
    for (size_t j = 0; j < p->h; j++)
        most = fmax(most, fabs(imbalance_step(p, q, m->step, j)));
    return m->descent ? most : NAN;
}

/* While neurons are microscopic an integrator's absolute tolerance exceeds them: there the
 * measure is 1. */
static double drift(relu *p, relu_pass *q)
{
    const double largest = fmax(norm_extreme(p, q, 1), 1);
    double most = 0;

    for (size_t j = 0; j < p->h; j++) {
        const double v0 = relu_v(p, p->initial)[j], w0 = ory_norm2(p->initial + j * p->D, p->D);
        const double now = imbalance_of(relu_v(p, q->x)[j] / largest, q->norm[j] / largest);

        most = fmax(most, fabs(now - imbalance_of(v0 / largest, w0 / largest)));
    }
    return most;
}

static double unbalance(relu *p, relu_pass *q)
{
    double most = 0;

    relu_norms(p, q);
    for (size_t j = 0; j < p->h; j++)
        if (q->norm[j] > 0)
            most = fmax(most, fabs(fabs(relu_v(p, q->x)[j]) / q->norm[j] - 1));
    return most;
}

static double sign_flips(const relu *p, const relu_pass *q)
{
    const double *v = relu_v(p, q->x), *v0 = relu_v(p, p->initial);
    size_t flips = 0;

    for (size_t j = 0; j < p->h; j++)
        flips += (v[j] > 0) != (v0[j] > 0) || (v[j] < 0) != (v0[j] < 0);
    return (double)flips;
}

static double norm_change(relu *p, relu_pass *q)
{
    relu_back(p, q);
    return -2 * ory_dot(q->grad, q->x, p->h * p->D);
}

static double direction_change(relu *p, relu_pass *q)
{
    double total = 0;

    relu_back(p, q);
    relu_norms(p, q);
    for (size_t j = 0; j < p->h; j++) {
        const double *w = q->x + j * p->D, *g = q->grad + j * p->D, norm = q->norm[j];
        double along = 0;

        if (!(norm > 0))
            continue;
        for (size_t i = 0; i < p->D; i++)
            along += g[i] / norm * (w[i] / norm);
        for (size_t i = 0; i < p->D; i++)
            p->space[i] = g[i] / norm - along * (w[i] / norm);
        total += ory_norm2(p->space, p->D);
    }
    return total;
}

/* Of neurons with v > 0, positive samples active at the start and not now, negative ones
 * the other way round; of v < 0 with the classes exchanged. */
static double pattern_regress(const relu *p, const relu_pass *q)
{
    const double *v0 = relu_v(p, p->initial);
    size_t against = 0;

    for (size_t i = 0; i < p->n; i++)
        for (size_t j = 0; j < p->h; j++) {
            const bool was = ory_gate(p->start_gates, p->h, i, j),
                       is = ory_gate(q->gates, p->h, i, j);

            against += was != is && v0[j] != 0 && was == (p->y[i] * v0[j] > 0);
        }
    return (double)against;
}

static double accuracy(const relu *p, const relu_pass *q)
{
    size_t right = 0;

    for (size_t i = 0; i < p->n; i++)
        right += p->y[i] * q->f[i] > 0;
    return (double)right / (double)p->n;
}

static bool close_to_flow(const relu *p, const ory_moment *m)
{
    return m->flow || (m->descent && m->step <= relu_small_step(p) * (1 + 1e-12));
}

/* ------------------------------------------------------------------- values */

static double constant(const relu *p, int which)
{
    const relu_theory *t = &p->theory;
    const double h = (double)p->h, n = (double)p->n, square = t->w_max * t->w_max * t->eps;

    switch (which) {
    case FIT_SQ_LOW: return 1 / (4 * t->x_max);
    case MU: return t->mu;
    case CORRELATED: return t->correlated;
    case X_MIN: return t->x_min;
    case X_MAX: return t->x_max;
    case ZETA1: return t->zeta1;
    case ZETA2: return t->zeta2;
    case ZETA: return t->zeta;
    case XI: return t->xi;
    case T1: return t->t1;
    case T1_HARMONIC: return t->t1_harmonic;
    case WINDOW: return t->window;
    case T2_HIGH: return t->t2_bound;
    case EPS: return t->eps;
    case EPS_LIMIT: return t->eps_limit;
    case EPS_LOG10: return t->eps_log10;
    case EPS_REQUIRED_LOG10: return t->eps_required_log10;
    case ALPHA: return t->alpha;
    case XA_LOW: return t->mu > 0 ? sqrt(t->mu) : NAN;
    case W_SQ_HIGH: return 2 * square / sqrt(h);
    case OUTPUT_HIGH: return 2 * sqrt(h) * t->x_max * square;
    case TURN_ERROR_HIGH: return 4 * n * sqrt(h) * t->x_max * t->x_max * square;
    case BALANCED: return t->balanced;
    case PROPER_LOSS: return (p->loss == LOSS_EXP || p->loss == LOSS_LOGISTIC2) && p->train_v;
    case BOTH_TRAINED: return p->train_v;
    default: return p->leak;
    }
}

static double path_value(relu *p, const ory_moment *m, int which)
{
    double memory[MEM_COUNT], before_dead, before_pattern;

    if (!m->memory)
        return NAN;
    memcpy(memory, m->memory, sizeof memory);
    before_dead = memory[MEM_DEAD];
    before_pattern = memory[MEM_PATTERN];
    relu_clock(p, m, memory);
    switch (which) {
    case T_CONES: return memory[MEM_CONES];
    case T_ALIGNED: return memory[MEM_ALIGNED];
    case T_GROWN: return memory[MEM_GROWN];
    case T_DROP: return memory[MEM_DROP];
    case T2: return memory[MEM_T2];
    case T_CONES_SO_FAR: return isnan(memory[MEM_CONES]) ? m->t : memory[MEM_CONES];
    case T2_SO_FAR: return isnan(memory[MEM_T2]) ? m->t : memory[MEM_T2];
    case ENVELOPE: return relu_envelope(p, memory, m->t);
    case AFTER_T2: return !isnan(memory[MEM_T2]);
    case IN_CONES: return !isnan(memory[MEM_CONES]);
    case DEATHS: return fmax(memory[MEM_DEAD] - before_dead, 0);
    default: return memory[MEM_PATTERN] != before_pattern;
    }
}

static double spectral_value(relu *p, relu_pass *q, int which)
{
    const relu_theory *t = &p->theory;
    double norm;

    relu_spectrum(p, q);
    switch (which) {
    case TOP_SQ: return q->top * q->top;
    case FRO_SQ: return q->fro_sq;
    case RANK_HIGH:
        return 2 * q->top * q->top + 4 * sqrt((double)p->h) * t->eps * t->w_max * t->w_max;
    default:
        norm = ory_norm2(q->x, p->h * p->D);
        return (norm / q->top) * (norm / q->top);
    }
}

static double state_value(relu *p, relu_pass *q, const ory_moment *m, int which)
{
    const double largest = which == W_SQ_MAX ? norm_extreme(p, q, 1) : 0;

    switch (which) {
    case ACCURACY: return accuracy(p, q);
    case OUTPUT_PLUS: return q->most_plus;
    case OUTPUT_MINUS: return q->most_minus;
    case OUTPUT_MAX: return fmax(q->most_plus, q->most_minus);
    case ALIGN_MIN:
    case ALIGN_MEDIAN:
    case ALIGN_MAX: return alignment(p, q, which);
    case ALIGN_PLUS: return mean_alignment(p, q, 1);
    case ALIGN_MINUS: return mean_alignment(p, q, -1);
    case PLUS_IN_PLUS: return count(p, q, 1, CONE_PLUS);
    case PLUS_IN_MINUS: return count(p, q, 1, CONE_MINUS);
    case PLUS_DEAD: return count(p, q, 1, CONE_DEAD);
    case PLUS_NONE: return count(p, q, 1, CONE_NONE);
    case MINUS_IN_PLUS: return count(p, q, -1, CONE_PLUS);
    case MINUS_IN_MINUS: return count(p, q, -1, CONE_MINUS);
    case MINUS_DEAD: return count(p, q, -1, CONE_DEAD);
    case MINUS_NONE: return count(p, q, -1, CONE_NONE);
    case IN_PLUS: return count(p, q, 0, CONE_PLUS);
    case IN_MINUS: return count(p, q, 0, CONE_MINUS);
    case DEAD: return count(p, q, 0, CONE_DEAD);
    case NONE: return count(p, q, 0, CONE_NONE);
    case ASTRAY: relu_cones(p, q); return (double)q->astray;
    case NORM_MIN: return norm_extreme(p, q, -1);
    case NORM_MAX: return norm_extreme(p, q, 1);
    case W_SQ_MAX: return largest * largest;
    case FIT_PLUS_SQ: return squares_in(p, q, CONE_PLUS);
    case FIT_MINUS_SQ: return squares_in(p, q, CONE_MINUS);
    case IMBALANCE_MAX: return imbalance_most(p, q);
    case IMBALANCE_STEP_MAX: return imbalance_step_most(p, q, m);
    case DRIFT: return drift(p, q);
    case UNBALANCE: return unbalance(p, q);
    case SIGN_FLIPS: return sign_flips(p, q);
    case NORM_CHANGE: return norm_change(p, q);
    case DIRECTION_CHANGE: return direction_change(p, q);
    case PATTERN_REGRESS: return pattern_regress(p, q);
    case XA_RATIO: relu_fields(p, q); return q->xa_ratio;
    default: relu_fields(p, q); return q->turn_error;
    }
}

static void vector_value(relu *p, relu_pass *q, const ory_moment *m, int which, double *out)
{
    const double *v = relu_v(p, q->x);

    relu_cones(p, q);
    relu_angles(p, q);
    if (which == IMBALANCE_STEP)
        relu_back(p, q);
    for (size_t j = 0; which != OUTPUTS && which != LABELS && j < p->h; j++)
        out[j] = which == COSINE      ? q->cosine[j]
                 : which == NORMS     ? q->norm[j]
                 : which == IMBALANCE ? imbalance_of(v[j], q->norm[j])
                 : which == CONE      ? q->cone[j]
                 : m->descent         ? imbalance_step(p, q, m->step, j)
                                      : NAN;
    for (size_t i = 0; (which == OUTPUTS || which == LABELS) && i < p->n; i++)
        out[i] = which == OUTPUTS ? q->f[i] : p->y[i];
}

static void class_mean(const relu *p, int side, double *out)
{
    const bool any = side > 0 ? p->n_plus > 0 : p->n_minus > 0;

    for (size_t i = 0; i < p->D; i++)
        out[i] = any ? p->means[(side > 0 ? 0 : p->D) + i] : NAN;
}

static void matrix_value(const relu *p, const relu_pass *q, int which, double *out)
{
    switch (which) {
    case SAMPLES: memcpy(out, p->X, p->n * p->D * sizeof *out); break;
    case AXES: memcpy(out, p->axes, 2 * p->D * sizeof *out); break;
    case SECTORS: memcpy(out, p->sectors, sizeof p->sectors); break;
    case MEAN_X_PLUS: class_mean(p, 1, out); break;
    case MEAN_X_MINUS: class_mean(p, -1, out); break;
    case MEAN_W_PLUS: mean_neuron(p, q, 1, out); break;
    case MEAN_W_MINUS: mean_neuron(p, q, -1, out); break;
    default:
        for (size_t i = 0; i < p->n; i++)
            for (size_t j = 0; j < p->h; j++)
                out[i * p->h + j] = ory_gate(q->gates, p->h, i, j);
    }
}

ory_status relu_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err)
{
    relu *p = s->self;
    const ory_probe *row = &relu_probes[which];
    relu_pass *q;

    (void)err;
    if (which == TIME)
        *out = m->t;
    else if (which == FLOW)
        *out = m->flow;
    else if (which == CLOSE_TO_FLOW)
        *out = close_to_flow(p, m);
    else if (row->flags & ORY_PROBE_CONSTANT)
        *out = constant(p, which);
    else if (row->flags & ORY_PROBE_PATH)
        *out = path_value(p, m, which);
    else if ((q = relu_at_moment(p, m), row->kind) == ORY_VECTOR)
        vector_value(p, q, m, which, out);
    else if (row->kind == ORY_MATRIX)
        matrix_value(p, q, which, out);
    else if (row->cost == ORY_COST_FACTOR)
        *out = spectral_value(p, q, which);
    else
        *out = state_value(p, q, m, which);
    return ORY_OK;
}

/* -------------------------------------------------------------------- tables */

void relu_probe_shape(const ory_system *s, int which, size_t *rows, size_t *cols)
{
    const relu *p = s->self;

    *cols = 1;
    switch (which) {
    case OUTPUTS:
    case LABELS: *rows = p->n; break;
    case SAMPLES: *rows = p->n, *cols = p->D; break;
    case AXES: *rows = 2, *cols = p->D; break;
    case SECTORS: *rows = 3, *cols = 2; break;
    case PATTERN: *rows = p->n, *cols = p->h; break;
    case MEAN_X_PLUS:
    case MEAN_X_MINUS:
    case MEAN_W_PLUS:
    case MEAN_W_MINUS: *rows = p->picture_rows, *cols = p->picture_cols; break;
    default: *rows = p->h;
    }
}

double relu_probe_work(const ory_system *s, int which)
{
    const relu *p = s->self;
    const double h = (double)p->h, D = (double)p->D, n = (double)p->n, k = fmin(h, D);

    if (which >= 0 && relu_probes[which].cost == ORY_COST_FACTOR)
        return 2 * h * D * k + 10 * k * k * k + 10;
    if (which >= 0 && relu_probes[which].flags & ORY_PROBE_PATH)
        return 2 * n * h; /* the pass is there, the pattern is counted */
    if (which >= 0 && relu_probes[which].kind == ORY_SCALAR && which != XA_RATIO &&
        which != TURN_ERROR)
        return 2 * n * h + 4 * h * D;
    return 4 * n * D * h + 10 * n * h;
}

const char *relu_probe_entry(const ory_system *s, int which, size_t i)
{
    static const char *const axes[] = {"x+", "x−"};
    static const char *const sectors[] = {"S+", "S−", "dead"};

    (void)s;
    return which == AXES && i < 2 ? axes[i] : which == SECTORS && i < 3 ? sectors[i] : NULL;
}

static bool is_about_start(int which)
{
    return which == ZETA2 || which == ZETA || which == T1 || which == T1_HARMONIC ||
           which == WINDOW || which == T2_HIGH || (which >= EPS && which <= EPS_REQUIRED_LOG10) ||
           (which >= W_SQ_HIGH && which <= TURN_ERROR_HIGH) || which == RANK_HIGH;
}

bool relu_probe_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size)
{
    const relu *p = s->self;
    const relu_theory *t = &p->theory;
    const char *says = "no neuron, or no sample, of this class";

    if ((is_about_start(which) || which == ALPHA || which == ENVELOPE || which == XA_LOW) &&
        !(t->mu > 0)) {
        snprintf(text, size, "data not orthogonally separable (mu = %.4g)", t->mu);
        return true;
    }
    if (is_about_start(which) && !t->balanced)
        says = "needs a balanced start: init = \"balanced\"";
    else if (which == T2_HIGH)
        says = "needs samples of both classes";
    else if ((which == ALPHA || which == ENVELOPE) && isnan(t->alpha))
        says = "known for the losses exp and logistic2";
    else if (!m->memory && relu_probes[which].flags & ORY_PROBE_PATH)
        says = "needs a run";
    else if (relu_probes[which].flags & ORY_PROBE_PATH)
        says = "not reached yet";
    else if (which == STABLE_RANK)
        says = "W is zero";
    else if (which == IMBALANCE_STEP || which == IMBALANCE_STEP_MAX)
        says = "the stepper is not plain gradient descent";
    else if (which == SECTORS)
        says = "needs D = 2 and both classes";
    else if (which >= ALIGN_MIN && which <= ALIGN_MAX)
        says = "no live neuron has a target";
    snprintf(text, size, "%s", says);
    return true;
}
