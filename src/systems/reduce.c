/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reduce.c (systems) - dyn.reduce: a network with one node per group, beside the full one
 * whose options it takes: options, start, knobs, the class object. */
#include "config.h"

#include "systems/reduce.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "systems/swing_params.h"

extern const ory_system_class ory_dyn_swing_class;

static const char *const family_names[] = {"swing", "integrator", NULL};
static const char *const weight_names[] = {"refined", "quotient", NULL};

static const ory_param params[] = {
    SWING_PARAM_ROWS("eight swing nodes in three groups", "900 numbers of state and input",
                     family_names, ""),
    [RP_GROUP] = SWING_MATRIX_("group", "", "the groups: a number from 1 a node, or what graph.cluster or "
                               "dyn.cluster found; found as k and clustering say when absent"),
    [RP_K] = {"k", ORY_PARAM_INT, 0, 1, 1e9, NULL, ORY_OPTIONAL, "",
              "how many groups; where the ratio of neighbouring eigenvalues is largest when absent", NULL},
    [RP_CLUSTERING] = SWING_CHOICE_("clustering", ory_cluster_methods, "how groups are found; auto: sign for "
                                    "two, bach-jordan for more"),
    [RP_SEED] = {"seed", ORY_PARAM_INT, 1, 0, 9007199254740992.0, NULL, 0, "", "of the clustering's "
                                                                               "k-means", NULL},
    [RP_WEIGHTS] = SWING_CHOICE_("weights", weight_names, "weights between groups: from the bottom of the "
                                 "spectrum (refined), or the sums of the weights of L (quotient)"),
    [RP_Q] = SWING_MATRIX_("Q", "", "block model the graph was drawn from, k x k: probabilities"),
    [RP_W] = SWING_MATRIX_("W", "p.u./rad", "block model the graph was drawn from, k x k: weights"),
    [RP_DELTA] = {"delta", ORY_PARAM_REAL, 0.05, 0, 1, NULL, ORY_OPEN_MIN | ORY_OPEN_MAX, "",
                  "limits of the block model hold with probability 1 - delta", NULL},
    {0}};

static const char *const record[] = {"coherent", "disturbed", "spread", NULL};

/* Eight nodes in three groups. */
static double default_edges[] = {1, 2, 5,   1, 3, 4,   2, 3, 6,   4, 5, 5.5, 4, 6, 4.5, 5, 6, 3.5,
                                 7, 8, 6.5, 1, 4, 0.4, 3, 5, 0.2, 2, 7, 0.3, 6, 8, 0.5};
static double default_m[] = {.25, .15, .35, .10, .45, .20, .30, .18};
static double default_d[] = {.30, .40, .20, .25, .35, .45, .22, .28};

/* ---------------------------------------------------------------- the full network */

static ory_status set_numbers(ory_values *v, const char *name, double *data, size_t rows, size_t cols,
                              ory_error *err)
{
    ory_mat a = ory_mat_view(data, rows, cols);
    ory_matref *ref = ory_matref_new(&a);
    ory_status ok = ref ? ory_values_set_mat(v, name, ref, err) : ory_fail(err, ORY_ENOMEM, "out of memory");

    ory_matref_unref(ref);
    return ok;
}

/* One option as it was given. */
static ory_status hand_over(const ory_values *from, int row, ory_values *to, ory_error *err)
{
    const ory_value *v = &from->v[row];
    const ory_param *p = &from->params[row];

    if (!v->given)
        return ORY_OK;
    if (v->mat)
        return ory_values_set_mat(to, p->name, v->mat, err);
    if (p->choices)
        return ory_values_set_text(to, p->name, p->choices[(int)v->num], err);
    return ory_values_set_num(to, p->name, v->num, err);
}

/* Its frame and its way of stepping are its own, the least costly: it never moves. */
static ory_status hand_over_all(const ory_system *s, ory_values *to, ory_error *err)
{
    const ory_values *v = &s->values;
    bool own = ory_values_given(v, WP_L) || ory_values_given(v, WP_M) || ory_values_choice(v, WP_PRESET) != 0;
    bool plain = ory_values_choice(v, WP_FAMILY) == FAMILY_SWING;
    ory_status ok = ORY_OK;
    int row;

    for (row = 0; ok == ORY_OK && row <= WP_XY; row++)
        if (row != WP_FRAME && row != WP_METHOD && row != WP_SAFETY)
            ok = hand_over(v, row, to, err);
    if (ok == ORY_OK && !own)
        ok = set_numbers(to, "L", default_edges, 11, 3, err);
    if (ok == ORY_OK && !own && plain)
        ok = set_numbers(to, "m", default_m, 8, 1, err);
    if (ok == ORY_OK && !own && plain && !ory_values_given(v, WP_D))
        ok = set_numbers(to, "d", default_d, 8, 1, err);
    if (ok == ORY_OK)
        ok = ory_values_set_text(to, "method", "rk4", err);
    return ok == ORY_OK ? ory_values_set_num(to, "frame", 1e-9, err) : ok;
}

