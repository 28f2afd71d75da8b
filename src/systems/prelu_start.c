/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prelu_start.c - the initial state of net.prelu.
 *
 *   gaussian  every entry of W and v N(0, std^2)
 *   balanced  w_j = eps [W0]_j, v_j = s_j |w_j|, shape W0 ~ N(0, 1) and signs s_j fair coins
 *             unless they are given
 *   nudged    balanced after [W0]_j += nudge (mu_k - [W0]_j), k uniform
 *   kaiming   uniform in +-1/sqrt(D) for W and +-1/sqrt(h) for v and b: the usual layers
 * b = 0 except in kaiming. W and v given in full replace what init makes. */
#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "systems/prelu.h"

/* w_j moves toward a centre drawn uniformly. */
static void nudge(const ory_system *s, const prelu *p, double *W)
{
    const double by = ory_values_real(&s->values, P_NUDGE);
    ory_rng rng = ory_seed_stream(s, P_SEED, STREAM_NUDGE);

    for (size_t j = 0; j < p->h; j++) {
        const double *centre = p->mixture.centres + ory_rng_below(&rng, p->mixture.K) * p->D;

        for (size_t k = 0; k < p->D; k++)
            W[j * p->D + k] += by * (centre[k] - W[j * p->D + k]);
    }
}

static ory_status make_balanced(ory_system *s, prelu *p, double *W, double *v, ory_error *err)
{
    const double eps = ory_values_real(&s->values, P_EPS);
    ory_rng rng = ory_seed_stream(s, P_SEED, STREAM_W), coins = ory_seed_stream(s, P_SEED, STREAM_V);
    bool given;
    ory_status status = ory_read_matrix(s, P_SHAPE, W, p->h, p->D, &given, err);

    if (status == ORY_OK && !given)
        ory_rng_fill_normal(&rng, W, p->h * p->D, 0, 1);
    if (status == ORY_OK && ory_values_choice(&s->values, P_INIT) == INIT_NUDGED)
        nudge(s, p, W);
    if (status == ORY_OK)
        status = ory_read_signs(s, P_SIGNS, &coins, v, p->h, err);
    for (size_t j = 0; status == ORY_OK && j < p->h; j++) {
        double *w = W + j * p->D;

        for (size_t k = 0; k < p->D; k++) {
            if (w[k] != 0 && eps * fabs(w[k]) < DBL_MIN)
                return ory_fail(err, ORY_ERANGE, "%s: eps = %g makes entries of eps W0 underflow (the "
                                "smallest usable eps is %.3g)", s->class->name, eps,
                                DBL_MIN / fabs(w[k]));
            w[k] *= eps;
        }
        v[j] *= ory_norm2(w, p->D);
    }
    return status;
}

static void make_gaussian(const ory_system *s, const prelu *p, double *W, double *v)
{
    const double std = ory_values_real(&s->values, P_STD);
    ory_rng rng = ory_seed_stream(s, P_SEED, STREAM_W), rng_v = ory_seed_stream(s, P_SEED, STREAM_V);

    ory_rng_fill_normal(&rng, W, p->h * p->D, 0, std);
    ory_rng_fill_normal(&rng_v, v, p->h, 0, std);
}

/* v and b lie one behind the other. */
static void make_kaiming(const ory_system *s, const prelu *p, double *W, double *v)
{
    const double w = 1 / sqrt((double)p->D), out = 1 / sqrt((double)p->h);
    ory_rng rng = ory_seed_stream(s, P_SEED, STREAM_W), rng_v = ory_seed_stream(s, P_SEED, STREAM_V);

    ory_rng_fill_uniform(&rng, W, p->h * p->D, -w, w);
    ory_rng_fill_uniform(&rng_v, v, p->h + p->bias, -out, out);
}

static ory_status check_options(const ory_system *s, const prelu *p, ory_error *err)
{
    const int init = ory_values_choice(&s->values, P_INIT);

    if (init != INIT_BALANCED && init != INIT_NUDGED &&
        (ory_values_given(&s->values, P_SHAPE) || ory_values_given(&s->values, P_SIGNS)))
        return ory_fail(err, ORY_EINVAL, "%s: W0 and signs belong to init = \"balanced\" and \"nudged\"",
                        s->class->name);
    if (init == INIT_NUDGED && !p->known)
        return ory_fail(err, ORY_EINVAL, "%s: init = \"nudged\" needs known orthonormal centres",
                        s->class->name);
    return ORY_OK;
}

ory_status prelu_start_make(ory_system *s, prelu *p, ory_error *err)
{
    double *W = p->initial, *v = W + p->h * p->D;
    const int init = ory_values_choice(&s->values, P_INIT);
    ory_status status = check_options(s, p, err);
    bool given;

    if (status != ORY_OK)
        return status;
    if (init == INIT_GAUSSIAN)
        make_gaussian(s, p, W, v);
    else if (init == INIT_KAIMING)
        make_kaiming(s, p, W, v);
    else
        status = make_balanced(s, p, W, v, err);
    if (status == ORY_OK)
        status = ory_read_matrix(s, P_W, W, p->h, p->D, &given, err);
    if (status == ORY_OK)
        status = ory_read_matrix(s, P_V, v, p->h, 1, &given, err);
    return status;
}
