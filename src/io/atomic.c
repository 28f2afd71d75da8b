/* SPDX-License-Identifier: GPL-3.0-or-later */
/* atomic.c - temporary file, fsync, rename; and streams of whole records. */
#include "config.h"

#include "io/atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mem.h"
#include "io/fence.h"

enum { BUFFER = 1 << 16, TRIES = 100, NAME_KEEP = 180 };

struct ory_outfile {
    int fd;
    char *path;   /* as the user wrote it, for messages */
    char *target; /* the same with symbolic links resolved */
    char *tmp;    /* NULL: target is written directly */
    size_t len;
    ory_error why; /* first failure; status ORY_OK: none */
    unsigned char buffer[BUFFER];
};

static ory_status cannot_write(ory_error *err, const char *path, int code)
{
    return ory_fail(err, ORY_EIO, "cannot write '%s': %s", path, strerror(code));
}

/* All n bytes, or -1 with errno; interrupted calls are repeated. */
static int write_all(int fd, const unsigned char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, bytes, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        if (done == 0) {
            errno = ENOSPC;
            return -1;
        }
        bytes += done;
        n -= (size_t)done;
    }
    return 0;
}

int ory_open(const char *path, int flags, unsigned mode)
{
    int fd;

    do
        fd = open(path, flags | O_CLOEXEC | O_NOCTTY, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* fsync, where what is written to knows it. */
static int sync_fd(int fd)
{
    int failed;

    do
        failed = fsync(fd);
    while (failed && errno == EINTR);
    return failed && errno != EINVAL && errno != ENOTSUP && errno != EROFS ? -1 : 0;
}

static void free_outfile(ory_outfile *f)
{
    if (f->fd >= 0)
        close(f->fd);
    if (f->tmp)
        unlink(f->tmp);
    ory_free(f->tmp);
    ory_free(f->target);
    ory_free(f->path);
    ory_free(f);
}

static ory_status open_direct(ory_outfile *f, ory_error *err)
{
    f->fd = ory_open(f->target, O_WRONLY | O_TRUNC, 0);
    if (f->fd < 0)
        return cannot_write(err, f->path, errno);
    return ORY_OK;
}

/* ".NAME.PID-N.part" beside the target. */
static ory_status open_beside(ory_outfile *f, ory_error *err)
{
    const char *slash = strrchr(f->target, '/');
    const char *base = slash ? slash + 1 : f->target;
    size_t dir = (size_t)(base - f->target), room = dir + NAME_KEEP + 64;
    static unsigned serial;
    int i;

    f->tmp = ory_alloc(room, 1);
    if (!f->tmp)
        return ory_fail(err, ORY_ENOMEM, "out of memory writing '%s'", f->path);
    for (i = 0; i < TRIES; i++) {
        snprintf(f->tmp, room, "%.*s.%.*s.%ld-%u.part", (int)dir, f->target, NAME_KEEP, base,
                 (long)getpid(), serial++);
        f->fd = ory_open(f->tmp, O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (f->fd >= 0)
            return ORY_OK;
        if (errno != EEXIST)
            break;
    }
    i = errno;
    ory_free(f->tmp);
    f->tmp = NULL;
    return cannot_write(err, f->path, i);
}

static ory_status open_outfile(ory_outfile *f, ory_error *err)
{
    char real[PATH_MAX];
    struct stat old;
    bool there = stat(f->path, &old) == 0;
    ory_status status;

    if (f->path[0] == '\0')
        return ory_fail(err, ORY_EIO, "cannot write '': the file name is empty");
    f->target = ory_strdup(there && realpath(f->path, real) ? real : f->path);
    if (!f->target)
        return ory_fail(err, ORY_ENOMEM, "out of memory writing '%s'", f->path);
    if (there && S_ISDIR(old.st_mode))
        return cannot_write(err, f->path, EISDIR);
    if (there && !S_ISREG(old.st_mode))
        return open_direct(f, err);
    if (there && access(f->path, W_OK) != 0)
        return cannot_write(err, f->path, errno);
    status = open_beside(f, err);
    if (status == ORY_OK && there) {
        /* keeping owner and permissions is a courtesy: failure is no error */
        if (fchown(f->fd, old.st_uid, old.st_gid) != 0)
            errno = 0;
        if (fchmod(f->fd, old.st_mode & 07777) != 0)
            errno = 0;
    }
    return status;
}

ory_status ory_outfile_open(const char *path, ory_outfile **out, ory_error *err)
{
    ory_outfile *f;
    ory_status status = ory_fence_check(path, true, err);

    if (status != ORY_OK)
        return status;
    f = ory_alloc(1, sizeof *f);
    if (!f)
        return ory_fail(err, ORY_ENOMEM, "out of memory writing '%s'", path);
    f->fd = -1;
    f->path = ory_strdup(path);
    status = f->path ? open_outfile(f, err)
                     : ory_fail(err, ORY_ENOMEM, "out of memory writing '%s'", path);
    if (status != ORY_OK) {
        free_outfile(f);
        return status;
    }
    *out = f;
    return ORY_OK;
}

static ory_status repeat(const ory_error *why, ory_error *err)
{
    if (err)
        *err = *why;
    return why->status;
}

static ory_status flush(ory_outfile *f, ory_error *err)
{
    if (f->why.status == ORY_OK && write_all(f->fd, f->buffer, f->len) != 0)
        cannot_write(&f->why, f->path, errno);
    f->len = 0;
    return f->why.status == ORY_OK ? ORY_OK : repeat(&f->why, err);
}

ory_status ory_outfile_write(ory_outfile *f, const void *bytes, size_t n, ory_error *err)
{
    const unsigned char *from = bytes;

    while (n > 0) {
        size_t part = BUFFER - f->len < n ? BUFFER - f->len : n;

        memcpy(f->buffer + f->len, from, part);
        f->len += part;
        from += part;
        n -= part;
        if (f->len == BUFFER && flush(f, err) != ORY_OK)
            return f->why.status;
    }
    return f->why.status == ORY_OK ? ORY_OK : repeat(&f->why, err);
}

/* The new name is on the disk only when its directory is; best effort. */
static void sync_directory(const char *path)
{
    char dir[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int fd;

    snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path + 1) : 1, slash ? path : ".");
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

static ory_status finish(ory_outfile *f, ory_error *err)
{
    int fd;

    if (flush(f, err) != ORY_OK)
        return f->why.status;
    if (sync_fd(f->fd) != 0)
        return cannot_write(err, f->path, errno);
    fd = f->fd;
    f->fd = -1;
    if (close(fd) != 0 && errno != EINTR)
        return cannot_write(err, f->path, errno);
    if (!f->tmp)
        return ORY_OK;
    if (rename(f->tmp, f->target) != 0)
        return cannot_write(err, f->path, errno);
    ory_free(f->tmp);
    f->tmp = NULL;
    sync_directory(f->target);
    return ORY_OK;
}

ory_status ory_outfile_commit(ory_outfile *f, ory_error *err)
{
    ory_status status = finish(f, err);

    free_outfile(f);
    return status;
}

void ory_outfile_abandon(ory_outfile *f)
{
    if (f)
        free_outfile(f);
}

ory_status ory_outfile_put(const char *path, const void *bytes, size_t n, ory_error *err)
{
    ory_outfile *f;
    ory_status status = ory_outfile_open(path, &f, err);

    if (status != ORY_OK)
        return status;
    status = ory_outfile_write(f, bytes, n, err);
    if (status != ORY_OK) {
        ory_outfile_abandon(f);
        return status;
    }
    return ory_outfile_commit(f, err);
}

/* ----------------------------------------------------------------- streams */

struct ory_stream {
    int fd;
    bool regular;
    char *path;
    ory_error why;
};

ory_status ory_stream_open(const char *path, bool append, ory_stream **out, ory_error *err)
{
    ory_stream *s;
    struct stat st;
    ory_status status = ory_fence_check(path, true, err);

    if (status != ORY_OK)
        return status;
    s = ory_alloc(1, sizeof *s);
    if (!s || !(s->path = ory_strdup(path))) {
        ory_free(s);
        return ory_fail(err, ORY_ENOMEM, "out of memory writing '%s'", path);
    }
    s->fd = ory_open(path, O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC), 0666);
    if (s->fd < 0 || fstat(s->fd, &st) != 0) {
        status = cannot_write(err, path, errno);
        if (s->fd >= 0)
            close(s->fd);
        ory_free(s->path);
        ory_free(s);
        return status;
    }
    s->regular = S_ISREG(st.st_mode);
    *out = s;
    return ORY_OK;
}

/* ftruncate, made again when it is interrupted. */
static int cut(int fd, off_t size)
{
    int failed;

    do
        failed = ftruncate(fd, size);
    while (failed && errno == EINTR);
    return failed;
}

ory_status ory_stream_write(ory_stream *s, const void *record, size_t n, ory_error *err)
{
    off_t start;

    if (s->why.status != ORY_OK)
        return repeat(&s->why, err);
    start = s->regular ? lseek(s->fd, 0, SEEK_END) : -1;
    if (write_all(s->fd, record, n) == 0)
        return ORY_OK;
    cannot_write(&s->why, s->path, errno);
    if (start >= 0 && cut(s->fd, start) != 0)
        ory_fail(&s->why, ORY_EIO, "cannot write '%s': the last record is incomplete", s->path);
    return repeat(&s->why, err);
}

ory_status ory_stream_sync(ory_stream *s, ory_error *err)
{
    if (s->why.status == ORY_OK && sync_fd(s->fd) != 0)
        cannot_write(&s->why, s->path, errno);
    return s->why.status == ORY_OK ? ORY_OK : repeat(&s->why, err);
}

ory_status ory_stream_close(ory_stream *s, ory_error *err)
{
    ory_status status;

    if (!s)
        return ORY_OK;
    if (s->why.status == ORY_OK && sync_fd(s->fd) != 0)
        cannot_write(&s->why, s->path, errno);
    if (close(s->fd) != 0 && errno != EINTR && s->why.status == ORY_OK)
        cannot_write(&s->why, s->path, errno);
    status = s->why.status == ORY_OK ? ORY_OK : repeat(&s->why, err);
    ory_free(s->path);
    ory_free(s);
    return status;
}
