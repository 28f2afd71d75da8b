/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_open.c - what a sweep finds when it is resumed: the lock, the rows that are there,
 * and which of them can be trusted. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mem.h"
#include "io/atomic.h"
#include "io/fence.h"
#include "io/ledger_impl.h"
#include "io/source.h"

/* ------------------------------------------------------------------------- the lock */

/* The lock's own file may be taken away by the one who had it: only one that is still there
 * once it is locked counts. */
static int open_lock(const char *path)
{
    struct stat mine, there;
    int fd, code;

    for (;;) {
        fd = ory_open(path, O_RDWR | O_CREAT, 0666);
        if (fd < 0)
            return -1;
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
            code = errno;
            if (code == EWOULDBLOCK) {
                close(fd);
                errno = code;
                return -1;
            }
            return fd; /* a file system without locks: go on without */
        }
        if (fstat(fd, &mine) == 0 && stat(path, &there) == 0 && mine.st_ino == there.st_ino)
            return fd;
        close(fd);
    }
}

static ory_status lock(ory_ledger *l, ory_error *err)
{
    const char *path = l->plan.path, *slash = strrchr(path, '/');
    int dir = slash ? (int)(slash + 1 - path) : 0;
    ory_status free_to = ory_fence_check(path, true, err);

    if (free_to != ORY_OK)
        return free_to;
    if ((size_t)snprintf(l->lock_path, sizeof l->lock_path, "%.*s.%s.lock", dir, path, path + dir) >=
        sizeof l->lock_path)
        return ory_fail(err, ORY_EIO, "the name '%.100s…' is too long", path);
    l->lock = open_lock(l->lock_path);
    if (l->lock >= 0)
        return ORY_OK;
    if (errno == EWOULDBLOCK)
        return ory_fail(err, ORY_EIO, "'%s' is being written by another sweep", path);
    return ory_fail(err, ORY_EIO, "cannot write '%s': %s", path, strerror(errno));
}

/* -------------------------------------------------------------------- cells by key */

typedef struct index {
    const ory_ledger_cell *cells;
    size_t *slot; /* 1 + cell, or 0; a power of two of them */
    size_t mask;
} index_of_keys;

static size_t hash_key(const char *key)
{
    return (size_t)strtoull(key + 1, NULL, 16);
}

static ory_status make_index(index_of_keys *x, const ory_ledger_plan *plan, ory_error *err)
{
    size_t i, at, room = 16;

    while (room < 2 * plan->n)
        room *= 2;
    *x = (index_of_keys){plan->cells, ory_alloc(room, sizeof *x->slot), room - 1};
    if (!x->slot)
        return ory_fail(err, ORY_ENOMEM, "out of memory for %zu cells", plan->n);
    for (i = 0; i < plan->n; i++) {
        for (at = hash_key(plan->cells[i].key) & x->mask; x->slot[at]; at = (at + 1) & x->mask)
            ;
        x->slot[at] = i + 1;
    }
    return ORY_OK;
}

static bool find_key(const index_of_keys *x, const char *key, size_t *cell)
{
    size_t at = hash_key(key) & x->mask;

    for (; x->slot[at]; at = (at + 1) & x->mask)
        if (strcmp(x->cells[x->slot[at] - 1].key, key) == 0) {
            *cell = x->slot[at] - 1;
            return true;
        }
    return false;
}

/* ------------------------------------------------------------------------- the rows */

typedef struct finding {
    ory_ledger *l;
    ory_sheet *sheet;
    index_of_keys index;
    size_t n_params;
    ory_name_set *set;   /* the file's names of results */
    size_t strange;      /* rows whose key is of no cell */
    size_t bad, first;   /* lines left out; the number of the first */
    bool moved;          /* something is not where it belongs: write anew */
} finding;

static void leave_out(finding *f, size_t line)
{
    if (f->bad++ == 0 || line < f->first)
        f->first = line;
}

/* From field a up to and without field b, as they stand in the row. */
static ory_field span(const ory_sheet_row *row, size_t a, size_t b)
{
    ory_field from = ory_sheet_field(row, a), to;

    if (b <= a)
        return (ory_field){from.at, 0};
    to = ory_sheet_field(row, b - 1);
    return (ory_field){from.at, (size_t)(to.at + to.n - from.at)};
}

