/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relu_data.c - data of net.relu: the user's X and Y, or one of four generators.
 *
 *   fan         unit vectors of the plane at equally spaced angles, one arc a class
 *   two_points  (1, 0) and (sin theta, cos theta), both positive: mu = sin theta
 *   cone        (y_i u + rho n_i) / sqrt(1 + rho^2), n_i a random unit vector orthogonal to
 *               u = e_1: mu >= (1 - rho^2) / (1 + rho^2)
 *   pictures    8 x 8 images, half a vertical bar (+), half a ring (-), mean subtracted
 * Source: arXiv 2307.12851, section 4 and the toy figures of its appendix. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "systems/relu.h"
#include "systems/twoclass.h"

enum { PICTURE = 8 };
static const double degree = M_PI / 180;

static ory_status no_memory(const ory_system *s, ory_error *err)
{
    return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
}

static ory_rng stream(const ory_system *s, uint64_t key)
{
    return ory_seed_stream(s, P_SEED, key);
}

/* X and y of these sizes; the first n_plus labels are +1. */
static ory_status make_room(const ory_system *s, relu *p, size_t n_plus, size_t n_minus, size_t D,
                            ory_error *err)
{
    p->n = n_plus + n_minus;
    p->D = D;
    if (p->n < 1)
        return ory_fail(err, ORY_ERANGE, "%s: n_plus = 0 and n_minus = 0 (no samples)",
                        s->class->name);
    p->X = ory_alloc(p->n * D, sizeof(double));
    p->y = ory_alloc(p->n, sizeof(double));
    if (!p->X || !p->y)
        return no_memory(s, err);
    for (size_t i = 0; i < p->n; i++)
        p->y[i] = i < n_plus ? 1 : -1;
    return ORY_OK;
}

static size_t count_option(const ory_system *s, int param, size_t def)
{
    return ory_values_given(&s->values, param) ? ory_values_size(&s->values, param) : def;
}

/* ---------------------------------------------------------------- generators */

static void arc(double *X, size_t n, double from, double to)
{
    for (size_t i = 0; i < n; i++) {
        const double a = degree * (n > 1 ? from + (to - from) * (double)i / (double)(n - 1) : from);

        X[2 * i] = cos(a);
        X[2 * i + 1] = sin(a);
    }
}

static ory_status make_fan(ory_system *s, relu *p, ory_error *err)
{
    const size_t plus = count_option(s, P_N_PLUS, 18), minus = count_option(s, P_N_MINUS, 12);
    const ory_status status = make_room(s, p, plus, minus, 2, err);

    if (status != ORY_OK)
        return status;
    arc(p->X, plus, ory_values_real(&s->values, P_PLUS_FROM),
        ory_values_real(&s->values, P_PLUS_TO));
    arc(p->X + 2 * plus, minus, ory_values_real(&s->values, P_MINUS_FROM),
        ory_values_real(&s->values, P_MINUS_TO));
    return ORY_OK;
}

static ory_status make_two_points(ory_system *s, relu *p, ory_error *err)
{
    const double theta = ory_values_real(&s->values, P_THETA);
    const ory_status status = make_room(s, p, 2, 0, 2, err);

    if (status != ORY_OK)
        return status;
    p->X[0] = 1;
    p->X[1] = 0;
    p->X[2] = sin(theta);
    p->X[3] = cos(theta);
    return ORY_OK;
}

static ory_status make_cone(ory_system *s, relu *p, ory_error *err)
{
    const size_t D = count_option(s, P_D, 20);
    const double rho = ory_values_real(&s->values, P_RHO), scale = 1 / sqrt(1 + rho * rho);
    ory_rng rng = stream(s, STREAM_DATA);
    ory_status status;

    if (D < 2)
        return ory_fail(err, ORY_ERANGE, "%s: D = 1 with data = \"cone\" (must be >= 2)",
                        s->class->name);
    status = make_room(s, p, count_option(s, P_N_PLUS, 20), count_option(s, P_N_MINUS, 20), D, err);
    for (size_t i = 0; status == ORY_OK && i < p->n; i++) {
        double *x = p->X + i * D, norm = 0;

        while (!(norm > 0)) {
            ory_rng_fill_normal(&rng, x + 1, D - 1, 0, 1);
            norm = ory_norm2(x + 1, D - 1);
        }
        x[0] = p->y[i] * scale;
        for (size_t j = 1; j < D; j++)
            x[j] *= rho * scale / norm;
    }
    return status;
}

static double pixel(bool bar, size_t row, size_t col)
{
    const double r = (double)row - 3.5, c = (double)col - 3.5, ring = hypot(r, c) - 2.5;

    return bar ? exp(-c * c) : exp(-ring * ring);
}

static ory_status make_pictures(ory_system *s, relu *p, ory_error *err)
{
    const size_t n = ory_values_size(&s->values, P_SAMPLES), plus = n - n / 2;
    ory_rng rng = stream(s, STREAM_DATA), grain = stream(s, STREAM_PIXELS);
    const ory_status status = make_room(s, p, plus, n / 2, PICTURE * PICTURE, err);

    for (size_t i = 0; status == ORY_OK && i < n; i++) {
        const double u = 0.6 + 0.4 * ory_rng_uniform(&rng);

        for (size_t k = 0; k < p->D; k++) {
            const double g = u * pixel(p->y[i] > 0, k / PICTURE, k % PICTURE) +
                             0.3 * ory_rng_normal(&grain);

            p->X[i * p->D + k] = g < 0 ? 0 : g > 1 ? 1 : g;
        }
    }
    return status;
}

/* ---------------------------------------------------------------- user's data */

