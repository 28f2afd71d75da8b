/* SPDX-License-Identifier: GPL-3.0-or-later */
/* image_read.c - a run from bytes, none of which are trusted. */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "run/image.h"
#include "run/image_part.h"
#include "run/impl.h"

/* After the first failure every get gives zeros, so callers may ask late. */
typedef struct in {
    const unsigned char *at, *end;
    ory_error *err;
    ory_status ok;
} in;

static const uint64_t most_steps = UINT64_C(1) << 62;
enum { MOST_BINS = 100000000, MOST_TEXT = 1 << 20 };

static void refuse(in *s, const char *what)
{
    if (s->ok == ORY_OK)
        s->ok = ory_fail(s->err, ORY_EFORMAT, "%s", what);
}

static size_t left(const in *s)
{
    return (size_t)(s->end - s->at);
}

static const unsigned char *take(in *s, size_t n)
{
    const unsigned char *p = s->at;

    if (s->ok == ORY_OK && n > left(s))
        refuse(s, "it ends too early");
    if (s->ok != ORY_OK)
        return NULL;
    s->at += n;
    return p;
}

static uint64_t get_u64(in *s)
{
    const unsigned char *p = take(s, 8);
    uint64_t x = 0;

    for (int i = 0; p && i < 8; i++)
        x |= (uint64_t)p[i] << 8 * i;
    return x;
}

