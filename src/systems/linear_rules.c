/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linear_rules.c - step sizes of gradient descent that the theory of two-layer
 * linear networks suggests, each with the factor by which it certifies the gap
 * to fall. Main source: Xu et al. 2025, section 3; x23: Xu et al. 2023. */
#include "config.h"

#include <math.h>

#include "systems/linear.h"

/* step must be a positive finite number. */
static ory_status give(ory_system *s, const char *rule, double value, double *step, ory_error *err)
{
    if (!(value > 0) || !isfinite(value))
        return ory_fail(err, ORY_EUNDEF, "%s: rule %s has no step here (%g): the state is "
                        "stationary", s->class->name, rule, value);
    *step = value;
    return ORY_OK;
}

/* What the uniform theorem lacks here, if anything. */
static ory_status need_theorem(ory_system *s, const ory_moment *m, const char *rule,
                               ory_error *err)
{
    const linear *l = s->self;
    const linear_fixed *f = linear_fixed_at(s, m);

    if (!l->strong)
        return ory_fail(err, ORY_EUNDEF, "%s: rule %s needs a strongly convex loss (mu = 0 here); "
                        "rule local always has a step", s->class->name, rule);
    if (!l->wide)
        return ory_fail(err, ORY_EUNDEF, "%s: rule %s needs h >= min(n, m): h = %zu < %zu; rule "
                        "local always has a step", s->class->name, rule, l->h, l->n_svw);
    if (!(f->alpha1 > 0))
        return ory_fail(err, ORY_EUNDEF, "%s: rule %s needs alpha1 > 0, but alpha1 = 0 at this "
                        "start (no imbalance margin, and beta1 = 0 or n != m); rule local always "
                        "has a step", s->class->name, rule);
    if (!(f->eta0 > 0))
        return ory_fail(err, ORY_EUNDEF, "%s: rule %s needs eta0 > 0, but eta_max = %.3g for c = %g, "
                        "d = %g; a larger d helps", s->class->name, rule, f->eta_max, f->u.c,
                        f->u.d);
    return ORY_OK;
}

/* The moment with its step filled in. */
static ory_moment with_step(const ory_moment *m, double step)
{
    ory_moment next = *m;

    next.step = step;
    return next;
}

static double local_factor(ory_system *s, const ory_moment *m, double step)
{
    return linear_local_factor(&linear_values(s->self, m)->local, step);
}

static ory_status plan_const(ory_system *s, const ory_moment *m, double *step, double *factor,
                             ory_error *err)
{
    const double eta0 = linear_fixed_at(s, m)->eta0;
    ory_status status = ORY_OK;
    ory_moment next;

    if (!(eta0 > 0))
        status = need_theorem(s, m, "const", err);
    if (status == ORY_OK)
        status = give(s, "const", eta0, step, err);
    if (status != ORY_OK)
        return status;
    next = with_step(m, eta0);
    if (eta0 == linear_eta0(s, &next) && linear_in_window(s, &next))
        *factor = 1 - linear_uniform_at(s, m, eta0)->gain;
    else
        *factor = local_factor(s, m, eta0);
    return ORY_OK;
}

/* Figure mode starts with eta0 itself, whatever 1/K_t. */
static bool figure_start(const ory_system *s, const ory_moment *m)
{
    return m->k == 0 && ory_values_choice(&s->values, P_ETA0) == ETA0_FIGURE;
}

static ory_status plan_rho(ory_system *s, const ory_moment *m, double *step, double *factor,
                           ory_error *err)
{
    const linear_fixed *f = linear_fixed_at(s, m);
    const double cap = ory_pl_cap(f->eta0, f->u.d, (double)m->k);
    ory_status status = need_theorem(s, m, "rho", err);
    double value = cap;

    if (status != ORY_OK)
        return status;
    if (!figure_start(s, m))
        value = fmin(cap, ory_pl_eta_inverse(&linear_values(s->self, m)->local));
    *factor = local_factor(s, m, value);
    return give(s, "rho", value, step, err);
}

