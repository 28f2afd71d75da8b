/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layout.c - a line of text as boxes and panels; placing is in layout_place.c. */
#include "config.h"

#include "tui/layout.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "tui/panelkit.h"

enum { WORD = 160, DEPTH_MAX = 12 };

typedef struct parser {
    const char *text, *at;
    ory_layout *l;
    ory_error *err;
    int depth;
} parser;

/* ------------------------------------------------------------------- tokens */

static int place_of(const parser *p)
{
    return (int)(p->at - p->text) + 1;
}

static void skip_space(parser *p)
{
    while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')
        p->at++;
}

static bool take(parser *p, char ch)
{
    skip_space(p);
    if (*p->at != ch)
        return false;
    p->at++;
    return true;
}

static bool word_char(char ch)
{
    return ch && !strchr(" \t\r\n,()=:\"'", ch);
}

/* A word or a "quoted text"; empty words are an error. */
static ory_status word(parser *p, char out[WORD], bool *quoted)
{
    size_t n = 0;

    skip_space(p);
    const int start = place_of(p);
    char quote = *p->at == '"' || *p->at == '\'' ? *p->at++ : 0;
    *quoted = quote != 0;
    while (quote ? *p->at && *p->at != quote : word_char(*p->at)) {
        if (n + 1 >= WORD)
            return ory_fail(p->err, ORY_EINVAL, "layout: the word at column %d is longer than %d bytes",
                            start, WORD - 1);
        out[n++] = *p->at++;
    }
    out[n] = 0;
    if (quote && *p->at++ != quote) {
        p->at--;
        return ory_fail(p->err, ORY_EINVAL, "layout: the quote at column %d is not closed", start);
    }
    if (!n && !quote)
        return *p->at ? ory_fail(p->err, ORY_EINVAL, "layout: '%c' at column %d, a panel or a name expected",
                                 *p->at, start)
                      : ory_fail(p->err, ORY_EINVAL, "layout: ends at column %d where a panel or a name "
                                 "is expected", start);
    return ORY_OK;
}

/* -------------------------------------------------------------------- boxes */

static int new_box(parser *p, ory_box_kind kind)
{
    ory_layout *l = p->l;

    if (l->n_boxes == ORY_LAYOUT_BOXES) {
        ory_fail(p->err, ORY_ERANGE, "layout: more than %d boxes", ORY_LAYOUT_BOXES);
        return -1;
    }
    l->boxes[l->n_boxes] = (ory_layout_box){.kind = kind, .weight = 1, .panel = -1, .first = -1,
                                            .next = -1};
    return (int)l->n_boxes++;
}

static ory_status size_suffix(parser *p, ory_layout_box *box)
{
    char *end;

    if (!take(p, ':'))
        return ORY_OK;
    const bool fixed = take(p, '=');
    skip_space(p);
    double v = strtod(p->at, &end);
    if (end == p->at || !(v > 0) || v > 1000 || (fixed && v != floor(v)))
        return ory_fail(p->err, ORY_EINVAL, "layout: size at column %d must be a %s > 0 and <= 1000",
                        place_of(p), fixed ? "whole number" : "number");
    p->at = end;
    if (fixed) {
        box->weight = 0;
        box->cells = (int)v;
    } else {
        box->weight = v;
    }
    return ORY_OK;
}

/* ------------------------------------------------------------------ options */

static ory_status set_number(ory_values *v, const char *name, const char *text, ory_error *err)
{
    char *end;
    double x = strtod(text, &end);

    if (end == text || *end)
        return ory_fail(err, ORY_EINVAL, "%s: %s = \"%s\" (a number expected)", v->owner, name, text);
    return ory_values_set_num(v, name, x, err);
}

static ory_status set_option(parser *p, ory_panel *panel, const char *name, const char *text)
{
    const ory_param *params = panel->class->params;
    const int i = ory_params_find(params, name);
    const bool yes = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;

    if (i >= 0 && (params[i].type == ORY_PARAM_REAL || params[i].type == ORY_PARAM_INT))
        return set_number(&panel->options, name, text, p->err);
    if (i >= 0 && params[i].type == ORY_PARAM_BOOL &&
        (yes || strcmp(text, "false") == 0 || strcmp(text, "0") == 0))
        return ory_values_set_bool(&panel->options, name, yes, p->err);
    return ory_values_set_text(&panel->options, name, text, p->err);
}

