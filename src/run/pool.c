/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool.c - fork, limits, answers through pipes, and the ends of children.
 *
 * Forking is the dearest part of a small cell, so each slot has a keeper: a process forked
 * once, which forks the child of every cell of its slot, waits for it and, when the child
 * ends without an answer, ends in the same way itself. The parent knows keepers only. */
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
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "core/clock.h"
#include "core/interrupt.h"
#include "core/mem.h"
#include "run/ranks.h"

enum { LONGEST_WAIT = 100 /* ms: Ctrl-C between the look and the sleep waits no longer */ };

typedef struct slot {
    pid_t pid;       /* of the keeper; 0: none yet, or it has ended */
    int to, fd;      /* numbers of cells to it, answers of its children */
    bool busy;
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
    }
    if (!p || !p->slot || !p->polled) {
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

/* A cell may have started programs of its own: its whole group goes. */
static void kill_group(pid_t pid)
{
    if (kill(-pid, SIGKILL) != 0)
        kill(pid, SIGKILL);
}

static void make_free(ory_pool *p, slot *s)
{
    p->busy -= s->busy;
    s->busy = false;
    s->got = 0;
}

/* End the keeper, whatever it does; its status. */
static int end_keeper(ory_pool *p, slot *s)
{
    int status = 0;

    kill_group(s->pid);
    while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
        ;
    close(s->fd);
    close(s->to);
    s->pid = 0;
    make_free(p, s);
    return status;
}

void ory_pool_free(ory_pool *p)
{
    int i;

    if (!p)
        return;
    for (i = 0; p->slot && i < p->slots; i++) {
        if (p->slot[i].pid > 0)
            end_keeper(p, &p->slot[i]);
        ory_free(p->slot[i].bytes);
    }
    ory_free(p->slot);
    ory_free(p->polled);
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

/* ------------------------------------------------------- the keeper and its children */

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

static void limit_memory(size_t bytes)
{
    struct rlimit r;

    if (bytes == 0)
        return;
    r.rlim_cur = r.rlim_max = (rlim_t)(space_in_use() + bytes);
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

/* The child of a cell. *told: it has answered. */
static void answer(const ory_pool *p, size_t cell, int fd, volatile char *told)
{
    size_t n = 0;
    const char *bytes;
    uint32_t length;

    limit_memory(p->limits.bytes);
    bytes = p->fn(p->ctx, cell, &n);
    length = (uint32_t)n;
    if (bytes && n <= ORY_ANSWER_MOST && write_all(fd, &length, sizeof length) &&
        write_all(fd, bytes, n))
        *told = 1;
    _exit(1);
}

/* As the child has ended. */
static void end_like(int status)
{
    if (WIFSIGNALED(status)) {
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

static void fork_cell(const ory_pool *p, size_t cell, int fd, volatile char *told)
{
    pid_t keeper = getpid(), pid;
    int status = 0;

    *told = 0;
    pid = fork();
    if (pid == 0) {
        end_with_parent(keeper);
        answer(p, cell, fd, told);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (pid < 0)
        _exit(1);
    if (!*told)
        end_like(status);
}

static void keep(const ory_pool *p, int from, int fd, pid_t parent, const sigset_t *mask)
{
    struct rlimit none = {0, 0};
    volatile char *told = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    size_t cell;
    ssize_t n;

    setpgid(0, 0);
    forget_handlers();
    end_with_parent(parent);
    set_streams(p->limits.output);
    setrlimit(RLIMIT_CORE, &none); /* an expected end leaves no file behind */
    sigprocmask(SIG_SETMASK, mask, NULL);
    if (told == MAP_FAILED)
        _exit(1);
    while ((n = read(from, &cell, sizeof cell)) == (ssize_t)sizeof cell || (n < 0 && errno == EINTR))
        if (n > 0)
            fork_cell(p, cell, fd, told);
    _exit(0);
}

/* ------------------------------------------------------------------- the parent */

static ory_status start_keeper(ory_pool *p, slot *s, ory_error *err)
{
    sigset_t all, mask;
    pid_t parent = getpid(), pid;
    int to[2], from[2], code;

    if (pipe2(to, O_CLOEXEC) != 0)
        return ory_fail(err, ORY_EIO, "cannot make a pipe: %s", strerror(errno));
    if (pipe2(from, O_CLOEXEC) != 0) {
        code = errno;
        close(to[0]);
        close(to[1]);
        return ory_fail(err, ORY_EIO, "cannot make a pipe: %s", strerror(code));
    }
    fcntl(from[0], F_SETFL, O_NONBLOCK);
    fflush(NULL); /* what waits to be written is the parent's */
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &mask);
    pid = fork();
    code = errno;
    if (pid == 0) {
        close(to[1]);
        close(from[0]);
        keep(p, to[0], from[1], parent, &mask);
    }
    sigprocmask(SIG_SETMASK, &mask, NULL);
    close(to[0]);
    close(from[1]);
    if (pid < 0) {
        close(to[1]);
        close(from[0]);
        return ory_fail(err, ORY_EIO, "cannot start a process: %s", strerror(code));
    }
    setpgid(pid, pid);
    s->pid = pid;
    s->to = to[1];
    s->fd = from[0];
    return ORY_OK;
}

ory_status ory_pool_start(ory_pool *p, size_t cell, ory_error *err)
{
    slot *s = p->slot;
    ory_status ok;

    while (s < p->slot + p->slots && s->busy)
        s++;
    if (s == p->slot + p->slots)
        return ory_fail(err, ORY_ERANGE, "all %d processes are at work", p->slots);
    if (s->pid > 0 && !ory_write_quietly(s->to, &cell, sizeof cell))
        end_keeper(p, s); /* killed while it was idle */
    if (s->pid == 0) {
        ok = start_keeper(p, s, err);
        if (ok != ORY_OK)
            return ok;
        if (!ory_write_quietly(s->to, &cell, sizeof cell))
            return ory_fail(err, ORY_EIO, "a process ended before it began");
    }
    s->cell = cell;
    s->got = 0;
    s->busy = true;
    s->deadline = p->limits.seconds > 0 ? ory_clock_real() + p->limits.seconds : 0;
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

static ory_outcome end_of(ory_pool *p, slot *s, reading how, bool late)
{
    ory_outcome o = {.cell = s->cell, .end = ORY_CELL_ANSWERED};
    int status = 0;

    if (how == WHOLE) {
        o.bytes = s->bytes + sizeof(uint32_t);
        o.n = answer_length(s);
        make_free(p, s);
    } else {
        status = end_keeper(p, s);
        o.end = late ? ORY_CELL_LATE : WIFSIGNALED(status) ? ORY_CELL_KILLED : ORY_CELL_LEFT;
        o.code = late ? 0 : WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    }
    return o;
}

static int time_to_wait(const ory_pool *p, int ms)
{
    double t = ory_clock_real(), least = ms < LONGEST_WAIT ? ms : LONGEST_WAIT;
    int i;

    for (i = 0; i < p->slots; i++)
        if (p->slot[i].busy && p->slot[i].deadline > 0 &&
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
        p->polled[i] = (struct pollfd){p->slot[i].busy ? p->slot[i].fd : -1, POLLIN, 0};
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

        if (!s->busy)
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
