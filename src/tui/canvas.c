/* SPDX-License-Identifier: GPL-3.0-or-later */
/* canvas.c - cells, text, boxes and bars; the dots are in dots.c. */
#include "config.h"

#include "tui/canvas.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "tui/utf8.h"

static const ory_cell blank = {' ', 0, ORY_ROLE_DEFAULT, ORY_ROLE_DEFAULT, 0, 1};

/* ------------------------------------------------------------------ canvas */

static int clamp_size(int n)
{
    return n < 0 ? 0 : n > ORY_CANVAS_MAX ? ORY_CANVAS_MAX : n;
}

ory_status ory_canvas_init(ory_canvas *c, int w, int h, const ory_glyphs *glyphs)
{
    *c = (ory_canvas){.glyphs = glyphs};
    return ory_canvas_resize(c, w, h);
}

/* Both arrays live in one block: dots behind cells. */
ory_status ory_canvas_resize(ory_canvas *c, int w, int h)
{
    size_t need, have = (size_t)c->w * (size_t)c->h;

    w = clamp_size(w);
    h = clamp_size(h);
    need = (size_t)w * (size_t)h;
    if (!c->cells || need != have) {
        ory_cell *cells = ory_alloc(need ? need : 1, sizeof(ory_cell) + sizeof(ory_dots));
        if (!cells)
            return ORY_ENOMEM;
        ory_free(c->cells);
        c->cells = cells;
    }
    for (size_t i = 0; i < need; i++)
        c->cells[i] = blank;
    c->dots = (ory_dots *)(void *)(c->cells + need);
    c->w = c->stride = w;
    c->h = h;
    ory_canvas_clear(c);
    return ORY_OK;
}

void ory_canvas_fini(ory_canvas *c)
{
    if (!c)
        return;
    ory_free(c->cells);
    *c = (ory_canvas){.glyphs = c->glyphs};
}

ory_canvas ory_canvas_view(const ory_canvas *c, int x, int y, int w, int h)
{
    ory_canvas v = *c;
    long x1 = (long)x + (w < 0 ? 0 : w), y1 = (long)y + (h < 0 ? 0 : h);
    int x0 = x < 0 ? 0 : x > c->w ? c->w : x, y0 = y < 0 ? 0 : y > c->h ? c->h : y;

    v.w = (int)(x1 > c->w ? c->w : x1) - x0;
    v.h = (int)(y1 > c->h ? c->h : y1) - y0;
    if (v.w <= 0 || v.h <= 0) {
        v.w = v.h = 0;
        return v;
    }
    v.cells += (size_t)y0 * (size_t)c->stride + (size_t)x0;
    v.dots += (size_t)y0 * (size_t)c->stride + (size_t)x0;
    return v;
}

static ory_cell *cell_at(const ory_canvas *c, int x, int y)
{
    return c->cells + (size_t)y * (size_t)c->stride + (size_t)x;
}

/* Blank the partner of a wide character that is about to lose a half. */
static void split_wide(ory_cell *cell)
{
    if (cell->width == 2) {
        cell[1].cp = ' ';
        cell[1].width = 1;
        cell[1].mark = 0;
    } else if (cell->width == 0) {
        cell[-1].cp = ' ';
        cell[-1].width = 1;
        cell[-1].mark = 0;
    }
}

static void set_cell(ory_cell *cell, uint32_t cp, ory_style style)
{
    if (cell->width != 1)
        split_wide(cell);
    *cell = (ory_cell){cp, 0, style.role, style.back, style.attr, 1};
}

void ory_canvas_clear(ory_canvas *c)
{
    for (int y = 0; y < c->h; y++) {
        ory_cell *row = cell_at(c, 0, y);
        if (c->w && row[0].width == 0)
            split_wide(row);
        if (c->w && row[c->w - 1].width == 2)
            split_wide(row + c->w - 1);
        for (int x = 0; x < c->w; x++)
            row[x] = blank;
        memset(c->dots + (size_t)y * (size_t)c->stride, 0, (size_t)c->w * sizeof *c->dots);
    }
}

void ory_canvas_fill(ory_canvas *c, int x, int y, int w, int h, uint32_t cp, ory_style style)
{
    ory_canvas v = ory_canvas_view(c, x, y, w, h);
    for (int j = 0; j < v.h; j++)
        for (int i = 0; i < v.w; i++)
            set_cell(cell_at(&v, i, j), cp, style);
}

