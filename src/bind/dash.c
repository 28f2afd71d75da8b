/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash.c (bind) - dash and ui for Lua. */
#include "config.h"

#include "bind/dash.h"

#include <math.h>
#include <string.h>

#include "bind/plot.h"

#define BOUND_KEYS "orrery.ui.keys"

static const ory_dash_hooks *hooks;
static bool (*key_check)(const char *name);

void ory_bind_set_dash(const ory_dash_hooks *h)
{
    hooks = h;
}

void ory_bind_set_key_check(bool (*fn)(const char *name))
{
    key_check = fn;
}

static int no_program(lua_State *L, const char *fn)
{
    return ory_raisef(L, "%s: there is no dashboard here, only in the program orrery", fn);
}

/* ------------------------------------------------------------------------- dash */

enum { OPT_SYNC, OPT_SPEED, OPT_RUN, OPT_FLOW, OPT_MOUSE, OPT_GLYPHS, OPT_COLORS, OPT_RECORD };

static const char *const sync_names[] = {"step", "time", "loss", NULL};
static const char *const speed_names[] = {"max", NULL};
static const char *const glyph_names[] = {"braille", "quadrant", "ascii", NULL};
static const char *const color_names[] = {"mono", "16", "256", NULL};

/* Besides: the runs by position, and layout, a text or a list of texts. */
static const ory_param dash_params[] = {
    [OPT_SYNC] = {"sync", ORY_PARAM_CHOICE, 0, 0, 0, sync_names, ORY_OPTIONAL, "",
                  "several runs keep pace by step, by time or by loss level", NULL},
    [OPT_SPEED] = {"speed", ORY_PARAM_NUMBER_OR_CHOICE, 0, 1, 1048576, speed_names, ORY_OPTIONAL,
                   "steps per frame", "how fast a run goes: steps per frame, 30 frames a second",
                   NULL},
    [OPT_RUN] = {"run", ORY_PARAM_BOOL, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                 "begin running at once", NULL},
    [OPT_FLOW] = {"flow", ORY_PARAM_BOOL, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                  "show the gradient flow beside a descent, at matched time", NULL},
    [OPT_MOUSE] = {"mouse", ORY_PARAM_BOOL, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                   "clicks choose panels (and no longer select text)", NULL},
    [OPT_GLYPHS] = {"glyphs", ORY_PARAM_CHOICE, 0, 0, 0, glyph_names, ORY_OPTIONAL, "",
                    "characters that curves are made of", NULL},
    [OPT_COLORS] = {"colors", ORY_PARAM_CHOICE, 2, 0, 0, color_names, ORY_OPTIONAL, "",
                    "how many colors at most", NULL},
    [OPT_RECORD] = {"record", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
                    "write a recording (asciicast) to this file", NULL},
    {0}};

static const ory_param layout_param[] = {
    {"layout", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "panels, for example \"v(h(trace(loss), claims):2, console:=8)\"; or a list of up to 9", NULL},
    {"plots", ORY_PARAM_STRING, 0, 0, 0, NULL, ORY_OPTIONAL, "",
     "plots by name for the panel plot(show=name): plots={phases=p}", NULL},
    {0}};

static void add_run(lua_State *L, int idx, ory_dash_ask *ask)
{
    if (ask->n_runs == ORY_DASH_MAX_RUNS)
        ory_raisef(L, "dash: more than %d runs", ORY_DASH_MAX_RUNS);
    ask->runs[ask->n_runs] = ory_check_run(L, idx, "dash");
    ask->at[ask->n_runs++] = idx;
}