static bool same_text(ory_field f, const char *text)
{
    return f.n == strlen(text) && memcmp(f.at, text, f.n) == 0;
}

/* A row whose key is of a cell: do its parameters agree, is it alone? */
static ory_status take_row(finding *f, const ory_sheet_row *row, size_t cell, ory_error *err)
{
    ory_ledger *l = f->l;
    size_t n = f->sheet->n_columns;
    ory_field values = span(row, 2 + f->n_params, n - 2);
    ory_buffer reason = {0};
    ory_status ok;

    if (f->n_params > 0 && !same_text(span(row, 2, 2 + f->n_params), l->plan.cells[cell].params)) {
        leave_out(f, row->line);
        return ORY_OK;
    }
    if (l->plan.others && l->plan.others[cell]) {
        f->moved = true; /* of another shard */
        return ORY_OK;
    }
    if (l->rows[cell].there) { /* which of them is right? if they agree, both */
        leave_out(f, row->line);
        if (strlen(l->rows[cell].values) != values.n ||
            memcmp(l->rows[cell].values, values.at, values.n) != 0 || l->rows[cell].ok != row->ok)
            l->rows[cell].doubtful = true;
        return ORY_OK;
    }
    f->moved |= row->cell != cell + 1;
    if (l->plan.retry && !row->ok) {
        f->moved = true;
        return ORY_OK;
    }
    ory_field_plain(ory_sheet_field(row, n - 1), &reason);
    ok = ory_buffer_check(&reason, err);
    if (ok == ORY_OK)
        ok = ledger_keep(l, cell, row->ok, f->set, values.at, values.n,
                         reason.data ? reason.data : "", err);
    ory_buffer_fini(&reason);
    l->unsorted |= cell < l->last;
    l->last = cell;
    return ok;
}

static ory_status take_rows(finding *f, ory_error *err)
{
    ory_status ok = ORY_OK;
    size_t i, cell, known = 0;

    for (i = 0; ok == ORY_OK && i < f->sheet->n_rows; i++) {
        const ory_sheet_row *row = &f->sheet->rows[i];

        if (find_key(&f->index, row->key, &cell)) {
            known++;
            ok = take_row(f, row, cell, err);
        } else {
            f->strange++;
            leave_out(f, row->line);
        }
    }
    if (ok == ORY_OK && known == 0 && f->strange > 0)
        return ory_fail(err, ORY_EFORMAT,
                        "'%s' holds %zu row%s of another script, version or parameters; move it "
                        "away, or let --fresh replace it",
                        f->l->plan.path, f->strange, f->strange == 1 ? "" : "s");
    return ok;
}

/* The names of results in the file's own line of names. */
static ory_status take_names(finding *f, ory_error *err)
{
    ory_ledger *l = f->l;
    const ory_sheet *s = f->sheet;
    const char *at = *l->plan.param_names ? l->plan.param_names : NULL, *end;
    size_t i = 2;
    ory_buffer b = {0};
    ory_field name;
    ory_status ok;
    bool sorted = true;

    end = l->plan.param_names + strlen(l->plan.param_names);
    for (; at && ory_field_next(&at, end, &name); i++)
        if (i >= s->n_columns - 2 || name.n != s->columns[i].n ||
            memcmp(name.at, s->columns[i].at, name.n) != 0)
            return ory_fail(err, ORY_EFORMAT,
                            "'%s' is of a sweep with other parameters than %s; move it away, or let "
                            "--fresh replace it",
                            l->plan.path, l->plan.param_names);
    f->n_params = i - 2;
    for (; i < s->n_columns - 2; i++) {
        if (b.len)
            ory_buffer_char(&b, ',');
        ory_buffer_append(&b, s->columns[i].at, s->columns[i].n);
        sorted &= i == f->n_params + 2 || ledger_compare(s->columns[i - 1], s->columns[i]) < 0;
    }
    ok = sorted ? ory_buffer_check(&b, err)
                : ory_fail(err, ORY_EFORMAT,
                           "the columns of '%s' are not in order; move it away, or let --fresh "
                           "replace it",
                           l->plan.path);
    if (ok == ORY_OK)
        ok = ledger_widen(l, b.data ? b.data : "", b.len, &f->set, err);
    ory_buffer_fini(&b);
    return ok;
}

