/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows.c - see rows.h. One line is put together in a buffer and written at once. */
#include "config.h"

#include "io/rows.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "core/mat.h"
#include "core/mem.h"
#include "io/atomic.h"
#include "io/buffer.h"
#include "io/jsonl.h"
#include "io/npy.h"

typedef enum { FORMAT_CSV, FORMAT_TSV, FORMAT_JSONL, FORMAT_NPY } rows_format;

struct ory_rows {
    rows_format format;
    ory_outfile *file;  /* or */
    ory_stream *stream; /* or, for .npy, neither: */
    char *path;
    ory_header header;
    char **columns;
    size_t count;
    ory_buffer line;
    double *all; /* .npy: rows so far */
    size_t rows, room;
};

static const struct {
    const char *ending;
    rows_format format;
} endings[] = {
    {".csv", FORMAT_CSV}, {".tsv", FORMAT_TSV}, {".jsonl", FORMAT_JSONL}, {".npy", FORMAT_NPY}};

static ory_status format_of(const char *path, bool stream, rows_format *format, ory_error *err)
{
    size_t len = strlen(path), i, n;

    for (i = 0; i < sizeof endings / sizeof *endings; i++) {
        n = strlen(endings[i].ending);
        if (len > n && strcasecmp(path + len - n, endings[i].ending) == 0) {
            *format = endings[i].format;
            if (stream && *format == FORMAT_NPY)
                return ory_fail(err, ORY_EFORMAT,
                                "cannot stream to '%s': .npy needs all rows at once (use .csv, "
                                ".tsv or .jsonl)",
                                path);
            return ORY_OK;
        }
    }
    return ory_fail(err, ORY_EFORMAT,
                    "cannot write '%s': the ending must be .csv, .tsv, .jsonl or .npy", path);
}

static void rows_free(ory_rows *w)
{
    size_t i;

    if (!w)
        return;
    for (i = 0; w->columns && i < w->count; i++)
        ory_free(w->columns[i]);
    ory_free(w->columns);
    ory_free(w->path);
    ory_free(w->all);
    ory_header_fini(&w->header);
    ory_buffer_fini(&w->line);
    ory_free(w);
}

/* Write the line that has been put together. */
static ory_status flush_line(ory_rows *w, ory_error *err)
{
    ory_status ok = ory_buffer_check(&w->line, err);

    if (ok == ORY_OK)
        ok = w->stream ? ory_stream_write(w->stream, w->line.data, w->line.len, err)
                       : ory_outfile_write(w->file, w->line.data, w->line.len, err);
    ory_buffer_clear(&w->line);
    return ok;
}

/* A name as a cell, quoted as in RFC 4180 where it would read as something else. */
static void put_name(ory_buffer *line, const char *name, char separator)
{
    if (*name && *name != '#' && !strchr(name, separator) && !strpbrk(name, "\"\r\n")) {
        ory_buffer_text(line, name);
        return;
    }
    ory_buffer_char(line, '"');
    for (; *name; name++) {
        if (*name == '"')
            ory_buffer_char(line, '"');
        ory_buffer_char(line, *name);
    }
    ory_buffer_char(line, '"');
}

static ory_status write_head(ory_rows *w, ory_error *err)
{
    size_t i;

    if (w->format == FORMAT_NPY)
        return ORY_OK;
    if (w->format == FORMAT_JSONL) {
        ory_header_json(&w->header, &w->line);
        ory_buffer_char(&w->line, '\n');
        return flush_line(w, err);
    }
    ory_header_comments(&w->header, &w->line);
    for (i = 0; i < w->count; i++) {
        if (i)
            ory_buffer_char(&w->line, w->format == FORMAT_CSV ? ',' : '\t');
        put_name(&w->line, w->columns[i], w->format == FORMAT_CSV ? ',' : '\t');
    }
    ory_buffer_char(&w->line, '\n');
    return flush_line(w, err);
}

