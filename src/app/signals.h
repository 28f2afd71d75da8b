/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals.h - signals as events: handlers write one byte to a pipe that the prompt
 * polls together with the terminal; Ctrl-C also reaches Lua and the kernels. */
#ifndef ORY_APP_SIGNALS_H
#define ORY_APP_SIGNALS_H

#include <stdbool.h>

enum { ORY_SIG_INT = 1, ORY_SIG_RESIZE = 2, ORY_SIG_CONT = 4, ORY_SIG_STOP = 8, ORY_SIG_QUIT = 16 };

/* Install the handlers. interactive: SIGPIPE is ignored, resizes are noticed. Keeps the
 * terminal's modes, which a fatal signal brings back. */
void ory_signals_start(bool interactive);

int ory_signals_fd(void);        /* readable when something has come */
unsigned ory_signals_take(void); /* what has come since the last call, as ORY_SIG_ bits */
int ory_signals_quit(void);      /* SIGTERM, SIGHUP, SIGALRM when we were told to end, else 0 */

/* The program is told to end after so many seconds, and ends by force 2 s later; neither a
 * clock that is set nor code that catches errors puts it off. */
void ory_signals_limit(double seconds);

/* The terminal is in someone's own modes (the line editor's, a full screen's): a fatal
 * signal writes leave, which must stay valid, and sets the modes found at the start;
 * Ctrl-Z is an event, ORY_SIG_STOP, for the terminal must be brought back first. NULL: it
 * is as it was found, and Ctrl-Z stops the program at once. */
void ory_signals_terminal(const char *leave);
/* While a full screen is up: the descriptor its leave text goes to, and what is done after
 * that (async-signal-safe; or NULL). fd < 0: standard output and nothing. */
void ory_signals_screen(int fd, void (*after)(void));
void ory_signals_leave(void); /* bring the terminal's modes back, as before a fatal signal */
void ory_signals_stop(void); /* stop now; returns after SIGCONT */

#endif
