/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attack.c - projected gradient attacks in batches, robust accuracy, distances on the sphere. */
#include "config.h"

#include "algo/attack.h"

#include <math.h>
#include <string.h>

#include "core/linalg.h"
#include "core/mem.h"
#include "core/rng.h"

enum { ROWS = 128 }; /* samples worked on at once */

ory_status ory_attack_init(ory_attack *a, size_t D, ory_error *err)
{
    double **all[] = {&a->at, &a->base, &a->delta, &a->G};

    *a = (ory_attack){.D = D};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!(*all[i] = ory_alloc(ROWS * D, sizeof(double))))
            return ory_fail(err, ORY_ENOMEM, "out of memory");
    a->f = ory_alloc(2 * ROWS, sizeof(double));
    a->y = ory_alloc(ROWS, sizeof(double));
    a->row = ory_alloc(ROWS, sizeof *a->row);
    return a->f && a->y && a->row ? ORY_OK : ory_fail(err, ORY_ENOMEM, "out of memory");
}

void ory_attack_fini(ory_attack *a)
{
    double *owned[] = {a->at, a->base, a->delta, a->G, a->f, a->y};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        ory_free(owned[i]);
    ory_free(a->row);
    memset(a, 0, sizeof *a);
}

/* ----------------------------------------------------------------- one ascent */

static void clip_to_range(const ory_attack_spec *spec, const double *x, double *delta, size_t D)
{
    for (size_t k = 0; spec->lowest && k < D; k++)
        delta[k] = fmin(fmax(x[k] + delta[k], spec->lowest[k]), spec->highest[k]) - x[k];
}

static void project(const ory_attack_spec *spec, double radius, double *delta, size_t D)
{
    const double size = ory_norm2(delta, D);

    for (size_t k = 0; spec->norm == ORY_ATTACK_L2 && size > radius && k < D; k++)
        delta[k] *= radius / size;
    for (size_t k = 0; spec->norm == ORY_ATTACK_LINF && k < D; k++)
        delta[k] = fmin(fmax(delta[k], -radius), radius);
}

/* One step of a sample from the gradient at x + delta. */
static void move(const ory_attack_spec *spec, double radius, const double *x, double y,
                 const double *grad, double *delta, size_t D)
{
    if (spec->norm == ORY_ATTACK_L2) {
        const double size = ory_norm2(grad, D);

        ory_axpy(-y * (spec->step / (size + spec->guard)), grad, delta, D);
    } else {
        for (size_t k = 0; k < D; k++)
            delta[k] -= spec->step * y * ((grad[k] > 0) - (grad[k] < 0));
    }
    project(spec, radius, delta, D);
    clip_to_range(spec, x, delta, D);
}

static void add(const double *X, const double *delta, size_t count, double *at)
{
    for (size_t i = 0; i < count; i++)
        at[i] = X[i] + delta[i];
}

static ory_status push_part(ory_attack *a, const ory_scorer *s, const ory_attack_spec *spec,
                            double radius, const double *X, const double *y, size_t n,
                            double *delta, double *f, ory_error *err)
{
    const size_t D = a->D;
    ory_status status = ORY_OK;

    for (size_t step = 0; status == ORY_OK && step < spec->steps; step++) {
        add(X, delta, n * D, a->at);
        status = s->eval(s->self, a->at, n, f, a->G, err);
        for (size_t i = 0; status == ORY_OK && i < n; i++)
            move(spec, radius, X + i * D, y[i], a->G + i * D, delta + i * D, D);
    }
    add(X, delta, n * D, a->at);
    return status == ORY_OK ? s->eval(s->self, a->at, n, f, NULL, err) : status;
}

ory_status ory_attack_push(ory_attack *a, const ory_scorer *s, const ory_attack_spec *spec,
                           double radius, const double *X, const double *y, size_t n,
                           double *delta, double *f, ory_error *err)
{
    ory_status status = ORY_OK;

    for (size_t i = 0; status == ORY_OK && i < n; i += ROWS)
        status = push_part(a, s, spec, radius, X + i * a->D, y + i, n - i < ROWS ? n - i : ROWS,
                           delta + i * a->D, f + i, err);
    return status;
}

