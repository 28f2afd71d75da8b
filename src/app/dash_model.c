/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_model.c - making and freeing a dashboard, its layouts and its console. */
#include "config.h"

#include "app/dash_model.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"

static ory_status no_memory(ory_error *err)
{
    return ory_fail(err, ORY_ENOMEM, "out of memory");
}

/* -------------------------------------------------------------------- its life */

ory_status dash_new(const dash_host *host, ory_dash **out, ory_error *err)
{
    ory_dash *d = ory_alloc(1, sizeof *d);

    if (!d)
        return no_memory(err);
    if (host)
        d->host = *host;
    d->speed = 4;
    d->layout_mark = 1;
    d->zoom = -1;
    d->glyphs = &ory_glyphs_braille;
    d->colours = ORY_COLOURS_256;
    d->lines = ory_alloc(DASH_CONSOLE, sizeof *d->lines);
    d->ghosts = ory_alloc(DASH_PINS + 1, sizeof *d->ghosts);
    d->shown = ory_alloc(DASH_RUNS + DASH_GHOSTS, sizeof *d->shown);
    d->note_lines = ory_alloc(DASH_NOTES, sizeof *d->note_lines);
    d->key_rows = ory_alloc(dash_key_count + dash_tour_key_count, sizeof *d->key_rows);
    if (!d->lines || !d->ghosts || !d->shown || !d->note_lines || !d->key_rows) {
        dash_free(d);
        return no_memory(err);
    }
    *out = d;
    return ORY_OK;
}

void dash_free(ory_dash *d)
{
    size_t i;

    if (!d)
        return;
    while (d->n_runs > 0)
        dash_drop_run(d, d->n_runs - 1);
    dash_flow_end(d);
    for (i = 0; i < DASH_LAYOUTS; i++)
        ory_layout_free(d->layouts[i]);
    for (i = 0; i < d->n_pins; i++)
        ory_free(d->pins[i].bins);
    for (i = 0; i < d->n_plots; i++)
        ory_plot_free(d->plot_copies[i]);
    for (i = 0; i < DASH_CONSOLE; i++)
        ory_free(d->console[i].text);
    dash_note_clear(d);
    ory_free(d->note_lines);
    ory_free(d->lines);
    ory_free(d->ghosts);
    ory_free(d->shown);
    ory_free(d->key_rows);
    ory_free(d);
}

/* ------------------------------------------------------------------------ runs */

ory_status dash_add_run(ory_dash *d, ory_run_box *box, int ref, const char *name,
                        ory_snap_part part, ory_error *err)
{
    bool moves = part == ORY_PART_LOCKSTEP;
    size_t at = moves ? d->n_moving : d->n_runs;
    dash_shot *shot;

    if (moves ? d->n_moving == DASH_RUNS : d->n_runs - d->n_moving == DASH_GHOSTS)
        return ory_fail(err, ORY_ERANGE, "a dashboard shows at most %d runs that move and %d ghosts",
                        DASH_RUNS, DASH_GHOSTS);
    if (!(shot = dash_shot_new()))
        return no_memory(err);
    memmove(d->runs + at + 1, d->runs + at, (d->n_runs - at) * sizeof *d->runs);
    d->runs[at] = (dash_run){.box = box, .ref = ref, .part = part, .state = ORY_STATE_PAUSED,
                             .noted = ory_run_k(box->r), .rate = NAN, .rate_at = -1, .shot = shot};
    snprintf(d->runs[at].name, sizeof d->runs[at].name, "%s", name);
    d->n_runs++;
    d->n_moving += moves;
    return ORY_OK;
}

void dash_drop_run(ory_dash *d, size_t i)
{
    dash_shot_free(d->runs[i].shot);
    memmove(d->runs + i, d->runs + i + 1, (d->n_runs - i - 1) * sizeof *d->runs);
    d->n_runs--;
    d->n_moving -= i < d->n_moving;
}

/* A ghost that is shown begins to move; the others of the moving runs move on. */
void dash_show_run(ory_dash *d, size_t i)
{
    dash_run run;

    if (i == 0 || i >= d->n_runs)
        return;
    run = d->runs[i];
    memmove(d->runs + 1, d->runs, i * sizeof *d->runs);
    d->runs[0] = run;
    if (run.part == ORY_PART_GHOST) { /* changes places with the one shown before */
        d->runs[0].part = ORY_PART_LOCKSTEP;
        d->runs[0].noted = ory_run_k(run.box->r);
        if (d->n_moving == 1)
            d->runs[1].part = ORY_PART_GHOST;
        else
            d->n_moving++;
        if (d->n_moving > DASH_RUNS) {
            d->runs[--d->n_moving].part = ORY_PART_GHOST;
        }
    }
}

