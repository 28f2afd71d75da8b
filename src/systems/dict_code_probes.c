/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dict_code_probes.c - what can be read off dict.code, and its claims. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "algo/vec.h"
#include "core/linalg.h"
#include "systems/dict_code.h"

#define PAPER "Luo et al. 2025 (arXiv:2504.02828)"
#define GAP_SOURCE "Fercoq, Gramfort, Salmon 2015"
#define TROPP "Tropp 2004"
#define CHI_SQUARED "Laurent, Massart 2000, lemma 1"

enum probe_row {
    P_OBJECTIVE, P_GAP, P_RESIDUAL, P_RR, P_NONZEROS, P_SCREENED, P_VIOLATION, P_UNREST, P_SWEEPS, P_DONE,
    P_L1, P_L2, P_L1_MAX, P_MU, P_MEAN_COS, P_LIMIT, P_TWIN_PAIRS, P_ORTHONORMALITY, P_OMP, P_NOISELESS,
    P_AVERAGING, P_AVERAGING_LIMIT, P_TRUE_K,
    P_BEST, P_EXCESS, P_CLOSED_FORM, P_ORTHOGONALITY, P_GROWTH, P_TWIN_DIFFERENCE, P_WRONG,
    P_PATH_FALL, P_PATH_RISE,
    P_PRECISION, P_RECALL, P_F1, P_WEIGHT_ERROR,
    P_WEIGHT_SOURCE, P_BY, P_ABSENT, P_EDIT_ERROR, P_RIVAL_ERROR, P_EDIT_RESIDUAL,
    P_SOURCE_BEFORE, P_SOURCE_AFTER, P_TARGET_BEFORE, P_TARGET_AFTER, P_SIDE_EFFECT,
    A_WEIGHTS, A_TRUTH, A_CORRELATIONS, A_COS_BEFORE, A_COS_AFTER, A_COS_RIVAL, A_GRAM,
    A_PATH, A_PATH_L1, A_PATH_TOP
};

#define ROW_(name_, label_, axis_, cost_, flags_, doc_, src_) \
    {name_, label_, ORY_SCALAR, "", axis_, cost_, NULL, 0, flags_, doc_, src_}
#define LIN_(name_, label_, doc_, src_) ROW_(name_, label_, ORY_LINEAR, ORY_COST_STEP, 0, doc_, src_)
#define LOG_(name_, label_, doc_, src_) ROW_(name_, label_, ORY_LOG, ORY_COST_STEP, 0, doc_, src_)
#define FIX_(name_, label_, doc_, src_) \
    ROW_(name_, label_, ORY_LINEAR, ORY_COST_FREE, ORY_PROBE_CONSTANT, doc_, src_)
#define NOW_(name_, label_, doc_, src_) ROW_(name_, label_, ORY_LINEAR, ORY_COST_FREE, 0, doc_, src_)
#define DEAR_(name_, label_, doc_, src_) ROW_(name_, label_, ORY_LOG, ORY_COST_DEAR, 0, doc_, src_)
#define ARRAY_(name_, label_, kind_, cost_, flags_, doc_) \
    {name_, label_, kind_, "", ORY_LINEAR, cost_, NULL, 0, flags_, doc_, PAPER}