static ory_status make_full(ory_system *s, reduce *x, ory_error *err)
{
    ory_values v;
    ory_status ok = ory_values_init(&v, s->class->name, ory_dyn_swing_class.params, err);

    if (ok != ORY_OK)
        return ok;
    x->class = ory_dyn_swing_class;
    x->class.name = s->class->name;
    if (ory_values_given(&s->values, WP_M) && !ory_values_given(&s->values, WP_L))
        ok = ory_fail(err, ORY_EINVAL, "%s: m is given without L, the network of its nodes", s->class->name);
    else if ((ok = hand_over_all(s, &v, err)) == ORY_OK)
        ok = ory_system_new(&x->class, &v, &x->full, err);
    ory_values_fini(&v);
    if (ok == ORY_OK) {
        x->net = x->full->self;
        x->n = x->net->n;
    }
    return ok;
}

/* ------------------------------------------------------------------------- the law */

static void apply_knobs(ory_system *s, reduce *x)
{
    const swing_law *law = &x->net->law;
    size_t a, i;

    x->kp = law->kp;
    x->ki = law->ki;
    x->total_m = law->total_m;
    x->total_force = 0;
    for (a = 0; a < x->k; a++)
        x->M[a] = x->D[a] = x->U[a] = 0;
    for (i = 0; i < x->n; i++) {
        x->M[x->label[i]] += law->m[i];
        x->D[x->label[i]] += law->d[i];
        x->U[x->label[i]] += law->u0[i];
        x->total_force += law->d[i] + law->rinv[i];
        x->nodes[i] = ory_node_turbine(law->m[i], law->d[i], law->rinv[i], law->tau[i]);
    }
    x->freq.f = (ory_coupling){ory_values_real(&s->values, WP_KP), ory_values_real(&s->values, WP_KI)};
    x->freq.scale = ory_values_real(&s->values, WP_SCALE);
}

static ory_status changed(ory_system *s, int param, ory_error *err)
{
    reduce *x = s->self;
    bool steps = param == WP_FRAME || param == WP_SAFETY;
    ory_status ok = ORY_OK;

    if (!steps)
        ok = ory_system_set(x->full, params[param].name, &s->values.v[param], err);
    if (ok != ORY_OK)
        return ok;
    apply_knobs(s, x);
    if (param == WP_FREQ)
        x->has_point = false;
    else if (param == WP_BAND)
        x->has_band = x->has_rank = false;
    else if (!steps && param != WP_RATE)
        x->has_point = x->has_curve = x->has_band = x->has_rank = false;
    return param == WP_FREQ || param == WP_BAND ? ORY_OK : reduce_prepare(s, err);
}

/* ---------------------------------------------------------------------------- init */

static ory_status make_law(ory_system *s, reduce *x, ory_error *err)
{
    size_t k = x->k;

    x->M = ory_alloc(k, sizeof *x->M);
    x->D = ory_alloc(k, sizeof *x->D);
    x->U = ory_alloc(k, sizeof *x->U);
    x->power = ory_alloc(k, sizeof *x->power);
    x->nodes = ory_alloc(x->n, sizeof *x->nodes);
    x->points = x->net->points;
    x->curve = ory_alloc(x->points, sizeof *x->curve);
    if (!x->M || !x->D || !x->U || !x->power || !x->nodes || !x->curve)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    apply_knobs(s, x);
    return ORY_OK;
}

static void lay_out(ory_system *s, reduce *x)
{
    size_t n = x->n, k = x->k, at = 0;
    const struct {
        const char *name;
        size_t rows;
        size_t *place;
    } blocks[] = {{"phi", k, NULL}, {"y", k, NULL}, {"q", x->nq, NULL}, {"u", n, &x->u}, {"w", 3, &x->w},
                  {"impulse", n, &x->impulse}, {"mark", 1, &x->mark}};

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        if (blocks[i].place)
            *blocks[i].place = at;
        if (blocks[i].rows)
            s->blocks[s->n_blocks++] = (ory_block){blocks[i].name, at, blocks[i].rows, 1};
        at += blocks[i].rows;
    }
    s->dim = at;
}

static ory_status make_steps(ory_system *s, reduce *x, ory_error *err)
{
    int method = ory_values_choice(&s->values, WP_METHOD);
    size_t all = x->ns + x->k + 2;
    ory_status ok = ORY_OK;

    if (method == STEPS_EXACT && all > REDUCE_EXACT)
        return ory_fail(err, ORY_EINVAL, "%s: method = \"exact\": %zu numbers of state and input (at most "
                                         "%d)",
                        s->class->name, all, REDUCE_EXACT);
    x->exact = method != STEPS_RK4 && all <= REDUCE_EXACT;
    x->z = ory_alloc(s->dim, sizeof *x->z);
    x->input = ory_alloc(all, sizeof *x->input);
    x->rk = ory_alloc(x->exact ? 1 : 5 * x->ns, sizeof *x->rk);
    if (!x->z || !x->input || !x->rk)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    if (x->exact && (ok = ory_mat_new(&x->A, all, all, err)) == ORY_OK)
        ok = ory_mat_new(&x->E, all, all, err);
    return ok;
}

