/* SPDX-License-Identifier: GPL-3.0-or-later */
/* npy.c - the .npy format: magic, version, a Python dictionary as header, bytes.
 *
 * The header is read by a small parser for the one dictionary that the format
 * allows; nothing of it is evaluated. */
#include "config.h"

#include "io/npy.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "io/atomic.h"
#include "io/buffer.h"

enum { HEADER_LIMIT = 1 << 16, ALIGNMENT = 64 };

/* -------------------------------------------------------------- dictionary */

typedef struct cursor {
    const char *at, *end;
    const char *name; /* of the file */
    ory_error *err;
} cursor;

static ory_status bad(cursor *c, const char *what)
{
    return ory_fail(c->err, ORY_EFORMAT, "'%s' has a damaged .npy header: %s", c->name, what);
}

static void skip_blank(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\n'))
        c->at++;
}

static bool take(cursor *c, char wanted)
{
    skip_blank(c);
    if (c->at == c->end || *c->at != wanted)
        return false;
    c->at++;
    return true;
}

static bool take_word(cursor *c, const char *word)
{
    size_t n = strlen(word);

    skip_blank(c);
    if ((size_t)(c->end - c->at) < n || memcmp(c->at, word, n) != 0)
        return false;
    c->at += n;
    return true;
}

static bool take_string(cursor *c, char *out, size_t size)
{
    const char *start;
    char quote;

    skip_blank(c);
    if (c->at == c->end || (*c->at != '\'' && *c->at != '"'))
        return false;
    quote = *c->at++;
    start = c->at;
    while (c->at < c->end && *c->at != quote && *c->at != '\\')
        c->at++;
    if (c->at == c->end || *c->at != quote || (size_t)(c->at - start) >= size)
        return false;
    memcpy(out, start, (size_t)(c->at - start));
    out[c->at - start] = '\0';
    c->at++;
    return true;
}

static bool take_size(cursor *c, size_t *out)
{
    bool any = false;

    skip_blank(c);
    for (*out = 0; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++, any = true)
        if (__builtin_mul_overflow(*out, (size_t)10, out) ||
            __builtin_add_overflow(*out, (size_t)(*c->at - '0'), out))
            return false;
    if (any && c->at < c->end && *c->at == 'L') /* long integers of Python 2 */
        c->at++;
    return any;
}

static ory_status parse_shape(cursor *c, ory_array_info *info)
{
    if (!take(c, '('))
        return bad(c, "its shape is not a tuple");
    info->dims = 0;
    while (!take(c, ')')) {
        if (info->dims == ORY_ARRAY_DIMS)
            return bad(c, "its shape has more than 32 dimensions");
        if (!take_size(c, &info->shape[info->dims]))
            return bad(c, "its shape holds something else than sizes below 2^64");
        info->dims++;
        if (!take(c, ',')) {
            if (!take(c, ')'))
                return bad(c, "its shape does not end");
            break;
        }
    }
    return ORY_OK;
}

static const char *type_word(char kind)
{
    switch (kind) {
    case 'O': return "Python objects";
    case 'c': return "complex numbers";
    case 'S': case 'a': case 'U': return "text";
    case 'M': case 'm': return "dates";
    case 'V': return "raw records";
    default:  return "an unknown type";
    }
}

static ory_status parse_descr(cursor *c, ory_array_info *info)
{
    char text[24];
    const char *type = text;

    skip_blank(c);
    if (c->at < c->end && *c->at == '[')
        return ory_fail(c->err, ORY_EFORMAT,
                        "'%s' holds structured records (must be plain numbers)", c->name);
    if (!take_string(c, text, sizeof text) || text[0] == '\0')
        return bad(c, "its type is not a string");
    info->big = text[0] == '>';
    if (text[0] == '=')
        info->big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    if (strchr("<>=|", text[0]))
        type++;
    if (strcmp(type, "?") == 0)
        type = "b1";
    if (ory_array_item(type) == 0)
        return ory_fail(c->err, ORY_EFORMAT,
                        "'%s' holds %s, type '%s' (must be f2 f4 f8, i1 to i8, u1 to u8 or bool)",
                        c->name, type_word(type[0]), text);
    memcpy(info->type, type, strlen(type) + 1); /* a known type has two characters */
    return ORY_OK;
}

