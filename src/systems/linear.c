/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linear.c - net.linear: a convex loss of a product W1 W2', its options and its
 * class object. The mathematics lives in the other linear_*.c files. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "systems/linear.h"

static const char *const loss_names[] = {"squared", "mf", "scalar", "logistic", "sensing", NULL};
static const char *const input_names[] = {"gaussian", "orthogonal", "spectrum", "identity", NULL};
static const char *const target_names[] = {"teacher", "planted", "initial", "random", NULL};
static const char *const init_names[] = {"gaussian", "xavier", "power", "balanced", "imbalanced",
                                         "near_optimal", "explicit", NULL};
static const char *const norm_names[] = {"spectral", "frobenius", NULL};
static const char *const eta0_names[] = {"max", "figure", NULL};
static const char *const certify_names[] = {"auto", "always", "never", NULL};

#define SIZE(def_, doc_) ORY_PARAM_INT, def_, 1, 1e6, NULL, 0, "", doc_, NULL
#define MATRIX(doc_) ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "", doc_, NULL
#define CHOICE(names_, flags_, doc_) ORY_PARAM_CHOICE, 0, 0, 0, names_, flags_, "", doc_, NULL

static const ory_param params[] = {
    [P_N] = {"n", SIZE(5, "rows of W1: input dimension")},
    [P_H] = {"h", SIZE(20, "columns of W1 and W2: hidden units")},
    [P_M] = {"m", SIZE(3, "rows of W2: output dimension")},
    [P_SAMPLES] = {"samples", SIZE(50, "rows of X and Y, or measurements of loss \"sensing\"")},
    [P_SEED] = {"seed", ORY_PARAM_INT, 1, 0, 0x1p53, NULL, 0, "",
                "seed of data and initial factors", NULL},
    [P_LOSS] = {"loss", CHOICE(loss_names, 0,
                "squared: (s/2)||Y-XW||^2; mf: X is the identity; scalar: (x-1)^2/2; logistic: "
                "labels +-1 and a ridge term; sensing: sum (<A_k,W>-y_k)^2/2")},
    [P_LOSS_SCALE] = {"loss_scale", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, ORY_OPEN_MIN, "",
                      "the factor s of squared loss", NULL},
    [P_LAMBDA] = {"lambda", ORY_PARAM_REAL, 0.1, 0, INFINITY, NULL, ORY_OPEN_MIN, "",
                  "ridge weight of logistic loss, on W", NULL},
    [P_X] = {"X", MATRIX("inputs, samples x n; generated when absent")},
    [P_Y] = {"Y", MATRIX("targets, samples x m (mf: n x m; logistic: entries 1 or -1); generated "
                         "when absent")},
    [P_A] = {"A", MATRIX("sensing: measurement matrices, one a row, each written out row by row")},
    [P_MEASUREMENTS] = {"y", MATRIX("sensing: the measurements, one for each row of A")},
    [P_INPUTS] = {"inputs", CHOICE(input_names, 0,
                  "generated X: N(0,1) entries, orthonormal columns, singular values uniform in "
                  "[spectrum_low, spectrum_high], or the identity")},
    [P_RANK] = {"rank", ORY_PARAM_INT, 0, 1, 1e6, NULL, ORY_OPTIONAL, "",
                "rank of the generated X; full when absent", NULL},
    [P_SPECTRUM_LOW] = {"spectrum_low", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, ORY_OPEN_MIN, "",
                        "inputs \"spectrum\": smallest singular value", NULL},
    [P_SPECTRUM_HIGH] = {"spectrum_high", ORY_PARAM_REAL, 2, 0, INFINITY, NULL, ORY_OPEN_MIN, "",
                         "inputs \"spectrum\": largest singular value", NULL},
    [P_TARGETS] = {"targets", CHOICE(target_names, 0,
                   "generated Y = X Theta + noise: Theta Gaussian, of low rank (planted), the "
                   "initial W1 W2', or Y pure noise of standard deviation teacher_std (random)")},
    [P_TEACHER_STD] = {"teacher_std", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, 0, "",
                       "standard deviation of the entries of Theta", NULL},
    [P_TEACHER_RANK] = {"teacher_rank", ORY_PARAM_INT, 0, 1, 1e6, NULL, ORY_OPTIONAL, "",
                        "targets \"planted\": rank of Theta; min(n, m, h) when absent", NULL},
    [P_NOISE] = {"noise", ORY_PARAM_REAL, 0.1, 0, INFINITY, NULL, 0, "",
                 "standard deviation of the noise on generated targets", NULL},
    [P_W1] = {"W1", MATRIX("initial W1, n x h; with W2")},
    [P_W2] = {"W2", MATRIX("initial W2, m x h; with W1")},
    [P_INIT] = {"init", CHOICE(init_names, 0,
                "initial factors: N(0,1), N(0,1/h) (xavier), N(0,h^(-2 power)), balanced "
                "(W1'W1 = W2'W2), imbalanced, a balanced factorisation of the minimiser plus "
                "N(0,1), or W1 and W2 as given; random parts times init_scale")},
    [P_INIT_SCALE] = {"init_scale", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, 0, "",
                      "factor of the random part of the initial factors", NULL},
    [P_POWER] = {"power", ORY_PARAM_REAL, 0.375, -INFINITY, INFINITY, NULL, 0, "",
                 "init \"power\": the exponent p of N(0, h^(-2p))", NULL},
    [P_IMBALANCE] = {"imbalance", ORY_PARAM_REAL, 4, 0, INFINITY, NULL, ORY_OPEN_MIN, "",
                     "init \"imbalanced\": ratio of the scales of W1 and W2", NULL},
    [P_C] = {"c", ORY_PARAM_REAL, 0.5, 0, 1, NULL, ORY_LIVE | ORY_OPEN_MIN | ORY_OPEN_MAX, "",
             "free constant c of the uniform bounds", NULL},
    [P_D] = {"d", ORY_PARAM_REAL, 2, 1, INFINITY, NULL, ORY_LIVE | ORY_OPEN_MIN, "",
             "free constant d of the uniform bounds: growth 1 + eta0^d of the step cap", NULL},
    [P_BETA_NORM] = {"beta_norm", CHOICE(norm_names, ORY_LIVE,
                     "norm of W* in beta2: spectral as printed, frobenius as plotted")},
    [P_ETA0] = {"eta0", ORY_PARAM_NUMBER_OR_CHOICE, 0, 0, INFINITY, eta0_names,
                ORY_LIVE | ORY_OPEN_MIN, "",
                "first step of rules const, rho, rho_bar: a number, \"max\" (eta_max), or "
                "\"figure\" (0.995 eta2, as plotted: outside the theorem)", NULL},
    [P_C1] = {"c1", ORY_PARAM_REAL, 0.5, 0, 1, NULL, ORY_LIVE | ORY_OPEN_MIN | ORY_OPEN_MAX, "",
              "constant c1 of rule x23", NULL},
    [P_C2] = {"c2", ORY_PARAM_REAL, 1.5, 1, INFINITY, NULL, ORY_LIVE | ORY_OPEN_MIN, "",
              "constant c2 of rule x23", NULL},
    [P_CERTIFY] = {"certify", CHOICE(certify_names, ORY_LIVE,
                   "which steps enter gap_bound: those that a theorem or the rule certifies at no "
                   "cost (auto), every step at the price of its singular values (always), none")},
    {0}};

