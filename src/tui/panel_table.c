/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_table.c - numbers: scalars with unit, extremes and bounds, or a matrix. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/panelkit.h"

static const ory_param table_params[] = {
    ORY_PANEL_PARAMS,
    {.name = NULL},
};

enum { NUMBER_W = 11, TABLE_ROWS = 512 };

/* ------------------------------------------------------------------ scalars */

/* Quantities to list: those named, or all scalars of the run. */
static size_t list(const ory_snapshot *s, const ory_panel *p,
                   const ory_snap_quantity *out[TABLE_ROWS])
{
    const ory_snap_run *r = ory_panel_run(s, p);
    size_t n = 0;

    for (size_t i = 0; i < p->n_names; i++) {
        const ory_snap_quantity *q = ory_panel_quantity(s, p, i);
        if (q)
            out[n++] = q;
    }
    for (size_t i = 0; r && !p->n_names && i < r->n_quantities && n < TABLE_ROWS; i++)
        if (r->quantities[i].kind == ORY_SNAP_SCALAR)
            out[n++] = r->quantities + i;
    return n;
}

static void bound_words(const ory_snap_run *r, const ory_snap_quantity *q, char *text, size_t size)
{
    char a[40], b[40];
    const ory_snap_quantity *low = ory_snap_bound(r, q, -1, 0), *high = ory_snap_bound(r, q, 1, 0);
    const bool has_low = low && !isnan(low->value), has_high = high && !isnan(high->value);

    text[0] = 0;
    if (has_low && has_high)
        snprintf(text, size, "%s … %s", ory_value_text(low->value, a, sizeof a),
                 ory_value_text(high->value, b, sizeof b));
    else if (has_low)
        snprintf(text, size, "≥ %s", ory_value_text(low->value, a, sizeof a));
    else if (has_high)
        snprintf(text, size, "≤ %s", ory_value_text(high->value, a, sizeof a));
}

/* Columns: name, value, unit, label or reason, bounds, min, max; as many as fit. */
static void draw_scalar(ory_canvas *c, int y, const ory_snap_run *r, const ory_snap_quantity *q,
                        int names, bool selected)
{
    char text[120];
    int x = names + 1;
    double min, max;
    uint64_t at_min, at_max;

    ory_canvas_text_in(c, 0, y, names, ORY_ALIGN_LEFT, q->name,
                       ory_ink_attr(ORY_ROLE_DEFAULT, selected ? ORY_REVERSE : 0));
    ory_canvas_text_in(c, x, y, NUMBER_W, ORY_ALIGN_RIGHT,
                       ory_value_text(q->value, text, sizeof text),
                       ory_ink(isnan(q->value) ? ORY_ROLE_NA : ORY_ROLE_DEFAULT));
    x += NUMBER_W + 1;
    ory_canvas_text_in(c, x, y, 6, ORY_ALIGN_LEFT, ory_or_empty(q->unit), ory_ink(ORY_ROLE_DIM));
    x += 7;
    if (isnan(q->value) && ory_given(q->why)) {
        ory_canvas_text_in(c, x, y, c->w - x, ORY_ALIGN_LEFT, q->why, ory_ink(ORY_ROLE_NA));
        return;
    }
    if (x + 18 <= c->w) {
        bound_words(r, q, text, sizeof text);
        ory_canvas_text_in(c, x, y, 18, ORY_ALIGN_LEFT, text, ory_ink(ORY_ROLE_BOUND));
        x += 19;
    }
    ory_bins_extremes(q->bins, q->n_bins, r->k, &min, &at_min, &max, &at_max);
    if (x + 2 * NUMBER_W + 3 <= c->w && !isnan(min)) {
        ory_canvas_text_in(c, x, y, NUMBER_W, ORY_ALIGN_RIGHT,
                           ory_value_text(min, text, sizeof text), ory_ink(ORY_ROLE_DIM));
        ory_canvas_text_in(c, x + NUMBER_W + 1, y, NUMBER_W, ORY_ALIGN_RIGHT,
                           ory_value_text(max, text, sizeof text), ory_ink(ORY_ROLE_DIM));
    }
}

static void draw_heads(ory_canvas *c, int names)
{
    const ory_style style = ory_ink_attr(ORY_ROLE_DIM, ORY_UNDERLINE);
    int x = names + 1 + NUMBER_W + 1 + 7;

    ory_canvas_text(c, 0, 0, "quantity", style);
    ory_canvas_text_in(c, names + 1, 0, NUMBER_W, ORY_ALIGN_RIGHT, "now", style);
    if (x + 18 <= c->w)
        ory_canvas_text(c, x, 0, "bounds", style);
    x += 19;
    if (x + 2 * NUMBER_W + 3 <= c->w) {
        ory_canvas_text_in(c, x, 0, NUMBER_W, ORY_ALIGN_RIGHT, "least", style);
        ory_canvas_text_in(c, x + NUMBER_W + 1, 0, NUMBER_W, ORY_ALIGN_RIGHT, "most", style);
    }
}

