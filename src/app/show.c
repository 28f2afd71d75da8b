/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show.c - values at the prompt. Text is collected in one userdata of fixed size, so
 * an error of a __tostring in between leaks nothing and a huge table costs little. */
#include "config.h"

#include "app/show.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "bind/bind.h"

enum { MAX_TEXT = 32 * 1024, MAX_DEPTH = 4, MAX_KEYS = 2000, INNER_ITEMS = 12 };

typedef struct sheet {
    int width, height;
    int depth;
    const void *path[MAX_DEPTH + 1]; /* tables we are inside of */
    size_t used;
    char text[MAX_TEXT];
} sheet;

static void put(sheet *s, const char *fmt, ...) ORY_PRINTF(2, 3);

static void put(sheet *s, const char *fmt, ...)
{
    va_list ap;
    int n;

    if (s->used + 1 >= MAX_TEXT)
        return;
    va_start(ap, fmt);
    n = vsnprintf(s->text + s->used, MAX_TEXT - s->used, fmt, ap);
    va_end(ap);
    s->used += (size_t)(n > 0 ? n : 0);
    if (s->used > MAX_TEXT - 1)
        s->used = MAX_TEXT - 1;
}

/* Cells taken since `from`: UTF-8 characters. */
static int cells(const sheet *s, size_t from)
{
    int n = 0;

    for (; from < s->used; from++)
        n += ((unsigned char)s->text[from] & 0xc0) != 0x80;
    return n;
}

static bool is_name(const char *s, size_t len)
{
    size_t i;

    if (len == 0 || (*s >= '0' && *s <= '9'))
        return false;
    for (i = 0; i < len; i++)
        if (!strchr("_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", s[i]) ||
            !s[i])
            return false;
    return true;
}

static void put_quoted(sheet *s, const char *text, size_t len, size_t most)
{
    size_t i;

    put(s, "\"");
    for (i = 0; i < len && i < most; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == '\n')
            put(s, "\\n");
        else if (c == '\t')
            put(s, "\\t");
        else if (c == '"' || c == '\\')
            put(s, "\\%c", c);
        else if (c < 32 || c == 127)
            put(s, "\\%d", c);
        else
            put(s, "%c", c);
    }
    while (i < len && ((unsigned char)text[i] & 0xc0) == 0x80)
        put(s, "%c", text[i++]); /* the rest of a cut character */
    put(s, i < len ? "\"..." : "\"");
}

static void put_function(lua_State *L, int idx, sheet *s)
{
    lua_Debug ar;

    lua_pushvalue(L, idx);
    lua_getinfo(L, ">S", &ar);
    if (*ar.what == 'C')
        put(s, "function (built in)");
    else
        put(s, "function (%s:%d)", ar.short_src, ar.linedefined);
}

static void put_table(lua_State *L, int idx, sheet *s);

/* A value inside a table, or a plain one: one line. */
static void put_value(lua_State *L, int idx, sheet *s)
{
    const char *text;
    ory_lmat *m;
    size_t len;

    idx = lua_absindex(L, idx);
    switch (lua_type(L, idx)) {
    case LUA_TSTRING:
        text = lua_tolstring(L, idx, &len);
        put_quoted(s, text, len, 400);
        return;
    case LUA_TFUNCTION:
        put_function(L, idx, s);
        return;
    case LUA_TTABLE:
        put_table(L, idx, s);
        return;
    case LUA_TUSERDATA:
        m = ory_test_mat(L, idx);
        if (m) {
            put(s, "<%zu x %zu %s>", m->rows, m->cols, m->vector ? "vector" : "matrix");
            return;
        }
    }
    text = luaL_tolstring(L, idx, &len);
    put(s, "%.*s%s", (int)strcspn(text, "\n"), text, strchr(text, '\n') ? " ..." : "");
    lua_pop(L, 1);
}

static bool inside(const sheet *s, const void *p)
{
    int i;

    for (i = 0; i < s->depth; i++)
        if (s->path[i] == p)
            return true;
    return false;
}

