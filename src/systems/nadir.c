/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nadir.c - dyn.nadir: a power network under a step disturbance, and the worst one of a
 * given size: options, start, exact steps, the class object. */
#include "config.h"

#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "algo/graph.h"
#include "algo/layout.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "systems/nadir.h"

static const char *const units_names[] = {"check", "general", "project", NULL};
static const char *const method_names[] = {"search", "table", NULL};
static const char *const disturb_names[] = {"worst", "even", "bus", "none", "given", NULL};

#define FACTOR(doc_) ORY_PARAM_REAL, 1, 0, INFINITY, NULL, ORY_LIVE | ORY_OPEN_MIN, "", doc_, NULL
#define MATRIX(doc_) ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "", doc_, NULL
#define CHOICE(names_, flags_, doc_) ORY_PARAM_CHOICE, 0, 0, 0, names_, flags_, "", doc_, NULL

static const ory_param params[] = {
    [NP_L] = {"L", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "p.u./rad",
              "the network: a graph, a list of edges, or a Laplacian n x n; the published three weakly "
              "tied buses when absent", NULL},
    [NP_F0] = {"f0", ORY_PARAM_REAL, 50, 0, 1000, NULL, ORY_OPEN_MIN, "Hz",
               "nominal frequency: line stiffness is 2 pi f0 L", NULL},
    [NP_M] = {"m", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "s",
              "inertia 2H of every bus, n numbers > 0; with L (without L: 4.38)", NULL},
    [NP_D] = {"d", MATRIX("damping of every bus, n numbers > 0; kappa m when absent")},
    [NP_KAPPA] = {"kappa", ORY_PARAM_REAL, 16 / 4.38, 0, INFINITY, NULL, ORY_OPEN_MIN, "1/s",
                  "damping per inertia, d = kappa m", NULL},
    [NP_UNITS] = {"units", CHOICE(units_names, 0,
                  "units whose d/m (or rinv/m) differ: refuse them (check), solve them as they are by "
                  "matrix exponentials (general), or make them proportional (project: approximate)")},
    [NP_RINV] = {"rinv", MATRIX("inverse droop of every bus' turbine, p.u. >= 0; no turbines when absent")},
    [NP_TAU] = {"tau", ORY_PARAM_REAL, 5, 0, INFINITY, NULL, ORY_OPEN_MIN, "s", "turbine lag", NULL},
    [NP_BUS] = {"bus", MATRIX("numbers of the buses, for names; 1 to n when absent")},
    [NP_XY] = {"xy", MATRIX("positions n x 2 for the network panel; found from the lines when absent")},
    [NP_RHO] = {"rho", ORY_PARAM_REAL, 0.5, 0, INFINITY, NULL, ORY_LIVE, "p.u.",
                "size of the disturbance", NULL},
    [NP_NORM] = {"norm", CHOICE(ory_ball_names, ORY_LIVE,
                 "norm of the disturbance: \"2\" energy, \"inf\" every bus on its own, \"1\" total")},
    [NP_LIMIT] = {"limit", ORY_PARAM_REAL, 0.016, 0, INFINITY, NULL, ORY_LIVE | ORY_OPEN_MIN, "p.u.",
                  "largest deviation that counts as secure (Europe 0.016, Great Britain 0.010)", NULL},
    [NP_BETA] = {"beta", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, ORY_LIVE, "", "factor of all lines", NULL},
    [NP_INERTIA] = {"inertia", FACTOR("factor of all inertias")},
    [NP_DAMPING] = {"damping", FACTOR("factor of all damping")},
    [NP_METHOD] = {"method", CHOICE(method_names, ORY_LIVE,
                   "worst case over time: certified search, or the published table of instants")},
    [NP_TOL] = {"tol", ORY_PARAM_REAL, 1e-6, 1e-12, 0.5, NULL, ORY_LIVE, "",
                "certified relative gap of the search", NULL},
    [NP_DT] = {"dt", ORY_PARAM_REAL, 0.01, 0, INFINITY, NULL, ORY_LIVE | ORY_OPEN_MIN, "s",
               "distance of the table's instants", NULL},
    [NP_INSTANTS] = {"instants", ORY_PARAM_INT, 100, 1, 1e7, NULL, 0, "", "instants of the table",
                     NULL},
    [NP_FRAME] = {"frame", ORY_PARAM_REAL, 0.01, 0, INFINITY, NULL, ORY_LIVE | ORY_OPEN_MIN, "s",
                  "time of one step of the run; exact for any length", NULL},
    [NP_DISTURB] = {"disturb", CHOICE(disturb_names, 0,
                    "disturbance at the start: the worst one, an even one, -rho at one bus, none, or u")},
    [NP_AT] = {"at", ORY_PARAM_INT, 1, 1, 1e6, NULL, 0, "", "disturb \"bus\": which", NULL},
    [NP_U] = {"u", MATRIX("disturb \"given\": power into every bus, n numbers")},
    {0}};

