/* SPDX-License-Identifier: GPL-3.0-or-later */
/* window.c - the size of the terminal. */
#include "config.h"

#include "app/window.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bind/bind.h"

void ory_window_start(void)
{
    struct winsize w;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 20 && w.ws_row >= 3) {
        ory_width = w.ws_col;
        ory_height = w.ws_row;
    }
}

bool ory_window_escapes(int fd)
{
    const char *term = getenv("TERM");

    return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}
