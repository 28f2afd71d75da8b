/* SPDX-License-Identifier: GPL-3.0-or-later */
/* free_probes.c - loss, gap, gradient norm, local PL ratio, sharpness, edge and
 * descent, read off any system with a loss; see free_probes.h. */
#include "config.h"

#include "systems/free_probes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "algo/lanczos.h"
#include "core/linalg.h"
#include "core/mem.h"

enum { LANCZOS_STEPS = 40, LANCZOS_SMALL = 64 };
static const double sharpness_tol = 1e-10;  /* relative, of the eigenvalue */
static const double noise_share = 1e-3;     /* of the start vector, see free_probes.h */

enum { STEP, LOSS, GAP, GRAD_NORM, PL, SHARPNESS, EDGE, DESCENT, ROWS };

static const ory_probe rows[ROWS] = {
    [STEP] = {.name = "step", .label = "η", .kind = ORY_SCALAR, .unit = "", .axis = ORY_LOG,
              .cost = ORY_COST_FREE, .doc = "Step size of the step about to be taken."},
    [LOSS] = {.name = "loss", .label = "L", .kind = ORY_SCALAR, .unit = "", .axis = ORY_LOG,
              .cost = ORY_COST_STEP, .doc = "The loss L(x)."},
    [GAP] = {.name = "gap", .label = "L − L*", .kind = ORY_SCALAR, .unit = "", .axis = ORY_LOG,
             .cost = ORY_COST_STEP,
             .doc = "Loss minus its known minimum, L(x) − L*, without cancellation where the "
                    "system knows how."},
    [GRAD_NORM] = {.name = "grad_norm", .label = "‖∇L‖", .kind = ORY_SCALAR, .unit = "",
                   .axis = ORY_LOG, .cost = ORY_COST_STEP,
                   .doc = "Euclidean norm of the gradient, ‖∇L(x)‖."},
    [PL] = {.name = "pl", .label = "μ̂", .kind = ORY_SCALAR, .unit = "", .axis = ORY_LOG,
            .cost = ORY_COST_STEP,
            .doc = "Local Polyak-Łojasiewicz ratio ‖∇L‖² / (2 (L − L*))."},
    [SHARPNESS] = {.name = "sharpness", .label = "λmax(∇²L)", .kind = ORY_SCALAR, .unit = "",
                   .axis = ORY_LOG, .cost = ORY_COST_DEAR,
                   .doc = "Largest eigenvalue of the Hessian, by Lanczos on exact "
                          "Hessian-vector products."},
    [EDGE] = {.name = "edge", .label = "η λmax / 2", .kind = ORY_SCALAR, .unit = "",
              .axis = ORY_LINEAR, .cost = ORY_COST_DEAR,
              .doc = "Sharpness times step size over 2; above 1 gradient descent is locally "
                     "unstable (edge of stability)."},
    [DESCENT] = {.name = "descent", .label = "descent", .kind = ORY_SCALAR, .unit = "",
                 .axis = ORY_LINEAR, .cost = ORY_COST_STEP,
                 .doc = "Observed over predicted decrease of the next gradient-descent step, "
                        "(L(x) − L(x − η∇L)) / (η ‖∇L‖²); 1 to first order."},
};

typedef struct workspace {
    double *grad, *noise, *start, *next;
    ory_lanczos lanczos;
    uint64_t stamp;       /* of what follows; 0: nothing */
    bool have_grad, have_gap, have_sharpness;
    double loss, gap, grad_sq, sharpness;
} workspace;

/* ------------------------------------------------------------------- table */

static bool supported(const ory_system_class *c, int row)
{
    switch (row) {
    case STEP:
        return true;
    case SHARPNESS:
    case EDGE:
        return c->loss && c->hvp;
    default:
        return c->loss;
    }
}

const ory_probe *ory_free_probe(const ory_system_class *c, int i)
{
    for (int row = 0; row < ROWS; row++)
        if (supported(c, row) && i-- == 0)
            return &rows[row];
    return NULL;
}

