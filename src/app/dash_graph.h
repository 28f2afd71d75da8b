/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_graph.h - the network of a run for the dashboard, read off the probes "edges", "xy"
 * and "group" that a system on a network has (systems/system.h); and the nodes alone at the
 * places of the probe "embedding". */
#ifndef ORY_APP_DASH_GRAPH_H
#define ORY_APP_DASH_GRAPH_H

#include "run/run.h"
#include "tui/snapshot.h"

typedef struct dash_graph dash_graph;

/* (Re)makes *g for r: NULL afterwards when r's system has no network. ORY_ENOMEM. */
ory_status dash_graph_make(dash_graph **g, ory_run *r);
void dash_graph_free(dash_graph *g); /* NULL is fine */

/* Positions and groups now, of *count graphs: "network" and perhaps "embedding"; NULL without a
 * network. Valid until the next call. */
const ory_snap_graph *dash_graph_read(dash_graph *g, ory_run *r, size_t *count);

#endif
