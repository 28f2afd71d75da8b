/* SPDX-License-Identifier: GPL-3.0-or-later */
/* repl.c - the prompt. A block is what is typed up to the line that completes it. */
#include "config.h"

#include "app/repl.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>

#include "app/chunk.h"
#include "app/complete.h"
#include "app/dash.h"
#include "app/edit.h"
#include "app/history.h"
#include "app/interp.h"
#include "app/keys.h"
#include "app/line.h"
#include "app/paths.h"
#include "app/progress.h"
#include "app/report.h"
#include "app/show.h"
#include "app/signals.h"
#include "app/typo.h"
#include "app/window.h"
#include "bind/bind.h"
#include "bind/interrupt.h"
#include "bind/log.h"
#include "core/clock.h"
#include "core/interrupt.h"
#include "core/mem.h"

#define PROMPT "> "
#define PROMPT_MORE ">> "
#define TELL_TIME 0.05 /* seconds above which a line's time is shown */

enum { KEPT_VALUES = 9 };

static bool keep_history; /* in the file */
static bool rich;         /* the line editor is used */
static bool by_key;       /* the line stands for a key: no history */
static unsigned failures;

/* -------------------------------------------------------------------- showing */

/* _ is the last value, _1 the one before, up to _9. */
static void keep_value(lua_State *L, int idx)
{
    char from[8], to[8];
    int i;

    lua_pushglobaltable(L);
    for (i = KEPT_VALUES; i >= 1; i--) {
        snprintf(from, sizeof from, i > 1 ? "_%d" : "_", i - 1);
        snprintf(to, sizeof to, "_%d", i);
        lua_pushstring(L, to);
        lua_pushstring(L, from);
        lua_rawget(L, -3);
        lua_rawset(L, -3);
    }
    lua_pushliteral(L, "_");
    lua_pushvalue(L, idx);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

/* Function of all results: print each. Upvalue 1: silent. */
static int show_values(lua_State *L)
{
    int n = lua_gettop(L), i;

    if (n > 0 && !(n == 1 && lua_isnil(L, 1)))
        keep_value(L, 1);
    if (lua_toboolean(L, lua_upvalueindex(1)))
        return 0;
    for (i = 1; i <= n; i++) {
        ory_show(L, i, ory_width, ory_height);
        lua_writestring(lua_tostring(L, -1), lua_rawlen(L, -1));
        lua_writestring("\n", 1);
        lua_pop(L, 1);
    }
    return 0;
}

static void tell_time(double seconds)
{
    if (seconds < TELL_TIME)
        return;
    if (seconds < 1)
        printf("(%.0f ms)\n", 1e3 * seconds);
    else
        printf("(%.2f s)\n", seconds);
}

/* -------------------------------------------------------------------- running */

/* After an error: the message at the top is printed and popped. */
static void tell_error(lua_State *L)
{
    failures++;
    ory_progress_clear();
    if (!ory_progress_wiped() && ory_interrupt_pending() && isatty(STDIN_FILENO))
        putchar('\n'); /* behind the terminal's own ^C */
    ory_typo_flush(lua_tostring(L, -1));
    ory_report(L, stderr, "");
}

/* The function at the top, its results shown. True: no error. */
static bool call_and_show(lua_State *L, bool silent)
{
    int base = lua_gettop(L);
    double start = ory_clock_now(), seconds;
    int status;

    (void)ory_progress_wiped();
    status = ory_interp_call(L, 0, LUA_MULTRET);
    seconds = ory_clock_now() - start;
    if (status == LUA_OK) {
        lua_pushboolean(L, silent);
        lua_pushcclosure(L, show_values, 1);
        lua_insert(L, base);
        status = ory_interp_call(L, lua_gettop(L) - base, 0);
    }
    if (status != LUA_OK)
        tell_error(L);
    else
        ory_typo_flush(NULL);
    ory_lua_interrupt_clear(L);
    lua_settop(L, base - 1);
    if (status == LUA_OK)
        tell_time(seconds);
    fflush(stdout);
    return status == LUA_OK;
}

/* "?name", '?"words"', "?" as a call of help. Pushes the code, or returns false. */
static bool push_help_call(lua_State *L, const char *text)
{
    size_t len;

    while (isspace((unsigned char)*text))
        text++;
    if (*text != '?')
        return false;
    for (text++; isspace((unsigned char)*text); text++)
        ;
    len = strlen(text);
    while (len > 0 && (isspace((unsigned char)text[len - 1]) || text[len - 1] == ';'))
        len--;
    if (len == 0)
        lua_pushliteral(L, "help()");
    else if (*text == '"' || *text == '\'')
        lua_pushfstring(L, "help.search(%s)", lua_pushlstring(L, text, len));
    else if (memchr(text, '\n', len) || memchr(text, '"', len) || memchr(text, '\\', len))
        return false;
    else
        lua_pushfstring(L, "help(\"%s\")", lua_pushlstring(L, text, len));
    return true;
}

/* Values of "local x = 1" end with their line: say so, once. */
static void explain_local(const char *text)
{
    static bool told;

    if (told || strncmp(text, "local ", 6) != 0 || strchr(text, '\n') || strchr(text, ';'))
        return;
    told = true;
    puts("note: at the prompt a local name ends with its line; leave out 'local' to keep it");
}

/* One whole block: history first, then run. */
static void run_block(lua_State *L, const char *text)
{
    bool silent = false, ok, help;
    int top = lua_gettop(L);

    if (text[strspn(text, " \t\r\n")] == '\0')
        return;
    if (keep_history && !by_key)
        ory_history_append(text);
    if (rich && !by_key)
        ory_edit_remember(text, NULL);
    ory_window_start();
    luaL_checkstack(L, 20, "too many values");
    help = push_help_call(L, text);
    if (help)
        ok = ory_chunk_load(L, lua_tostring(L, -1), NULL) == ORY_CHUNK_READY;
    else
        ok = ory_chunk_load(L, text, &silent) == ORY_CHUNK_READY;
    if (ok) {
        ory_session_begin(text);
        ok = call_and_show(L, silent);
        ory_session_begin(NULL);
        explain_local(text);
    } else {
        ory_report_syntax(L);
        tell_error(L);
    }
    if (ok && !help) {
        ory_chunk_statement(L, text);
        ory_session_line(L, lua_tostring(L, -1), true);
    }
    lua_settop(L, top);
}

static void run_split(void *ctx, const char *text)
{
    if (!ory_signals_quit())
        run_block(ctx, text);
}

/* -------------------------------------------------------------------- reading */

void ory_repl_drop(ory_pending *b)
{
    free(b->text);
    b->text = NULL;
    b->len = 0;
    ory_complete_block(NULL);
}

static void add(ory_pending *b, const char *line)
{
    size_t n = strlen(line);
    char *more = realloc(b->text, b->len + n + 2);

    if (!more)
        return;
    b->text = more;
    if (b->len > 0)
        b->text[b->len++] = '\n';
    memcpy(b->text + b->len, line, n + 1);
    b->len += n;
}

/* A line that was typed or pasted: run what is complete, keep what is not. */
static void take_line(lua_State *L, ory_pending *b, const char *line)
{
    const char *code = ory_chunk_prompt(line);
    bool help, more;

    add(b, code && !strchr(line, '\n') ? code : line);
    if (!b->text)
        return;
    help = b->text[strspn(b->text, " \t")] == '?';
    more = !help && !ory_chunk_prompt(b->text) &&
           ory_chunk_load(L, b->text, NULL) == ORY_CHUNK_MORE;
    lua_settop(L, 0);
    if (more) {
        ory_complete_block(b->text);
        return;
    }
    ory_complete_block(NULL);
    if (help)
        run_block(L, b->text);
    else
        ory_chunk_split(L, b->text, run_split, L);
    ory_repl_drop(b);
}

typedef struct typed {
    ory_pending *b;
    const char *line;
} typed;

static int take(lua_State *L)
{
    const typed *t = lua_touserdata(L, 1);

    lua_settop(L, 0);
    take_line(L, t->b, t->line);
    return 0;
}

/* Protected: without memory the line is lost, not the session. */
void ory_repl_take(lua_State *L, ory_pending *b, const char *line)
{
    typed t = {b, line};

    lua_pushcfunction(L, take);
    lua_pushlightuserdata(L, &t);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        ory_report(L, stderr, "");
        ory_repl_drop(b);
    }
    ory_lua_interrupt_clear(L);
}

