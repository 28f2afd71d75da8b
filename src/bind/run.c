/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run.c (bind) - runs at the prompt: run(system, {options}), fields that are probes,
 * knobs, blocks of the state, and assignment to knobs. */
#include "config.h"

#include "bind/run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bind/mat.h"
#include "bind/system.h"
#include "bind/user_system.h"
#include "core/mem.h"
#include "io/runfile.h"

#define RUN_MT "orrery.run"

static const char runs_key; /* its address: registry key of the table of live runs */

/* ------------------------------------------------------------------ the box */

/* L is where callbacks of the run are called from now on. */
static void enter(lua_State *L, int idx, ory_run_box *box)
{
    if (box->L == L)
        return;
    idx = lua_absindex(L, idx);
    lua_pushthread(L);
    lua_setiuservalue(L, idx, 2);
    box->L = L;
}

ory_run_box *ory_check_run(lua_State *L, int idx, const char *fn)
{
    ory_run_box *box = luaL_testudata(L, idx, RUN_MT);

    if (!box)
        ory_arg_error(L, fn, idx, "run", "a run (method calls take a colon: r:step(10))");
    if (!box->r)
        ory_raisef(L, "%s: the run has been closed", fn);
    enter(L, idx, box);
    return box;
}

lua_State *ory_run_lua(const ory_run_box *box)
{
    lua_State *L = box->L, *main;

    if (lua_status(L) == LUA_OK)
        return L;
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    main = lua_tothread(L, -1);
    lua_pop(L, 1);
    return main;
}

/* Takes no memory once runs have been opened: finalizers come here. */
void ory_push_runs(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &runs_key) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_newtable(L);
}

ory_run_box *ory_push_run_box(lua_State *L)
{
    ory_run_box *box = lua_newuserdatauv(L, sizeof *box, 2);

    memset(box, 0, sizeof *box);
    enter(L, -1, box);
    lua_newtable(L);
    lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, RUN_MT);
    return box;
}

/* Enter the run at the top of the stack into the table of live runs. */
static void remember(lua_State *L, const ory_run_box *box)
{
    ory_push_runs(L);
    lua_pushvalue(L, -2);
    lua_rawsetp(L, -2, box);
    lua_pop(L, 1);
    ory_gc_sync(L);
}

static int run_gc(lua_State *L)
{
    ory_run_box *box = luaL_checkudata(L, 1, RUN_MT);

    if (box->busy)
        return ory_raisef(L, "%s cannot be closed while it moves", ory_run_name(box->r));
    box->L = L; /* no callback is called any more; they are let go of */
    ory_run_free(box->r);
    box->r = NULL;
    return 0;
}

int ory_check_probe(lua_State *L, int idx, ory_run *r, const char *fn)
{
    const char *name = ory_check_text(L, idx, fn, "probe");
    const char *names[256];
    const char *near;
    int i = ory_run_probe_find(r, name), n = ory_run_probe_count(r);

    if (i >= 0)
        return i;
    for (i = 0; i < n && i < 256; i++)
        names[i] = ory_run_probe_at(r, i)->name;
    near = ory_nearest(name, names, (size_t)i);
    if (near)
        return ory_raisef(L, "%s: no probe '%s' (did you mean '%s'?)", fn, name, near);
    return ory_raisef(L, "%s: no probe '%s' (r:probes() lists them)", fn, name);
}

void ory_push_probe_value(lua_State *L, ory_run *r, int i, const char *fn)
{
    const ory_probe *p = ory_run_probe_at(r, i);
    ory_error err = {0};
    size_t rows = 1, cols = 1;
    ory_lmat *m;
    double x;

    if (p->kind == ORY_SCALAR) {
        if (ory_run_read(r, i, &x, &err) != ORY_OK && err.status != ORY_EUNDEF) {
            ory_fail_prefix(&err, "%s: %s", fn, p->name);
            ory_raise(L, &err);
        }
        lua_pushnumber(L, err.status == ORY_EUNDEF ? NAN : x);
        return;
    }
    ory_run_probe_shape(r, i, &rows, &cols);
    m = ory_push_mat(L, rows, cols);
    m->vector = p->kind == ORY_VECTOR;
    if (ory_run_read(r, i, m->data, &err) != ORY_OK) {
        ory_fail_prefix(&err, "%s: %s", fn, p->name);
        ory_raise(L, &err);
    }
}

