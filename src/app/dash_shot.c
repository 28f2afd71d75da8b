/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_shot.c - what a frame shows of one run: quantities, claims, knobs, events, read
 * through the run's own tables. Only what the layout asks for is read. While the run goes
 * on reading takes at most a small part of a frame, in turns, so that some values may be a
 * few frames old; where the first value is dear (a field) others that rest on the same
 * analysis come with it; at rest (and under a fake clock) everything is of this very step.
 * Histories are the recorder's own bins, borrowed until the run moves. */
#include "config.h"

#include "app/dash_graph.h"
#include "app/dash_model.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/interrupt.h"
#include "core/mem.h"
#include "tui/axis.h"

static const double read_seconds = 0.0008; /* per frame and run while it goes on */
static const double most_seconds = 0.025;  /* twice the first read, but no more than this */
static const double dear_share = 30;       /* a dear probe takes one part in so many */

/* Where a quantity comes from. */
typedef struct item {
    int probe;          /* number of a probe, or -1 */
    int knob;           /* number of a knob, or -1 */
    int block;          /* number of a block of the state, or -1 */
    bool wanted;        /* its value now is to be read */
    uint64_t stamp;     /* of the moment it was read at; 0: never */
    double due;         /* a dear one: when it is read again while the run goes on */
    double *data;       /* of an array */
    size_t past_room, past_rows;
    const char **names; /* of the entries of a vector, or NULL */
    double *past_data;  /* past_room arrays, oldest first */
    const double **past;
    double *past_k;     /* their steps, at least past_stride apart */
    double past_stride;
    char why[240];
} item;

/* A side of an inequality: a probe's number, or -1 and the value. */
typedef struct side {
    int probe;
    double value;
} side;

typedef struct claim_texts {
    ory_verdict v;
    uint64_t stamp;
    bool known; /* sides are looked up */
    side sides[ORY_MAX_HYPOTHESES + 1][2]; /* last: of the conclusion */
    ory_snap_inequality rows[ORY_MAX_HYPOTHESES];
} claim_texts;

typedef struct event_text {
    char text[120];
} event_text;

struct dash_shot {
    ory_snap_run run;
    /* what the tables below were made for */
    uint64_t layout;      /* d->layout_mark */
    const ory_system *sys;
    int n_probes, n_recorded;

    ory_snap_quantity *quantities;
    item *items;
    size_t n, room, turn; /* turn: which is read first next time */
    ory_snap_claim *claims;
    claim_texts *claim_texts;
    size_t n_claims, claim_turn;
    ory_snap_knob *knobs;
    char (*knob_texts)[48];
    size_t n_knobs;
    ory_snap_event *events;
    event_text *event_texts;
    size_t n_events, room_events;
    dash_graph *graph;
    char description[200], seed[32], rule[32], fork[120];
};

/* ---------------------------------------------------------------------- its life */

dash_shot *dash_shot_new(void)
{
    dash_shot *s = ory_alloc(1, sizeof *s);

    if (s)
        s->run = ory_snap_run_none();
    return s;
}

static void free_items(item *items, ory_snap_quantity *quantities, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        ory_free(items[i].data);
        ory_free(items[i].names);
        ory_free(items[i].past_data);
        ory_free(items[i].past);
        ory_free(items[i].past_k);
    }
    ory_free(quantities);
    ory_free(items);
}

static void forget_tables(dash_shot *s)
{
    free_items(s->items, s->quantities, s->n);
    ory_free(s->claims);
    ory_free(s->claim_texts);
    ory_free(s->knobs);
    ory_free(s->knob_texts);
    s->quantities = NULL;
    s->items = NULL;
    s->claims = NULL;
    s->claim_texts = NULL;
    s->knobs = NULL;
    s->knob_texts = NULL;
    s->n = s->room = s->n_claims = s->n_knobs = s->turn = s->claim_turn = 0;
    s->layout = 0;
    s->sys = NULL;
}

void dash_shot_free(dash_shot *s)
{
    if (!s)
        return;
    forget_tables(s);
    ory_free(s->events);
    ory_free(s->event_texts);
    dash_graph_free(s->graph);
    ory_free(s);
}

const ory_snap_run *dash_shot_run(const dash_shot *s)
{
    return &s->run;
}

/* --------------------------------------------------------------- what is looked at */

