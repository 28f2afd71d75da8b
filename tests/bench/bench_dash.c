/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_dash.c - what the dashboard costs, measured through a pseudo-terminal of 120 x 40
 * while a small network trains at full speed, as lines "case<TAB>figure<TAB>unit":
 * frames per second, share of steps lost (in time of the processor, so that other work of
 * the machine does not count), how long a key takes to appear. Then frames of a safety
 * critic on 201 x 201 cells while its network learns, per second and per second of the
 * processor that the program got.
 *
 *   bench_dash ORRERY */
#include "config.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"

enum { COLUMNS = 120, ROWS = 40, KEYS = 60 };

static int terminal;
static pid_t program;
static char directory[] = "/tmp/orrery-bench.XXXXXX";

static const char script[] =
    "s = net.linear{ n=5, h=20, m=3, samples=50, init_scale=0.25, seed=7 }\n"
    "r = run(s, { rule='local' })\n"
    "local function rate(r)\n"
    "  local k, t = r.k, os.clock()\n"
    "  repeat r:step(1000) until os.clock() - t > 1\n"
    "  return (r.k - k) / (os.clock() - t)\n"
    "end\n"
    "local plain = run(s, { rule='local' })\n"
    "rate(plain) local alone = rate(plain)\n"
    "local k, t\n"
    "ui.bind('F5', function()\n"
    "  if not k then k, t = r.k, os.clock() return end\n"
    "  local with = (r.k - k) / (os.clock() - t)\n"
    "  ui.pause()\n"
    "  local recording = rate(r)\n"
    "  alone = (alone + rate(plain)) / 2\n" /* other work of the machine comes and goes */
    "  local f = io.open('figures.new', 'w')\n"
    "  f:write(string.format('%g %g %g\\n', alone, with, recording)) f:close()\n"
    "  os.rename('figures.new', 'figures') ui.quit()\n"
    "end)\n"
    "dash{ r, speed='max', run=true, record='bench.cast' }\n";

static const char learning[] =
    "r = run(safety.critic{ N=201, rounds=1000, seed=3 })\n"
    "local t\n"
    "ui.bind('F5', function()\n"
    "  if not t then t = os.clock() return end\n"
    "  local f = io.open('figures.new', 'w')\n"
    "  f:write(string.format('%g\\n', os.clock() - t)) f:close()\n"
    "  os.rename('figures.new', 'figures') ui.quit()\n"
    "end)\n"
    "dash{ r, speed='max', run=true, record='bench.cast' }\n";

static void die(const char *what)
{
    perror(what);
    if (program > 0)
        kill(program, SIGKILL);
    exit(1);
}

