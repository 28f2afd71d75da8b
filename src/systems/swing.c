/* SPDX-License-Identifier: GPL-3.0-or-later */
/* swing.c - dyn.swing: nodes with dynamics of their own joined by a graph, a disturbance,
 * and the coherent response beside them: options, start, knobs, the class object. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "algo/graph.h"
#include "algo/spectral.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "systems/swing.h"
#include "systems/swing_params.h"

static const char *const family_names[] = {"swing", "integrator", "rational", NULL};

static const ory_param params[] = {
    SWING_PARAM_ROWS("four nodes with turbines", "300 nodes", family_names, ", or rational num/den"),
    [WP_GROUP] = SWING_MATRIX_("group", "", "groups of the nodes, from 1, for the network panel"),
    [WP_FROM] = {"from", ORY_PARAM_INT, 1, 1, 1e9, NULL, ORY_LIVE, "", "one end of the edge that tie changes",
                 NULL},
    [WP_TO] = {"to", ORY_PARAM_INT, 2, 1, 1e9, NULL, ORY_LIVE, "", "its other end", NULL},
    [WP_TIE] = {"tie", ORY_PARAM_REAL, 0, -INFINITY, INFINITY, NULL, ORY_LIVE, "p.u./rad",
                "weight added to that edge; what is left of it must be >= 0", NULL},
    [WP_NODE] = {"node", ORY_PARAM_INT, 1, 1, 1e9, NULL, ORY_LIVE, "",
                 "the node that node_inertia and node_damping change", NULL},
    [WP_NODE_M] = SWING_POSITIVE_("node_inertia", 1, "", "factor of its inertia"),
    [WP_NODE_D] = {"node_damping", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, ORY_LIVE, "",
                   "factor of its damping", NULL},
    [WP_NUM] = SWING_MATRIX_("num", "", "family rational: numerator of every node, n rows or one for all, "
                             "ascending powers of s up to 8"),
    [WP_DEN] = SWING_MATRIX_("den", "", "family rational: denominator likewise; its degree is not below "
                             "the numerator's"),
    {0}};

static const char *const record[] = {"coherent", "coi", "gap", "gap_max", NULL};

/* Four nodes with and without turbine. */
static double default_edges[] = {1, 2, 1.5, 2, 3, 0.9, 3, 4, 1.1, 4, 1, 0.6, 1, 3, 0.4};
static const double default_nodes[4][4] = {
    {0.12, 0.3, 0.15, 3}, {0.30, 0.25, 0, 1}, {0.20, 0.45, 0.12, 7.5}, {0.08, 0.22, 0.18, 2.2}};

/* The aggregate fitted to the published curves: 7.77 p.u. s/Hz, 1.48 and 1.475 p.u./Hz, in
 * rad/s. */
static const double figure_node[4] = {7.77 / (2 * M_PI), 1.48 / (2 * M_PI), 1.475 / (2 * M_PI), 7.74};

/* ------------------------------------------------------------------ reading options */

/* n numbers, or (all: true) one for every node. */
static ory_status read_vector(const ory_system *s, int row, size_t n, bool all, double *out, ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, row);
    const char *name = s->values.params[row].name;
    size_t count = a->rows * a->cols, i;

    if (count != n && !(all && count == 1))
        return ory_fail(err, ORY_ESHAPE, "%s: %s is %zu x %zu (must hold %zu numbers%s)", s->class->name,
                        name, a->rows, a->cols, n, all ? ", or one for all nodes" : "");
    for (i = 0; i < n; i++) {
        size_t k = count == 1 ? 0 : i;

        out[i] = *ory_mat_at(a, k / a->cols, k % a->cols);
    }
    return ORY_OK;
}

static bool is_figure(const ory_system *s)
{
    return ory_values_choice(&s->values, WP_PRESET) != 0;
}

