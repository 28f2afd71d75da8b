/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runfile.c - the frame around a run's bytes: magic, version, length, checksum. */
#include "config.h"

#include "io/runfile.h"

#include <inttypes.h>
#include <string.h>

#include "core/mem.h"
#include "io/atomic.h"
#include "io/hash.h"
#include "io/source.h"
#include "run/image.h"

/* The end of the magic shows when a transfer has changed line ends or cut bit 8. */
static const unsigned char magic[16] = "orrery run\r\n\x1a\n\xff";
enum { FORMAT = 1, HEAD = 32, AT_VERSION = 16, AT_LENGTH = 24 };

static void store_u64(unsigned char *b, uint64_t x)
{
    for (int i = 0; i < 8; i++)
        b[i] = (unsigned char)(x >> 8 * i);
}

static uint64_t fetch_u64(const unsigned char *b)
{
    uint64_t x = 0;

    for (int i = 0; i < 8; i++)
        x |= (uint64_t)b[i] << 8 * i;
    return x;
}

/* -------------------------------------------------------------------------- saving */

static ory_status count_bytes(void *ctx, const void *bytes, size_t n, ory_error *err)
{
    (void)bytes, (void)err;
    *(uint64_t *)ctx += n;
    return ORY_OK;
}

typedef struct sink {
    ory_outfile *file;
    ory_sha256 sum;
} sink;

static ory_status write_bytes(void *ctx, const void *bytes, size_t n, ory_error *err)
{
    sink *s = ctx;

    ory_sha256_add(&s->sum, bytes, n);
    return ory_outfile_write(s->file, bytes, n, err);
}

static ory_status write_all(ory_run *r, sink *s, ory_error *err)
{
    unsigned char head[HEAD], sum[ORY_SHA256_BYTES];
    uint64_t length = 0;
    ory_status ok = ory_run_image_write(r, count_bytes, &length, err);

    memcpy(head, magic, sizeof magic);
    store_u64(head + AT_VERSION, FORMAT);
    store_u64(head + AT_LENGTH, length);
    if (ok == ORY_OK)
        ok = write_bytes(s, head, sizeof head, err);
    if (ok == ORY_OK)
        ok = ory_run_image_write(r, write_bytes, s, err);
    ory_sha256_final(&s->sum, sum);
    return ok == ORY_OK ? ory_outfile_write(s->file, sum, sizeof sum, err) : ok;
}

ory_status ory_runfile_save(ory_run *r, const char *path, ory_error *err)
{
    const ory_system_class *c = ory_run_system(r)->class;
    sink s = {0};
    ory_status ok;

    if (ory_system_class_find(c->name) != c)
        return ory_fail(err, ORY_EINVAL,
                        "a run of %s cannot be saved: its functions are code of your own; keep the "
                        "script that makes it, and write its series to a file (r:write)", c->name);
    ok = ory_outfile_open(path, &s.file, err);
    if (ok != ORY_OK)
        return ok;
    ory_sha256_init(&s.sum);
    if ((ok = write_all(r, &s, err)) == ORY_OK)
        return ory_outfile_commit(s.file, err);
    ory_outfile_abandon(s.file);
    return ok;
}

/* ------------------------------------------------------------------------- loading */

static ory_status refuse(const char *path, const char *what, ory_error *err)
{
    return ory_fail(err, ORY_EFORMAT, "cannot load the run file '%s': %s", path, what);
}

/* Length of the run's bytes, from the head of the file. */
static ory_status read_head(ory_source *s, const char *path, unsigned char head[HEAD],
                            uint64_t *length, ory_error *err)
{
    size_t got = 0;
    uint64_t version;
    ory_status ok = ory_source_read(s, head, HEAD, &got, err);

    if (ok != ORY_OK)
        return ok;
    if (got < sizeof magic || memcmp(head, magic, sizeof magic) != 0)
        return refuse(path, "it is not a run file", err);
    if (got < HEAD)
        return refuse(path, "it is cut short", err);
    version = fetch_u64(head + AT_VERSION);
    if (version != FORMAT)
        return ory_fail(err, ORY_EFORMAT, "cannot load the run file '%s': it has format %" PRIu64
                        ", this version reads format %d", path, version, FORMAT);
    *length = fetch_u64(head + AT_LENGTH);
    if (*length > ory_source_bound(s) || ory_source_bound(s) - *length < ORY_SHA256_BYTES)
        return refuse(path, "it is cut short", err);
    return ORY_OK;
}

/* The run's bytes, checked against the sum behind them. */
static ory_status read_body(ory_source *s, const char *path, ory_buffer *body, uint64_t length,
                            const unsigned char head[HEAD], ory_error *err)
{
    unsigned char sum[ORY_SHA256_BYTES];
    ory_sha256 h;
    ory_status ok = ory_source_all(s, body, err);

    if (ok != ORY_OK)
        return ok;
    if (body->len < length || body->len - length < sizeof sum)
        return refuse(path, "it is cut short", err);
    if (body->len - length > sizeof sum)
        return refuse(path, "something stands behind its end", err);
    ory_sha256_init(&h);
    ory_sha256_add(&h, head, HEAD);
    ory_sha256_add(&h, body->data, (size_t)length);
    ory_sha256_final(&h, sum);
    if (memcmp(sum, body->data + length, sizeof sum) != 0)
        return refuse(path, "it is damaged (its checksum does not agree)", err);
    return ORY_OK;
}

ory_status ory_runfile_load(const char *path, ory_run **out, ory_error *err)
{
    unsigned char head[HEAD];
    ory_source *s = NULL;
    ory_buffer body = {0};
    uint64_t length = 0;
    ory_status ok = ory_source_open(path, &s, err);

    if (ok != ORY_OK)
        return ok;
    ok = read_head(s, path, head, &length, err);
    if (ok == ORY_OK)
        ok = read_body(s, path, &body, length, head, err);
    ory_source_close(s);
    if (ok == ORY_OK && (ok = ory_run_image_read(body.data, (size_t)length, out, err)) != ORY_OK &&
        err)
        ory_fail_prefix(err, "cannot load the run file '%s'", path);
    ory_buffer_fini(&body);
    return ok;
}
