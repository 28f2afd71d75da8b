/* SPDX-License-Identifier: GPL-3.0-or-later */
/* palette.h - the only place where roles get colours.
 *
 * The colours are chosen to be told apart by people with red-green or blue-yellow
 * colour blindness and to be legible on black and on white grounds alike
 * (contrast at least 3 : 1 on both); ordinary text keeps the terminal's own
 * colours. The 16-colour row uses the terminal's theme, the mono row attributes. */
#ifndef ORY_TUI_PALETTE_H
#define ORY_TUI_PALETTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/role.h"

typedef enum { ORY_COLOURS_NONE, ORY_COLOURS_MONO, ORY_COLOURS_16, ORY_COLOURS_256 } ory_colours;

enum { ORY_COLOUR_OWN = -1 }; /* the terminal's default */

/* How a role looks at a colour depth: ink and ground (terminal colour numbers or
 * ORY_COLOUR_OWN) and attributes to add. */
typedef struct ory_look {
    int16_t ink, ground;
    uint8_t attr;
} ory_look;

ory_look ory_palette_look(ory_style style, ory_colours depth);

const char *ory_role_name(int role); /* "curve1", "heat3", …; never NULL */

/* "none", "mono", "16", "256"; false if text is none of these. */
bool ory_colours_parse(const char *text, ory_colours *out);

/* What the environment asks for: NO_COLOR (set and not empty: mono), TERM
 * ("dumb": none), COLORTERM and "256color" in TERM. is_tty false: none. */
ory_colours ory_colours_from_env(bool is_tty);

/* The sRGB value of one of the 256 terminal colours. */
void ory_colour_rgb(int number, uint8_t rgb[3]);

#endif
