/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chunk.c - what was typed, as code. */
#include "config.h"

#include "app/chunk.h"

#include <ctype.h>
#include <string.h>

#include <lauxlib.h>

#include "app/report.h"
#include "core/mem.h"

/* Length without blanks at the end. */
static size_t trimmed(const char *text)
{
    size_t n = strlen(text);

    while (n > 0 && isspace((unsigned char)text[n - 1]))
        n--;
    return n;
}

static bool ends_with(const char *text, size_t len, const char *end)
{
    size_t n = strlen(end);

    return len >= n && memcmp(text + len - n, end, n) == 0;
}

/* Whether the message at the top says that the text ends too early. A quoted text ends
 * with its line, unless a backslash carries it on. */
static bool wants_more(lua_State *L, const char *text)
{
    size_t len, n = strlen(text);
    const char *msg = lua_tolstring(L, -1, &len);

    if (!msg || !(ends_with(msg, len, "<eof>") || ends_with(msg, len, "<eof>'")))
        return false;
    return !strstr(msg, "unfinished string") || ends_with(text, n, "\\") ||
           ends_with(text, n, "\\z");
}

/* Push before and the text without "=" in front and ";" behind. */
static void push_expression(lua_State *L, const char *before, const char *text)
{
    size_t len = strlen(text);

    while (len > 0 && (text[len - 1] == ';' || isspace((unsigned char)text[len - 1])))
        len--;
    if (*text == '=') {
        text++;
        len--;
    }
    lua_pushstring(L, before);
    lua_pushlstring(L, text, len);
    lua_concat(L, 2);
}

static int load_expression(lua_State *L, const char *text)
{
    int status;

    push_expression(L, "return ", text);
    status = luaL_loadbufferx(L, lua_tostring(L, -1), lua_rawlen(L, -1), ORY_PROMPT_CHUNK, "t");
    lua_remove(L, -2);
    return status;
}

ory_chunk ory_chunk_load(lua_State *L, const char *text, bool *silent)
{
    size_t len = trimmed(text);
    int status;

    if (silent)
        *silent = len > 0 && text[len - 1] == ';';
    if (load_expression(L, text) == LUA_OK)
        return ORY_CHUNK_READY;
    lua_pop(L, 1);
    status = luaL_loadbufferx(L, text, strlen(text), ORY_PROMPT_CHUNK, "t");
    if (status == LUA_OK)
        return ORY_CHUNK_READY;
    if (status == LUA_ERRSYNTAX && wants_more(L, text))
        return ORY_CHUNK_MORE;
    return ORY_CHUNK_BAD;
}

void ory_chunk_statement(lua_State *L, const char *text)
{
    bool statement = luaL_loadbufferx(L, text, strlen(text), ORY_PROMPT_CHUNK, "t") == LUA_OK;

    lua_pop(L, 1);
    if (statement)
        lua_pushstring(L, text);
    else
        push_expression(L, "_ = ", text);
}

const char *ory_chunk_prompt(const char *line)
{
    if (strncmp(line, ">> ", 3) == 0)
        return line + 3;
    if (strncmp(line, "> ", 2) == 0)
        return line + 2;
    if (strcmp(line, ">>") == 0 || strcmp(line, ">") == 0)
        return line + strlen(line);
    return NULL;
}

typedef struct splitter {
    lua_State *L;
    char *block; /* room for the whole text */
    size_t used;
    ory_chunk state; /* of block */
    int bad;
    void (*fn)(void *ctx, const char *block); /* NULL: only look */
    void *ctx;
} splitter;

static void end_block(splitter *s)
{
    if (s->used > 0) {
        s->bad += s->state != ORY_CHUNK_READY;
        if (s->fn)
            s->fn(s->ctx, s->block);
    }
    s->used = 0;
    s->state = ORY_CHUNK_READY;
}

static void add_line(splitter *s, const char *line)
{
    if (s->used > 0)
        s->block[s->used++] = '\n';
    strcpy(s->block + s->used, line);
    s->used += strlen(line);
    s->state = ORY_CHUNK_READY;
    if (*s->block != '?') {
        s->state = ory_chunk_load(s->L, s->block, NULL);
        lua_pop(s->L, 1);
    }
}

/* One pass over text (destroyed: newlines become zeros). */
static void walk(splitter *s, char *text)
{
    bool transcript = ory_chunk_prompt(text) != NULL;
    char *line = text, *end;
    const char *code;

    for (; line; line = end ? end + 1 : NULL) {
        end = strchr(line, '\n');
        if (end)
            *end = '\0';
        code = ory_chunk_prompt(line);
        if (s->state != ORY_CHUNK_MORE) {
            end_block(s);
            if (transcript && !code)
                continue; /* output */
        }
        if (code || *line || s->used > 0)
            add_line(s, code ? code : line);
    }
    end_block(s);
}

/* Walk over a copy of text. Returns how many blocks are bad, or -1 without memory. */
static int try_walk(splitter *s, const char *text)
{
    char *copy = ory_strdup(text);

    if (!copy)
        return -1;
    s->used = 0;
    s->state = ORY_CHUNK_READY;
    s->bad = 0;
    walk(s, copy);
    ory_free(copy);
    return s->bad;
}

void ory_chunk_split(lua_State *L, const char *text, void (*fn)(void *ctx, const char *block),
                     void *ctx)
{
    splitter s = {.L = L};
    bool transcript = ory_chunk_prompt(text) != NULL;
    bool whole = !strchr(text, '\n') && !transcript;

    if (!whole && !transcript) {
        whole = ory_chunk_load(L, text, NULL) == ORY_CHUNK_READY;
        lua_pop(L, 1);
    }
    s.block = whole ? NULL : ory_alloc(strlen(text) + 2, 1);
    if (!s.block || (!transcript && try_walk(&s, text) != 0)) {
        fn(ctx, text);
    } else {
        s.fn = fn;
        s.ctx = ctx;
        try_walk(&s, text);
    }
    ory_free(s.block);
}
