/* SPDX-License-Identifier: GPL-3.0-or-later */
/* window.h - the size of the terminal and whether it knows escapes. */
#ifndef ORY_APP_WINDOW_H
#define ORY_APP_WINDOW_H

#include <stdbool.h>

/* Take ory_width and ory_height from the terminal on standard output; without one
 * they stay as they are. */
void ory_window_start(void);

/* Whether fd is a terminal and TERM says that it knows more than text. */
bool ory_window_escapes(int fd);

#endif
