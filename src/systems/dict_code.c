/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dict_code.c - dict.code: a vector as a sparse mix of named concepts, solved step by
 * step, and an edit of it: options, data, start, the class object. */
#include "config.h"

#include "systems/dict_code.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/linalg.h"
#include "core/mem.h"

enum { NO_NOISE = 300 }; /* dB from which a source is an exact mix */

static const char *const edit_names[] = {"replace", "remove", "add", NULL};

#define MATRIX(doc_) ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "", doc_, NULL
#define FLAG(def_, doc_) ORY_PARAM_BOOL, def_, 0, 0, NULL, 0, "", doc_, NULL
#define COUNT(def_, min_, doc_) ORY_PARAM_INT, def_, min_, 1e6, NULL, 0, "", doc_, NULL
#define KNOB(def_, min_, unit_, doc_) \
    ORY_PARAM_REAL, def_, min_, INFINITY, NULL, ORY_LIVE, unit_, doc_, NULL
#define NUMBER(def_, min_, max_, doc_) ORY_PARAM_REAL, def_, min_, max_, NULL, 0, "", doc_, NULL

static const ory_param params[] = {
    [DP_D] = {"D", MATRIX("the dictionary, an atom a row; made up from the seed when absent")},
    [DP_V] = {"v", MATRIX("the vector to decompose; made up from the dictionary when absent")},
    [DP_NAMES] = {"names", ORY_PARAM_STRING, 0, 0, 0, NULL, 0, "",
                  "names of the atoms, one a line", ""},
    [DP_TRUTH] = {"truth", MATRIX("the true weights of v, where they are known: one number an atom")},
    [DP_MEAN] = {"mean", MATRIX("subtracted from atoms and source before solving")},
    [DP_NORMALISE] = {"normalise", FLAG(1, "solve with atoms and source of length 1")},
    [DP_METHOD] = {"method", ORY_PARAM_CHOICE, 0, 0, 0, ory_code_method_names, 0, "",
                   "coordinate descent sweep by sweep, FISTA step by step, or OMP atom by atom", NULL},
    [DP_L1] = {"l1", KNOB(0.0095, 0, "", "penalty of sum |c|")},
    [DP_L2] = {"l2", KNOB(0.0005, 0, "", "penalty of sum c^2 / 2")},
    [DP_NONNEG] = {"nonneg", FLAG(0, "weights may not be negative")},
    [DP_K] = {"k", COUNT(10, 1, "OMP: atoms at most")},
    [DP_TOL] = {"tol", NUMBER(1e-12, 0, 1, "stop at this duality gap, of |u|^2; OMP: residual, of |u|")},
    [DP_SCREEN] = {"screen", FLAG(1, "coordinate descent drops atoms that are surely zero")},
    [DP_SOURCE] = {"source", COUNT(0, 0, "edit: number of the concept to take out; 0: the heaviest")},
    [DP_TARGET] = {"target", COUNT(0, 0, "edit: number of the concept to put in; 0: one that is not in v")},
    [DP_VECTOR] = {"vector", MATRIX("edit: the vector to put in, instead of an atom")},
    [DP_EDIT] = {"edit", ORY_PARAM_CHOICE, 0, 0, 0, edit_names, 0, "",
                 "replace the source by the target, remove the source, or add the target", NULL},
    [DP_STRENGTH] = {"strength", KNOB(1, 0, "", "edit: multiple of the estimated weight")},
    [DP_RIVAL] = {"rival", KNOB(0.7, -INFINITY, "", "fixed strength of plain vector addition")},
    [DP_COEFFICIENT] = {"coefficient", ORY_PARAM_REAL, 0, -INFINITY, INFINITY, NULL,
                        ORY_LIVE | ORY_OPTIONAL, "",
                        "edit: this weight instead of the estimated one; \"add\" needs it", NULL},
    [DP_MATCH] = {"match_norm", FLAG(0, "edit: the target is scaled to the length of the source")},
    [DP_DIM] = {"dim", COUNT(64, 1, "generator: length of the vectors")},
    [DP_N] = {"n", COUNT(32, 1, "generator: concepts")},
    [DP_GROUPS] = {"groups", COUNT(1, 1, "generator: groups of concepts")},
    [DP_RHO] = {"rho", NUMBER(0.3, 0, 1, "generator: expected cosine across groups")},
    [DP_RHO_GROUP] = {"rho_group", NUMBER(0, 0, 1, "generator: expected cosine within groups")},
    [DP_STIMULI] = {"stimuli", COUNT(30, 1, "generator: stimuli averaged for each concept")},
    [DP_SIGMA] = {"sigma", NUMBER(0.5, 0, INFINITY, "generator: noise of a stimulus")},
    [DP_KAPPA] = {"kappa", NUMBER(0, 0, INFINITY, "generator: part of another concept in a stimulus")},
    [DP_MIX] = {"mix", COUNT(5, 1, "generator: concepts in v")},
    [DP_SNR] = {"snr", ORY_PARAM_REAL, 20, -INFINITY, INFINITY, NULL, 0, "dB",
                "generator: noise below |v|; 300 or more: none", NULL},
    [DP_SEED] = {"seed", ORY_PARAM_INT, 1, 0, 0x1p53, NULL, 0, "", "generator: seed", NULL},
    {0}};

