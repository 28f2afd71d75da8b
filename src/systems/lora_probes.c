/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lora_probes.c - what can be read off a state of net.lora. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "systems/lora.h"

enum {
    SIGNAL, NOISE, PHASE,
    MISALIGN1, MISALIGN2, COLUMNS1, COLUMNS2, SUBSPACE1, SUBSPACE2,
    NORM1, NORM2, IMBALANCE, GROWTH1, GROWTH2, DISTURB1, DISTURB2, SPLIT_RATE, SPLIT_RATE_LOW,
    RATE, KMIN, KMAX, RATE_LATE, DRIFT1, DRIFT2, LINEAR_ERROR, LINEAR_ERROR_PRINTED,
    PL_SIGNAL, PL_SIGNAL_LOW, LOSS_CURVE, MODE_RATIO, OFF_DIAGONAL,
    LAMBDA, DELTA, LEAD, ALPHA, RANK, P_STAR, T_EARLY, T1, T1_LOW, T1_HIGH, T1_GUESS, E_T1,
    E_T1_HIGH, FLOOR, GUIDE_MISALIGN, GUIDE_IMBALANCE, GUIDE_NORM,
    FLOW, ESCAPED, RANK_ONE, LORA_START, SPECTRAL_START,
    MODES1, MODES2, KERNEL, RESIDUAL_MODES, RESIDUAL, CHANGE,
    PROBES
};

#define SCALAR_ROW(n, l, u, a, c, d) \
    .name = n, .label = l, .kind = ORY_SCALAR, .unit = u, .axis = a, .cost = c, .doc = d
#define STEP_LOG(n, l, d) SCALAR_ROW(n, l, "", ORY_LOG, ORY_COST_STEP, d)
#define STEP_LIN(n, l, d) SCALAR_ROW(n, l, "", ORY_LINEAR, ORY_COST_STEP, d)
#define FACTOR_LOG(n, l, d) SCALAR_ROW(n, l, "", ORY_LOG, ORY_COST_FACTOR, d)
#define FIXED_LIN(n, l, u, d) SCALAR_ROW(n, l, u, ORY_LINEAR, ORY_COST_FREE, d)
#define PAPER "arXiv 2503.06982"

