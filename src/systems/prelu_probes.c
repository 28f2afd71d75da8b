/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prelu_probes.c - what can be read off a state of net.prelu: fit, where neurons point, what
 * they contribute, ranks, robust accuracy beside the predicted curves, distances to the ideal
 * classifiers, and the printed bounds with what they bound. */
#include "config.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "systems/prelu.h"

enum {
    ACCURACY, TEST_ACCURACY, OUTPUT_MAX,
    CENTRE_Q1, CENTRE_MEDIAN, CENTRE_Q3, AVERAGE_Q1, AVERAGE_MEDIAN, AVERAGE_Q3,
    DOMINANT_CENTRE, DOMINANT_AVERAGE, DOMINANT, COVERED, UNCOVERED, VOID, DEAD, DEATHS,
    CONTRIBUTION_MAX, MASS_MIN, MASS_MAX,
    IMBALANCE_MAX, IMBALANCE_STEP_MAX, DRIFT, NORM_CHANGE, DIRECTION_CHANGE,
    STABLE_RANK, HIDDEN_RANK,
    T_ALIGNED, T_GROWN, T_DROP, T_COVERED,
    ROBUST_AT, ROBUST_ZERO_AT, ROBUST_HALF, ROBUST_HALF_ZERO, ROBUST_HALF_LOW, ARTEFACT,
    SCALE, DISTANCE_F, DISTANCE_POWER, B3_SHARE, B3_UPPER, B3_RADIUS, B3_LOW,
    F_TEST, POWER_RIGHT, POWER_UPPER, BAYES_RIGHT, A4_SHARE, A4_UPPER, B2_SHARE, B2_UPPER,
    F_RIGHT, F_FOOLED, PREDICTED_AT, A1_LOW, A2_HIGH, A3_LOW, A4_LOW, B1_HIGH, B2_LOW, B3_LIMIT,
    INV_ROOT_K, CENTRE_RADIUS, P_NOW, ALPHA_NOW, RADIUS_NOW, KNOWN, NORMALIZED, FLOW,
    CONTRIBUTIONS, COSINE_CENTRE, COSINE_AVERAGE, TARGET, IMBALANCE, IMBALANCE_STEP, MASS,
    RADII, ROBUST, ROBUST_ZERO, PREDICTED, PREDICTED_F, PREDICTED_POWER, MARKS, OUTPUTS, LABELS,
    COSINES, CENTRES, SAMPLES,
    PROBES
};

static const double risk = 1e-9; /* of a confidence limit being wrong */

#define ROW(n, l, k, u, a, c, d) \
    .name = n, .label = l, .kind = k, .unit = u, .axis = a, .cost = c, .doc = d
#define STEP_LIN(n, l, d) ROW(n, l, ORY_SCALAR, "", ORY_LINEAR, ORY_COST_STEP, d)
#define STEP_LOG(n, l, d) ROW(n, l, ORY_SCALAR, "", ORY_LOG, ORY_COST_STEP, d)
#define FACTOR(n, l, d) ROW(n, l, ORY_SCALAR, "", ORY_LINEAR, ORY_COST_FACTOR, d)
#define DEAR(n, l, d) ROW(n, l, ORY_SCALAR, "", ORY_LINEAR, ORY_COST_DEAR, d)
#define FREE(n, l, d) ROW(n, l, ORY_SCALAR, "", ORY_LINEAR, ORY_COST_FREE, d)
#define WHEN(n, l, d) ROW(n, l, ORY_SCALAR, "t", ORY_LINEAR, ORY_COST_STEP, d), .flags = ORY_PROBE_PATH
#define VECTOR(n, l, a, c, d) ROW(n, l, ORY_VECTOR, "", a, c, d)
#define MATRIX(n, l, d) ROW(n, l, ORY_MATRIX, "", ORY_LINEAR, ORY_COST_STEP, d)
#define BOUNDS(p, s) .bounds = p, .side = s
#define A "arXiv 2405.15942"
#define B "Min, Vidal, ICML 2025"

