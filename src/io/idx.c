/* SPDX-License-Identifier: GPL-3.0-or-later */
/* idx.c - IDX: two zero bytes, a type, the number of dimensions, their sizes as
 * big-endian 32-bit numbers, then the elements, big-endian. */
#include "config.h"

#include "io/idx.h"

#include <stdio.h>
#include <string.h>

static const char *type_name(unsigned char code)
{
    switch (code) {
    case 0x08: return "u1";
    case 0x09: return "i1";
    case 0x0b: return "i2";
    case 0x0c: return "i4";
    case 0x0d: return "f4";
    case 0x0e: return "f8";
    default:   return NULL;
    }
}

static ory_status cut_short(const ory_source *s, ory_error *err)
{
    return ory_fail(err, ORY_EFORMAT, "'%s' is cut short: it ends inside its IDX header",
                    ory_source_name(s));
}

static ory_status read_header(ory_source *s, ory_array_info *info, ory_error *err)
{
    unsigned char b[4];
    size_t got, i;
    ory_status status = ory_source_read(s, b, 4, &got, err);

    if (status != ORY_OK)
        return status;
    if (got < 4)
        return cut_short(s, err);
    if (b[0] != 0 || b[1] != 0)
        return ory_fail(err, ORY_EFORMAT, "'%s' is not an IDX file (its first bytes are wrong)",
                        ory_source_name(s));
    if (!type_name(b[2]))
        return ory_fail(err, ORY_EFORMAT,
                        "'%s' has IDX type 0x%02x (must be 08, 09, 0b, 0c, 0d or 0e)",
                        ory_source_name(s), b[2]);
    if (b[3] < 1 || b[3] > ORY_ARRAY_DIMS)
        return ory_fail(err, ORY_EFORMAT, "'%s' has %d dimensions (must be 1 to %d)",
                        ory_source_name(s), b[3], (int)ORY_ARRAY_DIMS);
    *info = (ory_array_info){.big = true, .dims = b[3]};
    snprintf(info->type, sizeof info->type, "%s", type_name(b[2]));
    for (i = 0; i < info->dims; i++) {
        status = ory_source_read(s, b, 4, &got, err);
        if (status != ORY_OK)
            return status;
        if (got < 4)
            return cut_short(s, err);
        info->shape[i] = (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
    }
    return ORY_OK;
}

static ory_status check_end(ory_source *s, const ory_array_info *info, ory_error *err)
{
    char shape[200];
    unsigned char more;
    size_t got;
    ory_status status = ory_source_read(s, &more, 1, &got, err);

    if (status != ORY_OK || got == 0)
        return status;
    ory_array_shape_text(info, shape, sizeof shape);
    return ory_fail(err, ORY_EFORMAT, "'%s' goes on behind the %s elements of its header",
                    ory_source_name(s), shape);
}

static ory_status read_source(ory_source *s, size_t max_rows, ory_mat *out, ory_array_info *info,
                              ory_error *err)
{
    ory_array_info own;
    ory_mat a = {0};
    ory_status status = read_header(s, &own, err);

    if (status == ORY_OK)
        status = ory_array_read(s, &own, true, max_rows, &a, err);
    if (status == ORY_OK && a.rows == own.shape[0])
        status = check_end(s, &own, err);
    ory_source_close(s);
    if (status != ORY_OK) {
        ory_mat_free(&a);
        return status;
    }
    *out = a;
    if (info)
        *info = own;
    return ORY_OK;
}

ory_status ory_idx_read(const char *path, size_t max_rows, ory_mat *out, ory_array_info *info,
                        ory_error *err)
{
    ory_source *s;
    ory_status status = ory_source_open(path, &s, err);

    return status == ORY_OK ? read_source(s, max_rows, out, info, err) : status;
}

ory_status ory_idx_parse(const char *name, const void *bytes, size_t n, size_t max_rows,
                         ory_mat *out, ory_array_info *info, ory_error *err)
{
    ory_source *s;
    ory_status status = ory_source_memory(name, bytes, n, &s, err);

    return status == ORY_OK ? read_source(s, max_rows, out, info, err) : status;
}
