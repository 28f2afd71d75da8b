/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source.c - bytes from files and memory, unpacked with zlib where needed. */
#include "config.h"

#include "io/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "core/interrupt.h"
#include "core/mem.h"
#include "io/atomic.h"
#include "io/fence.h"

enum {
    CHUNK = 1 << 16,
    BEST_RATIO = 1032 /* deflate: 258 bytes for 2 bits at best */
};

struct ory_source {
    char *name;
    int fd;                    /* -1: all raw bytes are in `window` */
    const unsigned char *window; /* raw bytes at hand: window[at..len) */
    size_t at, len;
    size_t left;               /* raw bytes of a plain file not yet in the window */
    unsigned char *chunk;      /* window's memory when there is a file */
    ory_buffer held;           /* a pipe's bytes */
    bool gzip, zready, zend;
    z_stream z;
};

static void *z_alloc(void *opaque, unsigned count, unsigned size)
{
    (void)opaque;
    return ory_alloc(count, size);
}

static void z_free(void *opaque, void *block)
{
    (void)opaque;
    ory_free(block);
}

void ory_source_close(ory_source *s)
{
    if (!s)
        return;
    if (s->zready)
        inflateEnd(&s->z);
    if (s->fd >= 0)
        close(s->fd);
    ory_buffer_fini(&s->held);
    ory_free(s->chunk);
    ory_free(s->name);
    ory_free(s);
}

const char *ory_source_name(const ory_source *s)
{
    return s->name;
}

static ory_status cannot_read(ory_error *err, const char *name, int code)
{
    return ory_fail(err, ORY_EIO, "cannot read '%s': %s", name, strerror(code));
}

static ory_status no_memory(ory_error *err, const char *name)
{
    return ory_fail(err, ORY_ENOMEM, "out of memory reading '%s'", name);
}

static ssize_t read_some(int fd, void *into, size_t want)
{
    ssize_t n;

    do
        n = read(fd, into, want);
    while (n < 0 && errno == EINTR && !ory_interrupt_pending());
    return n;
}

/* Refill an empty window; leaves it empty at the end. */
static ory_status refill(ory_source *s, ory_error *err)
{
    ssize_t n;

    if (s->at < s->len || s->fd < 0)
        return ORY_OK;
    if (ory_interrupt_pending())
        return ory_fail(err, ORY_EINTERRUPT, "interrupted while reading '%s'", s->name);
    n = read_some(s->fd, s->chunk, CHUNK);
    if (n < 0)
        return cannot_read(err, s->name, errno);
    s->at = 0;
    s->len = (size_t)n;
    s->left = s->left > (size_t)n ? s->left - (size_t)n : 0;
    return ORY_OK;
}

static ory_status hold_pipe(ory_source *s, ory_error *err)
{
    for (;;) {
        ssize_t n = read_some(s->fd, s->chunk, CHUNK);

        if (n < 0)
            return cannot_read(err, s->name, errno);
        if (ory_interrupt_pending())
            return ory_fail(err, ORY_EINTERRUPT, "interrupted while reading '%s'", s->name);
        if (n == 0)
            break;
        ory_buffer_append(&s->held, s->chunk, (size_t)n);
        if (s->held.failed)
            return no_memory(err, s->name);
    }
    close(s->fd);
    s->fd = -1;
    s->window = (const unsigned char *)s->held.data;
    s->len = s->held.len;
    return ORY_OK;
}

/* Look at the first bytes and start unpacking if they are gzip's. */
static ory_status detect(ory_source *s, ory_error *err)
{
    ory_status status = refill(s, err);

    if (status != ORY_OK || s->len - s->at < 2 || s->window[s->at] != 0x1f ||
        s->window[s->at + 1] != 0x8b)
        return status;
    s->z.zalloc = z_alloc;
    s->z.zfree = z_free;
    if (inflateInit2(&s->z, 15 + 16) != Z_OK)
        return no_memory(err, s->name);
    s->zready = s->gzip = true;
    return ORY_OK;
}

static ory_status open_file(ory_source *s, ory_error *err)
{
    struct stat st;

    s->fd = ory_open(s->name, O_RDONLY, 0);
    if (s->fd < 0 || fstat(s->fd, &st) != 0)
        return cannot_read(err, s->name, errno);
    if (S_ISDIR(st.st_mode))
        return cannot_read(err, s->name, EISDIR);
    s->chunk = ory_alloc(CHUNK, 1);
    if (!s->chunk)
        return no_memory(err, s->name);
    s->window = s->chunk;
    /* /proc and the like say 0 bytes: read them as pipes are */
    if (!S_ISREG(st.st_mode) || st.st_size == 0)
        return hold_pipe(s, err);
    s->left = (size_t)st.st_size;
    return ORY_OK;
}

