/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot.c (bind) - the plot object: made from a table that describes axes, series and
 * marks, printed as text, saved as a figure. What may be plotted and how it becomes
 * such a table is said in lua/orrery/plot.lua. */
#include "config.h"

#include "bind/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bind/bind.h"
#include "bind/mat.h"
#include "bind/run.h"
#include "io/figure.h"

#define PLOT_MT "orrery.plot"

static ory_plot_render_fn render_fn;
static void *render_ctx;

void ory_bind_set_plot_render(ory_plot_render_fn fn, void *ctx)
{
    render_fn = fn;
    render_ctx = ctx;
}

typedef struct plot_box {
    ory_plot *p;       /* owned; NULL before it is made */
    int width, height; /* cells asked for; 0: as the window suggests */
} plot_box;

const ory_plot *ory_test_plot(lua_State *L, int idx)
{
    const plot_box *box = luaL_testudata(L, idx, PLOT_MT);

    return box ? box->p : NULL;
}

static plot_box *check_plot(lua_State *L, int idx, const char *fn)
{
    plot_box *box = luaL_testudata(L, idx, PLOT_MT);

    if (!box || !box->p)
        ory_arg_error(L, fn, idx, "plot", "a plot (method calls take a colon: p:save(\"x.svg\"))");
    return box;
}

static int plot_gc(lua_State *L)
{
    plot_box *box = luaL_checkudata(L, 1, PLOT_MT);

    if (box->p)
        ory_gc_note(L, -(ptrdiff_t)ory_plot_bytes(box->p));
    ory_plot_free(box->p);
    box->p = NULL;
    return 0;
}

/* ------------------------------------------------------------------- options */

/* Of p:save(file, {…}), and of style{…}, which sets them for all figures to come. */
enum { SAVE_WIDTH, SAVE_HEIGHT, SAVE_DPI, SAVE_FONT, SAVE_SIZE, SAVE_LINE, SAVE_MARKER,
       SAVE_PALETTE, SAVE_HEAT };

/* A column, one and a half and two of a journal of two columns. */
static const char *const width_choices[] = {"column", "wide", "page", NULL};
static const double widths[] = {86, 130, 178};
static const double height_of_width = 85.0 / 130;

/* As ory_figure_palettes and ory_figure_ramps; a test compares them. */
static const char *const palette_choices[] = {"okabe", "tol", "print", NULL};
static const char *const ramp_choices[] = {"viridis", "cividis", "grey", "balance", NULL};

static const ory_param save_params[] = {
    [SAVE_WIDTH] = {"width", ORY_PARAM_NUMBER_OR_CHOICE, 1, ORY_FIGURE_MIN, ORY_FIGURE_MAX,
                    width_choices, 0, "mm",
                    "width of the figure, or that of a journal's column (86 mm), of one and a half "
                    "(130) or of the page (178)", NULL},
    [SAVE_HEIGHT] = {"height", ORY_PARAM_REAL, 0, ORY_FIGURE_MIN, ORY_FIGURE_MAX, NULL, ORY_OPTIONAL,
                     "mm", "height of the figure; 0.65 times the width unless given", NULL},
    [SAVE_DPI] = {"dpi", ORY_PARAM_REAL, 300, 30, 1200, NULL, 0, "dots per inch",
                  "resolution of a .png", NULL},
    [SAVE_FONT] = {"font", ORY_PARAM_STRING, 0, 0, 0, NULL, 0, "", "family of the letters",
                   "DejaVu Sans"},
    [SAVE_SIZE] = {"size", ORY_PARAM_REAL, 8, 4, 40, NULL, 0, "points",
                   "size of labels; titles, ticks and margins follow", NULL},
    [SAVE_LINE] = {"line", ORY_PARAM_REAL, 1.2, 0.1, 10, NULL, 0, "points", "width of curves", NULL},
    [SAVE_MARKER] = {"marker", ORY_PARAM_REAL, 2.1, 0.5, 20, NULL, 0, "points", "radius of markers",
                     NULL},
    [SAVE_PALETTE] = {"palette", ORY_PARAM_CHOICE, 0, 0, 0, palette_choices, 0, "",
                      "colours of curves: Okabe and Ito's, Tol's bright ones, or greys", NULL},
    [SAVE_HEAT] = {"heat", ORY_PARAM_CHOICE, 0, 0, 0, ramp_choices, 0, "",
                   "colours of a heat; balance is blue, white and red", NULL},
    {0}};

