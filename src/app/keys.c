/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys.c - input typed by a file. */
#include "config.h"

#include "app/keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"

typedef struct key {
    int code;
    char *name; /* of a dump, owned */
} key;

static key *keys;
static size_t used, room, at;
static const char *dump_name;

static const struct {
    const char *name, *bytes;
} named[] = {{"Enter", "\r"},    {"Tab", "\t"},      {"Esc", "\033"},   {"Up", "\033[A"},
             {"Down", "\033[B"}, {"Right", "\033[C"}, {"Left", "\033[D"}, {"Home", "\033[H"},
             {"End", "\033[F"},  {"BS", "\177"},      {"Del", "\033[3~"}, {"Space", " "},
             {"lt", "<"}};

static bool push(int code, const char *name)
{
    size_t wider = room ? 2 * room : 256;
    key *more;

    if (used == room) {
        more = ory_resize(keys, room, wider, sizeof *keys);
        if (!more)
            return false;
        keys = more;
        room = wider;
    }
    keys[used].code = code;
    keys[used].name = name ? ory_strdup(name) : NULL;
    used++;
    return true;
}

/* A name in <>; returns its length with the brackets, 0: not a name of a key. */
static size_t push_named(const char *s)
{
    const char *end = strchr(s, '>'), *b;
    size_t len = end ? (size_t)(end - s - 1) : 0, i;

    if (len == 3 && s[1] == 'C' && s[2] == '-') {
        push((s[3] | 32) == 'c' ? ORY_KEY_INTERRUPT : s[3] & 31, NULL);
        return len + 2;
    }
    for (i = 0; len > 0 && i < sizeof named / sizeof *named; i++)
        if (strlen(named[i].name) == len && strncasecmp(named[i].name, s + 1, len) == 0) {
            for (b = named[i].bytes; *b; b++)
                push((unsigned char)*b, NULL);
            return len + 2;
        }
    return 0;
}

static bool push_directive(const char *file, int number, const char *line)
{
    if (strcmp(line, ":wait-idle") == 0)
        return push(ORY_KEY_IDLE, NULL);
    if (strcmp(line, ":quit") == 0)
        return push(ORY_KEY_QUIT, NULL);
    if (strncmp(line, ":dump ", 6) == 0)
        return push(ORY_KEY_DUMP, line + 6);
    fprintf(stderr, "orrery: %s:%d: no directive '%s' (:wait-idle, :dump FILE, :quit)\n", file,
            number, line);
    return false;
}

static bool push_text(const char *line)
{
    size_t n;

    while (*line) {
        n = *line == '<' ? push_named(line) : 0;
        if (n == 0) {
            if (!push((unsigned char)*line, NULL))
                return false;
            n = 1;
        }
        line += n;
    }
    return true;
}

bool ory_keys_load(const char *file)
{
    FILE *f = fopen(file, "r");
    char *line = NULL;
    size_t size = 0;
    bool ok = true;
    int number = 0;

    if (!f) {
        fprintf(stderr, "orrery: cannot read keys from %s: %s\n", file, strerror(errno));
        return false;
    }
    while (ok && getline(&line, &size, f) >= 0) {
        line[strcspn(line, "\n")] = '\0';
        number++;
        if (*line == ':')
            ok = push_directive(file, number, line);
        else if (*line != '#')
            ok = push_text(line);
    }
    free(line);
    fclose(f);
    return ok;
}

void ory_keys_free(void)
{
    while (used > 0)
        ory_free(keys[--used].name);
    ory_free(keys);
    keys = NULL;
    room = at = 0;
}

int ory_keys_peek(void)
{
    return at < used ? keys[at].code : ORY_KEY_NONE;
}

int ory_keys_take(void)
{
    if (at >= used)
        return ORY_KEY_NONE;
    if (keys[at].code == ORY_KEY_DUMP)
        dump_name = keys[at].name;
    return keys[at++].code;
}

const char *ory_keys_name(void)
{
    return dump_name;
}