/* Before an item: a comma, and a new line when the present one is full. */
static void separate(sheet *s, size_t *line, bool first)
{
    put(s, first ? "" : ",");
    if (s->depth == 1 && cells(s, *line) > s->width - 16) {
        put(s, "\n");
        *line = s->used;
    }
    put(s, first && s->used == *line ? "" : first ? "" : " ");
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Text keys in order of the alphabet, then the others. Returns how many were left. */
static void put_fields(lua_State *L, int idx, sheet *s, lua_Integer n, size_t *line, bool *first)
{
    const char **keys;
    int count = 0, i, most = s->depth == 1 ? 3 * s->height : INNER_ITEMS, others = 0;

    keys = lua_newuserdatauv(L, MAX_KEYS * sizeof *keys, 0);
    lua_pushnil(L);
    while (lua_next(L, idx)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING && count < MAX_KEYS)
            keys[count++] = lua_tostring(L, -1);
        else if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 1 || lua_tointeger(L, -1) > n)
            others++;
    }
    qsort(keys, (size_t)count, sizeof *keys, compare_keys);
    for (i = 0; i < count && i < most; i++) {
        separate(s, line, *first);
        *first = false;
        if (is_name(keys[i], strlen(keys[i]))) {
            put(s, "%s = ", keys[i]);
        } else {
            put(s, "[");
            put_quoted(s, keys[i], strlen(keys[i]), 60);
            put(s, "] = ");
        }
        lua_pushstring(L, keys[i]);
        lua_rawget(L, idx);
        put_value(L, -1, s);
        lua_pop(L, 1);
    }
    if (count > i) {
        separate(s, line, *first);
        put(s, "... %d more", count - i);
        *first = false;
    }
    lua_pushnil(L);
    for (i = 0; others > 0 && lua_next(L, idx);) {
        bool listed = lua_type(L, -2) == LUA_TSTRING ||
                      (lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 &&
                       lua_tointeger(L, -2) <= n);

        if (!listed && i++ < INNER_ITEMS) {
            separate(s, line, *first);
            *first = false;
            put(s, "[");
            put_value(L, -2, s);
            put(s, "] = ");
            put_value(L, -1, s);
        }
        lua_pop(L, 1);
    }
    if (others > INNER_ITEMS)
        put(s, ", ... %d more", others - INNER_ITEMS);
    lua_pop(L, 1);
}

static void put_table(lua_State *L, int idx, sheet *s)
{
    const void *self = lua_topointer(L, idx);
    lua_Integer n = (lua_Integer)lua_rawlen(L, idx), i, most;
    size_t line = s->used;
    bool first = true;
    const char *text;

    if (luaL_getmetafield(L, idx, "__tostring") != LUA_TNIL) {
        lua_pop(L, 1);
        text = luaL_tolstring(L, idx, NULL);
        put(s, "%.*s", s->depth ? (int)strcspn(text, "\n") : (int)strlen(text), text);
        lua_pop(L, 1);
        return;
    }
    if (inside(s, self) || s->depth == MAX_DEPTH) {
        put(s, inside(s, self) ? "{cycle}" : "{...}");
        return;
    }
    luaL_checkstack(L, 12, NULL);
    s->path[s->depth++] = self;
    put(s, "{");
    most = s->depth == 1 ? (lua_Integer)s->width * s->height / 16 : INNER_ITEMS;
    for (i = 1; i <= n && i <= most; i++) {
        separate(s, &line, first);
        first = false;
        lua_rawgeti(L, idx, i);
        put_value(L, -1, s);
        lua_pop(L, 1);
    }
    if (i <= n)
        put(s, ", ... %lld more", (long long)(n - i + 1));
    put_fields(L, idx, s, n, &line, &first);
    put(s, "}");
    s->depth--;
}

void ory_show(lua_State *L, int idx, int width, int height)
{
    const char *text;
    size_t len;
    sheet *s;

    idx = lua_absindex(L, idx);
    luaL_checkstack(L, 16, NULL);
    if (lua_type(L, idx) == LUA_TUSERDATA || lua_type(L, idx) == LUA_TNUMBER) {
        luaL_tolstring(L, idx, NULL);
        return;
    }
    if (lua_type(L, idx) == LUA_TSTRING) {
        text = lua_tolstring(L, idx, &len);
        if (len > 400 || memchr(text, '\n', len)) {
            lua_pushvalue(L, idx);
            return;
        }
    }
    s = lua_newuserdatauv(L, sizeof *s, 0);
    memset(s, 0, offsetof(sheet, text) + 1);
    s->width = width > 20 ? width : 20;
    s->height = height > 6 ? height - 4 : 2;
    put_value(L, idx, s);
    lua_pushlstring(L, s->text, s->used);
    lua_remove(L, -2);
}
