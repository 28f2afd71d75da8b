/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel.h - panels: pure functions from a snapshot to cells.
 *
 * A panel class is a row of panels.def: name, doc, options, minimal size, heading
 * and drawing. A panel is a class with options and the quantities it was given in
 * a layout, and the way it is looked at (axes, selection, scroll), which keys
 * change. Drawing reads snapshot and panel, writes cells, and nothing else: no
 * clock, no memory is allocated, equal input gives equal cells.
 *
 * What an implementer must honour
 * - draw gets the view inside the frame, of any size down to 0 x 0.
 * - What is missing is said in a short dim sentence (ory_panel_missing), never drawn
 *   as if it were zero.
 * - NaN, infinities, empty arrays and counts of 0 are ordinary input. */
#ifndef ORY_TUI_PANEL_H
#define ORY_TUI_PANEL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/params.h"
#include "tui/canvas.h"
#include "tui/snapshot.h"

enum { ORY_PANEL_NAMES = 12, ORY_PANEL_NAME = 64, ORY_PANEL_TITLE = 160 };

typedef struct ory_panel_class ory_panel_class;

/* An axis as the panel wants it, or turned by a key. */
typedef enum ory_turn { ORY_TURN_NONE, ORY_TURN_LINEAR, ORY_TURN_LOG } ory_turn;

typedef struct ory_panel {
    const ory_panel_class *class;
    ory_values options;
    char names[ORY_PANEL_NAMES][ORY_PANEL_NAME]; /* quantities, as given in the layout */
    size_t n_names;

    /* How it is looked at. */
    bool focus;        /* its frame is drawn as the one that has the keys */
    ory_turn x_turn, y_turn;
    size_t selected;   /* row, of ory_panel_items */
    bool detail;       /* the selected row is opened */
    size_t scroll;     /* lines scrolled down in long texts */
} ory_panel;

/* A quantity a panel reads, for whoever fills snapshots. Its bounds (quantities
 * that bound it) are wanted too when `bounds` says so. */
typedef struct ory_panel_want {
    const char *name;
    bool bounds;
    bool array;    /* its array now, not its history */
    size_t past;   /* earlier arrays for trails      */
} ory_panel_want;

enum { ORY_PANEL_WANTS = 32 };

struct ory_panel_class {
    const char *name, *doc;
    const char *names_doc;   /* what the quantities before the options mean; NULL: takes none */
    size_t names_min, names_max;
    const ory_param *params; /* begins with ORY_PANEL_PARAMS */
    int min_w, min_h;        /* smallest useful size, frame included */
    int want_h;              /* rows that suffice, frame included; 0: any number is welcome */
    bool plain;              /* has no frame */
    /* Title and value at the upper edge; both are empty strings at first. */
    void (*heading)(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                    int *value_role);
    void (*draw)(const ory_snapshot *s, const ory_panel *p, ory_canvas *c);
    size_t (*items)(const ory_snapshot *s, const ory_panel *p); /* rows to select from; or NULL */
    /* Quantities read besides names[]; returns how many (<= max). NULL: none. */
    size_t (*wants)(const ory_panel *p, ory_panel_want *out, size_t max);
    bool arrays;             /* names[] are arrays */
    size_t past;             /* so many earlier ones of them */
};

/* The rows every class's table begins with. */
#define ORY_PANEL_PARAMS                                                                       \
    {.name = "title", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",                    \
     .doc = "Title of the panel; default: from what it shows."},                               \
    {.name = "run", .type = ORY_PARAM_INT, .def = 1, .min = 1, .max = 99, .unit = "",          \
     .doc = "Which run of the dashboard, counted from 1."}
enum { ORY_PANEL_P_TITLE, ORY_PANEL_P_RUN, ORY_PANEL_P_OWN /* first of the class's own */ };

/* ---------------------------------------------------------------- registry */

size_t ory_panel_class_count(void);
const ory_panel_class *ory_panel_class_at(size_t i);
const ory_panel_class *ory_panel_class_find(const char *name); /* or NULL */

/* -------------------------------------------------------------------- panel */

/* Defaults of the class, no names. ORY_ENOMEM. */
ory_status ory_panel_init(ory_panel *p, const ory_panel_class *class, ory_error *err) ORY_WUR;
void ory_panel_fini(ory_panel *p); /* also of a zeroed struct */
/* ORY_ERANGE: the class takes fewer names; ORY_EINVAL: too long. */
ory_status ory_panel_add_name(ory_panel *p, const char *name, ory_error *err);

/* Frame, heading and contents into c (the panel's whole rectangle). */
void ory_panel_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c);

/* The title alone (for filters and lists); returns text. */
const char *ory_panel_title(const ory_snapshot *s, const ory_panel *p,
                            char text[ORY_PANEL_TITLE]);
/* Does the title, the class name or a quantity contain this (case ignored)? */
bool ory_panel_matches(const ory_snapshot *s, const ory_panel *p, const char *filter);
size_t ory_panel_items(const ory_snapshot *s, const ory_panel *p);
/* All quantities the panel reads, names[] included. */
size_t ory_panel_wants(const ory_panel *p, ory_panel_want out[ORY_PANEL_WANTS]);

/* ---------------------------------------------------- help for implementers */

const ory_snap_run *ory_panel_run(const ory_snapshot *s, const ory_panel *p); /* or NULL */
/* Quantity names[i] of the panel's run, or NULL. */
const ory_snap_quantity *ory_panel_quantity(const ory_snapshot *s, const ory_panel *p, size_t i);
/* The text of option i (a STRING row), never NULL. */
const char *ory_panel_text(const ory_panel *p, int option);
bool ory_panel_log(ory_turn turn, bool natural);
/* A dim sentence in the middle of the view. */
void ory_panel_missing(ory_canvas *c, const char *fmt, ...) ORY_PRINTF(2, 3);

/* ------------------------------------------------- pieces without an option */

void ory_header_draw(const ory_snapshot *s, ory_canvas *c); /* 1 row, or 2 when narrow */
int ory_header_rows(const ory_snapshot *s, int w, const ory_glyphs *g);
void ory_footer_draw(const ory_snapshot *s, ory_canvas *c); /* 1 row */
/* Over everything else: the table of keys. Returns the rows it would need in all;
 * scroll skips that many. */
int ory_help_draw(const ory_snapshot *s, size_t scroll, ory_canvas *c);
void ory_too_small_draw(ory_canvas *c, int need_w, int need_h);
/* PAUSED, DIVERGED, DONE in the header's badge style, large in the given view. */
void ory_badge_draw(const ory_snapshot *s, ory_canvas *c);
/* Text in letters of 3 x 5 half-blocks (2 to 3 rows); characters it lacks are blank.
 * Returns its columns; nothing is drawn when it does not fit and c is not NULL. */
int ory_large_text(ory_canvas *c, int x, int y, const char *text, ory_style style);
enum { ORY_LARGE_ROWS = 3, ORY_TOO_SMALL_W = 60, ORY_TOO_SMALL_H = 16 };
/* Where the text cursor of the console's prompt stands in canvas cells after the
 * console was drawn into view c; false: not visible. */
bool ory_console_cursor(const ory_snapshot *s, const ory_canvas *c, int *x, int *y);

#endif
