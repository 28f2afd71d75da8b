/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep.h (bind) - what the program and sweep{…} tell each other: options of the command
 * line one way, how far a sweep is the other. */
#ifndef ORY_BIND_SWEEP_H
#define ORY_BIND_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The command line; zeroes say nothing. */
typedef struct ory_sweep_options {
    int jobs;
    int shard, shards;  /* this one, of so many */
    bool retry, fresh;
    int64_t cell;       /* do this cell alone, here, */
    bool open;          /* or open it in the dashboard */
    const char *helper; /* the program orrery-mpi, or NULL: built without */
} ory_sweep_options;
void ory_bind_set_sweep(const ory_sweep_options *o); /* copied */

enum { ORY_CELL_WAITS, ORY_CELL_RUNS, ORY_CELL_OK, ORY_CELL_FAILED, ORY_CELL_OTHERS };

/* A sweep that goes on. Small multiples: the cells stand in facets of ny rows and nx columns,
 * place[cell] = (facet * ny + row) * nx + column; places may be empty. */
typedef struct ory_sweep_view {
    const char *name;           /* the file, or "sweep" */
    const char *notes;          /* what was mended at the start, lines; "" */
    size_t cells;               /* without those of other shards */
    size_t found, done, failed; /* there from before; with a row, those included; failed */
    const char *failure;        /* the first failure of this call, "cell 3: …"; "" */
    double seconds;
    bool ended, broken;         /* nothing more will come; before all was done */
    bool kept;                  /* rows are in a file */
    const unsigned char *state; /* per cell */
    const double *value;        /* per cell: what shades it; NaN: nothing */
    size_t n, nx, ny, facets;
    const uint32_t *place;
    const char *x_name, *y_name, *value_name;
    const char *const *facet_titles;
} ory_sweep_view;

typedef void (*ory_sweep_view_fn)(void *ctx, const ory_sweep_view *v);
/* Called at the start, some ten to a thousand times a second, and at the end. NULL: silence. */
void ory_bind_set_sweep_view(ory_sweep_view_fn fn, void *ctx);

#endif