static const char *const record[] = {"deviation", "coi", "w_worst", NULL};

/* --------------------------------------------------------------------------- init */

static void set_task(const ory_system *s, nadir *x)
{
    const ory_values *v = &s->values;

    x->task = (ory_nadir_task){.rho = ory_values_real(v, NP_RHO),
                               .ball = (ory_ball)ory_values_choice(v, NP_NORM),
                               .beta = ory_values_real(v, NP_BETA),
                               .inertia = ory_values_real(v, NP_INERTIA),
                               .damping = ory_values_real(v, NP_DAMPING),
                               .dt = ory_values_real(v, NP_DT),
                               .N = ory_values_size(v, NP_INSTANTS),
                               .refine = true,
                               .tail = true};
}

/* A vector option of n numbers into out (NULL: only checked). */
static ory_status read_vector(const ory_system *s, int row, size_t n, double *out, ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, row);
    size_t i, j, k = 0;

    if (a->rows * a->cols != n)
        return ory_fail(err, ORY_ESHAPE, "%s: %s is %zu x %zu (must hold %zu numbers, one a bus)",
                        s->class->name, s->values.params[row].name, a->rows, a->cols, n);
    for (i = 0; out && i < a->rows; i++)
        for (j = 0; j < a->cols; j++)
            out[k++] = *ory_mat_at(a, i, j);
    return ORY_OK;
}

static ory_status make_room(ory_system *s, nadir *x, ory_error *err)
{
    size_t n = x->n, N = ory_values_size(&s->values, NP_INSTANTS);
    bool turbines = ory_values_given(&s->values, NP_RINV);

    if ((double)n * (double)N > 2e7)
        return ory_fail(err, ORY_EINVAL, "%s: %zu buses x %zu instants are %.3g cells (at most 2e7)",
                        s->class->name, n, N, (double)n * (double)N);
    x->m = ory_alloc(n, sizeof *x->m);
    x->d = ory_alloc(n, sizeof *x->d);
    if (turbines) {
        x->rinv = ory_alloc(n, sizeof *x->rinv);
        x->turbine = ory_alloc(n, sizeof *x->turbine);
    }
    x->F = ory_alloc(n * N, sizeof *x->F);
    x->bus = ory_alloc(n, sizeof *x->bus);
    x->worst = ory_alloc(n, sizeof *x->worst);
    x->row = ory_alloc(n, sizeof *x->row);
    x->coef = ory_alloc(n, sizeof *x->coef);
    x->a = ory_alloc(n, sizeof *x->a);
    x->b = ory_alloc(n, sizeof *x->b);
    x->c = ory_alloc(n, sizeof *x->c);
    x->e = ory_alloc(n, sizeof *x->e);
    x->names = ory_alloc(n, sizeof *x->names);
    if (!x->m || !x->d || (turbines && (!x->rinv || !x->turbine)) || !x->F || !x->bus || !x->worst ||
        !x->row || !x->coef || !x->a || !x->b || !x->c || !x->e || !x->names)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    return ORY_OK;
}

