/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_console.c - input, results and errors, the live prompt and the list of
 * completions above it. Everything is counted from the bottom upwards. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/panelkit.h"
#include "tui/utf8.h"

static const ory_param console_params[] = {
    ORY_PANEL_PARAMS,
    {.name = NULL},
};

enum { LIST_ROWS = 6, LINE_TEXT = 2048 };

/* ------------------------------------------------------------------- prompt */

/* Columns before byte `at` of the text. */
static int columns_before(const ory_glyphs *g, const char *text, size_t at)
{
    char piece[LINE_TEXT];
    size_t n = strlen(text);

    if (at > n)
        at = n;
    if (at > sizeof piece - 1)
        at = sizeof piece - 1;
    memcpy(piece, text, at);
    piece[at] = 0;
    return ory_text_width(g, piece);
}

/* The prompt line scrolls sideways so that the cursor stays visible. */
static int prompt_shift(const ory_glyphs *g, const ory_snap_prompt *p, int w, int *cursor)
{
    int before = ory_text_width(g, ory_or_empty(p->prompt));

    *cursor = before + columns_before(g, ory_or_empty(p->text), p->cursor);
    return *cursor >= w ? *cursor - w + 1 + w / 4 : 0;
}

static void draw_prompt(ory_canvas *c, int y, const ory_snap_prompt *p)
{
    int cursor, shift = prompt_shift(c->glyphs, p, c->w, &cursor), x = -shift;

    x += ory_canvas_text(c, x, y, ory_or_empty(p->prompt),
                         ory_ink(p->active ? ORY_ROLE_PROMPT : ORY_ROLE_DIM));
    ory_canvas_text(c, x, y, ory_or_empty(p->text), ory_ink(ORY_ROLE_DEFAULT));
    if (shift)
        ory_canvas_put(c, 0, y, c->glyphs->left, ory_ink(ORY_ROLE_DIM));
    if (p->active && cursor - shift < c->w)
        ory_canvas_paint(c, cursor - shift, y, 1, 1, ory_ink(ORY_ROLE_CURSOR));
}

/* -------------------------------------------------------------- completions */

typedef struct grid {
    int cols, rows, width; /* shown rows; width of a column */
    int first;             /* first shown row */
} grid;

static grid completion_grid(const ory_canvas *c, const ory_snap_prompt *p, int room)
{
    grid k = {1, 0, 1, 0};
    int all;

    for (size_t i = 0; i < p->n_candidates; i++) {
        int w = ory_text_width(c->glyphs, ory_or_empty(p->candidates[i])) + 2;
        k.width = w > k.width ? w : k.width;
    }
    if (k.width > c->w)
        k.width = c->w;
    k.cols = c->w > 0 && k.width > 0 ? c->w / k.width : 1;
    all = ((int)p->n_candidates + k.cols - 1) / k.cols;
    k.rows = all > LIST_ROWS ? LIST_ROWS : all;
    if (k.rows > room)
        k.rows = room > 0 ? room : 0;
    if (p->selected < p->n_candidates && k.rows > 0 && (int)p->selected / k.cols >= k.rows)
        k.first = (int)p->selected / k.cols - k.rows + 1;
    return k;
}

static void draw_completions(ory_canvas *c, int y, const ory_snap_prompt *p, const grid *k)
{
    for (int row = 0; row < k->rows; row++) {
        for (int col = 0; col < k->cols; col++) {
            size_t i = (size_t)((k->first + row) * k->cols + col);
            if (i >= p->n_candidates)
                return;
            ory_canvas_text_in(c, col * k->width, y + row, k->width - 1, ORY_ALIGN_LEFT,
                               ory_or_empty(p->candidates[i]),
                               i == p->selected ? ory_ink(ORY_ROLE_SELECTION)
                                                : ory_ink(ORY_ROLE_ACCENT));
        }
    }
    int all = ((int)p->n_candidates + k->cols - 1) / k->cols;
    if (k->rows > 0 && k->first + k->rows < all)
        ory_canvas_textf(c, c->w - 8, y + k->rows - 1, ory_ink(ORY_ROLE_DIM), "+%d rows",
                         all - k->first - k->rows);
}

