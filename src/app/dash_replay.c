/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_replay.c - a recording, played on the terminal at its own pace. */
#include "config.h"

#include "app/dash.h"

#include <stdio.h>
#include <unistd.h>

#include "app/signals.h"
#include "app/window.h"
#include "core/clock.h"
#include "core/interrupt.h"
#include "io/cast.h"

static const double longest_pause = 2; /* seconds; longer ones are cut */

static void wait_for(double seconds)
{
    double until = ory_clock_now() + seconds, left;

    while ((left = until - ory_clock_now()) > 0 && !ory_interrupt_pending())
        usleep((useconds_t)(1e6 * (left < 0.05 ? left : 0.05)));
}

bool ory_dash_is_recording(const char *path)
{
    FILE *f = fopen(path, "rb");
    int c = f ? fgetc(f) : EOF;

    if (f)
        fclose(f);
    return c == '{';
}

int ory_dash_replay(const char *path)
{
    ory_cast_file *f = NULL;
    ory_error err = {0};
    double last = 0;
    size_t i;

    if (!ory_window_escapes(STDOUT_FILENO)) {
        fputs("orrery: a recording is played on a terminal that knows colors and places\n", stderr);
        return ORY_EXIT_ERROR;
    }
    if (ory_cast_load(path, &f, &err) != ORY_OK) {
        fprintf(stderr, "orrery: %s\n", err.text);
        return ORY_EXIT_ERROR;
    }
    fputs("\033[?1049h\033[?25l", stdout);
    for (i = 0; i < f->n && !ory_interrupt_pending(); i++) {
        const ory_cast_event *e = &f->events[i];

        if (e->kind != ORY_CAST_OUTPUT)
            continue;
        fflush(stdout);
        wait_for(e->t - last < longest_pause ? e->t - last : longest_pause);
        last = e->t;
        fwrite(e->text, 1, e->n, stdout);
    }
    fflush(stdout);
    wait_for(longest_pause);
    fputs("\033[0m\033[?25h\033[?1049l", stdout);
    ory_cast_file_free(f);
    return ory_signals_quit()         ? 128 + ory_signals_quit()
           : ory_interrupt_pending() ? ORY_EXIT_INTERRUPT
                                     : ORY_EXIT_OK;
}