void ory_repl_key_line(lua_State *L, const char *line)
{
    ory_pending b = {0};

    by_key = true;
    ory_repl_take(L, &b, line);
    by_key = false;
    ory_repl_drop(&b);
}

unsigned ory_repl_failures(void)
{
    return failures;
}

/* True: the loop goes on. */
static bool read_line(lua_State *L, ory_pending *b)
{
    char *line = NULL;
    ory_line_kind kind = ory_line_read(b->text ? PROMPT_MORE : PROMPT, &line);

    switch (kind) {
    case ORY_LINE_TEXT:
        ory_lua_interrupt_clear(L);
        ory_repl_take(L, b, line);
        free(line);
        break;
    case ORY_LINE_INTERRUPT:
        ory_lua_interrupt_clear(L);
        ory_repl_drop(b);
        break;
    case ORY_LINE_END:
        putchar('\n');
        if (!b->text)
            return false;
        ory_repl_drop(b);
        return true;
    case ORY_LINE_QUIT:
        return false;
    }
    (void)ory_signals_take(); /* a Ctrl-C during the line is dealt with */
    return !ory_signals_quit() && !ory_dash_quits();
}

/* -------------------------------------------------------------------- starting */

static void greet(void)
{
    puts("orrery " PACKAGE_VERSION ": turn the crank and watch theory move\n"
         "begin  demo(\"first\")    more  demo()    the map  help()    a page  ?net.linear\n"
         "or  r = run(net.linear{ h=20 })    dash(r)    Tab completes    Ctrl-D leaves");
}

static void run_init(lua_State *L)
{
    char path[PATH_MAX];

    if (!ory_path_config("init.lua", path, sizeof path) || access(path, F_OK) != 0)
        return;
    if (luaL_loadfilex(L, path, "t") != LUA_OK || ory_interp_call(L, 0, 0) != LUA_OK)
        ory_report(L, stderr, "orrery: init: ");
    ory_lua_interrupt_clear(L);
    lua_settop(L, 0);
}

bool ory_repl_start(lua_State *L, const ory_options *o)
{
    static bool started;

    if (started)
        return true;
    if (o->keys && !ory_keys_load(o->keys))
        return false;
    started = true;
    if (!o->no_init)
        run_init(L);
    keep_history = isatty(STDIN_FILENO);
    rich = ory_line_can_edit();
    ory_line_start(rich);
    if (rich)
        ory_history_read(ory_edit_remember);
    ory_complete_state(L);
    ory_typo_defer(true);
    return true;
}

int ory_repl(lua_State *L, const ory_options *o, bool hello)
{
    ory_pending b = {0};

    lua_settop(L, 0);
    if (!ory_repl_start(L, o))
        return ORY_EXIT_ERROR;
    if (hello)
        greet();
    while (read_line(L, &b))
        ;
    ory_repl_drop(&b);
    ory_complete_state(NULL);
    ory_keys_free();
    ory_session_forget();
    fflush(stdout);
    return ORY_EXIT_OK;
}