static ory_status parse_order(cursor *c, ory_array_info *info)
{
    info->fortran = take_word(c, "True");
    if (!info->fortran && !take_word(c, "False"))
        return bad(c, "fortran_order is neither True nor False");
    return ORY_OK;
}

static ory_status parse_dict(cursor *c, ory_array_info *info)
{
    static const char *const key[] = {"descr", "fortran_order", "shape"};
    static ory_status (*const parse[])(cursor *, ory_array_info *) = {parse_descr, parse_order,
                                                                      parse_shape};
    bool seen[3] = {false};
    char word[32], text[64];
    int i;

    if (!take(c, '{'))
        return bad(c, "it is not a dictionary");
    while (!take(c, '}')) {
        ory_status status;

        if (!take_string(c, word, sizeof word) || !take(c, ':'))
            return bad(c, "a key is missing");
        for (i = 0; i < 3 && strcmp(word, key[i]) != 0; i++)
            ;
        if (i == 3)
            return bad(c, "it has a key besides descr, fortran_order and shape");
        status = parse[i](c, info);
        if (status != ORY_OK)
            return status;
        seen[i] = true;
        if (!take(c, ',')) {
            if (!take(c, '}'))
                return bad(c, "the dictionary does not end");
            break;
        }
    }
    for (i = 0; i < 3; i++)
        if (!seen[i]) {
            snprintf(text, sizeof text, "%s is missing", key[i]);
            return bad(c, text);
        }
    return ORY_OK;
}

/* ----------------------------------------------------------------- reading */

static ory_status read_exact(ory_source *s, void *into, size_t n, ory_error *err)
{
    size_t got;
    ory_status status = ory_source_read(s, into, n, &got, err);

    if (status == ORY_OK && got < n)
        return ory_fail(err, ORY_EFORMAT, "'%s' is cut short: it ends inside its .npy header",
                        ory_source_name(s));
    return status;
}

static ory_status read_length(ory_source *s, size_t *length, ory_error *err)
{
    unsigned char b[8];
    ory_status status = read_exact(s, b, 8, err);

    if (status != ORY_OK)
        return status;
    if (memcmp(b, "\x93NUMPY", 6) != 0)
        return ory_fail(err, ORY_EFORMAT, "'%s' is not a .npy file (its first bytes are wrong)",
                        ory_source_name(s));
    if (b[6] < 1 || b[6] > 3)
        return ory_fail(err, ORY_EFORMAT, "'%s' has .npy version %d.%d (must be 1, 2 or 3)",
                        ory_source_name(s), b[6], b[7]);
    status = read_exact(s, b + 2, b[6] == 1 ? 2 : 4, err);
    *length = b[2] | (size_t)b[3] << 8;
    if (b[6] > 1)
        *length |= (size_t)b[4] << 16 | (size_t)b[5] << 24;
    return status;
}

static ory_status read_header(ory_source *s, ory_array_info *info, ory_error *err)
{
    size_t length = 0;
    ory_status status = read_length(s, &length, err);
    cursor c = {.name = ory_source_name(s), .err = err};
    char *text;

    if (status != ORY_OK)
        return status;
    if (length > HEADER_LIMIT || length > ory_source_bound(s))
        return ory_fail(err, ORY_EFORMAT,
                        "'%s' announces a .npy header of %zu bytes (must be at most %zu)", c.name,
                        length, ory_source_bound(s) < HEADER_LIMIT ? ory_source_bound(s)
                                                                   : (size_t)HEADER_LIMIT);
    text = ory_alloc(length + 1, 1);
    if (!text)
        return ory_fail(err, ORY_ENOMEM, "out of memory reading '%s'", c.name);
    status = read_exact(s, text, length, err);
    c.at = text;
    c.end = text + length;
    if (status == ORY_OK)
        status = parse_dict(&c, info);
    ory_free(text);
    return status;
}

