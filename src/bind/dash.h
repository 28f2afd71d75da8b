/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash.h (bind) - dash(...) and ui.*: arguments are checked here, what they do is done by
 * the program, which has the terminal. Without a program (the module in a stock Lua) they
 * say so. */
#ifndef ORY_BIND_DASH_H
#define ORY_BIND_DASH_H

#include "bind/run.h"
#include "io/plot.h"

enum { ORY_DASH_MAX_RUNS = 8, ORY_DASH_MAX_LAYOUTS = 9, ORY_DASH_MAX_PLOTS = 8 };

/* dash(r, …) or dash{r, …, layout=, …}; texts are valid during the call. */
typedef struct ory_dash_ask {
    ory_run_box *runs[ORY_DASH_MAX_RUNS];
    int at[ORY_DASH_MAX_RUNS]; /* stack index of each */
    size_t n_runs;             /* 0: the runs it had before */
    const char *layouts[ORY_DASH_MAX_LAYOUTS];
    size_t n_layouts;
    struct {
        const char *name;
        const ory_plot *plot; /* copied by the program */
    } plots[ORY_DASH_MAX_PLOTS];
    size_t n_plots;
    const char *sync, *record, *glyphs, *colors; /* NULL: as it is */
    double speed;              /* steps per frame, INFINITY: all it can; NaN: as it is */
    int run, flow, mouse;      /* 1, 0; -1: as it is */
    bool tour;                 /* may begin without a run */
} ory_dash_ask;

/* ui.NAME(…): which arguments were given. */
typedef struct ory_ui_args {
    const char *text[2]; /* NULL: not given */
    double number;       /* NaN: not given */
    int flag;            /* 1, 0; -1: not given */
    ory_run_box *run;
} ory_ui_args;

/* Both may fill err (status not ORY_OK), which is raised. */
typedef struct ory_dash_hooks {
    ory_status (*open)(lua_State *L, const ory_dash_ask *ask, ory_error *err);
    ory_status (*command)(lua_State *L, const char *name, const ory_ui_args *args, ory_error *err);
} ory_dash_hooks;

void ory_bind_set_dash(const ory_dash_hooks *hooks); /* NULL: none */

/* ui.bind: a key's own function or line of Lua. Pushes it and returns true, or pushes
 * nothing. name as ory_keyin_name writes it. */
bool ory_push_bound_key(lua_State *L, const char *name);
/* The names that ui.bind takes, checked by the program; NULL: any. */
void ory_bind_set_key_check(bool (*fn)(const char *name));

/* Calls fn with every live run of L: its box and, on top of the stack, its userdata. */
void ory_bind_each_run(lua_State *L, void (*fn)(void *ctx, lua_State *L, ory_run_box *box),
                       void *ctx);

int ory_open_dash(lua_State *L); /* leaves dash */
int ory_open_ui(lua_State *L);   /* leaves the table ui */

#endif
