/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_gates.c - gates and sums over them against plain loops in the same order: not close,
 * but equal, whichever machine's clone runs. */
#include "config.h"

#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "algo/gates.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "core/rng.h"

typedef struct problem {
    ory_gate_layer layer;
    double *X, *Xt, *W, *v, *c, *Z, *strip, *sums;
} problem;

static double *numbers(ory_rng *rng, size_t count)
{
    double *x = ory_alloc(count, sizeof *x);

    assert_non_null(x);
    for (size_t i = 0; i < count; i++)
        x[i] = ory_rng_normal(rng);
    return x;
}

/* Bits and outputs start as junk, so that nothing may be left unwritten. */
static problem make(size_t n, size_t D, size_t h, double leak)
{
    const size_t room = ory_gate_room(n), words = ory_gate_words(n) * h;
    problem p;
    ory_rng rng;

    ory_rng_init(&rng, 5, n * 1000003 + D * 1009 + h);
    p.X = numbers(&rng, n * D);
    p.Xt = numbers(&rng, D * room);
    p.W = numbers(&rng, h * D);
    p.v = numbers(&rng, h);
    p.c = numbers(&rng, n);
    p.Z = numbers(&rng, h * room);
    p.strip = numbers(&rng, h * ORY_GATE_STRIP);
    p.sums = numbers(&rng, h * D);
    p.layer = (ory_gate_layer){n, D, h, p.W, p.v, leak, ory_alloc(words, 4), numbers(&rng, room)};
    assert_non_null(p.layer.bits);
    memset(p.layer.bits, 0xA5, words * 4);
    return p;
}

static void drop(problem *p)
{
    void *owned[] = {p->X, p->Xt, p->W, p->v, p->c, p->Z, p->strip, p->sums, p->layer.bits, p->layer.f};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        ory_free(owned[i]);
}

static double z_of(const problem *p, size_t i, size_t j)
{
    const size_t D = p->layer.D;
    double z = 0;

    for (size_t k = 0; k < D; k++)
        z += p->W[j * D + k] * p->X[i * D + k];
    return z;
}

static void check_bits(const problem *p)
{
    const ory_gate_layer *l = &p->layer;

    for (size_t i = 0; i < ory_gate_words(l->n) * ORY_GATE_WORD; i++)
        for (size_t j = 0; j < l->h; j++)
            assert_int_equal(ory_gate(l->bits, l->h, i, j), i < l->n && z_of(p, i, j) > 0);
}

static void check_forward(const problem *p)
{
    const ory_gate_layer *l = &p->layer;

    check_bits(p);
    for (size_t i = 0; i < l->n; i++) {
        double f = 0;

        for (size_t j = 0; j < l->h; j++) {
            const double z = z_of(p, i, j);

            f += p->v[j] * (z > 0 ? z : l->leak * z);
        }
        assert_true(l->f[i] == f);
    }
}

/* Groups of four samples are added up first. */
static void check_sums(problem *p)
{
    const ory_gate_layer *l = &p->layer;

    ory_gates_sum(l->bits, p->X, p->c, l->n, l->D, l->h, p->strip, p->sums);
    for (size_t j = 0; j < l->h; j++)
        for (size_t k = 0; k < l->D; k++) {
            double sum = 0;

            for (size_t i = 0; i < l->n; i += 4) {
                double group = 0;

                for (size_t m = i; m < i + 4 && m < l->n; m++)
                    group += ory_gate(l->bits, l->h, m, j) ? p->X[m * l->D + k] * p->c[m] : 0;
                sum += group;
            }
            assert_true(p->sums[j * l->D + k] == sum);
        }
}

/* All remainders of samples by 8 and 32, of numbers by 4 and 24, of units by 4. */
static void gates_and_sums_are_those_of_plain_loops(void **state)
{
    static const size_t n[] = {1, 3, 8, 31, 32, 33, 63, 64, 100}, D[] = {1, 2, 4, 7, 20, 25, 51},
                        h[] = {1, 2, 3, 4, 5, 11};

    (void)state;
    for (size_t a = 0; a < sizeof n / sizeof *n; a++)
        for (size_t b = 0; b < sizeof D / sizeof *D; b++)
            for (size_t c = 0; c < sizeof h / sizeof *h; c++) {
                problem p = make(n[a], D[b], h[c], (a + b + c) % 3 == 0 ? 0.3 : 0);

                ory_gates_turn(p.X, n[a], D[b], p.Xt);
                ory_gates_forward(&p.layer, p.Xt);
                check_forward(&p);
                check_sums(&p);
                drop(&p);
            }
}

static void a_product_that_was_written_down_is_read_alike(void **state)
{
    (void)state;
    for (int leaky = 0; leaky < 2; leaky++) {
        problem p = make(77, 6, 9, leaky ? 0.7 : 0);

        for (size_t j = 0; j < 9; j++)
            for (size_t i = 0; i < 77; i++)
                p.Z[j * ory_gate_room(77) + i] = z_of(&p, i, j);
        ory_gates_read(&p.layer, p.Z);
        check_forward(&p);
        drop(&p);
    }
}

/* z = 0 is off; what is no number reaches the output. */
static void zero_is_off_and_nan_is_not_lost(void **state)
{
    problem p = make(9, 1, 2, 0);

    (void)state;
    memset(p.Z, 0, 2 * ory_gate_room(9) * sizeof *p.Z);
    p.Z[3] = NAN;
    p.Z[4] = 2.5;
    p.Z[5] = -INFINITY;
    ory_gates_read(&p.layer, p.Z);
    assert_true(isnan(p.layer.f[3]));
    assert_true(p.layer.f[4] == 2.5 * p.v[0]);
    assert_true(p.layer.f[5] == 0 && p.layer.f[0] == 0);
    assert_int_equal(p.layer.bits[0] & ~(uint32_t)(1 << 3), 1 << 4);
    assert_int_equal(p.layer.bits[1], 0);
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gates_and_sums_are_those_of_plain_loops),
        cmocka_unit_test(a_product_that_was_written_down_is_read_alike),
        cmocka_unit_test(zero_is_off_and_nan_is_not_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
