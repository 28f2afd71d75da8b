/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_claims.c - a lamp for every theorem, its margin as number and bar; the
 * selected one opened: statement, hypotheses with both sides, source, correction. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/panelkit.h"

static const ory_param claims_params[] = {
    ORY_PANEL_PARAMS,
    {.name = NULL},
};

enum { SOURCE_MAX = 14, BAR_W = 12, DETAIL_ROWS = 4, NARROW = 36, WIDE = 50, PICKED = 64 };

/* The claims that are shown: those named, in that order, or all. */
typedef struct picked {
    const ory_snap_claim *at[PICKED];
    size_t n;
} picked;

static void pick(const ory_snap_run *r, const ory_panel *p, picked *k)
{
    k->n = 0;
    for (size_t i = 0; r && !p->n_names && i < r->n_claims && i < PICKED; i++)
        k->at[k->n++] = r->claims + i;
    for (size_t n = 0; r && n < p->n_names; n++)
        for (size_t i = 0; i < r->n_claims; i++)
            if (k->n < PICKED && strcmp(ory_or_empty(r->claims[i].name), p->names[n]) == 0)
                k->at[k->n++] = r->claims + i;
}

/* -------------------------------------------------------------------- words */

static uint32_t lamp_glyph(const ory_glyphs *g, ory_snap_lamp lamp)
{
    switch (lamp) {
    case ORY_LAMP_HOLDS: return g->lamp_on;
    case ORY_LAMP_VIOLATED: return g->lamp_bad;
    case ORY_LAMP_NOT_APPLY: return g->lamp_off;
    case ORY_LAMP_FLOOR: return g->lamp_on;
    default: return g->lamp_none;
    }
}

static int lamp_role(ory_snap_lamp lamp)
{
    switch (lamp) {
    case ORY_LAMP_HOLDS: return ORY_ROLE_GOOD;
    case ORY_LAMP_VIOLATED: return ORY_ROLE_BAD;
    case ORY_LAMP_NOT_APPLY: return ORY_ROLE_WARN;
    case ORY_LAMP_FLOOR: return ORY_ROLE_FLOOR;
    default: return ORY_ROLE_NA;
    }
}

static const char *lamp_word(ory_snap_lamp lamp)
{
    switch (lamp) {
    case ORY_LAMP_HOLDS: return "holds";
    case ORY_LAMP_VIOLATED: return "violated";
    case ORY_LAMP_NOT_APPLY: return "does not apply";
    case ORY_LAMP_FLOOR: return "held until the rounding floor";
    default: return "not computable";
    }
}

static void margin_text(double margin, char *text, size_t size)
{
    if (isnan(margin))
        text[0] = 0;
    else if (isinf(margin))
        snprintf(text, size, "∞");
    else if (margin >= 1e4 || (margin < 1e-2 && margin > 0))
        snprintf(text, size, "%.0e×", margin);
    else
        snprintf(text, size, margin >= 100 ? "%.0f×" : margin >= 1.1 ? "%.3g×" : "%.4g×", margin);
}

/* What stands at the right of a row. */
static void result_text(const ory_snap_claim *k, char *text, size_t size)
{
    switch (k->lamp) {
    case ORY_LAMP_HOLDS:
        margin_text(k->margin, text, size);
        if (!text[0])
            snprintf(text, size, "holds");
        break;
    case ORY_LAMP_VIOLATED:
        if (isfinite(k->first_step))
            snprintf(text, size, "at step %.0f", k->first_step);
        else
            snprintf(text, size, "violated");
        break;
    case ORY_LAMP_NOT_APPLY:
        snprintf(text, size, "n/a");
        for (size_t i = 0; i < k->n_hypotheses; i++)
            if (!k->hypotheses[i].ok && ory_given(k->hypotheses[i].text)) {
                snprintf(text, size, "not %.60s", k->hypotheses[i].text);
                break;
            }
        break;
    case ORY_LAMP_FLOOR:
        snprintf(text, size, "floor");
        break;
    default:
        snprintf(text, size, "unknown");
    }
}

/* 1 leaves nothing over, 2 half, 10 nine tenths. */
static double margin_share(double margin)
{
    return margin > 1 ? 1 - 1 / margin : 0;
}

/* --------------------------------------------------------------------- rows */

/* Columns of the widest source, so that titles stand below each other. */
static int source_width(const ory_canvas *c, const picked *k)
{
    char text[64];
    int w = 0;

    for (size_t i = 0; c->w >= NARROW && i < k->n; i++) {
        ory_theorem_short(ory_or_empty(k->at[i]->source), text, sizeof text);
        int n = ory_text_width(c->glyphs, text);
        w = n > w ? n : w;
    }
    const int most = c->w >= WIDE ? SOURCE_MAX : SOURCE_MAX - 5;
    return w > most ? most : w;
}