static const char *const x_choices[] = {"step", "time", "linear", "log", NULL};
static const char *const y_choices[] = {"auto", "linear", "log", NULL};
static const char *const kind_choices[] = {"line", "points", "steps", "bars", "band", NULL};

static const ory_param plot_params[] = {
    {"x", ORY_PARAM_CHOICE, 0, 0, 0, x_choices, ORY_OPTIONAL, "",
     "horizontal axis: steps or time of a run; linear or logarithmic", NULL},
    {"logx", ORY_PARAM_BOOL, 0, 0, 0, NULL, 0, "", "logarithmic horizontal axis (for x=\"time\")",
     NULL},
    {"y", ORY_PARAM_CHOICE, 0, 0, 0, y_choices, 0, "",
     "vertical axis; auto: as the probe asks for", NULL},
    {"bounds", ORY_PARAM_BOOL, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "draw the recorded bounds of the probes dashed; done by itself for a single probe", NULL},
    {"ghost", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "a run, or a list of runs, drawn faint behind the others", NULL},
    {"kind", ORY_PARAM_CHOICE, 0, 0, 0, kind_choices, ORY_OPTIONAL, "", "how values are drawn",
     NULL},
    {"name", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "name of the curve in the legend, or a list of names", NULL},
    {"title", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "", "title above the plot", NULL},
    {"xlabel", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "", "label of the horizontal axis",
     NULL},
    {"ylabel", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "", "label of the vertical axis",
     NULL},
    {"xmin", ORY_PARAM_REAL, 0, 0, 0, NULL, ORY_OPTIONAL, "", "left end of the axis", NULL},
    {"xmax", ORY_PARAM_REAL, 0, 0, 0, NULL, ORY_OPTIONAL, "", "right end of the axis", NULL},
    {"ymin", ORY_PARAM_REAL, 0, 0, 0, NULL, ORY_OPTIONAL, "", "lower end of the axis", NULL},
    {"ymax", ORY_PARAM_REAL, 0, 0, 0, NULL, ORY_OPTIONAL, "", "upper end of the axis", NULL},
    {"floor", ORY_PARAM_REAL, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "values below are rounding: the region is shaded", NULL},
    {"marks", ORY_PARAM_BOOL, 1, 0, 0, NULL, 0, "",
     "show turned knobs and markers of a run as vertical lines", NULL},
    {"samples", ORY_PARAM_INT, 400, 2, 100000, NULL, 0, "",
     "points at which a function is evaluated", NULL},
    {"width", ORY_PARAM_INT, 0, 20, 1000, NULL, ORY_OPTIONAL, "columns", "width at the prompt",
     NULL},
    {"height", ORY_PARAM_INT, 0, 6, 400, NULL, ORY_OPTIONAL, "rows", "height at the prompt", NULL},
    {0}};

/* plot._options(table) -> table of what was given and of the defaults, checked. */
static int plot_options(lua_State *L)
{
    ory_values *v = ory_check_options(L, 1, "plot", plot_params);
    size_t i;

    lua_newtable(L);
    for (i = 0; i < v->count; i++) {
        if ((plot_params[i].flags & ORY_OPTIONAL) && !v->v[i].given)
            continue;
        ory_push_value(L, v, (int)i);
        lua_setfield(L, -2, plot_params[i].name);
    }
    return 1;
}

/* ------------------------------------------------ a plot from its description */

/* Field of the table at the top as a text that the table keeps alive, or NULL. */
static const char *text_field(lua_State *L, const char *key)
{
    const char *text = lua_getfield(L, -1, key) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;

    lua_pop(L, 1);
    return text;
}