const ory_probe lora_probes[] = {
    [SIGNAL] = {STEP_LOG("signal", "L signal", "Loss in the singular spaces of the change of target, "
                         "|U'E V|² / 2."), .bounds = NULL, .source = PAPER ", signal-noise split"},
    [NOISE] = {STEP_LOG("noise", "L noise", "Loss outside those spaces, |E - UU'E VV'|² / 2."),
               .source = PAPER ", signal-noise split"},
    [PHASE] = {SCALAR_ROW("phase", "stage", "", ORY_LINEAR, ORY_COST_FACTOR,
                          "Stage of the run: 0 saddle, 1 early alignment, 2 escape, 3 local "
                          "convergence, 4 noise decay, 5 plateau, 6 converged, 7 solved."),
               .source = PAPER},
    [MISALIGN1] = {FACTOR_LOG("misalign1", "1−cos(Z1,γ1)",
                              "1 - cosine between the top left singular vector of Z1 = [B1; A1'] and "
                              "its direction of fastest growth; the subspace distance when that "
                              "direction is not unique."), .source = PAPER},
    [MISALIGN2] = {FACTOR_LOG("misalign2", "1−cos(Z2,γ2)",
                              "1 - cosine between the top left singular vector of Z2 = [B2; A2'] and "
                              "its direction of fastest growth."), .source = PAPER},
    [COLUMNS1] = {STEP_LIN("columns1", "min cos²(Z1)", "Least squared cosine of a column of Z1 with "
                           "its direction of fastest growth."), .source = PAPER},
    [COLUMNS2] = {STEP_LIN("columns2", "min cos²(Z2)", "Least squared cosine of a column of Z2 with "
                           "its direction of fastest growth."), .source = PAPER},
    [SUBSPACE1] = {FACTOR_LOG("subspace1", "dist(Z1)", "Distance in [0, 1] of the leading singular "
                              "space of Z1 from that of the growing directions."), .source = PAPER},
    [SUBSPACE2] = {FACTOR_LOG("subspace2", "dist(Z2)", "Distance in [0, 1] of the leading singular "
                              "space of Z2 from that of the growing directions."), .source = PAPER},
    [NORM1] = {FACTOR_LOG("norm1", "‖Z1‖", "Spectral norm of Z1."), .source = PAPER},
    [NORM2] = {FACTOR_LOG("norm2", "‖Z2‖", "Spectral norm of Z2."), .source = PAPER},
    [IMBALANCE] = {STEP_LOG("imbalance", "‖Z1‖²/‖Z2‖²", "|Z1|F² / |Z2|F²."), .source = PAPER},
    [GROWTH1] = {STEP_LIN("p1", "p1", "Growth g'B1A1 v of layer 1 along its leading mode."),
                 .source = PAPER},
    [GROWTH2] = {STEP_LIN("p2", "p2", "Growth u'B2A2 g of layer 2 along its leading mode."),
                 .source = PAPER},
    [DISTURB1] = {FACTOR_LOG("d1", "‖D1‖", "Spectral norm of the perturbation D1 = A2'B2'E - W2'F of "
                             "the linear flow of Z1."), .source = PAPER},
    [DISTURB2] = {FACTOR_LOG("d2", "‖D2‖", "Spectral norm of the perturbation D2 = E A1'B1' - F W1' "
                             "of the linear flow of Z2."), .source = PAPER},
    [SPLIT_RATE] = {STEP_LIN("imbalance_rate", "d log(‖Z1‖²/‖Z2‖²)/dt",
                             "Growth rate of the lead layer's share, d log(|Z|F² ratio) / dt."),
                    .source = PAPER},
    [SPLIT_RATE_LOW] = {SCALAR_ROW("imbalance_rate_low", "printed rate", "", ORY_LINEAR,
                                   ORY_COST_FACTOR, "Printed lower bound 2((1-δ)λ - |D1| - |D2|) of "
                                   "it; false at the start, where B = 0 makes the rate 0."),
                        .bounds = "imbalance_rate", .side = -1, .source = "printed"},
    [RATE] = {STEP_LOG("rate", "μ̂", "|grad L|² / (2 L); d log L / dt = -2 times it."),
              .source = PAPER ", PL estimate"},
    [KMIN] = {SCALAR_ROW("kmin", "kmin", "", ORY_LOG, ORY_COST_DEAR, "Least eigenvalue of the error "
                         "kernel K, dE/dt = -K vec E (m n <= 400)."),
              .bounds = "rate", .side = -1, .source = "eig K"},
    [KMAX] = {SCALAR_ROW("kmax", "kmax", "", ORY_LOG, ORY_COST_DEAR, "Largest eigenvalue of the error "
                         "kernel; Euler steps are stable below 2 / kmax."),
              .bounds = "rate", .side = +1, .source = "eig K"},
    [RATE_LATE] = {STEP_LOG("rate_late", "late μ", "Rate of the leading mode's residual, (σW2+p2)²z1 + "
                            "(σW1+p1)²z2."), .source = "derived"},
    [DRIFT1] = {STEP_LOG("drift1", "drift Λ1", "Relative change of B1'B1 - A1A1', which the flow "
                         "conserves."), .source = PAPER},
    [DRIFT2] = {STEP_LOG("drift2", "drift Λ2", "Relative change of B2'B2 - A2A2', which the flow "
                         "conserves."), .source = PAPER},
    [LINEAR_ERROR] = {STEP_LOG("linear_error", "linear phase", "Relative distance of the lead layer's "
                               "Z from the closed form of the linear phase, with the part that does "
                               "not move."), .source = PAPER ", mended"},
    [LINEAR_ERROR_PRINTED] = {STEP_LOG("linear_error_printed", "as printed", "The same without the "
                                       "part that does not move, which the paper leaves out."),
                              .source = PAPER},
    [PL_SIGNAL] = {STEP_LOG("pl_signal", "‖∇LS‖²/LS", "|grad LS|² / LS of the signal part."),
                   .source = PAPER},
    [PL_SIGNAL_LOW] = {FIXED_LIN("pl_signal_low", "(1−δ)λ/16", "", "Printed PL constant of the signal "
                                 "part after T1, (1-δ)λ/16."),
                       .bounds = "pl_signal", .side = -1, .source = "printed"},
    [LOSS_CURVE] = {STEP_LOG("loss_curve", "bound", "2 exp(-(1-δ)λ(t-T1)/32) L(T1) + 2 LN(T1); "
                             "the paper leaves the constant of the floor open, here it is the noise "
                             "at T1."), .bounds = "loss", .side = +1, .flags = ORY_PROBE_PATH,
                    .source = "Theorem on local convergence"},
    [MODE_RATIO] = {STEP_LOG("mode_ratio", "ℓ/bound", "Spectral start: largest of ℓ_i(t) over its "
                             "bound exp(-(1-δ_i)λ_i(t-T1_i)/8) ℓ_i(T1_i), modes 1 to 8."),
                    .flags = ORY_PROBE_PATH, .source = PAPER ", appendix"},
    [OFF_DIAGONAL] = {STEP_LOG("off_diagonal", "off-diagonal F", "Largest entry of U'F V off the "
                               "diagonal: 0 for a spectral start."), .source = PAPER},
    [LAMBDA] = {FIXED_LIN("lambda", "λ", "1/t", "Largest growth rate, of the lead layer."),
                .flags = ORY_PROBE_CONSTANT, .source = PAPER},
    [DELTA] = {FIXED_LIN("delta", "δ", "", "Smaller over larger growth rate of the layers."),
               .flags = ORY_PROBE_CONSTANT, .source = PAPER},
    [LEAD] = {FIXED_LIN("lead", "lead layer", "", "Layer that grows faster: 1 or 2; 0 when none grows."),
              .flags = ORY_PROBE_CONSTANT, .source = PAPER},
    [ALPHA] = {FIXED_LIN("alpha_now", "α", "", "Scale of the initial entries (root mean square when the "
                         "factors were given)."), .flags = ORY_PROBE_CONSTANT, .source = PAPER},
    [RANK] = {FIXED_LIN("rank", "rank ΔY", "", "Numerical rank of the change of target."),
              .flags = ORY_PROBE_CONSTANT, .source = PAPER},
    [P_STAR] = {FIXED_LIN("p_star", "p*", "", "Growth at which local convergence begins, "
                          "(1-δ)σ/(4σW)."), .flags = ORY_PROBE_CONSTANT, .source = PAPER},
    [T_EARLY] = {FIXED_LIN("t_early", "end of alignment", "t", "Time at which max(|D1|, |D2|) first "
                           "exceeds α, at the run's steps."), .flags = ORY_PROBE_PATH,
                 .source = PAPER},
    [T1] = {FIXED_LIN("t1", "T1", "t", "Time at which the growth first reaches p*, at the run's "
                      "steps."), .flags = ORY_PROBE_PATH, .source = PAPER},
    [T1_LOW] = {FIXED_LIN("t1_low", "T̂1", "t", "Printed lower bound of T1, also of the end of early "
                          "alignment."), .bounds = "t1", .side = -1, .flags = ORY_PROBE_CONSTANT,
                .source = "printed"},
    [T1_HIGH] = {FIXED_LIN("t1_high", "T̂1+T̃1", "t", "Printed upper bound of T1."), .bounds = "t1",
                 .side = +1, .flags = ORY_PROBE_CONSTANT, .source = "printed"},
    [T1_GUESS] = {FIXED_LIN("t1_guess", "T1 predicted", "t", "asinh(2p*/q)/(2λ) from the exact linear "
                            "phase, a few % off."), .flags = ORY_PROBE_CONSTANT,
                  .source = "derived"},
    [E_T1] = {FIXED_LIN("error_t1", "‖E(T1)‖F", "", "Residual norm at T1."),
              .flags = ORY_PROBE_PATH, .source = PAPER},
    [E_T1_HIGH] = {FIXED_LIN("error_t1_high", "(1−(1−δ)/8)σ", "", "Printed upper bound of the residual "
                             "norm at T1."), .bounds = "error_t1", .side = +1,
                   .flags = ORY_PROBE_CONSTANT, .source = "printed"},
    [FLOOR] = {FIXED_LIN("floor", "least loss", "", "Half the square sum of the singular values of Yft "
                         "beyond the h-th: no weights get below."), .bounds = "loss", .side = -1,
               .flags = ORY_PROBE_CONSTANT, .source = "rank"},
    [GUIDE_MISALIGN] = {SCALAR_ROW("guide_misalign", "α^((3+δ)/(5−δ))", "", ORY_LOG, ORY_COST_FREE,
                                   "Printed order of 1 - cos² at the end of early alignment; its "
                                   "constant is not known."), .flags = ORY_PROBE_CONSTANT,
                        .source = PAPER ", appendix"},
    [GUIDE_IMBALANCE] = {SCALAR_ROW("guide_imbalance", "α^(−2(1−δ)/(5−δ))", "", ORY_LOG,
                                    ORY_COST_FREE, "Printed order of |Z1|²/|Z2|² at the end of early "
                                    "alignment; its constant is not known."),
                         .flags = ORY_PROBE_CONSTANT, .source = PAPER ", appendix"},
    [GUIDE_NORM] = {SCALAR_ROW("guide_norm", "α", "", ORY_LOG, ORY_COST_FREE, "Printed order of |Z|F² at "
                               "the end of early alignment; its constant is not known."),
                    .flags = ORY_PROBE_CONSTANT, .source = PAPER ", appendix"},
    [FLOW] = {FIXED_LIN("flow", "flow", "", "1 when the run follows the gradient flow in continuous "
                        "time."), .flags = 0, .source = ""},
    [ESCAPED] = {STEP_LIN("escaped", "t ≥ T1", "1 once the growth has reached p*."),
                 .flags = ORY_PROBE_PATH, .source = ""},
    [RANK_ONE] = {FIXED_LIN("rank_one", "rank 1", "", "1 when the change of target has rank 1."),
                  .flags = ORY_PROBE_CONSTANT, .source = ""},
    [LORA_START] = {FIXED_LIN("lora_start", "B = 0 or A = 0", "", "1 when the run started at F = 0 with "
                              "one of A, B zero in every layer, both layers trained."),
                    .flags = ORY_PROBE_CONSTANT, .source = ""},
    [SPECTRAL_START] = {FIXED_LIN("spectral_start", "spectral", "", "1 when the factors started "
                                  "spectrally."), .flags = ORY_PROBE_CONSTANT, .source = ""},
    [MODES1] = {.name = "modes1", .label = "modes of Z1", .kind = ORY_VECTOR, .unit = "",
                .axis = ORY_LINEAR, .cost = ORY_COST_FACTOR,
                .doc = "Length of each growing direction of layer 1 inside the range of Z1.",
                .source = PAPER},
    [MODES2] = {.name = "modes2", .label = "modes of Z2", .kind = ORY_VECTOR, .unit = "",
                .axis = ORY_LINEAR, .cost = ORY_COST_FACTOR,
                .doc = "Length of each growing direction of layer 2 inside the range of Z2.",
                .source = PAPER},
    [KERNEL] = {.name = "kernel", .label = "eig K", .kind = ORY_VECTOR, .unit = "", .axis = ORY_LOG,
                .cost = ORY_COST_DEAR, .doc = "Eigenvalues of the error kernel, ascending.",
                .source = "derived"},
    [RESIDUAL_MODES] = {.name = "residual_modes", .label = "u'E v", .kind = ORY_VECTOR, .unit = "",
                        .axis = ORY_LINEAR, .cost = ORY_COST_STEP,
                        .doc = "Residual u_i'E v_i of each mode of the change of target.",
                        .source = PAPER},
    [RESIDUAL] = {.name = "residual", .label = "E", .kind = ORY_MATRIX, .unit = "",
                  .axis = ORY_LINEAR, .cost = ORY_COST_STEP, .doc = "Residual E = ΔY - F.",
                  .source = PAPER},
    [CHANGE] = {.name = "change", .label = "F", .kind = ORY_MATRIX, .unit = "", .axis = ORY_LINEAR,
                .cost = ORY_COST_STEP, .doc = "Change F that the low-rank factors make.",
                .source = PAPER},
    [PROBES] = {0}};

