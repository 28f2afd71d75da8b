/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ptydrive.c - plays a key script against a program in a pseudo-terminal and looks at
 * the screen that results, through libvterm.
 *
 *   ptydrive PROGRAM SCRIPT.keys
 *
 * Lines of a script (# begins a comment). Texts may hold <Enter> <Tab> <Esc> <Up> <Down>
 * <Left> <Right> <Home> <End> <BS> <Space> <lt> <C-x>.
 *   size COLS ROWS            before start; 80 24 otherwise
 *   env NAME=VALUE            before start; @ stands for the test's own directory
 *   file NAME TEXT            make a file in that directory; \n is a new line
 *   start [ARG...]            start the program (in the directory)
 *   use N                     the next lines are for session N (0 to 3)
 *   type TEXT / paste TEXT    keys; a bracketed paste (\n and \t are understood)
 *   wait TEXT                 until the screen shows TEXT (10 s)
 *   gone TEXT                 until the screen does not show TEXT
 *   idle                      until nothing has come for a while
 *   expect TEXT / reject TEXT the screen shows it now, or does not
 *   golden NAME               the screen is the file tests/golden/pty/NAME
 *                             (PTYDRIVE_UPDATE=1 writes it)
 *   resize COLS ROWS
 *   signal NAME               INT TERM HUP CONT TSTP QUIT KILL SEGV ABRT
 *   stopped                   the program has been stopped (Ctrl-Z)
 *   exit STATUS               the program ends with STATUS; -N: by signal N
 *   restored                  terminal modes are those from before the start
 *   noescape                  no escape byte has come
 *   holds NAME TEXT           a file of the directory holds TEXT
 *   mode NAME OCTAL           its permissions
 * The golden directory is $srcdir/tests/golden/pty. Exit status: 0 passed, 1 failed,
 * 77 skipped. */
#include "config.h"

#include <stdio.h>

#ifndef HAVE_VTERM

int main(void)
{
    puts("ptydrive: skipped, libvterm was missing when this was configured");
    return 77;
}

#else

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <vterm.h>

enum { MAX_SESSIONS = 4, WAIT_MS = 10000, IDLE_MS = 120, MAX_SCREEN = 64 * 1024 };

typedef struct session {
    pid_t keeper; /* leads the session, as a shell would; 0: not started or gone */
    pid_t pid;    /* the program */
    int news;     /* the keeper tells of the program */
    int fd, slave;
    int status;
    bool dead, stopped, escaped;
    VTerm *vt;
    VTermScreen *screen;
    int cols, rows;
    struct termios before;
} session;

static session sessions[MAX_SESSIONS];
static session *now = sessions;
static char program[PATH_MAX], directory[PATH_MAX];
static const char *script_name;
static int line_number;
static int want_cols = 80, want_rows = 24;

/* ------------------------------------------------------------------ the screen */

/* Rows without blanks at their ends, empty rows at the foot left out. */
static void screen_text(const session *s, char *out, size_t size)
{
    size_t used = 0, solid = 0, row_solid;
    int r;

    for (r = 0; s->screen && r < s->rows && used + 8 < size; r++) {
        VTermRect rect = {.start_row = r, .end_row = r + 1, .start_col = 0, .end_col = s->cols};
        size_t n = vterm_screen_get_text(s->screen, out + used, size - used - 2, rect);

        for (row_solid = 0; n > row_solid && (out[used + n - 1] == ' ' || !out[used + n - 1]);)
            n--;
        used += n;
        if (n > 0)
            solid = used + 1;
        out[used++] = '\n';
    }
    out[solid < used ? solid : used] = '\0';
}

static const char *screen(void)
{
    static char text[MAX_SCREEN];

    screen_text(now, text, sizeof text);
    return text;
}

static void clean_up(void);

static void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

static void fail(const char *fmt, ...)
{
    va_list ap;

    printf("%s:%d: ", script_name, line_number);
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    printf("\n--- screen of session %d\n%s---\n", (int)(now - sessions), screen());
    clean_up();
    exit(1);
}

static long clock_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000L + t.tv_nsec / 1000000;
}

static void answer(session *s)
{
    char buf[512];
    size_t n = vterm_output_read(s->vt, buf, sizeof buf);

    if (n > 0 && write(s->fd, buf, n) < 0)
        return;
}