const ory_probe dict_code_probes[] = {
    [P_OBJECTIVE] = LOG_("objective", "P",
                         "|u - Dc|^2/2 + l1 |c|_1 + l2 |c|^2/2 of the scaled problem", PAPER),
    [P_GAP] = {"gap", "duality gap", ORY_SCALAR, "", ORY_LOG, ORY_COST_STEP, "excess", +1, 0,
               "P minus the dual objective at the scaled residual, at least 1e-15 |u|^2: never "
               "below P - P_min",
               GAP_SOURCE},
    [P_RESIDUAL] = LOG_("residual", "|r|/|v|", "length of v - Dw beside that of v; 0 for a zero source",
                        PAPER),
    [P_RR] = LOG_("residual_sq", "|u - Dc|^2", "squared residual of the scaled problem", PAPER),
    [P_NONZEROS] = LIN_("nonzeros", "non-zeros", "atoms with a weight that is not zero", PAPER),
    [P_SCREENED] = NOW_("screened", "screened out", "atoms proved zero for this penalty and dropped",
                        GAP_SOURCE),
    [P_VIOLATION] = LOG_("violation", "KKT violation", "largest violation of the optimality conditions, "
                         "|g_j - l2 c_j - l1 sign c_j| or (|g_j| - l1)+", "optimality"),
    [P_UNREST] = LOG_("unrest", "next move",
                      "largest move that one coordinate step would make", "optimality"),
    [P_SWEEPS] = NOW_("sweeps", "sweeps", "sweeps, iterations or atoms so far", PAPER),
    [P_DONE] = NOW_("converged", "converged",
                    "1 when the stopping rule has been met for this penalty", PAPER),
    [P_L1] = NOW_("l1_now", "l1", "the penalty of sum |c| in force; 0 for OMP", PAPER),
    [P_L2] = NOW_("l2_now", "l2", "the penalty of sum c^2/2 in force; 0 for OMP", PAPER),
    [P_L1_MAX] = FIX_("l1_max", "lambda_max", "max |q_j|: from this penalty on all weights are zero", PAPER),
    [P_MU] = FIX_("mu", "coherence", "largest |cosine| of two atoms", PAPER),
    [P_MEAN_COS] = FIX_("mean_cosine", "mean cosine", "mean cosine of two atoms", PAPER),
    [P_LIMIT] = FIX_("recovery_limit", "(1 + 1/mu)/2", "OMP finds every exact mix of fewer atoms than this",
                     TROPP),
    [P_TWIN_PAIRS] = FIX_("twin_pairs", "twins", "pairs of atoms with cosine above 0.99", PAPER),
    [P_ORTHONORMALITY] = FIX_("orthonormality", "max|G - I|",
                              "how far the atoms are from orthonormal", PAPER),
    [P_OMP] = FIX_("is_omp", "OMP", "1 when atoms are chosen by OMP, else 0", PAPER),
    [P_NOISELESS] = FIX_("noiseless", "noiseless",
                         "1 when v is an exact mix of atoms, made up, else 0", PAPER),
    [P_AVERAGING] = FIX_("averaging_error", "|d - centre|",
                         "root mean square distance of the atoms, means of K stimuli, from the centres they "
                         "were made around; NaN unless made up with kappa = 0", PAPER),
    [P_AVERAGING_LIMIT] = FIX_("averaging_limit", "sigma/sqrt(K)",
                               "sigma / sqrt(K) and what chance adds to it twice in a billion draws",
                               CHI_SQUARED),
    [P_TRUE_K] = FIX_("true_k", "true atoms",
                      "atoms in the true mix; 0 when it is not known", PAPER),
    [P_BEST] = DEAR_("best", "P_min", "least objective for this penalty, by descent to rest", PAPER),
    [P_EXCESS] = DEAR_("excess", "P - P_min", "objective above its minimum", PAPER),
    [P_CLOSED_FORM] = LOG_("closed_form_error", "closed form", "max |c_j - soft(q_j, l1)/(1 + l2)|: the "
                           "solution when the atoms are orthonormal", "optimality"),
    [P_ORTHOGONALITY] = LOG_("orthogonality", "max|g_j| on support",
                             "largest product of the residual with an atom in use", "least squares"),
    [P_GROWTH] = ROW_("growth", "residual growth", ORY_LINEAR, ORY_COST_STEP, ORY_PROBE_PATH,
                      "largest growth of |u - Dc|^2 in one step so far", "least squares"),
    [P_TWIN_DIFFERENCE] = LIN_("twin_difference", "difference of twins",
                               "|c_i - c_j| of the two atoms that are the same", "optimality"),
    [P_WRONG] = LIN_("wrong", "wrong atoms", "atoms in use that are not in the true mix", TROPP),
    [P_PATH_FALL] = DEAR_("path_fall", "fall of |c|_1", "largest fall of |c|_1 along the path as l1 falls",
                          "optimality"),
    [P_PATH_RISE] = DEAR_("path_rise", "rise of |r|", "largest rise of |r| along the path as l1 falls",
                          "optimality"),
    [P_PRECISION] = LIN_("precision", "precision", "part of {|w| > 0.05 max |w|} that is true", PAPER),
    [P_RECALL] = LIN_("recall", "recall", "part of the true atoms that is in {|w| > 0.05 max |w|}", PAPER),
    [P_F1] = LIN_("f1", "F1", "harmonic mean of precision and recall", PAPER),
    [P_WEIGHT_ERROR] = LIN_("weight_error", "weight error", "|w - w_true| / |w_true|", PAPER),
    [P_WEIGHT_SOURCE] = LIN_("weight_source", "w source", "estimated weight of the source concept, in "
                             "original units", PAPER),
    [P_BY] = LIN_("edit_weight", "edit weight", "weight of the edit: strength times the estimate, or the "
                  "coefficient", PAPER ", section 3.3"),
    [P_ABSENT] = LIN_("absent", "concept absent", "1 when the source weighs less than 1e-6 of the heaviest: "
                      "nothing is transplanted", PAPER),
    [P_EDIT_ERROR] = LIN_("edit_error", "edit error", "|v' - v'_ideal|/|v|, ideal with the true weight",
                          PAPER),
    [P_RIVAL_ERROR] = NOW_("rival_error", "rival's error", "the same for plain addition at fixed strength",
                           PAPER),
    [P_EDIT_RESIDUAL] = LIN_("edit_residual", "change of residual",
                             "|(v' - D'w) - r|/|v| at strength 1, at least 1e-15: the residual is carried "
                             "over whole", PAPER),
    [P_SOURCE_BEFORE] = NOW_("source_before", "cos source before",
                             "cosine of v and the source concept", PAPER),
    [P_SOURCE_AFTER] = LIN_("source_after", "cos source after", "cosine of v' and the source concept", PAPER),
    [P_TARGET_BEFORE] = NOW_("target_before", "cos target before", "cosine of v and the target", PAPER),
    [P_TARGET_AFTER] = LIN_("target_after", "cos target after", "cosine of v' and the target", PAPER),
    [P_SIDE_EFFECT] = LIN_("side_effect", "side effect", "largest change of cosine with any atom other than "
                           "source and target", PAPER),
    [A_WEIGHTS] = ARRAY_("weights", "weights", ORY_VECTOR, ORY_COST_STEP, 0, "weights w in original units"),
    [A_TRUTH] = ARRAY_("true_weights", "true weights", ORY_VECTOR, ORY_COST_FREE, ORY_PROBE_CONSTANT,
                       "the weights v was made with; NaN when they are not known"),
    [A_CORRELATIONS] = ARRAY_("correlations", "g", ORY_VECTOR, ORY_COST_STEP, 0,
                              "products of the residual with the atoms, q - Gc"),
    [A_COS_BEFORE] = ARRAY_("cos_before", "cosine before", ORY_VECTOR, ORY_COST_STEP, ORY_PROBE_CONSTANT,
                            "cosines of v and every atom"),
    [A_COS_AFTER] = ARRAY_("cos_after", "cosine after", ORY_VECTOR, ORY_COST_STEP, 0,
                           "cosines of the edited v' and every atom"),
    [A_COS_RIVAL] = ARRAY_("cos_rival", "cosine, rival", ORY_VECTOR, ORY_COST_STEP, 0,
                           "cosines of every atom and v after plain addition at fixed strength"),
    [A_GRAM] = ARRAY_("gram_shown", "cosines", ORY_MATRIX, ORY_COST_STEP, ORY_PROBE_CONSTANT,
                      "cosines of the first atoms (at most 96) with each other"),
    [A_PATH] = ARRAY_("path", "path", ORY_MATRIX, ORY_COST_DEAR, 0,
                      "solutions for 60 penalties from l1_max down to a thousandth of it, a row each"),
    [A_PATH_L1] = {"path_l1", "l1", ORY_VECTOR, "", ORY_LOG, ORY_COST_DEAR, NULL, 0, 0,
                   "the penalties of the path", PAPER},
    [A_PATH_TOP] = ARRAY_("path_top", "weights along the path", ORY_MATRIX, ORY_COST_DEAR, 0,
                          "a row for each of the first atoms that OMP takes (at most 6): its weight over "
                          "path_l1"),
    {0}};