const ory_probe prelu_probes[] = {
    [ACCURACY] = {STEP_LIN("accuracy", "accuracy", "Share of training samples with y f(x) > 0."),
                  .source = ""},
    [TEST_ACCURACY] = {STEP_LIN("test_accuracy", "test accuracy", "Share of test samples with "
                                "y f(x) > 0."), .source = ""},
    [OUTPUT_MAX] = {STEP_LOG("output_max", "max |f|", "Largest |f(x_i)|."), .source = ""},
    [CENTRE_Q1] = {STEP_LIN("centre_q1", "centre, quartile", "Lower quartile of the neurons' largest "
                            "cosines to centres of their sign."), .source = A},
    [CENTRE_MEDIAN] = {STEP_LIN("centre_median", "cos to centre", "Median of the neurons' largest "
                                "cosines to centres of their sign."), .source = A},
    [CENTRE_Q3] = {STEP_LIN("centre_q3", "centre, quartile", "Upper quartile of the neurons' largest "
                            "cosines to centres of their sign."), .source = A},
    [AVERAGE_Q1] = {STEP_LIN("average_q1", "average, quartile", "Lower quartile of the neurons' cosines "
                             "to their class average."), .source = A},
    [AVERAGE_MEDIAN] = {STEP_LIN("average_median", "cos to average", "Median of the neurons' cosines to "
                                 "their class average."), .source = A},
    [AVERAGE_Q3] = {STEP_LIN("average_q3", "average, quartile", "Upper quartile of the neurons' cosines "
                             "to their class average."), .source = A},
    [DOMINANT_CENTRE] = {STEP_LIN("dominant_centre", "dominant to centre", "Median cosine of the dominant "
                                  "neurons to the nearest centre of their sign."), .source = A},
    [DOMINANT_AVERAGE] = {STEP_LIN("dominant_average", "dominant to average", "Median cosine of the "
                                   "dominant neurons to their class average."), .source = A},
    [DOMINANT] = {STEP_LIN("dominant", "dominant", "Neurons with |v|‖w‖ above 1 % of the largest."),
                  .source = A},
    [COVERED] = {STEP_LIN("covered", "covered", "Centres that are the nearest of a dominant neuron."),
                 .source = B},
    [UNCOVERED] = {STEP_LIN("uncovered", "not covered", "Centres that are not the nearest of a dominant "
                            "neuron."), .source = B},
    [VOID] = {FREE("void", "void", "Neurons without a positive cosine to a centre of their sign at the "
                   "start: they tend to stay small."), .flags = ORY_PROBE_CONSTANT, .source = B},
    [DEAD] = {STEP_LIN("dead", "dead", "Neurons active on no training sample."), .source = ""},
    [DEATHS] = {STEP_LIN("deaths", "deaths", "Neurons that died in the last step."),
                .flags = ORY_PROBE_PATH, .source = ""},
    [CONTRIBUTION_MAX] = {STEP_LOG("contribution_max", "max |v|‖w‖", "Largest contribution of a neuron."),
                          .source = A},
    [MASS_MIN] = {STEP_LOG("mass_min", "least mass", "Least mass of a cluster, the sum of |v|‖w‖ over the "
                           "neurons nearest to its centre."), .source = B},
    [MASS_MAX] = {STEP_LOG("mass_max", "most mass", "Largest mass of a cluster."), .source = B},
    [IMBALANCE_MAX] = {STEP_LOG("imbalance_max", "max |v²−‖w‖²|", "Largest |v_j² - ‖w_j‖²|; each is "
                                "conserved by the flow."), .source = B},
    [IMBALANCE_STEP_MAX] = {STEP_LOG("imbalance_step_max", "max Δ(v²−‖w‖²)", "Largest change of an "
                                     "imbalance by the next step of descent, as predicted."),
                            .source = "derived"},
    [DRIFT] = {STEP_LOG("drift", "drift", "Largest change of v_j² - ‖w_j‖² since the start, over the "
                        "largest ‖w_j‖² where that is above 1."), .source = B},
    [NORM_CHANGE] = {STEP_LIN("norm_change", "norm change", "Total rate of change of squared norms, "
                              "Σ 2 <-grad_j, w_j>."), .source = "arXiv 2307.12851"},
    [DIRECTION_CHANGE] = {STEP_LIN("direction_change", "direction change", "Total angular speed, "
                                   "Σ ‖P_w grad_j‖/‖w_j‖."), .source = "arXiv 2307.12851"},
    [STABLE_RANK] = {FACTOR("stable_rank", "stable rank", "‖W‖F²/‖W‖²."), .source = A},
    [HIDDEN_RANK] = {FACTOR("hidden_rank", "hidden rank", "Stable rank of the hidden matrix ‖w_j‖ s_ij^p."),
                     .source = A},
    [T_ALIGNED] = {WHEN("t_aligned", "t aligned", "Time at which half of the neurons first had a cosine "
                        "of 0.99 to a centre or their class average."), .source = ""},
    [T_GROWN] = {WHEN("t_grown", "t first growth", "Time at which an output first was above 1/40."),
                 .source = ""},
    [T_DROP] = {WHEN("t_drop", "t loss drop", "Time at which the loss first was half its start."),
                .source = ""},
    [T_COVERED] = {WHEN("t_covered", "t covered", "Time, after the loss drop, at which every centre first "
                        "had a dominant neuron."), .source = ""},
    [ROBUST_AT] = {DEAR("robust_at", "robust at radius", "Robust accuracy at the option radius, many "
                        "starts."), .source = "section 5"},
    [ROBUST_ZERO_AT] = {DEAR("robust_zero_at", "robust, zero start", "Robust accuracy at the option "
                             "radius, attack from 0."), .source = A},
    [ROBUST_HALF] = {DEAR("robust_half", "robust at √2/2", "Robust accuracy at √2/2, many starts."),
                     .source = "section 5"},
    [ROBUST_HALF_ZERO] = {DEAR("robust_half_zero", "robust at √2/2, zero start", "Robust accuracy at √2/2, "
                               "attack from 0."), .source = A},
    [ROBUST_HALF_LOW] = {DEAR("robust_half_low", "robust at √2/2, at least", "Lower confidence limit of "
                              "robust_half for fresh samples."), .source = "derived"},
    [ARTEFACT] = {DEAR("artefact", "artefact", "1 when the attack from 0 reports more at √2/2 than any "
                       "classifier can have: the attack has failed, not the classifier won."),
                  .source = "B1"},
    [SCALE] = {DEAR("scale", "scale c", "c = mean(f F)/mean(f²) over the test samples, F the ideal "
                    "classifier of the exponent: F for p <= 2, F^(p) above."), .source = "section 4"},
    [DISTANCE_F] = {DEAR("distance_f", "distance to F", "sup |c f - F| on the unit sphere as found by "
                         "ascent, a lower estimate; for p <= 2."), .source = "A5"},
    [DISTANCE_POWER] = {DEAR("distance_power", "distance to F^(p)", "sup |c f - F^(p)| on the unit sphere "
                             "as found by ascent, a lower estimate; for p > 1."), .source = "A5, " B},
    [B3_SHARE] = {DEAR("b3_share", "robust at b3_radius", "Robust accuracy at b3_radius, many starts."),
                  .source = "B3"},
    [B3_UPPER] = {DEAR("b3_upper", "robust at b3_radius, at most", "Upper confidence limit of b3_share for "
                       "fresh samples."), .source = "derived"},
    [B3_RADIUS] = {DEAR("b3_radius", "B3 radius", "(√2 - 8ν^(1/p))/2 with the distance for ν; vacuous for "
                        "ν above (√2/8)^p."), .source = "B3"},
    [B3_LOW] = {DEAR("b3_low", "B3 bound", "Lower bound of the share that survives b3_radius."),
                BOUNDS("b3_share", -1), .source = "B3"},
    [F_TEST] = {DEAR("f_test", "F right", "Share of test samples that F gets right."), .source = "A1"},
    [POWER_RIGHT] = {DEAR("power_right", "F^(p) right", "Share of test samples that F^(p) gets right."),
                     .source = "A3"},
    [POWER_UPPER] = {DEAR("power_upper", "F^(p) right, at most", "Upper confidence limit of power_right "
                          "for fresh samples."), .source = "derived"},
    [BAYES_RIGHT] = {DEAR("bayes_right", "Bayes right", "Share of test samples that the Bayes classifier "
                          "gets right."), .source = "B2"},
    [A4_SHARE] = {DEAR("a4_share", "F^(p) robust", "Robust accuracy of F^(p) at the option radius, many "
                       "starts."), .source = "A4"},
    [A4_UPPER] = {DEAR("a4_upper", "F^(p) robust, at most", "Upper confidence limit of a4_share for fresh "
                       "samples."), .source = "derived"},
    [B2_SHARE] = {DEAR("b2_share", "Bayes robust", "Robust accuracy of the Bayes classifier at the option "
                       "radius, many starts."), .source = "B2"},
    [B2_UPPER] = {DEAR("b2_upper", "Bayes robust, at most", "Upper confidence limit of b2_share for fresh "
                       "samples."), .source = "derived"},
    [F_RIGHT] = {FREE("f_right", "P(F right)", "Exact probability that F gets a fresh sample right."),
                 .source = "derived"},
    [F_FOOLED] = {FREE("f_fooled", "P(F survives d0)", "Exact probability that F is right after a push by "
                       "the option radius along d0."), .source = "derived"},
    [PREDICTED_AT] = {FREE("predicted_at", "predicted", "Predicted robust accuracy at the option radius: "
                           "of F for p < 2, of F^(p) for p > 2."), .source = "derived"},
    [A1_LOW] = {FREE("a1_low", "A1 bound", "Lower bound 1 - 2exp(-D/(8α²K)) of f_right."),
                BOUNDS("f_right", -1), .source = "A1"},
    [A2_HIGH] = {FREE("a2_high", "A2 bound", "Upper bound 2exp(-Dρ²/(2α²K)) of f_fooled, ρ = radius √K - 1 "
                      "> 0."), BOUNDS("f_fooled", 1), .source = "A2"},
    [A3_LOW] = {FREE("a3_low", "A3 bound", "Lower bound 1 - 2(K+1)exp(-D/(4α²K)) of power_right."),
                BOUNDS("power_right", -1), .source = "A3"},
    [A4_LOW] = {FREE("a4_low", "A4 bound", "Lower bound 1 - 2(K+1)exp(-Dδ²/(4α²K²)) of a4_share, δ = √2 - "
                     "2 radius."), BOUNDS("a4_share", -1), .source = "A4"},
    [B1_HIGH] = {FREE("b1_high", "B1 ceiling", "max(K1,K2)/K: no classifier has more robust accuracy at "
                      "√2/2."), BOUNDS("robust_half", 1), .source = "B1"},
    [B2_LOW] = {FREE("b2_low", "B2 bound", "Lower bound 1 - 2K exp(-Dν²/(64α²)) of b2_share, ν = √2 - 2 "
                     "radius."), BOUNDS("b2_share", -1), .source = "B2"},
    [B3_LIMIT] = {FREE("b3_limit", "(√2/8)^p", "Largest distance for which B3 says anything."),
                  .source = "B3"},
    [INV_ROOT_K] = {FREE("inv_root_k", "1/√K", "Distance of a centre to the nearest error of F."),
                   .flags = ORY_PROBE_CONSTANT, .source = "derived"},
    [CENTRE_RADIUS] = {FREE("centre_radius", "centre radius", "Distance of a centre to the nearest error "
                            "of F^(p), 1/√(1+max(1,m^(2/p-1))), m the larger class."),
                   .flags = ORY_PROBE_CONSTANT, .source = "derived"},
    [P_NOW] = {FREE("p_now", "p", "Exponent."), .flags = ORY_PROBE_CONSTANT, .source = A},
    [ALPHA_NOW] = {FREE("alpha_now", "α", "Length of the noise."), .flags = ORY_PROBE_CONSTANT,
                   .source = A},
    [RADIUS_NOW] = {FREE("radius_now", "radius", "The option radius."), .source = ""},
    [KNOWN] = {FREE("known", "centres known", "1 when orthonormal centres are known."),
               .flags = ORY_PROBE_CONSTANT, .source = ""},
    [NORMALIZED] = {FREE("normalized", "normalized", "1 when outputs are divided by |x|^(p-1)."),
                    .flags = ORY_PROBE_CONSTANT, .source = ""},
    [FLOW] = {FREE("flow", "flow", "1 when the run follows the gradient flow in continuous time."),
              .source = ""},
    [CONTRIBUTIONS] = {VECTOR("contributions", "|v|‖w‖", ORY_LOG, ORY_COST_STEP, "Contributions of the "
                              "neurons, largest first."), .source = A},
    [COSINE_CENTRE] = {VECTOR("cosine_centre", "cos to centre", ORY_LINEAR, ORY_COST_STEP, "Largest cosine "
                              "of each neuron to a centre of its sign."), .source = A},
    [COSINE_AVERAGE] = {VECTOR("cosine_average", "cos to average", ORY_LINEAR, ORY_COST_STEP, "Cosine of "
                               "each neuron to its class average."), .source = A},
    [TARGET] = {VECTOR("target", "target", ORY_LINEAR, ORY_COST_FREE, "Centre of its sign with the largest "
                       "positive cosine at the start, from 1; 0: void."), .source = B},
    [IMBALANCE] = {VECTOR("imbalance", "v²−‖w‖²", ORY_LINEAR, ORY_COST_STEP, "Imbalance v_j² - ‖w_j‖² of "
                          "each neuron."), .source = B},
    [IMBALANCE_STEP] = {VECTOR("imbalance_step", "Δ(v²−‖w‖²)", ORY_LINEAR, ORY_COST_STEP, "Change of each "
                               "imbalance by the next step of descent, step² ((dL/dv_j)² - ‖grad_j‖²)."),
                        .source = "derived"},
    [MASS] = {VECTOR("mass", "mass", ORY_LINEAR, ORY_COST_STEP, "Mass of each cluster, the sum of |v|‖w‖ "
                     "over the neurons nearest to its centre."), .source = B},
    [RADII] = {VECTOR("radii", "radius", ORY_LINEAR, ORY_COST_FREE, "Attack radii of the curves."),
               .flags = ORY_PROBE_CONSTANT, .source = ""},
    [ROBUST] = {VECTOR("robust", "many starts", ORY_LINEAR, ORY_COST_DEAR, "Robust accuracy on the test "
                       "samples at radii, many starts."), .source = "section 5"},
    [ROBUST_ZERO] = {VECTOR("robust_zero", "zero start", ORY_LINEAR, ORY_COST_DEAR, "Robust accuracy on "
                            "the test samples at radii, attack from 0."), .source = A},
    [PREDICTED] = {VECTOR("predicted", "predicted", ORY_LINEAR, ORY_COST_FREE, "Predicted curve at radii: "
                          "predicted_f for p < 2, predicted_power for p > 2."),
                   .flags = ORY_PROBE_CONSTANT, .source = "derived"},
    [PREDICTED_F] = {VECTOR("predicted_f", "A_F", ORY_LINEAR, ORY_COST_FREE, "Robust accuracy of F at "
                            "radii, Φ((1 - r√K)/(s√K)), s = α/√D."),
                   .flags = ORY_PROBE_CONSTANT, .source = "derived"},
    [PREDICTED_POWER] = {VECTOR("predicted_power", "A_N", ORY_LINEAR, ORY_COST_FREE, "Robust accuracy of "
                                "F^(p), p > 2, and of the nearest centre at radii."),
                   .flags = ORY_PROBE_CONSTANT, .source = "derived"},
    [MARKS] = {VECTOR("marks", "1/√K, √2/2", ORY_LINEAR, ORY_COST_FREE, "Radii that F and any classifier "
                      "can withstand at a centre: 1/√K and √2/2."), .flags = ORY_PROBE_CONSTANT, .source = A},
    [OUTPUTS] = {VECTOR("outputs", "f(x)", ORY_LINEAR, ORY_COST_STEP, "Output for each training sample."),
                 .source = ""},
    [LABELS] = {VECTOR("labels", "y", ORY_LINEAR, ORY_COST_FREE, "Labels of the training samples."),
                .source = ""},
    [COSINES] = {MATRIX("cosines", "cosines", "Cosines of the dominant neurons (columns, by nearest "
                        "centre, then by contribution) to the class averages and the centres (rows); "
                        "the other neurons come last, without a number."), .source = A},
    [CENTRES] = {MATRIX("centres_now", "centres", "Centres, one a row."), .source = A},
    [SAMPLES] = {MATRIX("samples_now", "x", "Training samples, one a row."), .source = ""},
    [PROBES] = {0}};

