/* SPDX-License-Identifier: GPL-3.0-or-later */
/* glyphs.c - the glyph sets. */
#include "config.h"

#include "tui/glyphs.h"

#include <string.h>

unsigned ory_dot_bit(int px, int py)
{
    static const unsigned char bit[2][4] = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};
    return bit[px & 1][py & 3];
}

static uint32_t braille(unsigned mask)
{
    return 0x2800 + (mask & 0xFF);
}

static uint32_t quadrant(unsigned mask)
{
    static const uint32_t blocks[16] = {
        ' ',    0x2598, 0x259D, 0x2580, 0x2596, 0x258C, 0x259E, 0x259B,
        0x2597, 0x259A, 0x2590, 0x259C, 0x2584, 0x2599, 0x259F, 0x2588,
    };
    return blocks[((mask & 0x03) ? 1 : 0) | ((mask & 0x18) ? 2 : 0) | ((mask & 0x44) ? 4 : 0) |
                  ((mask & 0xA0) ? 8 : 0)];
}

/* Rows of one dot column as a 4-bit number, bit 0 on top. */
static unsigned column_rows(unsigned mask, int right)
{
    return right ? ((mask >> 3 & 7) | (mask >> 4 & 8)) : ((mask & 7) | (mask >> 3 & 8));
}

static int centre2(unsigned rows) /* twice the mean row, rows != 0 */
{
    int sum = 0, n = 0;
    for (int r = 0; r < 4; r++) {
        if (rows >> r & 1) {
            sum += r;
            n++;
        }
    }
    return 2 * sum / n;
}

static int span_rows(unsigned rows)
{
    int first = 0, last = 3;
    if (!rows)
        return 0;
    while (!(rows >> first & 1))
        first++;
    while (!(rows >> last & 1))
        last--;
    return last - first + 1;
}

/* The character whose ink lies most like the dots: height for flat pieces, slope
 * for the rest. */
static uint32_t ascii(unsigned mask)
{
    static const char level[] = "''--..__"; /* by twice the mean row */
    const unsigned l = column_rows(mask, 0), r = column_rows(mask, 1);
    const int dots = __builtin_popcount(mask & 0xFF);

    if (dots == 0)
        return ' ';
    if (dots >= 6)
        return '#';
    if (!l || !r) {
        unsigned rows = l | r;
        return span_rows(rows) >= 3 ? (dots == 2 ? ':' : '|') : (uint32_t)level[centre2(rows)];
    }
    if (span_rows(l) >= 3 && span_rows(r) >= 3)
        return dots >= 5 ? '#' : '=';
    if (span_rows(l) == 4 || span_rows(r) == 4)
        return '|';
    int dl = centre2(l), dr = centre2(r);
    if (dr - dl >= 3)
        return '\\';
    if (dl - dr >= 3)
        return '/';
    return (uint32_t)level[(dl + dr) / 2];
}

#define BLOCK_SHAPES                                                                           \
    .horizontal = 0x2500, .vertical = 0x2502, .top_left = 0x256D, .top_right = 0x256E,         \
    .bottom_left = 0x2570, .bottom_right = 0x256F, .axis_tick_left = 0x2524,                   \
    .axis_tick_right = 0x251C, .axis_tick_down = 0x252C, .cross = 0x253C, .thin_h = 0x2500,    \
    .dash_h = 0x254C, .dot_h = 0x2508, .thick_h = 0x2501, .dash_v = 0x250A,                    \
    .up_eighth = {' ', 0x2581, 0x2582, 0x2583, 0x2584, 0x2585, 0x2586, 0x2587, 0x2588},        \
    .right_eighth = {' ', 0x258F, 0x258E, 0x258D, 0x258C, 0x258B, 0x258A, 0x2589, 0x2588},     \
    .shade = {' ', 0x2591, 0x2592, 0x2593, 0x2588},                                            \
    .lamp_on = 0x25CF, .lamp_off = 0x25CB, .lamp_bad = 0x2717, .lamp_none = 0x2013,            \
    .left = 0x2190, .right = 0x2192, .up = 0x2191, .down = 0x2193, .play = 0x25B6,             \
    .pause = 0x2016,                                                                           \
    .marker = {0x25CF, 0x25B2, 0x25A0, 0x25C6, 0x25CB, 0x25B3, 0x25A1, 0x25C7},                \
    .violation = 0x2717, .clipped_up = 0x25B4, .clipped_down = 0x25BE, .ellipsis = 0x2026,     \
    .bullet = 0x2022, .knob = 0x25CF, .cursor = 0x258F

const ory_glyphs ory_glyphs_braille = {
    .name = "braille",
    .doc = "braille dots, 2 x 4 to the cell",
    .dots = braille,
    BLOCK_SHAPES,
    .hatch = {' ', 0x2802, 0x2812, 0x2836, 0x283F},
};

const ory_glyphs ory_glyphs_quadrant = {
    .name = "quadrant",
    .doc = "quadrant blocks, 2 x 2 to the cell, for fonts without braille",
    .dots = quadrant,
    BLOCK_SHAPES,
    .hatch = {' ', 0x2594, '-', '=', 0x2261},
};

const ory_glyphs ory_glyphs_ascii = {
    .name = "ascii",
    .doc = "plain ASCII, for any terminal",
    .ascii = true,
    .dots = ascii,
    .horizontal = '-', .vertical = '|', .top_left = '+', .top_right = '+',
    .bottom_left = '+', .bottom_right = '+', .axis_tick_left = '+',
    .axis_tick_right = '+', .axis_tick_down = '+', .cross = '+', .thin_h = '-',
    .dash_h = '-', .dot_h = '.', .thick_h = '=', .dash_v = ':',
    .up_eighth = {' ', '_', '_', '.', '.', ':', ':', '|', '#'},
    .right_eighth = {' ', ' ', ' ', '-', '-', '-', '=', '=', '#'},
    .shade = {' ', '.', '+', '*', '#'},
    .hatch = {' ', '-', '~', '=', '%'},
    .lamp_on = '*', .lamp_off = 'o', .lamp_bad = 'X', .lamp_none = '-',
    .left = '<', .right = '>', .up = '^', .down = 'v', .play = '>', .pause = '|',
    .marker = {'*', 'o', '+', 'x', '@', '%', '$', '&'},
    .violation = 'X', .clipped_up = '^', .clipped_down = 'v', .ellipsis = '~',
    .bullet = '*', .knob = 'O', .cursor = '_',
};

const ory_glyphs *const ory_glyph_sets[] = {
    &ory_glyphs_braille,
    &ory_glyphs_quadrant,
    &ory_glyphs_ascii,
};
const size_t ory_glyph_set_count = sizeof ory_glyph_sets / sizeof *ory_glyph_sets;

const ory_glyphs *ory_glyphs_find(const char *name)
{
    for (size_t i = 0; name && i < ory_glyph_set_count; i++)
        if (strcmp(ory_glyph_sets[i]->name, name) == 0)
            return ory_glyph_sets[i];
    return NULL;
}
