/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_move.c (bind) - moving a run: step, go to a goal, turn back, breakpoints and
 * watched quantities. Long movements run in slices of 12 ms cut at step boundaries, so
 * that Ctrl-C and the progress line are served; slicing never changes a result. */
#include "config.h"

#include "bind/run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bind/mat.h"
#include "core/clock.h"
#include "core/mem.h"

static const double slice_seconds = 0.012;

static ory_progress_fn progress_fn;
static void *progress_ctx;

void ory_bind_set_progress(ory_progress_fn fn, void *ctx)
{
    progress_fn = fn;
    progress_ctx = ctx;
}

/* ----------------------------------------------------- calling Lua from a run */

/* A Lua function given to a run: kept in user value 1 of the run's box under key. */
typedef struct callback {
    ory_run_box *box;
    int key;
} callback;

static callback *callback_new(lua_State *L, ory_run_box *box, int run_idx, int fn_idx)
{
    callback *c;
    int key = ++box->functions;

    lua_getiuservalue(L, run_idx, 1);
    lua_pushvalue(L, fn_idx);
    lua_rawseti(L, -2, key); /* may raise: nothing is held yet */
    c = ory_alloc(1, sizeof *c);
    if (!c) {
        lua_pushnil(L);
        lua_rawseti(L, -2, key);
        ory_raisef(L, "no memory for a function of %s", ory_run_name(box->r));
        return NULL;
    }
    lua_pop(L, 1);
    *c = (callback){.box = box, .key = key};
    return c;
}

/* Push the callback's function, then the run's own userdata; false when it is gone (the
 * state is closing). Takes no memory: finalizers come here. */
static bool push_callback(lua_State *L, const callback *c)
{
    ory_push_runs(L);
    lua_rawgetp(L, -1, c->box);
    lua_remove(L, -2);
    if (!lua_isuserdata(L, -1)) {
        lua_pop(L, 1);
        return false;
    }
    lua_getiuservalue(L, -1, 1);
    lua_rawgeti(L, -1, c->key);
    lua_remove(L, -2);
    lua_insert(L, -2); /* function, run */
    return true;
}

static void callback_release(void *ctx)
{
    callback *c = ctx;
    lua_State *L = ory_run_lua(c->box);

    if (c->box->r && push_callback(L, c)) {
        lua_remove(L, -2);
        lua_getiuservalue(L, -1, 1);
        lua_pushnil(L);
        lua_rawseti(L, -2, c->key);
        lua_pop(L, 2);
    }
    ory_free(c);
}

static ory_status call_back(const callback *c, ory_error *err)
{
    lua_State *L = ory_run_lua(c->box);

    if (!lua_checkstack(L, 8) || !push_callback(L, c))
        return ory_fail(err, ORY_ECALLBACK, "the function is gone");
    return ory_call(L, 1, 1, err);
}

/* A condition: truth stops. */
static ory_status ask_stop(void *ctx, ory_run *r, bool *stop, ory_error *err)
{
    callback *c = ctx;
    lua_State *L = ory_run_lua(c->box);
    ory_status ok = call_back(c, err);

    (void)r;
    if (ok != ORY_OK)
        return ok;
    *stop = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return ORY_OK;
}

static ory_status ask_value(void *ctx, ory_run *r, double *value, ory_error *err)
{
    callback *c = ctx;
    lua_State *L = ory_run_lua(c->box);
    ory_status ok = call_back(c, err);

    (void)r;
    if (ok != ORY_OK)
        return ok;
    if (lua_type(L, -1) != LUA_TNUMBER) {
        ok = ory_fail(err, ORY_ECALLBACK, "the watched function returned a %s, not a number",
                      luaL_typename(L, -1));
        lua_pop(L, 1);
        return ok;
    }
    *value = lua_tonumber(L, -1);
    lua_pop(L, 1);
    return ORY_OK;
}

/* --------------------------------------------------------------- the movement */

static double fraction_done(const ory_run *r, const ory_goal *goal, uint64_t taken, double t0)
{
    if (goal->max_steps != UINT64_MAX && goal->max_steps > 0)
        return (double)taken / (double)goal->max_steps;
    if (isfinite(goal->time) && goal->time > t0)
        return (ory_run_t(r) - t0) / (goal->time - t0);
    return NAN;
}

