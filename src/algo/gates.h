/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gates.h - which units of a ReLU layer are on for which samples, as bits, and sums over
 * the samples a unit is on for.
 *
 * A unit is on where z = <w, x> > 0; it passes z on there and leak z elsewhere. The word
 * bits[(i / 32) * h + j] holds samples 32 (i / 32) and following of unit j, the first in
 * its lowest bit; bits behind sample n are 0. Every sum has one fixed order, the same on
 * every machine, so results repeat bit for bit. */
#ifndef ORY_ALGO_GATES_H
#define ORY_ALGO_GATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORY_GATE_WORD = 32, ORY_GATE_LANES = 8, ORY_GATE_STRIP = 24 };

/* Words of one unit, and samples rounded up: the length of vectors of samples. */
static inline size_t ory_gate_words(size_t n) { return (n + ORY_GATE_WORD - 1) / ORY_GATE_WORD; }
static inline size_t ory_gate_room(size_t n)
{
    return (n + ORY_GATE_LANES - 1) / ORY_GATE_LANES * ORY_GATE_LANES;
}

static inline bool ory_gate(const uint32_t *bits, size_t h, size_t i, size_t j)
{
    return bits[i / ORY_GATE_WORD * h + j] >> i % ORY_GATE_WORD & 1;
}

/* n samples of D numbers, h units (W h x D, row-major), and the layer above them:
 * f_i = sum_j v_j s(z_ij). */
typedef struct ory_gate_layer {
    size_t n, D, h;
    const double *W, *v;
    double leak;
    uint32_t *bits; /* ory_gate_words(n) * h               */
    double *f;      /* room(n) numbers, those behind n junk */
} ory_gate_layer;

/* Bits and outputs from the samples turned into columns, Xt D x room(n); for short
 * samples faster than a product that is written down and read again. */
void ory_gates_forward(const ory_gate_layer *l, const double *Xt);
/* The same from Z = W X', h x room(n). */
void ory_gates_read(const ory_gate_layer *l, const double *Z);
/* X (n x D) into Xt (D x room(n)), zeros behind n. */
void ory_gates_turn(const double *X, size_t n, size_t D, double *Xt);

/* out_j = sum of c_i x_i over the samples i that unit j is on for (h x D; X n x D). The
 * sums of each four samples, sixteen of them, are made once and looked up by all units:
 * V. Arlazarov, E. Dinic, M. Kronrod, I. Faradzhev, Soviet Math. Dokl. 11 (1970).
 * strip: scratch, h * ORY_GATE_STRIP numbers. */
void ory_gates_sum(const uint32_t *bits, const double *X, const double *c, size_t n, size_t D,
                   size_t h, double *strip, double *out);

#endif