static void start(char *path, const char *text)
{
    struct winsize w = {.ws_row = ROWS, .ws_col = COLUMNS};
    FILE *f;

    if (!(f = fopen("bench.lua", "w")))
        die(directory);
    fputs(text, f);
    fclose(f);
    program = forkpty(&terminal, NULL, NULL, &w);
    if (program < 0)
        die("forkpty");
    if (program == 0) {
        char *argv[] = {path, (char[]){"--no-init"}, (char[]){"dash"}, (char[]){"bench.lua"}, NULL};

        setenv("TERM", "xterm-256color", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        setenv("HOME", directory, 1);
        execv(path, argv);
        _exit(127);
    }
}

/* Read what comes within the time; true as soon as `text` (NULL: nothing) was in it. */
static bool await(const char *text, double seconds)
{
    double until = ory_clock_now() + seconds, left;
    char buf[65536];
    ssize_t n;

    while ((left = until - ory_clock_now()) > 0) {
        struct pollfd p = {terminal, POLLIN, 0};

        if (poll(&p, 1, (int)(1e3 * left) + 1) <= 0)
            continue;
        n = read(terminal, buf, sizeof buf - 1);
        if (n <= 0)
            return false;
        buf[n] = '\0';
        if (text && memmem(buf, (size_t)n, text, strlen(text)))
            return true;
    }
    return false;
}

static void type(const char *keys)
{
    if (write(terminal, keys, strlen(keys)) < 0)
        die("type");
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* '@' stands nowhere in a frame, so its byte in the output is the echo. */
static void measure_echo(void)
{
    double ms[KEYS], begin;
    int i;

    type(":");
    await(NULL, 0.5);
    for (i = 0; i < KEYS; i++) {
        begin = ory_clock_now();
        type("@");
        if (!await("@", 5))
            die("no echo");
        ms[i] = 1e3 * (ory_clock_now() - begin);
        await(NULL, 0.02 + 0.0007 * i); /* at any place of a frame */
    }
    type("\025\r");
    qsort(ms, KEYS, sizeof *ms, ascending);
    printf("dashboard: key echo at full load, median\t%.3g\tms\n", ms[KEYS / 2]);
    printf("dashboard: key echo at full load, 95 %%\t%.3g\tms\n", ms[KEYS * 95 / 100]);
}

/* Frames of the recording between two times. */
static int count_frames(double from, double to)
{
    FILE *f = fopen("bench.cast", "r");
    char *line = NULL;
    size_t size = 0;
    double t;
    int frames = 0;

    if (!f)
        die("bench.cast");
    while (getline(&line, &size, f) > 0)
        frames += sscanf(line, "[%lf, \"o\"", &t) == 1 && t >= from && t < to;
    fclose(f);
    free(line);
    return frames;
}

static void measure_share(void)
{
    double alone, with, recording;
    FILE *f = fopen("figures", "r");

    if (!f || fscanf(f, "%lf %lf %lf", &alone, &with, &recording) != 3)
        die("figures");
    fclose(f);
    printf("dashboard: steps without it\t%.4g\tper second\n", alone);
    printf("dashboard: steps lost to drawing\t%.3g\t%%\n", 100 * (1 - with / recording));
    printf("dashboard: steps lost to drawing and to recording what is drawn\t%.3g\t%%\n",
           100 * (1 - with / alone));
}

/* F5, which writes the figures and closes the dashboard. */
static void finish(void)
{
    int status, i;

    type("\033[15~");
    for (i = 0; i < 60 && access("figures", F_OK) != 0; i++)
        await(NULL, 0.5);
    kill(program, SIGTERM);
    waitpid(program, &status, 0);
    close(terminal);
}

/* The critic, for four seconds from F5 to F5. */
static void measure_learning(char *path)
{
    const double seconds = 4;
    double work, begin;
    int frames;
    FILE *f;

    start(path, learning);
    begin = ory_clock_now();
    if (!await("console", 20))
        die("the dashboard did not open");
    await(NULL, 2);
    type("\033[15~");
    begin = ory_clock_now() - begin;
    await(NULL, seconds);
    finish();
    frames = count_frames(begin, begin + seconds);
    if (!(f = fopen("figures", "r")) || fscanf(f, "%lf", &work) != 1)
        die("figures");
    fclose(f);
    printf("dashboard: frames of a critic learning on 201x201 cells\t%.3g\tper second\n",
           frames / seconds);
    printf("dashboard: the same per second of the processor\t%.3g\tper second\n", frames / work);
}

static void tidy(void)
{
    remove("bench.cast");
    remove("bench.lua");
    remove("figures");
}

int main(int argc, char **argv)
{
    char path[4096];

    if (argc != 2 || !realpath(argv[1], path)) {
        fputs("usage: bench_dash ORRERY\n", stderr);
        return 2;
    }
    if (!mkdtemp(directory) || chdir(directory) != 0)
        die(directory);
    start(path, script);
    if (!await("console", 20))
        die("the dashboard did not open");
    await(NULL, 2);
    measure_echo();
    type("\033[15~");
    await(NULL, 4);
    finish();
    measure_share();
    printf("dashboard: frames at full load\t%.3g\tper second\n", count_frames(0.5, 2) / 1.5);
    tidy();
    measure_learning(path);
    tidy();
    return 0;
}
