/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safeset.h - finite transition systems that must stay out of a failure set G for ever:
 * the binary Bellman operator, its least fixed point (the maximal safe set) in time linear
 * in the number of transitions, and all of its fixed points.
 *
 *   (T b)(s,a) = i(s) + (1 - i(s)) v(next(s,a)),   v(s) = min_a b(s,a)
 *
 * b = 1: the pair dooms the system, b = 0: it leaves a way out; i = 1 exactly on G.
 * Source: A. Castellano, H. Min, J. A. Bazerque, E. Mallada, "Learning safety critics via a
 * non-contractive binary Bellman operator", arXiv:2401.12849. */
#ifndef ORY_ALGO_SAFESET_H
#define ORY_ALGO_SAFESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

enum { ORY_MDP_COUNTED = 20 }; /* fixed points are counted up to so many components */

/* A system of n states and m actions. A pair has `fan` successors: one of a deterministic
 * system, several where a grid's cells are bracketed. The pair is safe when all of them
 * are, or, with `any`, when one of them is. Nothing is owned. */
typedef struct ory_mdp {
    size_t n, m, fan;
    bool any;
    const uint32_t *next; /* n*m*fan successors, each < n */
    const uint8_t *bad;   /* n: 1 on G, else 0 */
    const uint32_t *first; /* n: each state's first successor once more, side by side; or NULL */
} ory_mdp;

/* ORY_EINVAL naming state and action (from 1) of the first fault. */
ory_status ory_mdp_check(const ory_mdp *p, ory_error *err);

/* ------------------------------------------------------------------- maximal set */

typedef struct ory_safeset {
    uint8_t *unsafe; /* n: v* of the last solve */
    uint32_t *layer; /* n: 1 on G, else 1 + the layer in which the last way out falls; 0: safe */
    uint32_t layers; /* largest of them */
    size_t safe;     /* states with v* = 0 */
    /* work: lists of the states that rest on a state, and where in its row each rests */
    uint32_t *head, *link, *back, *queue, *at;
} ory_safeset;

ory_status ory_safeset_init(ory_safeset *w, size_t n, size_t fan, ory_error *err);
void ory_safeset_fini(ory_safeset *w);
/* The maximal safe set: fills what stands above. After k sweeps from b = 0 exactly the
 * states with 0 < layer <= k have v = 1. Every transition is looked at no more than once,
 * O(n m fan); nothing is allocated. */
void ory_safeset_solve(ory_safeset *w, const ory_mdp *p);

/* ----------------------------------------------------------------------- operator */

/* b[n*m] = i + (1 - i) v(next). */
void ory_mdp_pairs(const ory_mdp *p, const uint8_t *v, uint8_t *b);
/* v[n] = min_a b. Returns the states with v = 0. */
size_t ory_mdp_values(const ory_mdp *p, const uint8_t *b, uint8_t *v);

/* ------------------------------------------------------------------- fixed points */

/* Is C (n bytes, 1 inside) the safe set of a fixed point? Exactly when it avoids G, every
 * state of C has a successor inside and no state outside C and G has one. Otherwise the
 * sentence why, states counted from 1, in text. fan must be 1. */
bool ory_mdp_set_is_fixed(const ory_mdp *p, const uint8_t *C, char *text, size_t size);
/* States of C without a successor inside, and states outside C and G with one. */
void ory_mdp_set_faults(const ory_mdp *p, const uint8_t *C, size_t *stuck, size_t *entering);

/* The graph on the states outside G in strongly connected components. Those with a cycle
 * carry the fixed points: one for every set U of them that holds, with a component, all
 * that can reach it; its safe set is what can reach U. */
typedef struct ory_mdp_fixed {
    size_t components;  /* with a cycle */
    double count;       /* fixed points, b = 1 among them; NaN above ORY_MDP_COUNTED components */
    uint32_t *reach;    /* n: bit k < ORY_MDP_COUNTED: can reach component k */
    uint32_t into[ORY_MDP_COUNTED]; /* bit j: component j can reach this one */
} ory_mdp_fixed;

ory_status ory_mdp_fixed_init(ory_mdp_fixed *f, const ory_mdp *p, ory_error *err);
void ory_mdp_fixed_fini(ory_mdp_fixed *f);
/* Whether the set of components U (bits) carries a fixed point. */
bool ory_mdp_fixed_has(const ory_mdp_fixed *f, uint32_t U);

#endif
