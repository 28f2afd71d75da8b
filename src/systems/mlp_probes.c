/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mlp_probes.c - what can be read off a state of net.mlp: fit, alignment of consecutive
 * layers, stable ranks, imbalance. */
#include "config.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "algo/jacobi.h"
#include "systems/mlp.h"

enum { ACCURACY, MARGIN, ALIGN_LEAST, RANK_MOST, IMBALANCE_MOST, NODE_IMBALANCE_MOST, NORM_PRODUCT,
       ALIGNMENT, STABLE_RANK, NORMS, IMBALANCE, NODE_IMBALANCE, OUTPUTS, PROBES };
enum { JACOBI_MOST = 48, POWER_TURNS = 1000 };

#define ROW(n, l, k, a, c, d) \
    {.name = n, .label = l, .kind = k, .unit = "", .axis = a, .cost = c, .doc = d, .source = ""}

const ory_probe mlp_probes[] = {
    [ACCURACY] = ROW("accuracy", "accuracy", ORY_SCALAR, ORY_LINEAR, ORY_COST_STEP,
                     "Share of samples classified rightly: largest output (softmax), sign of the "
                     "output (logistic, exponential)."),
    [MARGIN] = ROW("margin", "margin", ORY_SCALAR, ORY_LINEAR, ORY_COST_STEP,
                   "Least y f(x), or lead of the right class over the best other one."),
    [ALIGN_LEAST] = ROW("alignment_min", "min alignment", ORY_SCALAR, ORY_LINEAR, ORY_COST_FACTOR,
                        "Least alignment of two consecutive layers, in [0, 1]."),
    [RANK_MOST] = ROW("stable_rank_max", "max stable rank", ORY_SCALAR, ORY_LINEAR, ORY_COST_FACTOR,
                      "Largest stable rank of a layer."),
    [IMBALANCE_MOST] = ROW("imbalance_max", "max imbalance", ORY_SCALAR, ORY_LOG, ORY_COST_FACTOR,
                           "Largest ‖W_{l+1}'W_{l+1} − W_l W_l'‖F of two consecutive layers."),
    [NODE_IMBALANCE_MOST] = ROW("node_imbalance_max", "max node imbalance", ORY_SCALAR, ORY_LOG,
                                ORY_COST_STEP, "Largest node imbalance of two consecutive layers."),
    [NORM_PRODUCT] = ROW("norm_product", "Π‖W_l‖", ORY_SCALAR, ORY_LOG, ORY_COST_FACTOR,
                         "Product of the spectral norms."),
    [ALIGNMENT] = ROW("alignment", "alignment", ORY_VECTOR, ORY_LINEAR, ORY_COST_FACTOR,
                      "cos² between the top left singular vector of W_l and the top right one of "
                      "W_{l+1}, l = 1, 2, …"),
    [STABLE_RANK] = ROW("stable_rank", "‖W‖F²/‖W‖²", ORY_VECTOR, ORY_LINEAR, ORY_COST_FACTOR,
                        "Stable rank ‖W_l‖F² / ‖W_l‖² of each layer."),
    [NORMS] = ROW("norms", "‖W_l‖", ORY_VECTOR, ORY_LOG, ORY_COST_FACTOR,
                  "Spectral norm of each layer."),
    [IMBALANCE] = ROW("imbalance", "imbalance", ORY_VECTOR, ORY_LOG, ORY_COST_FACTOR,
                      "‖W_{l+1}'W_{l+1} − W_l W_l'‖F, l = 1, 2, …; conserved by the flow of linear "
                      "networks when it is 0."),
    [NODE_IMBALANCE] = ROW("node_imbalance", "node imbalance", ORY_VECTOR, ORY_LOG, ORY_COST_STEP,
                           "Norm over the units j of ‖W_{l+1}[:,j]‖² − ‖W_l[j,:]‖² − b_l[j]²; each "
                           "term is conserved by the flow for identity, relu and leaky."),
    [OUTPUTS] = ROW("outputs", "f(X)", ORY_MATRIX, ORY_LINEAR, ORY_COST_STEP,
                    "Outputs, one sample a row."),
    [PROBES] = {0}};

/* ---------------------------------------------------------- top singular pairs */

static double multiply(const double *W, size_t rows, size_t cols, const double *v, double *out)
{
    for (size_t i = 0; i < rows; i++)
        out[i] = ory_dot(W + i * cols, v, cols);
    return ory_norm2(out, rows);
}