/* No two sources of the same nodes. */
static ory_status check_sources(const ory_system *s, ory_error *err)
{
    static const int of_nodes[] = {WP_M, WP_D, WP_RINV, WP_TAU, WP_L};
    static const int of_rational[] = {WP_NUM, WP_DEN};
    int family = ory_values_choice(&s->values, WP_FAMILY);
    bool integrator = family == FAMILY_INTEGRATOR;
    size_t i;

    for (i = 0; i < 2; i++)
        if (family != FAMILY_RATIONAL && ory_values_given(&s->values, of_rational[i]))
            return ory_fail(err, ORY_EINVAL, "%s: %s belongs to family \"rational\"", s->class->name,
                            s->values.params[of_rational[i]].name);
    for (i = 0; i < 5; i++) {
        const char *name = s->values.params[of_nodes[i]].name;

        if (!ory_values_given(&s->values, of_nodes[i]))
            continue;
        if (is_figure(s))
            return ory_fail(err, ORY_EINVAL, "%s: preset \"iceland-figure\" brings its own %s",
                            s->class->name, name);
        if (integrator && of_nodes[i] != WP_L)
            return ory_fail(err, ORY_EINVAL, "%s: family \"integrator\" is 1/s: it takes no %s",
                            s->class->name, name);
        if (family == FAMILY_RATIONAL && of_nodes[i] != WP_L)
            return ory_fail(err, ORY_EINVAL, "%s: family \"rational\" is num/den: it takes no %s",
                            s->class->name, name);
    }
    if (is_figure(s) && family != FAMILY_SWING)
        return ory_fail(err, ORY_EINVAL, "%s: preset \"iceland-figure\" is of family \"swing\"",
                        s->class->name);
    return ORY_OK;
}

/* Every node by its given row of (m, d, rinv, tau). */
static void fill_nodes(swing *x, const double (*rows)[4], size_t stride)
{
    size_t i;

    for (i = 0; i < x->n; i++) {
        const double *r = rows[i * stride];

        x->m0[i] = r[0];
        x->d0[i] = r[1];
        x->law.rinv[i] = r[2];
        x->law.tau[i] = r[3];
    }
}

static ory_status read_given(ory_system *s, swing *x, ory_error *err)
{
    const double plain[4] = {1, 0, 0, 5};
    ory_status ok;
    size_t i;

    fill_nodes(x, &plain, 0);
    if (!ory_values_given(&s->values, WP_M))
        return ory_fail(err, ORY_EINVAL, "%s: L needs m, the inertias of its %zu nodes (or family = "
                        "\"integrator\")", s->class->name, x->n);
    if ((ok = read_vector(s, WP_M, x->n, true, x->m0, err)) != ORY_OK)
        return ok;
    for (i = 0; i < x->n; i++)
        x->d0[i] = ory_values_real(&s->values, WP_KAPPA) * x->m0[i];
    if (ory_values_given(&s->values, WP_D))
        ok = read_vector(s, WP_D, x->n, true, x->d0, err);
    if (ok == ORY_OK && ory_values_given(&s->values, WP_RINV))
        ok = read_vector(s, WP_RINV, x->n, true, x->law.rinv, err);
    if (ok == ORY_OK && ory_values_given(&s->values, WP_TAU))
        ok = read_vector(s, WP_TAU, x->n, true, x->law.tau, err);
    return ok;
}

static ory_status check_nodes(const ory_system *s, swing *x, ory_error *err)
{
    swing_law *law = &x->law;
    size_t i;

    for (i = 0; i < x->n; i++) {
        if (!(x->m0[i] > 0))
            return ory_fail(err, ORY_EINVAL, "%s: m[%zu] = %g (must be > 0: a node without inertia has no "
                            "motion in time)", s->class->name, i + 1, x->m0[i]);
        if (!(law->rinv[i] >= 0))
            return ory_fail(err, ORY_EINVAL, "%s: rinv[%zu] = %g (must be >= 0)", s->class->name, i + 1,
                            law->rinv[i]);
        if (law->rinv[i] > 0 && !(law->tau[i] > 0))
            return ory_fail(err, ORY_EINVAL, "%s: tau[%zu] = %g (must be > 0)", s->class->name, i + 1,
                            law->tau[i]);
        if (law->rinv[i] == 0)
            law->tau[i] = 1; /* its power stays 0 */
        else
            law->nq = x->n;
    }
    return ORY_OK;
}