static ory_status panel_given(parser *p, ory_panel *panel)
{
    char name[WORD], value[WORD];
    bool quoted;
    ory_status status;

    while (!take(p, ')')) {
        if (take(p, ','))
            continue;
        status = word(p, name, &quoted);
        if (status != ORY_OK)
            return status;
        if (!quoted && take(p, '=')) {
            status = word(p, value, &quoted);
            if (status == ORY_OK)
                status = set_option(p, panel, name, value);
        } else {
            status = ory_panel_add_name(panel, name, p->err);
        }
        if (status != ORY_OK)
            return status;
    }
    return ORY_OK;
}

/* The nearest among panel names, v and h. */
static ory_status unknown_panel(parser *p, const char *name, int column)
{
    const char *names[64] = {"v", "h"};
    size_t n = 2;

    for (size_t i = 0; i < ory_panel_class_count() && n < 64; i++)
        names[n++] = ory_panel_class_at(i)->name;
    const char *near = ory_nearest(name, names, n);
    if (near)
        return ory_fail(p->err, ORY_ENAME, "layout: no panel '%s' at column %d (did you mean '%s'?)",
                        name, column, near);
    return ory_fail(p->err, ORY_ENAME, "layout: no panel '%s' at column %d (panels: bars, claims, "
                    "console, dial, heat, meter, trace, …)", name, column);
}

static ory_status panel_box(parser *p, const char *name, int column, int box)
{
    const ory_panel_class *class = ory_panel_class_find(name);
    ory_layout *l = p->l;
    ory_status status;

    if (!class)
        return unknown_panel(p, name, column);
    if (l->n_panels == ORY_LAYOUT_PANELS)
        return ory_fail(p->err, ORY_ERANGE, "layout: more than %d panels", ORY_LAYOUT_PANELS);
    ory_panel *panel = l->panels + l->n_panels;
    status = ory_panel_init(panel, class, p->err);
    l->boxes[box].panel = (int)l->n_panels++;
    if (status == ORY_OK && take(p, '('))
        status = panel_given(p, panel);
    if (status == ORY_OK && panel->n_names < class->names_min)
        return ory_fail(p->err, ORY_EINVAL, "%s: at least %zu name%s needed in (…): %s", class->name,
                        class->names_min, class->names_min == 1 ? "" : "s", class->names_doc);
    return status;
}

static ory_status parse_box(parser *p, int *out);

static ory_status children(parser *p, int box)
{
    int last = -1, child;

    if (++p->depth > DEPTH_MAX)
        return ory_fail(p->err, ORY_ERANGE, "layout: boxes nested deeper than %d", DEPTH_MAX);
    while (!take(p, ')')) {
        if (take(p, ','))
            continue;
        if (!*p->at)
            return ory_fail(p->err, ORY_EINVAL, "layout: ')' missing at the end (column %d)",
                            place_of(p));
        ory_status status = parse_box(p, &child);
        if (status != ORY_OK)
            return status;
        if (last < 0)
            p->l->boxes[box].first = child;
        else
            p->l->boxes[last].next = child;
        last = child;
    }
    p->depth--;
    if (last < 0)
        return ory_fail(p->err, ORY_EINVAL, "layout: an empty box before column %d", place_of(p));
    return ORY_OK;
}

static ory_status parse_box(parser *p, int *out)
{
    char name[WORD];
    bool quoted;
    skip_space(p);
    const int column = place_of(p);
    ory_status status = word(p, name, &quoted);

    if (status != ORY_OK)
        return status;
    const bool rows = strcmp(name, "v") == 0, columns = strcmp(name, "h") == 0;
    *out = new_box(p, rows ? ORY_BOX_ROWS : columns ? ORY_BOX_COLUMNS : ORY_BOX_PANEL);
    if (*out < 0)
        return ORY_ERANGE;
    if (rows || columns) {
        if (!take(p, '('))
            return ory_fail(p->err, ORY_EINVAL, "layout: '(' expected after '%s' at column %d", name,
                            place_of(p));
        status = children(p, *out);
    } else {
        status = panel_box(p, name, column, *out);
    }
    return status == ORY_OK ? size_suffix(p, p->l->boxes + *out) : status;
}