const char *const lora_record[] = {"loss", "signal", "noise", "misalign1", "misalign2", "norm1",
                                   "norm2", "p1", "p2", "rate", "drift1", "phase", NULL};

/* ------------------------------------------------------------- directions */

/* gamma_i of a layer, as its two halves of unit length each. */
static void halves(const lora *l, int layer, size_t i, const double **left, const double **right,
                   size_t *p, size_t *q)
{
    const lora_target *t = &l->target;

    *p = layer == 1 ? l->h : l->m;
    *q = layer == 1 ? l->n : l->h;
    *left = layer == 1 ? t->g + i * *p : t->u + i * *p;
    *right = layer == 1 ? t->v + i * *q : t->gt + i * *q;
}

static double along(const lora *l, int layer, size_t i, const double *z)
{
    const double *left, *right;
    size_t p, q;

    halves(l, layer, i, &left, &right, &p, &q);
    return (ory_dot(left, z, p) + ory_dot(right, z + p, q)) / sqrt(2);
}

static size_t growing(const lora *l, int layer)
{
    return layer == 1 ? l->target.k1 : l->target.k2;
}

/* Rows of Z whose singular value counts. */
static size_t row_rank(const lora *l, const double *s)
{
    size_t k = 0;

    while (k < l->r && s[k] > 0 && s[k] > 1e-12 * s[0])
        k++;
    return k;
}

