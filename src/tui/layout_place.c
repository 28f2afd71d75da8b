/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layout_place.c - boxes into a rectangle: shares by weight, minimal sizes kept, what has
 * no room left out; and whole frames. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tui/layout.h"
#include "tui/panelkit.h"

/* The placing under way: which panels are still in. */
typedef struct placing {
    const ory_layout *l;
    bool in[ORY_LAYOUT_PANELS];
    int keep;
    ory_rect *out;
} placing;

enum { CHILDREN = ORY_LAYOUT_BOXES };

static bool is_console(const ory_panel *p)
{
    return strcmp(p->class->name, "console") == 0;
}

/* Smallest size of a box with what is still in; 0 x 0 when nothing is. */
static void least(const placing *k, int box, int *w, int *h)
{
    const ory_layout_box *b = k->l->boxes + box;

    *w = *h = 0;
    if (b->kind == ORY_BOX_PANEL) {
        if (k->in[b->panel]) {
            *w = k->l->panels[b->panel].class->min_w;
            *h = k->l->panels[b->panel].class->min_h;
        }
        return;
    }
    for (int i = b->first; i >= 0; i = k->l->boxes[i].next) {
        int cw, ch;
        least(k, i, &cw, &ch);
        if (b->kind == ORY_BOX_ROWS) {
            *w = cw > *w ? cw : *w;
            *h += ch;
        } else {
            *w += cw;
            *h = ch > *h ? ch : *h;
        }
    }
}

static bool any_in(const placing *k, int box)
{
    int w, h;

    least(k, box, &w, &h);
    return w > 0;
}

/* The panel of a box that is given up first: the last, but the console late and the
 * kept one never. -1: none. */
static int victim(const placing *k, int box)
{
    const ory_layout_box *b = k->l->boxes + box;
    int last = -1, console = -1;

    if (b->kind == ORY_BOX_PANEL)
        return k->in[b->panel] && b->panel != k->keep ? b->panel : -1;
    for (int i = b->first; i >= 0; i = k->l->boxes[i].next) {
        int v = victim(k, i);
        if (v >= 0 && is_console(k->l->panels + v))
            console = v;
        else if (v >= 0)
            last = v;
    }
    return last >= 0 ? last : console;
}

/* Sizes of n boxes along one direction: fixed ones first, the rest by weight, each at
 * least its minimum; the sum is exactly `room`. */
static void share(const double *weight, const int *fixed, const int *min, int n, int room,
                  int *size)
{
    bool set[CHILDREN] = {false};
    int left = room, open = 0;

    for (int i = 0; i < n; i++) {
        size[i] = 0;
        if (weight[i] == 0) {
            size[i] = fixed[i] > min[i] ? fixed[i] : min[i];
            left -= size[i];
            set[i] = true;
        } else {
            open++;
        }
    }
    for (bool again = true; again && open;) {
        double sum = 0;
        again = false;
        for (int i = 0; i < n; i++)
            sum += set[i] ? 0 : weight[i];
        for (int i = 0; i < n && !again; i++) {
            if (!set[i] && left * weight[i] / sum < min[i]) {
                size[i] = min[i];
                left -= min[i];
                set[i] = again = true;
                open--;
            }
        }
    }
    double sum = 0, done = 0;
    int given = 0;
    for (int i = 0; i < n; i++)
        sum += set[i] ? 0 : weight[i];
    for (int i = 0; i < n; i++) {
        if (set[i])
            continue;
        done += weight[i];
        size[i] = (int)lround(left * done / sum) - given;
        given += size[i];
    }
}

/* After fixed sizes and minima something may be over or missing: the last box takes it. */
static void settle(int *size, int n, int room)
{
    int sum = 0;

    for (int i = 0; i < n; i++)
        sum += size[i];
    for (int i = n - 1; i >= 0 && sum != room; i--) {
        int next = size[i] + room - sum;
        if (next < 1)
            next = 1;
        sum += next - size[i];
        size[i] = next;
    }
}

static void place(placing *k, int box, ory_rect at);

static void place_children(placing *k, const ory_layout_box *b, ory_rect at)
{
    const bool rows = b->kind == ORY_BOX_ROWS;
    double weight[CHILDREN];
    int fixed[CHILDREN], min[CHILDREN], size[CHILDREN], child[CHILDREN], n = 0;

    for (int i = b->first; i >= 0; i = k->l->boxes[i].next) {
        int w, h;
        least(k, i, &w, &h);
        if (!w)
            continue;
        weight[n] = k->l->boxes[i].weight;
        fixed[n] = k->l->boxes[i].cells;
        min[n] = rows ? h : w;
        child[n++] = i;
    }
    if (!n)
        return;
    share(weight, fixed, min, n, rows ? at.h : at.w, size);
    settle(size, n, rows ? at.h : at.w);
    for (int i = 0; i < n; i++) {
        ory_rect part = rows ? (ory_rect){at.x, at.y, at.w, size[i]}
                             : (ory_rect){at.x, at.y, size[i], at.h};
        place(k, child[i], part);
        if (rows)
            at.y += size[i];
        else
            at.x += size[i];
    }
}

