/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_control.c - what a key does. Keys that change a run become lines of Lua for the
 * host; keys that change only how it is looked at act here and echo the line they stand
 * for. No terminal, no clock but d->clock. */
#include "config.h"

#include "app/dash_model.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "tui/utf8.h"

const dash_key dash_keys[] = {
#define DASH_KEY(keys, shown, action, argument, group, footer, doc)                          \
    {keys, shown, DASH_##action, argument, group, footer, doc},
#include "app/dash_keys.def"
#undef DASH_KEY
};
const size_t dash_key_count = sizeof dash_keys / sizeof *dash_keys;

static const double most_steps_per_frame = 1048576;
enum { READABLE_W = 70 }; /* columns in which the text of a theorem reads well */

/* ------------------------------------------------------------------- the lines */

/* A line that is carried out here already; the one before of the same function goes. */
static void echo(ory_dash *d, const char *fmt, ...) ORY_PRINTF(2, 3);

static void echo(ory_dash *d, const char *fmt, ...)
{
    dash_line *last =
        d->n_console ? &d->console[(d->console_at + d->n_console - 1) % DASH_CONSOLE] : NULL;
    char text[DASH_LINE];
    size_t head;
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    head = strcspn(text, "(") + 1;
    if (last && last->role == ORY_ROLE_DIM && strncmp(last->text, text, head) == 0)
        d->n_console--;
    dash_print(d, ORY_ROLE_DIM, text);
}

/* A line that the host carries out. */
static void line(ory_dash *d, const char *fmt, ...) ORY_PRINTF(2, 3);

static void line(ory_dash *d, const char *fmt, ...)
{
    char text[DASH_LINE];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (d->host.line)
        d->host.line(d->host.ctx, text);
}

/* The same for every run that moves: "r:step(1); f:step(1)". body begins with ':'. */
static void line_each(ory_dash *d, const char *body)
{
    char text[DASH_LINE] = "";
    size_t i, n = 0;

    for (i = 0; i < d->n_moving && n < sizeof text; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s%s", i ? " " : "", d->runs[i].name,
                              body);
    line(d, "%s", text);
}

/* Begin typing; the cursor stands `back` bytes before the end. */
static void type_line(ory_dash *d, const char *text, size_t back)
{
    if (d->host.prompt)
        d->host.prompt(d->host.ctx, text, strlen(text) - back);
}

void dash_note_steps(ory_dash *d)
{
    char text[DASH_LINE];
    size_t i;

    for (i = 0; i < d->n_moving; i++) {
        dash_run *run = &d->runs[i];
        uint64_t k = run->box->r ? ory_run_k(run->box->r) : 0;

        if (k > run->noted && d->host.note) {
            snprintf(text, sizeof text, "%s:step(%" PRIu64 ");", run->name, k - run->noted);
            d->host.note(d->host.ctx, text);
        }
        run->noted = k;
    }
}

/* ---------------------------------------------------------------------- moving */

static ory_run *main_run(const ory_dash *d)
{
    return d->n_runs ? d->runs[0].box->r : NULL;
}

void dash_run_on(ory_dash *d, bool on, const char *reason)
{
    size_t i;

    if (on == d->running || d->n_moving == 0)
        return;
    d->running = on;
    d->owed = 0;
    for (i = 0; i < d->n_moving; i++) {
        dash_run *run = &d->runs[i];

        if (on) {
            run->state = ORY_STATE_RUN;
            run->noted = ory_run_k(run->box->r);
            run->rate_at = -1;
            run->reason[0] = '\0';
        } else if (run->state == ORY_STATE_RUN) {
            run->state = ORY_STATE_PAUSED;
            run->rate = NAN;
            if (reason)
                snprintf(run->reason, sizeof run->reason, "%s", reason);
        }
    }
    if (!on)
        dash_note_steps(d);
}

void dash_set_speed(ory_dash *d, double steps_per_frame)
{
    d->speed = steps_per_frame;
    d->owed = 0;
}

static void toggle(ory_dash *d)
{
    bool on = !d->running;

    if (d->n_moving == 0) {
        dash_say(d, "no run is here: type dash(r)");
        return;
    }
    echo(d, on ? "ui.run()" : "ui.pause()");
    dash_run_on(d, on, "paused by hand");
}

static void change_speed(ory_dash *d, double factor)
{
    double speed = factor > 1 ? fmin(most_steps_per_frame, d->speed * 2)
                              : fmax(1, isinf(d->speed) ? 1024 : d->speed / 2);

    dash_set_speed(d, isinf(factor) || (factor > 1 && isinf(d->speed)) ? INFINITY : speed);
    if (isinf(d->speed))
        echo(d, "ui.speed(\"max\")");
    else
        echo(d, "ui.speed(%.0f)", d->speed);
}

/* -------------------------------------------------------------------------- time */

static void seek_to(ory_dash *d, uint64_t k)
{
    char text[DASH_LINE] = "";
    size_t i, n = 0;

    dash_run_on(d, false, "paused to look back");
    for (i = 0; i < d->n_moving && n < sizeof text; i++) {
        uint64_t known = ory_run_known(d->runs[i].box->r);

        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s:rewind(%" PRIu64 ");", i ? " " : "",
                              d->runs[i].name, k < known ? k : known);
    }
    line(d, "%s", text);
}

