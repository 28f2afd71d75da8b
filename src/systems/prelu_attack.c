/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prelu_attack.c - net.prelu under attack: robust accuracy of the network and of the ideal
 * classifiers on the test samples, and how far the network is from them. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "systems/prelu.h"

enum { SPHERE_RANDOM = 20 };
static const double guard = 1e-12, climb_step = 0.01;

static ory_status network_eval(void *self, const double *X, size_t n, double *f, double *G,
                               ory_error *err)
{
    (void)err;
    ory_pnet_eval(self, X, n, f, G);
    return ORY_OK;
}

static ory_scorer network(prelu *p, const prelu_pass *q)
{
    prelu_use(p, q);
    return (ory_scorer){.D = p->D, .self = &p->net, .eval = network_eval};
}

/* Starts of the attacker: NULL for the zero start. */
static const ory_starts *starts_of(const prelu *p, int attacker, ory_starts *out)
{
    if (attacker == ZERO_START)
        return NULL;
    *out = p->known ? (ory_starts){&p->mixture, ory_mixture_start_count(&p->mixture),
                                   ory_mixture_direction}
                    : (ory_starts){&p->random, 5, ory_random_direction};
    return out;
}

/* Shares of the test samples that survive at these radii. */
static ory_status shares(ory_system *s, prelu *p, const ory_scorer *f, int attacker,
                         const double *radii, size_t count, double *share, ory_error *err)
{
    const ory_attack_spec spec = {
        .norm = ORY_ATTACK_L2, .step = ory_values_real(&s->values, P_ATTACK_STEP), .guard = guard,
        .steps = ory_values_size(&s->values, attacker == ZERO_START ? P_ZERO_STEPS : P_MULTI_STEPS)};
    ory_starts starts;

    return ory_attack_curve(&p->attack, f, &spec, starts_of(p, attacker, &starts), radii, count,
                            p->X_test, p->y_test, p->tests, p->survives, share, err);
}

ory_status prelu_attack_curve(ory_system *s, prelu *p, prelu_pass *q, int attacker, ory_error *err)
{
    const ory_scorer f = network(p, q);
    ory_status status = ORY_OK;

    if (!q->trial.has_curve[attacker])
        status = shares(s, p, &f, attacker, p->radii, p->radii_count, q->trial.curve[attacker], err);
    q->trial.has_curve[attacker] = status == ORY_OK;
    return status;
}

/* At the option radius, or at sqrt(2)/2, where no classifier can be better than chance
 * between its classes. */
ory_status prelu_attack_at(ory_system *s, prelu *p, prelu_pass *q, int attacker, bool half,
                           double *share, ory_error *err)
{
    const double radius = half ? M_SQRT1_2 : ory_values_real(&s->values, P_RADIUS);
    bool *has = half ? &q->trial.has_half[attacker] : &q->trial.has_radius[attacker];
    double *kept = half ? &q->trial.at_half[attacker] : &q->trial.at_radius[attacker];
    const ory_scorer f = network(p, q);
    ory_status status = ORY_OK;

    if (!*has)
        status = shares(s, p, &f, attacker, &radius, 1, kept, err);
    *has = status == ORY_OK;
    *share = *kept;
    return status;
}

/* ------------------------------------------------------------------- distances */

size_t prelu_sphere_room(const prelu *p)
{
    return SPHERE_RANDOM + 2 * p->mixture.K + 2 + p->h;
}

static double *unit_copy(double *out, const double *x, double sign, size_t D)
{
    const double size = ory_norm2(x, D);

    for (size_t k = 0; k < D; k++)
        out[k] = size > 0 ? sign * x[k] / size : k == 0;
    return out + D;
}

/* Random directions, the centres and their negatives, the class averages, dominant neurons. */
static void fill_sphere(const ory_system *s, prelu *p, prelu_pass *q)
{
    const ory_random_starts random = {(uint64_t)ory_values_real(&s->values, P_SEED) + STREAM_SPHERE, p->D,
                                      false};
    double *at = p->sphere;

    prelu_neurons(p, q);
    for (size_t i = 0; i < SPHERE_RANDOM; i++, at += p->D)
        ory_random_direction(&random, NULL, 0, i, 0, at);
    for (size_t k = 0; k < p->mixture.K; k++) {
        at = unit_copy(at, p->mixture.centres + k * p->D, 1, p->D);
        at = unit_copy(at, p->mixture.centres + k * p->D, -1, p->D);
    }
    at = unit_copy(at, p->mixture.sums, 1, p->D);
    at = unit_copy(at, p->mixture.sums + p->D, 1, p->D);
    for (size_t j = 0; j < p->h; j++)
        if (prelu_dominant(q, j))
            at = unit_copy(at, q->x + j * p->D, 1, p->D);
    p->sphere_count = (size_t)(at - p->sphere) / p->D;
}

