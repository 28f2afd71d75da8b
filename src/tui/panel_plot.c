/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_plot.c - a plot that was given to the dashboard: a phase diagram or a band over many
 * runs beside the one that moves. */
#include "config.h"

#include <string.h>

#include "tui/panelkit.h"
#include "tui/plotdraw.h"

enum { P_SHOW = ORY_PANEL_P_OWN };

static const ory_param plot_params[] = {
    ORY_PANEL_PARAMS,
    {.name = "show", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Name of the plot, as in dash{r, plots={phases=p}}; default: the first one."},
    {.name = NULL},
};

static const ory_plot *plot_of(const ory_snapshot *s, const ory_panel *p)
{
    const char *name = ory_panel_text(p, P_SHOW);

    for (size_t i = 0; i < s->n_plots; i++)
        if (!*name || strcmp(s->plots[i].name, name) == 0)
            return s->plots[i].plot;
    return NULL;
}

static void plot_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    const ory_plot *given = plot_of(s, p);
    ory_plot_look look = ory_plot_look_plain();
    ory_plot plot;

    if (!given && !*ory_panel_text(p, P_SHOW)) {
        ory_panel_missing(c, "no plot was given: dash{r, plots={name=plot}}");
        return;
    }
    if (!given) {
        ory_panel_missing(c, "no plot is named %s", ory_panel_text(p, P_SHOW));
        return;
    }
    plot = *given;
    plot.x.log = ory_panel_log(p->x_turn, plot.x.log);
    plot.y.log = ory_panel_log(p->y_turn, plot.y.log);
    ory_plot_draw(&plot, &look, c);
}

static void plot_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                         int *role)
{
    const ory_plot *given = plot_of(s, p);

    (void)role;
    ory_title_add(title, given && ory_given(given->title) ? given->title
                         : *ory_panel_text(p, P_SHOW)     ? ory_panel_text(p, P_SHOW)
                                                          : "plot");
    if (given && ory_given(given->value))
        ory_title_add(value, given->value);
}

const ory_panel_class ory_panel_plot = {
    .name = "plot",
    .doc = "A plot given to the dashboard: dash{r, plots={phases=p}}.",
    .params = plot_params,
    .min_w = 16, .min_h = 5,
    .heading = plot_heading,
    .draw = plot_draw,
};