static ory_source *new_source(const char *name)
{
    ory_source *s = ory_alloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->fd = -1;
    s->name = ory_strdup(name);
    if (!s->name) {
        ory_free(s);
        return NULL;
    }
    return s;
}

static ory_status hand_out(ory_source *s, ory_status status, ory_source **out, ory_error *err)
{
    if (status == ORY_OK)
        status = detect(s, err);
    if (status != ORY_OK)
        ory_source_close(s);
    else
        *out = s;
    return status;
}

ory_status ory_source_open(const char *path, ory_source **out, ory_error *err)
{
    ory_status status = ory_fence_check(path, false, err);
    ory_source *s;

    if (status != ORY_OK)
        return status;
    s = new_source(path);
    if (!s)
        return no_memory(err, path);
    return hand_out(s, open_file(s, err), out, err);
}

ory_status ory_source_memory(const char *name, const void *bytes, size_t n, ory_source **out,
                             ory_error *err)
{
    ory_source *s = new_source(name);

    if (!s)
        return no_memory(err, name);
    s->window = bytes;
    s->len = n;
    return hand_out(s, ORY_OK, out, err);
}

static ory_status read_plain(ory_source *s, unsigned char *into, size_t want, size_t *got,
                             ory_error *err)
{
    while (*got < want) {
        ory_status status = refill(s, err);
        size_t part = s->len - s->at < want - *got ? s->len - s->at : want - *got;

        if (status != ORY_OK)
            return status;
        if (part == 0)
            break;
        memcpy(into + *got, s->window + s->at, part);
        s->at += part;
        *got += part;
    }
    return ORY_OK;
}

/* A member has ended: another may follow; anything else behind it is padding. */
static ory_status next_member(ory_source *s, ory_error *err)
{
    ory_status status = refill(s, err);

    if (status != ORY_OK)
        return status;
    if (s->at < s->len && s->window[s->at] == 0x1f)
        inflateReset(&s->z);
    else
        s->zend = true;
    return ORY_OK;
}

static ory_status inflate_some(ory_source *s, ory_error *err)
{
    ory_status status = refill(s, err);
    size_t before = s->len - s->at;
    int code;

    if (status != ORY_OK)
        return status;
    if (before == 0)
        return ory_fail(err, ORY_EFORMAT, "'%s' is cut short: its gzip data end early", s->name);
    if (before > UINT32_MAX / 2)
        before = UINT32_MAX / 2;
    s->z.next_in = (unsigned char *)(uintptr_t)(s->window + s->at);
    s->z.avail_in = (unsigned)before;
    code = inflate(&s->z, Z_NO_FLUSH);
    s->at += before - s->z.avail_in;
    if (code == Z_STREAM_END)
        return next_member(s, err);
    if (code == Z_MEM_ERROR)
        return no_memory(err, s->name);
    if (code != Z_OK && code != Z_BUF_ERROR)
        return ory_fail(err, ORY_EFORMAT, "'%s' holds damaged gzip data (%s)", s->name,
                        s->z.msg ? s->z.msg : "unreadable");
    return ORY_OK;
}

static ory_status read_gzip(ory_source *s, unsigned char *into, size_t want, size_t *got,
                            ory_error *err)
{
    while (*got < want && !s->zend) {
        size_t room = want - *got < CHUNK ? want - *got : CHUNK;
        ory_status status;

        s->z.next_out = into + *got;
        s->z.avail_out = (unsigned)room;
        status = inflate_some(s, err);
        if (status != ORY_OK)
            return status;
        *got += room - s->z.avail_out;
    }
    return ORY_OK;
}

ory_status ory_source_read(ory_source *s, void *into, size_t want, size_t *got, ory_error *err)
{
    *got = 0;
    return s->gzip ? read_gzip(s, into, want, got, err) : read_plain(s, into, want, got, err);
}

size_t ory_source_bound(const ory_source *s)
{
    size_t raw = s->len - s->at, bound;

    if (__builtin_add_overflow(raw, s->left, &raw))
        return SIZE_MAX;
    if (!s->gzip)
        return raw;
    /* the window of zlib may hold what is unpacked already */
    if (__builtin_mul_overflow(raw, (size_t)BEST_RATIO, &bound) ||
        __builtin_add_overflow(bound, (size_t)CHUNK, &bound))
        return SIZE_MAX;
    return s->zend ? 0 : bound;
}

ory_status ory_source_all(ory_source *s, ory_buffer *out, ory_error *err)
{
    unsigned char *part = ory_alloc(CHUNK, 1);
    ory_status status = part ? ORY_OK : no_memory(err, s->name);
    size_t got = 1;

    while (status == ORY_OK && got > 0) {
        status = ory_source_read(s, part, CHUNK, &got, err);
        if (status == ORY_OK)
            ory_buffer_append(out, part, got);
        if (out->failed)
            status = no_memory(err, s->name);
    }
    ory_free(part);
    return status;
}
