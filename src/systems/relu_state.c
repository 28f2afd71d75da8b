/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relu_state.c - what a state of net.relu says about its neurons: the cones they are in,
 * their norms and cosines, the spectrum of W, the field that turns them while they are
 * small. Norms are scaled, for states live near 1e-103. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "systems/relu.h"

void relu_cones(relu *p, relu_pass *q)
{
    const double *v = relu_v(p, q->x);
    uint64_t pattern = 0;

    if (q->has_cones)
        return;
    q->has_cones = true;
    for (size_t j = 0; j < p->h; j++) {
        uint32_t any = 0, not_plus = 0, not_minus = 0;

        for (size_t b = 0; b < ory_gate_words(p->n); b++) {
            const uint32_t word = q->gates[b * p->h + j];

            any |= word;
            not_plus |= word ^ p->plus[b];
            not_minus |= word ^ p->minus[b];
            pattern += word * p->gate_keys[b * p->h + j];
        }
        q->cone[j] = !any ? CONE_DEAD : !not_plus ? CONE_PLUS : !not_minus ? CONE_MINUS : CONE_NONE;
    }
    q->pattern = (double)(pattern >> 12);
    q->dead = q->astray = 0;
    for (size_t j = 0; j < p->h; j++)
        if (q->cone[j] == CONE_DEAD)
            q->dead++;
        else
            q->astray += v[j] != 0 && q->cone[j] != (v[j] > 0 ? CONE_PLUS : CONE_MINUS);
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
    double *c = p->batch_f;

    for (size_t i = 0; i < p->n; i++)
        c[i] = rest ? -q->d[i] / p->weight - p->y[i] : p->y[i];
    relu_gather(p, q->gates, p->X, c, p->n, p->space);
}

static size_t active(const relu *p, const relu_pass *q, size_t j)
{
    size_t count = 0;

    for (size_t b = 0; b < ory_gate_words(p->n); b++)
        count += (size_t)__builtin_popcount(q->gates[b * p->h + j]);
    return count;
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
    relu_norms(p, q);
    q->xa_ratio = INFINITY;
    q->turn_error = 0;
    make_field(p, q, false);
    for (size_t j = 0; j < p->h; j++) {
        const size_t count = active(p, q, j);

        if (count > 0)
            q->xa_ratio = fmin(q->xa_ratio, ory_norm2(p->space + j * p->D, p->D) /
                                                ((double)count * p->theory.x_min));
    }
    make_field(p, q, true);
    for (size_t j = 0; j < p->h; j++)
        if (q->norm[j] > 0)
            q->turn_error =
                fmax(q->turn_error, rejected(q->x + j * p->D, q->norm[j],
                                                  p->space + j * p->D, p->D));
}