/* --------------------------------------------------------------------- layouts */

ory_layout *dash_layout(const ory_dash *d)
{
    return d->layouts[d->layout];
}

ory_panel *dash_panel(const ory_dash *d, int i)
{
    ory_layout *l = dash_layout(d);

    return l && i >= 0 && (size_t)i < l->n_panels ? &l->panels[i] : NULL;
}

int dash_panel_find(const ory_dash *d, const char *class)
{
    const ory_panel *p;
    int i;

    for (i = 0; (p = dash_panel(d, i)) != NULL; i++)
        if (strcmp(p->class->name, class) == 0)
            return i;
    return -1;
}

ory_status dash_set_layout(ory_dash *d, int which, const char *text, ory_error *err)
{
    ory_layout *l = NULL;
    ory_status ok = ory_layout_parse(text, &l, err);

    if (ok != ORY_OK)
        return ok;
    ory_layout_free(d->layouts[which]);
    d->layouts[which] = l;
    d->layout_mark++;
    if (which == d->layout) {
        d->focus = 0;
        d->zoom = -1;
    }
    return ORY_OK;
}

/* The run's own layout, and further ones: the curve alone, everything it has, all claims,
 * the tree of runs. A layout that does not fit the run's quantities says so in its panels. */
ory_status dash_default_layouts(ory_dash *d, ory_error *err)
{
    static const char *const more[] = {
        "v(trace(loss), console:=8)",
        NULL, /* the generic one */
        "v(claims, console:=8)",
        "v(table, console:=8)",
        "v(h(tree, note), console:=8)",
    };
    const char *own = d->n_runs ? ory_run_system(d->runs[0].box->r)->class->layout : NULL;
    char generic[1024];
    ory_status ok;
    size_t i;

    ory_layout_generic(d->n_runs ? dash_shot_run(d->runs[0].shot) : NULL, generic, sizeof generic);
    ok = dash_set_layout(d, 0, own ? own : generic, err);
    for (i = 0; ok == ORY_OK && i < sizeof more / sizeof *more; i++)
        ok = dash_set_layout(d, (int)i + 1, more[i] ? more[i] : generic, err);
    return ok;
}

/* --------------------------------------------------------------------- console */

static void print_line(ory_dash *d, int role, const char *text, size_t n)
{
    dash_line *line = &d->console[(d->console_at + d->n_console) % DASH_CONSOLE];
    char *copy = ory_alloc(n + 1, 1);
    size_t i, k = 0;

    if (!copy)
        return;
    for (i = 0; i < n; i++) { /* tabs as blanks, no other control characters */
        unsigned char c = (unsigned char)text[i];

        if (c == 27 && i + 1 < n && text[i + 1] == '[') { /* a color sequence */
            for (i += 2; i < n && !(text[i] >= '@' && text[i] <= '~'); i++)
                ;
            continue;
        }
        if (c >= 32 || c == '\t')
            copy[k++] = c == '\t' ? ' ' : text[i];
    }
    copy[k] = '\0';
    if (d->n_console == DASH_CONSOLE)
        d->console_at = (d->console_at + 1) % DASH_CONSOLE;
    else
        d->n_console++;
    ory_free(line->text);
    d->printed++;
    line->text = copy;
    line->role = (uint8_t)role;
    line->indent = 2;
    if (d->console_back > 0)
        d->console_back++; /* what is looked at stays in place */
}

void dash_print(ory_dash *d, int role, const char *text)
{
    const char *end;

    do {
        end = text + strcspn(text, "\n");
        print_line(d, role, text, (size_t)(end - text));
        text = end + 1;
    } while (*end);
}

void dash_printf(ory_dash *d, int role, const char *fmt, ...)
{
    char text[1024];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    dash_print(d, role, text);
}

void dash_say(ory_dash *d, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(d->message, sizeof d->message, fmt, args);
    va_end(args);
    d->message_until = d->clock + 2.5;
}