static void add_layouts(lua_State *L, int idx, ory_dash_ask *ask)
{
    lua_Integer i, n = lua_istable(L, idx) ? (lua_Integer)lua_rawlen(L, idx) : 0;

    if (!lua_istable(L, idx)) {
        ask->layouts[ask->n_layouts++] = ory_check_text(L, idx, "dash", "layout");
        return;
    }
    if (n > ORY_DASH_MAX_LAYOUTS)
        ory_raisef(L, "dash: layout: %d layouts (at most %d)", (int)n, ORY_DASH_MAX_LAYOUTS);
    for (i = 1; i <= n; i++) {
        lua_rawgeti(L, idx, i);
        ask->layouts[ask->n_layouts++] = ory_check_text(L, lua_gettop(L), "dash", "layout");
    }
}

static void add_plot(lua_State *L, const char *name, int idx, ory_dash_ask *ask)
{
    const ory_plot *p = ory_test_plot(L, idx);

    if (!p)
        ory_arg_error(L, "dash: plots", idx, NULL, "a plot such as plot(f, {x=, y=, z=})");
    if (ask->n_plots == ORY_DASH_MAX_PLOTS)
        ory_raisef(L, "dash: plots: more than %d plots", ORY_DASH_MAX_PLOTS);
    ask->plots[ask->n_plots].name = name;
    ask->plots[ask->n_plots++].plot = p;
}

/* A plot, or a table of them by name; the table keeps names and plots alive. */
static void add_plots(lua_State *L, int idx, ory_dash_ask *ask)
{
    if (!lua_istable(L, idx)) {
        add_plot(L, "plot", idx, ask);
        return;
    }
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            ory_raisef(L, "dash: plots: plots have names: plots={phases=p}");
        add_plot(L, lua_tostring(L, -2), lua_gettop(L), ask);
    }
}

static const char *choice(const ory_values *v, int row)
{
    const ory_param *p = &v->params[row];

    return ory_values_given(v, row) ? p->choices[(int)v->v[row].num] : NULL;
}

static int flag(const ory_values *v, int row)
{
    return ory_values_given(v, row) ? ory_values_bool(v, row) : -1;
}

static void take_options(ory_dash_ask *ask, const ory_values *v)
{
    ask->sync = choice(v, OPT_SYNC);
    ask->glyphs = choice(v, OPT_GLYPHS);
    ask->colors = choice(v, OPT_COLORS);
    ask->record = v->v[OPT_RECORD].text && *v->v[OPT_RECORD].text ? v->v[OPT_RECORD].text : NULL;
    ask->run = flag(v, OPT_RUN);
    ask->flow = flag(v, OPT_FLOW);
    ask->mouse = flag(v, OPT_MOUSE);
    if (ory_values_given(v, OPT_SPEED))
        ask->speed = v->v[OPT_SPEED].is_choice ? INFINITY : floor(v->v[OPT_SPEED].num);
}

/* The table at 1: runs by position, layout, and the options of dash_params. */
static void read_table(lua_State *L, ory_dash_ask *ask)
{
    lua_Integer i, n = (lua_Integer)lua_rawlen(L, 1);

    luaL_checkstack(L, ORY_DASH_MAX_RUNS + ORY_DASH_MAX_LAYOUTS + 16, "dash");
    for (i = 1; i <= n; i++) {
        lua_rawgeti(L, 1, i);
        add_run(L, lua_gettop(L), ask);
    }
    lua_newtable(L); /* what is left is an option */
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        if (lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && lua_tointeger(L, -2) <= n) {
            lua_pop(L, 1);
        } else if (lua_type(L, -2) == LUA_TSTRING && (strcmp(lua_tostring(L, -2), "layout") == 0 ||
                                                      strcmp(lua_tostring(L, -2), "plots") == 0)) {
            lua_pop(L, 1);
        } else {
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            lua_rawset(L, -4);
        }
    }
    take_options(ask, ory_check_options(L, lua_gettop(L), "dash", dash_params));
    if (lua_getfield(L, 1, "layout") != LUA_TNIL)
        add_layouts(L, lua_gettop(L), ask);
    if (lua_getfield(L, 1, "plots") != LUA_TNIL)
        add_plots(L, lua_gettop(L), ask);
}

