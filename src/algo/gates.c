/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gates.c - samples lie in the lanes on the way up, numbers of a sample on the way down. */
#include "config.h"

#include "algo/gates.h"

#include <string.h>

#include "algo/vec.h"

typedef long long bits4 __attribute__((vector_size(32)));

#define SPLAT(x) ((ory_v4){x, x, x, x})

/* --------------------------------------------------------------------- upwards */

/* Four units, the last ones repeated with weight 0 where a layer has fewer left. */
typedef struct quad {
    const double *row[4]; /* of W, or of Z */
    ory_v4 v[4];
} quad;

ORY_VEC_INLINE void take_quad(const ory_gate_layer *l, const double *rows, size_t stride, size_t j,
                              quad *q)
{
    for (size_t k = 0; k < 4; k++) {
        const bool real = j + k < l->h;
        const double v = real ? l->v[j + k] : 0;

        q->row[k] = rows + (real ? j + k : j) * stride;
        q->v[k] = SPLAT(v);
    }
}

typedef struct tile {
    ory_v4 a0, a1, b0, b1, c0, c1, d0, d1; /* eight samples of four units */
} tile;

ORY_VEC_INLINE void multiply(const quad *q, const double *x, size_t stride, size_t D, tile *out)
{
    const double *wa = q->row[0], *wb = q->row[1], *wc = q->row[2], *wd = q->row[3];
    tile t = {0};

    for (size_t p = 0; p < D; p++, x += stride) {
        const ory_v4 x0 = ORY_V4C(x), x1 = ORY_V4C(x + 4);

        t.a0 += x0 * wa[p];
        t.a1 += x1 * wa[p];
        t.b0 += x0 * wb[p];
        t.b1 += x1 * wb[p];
        t.c0 += x0 * wc[p];
        t.c1 += x1 * wc[p];
        t.d0 += x0 * wd[p];
        t.d1 += x1 * wd[p];
    }
    *out = t;
}

ORY_VEC_INLINE void read_tile(const quad *q, size_t i, tile *out)
{
    *out = (tile){ORY_V4C(q->row[0] + i), ORY_V4C(q->row[0] + i + 4), ORY_V4C(q->row[1] + i),
                  ORY_V4C(q->row[1] + i + 4), ORY_V4C(q->row[2] + i), ORY_V4C(q->row[2] + i + 4),
                  ORY_V4C(q->row[3] + i), ORY_V4C(q->row[3] + i + 4)};
}

/* f += v s(z); the lanes of `bit` are seen where z > 0, or is no number, which must not be
 * lost. */
ORY_VEC_INLINE void pass(const ory_v4 *z, const ory_v4 *v, const double *leak, const bits4 *bit,
                         ory_v4 *f, bits4 *seen)
{
    const ory_v4 zero = {0};
    const bits4 off = (bits4)(*z <= zero);
    bits4 s = ~off & (bits4)*z;

    *seen |= ~off & *bit;
    if (leak)
        s |= off & (bits4)(*z * *leak);
    *f += *v * (ory_v4)s;
}

ORY_VEC_INLINE uint32_t word_of(const bits4 *seen)
{
    return (uint32_t)(((*seen)[0] | (*seen)[1]) | ((*seen)[2] | (*seen)[3]));
}

/* Word `b` of units j to j + 3. Xt: samples as columns; NULL: the rows of q are Z's.
 * leak: NULL for 0. */
