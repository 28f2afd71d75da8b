/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frame.c (bind) - what lua/orrery/frame.lua is built on: tables of mixed cells read and
 * written, summaries of values, lines through points. */
#include "config.h"

#include "bind/bind.h"

#include <math.h>
#include <string.h>

#include "algo/statistics.h"
#include "bind/hold.h"
#include "bind/mat.h"
#include "bind/run.h"
#include "io/atomic.h"
#include "io/jsonl.h"
#include "io/number.h"

/* ---------------------------------------------------------------- a read table */

/* What the cells of a column are seen to hold, as bits. */
enum { SEEN_NUMBER = 1, SEEN_BOOL = 2, SEEN_TEXT = 4 };

static bool is_word(const ory_cell *c, const char *word)
{
    const size_t n = strlen(word);

    return (size_t)(c->end - c->s) == n && memcmp(c->s, word, n) == 0;
}

static bool is_missing(const ory_cell *c)
{
    return !c->quoted && (c->s == c->end || is_word(c, "na") || is_word(c, "NA"));
}

static int kind_of(const ory_cell *c)
{
    double x;

    if (is_missing(c))
        return 0;
    if (c->quoted)
        return SEEN_TEXT;
    if (is_word(c, "true") || is_word(c, "false"))
        return SEEN_BOOL;
    return ory_number_parse(c->s, c->end, &x) ? SEEN_NUMBER : SEEN_TEXT;
}

/* Whole numbers of up to 18 digits stay whole. */
static void push_number(lua_State *L, const ory_cell *c)
{
    const char *s = c->s + (*c->s == '-');
    const size_t digits = (size_t)(c->end - s);
    lua_Integer whole = 0;
    double x = NAN;

    if (digits > 0 && digits <= 18 && !(s != c->s && *s == '0')) {
        while (s < c->end && *s >= '0' && *s <= '9')
            whole = 10 * whole + (*s++ - '0');
        if (s == c->end) {
            lua_pushinteger(L, *c->s == '-' ? -whole : whole);
            return;
        }
    }
    (void)ory_number_parse(c->s, c->end, &x);
    lua_pushnumber(L, x);
}

/* The value of a cell in a column of this kind; index 2 has what stands for missing. A
 * column of mixed kinds is one of texts. */
static void push_cell(lua_State *L, const ory_cell *c, int kind)
{
    if (is_missing(c))
        lua_pushvalue(L, 2);
    else if (kind == SEEN_NUMBER)
        push_number(L, c);
    else if (kind == SEEN_BOOL)
        lua_pushboolean(L, *c->s == 't');
    else
        lua_pushlstring(L, c->s, (size_t)(c->end - c->s));
}

static ory_status wrong_width(const ory_cells *c, size_t width, ory_error *err)
{
    return ory_fail(err, ORY_EFORMAT, "%s: line %zu has %zu cells, the first line names %zu columns",
                    c->name, c->line, c->n, width);
}

/* What the first pass over a file finds. */
typedef struct survey {
    int *kinds; /* of the columns: SEEN_ bits */
    size_t width, rows;
} survey;

/* First pass: pushes the list of the columns' names, and a userdata that holds the kinds. */
static ory_status take_survey(lua_State *L, ory_cells *c, survey *v, ory_error *err)
{
    ory_status ok;
    bool more;
    size_t i;

    while ((ok = ory_cells_next(c, &more, err)) == ORY_OK && more) {
        if (c->comment)
            continue;
        if (v->width == 0) {
            v->width = c->n;
            lua_createtable(L, (int)c->n, 0);
            for (i = 0; i < c->n; i++) {
                lua_pushlstring(L, c->cell[i].s, (size_t)(c->cell[i].end - c->cell[i].s));
                lua_rawseti(L, -2, (lua_Integer)i + 1);
            }
            v->kinds = lua_newuserdatauv(L, c->n * sizeof *v->kinds, 0);
            memset(v->kinds, 0, c->n * sizeof *v->kinds);
            continue;
        }
        if (c->n != v->width)
            return wrong_width(c, v->width, err);
        for (i = 0; i < c->n; i++)
            v->kinds[i] |= kind_of(&c->cell[i]);
        v->rows++;
    }
    if (ok == ORY_OK && v->width == 0)
        return ory_fail(err, ORY_EFORMAT, "%s: empty, not even a line of column names", c->name);
    return ok;
}

