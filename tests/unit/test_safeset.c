/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_safeset.c - finite safety problems against brute force: every critic and every set
 * of states of small systems is tried, the maximal set is held against plain sweeps, also
 * with several successors a pair. Cases are numbered as in doc/theory/08. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "algo/safeset.h"
#include "core/mem.h"
#include "core/rng.h"

enum { MOST = 4096 };

static ory_rng rng;

/* ------------------------------------------------------------------- the oracles */

/* (T b)(s,a) as the definition says. */
static void apply(const ory_mdp *p, const uint8_t *b, uint8_t *out)
{
    for (size_t s = 0; s < p->n; s++)
        for (size_t a = 0; a < p->m; a++) {
            size_t falls = 0;

            for (size_t c = 0; c < p->fan; c++) {
                const size_t to = p->next[(s * p->m + a) * p->fan + c];
                uint8_t least = 1;

                for (size_t k = 0; k < p->m; k++)
                    least = b[to * p->m + k] < least ? b[to * p->m + k] : least;
                falls += least;
            }
            out[s * p->m + a] = p->bad[s] || (p->any ? falls == p->fan : falls > 0);
        }
}

/* Least fixed point by sweeps; returns their number, the changeless one included. */
static size_t sweep_out(const ory_mdp *p, uint8_t *b)
{
    static uint8_t next[MOST];
    size_t sweeps = 0;

    memset(b, 0, p->n * p->m);
    for (;;) {
        apply(p, b, next);
        sweeps++;
        if (memcmp(b, next, p->n * p->m) == 0)
            return sweeps;
        memcpy(b, next, p->n * p->m);
    }
}

static uint32_t set_of(const ory_mdp *p, const uint8_t *b)
{
    uint32_t C = 0;

    for (size_t s = 0; s < p->n; s++)
        for (size_t a = 0; a < p->m; a++)
            if (!b[s * p->m + a])
                C |= (uint32_t)1 << s;
    return C;
}

/* Is C the set of a fixed point? Its only candidate is tried in T. */
static bool tried(const ory_mdp *p, uint32_t C)
{
    uint8_t b[64 * 4] = {0}, Tb[64 * 4];

    for (size_t s = 0; s < p->n; s++)
        for (size_t a = 0; a < p->m; a++)
            b[s * p->m + a] = p->bad[s] || !(C >> p->next[s * p->m + a] & 1);
    apply(p, b, Tb);
    return memcmp(b, Tb, p->n * p->m) == 0 && set_of(p, b) == C;
}

static bool by_conditions(const ory_mdp *p, uint32_t C)
{
    uint8_t in[64];
    char why[80];
    size_t stuck, entering;
    bool fixed;

    for (size_t s = 0; s < p->n; s++)
        in[s] = C >> s & 1;
    fixed = ory_mdp_set_is_fixed(p, in, why, sizeof why);
    ory_mdp_set_faults(p, in, &stuck, &entering);
    assert_true(fixed == (stuck + entering == 0));
    return fixed;
}

/* Sets of fixed points by all subsets, by the conditions and by components agree.
 * Returns their number. */
static size_t chain_agrees(const ory_mdp *p)
{
    ory_mdp_fixed f;
    size_t count = 0, found = 0;

    assert_int_equal(ory_mdp_fixed_init(&f, p, NULL), ORY_OK);
    for (uint32_t C = 0; C < (uint32_t)1 << p->n; C++) {
        const bool fixed = tried(p, C);

        assert_true(fixed == by_conditions(p, C));
        count += fixed;
    }
    assert_true(f.components <= p->n && f.count == (double)count);
    for (uint32_t U = 0; U < (uint32_t)1 << f.components; U++) {
        uint32_t C = 0;

        if (!ory_mdp_fixed_has(&f, U))
            continue;
        for (size_t s = 0; s < p->n; s++)
            if (f.reach[s] & U)
                C |= (uint32_t)1 << s;
        assert_true(tried(p, C));
        found++;
    }
    assert_int_equal(found, count);
    assert_true(count >= f.components + 1 && count <= (size_t)1 << f.components);
    ory_mdp_fixed_fini(&f);
    return count;
}