const char *const prelu_record[] = {"loss", "accuracy", "centre_q1", "centre_median", "centre_q3",
                                    "average_median", "covered", "dominant", "stable_rank",
                                    "mass_min", "mass_max", NULL};

/* ------------------------------------------------------------------- neurons */

/* Quantile q of the numbers that are there, sorted in place; NaN when there are none. */
static double quantile(double *x, size_t n, double q)
{
    const double at = q * (double)(n > 0 ? n - 1 : 0);
    const size_t i = (size_t)at;

    gsl_sort(x, 1, n);
    return n == 0 ? NAN : i + 1 < n ? x[i] + (at - (double)i) * (x[i + 1] - x[i]) : x[i];
}

static double cosine_quantile(prelu *p, prelu_pass *q, bool centre, bool dominant, double at)
{
    const double *c = centre ? q->to_centre : q->to_average;
    size_t count = 0;

    prelu_neurons(p, q);
    for (size_t j = 0; j < p->h; j++)
        if (!isnan(c[j]) && (!dominant || prelu_dominant(q, j)))
            p->space[count++] = c[j];
    return quantile(p->space, count, at);
}

static double count_dominant(prelu *p, prelu_pass *q)
{
    size_t count = 0;

    prelu_neurons(p, q);
    for (size_t j = 0; j < p->h; j++)
        count += prelu_dominant(q, j);
    return (double)count;
}