/* Lamp, source, title; at the right the margin with its bar, or what is the matter. */
static void draw_row(ory_canvas *c, int y, const ory_snap_claim *k, int source_w, bool selected)
{
    const bool bar = c->w >= WIDE && k->lamp == ORY_LAMP_HOLDS && !isnan(k->margin);
    const int end = bar ? c->w - BAR_W - 1 : c->w;
    char source[64], result[96];
    int x = 2;

    ory_canvas_put(c, 0, y, lamp_glyph(c->glyphs, k->lamp), ory_ink(lamp_role(k->lamp)));
    if (source_w) {
        ory_theorem_short(ory_or_empty(k->source), source, sizeof source);
        ory_canvas_text_in(c, x, y, source_w, ORY_ALIGN_LEFT, source, ory_ink(ORY_ROLE_DIM));
        x += source_w + 2;
    }
    result_text(k, result, sizeof result);
    int result_w = ory_text_width(c->glyphs, result), most = (end - x) * 3 / 5;
    if (result_w > most)
        result_w = most;
    ory_canvas_text_in(c, x, y, end - x - result_w - 1, ORY_ALIGN_LEFT,
                       ory_given(k->title) ? k->title : ory_or_empty(k->name),
                       ory_ink_attr(ORY_ROLE_DEFAULT, selected ? ORY_BOLD | ORY_UNDERLINE : 0));
    ory_canvas_text_in(c, end - result_w, y, result_w, ORY_ALIGN_RIGHT, result,
                       ory_ink(k->lamp == ORY_LAMP_HOLDS ? ORY_ROLE_DEFAULT : lamp_role(k->lamp)));
    if (bar) {
        ory_canvas_hline(c, end + 1, y, BAR_W, c->glyphs->dot_h, ory_ink(ORY_ROLE_AXIS));
        ory_canvas_bar(c, end + 1, y, BAR_W, margin_share(k->margin), ory_ink(ORY_ROLE_GOOD));
    }
}

/* ------------------------------------------------------------------- detail */

/* Writes below each other; rows above the view are scrolled away. */
typedef struct column {
    ory_canvas *c;
    int y, x;
} column;

static void paragraph(column *k, int indent, const char *text, ory_style style)
{
    ory_canvas *c = k->c;
    int x = k->x + indent, w = c->w - x;
    int skip = k->y < 0 ? -k->y : 0;

    if (!ory_given(text) || w < 4)
        return;
    k->y += ory_canvas_wrap(c, x, k->y < 0 ? 0 : k->y, w, k->y < c->h ? c->h - (k->y < 0 ? 0 : k->y) : 0,
                            skip, text, style);
}

static void inequality(column *k, const ory_snap_inequality *q, bool conclusion,
                       ory_snap_lamp lamp)
{
    const ory_glyphs *g = k->c->glyphs;
    const bool judged = !conclusion || lamp == ORY_LAMP_HOLDS || lamp == ORY_LAMP_VIOLATED;
    char left[40], right[40], text[320];
    int role = !judged ? ORY_ROLE_NA : q->ok ? ORY_ROLE_GOOD : conclusion ? ORY_ROLE_BAD
                                                                          : ORY_ROLE_WARN;
    int y = k->y;

    snprintf(text, sizeof text, "%s%s   %s %s %s", ory_or_empty(q->text),
             q->throughout ? " throughout" : "", ory_value_text(q->left, left, sizeof left),
             ory_or_empty(q->relation), ory_value_text(q->right, right, sizeof right));
    paragraph(k, 4, text, ory_ink(ORY_ROLE_DEFAULT));
    if (y >= 0 && y < k->c->h)
        ory_canvas_put(k->c, k->x + 2, y, !judged ? g->lamp_none : q->ok ? g->lamp_on
                       : conclusion ? g->lamp_bad : g->lamp_off, ory_ink(role));
}

static void standing(column *k, const ory_snap_claim *claim)
{
    char margin[24], worst[24], text[200];

    margin_text(claim->margin, margin, sizeof margin);
    margin_text(claim->worst, worst, sizeof worst);
    text[0] = 0;
    if (margin[0] && worst[0])
        snprintf(text, sizeof text, "margin %s now, %s at worst, %llu steps checked", margin,
                 worst, (unsigned long long)claim->checked);
    else if (claim->checked)
        snprintf(text, sizeof text, "%llu steps checked", (unsigned long long)claim->checked);
    paragraph(k, 4, text, ory_ink(ORY_ROLE_DIM));
}

