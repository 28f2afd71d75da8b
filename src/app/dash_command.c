/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_command.c - what Lua asks of an open dashboard: the options of dash{…} and the
 * functions of ui. */
#include "config.h"

#include "app/dash_picture.h"
#include "app/dash_session.h"

#include <math.h>
#include <stdio.h>
#include <string.h>


/* ----------------------------------------------------------------------- options */

static const char *const sync_names[] = {"step", "time", "loss"};
static const char *const colour_names[] = {"none", "mono", "16", "256"};

static int find_name(const char *name, const char *const *list, int n)
{
    int i;

    for (i = 0; i < n; i++)
        if (strcmp(list[i], name) == 0)
            return i;
    return 0;
}

static void set_colours(dash_session *s, const char *name)
{
    s->d->colours = (ory_colours)find_name(name, colour_names, 4);
    s->d->redraw = true;
}

static void set_glyphs(dash_session *s, const char *name)
{
    const ory_glyphs *g = ory_glyphs_find(name);

    if (g)
        s->d->glyphs = g;
    s->d->redraw = true;
}

/* A copy of a plot under its name, in the place of one of that name. */
static ory_status keep_plot(ory_dash *d, const char *name, const ory_plot *p, ory_error *err)
{
    ory_plot *copy;
    size_t i;
    ory_status ok;

    for (i = 0; i < d->n_plots && strcmp(d->plot_names[i], name) != 0;)
        i++;
    if (strlen(name) >= ORY_PANEL_NAME)
        return ory_fail(err, ORY_EINVAL, "dash: plots: the name '%s' is longer than %d", name,
                        ORY_PANEL_NAME - 1);
    if (i == ORY_DASH_MAX_PLOTS)
        return ory_fail(err, ORY_ERANGE, "dash: plots: more than %d plots", ORY_DASH_MAX_PLOTS);
    if ((ok = ory_plot_copy(p, &copy, err)) != ORY_OK)
        return ok;
    if (i < d->n_plots)
        ory_plot_free(d->plot_copies[i]);
    else
        d->n_plots++;
    strcpy(d->plot_names[i], name);
    d->plot_copies[i] = copy;
    d->plots[i] = (ory_snap_plot){d->plot_names[i], copy};
    d->redraw = true;
    return ORY_OK;
}

ory_status dash_session_options(dash_session *s, const ory_dash_ask *ask, ory_error *err)
{
    ory_dash *d = s->d;
    ory_status ok = ORY_OK;
    size_t i;

    for (i = 0; i < ask->n_layouts && ok == ORY_OK; i++) {
        ok = dash_set_layout(d, (int)i, ask->layouts[i], err);
        if (ok != ORY_OK)
            return ory_fail_prefix(err, "dash");
    }
    for (i = 0; i < ask->n_plots && ok == ORY_OK; i++)
        ok = keep_plot(d, ask->plots[i].name, ask->plots[i].plot, err);
    if (ok != ORY_OK)
        return ok;
    if (ask->n_layouts > 0)
        d->layout = 0;
    if (ask->sync)
        d->sync = (ory_snap_sync)find_name(ask->sync, sync_names, 3);
    if (ask->glyphs)
        set_glyphs(s, ask->glyphs);
    if (ask->colors)
        set_colours(s, ask->colors);
    if (!isnan(ask->speed))
        dash_set_speed(d, ask->speed);
    if (ask->flow >= 0)
        d->flow_wanted = ask->flow;
    if (ask->mouse >= 0)
        s->mouse = ask->mouse;
    if (ask->run >= 0)
        dash_run_on(d, ask->run, NULL);
    s->dirty = true;
    return ORY_OK;
}

/* ----------------------------------------------------------------------- commands */

/* Number of the first panel that is called so, or -1. */
static int find_panel(ory_dash *d, const char *name)
{
    ory_snapshot snap = dash_snapshot(d);
    const ory_panel *p;
    int i;

    for (i = 0; (p = dash_panel(d, i)) != NULL; i++)
        if (ory_panel_matches(&snap, p, name))
            return i;
    return -1;
}

static ory_status focus_panel(ory_dash *d, const char *name, ory_error *err)
{
    const int i = find_panel(d, name);

    if (i < 0)
        return ory_fail(err, ORY_ENAME, "ui.focus: no panel '%s' in this layout", name);
    d->focus = i;
    if (d->zoom >= 0)
        d->zoom = i;
    return ORY_OK;
}

/* The frame, or one panel as it stands in it. */
static ory_status write_frame(dash_session *s, const char *path, const char *panel, ory_error *err)
{
    ory_canvas part = s->canvas;
    ory_status ok;

    if (panel) {
        const int i = find_panel(s->d, panel);
        const ory_rect *r = i < 0 ? NULL : &s->d->rects[i];

        if (!r || r->w == 0)
            return ory_fail(err, ORY_ENAME, "ui.frame: no panel '%s' %s", panel,
                            r ? "is shown" : "in this layout");
        part = ory_canvas_view(&s->canvas, r->x, r->y, r->w, r->h);
    }
    ok = dash_picture_save(&part, path, err);
    if (ok == ORY_OK)
        dash_say(s->d, "frame written to %s", path);
    return ok;
}

