/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linear_claims.c - the theorems and inequalities about two-layer linear networks
 * as data. Slack: 1e-13 of the initial gap where gaps are compared, rounding
 * elsewhere; nothing is asserted below the rounding floor. */
#include "config.h"

#include "systems/linear.h"

#define PAPER "Xu et al. 2025 (arXiv:2505.11664)"

/* Hypotheses shared by many rows. */
#define GD {"is_gd", ORY_GE, "1", "gradient descent", true}
#define SHORT_STEP {"eta_K", ORY_LT, "2", "η K_t(η) < 2", false}
#define POSITIVE_MU {"mu", ORY_GT, "0", "μ > 0", false}
#define ALPHA1 {"alpha1", ORY_GT, "0", "α1 > 0", false}
#define ETA_START {"eta_start", ORY_LE, "eta_max", "η0 ≤ η_max", false}
#define WINDOW {"window", ORY_GE, "1", "η0 ≤ η_t ≤ min(cap, 1/K_t) at all steps", true}
#define THEOREM {GD, ALPHA1, ETA_START, WINDOW}
#define NOT_ABOVE_START {"gap", ORY_LE, "gap_start", "gap(t) ≤ gap(0)", false}
#define FLOW {"is_flow", ORY_GE, "1", "gradient flow", true}

static const char theorem_fix[] = "The paper mixes exp(√η0) with exp(η0^c) and uses β1 in both "
                                  "halves of α1; here η0^c throughout and the α1 that also holds "
                                  "for n != m.";

