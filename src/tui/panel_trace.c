/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_trace.c - time series of quantities with their bounds, forks and pins. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/curves.h"

enum { P_Y = ORY_PANEL_P_OWN, P_X, P_BOUNDS, P_GHOSTS, P_LAST, P_LO, P_HI, P_FLOOR, P_LINES, P_DASHED };

static const char *const axis_choices[] = {"auto", "linear", "log", NULL};
static const char *const x_choices[] = {"linear", "log", NULL};

static const ory_param trace_params[] = {
    ORY_PANEL_PARAMS,
    {.name = "y", .type = ORY_PARAM_CHOICE, .choices = axis_choices, .unit = "",
     .doc = "Vertical axis; auto: logarithmic if the first quantity is."},
    {.name = "x", .type = ORY_PARAM_CHOICE, .choices = x_choices, .unit = "",
     .doc = "Horizontal axis."},
    {.name = "bounds", .type = ORY_PARAM_BOOL, .def = 1, .unit = "",
     .doc = "Draw the bounds of the quantities."},
    {.name = "ghosts", .type = ORY_PARAM_BOOL, .def = 1, .unit = "",
     .doc = "Draw forks and pinned curves."},
    {.name = "last", .type = ORY_PARAM_REAL, .min = 1, .max = INFINITY, .flags = ORY_OPTIONAL,
     .unit = "steps", .doc = "Only so many steps back from the last."},
    {.name = "lo", .type = ORY_PARAM_REAL, .min = -INFINITY, .max = INFINITY,
     .flags = ORY_OPTIONAL, .unit = "", .doc = "Lower limit of the vertical axis."},
    {.name = "hi", .type = ORY_PARAM_REAL, .min = -INFINITY, .max = INFINITY,
     .flags = ORY_OPTIONAL, .unit = "", .doc = "Upper limit of the vertical axis."},
    {.name = "floor", .type = ORY_PARAM_STRING, .def_text = "floor", .unit = "",
     .doc = "Quantity below which values are rounding; shaded."},
    {.name = "lines", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Values at which horizontal lines stand, with their texts: \"1 edge, 0.5\"."},
    {.name = "dashed", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Of the quantities, those drawn dashed: what theory says of the one before."},
    {.name = NULL},
};

static double optional(const ory_panel *p, int option)
{
    return p->options.v && ory_values_given(&p->options, option)
               ? ory_values_real(&p->options, option) : NAN;
}

static bool log_y(const ory_snapshot *s, const ory_panel *p)
{
    int choice = p->options.v ? ory_values_choice(&p->options, P_Y) : 0;
    bool natural = choice == 2;

    for (size_t i = 0; choice == 0 && i < p->n_names; i++) {
        const ory_snap_quantity *q = ory_panel_quantity(s, p, i);
        if (q) {
            natural = q->log;
            break;
        }
    }
    return ory_panel_log(p->y_turn, natural);
}

static void trace_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                          int *role)
{
    char text[40];

    (void)role;
    for (size_t i = 0; i < p->n_names; i++) {
        const ory_snap_quantity *q = ory_panel_quantity(s, p, i);
        if (i)
            ory_title_add(title, " · ");
        ory_title_add(title, p->names[i]);
        if (q && i == 0 && ory_given(q->unit)) {
            ory_title_add(title, " [");
            ory_title_add(title, q->unit);
            ory_title_add(title, "]");
        }
        if (q && i < 4 && q->kind == ORY_SNAP_SCALAR) {
            if (i)
                ory_title_add(value, "  ");
            ory_title_add(value, ory_value_text(q->value, text, sizeof text));
        }
    }
}

static double floor_value(const ory_snapshot *s, const ory_panel *p, bool log)
{
    const ory_snap_quantity *q = ory_snap_find(ory_panel_run(s, p), ory_panel_text(p, P_FLOOR));

    return q && log ? q->value : NAN;
}

static void say_missing(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    for (size_t i = 0; i < p->n_names; i++) {
        const ory_snap_quantity *q = ory_panel_quantity(s, p, i);
        if (!q)
            ory_panel_missing(c, "%s: no such quantity in this run", p->names[i]);
        else if (ory_given(q->why))
            ory_panel_missing(c, "%s: %s", p->names[i], q->why);
        else if (q->n_bins)
            ory_panel_missing(c, "%s: undefined so far", p->names[i]);
        else
            ory_panel_missing(c, "%s: nothing recorded yet", p->names[i]);
        return;
    }
    ory_panel_missing(c, "no quantity");
}

static void trace_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    const ory_snap_run *r = ory_panel_run(s, p);
    const bool log = log_y(s, p);
    const bool log_x = p->options.v && ory_values_choice(&p->options, P_X) == 1;
    ory_curves curves;

    if (!r) {
        ory_panel_missing(c, "no run");
        return;
    }
    ory_curves_of of = {
        .snapshot = s, .run = r, .names = p->names, .n_names = p->n_names,
        .bounds = !p->options.v || ory_values_bool(&p->options, P_BOUNDS),
        .ghosts = !p->options.v || ory_values_bool(&p->options, P_GHOSTS),
        .marks = true, .log_x = ory_panel_log(p->x_turn, log_x), .log_y = log,
        .last = optional(p, P_LAST), .lo = optional(p, P_LO), .hi = optional(p, P_HI),
        .width = c->w, .lines = ory_panel_text(p, P_LINES), .dashed = ory_panel_text(p, P_DASHED),
    };
    if (!ory_curves_make(&curves, &of)) {
        say_missing(s, p, c);
        return;
    }
    curves.plot.floor = floor_value(s, p, log);
    ory_plot_draw(&curves.plot, &curves.look, c);
}

static size_t trace_wants(const ory_panel *p, ory_panel_want *out, size_t max)
{
    if (max < 1)
        return 0;
    out[0] = (ory_panel_want){.name = ory_panel_text(p, P_FLOOR)};
    return 1;
}

const ory_panel_class ory_panel_trace = {
    .name = "trace",
    .doc = "Histories of quantities with their bounds, forks, pinned curves and events.",
    .names_doc = "quantities to draw",
    .names_min = 1, .names_max = ORY_PANEL_NAMES,
    .params = trace_params,
    .min_w = 24, .min_h = 6,
    .heading = trace_heading,
    .draw = trace_draw,
    .wants = trace_wants,
};
