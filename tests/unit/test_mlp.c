/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_mlp.c - net.mlp: gradients and Hessian-vector products against differences for
 * every activation and loss, a pass written out by hand, probes against direct
 * calculation, bad inputs. */
#include "config.h"

#include "case.h"

#include "core/rng.h"

static const char *const activations[] = {"identity", "relu", "leaky", "prelu", "tanh", "sigmoid",
                                          "softplus", "gelu"};
static const char *const losses[] = {"square", "logistic", "exponential", "softmax"};

static void start(ory_system *s, double *x)
{
    assert_int_equal(s->class->start(s, x, NULL), ORY_OK);
    for (size_t i = 0; i < s->dim; i++) /* biases off 0 */
        x[i] += 0.1 * sin(1.3 * (double)i + 0.4);
}

static double loss_at(ory_system *s, const double *x)
{
    double loss;

    s->class->loss(s, x, &loss, NULL);
    return loss;
}

static void check_derivatives(const char *options)
{
    ory_system *s = case_system("net.mlp", options);
    double x[200], g[200], v[200], hv[200], up[200], down[200], keep;
    const double e = 1e-6;
    ory_rng rng;

    assert_true(s->dim <= 200);
    start(s, x);
    s->class->loss(s, x, NULL, g);
    for (size_t i = 0; i < s->dim; i++) {
        double plus, minus;

        keep = x[i];
        x[i] = keep + e;
        plus = loss_at(s, x);
        x[i] = keep - e;
        minus = loss_at(s, x);
        x[i] = keep;
        if (!(fabs(g[i] - (plus - minus) / (2 * e)) <= 1e-7 * (1 + fabs(g[i]))))
            fail_msg("%s: gradient %zu is %.12g, differences say %.12g", options, i, g[i],
                     (plus - minus) / (2 * e));
    }
    ory_rng_init(&rng, 5, 5);
    ory_rng_fill_normal(&rng, v, s->dim, 0, 1);
    s->class->hvp(s, x, v, hv);
    for (size_t i = 0; i < s->dim; i++) {
        up[i] = x[i] + e * v[i];
        down[i] = x[i] - e * v[i];
    }
    s->class->loss(s, up, NULL, g);
    s->class->loss(s, down, NULL, up);
    for (size_t i = 0; i < s->dim; i++)
        if (!(fabs(hv[i] - (g[i] - up[i]) / (2 * e)) <= 1e-6 * (1 + fabs(hv[i]))))
            fail_msg("%s: Hessian product %zu is %.12g, differences say %.12g", options, i, hv[i],
                     (g[i] - up[i]) / (2 * e));
    ory_system_unref(s);
}

static void derivatives_for_every_activation_and_loss(void **state)
{
    (void)state;
    for (int a = 0; a < 8; a++)
        for (int l = 0; l < 4; l++)
            for (int b = 0; b < 2; b++) {
                char options[200];

                snprintf(options, sizeof options,
                         "activation=%s loss=%s biases=%s n=3 m=%d hidden=[4,5] samples=7 seed=3 init_scale=0.6 "
                         "exponent=2.5 leak=0.2 mean=%s",
                         activations[a], losses[l], b ? "true" : "false", l == 3 ? 3 : 2,
                         a % 2 ? "true" : "false");
                check_derivatives(options);
            }
    check_derivatives("n=3 hidden=[4] samples=5 activation=prelu exponent=1.7");
    check_derivatives("n=2 hidden=[3,2,4,3,2] samples=6 activation=tanh");
}

/* 2-2-1, tanh, one sample, everything by hand. */
static void a_pass_by_hand(void **state)
{
    ory_system *s = case_system("net.mlp", "X=[0.5,-1.5] Y=[0.3] hidden=[2] activation=tanh");
    const double x[] = {0.2, -0.4, 0.7, 0.1, 0.05, -0.15, 1.1, -0.6, 0.25};
    const double h1 = tanh(0.2 * 0.5 + 0.4 * 1.5 + 0.05), h2 = tanh(0.7 * 0.5 - 0.1 * 1.5 - 0.15),
                 f = 1.1 * h1 - 0.6 * h2 + 0.25, e = f - 0.3;
    double loss, g[9];

    (void)state;
    assert_int_equal(s->dim, 9);
    s->class->loss(s, x, &loss, g);
    ASSERT_REL(loss, 0.5 * e * e, 1e-14);
    ASSERT_REL(g[0], e * 1.1 * (1 - h1 * h1) * 0.5, 1e-13);
    ASSERT_REL(g[3], e * -0.6 * (1 - h2 * h2) * -1.5, 1e-13);
    ASSERT_REL(g[5], e * -0.6 * (1 - h2 * h2), 1e-13);
    ASSERT_REL(g[6], e * h1, 1e-13);
    ASSERT_REL(g[8], e, 1e-13);
    ory_system_unref(s);
}