static const double ROUNDING = 1e-15; /* what is smaller is not told apart from it */

/* ------------------------------------------------------------------ dear references */

static ory_code_spec reference_spec(const ory_code_task *t, double tol)
{
    return (ory_code_spec){.method = ORY_CODE_CD, .l1 = t->l1, .l2 = t->l2, .nonneg = t->nonneg, .tol = tol,
                           .max = 20000, .screen = true, .plain = true};
}

static bool no_best(const ory_system *s, const dict_code *x)
{
    return x->method == ORY_CODE_OMP || !(ory_values_real(&s->values, DP_L1) > 0);
}

static bool no_path(const dict_code *x)
{
    return x->method == ORY_CODE_OMP || !x->path || x->vv == 0;
}

static void need_best(const ory_system *s, dict_code *x)
{
    const ory_code_task t = dict_task(s, x);
    const ory_code_spec spec = reference_spec(&t, 1e-15);
    ory_code_result r = {0};

    if (no_best(s, x) || (x->best_l1 == t.l1 && x->best_l2 == t.l2))
        return;
    memset(x->column, 0, x->n * sizeof *x->column);
    if (ory_code_solve(&x->coder, &spec, &t, x->column, &r, NULL) != ORY_OK)
        return;
    x->best = r.point.objective;
    x->best_l1 = t.l1;
    x->best_l2 = t.l2;
}