static ory_status fill(ory_rows *w, const char *path, const ory_header *header,
                       const char *const *columns, size_t count, ory_error *err)
{
    size_t i;

    w->path = ory_strdup(path);
    w->columns = ory_alloc(count + 1, sizeof *w->columns);
    if (!w->path || !w->columns)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    w->count = count;
    for (i = 0; i < count; i++)
        if (!(w->columns[i] = ory_strdup(columns[i])))
            return ory_fail(err, ORY_ENOMEM, "out of memory");
    return header ? ory_header_copy(&w->header, header, err) : ORY_OK;
}

ory_status ory_rows_open(const char *path, bool stream, const ory_header *header,
                         const char *const *columns, size_t count, ory_rows **out, ory_error *err)
{
    rows_format format;
    ory_rows *w;
    ory_status ok = format_of(path, stream, &format, err);

    if (ok != ORY_OK)
        return ok;
    if (!(w = ory_alloc(1, sizeof *w)))
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    w->format = format;
    ok = fill(w, path, header, columns, count, err);
    if (ok == ORY_OK && format != FORMAT_NPY)
        ok = stream ? ory_stream_open(path, false, &w->stream, err)
                    : ory_outfile_open(path, &w->file, err);
    if (ok == ORY_OK)
        ok = write_head(w, err);
    if (ok != ORY_OK) {
        ory_rows_abandon(w);
        return ok;
    }
    *out = w;
    return ORY_OK;
}

static ory_status keep_row(ory_rows *w, const double *values, ory_error *err)
{
    size_t room = w->room ? 2 * w->room : 256;
    double *all = w->all;

    if (w->rows == w->room) {
        all = all ? ory_resize(all, w->room * w->count, room * w->count, sizeof *all)
                  : ory_alloc(room * w->count, sizeof *all);
        if (!all)
            return ory_fail(err, ORY_ENOMEM, "out of memory");
        w->all = all;
        w->room = room;
    }
    memcpy(w->all + w->rows++ * w->count, values, w->count * sizeof *values);
    return ORY_OK;
}

ory_status ory_rows_put(ory_rows *w, const double *values, ory_error *err)
{
    ory_json j;
    size_t i;

    if (w->format == FORMAT_NPY)
        return keep_row(w, values, err);
    if (w->format == FORMAT_JSONL) {
        ory_json_init(&j, &w->line);
        ory_json_object(&j);
        for (i = 0; i < w->count; i++) {
            if (isnan(values[i]))
                continue;
            ory_json_key(&j, w->columns[i]);
            ory_json_number(&j, values[i]);
        }
        ory_json_end(&j);
        ory_json_line(&j);
        return flush_line(w, err);
    }
    for (i = 0; i < w->count; i++) {
        if (i)
            ory_buffer_char(&w->line, w->format == FORMAT_CSV ? ',' : '\t');
        if (!isnan(values[i]))
            ory_buffer_number(&w->line, values[i]);
    }
    ory_buffer_char(&w->line, '\n');
    return flush_line(w, err);
}

ory_status ory_rows_close(ory_rows *w, ory_error *err)
{
    ory_status ok = ORY_OK;
    ory_mat all;

    if (w->format == FORMAT_NPY) {
        all = ory_mat_view(w->all, w->rows, w->count);
        ok = ory_npy_write(w->path, &all, w->header.count ? &w->header : NULL, err);
    } else if (w->stream) {
        ok = ory_stream_close(w->stream, err);
    } else {
        ok = ory_outfile_commit(w->file, err);
    }
    rows_free(w);
    return ok;
}

void ory_rows_abandon(ory_rows *w)
{
    if (!w)
        return;
    if (w->stream && ory_stream_close(w->stream, NULL) != ORY_OK) {
        /* its failure has been reported by the write that met it */
    }
    ory_outfile_abandon(w->file);
    rows_free(w);
}