/* Room for one more quantity; returns it, or NULL. */
bool dash_shot_fits(const dash_shot *s, const ory_dash *d)
{
    return s->layout == d->layout_mark && s->run.n_quantities > 0;
}

static item *add_item(dash_shot *s, const char *name)
{
    size_t room = s->room ? 2 * s->room : 32;
    ory_snap_quantity *q;
    item *items;

    if (s->n == s->room) {
        q = s->quantities ? ory_resize(s->quantities, s->room, room, sizeof *q)
                          : ory_alloc(room, sizeof *q);
        if (!q)
            return NULL;
        s->quantities = q;
        items = s->items ? ory_resize(s->items, s->room, room, sizeof *items)
                         : ory_alloc(room, sizeof *items);
        if (!items)
            return NULL;
        s->items = items;
        s->room = room;
    }
    s->quantities[s->n] = ory_snap_quantity_none();
    s->quantities[s->n].name = name;
    s->items[s->n] = (item){.probe = -1, .knob = -1, .block = -1};
    return &s->items[s->n++];
}

static item *find_item(dash_shot *s, const char *name)
{
    size_t i;

    for (i = 0; i < s->n; i++)
        if (strcmp(s->quantities[i].name, name) == 0)
            return &s->items[i];
    return NULL;
}

static ory_status make_array(dash_shot *s, item *it, size_t rows, size_t cols, size_t past)
{
    ory_snap_quantity *q = &s->quantities[it - s->items];

    q->kind = ORY_SNAP_ARRAY;
    q->rows = rows;
    q->cols = cols;
    it->data = ory_alloc(rows * cols, sizeof *it->data);
    if (it->data && past > 0) {
        it->past_data = ory_alloc(past * rows * cols, sizeof *it->past_data);
        it->past = ory_alloc(past, sizeof *it->past);
        it->past_k = ory_alloc(past, sizeof *it->past_k);
        it->past_room = it->past_data && it->past && it->past_k ? past & ~(size_t)1 : 0;
        it->past_stride = 1;
    }
    return it->data ? ORY_OK : ORY_ENOMEM;
}

static void set_extent(ory_snap_quantity *q, const ory_system *sys, int probe)
{
    double edges[4] = {0, (double)q->cols, 0, (double)q->rows};
    const char *axes[2] = {NULL, NULL};

    if (sys->class->extent)
        sys->class->extent(sys, probe, edges, axes);
    q->kind = ORY_SNAP_FIELD;
    q->x0 = edges[0];
    q->x1 = edges[1];
    q->y0 = edges[2];
    q->y1 = edges[3];
    q->x_label = axes[0];
    q->y_label = axes[1];
}

/* n entries of a vector, or rows of a matrix. */
static ory_status name_entries(item *it, ory_snap_quantity *q, const ory_system *sys, int probe,
                               size_t n)
{
    size_t i;

    if (!sys->class->entry || n == 0 || !sys->class->entry(sys, probe, 0))
        return ORY_OK;
    if (!(it->names = ory_alloc(n, sizeof *it->names)))
        return ORY_ENOMEM;
    for (i = 0; i < n; i++)
        it->names[i] = sys->class->entry(sys, probe, i);
    q->row_names = it->names;
    return ORY_OK;
}

/* A probe, once. */
static ory_status add_probe(dash_shot *s, ory_run *r, int probe, bool wanted, size_t past)
{
    const ory_probe *row = ory_run_probe_at(r, probe);
    item *it = find_item(s, row->name);
    ory_snap_quantity *q;
    size_t rows, cols;

    if (it) {
        it->wanted |= wanted;
        return ORY_OK;
    }
    it = add_item(s, row->name);
    if (!it)
        return ORY_ENOMEM;
    it->probe = probe;
    it->wanted = wanted;
    q = &s->quantities[s->n - 1];
    q->label = row->label;
    q->unit = row->unit;
    q->doc = row->doc;
    q->source = row->source;
    q->log = row->axis == ORY_LOG;
    q->constant = (row->flags & ORY_PROBE_CONSTANT) != 0;
    q->bounds = row->bounds;
    q->side = row->side;
    if (row->kind == ORY_SCALAR)
        return ORY_OK;
    ory_run_probe_shape(r, probe, &rows, &cols);
    if (make_array(s, it, rows, cols, past) != ORY_OK)
        return ORY_ENOMEM;
    if (row->kind == ORY_COMPLEX)
        q->kind = ORY_SNAP_COMPLEX;
    if (row->kind == ORY_FLOW)
        q->cols /= 2; /* pairs */
    if (row->kind == ORY_FIELD || row->kind == ORY_FLOW)
        set_extent(q, ory_run_system(r), probe);
    if (row->kind == ORY_FLOW)
        q->kind = ORY_SNAP_FLOW;
    if (row->kind != ORY_VECTOR && row->kind != ORY_MATRIX)
        return ORY_OK;
    return name_entries(it, q, ory_run_system(r), probe,
                        row->kind == ORY_VECTOR ? rows * cols : rows);
}