/* Take what the program has written within ms. False: nothing came. */
static bool pump_one(session *s, int ms)
{
    struct pollfd p = {s->fd, POLLIN, 0};
    char buf[8192];
    ssize_t n;

    if (s->fd < 0 || poll(&p, 1, ms) <= 0)
        return false;
    n = read(s->fd, buf, sizeof buf);
    if (n <= 0)
        return false;
    s->escaped |= memchr(buf, 033, (size_t)n) != NULL;
    vterm_input_write(s->vt, buf, (size_t)n);
    answer(s);
    return true;
}

/* What the keeper tells: the program's number, then each change of its state. */
typedef struct note {
    pid_t pid;
    int status; /* as from waitpid; of the first note: 0 */
} note;

static void reap(session *s)
{
    struct pollfd p = {s->news, POLLIN, 0};
    note n;

    while (s->keeper > 0 && poll(&p, 1, 0) > 0 && read(s->news, &n, sizeof n) == sizeof n) {
        s->stopped = WIFSTOPPED(n.status);
        if (s->stopped)
            continue;
        s->dead = true;
        s->status = WIFEXITED(n.status) ? WEXITSTATUS(n.status) : -WTERMSIG(n.status);
        waitpid(s->keeper, NULL, 0);
        close(s->news);
        s->keeper = 0;
    }
}

static bool await(const char *text, bool there, int ms)
{
    long end = clock_ms() + ms;

    for (;;) {
        if ((strstr(screen(), text) != NULL) == there)
            return true;
        if (clock_ms() >= end)
            return false;
        pump_one(now, 10);
    }
}

static void idle(void)
{
    while (pump_one(now, IDLE_MS))
        ;
}

/* ------------------------------------------------------------------------ keys */

static const struct {
    const char *name, *bytes;
} named[] = {{"Enter", "\r"},    {"Tab", "\t"},       {"Esc", "\033"},    {"Up", "\033[A"},
             {"Down", "\033[B"}, {"Right", "\033[C"}, {"Left", "\033[D"}, {"Home", "\033[H"},
             {"End", "\033[F"},  {"BS", "\177"},      {"Space", " "},     {"lt", "<"}};

static size_t key_name(const char *s, char *out)
{
    const char *end = strchr(s, '>');
    size_t len = end ? (size_t)(end - s - 1) : 0, i;

    if (len == 3 && s[1] == 'C' && s[2] == '-') {
        sprintf(out, "%c", s[3] & 31);
        return len + 2;
    }
    for (i = 0; len > 0 && i < sizeof named / sizeof *named; i++)
        if (strlen(named[i].name) == len && strncasecmp(named[i].name, s + 1, len) == 0) {
            strcpy(out, named[i].bytes);
            return len + 2;
        }
    return 0;
}

/* Expand <Names>, or with escapes: \n and \t. Returns the number of bytes. */
static size_t expand(const char *text, char *out, size_t size, bool escapes)
{
    size_t used = 0, n;

    while (*text && used + 16 < size) {
        n = !escapes && *text == '<' ? key_name(text, out + used) : 0;
        if (n > 0) {
            used += strlen(out + used);
            text += n;
        } else if (escapes && text[0] == '\\' && (text[1] == 'n' || text[1] == 't')) {
            out[used++] = text[1] == 'n' ? '\n' : '\t';
            text += 2;
        } else {
            out[used++] = *text++;
        }
    }
    return used;
}

static void send_bytes(const char *bytes, size_t n)
{
    ssize_t done;

    while (n > 0) {
        done = write(now->fd, bytes, n);
        if (done < 0 && errno != EAGAIN && errno != EINTR)
            fail("cannot type: %s", strerror(errno));
        if (done > 0) {
            bytes += done;
            n -= (size_t)done;
        }
        pump_one(now, 0);
    }
}

static void type(const char *text)
{
    char bytes[8192];

    send_bytes(bytes, expand(text, bytes, sizeof bytes, false));
}

static void paste(const char *text)
{
    char bytes[8192];
    size_t n;

    strcpy(bytes, "\033[200~");
    n = 6 + expand(text, bytes + 6, sizeof bytes - 16, true);
    memcpy(bytes + n, "\033[201~", 6);
    send_bytes(bytes, n + 6);
}

