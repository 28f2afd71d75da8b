/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hold.h - what a reader or writer of files holds outside Lua, in a userdata, so that
 * an error in between leaks nothing. */
#ifndef ORY_BIND_HOLD_H
#define ORY_BIND_HOLD_H

#include "bind/bind.h"
#include "io/cells.h"
#include "io/header.h"
#include "io/rows.h"
#include "io/table.h"

typedef struct ory_hold {
    ory_table table;
    ory_mat mat;
    ory_header header;
    ory_buffer text;
    ory_cells cells; /* of the text */
    ory_rows *rows; /* abandoned when it is still there at the end */
} ory_hold;

ory_hold *ory_push_hold(lua_State *L); /* empty, on the stack */

/* What is held need not wait for the collector. */
void ory_hold_release(ory_hold *h);

/* A matrix read from a file; one column is a vector. */
ory_lmat *ory_push_held(lua_State *L, const ory_mat *m);

/* Names as a list; nil for NULL. */
void ory_push_names(lua_State *L, char *const *names, size_t n);

#endif
