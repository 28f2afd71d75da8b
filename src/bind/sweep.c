/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep.c (bind) - what lua/orrery/sweep.lua is built on: cells done in children that have
 * the Lua state as it is at the call, their rows in a ledger. */
#include "config.h"

#include "bind/sweep.h"

#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bind/bind.h"
#include "bind/dash.h"
#include "bind/run.h"
#include "core/clock.h"
#include "io/fence.h"
#include "io/hash.h"
#include "io/ledger.h"
#include "run/sweep.h"

#define SWEEP_MT "orrery.sweep.rows"
#define RANKS_MT "orrery.ranks"

enum { ANSWER_ROW = 'R', ANSWER_FAILURE = 'F', MOST_NAMES = 1000 };

static ory_sweep_options options;
static ory_sweep_view_fn view_fn;
static void *view_ctx;
static bool in_child;
static uint32_t serial; /* sweeps begun in this program */

void ory_bind_set_sweep(const ory_sweep_options *o)
{
    options = *o;
}

void ory_bind_set_sweep_view(ory_sweep_view_fn fn, void *ctx)
{
    view_fn = fn;
    view_ctx = ctx;
}

/* --------------------------------------------------------------- values as fields */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A buffer on the stack that the collector frees. */
typedef struct held {
    ory_buffer b;
} held;

static int held_gc(lua_State *L)
{
    ory_buffer_fini(&((held *)lua_touserdata(L, 1))->b);
    return 0;
}

static ory_buffer *push_buffer(lua_State *L)
{
    held *h = lua_newuserdatauv(L, sizeof *h, 0);

    h->b = (ory_buffer){0};
    if (luaL_newmetatable(L, "orrery.sweep.buffer")) {
        lua_pushcfunction(L, held_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return &h->b;
}

static int push_text(lua_State *L, const ory_buffer *b)
{
    if (b->failed)
        return luaL_error(L, "out of memory");
    lua_pushlstring(L, b->data ? b->data : "", b->len);
    return 1;
}

/* The value at idx as a field. Raises for what is neither number, text nor truth value. */
static void put_value(lua_State *L, int idx, const char *name, ory_buffer *out)
{
    const char *text;
    size_t n;

    switch (lua_type(L, idx)) {
    case LUA_TNUMBER:
        if (lua_isinteger(L, idx))
            ory_field_whole(out, lua_tointeger(L, idx));
        else
            ory_field_number(out, lua_tonumber(L, idx));
        break;
    case LUA_TBOOLEAN: ory_field_bool(out, lua_toboolean(L, idx)); break;
    case LUA_TSTRING:
        text = lua_tolstring(L, idx, &n);
        ory_field_text(out, text, n);
        break;
    case LUA_TNIL: break;
    default:
        luaL_error(L, "%s is a %s (a number, a text or a truth value can stand in a row)", name,
                   luaL_typename(L, idx));
    }
}

/* join(names, values) -> the values of these names as fields joined by commas */
static int sweep_join(lua_State *L)
{
    lua_Integer i, n;
    ory_buffer *b;

    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, 2, LUA_TTABLE);
    n = (lua_Integer)lua_rawlen(L, 1);
    b = push_buffer(L);
    for (i = 1; i <= n; i++) {
        lua_rawgeti(L, 1, i);
        if (i > 1)
            ory_buffer_char(b, ',');
        lua_pushvalue(L, -1);
        lua_rawget(L, 2);
        put_value(L, lua_gettop(L), lua_tostring(L, -2), b);
        lua_pop(L, 2);
    }
    return push_text(L, b);
}

/* names(list) -> the names as fields joined by commas */
static int sweep_names(lua_State *L)
{
    lua_Integer i, n;
    ory_buffer *b;

    luaL_checktype(L, 1, LUA_TTABLE);
    n = (lua_Integer)lua_rawlen(L, 1);
    b = push_buffer(L);
    for (i = 1; i <= n; i++) {
        lua_rawgeti(L, 1, i);
        if (i > 1)
            ory_buffer_char(b, ',');
        ory_field_name(b, luaL_checkstring(L, -1));
        lua_pop(L, 1);
    }
    return push_text(L, b);
}

static void hash(lua_State *L, unsigned char sum[ORY_SHA256_BYTES])
{
    ory_sha256 s;
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);

    ory_sha256_init(&s);
    ory_sha256_add(&s, text, n);
    ory_sha256_final(&s, sum);
}

