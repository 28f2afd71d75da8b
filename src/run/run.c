/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run.c - making a run, reading it, turning its knobs, and the log of what was done. */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/linalg.h"
#include "core/mem.h"
#include "run/impl.h"

static uint64_t last_id;

/* -------------------------------------------------------------------- making */

static ory_status no_memory(ory_error *err)
{
    return ory_fail(err, ORY_ENOMEM, "out of memory");
}

static ory_status start_stepper(ory_run *r, const ory_run_options *opt, ory_error *err)
{
    const char *name = opt->stepper ? opt->stepper : r->sys->class->default_stepper;
    const ory_stepper_class *c = ory_stepper_class_find(name);
    const char *unfit;
    ory_status ok;

    if (!c)
        return ory_fail(err, ORY_ENAME, "run: no stepper '%s'", name ? name : "");
    if ((unfit = ory_stepper_unfit(c, r->sys->class)) != NULL)
        return ory_fail(err, ORY_EINVAL, "run: stepper '%s' cannot move %s: %s", c->name,
                        r->sys->class->name, unfit);
    r->st.class = c;
    r->st.sys = r->sys;
    r->st.rule = -1;
    r->st.t_limit = INFINITY;
    ok = opt->values ? ory_values_copy(&r->st.values, opt->values, err)
                     : ory_values_init(&r->st.values, c->name, c->params, err);
    if (ok == ORY_OK)
        ok = ory_values_complete(&r->st.values, err);
    r->st_ready = ok == ORY_OK;
    if (ok == ORY_OK && c->init)
        ok = c->init(&r->st, err);
    return ok;
}

static ory_status allocate(ory_run *r, ory_error *err)
{
    const ory_system_class *c = r->sys->class;

    r->dim = r->sys->dim;
    r->n_slots = r->st.class->slots ? r->st.class->slots(&r->st) : 0;
    r->n_memory = c->memory;
    r->x = ory_alloc(r->dim, sizeof(double));
    r->next = ory_alloc(r->dim, sizeof(double));
    r->x0 = ory_alloc(r->dim, sizeof(double));
    r->grad = ory_alloc(r->dim, sizeof(double));
    r->grad_next = ory_alloc(r->dim, sizeof(double));
    r->slots = ory_alloc(r->n_slots, sizeof(double));
    r->slots_kept = ory_alloc(r->n_slots, sizeof(double));
    r->memory = ory_alloc(r->n_memory, sizeof(double));
    if (!r->x || !r->next || !r->x0 || !r->grad || !r->grad_next || !r->slots || !r->slots_kept ||
        !r->memory)
        return no_memory(err);
    return ORY_OK;
}

void ory_run_evaluate(ory_run *r, const double *x, double *loss, double *grad)
{
    *loss = NAN;
    if (r->sys->class->loss)
        r->sys->class->loss(r->sys, x, loss,
                            r->st.class->needs & ORY_NEEDS_LOSS ? grad : NULL);
}

void ory_run_touch(ory_run *r)
{
    r->now.stamp = ory_stamp_next();
    r->now.k = r->k;
    r->now.t = r->t;
    r->now.x = r->x;
    r->now.x0 = r->x0;
    r->now.memory = r->n_memory ? r->memory : NULL;
    r->now.step = r->now.factor = NAN;
    r->now.rule = r->st.rule;
    r->now.descent = r->st.class->descent;
    r->now.flow = r->st.class->flow;
    r->planned = false;
}

ory_status ory_run_plan(ory_run *r)
{
    ory_plan plan = {NAN, NAN};

    if (r->planned)
        return r->refusal;
    r->st.loss = r->loss;
    r->st.grad = r->grad;
    r->refusal_err.text[0] = '\0';
    r->refusal = r->st.class->plan(&r->st, &r->now, r->slots, &plan, &r->refusal_err);
    if (r->refusal == ORY_OK) {
        r->now.step = plan.step;
        r->now.factor = plan.factor;
    }
    r->planned = true;
    r->now.stamp = ory_stamp_next(); /* step size is part of what a stamp stands for */
    return r->refusal;
}