static ory_status plan_rho_bar(ory_system *s, const ory_moment *m, double *step, double *factor,
                               ory_error *err)
{
    const linear_fixed *f = linear_fixed_at(s, m);
    const double cap = ory_pl_cap(f->eta0, f->u.d, (double)m->k);
    ory_status status = need_theorem(s, m, "rho_bar", err);
    double value = cap;
    ory_moment next;

    if (status != ORY_OK)
        return status;
    if (!figure_start(s, m))
        value = fmin(cap, 1 / ory_pl_K_bar(&f->u, f->eta0, (double)m->k));
    status = give(s, "rho_bar", value, step, err);
    if (status != ORY_OK)
        return status;
    next = with_step(m, value);
    if (f->eta0 == linear_eta0(s, &next) && linear_in_window(s, &next))
        *factor = ory_pl_rho_bar(&f->u, f->eta0, value, (double)m->k);
    else
        *factor = local_factor(s, m, value);
    return ORY_OK;
}

static ory_status plan_local(ory_system *s, const ory_moment *m, double *step, double *factor,
                             ory_error *err)
{
    const double value = ory_pl_eta_inverse(&linear_values(s->self, m)->local);

    *factor = local_factor(s, m, value);
    return give(s, "local", value, step, err);
}

static ory_status plan_argmin(ory_system *s, const ory_moment *m, double *step, double *factor,
                              ory_error *err)
{
    const double value = ory_pl_eta_argmin(&linear_values(s->self, m)->local);

    *factor = local_factor(s, m, value);
    return give(s, "argmin", value, step, err);
}

static ory_status plan_x23(ory_system *s, const ory_moment *m, double *step, double *factor,
                           ory_error *err)
{
    const linear *l = s->self;
    const linear_fixed *f = linear_fixed_at(s, m);
    double gap;

    if (l->loss == LOSS_LOGISTIC || l->loss == LOSS_SENSING)
        return ory_fail(err, ORY_EUNDEF, "%s: rule x23 is for squared loss, not for loss = \"%s\"",
                        s->class->name, l->loss == LOSS_LOGISTIC ? "logistic" : "sensing");
    if (!(f->x23.eta_max > 0))
        return ory_fail(err, ORY_EUNDEF, "%s: rule x23 needs alpha0 > 0 and h >= min(n, m), but "
                        "alpha0 = %g, h = %zu, min(n, m) = %zu", s->class->name, f->x23.alpha,
                        l->h, l->n_svw);
    gap = linear_at(s->self, m->x, m->stamp)->gap;
    *factor = NAN;
    if (give(s, "x23", ory_pl_x23_step(&f->x23, gap), step, err) != ORY_OK)
        return ORY_EUNDEF;
    *factor = ory_pl_x23_factor(&f->x23, gap, *step);
    return ORY_OK;
}

static ory_status plan_prior(ory_system *s, const ory_moment *m, double *step, double *factor,
                             ory_error *err)
{
    const ory_pl_prior p = linear_prior(s->self, m);
    const double value = ory_pl_prior_step(&p);

    *factor = NAN;
    if (give(s, "prior_local", value, step, err) != ORY_OK)
        return ORY_EUNDEF;
    if (ory_pl_prior_valid(&p, value) >= 0)
        *factor = ory_pl_prior_factor(&p, value);
    return ORY_OK;
}

const ory_rule linear_rules[] = {
    [RULE_CONST] = {"const", "the fixed step eta0 (eta_max unless set); gap factor rho_bar0 inside "
                    "the theorem, rho(eta, t) outside", "Xu et al. 2025, Theorem 3.2", plan_const},
    [RULE_RHO] = {"rho", "min of the growing cap (1 + eta0^d)^(t/2) eta0 and the root eta_invK of "
                  "eta K_t(eta) = 1; factor rho(eta, t)", "Xu et al. 2025, section 3.2", plan_rho},
    [RULE_RHO_BAR] = {"rho_bar", "min of the growing cap and 1/K_bar_t, from the start alone; "
                      "factor rho_bar(eta, t)", "Xu et al. 2025, section 3.2", plan_rho_bar},
    [RULE_LOCAL] = {"local", "eta_invK, the root of eta K_t(eta) = 1: certified step by step, no "
                    "uniform rate", "Xu et al. 2025, Theorem 3.1", plan_local},
    [RULE_ARGMIN] = {"argmin", "eta_argmin, the step with the smallest certified factor rho(eta, t)",
                     "Xu et al. 2025, Theorem 3.1, minimised exactly", plan_argmin},
    [RULE_X23] = {"x23", "the earlier uniform analysis for squared loss, with constants c1 and c2",
                  "Xu et al. 2023", plan_x23},
    [RULE_PRIOR] = {"prior_local", "minimiser of the quartic per-step rate of earlier work",
                    "Xu et al. 2025, section 4, baseline", plan_prior},
    [RULE_COUNT] = {0}};
