/* SPDX-License-Identifier: GPL-3.0-or-later */
/* array.c - elements of any type and byte order into doubles, in bounded pieces. */
#include "config.h"

#include "io/array.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"

enum { PIECE = 1 << 15, FIRST_ROOM = 1 << 17 };

size_t ory_array_item(const char *type)
{
    static const struct {
        const char *name;
        size_t bytes;
    } item[] = {{"f2", 2}, {"f4", 4}, {"f8", 8}, {"i1", 1}, {"i2", 2}, {"i4", 4},
                {"i8", 8}, {"u1", 1}, {"u2", 2}, {"u4", 4}, {"u8", 8}, {"b1", 1}};
    size_t i;

    for (i = 0; i < sizeof item / sizeof item[0]; i++)
        if (strcmp(type, item[i].name) == 0)
            return item[i].bytes;
    return 0;
}

void ory_array_shape_text(const ory_array_info *info, char *out, size_t size)
{
    char text[ORY_ARRAY_DIMS * 22 + 4];
    size_t i, at = 1;

    text[0] = '(';
    for (i = 0; i < info->dims; i++)
        at += (size_t)sprintf(text + at, i ? ", %zu" : "%zu", info->shape[i]);
    strcpy(text + at, info->dims == 1 ? ",)" : ")");
    if (strlen(text) < size)
        strcpy(out, text);
    else
        snprintf(out, size, "%.*s…", size > 4 ? (int)size - 4 : 0, text);
}

/* IEEE 754 binary16. */
static double half(uint16_t h)
{
    int exponent = h >> 10 & 31;
    double fraction = h & 1023, x;

    if (exponent == 31)
        x = fraction != 0 ? (double)NAN : (double)INFINITY;
    else if (exponent == 0)
        x = ldexp(fraction, -24);
    else
        x = ldexp(fraction + 1024, exponent - 25);
    return h >> 15 ? -x : x;
}

static uint64_t gather(const unsigned char *p, size_t bytes, bool big)
{
    uint64_t v = 0;
    size_t i;

    for (i = 0; i < bytes; i++)
        v |= (uint64_t)p[big ? bytes - 1 - i : i] << (8 * i);
    return v;
}

static double element(uint64_t v, const char *type)
{
    float f;
    double d;
    uint32_t low = (uint32_t)v;

    switch (type[0]) {
    case 'f':
        if (type[1] == '2')
            return half((uint16_t)v);
        if (type[1] == '4') {
            memcpy(&f, &low, sizeof f);
            return (double)f;
        }
        memcpy(&d, &v, sizeof d);
        return d;
    case 'i':
        if (type[1] == '1')
            return (int8_t)v;
        if (type[1] == '2')
            return (int16_t)v;
        if (type[1] == '4')
            return (int32_t)v;
        return (double)(int64_t)v;
    case 'b':
        return v != 0;
    default:
        return (double)v;
    }
}

static void convert(const unsigned char *p, size_t n, const ory_array_info *info, size_t item,
                    double *out)
{
    size_t i;

    if (item == 1 && info->type[0] == 'u')
        for (i = 0; i < n; i++)
            out[i] = p[i];
    else
        for (i = 0; i < n; i++)
            out[i] = element(gather(p + i * item, item, info->big), info->type);
}

typedef struct extent {
    size_t rows, cols, count, bytes; /* as announced; count = rows*cols */
} extent;

static ory_status too_large(const ory_array_info *info, const ory_source *s, ory_error *err)
{
    char shape[200];

    ory_array_shape_text(info, shape, sizeof shape);
    return ory_fail(err, ORY_EFORMAT, "'%s': shape %s is too large for any memory",
                    ory_source_name(s), shape);
}

static ory_status measure(const ory_source *s, const ory_array_info *info, bool flatten,
                          extent *e, ory_error *err)
{
    char shape[200];
    size_t i, bytes;

    if (info->dims > 2 && !flatten) {
        ory_array_shape_text(info, shape, sizeof shape);
        return ory_fail(err, ORY_ESHAPE,
                        "'%s' has %zu dimensions, shape %s (must be at most 2, or flattened)",
                        ory_source_name(s), info->dims, shape);
    }
    e->rows = info->dims > 0 ? info->shape[0] : 1;
    e->cols = 1;
    for (i = 1; i < info->dims; i++)
        if (__builtin_mul_overflow(e->cols, info->shape[i], &e->cols))
            return too_large(info, s, err);
    if (__builtin_mul_overflow(e->rows, e->cols, &e->count) ||
        __builtin_mul_overflow(e->count, ory_array_item(info->type), &e->bytes) ||
        __builtin_mul_overflow(e->count, sizeof(double), &bytes))
        return too_large(info, s, err);
    return ORY_OK;
}