static double number_field(lua_State *L, const char *key)
{
    double x = lua_getfield(L, -1, key) == LUA_TNUMBER ? lua_tonumber(L, -1) : NAN;

    lua_pop(L, 1);
    return x;
}

static bool true_field(lua_State *L, const char *key)
{
    bool yes = lua_getfield(L, -1, key) != LUA_TNIL && lua_toboolean(L, -1);

    lua_pop(L, 1);
    return yes;
}

/* Numbers of field key of the table at the top, kept on the stack below the table; all
 * such fields of a series must be of one length. */
static const double *numbers_field(lua_State *L, const char *key, ory_plot_series *s)
{
    char what[80];
    ory_mat m;

    if (lua_getfield(L, -1, key) == LUA_TNIL) {
        lua_pop(L, 1);
        return NULL;
    }
    lua_insert(L, -2);
    snprintf(what, sizeof what, "plot: %s", key);
    m = ory_check_mat(L, lua_gettop(L) - 1, what, NULL);
    if (s->n && s->n != m.rows * m.cols)
        ory_raisef(L, "plot: %s has %zu values, the others of '%s' have %zu", key,
                   m.rows * m.cols, s->name ? s->name : "curve", s->n);
    s->n = m.rows * m.cols;
    return m.data;
}

static int choice_field(lua_State *L, const char *key, const char *const *list)
{
    const char *text = text_field(L, key);
    int i;

    for (i = 0; text && list[i]; i++)
        if (strcmp(text, list[i]) == 0)
            return i;
    return 0;
}

static void read_axis(lua_State *L, const char *key, ory_plot_axis *a)
{
    *a = (ory_plot_axis){.lo = NAN, .hi = NAN};
    if (lua_getfield(L, -1, key) == LUA_TTABLE) {
        a->label = text_field(L, "label");
        a->unit = text_field(L, "unit");
        a->log = true_field(L, "log");
        a->lo = number_field(L, "lo");
        a->hi = number_field(L, "hi");
    }
    lua_pop(L, 1);
}

/* The table at the top is one series; its vectors stay on the stack, it is popped. */
static void read_series(lua_State *L, ory_plot_series *s)
{
    static const char *const roles[] = {"curve", "bound", "ghost", NULL};
    double colour = number_field(L, "colour"), side = number_field(L, "side");

    *s = (ory_plot_series){.name = text_field(L, "name"), .source = text_field(L, "source")};
    s->kind = (ory_plot_kind)choice_field(L, "kind", kind_choices);
    s->role = (ory_plot_role)choice_field(L, "role", roles);
    s->colour = isnan(colour) ? -1 : (int)colour;
    s->side = isnan(side) ? 0 : (int)side;
    s->violation = number_field(L, "violation");
    s->y = numbers_field(L, "y", s);
    s->x = numbers_field(L, "x", s);
    s->lo = numbers_field(L, "lo", s);
    s->hi = numbers_field(L, "hi", s);
    lua_pop(L, 1);
}

/* Length of the list in field key of the description at index 1; pushes the list and
 * room for n items of size bytes. */
static void *push_list(lua_State *L, const char *key, size_t size, size_t *n)
{
    if (lua_getfield(L, 1, key) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
    }
    *n = (size_t)lua_rawlen(L, -1);
    luaL_checkstack(L, (int)*n * 4 + 20, "too many curves");
    return lua_newuserdatauv(L, (*n + 1) * size, 0);
}

/* Field heat of the description at index 1 into *h, its numbers kept on the stack; false:
 * there is none. */