static double mass_extreme(prelu *p, prelu_pass *q, int sign)
{
    double most = NAN;

    for (size_t k = 0; p->known && k < p->mixture.K; k++) {
        const double mass = prelu_mass(p, q, k);

        if (!(sign * mass <= sign * most))
            most = mass;
    }
    return most;
}

static double imbalance_of(double v, double norm)
{
    return (fabs(v) - norm) * (fabs(v) + norm);
}

static double imbalance_step(const prelu *p, const prelu_pass *q, double step, size_t j)
{
    const double *g = q->grad + j * p->D;

    return step * step * imbalance_of(q->grad[p->h * p->D + j], ory_norm2(g, p->D));
}

static double imbalance_most(prelu *p, prelu_pass *q)
{
    double most = 0;

    prelu_neurons(p, q);
    for (size_t j = 0; j < p->h; j++)
        most = fmax(most, fabs(imbalance_of(prelu_v(p, q->x)[j], q->norm[j])));
    return most;
}

static double imbalance_step_most(prelu *p, prelu_pass *q, const ory_moment *m)
{
    double most = 0;

    prelu_back(p, q);
    for (size_t j = 0; j < p->h; j++)
        most = fmax(most, fabs(imbalance_step(p, q, m->step, j)));
    return m->descent ? most : NAN;
}