/* State, memory and slots of step 0. */
static ory_status begin(ory_run *r, ory_error *err)
{
    ory_status ok = r->sys->class->start(r->sys, r->x0, err);

    if (ok != ORY_OK)
        return ok;
    if (!ory_all_finite(r->x0, r->dim))
        return ory_fail(err, ORY_EDIVERGE, "%s: the initial state is not finite",
                        r->sys->class->name);
    memcpy(r->x, r->x0, r->dim * sizeof(double));
    r->k = r->known = 0;
    r->t = 0;
    ory_rng_init(&r->rng, 0x0dd5, 7); /* overwritten below when the system has a seed */
    if (ory_params_find(r->sys->class->params, "seed") >= 0)
        ory_rng_init(&r->rng,
                     (uint64_t)r->sys->values.v[ory_params_find(r->sys->class->params, "seed")].num,
                     0x72756e);
    if (r->st.class->start)
        r->st.class->start(&r->st, r->x, r->slots);
    ory_run_evaluate(r, r->x, &r->loss, r->grad);
    r->loss_start = r->loss;
    ory_run_touch(r);
    if (r->sys->class->memory_start)
        r->sys->class->memory_start(r->sys, &r->now, r->memory);
    return ORY_OK;
}

static void find_gap(ory_run *r)
{
    double gap = NAN;

    r->gap_probe = ory_run_probe_find(r, "gap");
    if (r->gap_probe < 0 || ory_run_read(r, r->gap_probe, &gap, NULL) != ORY_OK)
        gap = NAN;
    r->gap0 = gap;
}

static void name_run(ory_run *r, const char *name)
{
    if (name)
        snprintf(r->name, sizeof r->name, "%s", name);
    else
        snprintf(r->name, sizeof r->name, "run %" PRIu64, r->id);
}

ory_status ory_run_new(ory_system *sys, const ory_run_options *opt, ory_run **out, ory_error *err)
{
    static const ory_run_options defaults;
    ory_run *r = ory_alloc(1, sizeof *r);
    ory_status ok;

    if (!r)
        return no_memory(err);
    opt = opt ? opt : &defaults;
    r->sys = ory_system_ref(sys);
    r->id = ++last_id;
    r->series_capacity = opt->series_capacity ? opt->series_capacity : 4096;
    r->every = opt->every;
    name_run(r, opt->name);
    ok = start_stepper(r, opt, err);
    if (ok == ORY_OK)
        ok = allocate(r, err);
    if (ok == ORY_OK)
        ok = begin(r, err);
    if (ok == ORY_OK && (ok = ory_run_plan(r)) != ORY_OK)
        ory_fail(err, ok, "run: %s", r->refusal_err.text);
    if (ok == ORY_OK)
        ok = ory_recorder_start(r, opt->record, err);
    if (ok == ORY_OK) {
        find_gap(r);
        ok = ory_claims_start(r, err);
    }
    if (ok == ORY_OK)
        ok = ory_travel_start(r, opt->history_bytes ? opt->history_bytes : (size_t)64 << 20, err);
    if (ok == ORY_OK)
        ok = ory_run_arrive(r, err);
    if (ok != ORY_OK) {
        ory_run_free(r);
        return ok;
    }
    *out = r;
    return ORY_OK;
}

void ory_event_free(event *e)
{
    ory_free(e->name);
    ory_free(e->before_text);
    ory_free(e->after_text);
    ory_free(e->before.text);
    ory_free(e->after.text);
    ory_free(e->poke);
    memset(e, 0, sizeof *e);
}

void ory_run_free(ory_run *r)
{
    size_t i;

    if (!r)
        return;
    ory_recorder_free(r);
    for (i = 0; i < r->n_hooks; i++)
        if (r->hooks[i].release)
            r->hooks[i].release(r->hooks[i].ctx);
    ory_free(r->hooks);
    for (i = 0; i < r->n_events; i++)
        ory_event_free(&r->events[i]);
    ory_free(r->events);
    ory_free(r->images);
    ory_free(r->claims);
    ory_free(r->track);
    if (r->st_ready && r->st.class->fini)
        r->st.class->fini(&r->st);
    ory_values_fini(&r->st.values);
    ory_free(r->x);
    ory_free(r->next);
    ory_free(r->x0);
    ory_free(r->grad);
    ory_free(r->grad_next);
    ory_free(r->slots);
    ory_free(r->slots_kept);
    ory_free(r->memory);
    ory_system_unref(r->sys);
    ory_free(r);
}