static ory_status read_nodes(ory_system *s, swing *x, ory_error *err)
{
    const double integrator[4] = {1, 0, 0, 1};
    ory_status ok = ORY_OK;

    if (ory_values_choice(&s->values, WP_FAMILY) == FAMILY_RATIONAL)
        return swing_rational_read(s, x, err);
    if (is_figure(s))
        fill_nodes(x, &figure_node, 0);
    else if (ory_values_choice(&s->values, WP_FAMILY) == FAMILY_INTEGRATOR)
        fill_nodes(x, &integrator, 0);
    else if (!ory_values_given(&s->values, WP_L) && !ory_values_given(&s->values, WP_M))
        fill_nodes(x, default_nodes, 1);
    else
        ok = read_given(s, x, err);
    return ok == ORY_OK ? check_nodes(s, x, err) : ok;
}

static ory_status read_disturbance(ory_system *s, swing *x, ory_error *err)
{
    size_t at = ory_values_size(&s->values, WP_AT), i;

    if (x->n == 1 && !ory_values_given(&s->values, WP_AT))
        at = 1;
    if (at > x->n)
        return ory_fail(err, ORY_ERANGE, "%s: at = %zu (the network has %zu nodes)", s->class->name, at,
                        x->n);
    x->at = at - 1;
    x->law.shape = ory_values_choice(&s->values, WP_SHAPE);
    memset(x->law.u0, 0, x->n * sizeof *x->law.u0);
    if (x->law.shape == SHAPE_NONE)
        return ORY_OK;
    if (!ory_values_given(&s->values, WP_U)) {
        x->law.u0[x->at] = ory_values_real(&s->values, WP_SIZE);
        return ORY_OK;
    }
    if (ory_values_given(&s->values, WP_AT) || ory_values_given(&s->values, WP_SIZE))
        return ory_fail(err, ORY_EINVAL, "%s: u contradicts at and size (give one of them)", s->class->name);
    if (read_vector(s, WP_U, x->n, false, x->law.u0, err) != ORY_OK)
        return ORY_ESHAPE;
    for (i = 0; i < x->n; i++)
        if (fabs(x->law.u0[i]) > fabs(x->law.u0[x->at]))
            x->at = i;
    return ORY_OK;
}

/* ----------------------------------------------------------------------- workspaces */

static ory_status make_nodes(swing *x, ory_error *err)
{
    swing_law *law = &x->law;
    size_t n = x->n;

    x->m0 = ory_alloc(n, sizeof(double));
    x->d0 = ory_alloc(n, sizeof(double));
    law->m = ory_alloc(n, sizeof(double));
    law->d = ory_alloc(n, sizeof(double));
    law->rinv = ory_alloc(n, sizeof(double));
    law->tau = ory_alloc(n, sizeof(double));
    law->u0 = ory_alloc(n, sizeof(double));
    x->group = ory_alloc(n, sizeof(double));
    x->names = ory_alloc(n, sizeof *x->names);
    if (x->m0 && x->d0 && law->m && law->d && law->rinv && law->tau && law->u0 && x->group && x->names)
        return ORY_OK;
    return ory_fail(err, ORY_ENOMEM, "dyn.swing: out of memory for %zu nodes", n);
}

static ory_status make_steps(ory_system *s, swing *x, ory_error *err)
{
    size_t n = x->n, ns = x->law.ns, nb = x->nb, cols = ns + n + 2;
    ory_status ok;

    x->z = ory_alloc(s->dim, sizeof(double));
    x->LV = ory_alloc(x->exact ? n * cols : n, sizeof(double));
    if (!x->exact) {
        x->k = ory_alloc(4 * (ns + nb) + s->dim + n, sizeof(double));
        return x->z && x->LV && x->k ? ORY_OK : ory_fail(err, ORY_ENOMEM, "dyn.swing: out of memory");
    }
    x->E = ory_alloc(ns * cols, sizeof(double));
    x->term = ory_alloc(ns * cols, sizeof(double));
    x->product = ory_alloc((ns + n) * cols, sizeof(double));
    if (!x->z || !x->LV || !x->E || !x->term || !x->product)
        return ory_fail(err, ORY_ENOMEM, "dyn.swing: out of memory");
    if ((ok = ory_mat_new(&x->C, nb + 3, nb + 3, err)) == ORY_OK)
        ok = ory_mat_new(&x->CM, nb + 3, nb + 3, err);
    return ok;
}

