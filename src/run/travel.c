/* SPDX-License-Identifier: GPL-3.0-or-later */
/* travel.c - checkpoints under a memory cap, rewinding by re-execution, forking.
 *
 * A checkpoint is what a run is on arrival at a step, before events of that step: state,
 * slots, memory, random stream, claim tracks, step and time. Checkpoints lie `spacing`
 * steps apart; when the cap is reached every other one is dropped and the spacing
 * doubles. Step 0 is always kept. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/interrupt.h"
#include "core/mem.h"
#include "run/impl.h"

typedef struct image_head {
    uint64_t k;
    double t;
    ory_rng rng;
} image_head;

/* The parts of an image in order, copied in or out. */
static void image_copy(ory_run *r, unsigned char *image, bool store)
{
    struct {
        void *data;
        size_t size;
    } parts[] = {{r->x, r->dim * sizeof(double)},
                 {r->slots, r->n_slots * sizeof(double)},
                 {r->memory, r->n_memory * sizeof(double)},
                 {r->track, (size_t)r->n_claims * sizeof *r->track}};
    image_head head = {r->k, r->t, r->rng};
    unsigned char *p = image + sizeof head;
    size_t i;

    if (store)
        memcpy(image, &head, sizeof head);
    else
        memcpy(&head, image, sizeof head);
    for (i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].size)
            memcpy(store ? p : parts[i].data, store ? parts[i].data : p, parts[i].size);
        p += parts[i].size;
    }
    if (!store) {
        r->k = head.k;
        r->t = head.t;
        r->rng = head.rng;
    }
}

static uint64_t image_step(const ory_run *r, size_t i)
{
    image_head head;

    memcpy(&head, r->images + i * r->image_size, sizeof head);
    return head.k;
}

ory_status ory_travel_start(ory_run *r, size_t history_bytes, ory_error *err)
{
    r->image_size = sizeof(image_head) + (r->dim + r->n_slots + r->n_memory) * sizeof(double) +
                    (size_t)r->n_claims * sizeof *r->track;
    r->image_size = (r->image_size + 63) / 64 * 64;
    r->history_bytes = history_bytes < 4 * r->image_size ? 4 * r->image_size : history_bytes;
    r->spacing = 16;
    r->room_images = 4;
    r->images = ory_alloc(r->room_images, r->image_size);
    return r->images ? ORY_OK : ory_fail(err, ORY_ENOMEM, "out of memory");
}

/* Drop checkpoints that do not lie on the doubled spacing. */
static void thin(ory_run *r)
{
    size_t i, kept = 0;

    r->spacing *= 2;
    for (i = 0; i < r->n_images; i++) {
        if (image_step(r, i) % r->spacing != 0)
            continue;
        if (kept != i)
            memmove(r->images + kept * r->image_size, r->images + i * r->image_size,
                    r->image_size);
        kept++;
    }
    r->n_images = kept;
}

/* Room for one more: more memory below the cap, else (or without memory) thin out. */
static void make_room(ory_run *r)
{
    size_t room = 2 * r->room_images;
    unsigned char *more = NULL;

    if (room * r->image_size <= r->history_bytes)
        more = ory_resize(r->images, r->room_images, room, r->image_size);
    if (more) {
        r->images = more;
        r->room_images = room;
    } else {
        thin(r);
    }
}

void ory_travel_store(ory_run *r)
{
    if (r->k % r->spacing != 0 || (r->n_images && image_step(r, r->n_images - 1) >= r->k))
        return;
    while (r->n_images == r->room_images)
        make_room(r);
    if (r->k % r->spacing != 0)
        return;
    image_copy(r, r->images + r->n_images++ * r->image_size, true);
}

void ory_travel_cut(ory_run *r)
{
    while (r->n_images > 1 && image_step(r, r->n_images - 1) > r->k)
        r->n_images--;
}

size_t ory_run_history_bytes(const ory_run *r)
{
    return r->room_images * r->image_size;
}

/* Put the knobs back to what they were on arrival at step k. */
static ory_status unwind_events(ory_run *r, uint64_t k, ory_error *err)
{
    ory_status ok = ORY_OK;

    while (ok == ORY_OK && r->ev_next > 0 && r->events[r->ev_next - 1].k >= k)
        ok = ory_run_apply(r, &r->events[--r->ev_next], false, err);
    return ok;
}

static ory_status restore(ory_run *r, size_t image, ory_error *err)
{
    ory_status ok = unwind_events(r, image_step(r, image), err);

    if (ok != ORY_OK)
        return ok;
    image_copy(r, r->images + image * r->image_size, false);
    ory_run_evaluate(r, r->x, &r->loss, r->grad);
    ory_run_touch(r);
    return ory_run_arrive(r, err);
}