static const char *const record[] = {"objective", "gap", "residual", "nonzeros", NULL};

/* Concepts that the generator names; further ones get a number. */
static const char *const words[] = {
    "cat", "dog", "grass", "fence", "orange", "perched", "sky", "river", "sitting", "wooden", "snow", "tiger",
    "bridge", "rusty", "green", "car", "tree", "window", "smiling", "bird", "stone", "night", "beach",
    "horse", "fresh", "bicycle", "cloud", "lamp", "road", "flower", "running", "boat"};

/* ------------------------------------------------------------------------- reading */

static ory_status no_memory(const ory_system *s, ory_error *err)
{
    return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
}

/* A vector option of n numbers, copied to out. */
static ory_status read_vector(const ory_system *s, int row, size_t n, double *out, ory_error *err)
{
    const ory_mat *a = ory_values_mat(&s->values, row);
    const char *name = s->values.params[row].name;
    size_t i;

    if (a->rows * a->cols != n || (a->rows != 1 && a->cols != 1))
        return ory_fail(err, ORY_ESHAPE, "%s: %s is %zu x %zu (must be a vector of %zu numbers)",
                        s->class->name, name, a->rows, a->cols, n);
    for (i = 0; i < n; i++) {
        out[i] = a->cols == 1 ? *ory_mat_at(a, i, 0) : *ory_mat_at(a, 0, i);
        if (!isfinite(out[i]))
            return ory_fail(err, ORY_EDIVERGE, "%s: %s[%zu] is %g (must be finite)", s->class->name, name,
                            i + 1, out[i]);
    }
    return ORY_OK;
}

/* Lines of the option into names[n], which point into name_text. */
static ory_status read_names(ory_system *s, dict_code *x, ory_error *err)
{
    const char *text = s->values.v[DP_NAMES].text;
    size_t i, lines = 1;
    char *p;

    if (!text || !*text)
        return ORY_OK;
    x->name_text = ory_strdup(text);
    x->names = ory_alloc(x->n, sizeof *x->names);
    if (!x->name_text || !x->names)
        return no_memory(s, err);
    for (p = x->name_text; *p; p++)
        lines += *p == '\n' && p[1] != '\0';
    if (lines != x->n)
        return ory_fail(err, ORY_ESHAPE, "%s: %zu names for %zu atoms", s->class->name, lines, x->n);
    for (i = 0, p = x->name_text; i < x->n; i++) {
        x->names[i] = p;
        p += strcspn(p, "\n");
        if (*p)
            *p++ = '\0';
    }
    return ORY_OK;
}

