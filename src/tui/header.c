/* SPDX-License-Identifier: GPL-3.0-or-later */
/* header.c - the line above the panels (what runs, how, where it is), the badge of its
 * state, and the line of keys below. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/panelkit.h"

enum { PIECE = 200, RIGHT_MAX = 6 };

/* ------------------------------------------------------------------- pieces */

static void step_text(const ory_snap_run *r, char *text, size_t size)
{
    if (r->known > r->k)
        snprintf(text, size, "step %llu of %llu", (unsigned long long)r->k,
                 (unsigned long long)r->known);
    else
        snprintf(text, size, "step %llu", (unsigned long long)r->k);
}

static void time_text(const ory_snap_run *r, char *text, size_t size)
{
    char number[40];

    text[0] = 0;
    if (!isnan(r->t))
        snprintf(text, size, "t %s%s%s", ory_value_text(r->t, number, sizeof number),
                 ory_given(r->time_unit) ? " " : "", ory_or_empty(r->time_unit));
}

static void rate_text(const ory_snap_run *r, char *text, size_t size)
{
    double v = r->rate;

    text[0] = 0;
    if (!isfinite(v) || r->state != ORY_STATE_RUN)
        return;
    if (v >= 1e6)
        snprintf(text, size, "%.3gM steps/s", v / 1e6);
    else if (v >= 1e3)
        snprintf(text, size, "%.3gk steps/s", v / 1e3);
    else
        snprintf(text, size, "%.3g steps/s", v);
}

static const char *state_word(ory_snap_state state)
{
    switch (state) {
    case ORY_STATE_RUN: return "RUN";
    case ORY_STATE_PAUSED: return "PAUSED";
    case ORY_STATE_DONE: return "DONE";
    default: return "DIVERGED";
    }
}

static ory_style state_style(ory_snap_state state)
{
    switch (state) {
    case ORY_STATE_RUN: return ory_ink_attr(ORY_ROLE_GOOD, ORY_BOLD);
    case ORY_STATE_PAUSED: return ory_ink_attr(ORY_ROLE_WARN, ORY_REVERSE);
    case ORY_STATE_DONE: return ory_ink_attr(ORY_ROLE_ACCENT, ORY_REVERSE);
    default: return ory_ink_attr(ORY_ROLE_BAD, ORY_REVERSE);
    }
}

static uint32_t state_glyph(const ory_glyphs *g, ory_snap_state state)
{
    switch (state) {
    case ORY_STATE_RUN: return g->play;
    case ORY_STATE_PAUSED: return g->pause;
    case ORY_STATE_DONE: return g->marker[2];
    default: return g->violation;
    }
}

/* The badge without its glyph: " RUN ×64 ". */
static void badge_text(const ory_snapshot *s, const ory_snap_run *r, char *text, size_t size)
{
    char speed[40];

    if (r->state == ORY_STATE_RUN && isfinite(s->speed))
        snprintf(text, size, " %s ×%s ", state_word(r->state),
                 ory_value_text(s->speed, speed, sizeof speed));
    else
        snprintf(text, size, " %s ", state_word(r->state));
}

static int badge_width(const ory_snapshot *s, const ory_snap_run *r, const ory_glyphs *g)
{
    char text[PIECE];

    badge_text(s, r, text, sizeof text);
    return 2 + ory_text_width(g, text);
}

static void draw_badge(const ory_snapshot *s, const ory_snap_run *r, ory_canvas *c, int x, int y)
{
    char text[PIECE];
    const ory_style style = state_style(r->state);

    badge_text(s, r, text, sizeof text);
    ory_canvas_put(c, x, y, ' ', style);
    ory_canvas_put(c, x + 1, y, state_glyph(c->glyphs, r->state), style);
    ory_canvas_text(c, x + 2, y, text, style);
}

static void stepper_text(const ory_snap_run *r, char *text, size_t size)
{
    snprintf(text, size, "%s%s%s", ory_or_empty(r->stepper),
             ory_given(r->rule) ? (ory_given(r->stepper) ? " · rule " : "rule ") : "",
             ory_or_empty(r->rule));
}

/* Pieces of the right side in order of place; `keep` is the order of importance. */
typedef struct piece {
    char text[PIECE];
    ory_style style;
    int keep;
} piece;

