/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lora_head.c - net.lora_head: LoRA on the last layer of an image classifier in small.
 *
 * A ReLU network is trained on the first half of the classes and its features are frozen.
 * A new last layer W, uniform in +-1/sqrt(hidden), is frozen too; phi = W + B A of rank r
 * learns the other half of the classes by cross-entropy, in batches, with Adam or plain
 * SGD. State: A, B, then Adam's means and mean squares of their gradients. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "algo/jacobi.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "core/rng.h"
#include "systems/mlp.h" /* softmax loss */

enum { H_X, H_Y, H_HIDDEN, H_R, H_STD, H_OPTIMIZER, H_RATE, H_BATCH, H_PRE_EPOCHS, H_SEED };
enum { OPT_ADAM, OPT_SGD };
enum { STREAM_DATA = 1, STREAM_PRE, STREAM_ORDER, STREAM_W, STREAM_A, STREAM_SPLIT };
enum { CLASSES = 10, DIMENSIONS = 30, EACH = 150, PRE_BATCH = 64 };

static const double spread = 2.5, pre_rate = 0.1, train_share = 0.8;
static const double beta1 = 0.9, beta2 = 0.999, tiny = 1e-8; /* Adam's usual constants */

static const char *const optimizers[] = {"adam", "sgd", NULL};

static const ory_param head_params[] = {
    [H_X] = {"X", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",
             "inputs, samples x n; ten Gaussian classes in 30 dimensions when absent", NULL},
    [H_Y] = {"Y", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",
             "class of each sample, 1, 2, ...; the lower half pre-trains, the upper half is learned",
             NULL},
    [H_HIDDEN] = {"hidden", ORY_PARAM_INT, 64, 1, 1e5, NULL, 0, "", "ReLU units, the features",
                  NULL},
    [H_R] = {"r", ORY_PARAM_INT, 4, 1, 1e4, NULL, 0, "", "rank of the correction B A", NULL},
    [H_STD] = {"std", ORY_PARAM_REAL, 0.1, 0, INFINITY, NULL, 0, "",
               "standard deviation of A at the start; B starts at 0", NULL},
    [H_OPTIMIZER] = {"optimizer", ORY_PARAM_CHOICE, OPT_ADAM, 0, 0, optimizers, 0, "",
                     "adam or sgd", NULL},
    [H_RATE] = {"rate", ORY_PARAM_REAL, 0, 0, INFINITY, NULL, ORY_LIVE | ORY_OPTIONAL, "",
                "learning rate; 0.01 for adam, 0.1 for sgd when absent", NULL},
    [H_BATCH] = {"batch", ORY_PARAM_INT, 128, 1, 1e7, NULL, 0, "", "samples of one step", NULL},
    [H_PRE_EPOCHS] = {"pretrain_epochs", ORY_PARAM_INT, 5, 0, 1000, NULL, 0, "",
                      "passes over the first half of the classes (SGD 0.1, batches of 64)", NULL},
    [H_SEED] = {"seed", ORY_PARAM_INT, 1, 0, 9007199254740991.0, NULL, 0, "", "random seed", NULL},
    {0}};

enum { DISTANCE, NORM, ACCURACY, TEST_LOSS, TEST_ACCURACY };

static const ory_probe head_probes[] = {
    [DISTANCE] = {.name = "distance", .label = "dist(Z, T)", .kind = ORY_SCALAR, .unit = "",
                  .axis = ORY_LINEAR, .cost = ORY_COST_FACTOR, .source = "arXiv 2503.06982",
                  .doc = "Subspace distance in [0, 1] between Z = [B; A'] and T = [U; -V]/√2, U and V "
                         "from the first gradient with respect to W."},
    [NORM] = {.name = "norm", .label = "‖Z‖", .kind = ORY_SCALAR, .unit = "", .axis = ORY_LOG,
              .cost = ORY_COST_FACTOR, .source = "arXiv 2503.06982",
              .doc = "Spectral norm of Z = [B; A']."},
    [ACCURACY] = {.name = "accuracy", .label = "accuracy", .kind = ORY_SCALAR, .unit = "",
                  .axis = ORY_LINEAR, .cost = ORY_COST_STEP, .source = "",
                  .doc = "Share of the training samples classified rightly."},
    [TEST_LOSS] = {.name = "test_loss", .label = "test loss", .kind = ORY_SCALAR, .unit = "",
                   .axis = ORY_LINEAR, .cost = ORY_COST_STEP, .source = "",
                   .doc = "Mean cross-entropy on the samples kept apart (a fifth)."},
    [TEST_ACCURACY] = {.name = "test_accuracy", .label = "test accuracy", .kind = ORY_SCALAR,
                       .unit = "", .axis = ORY_LINEAR, .cost = ORY_COST_STEP, .source = "",
                       .doc = "Share of the samples kept apart classified rightly."},
    {0}};