const char **ory_check_names(lua_State *L, int idx, const char *fn)
{
    int table = lua_istable(L, idx), n, i;
    const char **names;

    idx = lua_absindex(L, idx);
    n = table ? (int)lua_rawlen(L, idx) : lua_gettop(L) - idx + 1;
    names = lua_newuserdatauv(L, (size_t)(n + 1) * sizeof *names, 1);
    lua_newtable(L); /* keeps the strings */
    for (i = 0; i < n; i++) {
        if (table)
            lua_rawgeti(L, idx, i + 1);
        else
            lua_pushvalue(L, idx + i);
        names[i] = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
        if (!names[i])
            ory_raisef(L, "%s: name %d: expected a probe's name, got a %s", fn, i + 1,
                       luaL_typename(L, -1));
        lua_rawseti(L, -2, i + 1);
    }
    names[n] = NULL;
    lua_setiuservalue(L, -2, 1);
    return names;
}

/* -------------------------------------------------------------- construction */

enum { OPT_STEPPER, OPT_RECORD, OPT_EVERY, OPT_NAME, OPT_HISTORY, OPT_BINS };

static const ory_param run_params[] = {
    [OPT_STEPPER] = {"stepper", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                     "how the state moves; help('steppers') lists them", NULL},
    [OPT_RECORD] = {"record", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                    "list of the probes to record; the system's own list when absent", NULL},
    [OPT_EVERY] = {"every", ORY_PARAM_INT, 0, 0, 1e15, NULL, 0, "steps",
                   "sample recorded probes and claims each so many steps; 0: as often as keeps "
                   "probes cheaper than stepping",
                   NULL},
    [OPT_NAME] = {"name", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                  "name of the run, for messages and the tree of forks", NULL},
    [OPT_HISTORY] = {"history", ORY_PARAM_REAL, 64, 0.01, 1e6, NULL, 0, "MiB",
                     "memory for checkpoints (time travel)", NULL},
    [OPT_BINS] = {"bins", ORY_PARAM_INT, 4096, 16, 1e8, NULL, 0, "",
                  "bins per recorded series; resolution halves when they are full", NULL},
    {0}};

/* Which stepper: the option, or the system's default; raises with a suggestion. */
static const ory_stepper_class *check_stepper(lua_State *L, const char *name, const ory_system *s)
{
    const ory_stepper_class *c = ory_stepper_class_find(name ? name : s->class->default_stepper);
    const char *names[64];
    const char *why;
    size_t i, n = ory_stepper_count();

    if (!c) {
        for (i = 0; i < n && i < 64; i++)
            names[i] = ory_stepper_class_at(i)->name;
        why = ory_nearest(name, names, i);
        ory_raisef(L, "run: no stepper '%s'%s%s%s", name, why ? " (did you mean '" : "",
                   why ? why : " (help('steppers') lists them)", why ? "'?)" : "");
    }
    why = ory_stepper_unfit(c, s->class);
    if (why)
        ory_raisef(L, "run: stepper '%s' cannot move %s: %s", c->name, s->class->name, why);
    return c;
}

static void unknown_option(lua_State *L, const ory_stepper_class *c, const char *key)
{
    const char *names[128];
    const char *near;
    size_t n = 0;
    const ory_param *p;

    for (p = run_params; p->name; p++)
        names[n++] = p->name;
    for (p = c->params; p && p->name && n < 127; p++)
        names[n++] = p->name;
    near = ory_nearest(key, names, n);
    if (near)
        ory_raisef(L, "run (%s): unknown option '%s' (did you mean '%s'?)", c->name, key, near);
    ory_raisef(L, "run (%s): unknown option '%s' (help('run') and help('%s') list them)", c->name,
               key, c->name);
}

/* Split the option table at idx into two that are pushed: options of run itself, then
 * those of the stepper. "record" may be a list and is left to the caller. */