/* |T - U(U'T)|_F / sqrt(k): U the top k rows of z, T the top k directions. */
static double subspace_distance(lora *l, const ory_moment *m, int layer)
{
    const lora_state *st = lora_directions(l, m);
    const double *z = layer == 1 ? st->z1 : st->z2, *s = layer == 1 ? st->s1 : st->s2;
    const size_t k = l->r < growing(l, layer) ? l->r : growing(l, layer);
    double sum = 0;

    if (k == 0 || !(s[0] > 0))
        return NAN;
    for (size_t i = 0; i < k; i++) {
        const double *left, *right;
        size_t p, q;

        halves(l, layer, i, &left, &right, &p, &q);
        for (size_t a = 0; a < p + q; a++)
            l->space_d[a] = (a < p ? left[a] : right[a - p]) / sqrt(2);
        for (size_t j = 0; j < k; j++)
            ory_axpy(-along(l, layer, i, z + j * (p + q)), z + j * (p + q), l->space_d, p + q);
        sum += ory_norm2_sq(l->space_d, p + q);
    }
    sum = sqrt(sum / (double)k);
    return sum > 1 ? 1 : sum;
}

/* |x - gamma|^2 / 2 for the top vector x of Z with its sign towards gamma. */
static double misalignment(lora *l, const ory_moment *m, int layer)
{
    const lora_state *st = lora_directions(l, m);
    const double *z = layer == 1 ? st->z1 : st->z2, *s = layer == 1 ? st->s1 : st->s2;
    const double *left, *right;
    double sign, sum = 0;
    size_t p, q;

    if (growing(l, layer) == 0 || !(s[0] > 0))
        return NAN;
    if (layer == 1 ? l->target.tied1 : l->target.tied2)
        return subspace_distance(l, m, layer);
    halves(l, layer, 0, &left, &right, &p, &q);
    sign = along(l, layer, 0, z) < 0 ? -1 : 1;
    for (size_t a = 0; a < p + q; a++) {
        const double d = sign * z[a] - (a < p ? left[a] : right[a - p]) / sqrt(2);

        sum += d * d;
    }
    return 0.5 * sum;
}

