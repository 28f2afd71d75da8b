/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture.h - what the program prints while a full screen is up: descriptors 1 and 2 lead
 * into memory files, from which the screen shows lines in its console. Writing to them
 * never blocks. What came on descriptor 2 and was nobody's answer (a library's warning)
 * is written to the real standard error when the screen has gone. */
#ifndef ORY_APP_CAPTURE_H
#define ORY_APP_CAPTURE_H

#include <stdbool.h>

/* False: not possible here; nothing is captured then. */
bool ory_capture_start(void);
void ory_capture_stop(void);

/* Gives every whole line that has come since; error: on descriptor 2. all: also a rest
 * without an end of line. stray: lines on descriptor 2 are kept to be replayed. */
typedef void (*ory_capture_fn)(void *ctx, const char *line, bool error);
void ory_capture_drain(bool all, bool stray, ory_capture_fn fn, void *ctx);

/* The terminal behind descriptor 1, for who draws; -1: nothing is captured. */
int ory_capture_terminal(void);

/* Async-signal-safe: descriptors as before, and what nobody has seen yet is written to
 * the real standard error. */
void ory_capture_crash(void);

#endif