static double get_f64(in *s)
{
    const uint64_t bits = get_u64(s);
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* A number of things of at least `size` bytes each, all of which must be there. */
static size_t get_count(in *s, size_t size)
{
    const uint64_t n = get_u64(s);

    if (s->ok == ORY_OK && n > left(s) / size)
        refuse(s, "it claims to hold more than it does");
    return s->ok == ORY_OK ? (size_t)n : 0;
}

static void get_doubles(in *s, double *x, size_t n)
{
    if (s->ok == ORY_OK && n > left(s) / 8)
        refuse(s, "it ends too early");
    for (size_t i = 0; s->ok == ORY_OK && i < n; i++)
        x[i] = get_f64(s);
}

static void *get_memory(in *s, size_t count, size_t size)
{
    void *p = s->ok == ORY_OK ? ory_alloc(count, size) : NULL;

    if (s->ok == ORY_OK && !p)
        s->ok = ory_run_no_memory(s->err);
    return p;
}

/* Owned by the caller; NULL for an absent text or on failure. */
static char *get_text(in *s)
{
    const uint64_t n = get_u64(s);
    const unsigned char *p;
    char *text;

    if (s->ok != ORY_OK || n == PART_NO_TEXT)
        return NULL;
    if (n > MOST_TEXT)
        refuse(s, "a text in it is too long");
    if (!(p = take(s, (size_t)n)))
        return NULL;
    if (memchr(p, '\0', (size_t)n))
        refuse(s, "a text in it holds a zero byte");
    if ((text = get_memory(s, (size_t)n + 1, 1)))
        memcpy(text, p, (size_t)n);
    return text;
}

static char *get_name(in *s)
{
    char *name = get_text(s);

    if (!name)
        refuse(s, "a name is missing in it");
    return name;
}

/* ------------------------------------------------------------------------- options */

static ory_matref *get_matrix(in *s)
{
    const uint64_t rows = get_u64(s), cols = get_u64(s);
    ory_mat a = {0};
    ory_matref *ref;

    if (s->ok == ORY_OK && (rows > left(s) / 8 || (rows > 0 && cols > left(s) / 8 / rows)))
        refuse(s, "a matrix in it claims to be larger than the file");
    if (s->ok != ORY_OK)
        return NULL;
    if ((s->ok = ory_mat_new(&a, (size_t)rows, (size_t)cols, s->err)) != ORY_OK)
        return NULL;
    for (size_t i = 0; i < a.rows; i++)
        get_doubles(s, ory_mat_at(&a, i, 0), a.cols);
    if (!(ref = ory_matref_take(&a)) && s->ok == ORY_OK)
        s->ok = ory_run_no_memory(s->err);
    ory_mat_free(&a);
    return ref;
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void set_number(in *s, ory_values *v, int row, bool given, double x)
{
    const ory_param *p = &v->params[row];

    if (!given && !v->v[row].is_choice && same(x, v->v[row].num))
        return; /* the default, which may lie outside what a user can set */
    s->ok = p->type == ORY_PARAM_BOOL ? ory_values_set_bool(v, p->name, x != 0, s->err)
                                      : ory_values_set_num(v, p->name, x, s->err);
}

static void set_text(in *s, ory_values *v, int row, bool given, const char *text)
{
    char now[256] = "";

    ory_values_text(v, row, now, sizeof now);
    if (given || strcmp(now, text) != 0)
        s->ok = ory_values_set_text(v, v->params[row].name, text, s->err);
}

/* One value into its row of v, through the checks that a user's options meet. */
static void get_value(in *s, ory_values *v)
{
    char *name = get_name(s), *text = NULL;
    const bool given = get_u64(s) != 0;
    const uint64_t kind = get_u64(s);
    const int row = name ? ory_params_find(v->params, name) : -1;
    ory_matref *mat = NULL;
    double x = 0;

    if (kind == PART_NUMBER)
        x = get_f64(s);
    else if (kind == PART_TEXT)
        text = get_name(s);
    else if (kind == PART_MATRIX)
        mat = get_matrix(s);
    else if (kind != PART_NOTHING)
        refuse(s, "an option in it is of an unknown kind");
    if (s->ok == ORY_OK && row < 0)
        s->ok = ory_fail(s->err, ORY_EFORMAT, "%s has no option '%s' in this version", v->owner,
                         name);
    if (s->ok == ORY_OK && kind == PART_NUMBER)
        set_number(s, v, row, given, x);
    if (s->ok == ORY_OK && kind == PART_TEXT)
        set_text(s, v, row, given, text);
    if (s->ok == ORY_OK && kind == PART_MATRIX)
        s->ok = ory_values_set_mat(v, name, mat, s->err);
    ory_free(name);
    ory_free(text);
    ory_matref_unref(mat);
}

static void get_values(in *s, ory_values *v, const char *owner, const ory_param *params)
{
    size_t n;

    if (s->ok == ORY_OK)
        s->ok = ory_values_init(v, owner, params, s->err);
    n = get_count(s, 24);
    for (size_t i = 0; i < n && s->ok == ORY_OK; i++)
        get_value(s, v);
}

static ory_system *get_system(in *s)
{
    char *name = get_name(s);
    const ory_system_class *c = name ? ory_system_class_find(name) : NULL;
    ory_values v = {0};
    ory_system *sys = NULL;

    if (s->ok == ORY_OK && !c)
        s->ok = ory_fail(s->err, ORY_EFORMAT, "this version has no system '%.100s'", name);
    if (s->ok == ORY_OK)
        get_values(s, &v, c->name, c->params);
    if (s->ok == ORY_OK)
        s->ok = ory_system_new(c, &v, &sys, s->err);
    ory_values_fini(&v);
    ory_free(name);
    return s->ok == ORY_OK ? sys : NULL;
}

/* ------------------------------------------------------------------------ the shell */

static void get_run(in *s, ory_system *sys, ory_run **out)
{
    static const char *const nothing[] = {NULL};
    ory_run_options opt = {.record = nothing};
    ory_values v = {0};
    char *stepper = get_name(s), *name;
    const ory_stepper_class *c = stepper ? ory_stepper_class_find(stepper) : NULL;

    if (s->ok == ORY_OK && !c)
        s->ok = ory_fail(s->err, ORY_EFORMAT, "this version has no stepper '%.100s'", stepper);
    if (s->ok == ORY_OK)
        get_values(s, &v, c->name, c->params);
    name = get_name(s);
    opt.stepper = stepper;
    opt.values = &v;
    opt.name = name;
    opt.history_bytes = (size_t)get_u64(s);
    opt.series_capacity = (size_t)get_u64(s);
    opt.every = get_u64(s);
    if (s->ok == ORY_OK && (opt.series_capacity < 1 || opt.series_capacity > MOST_BINS))
        refuse(s, "the number of bins in it is out of range");
    if (s->ok == ORY_OK)
        s->ok = ory_run_build(sys, &opt, out, s->err);
    ory_values_fini(&v);
    ory_free(stepper);
    ory_free(name);
}

static void get_rng(in *s, ory_rng *rng)
{
    uint64_t any = 0;

    for (int i = 0; i < ORY_RNG_WORDS; i++)
        any |= rng->word[i] = get_u64(s);
    if (any == 0)
        refuse(s, "its random stream is empty");
}

static void get_state(in *s, ory_run *r, double *loss)
{
    if (get_u64(s) != r->dim || get_u64(s) != r->n_slots || get_u64(s) != r->n_memory)
        refuse(s, "its state is not of the size that its options make");
    r->k = get_u64(s);
    r->known = get_u64(s);
    r->fork_step = get_u64(s);
    r->t = get_f64(s);
    *loss = get_f64(s);
    r->loss_ref = get_f64(s);
    r->gap0 = get_f64(s);
    get_rng(s, &r->rng);
    get_doubles(s, r->x0, r->dim);
    get_doubles(s, r->x, r->dim);
    get_doubles(s, r->slots, r->n_slots);
    get_doubles(s, r->memory, r->n_memory);
    if (s->ok != ORY_OK)
        return;
    if (r->known > most_steps || r->k > r->known)
        refuse(s, "its step numbers do not fit together");
    if (!ory_all_finite(r->x, r->dim) || !ory_all_finite(r->x0, r->dim) || !isfinite(r->t))
        refuse(s, "its state is not finite");
}

/* ------------------------------------------------------------------------- claims */

/* Where the file's claims stand in this version's table; -1: gone. */
typedef struct claim_map {
    size_t n;
    int *at;
} claim_map;

static void get_tracks(in *s, const claim_map *map, claim_track *tracks)
{
    claim_track unused;

    for (size_t i = 0; i < map->n && s->ok == ORY_OK; i++) {
        claim_track *t = map->at[i] >= 0 ? &tracks[map->at[i]] : &unused;

        t->checked = get_u64(s);
        t->first_step = get_u64(s);
        t->worst = get_f64(s);
        t->left = get_f64(s);
        t->right = get_f64(s);
        for (int h = 0; h < ORY_MAX_HYPOTHESES; h++)
            t->broken[h] = get_u64(s);
    }
}

static void get_claims(in *s, ory_run *r, claim_map *map)
{
    map->n = get_count(s, 8);
    map->at = get_memory(s, map->n, sizeof *map->at);
    for (size_t i = 0; i < map->n && s->ok == ORY_OK; i++) {
        char *name = get_name(s);

        map->at[i] = -1;
        for (int c = 0; name && c < r->n_claims; c++)
            if (strcmp(r->claims[c].claim->name, name) == 0)
                map->at[i] = c;
        ory_free(name);
    }
    get_tracks(s, map, r->track);
}

/* ------------------------------------------------------------------------- events */

static void get_knob_value(in *s, ory_run *r, event *e)
{
    ory_param one[2] = {{0}};
    ory_values v = {0};

    e->knob = e->name ? ory_run_knob_find(r, e->name) : -1;
    if (e->knob < 0) {
        refuse(s, "it turns a knob that is not there");
        return;
    }
    one[0] = *ory_run_knob_at(r, e->knob, NULL);
    if (one[0].type == ORY_PARAM_MATRIX)
        refuse(s, "it turns a knob that is a matrix");
    if (s->ok == ORY_OK && (s->ok = ory_values_init(&v, r->name, one, s->err)) == ORY_OK) {
        get_value(s, &v);
        e->value = v.v[0];
        v.v[0].text = NULL;
        ory_values_fini(&v);
    }
}

static void get_poke(in *s, const ory_run *r, event *e)
{
    e->offset = (size_t)get_u64(s);
    e->len = get_count(s, 8);
    if (s->ok == ORY_OK && (e->offset > r->dim || e->len > r->dim - e->offset))
        refuse(s, "it sets numbers outside the state");
    if ((e->poke = get_memory(s, e->len, sizeof(double))))
        get_doubles(s, e->poke, e->len);
    if (s->ok == ORY_OK && !ory_all_finite(e->poke, e->len))
        refuse(s, "it sets numbers that are not finite");
}

static void get_event(in *s, ory_run *r, event *e)
{
    uint64_t kind;

    e->k = get_u64(s);
    kind = get_u64(s);
    if (kind > ORY_EVENT_PHASE)
        refuse(s, "an event in it is of an unknown kind");
    e->kind = (ory_event_kind)kind;
    e->name = get_text(s);
    e->before_text = get_text(s);
    e->after_text = get_text(s);
    if (s->ok == ORY_OK && e->kind == ORY_EVENT_KNOB)
        get_knob_value(s, r, e);
    if (s->ok == ORY_OK && e->kind == ORY_EVENT_POKE)
        get_poke(s, r, e);
    if (s->ok == ORY_OK && e->kind == ORY_EVENT_LIMIT && !isfinite(e->limit = get_f64(s)))
        refuse(s, "a time limit in it is not finite");
    if (s->ok == ORY_OK && !e->name && e->kind != ORY_EVENT_LIMIT)
        refuse(s, "an event in it has no name");
}

/* In order; the past up to here, the future from here, and here only what arrival at
 * this step would have left to do. */
static bool in_order(const ory_run *r, size_t next)
{
    for (size_t i = 0; i < r->n_events; i++) {
        const event *e = &r->events[i];

        if (e->k > r->known || (i < next ? e->k > r->k : e->k < r->k) ||
            (i == next && e->k == r->k && e->kind != ORY_EVENT_LIMIT) ||
            (i > 0 && (e->k < e[-1].k || (e->k == e[-1].k && e[-1].kind == ORY_EVENT_LIMIT))))
            return false;
    }
    return true;
}

static void get_events(in *s, ory_run *r)
{
    const size_t n = get_count(s, 40);
    const uint64_t next = get_u64(s);

    for (size_t i = 0; i < n && s->ok == ORY_OK; i++) {
        event e = {0};

        get_event(s, r, &e);
        if (s->ok == ORY_OK)
            s->ok = ory_event_room(r, s->err);
        if (s->ok == ORY_OK)
            ory_event_push(r, &e);
        ory_event_free(&e);
    }
    if (s->ok == ORY_OK && (next > n || !in_order(r, (size_t)next)))
        refuse(s, "its events are out of order");
    if (s->ok == ORY_OK)
        r->ev_next = (size_t)next;
}

/* -------------------------------------------------------------------- checkpoints */

static void get_checkpoint(in *s, ory_run *r, const claim_map *map, size_t i)
{
    checkpoint c = ory_travel_checkpoint(r, i);

    c.head.k = get_u64(s);
    c.head.t = get_f64(s);
    c.head.loss_ref = get_f64(s);
    get_rng(s, &c.head.rng);
    get_doubles(s, c.numbers, r->dim + r->n_slots + r->n_memory);
    get_tracks(s, map, c.track);
    if (s->ok == ORY_OK && !ory_all_finite(c.numbers, r->dim))
        refuse(s, "a checkpoint in it is not finite");
    if (s->ok == ORY_OK &&
        (c.head.k % r->spacing != 0 || c.head.k > r->known || (i == 0) != (c.head.k == 0) ||
         (i > 0 && c.head.k <= ory_travel_image_step(r, i - 1))))
        refuse(s, "its checkpoints are out of order");
    ory_travel_set_head(r, i, &c.head);
}

static void get_checkpoints(in *s, ory_run *r, const claim_map *map)
{
    const size_t numbers = r->dim + r->n_slots + r->n_memory;
    uint64_t spacing = get_u64(s);
    size_t n = get_count(s, 56 + 8 * numbers);

    if (s->ok == ORY_OK && (n < 1 || spacing < 1 || (spacing & (spacing - 1)) != 0))
        refuse(s, "its checkpoints do not begin at step 0");
    if (s->ok != ORY_OK)
        return;
    r->spacing = spacing;
    if ((s->ok = ory_travel_room(r, n, s->err)) != ORY_OK)
        return;
    for (size_t i = 0; i < n && s->ok == ORY_OK; i++) {
        memcpy(ory_travel_checkpoint(r, i).track, r->track,
               (size_t)r->n_claims * sizeof *r->track); /* claims that the file lacks */
        get_checkpoint(s, r, map, i);
        r->n_images = i + 1;
    }
}

/* ------------------------------------------------------------------------- series */

static void get_bin(in *s, ory_bin *b)
{
    uint64_t counts;

    b->step = get_u64(s);
    b->last_step = get_u64(s);
    b->t = get_f64(s);
    b->first = get_f64(s);
    b->min = get_f64(s);
    b->max = get_f64(s);
    b->last = get_f64(s);
    counts = get_u64(s);
    b->count = (uint32_t)counts;
    b->undefined = (uint32_t)(counts >> 32);
}

static ory_series *get_series(in *s, const ory_run *r)
{
    const uint64_t capacity = get_u64(s), stride = get_u64(s);
    const size_t n = get_count(s, 64);
    ory_bin *bins = get_memory(s, n, sizeof *bins);
    ory_series *series = NULL;

    if (s->ok == ORY_OK && capacity > MOST_BINS)
        refuse(s, "a series in it has too many bins");
    for (size_t i = 0; i < n && s->ok == ORY_OK; i++)
        get_bin(s, &bins[i]);
    if (s->ok == ORY_OK && n > 0 && bins[n - 1].last_step > r->known)
        refuse(s, "a series in it is longer than the run");
    if (s->ok == ORY_OK)
        s->ok = ory_series_restore((size_t)capacity, stride, bins, n, &series, s->err);
    ory_free(bins);
    return series;
}

static void get_record(in *s, ory_run *r)
{
    char *name = get_name(s);
    const int probe = name ? ory_run_probe_find(r, name) : -1;
    pace p = {.every = get_u64(s)};
    uint64_t upto;
    ory_series *series;

    p.first = get_u64(s);
    p.exact = get_u64(s) != 0;
    upto = get_u64(s);
    series = get_series(s, r);
    ory_free(name);
    if (s->ok == ORY_OK && (p.every < 1 || p.every > most_steps || upto > r->known + 1))
        refuse(s, "the pace of a series in it is out of range");
    if (s->ok != ORY_OK || probe < 0 || ory_run_probe_at(r, probe)->kind != ORY_SCALAR) {
        ory_series_free(series); /* a probe that this version does not have is left out */
        return;
    }
    if (ory_run_series(r, ory_run_probe_at(r, probe)->name))
        refuse(s, "it holds a series twice");
    else
        s->ok = ory_recorder_adopt(r, probe, p, upto, series, s->err);
    if (s->ok != ORY_OK)
        ory_series_free(series);
}

static void get_records(in *s, ory_run *r)
{
    const uint64_t upto = get_u64(s);
    const size_t n = get_count(s, 64);

    if (upto > r->known + 1)
        refuse(s, "its series are longer than the run");
    r->recorded_upto = upto;
    for (size_t i = 0; i < n && s->ok == ORY_OK; i++)
        get_record(s, r);
}

/* --------------------------------------------------------------------------- all */

/* The system is made anew from its options. Should this version make another one of
 * them, the loss at the saved state tells. */
static void check_loss(in *s, ory_run *r, double loss)
{
    ory_run_refresh(r);
    if (s->ok == ORY_OK && !same(r->loss, loss) &&
        !(fabs(r->loss - loss) <= 1e-6 * fmax(fabs(loss), fabs(r->loss))))
        s->ok = ory_fail(s->err, ORY_EFORMAT,
                         "the system made from its options has the loss %g at the saved state, "
                         "the file says %g",
                         r->loss, loss);
}

static void get_all(in *s, ory_system *sys, ory_run **out)
{
    claim_map map = {0};
    double loss = NAN;
    ory_run *r;

    get_run(s, sys, out);
    if (s->ok != ORY_OK)
        return;
    r = *out;
    get_state(s, r, &loss);
    if (s->ok == ORY_OK)
        get_claims(s, r, &map);
    if (s->ok == ORY_OK)
        get_events(s, r);
    if (s->ok == ORY_OK)
        get_checkpoints(s, r, &map);
    if (s->ok == ORY_OK)
        get_records(s, r);
    ory_free(map.at);
    if (s->ok == ORY_OK && s->at != s->end)
        refuse(s, "there is more in it than a run");
    if (s->ok == ORY_OK)
        check_loss(s, r, loss);
    if (s->ok == ORY_OK)
        ory_run_plan(r);
}

ory_status ory_run_image_read(const void *bytes, size_t n, ory_run **out, ory_error *err)
{
    in s = {.at = bytes, .end = (const unsigned char *)bytes + n, .err = err, .ok = ORY_OK};
    ory_system *sys = get_system(&s);
    ory_run *r = NULL;

    if (s.ok == ORY_OK)
        get_all(&s, sys, &r);
    ory_system_unref(sys);
    if (s.ok != ORY_OK) {
        ory_run_free(r);
        return s.ok;
    }
    *out = r;
    return ORY_OK;
}