static ory_status read_units(ory_system *s, nadir *x, ory_error *err)
{
    size_t i;
    ory_status ok = ORY_OK;

    if (ory_values_given(&s->values, NP_M))
        ok = read_vector(s, NP_M, x->n, x->m, err);
    else if (ory_values_given(&s->values, NP_L))
        ok = ory_fail(err, ORY_EINVAL, "%s: L needs m, the inertias of its %zu buses", s->class->name,
                      x->n);
    else
        for (i = 0; i < x->n; i++)
            x->m[i] = 4.38;
    if (ok == ORY_OK && ory_values_given(&s->values, NP_D))
        ok = read_vector(s, NP_D, x->n, x->d, err);
    else
        for (i = 0; ok == ORY_OK && i < x->n; i++)
            x->d[i] = ory_values_real(&s->values, NP_KAPPA) * x->m[i];
    if (ok == ORY_OK && x->rinv)
        ok = read_vector(s, NP_RINV, x->n, x->rinv, err);
    for (i = 0; ok == ORY_OK && x->rinv && i < x->n; i++)
        if (x->rinv[i] < 0)
            ok = ory_fail(err, ORY_EINVAL, "%s: rinv[%zu] = %g (must be >= 0)", s->class->name, i + 1,
                          x->rinv[i]);
    return ok;
}

/* Lines to see the network by (Kron-reduced ones are complete), and where to draw it. */
static ory_status keep_picture(nadir *x, const ory_graph *g, ory_error *err)
{
    ory_graph bones;
    ory_status ok;
    size_t e;

    if (!(x->xy = ory_alloc(2 * x->n, sizeof *x->xy)))
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    if ((ok = ory_graph_place(g, x->xy, err)) != ORY_OK ||
        (ok = ory_graph_backbone(g, NADIR_LAYOUT_EDGES * x->n, &bones, err)) != ORY_OK)
        return ok;
    x->n_edges = bones.m > 0 ? bones.m : 1;
    if (!(x->edges = ory_alloc(3 * x->n_edges, sizeof *x->edges)))
        ok = ory_fail(err, ORY_ENOMEM, "out of memory");
    for (e = 0; ok == ORY_OK && e < bones.m; e++) {
        x->edges[3 * e] = bones.edge[e].i + 1.0;
        x->edges[3 * e + 1] = bones.edge[e].j + 1.0;
        x->edges[3 * e + 2] = bones.edge[e].w;
    }
    if (ok == ORY_OK && bones.m == 0) /* a network without lines still has nodes */
        x->edges[0] = x->edges[1] = (double)x->n;
    ory_graph_fini(&bones);
    return ok;
}

static ory_status read_network(ory_system *s, nadir *x, ory_error *err)
{
    double weak[] = {1, 2, 0.1, 1, 3, 0.1, 2, 3, 3}; /* the three buses of the publication */
    ory_mat three = ory_mat_view(weak, 3, 3);
    const ory_mat *given = ory_values_mat(&s->values, NP_L);
    ory_graph g;
    double w0 = 2 * M_PI * ory_values_real(&s->values, NP_F0);
    ory_status ok = ory_graph_from_matrix(&g, given ? given : &three, err);
    size_t i;

    if (ok != ORY_OK) {
        ory_fail_prefix(err, "%s: L", s->class->name);
        return ok;
    }
    x->n = g.n;
    if ((ok = ory_mat_new(&x->LB, x->n, x->n, err)) == ORY_OK) {
        ory_graph_laplacian(&g, &x->LB);
        for (i = 0; i < x->n * x->n; i++)
            x->LB.data[i] *= w0;
        ok = keep_picture(x, &g, err);
    }
    ory_graph_fini(&g);
    return ok;
}

