/* SPDX-License-Identifier: GPL-3.0-or-later */
/* image_part.h - what image_write.c and image_read.c agree on. */
#ifndef ORY_RUN_IMAGE_PART_H
#define ORY_RUN_IMAGE_PART_H

#include <stdint.h>

/* Kinds of an option's value. */
enum { PART_NOTHING, PART_NUMBER, PART_TEXT, PART_MATRIX };

enum { PART_HISTORY_BYTES = 16 << 20 };

#define PART_NO_TEXT UINT64_MAX /* in place of the length of a text that is absent */

#endif