static void split_options(lua_State *L, int idx, const ory_stepper_class *c)
{
    int own = lua_gettop(L) + 1, stepper = own + 1;

    lua_newtable(L);
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
        bool mine = key && ory_params_find(run_params, key) >= 0;

        if (!key)
            ory_raisef(L, "run: options have names, got the key %s", luaL_tolstring(L, -2, NULL));
        if (strcmp(key, "record") == 0)
            continue;
        if (!mine && ory_params_find(c->params, key) < 0)
            unknown_option(L, c, key);
        lua_pushvalue(L, -1);
        lua_setfield(L, mine ? own : stepper, key);
    }
}

/* run(system [, {options}]) -> run */
static int run_make(lua_State *L)
{
    ory_system *s;
    const ory_stepper_class *c;
    ory_values *own, *st;
    ory_run_options opt = {0};
    ory_run_box *box;
    ory_error err = {0};

    lua_remove(L, 1); /* the callable table */
    s = ory_check_system(L, 1, "run");
    if (lua_isnoneornil(L, 2)) {
        lua_settop(L, 1);
        lua_newtable(L);
    }
    if (!lua_istable(L, 2))
        return ory_arg_error(L, "run", 2, "options", "a table such as {stepper=\"gd\"}");
    if (lua_gettop(L) > 2)
        return ory_raisef(L, "run: takes a system and one table of options, got %d arguments",
                          lua_gettop(L));
    lua_getfield(L, 2, "stepper");
    c = check_stepper(L, lua_isnil(L, -1) ? NULL : ory_check_text(L, -1, "run: stepper", NULL), s);
    split_options(L, 2, c);
    own = ory_check_options(L, -2, "run", run_params);
    st = ory_check_options(L, -2, c->name, c->params);
    lua_getfield(L, 2, "record");
    if (!lua_isnil(L, -1))
        opt.record = ory_check_names(L, lua_gettop(L), "run: record");
    opt.stepper = c->name;
    opt.values = st;
    opt.history_bytes = (size_t)(ory_values_real(own, OPT_HISTORY) * 1048576.0);
    opt.series_capacity = ory_values_size(own, OPT_BINS);
    opt.every = (uint64_t)ory_values_real(own, OPT_EVERY);
    opt.name = own->v[OPT_NAME].text;
    box = ory_push_run_box(L);
    if (ory_run_new(s, &opt, &box->r, &err) != ORY_OK)
        return ory_raise(L, &err);
    remember(L, box);
    return 1;
}

/* run.load(file) -> run */
static int run_load(lua_State *L)
{
    const char *path = ory_check_text(L, 1, "run.load", "file");
    ory_run_box *box = ory_push_run_box(L);
    ory_error err = {0};

    if (ory_runfile_load(path, &box->r, &err) != ORY_OK)
        return ory_raise_in(L, "run.load", &err);
    remember(L, box);
    return 1;
}

static int run_save(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:save");
    const char *path = ory_check_text(L, 2, "run:save", "file");
    ory_error err = {0};

    if (ory_runfile_save(box->r, path, &err) != ORY_OK)
        return ory_raise_in(L, "run:save", &err);
    lua_settop(L, 1);
    return 1;
}

static int run_fork(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:fork");
    const char *name = lua_isnoneornil(L, 2) ? NULL : ory_check_text(L, 2, "run:fork", "name");
    ory_run_box *made = ory_push_run_box(L);
    ory_error err = {0};

    if (ory_run_fork(box->r, name, &made->r, &err) != ORY_OK)
        return ory_raise(L, &err);
    remember(L, made);
    return 1;
}

/* -------------------------------------------------------------------- fields */

/* The probe `step` under a name that no method hides: r:step() is one. */
static void push_eta(lua_State *L, ory_run *r)
{
    int i = ory_run_probe_find(r, "step");

    if (i >= 0)
        ory_push_probe_value(L, r, i, ory_run_name(r));
    else
        lua_pushnumber(L, NAN);
}

