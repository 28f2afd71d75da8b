/* SPDX-License-Identifier: GPL-3.0-or-later */
/* progress.h - one line on the terminal while a run steps for long: what fraction is
 * done, steps, rate, loss, time left. Cleared when the steps are done. */
#ifndef ORY_APP_PROGRESS_H
#define ORY_APP_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>

/* Shown on out, which must be a terminal that knows escapes; NULL: never. */
void ory_progress_start(FILE *out);
void ory_progress_clear(void);
void ory_progress_resume(void); /* after someone else has told the progress */

/* Whether a line was taken away since this was asked before: the cursor is then at the
 * start of an empty line, and the ^C that the terminal wrote is gone as well. */
bool ory_progress_wiped(void);

#endif
