/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool.c - fork, limits, answers through pipes, and the ends of children. */
#include "config.h"

#include "run/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "core/clock.h"
#include "core/interrupt.h"
#include "core/mem.h"

enum { LONGEST_WAIT = 100 /* ms: Ctrl-C between the look and the sleep waits no longer */ };

typedef struct slot {
    pid_t pid;       /* 0: free */
    int fd;
    size_t cell;
    double deadline; /* on the real clock; 0: none */
    char *bytes;     /* length (4 bytes) and answer, as far as they are here */
    size_t got, room;
} slot;

struct ory_pool {
    int slots, busy;
    ory_limits limits;
    ory_cell_fn fn;
    void *ctx;
    slot *slot;
    struct pollfd *polled;
    pid_t *leaving; /* answered, but not yet waited for; at most one a slot */
};

ory_status ory_pool_new(int slots, ory_limits limits, ory_cell_fn fn, void *ctx, ory_pool **out,
                        ory_error *err)
{
    ory_pool *p;

    if (slots < 1 || slots > ORY_POOL_MOST)
        return ory_fail(err, ORY_ERANGE, "%d processes (must be from 1 to %d)", slots,
                        ORY_POOL_MOST);
    p = ory_alloc(1, sizeof *p);
    if (p) {
        p->slot = ory_alloc((size_t)slots, sizeof *p->slot);
        p->polled = ory_alloc((size_t)slots + 1, sizeof *p->polled);
        p->leaving = ory_alloc((size_t)slots, sizeof *p->leaving);
    }
    if (!p || !p->slot || !p->polled || !p->leaving) {
        ory_pool_free(p);
        return ory_fail(err, ORY_ENOMEM, "out of memory for %d processes", slots);
    }
    p->slots = slots;
    p->limits = limits;
    p->fn = fn;
    p->ctx = ctx;
    *out = p;
    return ORY_OK;
}

static pid_t wait_for(pid_t pid, int *status, int flags)
{
    pid_t got;

    do
        got = waitpid(pid, status, flags);
    while (got < 0 && errno == EINTR);
    return got;
}

/* A cell may have started programs of its own: its whole group goes. */
static void kill_group(pid_t pid)
{
    if (kill(-pid, SIGKILL) != 0)
        kill(pid, SIGKILL);
}

static void clear_slot(ory_pool *p, slot *s)
{
    close(s->fd);
    s->pid = 0;
    s->got = 0;
    p->busy--;
}

void ory_pool_free(ory_pool *p)
{
    int i, status;

    if (!p)
        return;
    for (i = 0; i < p->slots; i++) {
        slot *s = &p->slot[i];

        if (s->pid > 0) {
            kill_group(s->pid);
            wait_for(s->pid, &status, 0);
            clear_slot(p, s);
        }
        if (p->leaving[i] > 0)
            wait_for(p->leaving[i], &status, 0);
        ory_free(s->bytes);
    }
    ory_free(p->slot);
    ory_free(p->polled);
    ory_free(p->leaving);
    ory_free(p);
}

int ory_pool_slots(const ory_pool *p)
{
    return p->slots;
}

int ory_pool_busy(const ory_pool *p)
{
    return p->busy;
}

/* ------------------------------------------------------------------- the child */

/* The handlers of the parent (terminal, pipes of its own) are not for the child. */
static void forget_handlers(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGWINCH, SIGCONT,
                                  SIGTSTP, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
    struct sigaction old;
    size_t i;

    for (i = 0; i < sizeof signals / sizeof *signals; i++)
        if (sigaction(signals[i], NULL, &old) == 0 &&
            (old.sa_handler != SIG_IGN || signals[i] == SIGPIPE))
            signal(signals[i], SIG_DFL);
}

static void end_with_parent(pid_t parent)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != parent) /* it was faster */
        _exit(1);
}