static ory_status place_nodes(ory_system *s, nadir *x, ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, NP_XY);

    if (!ory_values_given(&s->values, NP_XY))
        return ORY_OK;
    if (a->rows != x->n || a->cols != 2)
        return ory_fail(err, ORY_ESHAPE, "%s: xy is %zu x %zu (must be %zu x 2)", s->class->name, a->rows,
                        a->cols, x->n);
    return read_vector(s, NP_XY, 2 * x->n, x->xy, err);
}

/* The buses whose own kicks move them most, of the untouched network: those worth a curve. */
static void choose_swings(nadir *x)
{
    double *peak = x->a;
    size_t i, c, count = x->n < NADIR_SWINGS - 1 ? x->n : NADIR_SWINGS - 1;

    ory_nadir_own_peaks(&x->net, &x->task, peak, x->b);
    for (c = 0; c < count; c++) {
        size_t best = 0;

        for (i = 1; i < x->n; i++)
            if (peak[i] > peak[best])
                best = i;
        x->swing[c] = best;
        peak[best] = -1;
    }
    x->n_swings = count;
}

static ory_status name_buses(ory_system *s, nadir *x, ory_error *err)
{
    bool given = ory_values_given(&s->values, NP_BUS);
    size_t i;
    ory_status ok = given ? read_vector(s, NP_BUS, x->n, x->a, err) : ORY_OK;

    for (i = 0; ok == ORY_OK && i < x->n; i++)
        snprintf(x->names[i], NADIR_NAME, "%.6g", given ? x->a[i] : (double)i + 1);
    return ok;
}

static void tell(ory_system *s, const nadir *x)
{
    if (x->net.islands > 1)
        ory_system_note(s, "the network has %zu islands: limits are per island, the centre of inertia "
                           "is the mean over all", x->net.islands);
    if (x->net.negative)
        ory_system_note(s, "some line weights are negative; all eigenvalues are >= 0, so the network "
                           "is stable");
    if (ory_values_choice(&s->values, NP_UNITS) == UNITS_PROJECT)
        ory_system_note(s, "units made proportional for the verdict, which is approximate%s",
                        x->simulated ? "; steps are those of the true units" : " (steps too)");
    if (x->general)
        ory_system_note(s, "general units: judged on the table of instants, without refinement, limit "
                           "or certificate");
    else if (x->rinv)
        ory_system_note(s, "turbines: judged on the refined table of instants, without certificate");
}

/* The modal form, and room for the transition of units that are simulated. */
static ory_status make_modes(ory_system *s, nadir *x, ory_error *err)
{
    int units = ory_values_choice(&s->values, NP_UNITS);
    bool bend = units != UNITS_CHECK;
    ory_status ok;

    x->states = (x->rinv ? 3 : 2) * x->n;
    x->general = units == UNITS_GENERAL;
    x->simulated = bend && x->n <= NADIR_GENERAL;
    if (x->general && !x->simulated)
        return ory_fail(err, ORY_EINVAL, "%s: units = \"general\": %zu buses (at most %d)",
                        s->class->name, x->n, NADIR_GENERAL);
    ok = ory_nadir_net_init(&x->net, &x->LB, x->m, x->d, bend, ory_values_size(&s->values, NP_INSTANTS),
                            err);
    if (ok == ORY_OK && x->rinv)
        ok = ory_nadir_net_turbines(&x->net, x->rinv, ory_values_real(&s->values, NP_TAU), bend, err);
    if (ok != ORY_OK) {
        ory_fail_prefix(err, "%s", s->class->name);
        return ok;
    }
    if (!x->simulated)
        return ORY_OK;
    if (!(x->path = ory_alloc(2 * (x->states + x->n), sizeof *x->path)))
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    return ory_mat_new(&x->E, x->states + x->n, x->states + x->n, err);
}