/* key(text) -> "k" and the first 16 digits of its SHA-256 */
static int sweep_key(lua_State *L)
{
    unsigned char sum[ORY_SHA256_BYTES];
    char key[ORY_KEY_TEXT] = "k";
    int i;

    hash(L, sum);
    for (i = 0; i < 8; i++)
        snprintf(key + 1 + 2 * i, 3, "%02x", sum[i]);
    lua_pushstring(L, key);
    return 1;
}

/* number(text) -> a whole number >= 0 that its SHA-256 gives */
static int sweep_number(lua_State *L)
{
    unsigned char sum[ORY_SHA256_BYTES];
    uint64_t x = 0;
    int i;

    hash(L, sum);
    for (i = 0; i < 8; i++)
        x = x << 8 | sum[i];
    lua_pushinteger(L, (lua_Integer)(x >> 1));
    return 1;
}

/* provenance() -> list {name, value, name, value, …} that result files begin with */
static int sweep_provenance(lua_State *L)
{
    ory_header h = {0};
    ory_error err = {0};
    size_t i;

    if (ory_bind_header(&h, &err) != ORY_OK) {
        ory_header_fini(&h);
        return ory_raise(L, &err);
    }
    lua_newtable(L);
    for (i = 0; i < h.count; i++) { /* some short texts: no error is to be expected */
        lua_pushstring(L, h.pair[i].key);
        lua_rawseti(L, -2, (lua_Integer)(2 * i + 1));
        lua_pushstring(L, h.pair[i].value);
        lua_rawseti(L, -2, (lua_Integer)(2 * i + 2));
    }
    ory_header_fini(&h);
    return 1;
}

/* ------------------------------------------------------------------ a sweep's box */

typedef struct sweep_box {
    ory_header header;
    ory_ledger_cell *cells; /* in user value 1, like all arrays below */
    size_t n;
    bool *skip, *others;
    unsigned char *state;
    double *value;
    ory_ledger *ledger;
    ory_sweep_view view;
    double began;
    char failure[160], shade_name[40];
    /* of the sweep under way */
    lua_State *L;
    int work; /* stack index of the function of a cell's number */
    ory_limits limits;
    int log;
} sweep_box;

static sweep_box *check_box(lua_State *L, int idx)
{
    return luaL_checkudata(L, idx, SWEEP_MT);
}

static int box_gc(lua_State *L)
{
    sweep_box *s = check_box(L, 1);

    ory_ledger_free(s->ledger);
    s->ledger = NULL;
    ory_header_fini(&s->header);
    if (s->log >= 0)
        close(s->log);
    s->log = -1;
    return 0;
}

/* A zeroed array that lives as long as the box at idx. */
static void *keep_array(lua_State *L, int idx, size_t count, size_t size)
{
    void *p;

    idx = lua_absindex(L, idx);
    lua_getiuservalue(L, idx, 1);
    p = lua_newuserdatauv(L, count * size + 1, 0);
    memset(p, 0, count * size + 1);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    lua_pop(L, 1);
    return p;
}

/* The box of a plan, whose texts it goes on using. */
static sweep_box *push_box(lua_State *L, int plan)
{
    sweep_box *s = lua_newuserdatauv(L, sizeof *s, 1);

    *s = (sweep_box){.log = -1};
    luaL_setmetatable(L, SWEEP_MT);
    lua_newtable(L);
    lua_pushvalue(L, plan);
    lua_rawseti(L, -2, 1);
    lua_setiuservalue(L, -2, 1);
    return s;
}

/* rows:names() -> the line of names; rows:row(cell) -> its line, or nil */
static int box_names(lua_State *L)
{
    sweep_box *s = check_box(L, 1);
    ory_buffer *b = push_buffer(L);

    ory_ledger_names(s->ledger, b);
    return push_text(L, b);
}

static size_t check_cell(lua_State *L, const sweep_box *s)
{
    return (size_t)ory_check_int(L, 2, "sweep", "cell", 1, (lua_Integer)s->n) - 1;
}

