/* SPDX-License-Identifier: GPL-3.0-or-later */
/* utf8.h - characters for a grid of cells: decoding, columns, plain spelling.
 *
 * Widths come from a table of our own and not from wcwidth, so that a frame has
 * the same shape in every locale (wcwidth knows nothing outside ASCII under
 * LC_ALL=C). Broken input never stops anything: a stray byte decodes to U+FFFD. */
#ifndef ORY_TUI_UTF8_H
#define ORY_TUI_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { ORY_UTF8_MAX = 4, ORY_CP_BAD = 0xFFFD };

/* The next character of the NUL-terminated text at *s, which moves on; 0 at the
 * end (and *s stays). */
uint32_t ory_utf8_next(const char **s);

/* Writes cp as UTF-8 into out[ORY_UTF8_MAX]; returns the number of bytes. */
size_t ory_utf8_put(uint32_t cp, char *out);

/* Columns of a character: 0 (combining, invisible), 1 or 2. Control characters
 * count 1: the canvas shows them as a blank. */
int ory_cp_width(uint32_t cp);

/* How to spell a character with plain ASCII ("<=", "sigma"), or NULL. Superscript
 * digits come without the leading '^'; see ory_cp_super. */
const char *ory_cp_ascii(uint32_t cp);
int ory_cp_super(uint32_t cp); /* true for superscript digits, signs and letters */

#endif
