/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linear_probes.c - every quantity of the local PL theory that can be looked at:
 * the table, and the way from a row to a number. Formulas are in linear_theory.h,
 * numbers of a state in linear_state.c. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "systems/linear.h"

enum probe_row {
    /* fixed by the start (and by the knobs) */
    FIXED_MU, FIXED_K, FIXED_GAP, FIXED_RADIUS, FIXED_S2MIN, FIXED_S2MAX,
    FIXED_LAMBDA_PLUS, FIXED_LAMBDA_MINUS, FIXED_LAMBDA_N, FIXED_LAMBDA_M, FIXED_MARGIN,
    FIXED_SPREAD_PLUS, FIXED_SPREAD_MINUS, FIXED_BETA1, FIXED_BETA2, FIXED_ALPHA1, FIXED_ALPHA2,
    FIXED_RATIO, FIXED_ETA1, FIXED_ETA2, FIXED_ETA3, FIXED_ETA_MAX,
    FIXED_X23_ALPHA, FIXED_X23_BETA, FIXED_X23_ETA_MAX,
    /* uniform bounds at the theorem's eta0 */
    UNIFORM_ETA0, UNIFORM_MU, UNIFORM_K0, UNIFORM_K, UNIFORM_RHO0, UNIFORM_RHO, UNIFORM_DELTA,
    UNIFORM_CAP, UNIFORM_S2MIN, UNIFORM_S2MAX, UNIFORM_DRIFT, UNIFORM_GAP,
    /* singular values of this state */
    LOCAL_S2MIN, LOCAL_S2MAX, LOCAL_KAPPA, LOCAL_SW_MIN, LOCAL_SW_MAX, LOCAL_MU, LOCAL_PL_UPPER,
    LOCAL_A, LOCAL_B, LOCAL_C, LOCAL_K, LOCAL_ETA_K, LOCAL_INV_K, LOCAL_ARGMIN, LOCAL_RHO,
    LOCAL_RATE, LOCAL_DESCENT, LOCAL_DRIFT_STEP_BOUND, LOCAL_X23_STEP, LOCAL_X23_FACTOR,
    LOCAL_X23_RATE, LOCAL_PRIOR_STEP, LOCAL_PRIOR_FACTOR, LOCAL_PRIOR_RATE, LOCAL_PRIOR_VALID,
    /* observed */
    SEEN_K_DIR, SEEN_K_EFF, SEEN_GAP_NEXT, SEEN_RHO, SEEN_FLOOR, SEEN_GD, SEEN_FLOW,
    /* imbalance */
    IMB_NORM, IMB_DRIFT, IMB_DRIFT_REL, IMB_DRIFT_STEP, IMB_S2MIN, IMB_S2MAX,
    /* guarantees along the way */
    PATH_WINDOW, PATH_GAP_BOUND, PATH_LOSS_BOUND, PATH_FLOW_BOUND,
    EDGE_ETA,
    /* vectors and matrices */
    V_SV_W1, V_SV_W2, V_SV_W, V_SV_TARGET, V_IMBALANCE, M_W, M_W1, M_W2, M_TARGET, M_G,
    ROWS
};

#define PAPER "Xu et al. 2025 (arXiv:2505.11664)"
#define THM1 PAPER ", Theorem 3.1"
#define THM2 PAPER ", Theorem 3.2"
#define ROW(name_, label_, axis_, cost_, bounds_, side_, flags_, doc_, source_)                    \
    {name_, label_, ORY_SCALAR, "", axis_, cost_, bounds_, side_, flags_, doc_, source_}
#define FIXED(name_, label_, doc_, source_)                                                        \
    ROW(name_, label_, ORY_LOG, ORY_COST_FREE, NULL, 0, ORY_PROBE_CONSTANT, doc_, source_)
#define UNIFORM(name_, label_, bounds_, side_, doc_)                                               \
    ROW(name_, label_, ORY_LOG, ORY_COST_FREE, bounds_, side_, 0, doc_, THM2)
#define LOCAL(name_, label_, bounds_, side_, doc_, source_)                                        \
    ROW(name_, label_, ORY_LOG, ORY_COST_FACTOR, bounds_, side_, 0, doc_, source_)
#define ARRAY(name_, label_, kind_, cost_, flags_, doc_)                                           \
    {name_, label_, kind_, "", ORY_LINEAR, cost_, NULL, 0, flags_, doc_, PAPER}