static void draw_scalars(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    const ory_snap_quantity *rows[TABLE_ROWS];
    const size_t n = list(s, p, rows);
    const int head = c->h >= 4;
    int names = 8;
    size_t first = p->scroll;

    if (!n) {
        ory_panel_missing(c, p->n_names ? "the run has none of these quantities"
                                        : "the run has no scalars");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        int w = ory_text_width(c->glyphs, rows[i]->name);
        names = w > names ? w : names;
    }
    if (names > c->w / 2)
        names = c->w / 2;
    if (names > c->w - 1 - NUMBER_W) /* names are cut before numbers are */
        names = c->w - 1 - NUMBER_W > 4 ? c->w - 1 - NUMBER_W : 4;
    if (p->selected < n && p->selected >= (size_t)(c->h - head))
        first = p->selected - (size_t)(c->h - head) + 1;
    if (first >= n)
        first = n - 1;
    if (head)
        draw_heads(c, names);
    for (size_t i = first; i < n && (int)(i - first) + head < c->h; i++)
        draw_scalar(c, (int)(i - first) + head, ory_panel_run(s, p), rows[i], names,
                    p->focus && i == p->selected);
}

/* ------------------------------------------------------------------- matrix */

static void draw_matrix(const ory_snap_quantity *q, const ory_panel *p, ory_canvas *c)
{
    const int head = q->col_names && c->h >= 3;
    const int names = q->row_names ? 10 : ory_text_width(c->glyphs, "0000");
    const size_t fit = c->w > names + NUMBER_W ? (size_t)((c->w - names) / NUMBER_W) : 1;
    const size_t cols = q->cols < fit ? q->cols : fit;
    size_t first = p->scroll < q->rows ? p->scroll : q->rows - 1;
    char text[48];

    for (size_t j = 0; j < cols && head; j++)
        ory_canvas_text_in(c, names + (int)j * NUMBER_W, 0, NUMBER_W, ORY_ALIGN_RIGHT,
                           ory_or_empty(q->col_names[j]),
                           ory_ink_attr(ORY_ROLE_DIM, ORY_UNDERLINE));
    for (size_t i = first; i < q->rows && (int)(i - first) + head < c->h; i++) {
        int y = (int)(i - first) + head;
        snprintf(text, sizeof text, "%zu", i + 1);
        ory_canvas_text_in(c, 0, y, names - 1, ORY_ALIGN_RIGHT,
                           q->row_names && q->row_names[i] ? q->row_names[i] : text,
                           ory_ink(ORY_ROLE_LABEL));
        for (size_t j = 0; j < cols; j++)
            ory_canvas_text_in(c, names + (int)j * NUMBER_W, y, NUMBER_W - 1, ORY_ALIGN_RIGHT,
                               ory_value_text(q->data[i * q->cols + j], text, sizeof text),
                               ory_ink(ORY_ROLE_DEFAULT));
        if (cols < q->cols)
            ory_canvas_put(c, c->w - 1, y, c->glyphs->ellipsis, ory_ink(ORY_ROLE_DIM));
    }
}

static void table_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    const ory_snap_quantity *q = ory_panel_quantity(s, p, 0);
    ory_canvas v = ory_canvas_view(c, 1, 0, c->w - 2, c->h);

    if (q && q->kind != ORY_SNAP_SCALAR) {
        if (q->data && q->rows && q->cols && v.w > 0)
            draw_matrix(q, p, &v);
        else
            ory_panel_missing(c, "%s: nothing read yet", p->names[0]);
        return;
    }
    draw_scalars(s, p, &v);
}

static size_t table_items(const ory_snapshot *s, const ory_panel *p)
{
    const ory_snap_quantity *rows[TABLE_ROWS], *q = ory_panel_quantity(s, p, 0);

    return q && q->kind != ORY_SNAP_SCALAR ? q->rows : list(s, p, rows);
}

static void table_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                          int *role)
{
    (void)value;
    (void)role;
    if (p->n_names)
        ory_title_names(s, p, title);
    else
        ory_title_add(title, "quantities");
}

/* Named quantities may be arrays. */
static size_t table_wants(const ory_panel *p, ory_panel_want *out, size_t max)
{
    if (!p->n_names || !max)
        return 0;
    out[0] = (ory_panel_want){.name = p->names[0], .array = true};
    return 1;
}

const ory_panel_class ory_panel_table = {
    .name = "table",
    .doc = "Numbers: scalars with bounds and extremes, or a matrix.",
    .names_doc = "scalars, or one matrix; default: all scalars",
    .names_max = ORY_PANEL_NAMES,
    .params = table_params,
    .min_w = 24, .min_h = 4,
    .heading = table_heading,
    .draw = table_draw,
    .items = table_items,
    .wants = table_wants,
};