/* -------------------------------------------------------------------- sessions */

static void set_environment(void)
{
    char path[PATH_MAX + 32];

    setenv("HOME", directory, 1);
    snprintf(path, sizeof path, "%s/state", directory);
    setenv("XDG_STATE_HOME", path, 1);
    snprintf(path, sizeof path, "%s/config", directory);
    setenv("XDG_CONFIG_HOME", path, 1);
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TZ", "UTC", 1);
    setenv("INPUTRC", "/dev/null", 1);
    unsetenv("LINES");
    unsetenv("COLUMNS");
    unsetenv("NO_COLOR");
}

/* The driver may run where some signals are ignored; the program finds them as a shell
 * would leave them. */
static void run_program(char **argv)
{
    static const int given[] = {SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGTSTP, SIGPIPE};
    int fd;

    setpgid(0, 0);
    signal(SIGTTOU, SIG_IGN);
    tcsetpgrp(0, getpgrp());
    signal(SIGTTOU, SIG_DFL);
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        signal(given[i], SIG_DFL);
    for (fd = 3; fd < 64; fd++)
        close(fd);
    if (chdir(directory) == 0)
        execv(program, argv);
    _exit(127);
}

/* Leads the session of the terminal and tells the driver about the program, which is a
 * group of its own: only then does Ctrl-Z stop it. */
static void keep(session *s, char *args, int news)
{
    char *argv[32] = {program}, *word;
    note n = {0, 0};
    int i = 1;

    for (word = strtok(args, " "); word && i < 31; word = strtok(NULL, " "))
        argv[i++] = word;
    argv[i] = NULL;
    setsid();
    ioctl(s->slave, TIOCSCTTY, 0);
    signal(SIGHUP, SIG_IGN);
    for (i = 0; i < 3; i++)
        dup2(s->slave, i);
    n.pid = fork();
    if (n.pid == 0) {
        signal(SIGHUP, SIG_DFL);
        run_program(argv);
    }
    while (write(news, &n, sizeof n) == sizeof n &&
           (n.status == 0 || WIFSTOPPED(n.status)) &&
           waitpid(n.pid, &n.status, WUNTRACED) == n.pid)
        ;
    _exit(0);
}

static void start(char *args)
{
    struct winsize w = {.ws_row = (unsigned short)want_rows, .ws_col = (unsigned short)want_cols};
    session *s = now;
    int news[2];
    note first;

    if (s->vt)
        vterm_free(s->vt);
    if (s->fd > 0) {
        close(s->fd);
        close(s->slave);
    }
    memset(s, 0, sizeof *s);
    s->cols = want_cols;
    s->rows = want_rows;
    if (openpty(&s->fd, &s->slave, NULL, NULL, &w) != 0) {
        printf("ptydrive: skipped, this machine gives no pseudo-terminal: %s\n", strerror(errno));
        exit(77);
    }
    tcgetattr(s->slave, &s->before);
    s->vt = vterm_new(s->rows, s->cols);
    vterm_set_utf8(s->vt, 1);
    s->screen = vterm_obtain_screen(s->vt);
    vterm_screen_enable_altscreen(s->screen, 1);
    vterm_screen_reset(s->screen, 1);
    if (pipe(news) != 0)
        fail("no pipe: %s", strerror(errno));
    s->news = news[0];
    s->keeper = fork();
    if (s->keeper == 0)
        keep(s, args, news[1]);
    close(news[1]);
    if (read(s->news, &first, sizeof first) != sizeof first)
        fail("the program was not started");
    s->pid = first.pid;
}

static void resize(int cols, int rows)
{
    struct winsize w = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

    now->cols = cols;
    now->rows = rows;
    vterm_set_size(now->vt, rows, cols);
    ioctl(now->fd, TIOCSWINSZ, &w);
}

static void send_signal(const char *name)
{
    static const struct {
        const char *name;
        int sig;
    } list[] = {{"INT", SIGINT},   {"TERM", SIGTERM}, {"HUP", SIGHUP}, {"CONT", SIGCONT},
                {"TSTP", SIGTSTP}, {"QUIT", SIGQUIT}, {"KILL", SIGKILL}, {"SEGV", SIGSEGV}, {"ABRT", SIGABRT}};
    size_t i;

    for (i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(list[i].name, name) == 0) {
            kill(now->pid, list[i].sig);
            return;
        }
    fail("no signal '%s'", name);
}

