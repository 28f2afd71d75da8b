/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_note.c - what a tour adds to the dashboard: its narration, its keys, and panels and
 * quantities that stay hidden until the audience has made its guess. */
#include "config.h"

#include "app/dash_model.h"

#include <string.h>

#include "core/mem.h"

/* The action is the tour's own (lua/orrery/tour.lua): these rows are for footer and help. */
const dash_key dash_tour_keys[] = {
    {"Enter PageDown", "Enter", DASH_NONE, 0, "Tour", "next", "Go on; hurry what is under way."},
    {"BS PageUp", "BS", DASH_NONE, 0, "Tour", "back", "Undo this step."},
    {"L", "L", DASH_NONE, 0, "Tour", "large", "Large letters for a projector."},
};
const size_t dash_tour_key_count = sizeof dash_tour_keys / sizeof *dash_tour_keys;

void dash_note_clear(ory_dash *d)
{
    while (d->n_notes > 0)
        ory_free(d->notes[--d->n_notes].text);
}

bool dash_note_add(ory_dash *d, int role, int indent, const char *text)
{
    char *copy = d->n_notes < DASH_NOTES ? ory_strdup(text) : NULL;

    if (!copy)
        return false;
    d->notes[d->n_notes++] = (dash_line){copy, (uint8_t)role, (uint8_t)indent};
    return true;
}

bool dash_is_hidden(const ory_dash *d, const char *name)
{
    size_t i;

    for (i = 0; i < d->n_hidden; i++)
        if (strcmp(d->hidden[i], name) == 0)
            return true;
    return false;
}
