/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyn_kuramoto.c - dyn.kuramoto: n phase oscillators, every one drawn towards the others,
 *   theta_i' = omega_i + (K/n) sum_j sin(theta_j - theta_i),
 * or on a graph with weights w_ij
 *   theta_i' = omega_i + K sum_j w_ij sin(theta_j - theta_i). */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "algo/graph.h"
#include "core/mem.h"
#include "systems/dyn.h"

enum { P_COUPLING, P_N, P_OMEGA, P_SPREAD, P_GRAPH, P_SEED };
enum { STREAM = 31, MOST = 1000 };

static const ory_param params[] = {
    DYN_PARAMS,
    [DYN_OWN_PARAM + P_COUPLING] = {"K", ORY_PARAM_REAL, 1, -INFINITY, INFINITY, NULL, ORY_LIVE,
                                    "rad/t", "strength of the coupling", NULL},
    [DYN_OWN_PARAM + P_N] = {"n", ORY_PARAM_INT, 20, 1, MOST, NULL, 0, "",
                             "oscillators; what omega or graph say when given", NULL},
    [DYN_OWN_PARAM + P_OMEGA] = {"omega", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "rad/t",
                                 "natural frequencies; drawn from N(0, spread^2) when absent",
                                 NULL},
    [DYN_OWN_PARAM + P_SPREAD] = {"spread", ORY_PARAM_REAL, 0.5, 0, INFINITY, NULL, 0, "rad/t",
                                  "standard deviation of the natural frequencies", NULL},
    [DYN_OWN_PARAM + P_GRAPH] = {"graph", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                                 "who is coupled to whom: a graph, a list of edges or a Laplacian; all "
                                 "to all with 1/n when absent",
                                 NULL},
    [DYN_OWN_PARAM + P_SEED] = {"seed", ORY_PARAM_INT, 1, 0, 9007199254740991.0, NULL, 0, "",
                                "random seed of frequencies and phases", NULL},
    {0}};

enum { OWN_R, OWN_PSI, OWN_DRIFT, OWN_FREQUENCIES, OWN_EDGES };

static const ory_probe probes[] = {
    DYN_PROBES,
    [DYN_OWN_PROBE] = DYN_SCALAR("R", "R", "",
                                 "Order parameter |mean exp(i theta)|: 1 when all phases agree."),
    DYN_SCALAR("psi", "ψ", "rad", "Phase of the mean of exp(i theta)."),
    DYN_ROW("drift", "max − min θ'", ORY_SCALAR, "rad/t", ORY_LOG, ORY_COST_STEP,
            "Difference of the fastest and the slowest oscillator now: 0 when all are locked."),
    DYN_ROW("frequencies", "θ'", ORY_VECTOR, "rad/t", ORY_LINEAR, ORY_COST_STEP,
            "Frequency of every oscillator now."),
    DYN_ROW("edges", "coupling", ORY_MATRIX, "", ORY_LINEAR, ORY_COST_FREE,
            "The couplings as rows (from, to, weight); all to all: the first oscillator's."),
    {0}};

typedef struct kuramoto {
    double *omega;   /* n */
    ory_graph graph; /* empty: all to all */
} kuramoto;

/* All to all: sum_j sin(theta_j - theta_i) = n R sin(psi - theta_i), in O(n). */
static void all_to_all(const dyn *d, const kuramoto *k, const double *x, double *dx)
{
    const double K = d->p[P_COUPLING], n = (double)d->n;
    double c = 0, s = 0;

    for (size_t i = 0; i < d->n; i++) {
        c += cos(x[i]);
        s += sin(x[i]);
    }
    for (size_t i = 0; i < d->n; i++)
        dx[i] = k->omega[i] + K / n * (s * cos(x[i]) - c * sin(x[i]));
}

static void rhs(const dyn *d, double t, const double *x, double *dx)
{
    const kuramoto *k = d->extra;

    (void)t;
    if (!k->graph.edge) {
        all_to_all(d, k, x, dx);
        return;
    }
    memcpy(dx, k->omega, d->n * sizeof *dx);
    for (size_t e = 0; e < k->graph.m; e++) {
        const ory_edge *g = &k->graph.edge[e];
        const double pull = d->p[P_COUPLING] * g->w * sin(x[g->j] - x[g->i]);

        dx[g->i] += pull;
        dx[g->j] -= pull;
    }
}