/* Components of the graph; on a graph that does not tell groups they are the groups. */
static ory_status find_components(swing *x, const ory_graph *g, ory_error *err)
{
    uint32_t *label = ory_alloc(x->n, sizeof *label);
    size_t i;

    x->components = label ? ory_graph_components(g, label) : SIZE_MAX;
    for (i = 0; x->components != SIZE_MAX && i < x->n; i++)
        x->group[i] = label[i] + 1.0;
    ory_free(label);
    return x->components == SIZE_MAX ? ory_fail(err, ORY_ENOMEM, "out of memory") : ORY_OK;
}

static ory_status keep_spectrum(ory_system *s, swing *x, const ory_graph *g, ory_error *err)
{
    ory_status ok = ory_mat_new(&x->dense_L, x->n, x->n, err);
    bool negative = ory_graph_negative(g, NULL);

    x->lam = ory_alloc(x->n, sizeof *x->lam);
    x->nodes = ory_alloc(x->n, sizeof *x->nodes);
    if (ok == ORY_OK && (!x->lam || !x->nodes))
        ok = ory_fail(err, ORY_ENOMEM, "out of memory");
    if (ok != ORY_OK)
        return ok;
    ory_graph_laplacian(g, &x->dense_L);
    if ((ok = ory_eig_sym(&x->dense_L, x->lam, NULL, err)) != ORY_OK)
        return ok;
    x->n_lam = x->n;
    x->lam_scale = fmax(fabs(x->lam[0]), fabs(x->lam[x->n - 1]));
    if (negative && x->lam[0] < -1e-10 * x->lam_scale)
        return ory_fail(err, ORY_EINVAL, "Laplacian is not positive semidefinite (lambda1 = %g)", x->lam[0]);
    if (negative)
        ory_system_note(s, "some weights are negative; no eigenvalue of L is");
    return ORY_OK;
}

/* Above SWING_DENSE nodes: the lowest eigenvalues, the largest within 1e-6 from below, and what can
 * be said at a frequency without T. */
static ory_status keep_low_spectrum(ory_system *s, swing *x, const ory_graph *g, ory_error *err)
{
    const ory_spectral_how how = {.tol = 1e-8};
    ory_spectral low;
    ory_error why = {0};
    ory_status ok;

    if (ory_graph_negative(g, NULL))
        return ory_fail(err, ORY_EINVAL, "negative weights (allowed up to %d nodes)", SWING_DENSE);
    x->n_lam = x->most_lam = x->n <= SWING_MODES ? SWING_LOW + 1 : 3;
    x->lam = ory_alloc(x->n_lam, sizeof *x->lam);
    x->nodes = ory_alloc(x->n, sizeof *x->nodes);
    if (!x->lam || !x->nodes)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    x->net = (ory_coherence){.n = x->n, .nodes = x->nodes};
    ok = ory_spectral_bottom(g, x->n_lam, &how, &low, &why);
    if (ok == ORY_ENOCONV) {
        x->n_lam = 0;
        ory_system_note(s, "the lowest eigenvalues of L were not found: %s", why.text);
        return ORY_OK;
    }
    if (ok != ORY_OK)
        return ory_fail(err, ok, "%s", why.text);
    memcpy(x->lam, low.lam, x->n_lam * sizeof *x->lam);
    ory_picture_spectral(&x->picture, low.V, low.k, 1);
    ory_spectral_fini(&low);
    x->net.lam2 = x->lam[1];
    return ory_spectral_top(&x->L, &x->net.lam_max, err);
}

