/* SPDX-License-Identifier: GPL-3.0-or-later */
/* events.c - the log of what was done to a run, in order of steps.
 *
 * events[0..ev_next) have been applied; the rest lie in the known future. Applying a
 * knob event forward or backward swaps its value with the knob's, which needs no
 * memory, so turning a run back cannot fail half way. */
#include "config.h"

#include <string.h>

#include "core/mem.h"
#include "run/impl.h"

void ory_event_free(event *e)
{
    ory_free(e->name);
    ory_free(e->before_text);
    ory_free(e->after_text);
    ory_free(e->value.text);
    ory_free(e->poke);
    memset(e, 0, sizeof *e);
}

static bool copy_text(char **to, const char *from)
{
    *to = ory_strdup(from);
    return *to || !from;
}

/* On failure *to is empty. */
ory_status ory_event_copy(event *to, const event *from, ory_error *err)
{
    bool whole;

    *to = *from;
    to->poke = NULL;
    whole = copy_text(&to->name, from->name);
    whole &= copy_text(&to->before_text, from->before_text);
    whole &= copy_text(&to->after_text, from->after_text);
    whole &= copy_text(&to->value.text, from->value.text);
    if (from->poke)
        whole &= (to->poke = ory_alloc(from->len, sizeof(double))) != NULL;
    if (!whole) {
        ory_event_free(to);
        return ory_run_no_memory(err);
    }
    if (to->poke)
        memcpy(to->poke, from->poke, from->len * sizeof(double));
    return ORY_OK;
}

ory_status ory_event_room(ory_run *r, ory_error *err)
{
    size_t room = r->room_events ? 2 * r->room_events : 16;
    event *all;

    if (r->n_events < r->room_events)
        return ORY_OK;
    all = ory_resize(r->events, r->room_events, room, sizeof *all);
    if (!all)
        return ory_run_no_memory(err);
    r->events = all;
    r->room_events = room;
    return ORY_OK;
}

void ory_event_push(ory_run *r, event *e)
{
    r->events[r->n_events++] = *e;
    r->ev_next = r->n_events;
    memset(e, 0, sizeof *e);
}

/* A marker does not change the future: it goes in before the events that follow. */
ory_status ory_event_note(ory_run *r, ory_event_kind kind, const char *name, const char *before,
                          ory_error *err)
{
    event e = {.k = r->k, .kind = kind};
    size_t i;

    if (!copy_text(&e.name, name) || !copy_text(&e.before_text, before) ||
        ory_event_room(r, NULL) != ORY_OK) {
        ory_event_free(&e);
        return ory_run_no_memory(err);
    }
    for (i = r->n_events++; i > r->ev_next; i--)
        r->events[i] = r->events[i - 1];
    r->events[r->ev_next++] = e;
    return ORY_OK;
}

ory_status ory_event_apply(ory_run *r, event *e, bool forward, ory_error *err)
{
    if (e->kind == ORY_EVENT_KNOB)
        return ory_run_swap_knob(r, e->knob, &e->value, err);
    if (e->kind == ORY_EVENT_POKE && forward) {
        memcpy(r->x + e->offset, e->poke, e->len * sizeof(double));
        ory_run_refresh(r);
    }
    return ORY_OK;
}

void ory_run_cut(ory_run *r)
{
    if (r->ev_next == r->n_events && r->known <= r->k)
        return;
    while (r->n_events > r->ev_next)
        ory_event_free(&r->events[--r->n_events]);
    r->known = r->k;
    ory_travel_cut(r);
    ory_recorder_cut(r);
}

/* --------------------------------------------------------------------- reading */

size_t ory_run_event_count(const ory_run *r)
{
    return r->n_events;
}

ory_event ory_run_event_at(const ory_run *r, size_t i)
{
    const event *e = &r->events[i];

    return (ory_event){.k = e->k, .kind = e->kind, .name = e->name, .before = e->before_text,
                       .after = e->after_text};
}

const char *ory_event_kind_text(ory_event_kind kind)
{
    static const char *const texts[] = {
        [ORY_EVENT_KNOB] = "knob", [ORY_EVENT_POKE] = "poke", [ORY_EVENT_MARK] = "mark",
        [ORY_EVENT_FORK] = "fork", [ORY_EVENT_STOP] = "stop", [ORY_EVENT_LIMIT] = "limit",
        [ORY_EVENT_PHASE] = "phase"};

    return texts[kind];
}

ory_status ory_run_mark(ory_run *r, const char *label, ory_error *err)
{
    return ory_event_note(r, ORY_EVENT_MARK, label, NULL, err);
}
