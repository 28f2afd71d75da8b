/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep_merge.c - see sweep_merge.h. */
#include "config.h"

#include "app/sweep_merge.h"

#include <stdio.h>

#include "app/options.h"
#include "io/merge.h"

int ory_sweep_merge(char **files, int n)
{
    ory_merge_report r;
    ory_error err = {0};

    if (ory_merge(files[0], (const char *const *)files + 1, (size_t)n - 1, &r, &err) != ORY_OK) {
        fprintf(stderr, "orrery: merge: %s\n", err.text);
        return ORY_EXIT_ERROR;
    }
    printf("%s: %zu of %zu cells from %d file%s, %zu failed\n", files[0], r.rows, r.cells, n - 1,
           n == 2 ? "" : "s", r.failed);
    if (r.damaged > 0)
        fprintf(stderr, "orrery: merge: %zu line%s damaged and left out\n", r.damaged,
                r.damaged == 1 ? " is" : "s are");
    if (r.rows < r.cells)
        fprintf(stderr, "orrery: merge: %zu cells are missing: %s\n", r.cells - r.rows, r.missing);
    return r.rows < r.cells ? ORY_EXIT_ERROR : ORY_EXIT_OK;
}