/* Extreme outputs must not overflow on the way to a finite loss. */
static void losses_are_stable(void **state)
{
    ory_system *s = case_system("net.mlp", "X=[1] Y=[1] loss=logistic hidden=[1] activation=identity "
                                "biases=false");
    double g[2];
    const double right[] = {100, 10}, wrong[] = {100, -10};

    (void)state;
    ASSERT_ABS(loss_at(s, right), 0, 0);
    ASSERT_REL(loss_at(s, wrong), 1000, 1e-15);
    s->class->loss(s, wrong, NULL, g);
    ASSERT_REL(g[1], -100, 1e-12);
    ory_system_unref(s);
    s = case_system("net.mlp", "X=[1] Y=[2] loss=softmax m=3 hidden=[1] activation=identity biases=false");
    {
        const double x[] = {100, 10, -10, 0};

        ASSERT_REL(loss_at(s, x), 2000, 1e-15);
    }
    ory_system_unref(s);
}

static void class_numbers_and_one_hot_rows_agree(void **state)
{
    ory_system *a = case_system("net.mlp", "X=[1,2;0.5,-1;-0.3,0.8] Y=[2;1;3] loss=softmax hidden=[4]");
    ory_system *b = case_system("net.mlp", "X=[1,2;0.5,-1;-0.3,0.8] Y=[0,1,0;1,0,0;0,0,1] loss=softmax "
                                "hidden=[4]");
    double x[64];

    (void)state;
    assert_int_equal(a->dim, b->dim);
    start(a, x);
    ASSERT_REL(loss_at(a, x), loss_at(b, x), 0);
    ory_system_unref(a);
    ory_system_unref(b);
}

/* Alignment, norms, imbalance of weights whose singular vectors are known. */
static void probes_of_known_weights(void **state)
{
    ory_run *r = case_start("net.mlp", "X=[1,0] Y=[1] hidden=[2] biases=false activation=identity",
                            "gd step=0.1");
    const double c = cos(0.3), d = sin(0.3);
    double x[6] = {3 * c, 0, 3 * d, 0, 2, 0}, out[2]; /* W1 = 3 (c,d)'(1,0), W2 = (2, 0) */
    ory_mat view = ory_mat_view(x, 6, 1);
    ory_error err;

    (void)state;
    assert_int_equal(ory_run_poke(r, NULL, &view, &err), ORY_OK);
    ASSERT_REL(case_read(r, "alignment"), c * c, 1e-14);
    ASSERT_REL(case_read(r, "alignment_min"), c * c, 1e-14);
    case_read_all(r, "norms", out);
    ASSERT_REL(out[0], 3, 1e-14);
    ASSERT_REL(out[1], 2, 1e-14);
    ASSERT_REL(case_read(r, "norm_product"), 6, 1e-14);
    ASSERT_REL(case_read(r, "stable_rank_max"), 1, 1e-13);
    /* W2'W2 - W1W1' = diag(4, 0) - 9 (c,d)(c,d)' */
    ASSERT_REL(case_read(r, "imbalance"), sqrt(pow(4 - 9 * c * c, 2) + 2 * pow(9 * c * d, 2) +
                                               pow(9 * d * d, 2)), 1e-13);
    ASSERT_REL(case_read(r, "node_imbalance"), hypot(4 - 9 * c * c, 9 * d * d), 1e-13);
    assert_true(isnan(case_read(r, "accuracy")));
    ory_run_free(r);
}