static const char *const record[] = {"loss", "gap", "grad_norm", "step", "pl", "mu_t", "K_t",
                                     "eta_invK", "gap_bound", NULL};

/* -------------------------------------------------------------------- life */

static void take_sizes(ory_system *s, linear *l, const linear_data *d)
{
    l->n = d->n;
    l->h = d->h;
    l->m = d->m;
    l->samples = d->samples;
    l->loss = ory_values_choice(&s->values, P_LOSS);
    l->s = l->loss == LOSS_SQUARED ? ory_values_real(&s->values, P_LOSS_SCALE) : 1;
    l->lambda = ory_values_real(&s->values, P_LAMBDA);
    s->dim = (l->n + l->m) * l->h;
    s->blocks[0] = (ory_block){"W1", 0, l->n, l->h};
    s->blocks[1] = (ory_block){"W2", l->n * l->h, l->m, l->h};
    s->n_blocks = 2;
}

static ory_status keep_initial(ory_system *s, linear *l, linear_data *d, ory_error *err)
{
    ory_status status = ORY_OK;

    if (!d->W1.data)
        status = linear_data_near(s, d, l->target, err);
    if (status != ORY_OK)
        return status;
    l->initial = ory_alloc(s->dim, sizeof(double));
    if (!l->initial)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    memcpy(l->initial, d->W1.data, l->n * l->h * sizeof(double));
    memcpy(l->initial + l->n * l->h, d->W2.data, l->m * l->h * sizeof(double));
    return ORY_OK;
}

