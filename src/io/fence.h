/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fence.h - which files may be touched: what --sandbox means to readers and writers.
 *
 * Every reader and writer of files asks here before it opens anything. At first every
 * path is free. Once the fence is closed only paths below one folder are, and names that
 * were let through one by one; symbolic links and ".." do not lead out. It cannot be
 * opened again; the program itself may lift it around what it writes on its own account. */
#ifndef ORY_IO_FENCE_H
#define ORY_IO_FENCE_H

#include <stdbool.h>

#include "core/status.h"

/* folder: what is below it stays free; NULL: nothing does. ORY_EIO when it is no folder. */
ory_status ory_fence_close(const char *folder, ory_error *err) ORY_WUR;
/* This very name (borrowed) may be read, or with write only written. At most a few. */
void ory_fence_let(const char *path, bool write);
void ory_fence_lift(bool lifted);
bool ory_fence_closed(void);

/* ORY_EIO with a sentence when the path is out of reach. */
ory_status ory_fence_check(const char *path, bool write, ory_error *err) ORY_WUR;

#endif