static ory_status invent_names(ory_system *s, dict_code *x, ory_error *err)
{
    enum { MOST = 24 };
    const size_t count = sizeof words / sizeof *words;
    size_t i;

    x->name_text = ory_alloc(x->n, MOST);
    x->names = ory_alloc(x->n, sizeof *x->names);
    if (!x->name_text || !x->names)
        return no_memory(s, err);
    for (i = 0; i < x->n; i++) {
        x->names[i] = x->name_text + i * MOST;
        if (i < count)
            snprintf(x->names[i], MOST, "%s", words[i]);
        else
            snprintf(x->names[i], MOST, "%s %zu", words[i % count], i / count + 1);
    }
    return ORY_OK;
}

/* Root mean square of |mean of the stimuli - centre|, and what chance allows. The squared
 * distances add up to sigma^2 / (K d) times a chi-squared number of n d degrees of freedom,
 * whose tail beyond 1 + 2 sqrt(x / m) + 2 x / m of its mean is below exp(-x) (B. Laurent, P.
 * Massart, Annals of Statistics 28, 2000, lemma 1): x = 20, two in a billion. */
static void compare_averages(dict_code *x, const ory_concepts *spec, const ory_mat *centres,
                             const ory_mat *atoms)
{
    const double tail = 20, most = tail / (double)(spec->n * spec->d);
    double sum = 0;
    size_t i, k;

    if (spec->kappa != 0)
        return;
    for (i = 0; i < spec->n; i++)
        for (k = 0; k < spec->d; k++) {
            double off = *ory_mat_at(atoms, i, k) - *ory_mat_at(centres, i, k);

            sum += off * off;
        }
    x->averaging = sqrt(sum / (double)spec->n);
    x->averaging_limit = spec->sigma * sqrt((1 + 2 * sqrt(most) + 2 * most) / (double)spec->stimuli);
}

static ory_status generate(ory_system *s, dict_code *x, ory_rng *rng, ory_mat *atoms, ory_error *err)
{
    const ory_values *v = &s->values;
    const ory_concepts spec = {.d = ory_values_size(v, DP_DIM), .n = ory_values_size(v, DP_N),
                               .groups = ory_values_size(v, DP_GROUPS),
                               .stimuli = ory_values_size(v, DP_STIMULI),
                               .rho = ory_values_real(v, DP_RHO),
                               .rho_group = ory_values_real(v, DP_RHO_GROUP),
                               .sigma = ory_values_real(v, DP_SIGMA),
                               .kappa = ory_values_real(v, DP_KAPPA)};
    ory_mat centres = {0}, stimuli = {0};
    ory_status ok;

    if ((double)spec.n * (double)spec.stimuli * (double)spec.d > 1e9)
        return ory_fail(err, ORY_ERANGE, "%s: n stimuli dim = %.3g numbers (at most 1e9)", s->class->name,
                        (double)spec.n * (double)spec.stimuli * (double)spec.d);
    ok = ory_mat_new(&centres, spec.n, spec.d, err);
    if (ok == ORY_OK)
        ok = ory_mat_new(&stimuli, spec.n * spec.stimuli, spec.d, err);
    if (ok == ORY_OK)
        ok = ory_mat_new(atoms, spec.n, spec.d, err);
    if (ok == ORY_OK) {
        ory_concepts_make(&spec, rng, &centres, atoms, &stimuli);
        compare_averages(x, &spec, &centres, atoms);
    }
    ory_mat_free(&centres);
    ory_mat_free(&stimuli);
    return ok;
}

static ory_status make_dictionary(ory_system *s, dict_code *x, ory_rng *rng, ory_error *err)
{
    const ory_values *v = &s->values;
    const ory_mat *given = ory_values_mat(v, DP_D);
    ory_mat made = {0};
    double *mean = NULL;
    ory_status ok = ORY_OK;

    x->synthetic = !given;
    x->averaging = x->averaging_limit = NAN;
    if (!given && (ok = generate(s, x, rng, &made, err)) != ORY_OK)
        return ok;
    given = given ? given : &made;
    x->n = given->rows;
    x->d = given->cols;
    ok = read_names(s, x, err);
    if (ok == ORY_OK && !x->names && x->synthetic)
        ok = invent_names(s, x, err);
    if (ok == ORY_OK && ory_values_given(v, DP_MEAN)) {
        mean = ory_alloc(x->d, sizeof *mean);
        ok = mean ? read_vector(s, DP_MEAN, x->d, mean, err) : no_memory(s, err);
    }
    if (ok == ORY_OK) {
        ok = ory_dictionary_init(&x->D, given, ory_values_bool(v, DP_NORMALISE), mean,
                                 (const char *const *)x->names, err);
        if (ok != ORY_OK)
            ory_fail_prefix(err, "%s", s->class->name);
    }
    ory_free(mean);
    ory_mat_free(&made);
    return ok;
}