static ory_status read_network(ory_system *s, swing *x, ory_error *err)
{
    double zero = 0;
    ory_mat four = ory_mat_view(default_edges, 5, 3), one = ory_mat_view(&zero, 1, 1);
    const ory_mat *given = ory_values_mat(&s->values, WP_L);
    ory_graph g;
    ory_status ok = ory_graph_from_matrix(&g, is_figure(s) ? &one : given ? given : &four, err);

    if (ok != ORY_OK) {
        ory_fail_prefix(err, "%s: L", s->class->name);
        return ok;
    }
    x->n = x->law.n = g.n;
    x->dense = g.n <= SWING_DENSE;
    ok = make_nodes(x, err);
    if (ok == ORY_OK)
        ok = ory_graph_sparse_laplacian(&g, &x->L, err);
    if (ok == ORY_OK)
        ok = find_components(x, &g, err);
    if (ok == ORY_OK)
        ok = ory_picture_make(&x->picture, &g, SWING_EDGES * x->n, err);
    if (ok == ORY_OK)
        ok = x->dense ? keep_spectrum(s, x, &g, err) : keep_low_spectrum(s, x, &g, err);
    ory_graph_fini(&g);
    if (ok != ORY_OK)
        ory_fail_prefix(err, "%s: L", s->class->name);
    return ok;
}

static ory_status read_picture(ory_system *s, swing *x, ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, WP_XY);
    bool numbered = ory_values_given(&s->values, WP_BUS);
    ory_status ok = numbered ? read_vector(s, WP_BUS, x->n, false, x->z, err) : ORY_OK;
    size_t i;

    for (i = 0; ok == ORY_OK && i < x->n; i++)
        snprintf(x->names[i], SWING_NAME, "%.6g", numbered ? x->z[i] : (double)i + 1);
    if (ok == ORY_OK && ory_values_given(&s->values, WP_XY)) {
        if (a->rows != x->n || a->cols != 2)
            return ory_fail(err, ORY_ESHAPE, "%s: xy is %zu x %zu (must be %zu x 2)", s->class->name,
                            a->rows, a->cols, x->n);
        ok = read_vector(s, WP_XY, 2 * x->n, false, x->picture.xy, err);
    }
    if (ok == ORY_OK && ory_values_given(&s->values, WP_GROUP))
        ok = read_vector(s, WP_GROUP, x->n, false, x->group, err);
    return ok;
}

/* ---------------------------------------------------------------------------- init */

static void lay_out(ory_system *s, swing *x)
{
    size_t n = x->n, nq = x->law.nq, at = 0, nbar = x->rational.on ? x->rational.order : nq;
    bool rational = x->rational.on;
    const struct {
        const char *name;
        size_t rows;
        size_t *place;
    } blocks[] = {{"phi", n, NULL}, {"y", n, NULL}, {rational ? "z" : "q", nq, NULL}, {"u", n, &x->u},
                  {"w", 3, &x->w}, {"impulse", n, &x->impulse}, {"ybar", 1, &x->ybar},
                  {rational ? "zbar" : "qbar", nbar, &x->qbar}, {"mark", 1, &x->mark}};

    x->law.ns = 2 * n + nq;
    x->nb = 1 + nbar;
    x->law.L = &x->L;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        if (blocks[i].place)
            *blocks[i].place = at;
        if (blocks[i].rows)
            s->blocks[s->n_blocks++] = (ory_block){blocks[i].name, at, blocks[i].rows, 1};
        at += blocks[i].rows;
    }
    s->dim = at;
}

/* Nodes worth a curve: the disturbed one, then the lightest. */
static void pick_curves(swing *x)
{
    size_t i, c, count = x->n < SWING_CURVES - 2 ? x->n : SWING_CURVES - 2;

    x->picked[0] = x->at;
    for (c = 1; c < count; c++) {
        size_t best = x->n;

        for (i = 0; i < x->n; i++) {
            bool taken = false;

            for (size_t j = 0; j < c; j++)
                taken |= x->picked[j] == i;
            if (!taken && (best == x->n || x->m0[i] < x->m0[best]))
                best = i;
        }
        x->picked[c] = best;
    }
    x->n_picked = count;
}