static ory_status init_parts(ory_system *s, nadir *x, ory_error *err)
{
    ory_status ok;

    if ((ok = read_network(s, x, err)) != ORY_OK || (ok = make_room(s, x, err)) != ORY_OK ||
        (ok = read_units(s, x, err)) != ORY_OK)
        return ok;
    if ((ok = make_modes(s, x, err)) != ORY_OK)
        return ok;
    if ((ok = place_nodes(s, x, err)) != ORY_OK || (ok = name_buses(s, x, err)) != ORY_OK)
        return ok;
    if (ory_values_choice(&s->values, NP_DISTURB) == DISTURB_GIVEN) {
        if (!ory_values_given(&s->values, NP_U))
            return ory_fail(err, ORY_EINVAL, "%s: disturb = \"given\" needs u", s->class->name);
        ok = read_vector(s, NP_U, x->n, NULL, err);
    }
    if (ok == ORY_OK && ory_values_size(&s->values, NP_AT) > x->n)
        ok = ory_fail(err, ORY_ERANGE, "%s: at = %zu (the network has %zu buses)", s->class->name,
                      ory_values_size(&s->values, NP_AT), x->n);
    return ok;
}

ory_status nadir_need_frame(ory_system *s, ory_error *err)
{
    nadir *x = s->self;
    ory_nadir_units units = {&x->LB, x->m, x->d, x->rinv, ory_values_real(&s->values, NP_TAU)};
    double frame = ory_values_real(&s->values, NP_FRAME);
    ory_status ok = ORY_OK;
    size_t k;

    if (x->has_frame)
        return ORY_OK;
    if (x->simulated)
        ok = ory_nadir_transition(&units, &x->task, frame, &x->E, err);
    for (k = 0; !x->simulated && k < x->n; k++) {
        ory_mode mode = ory_nadir_mode(&x->net, &x->task, k);

        if (x->rinv)
            ory_mode_turbine(&mode, x->net.c, x->net.tau, frame, x->turbine[k]);
        else
            ory_mode_coefs(&mode, frame, &x->coef[k]);
    }
    x->has_frame = ok == ORY_OK;
    return ok;
}

/* Matrix exponentials take memory: verdict and step of units that need them are made at
 * once, so that reading and stepping take none. */
static ory_status settle(ory_system *s, nadir *x, ory_error *err)
{
    ory_status ok = ORY_OK;

    if (x->simulated && (ok = nadir_need_frame(s, err)) == ORY_OK)
        ok = nadir_need_verdict(s, err);
    return ok;
}

static ory_status init(ory_system *s, ory_error *err)
{
    nadir *x = ory_alloc(1, sizeof *x);
    size_t n;
    ory_status ok;

    if (!x)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    s->self = x;
    if ((ok = init_parts(s, x, err)) != ORY_OK)
        return ok;
    n = x->n;
    set_task(s, x);
    choose_swings(x);
    s->dim = x->states + n;
    s->blocks[0] = (ory_block){"delta", 0, n, 1};
    s->blocks[1] = (ory_block){"w", n, n, 1};
    s->blocks[2] = (ory_block){"p", 2 * n, n, 1};
    s->n_blocks = x->rinv ? 3 : 2;
    s->blocks[s->n_blocks++] = (ory_block){"u", x->states, n, 1};
    tell(s, x);
    return settle(s, x, err);
}

static void fini(ory_system *s)
{
    nadir *x = s->self;

    if (!x)
        return;
    ory_nadir_net_fini(&x->net);
    ory_mat_free(&x->LB);
    ory_mat_free(&x->E);
    ory_free(x->m);
    ory_free(x->d);
    ory_free(x->rinv);
    ory_free(x->F);
    ory_free(x->bus);
    ory_free(x->worst);
    ory_free(x->row);
    ory_free(x->coef);
    ory_free(x->a);
    ory_free(x->b);
    ory_free(x->c);
    ory_free(x->e);
    ory_free(x->turbine);
    ory_free(x->path);
    ory_free(x->edges);
    ory_free(x->xy);
    ory_free(x->names);
    ory_free(x);
    s->self = NULL;
}

static ory_status changed(ory_system *s, int param, ory_error *err)
{
    nadir *x = s->self;

    set_task(s, x);
    if (param == NP_FRAME || param == NP_BETA || param == NP_INERTIA || param == NP_DAMPING)
        x->has_frame = false;
    if ((param != NP_FRAME || x->simulated) && param != NP_LIMIT)
        x->has_table = x->has_verdict = false;
    return settle(s, x, err);
}

