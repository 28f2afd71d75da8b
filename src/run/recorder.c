/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recorder.c - what is written down of a run: a bounded series per recorded probe, rows
 * for sinks, and watches, which are probes of the user's own.
 *
 * How often a probe is sampled is decided when it is recorded, from the estimated work of
 * the probe and of a step: never by the clock. Equal scripts record equal rows. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/offload.h"
#include "run/impl.h"

/* ------------------------------------------------------------------------- pace */

/* A probe by cost takes at most 1/share of the work of stepping, plus once, at the start
 * of the run, first_work floating-point operations (a millisecond or two). */
static const double share = 8, first_work = 4e6;
enum { MOST_FIRST = 1024, LONGEST_LOG = 40, LESS_FOR_EYES = 16 };

static bool is_power(uint64_t k)
{
    return (k & (k - 1)) == 0;
}

bool ory_pace_due(const pace *p, uint64_t k)
{
    return k % p->every == 0 || (!p->exact && (k < p->first || is_power(k)));
}

uint64_t ory_pace_next(const pace *p, uint64_t k)
{
    uint64_t power = 1, next = (k / p->every + 1) * p->every;

    if (p->exact || p->every == 1)
        return next;
    if (k + 1 < p->first)
        return k + 1;
    while (power <= k && power < next)
        power *= 2;
    return power < next ? power : next;
}

static pace each_step(void)
{
    return (pace){.every = 1, .first = UINT64_MAX};
}

static pace by_cost(double work, double step)
{
    const double ratio = share * fmax(work, 1) / fmax(step, 1);
    const double first = first_work / fmax(work, 1);
    int log = 0;

    while (log < LONGEST_LOG && ldexp(1, log) < ratio)
        log++;
    return (pace){.every = UINT64_C(1) << log,
                  .first = first < MOST_FIRST ? (uint64_t)first : MOST_FIRST};
}

/* The loss is known at each step, and so is the step size. */
static source_kind source_of(const ory_run *r, int probe)
{
    const ory_probe *row = ory_run_probe_at(r, probe);

    if (probe >= r->n_system_probes)
        return FROM_RUN;
    if (probe < r->n_class_probes)
        return FROM_CLASS;
    return strcmp(row->name, "loss") == 0   ? FROM_LOSS
           : strcmp(row->name, "step") == 0 ? FROM_STEP
                                            : FROM_FREE;
}

pace ory_pace_of_probe(const ory_run *r, int probe)
{
    const source_kind source = source_of(r, probe);

    if (r->every > 0)
        return (pace){.every = r->every, .exact = true};
    if (source == FROM_LOSS || source == FROM_STEP || source == FROM_RUN ||
        ory_run_probe_at(r, probe)->cost == ORY_COST_FREE)
        return each_step();
    return by_cost(ory_probe_work(r->sys, probe), ory_probe_work(r->sys, -1));
}

/* --------------------------------------------------------------- what is recorded */

static recorded *find(const ory_run *r, int probe)
{
    for (size_t i = 0; i < r->n_rec; i++)
        if (r->rec[i].probe == probe)
            return &r->rec[i];
    return NULL;
}

static void sort_out(ory_run *r)
{
    r->n_each = 0;
    r->others_due = 0;
    for (size_t i = 0; i < r->n_rec; i++)
        if (r->rec[i].pace.every == 1)
            r->each[r->n_each++] = i;
}

static ory_status make_room(ory_run *r, ory_error *err)
{
    const size_t room = r->room_rec ? 2 * r->room_rec : 16;
    recorded *rec;
    double *row;
    size_t *each;

    if (r->n_rec < r->room_rec)
        return ORY_OK;
    if (!(rec = ory_resize(r->rec, r->n_rec, room, sizeof *rec)))
        return ory_run_no_memory(err);
    r->rec = rec;
    if (!(row = ory_resize(r->row, r->n_rec, room, sizeof *row)))
        return ory_run_no_memory(err);
    r->row = row;
    if (!(each = ory_resize(r->each, r->n_each, room, sizeof *each)))
        return ory_run_no_memory(err);
    r->each = each;
    r->room_rec = room;
    return ORY_OK;
}

ory_status ory_recorder_adopt(ory_run *r, int probe, pace p, uint64_t upto, ory_series *series,
                              ory_error *err)
{
    const ory_status ok = make_room(r, err);

    if (ok != ORY_OK)
        return ok;
    r->rec[r->n_rec++] = (recorded){.probe = probe, .source = source_of(r, probe),
                                    .row = ory_run_probe_at(r, probe), .series = series,
                                    .pace = p, .upto = upto};
    sort_out(r);
    return ORY_OK;
}