static void seek_by(ory_dash *d, int64_t by)
{
    uint64_t k = ory_run_k(main_run(d)), known = ory_run_known(main_run(d)), to;

    if (by < 0)
        to = k > (uint64_t)-by ? k - (uint64_t)-by : 0;
    else
        to = k + (uint64_t)by < known ? k + (uint64_t)by : known;
    if (to == k)
        dash_say(d, by < 0 ? "this is the first step" : "nothing is known beyond this step");
    else
        seek_to(d, to);
}

static void seek(ory_dash *d, int direction, bool one)
{
    uint64_t known = ory_run_known(main_run(d));

    seek_by(d, direction * (one || known < 40 ? 1 : (int64_t)(known / 40)));
}

static void seek_mark(ory_dash *d, int direction)
{
    ory_run *r = main_run(d);
    uint64_t k = ory_run_k(r), best = 0;
    size_t i, n = ory_run_event_count(r);
    bool found = false;

    for (i = 0; i < n; i++) {
        ory_event e = ory_run_event_at(r, i);

        if (e.kind == ORY_EVENT_LIMIT || (direction < 0 ? e.k >= k : e.k <= k))
            continue;
        if (!found || (direction < 0 ? e.k > best : e.k < best))
            best = e.k;
        found = true;
    }
    if (found)
        seek_to(d, best);
    else
        dash_say(d, "no marker or event %s", direction < 0 ? "before" : "behind");
}

static void mark(ory_dash *d)
{
    size_t i, n = 1;
    ory_run *r = main_run(d);

    for (i = 0; i < ory_run_event_count(r); i++)
        n += ory_run_event_at(r, i).kind == ORY_EVENT_MARK;
    line(d, "%s:mark(\"mark %zu\");", d->runs[0].name, n);
}

/* -------------------------------------------------------------------------- runs */

static void reseed(ory_dash *d)
{
    const ory_system *s = ory_run_system(main_run(d));
    int row = ory_params_find(s->class->params, "seed");

    if (row < 0) {
        dash_say(d, "%s has no seed", s->class->name);
        return;
    }
    dash_run_on(d, false, NULL);
    line(d, "%s:reset{seed=%.0f};", d->runs[0].name, s->values.v[row].num + 1);
}

static void next_run(ory_dash *d)
{
    if (d->n_runs < 2) {
        dash_say(d, "there is one run; f forks it");
        return;
    }
    dash_note_steps(d);
    dash_show_run(d, d->n_runs - 1);
    echo(d, "ui.show(%s)", d->runs[0].name);
}

static void next_sync(ory_dash *d)
{
    static const char *const names[] = {"step", "time", "loss"};

    d->sync = d->sync == ORY_SYNC_STEP   ? ORY_SYNC_TIME
              : d->sync == ORY_SYNC_TIME ? ORY_SYNC_LOSS
                                         : ORY_SYNC_STEP;
    echo(d, "ui.sync(\"%s\")", names[d->sync]);
}

/* The knob that the focused panel shows, else the step size, else the first of the system,
 * else the first. */
