/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check.c - errors at the user's own line, checked arguments and options,
 * protected calls, and bytes outside Lua made known to the collector. */
#include "config.h"

#include "bind/bind.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bind/mat.h"
#include "core/interrupt.h"
#include "core/mem.h"

/* ------------------------------------------------------------------ errors */

bool ory_is_own_chunk(const char *source)
{
    return strncmp(source, "=[orrery", 8) == 0;
}

/* Push "file:line: " of the innermost Lua function that is not our own, or "". */
static void push_where(lua_State *L)
{
    lua_Debug ar;

    for (int level = 0; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.currentline > 0 && !ory_is_own_chunk(ar.source)) {
            lua_pushfstring(L, "%s:%d: ", ar.short_src, ar.currentline);
            return;
        }
    }
    lua_pushliteral(L, "");
}

static int raise_text(lua_State *L, const char *text)
{
    luaL_checkstack(L, 4, NULL);
    push_where(L);
    lua_pushstring(L, text);
    lua_concat(L, 2);
    return lua_error(L);
}

int ory_raise(lua_State *L, const ory_error *err)
{
    return raise_text(L, err->text[0] ? err->text : ory_status_text(err->status));
}

int ory_raisef(lua_State *L, const char *fmt, ...)
{
    char text[ORY_ERROR_TEXT];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return raise_text(L, text);
}

void ory_describe(lua_State *L, int idx, char *out, size_t size)
{
    const ory_lmat *m;

    switch (lua_type(L, idx)) {
    case LUA_TNONE:
        snprintf(out, size, "nothing");
        return;
    case LUA_TBOOLEAN:
        snprintf(out, size, "%s", lua_toboolean(L, idx) ? "true" : "false");
        return;
    case LUA_TNUMBER:
        if (lua_isinteger(L, idx))
            snprintf(out, size, LUA_INTEGER_FMT, (LUAI_UACINT)lua_tointeger(L, idx));
        else
            snprintf(out, size, "%.14g", lua_tonumber(L, idx));
        return;
    case LUA_TSTRING: {
        const char *text = lua_tostring(L, idx);

        snprintf(out, size, strlen(text) > 40 ? "'%.40s...'" : "'%s'", text);
        return;
    }
    case LUA_TUSERDATA:
        if ((m = ory_test_mat(L, idx)) != NULL) {
            ory_shape_text(m, out, size);
            return;
        }
        break;
    }
    if (luaL_getmetafield(L, idx, "__name") == LUA_TSTRING) {
        const char *name = lua_tostring(L, -1);

        snprintf(out, size, "a %s", strncmp(name, "orrery.", 7) == 0 ? name + 7 : name);
        lua_pop(L, 1);
        return;
    }
    snprintf(out, size, "%s%s", lua_isnil(L, idx) ? "" : "a ", luaL_typename(L, idx));
}

/* In "mat:norm" the object itself is not counted, as the user did not write it
 * between the parentheses. */
static int shown_arg(const char *fn, int arg)
{
    return strchr(fn, ':') ? arg - 1 : arg;
}

void ory_arg_prefix(const char *fn, int arg, const char *argname, char *out, size_t size)
{
    int shown = shown_arg(fn, arg);

    if (!argname)
        snprintf(out, size, "%s", fn);
    else if (shown <= 0)
        snprintf(out, size, "%s: the object before ':'", fn);
    else
        snprintf(out, size, "%s: argument %d (%s)", fn, shown, argname);
}

int ory_arg_error(lua_State *L, const char *fn, int arg, const char *argname, const char *expected)
{
    char got[160], where[160];

    if (arg < 0 && arg > LUA_REGISTRYINDEX)
        arg = lua_gettop(L) + arg + 1;
    ory_describe(L, arg, got, sizeof got);
    ory_arg_prefix(fn, arg, argname, where, sizeof where);
    return ory_raisef(L, "%s: expected %s, got %s", where, expected, got);
}