/* ----------------------------------------------------------- held against the JSON lines */

/* The cell of a line of JSON that this ledger has written, by its key. */
static bool cell_of_json(const finding *f, const char *line, size_t n, size_t *cell)
{
    static const char mark[] = "\"key\":\"";
    const char *at = memmem(line, n, mark, sizeof mark - 1);
    char key[ORY_KEY_TEXT];

    if (!at || n - (size_t)(at - line) < sizeof mark - 1 + ORY_KEY_TEXT)
        return false;
    memcpy(key, at + sizeof mark - 1, ORY_KEY_TEXT - 1);
    key[ORY_KEY_TEXT - 1] = '\0';
    return find_key(&f->index, key, cell);
}

/* Equal from the first comma on: a cell may have another number by now. */
static bool same_behind_cell(const char *a, size_t n, const char *b, size_t m)
{
    const char *from = memchr(a, ',', n), *other = memchr(b, ',', m);

    return from && other && a + n - from == b + m - other &&
           memcmp(from, other, (size_t)(a + n - from)) == 0;
}

/* A row that stands otherwise in the JSON lines is doubtful; which of the two is right
 * cannot be told. Columns may have been added since: the file is then written anew. */
static void compare_line(finding *f, const char *line, size_t n)
{
    ory_buffer own = {0}, row = {0};
    size_t cell;

    if (!cell_of_json(f, line, n, &cell) || !f->l->rows[cell].there)
        return;
    ory_ledger_row(f->l, cell, &row);
    if (row.data)
        ory_sheet_json(f->l->all_names, f->l->n_all, row.data, row.len, &own);
    if (!own.failed && !row.failed && !same_behind_cell(own.data, own.len - 1, line, n))
        f->l->rows[cell].doubtful = true;
    ory_buffer_fini(&own);
    ory_buffer_fini(&row);
}

/* Whether the JSON lines have a line for every row, in the same order, is not looked at in
 * detail: a file with another length than it should have is written anew. */
static ory_status compare_json(finding *f, ory_error *err)
{
    ory_source *source;
    ory_buffer b = {0};
    const char *at, *end, *stop;
    size_t lines = 0, rows = 0, i;
    ory_status ok;

    if (access(f->l->jsonl_path, F_OK) != 0) {
        f->moved = true;
        return ORY_OK;
    }
    ok = ory_source_open(f->l->jsonl_path, &source, err);
    if (ok != ORY_OK)
        return ok;
    ok = ory_source_all(source, &b, err);
    ory_source_close(source);
    end = b.data + b.len;
    for (at = b.data; ok == ORY_OK && b.len && at < end; at = stop + 1) {
        stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            break;
        if (lines++ > 0)
            compare_line(f, at, (size_t)(stop - at));
    }
    for (i = 0; i < f->l->plan.n; i++)
        rows += f->l->rows[i].there;
    f->moved |= lines != rows + 1 || (b.len && end[-1] != '\n');
    ory_buffer_fini(&b);
    return ok;
}

/* ------------------------------------------------------------------------- mending */

static size_t drop_doubtful(finding *f)
{
    size_t i, n = 0;

    for (i = 0; i < f->l->plan.n; i++)
        if (f->l->rows[i].doubtful) {
            ledger_drop(f->l, i);
            n++;
        }
    return n;
}

/* The file as it was, beside. */
static ory_status keep_damaged(finding *f, ory_error *err)
{
    char path[PATH_MAX + 16];

    snprintf(path, sizeof path, "%s.damaged", f->l->plan.path);
    return ory_outfile_put(path, f->sheet->bytes.data, f->sheet->bytes.len, err);
}