ory_status ory_layout_parse(const char *text, ory_layout **out, ory_error *err)
{
    ory_layout *l = ory_alloc(1, sizeof *l);
    parser p = {.text = text, .at = text, .l = l, .err = err};
    ory_status status;
    int root;

    *out = NULL;
    if (!l)
        return ory_fail(err, ORY_ENOMEM, "layout: out of memory");
    l->n_boxes = l->n_panels = 0;
    status = parse_box(&p, &root);
    skip_space(&p);
    if (status == ORY_OK && *p.at)
        status = ory_fail(err, ORY_EINVAL, "layout: '%.20s' at column %d after the end", p.at,
                          place_of(&p));
    if (status != ORY_OK) {
        ory_layout_free(l);
        return status;
    }
    *out = l;
    return ORY_OK;
}

void ory_layout_free(ory_layout *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->n_panels; i++)
        ory_panel_fini(l->panels + i);
    ory_free(l);
}

/* ------------------------------------------------------------------ generic */

/* A text that grows and refuses what does not fit as a whole. */
typedef struct builder {
    char *text;
    size_t size, used;
} builder;

static bool put(builder *b, const char *piece)
{
    size_t n = strlen(piece);

    if (b->used + n + 1 > b->size)
        return false;
    memcpy(b->text + b->used, piece, n + 1);
    b->used += n;
    return true;
}

static bool plain_word(const char *name)
{
    for (const char *p = name; *p; p++)
        if (!word_char(*p))
            return false;
    return *name != 0;
}

static size_t put_panel(builder *b, size_t count, const char *panel, const char *name)
{
    char piece[ORY_PANEL_NAME + 40];

    if (name && (strlen(name) >= ORY_PANEL_NAME || strchr(name, '"')))
        return count;
    if (!name)
        snprintf(piece, sizeof piece, "%s%s", count ? ", " : "", panel);
    else
        snprintf(piece, sizeof piece, plain_word(name) ? "%s%s(%s)" : "%s%s(\"%s\")",
                 count ? ", " : "", panel, name);
    return put(b, piece) ? count + 1 : count;
}

static const char *array_panel(const ory_snap_quantity *q)
{
    switch (q->kind) {
    case ORY_SNAP_FIELD: return "field";
    case ORY_SNAP_COMPLEX: return "spectrum";
    case ORY_SNAP_ARRAY: return q->cols > 1 && q->rows > 1 ? "heat" : q->log ? "spectrum" : "bars";
    default: return NULL;
    }
}

static size_t put_top(builder *b, const ory_snap_run *r)
{
    static const char *const first[] = {"gap", "loss"};
    size_t n = 0;

    for (size_t i = 0; i < 2 && !n; i++)
        if (ory_snap_find(r, first[i]))
            n = put_panel(b, n, "trace", first[i]);
    if (ory_snap_find(r, "pl") || ory_snap_find(r, "sharpness"))
        n = put_panel(b, n, "meter", NULL);
    for (size_t i = 0; r && i < r->n_quantities && n < 2; i++) {
        const ory_snap_quantity *q = r->quantities + i;
        if (q->kind == ORY_SNAP_SCALAR && !q->bounds && q->n_bins && strcmp(q->name, "loss") &&
            strcmp(q->name, "gap"))
            n = put_panel(b, n, "trace", q->name);
    }
    return n;
}

static size_t put_middle(builder *b, const ory_snap_run *r)
{
    size_t n = 0;

    if (r && r->n_graphs)
        n = put_panel(b, n, "network", NULL);
    for (size_t i = 0; r && i < r->n_quantities && n < 2; i++)
        if (array_panel(r->quantities + i))
            n = put_panel(b, n, array_panel(r->quantities + i), r->quantities[i].name);
    if (ory_snap_knob_find(r, "step"))
        n = put_panel(b, n, "dial", NULL);
    if (r && r->n_claims)
        n = put_panel(b, n, "claims", NULL);
    return n;
}

const char *ory_layout_generic(const ory_snap_run *r, char *text, size_t size)
{
    char top[512], middle[512], all[1200];
    builder a = {top, sizeof top, 0}, m = {middle, sizeof middle, 0};
    size_t n, k;

    top[0] = middle[0] = 0;
    n = put_top(&a, r);
    k = put_middle(&m, r);
    snprintf(all, sizeof all, "v(%s%s%s%s%s%sconsole:2)", n ? "h(" : "", top, n ? "):4, " : "",
             k ? "h(" : "", middle, k ? "):3, " : n ? "" : "table:4, ");
    snprintf(text, size, "%s", strlen(all) < size ? all : size > 7 ? "console" : "");
    return text;
}
