/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hooks.c - breakpoints: conditions, which fire at the step where they become true, and
 * functions, which fire whenever they say so. Each is asked once per arrival at a step
 * that is a multiple of its `every`. */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "run/impl.h"

static const char *const relations[] = {
    [ORY_LE] = "<=", [ORY_LT] = "<", [ORY_GE] = ">=", [ORY_GT] = ">"};

static bool holds(double left, ory_relation rel, double right)
{
    switch (rel) {
    case ORY_LE: return left <= right;
    case ORY_LT: return left < right;
    case ORY_GE: return left >= right;
    case ORY_GT: return left > right;
    }
    return false;
}

/* A probe that cannot be read or is undefined satisfies nothing. */
bool ory_condition_holds(ory_run *r, const ory_condition *c, double *value)
{
    *value = NAN;
    return ory_run_read_whole(r, c->probe, value, NULL) == ORY_OK && holds(*value, c->rel, c->value);
}

void ory_condition_text(const ory_run *r, const ory_condition *c, double value, char *text,
                        size_t size)
{
    snprintf(text, size, "%s %.6g %s %.6g", ory_run_probe_at(r, c->probe)->name, value,
             relations[c->rel], c->value);
}

/* ------------------------------------------------------------------ adding, removing */

static ory_status add(ory_run *r, hook h, int *id, ory_error *err)
{
    hook *all = ory_resize(r->hooks, r->n_hooks, r->n_hooks + 1, sizeof *all);

    if (!all)
        return ory_run_no_memory(err);
    h.id = ++r->next_hook;
    h.looked_at = UINT64_MAX;
    h.every = h.every ? h.every : 1;
    r->hooks = all;
    r->hooks[r->n_hooks++] = h;
    if (id)
        *id = h.id;
    return ORY_OK;
}

ory_status ory_run_when(ory_run *r, const char *label, ory_run_fn fn, void *ctx,
                        void (*release)(void *), uint64_t every, int *id, ory_error *err)
{
    hook h = {.fn = fn, .ctx = ctx, .release = release, .every = every};

    snprintf(h.label, sizeof h.label, "%s", label ? label : "function");
    return add(r, h, id, err);
}

ory_status ory_run_when_probe(ory_run *r, const ory_condition *c, int *id, ory_error *err)
{
    if (c->probe < 0 || c->probe >= ory_run_probe_count(r) ||
        ory_run_probe_at(r, c->probe)->kind != ORY_SCALAR)
        return ory_fail(err, ORY_EINVAL, "%s: a condition needs a scalar probe", r->name);
    return add(r, (hook){.condition = *c, .every = c->every}, id, err);
}

static void bury(ory_run *r)
{
    size_t i, kept = 0;

    for (i = 0; i < r->n_hooks; i++) {
        hook h = r->hooks[i];

        if (!h.dead)
            r->hooks[kept++] = h;
        else if (h.release)
            h.release(h.ctx);
    }
    r->n_hooks = kept;
}

void ory_run_when_remove(ory_run *r, int id)
{
    for (size_t i = 0; i < r->n_hooks; i++)
        if (r->hooks[i].id == id)
            r->hooks[i].dead = true;
    if (!r->asking)
        bury(r);
}

void ory_hooks_free(ory_run *r)
{
    for (size_t i = 0; i < r->n_hooks; i++)
        r->hooks[i].dead = true;
    bury(r);
    ory_free(r->hooks);
    r->hooks = NULL;
}

/* -------------------------------------------------------------------------- asking */

/* The function may add and remove hooks: r->hooks can move while it runs. */
static ory_status ask_function(ory_run *r, size_t i, bool *stop, ory_error *err)
{
    const hook h = r->hooks[i];

    return h.fn(h.ctx, r, stop, err);
}

static bool ask_condition(ory_run *r, hook *h, double *value)
{
    const bool is = ory_condition_holds(r, &h->condition, value), was = h->was;

    h->was = is;
    return is && !was;
}

static void tell(const ory_run *r, const hook *h, double value, ory_stop *why)
{
    char text[200];

    if (h->fn)
        snprintf(text, sizeof text, "%s", h->label);
    else
        ory_condition_text(r, &h->condition, value, text, sizeof text);
    why->reason = ORY_STOP_WHEN;
    snprintf(why->text, sizeof why->text, "breakpoint at step %" PRIu64 ": %s", r->k, text);
}

/* All are asked, so that none misses a step at which another one fires. */
static ory_status ask_all(ory_run *r, bool *stop, ory_stop *why, ory_error *err)
{
    const size_t n = r->n_hooks;
    ory_status ok = ORY_OK;

    for (size_t i = 0; i < n && ok == ORY_OK; i++) {
        bool fires = false;
        double value = NAN;

        if (r->hooks[i].dead || r->hooks[i].looked_at == r->k || r->k % r->hooks[i].every != 0)
            continue;
        r->hooks[i].looked_at = r->k;
        if (r->hooks[i].fn)
            ok = ask_function(r, i, &fires, err);
        else
            fires = ask_condition(r, &r->hooks[i], &value);
        if (ok == ORY_OK && fires && !*stop)
            tell(r, &r->hooks[i], value, why);
        *stop = *stop || fires;
    }
    return ok;
}

ory_status ory_hooks_ask(ory_run *r, bool *stop, ory_stop *why, ory_error *err)
{
    ory_status ok;

    r->asking = true;
    ok = ask_all(r, stop, why, err);
    r->asking = false;
    bury(r);
    return ok;
}

void ory_hooks_changed(ory_run *r)
{
    for (size_t i = 0; i < r->n_hooks && !r->asking; i++)
        r->hooks[i].looked_at = UINT64_MAX;
}

void ory_hooks_moved(ory_run *r)
{
    double value;

    for (size_t i = 0; i < r->n_hooks; i++) {
        hook *h = &r->hooks[i];

        h->looked_at = h->fn ? UINT64_MAX : r->k;
        h->was = !h->fn && ory_condition_holds(r, &h->condition, &value);
    }
}
