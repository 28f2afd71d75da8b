/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep_view.h - how far a sweep is: on a terminal a bar and small multiples that fill in,
 * elsewhere a plain line now and then and at the end. */
#ifndef ORY_APP_SWEEP_VIEW_H
#define ORY_APP_SWEEP_VIEW_H

#include <stdbool.h>
#include <stdio.h>

/* live: out is a terminal that knows escapes. silent: only what was mended is told. */
void ory_sweep_view_start(FILE *out, bool live, bool silent);

#endif
