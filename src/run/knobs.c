/* SPDX-License-Identifier: GPL-3.0-or-later */
/* knobs.c - live parameters of the stepper and the system, and states set by hand. Each
 * change is checked, applied, and logged at the present step; it cuts off the known
 * future. On failure nothing changes. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "core/offload.h"
#include "run/impl.h"

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

bool ory_run_knob_of_system(const ory_run *r, int knob)
{
    bool of_system = false;
    int row;

    return knob_row(r, knob, &of_system, &row) && of_system;
}

bool ory_run_may_change(const ory_run *r, inside_kind limit, ory_error *err)
{
    if (r->inside < limit)
        return true;
    ory_fail(err, ORY_EINVAL, "%s: a function called by the run cannot %s it", r->name,
             r->inside == INSIDE_SAMPLE ? "change" : "move");
    return false;
}

/* ------------------------------------------------------------------ turning them */

/* The stepper made anew for another instance of the same system; the old one stays on
 * failure. */
static ory_status replace_system(ory_run *r, ory_system *mine, ory_error *err)
{
    ory_stepper old = r->st;
    ory_status ok = ORY_OK;

    r->st.sys = mine;
    r->st.self = NULL;
    if (r->st.class->init)
        ok = r->st.class->init(&r->st, err);
    if (ok != ORY_OK) {
        if (r->st.class->fini)
            r->st.class->fini(&r->st);
        r->st = old;
        ory_system_unref(mine);
        return ok;
    }
    if (old.class->fini)
        old.class->fini(&old);
    ory_system_unref(r->sys);
    r->sys = mine;
    return ORY_OK;
}

/* The run's own copy of the system, before a knob of it is turned. */
ory_status ory_run_own_system(ory_run *r, ory_error *err)
{
    ory_system *mine;
    ory_status ok;

    if (r->sys->refs <= 1)
        return ORY_OK;
    if ((ok = ory_system_clone(r->sys, &mine, err)) != ORY_OK)
        return ok;
    return replace_system(r, mine, err);
}

static void swap(ory_value *a, ory_value *b)
{
    ory_value kept = *a;

    *a = *b;
    *b = kept;
}

/* Exchange the knob's value with *value (checked). A refusal of the class swaps back. */
ory_status ory_run_swap_knob(ory_run *r, int knob, ory_value *value, ory_error *err)
{
    bool of_system = false;
    int row = 0;
    ory_status ok = ORY_OK;

    knob_row(r, knob, &of_system, &row);
    if (of_system && (ok = ory_run_own_system(r, err)) != ORY_OK)
        return ok;
    for (int pass = 0; pass < 2; pass++) {
        ory_status answer = ORY_OK;

        swap(of_system ? &r->sys->values.v[row] : &r->st.values.v[row], value);
        if (of_system && r->sys->class->changed)
            answer = r->sys->class->changed(r->sys, row, pass ? NULL : err);
        else if (!of_system && r->st.class->changed)
            answer = r->st.class->changed(&r->st, row, pass ? NULL : err);
        if (pass == 0 && (ok = answer) == ORY_OK)
            break;
    }
    if (of_system)
        ory_run_refresh(r);
    else
        ory_run_touch(r);
    return ok;
}

static char *value_text(const ory_param *p, const ory_value *v)
{
    ory_values one = {.owner = "", .params = p, .count = 1, .v = (ory_value *)v};
    char text[128] = "";

    ory_values_text(&one, 0, text, sizeof text);
    return ory_strdup(text);
}