ORY_VEC_INLINE void quad_word(const ory_gate_layer *l, const quad *q, const double *Xt, size_t j,
                              size_t b, const double *leak)
{
    const size_t room = ory_gate_room(l->n), from = b * ORY_GATE_WORD;
    const size_t to = from + ORY_GATE_WORD < room ? from + ORY_GATE_WORD : room;
    const uint32_t real = l->n - from < ORY_GATE_WORD ? ((uint32_t)1 << (l->n - from)) - 1 : UINT32_MAX;
    uint32_t *out = l->bits + b * l->h + j, words[4];
    bits4 low = {1, 2, 4, 8}, a = {0}, b4 = a, c = a, d = a;

    for (size_t i = from; i < to; i += ORY_GATE_LANES) {
        const bits4 high = low << 4;
        tile t;
        ory_v4 f0 = j == 0 ? SPLAT(0) : ORY_V4C(l->f + i);
        ory_v4 f1 = j == 0 ? SPLAT(0) : ORY_V4C(l->f + i + 4);

        if (Xt)
            multiply(q, Xt + i, room, l->D, &t);
        else
            read_tile(q, i, &t);
        pass(&t.a0, &q->v[0], leak, &low, &f0, &a);
        pass(&t.a1, &q->v[0], leak, &high, &f1, &a);
        pass(&t.b0, &q->v[1], leak, &low, &f0, &b4);
        pass(&t.b1, &q->v[1], leak, &high, &f1, &b4);
        pass(&t.c0, &q->v[2], leak, &low, &f0, &c);
        pass(&t.c1, &q->v[2], leak, &high, &f1, &c);
        pass(&t.d0, &q->v[3], leak, &low, &f0, &d);
        pass(&t.d1, &q->v[3], leak, &high, &f1, &d);
        ORY_V4(l->f + i) = f0;
        ORY_V4(l->f + i + 4) = f1;
        low <<= 8;
    }
    words[0] = word_of(&a) & real;
    words[1] = word_of(&b4) & real;
    words[2] = word_of(&c) & real;
    words[3] = word_of(&d) & real;
    memcpy(out, words, (l->h - j < 4 ? l->h - j : 4) * sizeof *out);
}

/* The samples of a word stay in the nearest cache while all units see them. */
ORY_VEC_INLINE void forward(const ory_gate_layer *l, const double *Xt, const double *leak)
{
    quad q;

    for (size_t b = 0; b < ory_gate_words(l->n); b++)
        for (size_t j = 0; j < l->h; j += 4) {
            take_quad(l, l->W, l->D, j, &q);
            quad_word(l, &q, Xt, j, b, leak);
        }
}

/* Z is read in its own order. */
ORY_VEC_INLINE void read_rows(const ory_gate_layer *l, const double *Z, const double *leak)
{
    quad q;

    for (size_t j = 0; j < l->h; j += 4) {
        take_quad(l, Z, ory_gate_room(l->n), j, &q);
        for (size_t b = 0; b < ory_gate_words(l->n); b++)
            quad_word(l, &q, NULL, j, b, leak);
    }
}

/* The clones' resolver would be visible outside, were they not static. */
ORY_CLONES static void forward_plain(const ory_gate_layer *l, const double *Xt) { forward(l, Xt, NULL); }
ORY_CLONES static void forward_leaky(const ory_gate_layer *l, const double *Xt) { forward(l, Xt, &l->leak); }
ORY_CLONES static void read_plain(const ory_gate_layer *l, const double *Z) { read_rows(l, Z, NULL); }
ORY_CLONES static void read_leaky(const ory_gate_layer *l, const double *Z) { read_rows(l, Z, &l->leak); }

void ory_gates_forward(const ory_gate_layer *l, const double *Xt)
{
    (l->leak == 0 ? forward_plain : forward_leaky)(l, Xt);
}

void ory_gates_read(const ory_gate_layer *l, const double *Z)
{
    (l->leak == 0 ? read_plain : read_leaky)(l, Z);
}

void ory_gates_turn(const double *X, size_t n, size_t D, double *Xt)
{
    const size_t room = ory_gate_room(n);

    for (size_t p = 0; p < D; p++)
        for (size_t i = 0; i < room; i++)
            Xt[p * room + i] = i < n ? X[i * D + p] : 0;
}

/* ------------------------------------------------------------------- downwards */

enum {
    GROUPS = ORY_GATE_WORD / 4,
    COMBOS = 16,                 /* sums of a group of four samples             */
    WIDEST = ORY_GATE_STRIP / 4  /* vectors of a strip of columns: 24 KB of sums */
};

typedef struct sums {
    const uint32_t *bits;
    const double *X, *c;
    size_t n, D, h;
    double *strip; /* h x width vectors */
} sums;

/* Numbers p to p + 3 of c_i x_i; zeros behind their end. */
ORY_VEC_INLINE void load_sample(const sums *s, size_t i, size_t p, ory_v4 *x)
{
    const double *row = s->X + i * s->D + p;

    *x = SPLAT(0);
    if (i >= s->n)
        return;
    if (p + 4 <= s->D)
        *x = ORY_V4C(row);
    else
        memcpy(x, row, (s->D - p) * sizeof *row);
    *x *= s->c[i];
}