const ory_probe linear_probes[] = {
    [FIXED_MU] = FIXED("mu", "μ", "Strong convexity of the loss as a function of W, "
                       "s σ_r(X)² for squared loss.", PAPER),
    [FIXED_K] = FIXED("K", "K", "Smoothness of the loss as a function of W, s σ_1(X)² for squared "
                      "loss.", PAPER),
    [FIXED_GAP] = FIXED("gap_start", "gap(0)", "Gap at step 0.", PAPER),
    [FIXED_RADIUS] = FIXED("radius", "√(K/μ)‖W(0)−W*‖", "Margin radius √(K/μ) ‖W(0) − W*‖_F: no "
                           "state with a smaller gap is further from W*.", THM2),
    [FIXED_S2MIN] = FIXED("s2min_start", "σ²min(T(0))", "σ²min(T) at step 0.", THM2),
    [FIXED_S2MAX] = FIXED("s2max_start", "σ²max(T(0))", "σ²max(T) at step 0.", THM2),
    [FIXED_LAMBDA_PLUS] = FIXED("lambda_plus", "λ+", "Largest eigenvalue of D(0) = W1'W1 − W2'W2, "
                                "or 0 if negative.", THM2),
    [FIXED_LAMBDA_MINUS] = FIXED("lambda_minus", "λ−", "Largest eigenvalue of −D(0), or 0 if "
                                 "negative.", THM2),
    [FIXED_LAMBDA_N] = FIXED("lambda_n", "a", "a = max(λ_n(D(0)), 0), the n-th largest eigenvalue.",
                             THM2),
    [FIXED_LAMBDA_M] = FIXED("lambda_m", "b", "b = max(λ_m(−D(0)), 0), the m-th largest eigenvalue "
                             "of −D(0).", THM2),
    [FIXED_MARGIN] = FIXED("imbalance_margin", "Δ", "Δ = a + b: the part of the imbalance that keeps "
                           "σ²min(T) away from 0.", THM2),
    [FIXED_SPREAD_PLUS] = FIXED("spread_plus", "Δ+", "Δ+ = λ+ − a.", THM2),
    [FIXED_SPREAD_MINUS] = FIXED("spread_minus", "Δ−", "Δ− = λ− − b.", THM2),
    [FIXED_BETA1] = FIXED("beta1", "β1", "β1 = max(0, σmin(W*) − radius), a lower bound of σmin(W) "
                          "while the gap does not rise above its start.", THM2),
    [FIXED_BETA2] = FIXED("beta2", "β2", "β2 = σ_1(W*) + radius, an upper bound of σ_1(W) while the "
                          "gap does not rise above its start; knob beta_norm.", THM2),
    [FIXED_ALPHA1] = FIXED("alpha1", "α1", "Lower bound of σ²min(T) at the start and along the "
                           "flow, from D(0) and β1 (corrected for n != m); 0 when h < min(n, m).",
                           THM2),
    [FIXED_ALPHA2] = FIXED("alpha2", "α2", "Upper bound of σ²max(T) at the start and along the "
                           "flow, from D(0) and β2.", THM2),
    [FIXED_RATIO] = FIXED("alpha_ratio", "α1/α2", "α1/α2, 1 for a perfectly conditioned start.",
                          PAPER ", Theorem 3.3"),
    [FIXED_ETA1] = FIXED("eta1", "η¹", "Root of η K̄_0(η) = 1.", THM2),
    [FIXED_ETA2] = FIXED("eta2", "η²", "Smallest positive root of 4 K gap(0) η² = (1 − exp(−η^c))"
                         "(1 − Δ(η)).", THM2),
    [FIXED_ETA3] = FIXED("eta3", "η³", "Where μ̄ vanishes: log(1 + α1/(2 α2))^(1/c).", THM2),
    [FIXED_ETA_MAX] = FIXED("eta_max", "η_max", "Largest first step of the uniform theorem, "
                            "min(η¹, η², η³); 0 when it says nothing.", THM2),
    [FIXED_X23_ALPHA] = FIXED("x23_alpha", "α0", "x23: lower bound of σ²min(T) from D(0) and p1.",
                              "Xu et al. 2023"),
    [FIXED_X23_BETA] = FIXED("x23_beta", "β0", "x23: upper bound of σ²max(T) from D(0) and p2.",
                             "Xu et al. 2023"),
    [FIXED_X23_ETA_MAX] = FIXED("x23_eta_max", "η_max^X", "x23: largest admissible step.",
                                "Xu et al. 2023"),

    [UNIFORM_ETA0] = UNIFORM("eta_start", "η0", NULL, 0, "The η0 of the uniform theorem in this "
                             "run: the knob eta0 for rules const, rho, rho_bar, otherwise the first "
                             "step."),
    [UNIFORM_MU] = UNIFORM("mu_bar", "μ̄", "mu_t", -1, "μ̄ = μ [α1 − 2 α2 (exp(η0^c) − 1)], a lower "
                           "bound of every μ_t."),
    [UNIFORM_K0] = UNIFORM("K_bar0", "K̄_0", NULL, 0, "K̄_t at t = 0."),
    [UNIFORM_K] = UNIFORM("K_bar", "K̄_t", "K_t", +1, "K̄_t = √(2K gap(0) ρ̄0^t) + 6K²β2 gap(0) η0² Δ^t "
                          "+ K exp(η0^c) α2 [1 + 3 √(2K gap(0) Δ^t) η0], an upper bound of K_t."),
    [UNIFORM_RHO0] = UNIFORM("rho_bar0", "ρ̄0", "rho", +1, "ρ̄0 = 1 − μ̄ η0 (2 − K̄_0 η0), an upper "
                             "bound of every certified factor."),
    [UNIFORM_RHO] = UNIFORM("rho_bar", "ρ̄(η,t)", "rho", +1, "ρ̄(η,t) = 1 − μ̄ η (2 − K̄_t η) at the "
                            "step about to be taken."),
    [UNIFORM_DELTA] = UNIFORM("Delta", "Δ(η0)", NULL, 0, "Δ = (1 + η0^d) ρ̄0."),
    [UNIFORM_CAP] = UNIFORM("cap", "(1+η0^d)^(t/2) η0", "step", +1, "Largest step that the theorem "
                            "allows now, besides 1/K_t."),
    [UNIFORM_S2MIN] = UNIFORM("s2min_low", "α1 − 2α2(e^(η0^c) − 1)", "s2min", -1, "Uniform lower "
                              "bound of σ²min(T)."),
    [UNIFORM_S2MAX] = UNIFORM("s2max_high", "α2 e^(η0^c)", "s2max", +1, "Uniform upper bound of "
                              "σ²max(T)."),
    [UNIFORM_DRIFT] = UNIFORM("drift_bound", "drift bound", "drift", +1, "2K η0² α2 exp(η0^c) gap(0) "
                              "/ (1 − Δ), a bound of ‖D(t) − D(0)‖_F."),
    [UNIFORM_GAP] = UNIFORM("uniform_bound", "ρ̄0^t gap(0)", "gap", +1, "ρ̄0^t gap(0), the gap's bound "
                            "from the start alone."),

    [LOCAL_S2MIN] = LOCAL("s2min", "σ²min(T)", NULL, 0, "σ_n(W1)² + σ_m(W2)²; values beyond a "
                          "dimension are 0.", THM1),
    [LOCAL_S2MAX] = LOCAL("s2max", "σ²max(T)", NULL, 0, "σ_1(W1)² + σ_1(W2)².", THM1),
    [LOCAL_KAPPA] = LOCAL("kappa_t", "κ_T", NULL, 0, "σ²max(T)/σ²min(T), the squared condition "
                          "number of the layer map.", THM1),
    [LOCAL_SW_MIN] = LOCAL("sw_min", "σmin(W)", NULL, 0, "Least of the min(n, m) singular values of "
                           "W.", THM2),
    [LOCAL_SW_MAX] = LOCAL("sw_max", "σ_1(W)", NULL, 0, "Largest singular value of W.", THM1),
    [LOCAL_MU] = LOCAL("mu_t", "μ_t", "pl", -1, "Local PL constant μ σ²min(T).", THM1),
    [LOCAL_PL_UPPER] = LOCAL("pl_upper", "K σ²max(T)", "pl", +1, "K σ²max(T), which the PL ratio "
                             "cannot exceed.", PAPER),
    [LOCAL_A] = LOCAL("K_A", "A = K_t(0)", "sharpness", +1, "A = K σ²max(T) + √(2 K gap), K_t at "
                      "step 0, an upper bound of the Hessian's top eigenvalue.", THM1),
    [LOCAL_B] = LOCAL("K_B", "B", NULL, 0, "B = 3 K σ²max(T) √(2 K gap) of K_t = A + B η + C η².",
                      THM1),
    [LOCAL_C] = LOCAL("K_C", "C", NULL, 0, "C = 6 K² σ_1(W) gap of K_t = A + B η + C η².", THM1),
    [LOCAL_K] = LOCAL("K_t", "K_t(η)", "K_eff", +1, "Local smoothness constant A + B η + C η² at "
                      "the step about to be taken.", THM1),
    [LOCAL_ETA_K] = LOCAL("eta_K", "η K_t(η)", NULL, 0, "Step times local smoothness: below 2 the "
                          "step is certified.", THM1),
    [LOCAL_INV_K] = LOCAL("eta_invK", "1/K_t", NULL, 0, "Root of η K_t(η) = 1: the step 1/K_t with "
                          "K_t's own dependence on η.", THM1),
    [LOCAL_ARGMIN] = LOCAL("eta_argmin", "argmin ρ", NULL, 0, "Step with the least ρ(η, t): root "
                           "of 2Aη + 3Bη² + 4Cη³ = 2, never above eta_invK.", THM1),
    [LOCAL_RHO] = LOCAL("rho", "ρ(η,t)", "rho_hat", +1, "Certified factor 1 − μ_t η (2 − η K_t(η)) "
                        "of the step about to be taken; holds when η K_t(η) < 2.", THM1),
    [LOCAL_RATE] = LOCAL("rate_bound", "ρ(η,t) gap", "gap_next", +1, "ρ(η,t) gap, the local rate's "
                         "bound of the next gap; holds when η K_t(η) < 2.", THM1),
    [LOCAL_DESCENT] = LOCAL("descent_bound", "descent lemma", "gap_next", +1, "gap − (η − K_t(η) "
                            "η²/2) ‖∇L‖², the descent lemma's bound of the next gap.", THM1),
    [LOCAL_DRIFT_STEP_BOUND] = LOCAL("drift_step_bound", "2K η² σ²max gap", "drift_step", +1,
                                     "2K η² σ²max(T) gap, a bound of the change of D in one step.",
                                     PAPER),
    [LOCAL_X23_STEP] = LOCAL("x23_step", "η x23", NULL, 0, "Step of rule x23 here.",
                             "Xu et al. 2023"),
    [LOCAL_X23_FACTOR] = LOCAL("x23_factor", "f(η,t)", "rho_hat", +1, "x23: factor 1 − a1 η + a2 η² + "
                               "a3 η³ + a4 η⁴ at the step about to be taken.", "Xu et al. 2023"),
    [LOCAL_X23_RATE] = LOCAL("x23_bound", "f(η,t) gap", "gap_next", +1, "x23: f(η,t) gap, a bound of "
                             "the next gap.", "Xu et al. 2023"),
    [LOCAL_PRIOR_STEP] = LOCAL("prior_step", "η prior", NULL, 0, "Step of rule prior_local here.",
                               PAPER ", section 4, baseline"),
    [LOCAL_PRIOR_FACTOR] = LOCAL("prior_factor", "r(η)", "rho_hat", +1, "Per-step rate r(η) of "
                                 "earlier work at the step about to be taken.",
                                 PAPER ", section 4, baseline"),
    [LOCAL_PRIOR_RATE] = LOCAL("prior_bound", "r(η) gap", "gap_next", +1, "r(η) gap, a bound of the "
                               "next gap where prior_valid ≥ 0.", PAPER ", section 4, baseline"),
    [LOCAL_PRIOR_VALID] = ROW("prior_valid", "r valid", ORY_LINEAR, ORY_COST_FACTOR, NULL, 0, 0,
                              "σ²min − η z − ½Kη(σ²max + η z)², z = σ_1(W)‖G‖_F: r(η) holds while "
                              "this is not negative.", PAPER ", section 4, baseline"),

    [SEEN_K_DIR] = ROW("K_dir", "K_dir", ORY_LOG, ORY_COST_STEP, "sharpness", -1, 0,
                       "Curvature along the gradient, ⟨g, ∇²L g⟩/‖g‖².", PAPER),
    [SEEN_K_EFF] = ROW("K_eff", "K_eff", ORY_LOG, ORY_COST_STEP, NULL, 0, 0,
                       "Effective smoothness of the next step, 2(L(t+1) − L(t) + η‖g‖²)/(η²‖g‖²), "
                       "without cancellation.", PAPER),
    [SEEN_GAP_NEXT] = ROW("gap_next", "gap(t+1)", ORY_LOG, ORY_COST_STEP, NULL, 0, 0,
                          "Gap after the step of gradient descent about to be taken.", PAPER),
    [SEEN_RHO] = ROW("rho_hat", "ρ̂", ORY_LINEAR, ORY_COST_STEP, NULL, 0, 0,
                     "Observed factor gap(t+1)/gap(t).", PAPER),
    [SEEN_FLOOR] = ROW("floor", "rounding floor", ORY_LOG, ORY_COST_STEP, NULL, 0, 0,
                       "½K(ε‖W1‖‖W2‖)²: a smaller gap is rounding, and nothing is asserted.", ""),
    [SEEN_GD] = ROW("is_gd", "gradient descent", ORY_LINEAR, ORY_COST_FREE, NULL, 0, 0,
                    "1 when the stepper is plain gradient descent, else 0.", ""),
    [SEEN_FLOW] = ROW("is_flow", "gradient flow", ORY_LINEAR, ORY_COST_FREE, NULL, 0, 0,
                      "1 when the stepper follows the gradient flow, else 0.", ""),

    [IMB_NORM] = ROW("imbalance", "‖D‖", ORY_LOG, ORY_COST_FACTOR, NULL, 0, 0,
                     "Frobenius norm of the imbalance D = W1'W1 − W2'W2.", PAPER),
    [IMB_DRIFT] = ROW("drift", "‖D(t)−D(0)‖", ORY_LOG, ORY_COST_FACTOR, NULL, 0, 0,
                      "How far the imbalance moved, ‖D(t) − D(0)‖_F; the flow conserves D.", PAPER),
    [IMB_DRIFT_REL] = ROW("drift_rel", "relative drift", ORY_LOG, ORY_COST_FACTOR, NULL, 0, 0,
                          "‖D(t) − D(0)‖_F / σ²max(T(0)).", PAPER),
    [IMB_DRIFT_STEP] = ROW("drift_step", "‖D(t+1)−D(t)‖", ORY_LOG, ORY_COST_FACTOR, NULL, 0, 0,
                           "Change of D in the step about to be taken, exactly η²‖W2'G'G W2 − "
                           "W1'G G'W1‖_F (corrected).", PAPER),
    [IMB_S2MIN] = ROW("s2min_drift", "α1 − 4δ", ORY_LOG, ORY_COST_FACTOR, "s2min", -1, 0,
                      "α1 − 4‖D(t) − D(0)‖_F, a lower bound of σ²min(T) from the drift itself.",
                      PAPER),
    [IMB_S2MAX] = ROW("s2max_drift", "α2 + 2δ", ORY_LOG, ORY_COST_FACTOR, "s2max", +1, 0,
                      "α2 + 2‖D(t) − D(0)‖_F, an upper bound of σ²max(T) from the drift itself.",
                      PAPER),

    [PATH_WINDOW] = ROW("window", "in the window", ORY_LINEAR, ORY_COST_FACTOR, NULL, 0,
                        ORY_PROBE_PATH, "1 while every step, the next one included, lies in the "
                        "theorem's window η0 ≤ η_t ≤ min(cap, 1/K_t) with 0 < η0 ≤ η_max.", THM2),
    [PATH_GAP_BOUND] = ROW("gap_bound", "certificate", ORY_LOG, ORY_COST_FREE, "gap", +1,
                           ORY_PROBE_PATH, "gap(0) times the certified factors of all steps taken "
                           "(from step 0 on: corrected).", THM2),
    [PATH_LOSS_BOUND] = ROW("loss_bound", "certificate of L", ORY_LOG, ORY_COST_FREE, "loss", +1,
                            ORY_PROBE_PATH, "L* plus gap_bound.", THM2),
    [PATH_FLOW_BOUND] = ROW("flow_bound", "e^(−2μα1 t) gap(0)", ORY_LOG, ORY_COST_FREE, "gap", +1, 0,
                            "exp(−2 μ α1 t) gap(0), the gap's bound along the gradient flow.",
                            "Min et al., arXiv:2105.06351"),
    [EDGE_ETA] = ROW("eta_edge", "2/λmax", ORY_LOG, ORY_COST_DEAR, NULL, 0, 0,
                     "2 over the Hessian's top eigenvalue: longer steps are locally unstable.", ""),

    [V_SV_W1] = ARRAY("sv_w1", "σ(W1)", ORY_VECTOR, ORY_COST_FACTOR, 0,
                      "Singular values of W1 (of V'W1 when X has not full column rank), descending."),
    [V_SV_W2] = ARRAY("sv_w2", "σ(W2)", ORY_VECTOR, ORY_COST_FACTOR, 0,
                      "Singular values of W2, descending."),
    [V_SV_W] = ARRAY("sv_w", "σ(W)", ORY_VECTOR, ORY_COST_FACTOR, 0,
                     "Singular values of W (of V'W when X has not full column rank), descending."),
    [V_SV_TARGET] = ARRAY("sv_target", "σ(W*)", ORY_VECTOR, ORY_COST_FREE, ORY_PROBE_CONSTANT,
                          "Singular values of the minimiser W*, descending."),
    [V_IMBALANCE] = ARRAY("imbalance_spectrum", "λ(D)", ORY_VECTOR, ORY_COST_FACTOR, 0,
                          "The min(h, n + m) eigenvalues of D = W1'W1 − W2'W2 that can differ from "
                          "0, descending."),
    [M_W] = ARRAY("W", "W", ORY_MATRIX, ORY_COST_STEP, 0, "The product W = W1 W2', n x m."),
    [M_W1] = ARRAY("W1", "W1", ORY_MATRIX, ORY_COST_FREE, 0, "The first factor, n x h."),
    [M_W2] = ARRAY("W2", "W2", ORY_MATRIX, ORY_COST_FREE, 0, "The second factor, m x h."),
    [M_TARGET] = ARRAY("W_star", "W*", ORY_MATRIX, ORY_COST_FREE, ORY_PROBE_CONSTANT,
                       "The minimiser of the loss as a function of W, n x m (least norm)."),
    [M_G] = ARRAY("G", "G", ORY_MATRIX, ORY_COST_STEP, 0,
                  "Gradient of the loss as a function of W, n x m."),
    [ROWS] = {0}};

