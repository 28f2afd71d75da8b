/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_difference.c - two runs in lockstep: difference or ratio of a quantity at equal
 * step, equal time or equal loss. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/panelkit.h"

enum { P_WITH = ORY_PANEL_P_OWN, P_AS };
enum { AS_AUTO, AS_DIFFERENCE, AS_RATIO };

static const char *const as_choices[] = {"auto", "difference", "ratio", NULL};
static const ory_param difference_params[] = {
    ORY_PANEL_PARAMS,
    {.name = "with", .type = ORY_PARAM_INT, .def = 2, .min = 1, .max = 99, .unit = "",
     .doc = "The other run, counted from 1."},
    {.name = "as", .type = ORY_PARAM_CHOICE, .choices = as_choices, .unit = "",
     .doc = "Difference, or ratio (auto: ratio for logarithmic quantities)."},
    {.name = NULL},
};

/* Both runs, the quantity in each, and what must be equal. */
typedef struct pair {
    const ory_snap_run *a, *b;
    const ory_snap_quantity *qa, *qb, *la, *lb; /* la, lb: the losses */
    ory_snap_sync sync;
    bool ratio;
} pair;

static bool pair_of(const ory_snapshot *s, const ory_panel *p, pair *k)
{
    const double with = ory_panel_number(p, P_WITH);
    const size_t other = with >= 1 ? (size_t)with - 1 : 1;
    const int as = p->options.v ? ory_values_choice(&p->options, P_AS) : AS_AUTO;

    *k = (pair){.a = ory_panel_run(s, p), .sync = s->sync};
    if (!k->a || other >= s->n_runs || s->runs + other == k->a)
        return false;
    k->b = s->runs + other;
    k->qa = ory_snap_find(k->a, p->names[0]);
    k->qb = ory_snap_find(k->b, p->names[0]);
    k->la = ory_snap_find(k->a, "loss");
    k->lb = ory_snap_find(k->b, "loss");
    k->ratio = as == AS_RATIO || (as == AS_AUTO && k->qa && k->qa->log);
    return k->qa && k->qb;
}

/* Value of bins at a step or time, between two bins on the straight line. i moves on
 * and is kept between calls with rising keys. NaN outside. */
static double value_at(const ory_bin *bins, size_t n, size_t *i, double key, bool by_time)
{
    while (*i + 1 < n && (by_time ? bins[*i + 1].t : (double)bins[*i + 1].step) <= key)
        ++*i;
    const ory_bin *b = bins + *i;
    double x0 = by_time ? b->t : (double)b->step;
    if (n == 0 || key < x0)
        return NAN;
    if (*i + 1 == n)
        return key <= fmax(x0, by_time ? b->t : (double)b->last_step) ? b->last : NAN;
    double x1 = by_time ? bins[*i + 1].t : (double)bins[*i + 1].step;
    double u = x1 > x0 ? (key - x0) / (x1 - x0) : 0;
    return b->first + u * (bins[*i + 1].first - b->first);
}

/* The first step at which the other loss is down to this level; NaN: never. */
static double step_of_loss(const pair *k, size_t *i, double level)
{
    while (*i < k->lb->n_bins && !(k->lb->bins[*i].first <= level))
        ++*i;
    return *i < k->lb->n_bins ? (double)k->lb->bins[*i].step : NAN;
}

static size_t fill(const pair *k, double *x, double *y)
{
    const size_t n = k->qa->n_bins, stride = n / (ORY_POINTS - 1) + 1;
    size_t used = 0, ib = 0, il = 0, ia = 0;

    if (!k->qb->n_bins || (k->sync == ORY_SYNC_LOSS && (!k->la || !k->lb)))
        return 0;
    for (size_t i = 0; i < n && k->qa->bins[i].step <= k->a->k && used < ORY_POINTS; i += stride) {
        const ory_bin *a = k->qa->bins + i;
        double key = k->sync == ORY_SYNC_TIME ? a->t : (double)a->step;
        double at = key;
        if (k->sync == ORY_SYNC_LOSS) {
            key = value_at(k->la->bins, k->la->n_bins, &ia, (double)a->step, false);
            at = step_of_loss(k, &il, key);
        }
        double b = isnan(at) ? NAN
                             : value_at(k->qb->bins, k->qb->n_bins, &ib, at,
                                        k->sync == ORY_SYNC_TIME);
        double v = k->ratio ? a->first / b : a->first - b;
        if (isnan(v) || isnan(key))
            continue;
        x[used] = key;
        y[used++] = v;
    }
    return used;
}

static void difference_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    static const char *const axis[] = {"step", "time", "loss"};
    double x[ORY_POINTS], y[ORY_POINTS];
    ory_plot_look look = ory_plot_look_plain();
    char name[120];
    pair k;

    if (!pair_of(s, p, &k)) {
        ory_panel_missing(c, s->n_runs < 2 ? "needs two runs: dash(a, b) or fork"
                                           : "%s: not in both runs", p->names[0]);
        return;
    }
    const size_t n = fill(&k, x, y);
    if (!n) {
        ory_panel_missing(c, "no common %s yet", axis[k.sync]);
        return;
    }
    const bool log = ory_panel_log(p->y_turn, k.ratio);
    snprintf(name, sizeof name, "%s %s %s", ory_or_empty(k.a->name), k.ratio ? "/" : "−",
             ory_or_empty(k.b->name));
    const ory_plot_series series = {.name = name, .colour = 0, .n = n, .x = x, .y = y,
                                    .violation = NAN};
    const ory_plot_mark level = {NAN, k.ratio ? 1 : 0, k.ratio ? "equal" : NULL};
    ory_plot plot = {.x = {axis[k.sync], k.sync == ORY_SYNC_TIME ? k.a->time_unit : NULL,
                           k.sync == ORY_SYNC_LOSS || ory_panel_log(p->x_turn, false), NAN, NAN},
                     .y = {NULL, NULL, log, NAN, NAN}, .floor = NAN,
                     .series = &series, .n_series = 1, .marks = &level, .n_marks = 1};
    ory_plot_draw(&plot, &look, c);
}

static void difference_heading(const ory_snapshot *s, const ory_panel *p, char *title,
                               char *value, int *role)
{
    static const char *const at[] = {" at equal step", " at equal time", " at equal loss"};
    char text[40];
    pair k;

    (void)role;
    ory_title_names(s, p, title);
    if (!pair_of(s, p, &k))
        return;
    ory_title_add(title, at[k.sync]);
    if (k.sync == ORY_SYNC_STEP && k.a->k == k.b->k)
        ory_title_add(value, ory_value_text(k.ratio ? k.qa->value / k.qb->value
                                                    : k.qa->value - k.qb->value,
                                            text, sizeof text));
}

static size_t difference_wants(const ory_panel *p, ory_panel_want *out, size_t max)
{
    (void)p;
    if (!max)
        return 0;
    out[0] = (ory_panel_want){.name = "loss"};
    return 1;
}

const ory_panel_class ory_panel_difference = {
    .name = "difference",
    .doc = "Two runs in lockstep: difference or ratio of a quantity.",
    .names_doc = "the quantity",
    .names_min = 1, .names_max = 1,
    .params = difference_params,
    .min_w = 24, .min_h = 6,
    .heading = difference_heading,
    .draw = difference_draw,
    .wants = difference_wants,
};
