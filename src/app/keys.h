/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys.h - key scripts (--keys FILE): input typed by a file. A line of the file is
 * text to be typed, with <Enter> <Tab> <Esc> <Up> <Down> <Left> <Right> <Home> <End>
 * <BS> <Del> <Space> <lt> and <C-x> for control keys; nothing is typed at the end of a
 * line but what is written. Lines that begin with # are comments. Lines that begin
 * with : are directives:
 *   :wait-idle   go on when the prompt waits for a key
 *   :dump FILE   write the prompt and the line being edited, cursor marked by |
 *   :quit        leave as if end of input had come */
#ifndef ORY_APP_KEYS_H
#define ORY_APP_KEYS_H

#include <stdbool.h>

enum { ORY_KEY_NONE = -1, ORY_KEY_INTERRUPT = 256, ORY_KEY_DUMP, ORY_KEY_IDLE, ORY_KEY_QUIT };

/* Read the file; false after a line on stderr. */
bool ory_keys_load(const char *file);
void ory_keys_free(void);

int ory_keys_peek(void); /* next key: a byte or one of ORY_KEY_; NONE at the end */
int ory_keys_take(void);
const char *ory_keys_name(void); /* file of the ORY_KEY_DUMP taken last */

#endif