ory_status ory_run_rewind(ory_run *r, uint64_t k, ory_error *err)
{
    ory_stop stop;
    size_t image;
    ory_status ok;

    if (k > ory_run_known(r))
        return ory_fail(err, ORY_ERANGE, "%s: step %llu lies beyond the furthest known step %llu",
                        r->name, (unsigned long long)k, (unsigned long long)ory_run_known(r));
    r->known = ory_run_known(r);
    if (k < r->k) {
        for (image = r->n_images - 1; image > 0 && image_step(r, image) > k; image--)
            ;
        if ((ok = restore(r, image, err)) != ORY_OK)
            return ok;
    }
    while (r->k < k) {
        if (ory_interrupt_pending())
            return ory_fail(err, ORY_EINTERRUPT, "interrupted: %s is at step %llu", r->name,
                            (unsigned long long)r->k);
        stop.text[0] = '\0';
        if ((ok = ory_run_one(r, &stop, err)) != ORY_OK)
            return ok;
        if (stop.text[0])
            return ory_fail(err, ORY_EINTERNAL, "%s: replay ended at step %llu: %s", r->name,
                            (unsigned long long)r->k, stop.text);
    }
    return ORY_OK;
}

/* ------------------------------------------------------------------------ fork */

static ory_status copy_event(event *to, const event *from, ory_error *err)
{
    *to = *from;
    to->name = from->name ? ory_strdup(from->name) : NULL;
    to->before_text = from->before_text ? ory_strdup(from->before_text) : NULL;
    to->after_text = from->after_text ? ory_strdup(from->after_text) : NULL;
    to->before.text = from->before.text ? ory_strdup(from->before.text) : NULL;
    to->after.text = from->after.text ? ory_strdup(from->after.text) : NULL;
    to->poke = from->poke ? ory_alloc(from->len, sizeof(double)) : NULL;
    if ((from->name && !to->name) || (from->before_text && !to->before_text) ||
        (from->after_text && !to->after_text) || (from->before.text && !to->before.text) ||
        (from->after.text && !to->after.text) || (from->poke && !to->poke))
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    if (to->poke)
        memcpy(to->poke, from->poke, from->len * sizeof(double));
    return ORY_OK;
}

/* Events and checkpoints of the past, up to and including this step. */
static ory_status copy_past(ory_run *to, const ory_run *from, ory_error *err)
{
    size_t i, n = 0;

    to->events = ory_alloc(from->ev_next + 16, sizeof *to->events);
    if (!to->events)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    to->room_events = from->ev_next + 16;
    for (i = 0; i < from->ev_next; i++, to->n_events++)
        if (copy_event(&to->events[i], &from->events[i], err) != ORY_OK) {
            to->n_events++;
            return ORY_ENOMEM;
        }
    to->ev_next = to->n_events;
    while (n < from->n_images && image_step(from, n) <= from->k)
        n++;
    ory_free(to->images);
    to->room_images = n < 4 ? 4 : n;
    if (!(to->images = ory_alloc(to->room_images, to->image_size)))
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    memcpy(to->images, from->images, n * to->image_size);
    to->n_images = n;
    to->spacing = from->spacing;
    return ORY_OK;
}

static ory_status copy_series(ory_run *to, const ory_run *from, ory_error *err)
{
    size_t i;

    for (i = 0; i < from->n_rec && i < to->n_rec; i++) {
        ory_series *s = ory_series_clone(from->rec[i].series);

        if (!s)
            return ory_fail(err, ORY_ENOMEM, "out of memory");
        ory_series_free(to->rec[i].series);
        to->rec[i].series = s;
        to->rec[i].every = from->rec[i].every;
        to->rec[i].exact = from->rec[i].exact;
    }
    to->recorded_upto = from->recorded_upto;
    return ORY_OK;
}

ory_status ory_run_fork(ory_run *r, const char *name, ory_run **out, ory_error *err)
{
    const char *names[512];
    ory_run_options opt = {.stepper = r->st.class->name, .values = &r->st.values,
                           .history_bytes = r->history_bytes,
                           .series_capacity = r->series_capacity, .every = r->every,
                           .record = names, .name = name};
    ory_run *f = NULL;
    size_t i, n = 0;
    ory_status ok;

    for (i = 0; i < r->n_rec && n < 511; i++)
        if (r->rec[i].probe < ory_run_probe_count(r) - (int)r->n_watches)
            names[n++] = ory_run_probe_at(r, r->rec[i].probe)->name;
    names[n] = NULL;
    if ((ok = ory_run_new(r->sys, &opt, &f, err)) != ORY_OK)
        return ok;
    f->parent = r->id;
    f->fork_step = r->k;
    f->k = r->k;
    f->t = r->t;
    f->rng = r->rng;
    f->gap0 = r->gap0;
    f->loss_start = r->loss_start;
    memcpy(f->x, r->x, r->dim * sizeof(double));
    memcpy(f->x0, r->x0, r->dim * sizeof(double));
    memcpy(f->slots, r->slots, r->n_slots * sizeof(double));
    memcpy(f->memory, r->memory, r->n_memory * sizeof(double));
    memcpy(f->track, r->track, (size_t)r->n_claims * sizeof *r->track);
    f->known = f->k;
    ory_run_evaluate(f, f->x, &f->loss, f->grad);
    ory_run_touch(f);
    if ((ok = copy_past(f, r, err)) == ORY_OK && (ok = copy_series(f, r, err)) == ORY_OK)
        ory_recorder_cut(f);
    if (ok == ORY_OK && !ory_run_add_event(f, ORY_EVENT_FORK, r->name, err))
        ok = ORY_ENOMEM;
    if (ok != ORY_OK) {
        ory_run_free(f);
        return ok;
    }
    ory_run_plan(f);
    *out = f;
    return ORY_OK;
}