void ory_canvas_paint(ory_canvas *c, int x, int y, int w, int h, ory_style style)
{
    ory_canvas v = ory_canvas_view(c, x, y, w, h);
    for (int j = 0; j < v.h; j++) {
        for (int i = 0; i < v.w; i++) {
            ory_cell *cell = cell_at(&v, i, j);
            cell->role = style.role;
            cell->back = style.back;
            cell->attr = style.attr;
        }
    }
}

void ory_canvas_copy(ory_canvas *to, const ory_canvas *from)
{
    int w = to->w < from->w ? to->w : from->w, h = to->h < from->h ? to->h : from->h;

    for (int y = 0; y < h && w > 0; y++) {
        ory_cell *row = cell_at(to, 0, y);
        if (row[0].width == 0)
            split_wide(row);
        if (row[w - 1].width == 2)
            split_wide(row + w - 1);
        memcpy(row, cell_at(from, 0, y), (size_t)w * sizeof *row);
        if (row[0].width == 0)
            row[0] = blank;
        if (row[w - 1].width == 2)
            row[w - 1] = blank;
    }
}

static bool same_cell(const ory_cell *a, const ory_cell *b)
{
    return a->cp == b->cp && a->mark == b->mark && a->role == b->role && a->back == b->back &&
           a->attr == b->attr && a->width == b->width;
}

bool ory_canvas_equal(const ory_canvas *a, const ory_canvas *b)
{
    if (a->w != b->w || a->h != b->h)
        return false;
    for (int y = 0; y < a->h; y++)
        if (memcmp(cell_at(a, 0, y), cell_at(b, 0, y), (size_t)a->w * sizeof(ory_cell)) != 0)
            return false;
    return true;
}

enum { BRIDGE = 4 };

static bool diff_row(const ory_cell *a, const ory_cell *b, int w, int from, ory_change *at)
{
    int x0 = from, x1;

    while (x0 < w && same_cell(a + x0, b + x0))
        x0++;
    if (x0 >= w)
        return false;
    x1 = x0 + 1;
    for (int x = x1; x < w && x - x1 <= BRIDGE; x++)
        if (!same_cell(a + x, b + x))
            x1 = x + 1;
    if (a[x0].width == 0 && x0 > 0)
        x0--;
    if (a[x1 - 1].width == 2 && x1 < w)
        x1++;
    at->x = x0;
    at->w = x1 - x0;
    return true;
}

bool ory_canvas_diff(const ory_canvas *now, const ory_canvas *before, ory_change *at)
{
    int x = at->x + at->w;

    for (int y = at->y; y < now->h; y++, x = 0) {
        at->y = y;
        if (diff_row(cell_at(now, 0, y), cell_at(before, 0, y), now->w, x, at))
            return true;
    }
    return false;
}

/* -------------------------------------------------------------------- text */

/* Walks over a text as it will appear: characters spelled for the glyph set, each
 * with its width. */
typedef struct walker {
    const char *text, *spelled;
    bool ascii, after_super;
} walker;

static uint32_t walk(walker *k, int *width)
{
    uint32_t cp;
    const char *plain;

    if (k->spelled && *k->spelled) {
        *width = 1;
        return (unsigned char)*k->spelled++;
    }
    do {
        cp = ory_utf8_next(&k->text);
        if (cp == 0 || cp == '\n')
            return 0;
        if (cp < 0x20 || cp == 0x7F || (cp >= 0x80 && cp < 0xA0))
            cp = ' ';
        if (!k->ascii || cp < 0x80) {
            k->after_super = false;
            *width = ory_cp_width(cp);
            return cp;
        }
        plain = ory_cp_ascii(cp);
        *width = ory_cp_width(cp);
        if (ory_cp_super(cp) && !k->after_super) {
            k->after_super = true;
            k->spelled = plain;
            *width = 1;
            return '^';
        }
        k->after_super = ory_cp_super(cp) != 0;
    } while ((plain && !*plain) || (!plain && *width == 0));
    if (!plain)
        plain = *width == 2 ? "??" : "?";
    k->spelled = plain + 1;
    *width = 1;
    return (unsigned char)plain[0];
}

static walker walk_start(const ory_glyphs *g, const char *text)
{
    return (walker){text, NULL, g->ascii, false};
}

int ory_text_width(const ory_glyphs *g, const char *text)
{
    walker k = walk_start(g, text);
    int sum = 0, width = 0;

    while (walk(&k, &width))
        sum += width;
    return sum;
}

