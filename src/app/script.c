/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script.c - code that runs without a prompt. */
#include "config.h"

#include "app/script.h"

#include <errno.h>
#include <string.h>

#include <lauxlib.h>

#include "app/dash.h"
#include "app/interp.h"
#include "app/progress.h"
#include "app/report.h"
#include "app/signals.h"
#include "bind/run.h"
#include "core/interrupt.h"

int ory_script_failed(lua_State *L)
{
    ory_progress_clear();
    if (ory_signals_quit()) {
        lua_pop(L, 1);
        return 128 + ory_signals_quit();
    }
    if (ory_dash_shown()) { /* the script has done what it was run for */
        lua_pop(L, 1);
        return 0;
    }
    ory_report(L, stderr, "orrery: ");
    return ory_interrupt_pending() ? ORY_EXIT_INTERRUPT : ORY_EXIT_ERROR;
}

/* require MOD, and MOD as a global under the name behind its last dot. */
static int require_module(lua_State *L, const char *name)
{
    const char *dot = strrchr(name, '.');

    lua_getglobal(L, "require");
    lua_pushstring(L, name);
    if (ory_interp_call(L, 1, 1) != LUA_OK)
        return ory_script_failed(L);
    lua_setglobal(L, dot ? dot + 1 : name);
    return 0;
}

/* All of a file (NULL: standard input) as a string on the stack. Raises. */
static void push_whole(lua_State *L, const char *path)
{
    FILE *f = path ? fopen(path, "rb") : stdin;
    luaL_Buffer b;
    int bad;
    size_t n;

    if (!f)
        luaL_error(L, "cannot read %s: %s", path, strerror(errno));
    luaL_buffinit(L, &b);
    do {
        n = fread(luaL_prepbuffer(&b), 1, LUAL_BUFFERSIZE, f);
        luaL_addsize(&b, n);
    } while (n > 0 && !ory_interrupt_pending());
    bad = ferror(f) ? errno : 0;
    if (f != stdin)
        fclose(f);
    luaL_pushresult(&b);
    if (ory_interrupt_pending())
        luaL_error(L, "interrupted");
    if (bad)
        luaL_error(L, "cannot read %s: %s", path ? path : "standard input", strerror(bad));
}

/* A byte order mark and a first line that begins with '#' are no Lua; the line's end
 * stays, so that the numbers of the lines are right. */
static const char *skip_head(const char *text, size_t *size)
{
    const char *start = text, *end = text + *size;

    if (*size >= 3 && memcmp(start, "\xEF\xBB\xBF", 3) == 0)
        start += 3;
    if (start < end && *start == '#')
        while (start < end && *start != '\n')
            start++;
    *size = (size_t)(end - start);
    return start;
}

/* Function of a path (light userdata, NULL: standard input): the script, loaded. */
static int load_script(lua_State *L)
{
    const char *path = lua_touserdata(L, 1), *text, *code;
    size_t size;

    push_whole(L, path);
    text = lua_tolstring(L, -1, &size);
    ory_bind_set_script(path ? path : "stdin", text, size);
    code = skip_head(text, &size);
    lua_pushfstring(L, path ? "@%s" : "=stdin", path);
    if (luaL_loadbufferx(L, code, size, lua_tostring(L, -1), "t") != LUA_OK)
        lua_error(L);
    return 1;
}

static int load_code(lua_State *L)
{
    const char *text = lua_touserdata(L, 1);

    if (luaL_loadbufferx(L, text, strlen(text), "=-e", "t") != LUA_OK)
        lua_error(L);
    return 1;
}

/* What loader makes of text is called with the arguments. Returns an exit status. */
static int run(lua_State *L, lua_CFunction loader, const char *text, int nargs, char **args)
{
    int i;

    lua_pushcfunction(L, loader);
    lua_pushlightuserdata(L, (void *)text);
    if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
        ory_report_syntax(L);
        return ory_script_failed(L);
    }
    if (!lua_checkstack(L, nargs + 12)) {
        lua_pushliteral(L, "too many arguments");
        return ory_script_failed(L);
    }
    for (i = 0; i < nargs; i++)
        lua_pushstring(L, args[i]);
    return ory_interp_call(L, nargs, 0) == LUA_OK ? 0 : ory_script_failed(L);
}

int ory_script_code(lua_State *L, const ory_options *o)
{
    int i, status;

    for (i = 0; i < o->n_code; i++) {
        const char *text = o->code[i].text;

        status = o->code[i].module ? require_module(L, text) : run(L, load_code, text, 0, NULL);
        if (status != 0)
            return status;
    }
    return 0;
}

int ory_script_file(lua_State *L, const char *file, int nargs, char **args)
{
    return run(L, load_script, strcmp(file, "-") == 0 ? NULL : file, nargs, args);
}

/* Options of tour(file, options), on the stack. */
static void push_tour_options(lua_State *L, const ory_options *o)
{
    lua_newtable(L);
    lua_pushboolean(L, o->large);
    lua_setfield(L, -2, "large");
    lua_pushboolean(L, o->headless);
    lua_setfield(L, -2, "headless");
    lua_pushstring(L, o->pace);
    lua_setfield(L, -2, "pace");
    lua_pushstring(L, o->record);
    lua_setfield(L, -2, "record");
    if (o->sized) {
        lua_pushfstring(L, "%dx%d", o->width, o->height);
        lua_setfield(L, -2, "size");
    }
}

int ory_script_replay(lua_State *L, const char *file)
{
    lua_getglobal(L, "session");
    lua_getfield(L, -1, "replay");
    lua_pushstring(L, file);
    return ory_interp_call(L, 1, 0) == LUA_OK ? 0 : ory_script_failed(L);
}

int ory_script_tour(lua_State *L, const ory_options *o)
{
    int list = o->action == ORY_ACT_DEMO && !o->name;

    lua_getglobal(L, list ? "print" : o->action == ORY_ACT_DEMO ? "demo" : "tour");
    if (list) {
        lua_getglobal(L, "demo");
        if (ory_interp_call(L, 0, 1) != LUA_OK)
            return ory_script_failed(L);
    } else {
        lua_pushstring(L, o->name);
        push_tour_options(L, o);
    }
    return ory_interp_call(L, list ? 1 : 2, 0) == LUA_OK ? 0 : ory_script_failed(L);
}
