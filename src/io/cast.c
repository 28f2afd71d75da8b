/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cast.c - asciicast version 2. */
#include "config.h"

#include "io/cast.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/mem.h"
#include "io/atomic.h"
#include "io/jsonl.h"
#include "io/number.h"
#include "io/source.h"

/* ------------------------------------------------------------------- writing */

struct ory_cast {
    ory_stream *out;
    ory_buffer line, text;
    double last; /* time of the last event */
};

static ory_status write_line(ory_cast *c, ory_error *err)
{
    ory_status ok = ory_buffer_check(&c->line, err);

    if (ok == ORY_OK)
        ok = ory_stream_write(c->out, c->line.data, c->line.len, err);
    ory_buffer_clear(&c->line);
    return ok;
}

static void head_line(ory_buffer *line, const ory_cast_head *head)
{
    ory_json j;

    ory_json_init(&j, line);
    ory_json_object(&j);
    ory_json_key(&j, "version");
    ory_json_whole(&j, 2);
    ory_json_key(&j, "width");
    ory_json_whole(&j, head->width);
    ory_json_key(&j, "height");
    ory_json_whole(&j, head->height);
    if (head->date > 0) {
        ory_json_key(&j, "timestamp");
        ory_json_whole(&j, (int64_t)head->date);
    }
    if (head->title) {
        ory_json_key(&j, "title");
        ory_json_string(&j, head->title);
    }
    if (head->term) {
        ory_json_key(&j, "env");
        ory_json_object(&j);
        ory_json_key(&j, "TERM");
        ory_json_string(&j, head->term);
        ory_json_end(&j);
    }
    ory_json_end(&j);
    ory_json_line(&j);
}

ory_status ory_cast_open(const char *path, const ory_cast_head *head, ory_cast **out,
                         ory_error *err)
{
    ory_cast *c = ory_alloc(1, sizeof *c);
    ory_status ok;

    if (!c)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    ok = ory_stream_open(path, false, &c->out, err);
    if (ok == ORY_OK) {
        head_line(&c->line, head);
        ok = write_line(c, err);
    }
    if (ok != ORY_OK) {
        ory_cast_close(c, NULL);
        return ok;
    }
    *out = c;
    return ORY_OK;
}

/* [time, "kind", "text"]; text ends with a zero byte. */
static ory_status event_line(ory_cast *c, double t, char kind, const char *text, ory_error *err)
{
    if (!(t >= c->last))
        t = c->last;
    c->last = t;
    ory_buffer_printf(&c->line, "[%.6f, \"%c\", ", t, kind);
    ory_json_quote(&c->line, text);
    ory_buffer_text(&c->line, "]\n");
    return write_line(c, err);
}

ory_status ory_cast_output(ory_cast *c, double t, const char *bytes, size_t n, ory_error *err)
{
    ory_status ok;

    if (n == 0)
        return ORY_OK;
    ory_buffer_clear(&c->text);
    ory_buffer_append(&c->text, bytes, n);
    ok = ory_buffer_check(&c->text, err);
    return ok == ORY_OK ? event_line(c, t, ORY_CAST_OUTPUT, c->text.data, err) : ok;
}

ory_status ory_cast_marker(ory_cast *c, double t, const char *label, ory_error *err)
{
    return event_line(c, t, ORY_CAST_MARKER, label, err);
}

ory_status ory_cast_resize(ory_cast *c, double t, int width, int height, ory_error *err)
{
    ory_status ok;

    ory_buffer_clear(&c->text);
    ory_buffer_printf(&c->text, "%dx%d", width, height);
    ok = ory_buffer_check(&c->text, err);
    return ok == ORY_OK ? event_line(c, t, ORY_CAST_RESIZE, c->text.data, err) : ok;
}

ory_status ory_cast_close(ory_cast *c, ory_error *err)
{
    ory_status ok = ORY_OK;

    if (!c)
        return ORY_OK;
    if (c->out)
        ok = ory_stream_close(c->out, err);
    ory_buffer_fini(&c->line);
    ory_buffer_fini(&c->text);
    ory_free(c);
    return ok;
}

/* ------------------------------------------------------------------- reading */

/* A walk over one line of JSON. */
typedef struct json {
    const char *at, *end;
} json;