/* ------------------------------------------------------------------ start and steps */

static ory_status start(ory_system *s, double *out, ory_error *err)
{
    nadir *x = s->self;
    double *u = out + x->states, n = (double)x->n;
    int kind = ory_values_choice(&s->values, NP_DISTURB);
    size_t i;
    ory_status ok = ORY_OK;

    memset(out, 0, s->dim * sizeof *out);
    if (kind == DISTURB_WORST) {
        if ((ok = nadir_need_verdict(s, err)) == ORY_OK)
            memcpy(u, x->worst, x->n * sizeof *u);
    } else if (kind == DISTURB_EVEN) {
        double each = x->task.ball == ORY_BALL_2 ? 1 / sqrt(n) : x->task.ball == ORY_BALL_1 ? 1 / n : 1;

        for (i = 0; i < x->n; i++)
            u[i] = -x->task.rho * each;
    } else if (kind == DISTURB_BUS) {
        u[ory_values_size(&s->values, NP_AT) - 1] = -x->task.rho;
    } else if (kind == DISTURB_GIVEN) {
        ok = read_vector(s, NP_U, x->n, u, err);
    }
    return ok;
}

/* out = P' diag(scale) v; scale NULL: the identity. */
static void to_modes(const nadir *x, const double *scale, const double *v, double *work, double *out)
{
    size_t i;

    for (i = 0; i < x->n; i++)
        work[i] = scale ? scale[i] * v[i] : v[i];
    cblas_dgemv(CblasRowMajor, CblasTrans, (int)x->n, (int)x->n, 1, x->net.P, (int)x->n, work, 1, 0, out,
                1);
}

static void to_buses(const nadir *x, const double *v, double *out)
{
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)x->n, (int)x->n, 1, x->net.P, (int)x->n, v, 1, 0, out,
                1);
}

/* All modes by one frame: eta, y (and p) under alpha. */
static void step_modes(nadir *x, double *eta, double *y, double *p, const double *alpha)
{
    size_t k;

    for (k = 0; k < x->n; k++) {
        double was = y[k];

        if (p) {
            const double *E = x->turbine[k], then[4] = {eta[k], was, p[k], alpha[k]};

            eta[k] = E[0] * then[0] + E[1] * then[1] + E[2] * then[2] + E[3] * then[3];
            y[k] = E[4] * then[0] + E[5] * then[1] + E[6] * then[2] + E[7] * then[3];
            p[k] = E[8] * then[0] + E[9] * then[1] + E[10] * then[2] + E[11] * then[3];
        } else {
            const ory_mode_coef *c = &x->coef[k];

            y[k] = c->yy * was + c->ye * eta[k] + c->ya * alpha[k];
            eta[k] = c->ee * eta[k] + c->ey * was + c->ea * alpha[k];
        }
    }
}

/* Modal coordinates are P'R of bus coordinates, P' of powers, since P = R^-1/2 V. next serves
 * as scratch until it is written. */
static void modal_step(nadir *x, const double *now, double *next)
{
    size_t n = x->n, i;
    double *eta = x->a, *y = x->b, *alpha = x->c, *p = x->rinv ? x->e : NULL;

    to_modes(x, x->net.r, now, next, eta);
    to_modes(x, x->net.r, now + n, next, y);
    to_modes(x, NULL, now + x->states, next, alpha);
    if (p)
        to_modes(x, NULL, now + 2 * n, next, p);
    step_modes(x, eta, y, p, alpha);
    to_buses(x, eta, next);
    to_buses(x, y, next + n);
    if (!p)
        return;
    to_buses(x, p, next + 2 * n);
    for (i = 0; i < n; i++)
        next[2 * n + i] *= x->net.r[i];
}