/* ---------------------------------------------------------------- many starts */

/* The samples still right, packed: rows of X, labels, places. Returns how many. */
static size_t pack(ory_attack *a, const double *X, const double *y, size_t n,
                   const unsigned char *survives)
{
    size_t used = 0;

    for (size_t i = 0; i < n; i++)
        if (survives[i]) {
            memcpy(a->base + used * a->D, X + i * a->D, a->D * sizeof *X);
            a->y[used] = y[i];
            a->row[used++] = i;
        }
    return used;
}

/* Of the packed samples those that are wrong at a->f leave, with their deltas. */
static size_t sift(ory_attack *a, size_t n, bool gradients, unsigned char *survives)
{
    const size_t D = a->D, bytes = D * sizeof(double);
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (!(a->y[i] * a->f[i] > 0)) {
            survives[a->row[i]] = 0;
            continue;
        }
        if (kept != i) {
            memcpy(a->base + kept * D, a->base + i * D, bytes);
            memcpy(a->delta + kept * D, a->delta + i * D, bytes);
            if (gradients)
                memcpy(a->G + kept * D, a->G + i * D, bytes);
            a->y[kept] = a->y[i];
            a->row[kept] = a->row[i];
        }
        kept++;
    }
    return kept;
}

/* Deltas of the packed samples at start i of `starts`, or at 0. */
static void set_starts(ory_attack *a, const ory_attack_spec *spec, const ory_starts *starts,
                       size_t i, double radius, size_t first, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        double *delta = a->delta + k * a->D;

        if (i == SIZE_MAX) {
            memset(delta, 0, a->D * sizeof *delta);
            continue;
        }
        starts->direction(starts->self, a->base + k * a->D, a->y[k], first + a->row[k], i, delta);
        for (size_t j = 0; j < a->D; j++)
            delta[j] *= radius;
        clip_to_range(spec, a->base + k * a->D, delta, a->D);
    }
}

/* An ascent of the packed samples from their deltas that ends for each at its first error. */
static ory_status ascend(ory_attack *a, const ory_scorer *s, const ory_attack_spec *spec,
                         double radius, size_t n, size_t steps, unsigned char *survives,
                         ory_error *err)
{
    const size_t D = a->D;

    for (size_t step = 0; n > 0 && step <= steps; step++) {
        const bool last = step == steps;
        ory_status status;

        add(a->base, a->delta, n * D, a->at);
        status = s->eval(s->self, a->at, n, a->f, last ? NULL : a->G, err);
        if (status != ORY_OK)
            return status;
        n = sift(a, n, !last, survives);
        for (size_t i = 0; !last && i < n; i++)
            move(spec, radius, a->base + i * D, a->y[i], a->G + i * D, a->delta + i * D, D);
    }
    return ORY_OK;
}

static ory_status many_starts(ory_attack *a, const ory_scorer *s, const ory_attack_spec *spec,
                              const ory_starts *starts, double radius, size_t first,
                              const double *X, const double *y, size_t n, unsigned char *survives,
                              ory_error *err)
{
    memset(survives, 1, n);
    /* the cheap looks first: the sample itself and every start, then the ascents */
    for (int climb = 0; climb < 2; climb++)
        for (size_t i = 0; i <= starts->count; i++) {
            const size_t m = pack(a, X, y, n, survives);
            ory_status status;

            set_starts(a, spec, starts, i == 0 ? SIZE_MAX : i - 1, radius, first, m);
            status = ascend(a, s, spec, radius, m, climb ? spec->steps : 0, survives, err);
            if (status != ORY_OK)
                return status;
        }
    return ORY_OK;
}

static ory_status zero_start(ory_attack *a, const ory_scorer *s, const ory_attack_spec *spec,
                             double radius, const double *X, const double *y, size_t n,
                             unsigned char *survives, ory_error *err)
{
    ory_status status;

    memset(a->delta, 0, n * a->D * sizeof *a->delta);
    status = push_part(a, s, spec, radius, X, y, n, a->delta, a->f, err);
    for (size_t i = 0; status == ORY_OK && i < n; i++)
        survives[i] = y[i] * a->f[i] > 0;
    return status;
}