/* Rightmost closed-loop eigenvalue beyond the drift of the angles, by the matrix of the law. */
static ory_status find_stability(ory_system *s, swing *x, ory_error *err)
{
    size_t n = x->n, ns = x->law.ns, i, j;
    ory_mat A = {0};
    double *re = ory_alloc(ns, sizeof *re), *im = ory_alloc(ns, sizeof *im);
    double most = -INFINITY, size = 0;
    const swing_law *law = &x->law;
    ory_status ok = re && im ? ory_mat_new(&A, ns, ns, err) : ory_fail(err, ORY_ENOMEM, "out of memory");

    for (i = 0; ok == ORY_OK && i < n; i++) {
        *ory_mat_at(&A, i, n + i) = 1;
        for (j = 0; j < n; j++) {
            *ory_mat_at(&A, n + i, j) = -law->ki * *ory_mat_at(&x->dense_L, i, j) / law->m[i];
            *ory_mat_at(&A, n + i, n + j) = -law->kp * *ory_mat_at(&x->dense_L, i, j) / law->m[i];
        }
        *ory_mat_at(&A, n + i, n + i) -= law->d[i] / law->m[i];
        if (law->nq) {
            *ory_mat_at(&A, n + i, 2 * n + i) = -1 / law->m[i];
            *ory_mat_at(&A, 2 * n + i, n + i) = law->rinv[i] / law->tau[i];
            *ory_mat_at(&A, 2 * n + i, 2 * n + i) = -1 / law->tau[i];
        }
    }
    if (ok == ORY_OK)
        ok = ory_eig(&A, re, im, NULL, err);
    for (i = 0; ok == ORY_OK && i < ns; i++)
        size = fmax(size, hypot(re[i], im[i]));
    for (i = 0; ok == ORY_OK && i < ns; i++)
        if (hypot(re[i], im[i]) > 1e-7 * size)
            most = fmax(most, re[i]);
    if (ok == ORY_OK)
        ory_system_note(s, "some damping is negative: the network is %s (rightmost closed-loop eigenvalue "
                        "%.4g)", most > 0 ? "unstable" : "stable", most);
    ory_mat_free(&A);
    ory_free(re);
    ory_free(im);
    return ok;
}

static ory_status tell_rational(ory_system *s, swing *x, ory_error *err)
{
    double most, radius;
    ory_status ok;

    if (!x->rational.coherent)
        ory_system_note(s, "the coherent response is not followed in time: more than 12 different "
                        "numerators, or 1/sum 1/g is not proper");
    if (x->n + x->law.nq > 3 * SWING_STABILITY)
        return ORY_OK;
    if ((ok = swing_rational_poles(x, &most, &radius, err)) == ORY_OK && most > 0)
        ory_system_note(s, "the network is unstable (rightmost closed-loop eigenvalue %.4g)", most);
    return ok;
}

static ory_status tell(ory_system *s, swing *x, ory_error *err)
{
    bool negative = false, restoring = false;
    size_t i;

    for (i = 0; i < x->n; i++) {
        negative |= x->law.d[i] < 0;
        restoring |= x->law.d[i] + x->law.rinv[i] != 0;
    }
    if (x->components > 1)
        ory_system_note(s, "the network has %zu components: lambda2 = 0, the bound does not apply; look at "
                        "the coherence of each component alone", x->components);
    if (x->rational.on)
        return tell_rational(s, x, err);
    if (!restoring && ory_values_choice(&s->values, WP_FAMILY) != FAMILY_INTEGRATOR)
        ory_system_note(s, "no restoring force: d + rinv = 0 at all nodes, there is no steady state");
    if (!x->dense)
        ory_system_note(s, "more than %d nodes: no norms of T(jw), only bounds and single answers",
                        SWING_DENSE);
    if (!negative)
        return ORY_OK;
    if (x->n <= SWING_STABILITY)
        return find_stability(s, x, err);
    ory_system_note(s, "some damping is negative: the network may be unstable");
    return ORY_OK;
}