static bool read_heat(lua_State *L, ory_plot_heat *h)
{
    ory_plot_series x = {0}, y = {0}, z = {0};

    if (lua_getfield(L, 1, "heat") != LUA_TTABLE) {
        lua_pop(L, 1);
        return false;
    }
    *h = (ory_plot_heat){.label = text_field(L, "label"), .unit = text_field(L, "unit"),
                         .missing = text_field(L, "missing"), .log = true_field(L, "log"),
                         .lo = number_field(L, "lo"), .hi = number_field(L, "hi")};
    h->x = numbers_field(L, "x", &x);
    h->y = numbers_field(L, "y", &y);
    h->z = numbers_field(L, "z", &z);
    h->cols = x.n;
    h->rows = y.n;
    lua_pop(L, 1);
    if (!h->x || !h->y || !h->z || z.n != x.n * y.n || !z.n)
        ory_raisef(L, "plot: a heat over %zu x %zu places with %zu values", y.n, x.n, z.n);
    return true;
}

/* plot._make(description) -> plot */
static int plot_make(lua_State *L)
{
    plot_box *box;
    ory_plot p = {0};
    ory_plot_series *series;
    ory_plot_mark *marks;
    ory_plot_heat heat;
    ory_error err = {0};
    size_t i;
    int list;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    box = lua_newuserdatauv(L, sizeof *box, 0);
    memset(box, 0, sizeof *box);
    luaL_setmetatable(L, PLOT_MT);
    marks = push_list(L, "marks", sizeof *marks, &p.n_marks);
    list = lua_gettop(L) - 1;
    for (i = 0; i < p.n_marks; i++) {
        lua_rawgeti(L, list, (lua_Integer)i + 1);
        marks[i] = (ory_plot_mark){number_field(L, "x"), number_field(L, "y"),
                                   text_field(L, "text")};
        lua_pop(L, 1);
    }
    series = push_list(L, "series", sizeof *series, &p.n_series);
    list = lua_gettop(L) - 1;
    for (i = 0; i < p.n_series; i++) {
        lua_rawgeti(L, list, (lua_Integer)i + 1);
        read_series(L, &series[i]);
    }
    p.series = series;
    p.marks = marks;
    p.heat = read_heat(L, &heat) ? &heat : NULL;
    lua_pushvalue(L, 1);
    read_axis(L, "x", &p.x);
    read_axis(L, "y", &p.y);
    p.title = text_field(L, "title");
    p.value = text_field(L, "value");
    p.floor = number_field(L, "floor");
    box->width = (int)fmax(0, number_field(L, "width"));
    box->height = (int)fmax(0, number_field(L, "height"));
    if (ory_plot_copy(&p, &box->p, &err) != ORY_OK)
        return ory_raise(L, &err);
    ory_gc_note(L, (ptrdiff_t)ory_plot_bytes(box->p));
    lua_pushvalue(L, 2);
    return 1;
}

/* -------------------------------------------------------------------- output */

/* What a plot says without a program that can draw it. */
static void summary(const ory_plot *p, ory_buffer *out)
{
    double x[2], y[2];
    size_t i;

    ory_plot_range(p, x, y);
    ory_buffer_printf(out, "plot%s%s: %s from %.6g to %.6g, %s from %.4g to %.4g",
                      p->title ? " of " : "", p->title ? p->title : "",
                      p->x.label ? p->x.label : "x", x[0], x[1], p->y.label ? p->y.label : "y",
                      y[0], y[1]);
    if (p->heat)
        ory_buffer_printf(out, "\n  %s: %zu x %zu values", p->heat->label ? p->heat->label : "heat",
                          p->heat->rows, p->heat->cols);
    for (i = 0; i < p->n_series; i++) {
        const ory_plot_series *s = &p->series[i];

        ory_buffer_printf(out, "\n  %s: %zu points", s->name ? s->name : "curve", s->n);
        if (s->n && s->y)
            ory_buffer_printf(out, ", first %.4g, last %.4g", s->y[0], s->y[s->n - 1]);
    }
}

static ory_status plot_text(const plot_box *box, bool plain, ory_buffer *out, ory_error *err)
{
    ory_status ok = ORY_OK;

    if (render_fn)
        ok = render_fn(render_ctx, box->p, box->width, box->height, plain, out, err);
    else
        summary(box->p, out);
    return ok == ORY_OK ? ory_buffer_check(out, err) : ok;
}