static ory_status make_room(ory_system *s, dict_code *x, ory_error *err)
{
    const size_t n = x->n, d = x->d, shown = DICT_SHOWN;

    x->v = ory_alloc(d, sizeof *x->v);
    x->u = ory_alloc(d, sizeof *x->u);
    x->q = ory_alloc(n, sizeof *x->q);
    x->truth = ory_alloc(n, sizeof *x->truth);
    x->target = ory_alloc(d, sizeof *x->target);
    x->g = ory_alloc(n, sizeof *x->g);
    x->work = ory_alloc(2 * n, sizeof *x->work);
    x->w = ory_alloc(n, sizeof *x->w);
    x->r = ory_alloc(d, sizeof *x->r);
    x->after = ory_alloc(d, sizeof *x->after);
    x->rival = ory_alloc(d, sizeof *x->rival);
    x->column = ory_alloc(n > shown ? n : shown, sizeof *x->column);
    x->list = ory_alloc(n, sizeof *x->list);
    x->some = ory_alloc(n, sizeof *x->some);
    x->gone = ory_alloc(n, 1);
    x->path = n <= DICT_PATH_ATOMS ? ory_alloc(DICT_PATH * n, sizeof *x->path) : NULL;
    x->path_l1 = ory_alloc(DICT_PATH, sizeof *x->path_l1);
    if (!x->v || !x->u || !x->q || !x->truth || !x->target || !x->g || !x->work || !x->w || !x->r ||
        !x->after || !x->rival || !x->column || !x->list || !x->some || !x->gone ||
        (n <= DICT_PATH_ATOMS && !x->path) || !x->path_l1)
        return no_memory(s, err);
    if (ory_coder_init(&x->coder, n, err) != ORY_OK || ory_omp_init(&x->omp, n, x->k, d, err) != ORY_OK)
        return no_memory(s, err);
    return ORY_OK;
}

static ory_status make_source(ory_system *s, dict_code *x, ory_rng *rng, ory_error *err)
{
    const ory_values *v = &s->values;
    const ory_mat atoms = ory_mat_view(x->D.given, x->n, x->d);
    size_t mix = ory_values_size(v, DP_MIX);
    ory_status ok = ORY_OK;

    x->noiseless = 0;
    if (ory_values_given(v, DP_V)) {
        ok = read_vector(s, DP_V, x->d, x->v, err);
        x->has_truth = ory_values_given(v, DP_TRUTH);
        if (ok == ORY_OK && x->has_truth)
            ok = read_vector(s, DP_TRUTH, x->n, x->truth, err);
        return ok;
    }
    if (mix > x->n) {
        ory_system_note(s, "mix cut from %zu to the %zu atoms there are", mix, x->n);
        mix = x->n;
    }
    x->noiseless = ory_values_real(v, DP_SNR) >= NO_NOISE;
    ory_concepts_source(&atoms, mix, x->noiseless > 0 ? INFINITY : ory_values_real(v, DP_SNR), rng, x->v,
                        x->truth, x->list);
    x->has_truth = true;
    return ORY_OK;
}

/* -------------------------------------------------------------------------- the edit */

static ory_status number_of(ory_system *s, const dict_code *x, int row, size_t *out, ory_error *err)
{
    *out = ory_values_size(&s->values, row);
    if (*out > x->n)
        return ory_fail(err, ORY_ERANGE, "%s: %s = %zu (the dictionary has %zu atoms)", s->class->name,
                        s->values.params[row].name, *out, x->n);
    return ORY_OK;
}

