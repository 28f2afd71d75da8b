/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safeset.c - the maximal safe set of a finite system and the operator behind it.
 *
 * The set is found by support, as arc consistency is (Bessiere's AC-6): every state rests
 * on one action that still leads to safety and stands in the lists of that action's
 * successors. When a state falls, those that rested on it go on to their next action, never
 * back; a state without one falls too. So no predecessor table is needed, and a state that
 * is safe is looked at about once. Lists are made when the first state has fallen outside G:
 * where none does, one pass over the first successors is all. States are marked a layer at
 * a time, which makes the layers those of the sweeps from b = 0. */
#include "config.h"

#include "algo/safeset.h"

#include <stdio.h>
#include <string.h>

#include "algo/vec.h"
#include "core/mem.h"

static const uint32_t none = UINT32_MAX;

#ifdef __GNUC__
#define ORY_PREFETCH(p) __builtin_prefetch(p)
#else
#define ORY_PREFETCH(p) ((void)(p))
#endif

ory_status ory_mdp_check(const ory_mdp *p, ory_error *err)
{
    if (p->n == 0 || p->m == 0 || p->fan == 0)
        return ory_fail(err, ORY_EINVAL, "%zu states, %zu actions (must be >= 1)", p->n, p->m);
    if (p->n >= none)
        return ory_fail(err, ORY_ERANGE, "%zu states (must be < 2^32 - 1)", p->n);
    for (size_t s = 0; s < p->n; s++)
        for (size_t k = 0; k < p->m * p->fan; k++)
            if (p->next[s * p->m * p->fan + k] >= p->n)
                return ory_fail(err, ORY_ERANGE,
                                "state %zu, action %zu: successor %zu (there are %zu states)", s + 1,
                                k / p->fan + 1, (size_t)p->next[s * p->m * p->fan + k] + 1, p->n);
    return ORY_OK;
}

ory_status ory_safeset_init(ory_safeset *w, size_t n, size_t fan, ory_error *err)
{
    memset(w, 0, sizeof *w);
    w->unsafe = ory_alloc(n, 1);
    w->layer = ory_alloc(n, sizeof *w->layer);
    w->head = ory_alloc(n, sizeof *w->head);
    w->link = ory_alloc(n * fan, sizeof *w->link);
    w->back = ory_alloc(n * fan, sizeof *w->back);
    w->queue = ory_alloc(n, sizeof *w->queue);
    w->at = ory_alloc(n, sizeof *w->at);
    if (!w->unsafe || !w->layer || !w->head || !w->link || !w->back || !w->queue || !w->at)
        return ory_fail(err, ORY_ENOMEM, "safe set of %zu states: out of memory", n);
    return ORY_OK;
}

void ory_safeset_fini(ory_safeset *w)
{
    ory_free(w->unsafe);
    ory_free(w->layer);
    ory_free(w->head);
    ory_free(w->link);
    ory_free(w->back);
    ory_free(w->queue);
    ory_free(w->at);
    memset(w, 0, sizeof *w);
}

/* The states queue[from..to) have fallen, all in one layer. */
static void mark(ory_safeset *w, size_t from, size_t to)
{
    if (from < to)
        w->layers++;
    for (size_t q = from; q < to; q++) {
        w->unsafe[w->queue[q]] = 1;
        w->layer[w->queue[q]] = w->layers;
    }
}

static size_t mark_bad(ory_safeset *w, const ory_mdp *p)
{
    size_t tail = 0;

    memcpy(w->unsafe, p->bad, p->n);
    memset(w->layer, 0, p->n * sizeof *w->layer);
    memset(w->head, 0xff, p->n * sizeof *w->head);
    w->layers = 0;
    for (size_t s = 0; s < p->n; s++)
        if (p->bad[s])
            w->queue[tail++] = (uint32_t)s;
    mark(w, 0, tail);
    return tail;
}

/* One successor is enough. From the k-th on, where state s can rest: into at[s]. False: it
 * falls. */
static inline bool seek_single(ory_safeset *w, const uint32_t *row, size_t width, uint32_t s, size_t k)
{
    while (k < width && w->unsafe[row[k]])
        k++;
    w->at[s] = (uint32_t)k;
    return k < width;
}

static inline void join_list(ory_safeset *w, uint32_t s, uint32_t on)
{
    w->link[s] = w->head[on];
    w->head[on] = s;
}

/* The states that cannot rest on their first successor, in order, into the queue. The loop
 * has no branch to guess: it runs at the speed of the memory. */
static size_t find_odd(ory_safeset *w, const ory_mdp *p)
{
    const size_t stride = p->first ? 1 : p->m * p->fan;
    const uint32_t *first = p->first ? p->first : p->next;
    size_t odd = 0;

    for (size_t s = 0; s < p->n; s++, first += stride) {
        w->queue[odd] = (uint32_t)s;
        odd += w->unsafe[*first] & (p->bad[s] ^ 1);
    }
    return odd;
}

/* Lets the `odd` states of the queue look further along their rows; those that fall stay. */
static size_t settle_odd(ory_safeset *w, const ory_mdp *p, size_t odd)
{
    const size_t width = p->m * p->fan, ahead = 24;
    size_t fallen = 0;

    for (size_t q = 0; q < odd; q++) {
        const uint32_t s = w->queue[q];

        if (q + ahead < odd)
            ORY_PREFETCH(p->next + w->queue[q + ahead] * width);
        w->queue[fallen] = s;
        fallen += !seek_single(w, p->next + s * width, width, s, 1);
    }
    return fallen;
}

/* Every state that rests into the list of its successor; the `fallen` stand in the queue. */
static void make_lists(ory_safeset *w, const ory_mdp *p, size_t fallen)
{
    const size_t width = p->m * p->fan, stride = p->first ? 1 : width;
    const uint32_t *first = p->first ? p->first : p->next;

    memset(w->head, 0xff, p->n * sizeof *w->head);
    for (size_t s = 0, next = 0; s < p->n; s++)
        if (next < fallen && w->queue[next] == s)
            next++;
        else if (!p->bad[s])
            join_list(w, (uint32_t)s,
                      w->at[s] ? p->next[s * width + w->at[s]] : first[s * stride]);
}

/* What rested on state `on` looks further; what falls goes to queue[tail..). */
static size_t drop_list(ory_safeset *w, const ory_mdp *p, uint32_t on, size_t tail)
{
    const size_t width = p->m * p->fan;

    for (uint32_t s = w->head[on], after; s != none; s = after) {
        const uint32_t *row = p->next + s * width;

        after = w->link[s];
        if (seek_single(w, row, width, s, w->at[s] + 1))
            join_list(w, s, row[w->at[s]]);
        else
            w->queue[tail++] = s;
    }
    return tail;
}

/* layer = bad as numbers of four bytes, eight at a time. Returns |G|. */
ORY_CLONES static size_t first_layer(uint32_t *layer, const uint8_t *bad, size_t n)
{
    typedef uint8_t bytes __attribute__((vector_size(8), aligned(1), may_alias));
    typedef uint32_t words __attribute__((vector_size(32), aligned(4), may_alias));
    words sum = {0};
    size_t s = 0, count = 0;

    for (; s + 8 <= n; s += 8) {
        const words x = __builtin_convertvector(*(const bytes *)(bad + s), words);

        *(words *)(layer + s) = x;
        sum += x;
    }
    for (int i = 0; i < 8; i++)
        count += sum[i];
    for (; s < n; s++)
        count += layer[s] = bad[s];
    return count;
}

static size_t solve_single(ory_safeset *w, const ory_mdp *p)
{
    const size_t bad = first_layer(w->layer, p->bad, p->n);
    size_t from = 0, tail;

    memcpy(w->unsafe, p->bad, p->n);
    memset(w->at, 0, p->n * sizeof *w->at);
    w->layers = bad > 0;
    tail = settle_odd(w, p, find_odd(w, p));
    if (tail > 0) /* no list is needed before a state has fallen */
        make_lists(w, p, tail);
    while (tail > from) {
        const size_t to = tail;

        mark(w, from, to);
        for (; from < to; from++)
            tail = drop_list(w, p, w->queue[from], tail);
    }
    return bad + tail;
}

/* Entry e = s*fan + c of the list of the c-th successor of the action that s rests on. */
static void rest(ory_safeset *w, size_t e, uint32_t on)
{
    w->link[e] = w->head[on];
    w->back[e] = none;
    if (w->head[on] != none)
        w->back[w->head[on]] = (uint32_t)e;
    w->head[on] = (uint32_t)e;
}

static void leave(ory_safeset *w, size_t e, uint32_t on)
{
    if (w->back[e] != none)
        w->link[w->back[e]] = w->link[e];
    else
        w->head[on] = w->link[e];
    if (w->link[e] != none)
        w->back[w->link[e]] = w->back[e];
}

/* All successors are needed: s stands in the list of each of them. */
static size_t rest_all(ory_safeset *w, const ory_mdp *p, size_t s, size_t a, size_t tail)
{
    for (; a < p->m; a++) {
        const uint32_t *row = p->next + (s * p->m + a) * p->fan;
        size_t c = 0;

        while (c < p->fan && !w->unsafe[row[c]])
            c++;
        if (c < p->fan)
            continue;
        w->at[s] = (uint32_t)a;
        for (c = 0; c < p->fan; c++)
            rest(w, s * p->fan + c, row[c]);
        return tail;
    }
    w->queue[tail] = (uint32_t)s;
    return tail + 1;
}

static size_t solve_all(ory_safeset *w, const ory_mdp *p)
{
    size_t from = 0, to = mark_bad(w, p), tail = to;

    for (size_t s = 0; s < p->n; s++)
        if (!p->bad[s])
            tail = rest_all(w, p, s, 0, tail);
    for (;;) {
        for (size_t q = from; q < to; q++)
            while (w->head[w->queue[q]] != none) {
                const size_t s = w->head[w->queue[q]] / p->fan, a = w->at[s];

                for (size_t c = 0; c < p->fan; c++)
                    leave(w, s * p->fan + c, p->next[(s * p->m + a) * p->fan + c]);
                tail = rest_all(w, p, s, a + 1, tail);
            }
        if (tail == to)
            return tail;
        mark(w, to, tail);
        from = to;
        to = tail;
    }
}

void ory_safeset_solve(ory_safeset *w, const ory_mdp *p)
{
    w->safe = p->n - (p->fan == 1 || p->any ? solve_single(w, p) : solve_all(w, p));
}

void ory_mdp_pairs(const ory_mdp *p, const uint8_t *v, uint8_t *b)
{
    const uint32_t *next = p->next;

    for (size_t s = 0; s < p->n; s++, b += p->m)
        for (size_t a = 0; a < p->m; a++, next += p->fan) {
            uint8_t u = v[next[0]];

            for (size_t c = 1; c < p->fan; c++)
                u = p->any ? u & v[next[c]] : u | v[next[c]];
            b[a] = p->bad[s] | u;
        }
}

size_t ory_mdp_values(const ory_mdp *p, const uint8_t *b, uint8_t *v)
{
    size_t safe = 0;

    for (size_t s = 0; s < p->n; s++, b += p->m) {
        uint8_t u = 1;

        for (size_t a = 0; a < p->m; a++)
            u &= b[a];
        v[s] = u;
        safe += !u;
    }
    return safe;
}