/* Column j of Z, without its scale, into out. */
static void column(const lora *l, const double *x, int layer, size_t j, double *out)
{
    const size_t p = layer == 1 ? l->h : l->m, q = layer == 1 ? l->n : l->h;
    const double *B = x + (layer == 1 ? l->b1 : l->b2), *A = x + (layer == 1 ? l->a1 : l->a2);

    for (size_t i = 0; i < p; i++)
        out[i] = B[i * l->r + j];
    memcpy(out + p, A + j * q, q * sizeof *A);
}

static double column_cosine(lora *l, const ory_moment *m, int layer)
{
    const lora_state *st = lora_at(l, m);
    const size_t len = l->h + (layer == 1 ? l->n : l->m);
    double least = INFINITY;

    if (growing(l, layer) == 0)
        return NAN;
    for (size_t j = 0; j < l->r; j++) {
        double norm, c;

        column(l, st->x, layer, j, l->space_d);
        norm = ory_norm2(l->space_d, len);
        if (!(norm > 0))
            return NAN;
        c = along(l, layer, 0, l->space_d) / norm;
        least = c * c < least ? c * c : least;
    }
    return least;
}

static void mode_lengths(lora *l, const ory_moment *m, int layer, double *out)
{
    const lora_state *st = lora_directions(l, m);
    const double *z = layer == 1 ? st->z1 : st->z2, *s = layer == 1 ? st->s1 : st->s2;
    const size_t len = l->h + (layer == 1 ? l->n : l->m), rank = row_rank(l, s);

    for (size_t i = 0; i < growing(l, layer); i++) {
        double sum = 0;

        for (size_t j = 0; j < rank; j++) {
            const double c = along(l, layer, i, z + j * len);

            sum += c * c;
        }
        out[i] = rank ? sqrt(sum) : NAN;
    }
    if (growing(l, layer) == 0)
        out[0] = NAN;
}

/* ------------------------------------------------------------- norms, rates */

static double block_square(const lora *l, const double *x, int layer)
{
    return layer == 1 ? ory_norm2_sq(x + l->a1, l->a2 - l->a1)
                      : ory_norm2_sq(x + l->a2, l->b2 + l->m * l->r - l->a2);
}

static double ratio_of(double a, double b)
{
    return b > 0 ? a / b : NAN;
}

/* d log(|Z_lead|^2 / |Z_other|^2) / dt = 2 (<Z, Z'> / |Z|^2 of the one - of the other). */
static double imbalance_rate(lora *l, const ory_moment *m)
{
    const lora_state *st = lora_at(l, m);
    const size_t split = l->a2, end = l->b2 + l->m * l->r;
    const double r1 = ratio_of(-ory_dot(st->x, st->grad, split), block_square(l, st->x, 1)),
                 r2 = ratio_of(-ory_dot(st->x + split, st->grad + split, end - split),
                               block_square(l, st->x, 2)),
                 rate = 2 * l->root * l->root * (r1 - r2);

    return l->target.lead == 2 ? -rate : rate;
}

/* |A right|^2 + |B'left|^2 along the leading mode of a layer. */
static double mode_energy(lora *l, const double *x, int layer)
{
    const size_t len = l->h + (layer == 1 ? l->n : l->m), p = layer == 1 ? l->h : l->m;
    const double *left, *right;
    double sum = 0;
    size_t q;

    if (growing(l, layer) == 0)
        return NAN;
    halves(l, layer, 0, &left, &right, &(size_t){0}, &q);
    for (size_t j = 0; j < l->r; j++) {
        double a, b;

        column(l, x, layer, j, l->space_d);
        b = ory_dot(left, l->space_d, p);
        a = ory_dot(right, l->space_d + p, len - p);
        sum += a * a + b * b;
    }
    return sum;
}

