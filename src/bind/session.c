/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session.c (bind) - what the session commands need from C: the clock, the lines that
 * were typed, bytes held, the provenance of written files. The commands themselves
 * (who, timeit, args, session) are in lua/orrery/session.lua. */
#include "config.h"

#include <string.h>

#include "bind/bind.h"
#include "bind/log.h"
#include "bind/run.h"
#include "core/clock.h"
#include "core/mem.h"
#include "io/atomic.h"
#include "io/header.h"

static char script_name[256];
static char script_hash[72];
static char *script_text; /* of the script that runs, or NULL */

void ory_bind_set_script(const char *name, const void *text, size_t size)
{
    ory_header h = {0};
    const char *hash;
    size_t len = name ? strlen(name) : 0;

    script_name[0] = script_hash[0] = '\0';
    ory_free(script_text);
    script_text = NULL;
    if (!name)
        return;
    if (text && !memchr(text, '\0', size) && (script_text = ory_alloc(size + 1, 1)) != NULL)
        memcpy(script_text, text, size);
    if (len >= sizeof script_name)
        len = sizeof script_name - 1;
    memcpy(script_name, name, len);
    script_name[len] = '\0';
    if (ory_header_start(&h, script_name, text, size, NULL) == ORY_OK &&
        (hash = ory_header_get(&h, "script_sha256")) != NULL && strlen(hash) < sizeof script_hash)
        strcpy(script_hash, hash);
    ory_header_fini(&h);
}

ory_status ory_bind_header(ory_header *h, ory_error *err)
{
    ory_status ok = ory_header_start(h, script_name[0] ? script_name : NULL, NULL, 0, err);

    if (ok == ORY_OK && script_hash[0])
        ok = ory_header_add(h, "script_sha256", script_hash, err);
    return ok;
}

static int session_clock(lua_State *L)
{
    lua_pushnumber(L, ory_clock_now());
    return 1;
}

static int session_bytes(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)ory_mem_in_use());
    return 1;
}

/* Every line that ran without an error, as a list. */
static int session_lines(lua_State *L)
{
    size_t i, n = ory_session_count();
    lua_Integer out = 0;
    bool ok;

    lua_newtable(L);
    for (i = 0; i < n; i++) {
        const char *text = ory_session_text(i, &ok);

        if (!ok)
            continue;
        lua_pushstring(L, text);
        lua_rawseti(L, -2, ++out);
    }
    return 1;
}

/* The script that runs: its name and text; nothing at the prompt. With arguments: from now
 * on it is this one (for a figure that is built again). */
static int session_script(lua_State *L)
{
    size_t n;

    if (!lua_isnoneornil(L, 1)) {
        const char *text = luaL_checklstring(L, 2, &n);

        ory_bind_set_script(luaL_checkstring(L, 1), text, n);
    }
    if (!script_text)
        return 0;
    lua_pushstring(L, script_name);
    lua_pushstring(L, script_text);
    return 2;
}

/* The block that runs at the prompt, or nothing. */
static int session_current(lua_State *L)
{
    const char *text = ory_session_current();

    if (!text)
        return 0;
    lua_pushstring(L, text);
    return 1;
}

/* Write a text to a file, whole or not at all. */
static int session_put(lua_State *L)
{
    const char *path = ory_check_text(L, 1, "session.save", "file");
    size_t len;
    const char *text = luaL_checklstring(L, 2, &len);
    ory_error err = {0};

    if (ory_outfile_put(path, text, len, &err) != ORY_OK)
        return ory_raise(L, &err);
    return 0;
}

/* Leaves {session = {_clock=, _bytes=, _put=, …, lines=}}. */
int ory_open_session(lua_State *L)
{
    static const luaL_Reg rows[] = {{"_clock", session_clock},
                                    {"_bytes", session_bytes},
                                    {"_put", session_put},
                                    {"_script", session_script},
                                    {"_current", session_current},
                                    {NULL, NULL}};
    static const ory_fn public_rows[] = {
        {"session.lines", session_lines, "session.lines() -> list",
         "The lines of this session that ran without an error.", "print(#session.lines())"},
        {0}};

    lua_newtable(L);
    luaL_newlib(L, rows);
    ory_register(L, public_rows);
    lua_setfield(L, -2, "session");
    return 1;
}
