/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_note.c - narration: what the lecturer says beside the run. */
#include "config.h"

#include "tui/panelkit.h"

static const ory_param note_params[] = {
    ORY_PANEL_PARAMS,
    {.name = NULL},
};

static void note_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    ory_canvas v = ory_canvas_view(c, 1, 0, c->w - 2, c->h - (s->note_wait && c->h > 1));
    int y = -(int)(p->scroll < 10000 ? p->scroll : 10000);

    if (!s->n_note)
        ory_panel_missing(c, "no narration");
    for (size_t i = 0; i < s->n_note && y < v.h; i++) {
        const char *text = ory_or_empty(s->note[i].text);
        int at = y < 0 ? 0 : y, skip = y < 0 ? -y : 0;
        int lines = ory_canvas_wrap(&v, 0, at, v.w, v.h - at, skip, text, ory_ink(s->note[i].role));
        y += lines > 0 ? lines : 1;
    }
    if (s->note_wait && c->h > 1)
        ory_canvas_text_in(c, 1, c->h - 1, c->w - 2, ORY_ALIGN_RIGHT, "Enter: go on",
                           ory_ink(ORY_ROLE_ACCENT));
}

static void note_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                         int *role)
{
    (void)p;
    (void)value;
    (void)role;
    ory_title_add(title, ory_given(s->note_title) ? s->note_title : "note");
}

const ory_panel_class ory_panel_note = {
    .name = "note",
    .doc = "Narration: the text of a tour.",
    .params = note_params,
    .min_w = 16, .min_h = 3,
    .heading = note_heading,
    .draw = note_draw,
};