static ory_status choose_method(ory_system *s, swing *x, ory_error *err)
{
    int method = ory_values_choice(&s->values, WP_METHOD);

    if (method == STEPS_EXACT && x->n > SWING_EXACT)
        return ory_fail(err, ORY_EINVAL, "%s: method = \"exact\": %zu nodes (at most %d)", s->class->name,
                        x->n, SWING_EXACT);
    x->exact = method != STEPS_RK4 && x->n <= SWING_EXACT;
    return ORY_OK;
}

static ory_status make_curves(ory_system *s, swing *x, ory_error *err)
{
    bool few = x->n > 100 && !ory_values_given(&s->values, WP_POINTS);
    const ory_coupling f = {ory_values_real(&s->values, WP_KP), ory_values_real(&s->values, WP_KI)};
    ory_status ok;

    if (!(ory_values_real(&s->values, WP_LOW) < ory_values_real(&s->values, WP_HIGH)))
        return ory_fail(err, ORY_ERANGE, "%s: low = %g rad/s (must be below high = %g)", s->class->name,
                        ory_values_real(&s->values, WP_LOW), ory_values_real(&s->values, WP_HIGH));
    x->answer = ory_alloc(x->n, sizeof *x->answer);
    x->answer_room = ory_alloc(ORY_ANSWER_ROOM * x->n, sizeof *x->answer_room);
    x->points = few ? 24 : ory_values_size(&s->values, WP_POINTS);
    x->curve = ory_alloc(x->points, sizeof *x->curve);
    if (!x->curve || !x->answer || !x->answer_room)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    if (!x->dense)
        return ORY_OK;
    if ((ok = ory_coherence_init(&x->net, &x->dense_L, x->nodes, f, err)) != ORY_OK)
        ory_fail_prefix(err, "%s", s->class->name);
    return ok;
}

static ory_status init(ory_system *s, ory_error *err)
{
    swing *x = ory_alloc(1, sizeof *x);
    ory_status ok;

    if (!x)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    s->self = x;
    if ((ok = check_sources(s, err)) != ORY_OK || (ok = read_network(s, x, err)) != ORY_OK ||
        (ok = read_nodes(s, x, err)) != ORY_OK || (ok = read_disturbance(s, x, err)) != ORY_OK ||
        (ok = choose_method(s, x, err)) != ORY_OK)
        return ok;
    lay_out(s, x);
    if ((ok = make_steps(s, x, err)) != ORY_OK || (ok = read_picture(s, x, err)) != ORY_OK ||
        (ok = swing_apply_knobs(s, err)) != ORY_OK || (ok = make_curves(s, x, err)) != ORY_OK ||
        (ok = swing_apply_knobs(s, err)) != ORY_OK || (ok = swing_prepare(s, err)) != ORY_OK)
        return ok;
    pick_curves(x);
    return tell(s, x, err);
}

static void fini(ory_system *s)
{
    swing *x = s->self;

    if (!x)
        return;
    ory_coherence_fini(&x->net);
    ory_sparse_free(&x->L);
    ory_picture_fini(&x->picture);
    swing_rational_fini(&x->rational);
    ory_mat_free(&x->C);
    ory_mat_free(&x->CM);
    ory_mat_free(&x->dense_L);
    {
        void *const rest[] = {x->law.m, x->law.d, x->law.rinv, x->law.tau, x->law.u0, x->m0, x->d0, x->E,
                              x->term, x->product, x->LV, x->z, x->k, x->nodes, x->lam, x->curve, x->group,
                              x->answer, x->answer_room, x->names};

        for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
            ory_free(rest[i]);
    }
    ory_free(x);
    s->self = NULL;
}

/* ------------------------------------------------------------------------------ a run */

static ory_status start(ory_system *s, double *out, ory_error *err)
{
    swing *x = s->self;

    (void)err;
    memset(out, 0, s->dim * sizeof *out);
    if (ory_values_real(&s->values, WP_T0) == 0)
        swing_begin(x, out);
    out[x->mark] = swing_mark(x, out);
    return ORY_OK;
}

