/* SPDX-License-Identifier: GPL-3.0-or-later */
/* number.h - numbers as text and back, the same under every locale.
 *
 * Written numbers read back as the same bits (the shortest of 15, 16 or 17
 * digits that does). Words for what is not a number: nan, inf, -inf. */
#ifndef ORY_IO_NUMBER_H
#define ORY_IO_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

enum { ORY_NUMBER_TEXT = 32 };

/* Writes the text and a zero byte; returns its length. */
size_t ory_number_text(double x, char out[ORY_NUMBER_TEXT]);

/* Whether all of [s, end), blanks around it aside, is one decimal number or one
 * of the words nan, na, inf, infinity (any case, signed). Decimal point only;
 * exponents with e, E, d or D; no hexadecimal. *out is correctly rounded and is
 * written only on success. */
bool ory_number_parse(const char *s, const char *end, double *out);

#endif