static void skip_blank(json *j)
{
    while (j->at < j->end && (*j->at == ' ' || *j->at == '\t' || *j->at == '\r'))
        j->at++;
}

static bool take(json *j, char c)
{
    skip_blank(j);
    if (j->at >= j->end || *j->at != c)
        return false;
    j->at++;
    return true;
}

static bool hex4(json *j, uint32_t *out)
{
    int i;

    *out = 0;
    for (i = 0; i < 4; i++, j->at++) {
        static const char digits[] = "0123456789abcdef";
        const char *d = j->at < j->end && *j->at ? strchr(digits, *j->at | 32) : NULL;

        if (!d)
            return false;
        *out = *out << 4 | (uint32_t)(d - digits);
    }
    return true;
}

static void put_utf8(ory_buffer *out, uint32_t cp)
{
    if (cp < 0x80) {
        ory_buffer_char(out, (char)cp);
    } else if (cp < 0x800) {
        ory_buffer_char(out, (char)(0xC0 | cp >> 6));
        ory_buffer_char(out, (char)(0x80 | (cp & 63)));
    } else if (cp < 0x10000) {
        ory_buffer_char(out, (char)(0xE0 | cp >> 12));
        ory_buffer_char(out, (char)(0x80 | (cp >> 6 & 63)));
        ory_buffer_char(out, (char)(0x80 | (cp & 63)));
    } else {
        ory_buffer_char(out, (char)(0xF0 | cp >> 18));
        ory_buffer_char(out, (char)(0x80 | (cp >> 12 & 63)));
        ory_buffer_char(out, (char)(0x80 | (cp >> 6 & 63)));
        ory_buffer_char(out, (char)(0x80 | (cp & 63)));
    }
}

/* \uXXXX, behind the u; two of them for characters beyond the first 65536. */
static bool unicode(json *j, ory_buffer *out)
{
    uint32_t cp, low;

    if (!hex4(j, &cp))
        return false;
    if (cp >= 0xD800 && cp < 0xDC00) {
        if (j->end - j->at < 6 || j->at[0] != '\\' || j->at[1] != 'u')
            return false;
        j->at += 2;
        if (!hex4(j, &low) || low < 0xDC00 || low > 0xDFFF)
            return false;
        cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
    }
    put_utf8(out, cp);
    return true;
}

/* A string, appended to out. */
static bool string(json *j, ory_buffer *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";

    if (!take(j, '"'))
        return false;
    while (j->at < j->end && *j->at != '"') {
        char c = *j->at++;
        const char *known;

        if (c != '\\') {
            ory_buffer_char(out, c);
            continue;
        }
        if (j->at >= j->end)
            return false;
        c = *j->at++;
        known = c ? strchr(from, c) : NULL;
        if (known)
            ory_buffer_char(out, to[known - from]);
        else if (c != 'u' || !unicode(j, out))
            return false;
    }
    return take(j, '"');
}

static bool number(json *j, double *x)
{
    const char *start;

    skip_blank(j);
    start = j->at;
    while (j->at < j->end && *j->at && strchr("+-.eE0123456789", *j->at))
        j->at++;
    return ory_number_parse(start, j->at, x);
}

/* Any value, skipped; nested ones by counting brackets outside strings. */
static bool skip_value(json *j, ory_buffer *scratch)
{
    int depth = 0;

    do {
        skip_blank(j);
        if (j->at >= j->end)
            return false;
        if (*j->at == '"') {
            if (!string(j, scratch))
                return false;
        } else {
            depth += *j->at == '{' || *j->at == '[';
            depth -= *j->at == '}' || *j->at == ']';
            j->at++;
        }
        skip_blank(j);
    } while (depth > 0 || (j->at < j->end && *j->at != ',' && *j->at != '}'));
    return depth == 0;
}

static bool read_head(json *j, ory_cast_file *f, ory_buffer *scratch)
{
    double version = 0, w = 0, h = 0;

    if (!take(j, '{'))
        return false;
    do {
        double *into;

        ory_buffer_clear(scratch);
        if (!string(j, scratch) || !take(j, ':') || !scratch->data)
            return false;
        into = strcmp(scratch->data, "version") == 0  ? &version
               : strcmp(scratch->data, "width") == 0  ? &w
               : strcmp(scratch->data, "height") == 0 ? &h
                                                      : NULL;
        if (into ? !number(j, into) : !skip_value(j, scratch))
            return false;
    } while (take(j, ','));
    f->width = w >= 1 && w <= 10000 ? (int)w : 0;
    f->height = h >= 1 && h <= 10000 ? (int)h : 0;
    return take(j, '}') && version == 2 && f->width && f->height;
}