static void push_field(lua_State *L, ory_field f)
{
    ory_buffer *b;
    char text[64];

    switch (ory_field_kind_of(f)) {
    case ORY_FIELD_EMPTY: lua_pushnil(L); return;
    case ORY_FIELD_BOOL: lua_pushboolean(L, *f.at == 't'); return;
    case ORY_FIELD_NUMBER:
        snprintf(text, sizeof text, "%.*s", (int)f.n, f.at);
        if (!lua_stringtonumber(L, text)) /* nan, inf */
            lua_pushnumber(L, strstr(text, "nan") ? NAN : *text == '-' ? -INFINITY : INFINITY);
        return;
    case ORY_FIELD_TEXT:
    case ORY_FIELD_BARE:
        b = push_buffer(L);
        ory_field_plain(f, b);
        push_text(L, b);
        lua_remove(L, -2);
    }
}

/* fields(line) -> list of the values of a row, nil where nothing is, and how many */
static int sweep_fields(lua_State *L)
{
    size_t n;
    const char *at = luaL_checklstring(L, 1, &n), *end = at + n;
    lua_Integer i = 0;
    ory_field f;

    lua_newtable(L);
    while (at && ory_field_next(&at, end, &f)) {
        push_field(L, f);
        lua_rawseti(L, -2, ++i);
    }
    lua_pushinteger(L, i);
    return 2;
}

static int box_row(lua_State *L)
{
    sweep_box *s = check_box(L, 1);
    size_t cell = check_cell(L, s);
    ory_buffer *b;

    if (!ory_ledger_has(s->ledger, cell))
        return 0;
    b = push_buffer(L);
    ory_ledger_row(s->ledger, cell, b);
    return push_text(L, b);
}

/* rows:counts() -> cells that are due, done, failed */
static int box_counts(lua_State *L)
{
    sweep_box *s = check_box(L, 1);
    lua_Integer due = 0, done = 0, failed = 0;
    size_t i;

    for (i = 0; i < s->n; i++) {
        due += !s->others[i];
        done += ory_ledger_has(s->ledger, i);
        failed += ory_ledger_has(s->ledger, i) && !ory_ledger_ok(s->ledger, i);
    }
    lua_pushinteger(L, due);
    lua_pushinteger(L, done);
    lua_pushinteger(L, failed);
    return 3;
}

/* -------------------------------------------------------------------- in the child */

/* Function of the row at 1 and a box of the answer: the row's names in order, its values,
 * its shade. */
static int compose_row(lua_State *L)
{
    ory_buffer *out = lua_touserdata(L, 2);
    const char *names[MOST_NAMES];
    double shade = lua_isnumber(L, 3) ? lua_tonumber(L, 3) : NAN;
    size_t n = 0, i;

    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            return luaL_error(L, "a row has the key %s (keys are names)", luaL_tolstring(L, -2, NULL));
        if (n == MOST_NAMES)
            return luaL_error(L, "a row has more than %d values", MOST_NAMES);
        names[n++] = lua_tostring(L, -2);
    }
    qsort(names, n, sizeof *names, compare_names);
    ory_buffer_char(out, ANSWER_ROW);
    ory_buffer_append(out, &shade, sizeof shade);
    for (i = 0; i < n; i++) {
        if (i)
            ory_buffer_char(out, ',');
        ory_field_name(out, names[i]);
    }
    ory_buffer_append(out, "", 1);
    for (i = 0; i < n; i++) {
        if (i)
            ory_buffer_char(out, ',');
        lua_getfield(L, 1, names[i]);
        put_value(L, lua_gettop(L), names[i], out);
        lua_pop(L, 1);
    }
    ory_buffer_append(out, "", 1);
    return 0;
}

static const char *failure(lua_State *L, const sweep_box *s, int status, ory_buffer *out, size_t *n)
{
    static char memory[80];
    const char *text = status == LUA_ERRMEM ? NULL : luaL_tolstring(L, -1, NULL);

    if (text) {
        ory_buffer_clear(out);
        ory_buffer_char(out, ANSWER_FAILURE);
        ory_buffer_text(out, text);
        ory_buffer_append(out, "", 1);
        if (!out->failed) {
            *n = out->len;
            return out->data;
        }
    }
    if (s->limits.bytes)
        snprintf(memory, sizeof memory, "%cmemory: more than %.6g MB", ANSWER_FAILURE,
                 (double)s->limits.bytes / 1048576);
    else
        snprintf(memory, sizeof memory, "%cmemory: not enough", ANSWER_FAILURE);
    *n = strlen(memory) + 1;
    return memory;
}