static void need_path(const ory_system *s, dict_code *x)
{
    const ory_code_task t = dict_task(s, x);
    const ory_code_spec spec = reference_spec(&t, 1e-11);
    const ory_mat W = {.rows = DICT_PATH, .cols = x->n, .ld = x->n, .data = x->path};
    ory_code_result r[DICT_PATH];
    double norm = 0, rr = INFINITY;
    size_t i, j;

    if (no_path(x) || x->path_l2 == t.l2)
        return;
    ory_code_grid(x->l1_max, 1e-3, DICT_PATH, x->path_l1);
    if (ory_code_path(&x->coder, &spec, &t, x->path_l1, DICT_PATH, &W, r, NULL) != ORY_OK)
        return;
    x->path_fall = x->path_rise = 0;
    for (i = 0; i < DICT_PATH; i++) {
        double sum = 0;

        for (j = 0; j < x->n; j++)
            sum += fabs(x->path[i * x->n + j]);
        x->path_fall = fmax(x->path_fall, norm - sum);
        x->path_rise = fmax(x->path_rise, sqrt(r[i].point.rr) - sqrt(rr));
        norm = sum;
        rr = r[i].point.rr;
    }
    x->path_l2 = t.l2;
}

/* -------------------------------------------------------------------------- the edit */

static bool is_absent(const dict_code *x)
{
    double most = 0;
    size_t j;

    for (j = 0; j < x->n; j++)
        most = fmax(most, fabs(x->w[j]));
    return !(fabs(x->w[x->source]) > 1e-6 * most);
}

static double edit_by(const ory_system *s, const dict_code *x)
{
    if (ory_values_given(&s->values, DP_COEFFICIENT))
        return ory_values_real(&s->values, DP_COEFFICIENT);
    return is_absent(x) ? 0 : ory_values_real(&s->values, DP_STRENGTH) * x->w[x->source];
}

static const double *edit_from(const ory_system *s, const dict_code *x)
{
    return ory_values_choice(&s->values, DP_EDIT) == EDIT_ADD ? NULL : x->D.given + x->source * x->d;
}

static void edit(const ory_system *s, const dict_code *x, double by, double *out)
{
    memcpy(out, x->v, x->d * sizeof *out);
    ory_transplant(out, edit_from(s, x), x->target, x->d, by, ory_values_bool(&s->values, DP_MATCH));
}

/* Cosines with every atom; with a mean, of what is left without it. */
static void cosines(const dict_code *x, const double *v, double *out)
{
    double *u = x->r, size;
    size_t j;

    memcpy(u, v, x->d * sizeof *u);
    if (x->D.mean)
        ory_vec_axpy(-1, x->D.mean, u, x->d);
    size = ory_norm2(u, x->d);
    for (j = 0; j < x->n; j++)
        out[j] = size > 0 ? ory_vec_dot(x->D.atoms + j * x->d, u, x->d) * x->D.gram.inverse[j] / size : 0;
}

/* |v' - v'_ideal| / |v| for an edit of this weight. */
static double error_of(const ory_system *s, dict_code *x, double by)
{
    double size = ory_norm2(x->v, x->d);

    if (!x->has_truth || ory_values_choice(&s->values, DP_EDIT) == EDIT_ADD || !(size > 0))
        return NAN;
    edit(s, x, by, x->after);
    edit(s, x, x->truth[x->source], x->rival);
    ory_vec_axpy(-1, x->rival, x->after, x->d);
    return ory_norm2(x->after, x->d) / size;
}

