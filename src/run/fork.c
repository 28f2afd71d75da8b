/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fork.c - a second run with the same past: state, events, checkpoints, series and claim
 * tracks are copied, the system is shared until a knob of it is turned. Watches, hooks
 * and sinks belong to the first run alone. */
#include "config.h"

#include <string.h>

#include "core/mem.h"
#include "core/offload.h"
#include "run/impl.h"

static void copy_state(ory_run *to, const ory_run *from)
{
    to->parent = from->id;
    to->fork_step = to->k = to->known = from->k;
    to->t = from->t;
    to->rng = from->rng;
    to->gap0 = from->gap0;
    to->loss_ref = from->loss_ref;
    memcpy(to->x, from->x, from->dim * sizeof(double));
    memcpy(to->x0, from->x0, from->dim * sizeof(double));
    memcpy(to->slots, from->slots, from->n_slots * sizeof(double));
    memcpy(to->memory, from->memory, from->n_memory * sizeof(double));
    memcpy(to->track, from->track, (size_t)from->n_claims * sizeof *from->track);
    ory_run_refresh(to);
}

static ory_status copy_events(ory_run *to, const ory_run *from, ory_error *err)
{
    event e;

    for (size_t i = 0; i < from->ev_next; i++) {
        if (ory_event_copy(&e, &from->events[i], err) != ORY_OK)
            return ORY_ENOMEM;
        if (ory_event_room(to, err) != ORY_OK) {
            ory_event_free(&e);
            return ORY_ENOMEM;
        }
        ory_event_push(to, &e);
    }
    return ORY_OK;
}

static ory_status copy_images(ory_run *to, const ory_run *from, ory_error *err)
{
    size_t n = 0, room;

    while (n < from->n_images && ory_travel_image_step(from, n) <= from->k)
        n++;
    room = n < to->room_images ? to->room_images : n;
    ory_free(to->images);
    if (!(to->images = ory_alloc(room, to->image_size)))
        return ory_run_no_memory(err);
    memcpy(to->images, from->images, n * to->image_size);
    to->room_images = room;
    to->n_images = n;
    to->spacing = from->spacing;
    return ORY_OK;
}

static ory_status copy_records(ory_run *to, const ory_run *from, ory_error *err)
{
    const int common = from->n_system_probes + from->n_stepper_probes;
    ory_series *s;
    ory_status ok;

    for (size_t i = 0; i < from->n_rec; i++) {
        const recorded *rec = &from->rec[i];

        if (rec->probe >= common)
            continue;
        if (!(s = ory_series_clone(rec->series)))
            return ory_run_no_memory(err);
        ok = ory_recorder_adopt(to, rec->probe, rec->pace, rec->upto, s, err);
        if (ok != ORY_OK) {
            ory_series_free(s);
            return ok;
        }
    }
    to->recorded_upto = from->recorded_upto;
    ory_recorder_cut(to);
    return ORY_OK;
}

ory_status ory_run_fork(ory_run *r, const char *name, ory_run **out, ory_error *err)
{
    static const char *const nothing[] = {NULL};
    const ory_run_options opt = {.stepper = r->st.class->name, .values = &r->st.values,
                                 .history_bytes = r->history_bytes,
                                 .series_capacity = r->series_capacity, .every = r->every,
                                 .record = nothing, .name = name};
    ory_run *f = NULL;
    ory_status ok = ory_run_build(r->sys, &opt, &f, err);

    ory_offload_settle();
    if (ok != ORY_OK)
        return ok;
    copy_state(f, r);
    ok = copy_events(f, r, err);
    if (ok == ORY_OK)
        ok = copy_images(f, r, err);
    if (ok == ORY_OK)
        ok = copy_records(f, r, err);
    if (ok == ORY_OK)
        ok = ory_event_note(f, ORY_EVENT_FORK, f->name, r->name, err);
    if (ok == ORY_OK)
        ok = ory_event_note(r, ORY_EVENT_FORK, f->name, NULL, err);
    if (ok != ORY_OK) {
        ory_run_free(f);
        return ok;
    }
    ory_run_plan(f);
    *out = f;
    return ORY_OK;
}