ory_status ory_attack_survivors(ory_attack *a, const ory_scorer *s, const ory_attack_spec *spec,
                                const ory_starts *starts, double radius, const double *X,
                                const double *y, size_t n, unsigned char *survives, ory_error *err)
{
    ory_status status = ORY_OK;

    for (size_t i = 0; status == ORY_OK && i < n; i += ROWS) {
        const double *x = X + i * a->D;
        const size_t rows = n - i < ROWS ? n - i : ROWS;

        status = starts ? many_starts(a, s, spec, starts, radius, i, x, y + i, rows, survives + i, err)
                        : zero_start(a, s, spec, radius, x, y + i, rows, survives + i, err);
    }
    return status;
}

ory_status ory_attack_curve(ory_attack *a, const ory_scorer *s, const ory_attack_spec *spec,
                            const ory_starts *starts, const double *radii, size_t count,
                            const double *X, const double *y, size_t n, unsigned char *survives,
                            double *share, ory_error *err)
{
    for (size_t r = 0; r < count; r++) {
        const ory_status status =
            ory_attack_survivors(a, s, spec, starts, radii[r], X, y, n, survives, err);
        size_t right = 0;

        if (status != ORY_OK)
            return status;
        for (size_t i = 0; i < n; i++)
            right += survives[i];
        share[r] = n > 0 ? (double)right / (double)n : NAN;
    }
    return ORY_OK;
}

void ory_random_direction(const void *self, const double *x, double y, size_t row, size_t i,
                          double *out)
{
    const ory_random_starts *r = self;
    double size;
    ory_rng rng;

    (void)x, (void)y;
    ory_rng_init(&rng, r->seed, ((uint64_t)row << 20) + i);
    if (r->cube) {
        ory_rng_fill_uniform(&rng, out, r->D, -1, 1);
        return;
    }
    do {
        ory_rng_fill_normal(&rng, out, r->D, 0, 1);
        size = ory_norm2(out, r->D);
    } while (!(size > 0));
    for (size_t k = 0; k < r->D; k++)
        out[k] /= size;
}

/* ------------------------------------------------------------------- distance */

/* x + step u/(|u|+guard), back onto the sphere; u = 2 e (c grad f - grad g), e = c f - g. */
static void climb_sphere(double *x, const double *grad_f, double *grad_g, double c, double e,
                         double step, double guard, size_t D)
{
    double size;

    for (size_t k = 0; k < D; k++)
        grad_g[k] = 2 * e * (c * grad_f[k] - grad_g[k]);
    size = ory_norm2(grad_g, D);
    ory_axpy(step / (size + guard), grad_g, x, D);
    size = ory_norm2(x, D);
    for (size_t k = 0; size > 0 && k < D; k++)
        x[k] /= size;
}

static ory_status distance_part(ory_attack *a, const ory_scorer *f, double c, const ory_scorer *g,
                                double *x, size_t n, double step, size_t steps, double guard,
                                double *most, ory_error *err)
{
    double *other = a->f + ROWS, *grad_f = a->G, *grad_g = a->at;

    for (size_t k = 0; k <= steps; k++) {
        ory_status status = f->eval(f->self, x, n, a->f, k < steps ? grad_f : NULL, err);

        if (status == ORY_OK)
            status = g->eval(g->self, x, n, other, k < steps ? grad_g : NULL, err);
        if (status != ORY_OK)
            return status;
        for (size_t i = 0; i < n; i++) {
            const double e = c * a->f[i] - other[i];

            *most = fmax(*most, fabs(e));
            if (k < steps)
                climb_sphere(x + i * a->D, grad_f + i * a->D, grad_g + i * a->D, c, e, step, guard,
                             a->D);
        }
    }
    return ORY_OK;
}

ory_status ory_attack_distance(ory_attack *a, const ory_scorer *f, double c, const ory_scorer *g,
                               double *starts, size_t n, double step, size_t steps, double guard,
                               double *most, ory_error *err)
{
    ory_status status = ORY_OK;

    *most = 0;
    for (size_t i = 0; status == ORY_OK && i < n; i += ROWS)
        status = distance_part(a, f, c, g, starts + i * a->D, n - i < ROWS ? n - i : ROWS, step,
                               steps, guard, most, err);
    return status;
}