/* Go in slices until the goal or another reason. */
static ory_status move_quietly(ory_run_box *box, ory_goal goal, ory_error *err)
{
    const double begin = ory_clock_now(), t0 = ory_run_t(box->r);
    const uint64_t asked = goal.max_steps;
    ory_goal whole = goal;
    uint64_t taken = 0;
    ory_status ok;

    goal.slice = slice_seconds;
    box->busy++;
    do {
        if (asked != UINT64_MAX)
            goal.max_steps = asked - taken;
        ok = ory_run_go(box->r, &goal, &box->stop, err);
        taken += box->stop.steps;
        if (progress_fn && ok == ORY_OK && box->stop.reason == ORY_STOP_SLICE)
            progress_fn(progress_ctx, box->r, fraction_done(box->r, &whole, taken, t0),
                        ory_clock_now() - begin, false);
    } while (ok == ORY_OK && box->stop.reason == ORY_STOP_SLICE);
    box->busy--;
    box->stop.steps = taken;
    if (ok == ORY_OK && box->stop.reason == ORY_STOP_STEPS) /* the run counts its last slice */
        snprintf(box->stop.text, sizeof box->stop.text, "at step %llu: %llu step%s taken",
                 (unsigned long long)ory_run_k(box->r), (unsigned long long)taken,
                 taken == 1 ? "" : "s");
    box->seconds = ory_clock_now() - begin;
    if (progress_fn)
        progress_fn(progress_ctx, box->r, NAN, box->seconds, true);
    return ok;
}

/* Raise what must be raised once the movement is over. */
static void after_move(lua_State *L, ory_run_box *box, ory_status ok, ory_error *err,
                       const char *fn)
{
    ory_gc_sync(L);
    if (ok != ORY_OK) {
        ory_fail_prefix(err, "%s", fn);
        ory_raise(L, err);
    }
    if (box->stop.reason == ORY_STOP_INTERRUPTED)
        ory_raisef(L, "interrupted: %s is at step %llu", ory_run_name(box->r),
                   (unsigned long long)ory_run_k(box->r));
}

static void move(lua_State *L, ory_run_box *box, ory_goal goal, const char *fn)
{
    ory_error err = {0};

    after_move(L, box, move_quietly(box, goal, &err), &err, fn);
}

/* As move, and lets go of the goal's function before anything is raised. */
static void move_with(lua_State *L, ory_run_box *box, ory_goal goal, callback *c)
{
    ory_error err = {0};
    ory_status ok = move_quietly(box, goal, &err);

    if (c)
        callback_release(c);
    after_move(L, box, ok, &err, "run:go");
}

/* r:step([n]) -> r */
static int run_step(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:step");
    ory_goal goal = {.time = NAN};

    goal.max_steps = lua_isnoneornil(L, 2)
                         ? 1
                         : (uint64_t)ory_check_int(L, 2, "run:step", "n", 0, INT64_MAX);
    move(L, box, goal, "run:step");
    lua_settop(L, 1);
    return 1;
}

/* A condition written out, "loss < 1e-3", as probe, relation, number. */
static void parse_condition(lua_State *L, const char *text, ory_run *r, const char *fn,
                            ory_condition *c)
{
    static const struct {
        const char *text;
        ory_relation rel;
    } relations[] = {{"<=", ORY_LE}, {">=", ORY_GE}, {"<", ORY_LT}, {">", ORY_GT}};
    char name[64];
    char rest[64];
    size_t i, len = strcspn(text, "<>= \t");
    const char *p = text + len;

    if (len == 0 || len >= sizeof name)
        ory_raisef(L, "%s: condition '%s' (expected \"probe < number\")", fn, text);
    memcpy(name, text, len);
    name[len] = '\0';
    p += strspn(p, " \t");
    for (i = 0; i < 4; i++)
        if (strncmp(p, relations[i].text, strlen(relations[i].text)) == 0)
            break;
    if (i == 4)
        ory_raisef(L, "%s: condition '%s' has none of <, <=, >, >=", fn, text);
    c->rel = relations[i].rel;
    p += strlen(relations[i].text);
    snprintf(rest, sizeof rest, "%s", p + strspn(p, " \t"));
    lua_pushstring(L, rest);
    if (!lua_stringtonumber(L, rest))
        ory_raisef(L, "%s: condition '%s': '%s' is not a number", fn, text, rest);
    c->value = lua_tonumber(L, -1);
    lua_pop(L, 2);
    lua_pushstring(L, name);
    c->probe = ory_check_probe(L, lua_gettop(L), r, fn);
    lua_pop(L, 1);
    c->every = 1;
}