static const char *const head_record[] = {"loss", "distance", "norm", "test_accuracy", NULL};

/* Samples and the classes of one half. */
typedef struct half {
    size_t samples, classes;
    double *X;    /* samples x (inputs, later features) */
    double *Y;    /* samples x classes, one-hot         */
} half;

typedef struct head {
    size_t n, d, r, c;      /* inputs, features, rank, classes to learn */
    half train, test;       /* X holds the features                     */
    double *W, *phi;        /* c x d                                    */
    double *A0;             /* r x d                                    */
    double *T;              /* k rows of c + d numbers, orthonormal     */
    size_t k;
    double *f, *e, *grad_phi; /* outputs, their errors; c x d           */
    double *batch_x, *batch_y, *order, *grad, *z, *s;
} head;

static size_t largest(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* c = op(a) op(b) + beta c, no gaps. */
static void mul(ory_op ta, ory_op tb, double alpha, const double *a, const double *b, double beta,
                double *c, size_t rows, size_t inner, size_t cols)
{
    const ory_mat ma = ory_mat_view((double *)a, ta == ORY_TRANS ? inner : rows,
                                    ta == ORY_TRANS ? rows : inner),
                  mb = ory_mat_view((double *)b, tb == ORY_TRANS ? cols : inner,
                                    tb == ORY_TRANS ? inner : cols),
                  mc = ory_mat_view(c, rows, cols);

    ory_gemm(ta, tb, alpha, &ma, &mb, beta, &mc);
}

static ory_rng stream(const ory_system *s, uint64_t key)
{
    ory_rng rng;

    ory_rng_init(&rng, (uint64_t)ory_values_real(&s->values, H_SEED), key);
    return rng;
}

/* Partial shuffle: the first m of order become a random choice from 0..n-1. */
static void choose(double *order, size_t n, size_t m, ory_rng *rng)
{
    for (size_t i = 0; i < n; i++)
        order[i] = (double)i;
    for (size_t i = 0; i < m; i++) {
        const size_t j = i + (size_t)ory_rng_below(rng, n - i);
        const double keep = order[i];

        order[i] = order[j];
        order[j] = keep;
    }
}

static void gather(const half *from, size_t width, const double *order, size_t m, double *x,
                   double *y)
{
    for (size_t i = 0; i < m; i++) {
        const size_t j = (size_t)order[i];

        memcpy(x + i * width, from->X + j * width, width * sizeof *x);
        memcpy(y + i * from->classes, from->Y + j * from->classes, from->classes * sizeof *y);
    }
}

/* -------------------------------------------------------------------- data */

static void half_free(half *h)
{
    ory_free(h->X);
    ory_free(h->Y);
    memset(h, 0, sizeof *h);
}

static ory_status half_new(half *h, size_t samples, size_t width, size_t classes, ory_error *err)
{
    h->samples = samples;
    h->classes = classes;
    h->X = ory_alloc(samples * width, sizeof(double));
    h->Y = ory_alloc(samples * classes, sizeof(double));
    return h->X && h->Y ? ORY_OK : ory_fail(err, ORY_ENOMEM, "net.lora_head: out of memory");
}

/* Gaussian classes: centres N(0, I), noise of standard deviation 2.5. */
static ory_status synthetic(const ory_system *s, ory_mat *X, ory_mat *Y, ory_error *err)
{
    ory_rng rng = stream(s, STREAM_DATA);
    double centre[CLASSES * DIMENSIONS];
    ory_status status = ory_mat_new(X, CLASSES * EACH, DIMENSIONS, err);

    if (status == ORY_OK)
        status = ory_mat_new(Y, CLASSES * EACH, 1, err);
    if (status != ORY_OK)
        return status;
    ory_rng_fill_normal(&rng, centre, CLASSES * DIMENSIONS, 0, 1);
    for (size_t i = 0; i < CLASSES * EACH; i++) {
        const size_t c = i % CLASSES;

        ory_rng_fill_normal(&rng, ory_mat_at(X, i, 0), DIMENSIONS, 0, spread);
        ory_axpy(1, centre + c * DIMENSIONS, ory_mat_at(X, i, 0), DIMENSIONS);
        Y->data[i] = (double)c + 1;
    }
    return ORY_OK;
}

static ory_status load(const ory_system *s, ory_mat *X, ory_mat *Y, size_t *classes,
                       ory_error *err)
{
    const ory_mat *x = ory_values_mat(&s->values, H_X), *y = ory_values_mat(&s->values, H_Y);
    ory_status status;

    if (!x != !y)
        return ory_fail(err, ORY_EINVAL, "%s: %s is missing (X and Y come together)",
                        s->class->name, x ? "Y" : "X");
    if (!x) {
        *classes = CLASSES;
        return synthetic(s, X, Y, err);
    }
    if (x->rows != y->rows || y->cols != 1)
        return ory_fail(err, ORY_ESHAPE, "%s: X is %zu x %zu, Y is %zu x %zu (must be %zu x 1)",
                        s->class->name, x->rows, x->cols, y->rows, y->cols, x->rows);
    status = ory_mat_copy(X, x, err);
    if (status == ORY_OK)
        status = ory_mat_copy(Y, y, err);
    *classes = 0;
    for (size_t i = 0; status == ORY_OK && i < y->rows; i++) {
        const double c = Y->data[i];

        if (!(c >= 1 && c == floor(c) && c <= 10000))
            return ory_fail(err, ORY_ERANGE, "%s: Y[%zu] = %g (classes are 1, 2, …)",
                            s->class->name, i + 1, c);
        *classes = largest(*classes, (size_t)c);
    }
    if (status == ORY_OK && *classes < 4)
        return ory_fail(err, ORY_ERANGE, "%s: Y has %zu classes (must be >= 4: two for each half)",
                        s->class->name, *classes);
    return status;
}

/* The samples of classes low+1..high. */
static ory_status select_classes(const ory_system *s, const ory_mat *X, const ory_mat *Y,
                                 size_t low, size_t high, half *out, ory_error *err)
{
    size_t count = 0;
    ory_status status;

    for (size_t i = 0; i < X->rows; i++)
        count += Y->data[i] > (double)low && Y->data[i] <= (double)high;
    if (count < 10)
        return ory_fail(err, ORY_ERANGE, "%s: classes %zu to %zu have %zu samples (must be >= 10)",
                        s->class->name, low + 1, high, count);
    status = half_new(out, count, X->cols, high - low, err);
    count = 0;
    for (size_t i = 0; status == ORY_OK && i < X->rows; i++)
        if (Y->data[i] > (double)low && Y->data[i] <= (double)high) {
            memcpy(out->X + count * X->cols, ory_mat_at(X, i, 0), X->cols * sizeof(double));
            out->Y[count * (high - low) + (size_t)Y->data[i] - low - 1] = 1;
            count++;
        }
    return status;
}

/* ------------------------------------------------------------- pre-training */

/* The network n - d - c that is pre-trained; space for one batch. */
typedef struct body {
    double *W1, *b1, *W2, *b2, *H, *f, *e, *back, *x, *y, *order;
    size_t n, d, c;
} body;

/* H = relu(X W1' + b1). */
static void features(const body *b, const double *X, size_t samples, double *H)
{
    mul(ORY_PLAIN, ORY_TRANS, 1, X, b->W1, 0, H, samples, b->n, b->d);
    for (size_t i = 0; i < samples; i++)
        for (size_t j = 0; j < b->d; j++)
            H[i * b->d + j] = fmax(H[i * b->d + j] + b->b1[j], 0);
}

static void pre_step(body *b, size_t m)
{
    features(b, b->x, m, b->H);
    mul(ORY_PLAIN, ORY_TRANS, 1, b->H, b->W2, 0, b->f, m, b->d, b->c);
    for (size_t i = 0; i < m; i++)
        ory_axpy(1, b->b2, b->f + i * b->c, b->c);
    mlp_loss_of(LOSS_SOFTMAX, b->f, b->y, b->e, m, b->c, 1 / (double)m);
    mul(ORY_PLAIN, ORY_PLAIN, 1, b->e, b->W2, 0, b->back, m, b->c, b->d);
    for (size_t i = 0; i < m * b->d; i++)
        b->back[i] = b->H[i] > 0 ? b->back[i] : 0;
    mul(ORY_TRANS, ORY_PLAIN, -pre_rate, b->e, b->H, 1, b->W2, b->c, m, b->d);
    mul(ORY_TRANS, ORY_PLAIN, -pre_rate, b->back, b->x, 1, b->W1, b->d, m, b->n);
    for (size_t i = 0; i < m; i++) {
        ory_axpy(-pre_rate, b->e + i * b->c, b->b2, b->c);
        ory_axpy(-pre_rate, b->back + i * b->d, b->b1, b->d);
    }
}

static void pre_train(const ory_system *s, body *b, const half *data)
{
    const size_t epochs = ory_values_size(&s->values, H_PRE_EPOCHS), N = data->samples;
    ory_rng rng = stream(s, STREAM_PRE), order = stream(s, STREAM_ORDER);
    const double r1 = 1 / sqrt((double)b->n), r2 = 1 / sqrt((double)b->d);

    ory_rng_fill_uniform(&rng, b->W1, b->d * b->n, -r1, r1);
    ory_rng_fill_uniform(&rng, b->b1, b->d, -r1, r1);
    ory_rng_fill_uniform(&rng, b->W2, b->c * b->d, -r2, r2);
    ory_rng_fill_uniform(&rng, b->b2, b->c, -r2, r2);
    for (size_t e = 0; e < epochs; e++) {
        choose(b->order, N, N, &order);
        for (size_t at = 0; at < N; at += PRE_BATCH) {
            const size_t m = N - at < PRE_BATCH ? N - at : PRE_BATCH;

            gather(data, b->n, b->order + at, m, b->x, b->y);
            pre_step(b, m);
        }
    }
}

static ory_status body_new(body *b, size_t n, size_t d, size_t c, size_t samples, ory_error *err)
{
    const struct {
        double **where;
        size_t count;
    } wanted[] = {{&b->W1, d * n}, {&b->b1, d}, {&b->W2, c * d}, {&b->b2, c},
                  {&b->H, PRE_BATCH * d}, {&b->f, PRE_BATCH * c}, {&b->e, PRE_BATCH * c},
                  {&b->back, PRE_BATCH * d}, {&b->x, PRE_BATCH * n}, {&b->y, PRE_BATCH * c},
                  {&b->order, samples}};

    b->n = n, b->d = d, b->c = c;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!(*wanted[i].where = ory_alloc(wanted[i].count, sizeof(double))))
            return ory_fail(err, ORY_ENOMEM, "net.lora_head: out of memory");
    return ORY_OK;
}

