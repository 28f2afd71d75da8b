/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tables.h - `orrery systems|probes|claims [NAME]`: the tables of the program, aligned
 * for reading on a terminal, tab-separated in a pipe. */
#ifndef ORY_APP_TABLES_H
#define ORY_APP_TABLES_H

#include "app/options.h"

/* Returns an exit status. */
int ory_tables_print(const ory_options *o);

#endif