static ory_status too_short(const ory_source *s, const ory_array_info *info, const extent *e,
                            size_t have, ory_error *err)
{
    char shape[200];

    ory_array_shape_text(info, shape, sizeof shape);
    return ory_fail(err, ORY_EFORMAT,
                    "'%s' is cut short: shape %s of %s needs %zu bytes, only %zu follow its header",
                    ory_source_name(s), shape, info->type, e->bytes, have);
}

/* All elements in file order. Memory grows with what really comes, so that a
 * packed file's false promise cannot take more than twice what it holds. */
static ory_status pump(ory_source *s, const ory_array_info *info, const extent *e, size_t count,
                       double **out, ory_error *err)
{
    size_t item = ory_array_item(info->type), done = 0, got, room;
    bool known = ory_source_bound(s) == e->bytes;
    ory_status status = ORY_OK;
    unsigned char *raw = ory_alloc(PIECE, 8);
    double *x;

    room = known || count < FIRST_ROOM ? count : FIRST_ROOM;
    x = ory_alloc(room, sizeof *x);
    if (!raw || !x)
        status = ory_fail(err, ORY_ENOMEM, "out of memory reading '%s' (%zu numbers)",
                          ory_source_name(s), count);
    while (status == ORY_OK && done < count) {
        size_t want = count - done < PIECE ? count - done : PIECE;

        if (done + want > room) {
            size_t more = room > count / 2 ? count : 2 * room;
            double *grown = ory_resize(x, room, more, sizeof *x);

            if (!grown) {
                status = ory_fail(err, ORY_ENOMEM, "out of memory reading '%s' (%zu numbers)",
                                  ory_source_name(s), count);
                break;
            }
            x = grown;
            room = more;
        }
        status = ory_source_read(s, raw, want * item, &got, err);
        if (status == ORY_OK && got < want * item)
            status = too_short(s, info, e, done * item + got, err);
        else if (status == ORY_OK)
            convert(raw, want, info, item, x + done);
        done += want;
    }
    ory_free(raw);
    if (status != ORY_OK)
        ory_free(x);
    else
        *out = x;
    return status;
}

/* Where element number k in Fortran order lies in C order: the index is counted
 * up first dimension fastest. */
static ory_status from_fortran(const ory_source *s, const ory_array_info *info, const extent *e,
                               double **x, ory_error *err)
{
    size_t stride[ORY_ARRAY_DIMS], index[ORY_ARRAY_DIMS] = {0}, i, k, at = 0;
    double *y = ory_alloc(e->count, sizeof *y);

    if (!y)
        return ory_fail(err, ORY_ENOMEM, "out of memory reading '%s' (%zu numbers)",
                        ory_source_name(s), e->count);
    for (i = info->dims, k = 1; i-- > 0; k *= info->shape[i])
        stride[i] = k;
    for (k = 0; k < e->count; k++) {
        y[at] = (*x)[k];
        for (i = 0; i < info->dims; i++) {
            at += stride[i];
            if (++index[i] < info->shape[i])
                break;
            at -= stride[i] * info->shape[i];
            index[i] = 0;
        }
    }
    ory_free(*x);
    *x = y;
    return ORY_OK;
}

ory_status ory_array_read(ory_source *s, const ory_array_info *info, bool flatten,
                          size_t max_rows, ory_mat *out, ory_error *err)
{
    extent e;
    double *x = NULL;
    size_t rows;
    bool transposed;
    ory_status status = measure(s, info, flatten, &e, err);

    if (status != ORY_OK)
        return status;
    if (e.bytes > ory_source_bound(s))
        return too_short(s, info, &e, ory_source_bound(s), err);
    rows = max_rows > 0 && max_rows < e.rows ? max_rows : e.rows;
    transposed = info->fortran && info->dims > 1;
    status = pump(s, info, &e, transposed ? e.count : rows * e.cols, &x, err);
    if (status == ORY_OK && transposed)
        status = from_fortran(s, info, &e, &x, err);
    if (status != ORY_OK) {
        ory_free(x);
        return status;
    }
    *out = (ory_mat){.rows = rows, .cols = e.cols, .ld = e.cols, .data = x};
    return ORY_OK;
}
