/* SPDX-License-Identifier: GPL-3.0-or-later */
/* graph.h (bind) - what the files behind the table graph share; not for others. */
#ifndef ORY_BIND_GRAPH_H
#define ORY_BIND_GRAPH_H

#include "algo/graph.h"
#include "bind/bind.h"
#include "io/grid.h"

#define GRAPH_MT "orrery.graph"

typedef struct graph_box {
    ory_graph g;
    ory_grid grid; /* of a power grid; else empty */
} graph_box;

graph_box *graph_check(lua_State *L, int idx, const char *fn);

/* graph_groups.c: functions and methods beside those of graph.c, and their options. */
extern const ory_fn graph_group_rows[], graph_group_methods[];
void graph_group_help(lua_State *L);

#endif