/* The atom that matters most (or least), by true weight or else by product with v. */
static size_t extreme_atom(const dict_code *x, bool most, size_t but)
{
    const double *by = x->has_truth ? x->truth : x->q;
    size_t j, at = but == 0 && x->n > 1 ? 1 : 0;

    for (j = 0; j < x->n; j++)
        if (j != but && (most ? fabs(by[j]) > fabs(by[at]) : fabs(by[j]) < fabs(by[at])))
            at = j;
    return at;
}

static ory_status make_edit(ory_system *s, dict_code *x, ory_error *err)
{
    const int edit = ory_values_choice(&s->values, DP_EDIT);
    size_t source, target;
    ory_status ok = number_of(s, x, DP_SOURCE, &source, err);

    if (ok == ORY_OK)
        ok = number_of(s, x, DP_TARGET, &target, err);
    if (ok != ORY_OK)
        return ok;
    if (edit == EDIT_ADD && !ory_values_given(&s->values, DP_COEFFICIENT))
        return ory_fail(err, ORY_EINVAL, "%s: edit = \"add\" needs a coefficient: there is no estimate of a "
                                         "concept that is not in the source", s->class->name);
    x->source = source ? source - 1 : extreme_atom(x, true, x->n);
    x->target_atom = x->n;
    if (ory_values_given(&s->values, DP_VECTOR))
        return read_vector(s, DP_VECTOR, x->d, x->target, err);
    if (edit == EDIT_REMOVE) {
        ory_free(x->target);
        x->target = NULL;
        ory_system_note(s, "no null concept given (vector): the source is removed towards zero");
        return ORY_OK;
    }
    x->target_atom = target ? target - 1 : extreme_atom(x, false, x->source);
    memcpy(x->target, x->D.given + x->target_atom * x->d, x->d * sizeof *x->target);
    if (target)
        ory_system_note(s, "the target is among the atoms (the publication leaves it out)");
    return ORY_OK;
}

/* Which paths are drawn is settled before any is known: names of entries do not change. */
static ory_status choose_curves(dict_code *x, ory_error *err)
{
    const size_t most = x->d < x->n ? x->d : x->n;
    const ory_code_spec spec = {.method = ORY_CODE_OMP, .nonneg = x->nonneg,
                                .k = most < DICT_CURVES ? most : DICT_CURVES, .max = DICT_CURVES};
    const ory_code_task t = {.gram = &x->D.gram, .q = x->q, .vv = x->vv, .v = x->u};
    size_t j;

    x->curves = 0;
    if (x->vv > 0 && ory_code_solve(&x->coder, &spec, &t, x->column, NULL, err) != ORY_OK)
        return ORY_ENOMEM;
    for (j = 0; x->vv > 0 && j < x->coder.omp.k; j++)
        x->curve[x->curves++] = x->coder.omp.order[j];
    if (x->curves == 0) /* nothing is worth taking */
        x->curve[x->curves++] = 0;
    return ORY_OK;
}

/* ----------------------------------------------------------------------------- init */

static void make_constants(ory_system *s, dict_code *x)
{
    const ory_gram *g = &x->D.gram;
    size_t i, j;

    ory_dictionary_project(&x->D, x->v, x->u, x->q, &x->scale);
    x->vv = ory_norm2_sq(x->u, x->d);
    x->l1_max = ory_code_l1_max(x->q, x->n, x->nonneg);
    ory_dictionary_coherence(&x->D, &x->coherence);
    x->twin_i = x->coherence.i, x->twin_j = x->coherence.j;
    x->twins = x->n > 1 && g->G[x->twin_i * x->n + x->twin_j] >
                               (1 - 1e-12) * sqrt(g->diag[x->twin_i] * g->diag[x->twin_j]);
    x->orthonormality = 0;
    for (i = 0; i < x->n; i++)
        for (j = 0; j < x->n; j++)
            x->orthonormality = fmax(x->orthonormality, fabs(g->G[i * x->n + j] - (i == j)));
    for (j = 0, x->true_k = 0; j < x->n; j++)
        x->true_k += x->truth[j] != 0;
    x->L = x->method == ORY_CODE_FISTA ? ory_fista_bound(&x->D.gram, x->work) : 0;
    x->best_l1 = x->best_l2 = x->path_l2 = NAN;
    if (x->vv == 0)
        ory_system_note(s, "the source is zero: all weights are 0 and edits by coefficient do nothing");
}

