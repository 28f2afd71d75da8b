/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grid.h - power grids: from tables of buses, branches and machines to a Laplacian on the
 * machine buses and to inertias.
 *
 * Recipe. Branch weights w = vm_i vm_j b cos(va_i - va_j - shift), b = x/(r^2 + x^2)/tap
 * (linearised power flow), 1/(x tap) (flat) or 1/x (dc); the bus Laplacian; Kron reduction
 * to the buses that carry a machine, in order of first appearance in the machine table
 * (or, internal, to one node per machine behind its transient reactance x'd). Figures
 * are per unit on 100 MVA. NaN stands for what a table does not tell. */
#ifndef ORY_IO_GRID_H
#define ORY_IO_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "core/mat.h"

typedef enum { ORY_GRID_LINEARIZED, ORY_GRID_FLAT, ORY_GRID_DC } ory_grid_mode;
extern const char *const ory_grid_modes[]; /* their names, NULL-terminated */

typedef struct ory_grid {
    char *name, *title, *origin;
    size_t buses, branches, machines; /* of the tables; branches in service */
    size_t n;       /* nodes kept */
    ory_mat L;      /* n x n, p.u./rad, zero row sums within rounding */
    double *bus;    /* n: bus number (internal: machine number) */
    double *m;      /* n: sum 2 h sn/100, s; NaN when a machine's is not published */
    double *s;      /* n: sum sn/100, p.u. */
    double *rinv;   /* n: sum (sn/100)/rgov, p.u.; 0 without a governor */
    double *tau;    /* n: rinv-weighted mean lag, s; 0 without a governor */
    double *pg;     /* n: dispatched power, p.u. */
    double f0;      /* nominal frequency, Hz */
    size_t negative;/* branches of negative weight */
    double unknown; /* number of the first machine whose inertia is not told; 0: none */
    const char *unknown_at; /* "gen.tsv, column h": where it is missing */
} ory_grid; /* a zeroed one is empty */

/* Names of the grids that the program carries, NULL-terminated. */
extern const char *const ory_grid_names[];

/* where: a carried grid's name, or FOLDER/NAME for NAME.bus.tsv, NAME.branch.tsv,
 * NAME.gen.tsv (and NAME.inertia.tsv when there is one). f0 <= 0: 50 Hz for the carried
 * gb2224, else 60. ORY_EIO, ORY_EFORMAT (a column that is missing, a branch to an unknown
 * bus), ORY_ESINGULAR, ORY_ENAME. */
ory_status ory_grid_load(const char *where, ory_grid_mode mode, bool internal, double f0,
                         ory_grid *out, ory_error *err) ORY_WUR;
void ory_grid_fini(ory_grid *g);
/* ORY_EUNDEF naming table and column when the inertia of some machine is not told. */
ory_status ory_grid_need_inertia(const ory_grid *g, ory_error *err);

#endif