/* Fields that are neither probes nor knobs. Pushes and returns true when known. */
static bool push_own_field(lua_State *L, ory_run_box *box, const char *key)
{
    ory_run *r = box->r;

    if (strcmp(key, "k") == 0)
        lua_pushinteger(L, (lua_Integer)ory_run_k(r));
    else if (strcmp(key, "t") == 0)
        lua_pushnumber(L, ory_run_t(r));
    else if (strcmp(key, "eta") == 0)
        push_eta(L, r);
    else if (strcmp(key, "known") == 0)
        lua_pushinteger(L, (lua_Integer)ory_run_known(r));
    else if (strcmp(key, "name") == 0)
        lua_pushstring(L, ory_run_name(r));
    else if (strcmp(key, "id") == 0)
        lua_pushinteger(L, (lua_Integer)ory_run_id(r));
    else if (strcmp(key, "parent") == 0)
        lua_pushinteger(L, (lua_Integer)ory_run_parent(r));
    else if (strcmp(key, "stopped") == 0)
        lua_pushstring(L, box->stop.text);
    else if (strcmp(key, "seconds") == 0)
        lua_pushnumber(L, box->seconds);
    else if (strcmp(key, "system") == 0)
        ory_push_system(L, ory_run_system(r));
    else if (strcmp(key, "stepper") == 0)
        lua_pushstring(L, ory_run_stepper(r)->class->name);
    else
        return false;
    return true;
}

static const char *const own_fields[] = {"k",    "t",       "eta",     "known",   "name",   "id",
                                         "parent", "stopped", "seconds", "system", "stepper", NULL};

static bool among(const ory_fn *methods, const char *name)
{
    for (; methods->name; methods++)
        if (strcmp(strchr(methods->name, ':') + 1, name) == 0)
            return true;
    return false;
}

static const ory_fn run_methods[];

bool ory_run_name_taken(const char *name)
{
    for (size_t i = 0; own_fields[i]; i++)
        if (strcmp(own_fields[i], name) == 0)
            return true;
    for (size_t i = 0; i < ory_stepper_count(); i++)
        if (ory_params_find(ory_stepper_class_at(i)->params, name) >= 0)
            return true;
    return among(run_methods, name) || among(ory_run_move_methods, name) ||
           among(ory_run_look_methods, name);
}

/* A value of a knob, as a Lua value. */
static void push_knob(lua_State *L, const ory_param *p, const ory_value *v)
{
    ory_values one = {.owner = "knob", .params = p, .count = 1, .v = (ory_value *)v};

    ory_push_value(L, &one, 0);
}

/* action: "field" (all that can be read) or "knob" (all that can be assigned). */
static int no_such_field(lua_State *L, ory_run *r, const char *key, const char *action)
{
    enum { MOST = 512 };
    const char *names[MOST];
    const char *near;
    const ory_system *s = ory_run_system(r);
    const bool read = strcmp(action, "field") == 0;
    size_t n = 0, i;
    int p;

    for (i = 0; i < s->n_blocks && n < MOST; i++)
        names[n++] = s->blocks[i].name;
    for (p = 0; p < ory_run_knob_count(r) && n < MOST; p++)
        names[n++] = ory_run_knob_at(r, p, NULL)->name;
    for (i = 0; read && own_fields[i] && n < MOST; i++)
        names[n++] = own_fields[i];
    for (i = 0; read && ory_run_move_methods[i].name && n < MOST; i++)
        names[n++] = strchr(ory_run_move_methods[i].name, ':') + 1;
    for (i = 0; read && ory_run_look_methods[i].name && n < MOST; i++)
        names[n++] = strchr(ory_run_look_methods[i].name, ':') + 1;
    for (p = 0; read && p < ory_run_probe_count(r) && n < MOST; p++)
        names[n++] = ory_run_probe_at(r, p)->name;
    near = ory_nearest(key, names, n);
    if (near)
        return ory_raisef(L, "%s: no %s '%s' (did you mean '%s'?)", ory_run_name(r), action, key,
                          near);
    return ory_raisef(L, "%s: no %s '%s' (r:probes() and r:knobs() list what there is)",
                      ory_run_name(r), action, key);
}

/* r.k, r.t, methods, then knobs, blocks of the state, probes. The step size is both a
 * knob and a probe; r:step() is a method, so r.eta reads the step about to be taken and
 * r.step = x turns the knob. */
