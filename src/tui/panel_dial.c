/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_dial.c - a knob beside what the theory allows now: the admissible interval,
 * the end of stability, and the predicted decrease of the next step beside the
 * observed one. All of it moves as the state moves. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/curves.h"

enum { P_LOW = ORY_PANEL_P_OWN, P_HIGH, P_EDGE, P_PREDICTED, P_OBSERVED, P_FROM, P_HISTORY };

static const ory_param dial_params[] = {
    ORY_PANEL_PARAMS,
    {.name = "low", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Quantity: where the admissible interval begins; default: what the knob knows."},
    {.name = "high", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Quantity: where the admissible interval ends; default: what the knob knows."},
    {.name = "edge", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Quantity: value beyond which the motion is unstable; default: what the knob knows."},
    {.name = "predicted", .type = ORY_PARAM_STRING, .def_text = "predicted_decrease", .unit = "",
     .doc = "Quantity: decrease that the theory predicts for the next step."},
    {.name = "observed", .type = ORY_PARAM_STRING, .def_text = "observed_decrease", .unit = "",
     .doc = "Quantity: decrease of the next step as computed."},
    {.name = "from", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Quantity that decreases, when predicted and observed are its next values."},
    {.name = "history", .type = ORY_PARAM_BOOL, .def = 1, .unit = "",
     .doc = "Draw the history of knob and limits below where there is room."},
    {.name = NULL},
};

static const char default_knob[] = "step";
static const char default_readouts[][ORY_PANEL_NAME] = {"edge", "descent"};

typedef struct dial {
    const char *label, *unit, *source;
    const ory_snap_quantity *quantity;
    double value, low, high, edge;
    const char *text; /* value of a knob that is not a number */
} dial;

static const char *knob_name(const ory_panel *p)
{
    return p->n_names ? p->names[0] : default_knob;
}

static double quantity_or(const ory_snap_run *r, const char *name, double other)
{
    const ory_snap_quantity *q = ory_snap_find(r, name);
    return q ? q->value : other;
}

/* The live quantity of the same name says what a rule chooses; the knob what was set. */
static bool dial_read(const ory_snapshot *s, const ory_panel *p, dial *d)
{
    const ory_snap_run *r = ory_panel_run(s, p);
    const ory_snap_knob *knob = ory_snap_knob_find(r, knob_name(p));
    const ory_snap_quantity *q = ory_snap_find(r, knob_name(p)), *high;

    *d = (dial){.label = knob_name(p), .quantity = q, .value = NAN, .low = NAN, .high = NAN,
                .edge = NAN};
    if (!knob && !q)
        return false;
    if (knob) {
        d->label = ory_given(knob->label) ? knob->label : knob->name;
        d->unit = knob->unit;
        d->source = knob->admissible_source;
        d->value = knob->value;
        d->low = knob->admissible_low;
        d->high = knob->admissible_high;
        d->edge = knob->edge;
        d->text = knob->text;
    }
    if (q) {
        d->label = ory_snap_label(q);
        if (!isnan(q->value))
            d->value = q->value;
    }
    d->low = quantity_or(r, ory_panel_text(p, P_LOW), d->low);
    d->high = quantity_or(r, ory_panel_text(p, P_HIGH), d->high);
    d->edge = quantity_or(r, ory_panel_text(p, P_EDGE), d->edge);
    high = ory_snap_find(r, ory_panel_text(p, P_HIGH));
    if (high && ory_given(high->source))
        d->source = high->source;
    return true;
}

static int judge(const dial *d)
{
    if (d->value > d->edge)
        return ORY_ROLE_BAD;
    if (d->value > d->high || d->value < d->low)
        return ORY_ROLE_WARN;
    return isnan(d->high) ? ORY_ROLE_DEFAULT : ORY_ROLE_GOOD;
}

static const char *verdict(const dial *d)
{
    if (isnan(d->value))
        return "";
    if (d->value > d->edge)
        return "unstable";
    if (d->value > d->high)
        return "above the interval";
    if (d->value < d->low)
        return "below the interval";
    return isnan(d->high) ? "" : "admissible";
}

/* --------------------------------------------------------------------- axis */

static void dial_range(const dial *d, bool log, double range[2])
{
    const double all[4] = {d->value, d->low, d->high, d->edge};
    double lo = INFINITY, hi = 0;

    for (int i = 0; i < 4; i++) {
        if (isfinite(all[i]) && all[i] > 0) {
            lo = fmin(lo, all[i]);
            hi = fmax(hi, all[i]);
        }
    }
    if (!(lo <= hi))
        lo = hi = 1;
    range[0] = log ? lo / 2 : 0;
    range[1] = log ? hi * 2 : hi * 1.25;
}

static int column(const ory_scale *x, double v)
{
    double at = ory_scale_at(x, v);
    int cell = isnan(at) ? -1 : (int)floor((fmin(fmax(at, -4), x->dots + 4) + 0.5) / 2);
    return cell;
}

static void draw_track(ory_canvas *c, int y, const ory_scale *x, const dial *d)
{
    const ory_glyphs *g = c->glyphs;
    const int low = isnan(d->low) ? 0 : column(x, d->low), high = column(x, d->high);
    const int edge = column(x, d->edge), at = column(x, d->value);

    ory_canvas_hline(c, 0, y, c->w, g->thin_h, ory_ink(ORY_ROLE_AXIS));
    if (!isnan(d->high)) {
        ory_canvas_hline(c, low < 0 ? 0 : low, y, high - (low < 0 ? 0 : low), g->thick_h,
                         ory_ink(ORY_ROLE_GOOD));
        ory_canvas_put(c, high, y, g->axis_tick_left, ory_ink_attr(ORY_ROLE_GOOD, ORY_BOLD));
    }
    if (!isnan(d->edge) && edge < c->w) {
        ory_canvas_hline(c, edge, y, c->w - edge, g->shade[2], ory_ink(ORY_ROLE_WARN));
        ory_canvas_put(c, edge, y, g->dash_v, ory_ink_attr(ORY_ROLE_WARN, ORY_BOLD));
    }
    if (!isnan(d->value))
        ory_canvas_put(c, at < 0 ? 0 : at >= c->w ? c->w - 1 : at, y,
                       at < 0 ? g->left : at >= c->w ? g->right : g->knob,
                       ory_ink_attr(judge(d), ORY_BOLD));
}

/* A text centred on a column, inside, beginning not before `from`; returns its end, or
 * `from` when it does not fit. */
static int text_at(ory_canvas *c, int centre, int y, int from, const char *text, ory_style style)
{
    int w = ory_text_width(c->glyphs, text), x = centre - w / 2;

    if (x + w > c->w)
        x = c->w - w;
    if (x < from)
        x = from;
    if (x + w > c->w)
        return from;
    ory_canvas_text(c, x, y, text, style);
    return x + w + 2;
}

static void draw_above(ory_canvas *c, int y, const ory_scale *x, const dial *d)
{
    char text[96], number[40];
    int end = 0;

    if (!isnan(d->value)) {
        snprintf(text, sizeof text, "%s %s", d->label,
                 ory_value_text(d->value, number, sizeof number));
        end = text_at(c, column(x, d->value), y, 0, text, ory_ink_attr(judge(d), ORY_BOLD));
    }
    if (!isnan(d->edge)) {
        snprintf(text, sizeof text, "edge %s", ory_value_text(d->edge, number, sizeof number));
        text_at(c, column(x, d->edge), y, end, text, ory_ink(ORY_ROLE_WARN));
    }
}

static void draw_below(ory_canvas *c, int y, const ory_scale *x, const dial *d)
{
    char text[200], number[40], source[96];
    int end;

    end = text_at(c, 0, y, 0, ory_value_text(x->log ? pow(10, x->lo) : x->lo, number,
                                             sizeof number), ory_ink(ORY_ROLE_LABEL));
    if (isnan(d->high)) {
        text_at(c, c->w / 2, y, end, "no admissible interval known", ory_ink(ORY_ROLE_NA));
        return;
    }
    ory_value_text(d->high, number, sizeof number);
    ory_theorem_name(ory_or_empty(d->source), source, sizeof source);
    snprintf(text, sizeof text, source[0] ? "admissible ≤ %s (%s)" : "admissible ≤ %s", number,
             source);
    if (text_at(c, column(x, d->high), y, end, text, ory_ink(ORY_ROLE_GOOD)) == end) {
        snprintf(text, sizeof text, "admissible ≤ %s", number);
        if (text_at(c, column(x, d->high), y, end, text, ory_ink(ORY_ROLE_GOOD)) == end) {
            snprintf(text, sizeof text, "≤ %s", number);
            text_at(c, column(x, d->high), y, end, text, ory_ink(ORY_ROLE_GOOD));
        }
    }
}

/* ----------------------------------------------------------------- readouts */

static void readout(ory_canvas *c, int y, const char *label, double value, double share, int role)
{
    const int left = c->w < 40 ? c->w - 11 : 20, number_w = 11;
    char number[40];

    if (y >= c->h)
        return;
    ory_canvas_text_in(c, 0, y, left, ORY_ALIGN_LEFT, label, ory_ink(ORY_ROLE_DIM));
    ory_canvas_text_in(c, left, y, number_w, ORY_ALIGN_RIGHT,
                       ory_value_text(value, number, sizeof number), ory_ink(ORY_ROLE_DEFAULT));
    int x = left + number_w + 2;
    if (c->w - x >= 6)
        ory_canvas_bar(c, x, y, c->w - x, share, ory_ink(role));
}

/* The decrease that an option names: as it is, or as the way from the quantity that
 * decreases to its next value. */
static bool decrease(const ory_snap_run *r, const ory_panel *p, int option, double *out)
{
    const ory_snap_quantity *q = ory_snap_find(r, ory_panel_text(p, option));
    const ory_snap_quantity *from = ory_snap_find(r, ory_panel_text(p, P_FROM));

    if (q)
        *out = from ? from->value - q->value : q->value;
    return q != NULL;
}

static int draw_decreases(const ory_snapshot *s, const ory_panel *p, ory_canvas *c, int y)
{
    const ory_snap_run *r = ory_panel_run(s, p);
    double predicted = NAN, observed = NAN;
    const bool a = decrease(r, p, P_PREDICTED, &predicted);
    const bool b = decrease(r, p, P_OBSERVED, &observed);
    const double most = fmax(predicted, observed);

    if (a)
        readout(c, y++, "predicted decrease", predicted, predicted / most, ORY_ROLE_BOUND);
    if (b)
        readout(c, y++, "observed decrease", observed, observed / most,
                observed < predicted * (1 - 1e-9) ? ORY_ROLE_WARN : ORY_ROLE_CURVE1);
    return y;
}

/* Other quantities: those whose limit is 1 (edge, descent) get a bar that is full at 2. */
static int draw_readouts(const ory_snapshot *s, const ory_panel *p, ory_canvas *c, int y)
{
    const ory_snap_run *r = ory_panel_run(s, p);
    const size_t n = p->n_names > 1 ? p->n_names - 1 : p->n_names == 1 ? 0 : 2;

    for (size_t i = 0; i < n; i++) {
        const char *name = p->n_names > 1 ? p->names[i + 1] : default_readouts[i];
        const ory_snap_quantity *q = ory_snap_find(r, name);
        if (!q || q->kind != ORY_SNAP_SCALAR)
            continue;
        const bool edge = strcmp(q->name, "edge") == 0, unit = edge || strcmp(q->name, "descent") == 0;
        readout(c, y++, edge ? "edge of stability" : ory_snap_label(q), q->value,
                unit ? q->value / 2 : NAN,
                edge && q->value > 1 ? ORY_ROLE_BAD : ORY_ROLE_CURVE1);
    }
    return y;
}

static void draw_history(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    char names[3][ORY_PANEL_NAME] = {{0}};
    const char *wanted[3] = {knob_name(p), ory_panel_text(p, P_HIGH), ory_panel_text(p, P_EDGE)};
    ory_curves curves;
    size_t n = 0;

    for (int i = 0; i < 3; i++)
        if (*wanted[i] && strlen(wanted[i]) < ORY_PANEL_NAME)
            strcpy(names[n++], wanted[i]);
    ory_curves_of of = {.snapshot = s, .run = ory_panel_run(s, p), .names = names, .n_names = n,
                        .bounds = true, .marks = true, .log_y = ory_panel_log(p->y_turn, true),
                        .log_x = ory_panel_log(p->x_turn, false), .last = NAN, .lo = NAN,
                        .hi = NAN, .width = c->w};
    if (ory_curves_make(&curves, &of))
        ory_plot_draw(&curves.plot, &curves.look, c);
}

static void dial_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    dial d;
    ory_scale x;
    double range[2];

    if (!dial_read(s, p, &d)) {
        ory_panel_missing(c, "this run has no knob '%s'", knob_name(p));
        return;
    }
    ory_canvas v = ory_canvas_view(c, 1, 0, c->w - 2, c->h);
    if (isnan(d.value) && ory_given(d.text)) {
        ory_panel_missing(c, "%s = %s", d.label, d.text);
        return;
    }
    const bool log = ory_panel_log(p->x_turn, false);
    dial_range(&d, log, range);
    ory_scale_make(&x, log, range[0], range[1], v.w, 2, false, 8);
    int y = 0;
    if (v.h >= 3)
        draw_above(&v, y++, &x, &d);
    draw_track(&v, y++, &x, &d);
    if (v.h >= 2)
        draw_below(&v, y++, &x, &d);
    y += v.h >= 7;
    y = draw_decreases(s, p, &v, y);
    y = draw_readouts(s, p, &v, y);
    if (d.quantity && d.quantity->n_bins && c->h - y >= 7 &&
        (!p->options.v || ory_values_bool(&p->options, P_HISTORY))) {
        ory_canvas below = ory_canvas_view(c, 0, y, c->w, c->h - y);
        draw_history(s, p, &below);
    }
}

static void dial_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                         int *role)
{
    dial d;

    if (!dial_read(s, p, &d)) {
        ory_title_add(title, knob_name(p));
        return;
    }
    if (strcmp(knob_name(p), default_knob) == 0)
        ory_title_add(title, "step size ");
    ory_title_add(title, d.label);
    ory_title_add(value, verdict(&d));
    *role = judge(&d) == ORY_ROLE_DEFAULT ? ORY_ROLE_VALUE : judge(&d);
}

static size_t dial_wants(const ory_panel *p, ory_panel_want *out, size_t max)
{
    const char *names[9] = {ory_panel_text(p, P_LOW), ory_panel_text(p, P_HIGH),
                            ory_panel_text(p, P_EDGE), ory_panel_text(p, P_PREDICTED),
                            ory_panel_text(p, P_OBSERVED), ory_panel_text(p, P_FROM)};
    size_t n = 0;

    if (p->n_names == 0) {
        names[6] = default_knob;
        names[7] = default_readouts[0];
        names[8] = default_readouts[1];
    }
    for (int i = 0; i < 9; i++)
        if (ory_given(names[i]) && n < max)
            out[n++] = (ory_panel_want){.name = names[i]};
    return n;
}

const ory_panel_class ory_panel_dial = {
    .name = "dial",
    .doc = "A knob beside its admissible interval, the end of stability, and the predicted "
           "beside the observed decrease.",
    .names_doc = "the knob (default: step), then quantities to read out",
    .names_max = 6,
    .params = dial_params,
    .min_w = 24, .min_h = 5,
    .heading = dial_heading,
    .draw = dial_draw,
    .wants = dial_wants,
};