static double drift(prelu *p, prelu_pass *q)
{
    const double *start = prelu_v(p, p->initial);
    double most = 0, largest = 1;

    prelu_neurons(p, q);
    for (size_t j = 0; j < p->h; j++)
        largest = fmax(largest, q->norm[j]);
    for (size_t j = 0; j < p->h; j++) {
        const double w0 = ory_norm2(p->initial + j * p->D, p->D) / largest;
        const double now = imbalance_of(prelu_v(p, q->x)[j] / largest, q->norm[j] / largest);

        most = fmax(most, fabs(now - imbalance_of(start[j] / largest, w0)));
    }
    return most;
}

static double norm_change(prelu *p, prelu_pass *q)
{
    prelu_back(p, q);
    return -2 * ory_dot(q->grad, q->x, p->h * p->D);
}

/* sum_j |P_w grad_j| / |w_j| over neurons that are not zero. */
static double direction_change(prelu *p, prelu_pass *q)
{
    double sum = 0;

    prelu_back(p, q);
    prelu_neurons(p, q);
    for (size_t j = 0; j < p->h; j++) {
        const double *w = q->x + j * p->D, *g = q->grad + j * p->D;
        double along = 0;

        if (!(q->norm[j] > 0))
            continue;
        for (size_t k = 0; k < p->D; k++)
            along += g[k] * (w[k] / q->norm[j]);
        for (size_t k = 0; k < p->D; k++)
            p->space[k] = g[k] - along * (w[k] / q->norm[j]);
        sum += ory_norm2(p->space, p->D) / q->norm[j];
    }
    return sum;
}

static double right_share(const double *y, const double *f, size_t n)
{
    size_t right = 0;

    for (size_t i = 0; i < n; i++)
        right += y[i] * f[i] > 0;
    return (double)right / (double)n;
}

static double test_accuracy(prelu *p, prelu_pass *q)
{
    size_t right = 0;

    prelu_use(p, q);
    for (size_t i = 0; i < p->tests; i += ORY_PNET_ROWS) {
        const size_t rows = p->tests - i < ORY_PNET_ROWS ? p->tests - i : ORY_PNET_ROWS;
        double f[ORY_PNET_ROWS];

        ory_pnet_eval(&p->net, p->X_test + i * p->D, rows, f, NULL);
        for (size_t k = 0; k < rows; k++)
            right += p->y_test[i + k] * f[k] > 0;
    }
    return (double)right / (double)p->tests;
}

static double output_max(const prelu *p, const prelu_pass *q)
{
    double most = 0;

    for (size_t i = 0; i < p->n; i++)
        most = fmax(most, fabs(q->f[i]));
    return most;
}

static double state_value(prelu *p, prelu_pass *q, const ory_moment *m, int which)
{
    switch (which) {
    case ACCURACY: return right_share(p->y, q->f, p->n);
    case TEST_ACCURACY: return test_accuracy(p, q);
    case OUTPUT_MAX: return output_max(p, q);
    case CENTRE_Q1: return cosine_quantile(p, q, true, false, 0.25);
    case CENTRE_MEDIAN: return cosine_quantile(p, q, true, false, 0.5);
    case CENTRE_Q3: return cosine_quantile(p, q, true, false, 0.75);
    case AVERAGE_Q1: return cosine_quantile(p, q, false, false, 0.25);
    case AVERAGE_MEDIAN: return cosine_quantile(p, q, false, false, 0.5);
    case AVERAGE_Q3: return cosine_quantile(p, q, false, false, 0.75);
    case DOMINANT_CENTRE: return cosine_quantile(p, q, true, true, 0.5);
    case DOMINANT_AVERAGE: return cosine_quantile(p, q, false, true, 0.5);
    case DOMINANT: return count_dominant(p, q);
    case COVERED: return p->known ? (double)prelu_covered(p, q) : NAN;
    case UNCOVERED: return p->known ? (double)(p->mixture.K - prelu_covered(p, q)) : NAN;
    case DEAD: return (double)prelu_dead(p, q);
    case CONTRIBUTION_MAX: prelu_neurons(p, q); return q->most;
    case MASS_MIN: return mass_extreme(p, q, -1);
    case MASS_MAX: return mass_extreme(p, q, 1);
    case IMBALANCE_MAX: return imbalance_most(p, q);
    case IMBALANCE_STEP_MAX: return imbalance_step_most(p, q, m);
    case DRIFT: return drift(p, q);
    case NORM_CHANGE: return norm_change(p, q);
    case DIRECTION_CHANGE: return direction_change(p, q);
    case STABLE_RANK: prelu_spectrum(p, q); return q->stable;
    default: prelu_hidden(p, q); return q->hidden;
    }
}