static int run_index(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run");
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;
    const ory_block *b;
    const ory_value *v;
    const ory_param *p;
    int i;

    if (!key)
        return ory_raisef(L, "%s: fields are names, got a %s", ory_run_name(box->r),
                          luaL_typename(L, 2));
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL || push_own_field(L, box, key))
        return 1;
    if ((i = ory_run_probe_find(box->r, key)) >= 0) {
        ory_push_probe_value(L, box->r, i, ory_run_name(box->r));
        return 1;
    }
    if ((i = ory_run_knob_find(box->r, key)) >= 0) {
        p = ory_run_knob_at(box->r, i, &v);
        push_knob(L, p, v);
        return 1;
    }
    if ((b = ory_system_block(ory_run_system(box->r), key)) != NULL) {
        ory_mat m = ory_mat_view((double *)ory_run_state(box->r) + b->offset, b->rows, b->cols);

        ory_push_mat_copy(L, &m);
        return 1;
    }
    return no_such_field(L, box->r, key, "field");
}

/* r.step = 0.02, r.rule = "rho", r.W1 = matrix: knobs and, by hand, the state. */
static int run_newindex(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run");
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;
    const ory_block *b;
    char what[120];
    ory_error err = {0};
    ory_status ok;
    double number;
    ory_mat m;

    if (!key)
        return ory_raisef(L, "%s: knobs are names, got a %s", ory_run_name(box->r),
                          luaL_typename(L, 2));
    if ((b = ory_system_block(ory_run_system(box->r), key)) != NULL) {
        snprintf(what, sizeof what, "%s: %s", ory_run_name(box->r), key);
        if (b->rows * b->cols == 1 && lua_type(L, 3) == LUA_TNUMBER) {
            number = lua_tonumber(L, 3);
            m = ory_mat_view(&number, 1, 1);
        } else {
            m = ory_check_mat(L, 3, what, NULL);
        }
        ok = ory_run_poke(box->r, key, &m, &err);
    } else if (ory_run_knob_find(box->r, key) < 0) {
        if (ory_run_probe_find(box->r, key) >= 0)
            return ory_raisef(L, "%s: %s is a probe, read from the state: it cannot be assigned",
                              ory_run_name(box->r), key);
        return no_such_field(L, box->r, key, "knob");
    } else if (lua_type(L, 3) == LUA_TNUMBER) {
        ok = ory_run_set_num(box->r, key, lua_tonumber(L, 3), &err);
    } else if (lua_type(L, 3) == LUA_TBOOLEAN) {
        ok = ory_run_set_bool(box->r, key, lua_toboolean(L, 3), &err);
    } else if (lua_type(L, 3) == LUA_TSTRING) {
        ok = ory_run_set_text(box->r, key, lua_tostring(L, 3), &err);
    } else {
        return ory_raisef(L, "%s: %s takes a number, a truth value or a text, got a %s",
                          ory_run_name(box->r), key, luaL_typename(L, 3));
    }
    return ok == ORY_OK ? 0 : ory_raise(L, &err);
}

static int run_tostring(lua_State *L)
{
    ory_run_box *box = luaL_checkudata(L, 1, RUN_MT);
    ory_run *r = box->r;
    char what[200] = "", line[512];
    ory_system *s;
    double x;
    int i;

    if (!r) {
        lua_pushliteral(L, "run (closed)");
        return 1;
    }
    enter(L, 1, box);
    s = ory_run_system(r);
    if (s->class->describe)
        s->class->describe(s, what, sizeof what);
    i = snprintf(line, sizeof line, "%s: %s · %s · step %llu · t %.6g", ory_run_name(r),
                 what[0] ? what : s->class->name, ory_run_stepper(r)->class->name,
                 (unsigned long long)ory_run_k(r), ory_run_t(r));
    if (ory_run_probe_find(r, "loss") >= 0 &&
        ory_run_read(r, ory_run_probe_find(r, "loss"), &x, NULL) == ORY_OK)
        snprintf(line + i, sizeof line - (size_t)i, " · loss %.4g", x);
    lua_pushstring(L, line);
    if (box->stop.text[0]) {
        lua_pushfstring(L, "\n%s", box->stop.text);
        lua_concat(L, 2);
    }
    return 1;
}

/* ------------------------------------------------------------- for --assert */

/* Of one run; out may be NULL. */
static int count_violated(ory_run *r, FILE *out)
{
    ory_verdict v;
    int found = 0;

    for (int i = 0; i < ory_run_claim_count(r); i++) {
        if (ory_run_claim(r, i, &v, NULL) != ORY_OK || v.standing != ORY_CLAIM_VIOLATED)
            continue;
        found++;
        if (out)
            fprintf(out, "orrery: %s: claim '%s' (%s) violated at step %llu: %s\n", ory_run_name(r),
                    v.claim->name, v.claim->source, (unsigned long long)v.first_step, v.text);
    }
    return found;
}

