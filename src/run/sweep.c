/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep.c - dealing cells to free processes, here and on other ranks. */
#include "config.h"

#include "run/sweep.h"

#include <string.h>

#include "core/mem.h"

/* Types of messages between ranks. */
enum { READY = 'R', CELL = 'C', OUTCOME = 'D', END = 'E', BEGIN = 'B' };

enum { AHEAD = 2, TICK = 100 }; /* cells a rank has beside those at work; ms */

typedef struct ready_note {
    uint64_t digest;
    uint32_t serial, slots;
} ready_note;

typedef struct outcome_note { /* the answer follows */
    uint64_t cell;
    uint32_t serial;
    int32_t end, code;
} outcome_note;

/* ---------------------------------------------------------------------- rank 0 */

typedef struct dealer {
    const ory_sweep *s;
    ory_pool *pool;
    size_t next, left;       /* cell to be dealt next; cells without an outcome */
    size_t *back, n_back;    /* cells given back by lost ranks */
    int32_t *owner;          /* per cell: the rank that has it, or -1 */
    int *room;               /* per rank: cells it may still be given */
} dealer;

static void dealer_fini(dealer *d)
{
    ory_pool_free(d->pool);
    ory_free(d->back);
    ory_free(d->owner);
    ory_free(d->room);
}

static ory_status dealer_init(dealer *d, const ory_sweep *s, ory_error *err)
{
    size_t i;

    *d = (dealer){.s = s};
    if (s->ranks) {
        d->back = ory_alloc(s->cells, sizeof *d->back);
        d->owner = ory_alloc(s->cells, sizeof *d->owner);
        d->room = ory_alloc((size_t)ory_ranks_size(s->ranks), sizeof *d->room);
        if (!d->back || !d->owner || !d->room)
            return ory_fail(err, ORY_ENOMEM, "out of memory for %zu cells", s->cells);
    }
    for (i = 0; i < s->cells; i++) {
        d->left += !s->skip[i];
        if (d->owner)
            d->owner[i] = -1;
    }
    return ory_pool_new(s->jobs, s->limits, s->cell, s->cell_ctx, &d->pool, err);
}

/* The next cell that nobody has; false when all are dealt. */
static bool take_cell(dealer *d, size_t *cell)
{
    if (d->n_back > 0) {
        *cell = d->back[--d->n_back];
        return true;
    }
    while (d->next < d->s->cells && d->s->skip[d->next])
        d->next++;
    if (d->next == d->s->cells)
        return false;
    *cell = d->next++;
    return true;
}

static void lose_rank(dealer *d, int rank)
{
    size_t i;

    d->room[rank] = 0;
    for (i = 0; i < d->s->cells; i++)
        if (d->owner[i] == rank) {
            d->owner[i] = -1;
            d->back[d->n_back++] = i;
        }
}

static void lose_all_ranks(dealer *d)
{
    int rank;

    for (rank = 1; rank < ory_ranks_size(d->s->ranks); rank++)
        lose_rank(d, rank);
}

static void deal_to_rank(dealer *d, int rank)
{
    size_t cell;
    uint64_t number;

    while (d->room[rank] > 0 && take_cell(d, &cell)) {
        number = cell;
        d->owner[cell] = rank;
        d->room[rank]--;
        if (ory_ranks_send(d->s->ranks, rank, CELL, &number, sizeof number, NULL) != ORY_OK)
            lose_all_ranks(d); /* and go on alone */
        else
            d->s->begun(d->s->ctx, cell);
    }
}

static ory_status deal(dealer *d, ory_error *err)
{
    ory_status ok = ORY_OK;
    size_t cell;
    int rank;

    while (ok == ORY_OK && ory_pool_busy(d->pool) < ory_pool_slots(d->pool) &&
           take_cell(d, &cell)) {
        ok = ory_pool_start(d->pool, cell, err);
        d->s->begun(d->s->ctx, cell);
    }
    for (rank = 1; ok == ORY_OK && d->s->ranks && rank < ory_ranks_size(d->s->ranks); rank++)
        deal_to_rank(d, rank);
    return ok;
}

