/* SPDX-License-Identifier: GPL-3.0-or-later */
/* image_write.c - a run as bytes; image_read.c reads them in the same order. */
#include "config.h"

#include <string.h>

#include "run/image.h"
#include "core/offload.h"
#include "run/image_part.h"
#include "run/impl.h"

typedef struct out {
    ory_image_put put;
    void *ctx;
    ory_error *err;
    ory_status ok;
    size_t used;
    unsigned char buffer[8192];
} out;

static void flush(out *o)
{
    if (o->ok == ORY_OK && o->used > 0)
        o->ok = o->put(o->ctx, o->buffer, o->used, o->err);
    o->used = 0;
}

static void put_bytes(out *o, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;

    while (n > 0) {
        const size_t room = sizeof o->buffer - o->used, part = n < room ? n : room;

        memcpy(o->buffer + o->used, p, part);
        o->used += part;
        p += part;
        n -= part;
        if (o->used == sizeof o->buffer)
            flush(o);
    }
}

static void put_u64(out *o, uint64_t x)
{
    unsigned char b[8];

    for (int i = 0; i < 8; i++)
        b[i] = (unsigned char)(x >> 8 * i);
    put_bytes(o, b, sizeof b);
}

static void put_f64(out *o, double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    put_u64(o, bits);
}

static void put_doubles(out *o, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put_f64(o, x[i]);
}

static void put_text(out *o, const char *text)
{
    const size_t n = text ? strlen(text) : 0;

    put_u64(o, text ? n : PART_NO_TEXT);
    put_bytes(o, text, n);
}

/* ------------------------------------------------------------------------- options */

static void put_matrix(out *o, const ory_mat *a)
{
    put_u64(o, a->rows);
    put_u64(o, a->cols);
    for (size_t i = 0; i < a->rows; i++)
        put_doubles(o, ory_mat_at(a, i, 0), a->cols);
}

static void put_value(out *o, const ory_param *p, const ory_value *v)
{
    const bool empty = (p->flags & (ORY_OPTIONAL | ORY_REQUIRED)) && !v->given;

    put_text(o, p->name);
    put_u64(o, v->given);
    if (!empty && v->mat) {
        put_u64(o, PART_MATRIX);
        put_matrix(o, &v->mat->mat);
    } else if (!empty && v->text) {
        put_u64(o, PART_TEXT);
        put_text(o, v->text);
    } else if (!empty && v->is_choice) {
        put_u64(o, PART_TEXT);
        put_text(o, p->choices[(size_t)v->num]);
    } else if (!empty && p->type != ORY_PARAM_MATRIX && p->type != ORY_PARAM_STRING) {
        put_u64(o, PART_NUMBER);
        put_f64(o, v->num);
    } else {
        put_u64(o, PART_NOTHING);
    }
}

static void put_values(out *o, const ory_values *v)
{
    put_u64(o, v->count);
    for (size_t i = 0; i < v->count; i++)
        put_value(o, &v->params[i], &v->v[i]);
}

/* --------------------------------------------------------------------------- parts */

static void put_tracks(out *o, const claim_track *t, int n)
{
    for (int i = 0; i < n; i++, t++) {
        put_u64(o, t->checked);
        put_u64(o, t->first_step);
        put_f64(o, t->worst);
        put_f64(o, t->left);
        put_f64(o, t->right);
        for (int h = 0; h < ORY_MAX_HYPOTHESES; h++)
            put_u64(o, t->broken[h]);
    }
}

static void put_rng(out *o, const ory_rng *rng)
{
    for (int i = 0; i < ORY_RNG_WORDS; i++)
        put_u64(o, rng->word[i]);
}

static void put_state(out *o, const ory_run *r)
{
    put_u64(o, r->dim);
    put_u64(o, r->n_slots);
    put_u64(o, r->n_memory);
    put_u64(o, r->k);
    put_u64(o, ory_run_known(r));
    put_u64(o, r->fork_step);
    put_f64(o, r->t);
    put_f64(o, r->loss);
    put_f64(o, r->loss_ref);
    put_f64(o, r->gap0);
    put_rng(o, &r->rng);
    put_doubles(o, r->x0, r->dim);
    put_doubles(o, r->x, r->dim);
    put_doubles(o, r->slots, r->n_slots);
    put_doubles(o, r->memory, r->n_memory);
}

