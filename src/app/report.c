/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.c - errors in one or two lines that help. */
#include "config.h"

#include "app/report.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "app/typo.h"
#include "bind/bind.h"
#include "core/interrupt.h"
#include "core/status.h"

enum { SHOWN_FRAMES = 3, MAX_FIELDS = 2048 };

/* ---------------------------------------------------------------------- hints */

/* The word between "(kind '" and "')" of a message of Lua's, into word. */
static bool named(const char *msg, const char *kind, char *word, size_t size)
{
    char key[32];
    const char *at, *end;

    snprintf(key, sizeof key, "(%s '", kind);
    at = strstr(msg, key);
    if (!at)
        return false;
    at += strlen(key);
    end = strchr(at, '\'');
    if (!end || (size_t)(end - at) >= size)
        return false;
    memcpy(word, at, (size_t)(end - at));
    word[end - at] = '\0';
    return true;
}

typedef struct field {
    const char *table, *name; /* owned by Lua, alive as long as the tables are */
} field;

static int compare_fields(const void *a, const void *b)
{
    const field *x = a, *y = b;
    int c = strcmp(x->name, y->name);

    return c ? c : strcmp(x->table, y->table);
}

/* Text keys of the tables among the globals, by raw access. Returns how many. */
static size_t gather_fields(lua_State *L, field *out)
{
    size_t n = 0;
    int globals;

    lua_pushglobaltable(L);
    globals = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, globals); lua_pop(L, 1)) {
        const char *table = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;

        if (!table || !lua_istable(L, -1) || lua_rawequal(L, -1, globals) ||
            strcmp(table, "package") == 0)
            continue;
        for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
            if (lua_type(L, -2) == LUA_TSTRING && n < MAX_FIELDS)
                out[n++] = (field){table, lua_tostring(L, -2)};
    }
    lua_pop(L, 1);
    return n;
}

/* "net.linear" for a field 'liner' that no table has: the nearest field of the tables
 * among the globals. Pushes a text, or nothing (false). */
static bool nearest_field(lua_State *L, const char *word)
{
    field *fields = lua_newuserdatauv(L, MAX_FIELDS * sizeof *fields, 0);
    const char **names = lua_newuserdatauv(L, MAX_FIELDS * sizeof *names, 0), *best;
    size_t n = gather_fields(L, fields), i;

    qsort(fields, n, sizeof *fields, compare_fields); /* the same answer every time */
    for (i = 0; i < n; i++)
        names[i] = fields[i].name;
    best = ory_nearest(word, names, n);
    for (i = 0; best && names[i] != best; i++)
        ;
    lua_pop(L, 2);
    if (best)
        lua_pushfstring(L, "%s.%s", fields[i].table, best);
    return best != NULL;
}

/* Append " (did you mean 'x'?)" to the message at the top, when there is one. */
static void hint_name(lua_State *L)
{
    const char *msg = lua_tostring(L, -1);
    char word[100];
    bool found = false;

    if (!strstr(msg, "a nil value"))
        return;
    if (named(msg, "global", word, sizeof word))
        found = ory_typo_nearest(L, word);
    else if (named(msg, "field", word, sizeof word))
        found = nearest_field(L, word);
    if (!found)
        return;
    lua_pushfstring(L, "%s (did you mean '%s'?)", msg, lua_tostring(L, -1));
    lua_replace(L, -3);
    lua_pop(L, 1);
}

static const struct {
    const char *part, *hint;
} syntax_hints[] = {
    {"near '!'", "not equal is ~=, negation is not"},
    {"near '+'", "Lua has no += and no ++: x = x + 1"},
    {"near '&'", "and is spelt and"},
    {"near '||'", "or is spelt or"},
    {"near '='", "comparison is ==; a table's fields are {name = value}"},
    {"'then' expected", "comparison is ==; if CONDITION then"},
    {"near '%'", "comments start with --"},
    {"near '#'", "comments start with --"},
};

void ory_report_syntax(lua_State *L)
{
    const char *msg = lua_tostring(L, -1);
    size_t i;

    for (i = 0; msg && i < sizeof syntax_hints / sizeof *syntax_hints; i++)
        if (strstr(msg, syntax_hints[i].part)) {
            lua_pushfstring(L, "%s (%s)", msg, syntax_hints[i].hint);
            lua_remove(L, -2);
            return;
        }
}

/* --------------------------------------------------------------------- frames */

static void push_frame(lua_State *L, const lua_Debug *ar)
{
    if (ar->name && *ar->what != 'm')
        lua_pushfstring(L, "\n  called from %s:%d in %s", ar->short_src, ar->currentline,
                        ar->name);
    else
        lua_pushfstring(L, "\n  called from %s:%d", ar->short_src, ar->currentline);
}

/* Frames of the user's own behind the one that the message already names; the prompt's
 * own line is known to who typed it. */
static void add_frames(lua_State *L)
{
    const char *msg = lua_tostring(L, -1);
    char where[LUA_IDSIZE + 16];
    int level, shown = 0;
    bool told = false;
    lua_Debug ar;

    for (level = 1; shown < SHOWN_FRAMES && lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sln", &ar);
        if (ar.currentline <= 0 || ory_is_own_chunk(ar.source))
            continue;
        snprintf(where, sizeof where, "%s:%d:", ar.short_src, ar.currentline);
        if (!told && strncmp(msg, where, strlen(where)) == 0) {
            told = true;
            continue;
        }
        if (*ar.what == 'm' && strcmp(ar.source, ORY_PROMPT_CHUNK) == 0)
            continue;
        push_frame(L, &ar);
        shown++;
    }
    lua_concat(L, shown + 1);
}

int ory_report_handler(lua_State *L)
{
    lua_settop(L, 1);
    if (lua_type(L, 1) != LUA_TSTRING && lua_type(L, 1) != LUA_TNUMBER &&
        !luaL_callmeta(L, 1, "__tostring"))
        lua_pushfstring(L, "an error that is a %s, not a text", luaL_typename(L, 1));
    luaL_tolstring(L, -1, NULL);
    if (ory_interrupt_pending())
        return 1;
    luaL_checkstack(L, 16, NULL);
    hint_name(L);
    add_frames(L);
    return 1;
}

void ory_report(lua_State *L, FILE *out, const char *prefix)
{
    static const char here[] = "prompt:1: ";
    const char *msg = lua_tostring(L, -1);

    if (!msg)
        msg = "error without a message";
    if (strncmp(msg, here, sizeof here - 1) == 0)
        msg += sizeof here - 1;
    fflush(stdout);
    fprintf(out, "%s%s\n", prefix, msg);
    fflush(out);
    lua_pop(L, 1);
}