/* c = mean(f F)/mean(f^2) over the test samples; NaN when f vanishes on all. */
static ory_status fit_scale(prelu *p, const ory_scorer *f, const ory_scorer *ideal, double *c,
                            ory_error *err)
{
    double above = 0, below = 0;
    ory_status status = ORY_OK;

    for (size_t i = 0; status == ORY_OK && i < p->tests; i++) {
        double a = 0, b = 0;

        status = f->eval(f->self, p->X_test + i * p->D, 1, &a, NULL, err);
        if (status == ORY_OK)
            status = ideal->eval(ideal->self, p->X_test + i * p->D, 1, &b, NULL, err);
        above += a * b;
        below += a * a;
    }
    *c = below > 0 ? above / below : NAN;
    return status;
}

static ory_status distance(ory_system *s, prelu *p, prelu_pass *q, ory_ideal *ideal, double *scale,
                           double *most, ory_error *err)
{
    const ory_scorer f = network(p, q), g = ory_ideal_scorer(ideal);
    ory_status status = fit_scale(p, &f, &g, scale, err);

    *most = NAN;
    if (status != ORY_OK || isnan(*scale))
        return status;
    fill_sphere(s, p, q);
    return ory_attack_distance(&p->attack, &f, *scale, &g, p->sphere, p->sphere_count, climb_step,
                               ory_values_size(&s->values, P_CLIMB_STEPS), guard, most, err);
}

/* To F for p <= 2, to power p for p > 1 (power 1 is not F). */
ory_status prelu_distances(ory_system *s, prelu *p, prelu_pass *q, ory_error *err)
{
    prelu_trial *t = &q->trial;
    ory_status status = ORY_OK;

    if (t->has_distance)
        return ORY_OK;
    t->scale_f = t->scale_power = t->distance_f = t->distance_power = NAN;
    if (p->known && p->p <= 2)
        status = distance(s, p, q, &p->ideal_f, &t->scale_f, &t->distance_f, err);
    if (p->known && status == ORY_OK && p->p > 1)
        status = distance(s, p, q, &p->ideal_power, &t->scale_power, &t->distance_power, err);
    t->has_distance = status == ORY_OK;
    return status;
}

/* Share that survives the radius that B3 names for the distance found; NaN where vacuous. */
ory_status prelu_attack_b3(ory_system *s, prelu *p, prelu_pass *q, double *share, ory_error *err)
{
    prelu_trial *t = &q->trial;
    ory_status status = prelu_distances(s, p, q, err);
    const double radius = ory_bound_b3_radius(p->p, t->distance_power);
    const ory_scorer f = network(p, q);

    if (status == ORY_OK && !t->has_b3) {
        t->at_b3 = NAN;
        if (!isnan(radius))
            status = shares(s, p, &f, MANY_STARTS, &radius, 1, &t->at_b3, err);
        t->has_b3 = status == ORY_OK;
    }
    *share = t->at_b3;
    return status;
}

/* ------------------------------------------------------------ ideal classifiers */

static ory_status clean_share(prelu *p, ory_ideal *ideal, double *share, ory_error *err)
{
    const ory_scorer g = ory_ideal_scorer(ideal);
    size_t right = 0;

    for (size_t i = 0; i < p->tests; i++) {
        double f;
        const ory_status status = g.eval(g.self, p->X_test + i * p->D, 1, &f, NULL, err);

        if (status != ORY_OK)
            return status;
        right += p->y_test[i] * f > 0;
    }
    *share = (double)right / (double)p->tests;
    return ORY_OK;
}

/* How the ideal classifiers do on the test samples; the radius may have changed. */
ory_status prelu_ideal_facts(ory_system *s, prelu *p, ory_error *err)
{
    ory_ideal *ideals[] = {&p->ideal_f, &p->ideal_power, &p->ideal_bayes};
    const double radius = ory_values_real(&s->values, P_RADIUS);
    ory_status status = ORY_OK;

    if (p->facts.radius == radius)
        return ORY_OK;
    for (int i = 0; status == ORY_OK && i < 3; i++)
        status = clean_share(p, ideals[i], &p->facts.right[i], err);
    for (int i = 1; status == ORY_OK && i < 3; i++) {
        const ory_scorer g = ory_ideal_scorer(ideals[i]);

        status = shares(s, p, &g, MANY_STARTS, &radius, 1,
                        i == 1 ? &p->facts.a4_share : &p->facts.b2_share, err);
    }
    p->facts.radius = status == ORY_OK ? radius : NAN;
    return status;
}

/* What needs no samples: once, and again when the radius changes. p = 2 lies between the two
 * cases of the predicted curves. */
void prelu_exact_facts(const ory_system *s, prelu *p)
{
    const double radius = ory_values_real(&s->values, P_RADIUS);
    const ory_mixture *m = &p->mixture;
    prelu_facts *f = &p->facts;

    f->f_right = p->known ? ory_mixture_f_right(m, 0) : NAN;
    f->f_fooled = p->known ? ory_mixture_f_right(m, radius) : NAN;
    f->predicted = !p->known || p->p == 2 ? NAN
                   : p->p > 2             ? ory_mixture_curve_power(m, radius)
                                          : ory_mixture_curve_f(m, radius);
    for (size_t i = 0; i < p->radii_count; i++) {
        f->curve_f[i] = p->known ? ory_mixture_curve_f(m, p->radii[i]) : NAN;
        f->curve_power[i] = p->known ? ory_mixture_curve_power(m, p->radii[i]) : NAN;
    }
}