static const char *knob_name(const ory_dash *d)
{
    const ory_panel *p = dash_panel(d, d->focus);
    ory_run *r = main_run(d);
    const ory_param *row;
    size_t i;

    for (i = 0; p && i < p->n_names; i++)
        if (ory_run_knob_find(r, p->names[i]) >= 0)
            return p->names[i];
    if (ory_run_knob_find(r, "step") >= 0)
        return "step";
    for (row = ory_run_system(r)->class->params; row && row->name; row++)
        if (row->flags & ORY_LIVE)
            return row->name;
    return ory_run_knob_count(r) > 0 ? ory_run_knob_at(r, 0, NULL)->name : NULL;
}

static void type_knob(ory_dash *d)
{
    const char *name = knob_name(d);
    char text[DASH_LINE];

    if (!name) {
        dash_say(d, "this run has no knob");
        return;
    }
    snprintf(text, sizeof text, "%s.%s = ", d->runs[0].name, name);
    type_line(d, text, 0);
}

/* A number's knob by a tenth up or down. */
static void turn_knob(ory_dash *d, int direction)
{
    const ory_snap_run *shown = dash_shot_run(d->runs[0].shot);
    const char *name = knob_name(d);
    const ory_snap_knob *knob = name ? ory_snap_knob_find(shown, name) : NULL;

    if (!knob || !isfinite(knob->value) || knob->value == 0)
        type_knob(d);
    else
        line(d, "%s.%s = %.4g", d->runs[0].name, name,
             direction > 0 ? knob->value * 1.1 : knob->value / 1.1);
}

static void type_break(ory_dash *d)
{
    bool gap = ory_run_probe_find(main_run(d), "gap") >= 0;
    char text[DASH_LINE];

    snprintf(text, sizeof text, "%s:when(\"%s < 1e-6\")", d->runs[0].name, gap ? "gap" : "loss");
    type_line(d, text, 2);
}

static void type_steps(ory_dash *d)
{
    char text[DASH_LINE];

    snprintf(text, sizeof text, "%s:step(100);", d->runs[0].name);
    type_line(d, text, 2);
}

/* A name that no global and no run has. */
static void fork_run(ory_dash *d)
{
    char name[16];
    size_t i;
    int n = 0;

    do {
        snprintf(name, sizeof name, "f%d", ++n);
        for (i = 0; i < d->n_runs && strcmp(d->runs[i].name, name) != 0; i++)
            ;
    } while (i < d->n_runs);
    line(d, "%s = %s:fork(\"%s\");", name, d->runs[0].name, name);
}

/* ------------------------------------------------------------------------ curves */

static void add_pin(ory_dash *d, const ory_snap_quantity *q)
{
    dash_pin *pin = &d->pins[d->n_pins];

    if (d->n_pins == DASH_PINS || q->kind != ORY_SNAP_SCALAR || q->n_bins == 0)
        return;
    pin->bins = ory_alloc(q->n_bins, sizeof *pin->bins);
    if (!pin->bins)
        return;
    memcpy(pin->bins, q->bins, q->n_bins * sizeof *pin->bins);
    pin->n = q->n_bins;
    snprintf(pin->label, sizeof pin->label, "pin %zu", d->pin_number);
    snprintf(pin->quantity, sizeof pin->quantity, "%s", q->name);
    d->n_pins++;
}

/* Every curve that a panel shows, bounds aside. */
static void pin_curves(ory_dash *d)
{
    const ory_snap_run *shown = dash_shot_run(d->runs[0].shot);
    const ory_snap_quantity *done[ORY_PANEL_WANTS];
    const ory_panel *p;
    size_t n_done = 0, n, k;
    int i;

    d->pin_number++;
    for (i = 0; (p = dash_panel(d, i)) != NULL; i++)
        for (n = 0; n < p->n_names && n_done < ORY_PANEL_WANTS; n++) {
            const ory_snap_quantity *q = ory_snap_find(shown, p->names[n]);

            for (k = 0; k < n_done && done[k] != q; k++)
                ;
            if (!q || q->bounds || k < n_done)
                continue;
            done[n_done++] = q;
            add_pin(d, q);
        }
    echo(d, "ui.pin()");
}

