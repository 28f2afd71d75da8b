/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keyin.c - bytes to keys. */
#include "config.h"

#include "tui/keyin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/utf8.h"

enum { ESC = 27, DEL = 127 };

typedef enum { MORE, KEY, NOTHING } outcome;

/* ------------------------------------------------------------ control sequences */

/* CSI number ~ (VT220 and its heirs). */
static uint32_t tilde_key(int n)
{
    static const uint32_t keys[] = {
        [1] = ORY_KEYIN_HOME, [2] = ORY_KEYIN_INSERT, [3] = ORY_KEYIN_DELETE,
        [4] = ORY_KEYIN_END, [5] = ORY_KEYIN_PAGE_UP, [6] = ORY_KEYIN_PAGE_DOWN,
        [7] = ORY_KEYIN_HOME, [8] = ORY_KEYIN_END, [11] = ORY_KEYIN_F1, [12] = ORY_KEYIN_F2,
        [13] = ORY_KEYIN_F3, [14] = ORY_KEYIN_F4, [15] = ORY_KEYIN_F5, [17] = ORY_KEYIN_F6,
        [18] = ORY_KEYIN_F7, [19] = ORY_KEYIN_F8, [20] = ORY_KEYIN_F9, [21] = ORY_KEYIN_F10,
        [23] = ORY_KEYIN_F11, [24] = ORY_KEYIN_F12, [200] = ORY_KEYIN_PASTE,
        [201] = ORY_KEYIN_PASTE_END};

    return n > 0 && n < (int)(sizeof keys / sizeof *keys) ? keys[n] : 0;
}

/* CSI letter and SS3 letter. */
static uint32_t letter_key(unsigned char c)
{
    static const struct {
        char letter;
        uint32_t key;
    } keys[] = {{'A', ORY_KEYIN_UP},   {'B', ORY_KEYIN_DOWN}, {'C', ORY_KEYIN_RIGHT},
                {'D', ORY_KEYIN_LEFT}, {'H', ORY_KEYIN_HOME}, {'F', ORY_KEYIN_END},
                {'P', ORY_KEYIN_F1},   {'Q', ORY_KEYIN_F2},   {'R', ORY_KEYIN_F3},
                {'S', ORY_KEYIN_F4},   {'Z', ORY_KEYIN_BACK_TAB}, {'M', '\r'},
                {'a', ORY_KEYIN_UP},   {'b', ORY_KEYIN_DOWN}, {'c', ORY_KEYIN_RIGHT},
                {'d', ORY_KEYIN_LEFT}};
    size_t i;

    for (i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].letter == c)
            return keys[i].key;
    return 0;
}

/* CSI < button ; column ; row M or m: a press or a release (which is no key). */
static uint32_t mouse_key(ory_keyin *in, const char *text, unsigned char final)
{
    int button, x, y;

    if (final != 'M' || sscanf(text, "%d;%d;%d", &button, &x, &y) != 3)
        return 0;
    in->button = button;
    in->x = x - 1;
    in->y = y - 1;
    return ORY_KEYIN_MOUSE;
}

/* bytes[at..] is the part behind the CSI. */
static outcome control_sequence(ory_keyin *in, size_t at, uint32_t *key)
{
    unsigned char final = in->bytes[in->n - 1];
    char text[ORY_KEYIN_BUFFER + 1];
    const char *semicolon;

    if (in->n == at)
        return MORE;
    if (in->n == at + 1 && final == '[') /* the console's F1 to F5: CSI [ A */
        return MORE;
    if (final < 0x40 || final > 0x7E)
        return final < 0x20 || final > 0x7E ? NOTHING : MORE;
    memcpy(text, in->bytes + at, in->n - at - 1);
    text[in->n - at - 1] = '\0';
    if (text[0] == '[' && final >= 'A' && final <= 'E')
        *key = ORY_KEYIN_F1 + (uint32_t)(final - 'A');
    else if (text[0] == '<')
        *key = mouse_key(in, text + 1, final);
    else if (final == '~' || final == '^' || final == '$')
        *key = tilde_key(atoi(text));
    else
        *key = text[0] >= '<' && text[0] <= '?' ? 0 : letter_key(final); /* <=>?: private */
    semicolon = strchr(text, ';');
    if (*key && *key != ORY_KEYIN_MOUSE && semicolon && ((atoi(semicolon + 1) - 1) & 2))
        *key |= ORY_KEYIN_ALT;
    return *key ? KEY : NOTHING;
}

/* ----------------------------------------------------------------------- bytes */

