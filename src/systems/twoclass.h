/* SPDX-License-Identifier: GPL-3.0-or-later */
/* twoclass.h - what networks with one output on labels 1 and -1 share: losses of the margin,
 * labels and matrices from options, samples in the order of an epoch. */
#ifndef ORY_SYSTEMS_TWOCLASS_H
#define ORY_SYSTEMS_TWOCLASS_H

#include "systems/sizes.h"
#include "systems/system.h"

/* With z = -y f: e^z, log(1 + e^z), twice that, (y - f)^2 / 2. */
enum ory_margin {
    ORY_MARGIN_EXP, ORY_MARGIN_LOGISTIC, ORY_MARGIN_LOGISTIC2, ORY_MARGIN_SQUARE
};
extern const char *const ory_margin_names[];

/* The loss of outputs f, summed and weighted; d: its derivatives by f (may be f itself). */
double ory_margin_losses(int loss, const double *y, const double *f, double *d, size_t n,
                         double weight);

/* The random stream `key` of the system whose seed is option `seed`. */
ory_rng ory_seed_stream(const ory_system *s, int seed, uint64_t key);

/* Labels of matrix option `param`, n of them in a row or a column, into y: 1 and -1, or 0
 * and 1 when zero_one says so. */
ory_status ory_read_labels(const ory_system *s, int param, bool zero_one, double *y, size_t n,
                           ory_error *err);
/* Shapes of the options X (samples x D) and Y (one label a sample), both given. */
ory_status ory_size_samples(const ory_system *s, int x, int y, ory_size *samples, ory_size *D,
                            ory_error *err);
/* Copy a matrix option into rows of packed numbers. */
void ory_copy_rows(const ory_mat *X, double *out);

/* Matrix option `param`, rows x cols (a vector may lie either way), finite; *given false and
 * out untouched when absent. */
ory_status ory_read_matrix(const ory_system *s, int param, double *out, size_t rows, size_t cols,
                           bool *given, ory_error *err);
/* Signs of option `param`, 1 or -1; fair coins from the stream when absent. */
ory_status ory_read_signs(const ory_system *s, int param, ory_rng *rng, double *v, size_t h,
                          ory_error *err);

/* Mini-batches: an order reshuffled each epoch, the last short batch kept. */
typedef struct ory_batches {
    size_t n, D;
    size_t *order;
    uint64_t epoch;   /* that the order belongs to, or UINT64_MAX */
    double *X, *y;    /* the samples of the batch, at most n      */
    size_t count;
} ory_batches;

ory_status ory_batches_init(ory_batches *b, size_t n, size_t D, ory_error *err) ORY_WUR;
void ory_batches_fini(ory_batches *b);
/* The batch of step k, of `size` samples (0: all), drawn from the stream's epochs. */
void ory_batches_fill(ory_batches *b, const ory_rng *stream, uint64_t k, size_t size,
                      const double *X, const double *y);

#endif
