/* SPDX-License-Identifier: GPL-3.0-or-later */
/* textout.c - cells to bytes. */
#include "config.h"

#include "tui/textout.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "tui/utf8.h"

void ory_textout_fini(ory_textout *out)
{
    if (!out)
        return;
    ory_free(out->text);
    *out = (ory_textout){NULL, 0, 0};
}

ory_status ory_textout_add(ory_textout *out, const char *bytes, size_t n)
{
    if (out->length + n + 1 > out->room) {
        size_t room = out->room ? out->room : 1024;
        while (room < out->length + n + 1)
            room *= 2;
        char *text = ory_resize(out->text, out->room, room, 1);
        if (!text)
            return ORY_ENOMEM;
        out->text = text;
        out->room = room;
    }
    memcpy(out->text + out->length, bytes, n);
    out->length += n;
    out->text[out->length] = 0;
    return ORY_OK;
}

static ory_status add_cp(ory_textout *out, uint32_t cp)
{
    char bytes[ORY_UTF8_MAX];
    return ory_textout_add(out, bytes, ory_utf8_put(cp, bytes));
}

static int sgr_colour(char *to, size_t room, int colour, int base, ory_colours depth)
{
    if (colour == ORY_COLOUR_OWN)
        return 0;
    if (depth == ORY_COLOURS_16)
        return snprintf(to, room, ";%d", colour < 8 ? base + colour : base + 52 + colour);
    return snprintf(to, room, ";%d;5;%d", base + 8, colour);
}

static ory_status add_look(ory_textout *out, ory_look look, ory_colours depth)
{
    char code[64] = "\033[0";
    size_t n = 3;

    if (look.attr & ORY_BOLD)
        n += (size_t)snprintf(code + n, sizeof code - n, ";1");
    if (look.attr & ORY_FAINT)
        n += (size_t)snprintf(code + n, sizeof code - n, ";2");
    if (look.attr & ORY_UNDERLINE)
        n += (size_t)snprintf(code + n, sizeof code - n, ";4");
    if (look.attr & ORY_REVERSE)
        n += (size_t)snprintf(code + n, sizeof code - n, ";7");
    n += (size_t)sgr_colour(code + n, sizeof code - n, look.ink, 30, depth);
    n += (size_t)sgr_colour(code + n, sizeof code - n, look.ground, 40, depth);
    n += (size_t)snprintf(code + n, sizeof code - n, "m");
    return ory_textout_add(out, code, n);
}

static bool plain(ory_look look)
{
    return look.ink == ORY_COLOUR_OWN && look.ground == ORY_COLOUR_OWN && !look.attr;
}

static bool same_look(ory_look a, ory_look b)
{
    return a.ink == b.ink && a.ground == b.ground && a.attr == b.attr;
}

static ory_status change_look(ory_textout *out, ory_look look, ory_look *current,
                              ory_colours depth)
{
    if (same_look(look, *current))
        return ORY_OK;
    *current = look;
    return plain(look) ? ory_textout_add(out, "\033[0m", 4) : add_look(out, look, depth);
}

static ory_look cell_look(const ory_cell *cell, ory_colours depth)
{
    return ory_palette_look((ory_style){cell->role, cell->back, cell->attr}, depth);
}

/* A blank looks the same in every ink. */
static bool invisible(const ory_cell *cell, ory_look look)
{
    return cell->cp == ' ' && !cell->mark && look.ground == ORY_COLOUR_OWN &&
           !(look.attr & (ORY_REVERSE | ORY_UNDERLINE));
}

static ory_status add_cells(ory_textout *out, const ory_cell *cells, int n, ory_look *current,
                            ory_colours depth)
{
    ory_status status = ORY_OK;

    for (int x = 0; x < n && status == ORY_OK; x++) {
        const ory_cell *cell = cells + x;
        if (cell->width == 0)
            continue;
        ory_look look = cell_look(cell, depth);
        if (!invisible(cell, look) || current->ground != ORY_COLOUR_OWN ||
            (current->attr & (ORY_REVERSE | ORY_UNDERLINE)))
            status = change_look(out, look, current, depth);
        if (status == ORY_OK)
            status = add_cp(out, cell->cp);
        if (status == ORY_OK && cell->mark)
            status = add_cp(out, cell->mark);
    }
    return status;
}

static int used_columns(const ory_cell *row, int w, ory_colours depth)
{
    while (w > 0 && row[w - 1].width == 1 && invisible(row + w - 1, cell_look(row + w - 1, depth)))
        w--;
    return w;
}

static const ory_look own_look = {ORY_COLOUR_OWN, ORY_COLOUR_OWN, 0};

ory_status ory_textout_canvas(ory_textout *out, const ory_canvas *c, ory_colours colours)
{
    ory_status status = ory_textout_add(out, "", 0);

    for (int y = 0; y < c->h && status == ORY_OK; y++) {
        const ory_cell *row = c->cells + (size_t)y * (size_t)c->stride;
        ory_look current = own_look;
        status = add_cells(out, row, used_columns(row, c->w, colours), &current, colours);
        if (status == ORY_OK)
            status = change_look(out, own_look, &current, colours);
        if (status == ORY_OK)
            status = ory_textout_add(out, "\n", 1);
    }
    return status;
}

static ory_status add_place(ory_textout *out, int x, int y)
{
    char code[32];
    int n = snprintf(code, sizeof code, "\033[%d;%dH", y + 1, x + 1);
    return ory_textout_add(out, code, (size_t)n);
}

static ory_status delta_piece(ory_textout *out, const ory_canvas *now, int x, int y, int w,
                              ory_look *current, ory_colours colours)
{
    ory_status status = add_place(out, x, y);
    if (status == ORY_OK)
        status = add_cells(out, now->cells + (size_t)y * (size_t)now->stride + x, w, current,
                           colours);
    return status;
}

ory_status ory_textout_delta(ory_textout *out, const ory_canvas *now, const ory_canvas *before,
                             ory_colours colours)
{
    ory_look current = own_look;
    ory_change at = {0, 0, 0};
    ory_status status = ORY_OK;

    if (!before || before->w != now->w || before->h != now->h) {
        status = ory_textout_add(out, "\033[0m\033[2J", 8);
        for (int y = 0; y < now->h && status == ORY_OK; y++) {
            const ory_cell *row = now->cells + (size_t)y * (size_t)now->stride;
            int w = used_columns(row, now->w, colours);
            if (w > 0)
                status = delta_piece(out, now, 0, y, w, &current, colours);
        }
    } else {
        while (status == ORY_OK && ory_canvas_diff(now, before, &at))
            status = delta_piece(out, now, at.x, at.y, at.w, &current, colours);
    }
    return status == ORY_OK ? change_look(out, own_look, &current, colours) : status;
}

char *ory_canvas_string(const ory_canvas *c, ory_colours colours)
{
    ory_textout out = {NULL, 0, 0};

    if (ory_textout_canvas(&out, c, colours) == ORY_OK)
        return out.text;
    ory_textout_fini(&out);
    return NULL;
}
