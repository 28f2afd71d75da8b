/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flow.c - continuous time with error control: x' = rhs(t, x), or minus the gradient, by
 * any integrator of one table: GSL's explicit Runge-Kutta pairs and SUNDIALS CVODE (Adams
 * and BDF). One step of the run is one accepted step of the integrator, or the interval
 * `dt` with as many steps as it takes; it ends early where the trajectory crosses the
 * section. All that a step depends on is in the slots, so a checkpoint brings back the
 * same bits. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/linalg.h"
#include "core/mem.h"
#include "run/explicit.h"
#include "run/multistep.h"
#include "run/section.h"
#include "run/stepper.h"

enum { P_METHOD, P_RTOL, P_ATOL, P_H0, P_HMAX, P_DT, P_SECTION, P_SECTION_VALUE, P_SECTION_WAY };
enum { SLOT_H, SLOT_ACCEPTED, SLOT_REJECTED, SLOT_EVALUATIONS, SLOT_PRODUCTS, SLOT_ORDER,
       SLOT_CROSSINGS, SLOT_CROSSING_T, SLOT_AT, SLOT_STIFFNESS /* computed, not kept */, SLOT_MULTISTEP };
enum { WAY_BOTH, WAY_UP, WAY_DOWN };
enum { MAX_INNER = 10000000 }; /* integrator steps inside one dt */

/* The table of integrators: word for the option, what it is, how it is done. */
static const struct {
    const char *name;
    int runge_kutta; /* enum ory_explicit_method, or -1: CVODE */
    bool stiff;
    int order;       /* 0: varies */
} integrators[] = {
    {"Prince-Dormand 8(9)", ORY_RK8PD, false, 8},
    {"Runge-Kutta-Fehlberg 4(5)", ORY_RKF45, false, 5},
    {"Runge-Kutta Cash-Karp 4(5)", ORY_RKCK, false, 5},
    {"Runge-Kutta 4 with step doubling", ORY_RK4_DOUBLING, false, 4},
    {"Runge-Kutta 2(3)", ORY_RK2_DOUBLING, false, 3},
    {"Adams-Moulton, orders 1 to 12 (CVODE)", -1, false, 0},
    {"backward differentiation, orders 1 to 5, for stiff problems (CVODE)", -1, true, 0},
};
static const char *const methods[] = {"rk8pd", "rkf45", "rkck", "rk4", "rk2", "adams", "bdf",
                                      NULL};
static const char *const ways[] = {"both", "up", "down", NULL};

static const ory_param flow_params[] = {
    [P_METHOD] = {"method", ORY_PARAM_CHOICE, 0, 0, 0, methods, 0, "",
                  "rk8pd 8(9), rkf45 4(5), rkck 4(5), rk4 and rk2: explicit; adams, bdf: multistep "
                  "methods of CVODE, bdf for stiff problems",
                  NULL},
    [P_RTOL] = {"rtol", ORY_PARAM_REAL, 1e-8, 0, 1, NULL, ORY_LIVE | ORY_OPEN_MIN, "",
                "relative tolerance of one step", NULL},
    [P_ATOL] = {"atol", ORY_PARAM_REAL, 1e-12, 0, INFINITY, NULL, ORY_LIVE, "",
                "absolute tolerance of one step", NULL},
    [P_H0] = {"h0", ORY_PARAM_REAL, 1e-4, 0, INFINITY, NULL, ORY_OPEN_MIN, "t",
              "first trial step (adams and bdf choose it unless it is given)", NULL},
    [P_HMAX] = {"hmax", ORY_PARAM_REAL, INFINITY, 0, INFINITY, NULL, ORY_LIVE | ORY_OPEN_MIN, "t",
                "longest step", NULL},
    [P_DT] = {"dt", ORY_PARAM_REAL, 0, 0, INFINITY, NULL, ORY_LIVE, "t",
              "time between the states of the run; 0: each step of the integrator", NULL},
    [P_SECTION] = {"section", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_LIVE | ORY_OPTIONAL, "",
                   "a step ends where this crosses section_value: a variable, its position, or a "
                   "plane such as x - 0.5*z, theta[1] - theta[2]",
                   NULL},
    [P_SECTION_VALUE] = {"section_value", ORY_PARAM_REAL, 0, -INFINITY, INFINITY, NULL, ORY_LIVE,
                         "", "value of the section", NULL},
    [P_SECTION_WAY] = {"section_way", ORY_PARAM_CHOICE, WAY_BOTH, 0, 0, ways, ORY_LIVE, "",
                       "crossings that count: up (rising), down, both", NULL},
    {0}};