/* ------------------------------------------------------------------ where it is */

ory_system *ory_run_system(const ory_run *r) { return r->sys; }
const ory_stepper *ory_run_stepper(const ory_run *r) { return &r->st; }
const char *ory_run_name(const ory_run *r) { return r->name; }
uint64_t ory_run_id(const ory_run *r) { return r->id; }
uint64_t ory_run_parent(const ory_run *r) { return r->parent; }
uint64_t ory_run_fork_step(const ory_run *r) { return r->fork_step; }
uint64_t ory_run_k(const ory_run *r) { return r->k; }
uint64_t ory_run_known(const ory_run *r) { return r->known > r->k ? r->known : r->k; }
double ory_run_t(const ory_run *r) { return r->t; }
const double *ory_run_state(const ory_run *r) { return r->x; }

const ory_moment *ory_run_moment(ory_run *r)
{
    ory_run_plan(r);
    return &r->now;
}

static uint64_t fnv(uint64_t h, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;

    while (n--)
        h = (h ^ *p++) * UINT64_C(0x100000001b3);
    return h;
}

uint64_t ory_run_hash(const ory_run *r)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    h = fnv(h, r->x, r->dim * sizeof(double));
    h = fnv(h, r->slots, r->n_slots * sizeof(double));
    h = fnv(h, r->memory, r->n_memory * sizeof(double));
    h = fnv(h, &r->rng, sizeof r->rng);
    h = fnv(h, &r->t, sizeof r->t);
    return fnv(h, &r->k, sizeof r->k);
}

/* --------------------------------------------------------------------- probes */

static int stepper_probes(const ory_run *r)
{
    int n = 0;

    while (r->st.class->probes && r->st.class->probes[n].name)
        n++;
    return n;
}

int ory_run_probe_count(const ory_run *r)
{
    return ory_probe_count(r->sys->class) + stepper_probes(r) + (int)r->n_watches;
}

const ory_probe *ory_run_probe_at(const ory_run *r, int i)
{
    const int n = ory_probe_count(r->sys->class), s = stepper_probes(r);

    if (i < n)
        return ory_probe_at(r->sys->class, i);
    return i < n + s ? &r->st.class->probes[i - n] : &r->watches[i - n - s]->row;
}

int ory_run_probe_find(const ory_run *r, const char *name)
{
    int i, n = ory_run_probe_count(r);

    for (i = 0; i < n; i++)
        if (strcmp(ory_run_probe_at(r, i)->name, name) == 0)
            return i;
    return -1;
}

void ory_run_probe_shape(const ory_run *r, int i, size_t *rows, size_t *cols)
{
    *rows = *cols = 1;
    if (i < ory_probe_count(r->sys->class))
        ory_probe_shape(r->sys, i, rows, cols);
}

ory_status ory_run_read(ory_run *r, int i, double *out, ory_error *err)
{
    const int n = ory_probe_count(r->sys->class), s = stepper_probes(r);
    watch *w;

    ory_run_plan(r);
    if (i < n)
        return ory_probe_read(r->sys, &r->now, i, out, err);
    if (i < n + s) {
        *out = r->st.class->probe(&r->st, &r->now, r->slots, i - n);
        return ORY_OK;
    }
    w = r->watches[i - n - s];
    return w->fn(w->ctx, r, out, err);
}

bool ory_run_why(ory_run *r, int i, char *text, size_t size)
{
    ory_run_plan(r);
    if (r->refusal != ORY_OK && strcmp(ory_run_probe_at(r, i)->name, "step") == 0) {
        snprintf(text, size, "%s", r->refusal_err.text);
        return true;
    }
    return i < ory_probe_count(r->sys->class) && ory_probe_why(r->sys, &r->now, i, text, size);
}

/* ---------------------------------------------------------------------- knobs */

/* Knobs are numbered: live rows of the stepper's table, then of the system's. */
static const ory_param *knob_row(const ory_run *r, int knob, bool *of_system, int *row)
{
    const ory_param *tables[2] = {r->st.class->params, r->sys->class->params};
    int t, i;

    for (t = 0; t < 2; t++)
        for (i = 0; tables[t] && tables[t][i].name; i++)
            if ((tables[t][i].flags & ORY_LIVE) && knob-- == 0) {
                *of_system = t == 1;
                *row = i;
                return &tables[t][i];
            }
    return NULL;
}

