/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger.c - rows of cells in memory and on the disk; ledger_open.c finds those that are
 * there. */
#include "config.h"

#include "io/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/mem.h"
#include "io/atomic.h"
#include "io/ledger_impl.h"

#define SYNC_EVERY 1.0 /* seconds */

static ory_status no_memory(ory_error *err)
{
    return ory_fail(err, ORY_ENOMEM, "out of memory for the rows of the sweep");
}

/* ------------------------------------------------------------------------ names */

/* The set of these names, made if it is new; NULL without memory. */
static ory_name_set *find_set(ory_ledger *l, const char *names, size_t len)
{
    ory_name_set *set;
    const char *at;

    for (set = l->sets; set; set = set->next)
        if (strlen(set->text) == len && memcmp(set->text, names, len) == 0)
            return set;
    set = ory_alloc(1, sizeof *set);
    if (!set || !(set->text = ory_alloc(len + 1, 1)) ||
        !(set->names = ory_alloc(len + 1, sizeof *set->names))) {
        if (set)
            ory_free(set->text);
        ory_free(set);
        return NULL;
    }
    memcpy(set->text, names, len);
    for (at = len ? set->text : NULL; at; set->n++)
        if (!ory_field_next(&at, set->text + len, &set->names[set->n]))
            break;
    set->next = l->sets;
    l->sets = set;
    return set;
}

int ledger_compare(ory_field a, ory_field b)
{
    int c = memcmp(a.at, b.at, a.n < b.n ? a.n : b.n);

    return c ? c : (a.n > b.n) - (a.n < b.n);
}

/* All names of both, in order. */
static ory_name_set *unite(ory_ledger *l, const ory_name_set *a, const ory_name_set *b)
{
    ory_buffer text = {0};
    ory_name_set *set = NULL;
    size_t i = 0, k = 0;

    while (i < a->n || k < b->n) {
        int c = i == a->n ? 1 : k == b->n ? -1 : ledger_compare(a->names[i], b->names[k]);
        ory_field f = c <= 0 ? a->names[i] : b->names[k];

        if (text.len)
            ory_buffer_char(&text, ',');
        ory_buffer_append(&text, f.at, f.n);
        i += c <= 0;
        k += c >= 0;
    }
    if (!text.failed)
        set = find_set(l, text.data ? text.data : "", text.len);
    ory_buffer_fini(&text);
    return set;
}

/* ------------------------------------------------------------------------- rows */

/* The values of a row under the ledger's names; its own are a part of them. */
static void spread_values(const ory_ledger *l, const ory_row *r, ory_buffer *out)
{
    const char *at = r->values, *end = at + strlen(at);
    ory_field f;
    size_t i, k = 0;

    for (i = 0; i < l->columns->n; i++) {
        if (i)
            ory_buffer_char(out, ',');
        if (k < r->set->n && ledger_compare(r->set->names[k], l->columns->names[i]) == 0) {
            k++;
            if (at && ory_field_next(&at, end, &f))
                ory_buffer_append(out, f.at, f.n);
        }
    }
}

void ory_ledger_names(const ory_ledger *l, ory_buffer *out)
{
    ory_buffer_printf(out, "cell,key%s%s%s%s,status,reason", *l->plan.param_names ? "," : "",
                      l->plan.param_names, l->columns->n ? "," : "", l->columns->text);
}

void ory_ledger_row(const ory_ledger *l, size_t cell, ory_buffer *out)
{
    const ory_row *r = &l->rows[cell];
    const ory_ledger_cell *c = &l->plan.cells[cell];

    ory_buffer_printf(out, "%zu,%s", cell + 1, c->key);
    if (*l->plan.param_names)
        ory_buffer_printf(out, ",%s", c->params);
    if (l->columns->n > 0) {
        ory_buffer_char(out, ',');
        if (r->set == l->columns)
            ory_buffer_text(out, r->values);
        else
            spread_values(l, r, out);
    }
    ory_buffer_text(out, r->ok ? ",ok," : ",failed,");
    if (!r->ok)
        ory_field_text(out, r->reason, strlen(r->reason));
}

/* The same as a line of JSON. */
static void json_row(const ory_ledger *l, size_t cell, ory_buffer *out)
{
    ory_buffer row = {0};

    ory_ledger_row(l, cell, &row);
    if (row.data)
        ory_sheet_json(l->all_names, l->n_all, row.data, row.len, out);
    out->failed |= row.failed;
    ory_buffer_fini(&row);
}

