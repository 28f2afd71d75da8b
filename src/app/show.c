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
#include "tui/utf8.h"

enum { MAX_TEXT = 64 * 1024, MAX_DEPTH = 4, MAX_KEYS = 2000, LONG_TEXT = 400, LEAST_ROOM = 12 };

typedef struct sheet {
    int depth;
    const void *path[MAX_DEPTH]; /* tables we are inside of */
    size_t used;
    char text[MAX_TEXT];
} sheet;

static void put(sheet *s, const char *fmt, ...) ORY_PRINTF(2, 3);

static void put(sheet *s, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(s->text + s->used, MAX_TEXT - s->used, fmt, ap);
    va_end(ap);
    s->used += (size_t)(n > 0 ? n : 0);
    if (s->used > MAX_TEXT - 1)
        s->used = MAX_TEXT - 1;
}

/* Cells taken since the byte at `from`. */
static int cells(const sheet *s, size_t from)
{
    const char *at = s->text + from;
    int n = 0;

    while (*at)
        n += ory_cp_width(ory_utf8_next(&at));
    return n;
}

static void back_to(sheet *s, size_t mark)
{
    s->used = mark;
    s->text[mark] = '\0';
}

/* ------------------------------------------------------------------- one line */

static bool is_name(const char *s, size_t len)
{
    static const char letters[] =
        "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    return len > 0 && strspn(s, letters) == len && !(*s >= '0' && *s <= '9');
}

/* One character of a text in quotes; what the terminal might obey is escaped. */
static const char *put_character(sheet *s, const char *at)
{
    const char *from = at;
    uint32_t c = ory_utf8_next(&at);
    bool broken = c == ORY_CP_BAD && (unsigned char)*from != 0xEF;

    if (c == '\n')
        put(s, "\\n");
    else if (c == '\t')
        put(s, "\\t");
    else if (c == '"' || c == '\\')
        put(s, "\\%c", (int)c);
    else if (c < 32 || (c >= 127 && c < 160) || broken)
        for (; from < at; from++)
            put(s, "\\%d", (unsigned char)*from);
    else
        put(s, "%.*s", (int)(at - from), from);
    return at;
}

/* At most room cells. */
static void put_quoted(sheet *s, const char *text, size_t len, int room)
{
    const char *at = text, *end = text + len;
    size_t mark = s->used, whole;

    put(s, "\"");
    while (at < end) {
        whole = s->used;
        if (*at == '\0') {
            put(s, "\\0");
            at++;
        } else {
            at = put_character(s, at);
        }
        if (cells(s, mark) > room - (at < end ? 4 : 1)) {
            back_to(s, whole);
            put(s, "\"...");
            return;
        }
    }
    put(s, "\"");
}

static void put_function(lua_State *L, int idx, sheet *s)
{
    lua_Debug ar;

    lua_pushvalue(L, idx);
    lua_getinfo(L, ">S", &ar);
    if (*ar.what == 'C' || ory_is_own_chunk(ar.source))
        put(s, "function (built in)");
    else
        put(s, "function (%s:%d)", ar.short_src, ar.linedefined);
}

/* The first line of what the value says of itself, in at most room cells. */
static void put_said(lua_State *L, int idx, sheet *s, int room)
{
    const char *text = luaL_tolstring(L, idx, NULL), *at = text;
    size_t mark = s->used, whole;

    while (*at && *at != '\n') {
        const char *from = at;

        (void)ory_utf8_next(&at);
        whole = s->used;
        put(s, "%.*s", (int)(at - from), from);
        if (cells(s, mark) > room - 4) {
            back_to(s, whole);
            break;
        }
    }
    if (*at)
        put(s, " ...");
    lua_pop(L, 1);
}

static bool put_flat(lua_State *L, int idx, sheet *s, int room);

/* A value on one line, in at most room cells where that is possible. */
static void put_value(lua_State *L, int idx, sheet *s, int room)
{
    size_t len, mark = s->used;
    const char *text;
    ory_lmat *m;

    idx = lua_absindex(L, idx);
    room = room > LEAST_ROOM ? room : LEAST_ROOM;
    switch (lua_type(L, idx)) {
    case LUA_TSTRING:
        text = lua_tolstring(L, idx, &len);
        put_quoted(s, text, len, room);
        return;
    case LUA_TFUNCTION:
        put_function(L, idx, s);
        return;
    case LUA_TTABLE:
        if (!put_flat(L, idx, s, room)) {
            back_to(s, mark);
            put(s, "{...}");
        }
        return;
    case LUA_TUSERDATA:
        m = ory_test_mat(L, idx);
        if (m) {
            put(s, "<%zu x %zu %s>", m->rows, m->cols, m->vector ? "vector" : "matrix");
            return;
        }
    }
    put_said(L, idx, s, room);
}