static ory_status read_user_data(ory_system *s, relu *p, ory_error *err)
{
    const ory_mat *X = ory_values_mat(&s->values, P_X), *Y = ory_values_mat(&s->values, P_Y);
    ory_size samples = {0}, D = {0};
    ory_status status;

    if (!X || !Y)
        return ory_fail(err, ORY_EINVAL, "%s: %s without %s", s->class->name, X ? "X" : "Y",
                        X ? "Y" : "X");
    if (ory_values_given(&s->values, P_DATA))
        return ory_fail(err, ORY_EINVAL, "%s: both X and data are given", s->class->name);
    status = ory_size_number(s, P_D, &D, err);
    if (status == ORY_OK)
        status = ory_size_samples(s, P_X, P_Y, &samples, &D, err);
    if (status == ORY_OK)
        status = make_room(s, p, X->rows, 0, X->cols, err);
    if (status != ORY_OK)
        return status;
    ory_copy_rows(X, p->X);
    return ory_read_labels(s, P_Y, ory_values_bool(&s->values, P_ZERO_ONE), p->y, p->n, err);
}

/* ------------------------------------------------------------------ afterwards */

static void subtract_mean(relu *p)
{
    double *mean = p->axes; /* overwritten below */

    memset(mean, 0, p->D * sizeof *mean);
    for (size_t i = 0; i < p->n; i++)
        ory_axpy(1 / (double)p->n, p->X + i * p->D, mean, p->D);
    for (size_t i = 0; i < p->n; i++)
        ory_axpy(-1, mean, p->X + i * p->D, p->D);
}

static void sum_classes(relu *p)
{
    memset(p->axes, 0, 2 * p->D * sizeof *p->axes);
    for (size_t i = 0; i < p->n; i++) {
        p->n_plus += p->y[i] > 0;
        ory_axpy(1, p->X + i * p->D, p->axes + (p->y[i] > 0 ? 0 : p->D), p->D);
    }
    p->n_minus = p->n - p->n_plus;
    for (size_t j = 0; j < 2 * p->D; j++) {
        const size_t count = j < p->D ? p->n_plus : p->n_minus;

        p->means[j] = count ? p->axes[j] / (double)count : 0;
    }
}

/* {w : <a_i, w> > 0 for all i} as an interval of angles, a_i = s_i x_i. */
static void sector(const relu *p, double plus, double minus, double out[2])
{
    const double *x = p->X;
    const double s0 = p->y[0] > 0 ? plus : minus, first = atan2(s0 * x[1], s0 * x[0]);
    double low = -INFINITY, high = INFINITY;

    for (size_t i = 0; i < p->n; i++) {
        const double sign = p->y[i] > 0 ? plus : minus;
        const double a = remainder(atan2(sign * x[2 * i + 1], sign * x[2 * i]) - first, 2 * M_PI);

        low = fmax(low, a - M_PI / 2);
        high = fmin(high, a + M_PI / 2);
    }
    out[0] = low < high ? first + low : NAN;
    out[1] = low < high ? first + high : NAN;
}

static void find_sectors(relu *p)
{
    for (int i = 0; i < 6; i++)
        p->sectors[i] = NAN;
    if (p->D != 2)
        return;
    if (p->n_plus)
        sector(p, 1, -1, p->sectors);
    if (p->n_minus)
        sector(p, -1, 1, p->sectors + 2);
    sector(p, -1, -1, p->sectors + 4);
}

/* Samples as pictures: rows of `width` pixels, square when no width is given. */
static ory_status find_picture(const ory_system *s, relu *p, ory_error *err)
{
    const size_t side = (size_t)lround(sqrt((double)p->D));
    const size_t width = count_option(s, P_WIDTH, side * side == p->D ? side : p->D);

    if (p->D % width != 0)
        return ory_fail(err, ORY_ESHAPE, "%s: width = %zu does not divide D = %zu", s->class->name,
                        width, p->D);
    p->picture_rows = p->D / width;
    p->picture_cols = width;
    return ORY_OK;
}

static ory_status check_rows(const ory_system *s, const relu *p, ory_error *err)
{
    for (size_t i = 0; i < p->n; i++)
        if (!(ory_norm2(p->X + i * p->D, p->D) > 0))
            return ory_fail(err, ORY_ERANGE, "%s: row %zu of X is zero%s: mu is undefined",
                            s->class->name, i + 1,
                            ory_values_bool(&s->values, P_CENTRE) ? " (after centring)" : "");
    return ORY_OK;
}

ory_status relu_data_make(ory_system *s, relu *p, ory_error *err)
{
    static ory_status (*const makers[])(ory_system *, relu *, ory_error *) = {
        [DATA_FAN] = make_fan, [DATA_TWO_POINTS] = make_two_points, [DATA_CONE] = make_cone,
        [DATA_PICTURES] = make_pictures};
    const int kind = ory_values_choice(&s->values, P_DATA);
    const bool own = ory_values_mat(&s->values, P_X) || ory_values_mat(&s->values, P_Y);
    ory_status status = own ? read_user_data(s, p, err) : makers[kind](s, p, err);

    if (status != ORY_OK)
        return status;
    p->axes = ory_alloc(2 * p->D, sizeof(double));
    p->means = ory_alloc(2 * p->D, sizeof(double));
    if (!p->axes || !p->means)
        return no_memory(s, err);
    if (ory_values_bool(&s->values, P_CENTRE) || (!own && kind == DATA_PICTURES))
        subtract_mean(p);
    sum_classes(p);
    status = check_rows(s, p, err);
    if (status == ORY_OK)
        status = find_picture(s, p, err);
    if (status == ORY_OK)
        find_sectors(p);
    return status;
}