static void memory_start(ory_system *s, const ory_moment *m, double *memory)
{
    const swing *x = s->self;
    double coi = swing_coi(x, m->x), ybar = swing_ybar(x, m->x);

    memory[WM_GAP] = swing_gap(x, m->x, false);
    memory[WM_GAP_T] = memory[WM_LOW_T] = m->t;
    memory[WM_REST] = swing_gap(x, m->x, true);
    memory[WM_SQUARES] = memory[WM_TIME] = 0;
    memory[WM_COI_GAP] = fabs(coi - ybar);
    memory[WM_LOW] = ybar;
    for (int i = 0; i < SWING_KNOBS; i++)
        memory[WM_KNOBS + i] = swing_knob(s, i);
}

/* The square of the gap is weighted by the frame that is about to pass. */
static void observe(ory_system *s, const ory_moment *m, double *memory)
{
    const swing *x = s->self;
    double gap = swing_gap(x, m->x, false), ybar = swing_ybar(x, m->x);
    double frame = ory_values_real(&s->values, WP_FRAME);

    if (gap > memory[WM_GAP]) {
        memory[WM_GAP] = gap;
        memory[WM_GAP_T] = m->t;
    }
    if (ybar < memory[WM_LOW]) {
        memory[WM_LOW] = ybar;
        memory[WM_LOW_T] = m->t;
    }
    memory[WM_REST] = fmax(memory[WM_REST], swing_gap(x, m->x, true));
    memory[WM_SQUARES] += frame * swing_square(x, m->x);
    memory[WM_TIME] += frame;
    memory[WM_COI_GAP] = fmax(memory[WM_COI_GAP], fabs(swing_coi(x, m->x) - ybar));
}

static const char *standing(ory_system *s, const ory_moment *m)
{
    swing *x = s->self;

    (void)m;
    if (swing_need_point(s, NULL) != ORY_OK)
        return NULL;
    return x->point.applies ? "● coherent at freq" : "bound not applicable";
}

static void describe(const ory_system *s, char *text, size_t size)
{
    static const char *const shapes[] = {"step", "exp", "sin", "impulse", "at rest"};
    const swing *x = s->self;

    snprintf(text, size, "swing · %zu nodes%s · %s · %s", x->n,
             x->rational.on ? " · rational" : x->law.nq ? " · turbines" : "",
             shapes[x->law.shape], x->exact ? "exact steps" : "Runge-Kutta");
}

const ory_system_class ory_dyn_swing_class = {
    .name = "dyn.swing",
    .summary = "network of nodes with dynamics of their own, its coherent response and how far they part",
    .source = "H. Min, R. Pates, E. Mallada, \"A Frequency Domain Analysis of Slow Coherency in Networked "
              "Systems\", Automatica 174, 2025, arXiv:2302.08438",
    .example = "dyn.swing{ L=graph.ring(6, 2), m={0.1, 0.3, 0.2, 0.1, 0.2, 0.4}, d={0.2} }",
    .params = params,
    .probes = swing_probes,
    .claims = swing_claims,
    .default_stepper = "advance",
    .record = record,
    .layout = "v(h(ensemble(y, group=group, over=coherent, title='responses'):30,"
              " curve(omega, incoherence_at, bound=bound_at, at=freq, verticals=passes,"
              " title='incoherence'):26,"
              " table(coherent, coi, gap, gap_max, lam2, connectivity, threshold, incoherence, bound):24):11,"
              " h(network(network, deviation, title='y - ybar'):30,"
              " bars(low_modes, sort=none, limit=threshold, title='|f| lambda'):20, claims:28):11,"
              " console:3)",
    .memory = SWING_MEMORY,
    .init = init,
    .fini = fini,
    .changed = swing_changed,
    .start = start,
    .advance = swing_advance,
    .memory_start = memory_start,
    .observe = observe,
    .probe = swing_probe,
    .shape = swing_probe_shape,
    .work = swing_work,
    .standing = standing,
    .why = swing_why,
    .entry = swing_entry,
    .describe = describe,
};
