/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linear_certificate.c - what the theory guarantees about the way so far: the
 * product of the certified factors of the steps taken, and whether all of them
 * lay in the window of the uniform theorem,
 *
 *   eta0 <= eta_t <= min((1 + eta0^d)^(t/2) eta0, 1/K_t),   0 < eta0 <= eta_max,
 *
 * (Xu et al. 2025, Theorem 3.2). The numbers live in the run's memory, so that
 * they travel with every checkpoint. */
#include "config.h"

#include <math.h>
#include <stdio.h>

#include "systems/linear.h"

/* Steps are compared with the ends of the window up to rounding. */
static const double slack = 1e-12;

/* Rules whose first step is the knob eta0. */
static bool scheduled(const ory_moment *m)
{
    return m->rule == RULE_CONST || m->rule == RULE_RHO || m->rule == RULE_RHO_BAR;
}

double linear_eta0(ory_system *s, const ory_moment *m)
{
    if (m->memory && !isnan(m->memory[MEM_ETA0]))
        return m->memory[MEM_ETA0];
    if (m->descent && !scheduled(m) && m->step > 0)
        return m->step; /* will be the first step of this run */
    return linear_fixed_at(s, m)->eta0;
}

bool linear_premises(ory_system *s, const ory_moment *m)
{
    const linear_fixed *f = linear_fixed_at(s, m);
    const double eta0 = linear_eta0(s, m);

    return m->descent && f->alpha1 > 0 && eta0 > 0 && eta0 <= f->eta_max;
}

/* Every step before this one lay in the window, under the same knobs. */
static bool intact(const ory_moment *m, const linear_fixed *f)
{
    const double *memory = m->memory;

    if (!memory || isnan(memory[MEM_ETA0]))
        return m->k == 0;
    return memory[MEM_WINDOW] == 1 && memory[MEM_ETA_MAX] == f->eta_max;
}

bool linear_in_window(ory_system *s, const ory_moment *m)
{
    const linear_fixed *f = linear_fixed_at(s, m);
    const double eta0 = linear_eta0(s, m), step = m->step;

    if (!linear_premises(s, m) || !intact(m, f))
        return false;
    if (!(step >= eta0 * (1 - slack)))
        return false;
    if (step <= eta0 * (1 + slack))
        return true; /* eta0 K_t(eta0) <= eta0 K_bar_0 <= 1 by the theorem itself */
    if (!(step <= ory_pl_cap(eta0, f->u.d, (double)m->k) * (1 + slack)))
        return false;
    return step <= ory_pl_eta_inverse(&linear_values(s->self, m)->local) * (1 + slack);
}

/* ------------------------------------------------------------------ memory */

void linear_memory_start(ory_system *s, const ory_moment *m, double *memory)
{
    (void)s, (void)m;
    memory[MEM_LOG] = 0;
    memory[MEM_BROKEN] = -1;
    memory[MEM_REASON] = REASON_NONE;
    memory[MEM_FROZEN] = 0;
    memory[MEM_ETA0] = NAN;
    memory[MEM_WINDOW] = 1;
    memory[MEM_WINDOW_BROKEN] = -1;
    memory[MEM_ETA_MAX] = NAN;
}

static void end_certificate(const ory_moment *m, double *memory, int reason)
{
    memory[MEM_BROKEN] = (double)m->k;
    memory[MEM_REASON] = reason;
}

static void follow_window(ory_system *s, const ory_moment *m, double *memory)
{
    const bool inside = linear_in_window(s, m);

    if (isnan(memory[MEM_ETA0])) {
        const double eta0 = linear_eta0(s, m); /* before the memory answers */

        memory[MEM_ETA0] = eta0;
        memory[MEM_ETA_MAX] = linear_fixed_at(s, m)->eta_max;
    }
    if (!inside) {
        memory[MEM_WINDOW] = 0;
        memory[MEM_WINDOW_BROKEN] = (double)m->k;
    }
}

/* The certified ratio gap(next)/gap(now) of the step about to be taken; NaN with
 * the reason when there is none. */
static double certified_factor(ory_system *s, const ory_moment *m, const double *memory,
                               int *reason)
{
    const int choice = ory_values_choice(&s->values, P_CERTIFY);
    const linear_state *st;

    if (choice == CERTIFY_NEVER) {
        *reason = REASON_OFF;
        return NAN;
    }
    *reason = REASON_STEP_TOO_LONG;
    if (!isnan(m->factor))
        return m->factor;
    if (m->rule >= 0)
        return NAN;
    if (memory[MEM_WINDOW] == 1 && m->step == memory[MEM_ETA0])
        return 1 - linear_uniform_at(s, m, m->step)->gain;
    if (memory[MEM_WINDOW] != 1 && choice != CERTIFY_ALWAYS) {
        *reason = REASON_OFF;
        return NAN;
    }
    st = linear_values(s->self, m);
    return linear_local_factor(&st->local, m->step);
}