/* ----------------------------------------------------------------- methods */

int ory_index_methods(lua_State *L)
{
    enum { MOST = 160 };
    const char *names[MOST], *near, *type = lua_tostring(L, lua_upvalueindex(2));
    char key[160];
    size_t n = 0;

    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    lua_pushnil(L);
    while (n < MOST && lua_next(L, lua_upvalueindex(1))) {
        names[n++] = lua_tostring(L, -2);
        lua_pop(L, 1);
    }
    lua_settop(L, 2);
    if (lua_type(L, 2) != LUA_TSTRING) {
        ory_describe(L, 2, key, sizeof key);
        return ory_raisef(L, "%s: fields are names, got %s", type, key);
    }
    near = ory_nearest(lua_tostring(L, 2), names, n);
    return ory_raisef(L, "%s: no field or method '%s'%s%s%s", type, lua_tostring(L, 2),
                      near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

/* ------------------------------------------------------------------ values */

double ory_check_real(lua_State *L, int idx, const char *fn, const char *argname)
{
    if (lua_type(L, idx) != LUA_TNUMBER)
        ory_arg_error(L, fn, idx, argname, "a number");
    return lua_tonumber(L, idx);
}

static int int_error(lua_State *L, int idx, const char *fn, const char *argname, lua_Integer min,
                     lua_Integer max)
{
    char expected[120];

    if (min == LUA_MININTEGER && max == LUA_MAXINTEGER)
        snprintf(expected, sizeof expected, "a whole number");
    else if (max == LUA_MAXINTEGER)
        snprintf(expected, sizeof expected, "a whole number >= %lld", (long long)min);
    else if (min == LUA_MININTEGER)
        snprintf(expected, sizeof expected, "a whole number <= %lld", (long long)max);
    else
        snprintf(expected, sizeof expected, "a whole number from %lld to %lld", (long long)min,
                 (long long)max);
    return ory_arg_error(L, fn, idx, argname, expected);
}

lua_Integer ory_check_int(lua_State *L, int idx, const char *fn, const char *argname,
                          lua_Integer min, lua_Integer max)
{
    int whole = 0;
    lua_Integer x = 0;

    if (lua_type(L, idx) == LUA_TNUMBER)
        x = lua_tointegerx(L, idx, &whole);
    if (!whole || x < min || x > max)
        int_error(L, idx, fn, argname, min, max);
    return x;
}

const char *ory_check_text(lua_State *L, int idx, const char *fn, const char *argname)
{
    if (lua_type(L, idx) != LUA_TSTRING)
        ory_arg_error(L, fn, idx, argname, "a text in quotes");
    return lua_tostring(L, idx);
}

static int choice_error(lua_State *L, int idx, const char *fn, const char *argname,
                        const char *const *list, size_t n)
{
    char where[160], got[160], all[320] = "";
    size_t used = 0;
    const char *near = lua_type(L, idx) == LUA_TSTRING ? ory_nearest(lua_tostring(L, idx), list, n)
                                                       : NULL;

    for (size_t i = 0; i < n && used < sizeof all; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s'%s'", i ? ", " : "", list[i]);
    ory_describe(L, idx, got, sizeof got);
    ory_arg_prefix(fn, idx, argname, where, sizeof where);
    if (near)
        return ory_raisef(L, "%s: %s is not one of %s (did you mean '%s'?)", where, got, all, near);
    return ory_raisef(L, "%s: expected one of %s, got %s", where, all, got);
}

int ory_check_choice(lua_State *L, int idx, const char *fn, const char *argname,
                     const char *const *list)
{
    size_t n = 0;

    for (; list[n]; n++)
        if (lua_type(L, idx) == LUA_TSTRING && strcmp(lua_tostring(L, idx), list[n]) == 0)
            return (int)n;
    return choice_error(L, idx, fn, argname, list, n);
}

int ory_index_error(lua_State *L, const char *fn, const char *what, double i, size_t n)
{
    if (n == 0)
        return ory_raisef(L, "%s: %s %.14g: there are none", fn, what, i);
    return ory_raisef(L, "%s: %s %.14g is outside 1 to %zu (or -%zu to -1 from the end)", fn, what,
                      i, n, n);
}

size_t ory_check_index(lua_State *L, int idx, size_t n, const char *fn, const char *what)
{
    int whole = 0;
    lua_Integer i = 0;

    if (lua_type(L, idx) == LUA_TNUMBER)
        i = lua_tointegerx(L, idx, &whole);
    if (!whole)
        ory_arg_error(L, fn, idx, what, "a whole number as position");
    if (i >= 1 && (lua_Unsigned)i <= n)
        return (size_t)i - 1;
    if (i < 0 && (lua_Unsigned)(-(i + 1)) < n)
        return n - 1 - (size_t)(-(i + 1));
    ory_index_error(L, fn, what, (double)i, n);
    return 0;
}

/* ----------------------------------------------------------------- options */

#define VALUES_MT "orrery.values"

static int values_gc(lua_State *L)
{
    ory_values_fini(luaL_checkudata(L, 1, VALUES_MT));
    return 0;
}

static ory_values *push_values(lua_State *L)
{
    ory_values *v = lua_newuserdatauv(L, sizeof *v, 0);

    memset(v, 0, sizeof *v);
    if (luaL_newmetatable(L, VALUES_MT)) {
        lua_pushcfunction(L, values_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return v;
}

static int stray_key(lua_State *L, int key, const char *owner)
{
    char got[160];

    ory_describe(L, key, got, sizeof got);
    return ory_raisef(L, "%s: options are written name = value; found one at [%s]", owner, got);
}

ory_values *ory_check_options(lua_State *L, int idx, const char *owner, const ory_param *params)
{
    ory_error err = {0};
    ory_values *v;

    luaL_checkstack(L, 8, NULL);
    idx = lua_absindex(L, idx);
    if (!lua_isnoneornil(L, idx) && !lua_istable(L, idx))
        ory_arg_error(L, owner, idx, "options", "a table { name = value, ... }");
    v = push_values(L);
    if (ory_values_init(v, owner, params, &err) != ORY_OK)
        ory_raise(L, &err);
    if (lua_istable(L, idx)) {
        lua_pushnil(L);
        while (lua_next(L, idx)) {
            if (lua_type(L, -2) != LUA_TSTRING)
                stray_key(L, lua_absindex(L, -2), owner);
            if (ory_set_option(L, -1, v, lua_tostring(L, -2), &err) != ORY_OK)
                ory_raise(L, &err);
            lua_pop(L, 1);
        }
    }
    if (ory_values_complete(v, &err) != ORY_OK)
        ory_raise(L, &err);
    return v;
}

/* The matrix is copied once into a reference that systems share from then on. */
static ory_status set_matrix(ory_values *v, const char *name, const ory_mat *m, ory_error *err)
{
    ory_matref *ref = ory_matref_new(m);
    ory_status status;

    if (!ref)
        return ory_fail(err, ORY_ENOMEM, "%s: %s: no memory for a %zu x %zu matrix", v->owner, name,
                        m->rows, m->cols);
    status = ory_values_set_mat(v, name, ref, err);
    ory_matref_unref(ref);
    return status;
}

static ory_status set_matrix_option(lua_State *L, int idx, ory_values *v, const char *name,
                                    ory_error *err)
{
    ory_status status = ORY_OK;
    int top = lua_gettop(L);

    lua_pushvalue(L, idx);
    if (lua_type(L, idx) == LUA_TSTRING)
        status = ory_load_mat(L, lua_tostring(L, idx), err);
    else if (lua_istable(L, idx))
        status = ory_list_to_mat(L, top + 1, err);
    else
        luaL_callmeta(L, top + 1, "__matrix"); /* a graph as its list of edges */
    if (status != ORY_OK) {
        ory_fail_prefix(err, "%s: %s", v->owner, name);
    } else {
        ory_mat m;

        if (lua_gettop(L) > top + 1)
            lua_replace(L, top + 1); /* the matrix made of the list or the file */
        m = ory_check_mat(L, top + 1, v->owner, name);
        status = set_matrix(v, name, &m, err);
    }
    lua_settop(L, top);
    return status;
}

static bool has_matrix(lua_State *L, int idx)
{
    if (luaL_getmetafield(L, idx, "__matrix") == LUA_TNIL)
        return false;
    lua_pop(L, 1);
    return true;
}

ory_status ory_set_option(lua_State *L, int idx, ory_values *v, const char *name, ory_error *err)
{
    int i = ory_params_find(v->params, name);
    char got[160];

    idx = lua_absindex(L, idx);
    luaL_checkstack(L, 6, NULL);
    switch (lua_type(L, idx)) {
    case LUA_TNUMBER:
        return ory_values_set_num(v, name, lua_tonumber(L, idx), err);
    case LUA_TBOOLEAN:
        return ory_values_set_bool(v, name, lua_toboolean(L, idx), err);
    case LUA_TSTRING:
        if (i >= 0 && v->params[i].type == ORY_PARAM_MATRIX)
            return set_matrix_option(L, idx, v, name, err); /* the name of a file */
        return ory_values_set_text(v, name, lua_tostring(L, idx), err);
    case LUA_TTABLE:
    case LUA_TUSERDATA:
        if (i >= 0 && v->params[i].type == ORY_PARAM_MATRIX &&
            (lua_istable(L, idx) || ory_test_mat(L, idx) || has_matrix(L, idx)))
            return set_matrix_option(L, idx, v, name, err);
        break;
    }
    if (i < 0) /* let the name, not the type, be the complaint */
        return ory_values_set_num(v, name, 0, err);
    ory_describe(L, idx, got, sizeof got);
    return ory_fail(err, ORY_EINVAL, "%s: %s cannot be %s", v->owner, name, got);
}

void ory_push_value(lua_State *L, const ory_values *v, int i)
{
    const ory_param *p = &v->params[i];
    const ory_value *x = &v->v[i];

    luaL_checkstack(L, 4, NULL);
    if ((p->flags & ORY_OPTIONAL) && !x->given && p->type != ORY_PARAM_STRING) {
        lua_pushnil(L);
        return;
    }
    if (x->is_choice || p->type == ORY_PARAM_CHOICE) {
        lua_pushstring(L, p->choices[(int)x->num]);
        return;
    }
    switch (p->type) {
    case ORY_PARAM_INT:
        lua_pushinteger(L, (lua_Integer)x->num);
        break;
    case ORY_PARAM_BOOL:
        lua_pushboolean(L, x->num != 0);
        break;
    case ORY_PARAM_STRING:
        lua_pushstring(L, x->text); /* nil when NULL */
        break;
    case ORY_PARAM_MATRIX:
        if (x->mat)
            ory_push_mat_copy(L, &x->mat->mat);
        else
            lua_pushnil(L);
        break;
    default:
        lua_pushnumber(L, x->num);
    }
}

/* ------------------------------------------------------------------- calls */

static void add_frame(luaL_Buffer *b, lua_State *L, lua_Debug *ar)
{
    (void)L;
    char line[256];

    if (*ar->what == 'm')
        snprintf(line, sizeof line, "\n\t%s:%d: in the main chunk", ar->short_src, ar->currentline);
    else if (ar->name)
        snprintf(line, sizeof line, "\n\t%s:%d: in %s '%s'", ar->short_src, ar->currentline,
                 *ar->namewhat ? ar->namewhat : "function", ar->name);
    else
        snprintf(line, sizeof line, "\n\t%s:%d: in a function (line %d)", ar->short_src,
                 ar->currentline, ar->linedefined);
    luaL_addstring(b, line);
}

enum { MAX_FRAMES = 12 };

int ory_traceback(lua_State *L)
{
    lua_Debug ar;
    luaL_Buffer b;
    int frames = 0, level;

    luaL_tolstring(L, 1, NULL);
    for (level = 0; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        frames += ar.currentline > 0 && !ory_is_own_chunk(ar.source);
    }
    if (frames < 2)
        return 1;
    luaL_buffinit(L, &b);
    luaL_addstring(&b, "\nstack traceback:");
    frames = 0;
    for (level = 0; lua_getstack(L, level, &ar) && frames < MAX_FRAMES; level++) {
        lua_getinfo(L, "Slnt", &ar);
        if (ar.currentline > 0 && !ory_is_own_chunk(ar.source)) {
            add_frame(&b, L, &ar);
            frames++;
        }
    }
    if (frames == MAX_FRAMES)
        luaL_addstring(&b, "\n\t...");
    luaL_pushresult(&b);
    lua_concat(L, 2);
    return 1;
}

ory_status ory_call(lua_State *L, int nargs, int nresults, ory_error *err)
{
    int base = lua_gettop(L) - nargs, code;

    if (!lua_checkstack(L, 8)) {
        lua_settop(L, base - 1);
        return ory_fail(err, ORY_ECALLBACK, "the Lua stack is full");
    }
    lua_pushcfunction(L, ory_traceback);
    lua_insert(L, base);
    code = lua_pcall(L, nargs, nresults, base);
    lua_remove(L, base);
    if (code == LUA_OK)
        return ORY_OK;
    ory_fail(err, ory_interrupt_pending() ? ORY_EINTERRUPT : ORY_ECALLBACK, "%s",
             lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "error without a message");
    lua_pop(L, 1);
    return ory_interrupt_pending() ? ORY_EINTERRUPT : ORY_ECALLBACK;
}

/* ------------------------------------------------------------------ memory */

/* What Lua's collector does not see: bytes held outside, and those taken since it
 * was last told. */
typedef struct outside {
    size_t held, fresh;
} outside;

static const char outside_key;

static outside *get_outside(lua_State *L)
{
    outside *o;

    lua_rawgetp(L, LUA_REGISTRYINDEX, &outside_key);
    o = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return o;
}

void ory_gc_start(lua_State *L)
{
    outside *o = lua_newuserdatauv(L, sizeof *o, 0);

    *o = (outside){0};
    lua_rawsetp(L, LUA_REGISTRYINDEX, &outside_key);
}

static void hurry(lua_State *L, outside *o)
{
    enum { PORTION = 256 * 1024 };
    size_t kb;

    if (o->fresh < PORTION || o->fresh < o->held / 4 || !lua_gc(L, LUA_GCISRUNNING))
        return; /* a collector that the user has stopped stays so */
    kb = o->fresh / 1024;
    o->fresh = 0;
    lua_gc(L, LUA_GCSTEP, kb < INT_MAX / 2048 ? (int)kb : INT_MAX / 2048);
}

/* Outside bytes count as if Lua had allocated them, told in portions that are
 * large beside what the collector has to walk through. */
void ory_gc_note(lua_State *L, ptrdiff_t bytes)
{
    outside *o = get_outside(L);

    if (!o)
        return;
    if (bytes < 0) {
        size_t freed = (size_t)-bytes;

        o->held -= freed < o->held ? freed : o->held;
        return;
    }
    o->held += (size_t)bytes;
    o->fresh += (size_t)bytes;
    hurry(L, o);
}

void ory_gc_sync(lua_State *L)
{
    outside *o = get_outside(L);
    size_t now = ory_mem_in_use();

    if (!o)
        return;
    if (now > o->held)
        o->fresh += now - o->held;
    o->held = now;
    hurry(L, o);
}
