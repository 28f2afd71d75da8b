/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen.h - the terminal as a place for canvases: the only module that calls curses.
 *
 * One screen per process. While it is open the terminal has no echo and no lines
 * (Ctrl-C, Ctrl-Z and Ctrl-\ stay signals); the caller reads the keys' bytes from
 * in_fd itself (keyin.h). Drawing sends only what differs from the frame before.
 * The locale's LC_CTYPE must be set before. What a handler of fatal signals needs is
 * computed when the screen opens: see ory_screen_restore. */
#ifndef ORY_TUI_SCREEN_H
#define ORY_TUI_SCREEN_H

#include <stdbool.h>

#include "core/status.h"
#include "tui/canvas.h"
#include "tui/palette.h"

typedef struct ory_screen_options {
    int in_fd, out_fd;     /* both must be terminals */
    const char *term;      /* NULL: $TERM */
    ory_colours colours;   /* at most; fewer when the terminal has fewer */
    bool mouse;            /* report clicks (they then no longer select text) */
    bool synchronized;     /* bracket frames with mode 2026: no torn frames */
} ory_screen_options;

/* ORY_EUNDEF with one sentence when there is no terminal, its type is unknown or its
 * cursor cannot be addressed: the caller goes on in lines. The terminal is untouched
 * then. Opening again after a close is cheap. */
ory_status ory_screen_open(const ory_screen_options *opt, ory_error *err) ORY_WUR;
void ory_screen_close(void); /* gives the terminal back; also when not open */
void ory_screen_free(void);  /* at the end of the program */
bool ory_screen_is_open(void);

/* Can the locale write the characters of frames? Else ASCII glyphs must be used. */
bool ory_screen_utf8(void);
/* Does the environment name a terminal that is known to take mode 2026? */
bool ory_screen_synchronizes(void);

/* The size now, asked from the terminal; true: it differs from the last call. */
bool ory_screen_size(int *w, int *h);

/* The colours in use; setting takes effect with the next frame. */
ory_colours ory_screen_colours(void);
void ory_screen_set_colours(ory_colours c);
void ory_screen_set_mouse(bool on);

/* Show a frame; the text cursor goes to (x, y), or is hidden when x < 0. A canvas of
 * another size than the terminal's is shown as far as it fits. ORY_ENOMEM. */
ory_status ory_screen_draw(const ory_canvas *frame, int x, int y);
void ory_screen_repaint(void); /* the next frame is drawn whole */

/* Would drawing block, because the terminal has not taken the last frames yet? */
bool ory_screen_busy(void);

/* Before and after the process stops or another program has the terminal: the modes
 * and the screen are given back, and taken again with a full repaint. */
void ory_screen_suspend(void);
void ory_screen_resume(void);

/* The bytes that bring the terminal back from an open screen, for a handler of fatal
 * signals; they stay where they are for the life of the process. *n is 0 when no
 * screen was opened yet. */
const char *ory_screen_restore(size_t *n);

#endif
