/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run.c - making a run, and reading where it is and what its probes say. */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/linalg.h"
#include "core/mem.h"
#include "core/offload.h"
#include "run/explicit.h"
#include "run/impl.h"
#include "systems/free_probes.h"

static uint64_t last_id;

/* -------------------------------------------------------------------- making */

ory_status ory_run_no_memory(ory_error *err)
{
    return ory_fail(err, ORY_ENOMEM, "out of memory");
}

static ory_status unknown_stepper(const char *name, ory_error *err)
{
    enum { MOST = 64 };
    const char *names[MOST], *near;
    size_t n = 0;

    for (; n < MOST && n < ory_stepper_count(); n++)
        names[n] = ory_stepper_class_at(n)->name;
    near = ory_nearest(name, names, n);
    return ory_fail(err, ORY_ENAME, "run: no stepper '%s'%s%s%s", name,
                    near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

static ory_status start_stepper(ory_run *r, const ory_run_options *opt, ory_error *err)
{
    const char *name = opt->stepper ? opt->stepper : r->sys->class->default_stepper;
    const ory_stepper_class *c = ory_stepper_class_find(name);
    const char *unfit;
    ory_status ok;

    if (!c)
        return unknown_stepper(name ? name : "", err);
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
        return ory_run_no_memory(err);
    return ORY_OK;
}

static bool wants_gradient(const ory_run *r)
{
    return (r->st.class->needs & ORY_NEEDS_LOSS) && !r->st.class->own_gradients;
}

void ory_run_evaluate(ory_run *r, const double *x, double *loss, double *grad)
{
    *loss = NAN;
    if (r->sys->class->loss)
        r->sys->class->loss(r->sys, x, loss, wants_gradient(r) ? grad : NULL);
}

void ory_run_refresh(ory_run *r)
{
    ory_run_evaluate(r, r->x, &r->loss, r->grad);
    ory_run_touch(r);
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
    r->now.loss = r->loss;
    r->now.grad = wants_gradient(r) ? r->grad : NULL;
    r->planned = false;
}

/* The part that may run beside the thread that owns Lua and the terminal. */
static void plan_step(void *run)
{
    ory_run *r = run;

    r->refusal = r->st.class->plan(&r->st, &r->now, r->slots, &r->plan, &r->refusal_err);
}

static void forget_plan(void *run)
{
    ory_run *r = run;

    memcpy(r->slots, r->slots_kept, r->n_slots * sizeof(double));
}

bool ory_run_beside(ory_run *r, ory_offload_fn work, ory_offload_fn forget)
{
    if (r->slow && !r->sys->class->calls_back)
        return ory_offload(work, forget, r);
    work(r);
    return true;
}

ory_status ory_run_plan(ory_run *r)
{
    if (r->planned)
        return r->refusal;
    r->plan = (ory_plan){NAN, NAN};
    r->st.loss = r->loss;
    r->st.grad = r->grad;
    r->refusal_err.text[0] = '\0';
    memcpy(r->slots_kept, r->slots, r->n_slots * sizeof(double));
    if (!ory_run_beside(r, plan_step, forget_plan))
        return ORY_EINTERRUPT;
    if (r->refusal == ORY_EINTERRUPT) { /* no answer: to be asked again */
        forget_plan(r);
        return ORY_EINTERRUPT;
    }
    if (r->refusal == ORY_OK) {
        r->now.step = r->plan.step;
        r->now.factor = r->plan.factor;
    }
    r->planned = true;
    r->now.stamp = ory_stamp_next(); /* step size is part of what a stamp stands for */
    return r->refusal;
}

static uint64_t seed_of(const ory_system *s)
{
    const int row = ory_params_find(s->class->params, "seed");

    return row >= 0 ? (uint64_t)s->values.v[row].num : 0;
}

/* State, memory and slots of step 0, and the gap there. */
ory_status ory_run_begin(ory_run *r, ory_error *err)
{
    enum { STREAM = 0x72756e };
    ory_status ok = r->sys->class->start(r->sys, r->x0, err);

    if (ok != ORY_OK)
        return ok;
    if (!ory_all_finite(r->x0, r->dim))
        return ory_fail(err, ORY_EDIVERGE, "%s: the initial state is not finite",
                        r->sys->class->name);
    memcpy(r->x, r->x0, r->dim * sizeof(double));
    r->k = r->known = r->recorded_upto = 0;
    r->t = 0;
    ory_rng_init(&r->rng, seed_of(r->sys), STREAM);
    if (r->st.class->start)
        r->st.class->start(&r->st, r->x, r->slots);
    ory_run_refresh(r);
    if ((ok = ory_trouble(r->sys, err)) != ORY_OK)
        return ok;
    r->loss_ref = r->loss;
    if (r->sys->class->memory_start)
        r->sys->class->memory_start(r->sys, &r->now, r->memory);
    if (r->gap_probe < 0 || ory_run_read(r, r->gap_probe, &r->gap0, NULL) != ORY_OK)
        r->gap0 = NAN;
    return ORY_OK;
}

static void name_run(ory_run *r, const char *name)
{
    if (name)
        snprintf(r->name, sizeof r->name, "%s", name);
    else
        snprintf(r->name, sizeof r->name, "run %" PRIu64, r->id);
}

/* Rows are looked up by number in every step: count and find them once. */
static void number_probes(ory_run *r)
{
    const ory_system_class *c = r->sys->class;
    int n = 0;

    while (c->probes && c->probes[n].name)
        n++;
    r->n_class_probes = n;
    for (n = 0; n < ORY_MAX_FREE && (r->free_rows[n] = ory_free_probe(c, n)) != NULL; n++)
        ;
    r->n_system_probes = r->n_class_probes + n;
    for (n = 0; r->st.class->probes && r->st.class->probes[n].name; n++)
        ;
    r->n_stepper_probes = n;
    r->gap_probe = ory_probe_find(c, "gap");
}

ory_status ory_run_build(ory_system *sys, const ory_run_options *opt, ory_run **out,
                         ory_error *err)
{
    ory_run *r = ory_alloc(1, sizeof *r);
    ory_status ok;

    if (!r)
        return ory_run_no_memory(err);
    r->sys = ory_system_ref(sys);
    r->id = ++last_id;
    r->series_capacity = opt->series_capacity ? opt->series_capacity : 4096;
    r->every = opt->every;
    name_run(r, opt->name);
    ok = start_stepper(r, opt, err);
    if (ok == ORY_OK)
        ok = allocate(r, err);
    if (ok == ORY_OK) {
        number_probes(r);
        r->heavy = r->slow = ory_probe_work(sys, -1) >= ORY_OFFLOAD_WORK;
        ok = ory_recorder_start(r, opt->record, err);
    }
    if (ok == ORY_OK)
        ok = ory_claims_start(r, err);
    if (ok == ORY_OK)
        ok = ory_travel_start(r, opt->history_bytes ? opt->history_bytes : (size_t)64 << 20, err);
    if (ok != ORY_OK) {
        ory_run_free(r);
        return ok;
    }
    *out = r;
    return ORY_OK;
}

ory_status ory_run_new(ory_system *sys, const ory_run_options *opt, ory_run **out, ory_error *err)
{
    static const ory_run_options defaults;
    ory_run *r;
    ory_status ok = ory_run_build(sys, opt ? opt : &defaults, &r, err);

    if (ok != ORY_OK)
        return ok;
    ok = ory_run_begin(r, err);
    if (ok == ORY_OK && (ok = ory_run_plan(r)) != ORY_OK)
        ory_fail(err, ok, "run: %s", ok == ORY_EINTERRUPT ? "interrupted" : r->refusal_err.text);
    if (ok == ORY_OK)
        ok = ory_run_arrive(r, err);
    if (ok != ORY_OK) {
        ory_run_free(r);
        return ok;
    }
    *out = r;
    return ORY_OK;
}

void ory_run_free(ory_run *r)
{
    size_t i;

    if (!r)
        return;
    ory_offload_settle();
    ory_recorder_free(r);
    ory_hooks_free(r);
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
    ory_offload_settle();
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

/* Knob by knob, since padding inside values is not part of them. */
static uint64_t hash_knobs(const ory_run *r, uint64_t h)
{
    const ory_value *v;

    for (int i = 0; ory_run_knob_at(r, i, &v); i++) {
        h = fnv(h, &v->num, sizeof v->num);
        h = fnv(h, &v->is_choice, sizeof v->is_choice);
        if (v->text)
            h = fnv(h, v->text, strlen(v->text));
    }
    return h;
}

uint64_t ory_run_hash(const ory_run *r)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    h = fnv(h, r->x, r->dim * sizeof(double));
    h = fnv(h, r->slots, r->n_slots * sizeof(double));
    h = fnv(h, r->memory, r->n_memory * sizeof(double));
    h = fnv(h, r->rng.word, sizeof r->rng.word);
    h = fnv(h, &r->t, sizeof r->t);
    h = fnv(h, &r->k, sizeof r->k);
    return hash_knobs(r, h);
}

/* --------------------------------------------------------------------- probes */

/* Numbered: probes of the system (own rows, free ones), of the stepper, watches. */
int ory_run_probe_count(const ory_run *r)
{
    return r->n_system_probes + r->n_stepper_probes + (int)r->n_watches;
}

const ory_probe *ory_run_probe_at(const ory_run *r, int i)
{
    const int n = r->n_system_probes, s = r->n_stepper_probes;

    if (i < r->n_class_probes)
        return &r->sys->class->probes[i];
    if (i < n)
        return r->free_rows[i - r->n_class_probes];
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
    if (i < r->n_system_probes)
        ory_probe_shape(r->sys, i, rows, cols);
}

/* A watch may look at the run but neither change it nor read itself. */
static ory_status read_watch(ory_run *r, watch *w, double *out, ory_error *err)
{
    const inside_kind outer = r->inside;
    ory_status ok;

    *out = NAN;
    if (w->busy)
        return ory_fail(err, ORY_ECALLBACK, "%s: the watch '%s' reads itself", r->name, w->name);
    w->busy = true;
    r->inside = INSIDE_SAMPLE;
    ok = w->fn(w->ctx, r, out, err);
    r->inside = outer;
    w->busy = false;
    return ok;
}

/* What the system knows: a probe of its class, or one that every system has. */
static ory_status read_system(ory_run *r, int i, double *out, ory_error *err)
{
    ory_status ok, own;

    if (i < r->n_class_probes)
        return r->sys->class->probe(r->sys, &r->now, i, out, err);
    ok = ory_free_probe_read(r->sys, &r->now, r->free_rows[i - r->n_class_probes], out, err);
    own = ory_trouble(r->sys, ok == ORY_OK ? err : NULL);
    return ok == ORY_OK ? own : ok;
}

static void read_beside(void *ctx)
{
    reading *it = ctx;

    it->status = read_system(it->run, it->probe, it->out, &it->err);
}

static void forget_reading(void *ctx)
{
    reading *it = ctx;

    ory_free(it->out);
    ory_free(it);
}

/* Work of one step from which on a dear probe is worth a thread whatever its estimate. */
static const double dear_step = 5e4;

/* Whether reading it takes long enough for a thread of its own. */
static bool lasts(const ory_run *r, int i)
{
    const ory_cost cost = ory_run_probe_at(r, i)->cost;

    if (r->sys->class->calls_back)
        return false;
    if (cost == ORY_COST_DEAR && ory_probe_work(r->sys, -1) >= dear_step)
        return true; /* many steps' worth, and how many the estimate may not know */
    return (r->heavy || cost >= ORY_COST_FACTOR) && ory_probe_work(r->sys, i) >= ORY_OFFLOAD_WORK;
}

/* Into memory of its own, for it may outlive the caller's. */
static ory_status read_dear(ory_run *r, int i, double *out, ory_error *err)
{
    reading *it = ory_alloc(1, sizeof *it);
    size_t rows, cols;
    ory_status ok;

    ory_run_probe_shape(r, i, &rows, &cols);
    if (!it || !(it->out = ory_alloc(rows * cols, sizeof *out))) {
        ory_free(it);
        return ory_run_no_memory(err);
    }
    it->run = r;
    it->probe = i;
    if (!ory_offload(read_beside, forget_reading, it))
        return ory_fail(err, ORY_EINTERRUPT, "interrupted");
    ok = it->status;
    memcpy(out, it->out, rows * cols * sizeof *out);
    if (ok != ORY_OK)
        ory_fail(err, ok, "%s", it->err.text);
    forget_reading(it);
    return ok;
}

ory_status ory_run_read_whole(ory_run *r, int i, double *out, ory_error *err)
{
    reading it = {.run = r, .probe = i, .out = out};

    if (i >= r->n_system_probes || !lasts(r, i))
        return ory_run_read(r, i, out, err);
    ory_offload(read_beside, NULL, &it);
    return it.status == ORY_OK ? ORY_OK : ory_fail(err, it.status, "%s", it.err.text);
}

ory_status ory_run_read(ory_run *r, int i, double *out, ory_error *err)
{
    const int n = r->n_system_probes, s = r->n_stepper_probes;

    ory_offload_settle();
    if (i < 0 || i >= ory_run_probe_count(r))
        return ory_fail(err, ORY_ENAME, "%s: no probe number %d", r->name, i);
    ory_run_plan(r);
    if (i < n)
        return lasts(r, i) ? read_dear(r, i, out, err) : read_system(r, i, out, err);
    if (i >= n + s)
        return read_watch(r, r->watches[i - n - s], out, err);
    *out = r->st.class->probe(&r->st, &r->now, r->slots, i - n);
    return ORY_OK;
}

bool ory_run_why(ory_run *r, int i, char *text, size_t size)
{
    const int n = r->n_system_probes, s = r->n_stepper_probes;
    const char *why = NULL;

    ory_offload_settle();
    if (i < 0 || i >= ory_run_probe_count(r))
        return false;
    ory_run_plan(r);
    if (r->refusal != ORY_OK && strcmp(ory_run_probe_at(r, i)->name, "step") == 0) {
        snprintf(text, size, "%s", r->refusal_err.text);
        return true;
    }
    if (i < n)
        return ory_probe_why(r->sys, &r->now, i, text, size);
    if (i >= n + s)
        why = "the function that is watched gave nan";
    else if (r->st.class->why)
        why = r->st.class->why(&r->st, i - n);
    if (why)
        snprintf(text, size, "%s", why);
    return why || ory_range_why(r->sys, &r->now, text, size);
}
