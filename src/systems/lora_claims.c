/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lora_claims.c - the theorems of arXiv 2503.06982 about net.lora as data, and the facts
 * derived beside them. What is printed but false at the start of a run is a probe to
 * look at, not a claim (doc/theory/02-lora-flow.md). */
#include "config.h"

#include "systems/lora.h"

#define IN_FLOW {"flow", ORY_GE, "1", "gradient flow", true}
#define DELTA_BELOW_ONE {"delta", ORY_LT, "1", "δ < 1", false}
#define RANK_IS_ONE {"rank_one", ORY_GE, "1", "rank ΔY = 1", false}
#define FROM_LORA {"lora_start", ORY_GE, "1", "start with A = 0 or B = 0", false}
#define AFTER_T1 {"escaped", ORY_GE, "1", "t ≥ T1", false}
#define SPECTRAL {"spectral_start", ORY_GE, "1", "spectral start", false}

const ory_claim lora_claims[] = {
    {.name = "conserved1", .title = "layer 1: B'B − AA' is conserved",
     .statement = "Along the flow B1'B1 − A1A1' does not change; numerically its relative drift stays "
                  "below 1e-4, the integrator's error.",
     .source = "Section 2", .hypotheses = {IN_FLOW},
     .conclusion = {"drift1", ORY_LE, "1e-4", "drift Λ1 ≤ 1e-4", false}},
    {.name = "conserved2", .title = "layer 2: B'B − AA' is conserved",
     .statement = "Along the flow B2'B2 − A2A2' does not change; numerically its relative drift stays "
                  "below 1e-4, the integrator's error.",
     .source = "Section 2", .hypotheses = {IN_FLOW},
     .conclusion = {"drift2", ORY_LE, "1e-4", "drift Λ2 ≤ 1e-4", false}},
    {.name = "alignment_time", .title = "early alignment lasts",
     .statement = "Early alignment, max(‖D1‖, ‖D2‖) ≤ α, does not end before T̂1.",
     .source = "Theorem on early alignment, appendix",
     .correction = "T̂1 is printed with two constants; this is the proved one.",
     .hypotheses = {IN_FLOW, DELTA_BELOW_ONE, RANK_IS_ONE, FROM_LORA},
     .conclusion = {"t_early", ORY_GE, "t1_low", "t ≥ T̂1", false}, .slack_rel = 1e-9},
    {.name = "escape_low", .title = "escape is not early",
     .statement = "The growth reaches p* = (1−δ)σ/(4σW) not before T̂1.",
     .source = "Theorem on the escape, appendix",
     .hypotheses = {IN_FLOW, DELTA_BELOW_ONE, RANK_IS_ONE, FROM_LORA},
     .conclusion = {"t1", ORY_GE, "t1_low", "T1 ≥ T̂1", false}, .slack_rel = 1e-9},
    {.name = "escape_high", .title = "escape is not late",
     .statement = "The growth reaches p* = (1−δ)σ/(4σW) by T̂1 + T̃1.",
     .source = "Theorem on the escape, appendix",
     .hypotheses = {IN_FLOW, DELTA_BELOW_ONE, RANK_IS_ONE, FROM_LORA},
     .conclusion = {"t1", ORY_LE, "t1_high", "T1 ≤ T̂1 + T̃1", false}, .slack_rel = 1e-9},
    {.name = "error_at_escape", .title = "residual at T1",
     .statement = "At T1 the residual is at most (1 − (1−δ)/8) σ.",
     .source = "Theorem on local convergence",
     .hypotheses = {IN_FLOW, DELTA_BELOW_ONE, RANK_IS_ONE, FROM_LORA},
     .conclusion = {"error_t1", ORY_LE, "error_t1_high", "‖E(T1)‖ ≤ (1−(1−δ)/8)σ", false},
     .slack_rel = 1e-9},
    {.name = "local_rate", .title = "linear convergence after T1",
     .statement = "From T1 on L(t) ≤ 2 exp(−(1−δ)λ(t−T1)/32) L(T1) + floor.",
     .source = "Theorem on local convergence",
     .correction = "The floor's constant is not printed; twice the noise part of the loss at T1 is "
                   "taken. The true rate is at least 128 times the printed one.",
     .hypotheses = {IN_FLOW, DELTA_BELOW_ONE, RANK_IS_ONE, FROM_LORA, AFTER_T1},
     .conclusion = {"loss", ORY_LE, "loss_curve", "L(t) ≤ curve", false}, .slack_rel = 1e-9},
    {.name = "signal_pl", .title = "PL inequality of the signal",
     .statement = "From T1 on ‖∇LS‖² ≥ (1−δ)λ/16 LS.",
     .source = "Theorem on local convergence",
     .hypotheses = {IN_FLOW, DELTA_BELOW_ONE, RANK_IS_ONE, FROM_LORA, AFTER_T1},
     .conclusion = {"pl_signal", ORY_GE, "pl_signal_low", "‖∇LS‖²/LS ≥ (1−δ)λ/16", false},
     .slack_rel = 1e-9},
    {.name = "spectral_rate", .title = "spectral start: each mode converges linearly",
     .statement = "From T1_i on ℓ_i(t) ≤ exp(−(1−δ_i)λ_i(t−T1_i)/8) ℓ_i(T1_i) for each mode i.",
     .source = "Theorem on the spectral start, appendix",
     .correction = "δ is printed as σW2/σW1; it is σW1/σW2. T1 is the appendix's.",
     .hypotheses = {IN_FLOW, SPECTRAL},
     .conclusion = {"mode_ratio", ORY_LE, "1", "ℓ_i(t) ≤ bound_i", false}, .slack_rel = 1e-6},
    {.name = "spectral_modes", .title = "spectral start: modes do not mix",
     .statement = "U'F V stays diagonal, so no noise arises.",
     .source = "Theorem on the spectral start",
     .hypotheses = {SPECTRAL},
     .conclusion = {"off_diagonal", ORY_LE, "1e-11", "off-diagonal ≤ 1e-11", false}},
    {.name = "kernel_low", .title = "rate above the kernel's least eigenvalue",
     .statement = "kmin ≤ ‖∇L‖²/(2L).", .source = "derived: dE/dt = −K vec E",
     .conclusion = {"rate", ORY_GE, "kmin", "μ̂ ≥ kmin", false}, .slack_rel = 1e-9},
    {.name = "kernel_high", .title = "rate below the kernel's largest eigenvalue",
     .statement = "‖∇L‖²/(2L) ≤ kmax.", .source = "derived: dE/dt = −K vec E",
     .conclusion = {"rate", ORY_LE, "kmax", "μ̂ ≤ kmax", false}, .slack_rel = 1e-9},
    {.name = "loss_floor", .title = "rank bounds the loss from below",
     .statement = "L ≥ ½ Σ σ_i(Yft)² over i > h.", .source = "Eckart and Young",
     .conclusion = {"loss", ORY_GE, "floor", "L ≥ floor", false}, .slack_rel = 1e-9},
    {0}};