ory_status ory_free_probes_init(ory_system *s, ory_error *err)
{
    const size_t steps = s->dim <= LANCZOS_SMALL ? s->dim : LANCZOS_STEPS;
    workspace *ws;
    ory_rng rng;

    if (!s->class->loss || s->dim == 0)
        return ORY_OK;
    ws = s->free_probes = ory_alloc(1, sizeof *ws);
    if (!ws)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    ws->grad = ory_alloc(s->dim, sizeof(double));
    ws->next = ory_alloc(s->dim, sizeof(double));
    if (!ws->grad || !ws->next)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    if (!s->class->hvp)
        return ORY_OK;
    ws->noise = ory_alloc(s->dim, sizeof(double));
    ws->start = ory_alloc(s->dim, sizeof(double));
    if (!ws->noise || !ws->start)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    ory_rng_init(&rng, 20250404, 0);
    ory_rng_fill_normal(&rng, ws->noise, s->dim, 0, 1 / sqrt((double)s->dim));
    return ory_lanczos_init(&ws->lanczos, s->dim, steps, err);
}

void ory_free_probes_fini(ory_system *s)
{
    workspace *ws = s->free_probes;

    if (!ws)
        return;
    ory_free(ws->grad);
    ory_free(ws->noise);
    ory_free(ws->start);
    ory_free(ws->next);
    ory_lanczos_fini(&ws->lanczos);
    ory_free(ws);
    s->free_probes = NULL;
}

/* ------------------------------------------------------------------ values */

static void forget_unless(workspace *ws, const ory_moment *m)
{
    if (m->stamp != 0 && m->stamp == ws->stamp)
        return;
    ws->stamp = m->stamp;
    ws->have_grad = ws->have_gap = ws->have_sharpness = false;
}

static void need_grad(ory_system *s, const ory_moment *m)
{
    workspace *ws = s->free_probes;

    if (ws->have_grad)
        return;
    if (m->grad) {
        ws->loss = m->loss;
        memcpy(ws->grad, m->grad, s->dim * sizeof *m->grad);
    } else {
        s->class->loss(s, m->x, &ws->loss, ws->grad);
    }
    ws->grad_sq = ory_norm2_sq(ws->grad, s->dim);
    ws->have_grad = true;
}

static double gap_at(ory_system *s, const double *x)
{
    double value;

    if (s->class->gap) {
        s->class->gap(s, x, &value);
        return value;
    }
    s->class->loss(s, x, &value, NULL);
    return value - s->loss_min;
}

static void need_gap(ory_system *s, const ory_moment *m)
{
    workspace *ws = s->free_probes;

    if (ws->have_gap)
        return;
    if (s->class->gap || !ws->have_grad)
        ws->gap = gap_at(s, m->x);
    else
        ws->gap = ws->loss - s->loss_min;
    ws->have_gap = true;
}

typedef struct hessian {
    ory_system *s;
    const double *x;
} hessian;

static void hessian_times(void *ctx, const double *v, double *out)
{
    const hessian *h = ctx;

    h->s->class->hvp(h->s, h->x, v, out);
}

/* Start from the gradient, which near the end of a descent points along the
 * flattest directions, and a little of everything. */
static void need_sharpness(ory_system *s, const ory_moment *m)
{
    workspace *ws = s->free_probes;
    ory_lanczos_result result;
    double norm;

    if (ws->have_sharpness)
        return;
    need_grad(s, m);
    norm = sqrt(ws->grad_sq);
    for (size_t i = 0; i < s->dim; i++)
        ws->start[i] = noise_share * ws->noise[i] + (norm > 0 ? ws->grad[i] / norm : 0);
    ory_lanczos_run(&ws->lanczos, hessian_times, &(hessian){s, m->x}, ws->start, sharpness_tol,
                    false, &result);
    ws->sharpness = result.top;
    ws->have_sharpness = true;
}