#define COUNT_ROW(n, u, d) \
    {n, n, ORY_SCALAR, u, ORY_LINEAR, ORY_COST_FREE, NULL, 0, ORY_PROBE_PATH, d, ""}

static const ory_probe flow_probes[] = {
    [SLOT_H] = {"h", "h", ORY_SCALAR, "t", ORY_LOG, ORY_COST_FREE, NULL, 0, ORY_PROBE_PATH,
                "Step size that the integrator will try next.", ""},
    [SLOT_ACCEPTED] = COUNT_ROW("accepted", "steps", "Integrator steps accepted so far."),
    [SLOT_REJECTED] = COUNT_ROW("rejected", "steps",
                                "Trial steps rejected so far by the error control or by Newton's "
                                "iteration."),
    [SLOT_EVALUATIONS] = COUNT_ROW("evaluations", "", "Right-hand sides evaluated so far."),
    [SLOT_PRODUCTS] = COUNT_ROW("products", "", "Hessian-vector products taken so far by Newton's "
                                "iteration."),
    [SLOT_ORDER] = COUNT_ROW("order", "", "Order of the last step."),
    [SLOT_CROSSINGS] = COUNT_ROW("crossings", "", "Crossings of the section so far."),
    [SLOT_CROSSING_T] = COUNT_ROW("crossing_t", "t", "Time of the last crossing of the section."),
    [SLOT_AT] = COUNT_ROW("at_section", "", "1 when this state lies on the section."),
    [SLOT_STIFFNESS] = {"stiffness", "h·‖J‖", ORY_SCALAR, "", ORY_LOG, ORY_COST_STEP, NULL, 0,
                   ORY_PROBE_PATH,
                   "Step size h times an estimate of the Jacobian's norm: explicit methods cannot go "
                   "far above 3 to 6; where they sit there the problem is stiff.",
                   ""},
    {0}};

typedef struct flow {
    ory_explicit explicit; /* stiffness is measured with it for every method */
    ory_multistep *multistep;
    bool cuts;             /* there is a section */
    double *weights;       /* its linear form */
    double *from, *to;     /* states inside one dt */
} flow;

static int method_of(const ory_stepper *st)
{
    const int choice = ory_values_choice(&st->values, P_METHOD);

    return choice < 0 ? 0 : choice;
}

static bool is_multistep(const ory_stepper *st)
{
    return integrators[method_of(st)].runge_kutta < 0;
}

/* ------------------------------------------------------------------- section */

/* Height above the section. */
static double height(const ory_stepper *st, const double *x)
{
    const flow *f = st->self;

    return ory_dot(f->weights, x, st->sys->dim) - ory_values_real(&st->values, P_SECTION_VALUE);
}

/* On failure the section stays as it was. */
static ory_status set_section(ory_stepper *st, ory_error *err)
{
    flow *f = st->self;
    const char *text = st->values.v[P_SECTION].text;
    ory_status ok = ORY_OK;

    if (text && *text && (ok = ory_section_parse(st->sys, text, f->to, err)) != ORY_OK)
        return ok;
    f->cuts = text && *text;
    memcpy(f->weights, f->to, st->sys->dim * sizeof *f->weights);
    return ORY_OK;
}

static ory_status flow_changed(ory_stepper *st, int param, ory_error *err)
{
    flow *f = st->self;

    if (param == P_SECTION)
        return set_section(st, err);
    return ory_explicit_tolerances(&f->explicit, ory_values_real(&st->values, P_RTOL),
                                   ory_values_real(&st->values, P_ATOL), err);
}

/* Whether the way from g0 to g1 passes 0 in a direction that counts. */
static bool passes(const ory_stepper *st, double g0, double g1)
{
    const int way = ory_values_choice(&st->values, P_SECTION_WAY);

    return (way != WAY_DOWN && g0 < 0 && g1 >= 0) || (way != WAY_UP && g0 > 0 && g1 <= 0);
}

/* The step from (t, from) once more, but to end at `at`. */
static void state_at(ory_stepper *st, double t, const double *from, double at, double *out)
{
    flow *f = st->self;

    if (is_multistep(st))
        ory_multistep_dense(f->multistep, at, out);
    else
        ory_explicit_short(&f->explicit, t, from, at - t, out);
}