static void body_free(body *b)
{
    double *owned[] = {b->W1, b->b1, b->W2, b->b2, b->H, b->f, b->e, b->back, b->x, b->y, b->order};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        ory_free(owned[i]);
}

/* --------------------------------------------------------------------- setup */

/* Four fifths of `all`, as features, into train, the rest into test. */
static ory_status split(const ory_system *s, head *h, const body *b, const half *all,
                        ory_error *err)
{
    const size_t N = all->samples, n_train = (size_t)(train_share * (double)N);
    double *order = ory_alloc(N, sizeof *order), *H = ory_alloc(N * h->d, sizeof *H);
    ory_rng rng = stream(s, STREAM_SPLIT);
    half as_features = {N, all->classes, H, all->Y};
    ory_status status = order && H ? half_new(&h->train, n_train, h->d, h->c, err)
                                   : ory_fail(err, ORY_ENOMEM, "net.lora_head: out of memory");

    if (status == ORY_OK)
        status = half_new(&h->test, N - n_train, h->d, h->c, err);
    if (status == ORY_OK) {
        features(b, all->X, N, H);
        choose(order, N, N, &rng);
        gather(&as_features, h->d, order, n_train, h->train.X, h->train.Y);
        gather(&as_features, h->d, order + n_train, N - n_train, h->test.X, h->test.Y);
    }
    ory_free(order);
    ory_free(H);
    return status;
}