/* (v' - D'w) - r with D'w put together anew from its atoms. */
static double residual_change(const ory_system *s, dict_code *x)
{
    const bool match = ory_values_bool(&s->values, DP_MATCH);
    double size = ory_norm2(x->v, x->d), *all = x->rival;
    size_t j;

    if (edit_from(s, x) == NULL || !(size > 0))
        return NAN;
    memcpy(all, x->D.given + x->source * x->d, x->d * sizeof *all);
    ory_transplant(all, x->D.given + x->source * x->d, x->target, x->d, 1, match); /* the new column */
    for (j = 0; j < x->d; j++)
        all[j] = -x->w[x->source] * (all[j] - (x->D.mean ? x->D.mean[j] : 0));
    for (j = 0; j < x->n; j++)
        if (j != x->source && x->w[j] != 0)
            ory_vec_axpy(-x->w[j] * x->D.norm[j], x->D.atoms + j * x->d, all, x->d);
    edit(s, x, x->w[x->source], x->after);
    for (j = 0; j < x->d; j++)
        all[j] += x->after[j] - (x->D.mean ? x->D.mean[j] : 0) - x->r[j];
    return fmax(ROUNDING, ory_norm2(all, x->d) / size);
}

static double side_effect(const ory_system *s, dict_code *x)
{
    double most = 0;
    size_t j;

    edit(s, x, edit_by(s, x), x->after);
    cosines(x, x->after, x->work);
    cosines(x, x->v, x->work + x->n);
    for (j = 0; j < x->n; j++)
        if (j != x->source && j != x->target_atom)
            most = fmax(most, fabs(x->work[j] - x->work[x->n + j]));
    return most;
}

static double cosine_with(const ory_system *s, dict_code *x, const double *with, bool after)
{
    if (!with)
        return NAN;
    if (after)
        edit(s, x, edit_by(s, x), x->after);
    return ory_cosine(after ? x->after : x->v, with, x->d);
}

/* --------------------------------------------------------------------------- reading */

static double closed_form_error(const ory_code_task *t, const double *c)
{
    double most = 0;
    size_t j;

    for (j = 0; j < t->gram->n; j++) {
        double q = t->q[j], to = q > t->l1 ? q - t->l1 : !t->nonneg && q < -t->l1 ? q + t->l1 : 0;

        most = fmax(most, fabs(c[j] - to / (1 + t->l2)));
    }
    return most;
}

static double orthogonality(const dict_code *x, const double *c)
{
    double most = 0;
    size_t j;

    for (j = 0; j < x->n; j++)
        if (c[j] != 0)
            most = fmax(most, fabs(x->g[j]));
    return most;
}

static double count_if(const dict_code *x, const double *of, bool wrong)
{
    double count = 0;
    size_t j;

    for (j = 0; j < x->n; j++)
        count += wrong ? of[j] != 0 && x->truth[j] == 0 : of[j] > 0.5;
    return count;
}

static double read_constant(const ory_system *s, const dict_code *x, int which)
{
    const ory_code_task t = dict_task(s, x);

    switch (which) {
    case P_L1: return t.l1;
    case P_L2: return t.l2;
    case P_L1_MAX: return x->l1_max;
    case P_MU: return x->coherence.mu;
    case P_MEAN_COS: return x->coherence.mean_cos;
    case P_LIMIT: return x->coherence.mu > 0 ? 0.5 * (1 + 1 / x->coherence.mu) : INFINITY;
    case P_TWIN_PAIRS: return (double)x->coherence.twins;
    case P_ORTHONORMALITY: return x->orthonormality;
    case P_OMP: return x->method == ORY_CODE_OMP;
    case P_NOISELESS: return x->noiseless;
    case P_AVERAGING: return x->averaging;
    case P_AVERAGING_LIMIT: return x->averaging_limit;
    default: return x->true_k;
    }
}

static double read_solver(const ory_system *s, const dict_code *x, const ory_moment *m, int which)
{
    const double *mark = m->x + 2 * x->n, *clock = m->x + 3 * x->n;
    const ory_code_task t = dict_task(s, x);
    const bool same = clock[CK_L1] == t.l1 && clock[CK_L2] == t.l2;

    switch (which) {
    case P_OBJECTIVE: return x->point.objective;
    case P_GAP: return x->method == ORY_CODE_OMP ? NAN : fmax(x->point.gap, ROUNDING * x->vv);
    case P_RESIDUAL: return x->vv > 0 ? ory_norm2(x->r, x->d) / (x->scale * sqrt(x->vv)) : 0;
    case P_RR: return x->point.rr;
    case P_NONZEROS: return (double)x->point.nonzeros;
    case P_SCREENED: return x->method == ORY_CODE_CD && same ? count_if(x, mark, false) : 0;
    case P_VIOLATION: return x->violation;
    case P_UNREST: return x->still;
    case P_SWEEPS: return clock[CK_SWEEPS];
    case P_DONE: return same && clock[CK_DONE] > 0.5;
    case P_BEST: return no_best(s, x) ? NAN : x->best;
    case P_EXCESS: return no_best(s, x) ? NAN : x->point.objective - x->best;
    case P_CLOSED_FORM: return closed_form_error(&t, m->x);
    case P_ORTHOGONALITY: return orthogonality(x, m->x);
    case P_GROWTH: return fmax(m->memory ? m->memory[MEM_GROWTH] : 0,
                               m->memory ? x->point.rr - m->memory[MEM_RR] : 0);
    case P_TWIN_DIFFERENCE: return x->twins ? fabs(m->x[x->twin_i] - m->x[x->twin_j]) : NAN;
    case P_WRONG: return x->has_truth ? count_if(x, m->x, true) : NAN;
    case P_PATH_FALL: return no_path(x) ? NAN : x->path_fall;
    default: return no_path(x) ? NAN : x->path_rise;
    }
}