static void unpin(ory_dash *d)
{
    while (d->n_pins > 0)
        ory_free(d->pins[--d->n_pins].bins);
    echo(d, "ui.unpin()");
}

static void turn_axis(ory_dash *d, bool y)
{
    ory_panel *p = dash_panel(d, d->focus);
    const ory_snap_quantity *q;
    ory_turn *turn;

    if (!p || !d->n_runs)
        return;
    q = p->n_names ? ory_snap_find(dash_shot_run(d->runs[0].shot), p->names[0]) : NULL;
    turn = y ? &p->y_turn : &p->x_turn;
    *turn = ory_panel_log(*turn, y && q && q->log) ? ORY_TURN_LINEAR : ORY_TURN_LOG;
    echo(d, "ui.axis(\"%s\", \"%s\")", y ? "y" : "x", *turn == ORY_TURN_LOG ? "log" : "linear");
}

/* ------------------------------------------------------------------------ panels */

static bool shown(const ory_dash *d, int i)
{
    return d->rects[i].w > 0;
}

static void set_focus(ory_dash *d, int i)
{
    d->focus = i;
    if (d->zoom >= 0)
        d->zoom = i;
}

static void next_focus(ory_dash *d, int direction)
{
    ory_layout *l = dash_layout(d);
    int n = l ? (int)l->n_panels : 0, i, at = d->focus;

    for (i = 0; i < n; i++) {
        at = (at + direction + n) % n;
        if (shown(d, at) || d->zoom >= 0)
            break;
    }
    if (n > 0)
        set_focus(d, at);
}

/* The nearest panel whose rows overlap, in a direction (-1 left, 1 right). */
static bool focus_beside(ory_dash *d, int direction)
{
    const ory_rect *a = &d->rects[d->focus];
    int best = -1, distance = 0, i;

    for (i = 0; dash_panel(d, i); i++) {
        const ory_rect *b = &d->rects[i];
        int apart = direction < 0 ? a->x - (b->x + b->w) : b->x - (a->x + a->w);

        if (b->w == 0 || apart < 0 || b->y >= a->y + a->h || b->y + b->h <= a->y)
            continue;
        if (best < 0 || apart < distance) {
            best = i;
            distance = apart;
        }
    }
    if (best >= 0)
        set_focus(d, best);
    return best >= 0;
}

static void sideways(ory_dash *d, int direction)
{
    const ory_panel *p = dash_panel(d, d->focus);

    if (p && strcmp(p->class->name, "dial") == 0 && d->n_runs)
        turn_knob(d, direction);
    else if (!focus_beside(d, direction))
        next_focus(d, direction);
}

static void scroll_console(ory_dash *d, int lines)
{
    int64_t back = (int64_t)d->console_back - lines;

    d->console_back = back < 0                        ? 0
                      : (size_t)back >= d->n_console ? (d->n_console ? d->n_console - 1 : 0)
                                                     : (size_t)back;
}

static void row(ory_dash *d, int direction, int lines)
{
    ory_panel *p = dash_panel(d, d->focus);
    ory_snapshot s;
    size_t items;

    if (!p)
        return;
    if (strcmp(p->class->name, "console") == 0) {
        scroll_console(d, direction * lines);
        return;
    }
    s = dash_snapshot(d);
    items = p->detail ? 0 : ory_panel_items(&s, p);
    if (items > 0) {
        int64_t at = (int64_t)p->selected + direction * lines;

        p->selected = at < 0 ? 0 : (size_t)at >= items ? items - 1 : (size_t)at;
    } else {
        int64_t at = (int64_t)p->scroll + direction * lines;

        p->scroll = at < 0 ? 0 : (size_t)at;
    }
}

static void open_panel(ory_dash *d)
{
    ory_panel *p = dash_panel(d, d->focus);
    ory_snapshot s;

    if (!p)
        return;
    if (strcmp(p->class->name, "console") == 0) {
        dash_act(d, DASH_PROMPT, 0);
        return;
    }
    s = dash_snapshot(d);
    if (!p->detail && ory_panel_items(&s, p) > 0) {
        p->detail = true;
        p->scroll = 0;
        d->opened_wide = d->zoom < 0 && d->rects[d->focus].w < READABLE_W;
        if (d->opened_wide)
            d->zoom = d->focus;
        echo(d, "ui.open(%zu)", p->selected + 1);
    } else {
        d->zoom = d->zoom < 0 ? d->focus : -1;
        echo(d, "ui.zoom(%s)", d->zoom >= 0 ? "true" : "false");
    }
}

