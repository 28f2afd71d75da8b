/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep_merge.h - `orrery merge OUT FILE...`. */
#ifndef ORY_APP_SWEEP_MERGE_H
#define ORY_APP_SWEEP_MERGE_H

/* files[0] is written from the others. Returns an exit status; cells that are missing are
 * named and make it 1, the file is written all the same. */
int ory_sweep_merge(char **files, int n);

#endif
