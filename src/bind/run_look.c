/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_look.c (bind) - reading a run: recorded series, tables of rows, files, claims,
 * knobs, probes, events. Formatting for the eye is done by lua/orrery/run.lua. */
#include "config.h"

#include "bind/run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bind/mat.h"
#include "bind/system.h"
#include "core/mem.h"
#include "io/header.h"
#include "io/rows.h"

static void set_text(lua_State *L, const char *key, const char *text)
{
    if (!text)
        return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, key);
}

static void set_num(lua_State *L, const char *key, double x)
{
    lua_pushnumber(L, x);
    lua_setfield(L, -2, key);
}

static void set_whole(lua_State *L, const char *key, uint64_t x)
{
    lua_pushinteger(L, (lua_Integer)x);
    lua_setfield(L, -2, key);
}

/* Give the table at the top the metatable that lua/orrery/run.lua registered. */
static void set_class(lua_State *L, const char *name)
{
    luaL_getmetatable(L, name);
    lua_setmetatable(L, -2);
}

/* ------------------------------------------------------------------- series */

static const ory_series *check_series(lua_State *L, int idx, ory_run *r, const char *fn)
{
    int probe = ory_check_probe(L, idx, r, fn);
    const char *name = ory_run_probe_at(r, probe)->name;
    const ory_series *s = ory_run_series(r, name);

    if (!s)
        ory_raisef(L, "%s: '%s' is not recorded (r:record('%s') begins now; "
                      "run(s, {record={…}}) from the start)",
                   fn, name, name);
    return s;
}

/* One column of a series as a vector. */
static void push_column(lua_State *L, const ory_bin *b, size_t n, int which)
{
    ory_lmat *v = ory_push_mat(L, n, 1);
    size_t i;

    v->vector = true;
    for (i = 0; i < n; i++)
        v->data[i] = which == 0   ? (double)b[i].step
                     : which == 1 ? b[i].t
                     : which == 2 ? b[i].first
                     : which == 3 ? b[i].min
                     : which == 4 ? b[i].max
                                  : b[i].last;
}

/* r:series(name) -> {name=, label=, unit=, step=, t=, value=, min=, max=, last=, stride=} */
static int run_series(lua_State *L)
{
    static const char *const columns[] = {"step", "t", "value", "min", "max", "last"};
    ory_run_box *box = ory_check_run(L, 1, "run:series");
    const ory_series *s = check_series(L, 2, box->r, "run:series");
    const ory_probe *p = ory_run_probe_at(box->r, ory_check_probe(L, 2, box->r, "run:series"));
    size_t n = ory_series_count(s);
    int i;

    ory_push_probe_row(L, p);
    for (i = 0; i < 6; i++) {
        push_column(L, ory_series_bins(s), n, i);
        lua_setfield(L, -2, columns[i]);
    }
    set_whole(L, "stride", ory_series_stride(s));
    set_text(L, "run", ory_run_name(box->r));
    set_class(L, "orrery.series");
    return 1;
}

/* ---------------------------------------------------------- rows and files */

enum { MAX_COLUMNS = 256 };

/* The recorded series merged by step: a row for each step at which any of them has a
 * bin; NaN where a column has none. */
typedef struct merge {
    size_t n;
    const ory_bin *bin[MAX_COLUMNS];
    size_t left[MAX_COLUMNS];
    double row[MAX_COLUMNS + 2];
} merge;

static bool merge_next(merge *m)
{
    uint64_t step = UINT64_MAX;
    size_t i;

    for (i = 0; i < m->n; i++)
        if (m->left[i] && m->bin[i]->step < step)
            step = m->bin[i]->step;
    if (step == UINT64_MAX)
        return false;
    m->row[0] = (double)step;
    for (i = 0; i < m->n; i++) {
        m->row[2 + i] = NAN;
        if (m->left[i] && m->bin[i]->step == step) {
            m->row[1] = m->bin[i]->t;
            m->row[2 + i] = m->bin[i]->first;
            m->bin[i]++;
            m->left[i]--;
        }
    }
    return true;
}