static double path_value(prelu *p, const ory_moment *m, int which)
{
    double memory[MEM_COUNT], before;

    if (!m->memory)
        return NAN;
    memcpy(memory, m->memory, sizeof memory);
    before = memory[MEM_DEAD];
    prelu_clock(p, m, memory);
    return which == DEATHS ? fmax(0, memory[MEM_DEAD] - before)
                           : memory[which - T_ALIGNED + MEM_ALIGNED];
}

/* --------------------------------------------------------------------- attacks */

static double upper(const prelu *p, double share)
{
    return isnan(share) ? NAN : ory_rate_upper(share * (double)p->tests, (double)p->tests, risk);
}

static ory_status dear_value(ory_system *s, prelu *p, prelu_pass *q, int which, double *out,
                             ory_error *err)
{
    const prelu_trial *t = &q->trial;
    ory_status status;

    switch (which) {
    case ROBUST_AT: return prelu_attack_at(s, p, q, MANY_STARTS, false, out, err);
    case ROBUST_ZERO_AT: return prelu_attack_at(s, p, q, ZERO_START, false, out, err);
    case ROBUST_HALF: return prelu_attack_at(s, p, q, MANY_STARTS, true, out, err);
    case ROBUST_HALF_ZERO: return prelu_attack_at(s, p, q, ZERO_START, true, out, err);
    case ROBUST_HALF_LOW:
        status = prelu_attack_at(s, p, q, MANY_STARTS, true, out, err);
        *out = 1 - upper(p, 1 - *out);
        return status;
    case ARTEFACT:
        status = prelu_attack_at(s, p, q, ZERO_START, true, out, err);
        *out = p->known ? *out > ory_bound_b1(&p->mixture) : NAN;
        return status;
    case B3_SHARE:
    case B3_UPPER:
        status = prelu_attack_b3(s, p, q, out, err);
        *out = which == B3_UPPER ? upper(p, *out) : *out;
        return status;
    }
    status = prelu_distances(s, p, q, err);
    *out = which == SCALE           ? p->p > 2 ? t->scale_power : t->scale_f
           : which == DISTANCE_F     ? t->distance_f
           : which == DISTANCE_POWER ? t->distance_power
           : which == B3_RADIUS      ? ory_bound_b3_radius(p->p, t->distance_power)
                                     : ory_bound_b3(&p->mixture, p->p, t->distance_power);
    return status;
}

static ory_status ideal_value(ory_system *s, prelu *p, int which, double *out, ory_error *err)
{
    const prelu_facts *f = &p->facts;
    ory_status status;

    *out = NAN;
    if (!p->known)
        return ORY_OK;
    status = prelu_ideal_facts(s, p, err);
    switch (which) {
    case F_TEST: *out = f->right[0]; break;
    case POWER_RIGHT: *out = f->right[1]; break;
    case POWER_UPPER: *out = upper(p, f->right[1]); break;
    case BAYES_RIGHT: *out = f->right[2]; break;
    case A4_SHARE: *out = f->a4_share; break;
    case A4_UPPER: *out = upper(p, f->a4_share); break;
    case B2_SHARE: *out = f->b2_share; break;
    default: *out = upper(p, f->b2_share);
    }
    return status;
}

/* ---------------------------------------------------------------------- theory */

static double theory_value(const ory_system *s, const prelu *p, int which)
{
    const ory_mixture *m = &p->mixture;
    const double radius = ory_values_real(&s->values, P_RADIUS);
    const size_t K2 = m->K - m->K1;

    if (which == B3_LIMIT)
        return ory_bound_b3_limit(p->p);
    if (!p->known)
        return NAN;
    switch (which) {
    case F_RIGHT: return p->facts.f_right;
    case F_FOOLED: return p->facts.f_fooled;
    case PREDICTED_AT: return p->facts.predicted;
    case A1_LOW: return ory_bound_a1(m);
    case A2_HIGH: return ory_bound_a2(m, radius);
    case A3_LOW: return ory_bound_a3(m);
    case A4_LOW: return p->p > 2 ? ory_bound_a4(m, radius) : NAN;
    case B1_HIGH: return ory_bound_b1(m);
    case B2_LOW: return ory_bound_b2(m, radius);
    case INV_ROOT_K: return 1 / sqrt((double)m->K);
    case CENTRE_RADIUS: return ory_mixture_power_radius(p->p, m->K1 > K2 ? m->K1 : K2);
    default: return m->alpha;
    }
}

static double count_void(const prelu *p)
{
    size_t count = 0;

    for (size_t j = 0; j < p->h; j++)
        count += p->target[j] == p->mixture.K;
    return p->known ? (double)count : NAN;
}

static double plain_value(const ory_system *s, const prelu *p, const ory_moment *m, int which)
{
    switch (which) {
    case P_NOW: return p->p;
    case RADIUS_NOW: return ory_values_real(&s->values, P_RADIUS);
    case KNOWN: return p->known;
    case NORMALIZED: return p->net.normalize;
    case FLOW: return m->flow;
    case VOID: return count_void(p);
    default: return theory_value(s, p, which);
    }
}

/* --------------------------------------------------------------------- arrays */

