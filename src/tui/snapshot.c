/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot.c - finding things in a snapshot. */
#include "config.h"

#include "tui/snapshot.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

const ory_snap_quantity *ory_snap_find(const ory_snap_run *r, const char *name)
{
    for (size_t i = 0; r && i < r->n_quantities; i++)
        if (same(r->quantities[i].name, name))
            return r->quantities + i;
    return NULL;
}

const ory_snap_knob *ory_snap_knob_find(const ory_snap_run *r, const char *name)
{
    for (size_t i = 0; r && i < r->n_knobs; i++)
        if (same(r->knobs[i].name, name))
            return r->knobs + i;
    return NULL;
}

const ory_snap_run *ory_snap_main(const ory_snapshot *s)
{
    return s->n_runs ? s->runs : NULL;
}

const char *ory_snap_label(const ory_snap_quantity *q)
{
    return q->label && *q->label ? q->label : q->name;
}

const ory_snap_quantity *ory_snap_bound(const ory_snap_run *r, const ory_snap_quantity *q,
                                        int side, int n)
{
    for (size_t i = 0; r && i < r->n_quantities; i++) {
        const ory_snap_quantity *b = r->quantities + i;
        if (b->side == side && same(b->bounds, q->name) && n-- == 0)
            return b;
    }
    return NULL;
}
