/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_tree.c - runs and their forks over a common axis of steps, each labelled by the
 * knob that made it differ. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/panelkit.h"

static const ory_param tree_params[] = {
    ORY_PANEL_PARAMS,
    {.name = NULL},
};

enum { TREE_MAX = 128 };

/* Runs in the order of rows: every fork below its parent, later forks first, so that
 * no line crosses another. */
typedef struct tree {
    const ory_snap_run *run[TREE_MAX];
    int parent[TREE_MAX]; /* row, or -1 */
    size_t n;
    uint64_t last; /* furthest step of all */
} tree;

static bool placed(const tree *t, const ory_snap_run *r)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->run[i] == r)
            return true;
    return false;
}

static uint64_t end_of(const ory_snap_run *r)
{
    return r->known > r->k ? r->known : r->k;
}

/* The child of parent (0: of none) that forks last among those not yet placed. */
static const ory_snap_run *next_child(const ory_snapshot *s, const tree *t, uint64_t parent)
{
    const ory_snap_run *best = NULL;

    for (size_t i = 0; i < s->n_runs; i++) {
        const ory_snap_run *r = s->runs + i;
        if (r->parent != parent || r->id == parent || placed(t, r))
            continue;
        if (!best || (parent ? r->fork_step > best->fork_step : false))
            best = r;
    }
    return best;
}

static void add(tree *t, const ory_snap_run *r, int parent)
{
    if (t->n == TREE_MAX)
        return;
    t->run[t->n] = r;
    t->parent[t->n++] = parent;
    if (end_of(r) > t->last)
        t->last = end_of(r);
}

static void build(const ory_snapshot *s, tree *t)
{
    const ory_snap_run *r;
    int stack[TREE_MAX], depth = 0;

    t->n = 0;
    t->last = 1;
    for (;;) {
        while (depth > 0) {
            int row = stack[depth - 1];
            r = t->n < TREE_MAX && t->run[row]->id ? next_child(s, t, t->run[row]->id) : NULL;
            if (!r) {
                depth--;
                continue;
            }
            add(t, r, row);
            stack[depth++] = (int)t->n - 1;
        }
        r = t->n < TREE_MAX ? next_child(s, t, 0) : NULL;
        for (size_t i = 0; !r && t->n < TREE_MAX && i < s->n_runs; i++)
            if (!placed(t, s->runs + i)) /* its parent is not among the runs */
                r = s->runs + i;
        if (!r)
            return;
        add(t, r, -1);
        stack[depth++] = (int)t->n - 1;
    }
}

/* ------------------------------------------------------------------ drawing */

static int column(const tree *t, int w, uint64_t step)
{
    return (int)((double)step / (double)t->last * (w - 1) + 0.5);
}

static void draw_line(ory_canvas *c, const tree *t, size_t row, int y, int x0, int w, int top)
{
    const ory_glyphs *g = c->glyphs;
    const ory_snap_run *r = t->run[row];
    const int from = x0 + (t->parent[row] >= 0 ? column(t, w, r->fork_step) : 0);
    const int now = x0 + column(t, w, r->k), end = x0 + column(t, w, end_of(r));
    const ory_style style = ory_ink(row == 0 ? ORY_ROLE_CURVE1 : ory_curve_role((int)row));

    ory_canvas_hline(c, from, y, now - from + 1, g->thick_h, style);
    if (end > now)
        ory_canvas_hline(c, now + 1, y, end - now, g->dash_h, style);
    if (t->parent[row] >= 0) {
        int up = top + t->parent[row];
        ory_canvas_put(c, from, y, g->bottom_left, style);
        for (int i = up + 1; i < y; i++)
            if (i >= 0)
                ory_canvas_put(c, from, i, g->vertical, style);
        if (up >= 0 && up < y)
            ory_canvas_put(c, from, up, g->axis_tick_down, style);
    }
    ory_canvas_put(c, now, y, r->state == ORY_STATE_DIVERGED ? g->violation : g->knob,
                   ory_ink_attr(r->state == ORY_STATE_DIVERGED ? ORY_ROLE_BAD : style.role,
                                ORY_BOLD));
}