/* -------------------------------------------------------------------- lines */

static int line_indent(const ory_canvas *c, const ory_snap_line *line)
{
    return line->indent < c->w / 2 ? line->indent : 0;
}

static int line_rows(ory_canvas *c, const ory_snap_line *line)
{
    int rows = ory_canvas_wrap(c, 0, 0, c->w - line_indent(c, line), 0, 0,
                               ory_or_empty(line->text), ory_ink(0));
    return rows > 0 ? rows : 1;
}

enum { NO_END = 100000 };

/* The first row at the left, the others indented; rows above the view are left out. */
static void draw_line(ory_canvas *c, int y, int rows, const ory_snap_line *line)
{
    const int indent = line_indent(c, line), w = c->w - indent;
    const char *text = ory_or_empty(line->text);

    if (y >= 0) {
        ory_canvas first = ory_canvas_view(c, 0, y, w, 1);
        ory_canvas_wrap(&first, 0, 0, w, NO_END, 0, text, ory_ink(line->role));
    }
    const int skip = y < 0 ? -y : 1, top = y < 0 ? 0 : y + 1;
    if (skip < rows) {
        ory_canvas rest = ory_canvas_view(c, indent, top, w, rows - skip);
        ory_canvas_wrap(&rest, 0, 0, w, NO_END, skip, text, ory_ink(line->role));
    }
}

static void draw_lines(const ory_snapshot *s, ory_canvas *c, int bottom)
{
    size_t i = s->n_console > s->console_back ? s->n_console - s->console_back : 0;
    int y = bottom;

    while (i > 0 && y > 0) {
        const ory_snap_line *line = s->console + --i;
        int rows = line_rows(c, line);
        y -= rows;
        draw_line(c, y, rows, line);
    }
}

static void console_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    ory_canvas v = ory_canvas_view(c, 1, 0, c->w - 2, c->h);
    const ory_snap_prompt *prompt = &s->prompt;
    const bool line = prompt->active || ory_given(prompt->text) || ory_given(prompt->prompt);
    int y = v.h - (line ? 1 : 0);

    (void)p;
    if (v.w < 1)
        return;
    if (line)
        draw_prompt(&v, y, prompt);
    if (line && ory_given(prompt->hint) && y > 1)
        ory_canvas_text_in(&v, 0, --y, v.w, ORY_ALIGN_LEFT, prompt->hint, ory_ink(ORY_ROLE_DIM));
    if (line && prompt->candidates && prompt->n_candidates) {
        grid k = completion_grid(&v, prompt, y);
        y -= k.rows;
        draw_completions(&v, y, prompt, &k);
    }
    draw_lines(s, &v, y);
}

bool ory_console_cursor(const ory_snapshot *s, const ory_canvas *c, int *x, int *y)
{
    int cursor, w = c->w - 4; /* frame and margin on both sides */

    if (!s->prompt.active || w < 1 || c->h < 3)
        return false;
    int shift = prompt_shift(c->glyphs, &s->prompt, w, &cursor);
    *x = 2 + cursor - shift;
    *y = c->h - 2;
    return true;
}

static void console_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                            int *role)
{
    char text[48];

    (void)p;
    (void)role;
    ory_title_add(title, "console");
    if (s->console_back) {
        snprintf(text, sizeof text, "%zu lines back", s->console_back);
        ory_title_add(value, text);
    }
}

const ory_panel_class ory_panel_console = {
    .name = "console",
    .doc = "Results and errors, and the live prompt.",
    .params = console_params,
    .min_w = 20, .min_h = 4,
    .heading = console_heading,
    .draw = console_draw,
};