static ory_status read_event(json *j, ory_cast_event *e, ory_buffer *scratch)
{
    bool ok;

    ory_buffer_clear(scratch);
    ok = take(j, '[') && number(j, &e->t) && take(j, ',') && string(j, scratch) && take(j, ',');
    e->kind = scratch->len == 1 ? scratch->data[0] : 0;
    if (ok && e->kind) {
        ory_buffer_clear(scratch);
        ok = string(j, scratch) && take(j, ']');
    }
    if (scratch->failed)
        return ORY_ENOMEM;
    if (!ok || !e->kind)
        return ORY_EFORMAT;
    e->n = scratch->len;
    e->text = ory_alloc(e->n + 1, 1);
    if (!e->text)
        return ORY_ENOMEM;
    if (e->n)
        memcpy(e->text, scratch->data, e->n);
    return ORY_OK;
}

static ory_status add_event(ory_cast_file *f, size_t *room, json *j, ory_buffer *scratch,
                            const char *path, size_t line, ory_error *err)
{
    size_t wider = *room ? 2 * *room : 64;
    ory_cast_event *more;
    ory_status ok;

    if (f->n == *room) {
        more = *room ? ory_resize(f->events, *room, wider, sizeof *more)
                     : ory_alloc(wider, sizeof *more);
        if (!more)
            return ory_fail(err, ORY_ENOMEM, "out of memory");
        f->events = more;
        *room = wider;
    }
    ok = read_event(j, &f->events[f->n], scratch);
    if (ok == ORY_ENOMEM)
        return ory_fail(err, ok, "out of memory");
    if (ok != ORY_OK)
        return ory_fail(err, ORY_EFORMAT,
                        "'%s', line %zu: no event of a recording ([time, \"o\", \"text\"])", path,
                        line);
    f->n++;
    return ORY_OK;
}

static ory_status read_lines(ory_cast_file *f, const ory_buffer *all, const char *path,
                             ory_error *err)
{
    const char *at = all->data, *end = all->data + all->len;
    ory_buffer scratch = {0};
    size_t line = 0, room = 0;
    ory_status ok = ORY_OK;

    while (ok == ORY_OK && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        json j = {at, stop ? stop : end};

        line++;
        at = stop ? stop + 1 : end;
        skip_blank(&j);
        if (line == 1 && !read_head(&j, f, &scratch))
            ok = scratch.failed ? ory_fail(err, ORY_ENOMEM, "out of memory")
                                : ory_fail(err, ORY_EFORMAT,
                                           "'%s' is no recording (asciicast version 2 with width "
                                           "and height)", path);
        else if (line > 1 && j.at < j.end)
            ok = add_event(f, &room, &j, &scratch, path, line, err);
    }
    ory_buffer_fini(&scratch);
    return ok;
}

ory_status ory_cast_load(const char *path, ory_cast_file **out, ory_error *err)
{
    ory_cast_file *f = ory_alloc(1, sizeof *f);
    ory_source *in = NULL;
    ory_buffer all = {0};
    ory_status ok;

    if (!f)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    ok = ory_source_open(path, &in, err);
    if (ok == ORY_OK)
        ok = ory_source_all(in, &all, err);
    if (ok == ORY_OK && all.len == 0)
        ok = ory_fail(err, ORY_EFORMAT, "'%s' is empty, not a recording", path);
    if (ok == ORY_OK)
        ok = read_lines(f, &all, path, err);
    ory_source_close(in);
    ory_buffer_fini(&all);
    if (ok != ORY_OK) {
        ory_cast_file_free(f);
        return ok;
    }
    *out = f;
    return ORY_OK;
}

void ory_cast_file_free(ory_cast_file *f)
{
    size_t i;

    if (!f)
        return;
    for (i = 0; i < f->n; i++)
        ory_free(f->events[i].text);
    ory_free(f->events);
    ory_free(f);
}
