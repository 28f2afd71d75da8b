/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relu_start.c - the initial state of net.relu.
 *
 *   gaussian  every entry of W and v N(0, std^2)
 *   balanced  w_j = eps [W0]_j, v_j = s_j |w_j|, with shape W0 (N(0, 1/D) unless given) and
 *             signs s_j (fair coins unless given)
 * W and v given in full replace what init makes. eps may be as small as the numbers allow:
 * norms are scaled, and a product that underflows to 0 is refused. */
#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "systems/relu.h"
#include "systems/twoclass.h"

static ory_rng stream(const ory_system *s, uint64_t key)
{
    return ory_seed_stream(s, P_SEED, key);
}

/* eps W0 must not lose an entry, nor its precision, to underflow. */
static ory_status scale_shape(const ory_system *s, const relu *p, double eps, double *W,
                              ory_error *err)
{
    double least = INFINITY;

    for (size_t i = 0; i < p->h * p->D; i++)
        if (W[i] != 0)
            least = fmin(least, fabs(W[i]));
    if (eps * least < DBL_MIN)
        return ory_fail(err, ORY_ERANGE,
                        "%s: eps = %g makes entries of eps W0 underflow (the smallest usable eps is "
                        "%.3g)",
                        s->class->name, eps, DBL_MIN / least * (1 + 4 * DBL_EPSILON));
    for (size_t i = 0; i < p->h * p->D; i++)
        W[i] *= eps;
    return ORY_OK;
}

static ory_status make_balanced(ory_system *s, relu *p, double *W, double *v, ory_error *err)
{
    relu_theory *t = &p->theory;
    ory_rng rng = stream(s, STREAM_W), coins = stream(s, STREAM_V);
    bool given;
    ory_status status = ory_read_matrix(s, P_SHAPE, W, p->h, p->D, &given, err);

    if (status == ORY_OK && !given)
        ory_rng_fill_normal(&rng, W, p->h * p->D, 0, 1 / sqrt((double)p->D));
    t->eps = ory_values_real(&s->values, P_EPS);
    t->w_min = INFINITY;
    for (size_t j = 0; status == ORY_OK && j < p->h; j++) {
        const double norm = ory_norm2(W + j * p->D, p->D);

        if (!(norm > 0))
            return ory_fail(err, ORY_ERANGE, "%s: row %zu of W0 is zero (balanced neurons must not "
                            "be)", s->class->name, j + 1);
        t->w_min = fmin(t->w_min, norm);
        t->w_max = fmax(t->w_max, norm);
    }
    if (status == ORY_OK)
        status = scale_shape(s, p, t->eps, W, err);
    if (status == ORY_OK)
        status = ory_read_signs(s, P_SIGNS, &coins, v, p->h, err);
    for (size_t j = 0; status == ORY_OK && j < p->h; j++)
        v[j] *= ory_norm2(W + j * p->D, p->D);
    t->balanced = true;
    return status;
}

static void make_gaussian(const ory_system *s, const relu *p, double *W, double *v)
{
    const double std = ory_values_real(&s->values, P_STD);
    ory_rng rng = stream(s, STREAM_W), rng_v = stream(s, STREAM_V);

    ory_rng_fill_normal(&rng, W, p->h * p->D, 0, std);
    ory_rng_fill_normal(&rng_v, v, p->h, 0, std);
}

/* W and v given by hand are balanced when |v_j| = |w_j| to rounding; their scale is 1. */
static void judge_given(relu *p, const double *W, const double *v)
{
    relu_theory *t = &p->theory;

    t->balanced = true;
    t->eps = 1;
    t->w_min = INFINITY;
    t->w_max = 0;
    for (size_t j = 0; j < p->h; j++) {
        const double norm = ory_norm2(W + j * p->D, p->D);

        t->balanced &= norm > 0 && fabs(fabs(v[j]) - norm) <= 1e-13 * norm;
        t->w_min = fmin(t->w_min, norm);
        t->w_max = fmax(t->w_max, norm);
    }
}

ory_status relu_start_make(ory_system *s, relu *p, ory_error *err)
{
    double *W = p->initial, *v = W + p->h * p->D;
    const bool balanced = ory_values_choice(&s->values, P_INIT) == INIT_BALANCED;
    bool given_w = false, given_v = false;
    ory_status status = ORY_OK;

    p->theory.w_max = 0;
    if (!balanced && (ory_values_given(&s->values, P_SHAPE) || ory_values_given(&s->values, P_SIGNS)))
        return ory_fail(err, ORY_EINVAL, "%s: W0 and signs belong to init = \"balanced\"",
                        s->class->name);
    if (balanced)
        status = make_balanced(s, p, W, v, err);
    else
        make_gaussian(s, p, W, v);
    if (status == ORY_OK)
        status = ory_read_matrix(s, P_W, W, p->h, p->D, &given_w, err);
    if (status == ORY_OK)
        status = ory_read_matrix(s, P_V, v, p->h, 1, &given_v, err);
    if (status == ORY_OK && (given_w || given_v))
        judge_given(p, W, v);
    return status;
}