static void set_axis(ory_dash *d, const ory_ui_args *a)
{
    ory_panel *p = dash_panel(d, d->focus);
    ory_turn turn = strcmp(a->text[1], "log") == 0 ? ORY_TURN_LOG : ORY_TURN_LINEAR;

    if (strcmp(a->text[1], "time") == 0 || strcmp(a->text[1], "step") == 0)
        d->time_axis = strcmp(a->text[1], "time") == 0;
    else if (p && strcmp(a->text[0], "y") == 0)
        p->y_turn = turn;
    else if (p)
        p->x_turn = turn;
}

static ory_status show_layout(ory_dash *d, const ory_ui_args *a, ory_error *err)
{
    int which = a->text[0] ? d->layout : (int)a->number - 1;
    ory_status ok;

    if (a->text[0] && (ok = dash_set_layout(d, which, a->text[0], err)) != ORY_OK)
        return ory_fail_prefix(err, "ui");
    if (!d->layouts[which])
        return ory_fail(err, ORY_ERANGE, "ui.layout: there is no layout %d", which + 1);
    d->layout = which;
    d->layout_mark++;
    d->focus = 0;
    d->zoom = -1;
    return ORY_OK;
}

static ory_status show_run(dash_session *s, ory_run_box *box, ory_error *err)
{
    ory_dash *d = s->d;
    size_t i;
    ory_status ok;

    for (i = 0; i < d->n_runs && d->runs[i].box != box; i++)
        ;
    if (i == d->n_runs) { /* the command has left the run at stack index 1 */
        ok = dash_session_take(s, 1, box, ORY_PART_LOCKSTEP, err);
        if (ok != ORY_OK)
            return ok;
        i = d->n_moving - 1;
    }
    dash_show_run(d, i);
    return ORY_OK;
}

static void open_row(ory_dash *d, double row)
{
    ory_panel *p = dash_panel(d, d->focus);

    if (!p)
        return;
    p->selected = (size_t)row - 1;
    p->detail = true;
    p->scroll = 0;
}

/* What is no matter of one field. */
static ory_status other_command(dash_session *s, const char *name, const ory_ui_args *a,
                                ory_error *err)
{
    ory_dash *d = s->d;

    if (strcmp(name, "layout") == 0)
        return show_layout(d, a, err);
    if (strcmp(name, "focus") == 0)
        return focus_panel(d, a->text[0], err);
    if (strcmp(name, "frame") == 0)
        return write_frame(s, a->text[0], a->text[1], err);
    if (strcmp(name, "show") == 0)
        return show_run(s, a->run, err);
    if (strcmp(name, "mark") == 0)
        return s->cast ? ory_cast_marker(s->cast, d->clock, a->text[0], err) : ORY_OK;
    if (strcmp(name, "axis") == 0)
        set_axis(d, a);
    else if (strcmp(name, "open") == 0)
        open_row(d, a->number);
    else if (strcmp(name, "filter") == 0)
        snprintf(d->filter, sizeof d->filter, "%s", a->text[0]);
    else if (strcmp(name, "glyphs") == 0)
        set_glyphs(s, a->text[0]);
    else if (strcmp(name, "colors") == 0)
        set_colours(s, a->text[0]);
    else if (strcmp(name, "sync") == 0)
        d->sync = (ory_snap_sync)find_name(a->text[0], sync_names, 3);
    return ORY_OK;
}

ory_status dash_session_command(dash_session *s, const char *name, const ory_ui_args *a,
                                ory_error *err)
{
    ory_dash *d = s->d;

    s->dirty = true;
    if (strcmp(name, "run") == 0 || strcmp(name, "pause") == 0)
        dash_run_on(d, name[0] == 'r', "paused by ui.pause()");
    else if (strcmp(name, "speed") == 0)
        dash_set_speed(d, a->number);
    else if (strcmp(name, "pin") == 0)
        dash_act(d, DASH_PIN, 0);
    else if (strcmp(name, "unpin") == 0)
        dash_act(d, DASH_UNPIN, 0);
    else if (strcmp(name, "quit") == 0)
        d->leave = true;
    else if (strcmp(name, "zoom") == 0)
        d->zoom = a->flag != 0 ? d->focus : -1;
    else if (strcmp(name, "flow") == 0)
        d->flow_wanted = a->flag != 0;
    else if (strcmp(name, "smooth") == 0)
        d->smooth = a->flag != 0;
    else if (strcmp(name, "mouse") == 0)
        s->mouse = a->flag != 0;
    else
        return other_command(s, name, a, err);
    return ORY_OK;
}