static double multiply_back(const double *W, size_t rows, size_t cols, const double *u,
                            double *out)
{
    memset(out, 0, cols * sizeof *out);
    for (size_t i = 0; i < rows; i++)
        ory_axpy(u[i], W + i * cols, out, cols);
    return ory_norm2(out, cols);
}

static void scale(double *v, double norm, size_t n)
{
    for (size_t i = 0; norm > 0 && i < n; i++)
        v[i] /= norm;
}

/* By rotations of the rows of the short side. */
static void top_small(mlp *p, size_t l, const double *W, size_t rows, size_t cols)
{
    double s[JACOBI_MOST], norm;

    if (rows <= cols) {
        memcpy(p->space, W, rows * cols * sizeof *W);
        ory_jacobi_rows(p->space, rows, cols, s);
        memcpy(p->right[l], p->space, cols * sizeof *W);
        norm = multiply(W, rows, cols, p->right[l], p->left[l]);
        scale(p->left[l], norm, rows);
    } else {
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < cols; j++)
                p->space[j * rows + i] = W[i * cols + j];
        ory_jacobi_rows(p->space, cols, rows, s);
        memcpy(p->left[l], p->space, rows * sizeof *W);
        norm = multiply_back(W, rows, cols, p->left[l], p->right[l]);
        scale(p->right[l], norm, cols);
    }
    p->top[l] = s[0];
}

/* By power iteration from a fixed start, until the value stands still. */
static void top_large(mlp *p, size_t l, const double *W, size_t rows, size_t cols)
{
    double *u = p->left[l], *v = p->right[l], last = 0, norm = 0;

    for (size_t j = 0; j < cols; j++)
        v[j] = 1 + 0.5 * sin(1.7 * (double)j);
    scale(v, ory_norm2(v, cols), cols);
    for (int turn = 0; turn < POWER_TURNS; turn++) {
        scale(u, multiply(W, rows, cols, v, u), rows);
        norm = multiply_back(W, rows, cols, u, v);
        scale(v, norm, cols);
        if (!(fabs(norm - last) > 4 * DBL_EPSILON * norm))
            break;
        last = norm;
    }
    p->top[l] = norm;
}

static void find_tops(mlp *p)
{
    if (p->has_tops)
        return;
    p->has_tops = true;
    for (size_t l = 1; l <= p->depth; l++) {
        const size_t rows = p->d[l], cols = p->d[l - 1];

        if (rows <= JACOBI_MOST || cols <= JACOBI_MOST)
            top_small(p, l, p->x + p->w[l], rows, cols);
        else
            top_large(p, l, p->x + p->w[l], rows, cols);
    }
}

/* ------------------------------------------------------------------ values */

static double alignment(const mlp *p, size_t l)
{
    const double c = ory_dot(p->left[l], p->right[l + 1], p->d[l]);

    return p->top[l] > 0 && p->top[l + 1] > 0 ? c * c : NAN;
}

static double stable_rank(const mlp *p, size_t l)
{
    return ory_norm2_sq(p->x + p->w[l], p->d[l] * p->d[l - 1]) / (p->top[l] * p->top[l]);
}

/* Entry by entry, nothing of size d x d is kept. */
static double imbalance(const mlp *p, size_t l)
{
    const double *W = p->x + p->w[l], *V = p->x + p->w[l + 1];
    const size_t d = p->d[l], in = p->d[l - 1], out = p->d[l + 1];
    double sum = 0;

    for (size_t i = 0; i < d; i++) {
        double *row = p->space;

        memset(row, 0, (i + 1) * sizeof *row);
        for (size_t k = 0; k < out; k++)
            ory_axpy(V[k * d + i], V + k * d, row, i + 1);
        for (size_t j = 0; j <= i; j++) {
            row[j] -= ory_dot(W + i * in, W + j * in, in);
            sum += (i == j ? 1 : 2) * row[j] * row[j];
        }
    }
    return sqrt(sum);
}

static double node_imbalance(const mlp *p, size_t l)
{
    const double *W = p->x + p->w[l], *V = p->x + p->w[l + 1];
    const size_t d = p->d[l], in = p->d[l - 1];
    double sum = 0;

    for (size_t j = 0; j < d; j++) {
        double term = -ory_norm2_sq(W + j * in, in);

        for (size_t k = 0; k < p->d[l + 1]; k++)
            term += V[k * d + j] * V[k * d + j];
        if (p->biases)
            term -= p->x[p->b[l] + j] * p->x[p->b[l] + j];
        sum += term * term;
    }
    return sqrt(sum);
}

