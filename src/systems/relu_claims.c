/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relu_claims.c - the theorems of arXiv 2307.12851 about net.relu as data. They are about
 * the flow; descent with small steps is held to them too. What only makes sense at scales
 * that are proved (eps_required_log10) says so in its hypotheses. */
#include "config.h"

#include "systems/relu.h"

#define SEPARABLE {"mu", ORY_GT, "0", "μ > 0", false}
#define IS_BALANCED {"balanced", ORY_GE, "1", "balanced start", false}
#define PROOFS_LOSS {"proper_loss", ORY_GE, "1", "loss exp or logistic2, both layers trained", false}
#define IS_RELU {"leak_now", ORY_LE, "0", "ReLU, leak = 0", false}
#define NEAR_FLOW {"close_to_flow", ORY_GE, "1", "flow, or small steps", true}
#define TINY {"eps_log10", ORY_LE, "eps_required_log10", "ε ≤ ε_max", false}
#define SMALL {"eps_now", ORY_LE, "eps_limit", "ε ≤ 1/(4√h X W²)", false}
#define IN_WINDOW {"time", ORY_LE, "window", "t ≤ T", false}
#define ALIGNED {"astray", ORY_LE, "0", "every neuron in its cone or dead", false}
#define IS_AFTER_T2 {"after_t2", ORY_GE, "1", "t ≥ t2", false}

