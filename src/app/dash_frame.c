/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_frame.c - the dashboard as a snapshot, and the snapshot on a canvas. The same frame
 * goes to the screen, to text and into recordings. */
#include "config.h"

#include "app/dash_model.h"

#include <math.h>
#include <string.h>

#include "core/clock.h"
#include "core/offload.h"

/* --------------------------------------------------------------------- snapshot */

static size_t take_console(ory_dash *d)
{
    size_t i;

    for (i = 0; i < d->n_console; i++) {
        const dash_line *line = &d->console[(d->console_at + i) % DASH_CONSOLE];

        d->lines[i] = (ory_snap_line){line->text, line->role, line->indent};
    }
    return d->n_console;
}

static size_t take_ghosts(ory_dash *d)
{
    size_t i, n = 0;

    for (i = 0; i < DASH_FLOW_CURVES; i++)
        if (d->flow.r && d->flow.names[i] && d->flow.n[i] > 0)
            d->ghosts[n++] = (ory_snap_ghost){"gradient flow", d->flow.names[i], d->flow.bins[i],
                                              d->flow.n[i]};
    for (i = 0; i < d->n_pins && n < DASH_PINS + 1; i++)
        d->ghosts[n++] = (ory_snap_ghost){d->pins[i].label, d->pins[i].quantity, d->pins[i].bins,
                                          d->pins[i].n};
    return n;
}

static size_t take_notes(ory_dash *d)
{
    size_t i;

    for (i = 0; i < d->n_notes; i++)
        d->note_lines[i] = (ory_snap_line){d->notes[i].text, d->notes[i].role, d->notes[i].indent};
    return d->n_notes;
}

static size_t take_keys(ory_dash *d)
{
    size_t i, n = 0;

    for (i = 0; d->touring && i < dash_tour_key_count; i++)
        d->key_rows[n++] = (ory_snap_key){dash_tour_keys[i].shown, dash_tour_keys[i].footer,
                                          dash_tour_keys[i].doc, dash_tour_keys[i].group};

    for (i = 0; i < dash_key_count; i++)
        if (dash_keys[i].shown[0])
            d->key_rows[n++] = (ory_snap_key){dash_keys[i].shown, dash_keys[i].footer,
                                              dash_keys[i].doc, dash_keys[i].group};
    return n;
}

static double cursor_of(const ory_dash *d)
{
    const ory_run *r = d->n_runs ? d->runs[0].box->r : NULL;

    return r && ory_run_k(r) < ory_run_known(r) ? (double)ory_run_k(r) : NAN;
}

ory_snapshot dash_snapshot(ory_dash *d)
{
    ory_snapshot s = ory_snapshot_none();
    size_t i;

    for (i = 0; i < d->n_runs; i++)
        d->shown[i] = *dash_shot_run(d->runs[i].shot);
    s.runs = d->shown;
    s.n_runs = d->n_runs;
    s.sync = d->sync;
    s.time_axis = d->time_axis;
    s.ghosts = d->ghosts;
    s.n_ghosts = take_ghosts(d);
    s.plots = d->plots;
    s.n_plots = d->n_plots;
    s.speed = isinf(d->speed) ? NAN : d->speed;
    s.cursor = cursor_of(d);
    s.smooth = d->smooth;
    s.console = d->lines;
    s.n_console = take_console(d);
    s.console_back = d->console_back;
    s.prompt = d->prompt;
    s.note = d->note_lines;
    s.n_note = take_notes(d);
    s.note_title = d->note_title;
    s.note_large = d->note_large;
    s.note_wait = d->note_wait;
    s.keys = d->key_rows;
    s.n_keys = take_keys(d);
    s.filter = d->filter[0] || d->filtering ? d->filter : NULL;
    s.message = d->message[0] && d->clock < d->message_until ? d->message : NULL;
    s.recording = d->recording[0] ? d->recording : NULL;
    s.clock = d->clock;
    return s;
}

bool dash_holds(const ory_dash *d)
{
    return d->holding || ory_offload_busy();
}

/* ----------------------------------------------------------------------- canvas */

static void mark_focus(ory_dash *d, int focus)
{
    ory_panel *p;
    int i;

    for (i = 0; (p = dash_panel(d, i)) != NULL; i++)
        p->focus = i == focus;
}

static void draw_help(ory_dash *d, const ory_snapshot *s, ory_canvas *c)
{
    int w = c->w - 4 < 100 ? c->w - 4 : 100, h = c->h - 2, need;
    ory_canvas view = ory_canvas_view(c, (c->w - w) / 2, 1, w, h);

    need = ory_help_draw(s, d->help_scroll, &view);
    if (need > h && d->help_scroll > (size_t)(need - h))
        d->help_scroll = (size_t)(need - h);
    else if (need <= h)
        d->help_scroll = 0;
}

