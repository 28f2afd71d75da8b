/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mlp.c - net.mlp: fully connected networks of any depth and width on the user's data. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "systems/mlp.h"

enum { STREAM_START = 21 };

static const char *const activations[] = {"identity", "relu", "leaky", "prelu", "tanh", "sigmoid",
                                          "softplus", "gelu", NULL};
static const char *const losses[] = {"square", "logistic", "exponential", "softmax", NULL};
static const char *const inits[] = {"he", "xavier", "gaussian", NULL};

static const ory_param mlp_params[] = {
    [P_X] = {"X", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",
             "inputs, samples x n; standard normal when absent", NULL},
    [P_Y] = {"Y", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",
             "targets, samples x m: numbers (square), 1 and -1 (logistic, exponential), "
             "probabilities or one column of class numbers 1, 2, ... (softmax); from a random "
             "teacher when absent",
             NULL},
    [P_N] = {"n", ORY_PARAM_INT, 2, 1, 1e7, NULL, 0, "", "inputs", NULL},
    [P_M] = {"m", ORY_PARAM_INT, 1, 1, 1e6, NULL, 0, "", "outputs (3 for softmax)", NULL},
    [P_SAMPLES] = {"samples", ORY_PARAM_INT, 50, 1, 1e8, NULL, 0, "", "samples", NULL},
    [P_HIDDEN] = {"hidden", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                  "widths of the hidden layers, a list; {20} when absent", NULL},
    [P_ACTIVATION] = {"activation", ORY_PARAM_CHOICE, ACT_RELU, 0, 0, activations, 0, "",
                      "of the hidden units", NULL},
    [P_EXPONENT] = {"exponent", ORY_PARAM_REAL, 2, 1, 16, NULL, 0, "",
                    "p of activation prelu, max(z, 0)^p", NULL},
    [P_LEAK] = {"leak", ORY_PARAM_REAL, 0.01, -INFINITY, INFINITY, NULL, 0, "",
                "slope of activation leaky below 0", NULL},
    [P_LOSS] = {"loss", ORY_PARAM_CHOICE, LOSS_SQUARE, 0, 0, losses, 0, "",
                "square (f-y)^2/2, logistic log(1+exp(-yf)), exponential exp(-yf), softmax "
                "cross-entropy",
                NULL},
    [P_MEAN] = {"mean", ORY_PARAM_BOOL, 1, 0, 1, NULL, 0, "",
                "average the loss over the samples; false: sum", NULL},
    [P_BIASES] = {"biases", ORY_PARAM_BOOL, 1, 0, 1, NULL, 0, "", "units have biases", NULL},
    [P_INIT] = {"init", ORY_PARAM_CHOICE, INIT_HE, 0, 0, inits, 0, "",
                "weights at the start: he N(0, 2/fan-in), xavier N(0, 1/fan-in), gaussian N(0, 1); "
                "biases 0",
                NULL},
    [P_INIT_SCALE] = {"init_scale", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, 0, "",
                      "factor of the weights at the start", NULL},
    [P_SEED] = {"seed", ORY_PARAM_INT, 1, 0, 9007199254740991.0, NULL, 0, "", "random seed", NULL},
    [P_TEACHER] = {"teacher", ORY_PARAM_INT, 3, 1, 1e4, NULL, 0, "",
                   "tanh units of the teacher that makes Y", NULL},
    [P_NOISE] = {"noise", ORY_PARAM_REAL, 0, 0, INFINITY, NULL, 0, "",
                 "standard deviation of noise on the teacher's outputs", NULL},
    [P_LOSS_MIN] = {"loss_min", ORY_PARAM_REAL, 0, -INFINITY, INFINITY, NULL, 0, "",
                    "minimum of the loss, for gap and pl; 0 for networks that can fit", NULL},
    {0}};

static const char *const mlp_record[] = {"loss", "grad_norm", "pl", "alignment_min", NULL};

/* ------------------------------------------------------------------- layout */

static void set_blocks(ory_system *s, mlp *p)
{
    s->dim = s->n_blocks = 0;
    for (size_t l = 1; l <= p->depth; l++) {
        char *name = p->names[2 * (l - 1)];

        snprintf(name, sizeof p->names[0], "W%zu", l);
        p->w[l] = s->dim;
        s->blocks[s->n_blocks++] = (ory_block){name, s->dim, p->d[l], p->d[l - 1]};
        s->dim += p->d[l] * p->d[l - 1];
        if (!p->biases)
            continue;
        name = p->names[2 * (l - 1) + 1];
        snprintf(name, sizeof p->names[0], "b%zu", l);
        p->b[l] = s->dim;
        s->blocks[s->n_blocks++] = (ory_block){name, s->dim, 1, p->d[l]};
        s->dim += p->d[l];
    }
}

static bool claim(double **where, size_t count)
{
    *where = ory_alloc(count, sizeof(double));
    return *where != NULL;
}