static void put_claims(out *o, const ory_run *r)
{
    put_u64(o, (uint64_t)r->n_claims);
    for (int i = 0; i < r->n_claims; i++)
        put_text(o, r->claims[i].claim->name);
    put_tracks(o, r->track, r->n_claims);
}

static void put_event(out *o, const ory_run *r, const event *e)
{
    put_u64(o, e->k);
    put_u64(o, e->kind);
    put_text(o, e->name);
    put_text(o, e->before_text);
    put_text(o, e->after_text);
    if (e->kind == ORY_EVENT_KNOB)
        put_value(o, ory_run_knob_at(r, e->knob, NULL), &e->value);
    if (e->kind == ORY_EVENT_LIMIT)
        put_f64(o, e->limit);
    if (e->kind != ORY_EVENT_POKE)
        return;
    put_u64(o, e->offset);
    put_u64(o, e->len);
    put_doubles(o, e->poke, e->len);
}

static void put_events(out *o, const ory_run *r)
{
    put_u64(o, r->n_events);
    put_u64(o, r->ev_next);
    for (size_t i = 0; i < r->n_events; i++)
        put_event(o, r, &r->events[i]);
}

static size_t images_on(const ory_run *r, uint64_t spacing)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n_images; i++)
        n += ory_travel_image_step(r, i) % spacing == 0;
    return n;
}

static void put_checkpoint(out *o, const ory_run *r, size_t i)
{
    const checkpoint c = ory_travel_checkpoint(r, i);

    put_u64(o, c.head.k);
    put_f64(o, c.head.t);
    put_f64(o, c.head.loss_ref);
    put_rng(o, &c.head.rng);
    put_doubles(o, c.numbers, r->dim + r->n_slots + r->n_memory);
    put_tracks(o, c.track, r->n_claims);
}

static void put_checkpoints(out *o, const ory_run *r)
{
    const size_t most = PART_HISTORY_BYTES / r->image_size;
    uint64_t spacing = r->spacing;

    while (images_on(r, spacing) > (most > 1 ? most : 1) && spacing < UINT64_C(1) << 62)
        spacing *= 2;
    put_u64(o, spacing);
    put_u64(o, images_on(r, spacing));
    for (size_t i = 0; i < r->n_images; i++)
        if (ory_travel_image_step(r, i) % spacing == 0)
            put_checkpoint(o, r, i);
}

static void put_bin(out *o, const ory_bin *b)
{
    put_u64(o, b->step);
    put_u64(o, b->last_step);
    put_f64(o, b->t);
    put_f64(o, b->first);
    put_f64(o, b->min);
    put_f64(o, b->max);
    put_f64(o, b->last);
    put_u64(o, (uint64_t)b->undefined << 32 | b->count);
}

static void put_record(out *o, const recorded *rec)
{
    const size_t n = ory_series_count(rec->series);

    put_text(o, rec->row->name);
    put_u64(o, rec->pace.every);
    put_u64(o, rec->pace.first);
    put_u64(o, rec->pace.exact);
    put_u64(o, rec->upto);
    put_u64(o, ory_series_capacity(rec->series));
    put_u64(o, ory_series_stride(rec->series));
    put_u64(o, n);
    for (size_t i = 0; i < n; i++)
        put_bin(o, &ory_series_bins(rec->series)[i]);
}

static void put_records(out *o, const ory_run *r)
{
    const int lasting = r->n_system_probes + r->n_stepper_probes; /* watches stay behind */
    uint64_t n = 0;

    for (size_t i = 0; i < r->n_rec; i++)
        n += r->rec[i].probe < lasting;
    put_u64(o, r->recorded_upto);
    put_u64(o, n);
    for (size_t i = 0; i < r->n_rec; i++)
        if (r->rec[i].probe < lasting)
            put_record(o, &r->rec[i]);
}

ory_status ory_run_image_write(const ory_run *r, ory_image_put put, void *ctx, ory_error *err)
{
    ory_offload_settle();
    out o = {.put = put, .ctx = ctx, .err = err, .ok = ORY_OK};

    put_text(&o, r->sys->class->name);
    put_values(&o, &r->sys->values);
    put_text(&o, r->st.class->name);
    put_values(&o, &r->st.values);
    put_text(&o, r->name);
    put_u64(&o, r->history_bytes);
    put_u64(&o, r->series_capacity);
    put_u64(&o, r->every);
    put_state(&o, r);
    put_claims(&o, r);
    put_events(&o, r);
    put_checkpoints(&o, r);
    put_records(&o, r);
    flush(&o);
    return o.ok;
}