static double rate_late(lora *l, const ory_moment *m)
{
    const lora_state *st = lora_at(l, m);
    const lora_target *t = &l->target;
    const double p1 = lora_growth(l, st->x, 1, 0), p2 = lora_growth(l, st->x, 2, 0);
    double sum = 0;

    if (t->k == 0)
        return NAN;
    if (t->k1 && l->on1)
        sum += (t->sw2[0] + (l->on2 && t->k2 ? p2 : 0)) * (t->sw2[0] + (l->on2 && t->k2 ? p2 : 0)) *
               mode_energy(l, st->x, 1);
    if (t->k2 && l->on2)
        sum += (t->sw1[0] + (l->on1 && t->k1 ? p1 : 0)) * (t->sw1[0] + (l->on1 && t->k1 ? p1 : 0)) *
               mode_energy(l, st->x, 2);
    return l->root * l->root * sum;
}

static double drift(lora *l, const ory_moment *m, int layer)
{
    const lora_state *st = lora_at(l, m);
    const lora_start *f = lora_start_at(l, m);
    const double *was = layer == 1 ? f->lambda1 : f->lambda2;
    const size_t rr = l->r * l->r;
    double *now = l->pass.C, norm = ory_norm2(was, rr);

    lora_conserved(l, st->x, layer, now);
    ory_axpy(-1, was, now, rr);
    return norm > 0 ? ory_norm2(now, rr) / norm : NAN;
}

/* |Z - Zlin|_F / |Z|_F for the lead layer, Zlin = e^{λt}γγ'Z0 + e^{-λt}γ̄γ̄'Z0 + rest. With
 * more modes each has its own rate. */
static double linear_error(lora *l, const ory_moment *m, bool with_rest)
{
    const lora_state *st = lora_at(l, m);
    const lora_start *f = lora_start_at(l, m);
    const int layer = l->target.lead;
    const size_t p = layer == 1 ? l->h : l->m, len = l->h + (layer == 1 ? l->n : l->m);
    const double time = l->root * l->root * m->t;
    double *now = l->space_d, *was = now + len, error = 0, size = 0;

    if (!layer)
        return NAN;
    for (size_t j = 0; j < l->r; j++) {
        column(l, st->x, layer, j, now);
        column(l, f->x, layer, j, was);
        size += ory_norm2_sq(now, len);
        for (size_t i = 0; i < growing(l, layer); i++) {
            const double *left, *right, lam = layer == 1 ? l->target.lam1[i] : l->target.lam2[i];
            double a, b, plus, minus, up, down;
            size_t q;

            halves(l, layer, i, &left, &right, &(size_t){0}, &q);
            a = ory_dot(left, was, p) / sqrt(2);
            b = ory_dot(right, was + p, q) / sqrt(2);
            plus = a + b, minus = a - b; /* along (left; right), (left; -right) over sqrt 2 */
            up = plus * exp(lam * time), down = minus * exp(-lam * time);
            ory_axpy(-(up + down) / sqrt(2), left, now, p);
            ory_axpy(-(up - down) / sqrt(2), right, now + p, q);
            ory_axpy(-(plus + minus) / sqrt(2), left, was, p);
            ory_axpy(-(plus - minus) / sqrt(2), right, was + p, q);
        }
        if (with_rest)
            ory_axpy(-1, was, now, len);
        error += ory_norm2_sq(now, len);
    }
    return size > 0 ? sqrt(error / size) : NAN;
}

/* --------------------------------------------------------- along the path */

/* Number `which` of the clock at m: from memory, or reached just now. */
static double clock_value(ory_system *s, const ory_moment *m, int which)
{
    double memory[MEM_COUNT];

    if (!m->memory)
        return NAN;
    if (!isnan(m->memory[which]))
        return m->memory[which];
    memcpy(memory, m->memory, sizeof memory);
    lora_observe(s, m, memory);
    return memory[which];
}

static double loss_curve(ory_system *s, const ory_moment *m)
{
    const lora *l = s->self;
    const lora_target *t = &l->target;
    const double t1 = clock_value(s, m, MEM_T1);

    return 2 * exp(-(1 - t->delta) * t->lambda * l->root * l->root * (m->t - t1) / 32) *
               clock_value(s, m, MEM_LOSS) +
           2 * clock_value(s, m, MEM_NOISE);
}

/* Rounding of a residual: below its square a mode's loss says nothing. */
static double mode_ratio(ory_system *s, const ory_moment *m)
{
    lora *l = s->self;
    const lora_target *t = &l->target;
    double worst = NAN;

    for (size_t i = 0; l->spectral && i < t->k && i < LORA_MODES; i++) {
        const double t1 = clock_value(s, m, MEM_MODE_T + (int)i),
                     start = clock_value(s, m, MEM_MODE_LOSS + (int)i),
                     large = t->sw1[i] > t->sw2[i] ? t->sw1[i] : t->sw2[i],
                     small = t->sw1[i] > t->sw2[i] ? t->sw2[i] : t->sw1[i],
                     rate = (large - small) * t->sigma[i] * l->root * l->root,
                     floor = 1e-28 * t->sigma[i] * t->sigma[i],
                     ratio = lora_mode_loss(l, m, i) / (exp(-rate * (m->t - t1) / 8) * start + floor);

        if (!isnan(ratio) && !(ratio <= worst))
            worst = ratio;
    }
    return worst;
}