/* All sums over four samples from i, columns from p. */
ORY_VEC_INLINE void make_table(const sums *s, size_t i, size_t p, int width, ory_v4 *table)
{
    for (int w = 0; w < width; w++, table++, p += 4) {
        ory_v4 r[4];

        for (size_t k = 0; k < 4; k++)
            load_sample(s, i + k, p, &r[k]);
        table[0] = SPLAT(0);
        table[1 * width] = r[0];
        table[2 * width] = r[1];
        table[3 * width] = r[0] + r[1];
        for (int low = 0; low < 4; low++)
            table[(4 + low) * width] = table[low * width] + r[2];
        for (int low = 0; low < 8; low++)
            table[(8 + low) * width] = table[low * width] + r[3];
    }
}

/* The next samples' columns lie a row apart each, where the machine does not look ahead. */
ORY_VEC_INLINE void fetch(const sums *s, size_t from, size_t p)
{
    for (size_t i = from; i < from + ORY_GATE_WORD && i < s->n; i++)
        for (size_t k = 0; k < ORY_GATE_STRIP && p + k < s->D; k += 8)
            __builtin_prefetch(s->X + i * s->D + p + k);
}

/* One strip of columns: word after word, the sums of its samples, then all units. */
ORY_VEC_INLINE void add_strip(const sums *s, size_t p, int width)
{
    ory_v4 table[GROUPS * COMBOS * WIDEST];

    memset(s->strip, 0, s->h * (size_t)width * sizeof *table);
    for (size_t b = 0; b < ory_gate_words(s->n); b++) {
        const uint32_t *words = s->bits + b * s->h;
        const size_t from = b * ORY_GATE_WORD, left = (s->n - from + 3) / 4;
        const size_t groups = left < GROUPS ? left : GROUPS;
        double *out = s->strip;

        for (size_t g = 0; g < groups; g++)
            make_table(s, from + 4 * g, p, width, table + g * COMBOS * (size_t)width);
        fetch(s, from + ORY_GATE_WORD, p);
        for (size_t j = 0; j < s->h; j++, out += 4 * width) {
            const ory_v4 *combos = table;
            uint32_t word = words[j];
            ory_v4 sum[WIDEST];

#pragma GCC unroll 8
            for (int w = 0; w < width; w++)
                sum[w] = ORY_V4C(out + 4 * w);
            for (size_t g = 0; g < groups; g++, combos += COMBOS * width, word >>= 4) {
                const ory_v4 *row = combos + (size_t)(word % COMBOS) * (size_t)width;

#pragma GCC unroll 8
                for (int w = 0; w < width; w++)
                    sum[w] += row[w];
            }
#pragma GCC unroll 8
            for (int w = 0; w < width; w++)
                ORY_V4(out + 4 * w) = sum[w];
        }
    }
}

ORY_CLONES static void strip_1(const sums *s, size_t p) { add_strip(s, p, 1); }
ORY_CLONES static void strip_2(const sums *s, size_t p) { add_strip(s, p, 2); }
ORY_CLONES static void strip_3(const sums *s, size_t p) { add_strip(s, p, 3); }
ORY_CLONES static void strip_4(const sums *s, size_t p) { add_strip(s, p, 4); }
ORY_CLONES static void strip_5(const sums *s, size_t p) { add_strip(s, p, 5); }
ORY_CLONES static void strip_6(const sums *s, size_t p) { add_strip(s, p, 6); }

void ory_gates_sum(const uint32_t *bits, const double *X, const double *c, size_t n, size_t D,
                   size_t h, double *strip, double *out)
{
    static void (*const strips[])(const sums *, size_t) = {strip_1, strip_2, strip_3,
                                                           strip_4, strip_5, strip_6};
    const sums s = {bits, X, c, n, D, h, strip};

    for (size_t p = 0; p < D;) {
        const size_t vectors = (D - p + 3) / 4, parts = (vectors + WIDEST - 1) / WIDEST;
        const size_t width = (vectors + parts - 1) / parts;
        const size_t real = p + 4 * width <= D ? 4 * width : D - p;

        strips[width - 1](&s, p);
        for (size_t j = 0; j < h; j++)
            memcpy(out + j * D + p, strip + 4 * width * j, real * sizeof *out);
        p += real;
    }
}
