/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nadir_probes.c - what can be read off dyn.nadir, and its claims. */
#include "config.h"

#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/linalg.h"
#include "systems/nadir.h"

#define PAPER "Jiang, Min, Zhang 2024 (arXiv:2402.16765)"

enum probe_row {
    NOW_DEVIATION, NOW_COI, NOW_WORST_BUS, NOW_SO_FAR, NOW_SIZE, NOW_MOVED,
    V_NADIR, V_UPPER, V_GAP, V_T, V_BUS, V_RHO_CRIT, V_SECURE, V_LIMIT, V_COI, V_CHECKED, V_EXCESS,
    T_NADIR, T_INTERVAL, T_TAIL,
    C_LAM2, C_TIE, C_EVEN, C_UNEQUAL, C_NOT2, C_APPROX,
    A_BUS_NADIR, A_BUS_T, A_GRID, A_GRID_T, A_WORST, A_FREQUENCY, A_DAMPING, A_FLOW, A_SWINGS, A_EDGES, A_XY
};

#define FREE_(name_, label_, unit_, doc_, src_) \
    {name_, label_, ORY_SCALAR, unit_, ORY_LINEAR, ORY_COST_FREE, NULL, 0, 0, doc_, src_}
#define DEAR_(name_, label_, unit_, doc_, src_) \
    {name_, label_, ORY_SCALAR, unit_, ORY_LINEAR, ORY_COST_DEAR, NULL, 0, 0, doc_, src_}
#define BOUND_(name_, label_, of_, doc_, src_) \
    {name_, label_, ORY_SCALAR, "p.u.", ORY_LINEAR, ORY_COST_DEAR, of_, +1, 0, doc_, src_}
#define FIXED_(name_, label_, unit_, doc_, src_) \
    {name_, label_, ORY_SCALAR, unit_, ORY_LINEAR, ORY_COST_FREE, NULL, 0, 0, doc_, src_}
#define ARRAY_(name_, label_, kind_, unit_, cost_, doc_) \
    {name_, label_, kind_, unit_, ORY_LINEAR, cost_, NULL, 0, 0, doc_, PAPER}