static int plot_tostring(lua_State *L)
{
    plot_box *box = check_plot(L, 1, "plot");
    ory_buffer out = {0};
    ory_error err = {0};
    ory_status ok = plot_text(box, false, &out, &err);

    while (out.len && out.data[out.len - 1] == '\n')
        out.len--;
    if (ok == ORY_OK)
        lua_pushlstring(L, out.data ? out.data : "", out.len);
    ory_buffer_fini(&out);
    return ok == ORY_OK ? 1 : ory_raise(L, &err);
}

static ory_status text_for_file(void *ctx, const ory_plot *p, ory_buffer *out, ory_error *err)
{
    (void)p;
    return plot_text(ctx, true, out, err);
}

static const char style_key = 0; /* in the registry: the table of what style{…} was given */

static void push_style(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &style_key) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &style_key);
}

/* Every pair of the table at index from into the one at index to. */
static void copy_fields(lua_State *L, int from, int to)
{
    for (lua_pushnil(L); lua_next(L, from);) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_settable(L, to);
    }
}

/* The options at idx (or none) over those of the style, checked. */
static ory_values *save_options(lua_State *L, int idx)
{
    if (!lua_isnoneornil(L, idx) && !lua_istable(L, idx))
        return ory_check_options(L, idx, "plot:save", save_params); /* says what is wrong */
    lua_newtable(L);
    push_style(L);
    copy_fields(L, lua_gettop(L), lua_gettop(L) - 1);
    lua_pop(L, 1);
    if (lua_istable(L, idx))
        copy_fields(L, idx, lua_gettop(L));
    return ory_check_options(L, lua_gettop(L), "plot:save", save_params);
}

static ory_figure_options figure_options(const ory_values *v)
{
    const int preset = ory_values_choice(v, SAVE_WIDTH);
    const double width = preset >= 0 ? widths[preset] : ory_values_real(v, SAVE_WIDTH);

    return (ory_figure_options){
        .width = width,
        .height = ory_values_given(v, SAVE_HEIGHT) ? ory_values_real(v, SAVE_HEIGHT)
                                                   : fmax(width * height_of_width, ORY_FIGURE_MIN),
        .dpi = ory_values_real(v, SAVE_DPI),
        .style = {.font = v->v[SAVE_FONT].text, .size = ory_values_real(v, SAVE_SIZE),
                  .line = ory_values_real(v, SAVE_LINE), .marker = ory_values_real(v, SAVE_MARKER),
                  .palette = (int)ory_values_real(v, SAVE_PALETTE),
                  .ramp = (int)ory_values_real(v, SAVE_HEAT)}};
}

/* internal.stage_source(fn): fn() -> what a figure comes from, in letters, or nil.
 * internal.stage_saved(fn or nil): fn(path) hears of every figure that was saved. */
static const char source_key, saved_key;

static int keep_function(lua_State *L, const void *key)
{
    lua_settop(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
    return 0;
}

int ory_plot_set_source(lua_State *L)
{
    return keep_function(L, &source_key);
}

int ory_plot_set_saved(lua_State *L)
{
    return keep_function(L, &saved_key);
}

/* The script goes along, so that the figure can be built again. */
static ory_status add_source(lua_State *L, ory_header *h, ory_error *err)
{
    ory_status ok = ORY_OK;

    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &source_key) == LUA_TFUNCTION &&
        lua_pcall(L, 0, 1, 0) == LUA_OK && lua_isstring(L, -1))
        ok = ory_header_addf(h, "source", err, "orrery-source-1:%s.", lua_tostring(L, -1));
    lua_pop(L, 1);
    return ok;
}

static void tell_saved(lua_State *L, const char *path)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &saved_key) == LUA_TFUNCTION) {
        lua_pushstring(L, path);
        lua_call(L, 1, 0);
    } else {
        lua_pop(L, 1);
    }
}