static double largest(const mlp *p, double (*value)(const mlp *, size_t), size_t count, int sign)
{
    double most = NAN;

    for (size_t l = 1; l <= count; l++) {
        const double v = value(p, l);

        if (!(sign * v <= sign * most))
            most = v;
    }
    return most;
}

/* Lead of what is right over what is not, for sample i. */
static double lead(const mlp *p, size_t i)
{
    const size_t m = p->d[p->depth];
    const double *f = p->A[p->depth] + i * m, *y = p->Y + i * m;
    double least = INFINITY, other = -INFINITY;
    size_t right = 0;

    if (p->loss != LOSS_SOFTMAX) {
        for (size_t j = 0; j < m; j++)
            least = fmin(least, y[j] * f[j]);
        return least;
    }
    for (size_t j = 1; j < m; j++)
        right = y[j] > y[right] ? j : right;
    for (size_t j = 0; j < m; j++)
        if (j != right)
            other = fmax(other, f[j]);
    return f[right] - other;
}

static double accuracy(const mlp *p)
{
    size_t right = 0;

    for (size_t i = 0; i < p->samples; i++)
        right += lead(p, i) > 0;
    return (double)right / (double)p->samples;
}

static double margin(const mlp *p)
{
    double least = INFINITY;

    for (size_t i = 0; i < p->samples; i++)
        least = fmin(least, lead(p, i));
    return least;
}

ory_status mlp_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err)
{
    mlp *p = s->self;
    const size_t pairs = p->depth - 1;

    (void)err;
    mlp_forward(p, m->x);
    if (mlp_probes[which].cost == ORY_COST_FACTOR)
        find_tops(p);
    switch (which) {
    case ACCURACY: *out = p->loss == LOSS_SQUARE ? NAN : accuracy(p); break;
    case MARGIN: *out = p->loss == LOSS_SQUARE ? NAN : margin(p); break;
    case ALIGN_LEAST: *out = largest(p, alignment, pairs, -1); break;
    case RANK_MOST: *out = largest(p, stable_rank, p->depth, 1); break;
    case IMBALANCE_MOST: *out = largest(p, imbalance, pairs, 1); break;
    case NODE_IMBALANCE_MOST: *out = largest(p, node_imbalance, pairs, 1); break;
    case NORM_PRODUCT:
        *out = 1;
        for (size_t l = 1; l <= p->depth; l++)
            *out *= p->top[l];
        break;
    case OUTPUTS: memcpy(out, p->A[p->depth], p->samples * p->d[p->depth] * sizeof *out); break;
    case STABLE_RANK:
    case NORMS:
        for (size_t l = 1; l <= p->depth; l++)
            out[l - 1] = which == NORMS ? p->top[l] : stable_rank(p, l);
        break;
    default:
        out[0] = NAN;
        for (size_t l = 1; l <= pairs; l++)
            out[l - 1] = which == ALIGNMENT   ? alignment(p, l)
                         : which == IMBALANCE ? imbalance(p, l)
                                              : node_imbalance(p, l);
    }
    return ORY_OK;
}

void mlp_probe_shape(const ory_system *s, int which, size_t *rows, size_t *cols)
{
    const mlp *p = s->self;

    *cols = 1;
    switch (which) {
    case OUTPUTS:
        *rows = p->samples;
        *cols = p->d[p->depth];
        break;
    case STABLE_RANK:
    case NORMS: *rows = p->depth; break;
    default: *rows = p->depth > 1 ? p->depth - 1 : 1;
    }
}

double mlp_probe_work(const ory_system *s, int which)
{
    const mlp *p = s->self;
    double step = 0, factor = 0;

    for (size_t l = 1; l <= p->depth; l++) {
        const double size = (double)p->d[l] * (double)p->d[l - 1];
        const double k = fmin((double)p->d[l], (double)p->d[l - 1]);

        step += (l == 1 ? 4 : 6) * size * (double)p->samples;
        factor += k <= JACOBI_MOST ? 30 * k * size : 400 * size;
    }
    return which >= 0 && mlp_probes[which].cost == ORY_COST_FACTOR ? factor : step;
}

bool mlp_probe_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size)
{
    const mlp *p = s->self;

    (void)m;
    if ((which == ACCURACY || which == MARGIN) && p->loss == LOSS_SQUARE)
        snprintf(text, size, "square loss has no classes");
    else if (p->depth == 1)
        snprintf(text, size, "one layer has no neighbour");
    else
        snprintf(text, size, "a layer is zero");
    return true;
}