/* Fields of the line of names, for JSON. */
static ory_status name_all(ory_ledger *l, ory_error *err)
{
    const char *at;
    size_t n = 0;

    ory_buffer_clear(&l->all_text);
    ory_ledger_names(l, &l->all_text);
    ory_free(l->all_names);
    l->all_names = ory_alloc(l->all_text.len + 1, sizeof *l->all_names);
    if (!l->all_names || l->all_text.failed)
        return no_memory(err);
    for (at = l->all_text.data; at; n++)
        if (!ory_field_next(&at, l->all_text.data + l->all_text.len, &l->all_names[n]))
            break;
    l->n_all = n;
    return ORY_OK;
}

ory_status ledger_widen(ory_ledger *l, const char *names, size_t len, ory_name_set **set,
                        ory_error *err)
{
    ory_name_set *all;

    *set = find_set(l, names, len);
    if (!*set)
        return no_memory(err);
    all = l->columns ? unite(l, l->columns, *set) : *set;
    if (!all)
        return no_memory(err);
    if (all == l->columns)
        return ORY_OK;
    l->columns = all;
    return name_all(l, err);
}

ory_status ledger_keep(ory_ledger *l, size_t cell, bool ok, ory_name_set *set, const char *values,
                       size_t len, const char *reason, ory_error *err)
{
    ory_row *r = &l->rows[cell];
    char *text = ory_alloc(len + 1, 1), *why = ory_strdup(reason);

    if (!text || !why) {
        ory_free(text);
        ory_free(why);
        return no_memory(err);
    }
    memcpy(text, values, len);
    *r = (ory_row){.there = true, .ok = ok, .set = set, .values = text, .reason = why};
    return ORY_OK;
}

void ledger_drop(ory_ledger *l, size_t cell)
{
    ory_row *r = &l->rows[cell];

    ory_free(r->values);
    ory_free(r->reason);
    *r = (ory_row){0};
}

/* ------------------------------------------------------------------------ files */

static void whole_csv(const ory_ledger *l, ory_buffer *out)
{
    size_t i;

    ory_header_comments(l->plan.header, out);
    ory_ledger_names(l, out);
    ory_buffer_char(out, '\n');
    for (i = 0; i < l->plan.n; i++)
        if (l->rows[i].there) {
            ory_ledger_row(l, i, out);
            ory_buffer_char(out, '\n');
        }
}

static void whole_jsonl(const ory_ledger *l, ory_buffer *out)
{
    size_t i;

    ory_header_json(l->plan.header, out);
    ory_buffer_char(out, '\n');
    for (i = 0; i < l->plan.n; i++)
        if (l->rows[i].there)
            json_row(l, i, out);
}

static ory_status put_whole(const ory_ledger *l, const char *path,
                            void (*compose)(const ory_ledger *, ory_buffer *), ory_error *err)
{
    ory_buffer b = {0};
    ory_status ok;

    compose(l, &b);
    ok = ory_buffer_check(&b, err);
    if (ok == ORY_OK)
        ok = ory_outfile_put(path, b.data, b.len, err);
    ory_buffer_fini(&b);
    return ok;
}

ory_status ory_ledger_save(const ory_ledger *l, const char *path, ory_error *err)
{
    char jsonl[PATH_MAX];
    ory_status ok;

    if (!ory_sheet_jsonl_path(path, jsonl, sizeof jsonl))
        return ory_fail(err, ORY_EFORMAT, "cannot write '%.200s': the name must end in .csv", path);
    ok = put_whole(l, path, whole_csv, err);
    return ok == ORY_OK ? put_whole(l, jsonl, whole_jsonl, err) : ok;
}

static ory_status close_streams(ory_ledger *l, ory_error *err)
{
    ory_status ok = ory_stream_close(l->csv, err), also = ory_stream_close(l->jsonl, ok ? NULL : err);

    l->csv = l->jsonl = NULL;
    return ok != ORY_OK ? ok : also;
}

ory_status ledger_rewrite(ory_ledger *l, ory_error *err)
{
    ory_status ok;

    if (!l->plan.path)
        return ORY_OK;
    ok = close_streams(l, err);
    if (ok == ORY_OK)
        ok = ory_ledger_save(l, l->plan.path, err);
    for (l->last = l->plan.n; l->last > 0 && !l->rows[l->last - 1].there; l->last--)
        ;
    l->last -= l->last > 0;
    l->unsorted = false;
    return ok == ORY_OK ? ledger_stream(l, err) : ok;
}