/* A knob given as a checked value, whose text is taken over: apply, then log. */
static ory_status turn(ory_run *r, int knob, ory_value *value, ory_error *err)
{
    event e = {.k = r->k, .kind = ORY_EVENT_KNOB, .knob = knob};
    const ory_value *now;
    const ory_param *p = ory_run_knob_at(r, knob, &now);
    ory_status ok;

    e.name = ory_strdup(p->name);
    e.before_text = value_text(p, now);
    e.after_text = value_text(p, value);
    swap(&e.value, value);
    ok = e.name && e.before_text && e.after_text ? ory_event_room(r, err) : ory_run_no_memory(err);
    if (ok == ORY_OK)
        ok = ory_run_swap_knob(r, knob, &e.value, err);
    if (ok != ORY_OK) {
        ory_event_free(&e);
        return ok;
    }
    ory_run_cut(r);
    ory_event_push(r, &e);
    if (r->loss > r->loss_ref && ory_run_knob_of_system(r, knob))
        r->loss_ref = r->loss;
    ory_hooks_changed(r);
    ory_recorder_amend(r);
    return ORY_OK;
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

    if (!ory_run_may_change(r, INSIDE_SAMPLE, err))
        return ORY_EINVAL;
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

/* Take back the last event, a knob's, when the change that belongs to it failed. */
static void take_back(ory_run *r)
{
    event *e = &r->events[r->n_events - 1];

    (void)ory_run_swap_knob(r, e->knob, &e->value, NULL);
    ory_event_free(e);
    r->ev_next = --r->n_events;
    ory_recorder_amend(r);
}

ory_status ory_run_set_num(ory_run *r, const char *name, double x, ory_error *err)
{
    int rule = ory_run_knob_find(r, "rule");
    const ory_value *now;
    ory_status ok = set_given(r, name, GIVEN_NUM, x, NULL, err);

    ory_offload_settle();
    /* r.step = x means exactly that step: leave a rule that would choose another. */
    if (ok == ORY_OK && rule >= 0 && strcmp(name, "step") == 0) {
        ory_run_knob_at(r, rule, &now);
        if (now->text && strcmp(now->text, "const") != 0 &&
            (ok = set_given(r, "rule", GIVEN_TEXT, 0, "const", err)) != ORY_OK)
            take_back(r);
    }
    return ok;
}

ory_status ory_run_set_bool(ory_run *r, const char *name, bool x, ory_error *err)
{
    ory_offload_settle();
    return set_given(r, name, GIVEN_BOOL, x, NULL, err);
}

ory_status ory_run_set_text(ory_run *r, const char *name, const char *text, ory_error *err)
{
    ory_offload_settle();
    return set_given(r, name, GIVEN_TEXT, 0, text, err);
}

/* ---------------------------------------------------------------------- by hand */

static ory_status check_poke(const ory_run *r, const char *block, const ory_block *b,
                             const ory_mat *value, ory_error *err)
{
    if (value->rows != b->rows || value->cols != b->cols)
        return ory_fail(err, ORY_ESHAPE, "%s: %s is %zu x %zu, the value %zu x %zu", r->name,
                        block ? block : "the state", b->rows, b->cols, value->rows, value->cols);
    for (size_t i = 0; i < b->rows; i++)
        if (!ory_all_finite(ory_mat_at(value, i, 0), b->cols))
            return ory_fail(err, ORY_EDIVERGE, "%s: row %zu of the value for %s is not finite",
                            r->name, i + 1, block ? block : "the state");
    return ORY_OK;
}

ory_status ory_run_poke(ory_run *r, const char *block, const ory_mat *value, ory_error *err)
{
    const ory_block whole = {.name = "state", .rows = r->dim, .cols = 1};
    const ory_block *b = block ? ory_system_block(r->sys, block) : &whole;
    event e = {.k = r->k, .kind = ORY_EVENT_POKE};
    ory_status ok;

    ory_offload_settle();
    if (!ory_run_may_change(r, INSIDE_SAMPLE, err))
        return ORY_EINVAL;
    if (!b)
        return ory_fail(err, ORY_ENAME, "%s: the state has no block '%s'", r->name, block);
    if ((ok = check_poke(r, block, b, value, err)) != ORY_OK)
        return ok;
    e.offset = b->offset;
    e.len = b->rows * b->cols;
    e.name = ory_strdup(b->name);
    e.poke = ory_alloc(e.len, sizeof(double));
    if (!e.name || !e.poke || ory_event_room(r, NULL) != ORY_OK) {
        ory_event_free(&e);
        return ory_run_no_memory(err);
    }
    for (size_t i = 0; i < b->rows; i++)
        memcpy(e.poke + i * b->cols, ory_mat_at(value, i, 0), b->cols * sizeof(double));
    ory_run_cut(r);
    ok = ory_event_apply(r, &e, true, err);
    ory_event_push(r, &e);
    if (r->loss > r->loss_ref)
        r->loss_ref = r->loss;
    ory_hooks_changed(r);
    ory_recorder_amend(r);
    return ok;
}

/* ---------------------------------------------------------------------- anew */

/* The same class with another seed, whose initial state is usable. */
static ory_status reseeded(ory_run *r, int64_t seed, ory_system **out, ory_error *err)
{
    ory_values v = {0};
    ory_system *fresh = NULL;
    ory_status ok = ory_values_copy(&v, &r->sys->values, err);

    if (ok == ORY_OK && (ok = ory_values_set_num(&v, "seed", (double)seed, err)) == ORY_OK)
        ok = ory_system_new(r->sys->class, &v, &fresh, err);
    ory_values_fini(&v);
    if (ok != ORY_OK)
        return ok;
    if (fresh->dim != r->dim)
        ok = ory_fail(err, ORY_ESHAPE, "%s: seed %lld changes the size of the state", r->name,
                      (long long)seed);
    else if ((ok = fresh->class->start(fresh, r->next, err)) == ORY_OK &&
             !ory_all_finite(r->next, r->dim))
        ok = ory_fail(err, ORY_EDIVERGE, "%s: with seed %lld the initial state is not finite",
                      r->name, (long long)seed);
    if (ok != ORY_OK) {
        ory_system_unref(fresh);
        return ok;
    }
    *out = fresh;
    return ORY_OK;
}

ory_status ory_run_reset(ory_run *r, int64_t new_seed, ory_error *err)
{
    ory_system *fresh;
    ory_status ok;
    size_t i;

    ory_offload_settle();
    if (!ory_run_may_change(r, INSIDE_GO, err))
        return ORY_EINVAL;
    if (new_seed >= 0) {
        if ((ok = reseeded(r, new_seed, &fresh, err)) != ORY_OK ||
            (ok = replace_system(r, fresh, err)) != ORY_OK)
            return ok;
    }
    if ((ok = ory_run_begin(r, err)) != ORY_OK)
        return ok;
    for (i = 0; i < r->n_events; i++)
        ory_event_free(&r->events[i]);
    r->n_events = r->ev_next = 0;
    r->n_images = 0;
    ory_recorder_clear(r);
    ory_claims_clear(r);
    ok = ory_run_arrive(r, err);
    ory_hooks_moved(r);
    return ok;
}