static ory_status mend(finding *f, ory_error *err)
{
    ory_ledger *l = f->l;
    const ory_sheet *s = f->sheet;
    size_t doubtful = drop_doubtful(f), bad = f->bad + s->damaged;
    size_t first = s->damaged && (!f->bad || s->first_damaged < f->first) ? s->first_damaged
                                                                           : f->first;
    ory_status ok = ORY_OK;

    if (s->torn)
        ory_buffer_printf(&l->notes, "%s: the last line was cut off; its cell is done again\n",
                          l->plan.path);
    if (bad > 0)
        ory_buffer_printf(&l->notes,
                          "%s: %zu line%s damaged or not of this sweep (line %zu%s); cells without "
                          "a row are done again\n",
                          l->plan.path, bad, bad == 1 ? " is" : "s are", first,
                          bad > 1 ? " is the first" : "");
    if (doubtful > 0)
        ory_buffer_printf(&l->notes,
                          "%s: %zu row%s not the same in both files or twice; %s done again\n",
                          l->plan.path, doubtful, doubtful == 1 ? " is" : "s are",
                          doubtful == 1 ? "its cell is" : "their cells are");
    if (bad + doubtful > 0) {
        ok = keep_damaged(f, err);
        ory_buffer_printf(&l->notes, "%s: the file as it was is kept as %s.damaged\n", l->plan.path,
                          l->plan.path);
    }
    f->moved |= bad + doubtful > 0 || s->torn;
    return ok;
}

/* Whether the comments and names in the file are those that it should have. */
static bool same_head(const finding *f)
{
    ory_buffer b = {0};
    bool same;

    ory_header_comments(f->l->plan.header, &b);
    ory_ledger_names(f->l, &b);
    ory_buffer_char(&b, '\n');
    same = !b.failed && b.len == f->sheet->head &&
           memcmp(b.data, f->sheet->bytes.data, b.len) == 0;
    ory_buffer_fini(&b);
    return same;
}

static ory_status take_sheet(finding *f, ory_error *err)
{
    ory_status ok = make_index(&f->index, &f->l->plan, err);

    if (ok == ORY_OK)
        ok = take_names(f, err);
    if (ok == ORY_OK)
        ok = take_rows(f, err);
    if (ok == ORY_OK && !f->l->plan.look)
        ok = compare_json(f, err);
    if (ok == ORY_OK && !f->l->plan.look)
        ok = mend(f, err);
    if (ok == ORY_OK && !f->l->plan.look)
        ok = f->moved || !same_head(f) ? ledger_rewrite(f->l, err) : ledger_stream(f->l, err);
    ory_free(f->index.slot);
    return ok;
}

static ory_status begin_file(ory_ledger *l, ory_error *err)
{
    ory_name_set *none;
    ory_status ok = ledger_widen(l, "", 0, &none, err);

    return ok == ORY_OK ? ledger_rewrite(l, err) : ok;
}

static ory_status find_rows(ory_ledger *l, ory_error *err)
{
    ory_sheet sheet = {0};
    finding f = {.l = l, .sheet = &sheet};
    ory_status ok;

    if (l->plan.fresh || access(l->plan.path, F_OK) != 0)
        return begin_file(l, err);
    ok = ory_sheet_read(l->plan.path, &sheet, err);
    if (ok == ORY_EFORMAT)
        ory_fail(err, ok, "%.500s; move it away, or let --fresh replace it", err->text);
    if (ok == ORY_OK)
        ok = sheet.columns ? take_sheet(&f, err) : begin_file(l, err);
    ory_sheet_fini(&sheet);
    return ok;
}

ory_status ory_ledger_open(const ory_ledger_plan *plan, ory_ledger **out, ory_error *err)
{
    ory_ledger *l = ory_alloc(1, sizeof *l);
    ory_name_set *none;
    ory_status ok = ORY_OK;

    if (!l)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    l->plan = *plan;
    l->lock = -1;
    l->rows = ory_alloc(plan->n, sizeof *l->rows);
    if (!l->rows)
        ok = ory_fail(err, ORY_ENOMEM, "out of memory for %zu cells", plan->n);
    else if (!plan->path)
        ok = ledger_widen(l, "", 0, &none, err);
    else if (!ory_sheet_jsonl_path(plan->path, l->jsonl_path, sizeof l->jsonl_path))
        ok = ory_fail(err, ORY_EFORMAT, "cannot write '%.200s': the name must end in .csv",
                      plan->path);
    else if (plan->look || (ok = lock(l, err)) == ORY_OK)
        ok = find_rows(l, err);
    if (ok != ORY_OK) {
        ory_ledger_free(l);
        return ok;
    }
    *out = l;
    return ORY_OK;
}
