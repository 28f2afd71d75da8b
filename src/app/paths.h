/* SPDX-License-Identifier: GPL-3.0-or-later */
/* paths.h - where the program keeps what is the user's: the XDG directories. Nothing is
 * made before something is to be written. */
#ifndef ORY_APP_PATHS_H
#define ORY_APP_PATHS_H

#include <stdbool.h>
#include <stddef.h>

/* $XDG_CONFIG_HOME/orrery/NAME or ~/.config/orrery/NAME; false: no directory is known. */
bool ory_path_config(const char *name, char *path, size_t size);
/* $XDG_STATE_HOME/orrery/NAME or ~/.local/state/orrery/NAME. */
bool ory_path_state(const char *name, char *path, size_t size);

/* The program orrery-mpi: beside this one, or where it is installed; NULL: there is none. */
const char *ory_path_helper(void);

/* Make every directory above the file, for its owner only. */
void ory_path_make(const char *path);

#endif