int ory_run_knob_count(const ory_run *r)
{
    int n = 0, row;
    bool of_system;

    while (knob_row(r, n, &of_system, &row))
        n++;
    return n;
}

const ory_param *ory_run_knob_at(const ory_run *r, int i, const ory_value **value)
{
    bool of_system;
    int row;
    const ory_param *p = knob_row(r, i, &of_system, &row);

    if (p && value)
        *value = of_system ? &r->sys->values.v[row] : &r->st.values.v[row];
    return p;
}

int ory_run_knob_find(const ory_run *r, const char *name)
{
    const ory_param *p;
    bool of_system;
    int i, row;

    for (i = 0; (p = knob_row(r, i, &of_system, &row)) != NULL; i++)
        if (strcmp(p->name, name) == 0)
            return i;
    return -1;
}

/* The run's own copy of the system, before a knob of it is turned. */
static ory_status own_system(ory_run *r, ory_error *err)
{
    ory_system *mine;
    ory_status ok;

    if (r->sys->refs <= 1)
        return ORY_OK;
    if ((ok = ory_system_clone(r->sys, &mine, err)) != ORY_OK)
        return ok;
    ory_system_unref(r->sys);
    r->sys = r->st.sys = mine;
    if (r->st.class->fini)
        r->st.class->fini(&r->st);
    r->st.self = NULL;
    return r->st.class->init ? r->st.class->init(&r->st, err) : ORY_OK;
}

/* Put a checked value into a stepper row, text owned by the row. */
static ory_status put_value(ory_value *row, const ory_value *value, ory_error *err)
{
    char *text = value->text ? ory_strdup(value->text) : NULL;

    if (value->text && !text)
        return no_memory(err);
    ory_free(row->text);
    row->given = value->given;
    row->is_choice = value->is_choice;
    row->num = value->num;
    row->text = text;
    return ORY_OK;
}

static ory_status set_knob(ory_run *r, int knob, const ory_value *value, ory_error *err)
{
    ory_value old = {0};
    bool of_system;
    int row;
    const ory_param *p = knob_row(r, knob, &of_system, &row);
    ory_status ok;

    if (of_system) {
        if ((ok = own_system(r, err)) != ORY_OK)
            return ok;
        ok = ory_system_set(r->sys, p->name, value, err);
    } else {
        if ((ok = put_value(&old, &r->st.values.v[row], err)) != ORY_OK)
            return ok;
        ok = put_value(&r->st.values.v[row], value, err);
        if (ok == ORY_OK && r->st.class->changed &&
            (ok = r->st.class->changed(&r->st, row, err)) != ORY_OK &&
            put_value(&r->st.values.v[row], &old, NULL) == ORY_OK)
            (void)r->st.class->changed(&r->st, row, NULL);
        ory_free(old.text);
    }
    ory_run_touch(r);
    return ok;
}

ory_status ory_run_apply(ory_run *r, const event *e, bool forward, ory_error *err)
{
    if (e->kind == ORY_EVENT_KNOB)
        return set_knob(r, e->knob, forward ? &e->after : &e->before, err);
    if (e->kind == ORY_EVENT_POKE && forward) {
        memcpy(r->x + e->offset, e->poke, e->len * sizeof(double));
        ory_run_evaluate(r, r->x, &r->loss, r->grad);
        ory_run_touch(r);
    }
    return ORY_OK;
}

/* --------------------------------------------------------------------- events */

event *ory_run_add_event(ory_run *r, ory_event_kind kind, const char *name, ory_error *err)
{
    size_t room = r->room_events ? 2 * r->room_events : 16;
    event *all = r->events, *e;

    if (r->n_events == r->room_events) {
        all = all ? ory_resize(all, r->room_events, room, sizeof *all)
                  : ory_alloc(room, sizeof *all);
        if (!all) {
            ory_fail(err, ORY_ENOMEM, "out of memory");
            return NULL;
        }
        r->events = all;
        r->room_events = room;
    }
    e = &r->events[r->n_events];
    memset(e, 0, sizeof *e);
    e->k = r->k;
    e->kind = kind;
    e->limit = NAN;
    if (name && !(e->name = ory_strdup(name))) {
        ory_fail(err, ORY_ENOMEM, "out of memory");
        return NULL;
    }
    r->n_events++;
    r->ev_next = r->n_events;
    return e;
}