/* Coupling w between i and j, in J. */
static void couple(double *J, size_t n, size_t i, size_t j, double w)
{
    J[i * n + j] += w;
    J[j * n + i] += w;
    J[i * n + i] -= w;
    J[j * n + j] -= w;
}

static void jacobian(const dyn *d, double t, const double *x, double *J)
{
    const kuramoto *k = d->extra;
    const double K = d->p[P_COUPLING];

    (void)t;
    memset(J, 0, d->n * d->n * sizeof *J);
    for (size_t e = 0; k->graph.edge && e < k->graph.m; e++) {
        const ory_edge *g = &k->graph.edge[e];

        couple(J, d->n, g->i, g->j, K * g->w * cos(x[g->j] - x[g->i]));
    }
    for (size_t i = 0; !k->graph.edge && i < d->n; i++)
        for (size_t j = 0; j < i; j++)
            couple(J, d->n, i, j, K / (double)d->n * cos(x[j] - x[i]));
}

static void order(const dyn *d, const double *x, int which, double *out)
{
    double c = 0, s = 0;

    for (size_t i = 0; i < d->n; i++) {
        c += cos(x[i]);
        s += sin(x[i]);
    }
    *out = which == OWN_R ? hypot(c, s) / (double)d->n : atan2(s, c);
}

static void read_edges(const dyn *d, double *out)
{
    const kuramoto *k = d->extra;

    for (size_t e = 0; k->graph.edge && e < k->graph.m; e++, out += 3) {
        out[0] = k->graph.edge[e].i + 1.0;
        out[1] = k->graph.edge[e].j + 1.0;
        out[2] = k->graph.edge[e].w;
    }
    for (size_t i = k->graph.edge && k->graph.m ? d->n : 0; i < d->n; i++, out += 3) {
        out[0] = 1;
        out[1] = (double)i + 1;
        out[2] = i ? 1 / (double)d->n : 0;
    }
}

static void own(const dyn *d, const ory_moment *m, int which, double *out)
{
    double low = INFINITY, high = -INFINITY;

    switch (which) {
    case OWN_R:
    case OWN_PSI: order(d, m->x, which, out); return;
    case OWN_FREQUENCIES: rhs(d, m->t, m->x, out); return;
    case OWN_EDGES: read_edges(d, out); return;
    default: rhs(d, m->t, m->x, d->f);
    }
    for (size_t i = 0; i < d->n; i++) {
        low = fmin(low, d->f[i]);
        high = fmax(high, d->f[i]);
    }
    *out = high - low;
}

static void own_shape(const dyn *d, int which, size_t *rows, size_t *cols)
{
    const kuramoto *k = d->extra;

    if (which == OWN_FREQUENCIES)
        *rows = d->n;
    if (which == OWN_EDGES) {
        *rows = k->graph.edge && k->graph.m ? k->graph.m : d->n;
        *cols = 3;
    }
}

/* ---------------------------------------------------------------------- making it */

static ory_status read_graph(const ory_system *s, kuramoto *k, size_t *n, ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, DYN_OWN_PARAM + P_GRAPH);
    ory_status ok;

    if (!a)
        return ORY_OK;
    if ((ok = ory_graph_from_matrix(&k->graph, a, err)) != ORY_OK) {
        ory_fail_prefix(err, "%s: graph", s->class->name);
        return ok;
    }
    *n = k->graph.n;
    return *n <= MOST ? ORY_OK
                      : ory_fail(err, ORY_ERANGE, "%s: the graph has %zu nodes (at most %d)",
                                 s->class->name, *n, MOST);
}