/* What the user should know before the first step. */
static void warn(ory_system *s, linear *l)
{
    const ory_moment m = {.x = l->initial, .x0 = l->initial, .rule = -1};
    const linear_fixed *f;
    double eta0;

    if (linear_stationary(s, &m))
        ory_system_note(s, "the start is stationary, not optimal: the gradient is 0 while the gap "
                           "is %.4g; gradient descent stays there",
                        linear_at(l, l->initial, 0)->gap);
    if (ory_values_choice(&s->values, P_ETA0) == ETA0_MAX)
        return;
    f = linear_fixed_at(s, &m);
    eta0 = f->eta0;
    if (eta0 > f->eta_max)
        ory_system_note(s, "eta0 = %.4g > eta_max = %.4g: outside the theorem, no uniform rate",
                        eta0, f->eta_max);
}

static ory_status init(ory_system *s, ory_error *err)
{
    linear *l = s->self = ory_alloc(1, sizeof *l);
    linear_data d;
    ory_status status;

    if (!l)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    status = linear_data_make(s, &d, err);
    if (status == ORY_OK) {
        take_sizes(s, l, &d);
        status = linear_loss_init(s, &d, err);
    }
    if (status == ORY_OK)
        status = keep_initial(s, l, &d, err);
    linear_data_free(&d);
    if (status == ORY_OK)
        status = linear_state_init(l, err);
    if (status == ORY_OK)
        warn(s, l);
    return status;
}

static void fini(ory_system *s)
{
    linear *l = s->self;

    if (!l)
        return;
    linear_loss_fini(l);
    linear_state_fini(l);
    ory_free(l->initial);
    ory_free(l);
    s->self = NULL;
}

/* All knobs act through linear_fixed and the rules. */
static ory_status changed(ory_system *s, int param, ory_error *err)
{
    linear *l = s->self;

    (void)param, (void)err;
    l->fixed.knobs = false;
    return ORY_OK;
}

static ory_status start(ory_system *s, double *x, ory_error *err)
{
    const linear *l = s->self;

    (void)err;
    memcpy(x, l->initial, s->dim * sizeof *x);
    return ORY_OK;
}

static void describe(const ory_system *s, char *text, size_t size)
{
    const linear *l = s->self;
    const int n = snprintf(text, size, "linear %zu×%zu×%zu · %s loss", l->n, l->h, l->m,
                           loss_names[l->loss]);

    if (n > 0 && (size_t)n < size && l->loss != LOSS_MF && l->loss != LOSS_SCALAR)
        snprintf(text + n, size - (size_t)n, " · %zu %s", l->samples,
                 l->loss == LOSS_SENSING ? "measurements" : "samples");
}

const ory_system_class ory_net_linear_class = {
    .name = "net.linear",
    .summary = "two-layer linear network: a convex loss of W1 W2', with local PL and smoothness "
               "constants",
    .source = "Z. Xu, H. Min, S. Tarmoun, E. Mallada, R. Vidal, \"A Local Polyak-Łojasiewicz and "
              "Descent Lemma of Gradient Descent For Overparametrized Linear Models\", TMLR "
              "04/2025, arXiv:2505.11664",
    .example = "net.linear{ n=5, h=20, m=3, samples=50, init_scale=0.1, seed=7 }",
    .params = params,
    .probes = linear_probes,
    .claims = linear_claims,
    .rules = linear_rules,
    .default_stepper = "gd",
    .default_rule = "local",
    .record = record,
    .layout = "v(h(trace(gap):31, meter(pl, sharpness, title='local constants'):29):6,"
              " h(spectrum(sv_w):26, dial(step, edge, high=eta_invK, edge=eta_edge, from=gap,"
              " predicted=rate_bound, observed=gap_next):32, claims:38, trace(imbalance):24):5,"
              " console:3)",
    .memory = MEM_COUNT,
    .init = init,
    .fini = fini,
    .changed = changed,
    .start = start,
    .loss = linear_loss,
    .gap = linear_gap_at,
    .hvp = linear_hvp,
    .memory_start = linear_memory_start,
    .observe = linear_observe,
    .probe = linear_probe,
    .shape = linear_probe_shape,
    .work = linear_probe_work,
    .standing = linear_standing,
    .why = linear_probe_why,
    .describe = describe,
};