static bool has_tostring(lua_State *L, int idx)
{
    bool has = luaL_getmetafield(L, idx, "__tostring") != LUA_TNIL;

    if (has)
        lua_pop(L, 1);
    return has;
}

static bool inside(const sheet *s, const void *p)
{
    int i;

    for (i = 0; i < s->depth; i++)
        if (s->path[i] == p)
            return true;
    return false;
}

static void put_key(lua_State *L, int idx, sheet *s)
{
    size_t len;
    const char *text;

    if (lua_type(L, idx) == LUA_TSTRING) {
        text = lua_tolstring(L, idx, &len);
        if (is_name(text, len)) {
            put(s, "%s = ", text);
            return;
        }
    }
    put(s, "[");
    put_value(L, idx, s, 30);
    put(s, "] = ");
}

/* ----------------------------------------------------------------------- keys */

typedef struct keys {
    lua_Integer n; /* length of the list part */
    int named;     /* text keys, sorted; more than MAX_KEYS are among the others */
    int others;
    const char *name[MAX_KEYS];
} keys;

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Whether the key at idx stands in the list part or among the named ones. */
static bool in_list(lua_State *L, int idx, lua_Integer n)
{
    return lua_isinteger(L, idx) && lua_tointeger(L, idx) >= 1 && lua_tointeger(L, idx) <= n;
}

/* The keys of the table at idx as a userdata on the stack. */
static keys *push_keys(lua_State *L, int idx)
{
    keys *k = lua_newuserdatauv(L, sizeof *k, 0);

    k->n = (lua_Integer)lua_rawlen(L, idx);
    k->named = k->others = 0;
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TSTRING && k->named < MAX_KEYS)
            k->name[k->named++] = lua_tostring(L, -2);
        else if (!in_list(L, -2, k->n))
            k->others++;
    }
    qsort(k->name, (size_t)k->named, sizeof *k->name, compare);
    return k;
}

/* Calls fn with key and value on the top of the stack for every key that is neither in
 * the list nor a text; fn returns false to end. */
static void each_other(lua_State *L, int idx, lua_Integer n, bool (*fn)(lua_State *L, void *ctx),
                       void *ctx)
{
    bool on = true;

    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1))
        if (on && lua_type(L, -2) != LUA_TSTRING && !in_list(L, -2, n))
            on = fn(L, ctx);
}

/* ----------------------------------------------------------------- flat tables */

typedef struct flat {
    sheet *s;
    size_t mark;
    int room;
    bool first;
} flat;

static bool full(const flat *f)
{
    return f->s->used - f->mark > 4 * (size_t)f->room || cells(f->s, f->mark) > f->room;
}

static bool flat_item(lua_State *L, flat *f)
{
    put_value(L, -1, f->s, f->room);
    f->first = false;
    return !full(f);
}

static bool flat_other(lua_State *L, void *ctx)
{
    flat *f = ctx;

    put(f->s, f->first ? "" : ", ");
    lua_pushvalue(L, -2);
    put_key(L, -1, f->s);
    lua_pop(L, 1);
    return flat_item(L, f);
}

static void flat_content(lua_State *L, int idx, const keys *k, flat *f)
{
    lua_Integer i;
    bool on = true;
    int j;

    for (i = 1; on && i <= k->n; i++) {
        put(f->s, f->first ? "" : ", ");
        lua_rawgeti(L, idx, i);
        on = flat_item(L, f);
        lua_pop(L, 1);
    }
    for (j = 0; on && j < k->named; j++) {
        put(f->s, f->first ? "" : ", ");
        lua_pushstring(L, k->name[j]);
        put_key(L, -1, f->s);
        lua_rawget(L, idx);
        on = flat_item(L, f);
        lua_pop(L, 1);
    }
    if (on && k->others > 0)
        each_other(L, idx, k->n, flat_other, f);
}

/* The table on one line; false: it does not fit into room cells. */
static bool put_flat(lua_State *L, int idx, sheet *s, int room)
{
    flat f = {s, s->used, room - 1, true};
    const void *self = lua_topointer(L, idx);
    keys *k;

    if (has_tostring(L, idx)) {
        put_said(L, idx, s, room);
        return true;
    }
    if (inside(s, self)) {
        put(s, "{cycle}");
        return true;
    }
    if (s->depth == MAX_DEPTH)
        return false;
    luaL_checkstack(L, 16, NULL);
    s->path[s->depth++] = self;
    put(s, "{");
    k = push_keys(L, idx);
    flat_content(L, idx, k, &f);
    lua_pop(L, 1);
    put(s, "}");
    s->depth--;
    return !full(&f);
}

