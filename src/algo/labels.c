/* SPDX-License-Identifier: GPL-3.0-or-later */
/* labels.c - groups as numbers: their order, and how far two groupings agree. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "algo/cluster.h"
#include "core/mem.h"

size_t ory_labels_order(uint32_t *label, size_t n, size_t most)
{
    uint32_t *name = ory_alloc(most, sizeof *name);
    size_t i, count = 0;

    if (!name)
        return SIZE_MAX;
    for (i = 0; i < n; i++) {
        if (name[label[i]] == 0)
            name[label[i]] = (uint32_t)++count;
        label[i] = name[label[i]] - 1;
    }
    ory_free(name);
    return count;
}

ory_status ory_matching_init(ory_matching *m, size_t k, ory_error *err)
{
    *m = (ory_matching){.k = k};
    m->cost = ory_alloc(k * k, sizeof *m->cost);
    m->row = ory_alloc(k + 1, sizeof *m->row);
    m->col = ory_alloc(k + 1, sizeof *m->col);
    m->least = ory_alloc(k + 1, sizeof *m->least);
    m->owner = ory_alloc(k + 1, sizeof *m->owner);
    m->from = ory_alloc(k + 1, sizeof *m->from);
    m->seen = ory_alloc(k + 1, sizeof *m->seen);
    if (m->cost && m->row && m->col && m->least && m->owner && m->from && m->seen)
        return ORY_OK;
    ory_matching_fini(m);
    return ory_fail(err, ORY_ENOMEM, "out of memory to match %zu groups", k);
}

void ory_matching_fini(ory_matching *m)
{
    ory_free(m->cost);
    ory_free(m->row);
    ory_free(m->col);
    ory_free(m->least);
    ory_free(m->owner);
    ory_free(m->from);
    ory_free(m->seen);
    memset(m, 0, sizeof *m);
}

/* The least total cost of giving every row of cost (k x k) a column of its own: shortest
 * augmenting paths with potentials `row`, `col`, O(k^3). Columns count from 1; column 0 belongs to
 * the row that looks for one. owner: the row that holds a column; from: the column before it on
 * the path; least: its least reduced cost so far.
 * Source: R. Jonker, A. Volgenant, Computing 38 (1987). */

/* The nearest column not seen from column `at`; potentials move so that its reduced cost is 0. */
static size_t nearest_column(ory_matching *a, size_t at)
{
    size_t i = a->owner[at], j, next = 0;
    double step = INFINITY;

    a->seen[at] = true;
    for (j = 1; j <= a->k; j++) {
        double reduced;

        if (a->seen[j])
            continue;
        reduced = a->cost[(i - 1) * a->k + j - 1] - a->row[i] - a->col[j];
        if (reduced < a->least[j]) {
            a->least[j] = reduced;
            a->from[j] = at;
        }
        if (a->least[j] < step) {
            step = a->least[j];
            next = j;
        }
    }
    for (j = 0; j <= a->k; j++)
        if (a->seen[j]) {
            a->row[a->owner[j]] += step;
            a->col[j] -= step;
        } else {
            a->least[j] -= step;
        }
    return next;
}

static void assign(ory_matching *a)
{
    size_t i, j;

    memset(a->row, 0, (a->k + 1) * sizeof *a->row);
    memset(a->col, 0, (a->k + 1) * sizeof *a->col);
    memset(a->owner, 0, (a->k + 1) * sizeof *a->owner);
    for (i = 1; i <= a->k; i++) {
        size_t at = 0;

        a->owner[0] = i;
        for (j = 0; j <= a->k; j++) {
            a->least[j] = INFINITY;
            a->seen[j] = false;
        }
        while (a->owner[at])
            at = nearest_column(a, at);
        for (; at; at = a->from[at])
            a->owner[at] = a->owner[a->from[at]];
    }
}

size_t ory_matching_wrong(ory_matching *m, const uint32_t *a, const uint32_t *b, size_t n)
{
    size_t i, agree = 0;

    memset(m->cost, 0, m->k * m->k * sizeof *m->cost);
    for (i = 0; i < n; i++)
        m->cost[a[i] * m->k + b[i]] -= 1;
    assign(m);
    for (i = 1; i <= m->k; i++)
        agree += (size_t)-m->cost[(m->owner[i] - 1) * m->k + i - 1];
    return n - agree;
}

ory_status ory_misclustered(const uint32_t *a, size_t ka, const uint32_t *b, size_t kb, size_t n,
                            size_t *count, ory_error *err)
{
    ory_matching m;
    ory_status ok = ory_matching_init(&m, ka > kb ? ka : kb, err);

    if (ok != ORY_OK)
        return ok;
    *count = ory_matching_wrong(&m, a, b, n);
    ory_matching_fini(&m);
    return ORY_OK;
}