static ory_status make_space(head *h, size_t batch, ory_error *err)
{
    const size_t most = largest(h->train.samples, largest(h->test.samples, batch));
    const struct {
        double **where;
        size_t count;
    } wanted[] = {{&h->W, h->c * h->d}, {&h->phi, h->c * h->d}, {&h->A0, h->r * h->d},
                  {&h->T, h->c * (h->c + h->d)}, {&h->f, most * h->c}, {&h->e, most * h->c},
                  {&h->grad_phi, h->c * h->d}, {&h->batch_x, batch * h->d},
                  {&h->batch_y, batch * h->c}, {&h->order, h->train.samples},
                  {&h->grad, h->r * (h->c + h->d)}, {&h->z, h->r * (h->c + h->d)}, {&h->s, h->r}};

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!(*wanted[i].where = ory_alloc(wanted[i].count, sizeof(double))))
            return ory_fail(err, ORY_ENOMEM, "net.lora_head: out of memory");
    return ORY_OK;
}

/* Mean loss of phi on samples; its gradient with respect to phi into grad_phi if wanted. */
static double loss_of(head *h, const double *phi, const double *X, const double *Y, size_t samples,
                      bool want_gradient)
{
    double loss;

    mul(ORY_PLAIN, ORY_TRANS, 1, X, phi, 0, h->f, samples, h->d, h->c);
    loss = mlp_loss_of(LOSS_SOFTMAX, h->f, Y, want_gradient ? h->e : NULL, samples, h->c,
                       1 / (double)samples);
    if (want_gradient)
        mul(ORY_TRANS, ORY_PLAIN, 1, h->e, X, 0, h->grad_phi, h->c, samples, h->d);
    return loss;
}

