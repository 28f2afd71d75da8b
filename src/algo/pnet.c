/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pnet.c - networks with a power of ReLU: outputs, gradients by inputs and by weights. */
#include "config.h"

#include "algo/pnet.h"

#include <math.h>
#include <string.h>

#include "algo/vec.h"
#include "core/linalg.h"
#include "core/mem.h"

typedef long long mask4 __attribute__((vector_size(32)));

ory_status ory_pnet_init(ory_pnet *net, size_t D, size_t h, double p, bool normalize, ory_error *err)
{
    *net = (ory_pnet){.D = D, .h = h, .p = p, .normalize = normalize};
    if (!(p >= 1) || isinf(p))
        return ory_fail(err, ORY_ERANGE, "p = %g (must be a finite number >= 1)", p);
    net->U = ory_alloc(h * D, sizeof(double));
    net->r = ory_alloc(h, sizeof(double));
    net->gain = ory_alloc(h, sizeof(double));
    net->Z = ory_alloc(ORY_PNET_ROWS * h, sizeof(double));
    net->low = ory_alloc(ORY_PNET_ROWS * h, sizeof(double));
    net->high = ory_alloc(ORY_PNET_ROWS * h, sizeof(double));
    net->size = ory_alloc(ORY_PNET_ROWS, sizeof(double));
    if (!net->U || !net->r || !net->gain || !net->Z || !net->low || !net->high || !net->size)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    return ORY_OK;
}

void ory_pnet_fini(ory_pnet *net)
{
    double *owned[] = {net->U, net->r, net->gain, net->Z, net->low, net->high, net->size};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        ory_free(owned[i]);
    memset(net, 0, sizeof *net);
}

void ory_pnet_set(ory_pnet *net, const double *W, const double *v, double bias)
{
    net->bias = bias;
    for (size_t j = 0; j < net->h; j++) {
        const double *w = W + j * net->D;
        const double r = ory_norm2(w, net->D);

        net->r[j] = r;
        net->gain[j] = v[j] * r;
        for (size_t k = 0; k < net->D; k++)
            net->U[j * net->D + k] = r > 0 ? w[k] / r : 0;
    }
}

/* ------------------------------------------------------------------ powers */

/* q = s^whole times sqrt(s) when `half`; s = max(z, 0). */
ORY_CLONES
static void whole_powers(int whole, bool half, const double *z, size_t n, double *low, double *high)
{
    const ory_v4 zero = {0}, one = {1, 1, 1, 1};
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        const ory_v4 x = ORY_V4C(z + i);
        const mask4 on = (mask4)(x > zero);
        const ory_v4 s = (ory_v4)((mask4)x & on);
        ory_v4 q = (ory_v4)((mask4)one & on);

        if (half)
            q = (ory_v4){sqrt(s[0]), sqrt(s[1]), sqrt(s[2]), sqrt(s[3])};
        for (int k = 0; k < whole; k++)
            q *= s;
        ORY_V4(low + i) = q;
        ORY_V4(high + i) = q * s;
    }
    for (; i < n; i++) {
        const double s = z[i] > 0 ? z[i] : 0;
        double q = half ? sqrt(s) : s > 0;

        for (int k = 0; k < whole; k++)
            q *= s;
        low[i] = q;
        high[i] = q * s;
    }
}

void ory_pnet_powers(double p, const double *z, size_t n, double *low, double *high)
{
    const double twice = 2 * (p - 1);

    if (twice <= 32 && twice == floor(twice)) {
        whole_powers((int)twice / 2, (int)twice % 2 == 1, z, n, low, high);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const double s = z[i] > 0 ? z[i] : 0, q = s > 0 ? pow(s, p - 1) : 0;

        low[i] = q;
        high[i] = q * s;
    }
}

/* ----------------------------------------------------------------- forwards */

void ory_pnet_factors(const ory_pnet *net, const double *X, size_t n, double *factor)
{
    for (size_t i = 0; i < n; i++) {
        const double size = net->normalize ? ory_norm2(X + i * net->D, net->D) : 1;

        factor[i] = size > 0 ? pow(size, 1 - net->p) : 0;
    }
}

ORY_CLONES
static void weigh(const double *high, const double *gain, size_t n, size_t h, double *f)
{
    for (size_t i = 0; i < n; i++)
        f[i] = ory_vec_dot(high + i * h, gain, h);
}

void ory_pnet_forward(const ory_pnet *net, const double *X, size_t n, const double *factor,
                      double *Z, double *low, double *high, double *f)
{
    const ory_mat mX = ory_mat_view((double *)X, n, net->D), mZ = ory_mat_view(Z, n, net->h),
                  mU = ory_mat_view(net->U, net->h, net->D);

    ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &mX, &mU, 0, &mZ);
    ory_pnet_powers(net->p, Z, n * net->h, low, high);
    weigh(high, net->gain, n, net->h, f);
    for (size_t i = 0; i < n; i++)
        f[i] = factor[i] * f[i] + net->bias;
}

