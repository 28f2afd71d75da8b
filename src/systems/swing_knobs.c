/* SPDX-License-Identifier: GPL-3.0-or-later */
/* swing_knobs.c - dyn.swing while it moves: factors of all weights and nodes, one edge and one node
 * with knobs of their own. The law depends on the values of the knobs alone, not on the order
 * in which they were turned. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "algo/graph.h"
#include "algo/spectral.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "systems/swing.h"

static bool tied(const ory_system *s)
{
    return ory_values_real(&s->values, WP_TIE) != 0;
}

static bool of_one_node(const ory_system *s)
{
    return ory_values_real(&s->values, WP_NODE_M) != 1 || ory_values_real(&s->values, WP_NODE_D) != 1;
}

double swing_knob(const ory_system *s, int i)
{
    static const int knob[SWING_KNOBS] = {WP_SCALE, WP_INERTIA, WP_DAMPING, WP_KP, WP_KI, WP_RATE, WP_TIE,
                                          WP_FROM, WP_TO, WP_NODE_M, WP_NODE_D, WP_NODE};

    if (((knob[i] == WP_FROM || knob[i] == WP_TO) && !tied(s)) || (knob[i] == WP_NODE && !of_one_node(s)))
        return 0;
    return ory_values_real(&s->values, knob[i]);
}

/* -------------------------------------------------------------------------- one edge */

static size_t find_entry(const ory_sparse *L, size_t i, size_t j)
{
    size_t e;

    for (e = L->start[i]; e < L->start[i + 1] && L->col[e] != j; e++)
        ;
    return e < L->start[i + 1] ? e : L->nnz;
}

/* The entries of L that an edge is in. */
static void places(swing_tie *t, const swing *x)
{
    const size_t node[2] = {t->from, t->to};

    for (int e = 0; e < 4; e++)
        t->at[e] = find_entry(&x->L, node[e / 2], node[e % 2]);
}

static void put(swing *x, const swing_tie *t, int e, double sparse, double dense)
{
    const size_t node[2] = {t->from, t->to};

    x->L.value[t->at[e]] = sparse;
    if (x->dense)
        *ory_mat_at(&x->dense_L, node[e / 2], node[e % 2]) = dense;
}

static ory_status check_tie(const ory_system *s, const swing *x, swing_tie *t, ory_error *err)
{
    const char *name = s->class->name;

    if (t->from >= x->n || t->to >= x->n || t->from == t->to)
        return ory_fail(err, ORY_ERANGE, "%s: from = %zu, to = %zu (must be two nodes of 1 to %zu)", name,
                        t->from + 1, t->to + 1, x->n);
    places(t, x);
    if (t->at[1] == x->L.nnz)
        return ory_fail(err, ORY_EINVAL, "%s: tie: nodes %zu and %zu are not joined", name, t->from + 1,
                        t->to + 1);
    if (!isfinite(t->weight) || t->weight < x->L.value[t->at[1]])
        return ory_fail(err, ORY_ERANGE, "%s: tie = %g (must be >= %g, minus the weight of the edge %zu-%zu)",
                        name, t->weight, x->L.value[t->at[1]], t->from + 1, t->to + 1);
    return ORY_OK;
}

static void untie(swing *x)
{
    swing_tie *t = &x->tie;

    for (int e = 0; t->weight != 0 && e < 4; e++)
        put(x, t, e, t->sparse[e], t->full[e]);
    t->weight = 0;
}

static void bind(swing *x, swing_tie *t)
{
    const size_t node[2] = {t->from, t->to};

    for (int e = 0; e < 4; e++) {
        double change = e == 0 || e == 3 ? t->weight : -t->weight;

        t->sparse[e] = x->L.value[t->at[e]];
        t->full[e] = x->dense ? *ory_mat_at(&x->dense_L, node[e / 2], node[e % 2]) : 0;
        put(x, t, e, t->sparse[e] + change, t->full[e] + change);
    }
    x->tie = *t;
}

/* The graph of L as it is now: an edge whose weight is 0 is none. */
static ory_status graph_now(const swing *x, ory_graph *g, ory_error *err)
{
    ory_status ok = ory_graph_init(g, x->n, err);

    for (size_t i = 0; ok == ORY_OK && i < x->n; i++)
        for (size_t e = x->L.start[i]; ok == ORY_OK && e < x->L.start[i + 1]; e++)
            if (x->L.col[e] > i && x->L.value[e] != 0)
                ok = ory_graph_add(g, i, x->L.col[e], -x->L.value[e], err);
    if (ok == ORY_OK)
        ory_graph_finish(g);
    return ok;
}

static ory_status renew_components(const ory_system *s, swing *x, ory_error *err)
{
    uint32_t *label = ory_alloc(x->n, sizeof *label);
    size_t count = SIZE_MAX;
    ory_graph g = {0};
    ory_status ok = label ? graph_now(x, &g, err) : ory_fail(err, ORY_ENOMEM, "out of memory");

    if (ok == ORY_OK && (count = ory_graph_components(&g, label)) == SIZE_MAX)
        ok = ory_fail(err, ORY_ENOMEM, "out of memory");
    if (ok == ORY_OK)
        x->components = count;
    for (size_t i = 0; ok == ORY_OK && !ory_values_given(&s->values, WP_GROUP) && i < x->n; i++)
        x->group[i] = label[i] + 1.0;
    ory_graph_fini(&g);
    ory_free(label);
    return ok;
}

/* Eigenvalues of L as it is now; those of large networks when they are next asked for. */
static ory_status renew_spectrum(swing *x, ory_error *err)
{
    ory_status ok;

    if (!x->dense) {
        x->stale = true;
        return ORY_OK;
    }
    if ((ok = ory_eig_sym(&x->dense_L, x->lam, NULL, err)) != ORY_OK)
        return ok;
    x->net.lam_max = x->lam[x->n - 1];
    x->net.lam2 = x->n > 1 && x->lam[1] >= 1e-10 * x->net.lam_max ? x->lam[1] : 0;
    return ORY_OK;
}