/* T = [U; -V]/sqrt(2) of the gradient at phi = W, as rows. */
static ory_status make_directions(head *h, ory_error *err)
{
    const size_t full = h->c < h->d ? h->c : h->d;
    const ory_mat G = ory_mat_view(h->grad_phi, h->c, h->d);
    ory_mat U = {0}, V = {0}, sigma = {0};
    ory_status status = ory_mat_new(&U, h->c, full, err);

    if (status == ORY_OK)
        status = ory_mat_new(&V, h->d, full, err);
    if (status == ORY_OK)
        status = ory_mat_new(&sigma, full, 1, err);
    loss_of(h, h->W, h->train.X, h->train.Y, h->train.samples, true);
    if (status == ORY_OK)
        status = ory_svd(&G, &U, sigma.data, &V, err);
    while (status == ORY_OK && h->k < full && h->k < h->r &&
           sigma.data[h->k] > 1e-9 * sigma.data[0]) {
        double *row = h->T + h->k * (h->c + h->d);

        for (size_t i = 0; i < h->c; i++)
            row[i] = *ory_mat_at(&U, i, h->k) / sqrt(2);
        for (size_t i = 0; i < h->d; i++)
            row[h->c + i] = -*ory_mat_at(&V, i, h->k) / sqrt(2);
        h->k++;
    }
    ory_mat_free(&U);
    ory_mat_free(&V);
    ory_mat_free(&sigma);
    return status;
}

static void set_blocks(ory_system *s, const head *h)
{
    static const char *const names[] = {"A", "B", "mean_A", "mean_B", "square_A", "square_B"};

    for (int i = 0; i < 6; i++) {
        const size_t rows = i % 2 ? h->c : h->r, cols = i % 2 ? h->r : h->d;

        s->blocks[s->n_blocks++] = (ory_block){names[i], s->dim, rows, cols};
        s->dim += rows * cols;
    }
}

static ory_status set_up(ory_system *s, head *h, const ory_mat *X, const ory_mat *Y,
                         size_t classes, ory_error *err)
{
    const size_t low = classes / 2;
    half first = {0}, second = {0};
    body b = {0};
    ory_rng rng_w = stream(s, STREAM_W), rng_a = stream(s, STREAM_A);
    ory_status status = select_classes(s, X, Y, 0, low, &first, err);

    h->n = X->cols;
    h->d = ory_values_size(&s->values, H_HIDDEN);
    h->r = ory_values_size(&s->values, H_R);
    h->c = classes - low;
    if (status == ORY_OK)
        status = select_classes(s, X, Y, low, classes, &second, err);
    if (status == ORY_OK)
        status = body_new(&b, h->n, h->d, low, first.samples, err);
    if (status == ORY_OK) {
        pre_train(s, &b, &first);
        status = split(s, h, &b, &second, err);
    }
    if (status == ORY_OK)
        status = make_space(h, ory_values_size(&s->values, H_BATCH), err);
    if (status == ORY_OK) {
        const double edge = 1 / sqrt((double)h->d);

        ory_rng_fill_uniform(&rng_w, h->W, h->c * h->d, -edge, edge);
        ory_rng_fill_normal(&rng_a, h->A0, h->r * h->d, 0, ory_values_real(&s->values, H_STD));
        status = make_directions(h, err);
    }
    half_free(&first);
    half_free(&second);
    body_free(&b);
    return status;
}

