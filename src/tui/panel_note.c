/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_note.c - narration: what the lecturer says beside the run. */
#include "config.h"

#include <string.h>

#include "tui/panelkit.h"

static const ory_param note_params[] = {
    ORY_PANEL_PARAMS,
    {.name = NULL},
};

/* Large letters, broken at blanks. Returns the rows they take; 0: there is no room for
 * them and a few lines of ordinary text. */
static int draw_large(const char *text, ory_canvas *c, bool draw)
{
    char line[80];
    int rows = 0;

    while (*text) {
        size_t n = 0, word;

        while (text[n]) { /* as many words as fit */
            word = n + strspn(text + n, " ");
            word += strcspn(text + word, " ");
            if (word >= sizeof line)
                break;
            memcpy(line, text, word);
            line[word] = '\0';
            if (ory_large_text(NULL, 0, 0, line, ory_ink(0)) > c->w)
                break;
            n = word;
        }
        if (n == 0)
            return 0;
        memcpy(line, text, n);
        line[n] = '\0';
        if (draw)
            ory_large_text(c, 0, rows, line, ory_ink_attr(ORY_ROLE_ACCENT, ORY_BOLD));
        rows += ORY_LARGE_ROWS + 1;
        text += n + strspn(text + n, " ");
    }
    return rows + 3 <= c->h ? rows : 0;
}

static void note_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    ory_canvas v = ory_canvas_view(c, 1, 0, c->w - 2, c->h - (s->note_wait && c->h > 1));
    int y = -(int)(p->scroll < 10000 ? p->scroll : 10000), large = 0;

    if (ory_given(s->note_large) && y == 0)
        large = draw_large(s->note_large, &v, false);
    if (large > 0) {
        draw_large(s->note_large, &v, true);
        v = ory_canvas_view(&v, 0, large, v.w, v.h - large);
    }

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
