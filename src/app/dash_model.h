/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_model.h - the dashboard apart from any terminal: which runs it shows and how they
 * move, how they are looked at, what its console holds. Keys and ticks of the clock go in,
 * frames and lines of Lua come out; equal input gives equal frames. Shared by the files
 * dash_*.c:
 *
 *   dash_model.c    making and freeing, layouts, console
 *   dash_control.c  keys and commands
 *   dash_move.c     stepping, lockstep, the flow beside a descent
 *   dash_shot.c     snapshots of the runs
 *   dash_frame.c    snapshot and layout to a canvas
 *   dash_note.c     narration, and what it keeps hidden
 *
 * dash_session.h joins it with Lua and a terminal. */
#ifndef ORY_APP_DASH_MODEL_H
#define ORY_APP_DASH_MODEL_H

#include "bind/dash.h"
#include "core/status.h"
#include "tui/keyin.h"
#include "tui/layout.h"
#include "tui/palette.h"

enum {
    DASH_RUNS = 8,       /* that move; ghosts come on top */
    DASH_GHOSTS = 8,
    DASH_LAYOUTS = 9,
    DASH_PINS = 24,
    DASH_CONSOLE = 2000, /* lines kept */
    DASH_LINE = 512,
    DASH_NAME = 48,
    DASH_NOTES = 64,     /* paragraphs of narration */
    DASH_HIDDEN = 8,
    DASH_FPS = 30
};

typedef enum dash_action {
    DASH_NONE, DASH_TOGGLE, DASH_STEP, DASH_STEPS, DASH_FASTER, DASH_SLOWER, DASH_FULL, DASH_SEEK,
    DASH_SEEK_ONE, DASH_SEEK_MARK, DASH_SEEK_END, DASH_MARK, DASH_FORK, DASH_NEXT_RUN, DASH_SYNC,
    DASH_RESET, DASH_RESEED, DASH_KNOB, DASH_BREAK, DASH_PIN, DASH_UNPIN, DASH_FLOW, DASH_LOG_X,
    DASH_LOG_Y, DASH_TIME, DASH_SMOOTH, DASH_FOCUS, DASH_LEFT, DASH_RIGHT, DASH_ROW, DASH_PAGE,
    DASH_OPEN, DASH_BACK, DASH_FILTER, DASH_LAYOUT, DASH_GLYPHS, DASH_COLOURS, DASH_WRITE,
    DASH_REDRAW, DASH_PROMPT, DASH_HELP, DASH_LEAVE, DASH_QUIT
} dash_action;

typedef struct dash_key {
    const char *keys, *shown;
    dash_action action;
    int argument;
    const char *group, *footer, *doc;
} dash_key;

extern const dash_key dash_keys[];
extern const size_t dash_key_count;
extern const dash_key dash_tour_keys[]; /* what a tour takes for itself */
extern const size_t dash_tour_key_count;

/* What the dashboard asks of whoever holds it. Lines are Lua; all may be NULL. */
typedef struct dash_host {
    void *ctx;
    void (*line)(void *ctx, const char *lua);   /* carry it out, as if typed */
    void (*note)(void *ctx, const char *lua);   /* it has been carried out: for the session's log */
    bool (*bound)(void *ctx, uint32_t key);     /* a key of the user's own; true: taken */
    void (*prompt)(void *ctx, const char *text, size_t cursor); /* begin typing with this text */
    void (*write)(void *ctx);                   /* this frame to a file */
} dash_host;

typedef struct dash_shot dash_shot; /* dash_shot.c: what a frame shows of one run */

typedef struct dash_run {
    ory_run_box *box;    /* kept alive by its owner */
    int ref;             /* Lua reference of the box, LUA_NOREF: none */
    char name[DASH_NAME];/* as lines call it: "r" */
    ory_snap_part part;
    ory_snap_state state;
    char reason[320];
    uint64_t noted;      /* steps up to here are in the session's log */
    double rate, rate_at;
    uint64_t rate_k;
    dash_shot *shot;
} dash_run;

typedef struct dash_pin {
    char label[24], quantity[ORY_PANEL_NAME];
    ory_bin *bins;
    size_t n;
} dash_pin;

enum { DASH_FLOW_CURVES = 2 };

/* The gradient flow from the same initial state, taken as far in time as the run. */
typedef struct dash_flow {
    ory_run *r;           /* NULL: none */
    uint64_t of;          /* id of the run it goes with */
    uint64_t known;       /* steps the run had then: fewer means that it was reset */
    const ory_system *sys;
    const char *names[DASH_FLOW_CURVES + 1];
    ory_bin *bins[DASH_FLOW_CURVES]; /* its series, at the steps of the run at equal time */
    size_t n[DASH_FLOW_CURVES], room[DASH_FLOW_CURVES];
} dash_flow;

typedef struct dash_line {
    char *text;
    uint8_t role, indent;
} dash_line;