/* ------------------------------------------------------------------ reading */

static double finite_or_nan(double x)
{
    return isfinite(x) ? x : NAN;
}

static double read_fixed(ory_system *s, const ory_moment *m, int which)
{
    const linear *l = s->self;
    const linear_fixed *f = linear_fixed_at(s, m);
    const bool x23 = l->loss != LOSS_LOGISTIC && l->loss != LOSS_SENSING;

    switch (which) {
    case FIXED_MU: return l->mu;
    case FIXED_K: return l->K;
    case FIXED_GAP: return f->gap;
    case FIXED_RADIUS: return finite_or_nan(f->radius);
    case FIXED_S2MIN: return f->s2min;
    case FIXED_S2MAX: return f->s2max;
    case FIXED_LAMBDA_PLUS: return f->d.lambda_plus;
    case FIXED_LAMBDA_MINUS: return f->d.lambda_minus;
    case FIXED_LAMBDA_N: return f->d.a;
    case FIXED_LAMBDA_M: return f->d.b;
    case FIXED_MARGIN: return f->d.margin;
    case FIXED_SPREAD_PLUS: return f->d.spread_plus;
    case FIXED_SPREAD_MINUS: return f->d.spread_minus;
    case FIXED_BETA1: return f->beta1;
    case FIXED_BETA2: return finite_or_nan(f->beta2);
    case FIXED_ALPHA1: return f->alpha1;
    case FIXED_ALPHA2: return finite_or_nan(f->alpha2);
    case FIXED_RATIO: return f->alpha1 / f->alpha2;
    case FIXED_ETA1: return f->eta1;
    case FIXED_ETA2: return f->eta2;
    case FIXED_ETA3: return f->eta3;
    case FIXED_ETA_MAX: return f->eta_max;
    case FIXED_X23_ALPHA: return x23 ? f->x23.alpha : NAN;
    case FIXED_X23_BETA: return x23 ? f->x23.beta : NAN;
    case FIXED_X23_ETA_MAX: return x23 ? f->x23.eta_max : NAN;
    }
    return NAN;
}

