/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_lora_head.c - net.lora_head: gradient against differences, one step of Adam by
 * hand, the directions of the first gradient, case 19 of doc/theory/02-lora-flow.md. */
#include "config.h"

#include "case.h"

static double loss_at(ory_system *s, const double *x)
{
    double loss;

    s->class->loss(s, x, &loss, NULL);
    return loss;
}

static void gradient_matches_differences(void **state)
{
    ory_system *s = case_system("net.lora_head", "hidden=5 r=2 pretrain_epochs=1 std=0.3 seed=2");
    const size_t size = 2 * (5 + 5);
    double x[60], g[60];

    (void)state;
    assert_int_equal(s->dim, 3 * size);
    s->class->start(s, x, NULL);
    for (size_t i = 0; i < size; i++)
        x[i] += 0.2 * sin(1.1 * (double)i + 0.3);
    s->class->loss(s, x, NULL, g);
    for (size_t i = 0; i < s->dim; i++) {
        const double keep = x[i];
        double up, down;

        x[i] = keep + 1e-6;
        up = loss_at(s, x);
        x[i] = keep - 1e-6;
        down = loss_at(s, x);
        x[i] = keep;
        ASSERT_ABS(g[i], (up - down) / 2e-6, 1e-8);
        if (i >= size)
            ASSERT_ABS(g[i], 0, 0);
    }
    ory_system_unref(s);
}

/* With batches of all samples the first step of Adam is rate * sign of the gradient, that
 * of SGD rate * gradient. */
static void first_steps_by_hand(void **state)
{
    (void)state;
    for (int sgd = 0; sgd < 2; sgd++) {
        ory_run *r = case_start("net.lora_head", sgd ? "batch=100000 optimizer=sgd rate=0.05 seed=3"
                                                     : "batch=100000 rate=0.05 seed=3", NULL);
        ory_system *s = ory_run_system(r);
        double x[1200], g[1200];
        const size_t size = s->dim / 3;

        assert_true(s->dim <= 1200);
        memcpy(x, ory_run_state(r), s->dim * sizeof *x);
        s->class->loss(s, x, NULL, g);
        case_step(r, 1);
        for (size_t i = 0; i < size; i++) {
            const double want = sgd ? 0.05 * g[i] : 0.05 * g[i] / (fabs(g[i]) + 1e-8);

            ASSERT_ABS(x[i] - ory_run_state(r)[i], want, 1e-12);
        }
        ory_run_free(r);
    }
}

/* From a small start the factors turn to the directions of the first gradient, and turn
 * away again as they grow. */
static void case_19_alignment(void **state)
{
    ory_run *r = case_start("net.lora_head", "std=1e-3 optimizer=sgd seed=1", NULL);
    double least = 1;

    (void)state;
    assert_true(case_read(r, "distance") > 0.9);
    for (int i = 0; i < 300; i++) {
        case_step(r, 1);
        least = fmin(least, case_read(r, "distance"));
    }
    assert_true(least < 0.6);
    assert_true(case_read(r, "distance") > least + 0.05);
    assert_true(case_read(r, "norm") > 1);
    ory_run_free(r);
}

static void case_19_scale_of_the_start(void **state)
{
    double loss[2] = {0, 0};

    (void)state;
    for (int i = 0; i < 2; i++)
        for (int seed = 1; seed <= 3; seed++) {
            char options[64];
            ory_run *r;

            snprintf(options, sizeof options, "std=%g seed=%d", i ? 1.0 : 0.05, seed);
            r = case_start("net.lora_head", options, NULL);
            case_step(r, 300);
            loss[i] += case_read(r, "loss") / 3;
            assert_true(case_read(r, "accuracy") > 0.7 && case_read(r, "test_accuracy") > 0.5);
            ory_run_free(r);
        }
    assert_true(loss[1] > 1.2 * loss[0]);
}

static void batches_repeat_after_a_jump(void **state)
{
    ory_run *r = case_start("net.lora_head", "seed=5 pretrain_epochs=1", NULL);
    uint64_t hash;
    ory_error err;

    (void)state;
    case_step(r, 40);
    hash = ory_run_hash(r);
    assert_int_equal(ory_run_rewind(r, 13, &err), ORY_OK);
    assert_int_equal(ory_run_rewind(r, 40, &err), ORY_OK);
    assert_true(hash == ory_run_hash(r));
    ory_run_free(r);
}

static void bad_inputs_are_named(void **state)
{
    (void)state;
    case_refused("net.lora_head", "X=[1,2;3,4]", ORY_EINVAL, "Y is missing");
    case_refused("net.lora_head", "X=[1,2;3,4] Y=[1;2;3]", ORY_ESHAPE, "must be 2 x 1");
    case_refused("net.lora_head", "X=[1,2;3,4] Y=[1;2]", ORY_ERANGE, "has 2 classes");
    case_refused("net.lora_head", "X=[1,2;3,4] Y=[1;2.5]", ORY_ERANGE, "Y[2] = 2.5");
    case_refused("net.lora_head", "X=[1;2;3;4] Y=[1;2;3;4]", ORY_ERANGE,
                 "classes 1 to 2 have 2 samples");
}

static void memory_may_run_out(void **state)
{
    const size_t before = ory_mem_in_use();
    long n = 0;

    (void)state;
    for (;; n++) {
        ory_system *s = NULL;
        ory_error err;
        ory_status status;

        ory_mem_fault_set(n);
        status = case_try("net.lora_head", "hidden=3 r=2 pretrain_epochs=0", &s, &err);
        if (!ory_mem_fault_hit()) {
            ory_mem_fault_set(-1);
            assert_int_equal(status, ORY_OK);
            ory_system_unref(s);
            break;
        }
        assert_int_equal(status, ORY_ENOMEM);
        assert_true(ory_mem_in_use() == before);
    }
    assert_true(n > 30 && ory_mem_in_use() == before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_matches_differences),
        cmocka_unit_test(first_steps_by_hand),
        cmocka_unit_test(case_19_alignment),
        cmocka_unit_test(case_19_scale_of_the_start),
        cmocka_unit_test(batches_repeat_after_a_jump),
        cmocka_unit_test(bad_inputs_are_named),
        cmocka_unit_test(memory_may_run_out),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