static const char *do_cell(void *ctx, size_t cell, size_t *n)
{
    static ory_buffer out;
    sweep_box *s = ctx;
    lua_State *L = s->L;
    int status;

    in_child = true;
    ory_bind_set_progress(NULL, NULL);
    ory_bind_set_dash(NULL);
    lua_pushvalue(L, s->work);
    lua_pushinteger(L, (lua_Integer)cell + 1);
    status = lua_pcall(L, 1, 2, 0); /* row, shade */
    if (status == LUA_OK) {
        lua_pushcfunction(L, compose_row);
        lua_insert(L, -3);
        lua_pushlightuserdata(L, &out);
        lua_insert(L, -2);
        status = lua_pcall(L, 3, 0, 0);
    }
    if (status != LUA_OK || out.failed)
        return failure(L, s, out.failed ? LUA_ERRMEM : status, &out, n);
    *n = out.len;
    return out.data;
}

/* -------------------------------------------------------------------- in the parent */

static void show(sweep_box *s, bool ended, bool broken)
{
    s->view.seconds = ory_clock_now() - s->began;
    s->view.ended = ended;
    s->view.broken = broken;
    if (view_fn)
        view_fn(view_ctx, &s->view);
}

static void cell_begun(void *ctx, size_t cell)
{
    sweep_box *s = ctx;

    s->state[cell] = ORY_CELL_RUNS;
}

static void cell_tick(void *ctx)
{
    show(ctx, false, false);
}

/* R, shade, names, values: the three parts, or false. */
static bool split_row(const ory_outcome *o, double *shade, const char **names, const char **values)
{
    const char *end = o->bytes + o->n;

    *names = o->bytes + 1 + sizeof *shade;
    if (*names >= end || end[-1] != '\0')
        return false;
    memcpy(shade, o->bytes + 1, sizeof *shade);
    *values = *names + strlen(*names) + 1;
    return *values < end;
}

static ory_status keep_failure(sweep_box *s, size_t cell, const char *reason, ory_error *err)
{
    s->state[cell] = ORY_CELL_FAILED;
    s->view.failed++;
    if (!*s->failure)
        snprintf(s->failure, sizeof s->failure, "cell %zu: %.*s", cell + 1,
                 (int)strcspn(reason, "\n"), reason);
    return ory_ledger_put_failure(s->ledger, cell, reason, err);
}

/* What shades the cells unless the script says: the first result that is a number. */
static void name_shade(sweep_box *s, const char *names, const char *values)
{
    const char *n = names, *v = values;
    ory_field name, value;

    while (n && v && ory_field_next(&n, names + strlen(names), &name) &&
           ory_field_next(&v, values + strlen(values), &value))
        if (ory_field_kind_of(value) == ORY_FIELD_NUMBER) {
            snprintf(s->shade_name, sizeof s->shade_name, "%.*s", (int)name.n, name.at);
            s->view.value_name = s->shade_name;
            return;
        }
}

static ory_status keep_answer(sweep_box *s, const ory_outcome *o, ory_error *err)
{
    const char *names, *values;
    double shade;

    if (o->n >= 2 && *o->bytes == ANSWER_FAILURE && o->bytes[o->n - 1] == '\0')
        return keep_failure(s, o->cell, o->bytes + 1, err);
    if (o->n < 2 || *o->bytes != ANSWER_ROW || !split_row(o, &shade, &names, &values))
        return keep_failure(s, o->cell, "the process gave an answer that cannot be", err);
    s->state[o->cell] = ORY_CELL_OK;
    s->value[o->cell] = shade;
    if (!s->view.value_name)
        name_shade(s, names, values);
    return ory_ledger_put(s->ledger, o->cell, names, values, err);
}

static ory_status cell_done(void *ctx, const ory_outcome *o, ory_error *err)
{
    sweep_box *s = ctx;
    char why[120] = "";

    s->view.done++;
    switch (o->end) {
    case ORY_CELL_ANSWERED: return keep_answer(s, o, err);
    case ORY_CELL_LATE:
        snprintf(why, sizeof why, "time: more than %.6g s", s->limits.seconds);
        break;
    case ORY_CELL_KILLED:
        snprintf(why, sizeof why, "killed by signal %d (%s)", o->code, strsignal(o->code));
        break;
    case ORY_CELL_LEFT:
        snprintf(why, sizeof why, "the process ended without a result, status %d", o->code);
        break;
    }
    return keep_failure(s, o->cell, why, err);
}