typedef struct ory_dash {
    dash_host host;
    dash_run runs[DASH_RUNS + DASH_GHOSTS]; /* those that move first */
    size_t n_runs, n_moving;

    /* moving */
    bool running;
    double speed;         /* steps per frame; INFINITY: all it can take */
    double owed;          /* steps of this frame not yet taken */
    double reading;       /* seconds of the processor that reading took in the latest frame */
    ory_snap_sync sync;
    bool flow_wanted;
    dash_flow flow;       /* the gradient flow beside runs[0] */

    /* looking */
    ory_layout *layouts[DASH_LAYOUTS];
    int layout;           /* the one shown */
    uint64_t layout_mark; /* changes whenever other panels are shown */
    int focus, zoom;      /* panel; zoom -1: all */
    ory_rect rects[ORY_LAYOUT_PANELS]; /* where the panels were drawn last */
    bool time_axis, smooth, help;
    bool opened_wide;     /* zoom came with opening a row of a narrow panel */
    size_t help_scroll;
    char filter[64];
    bool filtering;       /* the filter is being typed */
    const ory_glyphs *glyphs;
    ory_colours colours;
    dash_pin pins[DASH_PINS];
    size_t n_pins, pin_number;

    /* plots given to the panels `plot` */
    ory_snap_plot plots[ORY_DASH_MAX_PLOTS];
    char plot_names[ORY_DASH_MAX_PLOTS][ORY_PANEL_NAME];
    ory_plot *plot_copies[ORY_DASH_MAX_PLOTS]; /* owned */
    size_t n_plots;

    /* console */
    dash_line console[DASH_CONSOLE]; /* ring */
    size_t console_at, n_console;
    size_t console_back;
    uint64_t printed;         /* lines ever */
    int console_rows;         /* that it has beside the other panels; 0: not known yet */
    ory_snap_prompt prompt;   /* filled by the host before a frame */

    /* narration of a tour */
    bool touring;
    bool moving;          /* it steps the runs by itself */
    dash_line notes[DASH_NOTES];
    size_t n_notes;
    char note_title[160], note_large[80];
    bool note_wait;
    char hidden[DASH_HIDDEN][ORY_PANEL_NAME]; /* panels and quantities nobody may see yet */
    size_t n_hidden;

    bool holding; /* a run computes beside: frames show what was read last */
    char message[160];
    double message_until;
    char recording[160];
    double clock;         /* seconds since it was opened */
    bool leave, quit, redraw;

    /* storage of a frame */
    ory_snap_line *lines;
    ory_snap_ghost *ghosts;
    ory_snap_run *shown;
    ory_snap_line *note_lines;
    ory_snap_key *key_rows;
} ory_dash;

/* ------------------------------------------------------------------- dash_model */

ory_status dash_new(const dash_host *host, ory_dash **out, ory_error *err);
void dash_free(ory_dash *d); /* NULL is fine; the boxes stay */

/* Adds a run that moves (or only a ghost). ORY_ERANGE: too many. */
ory_status dash_add_run(ory_dash *d, ory_run_box *box, int ref, const char *name,
                        ory_snap_part part, ory_error *err);
void dash_drop_run(ory_dash *d, size_t i);
void dash_show_run(ory_dash *d, size_t i); /* it becomes runs[0] */

/* Layout `which` (0 …); text NULL: the run's own, and others made from what it has. */
ory_status dash_set_layout(ory_dash *d, int which, const char *text, ory_error *err);
ory_status dash_default_layouts(ory_dash *d, ory_error *err);
ory_layout *dash_layout(const ory_dash *d);
ory_panel *dash_panel(const ory_dash *d, int i); /* NULL: no such panel */
int dash_panel_find(const ory_dash *d, const char *class); /* -1 */

void dash_print(ory_dash *d, int role, const char *text); /* lines of text to the console */
void dash_printf(ory_dash *d, int role, const char *fmt, ...) ORY_PRINTF(3, 4);
void dash_say(ory_dash *d, const char *fmt, ...) ORY_PRINTF(2, 3); /* the footer's message */

void dash_note_clear(ory_dash *d);
bool dash_note_add(ory_dash *d, int role, int indent, const char *text); /* false: no room */
bool dash_is_hidden(const ory_dash *d, const char *name);

/* ----------------------------------------------------------------- dash_control */

void dash_press(ory_dash *d, uint32_t key);
void dash_act(ory_dash *d, dash_action action, int argument);
void dash_click(ory_dash *d, int x, int y, int button);

void dash_run_on(ory_dash *d, bool on, const char *reason); /* run or pause */
void dash_set_speed(ory_dash *d, double steps_per_frame);
void dash_note_steps(ory_dash *d); /* what the live runs have done, as lines of Lua */

/* -------------------------------------------------------------------- dash_move */

/* One frame's time has passed: so many steps are due. */
void dash_tick(ory_dash *d, double seconds);
/* Step for at most so many seconds (under a fake clock: what the tick asks for). True: more
 * is due in this frame. */
bool dash_move(ory_dash *d, double seconds);
bool dash_is_due(const ory_dash *d); /* steps of this frame are not taken yet */
bool dash_flow_move(ory_dash *d, double seconds); /* the flow catches up; true: it moved */
void dash_flow_end(ory_dash *d);

/* -------------------------------------------------------------------- dash_shot */

dash_shot *dash_shot_new(void);
void dash_shot_free(dash_shot *s);
/* Read what the layout wants to see of a run. */
ory_status dash_shot_take(dash_shot *s, ory_dash *d, dash_run *run);
const ory_snap_run *dash_shot_run(const dash_shot *s);
bool dash_shot_fits(const dash_shot *s, const ory_dash *d); /* it knows what the panels want */

/* ------------------------------------------------------------------- dash_frame */

/* The whole frame into c; where the text cursor stands, x < 0: nowhere. */
ory_status dash_draw(ory_dash *d, ory_canvas *c, int *x, int *y);
ory_snapshot dash_snapshot(ory_dash *d);
bool dash_holds(const ory_dash *d); /* the runs may not be looked at now */

#endif