/* A character from bytes[at..n). */
static outcome character(const ory_keyin *in, size_t at, uint32_t *key)
{
    unsigned char lead = in->bytes[at];
    size_t need = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3
                                                 : lead < 0xF5                      ? 4
                                                                                    : 0;
    char text[8] = {0};
    const char *s = text;

    if (need == 0)
        return NOTHING;
    if (in->n - at < need)
        return MORE;
    memcpy(text, in->bytes + at, need);
    *key = ory_utf8_next(&s);
    if (lead == 0)
        *key = '@' & 31; /* C-@ is no key of ours */
    return *key && *key != ORY_CP_BAD ? KEY : NOTHING;
}

static outcome parse(ory_keyin *in, uint32_t *key)
{
    const unsigned char *b = in->bytes;
    size_t at = 0;
    outcome o;

    if (b[0] != ESC)
        return character(in, 0, key);
    if (in->n == 1)
        return MORE;
    if (b[1] == ESC) { /* Alt and a sequence */
        if (in->n == 2)
            return MORE;
        at = 1;
    }
    if (b[at + 1] == '[')
        o = in->n == at + 2 ? MORE : control_sequence(in, at + 2, key);
    else if (b[at + 1] == 'O') {
        if (in->n == at + 2)
            return MORE;
        *key = letter_key(b[at + 2]);
        o = *key ? KEY : NOTHING;
    } else {
        o = character(in, at + 1, key);
        if (o == KEY)
            *key |= ORY_KEYIN_ALT;
    }
    if (o == KEY && at)
        *key |= ORY_KEYIN_ALT;
    return o;
}

bool ory_keyin_byte(ory_keyin *in, unsigned char byte, uint32_t *key)
{
    outcome o;

    /* A character cut short by what is no continuation: begin anew with this byte. */
    if (in->n > 0 && in->bytes[0] >= 0x80 && (byte & 0xC0) != 0x80)
        in->n = 0;
    if (in->n == ORY_KEYIN_BUFFER)
        in->n = 0;
    in->bytes[in->n++] = byte;
    o = parse(in, key);
    if (o != MORE)
        in->n = 0;
    return o == KEY;
}

bool ory_keyin_pending(const ory_keyin *in)
{
    return in->n > 0;
}

bool ory_keyin_flush(ory_keyin *in, uint32_t *key)
{
    size_t n = in->n;

    in->n = 0;
    if (n == 0 || in->bytes[0] != ESC)
        return false;
    *key = ESC;
    if (n == 2 && in->bytes[1] != ESC) /* Alt-[ and Alt-O look like beginnings */
        *key = in->bytes[1] | (uint32_t)ORY_KEYIN_ALT;
    return n <= 2;
}

/* ----------------------------------------------------------------------- names */

static const struct {
    uint32_t key;
    const char *name;
} named[] = {{' ', "space"},
             {'\r', "Enter"},
             {'\t', "Tab"},
             {ESC, "Esc"},
             {DEL, "BS"},
#define ORY_KEYIN_ROW(code, name) {ORY_KEYIN_##code, name},
             ORY_KEYIN_LIST(ORY_KEYIN_ROW)
#undef ORY_KEYIN_ROW
};
enum { N_NAMED = sizeof named / sizeof *named };

static const char *plain_name(uint32_t key, char *text, size_t size)
{
    char bytes[ORY_UTF8_MAX];
    int i;

    for (i = 0; i < N_NAMED; i++)
        if (named[i].key == key) {
            snprintf(text, size, "%s", named[i].name);
            return text;
        }
    if (key < 32)
        snprintf(text, size, "C-%c", (char)(key | 0x60));
    else
        snprintf(text, size, "%.*s", (int)ory_utf8_put(key, bytes), bytes);
    return text;
}

const char *ory_keyin_name(uint32_t key, char text[ORY_KEYIN_NAME])
{
    size_t n = 0;

    if (key & ORY_KEYIN_ALT) {
        memcpy(text, "M-", 3);
        n = 2;
    }
    plain_name(key & ~(uint32_t)ORY_KEYIN_ALT, text + n, ORY_KEYIN_NAME - n);
    return text;
}

uint32_t ory_keyin_parse(const char *name)
{
    uint32_t cp;
    int i;

    if (strncmp(name, "M-", 2) == 0 && name[2]) {
        cp = ory_keyin_parse(name + 2);
        return cp ? cp | ORY_KEYIN_ALT : 0;
    }
    for (i = 0; i < N_NAMED; i++)
        if (strcasecmp(named[i].name, name) == 0)
            return named[i].key;
    if (strncmp(name, "C-", 2) == 0 && name[2] && !name[3])
        return (uint32_t)(name[2] & 31);
    cp = ory_utf8_next(&name);
    return cp != ORY_CP_BAD && *name == '\0' ? cp : 0;
}