const ory_claim linear_claims[] = {
    {.name = "local_pl", .title = "local PL inequality",
     .statement = "½‖∇L‖² ≥ μ_t gap with μ_t = μ σ²min(T), at every iterate, for any width and "
                  "start.",
     .source = PAPER ", Theorem 3.1",
     .conclusion = {"mu_t", ORY_LE, "pl", "μ_t ≤ ‖∇L‖²/(2 gap)", false},
     .slack_rel = 1e-9, .floor = "floor"},
    {.name = "pl_upper", .title = "the PL ratio's ceiling",
     .statement = "‖∇L‖² ≤ 2 K σ²max(T) gap.", .source = PAPER ", section 3.1",
     .conclusion = {"pl", ORY_LE, "pl_upper", "‖∇L‖²/(2 gap) ≤ K σ²max(T)", false},
     .slack_rel = 1e-9, .floor = "floor"},
    {.name = "descent_lemma", .title = "local descent lemma",
     .statement = "For any η > 0 a step of gradient descent leaves gap(t+1) ≤ gap − (η − K_t(η) "
                  "η²/2) ‖∇L‖².",
     .source = PAPER ", Theorem 3.1", .hypotheses = {GD},
     .conclusion = {"gap_next", ORY_LE, "descent_bound", "gap(t+1) ≤ gap − (η − K_t η²/2)‖∇L‖²",
                    false},
     .slack_rel = 1e-9, .slack_gap = 1e-13, .floor = "floor"},
    {.name = "effective_smoothness", .title = "effective smoothness",
     .statement = "K_eff, the curvature that the step meets, is at most K_t(η).",
     .source = PAPER ", Theorem 3.1", .hypotheses = {GD},
     .conclusion = {"K_eff", ORY_LE, "K_t", "K_eff ≤ K_t(η)", false},
     .slack_rel = 1e-9, .floor = "floor"},
    {.name = "local_rate", .title = "local linear rate",
     .statement = "If η K_t(η) < 2 then gap(t+1) ≤ ρ(η,t) gap(t); near the minimum the best factor "
                  "tends to 1 − (μ/K)/κ_T.",
     .source = PAPER ", Theorem 3.1",
     .correction = "One display of the paper multiplies μ/K twice and another drops the squares in "
                   "κ_T: the limit is 1 − (μ/K)/κ_T with κ_T = σ²max(T)/σ²min(T).",
     .hypotheses = {GD, SHORT_STEP},
     .conclusion = {"gap_next", ORY_LE, "rate_bound", "gap(t+1) ≤ ρ(η,t) gap(t)", false},
     .slack_rel = 1e-9, .slack_gap = 1e-13, .floor = "floor"},
    {.name = "best_step", .title = "the best certified step",
     .statement = "The minimiser eta_argmin of ρ(·,t) is at most 1/K_t (eta_invK).",
     .source = PAPER ", section 3.1",
     .correction = "The paper gives 1/K_t as the minimiser, ignoring that K_t depends on η.",
     .conclusion = {"eta_argmin", ORY_LE, "eta_invK", "argmin ρ ≤ 1/K_t", false},
     .slack_rel = 1e-12},
    {.name = "directional_curvature", .title = "curvature along the gradient",
     .statement = "⟨g, ∇²L g⟩/‖g‖² is at most the Hessian's top eigenvalue.",
     .source = PAPER ", section 3.1",
     .conclusion = {"K_dir", ORY_LE, "sharpness", "K_dir ≤ λmax(∇²L)", false},
     .slack_rel = 1e-6, .floor = "floor"},
    {.name = "sharpness_bound", .title = "sharpness below K_t(0)",
     .statement = "The Hessian's top eigenvalue is at most A = K_t(0) = K σ²max(T) + √(2 K gap).",
     .source = PAPER ", Theorem 3.1",
     .conclusion = {"sharpness", ORY_LE, "K_A", "λmax(∇²L) ≤ A", false}, .slack_rel = 1e-9},
    {.name = "imbalance_margin", .title = "imbalance margin",
     .statement = "Δ ≤ α1: the imbalance alone keeps σ²min(T) away from 0.",
     .source = PAPER ", section 3.2",
     .hypotheses = {POSITIVE_MU, ALPHA1},
     .conclusion = {"imbalance_margin", ORY_LE, "alpha1", "Δ ≤ α1", false}, .slack_rel = 1e-9},
    {.name = "alpha1_start", .title = "α1 at the start",
     .statement = "α1 ≤ σ²min(T(0)), any n, m, h.", .source = PAPER ", section 3.2",
     .correction = "The paper has β1 in both halves of α1, which over-estimates when n != m; here "
                   "each half takes it only when its factor is the square one.",
     .conclusion = {"alpha1", ORY_LE, "s2min_start", "α1 ≤ σ²min(T(0))", false},
     .slack_rel = 1e-9},
    {.name = "alpha2_start", .title = "α2 at the start",
     .statement = "σ²max(T(0)) ≤ α2, any n, m, h.", .source = PAPER ", section 3.2",
     .conclusion = {"s2max_start", ORY_LE, "alpha2", "σ²max(T(0)) ≤ α2", false},
     .slack_rel = 1e-9},
    {.name = "product_above", .title = "product margin, below",
     .statement = "While the gap is not above its start, σmin(W) ≥ β1.",
     .source = PAPER ", section 3.2", .hypotheses = {POSITIVE_MU, NOT_ABOVE_START},
     .conclusion = {"beta1", ORY_LE, "sw_min", "β1 ≤ σmin(W)", false}, .slack_rel = 1e-9},
    {.name = "product_below", .title = "product margin, above",
     .statement = "While the gap is not above its start, σ_1(W) ≤ β2.",
     .source = PAPER ", section 3.2", .hypotheses = {POSITIVE_MU, NOT_ABOVE_START},
     .conclusion = {"sw_max", ORY_LE, "beta2", "σ_1(W) ≤ β2", false}, .slack_rel = 1e-9},
    {.name = "drift_from_below", .title = "σ²min(T) from the drift",
     .statement = "While the gap is not above its start, σ²min(T) ≥ α1 − 4‖D(t) − D(0)‖_F.",
     .source = PAPER ", section 3.2", .hypotheses = {ALPHA1, NOT_ABOVE_START},
     .conclusion = {"s2min_drift", ORY_LE, "s2min", "α1 − 4δ ≤ σ²min(T)", false},
     .slack_rel = 1e-9},
    {.name = "drift_from_above", .title = "σ²max(T) from the drift",
     .statement = "While the gap is not above its start, σ²max(T) ≤ α2 + 2‖D(t) − D(0)‖_F.",
     .source = PAPER ", section 3.2", .hypotheses = {POSITIVE_MU, NOT_ABOVE_START},
     .conclusion = {"s2max", ORY_LE, "s2max_drift", "σ²max(T) ≤ α2 + 2δ", false},
     .slack_rel = 1e-9},
    {.name = "drift_step", .title = "imbalance in one step",
     .statement = "A step changes D by exactly η²(W2'G'G W2 − W1'G G'W1), so by at most 2K η² "
                  "σ²max(T) gap.",
     .source = PAPER ", section 3.2",
     .correction = "The paper prints G'G in both terms; the second is G G'.",
     .hypotheses = {GD},
     .conclusion = {"drift_step", ORY_LE, "drift_step_bound", "‖ΔD‖ ≤ 2K η² σ²max(T) gap", false},
     .slack_rel = 1e-9, .floor = "floor"},
    {.name = "mu_bar_positive", .title = "uniform PL constant",
     .statement = "Inside the theorem μ̄ > 0.", .source = PAPER ", Theorem 3.2",
     .correction = theorem_fix, .hypotheses = THEOREM,
     .conclusion = {"mu_bar", ORY_GT, "0", "μ̄ > 0", false}},
    {.name = "mu_bar", .title = "μ̄ below every μ_t",
     .statement = "Inside the theorem every local PL constant is at least μ̄.",
     .source = PAPER ", Theorem 3.2", .correction = theorem_fix, .hypotheses = THEOREM,
     .conclusion = {"mu_bar", ORY_LE, "mu_t", "μ̄ ≤ μ_t", false}, .slack_rel = 1e-9},
    {.name = "mu_below_K", .title = "μ_t below K_t",
     .statement = "Inside the theorem μ_t ≤ K_t(η_t).", .source = PAPER ", Theorem 3.2",
     .hypotheses = THEOREM, .conclusion = {"mu_t", ORY_LE, "K_t", "μ_t ≤ K_t", false},
     .slack_rel = 1e-9},
    {.name = "K_bar", .title = "K̄_t above every K_t",
     .statement = "Inside the theorem every local smoothness constant is at most K̄_t.",
     .source = PAPER ", Theorem 3.2", .correction = theorem_fix, .hypotheses = THEOREM,
     .conclusion = {"K_t", ORY_LE, "K_bar", "K_t(η_t) ≤ K̄_t", false}, .slack_rel = 1e-9},
    {.name = "s2min_low", .title = "uniform σ²min(T)",
     .statement = "Inside the theorem σ²min(T) ≥ α1 − 2 α2 (exp(η0^c) − 1).",
     .source = PAPER ", Theorem 3.2", .correction = theorem_fix, .hypotheses = THEOREM,
     .conclusion = {"s2min_low", ORY_LE, "s2min", "α1 − 2α2(e^(η0^c) − 1) ≤ σ²min(T)", false},
     .slack_rel = 1e-9},
    {.name = "s2max_high", .title = "uniform σ²max(T)",
     .statement = "Inside the theorem σ²max(T) ≤ α2 exp(η0^c).",
     .source = PAPER ", Theorem 3.2", .correction = theorem_fix, .hypotheses = THEOREM,
     .conclusion = {"s2max", ORY_LE, "s2max_high", "σ²max(T) ≤ α2 e^(η0^c)", false},
     .slack_rel = 1e-9},
    {.name = "drift_bound", .title = "uniform drift bound",
     .statement = "Inside the theorem ‖D(t) − D(0)‖_F ≤ 2K η0² α2 exp(η0^c) gap(0)/(1 − Δ).",
     .source = PAPER ", Theorem 3.2", .correction = theorem_fix, .hypotheses = THEOREM,
     .conclusion = {"drift", ORY_LE, "drift_bound", "‖D(t)−D(0)‖ ≤ bound", false},
     .slack_rel = 1e-9},
    {.name = "rho_bar0", .title = "uniform factor",
     .statement = "Inside the theorem ρ(η_t,t) ≤ ρ̄0 at every step.",
     .source = PAPER ", Theorem 3.2",
     .correction = "The paper also claims ρ̄(η_t,t) ≤ ρ̄0, which does not follow when η_t > 1/K̄_t "
                   "and is not asserted here.",
     .hypotheses = THEOREM, .conclusion = {"rho", ORY_LE, "rho_bar0", "ρ(η_t,t) ≤ ρ̄0", false},
     .slack_rel = 1e-12},
    {.name = "linear_rate", .title = "linear convergence",
     .statement = "With 0 < η0 ≤ η_max and η0 ≤ η_t ≤ min((1+η0^d)^(t/2) η0, 1/K_t) at all steps, "
                  "gap(t) ≤ ρ̄0^t gap(0).",
     .source = PAPER ", Theorem 3.2", .correction = theorem_fix, .hypotheses = THEOREM,
     .conclusion = {"gap", ORY_LE, "uniform_bound", "gap(t) ≤ ρ̄0^t gap(0)", false},
     .slack_rel = 1e-9, .slack_gap = 1e-13, .floor = "floor"},
    {.name = "certificate", .title = "running certificate",
     .statement = "gap(t) ≤ gap(0) times the certified factors of the steps taken.",
     .source = PAPER ", Theorems 3.1 and 3.2",
     .correction = "The paper's product of factors starts at step 1; it must start at step 0.",
     .hypotheses = {GD},
     .conclusion = {"gap", ORY_LE, "gap_bound", "gap(t) ≤ gap(0) Π factors", false},
     .slack_rel = 1e-9, .slack_gap = 1e-13, .floor = "floor"},
    {.name = "x23_rate", .title = "rate of the earlier uniform analysis",
     .statement = "Squared loss: with steps not above the x23 step at all times, gap(t+1) ≤ f(η,t) "
                  "gap(t).",
     .source = "Xu et al. 2023, with the corrected α",
     .hypotheses = {GD, {"step", ORY_LE, "x23_step", "η ≤ η_x23 at all steps", true}},
     .conclusion = {"gap_next", ORY_LE, "x23_bound", "gap(t+1) ≤ f(η,t) gap(t)", false},
     .slack_rel = 1e-9, .slack_gap = 1e-13, .floor = "floor"},
    {.name = "prior_rate", .title = "per-step rate of earlier work",
     .statement = "gap(t+1) ≤ r(η) gap(t) while σ²min − ηz − ½Kη(σ²max + ηz)² ≥ 0.",
     .source = PAPER ", section 4, baseline",
     .hypotheses = {GD, {"prior_valid", ORY_GE, "0", "σ²min − ηz − ½Kη(σ²max+ηz)² ≥ 0", false}},
     .conclusion = {"gap_next", ORY_LE, "prior_bound", "gap(t+1) ≤ r(η) gap(t)", false},
     .slack_rel = 1e-9, .slack_gap = 1e-13, .floor = "floor"},
    {.name = "flow_rate", .title = "rate of the gradient flow",
     .statement = "Along the gradient flow gap(t) ≤ exp(−2 μ α1 t) gap(0).",
     .source = "Min et al., arXiv:2105.06351", .hypotheses = {FLOW, ALPHA1},
     .conclusion = {"gap", ORY_LE, "flow_bound", "gap(t) ≤ exp(−2μα1 t) gap(0)", false},
     .slack_rel = 1e-6, .slack_gap = 1e-13, .floor = "floor"},
    {.name = "flow_conserves", .title = "conserved imbalance",
     .statement = "The gradient flow conserves D = W1'W1 − W2'W2; checked up to 1e-5 of σ²max(T(0)), "
                  "the integrator's share.",
     .source = "Min et al., arXiv:2105.06351", .hypotheses = {FLOW},
     .conclusion = {"drift_rel", ORY_LE, "1e-5", "‖D(t)−D(0)‖ ≤ 1e-5 σ²max(T(0))", false}},
    {0}};
