/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prelu_state.c - what a state of net.prelu says about its neurons: where they point, what
 * they contribute, which centres they cover, the stable ranks. Norms are scaled. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "systems/prelu.h"

static const double dominant_share = 0.01; /* of the largest contribution */

double prelu_cosine(const prelu *p, const prelu_pass *q, size_t j, const double *axis)
{
    const double length = ory_norm2(axis, p->D);
    double c;

    if (!(q->norm[j] > 0) || !(length > 0))
        return NAN;
    c = ory_dot(q->x + j * p->D, axis, p->D) / q->norm[j] / length;
    return c > 1 ? 1 : c < -1 ? -1 : c;
}

/* Largest cosine to a centre of the neuron's sign, and to the average of its class. */
static void look_around(const prelu *p, prelu_pass *q, size_t j)
{
    const double v = prelu_v(p, q->x)[j];
    const size_t from = v > 0 ? 0 : p->mixture.K1, to = v > 0 ? p->mixture.K1 : p->mixture.K;

    q->to_centre[j] = q->to_average[j] = NAN;
    q->nearest[j] = p->mixture.K;
    if (!p->known || v == 0)
        return;
    for (size_t k = from; k < to; k++) {
        const double c = prelu_cosine(p, q, j, p->mixture.centres + k * p->D);

        if (c > q->to_centre[j] || (isnan(q->to_centre[j]) && !isnan(c))) {
            q->to_centre[j] = c;
            q->nearest[j] = k;
        }
    }
    q->to_average[j] = prelu_cosine(p, q, j, p->mixture.sums + (v > 0 ? 0 : p->D));
}

void prelu_neurons(prelu *p, prelu_pass *q)
{
    const double *v = prelu_v(p, q->x);

    if (q->has_neurons)
        return;
    q->has_neurons = true;
    q->most = 0;
    for (size_t j = 0; j < p->h; j++) {
        q->norm[j] = ory_norm2(q->x + j * p->D, p->D);
        q->share[j] = fabs(v[j]) * q->norm[j];
        q->most = fmax(q->most, q->share[j]);
        look_around(p, q, j);
    }
}

bool prelu_dominant(const prelu_pass *q, size_t j)
{
    return q->share[j] > dominant_share * q->most;
}

size_t prelu_covered(prelu *p, prelu_pass *q)
{
    size_t count = 0;

    prelu_neurons(p, q);
    for (size_t k = 0; p->known && k < p->mixture.K; k++) {
        bool found = false;

        for (size_t j = 0; j < p->h && !found; j++)
            found = prelu_dominant(q, j) && q->nearest[j] == k;
        count += found;
    }
    return count;
}

/* Sum of contributions of the neurons whose nearest centre of their sign is k. */
double prelu_mass(prelu *p, prelu_pass *q, size_t k)
{
    double sum = 0;

    prelu_neurons(p, q);
    for (size_t j = 0; j < p->h; j++)
        sum += q->nearest[j] == k ? q->share[j] : 0;
    return sum;
}

/* The centre of its sign with the largest positive cosine at the start; K: void. */
void prelu_targets(prelu *p)
{
    prelu_pass *q = prelu_at(p, p->initial);

    prelu_neurons(p, q);
    for (size_t j = 0; j < p->h; j++)
        p->target[j] = q->to_centre[j] > 0 ? q->nearest[j] : p->mixture.K;
}

/* Active on no sample: its columns of s^(p-1) are 0. */
size_t prelu_dead(const prelu *p, const prelu_pass *q)
{
    size_t count = 0;

    for (size_t j = 0; j < p->h; j++) {
        size_t i = 0;

        while (i < p->n && !(q->low[i * p->h + j] > 0))
            i++;
        count += i == p->n;
    }
    return count;
}

/* |A|_F^2/|A|^2 of A (rows x cols, in p->space) by the Gram matrix of its short side over
 * its largest entry; NaN for A = 0. */
static double stable_rank(prelu *p, size_t rows, size_t cols)
{
    const size_t k = rows < cols ? rows : cols, n = rows * cols;
    const ory_mat A = ory_mat_view(p->space, rows, cols);
    ory_mat gram = ory_mat_view(p->gram, k, k);
    double largest = 0, trace = 0, *values = p->gram + k * k;

    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(p->space[i]));
    for (size_t i = 0; i < n; i++)
        p->space[i] /= largest;
    if (!(largest > 0))
        return NAN;
    ory_gemm(k == rows ? ORY_PLAIN : ORY_TRANS, k == rows ? ORY_TRANS : ORY_PLAIN, 1, &A, &A, 0,
             &gram);
    for (size_t i = 0; i < k; i++)
        trace += p->gram[i * k + i];
    if (ory_eig_sym_values(&gram, values, &p->eig, NULL) != ORY_OK)
        return NAN;
    return k == 1 ? 1 : trace / values[k - 1];
}

void prelu_spectrum(prelu *p, prelu_pass *q)
{
    if (q->has_spectrum)
        return;
    q->has_spectrum = true;
    memcpy(p->space, q->x, p->h * p->D * sizeof *p->space);
    q->stable = stable_rank(p, p->h, p->D);
}

void prelu_hidden(prelu *p, prelu_pass *q)
{
    if (q->has_hidden)
        return;
    q->has_hidden = true;
    prelu_neurons(p, q);
    for (size_t i = 0; i < p->n; i++)
        for (size_t j = 0; j < p->h; j++)
            p->space[i * p->h + j] = q->norm[j] * q->high[i * p->h + j];
    q->hidden = stable_rank(p, p->n, p->h);
}