/* The plain difference is exact enough unless the class knows better: with a
 * gap of its own, both losses are measured from the minimum. */
static double descent_at(ory_system *s, const ory_moment *m)
{
    workspace *ws = s->free_probes;
    double now, then;

    need_grad(s, m);
    if (!(m->step > 0) || !(ws->grad_sq > 0))
        return NAN;
    for (size_t i = 0; i < s->dim; i++)
        ws->next[i] = m->x[i] - m->step * ws->grad[i];
    if (s->class->gap) {
        need_gap(s, m);
        now = ws->gap;
        s->class->gap(s, ws->next, &then);
    } else {
        now = ws->loss;
        s->class->loss(s, ws->next, &then, NULL);
    }
    return (now - then) / (m->step * ws->grad_sq);
}

static double pl_at(ory_system *s, const ory_moment *m)
{
    workspace *ws = s->free_probes;

    need_grad(s, m);
    need_gap(s, m);
    return ws->gap > 0 ? ws->grad_sq / (2 * ws->gap) : NAN;
}

ory_status ory_free_probe_read(ory_system *s, const ory_moment *m, const ory_probe *row,
                               double *out, ory_error *err)
{
    workspace *ws = s->free_probes;

    if (row == &rows[STEP]) {
        *out = m->step;
        return ORY_OK;
    }
    if (!ws)
        return ory_fail(err, ORY_EUNDEF, "%s: %s needs a loss", s->class->name, row->name);
    forget_unless(ws, m);
    switch (row - rows) {
    case LOSS:
        need_grad(s, m);
        *out = ws->loss;
        break;
    case GAP:
        need_gap(s, m);
        *out = ws->gap;
        break;
    case GRAD_NORM:
        need_grad(s, m);
        *out = ory_norm2(ws->grad, s->dim);
        break;
    case PL:
        *out = pl_at(s, m);
        break;
    case SHARPNESS:
        need_sharpness(s, m);
        *out = ws->sharpness;
        break;
    case EDGE:
        need_sharpness(s, m);
        *out = 0.5 * ws->sharpness * m->step;
        break;
    case DESCENT:
        *out = descent_at(s, m);
        break;
    }
    return ORY_OK;
}

bool ory_free_probe_why(ory_system *s, const ory_moment *m, const ory_probe *row, char *text,
                        size_t size)
{
    const workspace *ws = s->free_probes;
    const ptrdiff_t which = row - rows;

    if (isnan(m->step) && (which == STEP || which == EDGE || which == DESCENT)) {
        snprintf(text, size, "the stepper has no step size here");
        return true;
    }
    if (!ws)
        return false;
    if (isnan(s->loss_min) && !s->class->gap && (which == GAP || which == PL)) {
        snprintf(text, size, "the minimum of the loss is not known");
        return true;
    }
    if (which == PL || which == DESCENT) {
        snprintf(text, size, which == PL ? "the gap is zero: the state is a minimum"
                                         : "the gradient is zero: nothing to descend");
        return true;
    }
    return false;
}

/* -------------------------------------------------------------------- work */

double ory_probe_work(const ory_system *s, int i)
{
    const ory_probe *row;
    double step;
    int own = 0;

    step = s->class->work ? s->class->work(s, -1) : (double)s->dim;
    if (i < 0)
        return step;
    while (s->class->probes && s->class->probes[own].name)
        own++;
    if (i < own)
        return s->class->work ? s->class->work(s, i) : 1;
    row = ory_free_probe(s->class, i - own);
    if (!row || row == &rows[STEP])
        return 1;
    if (row->cost == ORY_COST_DEAR) {
        const double k = (double)(s->dim < LANCZOS_STEPS ? s->dim : LANCZOS_STEPS) / 2;

        return k * (3 * step + 2 * k * (double)s->dim);
    }
    return row == &rows[DESCENT] ? 2 * step : step;
}