static ory_status add_bounds(dash_shot *s, ory_run *r, const char *name)
{
    int i, n = ory_run_probe_count(r);
    ory_status ok = ORY_OK;

    for (i = 0; i < n && ok == ORY_OK; i++) {
        const ory_probe *row = ory_run_probe_at(r, i);

        if (row->bounds && row->kind == ORY_SCALAR && strcmp(row->bounds, name) == 0)
            ok = add_probe(s, r, i, true, 0);
    }
    return ok;
}

static int block_find(const ory_system *sys, const char *name)
{
    size_t i;

    for (i = 0; i < sys->n_blocks; i++)
        if (strcmp(sys->blocks[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* What a panel names: a probe, a block of the state, or a knob. */
static ory_status add_want(dash_shot *s, ory_run *r, const ory_panel_want *want)
{
    int probe = ory_run_probe_find(r, want->name), knob = ory_run_knob_find(r, want->name);
    int block = block_find(ory_run_system(r), want->name);
    ory_status ok = ORY_OK;
    item *it;

    if (probe >= 0) {
        ok = add_probe(s, r, probe, true, want->past);
        return ok == ORY_OK && want->bounds ? add_bounds(s, r, want->name) : ok;
    }
    if ((block < 0 && knob < 0) || find_item(s, want->name))
        return ORY_OK;
    it = add_item(s, block >= 0 ? ory_run_system(r)->blocks[block].name
                                : ory_run_knob_at(r, knob, NULL)->name);
    if (!it)
        return ORY_ENOMEM;
    it->block = block;
    it->knob = block >= 0 ? -1 : knob;
    it->wanted = true;
    if (block >= 0)
        ok = make_array(s, it, ory_run_system(r)->blocks[block].rows,
                        ory_run_system(r)->blocks[block].cols, want->past);
    return ok;
}

static ory_status add_quantities(dash_shot *s, const ory_layout *l, ory_run *r)
{
    ory_panel_want wants[ORY_PANEL_WANTS];
    ory_status ok = ORY_OK;
    size_t i, k, n;
    int j;

    for (i = 0; l && i < l->n_panels && ok == ORY_OK; i++) {
        n = ory_panel_wants(&l->panels[i], wants);
        for (k = 0; k < n && ok == ORY_OK; k++)
            ok = add_want(s, r, &wants[k]);
    }
    for (j = 0; j < ory_run_recorded_count(r) && ok == ORY_OK; j++)
        ok = add_probe(s, r, ory_run_recorded_at(r, j), false, 0);
    return ok;
}

static ory_status add_claims(dash_shot *s, ory_run *r)
{
    s->n_claims = (size_t)ory_run_claim_count(r);
    s->claims = ory_alloc(s->n_claims, sizeof *s->claims);
    s->claim_texts = ory_alloc(s->n_claims, sizeof *s->claim_texts);
    for (size_t i = 0; s->claims && i < s->n_claims; i++)
        s->claims[i] = ory_snap_claim_none(); /* drawn before it is read: a frame during a long reading */
    return s->claims && s->claim_texts ? ORY_OK : ORY_ENOMEM;
}

static ory_status add_knobs(dash_shot *s, ory_run *r)
{
    s->n_knobs = (size_t)ory_run_knob_count(r);
    s->knobs = ory_alloc(s->n_knobs, sizeof *s->knobs);
    s->knob_texts = ory_alloc(s->n_knobs, sizeof *s->knob_texts);
    for (size_t i = 0; s->knobs && i < s->n_knobs; i++)
        s->knobs[i] = ory_snap_knob_none(); /* likewise */
    return s->knobs && s->knob_texts ? ORY_OK : ORY_ENOMEM;
}

/* What was seen of arrays stays when tables are made again, because the layout changed or a
 * knob gave the run a system of its own. Probes and blocks of a run keep their numbers. */
static void adopt_pasts(dash_shot *s, item *old, const ory_snap_quantity *was, size_t n)
{
    size_t i, j;

    for (i = 0; i < s->n; i++)
        for (j = 0; j < n; j++) {
            item *it = &s->items[i], *from = &old[j], keep = *from;

            if (it->past_room == 0 || it->past_room != from->past_room ||
                (it->probe < 0 && it->block < 0) || it->probe != from->probe ||
                it->block != from->block || s->quantities[i].rows != was[j].rows ||
                s->quantities[i].cols != was[j].cols)
                continue;
            from->past_data = it->past_data;
            from->past = it->past;
            from->past_k = it->past_k;
            it->past_data = keep.past_data;
            it->past = keep.past;
            it->past_k = keep.past_k;
            it->past_rows = keep.past_rows;
            it->past_stride = keep.past_stride;
            break;
        }
}

static ory_status make_tables(dash_shot *s, const ory_dash *d, ory_run *r)
{
    item *old = s->items;
    ory_snap_quantity *was = s->quantities;
    size_t n = s->n;
    ory_status ok;

    s->items = NULL;
    s->quantities = NULL;
    s->n = 0;
    forget_tables(s);
    ok = add_quantities(s, dash_layout(d), r);
    if (ok == ORY_OK)
        adopt_pasts(s, old, was, n);
    free_items(old, was, n);
    if (ok == ORY_OK)
        ok = add_claims(s, r);
    if (ok == ORY_OK)
        ok = add_knobs(s, r);
    if (ok == ORY_OK)
        ok = dash_graph_make(&s->graph, r);
    s->layout = d->layout_mark;
    s->sys = ory_run_system(r);
    s->n_probes = ory_run_probe_count(r);
    s->n_recorded = ory_run_recorded_count(r);
    return ok;
}

/* ------------------------------------------------------------------------- reading */

/* Every second one goes: what is kept spans the whole way. */
static void thin_past(item *it, size_t len)
{
    size_t i;

    it->past_rows = (it->past_rows + 1) / 2;
    for (i = 1; i < it->past_rows; i++) {
        memmove(it->past_data + i * len, it->past_data + 2 * i * len, len * sizeof *it->past_data);
        it->past_k[i] = it->past_k[2 * i];
    }
    it->past_stride *= 2;
}

/* The array now joins its past, when it is far enough from the one before. Going back
 * forgets what lies beyond. */
static void push_past(item *it, const ory_snap_quantity *q, double k)
{
    size_t len = q->rows * q->cols;

    if (it->past_room == 0 || q->kind == ORY_SNAP_FLOW)
        return;
    while (it->past_rows > 0 && it->past_k[it->past_rows - 1] > k)
        it->past_rows--;
    if (it->past_rows > 0 && k < it->past_k[it->past_rows - 1] + it->past_stride)
        return;
    if (it->past_rows == it->past_room)
        thin_past(it, len);
    memcpy(it->past_data + it->past_rows * len, it->data, len * sizeof *it->data);
    it->past[it->past_rows] = it->past_data + it->past_rows * len;
    it->past_k[it->past_rows++] = k;
}

static void read_knob(ory_run *r, const item *it, ory_snap_quantity *q)
{
    const ory_value *v = NULL;
    const ory_param *p = ory_run_knob_at(r, it->knob, &v);

    q->unit = p->unit;
    q->doc = p->doc;
    q->value = p->type == ORY_PARAM_STRING || p->type == ORY_PARAM_CHOICE || v->is_choice ? NAN
                                                                                        : v->num;
}

/* The value of one quantity at this moment. */
static void read_item(dash_shot *s, size_t i, ory_run *r)
{
    item *it = &s->items[i];
    ory_snap_quantity *q = &s->quantities[i];
    const ory_block *b;

    if (it->knob >= 0) {
        read_knob(r, it, q);
        return;
    }
    if (it->block >= 0) {
        b = &ory_run_system(r)->blocks[it->block];
        memcpy(it->data, ory_run_state(r) + b->offset, b->rows * b->cols * sizeof *it->data);
    } else if (ory_run_read(r, it->probe, it->data ? it->data : &q->value, NULL) != ORY_OK) {
        q->value = NAN;
        q->data = NULL;
        return;
    }
    if (it->data) {
        q->data = it->data;
        push_past(it, q, (double)ory_run_k(r));
        q->past = it->past;
        q->past_k = it->past_k;
        q->n_past = it->past_rows;
        return;
    }
    q->why = NULL;
    if (isnan(q->value) && ory_run_why(r, it->probe, it->why, sizeof it->why))
        q->why = it->why;
}

/* What a tour hides, and what bounds it, has no value and no history. */
static void hide(dash_shot *s, const ory_dash *d)
{
    size_t i;

    for (i = 0; d->n_hidden > 0 && i < s->n; i++) {
        ory_snap_quantity *q = &s->quantities[i];

        if (!dash_is_hidden(d, q->name) && !(q->bounds && dash_is_hidden(d, q->bounds)))
            continue;
        q->bins = NULL;
        q->n_bins = 0;
        q->data = NULL;
        q->n_past = 0;
        q->value = NAN;
        q->why = "hidden until you have made your guess";
        s->items[i].stamp = 0; /* read again when it may be seen */
    }
}

static void take_histories(dash_shot *s, const ory_run *r)
{
    size_t i;

    for (i = 0; i < s->n; i++) {
        ory_snap_quantity *q = &s->quantities[i];
        const ory_series *series =
            s->items[i].probe >= 0 && q->kind == ORY_SNAP_SCALAR ? ory_run_series(r, q->name) : NULL;

        q->bins = series ? ory_series_bins(series) : NULL;
        q->n_bins = series ? ory_series_count(series) : 0;
        if (!s->items[i].wanted && q->n_bins > 0 && ory_run_k(r) >= q->bins[q->n_bins - 1].step)
            q->value = q->bins[q->n_bins - 1].last;
    }
}

/* At rest and under a fake clock everything is read. */
static bool at_rest(const ory_dash *d)
{
    return !(d->running || d->moving) || ory_clock_is_fake();
}

/* How long a frame reads, and since when. */
typedef struct budget {
    double start, seconds;
} budget;

static bool time_left(const ory_dash *d, const budget *b)
{
    return at_rest(d) || ory_clock_now() - b->start < b->seconds;
}

/* A probe of many gradients waits until it has earned its time. */
static bool waits(const item *it, const ory_dash *d, const ory_run *r)
{
    return !at_rest(d) && it->stamp != 0 && it->probe >= 0 &&
           ory_run_probe_at(r, it->probe)->cost == ORY_COST_DEAR && ory_clock_now() < it->due;
}

static void read_values(dash_shot *s, const ory_dash *d, ory_run *r, budget *b)
{
    uint64_t stamp = ory_run_moment(r)->stamp;
    bool first = true;
    double before;
    size_t i, done;

    for (done = 0; done < s->n && !ory_interrupt_pending(); done++) {
        i = (s->turn + done) % s->n;
        if (!s->items[i].wanted || s->items[i].stamp == stamp || waits(&s->items[i], d, r))
            continue;
        if (s->items[i].stamp != 0 && !time_left(d, b))
            break;
        before = ory_clock_now();
        read_item(s, i, r);
        s->items[i].stamp = stamp;
        s->items[i].due = ory_clock_now() + dear_share * (ory_clock_now() - before);
        if (first)
            b->seconds = fmax(read_seconds, fmin(2 * (ory_clock_now() - before), most_seconds));
        first = false;
    }
    s->turn = s->n ? (s->turn + done) % s->n : 0;
}

/* -------------------------------------------------------------------------- claims */

static side look_up(const ory_run *r, const char *text)
{
    side s = {ory_run_probe_find(r, text), NAN};
    char *end;
    double x = strtod(text, &end);

    if (s.probe < 0 && end != text && *end == '\0')
        s.value = x;
    return s;
}

static double side_value(ory_run *r, const side *s)
{
    double x = s->value;

    if (s->probe >= 0 && ory_run_read(r, s->probe, &x, NULL) != ORY_OK)
        x = NAN;
    return x;
}

static void look_up_sides(claim_texts *t, const ory_run *r)
{
    const ory_claim *row = t->v.claim;
    int i;

    for (i = 0; i < ORY_MAX_HYPOTHESES && row->hypotheses[i].left; i++) {
        t->sides[i][0] = look_up(r, row->hypotheses[i].left);
        t->sides[i][1] = look_up(r, row->hypotheses[i].right);
    }
    t->sides[ORY_MAX_HYPOTHESES][0] = look_up(r, row->conclusion.left);
    t->sides[ORY_MAX_HYPOTHESES][1] = look_up(r, row->conclusion.right);
    t->known = true;
}

static ory_snap_inequality inequality(ory_run *r, const ory_inequality *row, const side *sides)
{
    static const char *const relations[] = {"≤", "<", "≥", ">"};
    ory_snap_inequality i = {.text = row->text, .relation = relations[row->rel],
                             .left = side_value(r, &sides[0]), .right = side_value(r, &sides[1]),
                             .throughout = row->throughout};

    i.ok = row->rel == ORY_LE   ? i.left <= i.right
           : row->rel == ORY_LT ? i.left < i.right
           : row->rel == ORY_GE ? i.left >= i.right
                                : i.left > i.right;
    return i;
}

static void read_claim(dash_shot *s, size_t i, ory_run *r)
{
    claim_texts *t = &s->claim_texts[i];
    ory_snap_claim *c = &s->claims[i];
    const ory_claim *row;

    *c = ory_snap_claim_none();
    if (ory_run_claim(r, (int)i, &t->v, NULL) != ORY_OK)
        return;
    row = t->v.claim;
    if (!t->known)
        look_up_sides(t, r);
    c->name = row->name;
    c->title = row->title;
    c->statement = row->statement;
    c->source = row->source;
    c->correction = row->correction;
    c->lamp = (ory_snap_lamp)t->v.standing;
    c->margin = t->v.standing == ORY_CLAIM_NOT_APPLY ? NAN : t->v.margin;
    c->worst = t->v.worst;
    c->checked = t->v.checked;
    c->why = t->v.text;
    if (t->v.standing == ORY_CLAIM_VIOLATED)
        c->first_step = (double)t->v.first_step;
    c->hypotheses = t->rows;
    while (c->n_hypotheses < ORY_MAX_HYPOTHESES && row->hypotheses[c->n_hypotheses].left) {
        t->rows[c->n_hypotheses] =
            inequality(r, &row->hypotheses[c->n_hypotheses], t->sides[c->n_hypotheses]);
        c->n_hypotheses++;
    }
    c->conclusion = inequality(r, &row->conclusion, t->sides[ORY_MAX_HYPOTHESES]);
}

/* One at least. */
static void read_claims(dash_shot *s, const ory_dash *d, ory_run *r, const budget *b)
{
    uint64_t stamp = ory_interrupt_pending() ? 0 : ory_run_moment(r)->stamp;
    size_t i, done;

    for (done = 0; done < s->n_claims && !ory_interrupt_pending(); done++) {
        i = (s->claim_turn + done) % s->n_claims;
        if (s->claim_texts[i].stamp == stamp)
            continue;
        if (s->claim_texts[i].stamp != 0 && done > 0 && !time_left(d, b))
            break;
        read_claim(s, i, r);
        s->claim_texts[i].stamp = stamp;
    }
    s->claim_turn = s->n_claims ? (s->claim_turn + done) % s->n_claims : 0;
}

/* The first step at which a bound failed, by the claims that say it is one. */
static void mark_violations(dash_shot *s)
{
    size_t i, k;

    for (i = 0; i < s->n; i++) {
        ory_snap_quantity *q = &s->quantities[i];

        q->violation = NAN;
        for (k = 0; q->bounds && k < s->n_claims; k++) {
            const ory_claim *row = s->claim_texts[k].v.claim;

            if (s->claims[k].lamp != ORY_LAMP_VIOLATED || !row)
                continue;
            if ((strcmp(row->conclusion.left, q->name) == 0 &&
                 strcmp(row->conclusion.right, q->bounds) == 0) ||
                (strcmp(row->conclusion.right, q->name) == 0 &&
                 strcmp(row->conclusion.left, q->bounds) == 0))
                q->violation = fmin(isnan(q->violation) ? INFINITY : q->violation,
                                    s->claims[k].first_step);
        }
    }
}

/* --------------------------------------------------------------------------- knobs */

/* The values of the quantity, when the frame reads it; else NaN. */
static double value_of(const dash_shot *s, const char *name)
{
    const ory_snap_quantity *q = ory_snap_find(&s->run, name);

    return q && q->kind == ORY_SNAP_SCALAR ? q->value : NAN;
}

/* Where the theory holds now: the bounds of the quantity that has the knob's name. */
static void admissible(const dash_shot *s, ory_snap_knob *knob)
{
    size_t i;

    for (i = 0; i < s->n; i++) {
        const ory_snap_quantity *q = &s->quantities[i];

        if (!q->bounds || strcmp(q->bounds, knob->name) != 0 || isnan(q->value))
            continue;
        if (q->side > 0 && !(knob->admissible_high < q->value)) {
            knob->admissible_high = q->value;
            knob->admissible_source = q->source;
        } else if (q->side < 0 && !(knob->admissible_low > q->value)) {
            knob->admissible_low = q->value;
        }
    }
}

static void read_knobs(dash_shot *s, ory_run *r)
{
    size_t i;

    for (i = 0; i < s->n_knobs; i++) {
        const ory_value *v = NULL;
        const ory_param *p = ory_run_knob_at(r, (int)i, &v);
        ory_snap_knob *knob = &s->knobs[i];
        ory_values one = {.owner = "knob", .params = p, .count = 1, .v = (ory_value *)v};

        *knob = ory_snap_knob_none();
        knob->name = p->name;
        knob->unit = p->unit;
        knob->doc = p->doc;
        if (p->min != 0 || p->max != 0) {
            knob->low = p->min;
            knob->high = p->max;
        }
        if (p->type == ORY_PARAM_REAL || p->type == ORY_PARAM_INT) {
            knob->value = v->given || !(p->flags & ORY_OPTIONAL) ? v->num : NAN;
        } else {
            ory_values_text(&one, 0, s->knob_texts[i], sizeof *s->knob_texts);
            knob->text = s->knob_texts[i];
        }
        if (strcmp(p->name, "step") == 0) { /* what will be taken, whoever chooses it */
            double sharpness = value_of(s, "sharpness");

            knob->value = ory_run_moment(r)->step;
            knob->label = "η";
            knob->edge = sharpness > 0 ? 2 / sharpness : NAN;
        }
        admissible(s, knob);
    }
}

/* -------------------------------------------------------------------------- events */

static double time_of(const dash_shot *s, uint64_t k)
{
    size_t i, at;

    for (i = 0; i < s->n; i++) {
        const ory_snap_quantity *q = &s->quantities[i];

        if (q->n_bins == 0)
            continue;
        for (at = 0; at + 1 < q->n_bins && q->bins[at].step < k; at++)
            ;
        return q->bins[at].t;
    }
    return NAN;
}

static ory_snap_event_kind event_kind(ory_event_kind kind)
{
    switch (kind) {
    case ORY_EVENT_MARK: return ORY_SNAP_EVENT_MARK;
    case ORY_EVENT_FORK: return ORY_SNAP_EVENT_FORK;
    case ORY_EVENT_STOP: return ORY_SNAP_EVENT_STOP;
    case ORY_EVENT_PHASE: return ORY_SNAP_EVENT_PHASE;
    default: return ORY_SNAP_EVENT_KNOB;
    }
}

/* A knob's value as one reads it: numbers with few digits. */
static const char *knob_words(const char *value, char *text, size_t size)
{
    char *end;
    const double x = value ? strtod(value, &end) : 0;

    if (!value)
        return "–";
    return end != value && !*end ? ory_value_text(x, text, size) : value;
}

static void event_line(const ory_event *e, char *text, size_t size)
{
    char before[40], after[40];

    if (e->kind == ORY_EVENT_KNOB)
        snprintf(text, size, "%s %s → %s", e->name ? e->name : "",
                 knob_words(e->before, before, sizeof before),
                 knob_words(e->after, after, sizeof after));
    else if (e->kind == ORY_EVENT_POKE)
        snprintf(text, size, "%s by hand", e->name ? e->name : "state");
    else
        snprintf(text, size, "%s", e->name ? e->name : "");
}

static bool room_for_events(dash_shot *s, size_t n)
{
    ory_snap_event *events;
    event_text *texts;

    if (n <= s->room_events)
        return true;
    n += 32;
    events = ory_alloc(n, sizeof *events);
    texts = ory_alloc(n, sizeof *texts);
    if (!events || !texts) {
        ory_free(events);
        ory_free(texts);
        return false;
    }
    ory_free(s->events);
    ory_free(s->event_texts);
    s->events = events;
    s->event_texts = texts;
    s->room_events = n;
    return true;
}

static void read_events(dash_shot *s, const ory_run *r)
{
    size_t i, n = ory_run_event_count(r);

    s->n_events = 0;
    s->fork[0] = '\0';
    if (!room_for_events(s, n))
        return;
    for (i = 0; i < n; i++) {
        ory_event e = ory_run_event_at(r, i);
        char *text = s->event_texts[s->n_events].text;

        if (e.kind == ORY_EVENT_LIMIT)
            continue;
        event_line(&e, text, sizeof s->event_texts->text);
        s->events[s->n_events++] = (ory_snap_event){.k = e.k, .t = time_of(s, e.k),
                                                    .kind = event_kind(e.kind), .text = text};
        if (e.kind == ORY_EVENT_KNOB && !s->fork[0] && ory_run_parent(r) &&
            e.k >= ory_run_fork_step(r))
            snprintf(s->fork, sizeof s->fork, "%s", text);
    }
    s->run.events = s->events;
    s->run.n_events = s->n_events;
    s->run.fork_reason = s->fork[0] ? s->fork : NULL;
}

/* -------------------------------------------------------------------------- the run */

static void describe(dash_shot *s, ory_run *r)
{
    ory_system *sys = ory_run_system(r);
    const ory_stepper *st = ory_run_stepper(r);
    int seed = ory_params_find(sys->class->params, "seed");
    const ory_moment *m = ory_run_moment(r);
    int rule = st->class->params ? ory_params_find(st->class->params, "rule") : -1;

    snprintf(s->description, sizeof s->description, "%s", sys->class->name);
    if (sys->class->describe)
        sys->class->describe(sys, s->description, sizeof s->description);
    s->rule[0] = s->seed[0] = '\0';
    if (rule >= 0 && st->values.v[rule].text)
        snprintf(s->rule, sizeof s->rule, "%s", st->values.v[rule].text);
    else if (rule >= 0 && st->rule >= 0)
        snprintf(s->rule, sizeof s->rule, "%s", sys->class->rules[st->rule].name);
    else if (rule >= 0)
        snprintf(s->rule, sizeof s->rule, "const");
    if (seed >= 0)
        snprintf(s->seed, sizeof s->seed, "seed %.0f", sys->values.v[seed].num);
    s->run.description = s->description;
    s->run.stepper = st->class->name;
    s->run.rule = s->rule[0] ? s->rule : NULL;
    s->run.seed = s->seed[0] ? s->seed : NULL;
    s->run.standing = sys->class->standing ? sys->class->standing(sys, m) : NULL;
}

static void place(dash_shot *s, const dash_run *run, ory_run *r)
{
    ory_snap_run *out = &s->run;

    out->id = ory_run_id(r);
    out->parent = ory_run_parent(r);
    out->fork_step = ory_run_fork_step(r);
    out->part = run->part;
    out->name = run->name;
    out->k = ory_run_k(r);
    out->known = ory_run_known(r);
    out->t = ory_run_t(r);
    out->rate = run->rate;
    out->state = run->state;
    out->reason = run->reason[0] ? run->reason : NULL;
    out->quantities = s->quantities;
    out->n_quantities = s->n;
    out->claims = s->claims;
    out->n_claims = s->n_claims;
    out->knobs = s->knobs;
    out->n_knobs = s->n_knobs;
    out->graphs = dash_graph_read(s->graph, r, &out->n_graphs);
}

ory_status dash_shot_take(dash_shot *s, ory_dash *d, dash_run *run)
{
    ory_run *r = run->box->r;
    budget b = {ory_clock_now(), read_seconds};
    ory_status ok = ORY_OK;

    if (s->layout != d->layout_mark || s->sys != ory_run_system(r) ||
        s->n_probes != ory_run_probe_count(r) || s->n_recorded != ory_run_recorded_count(r))
        ok = make_tables(s, d, r);
    if (ok != ORY_OK) {
        forget_tables(s);
        return ok;
    }
    take_histories(s, r);
    place(s, run, r);
    read_events(s, r);
    describe(s, r);
    if (run->part == ORY_PART_GHOST) { /* its curves are enough */
        s->run.n_claims = s->run.n_knobs = 0;
        hide(s, d);
        return ORY_OK;
    }
    read_values(s, d, r, &b);
    read_claims(s, d, r, &b);
    if (!ory_interrupt_pending()) { /* else it may compute still, and is not waited for */
        mark_violations(s);
        read_knobs(s, r);
    }
    hide(s, d);
    return ORY_OK;
}