/* The uniform bounds are shown where they are bounds (eta0 <= eta_max), and with
 * eta0 = "figure", whose point is to leave the theorem as the published plots do. */
static bool shows_uniform(const ory_system *s, const linear_fixed *f, const ory_moment *m,
                          double eta0)
{
    if (m->flow || !(f->alpha1 > 0) || !(eta0 > 0))
        return false;
    return eta0 <= f->eta_max ||
           (ory_values_choice(&s->values, P_ETA0) == ETA0_FIGURE && eta0 == f->eta0);
}

static double read_uniform(ory_system *s, const ory_moment *m, int which)
{
    const linear_fixed *f = linear_fixed_at(s, m);
    const double eta0 = linear_eta0(s, m), t = (double)m->k;
    const linear_uniform *u;

    if (which == UNIFORM_ETA0)
        return eta0;
    if (!shows_uniform(s, f, m, eta0))
        return NAN;
    u = linear_uniform_at(s, m, eta0);
    switch (which) {
    case UNIFORM_MU: return u->mu_bar;
    case UNIFORM_K0: return u->K_bar0;
    case UNIFORM_K: return ory_pl_K_bar(&f->u, eta0, t);
    case UNIFORM_RHO0: return 1 - u->gain;
    case UNIFORM_RHO: return ory_pl_rho_bar(&f->u, eta0, m->step, t);
    case UNIFORM_DELTA: return 1 - u->delta_gain;
    case UNIFORM_CAP: return ory_pl_cap(eta0, f->u.d, t);
    case UNIFORM_S2MIN: return u->mu_bar / f->u.mu;
    case UNIFORM_S2MAX: return f->alpha2 * exp(pow(eta0, f->u.c));
    case UNIFORM_DRIFT: return u->delta_gain > 0 ? ory_pl_drift_bound(&f->u, eta0) : NAN;
    case UNIFORM_GAP: return f->gap * exp(t * log1p(-u->gain));
    }
    return NAN;
}