/* Record a probe from this step on, or change how often. */
ory_status ory_recorder_add(ory_run *r, int probe, pace p, ory_error *err)
{
    recorded *known = find(r, probe);
    ory_series *series;
    ory_status ok;

    if (known) {
        known->pace = p;
        sort_out(r);
        return ORY_OK;
    }
    if (!(series = ory_series_new(r->series_capacity)))
        return ory_run_no_memory(err);
    if ((ok = ory_recorder_adopt(r, probe, p, r->k, series, err)) != ORY_OK)
        ory_series_free(series);
    return ok;
}

static ory_status check_name(const ory_run *r, const char *name, int *probe, ory_error *err)
{
    enum { MOST = 256 };
    const char *names[MOST], *near;
    int n = 0;

    *probe = ory_run_probe_find(r, name);
    if (*probe >= 0 && ory_run_probe_at(r, *probe)->kind == ORY_SCALAR)
        return ORY_OK;
    if (*probe >= 0)
        return ory_fail(err, ORY_EINVAL, "%s: '%s' is not a scalar: only scalars are recorded",
                        r->name, name);
    for (; n < MOST && n < ory_run_probe_count(r); n++)
        names[n] = ory_run_probe_at(r, n)->name;
    near = ory_nearest(name, names, (size_t)n);
    return ory_fail(err, ORY_ENAME, "%s: no probe '%s'%s%s%s", r->name, name,
                    near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

/* All names are checked before the first is recorded. */
static ory_status add_names(ory_run *r, const char *const *names, uint64_t every, ory_error *err)
{
    ory_status ok = ORY_OK;
    int probe = -1;

    for (int i = 0; names[i]; i++)
        if ((ok = check_name(r, names[i], &probe, err)) != ORY_OK)
            return ok;
    for (int i = 0; names[i] && ok == ORY_OK; i++) {
        check_name(r, names[i], &probe, NULL);
        ok = ory_recorder_add(r, probe,
                              every ? (pace){.every = every, .exact = true}
                                    : ory_pace_of_probe(r, probe),
                              err);
    }
    return ok;
}

ory_status ory_recorder_start(ory_run *r, const char *const *names, ory_error *err)
{
    static const char *const plain[] = {"loss", "step", NULL}, *const least[] = {"step", NULL};

    if (!names)
        names = r->sys->class->record;
    if (!names)
        names = r->sys->class->loss ? plain : least;
    return add_names(r, names, 0, err);
}

void ory_recorder_free(ory_run *r)
{
    size_t i;

    for (i = 0; i < r->n_rec; i++)
        ory_series_free(r->rec[i].series);
    for (i = 0; i < r->n_watches; i++) {
        if (r->watches[i]->release)
            r->watches[i]->release(r->watches[i]->ctx);
        ory_free(r->watches[i]);
    }
    for (i = 0; i < r->n_sinks; i++)
        if (r->sinks[i].release)
            r->sinks[i].release(r->sinks[i].ctx);
    ory_free(r->rec);
    ory_free(r->row);
    ory_free(r->each);
    ory_free(r->watches);
    r->n_rec = r->n_watches = r->n_sinks = 0;
}

void ory_recorder_cut(ory_run *r)
{
    const uint64_t upto = r->k + 1;

    for (size_t i = 0; i < r->n_rec; i++) {
        ory_series_cut(r->rec[i].series, r->k);
        if (r->rec[i].upto > upto)
            r->rec[i].upto = upto;
    }
    if (r->recorded_upto > upto)
        r->recorded_upto = upto;
    r->others_due = 0;
}

void ory_recorder_clear(ory_run *r)
{
    for (size_t i = 0; i < r->n_rec; i++) {
        ory_series_clear(r->rec[i].series);
        r->rec[i].upto = 0;
    }
    r->recorded_upto = r->others_due = 0;
}

/* ---------------------------------------------------------------------- sampling */

static ory_status read_value(ory_run *r, const recorded *rec, double *value, ory_error *err)
{
    ory_status ok = ORY_OK;

    switch (rec->source) {
    case FROM_LOSS:
        *value = r->loss;
        return ORY_OK;
    case FROM_STEP:
        *value = r->now.step;
        return ORY_OK;
    case FROM_CLASS:
        *value = NAN;
        ok = rec->pace.every == 1 ? r->sys->class->probe(r->sys, &r->now, rec->probe, value, err)
                                  : ory_run_read_whole(r, rec->probe, value, err);
        break;
    case FROM_FREE:
    case FROM_RUN:
        *value = NAN;
        ok = ory_run_read_whole(r, rec->probe, value, err);
        break;
    }
    if (ok == ORY_EUNDEF) {
        *value = NAN;
        ok = ORY_OK;
    }
    return ok == ORY_OK ? ok : ory_fail_prefix(err, "%s", rec->row->name);
}

static ory_status sample_one(ory_run *r, size_t i, ory_error *err)
{
    recorded *rec = &r->rec[i];
    double value;
    ory_status ok;

    if (r->k < rec->upto)
        return ORY_OK;
    rec->upto = r->k + 1;
    if ((ok = read_value(r, rec, &value, err)) != ORY_OK)
        return ok;
    ory_series_push(rec->series, r->k, r->t, value);
    r->row[i] = value;
    return ORY_OK;
}

static ory_status sample_others(ory_run *r, ory_error *err)
{
    ory_status ok = ORY_OK, one;

    r->others_due = UINT64_MAX;
    for (size_t i = 0; i < r->n_rec; i++) {
        const pace *p = &r->rec[i].pace;
        uint64_t next;

        if (p->every == 1)
            continue;
        if (ory_pace_due(p, r->k) && (one = sample_one(r, i, ok == ORY_OK ? err : NULL)) != ORY_OK)
            ok = ok == ORY_OK ? one : ok;
        next = ory_pace_next(p, r->k);
        if (next < r->others_due)
            r->others_due = next;
    }
    return ok;
}

static ory_status send_row(ory_run *r, ory_error *err)
{
    ory_status ok = ORY_OK;
    bool any = false;

    for (size_t i = 0; i < r->n_rec; i++)
        any = any || r->rec[i].upto == r->k + 1;
    for (size_t i = 0; any && i < r->n_sinks && ok == ORY_OK; i++)
        ok = r->sinks[i].fn(r->sinks[i].ctx, r, r->k, r->t, r->row, (int)r->n_rec, err);
    return ok;
}

/* A probe that fails leaves a gap in its series; the run stands at this step all the
 * same, and the first failure is the answer. */
ory_status ory_recorder_sample(ory_run *r, ory_error *err)
{
    ory_status ok = ORY_OK, one;

    for (size_t i = 0; r->n_sinks > 0 && i < r->n_rec; i++)
        r->row[i] = NAN;
    for (size_t i = 0; i < r->n_each; i++)
        if ((one = sample_one(r, r->each[i], ok == ORY_OK ? err : NULL)) != ORY_OK && ok == ORY_OK)
            ok = one;
    if (r->k >= r->others_due && (one = sample_others(r, ok == ORY_OK ? err : NULL)) != ORY_OK &&
        ok == ORY_OK)
        ok = one;
    if (r->k < r->recorded_upto)
        return ok;
    r->recorded_upto = r->k + 1;
    if (r->n_sinks > 0 && ok == ORY_OK)
        ok = send_row(r, err);
    return ok;
}

/* What was sampled at this step is read again. A failure leaves the old sample. */
void ory_recorder_amend(ory_run *r)
{
    double value;

    ory_run_plan(r);
    for (size_t i = 0; i < r->n_rec; i++) {
        const recorded *rec = &r->rec[i];

        r->row[i] = NAN;
        if (rec->upto != r->k + 1 || !ory_pace_due(&rec->pace, r->k) ||
            read_value(r, rec, &value, NULL) != ORY_OK)
            continue;
        ory_series_amend(rec->series, r->k, r->t, value);
        r->row[i] = value;
    }
    if (r->n_sinks > 0)
        (void)send_row(r, NULL); /* a sink that fails repeats it with the next row */
}

/* ------------------------------------------------------------------ for the user */

ory_status ory_run_record(ory_run *r, const char *const *names, uint64_t every, ory_error *err)
{
    ory_status ok;

    ory_offload_settle();
    if (!ory_run_may_change(r, INSIDE_SAMPLE, err))
        return ORY_EINVAL;
    if ((ok = add_names(r, names, every, err)) != ORY_OK)
        return ok;
    ory_run_plan(r);
    return ory_recorder_sample(r, err);
}

/* The same record for the eye: each of the first steps, then so rarely that dozens of
 * probes are no burden. */
static pace by_eye(const ory_run *r, int probe)
{
    pace p = by_cost(ory_probe_work(r->sys, probe), ory_probe_work(r->sys, -1));

    p.every *= LESS_FOR_EYES;
    return p;
}

ory_status ory_run_record_view(ory_run *r, const char *const *names, ory_error *err)
{
    ory_status ok = ORY_OK;
    int probe = -1;

    ory_offload_settle();
    if (!ory_run_may_change(r, INSIDE_SAMPLE, err))
        return ORY_EINVAL;
    for (int i = 0; names[i]; i++)
        if ((ok = check_name(r, names[i], &probe, err)) != ORY_OK)
            return ok;
    for (int i = 0; names[i] && ok == ORY_OK; i++) {
        check_name(r, names[i], &probe, NULL);
        ok = ory_recorder_add(r, probe, r->every || probe >= r->n_system_probes
                                            ? ory_pace_of_probe(r, probe)
                                            : by_eye(r, probe),
                              err);
    }
    if (ok != ORY_OK)
        return ok;
    ory_run_plan(r);
    return ory_recorder_sample(r, err);
}

const ory_series *ory_run_series(const ory_run *r, const char *name)
{
    for (size_t i = 0; i < r->n_rec; i++)
        if (strcmp(r->rec[i].row->name, name) == 0)
            return r->rec[i].series;
    return NULL;
}

int ory_run_recorded_count(const ory_run *r)
{
    return (int)r->n_rec;
}

int ory_run_recorded_at(const ory_run *r, int i)
{
    return r->rec[i].probe;
}

ory_status ory_run_sink(ory_run *r, ory_sink_fn fn, void *ctx, void (*release)(void *ctx),
                        ory_error *err)
{
    if (!ory_run_may_change(r, INSIDE_SAMPLE, err))
        return ORY_EINVAL;
    if (r->n_sinks == ORY_MAX_SINKS)
        return ory_fail(err, ORY_EINVAL, "%s: rows already go to %d places (no more are possible)",
                        r->name, ORY_MAX_SINKS);
    r->sinks[r->n_sinks++] = (sink){fn, ctx, release};
    return ORY_OK;
}

/* A probe that is recorded must not share its name with another, nor with a knob or a
 * block of the state: fields of a run are told apart by name. */
static ory_status check_watch_name(const ory_run *r, const char *name, ory_error *err)
{
    const char *taken = ory_run_probe_find(r, name) >= 0          ? "probe"
                        : ory_run_knob_find(r, name) >= 0         ? "knob"
                        : ory_system_block(r->sys, name) != NULL  ? "block of the state"
                                                                  : NULL;

    if (taken)
        return ory_fail(err, ORY_EINVAL, "%s: '%s' is already the name of a %s", r->name, name,
                        taken);
    if (name[0] == '\0' || strlen(name) >= sizeof((watch *)0)->name)
        return ory_fail(err, ORY_EINVAL, "%s: a watch's name has 1 to %zu bytes, '%s' has %zu",
                        r->name, sizeof((watch *)0)->name - 1, name, strlen(name));
    return ORY_OK;
}

static watch *new_watch(const char *name, ory_watch_fn fn, void *ctx)
{
    watch *w = ory_alloc(1, sizeof *w);

    if (!w)
        return NULL;
    snprintf(w->name, sizeof w->name, "%s", name);
    w->row = (ory_probe){.name = w->name, .label = w->name, .kind = ORY_SCALAR, .unit = "",
                         .cost = ORY_COST_DEAR, .doc = "A watch of the user's.", .source = ""};
    w->fn = fn;
    w->ctx = ctx;
    return w;
}

/* The new watch's first sample, if one is due here; also shows that its function works. */
static ory_status first_sample(ory_run *r, const pace *p, ory_error *err)
{
    recorded *rec = &r->rec[r->n_rec - 1];
    double value;
    ory_status ok;

    if (!ory_pace_due(p, r->k))
        return ORY_OK;
    if ((ok = read_value(r, rec, &value, err)) != ORY_OK)
        return ok;
    ory_series_push(rec->series, r->k, r->t, value);
    rec->upto = r->k + 1;
    return ORY_OK;
}

static void drop_last_record(ory_run *r)
{
    ory_series_free(r->rec[--r->n_rec].series);
    sort_out(r);
}

ory_status ory_run_watch(ory_run *r, const char *name, ory_watch_fn fn, void *ctx,
                         void (*release)(void *ctx), uint64_t every, ory_error *err)
{
    const pace p = {.every = every ? every : 1, .exact = true};
    watch **all, *w;
    ory_status ok;

    if (!ory_run_may_change(r, INSIDE_SAMPLE, err))
        return ORY_EINVAL;
    if ((ok = check_watch_name(r, name, err)) != ORY_OK)
        return ok;
    if (!(all = ory_resize(r->watches, r->n_watches, r->n_watches + 1, sizeof *all)))
        return ory_run_no_memory(err);
    r->watches = all;
    if (!(w = new_watch(name, fn, ctx)))
        return ory_run_no_memory(err);
    r->watches[r->n_watches++] = w;
    ok = ory_recorder_add(r, ory_run_probe_count(r) - 1, p, err);
    if (ok == ORY_OK && (ok = first_sample(r, &p, err)) != ORY_OK)
        drop_last_record(r);
    if (ok != ORY_OK) {
        r->n_watches--;
        ory_free(w);
        return ok;
    }
    w->release = release; /* from here on ctx is the run's */
    return ORY_OK;
}
