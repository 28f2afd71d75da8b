/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history.h - the history file: $XDG_STATE_HOME/orrery/history, readable by its owner
 * only. Every block is appended under a lock before it runs, with a time stamp that
 * also keeps blocks of several lines together; sessions do not overwrite each other. */
#ifndef ORY_APP_HISTORY_H
#define ORY_APP_HISTORY_H

/* Read the file, when there is one, into fn, oldest first; the newest 10,000 blocks. */
void ory_history_read(void (*fn)(const char *block, const char *stamp));

/* Append a block; makes the directory and the file when they are missing. Tells once
 * when that fails. */
void ory_history_append(const char *block);

/* The file's path, or NULL when no directory is known. */
const char *ory_history_path(void);

#endif