static void back(ory_dash *d)
{
    ory_panel *p = dash_panel(d, d->focus);

    d->message[0] = '\0';
    if (p && p->detail) {
        p->detail = false;
        p->scroll = 0;
        if (d->opened_wide)
            d->zoom = -1;
        d->opened_wide = false;
    } else if (d->zoom >= 0) {
        d->zoom = -1;
    } else if (d->filter[0]) {
        d->filter[0] = '\0';
    } else {
        d->console_back = 0;
    }
}

static void show_layout(ory_dash *d, int which)
{
    if (!d->layouts[which]) {
        dash_say(d, "there is no layout %d", which + 1);
        return;
    }
    d->layout = which;
    d->layout_mark++;
    d->focus = 0;
    d->zoom = -1;
    memset(d->rects, 0, sizeof d->rects);
    echo(d, "ui.layout(%d)", which + 1);
}

static void next_glyphs(ory_dash *d)
{
    size_t i = 0;

    while (ory_glyph_sets[i] != d->glyphs && i + 1 < ory_glyph_set_count)
        i++;
    d->glyphs = ory_glyph_sets[(i + 1) % ory_glyph_set_count];
    d->redraw = true;
    echo(d, "ui.glyphs(\"%s\")", d->glyphs->name);
}

static void next_colours(ory_dash *d)
{
    static const char *const names[] = {"none", "mono", "16", "256"};

    d->colours = d->colours <= ORY_COLOURS_MONO ? ORY_COLOURS_256 : d->colours - 1;
    echo(d, "ui.colors(\"%s\")", names[d->colours]);
}

/* ------------------------------------------------------------------------- acting */

/* Actions that need a run to act on. */
static bool on_run(ory_dash *d, dash_action action, int argument)
{
    switch (action) {
    case DASH_STEP:
        dash_run_on(d, false, NULL);
        line_each(d, ":step();");
        break;
    case DASH_STEPS: type_steps(d); break;
    case DASH_SEEK: seek(d, argument, false); break;
    case DASH_SEEK_ONE: seek(d, argument, true); break;
    case DASH_SEEK_MARK: seek_mark(d, argument); break;
    case DASH_SEEK_END: seek_by(d, argument < 0 ? INT64_MIN + 1 : (int64_t)ory_run_known(main_run(d)));
        break;
    case DASH_MARK: mark(d); break;
    case DASH_FORK: fork_run(d); break;
    case DASH_NEXT_RUN: next_run(d); break;
    case DASH_RESET:
        dash_run_on(d, false, NULL);
        line_each(d, ":reset();");
        break;
    case DASH_RESEED: reseed(d); break;
    case DASH_KNOB: type_knob(d); break;
    case DASH_BREAK: type_break(d); break;
    case DASH_PIN: pin_curves(d); break;
    case DASH_FLOW:
        d->flow_wanted = !d->flow_wanted;
        echo(d, "ui.flow(%s)", d->flow_wanted ? "true" : "false");
        break;
    default: return false;
    }
    return true;
}