const ory_probe nadir_probes[] = {
    [NOW_DEVIATION] = FREE_("deviation", "max|w|", "p.u.",
                            "largest frequency deviation of any bus now, max_i |w_i|", PAPER),
    [NOW_COI] = FREE_("coi", "COI", "p.u.",
                      "centre-of-inertia frequency, sum m_i w_i / sum m_i", PAPER),
    [NOW_WORST_BUS] = FREE_("w_worst", "w at worst bus", "p.u.",
                            "frequency of the bus at which the worst case occurs", PAPER),
    [NOW_SO_FAR] = {"deepest", "deepest so far", ORY_SCALAR, "p.u.", ORY_LINEAR, ORY_COST_FREE, NULL, 0,
                    ORY_PROBE_PATH, "largest deviation of any bus on the way so far", PAPER},
    [NOW_SIZE] = FREE_("size", "|u|", "p.u.", "the disturbance in the norm of the ball", PAPER),
    [NOW_MOVED] = {"moved", "changed by hand", ORY_SCALAR, "", ORY_LINEAR, ORY_COST_FREE, NULL, 0,
                   ORY_PROBE_PATH, "how far disturbance and factors have been changed since the start",
                   PAPER},
    [V_NADIR] = DEAR_("nadir", "worst nadir", "p.u.",
                      "largest deviation of any bus at any time under any step disturbance of size rho",
                      PAPER ", problem (8)"),
    [V_UPPER] = BOUND_("nadir_bound", "certified bound", "nadir",
                       "proved: no bus ever exceeds this (method \"table\": the larger of interval and "
                       "tail bound)", "certificate"),
    [V_GAP] = DEAR_("gap_certified", "certified gap", "", "nadir_bound / nadir - 1", "certificate"),
    [V_T] = DEAR_("nadir_t", "t*", "s", "time of the worst case; infinite when it is approached in the "
                  "limit", PAPER),
    [V_BUS] = DEAR_("nadir_bus", "worst bus", "", "bus of the worst case, counted from 1", PAPER),
    [V_RHO_CRIT] = DEAR_("rho_crit", "critical size", "p.u.",
                         "rho limit / nadir: disturbances up to this size are secure", PAPER),
    [V_SECURE] = DEAR_("secure", "secure", "", "1 when nadir <= limit, else 0", PAPER),
    [V_LIMIT] = FREE_("limit_now", "limit", "p.u.", "the limit that the nadir is held against", PAPER),
    [V_COI] = DEAR_("coi_worst", "worst COI", "p.u.",
                    "largest centre-of-inertia deviation over the ball: rho dual(1)/sum(d), or with "
                    "turbines the overshoot", PAPER),
    [V_CHECKED] = DEAR_("checked_nadir", "u* simulated", "p.u.",
                        "units = \"project\": largest deviation of the true units under the worst "
                        "disturbance", PAPER),
    [V_EXCESS] = FREE_("excess", "|u|/rho - 1", "", "how far the disturbance lies outside the ball",
                       PAPER),
    [T_NADIR] = DEAR_("table_nadir", "table", "p.u.", "largest entry of the table of instants, refined",
                      PAPER ", Algorithm 1"),
    [T_INTERVAL] = BOUND_("interval_bound", "interval bound", "table_nadir",
                          "no value between the instants exceeds G_i + (dt^2/8) rho dual(row i of K)",
                          "certificate"),
    [T_TAIL] = DEAR_("tail_bound", "tail bound", "p.u.", "no value beyond the last instant exceeds this",
                     "certificate"),
    [C_LAM2] = FIXED_("lam2", "lambda2", "p.u./(p.u. s)",
                      "second eigenvalue of the scaled Laplacian, with factor beta", PAPER),
    [C_TIE] = FIXED_("tie_threshold", "(n - 3/4) d^2/m", "p.u./(p.u. s)",
                     "lambda2 from which equal units move as one in the worst case",
                     PAPER ", Theorem 1"),
    [C_EVEN] = FIXED_("even_nadir", "rho/(d sqrt n)", "p.u.",
                      "worst nadir of equal units that move as one, 2-ball", PAPER ", Theorem 1"),
    [C_UNEQUAL] = FIXED_("unequal", "max|r - 1|", "", "how unequal the units are", PAPER),
    [C_NOT2] = FIXED_("not_2_ball", "not the 2-ball", "", "0 for the 2-ball, else 1", PAPER),
    [C_APPROX] = FIXED_("approximate", "approximate", "",
                        "1 when the verdict is not exact (general or projected units), else 0", PAPER),
    [A_BUS_NADIR] = ARRAY_("bus_nadir", "nadir by bus", ORY_VECTOR, "p.u.", ORY_COST_DEAR,
                           "worst nadir of every bus, from the refined table"),
    [A_BUS_T] = ARRAY_("bus_nadir_t", "its time", ORY_VECTOR, "s", ORY_COST_DEAR,
                       "time of every bus' worst nadir"),
    [A_GRID] = ARRAY_("bus_grid", "table by bus", ORY_VECTOR, "p.u.", ORY_COST_DEAR,
                      "largest entry of every bus in the table of instants, not refined"),
    [A_GRID_T] = ARRAY_("bus_grid_t", "its instant", ORY_VECTOR, "s", ORY_COST_DEAR,
                        "instant of every bus' largest entry in the table"),
    [A_WORST] = ARRAY_("worst", "worst disturbance", ORY_VECTOR, "p.u.", ORY_COST_DEAR,
                       "the disturbance u* that makes the worst bus drop by the nadir"),
    [A_FREQUENCY] = ARRAY_("mode_frequency", "modes", ORY_VECTOR, "Hz", ORY_COST_FREE,
                           "sqrt(lam_k/m)/(2 pi) of every mode"),
    [A_DAMPING] = ARRAY_("mode_damping", "damping ratios", ORY_VECTOR, "", ORY_COST_FREE,
                         "d/(2 sqrt(lam_k m)) of every mode; infinite for lam = 0"),
    [A_FLOW] = ARRAY_("flow", "bus flow", ORY_VECTOR, "p.u.", ORY_COST_STEP,
                      "power that leaves every bus through its lines, LB delta"),
    [A_SWINGS] = ARRAY_("swings", "frequencies", ORY_VECTOR, "p.u.", ORY_COST_FREE,
                        "frequencies of the centre of inertia and of the seven buses that answer most to a "
                        "step of their own"),
    [A_EDGES] = ARRAY_("edges", "heaviest lines", ORY_MATRIX, "", ORY_COST_FREE,
                       "rows (from, to, weight in p.u./rad) of a spanning forest and the heaviest lines, at "
                       "most 3 a bus"),
    [A_XY] = ARRAY_("xy", "positions", ORY_MATRIX, "", ORY_COST_FREE,
                    "positions of the buses: given, or so that distances are near the number of lines "
                    "between"),
    {0}};