static void sorted_contributions(prelu *p, prelu_pass *q, double *out)
{
    prelu_neurons(p, q);
    memcpy(out, q->share, p->h * sizeof *out);
    gsl_sort(out, 1, p->h);
    for (size_t j = 0; j < p->h / 2; j++) {
        const double keep = out[j];

        out[j] = out[p->h - 1 - j];
        out[p->h - 1 - j] = keep;
    }
}

static void neuron_values(prelu *p, prelu_pass *q, const ory_moment *m, int which, double *out)
{
    prelu_neurons(p, q);
    if (which == IMBALANCE_STEP)
        prelu_back(p, q);
    for (size_t j = 0; j < p->h; j++)
        out[j] = which == COSINE_CENTRE    ? q->to_centre[j]
                 : which == COSINE_AVERAGE ? q->to_average[j]
                 : which == IMBALANCE      ? imbalance_of(prelu_v(p, q->x)[j], q->norm[j])
                 : which == TARGET ? p->target[j] < p->mixture.K ? (double)p->target[j] + 1 : 0
                 : m->descent      ? imbalance_step(p, q, m->step, j)
                                   : NAN;
}

/* The curve that applies to this exponent, or the one asked for. */
static void predicted(const prelu *p, int which, double *out)
{
    const bool power = which == PREDICTED_POWER || (which == PREDICTED && p->p > 2);
    const double *curve = power ? p->facts.curve_power : p->facts.curve_f;

    for (size_t i = 0; i < p->radii_count; i++)
        out[i] = which == PREDICTED && p->p == 2 ? NAN : curve[i];
}

static ory_status vector_value(ory_system *s, prelu *p, prelu_pass *q, const ory_moment *m, int which,
                               double *out, ory_error *err)
{
    const int attacker = which == ROBUST ? MANY_STARTS : ZERO_START;
    ory_status status = ORY_OK;

    switch (which) {
    case CONTRIBUTIONS: sorted_contributions(p, q, out); break;
    case MASS:
        out[0] = NAN;
        for (size_t k = 0; p->known && k < p->mixture.K; k++)
            out[k] = prelu_mass(p, q, k);
        break;
    case RADII: memcpy(out, p->radii, p->radii_count * sizeof *out); break;
    case ROBUST:
    case ROBUST_ZERO:
        status = prelu_attack_curve(s, p, q, attacker, err);
        memcpy(out, q->trial.curve[attacker], p->radii_count * sizeof *out);
        break;
    case PREDICTED:
    case PREDICTED_F:
    case PREDICTED_POWER:
        predicted(p, which, out);
        break;
    case MARKS:
        out[0] = theory_value(s, p, INV_ROOT_K);
        out[1] = M_SQRT1_2;
        break;
    case OUTPUTS: memcpy(out, q->f, p->n * sizeof *out); break;
    case LABELS: memcpy(out, p->y, p->n * sizeof *out); break;
    default: neuron_values(p, q, m, which, out);
    }
    return status;
}

/* Whether column a comes before column b: dominant ones first, by centre, by contribution. */
static bool comes_before(const prelu_pass *q, size_t a, size_t b)
{
    if (prelu_dominant(q, a) != prelu_dominant(q, b))
        return prelu_dominant(q, a);
    if (q->nearest[a] != q->nearest[b])
        return q->nearest[a] < q->nearest[b];
    return q->share[a] > q->share[b] || (q->share[a] == q->share[b] && a < b);
}

/* Column c of (2 + K) x h is the neuron before which c others come. */
static void cosine_columns(prelu *p, prelu_pass *q, double *out)
{
    const size_t rows = 2 + p->mixture.K, h = p->h;

    prelu_neurons(p, q);
    for (size_t j = 0; j < h; j++) {
        size_t c = 0;

        for (size_t other = 0; other < h; other++)
            c += other != j && comes_before(q, other, j);
        for (size_t r = 0; r < rows; r++) {
            const double *axis = r < 2 ? p->mixture.sums + r * p->D
                                       : p->mixture.centres + (r - 2) * p->D;

            out[r * h + c] = p->known && prelu_dominant(q, j) ? prelu_cosine(p, q, j, axis) : NAN;
        }
    }
}

static void matrix_value(prelu *p, prelu_pass *q, int which, double *out)
{
    if (which == COSINES)
        cosine_columns(p, q, out);
    else if (which == SAMPLES)
        memcpy(out, p->X, p->n * p->D * sizeof *out);
    else if (p->mixture.K > 0)
        memcpy(out, p->mixture.centres, p->mixture.K * p->D * sizeof *out);
    else
        for (size_t i = 0; i < p->D; i++)
            out[i] = NAN;
}

ory_status prelu_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err)
{
    prelu *p = s->self;
    const ory_probe *row = &prelu_probes[which];

    if (which >= F_TEST && which <= B2_UPPER)
        return ideal_value(s, p, which, out, err);
    if (row->kind == ORY_VECTOR)
        return vector_value(s, p, prelu_at_moment(p, m), m, which, out, err);
    if (row->kind == ORY_MATRIX)
        matrix_value(p, prelu_at_moment(p, m), which, out);
    else if (row->cost == ORY_COST_DEAR)
        return dear_value(s, p, prelu_at_moment(p, m), which, out, err);
    else if (row->cost == ORY_COST_FREE)
        *out = plain_value(s, p, m, which);
    else if (row->flags & ORY_PROBE_PATH)
        *out = path_value(p, m, which);
    else
        *out = state_value(p, prelu_at_moment(p, m), m, which);
    return ORY_OK;
}