void nadir_simulate(const nadir *x, const double *now, double *next)
{
    size_t all = x->states + x->n; /* rows (Phi Gam) times (x, u) */

    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)x->states, (int)all, 1, x->E.data, (int)x->E.ld, now, 1,
                0, next, 1);
    memcpy(next + x->states, now + x->states, x->n * sizeof *next);
}

static ory_status advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next, double *t_next,
                          ory_error *err)
{
    nadir *x = s->self;
    ory_status ok = nadir_need_frame(s, err);

    (void)rng;
    if (ok != ORY_OK)
        return ok;
    if (x->simulated) {
        nadir_simulate(x, m->x, next);
    } else {
        modal_step(x, m->x, next);
        memcpy(next + x->states, m->x + x->states, x->n * sizeof *next);
    }
    *t_next = m->t + ory_values_real(&s->values, NP_FRAME);
    return ORY_OK;
}

static double deviation_of(const nadir *x, const double *state)
{
    double most = 0;
    size_t i;

    for (i = 0; i < x->n; i++)
        most = fmax(most, fabs(state[x->n + i]));
    return most;
}

static void memory_start(ory_system *s, const ory_moment *m, double *memory)
{
    const nadir *x = s->self;

    memory[MEM_DEEPEST] = deviation_of(x, m->x);
    memory[MEM_DEEPEST_T] = m->t;
    memory[MEM_BETA] = x->task.beta;
    memory[MEM_INERTIA] = x->task.inertia;
    memory[MEM_DAMPING] = x->task.damping;
}

static void observe(ory_system *s, const ory_moment *m, double *memory)
{
    double now = deviation_of(s->self, m->x);

    if (now > memory[MEM_DEEPEST]) {
        memory[MEM_DEEPEST] = now;
        memory[MEM_DEEPEST_T] = m->t;
    }
}

static const char *standing(ory_system *s, const ory_moment *m)
{
    nadir *x = s->self;

    (void)m;
    if (nadir_need_verdict(s, NULL) != ORY_OK)
        return NULL;
    return x->nadir <= ory_values_real(&s->values, NP_LIMIT) ? "● secure" : "✗ insecure";
}

static void describe(const ory_system *s, char *text, size_t size)
{
    const nadir *x = s->self;

    snprintf(text, size, "nadir · %zu buses%s · %s-ball, rho %.4g", x->n,
             x->rinv ? " · turbines" : x->general ? " · general units" : "",
             ory_ball_names[x->task.ball], x->task.rho);
}

const ory_system_class ory_dyn_nadir_class = {
    .name = "dyn.nadir",
    .summary = "power network under a step disturbance: the worst frequency nadir, where, when and by "
               "which disturbance",
    .source = "Y. Jiang, H. Min, B. Zhang, \"Oscillations-aware Frequency Security Assessment via "
              "Efficient Worst-case Frequency Nadir Computation\", EPSR 234, 2024, arXiv:2402.16765",
    .example = "dyn.nadir{ L=graph.ring(6, 0.02), m={4, 5, 6, 4, 5, 6} }",
    .params = params,
    .probes = nadir_probes,
    .claims = nadir_claims,
    .default_stepper = "advance",
    .record = record,
    .layout = "v(h(spectrum(swings, title='COI and liveliest buses'):30,"
              " bars(bus_nadir, limit=limit_now, title='nadir by bus'):20,"
              " table(secure, nadir, nadir_bus, nadir_t, limit_now, rho_crit, coi_worst,"
              " title=verdict):26):11,"
              " h(network(network, w, bars=worst, title='w; bars: worst u'):30,"
              " bars(worst, title='worst u'):20, claims:26):11, console:3)",
    .memory = NADIR_MEMORY,
    .init = init,
    .fini = fini,
    .changed = changed,
    .start = start,
    .advance = advance,
    .memory_start = memory_start,
    .observe = observe,
    .probe = nadir_probe,
    .shape = nadir_shape,
    .work = nadir_work,
    .standing = standing,
    .why = nadir_why,
    .entry = nadir_entry,
    .describe = describe,
};