static void expect_exit(int status)
{
    long end = clock_ms() + WAIT_MS;

    while (!now->dead) {
        pump_one(now, 10);
        reap(now);
        if (clock_ms() > end)
            fail("still running, expected exit status %d", status);
    }
    while (pump_one(now, 20))
        ;
    if (now->status != status)
        fail("exit status %d, expected %d", now->status, status);
}

static void expect_stopped(void)
{
    long end = clock_ms() + WAIT_MS;

    for (reap(now); !now->stopped; reap(now)) {
        pump_one(now, 10);
        if (now->dead || clock_ms() > end)
            fail("not stopped");
    }
    now->stopped = false;
}

static void expect_restored(void)
{
    struct termios t;

    if (tcgetattr(now->slave, &t) != 0)
        fail("cannot read the terminal's modes: %s", strerror(errno));
    if (t.c_iflag != now->before.c_iflag || t.c_oflag != now->before.c_oflag ||
        t.c_cflag != now->before.c_cflag || t.c_lflag != now->before.c_lflag)
        fail("terminal modes differ: lflag %x, was %x; iflag %x, was %x; oflag %x, was %x",
             t.c_lflag, now->before.c_lflag, t.c_iflag, now->before.c_iflag, t.c_oflag,
             now->before.c_oflag);
}

/* ----------------------------------------------------------------------- files */

static void in_directory(char *path, size_t size, const char *name)
{
    if (snprintf(path, size, "%s/%s", directory, name) >= (int)size)
        fail("name too long: %s", name);
}

/* First word of text cut off; returns the rest. */
static char *cut(char *text)
{
    char *rest = strchr(text, ' ');

    if (!rest)
        return text + strlen(text);
    *rest = '\0';
    return rest + 1;
}