/* ----------------------------------------------------------------- tall tables */

typedef struct tall {
    sheet *s;
    int width, rows; /* rows that are left */
    int left_out;
} tall;

static bool tall_field(lua_State *L, void *ctx)
{
    tall *t = ctx;
    size_t line;

    if (t->rows == 0) {
        t->left_out++;
        return true;
    }
    put(t->s, "\n  ");
    line = t->s->used - 2;
    lua_pushvalue(L, -2);
    put_key(L, -1, t->s);
    lua_pop(L, 1);
    put_value(L, -1, t->s, t->width - cells(t->s, line) - 1);
    put(t->s, ",");
    t->rows--;
    return true;
}

/* Items side by side, as many as fit into a line. */
static void tall_list(lua_State *L, int idx, lua_Integer n, tall *t)
{
    size_t line = 0, item;
    lua_Integer i;

    for (i = 1; i <= n; i++) {
        item = t->s->used;
        put(t->s, " ");
        lua_rawgeti(L, idx, i);
        put_value(L, -1, t->s, t->width - 4);
        lua_pop(L, 1);
        put(t->s, ",");
        if (line == 0 || cells(t->s, line) > t->width - 1) {
            back_to(t->s, item);
            if (t->rows == 0)
                break;
            t->rows--;
            put(t->s, "\n ");
            line = t->s->used - 1;
            i--; /* again, at the start of a line */
        }
    }
    if (i <= n)
        put(t->s, "\n  ... %lld more", (long long)(n - i + 1));
}

/* A table of several lines. Neither list nor fields take the whole window when there are
 * both. */
static void put_tall(lua_State *L, int idx, sheet *s, int width, int height)
{
    int rows = height > 8 ? height - 4 : 4, kept, i;
    tall t = {s, width, rows, 0};
    keys *k;

    s->path[s->depth++] = lua_topointer(L, idx);
    k = push_keys(L, idx);
    kept = k->named + k->others < rows / 2 ? k->named + k->others : rows / 2;
    put(s, "{");
    t.rows = rows - kept;
    tall_list(L, idx, k->n, &t);
    t.rows += kept;
    for (i = 0; i < k->named; i++) {
        lua_pushstring(L, k->name[i]);
        lua_pushvalue(L, -1);
        lua_rawget(L, idx);
        tall_field(L, &t);
        lua_pop(L, 2);
    }
    each_other(L, idx, k->n, tall_field, &t);
    if (t.left_out > 0)
        put(s, "\n  ... %d more", t.left_out);
    put(s, "\n}");
    lua_pop(L, 1);
    s->depth--;
}

/* ----------------------------------------------------------------------- texts */

/* A long text, or one of several lines, as it is; what the terminal might obey is left
 * out. Pushes it. */
static void push_long(lua_State *L, const char *text, size_t len)
{
    luaL_Buffer b;
    size_t i;

    luaL_buffinitsize(L, &b, len);
    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c >= 32 ? c != 127 : c == '\n' || c == '\t')
            luaL_addchar(&b, (char)c);
    }
    luaL_pushresult(&b);
}

void ory_show(lua_State *L, int idx, int width, int height)
{
    const char *text;
    size_t len;
    sheet *s;

    idx = lua_absindex(L, idx);
    luaL_checkstack(L, 16, NULL);
    if (lua_type(L, idx) == LUA_TUSERDATA || lua_type(L, idx) == LUA_TNUMBER ||
        (lua_istable(L, idx) && has_tostring(L, idx))) {
        luaL_tolstring(L, idx, NULL);
        return;
    }
    if (lua_type(L, idx) == LUA_TSTRING) {
        text = lua_tolstring(L, idx, &len);
        if (len > LONG_TEXT || memchr(text, '\n', len)) {
            push_long(L, text, len);
            return;
        }
    }
    width = width > 20 ? width : 20;
    s = lua_newuserdatauv(L, sizeof *s, 0);
    s->depth = 0;
    back_to(s, 0);
    if (!lua_istable(L, idx)) {
        put_value(L, idx, s, 4 * LONG_TEXT);
    } else if (!put_flat(L, idx, s, width)) {
        back_to(s, 0);
        put_tall(L, idx, s, width, height);
    }
    lua_pushlstring(L, s->text, s->used);
    lua_remove(L, -2);
}