static void set_streams(int output)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0)
        return;
    dup2(null, STDIN_FILENO);
    dup2(output >= 0 ? output : null, STDOUT_FILENO);
    dup2(output >= 0 ? output : null, STDERR_FILENO);
}

/* Bytes of address space that this process has, or 0 when the system does not say. */
static size_t space_in_use(void)
{
    char text[64];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;

    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    return (size_t)strtoull(text, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

static void set_limits(const ory_limits *l)
{
    struct rlimit r = {0, 0};

    setrlimit(RLIMIT_CORE, &r); /* an expected end leaves no file behind */
    if (l->bytes == 0)
        return;
    r.rlim_cur = r.rlim_max = (rlim_t)(space_in_use() + l->bytes);
    setrlimit(RLIMIT_AS, &r);
}

static bool write_all(int fd, const void *bytes, size_t n)
{
    const char *at = bytes;

    while (n > 0) {
        ssize_t done = write(fd, at, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

static void answer(const ory_pool *p, size_t cell, int fd)
{
    size_t n = 0;
    const char *bytes = p->fn(p->ctx, cell, &n);
    uint32_t length = (uint32_t)n;

    if (!bytes || n > ORY_ANSWER_MOST)
        _exit(1);
    _exit(write_all(fd, &length, sizeof length) && write_all(fd, bytes, n) ? 0 : 1);
}

static void child(const ory_pool *p, size_t cell, int fd, pid_t parent, const sigset_t *mask)
{
    setpgid(0, 0);
    forget_handlers();
    end_with_parent(parent);
    set_streams(p->limits.output);
    set_limits(&p->limits);
    sigprocmask(SIG_SETMASK, mask, NULL);
    answer(p, cell, fd);
}

/* ------------------------------------------------------------------- the parent */

ory_status ory_pool_start(ory_pool *p, size_t cell, ory_error *err)
{
    slot *s = p->slot;
    sigset_t all, mask;
    pid_t parent = getpid(), pid;
    int fd[2], code;

    while (s < p->slot + p->slots && s->pid > 0)
        s++;
    if (s == p->slot + p->slots)
        return ory_fail(err, ORY_ERANGE, "all %d processes are at work", p->slots);
    if (pipe(fd) != 0)
        return ory_fail(err, ORY_EIO, "cannot make a pipe: %s", strerror(errno));
    fcntl(fd[0], F_SETFD, FD_CLOEXEC);
    fcntl(fd[1], F_SETFD, FD_CLOEXEC);
    fcntl(fd[0], F_SETFL, O_NONBLOCK);
    fflush(NULL); /* what waits to be written is the parent's */
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &mask);
    pid = fork();
    code = errno;
    if (pid == 0) {
        close(fd[0]);
        child(p, cell, fd[1], parent, &mask);
    }
    sigprocmask(SIG_SETMASK, &mask, NULL);
    close(fd[1]);
    if (pid < 0) {
        close(fd[0]);
        return ory_fail(err, ORY_EIO, "cannot start a process: %s", strerror(code));
    }
    setpgid(pid, pid);
    *s = (slot){.pid = pid, .fd = fd[0], .cell = cell, .bytes = s->bytes, .room = s->room,
                .deadline = p->limits.seconds > 0 ? ory_clock_real() + p->limits.seconds : 0};
    p->busy++;
    return ORY_OK;
}

static size_t answer_length(const slot *s)
{
    uint32_t n;

    memcpy(&n, s->bytes, sizeof n);
    return n;
}

static bool answered(const slot *s)
{
    return s->got >= sizeof(uint32_t) && s->got >= sizeof(uint32_t) + answer_length(s);
}

static bool make_room(slot *s)
{
    size_t room = s->room ? 2 * s->room : 1024;
    char *bytes;

    if (s->got < s->room)
        return true;
    bytes = s->bytes ? ory_resize(s->bytes, s->room, room, 1) : ory_alloc(room, 1);
    if (!bytes)
        return false;
    s->bytes = bytes;
    s->room = room;
    return true;
}

typedef enum { MORE, WHOLE, BROKEN } reading;

static reading read_answer(slot *s)
{
    ssize_t n;

    for (;;) {
        if (!make_room(s))
            return BROKEN;
        n = read(s->fd, s->bytes + s->got, s->room - s->got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN ? MORE : BROKEN;
        if (n == 0)
            return BROKEN;
        s->got += (size_t)n;
        if (s->got >= sizeof(uint32_t) && answer_length(s) > ORY_ANSWER_MOST)
            return BROKEN;
        if (answered(s))
            return WHOLE;
    }
}

/* The answer is here; the child needs a moment to end, in which others may begin. */
static void let_leave(ory_pool *p, pid_t pid)
{
    int i, status;

    for (i = 0; i < p->slots; i++)
        if (p->leaving[i] > 0 && wait_for(p->leaving[i], &status, WNOHANG) != 0)
            p->leaving[i] = 0;
    for (i = 0; i < p->slots; i++)
        if (p->leaving[i] == 0) {
            p->leaving[i] = pid;
            return;
        }
    wait_for(pid, &status, 0);
}

static ory_outcome end_of(ory_pool *p, slot *s, reading how, bool late)
{
    ory_outcome o = {.cell = s->cell, .end = ORY_CELL_ANSWERED};
    int status = 0;

    if (how == WHOLE) {
        o.bytes = s->bytes + sizeof(uint32_t);
        o.n = answer_length(s);
        let_leave(p, s->pid);
    } else {
        kill_group(s->pid); /* it may have closed its pipe and gone on */
        wait_for(s->pid, &status, 0);
        o.end = late ? ORY_CELL_LATE : WIFSIGNALED(status) ? ORY_CELL_KILLED : ORY_CELL_LEFT;
        o.code = late ? 0 : WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    }
    clear_slot(p, s);
    return o;
}

static int time_to_wait(const ory_pool *p, int ms)
{
    double t = ory_clock_real(), least = ms < LONGEST_WAIT ? ms : LONGEST_WAIT;
    int i;

    for (i = 0; i < p->slots; i++)
        if (p->slot[i].pid > 0 && p->slot[i].deadline > 0 &&
            1000 * (p->slot[i].deadline - t) < least)
            least = 1000 * (p->slot[i].deadline - t);
    return least > 0 ? (int)least + 1 : 0;
}

ory_status ory_pool_wait(ory_pool *p, int ms, int extra, ory_outcome_fn done, void *ctx,
                         ory_error *err)
{
    ory_status ok = ORY_OK;
    double t;
    int i;

    for (i = 0; i < p->slots; i++)
        p->polled[i] = (struct pollfd){p->slot[i].pid > 0 ? p->slot[i].fd : -1, POLLIN, 0};
    p->polled[p->slots] = (struct pollfd){extra, POLLIN, 0};
    if (ory_interrupt_pending())
        return ory_fail(err, ORY_EINTERRUPT, "interrupted");
    if (poll(p->polled, (nfds_t)p->slots + 1, ms > 0 ? time_to_wait(p, ms) : 0) < 0 &&
        errno != EINTR)
        return ory_fail(err, ORY_EIO, "cannot wait for the processes: %s", strerror(errno));
    t = ory_clock_real();
    for (i = 0; i < p->slots && ok == ORY_OK; i++) {
        slot *s = &p->slot[i];
        reading how = MORE;
        ory_outcome o;
        bool late;

        if (s->pid == 0)
            continue;
        if (p->polled[i].revents)
            how = read_answer(s);
        late = how == MORE && s->deadline > 0 && t >= s->deadline;
        if (how == MORE && !late)
            continue;
        o = end_of(p, s, how, late);
        ok = done(ctx, &o, err);
    }
    if (ok == ORY_OK && ory_interrupt_pending())
        return ory_fail(err, ORY_EINTERRUPT, "interrupted");
    return ok;
}