/* The iteration for large layers agrees with singular values. */
static void top_values_of_large_layers(void **state)
{
    ory_run *r = case_start("net.mlp", "n=60 hidden=[70,50] samples=3 m=2 seed=2", "gd step=0.1");
    const ory_system *s = ory_run_system(r);
    ory_svd_ws ws = {0};
    double norms[3], ranks[3], sv[70];

    (void)state;
    case_read_all(r, "norms", norms);
    case_read_all(r, "stable_rank", ranks);
    for (int l = 0; l < 3; l++) {
        const ory_block *b = &s->blocks[2 * l];
        const ory_mat W = ory_mat_view((double *)ory_run_state(r) + b->offset, b->rows, b->cols);
        double sum = 0;

        assert_int_equal(ory_singular_values(&W, sv, &ws, NULL), ORY_OK);
        ASSERT_REL(norms[l], sv[0], 1e-12);
        for (size_t i = 0; i < (b->rows < b->cols ? b->rows : b->cols); i++)
            sum += sv[i] * sv[i];
        ASSERT_REL(ranks[l], sum / (sv[0] * sv[0]), 1e-11);
    }
    ory_svd_ws_fini(&ws);
    ory_run_free(r);
}

/* relu: the flow conserves each unit's balance, so its norm moves little under small steps;
 * sharpness and PL ratio work. */
static void flow_conserves_node_balance(void **state)
{
    ory_run *r = case_start("net.mlp", "n=3 hidden=[8] samples=20 activation=relu seed=4 init_scale=0.5",
                            "rk4 step=0.01");
    const double before = case_read(r, "node_imbalance"), loss = case_read(r, "loss");

    (void)state;
    case_go(r, 5);
    assert_true(case_read(r, "loss") < 0.7 * loss);
    ASSERT_REL(case_read(r, "node_imbalance"), before, 1e-4);
    assert_true(case_read(r, "sharpness") > 0);
    assert_true(case_read(r, "pl") > 0);
    ory_run_free(r);
}

static void training_classifies(void **state)
{
    ory_run *r = case_start("net.mlp", "n=2 hidden=[16,16] activation=gelu loss=softmax samples=60 seed=5",
                            NULL);

    (void)state;
    case_step(r, 400);
    ASSERT_IN(case_read(r, "accuracy"), 0.95, 1);
    ory_run_free(r);
}

static void bad_inputs_are_named(void **state)
{
    (void)state;
    case_refused("net.mlp", "X=[1,2;3,4] Y=[1;2;3]", ORY_ESHAPE, "disagree on samples (2 and 3)");
    case_refused("net.mlp", "hidden=[2.5]", ORY_ERANGE, "hidden[1] = 2.5 (widths are whole numbers");
    case_refused("net.mlp", "hidden=[3,0]", ORY_ERANGE, "hidden[2] = 0");
    case_refused("net.mlp", "loss=logistic Y=[1;0;1]", ORY_ERANGE, "Y[2,1] = 0 (labels must be 1 or -1)");
    case_refused("net.mlp", "loss=softmax Y=[1;0;1]", ORY_ERANGE, "class numbers of softmax");
    case_refused("net.mlp", "loss=softmax Y=[1,1;0,1]", ORY_ERANGE, "row 1 of Y sums to 2");
    case_refused("net.mlp", "loss=softmax m=2 Y=[1;3;1]", ORY_ERANGE, "m = 2, but Y has class 3");
    case_refused("net.mlp", "loss=softmax m=1", ORY_ERANGE, "must be >= 2");
    case_refused("net.mlp", "activation=rleu", ORY_ENAME, "relu");
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
        status = case_try("net.mlp", "n=2 hidden=[3,3] samples=4", &s, &err);
        if (!ory_mem_fault_hit()) {
            assert_int_equal(status, ORY_OK);
            ory_system_unref(s);
            break;
        }
        assert_int_equal(status, ORY_ENOMEM);
        assert_true(ory_mem_in_use() == before);
    }
    ory_mem_fault_set(-1);
    assert_true(n > 30 && ory_mem_in_use() == before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derivatives_for_every_activation_and_loss),
        cmocka_unit_test(a_pass_by_hand),
        cmocka_unit_test(losses_are_stable),
        cmocka_unit_test(class_numbers_and_one_hot_rows_agree),
        cmocka_unit_test(probes_of_known_weights),
        cmocka_unit_test(top_values_of_large_layers),
        cmocka_unit_test(flow_conserves_node_balance),
        cmocka_unit_test(training_classifies),
        cmocka_unit_test(bad_inputs_are_named),
        cmocka_unit_test(memory_may_run_out),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
