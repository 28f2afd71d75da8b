/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series.c - bins of samples that merge in pairs when they run out.
 *
 * All bins but the last hold exactly `stride` samples; the last holds between 1
 * and stride. The capacity is even, so a full series halves without a rest. */
#include "config.h"

#include "core/series.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/mem.h"

enum { LEAST_CAPACITY = 16 };

struct ory_series {
    size_t capacity, count;
    uint64_t stride, samples;
    ory_bin *bins;
};

ory_series *ory_series_new(size_t capacity)
{
    ory_series *s = ory_alloc(1, sizeof *s);

    if (!s)
        return NULL;
    if (capacity < LEAST_CAPACITY)
        capacity = LEAST_CAPACITY;
    s->capacity = capacity + (capacity & 1);
    s->stride = 1;
    s->bins = ory_alloc(s->capacity, sizeof *s->bins);
    if (!s->bins) {
        ory_free(s);
        return NULL;
    }
    return s;
}

void ory_series_free(ory_series *s)
{
    if (!s)
        return;
    ory_free(s->bins);
    ory_free(s);
}

ory_series *ory_series_clone(const ory_series *s)
{
    ory_series *clone = ory_series_new(s->capacity);

    if (!clone)
        return NULL;
    clone->count = s->count;
    clone->stride = s->stride;
    clone->samples = s->samples;
    memcpy(clone->bins, s->bins, s->count * sizeof *s->bins);
    return clone;
}

/* All bins but the last are full, and steps do not fall. */
static bool are_bins(const ory_bin *bins, size_t n, uint64_t stride)
{
    for (size_t i = 0; i < n; i++) {
        const bool full = bins[i].count == stride || bins[i].count == UINT32_MAX;

        if (bins[i].count < 1 || bins[i].count > stride || (i + 1 < n && !full) ||
            bins[i].undefined > bins[i].count || bins[i].last_step < bins[i].step ||
            (i > 0 && bins[i].step < bins[i - 1].last_step))
            return false;
    }
    return true;
}

ory_status ory_series_restore(size_t capacity, uint64_t stride, const ory_bin *bins, size_t n,
                              ory_series **out, ory_error *err)
{
    ory_series *s;

    if (stride == 0 || (stride & (stride - 1)) != 0 || !are_bins(bins, n, stride))
        return ory_fail(err, ORY_EFORMAT, "the bins of a series do not fit together");
    if (!(s = ory_series_new(capacity)))
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    if (n > s->capacity) {
        ory_series_free(s);
        return ory_fail(err, ORY_EFORMAT, "a series of %zu bins holds %zu", capacity, n);
    }
    s->count = n;
    s->stride = stride;
    for (size_t i = 0; i < n; i++) {
        s->bins[i] = bins[i];
        s->samples += bins[i].count;
    }
    *out = s;
    return ORY_OK;
}

size_t ory_series_capacity(const ory_series *s)
{
    return s->capacity;
}

static uint32_t add_counts(uint32_t a, uint32_t b)
{
    return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

/* Widen a bin's extremes by those of another part; NaN means "none yet". */
static void widen(ory_bin *bin, double min, double max)
{
    if (isnan(bin->min) || min < bin->min)
        bin->min = min;
    if (isnan(bin->max) || max > bin->max)
        bin->max = max;
}

static ory_bin bin_of(uint64_t step, double t, double value)
{
    return (ory_bin){.step = step, .last_step = step, .t = t, .first = value, .min = value,
                     .max = value, .last = value, .count = 1, .undefined = isnan(value)};
}

/* a, followed by b. */
static ory_bin merge(const ory_bin *a, const ory_bin *b)
{
    ory_bin bin = *a;

    widen(&bin, b->min, b->max);
    bin.last = b->last;
    bin.last_step = b->last_step;
    bin.count = add_counts(a->count, b->count);
    bin.undefined = add_counts(a->undefined, b->undefined);
    return bin;
}

static void halve(ory_series *s)
{
    s->count /= 2;
    for (size_t i = 0; i < s->count; i++)
        s->bins[i] = merge(&s->bins[2 * i], &s->bins[2 * i + 1]);
    s->stride *= 2;
}

static bool is_full(const ory_series *s, const ory_bin *bin)
{
    return bin->count >= s->stride || bin->count == UINT32_MAX;
}

/* A step that falls against the rule is taken for a sample of the last step. */
void ory_series_push(ory_series *s, uint64_t step, double t, double value)
{
    ory_bin *last = s->count > 0 ? &s->bins[s->count - 1] : NULL;
    ory_bin sample;

    if (last && step < last->last_step)
        step = last->last_step;
    sample = bin_of(step, t, value);
    s->samples++;
    if (last && !is_full(s, last)) {
        *last = merge(last, &sample);
        return;
    }
    if (s->count == s->capacity)
        halve(s);
    s->bins[s->count++] = sample;
}

void ory_series_amend(ory_series *s, uint64_t step, double t, double value)
{
    ory_bin *last = s->count > 0 ? &s->bins[s->count - 1] : NULL;

    if (!last || last->last_step != step) {
        ory_series_push(s, step, t, value);
        return;
    }
    if (last->count == 1) {
        *last = bin_of(step, t, value);
        return;
    }
    last->undefined += (uint32_t)isnan(value) - (uint32_t)isnan(last->last);
    widen(last, value, value);
    last->last = value;
}

/* The part of a merged bin up to `step`, which lies inside it. Its single
 * samples are gone: they are taken to be evenly spaced, so that the number left
 * is right when every k-th step was sampled. A part of one sample is exact; a
 * longer part keeps the extremes and the last value of the whole bin, which
 * bound its own. */
static void cut_bin(ory_bin *bin, uint64_t step)
{
    double share = (double)(step - bin->step) / (double)(bin->last_step - bin->step);
    uint32_t left = 1 + (uint32_t)((double)(bin->count - 1) * share * (1 + 1e-12));

    if (left == 1) {
        *bin = bin_of(bin->step, bin->t, bin->first);
        return;
    }
    bin->last_step = step;
    bin->count = left < bin->count ? left : bin->count;
    if (bin->undefined > bin->count)
        bin->undefined = bin->count;
    if (bin->undefined == bin->count && !isnan(bin->min))
        bin->undefined--;
}

/* Exact as long as no bin straddles `step`, in particular when nothing has been
 * merged; see cut_bin for the other case. */
void ory_series_cut(ory_series *s, uint64_t step)
{
    while (s->count > 0 && s->bins[s->count - 1].step > step)
        s->count--;
    if (s->count == 0) {
        ory_series_clear(s);
        return;
    }
    if (s->bins[s->count - 1].last_step > step)
        cut_bin(&s->bins[s->count - 1], step);
    s->samples = 0;
    for (size_t i = 0; i < s->count; i++)
        s->samples += s->bins[i].count;
}

void ory_series_clear(ory_series *s)
{
    s->count = 0;
    s->samples = 0;
    s->stride = 1;
}

size_t ory_series_count(const ory_series *s)
{
    return s->count;
}

const ory_bin *ory_series_bins(const ory_series *s)
{
    return s->bins;
}

uint64_t ory_series_stride(const ory_series *s)
{
    return s->stride;
}

uint64_t ory_series_samples(const ory_series *s)
{
    return s->samples;
}
