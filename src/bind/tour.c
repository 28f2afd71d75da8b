/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tour.c (bind) - the stage of a tour, as far as it needs no dashboard. */
#include "config.h"

#include "bind/tour.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bind/bind.h"
#include "bind/hold.h"
#include "bind/log.h"
#include "bind/run.h"
#include "io/fence.h"

static const luaL_Reg *stage;

void ory_bind_set_stage(const luaL_Reg *rows)
{
    stage = rows;
}

/* where(r) -> step, events applied, hash; nothing for a closed run */
static int where(lua_State *L)
{
    ory_run_box *box = luaL_checkudata(L, 1, "orrery.run");
    char hash[24];

    if (!box->r)
        return 0;
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)ory_run_hash(box->r));
    lua_pushinteger(L, (lua_Integer)ory_run_k(box->r));
    lua_pushinteger(L, (lua_Integer)ory_run_events_applied(box->r));
    lua_pushstring(L, hash);
    return 3;
}

/* undo(r, step, events) -> true; false and why */
static int undo(lua_State *L)
{
    ory_run_box *box = luaL_checkudata(L, 1, "orrery.run");
    lua_Integer k = luaL_checkinteger(L, 2), n = luaL_checkinteger(L, 3);
    ory_error err = {.text = "the run has been closed"};

    if (box->r && ory_run_undo(box->r, (uint64_t)k, (size_t)n, &err) == ORY_OK) {
        box->stop.text[0] = '\0';
        lua_pushboolean(L, true);
        return 1;
    }
    lua_pushboolean(L, false);
    lua_pushstring(L, err.text);
    return 2;
}

/* close(r): what it holds is let go of, whoever still names it. */
static int close_run(lua_State *L)
{
    luaL_checkudata(L, 1, "orrery.run");
    lua_settop(L, 1);
    luaL_callmeta(L, 1, "__close");
    return 0;
}

/* runs() -> list of the live runs, in the order of their making */
static int runs(lua_State *L)
{
    lua_Integer n = 0, i;

    lua_newtable(L);
    ory_push_runs(L);
    for (lua_pushnil(L); lua_next(L, -2);) {
        const ory_run_box *box = lua_touserdata(L, -1);

        if (!box || !box->r) {
            lua_pop(L, 1);
            continue;
        }
        for (i = n++; i > 0; i--) { /* sorted in */
            lua_rawgeti(L, 1, i);
            if (ory_run_id(((const ory_run_box *)lua_touserdata(L, -1))->r) < ory_run_id(box->r)) {
                lua_pop(L, 1);
                break;
            }
            lua_rawseti(L, 1, i + 1);
        }
        lua_rawseti(L, 1, i + 1);
    }
    lua_settop(L, 1);
    return 1;
}

/* logged() -> number of lines in the session's log; logged(n): only the first n stay */
static int logged(lua_State *L)
{
    if (!lua_isnoneornil(L, 1))
        ory_session_shorten((size_t)luaL_checkinteger(L, 1));
    lua_pushinteger(L, (lua_Integer)ory_session_count());
    return 1;
}

static int log_line(lua_State *L)
{
    ory_session_line(L, luaL_checkstring(L, 1), true);
    return 0;
}

/* demos() -> list of {name=file name, text=} */
static int demos(lua_State *L)
{
    const ory_embedded *f;
    lua_Integer n = 0;

    lua_newtable(L);
    for (f = ory_demo_files; f->name; f++) {
        lua_createtable(L, 0, 2);
        lua_pushstring(L, f->name);
        lua_setfield(L, -2, "name");
        lua_pushlstring(L, (const char *)f->data, f->size);
        lua_setfield(L, -2, "text");
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

/* The rest of f behind what text holds; the errno of what went wrong, or 0. */
static int read_all(FILE *f, ory_buffer *text)
{
    char part[4096];
    size_t n;

    while ((n = fread(part, 1, sizeof part, f)) > 0)
        ory_buffer_append(text, part, n);
    return text->failed ? ENOMEM : ferror(f) ? errno : 0;
}

/* read_file(path) -> text, or nil and why */
static int read_file(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    ory_hold *h = ory_push_hold(L);
    ory_error err;
    FILE *f;
    int bad;

    if (ory_fence_check(path, false, &err) != ORY_OK)
        return ory_raise(L, &err);
    f = fopen(path, "rb");
    bad = f ? read_all(f, &h->text) : errno;
    if (f)
        fclose(f);
    if (bad) {
        lua_pushnil(L);
        lua_pushstring(L, strerror(bad));
        return 2;
    }
    lua_pushlstring(L, h->text.len ? h->text.data : "", h->text.len);
    ory_hold_release(h);
    return 1;
}

int ory_open_stage(lua_State *L)
{
    static const luaL_Reg rows[] = {
        {"where", where}, {"undo", undo}, {"runs", runs}, {"close", close_run}, {"logged", logged},
        {"log", log_line}, {"demos", demos}, {"read_file", read_file}, {NULL, NULL}};

    luaL_newlib(L, rows);
    if (stage)
        luaL_setfuncs(L, stage, 0);
    return 1;
}
