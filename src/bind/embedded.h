/* SPDX-License-Identifier: GPL-3.0-or-later */
/* embedded.h - the Lua half of the library, carried inside the program.
 *
 * tools/embed.sh turns lua/orrery/FILE.lua into rows of this table at build
 * time, so that neither the program nor the module looks for files when it
 * starts. A row's name is the file's name below lua/ ("orrery/init.lua"). Rows
 * are in the order of the makefile's list; the last has name NULL. */
#ifndef ORY_BIND_EMBEDDED_H
#define ORY_BIND_EMBEDDED_H

#include <stddef.h>

typedef struct ory_embedded {
    const char *name;
    const unsigned char *data; /* size bytes, and a zero byte behind them */
    size_t size;
} ory_embedded;

extern const ory_embedded ory_lua_files[];

#endif