static ory_status init_parts(ory_system *s, dict_code *x, ory_error *err)
{
    size_t k = ory_values_size(&s->values, DP_K), most;
    ory_rng rng;
    ory_status ok;

    ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, DP_SEED), 0);
    x->method = (ory_code_method)ory_values_choice(&s->values, DP_METHOD);
    x->nonneg = ory_values_bool(&s->values, DP_NONNEG);
    if ((ok = make_dictionary(s, x, &rng, err)) != ORY_OK)
        return ok;
    if (x->n > ORY_GRAM_FULL)
        return ory_fail(err, ORY_ERANGE, "%s: %zu atoms (at most %d can be watched; dict.solve takes more)",
                        s->class->name, x->n, ORY_GRAM_FULL);
    most = x->d < x->n ? x->d : x->n;
    if (k > most && x->method == ORY_CODE_OMP)
        ory_system_note(s, "k cut from %zu to %zu, the smaller of dimension and atoms", k, most);
    x->k = k < most ? k : most;
    if ((ok = make_room(s, x, err)) != ORY_OK || (ok = make_source(s, x, &rng, err)) != ORY_OK)
        return ok;
    make_constants(s, x);
    if ((ok = choose_curves(x, err)) != ORY_OK)
        return ok;
    return make_edit(s, x, err);
}

static ory_status init(ory_system *s, ory_error *err)
{
    dict_code *x = ory_alloc(1, sizeof *x);
    ory_status ok;
    size_t n;

    if (!x)
        return no_memory(s, err);
    s->self = x;
    if ((ok = init_parts(s, x, err)) != ORY_OK)
        return ok;
    n = x->n;
    s->loss_min = NAN;
    s->dim = 3 * n + DICT_CLOCK;
    s->blocks[0] = (ory_block){"c", 0, n, 1};
    s->blocks[1] = (ory_block){"y", n, n, 1};
    s->blocks[2] = (ory_block){"mark", 2 * n, n, 1};
    s->blocks[3] = (ory_block){"clock", 3 * n, DICT_CLOCK, 1};
    s->n_blocks = 4;
    return ORY_OK;
}

static void fini(ory_system *s)
{
    dict_code *x = s->self;
    size_t i;

    if (!x)
        return;
    {
        void *const blocks[] = {x->v, x->u, x->q, x->truth, x->names, x->name_text, x->target, x->g, x->work,
                                x->w, x->r, x->after, x->rival, x->column, x->list, x->some, x->gone,
                                x->path, x->path_l1};

        for (i = 0; i < sizeof blocks / sizeof *blocks; i++)
            ory_free(blocks[i]);
    }
    ory_dictionary_fini(&x->D);
    ory_omp_fini(&x->omp);
    ory_coder_fini(&x->coder);
    ory_free(x);
    s->self = NULL;
}

static ory_status changed(ory_system *s, int param, ory_error *err)
{
    dict_code *x = s->self;

    (void)param, (void)err;
    x->stamp = 0;
    return ORY_OK;
}

static ory_status start(ory_system *s, double *out, ory_error *err)
{
    dict_code *x = s->self;
    const ory_code_task t = dict_task(s, x);
    double *clock = out + 3 * x->n;

    (void)err;
    memset(out, 0, s->dim * sizeof *out);
    clock[CK_MOMENTUM] = 1;
    clock[CK_L1] = t.l1;
    clock[CK_L2] = t.l2;
    return ORY_OK;
}

/* --------------------------------------------------------------------------- looking */