enum { MAX_CONDITIONS = 16 };

typedef struct go_options {
    ory_goal goal;
    ory_condition conditions[MAX_CONDITIONS];
    bool function; /* stop= was given */
} go_options;

static void add_condition(lua_State *L, go_options *o, ory_condition c)
{
    if (o->goal.n_conditions == MAX_CONDITIONS)
        ory_raisef(L, "run:go: more than %d conditions", MAX_CONDITIONS);
    o->conditions[o->goal.n_conditions++] = c;
}

/* gap_below = 1e-9, loss_above = 3: any probe with _below or _above. */
static bool suffix_condition(lua_State *L, ory_run *r, const char *key, go_options *o)
{
    size_t len = strlen(key);
    bool below = len > 6 && strcmp(key + len - 6, "_below") == 0;
    bool above = len > 6 && strcmp(key + len - 6, "_above") == 0;
    ory_condition c = {.every = 1};
    char what[120];

    if (!below && !above)
        return false;
    snprintf(what, sizeof what, "run:go: %s", key);
    lua_pushlstring(L, key, len - 6);
    if (strcmp(lua_tostring(L, -1), "grad") == 0) {
        lua_pop(L, 1);
        lua_pushliteral(L, "grad_norm");
    }
    c.probe = ory_check_probe(L, lua_gettop(L), r, "run:go");
    lua_pop(L, 1);
    c.rel = below ? ORY_LT : ORY_GT;
    c.value = ory_check_real(L, lua_gettop(L), what, NULL);
    add_condition(L, o, c);
    return true;
}