/* dash(r, …), dash{r, …, options}, dash() */
static int dash(lua_State *L)
{
    ory_dash_ask ask = {.speed = NAN, .run = -1, .flow = -1, .mouse = -1};
    ory_error err = {0};
    int i, n = lua_gettop(L);

    if (n == 1 && lua_istable(L, 1)) {
        read_table(L, &ask);
    } else {
        for (i = 1; i <= n; i++)
            add_run(L, i, &ask);
    }
    if (!hooks)
        return no_program(L, "dash");
    if (hooks->open(L, &ask, &err) != ORY_OK)
        return ory_raise(L, &err);
    return 0;
}

/* --------------------------------------------------------------------------- ui */

static int command(lua_State *L, const char *fn, const ory_ui_args *args)
{
    ory_error err = {0};

    if (!hooks)
        return no_program(L, fn);
    if (hooks->command(L, fn + 3, args, &err) != ORY_OK)
        return ory_raise(L, &err);
    return 0;
}

static ory_ui_args no_args(void)
{
    return (ory_ui_args){.number = NAN, .flag = -1};
}

/* Functions that take nothing, a truth value (default true), a number, a text. */
static int plain(lua_State *L, const char *fn)
{
    ory_ui_args a = no_args();

    return command(L, fn, &a);
}

static int with_flag(lua_State *L, const char *fn)
{
    ory_ui_args a = no_args();

    a.flag = lua_isnoneornil(L, 1) ? -1 : lua_toboolean(L, 1);
    if (a.flag >= 0 && !lua_isboolean(L, 1))
        return ory_arg_error(L, fn, 1, "on", "true or false");
    return command(L, fn, &a);
}

static int with_number(lua_State *L, const char *fn, const char *what, lua_Integer most)
{
    ory_ui_args a = no_args();

    a.number = (double)ory_check_int(L, 1, fn, what, 1, most);
    return command(L, fn, &a);
}

static int with_choice(lua_State *L, const char *fn, const char *what, const char *const *list)
{
    ory_ui_args a = no_args();

    a.text[0] = list[ory_check_choice(L, 1, fn, what, list)];
    return command(L, fn, &a);
}

static int with_text(lua_State *L, const char *fn, const char *what)
{
    ory_ui_args a = no_args();

    a.text[0] = ory_check_text(L, 1, fn, what);
    return command(L, fn, &a);
}

static int ui_run(lua_State *L) { return plain(L, "ui.run"); }
static int ui_pause(lua_State *L) { return plain(L, "ui.pause"); }
static int ui_pin(lua_State *L) { return plain(L, "ui.pin"); }
static int ui_unpin(lua_State *L) { return plain(L, "ui.unpin"); }
static int ui_quit(lua_State *L) { return plain(L, "ui.quit"); }
static int ui_zoom(lua_State *L) { return with_flag(L, "ui.zoom"); }
static int ui_flow(lua_State *L) { return with_flag(L, "ui.flow"); }
static int ui_smooth(lua_State *L) { return with_flag(L, "ui.smooth"); }
static int ui_mouse(lua_State *L) { return with_flag(L, "ui.mouse"); }
static int ui_open(lua_State *L) { return with_number(L, "ui.open", "row", 100000); }
static int ui_glyphs(lua_State *L) { return with_choice(L, "ui.glyphs", "set", glyph_names); }
static int ui_colors(lua_State *L) { return with_choice(L, "ui.colors", "depth", color_names); }
static int ui_sync(lua_State *L) { return with_choice(L, "ui.sync", "by", sync_names); }
static int ui_filter(lua_State *L) { return with_text(L, "ui.filter", "text"); }
static int ui_focus(lua_State *L) { return with_text(L, "ui.focus", "panel"); }