static void put_wide(ory_canvas *c, int x, int y, uint32_t cp, ory_style style)
{
    bool left = x >= 0 && x < c->w, right = x + 1 >= 0 && x + 1 < c->w;

    if (left)
        set_cell(cell_at(c, x, y), ' ', style);
    if (right)
        set_cell(cell_at(c, x + 1, y), ' ', style);
    if (left && right) {
        ory_cell *cell = cell_at(c, x, y);
        cell[0].cp = cp;
        cell[0].width = 2;
        cell[1].cp = 0;
        cell[1].width = 0;
    }
}

static void put_mark(ory_canvas *c, int x, int y, uint32_t cp)
{
    ory_cell *cell;

    if (x < 0 || x >= c->w)
        return;
    cell = cell_at(c, x, y);
    if (cell->width == 0 && x > 0)
        cell--;
    if (!cell->mark && cell->width)
        cell->mark = cp;
}

static int put(ory_canvas *c, int x, int y, uint32_t cp, int width, ory_style style)
{
    if (y < 0 || y >= c->h)
        return width;
    if (width == 1) {
        if (x >= 0 && x < c->w)
            set_cell(cell_at(c, x, y), cp, style);
    } else if (width == 2) {
        put_wide(c, x, y, cp, style);
    } else {
        put_mark(c, x - 1, y, cp);
    }
    return width;
}

int ory_canvas_put(ory_canvas *c, int x, int y, uint32_t cp, ory_style style)
{
    return put(c, x, y, cp, ory_cp_width(cp), style);
}

int ory_canvas_text(ory_canvas *c, int x, int y, const char *text, ory_style style)
{
    walker k = walk_start(c->glyphs, text);
    uint32_t cp;
    int at = x, width = 0;

    while ((cp = walk(&k, &width)))
        at += put(c, at, y, cp, width, style);
    return at - x;
}