/* ------------------------------------------------------------------------- under MPI */

static int ranks_gc(lua_State *L)
{
    ory_ranks **r = lua_touserdata(L, 1);

    if (!in_child)
        ory_ranks_close(*r);
    *r = NULL;
    return 0;
}

/* The link to the other ranks, made once; NULL when there are none. */
static ory_ranks *get_ranks(lua_State *L)
{
    ory_ranks **box;
    ory_error err = {0};
    int rank, size;

    if (!ory_ranks_started(&rank, &size))
        return NULL;
    if (lua_getfield(L, LUA_REGISTRYINDEX, RANKS_MT ".link") == LUA_TUSERDATA) {
        box = lua_touserdata(L, -1);
        lua_pop(L, 1);
        return *box;
    }
    lua_pop(L, 1);
    if (!options.helper)
        ory_raisef(L, "sweep: there are %d processes under MPI, but this orrery was built without it "
                      "(use -j N, or --shard I/N)", size);
    box = lua_newuserdatauv(L, sizeof *box, 0);
    *box = NULL;
    if (luaL_newmetatable(L, RANKS_MT)) {
        lua_pushcfunction(L, ranks_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    if (ory_ranks_open(options.helper, box, &err) != ORY_OK) {
        ory_fail_prefix(&err, "sweep");
        ory_raise(L, &err);
    }
    lua_setfield(L, LUA_REGISTRYINDEX, RANKS_MT ".link");
    return *box;
}

/* ------------------------------------------------------------------------- the call */

static lua_Integer integer_field(lua_State *L, int idx, const char *key, lua_Integer def)
{
    lua_Integer x;

    x = lua_getfield(L, idx, key) == LUA_TNIL ? def : lua_tointeger(L, -1);
    lua_pop(L, 1);
    return x;
}

static double number_field(lua_State *L, int idx, const char *key)
{
    double x;

    lua_getfield(L, idx, key);
    x = lua_tonumber(L, -1);
    lua_pop(L, 1);
    return x;
}

/* The table holds the text, and the caller the table. */
static const char *text_field(lua_State *L, int idx, const char *key)
{
    const char *text;

    lua_getfield(L, idx, key);
    text = lua_tostring(L, -1);
    lua_pop(L, 1);
    return text;
}

/* Entry i of a list of texts that the caller holds. */
static const char *text_at(lua_State *L, int idx, size_t i)
{
    const char *text;

    lua_rawgeti(L, idx, (lua_Integer)i + 1);
    text = luaL_checkstring(L, -1);
    lua_pop(L, 1);
    return text;
}

static void read_header(lua_State *L, int plan, sweep_box *s)
{
    ory_error err = {0};
    size_t i, n;

    lua_getfield(L, plan, "header");
    n = (size_t)lua_rawlen(L, -1);
    for (i = 0; i + 1 < n; i += 2)
        if (ory_header_add(&s->header, text_at(L, lua_gettop(L), i),
                           text_at(L, lua_gettop(L), i + 1), &err) != ORY_OK)
            ory_raise(L, &err);
    lua_pop(L, 1);
}

static void read_cells(lua_State *L, int plan, int box, sweep_box *s)
{
    size_t i;

    s->n = (size_t)integer_field(L, plan, "n", 0);
    s->cells = keep_array(L, box, s->n, sizeof *s->cells);
    s->skip = keep_array(L, box, s->n, sizeof *s->skip);
    s->others = keep_array(L, box, s->n, sizeof *s->others);
    s->state = keep_array(L, box, s->n, sizeof *s->state);
    s->value = keep_array(L, box, s->n, sizeof *s->value);
    lua_getfield(L, plan, "keys");
    lua_getfield(L, plan, "params");
    for (i = 0; i < s->n; i++) {
        snprintf(s->cells[i].key, ORY_KEY_TEXT, "%s", text_at(L, lua_gettop(L) - 1, i));
        s->cells[i].params = text_at(L, lua_gettop(L), i);
        s->value[i] = NAN;
        s->others[i] = options.shards > 0 && (int)(i % (size_t)options.shards) != options.shard - 1;
    }
    lua_pop(L, 2);
}

static void read_places(lua_State *L, int plan, int box, sweep_box *s)
{
    const char **titles;
    uint32_t *place;
    size_t i;

    lua_getfield(L, plan, "view");
    s->view.nx = (size_t)integer_field(L, -1, "nx", 1);
    s->view.ny = (size_t)integer_field(L, -1, "ny", 1);
    s->view.facets = (size_t)integer_field(L, -1, "facets", 1);
    s->view.x_name = text_field(L, -1, "x");
    s->view.y_name = text_field(L, -1, "y");
    s->view.value_name = text_field(L, -1, "value");
    s->view.place = place = keep_array(L, box, s->n, sizeof *place);
    s->view.facet_titles = titles = keep_array(L, box, s->view.facets, sizeof *titles);
    lua_getfield(L, -1, "place");
    for (i = 0; i < s->n; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        place[i] = (uint32_t)lua_tointeger(L, -1);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    lua_getfield(L, -1, "titles");
    for (i = 0; i < s->view.facets; i++)
        titles[i] = text_at(L, lua_gettop(L), i);
    lua_pop(L, 2);
}

static void open_ledger(lua_State *L, int plan, sweep_box *s, bool look)
{
    ory_ledger_plan p = {.path = text_field(L, plan, "file"), .header = &s->header,
                         .param_names = text_field(L, plan, "names"), .cells = s->cells, .n = s->n,
                         .others = s->others, .look = look};
    ory_error err = {0};

    lua_getfield(L, plan, "retry");
    p.retry = lua_toboolean(L, -1);
    lua_getfield(L, plan, "fresh");
    p.fresh = lua_toboolean(L, -1) && !look;
    lua_pop(L, 2);
    if (look && p.path && access(p.path, R_OK) != 0)
        p.path = NULL;
    if (ory_ledger_open(&p, &s->ledger, &err) != ORY_OK) {
        ory_fail_prefix(&err, "sweep");
        ory_raise(L, &err);
    }
}

static void count_rows(sweep_box *s, const char *name)
{
    size_t i;

    s->view.name = name ? name : "sweep";
    s->view.kept = name != NULL;
    s->view.notes = ory_ledger_notes(s->ledger);
    s->view.failure = s->failure;
    s->view.n = s->n;
    s->view.state = s->state;
    s->view.value = s->value;
    for (i = 0; i < s->n; i++) {
        bool has = ory_ledger_has(s->ledger, i), ok = ory_ledger_ok(s->ledger, i);

        s->skip[i] = has || s->others[i];
        s->state[i] = ok             ? ORY_CELL_OK
                      : has          ? ORY_CELL_FAILED
                      : s->others[i] ? ORY_CELL_OTHERS
                                     : ORY_CELL_WAITS;
        s->view.cells += !s->others[i];
        s->view.done += has;
        s->view.failed += has && !ok;
    }
    s->view.found = s->view.done;
}

/* Standard output and error of cells, when they are wanted. */
static void open_log(lua_State *L, int plan, sweep_box *s)
{
    const char *path = text_field(L, plan, "log");
    ory_error err;

    if (!path)
        return;
    if (ory_fence_check(path, true, &err) != ORY_OK)
        ory_raise(L, &err);
    s->log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (s->log < 0)
        ory_raisef(L, "sweep: log: cannot write '%s'", path);
}

static ory_sweep make_sweep(lua_State *L, int plan, sweep_box *s)
{
    ory_sweep w = {.cells = s->n, .skip = s->skip, .cell = do_cell, .cell_ctx = s,
                   .begun = cell_begun, .done = cell_done, .tick = cell_tick, .ctx = s};

    s->limits = (ory_limits){number_field(L, plan, "time"),
                             (size_t)(number_field(L, plan, "memory") * 1048576), s->log};
    w.limits = s->limits;
    w.jobs = (int)integer_field(L, plan, "jobs", 1);
    w.digest = (uint64_t)integer_field(L, plan, "digest", 0);
    w.serial = serial;
    return w;
}

static void raise_stopped(lua_State *L, const sweep_box *s, const ory_error *why, const char *file)
{
    size_t kept = 0, i;

    for (i = 0; i < s->n; i++)
        kept += ory_ledger_has(s->ledger, i);
    if (file)
        ory_raisef(L, "sweep: %s; %d of %d cells are done and kept in %s: run it again to go on",
                   why->text, (int)kept, (int)s->view.cells, file);
    ory_raisef(L, "sweep: %s; %d of %d cells were done", why->text, (int)kept, (int)s->view.cells);
}

/* Rank 0, or alone. A row that could not be written is in memory only: closing tells, and
 * the first failure is the one that is told. */
static void sweep_here(lua_State *L, sweep_box *s, const ory_sweep *w, const char *file)
{
    ory_error err = {0}, late = {0};
    ory_status ok, closed;

    show(s, false, false);
    lua_gc(L, LUA_GCCOLLECT); /* or every child begins by walking through what is here */
    ok = ory_sweep_run(w, &err);
    closed = ory_ledger_close(s->ledger, &late);
    show(s, true, ok != ORY_OK || closed != ORY_OK);
    if (ok != ORY_OK)
        raise_stopped(L, s, &err, file);
    if (closed != ORY_OK)
        raise_stopped(L, s, &late, file);
}

/* run(plan, work) -> rows, or nothing when this rank has nothing more to do */
static int sweep_run(lua_State *L)
{
    sweep_box *s;
    ory_sweep w;
    ory_ranks *ranks;
    ory_error err = {0};
    ory_status ok;
    bool other;

    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    if (in_child)
        return ory_raisef(L, "sweep: a cell of a sweep cannot begin a sweep");
    lua_settop(L, 2);
    ranks = get_ranks(L);
    other = ranks && ory_ranks_rank(ranks) > 0;
    s = push_box(L, 1);
    read_header(L, 1, s);
    read_cells(L, 1, 3, s);
    read_places(L, 1, 3, s);
    open_log(L, 1, s);
    serial++;
    s->L = L;
    s->work = 2;
    s->began = ory_clock_now();
    w = make_sweep(L, 1, s);
    w.ranks = ranks;
    if (other) {
        lua_gc(L, LUA_GCCOLLECT);
        ok = ory_sweep_serve(&w, &err);
        if (ok == ORY_EUNDEF)
            return 0;
        if (ok != ORY_OK)
            return ory_raise(L, &err);
    }
    open_ledger(L, 1, s, other);
    count_rows(s, text_field(L, 1, "file"));
    if (!other)
        sweep_here(L, s, &w, text_field(L, 1, "file"));
    s->L = NULL;
    return 1;
}

/* options() -> what the command line says, as a table */
static int sweep_options(lua_State *L)
{
    int rank, size;

    lua_newtable(L);
    if (options.jobs > 0) {
        lua_pushinteger(L, options.jobs);
        lua_setfield(L, -2, "jobs");
    }
    if (options.shards > 0) {
        lua_pushinteger(L, options.shard);
        lua_setfield(L, -2, "shard");
        lua_pushinteger(L, options.shards);
        lua_setfield(L, -2, "shards");
    }
    if (options.cell > 0) {
        lua_pushinteger(L, options.cell);
        lua_setfield(L, -2, "cell");
    }
    lua_pushboolean(L, options.open);
    lua_setfield(L, -2, "open");
    lua_pushboolean(L, options.retry);
    lua_setfield(L, -2, "retry");
    lua_pushboolean(L, options.fresh);
    lua_setfield(L, -2, "fresh");
    lua_pushboolean(L, ory_ranks_started(&rank, &size));
    lua_setfield(L, -2, "mpi");
    lua_pushinteger(L, (lua_Integer)sysconf(_SC_NPROCESSORS_ONLN));
    lua_setfield(L, -2, "cores");
    return 1;
}

enum { OPT_FILE, OPT_N, OPT_SEED, OPT_JOBS, OPT_TIME, OPT_MEMORY, OPT_SHOW, OPT_LOG, OPT_KEY,
       OPT_RETRY, OPT_COUNT };

static const ory_param plain_params[] = {
    [OPT_FILE] = {"file", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                  "NAME.csv for the rows, which a later call goes on with; NAME.jsonl beside it",
                  NULL},
    [OPT_N] = {"n", ORY_PARAM_INT, 0, 1, 1e7, NULL, ORY_OPTIONAL, "", "points of random and latin",
               NULL},
    [OPT_SEED] = {"seed", ORY_PARAM_INT, 1, 0, 9007199254740991.0, NULL, 0, "",
                  "of random and latin points and of the cells' streams", NULL},
    [OPT_JOBS] = {"jobs", ORY_PARAM_INT, 0, 1, ORY_POOL_MOST, NULL, ORY_OPTIONAL, "",
                  "cells at once; -j goes before it; as many as there are cores when absent", NULL},
    [OPT_TIME] = {"time", ORY_PARAM_REAL, 0, 0, 1e9, NULL, 0, "s", "limit for a cell; 0: none", NULL},
    [OPT_MEMORY] = {"memory", ORY_PARAM_REAL, 0, 0, 1e9, NULL, 0, "MB",
                    "limit for what a cell may take besides what is there; 0: none", NULL},
    [OPT_SHOW] = {"show", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                  "the result that shades the cells on the terminal; the first number when absent",
                  NULL},
    [OPT_LOG] = {"log", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                 "file to which cells print; nowhere when absent", NULL},
    [OPT_KEY] = {"key", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                 "a text that stands for script and version in the cells' keys, so that rows outlive "
                 "changes of the script",
                 NULL},
    [OPT_RETRY] = {"retry", ORY_PARAM_BOOL, 0, 0, 1, NULL, 0, "", "do cells that have failed again",
                   NULL},
    {0}};

static const ory_param shaped_params[] = {
    {"grid", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "name -> list of values: all combinations", NULL},
    {"list", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "", "list of tables name -> value", NULL},
    {"random", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "name -> {low, high [, \"log\" or \"int\"]}: n points drawn from it", NULL},
    {"latin", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "the same: n points of a Latin hypercube", NULL},
    {"seeds", ORY_PARAM_INT, 1, 1, 1e7, NULL, 0, "", "how many (1, 2, …), or a list of them", NULL},
    {"run", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_REQUIRED, "",
     "function of parameters and stream that gives a run or a table", NULL},
    {"stop", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "how far the run goes, as for r:go; or a function of the parameters that gives it", NULL},
    {"row", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "function of run, parameters and stream that gives name -> value; steps, time and loss when "
     "absent",
     NULL},
    {0}};

/* plain(table) -> the options that are plain values, checked, with their defaults */
static int sweep_plain(lua_State *L)
{
    const ory_values *v;
    int i;

    luaL_checktype(L, 1, LUA_TTABLE);
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        const char *names[OPT_COUNT + sizeof shaped_params / sizeof *shaped_params], *near;
        size_t n = 0;

        if (lua_type(L, -2) == LUA_TSTRING && ory_params_find(plain_params, lua_tostring(L, -2)) >= 0)
            continue;
        for (i = 0; plain_params[i].name; i++)
            names[n++] = plain_params[i].name;
        for (i = 0; shaped_params[i].name; i++)
            names[n++] = shaped_params[i].name;
        near = ory_nearest(luaL_tolstring(L, -2, NULL), names, n);
        return ory_raisef(L, "sweep: unknown option '%s'%s%s%s", lua_tostring(L, -1),
                          near ? " (did you mean '" : " (help('sweep') lists them)", near ? near : "",
                          near ? "'?)" : "");
    }
    v = ory_check_options(L, 1, "sweep", plain_params);
    lua_newtable(L);
    for (i = 0; i < OPT_COUNT; i++) {
        ory_push_value(L, v, i);
        lua_setfield(L, -2, plain_params[i].name);
    }
    return 1;
}

/* Leaves the table that internal.sweep is. */
int ory_open_sweep(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"fields", sweep_fields}, {"join", sweep_join},       {"key", sweep_key},
        {"names", sweep_names},   {"number", sweep_number},   {"options", sweep_options},
        {"plain", sweep_plain},   {"provenance", sweep_provenance}, {"run", sweep_run},
        {NULL, NULL}};
    static const luaL_Reg methods[] = {
        {"counts", box_counts}, {"names", box_names}, {"row", box_row}, {NULL, NULL}};

    ory_help_options(L, "sweep", shaped_params);
    ory_help_options(L, "sweep", plain_params);
    luaL_newmetatable(L, SWEEP_MT);
    lua_pushcfunction(L, box_gc);
    lua_setfield(L, -2, "__gc");
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    luaL_newlib(L, functions);
    return 1;
}