/* The crossing inside the step from (t, from) to (*t_next, next): both become the first
 * state behind it that the arithmetic can tell apart. False position with halving (the
 * Illinois rule). */
static void find_crossing(ory_stepper *st, double t, const double *from, double *next,
                          double *t_next)
{
    enum { TURNS = 200 };
    const double start = height(st, from);
    double a = t, b = *t_next, ga = start, gb = height(st, next);
    int side = 0;

    for (int i = 0; i < TURNS && gb != 0; i++) {
        double c = (a * gb - b * ga) / (gb - ga), gc;

        if (!(c > a && c < b))
            c = 0.5 * (a + b);
        if (!(c > a && c < b))
            break;
        state_at(st, t, from, c, next);
        gc = height(st, next);
        if (gc != 0 && (gc < 0) == (start < 0)) {
            a = c, ga = gc;
            gb = side < 0 ? gb / 2 : gb;
            side = -1;
        } else {
            b = c, gb = gc;
            ga = side > 0 ? ga / 2 : ga;
            side = 1;
        }
    }
    state_at(st, t, from, b, next);
    *t_next = b;
}

/* --------------------------------------------------------------------- life */

static ory_status flow_init(ory_stepper *st, ory_error *err)
{
    flow *f = st->self = ory_alloc(1, sizeof *f);
    const int method = method_of(st);
    ory_status status;

    if (!f)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    f->from = ory_alloc(st->sys->dim, sizeof(double));
    f->to = ory_alloc(st->sys->dim, sizeof(double));
    f->weights = ory_alloc(st->sys->dim, sizeof(double));
    if (!f->from || !f->to || !f->weights)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    status = ory_explicit_init(&f->explicit, st->sys,
                               is_multistep(st) ? ORY_RKF45
                                                : (enum ory_explicit_method)integrators[method].runge_kutta,
                               err);
    if (status == ORY_OK && is_multistep(st))
        status = ory_multistep_new(&f->multistep, st->sys, integrators[method].stiff, err);
    if (status == ORY_OK)
        status = flow_changed(st, P_SECTION, err);
    return status == ORY_OK ? flow_changed(st, P_RTOL, err) : status;
}

static void flow_fini(ory_stepper *st)
{
    flow *f = st->self;

    if (!f)
        return;
    ory_multistep_free(f->multistep);
    ory_explicit_fini(&f->explicit);
    ory_free(f->from);
    ory_free(f->to);
    ory_free(f->weights);
    ory_free(f);
}

static size_t flow_slots(const ory_stepper *st)
{
    return SLOT_MULTISTEP + (is_multistep(st) ? ory_multistep_slots(st->sys) : 0);
}

static void flow_start(ory_stepper *st, const double *x, double *slots)
{
    (void)x;
    memset(slots, 0, flow_slots(st) * sizeof *slots);
    slots[SLOT_H] = ory_values_real(&st->values, P_H0);
    slots[SLOT_ORDER] = integrators[method_of(st)].order;
    slots[SLOT_CROSSING_T] = NAN;
    if (is_multistep(st))
        ory_multistep_start(slots + SLOT_MULTISTEP);
}

static ory_status flow_plan(ory_stepper *st, const ory_moment *m, double *slots, ory_plan *plan,
                            ory_error *err)
{
    (void)st, (void)m, (void)slots, (void)err;
    plan->step = plan->factor = NAN;
    return ORY_OK;
}

/* --------------------------------------------------------------------- step */

static ory_status step_explicit(ory_stepper *st, double t, const double *x, double *slots,
                                double limit, double *next, double *t_next, bool *limited,
                                ory_error *err)
{
    flow *f = st->self;
    ory_status status;

    f->explicit.evaluations = f->explicit.rejected = 0;
    status = ory_explicit_step(&f->explicit, t, x, &slots[SLOT_H],
                               ory_values_real(&st->values, P_HMAX), limit, next, t_next, limited,
                               err);
    slots[SLOT_ACCEPTED] += status == ORY_OK;
    slots[SLOT_REJECTED] += f->explicit.rejected;
    slots[SLOT_EVALUATIONS] += f->explicit.evaluations;
    return status;
}