double linear_local_factor(const ory_pl_local *local, double step)
{
    return step * ory_pl_K(local, step) < 2 ? ory_pl_rho(local, step) : NAN;
}

void linear_observe(ory_system *s, const ory_moment *m, double *memory)
{
    linear *l = s->self;
    ory_moment here = *m;
    const linear_state *st;
    double factor;
    int reason;

    here.memory = memory;
    if (!m->descent || !(m->step > 0)) {
        if (memory[MEM_BROKEN] < 0)
            end_certificate(m, memory, m->descent ? REASON_NO_STEP : REASON_NOT_DESCENT);
        if (memory[MEM_WINDOW] == 1)
            memory[MEM_WINDOW_BROKEN] = (double)m->k;
        memory[MEM_WINDOW] = 0;
        return;
    }
    if (memory[MEM_WINDOW] == 1)
        follow_window(s, &here, memory);
    if (memory[MEM_BROKEN] >= 0 || memory[MEM_FROZEN] == 1)
        return;
    factor = certified_factor(s, &here, memory, &reason);
    if (!(factor <= 1)) {
        end_certificate(m, memory, reason);
        return;
    }
    st = linear_at(l, m->x, m->stamp);
    if (st->gap < linear_floor(l, st))
        memory[MEM_FROZEN] = 1;
    else
        memory[MEM_LOG] += log(fmax(factor, 1e-300)); /* 1 - mu/K can round to 0 or below */
}

/* ----------------------------------------------------------------- answers */

double linear_gap_bound(ory_system *s, const ory_moment *m)
{
    if (!m->memory || m->memory[MEM_BROKEN] >= 0 || m->flow)
        return NAN;
    return linear_fixed_at(s, m)->gap * exp(m->memory[MEM_LOG]);
}

/* A gradient of rounding size beside a gap that is not: a saddle or a zero start. */
bool linear_stationary(ory_system *s, const ory_moment *m)
{
    static const double tiny = 1e-20;
    const linear_fixed *f = linear_fixed_at(s, m);
    linear *l = s->self;
    const linear_state *st = linear_gradient(l, m);

    return st->gap > linear_floor(l, st) &&
           st->grad_sq <= tiny * 2 * l->K * st->gap * f->s2max;
}

const char *linear_standing(ory_system *s, const ory_moment *m)
{
    linear *l = s->self;
    const linear_state *st = linear_at(l, m->x, m->stamp);

    if (!isfinite(st->gap))
        return "diverged";
    if (linear_stationary(s, m))
        return "stationary, not optimal";
    if (m->flow)
        return l->strong && linear_fixed_at(s, m)->alpha1 > 0 ? "certified" : "uncertified";
    if (!m->descent)
        return NULL;
    if (linear_in_window(s, m))
        return "certified";
    if (!isnan(linear_local_factor(&linear_values(l, m)->local, m->step)))
        return "local only";
    return "uncertified";
}

bool linear_certificate_why(ory_system *s, const ory_moment *m, char *text, size_t size)
{
    const double *memory = m->memory;

    if (m->flow)
        snprintf(text, size, "the certificate belongs to gradient descent; for the flow see "
                             "flow_bound");
    else if (!memory)
        snprintf(text, size, "the certificate belongs to a run");
    else if (memory[MEM_BROKEN] < 0)
        return false;
    else if (memory[MEM_REASON] == REASON_NOT_DESCENT)
        snprintf(text, size, "the certificate belongs to plain gradient descent");
    else if (memory[MEM_REASON] == REASON_NO_STEP)
        snprintf(text, size, "the certificate ended at step %.0f: no step size", memory[MEM_BROKEN]);
    else if (memory[MEM_REASON] == REASON_STEP_TOO_LONG)
        snprintf(text, size, "the certificate ended at step %.0f: step too long, eta K_t(eta) >= 2",
                 memory[MEM_BROKEN]);
    else if (ory_values_choice(&s->values, P_CERTIFY) == CERTIFY_NEVER)
        snprintf(text, size, "certify = \"never\"");
    else
        snprintf(text, size, "not followed since step %.0f: certify = \"always\" follows steps that "
                             "no rule of this system chose", memory[MEM_BROKEN]);
    return true;
}