static double read_baseline(ory_system *s, const ory_moment *m, int which)
{
    linear *l = s->self;
    const linear_fixed *f = linear_fixed_at(s, m);
    const linear_state *st = linear_values(l, m);
    const ory_pl_prior p = linear_prior(l, m);

    if (which <= LOCAL_X23_RATE && !(f->x23.eta_max > 0))
        return NAN;
    switch (which) {
    case LOCAL_X23_STEP: return ory_pl_x23_step(&f->x23, st->gap);
    case LOCAL_X23_FACTOR: return ory_pl_x23_factor(&f->x23, st->gap, m->step);
    case LOCAL_X23_RATE: return ory_pl_x23_factor(&f->x23, st->gap, m->step) * st->gap;
    case LOCAL_PRIOR_STEP: return ory_pl_prior_step(&p);
    case LOCAL_PRIOR_FACTOR: return ory_pl_prior_factor(&p, m->step);
    case LOCAL_PRIOR_RATE: return ory_pl_prior_factor(&p, m->step) * st->gap;
    case LOCAL_PRIOR_VALID: return ory_pl_prior_valid(&p, m->step);
    }
    return NAN;
}

static double read_local(ory_system *s, const ory_moment *m, int which)
{
    linear *l = s->self;
    const linear_state *st = linear_values(l, m);
    const double eta = m->step;

    switch (which) {
    case LOCAL_S2MIN: return st->s2min;
    case LOCAL_S2MAX: return st->s2max;
    case LOCAL_KAPPA: return finite_or_nan(st->s2max / st->s2min);
    case LOCAL_SW_MIN: return st->svw[l->n_svw - 1];
    case LOCAL_SW_MAX: return st->svw[0];
    case LOCAL_MU: return st->local.mu_t;
    case LOCAL_PL_UPPER: return l->K * st->s2max;
    case LOCAL_A: return st->local.A;
    case LOCAL_B: return st->local.B;
    case LOCAL_C: return st->local.C;
    case LOCAL_K: return ory_pl_K(&st->local, eta);
    case LOCAL_ETA_K: return eta * ory_pl_K(&st->local, eta);
    case LOCAL_INV_K: return finite_or_nan(ory_pl_eta_inverse(&st->local));
    case LOCAL_ARGMIN: return finite_or_nan(ory_pl_eta_argmin(&st->local));
    case LOCAL_RHO: return ory_pl_rho(&st->local, eta);
    case LOCAL_RATE: return ory_pl_rho(&st->local, eta) * st->gap;
    case LOCAL_DESCENT:
        st = linear_gradient(l, m);
        return st->gap - eta * (1 - 0.5 * eta * ory_pl_K(&st->local, eta)) * st->grad_sq;
    case LOCAL_DRIFT_STEP_BOUND: return 2 * l->K * eta * eta * st->s2max * st->gap;
    }
    return read_baseline(s, m, which);
}