static int draw_detail(ory_canvas *c, int y, const ory_snap_claim *claim, int scroll)
{
    column k = {c, y - scroll, 0};
    char text[400];

    if (ory_given(claim->source) && ory_given(claim->title))
        snprintf(text, sizeof text, "%s · %s · %s", claim->source, claim->title,
                 lamp_word(claim->lamp));
    else
        snprintf(text, sizeof text, "%s · %s",
                 ory_given(claim->title) ? claim->title : ory_or_empty(claim->name),
                 lamp_word(claim->lamp));
    paragraph(&k, 2, text, ory_ink_attr(ORY_ROLE_TITLE, ORY_BOLD));
    if (k.y - 1 >= 0 && y - scroll >= 0)
        ory_canvas_put(c, 0, y - scroll, lamp_glyph(c->glyphs, claim->lamp),
                       ory_ink(lamp_role(claim->lamp)));
    paragraph(&k, 2, claim->statement, ory_ink(ORY_ROLE_DEFAULT));
    if (claim->n_hypotheses)
        paragraph(&k, 2, "hypotheses", ory_ink(ORY_ROLE_DIM));
    for (size_t i = 0; i < claim->n_hypotheses; i++)
        inequality(&k, claim->hypotheses + i, false, claim->lamp);
    if (ory_given(claim->conclusion.text)) {
        paragraph(&k, 2, "conclusion", ory_ink(ORY_ROLE_DIM));
        inequality(&k, &claim->conclusion, true, claim->lamp);
    }
    standing(&k, claim);
    if (claim->lamp != ORY_LAMP_HOLDS)
        paragraph(&k, 2, claim->why, ory_ink(lamp_role(claim->lamp)));
    if (ory_given(claim->correction)) {
        snprintf(text, sizeof text, "corrected: %.380s", claim->correction);
        paragraph(&k, 2, text, ory_ink(ORY_ROLE_NA));
    }
    return k.y;
}

/* -------------------------------------------------------------------- panel */

static size_t claims_items(const ory_snapshot *s, const ory_panel *p)
{
    picked k;

    pick(ory_panel_run(s, p), p, &k);
    return k.n;
}

static void say_none(const ory_snap_run *r, const ory_panel *p, ory_canvas *c)
{
    if (r && r->n_claims && p->n_names)
        ory_panel_missing(c, "%s: no such claim of this run", p->names[0]);
    else
        ory_panel_missing(c, r ? "this system makes no claims" : "no run");
}

static void claims_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    ory_canvas v = ory_canvas_view(c, 1, 0, c->w - 2, c->h);
    picked k;

    pick(ory_panel_run(s, p), p, &k);
    if (!k.n) {
        say_none(ory_panel_run(s, p), p, c);
        return;
    }
    const size_t selected = p->selected < k.n ? p->selected : k.n - 1;
    if (p->detail) {
        draw_detail(&v, 0, k.at[selected], (int)(p->scroll < 1000 ? p->scroll : 1000));
        return;
    }
    const bool below = v.h >= (int)k.n + 1 + DETAIL_ROWS;
    const int source_w = source_width(&v, &k);
    size_t rows = (size_t)v.h, first = 0;
    if (selected >= rows)
        first = selected - rows + 1;
    for (size_t i = first; i < k.n && (int)(i - first) < v.h; i++)
        draw_row(&v, (int)(i - first), k.at[i], source_w, p->focus && i == selected);
    if (below) {
        int y = (int)k.n;
        ory_canvas_hline(&v, 0, y, v.w, v.glyphs->dot_h, ory_ink(ORY_ROLE_BORDER));
        ory_canvas rest = ory_canvas_view(&v, 0, y + 1, v.w, v.h - y - 1);
        draw_detail(&rest, 0, k.at[selected], 0);
    } else if (p->focus && v.h > (int)k.n + 1) {
        ory_canvas_text_in(&v, 0, v.h - 1, v.w, ORY_ALIGN_LEFT,
                           "Enter: statement, hypotheses, source", ory_ink(ORY_ROLE_DIM));
    }
}

static void claims_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                           int *role)
{
    static const struct { ory_snap_lamp lamp; const char *glyph; } order[] = {
        {ORY_LAMP_HOLDS, "●"}, {ORY_LAMP_VIOLATED, "✗"}, {ORY_LAMP_NOT_APPLY, "○"},
        {ORY_LAMP_NOT_COMPUTABLE, "–"},
    };
    picked k;

    pick(ory_panel_run(s, p), p, &k);
    ory_title_add(title, "claims");
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        char text[32];
        int n = 0;
        for (size_t j = 0; j < k.n; j++)
            n += k.at[j]->lamp == order[i].lamp || (i == 0 && k.at[j]->lamp == ORY_LAMP_FLOOR);
        if (!n)
            continue;
        snprintf(text, sizeof text, "%s%d %s", value[0] ? "  " : "", n, order[i].glyph);
        ory_title_add(value, text);
        if (order[i].lamp == ORY_LAMP_VIOLATED)
            *role = ORY_ROLE_BAD;
    }
}

const ory_panel_class ory_panel_claims = {
    .name = "claims",
    .doc = "Every theorem as a lamp with its margin; opened: statement, hypotheses, source.",
    .names_doc = "claims to show; all when there are none",
    .names_max = ORY_PANEL_NAMES,
    .params = claims_params,
    .min_w = 22, .min_h = 4,
    .heading = claims_heading,
    .draw = claims_draw,
    .items = claims_items,
};
