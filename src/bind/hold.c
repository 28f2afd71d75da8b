/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hold.c - memory of readers and writers, owned by a userdata. */
#include "config.h"

#include "bind/hold.h"

#include <string.h>

#define HOLD_MT "orrery.hold"

void ory_hold_release(ory_hold *h)
{
    ory_table_fini(&h->table);
    ory_mat_free(&h->mat);
    ory_header_fini(&h->header);
    ory_cells_fini(&h->cells);
    ory_buffer_fini(&h->text);
    if (h->rows)
        ory_rows_abandon(h->rows);
    memset(h, 0, sizeof *h);
}

static int hold_gc(lua_State *L)
{
    ory_hold_release(luaL_checkudata(L, 1, HOLD_MT));
    return 0;
}

ory_hold *ory_push_hold(lua_State *L)
{
    ory_hold *h = lua_newuserdatauv(L, sizeof *h, 0);

    memset(h, 0, sizeof *h);
    if (luaL_newmetatable(L, HOLD_MT)) {
        lua_pushcfunction(L, hold_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return h;
}

ory_lmat *ory_push_held(lua_State *L, const ory_mat *m)
{
    ory_lmat *a = ory_push_mat_copy(L, m);

    a->vector = m->cols == 1;
    return a;
}

void ory_push_names(lua_State *L, char *const *names, size_t n)
{
    if (!names) {
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        lua_pushstring(L, names[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}