static double read_edit(const ory_system *s, dict_code *x, int which)
{
    ory_recovery f = {NAN, NAN, NAN, NAN};

    if (x->has_truth && which <= P_WEIGHT_ERROR)
        ory_recovery_of(x->w, x->truth, x->n, &f);
    switch (which) {
    case P_PRECISION: return f.precision;
    case P_RECALL: return f.recall;
    case P_F1: return f.f1;
    case P_WEIGHT_ERROR: return f.error;
    case P_WEIGHT_SOURCE: return x->w[x->source];
    case P_BY: return edit_by(s, x);
    case P_ABSENT: return is_absent(x);
    case P_EDIT_ERROR: return error_of(s, x, edit_by(s, x));
    case P_RIVAL_ERROR: return error_of(s, x, ory_values_real(&s->values, DP_RIVAL));
    case P_EDIT_RESIDUAL: return residual_change(s, x);
    case P_SOURCE_BEFORE: return cosine_with(s, x, x->D.given + x->source * x->d, false);
    case P_SOURCE_AFTER: return cosine_with(s, x, x->D.given + x->source * x->d, true);
    case P_TARGET_BEFORE: return cosine_with(s, x, x->target, false);
    case P_TARGET_AFTER: return cosine_with(s, x, x->target, true);
    default: return side_effect(s, x);
    }
}

static void read_array(const ory_system *s, dict_code *x, int which, double *out)
{
    const size_t shown = x->n < DICT_SHOWN ? x->n : DICT_SHOWN;
    size_t i, j;

    switch (which) {
    case A_WEIGHTS:
        memcpy(out, x->w, x->n * sizeof *out);
        break;
    case A_TRUTH:
        for (j = 0; j < x->n; j++)
            out[j] = x->has_truth ? x->truth[j] : NAN;
        break;
    case A_CORRELATIONS:
        memcpy(out, x->g, x->n * sizeof *out);
        break;
    case A_COS_BEFORE:
        cosines(x, x->v, out);
        break;
    case A_COS_AFTER:
    case A_COS_RIVAL:
        edit(s, x, which == A_COS_AFTER ? edit_by(s, x) : ory_values_real(&s->values, DP_RIVAL), x->after);
        cosines(x, x->after, out);
        break;
    case A_GRAM:
        for (i = 0; i < shown; i++)
            for (j = 0; j < shown; j++)
                out[i * shown + j] = x->D.gram.G[i * x->n + j] * x->D.gram.inverse[i] * x->D.gram.inverse[j];
        break;
    case A_PATH_L1:
        for (i = 0; i < DICT_PATH; i++)
            out[i] = no_path(x) ? NAN : x->path_l1[i];
        break;
    case A_PATH_TOP:
        for (i = 0; i < x->curves; i++)
            for (j = 0; j < DICT_PATH; j++)
                out[i * DICT_PATH + j] = no_path(x) ? NAN : x->path[j * x->n + x->curve[i]];
        break;
    default:
        for (i = 0; i < DICT_PATH * (x->path ? x->n : 1); i++)
            out[i] = no_path(x) ? NAN : x->path[i];
    }
}