static size_t solve_agrees(const ory_mdp *p)
{
    static uint8_t b[MOST], v[MOST], pairs[MOST], step[MOST];
    ory_safeset w;
    size_t sweeps = sweep_out(p, b), last = 0;

    assert_int_equal(ory_safeset_init(&w, p->n, p->fan, NULL), ORY_OK);
    ory_safeset_solve(&w, p);
    assert_int_equal(ory_mdp_values(p, b, v), w.safe);
    assert_memory_equal(v, w.unsafe, p->n);
    ory_mdp_pairs(p, w.unsafe, pairs);
    assert_memory_equal(b, pairs, p->n * p->m); /* to the byte: case 5 */
    memset(b, 0, p->n * p->m);
    for (size_t k = 1; k <= sweeps; k++) { /* layers are the sweeps in which states fall */
        apply(p, b, step);
        memcpy(b, step, p->n * p->m);
        ory_mdp_values(p, b, v);
        for (size_t s = 0; s < p->n; s++)
            assert_true(v[s] == (w.layer[s] > 0 && w.layer[s] <= k));
    }
    for (size_t s = 0; s < p->n; s++)
        last = w.layer[s] > last ? w.layer[s] : last;
    assert_int_equal(last, w.layers);
    ory_safeset_fini(&w);
    return sweeps;
}

/* ------------------------------------------------------------------------- cases */

static ory_mdp random_mdp(size_t n, size_t m, size_t fan, bool any, uint32_t *next, uint8_t *bad,
                          double share)
{
    for (size_t i = 0; i < n * m * fan; i++)
        next[i] = (uint32_t)ory_rng_below(&rng, n);
    for (size_t s = 0; s < n; s++)
        bad[s] = ory_rng_uniform(&rng) < share;
    return (ory_mdp){n, m, fan, any, next, bad, NULL};
}

static void case_1_three_ways_to_all_fixed_points_agree(void **state)
{
    uint32_t next[24];
    uint8_t bad[12];

    (void)state;
    for (uint32_t code = 0; code < 729 * 8; code++) { /* every system of 3 states, 2 actions */
        ory_mdp p = {3, 2, 1, false, next, bad, NULL};
        uint32_t c = code / 8;

        for (size_t i = 0; i < 6; i++, c /= 3)
            next[i] = c % 3;
        for (size_t s = 0; s < 3; s++)
            bad[s] = code >> s & 1;
        chain_agrees(&p);
    }
    ory_rng_init(&rng, 5, 1);
    for (int round = 0; round < 120; round++) { /* no unsafe state up to half of them */
        ory_mdp p = random_mdp(1 + ory_rng_below(&rng, 12), 1 + ory_rng_below(&rng, 2), 1, false,
                               next, bad, 0.25 * (round % 3));

        chain_agrees(&p);
    }
}

/* Every critic at all, on systems so small that all can be tried: those that T keeps are
 * one for each set. */
static void every_critic_that_T_keeps_is_that_of_a_set(void **state)
{
    uint32_t next[12];
    uint8_t bad[6], b[12], Tb[12];

    (void)state;
    ory_rng_init(&rng, 6, 1);
    for (int round = 0; round < 40; round++) {
        ory_mdp p = random_mdp(2 + ory_rng_below(&rng, 5), 2, 1, false, next, bad, 0.3);
        size_t kept = 0;

        for (uint32_t code = 0; code < (uint32_t)1 << (2 * p.n); code++) {
            for (size_t i = 0; i < 2 * p.n; i++)
                b[i] = code >> i & 1;
            apply(&p, b, Tb);
            if (memcmp(b, Tb, 2 * p.n) != 0)
                continue;
            kept++;
            assert_true(tried(&p, set_of(&p, b)));
        }
        assert_int_equal(kept, chain_agrees(&p));
    }
}

static bool among(uint32_t C, const uint32_t *sets, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (sets[i] == C)
            return true;
    return false;
}

static void has_exactly(const ory_mdp *p, const uint32_t *sets, size_t n)
{
    assert_int_equal(chain_agrees(p), n);
    for (uint32_t C = 0; C < (uint32_t)1 << p->n; C++)
        assert_true(tried(p, C) == among(C, sets, n));
}

static void case_2_six_fixed_points_and_five_sweeps(void **state)
{
    const uint32_t next[] = {0, 1, 2, 6, 2, 6, 6, 4, 6, 6, 5, 3, 0, 6};
    const uint8_t bad[] = {0, 0, 0, 0, 0, 0, 1};
    const ory_mdp p = {7, 2, 1, false, next, bad, NULL};
    const uint32_t sets[] = {0, 1, 32, 33, 7, 39};

    (void)state;
    has_exactly(&p, sets, 6);
    assert_int_equal(solve_agrees(&p), 5);
}

static void case_3_an_intersection_need_not_be_fixed(void **state)
{
    const uint32_t next[] = {1, 2, 1, 3, 2, 3, 3, 3, 0, 3};
    const uint8_t bad[] = {0, 0, 0, 1, 0}, both[] = {1, 0, 0, 0, 1};
    const ory_mdp p = {5, 2, 1, false, next, bad, NULL};
    const uint32_t sets[] = {0, 1 + 2 + 16, 1 + 4 + 16, 1 + 2 + 4 + 16};
    char why[80];

    (void)state;
    has_exactly(&p, sets, 4);
    assert_false(ory_mdp_set_is_fixed(&p, both, why, sizeof why));
    assert_string_equal(why, "1 has no successor inside"); /* state 0, counted from 1 */
}

