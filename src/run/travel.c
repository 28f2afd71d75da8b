/* SPDX-License-Identifier: GPL-3.0-or-later */
/* travel.c - checkpoints under a memory cap, and moving through the history by
 * re-execution from the nearest one.
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
#include "core/offload.h"
#include "run/impl.h"

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
    image_head head = {r->k, r->t, r->loss_ref, r->rng};
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
        r->loss_ref = head.loss_ref;
        r->rng = head.rng;
    }
}

uint64_t ory_travel_image_step(const ory_run *r, size_t i)
{
    image_head head;

    memcpy(&head, r->images + i * r->image_size, sizeof head);
    return head.k;
}

static size_t numbers_of(const ory_run *r)
{
    return r->dim + r->n_slots + r->n_memory;
}

checkpoint ory_travel_checkpoint(const ory_run *r, size_t i)
{
    unsigned char *image = r->images + i * r->image_size;
    checkpoint c = {.numbers = (double *)(image + sizeof c.head)};

    memcpy(&c.head, image, sizeof c.head);
    c.track = (claim_track *)(c.numbers + numbers_of(r));
    return c;
}

void ory_travel_set_head(ory_run *r, size_t i, const image_head *head)
{
    memcpy(r->images + i * r->image_size, head, sizeof *head);
}

ory_status ory_travel_room(ory_run *r, size_t n, ory_error *err)
{
    unsigned char *more;

    if (n <= r->room_images)
        return ORY_OK;
    if (!(more = ory_resize(r->images, r->n_images, n, r->image_size)))
        return ory_run_no_memory(err);
    r->images = more;
    r->room_images = n;
    return ORY_OK;
}

ory_status ory_travel_start(ory_run *r, size_t history_bytes, ory_error *err)
{
    r->image_size = sizeof(image_head) + numbers_of(r) * sizeof(double) +
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
        if (ory_travel_image_step(r, i) & (r->spacing - 1))
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
    if ((r->k & (r->spacing - 1)) || (r->n_images && ory_travel_image_step(r, r->n_images - 1) >= r->k))
        return;
    while (r->n_images == r->room_images)
        make_room(r);
    if (r->k & (r->spacing - 1))
        return;
    image_copy(r, r->images + r->n_images++ * r->image_size, true);
}

void ory_travel_cut(ory_run *r)
{
    while (r->n_images > 1 && ory_travel_image_step(r, r->n_images - 1) > r->k)
        r->n_images--;
}

size_t ory_run_history_bytes(const ory_run *r)
{
    return r->room_images * r->image_size;
}

/* Bring the knobs to what they were on arrival at step k: undo events from k on, redo
 * those before it. States set by hand are left out, since the state itself is restored.
 * A first turn of a knob of a shared system needs memory; nothing has changed by then. */
static ory_status turn_events(ory_run *r, uint64_t k, ory_error *err)
{
    ory_status ok = ORY_OK;

    while (r->ev_next > 0 && r->events[r->ev_next - 1].k >= k) {
        if ((ok = ory_event_apply(r, &r->events[r->ev_next - 1], false, err)) != ORY_OK)
            return ok;
        r->ev_next--;
    }
    while (r->ev_next < r->n_events && r->events[r->ev_next].k < k) {
        event *e = &r->events[r->ev_next];

        if (e->kind == ORY_EVENT_KNOB && (ok = ory_event_apply(r, e, true, err)) != ORY_OK)
            return ok;
        r->ev_next++;
    }
    return ok;
}

static bool turns_system(const ory_run *r)
{
    for (size_t i = 0; i < r->n_events; i++)
        if (r->events[i].kind == ORY_EVENT_KNOB && ory_run_knob_of_system(r, r->events[i].knob))
            return true;
    return false;
}

static ory_status restore(ory_run *r, size_t image, ory_error *err)
{
    ory_status ok = turns_system(r) ? ory_run_own_system(r, err) : ORY_OK;

    if (ok == ORY_OK)
        ok = turn_events(r, ory_travel_image_step(r, image), err);
    if (ok != ORY_OK)
        return ok;
    image_copy(r, r->images + image * r->image_size, false);
    r->others_due = 0;
    ory_claims_again(r);
    ory_run_refresh(r);
    return ory_run_arrive(r, err);
}

/* The last checkpoint at or before step k. Step 0 always has one. */
static size_t nearest(const ory_run *r, uint64_t k)
{
    size_t low = 0, high = r->n_images;

    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;

        if (ory_travel_image_step(r, middle) <= k)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static ory_status replay(ory_run *r, uint64_t k, ory_error *err)
{
    ory_stop stop;
    bool moved;
    ory_status ok;

    while (r->k < k) {
        if (ory_interrupt_pending())
            return ory_fail(err, ORY_EINTERRUPT, "interrupted: %s is at step %llu", r->name,
                            (unsigned long long)r->k);
        if ((ok = ory_run_one(r, INFINITY, &moved, &stop, err)) != ORY_OK)
            return ok;
        if (!moved)
            return ory_fail(err, ORY_EINTERNAL, "%s: replay ended at step %llu: %s", r->name,
                            (unsigned long long)r->k, stop.text);
    }
    return ORY_OK;
}

ory_status ory_run_rewind(ory_run *r, uint64_t k, ory_error *err)
{
    size_t image;
    ory_status ok = ORY_OK;

    ory_offload_settle();
    if (!ory_run_may_change(r, INSIDE_GO, err))
        return ORY_EINVAL;
    if (k > ory_run_known(r))
        return ory_fail(err, ORY_ERANGE, "%s: step %llu lies beyond the furthest known step %llu",
                        r->name, (unsigned long long)k, (unsigned long long)ory_run_known(r));
    if (k == r->k)
        return ORY_OK;
    image = nearest(r, k);
    if (k < r->k || ory_travel_image_step(r, image) > r->k)
        ok = restore(r, image, err);
    if (ok == ORY_OK)
        ok = replay(r, k, err);
    ory_hooks_moved(r);
    return ok;
}

/* Events are undone before they are dropped: restore would apply them again on arrival. */
static ory_status drop_events(ory_run *r, size_t image, size_t n, ory_error *err)
{
    ory_status ok = turns_system(r) ? ory_run_own_system(r, err) : ORY_OK;

    if (ok == ORY_OK)
        ok = turn_events(r, ory_travel_image_step(r, image), err);
    while (ok == ORY_OK && r->n_events > n)
        ory_event_free(&r->events[--r->n_events]);
    return ok;
}

size_t ory_run_events_applied(const ory_run *r)
{
    return r->ev_next;
}

ory_status ory_run_undo(ory_run *r, uint64_t k, size_t n, ory_error *err)
{
    size_t image;
    ory_status ok = ORY_OK;

    if (!ory_run_may_change(r, INSIDE_GO, err))
        return ORY_EINVAL;
    if (k > ory_run_known(r) || n > r->n_events)
        return ory_fail(err, ORY_ERANGE, "%s: step %llu with %zu events is not in its history",
                        r->name, (unsigned long long)k, n);
    if (r->k != k || r->ev_next != n) {
        image = nearest(r, k);
        ok = drop_events(r, image, n, err);
        if (ok == ORY_OK)
            ok = restore(r, image, err);
        if (ok == ORY_OK)
            ok = replay(r, k, err);
        ory_hooks_moved(r);
    }
    if (ok == ORY_OK)
        ory_run_cut(r);
    return ok;
}