/* ------------------------------------------------------------------------- reading */

static bool is_verdict(int which)
{
    return (which >= V_NADIR && which <= V_SECURE) || which == V_COI || which == V_CHECKED ||
           which == A_WORST || which == NOW_WORST_BUS;
}

static bool is_table(int which)
{
    return (which >= T_NADIR && which <= T_TAIL) || (which >= A_BUS_NADIR && which <= A_GRID_T);
}

static double size_of(const nadir *x, const double *u, const double *minus)
{
    double v = 0;
    size_t i;

    for (i = 0; i < x->n; i++) {
        double a = fabs(u[i] - (minus ? minus[i] : 0));

        v = x->task.ball == ORY_BALL_2 ? hypot(v, a) : x->task.ball == ORY_BALL_1 ? v + a : fmax(v, a);
    }
    return v;
}

static double largest(const double *w, size_t n)
{
    double most = 0;
    size_t i;

    for (i = 0; i < n; i++)
        most = fmax(most, fabs(w[i]));
    return most;
}

static double unequal(const nadir *x)
{
    double most = 0;
    size_t i;

    for (i = 0; i < x->n; i++)
        most = fmax(most, fabs(x->net.r[i] - 1));
    return most;
}

static double moved(const nadir *x, const ory_moment *m)
{
    double v = size_of(x, m->x + x->states, m->x0 + x->states);

    if (m->memory)
        v += fabs(x->task.beta - m->memory[MEM_BETA]) + fabs(x->task.inertia - m->memory[MEM_INERTIA]) +
             fabs(x->task.damping - m->memory[MEM_DAMPING]);
    return v;
}

static double read_constant(const ory_system *s, const nadir *x, int which)
{
    double m = x->net.m * x->task.inertia, d = x->net.d * x->task.damping, n = (double)x->n;

    switch (which) {
    case C_LAM2: return x->n > 1 ? x->net.lam[1] * x->task.beta : NAN;
    case C_TIE: return (n - 0.75) * d * d / m;
    case C_EVEN: return x->task.rho / (d * sqrt(n));
    case C_UNEQUAL: return unequal(x);
    case C_NOT2: return x->task.ball != ORY_BALL_2;
    default: return x->general || ory_values_choice(&s->values, NP_UNITS) == UNITS_PROJECT;
    }
}