static double off_diagonal(lora *l, const ory_moment *m)
{
    const lora_state *st = lora_split(l, m);
    const lora_target *t = &l->target;
    double worst = 0;

    if (t->k == 0)
        return NAN;
    for (size_t i = 0; i < t->k; i++)
        for (size_t j = 0; j < t->k; j++) /* U'F V = diag(sigma) - U'E V */
            if (i != j && fabs(st->C[i * t->k + j]) > worst)
                worst = fabs(st->C[i * t->k + j]);
    return sqrt(2 * st->noise) > worst ? sqrt(2 * st->noise) : worst;
}

static bool started_as_lora(lora *l, const ory_moment *m)
{
    const lora_start *f = lora_start_at(l, m);
    const size_t r = l->r;
    const bool a1 = ory_norm2_sq(f->x + l->a1, r * l->n) > 0,
               b1 = ory_norm2_sq(f->x + l->b1, r * l->h) > 0,
               a2 = ory_norm2_sq(f->x + l->a2, r * l->h) > 0,
               b2 = ory_norm2_sq(f->x + l->b2, r * l->m) > 0;

    return l->on1 && l->on2 && a1 != b1 && a2 != b2;
}

/* ---------------------------------------------------------------- dispatch */

static double fixed_value(ory_system *s, const ory_moment *m, int which)
{
    lora *l = s->self;
    const lora_target *t = &l->target;
    const double scale = l->root * l->root, d = t->delta, a = lora_start_at(l, m)->alpha;

    switch (which) {
    case LAMBDA: return t->lead ? scale * t->lambda : NAN;
    case DELTA: return d;
    case LEAD: return t->lead;
    case ALPHA: return a;
    case RANK: return (double)t->k;
    case P_STAR: return lora_threshold(l);
    case T1_LOW: return lora_start_at(l, m)->t_low;
    case T1_HIGH: return lora_start_at(l, m)->t_high;
    case T1_GUESS: return lora_start_at(l, m)->t_guess;
    case E_T1_HIGH: return (1 - (1 - d) / 8) * t->sigma_lead;
    case PL_SIGNAL_LOW: return scale * (1 - d) * t->lambda / 16;
    case FLOOR: return t->floor;
    case GUIDE_MISALIGN: return pow(a, (3 + d) / (5 - d));
    case GUIDE_IMBALANCE: return pow(a, -2 * (1 - d) / (5 - d));
    case GUIDE_NORM: return t->lead ? a : NAN;
    case FLOW: return m->flow;
    case RANK_ONE: return t->k == 1;
    case LORA_START: return started_as_lora(l, m);
    case SPECTRAL_START: return l->spectral;
    default: return NAN;
    }
}

static double state_value(ory_system *s, const ory_moment *m, int which)
{
    lora *l = s->self;
    const double scale = l->root * l->root;
    const lora_state *st = lora_at(l, m);

    switch (which) {
    case SIGNAL: return lora_split(l, m)->signal;
    case NOISE: return lora_split(l, m)->noise;
    case PHASE: return lora_phase_at(l, m);
    case MISALIGN1: return misalignment(l, m, 1);
    case MISALIGN2: return misalignment(l, m, 2);
    case COLUMNS1: return column_cosine(l, m, 1);
    case COLUMNS2: return column_cosine(l, m, 2);
    case SUBSPACE1: return subspace_distance(l, m, 1);
    case SUBSPACE2: return subspace_distance(l, m, 2);
    case NORM1: return lora_directions(l, m)->s1[0];
    case NORM2: return lora_directions(l, m)->s2[0];
    case IMBALANCE: return ratio_of(block_square(l, st->x, 1), block_square(l, st->x, 2));
    case GROWTH1: return lora_growth(l, st->x, 1, 0);
    case GROWTH2: return lora_growth(l, st->x, 2, 0);
    case DISTURB1: return lora_perturbation(l, m)->d1;
    case DISTURB2: return lora_perturbation(l, m)->d2;
    case SPLIT_RATE: return imbalance_rate(l, m);
    case SPLIT_RATE_LOW:
        lora_perturbation(l, m);
        return 2 * scale * ((1 - l->target.delta) * l->target.lambda - st->d1 - st->d2);
    case RATE: return st->loss > 0 ? scale * st->grad_sq / (2 * st->loss) : NAN;
    case KMIN: return scale * lora_kernel_at(l, m)->kmin;
    case KMAX: return scale * lora_kernel_at(l, m)->kmax;
    case RATE_LATE: return rate_late(l, m);
    case DRIFT1: return drift(l, m, 1);
    case DRIFT2: return drift(l, m, 2);
    case LINEAR_ERROR: return linear_error(l, m, true);
    case LINEAR_ERROR_PRINTED: return linear_error(l, m, false);
    case PL_SIGNAL:
        lora_split(l, m);
        return st->signal > 0 ? scale * st->signal_grad_sq / st->signal : NAN;
    case LOSS_CURVE: return loss_curve(s, m);
    case MODE_RATIO: return mode_ratio(s, m);
    case OFF_DIAGONAL: return off_diagonal(l, m);
    case T_EARLY: return clock_value(s, m, MEM_EARLY);
    case T1: return clock_value(s, m, MEM_T1);
    case E_T1: return clock_value(s, m, MEM_E);
    case ESCAPED: return m->memory ? !isnan(clock_value(s, m, MEM_T1)) : NAN;
    default: return fixed_value(s, m, which);
    }
}

