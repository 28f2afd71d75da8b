/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.c - the lines of this session, in one growing list. */
#include "config.h"

#include "bind/log.h"

#include "core/mem.h"

typedef struct entry {
    char *text;
    bool ok;
} entry;

static entry *entries;
static size_t used, room;

void ory_session_line(lua_State *L, const char *text, bool ok)
{
    size_t wider = room ? 2 * room : 64;
    entry *more;
    char *copy;

    (void)L;
    if (used == room) {
        more = ory_resize(entries, room, wider, sizeof *entries);
        if (!more)
            return;
        entries = more;
        room = wider;
    }
    copy = ory_strdup(text);
    if (!copy)
        return;
    entries[used].text = copy;
    entries[used].ok = ok;
    used++;
}

static const char *current;

void ory_session_begin(const char *text)
{
    current = text;
}

const char *ory_session_current(void)
{
    return current;
}

size_t ory_session_count(void)
{
    return used;
}

const char *ory_session_text(size_t i, bool *ok)
{
    if (ok)
        *ok = entries[i].ok;
    return entries[i].text;
}

void ory_session_shorten(size_t n)
{
    while (used > n)
        ory_free(entries[--used].text);
}

void ory_session_forget(void)
{
    ory_session_shorten(0);
    ory_free(entries);
    entries = NULL;
    room = 0;
}
