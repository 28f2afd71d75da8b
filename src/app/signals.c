/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals.c - signals as events, through a pipe. */
#include "config.h"

#include "app/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "bind/interrupt.h"

static int pipe_in = -1, pipe_out = -1;
static volatile sig_atomic_t quit_signal;
static const char *volatile leave_text; /* NULL: the terminal is as it was found */
static volatile sig_atomic_t screen_fd = STDOUT_FILENO;
static void (*volatile after_leaving)(void);
static struct termios saved;
static bool have_saved;

/* Give the terminal back. Async-signal-safe. */
static void leave_terminal(void)
{
    const char *text = leave_text;
    ssize_t n;

    if (!text)
        return;
    n = write(screen_fd, text, strlen(text));
    (void)n;
    if (have_saved)
        tcsetattr(STDIN_FILENO, TCSANOW, &saved);
    if (after_leaving)
        after_leaving();
}

/* The process dies of this: give the terminal back, then die of it. */
static void fatal(int sig)
{
    leave_terminal();
    raise(sig); /* SA_RESETHAND: the default action now */
}

static const char out_of_time[] = "orrery: out of time\n";

/* The limit of time is over, and the code that runs has not let itself be ended. */
static void end_out_of_time(void)
{
    ssize_t n;

    leave_terminal();
    n = write(STDERR_FILENO, out_of_time, sizeof out_of_time - 1);
    (void)n;
    _exit(128 + SIGALRM);
}

/* Told to end again a while after the first time: something does not come back. (A
 * terminal that closes sends SIGHUP twice at once.) */
static void end_now_if_told_before(int sig)
{
    static volatile time_t first;
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!quit_signal)
        first = now.tv_sec;
    if (now.tv_sec - first < 2)
        return;
    leave_terminal();
    _exit(128 + sig);
}

static void notice(int sig)
{
    int kept = errno;
    unsigned char byte = (unsigned char)sig;
    ssize_t n;

    if (sig == SIGALRM) {
        if (quit_signal == SIGALRM)
            end_out_of_time();
        quit_signal = sig;
    }
    if (sig == SIGTERM || sig == SIGHUP) {
        end_now_if_told_before(sig);
        quit_signal = sig;
    }
    if (sig == SIGINT || sig == SIGTERM || sig == SIGHUP || sig == SIGALRM)
        ory_lua_interrupt();
    n = write(pipe_in, &byte, 1);
    (void)n; /* a full pipe already has news */
    errno = kept;
}

static void install(int sig, void (*fn)(int), int flags)
{
    struct sigaction sa;

    memset(&sa, 0, sizeof sa);
    sa.sa_handler = fn;
    sa.sa_flags = flags;
    sigemptyset(&sa.sa_mask);
    sigaction(sig, &sa, NULL);
}

static bool ignored(int sig)
{
    struct sigaction sa;

    return sigaction(sig, NULL, &sa) == 0 && sa.sa_handler == SIG_IGN;
}

static void install_fatal(void)
{
    static const int fatals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT};
    static char other_stack[64 * 1024];
    stack_t st;
    size_t i;

    memset(&st, 0, sizeof st);
    st.ss_sp = other_stack;
    st.ss_size = sizeof other_stack;
    sigaltstack(&st, NULL);
    for (i = 0; i < sizeof fatals / sizeof *fatals; i++)
        if (!ignored(fatals[i]))
            install(fatals[i], fatal, SA_ONSTACK | (int)SA_RESETHAND | SA_NODEFER);
}

static void open_pipe(void)
{
    int fd[2], i;

    if (pipe(fd) != 0)
        return;
    for (i = 0; i < 2; i++) {
        fcntl(fd[i], F_SETFL, fcntl(fd[i], F_GETFL) | O_NONBLOCK);
        fcntl(fd[i], F_SETFD, FD_CLOEXEC);
    }
    pipe_out = fd[0];
    pipe_in = fd[1];
}

void ory_signals_start(bool interactive)
{
    open_pipe();
    have_saved = tcgetattr(STDIN_FILENO, &saved) == 0;
    if (interactive || !ignored(SIGINT))
        install(SIGINT, notice, 0);
    install(SIGTERM, notice, 0);
    install(SIGXFSZ, SIG_IGN, 0); /* a file too large is an error of its write */
    if (!ignored(SIGHUP))
        install(SIGHUP, notice, 0);
    if (interactive) {
        install(SIGPIPE, SIG_IGN, 0);
        install(SIGWINCH, notice, SA_RESTART);
        install(SIGCONT, notice, SA_RESTART);
        install_fatal();
    }
}

void ory_signals_limit(double seconds)
{
    const double whole = floor(seconds);
    struct itimerval t = {.it_interval = {2, 0},
                          .it_value = {(time_t)whole, (suseconds_t)(1e6 * (seconds - whole))}};

    install(SIGALRM, notice, 0);
    setitimer(ITIMER_REAL, &t, NULL);
}

int ory_signals_fd(void)
{
    return pipe_out;
}

unsigned ory_signals_take(void)
{
    unsigned char bytes[64];
    unsigned bits = quit_signal ? ORY_SIG_QUIT : 0;
    ssize_t n, i;

    while ((n = read(pipe_out, bytes, sizeof bytes)) > 0)
        for (i = 0; i < n; i++)
            bits |= bytes[i] == SIGINT     ? ORY_SIG_INT
                    : bytes[i] == SIGWINCH ? ORY_SIG_RESIZE
                    : bytes[i] == SIGCONT  ? ORY_SIG_CONT
                    : bytes[i] == SIGTSTP  ? ORY_SIG_STOP
                                           : 0;
    return bits;
}

int ory_signals_quit(void)
{
    return quit_signal;
}

void ory_signals_terminal(const char *leave)
{
    leave_text = leave;
    if (!ignored(SIGTSTP))
        install(SIGTSTP, leave ? notice : SIG_DFL, SA_RESTART);
}

void ory_signals_screen(int fd, void (*after)(void))
{
    screen_fd = fd >= 0 ? fd : STDOUT_FILENO;
    after_leaving = fd >= 0 ? after : NULL;
}

void ory_signals_leave(void)
{
    leave_terminal();
}

void ory_signals_stop(void)
{
    install(SIGTSTP, SIG_DFL, 0);
    raise(SIGTSTP);
}
