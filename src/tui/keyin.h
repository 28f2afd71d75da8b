/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keyin.h - from the bytes a terminal sends to keys.
 *
 * A key is a Unicode character, a control character (Enter is 13, Tab 9, Esc 27,
 * Backspace 127), or one of the names below; with Alt it carries ORY_KEY_ALT. Escape
 * sequences of xterm, the console, VT220, rxvt, tmux and screen are known, with or
 * without modifiers. An escape that nothing follows is the Esc key; the caller says
 * when it has waited long enough. Broken UTF-8 and unknown sequences are swallowed whole, so that
 * their tails are never taken for keys. */
#ifndef ORY_TUI_KEYIN_H
#define ORY_TUI_KEYIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(CODE, "name"): the names that ui.bind and the help use. */
#define ORY_KEYIN_LIST(X)                                                                    \
    X(UP, "Up") X(DOWN, "Down") X(LEFT, "Left") X(RIGHT, "Right") X(HOME, "Home")            \
    X(END, "End") X(PAGE_UP, "PageUp") X(PAGE_DOWN, "PageDown") X(INSERT, "Insert")          \
    X(DELETE, "Delete") X(BACK_TAB, "BackTab") X(F1, "F1") X(F2, "F2") X(F3, "F3")           \
    X(F4, "F4") X(F5, "F5") X(F6, "F6") X(F7, "F7") X(F8, "F8") X(F9, "F9") X(F10, "F10")    \
    X(F11, "F11") X(F12, "F12") X(PASTE, "paste") X(PASTE_END, "paste end") X(MOUSE, "mouse")

typedef enum ory_keyin_code {
    ORY_KEYIN_FIRST = 0x110000, /* beyond all characters */
#define ORY_KEYIN_ENUM(code, name) ORY_KEYIN_##code,
    ORY_KEYIN_LIST(ORY_KEYIN_ENUM)
#undef ORY_KEYIN_ENUM
    ORY_KEYIN_LAST
} ory_keyin_code;

enum { ORY_KEYIN_ALT = 0x1000000, ORY_KEYIN_BUFFER = 64 };

typedef struct ory_keyin {
    unsigned char bytes[ORY_KEYIN_BUFFER]; /* not yet understood */
    size_t n;
    int x, y, button; /* of the last MOUSE: cell counted from 0; 0 left, 64 and 65 the wheel */
} ory_keyin;

/* Start with {0}. Takes one byte; true: *key is a key. */
bool ory_keyin_byte(ory_keyin *in, unsigned char byte, uint32_t *key);
/* Something is unfinished: ask ory_keyin_flush when nothing has come for 25 ms. */
bool ory_keyin_pending(const ory_keyin *in);
bool ory_keyin_flush(ory_keyin *in, uint32_t *key);

/* "s", "space", "Enter", "C-r", "M-x", "F1" … and back. The text is in the caller's
 * buffer. 0: no such key. */
enum { ORY_KEYIN_NAME = 24 };
const char *ory_keyin_name(uint32_t key, char text[ORY_KEYIN_NAME]);
uint32_t ory_keyin_parse(const char *name);

#endif
