/* SPDX-License-Identifier: GPL-3.0-or-later */
/* progress.h - one line on the terminal while a run steps for long: what fraction is
 * done, steps, rate, loss, time left. Cleared when the steps are done. */
#ifndef ORY_APP_PROGRESS_H
#define ORY_APP_PROGRESS_H

#include <stdio.h>

/* Shown on out, which must be a terminal that knows escapes; NULL: never. */
void ory_progress_start(FILE *out);
void ory_progress_clear(void);

#endif