static ory_status step_multistep(ory_stepper *st, double t, const double *x, double *slots,
                                 double limit, double *next, double *t_next, bool *limited,
                                 ory_error *err)
{
    flow *f = st->self;
    const ory_multistep_options opt = {
        ory_values_real(&st->values, P_RTOL), ory_values_real(&st->values, P_ATOL),
        ory_values_given(&st->values, P_H0) ? ory_values_real(&st->values, P_H0) : 0,
        ory_values_real(&st->values, P_HMAX)};
    ory_multistep_count count;
    const ory_status status = ory_multistep_step(f->multistep, t, x, slots + SLOT_MULTISTEP, &opt,
                                                 limit, next, t_next, limited, &count, err);

    if (status != ORY_OK)
        return status;
    slots[SLOT_ACCEPTED] += count.accepted;
    slots[SLOT_REJECTED] += count.rejected;
    slots[SLOT_EVALUATIONS] += count.evaluations;
    slots[SLOT_PRODUCTS] += count.products;
    slots[SLOT_H] = count.h;
    slots[SLOT_ORDER] = count.order;
    return ORY_OK;
}

/* One step of the integrator, cut at the section. */
static ory_status inner_step(ory_stepper *st, double t, const double *x, double *slots,
                             double limit, double *next, double *t_next, bool *limited,
                             ory_error *err)
{
    const flow *f = st->self;
    const bool many = is_multistep(st);
    ory_status status = many ? step_multistep(st, t, x, slots, limit, next, t_next, limited, err)
                             : step_explicit(st, t, x, slots, limit, next, t_next, limited, err);

    slots[SLOT_AT] = 0;
    if (status != ORY_OK || !f->cuts || !passes(st, height(st, x), height(st, next)))
        return status;
    {
        const double end = *t_next;

        find_crossing(st, t, x, next, t_next);
        if (many && *t_next < end)
            ory_multistep_cut(slots + SLOT_MULTISTEP);
    }
    slots[SLOT_AT] = 1;
    slots[SLOT_CROSSINGS]++;
    slots[SLOT_CROSSING_T] = *t_next;
    return st->sys->trouble.status == ORY_OK ? ORY_OK : ory_trouble(st->sys, err);
}

static ory_status flow_step(ory_stepper *st, const ory_moment *m, double *slots, ory_rng *rng,
                            double *next, double *t_next, ory_error *err)
{
    flow *f = st->self;
    const double dt = ory_values_real(&st->values, P_DT), end = m->t + dt;
    const size_t bytes = st->sys->dim * sizeof *next;
    double t = m->t;
    bool limited;

    (void)rng;
    if (!(dt > 0))
        return inner_step(st, m->t, m->x, slots, st->t_limit, next, t_next, &st->limited, err);
    memcpy(f->from, m->x, bytes);
    for (int i = 0; i < MAX_INNER; i++) {
        const ory_status status = inner_step(st, t, f->from, slots, fmin(end, st->t_limit), next,
                                             &t, &limited, err);

        if (status != ORY_OK)
            return status;
        if (t >= fmin(end, st->t_limit) || slots[SLOT_AT] != 0) {
            st->limited = st->t_limit <= end;
            *t_next = t;
            return ORY_OK;
        }
        memcpy(f->from, next, bytes);
    }
    return ory_fail(err, ORY_ENOCONV, "dt = %g takes more than %d steps of the integrator", dt,
                    MAX_INNER);
}

static double flow_probe(ory_stepper *st, const ory_moment *m, const double *slots, int which)
{
    flow *f = st->self;

    if (which == SLOT_STIFFNESS)
        return slots[SLOT_H] * ory_explicit_lipschitz(&f->explicit, m->t, m->x);
    return slots[which];
}

static const char *flow_why(const ory_stepper *st, int which)
{
    const flow *f = st->self;

    if (which != SLOT_CROSSING_T)
        return NULL;
    return f->cuts ? "the section has not been crossed yet" : "no section is set (option section)";
}

const ory_stepper_class ory_flow_stepper = {
    .name = "flow",
    .summary = "continuous time with error control (gradient flow, x' = rhs)",
    .source = "explicit embedded Runge-Kutta methods of GSL; CVODE of SUNDIALS (Hindmarsh et al., "
              "ACM TOMS 31, 2005)",
    .params = flow_params,
    .probes = flow_probes,
    .needs = ORY_NEEDS_RHS,
    .flow = true,
    .slots = flow_slots,
    .init = flow_init,
    .fini = flow_fini,
    .start = flow_start,
    .changed = flow_changed,
    .plan = flow_plan,
    .step = flow_step,
    .probe = flow_probe,
    .why = flow_why,
};