static double read_scalar(const ory_system *s, const nadir *x, const ory_moment *m, int which)
{
    double limit = ory_values_real(&s->values, NP_LIMIT);
    const double *w = m->x + x->n, *u = m->x + x->states;

    switch (which) {
    case NOW_DEVIATION: return largest(w, x->n);
    case NOW_COI: return nadir_coi(x, w);
    case NOW_WORST_BUS: return w[x->worst_bus];
    case NOW_SO_FAR: return fmax(largest(w, x->n), m->memory ? m->memory[MEM_DEEPEST] : 0);
    case NOW_SIZE: return size_of(x, u, NULL);
    case NOW_MOVED: return moved(x, m);
    case V_NADIR: return x->nadir;
    case V_UPPER: return x->upper;
    case V_GAP: return x->nadir > 0 ? x->upper / x->nadir - 1 : 0;
    case V_T: return x->t;
    case V_BUS: return (double)x->worst_bus + 1;
    case V_RHO_CRIT: return x->task.rho * limit / x->nadir;
    case V_SECURE: return x->nadir <= limit;
    case V_LIMIT: return limit;
    case V_COI: return x->coi_worst;
    case V_CHECKED: return x->checked;
    case V_EXCESS: return size_of(x, u, NULL) / x->task.rho - 1;
    case T_NADIR: return x->table.nadir;
    case T_INTERVAL: return x->table.interval;
    case T_TAIL: return x->table.tail;
    default: return read_constant(s, x, which);
    }
}

static void read_modes(const nadir *x, int which, double *out)
{
    size_t k;

    for (k = 0; k < x->n; k++) {
        ory_mode mode = ory_nadir_mode(&x->net, &x->task, k);

        out[k] = which == A_FREQUENCY ? sqrt(mode.lam / mode.m) / (2 * M_PI)
                                      : mode.d / (2 * sqrt(mode.lam * mode.m));
    }
}

static void read_array(const nadir *x, const ory_moment *m, int which, double *out)
{
    size_t i, n = x->n;

    switch (which) {
    case A_BUS_NADIR:
        for (i = 0; i < n; i++)
            out[i] = x->bus[i].nadir;
        break;
    case A_BUS_T:
        for (i = 0; i < n; i++)
            out[i] = x->bus[i].t;
        break;
    case A_GRID:
        for (i = 0; i < n; i++)
            out[i] = x->bus[i].grid;
        break;
    case A_GRID_T:
        for (i = 0; i < n; i++)
            out[i] = x->bus[i].grid_t;
        break;
    case A_WORST:
        memcpy(out, x->worst, n * sizeof *out);
        break;
    case A_FLOW:
        cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)n, (int)n, x->task.beta, x->LB.data, (int)n, m->x,
                    1, 0, out, 1);
        break;
    case A_SWINGS:
        out[0] = nadir_coi(x, m->x + n);
        for (i = 0; i < x->n_swings; i++)
            out[i + 1] = m->x[n + x->swing[i]];
        break;
    case A_EDGES:
        memcpy(out, x->edges, 3 * x->n_edges * sizeof *out);
        break;
    case A_XY:
        memcpy(out, x->xy, 2 * n * sizeof *out);
        break;
    default:
        read_modes(x, which, out);
    }
}

ory_status nadir_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err)
{
    const nadir *x = s->self;
    ory_status ok = ORY_OK;

    if (is_verdict(which))
        ok = nadir_need_verdict(s, err);
    else if (is_table(which))
        ok = nadir_need_table(s, err);
    if (ok != ORY_OK)
        return ok;
    if (which >= A_BUS_NADIR)
        read_array(x, m, which, out);
    else
        *out = read_scalar(s, x, m, which);
    return ORY_OK;
}

void nadir_shape(const ory_system *s, int which, size_t *rows, size_t *cols)
{
    const nadir *x = s->self;

    *rows = which == A_EDGES    ? x->n_edges
            : which == A_SWINGS ? x->n_swings + 1
            : which >= A_BUS_NADIR ? x->n : 1;
    *cols = which == A_EDGES ? 3 : which == A_XY ? 2 : 1;
}

/* The verdict is computed once for all steps between two turns of a knob. */
double nadir_work(const ory_system *s, int which)
{
    const nadir *x = s->self;
    double n = (double)x->n;

    if (which == -1)
        return 12 * n * n;
    return which == A_FLOW ? 2 * n * n : n;
}

