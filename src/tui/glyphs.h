/* SPDX-License-Identifier: GPL-3.0-or-later */
/* glyphs.h - the characters frames are made of, one table row per glyph set.
 *
 * A set says how the 2 x 4 dots of a cell become one character and which
 * characters stand for boxes, bars, shades, lamps, arrows and markers. Every
 * meaning has a distinct character in every set, so a frame reads the same in
 * braille, in quadrant blocks and in ASCII. */
#ifndef ORY_TUI_GLYPHS_H
#define ORY_TUI_GLYPHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORY_MARKERS = 8, ORY_SHADES = 5, ORY_EIGHTHS = 9 };

typedef struct ory_glyphs {
    const char *name;
    const char *doc;
    bool ascii;                  /* texts are spelled with plain ASCII */
    uint32_t (*dots)(unsigned mask); /* braille bit order: see ory_dot_bit */
    uint32_t horizontal, vertical, top_left, top_right, bottom_left, bottom_right;
    uint32_t axis_tick_left, axis_tick_right, axis_tick_down, cross; /* ┤ ├ ┬ ┼ */
    uint32_t thin_h, dash_h, dot_h, thick_h, dash_v;                  /* ─ ╌ ┈ ━ ┊ */
    uint32_t up_eighth[ORY_EIGHTHS];    /* bar growing upwards, 0 to 8 eighths */
    uint32_t right_eighth[ORY_EIGHTHS]; /* bar growing to the right           */
    uint32_t shade[ORY_SHADES];         /* none to full, for values >= 0      */
    uint32_t hatch[ORY_SHADES];         /* the same for values < 0            */
    uint32_t lamp_on, lamp_off, lamp_bad, lamp_none; /* holds, does not apply, violated, n/a */
    uint32_t left, right, up, down, play, pause;
    uint32_t marker[ORY_MARKERS];
    uint32_t violation;  /* first violated step */
    uint32_t clipped_up, clipped_down; /* a point off the axis */
    uint32_t ellipsis;   /* one column */
    uint32_t bullet, knob, cursor;
} ory_glyphs;

extern const ory_glyphs ory_glyphs_braille, ory_glyphs_quadrant, ory_glyphs_ascii;

/* All sets, best first; the glyph key walks through them. */
extern const ory_glyphs *const ory_glyph_sets[];
extern const size_t ory_glyph_set_count;

const ory_glyphs *ory_glyphs_find(const char *name); /* or NULL */

/* Bit of the dot in column px % 2, row py % 4 of a cell. */
unsigned ory_dot_bit(int px, int py);

#endif