/* The prompt or the filter in the last row, when no console shows it. Returns its column. */
static int draw_bottom_line(const ory_canvas *c, const char *prompt, const char *text, size_t cursor)
{
    ory_canvas view = ory_canvas_view(c, 0, c->h - 1, c->w, 1);
    char head[DASH_LINE];
    int used, x;

    ory_canvas_clear(&view);
    used = ory_canvas_text(&view, 0, 0, prompt, ory_ink(ORY_ROLE_PROMPT));
    if (cursor >= sizeof head)
        cursor = sizeof head - 1;
    memcpy(head, text, cursor);
    head[cursor] = '\0';
    x = used + ory_text_width(view.glyphs, head);
    ory_canvas_text(&view, x < c->w ? used : used - (x - c->w + 1), 0, text,
                    ory_ink(ORY_ROLE_DEFAULT));
    return x < c->w ? x : c->w - 1;
}

static bool console_cursor(ory_dash *d, const ory_snapshot *s, const ory_canvas *c, int *x, int *y)
{
    int i = dash_panel_find(d, "console");
    const ory_rect *r = i >= 0 ? &d->rects[i] : NULL;
    ory_canvas view;

    if (!r || r->w == 0)
        return false;
    view = ory_canvas_view(c, r->x + 1, r->y + 1, r->w - 2, r->h - 2);
    if (!ory_console_cursor(s, &view, x, y))
        return false;
    *x += r->x + 1;
    *y += r->y + 1;
    return true;
}

/* Named itself, or with nothing to show but what is hidden. */
static bool is_covered(const ory_dash *d, const ory_panel *p)
{
    size_t i;

    for (i = 0; i < p->n_names && dash_is_hidden(d, p->names[i]); i++)
        ;
    return dash_is_hidden(d, p->class->name) || (i > 0 && i == p->n_names);
}

/* A hidden panel is a box with a question mark. */
static void cover(const ory_dash *d, ory_canvas *c)
{
    const ory_panel *p;
    int i;

    for (i = 0; d->n_hidden > 0 && (p = dash_panel(d, i)) != NULL; i++) {
        const ory_rect *r = &d->rects[i];
        ory_canvas view;

        if (r->w < 3 || r->h < 3 || !is_covered(d, p))
            continue;
        view = ory_canvas_view(c, r->x + 1, r->y + 1, r->w - 2, r->h - 2);
        ory_canvas_clear(&view);
        ory_panel_missing(&view, "? what will stand here: make your guess");
    }
}

/* While a line is typed its console is shown, whatever is zoomed or filtered. */
static int panel_with_keys(const ory_dash *d)
{
    int console = d->prompt.active ? dash_panel_find(d, "console") : -1;

    return console >= 0 ? console : d->focus;
}

/* Lines behind the last one that was typed. */
static size_t last_result(const ory_dash *d)
{
    size_t n = 0;

    while (n < d->n_console &&
           d->console[(d->console_at + d->n_console - 1 - n) % DASH_CONSOLE].role != ORY_ROLE_ECHO)
        n++;
    return n < d->n_console ? n : 0;
}

/* The panel that is shown alone, or -1: while a line is typed its console, when it could not
 * hold the last result beside the others. */
static int panel_alone(const ory_dash *d, int keep)
{
    if (!d->prompt.active || d->zoom == keep)
        return d->zoom;
    if (keep == dash_panel_find(d, "console") && d->console_rows > 0 &&
        last_result(d) >= (size_t)d->console_rows)
        return keep;
    return -1;
}

static void note_console(ory_dash *d, int alone)
{
    int i = dash_panel_find(d, "console");

    if (i >= 0 && alone < 0 && d->rects[i].h > 2)
        d->console_rows = d->rects[i].h - 2;
}

/* Nothing was read yet, and the first reading lasts. */
static bool draw_first_wait(const ory_dash *d, ory_canvas *c)
{
    if (!dash_holds(d) || d->n_runs == 0 || dash_shot_fits(d->runs[0].shot, d))
        return false;
    ory_canvas_text_in(c, 0, c->h / 2, c->w, ORY_ALIGN_CENTRE,
                       d->message[0] ? d->message : "computing what the panels show",
                       ory_ink(ORY_ROLE_DIM));
    return true;
}

ory_status dash_draw(ory_dash *d, ory_canvas *c, int *x, int *y)
{
    int keep = panel_with_keys(d), zoom = panel_alone(d, keep);
    const double before = ory_clock_work();
    ory_status ok = ORY_OK;
    ory_snapshot s;
    size_t i;

    for (i = 0; i < d->n_runs && ok == ORY_OK && !dash_holds(d); i++)
        ok = dash_shot_take(d->runs[i].shot, d, &d->runs[i]);
    d->reading = ory_clock_work() - before;
    s = dash_snapshot(d);
    *x = *y = -1;
    ory_canvas_clear(c);
    if (draw_first_wait(d, c))
        return ok;
    memset(d->rects, 0, sizeof d->rects);
    mark_focus(d, keep);
    ory_frame_draw(dash_layout(d), &s, keep, zoom, c, d->rects);
    note_console(d, zoom);
    cover(d, c);
    if (d->help) {
        draw_help(d, &s, c);
    } else if (d->filtering) {
        *x = draw_bottom_line(c, "/", d->filter, strlen(d->filter));
        *y = c->h - 1;
    } else if (d->prompt.active && !console_cursor(d, &s, c, x, y)) {
        *x = draw_bottom_line(c, d->prompt.prompt, d->prompt.text, d->prompt.cursor);
        *y = c->h - 1;
    }
    return ok;
}