static ory_status read_source(ory_source *s, bool flatten, ory_mat *out, ory_array_info *info,
                              ory_error *err)
{
    ory_array_info own = {0};
    ory_status status = read_header(s, &own, err);

    if (status == ORY_OK)
        status = ory_array_read(s, &own, flatten, 0, out, err);
    if (status == ORY_OK && info)
        *info = own;
    ory_source_close(s);
    return status;
}

ory_status ory_npy_read(const char *path, bool flatten, ory_mat *out, ory_array_info *info,
                        ory_error *err)
{
    ory_source *s;
    ory_status status = ory_source_open(path, &s, err);

    return status == ORY_OK ? read_source(s, flatten, out, info, err) : status;
}

ory_status ory_npy_parse(const char *name, const void *bytes, size_t n, bool flatten,
                         ory_mat *out, ory_array_info *info, ory_error *err)
{
    ory_source *s;
    ory_status status = ory_source_memory(name, bytes, n, &s, err);

    return status == ORY_OK ? read_source(s, flatten, out, info, err) : status;
}

/* ----------------------------------------------------------------- writing */

static ory_status put_header(ory_outfile *f, const ory_mat *a, ory_error *err)
{
    char head[2 * ALIGNMENT + 64], dict[128];
    int n = snprintf(dict, sizeof dict,
                     "{'descr': '<f8', 'fortran_order': False, 'shape': (%zu, %zu), }", a->rows,
                     a->cols);
    size_t total = (10 + (size_t)n + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

    memset(head, ' ', sizeof head);
    memcpy(head, "\x93NUMPY\x01\x00", 8);
    head[8] = (char)((total - 10) & 255);
    head[9] = (char)((total - 10) >> 8);
    memcpy(head + 10, dict, (size_t)n);
    head[total - 1] = '\n';
    return ory_outfile_write(f, head, total, err);
}

static ory_status put_number(ory_outfile *f, double x, ory_error *err)
{
    unsigned char b[8];
    uint64_t v;
    int i;

    memcpy(&v, &x, sizeof v);
    for (i = 0; i < 8; i++)
        b[i] = (unsigned char)(v >> 8 * i);
    return ory_outfile_write(f, b, 8, err);
}

static ory_status put_numbers(ory_outfile *f, const ory_mat *a, ory_error *err)
{
    ory_status status = ORY_OK;
    size_t r, c;

    for (r = 0; status == ORY_OK && r < a->rows; r++) {
        if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
            status = ory_outfile_write(f, a->data + r * a->ld, a->cols * sizeof(double), err);
        else
            for (c = 0; status == ORY_OK && c < a->cols; c++)
                status = put_number(f, *ory_mat_at(a, r, c), err);
    }
    return status;
}

static ory_status write_sidecar(const char *path, const ory_header *h, ory_error *err)
{
    ory_buffer name = {0}, text = {0};
    ory_status status;

    ory_buffer_printf(&name, "%s.json", path);
    ory_header_json(h, &text);
    ory_buffer_char(&text, '\n');
    status = ory_buffer_check(&name, err);
    if (status == ORY_OK)
        status = ory_buffer_check(&text, err);
    if (status == ORY_OK)
        status = ory_outfile_put(name.data, text.data, text.len, err);
    ory_buffer_fini(&name);
    ory_buffer_fini(&text);
    return status;
}

ory_status ory_npy_write(const char *path, const ory_mat *a, const ory_header *sidecar,
                         ory_error *err)
{
    ory_outfile *f;
    ory_status status = ory_outfile_open(path, &f, err);

    if (status != ORY_OK)
        return status;
    status = put_header(f, a, err);
    if (status == ORY_OK)
        status = put_numbers(f, a, err);
    if (status != ORY_OK) {
        ory_outfile_abandon(f);
        return status;
    }
    status = ory_outfile_commit(f, err);
    if (status == ORY_OK && sidecar)
        status = write_sidecar(path, sidecar, err);
    return status;
}