ory_status dict_code_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err)
{
    dict_code *x = s->self;

    (void)err;
    if (which == P_BEST || which == P_EXCESS)
        need_best(s, x);
    if (which == P_PATH_FALL || which == P_PATH_RISE || which >= A_PATH)
        need_path(s, x);
    if (which >= P_L1 && which <= P_TRUE_K) {
        *out = read_constant(s, x, which);
        return ORY_OK;
    }
    dict_look(s, m);
    if (which >= A_WEIGHTS)
        read_array(s, x, which, out);
    else
        *out = which >= P_PRECISION ? read_edit(s, x, which) : read_solver(s, x, m, which);
    if (which == P_SIDE_EFFECT || which >= A_COS_BEFORE)
        x->stamp = 0; /* r was scratch */
    return ORY_OK;
}

void dict_code_shape(const ory_system *s, int which, size_t *rows, size_t *cols)
{
    const dict_code *x = s->self;
    const size_t shown = x->n < DICT_SHOWN ? x->n : DICT_SHOWN;

    *rows = *cols = 1;
    if (which == A_GRAM)
        *rows = *cols = shown;
    else if (which == A_PATH)
        *rows = DICT_PATH, *cols = x->path ? x->n : 1;
    else if (which == A_PATH_L1)
        *rows = DICT_PATH;
    else if (which == A_PATH_TOP)
        *rows = x->curves, *cols = DICT_PATH;
    else if (which >= A_WEIGHTS)
        *rows = x->n;
}

double dict_code_work(const ory_system *s, int which)
{
    const dict_code *x = s->self;
    double n = (double)x->n, d = (double)x->d, step = 2 * n * n + 2 * n * d;

    if (which == -1)
        return step;
    if (which == P_BEST || which == P_EXCESS)
        return 20 * step;
    return which == P_PATH_FALL || which == P_PATH_RISE || which >= A_PATH ? 200 * step : step / 4 + 1;
}

bool dict_code_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size)
{
    const dict_code *x = s->self;
    const char *why = NULL;

    (void)m;
    if (which == P_GAP || which == P_BEST || which == P_EXCESS)
        why = x->method == ORY_CODE_OMP ? "OMP has no penalty" : "l1 = 0: the gap needs a penalty";
    else if (which == P_PATH_FALL || which == P_PATH_RISE || which >= A_PATH)
        why = x->method == ORY_CODE_OMP ? "OMP has no penalty"
              : x->vv == 0             ? "the source is zero"
                                       : "more than 400 atoms: dict.path computes the path once";
    else if (which == P_TWIN_DIFFERENCE)
        why = "no two atoms are the same";
    else if (which == P_AVERAGING || which == P_AVERAGING_LIMIT)
        why = x->synthetic ? "stimuli hold a part of another concept" : "the concepts are not made up";
    else if (which == P_TARGET_BEFORE || which == P_TARGET_AFTER)
        why = "nothing is put in";
    else if (which == P_EDIT_RESIDUAL || ((which == P_EDIT_ERROR || which == P_RIVAL_ERROR) && x->has_truth))
        why = "no concept is taken out, or the source is zero";
    else if (which == P_PRECISION && x->has_truth)
        why = "no weight differs from zero yet";
    else
        why = "the true weights are not known";
    snprintf(text, size, "%s", why);
    (void)s;
    return true;
}

const char *dict_code_entry(const ory_system *s, int which, size_t i)
{
    const dict_code *x = s->self;

    if (which == A_PATH_TOP)
        return x->names && i < x->curves ? x->names[x->curve[i]] : NULL;
    return which >= A_WEIGHTS && which < A_PATH && x->names && i < x->n ? x->names[i] : NULL;
}

/* --------------------------------------------------------------------------- claims */

#define PENALTY_ {"is_omp", ORY_LE, "0", "a penalised code", false}
#define OMP_ {"is_omp", ORY_GE, "1", "OMP", false}
#define AT_REST_ {"unrest", ORY_LE, "1e-11", "nothing moves any more", false}