static void case_4_an_empty_maximal_set_is_the_only_one(void **state)
{
    const uint32_t next[] = {1, 2, 3, 2, 3, 3, 4, 4, 4, 4};
    const uint8_t bad[] = {0, 0, 0, 0, 1};
    const ory_mdp p = {5, 2, 1, false, next, bad, NULL};
    const uint32_t sets[] = {0};
    ory_safeset w;

    (void)state;
    has_exactly(&p, sets, 1);
    solve_agrees(&p);
    assert_int_equal(ory_safeset_init(&w, p.n, 1, NULL), ORY_OK);
    ory_safeset_solve(&w, &p);
    assert_int_equal(w.safe, 0);
    ory_safeset_fini(&w);
}

static void case_5_the_linear_algorithm_and_the_sweeps_agree(void **state)
{
    static uint32_t next[MOST];
    static uint8_t bad[256];

    (void)state;
    ory_rng_init(&rng, 7, 1);
    for (int round = 0; round < 1500; round++) {
        const size_t n = 1 + ory_rng_below(&rng, round % 2 ? 9 : 60), m = 1 + ory_rng_below(&rng, 3);
        const size_t fan = round % 3 ? 1 : 1 + ory_rng_below(&rng, 4);
        ory_mdp p = random_mdp(n, m, fan, ory_rng_below(&rng, 2), next, bad,
                               0.6 * ory_rng_uniform(&rng));
        uint32_t first[60];

        solve_agrees(&p);
        for (size_t s = 0; s < n; s++)
            first[s] = next[s * m * fan];
        p.first = first; /* the same from the list of first successors */
        solve_agrees(&p);
    }
}

/* A line that only leads to its end falls one state a sweep, a ring never. */
static void a_line_falls_from_its_end_and_a_ring_stands(void **state)
{
    enum { N = 500 };
    uint32_t next[N];
    uint8_t bad[N] = {0};
    ory_mdp p = {N, 1, 1, false, next, bad, NULL};
    ory_safeset w;

    (void)state;
    for (uint32_t s = 0; s < N; s++)
        next[s] = (s + 1) % N;
    assert_int_equal(ory_safeset_init(&w, N, 1, NULL), ORY_OK);
    ory_safeset_solve(&w, &p);
    assert_int_equal(w.safe, N);
    bad[N - 1] = 1;
    ory_safeset_solve(&w, &p);
    assert_int_equal(w.safe, 0);
    assert_int_equal(w.layers, N);
    for (uint32_t s = 0; s < N; s++)
        assert_int_equal(w.layer[s], N - s);
    ory_safeset_fini(&w);
}

static void more_than_twenty_components_are_not_counted(void **state)
{
    enum { N = 21 };
    uint32_t next[N];
    uint8_t bad[N] = {0};
    ory_mdp p = {N, 1, 1, false, next, bad, NULL};
    ory_mdp_fixed f;

    (void)state;
    for (uint32_t s = 0; s < N; s++)
        next[s] = s;
    assert_int_equal(ory_mdp_fixed_init(&f, &p, NULL), ORY_OK);
    assert_int_equal(f.components, N);
    assert_true(isnan(f.count));
    ory_mdp_fixed_fini(&f);
    bad[0] = 1;
    assert_int_equal(ory_mdp_fixed_init(&f, &p, NULL), ORY_OK);
    assert_true(f.components == 20 && f.count == 1048576);
    ory_mdp_fixed_fini(&f);
}

static void faults_name_state_and_action(void **state)
{
    const uint32_t next[] = {0, 1, 1, 2};
    const uint8_t bad[2] = {0};
    ory_mdp p = {2, 2, 1, false, next, bad, NULL};
    ory_error err;

    (void)state;
    assert_int_equal(ory_mdp_check(&p, &err), ORY_ERANGE);
    assert_string_equal(err.text, "state 2, action 2: successor 3 (there are 2 states)");
    p.m = 0;
    assert_int_equal(ory_mdp_check(&p, &err), ORY_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_1_three_ways_to_all_fixed_points_agree),
        cmocka_unit_test(every_critic_that_T_keeps_is_that_of_a_set),
        cmocka_unit_test(case_2_six_fixed_points_and_five_sweeps),
        cmocka_unit_test(case_3_an_intersection_need_not_be_fixed),
        cmocka_unit_test(case_4_an_empty_maximal_set_is_the_only_one),
        cmocka_unit_test(case_5_the_linear_algorithm_and_the_sweeps_agree),
        cmocka_unit_test(a_line_falls_from_its_end_and_a_ring_stands),
        cmocka_unit_test(more_than_twenty_components_are_not_counted),
        cmocka_unit_test(faults_name_state_and_action),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
