/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series.h - a quantity over steps in bounded memory.
 *
 * Samples arrive with their step number and time. While there is room each has
 * a bin of its own; when the bins are full neighbouring bins are merged, two
 * into one, and each keeps the first value, the minimum, the maximum and the
 * last value, so a spike of one step is never lost. NaN samples are counted
 * but do not spoil minimum and maximum. */
#ifndef ORY_CORE_SERIES_H
#define ORY_CORE_SERIES_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

typedef struct ory_bin {
    uint64_t step;      /* of the first sample in the bin */
    uint64_t last_step; /* of the last sample in the bin  */
    double t;           /* time of the first sample       */
    double first, min, max, last;
    uint32_t count, undefined; /* samples; those that were NaN */
} ory_bin;

typedef struct ory_series ory_series;

/* capacity is rounded up to an even number >= 16. NULL: no memory. */
ory_series *ory_series_new(size_t capacity);
void ory_series_free(ory_series *s);
ory_series *ory_series_clone(const ory_series *s);
/* A series that holds these n bins, as read back from a file. ORY_EFORMAT if they are
 * not what pushing could have made, ORY_ENOMEM. */
ory_status ory_series_restore(size_t capacity, uint64_t stride, const ory_bin *bins, size_t n,
                              ory_series **out, ory_error *err);
size_t ory_series_capacity(const ory_series *s);

/* Steps must not fall. A sample at the last sample's step replaces nothing: it
 * is a second sample of that step. Never allocates. */
void ory_series_push(ory_series *s, uint64_t step, double t, double value);

/* The last sample, if it is of this step, was wrong: value takes its place. Exact while
 * it has a bin of its own; in a merged bin the old value stays within the extremes.
 * Without a sample of this step, as ory_series_push. */
void ory_series_amend(ory_series *s, uint64_t step, double t, double value);

/* Forget everything after `step` (bins that straddle it keep their part's
 * extremes; their last_step becomes at most step). */
void ory_series_cut(ory_series *s, uint64_t step);
void ory_series_clear(ory_series *s);

size_t ory_series_count(const ory_series *s);            /* bins in use */
const ory_bin *ory_series_bins(const ory_series *s);     /* in order    */
uint64_t ory_series_stride(const ory_series *s);         /* samples per full bin */
uint64_t ory_series_samples(const ory_series *s);        /* pushed and not cut */

#endif