static ory_status done_here(void *ctx, const ory_outcome *o, ory_error *err)
{
    dealer *d = ctx;

    d->left--;
    return d->s->done(d->s->ctx, o, err);
}

static ory_status done_there(dealer *d, const ory_message *m, ory_error *err)
{
    outcome_note note;
    ory_outcome o;

    if (m->n < sizeof note)
        return ORY_OK;
    memcpy(&note, m->bytes, sizeof note);
    if (note.serial != d->s->serial || note.cell >= d->s->cells || d->owner[note.cell] != m->from)
        return ORY_OK; /* of a sweep before, or of a rank that was given up */
    d->owner[note.cell] = -1;
    d->room[m->from]++;
    d->left--;
    o = (ory_outcome){(size_t)note.cell, (ory_cell_end)note.end, note.code,
                      m->bytes + sizeof note, m->n - sizeof note};
    return d->s->done(d->s->ctx, &o, err);
}

static ory_status welcome(dealer *d, const ory_message *m, ory_error *err)
{
    ready_note note;

    if (m->n != sizeof note)
        return ORY_OK;
    memcpy(&note, m->bytes, sizeof note);
    if (note.digest != d->s->digest || note.serial != d->s->serial)
        return ory_fail(err, ORY_EINVAL,
                        "rank %d has another script or other parameters than rank 0", m->from);
    d->room[m->from] = (int)note.slots + AHEAD;
    return ORY_OK;
}

static ory_status hear(dealer *d, ory_error *err)
{
    ory_status ok = ORY_OK;
    ory_message m;
    int got;

    while (ok == ORY_OK && (got = ory_ranks_next(d->s->ranks, &m)) != 0) {
        if (got < 0) {
            lose_all_ranks(d);
            break;
        }
        if (m.from < 1 || m.from >= ory_ranks_size(d->s->ranks))
            continue;
        if (m.type == READY)
            ok = welcome(d, &m, err);
        else if (m.type == OUTCOME)
            ok = done_there(d, &m, err);
        else if (m.type == ORY_RANK_LOST)
            lose_rank(d, m.from);
    }
    return ok;
}

static void tell_all(const ory_sweep *s, char type)
{
    int rank;

    for (rank = 1; s->ranks && rank < ory_ranks_size(s->ranks); rank++)
        ory_ranks_send(s->ranks, rank, type, NULL, 0, NULL);
}

ory_status ory_sweep_run(const ory_sweep *s, ory_error *err)
{
    dealer d;
    ory_status ok = dealer_init(&d, s, err);

    if (s->serial > 1)
        tell_all(s, BEGIN);
    while (ok == ORY_OK && d.left > 0) {
        ok = deal(&d, err);
        if (ok == ORY_OK)
            ok = ory_pool_wait(d.pool, TICK, s->ranks ? ory_ranks_fd(s->ranks) : -1, done_here, &d,
                               err);
        if (ok == ORY_OK && s->ranks)
            ok = hear(&d, err);
        s->tick(s->ctx);
    }
    tell_all(s, END);
    dealer_fini(&d);
    return ok;
}

/* ------------------------------------------------------------------ other ranks */

typedef struct server {
    const ory_sweep *s;
    ory_pool *pool;
    size_t *queue, count, room;
    bool ended, lost;
} server;

static ory_status send_outcome(void *ctx, const ory_outcome *o, ory_error *err)
{
    server *v = ctx;
    outcome_note note = {o->cell, v->s->serial, (int32_t)o->end, o->code};
    char *both = ory_alloc(sizeof note + o->n, 1);
    ory_status ok;

    if (!both)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    memcpy(both, &note, sizeof note);
    if (o->n)
        memcpy(both + sizeof note, o->bytes, o->n);
    ok = ory_ranks_send(v->s->ranks, 0, OUTCOME, both, sizeof note + o->n, err);
    ory_free(both);
    return ok;
}