static double read_seen(ory_system *s, const ory_moment *m, int which)
{
    linear *l = s->self;

    switch (which) {
    case SEEN_K_DIR: return linear_K_dir(l, m);
    case SEEN_K_EFF: return linear_K_eff(s, m, m->step);
    case SEEN_GAP_NEXT: return linear_gap_next(s, m, m->step);
    case SEEN_RHO: {
        const double gap = linear_at(l, m->x, m->stamp)->gap;

        return gap > 0 ? linear_gap_next(s, m, m->step) / gap : NAN;
    }
    case SEEN_FLOOR: return linear_floor(l, linear_at(l, m->x, m->stamp));
    case SEEN_GD: return m->descent;
    case SEEN_FLOW: return m->flow;
    }
    return NAN;
}

static double read_imbalance(ory_system *s, const ory_moment *m, int which)
{
    linear *l = s->self;
    const linear_fixed *f = linear_fixed_at(s, m);

    if (!m->x0 && which != IMB_NORM && which != IMB_DRIFT_STEP)
        return NAN;
    switch (which) {
    case IMB_NORM: return linear_imbalance_norm(l, m);
    case IMB_DRIFT: return linear_drift(l, m);
    case IMB_DRIFT_REL: return f->s2max > 0 ? linear_drift(l, m) / f->s2max : NAN;
    case IMB_DRIFT_STEP: return m->step * m->step * linear_drift_step(l, m);
    case IMB_S2MIN: return f->alpha1 - 4 * linear_drift(l, m);
    case IMB_S2MAX: return finite_or_nan(f->alpha2 + 2 * linear_drift(l, m));
    }
    return NAN;
}

