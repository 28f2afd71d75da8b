/* SPDX-License-Identifier: GPL-3.0-or-later */
/* embedded.h - files carried inside the program.
 *
 * tools/embed.sh turns files into rows of such a table at build time, so that neither
 * the program nor the module looks for files when it starts. Rows are in the order of
 * the makefile's list; the last has name NULL. */
#ifndef ORY_IO_EMBEDDED_H
#define ORY_IO_EMBEDDED_H

#include <stddef.h>

typedef struct ory_embedded {
    const char *name;
    const unsigned char *data; /* size bytes, and a zero byte behind them */
    size_t size;
} ory_embedded;

extern const ory_embedded ory_grid_files[]; /* data/grids: "ieee68.bus.tsv" */

/* The row of that name, or NULL. */
const ory_embedded *ory_embedded_find(const ory_embedded *table, const char *name);

#endif