static void go_key(lua_State *L, ory_run *r, const char *key, go_options *o)
{
    static const char *const keys[] = {"time",       "max",        "stop",       "goal",
                                       "every",      "loss_below", "gap_below",  "grad_below",
                                       "loss_above", "steps"};
    const char *near;
    ory_condition c;
    int v = lua_gettop(L);
    char what[120];

    snprintf(what, sizeof what, "run:go: %s", key);
    if (strcmp(key, "time") == 0) {
        o->goal.time = ory_check_real(L, v, what, NULL);
    } else if (strcmp(key, "max") == 0 || strcmp(key, "steps") == 0) {
        o->goal.max_steps = (uint64_t)ory_check_int(L, v, what, NULL, 0, INT64_MAX);
    } else if (strcmp(key, "every") == 0) {
        o->goal.fn_every = (uint64_t)ory_check_int(L, v, what, NULL, 1, INT64_MAX);
    } else if (strcmp(key, "goal") == 0) {
        parse_condition(L, ory_check_text(L, v, what, NULL), r, "run:go", &c);
        add_condition(L, o, c);
    } else if (strcmp(key, "stop") == 0) {
        if (!lua_isfunction(L, v))
            ory_raisef(L, "run:go: stop: expected a function of the run, got a %s",
                       luaL_typename(L, v));
        o->function = true;
    } else if (!suffix_condition(L, r, key, o)) {
        near = ory_nearest(key, keys, sizeof keys / sizeof *keys);
        ory_raisef(L,
                   "run:go: unknown option '%s'%s%s%s; there are time, max, goal, stop, every and "
                   "any probe with _below or _above",
                   key, near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    }
}

/* r:go{time=, max=, goal="gap < 1e-9", loss_below=, stop=fn, every=} -> r */
static int run_go(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:go");
    go_options o = {.goal = {.max_steps = UINT64_MAX, .time = NAN, .fn_every = 1}};
    callback *c = NULL;

    if (!lua_istable(L, 2))
        return ory_arg_error(L, "run:go", 2, "goal", "a table such as {gap_below=1e-9, max=1e5}");
    lua_settop(L, 2);
    lua_pushnil(L);
    while (lua_next(L, 2)) {
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;

        if (!key)
            return ory_raisef(L, "run:go: goals have names, got the key %s",
                              luaL_tolstring(L, -2, NULL));
        go_key(L, box->r, key, &o);
        lua_pop(L, 1);
    }
    if (o.goal.max_steps == UINT64_MAX && isnan(o.goal.time) && !o.goal.n_conditions && !o.function)
        return ory_raisef(L, "run:go: no goal given: time, max, goal, stop, or a probe with "
                             "_below or _above");
    o.goal.conditions = o.conditions;
    if (o.function) {
        lua_getfield(L, 2, "stop");
        c = callback_new(L, box, 1, lua_gettop(L));
        o.goal.fn = ask_stop;
        o.goal.fn_ctx = c;
    }
    lua_settop(L, 1);
    move_with(L, box, o.goal, c);
    lua_settop(L, 1);
    return 1;
}

/* for k in r:steps(n [, stride]) do … end: one step (or stride) before each turn. */
static int steps_next(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:steps");
    lua_Integer left = lua_tointeger(L, lua_upvalueindex(1));
    lua_Integer stride = lua_tointeger(L, lua_upvalueindex(2));
    ory_goal goal = {.time = NAN};

    if (left <= 0)
        return 0;
    goal.max_steps = (uint64_t)(stride < left ? stride : left);
    move(L, box, goal, "run:steps");
    if (box->stop.reason != ORY_STOP_STEPS)
        left = 0; /* the turn for the last state reached, then the end */
    lua_pushinteger(L, left - (lua_Integer)goal.max_steps);
    lua_replace(L, lua_upvalueindex(1));
    if (box->stop.steps == 0)
        return 0;
    lua_pushinteger(L, (lua_Integer)ory_run_k(box->r));
    return 1;
}

static int run_steps(lua_State *L)
{
    lua_Integer n, stride;

    ory_check_run(L, 1, "run:steps");
    n = ory_check_int(L, 2, "run:steps", "n", 0, INT64_MAX);
    stride = lua_isnoneornil(L, 3) ? 1 : ory_check_int(L, 3, "run:steps", "stride", 1, INT64_MAX);
    lua_pushinteger(L, n);
    lua_pushinteger(L, stride);
    lua_pushcclosure(L, steps_next, 2);
    lua_pushvalue(L, 1);
    return 2;
}

/* r:rewind(k) -> r; negative: from the furthest known step (-1 is the last). */
static int run_rewind(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:rewind");
    lua_Integer known = (lua_Integer)ory_run_known(box->r);
    lua_Integer k = lua_isnoneornil(L, 2)
                        ? 0
                        : ory_check_int(L, 2, "run:rewind", "step", -known - 1, known);
    ory_error err = {0};

    if (k < 0)
        k += known + 1;
    if (ory_run_rewind(box->r, (uint64_t)k, &err) != ORY_OK)
        return ory_raise(L, &err);
    box->stop.text[0] = '\0';
    lua_settop(L, 1);
    return 1;
}

/* r:reset{seed=} -> r */
static int run_reset(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:reset");
    int64_t seed = -1;
    ory_error err = {0};

    if (!lua_isnoneornil(L, 2)) {
        if (!lua_istable(L, 2) || lua_getfield(L, 2, "seed") == LUA_TNIL)
            return ory_arg_error(L, "run:reset", 2, "options", "nothing, or {seed=number}");
        seed = ory_check_int(L, -1, "run:reset: seed", NULL, 0, INT64_MAX);
    }
    if (ory_run_reset(box->r, seed, &err) != ORY_OK)
        return ory_raise(L, &err);
    box->stop.text[0] = '\0';
    lua_settop(L, 1);
    return 1;
}

static int run_mark(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:mark");
    ory_error err = {0};

    if (ory_run_mark(box->r, ory_check_text(L, 2, "run:mark", "label"), &err) != ORY_OK)
        return ory_raise(L, &err);
    lua_settop(L, 1);
    return 1;
}

/* r:when(condition [, fn] [, every]) -> id. With fn: fn(r) is called when the condition
 * comes true and the run goes on unless it returns true. */
static int run_when(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:when");
    ory_condition c;
    ory_error err = {0};
    callback *cb;
    int id = 0;
    uint64_t every = lua_isnoneornil(L, 3)
                         ? 1
                         : (uint64_t)ory_check_int(L, 3, "run:when", "every", 1, INT64_MAX);

    if (lua_isfunction(L, 2)) {
        cb = callback_new(L, box, 1, 2);
        if (ory_run_when(box->r, "function", ask_stop, cb, callback_release, every, &id, &err) !=
            ORY_OK) {
            callback_release(cb);
            return ory_raise_in(L, "run:when", &err);
        }
    } else {
        parse_condition(L, ory_check_text(L, 2, "run:when", "condition"), box->r, "run:when", &c);
        c.every = every;
        if (ory_run_when_probe(box->r, &c, &id, &err) != ORY_OK)
            return ory_raise(L, &err);
    }
    lua_pushinteger(L, id);
    return 1;
}

static int run_when_remove(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:unwhen");

    ory_run_when_remove(box->r, (int)ory_check_int(L, 2, "run:unwhen", "id", 0, INT32_MAX));
    lua_settop(L, 1);
    return 1;
}

/* r:watch(name, fn [, every]) -> r: a probe of the user's own. */
static int run_watch(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:watch");
    const char *name = ory_check_text(L, 2, "run:watch", "name");
    uint64_t every = lua_isnoneornil(L, 4)
                         ? 1
                         : (uint64_t)ory_check_int(L, 4, "run:watch", "every", 1, INT64_MAX);
    ory_error err = {0};
    callback *c;

    if (!lua_isfunction(L, 3))
        return ory_arg_error(L, "run:watch", 3, "fn", "a function of the run that returns a number");
    c = callback_new(L, box, 1, 3);
    if (ory_run_watch(box->r, name, ask_value, c, callback_release, every, &err) != ORY_OK) {
        callback_release(c);
        return ory_raise_in(L, "run:watch", &err);
    }
    lua_settop(L, 1);
    return 1;
}

const ory_fn ory_run_move_methods[] = {
    {"run:step", run_step, "r:step([n]) -> r",
     "Take n steps (one without n). Ctrl-C stops at a step boundary; r.stopped says how it ended.",
     "r = run(net.linear{}); r:step(100); print(r.k, r.loss)"},
    {"run:go", run_go, "r:go{max=, time=, goal=, PROBE_below=, PROBE_above=, stop=, every=} -> r",
     "Go until the first of several goals: max steps, time t, a condition such as goal=\"gap < "
     "1e-9\", any scalar probe with _below or _above, or stop=function(r) (asked each `every` "
     "steps). r.stopped gives the reason.",
     "r = run(net.linear{}); r:go{gap_below=1e-6, max=10000}; print(r.stopped)"},
    {"run:steps", run_steps, "for k in r:steps(n [, stride]) do … end",
     "Iterate: one step (or stride steps) before each turn of the loop.",
     "r = run(net.linear{}); for k in r:steps(30, 10) do print(k, r.loss) end"},
    {"run:rewind", run_rewind, "r:rewind([k]) -> r",
     "Turn the run to step k of its history, back or forth (no k: the start; -1: the furthest step "
     "known). Going on from there gives the same bits, until a knob is changed.",
     "r = run(net.linear{}):step(50); a = r:hash(); r:rewind(10):step(40); print(a == r:hash())"},
    {"run:reset", run_reset, "r:reset([{seed=}]) -> r",
     "Start again: the same initial state, or with a seed a new draw. History and series are "
     "cleared.",
     "r = run(net.linear{}):step(5); r:reset{seed=3}; print(r.k)"},
    {"run:mark", run_mark, "r:mark(label) -> r", "Put a named marker at the present step.",
     "r = run(net.linear{}):step(5):mark('here'); print(#r:events())"},
    {"run:when", run_when, "r:when(condition [, every]) -> id",
     "A breakpoint: stop when a condition such as \"pl < 0.1\" becomes true, or when a function of "
     "the run returns true. Stays with the run; r:unwhen(id) removes it.",
     "r = run(net.linear{}); r:when('gap < 1e-3'); r:step(1000); print(r.stopped)"},
    {"run:unwhen", run_when_remove, "r:unwhen(id) -> r", "Remove a breakpoint made by r:when.",
     "r = run(net.linear{}); r:unwhen(r:when('gap < 1e-3'))"},
    {"run:watch", run_watch, "r:watch(name, fn [, every]) -> r",
     "Add a probe of your own: fn(r) returns a number, sampled and recorded each `every` steps.",
     "r = run(net.linear{}); r:watch('n1', function(r) return r.W1:norm() end); r:step(5); "
     "print(r.n1)"},
    {0}};
