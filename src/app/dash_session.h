/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_session.h - a dashboard with Lua behind it: lines are carried out, what they print
 * comes into the console, the prompt is edited by Readline. With a terminal
 * (dash_screen.c) or without (dash_headless.c). One at a time. */
#ifndef ORY_APP_DASH_SESSION_H
#define ORY_APP_DASH_SESSION_H

#include <lua.h>

#include "app/dash_model.h"
#include "app/options.h"
#include "app/repl.h"
#include "bind/dash.h"
#include "io/cast.h"
#include "tui/textout.h"

enum { DASH_WAITING = 16 };

typedef struct dash_waiting {
    char *line;
    bool typed;
} dash_waiting;

typedef struct dash_session {
    ory_dash *d;
    lua_State *L;
    bool open;              /* keys are being taken */
    bool typing;            /* they go to the prompt */
    bool line_begun;        /* the editor holds a line */
    bool dirty;             /* the frame has changed */
    bool mouse;
    bool tour;              /* one goes on: dash_tour.c */
    bool tour_busy;         /* it is typing or moving */
    char tour_typed[DASH_LINE]; /* what it has typed of a line; "": nothing */
    uint64_t layout_mark;   /* of the layout whose curves are recorded */
    ory_pending block;      /* lines of an unfinished block */
    char **candidates;      /* what Tab offers */
    size_t n_candidates;
    ory_keyin keyin;
    ory_canvas canvas;      /* the frame */
    int cursor_x, cursor_y;

    ory_cast *cast;         /* the recording, or NULL */
    ory_canvas recorded;    /* the frame that was recorded last */
    ory_textout bytes;
    int frames_written;
    void (*redraw)(struct dash_session *s); /* while a line takes long; or NULL */
    dash_waiting waiting[DASH_WAITING]; /* for when the step that is being computed is done */
    size_t n_waiting;
    int lines; /* lines of Lua being carried out */
} dash_session;

/* ------------------------------------------------------------- dash_session.c */

/* The session for what dash(…) asked: a new dashboard, or the one before when it shows the
 * same run. Console output is captured from here to dash_session_end. */
ory_status dash_session_begin(lua_State *L, const ory_dash_ask *ask, ory_error *err);
void dash_session_end(dash_session *s);
void dash_session_free(void); /* the kept dashboard too, while L is still open */
dash_session *dash_session_now(void); /* NULL: none is open */

void dash_session_byte(dash_session *s, unsigned char byte); /* of the terminal */
void dash_session_flush(dash_session *s);  /* nothing followed an Esc */
void dash_session_interrupt(dash_session *s); /* Ctrl-C */
void dash_session_line(dash_session *s, const char *line, bool typed);
void dash_session_waiting(dash_session *s); /* carry out the lines that had to wait */
void dash_session_poll(dash_session *s);   /* stray output into the console */
/* Draw into s->canvas of this size, and into the recording. */
ory_status dash_session_draw(dash_session *s, int w, int h);
ory_status dash_session_record(dash_session *s, const char *path, int w, int h, ory_error *err);
/* The run at stack index idx comes in. */
ory_status dash_session_take(dash_session *s, int idx, ory_run_box *box, ory_snap_part part,
                             ory_error *err);

/* The run is no longer shown. */
void dash_session_let_go(dash_session *s, size_t i);

/* ---------------------------------------------------------------- dash_tour.c */

void dash_tour_start(void);                 /* before the library is opened */
void dash_tour_tick(dash_session *s, double seconds);
bool dash_tour_key(dash_session *s, uint32_t key); /* true: it was the tour's */

/* ------------------------------------------------------------- dash_command.c */

/* Changes of options: layouts, speed, sync, …; also of an open dashboard. */
ory_status dash_session_options(dash_session *s, const ory_dash_ask *ask, ory_error *err);
ory_status dash_session_command(dash_session *s, const char *name, const ory_ui_args *args,
                                ory_error *err);

/* --------------------------------------------------------------- dash_screen.c */

/* On the terminal, until the user leaves (*quit: the whole program). ORY_EUNDEF: there is
 * no fit terminal. */
ory_status dash_screen(lua_State *L, const ory_dash_ask *ask, bool *quit, ory_error *err);

/* ------------------------------------------------------------- dash_headless.c */

/* Print the frame at a step, or play a key script and record it; see options. Status. */
int dash_headless(lua_State *L, const ory_dash_ask *ask, const ory_options *o);

#endif