ory_status lora_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err)
{
    lora *l = s->self;
    const size_t mn = l->m * l->n;

    (void)err;
    switch (which) {
    case MODES1: mode_lengths(l, m, 1, out); break;
    case MODES2: mode_lengths(l, m, 2, out); break;
    case KERNEL:
        lora_kernel_at(l, m);
        for (size_t i = 0; i < mn; i++)
            out[i] = lora_kernel_fits(l) ? l->root * l->root * l->kernel_eig[i] : NAN;
        break;
    case RESIDUAL_MODES:
        lora_split(l, m);
        out[0] = NAN;
        for (size_t i = 0; i < l->target.k; i++)
            out[i] = l->now.C[i * l->target.k + i];
        break;
    case RESIDUAL: memcpy(out, lora_at(l, m)->pass.E, mn * sizeof *out); break;
    case CHANGE: memcpy(out, lora_at(l, m)->pass.F, mn * sizeof *out); break;
    default: *out = state_value(s, m, which);
    }
    return ORY_OK;
}

void lora_probe_shape(const ory_system *s, int which, size_t *rows, size_t *cols)
{
    const lora *l = s->self;

    *cols = 1;
    switch (which) {
    case MODES1: *rows = l->target.k1; break;
    case MODES2: *rows = l->target.k2; break;
    case RESIDUAL_MODES: *rows = l->target.k; break;
    case KERNEL: *rows = l->m * l->n; break;
    default:
        *rows = l->m;
        *cols = l->n;
    }
    if (*rows == 0)
        *rows = 1;
}

double lora_probe_work(const ory_system *s, int which)
{
    const lora *l = s->self;
    const double m = (double)l->m, n = (double)l->n, h = (double)l->h, r = (double)l->r, mn = m * n;
    const double step = 6 * r * (m * n + m * h + n * h + (m + n + h) * r);

    if (which < 0)
        return step;
    if (which == KERNEL || which == KMIN || which == KMAX)
        return lora_kernel_fits(l) ? 4 * mn * mn * mn : 1;
    switch (lora_probes[which].cost) {
    case ORY_COST_FREE: return 1;
    case ORY_COST_FACTOR: return 30 * r * r * (2 * h + m + n) + 20 * h * (m * m + n * n);
    default: return 2 * step;
    }
}

bool lora_probe_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size)
{
    lora *l = s->self;
    const char *why = NULL;

    switch (which) {
    case KMIN: case KMAX: case KERNEL:
        why = "the error kernel is formed only for m n <= 400";
        break;
    case T_EARLY: case T1: case E_T1: case LOSS_CURVE: case ESCAPED: case MODE_RATIO:
        why = !m->memory                             ? "it needs a run"
              : which == MODE_RATIO && !l->spectral ? "the start is not spectral"
                                                    : "that time has not come yet";
        break;
    case T1_LOW: case T1_HIGH: case T1_GUESS: case DELTA: case GUIDE_MISALIGN: case GUIDE_IMBALANCE:
    case P_STAR: case LAMBDA: case GUIDE_NORM: case E_T1_HIGH:
        why = l->target.delta >= 1 ? "both layers grow at the same rate (delta = 1): bounds do not apply"
                                   : NULL;
        break;
    case RATE: case PL_SIGNAL: case OFF_DIAGONAL:
        why = "there is nothing left to learn";
        break;
    default:
        break;
    }
    if (!why && l->target.k == 0)
        why = "the target has not changed";
    else if (!why && !l->target.lead)
        why = "no direction grows: W2'ΔY and ΔY W1' are 0";
    else if (!why)
        why = "the factors are zero";
    snprintf(text, size, "%s", why);
    return true;
}