ory_status swing_need_spectrum(ory_system *s, ory_error *err)
{
    const ory_spectral_how how = {.tol = 1e-8};
    swing *x = s->self;
    ory_spectral low;
    ory_graph g = {0};
    ory_status ok;

    if (!x->stale)
        return ORY_OK;
    if ((ok = graph_now(x, &g, err)) == ORY_OK)
        ok = ory_spectral_bottom(&g, x->most_lam, &how, &low, err);
    ory_graph_fini(&g);
    if (ok == ORY_OK) {
        memcpy(x->lam, low.lam, x->most_lam * sizeof *x->lam);
        x->net.lam2 = x->lam[1];
        ory_spectral_fini(&low);
        ok = ory_spectral_top(&x->L, &x->net.lam_max, err);
    }
    if (ok != ORY_OK && ok != ORY_ENOCONV)
        return ok;
    x->n_lam = ok == ORY_OK ? x->most_lam : 0;
    x->stale = false;
    return ORY_OK;
}

static ory_status apply_tie(ory_system *s, swing *x, ory_error *err)
{
    const ory_values *v = &s->values;
    swing_tie t = {.from = ory_values_size(v, WP_FROM) - 1, .to = ory_values_size(v, WP_TO) - 1,
                   .weight = ory_values_real(v, WP_TIE)};
    bool was = x->tie.weight != 0;
    ory_status ok = ORY_OK;

    if (t.weight == x->tie.weight && (!was || (t.from == x->tie.from && t.to == x->tie.to)))
        return ORY_OK;
    untie(x);
    if (t.weight != 0 && (ok = check_tie(s, x, &t, err)) == ORY_OK)
        bind(x, &t);
    if (ok == ORY_OK)
        ok = renew_components(s, x, err);
    return ok == ORY_OK ? renew_spectrum(x, err) : ok;
}

/* -------------------------------------------------------------------------- all knobs */

static ory_status check_node(const ory_system *s, const swing *x, ory_error *err)
{
    size_t node = ory_values_size(&s->values, WP_NODE);

    if (!of_one_node(s) || node <= x->n)
        return ORY_OK;
    return ory_fail(err, ORY_ERANGE, "%s: node = %zu (the network has %zu nodes)", s->class->name, node,
                    x->n);
}

/* Nodes num/den have no inertia and no damping of their own. */
static ory_status check_factors(const ory_system *s, const swing *x, ory_error *err)
{
    static const int factors[] = {WP_INERTIA, WP_DAMPING, WP_NODE_M, WP_NODE_D};

    for (size_t i = 0; x->rational.on && i < sizeof factors / sizeof *factors; i++)
        if (ory_values_real(&s->values, factors[i]) != 1)
            return ory_fail(err, ORY_EINVAL, "%s: %s = %g (family \"rational\" is num/den: 1)",
                            s->class->name, s->values.params[factors[i]].name,
                            ory_values_real(&s->values, factors[i]));
    return ORY_OK;
}

ory_status swing_apply_knobs(ory_system *s, ory_error *err)
{
    swing *x = s->self;
    const ory_values *v = &s->values;
    double kp = ory_values_real(v, WP_KP), ki = ory_values_real(v, WP_KI);
    double scale = ory_values_real(v, WP_SCALE);
    size_t i, one = ory_values_size(v, WP_NODE) - 1;
    swing_law *law = &x->law;
    ory_status ok;

    if (kp == 0 && ki == 0)
        return ory_fail(err, ORY_EINVAL, "%s: kp = 0 and ki = 0 (one of them must be > 0)", s->class->name);
    if ((ok = check_factors(s, x, err)) != ORY_OK || (ok = check_node(s, x, err)) != ORY_OK ||
        (ok = apply_tie(s, x, err)) != ORY_OK)
        return ok;
    law->kp = kp * scale;
    law->ki = ki * scale;
    law->rate = ory_values_real(v, WP_RATE);
    law->total_m = law->total_d = law->total_u0 = 0;
    for (i = 0; i < x->n; i++) {
        law->m[i] = x->m0[i] * ory_values_real(v, WP_INERTIA);
        law->d[i] = x->d0[i] * ory_values_real(v, WP_DAMPING);
        if (i == one) {
            law->m[i] *= ory_values_real(v, WP_NODE_M);
            law->d[i] *= ory_values_real(v, WP_NODE_D);
        }
        law->total_m += law->m[i];
        law->total_d += law->d[i];
        law->total_u0 += law->u0[i];
        if (x->nodes && !x->rational.on)
            x->nodes[i] = ory_node_turbine(law->m[i], law->d[i], law->rinv[i], law->tau[i]);
    }
    x->net.f = (ory_coupling){kp, ki};
    x->net.scale = scale;
    return ORY_OK;
}

ory_status swing_changed(ory_system *s, int param, ory_error *err)
{
    swing *x = s->self;
    ory_status ok = swing_apply_knobs(s, err);

    if (param == WP_FREQ)
        x->has_point = x->has_answer = false;
    else if (param == WP_BAND)
        x->has_band = false;
    else if (param != WP_FRAME && param != WP_RATE && param != WP_SAFETY)
        x->has_point = x->has_answer = x->has_band = x->has_axis = x->has_curve = x->has_certificate = false;
    if (param == WP_RATE)
        x->has_certificate = false;
    if (ok == ORY_OK && param != WP_FREQ && param != WP_BAND)
        ok = swing_prepare(s, err);
    return ok;
}
