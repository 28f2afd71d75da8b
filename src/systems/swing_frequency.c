/* SPDX-License-Identifier: GPL-3.0-or-later */
/* swing_frequency.c - dyn.swing over frequency: the incoherence at one frequency, over a
 * grid, its suprema. All depend on parameters and knobs alone. */
#include "config.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#include "core/interrupt.h"
#include "systems/swing.h"

enum { AXIS_POINTS = 4000, CERTIFICATE_POINTS = 2000 };

static ory_status need_dense(const swing *x, ory_error *err)
{
    if (x->dense)
        return ORY_OK;
    return ory_fail(err, ORY_EUNDEF, "more than %d nodes: T(jw) is not computed", SWING_DENSE);
}

/* A closed-loop pole on the axis is a value that does not exist, not a failure. */
static ory_status evaluate(swing *x, double w, ory_coherence_at *at, ory_error *err)
{
    ory_error pole = {0};
    ory_status ok = ory_coherence_eval(&x->net, I * w, at, &pole);

    if (ok == ORY_ESINGULAR) {
        at->incoherence = at->norm = NAN;
        return ORY_OK;
    }
    return ok == ORY_OK ? ORY_OK : ory_fail(err, ok, "%s", pole.text);
}

ory_status swing_need_point(ory_system *s, ory_error *err)
{
    swing *x = s->self;
    ory_status ok;

    if (x->has_point)
        return ORY_OK;
    if ((ok = swing_need_spectrum(s, err)) != ORY_OK)
        return ok;
    if (!x->dense && x->n_lam) {
        ory_coherence_limits(&x->net, I * ory_values_real(&s->values, WP_FREQ), &x->point);
        x->entry_gap = NAN;
        x->has_point = true;
        return ORY_OK;
    }
    if ((ok = need_dense(x, err)) != ORY_OK)
        return ok;
    ok = evaluate(x, ory_values_real(&s->values, WP_FREQ), &x->point, err);
    x->entry_gap = isnan(x->point.incoherence) ? NAN : ory_coherence_entry_gap(&x->net, x->point.gbar);
    x->has_point = ok == ORY_OK;
    return ok;
}

/* The disturbance as a sine of the frequency freq: the nodes' answers, and how far the furthest is
 * from the coherent one. */
ory_status swing_need_answer(ory_system *s, ory_error *err)
{
    swing *x = s->self;
    double complex at = I * ory_values_real(&s->values, WP_FREQ), common;
    ory_error why = {0};
    ory_status ok = ORY_EUNDEF;
    bool pole, any = false;
    size_t i;

    if (x->has_answer)
        return ORY_OK;
    for (i = 0; i < x->n; i++)
        any |= x->law.u0[i] != 0;
    if (any)
        ok = ory_coherence_answer(&x->net, &x->L, at, x->law.u0, x->answer, x->answer_room, &why);
    if (ok != ORY_OK && ok != ORY_EUNDEF && ok != ORY_ENOCONV)
        return ory_fail(err, ok, "%s", why.text);
    common = ory_coherence_gbar(&x->net, at, &pole) / (double)x->n * x->law.total_u0;
    x->answer_gap = ok == ORY_OK ? 0 : NAN;
    for (i = 0; i < x->n; i++) {
        if (ok != ORY_OK)
            x->answer[i] = NAN;
        else
            x->answer_gap = fmax(x->answer_gap, cabs(x->answer[i] - common));
    }
    if (pole)
        x->answer_gap = NAN;
    x->has_answer = true;
    return ORY_OK;
}

ory_status swing_need_curve(ory_system *s, ory_error *err)
{
    swing *x = s->self;
    double low = ory_values_real(&s->values, WP_LOW), high = ory_values_real(&s->values, WP_HIGH);
    ory_status ok;
    size_t i;

    if (x->has_curve)
        return ORY_OK;
    if ((ok = swing_need_spectrum(s, err)) != ORY_OK || (!x->n_lam && (ok = need_dense(x, err)) != ORY_OK))
        return ok;
    for (i = 0; ok == ORY_OK && i < x->points; i++) {
        double w = low * pow(high / low, (double)i / (double)(x->points - 1));
        ory_coherence_at at;

        if (ory_interrupt_pending())
            return ory_fail(err, ORY_EINTERRUPT, "interrupted");
        if (x->dense)
            ok = evaluate(x, w, &at, err);
        else
            ory_coherence_limits(&x->net, I * w, &at);
        x->curve[i] = (swing_curve){w, at.incoherence, at.norm, at.bound, cabs(at.gbar), at.connectivity,
                                    at.threshold};
    }
    x->has_curve = ok == ORY_OK;
    return ok;
}

