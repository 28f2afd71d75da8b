/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inline.h - plots at the prompt: joins the plot objects of bind with the cells of tui. */
#ifndef ORY_APP_INLINE_H
#define ORY_APP_INLINE_H

#include "tui/glyphs.h"

/* From now on plots print as cells: braille where the locale is UTF-8, ASCII elsewhere
 * (ORRERY_GLYPHS = braille, quadrant or ascii decides otherwise), in colours when
 * standard output is a terminal that has them and NO_COLOR is not set (ORRERY_COLOR =
 * always: also in a pipe). */
void ory_inline_start(void);

const ory_glyphs *ory_inline_glyphs(void); /* these glyphs */

#endif