static ory_status enqueue(server *v, const ory_message *m, ory_error *err)
{
    uint64_t cell;

    if (m->n != sizeof cell)
        return ORY_OK;
    memcpy(&cell, m->bytes, sizeof cell);
    if (cell >= v->s->cells || v->count == v->room)
        return ory_fail(err, ORY_EINTERNAL, "rank 0 dealt a cell that cannot be");
    v->queue[v->count++] = (size_t)cell;
    return ORY_OK;
}

static ory_status obey(server *v, ory_error *err)
{
    ory_status ok = ORY_OK;
    ory_message m;
    int got;

    while (ok == ORY_OK && !v->ended && (got = ory_ranks_next(v->s->ranks, &m)) != 0) {
        v->lost = got < 0 || (m.from == 0 && m.type == ORY_RANK_LOST);
        v->ended = v->lost || (m.from == 0 && m.type == END);
        if (!v->ended && m.from == 0 && m.type == CELL)
            ok = enqueue(v, &m, err);
    }
    return ok;
}

static ory_status start_queued(server *v, ory_error *err)
{
    ory_status ok = ORY_OK;

    while (ok == ORY_OK && v->count > 0 && ory_pool_busy(v->pool) < ory_pool_slots(v->pool)) {
        ok = ory_pool_start(v->pool, v->queue[0], err);
        memmove(v->queue, v->queue + 1, --v->count * sizeof *v->queue);
    }
    return ok;
}

/* Between sweeps: what comes from rank 0 next. */
static ory_status wait_for_next(server *v, ory_error *err)
{
    ory_message m;
    ory_status ok;
    int got;

    while (!v->lost) {
        ok = ory_pool_wait(v->pool, TICK, ory_ranks_fd(v->s->ranks), send_outcome, v, err);
        if (ok != ORY_OK)
            return ok;
        while ((got = ory_ranks_next(v->s->ranks, &m)) != 0) {
            if (got > 0 && m.from == 0 && m.type == BEGIN)
                return ORY_OK;
            if (got < 0 || (m.from == 0 && m.type == ORY_RANK_LOST)) {
                v->lost = true;
                break;
            }
        }
    }
    return ory_fail(err, ORY_EUNDEF, "rank 0 has ended");
}

static ory_status serve(server *v, ory_error *err)
{
    const ory_sweep *s = v->s;
    ready_note note = {s->digest, s->serial, (uint32_t)s->jobs};
    ory_status ok = ory_ranks_send(s->ranks, 0, READY, &note, sizeof note, err);

    while (ok == ORY_OK && !v->ended) {
        ok = ory_pool_wait(v->pool, TICK, ory_ranks_fd(s->ranks), send_outcome, v, err);
        if (ok == ORY_OK)
            ok = obey(v, err);
        if (ok == ORY_OK && !v->ended)
            ok = start_queued(v, err);
    }
    return ok;
}

ory_status ory_sweep_serve(const ory_sweep *s, ory_error *err)
{
    server v = {.s = s, .room = (size_t)s->jobs + AHEAD};
    ory_status ok = ory_pool_new(s->jobs, s->limits, s->cell, s->cell_ctx, &v.pool, err);

    v.queue = ory_alloc(v.room, sizeof *v.queue);
    if (ok == ORY_OK && !v.queue)
        ok = ory_fail(err, ORY_ENOMEM, "out of memory");
    if (ok == ORY_OK)
        ok = serve(&v, err);
    ory_pool_free(v.pool); /* what is under way is not wanted any more */
    v.pool = NULL;
    if (ok == ORY_OK)
        ok = ory_pool_new(1, s->limits, s->cell, s->cell_ctx, &v.pool, err);
    if (ok == ORY_OK)
        ok = wait_for_next(&v, err);
    ory_pool_free(v.pool);
    ory_free(v.queue);
    return ok;
}