static ory_status make_space(const ory_system *s, mlp *p, ory_error *err)
{
    size_t largest = 0;
    bool ok = claim(&p->x, s->dim) && claim(&p->grad, s->dim);

    p->A[0] = p->X;
    for (size_t l = 1; ok && l <= p->depth; l++) {
        const size_t layer = p->samples * p->d[l], weights = p->d[l] * p->d[l - 1];

        ok = claim(&p->A[l], layer) && claim(&p->D1[l], layer) && claim(&p->D2[l], layer) &&
             claim(&p->E[l], layer) && claim(&p->B[l], layer) && claim(&p->RA[l], layer) &&
             claim(&p->RE[l], layer) && claim(&p->left[l], p->d[l]) &&
             claim(&p->right[l], p->d[l - 1]);
        largest = weights > largest ? weights : largest;
        largest = p->d[l] > largest ? p->d[l] : largest;
    }
    ok = ok && claim(&p->space, largest);
    return ok ? ORY_OK : ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
}

static ory_status mlp_init(ory_system *s, ory_error *err)
{
    mlp *p = s->self = ory_alloc(1, sizeof *p);
    ory_status status;

    if (!p)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    p->loss = ory_values_choice(&s->values, P_LOSS);
    p->biases = ory_values_bool(&s->values, P_BIASES);
    p->act = (mlp_act){ory_values_choice(&s->values, P_ACTIVATION),
                       ory_values_real(&s->values, P_EXPONENT), ory_values_real(&s->values, P_LEAK)};
    status = mlp_data_make(s, p, err);
    if (status != ORY_OK)
        return status;
    p->weight = ory_values_bool(&s->values, P_MEAN) ? 1 / (double)p->samples : 1;
    s->loss_min = ory_values_real(&s->values, P_LOSS_MIN);
    set_blocks(s, p);
    return make_space(s, p, err);
}

static void mlp_fini(ory_system *s)
{
    mlp *p = s->self;

    if (!p)
        return;
    for (size_t l = 1; l <= p->depth; l++) {
        double *owned[] = {p->A[l], p->D1[l], p->D2[l], p->E[l], p->B[l], p->RA[l], p->RE[l],
                           p->left[l], p->right[l]};

        for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
            ory_free(owned[i]);
    }
    ory_free(p->X);
    ory_free(p->Y);
    ory_free(p->x);
    ory_free(p->grad);
    ory_free(p->space);
    ory_free(p);
}

static ory_status mlp_start(ory_system *s, double *x, ory_error *err)
{
    const mlp *p = s->self;
    const double scale = ory_values_real(&s->values, P_INIT_SCALE);
    const int init = ory_values_choice(&s->values, P_INIT);

    (void)err;
    memset(x, 0, s->dim * sizeof *x);
    for (size_t l = 1; l <= p->depth; l++) {
        const double fan = (double)p->d[l - 1];
        ory_rng rng;

        ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, P_SEED), STREAM_START + l);
        ory_rng_fill_normal(&rng, x + p->w[l], p->d[l] * p->d[l - 1], 0,
                            scale * (init == INIT_HE       ? sqrt(2 / fan)
                                     : init == INIT_XAVIER ? sqrt(1 / fan)
                                                           : 1));
    }
    return ORY_OK;
}

static void mlp_describe(const ory_system *s, char *text, size_t size)
{
    const mlp *p = s->self;
    size_t used = (size_t)snprintf(text, size, "network %zu", p->d[0]);

    for (size_t l = 1; l <= p->depth && used < size; l++)
        used += (size_t)snprintf(text + used, size - used, "-%zu", p->d[l]);
    if (used < size)
        snprintf(text + used, size - used, " · %s · %s loss · %zu samples",
                 activations[p->act.kind], losses[p->loss], p->samples);
}

const ory_system_class ory_net_mlp_class = {
    .name = "net.mlp",
    .summary = "fully connected network of any depth, activation and loss",
    .source = "Rumelhart, Hinton, Williams, Nature 323 (1986); Hessian products after Pearlmutter "
              "(1994)",
    .example = "net.mlp{ n=2, hidden={20, 20}, activation=\"tanh\", samples=100 }",
    .params = mlp_params,
    .probes = mlp_probes,
    .default_stepper = "gd",
    .default_rule = "backtrack",
    .record = mlp_record,
    .layout = "v(h(trace(loss):31, meter(pl, sharpness, title='local constants'):29):6,"
              " h(trace(alignment_min):20, bars(stable_rank):20, bars(imbalance):20):5, console:3)",
    .init = mlp_init,
    .fini = mlp_fini,
    .start = mlp_start,
    .loss = mlp_loss,
    .hvp = mlp_hvp,
    .probe = mlp_probe,
    .shape = mlp_probe_shape,
    .work = mlp_probe_work,
    .why = mlp_probe_why,
    .describe = mlp_describe,
};