/* p:save(file [, {width=, height=, dpi=, …}]) -> p */
static int plot_save(lua_State *L)
{
    plot_box *box = check_plot(L, 1, "plot:save");
    const char *path = ory_check_text(L, 2, "plot:save", "file");
    ory_figure_options opt = figure_options(save_options(L, 3));
    ory_header h = {0};
    ory_error err = {0};
    ory_status ok = ory_bind_header(&h, &err);

    opt.text = text_for_file;
    opt.text_ctx = box;
    opt.header = &h;
    if (ok == ORY_OK)
        ok = add_source(L, &h, &err);
    if (ok == ORY_OK)
        ok = ory_figure_save(box->p, path, &opt, &err);
    ory_header_fini(&h);
    if (ok != ORY_OK) {
        ory_fail_prefix(&err, "plot:save");
        return ory_raise(L, &err);
    }
    tell_saved(L, path);
    lua_settop(L, 1);
    return 1;
}

/* plot._style(table or nil, reset) -> the style with defaults, as a table */
static int plot_style(lua_State *L)
{
    const ory_values *v;
    int i;

    lua_settop(L, 2);
    (void)ory_check_options(L, 1, "style", save_params);
    if (lua_toboolean(L, 2)) {
        lua_pushnil(L);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &style_key);
    }
    push_style(L);
    if (lua_istable(L, 1))
        copy_fields(L, 1, lua_gettop(L));
    v = ory_check_options(L, lua_gettop(L), "style", save_params);
    lua_newtable(L);
    for (i = 0; i < (int)v->count; i++) {
        ory_push_value(L, v, i);
        lua_setfield(L, -2, save_params[i].name);
    }
    return 1;
}

/* ------------------------------------------------------------------- helpers */

/* plot._type(value) -> "run", "mat", "series", …, or Lua's name of its type. */
static int plot_type(lua_State *L)
{
    const char *name = NULL;

    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__name") == LUA_TSTRING)
        name = lua_tostring(L, -1);
    if (name && strncmp(name, "orrery.", 7) == 0)
        lua_pushstring(L, name + 7);
    else
        lua_pushstring(L, luaL_typename(L, 1));
    return 1;
}

/* plot._columns(matrix or list) -> list of its columns as vectors; a vector is one. */
static int plot_columns(lua_State *L)
{
    ory_mat m = ory_check_mat(L, 1, "plot", "values");
    const size_t n = m.rows == 1 ? 1 : m.cols, len = m.rows == 1 ? m.cols : m.rows;
    size_t c, i;

    lua_createtable(L, (int)n, 0);
    for (c = 0; c < n; c++) {
        ory_lmat *v = ory_push_vec(L, len, 1);

        for (i = 0; i < len; i++)
            v->data[i] = m.rows == 1 ? m.data[i] : m.data[i * m.ld + c];
        lua_rawseti(L, -2, (lua_Integer)c + 1);
    }
    return 1;
}

static const ory_fn plot_methods[] = {
    {"plot:save", plot_save, "p:save(file [, {width=, height=, …}]) -> p",
     "Write the plot as a figure: .svg, .pdf, .png, .txt or .gp (gnuplot) by the ending. Width and "
     "height are in mm; what is not said is as style{…} says. Version, script and its hash go into "
     "the file's metadata.",
     "f = os.tmpname() .. '.svg'; plot({1, 4, 9}):save(f); os.remove(f)"},
    {0}};

int ory_open_plot(lua_State *L)
{
    static const luaL_Reg helpers[] = {{"_make", plot_make},
                                       {"_options", plot_options},
                                       {"_style", plot_style},
                                       {"_type", plot_type},
                                       {"_columns", plot_columns},
                                       {NULL, NULL}};

    luaL_newmetatable(L, PLOT_MT);
    lua_pushcfunction(L, plot_gc);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, plot_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_newtable(L);
    ory_register(L, plot_methods);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__methods");
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    ory_help_options(L, "plot", plot_params);
    ory_help_options(L, "plot:save", save_params);
    ory_help_options(L, "style", save_params);
    luaL_newlib(L, helpers);
    return 1;
}