ory_code_task dict_task(const ory_system *s, const dict_code *x)
{
    const bool omp = x->method == ORY_CODE_OMP;

    return (ory_code_task){.gram = (ory_gram *)&x->D.gram, .q = x->q, .vv = x->vv, .v = x->u,
                           .l1 = omp ? 0 : ory_values_real(&s->values, DP_L1),
                           .l2 = omp ? 0 : ory_values_real(&s->values, DP_L2), .nonneg = x->nonneg};
}

/* How far one coordinate step would move any weight. */
static double unrest(const ory_code_task *t, const double *c, const double *g)
{
    double most = 0;
    size_t j;

    for (j = 0; j < t->gram->n; j++) {
        const double Gjj = t->gram->diag[j], z = g[j] + Gjj * c[j];
        double to = z > t->l1 ? z - t->l1 : !t->nonneg && z < -t->l1 ? z + t->l1 : 0;

        if (Gjj > 0)
            most = fmax(most, fabs(to / (Gjj + t->l2) - c[j]) * sqrt(Gjj));
    }
    return most;
}

void dict_look(ory_system *s, const ory_moment *m)
{
    dict_code *x = s->self;
    const ory_code_task t = dict_task(s, x);

    if (m->stamp != 0 && m->stamp == x->stamp)
        return;
    ory_code_correlate(&t, m->x, x->g);
    ory_code_look(&t, m->x, x->g, &x->point);
    x->violation = ory_code_violation(&t, m->x, x->g);
    x->still = unrest(&t, m->x, x->g);
    ory_dictionary_weights(&x->D, m->x, x->scale, x->w);
    ory_dictionary_residual(&x->D, x->v, x->w, x->r);
    x->stamp = m->stamp;
}

static void memory_start(ory_system *s, const ory_moment *m, double *memory)
{
    const dict_code *x = s->self;

    dict_look(s, m);
    memory[MEM_RR] = x->point.rr;
    memory[MEM_GROWTH] = 0;
}

static void observe(ory_system *s, const ory_moment *m, double *memory)
{
    const dict_code *x = s->self;

    dict_look(s, m);
    memory[MEM_GROWTH] = fmax(memory[MEM_GROWTH], x->point.rr - memory[MEM_RR]);
    memory[MEM_RR] = x->point.rr;
}

static const char *standing(ory_system *s, const ory_moment *m)
{
    const dict_code *x = s->self;

    return m->x[3 * x->n + CK_DONE] > 0.5 ? "converged" : NULL;
}

static void describe(const ory_system *s, char *text, size_t size)
{
    const dict_code *x = s->self;

    snprintf(text, size, "concepts · %zu atoms of %zu numbers · %s%s · coherence %.3g", x->n, x->d,
             ory_code_method_names[x->method], x->nonneg ? ", weights >= 0" : "", x->coherence.mu);
}

const ory_system_class ory_dict_code_class = {
    .name = "dict.code",
    .summary = "a vector as a sparse mix of named concepts, and the edit that takes one for another",
    .source = "J. Luo, T. Ding, K. H. R. Chan, H. Min, C. Callison-Burch, R. Vidal, \"Concept Lancet: "
              "Image Editing with Compositional Representation Transplant\", arXiv:2504.02828",
    .example = "dict.code{ n=20, mix=4, method='omp' }",
    .params = params,
    .probes = dict_code_probes,
    .claims = dict_code_claims,
    .default_stepper = "advance",
    .record = record,
    .layout = "v(h(bars(weights, true_weights, title='weights, ┊ true'):34, trace(residual, gap):30,"
              " claims:30):8,"
              " h(bars(cos_after, cos_before, title='cosines after the edit, ┊ before'):34,"
              " table(nonzeros, f1, weight_source, edit_error, rival_error, side_effect, mu):30,"
              " heat(gram_shown, title='cosines of the atoms'):30):7, console:3)",
    .memory = DICT_MEMORY,
    .init = init,
    .fini = fini,
    .changed = changed,
    .start = start,
    .advance = dict_advance,
    .memory_start = memory_start,
    .observe = observe,
    .probe = dict_code_probe,
    .shape = dict_code_shape,
    .work = dict_code_work,
    .standing = standing,
    .why = dict_code_why,
    .entry = dict_code_entry,
    .describe = describe,
};