/* Columns of the names (or all that is recorded) into m and names[] (k, t, …: "step" is the
 * name of a probe). */
static void merge_start(lua_State *L, ory_run *r, const char **wanted, merge *m,
                        const char **names, const char *fn)
{
    int i, n = ory_run_recorded_count(r);

    m->n = 0;
    names[0] = "k";
    names[1] = "t";
    for (i = 0; wanted ? wanted[i] != NULL : i < n; i++) {
        const char *name = wanted ? wanted[i]
                                  : ory_run_probe_at(r, ory_run_recorded_at(r, i))->name;
        const ory_series *s;

        if (m->n == MAX_COLUMNS)
            ory_raisef(L, "%s: more than %d columns", fn, MAX_COLUMNS);
        lua_pushstring(L, name);
        s = check_series(L, lua_gettop(L), r, fn);
        lua_pop(L, 1);
        m->bin[m->n] = ory_series_bins(s);
        m->left[m->n] = ory_series_count(s);
        names[2 + m->n++] = name;
    }
}

/* r:rows([names]) -> matrix, list of column names */
static int run_rows(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:rows");
    const char **wanted = lua_isnoneornil(L, 2) ? NULL : ory_check_names(L, 2, "run:rows");
    const char *names[MAX_COLUMNS + 2];
    merge m = {0};
    ory_lmat *out;
    size_t rows = 0, cols, i;

    merge_start(L, box->r, wanted, &m, names, "run:rows");
    cols = m.n + 2;
    while (merge_next(&m))
        rows++;
    out = ory_push_mat(L, rows, cols);
    merge_start(L, box->r, wanted, &m, names, "run:rows");
    for (i = 0; merge_next(&m); i++)
        memcpy(out->data + i * cols, m.row, cols * sizeof(double));
    lua_createtable(L, (int)cols, 0);
    for (i = 0; i < cols; i++) {
        lua_pushstring(L, names[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 2;
}

/* The provenance of a file about run r. */
static ory_status run_header(ory_run *r, ory_header *h, ory_error *err)
{
    const ory_system *s = ory_run_system(r);
    char text[256] = "";
    size_t i;
    ory_status ok = ory_bind_header(h, err);

    if (ok == ORY_OK)
        ok = ory_header_add(h, "run", ory_run_name(r), err);
    if (ok == ORY_OK)
        ok = ory_header_add(h, "system", s->class->name, err);
    for (i = 0; ok == ORY_OK && i < s->values.count; i++) {
        if (!s->values.v[i].given && strcmp(s->values.params[i].name, "seed") != 0)
            continue;
        ory_values_text(&s->values, (int)i, text, sizeof text);
        ok = ory_header_add(h, s->values.params[i].name, text, err);
    }
    if (ok == ORY_OK)
        ok = ory_header_add(h, "stepper", ory_run_stepper(r)->class->name, err);
    for (i = 0; ok == ORY_OK && i < ory_run_stepper(r)->values.count; i++) {
        const ory_values *v = &ory_run_stepper(r)->values;

        if (!v->v[i].given)
            continue;
        ory_values_text(v, (int)i, text, sizeof text);
        ok = ory_header_addf(h, v->params[i].name, err, "%s", text);
    }
    return ok;
}

static ory_status write_rows(ory_run *r, const char *path, merge *m, const char **names,
                             ory_error *err)
{
    ory_header h = {0};
    ory_rows *w = NULL;
    ory_status ok = run_header(r, &h, err);

    if (ok == ORY_OK)
        ok = ory_rows_open(path, false, &h, names, m->n + 2, &w, err);
    while (ok == ORY_OK && merge_next(m))
        ok = ory_rows_put(w, m->row, err);
    ory_header_fini(&h);
    if (ok == ORY_OK)
        return ory_rows_close(w, err);
    ory_rows_abandon(w);
    return ok;
}

/* r:write(file [, names]) -> r */
static int run_write(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:write");
    const char *path = ory_check_text(L, 2, "run:write", "file");
    const char **wanted = lua_isnoneornil(L, 3) ? NULL : ory_check_names(L, 3, "run:write");
    const char *names[MAX_COLUMNS + 2];
    merge m = {0};
    ory_error err = {0};

    merge_start(L, box->r, wanted, &m, names, "run:write");
    if (write_rows(box->r, path, &m, names, &err) != ORY_OK)
        return ory_raise_in(L, "run:write", &err);
    lua_settop(L, 1);
    return 1;
}

/* --------------------------------------------------------------- streaming */

typedef struct row_sink {
    ory_rows *w;
    int n; /* columns behind step and t */
} row_sink;

static ory_status sink_put(void *ctx, const ory_run *r, uint64_t k, double t, const double *values,
                           int n, ory_error *err)
{
    row_sink *sink = ctx;
    double row[MAX_COLUMNS + 2];
    int i;

    (void)r;
    row[0] = (double)k;
    row[1] = t;
    for (i = 0; i < sink->n; i++)
        row[2 + i] = i < n ? values[i] : NAN;
    return ory_rows_put(sink->w, row, err);
}

static void sink_release(void *ctx)
{
    row_sink *sink = ctx;
    ory_error err = {0};

    if (ory_rows_close(sink->w, &err) != ORY_OK)
        err.status = ORY_EIO; /* writes reported their own failures as they met them */
    ory_free(sink);
}

static ory_status stream_to(ory_run *r, const char *path, ory_error *err)
{
    const char *names[MAX_COLUMNS + 2] = {"k", "t"};
    row_sink *sink = ory_alloc(1, sizeof *sink);
    ory_header h = {0};
    ory_status ok;
    int i;

    if (!sink)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    sink->n = ory_run_recorded_count(r);
    if (sink->n > MAX_COLUMNS)
        sink->n = MAX_COLUMNS;
    for (i = 0; i < sink->n; i++)
        names[2 + i] = ory_run_probe_at(r, ory_run_recorded_at(r, i))->name;
    ok = run_header(r, &h, err);
    if (ok == ORY_OK)
        ok = ory_rows_open(path, true, &h, names, (size_t)sink->n + 2, &sink->w, err);
    ory_header_fini(&h);
    if (ok != ORY_OK) {
        ory_free(sink);
        return ok;
    }
    ok = ory_run_sink(r, sink_put, sink, sink_release, err);
    if (ok != ORY_OK)
        sink_release(sink);
    return ok;
}

/* Besides the names in its list the table at idx holds nothing but every and file. */
static void check_record_keys(lua_State *L, int idx)
{
    static const char *const keys[] = {"every", "file"};

    lua_pushnil(L);
    while (lua_next(L, idx)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING) {
            const char *key = lua_tostring(L, -1), *near = ory_nearest(key, keys, 2);

            if (strcmp(key, keys[0]) != 0 && strcmp(key, keys[1]) != 0)
                ory_raisef(L, "run:record: unknown option '%s'%s%s%s", key,
                           near ? " (did you mean '" : " (there are every and file)",
                           near ? near : "", near ? "'?)" : "");
        }
    }
}

/* r:record{"loss", "gap", every=, file=} -> r */
static int run_record(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:record");
    uint64_t every = 0;
    const char *path = NULL;
    const char **names;
    ory_error err = {0};

    if (lua_istable(L, 2)) {
        check_record_keys(L, 2);
        if (lua_getfield(L, 2, "every") != LUA_TNIL)
            every = (uint64_t)ory_check_int(L, -1, "run:record: every", NULL, 0, INT64_MAX);
        if (lua_getfield(L, 2, "file") != LUA_TNIL)
            path = ory_check_text(L, -1, "run:record: file", NULL);
    }
    names = ory_check_names(L, 2, "run:record");
    if (names[0] && ory_run_record(box->r, names, every, &err) != ORY_OK)
        return ory_raise(L, &err);
    if (path && stream_to(box->r, path, &err) != ORY_OK)
        return ory_raise_in(L, "run:record", &err);
    lua_settop(L, 1);
    return 1;
}

/* ------------------------------------------------------------------- claims */

static void push_verdict(lua_State *L, const ory_verdict *v)
{
    ory_push_claim_row(L, v->claim);
    set_text(L, "standing", ory_standing_text(v->standing));
    set_text(L, "text", v->text);
    set_num(L, "left", v->left);
    set_num(L, "right", v->right);
    set_num(L, "margin", v->margin);
    set_num(L, "worst", v->worst);
    set_whole(L, "checked", v->checked);
    if (v->standing == ORY_CLAIM_VIOLATED)
        set_whole(L, "first_step", v->first_step);
    if (v->hypothesis >= 0)
        set_whole(L, "hypothesis", (uint64_t)v->hypothesis + 1);
}

/* r:claims() -> list of verdicts; prints as a table with lamps. */
static int run_claims(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:claims");
    int i, n = ory_run_claim_count(box->r);
    ory_error err = {0};
    ory_verdict v;

    lua_createtable(L, n, 2);
    for (i = 0; i < n; i++) {
        if (ory_run_claim(box->r, i, &v, &err) != ORY_OK)
            return ory_raise(L, &err);
        push_verdict(L, &v);
        set_class(L, "orrery.verdict");
        lua_rawseti(L, -2, i + 1);
    }
    set_whole(L, "k", ory_run_k(box->r));
    set_text(L, "run", ory_run_name(box->r));
    set_class(L, "orrery.claims");
    return 1;
}

/* r:claim(name) -> verdict; prints statement, hypotheses with both sides, source. */
static int run_claim(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:claim");
    const char *name = ory_check_text(L, 2, "run:claim", "name");
    const char *names[128];
    const char *near;
    const ory_claim *claims = ory_run_system(box->r)->class->claims;
    int i, n = ory_run_claim_count(box->r);
    ory_error err = {0};
    ory_verdict v;

    for (i = 0; i < n; i++) {
        if (strcmp(claims[i].name, name) == 0) { /* only the one asked for is evaluated */
            if (ory_run_claim(box->r, i, &v, &err) != ORY_OK)
                return ory_raise(L, &err);
            push_verdict(L, &v);
            set_class(L, "orrery.verdict");
            return 1;
        }
        if (i < 128)
            names[i] = claims[i].name;
    }
    near = ory_nearest(name, names, (size_t)(n < 128 ? n : 128));
    return ory_raisef(L, "run:claim: no claim '%s'%s%s%s", name, near ? " (did you mean '" : "",
                      near ? near : "; r:claims() lists them", near ? "'?)" : "");
}

/* ------------------------------------------------- knobs, probes, events, why */

static int run_knobs(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:knobs");
    int i, n = ory_run_knob_count(box->r);

    lua_createtable(L, n, 0);
    for (i = 0; i < n; i++) {
        const ory_value *v;
        const ory_param *p = ory_run_knob_at(box->r, i, &v);
        ory_values one = {.owner = "knob", .params = p, .count = 1, .v = (ory_value *)v};

        lua_createtable(L, 0, 4);
        set_text(L, "name", p->name);
        set_text(L, "doc", p->doc);
        set_text(L, "unit", p->unit);
        ory_push_value(L, &one, 0);
        lua_setfield(L, -2, "value");
        lua_rawseti(L, -2, i + 1);
    }
    set_class(L, "orrery.knobs");
    return 1;
}

/* r:probes() -> list of rows; scalars carry their present value unless it is dear. */
static int run_probes(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:probes");
    int i, n = ory_run_probe_count(box->r);
    double x;

    lua_createtable(L, n, 0);
    for (i = 0; i < n; i++) {
        const ory_probe *p = ory_run_probe_at(box->r, i);

        ory_push_probe_row(L, p);
        if (p->kind == ORY_SCALAR && p->cost != ORY_COST_DEAR &&
            ory_run_read(box->r, i, &x, NULL) == ORY_OK)
            set_num(L, "value", x);
        lua_rawseti(L, -2, i + 1);
    }
    set_class(L, "orrery.probes");
    return 1;
}

/* r:why(probe) -> text or nil: why a probe is not defined now. */
static int run_why(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:why");
    char text[320];

    if (ory_run_why(box->r, ory_check_probe(L, 2, box->r, "run:why"), text, sizeof text))
        lua_pushstring(L, text);
    else
        lua_pushnil(L);
    return 1;
}

static int run_events(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:events");
    size_t i, n = ory_run_event_count(box->r);

    lua_createtable(L, (int)n, 0);
    for (i = 0; i < n; i++) {
        ory_event e = ory_run_event_at(box->r, i);

        lua_createtable(L, 0, 5);
        set_whole(L, "k", e.k);
        set_text(L, "kind", ory_event_kind_text(e.kind));
        set_text(L, "name", e.name);
        set_text(L, "before", e.before);
        set_text(L, "after", e.after);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    set_class(L, "orrery.events");
    return 1;
}

static int run_hash(lua_State *L)
{
    ory_run_box *box = ory_check_run(L, 1, "run:hash");
    char text[24];

    snprintf(text, sizeof text, "%016llx", (unsigned long long)ory_run_hash(box->r));
    lua_pushstring(L, text);
    return 1;
}

const ory_fn ory_run_look_methods[] = {
    {"run:series", run_series, "r:series(name) -> series",
     "A recorded probe over steps: vectors step, t, value, min, max, last (one entry per bin), "
     "stride, label, unit.",
     "r = run(net.linear{}):step(20); print(r:series('loss').value[1])"},
    {"run:rows", run_rows, "r:rows([names]) -> matrix, column names",
     "The recorded probes as rows by step: columns k, t, then one per probe; NaN where a probe "
     "was not sampled.",
     "r = run(net.linear{}):step(20); rows, names = r:rows{'loss'}; print(rows.rows, names[3])"},
    {"run:write", run_write, "r:write(file [, names]) -> r",
     "Write the recorded rows to a .csv, .tsv, .jsonl or .npy file, with version, seed, script and "
     "parameters in its header. The file appears whole or not at all.",
     "f = os.tmpname(); run(net.linear{}):step(5):write(f .. '.csv'); os.remove(f .. '.csv'); "
     "os.remove(f)"},
    {"run:record", run_record, "r:record{names… [, every=, file=]} -> r",
     "Record more probes from here on, each `every` steps (0: as often as is cheap). With file= "
     "each sampled row is also appended to that file at once.",
     "r = run(net.linear{}); r:record{'sharpness', every=10}; r:step(50); "
     "print(#r:series('sharpness').value)"},
    {"run:claims", run_claims, "r:claims() -> list of verdicts",
     "Which theorems hold at this state, with margins: name, title, standing, left, right, margin, "
     "worst, checked, first_step, text.",
     "r = run(net.linear{}):step(20); print(r:claims())"},
    {"run:claim", run_claim, "r:claim(name) -> verdict",
     "One theorem: its statement, each hypothesis, the conclusion with both sides, and the source.",
     "r = run(net.linear{}):step(20); print(r:claim(r:claims()[1].name))"},
    {"run:knobs", run_knobs, "r:knobs() -> list", "What can be turned while the run goes on.",
     "print(run(net.linear{}):knobs())"},
    {"run:probes", run_probes, "r:probes() -> list",
     "Everything that can be read off this run, with the present values.",
     "print(run(net.linear{}):probes())"},
    {"run:why", run_why, "r:why(probe) -> text or nil", "Why a probe is not defined at this state.",
     "print(run(net.linear{}):why('loss'))"},
    {"run:events", run_events, "r:events() -> list",
     "What was done to the run and when: knobs turned, state assigned, markers, forks, stops.",
     "r = run(net.linear{}):step(5); r.step = 0.01; print(r:events())"},
    {"run:hash", run_hash, "r:hash() -> text",
     "16 hexadecimal digits of the whole state; equal hashes go on alike.",
     "print(#run(net.linear{}):hash())"},
    {0}};