ory_status ledger_stream(ory_ledger *l, ory_error *err)
{
    ory_status ok = ory_stream_open(l->plan.path, true, &l->csv, err);

    if (ok == ORY_OK)
        ok = ory_stream_open(l->jsonl_path, true, &l->jsonl, err);
    l->synced = ory_clock_real();
    return ok;
}

static ory_status sync_now_and_then(ory_ledger *l, ory_error *err)
{
    ory_status ok = ORY_OK;

    if (ory_clock_real() - l->synced < SYNC_EVERY)
        return ORY_OK;
    ok = ory_stream_sync(l->csv, err);
    if (ok == ORY_OK)
        ok = ory_stream_sync(l->jsonl, err);
    l->synced = ory_clock_real();
    return ok;
}

static ory_status append(ory_ledger *l, size_t cell, ory_error *err)
{
    ory_buffer b = {0};
    ory_status ok;

    ory_ledger_row(l, cell, &b);
    ory_buffer_char(&b, '\n');
    ok = ory_buffer_check(&b, err);
    if (ok == ORY_OK)
        ok = ory_stream_write(l->csv, b.data, b.len, err);
    ory_buffer_clear(&b);
    if (ok == ORY_OK) {
        json_row(l, cell, &b);
        ok = ory_buffer_check(&b, err);
    }
    if (ok == ORY_OK)
        ok = ory_stream_write(l->jsonl, b.data, b.len, err);
    ory_buffer_fini(&b);
    if (ok == ORY_OK)
        ok = sync_now_and_then(l, err);
    l->unsorted |= cell < l->last;
    l->last = cell;
    return ok;
}

static ory_status put(ory_ledger *l, size_t cell, bool is_ok, const char *names,
                      const char *values, const char *reason, ory_error *err)
{
    const ory_name_set *before = l->columns;
    ory_name_set *set;
    ory_status ok = ledger_widen(l, names, strlen(names), &set, err);

    if (ok == ORY_OK)
        ok = ledger_keep(l, cell, is_ok, set, values, strlen(values), reason, err);
    if (ok != ORY_OK || !l->plan.path)
        return ok;
    ok = l->columns == before ? append(l, cell, err) : ledger_rewrite(l, err);
    if (ok != ORY_OK)
        ledger_drop(l, cell);
    return ok;
}

ory_status ory_ledger_put(ory_ledger *l, size_t cell, const char *names, const char *values,
                          ory_error *err)
{
    return put(l, cell, true, names, values, "", err);
}

ory_status ory_ledger_put_failure(ory_ledger *l, size_t cell, const char *reason, ory_error *err)
{
    return put(l, cell, false, "", "", reason, err);
}

/* ------------------------------------------------------------------------ asking */

const char *ory_ledger_notes(const ory_ledger *l)
{
    return l->notes.data ? l->notes.data : "";
}

bool ory_ledger_has(const ory_ledger *l, size_t cell)
{
    return l->rows[cell].there;
}

bool ory_ledger_ok(const ory_ledger *l, size_t cell)
{
    return l->rows[cell].there && l->rows[cell].ok;
}

/* ------------------------------------------------------------------------- the end */

static bool complete(const ory_ledger *l)
{
    size_t i;

    for (i = 0; i < l->plan.n; i++)
        if (!l->rows[i].there && !(l->plan.others && l->plan.others[i]))
            return false;
    return true;
}

static void unlock(ory_ledger *l)
{
    if (l->lock < 0)
        return;
    unlink(l->lock_path);
    close(l->lock);
    l->lock = -1;
}

ory_status ory_ledger_close(ory_ledger *l, ory_error *err)
{
    ory_status ok = ORY_OK;

    if (!l->csv)
        return ORY_OK;
    if (l->unsorted && complete(l))
        ok = ledger_rewrite(l, err);
    if (ok == ORY_OK)
        ok = close_streams(l, err);
    unlock(l);
    return ok;
}

static void free_sets(ory_name_set *set)
{
    while (set) {
        ory_name_set *next = set->next;

        ory_free(set->text);
        ory_free(set->names);
        ory_free(set);
        set = next;
    }
}

void ory_ledger_free(ory_ledger *l)
{
    size_t i;

    if (!l)
        return;
    close_streams(l, NULL);
    unlock(l);
    for (i = 0; l->rows && i < l->plan.n; i++)
        ledger_drop(l, i);
    ory_free(l->rows);
    free_sets(l->sets);
    ory_free(l->all_names);
    ory_buffer_fini(&l->all_text);
    ory_buffer_fini(&l->notes);
    ory_free(l);
}