const ory_claim relu_claims[] = {
    {.name = "active_sum", .title = "sums of active samples are long",
     .statement = "‖x_a(w)‖ ≥ √μ n_a(w) X_min for every w.", .source = "Appendix, from Assumption 1",
     .hypotheses = {SEPARABLE, IS_RELU},
     .conclusion = {"xa_ratio", ORY_GE, "xa_low", "‖x_a‖/(n_a X_min) ≥ √μ", false},
     .slack_rel = 1e-12},
    {.name = "small_neurons", .title = "neurons stay small until T",
     .statement = "‖w_j‖² ≤ 2εW_max²/√h for all j and t ≤ T = log(1/(√h ε))/(4nX_max).",
     .source = "Lemma 1", .hypotheses = {SEPARABLE, IS_BALANCED, PROOFS_LOSS, NEAR_FLOW, SMALL,
                                         IN_WINDOW},
     .conclusion = {"w_sq_max", ORY_LE, "w_sq_high", "max ‖w‖² ≤ 2εW²/√h", false},
     .slack_rel = 1e-9},
    {.name = "small_outputs", .title = "outputs stay small until T",
     .statement = "max |f(x_i)| ≤ 2ε√h X_max W_max² for t ≤ T.",
     .source = "Lemma 1", .hypotheses = {SEPARABLE, IS_BALANCED, PROOFS_LOSS, NEAR_FLOW, SMALL,
                                         IN_WINDOW},
     .conclusion = {"output_max", ORY_LE, "output_high", "max |f| ≤ 2ε√h X W²", false},
     .slack_rel = 1e-9},
    {.name = "directions", .title = "directions follow x_a until T",
     .statement = "The velocity of each direction is within 4εn√h X_max²W_max² of "
                  "sign(v) P_w x_a(w) for t ≤ T.",
     .source = "Lemma 1", .hypotheses = {SEPARABLE, IS_BALANCED, PROOFS_LOSS, NEAR_FLOW, SMALL,
                                         IN_WINDOW},
     .conclusion = {"turn_error", ORY_LE, "turn_error_high", "error ≤ 4εn√h X²W²", false},
     .slack_rel = 1e-6},
    {.name = "conserved", .title = "v² − ‖w‖² is conserved",
     .statement = "The flow conserves v_j² − ‖w_j‖² of each neuron; numerically its change stays below "
                  "1e-4, of the largest ‖w‖² where that is above 1: the integrator's error.",
     .source = "Section 2",
     .hypotheses = {{"flow", ORY_GE, "1", "gradient flow", true},
                    {"both_trained", ORY_GE, "1", "both layers trained", false}},
     .conclusion = {"drift", ORY_LE, "1e-4", "drift ≤ 1e-4", false}},
    {.name = "signs", .title = "no v_j changes sign",
     .statement = "From a balanced start v_j = s_j ‖w_j‖ for ever: its sign never changes.",
     .source = "Section 2", .hypotheses = {IS_BALANCED, NEAR_FLOW,
                    {"unbalance", ORY_LE, "0.1", "|v| = ‖w‖ to 10 %: fine enough steps", true}},
     .conclusion = {"sign_flips", ORY_LE, "0", "no sign flips", false}},
    {.name = "alignment_time", .title = "aligned by t1",
     .statement = "By t1 = 16 log n/(min(ζ,ξ)√μ X_min) every neuron is dead or in the cone of its sign.",
     .source = "Theorem 1",
     .correction = "ζ is the smaller of ζ1, ζ2 (the paper takes the larger, its argument needs both); "
                   "for n ≤ 2 the harmonic form replaces 16 log n.",
     .hypotheses = {SEPARABLE, IS_BALANCED, PROOFS_LOSS, IS_RELU, NEAR_FLOW, TINY},
     .conclusion = {"t_cones_so_far", ORY_LE, "t1", "t in cones ≤ t1", false}, .slack_rel = 1e-9},
    {.name = "cones_kept", .title = "cones are not left",
     .statement = "A neuron that is in the cone of its sign or dead stays there.",
     .source = "Theorem 1",
     .hypotheses = {SEPARABLE, IS_BALANCED, PROOFS_LOSS, IS_RELU, NEAR_FLOW, TINY,
                    {"in_cones", ORY_GE, "1", "all have been in their cones", false}},
     .conclusion = {"astray", ORY_LE, "0", "none astray", false}},
    {.name = "pattern_monotone", .title = "activation patterns move one way",
     .statement = "A neuron with v > 0 only gains positive samples and only loses negative ones; with "
                  "v < 0 the reverse.",
     .source = "Proof of Theorem 1",
     .hypotheses = {SEPARABLE, IS_BALANCED, PROOFS_LOSS, IS_RELU, NEAR_FLOW, TINY},
     .conclusion = {"pattern_regress", ORY_LE, "0", "no step back", false}},
    {.name = "fit_time", .title = "fit begins by the bound of t2",
     .statement = "t2 ≤ t1 + 6/q + (4/q)(log(2/(ε²√μ X_min W_min²)) + 4nX_max t1), q = √μ m X_min for "
                  "the smaller class of m samples.",
     .source = "Theorem 1",
     .hypotheses = {SEPARABLE, IS_BALANCED, PROOFS_LOSS, IS_RELU, NEAR_FLOW, TINY},
     .conclusion = {"t2_so_far", ORY_LE, "t2_high", "t2 ≤ bound", false}, .slack_rel = 1e-9},
    {.name = "envelope", .title = "the loss falls like 1/t after t2",
     .statement = "L(t) ≤ L(t2)/(L(t2) α (t − t2) + 1), α = (μX_min)²/(32X_max), four times that for the "
                  "exponential loss.",
     .source = "Theorem 1", .correction = "The rate of the exponential loss follows from the same proof; "
                                          "it is not printed.",
     .hypotheses = {SEPARABLE, IS_BALANCED, PROOFS_LOSS, IS_RELU, NEAR_FLOW, ALIGNED, IS_AFTER_T2},
     .conclusion = {"loss", ORY_LE, "envelope", "L(t) ≤ envelope", false}, .slack_rel = 1e-9},
    {.name = "grown_plus", .title = "S+ has grown by t2",
     .statement = "After t2 the squared norms in S+ sum to 1/(4X_max) at least.",
     .source = "Theorem 1",
     .hypotheses = {SEPARABLE, IS_BALANCED, PROOFS_LOSS, IS_RELU, NEAR_FLOW, ALIGNED, IS_AFTER_T2},
     .conclusion = {"fit_plus_sq", ORY_GE, "fit_sq_low", "Σ‖w‖² in S+ ≥ 1/(4X_max)", false},
     .slack_rel = 1e-9},
    {.name = "grown_minus", .title = "S− has grown by t2",
     .statement = "After t2 the squared norms in S- sum to 1/(4X_max) at least.",
     .source = "Theorem 1",
     .hypotheses = {SEPARABLE, IS_BALANCED, PROOFS_LOSS, IS_RELU, NEAR_FLOW, ALIGNED, IS_AFTER_T2},
     .conclusion = {"fit_minus_sq", ORY_GE, "fit_sq_low", "Σ‖w‖² in S− ≥ 1/(4X_max)", false},
     .slack_rel = 1e-9},
    {.name = "rank", .title = "W is nearly of rank 2",
     .statement = "After alignment ‖W‖F² ≤ 2‖W‖² + 4√h ε W_max²; hence limsup stable rank ≤ 2.",
     .source = "Theorem 1", .correction = "One proof says the limit equals 2; the claim is at most 2.",
     .hypotheses = {SEPARABLE, IS_BALANCED, PROOFS_LOSS, IS_RELU, NEAR_FLOW, SMALL,
                    {"t_cones", ORY_LE, "window", "aligned by T", false}, ALIGNED},
     .conclusion = {"w_fro_sq", ORY_LE, "rank_high", "‖W‖F² ≤ 2‖W‖² + 4√h ε W²", false},
     .slack_rel = 1e-9},
    {0}};
