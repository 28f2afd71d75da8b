/* SPDX-License-Identifier: GPL-3.0-or-later */
/* input.c - waiting for keys, signals, a descriptor, time. */
#include "config.h"

#include "app/input.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "app/keys.h"
#include "app/signals.h"

enum { READABLE = POLLIN | POLLHUP | POLLERR | POLLNVAL };

static int milliseconds(double seconds)
{
    return seconds < 0 ? -1 : seconds > 1e6 ? 1000000000 : (int)(1e3 * seconds + 0.5);
}

ory_news ory_input_wait(int other, double seconds)
{
    struct pollfd p[3] = {{STDIN_FILENO, POLLIN, 0}, {ory_signals_fd(), POLLIN, 0},
                          {other, POLLIN, 0}};
    ory_news news = {.key = ory_keys_peek() != ORY_KEY_NONE};
    int n = poll(p, 3, news.key ? 0 : milliseconds(seconds));

    if (n < 0 && errno != EINTR)
        news.key = true; /* reading tells what is wrong */
    if (n > 0) {
        news.key |= (p[0].revents & READABLE) != 0;
        news.other = (p[2].revents & READABLE) != 0;
    }
    news.signals = ory_signals_take();
    return news;
}

int ory_input_take(void)
{
    unsigned char c;
    ssize_t n;

    if (ory_keys_peek() != ORY_KEY_NONE)
        return ory_keys_take();
    do
        n = read(STDIN_FILENO, &c, 1);
    while (n < 0 && (errno == EINTR || errno == EAGAIN) && !ory_signals_quit());
    return n == 1 ? c : -1;
}

bool ory_input_ready(double seconds)
{
    struct pollfd p = {STDIN_FILENO, POLLIN, 0};
    int k = ory_keys_peek();

    if (k != ORY_KEY_NONE)
        return k < 256;
    return poll(&p, 1, milliseconds(seconds)) > 0;
}
