/* SPDX-License-Identifier: GPL-3.0-or-later */
/* large.c - letters of 3 x 5 half-blocks for badges and titles seen from the last row. */
#include "config.h"

#include <ctype.h>

#include "tui/panel.h"

/* Five rows of three bits each, the top row in the highest bits, as octal digits. */
static const unsigned short letters[26] = {
    075755, 065656, 034443, 065556, 074647, 074644, 034553, 055755, 072227, 011152, /* A-J */
    055655, 044447, 057755, 065555, 025552, 065644, 025563, 065655, 034216, 072222, /* K-T */
    055557, 055552, 055775, 055255, 055222, 071247,                                 /* U-Z */
};
static const unsigned short digits[10] = {
    025552, 026227, 061247, 061216, 055711, 074616, 034652, 071222, 025252, 025316,
};

static unsigned shape(char ch)
{
    if (isalpha((unsigned char)ch))
        return letters[toupper((unsigned char)ch) - 'A'];
    if (isdigit((unsigned char)ch))
        return digits[ch - '0'];
    switch (ch) {
    case '-': return 000700;
    case '+': return 002720;
    case '.': return 000002;
    case ':': return 002020;
    case '=': return 007070;
    case '/': return 011244;
    case '!': return 022202;
    default: return 0;
    }
}

static bool bit(unsigned bits, int row, int col)
{
    return row >= 0 && row < 5 && (bits >> ((4 - row) * 3 + (2 - col)) & 1);
}

int ory_large_text(ory_canvas *c, int x, int y, const char *text, ory_style style)
{
    int at = x;

    for (const char *p = text; *p; p++, at += 4) {
        unsigned bits = shape(*p);
        for (int row = 0; c && row < ORY_LARGE_ROWS; row++) {
            for (int col = 0; col < 3; col++) {
                bool upper = bit(bits, 2 * row, col), lower = bit(bits, 2 * row + 1, col);
                uint32_t cp = c->glyphs->ascii ? '#' : upper && lower ? 0x2588
                              : upper ? 0x2580 : 0x2584;
                if (upper || lower)
                    ory_canvas_put(c, at + col, y + row, cp, style);
            }
        }
    }
    return at > x ? at - x - 1 : 0;
}