/* A standing that begins with a lamp is coloured by it. */
static int standing_role(const char *text)
{
    return strncmp(text, "●", strlen("●")) == 0   ? ORY_ROLE_GOOD
           : strncmp(text, "✗", strlen("✗")) == 0 ? ORY_ROLE_BAD
                                                  : ORY_ROLE_DIM;
}

static int right_pieces(const ory_snapshot *s, const ory_snap_run *r, piece out[RIGHT_MAX])
{
    int n = 0;

    if (ory_given(r->standing)) {
        snprintf(out[n].text, PIECE, "%.60s", r->standing);
        out[n].style = ory_ink(standing_role(r->standing));
        out[n++].keep = 3;
    }
    step_text(r, out[n].text, PIECE);
    out[n].style = ory_ink_attr(ORY_ROLE_DEFAULT, ORY_BOLD);
    out[n++].keep = 9;
    time_text(r, out[n].text, PIECE);
    out[n].style = ory_ink(ORY_ROLE_DEFAULT);
    out[n++].keep = 4;
    rate_text(r, out[n].text, PIECE);
    out[n].style = ory_ink(ORY_ROLE_DEFAULT);
    out[n++].keep = 5;
    if (ory_given(s->recording)) {
        snprintf(out[n].text, PIECE, "● REC");
        out[n].style = ory_ink(ORY_ROLE_BAD);
        out[n++].keep = 8;
    }
    return n;
}

enum { GAP = 3 };

static int pieces_width(const piece *p, int n, const ory_glyphs *g)
{
    int w = 0;

    for (int i = 0; i < n; i++)
        w += p[i].text[0] ? ory_text_width(g, p[i].text) + GAP : 0;
    return w;
}

/* Drops the least important pieces until they fit. */
static void fit_pieces(piece *p, int n, int room, const ory_glyphs *g)
{
    while (pieces_width(p, n, g) > room) {
        int worst = -1;
        for (int i = 0; i < n; i++)
            if (p[i].text[0] && (worst < 0 || p[i].keep < p[worst].keep))
                worst = i;
        if (worst < 0)
            return;
        p[worst].text[0] = 0;
    }
}

static void draw_pieces(ory_canvas *c, int x, int y, const piece *p, int n)
{
    for (int i = 0; i < n; i++)
        if (p[i].text[0])
            x += ory_canvas_text(c, x, y, p[i].text, p[i].style) + GAP;
}

/* ------------------------------------------------------------------- header */

static int left_width(const ory_snap_run *r, const ory_glyphs *g)
{
    char stepper[PIECE];

    stepper_text(r, stepper, sizeof stepper);
    return 1 + ory_text_width(g, ory_or_empty(r->name)) + 2 +
           ory_text_width(g, ory_or_empty(r->description)) + GAP + ory_text_width(g, stepper) + GAP;
}

int ory_header_rows(const ory_snapshot *s, int w, const ory_glyphs *g)
{
    const ory_snap_run *r = ory_snap_main(s);
    piece right[RIGHT_MAX];

    if (!r)
        return 1;
    int n = right_pieces(s, r, right);
    return left_width(r, g) + pieces_width(right, n, g) + badge_width(s, r, g) > w ? 2 : 1;
}

static void draw_left(const ory_snap_run *r, ory_canvas *c, int w, bool stepper)
{
    char text[PIECE];
    int x = 1;

    x += ory_canvas_text_in(c, x, 0, w - x, ORY_ALIGN_LEFT, ory_or_empty(r->name),
                            ory_ink_attr(ORY_ROLE_ACCENT, ORY_BOLD));
    x += x > 1 ? 2 : 0;
    x += ory_canvas_text_in(c, x, 0, w - x, ORY_ALIGN_LEFT, ory_or_empty(r->description),
                            ory_ink_attr(ORY_ROLE_TITLE, ORY_BOLD)) + GAP;
    stepper_text(r, text, sizeof text);
    if (stepper && x + ory_text_width(c->glyphs, text) <= w)
        ory_canvas_text(c, x, 0, text, ory_ink(ORY_ROLE_DEFAULT));
}

