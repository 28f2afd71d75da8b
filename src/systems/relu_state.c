/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relu_state.c - what a state of net.relu says about its neurons: the cones they are in,
 * their norms and cosines, the spectrum of W, the field that turns them while they are
 * small. Norms are scaled, for states live near 1e-103. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "algo/vec.h"
#include "systems/relu.h"

static const uint64_t one_plus = (uint64_t)1 << 32;

static uint64_t mixed(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Active samples of each neuron by class, and a digest of which they are: unit and key of
 * a sample are added up where it is active. */
ORY_CLONES
static void count_active(const relu *p, const double *Z, uint64_t *counts, uint64_t *keys)
{
    typedef uint64_t u4 __attribute__((vector_size(32), aligned(8), may_alias));
    const ory_v4 zero = {0};

    for (size_t i = 0; i < p->n; i++) {
        const uint64_t unit = p->y[i] > 0 ? one_plus : 1, key = p->sample_key[i];
        const u4 units = {unit, unit, unit, unit}, sample = {key, key, key, key};
        const double *z = Z + i * p->h;
        size_t j = 0;

        for (; j + 4 <= p->h; j += 4) {
            const u4 on = (u4)(ORY_V4C(z + j) > zero);

            *(u4 *)(counts + j) += on & units;
            *(u4 *)(keys + j) += on & sample;
        }
        for (; j < p->h; j++) {
            counts[j] += z[j] > 0 ? unit : 0;
            keys[j] += z[j] > 0 ? key : 0;
        }
    }
}

void relu_cones(relu *p, relu_pass *q)
{
    uint64_t pattern = 0;

    if (q->has_cones)
        return;
    q->has_cones = true;
    memset(q->counts, 0, p->h * sizeof *q->counts);
    memset(q->keys, 0, p->h * sizeof *q->keys);
    count_active(p, q->Z, q->counts, q->keys);
    for (size_t j = 0; j < p->h; j++) {
        const uint64_t c = q->counts[j];

        q->cone[j] = c == 0                                ? CONE_DEAD
                     : c == (uint64_t)p->n_plus * one_plus ? CONE_PLUS
                     : c == (uint64_t)p->n_minus           ? CONE_MINUS
                                                           : CONE_NONE;
        pattern += mixed(q->keys[j] + (j + 1) * 0x9e3779b97f4a7c15u);
    }
    q->pattern = (double)(pattern >> 12);
}

void relu_norms(relu *p, relu_pass *q)
{
    if (q->has_norms)
        return;
    q->has_norms = true;
    for (size_t j = 0; j < p->h; j++)
        q->norm[j] = ory_norm2(q->x + j * p->D, p->D);
}

/* Cosine of each neuron with x+ (v_j > 0) or x- (v_j < 0). */
void relu_angles(relu *p, relu_pass *q)
{
    const double *v = relu_v(p, q->x);

    if (q->has_angles)
        return;
    q->has_angles = true;
    relu_norms(p, q);
    for (size_t j = 0; j < p->h; j++) {
        const double *axis = p->axes + (v[j] > 0 ? 0 : p->D);
        const double length = v[j] > 0 ? p->theory.sum_plus : p->theory.sum_minus;

        q->cosine[j] = NAN;
        if (v[j] != 0 && q->norm[j] > 0 && length > 0) {
            const double c = ory_dot(q->x + j * p->D, axis, p->D) / q->norm[j] / length;

            q->cosine[j] = c > 1 ? 1 : c < -1 ? -1 : c;
        }
    }
}

/* Largest singular value by the Gram matrix of the short side of W over its largest
 * entry: nothing underflows. */
void relu_spectrum(relu *p, relu_pass *q)
{
    const size_t k = p->h < p->D ? p->h : p->D;
    ory_mat W = ory_mat_view(p->space, p->h, p->D), gram = ory_mat_view(p->gram, k, k);
    double largest = 0, *values = p->gram + k * k, trace = 0;

    if (q->has_spectrum)
        return;
    q->has_spectrum = true;
    q->top = q->fro_sq = 0;
    for (size_t i = 0; i < p->h * p->D; i++)
        largest = fabs(q->x[i]) > largest ? fabs(q->x[i]) : largest;
    if (!(largest > 0))
        return;
    for (size_t i = 0; i < p->h * p->D; i++)
        p->space[i] = q->x[i] / largest;
    ory_gemm(k == p->h ? ORY_PLAIN : ORY_TRANS, k == p->h ? ORY_TRANS : ORY_PLAIN, 1, &W, &W, 0,
             &gram);
    for (size_t i = 0; i < k; i++)
        trace += p->gram[i * k + i];
    if (ory_eig_sym_values(&gram, values, &p->eig, NULL) != ORY_OK)
        values[k - 1] = NAN;
    q->top = largest * sqrt(values[k - 1]);
    q->fro_sq = largest * largest * trace;
    if (k == 1)
        q->fro_sq = q->top * q->top;
}

/* Row j of p->space = sum_i s'(Z_ij) c_i x_i with c_i = y_i, which makes x_a(w_j), or with
 * c_i = -l'(y_i, f_i) - y_i, which makes what x_a leaves out. */
static void make_field(relu *p, const relu_pass *q, bool rest)
{
    const ory_mat mG = ory_mat_view(p->G, p->n, p->h), mX = ory_mat_view(p->X, p->n, p->D),
                  out = ory_mat_view(p->space, p->h, p->D);

    for (size_t i = 0; i < p->n; i++) {
        const double c = rest ? -q->d[i] / p->weight - p->y[i] : p->y[i];

        for (size_t j = 0; j < p->h; j++)
            p->G[i * p->h + j] = c * (q->Z[i * p->h + j] > 0 ? 1 : p->leak);
    }
    ory_gemm(ORY_TRANS, ORY_PLAIN, 1, &mG, &mX, 0, &out);
}

/* |P_w a|, a overwritten. */
static double rejected(const double *w, double norm, double *a, size_t D)
{
    double along = 0;

    for (size_t i = 0; i < D; i++)
        along += a[i] * (w[i] / norm);
    for (size_t i = 0; i < D; i++)
        a[i] -= along * (w[i] / norm);
    return ory_norm2(a, D);
}

/* With |v_j| = |w_j|, as a balanced start keeps it, a direction's velocity in the time of
 * the summed loss differs from sign(v_j) P_w x_a by P_w of the rest alone. */
void relu_fields(relu *p, relu_pass *q)
{
    if (q->has_fields)
        return;
    q->has_fields = true;
    relu_cones(p, q);
    relu_norms(p, q);
    q->xa_ratio = INFINITY;
    q->turn_error = 0;
    make_field(p, q, false);
    for (size_t j = 0; j < p->h; j++) {
        const double active = (double)(q->counts[j] >> 32) + (double)(q->counts[j] % one_plus);

        if (active > 0)
            q->xa_ratio = fmin(q->xa_ratio, ory_norm2(p->space + j * p->D, p->D) /
                                                (active * p->theory.x_min));
    }
    make_field(p, q, true);
    for (size_t j = 0; j < p->h; j++)
        if (q->norm[j] > 0)
            q->turn_error =
                fmax(q->turn_error, rejected(q->x + j * p->D, q->norm[j],
                                                  p->space + j * p->D, p->D));
}

size_t relu_astray(const relu *p, const relu_pass *q)
{
    const double *v = relu_v(p, q->x);
    size_t count = 0;

    for (size_t j = 0; j < p->h; j++)
        count += v[j] != 0 && q->cone[j] != CONE_DEAD &&
                 q->cone[j] != (v[j] > 0 ? CONE_PLUS : CONE_MINUS);
    return count;
}

size_t relu_dead(const relu *p, const relu_pass *q)
{
    size_t count = 0;

    for (size_t j = 0; j < p->h; j++)
        count += q->cone[j] == CONE_DEAD;
    return count;
}

double relu_output_most(const relu *p, const relu_pass *q, int sign)
{
    double most = NAN;

    for (size_t i = 0; i < p->n; i++)
        if (sign * p->y[i] >= 0 && !(fabs(q->f[i]) <= most))
            most = fabs(q->f[i]);
    return most;
}