bool nadir_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size)
{
    const nadir *x = s->self;
    const char *why = NULL;

    (void)m;
    if (which == V_CHECKED)
        why = "only units = \"project\" (at most 400 buses) are simulated beside the verdict";
    else if (which == V_UPPER || which == V_GAP || which == T_INTERVAL || which == T_TAIL)
        why = x->general ? "general units have no modes to bound" : "modes with a turbine have no bounds";
    else if (which == V_COI)
        why = "the centre of general units is no mode of its own";
    else if (which == V_RHO_CRIT || which == V_EXCESS)
        why = "rho = 0: no disturbance to compare with";
    else if (which == C_LAM2)
        why = "one bus has one eigenvalue";
    if (why)
        snprintf(text, size, "%s", why);
    return why != NULL;
}

const char *nadir_entry(const ory_system *s, int which, size_t i)
{
    const nadir *x = s->self;
    bool by_bus = (which >= A_BUS_NADIR && which <= A_WORST) || which == A_FLOW || which == A_XY;

    if (which == A_SWINGS)
        return i == 0 ? "COI" : i <= x->n_swings ? x->names[x->swing[i - 1]] : NULL;
    return by_bus && i < x->n ? x->names[i] : NULL;
}

/* -------------------------------------------------------------------------- claims */

const ory_claim nadir_claims[] = {
    {.name = "coi_below", .title = "the centre moves less than some bus",
     .statement = "The centre-of-inertia frequency never deviates more than the worst bus: a check of the "
                  "centre alone misses swings.",
     .source = "weighted mean",
     .conclusion = {"coi", ORY_LE, "deviation", "|COI| ≤ max_i |w_i|", false},
     .slack_rel = 1e-12},
    {.name = "worst_case", .title = "no disturbance of this size does worse",
     .statement = "From rest, under a constant disturbance of size at most rho, no bus ever deviates by "
                  "more than the certified worst nadir.",
     .source = PAPER ", problem (8)",
     .hypotheses = {{"excess", ORY_LE, "1e-9", "|u| ≤ rho", true},
                    {"moved", ORY_LE, "1e-12", "nothing changed since the start", true},
                    {"approximate", ORY_LE, "0", "proportional units", false}},
     .conclusion = {"deepest", ORY_LE, "nadir_bound", "max |w| so far ≤ certified bound", false},
     .slack_rel = 1e-9},
    {.name = "coi_worst_below", .title = "the worst centre below the worst bus",
     .statement = "The worst centre-of-inertia deviation over the ball is at most the worst nadir.",
     .source = PAPER,
     .hypotheses = {{"approximate", ORY_LE, "0", "proportional units", false}},
     .conclusion = {"coi_worst", ORY_LE, "nadir_bound", "worst COI ≤ certified bound", false},
     .slack_rel = 1e-9},
    {.name = "table_below", .title = "the table lies below the certified bound",
     .statement = "A grid of instants gives a lower bound of the worst nadir, attained by a real "
                  "disturbance.",
     .source = PAPER ", Algorithm 1",
     .hypotheses = {{"approximate", ORY_LE, "0", "proportional units", false}},
     .conclusion = {"table_nadir", ORY_LE, "nadir_bound", "table ≤ certified bound", false},
     .slack_rel = 1e-9},
    {.name = "tied_units", .title = "tightly tied equal units move as one",
     .statement = "Equal units and the 2-ball: if lambda2 >= (n - 3/4) d^2/m, the worst nadir is "
                  "rho/(d sqrt n), for the even disturbance, whatever the topology.",
     .source = PAPER ", Theorem 1",
     .hypotheses = {{"unequal", ORY_LE, "1e-9", "equal units", false},
                    {"not_2_ball", ORY_LE, "0", "2-ball", false},
                    {"approximate", ORY_LE, "0", "proportional units", false},
                    {"lam2", ORY_GE, "tie_threshold", "λ2 ≥ (n − 3/4) d²/m", false}},
     .conclusion = {"nadir", ORY_LE, "even_nadir", "nadir ≤ rho/(d √n)", false},
     .slack_rel = 1e-9},
    {0}};