static void make_file(char *name)
{
    char path[PATH_MAX], bytes[8192], *slash;
    const char *text = cut(name);
    FILE *f;

    in_directory(path, sizeof path, name);
    for (slash = strchr(path + strlen(directory) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    f = fopen(path, "w");
    if (!f)
        fail("cannot write %s: %s", path, strerror(errno));
    fwrite(bytes, 1, expand(text, bytes, sizeof bytes, true), f);
    fclose(f);
}

static char *read_file(const char *path)
{
    static char text[MAX_SCREEN];
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

    if (!f)
        return NULL;
    fclose(f);
    text[n] = '\0';
    return text;
}

static void expect_holds(char *name)
{
    const char *text = cut(name), *held;
    char path[PATH_MAX], bytes[8192];

    in_directory(path, sizeof path, name);
    held = read_file(path);
    bytes[expand(text, bytes, sizeof bytes, true)] = '\0';
    if (!held || !strstr(held, bytes))
        fail("%s does not hold '%s' but:\n%s", name, text, held ? held : "(no such file)");
}

static void expect_mode(char *name)
{
    unsigned want = (unsigned)strtoul(cut(name), NULL, 8);
    char path[PATH_MAX];
    struct stat st;

    in_directory(path, sizeof path, name);
    if (stat(path, &st) != 0 || (st.st_mode & 07777) != want)
        fail("mode of %s is not %o", name, want);
}

static void golden(const char *name)
{
    const char *src = getenv("srcdir"), *held;
    char path[PATH_MAX], text[MAX_SCREEN];
    FILE *f;

    snprintf(path, sizeof path, "%s/tests/golden/pty/%s", src ? src : ".", name);
    screen_text(now, text, sizeof text);
    if (getenv("PTYDRIVE_UPDATE")) {
        f = fopen(path, "w");
        if (!f)
            fail("cannot write %s: %s", path, strerror(errno));
        fputs(text, f);
        fclose(f);
        return;
    }
    held = read_file(path);
    if (!held || strcmp(held, text) != 0)
        fail("the screen is not %s:\n%s", path, held ? held : "(no such file)");
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *f)
{
    (void)st;
    (void)flag;
    (void)f;
    return remove(path);
}

static void clean_up(void)
{
    int i;

    for (i = 0; i < MAX_SESSIONS; i++)
        if (sessions[i].keeper > 0) {
            kill(sessions[i].pid, SIGKILL);
            waitpid(sessions[i].keeper, NULL, 0);
        }
    if (directory[0])
        nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---------------------------------------------------------------------- script */

static void set_variable(char *text)
{
    char value[PATH_MAX + 256], *eq = strchr(text, '='), *at;

    if (!eq)
        fail("env NAME=VALUE");
    *eq = '\0';
    at = strchr(eq + 1, '@');
    if (at)
        snprintf(value, sizeof value, "%.*s%s%s", (int)(at - eq - 1), eq + 1, directory, at + 1);
    else
        snprintf(value, sizeof value, "%s", eq + 1);
    setenv(text, value, 1);
}

static void two_numbers(const char *text, int *a, int *b)
{
    if (sscanf(text, "%d %d", a, b) != 2 || *a < 1 || *b < 1 || *a > 500 || *b > 500)
        fail("two numbers expected, got '%s'", text);
}

static void play(char *word)
{
    char *rest = cut(word);
    int a, b;

    if (strcmp(word, "size") == 0) {
        two_numbers(rest, &want_cols, &want_rows);
    } else if (strcmp(word, "env") == 0) {
        set_variable(rest);
    } else if (strcmp(word, "file") == 0) {
        make_file(rest);
    } else if (strcmp(word, "start") == 0) {
        start(rest);
    } else if (strcmp(word, "use") == 0) {
        now = &sessions[atoi(rest) & (MAX_SESSIONS - 1)];
    } else if (strcmp(word, "type") == 0) {
        type(rest);
    } else if (strcmp(word, "paste") == 0) {
        paste(rest);
    } else if (strcmp(word, "wait") == 0) {
        if (!await(rest, true, WAIT_MS))
            fail("'%s' did not appear", rest);
    } else if (strcmp(word, "gone") == 0) {
        if (!await(rest, false, WAIT_MS))
            fail("'%s' is still there", rest);
    } else if (strcmp(word, "idle") == 0) {
        idle();
    } else if (strcmp(word, "expect") == 0) {
        if (!strstr(screen(), rest))
            fail("'%s' is not on the screen", rest);
    } else if (strcmp(word, "reject") == 0) {
        if (strstr(screen(), rest))
            fail("'%s' is on the screen", rest);
    } else if (strcmp(word, "golden") == 0) {
        golden(rest);
    } else if (strcmp(word, "resize") == 0) {
        two_numbers(rest, &a, &b);
        resize(a, b);
    } else if (strcmp(word, "signal") == 0) {
        send_signal(rest);
    } else if (strcmp(word, "stopped") == 0) {
        expect_stopped();
    } else if (strcmp(word, "exit") == 0) {
        expect_exit(atoi(rest));
    } else if (strcmp(word, "restored") == 0) {
        expect_restored();
    } else if (strcmp(word, "noescape") == 0) {
        if (now->escaped)
            fail("an escape byte has come");
    } else if (strcmp(word, "holds") == 0) {
        expect_holds(rest);
    } else if (strcmp(word, "mode") == 0) {
        expect_mode(rest);
    } else {
        fail("no directive '%s'", word);
    }
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t size = 0;
    FILE *f;

    if (argc != 3) {
        fprintf(stderr, "usage: ptydrive PROGRAM SCRIPT.keys\n");
        return 2;
    }
    script_name = argv[2];
    f = fopen(script_name, "r");
    if (!realpath(argv[1], program) || !f) {
        fprintf(stderr, "ptydrive: %s: %s\n", f ? argv[1] : argv[2], strerror(errno));
        return 2;
    }
    fcntl(fileno(f), F_SETFD, FD_CLOEXEC);
    snprintf(directory, sizeof directory, "%s/orrery-pty.XXXXXX",
             getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    if (!mkdtemp(directory)) {
        fprintf(stderr, "ptydrive: %s: %s\n", directory, strerror(errno));
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    set_environment();
    while (getline(&line, &size, f) >= 0) {
        line_number++;
        line[strcspn(line, "\n")] = '\0';
        if (*line && *line != '#')
            play(line);
    }
    free(line);
    fclose(f);
    clean_up();
    printf("%s: %d lines played\n", script_name, line_number);
    return 0;
}

#endif