/* low_ij *= factor gain_j. */
ORY_CLONES
static void scale_columns(double *low, const double *gain, double factor, size_t n, size_t h)
{
    const ory_v4 by = {factor, factor, factor, factor};

    for (size_t i = 0; i < n; i++) {
        double *q = low + i * h;
        size_t j = 0;

        for (; j + 4 <= h; j += 4)
            ORY_V4(q + j) *= by * ORY_V4C(gain + j);
        for (; j < h; j++)
            q[j] *= factor * gain[j];
    }
}

/* With g = f - b, of degree p in x before the factor c = |x|^(1-p):
 * grad = c grad(sum) - (p - 1) g x / |x|^2. */
static void normalized_gradient(const ory_pnet *net, const double *x, double g, double factor,
                                double *grad)
{
    const double size = ory_norm2(x, net->D);

    for (size_t k = 0; k < net->D; k++)
        grad[k] = size > 0 ? factor * grad[k] - (net->p - 1) * g * (x[k] / size) / size : 0;
}

static void eval_part(ory_pnet *net, const double *X, size_t n, double *f, double *G)
{
    const ory_mat mL = ory_mat_view(net->low, n, net->h), mU = ory_mat_view(net->U, net->h, net->D);
    ory_mat mG;

    ory_pnet_factors(net, X, n, net->size);
    ory_pnet_forward(net, X, n, net->size, net->Z, net->low, net->high, f);
    if (!G)
        return;
    mG = ory_mat_view(G, n, net->D);
    scale_columns(net->low, net->gain, net->p, n, net->h);
    ory_gemm(ORY_PLAIN, ORY_PLAIN, 1, &mL, &mU, 0, &mG);
    for (size_t i = 0; net->normalize && i < n; i++)
        normalized_gradient(net, X + i * net->D, f[i] - net->bias, net->size[i], G + i * net->D);
}

void ory_pnet_eval(ory_pnet *net, const double *X, size_t n, double *f, double *G)
{
    for (size_t i = 0; i < n; i += ORY_PNET_ROWS) {
        const size_t rows = n - i < ORY_PNET_ROWS ? n - i : ORY_PNET_ROWS;

        eval_part(net, X + i * net->D, rows, f + i, G ? G + i * net->D : NULL);
    }
}

/* ---------------------------------------------------------------- backwards */

/* space_ij = d_i low_ij; sums_j += d_i high_ij. */
ORY_CLONES
static void weigh_rows(const double *low, const double *high, double d, size_t h, double *space,
                       double *sums)
{
    const ory_v4 by = {d, d, d, d};
    size_t j = 0;

    for (; j + 4 <= h; j += 4) {
        ORY_V4(space + j) = by * ORY_V4C(low + j);
        ORY_V4(sums + j) += by * ORY_V4C(high + j);
    }
    for (; j < h; j++) {
        space[j] = d * low[j];
        sums[j] += d * high[j];
    }
}

/* grad w_j = v_j [p sum_i d_i s_ij^(p-1) x_i - (p-1) u_j sum_i d_i s_ij^p],
 * grad v_j = r_j sum_i d_i s_ij^p, with d_i times the factor of x_i. */
void ory_pnet_back(const ory_pnet *net, const double *X, size_t n, const double *v,
                   const double *factor, const double *low, const double *high, const double *d,
                   double *space, double *gW, double *gv, double *gb)
{
    const size_t D = net->D, h = net->h;
    const ory_mat mA = ory_mat_view(space, n, h), mX = ory_mat_view((double *)X, n, D),
                  mG = ory_mat_view(gW, h, D);
    double sum = 0;

    memset(gv, 0, h * sizeof *gv);
    for (size_t i = 0; i < n; i++) {
        weigh_rows(low + i * h, high + i * h, d[i] * factor[i], h, space + i * h, gv);
        sum += d[i];
    }
    ory_gemm(ORY_TRANS, ORY_PLAIN, 1, &mA, &mX, 0, &mG);
    for (size_t j = 0; j < h; j++) {
        double *g = gW + j * D;
        const double *u = net->U + j * D, along = (net->p - 1) * gv[j];

        for (size_t k = 0; k < D; k++)
            g[k] = net->r[j] > 0 ? v[j] * (net->p * g[k] - along * u[k]) : 0;
        gv[j] *= net->r[j];
    }
    if (gb)
        *gb = sum;
}