/* -------------------------------------------------------------------- tables */

void prelu_probe_shape(const ory_system *s, int which, size_t *rows, size_t *cols)
{
    const prelu *p = s->self;
    const size_t K = p->mixture.K > 0 ? p->mixture.K : 1;

    *cols = 1;
    switch (which) {
    case MASS: *rows = K; break;
    case RADII:
    case ROBUST:
    case ROBUST_ZERO:
    case PREDICTED:
    case PREDICTED_F:
    case PREDICTED_POWER: *rows = p->radii_count; break;
    case MARKS: *rows = 2; break;
    case OUTPUTS:
    case LABELS: *rows = p->n; break;
    case COSINES: *rows = 2 + p->mixture.K, *cols = p->h; break;
    case CENTRES: *rows = K, *cols = p->D; break;
    case SAMPLES: *rows = p->n, *cols = p->D; break;
    default: *rows = p->h;
    }
}

/* Many samples under attack at one radius; the starts beside the ascents are few. */
static double attack_work(const ory_system *s, const prelu *p, int which)
{
    const double one = (double)p->tests * 4 * (double)p->D * (double)p->h;
    const double zero = one * (double)ory_values_size(&s->values, P_ZERO_STEPS);
    const double many = one * (double)ory_values_size(&s->values, P_MULTI_STEPS) *
                        (double)(p->known ? ory_mixture_start_count(&p->mixture) + 1 : 6);
    const double climb = (double)prelu_sphere_room(p) * 4 * (double)p->D * (double)p->h *
                         (double)ory_values_size(&s->values, P_CLIMB_STEPS);

    switch (which) {
    case ROBUST: return many * (double)p->radii_count;
    case ROBUST_ZERO: return zero * (double)p->radii_count;
    case ROBUST_ZERO_AT:
    case ROBUST_HALF_ZERO:
    case ARTEFACT: return zero;
    case SCALE:
    case DISTANCE_F:
    case DISTANCE_POWER:
    case B3_RADIUS:
    case B3_LOW: return climb;
    case B3_SHARE:
    case B3_UPPER: return climb + many;
    default: return many;
    }
}

double prelu_probe_work(const ory_system *s, int which)
{
    const prelu *p = s->self;
    const double h = (double)p->h, D = (double)p->D, n = (double)p->n, K = (double)p->mixture.K;
    const double k = fmin(h, D), count = (double)ory_values_size(&s->values, P_BATCH);

    if (which < 0)
        return 4 * (count > 0 ? fmin(n, count * (double)ory_values_size(&s->values, P_INNER)) : n) * D * h +
               10 * n * h;
    if (prelu_probes[which].cost == ORY_COST_DEAR)
        return attack_work(s, p, which);
    if (which == STABLE_RANK)
        return 2 * h * D * k + 10 * k * k * k + 10;
    if (which == HIDDEN_RANK)
        return 2 * n * h * fmin(n, h) + 10 * h * h * h;
    return 2 * n * h + 2 * h * D * (K + 2) + h * h + 10;
}

const char *prelu_probe_entry(const ory_system *s, int which, size_t i)
{
    static const char *const names[] = {"mean+", "mean−", "μ1", "μ2", "μ3", "μ4", "μ5", "μ6",
                                        "μ7", "μ8", "μ9", "μ10", "μ11", "μ12", "μ13", "μ14",
                                        "μ15", "μ16", "μ17", "μ18", "μ19", "μ20"};
    const prelu *p = s->self;
    const size_t at = which == COSINES ? i : i + 2;

    if (which == MARKS)
        return i == 0 ? "1/√K" : "√2/2";
    if ((which != COSINES && which != MASS && which != CENTRES) || p->mixture.K == 0)
        return NULL;
    return at < sizeof names / sizeof *names ? names[at] : NULL;
}

bool prelu_probe_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size)
{
    prelu *p = s->self;
    const char *says = "no neuron of a class";

    if (prelu_probes[which].flags & ORY_PROBE_PATH && (which == DEATHS || m->memory == NULL || p->known))
        says = m->memory ? "not reached yet" : "needs a run";
    else if (!p->known && p->mixture.K > 0)
        says = "the centres are not orthonormal";
    else if (!p->known)
        says = "needs known centres";
    else if (which == STABLE_RANK || which == HIDDEN_RANK)
        says = "the matrix is zero";
    else if (which == IMBALANCE_STEP || which == IMBALANCE_STEP_MAX)
        says = "the stepper is not plain gradient descent";
    else if (which == DISTANCE_F && p->p > 2)
        says = "compared with F^(p) for p > 2";
    else if (which == DISTANCE_POWER && p->p <= 1)
        says = "compared with F for p = 1: F^(1) is not F";
    else if (which >= B3_SHARE && which <= B3_LOW && p->p <= 2)
        says = "needs p > 2";
    else if (which >= B3_SHARE && which <= B3_LOW) {
        snprintf(text, size, "vacuous: the distance is above (√2/8)^p = %.4g",
                 ory_bound_b3_limit(p->p));
        return true;
    } else if (which == SCALE || which == DISTANCE_F || which == DISTANCE_POWER)
        says = "the network vanishes on the samples";
    else if (which == A2_HIGH)
        says = "the radius is not above 1/√K";
    else if (which == A4_LOW)
        says = "needs p > 2 and a radius between 0 and √2/2";
    else if (which == B2_LOW)
        says = "the radius is too near √2/2, or above it";
    else if (which == PREDICTED || which == PREDICTED_AT)
        says = "p = 2 is between the two cases";
    snprintf(text, size, "%s", says);
    return true;
}
