/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture.c - descriptors 1 and 2 into memory files and back. */
#include "config.h"

#include "app/capture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/buffer.h"

enum { STRAY_MAX = 64 * 1024 };

typedef struct stream {
    int target;       /* 1 or 2 */
    int real, memory; /* what it was; where it leads */
    off_t seen;       /* bytes of memory already taken */
    ory_buffer line;  /* begun, without its end yet */
} stream;

static stream streams[2] = {{1, -1, -1, 0, {0}}, {2, -1, -1, 0, {0}}};
static ory_buffer stray;
static bool active;

static int memory_file(void)
{
    int fd = memfd_create("orrery-output", MFD_CLOEXEC);

    if (fd < 0)
        return -1;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_APPEND);
    return fd;
}

static void back(stream *s)
{
    if (s->real >= 0) {
        dup2(s->real, s->target);
        close(s->real);
    }
    if (s->memory >= 0)
        close(s->memory);
    s->real = s->memory = -1;
    s->seen = 0;
    ory_buffer_fini(&s->line);
}

bool ory_capture_start(void)
{
    int i;

    if (active)
        return true;
    fflush(stdout);
    fflush(stderr);
    for (i = 0; i < 2; i++) {
        stream *s = &streams[i];

        s->real = fcntl(s->target, F_DUPFD_CLOEXEC, 3);
        s->memory = memory_file();
        if (s->real < 0 || s->memory < 0 || dup2(s->memory, s->target) < 0) {
            back(&streams[0]);
            back(&streams[1]);
            return false;
        }
    }
    active = true;
    return true;
}

void ory_capture_stop(void)
{
    if (!active)
        return;
    fflush(stdout);
    fflush(stderr);
    active = false;
    back(&streams[0]);
    back(&streams[1]);
    if (stray.len > 0)
        fwrite(stray.data, 1, stray.len, stderr);
    fflush(stderr);
    ory_buffer_fini(&stray);
}

int ory_capture_terminal(void)
{
    return active ? streams[0].real : -1;
}

static void give(stream *s, bool is_stray, ory_capture_fn fn, void *ctx)
{
    if (is_stray && s->target == 2 && stray.len + s->line.len < STRAY_MAX) {
        ory_buffer_append(&stray, s->line.data, s->line.len);
        ory_buffer_char(&stray, '\n');
    }
    fn(ctx, s->line.data ? s->line.data : "", s->target == 2);
    ory_buffer_clear(&s->line);
}

static void take(stream *s, bool is_stray, ory_capture_fn fn, void *ctx)
{
    char buf[4096];
    ssize_t n, i;

    while ((n = pread(s->memory, buf, sizeof buf, s->seen)) > 0) {
        s->seen += n;
        for (i = 0; i < n; i++) {
            if (buf[i] == '\n')
                give(s, is_stray, fn, ctx);
            else if (buf[i])
                ory_buffer_char(&s->line, buf[i]);
        }
    }
    if (s->seen > (1 << 20) && ftruncate(s->memory, 0) == 0)
        s->seen = 0; /* all was read: the memory is given back */
}

void ory_capture_drain(bool all, bool is_stray, ory_capture_fn fn, void *ctx)
{
    int i;

    if (!active)
        return;
    fflush(stdout);
    fflush(stderr);
    for (i = 0; i < 2; i++) {
        take(&streams[i], is_stray, fn, ctx);
        if (all && streams[i].line.len > 0)
            give(&streams[i], is_stray, fn, ctx);
    }
}

void ory_capture_crash(void)
{
    char buf[4096];
    ssize_t n, done = 0;
    int i;

    if (!active)
        return;
    active = false;
    for (i = 0; i < 2; i++)
        dup2(streams[i].real, streams[i].target);
    if (stray.data)
        done = write(2, stray.data, stray.len);
    while ((n = pread(streams[1].memory, buf, sizeof buf, streams[1].seen)) > 0) {
        streams[1].seen += n;
        done = write(2, buf, (size_t)n);
        if (done < 0)
            return;
    }
}