int ory_canvas_textf(ory_canvas *c, int x, int y, ory_style style, const char *fmt, ...)
{
    char text[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return ory_canvas_text(c, x, y, text, style);
}

/* As much of the text as fits in w - 1 columns, then an ellipsis. */
static int text_cut(ory_canvas *c, int x, int y, int w, const char *text, ory_style style)
{
    walker k = walk_start(c->glyphs, text);
    uint32_t cp;
    int used = 0, width = 0;

    while ((cp = walk(&k, &width))) {
        if (used + width > w - 1)
            break;
        used += put(c, x + used, y, cp, width, style);
    }
    used += put(c, x + used, y, c->glyphs->ellipsis, 1, style);
    return used;
}

int ory_canvas_text_in(ory_canvas *c, int x, int y, int w, ory_align align, const char *text,
                       ory_style style)
{
    int width = ory_text_width(c->glyphs, text);

    if (w <= 0)
        return 0;
    if (width > w)
        return text_cut(c, x, y, w, text, style);
    if (align == ORY_ALIGN_CENTRE)
        x += (w - width) / 2;
    else if (align == ORY_ALIGN_RIGHT)
        x += w - width;
    return ory_canvas_text(c, x, y, text, style);
}

/* The end of the line that starts at text: the last space that still fits, or the
 * last character that does. *next is where the following line starts. */
static const char *line_end(const ory_glyphs *g, const char *text, int w, const char **next)
{
    walker k = walk_start(g, text);
    const char *space = NULL, *before = text;
    int used = 0, width = 0;
    uint32_t cp;

    for (;;) {
        before = k.text;
        bool whole = !(k.spelled && *k.spelled);
        cp = walk(&k, &width);
        if (cp == 0) {
            *next = *before == '\n' ? before + 1 : before;
            return before;
        }
        if (cp == ' ' && whole)
            space = before;
        if (used + width > w && used > 0)
            break;
        used += width;
    }
    if (space && space > text) {
        *next = space + 1;
        return space;
    }
    if (before <= text) {
        before = text;
        ory_utf8_next(&before);
    }
    *next = before;
    return before;
}

int ory_canvas_wrap(ory_canvas *c, int x, int y, int w, int h, int skip, const char *text,
                    ory_style style)
{
    int lines = 0;

    if (w < 1)
        return 0;
    while (*text) {
        const char *next, *end = line_end(c->glyphs, text, w, &next);
        char piece[1024];
        size_t n = (size_t)(end - text) < sizeof piece - 1 ? (size_t)(end - text)
                                                           : sizeof piece - 1;
        int row = lines - skip;
        memcpy(piece, text, n);
        piece[n] = 0;
        if (row >= 0 && row < h) {
            if (row == h - 1 && *next)
                text_cut(c, x, y + row, w, text, style);
            else
                ory_canvas_text(c, x, y + row, piece, style);
        }
        lines++;
        text = next;
    }
    return lines;
}

/* ------------------------------------------------------------------- boxes */

void ory_canvas_hline(ory_canvas *c, int x, int y, int w, uint32_t cp, ory_style style)
{
    ory_canvas_fill(c, x, y, w, 1, cp, style);
}

void ory_canvas_vline(ory_canvas *c, int x, int y, int h, uint32_t cp, ory_style style)
{
    ory_canvas_fill(c, x, y, 1, h, cp, style);
}

void ory_canvas_box(ory_canvas *c, int x, int y, int w, int h, ory_style style)
{
    const ory_glyphs *g = c->glyphs;

    if (w < 2 || h < 2)
        return;
    ory_canvas_hline(c, x + 1, y, w - 2, g->horizontal, style);
    ory_canvas_hline(c, x + 1, y + h - 1, w - 2, g->horizontal, style);
    ory_canvas_vline(c, x, y + 1, h - 2, g->vertical, style);
    ory_canvas_vline(c, x + w - 1, y + 1, h - 2, g->vertical, style);
    ory_canvas_put(c, x, y, g->top_left, style);
    ory_canvas_put(c, x + w - 1, y, g->top_right, style);
    ory_canvas_put(c, x, y + h - 1, g->bottom_left, style);
    ory_canvas_put(c, x + w - 1, y + h - 1, g->bottom_right, style);
}

/* Upper edge: corner, dash, space, title, space, dashes, space, value, space, dash,
 * corner. The value goes when the title would have fewer than 6 columns. */
static void frame_titles(ory_canvas *c, const char *title, const char *value,
                         ory_style value_style, bool focus)
{
    int room = c->w - 6, value_w = value && *value ? ory_text_width(c->glyphs, value) : 0;
    int title_w = title && *title ? ory_text_width(c->glyphs, title) : 0;
    ory_style title_style = ory_ink_attr(focus ? ORY_ROLE_FOCUS : ORY_ROLE_TITLE, ORY_BOLD);

    if (value_w && value_w + 3 + (title_w < 6 ? title_w : 6) > room)
        value_w = 0;
    if (value_w) {
        int x = c->w - 3 - value_w;
        ory_canvas_put(c, x - 1, 0, ' ', ory_ink(ORY_ROLE_BORDER));
        ory_canvas_text(c, x, 0, value, value_style);
        ory_canvas_put(c, x + value_w, 0, ' ', ory_ink(ORY_ROLE_BORDER));
        room -= value_w + 3;
    }
    if (title_w && room >= 1) {
        ory_canvas_put(c, 2, 0, ' ', ory_ink(ORY_ROLE_BORDER));
        title_w = ory_canvas_text_in(c, 3, 0, room, ORY_ALIGN_LEFT, title, title_style);
        ory_canvas_put(c, 3 + title_w, 0, ' ', ory_ink(ORY_ROLE_BORDER));
    }
}

ory_canvas ory_canvas_frame(ory_canvas *c, const char *title, const char *value,
                            ory_style value_style, bool focus)
{
    ory_canvas_box(c, 0, 0, c->w, c->h, ory_ink(focus ? ORY_ROLE_FOCUS : ORY_ROLE_BORDER));
    if (c->w >= 2 && c->h >= 2)
        frame_titles(c, title, value, value_style, focus);
    return ory_canvas_view(c, 1, 1, c->w - 2, c->h - 2);
}

/* -------------------------------------------------------------------- bars */

void ory_canvas_bar(ory_canvas *c, int x, int y, int w, double share, ory_style style)
{
    int eighths, full;

    if (!(share > 0) || w <= 0)
        return;
    if (share > 1)
        share = 1;
    eighths = (int)lround(share * 8 * w);
    if (eighths == 0)
        eighths = 1;
    full = eighths / 8;
    ory_canvas_hline(c, x, y, full, c->glyphs->right_eighth[8], style);
    if (eighths % 8)
        ory_canvas_put(c, x + full, y, c->glyphs->right_eighth[eighths % 8], style);
}