void ory_run_cut(ory_run *r)
{
    while (r->n_events > r->ev_next)
        ory_event_free(&r->events[--r->n_events]);
    r->known = r->k;
    ory_travel_cut(r);
    ory_recorder_cut(r);
}

static char *value_text(const ory_param *p, const ory_value *v)
{
    ory_values one = {.owner = "", .params = p, .count = 1, .v = (ory_value *)v};
    char text[128] = "";

    ory_values_text(&one, 0, text, sizeof text);
    return ory_strdup(text);
}

/* A knob given as a checked value: apply, then log. */
static ory_status turn(ory_run *r, int knob, const ory_value *value, ory_error *err)
{
    const ory_value *now;
    const ory_param *p = ory_run_knob_at(r, knob, &now);
    ory_value before = {0};
    event *e;
    ory_status ok;

    if ((ok = put_value(&before, now, err)) != ORY_OK)
        return ok;
    if ((ok = set_knob(r, knob, value, err)) != ORY_OK) {
        ory_free(before.text);
        return ok;
    }
    ory_run_cut(r);
    if (!(e = ory_run_add_event(r, ORY_EVENT_KNOB, p->name, err))) {
        (void)set_knob(r, knob, &before, NULL);
        ory_free(before.text);
        return ORY_ENOMEM;
    }
    e->knob = knob;
    e->before = before;
    ok = put_value(&e->after, value, err);
    e->before_text = value_text(p, &e->before);
    e->after_text = value_text(p, &e->after);
    return ok;
}

typedef enum { GIVEN_NUM, GIVEN_BOOL, GIVEN_TEXT } given_kind;