static void place(placing *k, int box, ory_rect at)
{
    const ory_layout_box *b = k->l->boxes + box;
    int w, h, v;

    if (b->kind == ORY_BOX_PANEL) {
        k->out[b->panel] = at;
        return;
    }
    for (least(k, box, &w, &h); w > at.w || h > at.h; least(k, box, &w, &h)) {
        v = victim(k, box);
        if (v < 0)
            break;
        k->in[v] = false;
        if (!any_in(k, box)) {
            k->in[v] = true; /* the last one is drawn as well as it goes */
            break;
        }
    }
    place_children(k, b, at);
}

size_t ory_layout_place(const ory_layout *l, int w, int h, const bool *hidden, int keep,
                        ory_rect *out)
{
    placing k = {.l = l, .keep = keep, .out = out};
    size_t shown = 0;

    memset(out, 0, l->n_panels * sizeof *out);
    for (size_t i = 0; i < l->n_panels; i++)
        k.in[i] = !hidden || !hidden[i];
    if (w < 1 || h < 1)
        return 0;
    if (any_in(&k, 0))
        place(&k, 0, (ory_rect){0, 0, w, h});
    for (size_t i = 0; i < l->n_panels; i++) {
        if (!k.in[i] || out[i].h < 1 || out[i].w < 1)
            out[i] = (ory_rect){0, 0, 0, 0};
        shown += out[i].w > 0;
    }
    return shown;
}

/* ------------------------------------------------------------------ drawing */

static size_t draw_placed(const ory_layout *l, const ory_snapshot *s, const bool *hidden,
                          int keep, ory_canvas *c, ory_rect *out)
{
    ory_rect own[ORY_LAYOUT_PANELS], *rects = out ? out : own;
    const size_t shown = ory_layout_place(l, c->w, c->h, hidden, keep, rects);

    for (size_t i = 0; i < l->n_panels; i++) {
        if (!rects[i].w)
            continue;
        ory_canvas v = ory_canvas_view(c, rects[i].x, rects[i].y, rects[i].w, rects[i].h);
        ory_panel_draw(s, l->panels + i, &v);
    }
    return shown;
}

void ory_layout_draw(const ory_layout *l, const ory_snapshot *s, int keep, ory_canvas *c,
                     ory_rect *rects)
{
    draw_placed(l, s, NULL, keep, c, rects);
}

static void choose(const ory_layout *l, const ory_snapshot *s, int zoom, bool *hidden)
{
    for (size_t i = 0; i < l->n_panels; i++) {
        const ory_panel *p = l->panels + i;
        if (zoom >= 0)
            hidden[i] = (int)i != zoom && !is_console(p);
        else
            hidden[i] = ory_given(s->filter) && !is_console(p) &&
                        !ory_panel_matches(s, p, s->filter);
    }
}

static void shift(const ory_layout *l, ory_rect *rects, int rows)
{
    for (size_t i = 0; rects && i < l->n_panels; i++)
        rects[i].y += rects[i].w ? rows : 0;
}

void ory_frame_draw(const ory_layout *l, const ory_snapshot *s, int keep, int zoom,
                    ory_canvas *c, ory_rect *rects)
{
    bool hidden[ORY_LAYOUT_PANELS];
    int rows = c->h < 20 ? 1 : ory_header_rows(s, c->w, c->glyphs);

    if (rects)
        memset(rects, 0, l->n_panels * sizeof *rects);
    if (c->w < ORY_TOO_SMALL_W || c->h < ORY_TOO_SMALL_H) {
        ory_too_small_draw(c, ORY_TOO_SMALL_W, ORY_TOO_SMALL_H);
        return;
    }
    ory_canvas head = ory_canvas_view(c, 0, 0, c->w, rows);
    ory_canvas body = ory_canvas_view(c, 0, rows, c->w, c->h - rows - 1);
    ory_canvas foot = ory_canvas_view(c, 0, c->h - 1, c->w, 1);
    ory_header_draw(s, &head);
    choose(l, s, zoom, hidden);
    if (!draw_placed(l, s, hidden, zoom >= 0 ? zoom : keep, &body, rects))
        ory_panel_missing(&body, "no panel contains '%s'", ory_or_empty(s->filter));
    shift(l, rects, rows);
    ory_footer_draw(s, &foot);
}