int ory_bind_claims_violated(lua_State *L, void *out)
{
    int found = 0;

    luaL_checkstack(L, 8, NULL);
    ory_push_runs(L);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        ory_run_box *box = luaL_testudata(L, -1, RUN_MT);

        if (box && box->r) {
            enter(L, -1, box);
            found += count_violated(box->r, out);
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return found;
}

/* ------------------------------------------------------------------- opening */

static const ory_fn run_functions[] = {
    {"run.load", run_load, "run.load(file) -> run",
     "A run read back from a file written by r:save: system, stepper, state, history and series. "
     "Going on gives the same bits as the run that was saved.",
     "r = run(net.linear{}):step(5); f = os.tmpname(); r:save(f); print(run.load(f).k); "
     "os.remove(f)"},
    {0}};

static const ory_fn run_methods[] = {
    {"run:save", run_save, "r:save(file) -> r",
     "Write the run to a file (replaced only when whole). run.load reads it back.",
     "f = os.tmpname(); run(net.linear{}):step(5):save(f); os.remove(f)"},
    {"run:fork", run_fork, "r:fork([name]) -> run",
     "A second run that shares the past of this one and goes its own way from here; its knobs are "
     "its own.",
     "r = run(net.linear{}):step(5); f = r:fork('faster'); f.step = 0.01; f:step(5)"},
    {0}};

static const ory_fn run_topic =
    {"run", NULL, "run(system [, {stepper=, record=, every=, name=, history=, bins=, …}]) -> run",
     "Make a run: a system, the stepper that moves it, a recorder, time travel and claims. Options "
     "of the stepper (rule, step, method, …) go into the same table. Fields: k, t, eta (the step "
     "about to be taken), known, name, stopped, seconds, system, stepper; every probe by name "
     "(r.loss); every block of the state "
     "(r.W1, a copy); every knob, which can be assigned (r.step = 0.02).",
     "r = run(net.linear{}, {stepper='gd', rule='rho'}); r:step(100); print(r.loss)"};

/* Metatables of what runs hand out (claims, series, …), to be filled by
 * lua/orrery/run.lua with what they look like, in field _classes of `run`; the methods of
 * runs, to which files of the Lua half add theirs, in field _methods. */
static void open_classes(lua_State *L)
{
    static const char *const names[] = {"series", "claims", "verdict", "knobs", "probes", "events"};
    char full[32];
    size_t i;

    lua_newtable(L);
    for (i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(full, sizeof full, "orrery.%s", names[i]);
        luaL_newmetatable(L, full);
        lua_setfield(L, -2, names[i]);
    }
    lua_setfield(L, -2, "_classes");
    luaL_getmetatable(L, RUN_MT);
    lua_getfield(L, -1, "__methods");
    lua_setfield(L, -3, "_methods");
    lua_pop(L, 1);
}

int ory_open_run(lua_State *L)
{
    lua_newtable(L); /* live runs, weak values */
    lua_newtable(L);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, "orrery.runs"); /* for the program */
    lua_rawsetp(L, LUA_REGISTRYINDEX, &runs_key);

    luaL_newmetatable(L, RUN_MT);
    lua_pushcfunction(L, run_gc);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__gc");
    lua_setfield(L, -2, "__close");
    lua_pushcfunction(L, run_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_newtable(L);
    ory_register(L, run_methods);
    ory_register(L, ory_run_move_methods);
    ory_register(L, ory_run_look_methods);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__methods");
    lua_pushcclosure(L, run_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, run_newindex);
    lua_setfield(L, -2, "__newindex");
    lua_pop(L, 1);

    lua_newtable(L);
    open_classes(L);
    ory_register(L, run_functions);
    ory_help_add(L, run_topic.name, "function", run_topic.usage, run_topic.doc, run_topic.example);
    ory_help_options(L, "run", run_params);
    lua_newtable(L);
    lua_pushcfunction(L, run_make);
    lua_setfield(L, -2, "__call");
    lua_setmetatable(L, -2);
    return 1;
}
