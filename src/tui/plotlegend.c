/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plotlegend.c - the legend of a plot: a line sample and a name for each series, in
 * as many rows as fit, the longest form of the names for which everything fits. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/plotdraw.h"

enum { ENTRY_TEXT = 128, GAP = 3, SAMPLE = 2 };

/* How much an entry says: name and source, the more telling of the two, that one
 * abbreviated. */
typedef enum { FULL, SHORT, SHORTEST } form;

static bool given(const char *text)
{
    return text && *text;
}

static const char *const kinds[][2] = {
    {"Theorem", "Thm"}, {"Corollary", "Cor"}, {"Proposition", "Prop"}, {"Lemma", "Lem"},
    {"Definition", "Def"}, {"Equation", "Eq"}, {"Section", "Sec"}, {"Assumption", "Ass"},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Where the theorem's own name begins behind that of the paper; -1: no theorem. */
static int theorem_kind(const char *source, const char **begin)
{
    int found = -1;

    for (int i = 0; i < KINDS; i++) {
        const char *at = strstr(source, kinds[i][0]);
        if (at && (found < 0 || at < *begin)) {
            *begin = at;
            found = i;
        }
    }
    return found;
}

void ory_theorem_name(const char *source, char *text, size_t size)
{
    const char *begin = source, *bracket = strstr(source, " (arXiv");

    if (theorem_kind(source, &begin) >= 0 || !bracket)
        snprintf(text, size, "%s", begin);
    else
        snprintf(text, size, "%.*s", (int)(bracket - source), source);
}

void ory_theorem_short(const char *source, char *text, size_t size)
{
    const char *begin = source;
    const int kind = theorem_kind(source, &begin);

    if (kind >= 0)
        snprintf(text, size, "%s%s", kinds[kind][1], begin + strlen(kinds[kind][0]));
    else
        ory_theorem_name(source, text, size);
}

/* Does the source alone say which of the bounds is meant? */
static bool source_tells(const ory_plot *p, size_t i)
{
    const ory_plot_series *s = p->series + i;

    if (s->role != ORY_PLOT_BOUND || !given(s->source))
        return false;
    for (size_t j = 0; j < p->n_series; j++)
        if (j != i && given(p->series[j].source) && given(p->series[j].name) &&
            strcmp(p->series[j].source, s->source) == 0)
            return !given(s->name);
    return true;
}

static void entry_text(const ory_plot *p, size_t i, form f, char text[ENTRY_TEXT])
{
    const ory_plot_series *s = p->series + i;
    const char *name = s->name ? s->name : "";
    char source[ENTRY_TEXT / 2] = "";

    if (s->role == ORY_PLOT_BOUND && given(s->source) && f == SHORTEST)
        ory_theorem_short(s->source, source, sizeof source);
    else if (s->role == ORY_PLOT_BOUND && given(s->source))
        ory_theorem_name(s->source, source, sizeof source);
    if (f == FULL && source[0] && given(name))
        snprintf(text, ENTRY_TEXT, "%.60s (%s)", name, source);
    else
        snprintf(text, ENTRY_TEXT, "%.120s", source_tells(p, i) ? source : name);
}

static void violation_text(const ory_plot_series *s, char *text, size_t size)
{
    char value[32];

    text[0] = 0;
    if (isfinite(s->violation))
        snprintf(text, size, "%s", ory_value_text(s->violation, value, sizeof value));
}

static void draw_sample(ory_canvas *c, int x, int y, const ory_plot *p, size_t i)
{
    const ory_plot_series *s = p->series + i;
    const ory_glyphs *g = c->glyphs;
    const ory_style style = ory_plot_style(p, i);
    const int marker = ory_plot_marker(p, i);
    uint32_t a = g->thick_h, b = g->thick_h;

    if (s->kind == ORY_PLOT_BAND)
        a = b = s->y ? g->thick_h : g->shade[2];
    else if (s->kind == ORY_PLOT_BARS)
        a = b = g->right_eighth[8];
    else if (s->role == ORY_PLOT_BOUND)
        a = b = g->dash_h;
    else if (s->role == ORY_PLOT_GHOST)
        a = b = g->dot_h;
    if (s->kind == ORY_PLOT_POINTS)
        a = ' ', b = g->marker[marker < 0 ? 0 : marker];
    else if (marker >= 0)
        a = g->marker[marker];
    ory_canvas_put(c, x, y, a, style);
    ory_canvas_put(c, x + 1, y, b, style);
}

static int entry_width(const ory_plot *p, size_t i, const ory_glyphs *g, form f)
{
    char text[ENTRY_TEXT], bad[40];

    entry_text(p, i, f, text);
    violation_text(p->series + i, bad, sizeof bad);
    return SAMPLE + 1 + ory_text_width(g, text) + (bad[0] ? 3 + ory_text_width(g, bad) : 0);
}

/* At most `room` columns; returns those used. */
static int draw_entry(ory_canvas *c, int x, int y, int room, const ory_plot *p, size_t i, form f)
{
    char text[ENTRY_TEXT], bad[40];
    int at = x + SAMPLE + 1;

    draw_sample(c, x, y, p, i);
    entry_text(p, i, f, text);
    at += ory_canvas_text_in(c, at, y, room - SAMPLE - 1, ORY_ALIGN_LEFT, text,
                             ory_ink(ORY_ROLE_DEFAULT));
    violation_text(p->series + i, bad, sizeof bad);
    if (bad[0] && at - x + 3 <= room) {
        ory_canvas_put(c, at + 1, y, c->glyphs->violation, ory_ink(ORY_ROLE_BAD));
        at += 3 + ory_canvas_text(c, at + 3, y, bad, ory_ink(ORY_ROLE_BAD));
    }
    return at - x;
}

static bool shown(const ory_plot_series *s)
{
    return given(s->name) || given(s->source);
}

static int count_shown(const ory_plot *p)
{
    int n = 0;
    for (size_t i = 0; i < p->n_series; i++)
        n += shown(p->series + i);
    return n;
}

/* Rows that form f needs at width w. */
static int rows_needed(const ory_plot *p, const ory_glyphs *g, int w, form f)
{
    int rows = 1, at = 0;

    for (size_t i = 0; i < p->n_series; i++) {
        if (!shown(p->series + i))
            continue;
        int entry = entry_width(p, i, g, f);
        if (at && at + GAP + entry > w) {
            rows++;
            at = 0;
        }
        at += (at ? GAP : 0) + entry;
    }
    return rows;
}

/* What does not fit in the last row is counted: "+2". */
static void draw_entries(const ory_plot *p, ory_canvas *c, int x, int w, int rows, form f)
{
    int at = 0, row = 0, left = count_shown(p);

    for (size_t i = 0; i < p->n_series; i++) {
        if (!shown(p->series + i))
            continue;
        const int entry = entry_width(p, i, c->glyphs, f);
        const int room = w - (row == rows - 1 && left > 1 ? 4 : 0);
        if (at && at + GAP + entry > room && row < rows - 1) {
            row++;
            at = 0;
        }
        if (at && at + GAP + entry > room) {
            ory_canvas_textf(c, x + at + 1, row, ory_ink(ORY_ROLE_DIM), "+%d", left);
            return;
        }
        at += at ? GAP : 0;
        at += draw_entry(c, x + at, row, room - at, p, i, f);
        left--;
    }
}

int ory_plot_legend(const ory_plot *p, ory_canvas *c, const ory_glyphs *g, int x, int w, int rows)
{
    int need = 0;
    form f = FULL;

    if (count_shown(p) == 0 || w < 6 || rows < 1)
        return 0;
    while ((need = rows_needed(p, g, w, f)) > rows && f < SHORTEST)
        f++;
    if (need > rows)
        need = rows;
    if (c)
        draw_entries(p, c, x, w, need, f);
    return need;
}
