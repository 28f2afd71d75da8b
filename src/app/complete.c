/* SPDX-License-Identifier: GPL-3.0-or-later */
/* complete.c - what may stand at the cursor. */
#include "config.h"

#include "app/complete.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "app/context.h"
#include "bind/run.h"
#include "bind/system.h"
#include "core/mem.h"
#include "run/stepper.h"

enum { MAX_CANDIDATES = 4096, MAX_CHAIN = 8, MAX_TEXT = 65536 };

static lua_State *state;
static const char *block;
static char *found[MAX_CANDIDATES];
static size_t n_found;

typedef struct request {
    ory_context ctx;
    const char *word;
    const char *head; /* part of the word that every candidate begins with ("net.") */
    size_t head_len;
} request;

/* ---------------------------------------------------------------- candidates */

static void forget(void)
{
    while (n_found > 0)
        ory_free(found[--n_found]);
}

/* head + name + tail, when the word begins so. */
static void offer(const request *q, const char *name, const char *tail)
{
    const char *rest = q->word + q->head_len;
    char text[256];

    if (n_found == MAX_CANDIDATES || strncmp(name, rest, strlen(rest)) != 0)
        return;
    snprintf(text, sizeof text, "%.*s%s%s", (int)q->head_len, q->word, name, tail);
    found[n_found] = ory_strdup(text);
    if (found[n_found])
        n_found++;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_unique(void)
{
    size_t i, n = 0;

    qsort(found, n_found, sizeof *found, compare);
    for (i = 0; i < n_found; i++)
        if (n > 0 && strcmp(found[n - 1], found[i]) == 0)
            ory_free(found[i]);
        else
            found[n++] = found[i];
    n_found = n;
}

static bool is_identifier(const char *s)
{
    if (!*s || (*s >= '0' && *s <= '9'))
        return false;
    for (; *s; s++)
        if (!(*s == '_' || (*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') ||
              (*s >= 'A' && *s <= 'Z')))
            return false;
    return true;
}

/* -------------------------------------------------------------------- looking */

/* The value of a path ("net.linear", "r"; methods after ':' too) by raw access along
 * tables and __index tables. Pushes it; nil when there is none. */
static void push_field(lua_State *L, int idx, const char *name, size_t len)
{
    int depth;

    lua_pushvalue(L, idx);
    for (depth = 0; depth < MAX_CHAIN; depth++) {
        if (lua_istable(L, -1)) {
            lua_pushlstring(L, name, len);
            if (lua_rawget(L, -2) != LUA_TNIL) {
                lua_remove(L, -2);
                return;
            }
            lua_pop(L, 1);
        }
        if (!lua_getmetatable(L, -1))
            break;
        lua_pushliteral(L, "__methods");
        if (lua_rawget(L, -2) != LUA_TTABLE) {
            lua_pop(L, 1);
            lua_pushliteral(L, "__index");
            lua_rawget(L, -2);
        }
        lua_copy(L, -1, -3);
        lua_pop(L, 2);
        if (!lua_istable(L, -1))
            break;
    }
    lua_pop(L, 1);
    lua_pushnil(L);
}

/* The system of a run is a field too. */
static void push_step(lua_State *L, int idx, const char *name, size_t len)
{
    ory_run_box *box = luaL_testudata(L, idx, "orrery.run");

    if (box && box->r && len == 6 && strncmp(name, "system", 6) == 0)
        ory_push_system(L, ory_run_system(box->r));
    else
        push_field(L, idx, name, len);
}

static void push_path(lua_State *L, const char *path, size_t len)
{
    size_t n;

    lua_pushglobaltable(L);
    while (len > 0) {
        for (n = 0; n < len && path[n] != '.' && path[n] != ':'; n++)
            ;
        push_step(L, lua_gettop(L), path, n);
        lua_remove(L, -2);
        n += n < len;
        path += n;
        len -= n;
    }
}

static ory_run *run_at(lua_State *L, const char *path)
{
    ory_run_box *box;

    push_path(L, path, strcspn(path, ":"));
    box = *path ? luaL_testudata(L, -1, "orrery.run") : NULL;
    lua_pop(L, 1);
    return box ? box->r : NULL;
}

/* The system that a path names, or the one of the run it names. */
static const ory_system *system_at(lua_State *L, const char *path)
{
    ory_run *r = run_at(L, path);
    const ory_system *s = r ? ory_run_system(r) : NULL;

    if (s || !*path)
        return s;
    push_path(L, path, strcspn(path, ":"));
    if (luaL_testudata(L, -1, "orrery.system"))
        s = ory_check_system(L, -1, "completion");
    lua_pop(L, 1);
    return s;
}

/* -------------------------------------------------------------- names of runs */

static void offer_probes(const request *q, ory_run *r, bool scalars)
{
    int i;

    for (i = 0; i < ory_run_probe_count(r); i++) {
        const ory_probe *p = ory_run_probe_at(r, i);

        if (!scalars || p->kind == ORY_SCALAR)
            offer(q, p->name, "");
    }
}

static void offer_run_fields(const request *q, ory_run *r)
{
    static const char *const own[] = {"k",      "t",       "eta",     "known",   "name",   "id",
                                      "parent", "stopped", "seconds", "system", "stepper"};
    const ory_system *s = ory_run_system(r);
    size_t i;
    int k;

    for (i = 0; i < sizeof own / sizeof *own; i++)
        offer(q, own[i], "");
    for (i = 0; i < s->n_blocks; i++)
        offer(q, s->blocks[i].name, "");
    for (k = 0; k < ory_run_knob_count(r); k++)
        offer(q, ory_run_knob_at(r, k, NULL)->name, "");
    offer_probes(q, r, false);
}

static void offer_system_fields(const request *q, const ory_system *s)
{
    const ory_param *p;
    int i;

    for (p = s->class->params; p && p->name; p++)
        offer(q, p->name, "");
    for (i = 0; i < ory_probe_count(s->class); i++)
        offer(q, ory_probe_at(s->class, i)->name, "");
}

/* --------------------------------------------------------------------- fields */

/* Text keys of the table at the top; only functions behind a colon. */
static void offer_table(lua_State *L, const request *q, bool methods)
{
    const char *rest = q->word + q->head_len;

    lua_pushnil(L);
    while (lua_next(L, -2)) {
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;

        if (key && is_identifier(key) && (!methods || lua_isfunction(L, -1)) &&
            (key[0] != '_' || rest[0] == '_'))
            offer(q, key, "");
        lua_pop(L, 1);
    }
}

/* Fields of the value at the top, along its chain. */
static void offer_fields(lua_State *L, const request *q, bool methods)
{
    ory_run_box *box = luaL_testudata(L, -1, "orrery.run");
    int depth;

    if (box && box->r && !methods)
        offer_run_fields(q, box->r);
    if (!methods && luaL_testudata(L, -1, "orrery.system"))
        offer_system_fields(q, ory_check_system(L, -1, "completion"));
    lua_pushvalue(L, -1);
    for (depth = 0; depth < MAX_CHAIN; depth++) {
        if (lua_istable(L, -1))
            offer_table(L, q, methods);
        if (!lua_getmetatable(L, -1))
            break;
        lua_pushliteral(L, "__methods");
        if (lua_rawget(L, -2) != LUA_TTABLE) {
            lua_pop(L, 1);
            lua_pushliteral(L, "__index");
            lua_rawget(L, -2);
        }
        lua_copy(L, -1, -3);
        lua_pop(L, 2);
        if (!lua_istable(L, -1))
            break;
        if (depth == 0 && (methods || !lua_istable(L, -2))) {
            offer_table(L, q, true);
            break;
        }
    }
    lua_pop(L, 1);
}

static void offer_keywords(const request *q)
{
    static const char *const words[] = {
        "and", "break", "do",    "else", "elseif", "end",    "false",  "for",  "function", "goto",  "if",
        "in",  "local", "nil",   "not",  "or",     "repeat", "return", "then", "true",     "until", "while"};
    size_t i;

    for (i = 0; i < sizeof words / sizeof *words; i++)
        offer(q, words[i], "");
}

static void names(lua_State *L, request *q)
{
    const char *dot = strrchr(q->word, '.'), *colon = strrchr(q->word, ':');
    const char *cut = !dot ? colon : !colon ? dot : dot > colon ? dot : colon;

    q->head_len = cut ? (size_t)(cut - q->word) + 1 : 0;
    push_path(L, q->word, cut ? (size_t)(cut - q->word) : 0);
    offer_fields(L, q, cut && *cut == ':');
    lua_pop(L, 1);
    if (!cut)
        offer_keywords(q);
}

/* -------------------------------------------------------------------- options */

static const ory_stepper_class *stepper_of(const ory_context *c, const ory_system *s)
{
    const char *name = c->stepper[0] ? c->stepper : s ? s->class->default_stepper : "gd";

    return ory_stepper_class_find(name);
}

/* Keys that the usage of a function writes as "key=" or as "{a, b}". */
static void offer_usage_keys(lua_State *L, const request *q, const char *name)
{
    const char *s, *start;
    char key[64];

    if (lua_getfield(L, LUA_REGISTRYINDEX, "orrery.help") == LUA_TTABLE &&
        lua_getfield(L, -1, name) == LUA_TTABLE &&
        lua_getfield(L, -1, "usage") == LUA_TSTRING) {
        for (s = lua_tostring(L, -1); (s = strchr(s, '=')) != NULL; s++) {
            for (start = s; start > lua_tostring(L, -1) &&
                            (start[-1] == '_' || (start[-1] >= 'a' && start[-1] <= 'z') ||
                             (start[-1] >= 'A' && start[-1] <= 'Z') ||
                             (start[-1] >= '0' && start[-1] <= '9'));
                 start--)
                ;
            snprintf(key, sizeof key, "%.*s", (int)(s - start), start);
            if (*key)
                offer(q, key, "=");
        }
    }
}

static void offer_params(const request *q, const ory_param *p)
{
    for (; p && p->name; p++)
        offer(q, p->name, "=");
}

/* "r:go" as the help knows it: "run:go", by the kind of the object. */
static void help_name(lua_State *L, const char *callee, char *name, size_t size)
{
    const char *colon = strchr(callee, ':'), *kind = NULL;

    snprintf(name, size, "%s", callee);
    if (!colon)
        return;
    push_path(L, callee, (size_t)(colon - callee));
    if (lua_isuserdata(L, -1) && luaL_getmetafield(L, -1, "__name") == LUA_TSTRING)
        kind = lua_tostring(L, -1);
    if (kind && strncmp(kind, "orrery.", 7) == 0)
        snprintf(name, size, "%s%s", kind + 7, colon);
    lua_pop(L, kind ? 2 : 1);
}

/* Calls fn with each option of the function at the top of the stack; nothing without. */
static void each_option(lua_State *L, const request *q, const char *name,
                        void (*fn)(lua_State *L, const request *q))
{
    lua_Integer i, n;

    if (!ory_push_options(L, name))
        return;
    n = (lua_Integer)lua_rawlen(L, -1);
    for (i = 1; i <= n; i++) {
        if (lua_rawgeti(L, -1, i) == LUA_TTABLE)
            fn(L, q);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* Field of the row at the top as a text, or NULL; the row keeps it alive. */
static const char *row_text(lua_State *L, const char *field)
{
    const char *text = NULL;

    lua_pushstring(L, field);
    if (lua_rawget(L, -2) == LUA_TSTRING)
        text = lua_tostring(L, -1);
    lua_pop(L, 1);
    return text;
}

static void offer_option_key(lua_State *L, const request *q)
{
    const char *key = row_text(L, "key");

    if (key)
        offer(q, key, "=");
}

static void offer_option_texts(lua_State *L, const request *q)
{
    const char *key = row_text(L, "key");
    lua_Integer i;

    if (!key || strcmp(key, q->ctx.key) != 0)
        return;
    lua_pushliteral(L, "choices");
    if (lua_rawget(L, -2) == LUA_TTABLE)
        for (i = 1; i <= (lua_Integer)lua_rawlen(L, -1); i++) {
            if (lua_rawgeti(L, -1, i) == LUA_TSTRING)
                offer(q, lua_tostring(L, -1), "");
            lua_pop(L, 1);
        }
    lua_pop(L, 1);
}

static void keys(lua_State *L, const request *q)
{
    const ory_context *c = &q->ctx;
    const ory_stepper_class *st;
    char name[ORY_CONTEXT_NAME + 8];
    int top = lua_gettop(L);

    if (strcmp(c->callee, "run") == 0 &&
        (st = stepper_of(c, system_at(L, c->first))) != NULL)
        offer_params(q, st->params);
    help_name(L, c->callee, name, sizeof name);
    each_option(L, q, name, offer_option_key);
    offer_usage_keys(L, q, name);
    lua_settop(L, top);
}

/* ---------------------------------------------------------------------- texts */

static void offer_rules(const request *q, const ory_system_class *c)
{
    const char *name;
    int i;

    for (i = 0; c && (name = ory_rule_name(c, i)) != NULL; i++)
        offer(q, name, "");
}

static void offer_choices(const request *q, const ory_param *params, const char *key)
{
    int i = params ? ory_params_find(params, key) : -1, k;

    for (k = 0; i >= 0 && params[i].choices && params[i].choices[k]; k++)
        offer(q, params[i].choices[k], "");
}

static void offer_help_names(lua_State *L, const request *q)
{
    if (lua_getfield(L, LUA_REGISTRYINDEX, "orrery.help") == LUA_TTABLE) {
        lua_pushnil(L);
        while (lua_next(L, -2)) {
            if (lua_type(L, -2) == LUA_TSTRING)
                offer(q, lua_tostring(L, -2), "");
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

static void offer_steppers(const request *q)
{
    size_t i;

    for (i = 0; i < ory_stepper_count(); i++)
        offer(q, ory_stepper_class_at(i)->name, "");
}

/* r.rule = " */
static void knob_texts(lua_State *L, const request *q)
{
    const char *dot = strrchr(q->ctx.target, '.');
    char path[ORY_CONTEXT_NAME];
    const ory_value *v;
    ory_run *r;
    int i;

    if (!dot)
        return;
    snprintf(path, sizeof path, "%.*s", (int)(dot - q->ctx.target), q->ctx.target);
    r = run_at(L, path);
    i = r ? ory_run_knob_find(r, dot + 1) : -1;
    if (i < 0)
        return;
    if (strcmp(dot + 1, "rule") == 0)
        offer_rules(q, ory_run_system(r)->class);
    else
        offer_choices(q, (const ory_param[]){*ory_run_knob_at(r, i, &v), {0}}, dot + 1);
}

/* Texts of an option of run(s, {…}). */
static void run_texts(lua_State *L, const request *q)
{
    const ory_context *c = &q->ctx;
    const ory_system *s = system_at(L, c->first);
    const ory_stepper_class *st = stepper_of(c, s);
    int i;

    if (strcmp(c->key, "stepper") == 0)
        offer_steppers(q);
    else if (strcmp(c->key, "rule") == 0)
        offer_rules(q, s ? s->class : ory_system_class_at(0));
    else if (strcmp(c->key, "record") == 0)
        for (i = 0; s && i < ory_probe_count(s->class); i++)
            offer(q, ory_probe_at(s->class, i)->name, "");
    else if (st)
        offer_choices(q, st->params, c->key);
}

static void texts(lua_State *L, const request *q)
{
    const ory_context *c = &q->ctx;
    char name[ORY_CONTEXT_NAME + 8];
    ory_run *r;

    if (c->bracket == 0) {
        knob_texts(L, q);
        return;
    }
    help_name(L, c->callee, name, sizeof name);
    if (c->key[0])
        each_option(L, q, name, offer_option_texts);
    if (strcmp(c->callee, "run") == 0)
        run_texts(L, q);
    else if (strcmp(c->callee, "help") == 0)
        offer_help_names(L, q);
    else if ((r = run_at(L, strchr(c->callee, ':') ? c->callee : c->first)) != NULL &&
             !strstr(c->callee, ":save") && !strstr(c->callee, ":fork"))
        offer_probes(q, r, true);
}

/* ------------------------------------------------------------------- gathering */

/* In a protected call: looking may run out of memory. */
static int gather(lua_State *L)
{
    request *q = lua_touserdata(L, 1);

    luaL_checkstack(L, 40, NULL);
    if (q->ctx.in_comment)
        return 0;
    if (q->ctx.in_text) {
        texts(L, q);
        return 0;
    }
    if (q->ctx.at_key && !strpbrk(q->word, ".:"))
        keys(L, q);
    if (n_found == 0)
        names(L, q);
    return 0;
}

char **ory_complete(const char *text, const char *word, size_t *n, bool *text_word)
{
    request q = {.word = word};

    forget();
    ory_context_read(text, strlen(text), &q.ctx);
    *text_word = q.ctx.in_text;
    if (state) {
        int top = lua_gettop(state);

        lua_pushcfunction(state, gather);
        lua_pushlightuserdata(state, &q);
        lua_pcall(state, 1, 0, 0);
        lua_settop(state, top);
    }
    sort_unique();
    *n = n_found;
    return found;
}

void ory_complete_state(lua_State *L)
{
    state = L;
    if (!L)
        forget();
}

void ory_complete_block(const char *text)
{
    block = text && *text ? text : NULL;
}

bool ory_complete_pending(void)
{
    return block != NULL;
}

/* ------------------------------------------------------------------- Readline */

static char *next_found(const char *text, int again)
{
    static size_t i;

    (void)text;
    if (!again)
        i = 0;
    return i < n_found ? strdup(found[i++]) : NULL;
}

static char **attempt(const char *word, int start, int end)
{
    char *text;
    size_t room = strlen(block ? block : "") + (size_t)start + 2, n = 0;
    bool text_word = false;

    (void)end;
    rl_attempted_completion_over = 1;
    rl_completion_append_character = '\0';
    if (room > MAX_TEXT || !(text = ory_alloc(room, 1)))
        return NULL;
    snprintf(text, room, "%s%s%.*s", block ? block : "", block ? "\n" : "", start,
             rl_line_buffer);
    ory_complete(text, word, &n, &text_word);
    ory_free(text);
    if (n > 0)
        return rl_completion_matches(word, next_found);
    rl_attempted_completion_over = !text_word; /* file names inside quotes */
    return NULL;
}

void ory_complete_start(void)
{
    rl_attempted_completion_function = attempt;
    rl_completer_word_break_characters = (char *)" \t\n\"'`@$><=;|&{}()[],+-*/%^~#?!";
    rl_completer_quote_characters = "\"'";
    rl_basic_quote_characters = "\"'";
}
