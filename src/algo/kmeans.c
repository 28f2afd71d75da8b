/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans.c - see kmeans.h. Distances run over four points at a time. */
#include "config.h"

#include "algo/kmeans.h"

#include <math.h>
#include <string.h>

#include "algo/vec.h"
#include "core/interrupt.h"
#include "core/mem.h"

ory_status ory_kmeans_init(ory_kmeans *m, size_t n, size_t dim, const double *x,
                           const double *weight, size_t k, ory_error *err)
{
    *m = (ory_kmeans){.n = n, .dim = dim, .k = k, .x = x, .weight = weight};
    if (k < 1 || k > n)
        return ory_fail(err, ORY_ERANGE, "k = %zu groups of %zu points (must be 1 to %zu)", k, n, n);
    m->centre = ory_alloc(k * dim, sizeof *m->centre);
    m->label = ory_alloc(n, sizeof *m->label);
    m->before = ory_alloc(n, sizeof *m->before);
    m->size = ory_alloc(k, sizeof *m->size);
    m->far = ory_alloc(n, sizeof *m->far);
    m->mass = ory_alloc(k, sizeof *m->mass);
    if (m->centre && m->label && m->before && m->size && m->far && m->mass)
        return ORY_OK;
    ory_kmeans_fini(m);
    return ory_fail(err, ORY_ENOMEM, "out of memory for %zu groups of %zu points", k, n);
}

void ory_kmeans_fini(ory_kmeans *m)
{
    if (!m)
        return;
    ory_free(m->centre);
    ory_free(m->label);
    ory_free(m->before);
    ory_free(m->size);
    ory_free(m->far);
    ory_free(m->mass);
    memset(m, 0, sizeof *m);
}

/* Where centre g is nearer than what was nearest so far: its distance and label. */
ORY_CLONES
static void try_centre(ory_kmeans *m, size_t g)
{
    const double *centre = m->centre + g * m->dim;
    size_t n = m->n, i, c;

    for (i = 0; i + 4 <= n; i += 4) {
        ory_v4 d = {0}, far = ORY_V4C(m->far + i);

        for (c = 0; c < m->dim; c++) {
            const ory_v4 away = ORY_V4C(m->x + c * n + i) - centre[c];

            d += away * away;
        }
        for (c = 0; c < 4; c++)
            if (d[c] < far[c]) {
                m->far[i + c] = d[c];
                m->label[i + c] = (uint32_t)g;
            }
    }
    for (; i < n; i++) {
        double d = 0;

        for (c = 0; c < m->dim; c++)
            d += (m->x[c * n + i] - centre[c]) * (m->x[c * n + i] - centre[c]);
        if (d < m->far[i]) {
            m->far[i] = d;
            m->label[i] = (uint32_t)g;
        }
    }
}

static void forget_distances(ory_kmeans *m)
{
    size_t i;

    for (i = 0; i < m->n; i++)
        m->far[i] = INFINITY;
}

static void put_centre(ory_kmeans *m, size_t g, size_t point)
{
    size_t c;

    for (c = 0; c < m->dim; c++)
        m->centre[g * m->dim + c] = m->x[c * m->n + point];
}

/* A point drawn with probability weight (first: alone; then times the squared distance). */
static size_t draw(const ory_kmeans *m, bool first, ory_rng *rng)
{
    double total = 0, sum = 0, aim;
    size_t i, last = m->n;

    for (i = 0; i < m->n; i++)
        total += m->weight[i] * (first ? 1 : m->far[i]);
    if (!(total > 0)) /* fewer different points than groups */
        return (size_t)ory_rng_below(rng, m->n);
    aim = ory_rng_uniform(rng) * total;
    for (i = 0; i < m->n; i++) {
        double part = m->weight[i] * (first ? 1 : m->far[i]);

        sum += part;
        if (part > 0)
            last = i;
        if (sum > aim)
            return i;
    }
    return last;
}

void ory_kmeans_seed(ory_kmeans *m, uint64_t seed, uint64_t restart)
{
    ory_rng rng;
    size_t g;

    ory_rng_init(&rng, seed, restart);
    forget_distances(m);
    for (g = 0; g < m->k; g++) {
        put_centre(m, g, draw(m, g == 0, &rng));
        if (g + 1 < m->k)
            try_centre(m, g);
    }
    memset(m->label, 0, m->n * sizeof *m->label);
}

/* Every empty group takes the point of largest weighted distance from a group that can
 * spare one. */
static void fill_empty(ory_kmeans *m)
{
    size_t g, i;

    for (g = 0; g < m->k; g++) {
        size_t best = m->n;

        if (m->size[g])
            continue;
        for (i = 0; i < m->n; i++)
            if (m->size[m->label[i]] > 1 &&
                (best == m->n || m->weight[i] * m->far[i] > m->weight[best] * m->far[best]))
                best = i;
        m->size[m->label[best]]--;
        m->label[best] = (uint32_t)g;
        m->size[g] = 1;
        m->far[best] = 0;
    }
}

void ory_kmeans_centre(ory_kmeans *m)
{
    size_t g, i, c, dim = m->dim;

    memset(m->centre, 0, m->k * dim * sizeof *m->centre);
    memset(m->mass, 0, m->k * sizeof *m->mass);
    for (i = 0; i < m->n; i++)
        m->mass[m->label[i]] += m->weight[i];
    for (c = 0; c < dim; c++)
        for (i = 0; i < m->n; i++)
            m->centre[m->label[i] * dim + c] += m->weight[i] * m->x[c * m->n + i];
    for (g = 0; g < m->k; g++)
        for (c = 0; c < dim; c++)
            m->centre[g * dim + c] /= m->mass[g];
}

bool ory_kmeans_round(ory_kmeans *m)
{
    size_t g, i;

    memcpy(m->before, m->label, m->n * sizeof *m->label);
    forget_distances(m);
    for (g = 0; g < m->k; g++)
        try_centre(m, g);
    memset(m->size, 0, m->k * sizeof *m->size);
    for (i = 0; i < m->n; i++)
        m->size[m->label[i]]++;
    fill_empty(m);
    ory_kmeans_centre(m);
    return memcmp(m->before, m->label, m->n * sizeof *m->label) != 0;
}

double ory_kmeans_squares(const ory_kmeans *m)
{
    double sum = 0;
    size_t i, c;

    for (c = 0; c < m->dim; c++)
        for (i = 0; i < m->n; i++) {
            double d = m->x[c * m->n + i] - m->centre[m->label[i] * m->dim + c];

            sum += m->weight[i] * d * d;
        }
    return sum;
}

ory_status ory_kmeans_best(ory_kmeans *m, uint64_t seed, size_t restarts, size_t rounds,
                           uint32_t *label, double *squares, size_t *restart, ory_error *err)
{
    size_t r, round;

    *squares = INFINITY;
    *restart = 0;
    for (r = 1; r <= restarts; r++) {
        double now;

        ory_kmeans_seed(m, seed, r);
        for (round = 0; round < rounds && ory_kmeans_round(m); round++)
            if (ory_interrupt_pending())
                return ory_fail(err, ORY_EINTERRUPT, "interrupted");
        now = ory_kmeans_squares(m);
        if (now < *squares || r == 1) {
            *squares = now;
            *restart = r;
            memcpy(label, m->label, m->n * sizeof *label);
        }
    }
    return ORY_OK;
}