const ory_claim dict_code_claims[] = {
    {.name = "optimality", .title = "at rest the conditions hold",
     .statement = "Where no coordinate step moves a weight, c_j != 0 has g_j - l2 c_j = l1 sign(c_j) and "
                  "c_j = 0 has |g_j| <= l1 (nonnegative weights: g_j <= l1).",
     .source = "optimality",
     .hypotheses = {PENALTY_, AT_REST_},
     .conclusion = {"violation", ORY_LE, "1e-8", "KKT violation ≤ 1e-8", false}},
    {.name = "empty", .title = "a penalty from lambda_max on leaves nothing",
     .statement = "All weights are zero if l1 >= max |q_j|.", .source = "optimality",
     .hypotheses = {PENALTY_, AT_REST_, {"l1_now", ORY_GE, "l1_max", "l1 ≥ λ_max", false}},
     .conclusion = {"nonzeros", ORY_LE, "0", "no non-zeros", false}},
    {.name = "not_empty", .title = "a smaller penalty leaves something",
     .statement = "Some weight is not zero if l1 < max |q_j|.", .source = "optimality",
     .hypotheses = {PENALTY_, AT_REST_, {"l1_now", ORY_LT, "l1_max", "l1 < λ_max", false}},
     .conclusion = {"nonzeros", ORY_GE, "1", "at least one non-zero", false}},
    {.name = "gap_bounds", .title = "the duality gap bounds the excess",
     .statement = "P - P_min is at most the duality gap at the scaled residual.", .source = GAP_SOURCE,
     .hypotheses = {PENALTY_},
     .conclusion = {"excess", ORY_LE, "gap", "P − P_min ≤ gap", false},
     .slack_rel = 1e-6},
    {.name = "closed_form", .title = "orthonormal atoms: soft thresholds",
     .statement = "For orthonormal atoms c_j = soft(q_j, l1)/(1 + l2).", .source = "optimality",
     .hypotheses = {PENALTY_, AT_REST_,
                    {"orthonormality", ORY_LE, "1e-12", "orthonormal atoms", false}},
     .conclusion = {"closed_form_error", ORY_LE, "1e-10", "c = soft(q, l1)/(1 + l2)", false}},
    {.name = "path_grows", .title = "a smaller penalty never shrinks the weights",
     .statement = "As l1 falls with l2 = 0, |c|_1 never falls.", .source = "optimality",
     .hypotheses = {PENALTY_, {"l2_now", ORY_LE, "0", "l2 = 0", false}},
     .conclusion = {"path_fall", ORY_LE, "1e-4", "|c|₁ never falls", false}},
    {.name = "path_fits", .title = "a smaller penalty never fits worse",
     .statement = "As l1 falls with l2 = 0, |r| never grows.", .source = "optimality",
     .hypotheses = {PENALTY_, {"l2_now", ORY_LE, "0", "l2 = 0", false}},
     .conclusion = {"path_rise", ORY_LE, "1e-4", "|r| never grows", false}},
    {.name = "twins_equal", .title = "twins get equal weights",
     .statement = "With l2 > 0 the solution is unique, and two equal atoms weigh the same.",
     .source = "strict convexity",
     .hypotheses = {PENALTY_, {"unrest", ORY_LE, "1e-13", "nothing moves any more", false},
                    {"l2_now", ORY_GT, "0", "l2 > 0", false}},
     .conclusion = {"twin_difference", ORY_LE, "1e-6", "c_i = c_j", false}},
    {.name = "omp_orthogonal", .title = "the residual is orthogonal to what is chosen",
     .statement = "After every refit of OMP the residual is orthogonal to each chosen atom.",
     .source = "least squares", .hypotheses = {OMP_},
     .conclusion = {"orthogonality", ORY_LE, "1e-9", "|g_S| = 0", false}},
    {.name = "omp_descends", .title = "the residual of OMP never grows",
     .statement = "An atom more never makes |r| larger.", .source = "least squares", .hypotheses = {OMP_},
     .conclusion = {"growth", ORY_LE, "1e-12", "|r| never grows", false}},
    {.name = "omp_recovers", .title = "low coherence: OMP takes true atoms only",
     .statement = "OMP recovers every exact mix of k atoms when k < (1 + 1/mu)/2.", .source = TROPP,
     .hypotheses = {OMP_, {"noiseless", ORY_GE, "1", "an exact mix", false},
                    {"true_k", ORY_LT, "recovery_limit", "k < (1 + 1/μ)/2", false}},
     .conclusion = {"wrong", ORY_LE, "0", "no wrong atom", false}},
    {.name = "averaging", .title = "averaging K stimuli: nearer by sqrt(K)",
     .statement = "The mean of K stimuli is sigma/sqrt(K) from its centre, to what chance allows.",
     .source = CHI_SQUARED,
     .conclusion = {"averaging_error", ORY_LE, "averaging_limit", "|d - centre| ≤ σ/√K, chance", false}},
    {.name = "transplant_keeps_rest", .title = "an edit carries the residual over",
     .statement = "v' = D'w + r: what the dictionary does not explain is the same before and after.",
     .source = PAPER ", section 3.3",
     .conclusion = {"edit_residual", ORY_LE, "1e-10", "v' − D'w = r", false}},
    {0}};
