/* SPDX-License-Identifier: GPL-3.0-or-later */
/* targets_lua.c - what is typed, keys of a terminal, and code of the user's: blocks and
 * completion at the prompt, calls of public functions with any arguments, saved sessions,
 * tours and figures that carry scripts. */
#include "config.h"

#include "fuzz.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <lauxlib.h>

#include "app/chunk.h"
#include "app/complete.h"
#include "app/context.h"
#include "app/interp.h"
#include "app/keys.h"
#include "bind/bind.h"
#include "bind/interrupt.h"
#include "core/interrupt.h"
#include "io/fence.h"
#include "tui/keyin.h"

/* ---------------------------------------------------------------------- keys */

/* The bytes as a terminal sends them, with pauses at zeros. */
static void decode(const uint8_t *bytes, size_t n)
{
    ory_keyin in = {0};
    char name[ORY_KEYIN_NAME];
    uint32_t key;

    for (size_t i = 0; i < n; i++) {
        bool got = bytes[i] ? ory_keyin_byte(&in, bytes[i], &key) : ory_keyin_flush(&in, &key);

        if (got)
            fuzz_require(ory_keyin_name(key, name) != NULL, "a key without a name");
    }
    for (int i = 0; ory_keyin_pending(&in); i++) {
        fuzz_require(i <= ORY_KEYIN_BUFFER, "keys that never end");
        ory_keyin_flush(&in, &key);
    }
}

/* Complaints of the reader are not wanted; those of sanitizers are. */
static void read_script(const uint8_t *bytes, size_t n)
{
    const int kept = dup(STDERR_FILENO);
    FILE *none = freopen("/dev/null", "w", stderr);

    if (ory_keys_load(fuzz_file("x.keys", bytes, n)))
        while (ory_keys_take() != ORY_KEY_NONE)
            ory_keys_name();
    ory_keys_free();
    fuzz_require(ory_keys_peek() == ORY_KEY_NONE, "a key after the end");
    fflush(none);
    dup2(kept, STDERR_FILENO);
    close(kept);
}

FUZZ_TARGET(keys)
{
    decode(bytes, n);
    read_script(bytes, n);
}

/* ----------------------------------------------------------------- a Lua state */

static lua_State *state;

/* Endless code is ended as Ctrl-C would. */
static void end_it(int sig)
{
    (void)sig;
    ory_lua_interrupt();
}

static void set_timer(long milliseconds)
{
    struct itimerval t = {{0, milliseconds * 1000}, {milliseconds / 1000, milliseconds % 1000 * 1000}};

    setitimer(ITIMER_REAL, &t, NULL);
}

/* The function that a file of Lua beside this one returns, called with the help index, the
 * registry and the library debug. */
static void push_driver(lua_State *L, const char *file)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", FUZZ_DIR, file);
    if (luaL_loadfile(L, path) != LUA_OK)
        fuzz_require(0, lua_tostring(L, -1));
    lua_getfield(L, LUA_REGISTRYINDEX, "orrery.help");
    lua_pushvalue(L, LUA_REGISTRYINDEX);
    luaopen_debug(L); /* which the sandbox has taken away */
    if (lua_pcall(L, 3, 1, 0) != LUA_OK)
        fuzz_require(0, lua_tostring(L, -1));
}

/* One state for all inputs of a process, with the functions of FILE at the bottom of its
 * stack. The sandbox keeps files and the system away from what is called. */
static lua_State *state_with(const char *file)
{
    char arg0[] = "fuzz", *argv[] = {arg0, NULL};
    ory_options o = {.script_at = 1, .sandbox = true};
    ory_error err = {0};

    if (state)
        return state;
    signal(SIGALRM, end_it);
    state = ory_interp_new(&o, 1, argv);
    fuzz_require(state != NULL, "no state");
    fuzz_require(ory_fence_close(fuzz_path("."), &err) == ORY_OK, err.text);
    if (file)
        push_driver(state, file);
    return state;
}

static void end_state(void)
{
    set_timer(0);
    ory_lua_interrupt_clear(state);
    lua_settop(state, 1);
}

/* Bytes to the function at the bottom. Findings are what it raises. */
static void give(lua_State *L, const uint8_t *bytes, size_t n, const char *path)
{
    lua_settop(L, 1);
    lua_pushvalue(L, 1);
    lua_pushlstring(L, (const char *)bytes, n);
    lua_pushstring(L, path);
    set_timer(300);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK && !ory_interrupt_pending())
        fuzz_require(0, lua_tostring(L, -1));
    end_state();
    lua_gc(L, LUA_GCCOLLECT);
}

FUZZ_TARGET(calls)
{
    give(state_with("calls.lua"), bytes, n, NULL);
}

FUZZ_TARGET(script)
{
    give(state_with("script.lua"), bytes, n, fuzz_file("x.txt", bytes, n));
}

/* ----------------------------------------------------------------- what is typed */

static void try_block(void *L, const char *block)
{
    lua_State *s = L;

    ory_chunk_load(s, block, NULL);
    lua_pop(s, 1);
}

static void complete(const char *text, size_t n)
{
    size_t from = n, found;
    ory_context where;
    bool text_word;
    char *head;

    while (from > 0 && (strchr("_.:", text[from - 1]) || (text[from - 1] | 32) >= 'a'))
        from--;
    head = strndup(text, from);
    ory_context_read(text, from, &where);
    ory_complete(head, text + from, &found, &text_word);
    free(head);
}

FUZZ_TARGET(typed)
{
    lua_State *L = state_with(NULL);
    char *text = malloc(n + 1);

    memcpy(text, bytes, n);
    text[n] = '\0';
    lua_settop(L, 0);
    ory_complete_state(L);
    ory_chunk_split(L, text, try_block, L);
    lua_settop(L, 0);
    complete(text, strlen(text));
    fuzz_require(lua_gettop(L) == 0, "completion leaves things on the stack");
    free(text);
}