ory_status swing_need_band(ory_system *s, ory_error *err)
{
    swing *x = s->self;
    ory_status ok;

    if (x->has_band)
        return ORY_OK;
    if ((ok = need_dense(x, err)) == ORY_OK)
        ok = ory_coherence_supremum(&x->net, ory_values_real(&s->values, WP_BAND), 0, 0, &x->band, err);
    x->has_band = ok == ORY_OK;
    return ok;
}

/* Beyond this frequency nothing resonates: 10 sqrt(lam_n ki / min m) + 10 max d/m. */
static double top_frequency(const swing *x)
{
    const swing_law *law = &x->law;
    double least = INFINITY, rate = 0, top;
    size_t i;

    if (x->rational.on) /* of other nodes: ten times the fastest closed-loop pole */
        return swing_rational_poles(x, &rate, &top, NULL) == ORY_OK && top > 0 ? 10 * top : 1;

    for (i = 0; i < x->n; i++) {
        least = fmin(least, law->m[i]);
        rate = fmax(rate, fabs(law->d[i]) / law->m[i]);
    }
    top = 10 * sqrt(x->lam[x->n - 1] * fmax(law->ki, 1e-12) / least) + 10 * rate;
    return top > 0 ? top : 1;
}

ory_status swing_need_axis(ory_system *s, ory_error *err)
{
    swing *x = s->self;
    ory_status ok;

    if (x->has_axis)
        return ORY_OK;
    if ((ok = need_dense(x, err)) == ORY_OK)
        ok = ory_coherence_supremum(&x->net, 0, AXIS_POINTS, top_frequency(x), &x->axis, err);
    x->has_axis = ok == ORY_OK;
    return ok;
}

double swing_least_damping(const swing *x)
{
    double least = x->rational.on ? NAN : INFINITY;
    size_t i;

    for (i = 0; !x->rational.on && i < x->n; i++)
        least = fmin(least, x->law.d[i]);
    return least;
}

/* (|u0|/pi) INT_0^inf ||T - gbar/n 11'|| |U| dw for U = a/(s (s + a)): the trapezoidal rule on
 * logarithmic points; below the first one the integrand is constant (the incoherence begins
 * linearly when ki > 0), beyond the last one ||T||, |gbar/n| <= 1/min d and |U| <= a/w^2. */
static ory_status integrate(swing *x, double *out, ory_error *err)
{
    double a = x->law.rate, top = 10 * fmax(top_frequency(x), a), low = top * 1e-6, size = 0, sum = 0;
    double before = 0, last = 0;
    ory_status ok = ORY_OK;
    size_t i;

    for (i = 0; ok == ORY_OK && i < CERTIFICATE_POINTS; i++) {
        double w = low * pow(top / low, (double)i / (CERTIFICATE_POINTS - 1)), now;
        ory_coherence_at at;

        if (ory_interrupt_pending())
            return ory_fail(err, ORY_EINTERRUPT, "interrupted");
        ok = evaluate(x, w, &at, err);
        now = at.incoherence * a / (w * hypot(w, a));
        sum += i == 0 ? now * w : (now + before) / 2 * (w - last);
        before = now;
        last = w;
    }
    for (i = 0; i < x->n; i++)
        size = hypot(size, x->law.u0[i]);
    *out = size / M_PI * (sum + 2 / swing_least_damping(x) * a / top);
    return ok;
}

ory_status swing_need_certificate(ory_system *s, ory_error *err)
{
    swing *x = s->self;
    ory_status ok;

    if (x->has_certificate)
        return ORY_OK;
    if ((ok = need_dense(x, err)) != ORY_OK)
        return ok;
    x->certificate = NAN;
    if (x->law.shape == SHAPE_EXP && x->law.ki > 0 && swing_least_damping(x) > 0)
        ok = integrate(x, &x->certificate, err);
    x->has_certificate = ok == ORY_OK;
    return ok;
}
