/* SPDX-License-Identifier: GPL-3.0-or-later */
/* role.h - what a cell means; its colour follows from the palette.
 *
 * Nothing that draws names a colour. Every meaning is also readable without one:
 * by glyph, attribute, place or text. */
#ifndef ORY_TUI_ROLE_H
#define ORY_TUI_ROLE_H

#include <stdint.h>

/* X(NAME, "name", "use") */
#define ORY_ROLE_LIST(X)                                            \
    X(DEFAULT, "default", "ordinary text")                          \
    X(DIM, "dim", "secondary text")                                 \
    X(TITLE, "title", "panel titles")                               \
    X(VALUE, "value", "the current value beside a title")           \
    X(BORDER, "border", "panel borders")                            \
    X(FOCUS, "focus", "border of the panel that has the keys")      \
    X(AXIS, "axis", "axis lines and ticks")                         \
    X(LABEL, "label", "tick labels and units")                      \
    X(CURVE1, "curve1", "first series")                             \
    X(CURVE2, "curve2", "second series")                            \
    X(CURVE3, "curve3", "third series")                             \
    X(CURVE4, "curve4", "fourth series")                            \
    X(CURVE5, "curve5", "fifth series")                             \
    X(CURVE6, "curve6", "sixth series")                             \
    X(CURVE7, "curve7", "seventh series")                           \
    X(CURVE8, "curve8", "eighth series")                            \
    X(BOUND, "bound", "proven bounds")                              \
    X(GHOST, "ghost", "forks and pinned curves")                    \
    X(BAND, "band", "bands between two curves")                     \
    X(FLOOR, "floor", "region below the rounding floor")            \
    X(GOOD, "good", "holds")                                        \
    X(BAD, "bad", "violated, diverged, failed")                     \
    X(WARN, "warn", "caution, paused")                              \
    X(NA, "na", "not applicable, not known")                        \
    X(ACCENT, "accent", "the thing to look at")                     \
    X(CURSOR, "cursor", "text or time cursor")                      \
    X(SELECTION, "selection", "selected row")                       \
    X(PROMPT, "prompt", "prompts")                                  \
    X(ECHO, "echo", "input lines in the console")                   \
    X(KEY, "key", "key names in footer and help")

enum { ORY_HEAT_LEVELS = 12, ORY_DIVERGING_LEVELS = 11, ORY_CURVES = 8 };

typedef enum ory_role {
#define ORY_ROLE_ENUM(code, name, use) ORY_ROLE_##code,
    ORY_ROLE_LIST(ORY_ROLE_ENUM)
#undef ORY_ROLE_ENUM
    ORY_ROLE_HEAT,                                            /* low to high       */
    ORY_ROLE_DIVERGING = ORY_ROLE_HEAT + ORY_HEAT_LEVELS,     /* negative to positive */
    ORY_ROLE_COUNT = ORY_ROLE_DIVERGING + ORY_DIVERGING_LEVELS
} ory_role;

enum { ORY_BOLD = 1, ORY_FAINT = 2, ORY_UNDERLINE = 4, ORY_REVERSE = 8 };

/* How to write: the role of the ink, the role of the ground (ORY_ROLE_DEFAULT:
 * the terminal's own) and attributes. */
typedef struct ory_style {
    uint8_t role, back, attr;
} ory_style;

static inline ory_style ory_ink(int role)
{
    return (ory_style){(uint8_t)role, ORY_ROLE_DEFAULT, 0};
}

static inline ory_style ory_ink_attr(int role, int attr)
{
    return (ory_style){(uint8_t)role, ORY_ROLE_DEFAULT, (uint8_t)attr};
}

static inline int ory_curve_role(int index)
{
    return ORY_ROLE_CURVE1 + (int)((unsigned)index % ORY_CURVES);
}

#endif