static void label(const ory_snap_run *r, char *text, size_t size)
{
    const ory_snap_quantity *loss = ory_snap_find(r, "loss");
    char value[40];

    snprintf(text, size, "%.60s%s", ory_given(r->fork_reason) ? r->fork_reason
             : ory_given(r->rule) ? r->rule : ory_or_empty(r->stepper),
             r->state == ORY_STATE_DIVERGED ? " · diverged" : "");
    if (loss && r->state != ORY_STATE_DIVERGED) {
        size_t n = strlen(text);
        snprintf(text + n, size - n, " · %s", ory_value_text(loss->value, value, sizeof value));
    }
}

static void tree_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    ory_canvas v = ory_canvas_view(c, 1, 0, c->w - 2, c->h);
    tree t;
    char text[160];
    int names = 1, labels = 0;

    build(s, &t);
    if (!t.n) {
        ory_panel_missing(c, "no runs");
        return;
    }
    for (size_t i = 0; i < t.n; i++) {
        int w = ory_text_width(c->glyphs, ory_or_empty(t.run[i]->name));
        names = w > names ? w : names;
        label(t.run[i], text, sizeof text);
        w = ory_text_width(c->glyphs, text);
        labels = w > labels ? w : labels;
    }
    names = names > v.w / 4 ? v.w / 4 : names;
    labels = labels > v.w * 2 / 5 ? v.w * 2 / 5 : labels;
    const int x0 = names + 1, w = v.w - x0 - labels - 2;
    const bool axis = v.h >= (int)t.n + 1;
    int top = 0;
    if (p->selected < t.n && (int)p->selected >= v.h)
        top = v.h - 1 - (int)p->selected;
    for (size_t i = t.n; i > 0 && w >= 4; i--)
        if (top + (int)i - 1 < v.h && top + (int)i > 0)
            draw_line(&v, &t, i - 1, top + (int)i - 1, x0, w, top);
    for (size_t i = 0; i < t.n; i++) {
        const bool chosen = p->focus && i == p->selected;
        int y = top + (int)i;
        ory_canvas_text_in(&v, 0, y, names, ORY_ALIGN_LEFT, ory_or_empty(t.run[i]->name),
                           ory_ink_attr(ORY_ROLE_DEFAULT,
                                        (chosen ? ORY_REVERSE : 0) |
                                            (t.run[i] == s->runs ? ORY_BOLD : 0)));
        label(t.run[i], text, sizeof text);
        ory_canvas_text_in(&v, v.w - labels, y, labels, ORY_ALIGN_LEFT, text,
                           ory_ink(ORY_ROLE_DIM));
    }
    if (axis && w >= 12) {
        ory_canvas_text(&v, x0, (int)t.n, "0", ory_ink(ORY_ROLE_LABEL));
        snprintf(text, sizeof text, "step %llu", (unsigned long long)t.last);
        ory_canvas_text_in(&v, x0 + 2, (int)t.n, w - 2, ORY_ALIGN_RIGHT, text,
                           ory_ink(ORY_ROLE_LABEL));
    }
}

static size_t tree_items(const ory_snapshot *s, const ory_panel *p)
{
    (void)p;
    return s->n_runs < TREE_MAX ? s->n_runs : TREE_MAX;
}

static void tree_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                         int *role)
{
    char text[32];

    (void)p;
    (void)role;
    ory_title_add(title, "runs");
    snprintf(text, sizeof text, "%zu", s->n_runs);
    ory_title_add(value, text);
}

const ory_panel_class ory_panel_tree = {
    .name = "tree",
    .doc = "Runs and their forks, each labelled by the knob that made it differ.",
    .params = tree_params,
    .min_w = 24, .min_h = 4,
    .heading = tree_heading,
    .draw = tree_draw,
    .items = tree_items,
};
