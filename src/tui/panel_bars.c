/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_bars.c - a vector as signed horizontal bars with names, largest first or in
 * order, a limit, and a second vector as a mark on every bar: what it was before. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/panelkit.h"

enum { P_SORT = ORY_PANEL_P_OWN, P_LIMIT };
enum { BARS_MAX = 256 };

static const char *const sort_choices[] = {"none", "size", NULL};
static const ory_param bars_params[] = {
    ORY_PANEL_PARAMS,
    {.name = "sort", .type = ORY_PARAM_CHOICE, .choices = sort_choices, .def = 1, .unit = "",
     .doc = "Order of the bars: as they are, or largest size first."},
    {.name = "limit", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "A number or a quantity: drawn as a line at that value."},
    {.name = NULL},
};

/* Indices of the entries to show, largest size first (selection among the first few:
 * n * rows comparisons). */
static size_t choose(const double *data, size_t n, bool sort, size_t rows, size_t out[BARS_MAX])
{
    size_t used = 0;

    if (rows > BARS_MAX)
        rows = BARS_MAX;
    for (size_t i = 0; i < n; i++) {
        if (!sort) {
            if (used < rows)
                out[used++] = i;
            continue;
        }
        double size = isnan(data[i]) ? -1 : fabs(data[i]);
        size_t at = used;
        while (at > 0) {
            double other = data[out[at - 1]];
            if ((isnan(other) ? -1 : fabs(other)) >= size)
                break;
            at--;
        }
        if (at >= rows)
            continue;
        if (used < rows)
            used++;
        memmove(out + at + 1, out + at, (used - 1 - at) * sizeof *out);
        out[at] = i;
    }
    return used;
}

static double limit_value(const ory_snapshot *s, const ory_panel *p)
{
    const char *text = ory_panel_text(p, P_LIMIT);
    const ory_snap_quantity *q = ory_snap_find(ory_panel_run(s, p), text);
    double v;
    char end;

    if (q)
        return q->value;
    return sscanf(text, "%lf%c", &v, &end) == 1 ? v : NAN;
}

static void entry_name(const ory_snap_quantity *q, size_t i, char *text, size_t size)
{
    if (q->row_names && q->row_names[i])
        snprintf(text, size, "%s", q->row_names[i]);
    else
        snprintf(text, size, "%zu", i + 1);
}

/* Columns of the bars: where zero lies and how many columns one unit takes. */
typedef struct span {
    int x, w, zero;
    double unit;
} span;

static span bar_span(const double *data, const double *marks, const size_t *index, size_t n, double limit,
                     int x, int w)
{
    double lo = 0, hi = 0;

    for (size_t i = 0; i < n; i++) {
        const double v = data[index[i]], mark = marks ? marks[index[i]] : 0;
        if (isfinite(v)) {
            lo = fmin(lo, v);
            hi = fmax(hi, v);
        }
        if (isfinite(mark)) {
            lo = fmin(lo, mark);
            hi = fmax(hi, mark);
        }
    }
    if (isfinite(limit) && fabs(limit) < 10 * fmax(hi, -lo)) {
        lo = fmin(lo, limit);
        hi = fmax(hi, limit);
    }
    double size = hi - lo;
    span k = {x, w, x, 0};
    if (!(size > 0))
        return k;
    if (isinf(size)) { /* halve everything: the shares stay */
        size = hi / 2 - lo / 2;
        k.unit = w / size / 2;
    } else {
        k.unit = w / size;
    }
    k.zero = x + (int)lround(fmin(-lo * k.unit, w));
    return k;
}

static void draw_bar(ory_canvas *c, int y, const span *k, double v, int role)
{
    if (!isfinite(v))
        return;
    double length = fabs(v) * k->unit;
    if (v >= 0) {
        int room = k->x + k->w - k->zero;
        ory_canvas_bar(c, k->zero, y, room, room > 0 ? length / room : 0, ory_ink(role));
    } else {
        int n = (int)lround(length);
        if (n < 1)
            n = 1;
        ory_canvas_hline(c, k->zero - n < k->x ? k->x : k->zero - n, y,
                         k->zero - n < k->x ? k->zero - k->x : n, c->glyphs->shade[3],
                         ory_ink(role));
    }
}