static ory_status read_omega(const ory_system *s, kuramoto *k, size_t n, ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, DYN_OWN_PARAM + P_OMEGA);
    ory_rng rng;
    size_t i;

    if (!(k->omega = ory_alloc(n, sizeof *k->omega)))
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    if (!a) {
        ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, DYN_OWN_PARAM + P_SEED), STREAM);
        ory_rng_fill_normal(&rng, k->omega, n, 0,
                            ory_values_real(&s->values, DYN_OWN_PARAM + P_SPREAD));
        return ORY_OK;
    }
    if (a->rows != n || a->cols != 1)
        return ory_fail(err, ORY_ESHAPE, "%s: omega is %zu x %zu (must hold %zu numbers)",
                        s->class->name, a->rows, a->cols, n);
    for (i = 0; i < n; i++)
        if (!isfinite(k->omega[i] = *ory_mat_at(a, i, 0)))
            return ory_fail(err, ORY_EINVAL, "%s: omega[%zu] = %g (must be finite)", s->class->name,
                            i + 1, k->omega[i]);
    return ORY_OK;
}

static const dyn_model model = {
    .title = "Kuramoto", .plane = {0, 1}, .rhs = rhs, .jacobian = jacobian, .own = own,
    .own_shape = own_shape, .continuous = "all phases can be shifted together, so no equilibrium is "
                                          "isolated"};

/* Box of one turn; random phases at the start; names of what is not given. */
static void defaults(ory_system *s, dyn *d)
{
    ory_rng rng;

    s->blocks[0].name = "theta";
    d->plane[1] = d->n > 1 ? d->plane[1] : 0;
    for (size_t i = 0; !ory_values_given(&s->values, DP_BOX) && i < d->n; i++) {
        d->box[2 * i] = -M_PI;
        d->box[2 * i + 1] = M_PI;
    }
    ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, DYN_OWN_PARAM + P_SEED), STREAM + 1);
    if (!ory_values_given(&s->values, DP_X0))
        ory_rng_fill_uniform(&rng, d->x0, d->n, -M_PI, M_PI);
}

static ory_status init(ory_system *s, ory_error *err)
{
    const ory_mat *omega = ory_values_mat(&s->values, DYN_OWN_PARAM + P_OMEGA);
    size_t n = omega ? omega->rows : ory_values_size(&s->values, DYN_OWN_PARAM + P_N);
    kuramoto *k = ory_alloc(1, sizeof *k);
    ory_status ok;

    if (!k)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    if ((ok = read_graph(s, k, &n, err)) == ORY_OK && n > MOST)
        ok = ory_fail(err, ORY_ERANGE, "%s: omega has %zu rows (at most %d)", s->class->name, n,
                      MOST);
    if (ok == ORY_OK)
        ok = read_omega(s, k, n, err);
    if (ok == ORY_OK)
        ok = dyn_init(s, &model, n, err);
    if (s->self) {
        ((dyn *)s->self)->extra = k;
    } else {
        ory_graph_fini(&k->graph);
        ory_free(k->omega);
        ory_free(k);
    }
    if (ok == ORY_OK)
        defaults(s, s->self);
    return ok;
}

static void fini(ory_system *s)
{
    kuramoto *k = s->self ? ((dyn *)s->self)->extra : NULL;

    if (k) {
        ory_graph_fini(&k->graph);
        ory_free(k->omega);
    }
    dyn_fini(s);
}

static void describe(const ory_system *s, char *text, size_t size)
{
    const dyn *d = s->self;
    const kuramoto *k = d->extra;

    snprintf(text, size, "Kuramoto · %zu oscillators%s · K %.4g", d->n,
             k->graph.edge ? " on a graph" : "", d->p[P_COUPLING]);
}

static const char *const record[] = {"R", "drift", "plane_x", "plane_y", NULL};

const ory_system_class ory_dyn_kuramoto_class = {
    .name = "dyn.kuramoto",
    .summary = "phase oscillators that synchronise when the coupling is strong enough",
    .source = "Kuramoto, Chemical Oscillations, Waves, and Turbulence, 1984; Strogatz, Physica D 143, "
              "2000",
    .example = "dyn.kuramoto{ n=20, K=2, seed=3 }",
    .params = params,
    .probes = probes,
    .record = record,
    .layout = "v(h(sky(theta):26, v(trace(R):10,"
              " h(trace(drift):12, bars(frequencies):14, dial(K):10):10):34):12, console:3)",
    .init = init,
    .fini = fini,
    .describe = describe,
    DYN_SHARED};