static double read_path(ory_system *s, const ory_moment *m, int which)
{
    const linear *l = s->self;
    const linear_fixed *f = linear_fixed_at(s, m);

    switch (which) {
    case PATH_WINDOW: return m->memory ? linear_in_window(s, m) : NAN;
    case PATH_GAP_BOUND: return linear_gap_bound(s, m);
    case PATH_LOSS_BOUND: return s->loss_min + linear_gap_bound(s, m);
    case PATH_FLOW_BOUND:
        return m->flow && l->strong && f->alpha1 > 0 ? f->gap * exp(-2 * l->mu * f->alpha1 * m->t) : NAN;
    }
    return NAN;
}

static double read_edge(ory_system *s, const ory_moment *m)
{
    double top = NAN;

    if (ory_probe_read(s, m, ory_probe_find(s->class, "sharpness"), &top, NULL) != ORY_OK)
        return NAN;
    return top > 0 ? 2 / top : NAN;
}

static void read_array(ory_system *s, const ory_moment *m, int which, double *out)
{
    linear *l = s->self;
    const size_t nh = l->n * l->h, nm = l->n * l->m;

    switch (which) {
    case V_SV_W1: memcpy(out, linear_values(l, m)->sv1, l->n_sv1 * sizeof *out); break;
    case V_SV_W2: memcpy(out, linear_values(l, m)->sv2, l->n_sv2 * sizeof *out); break;
    case V_SV_W: memcpy(out, linear_values(l, m)->svw, l->n_svw * sizeof *out); break;
    case V_SV_TARGET: memcpy(out, l->sv_target, l->n_svw * sizeof *out); break;
    case V_IMBALANCE: linear_imbalance_spectrum(l, m->x, out); break;
    case M_W: memcpy(out, linear_at(l, m->x, m->stamp)->W, nm * sizeof *out); break;
    case M_W1: memcpy(out, m->x, nh * sizeof *out); break;
    case M_W2: memcpy(out, m->x + nh, l->m * l->h * sizeof *out); break;
    case M_TARGET: memcpy(out, l->target, nm * sizeof *out); break;
    case M_G: memcpy(out, linear_at(l, m->x, m->stamp)->G, nm * sizeof *out); break;
    }
}

ory_status linear_probe(ory_system *s, const ory_moment *m, int which, double *out,
                        ory_error *err)
{
    (void)err;
    if (which >= V_SV_W1)
        read_array(s, m, which, out);
    else if (which == EDGE_ETA)
        *out = read_edge(s, m);
    else if (which >= PATH_WINDOW)
        *out = read_path(s, m, which);
    else if (which >= IMB_NORM)
        *out = read_imbalance(s, m, which);
    else if (which >= SEEN_K_DIR)
        *out = read_seen(s, m, which);
    else if (which >= LOCAL_S2MIN)
        *out = read_local(s, m, which);
    else if (which >= UNIFORM_ETA0)
        *out = read_uniform(s, m, which);
    else
        *out = read_fixed(s, m, which);
    return ORY_OK;
}

/* ------------------------------------------------------------ shape and work */

void linear_probe_shape(const ory_system *s, int which, size_t *rows, size_t *cols)
{
    const linear *l = s->self;

    *cols = 1;
    switch (which) {
    case V_SV_W1: *rows = l->n_sv1; break;
    case V_SV_W2: *rows = l->n_sv2; break;
    case V_SV_W:
    case V_SV_TARGET: *rows = l->n_svw; break;
    case V_IMBALANCE: *rows = linear_imbalance_count(l); break;
    case M_W1: *rows = l->n, *cols = l->h; break;
    case M_W2: *rows = l->m, *cols = l->h; break;
    case M_W:
    case M_TARGET:
    case M_G: *rows = l->n, *cols = l->m; break;
    default: *rows = 1; break;
    }
}

/* Operations of one gradient step. */
static double step_work(const linear *l)
{
    const double n = (double)l->n, m = (double)l->m, h = (double)l->h, N = (double)l->samples;
    const double products = 6 * n * m * h;

    if (l->loss == LOSS_LOGISTIC)
        return products + N * m * (4 * n + 60);
    return products + (l->rotate ? 4 * (double)(l->p * l->r * l->q) : 0);
}