/* The column that value v falls into; the last one when it ends exactly there. */
static int column_of(const span *k, double v)
{
    int at = k->zero + (int)lround(v * k->unit);

    return at == k->x + k->w ? at - 1 : at;
}

static void draw_mark(ory_canvas *c, int y, const span *k, double v)
{
    if (!isfinite(v) || !(k->unit > 0))
        return;
    int at = column_of(k, v);
    if (at >= k->x && at < k->x + k->w)
        ory_canvas_vline(c, at, y, 1, c->glyphs->dash_v, ory_ink(ORY_ROLE_BOUND));
}

/* The second vector, when there is one of the same length. */
static const double *marks_of(const ory_snapshot *s, const ory_panel *p, const ory_snap_quantity *of)
{
    const ory_snap_quantity *q = p->n_names > 1 ? ory_panel_quantity(s, p, 1) : NULL;

    return q && q->data && q->rows == of->rows && q->cols == of->cols ? q->data : NULL;
}

static void bars_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    const ory_snap_quantity *q = ory_panel_quantity(s, p, 0);
    size_t index[BARS_MAX];
    char text[80];

    if (!q || !q->data || !q->rows) {
        ory_panel_missing(c, q ? "%s: nothing read yet" : "%s: no such quantity in this run",
                          p->names[0]);
        return;
    }
    const size_t n = q->rows * (q->cols ? q->cols : 1);
    const bool sort = p->options.v && ory_values_choice(&p->options, P_SORT) == 1;
    const size_t rows = choose(q->data, n, sort, (size_t)c->h, index);
    const double limit = limit_value(s, p), *marks = marks_of(s, p, q);
    int names = 0;
    for (size_t i = 0; i < rows; i++) {
        entry_name(q, index[i], text, sizeof text);
        int w = ory_text_width(c->glyphs, text);
        names = w > names ? w : names;
    }
    if (names > c->w / 3)
        names = c->w / 3;
    const int number = c->w >= 30 ? 9 : 0, x = 1 + names + 1;
    const span k = bar_span(q->data, marks, index, rows, limit, x, c->w - x - 1 - number);
    for (size_t i = 0; i < rows; i++) {
        const double v = q->data[index[i]];
        entry_name(q, index[i], text, sizeof text);
        ory_canvas_text_in(c, 1, (int)i, names, ORY_ALIGN_RIGHT, text, ory_ink(ORY_ROLE_LABEL));
        draw_bar(c, (int)i, &k, v, v < 0 ? ORY_ROLE_CURVE2 : ORY_ROLE_CURVE1);
        if (marks)
            draw_mark(c, (int)i, &k, marks[index[i]]);
        if (number)
            ory_canvas_text_in(c, c->w - number - 1, (int)i, number, ORY_ALIGN_RIGHT,
                               ory_value_text(v, text, sizeof text), ory_ink(ORY_ROLE_DEFAULT));
    }
    if (isfinite(limit) && k.unit > 0) {
        int at = column_of(&k, limit);
        if (at >= k.x && at < k.x + k.w)
            ory_canvas_vline(c, at, 0, (int)rows, c->glyphs->dash_v, ory_ink(ORY_ROLE_BOUND));
    }
}

static void bars_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                         int *role)
{
    const ory_snap_quantity *q = ory_panel_quantity(s, p, 0);
    char text[64];
    size_t zero = 0;

    (void)role;
    ory_title_names(s, p, title);
    if (!q || !q->data)
        return;
    const size_t n = q->rows * (q->cols ? q->cols : 1);
    for (size_t i = 0; i < n; i++)
        zero += q->data[i] == 0;
    if (zero)
        snprintf(text, sizeof text, "%zu of %zu not 0", n - zero, n);
    else
        snprintf(text, sizeof text, "%zu", n);
    ory_title_add(value, text);
}

const ory_panel_class ory_panel_bars = {
    .name = "bars",
    .doc = "A vector as signed bars with names and a limit line; a second one as marks on them.",
    .names_doc = "the vector; another of the same length, marked on its bars",
    .names_min = 1, .names_max = 2,
    .params = bars_params,
    .min_w = 18, .min_h = 4,
    .heading = bars_heading,
    .draw = bars_draw,
    .arrays = true,
};