/* ui.frame(file [, panel]) */
static int ui_frame(lua_State *L)
{
    ory_ui_args a = no_args();

    a.text[0] = ory_check_text(L, 1, "ui.frame", "file");
    if (!lua_isnoneornil(L, 2))
        a.text[1] = ory_check_text(L, 2, "ui.frame", "panel");
    return command(L, "ui.frame", &a);
}

static int ui_mark(lua_State *L) { return with_text(L, "ui.mark", "label"); }

/* ui.speed(steps per frame | "max") */
static int ui_speed(lua_State *L)
{
    ory_ui_args a = no_args();

    if (lua_type(L, 1) == LUA_TSTRING && !lua_isnumber(L, 1)) {
        (void)ory_check_choice(L, 1, "ui.speed", "steps", speed_names);
        a.number = INFINITY;
    } else {
        a.number = (double)ory_check_int(L, 1, "ui.speed", "steps", 1, 1048576);
    }
    return command(L, "ui.speed", &a);
}

/* ui.layout(number | text) */
static int ui_layout(lua_State *L)
{
    ory_ui_args a = no_args();

    if (lua_type(L, 1) == LUA_TSTRING && !lua_isnumber(L, 1))
        a.text[0] = lua_tostring(L, 1);
    else
        a.number = (double)ory_check_int(L, 1, "ui.layout", "number", 1, ORY_DASH_MAX_LAYOUTS);
    return command(L, "ui.layout", &a);
}

static int ui_axis(lua_State *L)
{
    static const char *const axes[] = {"x", "y", NULL};
    static const char *const scales[] = {"linear", "log", "time", "step", NULL};
    ory_ui_args a = no_args();

    a.text[0] = axes[ory_check_choice(L, 1, "ui.axis", "axis", axes)];
    a.text[1] = scales[ory_check_choice(L, 2, "ui.axis", "scale", scales)];
    return command(L, "ui.axis", &a);
}

static int ui_show(lua_State *L)
{
    ory_ui_args a = no_args();

    a.run = ory_check_run(L, 1, "ui.show");
    lua_settop(L, 1);
    return command(L, "ui.show", &a);
}

/* ui.bind(key, function or line of Lua); nil: as before. */
static int ui_bind(lua_State *L)
{
    const char *name = ory_check_text(L, 1, "ui.bind", "key");

    if (key_check && !key_check(name))
        return ory_raisef(L, "ui.bind: no key '%s' (such as \"a\", \"F5\", \"C-r\", \"M-x\", "
                             "\"PageUp\", \"space\")", name);
    if (!lua_isfunction(L, 2) && lua_type(L, 2) != LUA_TSTRING && !lua_isnoneornil(L, 2))
        return ory_arg_error(L, "ui.bind", 2, "what", "a function, a line of Lua or nil");
    lua_settop(L, 2);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, BOUND_KEYS);
    lua_insert(L, -2);
    lua_setfield(L, -2, name);
    return 0;
}