static ory_status head_init(ory_system *s, ory_error *err)
{
    head *h = s->self = ory_alloc(1, sizeof *h);
    ory_mat X = {0}, Y = {0};
    size_t classes = 0;
    ory_status status;

    if (!h)
        return ory_fail(err, ORY_ENOMEM, "%s: out of memory", s->class->name);
    status = load(s, &X, &Y, &classes, err);
    if (status == ORY_OK)
        status = set_up(s, h, &X, &Y, classes, err);
    ory_mat_free(&X);
    ory_mat_free(&Y);
    if (status == ORY_OK)
        set_blocks(s, h);
    return status;
}

static void head_fini(ory_system *s)
{
    head *h = s->self;

    if (!h)
        return;
    half_free(&h->train);
    half_free(&h->test);
    {
        double *owned[] = {h->W, h->phi, h->A0, h->T, h->f, h->e, h->grad_phi, h->batch_x,
                           h->batch_y, h->order, h->grad, h->z, h->s};

        for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
            ory_free(owned[i]);
    }
    ory_free(h);
}

static ory_status head_start(ory_system *s, double *x, ory_error *err)
{
    const head *h = s->self;

    (void)err;
    memset(x, 0, s->dim * sizeof *x);
    memcpy(x, h->A0, h->r * h->d * sizeof *x);
    return ORY_OK;
}

/* ---------------------------------------------------------------------- moving */

static void make_phi(head *h, const double *x)
{
    memcpy(h->phi, h->W, h->c * h->d * sizeof *h->phi);
    mul(ORY_PLAIN, ORY_PLAIN, 1, x + h->r * h->d, x, 1, h->phi, h->c, h->r, h->d);
}

/* Gradients of A (r x d), then B (c x r), from grad_phi. */
static void chain(head *h, const double *x, double *grad)
{
    mul(ORY_TRANS, ORY_PLAIN, 1, x + h->r * h->d, h->grad_phi, 0, grad, h->r, h->c, h->d);
    mul(ORY_PLAIN, ORY_TRANS, 1, h->grad_phi, x, 0, grad + h->r * h->d, h->c, h->d, h->r);
}

static void head_loss(ory_system *s, const double *x, double *loss, double *grad)
{
    head *h = s->self;
    double value;

    make_phi(h, x);
    value = loss_of(h, h->phi, h->train.X, h->train.Y, h->train.samples, grad != NULL);
    if (loss)
        *loss = value;
    if (!grad)
        return;
    memset(grad, 0, s->dim * sizeof *grad); /* Adam's means do not enter the loss */
    chain(h, x, grad);
}

static ory_status head_advance(ory_system *s, const ory_moment *m, ory_rng *rng, double *next,
                               double *t_next, ory_error *err)
{
    head *h = s->self;
    const bool adam = ory_values_choice(&s->values, H_OPTIMIZER) == OPT_ADAM;
    const double rate = ory_values_given(&s->values, H_RATE) ? ory_values_real(&s->values, H_RATE)
                        : adam                               ? 0.01
                                                             : 0.1;
    const size_t wish = ory_values_size(&s->values, H_BATCH), N = h->train.samples,
                 batch = wish < N ? wish : N, size = h->r * (h->c + h->d);
    const double k = (double)m->k + 1, fix1 = 1 - pow(beta1, k), fix2 = 1 - pow(beta2, k);

    (void)err;
    choose(h->order, N, batch, rng);
    gather(&h->train, h->d, h->order, batch, h->batch_x, h->batch_y);
    make_phi(h, m->x);
    loss_of(h, h->phi, h->batch_x, h->batch_y, batch, true);
    chain(h, m->x, h->grad);
    memcpy(next, m->x, s->dim * sizeof *next);
    for (size_t i = 0; i < size; i++) {
        double *mean = next + size + i, *square = next + 2 * size + i;

        if (!adam) {
            next[i] -= rate * h->grad[i];
            continue;
        }
        *mean = beta1 * *mean + (1 - beta1) * h->grad[i];
        *square = beta2 * *square + (1 - beta2) * h->grad[i] * h->grad[i];
        next[i] -= rate * (*mean / fix1) / (sqrt(*square / fix2) + tiny);
    }
    *t_next = m->t + rate;
    return ORY_OK;
}