static ory_status unknown_knob(const ory_run *r, const char *name, ory_error *err)
{
    const char *names[128];
    const char *near;
    const ory_param *p;
    int n = 0;

    while (n < 128 && (p = ory_run_knob_at(r, n, NULL)) != NULL)
        names[n++] = p->name;
    near = ory_nearest(name, names, (size_t)n);
    return ory_fail(err, ORY_ENAME, "%s: no knob '%s'%s%s%s", r->name, name,
                    near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

/* Check the value against its row with the table's own checks, on a scratch copy. */
static ory_status set_given(ory_run *r, const char *name, given_kind kind, double x,
                            const char *text, ory_error *err)
{
    int knob = ory_run_knob_find(r, name);
    ory_param one[2] = {{0}};
    ory_values v = {0};
    ory_status ok;

    if (knob < 0)
        return unknown_knob(r, name, err);
    one[0] = *ory_run_knob_at(r, knob, NULL);
    if ((ok = ory_values_init(&v, r->name, one, err)) != ORY_OK)
        return ok;
    ok = kind == GIVEN_NUM    ? ory_values_set_num(&v, name, x, err)
         : kind == GIVEN_BOOL ? ory_values_set_bool(&v, name, x != 0, err)
                              : ory_values_set_text(&v, name, text, err);
    if (ok == ORY_OK)
        ok = turn(r, knob, &v.v[0], err);
    ory_values_fini(&v);
    return ok;
}

ory_status ory_run_set_num(ory_run *r, const char *name, double x, ory_error *err)
{
    int rule = ory_run_knob_find(r, "rule");
    const ory_value *now;
    ory_status ok = set_given(r, name, GIVEN_NUM, x, NULL, err);

    /* r.step = x means exactly that step: leave a rule that would choose another. */
    if (ok == ORY_OK && rule >= 0 && strcmp(name, "step") == 0) {
        ory_run_knob_at(r, rule, &now);
        if (!now->text || strcmp(now->text, "const") != 0)
            ok = set_given(r, "rule", GIVEN_TEXT, 0, "const", err);
    }
    return ok;
}

ory_status ory_run_set_bool(ory_run *r, const char *name, bool x, ory_error *err)
{
    return set_given(r, name, GIVEN_BOOL, x, NULL, err);
}

ory_status ory_run_set_text(ory_run *r, const char *name, const char *text, ory_error *err)
{
    return set_given(r, name, GIVEN_TEXT, 0, text, err);
}

ory_status ory_run_poke(ory_run *r, const char *block, const ory_mat *value, ory_error *err)
{
    const ory_block *b = block ? ory_system_block(r->sys, block) : NULL;
    const size_t rows = b ? b->rows : r->dim, cols = b ? b->cols : 1;
    const size_t offset = b ? b->offset : 0;
    event *e;
    size_t i;

    if (block && !b)
        return ory_fail(err, ORY_ENAME, "%s: the state has no block '%s'", r->name, block);
    if (value->rows != rows || value->cols != cols)
        return ory_fail(err, ORY_ESHAPE, "%s: %s is %zu x %zu, the value %zu x %zu", r->name,
                        block ? block : "the state", rows, cols, value->rows, value->cols);
    for (i = 0; i < rows; i++)
        if (!ory_all_finite(ory_mat_at(value, i, 0), cols))
            return ory_fail(err, ORY_EDIVERGE, "%s: row %zu of the value is not finite", r->name,
                            i + 1);
    ory_run_cut(r);
    if (!(e = ory_run_add_event(r, ORY_EVENT_POKE, block ? block : "state", err)))
        return ORY_ENOMEM;
    e->poke = ory_alloc(rows * cols, sizeof(double));
    if (!e->poke) {
        ory_event_free(e);
        r->ev_next = --r->n_events;
        return no_memory(err);
    }
    e->offset = offset;
    e->len = rows * cols;
    for (i = 0; i < rows; i++)
        memcpy(e->poke + i * cols, ory_mat_at(value, i, 0), cols * sizeof(double));
    return ory_run_apply(r, e, true, err);
}

size_t ory_run_event_count(const ory_run *r)
{
    return r->n_events;
}

ory_event ory_run_event_at(const ory_run *r, size_t i)
{
    const event *e = &r->events[i];

    return (ory_event){.k = e->k, .kind = e->kind, .name = e->name, .before = e->before_text,
                       .after = e->after_text};
}

ory_status ory_run_mark(ory_run *r, const char *label, ory_error *err)
{
    event kept = {0};
    size_t at = r->ev_next, i;
    event *e;

    /* A marker does not change the future: put it in before the events that follow. */
    if (!(e = ory_run_add_event(r, ORY_EVENT_MARK, label, err)))
        return ORY_ENOMEM;
    kept = *e;
    for (i = r->n_events - 1; i > at; i--)
        r->events[i] = r->events[i - 1];
    r->events[at] = kept;
    r->ev_next = at + 1;
    return ORY_OK;
}

ory_status ory_run_reset(ory_run *r, int64_t new_seed, ory_error *err)
{
    ory_values v = {0};
    ory_system *fresh = NULL;
    ory_status ok = ORY_OK;
    size_t i;

    if (new_seed >= 0) {
        if ((ok = ory_values_copy(&v, &r->sys->values, err)) == ORY_OK &&
            (ok = ory_values_set_num(&v, "seed", (double)new_seed, err)) == ORY_OK)
            ok = ory_system_new(r->sys->class, &v, &fresh, err);
        ory_values_fini(&v);
        if (ok == ORY_OK && fresh->dim != r->dim) {
            ory_system_unref(fresh);
            ok = ory_fail(err, ORY_ESHAPE, "%s: seed %lld changes the size of the state", r->name,
                          (long long)new_seed);
        }
        if (ok != ORY_OK)
            return ok;
        ory_system_unref(r->sys);
        r->sys = r->st.sys = fresh;
        if (r->st.class->fini)
            r->st.class->fini(&r->st);
        r->st.self = NULL;
        if (r->st.class->init && (ok = r->st.class->init(&r->st, err)) != ORY_OK)
            return ok;
    }
    for (i = 0; i < r->n_events; i++)
        ory_event_free(&r->events[i]);
    r->n_events = r->ev_next = 0;
    r->n_images = 0;
    if ((ok = begin(r, err)) != ORY_OK)
        return ok;
    r->recorded_upto = 0;
    ory_recorder_cut(r);
    ory_run_plan(r);
    find_gap(r);
    for (i = 0; i < (size_t)r->n_claims; i++) {
        memset(&r->track[i], 0xff, sizeof r->track[i]);
        r->track[i].checked = 0;
        r->track[i].worst = NAN;
    }
    return ory_run_arrive(r, err);
}
