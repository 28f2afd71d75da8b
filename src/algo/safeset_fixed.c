/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safeset_fixed.c - all fixed points of the binary Bellman operator: which sets of states
 * they keep safe, and how many there are, from the cycles of the graph outside G. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "algo/safeset.h"
#include "core/mem.h"

static bool has_inside(const ory_mdp *p, const uint8_t *C, size_t s)
{
    for (size_t a = 0; a < p->m; a++)
        if (C[p->next[s * p->m + a]])
            return true;
    return false;
}

bool ory_mdp_set_is_fixed(const ory_mdp *p, const uint8_t *C, char *text, size_t size)
{
    for (size_t s = 0; s < p->n; s++) {
        if (C[s] && p->bad[s])
            snprintf(text, size, "%zu is a failure state", s + 1);
        else if (C[s] && !has_inside(p, C, s))
            snprintf(text, size, "%zu has no successor inside", s + 1);
        else if (!C[s] && !p->bad[s] && has_inside(p, C, s))
            snprintf(text, size, "%zu is outside and can enter", s + 1);
        else
            continue;
        return false;
    }
    return true;
}

void ory_mdp_set_faults(const ory_mdp *p, const uint8_t *C, size_t *stuck, size_t *entering)
{
    *stuck = *entering = 0;
    for (size_t s = 0; s < p->n; s++) {
        const bool inside = has_inside(p, C, s);

        *stuck += C[s] && (p->bad[s] || !inside);
        *entering += !C[s] && !p->bad[s] && inside;
    }
}

/* Tarjan's algorithm with its own stack. Components come out with all that they reach
 * already known, so that `reach` is complete at once. */
typedef struct search {
    const ory_mdp *p;
    ory_mdp_fixed *f;
    uint32_t *index, *low, *stack, *path, *edge;
    uint8_t *open;
    uint32_t clock;
    size_t n_stack, n_path;
} search;

static void enter(search *t, uint32_t s)
{
    t->index[s] = t->low[s] = ++t->clock;
    t->edge[s] = 0;
    t->open[s] = 1;
    t->stack[t->n_stack++] = s;
    t->path[t->n_path++] = s;
}

static bool loops(const ory_mdp *p, uint32_t s)
{
    for (size_t a = 0; a < p->m; a++)
        if (p->next[s * p->m + a] == s)
            return true;
    return false;
}

/* The component whose first state is s is complete: everything above it on the stack. */
static void close_component(search *t, uint32_t s)
{
    const ory_mdp *p = t->p;
    size_t from = t->n_stack;
    uint32_t mask = 0, own = 0;

    while (t->stack[--from] != s)
        ;
    if (t->n_stack - from > 1 || loops(p, s)) {
        if (t->f->components < ORY_MDP_COUNTED)
            mask = own = (uint32_t)1 << t->f->components;
        t->f->components++;
    }
    for (size_t i = from; i < t->n_stack; i++)
        for (size_t a = 0; a < p->m; a++) {
            const uint32_t to = p->next[t->stack[i] * p->m + a];

            if (!p->bad[to] && !t->open[to])
                mask |= t->f->reach[to];
        }
    for (size_t i = from; i < t->n_stack; i++) {
        t->f->reach[t->stack[i]] = mask;
        t->open[t->stack[i]] = 0;
    }
    for (size_t k = 0; own && k < ORY_MDP_COUNTED; k++)
        if (mask >> k & 1)
            t->f->into[k] |= own;
    t->n_stack = from;
}

static void search_from(search *t, uint32_t root)
{
    const ory_mdp *p = t->p;

    enter(t, root);
    while (t->n_path) {
        const uint32_t s = t->path[t->n_path - 1];

        if (t->edge[s] < p->m) {
            const uint32_t to = p->next[s * p->m + t->edge[s]++];

            if (p->bad[to])
                continue;
            if (!t->index[to])
                enter(t, to);
            else if (t->open[to] && t->index[to] < t->low[s])
                t->low[s] = t->index[to];
            continue;
        }
        t->n_path--;
        if (t->low[s] == t->index[s])
            close_component(t, s);
        if (t->n_path) {
            const uint32_t up = t->path[t->n_path - 1];

            t->low[up] = t->low[s] < t->low[up] ? t->low[s] : t->low[up];
        }
    }
}

bool ory_mdp_fixed_has(const ory_mdp_fixed *f, uint32_t U)
{
    for (size_t k = 0; k < f->components; k++)
        if ((U >> k & 1) && (f->into[k] & ~U))
            return false;
    return true;
}

static void count_sets(ory_mdp_fixed *f)
{
    f->count = NAN;
    if (f->components > ORY_MDP_COUNTED)
        return;
    f->count = 0;
    for (uint32_t U = 0; U < (uint32_t)1 << f->components; U++)
        f->count += ory_mdp_fixed_has(f, U);
}

ory_status ory_mdp_fixed_init(ory_mdp_fixed *f, const ory_mdp *p, ory_error *err)
{
    const size_t n = p->n;
    uint32_t *space = ory_alloc(5 * n, sizeof *space);
    search t = {.p = p, .f = f, .index = space};

    memset(f, 0, sizeof *f);
    f->reach = ory_alloc(n, sizeof *f->reach);
    t.open = ory_alloc(n, 1);
    if (!space || !t.open || !f->reach) {
        ory_free(space);
        ory_free(t.open);
        return ory_fail(err, ORY_ENOMEM, "fixed points of %zu states: out of memory", n);
    }
    t.low = space + n;
    t.stack = space + 2 * n;
    t.path = space + 3 * n;
    t.edge = space + 4 * n;
    for (uint32_t s = 0; s < n; s++)
        if (!p->bad[s] && !t.index[s])
            search_from(&t, s);
    count_sets(f);
    ory_free(space);
    ory_free(t.open);
    return ORY_OK;
}

void ory_mdp_fixed_fini(ory_mdp_fixed *f)
{
    ory_free(f->reach);
    f->reach = NULL;
}