/* ---------------------------------------------------------------------- probes */

/* Rows of z: orthonormal basis of the columns of Z = [B; A'], values in s. */
static void decompose(head *h, const double *x)
{
    const double *A = x, *B = x + h->r * h->d;
    const size_t len = h->c + h->d;

    for (size_t j = 0; j < h->r; j++) {
        for (size_t i = 0; i < h->c; i++)
            h->z[j * len + i] = B[i * h->r + j];
        memcpy(h->z + j * len + h->c, A + j * h->d, h->d * sizeof *A);
    }
    ory_jacobi_rows(h->z, h->r, len, h->s);
}

/* |T - U U'T|_F / sqrt(k), U the top k of Z: 1 - |U'T|_F^2 / k under the root. */
static double distance(head *h, const double *x)
{
    const size_t len = h->c + h->d;
    double inside = 0;

    decompose(h, x);
    if (h->k == 0 || !(h->s[h->k - 1] > 0))
        return NAN;
    for (size_t i = 0; i < h->k; i++)
        for (size_t j = 0; j < h->k; j++) {
            const double c = ory_dot(h->T + i * len, h->z + j * len, len);

            inside += c * c;
        }
    return sqrt(fmax(0, 1 - inside / (double)h->k));
}

static double accuracy(const head *h, const half *data)
{
    size_t right = 0;

    for (size_t i = 0; i < data->samples; i++) {
        const double *f = h->f + i * h->c, *y = data->Y + i * h->c;
        size_t most = 0;

        for (size_t j = 1; j < h->c; j++)
            most = f[j] > f[most] ? j : most;
        right += y[most] == 1;
    }
    return (double)right / (double)data->samples;
}

static ory_status head_probe(ory_system *s, const ory_moment *m, int which, double *out,
                             ory_error *err)
{
    head *h = s->self;
    const half *data = which == ACCURACY ? &h->train : &h->test;
    double loss;

    (void)err;
    switch (which) {
    case DISTANCE: *out = distance(h, m->x); break;
    case NORM:
        decompose(h, m->x);
        *out = h->s[0];
        break;
    default:
        make_phi(h, m->x);
        loss = loss_of(h, h->phi, data->X, data->Y, data->samples, false);
        *out = which == TEST_LOSS ? loss : accuracy(h, data);
    }
    return ORY_OK;
}

static double head_work(const ory_system *s, int which)
{
    const head *h = s->self;
    const double pass = 4 * (double)h->c * (double)h->d;

    if (which == DISTANCE || which == NORM)
        return 30 * (double)(h->r * h->r * (h->c + h->d));
    return pass * (which < 0 ? ory_values_real(&s->values, H_BATCH) : (double)h->train.samples);
}

static bool head_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size)
{
    (void)s, (void)m;
    if (which != DISTANCE)
        return false;
    snprintf(text, size, "B and A span fewer directions than the gradient");
    return true;
}

static void head_describe(const ory_system *s, char *text, size_t size)
{
    const head *h = s->self;

    snprintf(text, size, "LoRA rank %zu under %zu features · %zu classes · %zu samples · %s", h->r,
             h->d, h->c, h->train.samples,
             optimizers[ory_values_choice(&s->values, H_OPTIMIZER) == OPT_SGD]);
}

const ory_system_class ory_net_lora_head_class = {
    .name = "net.lora_head",
    .summary = "LoRA on the last layer of a small pre-trained classifier",
    .source = "stand-in for the image experiments of arXiv 2503.06982, see the page of net.lora",
    .example = "net.lora_head{ std=0.1, seed=1 }",
    .params = head_params,
    .probes = head_probes,
    .default_stepper = "advance",
    .record = head_record,
    .layout = "v(h(trace(loss, test_loss):1, trace(accuracy, test_accuracy):1):6,"
              " h(trace(distance):1, trace(norm):1):5, console:3)",
    .init = head_init,
    .fini = head_fini,
    .start = head_start,
    .loss = head_loss,
    .advance = head_advance,
    .probe = head_probe,
    .work = head_work,
    .why = head_why,
    .describe = head_describe,
};