bool ory_push_bound_key(lua_State *L, const char *name)
{
    if (lua_getfield(L, LUA_REGISTRYINDEX, BOUND_KEYS) == LUA_TTABLE) {
        lua_pushstring(L, name);
        if (lua_rawget(L, -2) != LUA_TNIL) {
            lua_remove(L, -2);
            return true;
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return false;
}

void ory_bind_each_run(lua_State *L, void (*fn)(void *ctx, lua_State *L, ory_run_box *box),
                       void *ctx)
{
    if (lua_getfield(L, LUA_REGISTRYINDEX, "orrery.runs") == LUA_TTABLE) {
        lua_pushnil(L);
        while (lua_next(L, -2)) {
            ory_run_box *box = lua_touserdata(L, -1);

            if (box && box->r)
                fn(ctx, L, box);
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

/* ---------------------------------------------------------------------- opening */

static const ory_fn dash_topic =
    {"dash", NULL, "dash(r, …)   dash{r, …, layout=, sync=, speed=, run=, flow=, record=, …}",
     "Open the dashboard on one run, or on several that keep pace by step, time or loss level. It "
     "shows the panels of layout, runs, pauses, turns back and forks under your keys (? lists them) "
     "and takes Lua at its own prompt; q comes back here, the runs are kept. In a script that runs "
     "headless nothing is opened; 'orrery dash FILE' and 'orrery frame FILE' show what it asked for.",
     NULL};

static const ory_fn ui_functions[] = {
    {"ui.run", ui_run, "ui.run()", "Let the runs of the dashboard go.", NULL},
    {"ui.pause", ui_pause, "ui.pause()", "Let them pause.", NULL},
    {"ui.speed", ui_speed, "ui.speed(steps | \"max\")", "Steps per frame, 30 frames a second.", NULL},
    {"ui.layout", ui_layout, "ui.layout(number | text)",
     "Show layout 1 to 9, or panels given as text.", NULL},
    {"ui.focus", ui_focus, "ui.focus(panel)", "Give the keys to a panel, by class or title.", NULL},
    {"ui.zoom", ui_zoom, "ui.zoom([on])", "The focused panel alone, or all of them.", NULL},
    {"ui.open", ui_open, "ui.open(row)", "Open a row of the focused panel, such as a claim.", NULL},
    {"ui.filter", ui_filter, "ui.filter(text)", "Only panels whose title or quantities contain it.",
     NULL},
    {"ui.axis", ui_axis, "ui.axis(\"x\" | \"y\", \"log\" | \"linear\" | \"time\" | \"step\")",
     "Axes of the focused panel; time and step: of all curves.", NULL},
    {"ui.smooth", ui_smooth, "ui.smooth([on])", "A running average over the raw curves.", NULL},
    {"ui.pin", ui_pin, "ui.pin()", "Keep the curves of this moment as ghosts.", NULL},
    {"ui.unpin", ui_unpin, "ui.unpin()", "Let go of all pinned curves.", NULL},
    {"ui.flow", ui_flow, "ui.flow([on])", "The gradient flow beside a descent, at matched time.",
     NULL},
    {"ui.sync", ui_sync, "ui.sync(\"step\" | \"time\" | \"loss\")",
     "What several runs keep pace by.", NULL},
    {"ui.show", ui_show, "ui.show(r)", "Let the panels show this run.", NULL},
    {"ui.glyphs", ui_glyphs, "ui.glyphs(\"braille\" | \"quadrant\" | \"ascii\")",
     "Characters that curves are made of.", NULL},
    {"ui.colors", ui_colors, "ui.colors(\"256\" | \"16\" | \"mono\")", "Colors at most.", NULL},
    {"ui.mouse", ui_mouse, "ui.mouse([on])", "Clicks choose panels.", NULL},
    {"ui.mark", ui_mark, "ui.mark(label)", "A marker in the recording.", NULL},
    {"ui.frame", ui_frame, "ui.frame(file [, panel])",
     "Write the frame, or one panel of it by class or title, to a file: .svg, .pdf, .png, else as text.",
     NULL},
    {"ui.bind", ui_bind, "ui.bind(key, function | text | nil)",
     "A key of your own in the dashboard: a function, or a line of Lua that is then echoed like a "
     "typed one. nil gives the key its old meaning.",
     "ui.bind('F5', 'print(1)'); ui.bind('F5', nil)"},
    {"ui.quit", ui_quit, "ui.quit()", "Close the dashboard; the runs are kept.", NULL},
    {0}};

int ory_open_dash(lua_State *L)
{
    ory_help_add(L, dash_topic.name, "function", dash_topic.usage, dash_topic.doc,
                 dash_topic.example);
    ory_help_options(L, "dash", layout_param);
    ory_help_options(L, "dash", dash_params);
    lua_pushcfunction(L, dash);
    return 1;
}

int ory_open_ui(lua_State *L)
{
    lua_newtable(L);
    ory_register(L, ui_functions);
    return 1;
}
