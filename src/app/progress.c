/* SPDX-License-Identifier: GPL-3.0-or-later */
/* progress.c - the line that tells how far a long step is. */
#include "config.h"

#include "app/progress.h"

#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bind/run.h"
#include "core/clock.h"
#include "core/offload.h"

#define SHOW_AFTER 0.3 /* seconds */
#define SHOW_EVERY 0.1
#define TELL_AFTER 1 /* of one step */

static FILE *out;
static bool shown;
static bool wiped;         /* a line was taken away since the last question */
static double last;       /* clock at the last line */
static uint64_t first_k;  /* step at which this movement was first heard of */
static double first_s;
static const ory_run *subject;

static int columns(void)
{
    struct winsize w;

    return ioctl(fileno(out), TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

/* 1234567 as "1.2M". */
static void short_count(double x, char *text, size_t size)
{
    static const char unit[] = " kMGT";
    int u = 0;

    while (x >= 9999.5 && u < 4) {
        x /= 1000;
        u++;
    }
    if (u == 0)
        snprintf(text, size, "%.0f", x);
    else
        snprintf(text, size, "%.*f%c", x < 100 ? 1 : 0, x, unit[u]);
}

static void short_time(double s, char *text, size_t size)
{
    if (s < 99.5)
        snprintf(text, size, "%.0f s", s);
    else if (s < 5970)
        snprintf(text, size, "%.0f min", s / 60);
    else
        snprintf(text, size, "%.1f h", s / 3600);
}

static void bar(char *text, size_t size, double fraction)
{
    enum { CELLS = 20 };
    char cells[CELLS + 1];
    int full = (int)(fraction * CELLS), i;

    for (i = 0; i < CELLS; i++)
        cells[i] = i < full ? '=' : i == full ? '>' : ' ';
    cells[CELLS] = '\0';
    snprintf(text, size, "[%s] %3.0f%% ", cells, 100 * fraction);
}

static void compose(char *line, size_t size, ory_run *r, double fraction, double seconds)
{
    char count[24], rate[24], left[24], front[40] = "";
    double k = (double)ory_run_k(r), loss, speed;
    int n, i = ory_run_probe_find(r, "loss");

    if (fraction >= 0 && fraction <= 1)
        bar(front, sizeof front, fraction);
    speed = seconds > first_s ? (k - (double)first_k) / (seconds - first_s) : NAN;
    short_count(k, count, sizeof count);
    n = snprintf(line, size, "%sstep %s", front, count);
    if (speed > 0) {
        short_count(speed, rate, sizeof rate);
        n += snprintf(line + n, size - (size_t)n, " | %s steps/s", rate);
    }
    if (i >= 0 && ory_run_read(r, i, &loss, NULL) == ORY_OK)
        n += snprintf(line + n, size - (size_t)n, " | loss %.3g", loss);
    if (fraction > 0 && fraction < 1) {
        short_time(seconds * (1 - fraction) / fraction, left, sizeof left);
        snprintf(line + n, size - (size_t)n, " | %s left", left);
    }
}

void ory_progress_clear(void)
{
    if (shown && out) {
        fputs("\r\033[K", out);
        fflush(out);
    }
    wiped |= shown;
    shown = false;
}

bool ory_progress_wiped(void)
{
    bool was = wiped;

    wiped = false;
    return was;
}

static void progress(void *ctx, ory_run *r, double fraction, double seconds, bool done)
{
    char line[240];
    double now = ory_clock_now();

    (void)ctx;
    if (done) {
        ory_progress_clear();
        subject = NULL;
        return;
    }
    if (subject != r || seconds < first_s) {
        subject = r;
        first_k = ory_run_k(r);
        first_s = seconds;
    }
    if (seconds < SHOW_AFTER || (shown && now - last < SHOW_EVERY))
        return;
    compose(line, sizeof line, r, fraction, seconds);
    fflush(stdout);
    fprintf(out, "\r\033[K%.*s", columns() - 1, line);
    fflush(out);
    shown = true;
    last = now;
}

/* One step, or one factorisation, that lasts. */
static void waiting(double seconds)
{
    double now = ory_clock_now();

    if (seconds < 0 && shown)
        ory_progress_clear();
    if (!out || seconds < TELL_AFTER || (shown && now - last < SHOW_EVERY))
        return;
    fflush(stdout);
    fprintf(out, "\r\033[Kcomputing for %.1f s (Ctrl-C leaves it)", seconds);
    fflush(out);
    shown = true;
    last = now;
}

void ory_progress_start(FILE *file)
{
    out = file;
    ory_offload_on_wait(file ? waiting : NULL);
    ory_bind_set_progress(file ? progress : NULL, NULL);
}

void ory_progress_resume(void)
{
    ory_progress_start(out);
}
