/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prelu_claims.c - the statements of arXiv 2405.15942 (A) and of "Gradient Flow Provably
 * Learns Robust Classifiers for Orthonormal GMMs" (B) about orthonormal mixtures as data.
 * Shares of test samples enter by their confidence limits (risk 1e-9), so that a violation
 * is not a matter of luck. */
#include "config.h"

#include "systems/prelu.h"

#define CENTRES {"known", ORY_GE, "1", "orthonormal centres known", false}
#define HIGH_POWER {"p_now", ORY_GT, "2", "p > 2", false}
#define INSIDE {"radius_now", ORY_LT, "0.70710678118654752", "radius < √2/2", false}

const ory_claim prelu_claims[] = {
    {.name = "a1", .title = "F is right on fresh samples",
     .statement = "P(y F(x) > 0) >= 1 - 2exp(-D/(8α²K)).", .source = "A1",
     .correction = "The constant 1/2 of the exponent is derived; the probability is the exact one.",
     .hypotheses = {CENTRES}, .conclusion = {"f_right", ORY_GE, "a1_low", "P(F right) ≥ bound", false},
     .slack_rel = 1e-12},
    {.name = "a2", .title = "F is fooled at 1/√K",
     .statement = "P(y F(x + ((1+ρ)/√K) d0) > 0) <= 2exp(-Dρ²/(2α²K)), d0 = -y (μ+ - μ-)/√K.",
     .source = "A2", .correction = "d0 follows the label; one direction for both classes cannot fool both.",
     .hypotheses = {CENTRES, {"radius_now", ORY_GT, "inv_root_k", "radius > 1/√K", false}},
     .conclusion = {"f_fooled", ORY_LE, "a2_high", "P(F survives) ≤ bound", false}, .slack_rel = 1e-12},
    {.name = "a3", .title = "F^(p) is right on fresh samples",
     .statement = "P(y F^(p)(x) > 0) >= 1 - 2(K+1)exp(-D/(4α²K)).", .source = "A3",
     .hypotheses = {CENTRES},
     .conclusion = {"power_upper", ORY_GE, "a3_low", "P(F^(p) right) ≥ bound", false}, .slack_rel = 1e-12},
    {.name = "a4", .title = "F^(p) withstands nearly √2/2",
     .statement = "For p > 2 radius (√2 - δ)/2 survives with probability >= 1 - 2(K+1)exp(-Dδ²/(4α²K²)).",
     .source = "A4", .hypotheses = {CENTRES, HIGH_POWER, INSIDE,
                                    {"radius_now", ORY_GT, "0", "radius > 0", false}},
     .conclusion = {"a4_upper", ORY_GE, "a4_low", "P(F^(p) survives) ≥ bound", false},
     .slack_rel = 1e-12},
    {.name = "a5_relu", .title = "ReLU becomes F",
     .statement = "Conjecture: after long training from a small start f_1 tends to F up to a factor; "
                  "asserted here as a distance of at most 0.25.",
     .source = "A5",
     .hypotheses = {CENTRES, {"p_now", ORY_LE, "1", "p = 1", false},
                    {"alpha_now", ORY_LE, "0.1", "α ≤ 0.1", false},
                    {"loss", ORY_LE, "0.01", "trained long, loss ≤ 0.01", false},
                    {"dominant_average", ORY_GE, "0.99", "dominant neurons at the averages", false}},
     .conclusion = {"distance_f", ORY_LE, "0.25", "distance to F ≤ 0.25", false}},
    {.name = "a5_prelu", .title = "pReLU becomes F^(p)",
     .statement = "Conjecture, for the square loss a theorem: after long training from a small start "
                  "f_p, p > 2, tends to F^(p) up to a factor; asserted here as a distance of at most 0.1.",
     .source = "A5",
     .hypotheses = {CENTRES, HIGH_POWER, {"alpha_now", ORY_LE, "0.1", "α ≤ 0.1", false},
                    {"loss", ORY_LE, "0.01", "trained long, loss ≤ 0.01", false},
                    {"uncovered", ORY_LE, "0", "every centre covered", false},
                    {"dominant_centre", ORY_GE, "0.999", "dominant neurons at centres", false}},
     .conclusion = {"distance_power", ORY_LE, "0.1", "distance to F^(p) ≤ 0.1", false}},
    {.name = "b1", .title = "nobody beats max(K1,K2)/K at √2/2",
     .statement = "Any classifier errs within √2/2 with probability >= min(K1,K2)/K; a measured accuracy "
                  "above max(K1,K2)/K is the attack's failure.",
     .source = "B1", .hypotheses = {CENTRES},
     .conclusion = {"robust_half_low", ORY_LE, "b1_high", "robust at √2/2 ≤ max(K1,K2)/K", false},
     .slack_rel = 1e-12},
    {.name = "b2", .title = "Bayes withstands nearly √2/2",
     .statement = "Radius (√2 - ν)/2 survives with probability >= 1 - 2K exp(-Dν²/(64α²)) for "
                  "2√2α² log K/D <= ν <= √2.",
     .source = "B2", .hypotheses = {CENTRES, INSIDE},
     .conclusion = {"b2_upper", ORY_GE, "b2_low", "P(Bayes survives) ≥ bound", false}, .slack_rel = 1e-12},
    {.name = "b3", .title = "near F^(p) is robust",
     .statement = "For p > 2 and dist(f, F^(p)) <= ν <= (√2/8)^p radius (√2 - 8ν^(1/p))/2 survives with "
                  "probability >= 1 - 2K exp(-Dν^(2/p)/(2K²α²)) - 4exp(-3/(8α²)); vacuous for larger ν.",
     .source = "B3", .correction = "Stated for f of degree 1 in x; decisions do not change with the degree.",
     .hypotheses = {CENTRES, HIGH_POWER,
                    {"distance_power", ORY_LE, "b3_limit", "distance ≤ (√2/8)^p", false}},
     .conclusion = {"b3_upper", ORY_GE, "b3_low", "P(f survives) ≥ bound", false}, .slack_rel = 1e-12},
    {.name = "conserved", .title = "v² − ‖w‖² is conserved",
     .statement = "The flow conserves v_j² - ‖w_j‖² of each neuron; numerically its change stays below "
                  "1e-4, of the largest ‖w‖² where that is above 1: the integrator's error.",
     .source = "section 3",
     .hypotheses = {{"flow", ORY_GE, "1", "gradient flow", true}},
     .conclusion = {"drift", ORY_LE, "1e-4", "drift ≤ 1e-4", false}},
    {0}};
