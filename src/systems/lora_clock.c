/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lora_clock.c - the stages of a run of net.lora and the times at which they begin.
 *
 *   early alignment   until max(|D1|, |D2|) > alpha
 *   escape            until p >= p* = (1 - delta) sigma / (4 sigma_W), at time T1; with
 *                     delta = 1, where the paper has no p*, until half of the loss is gone
 *   local convergence then
 *   noise decay       when LN > 100 LS
 *   plateau           when besides |grad L|^2 / (2 L) < 1e-3 lambda
 *   converged         when L < 1e-25 L(0)
 * where delta, lambda, p belong to the lead layer. Stages are functions of the state and
 * the initial state; only the times need the running memory. */
#include "config.h"

#include <math.h>

#include "systems/lora.h"

static const double noise_ratio = 100, plateau_rate = 1e-3, solved_share = 1e-25;

double lora_threshold(const lora *l)
{
    const lora_target *t = &l->target;

    return t->lead ? (1 - t->delta) * t->sigma_lead / (4 * t->sw) : NAN;
}

static bool escaped(lora *l, const ory_moment *m)
{
    const lora_state *st = lora_at(l, m);
    const lora_target *t = &l->target;

    if (!t->lead)
        return false;
    if (t->delta >= 1)
        return st->loss <= 0.5 * lora_start_at(l, m)->loss;
    return lora_growth(l, st->x, t->lead, 0) >= lora_threshold(l);
}

/* Whether |D| has passed alpha; with delta = 1 there is no such bound, but the badge
 * still changes there. */
static bool disturbed(lora *l, const ory_moment *m)
{
    const double alpha = lora_start_at(l, m)->alpha;
    const lora_state *st;

    if (lora_perturbation_bound(l, m) <= alpha)
        return false;
    st = lora_perturbation(l, m);
    return (st->d1 > st->d2 ? st->d1 : st->d2) > alpha;
}

enum lora_phase lora_phase_at(lora *l, const ory_moment *m)
{
    const lora_state *st = lora_at(l, m);
    const lora_start *start = lora_start_at(l, m);

    if (l->target.k == 0)
        return PHASE_SOLVED;
    if (st->loss < solved_share * start->loss)
        return PHASE_CONVERGED;
    if (st->grad_sq == 0)
        return PHASE_SADDLE;
    if (!escaped(l, m))
        return disturbed(l, m) ? PHASE_ESCAPE : PHASE_EARLY;
    lora_split(l, m);
    if (!(st->noise > noise_ratio * st->signal))
        return PHASE_LOCAL;
    return st->grad_sq / (2 * st->loss) < plateau_rate * l->target.lambda ? PHASE_PLATEAU
                                                                          : PHASE_NOISE;
}

const char *lora_phase_name(enum lora_phase phase)
{
    static const char *const names[PHASE_COUNT] = {
        [PHASE_SADDLE] = "saddle",           [PHASE_EARLY] = "early alignment",
        [PHASE_ESCAPE] = "escape",           [PHASE_LOCAL] = "local convergence",
        [PHASE_NOISE] = "noise decay",       [PHASE_PLATEAU] = "plateau",
        [PHASE_CONVERGED] = "converged",     [PHASE_SOLVED] = "solved",
    };

    return names[phase];
}

/* -------------------------------------------------- modes of a spectral start */

typedef struct mode_shape {
    double lambda, delta, sigma, sw;
    bool first; /* layer 1 leads in this mode */
} mode_shape;

static mode_shape shape_of(const lora *l, size_t i)
{
    const lora_target *t = &l->target;
    const double s1 = l->on2 ? t->sw1[i] : 0, s2 = l->on1 ? t->sw2[i] : 0;
    const bool first = s2 >= s1;
    const double large = first ? s2 : s1, small = first ? s1 : s2;

    return (mode_shape){.lambda = t->sigma[i] * large, .delta = small / large,
                        .sigma = t->sigma[i], .sw = large, .first = first};
}

/* z of mode i at the start: squared length of its part of the lead factor. With B = 0 (or
 * A = 0) it is |A v|^2 (|B'g|^2); one of the two terms vanishes. */
static double mode_start(const lora *l, const double *x, size_t i, bool first)
{
    const lora_target *t = &l->target;
    const size_t r = l->r, q = first ? l->n : l->h;
    const double *A = x + (first ? l->a1 : l->a2);
    double sum = 0;

    for (size_t j = 0; j < r; j++) {
        double a = 0;

        if (first)
            a = ory_dot(A + j * q, t->V + i * l->n, l->n);
        else /* the direction is W1 v_i / |W1 v_i| */
            for (size_t k = 0; k < l->h; k++)
                a += A[j * q + k] * ory_dot(ory_mat_at(&l->W1, k, 0), t->V + i * l->n, l->n) /
                     t->sw1[i];
        sum += a * a;
    }
    return sum;
}

double lora_mode_time(const lora *l, const ory_moment *m, size_t mode)
{
    const mode_shape s = shape_of(l, mode);
    const double scale = l->root * l->root;
    double z;

    if (mode >= l->target.k || l->target.sign[mode] < 0 || s.delta >= 1)
        return NAN;
    z = mode_start(l, m->x0, mode, s.first) * scale;
    if (!(z > 0))
        return NAN;
    z = 2 / ((3 + s.delta) * s.lambda) * log((1 - s.delta) * s.sigma / (8 * s.sw * z));
    return (z > 0 ? z : 0) / scale;
}

double lora_mode_loss(lora *l, const ory_moment *m, size_t mode)
{
    const lora_state *st = lora_split(l, m);
    const double e = st->C[mode * l->target.k + mode];

    return 0.5 * e * e;
}

/* ------------------------------------------------------------------ memory */

void lora_memory_start(ory_system *s, const ory_moment *m, double *memory)
{
    (void)s, (void)m;
    for (int i = 0; i < MEM_COUNT; i++)
        memory[i] = NAN;
}

static void observe_escape(lora *l, const ory_moment *m, double *memory)
{
    const lora_state *st = lora_split(l, m);

    memory[MEM_T1] = m->t;
    memory[MEM_LOSS] = st->loss;
    memory[MEM_NOISE] = st->noise;
    memory[MEM_E] = sqrt(2 * st->loss);
}

void lora_observe(ory_system *s, const ory_moment *m, double *memory)
{
    lora *l = s->self;
    const size_t modes = l->target.k < LORA_MODES ? l->target.k : LORA_MODES;

    if (isnan(memory[MEM_T1]) && escaped(l, m)) {
        observe_escape(l, m, memory);
        if (isnan(memory[MEM_EARLY]))
            memory[MEM_EARLY] = m->t;
    } else if (isnan(memory[MEM_EARLY]) && l->target.lead && disturbed(l, m)) {
        memory[MEM_EARLY] = m->t;
    }
    for (size_t i = 0; l->spectral && i < modes; i++)
        if (isnan(memory[MEM_MODE_T + i]) && m->t >= lora_mode_time(l, m, i)) {
            memory[MEM_MODE_T + i] = m->t;
            memory[MEM_MODE_LOSS + i] = lora_mode_loss(l, m, i);
        }
}