static ory_status init(ory_system *s, ory_error *err)
{
    reduce *x = ory_alloc(1, sizeof *x);
    ory_status ok;

    if (!x)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    s->self = x;
    if ((ok = make_full(s, x, err)) != ORY_OK || (ok = reduce_find_groups(s, err)) != ORY_OK)
        return ok;
    x->nq = x->net->law.nq;
    x->ns = 2 * x->k + x->nq;
    x->at = x->label[x->net->at];
    lay_out(s, x);
    if ((ok = make_law(s, x, err)) != ORY_OK || (ok = make_steps(s, x, err)) != ORY_OK)
        return ok;
    ok = ory_reduced_init(&x->freq, &x->red, x->L_k, x->nodes, x->net->net.f,
                          x->net->dense ? &x->net->net : NULL, err);
    if (ok != ORY_OK)
        return ok;
    apply_knobs(s, x);
    return reduce_prepare(s, err);
}

static void fini(ory_system *s)
{
    reduce *x = s->self;

    if (!x)
        return;
    ory_reduced_fini(&x->freq);
    ory_reduction_fini(&x->red);
    ory_mat_free(&x->A);
    ory_mat_free(&x->E);
    ory_system_unref(x->full);
    {
        void *const rest[] = {x->label, x->order, x->lam, x->M, x->D, x->U, x->power, x->z, x->rk, x->input,
                              x->nodes, x->curve, x->edges, x->xy, x->names};

        for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
            ory_free(rest[i]);
    }
    ory_free(x);
    s->self = NULL;
}

/* ------------------------------------------------------------------------------ a run */

static ory_status start(ory_system *s, double *out, ory_error *err)
{
    reduce *x = s->self;

    (void)err;
    memset(out, 0, s->dim * sizeof *out);
    if (ory_values_real(&s->values, WP_T0) == 0)
        reduce_begin(x, out);
    out[x->mark] = reduce_mark(x, out);
    return ORY_OK;
}

static void memory_start(ory_system *s, const ory_moment *m, double *memory)
{
    static const int knob[] = {WP_SCALE, WP_INERTIA, WP_DAMPING, WP_KP, WP_KI, WP_RATE};
    const reduce *x = s->self;

    memory[RM_LOW] = m->x[x->k + x->at];
    memory[RM_LOW_T] = m->t;
    for (int i = RM_SCALE; i <= RM_RATE; i++)
        memory[i] = ory_values_real(&s->values, knob[i - RM_SCALE]);
}

static void observe(ory_system *s, const ory_moment *m, double *memory)
{
    const reduce *x = s->self;
    double y = m->x[x->k + x->at];

    if (y < memory[RM_LOW]) {
        memory[RM_LOW] = y;
        memory[RM_LOW_T] = m->t;
    }
}

static const char *standing(ory_system *s, const ory_moment *m)
{
    reduce *x = s->self;

    (void)m;
    if (reduce_need_point(s, NULL) != ORY_OK)
        return NULL;
    return x->point.applies ? "● bound applies at freq" : "bound not applicable";
}

static void describe(const ory_system *s, char *text, size_t size)
{
    const reduce *x = s->self;

    snprintf(text, size, "reduced · %zu node%s in %zu group%s%s · %s", x->n, x->n == 1 ? "" : "s", x->k,
             x->k == 1 ? "" : "s", x->nq ? " · turbines" : "", x->exact ? "exact steps" : "Runge-Kutta");
}

const ory_system_class ory_dyn_reduce_class = {
    .name = "dyn.reduce",
    .summary = "network reduced to one node per coherent group, and how far it is from the full one",
    .source = "H. Min, E. Mallada, \"Spectral clustering and model reduction for weakly-connected coherent "
              "network systems\", arXiv:2209.13701, and \"Learning Coherent Clusters in Weakly-Connected "
              "Network Systems\", arXiv:2211.15301",
    .example = "dyn.reduce{ L=graph.from{{1, 2, 5}, {2, 3, 4}, {4, 5, 6}, {3, 4, 0.2}}, m={0.2}, d={0.3}, "
               "k=2 }",
    .params = params,
    .probes = reduce_probes,
    .claims = reduce_claims,
    .default_stepper = "advance",
    .record = record,
    .layout = "v(h(spectrum(responses, title='groups'):30,"
              " curve(omega, error_at, bound=bound_at, at=freq, title='error and its bound'):26,"
              " table(coherent, disturbed, dip, lam_k, lam_next, defect, sv_min, error, bound_total):24):11,"
              " h(network(weights=true, title='reduced Laplacian'):30,"
              " bars(lam, sort=none, title='spectrum of L'):20, claims:28):11,"
              " console:3)",
    .memory = REDUCE_MEMORY,
    .init = init,
    .fini = fini,
    .changed = changed,
    .start = start,
    .advance = reduce_advance,
    .memory_start = memory_start,
    .observe = observe,
    .probe = reduce_probe,
    .shape = reduce_probe_shape,
    .work = reduce_work,
    .standing = standing,
    .why = reduce_why,
    .entry = reduce_entry,
    .describe = describe,
};