double linear_probe_work(const ory_system *s, int which)
{
    const linear *l = s->self;
    const double n = (double)l->rows, m = (double)l->m, h = (double)l->h, k = n + m;

    if (which < 0 || which == M_W || which == M_G || which == SEEN_FLOOR)
        return step_work(l);
    if (which >= LOCAL_S2MIN && which < SEEN_K_DIR)
        return 4 * h * (n * n + m * m) + 40 * (n * n * n + m * m * m);
    if (which == V_SV_W1 || which == V_SV_W2 || which == V_SV_W || which == PATH_WINDOW)
        return 4 * h * (n * n + m * m) + 40 * (n * n * n + m * m * m);
    if (which >= SEEN_K_DIR && which < SEEN_FLOOR)
        return 2.5 * step_work(l);
    if ((which >= IMB_NORM && which < PATH_WINDOW) || which == V_IMBALANCE)
        return 8 * h * k * k + 10 * k * k * k;
    if (which == EDGE_ETA)
        return 40 * 2 * step_work(l);
    return 10;
}

/* --------------------------------------------------------------------- why */

/* Why the uniform theorem gives no numbers. */
static bool why_uniform(ory_system *s, const ory_moment *m, char *text, size_t size)
{
    const linear *l = s->self;

    if (!l->strong)
        snprintf(text, size, "the loss is not strongly convex (mu = 0)");
    else if (m->flow)
        snprintf(text, size, "belongs to gradient descent, not to the flow");
    else if (!l->wide)
        snprintf(text, size, "needs h >= min(n, m): h = %zu < %zu", l->h, l->n_svw);
    else if (!(linear_fixed_at(s, m)->alpha1 > 0))
        snprintf(text, size, "alpha1 = 0: the start has no imbalance margin and no product margin");
    else if (!(linear_eta0(s, m) > 0))
        snprintf(text, size, "eta0 = 0: eta_max is 0 for these c and d");
    else
        snprintf(text, size, "outside the theorem: eta0 = %.4g > eta_max = %.4g", linear_eta0(s, m),
                 linear_fixed_at(s, m)->eta_max);
    return true;
}

static bool why_baseline(ory_system *s, const ory_moment *m, char *text, size_t size)
{
    const linear *l = s->self;

    if (l->loss == LOSS_LOGISTIC || l->loss == LOSS_SENSING)
        snprintf(text, size, "x23 is for squared loss");
    else if (!(linear_fixed_at(s, m)->x23.eta_max > 0))
        snprintf(text, size, "x23 needs alpha0 > 0 and h >= min(n, m)");
    else
        return false;
    return true;
}

static bool needs_step(int which)
{
    switch (which) {
    case UNIFORM_RHO: case LOCAL_K: case LOCAL_ETA_K: case LOCAL_RHO: case LOCAL_RATE:
    case LOCAL_DESCENT: case LOCAL_DRIFT_STEP_BOUND: case LOCAL_X23_FACTOR: case LOCAL_X23_RATE:
    case LOCAL_PRIOR_FACTOR: case LOCAL_PRIOR_RATE: case LOCAL_PRIOR_VALID: case SEEN_K_EFF:
    case SEEN_GAP_NEXT: case SEEN_RHO:
    case IMB_DRIFT_STEP:
        return true;
    }
    return false;
}

bool linear_probe_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size)
{
    linear *l = s->self;
    const linear_state *st;

    if (which == PATH_GAP_BOUND || which == PATH_LOSS_BOUND)
        return linear_certificate_why(s, m, text, size);
    if (which == PATH_WINDOW)
        return snprintf(text, size, "the window belongs to a run"), true;
    if (which == PATH_FLOW_BOUND && !m->flow)
        return snprintf(text, size, "belongs to the gradient flow"), true;
    if (!m->x0 && which >= IMB_DRIFT && which < PATH_WINDOW && which != IMB_DRIFT_STEP)
        return snprintf(text, size, "needs the initial state of a run"), true;
    if (which == FIXED_X23_ALPHA || which == FIXED_X23_BETA || which == FIXED_X23_ETA_MAX ||
        (which >= LOCAL_X23_STEP && which <= LOCAL_X23_RATE)) {
        if (why_baseline(s, m, text, size))
            return true;
    }
    if (needs_step(which) && isnan(m->step))
        return snprintf(text, size, "the stepper has no step size here"), true;
    if (which < LOCAL_S2MIN || which == PATH_FLOW_BOUND || which == IMB_S2MAX)
        return why_uniform(s, m, text, size);
    st = linear_values(l, m);
    if (!isfinite(st->gap))
        snprintf(text, size, "the state has diverged");
    else if (which == LOCAL_KAPPA)
        snprintf(text, size, "sigma_min^2(T) = 0");
    else if (which == SEEN_RHO)
        snprintf(text, size, "the gap is zero: the state is a minimum");
    else if (which == SEEN_K_DIR || which == SEEN_K_EFF || which == LOCAL_PRIOR_STEP)
        snprintf(text, size, "undefined: the gradient is zero%s",
                 st->gap > linear_floor(l, st) ? " (stationary, not optimal)" : "");
    else if (which == LOCAL_INV_K || which == LOCAL_ARGMIN)
        snprintf(text, size, "no limit: K_t is 0");
    else if (which == EDGE_ETA)
        snprintf(text, size, "the Hessian has no positive eigenvalue");
    else
        snprintf(text, size, "the values of the state overflow");
    return true;
}