static void on_view(ory_dash *d, dash_action action, int argument)
{
    switch (action) {
    case DASH_TOGGLE: toggle(d); break;
    case DASH_FASTER: change_speed(d, 2); break;
    case DASH_SLOWER: change_speed(d, 0.5); break;
    case DASH_FULL: change_speed(d, INFINITY); break;
    case DASH_SYNC: next_sync(d); break;
    case DASH_UNPIN: unpin(d); break;
    case DASH_LOG_X: turn_axis(d, false); break;
    case DASH_LOG_Y: turn_axis(d, true); break;
    case DASH_TIME:
        d->time_axis = !d->time_axis;
        echo(d, "ui.axis(\"x\", \"%s\")", d->time_axis ? "time" : "step");
        break;
    case DASH_SMOOTH:
        d->smooth = !d->smooth;
        echo(d, "ui.smooth(%s)", d->smooth ? "true" : "false");
        break;
    case DASH_FOCUS: next_focus(d, argument); break;
    case DASH_LEFT: sideways(d, -1); break;
    case DASH_RIGHT: sideways(d, 1); break;
    case DASH_ROW: row(d, argument, 1); break;
    case DASH_PAGE: row(d, argument, 8); break;
    case DASH_OPEN: open_panel(d); break;
    case DASH_BACK: back(d); break;
    case DASH_FILTER:
        d->filtering = true;
        d->filter[0] = '\0';
        break;
    case DASH_LAYOUT: show_layout(d, argument - 1); break;
    case DASH_GLYPHS: next_glyphs(d); break;
    case DASH_COLOURS: next_colours(d); break;
    case DASH_WRITE:
        if (d->host.write)
            d->host.write(d->host.ctx);
        break;
    case DASH_REDRAW: d->redraw = true; break;
    case DASH_PROMPT: type_line(d, "", 0); break;
    case DASH_HELP:
        d->help = true;
        d->help_scroll = 0;
        break;
    case DASH_LEAVE: d->leave = true; break;
    case DASH_QUIT: d->leave = d->quit = true; break;
    default: break;
    }
}

void dash_act(ory_dash *d, dash_action action, int argument)
{
    if (d->n_moving > 0 && on_run(d, action, argument))
        return;
    on_view(d, action, argument);
}

/* ---------------------------------------------------------------------------- keys */

static void press_in_filter(ory_dash *d, uint32_t key)
{
    size_t n = strlen(d->filter);
    char bytes[ORY_UTF8_MAX];

    if (key == '\r') {
        d->filtering = false;
        echo(d, "ui.filter(\"%s\")", d->filter);
    } else if (key == 27) {
        d->filtering = false;
        d->filter[0] = '\0';
    } else if ((key == 127 || key == 8) && n > 0) {
        do
            n--;
        while (n > 0 && ((unsigned char)d->filter[n] & 0xC0) == 0x80);
        d->filter[n] = '\0';
    } else if (key >= 32 && key < 0x110000 && key != 127 && key != '"' && key != '\\' &&
               n + ORY_UTF8_MAX < sizeof d->filter) {
        size_t k = ory_utf8_put(key, bytes);

        memcpy(d->filter + n, bytes, k);
        d->filter[n + k] = '\0';
    }
}

static const dash_key *find_key(uint32_t key)
{
    char name[ORY_KEYIN_NAME];
    size_t i, len;

    ory_keyin_name(key, name);
    len = strlen(name);
    for (i = 0; i < dash_key_count; i++) {
        const char *at = dash_keys[i].keys;

        while (*at) {
            size_t n = strcspn(at, " ");

            if (n == len && strncmp(at, name, n) == 0)
                return &dash_keys[i];
            at += n + (at[n] == ' ');
        }
    }
    return NULL;
}

static void press_in_help(ory_dash *d, const dash_key *k)
{
    if (k && (k->action == DASH_ROW || k->action == DASH_PAGE)) {
        int64_t at = (int64_t)d->help_scroll + k->argument * (k->action == DASH_PAGE ? 8 : 1);

        d->help_scroll = at < 0 ? 0 : (size_t)at;
    } else {
        d->help = false;
    }
}

void dash_press(ory_dash *d, uint32_t key)
{
    const dash_key *k = find_key(key);
    char name[ORY_KEYIN_NAME];

    if (d->filtering)
        press_in_filter(d, key);
    else if (d->help)
        press_in_help(d, k);
    else if (d->host.bound && d->host.bound(d->host.ctx, key))
        return;
    else if (k)
        dash_act(d, k->action, k->argument);
    else
        dash_say(d, "key %s does nothing; ? lists the keys", ory_keyin_name(key, name));
}

void dash_click(ory_dash *d, int x, int y, int button)
{
    int i;

    for (i = 0; dash_panel(d, i); i++) {
        const ory_rect *r = &d->rects[i];

        if (r->w == 0 || x < r->x || x >= r->x + r->w || y < r->y || y >= r->y + r->h)
            continue;
        set_focus(d, i);
        if (button == 64 || button == 65)
            row(d, button == 64 ? -1 : 1, 3);
        return;
    }
}
