/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ranks.c - the pipes to the MPI helper. */
#include "config.h"

#include "run/ranks.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/interrupt.h"
#include "core/mem.h"

struct ory_ranks {
    int rank, size;
    pid_t helper;
    int in, out;       /* from and to the helper; -1 when it has gone */
    char *bytes;       /* what has come and is not yet taken */
    size_t at, got, room;
};

static bool read_pair(const char *rank_name, const char *size_name, int *rank, int *size)
{
    const char *r = getenv(rank_name), *s = getenv(size_name);

    if (!r || !s)
        return false;
    *rank = atoi(r);
    *size = atoi(s);
    return *size > 1;
}

bool ory_ranks_started(int *rank, int *size)
{
    static const char *const pairs[][2] = {{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
                                           {"PMI_RANK", "PMI_SIZE"},
                                           {"PMIX_RANK", "SLURM_NTASKS"}};
    size_t i;

    for (i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (read_pair(pairs[i][0], pairs[i][1], rank, size))
            return true;
    return false;
}

/* In the child: the helper with its pipes as standard input and output. */
static void become_helper(const char *helper, int in, int out, const sigset_t *mask)
{
    int moved = fcntl(out, F_DUPFD, 3); /* in may be 1 */

    dup2(in, STDIN_FILENO);
    dup2(moved, STDOUT_FILENO);
    close(moved);
    signal(SIGINT, SIG_IGN); /* Ctrl-C is for the one at the other end */
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execl(helper, helper, (char *)NULL);
    _exit(127);
}

static ory_status start_helper(ory_ranks *r, const char *helper, ory_error *err)
{
    int to[2], from[2];
    sigset_t all, mask;

    if (pipe2(to, O_CLOEXEC) != 0)
        return ory_fail(err, ORY_EIO, "cannot make a pipe: %s", strerror(errno));
    if (pipe2(from, O_CLOEXEC) != 0) {
        close(to[0]);
        close(to[1]);
        return ory_fail(err, ORY_EIO, "cannot make a pipe: %s", strerror(errno));
    }
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &mask);
    r->helper = fork();
    if (r->helper == 0)
        become_helper(helper, to[0], from[1], &mask);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    close(to[0]);
    close(from[1]);
    r->out = to[1];
    r->in = from[0];
    fcntl(r->in, F_SETFL, O_NONBLOCK);
    if (r->helper < 0)
        return ory_fail(err, ORY_EIO, "cannot start %s: %s", helper, strerror(errno));
    return ORY_OK;
}

static ory_status wait_for_hello(ory_ranks *r, const char *helper, ory_error *err)
{
    struct pollfd p = {r->in, POLLIN, 0};
    ory_message m;
    int got;

    while ((got = ory_ranks_next(r, &m)) == 0) {
        if (ory_interrupt_pending())
            return ory_fail(err, ORY_EINTERRUPT, "interrupted");
        poll(&p, 1, 100);
    }
    if (got < 0 || m.type != ORY_RANK_HELLO || m.n != sizeof(int32_t))
        return ory_fail(err, ORY_EIO, "MPI could not be started by %s", helper);
    r->rank = m.from;
    memcpy(&r->size, m.bytes, sizeof(int32_t));
    return ORY_OK;
}

ory_status ory_ranks_open(const char *helper, ory_ranks **out, ory_error *err)
{
    ory_ranks *r = ory_alloc(1, sizeof *r);
    ory_status ok;

    if (!r)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    r->in = r->out = -1;
    ok = start_helper(r, helper, err);
    if (ok == ORY_OK)
        ok = wait_for_hello(r, helper, err);
    if (ok != ORY_OK) {
        ory_ranks_close(r);
        return ok;
    }
    *out = r;
    return ORY_OK;
}

static void hang_up(ory_ranks *r)
{
    if (r->out >= 0)
        close(r->out);
    if (r->in >= 0)
        close(r->in);
    r->in = r->out = -1;
}

void ory_ranks_close(ory_ranks *r)
{
    int status;

    if (!r)
        return;
    hang_up(r);
    if (r->helper > 0)
        while (waitpid(r->helper, &status, 0) < 0 && errno == EINTR)
            ;
    ory_free(r->bytes);
    ory_free(r);
}

int ory_ranks_rank(const ory_ranks *r)
{
    return r->rank;
}

int ory_ranks_size(const ory_ranks *r)
{
    return r->size;
}

int ory_ranks_fd(const ory_ranks *r)
{
    return r->in;
}

/* SIGPIPE waits while we write. */
bool ory_write_quietly(int fd, const void *from, size_t n)
{
    const char *bytes = from;
    sigset_t pipe_only, mask, pending;
    const struct timespec none = {0, 0};
    bool was_pending, ok = true;

    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigpending(&pending);
    was_pending = sigismember(&pending, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_only, &mask);
    while (n > 0 && ok) {
        ssize_t done = write(fd, bytes, n);

        ok = done > 0 || (done < 0 && errno == EINTR);
        if (done > 0) {
            bytes += done;
            n -= (size_t)done;
        }
    }
    if (!ok && errno == EPIPE && !was_pending)
        sigtimedwait(&pipe_only, NULL, &none);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    return ok;
}

ory_status ory_ranks_send(ory_ranks *r, int to, char type, const void *bytes, size_t n,
                          ory_error *err)
{
    char head[ORY_FRAME_HEAD + 1];
    int32_t rank = to;
    uint32_t length = (uint32_t)n + 1;

    if (n + 1 > ORY_FRAME_MOST)
        return ory_fail(err, ORY_ERANGE, "a message of %zu bytes is too long", n);
    memcpy(head, &rank, 4);
    memcpy(head + 4, &length, 4);
    head[8] = type;
    if (r->out < 0 || !ory_write_quietly(r->out, head, sizeof head) ||
        !ory_write_quietly(r->out, bytes, n))
        return ory_fail(err, ORY_EIO, "the MPI helper has ended");
    return ORY_OK;
}

/* A whole frame at r->at? */
static bool take_frame(ory_ranks *r, ory_message *m)
{
    uint32_t length;
    int32_t from;

    if (r->got - r->at < ORY_FRAME_HEAD + 1)
        return false;
    memcpy(&from, r->bytes + r->at, 4);
    memcpy(&length, r->bytes + r->at + 4, 4);
    if (r->got - r->at - ORY_FRAME_HEAD < length)
        return false;
    *m = (ory_message){from, r->bytes[r->at + ORY_FRAME_HEAD], r->bytes + r->at + ORY_FRAME_HEAD + 1,
                       length - 1};
    r->at += ORY_FRAME_HEAD + length;
    return true;
}

static bool make_room(ory_ranks *r)
{
    size_t room = r->room ? 2 * r->room : 4096;
    char *bytes;

    if (r->at > 0) {
        memmove(r->bytes, r->bytes + r->at, r->got - r->at);
        r->got -= r->at;
        r->at = 0;
    }
    if (r->got < r->room)
        return true;
    bytes = r->bytes ? ory_resize(r->bytes, r->room, room, 1) : ory_alloc(room, 1);
    if (!bytes)
        return false;
    r->bytes = bytes;
    r->room = room;
    return true;
}

int ory_ranks_next(ory_ranks *r, ory_message *m)
{
    ssize_t n;

    while (!take_frame(r, m)) {
        if (r->in < 0)
            return -1;
        n = make_room(r) ? read(r->in, r->bytes + r->got, r->room - r->got) : 0;
        if (n > 0) {
            r->got += (size_t)n;
            continue;
        }
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return 0;
        hang_up(r);
        return -1;
    }
    return 1;
}