void ory_header_draw(const ory_snapshot *s, ory_canvas *c)
{
    const ory_snap_run *r = ory_snap_main(s);
    piece right[RIGHT_MAX];

    if (!r || c->w < 4 || c->h < 1) {
        ory_canvas_text(c, 1, 0, "orrery", ory_ink_attr(ORY_ROLE_TITLE, ORY_BOLD));
        return;
    }
    const int badge = badge_width(s, r, c->glyphs), n = right_pieces(s, r, right);
    if (c->h >= 2) {
        char text[PIECE];
        draw_left(r, c, c->w - badge - 1, false);
        draw_badge(s, r, c, c->w - badge, 0);
        stepper_text(r, text, sizeof text);
        int x = 1 + ory_canvas_text_in(c, 1, 1, c->w / 2, ORY_ALIGN_LEFT, text,
                                       ory_ink(ORY_ROLE_DEFAULT)) + GAP;
        fit_pieces(right, n, c->w - x, c->glyphs);
        draw_pieces(c, c->w - pieces_width(right, n, c->glyphs) + GAP - 1, 1, right, n);
        return;
    }
    fit_pieces(right, n, c->w - badge - c->w * 2 / 5, c->glyphs);
    const int x = c->w - badge - pieces_width(right, n, c->glyphs);
    draw_left(r, c, x - 2, true);
    draw_pieces(c, x, 0, right, n);
    draw_badge(s, r, c, c->w - badge, 0);
}

void ory_badge_draw(const ory_snapshot *s, ory_canvas *c)
{
    const ory_snap_run *r = ory_snap_main(s);
    const char *word = r ? state_word(r->state) : "";
    const int w = ory_large_text(NULL, 0, 0, word, ory_ink(0));

    if (!r)
        return;
    if (c->w >= w + 6 && c->h >= ORY_LARGE_ROWS + 2) {
        ory_canvas box = ory_canvas_view(c, (c->w - w) / 2 - 3, (c->h - ORY_LARGE_ROWS) / 2 - 1,
                                         w + 6, ORY_LARGE_ROWS + 2);
        ory_canvas_clear(&box);
        ory_canvas_box(&box, 0, 0, box.w, box.h, ory_ink(state_style(r->state).role));
    }
    if (c->w >= w && c->h >= ORY_LARGE_ROWS)
        ory_large_text(c, (c->w - w) / 2, (c->h - ORY_LARGE_ROWS) / 2, word,
                       ory_ink_attr(state_style(r->state).role, ORY_BOLD));
    else
        draw_badge(s, r, c, (c->w - badge_width(s, r, c->glyphs)) / 2, c->h / 2);
}

/* ------------------------------------------------------------------- footer */

static int key_width(const ory_snap_key *k, const ory_glyphs *g)
{
    return ory_text_width(g, ory_or_empty(k->keys)) + 1 + ory_text_width(g, k->text);
}

static int draw_key(ory_canvas *c, int x, const ory_snap_key *k)
{
    int at = x + ory_canvas_text(c, x, 0, ory_or_empty(k->keys), ory_ink(ORY_ROLE_KEY)) + 1;
    return at + ory_canvas_text(c, at, 0, k->text, ory_ink(ORY_ROLE_DIM)) + 2;
}

/* The key that opens the help keeps its place at the right end. */
static const ory_snap_key *help_key(const ory_snapshot *s)
{
    for (size_t i = 0; i < s->n_keys; i++)
        if (s->keys[i].keys && strcmp(s->keys[i].keys, "?") == 0 && ory_given(s->keys[i].text))
            return s->keys + i;
    return NULL;
}

void ory_footer_draw(const ory_snapshot *s, ory_canvas *c)
{
    const ory_snap_key *help = help_key(s);
    int x = 1, end = c->w - 1;

    if (ory_given(s->message)) {
        ory_canvas_text_in(c, 1, 0, c->w - 2, ORY_ALIGN_LEFT, s->message,
                           ory_ink_attr(ORY_ROLE_DEFAULT, ORY_BOLD));
        return;
    }
    if (help && key_width(help, c->glyphs) + 2 < c->w) {
        end -= key_width(help, c->glyphs);
        draw_key(c, end, help);
    }
    if (s->filter) {
        char text[PIECE];
        snprintf(text, sizeof text, "/%.100s", s->filter);
        x += ory_canvas_text_in(c, x, 0, end - x - 1, ORY_ALIGN_LEFT, text,
                                ory_ink_attr(ORY_ROLE_ACCENT, ORY_BOLD)) + 3;
    }
    for (size_t i = 0; i < s->n_keys; i++) {
        const ory_snap_key *k = s->keys + i;
        if (k == help || !ory_given(k->text))
            continue;
        if (x + key_width(k, c->glyphs) + 2 > end)
            break;
        x = draw_key(c, x, k);
    }
}
