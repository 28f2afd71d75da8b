/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history.c - the history file. A block is a line "#SECONDS" and its lines. */
#include "config.h"

#include "app/history.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/paths.h"
#include "core/clock.h"
#include "core/mem.h"

enum { KEEP_BLOCKS = 10000, TRIM_BYTES = 4 * 1024 * 1024 };

const char *ory_history_path(void)
{
    static char path[PATH_MAX];

    return ory_path_state("history", path, sizeof path) ? path : NULL;
}

/* Open for reading and appending, locked; another session may put a shorter file in
 * its place meanwhile: then the new one is opened. -1: errno says why. */
static int open_locked(const char *path, int flags)
{
    struct stat mine, there;
    int fd, tries;

    for (tries = 0; tries < 8; tries++) {
        fd = open(path, flags | O_CLOEXEC | O_NOCTTY, 0600);
        if (fd < 0)
            return -1;
        while (flock(fd, LOCK_EX) != 0 && errno == EINTR)
            ;
        if (fstat(fd, &mine) == 0 && stat(path, &there) == 0 && mine.st_ino == there.st_ino &&
            mine.st_dev == there.st_dev)
            return fd;
        close(fd);
    }
    errno = EAGAIN;
    return -1;
}

static bool write_all(int fd, const char *text, size_t len)
{
    ssize_t n;

    while (len > 0) {
        n = write(fd, text, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        text += n;
        len -= (size_t)n;
    }
    return true;
}

static void tell_once(const char *path)
{
    static bool told;

    if (!told)
        fprintf(stderr, "orrery: history is not kept: %s: %s\n", path, strerror(errno));
    told = true;
}

void ory_history_append(const char *block)
{
    const char *path = ory_history_path();
    size_t room = strlen(block) + 40;
    char *text;
    int fd, n;
    bool ok;

    if (!path || !*block)
        return;
    text = ory_alloc(room, 1);
    if (!text)
        return;
    n = snprintf(text, room, "#%.0f\n%s\n", ory_clock_date(), block);
    fd = open_locked(path, O_RDWR | O_APPEND | O_CREAT);
    if (fd < 0 && errno == ENOENT) {
        ory_path_make(path);
        fd = open_locked(path, O_RDWR | O_APPEND | O_CREAT);
    }
    ok = fd >= 0 && write_all(fd, text, (size_t)n);
    if (!ok)
        tell_once(path);
    if (fd >= 0)
        close(fd);
    ory_free(text);
}

/* -------------------------------------------------------------------- reading */

static bool is_stamp(const char *line, const char *end)
{
    const char *s = line + 1;

    if (*line != '#' || s == end)
        return false;
    while (s < end && isdigit((unsigned char)*s))
        s++;
    return s == end;
}

/* The next block at or behind *at: its stamp line, text and end. False: none. */
static bool next_block(char **at, char *end, char **stamp, char **text, char **stop)
{
    char *line = *at, *nl;

    *stamp = NULL;
    while (line < end) {
        nl = memchr(line, '\n', (size_t)(end - line));
        nl = nl ? nl : end;
        if (is_stamp(line, nl)) {
            if (*stamp)
                break;
            *stamp = line;
            *text = nl < end ? nl + 1 : end;
        }
        line = nl < end ? nl + 1 : end;
    }
    if (!*stamp)
        return false;
    *at = line;
    *stop = line > *text && line[-1] == '\n' ? line - 1 : line;
    return true;
}

static size_t count_blocks(char *data, char *end)
{
    char *stamp, *text, *stop;
    size_t n = 0;

    while (next_block(&data, end, &stamp, &text, &stop))
        n++;
    return n;
}

/* Put the blocks from `from` on in the file's place; the lock on fd is held. */
static void trim(const char *path, const char *from, const char *end)
{
    char temp[PATH_MAX];
    int fd;
    bool ok;

    if (snprintf(temp, sizeof temp, "%s.new", path) >= (int)sizeof temp)
        return;
    fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    ok = write_all(fd, from, (size_t)(end - from)) && fsync(fd) == 0;
    if (close(fd) != 0 || !ok || rename(temp, path) != 0)
        unlink(temp);
}

static char *read_whole(int fd, size_t *size)
{
    struct stat st;
    char *data;
    ssize_t n;

    *size = 0;
    if (fstat(fd, &st) != 0 || st.st_size <= 0 || st.st_size > 1 << 30)
        return NULL;
    data = ory_alloc((size_t)st.st_size + 1, 1);
    while (data && *size < (size_t)st.st_size) {
        n = read(fd, data + *size, (size_t)st.st_size - *size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        *size += (size_t)n;
    }
    return data;
}

void ory_history_read(void (*fn)(const char *block, const char *stamp))
{
    const char *path = ory_history_path();
    char *data, *at, *end, *stamp, *text, *stop;
    int fd = path ? open_locked(path, O_RDWR) : -1;
    size_t size, n;

    if (fd < 0)
        return;
    data = read_whole(fd, &size);
    at = data;
    end = data ? data + size : NULL;
    for (n = data ? count_blocks(at, end) : 0; n > KEEP_BLOCKS; n--)
        next_block(&at, end, &stamp, &text, &stop);
    if (size > TRIM_BYTES && at > data)
        trim(path, at, end);
    close(fd);
    while (data && next_block(&at, end, &stamp, &text, &stop)) {
        char *line_end = text > stamp ? text - 1 : text;
        char kept = *stop;

        *line_end = '\0';
        *stop = '\0';
        if (stop > text)
            fn(text, stamp);
        *stop = kept;
    }
    ory_free(data);
}