/* Second pass: the values into the tables on the stack from `first` on. */
static ory_status fill_columns(lua_State *L, ory_cells *c, const survey *v, int first,
                               ory_error *err)
{
    size_t row = 0, i;
    bool more;
    ory_status ok;

    while ((ok = ory_cells_next(c, &more, err)) == ORY_OK && more) {
        if (c->comment || row++ == 0) /* row 0: the names */
            continue;
        for (i = 0; i < v->width; i++) {
            push_cell(L, &c->cell[i], v->kinds[i]);
            lua_rawseti(L, first + (int)i, (lua_Integer)row - 1);
        }
    }
    return ok;
}

/* read(path, missing) -> names, columns (tables of values), number of rows */
static int frame_read(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    const char separator = ory_cells_separator(path);
    ory_hold *h;
    survey v = {0};
    ory_error err = {0};
    ory_status ok;
    size_t i;
    int first;

    lua_settop(L, 2);
    h = ory_push_hold(L);
    ok = ory_cells_text(path, &h->text, &err);
    if (ok == ORY_OK)
        ok = ory_cells_start(&h->cells, path, h->text.data, h->text.len, separator, &err);
    if (ok == ORY_OK)
        ok = take_survey(L, &h->cells, &v, &err);
    if (ok != ORY_OK)
        return ory_raise_in(L, "frame", &err);
    if (v.width > 1000)
        return ory_raisef(L, "frame: %s: %zu columns (at most 1000)", path, v.width);
    luaL_checkstack(L, (int)v.width + 10, "too many columns");
    first = lua_gettop(L) + 1;
    for (i = 0; i < v.width; i++)
        lua_createtable(L, (int)v.rows, 0);
    ory_cells_fini(&h->cells);
    ok = ory_cells_start(&h->cells, path, h->text.data, h->text.len, separator, &err);
    if (ok == ORY_OK)
        ok = fill_columns(L, &h->cells, &v, first, &err);
    if (ok != ORY_OK)
        return ory_raise_in(L, "frame", &err);
    lua_pushvalue(L, first - 2); /* the names, below the kinds */
    lua_createtable(L, (int)v.width, 0);
    for (i = 0; i < v.width; i++) {
        lua_pushvalue(L, first + (int)i);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_pushinteger(L, (lua_Integer)v.rows);
    ory_hold_release(h);
    return 3;
}

/* text(path) -> the whole file, plain or gzip */
static int frame_text(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    ory_hold *h = ory_push_hold(L);
    ory_error err = {0};

    if (ory_cells_text(path, &h->text, &err) != ORY_OK)
        return ory_raise_in(L, "frame", &err);
    lua_pushlstring(L, h->text.data ? h->text.data : "", h->text.len);
    ory_hold_release(h);
    return 1;
}

/* ------------------------------------------------------------------- writing */

/* Texts that would read back as something else, or as several cells, stand in quotes. */
static bool needs_quotes(const char *s, size_t n, char separator)
{
    const ory_cell c = {s, s + n, false};
    double x;

    return is_missing(&c) || is_word(&c, "true") || is_word(&c, "false") || *s == ' ' ||
           *s == '\t' || s[n - 1] == ' ' || s[n - 1] == '\t' || memchr(s, separator, n) ||
           strpbrk(s, "\"\r\n#") || ory_number_parse(s, s + n, &x);
}

static void put_text(ory_buffer *out, const char *s, size_t n, char separator)
{
    if (separator == '{') {
        ory_json_quote(out, s);
        return;
    }
    if (!needs_quotes(s, n, separator)) {
        ory_buffer_append(out, s, n);
        return;
    }
    ory_buffer_char(out, '"');
    for (; n; s++, n--) {
        if (*s == '"')
            ory_buffer_char(out, '"');
        ory_buffer_char(out, *s);
    }
    ory_buffer_char(out, '"');
}

static void put_number(lua_State *L, ory_buffer *out, bool json)
{
    const double x = lua_tonumber(L, -1);

    if (lua_isinteger(L, -1))
        ory_buffer_printf(out, "%lld", (long long)lua_tointeger(L, -1));
    else if (json && !isfinite(x))
        ory_buffer_text(out, isnan(x) ? "\"NaN\"" : x > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    else
        ory_buffer_number(out, x);
}

/* The value at the top; separator '{' means JSON. lone: an empty cell would be an empty line. */
static void put_value(lua_State *L, ory_buffer *out, char separator, bool lone)
{
    const char *s;
    size_t n;

    switch (lua_type(L, -1)) {
    case LUA_TNUMBER:
        put_number(L, out, separator == '{');
        break;
    case LUA_TSTRING:
        s = lua_tolstring(L, -1, &n);
        put_text(out, s, n, separator);
        break;
    case LUA_TBOOLEAN:
        ory_buffer_text(out, lua_toboolean(L, -1) ? "true" : "false");
        break;
    default: /* missing */
        ory_buffer_text(out, separator == '{' ? "null" : lone ? "na" : "");
    }
}

/* Row i (0: the names) of the columns, which stand on the stack from `first` on, the names in
 * the list at index 3. */
static void put_row(lua_State *L, ory_buffer *out, char separator, lua_Integer i, int first, int width)
{
    int c;

    if (separator == '{')
        ory_buffer_char(out, '{');
    for (c = 0; c < width; c++) {
        if (c)
            ory_buffer_char(out, separator == '{' ? ',' : separator);
        if (separator == '{' || i == 0) {
            lua_rawgeti(L, 3, c + 1);
            put_value(L, out, separator, width == 1);
            lua_pop(L, 1);
        }
        if (separator == '{')
            ory_buffer_char(out, ':');
        if (i > 0) {
            lua_rawgeti(L, first + c, i);
            put_value(L, out, separator, width == 1);
            lua_pop(L, 1);
        }
    }
    ory_buffer_text(out, separator == '{' ? "}\n" : "\n");
}

/* put(path, separator, names, columns, rows): the file with its provenance in front, whole or
 * not at all; separator ",", a tab, or "{" for JSON lines */
static int frame_put(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    const char separator = *luaL_checkstring(L, 2);
    const lua_Integer rows = luaL_checkinteger(L, 5);
    const int width = (int)lua_rawlen(L, 3);
    int c, first;
    lua_Integer i;
    ory_hold *h;
    ory_error err = {0};
    ory_status ok;

    luaL_checktype(L, 3, LUA_TTABLE);
    luaL_checktype(L, 4, LUA_TTABLE);
    luaL_checkstack(L, width + 10, "too many columns");
    h = ory_push_hold(L);
    first = lua_gettop(L) + 1;
    for (c = 0; c < width; c++)
        lua_rawgeti(L, 4, c + 1);
    ok = ory_bind_header(&h->header, &err);
    if (ok == ORY_OK && separator == '{') {
        ory_header_json(&h->header, &h->text);
        ory_buffer_char(&h->text, '\n');
    } else if (ok == ORY_OK) {
        ory_header_comments(&h->header, &h->text);
    }
    for (i = separator == '{'; ok == ORY_OK && i <= rows; i++)
        put_row(L, &h->text, separator, i, first, width);
    if (ok == ORY_OK)
        ok = ory_buffer_check(&h->text, &err);
    if (ok == ORY_OK)
        ok = ory_outfile_put(path, h->text.data, h->text.len, &err);
    if (ok != ORY_OK)
        return ory_raise_in(L, "frame:save", &err);
    ory_hold_release(h);
    return 0;
}

/* number(text) -> number, or nil when the text is none */
static int frame_number(lua_State *L)
{
    size_t n;
    const char *s = luaL_checklstring(L, 1, &n);
    const ory_cell c = {s, s + n, false};
    double x;

    if (n == 0 || !ory_number_parse(s, s + n, &x))
        return 0;
    push_number(L, &c);
    return 1;
}

/* ------------------------------------------------------------------ statistics */

typedef double summary_fn(double *x, size_t n);

static double sum_of(double *x, size_t n)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

static double mean_of(double *x, size_t n) { return ory_stat_mean(x, n); }
static double std_of(double *x, size_t n) { return ory_stat_std(x, n); }
static double sem_of(double *x, size_t n) { return ory_stat_sem(x, n); }
static double min_of(double *x, size_t n) { return ory_stat_quantile(x, n, 0); }
static double max_of(double *x, size_t n) { return ory_stat_quantile(x, n, 1); }
static double median_of(double *x, size_t n) { return ory_stat_quantile(x, n, 0.5); }

static const struct summary {
    const char *name;
    summary_fn *fn;
} summaries[] = {{"mean", mean_of}, {"median", median_of}, {"std", std_of}, {"sem", sem_of},
                 {"min", min_of},   {"max", max_of},       {"sum", sum_of}, {NULL, NULL}};

/* Numbers of the plain list at idx into a userdata on the stack. */
static double *push_numbers(lua_State *L, int idx, size_t *n)
{
    double *x;
    size_t i;

    *n = (size_t)lua_rawlen(L, idx);
    x = lua_newuserdatauv(L, (*n + 1) * sizeof *x, 0);
    for (i = 0; i < *n; i++) {
        lua_rawgeti(L, idx, (lua_Integer)i + 1);
        x[i] = lua_tonumber(L, -1);
        lua_pop(L, 1);
    }
    return x;
}

/* "q25", "q97.5": a quantile in percent; "ci95": half the width of the mean's interval. */
static bool percent_of(const char *name, const char *prefix, double *part)
{
    const size_t n = strlen(prefix);
    double x;

    if (strncmp(name, prefix, n) != 0 || !name[n] ||
        !ory_number_parse(name + n, name + strlen(name), &x) || !(x >= 0 && x <= 100))
        return false;
    *part = x / 100;
    return true;
}

/* stat(list of numbers, name) -> number, or nil when there is no statistic of that name */
static int frame_stat(lua_State *L)
{
    const char *name = luaL_checkstring(L, 2);
    double *x, part, value;
    size_t n, i;

    luaL_checktype(L, 1, LUA_TTABLE);
    x = push_numbers(L, 1, &n);
    for (i = 0; summaries[i].name; i++)
        if (strcmp(summaries[i].name, name) == 0)
            break;
    if (summaries[i].name)
        value = summaries[i].fn(x, n);
    else if (percent_of(name, "q", &part))
        value = ory_stat_quantile(x, n, part);
    else if (percent_of(name, "ci", &part) && part > 0 && part < 1)
        value = ory_stat_half_width(x, n, part);
    else
        return 0;
    lua_pushnumber(L, value);
    return 1;
}

/* line(x, y, level) -> table of the fit, or nil and a sentence */
static int frame_line(lua_State *L)
{
    const double level = luaL_checknumber(L, 3);
    double *x, *y;
    size_t n, m, i;
    ory_line_fit f;
    ory_error err = {0};

    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, 2, LUA_TTABLE);
    x = push_numbers(L, 1, &n);
    y = push_numbers(L, 2, &m);
    if (n != m || ory_line_fit_points(x, y, n, level, &f, &err) != ORY_OK) {
        lua_pushnil(L);
        lua_pushstring(L, n != m ? "x and y differ in length" : err.text);
        return 2;
    }
    const struct {
        const char *key;
        double value;
    } row[] = {{"slope", f.slope}, {"slope_se", f.slope_se}, {"slope_lo", f.slope_lo},
               {"slope_hi", f.slope_hi}, {"intercept", f.intercept},
               {"intercept_se", f.intercept_se}, {"intercept_lo", f.intercept_lo},
               {"intercept_hi", f.intercept_hi}, {"covariance", f.covariance},
               {"sigma", f.sigma}, {"r2", f.r2}, {"t", f.t}, {"level", f.level}};
    lua_createtable(L, 0, 16);
    for (i = 0; i < sizeof row / sizeof *row; i++) {
        lua_pushnumber(L, row[i].value);
        lua_setfield(L, -2, row[i].key);
    }
    lua_pushinteger(L, (lua_Integer)n);
    lua_setfield(L, -2, "n");
    return 1;
}

/* vector(plain list of numbers) -> vector, without the checks of mat() */
static int frame_vector(lua_State *L)
{
    size_t n;
    double *x;
    ory_lmat *v;

    luaL_checktype(L, 1, LUA_TTABLE);
    x = push_numbers(L, 1, &n);
    v = ory_push_vec(L, n, 1);
    if (n)
        memcpy(v->data, x, n * sizeof *x);
    return 1;
}

int ory_open_frame(lua_State *L)
{
    static const luaL_Reg rows[] = {{"line", frame_line},     {"number", frame_number},
                                    {"put", frame_put},       {"read", frame_read},
                                    {"stat", frame_stat},     {"text", frame_text},
                                    {"vector", frame_vector}, {NULL, NULL}};

    luaL_newlib(L, rows);
    return 1;
}
