/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help.c - the table of keys over everything else, and the notice for small screens. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/panelkit.h"

enum { TWO_COLUMNS = 84, WIDEST = 112, ONE_COLUMN = 60, ROWS_MAX = 400 };

/* A row of the help: a heading (key NULL) or a key; heading NULL too: an empty row. */
typedef struct help_row {
    const char *heading;
    const ory_snap_key *key;
} help_row;

static bool same_group(const ory_snap_key *a, const ory_snap_key *b)
{
    return strcmp(ory_or_empty(a->group), ory_or_empty(b->group)) == 0;
}

static size_t help_rows(const ory_snapshot *s, help_row out[ROWS_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < s->n_keys && n + 3 < ROWS_MAX; i++) {
        const ory_snap_key *k = s->keys + i;
        if (!ory_given(k->doc))
            continue;
        if (i == 0 || !same_group(k, k - 1)) {
            if (n)
                out[n++] = (help_row){NULL, NULL};
            if (ory_given(k->group))
                out[n++] = (help_row){k->group, NULL};
        }
        out[n++] = (help_row){NULL, k};
    }
    return n;
}

/* Where the second column begins: the group border nearest to the middle. */
static size_t split(const help_row *rows, size_t n)
{
    size_t best = n;

    for (size_t i = 0; i < n; i++) {
        size_t a = i > n / 2 ? i - n / 2 : n / 2 - i, b = best > n / 2 ? best - n / 2 : n / 2 - best;
        if (!rows[i].heading && !rows[i].key && a < b)
            best = i;
    }
    return best;
}

static void draw_rows(ory_canvas *c, const help_row *rows, size_t n, size_t scroll)
{
    int keys = 6;

    for (size_t i = 0; i < n; i++) {
        int w = rows[i].key ? ory_text_width(c->glyphs, ory_or_empty(rows[i].key->keys)) : 0;
        keys = w > keys ? w : keys;
    }
    if (keys > c->w / 3)
        keys = c->w / 3;
    for (size_t i = scroll; i < n && (int)(i - scroll) < c->h; i++) {
        int y = (int)(i - scroll);
        if (rows[i].heading)
            ory_canvas_text_in(c, 0, y, c->w, ORY_ALIGN_LEFT, rows[i].heading,
                               ory_ink_attr(ORY_ROLE_TITLE, ORY_BOLD | ORY_UNDERLINE));
        if (!rows[i].key)
            continue;
        ory_canvas_text_in(c, 1, y, keys, ORY_ALIGN_LEFT, ory_or_empty(rows[i].key->keys),
                           ory_ink(ORY_ROLE_KEY));
        ory_canvas_text_in(c, keys + 3, y, c->w - keys - 3, ORY_ALIGN_LEFT, rows[i].key->doc,
                           ory_ink(ORY_ROLE_DEFAULT));
    }
}

int ory_help_draw(const ory_snapshot *s, size_t scroll, ory_canvas *c)
{
    help_row rows[ROWS_MAX];
    const size_t n = help_rows(s, rows);
    const bool two = c->w >= TWO_COLUMNS + 4;
    const size_t at = two ? split(rows, n) : n;
    const size_t need = at > n - at ? at : n - at;
    const int most = two ? WIDEST : ONE_COLUMN;
    const int w = c->w - 2 < most ? c->w - 2 : most, h = (int)need + 2 < c->h ? (int)need + 2 : c->h;

    ory_canvas box = ory_canvas_view(c, (c->w - w) / 2, (c->h - h) / 2, w, h);
    ory_canvas_clear(&box);
    ory_canvas inner = ory_canvas_frame(&box, "keys", "? closes", ory_ink(ORY_ROLE_DIM), true);
    const int half = two ? (inner.w - 3) / 2 : inner.w - 2;
    ory_canvas left = ory_canvas_view(&inner, 1, 0, half, inner.h);
    draw_rows(&left, rows, at, scroll);
    if (two && at < n) {
        ory_canvas right = ory_canvas_view(&inner, half + 3, 0, half - 1, inner.h);
        draw_rows(&right, rows + at + 1, n - at - 1, scroll);
    }
    return (int)need;
}

void ory_too_small_draw(ory_canvas *c, int need_w, int need_h)
{
    char text[80];

    snprintf(text, sizeof text, "too small: %dx%d, needs %dx%d", c->w, c->h, need_w, need_h);
    ory_canvas_clear(c);
    ory_canvas_wrap(c, 0, c->h > 2 ? c->h / 2 - 1 : 0, c->w, c->h, 0, text,
                    ory_ink_attr(ORY_ROLE_WARN, ORY_BOLD));
}
