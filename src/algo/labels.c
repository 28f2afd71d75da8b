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

/* Least total cost of giving every row of cost (k x k) a column of its own: shortest
 * augmenting paths with potentials, O(k^3). The arrays have k + 1 places, place 0 is the row
 * that looks for a column. Source: R. Jonker, A. Volgenant, Computing 38 (1987). */
typedef struct assignment {
    const double *cost;
    size_t k;
    double *row, *col, *least; /* potentials; least reduced cost of each column so far */
    size_t *owner, *from;      /* row that holds a column; the column before it on the path */
    bool *seen;
} assignment;

/* The nearest column not seen from column `at`; potentials move so that its reduced cost is 0. */
static size_t nearest_column(assignment *a, size_t at)
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

static void assign(assignment *a)
{
    size_t i, j;

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

ory_status ory_misclustered(const uint32_t *a, size_t ka, const uint32_t *b, size_t kb, size_t n,
                            size_t *count, ory_error *err)
{
    size_t k = ka > kb ? ka : kb, i;
    double *numbers = ory_alloc(k * k + 3 * (k + 1), sizeof *numbers), agree = 0;
    size_t *places = ory_alloc(2 * (k + 1), sizeof *places);
    bool *seen = ory_alloc(k + 1, sizeof *seen);
    ory_status ok = ORY_OK;

    if (numbers && places && seen) {
        double *rest = numbers + k * k;
        assignment way = {numbers, k, rest, rest + k + 1, rest + 2 * (k + 1), places, places + k + 1, seen};

        for (i = 0; i < n; i++)
            numbers[a[i] * k + b[i]] -= 1;
        assign(&way);
        for (i = 1; i <= k; i++)
            agree -= numbers[(way.owner[i] - 1) * k + i - 1];
        *count = n - (size_t)agree;
    } else {
        ok = ory_fail(err, ORY_ENOMEM, "out of memory for %zu groups", k);
    }
    ory_free(numbers);
    ory_free(places);
    ory_free(seen);
    return ok;
}
